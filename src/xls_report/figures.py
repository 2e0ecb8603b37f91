"""The figures of a returned workbook: inputs read by the one function, totals recomputed and compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Context, Decimal

from xls_report.checksum import checksum
from xls_report.compare import same_formula, shape_of
from xls_report.equation import Figure
from xls_report.finding import Finding, finding, names, quote
from xls_report.form import Form, Item, Table
from xls_report.heading import Measure
from xls_report.layout import Cell, Kind, Layout, Role, Sheet
from xls_report.number import Reading, read_figure
from xls_report.package import Package, RawCell, RawSheet
from xls_report.submission import Cover, Submission, Unit, zero

Sheets = Mapping[str, tuple[Sheet, RawSheet]]

_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,3})?", re.ASCII)
_STORED = Context(prec=15)  # what a cell holds exactly
_DIGITS = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])", re.ASCII)
_MERGED = frozenset({"V101", "V111"})  # the text of the cell does not matter to the finding
_READ = frozenset({Role.INPUT, Role.VALUE})


@dataclass(frozen=True, slots=True)
class Figures:
    """What the statutory tables gave; `touched` is whether anybody entered anything."""

    values: Mapping[str, Figure | None]
    zero_report: frozenset[str]
    covers: tuple[Cover, ...]
    findings: tuple[Finding, ...]
    unread: bool  # whether some entry could not be taken
    prior: Mapping[str, Figure]  # last year's figures as they stand in the workbook


@dataclass(frozen=True, slots=True)
class _Read:
    """One cell read: the item, where it stands, who it is of, and the reading."""

    item: Item
    cell: Cell
    reading: Reading


def read_figures(package: Package, layout: Layout, sheets: Sheets, covers: tuple[Cover, ...]) -> Figures:
    """Read every figure; `covers` are the covered units of the stamp."""
    form = layout.form
    values: dict[str, Figure | None] = {}
    zeros: set[str] = set()
    found: list[Finding] = []
    prior: dict[str, Figure] = {}
    unread = False
    for table in form.tables:
        if table.id not in sheets:
            continue
        sheet, raw = sheets[table.id]
        declared, trouble = _switch(table, sheet, raw)
        found.extend(trouble)
        reads = list(_inputs(package, form, sheet, raw, declared=declared))
        unread = unread or any(r.reading.value is None and r.reading.code != "V101" for r in reads)
        prior.update(_prior(form, sheet, raw))
        values.update({r.item.id: r.reading.value for r in reads})
        found.extend(_findings(table, sheet, reads))
        if declared:
            zeros.add(table.id)
            found.extend(_contradictions(table, sheet, reads))
    if layout.kind is Kind.WORKING:
        covers, trouble = _details(package, layout, sheets, covers)
        found.extend(trouble)
        values = sums(form, covers)
    figures = Submission(form, 0, Unit("", ""), values, zero_report=frozenset(zeros)).figures
    for n, table in enumerate(form.tables):
        if table.id in sheets:
            found.extend(_totals(form, table, *sheets[table.id], figures))
            found.extend(_code(form, n, *sheets[table.id], figures))
    return Figures(values, frozenset(zeros), covers, tuple(found), unread, prior)


def _prior(form: Form, sheet: Sheet, raw: RawSheet) -> dict[str, Figure]:
    """Last year's figures beside the table, as issued; what is no figure is not taken."""
    found: dict[str, Figure] = {}
    for cell in sheet.cells:
        if cell.role is Role.PRIOR and cell.key and cell.address in raw.cells:
            kind, text, formula, _ = raw.cells[cell.address]
            item = form.item[cell.key]
            value = read_figure(kind, text, formula, item.kind, item.unit).value
            if value is not None:
                found[item.id] = value
    return found


