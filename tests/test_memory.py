"""What is remembered from file to file stays small, whatever the files are."""

from __future__ import annotations

import pytest
from desk import form_of
from hostile_base import YEAR
from hostile_own import summary

from xls_report import reader
from xls_report.package.refusal import MAX_CELLS
from xls_report.reader import read

FORM = form_of(YEAR)


@pytest.mark.parametrize("units", [3_900, MAX_CELLS // len(FORM.items) + 1])
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
