"""汇总概况, 图表, 分组小计: what a leader reads, in the order of the offices, and where each figure comes from."""

from __future__ import annotations

import dataclasses
import io
import random
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from desk import Figure, added, done, form_of, office_row, random_values, roster_file, unit_row, with_totals
from desk import workbook as written
from openpyxl.chart import BarChart, Reference
from rounds import Few, Part, Round, exact, rows, texts, unit
from support import filled, taken, workbook, zero_workbook

from xls_report.decisions import Act, Decision
from xls_report.finding import Finding, finding
from xls_report.overview import matters
from xls_report.settings import Settings
from xls_report.submission import Unit

NEW, IN, GRANTED, OUT = ("t3.new.person", "t3.carried_in.person", "t3.granted.person", "t3.carried_out.person")
REASON = {"G302": "机构改革中有三件申请随职能划转而来"}
WRONG: Few = {NEW: 3}  # 勾稽关系不平
FOOT = "（供核对，公开时不保留）。本审核仅为数据校验，不代替业务审核和领导审签。"
SPACE = "　" * 6
PETITIONS, FINANCE, TOWN = (
    unit("001", "区信访局", "区直"),
    unit("002", "区财政局", "区直"),
    unit("006", "柳河镇", "乡镇"),
)
THREE = Round(
    (
        Part(PETITIONS, {NEW: 10, GRANTED: 9, OUT: 3, IN: 2, "t2.fee.amount": "2.5"}, {OUT: 2, NEW: 5, GRANTED: 3}),
        Part(FINANCE, {NEW: 4, GRANTED: 7, IN: 3, "t4.review.corrected": 1}, {NEW: 1, OUT: 1}, REASON),
        Part(TOWN, {"t4.direct.corrected": 2, "t4.after_review.pending": 1}, {"t2.fee.amount": "1.1"}),
    ),
)


def overview(round_: Round) -> list[list[object]]:
    return texts(round_.working, "汇总概况")


def line(round_: Round, start: str) -> list[str]:
    """The texts of 汇总概况 that begin so."""
    return [str(row[0]) for row in overview(round_) if str(row[0]).startswith(start)]


# --- the page, row by row -----------------------------------------------------------------------------------


def test_every_row_of_a_small_round() -> None:
    assert overview(THREE) == [
        ["临江区2025年政府信息公开工作年度报告数据汇总"],
        ["统计范围：区直 2 家、乡镇 1 家（共 3 家）"],
        ["应报 3 家，审核通过 3 家，未报送 0 家。"],
        ["指标", "本年", "上年", "增减"],
        ["申请收到和办理"],
        ["本年新收（件）", 14, 6, 8],
        ["上年结转（件）", 5, 0, 5],
        ["本年办结（件）", 16, 3, 13],
        ["结转下年度办理（件）", 3, 3, 0],
        ["办理结果"],
        ["予以公开（件）", 16, 3, 13],
        ["部分公开（件）", 0, 0, 0],
        ["不予公开（件）", 0, 0, 0],
        ["无法提供（件）", 0, 0, 0],
        ["不予处理（件）", 0, 0, 0],
        ["其他处理（件）", 0, 0, 0],
        ["主动公开"],
        ["行政规范性文件　本年制发（件）", 0, 0, 0],
        ["行政规范性文件　现行有效（件）", 0, 0, 0],
        ["行政许可　处理决定（件）", 0, 0, 0],
        ["行政处罚　处理决定（件）", 0, 0, 0],
        ["行政强制　处理决定（件）", 0, 0, 0],
        ["行政事业性收费　金额（万元）", 2.5, 1.1, 1.4],
        ["行政复议和行政诉讼"],
        ["行政复议　结果纠正（件）", 1, 0, 1],
        ["行政诉讼　结果纠正（件）", 2, 0, 2],
        ["行政复议　总计（件）", 1, 0, 1],
        ["行政诉讼　总计（件）", 3, 0, 3],
        ["其中尚未审结（件）", 1, 0, 1],
        ["需请领导知悉的事项"],
        ["1．写了情况说明的 1 家：002 区财政局（G302）。"],
        ["与上一稿相比：没有上一稿可比。"],
        ["上年一栏：已汇入各单位 2024 年的数之和。"],
        [f"填报人：{SPACE}审核人：{SPACE}单位负责人：{SPACE}日期：{'　' * 4}"],
        [f"数据校验码：{_codes(THREE)}{FOOT}"],
    ]


def _codes(round_: Round) -> str:
    """The 数据校验码 of the three tables by the written rule, added up here."""
    figures, found = round_.merged.submission.figures, []
    for table in ("t2", "t3", "t4"):
        items = [item for item in form_of(round_.year).inputs if item.table.id == table]
        total = 0
        for weight, item in enumerate(items, 1):
            value = Fraction(figures[item.id] or 0) * (10**6 if item.kind == "amount" else 1)
            total += int(value) % 99991 * weight
        found.append(f"{total % 999983:06d}")
    return "-".join(found)


