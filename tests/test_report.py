"""An annual report from a workbook: its structure, its faults in words, and what Word and a browser are given."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import FORMS, UNIT, filled, form_of

from xls_report.composing import compose, in_order, introduction, table_grid
from xls_report.document import Document, Grid, GridCell, Paragraph
from xls_report.figure import figure_text
from xls_report.placeholders import Fault, Trouble, escaped, replaced
from xls_report.submission import Submission

FULL = {
    "document_no": "财公开〔2026〕1号",
    "signed_on": "2026-01-20",
    "leader": "赵一",
    "reviewer": "钱二",
    "filler": "孙三",
    "phone": "0595-12345678",
    "email": "a@b.gov.cn",
    "address": "中山路6号",
    "postcode": "362800",
}
TEXTS = {
    "s1.proactive": ("本年主动公开。", "第二段。"),
    "s1.on_request": ("本年新收 {t3.new.total} 件，收费 {t2.fee.amount} 万元。",),
    "s1.management": ("管理规范。",),
    "s1.platform": ("平台 {{正常}}。",),
    "s1.supervision": ("监督有力。",),
    "s5": ("一是人手不够，二是培训不多，今后改进。",),
    "s6": ("无。",),
}
FIGURES: dict[str, int | str] = {
    "t2.fee.amount": "2.5",
    "t3.new.person": 5,
    "t3.new.company": 2,
    "t3.granted.person": 5,
    "t3.carried_out.company": 2,
}


def whole(year: int = 2025, figures: dict[str, int | str] | None = None, **more: Any) -> Submission:
    """A unit's submission of which nothing is missing for a report."""
    base = filled(year, FIGURES if figures is None else figures)
    return Submission(**{**vars(base), "texts": TEXTS, "cover": FULL, **more})


def outline(document: Document) -> list[str]:
    """A line a block: style and text, or the size of a grid."""
    return [
        f"{block.style}: {block.text}"
        if isinstance(block, Paragraph)
        else f"grid: {block.height} × {block.width} {block.caption}"
        for block in document.blocks
    ]


GOLDEN = """\
title: 区财政局2025年政府信息公开工作年度报告
number: 财公开〔2026〕1号
body: 本报告根据《中华人民共和国政府信息公开条例》，按照政府信息公开工作年度报告格式（国办公开办函〔2021〕30号）编制。全文由六部分组成：总体情况；主动公开政府信息情况；收到和处理政府信息公开申请情况；政府信息公开行政复议、行政诉讼情况；存在的主要问题及改进情况；其他需要报告的事项。
body: 本报告所列数据的统计期限自2025年1月1日起至2025年12月31日止。如对本报告有疑问，请与区财政局联系（地址：中山路6号；邮编：362800；办公电话：0595-12345678；邮箱：a@b.gov.cn）。
section: 一、总体情况
part: （一）主动公开
body: 本年主动公开。
body: 第二段。
part: （二）依申请公开
body: 本年新收 7 件，收费 2.50 万元。
part: （三）政府信息管理
body: 管理规范。
part: （四）政府信息公开平台建设
body: 平台 {正常}。
part: （五）监督保障
body: 监督有力。
section: 二、主动公开政府信息情况
grid: 14 × 4 二、主动公开政府信息情况
section: 三、收到和处理政府信息公开申请情况
grid: 28 × 10 三、收到和处理政府信息公开申请情况
body: 说明：上年多计 1 件，已于 3 月更正公开。
section: 四、政府信息公开行政复议、行政诉讼情况
grid: 4 × 15 四、政府信息公开行政复议、行政诉讼情况
section: 五、存在的主要问题及改进情况
body: 一是人手不够，二是培训不多，今后改进。
section: 六、其他需要报告的事项
body: 无。
signature: 区财政局
signature: 2026年1月20日
"""  # noqa: E501 - a paragraph a line
REASON = {"G302": "上年多计 1 件，已于 3 月更正公开。"}


def test_a_report_is_the_six_parts_in_order_with_all_around_them() -> None:
    assert outline(compose(whole(explanations=REASON))) == GOLDEN.splitlines()


