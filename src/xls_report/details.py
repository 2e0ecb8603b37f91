"""The rows of a returned summary's detail sheets: each covered unit's figures, and their exact sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from xls_report.compare import changed
from xls_report.figure import Figure
from xls_report.figures import Read, Sheets, figure_findings, read_cell
from xls_report.finding import Finding, finding
from xls_report.form import Form
from xls_report.heading import Measure
from xls_report.layout import Layout, Role, Sheet
from xls_report.package import Package, RawSheet
from xls_report.quoting import quote
from xls_report.submission import Cover, Submission
from xls_report.totals import Total, total_findings


def read_details(
    package: Package, layout: Layout, sheets: Sheets, covers: tuple[Cover, ...]
) -> tuple[tuple[Cover, ...], list[Finding]]:
    """The covered units of the stamp with the figures of their rows."""
    form = layout.form
    values: list[dict[str, Figure | None]] = [{} for _ in covers]
    found: list[Finding] = []
    there = [sheets[f"detail_{table.id}"] for table in form.tables if f"detail_{table.id}" in sheets]
    for sheet, raw in there:
        reads: list[list[Read]] = [[] for _ in covers]
        for cell in sheet.of(Role.DETAIL):
            if not cell.content:
                item = form.item[cell.key]
                read = Read(item, cell, read_cell(package, item, raw.cells.get(cell.address)))
                reads[cell.index].append(read)
                values[cell.index][item.id] = read.reading.value
        found.extend(_misplaced(sheet, raw, covers))
        for cover, mine in zip(covers, reads, strict=True):
            found.extend(figure_findings(f"{sheet.name}“{quote(cover.unit.name)}”", sheet, mine))
    full = tuple(
        replace(cover, values=Submission(form, 0, cover.unit, own).figures)
        for cover, own in zip(covers, values, strict=True)
    )
    for sheet, raw in there:
        found.extend(_row_totals(form, sheet, raw, full))
    return full, found


def _misplaced(sheet: Sheet, raw: RawSheet, covers: tuple[Cover, ...]) -> Iterator[Finding]:
    """Rows that are not those of the units of the stamp."""
    for cell in sheet.of(Role.COVER):
        unit = covers[cell.index].unit
        due = unit.code if cell.key == "code" else unit.name
        there = raw.cells.get(cell.address)
        text = (there.text or "") if there is not None else ""
        if text != due:
            facts = {"given": quote(text), "due": quote(due), **changed(sheet.name, cell, text)}
            yield finding("S117", sheet=sheet.name, cells=[cell.address], **facts)


def _row_totals(form: Form, sheet: Sheet, raw: RawSheet, covers: tuple[Cover, ...]) -> Iterator[Finding]:
    totals = []
    for cell in sheet.of(Role.DETAIL):
        if cell.content:
            cover = covers[cell.index]
            name = f"{quote(cover.unit.name)}”的“{form.item[cell.key].name}"
            totals.append(Total(cell, cover.values.get(cell.key), name))
    yield from total_findings(sheet.name, sheet.name, raw, totals)


def sums(form: Form, covers: tuple[Cover, ...]) -> dict[str, Figure | None]:
    """Every input as the exact sum over the covered units; None where one of them is missing."""
    found: dict[str, Figure | None] = {}
    for item in form.inputs:
        total: Figure | None = Decimal(0) if item.kind is Measure.AMOUNT else 0
        for cover in covers:
            value = cover.values.get(item.id)
            total = None if value is None or total is None else total + value
        found[item.id] = total
    return found
