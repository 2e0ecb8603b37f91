"""Text of a file as messages may quote it."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 60
_BLANKS: Final = frozenset("\n\r\t\u00a0")


def quote(text: str) -> str:
    """Text from the file as a message may quote it: at most 60 characters, nothing invisible, all of it in GBK."""
    pieces = [_piece(char) for char in text[: LONGEST + 1]]
    if sum(map(len, pieces)) <= LONGEST:
        return "".join(pieces)
    while sum(map(len, pieces)) > LONGEST - 1:
        pieces.pop()
    return "".join(pieces) + "…"


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