def test_only_settled_explanations_are_printed_where_the_reading_says_which() -> None:
    both = {**REASON, "D216": "本年新增一项收费，已经财政局核定。"}
    reasons = [p.text for p in compose(whole(explanations=both)).paragraphs if p.text.startswith("说明：")]
    assert reasons == ["说明：本年新增一项收费，已经财政局核定。", "说明：上年多计 1 件，已于 3 月更正公开。"]
    for settled, due in (((), 0), (("G302",), 1), (("D216", "G302"), 2)):
        document = compose(whole(explanations=both), settled=settled)
        assert sum(p.text.startswith("说明：") for p in document.paragraphs) == due
    assert "说明：核实无误" not in outline(compose(whole(explanations={"G302": "核实无误"})))


def test_a_draft_marks_what_is_missing_where_it_belongs() -> None:
    texts = {"s1.proactive": ("有。",), "s6": ("无。",)}
    submission = whole(texts=texts, cover={}, state="未收齐", values={**whole().values, "t3.new.person": None})
    document = compose(submission, draft=True)
    lines = outline(document)
    assert lines[0] == "note: 草稿：尚未定稿，不得公开。未收齐"
    assert "number" not in [line.split(":")[0] for line in lines]
    assert "（【待补：办公电话】）。" in lines[3]
    assert [line for line in lines if "待补" in line][1:] == [
        "note: 【待补：依申请公开】",
        "note: 【待补：政府信息管理】",
        "note: 【待补：政府信息公开平台建设】",
        "note: 【待补：监督保障】",
        "note: 【待补：存在的主要问题及改进情况】",
        "signature: 【待补：成文日期】",
    ]
    marked = [(c.row, c.column) for c in list(document.grids)[1].cells if c.text == "待补"]
    assert marked == [(3, 3), (3, 9)]  # the figure and the total that rests on it


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_the_parts_are_those_of_the_form_in_the_order_of_their_numbers(form: Any) -> None:
    assert "".join(part.title[0] for part in in_order(form)) == "一二三四五六"


def test_a_table_is_printed_with_the_merges_of_the_notice() -> None:
    (first, second, third) = compose(whole()).grids
    assert first.cells[:3] == (
        GridCell(0, 0, "第二十条第（一）项", 1, 4, "column"),
        GridCell(1, 0, "信息内容", 1, 1, "column"),
        GridCell(1, 1, "本年制发件数", 1, 1, "column"),
    )
    fee = [cell for cell in first.cells if cell.row == 13]
    assert fee == [GridCell(13, 0, "行政事业性收费", 1, 1, "row"), GridCell(13, 1, "2.50", 1, 3)]
    heads = {cell.text: cell for cell in second.cells if cell.head}
    assert heads["（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"] == GridCell(
        0, 0, "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3, "column"
    )
    assert heads["申请人情况"] == GridCell(0, 3, "申请人情况", 1, 7, "column")
    assert heads["法人或其他组织"] == GridCell(1, 4, "法人或其他组织", 1, 5, "column")
    assert heads["三、本年度办理结果"] == GridCell(5, 0, "三、本年度办理结果", 22, 1, "row")
    assert heads["（三）不予公开"] == GridCell(7, 1, "（三）不予公开", 8, 1, "row")
    assert heads["（一）予以公开"] == GridCell(5, 1, "（一）予以公开", 1, 2, "row")
    assert [c.text for c in second.cells if c.row == 3] == ["一、本年新收政府信息公开申请数量", *"5200007"]
    assert [c.text for c in third.cells if c.row == 3] == ["0"] * 15
    assert all(c.head == "column" for c in third.cells if c.row < 3)


@pytest.mark.parametrize("year", [2020, 2025])
def test_grids_have_no_hole_and_nothing_twice_and_every_figure(year: int) -> None:
    submission = filled(year, {"t3.new.person": 5, "t3.granted.person": 5})
    for table in submission.form.tables:
        grid = table_grid(submission, table)
        squares = [
            (row, column)
            for cell in grid.cells
            for row in range(cell.row, cell.row + cell.rows)
            for column in range(cell.column, cell.column + cell.columns)
        ]
        assert sorted(squares) == [(row, column) for row in range(grid.height) for column in range(grid.width)]
        assert len(grid.columns) == grid.width
        assert abs(sum(grid.columns) - 1) < 1e-9
        figures = [submission.figures[item.id] for item in submission.form.items if item.table is table]
        assert [cell.text for cell in grid.cells if not cell.head] == [figure_text(f) for f in figures if f is not None]


