"""A returned sheet held against its layout: what was changed, in words, and what may still be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from xls_report.finding import Finding, finding, quote
from xls_report.layout import Cell, Role, Sheet, row_column
from xls_report.package import RawCell, RawSheet

_BLANK = re.compile(r"[\s\u200b\ufeff\u2060]+")
_MARKS = str.maketrans("“”„‟「」『』〝〞‘’‛′′", '""""""""""' + "'''''")
_DOT = re.compile(r"(?<=\d)[.、．。]")
_LITERAL = re.compile(r'("(?:[^"]|"")*")')
_SHEET_QUOTES = re.compile(r"'((?:[^']|'')+)'!")

_FORMULAS = frozenset({Role.TOTAL, Role.SUM, Role.CHECK})
_FEW = 3  # notes beside a table that a message quotes


@lru_cache(maxsize=8192)
def label_key(text: str) -> str:
    """A label without what Word and other programs change: width, blanks, line breaks, quotes, dots after numbers."""
    plain = _BLANK.sub("", unicodedata.normalize("NFKC", text)).translate(_MARKS)
    return _DOT.sub(".", plain)


@lru_cache(maxsize=8192)
def formula_key(text: str) -> str:
    """A formula without what programs rewrite: blanks, quotes round sheet names, `_xlfn.`, case; literals stay."""
    parts = _LITERAL.split(text)
    for n in range(0, len(parts), 2):
        parts[n] = _SHEET_QUOTES.sub(r"\1!", parts[n]).replace(" ", "").replace("_xlfn.", "").upper()
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a layout's sheet must look like, prepared once for all files."""

    labels: tuple[tuple[str, str, Cell], ...]  # address, key, cell
    formulas: tuple[tuple[str, str, Cell], ...]
    known: frozenset[str]  # addresses that hold something
    merges: frozenset[str]
    inputs: tuple[tuple[int, int, int, int], ...]  # boxes of the figure cells
    bottom: int
    right: int


@lru_cache(maxsize=256)
def shape_of(sheet: Sheet) -> Shape:
    """The shape of a sheet of the layout."""
    boxes = [
        (c.row, c.column, c.last_row or c.row, c.last_column or c.column)
        for c in sheet.cells
        if c.role in (Role.INPUT, Role.VALUE, Role.DETAIL)
    ]
    framed = [c for c in sheet.cells if c.role in (Role.LABEL, Role.INPUT, Role.TOTAL, Role.SUM)]
    return Shape(
        labels=tuple((c.address, label_key(c.content), c) for c in sheet.cells if c.role is Role.LABEL),
        formulas=tuple((c.address, formula_key(c.content), c) for c in sheet.cells if c.role in _FORMULAS),
        known=frozenset(c.address for c in sheet.cells),
        merges=frozenset(c.span for c in sheet.cells if c.last_row),
        inputs=tuple(boxes),
        bottom=max((c.last_row or c.row for c in framed), default=0),
        right=max((c.last_column or c.column for c in framed), default=0),
    )


def matches(sheet: Sheet, raw: RawSheet) -> bool:
    """Whether every label of the layout's sheet stands where it should: by this a renamed or copied sheet is known."""
    shape = shape_of(sheet)
    return bool(shape.labels) and all(
        address in raw.cells and label_key(raw.cells[address].text or "") == key for address, key, _ in shape.labels
    )


def compare(sheet: Sheet, raw: RawSheet, name: str) -> tuple[tuple[Finding, ...], bool]:
    """Findings on the sheet's structure, and whether its figures stand where they should. `name` is for messages."""
    wrong: list[tuple[Cell, str]] = []
    for address, key, cell in shape_of(sheet).labels:
        there = raw.cells.get(address)
        text = (there.text or "") if there is not None else ""
        if text != cell.content and label_key(text) != key:
            wrong.append((cell, text))
    moved = _moved(sheet, raw, wrong)
    if moved is not None:
        return (moved_finding(name, *moved, sheet),), False
    found = [
        finding(
            "S106", sheet=sheet.name, cells=[c.address], table=name, cell=c.address, due=c.content, given=quote(text)
        )
        for c, text in wrong
    ]
    found.extend(_around(sheet, raw, name))
    return tuple(found), True


def _moved(sheet: Sheet, raw: RawSheet, wrong: list[tuple[Cell, str]]) -> tuple[Cell, str] | None:
    """The first wrong label when the sheet was reshaped: its text, or that of another, now stands elsewhere."""
    if not wrong:
        return None
    if len(wrong) > max(3, len(shape_of(sheet).labels) // 4):
        return wrong[0]
    elsewhere = {label_key(cell.text or "") for address, cell in raw.cells.items()}
    expected = {key for _, key, _ in shape_of(sheet).labels}
    still = {label_key(raw.cells[a].text or "") for a, _, _ in shape_of(sheet).labels if a in raw.cells}
    for cell, text in wrong:
        key = label_key(cell.content)
        if (key in elsewhere and key not in still) or (text and label_key(text) in expected):
            return cell, text
    return None


def moved_finding(name: str, cell: Cell, text: str, sheet: Sheet) -> Finding:
    """The sheet was reshaped: one finding, at the first label that stands wrong."""
    there = quote(text) if text else "空白"
    return finding(
        "S105", sheet=sheet.name, cells=[cell.address], table=name, cell=cell.address, due=cell.content, given=there
    )


def _around(sheet: Sheet, raw: RawSheet, name: str) -> Iterator[Finding]:
    """What was done around the figures without moving them."""
    shape = shape_of(sheet)
    for merge in raw.merges:
        if merge not in shape.merges and _covers_inputs(merge, shape):
            yield finding("S111", sheet=sheet.name, cells=[merge.split(":")[0]], table=name, given=merge)
    if shape.inputs:
        hidden = [f"第 {row} 行" for row in sorted(raw.hidden_rows) if row <= shape.bottom]
        hidden += [f"第 {first} 列" for first, _ in raw.hidden_columns if first <= shape.right]
        if hidden:
            yield finding("S112", sheet=sheet.name, table=name, given="、".join(hidden[:_FEW]))
    notes = [(address, cell) for address, cell in raw.cells.items() if address not in shape.known and cell.text]
    if notes:
        shown = "、".join(f"{address}“{quote(cell.text or '')}”" for address, cell in notes[:_FEW])
        more = f" 等 {len(notes)} 处" if len(notes) > _FEW else ""
        yield finding("S113", sheet=sheet.name, cells=[a for a, _ in notes], table=name, given=shown + more)


def _covers_inputs(merge: str, shape: Shape) -> bool:
    first, _, last = merge.partition(":")
    row1, column1 = row_column(first)
    row2, column2 = row_column(last or first)
    return any(r1 <= row2 and r2 >= row1 and c1 <= column2 and c2 >= column1 for r1, c1, r2, c2 in shape.inputs)


def same_formula(there: RawCell | None, key: str, content: str) -> bool:
    """Whether the cell still holds the layout's formula."""
    return (
        there is not None
        and there.formula is not None
        and (there.formula == content or formula_key(there.formula) == key)
    )
