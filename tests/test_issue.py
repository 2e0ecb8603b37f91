"""Blanks of a roster: one rendering for all, each what rendering gives, in any process, the list telling of each."""

from __future__ import annotations

import csv
import hashlib
import multiprocessing
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from fillings import FORMS

from xls_report import copies, writer
from xls_report.figure import Figure
from xls_report.heading import Measure
from xls_report.issue import LIST, Order, issue, workbook_name, write_blanks
from xls_report.layout import Kind
from xls_report.output import OutputError
from xls_report.plan import compile_layout
from xls_report.roster import Roster, RosterUnit, load_roster
from xls_report.splice import members
from xls_report.submission import Submission, Unit
from xls_report.writer import write

FORM = FORMS[-1]
YEAR = FORM.years[0] + 3
NOTHING: Mapping[str, Figure] = {}


def roster(folder: Path, units: int, flags: str = "") -> Roster:
    path = folder / "r.csv"
    rows = [f"{n:03},第{n}局&<厅>,区直,{flags if n % 3 == 0 else ''}" for n in range(1, units + 1)]
    path.write_text("\n".join(("代码,名称,分组,标志", "000,某区政府办,汇总单位,", *rows)), encoding="utf-8")
    return load_roster(path, FORM.flags)


def last_year(unit: Unit, year: int) -> dict[str, Figure] | None:
    """Figures of every other unit, and one of an item that no form has."""
    number = int(unit.code)
    if number % 2:
        return None
    assert year == YEAR - 1
    found: dict[str, Figure] = {"t9.gone": 4}
    for n, item in enumerate(FORM.items):
        if (n + number) % 5:
            found[item.id] = Decimal(n * number) / 100 if item.kind is Measure.AMOUNT else n * number
    return found


@pytest.fixture
def renderings(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A line for each workbook that XlsxWriter made."""
    found: list[str] = []
    run = writer._Writer.run

    def counting(self: writer._Writer, *arguments: object) -> bytes:
        found.append(self.submission.unit.name)
        return run(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(writer._Writer, "run", counting)
    copies._template.cache_clear()
    yield found
    copies._template.cache_clear()


def test_two_hundred_blanks_are_rendered_once(tmp_path: Path, renderings: list[str]) -> None:
    assert len(issue(FORM, YEAR, roster(tmp_path, 200), tmp_path / "out")) == 200
    assert len(renderings) == 1


def test_flags_and_last_year_make_four_patterns(tmp_path: Path, renderings: list[str]) -> None:
    issue(FORM, YEAR, roster(tmp_path, 60, FORM.flags[0]), tmp_path / "out", prior=last_year)
    assert len(renderings) == 4


@pytest.mark.parametrize("tables_only", [False, True])
def test_each_blank_is_what_rendering_gives(tables_only: bool, tmp_path: Path) -> None:
    units = roster(tmp_path, 12, FORM.flags[0])
    more = {"password": "密", "label": "第2次", "tables_only": tables_only}
    issued = issue(FORM, YEAR, units, tmp_path / "out", prior=last_year, **more)  # type: ignore[arg-type]
    layout = compile_layout(FORM, Kind.TABLES if tables_only else Kind.UNIT)
    for one in issued:
        known = {item: v for item, v in (last_year(one.unit.unit, YEAR - 1) or {}).items() if item in FORM.item}
        facts = {"flags": one.unit.flags, "label": "第2次", "issuer": "某区政府办"}
        due = Submission(FORM, YEAR, one.unit.unit, FORM.prefilled(known), prior=known, **facts)  # type: ignore[arg-type]
        ours, theirs = members(one.path.read_bytes()), members(write(layout, due, password="密"))
        assert [(part.name, part.content) for part in ours] == [(part.name, part.content) for part in theirs]
        assert one.prior == bool(known)


def test_the_list_tells_of_the_bytes_that_were_written(tmp_path: Path) -> None:
    issued = issue(FORM, YEAR, roster(tmp_path, 5), tmp_path / "out")
    rows = list(csv.DictReader((tmp_path / "out" / LIST).read_text(encoding="utf-8-sig").splitlines()))
    assert [row["文件"] for row in rows] == [one.path.name for one in issued]
    for row, one in zip(rows, issued, strict=True):
        data = (tmp_path / "out" / row["文件"]).read_bytes()
        assert row["SHA-256"] == one.sha256 == hashlib.sha256(data).hexdigest()


def _tree(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_bytes_again_and_in_other_processes(tmp_path: Path) -> None:
    units = roster(tmp_path, 12, FORM.flags[0])
    issued = issue(FORM, YEAR, units, tmp_path / "one", prior=last_year, password="x", force=True)
    copies._template.cache_clear()
    issue(FORM, YEAR, units, tmp_path / "two", prior=last_year, password="x")
    order = Order(FORM, YEAR, Kind.UNIT, tmp_path / "three", "x", issuer="某区政府办")
    jobs = []
    for unit in units.units:
        known = {item: v for item, v in (last_year(unit.unit, YEAR - 1) or {}).items() if item in FORM.item}
        jobs.append((unit, known))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        chunks = list(pool.map(write_blanks, [order] * 3, [jobs[:4], jobs[4:8], jobs[8:]]))
    assert [one.sha256 for chunk in chunks for one in chunk] == [one.sha256 for one in issued]
    one, two, three = (_tree(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two
    assert three == {name: data for name, data in one.items() if name != LIST}


def test_nothing_is_written_where_one_of_the_files_is_there(tmp_path: Path) -> None:
    units = roster(tmp_path, 5)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / workbook_name("004", "第4局&<厅>", YEAR)).write_bytes(b"filled")
    with pytest.raises(OutputError, match="已存在"):
        issue(FORM, YEAR, units, tmp_path / "out")
    assert list(_tree(tmp_path / "out").values()) == [b"filled"]
    issue(FORM, YEAR, units, tmp_path / "out", force=True)
    assert len(_tree(tmp_path / "out")) == 6


def test_memory_does_not_grow_with_the_roster(tmp_path: Path) -> None:
    def units(count: int) -> Callable[[], Iterator[tuple[RosterUnit, Mapping[str, Figure]]]]:
        return lambda: ((RosterUnit(f"{n:05}", f"第{n}局"), NOTHING) for n in range(count))

    peaks = []
    for name, count in (("warm", 200), ("few", 200), ("many", 600)):
        tracemalloc.start()
        write_blanks(Order(FORM, YEAR, Kind.UNIT, tmp_path / name), units(count)())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] - peaks[1] < 400 * 2_000  # what is kept of a unit is its name and digest, not 36 KB
