"""The cells of one worksheet: the handlers of expat for what stands inside <sheetData>.

Where a cell may stand and what it may hold is followed strictly: whatever two readers would read differently (a cell
given twice, out of order, of an unknown type, with two values, with markup inside of a value) refuses the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final
from xml.parsers.expat import XMLParserType

from xls_report.address import LAST_COLUMN, LAST_ROW, column_number, letters
from xls_report.package.arrays import spread
from xls_report.package.partxml import ALTERNATIVES, check_attributes, too_deep
from xls_report.package.rawcell import RawCell
from xls_report.package.refusal import (
    MAX_COLUMNS,
    MAX_DEPTH,
    MAX_EXPANDED,
    MAX_FORMULA,
    MAX_ROWS,
    MAX_TEXT,
    Refused,
    over,
)
from xls_report.package.sharedformula import shifted
from xls_report.package.sharedstrings import decoded
from xls_report.quoting import quote

OTHER, CELL, VALUE, FORMULA, ROW, INLINE, TEXT, RUN, DATA, MERGE, COLUMN, PROTECTION, SHEET = range(13)
TRUE: Final = ("1", "true")
ZERO: Final = ("0", "0.0")  # a height or width that hides as well as "hidden" does
_IN_DATA, _IN_ROW, _IN_CELL, _IN_VALUE, _IN_FORMULA = range(5)
KINDS: Final = {None: "n", "n": "n", "s": "s", "str": "s", "inlineStr": "s", "b": "b", "e": "e", "d": "d"}
BLANKS: Final = " \t\r\n"
_LETTERS: Final = ("", *(letters(number) for number in range(1, MAX_COLUMNS + 2)))
_ADDRESS: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")

Attributes = Mapping[str, str]
_new: Final[Callable[..., RawCell]] = tuple.__new__  # RawCell(…) without the detour through Python


class DataReader:
    """What is known of the cells so far, and all that is rare enough not to stand in `_install`.

    ``allowed`` is how many cells there may be.
    """

    __slots__ = (
        *("allowed", "areas", "cells", "children", "count", "expanded", "hidden", "masters", "name", "parser"),
        *("row", "rows", "strings", "styles", "tags"),
    )

    def __init__(self, parser: XMLParserType, name: str, strings: Mapping[str, str], allowed: int) -> None:
        self.parser, self.name, self.strings, self.allowed = parser, name, strings, allowed
        self.tags: Mapping[str, int] = {}
        self.cells: dict[str, RawCell] = {}
        self.hidden: set[int] = set()
        self.styles: dict[str | None, int] = {None: 0}
        self.masters: dict[str, tuple[str, int, int]] = {}
        self.children: list[tuple[str, str, int, int]] = []
        self.areas: list[tuple[str, str]] = []
        self.row = self.rows = self.count = self.expanded = 0

    def fault(self, what: str, ref: str = "") -> Refused:
        return Refused("F108", f"工作表“{quote(self.name)}”{quote(ref)}{what}")

    def enter(self, tags: Mapping[str, int], leave: Callable[[], None]) -> None:
        """Take over the parser until </sheetData>, where ``leave`` is called."""
        self.tags = tags
        _install(self, leave)

    def start_row(self, attributes: Attributes, count: int) -> str:
        """Begin a row, ``count`` cells having been read. The text of its number, "" if no cell may stand in it."""
        text = attributes.get("r")
        row = self.row + 1
        if text is not None and text != str(row):
            if not (text.isascii() and text.isdigit() and len(text) < 8 and 0 < int(text) <= LAST_ROW):
                raise self.fault(f"的行号 {quote(text)} 不对")
            row = int(text)
            if row <= self.row:
                raise self.fault(f"的第 {row} 行重复或次序颠倒")
        self.rows += 1
        if self.rows > MAX_ROWS:
            raise over(f"工作表“{quote(self.name)}”", self.rows, MAX_ROWS, "行")
        self.check_count(count)
        self.row = row
        if attributes.get("hidden") in TRUE or attributes.get("ht") in ZERO:
            self.hidden.add(row)
        # LibreOffice at times ends a sheet with its very last row, empty (PHPOffice/PHPExcel#700).
        return str(row) if row <= MAX_ROWS else ""

    def check_count(self, count: int) -> None:
        self.count = count
        if count > self.allowed:
            raise Refused("F106", f"单元格超过上限，读到工作表“{quote(self.name)}”第 {self.row} 行为止")

    def place(self, ref: str, last: int) -> int:
        """The column of a cell that is not simply the next one after the last."""
        if self.row > MAX_ROWS:
            raise over(f"工作表“{quote(self.name)}”", self.row, MAX_ROWS, "行")
        match = _ADDRESS.fullmatch(ref)
        if match is None or column_number(match[1]) > LAST_COLUMN:
            raise self.fault("的单元格地址不对", ref)
        if int(match[2]) != self.row:
            raise self.fault(f"写在第 {self.row} 行里", ref)
        column = column_number(match[1])
        if column <= last:
            raise self.fault("单元格重复或次序颠倒", ref)
        if column > MAX_COLUMNS:
            raise over(f"工作表“{quote(self.name)}”", column, MAX_COLUMNS, "列")
        return column

    def shared(self, value: str, ref: str) -> str:
        text = self.strings.get(value)
        if text is None:
            raise self.fault(f"的文字序号 {quote(value)} 不存在", ref)
        return text

    def typed(self, declared: str | None, value: str, ref: str) -> tuple[str, str | None]:
        """Kind and text of a cell that holds no shared string."""
        kind = KINDS.get(declared)
        if kind is None:
            raise self.fault(f"的类型 {quote(declared or '')} 未定义", ref)
        return kind, decoded(value) if kind == "s" else value.strip(BLANKS) or None

    def style(self, text: str, ref: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise self.fault(f"的格式号 {quote(text)} 不是数字", ref)
        style = self.styles[text] = int(text)
        return style

    def formula(self, text: str, attributes: Attributes, ref: str, column: int) -> str:
        """The text of a formula; of a shared one that is written elsewhere, "" until `finish`."""
        if len(text) > MAX_FORMULA:
            raise over(f"{ref} 的公式", len(text), MAX_FORMULA, "字")
        text = text.removeprefix("=")
        if attributes.get("t") == "shared":
            index = attributes.get("si", "")
            if not text:
                self.children.append((index, ref, self.row, column))
            elif index not in self.masters:
                self.masters[index] = (text, self.row, column)
            elif self.expand(index, self.row, column) != text:
                raise self.fault("的共享公式有两种写法", ref)
        elif attributes.get("ref", ref) != ref:
            self.areas.append((text, attributes["ref"]))
        return text

    def expand(self, index: str, row: int, column: int) -> str:
        """The shared formula as it reads in a cell; the sum of their lengths is bounded."""
        text, first_row, first_column = self.masters[index]
        formula = shifted(text, row - first_row, column - first_column)
        self.expanded += max(len(text), len(formula))
        if self.expanded > MAX_EXPANDED:
            raise Refused("F106", f"共享公式展开后超过上限 {MAX_EXPANDED // 1024} KB")
        return formula

    def finish(self) -> None:
        """Give their text to the cells that share a formula or lie in an array's area, all formulas being known now."""
        for index, ref, row, column in self.children:
            if index not in self.masters:
                raise self.fault("的共享公式没有原文", ref)
            self.cells[ref] = self.cells[ref]._replace(formula=self.expand(index, row, column))
        spread(self.areas, self.cells, self.fault)

    def aside(self, tag: int, name: str, ref: str, take: Callable[[str], None] | None) -> None:
        """Step over an element that is none of ours, or into the <is> of an inline text, which ``take`` receives."""
        handlers = self.parser.StartElementHandler, self.parser.EndElementHandler, self.parser.CharacterDataHandler
        back = _Aside(self, ref, take if tag == INLINE else None)

        def end(_name: str) -> None:
            if back.end():
                parser = self.parser
                parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = handlers

        back.start(name, {})
        self.parser.StartElementHandler = back.start
        self.parser.EndElementHandler = end
        self.parser.CharacterDataHandler = back.characters


