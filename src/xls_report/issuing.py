"""The work of `issue`: a form and a roster in, a blank for every unit out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xls_report.faults import OK
from xls_report.gathering import priors_of, roster_of
from xls_report.issue import LIST, issue
from xls_report.job import Job, form_in_force

if TYPE_CHECKING:
    from xls_report.together import Together

MANY = 2_000  # blanks that are written sooner than a second process is under way


def run_issue(
    job: Job,
    year: int,
    roster: Path,
    folder: Path,
    prior: Path | None,
    password: str,
    label: str,
    tables_only: bool,
    jobs: int | None,
) -> int:
    """发放空表."""
    form = form_in_force(job, year)
    units = roster_of(job, roster)
    writing = _writing(jobs, len(units.units))
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
        writing=writing,
    )
    click.echo(f"已发放 {year} 年度空表 {len(issued)} 份，在 {folder}；清单：{folder / LIST}。")
    if units.office is not None:
        click.echo(f"汇总单位 {units.office.shown} 不发空表。")
    without = [one.unit.shown for one in issued if not one.prior] if prior is not None else []
    if without:
        click.echo(f"没有找到上年数据、未预填上年结转的 {len(without)} 家：{'、'.join(without)}。")
    return OK


def _writing(jobs: int | None, blanks: int) -> Together | None:
    """Several processes, where that was said or is worth while."""
    if jobs == 1 or (jobs is None and blanks < MANY):
        return None
    from xls_report.together import WORTH, Together
    from xls_report.workers import jobs_for

    count = min(jobs, blanks) if jobs is not None else jobs_for(blanks, WORTH)
    return Together(count) if count > 1 else None
