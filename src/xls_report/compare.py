"""A returned sheet held against its layout: what was changed, in words, and what may still be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

from xls_report.address import a1, letters, row_column
from xls_report.finding import Finding, finding, names
from xls_report.layout import Cell, Role, Sheet
from xls_report.package import RawCell, RawSheet
from xls_report.quoting import quote
from xls_report.reshaped import told

_BLANK = re.compile(r"[\s\u200b\ufeff\u2060]+")
_MARKS = str.maketrans("“”„‟「」『』〝〞‘’‛′′", '""""""""""' + "'''''")
_DOT = re.compile(r"(?<=\d)[.、．。]")
_LITERAL = re.compile(r'("(?:[^"]|"")*")')
_REMEMBERED = 2_500  # letters of a text that is worth remembering: none of ours has more, a hostile one 32,767
_SHEET_QUOTES = re.compile(r"'((?:[^']|'')+)'!")


def label_key(text: str) -> str:
    """A label without what Word and other programs change: width, blanks, line breaks, quotes, dots after numbers."""
    return _label_key(text) if len(text) <= _REMEMBERED else _label_key.__wrapped__(text)


@lru_cache(maxsize=8192)
def _label_key(text: str) -> str:
    plain = _BLANK.sub("", unicodedata.normalize("NFKC", text)).translate(_MARKS)
    return _DOT.sub(".", plain)


def formula_key(text: str) -> str:
    """A formula without what programs rewrite: blanks, quotes round sheet names, `_xlfn.`, case; literals stay."""
    return _formula_key(text) if len(text) <= _REMEMBERED else _formula_key.__wrapped__(text)


@lru_cache(maxsize=8192)
def _formula_key(text: str) -> str:
    parts = _LITERAL.split(text)
    for n in range(0, len(parts), 2):
        parts[n] = _SHEET_QUOTES.sub(r"\1!", parts[n]).replace(" ", "").replace("_xlfn.", "").upper()
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a layout's sheet must look like, prepared once for all files."""

    labels: tuple[tuple[str, str, Cell], ...]  # address, key, cell
    known: frozenset[str]  # addresses that hold something
    merges: frozenset[str]
    inputs: tuple[tuple[int, int, int, int], ...]  # boxes of the figure cells
    inside: frozenset[str]  # what a merged figure cell covers but its upper left
    checks: tuple[tuple[str, str, Cell], ...]
    guides: tuple[tuple[str, str, Cell], ...]
    texts: tuple[tuple[str, str], ...]  # address and text of labels and guides, which must be no formulas
    formulas: tuple[tuple[str, str], ...]  # address and formula of checks and titles
    free: frozenset[str]  # addresses that may hold something, whatever it is
    bottom: int
    right: int


def shape_of(sheet: Sheet) -> Shape:
    """The shape of a sheet of the layout; it is kept as long as the sheet."""
    shape = _SHAPES.get(sheet)
    if shape is None:
        shape = _SHAPES[sheet] = _shape(sheet)
    return shape


_SHAPES: WeakKeyDictionary[Sheet, Shape] = WeakKeyDictionary()


def _shape(sheet: Sheet) -> Shape:
    boxes = [(c.row, c.column, c.last_row or c.row, c.last_column or c.column) for c in sheet.of(Role.INPUT)]
    rows = sheet.rows.of(Role.DETAIL) if sheet.rows is not None else ()
    last = sheet.rows.last if sheet.rows is not None else 0
    boxes += [(c.row, c.column, last, c.column) for c in rows]
    framed = [*sheet.of(Role.LABEL, Role.INPUT, Role.TOTAL, Role.SUM), *rows]
    figures = [c for c in sheet.of(Role.INPUT, Role.TOTAL, Role.SUM) if c.last_row]
    known = frozenset(c.address for c in sheet.cells)
    inside = frozenset(
        a1(row, column)
        for c in figures
        for row in range(c.row, c.last_row + 1)
        for column in range(c.column, c.last_column + 1)
        if (row, column) != (c.row, c.column)
    )
    return Shape(
        labels=tuple((c.address, label_key(c.content), c) for c in sheet.of(Role.LABEL)),
        checks=tuple((c.address, formula_key(c.content), c) for c in sheet.of(Role.CHECK)),
        guides=tuple((c.address, label_key(c.content), c) for c in sheet.of(Role.GUIDE)),
        texts=tuple((c.address, c.content) for c in sheet.of(Role.LABEL, Role.GUIDE)),
        formulas=tuple((c.address, c.content) for c in sheet.of(Role.CHECK, Role.TITLE)),
        free=known - inside,
        known=known,
        merges=frozenset(c.span for c in sheet.cells if c.last_row),
        inputs=tuple(boxes),
        inside=inside,
        bottom=max((last, *(c.last_row or c.row for c in framed))),
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
    if _untouched(shape_of(sheet), raw):
        return (), True
    return _told(sheet, raw, name)


def _untouched(shape: Shape, raw: RawSheet) -> bool:
    """Whether all stands there to the letter as it was issued and nothing besides: then there is nothing to tell."""
    cells = raw.cells
    if (
        raw.hidden_rows
        or raw.hidden_columns
        or not (cells.keys() <= shape.free and shape.merges.issuperset(raw.merges))
    ):
        return False
    try:
        for address, text in shape.texts:
            _, there, formula, _ = cells[address]
            if there != text or formula is not None:
                return False
        for address, due in shape.formulas:
            if cells[address][2] != due:
                return False
    except KeyError:
        return False
    return True


def _told(sheet: Sheet, raw: RawSheet, name: str) -> tuple[tuple[Finding, ...], bool]:
    """The same without a shortcut."""
    wrong: list[tuple[Cell, str]] = []
    for address, key, cell in shape_of(sheet).labels:
        there = raw.cells.get(address)
        text = (there.text or "") if there is not None else ""
        if text != cell.content and label_key(text) != key:
            wrong.append((cell, text))
        elif there is not None and there.formula is not None:  # what it shows is no text that stands there
            wrong.append((cell, "=" + there.formula))
    for cell in sheet.of(Role.TITLE):
        there = raw.cells.get(cell.address)
        text = (there.text or "") if there is not None else ""
        if not same_formula(there, formula_key(cell.content), cell.content) and not _says(text, cell.label):
            wrong.append((cell, text))
    moved = _moved(sheet, raw, wrong)
    if moved is not None:
        return (moved_finding(name, *moved, sheet, told(sheet, raw, label_key)),), False
    found = [
        finding(
            "S106",
            sheet=sheet.name,
            cells=[c.address],
            due=c.says,
            given=quote(text),
            **changed(name, c, text),
        )
        for c, text in wrong
    ]
    found.extend(_around(sheet, raw, name))
    return tuple(found), True


def changed(name: str, cell: Cell, text: str) -> dict[str, str]:
    """Facts of a locked text that reads otherwise: where, and what became of it."""
    return {"table": name, "cell": cell.address, "there": f"被改为“{quote(text)}”" if text else "被删除"}


def _says(text: str, label: str) -> bool:
    return label_key(text.partition("\n")[0]) == label_key(label)


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
        key = label_key(cell.says)
        if (key in elsewhere and key not in still) or (text and label_key(text) in expected):
            return cell, text
    return None


def moved_finding(name: str, cell: Cell, text: str, sheet: Sheet, acts: str) -> Finding:
    """The sheet was reshaped: one finding, at the first label that stands wrong, telling the `acts` that are known."""
    there = f"{cell.address} 应为“{quote(cell.says)}”，" + (f"实为“{quote(text)}”" if text else "现在是空白")
    facts = {"table": name, "acts": acts or there}
    return finding("S105", sheet=sheet.name, cells=[cell.address], due=cell.says, given=quote(text), **facts)


def _around(sheet: Sheet, raw: RawSheet, name: str) -> Iterator[Finding]:
    """What was done around the figures without moving them."""
    shape = shape_of(sheet)
    for merge in raw.merges:
        if merge not in shape.merges and _covers_inputs(merge, shape):
            yield finding("S111", sheet=sheet.name, cells=[merge.split(":")[0]], table=name, given=merge)
    if shape.inputs:
        yield from _hidden(sheet, raw, name)
    inside = [address for address in raw.cells if address in shape.inside and raw.cells[address].text]
    if inside:
        yield finding("S116", sheet=sheet.name, cells=inside, table=name, given=_quoted(raw, inside))
    notes = [a for a, cell in raw.cells.items() if a not in shape.known and a not in shape.inside and cell.text]
    if sheet.rows is not None:
        notes = [a for a in notes if not sheet.rows.holds(a)]
    if notes:
        yield finding("S113", sheet=sheet.name, cells=notes, table=name, given=_quoted(raw, notes))
    checks = [
        address for address, key, cell in shape.checks if not same_formula(raw.cells.get(address), key, cell.content)
    ]
    if checks:
        yield finding("S114", sheet=sheet.name, cells=checks, table=name)
    guides = [
        address for address, key, cell in shape.guides if not _same_text(raw.cells.get(address), key, cell.content)
    ]
    if guides:
        yield finding("S115", sheet=sheet.name, cells=guides, table=name)


def _quoted(raw: RawSheet, addresses: list[str]) -> str:
    return names(f"{a}“{quote(raw.cells[a].text or '')}”" for a in addresses)


def _same_text(there: RawCell | None, key: str, content: str) -> bool:
    text = (there.text or "") if there is not None else ""
    return text == content or label_key(text) == key


def _hidden(sheet: Sheet, raw: RawSheet, name: str) -> Iterator[Finding]:
    """Hidden rows and columns within the table; their figures are read all the same."""
    shape = shape_of(sheet)
    rows = [row for row in sorted(raw.hidden_rows) if row <= shape.bottom]
    columns = [(first, min(last, shape.right)) for first, last in raw.hidden_columns if first <= shape.right]
    shown = [f"第 {row} 行" for row in rows]
    shown += [f"{letters(a)} 列" if a == b else f"{letters(a)} 至 {letters(b)} 列" for a, b in columns]
    if shown:
        cells = [*(a1(row, 1) for row in rows), *(a1(1, first) for first, _ in columns)]
        yield finding("S112", sheet=sheet.name, cells=cells, table=name, given=names(shown))


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
