"""The detail sheets of a summary (明细): one row a covered unit, every item a column, and the sums over them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any

from xls_report.address import a1, letters
from xls_report.form import Item, Table, block_items
from xls_report.grid import Places, total_formula
from xls_report.heading import Measure
from xls_report.layout import ROW, Cell, Role, Rows, Sheet
from xls_report.submission import Submission

FIRST_ROW = 3  # two head rows above
_ROW_ONE = re.compile(r"(?<=[A-Z])1(?![0-9])")  # the row of an address in row 1
_FACTS = (  # key, head, width
    ("code", "代码", 12.0),
    ("name", "名称", 26.0),
    ("group", "分组", 12.0),
    ("file", "来源文件", 34.0),
    ("sha256", "文件指纹", 14.0),
)


Remarks = Mapping[tuple[str, int], str]  # (fact, number of the covered unit) → text


def detail_name(table: Table) -> str:
    """表三 → 明细三."""
    return f"明细{table.name[1:]}"


@lru_cache(maxsize=64)
def detail_columns(table: Table) -> dict[str, int]:
    """Item id → column of the detail sheet, in print order."""
    first = len(_FACTS) + 1
    return {item.id: column for column, item in enumerate(_items(table), first)}


def _items(table: Table) -> tuple[Item, ...]:
    return tuple(item for block in table.blocks for item in block_items(table, block))


def sum_cell(item: Item, where: Places, covers: int) -> Cell:
    """An item of the summary: the sum over its detail column."""
    row, column = where[item.id]
    letter = letters(detail_columns(item.table)[item.id])
    formula = f"SUM({detail_name(item.table)}!{letter}{FIRST_ROW}:{letter}{FIRST_ROW + covers - 1})"
    return Cell(row, column, Role.SUM, formula, key=item.id, style=f"total_{item.kind}")


def detail_sheet(table: Table, covers: int) -> Sheet:
    """明细: heads frozen, filters on, one row that repeats, its totals as formulas over the row."""
    columns = detail_columns(table)
    items = _items(table)
    rows = Rows(FIRST_ROW, covers, (*_facts(), *(_figure(item, columns) for item in items))) if covers else None
    last = FIRST_ROW + covers - 1
    return Sheet(
        f"detail_{table.id}",
        detail_name(table),
        tuple(_heads(items, columns)),
        widths=(*((n, width) for n, (_, _, width) in enumerate(_FACTS, 1)), *((c, 10.0) for c in columns.values())),
        heights=((1, 48.0), (2, 32.0)),
        landscape=True,
        frozen=(FIRST_ROW - 1, 2),
        one_page=False,
        filtered=f"A{FIRST_ROW - 1}:{a1(last, len(_FACTS) + len(items))}",
        rows=rows,
    )


def _facts() -> Iterator[Cell]:
    for column, (key, _, _) in enumerate(_FACTS, 1):
        role = Role.COVER if key in ("code", "name") else Role.REMARK
        yield Cell(FIRST_ROW, column, role, key=key, style="fact")


def _figure(item: Item, columns: Mapping[str, int]) -> Cell:
    where: Places = {ident: (1, column) for ident, column in columns.items()}
    formula = _ROW_ONE.sub(ROW, total_formula(item, where)) if item.total is not None else ""
    return Cell(FIRST_ROW, columns[item.id], Role.DETAIL, formula, key=item.id, style=f"detail_{item.kind}")


def row_values(rows: Rows, submission: Submission, remarks: Remarks) -> Iterator[list[int | str | None]]:
    """What stands in each covered unit's row, cell by cell; an amount as the text of its exact number."""
    facts = [cell for cell in rows.cells if cell.role is not Role.DETAIL]
    keys = [cell.key for cell in rows.of(Role.DETAIL)]
    amounts = [n for n, key in enumerate(keys) if submission.form.item[key].kind is Measure.AMOUNT]
    for index, cover in enumerate(submission.covers):
        figures: list[Any] = [*map(cover.values.get, keys)]
        for n in amounts:
            figures[n] = None if figures[n] is None else format(figures[n], "f")
        yield [*(_fact(cell, index, submission, remarks) for cell in facts), *figures]


def _fact(cell: Cell, index: int, submission: Submission, remarks: Remarks) -> str:
    """What stands beside a covered unit's figures."""
    unit = submission.covers[index].unit
    if cell.role is Role.COVER:
        return unit.code if cell.key == "code" else unit.name
    return remarks.get((cell.key, index), "")


def _heads(items: tuple[Item, ...], columns: dict[str, int]) -> Iterator[Cell]:
    for column, (_, head, _) in enumerate(_FACTS, 1):
        yield Cell(FIRST_ROW - 1, column, Role.LABEL, head, style="head")

    def group(item: Item) -> tuple[str, ...]:
        labels = (*item.row_labels, *(() if item.row.label else item.column_labels[:-1]))
        return (item.block.title, *labels)

    for labels, run in groupby(items, key=group):
        members = list(run)
        first, last = columns[members[0].id], columns[members[-1].id]
        if last > first:
            yield Cell(1, first, Role.LABEL, labels[-1], style="head", last_row=1, last_column=last)
        else:
            yield Cell(1, first, Role.LABEL, labels[-1], style="head")
        for item in members:
            yield Cell(2, columns[item.id], Role.LABEL, item.column.label, style="head")
