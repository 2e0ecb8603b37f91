"""The work of `import`: a published report in, a filled workbook out, and what could not be taken over in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import click

from xls_report.faults import FOUND, OK, SelfCheckError
from xls_report.finding import SHOWN, Finding
from xls_report.form import Form
from xls_report.intake import judge
from xls_report.job import Job, form_in_force, keep_inputs, workbook_name
from xls_report.output import write_whole
from xls_report.plan import compile_layout
from xls_report.published import SUFFIXES, Imported, import_document, read_document
from xls_report.publishedtext import shown_cover
from xls_report.quoting import name_of, quote, visible
from xls_report.reader import read
from xls_report.submission import Submission, Unit, content_of, is_code
from xls_report.text import most_grave, place, tally
from xls_report.writer import write

_FROM_CHECK = ("T102", "T103", "T106")  # what the check says of the cover and no import knows


def run_import(job: Job, source: Path, year: int, unit: tuple[str, str], output: Path) -> int:
    """导入."""
    form = form_in_force(job, year)
    who = _unit(*unit)
    suffix = source.suffix.lower()
    if suffix not in SUFFIXES:
        raise click.UsageError(f"{source} 的类型不能导入；可以导入 {'、'.join(SUFFIXES)} 文件")
    workbook_name(output)
    keep_inputs(output, source)
    source.lstat()
    imported = import_file(source, form, year, who)
    if imported.submission is None:
        click.echo("\n".join(_lines(source, who, "没有导入", imported.findings)))
        return FOUND
    data = _workbook(job, imported.submission)
    findings = (*imported.findings, *_checked(job, source, data))
    write_whole(output, data, force=job.force)
    click.echo("\n".join(_lines(source, who, "已导入", findings)))
    click.echo(_told(imported, output))
    return FOUND if any(found.blocks for found in findings) or _blank(imported.submission) else OK


def import_file(source: Path, form: Form, year: int, unit: Unit) -> Imported:
    """The file as the unit's submission of the year."""
    document = read_document(source)
    if isinstance(document, Finding):
        return Imported(None, (document,))
    return import_document(document, form, year, unit)


def _unit(code: str, name: str) -> Unit:
    if not is_code(code):
        raise click.UsageError(f"--unit 的代码“{quote(code)}”应为 1 至 32 位字母、数字、点、横线或下划线")
    if not name.strip():
        raise click.UsageError("--unit 的单位名称是空的")
    return Unit(code, name.strip())


def _workbook(job: Job, submission: Submission) -> bytes:
    """The workbook, once it gives back what went into it."""
    data = write(compile_layout(submission.form), submission)
    back = read(data, job.all_forms).submission
    if back is None or content_of(back) != content_of(submission):
        raise SelfCheckError("写出的表读回后与导入的数据不同")
    return data


def _checked(job: Job, source: Path, data: bytes) -> tuple[Finding, ...]:
    """What the check of the workbook adds: relations, the date of signature."""
    intake = judge(source, hashlib.sha256(data).hexdigest(), data, job.all_forms)
    return tuple(f for f in intake.findings if f.code.startswith("G") or f.code in _FROM_CHECK)


def _blank(submission: Submission) -> int:
    return sum(submission.values.get(item.id) is None for item in submission.form.inputs)


def _lines(source: Path, unit: Unit, result: str, findings: tuple[Finding, ...]) -> Iterator[str]:
    yield f"{unit.code} {quote(unit.name)}：{result}{tally(findings)}    {visible(name_of(source))}"
    found, more = most_grave(findings)
    for one in found:
        yield f"  {SHOWN[one.level]}{one.message}{one.advice}（{place(one)}）"
    if more:
        yield f"  另有 {more} 处，改好以上各处后再导入。"


def _told(imported: Imported, output: Path) -> str:
    submission = imported.submission
    assert submission is not None
    figures = sum(value is not None for value in submission.figures.values())
    titles = [s.title for s in submission.form.sections if any(submission.texts.get(part.id) for part in s.parts)]
    texts = f"文字部分 {len(titles)} 个" + (f"（{'、'.join(titles)}）" if titles else "")
    cover = shown_cover(submission.cover, quote(imported.issuer))
    blank = _blank(submission)
    left = f"还有 {blank} 格没有填，请对照原文补填。" if blank else "各格都已填。"
    return f"已写出 {output}：{figures} 个数（含合计），{texts}{'；' if cover else ''}{cover}。{left}"
