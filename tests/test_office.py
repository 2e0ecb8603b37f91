"""Our workbooks in LibreOffice: opened, recalculated from nothing, saved, and read back the same."""

from __future__ import annotations

import io
import random
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import added, done, form_of, forms, office_row, random_values, roster_file, unit_row, workbook
from office import convert, needs_office, without_results
from rounds import Few, Part, Round, unit

from xls_report.reader import read
from xls_report.settings import Settings

pytestmark = [pytest.mark.office, needs_office]


@dataclass(frozen=True)
class Office:
    """Workbooks as we wrote them and as LibreOffice saved them after calculating every formula anew."""

    ours: dict[str, bytes]
    theirs: dict[str, bytes]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    made: dict[str, Path] = {}
    for year in (2025, 2020):
        rng = random.Random(year)
        values = random_values(form_of(year), rng)
        made[f"filled-{year}"] = workbook(folder / f"filled-{year}.xlsx", year, ("001", "区教育局"), values)
        broken: dict[str, Any] = {**values, "t3.new.person": int(values["t3.new.person"]) + 3}
        broken |= {"t2.regulation.in_force" if year == 2025 else "t2.regulation.made": 1, "t4.review.upheld": None}
        made[f"broken-{year}"] = workbook(folder / f"broken-{year}.xlsx", year, ("001", "区教育局"), broken)
        zero = frozenset({"t2", "t3", "t4"})
        made[f"zero-{year}"] = workbook(folder / f"zero-{year}.xlsx", year, ("001", "甲"), {}, zero_report=zero)
    roster = roster_file(folder / "blank.csv", [unit_row("001", "区教育局")])
    done("issue", 2025, roster, "-o", folder / "blank")
    made["blank-2025"] = next((folder / "blank").glob("*.xlsx"))
    codes = [f"{n:03}" for n in range(1, 61)]
    roster = roster_file(folder / "r.csv", [office_row(), *(unit_row(code) for code in codes)])
    for code in codes:
        values = random_values(form_of(2025), random.Random(code))
        workbook(folder / "in" / f"{code}.xlsx", 2025, (code, f"第{code}单位"), values)
    made["summary-2025"] = folder / "sum" / "summary-2025.xlsx"
    done("merge", folder / "in", "--roster", roster, "-o", made["summary-2025"])
    ours = {name: path.read_bytes() for name, path in made.items()}
    for year in (2025, 2020):
        ours[f"pages-{year}"], ours[f"upward-{year}"] = _summary(year)
    (folder / "office").mkdir()
    return Office(ours, convert(folder / "office", {name: without_results(data) for name, data in ours.items()}))


def _summary(year: int) -> tuple[bytes, bytes]:
    """Working paper and 上报稿 of seventeen units in groups whose names begin alike, beside last year's figures."""
    amount = "t2.fee.amount" if year == 2025 else "t2.procurement.amount"
    parts = []
    for n in range(17):
        who = unit(f"{n + 1:03}", f"第{n}单位", ("区直", "乡镇", "区直属事业单位", "01", "")[n % 5])
        carried = {"t3.new.person": n, "t3.granted.person": n + 2, "t3.carried_in.person": 2}
        now: Few = {**carried, amount: "1000000.1", "t4.review.other": n}
        last: Few = {"t3.new.person": 3, "t3.granted.person": 1, "t3.carried_out.person": 2, amount: "1000000.000001"}
        parts.append(Part(who, now, last))
    made = Round(tuple(parts), year=year, settings=Settings(below=("乡镇", "01")))
    assert made.merged.account.last_year is not None
    return made.working, made.upward


FILLED = ["filled-2025", "filled-2020", "broken-2025", "broken-2020", "zero-2025", "zero-2020", "summary-2025"]
SUMMARIES = ["pages-2025", "pages-2020", "upward-2025", "upward-2020"]


def _results(data: bytes, formulas: dict[tuple[str, str], str]) -> dict[tuple[str, str], object]:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    found = {(sheet, cell): book[sheet][cell].value for sheet, cell in formulas}
    book.close()
    return found


