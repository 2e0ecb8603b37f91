"""What people do to a summary (工作底稿): acts on the town's workbook over two villages, and exactly what is found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from acts import Act, perform
from support import filled, form_of, place, taken, workbook

from xls_report.collect import collect
from xls_report.intake import Intake, Outcome
from xls_report.layout import Kind, Layout
from xls_report.merge import merge, write_merged
from xls_report.plan import compile_layout
from xls_report.roster import Roster, RosterUnit
from xls_report.submission import Unit

TOWN = Unit("007", "东镇")
VILLAGES = (Unit("101", "一村"), Unit("102", "二村"))
FIGURES: tuple[dict[str, int | str], ...] = (
    {"t2.licence.decisions": 5, "t4.review.upheld": 3, "t4.review.other": 1},
    {"t2.licence.decisions": 9, "t4.review.upheld": 4, "t2.fee.amount": "2.50"},
)
RESEND = "这份表的单位标识前后不一致（隐藏页与文件属性、定义的名称不同），可能拼入了别的表，或者标识被改动。"


@dataclass(frozen=True)
class Found:
    """A finding: its cells are named as in `support.place`; `message` is compared where it is given."""

    code: str
    level: str
    sheet: str
    cells: tuple[str, ...] = ()
    message: str = ""

    def fact(self) -> tuple[str, str, str, tuple[str, ...]]:
        """The finding as `support.facts` gives it."""
        return self.code, self.level, self.sheet, tuple(place(layout(), name)[1] for name in self.cells)


@dataclass(frozen=True)
class Case:
    """Acts, findings, outcome, and the total of reviews as read: 8 when nothing was done."""

    acts: tuple[Act, ...]
    found: tuple[Found, ...] = ()
    outcome: Outcome = Outcome.ACCEPTED
    reviews: int | None = 8
    late: int = 0
    without: str = ""


def layout() -> Layout:
    """The layout of the town's workbook."""
    return compile_layout(form_of(2025), Kind.WORKING, len(VILLAGES))


@cache
def made(late: int = 0, without: str = "") -> bytes:
    """The town's workbook as merged; `late` villages more are on the roster, `without` is left out on purpose."""
    office = RosterUnit(TOWN.code, TOWN.name)
    more = (RosterUnit(f"2{n:02}", f"{n}村") for n in range(late))
    roster = Roster((*(RosterUnit(unit.code, unit.name) for unit in VILLAGES), *more), office)
    pairs = zip(VILLAGES, FIGURES, strict=True)
    intakes = [taken(workbook(filled(2025, own, unit=unit)), f"{unit.code}.xlsx") for unit, own in pairs]
    merged = merge(collect(roster, intakes, without=[without] if without else ()))
    assert merged is not None
    return write_merged(merged)


def _typed(cell: str, **what: Any) -> Act:
    return {"do": "type", "cell": cell, **what}


def _stored(cell: str, **what: Any) -> Act:
    return {"do": "store", "cell": cell, **what}


def _swapped() -> tuple[Found, ...]:
    there = (("code.0", "101", "102"), ("name.0", "一村", "二村"), ("code.1", "102", "101"), ("name.1", "二村", "一村"))
    text = "明细二 {} 应为“{}”，被改为“{}”：明细行被移动或改动。"
    return tuple(
        Found("S117", "error", "明细二", (name,), text.format(place(layout(), name)[1], due, given))
        for name, due, given in there
    )


_TOTAL = "detail.t4.review.total.0"
_NAME = "明细四“一村”的“行政复议—总计”"

