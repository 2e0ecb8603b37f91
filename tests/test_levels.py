"""Levels: a town, its district and the city add up with the same command, and every figure can be followed down."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from desk import added, done, fractions, hashes, office_row, roster_file, run, unit_row, with_totals
from desk import workbook as written
from hypothesis import given, settings
from hypothesis import strategies as st
from twoyears import FORM, YEAR, Values, figures


@dataclass(frozen=True)
class Node:
    """A unit by itself, or an office with those whose workbooks it adds up."""

    code: str
    parts: tuple[Node, ...] = ()

    @property
    def name(self) -> str:
        return f"临江{self.code}（虚构）"

    def units(self) -> Iterator[str]:
        """Codes of the units at the bottom, in order."""
        for part in self.parts:
            yield from part.units()
        if not self.parts:
            yield self.code

    def all(self) -> Iterator[Node]:
        yield self
        for part in self.parts:
            yield from part.all()


def _office(code: str, *parts: Node | str) -> Node:
    return Node(code, tuple(Node(part) if isinstance(part, str) else part for part in parts))


CITY = _office(
    "C",
    _office("D1", _office("T11", "111", "112", "113"), _office("T12", "121", "122"), "131", "132"),
    _office("D2", _office("T21", "211", "212"), "231"),
    "31",
    "32",
)
VALUES = {code: figures(Random(f"level {code}")) for code in CITY.units()}


@dataclass(frozen=True)
class Place:
    """Folders of every office, and the workbook that each of them sent up."""

    folder: Path

    def inbox(self, office: Node) -> Path:
        return self.folder / office.code / "收件"

    def sent(self, node: Node, above: Node) -> Path:
        """A node's workbook as it lies with the office above it."""
        return self.inbox(above) / f"{node.code}{node.name}.xlsx"

    def out(self, office: Node) -> Path:
        return self.folder / office.code / "汇总.xlsx"

    def roster(self, office: Node) -> Path:
        rows = [office_row(office.code, office.name), *(unit_row(part.code, part.name) for part in office.parts)]
        return roster_file(self.folder / office.code / "名单.csv", rows)

    def add_up(self, office: Node, *more: str, status: int = 0) -> Any:
        """`merge` of what lies with an office."""
        options = ("--roster", self.roster(office), "-o", self.out(office), "--format", "json", *more)
        return done("--force", "merge", self.inbox(office), *options, status=status).json

    def build(self, office: Node, values: Mapping[str, Values]) -> dict[str, Any]:
        """Everybody below reports, from the bottom up; what each office's `merge` said, by its code."""
        said: dict[str, Any] = {}
        for part in office.parts:
            if part.parts:
                said |= self.build(part, values)
                self.inbox(office).mkdir(parents=True, exist_ok=True)
                shutil.copy(self.out(part), self.sent(part, office))
            else:
                written(self.sent(part, office), YEAR, (part.code, part.name), values[part.code])
        return {**said, office.code: self.add_up(office)}


def _reached(covers: list[Any]) -> list[str]:
    """Codes of those at the bottom of the covers."""
    found: list[str] = []
    for cover in covers:
        found += _reached(cover["covers"]) if "covers" in cover else [cover["code"]]
    return found


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, dict[str, Any]]:
    place = Place(tmp_path_factory.mktemp("levels"))
    return place, place.build(CITY, VALUES)


def test_each_level_is_the_sum_of_everyone_below(three: tuple[Place, dict[str, Any]]) -> None:
    _, said = three
    offices = [node for node in CITY.all() if node.parts]
    assert list(said) == ["T11", "T12", "D1", "T21", "D2", "C"]
    for office in offices:
        found = said[office.code]
        assert fractions(found["values"]) == added(FORM, [VALUES[code] for code in office.units()])
        assert (found["complete"], found["findings"]) == (True, [])
        assert found["unit"] == {"code": office.code, "name": office.name}
        assert [cover["code"] for cover in found["covers"]] == [part.code for part in office.parts]
        assert _reached(found["covers"]) == list(office.units())


# Any grouping.

_EIGHT = {f"{n:03}": figures(Random(f"grouping {n}")) for n in range(1, 9)}


def _random_tree(codes: list[str], rng: Random, name: str = "A") -> Node:
    """The units in any order, in groups within groups, some by themselves."""
    if len(codes) > 1:
        count = rng.randint(2, min(3, len(codes)))
        cuts = sorted(rng.sample(range(1, len(codes)), count - 1))
        groups = [codes[a:b] for a, b in zip([0, *cuts], [*cuts, len(codes)], strict=True)]
    else:
        groups = [codes]
    parts = []
    for n, group in enumerate(groups):
        below = f"{name}{n}"
        alone = len(group) == 1 and (name != "A" or rng.random() < 0.5)
        parts.append(Node(group[0]) if alone else _random_tree(group, rng, below))
    return Node(name, tuple(parts))


