"""The work of `report`: a workbook in, its annual report as Word or a web page out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from xls_report.composing import compose
from xls_report.document import Document
from xls_report.faults import FOUND, OK
from xls_report.finding import SHOWN, Finding
from xls_report.inbox import take_in
from xls_report.intake import Intake, Outcome
from xls_report.job import Job, keep_inputs
from xls_report.layout import Kind
from xls_report.output import write_whole
from xls_report.plan import compile_layout
from xls_report.publishable import REPLACED, Places, publication_findings
from xls_report.text import file_lines, most_grave, place, tally

WORD, PAGES = ".docx", (".html", ".htm")


def run_report(
    job: Job,
    workbook: Path,
    output: Path,
    draft: bool,
    day: date | None,
    number: str,
    phone: str,
) -> int:
    """年度报告."""
    if output.suffix.lower() not in (WORD, *PAGES):
        raise click.UsageError(f"输出文件 {output} 应以 .docx 或 .html 结尾")
    workbook.lstat()  # a path that is not there is no finding
    if workbook.is_dir():
        raise click.UsageError(f"{workbook} 是文件夹；年度报告由一份数据表或汇总表生成")
    keep_inputs(output, workbook)
    (intake,) = take_in([workbook], job.all_forms)
    given = {"signed_on": day.isoformat() if day is not None else "", "document_no": number, "phone": phone}
    intake = _with(intake, {key: text.strip() for key, text in given.items() if text.strip()})
    if intake.findings or intake.outcome is not Outcome.ACCEPTED:
        for line in file_lines(intake):
            click.echo(line, err=True)
    if intake.submission is None:
        click.echo("没有写出年度报告：这个文件里没有可以用的数据。", err=True)
        return FOUND
    layout = compile_layout(intake.submission.form, intake.kind or Kind.UNIT, len(intake.submission.covers))
    found = publication_findings(intake.submission, Places.of(layout), job.all_forms)
    for line in _lines(found):
        click.echo(line, err=True)
    blocking = sum(one.blocks for one in (*intake.findings, *found))
    if blocking and not draft:
        advice = "请改好后再生成；先要看样子的，加 --draft 写成草稿，缺的地方标“待补”"
        click.echo(f"没有写出年度报告：以上有 {blocking} 处必须先改或说明。{advice}。", err=True)
        return FOUND
    settled = {one.code for one in intake.findings if one.reason}
    document = compose(intake.submission, draft=draft, settled=settled)
    write_whole(output, _renderer(output)(document), force=job.force)
    click.echo(f"已写出年度报告{'草稿' if draft else ''} {output}。")
    return FOUND if blocking else OK


def _with(intake: Intake, given: Mapping[str, str]) -> Intake:
    """The intake with the entries given on the command line; what is graver in a report is told there alone."""
    if intake.submission is None:
        return intake
    submission = replace(intake.submission, cover={**intake.submission.cover, **given})
    return replace(intake, submission=submission, findings=tuple(f for f in intake.findings if f.code not in REPLACED))


def _lines(found: tuple[Finding, ...]) -> Iterator[str]:
    if found:
        yield f"年度报告{tally(found)}："
    for one in most_grave(found)[0]:
        yield f"  {SHOWN[one.level]}{one.message}{one.advice}（{place(one)}）"


def _renderer(output: Path) -> Callable[[Document], bytes]:
    """What makes the file's bytes; its library is loaded here, so that no other verb waits for it."""
    if output.suffix.lower() == WORD:
        from xls_report.wordfile import word_file

        return word_file
    from xls_report.webpage import web_page

    return web_page
