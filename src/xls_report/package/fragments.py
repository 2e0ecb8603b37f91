"""The cells of a sheet and the shared strings without a parser: equal bytes mean the same cell, and are read once.

A sheet is cut at each `</row>`, a row at each `<c `, the strings at each `<si>`; strict patterns read the pieces, and
bounded caches remember what they say. What stands around the cells is read by expat as ever. A part with anything that
the patterns do not know goes to expat as a whole. So nothing is refused here, only not accepted, and what is accepted
is exactly what expat would have read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Generic, NamedTuple, TypeVar, cast

from xls_report.address import letters
from xls_report.package import sharedstrings, sheetxml
from xls_report.package.partxml import SMALL, STRICT, TRANSITIONAL
from xls_report.package.rawcell import RawCell
from xls_report.package.refusal import MAX_COLUMNS, MAX_FORMULA, MAX_ROWS, MAX_STRINGS, MAX_TEXT, Refused
from xls_report.package.sharedstrings import decoded
from xls_report.package.sheetdata import BLANKS, KINDS, TRUE, ZERO
from xls_report.package.sheetxml import RawSheet

_Said = TypeVar("_Said")

_LONGEST_PART: Final = 1_048_576  # bytes; no part below it has as many elements as `feed` refuses
_REMEMBERED: Final = 4_194_304  # bytes of pieces that one cache holds; hostile ones make some 50 MB of them

# XML as office programs write it. No attribute can stand twice, and no character that XML does not have.
_DECLARATION: Final = r'(?:<\?xml version="1\.0" encoding="(?:UTF-8|utf-8)"(?: standalone="(?:yes|no)")?\?>(?:\r?\n)?)?'
_PLAIN: Final = r"[^<&\x00-\x08\x0b-\x1f\ufffe\uffff]*+"
_CONTENT: Final = rf"{_PLAIN}(?:&(?:amp|lt|gt|quot|apos|#10);{_PLAIN})*+"
_TEXT: Final = rf'<t(?: xml:space="preserve")?>({_CONTENT})</t>'
_WORD: Final = r'"[^"<&\x00-\x1f\ufffe\uffff]*+"'
_START: Final = re.compile(rf"{_DECLARATION}<worksheet ".encode())
_CELL: Final = re.compile(
    r'r="(([A-Z]{1,2})([1-9][0-9]{0,4}))"(?: s="([0-9]{1,9})")?(?: t="(n|s|str|b|e|inlineStr)")?(?: ?/>|>'
    rf'(?:<f(?: (?:aca|ca)="(?:0|1|false|true)")?>({_CONTENT})</f>)?'
    rf"(?:(<v ?/>)|<v>({_CONTENT})</v>|<is>{_TEXT}</is>)?"
    r"</c>)"
)
_ROW: Final = re.compile(r'<row r="([1-9][0-9]{0,4})"((?: [A-Za-z0-9:]{1,20}="[0-9A-Za-z:. -]{0,99}")*+)(?:( ?/>)|>)')
_SIDE: Final = rf"(?:<oddHeader>{_CONTENT}</oddHeader>)?(?:<oddFooter>{_CONTENT}</oddFooter>)?"
_HEADER: Final = re.compile(
    rf'<headerFooter(?: differentFirst="false")?(?: differentOddEven="false")?>{_SIDE}</headerFooter>'
)
_HEADER_END: Final = b"</headerFooter>"
_LONGEST_HEADER: Final = 4_096
_FIGURE: Final = re.compile(rb"<v>([0-9.eE+-]{1,30})</v>")
_ANY_FIGURE: Final = b"<v>0</v>"
_ATTRIBUTE: Final = re.compile(r' ([A-Za-z0-9:]+)="([^"]*)"')
_HARMLESS: Final = frozenset(
    "spans s customFormat ht customHeight hidden outlineLevel collapsed thickTop thickBot x14ac:dyDescent".split()
)
_STRINGS: Final = re.compile(
    rf'{_DECLARATION}<sst xmlns="(?:{re.escape(TRANSITIONAL)}|{re.escape(STRICT)})"'
    r'(?: count="[0-9]{1,20}")?(?: uniqueCount="[0-9]{1,20}")?>'.encode()
)
_RUN: Final = (
    rf"<r>(?:<rPr>(?:<[bi](?: val={_WORD})? ?/>|<(?:sz|rFont|family|charset|scheme|u|strike|vertAlign) val={_WORD} ?/>"
    rf"|<color (?:rgb|theme|indexed|auto)={_WORD}(?: tint={_WORD})? ?/>)*+</rPr>)?{_TEXT}</r>"
)
_ITEM: Final = re.compile(
    rf"(?:<t ?/>|{_TEXT}|(?:{_RUN})++)(?:<phoneticPr fontId={_WORD}(?: type={_WORD})?(?: alignment={_WORD})? ?/>)?</si>"
)
_TEXTS: Final = re.compile(_TEXT)
_COLUMNS: Final = {letters(number): number for number in range(1, MAX_COLUMNS + 1)}
_INDEXES: Final = tuple(map(str, range(1_024)))

_new: Final[Callable[..., RawCell]] = tuple.__new__


class Memory(Generic[_Said]):
    """What pieces of bytes say, the latest ones remembered; bounded by their number and by the sum of their lengths."""

    __slots__ = ("_read", "_room", "said")

    def __init__(self, read: Callable[[bytes], _Said], most: int) -> None:
        self._read, self._room = read, _REMEMBERED
        self.said = lru_cache(maxsize=most)(self._learn)

    def _learn(self, piece: bytes) -> _Said:
        self._room -= len(piece)
        if self._room < 0:  # hostile files have long pieces
            self.said.cache_clear()
            self._room = _REMEMBERED - len(piece)
        return self._read(piece)


# What the bytes from behind a `<c ` to the next one say: the address, the place, the cell (None if it is empty), and
# whether its text is the index of a shared string. Cells come in the order of their places: row * _STEP + column.
_Place = tuple[str, int, RawCell | None, bool]
_STEP: Final = 1_024
_NO_PLACE: Final[_Place] = ("", 0, None, False)  # not known; behind no place


class Row(NamedTuple):
    """What the bytes between two `</row>` say: the first and the last row in it, none but the last having cells.

    ``number`` is how many cells there are, ``cells`` are those that are not empty. Of these, ``shared`` have for their
    text the index of their text, and ``figures`` are those written in the characters of a number.
    """

    first: int
    last: int
    number: int
    cells: Mapping[str, RawCell]
    shared: tuple[str, ...]
    figures: tuple[str, ...]


_NO_ROW: Final = Row(0, 0, 0, {}, (), ())  # not known; before any row


def read_worksheet(
    content: bytes, name: str, part: str, strings: Mapping[str, str], allowed: int
) -> tuple[RawSheet, int]:
    """As `sheetxml.read_worksheet`, the same for every input, but fast for what office programs write."""
    fast = fast_sheet(content, name, strings, allowed)
    return fast or sheetxml.read_worksheet(content, name, part, strings, allowed)


def read_strings(content: bytes, part: str) -> dict[str, str]:
    """As `sharedstrings.read_strings`, the same for every input, but fast for what office programs write."""
    found = fast_strings(content)
    return sharedstrings.read_strings(content, part) if found is None else found


def fast_sheet(content: bytes, name: str, strings: Mapping[str, str], allowed: int) -> tuple[RawSheet, int] | None:
    """The sheet and how many cells it has, None if expat must read it."""
    start, end = content.find(b"<sheetData>"), content.find(b"</sheetData>")
    if not 0 <= start < end or len(content) > _LONGEST_PART:
        return None
    body = content[start + len(b"<sheetData>") : end]
    # The prefix of one attribute that Excel gives to rows is declared around them: let expat say whether it is.
    row = b'<row x14ac:dyDescent="0"/>' if b" x14ac:dyDescent=" in body else b""
    frame = content[:start] + b"<sheetData>" + row + _without_header(content[end:])
    around = _around(frame) if len(frame) <= SMALL else None
    rows = _rows(body, strings) if around is not None else None
    if around is None or rows is None or rows[1] > allowed:
        return None
    cells, count = rows
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


def _rows(body: bytes, strings: Mapping[str, str]) -> tuple[dict[str, RawCell], int] | None:
    """The cells in their order and the number of them and the empty ones; None if a row or a text is not known."""
    *pieces, ending = body.split(b"</row>")
    cells: dict[str, RawCell] = {}
    before = total = 0
    try:
        for first, last, number, own, shared, _ in map(_ROWS.said, pieces):
            if first <= before:
                return None
            before = last
            total += number
            if own:
                cells.update(own)
                for address in shared:
                    kind, index, formula, style = own[address]
                    cells[address] = _new(RawCell, (kind, strings[index or ""], formula, style))
    except KeyError:
        return None
    first, _, closed = _OPENINGS.said(ending) if ending else (before + 1, 0, True)
    return (cells, total) if first > before and closed else None


def _row(piece: bytes) -> Row:
    """Read the bytes between two `</row>`. Its figures are its own, the rest it has in common with other workbooks."""
    parts = _FIGURE.split(piece)
    row = _SKELETONS.said(_ANY_FIGURE.join(parts[::2]))
    if not row.figures:
        return row
    cells = dict(row.cells)
    for address, figure in zip(row.figures, parts[1::2], strict=True):
        kind, _, formula, style = cells[address]
        cells[address] = _new(RawCell, (kind, figure.decode(), formula, style))
    return Row(row.first, row.last, row.number, cells, row.shared, row.figures)


def _skeleton(piece: bytes) -> Row:
    """Read the bytes between two `</row>`, every figure being 0."""
    opening, *pieces = piece.split(b"<c ")
    first, row, closed = _OPENINGS.said(opening)
    cells: dict[str, RawCell] = {}
    shared: list[str] = []
    figures: list[str] = []
    last = row * _STEP
    for piece, (address, place, cell, by_index) in zip(pieces, map(_CELLS.said, pieces), strict=True):
        if place <= last:
            return _NO_ROW
        last = place
        if cell is not None:
            cells[address] = cell
            if by_index:
                shared.append(address)
            if _ANY_FIGURE in piece:
                figures.append(address)
    if closed or last >= (row + 1) * _STEP:
        return _NO_ROW
    return Row(first, row, len(pieces), cells, tuple(shared), tuple(figures))


def _row_numbers(piece: bytes) -> tuple[int, int, bool]:
    """The first and the last of these rows, and whether the last is closed as all others must be; 0, 0 if not known."""
    text = _decoded(piece)
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
    match = _CELL.fullmatch(_decoded(piece))
    if match is None:
        return _NO_PLACE
    address, letters, row, style, kind, formula, blank, value, inline = match.groups()
    column = _COLUMNS.get(letters)
    text = "" if blank else value
    if column is None or int(row) > MAX_ROWS or (inline if kind != "inlineStr" else text) is not None:
        return _NO_PLACE
    text = text if inline is None else inline
    if b"&" in piece:
        text, formula = _unescaped(text), _unescaped(formula)
    if (text and len(text) > MAX_TEXT) or (formula and len(formula) > MAX_FORMULA):
        return _NO_PLACE
    shared = kind == "s" and text is not None
    kind = KINDS[kind]
    if text is not None and not shared:
        text = decoded(text) if kind == "s" else text.strip(BLANKS) or None
    empty = text is None and formula is None
    cell = None if empty else RawCell(kind, text, formula and formula.removeprefix("="), int(style or 0))
    return address, int(row) * _STEP + column, cell, shared


_ROWS: Final = Memory(_row, 2**13)
_SKELETONS: Final = Memory(_skeleton, 2**12)
_OPENINGS: Final = Memory(_row_numbers, 2**12)
_CELLS: Final = Memory(_cell, 2**15)


def fast_strings(content: bytes) -> dict[str, str] | None:
    """The texts by their index, None if expat must read them."""
    if len(content) > _LONGEST_PART or not content.endswith(b"</sst>"):
        return None
    opening, *pieces = content[: -len(b"</sst>")].split(b"<si>")
    if len(pieces) > MAX_STRINGS or not _STRINGS.fullmatch(opening):
        return None
    texts = list(map(_ITEMS.said, pieces))
    if None in texts:
        return None
    indexes = _INDEXES if len(texts) <= len(_INDEXES) else map(str, range(len(texts)))
    return dict(zip(indexes, cast(list[str], texts), strict=False))


def _item(piece: bytes) -> str | None:
    """Read the bytes from behind a `<si>` to the next one."""
    text = _decoded(piece)
    if not _ITEM.fullmatch(text):
        return None
    whole = "".join(_unescaped(part) or "" for part in _TEXTS.findall(text))
    return decoded(whole) if len(whole) <= MAX_TEXT else None


_ITEMS: Final = Memory(_item, 2**13)


def _decoded(piece: bytes) -> str:
    """The text of the bytes, "" if they are not UTF-8 or hold what XML does not allow in a text."""
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        return ""
    return "" if "]]>" in text else text


def _unescaped(text: str | None) -> str | None:
    if text is None or "&" not in text:
        return text
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'")
    return text.replace("&#10;", "\n").replace("&amp;", "&")  # LibreOffice writes line breaks as numbers