def test_the_page_is_one_page_and_locked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(THREE.working))
    for name in ("汇总概况", "图表"):
        page = book[name]
        fits = (page.page_setup.fitToWidth, page.page_setup.fitToHeight)
        assert all(number in (None, 1) for number in fits)  # 1 is what is meant where nothing is said
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.paperSize == 9
        assert page.page_setup.orientation != "landscape"
        assert page.protection.sheet
        assert all(cell.protection.locked for row in page.iter_rows() for cell in row)
    assert book.sheetnames[:2] == ["汇总概况", "图表"]
    book.close()


def test_no_row_is_higher_than_a_spreadsheet_allows() -> None:
    """A hundred and fifty units that have not sent in are all named, in rows of at most 409 points."""
    late = tuple(unit(f"{n:03}", f"临江区第{n}街道办事处社区服务中心") for n in range(100, 250))
    many = replace(THREE, more=late)
    book = openpyxl.load_workbook(io.BytesIO(many.working))
    page = book["汇总概况"]
    heights = [dimension.height or 0 for dimension in page.row_dimensions.values()]
    assert max(heights) < 409
    told = "".join(str(row[0].value) for row in page.iter_rows() if row[0].value is not None)
    assert f"未报送：{'、'.join(one.shown for one in late)}。" in told
    assert f"还有 150 家没有报齐，本表为阶段数：{'、'.join(one.shown for one in late[:6])} 等 150 家。" in told
    book.close()


# --- 统计范围, coverage -----------------------------------------------------------------------------------------


def test_the_scope_is_what_the_office_says_else_the_groups() -> None:
    said = replace(THREE, settings=Settings(scope="区人民政府及其部门、各镇人民政府"))
    assert line(said, "统计范围") == ["统计范围：区人民政府及其部门、各镇人民政府（共 3 家）"]
    mixed = replace(THREE, more=(unit("009", "区档案馆"),))
    assert line(mixed, "统计范围") == ["统计范围：区直 2 家、乡镇 1 家、未分组 1 家（共 4 家）"]
    none = Round(tuple(replace(part, unit=replace(part.unit, group="")) for part in THREE.parts))
    assert line(none, "统计范围") == ["统计范围：单位名单所列单位（共 3 家）"]


EACH = ("审核通过", "待说明", "退回修改", "重复待定", "打不开", "未报送", "暂不计入")


def test_every_state_is_counted_and_named(tmp_path: Path) -> None:
    """Through the command line, for files that nobody can open."""
    names = ("信访局", "财政局", "教育局", "民政局", "审计局", "柳河镇", "档案馆", "统计局")
    list_ = [unit_row(f"{n:03}", name) for n, name in enumerate(names, 1)]
    list_[6] |= {"计入汇总": "否"}
    roster = roster_file(tmp_path / "r.csv", [office_row("000", "临江区"), *list_])
    inbox = tmp_path / "in"
    inbox.mkdir()

    def send(code: str, name: str, figures: Few, file: str = "") -> None:
        data = workbook(filled(2025, figures, unit=Unit(code, name)))
        (inbox / f"{file or code}.xlsx").write_bytes(data)

    send("001", "信访局", {})
    send("002", "财政局", {"t2.normative.issued": 9})  # G202 不写说明
    send("003", "教育局", WRONG)
    send("004", "民政局", {}, "004a")
    send("004", "民政局", {"t4.review.upheld": 1}, "004b")
    (inbox / "审计局.xlsx").write_bytes(b"PK\x03\x04 broken")
    out, up = tmp_path / "m.xlsx", tmp_path / "u.xlsx"
    options = ("--roster", roster, "--without", "008", "-o", out, "--submit", up, "--draft")
    done("merge", inbox, *options, status=1)
    told = [
        f"应报 7 家，{'，'.join(f'{state} 1 家' for state in EACH)}。",
        "待说明：002 财政局。",
        "退回修改：003 教育局。",
        "重复待定：004 民政局。",
        "打不开：005 审计局。",
        "未报送：006 柳河镇。",
        "暂不计入：008 统计局。",
        "名单所列、不计入汇总的 1 家：007 档案馆。",
    ]
    for path in (out, up):
        assert [str(row[0]) for row in texts(path.read_bytes(), "汇总概况")][2:10] == told
    assert f"报送情况：{''.join(told)}" in (tmp_path / "报送函-u.txt").read_text(encoding="utf-8-sig")


# --- what a leader is asked to know -------------------------------------------------------------------------


