"""The rows that were found of a published report → figures and findings; a figure without a certain place is blank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from xls_report.figure import Figure
from xls_report.figures import Read, figure_findings
from xls_report.finding import Finding, finding, names
from xls_report.form import Form, Item, Table
from xls_report.heading import Measure
from xls_report.heads import Heads
from xls_report.labels import Labels, labels_of
from xls_report.layout import Layout
from xls_report.lines import Fault, figure_of
from xls_report.number import Reading, read_figure
from xls_report.placing import Placed, Tables, row_items, row_name
from xls_report.quoting import quote
from xls_report.submission import zero

_TEXT_NUMBER = "V111"  # every figure of a page is text
_OWN_UNIT = "V113"


@dataclass
class Figures:
    """What the tables gave: the text and the reading of every item that has a place, and what is to be told."""

    values: dict[str, Figure | None] = field(default_factory=dict)
    printed: dict[str, Reading] = field(default_factory=dict)  # of totals
    findings: list[Finding] = field(default_factory=list)


def read_placed(tables: Tables, layout: Layout, year: int) -> Figures:
    """Read every figure of the rows that were found."""
    figures = Figures()
    for table in layout.form.tables:
        found = tables.of(table)
        if found:
            rows = _rows(table, found, tables, layout.form, year, figures)
            _read(table, rows, layout, figures)
    return figures


Rows = Mapping[tuple[Labels, int], Placed | None]  # None: found, without a certain place


def _rows(table: Table, found: Sequence[Placed], tables: Tables, form: Form, year: int, figures: Figures) -> Rows:
    """Each row of the table once, and what is to be told of rows."""
    tell = figures.findings
    by_row: dict[tuple[Labels, int], list[Placed]] = {}
    for one in found:
        if not one.branch:
            by_row.setdefault((one.labels, one.leaf), []).append(one)
    tell.extend(_strange(table, found, tables, by_row))
    singles = list(_single_rows(table, found, by_row, figures))
    rows: dict[tuple[Labels, int], Placed | None] = {}
    for key, ones in by_row.items():
        rows[key] = _one(table, key, ones, tell)
    due = [(labels, leaf) for labels in labels_of(form) if labels.table is table for leaf in _leaves(labels)]
    missing = [row_name(*key) for key in due if key not in rows and key not in singles]
    if missing:
        tell.append(finding("S207", sheet=table.sheet, table=table.name, given=_listed(missing)))
    tell.extend(_headless(table, rows, year))
    tell.extend(_remarks(table, [one for one in rows.values() if one is not None]))
    return rows


def _leaves(labels: Labels) -> range:
    return range(len(labels.block.row_leaves))


def _listed(found: Sequence[str]) -> str:
    return names((f"“{quote(name)}”" for name in found), most=5)


def _strange(
    table: Table, found: Sequence[Placed], tables: Tables, by_row: Mapping[tuple[Labels, int], object]
) -> Iterator[Finding]:
    """Rows with figures that are none of the form's."""
    strange = [row.shown for of, row in tables.strange if of is table]
    strange += [
        one.row.shown for one in found if one.branch and any((one.labels, leaf) in by_row for leaf in one.branch)
    ]
    for shown in strange:
        yield finding("S206", sheet=table.sheet, table=table.name, given=quote(shown))


def _single_rows(
    table: Table, found: Sequence[Placed], by_row: Mapping[tuple[Labels, int], object], figures: Figures
) -> Iterator[tuple[Labels, int]]:
    """Rows of the other form that are several here: 0 is 0 in each of them, nothing else can be told apart."""
    singles: dict[tuple[int, ...], list[Placed]] = {}
    for one in found:
        if one.branch and not any((one.labels, leaf) in by_row for leaf in one.branch):
            singles.setdefault(one.branch, []).append(one)
    for one, *others in singles.values():
        keys = [(one.labels, leaf) for leaf in one.branch]
        yield from keys
        texts = one.line.texts if one.line is not None and not others else ()
        nought = [figure_of(text) == 0 for text in texts] or [False] * len(one.labels.leaves)
        for key in keys:
            for item, is_zero in zip(row_items(*key), nought, strict=True):
                if is_zero and item.total is None:
                    figures.values[item.id] = zero(item)
        if not all(nought):
            labels = [c.name for (c, _), z in zip(one.labels.block.column_leaves, nought, strict=True) if not z]
            given = "、".join(labels) if texts else one.row.shown
            where = quote(one.row.words[-1].text if one.row.words else one.row.shown)
            facts = {"table": table.name, "where": where, "due": str(len(keys)), "given": quote(given)}
            figures.findings.append(finding("S215", sheet=table.sheet, **facts))


