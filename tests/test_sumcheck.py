"""What is told of a sum against last year's: the parts of a difference, who was left behind, who is too great."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from rounds import OFFICE, Few, Part, Round, unit
from support import filled, taken, workbook

from xls_report.collect import collect
from xls_report.layout import Kind
from xls_report.roster import Roster, RosterUnit
from xls_report.submission import Cover

NEW, IN, GRANTED, OUT = ("t3.new.person", "t3.carried_in.person", "t3.granted.person", "t3.carried_out.person")
REASON = {"G302": "机构改革中有申请随职能划转到其他部门办理"}
A, B, C, D = (unit(f"00{n}", f"第{n}局") for n in range(1, 5))
HEAD = "表三“自然人”列勾稽关系不平：“上年结转政府信息公开申请数量” {}，上年“结转下年度继续办理” {}，相差 {}"


def carried_in(number: int) -> Few:
    return {IN: number, GRANTED: number}


def carried_out(number: int) -> Few:
    return {NEW: number + 1, GRANTED: 1, OUT: number}


def told(round_: Round) -> str:
    """The one finding on 上年结转 of persons."""
    (found,) = (f.message for f in round_.merged.findings if f.code == "G302")
    return found


def parts_of(message: str) -> str:
    return message.partition("差额构成：")[2]


def part(who: RosterUnit, now: int, last: int | None, **more: object) -> Part:
    """A unit that carried in and out so many; one that does not fit itself has a reason."""
    reasons = REASON if last is not None and now != last else {}
    return Part(who, carried_in(now), carried_out(last) if last is not None else None, reasons, **more)  # type: ignore[arg-type]


# --- 差额构成 ------------------------------------------------------------------------------------------------------


def test_nothing_is_said_where_the_sum_fits() -> None:
    fits = Round((part(A, 3, 3), part(B, 2, 2)), office=carried_out(5))
    assert fits.merged.findings == ()


def test_units_that_do_not_continue_their_own_figures() -> None:
    found = Round((part(A, 6, 2), part(B, 1, 3), part(C, 4, 4)), office=carried_out(9))
    own = "；".join(f"{who.name}：{REASON['G302']}" for who in (A, B))
    assert told(found) == (
        f"{HEAD.format(11, 9, 2)}；已说明：{own}。差额构成：单位自身不衔接 +2（001 第1局 +4、002 第2局 -2）。"
    )


def test_shares_that_cancel_each_other_are_still_told() -> None:
    """The whole fits but for the new unit; two units break by as much in different directions."""
    found = Round((part(A, 4, 1), part(B, 1, 4), part(C, 2, None)), office=carried_out(5))
    assert parts_of(told(found)) == (
        "单位自身不衔接 0（001 第1局 +3、002 第2局 -3）；今年新列入、没有上年数的单位 +2（003 第3局 +2）。"
    )


def test_a_new_unit() -> None:
    found = Round((part(A, 3, 3), part(D, 5, None)), office=carried_out(3))
    assert told(found) == f"{HEAD.format(8, 3, 5)}。差额构成：今年新列入、没有上年数的单位 +5（004 第4局 +5）。"


def test_a_unit_that_another_took_over_is_part_of_it() -> None:
    heir = replace(A, takes_over=("016",))
    gone = {("016", "区乡村振兴局"): carried_out(4)}
    found = Round((part(heir, 7, 3), part(B, 3, 2)), office=carried_out(9), gone=gone)
    assert parts_of(told(found)) == "单位自身不衔接 +1（002 第2局 +1）。"
    assert not [f for f in found.merged.findings if f.code == "R213"]


def test_a_unit_that_took_over_one_whose_figures_are_not_there_is_not_new() -> None:
    heir = replace(A, takes_over=("016",))
    found = Round((part(heir, 7, 3), part(B, 2, 2)), office=carried_out(9 - 4))
    assert parts_of(told(found)) == (
        "上年数不全或有两份不同的单位 +7（001 第1局 +7）；上年汇总数与各单位上年数之和不同 -3。"
    )


def test_a_unit_that_left() -> None:
    gone = {("016", "区乡村振兴局"): carried_out(2)}
    found = Round((part(A, 3, 3), part(B, 1, 1)), office=carried_out(6), gone=gone)
    assert parts_of(told(found)) == "上年有、今年无人承接的单位 -2（016 区乡村振兴局 -2）。"


def test_last_year_was_published_otherwise_than_its_units_say() -> None:
    found = Round((part(A, 3, 3), part(B, 2, 2)), office=carried_out(9))
    assert parts_of(told(found)) == "上年汇总数与各单位上年数之和不同 -4。"


def test_two_submissions_of_last_year_that_differ_are_no_new_unit() -> None:
    found = Round((part(A, 3, 3), Part(B, carried_in(2), unclear=True)), office=carried_out(4))
    assert parts_of(told(found)) == (
        "上年数不全或有两份不同的单位 +2（002 第2局 +2）；上年汇总数与各单位上年数之和不同 -1。"
    )


def test_all_of_it_at_once_the_greatest_first_and_five_by_name() -> None:
    units = [unit(f"1{n:02}", f"第{n}所") for n in range(1, 8)]
    parts = [part(who, n, 0) for n, who in enumerate(units, 1)]
    gone = {("016", "区乡村振兴局"): carried_out(2)}
    found = Round((*parts, part(D, 5, None)), office=carried_out(4), gone=gone)
    assert parts_of(told(found)) == (
        "单位自身不衔接 +28（107 第7所 +7、106 第6所 +6、105 第5所 +5、104 第4所 +4、103 第3所 +3 等 7 家）；"
        "今年新列入、没有上年数的单位 +5（004 第4局 +5）；上年有、今年无人承接的单位 -2（016 区乡村振兴局 -2）；"
        "上年汇总数与各单位上年数之和不同 -2。"
    )


def test_without_any_units_figures_of_last_year() -> None:
    found = Round((part(A, 3, None), part(B, 2, None)), office=carried_out(4))
    assert told(found) == f"{HEAD.format(5, 4, 1)}。没有各单位的上年数，不能拆分差额。"


def test_a_relation_of_this_years_figures_alone_has_no_parts() -> None:
    wrong = {"t2.normative.issued": 9, "t2.normative.in_force": 3, "t2.normative.repealed": 1}
    reason = {"G202": "三件文件当年制发、当年到期失效，未计入废止件数"}
    found = Round((Part(A, wrong, {}, reason), Part(B, {}, {})), office={"t2.normative.in_force": 0})
    (message,) = (f.message for f in found.merged.findings if f.code == "G202")
    assert "差额构成" not in message


def test_a_part_of_the_units_is_not_held_against_last_years_whole() -> None:
    some = Round((part(A, 6, 2), Part(B, None, carried_out(3))), office=carried_out(5))
    assert [f.code for f in some.merged.findings] == []
    without = Round((part(A, 6, 2), part(B, 3, 3)), office=carried_out(5), without=("002",))
    assert [f.code for f in without.merged.findings] == []


_PART = re.compile(r"(?P<label>[^；（]+?) (?P<sum>[+-]?\d+)(?:（(?P<shares>[^）]*)）)?")


@pytest.mark.parametrize("seed", range(12))
def test_the_parts_always_add_up_to_the_difference(seed: int) -> None:
    """Of random figures; each part also is what a sum made here says."""
    rng = Random(f"parts {seed}")
    parts, broken, new = [], 0, 0
    for number in range(rng.randrange(1, 5)):
        now, last = rng.randrange(9), rng.randrange(9)
        parts.append(part(unit(f"2{number:02}", f"甲{number}"), now, last))
        broken += now - last
    for number in range(rng.randrange(3)):
        now = rng.randrange(9)
        parts.append(part(unit(f"3{number:02}", f"乙{number}"), now, None))
        new += now
    gone: Mapping[tuple[str, str], Few] = {(f"4{n:02}", f"丙{n}"): carried_out(rng.randrange(9)) for n in range(2)}
    left = -sum(int(figures[OUT]) for figures in gone.values())
    of_units = sum(int((p.last or {}).get(OUT, 0)) for p in parts) - left
    office = rng.choice((of_units, rng.randrange(30)))
    found = Round(tuple(parts), office=carried_out(office), gone=gone)
    gap = sum(int((p.now or {})[IN]) for p in parts) - office
    if gap == 0:
        assert not [f for f in found.merged.findings if f.code == "G302"]
        return
    sums = {}
    for match in _PART.finditer(parts_of(told(found)).removesuffix("。")):
        sums[match["label"].lstrip("；")] = Fraction(match["sum"])
        if match["shares"] is not None and "等" not in match["shares"]:
            shares = [Fraction(share.rsplit(" ", 1)[1]) for share in match["shares"].split("、")]
            assert sum(shares) == Fraction(match["sum"])
    due = {
        "单位自身不衔接": broken,
        "今年新列入、没有上年数的单位": new,
        "上年有、今年无人承接的单位": left,
        "上年汇总数与各单位上年数之和不同": of_units - office,
    }
    assert {label: value for label, value in sums.items() if value} == {k: v for k, v in due.items() if v}
    assert sum(sums.values()) == gap


# --- R213 -----------------------------------------------------------------------------------------------------------


def _left(gone: Mapping[tuple[str, str], Few], **more: object) -> list[str]:
    found = Round((part(A, 0, 0), part(B, 0, 0)), gone=gone, **more)  # type: ignore[arg-type]
    return [f.message for f in found.merged.findings if f.code == "R213"]


def test_who_is_continued_by_nobody_is_named_with_what_it_left_open() -> None:
    gone = {
        ("016", "区乡村振兴局"): {**carried_out(2), "t3.new.other": 3, "t3.carried_out.other": 3},
        ("017", "区\n粮食局"): {},
    }
    (found,) = _left(gone)
    assert found == (
        "上年有、今年名单没有的单位：016 区乡村振兴局（上年结转下年度 5 件，未见承接登记）；"
        "017 区 粮食局（上年没有结转）。"
    )


def test_what_was_left_open_is_not_known_from_two_that_differ() -> None:
    found = Round((part(A, 0, 0), part(B, 0, 0)))
    priors = found.priors
    assert priors is not None
    unclear = replace(
        priors, single={**priors.single, ("016", 2024): {}}, names={**priors.names, "016": "区乡村振兴局"}
    )
    object.__setattr__(found, "priors", unclear)
    assert [f.message for f in found.merged.findings] == [
        "上年有、今年名单没有的单位：016 区乡村振兴局（有两份不同的上年数，上年结转不能确定）。"
    ]


def test_who_was_taken_over_or_has_another_code_now_is_not_missed() -> None:
    parts = (
        part(replace(A, takes_over=("016",)), 2, 0),
        replace(part(replace(B, prior_code="102"), 0, None), reasons={}),
    )
    gone = {("016", "区乡村振兴局"): carried_out(2), ("102", "旧二局"): {}}
    found = Round(parts, gone=gone)
    assert [f.code for f in found.merged.findings] == []


def test_last_years_summaries_are_nobody_who_left() -> None:
    found = Round((part(A, 0, 0), part(B, 0, 0)), office=carried_out(0))
    assert [f.code for f in found.merged.findings] == []


# --- R214 -----------------------------------------------------------------------------------------------------------

THREE = ("t2.licence.decisions", "t2.penalty.decisions", "t2.coercion.decisions")


def _too_great(*figures: Few, covers: tuple[Cover, ...] = ()) -> list[str]:
    """Codes of the units that are said to have reported the whole district's figures; the first may be a summary."""
    units = [RosterUnit(f"{n:03}", f"第{n}局") for n in range(1, len(figures) + 1)]
    intakes = []
    for one, own in zip(units, figures, strict=True):
        above = covers if one is units[0] else ()
        made = replace(filled(2025, own, unit=one.unit), covers=above)
        intakes.append(taken(workbook(made, Kind.UPWARD if above else Kind.UNIT), f"{one.code}.xlsx"))
    found = collect(Roster(tuple(units), OFFICE), intakes)
    assert len(found.included) == len(figures)
    marked = [one.code for one, intake in found.included if any(f.code == "R214" for f in intake.findings)]
    told = [i.unit.code for i in found.intakes if i.unit is not None and any(f.code == "R214" for f in i.findings)]
    assert told == marked
    return marked