def _code(
    form: Form, number: int, sheet: Sheet, raw: RawSheet, figures: Mapping[str, Figure | None]
) -> Iterator[Finding]:
    """The 数据校验码 that the file shows, held against the figures; a note, never a block."""
    table = form.tables[number]
    cell = next((c for c in sheet.cells if c.role is Role.CHECK and c.key == "code_line"), None)
    there = raw.cells.get(cell.address) if cell is not None else None
    shown = _DIGITS.search(there.text or "") if there is not None else None
    if cell is None or shown is None or any(figures[i.id] is None for i in form.inputs if i.table is table):
        return
    due = checksum(form, table, figures)
    if shown[0] != due:
        yield finding("V132", sheet=sheet.name, cells=[cell.address], given=shown[0], due=due, table=table.name)


def _switch(table: Table, sheet: Sheet, raw: RawSheet) -> tuple[bool, list[Finding]]:
    cell = next((c for c in sheet.cells if c.role is Role.SWITCH), None)
    there = raw.cells.get(cell.address) if cell is not None else None
    text = (there.text or "").strip() if there is not None else ""
    if cell is None or text in ("", "否"):
        return False, []
    if text == "是":
        return True, []
    wrong = finding("V131", sheet=sheet.name, cells=[cell.address], given=quote(text), due="是或否", table=table.name)
    return False, [wrong]


def _inputs(package: Package, form: Form, sheet: Sheet, raw: RawSheet, *, declared: bool) -> Iterator[_Read]:
    cells = raw.cells
    for cell in sheet.cells:
        if cell.role in _READ:
            item = form.item[cell.key]
            yield _Read(item, cell, _reading(package, item, cells.get(cell.address), declared=declared))


def _reading(package: Package, item: Item, there: RawCell | None, *, declared: bool = False) -> Reading:
    if there is None:
        return read_figure("n", None, None, item.kind, item.unit, blank_is_zero=declared)
    kind, text, formula, style = there
    date = percent = False
    if kind == "n" and style:
        date, percent = package.is_date(style), package.is_percent(style)
    return read_figure(kind, text, formula, item.kind, item.unit, date=date, percent=percent, blank_is_zero=declared)


def _findings(table: Table, sheet: Sheet, reads: Iterable[_Read]) -> Iterator[Finding]:
    """One finding for the same fault with the same text, with every cell that has it."""
    groups: dict[tuple[str, str], list[_Read]] = {}
    for read in reads:
        reading = read.reading
        if reading.code:
            for code in (reading.code, *reading.more):
                groups.setdefault((code, "" if code in _MERGED else reading.given), []).append(read)
    for (code, given), members in groups.items():
        reading = members[0].reading
        yield finding(
            code,
            sheet=sheet.name,
            cells=[r.cell.address for r in members],
            items=[r.item.id for r in members],
            given=given or (reading.given if len(members) == 1 else None),
            due=_due(reading),
            where=_where(table, members),
        )


def _due(reading: Reading) -> Figure | str:
    return reading.due if reading.value is None else reading.value


def _where(table: Table, members: list[_Read]) -> str:
    return f"{table.name}{names(f'“{r.item.name}”' for r in members)}"


def _contradictions(table: Table, sheet: Sheet, reads: list[_Read]) -> Iterator[Finding]:
    for read in reads:
        if read.reading.value:
            yield finding(
                "V122",
                sheet=sheet.name,
                cells=[read.cell.address],
                items=[read.item.id],
                given=read.reading.value,
                due=zero(read.item),
                where=f"{table.name}“{read.item.name}”",
            )


def _totals(
    form: Form, table: Table, sheet: Sheet, raw: RawSheet, figures: Mapping[str, Figure | None]
) -> Iterator[Finding]:
    """Cells that a formula fills, held against the figures computed here; a stored result is never trusted."""
    stale: list[tuple[Cell, str | None]] = []
    for address, key, cell in shape_of(sheet).formulas:
        if cell.role is Role.CHECK:
            continue
        code, given = _total(raw.cells.get(address), key, cell, figures[cell.key])
        if code == "S110":
            stale.append((cell, given))
        elif code:
            item, due = form.item[cell.key], figures[cell.key]
            shown = "（缺项，算不出）" if due is None else due
            facts = {"table": table.name, "item": item.name}
            place = {"sheet": sheet.name, "cells": [address], "items": [item.id]}
            yield replace(finding(code, given=given, due=shown, **place, **facts), due=due)  # type: ignore[arg-type]

    if stale:
        yield _not_recalculated(form, table, sheet, stale, figures)


