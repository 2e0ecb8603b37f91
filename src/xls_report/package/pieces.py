"""Pieces of XML as office programs write them: the patterns they are read by, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, Generic, TypeVar

_Said = TypeVar("_Said")

LONGEST_PART: Final = 1_048_576  # bytes; no part below it has as many elements as `feed` refuses
_REMEMBERED: Final = 4_194_304  # bytes of pieces that one cache holds; hostile ones make some 50 MB of them

# XML as office programs write it. No attribute can stand twice, and no character that XML does not have.
DECLARATION: Final = r'(?:<\?xml version="1\.0" encoding="(?:UTF-8|utf-8)"(?: standalone="(?:yes|no)")?\?>(?:\r?\n)?)?'
PLAIN: Final = r"[^<&\x00-\x08\x0b-\x1f\ufffe\uffff]*+"
CONTENT: Final = rf"{PLAIN}(?:&(?:amp|lt|gt|quot|apos|#10);{PLAIN})*+"
TEXT: Final = rf'<t(?: xml:space="preserve")?>({CONTENT})</t>'
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
    if text is None or "&" not in text:
        return text
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'")
    return text.replace("&#10;", "\n").replace("&amp;", "&")  # LibreOffice writes line breaks as numbers
