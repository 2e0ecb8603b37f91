"""What was done to a reshaped table is told in words: exactly the row or column, or nothing at all."""

from __future__ import annotations

import pytest
from fillings import FORMS

from xls_report.address import a1, letters
from xls_report.compare import label_key
from xls_report.form import Form
from xls_report.layout import Role, Sheet
from xls_report.package import RawCell, RawSheet
from xls_report.plan import compile_layout
from xls_report.reshaped import told

Texts = dict[tuple[int, int], str]


def table_three(form: Form) -> Sheet:
    return next(sheet for sheet in compile_layout(form).sheets if sheet.name == "表三 申请办理")


def texts_of(sheet: Sheet) -> Texts:
    return {(cell.row, cell.column): cell.content for cell in sheet.of(Role.LABEL)}


def said(sheet: Sheet, texts: Texts) -> str:
    cells = {a1(row, column): RawCell("s", text, None, 0) for (row, column), text in texts.items()}
    return told(sheet, RawSheet(sheet.name, cells), label_key)


def figure_rows(sheet: Sheet) -> range:
    rows = [cell.row for cell in sheet.of(Role.INPUT, Role.SUM)]
    return range(min(rows), max(rows) + 1)


def figure_columns(sheet: Sheet) -> range:
    columns = [cell.column for cell in sheet.of(Role.INPUT, Role.SUM)]
    return range(min(columns), max(columns) + 1)


def without_row(texts: Texts, gone: int) -> Texts:
    return {(row - (row > gone), column): text for (row, column), text in texts.items() if row != gone}


def with_row(texts: Texts, new: int, count: int = 1) -> Texts:
    return {(row + count * (row >= new), column): text for (row, column), text in texts.items()}


def name_of(texts: Texts, row: int, before: int) -> str:
    return texts[max(key for key in texts if key[0] == row and key[1] < before)]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_each_row_that_is_deleted_or_inserted_is_told(form: Form) -> None:
    sheet = table_three(form)
    texts = texts_of(sheet)
    assert said(sheet, texts) == ""
    first = figure_columns(sheet)[0]
    for row in figure_rows(sheet):
        name = name_of(texts, row, first)
        assert said(sheet, without_row(texts, row)) == f"删除了“{name}”一行（原为第 {row} 行）"
        assert said(sheet, with_row(texts, row)) == f"第 {row} 行上方插入了一行"
        assert said(sheet, with_row(texts, row, 2)) == f"第 {row} 行上方插入了两行"
        named = with_row(texts, row) | {(row, first - 1): "其中：\n信访"}
        assert said(sheet, named) == f"第 {row} 行上方插入了一行（“其中： 信访”）"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_each_column_that_is_inserted_or_deleted_is_told(form: Form) -> None:
    sheet = table_three(form)
    texts = texts_of(sheet)
    for new in figure_columns(sheet):
        there = {(row, column + (column >= new)): text for (row, column), text in texts.items()}
        assert said(sheet, there) == f"{letters(new)} 列左侧插入了一列"
        less = {(row, column - (column > new)): text for (row, column), text in texts.items() if column != new}
        head = texts[max(at for at in texts if at[1] == new and at[0] < figure_rows(sheet)[0])]
        assert said(sheet, less) == f"删除了“{head}”一列（原为 {letters(new)} 列）"


def test_two_acts_are_told_in_their_order_and_rows_that_changed_places_as_such() -> None:
    sheet = table_three(FORMS[-1])
    texts = texts_of(sheet)
    rows = figure_rows(sheet)
    one, two = rows[2], rows[-3]
    name = name_of(texts, one, figure_columns(sheet)[0])
    both = without_row(with_row(texts, two), one)
    assert said(sheet, both) == f"删除了“{name}”一行（原为第 {one} 行），第 {two - 1} 行上方插入了一行"
    swapped = {(one + one + 1 - row if row in (one, one + 1) else row, column): t for (row, column), t in texts.items()}
    assert "不在原来的第" in said(sheet, swapped)


def test_nothing_is_told_of_another_table() -> None:
    sheet = table_three(FORMS[-1])
    texts = texts_of(sheet)
    assert said(sheet, {at: f"甲{at}" for at in texts}) == ""
    assert said(sheet, {}) == ""
    every_second = {at: text for at, text in texts.items() if at[0] % 2}
    assert said(sheet, every_second) == ""
