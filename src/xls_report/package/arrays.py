"""Arrays and data tables: one cell stores the formula, the others of the area their results alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from xls_report.address import a1, column_number
from xls_report.package.rawcell import RawCell
from xls_report.package.refusal import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Refused
from xls_report.quoting import quote

_AREA: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})(?::([A-Z]{1,3})([1-9][0-9]{0,6}))?", re.ASCII)


def spread(areas: Iterable[tuple[str, str]], cells: dict[str, RawCell], fault: Callable[[str, str], Refused]) -> None:
    """Give every stored cell of an area its formula, lest a result pass for a figure that somebody typed.

    ``areas`` are formula and place ("D5:D6"), ``cells`` are changed in place. Raises what ``fault`` makes of a
    complaint and an address.
    """
    filled: set[str] = set()
    for text, area in areas:
        match = _AREA.fullmatch(area)
        if match is None:
            raise fault(f"的数组公式范围 {quote(area)} 不对", "")
        for ref in _within(match):
            if ref in filled:  # no program writes that; it also bounds the work
                raise fault("的数组公式相互重叠", ref)
            filled.add(ref)
            if len(filled) > MAX_CELLS:
                raise Refused("F106", f"数组公式的范围超过上限 {MAX_CELLS:,} 个单元格")
            there = cells.get(ref)
            if there is not None and there.formula is None:
                cells[ref] = there._replace(formula=text)


def _within(area: re.Match[str]) -> Iterator[str]:
    """The addresses of an area, as far as cells are read at all."""
    left, top, right, bottom = area[1], area[2], area[3] or area[1], area[4] or area[2]
    for row in range(int(top), min(int(bottom), MAX_ROWS) + 1):
        for column in range(column_number(left), min(column_number(right), MAX_COLUMNS) + 1):
            yield a1(row, column)