def test_one_that_is_at_least_the_sum_of_all_others() -> None:
    small = dict.fromkeys(THREE, 5)
    assert _too_great(dict.fromkeys(THREE, 10), small, small) == ["001"]
    assert _too_great(small, dict.fromkeys(THREE, 11), small) == ["002"]


@pytest.mark.parametrize("item", THREE)
def test_just_below_the_sum_of_the_others_in_one_item(item: str) -> None:
    small = dict.fromkeys(THREE, 5)
    assert _too_great({**dict.fromkeys(THREE, 10), item: 9}, small, small) == []


def test_an_item_that_nobody_else_has_says_nothing() -> None:
    small = dict.fromkeys(THREE, 5)
    assert _too_great({**dict.fromkeys(THREE, 10), "t4.review.upheld": 0}, small, small) == ["001"]
    assert _too_great(dict.fromkeys(THREE, 10), {**small, "t4.review.upheld": 1}, small) == []


def test_too_few_units_or_items_say_nothing() -> None:
    small = dict.fromkeys(THREE, 5)
    assert _too_great(dict.fromkeys(THREE, 10), small) == []
    assert _too_great(dict.fromkeys(THREE[:2], 10), *[dict.fromkeys(THREE[:2], 5)] * 2) == []


def test_a_summary_may_be_as_great_as_all_others() -> None:
    small = dict.fromkeys(THREE, 5)
    covers = (Cover(unit("901", "一村").unit), Cover(unit("902", "二村").unit))
    assert _too_great(dict.fromkeys(THREE, 10), small, small, covers=covers) == []
