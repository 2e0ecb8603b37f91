"""Form → Layout: which sheets each kind of workbook has, in which order."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from xls_report import pages
from xls_report.detail import detail_sheet, sum_cell
from xls_report.form import Form, Item, Table
from xls_report.grid import Places, bottom_row, input_cell, table_sheet, table_width, zero_switch, zero_title
from xls_report.layout import Cell, Kind, Layout, Role, Sheet
from xls_report.marks import marks
from xls_report.selfcheck import check_sheet, reason_sheet
from xls_report.stamp import SHEET as STAMP_SHEET

_STAMP = Sheet("stamp", STAMP_SHEET, (), widths=((1, 12.0), (2, 40.0), (3, 24.0)), hidden=True)


def compile_layout(form: Form, kind: Kind = Kind.UNIT, covers: int = 0) -> Layout:
    """The layout of a workbook; `covers` is the number of detail rows of a 工作底稿, no other kind has any."""
    return _summary(form, covers) if kind is Kind.WORKING else _issued(form, kind)


@lru_cache(maxsize=64)
def _issued(form: Form, kind: Kind) -> Layout:
    sheets = _upward(form) if kind is Kind.UPWARD else _unit(form, texts=kind is Kind.UNIT)
    return Layout(form, kind, 0, (*sheets, _STAMP))


@lru_cache(maxsize=2)  # what is judged was read just before
def _summary(form: Form, covers: int) -> Layout:
    return Layout(form, Kind.WORKING, covers, (*_working(form, covers), _STAMP))


def _unit(form: Form, *, texts: bool) -> tuple[Sheet, ...]:
    tables = (_unit_table(form, table) for table in form.tables)
    sections = tuple(pages.text_sheet(section) for section in form.sections) if texts else ()
    return (pages.cover_sheet(form), *tables, check_sheet(form), pages.guide_sheet(form), *sections)


def _unit_table(form: Form, table: Table) -> Sheet:
    cells, rules = marks(form, table)
    around = (*zero_switch(table), *cells, *pages.prior_cells(form, table))
    return table_sheet(table, input_cell, around, rules, title=zero_title(table))


def _working(form: Form, covers: int) -> tuple[Sheet, ...]:
    def figure(item: Item, where: Places) -> Cell:
        return input_cell(item, where) if item.total is not None else sum_cell(item, where, covers)

    tables = tuple(table_sheet(table, figure) for table in form.tables)
    details = tuple(detail_sheet(table, covers) for table in form.tables)
    sections = tuple(pages.text_sheet(section) for section in form.sections)
    return (*tables, *details, reason_sheet(form), *sections)


def _upward(form: Form) -> tuple[Sheet, ...]:
    """Figures are values, and locked: one is corrected by the unit that reported it."""

    def figure(item: Item, where: Places) -> Cell:
        return replace(input_cell(item, where), style=f"total_{item.kind}", hint="")

    tables = (table_sheet(table, figure, (_seal(table),)) for table in form.tables)
    return (pages.upward_cover(form), *tables, reason_sheet(form))


def _seal(table: Table) -> Cell:
    """The code of the figures as they were added up, beneath the frame: no formula stands behind them any more."""
    row, width = bottom_row(table) + 1, table_width(table)
    merge = (row, width) if width > 1 else (0, 0)
    return Cell(row, 1, Role.SEAL, "", table.id, 0, "code", *merge)
