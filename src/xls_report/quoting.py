"""Text of a file as messages may quote it and as cells can hold it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

LONGEST: Final = 60
_BLANKS: Final = frozenset("\n\r\t\u00a0")
TEXT_LIMIT = 32767
CUT = "……（超长，已截断）"
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def quote(text: str) -> str:
    """Text from the file as a message may quote it: at most 60 characters, nothing invisible, all of it in GBK."""
    pieces = [_piece(char) for char in text[: LONGEST + 1]]
    if sum(map(len, pieces)) <= LONGEST:
        return "".join(pieces)
    while sum(map(len, pieces)) > LONGEST - 1:
        pieces.pop()
    return "".join(pieces) + "…"


def name_of(path: Path) -> str:
    """A file's name and folder as text, also where the system has it in GBK: valid Unicode, nothing lost."""
    raw = os.fsencode(path)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


def visible(text: str) -> str:
    """Text of any length on one line, nothing in it invisible; for names of files."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04X}" for char in text)


def spaced(text: str) -> str:
    """A piece of a Chinese sentence, set off by a blank where it begins with a Latin letter."""
    return f" {text}" if text[:1].isascii() and text[:1].isalnum() else text


def base(file: str) -> str:
    """The last part of a file's name as given, on one line: what leaves the office does not tell of its folders."""
    return visible(file.replace("\\", "/").rsplit("/", 1)[-1])


def _piece(char: str) -> str:
    if char in _BLANKS:
        return " "
    if _plain(char):
        return char
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"


def _plain(char: str) -> bool:
    """Whether the character can be seen and a Chinese console can show it."""
    try:
        char.encode("gbk")
    except UnicodeEncodeError:
        return False
    return char.isprintable() or char == "\u3000"


def safe_text(text: str) -> str:
    """Text as a cell can hold it: without control characters and lone surrogates, cut with a visible mark."""
    text = _CONTROLS.sub("", text)
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - len(CUT)] + CUT
