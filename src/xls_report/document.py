"""A report as people publish it: paragraphs and grids in the order of reading, whatever file holds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """What a paragraph is for."""

    TITLE = "title"
    NUMBER = "number"  # 发文字号
    SECTION = "section"  # 一、总体情况
    PART = "part"  # （一）主动公开
    BODY = "body"
    NOTE = "note"  # ours, not the issuer's: what is still missing
    SIGNATURE = "signature"  # issuer and date at the end


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of text without line breaks."""

    text: str
    style: Style = Style.BODY


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a grid, rows and columns counted from 0, with how many of them it covers."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    head: str = ""  # "row" or "column" where it heads one; "" for a figure


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as printed; `columns` are the widths of its columns in parts of the whole.

    `aligned` is False where the column of a cell is only how many separators stood before it (text without a frame).
    """

    cells: tuple[GridCell, ...]
    columns: tuple[float, ...] = ()
    caption: str = ""
    aligned: bool = True

    @property
    def height(self) -> int:
        return max((cell.row + cell.rows for cell in self.cells), default=0)

    @property
    def width(self) -> int:
        return max((cell.column + cell.columns for cell in self.cells), default=0)


@dataclass(frozen=True, slots=True)
class Document:
    """Paragraphs and grids from top to bottom."""

    blocks: tuple[Paragraph | Grid, ...]

    @property
    def paragraphs(self) -> Iterator[Paragraph]:
        return (block for block in self.blocks if isinstance(block, Paragraph))

    @property
    def grids(self) -> Iterator[Grid]:
        return (block for block in self.blocks if isinstance(block, Grid))
