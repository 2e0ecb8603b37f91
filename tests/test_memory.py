"""What is remembered from file to file stays small, and what a file may ask for takes no longer than it has."""

from __future__ import annotations

import gc
import time
import weakref

import pytest
from desk import form_of
from hostile_base import YEAR
from hostile_own import beside, sharing, summary
from ooxml import row
from support import taken

from xls_report import reader
from xls_report.compare import _formula_key, _label_key, formula_key, label_key, shape_of
from xls_report.layout import Kind
from xls_report.package.refusal import MAX_CELLS
from xls_report.plan import compile_layout
from xls_report.reader import read

FORM = form_of(YEAR)


@pytest.mark.parametrize("units", [19_900, MAX_CELLS // len(FORM.items) + 1])
def test_a_summary_of_more_units_than_cells_is_not_laid_out(units: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """30 KB of names would become a layout of half a gigabyte, in seven seconds."""

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(reader, "compile_layout", never)
    reading = read(summary(units), (FORM,))
    assert [(found.code, found.blocks) for found in reading.findings] == [("F208", False), ("F106", True)]
    assert reading.unreadable
    assert f"{units:,} 个单位" in reading.findings[1].message


def test_a_summary_of_as_many_units_as_may_be_is_laid_out() -> None:
    reading = read(summary(MAX_CELLS // len(FORM.items)), (FORM,))
    assert "F106" not in [found.code for found in reading.findings]


def test_layouts_of_summaries_and_their_shapes_are_forgotten() -> None:
    sheets = []
    for units in range(1, 9):
        layout = compile_layout(FORM, Kind.WORKING, units)
        assert compile_layout(FORM, Kind.WORKING, units) is layout
        assert shape_of(layout.sheets[-2]) is shape_of(layout.sheets[-2])
        sheets.append(weakref.ref(layout.sheets[-2]))
    del layout
    gc.collect()
    assert sum(sheet() is not None for sheet in sheets) <= 2


def test_layouts_of_units_are_kept() -> None:
    for kind in (Kind.UNIT, Kind.TABLES):
        assert compile_layout(FORM, kind) is compile_layout(FORM, kind)


def test_only_short_texts_are_remembered() -> None:
    for key, remembered in ((label_key, _label_key), (formula_key, _formula_key)):
        before = remembered.cache_info().misses
        assert key(" a" * 16_000) == key(" a" * 16_000)
        assert remembered.cache_info().misses == before
        key("一、a letter that nobody wrote before")
        assert remembered.cache_info().misses == before + 1
    for cell in (cell for sheet in compile_layout(FORM).sheets for cell in sheet.cells):
        assert len(cell.content) <= 2_500


@pytest.mark.parametrize("rows", [row('<c r="A1"><f t="array" ref="A1:XFD1048576">1</f></c>'), sharing()])
def test_thirty_sheets_are_read_in_the_time_of_a_file(rows: str) -> None:
    data = beside(rows, 30)(0)
    start = time.process_time()
    intake = taken(data)
    assert time.process_time() - start < 10
    assert [found.code for found in intake.findings].count("S104") == 30
