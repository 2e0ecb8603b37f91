"""The shared strings of a workbook, and the one escape that OOXML has for characters that XML cannot hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from xls_report.package.partxml import STRICT, TRANSITIONAL, check_attributes, feed, new_parser, too_deep
from xls_report.package.refusal import MAX_ATTRIBUTES, MAX_DEPTH, MAX_STRINGS, MAX_TEXT, Refused, over

_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ITEM, _TEXT, _PHONETIC = 1, 2, 3
_TAGS: Final = {
    f"{namespace} {local}": tag
    for namespace in (TRANSITIONAL, STRICT)
    for local, tag in (("si", _ITEM), ("t", _TEXT), ("rPh", _PHONETIC))
}


def decoded(text: str) -> str:
    """The text with _xHHHH_ decoded once. Half a surrogate pair stays as it stands: it is no character."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(_character, text)


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    return escape[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def read_strings(content: bytes, part: str) -> dict[str, str]:
    """The texts by their index, the index as a cell writes it ("0", "1", …): rich text joined, phonetics skipped.

    Raises Refused: F104 not well-formed, F106 too many or too long, F108 markup inside a text.
    """
    reader = _StringReader()
    parser = new_parser()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.CommentHandler = reader.markup
    parser.ProcessingInstructionHandler = reader.markup
    parser.StartCdataSectionHandler = reader.markup
    feed(parser, content, part)
    return dict(zip(map(str, range(len(reader.texts))), reader.texts, strict=True))


class _StringReader:
    """The handlers of `read_strings`. The counts declared by the file are not believed and not read."""

    __slots__ = ("collecting", "depth", "phonetic", "pieces", "texts")

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.pieces: list[str] = []
        self.depth = 0
        self.phonetic = False
        self.collecting = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_deep()
        if len(attributes) > MAX_ATTRIBUTES:
            check_attributes(attributes)
        if self.collecting:
            self.markup()
        tag = _TAGS.get(name)
        if tag is None:  # most often: LibreOffice writes every string as rich text
            return
        if tag == _TEXT:
            self.collecting = not self.phonetic
        elif tag == _ITEM:
            if self.depth != 2:
                raise Refused("F108", "共享字符串的位置不对")
            self.pieces = []
        else:
            self.phonetic = True

    def end(self, name: str) -> None:
        self.depth -= 1
        tag = _TAGS.get(name)
        if tag is None:
            return
        if tag == _TEXT:
            self.collecting = False
        elif tag == _ITEM:
            text = "".join(self.pieces)
            if len(text) > MAX_TEXT:
                raise over("一段文字", len(text), MAX_TEXT, "字")
            self.texts.append(decoded(text))
            if len(self.texts) > MAX_STRINGS:
                raise Refused("F106", f"共享字符串超过上限 {MAX_STRINGS:,} 个")
        else:
            self.phonetic = False

    def characters(self, text: str) -> None:
        if self.collecting:
            self.pieces.append(text)

    def markup(self, *_: object) -> None:
        """Comments, instructions, CDATA and elements inside of a text: readers differ on what is left of it."""
        if self.collecting:
            raise Refused("F108", "文字内夹有标记")