def _formulas(data: bytes) -> dict[tuple[str, str], str]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    found = {
        (sheet.title, cell.coordinate): str(cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    book.close()
    return found


def _plain(value: object) -> object:
    if isinstance(value, bool) or value is None or value == "":
        return None
    if isinstance(value, int | float):
        return Fraction(f"{value:.15g}")
    return value


@pytest.mark.parametrize("name", [*FILLED, *SUMMARIES])
def test_every_formula_recalculated_by_libreoffice_gives_the_result_we_stored(office: Office, name: str) -> None:
    formulas = _formulas(office.ours[name])
    assert len(formulas) > 50
    ours, theirs = _results(office.ours[name], formulas), _results(office.theirs[name], formulas)
    assert any(value not in (None, "") for value in theirs.values())
    if name.startswith("broken"):  # a total with a blank part: SUM shows the rest, we store nothing rather than that
        assert _plain(ours.pop(("表四 复议诉讼", "E5"))) is None
        del formulas["表四 复议诉讼", "E5"]
    wrong = [
        f"{sheet}!{cell} {formulas[sheet, cell]}: {ours[sheet, cell]!r} / {theirs[sheet, cell]!r}"
        for sheet, cell in formulas
        if _plain(ours[sheet, cell]) != _plain(theirs[sheet, cell])
    ]
    assert not wrong, wrong[:5]


@pytest.mark.parametrize("year", [2025, 2020])
def test_the_pages_of_a_summary_show_the_figures_we_stored(office: Office, year: int) -> None:
    """Each page has formulas, and LibreOffice's own results are told one by one for what the leader reads."""
    formulas = _formulas(office.ours[f"pages-{year}"])
    counted = Counter(sheet for sheet, _ in formulas)
    items = len(form_of(year).items)
    # 21 lines and their changes; three charts of lines, fifteen bars and the rest; all, own level and five groups
    assert (counted["汇总概况"], counted["图表"], counted["分组小计"]) == (42, 4 + 6 + 6 + 16, 7 * items)
    theirs = _results(office.theirs[f"pages-{year}"], formulas)
    for sheet in ("汇总概况", "图表", "分组小计"):
        assert all(isinstance(value, int | float) for (where, _), value in theirs.items() if where == sheet)
    book = openpyxl.load_workbook(io.BytesIO(office.theirs[f"pages-{year}"]), data_only=True)
    lines = {str(row[0].value): [c.value for c in row[1:4]] for row in book["汇总概况"].iter_rows(max_col=4)}
    assert lines["本年新收（件）"] == [136, 51, 85]
    (money,) = (values for label, values in lines.items() if label.endswith("（万元）"))
    assert money == [17000001.7, 17000000.000017, 1.699983]
    book.close()


def _conclusion(data: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    text = " ".join(str(c.value) for row in book["封面"].iter_rows() for c in row if c.value is not None)
    book.close()
    return text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("blank-2025", ["还有 166 格未填"]),
        ("broken-2025", ["还有 1 格未填", "处勾稽关系不平"]),
        ("broken-2020", ["还有 1 格未填", "处勾稽关系不平"]),
        ("filled-2025", ["自查通过，可以报送"]),
        ("filled-2020", ["自查通过，可以报送"]),
        ("zero-2025", ["自查通过，可以报送"]),
    ],
)
def test_the_verdict_of_the_cover_as_the_clerk_sees_it(office: Office, name: str, words: list[str]) -> None:
    text = _conclusion(office.theirs[name])
    for word in words:
        assert word in text


@pytest.mark.parametrize("name", ["filled-2025", "filled-2020", "zero-2025", "zero-2020", "summary-2025", *SUMMARIES])
def test_what_libreoffice_saved_is_accepted_with_the_same_figures(office: Office, name: str, tmp_path: Path) -> None:
    before, after = read(office.ours[name], forms()), read(office.theirs[name], forms())
    assert before.submission is not None
    assert after.submission is not None
    assert after.submission.figures == before.submission.figures
    assert after.submission.unit == before.submission.unit
    assert after.submission.year == before.submission.year
    assert after.submission.zero_report == before.submission.zero_report
    assert [c.unit for c in after.submission.covers] == [c.unit for c in before.submission.covers]
    told = [f"{f.code} {f.message}" for f in after.findings if f.code not in {b.code for b in before.findings}]
    assert not told
    path = tmp_path / "x.xlsx"
    path.write_bytes(office.theirs[name])
    assert done("check", path, "--format", "json").json["files"][0]["outcome"] == "accepted"


@pytest.mark.parametrize("name", ["broken-2025", "broken-2020", "blank-2025"])
def test_what_was_wrong_is_found_just_the_same(office: Office, name: str) -> None:
    before, after = read(office.ours[name], forms()), read(office.theirs[name], forms())
    assert {(f.code, f.cells) for f in after.findings} == {(f.code, f.cells) for f in before.findings}


def test_the_summary_of_sixty_units_in_libreoffice_is_the_independent_sum(office: Office) -> None:
    values = [random_values(form_of(2025), random.Random(f"{n:03}")) for n in range(1, 61)]
    due = added(form_of(2025), values)
    explained = done("explain", 2025, "--format", "json").json
    book = openpyxl.load_workbook(io.BytesIO(office.theirs["summary-2025"]), data_only=True)
    for table in explained["tables"]:
        for item in table["items"]:
            stored = book[item["sheet"]][item["cell"]].value
            assert _plain(stored) == _plain(float(due[item["id"]])), item["id"]
    book.close()