def _told(round_: Round) -> list[str]:
    return matters(round_.collection, round_.merged.account, "，见“审核情况”")


def test_nothing_to_know() -> None:
    calm = Round((Part(PETITIONS), Part(TOWN)))
    assert _told(calm) == ["没有需要特别报告的事项。"]
    assert line(calm, "1．") == ["1．没有需要特别报告的事项。"]


def test_matters_in_order_and_no_more_than_five() -> None:
    gone = {("016", "区乡村振兴局"): {NEW: 2, OUT: 2}}
    left_out = unit("008", "区统计局", "区直")
    decision = Decision("008", Act.LEAVE, reason="机构改革中", approver="李主任", day="2026-01-20")
    jump = {"t2.licence.decisions": 300}, {"t2.licence.decisions": 2}
    repeated = {"t2.penalty.decisions": 7}
    parts = (
        THREE.parts[1],
        Part(PETITIONS, *jump),
        Part(unit("003", "区教育局", "区直"), repeated, repeated),
        Part(unit("004", "区民政局", "区直"), repeated, {}),
        Part(left_out, {}, {}),
        Part(TOWN, None),
    )
    found = Round(parts, gone=gone, decisions=(decision,))
    first = [
        "还有 1 家没有报齐，本表为阶段数：006 柳河镇。",
        "上年有、今年名单没有的单位：016 区乡村振兴局（上年结转下年度 2 件，未见承接登记）。",
        "008 区统计局暂不计入：机构改革中，批准人 李主任，2026-01-20。",
        "写了情况说明的 1 家：002 区财政局（G302）。",
    ]
    fifth = "与上年相差悬殊、没有说明的 1 处：001 区信访局。"
    assert _told(found) == [*first, f"{fifth}另有 2 项，见“审核情况”。"]
    assert line(found, "5．") == [f"5．{fifth}另有 2 项，见“审核情况”。"]
    assert [str(row[0]) for row in texts(found.upward, "汇总概况")].count(f"5．{fifth}另有 2 项。") == 1
    fewer = replace(found, parts=(*found.parts[2:4], Part(left_out, {}, {})), gone={}, decisions=())
    assert _told(fewer) == [
        "003 区教育局、004 区民政局的数据完全相同。",
        "003 区教育局：全部数据与上年完全相同。",
    ]


def test_six_lines_become_five_and_five_stay_five() -> None:
    findings = THREE.merged.account.findings
    assert findings == ()
    account = replace(THREE.merged.account, findings=tuple(_notes(4)))
    one = "写了情况说明的 1 家：002 区财政局（G302）。"
    assert matters(THREE.collection, account, "！") == [*(f"第 {n} 项。" for n in range(4)), one]
    account = replace(account, findings=tuple(_notes(5)))
    assert matters(THREE.collection, account, "！")[3:] == ["第 3 项。", "第 4 项。另有 1 项！。"]


def _notes(number: int) -> Iterable[Finding]:
    return (replace(finding("R214"), message=f"第 {n} 项。") for n in range(number))


def test_units_that_equal_each_other_are_told_by_groups() -> None:
    five = [unit(f"1{n}", f"{n}局") for n in range(5)]
    figures: tuple[Few, ...] = (*({"t4.review.upheld": n} for n in (1, 2, 1, 2)), {})
    found = Round(tuple(Part(who, own) for who, own in zip(five, figures, strict=True)))
    assert _told(found) == ["10 0局、12 2局的数据完全相同。", "11 1局、13 3局的数据完全相同。"]


def test_one_that_may_have_reported_the_whole_is_told() -> None:
    own = {"t2.licence.decisions": 4, "t2.penalty.decisions": 4, "t2.coercion.decisions": 4}
    great = dict.fromkeys(own, 9)
    found = Round((Part(PETITIONS, own), Part(FINANCE, {**own, "t2.licence.decisions": 3}), Part(TOWN, great)))
    assert _told(found) == ["006 柳河镇：各项数都不小于其余单位之和，疑似填报了全区数。"]


def test_more_than_six_names_are_counted_as_units() -> None:
    late = tuple(unit(f"5{n}", f"{n}站") for n in range(7))
    assert _told(replace(THREE, more=late))[0] == (
        "还有 7 家没有报齐，本表为阶段数：50 0站、51 1站、52 2站、53 3站、54 4站、55 5站 等 7 家。"
    )


# --- 与上一稿相比 -------------------------------------------------------------------------------------------------