def _not_recalculated(
    form: Form, table: Table, sheet: Sheet, stale: list[tuple[Cell, str | None]], figures: Mapping[str, Figure | None]
) -> Finding:
    """One finding for all totals of a table that the file shows as they were before the last change."""
    first, given = stale[0]
    shown = [f"“{form.item[cell.key].name}”显示 {text}，实为 {figures[cell.key]}" for cell, text in stale]
    return finding(
        "S110",
        sheet=sheet.name,
        cells=[cell.address for cell, _ in stale],
        items=[cell.key for cell, _ in stale],
        given=given if len(stale) == 1 else None,
        due=figures[first.key] if len(stale) == 1 else None,
        table=table.name,
        detail=names(shown),
    )


def _total(there: RawCell | None, key: str, cell: Cell, due: Figure | None) -> tuple[str, str | None]:
    """Code and what stands there; "" when the cell is as it should be."""
    if there is None or (there.formula is None and not (there.text or "").strip()):
        return "S109", None
    text = (there.text or "").strip()
    given = quote(text)
    equal = due is not None and there.kind == "n" and same_number(text, due)
    if there.formula is None:
        return ("S108" if equal else "S107"), given
    if not same_formula(there, key, cell.content):
        return "S109", given
    # Without a stored result, or with one from before the figures were there, the file was merely not recalculated.
    if not text or equal or due is None:
        return "", None
    return "S110", given


def same_number(text: str, due: Figure) -> bool:
    """Whether a stored number is the figure, at the 15 significant digits a cell holds."""
    return bool(_NUMBER.fullmatch(text)) and _STORED.create_decimal(text) == _STORED.create_decimal(due)


def _details(
    package: Package, layout: Layout, sheets: Sheets, covers: tuple[Cover, ...]
) -> tuple[tuple[Cover, ...], list[Finding]]:
    """The covered units with their figures, from the rows of the detail sheets."""
    values: list[dict[str, Figure | None]] = [{} for _ in covers]
    found: list[Finding] = []
    for table in layout.form.tables:
        if f"detail_{table.id}" not in sheets:
            continue
        sheet, raw = sheets[f"detail_{table.id}"]
        reads: list[_Read] = []
        for cell in sheet.cells:
            there = raw.cells.get(cell.address)
            if cell.role is Role.DETAIL and not cell.content:
                item = layout.form.item[cell.key]
                read = _Read(item, cell, _reading(package, item, there))
                reads.append(read)
                values[cell.index][item.id] = read.reading.value
            elif cell.role is Role.COVER:
                unit = covers[cell.index].unit
                due = unit.code if cell.key == "code" else unit.name
                text = there.text or "" if there is not None else ""
                if text != due:
                    facts = {"table": sheet.name, "cell": cell.address, "given": quote(text), "due": due}
                    found.append(finding("S106", sheet=sheet.name, cells=[cell.address], **facts))
        found.extend(_findings(table, sheet, reads))
    full = (
        replace(cover, values=Submission(layout.form, 0, cover.unit, own).figures)
        for cover, own in zip(covers, values, strict=True)
    )
    return tuple(full), found


def sums(form: Form, covers: tuple[Cover, ...]) -> dict[str, Figure | None]:
    """Every input as the exact sum over the covered units; None where one of them is missing."""
    sums: dict[str, Figure | None] = {}
    for item in form.inputs:
        total: Figure | None = Decimal(0) if item.kind is Measure.AMOUNT else 0
        for cover in covers:
            value = cover.values.get(item.id)
            total = None if value is None or total is None else total + value
        sums[item.id] = total
    return sums