def test_a_table_declared_zero_prints_zeros() -> None:
    submission = whole(values={}, zero_report=frozenset({"t2", "t3", "t4"}))
    texts = {cell.text for grid in compose(submission).grids for cell in grid.cells if not cell.head}
    assert texts == {"0", "0.00"}


def test_the_introduction_says_nothing_but_what_the_form_and_the_cover_say() -> None:
    made, contact = introduction(whole(2020, {}, cover={"phone": "87987505"}))
    assert "（国办公开办函〔2019〕60号）" in made
    assert contact == (
        "本报告所列数据的统计期限自2020年1月1日起至2020年12月31日止。如对本报告有疑问，请与区财政局联系（办公电话：87987505）。"
    )


def test_what_no_document_can_store_is_left_out() -> None:
    odd = whole(texts={**TEXTS, "s6": ("甲\x00乙\n丙\ud800丁\ufffe",)}, cover={**FULL, "document_no": "一\n二\x0b"})
    texts = [p.text for p in compose(odd).paragraphs]
    assert "甲乙 丙丁" in texts
    assert "一 二" in texts


# Figures in prose.


def test_a_name_in_braces_becomes_its_figure() -> None:
    figures = whole().figures
    assert replaced("新收{t3.new.total}件，{ t2.fee.amount } 万元", figures) == ("新收7件，2.50 万元", ())
    assert replaced("{{t3.new.total}}", figures) == ("{t3.new.total}", ())
    assert replaced("{{{t3.new.total}}}", figures) == ("{7}", ())


def test_a_name_that_is_not_known_is_a_fault_with_names_that_are_like_it() -> None:
    text, faults = replaced("新收 {t3.new.totl} 件", whole().figures)
    assert text == "新收 【待补：t3.new.totl】 件"
    assert faults == (Fault(Trouble.UNKNOWN, "t3.new.totl", faults[0].near),)
    assert faults[0].near[0] == "t3.new.total"
    assert replaced("{}", whole().figures)[1] == (Fault(Trouble.UNKNOWN, ""),)


def test_a_name_without_a_figure_and_a_brace_alone_are_faults() -> None:
    figures = {"t3.new.total": None}
    assert replaced("{t3.new.total}", figures)[1] == (Fault(Trouble.BLANK, "t3.new.total"),)
    for text in ("{", "}", "甲{乙", "甲}乙", "{a{t3.new.total}"):
        assert Trouble.ALONE in [fault.trouble for fault in replaced(text, figures)[1]], text


@given(st.text(alphabet="{}甲a .", max_size=30))
def test_escaped_text_comes_back_and_any_text_gives_an_answer(text: str) -> None:
    assert replaced(escaped(text), {}) == (text, ())
    result, faults = replaced(text, {})
    if not faults:
        assert result == text.replace("{{", "{").replace("}}", "}")


_ITEMS = st.sampled_from([item.id for item in form_of(2025).items])


@given(st.lists(st.tuples(st.text(alphabet="甲乙{}。", max_size=5), _ITEMS), max_size=6), st.integers(0, 10**15 - 1))
def test_whatever_stands_in_prose_is_what_stands_in_the_cell(pieces: list[tuple[str, str]], value: int) -> None:
    submission = filled(2025, {"t3.new.person": value, "t4.review.upheld": value // 2})
    text = "".join(f"{escaped(around)}{{{item}}}" for around, item in pieces)
    printed = {c.text for grid in compose(submission).grids for c in grid.cells if not c.head}
    found, faults = replaced(text, submission.figures)
    assert not faults
    assert found == "".join(
        f"{around}{figure_text(v)}" for around, item in pieces if (v := submission.figures[item]) is not None
    )
    assert {figure_text(v) for _, item in pieces if (v := submission.figures[item]) is not None} <= printed


def test_figures_of_the_example_are_the_unit_s() -> None:
    assert whole().unit == UNIT
    assert isinstance(compose(whole()).blocks[-3], Paragraph)
    assert sum(isinstance(block, Grid) for block in compose(whole()).blocks) == 3
