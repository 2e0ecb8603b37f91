"""A statutory table as a sheet: headings, merges and figures where the notice prints them, checks outside the frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from xls_report.address import a1, absolute, areas
from xls_report.form import Block, Item, Table, block_items, item_id
from xls_report.heading import Heading
from xls_report.layout import Cell, Role, Rule, Sheet, lines_of

ZERO_SENTENCE = "本单位本年度本表各项均为 0。"
LINE = 16.0  # height of a line of text, points
_ROW = 27.0
_SWITCH = 3  # first column of the switch where there are no labels before it, so that its own label has room
TITLE_ROWS = 1

Places = Mapping[str, tuple[int, int]]  # item id → row, column


def table_width(table: Table) -> int:
    """Grid columns of the widest block; narrower ones stretch their last column."""
    return max(block.label_width + len(block.column_leaves) for block in table.blocks)


def block_height(block: Block) -> int:
    """Grid rows of a block, its title and headings included."""
    return bool(block.title) + block.head_height + len(block.row_leaves)


def bottom_row(table: Table) -> int:
    """Last row of the statutory frame."""
    return TITLE_ROWS + sum(block_height(block) for block in table.blocks)


@lru_cache(maxsize=256)
def places(table: Table) -> Places:
    """Row and column of every item of the table, on its sheet."""
    found: dict[str, tuple[int, int]] = {}
    top = TITLE_ROWS + 1
    for block in table.blocks:
        first = top + bool(block.title) + block.head_height
        for r, (row, _) in enumerate(block.row_leaves):
            for c, (column, _) in enumerate(block.column_leaves):
                found[item_id(table, row, column)] = (first + r, block.label_width + 1 + c)
        top += block_height(block)
    return found


def table_sheet(
    table: Table,
    figure: Callable[[Item, Places], Cell],
    around: tuple[Cell, ...] = (),
    rules: tuple[Rule, ...] = (),
    *,
    title: Cell | None = None,
) -> Sheet:
    """The sheet of a table; `figure` makes the cell of an item, `around` are live checks outside the frame."""
    width = table_width(table)
    widths = column_widths(table)
    where = places(table)
    cells = [title or _merged(1, 1, 1, width, table.title, "title")]
    top = TITLE_ROWS + 1
    for block in table.blocks:
        cells.extend(_block(table, block, top, width, where, figure))
        top += block_height(block)
    cells.extend(around)
    heights = _heights(cells, widths, top - 1)
    return Sheet(
        id=table.id,
        name=table.sheet,
        cells=tuple(cells),
        widths=(*enumerate(widths, 1), *_outside(table)),
        heights=(*sorted(heights.items()), *((row, 20.0) for row in range(top, top + 8) if around)),
        printed=f"A1:{a1(top if around else top - 1, width)}",
        landscape=width > 12,
        rules=rules,
        frozen=(first_row(table) - 1, table.blocks[0].label_width) if len(table.blocks) == 1 else (0, 0),
    )


def beside_count(table: Table) -> int:
    """How many relations at most are judged in one row of the table."""
    counts = [
        sum(r.axis == "columns" and (not r.only or row.id in r.only) for r in block.relations)
        for block in table.blocks
        for row, _ in block.row_leaves
    ]
    return max(counts, default=0)


def helper_column(table: Table) -> int:
    """The column of invisible helpers, right of the verdicts beside the table."""
    return max(table_width(table) + 2 + beside_count(table), _switch_column(table) + 1)


@lru_cache(maxsize=256)
def prior_places(table: Table) -> Places:
    """Row and column of last year's figure of every item: the table's grid again, right of the helpers."""
    shift = helper_column(table) + 1 - max(block.label_width for block in table.blocks)
    return {ident: (row, column + shift) for ident, (row, column) in places(table).items()}


def switch_address(table: Table) -> str:
    """Address of the table's zero switch."""
    return a1(bottom_row(table) + 2, _switch_column(table))


def _switch_column(table: Table) -> int:
    return max(_SWITCH, table.blocks[0].label_width + 1)


def zero_title(table: Table) -> Cell:
    """The title, with the sentence of a zero report beneath it once that is declared."""
    formula = f'"{table.title}"&IF({absolute(switch_address(table))}="是",CHAR(10)&"{ZERO_SENTENCE}","")'
    width = table_width(table)
    merge = (1, width) if width > 1 else (0, 0)
    return Cell(1, 1, Role.TITLE, formula, f"title_{table.id}", 0, "title", *merge, label=table.title)


def zero_switch(table: Table) -> Iterator[Cell]:
    """The switch of a zero report, beneath the frame."""
    row, column = bottom_row(table) + 2, _switch_column(table)
    yield merged(row, column - 1, "本表各项均为 0：", "note_right")
    hint = "本表确实没有业务时选“是”，空格即按 0 计；有一格不是 0 就不要选。"
    yield Cell(row, column, Role.SWITCH, key=table.id, style="switch", hint=hint)


