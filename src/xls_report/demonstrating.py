"""The work of `demo`: the whole round with the samples, told step by step."""

from __future__ import annotations

from pathlib import Path

import click

from xls_report.demo import demo
from xls_report.faults import OK
from xls_report.job import Job


def run_demo(job: Job, folder: Path) -> int:
    """演示."""
    for line in demo(job.all_forms, folder):
        click.echo(line)
    return OK
