"""The work of `export`: files in, their figures out as JSON or CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from xls_report import jsonout
from xls_report.csvout import csv_bytes
from xls_report.figure import shown
from xls_report.gathering import status_of, watched
from xls_report.inbox import find_files, take_in
from xls_report.intake import Outcome
from xls_report.job import Job, data_out, keep_inputs, text_out
from xls_report.submission import export_object
from xls_report.text import file_lines


def run_export(job: Job, paths: Sequence[Path], style: str, output: Path | None) -> int:
    """导出."""
    intakes = take_in(watched(job, find_files(paths)), job.all_forms)
    keep_inputs(output, *(intake.path for intake in intakes))
    found = [(i.submission, i.file) for i in intakes if i.submission is not None and i.outcome is not Outcome.DUPLICATE]
    for intake in intakes:
        if intake.outcome is not Outcome.ACCEPTED:
            for line in file_lines(intake):
                click.echo(line, err=True)
    if style == "json":
        text_out(job, jsonout.dumps([export_object(submission, file) for submission, file in found]), output)
        return status_of(intakes)
    rows = [("文件", "代码", "名称", "年度", "指标", "数值")]
    for submission, file in found:
        for item, value in submission.figures.items():
            unit = submission.unit
            rows.append((file, unit.code, unit.name, str(submission.year), item, shown(value)))
    data_out(job, csv_bytes(tuple(rows)), output)
    return status_of(intakes)
