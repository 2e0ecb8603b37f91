"""The work of `init`: a place to work, made ready."""

from __future__ import annotations

from pathlib import Path

import click

from xls_report.faults import OK
from xls_report.job import Job
from xls_report.workplace import make_workplace


def run_init(job: Job, folder: Path) -> int:
    """建目录."""
    files = make_workplace(folder, job.all_forms, force=job.force)
    click.echo(f"已建好 {folder}：")
    for path in files:
        click.echo(f"  {path.name}")
    click.echo(f"请先填写 {files[0].name}（工作表“使用说明”里有步骤）。")
    return OK
