"""What `export` wrote is read back the same; what does not fit is refused, each fault by the file's name."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from desk import form_of as desk_form
from desk import random_values
from support import FORMS, filled, form_of

from xls_report.exported import exported, exported_figures
from xls_report.fill import FillError
from xls_report.submission import Cover, Submission, Unit, export_object

TOTAL = "t3.new.total"


def data(found: Any) -> bytes:
    return json.dumps(found, ensure_ascii=False).encode()


def entry(**more: Any) -> dict[str, Any]:
    return export_object(filled(2025, {"t3.new.person": 5, "t3.granted.person": 5}), "x.xlsx") | more


@pytest.mark.parametrize("year", [2020, 2025])
def test_a_submission_comes_back_as_it_was(year: int) -> None:
    form = desk_form(year)
    below = Cover(Unit("002", "甲镇"), covers=(Cover(Unit("003", "乙村")),))
    values = dict(random_values(form, random.Random(year)))
    values["t3.new.person"] = None  # type: ignore[assignment]
    own = Submission(
        form_of(year),
        year,
        Unit("001", "某区"),
        values,
        texts={"s5": ("第一段", "第二段")},
        cover={"signed_on": "元月里的一天"},
        explanations={"G302": "上年多计一件，已向上级说明"},
        covers=(below,),
    )
    found = exported(data([export_object(own, "x.xlsx")]), "x.json", FORMS)
    back = found.submission
    assert found.remarks == ()
    assert (back.form.id, back.year, back.unit) == (own.form.id, own.year, own.unit)
    assert (back.figures, back.texts, back.explanations) == (own.figures, own.texts, own.explanations)
    assert back.covers == (below,)
    assert exported_figures(data(export_object(own, "")), "x.json", FORMS)[0].figures == own.figures


def test_a_table_declared_wholly_zero_comes_back_as_zero() -> None:
    own = Submission(form_of(2025), 2025, Unit("001", "某局"), zero_report=frozenset({"t3"}))
    assert exported(data(export_object(own, "")), "x.json", FORMS).submission.figures == own.figures


@pytest.mark.parametrize(
    ("given", "remark"),
    [
        (6, "x.json：表三“本年新收政府信息公开申请数量—总计”是合计，给出 6，各分项之和为 5，按 5 计"),
        ("5", 'x.json：t3.new.total 应为整数，给出 "5"；按各分项之和计'),
        (None, None),
    ],
)
def test_a_total_that_disagrees_is_told_and_does_not_count(given: object, remark: str | None) -> None:
    values = entry()["values"] | {TOTAL: given}
    found = exported(data(entry(values=values)), "x.json", FORMS)
    assert found.remarks == ((remark,) if remark else ())
    assert found.submission.figures[TOTAL] == 5
    assert exported_figures(data(entry(values=values)), "x.json", FORMS)[0].figures[TOTAL] == 5


def test_a_total_over_a_blank_is_told() -> None:
    values = entry()["values"] | {"t3.new.company": None}
    found = exported(data(entry(values=values)), "x.json", FORMS)
    assert found.remarks[0] == ("x.json：表三“本年新收政府信息公开申请数量—总计”是合计，给出 5，各分项不全，算不出")


def _nested(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [{"code": "001", "name": "某镇", "covers": found}]
    return found


def _values(**more: Any) -> Callable[[], dict[str, Any]]:
    return lambda: entry(values=entry()["values"] | {key.replace("__", "."): v for key, v in more.items()})


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (list, "x.json：应为一个单位的数据对象（export 输出的一项）"),
        (lambda: [entry(), entry()], "x.json：应为一个单位的数据对象（export 输出的一项）"),
        (lambda: entry(form="gkbg-1999"), "x.json：不是 export 输出的数据"),
        (lambda: entry(year="2025"), "x.json：不是 export 输出的数据"),
        (lambda: entry(unit="004"), "x.json：不是 export 输出的数据"),
        (_values(t3__new__person=1.5), 'x.json：t3.new.person 应为整数，给出 "1.5"'),
        (_values(t9__x=1), "x.json：没有指标 t9.x"),
        (lambda: entry(texts={"s9": []}), "x.json：没有文字部分 s9"),
        (lambda: entry(covers={}), "x.json：covers 应为单位对象的数组"),
        (lambda: entry(covers=[{"code": 1, "name": "某镇"}]), "x.json：covers 里有一项没有 code 或 name"),
        (lambda: entry(covers=_nested(1) * 2), "x.json：covers 里 001 出现两次"),
        (lambda: entry(covers=_nested(21)), "x.json：covers 一层套一层，超过 20 层"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(make: Callable[[], Any], complaint: str) -> None:
    with pytest.raises(FillError) as refused:
        exported(data(make()), "x.json", FORMS)
    assert refused.value.complaints == (complaint,)


def test_twenty_levels_are_read() -> None:
    covers = exported(data(entry(covers=_nested(20))), "x.json", FORMS).submission.covers
    assert len(covers[0].reached_codes) == 20
