"""The formula of one cell of a shared formula: relative references moved, everything else left as it stands."""

from __future__ import annotations

import re
from typing import Final

_LAST_ROW: Final = 1_048_576
_LAST_COLUMN: Final = 16_384
_TOKEN: Final = re.compile(
    r"""
    "(?:[^"]|"")*" | '(?:[^']|'')*'                       # a text; a quoted sheet name
    | \[(?:[^\[\]]|\[[^\[\]]*\])*\]                       # a book number, a column of a table
    | (?<![\w.$])(?:
        (?P<cell>(?P<cd>\$?)(?P<c>[A-Za-z]{1,3})(?P<rd>\$?)(?P<r>[1-9][0-9]{0,6}))
      | (?P<columns>\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3})
      | (?P<rows>\$?[1-9][0-9]{0,6}:\$?[1-9][0-9]{0,6})
      )(?![\w.(!'])
    | [^\W\d][\w.\\]*                                     # a function, a name, a bare sheet name
    """,
    re.VERBOSE,
)
_END: Final = re.compile(r"(\$?)([A-Za-z]+|\d+)")


def column_number(letters: str) -> int:
    """1 for "A", 28 for "AB"; the letters are ASCII."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """ "A" for 1, "AB" for 28; the number is at least 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def shifted(formula: str, rows: int, columns: int) -> str:
    """The formula as it reads when its cell is copied that many rows down and columns to the right.

    A reference that leaves the sheet becomes #REF!.
    """

    def move(token: re.Match[str]) -> str:
        if token["cell"]:
            column = _moved(token["cd"], token["c"], columns)
            row = _moved(token["rd"], token["r"], rows)
            return f"{token['cd']}{column}{token['rd']}{row}" if column and row else "#REF!"
        if token["columns"] or token["rows"]:
            by = columns if token["columns"] else rows
            ends = [(end[1], _moved(end[1], end[2], by)) for end in _END.finditer(token[0])]
            return ":".join(dollar + end for dollar, end in ends) if all(end for _, end in ends) else "#REF!"
        return token[0]

    return _TOKEN.sub(move, formula)


def _moved(dollar: str, place: str, by: int) -> str:
    """A column or row after the move; "" outside of the sheet."""
    if dollar:
        return place
    if place[0].isdigit():
        row = int(place) + by
        return str(row) if 1 <= row <= _LAST_ROW else ""
    column = column_number(place) + by
    return column_letters(column) if 1 <= column <= _LAST_COLUMN else ""
