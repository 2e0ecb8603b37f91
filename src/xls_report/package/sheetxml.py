"""The XML of one worksheet → its cells, merges, hidden rows and columns, and whether it is protected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from xls_report.package.partxml import STRICT, TRANSITIONAL, check_attributes, feed, new_parser, release, too_deep
from xls_report.package.rawcell import RawCell
from xls_report.package.refusal import MAX_DEPTH, MAX_RANGES, Refused
from xls_report.package.sheetdata import (
    CELL,
    COLUMN,
    DATA,
    FORMULA,
    INLINE,
    MERGE,
    OTHER,
    PROTECTION,
    ROW,
    RUN,
    SHEET,
    TEXT,
    TRUE,
    VALUE,
    ZERO,
    DataReader,
)
from xls_report.quoting import quote


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet as stored: the cells with a value or a formula by address ("D5"), and what hides or protects them.

    ``merges`` are "A1:C3"; ``hidden_rows`` and the inclusive ranges ``hidden_columns`` count from 1.
    """

    name: str
    cells: Mapping[str, RawCell] = field(default_factory=dict)
    merges: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    protected: bool = False


_LOCALS: Final = {
    "c": CELL,
    "v": VALUE,
    "f": FORMULA,
    "row": ROW,
    "is": INLINE,
    "t": TEXT,
    "r": RUN,
    "sheetData": DATA,
    "mergeCell": MERGE,
    "col": COLUMN,
    "sheetProtection": PROTECTION,
    "worksheet": SHEET,
}
_TAGS: Final = {uri: {f"{uri} {local}": tag for local, tag in _LOCALS.items()} for uri in (TRANSITIONAL, STRICT)}
_PLACES: Final = {
    DATA: ["worksheet", "sheetData"],
    MERGE: ["worksheet", "mergeCells", "mergeCell"],
    COLUMN: ["worksheet", "cols", "col"],
    PROTECTION: ["worksheet", "sheetProtection"],
    SHEET: ["worksheet"],
}
_ONCE: Final = (DATA, PROTECTION)
_COUNTED: Final = {
    "mergeCell": "合并单元格",
    "hyperlink": "超链接",
    "dataValidation": "数据验证",
    "cfRule": "条件格式",
    "conditionalFormatting": "条件格式区域",
}
_RANGE: Final = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}:[A-Z]{1,3}[1-9][0-9]{0,6}")


def read_worksheet(
    content: bytes, name: str, part: str, strings: Mapping[str, str], allowed: int
) -> tuple[RawSheet, int]:
    """The sheet of a worksheet part, and how many cells it has; ``allowed`` is how many it may have.

    Raises Refused: F104 not a worksheet or not well-formed, F106 over a limit, F108 what readers would read
    differently.
    """
    parser = new_parser()
    data = DataReader(parser, name, strings, allowed)
    around = _AroundReader(data)
    around.install()
    try:
        feed(parser, content, part)
    finally:
        release(parser)
    if DATA not in around.seen:
        raise Refused("F104", f"工作表“{quote(name)}”没有单元格区")
    data.finish()
    merges, columns = tuple(around.merges), tuple(around.columns)
    return RawSheet(name, data.cells, merges, frozenset(data.hidden), columns, around.protected), data.count


class _AroundReader:
    """The handlers for all that stands around the sheet data."""

    __slots__ = ("columns", "counts", "data", "merges", "path", "protected", "seen", "tags")

    def __init__(self, data: DataReader) -> None:
        self.data = data
        self.tags: Mapping[str, int] = {}
        self.path: list[str] = []
        self.seen: set[int] = set()
        self.counts = dict.fromkeys(_COUNTED, 0)
        self.merges: list[str] = []
        self.columns: list[tuple[int, int]] = []
        self.protected = False

    def install(self) -> None:
        parser = self.data.parser
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = None
        parser.CommentHandler = parser.ProcessingInstructionHandler = parser.StartCdataSectionHandler = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        check_attributes(attributes)
        uri, _, local = name.rpartition(" ")
        path = self.path
        path.append(local)
        if len(path) > MAX_DEPTH:
            raise too_deep()
        if len(path) == 1:
            self.tags = _TAGS.get(uri, {})
            if self.tags.get(name) != SHEET:
                raise Refused("F104", f"工作表“{quote(self.data.name)}”的部件不是工作表")
        if local in self.counts:
            self.tally(local)
        tag = self.tags.get(name, OTHER)
        if tag in _PLACES or tag in (CELL, ROW):
            self.note(tag, attributes)

    def end(self, _name: str = "") -> None:
        self.path.pop()

    def tally(self, local: str) -> None:
        self.counts[local] += 1
        if self.counts[local] > MAX_RANGES:
            raise Refused("F106", f"工作表“{quote(self.data.name)}”的{_COUNTED[local]}超过上限 {MAX_RANGES:,} 个")

    def note(self, tag: int, attributes: Mapping[str, str]) -> None:
        # One of ours at another place (in an extension, in an alternative) would be found there by some readers only.
        if self.path != _PLACES.get(tag) or (tag in _ONCE and tag in self.seen):
            raise self.data.fault(f"的 {self.path[-1]} 写在不该写的地方")
        self.seen.add(tag)
        if tag == DATA:
            self.data.enter(self.tags, self.leave)
        elif tag == PROTECTION:
            self.protected = attributes.get("sheet") in TRUE
        elif tag == MERGE:
            merge = attributes.get("ref", "")
            if not _RANGE.fullmatch(merge):
                raise self.data.fault(f"的合并区域 {quote(merge)} 不对")
            self.merges.append(merge)
        elif tag == COLUMN and (attributes.get("hidden") in TRUE or attributes.get("width") in ZERO):
            self.columns.append((self.number(attributes.get("min", "")), self.number(attributes.get("max", ""))))

    def number(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            raise self.data.fault(f"的列号 {quote(text)} 不对")
        return int(text)

    def leave(self) -> None:
        self.install()
        self.end()
