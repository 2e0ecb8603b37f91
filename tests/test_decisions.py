"""Rosters kept in a workbook, and what the district decided about single units (处理记录)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from acts import perform
from desk import done, fractions, run
from support import FORMS, filled, zero_workbook
from support import workbook as written

from xls_report.checksum import checksum
from xls_report.plan import compile_layout
from xls_report.roster import RosterError, load_roster
from xls_report.submission import Unit

LAYOUT = compile_layout(FORMS[-1])
HEADS = ["单位代码", "处理", "文件名或校验码", "原因", "批准人", "日期"]
UNITS = [["000", "某区人民政府", "汇总单位"], ["004", "区财政局", ""], ["005", "区教育局", ""]]


def roster_book(path: Path, decided: list[list[Any]], units: list[list[Any]] | None = None) -> Path:
    """The roster of three as a workbook, with a sheet 处理记录."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "单位名单"
    for row in [["代码", "名称", "分组"], *(units or UNITS)]:
        page.append(row)
    page = book.create_sheet("处理记录")
    for row in [HEADS, *decided]:
        page.append(row)
    book.save(path)
    return path


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """004 sent two that pass and differ, 005 one with two blanks."""
    folder = tmp_path / "收件"
    folder.mkdir()
    for name, number in (("甲.xlsx", 10), ("乙.xlsx", 11)):
        figures = {"t3.new.person": number, "t3.granted.person": number}
        (folder / name).write_bytes(written(filled(2025, figures)))
    other = written(filled(2025, {"t4.review.upheld": 2}, unit=Unit("005", "区教育局")))
    blank = {"do": "blank", "cells": ["t2.licence.decisions", "t2.fee.amount"]}
    (folder / "005.xlsx").write_bytes(perform(other, LAYOUT, blank))
    return folder


def merged(inbox: Path, decided: list[list[Any]], status: int = 0) -> Any:
    roster = roster_book(inbox.parent / "名单.xlsx", decided)
    out = inbox.parent / "汇总.xlsx"
    return done("--force", "merge", inbox, "--roster", roster, "-o", out, "--format", "json", status=status).json


TAKE = ["004", "采用此份", "乙.xlsx", "后报的是更正", "分管领导", "2026-01-20"]
ZERO = ["005", "电话核实空格为0", "", "与填报人核实", "分管领导", "2026-01-20"]


def test_without_decisions_nothing_is_decided(inbox: Path) -> None:
    found = merged(inbox, [], status=1)
    assert [unit["code"] for unit in found["conflicts"]] == ["004"]
    assert [unit["code"] for unit in found["rejected"]] == ["005"]


@pytest.mark.parametrize("which", ["乙.xlsx", "乙", "code", "sha256"])
def test_the_decided_copy_counts(which: str, inbox: Path) -> None:
    figures = {"t3.new.person": 11, "t3.granted.person": 11}
    if which == "code":
        s = filled(2025, figures)
        which = "-".join(checksum(s.form, table, s.figures) for table in s.form.tables)
    elif which == "sha256":
        files = done("check", inbox, "--format", "json", status=1).json["files"]
        which = next(file["sha256"][:12] for file in files if file["file"].endswith("乙.xlsx"))
    found = merged(inbox, [[*TAKE[:2], which, *TAKE[3:]], ZERO])
    assert found["values"]["t3.new.person"] == 11
    assert found["complete"] is True


def test_blanks_that_were_confirmed_are_zero_and_named(inbox: Path) -> None:
    found = merged(inbox, [TAKE, ZERO])
    assert fractions(found["values"])["t4.review.upheld"] == 2
    (file,) = [file for file in found["files"] if file["file"].endswith("005.xlsx")]
    assert file["outcome"] == "accepted"
    (told,) = file["findings"]
    assert (told["code"], told["level"], told["cells"]) == ("R212", "warning", ["B8", "B15"])
    assert "与填报人核实，批准人 分管领导，2026-01-20" in told["message"]
    assert file["values"]["t2.fee.amount"] == "0.00"


def test_the_telephone_may_mean_one_file_by_its_code(inbox: Path) -> None:
    s = filled(2025, {"t4.review.upheld": 2})
    code = "-".join(checksum(s.form, table, s.figures) for table in s.form.tables)
    assert merged(inbox, [TAKE, [*ZERO[:2], code, *ZERO[3:]]])["complete"] is True
    merged(inbox, [TAKE, [*ZERO[:2], "000000-000000-000000", *ZERO[3:]]], status=1)


@pytest.mark.parametrize(
    "act",
    [
        {"do": "type", "cell": "t2.penalty.decisions", "text": "12件"},  # another remark on the same table
        {"do": "type", "cell": "t2.regulation.issued", "number": 1},  # a relation that would fail
    ],
)
def test_blanks_are_not_zero_beside_any_other_finding(act: dict[str, Any], inbox: Path) -> None:
    path = inbox / "005.xlsx"
    path.write_bytes(perform(path.read_bytes(), LAYOUT, act))
    found = merged(inbox, [TAKE, ZERO], status=1)
    assert [unit["code"] for unit in found["rejected"]] == ["005"]
    (file,) = [file for file in found["files"] if file["file"].endswith("005.xlsx")]
    assert file["values"]["t2.fee.amount"] is None


