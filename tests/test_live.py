"""The workbook's own checks: stored results, LibreOffice's recalculation and the Python checker say the same."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from fillings import FORMS, KINDS, REASON, UNIT, filling
from office import convert, needs_office, without_results

from xls_report.check import gives_reason
from xls_report.form import Form, Level
from xls_report.intake import judge
from xls_report.layout import Cell, Role, iter_cells
from xls_report.live import results
from xls_report.package import Package, RawCell, RawSheet, open_package
from xls_report.plan import compile_layout
from xls_report.submission import Submission
from xls_report.writer import write

SEEDS = range(3)
FORM = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)


def _sheets(data: bytes) -> dict[str, RawSheet]:
    package = open_package(data)
    assert isinstance(package, Package)
    read = {entry.name: package.read_sheet(entry) for entry in package.sheets}
    return {name: sheet for name, sheet in read.items() if isinstance(sheet, RawSheet)}


def _due(submission: Submission, cell: Cell, live: Mapping[tuple[str, int], object]) -> str:
    value = live.get((cell.key, cell.index)) if cell.role is not Role.TOTAL else submission.figures[cell.key]
    return "" if value is None else str(value)


def _same(there: RawCell | None, due: str) -> bool:
    text = (there.text or "") if there is not None else ""
    if there is not None and there.kind == "n" and text and due:
        return abs(Decimal(text) - Decimal(due)) <= Decimal("1e-9") * max(Decimal(1), abs(Decimal(due)))
    return text == due


def _differences(data: bytes, submission: Submission) -> list[str]:
    layout = compile_layout(submission.form)
    sheets, live = _sheets(data), dict(results(layout, submission))
    found = []
    for sheet, cell in iter_cells(layout, Role.CHECK, Role.TITLE, Role.TOTAL):
        due = _due(submission, cell, live)
        if cell.role is Role.TOTAL and submission.figures[cell.key] is None:
            continue  # a spreadsheet adds what is there; the total of an unfinished column is nobody's figure
        there = sheets[sheet.name].cells.get(cell.address)
        if not _same(there, due):
            found.append(f"{sheet.name}!{cell.address} {cell.key}: {there} != {due!r}")
    return found


@FORM
@pytest.mark.parametrize("kind", [k for k in KINDS if "blank" not in k and k != "untouched"])
def test_stored_results_are_right_in_a_viewer_that_does_not_calculate(form: Form, kind: str) -> None:
    submission = filling(form, kind, 0)
    assert _differences(write(compile_layout(form), submission), submission) == []


@FORM
def test_an_untouched_blank_stores_no_result_but_the_titles(form: Form) -> None:
    layout = compile_layout(form)
    sheets = _sheets(write(layout, Submission(form, form.years[0], UNIT)))
    for sheet, cell in iter_cells(layout, Role.CHECK, Role.TITLE, Role.TOTAL):
        there = sheets[sheet.name].cells[cell.address]
        assert there.formula is not None
        title = cell.key.startswith("title_")
        assert (there.text or "") == (form.table(sheet.id).title if title else ""), cell


@pytest.mark.office
@needs_office
def test_recalculated_checks_equal_the_python_checker(tmp_path: Path) -> None:
    books = {
        f"{form.id}-{number}-{seed}": filling(form, kind, seed)
        for form in FORMS
        for number, kind in enumerate(KINDS)
        for seed in SEEDS
        if kind != "untouched"
    }
    files = {name: without_results(write(compile_layout(s.form), s)) for name, s in books.items()}
    recalculated = convert(tmp_path, files)
    for name, submission in books.items():
        assert _differences(recalculated[name], submission) == [], name


@pytest.mark.office
@needs_office
def test_the_cover_of_a_blank_counts_what_is_missing(tmp_path: Path) -> None:
    files = {f.id: write(compile_layout(f), Submission(f, f.years[0], UNIT)) for f in FORMS}
    for form in FORMS:
        assert len(form.inputs) == 166
    recalculated = convert(tmp_path, {name: without_results(data) for name, data in files.items()})
    for data in recalculated.values():
        verdict = _sheets(data)["封面"].cells["B7"]
        assert verdict.text == "暂不能报送：还有 166 格未填（点此查看第一处）"


@FORM
@pytest.mark.parametrize("kind", [k for k in KINDS if k != "untouched"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_cover_lets_pass_exactly_what_the_checker_accepts(form: Form, kind: str, seed: int) -> None:
    submission = filling(form, kind, seed)
    layout = compile_layout(form)
    data = write(layout, submission)
    intake = judge(Path("book.xlsx"), "", data, FORMS)
    verdict = results(layout, submission)["conclusion", 0]
    levels = {found.level for found in intake.findings}
    if Level.ERROR in levels:
        assert str(verdict).startswith("暂不能报送：")
    elif Level.EXPLAIN in levels:
        assert str(verdict).startswith("须写明情况：")
    else:
        assert verdict == "自查通过，可以报送"
        assert intake.outcome == "accepted"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (REASON, True),
        ("上年多计两件，今年更正", True),
        ("核实无误", False),
        ("核实无误，情况属实。已核实，无误。", False),
        ("无", False),
        ("已核实情况属实无误同上多计", False),
        ("                    ", False),
        ("上年多计一件", False),
        ("", False),
    ],
)
def test_what_gives_a_reason(text: str, reason: bool) -> None:
    assert gives_reason(FORMS[0], text) is reason