def test_what_changed_since_the_last_draft() -> None:
    draft = Round((THREE.parts[0], Part(FINANCE, {NEW: 1, GRANTED: 1}), Part(unit("007", "东镇", "乡镇"))))
    now = replace(THREE, before=draft.merged.submission)
    assert line(now, "与上一稿相比")[0] == (
        "与上一稿相比：新汇入 1 家：006 柳河镇；不再汇入 1 家：007 东镇；本年新收 11→14；上年结转 2→5；本年办结 10→16；"
        "予以公开 10→16；行政复议结果纠正 0→1；行政诉讼结果纠正 0→2；行政复议总计 0→1；行政诉讼总计 0→3；"
        "其中尚未审结 0→1。"
    )
    assert not [row for row in texts(now.upward, "汇总概况") if str(row[0]).startswith("与上一稿相比")]
    assert line(replace(THREE, before=THREE.merged.submission), "与上一稿相比") == ["与上一稿相比：各数没有变化。"]
    other = replace(THREE, before=_moved().merged.submission)
    assert line(other, "与上一稿相比") == ["与上一稿相比：本页所列各数没有变化，其他栏有变化。"]


def _moved() -> Round:
    """As THREE, with repealed documents, which the page does not show."""
    own = {**(THREE.parts[0].now or {}), "t2.normative.repealed": 4}
    return replace(THREE, parts=(replace(THREE.parts[0], now=own), *THREE.parts[1:]))


def test_the_last_draft_by_the_command_line(tmp_path: Path) -> None:
    roster = roster_file(tmp_path / "r.csv", [office_row(), unit_row("001"), unit_row("002")])
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.xlsx").write_bytes(workbook(filled(2025, {"t4.review.other": 3}, unit=Unit("001", "甲"))))
    draft, out = tmp_path / "draft.xlsx", tmp_path / "m.xlsx"
    done("merge", tmp_path / "in", "--roster", roster, "-o", draft, "--draft", status=1)
    (tmp_path / "in" / "2.xlsx").write_bytes(workbook(filled(2025, {"t4.review.other": 4}, unit=Unit("002", "乙"))))
    done("merge", tmp_path / "in", "--roster", roster, "-o", out, "--keep-texts", draft)
    told = [str(row[0]) for row in texts(out.read_bytes(), "汇总概况")]
    assert "与上一稿相比：新汇入 1 家：002 第002单位；行政复议总计 3→7。" in told
    assert told[0] == "某区人民政府2025年政府信息公开工作年度报告数据汇总"


def test_a_draft_of_another_year_is_no_draft(tmp_path: Path) -> None:
    roster = roster_file(tmp_path / "r.csv", [office_row(), unit_row("001")])
    for year in (2024, 2025):
        (tmp_path / str(year)).mkdir()
        data = workbook(filled(year, unit=Unit("001", "甲")))
        (tmp_path / str(year) / "1.xlsx").write_bytes(data)
    last, out = tmp_path / "last.xlsx", tmp_path / "m.xlsx"
    done("merge", tmp_path / "2024", "--roster", roster, "-o", last)
    found = done("merge", tmp_path / "2025", "--roster", roster, "-o", out, "--keep-texts", last, status=2)
    assert f"--keep-texts {last} 是 2024 年度的汇总表，本次汇总 2025 年度" in found.err
    assert not out.exists()


# --- last year's column -------------------------------------------------------------------------------------


def test_the_offices_own_figures_of_last_year() -> None:
    found = replace(THREE, office={NEW: 7, GRANTED: 4, OUT: 3})
    assert line(found, "上年一栏") == ["上年一栏：汇总单位 2024 年的汇总数。"]
    assert ["本年新收（件）", 14, 7, 7] in overview(found)


def test_a_part_of_the_units_stands_beside_the_same_units() -> None:
    found = replace(THREE, office={NEW: 7, GRANTED: 4, OUT: 3}, without=("002",))
    assert line(found, "上年一栏") == ["上年一栏：已汇入各单位 2024 年的数之和。"]
    assert ["本年新收（件）", 10, 5, 5] in overview(found)


def test_nothing_of_last_year() -> None:
    parts = tuple(replace(part, last=None) for part in THREE.parts)
    for found in (Round(parts), replace(THREE, parts=(*THREE.parts[:2], parts[2]))):  # of all, of one of them
        assert line(found, "上年一栏") == ["上年一栏：没有上年数可比。"]
        assert ["本年新收（件）", 14, "—", "—"] in overview(found)


