"""A published report as plain text (.txt): lines are paragraphs, lines with separators are rows of a grid."""

from __future__ import annotations

import re

from xls_report.document import Document, Grid, GridCell, Paragraph
from xls_report.listfile import decode
from xls_report.package.refusal import MAX_COLUMNS, MAX_ROWS
from xls_report.tabular import Blocks, Unfit, squeezed

_GAP = re.compile(r" {2,}|\u3000+")
_LONE = re.compile(
    r"[\s\d０-９.,，．%％+\-－—/]*[\d０-９—/][\s\d０-９.,，．%％+\-－—/]*", re.ASCII
)  # a figure or a dash
_FEWEST = 3  # cells that blanks alone must part, so that a sentence with a gap is no row


def read_plain(data: bytes) -> Document:
    """The text (UTF-8 or GB18030, UTF-16 with its mark) as a document; raises Unfit for what is no text.

    Blank lines within a table, as page breaks leave them, do not end it. Columns are counted separators alone, so
    that the grids are not aligned.
    """
    text = _decoded(data)
    if text is None or "\0" in text:
        raise Unfit("不是文本文件，或文字编码认不出（请另存为 UTF-8 编码的 .txt）")
    blocks: Blocks = []
    rows: list[list[str]] = []
    for line in text.splitlines():
        cells = _cells(line)
        if cells is None and rows and _LONE.fullmatch(line):
            cells = [squeezed(line)]  # what is left of a row is no paragraph
        if cells is not None:
            rows.append(cells)
        elif line.strip():
            blocks.extend(_grid(rows))
            rows = []
            blocks.append(Paragraph(squeezed(line)))
    blocks.extend(_grid(rows))
    return Document(tuple(blocks))


def _decoded(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            return None
    return decode(data)


def _cells(line: str) -> list[str] | None:
    """The cells of a line that is a row, blank ones too; None for another line."""
    if "\t" in line:
        return [squeezed(cell) for cell in line.split("\t")] if line.strip() else None
    cells = _GAP.split(line.strip())
    return cells if len(cells) >= _FEWEST else None


def _grid(rows: list[list[str]]) -> list[Grid]:
    if not rows:
        return []
    if len(rows) > MAX_ROWS or max(map(len, rows)) > MAX_COLUMNS:
        raise Unfit(f"一张表有 {len(rows):,} 行、{max(map(len, rows)):,} 列，超过限度")
    cells = (GridCell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row))
    return [Grid(tuple(cells), aligned=False)]