@given(st.permutations(sorted(_EIGHT)), st.integers(0, 10**6))
@settings(max_examples=6, deadline=None)
def test_any_grouping_gives_the_same(codes: list[str], seed: int) -> None:
    tree = _random_tree(codes, Random(seed))
    with TemporaryDirectory() as folder:
        said = Place(Path(folder)).build(tree, _EIGHT)["A"]
    assert fractions(said["values"]) == added(FORM, _EIGHT.values())
    assert sorted(_reached(said["covers"])) == sorted(_EIGHT)
    assert (said["complete"], said["findings"]) == (True, [])


# A correction.


def test_a_correction_in_one_town_shows_above_as_that_difference_alone(
    three: tuple[Place, dict[str, Any]], tmp_path: Path
) -> None:
    before, said = three
    place = Place(tmp_path / "again")
    shutil.copytree(before.folder, place.folder)
    untouched = hashes(place.folder / "T12") | hashes(place.folder / "D2")
    town, district = CITY.parts[0].parts[0], CITY.parts[0]
    values = dict(VALUES["112"])
    values["t3.new.company"] = int(values["t3.new.company"]) + 7
    values["t3.granted.company"] = int(values["t3.granted.company"]) + 7
    values["t2.fee.amount"] = values["t2.fee.amount"] + 1
    written(place.sent(Node("112"), town), YEAR, ("112", Node("112").name), values)
    due = {"t2.fee.amount": Fraction(1)}
    for row in ("new", "granted", "done"):
        due |= {f"t3.{row}.company": Fraction(7), f"t3.{row}.total": Fraction(7)}
    for office, above in ((town, district), (district, CITY), (CITY, None)):
        now, then = fractions(place.add_up(office)["values"]), fractions(said[office.code]["values"])
        assert {ident: now[ident] - then[ident] for ident in now if now[ident] != then[ident]} == due
        if above is not None:
            shutil.copy(place.out(office), place.sent(office, above))
    assert hashes(place.folder / "T12") | hashes(place.folder / "D2") == untouched
    back = _Trail(place.out(CITY)).rows_of("t3.granted.company")
    first = _Trail(before.out(CITY)).rows_of("t3.granted.company")
    assert {code: value - first[code] for code, value in back.items()} == {"D1": 7, "D2": 0, "31": 0, "32": 0}


# What is refused.


def _refused(place: Place, office: Node, code: str, *more: str) -> tuple[Any, list[str]]:
    """A `merge` that writes nothing, and the messages of that code."""
    place.out(office).unlink(missing_ok=True)
    found = place.add_up(office, *more, status=1)
    assert not place.out(office).exists()
    return found, [f["message"] for file in found["files"] for f in file["findings"] if f["code"] == code]


def test_a_unit_of_a_town_that_reports_to_the_district_too_is_refused_and_named(tmp_path: Path) -> None:
    district = _office("D1", _office("T11", "111", "112"), "131")
    place = Place(tmp_path)
    place.build(district, VALUES)
    twice = replace(district, parts=(*district.parts, Node("112")))
    written(place.sent(Node("112"), twice), YEAR, ("112", Node("112").name), VALUES["112"])
    found, messages = _refused(place, twice, "R206")
    assert {unit["code"] for unit in found["rejected"]} == {"T11", "112"}
    paths = "“T11 临江T11（虚构）”、“112 临江112（虚构）”"
    assert messages == [f"单位“112 临江112（虚构）”从两条途径计入：{paths}。"] * 2
    assert fractions(found["values"]) == added(FORM, [VALUES["131"]])


def test_a_unit_of_two_towns_is_refused_where_the_two_meet(tmp_path: Path) -> None:
    """Two districts above: nobody can see it but the city."""
    city = _office("C", _office("D1", _office("T11", "111", "112")), _office("D2", _office("T21", "112", "211")))
    place = Place(tmp_path)
    for district in city.parts:
        place.build(district, VALUES)
        place.inbox(city).mkdir(parents=True, exist_ok=True)
        shutil.copy(place.out(district), place.sent(district, city))
    found, messages = _refused(place, city, "R206")
    assert [unit["code"] for unit in found["rejected"]] == ["D1", "D2"]
    paths = "“D1 临江D1（虚构）”、“D2 临江D2（虚构）”"
    assert messages == [f"单位“112 临江112（虚构）”从两条途径计入：{paths}。"] * 2


@pytest.mark.parametrize("more", [(), ("--draft",)])
def test_a_draft_below_is_refused_above_and_named(more: tuple[str, ...], tmp_path: Path) -> None:
    place = Place(tmp_path)
    district = _office("D1", _office("T11", "111", "112"), "131")
    town = district.parts[0]
    place.build(district, VALUES)
    place.sent(Node("112"), town).unlink()
    place.out(town).unlink()
    assert place.add_up(town, "--draft", status=1)["missing"] == [{"code": "112", "name": "临江112（虚构）"}]
    shutil.copy(place.out(town), place.sent(town, district))
    place.out(district).unlink()
    found = place.add_up(district, *more, status=1)
    assert place.out(district).exists() is bool(more)
    assert found["rejected"] == [{"code": "T11", "name": "临江T11（虚构）"}]
    (file,) = (file for file in found["files"] if file["unit"] and file["unit"]["code"] == "T11")
    assert file["outcome"] == "rejected"
    assert [(f["code"], f["level"], f["message"]) for f in file["findings"]] == [
        ("F210", "error", "这是阶段汇总（未收齐），不是收齐的汇总表。")
    ]
    assert fractions(found["values"]) == added(FORM, [VALUES["131"]])
    text = run("--force", "merge", place.inbox(district), "--roster", place.roster(district), "-o", place.out(district))
    assert "退回修改：T11 临江T11（虚构）。" in text.text


