"""The whole loop on the bundled samples (演示): blanks, returns with two faults, corrections, the summary."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from xls_report.collect import collect
from xls_report.faults import SelfCheckError
from xls_report.fill import fill, load_object
from xls_report.form import Form
from xls_report.formfile import form_of_year
from xls_report.inbox import find_files, take_in
from xls_report.intake import Intake, Outcome, judge
from xls_report.issue import issue, workbook_name
from xls_report.letter import PREFIX, letter
from xls_report.merge import merge, write_merged, write_upward
from xls_report.output import OutputError, write_whole
from xls_report.plan import compile_layout
from xls_report.reader import read
from xls_report.resources import bundled
from xls_report.returns import send_back
from xls_report.roster import Roster, load_roster
from xls_report.submission import Submission
from xls_report.text import FOOTNOTE, counts, file_lines, tally_line
from xls_report.writer import write

_MARK = ".xls-report-demo"  # a folder that bears it may be written again


def demo(forms: Sequence[Form], folder: Path) -> Iterator[str]:
    """Run the loop into the folder, telling each step in a line or a few; raises OutputError, SelfCheckError."""
    samples = bundled("samples") / "quangang"
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise OutputError(f"{folder} 里已有别的文件；请换一个空文件夹，或先移走")
    write_whole(folder / _MARK, b"", force=True)
    roster = load_roster(samples / "单位名单.csv")
    figures = {
        unit.code: load_object((samples / "figures" / f"{unit.code}.json").read_bytes(), unit.code)
        for unit in roster.units
    }
    year = int(next(iter(figures.values()))["year"])
    form = form_of_year(forms, year)
    if form is None:
        raise OutputError(f"{year} 年度没有表样，不能演示")

    yield f"演示：{roster.office.name if roster.office else ''} {year} 年度，{len(roster.units)} 家单位。"
    yield "其中泉港区信访局是真实公开的年度报告，其余单位的名称和数据都是虚构的。\n"
    blanks = folder / "1-空表"
    issued = issue(form, year, roster, blanks, force=True)
    yield f"一、发放空表：{len(issued)} 份，在 {blanks}"

    inbox = folder / "2-收件"
    faults = {path.stem: json.loads(_text(path)) for path in sorted((samples / "faults").glob("*.json"))}
    for one in issued:
        blank = read(one.path.read_bytes(), forms).submission
        if blank is None:
            raise SelfCheckError(f"{one.path.name} 读不回来")
        fault = faults.get(one.unit.code, {})
        wrong = fill(fill(blank, figures[one.unit.code]), {"values": fault.get("values", {})})
        _return(wrong, inbox, fault.get("typed", {}))
    yield f"二、各单位填好报来：{len(issued)} 份，在 {inbox}\n"

    yield "三、审核："
    taken = take_in(find_files([inbox]), forms)
    yield from _told(taken)
    back = folder / "3-退回修改"
    sent = send_back(
        taken, forms, back, lambda path, data: judge(path, "", data, forms), asking=roster.asking, force=True
    )
    yield f"  标注退回（错处标红、附问题清单）：{sent.told}，在 {back}"

    yield f"\n四、有 {counts(taken)['rejected']} 家要修改，这时不能汇总："
    collection = collect(roster, taken)
    yield f"  退回修改：{'、'.join(unit.shown for unit in collection.rejected)}\n"

    corrected = folder / "4-更正后再报"
    for unit in collection.rejected:
        blank = Submission(form, year, unit.unit)
        _return(fill(blank, figures[unit.code]), corrected, {})
    yield f"五、{len(collection.rejected)} 家改好再报，在 {corrected}"
    yield from _summary(forms, roster, [inbox, corrected], folder / "5-汇总" / f"{year}年汇总表（工作底稿）.xlsx")
    yield FOOTNOTE


def _summary(forms: Sequence[Form], roster: Roster, folders: list[Path], output: Path) -> Iterator[str]:
    taken = take_in(find_files(folders), forms)
    collection = collect(roster, taken)
    merged = merge(collection)
    if merged is None or not collection.complete or any(f.blocks for f in merged.findings):
        raise SelfCheckError("演示的汇总没有收齐或勾稽不平")
    write_whole(output, write_merged(merged), force=True)
    upward = output.parent.with_name("6-上报") / f"{merged.submission.year}年上报稿.xlsx"
    write_whole(upward, write_upward(merged), force=True)
    write_whole(upward.with_name(f"{PREFIX}-{upward.stem}.txt"), letter(merged, upward.name), force=True)
    yield f"六、汇总：{output}"
    yield f"  {tally_line(counts(collection.intakes))}"
    units = collection.unit_counts()
    yield f"  应报 {units['expected']} 家，汇入 {units['in']} 家。用 Excel 打开，每个汇总数都可以追到各单位的一行。"
    yield f"七、给上级的上报稿和报送函，在 {upward.parent}"


def _told(taken: Sequence[Intake]) -> Iterator[str]:
    """What was found, file by file; those without a finding are only counted."""
    fine = [intake for intake in taken if intake.outcome is Outcome.ACCEPTED]
    yield f"  审核通过 {len(fine)} 家。"
    for intake in taken:
        if intake.findings:
            yield from (f"  {line}" for line in file_lines(intake))


def _return(submission: Submission, folder: Path, typed: Mapping[str, str]) -> None:
    """A returned workbook, with what a person typed in place of some figures."""
    name = workbook_name(submission.unit.code, submission.unit.name, submission.year)
    data = write(compile_layout(submission.form), submission, typed=typed)
    write_whole(folder / name, data, force=True)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")