def _block(
    table: Table, block: Block, top: int, width: int, where: Places, figure: Callable[[Item, Places], Cell]
) -> Iterator[Cell]:
    if block.title:
        yield _merged(top, 1, top, width, block.title, "head")
        top += 1
    labels = block.label_width
    stretch = width - labels - len(block.column_leaves)
    if block.corner and labels:
        style = "corner" if block.head_height > 1 else "head"
        yield _merged(top, 1, top + block.head_height - 1, labels, block.corner, style)
    yield from _heads(block.columns, top, labels + 1, top + block.head_height - 1, stretch, width)
    first = top + block.head_height
    if labels:
        yield from _stubs(block.rows, first, 1, labels)
    for item in block_items(table, block):
        cell = figure(item, where)
        if stretch and cell.column + stretch == width:
            cell = _stretched(cell, width)
        yield cell


def _stretched(cell: Cell, width: int) -> Cell:
    return Cell(
        cell.row,
        cell.column,
        cell.role,
        cell.content,
        cell.key,
        cell.index,
        cell.style,
        last_row=cell.row,
        last_column=width,
        hint=cell.hint,
    )


def _heads(
    headings: tuple[Heading, ...], row: int, column: int, bottom: int, stretch: int, width: int
) -> Iterator[Cell]:
    for heading in headings:
        span = len(heading.leaves)
        right = column + span - 1
        right = width if stretch and right + stretch == width else right
        yield _merged(row, column, row if heading.children else bottom, right, heading.label, "head")
        yield from _heads(heading.children, row + 1, column, bottom, stretch, width)
        column += span


def _stubs(headings: tuple[Heading, ...], row: int, column: int, right: int) -> Iterator[Cell]:
    for heading in headings:
        span = len(heading.leaves)
        style = "branch" if heading.children else "stub"
        yield _merged(row, column, row + span - 1, column if heading.children else right, heading.label, style)
        yield from _stubs(heading.children, row, column + 1, right)
        row += span


def merged(row: int, last_column: int, text: str, style: str) -> Cell:
    """A label over the first columns of a row."""
    return _merged(row, 1, row, max(1, last_column), text, style)


def _merged(row: int, column: int, last_row: int, last_column: int, text: str, style: str) -> Cell:
    if (row, column) == (last_row, last_column):
        return Cell(row, column, Role.LABEL, text, style=style)
    return Cell(row, column, Role.LABEL, text, style=style, last_row=last_row, last_column=last_column)


def column_widths(table: Table) -> list[float]:
    """Widths in characters, so that labels fit and A4 holds the table."""
    labels = max(block.label_width for block in table.blocks)
    figures = table_width(table) - labels
    if labels == 0:
        return [8.5] * figures
    if labels == 1:
        return [30.0, *[19.0] * figures]
    return [5.0, *[11.0] * (labels - 2), 29.0, *[9.4] * figures]


def first_row(table: Table) -> int:
    """Row of the first figures."""
    return min(row for row, _ in places(table).values())


def _outside(table: Table) -> tuple[tuple[int, float], ...]:
    """Widths right of the frame: a gap, the verdicts, the helpers, a gap before last year's figures."""
    width, helper = table_width(table), helper_column(table)
    return ((width + 1, 2.0), *((column, 11.0) for column in range(width + 2, helper)), (helper, 2.0))


def _heights(cells: list[Cell], widths: list[float], bottom: int) -> dict[int, float]:
    """Row heights of the frame, from the labels that stand in one row."""
    heights = {1: 34.0}
    for cell in cells:
        if cell.role is not Role.LABEL or not 1 < cell.row <= bottom:
            continue
        last_row, last_column = cell.last_row or cell.row, cell.last_column or cell.column
        lines = lines_of(cell.content, sum(widths[cell.column - 1 : last_column]))
        rows = last_row - cell.row + 1
        need = max(_ROW, lines * LINE + 6) if rows == 1 else _ROW
        heights[cell.row] = max(heights.get(cell.row, _ROW), need)
    for row in range(2, bottom + 1):
        heights.setdefault(row, _ROW)
    return heights


def total_formula(item: Item, where: Places) -> str:
    """The total of an item as a formula over the cells of its sheet."""
    assert item.total is not None
    return f"SUM({','.join(areas(where[name.ident] for name in item.total.names))})"


def input_cell(item: Item, where: Places) -> Cell:
    """An item in a unit's workbook: a figure to fill in, or the total of such."""
    row, column = where[item.id]
    if item.total is not None:
        return Cell(row, column, Role.TOTAL, total_formula(item, where), key=item.id, style=f"total_{item.kind}")
    return Cell(row, column, Role.INPUT, key=item.id, style=f"input_{item.kind}", hint=item.hint)
