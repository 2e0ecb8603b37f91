"""What people do to a workbook, at random: each act takes an openpyxl workbook and says what it did, "" for nothing."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from random import Random
from typing import Any

import openpyxl
from acts import add_name, add_property, reshape, swap_rows
from fillings import random_figures
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import range_boundaries

from xls_report.address import a1
from xls_report.heading import Measure
from xls_report.layout import Cell, Layout, Role
from xls_report.stamp import NAME, PROPERTY, SHEET

Act = Callable[["Desk", Random], str]
Copied = tuple[int, int, Any, str]  # row, column, value, format
ACTS: dict[str, Act] = {}
_TEXTS = (
    *("0", "12", " 12 ", "12\n", "１２", "1,234", "1,23", "1 234", "12件", "12万元", "0.5", "-3", "－3", "3/4", "1e3"),
    *("无", "—", "/", "没有", "不适用", "零", "十二", "约12", "12.", ".5", "１２．５万元", "增加3"),
    *(
        "1\u200b2",
        "\u300012",
        "⑫",
        "#N/A",
        "=1+2",
        "是",
        "否",
        "TRUE",
        "",
        " ",
        "'12",
        "12（其中：网络 3）",
        "0x1F",
        "1_000",
        "∞",
    ),
)
_ODD: tuple[Any, ...] = (
    *(-1, 0.5, 1.5, 0.1 + 0.2, 12.0, 1e15, 1e300, 123456789012345, 46085, 36526, 58000.0, 0.0000001, 1234567.891234),
    *(True, False, "#REF!", "#DIV/0!", "=1+2", "=12", "=D7", "=SUM(D7:E7)", "=NOW()", "='数据自查'!A1", '="12"'),
    *(datetime.date(2026, 3, 4), datetime.datetime(2026, 3, 4, 5, 6), datetime.time(3, 4)),
)
FORMATS = (
    *("General", "0", "0.00", "#,##0", "@", "0%", "0.00%", "yyyy-mm-dd", "m/d", "h:mm", 'm"月"d"日"', "[h]:mm"),
    *("0,", "0.0,", "0!.0,", "0\\.0,", '0"件"', '0"0000"', "#,##0,,", "0.00E+00", "# ?/?", ";;;"),
    '_ * #,##0_ ;_ * "-"_ ',
)


@dataclass
class Desk:
    """A workbook that lies open, and the layout that it was issued by."""

    book: Any
    layout: Layout

    def page(self, random: Random, *, tables: float = 0.9) -> Any:
        """A sheet: most often one of the statutory tables, under whatever name it now has."""
        named = {table.sheet for table in self.layout.form.tables}
        pages = [page for page in self.book.worksheets if page.title in named]
        if not pages or random.random() > tables:
            pages = self.book.worksheets
        return random.choice(pages)

    def due(self, page: Any, *roles: Role) -> list[Cell]:
        """The cells of those roles on the sheet of that name, where they stood when it was issued."""
        return [cell for sheet in self.layout.sheets if sheet.name == page.title for cell in sheet.of(*roles)]

    def spot(self, page: Any, random: Random) -> tuple[int, int]:
        """Any cell: a figure, a label, a total, what stands beside, or one that is empty."""
        roles = random.choice(((Role.INPUT,), (Role.INPUT,), (Role.LABEL,), (Role.TOTAL,), tuple(Role), ()))
        cells = self.due(page, *roles)
        if not cells:
            return random.randint(1, page.max_row + 3), random.randint(1, page.max_column + 3)
        cell = random.choice(cells)
        return cell.row, cell.column


def act(function: Act) -> Act:
    ACTS[function.__name__] = function
    return function


def put(page: Any, row: int, column: int, value: Any, code: str | None = None) -> None:
    """A value typed or pasted; inside of a merge nothing can be."""
    cell = page.cell(row, column)
    if isinstance(cell, MergedCell):
        return
    cell.value = value
    if isinstance(value, str) and not value.startswith(("=", "#")):
        cell.data_type = "s"
    if code is not None:
        cell.number_format = code


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


# Typing.


@act
def type_a_figure(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    cells = desk.due(page, Role.INPUT)
    if not cells:
        return ""
    cell = random.choice(cells)
    amount = desk.layout.form.item[cell.key].kind is Measure.AMOUNT
    figure = random.choice((0, 7, 251.3, 0.01) if amount else (0, 1, 12, 300))
    put(page, cell.row, cell.column, figure)
    return f"{figure} into {page.title}!{cell.address}"


@act
def type_anything(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    row, column = desk.spot(page, random)
    value = random.choice(_ODD if random.random() < 0.5 else _TEXTS)
    put(page, row, column, value)
    return f"{value!r} into {page.title}!{a1(row, column)}"


@act
def retype_a_label(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    labels = desk.due(page, Role.LABEL, Role.TITLE)
    if not labels:
        return ""
    cell, other = random.choice(labels), random.choice(labels)
    text = random.choice((cell.says.replace("（", " (").replace("，", ","), other.says, cell.says + "（修订）", None))
    put(page, cell.row, cell.column, text)
    return f"label {text!r} into {page.title}!{cell.address}"


@act
def blank_cells(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    row, column = desk.spot(page, random)
    rows, columns = random.choice(((1, 1), (1, 1), (1, 4), (3, 2)))
    for r in range(row, row + rows):
        for c in range(column, column + columns):
            put(page, r, c, None)
    return f"{rows}×{columns} blanked from {page.title}!{a1(row, column)}"


@act
def declare_zero(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    text = random.choice(("是", "是", "否", "", " 是", "Y", True, 1, None, '="是"'))
    for cell in desk.due(page, Role.SWITCH):
        put(page, cell.row, cell.column, text)
        if random.random() < 0.5:
            for figure in desk.due(page, Role.INPUT):
                put(page, figure.row, figure.column, None)
    return f"zero switch {text!r} on {page.title}"


@act
def overwrite_totals(desk: Desk, random: Random) -> str:
    """By their values, as pasting values does, or by others."""
    page, off = desk.page(random), random.choice((0, 0, 0, 1))
    cells = desk.due(page, Role.TOTAL)
    for cell in cells:
        total = desk.layout.form.item[cell.key].total
        assert total is not None
        parts = [desk.layout.place[name.ident][1] for name in total.names]
        numbers = [page.cell(part.row, part.column).value for part in parts]
        put(page, cell.row, cell.column, sum(n for n in numbers if isinstance(n, int | float)) + off)
    return f"totals of {page.title} by their values{' and 1' if off else ''}" if cells else ""


@act
def retype_the_cover(desk: Desk, random: Random) -> str:
    page = next((p for p in desk.book.worksheets if p.title == "封面"), None)
    if page is None:
        return ""
    cell = random.choice(desk.due(page, Role.IDENTITY))
    text = random.choice(("某区教育局", "005", "某区财政局 ", "2024", None))
    put(page, cell.row, cell.column, text)
    return f"cover: {text!r} for {cell.content}"


# Pasting.


def _rectangle(desk: Desk, page: Any, random: Random) -> tuple[int, int, int, int]:
    row, column = desk.spot(page, random)
    return row, column, row + random.choice((0, 0, 1, 3, 20)), column + random.choice((0, 0, 1, 3, 12))


def _paste(page: Any, cells: list[Copied]) -> None:
    for row, column, value, code in cells:
        put(page, row, column, value, code)


def _copied(page: Any, box: tuple[int, int, int, int], down: int = 0, right: int = 0) -> list[Copied]:
    top, left, bottom, last = box
    cells = (page.cell(r, c) for r in range(top, bottom + 1) for c in range(left, last + 1))
    return [(c.row + down, c.column + right, c.value, c.number_format) for c in cells]


@act
def move_a_block(desk: Desk, random: Random) -> str:
    """Cut and pasted a row or a column away; copied at times."""
    page, cut = desk.page(random), random.random() < 0.7
    box = _rectangle(desk, page, random)
    down, right = random.choice(((1, 0), (0, 1), (2, 0), (1, 1), (-1, 0), (0, -1)))
    down, right = (0 if box[0] + down < 1 else down), (0 if box[1] + right < 1 else right)
    cells = _copied(page, box, down, right)
    if cut:
        _paste(page, [(r, c, None, "General") for r, c, *_ in _copied(page, box)])
    _paste(page, cells)
    return f"{page.title}!{a1(box[0], box[1])}:{a1(box[2], box[3])} {'cut' if cut else 'copied'} by {down}, {right}"


@act
def fill_down(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    figures = desk.due(page, Role.INPUT, Role.TOTAL)
    if not figures:
        return ""
    first = random.choice(figures)
    source = page.cell(first.row, first.column)
    for cell in figures:
        if cell.column == first.column and cell.row > first.row:
            put(page, cell.row, cell.column, source.value, source.number_format)
    return f"{page.title}!{first.address} filled down"


@act
def sort_rows(desk: Desk, random: Random) -> str:
    """Some rows of the table, sorted by one column; with their labels or without."""
    page = desk.page(random)
    figures = desk.due(page, Role.INPUT)
    if not figures:
        return ""
    by, top = random.choice(figures).column, random.choice(figures).row
    bottom, left = top + random.randint(1, 6), random.choice((1, 3, min(cell.column for cell in figures)))
    rows = [_copied(page, (row, left, row, page.max_column)) for row in range(top, bottom + 1)]
    order = sorted(rows, key=lambda row: str(next((value for _, c, value, _ in row if c == by), "")))
    for row, cells in zip(range(top, bottom + 1), order, strict=True):
        _paste(page, [(row, column, value, code) for _, column, value, code in cells])
    return f"rows {top} to {bottom} of {page.title} sorted by column {by}, from column {left} on"


@act
def swap_two_rows(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    one, other = (desk.spot(page, random)[0] for _ in range(2))
    swap_rows(page, one, other)
    return f"rows {one} and {other} of {page.title} exchanged"


@act
def paste_other_figures(desk: Desk, random: Random) -> str:
    """Those of another unit, as numbers or as a text program gives them."""
    page, as_text = desk.page(random), random.random() < 0.5
    figures = random_figures(desk.layout.form, Random(random.randint(0, 9)))
    cells = desk.due(page, Role.INPUT)
    for cell in cells:
        value = figures[cell.key]
        put(page, cell.row, cell.column, str(value) if as_text else value)
    return f"another unit's figures into {page.title}{' as text' if as_text else ''}" if cells else ""


@act
def paste_over_a_sheet(desk: Desk, random: Random) -> str:
    page, other = desk.page(random), desk.page(random)
    if page is other:
        return ""
    for box in list(page.merged_cells.ranges):
        page.unmerge_cells(str(box))
    for row in page.iter_rows():
        for cell in row:
            cell.value = None
    for row in other.iter_rows():
        for cell in row:
            put(page, cell.row, cell.column, cell.value, cell.number_format)
    return f"{other.title} pasted over {page.title}"


# The shape.


@act
def insert_or_delete(desk: Desk, random: Random) -> str:
    page, what, sign = desk.page(random), random.choice(("row", "column")), random.choice((1, -1))
    at = desk.spot(page, random)[what == "column"]
    reshape(page, what, at, sign)
    return f"{what} {at} {'inserted' if sign > 0 else 'deleted'} on {page.title}"


@act
def merge_cells(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    row, column = desk.spot(page, random)
    down, right = random.choice(((0, 1), (1, 0), (1, 1), (2, 0), (0, 2)))
    last_row, last_column = row + down, column + right
    boxes = [range_boundaries(str(box)) for box in page.merged_cells.ranges]
    if any(c1 <= last_column and c2 >= column and r1 <= last_row and r2 >= row for c1, r1, c2, r2 in boxes):
        return ""
    page.merge_cells(start_row=row, start_column=column, end_row=last_row, end_column=last_column)
    return f"{page.title}!{a1(row, column)}:{a1(last_row, last_column)} merged"


@act
def unmerge_cells(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    boxes = sorted(str(box) for box in page.merged_cells.ranges)
    if not boxes:
        return ""
    box = random.choice(boxes)
    page.unmerge_cells(box)
    return f"{page.title}!{box} unmerged"


@act
def hide(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    row, column = desk.spot(page, random)
    if random.random() < 0.5:
        page.row_dimensions[row].hidden = True
        return f"row {row} of {page.title} hidden"
    page.column_dimensions[openpyxl.utils.get_column_letter(column)].hidden = True
    return f"column {column} of {page.title} hidden"


@act
def change_a_format(desk: Desk, random: Random) -> str:
    page, code = desk.page(random), random.choice(FORMATS)
    top, left, bottom, right = _rectangle(desk, page, random)
    if figures := desk.due(page, Role.INPUT):
        figure = random.choice(figures)
        top, left, bottom, right = figure.row, figure.column, figure.row + bottom - top, figure.column + right - left
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            page.cell(row, column).number_format = code
    return f"{page.title}!{a1(top, left)}:{a1(bottom, right)} shown as {code}"


# The book.


@act
def rename_a_sheet(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    name = random.choice(("Sheet1", page.title + " ", page.title[:3], "表三 申请办理", "表四 复议诉讼"))
    if name in desk.book.sheetnames:
        return ""
    said = f"{page.title} renamed {name}"
    page.title = name
    return said


@act
def exchange_names(desk: Desk, random: Random) -> str:
    one, other = desk.page(random), desk.page(random, tables=0.7)
    if one is other or SHEET in (one.title, other.title):
        return ""
    first, second = one.title, other.title
    one.title = "~"
    other.title, one.title = first, second
    return f"{first} and {second} exchanged their names"


@act
def copy_a_sheet(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    name = page.title + " (2)"
    if name in desk.book.sheetnames or len(name) > 31:
        return ""
    desk.book.copy_worksheet(page).title = name
    return f"{page.title} copied to {name}"


@act
def delete_a_sheet(desk: Desk, random: Random) -> str:
    page = desk.page(random)
    if len([p for p in desk.book.worksheets if p.sheet_state == "visible" and p is not page]) < 1:
        return ""
    name = page.title
    desk.book.remove(page)
    return f"{name} deleted"


@act
def add_or_move_a_sheet(desk: Desk, random: Random) -> str:
    if "附件" not in desk.book.sheetnames:
        desk.book.create_sheet("附件", 0).append(["张数", 12])
        return "a sheet added"
    page, by = desk.page(random), random.choice((-1, 1, 2))
    desk.book.move_sheet(page, by)
    return f"{page.title} moved by {by}"


@act
def rebuild_a_sheet(desk: Desk, random: Random) -> str:
    """Its values and merges on a new sheet of the same name, as pasting into a new workbook gives them."""
    page = desk.page(random)
    name, at = page.title, desk.book.worksheets.index(page)
    new = desk.book.create_sheet("~", at)
    for cell in list(page._cells.values()):
        if not isinstance(cell, MergedCell) and cell.data_type != "f":
            copied = new.cell(cell.row, cell.column)
            copied.value, copied.data_type, copied._style = cell.value, cell.data_type, copy(cell._style)
    for box in page.merged_cells.ranges:
        new.merge_cells(str(box))
    desk.book.remove(page)
    new.title = name
    return f"{name} rebuilt without its formulas"


@act
def change_a_carrier(desk: Desk, random: Random) -> str:
    """The stamp on one of its three carriers: changed or lost."""
    carrier, lost = random.choice(("sheet", "property", "name")), random.random() < 0.5
    book = desk.book
    if carrier == "sheet" and SHEET in book.sheetnames:
        if lost:
            book.remove(book[SHEET])
        else:
            row = random.randint(2, 10)
            book[SHEET].cell(row, 2).value = random.choice(("005", "2024", "2026", "某区教育局", "gkbg-2019"))
    elif carrier == "property" and PROPERTY in book.custom_doc_props.names:
        line = book.custom_doc_props[PROPERTY].value
        del book.custom_doc_props[PROPERTY]
        if not lost:
            add_property(book, line.replace(";004;", ";005;"))
    elif carrier == "name" and NAME in book.defined_names:
        line = book.defined_names[NAME].value.strip('"')
        del book.defined_names[NAME]
        if not lost:
            add_name(book, line.replace(";004;", ";005;"))
    else:
        return ""
    return f"stamp of the {carrier} {'lost' if lost else 'changed'}"


@act
def unprotect(desk: Desk, _: Random) -> str:
    for page in desk.book.worksheets:
        page.protection.sheet = False
    return "unprotected"


@act
def save_and_open(desk: Desk, _: Random) -> str:
    desk.book = opened(saved(desk.book))
    return "saved and opened"