def test_an_untouched_blank_is_never_zero(inbox: Path) -> None:
    from support import blank

    (inbox / "005.xlsx").write_bytes(written(blank(2025, Unit("005", "区教育局"))))
    found = merged(inbox, [TAKE, ZERO], status=1)
    (file,) = [file for file in found["files"] if file["file"].endswith("005.xlsx")]
    assert [f["code"] for f in file["findings"]] == ["F206"]


def test_who_is_left_out_with_a_reason_and_a_name_lets_the_sum_be_whole(inbox: Path) -> None:
    leave = ["005", "暂不计入", "", "机构改革", "分管领导", "2026-01-20"]
    found = merged(inbox, [TAKE, leave])
    assert found["complete"] is True
    assert [unit["code"] for unit in found["exempt"]] == ["005"]
    told = [f["message"] for file in found["files"] for f in file["findings"] if f["code"] == "R208"]
    assert told == ["005 区教育局暂不计入（处理记录：机构改革，批准人 分管领导，2026-01-20）。"]
    (summary,) = done("check", inbox.parent / "汇总.xlsx", "--format", "json").json["files"]
    assert "F211" not in [f["code"] for f in summary["findings"]]


def test_decisions_stand_in_the_summary(inbox: Path) -> None:
    merged(inbox, [TAKE, ZERO])
    page = openpyxl.load_workbook(inbox.parent / "汇总.xlsx")["处理记录"]
    assert [[cell.value for cell in row][:6] for row in page.iter_rows(min_row=2)] == [
        ["004 区财政局", *TAKE[1:]],
        ["005 区教育局", "电话核实空格为0", None, *ZERO[3:]],
    ]
    (summary,) = done("check", inbox.parent / "汇总.xlsx", "--format", "json").json["files"]
    assert "S104" not in [f["code"] for f in summary["findings"]]


def test_who_is_left_out_without_a_name_does_not(inbox: Path) -> None:
    found = merged(inbox, [TAKE, ["005", "暂不计入", "", "机构改革", "", ""]])
    assert found["complete"] is False


def test_a_row_that_changes_nothing_is_told(inbox: Path) -> None:
    roster = roster_book(inbox.parent / "名单.xlsx", [TAKE[:2] + ["丙.xlsx"], ZERO])
    for verb in (
        ("status", inbox, "--roster", roster),
        ("merge", inbox, "--roster", roster, "-o", inbox.parent / "汇总.xlsx"),
    ):
        text = run(*verb).text
        assert "名单.xlsx：处理记录：第 2 行：“采用此份”没有起作用，请核对文件名或校验码。" in text


def test_decisions_beside_a_csv(inbox: Path) -> None:
    (inbox.parent / "名单.csv").write_text("代码,名称\n004,区财政局\n005,区教育局\n", encoding="utf-8")
    rows = [HEADS, TAKE, ZERO]
    text = "".join(",".join(row) + "\n" for row in rows)
    (inbox.parent / "处理记录.csv").write_text(text, encoding="utf-8-sig")
    done("merge", inbox, "--roster", inbox.parent / "名单.csv", "-o", inbox.parent / "汇总.xlsx")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["009", "暂不计入"], "处理记录：第 2 行：单位代码“009”不在单位名单里"),
        (["004", "算了"], "第 2 行：处理“算了”应为采用此份、暂不计入、电话核实空格为0之一"),
        (["004", "采用此份"], "第 2 行：采用此份要写明文件名或校验码"),
    ],
)
def test_a_fault_is_named_by_its_row(row: list[str], said: str, tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=said):
        load_roster(roster_book(tmp_path / "名单.xlsx", [row]))


def test_unknown_heads_are_named(tmp_path: Path) -> None:
    path = roster_book(tmp_path / "名单.xlsx", [])
    book = openpyxl.load_workbook(path)
    book["处理记录"]["B1"] = "怎么办"
    book.save(path)
    with pytest.raises(RosterError) as caught:
        load_roster(path)
    assert [c.partition("；")[0] for c in caught.value.complaints] == [
        "名单.xlsx：处理记录：第 1 行：缺少表头“处理”",
        "名单.xlsx：处理记录：第 1 行：不认识的表头“怎么办”",
    ]


# The roster itself as a workbook.


def test_codes_are_read_as_they_are_shown(tmp_path: Path) -> None:
    path = roster_book(
        tmp_path / "名单.xlsx", [], [["000", "某区", "汇总单位"], [4, "区财政局", ""], ["005", "区教育局", ""]]
    )
    with pytest.raises(RosterError, match="代码“4”"):
        load_roster(path)
    book = openpyxl.load_workbook(path)
    book["单位名单"]["A3"].number_format = "000"
    book.save(path)
    assert [unit.code for unit in load_roster(path).units] == ["004", "005"]


def test_a_formula_is_no_entry(tmp_path: Path) -> None:
    path = roster_book(tmp_path / "名单.xlsx", [], [["004", '="区"&"财政局"', ""]])
    with pytest.raises(RosterError, match="工作表“单位名单”B2 是公式，请粘贴为数值或文字"):
        load_roster(path)


def test_the_only_sheet_serves_whatever_it_is_called(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["代码", "名称"], ["004", "区财政局"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert [unit.name for unit in load_roster(tmp_path / "a.xlsx").units] == ["区财政局"]
    book.create_sheet("x")
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(RosterError, match="没有工作表“单位名单”"):
        load_roster(tmp_path / "a.xlsx")


def test_a_workbook_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(zero_workbook(2025)[:999])
    with pytest.raises(RosterError, match="这个工作簿读不了"):
        load_roster(tmp_path / "a.xlsx")
