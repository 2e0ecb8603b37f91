"""Addresses of cells in the A1 notation; rows and columns count from 1."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

LAST_ROW: Final = 1_048_576  # of a sheet in .xlsx
LAST_COLUMN: Final = 16_384
_ADDRESS: Final = re.compile(r"([A-Z]+)([0-9]+)", re.ASCII)


@lru_cache(maxsize=512)
def letters(column: int) -> str:
    """Column 1 → A, 27 → AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(letters: str) -> int:
    """A → 1, AB → 28, in either case; the letters are ASCII."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def a1(row: int, column: int) -> str:
    """Row 5, column 4 → D5."""
    return f"{letters(column)}{row}"


def row_column(address: str) -> tuple[int, int]:
    """D5 → (5, 4); ValueError for anything else."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError(address)
    return int(match[2]), column_number(match[1])


def absolute(address: str) -> str:
    """D5 → $D$5."""
    row, column = row_column(address)
    return f"${letters(column)}${row}"


def ranges(addresses: Iterable[str]) -> tuple[str, ...]:
    """Addresses joined to rectangles where they touch: D5, D6, D28 → D5:D6, D28. Each address once."""
    return areas(row_column(address) for address in addresses)


def areas(places: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """The same of rows and columns: (5, 4), (6, 4), (28, 4) → D5:D6, D28."""
    cells = sorted(set(places), key=lambda rc: (rc[1], rc[0]))
    runs: list[list[int]] = []  # column, first row, last row
    for row, column in cells:
        if runs and runs[-1][0] == column and runs[-1][2] == row - 1:
            runs[-1][2] = row
        else:
            runs.append([column, row, row])
    joined: list[list[int]] = []  # first column, last column, first row, last row
    for column, first, last in sorted(runs, key=lambda run: (run[1], run[2], run[0])):
        if joined and joined[-1][1:] == [column - 1, first, last]:
            joined[-1][1] = column
        else:
            joined.append([column, column, first, last])
    joined.sort(key=lambda box: (box[0], box[2]))
    return tuple(a1(r1, c1) if (r1, c1) == (r2, c2) else f"{a1(r1, c1)}:{a1(r2, c2)}" for c1, c2, r1, r2 in joined)


def quoted(sheet: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"
