"""Each verb's work: load, call, write; what goes to the screen and the exit status."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import click

from xls_report import jsonout
from xls_report.deadline import Deadline
from xls_report.demo import demo
from xls_report.explain import code_object, code_text, form_object, form_text
from xls_report.figure import shown
from xls_report.fill import FillError, fill, fillable, load_object
from xls_report.form import Form
from xls_report.formfile import form_of_year, load_forms
from xls_report.inbox import Judging, find_files, take_in
from xls_report.intake import Intake, Outcome, judge, read_bytes
from xls_report.issue import LIST, csv_bytes, issue
from xls_report.journal import log_name, record
from xls_report.layout import Kind
from xls_report.lint import difference_lines, lint
from xls_report.listing import listings
from xls_report.means import Means
from xls_report.merge import SelfCheckError
from xls_report.output import OutputError, lies_in, write_whole
from xls_report.plan import compile_layout
from xls_report.priors import Priors, load_priors
from xls_report.quoting import name_of, visible
from xls_report.reader import read
from xls_report.resources import bundled
from xls_report.returns import Returned, send_back
from xls_report.roster import Roster, load_roster
from xls_report.settings import OPEN
from xls_report.submission import Submission, export_object
from xls_report.text import check_text, counts, file_lines, lines_text, tally_line
from xls_report.workplace import make_workplace
from xls_report.writer import write, write_listings

OK, FOUND = 0, 1
_FEW = 20  # files that are read before anyone wonders


@dataclass(frozen=True)
class Job:
    """What holds for every verb: where the forms are, whether outputs may be replaced."""

    forms: Path | None = None
    force: bool = False
    verbose: bool = False
    means: Means = field(default_factory=Means)

    def judging(self, files: Sequence[Path]) -> Judging:
        """How so many files are judged by what the command line says; raises OutputError, click.UsageError."""
        return self.means.judging(files, self.all_forms, lambda text: click.echo(text, err=True))

    @cached_property
    def all_forms(self) -> tuple[Form, ...]:
        folder = self.forms if self.forms is not None else bundled("templates")
        if not folder.is_dir():
            raise OutputError(f"表样文件夹 {folder} 不存在")
        return load_forms(folder)


def roster_of(job: Job, path: Path) -> Roster:
    """The roster of a file; a flag that no form knows is a fault in it."""
    return load_roster(path, {flag for form in job.all_forms for flag in form.flags})


def form_in_force(job: Job, year: int) -> Form:
    """The form of a report year; wrong use where there is none."""
    form = form_of_year(job.all_forms, year)
    if form is None:
        known = "、".join(f"{f.years[0]}—{f.years[1]}" for f in job.all_forms)
        raise click.UsageError(f"{year} 年度没有表样；现有表样的年度：{known}")
    return form


def run_init(job: Job, folder: Path) -> int:
    """建目录."""
    files = make_workplace(folder, job.all_forms, force=job.force)
    click.echo(f"已建好 {folder}：")
    for path in files:
        click.echo(f"  {path.name}")
    click.echo(f"请先填写 {files[0].name}（工作表“使用说明”里有步骤）。")
    return OK


def run_issue(
    job: Job,
    year: int,
    roster: Path,
    folder: Path,
    prior: Path | None,
    password: str,
    label: str,
    tables_only: bool,
) -> int:
    """发放空表."""
    form = form_in_force(job, year)
    units = roster_of(job, roster)
    issued = issue(
        form,
        year,
        units,
        folder,
        prior=priors_of(job, prior, units),
        password=password,
        label=label,
        tables_only=tables_only,
        force=job.force,
    )
    click.echo(f"已发放 {year} 年度空表 {len(issued)} 份，在 {folder}；清单：{folder / LIST}。")
    if units.office is not None:
        click.echo(f"汇总单位 {units.office.shown} 不发空表。")
    without = [one.unit.shown for one in issued if not one.prior] if prior is not None else []
    if without:
        click.echo(f"没有找到上年数据、未预填上年结转的 {len(without)} 家：{'、'.join(without)}。")
    return OK


def run_fill(job: Job, workbook: Path, data: Path, output: Path) -> int:
    """填入."""
    reading = read(read_bytes(workbook), job.all_forms)
    workbook_name(output)
    keep_inputs(output, workbook, data)
    submission, stamp = reading.submission, reading.stamp
    blocking = [f for f in reading.findings if f.blocks and not f.code.startswith(("V", "F206"))]
    if submission is None or stamp is None or blocking:
        raise FillError([f"{workbook}：{f.message}{f.advice}（{f.code}）" for f in blocking or reading.findings])
    if submission.covers:
        raise FillError([f"{workbook}：这是汇总表，不能填入；数据由各单位的表汇总而来"])
    content = load_object(data.read_bytes(), data.name)
    lost = fillable(submission.form, tuple(i for f in reading.findings if f.code > "V101" for i in f.items), content)
    if lost:
        raise FillError([f"{workbook}：{item} 现有内容读不出，请先改好，或在数据里写明" for item in lost])
    filled = fill(submission, content)
    if filled.texts and stamp.kind is Kind.TABLES:
        raise FillError([f"texts：{workbook} 是不带文字部分的数据表"])
    layout = compile_layout(filled.form, stamp.kind)
    written = write(layout, filled)
    back = read(written, job.all_forms).submission
    if back is None or content_of(back) != content_of(filled):
        raise SelfCheckError("写出的表读回后与数据不同")
    write_whole(output, written, force=job.force)
    left = sum(value is None for item, value in filled.figures.items() if filled.form.item[item].total is None)
    click.echo(f"已填入 {output}" + (f"，还有 {left} 格未填。" if left else "。"))
    return OK


def content_of(submission: Submission) -> dict[str, object]:
    """All that a workbook of the submission must give back."""
    return {key: value for key, value in export_object(submission, "").items() if key != "file"}


def watched(job: Job, files: Sequence[Path]) -> Iterator[Path]:
    """The files, with the progress on stderr while a person looks on, or with their names under `-v`."""
    shows = sys.stderr.isatty() and len(files) > _FEW and not job.verbose
    for number, file in enumerate(files, 1):
        if job.verbose:
            click.echo(f"读取 {visible(name_of(file))}", err=True)
        if shows:
            click.echo(f"\r审核 {number}／{len(files)}", err=True, nl=False)
        yield file
    if shows:
        click.echo("\r" + " " * 24 + "\r", err=True, nl=False)


def priors_of(job: Job, path: Path | None, roster: Roster | None) -> Priors | None:
    """What gives last year's figures, None without `--prior`; files that cannot be read are named on stderr."""

    def told(intake: Intake) -> None:
        for line in file_lines(intake):
            click.echo(f"上年数据：{line}", err=True)

    return load_priors(path, job.all_forms, roster, told, job.judging) if path is not None else None


