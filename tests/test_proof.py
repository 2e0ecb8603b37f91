"""A summary that is too large for the reader is proven row by row: whatever is changed in its bytes is noticed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from acts import parts_of
from desk import done, office_row, random_values, roster_file
from ooxml import pack
from support import filled, form_of, taken, workbook

from xls_report import merge as merging
from xls_report.collect import collect
from xls_report.faults import SelfCheckError
from xls_report.layout import Kind
from xls_report.merge import (
    MOST_BELOW,
    MOST_UNITS,
    Merged,
    merge,
    readd,
    too_many_below,
    verify,
    write_merged,
)
from xls_report.package.refusal import MAX_CELLS
from xls_report.plan import compile_layout
from xls_report.reader import read, read_around
from xls_report.roster import Roster, RosterUnit
from xls_report.submission import Cover, Unit
from xls_report.writer import write

YEAR, UNITS = 2025, 5
Change = Callable[[str], str]


@cache
def made() -> tuple[Merged, bytes]:
    form = form_of(YEAR)
    units = [RosterUnit(f"{n:03}", f"第{n}&<单位>_x0041_", group="区直" if n % 2 else "镇街") for n in range(UNITS)]
    intakes = []
    for unit in units:
        own = replace(filled(YEAR, unit=unit.unit), values=random_values(form, random.Random(unit.code)))
        intakes.append(taken(workbook(own), f"{unit.code}.xlsx"))
    found = merge(collect(Roster(tuple(units), RosterUnit("D1", "某区")), intakes))
    assert found is not None
    return found, write_merged(found)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> tuple[Merged, bytes]:
    """The summary, where the reader would take none of its rows."""
    found, data = made()

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(merging, "read", never)
    return found, data


def part_of(data: bytes, sheet: str) -> str:
    names = re.findall(r'<sheet name="([^"]*)"', parts_of(data)["xl/workbook.xml"].decode())
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def changed(data: bytes, sheet: str, change: Change) -> bytes:
    parts = parts_of(data)
    name = part_of(data, sheet)
    before = parts[name].decode()
    after = change(before)
    assert after != before
    return pack({**parts, name: after.encode()})


def row(text: str, number: int) -> str:
    found = re.search(rf'<row r="{number}".*?</row>', text)
    assert found
    return found[0]


def more(match: re.Match[str]) -> str:
    return f"{match[1]}{int(match[2]) + 1}{match[3]}"


def in_row(number: int, pattern: str, new: str | Callable[[re.Match[str]], str]) -> Change:
    def change(text: str) -> str:
        old = row(text, number)
        return text.replace(old, re.sub(pattern, new, old, count=1))

    return change


def swapped(text: str) -> str:
    """Two units' rows, each with the number of the other's."""
    one, two = row(text, 4), row(text, 5)
    moved = [re.sub(rf'((?:r="|[(:,])[A-Z]*){a}(?=[":,)])', rf"\g<1>{b}", r) for r, a, b in ((one, 4, 5), (two, 5, 4))]
    return text.replace(one + two, moved[1] + moved[0])


CHANGES: dict[str, tuple[str, Change]] = {
    "a figure": ("明细三", in_row(4, r'(<c r="F4" s="\d+"><v>)(\d+)(<)', more)),
    "a figure gone": ("明细三", in_row(4, r'(<c r="F4" s="\d+")><v>\d+</v></c>', r"\1/>")),
    "a figure as text": ("明细三", in_row(4, r'(<c r="F4" s="\d+")><v>(\d+)</v>', r'\1 t="str"><v>\2</v>')),
    "a figure by another's digits": ("明细三", in_row(4, r'(<c r="F4" s="\d+"><v>)\d', r"\1٣")),
    "the total of a row": ("明细四", in_row(7, r'(<c r="J7" s="\d+"><f>[^<]*</f><v>)(\d+)(<)', more)),
    "the formula of a row": ("明细四", in_row(7, r"<f>SUM\(F7:I7\)", "<f>SUM(F7:H7)")),
    "the formula of another row": ("明细四", in_row(7, r"<f>SUM\(F7:I7\)", "<f>SUM(F6:I6)")),
    "a formula by its value": ("明细四", in_row(7, r"<f>SUM\(F7:I7\)</f>", "")),
    "a row lost": ("明细二", lambda text: text.replace(row(text, 5), "")),
    "the last row lost": ("明细二", lambda text: text.replace(row(text, 7), "")),
    "a row twice": ("明细二", lambda text: text.replace(row(text, 5), row(text, 5) * 2)),
    "a row more": ("明细二", lambda text: text.replace(row(text, 7), row(text, 7) + row(text, 7).replace('7"', '8"'))),
    "an empty row more": ("明细二", lambda text: text.replace("</sheetData>", '<row r="8"/></sheetData>')),
    "rows in another order": (
        "明细二",
        lambda text: text.replace(row(text, 5) + row(text, 6), row(text, 6) + row(text, 5)),
    ),
    "units that change places": ("明细三", swapped),
    "the name of a unit": ("明细二", in_row(6, "第3", "第4")),
    "the code of a unit": ("明细二", in_row(6, "<t>003<", "<t>004<")),
    "a cell moved": ("明细三", in_row(4, 'r="F4"', 'r="E4"')),
    "a cell more": ("明细三", in_row(4, "</row>", '<c r="IV4"><v>1</v></c></row>')),
    "a head": ("明细三", in_row(2, r'(<c r="F2" s="\d+" t="s"><v>)(\d+)(<)', more)),
    "a sum's formula": ("表四 复议诉讼", lambda text: text.replace(f"F3:F{UNITS + 2})", f"F3:F{UNITS + 1})", 1)),
    "a sum's result": ("表四 复议诉讼", lambda text: re.sub(r"(F3:F7\)</f><v>)(\d+)(<)", more, text, count=1)),
    "the hidden sheet": ("表样标识", lambda text: text.replace("<t>003<", "<t>009<", 1)),
}


def test_the_summary_as_written_is_proven(large: tuple[Merged, bytes]) -> None:
    merged, data = large
    verify(data, merged, merged.submission)


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_is_changed_is_noticed(name: str, large: tuple[Merged, bytes]) -> None:
    merged, data = large
    sheet, change = CHANGES[name]
    with pytest.raises(SelfCheckError):
        verify(changed(data, sheet, change), merged, merged.submission)


def test_the_reader_takes_the_same_from_the_whole_file() -> None:
    """The proof and the reading are two opinions of one file."""
    merged, data = made()
    reading = read(data, (merged.submission.form,))
    assert reading.submission is not None
    assert not [found for found in reading.findings if found.blocks]
    assert [cover.values for cover in reading.submission.covers] == [c.values for c in merged.submission.covers]


def test_figures_that_are_not_the_units_are_noticed(large: tuple[Merged, bytes]) -> None:
    """The bytes are held against the submission, and this against the files."""
    merged, data = large
    s: Any = merged.submission
    ident = next(iter(s.values))
    other = replace(s, values={**s.values, ident: s.values[ident] + 1})
    with pytest.raises(SelfCheckError, match="汇总数"):
        verify(data, merged, other)


def test_readding_is_the_sum_of_the_files() -> None:
    merged, _ = made()
    again = readd(merged.collection, merged.submission.form)
    for ident, value in again.items():
        due: Any = 0
        for _, intake in merged.collection.included:
            assert intake.submission is not None
            due += intake.submission.figures[ident]
        assert value == due, ident


def test_a_unit_of_the_roster_keeps_its_name() -> None:
    assert made()[0].submission.covers[2].unit == Unit("002", "第2&<单位>_x0041_")


# --- how many there may be ---------------------------------------------------------------------------------------


def test_more_units_than_fit_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    rows = [office_row(), *({"代码": f"{n:05}", "名称": f"第{n}单位"} for n in range(MOST_UNITS + 1))]
    roster = roster_file(tmp_path / "r.csv", rows)
    out = tmp_path / "m.xlsx"
    found = done("merge", tmp_path / "没有这个目录", "--roster", roster, "-o", out, status=2)
    assert "计入汇总的有 10,001 家，一份汇总表最多 10,000 家。请分级汇总" in found.err
    assert not out.exists()
    roster_file(tmp_path / "r.csv", rows[:-1])
    found = done("merge", tmp_path / "没有这个目录", "--roster", roster, "-o", out, status=3)
    assert "分级汇总" not in found.err


def test_more_units_below_than_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    collection = made()[0].collection
    assert too_many_below(collection) == ""
    unit, intake = collection.included[0]
    assert intake.submission is not None
    part = Cover(Unit("x", "县"), covers=(Cover(Unit("y", "乡")),))
    deep = replace(intake, submission=replace(intake.submission, covers=(part,)))
    more_below = replace(collection, included=((unit, deep), *collection.included[1:]))
    monkeypatch.setattr(merging, "MOST_BELOW", UNITS + 2)
    assert too_many_below(more_below) == ""
    monkeypatch.setattr(merging, "MOST_BELOW", UNITS + 1)
    assert "连同下级一共汇总了 7 家，一份汇总表最多列 6 家。请分级汇总" in too_many_below(more_below)


def test_what_goes_up_is_read_for_as_many_units_as_there_may_be() -> None:
    form = form_of(YEAR)
    covers = tuple(Cover(Unit(f"u{n:05}", f"第{n}单位")) for n in range(MOST_BELOW))
    submission = replace(filled(YEAR, unit=Unit("D1", "某市")), covers=covers, cover={})
    reading = read(write(compile_layout(form, Kind.UPWARD), submission), (form,))
    assert [f.code for f in reading.findings if f.blocks] == []
    assert reading.submission is not None
    assert reading.submission.covers == covers
    assert reading.submission.figures == submission.figures


def test_a_working_paper_that_is_too_large_to_be_read_says_what_to_send() -> None:
    form = form_of(YEAR)
    number = MAX_CELLS // len(form.items) + 1
    values = dict.fromkeys(filled(YEAR).figures, 0)
    covers = tuple(Cover(Unit(f"u{n:05}", f"第{n}单位"), values=values) for n in range(number))
    submission = replace(filled(YEAR, unit=Unit("D1", "某市")), covers=covers, cover={})
    (found,) = read(write(compile_layout(form, Kind.WORKING, number), submission), (form,)).findings
    assert found.code == "F106"
    assert "工作底稿汇总了 1,251 个单位，读取的上限是 1,250 个" in found.message
    assert "上报稿" in found.advice


def test_a_summary_that_cannot_be_opened_is_told_as_every_file() -> None:
    reading = read_around(b"PK\x03\x04", form_of(YEAR), ())
    assert [found.code for found in reading.findings] == ["F104"]
    assert reading.unreadable
