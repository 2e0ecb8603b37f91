"""The figures of a returned workbook: every input read by the one function, every remark a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xls_report.address import row_column
from xls_report.checksum import checksum, complete
from xls_report.compare import shape_of
from xls_report.dates import shown_date
from xls_report.figure import Figure, figure_text
from xls_report.finding import Finding, finding, names
from xls_report.form import Form, Item, Table
from xls_report.heading import Measure
from xls_report.layout import Cell, Layout, Role, Sheet
from xls_report.number import Reading, read_figure, whole_number
from xls_report.package import Display, Package, RawCell, RawSheet
from xls_report.quoting import quote
from xls_report.submission import Submission, zero

Sheets = Mapping[str, tuple[Sheet, RawSheet]]

_CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])", re.ASCII)
_MERGED = frozenset({"V101", "V111"})  # the text of the cell does not matter to the finding
_FORMAT_TOLD = frozenset({"V123", "V125"})  # remarks that already say that the cell shows something else
_SAID_TWICE = {"V113": "V112"}  # the first says all that the second would say


@dataclass(frozen=True, slots=True)
class Figures:
    """What the statutory tables gave."""

    values: Mapping[str, Figure | None]
    zero_report: frozenset[str]
    findings: tuple[Finding, ...]
    unread: bool  # whether some entry could not be taken
    prior: Mapping[str, Figure]  # last year's figures as they stand in the workbook


@dataclass(frozen=True, slots=True)
class Read:
    """One cell read: the item, where it stands, and the reading."""

    item: Item
    cell: Cell
    reading: Reading


def read_figures(package: Package, layout: Layout, sheets: Sheets) -> Figures:
    """Read every input of the statutory tables that are in place."""
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
        plain = {} if declared else _plain(package, layout, sheet, raw)
        swallowed = _swallowed(sheet, raw)
        reads = [
            Read(
                form.item[cell.key],
                cell,
                read_cell(package, form.item[cell.key], raw.cells.get(cell.address), declared=declared),
            )
            for cell in sheet.of(Role.INPUT)
            if cell.key not in plain and cell.address not in swallowed
        ]
        unread = unread or any(r.reading.value is None and r.reading.code != "V101" for r in reads)
        prior.update(_prior(form, sheet, raw))
        values.update(plain)
        values.update({r.item.id: r.reading.value for r in reads})
        found.extend(figure_findings(table.name, sheet, reads))
        if declared:
            zeros.add(table.id)
            found.extend(_contradictions(table, sheet, reads))
    return Figures(values, frozenset(zeros), tuple(found), unread, prior)


def _swallowed(sheet: Sheet, raw: RawSheet) -> frozenset[str]:
    """Blank inputs under a merge that somebody made: that is the fault, not the blank it left."""
    found: set[str] = set()
    for merge in raw.merges:
        if merge not in shape_of(sheet).merges:
            (row1, column1), (row2, column2) = (row_column(corner) for corner in merge.split(":"))
            inside = [c for c in sheet.of(Role.INPUT) if row1 <= c.row <= row2 and column1 <= c.column <= column2]
            found.update(c.address for c in inside if (c.row, c.column) != (row1, column1))
    return frozenset(found - raw.cells.keys())


def _switch(table: Table, sheet: Sheet, raw: RawSheet) -> tuple[bool, list[Finding]]:
    cell = next(sheet.of(Role.SWITCH), None)
    there = raw.cells.get(cell.address) if cell is not None else None
    # As the workbook's own formulas: 是 with a blank beside it is not 是.
    text = (there.text or "") if there is not None else ""
    formula = there.formula if there is not None else None  # its stored result may be stale
    if cell is None or (formula is None and (text.strip() == "" or text == "否")):
        return False, []
    if formula is None and text == "是":
        return True, []
    given = quote(text if formula is None else "=" + formula)
    wrong = finding("V131", sheet=sheet.name, cells=[cell.address], given=given, due="是或否", table=table.name)
    return False, [wrong]


def _plain(package: Package, layout: Layout, sheet: Sheet, raw: RawSheet) -> dict[str, int]:
    """The counts and changes that are plainly right, as `read_cell` would read them: nearly all there are."""
    cells, odd = raw.cells, package.formats.odd
    found: dict[str, int] = {}
    for address, item in layout.counted[sheet.id]:
        if address in cells:
            kind, text, formula, style = cells[address]
            value = whole_number(kind, text, formula) if style not in odd else None
            if value is not None:
                found[item] = value
    return found


def read_cell(package: Package, item: Item, there: RawCell | None, *, declared: bool = False) -> Reading:
    """One cell as the item's figure; in a table declared zero a blank is 0."""
    if there is None:
        return read_figure("n", None, None, item.kind, item.unit, blank_is_zero=declared)
    kind, text, formula, style = there
    formats = package.formats
    date = percent = False
    if kind == "n" and style:
        date, percent = style in formats.dates, style in formats.percents
    found = read_figure(kind, text, formula, item.kind, item.unit, date=date, percent=percent, blank_is_zero=declared)
    if found.value is None or text is None:
        return found
    if kind == "n" and (item.kind is Measure.AMOUNT or style in formats.unusual):
        return _as_shown(found, formats.display(style, found.value, item.unit))
    if kind == "s" and style in formats.unusual:
        return _as_shown(found, formats.display(style, None, item.unit))
    return found