def _take(job: Job, paths: Sequence[Path]) -> tuple[Intake, ...]:
    return take_in(watched(job, find_files(paths)), job.all_forms)


def run_check(
    job: Job,
    paths: Sequence[Path],
    roster: Path | None,
    prior: Path | None,
    returns: Path | None,
    style: str,
    output: Path | None,
    log: Path | None,
) -> int:
    """审核."""
    log_name(log, output)
    units = roster_of(job, roster) if roster is not None else None
    if style == "xlsx":
        if output is None:
            raise click.UsageError("--format xlsx 要用 -o 指定输出文件")
        workbook_name(output)
    if returns is not None and any(path.is_dir() and lies_in(returns, path) for path in paths):
        raise click.UsageError(f"--returns 的文件夹 {returns} 在收件夹里面，退回的表会被当成报来的表；请换一个文件夹")
    last_year = priors_of(job, prior, units)
    files = find_files(paths)
    judging = job.judging(files)
    intakes = take_in(watched(job, files), job.all_forms, prior=last_year, roster=units, judging=judging)
    keep_inputs(output, *(intake.path for intake in intakes))
    record(log, "check", intakes)
    if style == "json":
        text_out(job, jsonout.dumps(jsonout.check_object(intakes)), output)
    elif style == "xlsx" and output is not None:
        write_whole(output, write_listings(listings(intakes)), force=job.force)
        click.echo(f"{tally_line(counts(intakes))}审核问题已写到 {output}。")
    else:
        text_out(job, lines_text(intakes) if style == "lines" else check_text(intakes), output)
    if returns is not None:

        def again(path: Path, data: bytes) -> Intake:
            return judge(path, "", data, job.all_forms, last_year, units.flags if units is not None else None)

        asking = units.asking if units is not None else OPEN
        deadline = Deadline(asking.due, asking.due_time, date.today())
        sent = send_back(intakes, job.all_forms, returns, again, asking=asking, deadline=deadline, force=job.force)
        _returned(sent, returns)
    return _status(intakes)