def test_the_year_after_the_form_changed() -> None:
    """2021 beside 2020: a line of one label is the same figure; what only one form has stands alone."""
    now = {NEW: 4, GRANTED: 4, "t2.normative.issued": 2, "t2.normative.in_force": 5, "t3.closed_1.person": 1}
    last = {NEW: 3, GRANTED: 1, "t3.closed.person": 2, "t2.licence.decisions": 9, "t2.normative.opened_total": 3}
    found = Round((Part(PETITIONS, {**now, NEW: 5}, last), Part(TOWN, {}, {})), year=2021)
    page = overview(found)
    assert line(found, "上年一栏") == ["上年一栏：已汇入各单位 2020 年的数之和。"]
    for row in (
        ["本年新收（件）", 5, 3, 2],
        ["予以公开（件）", 4, 1, 3],
        ["其他处理（件）", 1, 2, -1],  # closed of one form, closed_1…3 of the other: the same line
        ["行政许可　处理决定（件）", 0, 9, -9],
        ["行政规范性文件　本年制发（件）", 2, "—", "—"],
        ["行政规范性文件　现行有效（件）", 5, "—", "—"],
        ["行政事业性收费　金额（万元）", 0, "—", "—"],
    ):
        assert row in page


# --- every figure is a formula ------------------------------------------------------------------------------

_CELL = re.compile(r"(?:(?:'([^']+)'|([^!,()+\-]+))!)?\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")
_CODES = [f"{n:03}" for n in range(1, 19)]


class Book:
    """Formulas of a summary evaluated over openpyxl's cells in exact numbers: sums, differences, SUMIF, ROUND."""

    def __init__(self, data: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(data))

    def box(self, sheet: str, text: str) -> list[tuple[str, str]]:
        match = _CELL.fullmatch(text)
        assert match, text
        where = match[1] or match[2] or sheet
        first = f"{match[3]}{match[4]}"
        found = self.book[where][f"{first}:{match[5] or match[3]}{match[6] or match[4]}"]
        return [(where, cell.coordinate) for row in found for cell in row]

    def value(self, sheet: str, cell: str) -> Fraction:
        content = self.book[sheet][cell].value
        return self.formula(sheet, content[1:]) if isinstance(content, str) else exact(content)

    def formula(self, sheet: str, text: str) -> Fraction:
        if match := re.fullmatch(r"ROUND\((.+),6\)", text):
            return self.formula(sheet, match[1])
        if match := re.fullmatch(r"SUMIF\((.+),(.+),(.+)\)", text):
            names, head, figures = (self.box(sheet, part) for part in match.groups())
            (group,) = (self.book[where][cell].value for where, cell in head)
            pairs = zip(names, figures, strict=True)
            taken_ = [spot for (where, cell), spot in pairs if self.book[where][cell].value == group]
            return sum((self.value(*spot) for spot in taken_), Fraction(0))
        if match := re.fullmatch(r"SUM\(([^()]+)\)", text):
            spots = [spot for part in match[1].split(",") for spot in self.box(sheet, part)]
            return sum((self.value(*spot) for spot in spots), Fraction(0))
        for sign, factor in (("-", -1), ("+", 1)):
            left, found, right = text.partition(sign)
            if found:
                return self.formula(sheet, left) + factor * self.formula(sheet, right)
        ((where, cell),) = self.box(sheet, text)
        return self.value(where, cell)


@dataclasses.dataclass(frozen=True)
class District:
    """Eighteen units with random figures in three groups."""

    year: int
    values: dict[str, dict[str, Figure]]
    working: bytes
    upward: bytes

    @property
    def sums(self) -> dict[str, Fraction]:
        return added(form_of(self.year), self.values.values())


GROUPS = ("区直", "乡镇", "区直属事业单位")


@cache
def district(year: int) -> District:
    form = form_of(year)
    values = {code: random_values(form, random.Random(f"overview {year} {code}")) for code in _CODES}
    for code in _CODES:  # amounts whose sum has no more digits than a cell keeps
        for item in form.inputs:
            if item.kind == "amount":
                rng = random.Random(f"amount {year} {code}")
                values[code][item.id] = Decimal(rng.randrange(10**8)).scaleb(-rng.choice((2, 4, 6)))
    parts = []
    for n, code in enumerate(_CODES):
        who = unit(code, f"第{code}单位", GROUPS[n % 3])
        own: Few = {k: format(v, "f") if not isinstance(v, int) else v for k, v in values[code].items()}
        parts.append(Part(who, own))
    made = Round(tuple(parts), year=year)
    assert not made.merged.collection.open
    return District(year, values, made.working, made.upward)


def _due(district_: District, label: str) -> Fraction:
    """A line's figure, added up from the form file's declaration by the independent sums."""
    for brief in form_of(district_.year).briefs:
        for entry in brief.lines:
            if f"{entry.label}（" in label:
                return sum((district_.sums[name.ident] for name in entry.sum.names), Fraction(0))
    raise LookupError(label)


