"""Pieces of XML as office programs write them: the patterns they are read by, and what is remembered of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Generic, TypeVar

_Said = TypeVar("_Said")

LONGEST_PART: Final = 1_048_576  # bytes; no part below it has as many elements as `feed` refuses
_REMEMBERED: Final = 4_194_304  # bytes of pieces that one cache holds; hostile ones make some 50 MB of them

# XML as office programs write it. No attribute can stand twice, and no character that XML does not have.
DECLARATION: Final = r'(?:<\?xml version="1\.0" encoding="(?:UTF-8|utf-8)"(?: standalone="(?:yes|no)")?\?>(?:\r?\n)?)?'
PLAIN: Final = r"[^<&\x00-\x08\x0b-\x1f\ufffe\uffff]*+"
# LibreOffice writes line breaks as numbers, openpyxl with lxml all that is not ASCII. Halves of characters are none.
_NUMBER: Final = (
    "#(?!5529[6-9]|55[3-9][0-9]{2}|56[0-9]{3}|57[0-2][0-9]{2}|573[0-3][0-9]|5734[0-3]|6553[45])"
    "(?:10|3[2-9]|[4-9][0-9]|[1-9][0-9]{2,4})"
)
CONTENT: Final = rf"{PLAIN}(?:&(?:amp|lt|gt|quot|apos|{_NUMBER});{PLAIN})*+"
TEXT: Final = rf'<t(?: xml:space="preserve")?>({CONTENT})</t>'
_REFERENCE: Final = re.compile("&([a-z]+|#[0-9]+);")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
WORD: Final = r'"[^"<&\x00-\x1f\ufffe\uffff]*+"'


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


def text_of(piece: bytes) -> str:
    """The text of the bytes, "" if they are not UTF-8 or hold what XML does not allow in a text."""
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        return ""
    return "" if "]]>" in text else text


def unescaped(text: str | None) -> str | None:
    """A text of `CONTENT` with its characters as they are meant; None as it is."""
    return text if text is None or "&" not in text else _REFERENCE.sub(_meant, text)


def _meant(match: re.Match[str]) -> str:
    name = match[1]
    return chr(int(name[1:])) if name[0] == "#" else _NAMED[name]
