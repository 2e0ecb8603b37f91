"""Tables of a page on their way to grids: spans laid out, tables that only arrange a page undone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from xls_report.document import Grid, GridCell, Paragraph
from xls_report.package.refusal import MAX_CELLS, MAX_COLUMNS, MAX_ROWS

Blocks = list[Paragraph | Grid]

RAISED, STRUCK = "^", "~"  # stand before raised and struck out text, so that no figure is made of it

_SPACE = re.compile(r"[ \t\r\n\f\v\u3000]+")


class Unfit(Exception):  # noqa: N818 - it leaves no reader: each turns it into a finding
    """A source that cannot be read; the message is a clause in words."""


@dataclass(slots=True)
class OpenCell:
    """A cell while it is read: what stands in it, and how many rows and columns it asks for."""

    rows: int = 1
    columns: int = 1
    head: bool = False
    blocks: Blocks = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks if isinstance(block, Paragraph))


def squeezed(text: str) -> str:
    """Text as it is shown on one line: runs of blanks are one, none at the ends."""
    return _SPACE.sub(" ", text).strip()


def laid_out(rows: list[list[OpenCell]]) -> Blocks:
    """A table's rows as one grid, or as what stands in its cells where the table only arranges a page.

    Spans reach no further than the table. Raises Unfit beyond the limits of rows, columns and cells.
    """
    arranges = sum(map(len, rows)) == 1 or any(isinstance(b, Grid) for row in rows for c in row for b in c.blocks)
    if arranges:
        return [block for row in rows for cell in row for block in cell.blocks]
    cells = tuple(_placed(rows))
    return [Grid(cells)] if any(cell.text for cell in cells) else []


def _placed(rows: list[list[OpenCell]]) -> Iterator[GridCell]:
    if len(rows) > MAX_ROWS:
        raise Unfit(f"一张表有 {len(rows):,} 行，上限 {MAX_ROWS:,} 行")
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            height = min(cell.rows, len(rows) - number) if cell.rows else len(rows) - number
            if column + cell.columns > MAX_COLUMNS:
                raise Unfit(f"一张表超过 {MAX_COLUMNS} 列")
            if height * cell.columns > MAX_CELLS:
                raise Unfit(f"一张表超过 {MAX_CELLS:,} 格")
            taken.update((number + r, column + c) for r in range(height) for c in range(cell.columns))
            if len(taken) > MAX_CELLS:
                raise Unfit(f"一张表超过 {MAX_CELLS:,} 格")
            yield GridCell(number, column, cell.text, height, cell.columns, "column" if cell.head else "")
            column += cell.columns


def within(cells: Iterable[GridCell]) -> Grid:
    """A grid of cells that were laid out by their own program; raises Unfit beyond the limits."""
    grid = Grid(tuple(cells))
    if grid.height > MAX_ROWS or grid.width > MAX_COLUMNS or grid.height * grid.width > MAX_CELLS:
        raise Unfit(f"一张表有 {grid.height:,} 行 {grid.width:,} 列，超过限度")
    return grid
