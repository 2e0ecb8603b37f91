"""The work of `status`: files and roster in, who has sent in and who has not out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

from xls_report.collect import collect
from xls_report.conservation import conserved
from xls_report.faults import FOUND, OK
from xls_report.gathering import priors_of, roster_of, watched
from xls_report.inbox import find_files, take_in
from xls_report.job import Job, data_out, keep_inputs, text_out, workbook_name
from xls_report.journal import log_name, record
from xls_report.status import IN, changes, states_of, status
from xls_report.statustext import status_listings, status_object, status_rows, status_text


def run_status(
    job: Job,
    paths: Sequence[Path],
    roster: Path,
    prior: Path | None,
    due: date | None,
    since: Path | None,
    style: str,
    output: Path | None,
    log: Path | None,
) -> int:
    """报送情况."""
    log_name(log, output)
    units = roster_of(job, roster)
    if style == "xlsx":
        if output is None:
            raise click.UsageError("--format xlsx 要用 -o 指定输出文件")
        workbook_name(output)
    before = states_of(since) if since is not None else None
    last_year = priors_of(job, prior, units)
    files = find_files(paths)
    judging = job.judging(files)
    intakes = take_in(watched(job, files), job.all_forms, prior=last_year, roster=units, judging=judging)
    keep_inputs(output, roster, *(intake.path for intake in intakes))
    collection = collect(units, intakes)
    conserved(collection, len(files))
    record(log, "status", collection.intakes)
    found = status(collection, datetime.now(), due)
    changed = changes(found, before) if before is not None else ()
    if style == "json":
        from xls_report.jsonout import dumps

        text_out(job, dumps(status_object(found)), output)
    elif style == "csv":
        from xls_report.csvout import csv_bytes

        data_out(job, csv_bytes(status_rows(found)), output)
    elif output is not None and style == "xlsx":
        from xls_report.output import write_whole
        from xls_report.writer import write_listings

        write_whole(output, write_listings(status_listings(found, changed)), force=job.force)
        click.echo(status_text(found, changed).split("\n")[1] + f"报送情况已写到 {output}。")
    else:
        text_out(job, status_text(found, changed), output)
    return OK if all(one.state in IN for one in found.units) else FOUND