def _one(table: Table, key: tuple[Labels, int], ones: Sequence[Placed], tell: list[Finding]) -> Placed | None:
    """The one row that counts; None where there are several that differ, or it has no certain place."""
    name = quote(row_name(*key))
    facts = {"table": table.name, "where": name}
    if len(ones) > 1:
        read = {one.line.texts if one.line is not None and not one.line.fault else None for one in ones}
        same = len(read) == 1 and None not in read
        tell.append(finding("S214" if same else "S213", sheet=table.sheet, given=str(len(ones)), **facts))
        if not same:
            return None
    (one, *_) = ones
    if one.line is not None and one.line.fault is Fault.COUNT:
        due = str(len(key[0].leaves))
        tell.append(finding("S211", sheet=table.sheet, given=str(one.line.there), due=due, **facts))
    elif one.line is not None and one.line.fault is Fault.MERGED:
        tell.append(finding("S216", sheet=table.sheet, **facts))
    return one


def _headless(table: Table, rows: Rows, year: int) -> Iterator[Finding]:
    by_block: dict[Labels, list[str]] = {}
    for (labels, leaf), one in rows.items():
        if one is not None and one.heads is None:
            by_block.setdefault(labels, []).append(row_name(labels, leaf))
    for labels, found in by_block.items():
        detail = f"应为{names((f'“{c.label}”' for c, _ in labels.block.column_leaves), most=7)}"
        facts = {"table": table.name, "due": str(year), "detail": detail, "given": _listed(found)}
        yield finding("S208", sheet=table.sheet, **facts)


def _remarks(table: Table, rows: Sequence[Placed]) -> Iterator[Finding]:
    """What was put right, once a table."""
    placed = [one for one in rows if one.line is not None and not one.line.fault]
    joined = [one.row.joined for one in rows if one.row.joined]
    joined += list(dict.fromkeys(text for one in rows if one.heads is not None for text in one.heads.joined))
    dropped = [
        f"“{quote(row_name(one.labels, one.leaf))}”{one.line.there} 个数、{len(one.labels.leaves)} 栏"
        for one in placed
        if one.line is not None and one.line.dropped
    ]
    starts = {one.row.values[0].column if one.row.values else 0 for one in placed}
    counted = [
        row_name(one.labels, one.leaf)
        for one in placed
        if one.line is not None and one.line.counted and not one.line.dropped
    ]
    if joined:
        yield finding("S209", sheet=table.sheet, table=table.name, given=_listed(joined))
    if dropped:
        yield finding("S210", sheet=table.sheet, table=table.name, given=names(dropped, most=5))
    if counted and (len(starts) > 1 or any(one.heads is not None and one.heads.spans for one in placed)):
        yield finding("S212", sheet=table.sheet, table=table.name, given=_listed(counted))


def _read(table: Table, rows: Rows, layout: Layout, figures: Figures) -> None:
    """The texts of the rows as figures, each by the one function."""
    reads: list[Read] = []
    for key, one in rows.items():
        if one is None or one.line is None or one.line.fault:
            continue
        for item, text in zip(row_items(*key), one.line.texts, strict=True):
            reading = _reading(item, text, one.heads)
            if item.total is not None:
                figures.printed[item.id] = reading
                continue
            sheet, cell = layout.place[item.id]
            if reading.code == "V202":
                where = f"{table.name}“{item.name}”"
                figures.findings.append(
                    finding("V202", sheet=sheet.name, cells=[cell.address], items=[item.id], given=text, where=where)
                )
                continue
            figures.values[item.id] = reading.value
            reads.append(Read(item, cell, reading))
    if reads:
        figures.findings.extend(figure_findings(table.name, layout.place[reads[0].item.id][0], reads))


def _reading(item: Item, text: str, heads: Heads | None) -> Reading:
    """A text of a page as the item's figure; V202 for money where neither the form nor the page gives its unit."""
    reading = read_figure("s", text, None, item.kind, item.unit)
    if reading.code == _TEXT_NUMBER:
        reading = reading._replace(code="")
    printed = {*(heads.keys if heads is not None else ()), item.column.label}
    named = any(item.unit in label for label in printed) or _OWN_UNIT in (reading.code, *reading.more)
    if item.kind is Measure.AMOUNT and reading.value and not named:
        return Reading(None, "V202", reading.given, "")
    return reading


def total_findings(form: Form, figures: Figures, computed: Mapping[str, Figure | None]) -> Iterator[Finding]:
    """Totals as printed against those of the figures taken; one that is not printed is told once a table."""
    for table in form.tables:
        totals = [item for item in form.items if item.table is table and item.id in figures.printed]
        lacking = []
        for item in totals:
            printed, due = figures.printed[item.id].value, computed[item.id]
            if printed is None:
                lacking.append(f"“{item.name}”")
            elif due is not None and printed != due:
                where = f"{table.name}“{item.name}”"
                yield finding("V201", sheet=table.sheet, items=[item.id], given=printed, due=due, where=where)
        if lacking:
            yield finding("V203", sheet=table.sheet, where=f"{table.name}{names(lacking)}")
