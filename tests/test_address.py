"""Areas of cells and widths of texts, each against a slow twin."""

from __future__ import annotations

import random
import sys

from xls_report.address import a1, areas, ranges, row_column
from xls_report.layout import width_of


def _covered(found: tuple[str, ...]) -> list[tuple[int, int]]:
    cells = []
    for area in found:
        first, _, last = area.partition(":")
        (top, left), (bottom, right) = row_column(first), row_column(last or first)
        cells += [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    return cells


def test_areas_cover_each_cell_once_and_no_other() -> None:
    draw = random.Random(5)
    for _ in range(400):
        cells = [(draw.randint(1, 6), draw.randint(24, 29)) for _ in range(draw.randint(0, 24))]
        found = areas(iter(cells))
        assert sorted(_covered(found)) == sorted(set(cells))
        assert ranges(a1(*cell) for cell in cells) == found
    assert areas([(5, 4), (6, 4), (28, 4), (5, 5), (6, 5)]) == ("D5:E6", "D28")


def test_the_width_of_every_character() -> None:
    every = [chr(n) for n in range(sys.maxunicode + 1)]
    wide = {char for char in every if ord(char) > 0x2E7F or char in "“”‘’—…·√×"}
    assert {char for char in every if width_of(char) == 2} == wide
    assert all(width_of(char) == 1 for char in every if char not in wide)
    assert width_of("表三 t3，√") == 2 + 2 + 1 + 2 + 2 + 2
