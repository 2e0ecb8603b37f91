"""The formula of one cell of a shared formula: relative references moved, everything else left as it stands."""

from __future__ import annotations

import re
from typing import Final

from xls_report.address import LAST_COLUMN, LAST_ROW, column_number, letters

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
        return str(row) if 1 <= row <= LAST_ROW else ""
    column = column_number(place) + by
    return letters(column) if 1 <= column <= LAST_COLUMN else ""
