"""The work of `fill`: a workbook and data in, the filled workbook out, once it gives back the data."""

from __future__ import annotations

from pathlib import Path

import click

from xls_report.faults import OK, SelfCheckError
from xls_report.fill import FillError, fill, fillable, load_object
from xls_report.intake import read_bytes
from xls_report.job import Job, keep_inputs, workbook_name
from xls_report.layout import Kind
from xls_report.output import write_whole
from xls_report.plan import compile_layout
from xls_report.reader import read
from xls_report.submission import content_of
from xls_report.writer import write


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
