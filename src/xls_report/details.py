"""The rows of a returned summary's detail sheets: each covered unit's figures, and their exact sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from xls_report.address import letters
from xls_report.compare import changed
from xls_report.figure import Figure
from xls_report.figures import Read, Sheets, figure_findings, read_cell
from xls_report.finding import Finding, finding
from xls_report.form import Form
from xls_report.heading import Measure
from xls_report.layout import Layout, Role, Rows, Sheet
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
    there = [
        (sheet, sheet.rows, raw)
        for sheet, raw in (sheets[f"detail_{table.id}"] for table in form.tables if f"detail_{table.id}" in sheets)
        if sheet.rows is not None
    ]
    for sheet, rows, raw in there:
        inputs = [(letters(c.column), c, form.item[c.key]) for c in rows.of(Role.DETAIL) if not c.content]
        found.extend(_misplaced(sheet, rows, raw, covers))
        for index, (cover, own) in enumerate(zip(covers, values, strict=True)):
            row = str(rows.first + index)
            reads: list[Read] = []
            for letter, cell, item in inputs:
                reading = read_cell(package, item, raw.cells.get(letter + row))
                own[item.id] = reading.value
                if reading.code:
                    reads.append(Read(item, rows.cell(cell, index), reading))
            found.extend(figure_findings(f"{sheet.name}“{quote(cover.unit.name)}”", sheet, reads))
    full = tuple(
        replace(cover, values=Submission(form, 0, cover.unit, own).figures)
        for cover, own in zip(covers, values, strict=True)
    )
    for sheet, rows, raw in there:
        found.extend(total_findings(sheet.name, sheet.name, raw, _totals(form, rows, full)))
    return full, found


def _misplaced(sheet: Sheet, rows: Rows, raw: RawSheet, covers: tuple[Cover, ...]) -> Iterator[Finding]:
    """Rows that are not those of the units of the stamp."""
    for index, cover in enumerate(covers):
        for template in rows.of(Role.COVER):
            due = cover.unit.code if template.key == "code" else cover.unit.name
            cell = rows.cell(template, index)
            there = raw.cells.get(cell.address)
            text = (there.text or "") if there is not None else ""
            if text != due:
                facts = {"given": quote(text), "due": quote(due), **changed(sheet.name, cell, text)}
                yield finding("S117", sheet=sheet.name, cells=[cell.address], **facts)


def _totals(form: Form, rows: Rows, covers: tuple[Cover, ...]) -> Iterator[Total]:
    templates = [cell for cell in rows.of(Role.DETAIL) if cell.content]
    for index, cover in enumerate(covers):
        for cell in templates:
            name = f"{quote(cover.unit.name)}”的“{form.item[cell.key].name}"
            yield Total(rows.cell(cell, index), cover.values.get(cell.key), name)


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