# Following a figure.

_SUM = re.compile(r"=SUM\((.+)\)")
_SPAN = re.compile(r"(?:'?([^'!]+)'?!)?([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?")


class _Trail:
    """A workbook opened by another program: its formulas are followed by hand, its stored results are not looked at."""

    def __init__(self, path: Path) -> None:
        self.path, self.book = path, openpyxl.load_workbook(path)
        self.where = {
            item["id"]: (item["sheet"], item["cell"])
            for table in done("explain", YEAR, "--format", "json").json["tables"]
            for item in table["items"]
        }
        self.seen: set[tuple[str, str]] = set()

    @property
    def covers(self) -> bool:
        return "汇总概况" in self.book.sheetnames

    def figure(self, ident: str) -> Fraction:
        """An item by its formula, through every formula below."""
        return self.value(*self.where[ident])

    def value(self, sheet: str, cell: str) -> Fraction:
        content = self.book[sheet][cell].value
        if not isinstance(content, str):
            assert isinstance(content, int | float), (self.path.name, sheet, cell, content)
            return Fraction(repr(content))
        match = _SUM.fullmatch(content)
        assert match, (self.path.name, sheet, cell, content)
        parts = [span for text in match[1].split(",") for span in self._span(sheet, text)]
        return sum((self.value(*part) for part in parts), Fraction(0))

    def _span(self, sheet: str, text: str) -> list[tuple[str, str]]:
        match = _SPAN.fullmatch(text)
        assert match, text
        name = match[1] or sheet
        last = f"{match[4] or match[2]}{match[5] or match[3]}"
        box = self.book[name][f"{match[2]}{match[3]}:{last}"]
        self.seen |= {(name, cell.coordinate) for row in box for cell in row}
        return [(name, cell.coordinate) for row in box for cell in row]

    def rows(self, ident: str) -> list[tuple[str, str, str, Fraction]]:
        """Code, file name, fingerprint and figure of each row that a filled-in item's formula runs over."""
        sheet, cell = self.where[ident]
        match = _SUM.fullmatch(str(self.book[sheet][cell].value))
        assert match, (ident, self.book[sheet][cell].value)
        spans = self._span(sheet, match[1])
        assert {name for name, _ in spans} == {f"明细{sheet[1]}"}
        found = []
        for name, address in spans:
            row = self.book[name][address].row
            code, file, mark = (str(self.book[name].cell(row, column).value) for column in (1, 4, 5))
            found.append((code, file, mark, self.value(name, address)))
        return found

    def rows_of(self, ident: str) -> dict[str, Fraction]:
        return {code: value for code, _, _, value in self.rows(ident)}


def _followed(place: Place, office: Node, trail: _Trail) -> dict[str, Fraction]:
    """Every item of an office's workbook, added by hand from the bottom; every step of the way is held against it."""
    filled = [item.id for item in FORM.inputs]
    below: dict[str, dict[str, Fraction]] = {}
    files: dict[str, tuple[str, str]] = {}
    for ident in filled:
        for code, file, mark, _ in trail.rows(ident):
            assert files.setdefault(code, (file, mark)) == (file, mark)
    assert list(files) == [part.code for part in office.parts]
    for part in office.parts:
        file, mark = files[part.code]
        path = place.inbox(office) / file
        assert len(mark) == 12
        assert hashlib.sha256(path.read_bytes()).hexdigest().startswith(mark)
        lower = _Trail(path)
        assert lower.covers is bool(part.parts)
        below[part.code] = _followed(place, part, lower) if part.parts else _read(lower)
    for ident in filled:
        assert trail.rows_of(ident) == {code: items[ident] for code, items in below.items()}, (office.code, ident)
    by_hand = {ident: sum((items[ident] for items in below.values()), Fraction(0)) for ident in trail.where}
    assert {ident: trail.figure(ident) for ident in trail.where} == by_hand
    trail.book.close()
    return by_hand


def _read(lower: _Trail) -> dict[str, Fraction]:
    """A unit's workbook: the figures typed in, and its totals by their formulas."""
    found = {ident: lower.figure(ident) for ident in lower.where}
    lower.book.close()
    return found


def test_every_figure_of_the_city_can_be_followed_to_the_units_workbooks(
    three: tuple[Place, dict[str, Any]],
) -> None:
    place, _ = three
    found = _followed(place, CITY, _Trail(place.out(CITY)))
    due: dict[str, Fraction] = {}
    for values in VALUES.values():
        for ident, value in with_totals(FORM, values).items():
            due[ident] = due.get(ident, Fraction(0)) + value
    assert found == due
    assert len(found) == len(FORM.items)
