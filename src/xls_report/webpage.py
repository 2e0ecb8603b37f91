"""A report as one web page that needs nothing else: the only importer of Jinja2.

Every text is escaped, whatever it holds. Tables are for those too who cannot see them: each head says of what it is
one, each figure names its heads.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, Template

from xls_report.document import Document, Grid, GridCell, Paragraph, Style

_TAGS: Final = {Style.TITLE: "h1", Style.SECTION: "h2", Style.PART: "h3"}
_TALL = 20  # rows of a grid that begins a page of its own in print


def web_page(document: Document) -> bytes:
    """The report as the bytes of a .html file, UTF-8."""
    title = next((p.text for p in document.paragraphs if p.style is Style.TITLE), "")
    following = (*document.blocks[1:], None)
    blocks = [
        _table(block, f"table{n}") if isinstance(block, Grid) else _paragraph(block, after)
        for n, (block, after) in enumerate(zip(document.blocks, following, strict=True), 1)
    ]
    return _template().render(title=title, blocks=blocks).encode("utf-8")


@cache
def _template() -> Template:
    text = (files("xls_report") / "report.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(text)


def _paragraph(block: Paragraph, after: Paragraph | Grid | None) -> dict[str, Any]:
    tall = isinstance(after, Grid) and after.height >= _TALL
    return {"rows": (), "tag": _TAGS.get(block.style, "p"), "style": str(block.style), "text": block.text, "tall": tall}


def _table(grid: Grid, ident: str) -> dict[str, Any]:
    names = {(c.row, c.column): f"{ident}-{c.row}-{c.column}" for c in grid.cells if c.head}
    rows: list[list[dict[str, Any]]] = [[] for _ in range(grid.height)]
    for cell in sorted(grid.cells, key=lambda cell: (cell.row, cell.column)):
        heads = "" if cell.head else " ".join(names[head.row, head.column] for head in heads_of(grid, cell))
        rows[cell.row].append(
            {
                "tag": "th" if cell.head else "td",
                "id": names.get((cell.row, cell.column), ""),
                "scope": _scope(cell),
                "rows": cell.rows,
                "columns": cell.columns,
                "headers": heads,
                "text": cell.text,
            }
        )
    widths = [f"{100 * width:.2f}" for width in grid.columns]
    return {"rows": rows, "id": ident, "caption": grid.caption, "widths": widths}


def _scope(cell: GridCell) -> str:
    """Of what a cell is the head: a row or a column, or a group of them where it spans several."""
    if cell.head == "column":
        return "colgroup" if cell.columns > 1 else "col"
    if cell.head == "row":
        return "rowgroup" if cell.rows > 1 else "row"
    return ""


def heads_of(grid: Grid, cell: GridCell) -> tuple[GridCell, ...]:
    """The heads of a figure: those left of it in its row, then those above it up to where its block begins."""
    left = [
        head
        for head in grid.cells
        if head.head == "row" and head.column < cell.column and head.row <= cell.row < head.row + head.rows
    ]
    occupied = {head.row + n for head in grid.cells if head.head == "column" for n in range(head.rows)}
    last = max((row for row in occupied if row < cell.row), default=-1)
    first = last
    while first - 1 in occupied:
        first -= 1
    above = [
        head
        for head in grid.cells
        if head.head == "column"
        and first <= head.row <= last
        and head.column <= cell.column < head.column + head.columns
    ]
    return (*sorted(left, key=lambda head: head.column), *sorted(above, key=lambda head: head.row))
