"""What the bounded reader hands on of a file: known parts alone, laid out anew, with nothing to be expanded."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

import ooxml
import openpyxl
import pytest
from acts import edited, parts_of, perform
from ooxml import RELATIONS, book, content_types, pack, relations, row, worksheet
from support import FORMS, zero_workbook

from xls_report.package import Cleaned, Package, Refusal, open_package
from xls_report.package.clean import attribute
from xls_report.plan import compile_layout

LAYOUT = compile_layout(FORMS[-1])


def opened(data: bytes) -> Package:
    package = open_package(data)
    assert isinstance(package, Package), package
    return package


def cleaned(data: bytes) -> Cleaned:
    found = opened(data).cleaned()
    assert isinstance(found, Cleaned), found
    return found


def refused(parts: Mapping[str, bytes]) -> Refusal:
    found = opened(pack(parts)).cleaned()
    assert isinstance(found, Refusal)
    return found


def names(data: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return set(archive.namelist())


def cells(data: bytes) -> dict[str, dict[str, object]]:
    loaded = openpyxl.load_workbook(io.BytesIO(data), rich_text=True)
    return {
        page.title: {cell.coordinate: cell.value for line in page.iter_rows() for cell in line}
        for page in loaded.worksheets
    }


def test_an_attribute_is_read_back_as_it_was() -> None:
    draw = random.Random(11)
    for _ in range(300):
        text = "".join(draw.choices("&<>\"'\t\n\r;# ax1表", k=draw.randrange(12)))
        found = ElementTree.fromstring(f"<r Target={attribute(text)} />")
        assert found.attrib == {"Target": text}
        assert ElementTree.fromstring(f"<r Target={quoteattr(text)} />").attrib == found.attrib


def test_our_own_workbook_loses_nothing() -> None:
    data = zero_workbook(2025)
    found = cleaned(data)
    assert found.lost == ()
    assert cells(found.data) == cells(data)
    assert opened(found.data).names == opened(data).names
    assert opened(found.data).properties == opened(data).properties


@pytest.mark.filterwarnings("ignore:Unknown extension")  # of openpyxl, which drops it
def test_foreign_things_stay_behind_and_are_named() -> None:
    parts = parts_of(zero_workbook(2025))
    sheet = next(name for name in parts if name.endswith("sheet2.xml"))
    types = parts["[Content_Types].xml"].decode()
    kinds = {
        "/xl/drawings/drawing1.xml": "application/vnd.openxmlformats-officedocument.drawing+xml",
        "/xl/charts/chart1.xml": "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
        "/xl/threadedComments/threadedComment1.xml": "application/vnd.ms-excel.threadedcomments+xml",
        "/xl/media/image1.png": "image/png",
    }
    rows = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    parts["[Content_Types].xml"] = types.replace("</Types>", f"{rows}</Types>").encode()
    for name in kinds:
        parts[name.removeprefix("/")] = b"<x/>"
    parts[sheet] = parts[sheet].replace(b"</worksheet>", b"<extLst><ext uri='x'/></extLst></worksheet>")
    found = cleaned(pack(parts))
    assert found.lost == ("图片", "图形、文本框", "图表", "对话式批注", "新式条件格式等扩展内容")
    assert not {name for name in names(found.data) if "drawing" in name or "chart" in name or "media" in name}
    assert cells(found.data) == cells(zero_workbook(2025))


def test_comments_and_tables_come_along_links_out_do_not() -> None:
    def change(loaded: openpyxl.Workbook) -> None:
        page = loaded.create_sheet("台账")
        page.append(["甲", "乙"])
        page.append([1, 2])
        page.add_table(openpyxl.worksheet.table.Table(displayName="T1", ref="A1:B2"))
        page["A2"].comment = openpyxl.comments.Comment("某话", "某人")
        page["B2"].hyperlink = "http://example.org/"

    found = cleaned(edited(zero_workbook(2025), change))
    assert found.lost == ("网页或文件链接",)
    page = openpyxl.load_workbook(io.BytesIO(found.data))["台账"]
    assert page["A2"].comment.text == "某话"
    assert list(page.tables) == ["T1"]
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        assert not any(b"example.org" in archive.read(name) for name in archive.namelist() if name.endswith(".rels"))


def test_what_refers_to_parts_left_behind_goes() -> None:
    parts = parts_of(zero_workbook(2025))
    inside = '<externalReferences><externalReference r:id="rId9"/></externalReferences><pivotCaches/><calcPr'
    assert b"<calcPr" in parts["xl/workbook.xml"]
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<calcPr", inside.encode())
    found = cleaned(pack(parts))
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        content = archive.read("xl/workbook.xml")
    assert b"externalReference" not in content
    assert b"pivotCaches" not in content
    assert cells(found.data) == cells(zero_workbook(2025))


def test_a_strict_workbook_is_handed_on_in_the_other_namespace() -> None:
    data = perform(zero_workbook(2025), LAYOUT, {"do": "strict"})
    found = cleaned(data)
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        assert not any(b"purl.oclc.org/ooxml" in archive.read(name) for name in archive.namelist())
    assert cells(found.data) == cells(zero_workbook(2025))


def _sheet(after: str) -> dict[str, bytes]:
    return book(sheet=worksheet(row('<c r="A1"><v>1</v></c>'), after=after))


@pytest.mark.parametrize(
    ("after", "code", "said"),
    [
        ('<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>', "F106", "合并或带链接的区域"),
        ('<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>', "F106", "合并或带链接的区域"),
        ('<hyperlinks><hyperlink ref="A:C" location="A1"/></hyperlinks>', "F106", "合并或带链接的区域"),
        (f'<dataValidations><dataValidation sqref="{"A1 " * 17_000}"/></dataValidations>', "F106", "单元格区域"),
    ],
)
def test_what_another_program_would_expand_is_refused(after: str, code: str, said: str) -> None:
    found = refused(_sheet(after))
    assert found.code == code
    assert said in found.detail


def test_a_merge_of_a_screenful_and_many_ranges_are_handed_on() -> None:
    after = '<mergeCells><mergeCell ref="A3:AZ99"/></mergeCells>'
    after += f'<dataValidations><dataValidation sqref="{"A1 " * 900}"/></dataValidations>'
    assert cleaned(pack(_sheet(after))).lost == ()


def _with(part: str, kind: str, content: str, target: str) -> dict[str, bytes]:
    """A workbook with one more part of its own, which the reader does not need to read."""
    parts = book()
    overrides = {
        "/xl/workbook.xml": ooxml.MAIN_TYPE,
        f"/{ooxml.SHEET}": f"{ooxml.SPREADSHEET}worksheet+xml",
        f"/{part}": kind,
    }
    parts[ooxml.CONTENT_TYPES] = content_types(overrides).encode()
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(("rId1", "comments", target)).encode()
    parts[part] = content.encode()
    return parts


COMMENTS = f"{ooxml.SPREADSHEET}comments+xml"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<!DOCTYPE x><comments/>", "F108"),
        (f"{'<a>' * 50}{'</a>' * 50}", "F106"),
        ("<comments>", "F104"),
        ("<a" + "".join(f" b{n}='1'" for n in range(90)) + "/>", "F106"),
    ],
)
def test_parts_that_nobody_needed_are_parsed_within_the_limits(content: str, code: str) -> None:
    assert refused(_with("xl/comments1.xml", COMMENTS, content, "/xl/comments1.xml")).code == code


def test_another_encoding_is_not_handed_on() -> None:
    parts = book()
    text = parts[ooxml.SHEET].decode()
    parts[ooxml.SHEET] = ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")
    found = refused(parts)
    assert (found.code, found.detail) == ("F108", "文件用的不是 UTF-8 编码")


def test_a_sheet_that_no_entry_names_and_a_link_of_another_kind_stay_behind() -> None:
    parts = book()
    parts["xl/worksheets/sheet9.xml"] = worksheet("").encode()
    related = [("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet9.xml")]
    related.append(("rId3", "customXml", "../customXml/item1.xml"))
    parts[ooxml.WORKBOOK_RELS] = relations(*related).encode()
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("rId1", f"{RELATIONS}/printerSettings", "../printerSettings/p1.bin")
    ).encode()
    found = cleaned(pack(parts))
    assert names(found.data) == {
        *("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"),
        "xl/worksheets/sheet1.xml",
    }


def test_the_last_belt(monkeypatch: pytest.MonkeyPatch) -> None:
    package = opened(pack(book()))

    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("xls_report.package.clean", broken)
    assert package.cleaned() == Refusal("F104", "内容无法识别")


# Comments, by their words.


def test_texts_of_comments() -> None:
    inside = (
        f'<comments xmlns="{ooxml.MAIN}"><authors><author/></authors><commentList>'
        '<comment ref="A1" authorId="0"><text><t>一</t></text></comment>'
        '<comment ref="A2" authorId="0"><text><r><t>二</t></r><r><rPr/><t>三</t></r></text></comment>'
        '<comment ref="A3" authorId="0"><text/></comment></commentList></comments>'
    )
    assert opened(pack(_with("xl/comments1.xml", COMMENTS, inside, "/xl/comments1.xml"))).comments() == (
        "一",
        "二三",
        "",
    )
    assert opened(pack(_with("xl/comments1.xml", COMMENTS, "<x>", "/xl/comments1.xml"))).comments() == ("",)
    assert opened(pack(book())).comments() == ()
