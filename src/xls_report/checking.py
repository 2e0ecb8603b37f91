"""The work of `check`: files in, findings out, and what goes back to the units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xls_report.gathering import priors_of, roster_of, status_of, watched
from xls_report.inbox import find_files, take_in
from xls_report.intake import Intake, judge
from xls_report.job import Job, keep_inputs, text_out, workbook_name
from xls_report.journal import log_name, record
from xls_report.text import check_text, counts, lines_text, tally_line

if TYPE_CHECKING:
    from xls_report.priors import Priors
    from xls_report.roster import Roster


def run_check(
    job: Job,
    paths: Sequence[Path],
    roster: Path | None,
    prior: Path | None,
    returns: Path | None,
    style: str,
    output: Path | None,
    log: Path | None,
) -> int:
    """审核."""
    log_name(log, output)
    units = roster_of(job, roster) if roster is not None else None
    if style == "xlsx":
        if output is None:
            raise click.UsageError("--format xlsx 要用 -o 指定输出文件")
        workbook_name(output)
    if returns is not None:
        from xls_report.output import lies_in

        if any(path.is_dir() and lies_in(returns, path) for path in paths):
            raise click.UsageError(
                f"--returns 的文件夹 {returns} 在收件夹里面，退回的表会被当成报来的表；请换一个文件夹"
            )
    last_year = priors_of(job, prior, units)
    files = find_files(paths)
    judging = job.judging(files)
    intakes = take_in(watched(job, files), job.all_forms, prior=last_year, roster=units, judging=judging)
    keep_inputs(output, *(intake.path for intake in intakes))
    record(log, "check", intakes)
    if style == "json":
        from xls_report import jsonout

        text_out(job, jsonout.dumps(jsonout.check_object(intakes)), output)
    elif style == "xlsx" and output is not None:
        from xls_report.listing import listings
        from xls_report.output import write_whole
        from xls_report.writer import write_listings

        write_whole(output, write_listings(listings(intakes)), force=job.force)
        click.echo(f"{tally_line(counts(intakes))}审核问题已写到 {output}。")
    else:
        text_out(job, lines_text(intakes) if style == "lines" else check_text(intakes), output)
    if returns is not None:
        _send_back(job, intakes, last_year, units, returns)
    return status_of(intakes)


def _send_back(
    job: Job, intakes: Sequence[Intake], last_year: Priors | None, units: Roster | None, folder: Path
) -> None:
    """Write what goes back, and say so on stderr, as stdout may be read by a program."""
    from xls_report.deadline import Deadline
    from xls_report.returns import send_back
    from xls_report.settings import OPEN

    def again(path: Path, data: bytes) -> Intake:
        return judge(path, "", data, job.all_forms, last_year, units.flags if units is not None else None)

    asking = units.asking if units is not None else OPEN
    deadline = Deadline(asking.due, asking.due_time, date.today())
    sent = send_back(intakes, job.all_forms, folder, again, asking=asking, deadline=deadline, force=job.force)
    for line in sent.trouble:
        click.echo(line, err=True)
    click.echo(f"已写出{sent.told}，在 {folder}。" if sent.told else "没有要退回的文件。", err=True)
