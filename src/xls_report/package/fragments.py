"""The cells of a sheet without a parser: equal bytes mean the same cell, and are read once.

The values are cut out of a sheet; what is left is the same for many workbooks of a form, and is remembered as a whole.
What is not remembered is cut at each `</row>`, a row at each `<c `; strict patterns read the pieces, and bounded caches
remember what they say. What stands around the cells is read by expat as ever. A sheet with anything that the patterns
do not know goes to expat as a whole. So nothing is refused here, only not accepted, and what is accepted is exactly
what expat would have read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import compress, repeat
from operator import not_
from typing import Final, NamedTuple

from xls_report.address import letters
from xls_report.package import sheetxml
from xls_report.package.partxml import SMALL
from xls_report.package.pieces import CONTENT, DECLARATION, LONGEST_PART, TEXT, Memory, text_of, unescaped
from xls_report.package.rawcell import RawCell
from xls_report.package.refusal import MAX_COLUMNS, MAX_FORMULA, MAX_ROWS, MAX_TEXT, Refused
from xls_report.package.sharedstrings import decoded
from xls_report.package.sheetdata import BLANKS, KINDS, TRUE, ZERO
from xls_report.package.sheetxml import RawSheet

_START: Final = re.compile(rf"{DECLARATION}<worksheet ".encode())
_CELL: Final = re.compile(
    r'r="(([A-Z]{1,2})([1-9][0-9]{0,4}))"(?: s="([0-9]{1,9})")?(?: t="(n|s|str|b|e|inlineStr)")?(?: ?/>|>'
    rf'(?:<f(?: (?:aca|ca)="(?:0|1|false|true)")?>({CONTENT})</f>)?'
    rf"(?:(<v ?/>)|<v>({CONTENT})</v>|<is>{TEXT}</is>)?"
    r"</c>)"
)
_ROW: Final = re.compile(r'<row r="([1-9][0-9]{0,4})"((?: [A-Za-z0-9:]{1,20}="[0-9A-Za-z:. -]{0,99}")*+)(?:( ?/>)|>)')
_SIDE: Final = rf"(?:<oddHeader>{CONTENT}</oddHeader>)?(?:<oddFooter>{CONTENT}</oddFooter>)?"
_HEADER: Final = re.compile(
    rf'<headerFooter(?: differentFirst="false")?(?: differentOddEven="false")?>{_SIDE}</headerFooter>'
)
_HEADER_END: Final = b"</headerFooter>"
_LONGEST_HEADER: Final = 4_096
# A value that reads the same whatever the type of its cell: nothing escaped, no blank at its ends.
_VALUE: Final = re.compile(rb"<v>([^<>&_\x00-\x20][^<>&_\x00-\x1f]{0,99})(?<! )</v>")
_ANY_VALUE: Final = b"<v>0</v>"
_LONGEST_TEXTS: Final = 16_384  # characters of the texts of a sheet that is kept ready: labels, not reports
_ATTRIBUTE: Final = re.compile(r' ([A-Za-z0-9:]+)="([^"]*)"')
_HARMLESS: Final = frozenset(
    "spans s customFormat ht customHeight hidden outlineLevel collapsed thickTop thickBot x14ac:dyDescent".split()
)
_COLUMNS: Final = {letters(number): number for number in range(1, MAX_COLUMNS + 1)}

_new: Final[Callable[..., RawCell]] = tuple.__new__


# What the bytes from behind a `<c ` to the next one say: the address, the place, the cell (None if it is empty), and
# whether its text is the index of a shared string. Cells come in the order of their places: row * _STEP + column.
_Place = tuple[str, int, RawCell | None, bool]
_STEP: Final = 1_024
_NO_PLACE: Final[_Place] = ("", 0, None, False)  # not known; behind no place


class Row(NamedTuple):
    """What the bytes between two `</row>` say, every value that was cut out being 0: the first and the last row in it.

    None but the last has cells. ``number`` is how many there are, ``cells`` are those that are not empty. Of these,
    ``values`` had theirs cut out; a shared one's value is the index of its text.
    """

    first: int
    last: int
    number: int
    cells: Mapping[str, RawCell]
    values: tuple[tuple[str, bool], ...]  # address, whether it is shared


_NO_ROW: Final = Row(0, 0, 0, {}, ())  # not known; before any row
_READY: Final = 16  # workbooks of other texts for which one grid is kept ready


class Grid:
    """What all rows of a sheet say, every value that was cut out being 0; ``number`` is how many cells there are."""

    __slots__ = ("_again", "_cells", "_indexes", "_known", "_own", "_places", "_shared", "number")

    def __init__(self, cells: dict[str, RawCell], values: Sequence[tuple[str, bool]], number: int) -> None:
        self.number = number
        self._cells = cells
        self._shared = [address for address, shared in values if shared]
        self._indexes = [shared for _, shared in values]
        self._places = [address for address, shared in values if not shared]
        own = [cells[address] for address in self._places]
        self._own = [c.kind for c in own], [c.formula for c in own], [c.style for c in own]
        self._known: dict[tuple[str, ...], dict[str, RawCell]] = {}
        self._again = False

    def filled(self, values: Sequence[str], strings: Mapping[str, str]) -> dict[str, RawCell] | None:
        """The cells in their order with their values and texts; None if there is no such text."""
        try:
            texts = tuple(map(strings.__getitem__, compress(values, self._indexes)))
        except KeyError:
            return None
        cells = self._known[texts].copy() if texts in self._known else self._worded(texts)
        kinds, formulas, styles = self._own
        own = zip(kinds, compress(values, map(not_, self._indexes)), formulas, styles, strict=True)
        cells.update(zip(self._places, map(_new, repeat(RawCell), own), strict=True))
        return cells

    def _worded(self, texts: tuple[str, ...]) -> dict[str, RawCell]:
        cells = self._cells.copy()
        for address, text in zip(self._shared, texts, strict=True):
            kind, _, formula, style = cells[address]
            cells[address] = _new(RawCell, (kind, text, formula, style))
        if self._again and sum(map(len, texts)) <= _LONGEST_TEXTS:
            if len(self._known) == _READY:
                self._known.clear()
            self._known[texts] = cells.copy()
        self._again = True  # where the blanks differ from file to file, most grids are met once
        return cells


def read_worksheet(
    content: bytes, name: str, part: str, strings: Mapping[str, str], allowed: int
) -> tuple[RawSheet, int]:
    """As `sheetxml.read_worksheet`, the same for every input, but fast for what office programs write."""
    fast = fast_sheet(content, name, strings, allowed)
    return fast or sheetxml.read_worksheet(content, name, part, strings, allowed)


def fast_sheet(content: bytes, name: str, strings: Mapping[str, str], allowed: int) -> tuple[RawSheet, int] | None:
    """The sheet and how many cells it has, None if expat must read it."""
    start, end = content.find(b"<sheetData>"), content.find(b"</sheetData>")
    if not 0 <= start < end or len(content) > LONGEST_PART:
        return None
    body = content[start + len(b"<sheetData>") : end]
    # The prefix of one attribute that Excel gives to rows is declared around them: let expat say whether it is.
    row = b'<row x14ac:dyDescent="0"/>' if b" x14ac:dyDescent=" in body else b""
    frame = content[:start] + b"<sheetData>" + row + _without_header(content[end:])
    around = _around(frame) if len(frame) <= SMALL else None
    found = _cells_of(body, strings) if around is not None else None
    if around is None or found is None or found[1] > allowed:
        return None
    cells, count = found
    return RawSheet(name, cells, around.merges, frozenset(), around.hidden_columns, around.protected), count


def _without_header(tail: bytes) -> bytes:
    """What follows the cells, the texts of header and footer taken out: they name the unit, nothing else does."""
    start, end = tail.find(b"<headerFooter"), tail.find(_HEADER_END)
    if not 0 <= start < end <= start + _LONGEST_HEADER:
        return tail
    end += len(_HEADER_END)
    try:
        header = _HEADER.fullmatch(tail[start:end].decode())
    except UnicodeDecodeError:
        return tail
    return tail if header is None else tail[:start] + b"<headerFooter/>" + tail[end:]


@lru_cache(maxsize=256)
def _around(frame: bytes) -> RawSheet | None:
    """The sheet without its cells; None if it is refused, or if <sheetData> might not be what it seems to be."""
    if b"<!" in frame or frame.find(b"<?", 2) > 0 or frame.count(b"sheetData") != 2 or not _START.match(frame):
        return None
    try:
        return sheetxml.read_worksheet(frame, "", "", {}, 0)[0]
    except Refused:
        return None


def _cells_of(body: bytes, strings: Mapping[str, str]) -> tuple[dict[str, RawCell], int] | None:
    """The cells in their order and the number of them and the empty ones; None if a row or a text is not known."""
    parts = _VALUE.split(body)
    grid = _GRIDS.said(_ANY_VALUE.join(parts[::2]))
    values = text_of(b"\0".join(parts[1::2]))
    if grid is None or (len(parts) > 1 and not values) or "\ufffe" in values or "\uffff" in values:
        return None
    cells = grid.filled(values.split("\0") if values else (), strings)
    return None if cells is None else (cells, grid.number)


def _grid(skeleton: bytes) -> Grid | None:
    """Read all rows of a sheet, every value cut out being 0; None if one is not known."""
    *pieces, ending = skeleton.split(b"</row>")
    cells: dict[str, RawCell] = {}
    values: list[tuple[str, bool]] = []
    before = number = 0
    for first, last, count, own, cut in map(_SKELETONS.said, pieces):
        if first <= before:
            return None
        before = last
        number += count
        cells.update(own)
        values += cut
    first, _, closed = _OPENINGS.said(ending) if ending else (before + 1, 0, True)
    return Grid(cells, values, number) if first > before and closed else None


def _skeleton(piece: bytes) -> Row:
    """Read the bytes between two `</row>`, every value cut out being 0."""
    opening, *pieces = piece.split(b"<c ")
    first, row, closed = _OPENINGS.said(opening)
    cells: dict[str, RawCell] = {}
    values: list[tuple[str, bool]] = []
    last = row * _STEP
    for piece, (address, place, cell, by_index) in zip(pieces, map(_CELLS.said, pieces), strict=True):
        if place <= last:
            return _NO_ROW
        last = place
        if cell is not None:
            cells[address] = cell
            if _ANY_VALUE in piece:
                values.append((address, by_index))
            elif by_index:
                return _NO_ROW
    if closed or last >= (row + 1) * _STEP:
        return _NO_ROW
    return Row(first, row, len(pieces), cells, tuple(values))


def _row_numbers(piece: bytes) -> tuple[int, int, bool]:
    """The first and the last of these rows, and whether the last is closed as all others must be; 0, 0 if not known."""
    text = text_of(piece)
    first = last = position = 0
    closed = True
    while position < len(text):
        match = _ROW.match(text, position)
        number = int(match[1]) if match and closed and _harmless(match[2]) else 0
        if match is None or not last < number <= MAX_ROWS:
            return 0, 0, True
        first, last, position, closed = first or number, number, match.end(), match[3] is not None
    return first, last, closed


def _harmless(text: str) -> bool:
    """Whether nothing in these attributes of a row changes what is read, as hiding it would."""
    pairs = _ATTRIBUTE.findall(text)
    attributes = dict(pairs)
    known = len(pairs) == len(attributes) and attributes.keys() <= _HARMLESS
    return known and attributes.get("hidden") not in TRUE and attributes.get("ht") not in ZERO


def _cell(piece: bytes) -> _Place:
    """Read the bytes from behind a `<c ` to the next one."""
    match = _CELL.fullmatch(text_of(piece))
    if match is None:
        return _NO_PLACE
    address, letters, row, style, kind, formula, blank, value, inline = match.groups()
    column = _COLUMNS.get(letters)
    text = "" if blank else value
    if column is None or int(row) > MAX_ROWS or (inline if kind != "inlineStr" else text) is not None:
        return _NO_PLACE
    text = text if inline is None else inline
    if b"&" in piece:
        text, formula = unescaped(text), unescaped(formula)
    if (text and len(text) > MAX_TEXT) or (formula and len(formula) > MAX_FORMULA):
        return _NO_PLACE
    shared = kind == "s" and text is not None
    kind = KINDS[kind]
    if text is not None and not shared:
        text = decoded(text) if kind == "s" else text.strip(BLANKS) or None
    empty = text is None and formula is None
    cell = None if empty else RawCell(kind, text, formula and formula.removeprefix("="), int(style or 0))
    return address, int(row) * _STEP + column, cell, shared


_GRIDS: Final = Memory(_grid, 2**9)
_SKELETONS: Final = Memory(_skeleton, 2**12)
_OPENINGS: Final = Memory(_row_numbers, 2**12)
_CELLS: Final = Memory(_cell, 2**15)
