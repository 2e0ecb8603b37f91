"""设置: what the office settles once, read from the roster's workbook or beside its .csv, every fault by its row."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xls_report.roster import RosterError, load_roster
from xls_report.settings import EXPLAINED, KEYS, Settings

UNITS = "代码,名称,分组,联系人,电话\n000,区政府,汇总单位,汇总岗,0595-1\n004,区财政局,区直部门,,\n006,柳河镇,乡镇,,\n"


def _load(folder: Path, text: str) -> Any:
    (folder / "名单.csv").write_text(UNITS, encoding="utf-8")
    (folder / "设置.csv").write_text(text, encoding="utf-8-sig")
    return load_roster(folder / "名单.csv")


def _faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(RosterError) as caught:
        _load(folder, text)
    return list(caught.value.complaints)


ALL = """项目,内容,说明
发件单位,区政府办公室,x
联系人,张岗,
电话,0595-2,
报送截止日期,2026年1月23日,
截止时间,17：30,
报送方式,请通过政务OA报送。,
统计范围,区人民政府及其部门,
下级分组,乡镇；区直部门,
逾期说明,请今日12:00前报送。,
"""
READ = Settings(
    *("区政府办公室", "张岗", "0595-2", datetime.date(2026, 1, 23), "17:30", "请通过政务OA报送"),
    *("区人民政府及其部门", ("乡镇", "区直部门"), "请今日12:00前报送。"),
)


def test_every_entry_is_read(tmp_path: Path) -> None:
    found = _load(tmp_path, ALL)
    assert found.settings == READ
    assert found.asking == READ
    assert found.groups == ("区直部门", "乡镇")


def test_what_is_left_open_is_open_and_the_office_answers(tmp_path: Path) -> None:
    found = _load(tmp_path, "内容,项目\n,发件单位\n\n,\n,报送截止日期\n")
    assert found.settings == Settings()
    assert (found.asking.issuer, found.asking.contact, found.asking.phone) == ("区政府", "汇总岗", "0595-1")
    (tmp_path / "设置.csv").unlink()
    assert load_roster(tmp_path / "名单.csv").settings == Settings()
    (tmp_path / "名单.csv").write_text("代码,名称\n004,区财政局\n", encoding="utf-8")
    assert load_roster(tmp_path / "名单.csv").asking == Settings()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("截止日,2026-01-23", f"不认识的项目“截止日”；可用的项目：{'、'.join(KEYS)}"),
        (",区政府办", f"不认识的项目“”；可用的项目：{'、'.join(KEYS)}"),
        ("电话,2", "项目“电话”与第 2 行重复，请只留一行"),
        ("报送截止日期,1月23日", "报送截止日期“1月23日”不是日期，请写成 2026-01-23 这样；时间另写一行"),
        ("报送截止日期,2026-02-30", "报送截止日期“2026-02-30”不是日期，请写成 2026-01-23 这样；时间另写一行"),
        (
            "报送截止日期,2026-01-23 17:30",
            "报送截止日期“2026-01-23 17:30”不是日期，请写成 2026-01-23 这样；时间另写一行",
        ),
        ("截止时间,下班前", "截止时间“下班前”不是时间，请写成 17:30 这样"),
        ("截止时间,25:00", "截止时间“25:00”不是时间，请写成 17:30 这样"),
        ("截止时间,9:75", "截止时间“9:75”不是时间，请写成 17:30 这样"),
        ("下级分组,乡镇；街道", "下级分组“街道”不是单位名单里的分组"),
        ("联系人," + "甲" * 61, "联系人过长（超过 60 字），或含有换行、看不见的字符"),
        ('统计范围,"一\n二"', "统计范围过长（超过 200 字），或含有换行、看不见的字符"),
    ],
)
def test_a_fault_is_named_by_its_row(row: str, said: str, tmp_path: Path) -> None:
    faults = _faults(tmp_path, f"项目,内容\n电话,1\n{row}\n发件单位,x\n")
    assert faults == [f"设置.csv：第 {4 if row.startswith('统计') else 3} 行：{said}"]


def test_unknown_heads_are_named(tmp_path: Path) -> None:
    assert _faults(tmp_path, "项目,值\n") == [
        "设置.csv：第 1 行：缺少表头“内容”；可用的表头：项目、内容、说明",
        "设置.csv：第 1 行：不认识的表头“值”；可用的表头：项目、内容、说明",
    ]


def _book(path: Path, rows: list[tuple[str, Any]]) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "单位名单"
    for line in UNITS.splitlines():
        page.append(line.split(","))
    page = book.create_sheet("设置")
    page.append(["项目", "内容", "说明"])
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def test_days_and_times_as_a_spreadsheet_keeps_them(tmp_path: Path) -> None:
    day, hour = datetime.date(2026, 1, 23), datetime.time(17, 30)
    found = load_roster(_book(tmp_path / "a.xlsx", [("报送截止日期", day), ("截止时间", hour)])).settings
    assert (found.due, found.due_time) == (day, "17:30")
    with pytest.raises(RosterError, match=r"a\.xlsx：设置：第 2 行：报送截止日期“46045”不是日期"):
        load_roster(_book(tmp_path / "a.xlsx", [("报送截止日期", 46045)]))
    with pytest.raises(RosterError, match="工作表“设置”B2 是公式"):
        load_roster(_book(tmp_path / "a.xlsx", [("联系人", '="张"&"岗"')]))


def test_every_entry_is_explained() -> None:
    assert list(EXPLAINED) == list(KEYS)
    assert sorted(KEYS.values()) == sorted(Settings.__dataclass_fields__)
