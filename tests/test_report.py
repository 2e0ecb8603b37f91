"""An annual report from a workbook: its structure, its faults in words, and what Word and a browser are given."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import pytest
from desk import ROOT, SAMPLES, done, office_row, roster_file, run, unit_row
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from report_cases import CASES, FIGURES, FULL, TEXTS, outcome, whole
from support import FORMS, UNIT, filled, form_of, known, taken, workbook

from xls_report.composing import compose, in_order, introduction, table_grid
from xls_report.document import Document, Grid, GridCell, Paragraph
from xls_report.equation import parse_equation
from xls_report.exported import exported
from xls_report.figure import figure_text
from xls_report.form import Level, Relation
from xls_report.inbox import take_in
from xls_report.layout import Kind
from xls_report.placeholders import Fault, Trouble, escaped, replaced
from xls_report.plan import compile_layout
from xls_report.submission import Submission, Unit
from xls_report.webpage import web_page
from xls_report.wordfile import word_file
from xls_report.writer import write


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


def test_an_explanation_of_a_rule_across_tables_stands_beneath_the_last_of_them() -> None:
    form = whole().form
    across = Relation("G999", "items", parse_equation("t2.licence.decisions = t3.new.total"), Level.EXPLAIN, "（示例）")
    submission = whole(form=replace(form, relations=(across,)), explanations={"G999": "受理窗口合并，口径不同。"})
    lines = outline(compose(submission))
    assert lines[lines.index("body: 说明：受理窗口合并，口径不同。") - 1].startswith("grid: 28 × 10 三、")


def test_a_draft_marks_what_is_missing_where_it_belongs() -> None:
    texts = {"s1.proactive": ("有。",), "s6": ("无。",)}
    submission = whole(texts=texts, cover={}, state="未收齐", values={**whole().values, "t3.new.person": None})
    document = compose(submission, draft=True)
    lines = outline(document)
    assert lines[0] == "note: 草稿：尚未定稿，不得公开（未收齐）。"
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


# What stands against publishing.


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    case = CASES[name]
    found = [(f.code, str(f.level), f.sheet, f.cells, f.message) for f in outcome(name)]
    assert sorted(found) == sorted(said.fact(case.layout) for said in case.found)


# Word.

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _merged(table: Any) -> dict[tuple[int, int], tuple[str, int, int]]:
    """Upper left → text, rows, columns of every cell of a Word table, as python-docx sees the grid."""
    seen: dict[Any, list[tuple[int, int]]] = {}
    texts: dict[Any, str] = {}
    for r in range(len(table.rows)):
        for c in range(len(table.columns)):
            cell = table.cell(r, c)
            seen.setdefault(cell._tc, []).append((r, c))
            texts[cell._tc] = cell.text
    return {
        min(squares): (
            texts[tc],
            max(r for r, _ in squares) - min(squares)[0] + 1,
            max(c for _, c in squares) - min(squares)[1] + 1,
        )
        for tc, squares in seen.items()
    }


@pytest.mark.parametrize("year", [2020, 2025])
def test_word_holds_every_paragraph_and_every_cell_with_its_merge(year: int) -> None:
    document = compose(whole(year, {}, texts={**TEXTS, "s1.on_request": ("无。",)}), draft=True)
    book = docx.Document(io.BytesIO(word_file(document)))
    assert [p.text.replace("\n", "") for p in book.paragraphs if p.text] == [p.text for p in document.paragraphs]
    for table, grid in zip(book.tables, document.grids, strict=True):
        due = {(c.row, c.column): (c.text, c.rows, c.columns) for c in grid.cells}
        assert _merged(table) == due


def test_word_is_laid_out_as_an_official_document() -> None:
    data = word_file(compose(whole()))
    book = docx.Document(io.BytesIO(data))
    (section,) = book.sections
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    sizes = (section.page_width, section.page_height, *margins)
    assert [round(size.mm) for size in sizes if size is not None] == [210, 297, 37, 35, 28, 26]
    look = {}
    for paragraph in book.paragraphs:
        style: Any = paragraph.style
        look[style.name] = (style.element.rPr.rFonts.get(f"{W}eastAsia"), style.font.size.pt)
    assert look == {
        "Title": ("方正小标宋简体", 22),
        "Subtitle": ("仿宋_GB2312", 16),
        "Heading 1": ("黑体", 16),
        "Heading 2": ("楷体_GB2312", 16),
        "Body Text": ("仿宋_GB2312", 16),
        "Body Text 2": ("仿宋_GB2312", 16),
    }
    for footer in (section.footer, section.even_page_footer):
        assert footer.paragraphs[0].text == "—  —"
        assert [e.text for e in footer._element.iter(f"{W}instrText")] == ["PAGE"]
    assert book.settings.odd_and_even_pages_header_footer
    broken = [p.text for p in book.paragraphs if p.paragraph_format.page_break_before]
    assert broken == ["三、收到和处理政府信息公开申请情况"]
    heads = [len(list(table._tbl.iter(f"{W}tblHeader"))) for table in book.tables]
    assert heads == [0, 3, 3]  # 表二 has heads in its middle: none of them can repeat
    assert [e.get(f"{W}val") for e in book.element.iter(f"{W}tblCaption")] == [
        g.caption for g in compose(whole()).grids
    ]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        fonts = archive.read("word/fontTable.xml").decode()
    assert re.findall('w:name="(.*?)"><w:altName w:val="(.*?)"', fonts)[0] == ("方正小标宋简体", "华文中宋")


def test_a_file_is_the_same_whenever_it_is_made_and_tells_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    document = compose(whole())
    first = word_file(document), web_page(document)
    monkeypatch.setattr(time, "time", lambda: 4e9)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(4e9))
    assert (word_file(document), web_page(document)) == first
    with zipfile.ZipFile(io.BytesIO(first[0])) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = archive.namelist()
        everything = b"".join(archive.read(name) for name in names)
    assert not [name for name in names if "thumbnail" in name or "WithEffects" in name or "customXml" in name]
    assert b"python-docx" not in everything
    assert "-".join(taken(workbook(whole())).codes.split("-")).encode() not in everything
    facts = docx.Document(io.BytesIO(first[0])).core_properties
    assert (facts.title, facts.author, facts.last_modified_by, facts.comments, facts.language) == (
        *("区财政局2025年政府信息公开工作年度报告", "", "", ""),
        "zh-CN",
    )


# The web page.

NASTY = "</p><script>alert(1)</script> & <b onclick='x'>\"粗\"</b> {{% raw %}} &amp; ]]>"


class _Page(HTMLParser):
    """What a browser would see: tags with their attributes, and the text."""

    def __init__(self, data: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(data.decode("utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "col"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open[-1] != "style":
            self.texts.append((self.open[-1], data.strip()))


def test_the_page_stands_alone_in_chinese_and_runs_nothing() -> None:
    data = web_page(compose(whole()))
    page = _Page(data)
    assert ("html", {"lang": "zh-CN"}) in page.tags
    assert {tag for tag, _ in page.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "div"),
        *("table", "caption", "colgroup", "col", "tbody", "tr", "th", "td"),
    }
    for _, attributes in page.tags:
        assert not {"src", "href", "action", "style", "background"} & set(attributes) - {"style"}
        assert not any(name.startswith("on") for name in attributes)
    text = data.decode()
    assert not re.search(r"https?:|url\(|@import|//", text)
    assert "@media print" in text
    assert "size: A4" in text


@pytest.mark.parametrize("year", [2020, 2025])
def test_the_page_has_every_text_once_and_every_head_says_of_what(year: int) -> None:
    document = compose(whole(year, {}, texts={**TEXTS, "s1.on_request": ("无。",)}), draft=True)
    page = _Page(web_page(document))
    prose = [text for tag, text in page.texts if tag in ("h1", "h2", "h3", "p")]
    assert prose == [p.text for p in document.paragraphs]
    assert [text for tag, text in page.texts if tag == "caption"] == [g.caption for g in document.grids]
    cells = [c for grid in document.grids for c in sorted(grid.cells, key=lambda c: (c.row, c.column))]
    seen = [(tag, attributes) for tag, attributes in page.tags if tag in ("th", "td")]
    texts = [text for tag, text in page.texts if tag in ("th", "td")]
    assert texts == [c.text for c in cells]
    for (tag, attributes), cell in zip(seen, cells, strict=True):
        assert tag == ("th" if cell.head else "td")
        assert attributes.get("rowspan", "1") == str(cell.rows)
        assert attributes.get("colspan", "1") == str(cell.columns)
        group = (cell.columns if cell.head == "column" else cell.rows) > 1
        scope = {"column": "col", "row": "row", "": None}[cell.head]
        assert attributes.get("scope") == (f"{scope}group" if group and scope else scope)


def _heads(page: _Page) -> dict[str, str]:
    """Id → text of every head of the page."""
    ids = [attributes.get("id") or "" for tag, attributes in page.tags if tag == "th"]
    assert len(set(ids)) == len(ids)
    return dict(zip(ids, (text for tag, text in page.texts if tag == "th"), strict=True))


def test_every_figure_names_its_heads_as_the_form_does() -> None:
    submission = whole()
    page = _Page(web_page(compose(submission)))
    heads = _heads(page)
    figures = [attributes for tag, attributes in page.tags if tag == "td"]
    for item, attributes in zip(submission.form.items, figures, strict=True):
        named = [heads[ident] for ident in (attributes.get("headers") or "").split()]
        title = [item.block.title] if item.block.title else []
        assert named == [*item.row_labels, *title, *item.column_labels], item.id


def test_what_looks_like_markup_stays_text() -> None:
    submission = whole(
        texts={**TEXTS, "s6": (NASTY,)},
        cover={**FULL, "document_no": "<1>", "phone": "<a href=//x>"},
        unit=Unit("004", "<局> & {{7*7}}"),
        explanations={"G302": "<img src=x onerror=alert(1)> 上年多计一件"},
    )
    document = compose(submission)
    page = _Page(web_page(document))
    assert [text for tag, text in page.texts if tag in ("h1", "h2", "h3", "p")] == [p.text for p in document.paragraphs]
    assert not {"script", "b", "img", "a", "局"} & {tag for tag, _ in page.tags}
    assert "<局> & {{7*7}}2025年政府信息公开工作年度报告" in [text for _, text in page.texts]
    book = docx.Document(io.BytesIO(word_file(document)))
    assert [p.text.replace("\n", "") for p in book.paragraphs if p.text] == [p.text for p in document.paragraphs]


def test_a_long_title_is_broken_before_its_year() -> None:
    def title(name: str) -> str:
        document = compose(whole(unit=Unit("004", name)))
        return docx.Document(io.BytesIO(word_file(document))).paragraphs[0].text

    assert title("泉州市泉港区信访局") == "泉州市泉港区信访局\n2025年政府信息公开工作年度报告"
    assert "\n" not in title("局")


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_any_text_can_be_printed(text: str) -> None:
    document = compose(whole(texts={**TEXTS, "s6": (text,)}, unit=Unit("004", text)))
    page, book = web_page(document), docx.Document(io.BytesIO(word_file(document)))
    assert len(book.tables) == len(list(document.grids))
    etree.fromstring(page, etree.HTMLParser())


# The command.


def _file(folder: Path, submission: Submission, kind: Kind = Kind.UNIT, name: str = "004.xlsx") -> Path:
    path = folder / name
    path.write_bytes(workbook(submission, kind))
    return path


@pytest.mark.parametrize("name", ["r.docx", "r.html", "r.HTM"])
def test_report_writes_what_the_suffix_says(name: str, tmp_path: Path) -> None:
    book, output = _file(tmp_path, whole(explanations=REASON)), tmp_path / name
    result = done("report", book, "-o", output)
    assert (result.text, result.err) == (f"已写出年度报告 {output}。\n", "")
    # Nothing was amiss with what G302 asks about: an explanation of nothing is not printed.
    document = compose(whole())
    assert output.read_bytes() == (word_file if name.endswith("docx") else web_page)(document)
    again = run("report", book, "-o", output)
    assert again.status == 3
    assert "已存在，没有覆盖" in again.err


def test_an_explanation_that_settled_a_question_stands_beneath_its_table(tmp_path: Path) -> None:
    prior = {**known(whole()), "t3.carried_out.person": 1}
    figures = {**FIGURES, "t3.carried_in.person": 0}
    book = _file(tmp_path, whole(2025, figures, prior=prior, explanations=REASON))
    result = done("report", book, "-o", tmp_path / "r.html")
    assert "【提醒】" in result.err
    texts = [text for _, text in _Page((tmp_path / "r.html").read_bytes()).texts]
    table = texts.index("四、政府信息公开行政复议、行政诉讼情况")
    assert texts[table - 1] == "说明：上年多计 1 件，已于 3 月更正公开。"


LACKING = """\
年度报告（必改 3 处）：
  【必改】成文日期 2025-01-20 早于统计期末 2025-12-31，不能用于年度报告。疑似年份写错，是否应为 2026-01-20？请在封面改正成文日期，或用 --date 给出。（T115，D15）
  【必改】“五、存在的主要问题及改进情况”只写了“无”，不足 10 个字。请写明存在的主要问题和改进情况，不能只写“无”。（T111，A3）
  【必改】年度报告缺少“六、其他需要报告的事项”：工作表“六、其他事项（选填）”没有文字。请补写后再生成。（T110）
