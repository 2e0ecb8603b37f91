"""`import`: every case of a published report, the seed to the last figure, and files that are hostile."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import import_cases
import pytest
from desk import done
from hypothesis import given, settings
from hypothesis import strategies as st
from import_cases import CASES, FIGURES
from pages import WRITERS, Page, docx_of, report
from support import filled, form_of, workbook, zero_workbook

from xls_report.document import Document
from xls_report.finding import Finding
from xls_report.layout import Role
from xls_report.plan import compile_layout
from xls_report.published import SUFFIXES, document_of, import_document


@pytest.mark.parametrize("name", CASES)
def test_a_case_gives_exactly_its_findings(name: str) -> None:
    case, found = CASES[name], import_cases.outcome(name)
    if case.year == 2020 and not case.data:
        found = tuple(f for f in found if f.code != "V113")  # 25.10万元: the form has no unit of its own
    assert [f.code for f in found] == case.codes.split(), [f.message for f in found]
    if case.message:
        assert found[0].message == case.message


# --- the seed ---------------------------------------------------------------------------------------------------------


def test_the_seed_is_imported_to_the_last_figure(tmp_path: Path) -> None:
    output = tmp_path / "seed.xlsx"
    found = done("import", import_cases.SEED, "--year", 2020, "--unit", "001", "泉港区信访局", "-o", output)
    (entry,) = done("export", output).json
    assert len(entry["values"]) == 198
    assert {Fraction(value) for value in entry["values"].values()} == {Fraction(0)}
    assert entry["unit"] == {"code": "001", "name": "泉港区信访局"}
    assert (entry["year"], entry["form"], entry["zero_report"]) == (2020, "gkbg-2019", [])
    assert entry["cover"] == {
        "document_no": "泉港信〔2021〕1号",
        "signed_on": "2020-01-15",
        "address": "泉港区山腰街道南山中路6路",
        "postcode": "362801",
        "phone": "87987505",
    }
    assert list(entry["texts"]) == ["s1.proactive", "s5", "s6"]
    assert [len(entry["texts"][part]) for part in entry["texts"]] == [7, 3, 1]
    seed = import_cases.SEED.read_text(encoding="utf-8").split("\n")
    for text in (text for texts in entry["texts"].values() for text in texts):
        assert text in seed
    assert entry["texts"]["s6"] == ["无需要说明的其他事项。"]
    said = found.text.splitlines()
    assert said[0] == f"001 泉港区信访局：已导入（提醒 7 处）    {import_cases.SEED}"
    assert [line[-5:-1] if line[-2] != "5" else "T102" for line in said[1:-1]] == [
        *("S209", "S210", "S212", "S210", "S220", "S221", "T102"),
    ]
    assert "“表四”16 个数、15 栏" in said[4]
    assert "“（六）其他处理”8 个数、7 栏、“（七）总计”8 个数、7 栏、“四、结转下年度继续办理”8 个数、7 栏" in said[2]
    assert said[7].startswith(
        "  【提醒】成文日期 2020-01-15 早于统计期末 2020-12-31，疑似年份写错，是否应为 2021-01-15？"
    )
    assert said[-1] == (
        f"已写出 {output}：198 个数（含合计），文字部分 3 个"
        "（一、总体情况、五、存在的主要问题及改进情况、六、其他需要报告的事项）；"
        "发文字号 泉港信〔2021〕1号，成文日期 2020-01-15，落款 泉港区人民政府信访局。各格都已填。"
    )


def test_the_seed_in_the_encoding_of_an_old_machine_is_the_same(tmp_path: Path) -> None:
    old, output = tmp_path / "旧.txt", tmp_path / "a.xlsx"
    old.write_bytes(import_cases.SEED.read_text(encoding="utf-8").encode("gb18030"))
    done("import", old, "--year", 2020, "--unit", "001", "泉港区信访局", "-o", output)
    assert len(done("export", output).json[0]["values"]) == 198


# --- figures that agencies published ------------------------------------------------------------------------------

PUBLISHED = sorted((Path(__file__).parent / "published").glob("*.json"))


def printed_page(raw: dict[str, Any]) -> tuple[Page, dict[str, str]]:
    """The page of a published report, its figures as it prints them; and the same by item, totals included."""
    year = int(raw["year"])
    form = form_of(year)
    texts: dict[str, str] = {}
    for item in form.items:
        if item.table.id == "t2":
            texts[item.id] = str(raw["table2"][item.row_labels[-1]][item.column_labels[-1]])
        elif item.table.id == "t3":
            column = raw["table3"]["columns"].index(item.column_labels[-1])
            texts[item.id] = str(raw["table3"]["rows"][_key(item.row_labels)][column])
        else:
            texts[item.id] = str(raw["table4"]["_".join(item.column_labels[:-1])][item.column_labels[-1]])
    texts = {item: "" if text == "None" else text for item, text in texts.items()}  # one total was left blank
    page = report(form, year, {})
    layout = compile_layout(form)
    for table, rows in zip(form.tables, page.tables, strict=True):
        ids = iter(
            c.key for c in sorted(layout.sheet(table.id).of(Role.INPUT, Role.TOTAL), key=lambda c: (c.row, c.column))
        )
        for row in rows:
            row[:] = [replace(cell, text=texts[next(ids)]) if cell.figure else cell for cell in row]
    return page, texts


def _key(labels: tuple[str, ...]) -> str:
    """A row as the cases call it: 三、（三）不予公开 1.属于国家秘密."""
    if len(labels) == 1:
        return labels[0]
    return labels[0][:2] + " ".join(labels[1:])


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_a_published_report_is_imported_as_printed(path: Path, suffix: str) -> None:
    raw = json.loads(path.read_text(encoding="utf-8"))
    page, texts = printed_page(raw)
    document = document_of(WRITERS[suffix](page), suffix)
    assert isinstance(document, Document)
    found = import_document(document, form_of(raw["year"]), raw["year"], import_cases.UNIT)
    assert found.submission is not None
    blank = {item for item, value in found.submission.values.items() if value is None}
    wrong = {
        item for item, value in found.submission.values.items() if value is not None and Fraction(texts[item]) != value
    }
    assert not wrong
    cut = {item.rsplit(".", 1)[0] for item, text in texts.items() if text == "" and suffix == ".txt"}
    blank -= {
        item for item in blank if item.rsplit(".", 1)[0] in cut
    }  # a blank at the end of a line of text is not seen
    money = {item for item, text in texts.items() if text.endswith("元")}
    unnamed = {i.id for i in form_of(raw["year"]).inputs if i.kind == "amount" and "万元" not in i.column.label}
    assert blank == money | {item for item in unnamed if texts[item] not in ("0", "0.00")}
    told = {f.code for f in found.findings if f.blocks}
    computed = {i: value for i, value in found.submission.figures.items() if value is not None and texts[i] != ""}
    differ = {item for item in computed if Fraction(texts[item]) != computed[item]}
    assert {i for f in found.findings if f.code == "V201" for i in f.items} == differ
    assert told == ({"V114"} if money else set()) | ({"V201"} if differ else set()) | ({"S211"} if cut else set())


# --- the command ------------------------------------------------------------------------------------------------------


def put(folder: Path, name: str = "年报.html", page: Page | None = None) -> Path:
    path = folder / name
    path.write_bytes(WRITERS[path.suffix](page or import_cases.page()))
    return path


def test_a_blank_figure_leaves_a_workbook_and_status_one(tmp_path: Path) -> None:
    page = CASES["fewer figures than columns"].alter(import_cases.page())
    source, output = put(tmp_path, page=page), tmp_path / "a.xlsx"
    found = done("import", source, "--year", 2025, "--unit", "004", "某区财政局", "-o", output, status=1)
    assert found.text.splitlines()[0] == f"004 某区财政局：已导入（必改 1 处）    {source}"
    assert found.text.splitlines()[-1].endswith("还有 6 格没有填，请对照原文补填。")
    values = done("export", output, status=1).json[0]["values"]
    assert {item for item, value in values.items() if value is None} == {
        *(f"t3.new.{column}" for column in ("person", "company", "research", "charity", "legal", "other", "total"))
    }


@pytest.mark.parametrize("name", ["no report", "two reports in one file", "a report of another year"])
def test_what_is_no_such_report_writes_nothing(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    source, output = put(tmp_path, page=case.alter(import_cases.page(case.page_year or 2025))), tmp_path / "a.xlsx"
    found = done("import", source, "--year", 2025, "--unit", "004", "某区财政局", "-o", output, status=1)
    assert found.text.splitlines()[1].startswith(f"  【必改】{case.message}")
    assert not output.exists()


def test_a_report_that_does_not_balance_is_told_as_the_check_tells_it(tmp_path: Path) -> None:
    page = import_cases.page(figures={"t3.new.person": 5, "t3.granted.person": 4, "t2.fee.amount": "1"})
    source, output = put(tmp_path, page=page), tmp_path / "a.xlsx"
    found = done("import", source, "--year", 2025, "--unit", "004", "某区财政局", "-o", output, status=1)
    assert "表三“自然人”列勾稽关系不平：第一项 5＋第二项 0＝5，第三项 4＋第四项 0＝4，相差 1。" in found.text
    assert "（G301，D5:D6、D28:D29）" in found.text


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (
            ("a.pdf", "--year", 2025, "--unit", "1", "局", "-o", "x.xlsx"),
            2,
            "的类型不能导入；可以导入 .html、.htm、.docx、.txt 文件",
        ),
        (("年报.html", "--year", 2025, "--unit", "1", "局", "-o", "x.docx"), 2, "应以 .xlsx 结尾"),
        (("年报.html", "--year", 2017, "--unit", "1", "局", "-o", "x.xlsx"), 2, "2017 年度没有表样"),
        (("年报.html", "--year", 2025, "--unit", "甲", "局", "-o", "x.xlsx"), 2, "--unit 的代码“甲”应为"),
        (("年报.html", "--year", 2025, "--unit", "1", " ", "-o", "x.xlsx"), 2, "--unit 的单位名称是空的"),
        (("没有.html", "--year", 2025, "--unit", "1", "局", "-o", "x.xlsx"), 3, "没有.html"),
    ],
)
def test_wrong_use_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[object, ...], status: int, said: str
) -> None:
    put(tmp_path)
    monkeypatch.chdir(tmp_path)
    found = done("import", *arguments, status=status)
    assert said in found.err
    assert not (tmp_path / "x.xlsx").exists()


def test_a_workbook_is_compared_with_its_page(tmp_path: Path) -> None:
    book = tmp_path / "a.xlsx"
    book.write_bytes(workbook(filled(2025, FIGURES, unit=import_cases.UNIT)))
    page = put(tmp_path)
    found = done("diff", book, page)
    assert found.text.splitlines()[1] == f"B：004 某区财政局，2025 年度，表样 gkbg-2021，公开的报告，未审核    {page}"
    other = put(tmp_path, "别.txt", import_cases.page(figures={**FIGURES, "t2.licence.decisions": 32}))
    assert "  表二“行政许可—本年处理决定数量” 32→31（-1）" in done("diff", other, book, status=1).text
    assert "  表二“行政许可—本年处理决定数量” 31→32（+1）" in done("diff", page, other, status=1).text


def test_a_page_without_its_year_is_of_the_year_that_it_is_compared_with(tmp_path: Path) -> None:
    book = tmp_path / "a.xlsx"
    book.write_bytes(workbook(filled(2025, FIGURES, unit=import_cases.UNIT)))
    nameless = put(tmp_path, page=import_cases.replaced("2025年政府信息公开工作年度报告", "年报")(import_cases.page()))
    said = done("diff", book, nameless).text.splitlines()
    assert said[1].startswith("B：004 某区财政局，2025 年度，")
    assert "各项数据相同。" in said
    twin = put(
        tmp_path, "又.html", import_cases.replaced("2025年政府信息公开工作年度报告", "年报")(import_cases.page())
    )
    told = done("diff", nameless, twin, status=1).err
    assert "看不出是哪个年度的报告；请先用 import 导入成数据表（写明 --year），再比对。" in told


# --- hostile files ----------------------------------------------------------------------------------------------------


def refused(data: bytes, suffix: str) -> str:
    found = document_of(data, suffix)
    assert isinstance(found, Finding)
    assert found.code == "S218"
    return found.message


def test_a_page_that_nests_without_end_is_refused() -> None:
    assert refused(b"<div>" * 100_000, ".html") == "文件没有读取：网页嵌套超过 250 层。"
    assert refused(b"<table><tr><td>" * 50_000, ".html") == "文件没有读取：网页嵌套超过 250 层。"


def test_a_page_of_a_million_elements_is_refused() -> None:
    assert refused(b"<p>1</p>" * 400_000, ".html") == "文件没有读取：网页元素超过 300,000 个。"


def test_spans_without_end_are_bounded() -> None:
    tall = b"<table><tr><td rowspan=1000000>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
    document = document_of(tall, ".html")
    assert isinstance(document, Document)
    (grid,) = document.grids
    assert (grid.height, grid.width) == (2, 2)
    assert refused(b"<table><tr><td colspan=1000000>a</td><td>b</td></tr></table>", ".html").endswith(
        "一张表超过 256 列。"
    )


def test_what_a_page_does_not_show_is_not_read() -> None:
    hidden = (
        b"<script>1</script><style>2</style><!-- 3 --><p hidden>4</p><p style='display: none'>5</p>"
        b"<table><tr><td>a</td><td style='display:none'>9</td><td>b</td></tr></table><template>6</template>"
    )
    document = document_of(hidden, ".html")
    assert isinstance(document, Document)
    assert [cell.text for grid in document.grids for cell in grid.cells] == ["a", "b"]
    assert list(document.paragraphs) == []


def test_entities_of_a_page_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE html [<!ENTITY a "0123456789"><!ENTITY b SYSTEM "file:///etc/passwd">]><p>x&a;&b;</p>'
    document = document_of(bomb, ".html")
    assert isinstance(document, Document)
    assert "0123456789" not in " ".join(p.text for p in document.paragraphs)
    assert "root" not in " ".join(p.text for p in document.paragraphs)


def test_raised_and_struck_out_text_makes_no_figure() -> None:
    row = "<td>行政许可</td><td>3<sup>1</sup></td><td><s>4</s>5</td><td>6</td>"
    document = document_of(f"<table><tr>{row}</tr></table>".encode(), ".html")
    assert isinstance(document, Document)
    assert [cell.text for grid in document.grids for cell in grid.cells] == ["行政许可", "3^1^", "~4~5", "6"]
    word = (
        '<w:tbl><w:tr><w:tc><w:p><w:r><w:t>3</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
        "<w:t>1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>4</w:t></w:r><w:r><w:t>5</w:t></w:r>"
        "</w:p></w:tc><w:tc><w:p><w:r><w:noBreakHyphen/><w:t>6</w:t></w:r><w:del><w:r><w:delText>7</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>8</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>9</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    document = document_of(docx_of(word), ".docx")
    assert isinstance(document, Document)
    assert [cell.text for grid in document.grids for cell in grid.cells] == ["3^1^", "~4~5", "-68"]


_DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "b">]><w:document xmlns:w="x"/>'
_DEEP = b"<a>" * 300 + b"</a>" * 300
_MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (docx_of("", xml=_DOCTYPE), "XML 内有 DOCTYPE 声明（w）"),
        (docx_of("", xml=_DEEP), "XML 嵌套超过 200 层"),
        (docx_of("", xml=b" " * 20_000_000), "展开后为 19.1 MB，上限 16 MB"),
        (docx_of("", kind=_MACRO), "含有宏（启用宏的 Word 文档），为安全起见不读取"),
        (docx_of("", more={"word/vbaProject.bin": b"x"}), "含有宏（VBA 工程），为安全起见不读取"),
        (docx_of("", more={"word/embeddings/a.bin": b"x"}), "（OLE 对象），为安全起见不读取"),
        (docx_of("", more={"../a": b"x"}), "压缩包内的文件名 ../a 不合规范"),
        (docx_of("", xml=b"<a/>"), "不是通常的 Word 文档（.docx），请用 WPS 或 Word 打开后另存为 .docx"),
        (b"PK\x03\x04 and no more", "压缩包不完整或已损坏"),
        (b"", "文件是空的（0 字节）"),
        (b"%PDF-1.7", "实际是PDF 文件"),
        (zero_workbook(2025), "实际是Excel 工作簿（.xlsx）"),
    ],
    ids=range(12),
)
def test_a_word_document_passes_the_same_check_as_a_workbook(data: bytes, said: str) -> None:
    assert said in refused(data, ".docx")


def test_text_that_is_none_is_refused() -> None:
    assert refused(b"\xff\x00\xfe\x81", ".txt").startswith("文件没有读取：不是文本文件")
    assert "超过限度" in refused(("\t".join("x" * 300) + "\n").encode(), ".txt")


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    source = tmp_path / "a.html"
    source.write_bytes(b" " * (10 * 2**20 + 1))
    found = done("import", source, "--year", 2025, "--unit", "1", "局", "-o", tmp_path / "x.xlsx", status=1)
    assert "文件没有读取：文件超出限度：文件有 10.5 MB，最多 10 MB。" in found.text


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
@settings(deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_a_document_or_a_finding(suffix: str, data: bytes) -> None:
    assert isinstance(document_of(data, suffix), Document | Finding)


@settings(deadline=None)
@given(
    parts=st.lists(
        st.sampled_from(
            "<table> <tr> <td> </td> </tr> </table> <p> <td rowspan=0> <th colspan=3> 1 a </p> <br>".split()
        )
    )
)
def test_any_tags_are_a_document(parts: list[str]) -> None:
    assert isinstance(document_of("".join(parts).encode(), ".html"), Document | Finding)
