"""The summary of 1,000 units, written: against a CSV of its rows deflated, and against XlsxWriter's leanest mode."""

from __future__ import annotations

import csv
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from books import YEAR, filled, the_form, unit_of
from measure import Contest, Ratio, Way
from stage import Stage

from xls_report.collect import Collection, collect
from xls_report.detail import detail_name
from xls_report.figure import Figure
from xls_report.intake import Intake, Outcome
from xls_report.merge import Merged, merge, render_merged
from xls_report.roster import Roster, RosterUnit

UNITS = 1_000
GROUPS = 12


def contests(_: Stage) -> Iterator[Contest]:
    """The bytes of the workbook, without reading it back."""
    merged = merge(collection_of(UNITS))
    if merged is None:
        raise AssertionError("there is nothing to merge")
    columns = len(the_form().items)
    yield Contest(
        "sum-1000",
        f"summary, {UNITS:,} units x {columns} columns, bytes",
        {
            "summary": Way(lambda: _dropped(render_merged(merged))),
            "CSV": Way(lambda: as_csv(merged)),
            "XlsxWriter": Way(lambda: as_cells(merged)),
        },
        [
            Ratio("summary / CSV of its rows, deflated", "summary", "CSV", 2, 1.5, at_most=True),
            Ratio("XlsxWriter, constant_memory / summary", "XlsxWriter", "summary", 4, 7),
        ],
        rounds=7,
        note="heads, formulas and the other sheets are the summary's alone",
    )


def _dropped(_: bytes) -> None:
    return


def collection_of(number: int) -> Collection:
    """As many units with figures of their own, as they come from the reader."""
    form = the_form()
    units, intakes = [], []
    for n in range(1, number + 1):
        unit = RosterUnit(unit_of(n).code, unit_of(n).name, group=f"第{n % GROUPS}组")
        digest = hashlib.sha256(unit.code.encode()).hexdigest()
        path = Path(f"收件/{unit.code}-{unit.name}.xlsx")
        units.append(unit)
        intakes.append(
            Intake(path, digest, Outcome.ACCEPTED, (), filled(n), unit.unit, form.id, YEAR, "Microsoft Excel")
        )
    return collect(Roster(tuple(units), RosterUnit("000000", "某区政府办公室")), intakes)


def rows(merged: Merged) -> Iterator[tuple[str, list[Figure | str | None]]]:
    """The detail rows of a summary: the name of their sheet, and what stands in the row."""
    form = merged.submission.form
    for table in form.tables:
        name = detail_name(table)
        ids = [item.id for item in form.items if item.table is table]
        for (unit, intake), cover in zip(merged.collection.included, merged.submission.covers, strict=True):
            facts = (unit.code, unit.name, unit.group, intake.file, intake.sha256[:12])
            yield name, [*facts, *(cover.values[ident] for ident in ids)]


def as_csv(merged: Merged) -> None:
    """The rows by the csv module, deflated at level 6."""
    deflate = zlib.compressobj(6)
    text = io.StringIO()
    writer = csv.writer(text)
    for number, (_, row) in enumerate(rows(merged)):
        writer.writerow(row)
        if number % 200 == 0:
            deflate.compress(text.getvalue().encode())
            text.seek(0)
            text.truncate()
    deflate.compress(text.getvalue().encode())
    deflate.flush()


def as_cells(merged: Merged) -> None:
    """The rows by XlsxWriter with constant_memory."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    style = book.add_format({"border": 1, "num_format": "0"})
    lines: dict[str, int] = {}
    for name, row in rows(merged):
        page = book.get_worksheet_by_name(name) or book.add_worksheet(name)
        line = lines[name] = lines.get(name, -1) + 1
        for column, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(line, column, value, style)
            else:
                page.write_number(line, column, value, style)
    book.close()