没有写出年度报告：以上有 3 处必须先改或说明。请改好后再生成；先要看样子的，加 --draft 写成草稿，缺的地方标“待补”。
"""  # noqa: E501 - as printed


def test_what_cannot_be_published_is_told_and_not_written(tmp_path: Path) -> None:
    book = _file(tmp_path, whole(texts={**TEXTS, "s5": ("无",), "s6": ()}, cover={**FULL, "signed_on": "2025-01-20"}))
    output = tmp_path / "r.docx"
    result = done("report", book, "-o", output, status=1)
    assert not output.exists()
    assert result.text == ""
    assert result.err == LACKING
    draft = done("report", book, "-o", output, "--draft", status=1)
    assert draft.text == f"已写出年度报告草稿 {output}。\n"
    assert draft.err == "".join(LACKING.splitlines(keepends=True)[:-1])
    texts = [p.text for p in docx.Document(str(output)).paragraphs]
    assert texts[0] == "草稿：尚未定稿，不得公开。"
    assert "【待补：其他需要报告的事项】" in texts


def test_a_rejected_workbook_needs_draft(tmp_path: Path) -> None:
    book = _file(tmp_path, whole(2025, {**FIGURES, "t3.carried_in.person": 1}))
    result = done("report", book, "-o", tmp_path / "r.docx", status=1)
    assert "G301" in result.err
    assert not (tmp_path / "r.docx").exists()
    done("report", book, "-o", tmp_path / "r.docx", "--draft", status=1)
    assert (tmp_path / "r.docx").exists()


def test_the_draft_of_a_whole_report_is_in_order(tmp_path: Path) -> None:
    done("report", _file(tmp_path, whole()), "-o", tmp_path / "r.docx", "--draft")
    assert docx.Document(str(tmp_path / "r.docx")).paragraphs[0].text == "草稿：尚未定稿，不得公开。"


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK")
    result = done("report", tmp_path / "a.docx", "-o", tmp_path / "r.docx", status=1)
    assert result.err.endswith("没有写出年度报告：这个文件里没有可以用的数据。\n")
    assert "F112" in result.err
    assert done("report", tmp_path / "nowhere.xlsx", "-o", tmp_path / "r.docx", status=3).text == ""
    assert "应以 .docx 或 .html 结尾" in done("report", tmp_path, "-o", tmp_path / "r.pdf", status=2).err
    assert "是文件夹" in done("report", tmp_path, "-o", tmp_path / "r.docx", status=2).err
    book = _file(tmp_path, whole(), name="b.html")
    assert "是输入文件" in done("--force", "report", book, "-o", book, status=3).err


def test_a_summary_of_a_hundred_units_becomes_a_report_in_seconds(tmp_path: Path) -> None:
    """Date and telephone are given, since a summary has no cover; its own texts, and the sums of its units."""
    codes = [f"{n:03}" for n in range(1, 101)]
    for n, code in enumerate(codes):
        _file(
            tmp_path,
            filled(2025, {"t3.new.person": n, "t3.carried_out.person": n}, unit=Unit(code, f"{code}局")),
            name=f"{code}.xlsx",
        )
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for path in tmp_path.glob("*.xlsx"):
        path.rename(inbox / path.name)
    rows = [office_row(name="某区人民政府"), *(unit_row(code, f"{code}局") for code in codes)]
    roster = roster_file(tmp_path / "r.csv", rows)
    done("merge", inbox, "--roster", roster, "-o", tmp_path / "sum.xlsx")
    (intake,) = take_in([tmp_path / "sum.xlsx"], FORMS)
    assert intake.submission is not None
    texts = {**TEXTS, "s1.supervision": ("工作考核、社会评议、责任追究均已开展。",)}
    data = write(
        compile_layout(intake.submission.form, Kind.WORKING, len(codes)), replace(intake.submission, texts=texts)
    )
    (tmp_path / "own.xlsx").write_bytes(data)
    begin = time.perf_counter()
    lacking = done("report", tmp_path / "own.xlsx", "-o", tmp_path / "r.html", status=1)
    told = (
        "report",
        tmp_path / "own.xlsx",
        "-o",
        tmp_path / "r.html",
        "--date",
        "2026-03-20",
        "--phone",
        "0595-1234567",
    )
    done(*told, "--number", "区政〔2026〕3号")
    assert time.perf_counter() - begin < 20
    assert [code for code in ("T114", "T121", "T110", "T120") if code in lacking.err] == ["T114", "T121"]
    texts_of_page = [text for _, text in _Page((tmp_path / "r.html").read_bytes()).texts]
    assert texts_of_page[1:3] == ["某区人民政府2025年政府信息公开工作年度报告", "区政〔2026〕3号"]
    assert "本年新收 4950 件，收费 0.00 万元。" in texts_of_page
    assert texts_of_page[-2:] == ["某区人民政府", "2026年3月20日"]


@pytest.mark.parametrize("path", sorted((SAMPLES / "published").glob("*.json")), ids=lambda path: path.stem)
def test_published_figures_are_printed_as_published(path: Path) -> None:
    (source,) = [exported(path.read_bytes(), path.name, FORMS)]
    figures, items = source.submission.figures, source.submission.form.item
    cells = [cell.text for grid in compose(source.submission).grids for cell in grid.cells if not cell.head]
    # The older notice prints no unit beside its money: there it stands with the figure.
    unit = {
        i: "万元" for i, v in figures.items() if v and items[i].kind == "amount" and "万元" not in items[i].column.label
    }
    due = [figure_text(v) + unit.get(i, "") if v is not None else "待补" for i, v in figures.items()]
    assert cells == due


def _loaded(*arguments: str) -> set[str]:
    """Which of the two libraries are loaded once a verb has run in a process of its own."""
    code = (
        "import sys\nfrom xls_report.cli import main\n"
        f"try:\n    main({list(arguments)!r})\nexcept SystemExit:\n    pass\n"
        "print(*sorted({'docx', 'jinja2'} & set(sys.modules)), file=sys.stderr)"
    )
    path = {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, **path})
    return set(result.stderr.decode().splitlines()[-1].split())


def test_the_libraries_are_loaded_by_the_verb_that_needs_them_alone(tmp_path: Path) -> None:
    book = _file(tmp_path, whole())
    assert _loaded("report", "--help") == set()
    assert _loaded("check", str(book)) == set()
    assert _loaded("report", str(book), "-o", str(tmp_path / "r.html")) == {"jinja2"}
    assert _loaded("report", str(book), "-o", str(tmp_path / "r.docx")) == {"docx"}


def test_openpyxl_reads_without_lxml_though_it_is_installed() -> None:
    """python-docx brings lxml; with it openpyxl would go round the parser that it guards."""
    code = "import lxml, docx, xls_report.markup, openpyxl; print(openpyxl.LXML)"
    path = {"PYTHONPATH": str(ROOT / "src"), "OPENPYXL_LXML": "True"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, **path})
    assert result.stdout == b"False\n"