@pytest.mark.parametrize("year", [2025, 2020])
@pytest.mark.parametrize("which", ["working", "upward"])
def test_every_figure_is_a_formula_over_the_statutory_sheets(year: int, which: str) -> None:
    made = district(year)
    data = made.working if which == "working" else made.upward
    book = Book(data)
    statutory = {table.sheet for table in form_of(year).tables}
    lines = [row for row in rows(data, "汇总概况") if len(row) == 4 and row[0].value != "指标"]
    assert len(lines) == sum(len(brief.lines) for brief in form_of(year).briefs) == 21
    for label, now, last, change in lines:
        due = _due(made, str(label.value))
        assert now.formula.startswith("="), label
        assert _sheets(now.formula) <= statutory
        assert book.formula("汇总概况", now.formula[1:]) == exact(now.value) == due, label
        assert (last.value, change.value) == ("—", "—")
    assert sum(bool(_due(made, str(label.value))) for label, *_ in lines) == 21


def _sheets(formula: str) -> set[str]:
    found = set(re.findall(r"'([^']+)'!", formula))
    assert found, formula
    return found


def test_the_change_is_a_formula_over_the_two_beside_it() -> None:
    lines = {str(row[0].value): row[1:] for row in rows(THREE.working, "汇总概况") if len(row) == 4}
    now, last, change = lines["本年新收（件）"]
    assert change.formula == f"={now.cell}-{last.cell}"
    now, last, change = lines["行政事业性收费　金额（万元）"]
    assert change.formula == f"=ROUND({now.cell}-{last.cell},6)"
    assert change.value == 1.4


# --- 图表 -----------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A chart as its part of the package says."""

    title: str
    kind: str  # "bar" across, "col" upright
    names: str
    series: tuple[tuple[str, str], ...]


