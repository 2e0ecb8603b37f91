"""A January: units send what they send under the names people give to files, the clerk asks, decides and adds up.

First fifteen units over three days, each file and each unit followed by name; then 120 with random acts, and a model
that says where each of them must stand. What the sums must be is added up here, from the figures that went in.
"""

from __future__ import annotations

import csv
import datetime
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import openpyxl
import pytest
from acts import perform
from desk import HEADS, Run, added, as_data, data_file, done, fractions, hashes, office_row, roster_file, unit_row
from desk import workbook as written
from test_filekind import ole
from twoyears import FORM, YEAR, Values, before, carry, figures

from xls_report import tracking
from xls_report.plan import compile_layout

LAYOUT = compile_layout(FORM)
OFFICE = ("000", "临江区政府办（虚构）")
DECIDED = ("单位代码", "处理", "文件名或校验码", "原因", "批准人", "日期")
WORDS = ("审核通过", "待说明", "退回修改", "重复待定", "打不开", "未报送", "不计入")
COVER = {"leader": "赵虚构", "reviewer": "钱虚构", "filler": "孙虚构", "phone": "0595-00000000"}
REASON = "上年有三件申请在年报定稿后由别的部门移交（虚构）"
XLS = ole("Workbook")  # as of Excel 97


def _on(day: int) -> Any:
    """A run of the program on that day of January 2026."""

    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Clock:
            return cls(2026, 1, day, 18, tzinfo=tz)

    return mock.patch.object(tracking, "datetime", Clock)


@dataclass(frozen=True)
class Day:
    """What the program said at the end of a day."""

    status: Run
    told: Run
    merge: Run
    text: Run
    wrote: bool


