"""The work of `diff`: two files in, what changed between them out."""

from __future__ import annotations

from pathlib import Path

import click

from xls_report import jsonout
from xls_report.difference import difference
from xls_report.differencetext import difference_object, difference_text
from xls_report.faults import FOUND, OK
from xls_report.job import Job, keep_inputs, text_out
from xls_report.quoting import visible
from xls_report.source import PAGES, Source, submission_of


def run_diff(job: Job, a: Path, b: Path, style: str, output: Path | None) -> int:
    """比对."""
    for path in (a, b):
        if path.is_dir():
            raise click.UsageError(f"{path} 是文件夹；比对的两份各是一个文件")
    keep_inputs(output, a, b)
    sources = _both(job, a, b)
    for line in dict.fromkeys(line for source in sources for line in source.told):
        click.echo(line, err=True)
    one, other = (source.submission for source in sources)
    found = difference(one, other) if one is not None and other is not None else None
    if style == "json":
        text_out(job, jsonout.dumps(difference_object(found, *sources)), output)
    elif found is not None:
        text_out(job, difference_text(found, *sources), output)
    if found is None:
        lacking = "、".join(visible(source.file) for source in sources if source.submission is None)
        click.echo(f"没有比对：{lacking} 里没有可以比对的数据。", err=True)
    return OK if found is not None and found.same else FOUND


def _both(job: Job, a: Path, b: Path) -> tuple[Source, Source]:
    """The two files; a published report is read after the other, which says whose it is."""
    if a.suffix.lower() in PAGES:
        second = submission_of(b, job.all_forms)
        return submission_of(a, job.all_forms, second.submission), second
    first = submission_of(a, job.all_forms)
    return first, submission_of(b, job.all_forms, first.submission)