def drawn(data: bytes) -> list[Drawn]:
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [name for name in archive.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
        for number in range(1, len(parts) + 1):
            tree: Any = ElementTree.fromstring(archive.read(f"xl/charts/chart{number}.xml"))
            title = "".join(tree.find(".//{*}title").itertext())
            kind = tree.find(".//{*}barDir").get("val")
            names, series = set(), []
            for one in tree.findall(".//{*}ser"):
                names.add(one.find("{*}cat//{*}f").text)
                label = "".join(one.find("{*}tx").itertext())
                series.append((label, one.find("{*}val//{*}f").text))
            assert len(names) == 1
            found.append(Drawn(title, kind, names.pop(), tuple(series)))
    return found


def _plain(book: Any, box: str) -> list[Any]:
    sheet, _, span = box.replace("'", "").partition("!")
    return [cell.value for row in book[sheet][span.replace("$", "")] for cell in row]


def seen(data: bytes) -> list[tuple[str, str, list[str], dict[str, list[Any]]]]:
    """Title, kind, names, and the stored figures of each series."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    found = []
    for one in drawn(data):
        figures = {label: _plain(book, box) for label, box in one.series}
        found.append((one.title, one.kind, [str(name) for name in _plain(book, one.names)], figures))
    book.close()
    return found


def test_four_charts_and_what_they_show() -> None:
    flow = ["本年新收", "上年结转", "本年办结", "结转下年度办理"]
    results = ["予以公开", "部分公开", "不予公开", "无法提供", "不予处理", "其他处理"]
    people = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他组织"]
    none = [0] * 5
    assert seen(THREE.working) == [
        ("2025年申请收到和办理（件）", "col", flow, {"本年": [14, 5, 16, 3], "上年": [6, 0, 3, 3]}),
        ("2025年办理结果（件）", "col", results, {"本年": [16, *none], "上年": [3, *none]}),
        ("2025年新收申请：按申请人（件）", "col", people, {"本年": [14, *none], "上年": [6, *none]}),
        ("2025年新收申请：按单位（件），前 2 家", "bar", ["区信访局", "区财政局"], {"本年": [10, 4]}),
    ]


@pytest.mark.parametrize("year", [2025, 2020])
def test_every_series_leads_to_formulas_that_lead_to_the_figures(year: int) -> None:
    made = district(year)
    book, stored = Book(made.working), openpyxl.load_workbook(io.BytesIO(made.working), data_only=True)
    charts = drawn(made.working)
    declared = form_of(year).charts
    assert [chart.kind for chart in charts] == ["col", "col", "col", "bar"]
    for chart, of in zip(charts[:3], declared, strict=False):
        ((label, box),) = chart.series  # no last year, no second series
        assert label == "本年"
        due = [sum((made.sums[name.ident] for name in one.sum.names), Fraction(0)) for one in of.lines]
        assert _led(book, box) == due
        assert [exact(value) for value in _plain(stored, box)] == due
        assert _plain(stored, chart.names) == [one.label.replace("　", "") for one in of.lines]
    ((_, box),) = charts[3].series
    by_unit = {code: with_totals(form_of(year), values)["t3.new.total"] for code, values in made.values.items()}
    greatest = sorted(by_unit, key=lambda code: (-by_unit[code], code))
    assert charts[3].title == f"{year}年新收申请：按单位（件），前 15 家"
    assert _plain(stored, charts[3].names) == [f"第{code}单位" for code in greatest[:15]]
    assert _led(book, box) == [by_unit[code] for code in greatest[:15]]
    assert [exact(value) for value in _plain(stored, box)] == [by_unit[code] for code in greatest[:15]]
    rest = [row for row in rows(made.working, "图表") if row[0].value == "其余 3 家合计（未画）"]
    ((_, left),) = rest
    assert left.formula
    assert book.formula("图表", left.formula[1:]) == exact(left.value) == sum(by_unit[code] for code in greatest[15:])
    stored.close()


def _led(book: Book, box: str) -> list[Fraction]:
    spots = book.box("图表", box)
    for sheet, cell in spots:
        assert str(book.book[sheet][cell].value).startswith("="), cell
    return [book.value(*spot) for spot in spots]


def test_exactly_fifteen_units_leave_none_undrawn() -> None:
    parts = tuple(Part(unit(f"7{n:02}", f"{n}所"), {NEW: n, GRANTED: n}) for n in range(1, 16))
    (*_, chart) = seen(Round(parts).working)
    assert chart == (
        "2025年新收申请：按单位（件）",
        "bar",
        [f"{n}所" for n in range(15, 0, -1)],
        {"本年": [*range(15, 0, -1)]},
    )
    assert not [row for row in rows(Round(parts).working, "图表") if str(row[0].value).startswith("其余")]


def test_units_of_the_same_figure_keep_the_order_of_the_roster() -> None:
    parts = tuple(Part(unit(f"7{n}", f"{n}所"), {NEW: 2, GRANTED: 2}) for n in (3, 1, 2))
    (*_, chart) = seen(Round(parts).working)
    assert chart[2] == ["3所", "1所", "2所"]


def test_charts_of_zeros() -> None:
    charts = seen(Round((Part(PETITIONS), Part(TOWN))).working)
    assert [figures for *_, figures in charts[:3]] == [{"本年": [0] * 4}, {"本年": [0] * 6}, {"本年": [0] * 6}]
    assert charts[3][2:] == (["区信访局"], {"本年": [0]})


def test_charts_stand_apart_and_inside_the_print_area() -> None:
    book = openpyxl.load_workbook(io.BytesIO(district(2025).working))
    page = book["图表"]
    area = page.print_area.replace("$", "").rpartition("!")[2]
    last = int(re.sub(r"[A-Z]", "", area.partition(":")[2]))
    boxes = sorted((c.anchor._from.row, c.anchor.to.row, c.anchor._from.col, c.anchor.to.col) for c in page._charts)
    assert len(boxes) == 4
    assert area.startswith("A1:L")
    assert all(left == 0 and right < 12 for _, _, left, right in boxes)
    assert all(bottom < top for (_, bottom, *_), (top, *_) in pairwise(boxes))
    assert boxes[-1][1] <= last
    drawn_from = [cell.column for row in page.iter_rows(min_row=1) for cell in row if cell.value is not None]
    assert min(column for column in drawn_from if column > 1) > 12  # beside the page, not under the charts
    book.close()


# --- the reader and these pages -----------------------------------------------------------------------------


def test_the_reader_takes_a_summary_with_its_pages_in_silence() -> None:
    for data in (THREE.working, THREE.upward):
        found = taken(data)
        assert [f.code for f in found.findings if f.code not in ("T101",)] == []
        assert found.outcome == "accepted"


def _with_chart(data: bytes, sheet: str = "") -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book.create_sheet(sheet) if sheet else book["表三 申请办理"]
    chart = BarChart()
    chart.add_data(Reference(page, min_col=4, min_row=5, max_row=6))
    page.add_chart(chart, "N3")
    out = io.BytesIO()
    book.save(out)
    book.close()
    return out.getvalue()


def test_a_chart_and_a_sheet_of_that_name_in_a_units_workbook_are_reported() -> None:
    plain = {f.code for f in taken(_with_chart(zero_workbook(2025))).findings}
    assert "F115" in plain
    assert "S104" not in plain
    named = taken(_with_chart(zero_workbook(2025), "图表"))
    assert {"F115", "S104"} <= {f.code for f in named.findings}
    assert [f.message for f in named.findings if f.code == "S104"] == ["另有工作表“图表”，未读取、不汇总。"]
    for name in ("汇总概况", "分组小计"):
        told = taken(_renamed(name)).findings
        assert [f.message for f in told if f.code == "S104"] == [f"另有工作表“{name}”，未读取、不汇总。"]


def _renamed(sheet: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(zero_workbook(2025)))
    book.create_sheet(sheet)
    out = io.BytesIO()
    book.save(out)
    book.close()
    return out.getvalue()


def test_a_foreign_sheet_in_a_summary_is_still_reported() -> None:
    book = openpyxl.load_workbook(io.BytesIO(THREE.working))
    book.create_sheet("台账")
    out = io.BytesIO()
    book.save(out)
    book.close()
    assert "另有工作表“台账”，未读取、不汇总。" in [f.message for f in taken(out.getvalue()).findings]


# --- 分组小计 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2025, 2020])
def test_every_item_by_group_adds_up(year: int) -> None:
    made, form = district(year), form_of(year)
    book = Book(made.working)
    head, *lines = rows(made.working, "分组小计")
    assert [cell.value for cell in head] == ["表", "指标", "计量单位", "合计", "本级小计", *GROUPS]
    assert [(row[0].value, row[1].value, row[2].value) for row in lines] == [
        (item.table.name, item.name, item.unit) for item in form.items
    ]
    own = {group: added(form, [made.values[c] for c in _CODES[n::3]]) for n, group in enumerate(GROUPS)}
    for item, row in zip(form.items, lines, strict=True):
        shares = [own[group][item.id] for group in GROUPS]
        due = [made.sums[item.id], shares[0] + shares[2], *shares]
        assert [exact(cell.value) for cell in row[3:]] == due, item.id
        assert [book.formula("分组小计", cell.formula[1:]) for cell in row[3:]] == due, item.id
        assert all(cell.formula.startswith("=SUMIF(") for cell in row[5:])


def heads_of(round_: Round) -> list[object]:
    return [cell.value for cell in rows(round_.working, "分组小计")[0]][3:]


def _grouped(*groups: str, below: tuple[str, ...] = ()) -> Round:
    parts = tuple(Part(unit(f"7{n}", f"{n}所", group)) for n, group in enumerate(groups))
    return Round(parts, settings=Settings(below=below))


def test_no_groups_no_page() -> None:
    book = openpyxl.load_workbook(io.BytesIO(_grouped("", "").working))
    assert "分组小计" not in book.sheetnames
    book.close()


def test_which_groups_are_lower_governments() -> None:
    assert heads_of(_grouped("区直", "乡镇")) == ["合计", "本级小计", "区直", "乡镇"]
    assert heads_of(_grouped("区直", "乡镇（街道）", "各镇")) == ["合计", "本级小计", "区直", "乡镇（街道）", "各镇"]
    assert heads_of(_grouped("区直", "乡镇直属")) == ["合计", "区直", "乡镇直属"]
    assert heads_of(_grouped("乡镇", "街道")) == ["合计", "乡镇", "街道"]  # nothing at its own level
    assert heads_of(_grouped("区直", "")) == ["合计", "区直", "未分组"]
    assert heads_of(_grouped("", "乡镇")) == ["合计", "本级小计", "未分组", "乡镇"]


def test_what_the_office_says_of_its_groups_decides() -> None:
    """开发区 is below, and then 乡镇 is not, since it is not said."""
    found = _grouped("区直", "开发区", "乡镇", below=("开发区",))
    head, first, *_ = rows(found.working, "分组小计")
    assert [cell.value for cell in head][3:] == ["合计", "本级小计", "区直", "开发区", "乡镇"]
    assert first[4].formula == "=SUM(F2,H2)"


def test_groups_stand_in_the_order_of_the_roster_and_one_is_enough() -> None:
    assert heads_of(_grouped("丙", "甲", "丙", "乙")) == ["合计", "丙", "甲", "乙"]
    assert heads_of(_grouped("丙", "丙")) == ["合计", "丙"]


def test_a_unit_that_is_not_in_is_in_no_group() -> None:
    found = replace(THREE, parts=(*THREE.parts[:2], replace(THREE.parts[2], now=None)))
    assert heads_of(found) == ["合计", "区直"]


def test_the_notes_on_sums_stand_with_the_findings() -> None:
    notes = [row[-1] for row in texts(THREE.working, "审核情况") if row[0] == "汇总口径"]
    assert notes == list(form_of(2025).sum_notes)
    assert len(notes) == 5


def test_a_workbook_from_the_desk_gives_the_same_page(tmp_path: Path) -> None:
    """Through files and the command line, as a clerk does it."""
    roster = roster_file(tmp_path / "r.csv", [office_row("000", "临江区"), unit_row("001", "甲", 分组="区直")])
    written(tmp_path / "in" / "1.xlsx", 2025, ("001", "甲"), district(2025).values["001"])
    out = tmp_path / "m.xlsx"
    done("merge", tmp_path / "in", "--roster", roster, "-o", out)
    page = texts(out.read_bytes(), "汇总概况")
    due = with_totals(form_of(2025), district(2025).values["001"])
    assert next(row for row in page if row[0] == "本年新收（件）")[1] == due["t3.new.total"]