CASES: dict[str, Case] = {
    "nothing done": Case(()),
    "saved by another program": Case(({"do": "resave"},)),
    "rows swapped": Case(({"do": "swap_rows", "rows": ["code.0", "code.1"]},), _swapped(), Outcome.REJECTED),
    "the name of a row removed": Case(
        ({"do": "blank", "cell": "name.1"},),
        (Found("S117", "error", "明细二", ("name.1",), "明细二 B4 应为“二村”，被删除：明细行被移动或改动。"),),
        Outcome.REJECTED,
    ),
    "another unit's code typed over": Case(
        (_typed("code.1", text="103"),), (Found("S117", "error", "明细二", ("code.1",)),), Outcome.REJECTED
    ),
    "the total of a row overwritten": Case(
        (_typed(_TOTAL, number=9),),
        (
            Found(
                "S107",
                "error",
                "明细四",
                (_TOTAL,),
                f"{_NAME}应由公式算出，被改填为 9，按各分项计算应为 4。",
            ),
        ),
        Outcome.REJECTED,
    ),
    "the total of a row overwritten by its value": Case(
        (_typed(_TOTAL, number=4),),
        (Found("S108", "warning", "明细四", (_TOTAL,), f"{_NAME}的公式被数值 4 替换，与计算结果一致。"),),
    ),
    "the total of a row removed": Case(
        ({"do": "blank", "cell": _TOTAL},),
        (Found("S109", "warning", "明细四", (_TOTAL,), f"{_NAME}的公式被改动或删除，已按各分项重新计算。"),),
    ),
    "a figure of a row changed and not recalculated": Case(
        (_stored("detail.t4.review.upheld.0", v="5"),),
        (
            Found(
                "S110",
                "warning",
                "明细四",
                (_TOTAL,),
                f"{_NAME}显示 4，实为 6：文件没有重新计算，或有数字是文本格式、公式没有计入；已按各分项计算。",
            ),
            Found("S110", "warning", "表四 复议诉讼", ("t4.review.total", "t4.review.upheld")),
        ),
        reviews=10,
    ),
    "a figure of a row emptied": Case(
        ({"do": "blank", "cell": "detail.t4.review.upheld.1"},),
        (Found("V101", "error", "明细四", ("detail.t4.review.upheld.1",), "明细四“二村”“行政复议—结果维持”空白。"),),
        Outcome.REJECTED,
        reviews=None,
    ),
    "a sum typed over": Case(
        (_typed("t4.review.upheld", number=70),),
        (Found("S107", "error", "表四 复议诉讼", ("t4.review.upheld",)),),
        Outcome.REJECTED,
    ),
    "the sum of an amount overwritten by its value": Case(
        (_typed("t2.fee.amount", number=2.5),), (Found("S108", "warning", "表二 主动公开", ("t2.fee.amount",)),)
    ),
    "one row left out of a sum": Case(
        (_stored("t4.review.upheld", f="SUM(明细四!F3:F3)", v="3"),),
        (Found("S109", "warning", "表四 复议诉讼", ("t4.review.upheld",)),),
    ),
    "是 typed where a unit's workbook has its zero switch": Case(
        ({"do": "type", "cell": "表四 复议诉讼!B7", "text": "是"},),
        (Found("S113", "warning", "表四 复议诉讼", ("表四 复议诉讼!B7",)),),
    ),
    "the overview deleted": Case(({"do": "delete_sheet", "sheet": "汇总概况"},)),
    "a detail sheet deleted": Case(
        ({"do": "delete_sheet", "sheet": "明细四"},),
        (Found("S101", "error", "明细四"),),
        Outcome.REJECTED,
        reviews=None,
    ),
    "a covered unit renamed on the hidden sheet": Case(
        ({"do": "stamp", "entry": "cover", "column": 4, "text": "三村"},),
        (Found("F202", "error", "", message=RESEND),),
        Outcome.REJECTED,
        reviews=None,
    ),
    "a covered unit given a flag on the hidden sheet": Case(
        ({"do": "stamp", "entry": "cover", "column": 5, "text": "规章制定权"},),
        (Found("F202", "error", "", message=RESEND),),
        Outcome.REJECTED,
        reviews=None,
    ),
    "a village has not sent in its workbook": Case(
        (),
        (Found("F210", "error", "", message="这是阶段汇总（未收齐），不是收齐的汇总表。"),),
        Outcome.REJECTED,
        late=1,
    ),
    "a village is left out on purpose": Case((), (Found("F211", "warning", ""),), reviews=4, without="102"),
    "the hidden sheet lost": Case(
        ({"do": "stamp", "sheet": ""},), (Found("F202", "error", ""),), Outcome.REJECTED, reviews=None
    ),
}


@cache
def outcome(name: str) -> Intake:
    """What becomes of the workbook after the acts; run once."""
    case = CASES[name]
    return taken(perform(made(case.late, case.without), layout(), *case.acts), f"{name}.xlsx")
