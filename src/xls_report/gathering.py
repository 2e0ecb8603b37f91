"""What the verbs share that read returned files: the files, the roster, last year's figures."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xls_report.faults import FOUND, OK
from xls_report.intake import Intake, Outcome
from xls_report.job import Job
from xls_report.quoting import name_of, visible
from xls_report.text import file_lines

if TYPE_CHECKING:
    from xls_report.priors import Priors
    from xls_report.roster import Roster

_FEW = 20  # files that are read before anyone wonders


def roster_of(job: Job, path: Path) -> Roster:
    """The roster of a file; a flag that no form knows is a fault in it."""
    from xls_report.roster import load_roster

    return load_roster(path, {flag for form in job.all_forms for flag in form.flags})


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
    if path is None:
        return None
    from xls_report.priors import load_priors

    def told(intake: Intake) -> None:
        for line in file_lines(intake):
            click.echo(f"上年数据：{line}", err=True)

    return load_priors(path, job.all_forms, roster, told, job.judging)


def status_of(intakes: Iterable[Intake]) -> int:
    """1 when a file is rejected or unreadable, or when there is nothing but other material."""
    outcomes = {intake.outcome for intake in intakes}
    bad = outcomes & {Outcome.REJECTED, Outcome.UNREADABLE}
    return FOUND if bad or outcomes <= {Outcome.IGNORED} else OK