def _as_shown(reading: Reading, display: Display) -> Reading:
    """The reading of a number whose format shows it rounded, or as another one: then neither is taken."""
    if display is Display.OTHER:
        return Reading(None, "V130", reading.given, "数字")
    told = {reading.code, *reading.more}
    if display is Display.SAME or told & _FORMAT_TOLD:
        return reading
    if reading.code:
        return reading._replace(more=(*reading.more, "V129"))
    assert reading.value is not None
    return reading._replace(code="V129", due=figure_text(reading.value))


def figure_findings(place: str, sheet: Sheet, reads: Sequence[Read]) -> Iterator[Finding]:
    """One finding for the same fault with the same text, with every cell that has it; `place` is for messages."""
    groups: dict[tuple[str, str], list[Read]] = {}
    for read in reads:
        reading = read.reading
        if reading.code:
            for code in (reading.code, *(c for c in reading.more if c != _SAID_TWICE.get(reading.code))):
                groups.setdefault((code, "" if code in _MERGED else reading.given), []).append(read)
    for (code, given), members in groups.items():
        reading = members[0].reading
        given = given or (reading.given if len(members) == 1 else "")
        yield finding(
            code,
            sheet=sheet.name,
            cells=[r.cell.address for r in members],
            items=[r.item.id for r in members],
            given=shown_date(given) if code == "V106" else _percent(given) if code == "V120" else given,
            due=reading.due if reading.value is None else reading.value,
            where=f"{place}{names(f'“{r.item.name}”' for r in members)}",
            hint=_hint(code, reading, members[0].item),
        )


def _hint(code: str, reading: Reading, item: Item) -> str:
    """The one figure that was probably meant, as a question."""
    if code not in ("V114", "V115") or not reading.due[:1].isdigit():
        return ""
    return f"是否为 {reading.due}{' 万元' if item.unit == '万元' else ''}？"


def _percent(given: str) -> str:
    """A number as its percent format shows it; other text as it is."""
    number = re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,9})?", given)
    return f"{(Decimal(given) * 100).normalize():f}%" if number else given


def _contradictions(table: Table, sheet: Sheet, reads: list[Read]) -> Iterator[Finding]:
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


def _prior(form: Form, sheet: Sheet, raw: RawSheet) -> dict[str, Figure]:
    """Last year's figures beside the table, as issued; what is no figure is not taken."""
    found: dict[str, Figure] = {}
    for cell in sheet.of(Role.PRIOR):
        if cell.key and cell.address in raw.cells:
            kind, text, formula, _ = raw.cells[cell.address]
            item = form.item[cell.key]
            value: Figure | None = whole_number(kind, text, formula) if item.kind is not Measure.AMOUNT else None
            if value is None:
                value = read_figure(kind, text, formula, item.kind, item.unit).value
            if value is not None:
                found[item.id] = value
    return found


def code_findings(sheets: Sheets, submission: Submission) -> Iterator[Finding]:
    """The 数据校验码 that each table shows, held against its figures.

    One that a formula gives is a note, since it may be stale; one that was written with the figures is a seal.
    """
    form, figures = submission.form, submission.figures
    for table in form.tables:
        if table.id not in sheets:
            continue
        sheet, raw = sheets[table.id]
        cell = next((c for c in sheet.of(Role.CHECK, Role.SEAL) if c.role is Role.SEAL or c.key == "code_line"), None)
        if cell is None or not complete(form, table, figures):
            continue
        there = raw.cells.get(cell.address)
        shown = _CODE.search(there.text or "") if there is not None else None
        due = checksum(form, table, figures)
        sealed = cell.role is Role.SEAL
        given = shown[0] if shown is not None else "没有了" if sealed else due
        if given != due:
            code = "V133" if sealed else "V132"
            yield finding(code, sheet=sheet.name, cells=[cell.address], given=given, due=due, table=table.name)