@dataclass
class Office:
    """The clerk's folders."""

    folder: Path
    days: dict[int, Day] = field(default_factory=dict)
    sent: dict[int, dict[str, str]] = field(default_factory=dict)  # every file of the inbox with its SHA-256, by day

    @property
    def inbox(self) -> Path:
        return self.folder / "收件"

    @property
    def roster(self) -> Path:
        return self.folder / "单位名单.csv"

    def send(self, name: str, data: bytes) -> None:
        path = self.inbox / name
        assert not path.exists(), name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def decide(self, *rows: tuple[str, ...]) -> None:
        with (self.folder / "处理记录.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([DECIDED, *rows])

    def evening(self, day: int, *, status: int = 1) -> Day:
        """Where everybody stands, and an attempt to add up, both as JSON and in words."""
        more = ("--roster", self.roster, "--prior", self.folder / "上年")
        since = ("--since", self.folder / f"{day - 1}.json") if day - 1 in self.days else ()
        before = hashes(self.inbox)
        with _on(19 + day):
            found = done("status", self.inbox, *more, "--format", "json", status=status)
            told = done("status", self.inbox, *more, *since, "--due", "2026-01-21", status=status)
            summed = done("merge", self.inbox, *more, "-o", self.out(day), "--format", "json", status=status)
            wrote = self.out(day).exists()
            text = done("--force", "merge", self.inbox, *more, "-o", self.out(day), status=status)
        assert hashes(self.inbox) == before, "an input was touched"
        (self.folder / f"{day}.json").write_bytes(found.out)
        self.days[day], self.sent[day] = Day(found, told, summed, text, wrote), before
        return self.days[day]

    def out(self, day: int) -> Path:
        return self.folder / "汇总" / f"第{day}天.xlsx"


def _conserved(office: Office, day: int) -> None:
    """Every file of the inbox stands in both results exactly once, with its bytes' SHA-256; the counts add up."""
    sent, found, summed = office.sent[day], office.days[day].status.json, office.days[day].merge.json
    named = [file for unit in found["units"] for file in unit["files"]] + [other["file"] for other in found["other"]]
    assert sorted(named) == sorted(str(office.inbox / name) for name in sent)
    by_name = {str(Path(file["file"]).relative_to(office.inbox)): file for file in summed["files"]}
    assert len(summed["files"]) == len(by_name)
    assert set(by_name) == set(sent)
    assert all(file["sha256"] in (sent[name], "") for name, file in by_name.items())
    assert [name for name, file in by_name.items() if not file["sha256"]] == [
        name for name in by_name if Path(name).name.startswith(("~$", "Thumbs.db"))
    ]
    outcomes = Counter(file["outcome"] for file in summed["files"])
    for counts in (found["counts"]["files"], summed["counts"]["files"]):
        assert counts["seen"] == len(sent)
        assert {word: n for word, n in counts.items() if n and word != "seen"} == outcomes
    units = dict(summed["counts"]["units"])
    assert units.pop("expected") == sum(units.values()) == found["counts"]["expected"]
    assert sum(found["counts"][word] for word in WORDS) == len(found["units"])


# --- fifteen units, three days -----------------------------------------------------------------------------------

ROWS = [
    unit_row("001", "临江区信访局（虚构）", 别名="临江区信访局"),
    unit_row("002", "临江区财政局（虚构）", 别名="临江区财政局"),
    unit_row("003", "临江区教育局（虚构）", 别名="临江区教育局"),
    unit_row("004", "临江区审计局（虚构）", 别名="临江区审计局"),
    unit_row("005", "临江区民政局（虚构）", 别名="临江区民政局"),
    unit_row("006", "临江区司法局（虚构）", 别名="临江区司法局"),
    unit_row("007", "柳河镇（虚构）", 承接单位="017"),
    unit_row("008", "江北街道（虚构）", 别名="江北镇（虚构）", 上年代码="018"),
    unit_row("009", "双管气象局（虚构）", 计入汇总="否"),
    unit_row("010", "临江区卫健局（虚构）"),
    unit_row("011", "临江区文旅局（虚构）"),
    unit_row("012", "临江区统计局（虚构）"),
    unit_row("013", "临江区林业局（虚构）"),
    unit_row("014", "临江区水务局（虚构）"),
    unit_row("015", "临江区交通局（虚构）", 别名="临江区交通局"),
]
NAMES = {row["代码"]: row["名称"] for row in ROWS}
EXPECTED = [code for code in NAMES if code != "009"]

# Each unit's state at the end of each of three days, and once the clerk has decided.
STATES = {
    "001": ("审核通过", "审核通过", "审核通过", "审核通过"),
    "002": ("退回修改", "审核通过", "审核通过", "审核通过"),
    "003": ("打不开", "审核通过", "审核通过", "审核通过"),
    "004": ("未报送", "未报送", "审核通过", "审核通过"),
    "005": ("退回修改", "退回修改", "审核通过", "审核通过"),
    "006": ("审核通过", "重复待定", "重复待定", "审核通过"),
    "007": ("待说明", "审核通过", "审核通过", "审核通过"),
    "008": ("审核通过", "审核通过", "审核通过", "审核通过"),
    "009": ("不计入", "不计入", "不计入", "不计入"),
    "010": ("退回修改", "退回修改", "退回修改", "审核通过"),
    "011": ("未报送", "未报送", "未报送", "不计入"),
    "012": ("审核通过", "审核通过", "审核通过", "审核通过"),
    "013": ("未报送", "审核通过", "审核通过", "审核通过"),
    "014": ("退回修改", "审核通过", "审核通过", "审核通过"),
    "015": ("打不开", "审核通过", "审核通过", "审核通过"),
}
REMARKS = {
    1: {"003": ["由文件名看是该单位的"], "012": ["含零报告表"], "015": ["由文件名看是该单位的"]},
    2: {"012": ["含零报告表"], "013": ["有说明"]},
    3: {"012": ["含零报告表"], "013": ["有说明"]},
    4: {"010": ["空格按 0 计"], "011": ["按处理记录暂不计入"], "012": ["含零报告表"], "013": ["有说明"]},
}
SUMS = {
    1: "应报 14 家＝审核通过 4＋待说明 1＋退回修改 4＋重复待定 0＋打不开 2＋未报送 3；名单中不计入的 1 家。",
    2: "应报 14 家＝审核通过 9＋待说明 0＋退回修改 2＋重复待定 1＋打不开 0＋未报送 2；名单中不计入的 1 家。",
    3: "应报 14 家＝审核通过 11＋待说明 0＋退回修改 1＋重复待定 1＋打不开 0＋未报送 1；名单中不计入的 1 家。",
    4: "应报 14 家＝审核通过 13＋待说明 0＋退回修改 0＋重复待定 0＋打不开 0＋未报送 0"
    "＋暂不计入 1；名单中不计入的 1 家。",
}
SINCE = {
    2: [
        "002 临江区财政局（虚构）：退回修改→审核通过",
        "003 临江区教育局（虚构）：打不开→审核通过",
        "006 临江区司法局（虚构）：审核通过→重复待定",
        "007 柳河镇（虚构）：待说明→审核通过",
        "013 临江区林业局（虚构）：未报送→审核通过",
        "014 临江区水务局（虚构）：退回修改→审核通过",
        "015 临江区交通局（虚构）：打不开→审核通过",
    ],
    3: ["004 临江区审计局（虚构）：未报送→审核通过", "005 临江区民政局（虚构）：退回修改→审核通过"],
    4: [
        "006 临江区司法局（虚构）：重复待定→审核通过",
        "010 临江区卫健局（虚构）：退回修改→审核通过",
        "011 临江区文旅局（虚构）：未报送→不计入",
    ],
}
ASIDE = ("D206", "T101", "V121")  # figures that jump; who wrote no names; digits that openpyxl adds to an amount
# Every file: the day it came, what becomes of it from then on, day by day.
FILES: dict[str, tuple[str, ...]] = {
    "OA/001-临江区信访局-2025年政府信息公开年报数据表.xlsx": ("accepted", "accepted", "accepted", "accepted"),
    "微信/001-临江区信访局-2025年政府信息公开年报数据表(1).xlsx": ("duplicate F209",) * 4,
    "微信/财政局最终版2.xlsx": ("rejected V102", *("superseded R205 V102",) * 3),
    "OA/临江区教育局.xls": ("unreadable F102",) * 4,
    "OA/临江区审计局报送材料.zip": ("ignored F116",) * 4,
    "微信/临江区审计局年度报告.docx": ("ignored F112",) * 4,
    "微信/民政局 空表.xlsx": ("rejected F206", "rejected F206", "superseded R205 F206", "superseded R205 F206"),
    "OA/006司法局.xlsx": ("accepted", "accepted R203", "accepted R203", "superseded R205"),
    "微信/柳河镇.xlsx": ("rejected G302", *("superseded R205 G302",) * 3),
    "OA/江北街道年报.xlsx": ("accepted",) * 4,
    "OA/气象局.xlsx": ("ignored R207 D207",) * 4,
    "微信/卫健局.xlsx": (*("rejected V101 V101",) * 3, "accepted R212 R212"),
    "OA/统计局.xlsx": ("accepted D204",) * 4,
    "OA/水务局（去年的）.xlsx": ("rejected F204 D207", *("superseded R205 F204 D207",) * 3),
    "微信/临江区交通局 数据表.xlsx": ("unreadable F102",) * 4,
    "微信/~$财政局最终版2.xlsx": ("ignored F111",) * 4,
    "OA/Thumbs.db": ("ignored F111",) * 4,
    "微信/外区的表.xlsx": ("rejected R201 D207",) * 4,
    "微信/财政局最终版3（改后）.xlsx": ("accepted",) * 3,
    "OA/临江区教育局.xlsx": ("accepted",) * 3,
    "微信/临江区审计局盖章页.jpg": ("ignored F112",) * 3,
    "微信/民政局.xlsx": ("rejected F205",) * 3,
    "微信/司法局(改).xlsx": ("accepted R203", "accepted R203", "accepted"),
    "微信/柳河镇 更正.xlsx": ("accepted",) * 3,
    "OA/林业局.xlsx": ("accepted G302",) * 3,
    "微信/水务局 副本.xlsx": ("accepted",) * 3,
    "OA/交通局(修复).xlsx": ("accepted S104",) * 3,
    "OA/审计局.xlsx": ("accepted V113",) * 2,
    "微信/民政局2.xlsx": ("accepted",) * 2,
    "OA/盖章扫描件.pdf": ("ignored F112",) * 2,
    "微信/信访局 WPS另存.xlsx": ("duplicate R204",) * 2,
}
OTHER: dict[int, dict[str, list[str]]] = {  # not of any unit of the roster, with whose they may be by their names
    1: {
        "临江区审计局报送材料.zip": ["004"],
        "临江区审计局年度报告.docx": ["004"],
        "~$财政局最终版2.xlsx": [],
        "Thumbs.db": [],
        "外区的表.xlsx": [],
    },
    2: {"临江区审计局盖章页.jpg": ["004"], "民政局.xlsx": []},
    3: {"盖章扫描件.pdf": []},
    4: {},
}


def _zeroed(values: Values, table: str) -> Values:
    return {ident: 0 if ident.startswith(f"{table}.") else value for ident, value in values.items()}


def _issued(office: Office) -> dict[str, bytes]:
    """As issued, with last year's 结转 filled in, by unit."""
    done("issue", YEAR, office.roster, "-o", office.folder / "空表", "--prior", office.folder / "上年")
    return {path.name[:3]: path.read_bytes() for path in sorted((office.folder / "空表").glob("*.xlsx"))}


def _filled(office: Office, code: str, values: Mapping[str, Any], **more: Any) -> bytes:
    """A unit fills its blank from its own system."""
    blank = next((office.folder / "空表").glob(f"{code}-*.xlsx"))
    out = office.folder / "单位" / f"{code}.xlsx"
    data = data_file(office.folder / "单位.json", {"values": as_data(values), "cover": COVER, **more})
    done("--force", "fill", blank, data, "-o", out)
    return out.read_bytes()


def _last_year(office: Office, years: Mapping[str, Values]) -> None:
    """Last year's summary, as the office kept it: its units then, by their codes then."""
    rows = [office_row(*OFFICE), *(unit_row(code, f"上年第{code}单位（虚构）") for code in sorted(years))]
    roster = roster_file(office.folder / "上年名单.csv", rows)
    for code, values in years.items():
        inbox = office.folder / "上年收件" / f"{code}.xlsx"
        written(inbox, YEAR - 1, (code, f"上年第{code}单位（虚构）"), values, cover=COVER)
    done("merge", office.folder / "上年收件", "--roster", roster, "-o", office.folder / "上年" / "汇总.xlsx")


def _typed(data: bytes, *acts: Mapping[str, Any]) -> bytes:
    return perform(data, LAYOUT, *acts)


ZEROS = ("t4.review.upheld", "t4.review.pending", "t4.direct.other", "t2.fee.amount")  # left blank by 010


def _figures(rng: Random) -> tuple[dict[str, Values], dict[str, Values]]:
    """This year's by unit, and last year's by the codes of last year."""
    now = {code: figures(rng) for code in NAMES}
    now["012"] = _zeroed(now["012"], "t4")
    now["010"] |= dict.fromkeys(ZEROS, 0)
    now["002"]["t3.refused_1.person"] = 0
    now["002"] = carry(now["002"], 0)  # balanced again
    last = {code: before(now[code], rng)[0] for code in EXPECTED if code not in ("007", "008")}
    now["007"] = carry(now["007"], 2)
    last["007"], last["017"] = before(now["007"], rng, 2)
    (last["018"],) = before(now["008"], rng)
    last["012"]["t4.direct.pending"] = 5  # none of them in this year's report: to be looked at, no more
    now["013"] = carry(now["013"], 3)  # three more than last year's report carried out: explained
    return now, last


def _first_day(office: Office, now: dict[str, Values], last: dict[str, Values], blanks: dict[str, bytes]) -> None:
    good = _filled(office, "001", now["001"])
    office.send("OA/001-临江区信访局-2025年政府信息公开年报数据表.xlsx", good)
    office.send("微信/001-临江区信访局-2025年政府信息公开年报数据表(1).xlsx", good)
    none = {"do": "type", "cell": "t3.refused_1.person", "text": "无"}
    office.send("微信/财政局最终版2.xlsx", _typed(_filled(office, "002", now["002"]), none))
    office.send("OA/临江区教育局.xls", XLS)
    office.send("OA/临江区审计局报送材料.zip", b"PK\x05\x06" + bytes(18))
    office.send("微信/临江区审计局年度报告.docx", b"PK\x03\x04")
    office.send("微信/民政局 空表.xlsx", blanks["005"])
    office.send("OA/006司法局.xlsx", _filled(office, "006", {**now["006"], "t4.direct.upheld": 91}))
    alone = int(last["007"]["t3.carried_out.person"]) - int(now["007"]["t3.carried_in.person"])
    office.send("微信/柳河镇.xlsx", _filled(office, "007", carry(now["007"], alone)))
    renamed = written(office.folder / "单位" / "008.xlsx", YEAR, ("008", "江北镇（虚构）"), now["008"], cover=COVER)
    office.send("OA/江北街道年报.xlsx", renamed.read_bytes())
    office.send("OA/气象局.xlsx", _filled(office, "009", now["009"]))
    blank = {"do": "blank", "cells": list(ZEROS)}
    office.send("微信/卫健局.xlsx", _typed(_filled(office, "010", now["010"]), blank))
    some = {ident: None if ident.startswith("t4.") else value for ident, value in now["012"].items()}
    office.send("OA/统计局.xlsx", _filled(office, "012", some, zero_report=["t4"]))
    older = written(office.folder / "单位" / "014.xlsx", YEAR - 1, ("014", NAMES["014"]), last["014"], cover=COVER)
    office.send("OA/水务局（去年的）.xlsx", older.read_bytes())
    office.send("微信/临江区交通局 数据表.xlsx", XLS)
    office.send("微信/~$财政局最终版2.xlsx", b"lock")
    office.send("OA/Thumbs.db", b"x")
    stranger = written(office.folder / "单位" / "099.xlsx", YEAR, ("099", "外区某局（虚构）"), now["001"], cover=COVER)
    office.send("微信/外区的表.xlsx", stranger.read_bytes())


def _second_day(office: Office, now: dict[str, Values]) -> None:
    office.send("微信/财政局最终版3（改后）.xlsx", _filled(office, "002", now["002"]))
    office.send("OA/临江区教育局.xlsx", _filled(office, "003", now["003"]))
    office.send("微信/临江区审计局盖章页.jpg", b"\xff\xd8\xff\xe0")
    taken = {"do": "type", "cell": "identity.name", "text": NAMES["005"]}
    office.send("微信/民政局.xlsx", _typed(_filled(office, "003", now["005"]), taken))
    office.send("微信/司法局(改).xlsx", _filled(office, "006", now["006"]))
    office.send("微信/柳河镇 更正.xlsx", _filled(office, "007", now["007"]))
    office.send("OA/林业局.xlsx", _filled(office, "013", now["013"], explanations={"G302": REASON}))
    office.send("微信/水务局 副本.xlsx", _filled(office, "014", now["014"]))
    sheet = {"do": "add_sheet", "name": "依申请公开台账", "texts": ["周虚构", "吴虚构"]}
    office.send("OA/交通局(修复).xlsx", _typed(_filled(office, "015", now["015"]), sheet))


def _third_day(office: Office, now: dict[str, Values]) -> None:
    item = "t2.licence.decisions"
    said = {"do": "type", "cell": item, "text": f"{now['004'][item]}件"}
    office.send("OA/审计局.xlsx", _typed(_filled(office, "004", now["004"]), said))
    office.send("微信/民政局2.xlsx", _filled(office, "005", now["005"]))
    office.send("OA/盖章扫描件.pdf", b"%PDF-1.4")
    office.send("微信/信访局 WPS另存.xlsx", _typed(_filled(office, "001", now["001"]), {"do": "resave"}))


@dataclass
class Fifteen:
    office: Office
    now: dict[str, Values]
    last: dict[str, Values]


@pytest.fixture(scope="module", params=[1, 2])
def january(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Fifteen:
    """The three days and the evening on which the clerk decides, played once with each seed."""
    office = Office(tmp_path_factory.mktemp("january"))
    now, last = _figures(Random(f"january {request.param}"))
    rows = [
        {**row, "联系人": f"联系岗{row['代码']}（虚构）", "电话": f"0595-00000{row['代码']}", "分组": "虚构"}
        for row in ROWS
    ]
    roster_file(office.roster, [office_row(*OFFICE), *rows], HEADS)
    _last_year(office, last)
    blanks = _issued(office)
    assert sorted(blanks) == list(NAMES)
    _first_day(office, now, last, blanks)
    office.evening(1)
    _second_day(office, now)
    office.evening(2)
    _third_day(office, now)
    office.evening(3)
    office.decide(
        ("006", "采用此份", "司法局(改).xlsx", "后报的是更正", "分管领导（虚构）", "2026-01-22"),
        ("010", "电话核实空格为0", "", "与填报人核实", "分管领导（虚构）", "2026-01-22"),
        ("011", "暂不计入", "", "机构撤并，年报由上级公开", "分管领导（虚构）", "2026-01-22"),
    )
    office.evening(4, status=0)
    return Fifteen(office, now, last)


@pytest.mark.parametrize("day", [1, 2, 3, 4])
def test_every_unit_stands_where_it_must(january: Fifteen, day: int) -> None:
    found = january.office.days[day].status.json
    assert {unit["code"]: unit["state"] for unit in found["units"]} == {c: s[day - 1] for c, s in STATES.items()}
    assert {unit["code"]: unit["remarks"] for unit in found["units"] if unit["remarks"]} == REMARKS[day]
    assert {unit["code"]: unit["name"] for unit in found["units"]} == NAMES
    states = Counter(states[day - 1] for states in STATES.values())
    assert {word: found["counts"][word] for word in WORDS} == {word: states[word] for word in WORDS}
    assert found["counts"]["expected"] == len(EXPECTED)
    told = january.office.days[day].told.text.split("\n")
    assert told[:2] == [f"2025 年度报送情况（2026-01-{19 + day}）", SUMS[day]]


@pytest.mark.parametrize("day", [1, 2, 3, 4])
def test_who_is_late_is_told_from_the_day_after(january: Fifteen, day: int) -> None:
    """Asked for by 21 January, the second day."""
    lines = january.office.days[day].told.text.split("\n")
    table = lines[4 : 4 + len(NAMES)]
    late = {line[:3] for line in table if "迟报" in line}
    owing = {code for code, states in STATES.items() if states[day - 1] not in ("审核通过", "不计入")}
    assert [line[:3] for line in table] == list(NAMES)
    assert late == (owing if day > 2 else set())


@pytest.mark.parametrize("day", [1, 2, 3, 4])
def test_what_changed_since_the_day_before(january: Fifteen, day: int) -> None:
    lines = [line for line in january.office.days[day].told.text.split("\n") if line.startswith("与上次相比")]
    assert lines == ([f"与上次相比：{'；'.join(SINCE[day])}。"] if day > 1 else [])


@pytest.mark.parametrize("day", [1, 2, 3, 4])
def test_what_becomes_of_every_file(january: Fifteen, day: int) -> None:
    found = january.office.days[day].merge.json
    told = {}
    for file in found["files"]:
        codes = [entry["code"] for entry in file["findings"] if entry["code"] not in ASIDE]
        told[str(Path(file["file"]).relative_to(january.office.inbox))] = " ".join([file["outcome"], *codes])
    due = {name: fates[day - 1 - (4 - len(fates))] for name, fates in FILES.items() if len(fates) > 4 - day}
    assert told == due


@pytest.mark.parametrize("day", [1, 2, 3, 4])
def test_nothing_that_was_sent_is_lost(january: Fifteen, day: int) -> None:
    _conserved(january.office, day)
    others = {Path(other["file"]).name: other["suspected"] for other in january.office.days[day].status.json["other"]}
    assert others == {name: whose for until in range(1, day + 1) for name, whose in OTHER[until].items()}


@pytest.mark.parametrize(
    ("day", "missing", "rejected", "conflicts"),
    [
        (1, ["004", "011", "013", "003", "015"], ["002", "005", "007", "010", "014"], []),
        (2, ["004", "011"], ["005", "010"], ["006"]),
        (3, ["011"], ["010"], ["006"]),
    ],
)
def test_the_sum_is_refused_and_says_why(
    january: Fifteen, day: int, missing: list[str], rejected: list[str], conflicts: list[str]
) -> None:
    evening = january.office.days[day]
    assert not evening.wrote
    assert not january.office.out(day).exists()
    found = evening.merge.json
    assert found["complete"] is False
    for key, codes in (("missing", missing), ("rejected", rejected), ("conflicts", conflicts), ("exempt", [])):
        assert [unit["code"] for unit in found[key]] == sorted(codes)
    lines = evening.text.text.split("\n")
    for label in ("未报送", "打不开", "退回修改", "待说明", "重复待定"):
        codes = [code for code, states in STATES.items() if states[day - 1] == label]
        units = "、".join(f"{c} {NAMES[c]}（联系岗{c}（虚构） 0595-00000{c}）" for c in codes)
        assert [line for line in lines if line.startswith(f"{label}：")] == ([f"{label}：{units}。"] if codes else [])
    assert (
        f"单位 14 家＝汇入 {14 - len(missing + rejected + conflicts)}＋退回或待说明 {len(rejected)}"
        f"＋未报送或打不开 {len(missing)}＋重复待定 {len(conflicts)}＋暂不计入 0。"
    ) in lines
    assert "没有写出汇总表：单位没有收齐。要先看阶段数，请加 --draft。" in lines


def _counted(january: Fifteen) -> dict[str, Values]:
    return {code: values for code, values in january.now.items() if code not in ("009", "011")}


def test_after_the_decisions_the_sum_is_right_to_the_last_digit(january: Fifteen) -> None:
    evening = january.office.days[4]
    found = evening.merge.json
    due = added(FORM, _counted(january).values())
    assert fractions(found["values"]) == due
    assert evening.wrote
    assert found["complete"] is True
    assert [unit["code"] for unit in found["exempt"]] == ["011"]
    assert [cover["code"] for cover in found["covers"]] == [code for code in EXPECTED if code != "011"]
    (entry,) = done("export", january.office.out(4)).json
    assert fractions(entry["values"]) == due
    assert entry["covers"] == found["covers"]
    texts = evening.text.text
    assert f"已写出汇总表 {january.office.out(4)}。" in texts
    assert "没有起作用" not in texts


def test_a_part_is_not_held_against_last_years_whole(january: Fifteen) -> None:
    """011 is left out by decision: nobody could explain what is lacking because of that."""
    assert january.office.days[4].merge.json["findings"] == []


def test_a_whole_is_held_against_last_years_whole(january: Fifteen, tmp_path: Path) -> None:
    """011 reports after all; the three requests of 013 stand out in the sum, with its reason."""
    inbox = tmp_path / "收件"
    shutil.copytree(january.office.inbox, inbox)
    written(inbox / "011.xlsx", YEAR, ("011", NAMES["011"]), january.now["011"], cover=COVER)
    roster = tmp_path / "单位名单.csv"
    shutil.copy(january.office.roster, roster)
    decided = (january.office.folder / "处理记录.csv").read_text("utf-8-sig").splitlines(keepends=True)
    (tmp_path / "处理记录.csv").write_text("".join(line for line in decided if not line.startswith("011")), "utf-8-sig")
    more = ("--roster", roster, "--prior", january.office.folder / "上年", "-o", tmp_path / "汇总.xlsx")
    found = done("merge", inbox, *more, "--format", "json").json
    counted = [values for code, values in january.now.items() if code != "009"]
    assert fractions(found["values"]) == added(FORM, counted)
    assert (found["complete"], found["exempt"]) == (True, [])
    (entry,) = found["findings"]
    assert (entry["code"], entry["level"], entry["cells"]) == ("G302", "warning", ["D6"])
    assert entry["given"] - entry["due"] == 3
    assert f"已说明：临江区林业局（虚构）：{REASON}" in entry["message"]


def test_what_came_in_is_what_last_year_carried_out(january: Fifteen) -> None:
    """By last year's own figures: of those counted, but for the three of 013 that were explained."""
    found = january.office.days[4].merge.json["values"]
    last = [values for code, values in january.last.items() if code != "011"]
    for column in ("company", "research", "charity", "legal", "other"):
        assert found[f"t3.carried_in.{column}"] == sum(int(values[f"t3.carried_out.{column}"]) for values in last)
    assert found["t3.carried_in.person"] == sum(int(values["t3.carried_out.person"]) for values in last) + 3


def test_each_row_of_the_working_paper_is_its_units_last_word(january: Fifteen) -> None:
    book = openpyxl.load_workbook(january.office.out(4), data_only=True)
    files = {Path(name).name: digest for name, digest in january.office.sent[4].items()}
    counted = _counted(january)
    for table in FORM.tables:
        rows = list(book[f"明细{table.name[1:]}"].iter_rows(min_row=3))
        assert [row[0].value for row in rows] == list(counted)
        items = [item.id for item in FORM.items if item.table is table]
        for row, values in zip(rows, counted.values(), strict=True):
            due = added(FORM, [values])
            shown = [Fraction(repr(cell.value)) for cell in row[5 : 5 + len(items)]]
            assert shown == [due[ident] for ident in items]
            assert files[str(row[3].value)].startswith(str(row[4].value))
    page = [[cell.value for cell in row] for row in book["处理记录"].iter_rows(min_row=2)]
    assert [row[:2] for row in page] == [
        ["006 临江区司法局（虚构）", "采用此份"],
        ["010 临江区卫健局（虚构）", "电话核实空格为0"],
        ["011 临江区文旅局（虚构）", "暂不计入"],
    ]
    book.close()


# --- 120 units ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sender:
    """A unit with what it has to report, and its workbook as it should be."""

    code: str
    name: str
    values: Values
    good: bytes
    rng: Random
    folder: Path

    def write(self, values: Mapping[str, Any], *, year: int = YEAR, unit: str = "", **more: Any) -> bytes:
        out = written(self.folder / "x.xlsx", year, (unit or self.code, self.name), values, cover=COVER, **more)
        return out.read_bytes()

    def some(self, *, zero: bool) -> str:
        """An input of tables 三 and 四 that is 0, or is not."""
        fit = [ident for ident, value in self.values.items() if ident[:2] != "t2" and (value == 0) is zero]
        return self.rng.choice(fit)

    def other(self, by: int) -> Values:
        """Figures that pass as well, off by some."""
        item = "t4.direct.other"
        return {**self.values, item: int(self.values[item]) + by}


Files = dict[str, bytes]
Sending = Callable[[Sender], Files]


@dataclass(frozen=True)
class Deed:
    """What a unit does: the state that it must be in, the codes that its files must bear, what is then done about it.

    `then`: "" nothing, "send" the right workbook, or the word of 处理记录.
    """

    state: str
    codes: str
    then: str
    files: Sending


def _one(*acts: Mapping[str, Any]) -> Sending:
    return lambda unit: {f"{unit.name}数据表.xlsx": perform(unit.good, LAYOUT, *acts)}


def _at(zero: bool, **act: Any) -> Sending:
    """An act on one figure; `{}` in its text stands for the figure."""

    def made(unit: Sender) -> Files:
        item = unit.some(zero=zero)
        said = {"text": act["text"].format(unit.values[item])} if "text" in act else {}
        return {f"微信/{unit.code}.xlsx": perform(unit.good, LAYOUT, {**act, "cell": item, **said})}

    return made


def _with(change: Callable[[Sender], Mapping[str, Any]], **more: Any) -> Sending:
    return lambda unit: {f"OA/{unit.name}.xlsx": unit.write(change(unit), **more)}


def _named(*files: tuple[str, bytes]) -> Sending:
    return lambda unit: {name.format(unit.name): data for name, data in files}


def _good(unit: Sender) -> Files:
    return {f"OA/{unit.code}-{unit.name}-2025年政府信息公开年报数据表.xlsx": unit.good}


def _twice(unit: Sender) -> Files:
    return {**_good(unit), f"微信/{unit.name}(1).xlsx": unit.good}


def _saved_again(unit: Sender) -> Files:
    return {**_good(unit), f"微信/{unit.name}.xlsx": perform(unit.good, LAYOUT, {"do": "resave"})}


def _old_version(unit: Sender) -> Files:
    bad = perform(unit.good, LAYOUT, {"do": "type", "cell": unit.some(zero=True), "text": "/"})
    return {f"微信/{unit.name}最终版.xlsx": bad, f"微信/{unit.name}最终版2.xlsx": unit.good}


def _two_that_differ(unit: Sender) -> Files:
    return {f"{unit.code}.xlsx": unit.write(unit.other(3)), f"{unit.code}改.xlsx": unit.good}


def _blanks(unit: Sender) -> Files:
    cells = ["t2.regulation.issued", "t2.regulation.repealed", unit.some(zero=True)]
    return {f"微信/{unit.code}空格.xlsx": perform(unit.good, LAYOUT, {"do": "blank", "cells": cells})}


def _merged_cells(unit: Sender) -> Files:
    return _one({"do": "merge", "cells": ["t4.review.upheld", "t4.review.other"]})(unit)


def _wrong_total(unit: Sender) -> Files:
    total = int(added(FORM, [unit.values])["t4.review.total"]) + 1
    return _one({"do": "type", "cell": "t4.review.total", "number": total})(unit)


def _pasted_total(unit: Sender) -> Files:
    total = int(added(FORM, [unit.values])["t4.review.total"])
    return _one({"do": "type", "cell": "t4.review.total", "number": total})(unit)


def _in_anothers_name(unit: Sender) -> Files:
    """001 lends its workbook; its name on the cover is typed over."""
    name = {"do": "type", "cell": "identity.name", "text": unit.name}
    there = written(unit.folder / "x.xlsx", YEAR, ("001", "第001单位（虚构）"), unit.values, cover=COVER)
    return {f"微信/{unit.name}.xlsx": perform(there.read_bytes(), LAYOUT, name)}


def _switched(unit: Sender) -> Files:
    values = {**unit.values, "t4.review.upheld": int(unit.values["t4.review.upheld"]) + 1}
    return _one({"do": "type", "cell": "switch.t4", "text": "是"})(
        Sender(unit.code, unit.name, values, unit.write(values), unit.rng, unit.folder)
    )


EXTRA = {"do": "add_sheet", "name": "依申请公开台账", "texts": ["郑虚构", "13900000000"]}
DEEDS: dict[str, Deed] = {
    "as it should be": Deed("审核通过", "", "", _good),
    "the same bytes twice": Deed("审核通过", "F209", "", _twice),
    "saved again by another program": Deed("审核通过", "R204", "", _saved_again),
    "an older version beside it": Deed("审核通过", "R205 V102", "", _old_version),
    "numbers as text": Deed("审核通过", "V111", "", _at(False, do="type", text="{}")),
    "numbers with their unit": Deed("审核通过", "V113", "", _at(False, do="type", text="{}件")),
    "totals pasted as values": Deed("审核通过", "S108", "", _pasted_total),
    "a sheet with names": Deed("审核通过", "S104", "", _one(EXTRA)),
    "a sheet renamed": Deed(
        "审核通过", "S103", "", _one({"do": "rename_sheet", "sheet": "表四 复议诉讼", "to": "表4"})
    ),
    "rows hidden": Deed("审核通过", "S112", "", _one({"do": "hide", "rows": ["t3.granted.person"]})),
    "an .xlsx called .xls": Deed("审核通过", "", "", lambda unit: {f"{unit.name}.xls": unit.good}),
    "blank for 0, on the telephone": Deed("退回修改", "V101", "电话核实空格为0", _blanks),
    "blank for 0": Deed("退回修改", "V101", "send", _at(True, do="blank")),
    "无 for 0": Deed("退回修改", "V102", "send", _at(True, do="type", text="无")),
    "merged cells": Deed("退回修改", "S111", "send", _merged_cells),
    "a row inserted": Deed("退回修改", "S105", "send", _one({"do": "insert", "row": "t3.granted.person"})),
    "a sheet deleted": Deed("退回修改", "S101", "send", _one({"do": "delete_sheet", "sheet": "表四 复议诉讼"})),
    "a total typed over": Deed("退回修改", "S107", "send", _wrong_total),
    "a negative figure": Deed("退回修改", "V105", "send", _at(False, do="type", number=-3)),
    "half a request": Deed("退回修改", "V104", "send", _at(False, do="type", number=2.5)),
    "all zero and a figure": Deed("退回修改", "V122", "send", _switched),
    "one request too many": Deed(
        "退回修改",
        "G301",
        "send",
        _with(lambda unit: {**unit.values, "t3.new.other": int(unit.values["t3.new.other"]) + 1}),
    ),
    "the blank": Deed("退回修改", "F206", "send", _with(lambda unit: {})),
    "last year's workbook": Deed("退回修改", "F204", "send", _with(lambda unit: unit.values, year=YEAR - 1)),
    "two that differ": Deed("重复待定", "R203", "采用此份", _two_that_differ),
    "not what last year carried out": Deed("待说明", "G302", "send", _with(lambda unit: carry(unit.values, 4))),
    "元 for 万元": Deed(
        "待说明",
        "D216",
        "send",
        _with(lambda unit: {**unit.values, "t2.fee.amount": unit.values["t2.fee.amount"] * 10000}),
    ),
    "a real .xls": Deed("打不开", "F102", "send", _named(("{}.xls", XLS))),
    "arrived empty": Deed("打不开", "F105", "send", _named(("微信/{}数据表.xlsx", b""))),
    "in another's name": Deed("未报送", "F205", "send", _in_anothers_name),
    "photographs and Word": Deed("未报送", "F112", "send", _named(("{}.jpg", b"\xff\xd8\xff"), ("{}.docx", b"PK"))),
    "a zip": Deed("未报送", "F116", "send", _named(("OA/{}.zip", b"PK\x05\x06" + bytes(18)))),
    "nothing": Deed("未报送", "", "暂不计入", _named()),
}


@dataclass
class Many:
    """120 units, what each did, and what must be added up."""

    office: Office
    deeds: dict[str, str]
    values: dict[str, Values]


def _export_of_last_year(path: Path, last: Mapping[str, Values]) -> None:
    """Last year's figures as another system gives them, without any workbook."""
    path.parent.mkdir()
    whole = [
        {"form": FORM.id, "year": YEAR - 1, "unit": {"code": code, "name": ""}, "values": as_data(values)}
        for code, values in last.items()
    ]
    data_file(path, whole)


def _decisions(deeds: Mapping[str, str]) -> list[tuple[str, ...]]:
    which = {"采用此份": "{}改"}
    return [
        (code, then, which.get(then, "").format(code), "虚构的原因", "分管领导（虚构）", "2026-01-21")
        for code, deed in deeds.items()
        if (then := DEEDS[deed].then) not in ("", "send")
    ]


def _played(folder: Path, seed: str, codes: Sequence[str]) -> Many:
    rng = Random(seed)
    office = Office(folder)
    names = {code: f"第{code}单位（虚构）" for code in codes}
    roster_file(office.roster, [office_row(*OFFICE), *(unit_row(code, names[code]) for code in codes)])
    deeds = [*DEEDS, *rng.choices(list(DEEDS), k=len(codes) - len(DEEDS) - 1)]
    rng.shuffle(deeds)
    many = Many(office, dict(zip(codes, ["as it should be", *deeds], strict=True)), {})
    last: dict[str, Values] = {}
    senders = {}
    for code in codes:
        many.values[code] = figures(rng)
        (last[code],) = before(many.values[code], rng)
        last[code]["t2.fee.amount"] = many.values[code]["t2.fee.amount"]
        good = written(folder / "x.xlsx", YEAR, (code, names[code]), many.values[code], cover=COVER).read_bytes()
        senders[code] = Sender(code, names[code], many.values[code], good, rng, folder)
        for name, data in DEEDS[many.deeds[code]].files(senders[code]).items():
            office.send(f"第一次/{name}", data)
    _export_of_last_year(folder / "上年" / "上年数据.json", last)
    office.evening(1)
    for code, sender in senders.items():
        if DEEDS[many.deeds[code]].then == "send":
            office.send(f"第二次/{rng.choice(('', '微信/', 'OA/'))}{code}更正.xlsx", sender.good)
    office.decide(*_decisions(many.deeds))
    office.evening(2, status=0)
    return many


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Many:
    codes = [f"{n:03}" for n in range(1, 121)]
    return _played(tmp_path_factory.mktemp("many"), "120 units", codes)


def test_each_of_120_stands_where_the_model_says(many: Many) -> None:
    found = many.office.days[1].status.json
    wrong = {
        unit["code"]: (many.deeds[unit["code"]], unit["state"])
        for unit in found["units"]
        if unit["state"] != DEEDS[many.deeds[unit["code"]]].state
    }
    assert not wrong
    assert len(found["units"]) == 120
    states = Counter(DEEDS[deed].state for deed in many.deeds.values())
    assert {word: found["counts"][word] for word in WORDS} == {word: states[word] for word in WORDS}


def test_each_of_120_is_told_what_it_did(many: Many) -> None:
    """Of the files by their names; a unit that did nothing wrong has nothing to hear."""
    codes: dict[str, set[str]] = {code: set() for code in many.deeds}
    for file in many.office.days[1].merge.json["files"]:
        name = Path(file["file"]).name
        (code,) = (code for code in many.deeds if name.startswith(code) or f"第{code}单位" in name)
        codes[code] |= {found["code"] for found in file["findings"]} - set(ASIDE)
    due = {code: set(DEEDS[deed].codes.split()) for code, deed in many.deeds.items()}
    missing = {code: (many.deeds[code], due[code] - codes[code]) for code in due if due[code] - codes[code]}
    assert not missing
    assert {code: codes[code] for code in due if not due[code] and codes[code]} == {}


@pytest.mark.parametrize("day", [1, 2])
def test_nothing_of_120_is_lost(many: Many, day: int) -> None:
    _conserved(many.office, day)


def test_the_sum_of_120_waits_for_those_that_are_not_in(many: Many) -> None:
    evening = many.office.days[1]
    assert not evening.wrote
    assert not many.office.out(1).exists()
    by_state: dict[str, list[str]] = {word: [] for word in WORDS}
    for code, deed in many.deeds.items():
        by_state[DEEDS[deed].state].append(code)
    found = evening.merge.json
    rejected = sorted(by_state["退回修改"] + by_state["待说明"])
    missing = sorted(by_state["未报送"] + by_state["打不开"])
    for key, due in (("rejected", rejected), ("missing", missing), ("conflicts", by_state["重复待定"])):
        assert [unit["code"] for unit in found[key]] == due
    for label in ("退回修改", "待说明", "未报送", "打不开", "重复待定"):
        units = "、".join(f"{code} 第{code}单位（虚构）" for code in sorted(by_state[label]))
        assert f"\n{label}：{units}。\n" in evening.text.text
    taken = [values for code, values in many.values.items() if code in by_state["审核通过"]]
    assert fractions(found["values"]) == added(FORM, taken)


def test_the_sum_of_120_is_right_to_the_last_digit(many: Many) -> None:
    found = many.office.days[2].merge.json
    out = [code for code, deed in many.deeds.items() if DEEDS[deed].then == "暂不计入"]
    due = added(FORM, [values for code, values in many.values.items() if code not in out])
    assert fractions(found["values"]) == due
    assert found["complete"] is True
    assert [unit["code"] for unit in found["exempt"]] == out
    assert found["counts"]["units"]["in"] == 120 - len(out)
    (entry,) = done("export", many.office.out(2)).json
    assert fractions(entry["values"]) == due
    states = {unit["code"]: unit["state"] for unit in many.office.days[2].status.json["units"]}
    assert states == {code: "不计入" if code in out else "审核通过" for code in many.deeds}
    told = many.office.days[2].told.text
    changed = [code for code, deed in many.deeds.items() if DEEDS[deed].state != states[code]]
    line = "；".join(f"{code} 第{code}单位（虚构）：{DEEDS[many.deeds[code]].state}→{states[code]}" for code in changed)
    assert f"与上次相比：{line}。\n" in told