def _returned(sent: Returned, folder: Path) -> None:
    """What went back; on stderr, as stdout may be read by a program."""
    for line in sent.trouble:
        click.echo(line, err=True)
    click.echo(f"已写出{sent.told}，在 {folder}。" if sent.told else "没有要退回的文件。", err=True)


def _status(intakes: Iterable[Intake]) -> int:
    """1 when a file is rejected or unreadable, or when there is nothing but other material."""
    outcomes = {intake.outcome for intake in intakes}
    bad = outcomes & {Outcome.REJECTED, Outcome.UNREADABLE}
    return FOUND if bad or outcomes <= {Outcome.IGNORED} else OK


def run_export(job: Job, paths: Sequence[Path], style: str, output: Path | None) -> int:
    """导出."""
    intakes = _take(job, paths)
    keep_inputs(output, *(intake.path for intake in intakes))
    found = [(i.submission, i.file) for i in intakes if i.submission is not None and i.outcome is not Outcome.DUPLICATE]
    for intake in intakes:
        if intake.outcome is not Outcome.ACCEPTED:
            for line in file_lines(intake):
                click.echo(line, err=True)
    if style == "json":
        text_out(job, jsonout.dumps([export_object(submission, file) for submission, file in found]), output)
        return _status(intakes)
    rows = [("文件", "代码", "名称", "年度", "指标", "数值")]
    for submission, file in found:
        for item, value in submission.figures.items():
            unit = submission.unit
            rows.append((file, unit.code, unit.name, str(submission.year), item, shown(value)))
    data_out(job, csv_bytes(tuple(rows)), output)
    return _status(intakes)


def workbook_name(output: Path) -> None:
    """Excel refuses a workbook of another suffix, and so would our own reader."""
    if output.suffix.lower() != ".xlsx":
        raise click.UsageError(f"输出文件 {output} 应以 .xlsx 结尾")


def keep_inputs(output: Path | None, *inputs: Path) -> None:
    """An output never takes the place of what it was made from, not even with --force."""
    if output is not None and output.exists() and any(path.exists() and output.samefile(path) for path in inputs):
        raise OutputError(f"{output} 是输入文件，不能写成输出；请换一个文件名或文件夹")


def run_explain(job: Job, what: str | None, against: int | None, linted: bool, style: str) -> int:
    """填报说明."""
    if linted:
        faults = lint(job.all_forms)
        known = "、".join(f"{form.id}（{form.years[0]}—{form.years[1]}）" for form in job.all_forms)
        told = "\n".join(faults) if faults else f"表样没有问题：{known}。"
        click.echo(jsonout.dumps({"faults": faults}) if style == "json" else told, nl=style != "json")
        return FOUND if faults else OK
    if what is None:
        raise click.UsageError("缺少年度或问题代码")
    if against is not None and what.isascii() and what.isdigit():
        lines = difference_lines(form_in_force(job, int(what)), form_in_force(job, against))
        click.echo(jsonout.dumps({"lines": lines}) if style == "json" else "\n".join(lines), nl=style != "json")
        return OK
    if what.isascii() and what.isdigit():
        form = form_in_force(job, int(what))
        click.echo(jsonout.dumps(form_object(form)) if style == "json" else form_text(form), nl=False)
        return OK
    code = what.upper()
    text = code_text(code, job.all_forms)
    if text is None:
        raise click.UsageError(f"没有年度或问题代码 {what}")
    click.echo(jsonout.dumps(code_object(code, job.all_forms)) if style == "json" else text, nl=False)
    return OK


def run_demo(job: Job, folder: Path) -> int:
    """演示."""
    for line in demo(job.all_forms, folder):
        click.echo(line)
    return OK


def text_out(job: Job, text: str, output: Path | None) -> None:
    """A text into its file, or on the screen; JSON as UTF-8 whatever the console is."""
    if output is not None:
        write_whole(output, text.encode("utf-8"), force=job.force)
    elif text.startswith(("{", "[")):
        bytes_out(text.encode("utf-8"))
    else:
        click.echo(text, nl=False)


def data_out(job: Job, data: bytes, output: Path | None) -> None:
    """Bytes into their file, or to whoever reads the output."""
    if output is None:
        bytes_out(data)
    else:
        write_whole(output, data, force=job.force)


def bytes_out(data: bytes) -> None:
    """JSON and CSV leave as UTF-8 whatever the console's encoding is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