class _Aside:
    """The handlers for a subtree of which nothing is kept but the text of an inline string."""

    __slots__ = ("inside", "pieces", "reader", "ref", "take")

    def __init__(self, reader: DataReader, ref: str, take: Callable[[str], None] | None) -> None:
        self.reader, self.ref, self.take = reader, ref, take
        self.inside: list[int] = []
        self.pieces: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        check_attributes(attributes)
        tag = self.reader.tags.get(name, OTHER)
        # Not over one of ours that stands where it does not belong: some readers would find it there.
        if tag in (CELL, ROW, DATA, SHEET) or name in ALTERNATIVES:
            raise self.reader.fault("的内容写在不该写的地方", self.ref)
        if self.take and self.inside and self.inside[-1] == TEXT:
            raise self.reader.fault("的值内夹有标记", self.ref)
        self.inside.append(tag)
        if len(self.inside) > MAX_DEPTH - 4:
            raise too_deep()

    def characters(self, text: str) -> None:
        if self.inside in ([INLINE, TEXT], [INLINE, RUN, TEXT]):
            self.pieces.append(text)

    def end(self) -> bool:
        """Whether the subtree ends here."""
        self.inside.pop()
        if not self.inside and self.take:
            text = "".join(self.pieces)
            if len(text) > MAX_TEXT:
                raise over(f"{self.ref} 的文字", len(text), MAX_TEXT, "字")
            self.take(text)
        return not self.inside


def _install(reader: DataReader, leave: Callable[[], None]) -> None:  # noqa: C901 - see below
    """Set the handlers of the sheet data: closures in one function, as methods took a seventh more time (measured)."""
    names = {tag: name for name, tag in reader.tags.items()}
    tags, strings, cells, styles, parser = reader.tags, reader.strings, reader.cells, reader.styles, reader.parser
    cell_name, value_name, formula_name, row_name = (names[tag] for tag in (CELL, VALUE, FORMULA, ROW))
    state, column, count, row_text, ref, text = _IN_DATA, 0, 0, "", "", ""
    value: str | None = None
    formula: str | None = None
    attributes: Attributes = {}
    formula_attributes: Attributes = {}

    def start(name: str, found: dict[str, str]) -> None:
        nonlocal state, column, count, row_text, ref, text, value, formula, attributes, formula_attributes
        if name == cell_name and state == _IN_ROW:
            state = _IN_CELL
            attributes = found
            value = formula = None
            count += 1
            column += 1
            ref = _LETTERS[column] + row_text
            if found.get("r", ref) != ref:
                ref = found["r"]
                column = reader.place(ref, column - 1)
            elif column > MAX_COLUMNS:
                raise over(f"工作表“{quote(reader.name)}”", column, MAX_COLUMNS, "列")
        elif name == value_name and state == _IN_CELL and value is None:
            state = _IN_VALUE
            text = ""
        elif name == formula_name and state == _IN_CELL and formula is None:
            state = _IN_FORMULA
            text = ""
            formula_attributes = found
        elif name == row_name and state == _IN_DATA:
            row_text = reader.start_row(found, count)
            state = _IN_ROW
            column = 0 if row_text else MAX_COLUMNS
            ref = ""
        else:
            rarer(tags.get(name, OTHER), name)
        if len(found) > 6:
            check_attributes(found)

    def rarer(tag: int, name: str) -> None:
        if state >= _IN_VALUE:
            markup()
        if state == _IN_CELL and tag in (VALUE, FORMULA):
            raise reader.fault("有两个值" if tag == VALUE else "有两个公式", ref)
        inline = state == _IN_CELL and attributes.get("t") == "inlineStr"
        if tag == INLINE and not (inline and value is None):
            raise reader.fault("的值与类型不符", ref)
        reader.aside(tag, name, ref, take)

    def take(inline: str) -> None:
        nonlocal value, attributes
        value = inline
        attributes = {**attributes, "t": "str"}  # read from now on as the text that it is

    def characters(more: str) -> None:
        nonlocal text
        if state >= _IN_VALUE:
            text += more
            if len(text) > MAX_TEXT:
                raise over(f"{ref} 的文字", len(text), MAX_TEXT, "字")

    def markup(*_: object) -> None:
        """Comments, instructions, CDATA and elements inside of a value: readers differ on what is left of it."""
        if state >= _IN_VALUE:
            raise reader.fault("的值内夹有标记", ref)

    def end(_name: str) -> None:
        nonlocal state, value, formula
        if state == _IN_CELL:
            state = _IN_ROW
            declared = attributes.get("t")
            if declared == "s" and value is not None:
                kind, kept = "s", strings.get(value) or reader.shared(value, ref)
            elif value is None and declared in KINDS:
                if formula is None:
                    return
                kind, kept = KINDS[declared], None
            elif declared is None and value is not None:
                kind, kept = "n", value.strip(BLANKS) or None
            else:
                kind, kept = reader.typed(declared, value or "", ref)  # no value here: no such type, it is refused
            if kept is not None or formula is not None:
                style = styles.get(attributes.get("s"))
                if style is None:
                    style = reader.style(attributes["s"], ref)
                cells[ref] = _new(RawCell, (kind, kept, formula, style))
        elif state == _IN_VALUE:
            state = _IN_CELL
            value = text
        elif state == _IN_FORMULA:
            state = _IN_CELL
            formula = reader.formula(text, formula_attributes, ref, column)
        elif state == _IN_ROW:
            state = _IN_DATA
        else:
            reader.check_count(count)
            leave()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.CommentHandler = parser.ProcessingInstructionHandler = parser.StartCdataSectionHandler = markup
