"""The fast reading of sheets and strings: what is accepted is what expat reads, and our files are."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import ooxml
import openpyxl
import pytest
from fillings import FORMS, KINDS, filling
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office import convert, needs_office
from ooxml import book, pack, worksheet
from test_package import PARTS, RICH, SHEETS, WHOLE_SHEETS, mutated

from xls_report import package as package_module
from xls_report.form import Form
from xls_report.package import RawSheet, Refusal, fragments, open_package, pieces, sharedstrings, sheetxml
from xls_report.package.faststrings import fast_strings
from xls_report.package.fragments import fast_sheet
from xls_report.package.pieces import Memory
from xls_report.package.refusal import MAX_CELLS, Refused
from xls_report.plan import compile_layout
from xls_report.submission import Unit
from xls_report.writer import write

TEXTS = {"0": "甲", "1": "", "2": " 乙 "}
SLOW_SHEET, SLOW_STRINGS = sheetxml.read_worksheet, sharedstrings.read_strings


def accepts(content: bytes, strings: dict[str, str] | None = None, allowed: int = MAX_CELLS) -> bool:
    """Whether the sheet is read fast; if so, to the same as by expat, down to the order of the cells."""
    texts = TEXTS if strings is None else strings
    found = fast_sheet(content, "表", texts, allowed)
    if found is None:
        return False
    due = SLOW_SHEET(content, "表", "part", texts, allowed)  # whatever is refused raises here
    assert found == due
    assert list(found[0].cells.items()) == list(due[0].cells.items())
    assert all(type(cell) is type(due[0].cells[place]) for place, cell in found[0].cells.items())
    return True


def accepts_strings(content: bytes) -> bool:
    """The same for shared strings."""
    found = fast_strings(content)
    if found is None:
        return False
    assert list(found.items()) == list(SLOW_STRINGS(content, "part").items())
    return True


def check_whole(data: bytes) -> tuple[int, int]:
    """Compare all sheets and the strings of a workbook; how many parts there were, and how many were read fast."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = {name: archive.read(name) for name in archive.namelist()}
    texts = parts.get(ooxml.STRINGS)
    strings = SLOW_STRINGS(texts, "") if texts is not None else {}
    fast = [accepts(parts[name], strings) for name in parts if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    if texts is not None:
        fast.append(accepts_strings(texts))
    return len(fast), sum(fast)


@cache
def written(form: Form, kind: str) -> bytes:
    return write(compile_layout(form), filling(form, kind, 1))


def resaved(data: bytes) -> bytes:
    stream = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(data)).save(stream)
    return stream.getvalue()


# Everything that office programs make of our workbooks is read fast, and as expat reads it.


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_our_own_workbooks_are_read_fast(form: Form, kind: str) -> None:
    parts, fast = check_whole(written(form, kind))
    assert parts == fast > 6


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_workbooks_saved_by_openpyxl_are_read_fast(form: Form) -> None:
    for kind in ("balanced", "random prior explained", "balanced zero"):
        parts, fast = check_whole(resaved(written(form, kind)))
        assert parts == fast > 6


@pytest.mark.office
@needs_office
def test_workbooks_saved_by_libreoffice_are_read_fast(tmp_path: Path) -> None:
    kinds = ("balanced", "random prior explained", "balanced zero")
    files = {f"{form.id}-{number}": written(form, kind) for form in FORMS for number, kind in enumerate(kinds)}
    for data in convert(tmp_path, files).values():
        parts, fast = check_whole(data)
        assert parts == fast > 6


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_a_package_reads_the_same_either_way(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(form, "random prior explained")
    fast = whole(data)
    assert len(fast) > 6
    by_expat(monkeypatch)
    assert whole(data) == fast


def test_a_second_workbook_of_the_form_needs_no_expat(monkeypatch: pytest.MonkeyPatch) -> None:
    form = FORMS[-1]
    first, second = written(form, "balanced"), write(compile_layout(form), filling(form, "balanced", 2))
    due = whole(second)
    whole(first)

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(sheetxml, "read_worksheet", never)
    monkeypatch.setattr(sharedstrings, "read_strings", never)
    assert whole(second) == due
    assert due != whole(first)


def whole(data: bytes) -> list[RawSheet | Refusal]:
    """All that a workbook gives, or its refusal."""
    found = open_package(data)
    return [found] if isinstance(found, Refusal) else [found.read_sheet(entry) for entry in found.sheets]


def by_expat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_module, "read_worksheet", SLOW_SHEET)
    monkeypatch.setattr(package_module, "read_strings", SLOW_STRINGS)


CASES = {
    **{f"rows: {case}": pack(book(data, strings=["<t>0</t>", "<t>1</t>"])) for case, (_, data) in SHEETS.items()},
    **{f"sheet: {case}": pack(book(sheet=sheet)) for case, (_, sheet) in WHOLE_SHEETS.items()},
    **{
        f"part: {case}": pack(change(book(strings=["<t>0</t>"], styles="<cellXfs><xf/></cellXfs>")))
        for case, (_, change) in PARTS.items()
    },
    "rich": RICH,
}


@pytest.mark.parametrize("case", CASES)
def test_the_same_is_refused_in_the_same_words_either_way(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = whole(CASES[case])
    by_expat(monkeypatch)
    assert whole(CASES[case]) == fast


# What is accepted, and what is left to expat.

KINDS_OF_CELL = ("b", "e", "n", "str", "s")
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
AC = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
GOOD = '<c r="A1"><v>1</v></c>'


def rows(*cells: str) -> bytes:
    return worksheet(ooxml.row(*cells)).encode()


ACCEPTED: dict[str, bytes] = {
    "nothing": worksheet("").encode(),
    "one cell": rows(GOOD),
    "declaration": (HEAD + worksheet(ooxml.row(GOOD))).encode(),
    "strict": worksheet(ooxml.row(GOOD), uri=ooxml.STRICT).encode(),
    "structure": worksheet(
        ooxml.row(GOOD),
        before='<cols><col min="2" max="3" hidden="1"/></cols>',
        after='<sheetProtection sheet="1"/><mergeCells count="1"><mergeCell ref="A1:C3"/></mergeCells>',
    ).encode(),
    "empty cells": rows(
        '<c r="A1"/>', '<c r="B1" s="3"/>', '<c r="C1" t="n" />', '<c r="D1"></c>', '<c r="E1" t="s"/>'
    ),
    "empty values": rows('<c r="A1"><v></v></c>', '<c r="B1" t="str"><v/></c>', '<c r="C1"><f>A1</f><v /></c>'),
    "strings": rows('<c r="A1" t="s"><v>0</v></c>', '<c r="B1" s="9" t="s"><f>A1</f><v>1</v></c>'),
    "kinds": rows(
        *('<c r="A1" t="b"><v>1</v></c>', '<c r="B1" t="e"><v>#N/A</v></c>', '<c r="C1" t="n"><v> 1E+20 </v></c>'),
        '<c r="D1" t="str"><v> x </v></c>',
    ),
    "figures of every kind": rows(
        *(f'<c r="{letter}1" t="{kind}"><v>1</v></c>' for letter, kind in zip("ABCDE", KINDS_OF_CELL, strict=True))
    ),
    "figures among others": rows(
        *('<c r="A1" t="s"><v>2</v></c>', '<c r="B1"><v>0</v></c>', '<c r="C1" t="str"><v>0 </v></c>', '<c r="D1"/>'),
        *('<c r="E1"><f>A1</f><v>-1.5E-7</v></c>', '<c r="F1" t="s"><v>0</v></c>', '<c r="G1"><v>..</v></c>'),
    ),
    "blanks at the end of values": rows(
        '<c r="A1"><v>7 </v></c>', '<c r="B1" t="e"><v>x </v></c>', '<c r="C1" t="str"><v>a b </v></c>'
    ),
    "values that are marks": rows(
        *(
            '<c r="A1" t="str"><v>\u0416 √\ud7ff</v></c>',
            '<c r="B1" t="str"><v>a_x0041_</v></c>',
            '<c r="C1"><v>_</v></c>',
        ),
        f'<c r="D1" t="str"><v>{"长" * 33}</v></c>',
        f'<c r="E1" t="str"><v>{"长" * 34}</v></c>',
    ),
    "inline": rows('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> 内\n </t></is></c>'),
    "entities": rows('<c r="A1" t="str"><f>"a"&amp;"&lt;&gt;"</f><v>&amp;lt;&quot;&apos;&gt;&#10;&amp;#10;</v></c>'),
    "characters by number": rows(
        '<c r="A1" t="str"><f>"&#20108;&#12289;"&amp;B1</f><v>&#65;&#38;lt;&#60;&#32;&amp;#65;&#95;x0041_</v></c>',
        *(
            f'<c r="{letter}1" t="inlineStr"><is><t>&#{number};</t></is></c>'
            for letter, number in zip("BCDEFGH", (126, 127, 55295, 57344, 65533, 65536, 99999), strict=True)
        ),
    ),
    "escapes": rows('<c r="A1" t="str"><v>_x0041__x005F_x0041_&amp;_xD83D_</v></c>'),
    "formula of LibreOffice": rows('<c r="A1"><f aca="false">B1</f><v>1</v></c>', '<c r="B1"><f>=C1</f></c>'),
    "formula of Excel": rows('<c r="A1"><f ca="1">NOW()</f><v>1</v></c>'),
    "rows": worksheet('<row r="2" ht="15.5"/><row r="5"></row>' + ooxml.row('<c r="B7"/>', number=7) + '<row r="9"/>')
    .replace('<row r="7">', '<row r="7" spans="1:9 11:12" hidden="false" s="1" customFormat="1" collapsed="0">')
    .encode(),
    "rows of Excel": worksheet('<row r="1" spans="1:1" x14ac:dyDescent="0.2">' + GOOD + "</row>")
    .replace("<worksheet ", f'<worksheet xmlns:x14ac="{AC}" ')
    .encode(),
    "last cell": worksheet(ooxml.row('<c r="IV20000"><v>1</v></c>', number=20000)).encode(),
    "longest": rows(f'<c r="A1" t="str"><f>{"1" * 8192}</f><v>{"长" * 32767}</v></c>'),
}
LEFT: dict[str, bytes] = {
    "shared formula": rows('<c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c>'),
    "array formula": rows('<c r="A1"><f t="array" ref="A1:A2">B1</f><v>1</v></c>'),
    "date": rows('<c r="A1" t="d"><v>2020-01-01</v></c>'),
    "no address": rows("<c><v>1</v></c>"),
    "empty address": rows('<c r=""><v>1</v></c>'),
    "attributes in another order": rows('<c s="1" r="A1"><v>1</v></c>'),
    "unknown attribute": rows('<c r="A1" cm="1"><v>1</v></c>'),
    "attribute twice": rows('<c r="A1" s="1" s="1"><v>1</v></c>'),
    "single quotes": rows("<c r='A1'><v>1</v></c>"),
    "line break in a tag": rows('<c r="A1"\n><v>1</v></c>'),
    "comment": rows(GOOD, "<!-- x -->"),
    "CDATA": rows('<c r="A1"><v><![CDATA[1]]></v></c>'),
    "instruction": rows('<c r="A1"><v>1<?x y?></v></c>'),
    "white space between cells": rows(GOOD, " "),
    "value before formula": rows('<c r="A1"><v>1</v><f>B1</f></c>'),
    "two values": rows('<c r="A1"><v>1</v><v>2</v></c>'),
    "inline of another type": rows('<c r="A1"><is><t>1</t></is></c>'),
    "inline with a value": rows('<c r="A1" t="inlineStr"><v>1</v></c>'),
    "rich inline": rows('<c r="A1" t="inlineStr"><is><r><t>1</t></r></is></c>'),
    "half of a character by number": rows('<c r="A1" t="str"><v>&#55296;</v></c>'),
    "another half by number": rows('<c r="A1" t="str"><v>&#57343;</v></c>'),
    "no character by number": rows('<c r="A1" t="str"><v>&#65535;</v></c>'),
    "control character by number": rows('<c r="A1" t="str"><v>&#1;</v></c>'),
    "carriage return by number": rows('<c r="A1" t="str"><v>&#13;</v></c>'),
    "nothing by number": rows('<c r="A1" t="str"><v>&#0;</v></c>'),
    "number of zeros": rows('<c r="A1" t="str"><v>&#065;</v></c>'),
    "number of six digits": rows('<c r="A1" t="str"><v>&#131072;</v></c>'),
    "hexadecimal number": rows('<c r="A1" t="str"><v>&#x41;</v></c>'),
    "unknown entity": rows('<c r="A1" t="str"><v>&x;</v></c>'),
    "bare ampersand": rows('<c r="A1" t="str"><v>a & b</v></c>'),
    "end of a CDATA": rows('<c r="A1" t="str"><v>a]]>b</v></c>'),
    "carriage return": rows('<c r="A1" t="str"><v>a\r\nb</v></c>'),
    "control character": rows('<c r="A1" t="str"><v>\x01</v></c>'),
    "no character": rows('<c r="A1" t="str"><v>\ufffe</v></c>'),
    "not UTF-8": rows('<c r="A1" t="str"><v>X</v></c>').replace(b"X", b"\xc0\x80"),
    "half a pair": rows('<c r="A1" t="str"><v>X</v></c>').replace(b"X", b"\xed\xa0\x80"),
    "string out of range": rows('<c r="A1" t="s"><v>3</v></c>'),
    "string of another spelling": rows('<c r="A1" t="s"><v>00</v></c>'),
    "string of none": rows('<c r="A1" t="s"><v></v></c>'),
    "long style": rows(f'<c r="A1" s="{"1" * 10}"><v>1</v></c>'),
    "long text": rows(f'<c r="A1" t="str"><v>{"x" * 32768}</v></c>'),
    "long formula": rows(f'<c r="A1"><f>{"1" * 8193}</f></c>'),
    "cell of another row": rows('<c r="A2"><v>1</v></c>'),
    "cell of an earlier row": worksheet(ooxml.row('<c r="A1"><v>1</v></c>', number=2)).encode(),
    "cell twice": rows(GOOD, GOOD),
    "cells out of order": rows('<c r="B1"/>', GOOD),
    "cell of a later row at the end": rows(GOOD, '<c r="A2"/>'),
    "column 257": rows('<c r="IW1"><v>1</v></c>'),
    "row 20001": worksheet(ooxml.row('<c r="A20001"/>', number=20001)).encode(),
    "empty row 20001": worksheet('<row r="20001"/>').encode(),
    "row 01": worksheet('<row r="01"/>').encode(),
    "row attributes in another order": worksheet('<row ht="9" r="1"/>').encode(),
    "row without number": worksheet(f"<row>{GOOD}</row>").encode(),
    "hidden row": worksheet('<row r="1" hidden="1"/>').encode(),
    "row of no height": worksheet('<row r="1" ht="0"/>').encode(),
    "row twice": worksheet('<row r="1"/><row r="1"/>').encode(),
    "rows out of order": worksheet(ooxml.row(number=2) + ooxml.row(GOOD)).encode(),
    "row attribute twice": worksheet('<row r="1" ht="1" ht="1"/>').encode(),
    "unknown row attribute": worksheet('<row r="1" x="1"/>').encode(),
    "row inside a row": worksheet(f'<row r="1"><row r="2">{GOOD.replace("A1", "A2")}</row></row>').encode(),
    "row not closed": worksheet(f'<row r="1">{GOOD}').encode(),
    "row closed twice": worksheet('<row r="1"></row></row>').encode(),
    "cell outside of a row": worksheet(GOOD).encode(),
    "prefix not declared": worksheet(f'<row r="1" x14ac:dyDescent="1">{GOOD}</row>').encode(),
    "two sheet data": worksheet("", after="<sheetData></sheetData>").encode(),
    "no sheet data": worksheet("").replace("sheetData", "data").encode(),
    "sheet data in a comment": worksheet("", before="<!--").replace("</sheetData>", "</sheetData>-->").encode(),
    "sheet data elsewhere": worksheet("").replace("<sheetData>", "<x><sheetData>").encode(),
    "sheet data of another name space": worksheet("", uri="urn:x").encode(),
    "prefixes": re.sub(r"<(/?)", r"<\1x:", worksheet(ooxml.row(GOOD))).replace("xmlns=", "xmlns:x=").encode(),
    "DOCTYPE": f"<!DOCTYPE x>{worksheet('')}".encode(),
    "other encoding": f'<?xml version="1.0" encoding="iso-8859-1"?>{worksheet("")}'.encode(),
    "byte order mark": b"\xef\xbb\xbf" + rows(GOOD),
    "UTF-16": ('<?xml version="1.0" encoding="UTF-16"?>' + worksheet("")).encode("utf-16"),
    "merge of no range": worksheet("", after='<mergeCells><mergeCell ref="A1"/></mergeCells>').encode(),
    "large around": worksheet("", after="<a/>" * 20_000).encode(),
    "large": rows(f'<c r="A1" s="1"/>{" " * 2**20}'),
    "cut": rows(GOOD)[:-5],
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_sheets_read_fast(case: str) -> None:
    for _ in range(2):  # the second time from memory
        assert accepts(ACCEPTED[case])


@pytest.mark.parametrize("case", LEFT)
def test_sheets_left_to_expat(case: str) -> None:
    for _ in range(2):
        assert fast_sheet(LEFT[case], "表", TEXTS, MAX_CELLS) is None


def test_as_many_cells_as_allowed() -> None:
    content = rows(GOOD, '<c r="B1"/>', '<c r="C1" s="1"/>')
    assert accepts(content, allowed=3)
    assert fast_sheet(content, "表", TEXTS, 2) is None


def test_the_same_cells_with_other_strings() -> None:
    content = rows('<c r="A1" t="s"><v>0</v></c>')
    for text in ("甲", "乙"):
        found = fast_sheet(content, "表", {"0": text}, 1)
        assert found is not None
        assert found[0].cells["A1"].text == text
    assert fast_sheet(content, "表", {}, 1) is None


def test_long_texts_are_not_kept_ready() -> None:
    """Reports differ from unit to unit: what they say would only take room."""
    content = rows('<c r="A1" t="s"><v>0</v></c>', '<c r="B1"><v>7</v></c>')
    grid = fragments._GRIDS.said(b'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>0</v></c></row>')
    assert grid is not None
    assert fast_sheet(content, "表", {"0": "甲"}, 2) is not None
    assert grid._known == {}  # met once
    for length in (fragments._LONGEST_TEXTS, fragments._LONGEST_TEXTS + 1):
        text = "长" * length
        found = fast_sheet(content, "表", {"0": text}, 2)
        assert found is not None
        assert found[0].cells["A1"].text == text
        assert ((text,) in grid._known) is (length == fragments._LONGEST_TEXTS)
    for n in range(2 * fragments._READY):
        assert fast_sheet(content, "表", {"0": str(n)}, 2) is not None
        assert len(grid._known) <= fragments._READY


def strings(*items: str) -> bytes:
    inside = "".join(f"<si>{item}</si>" for item in items)
    return f'{HEAD}<sst xmlns="{ooxml.MAIN}" count="9" uniqueCount="{len(items)}">{inside}</sst>'.encode()


RUN = (
    '<r><rPr><b val="true"/><sz val="9"/><color rgb="FF000000"/><rFont val="宋体"/></rPr>'
    '<t xml:space="preserve"> {}</t></r>'
)
STRINGS_ACCEPTED = {
    "none": strings(),
    "plain": strings("<t>甲</t>", "<t/>", '<t xml:space="preserve"> a\n</t>', "<t></t>"),
    "entities and escapes": strings("<t>&amp;lt; &lt;&quot;</t>", "<t>_x000D__x005F_x0041_</t>"),
    "rich": strings(RUN.format("行") + RUN.format("政"), "<r><t>a</t></r>"),
    "phonetic properties": strings('<t>甲</t><phoneticPr fontId="1" type="noConversion"/>'),
    "longest": strings(f"<t>{'长' * 32767}</t>"),
    "many": strings(*("<t>x</t>" for _ in range(3000))),
}
STRINGS_LEFT = {
    "phonetics": strings('<t>东京</t><rPh sb="0" eb="2"><t>x</t></rPh>'),
    "markup": strings("<t>1<b/>2</t>"),
    "comment": strings("<t>1<!-- -->2</t>"),
    "no text": strings(""),
    "item of attributes": strings("<t>1</t>").replace(b"<si>", b'<si x="1">'),
    "attribute twice": strings('<r><rPr><color rgb="1" rgb="1"/></rPr><t>1</t></r>'),
    "white space": strings("<t>1</t>\n"),
    "carriage return": strings("<t>1\r\n</t>"),
    "character reference": strings("<t>&#13;</t>"),
    "long": strings(f"<t>{'x' * 32768}</t>"),
    "long in runs": strings("<r><t>x</t></r>" * 32768),
    "not UTF-8": strings("<t>X</t>").replace(b"X", b"\xff"),
    "another name space": strings("<t>1</t>").replace(b"spreadsheetml", b"x"),
    "DOCTYPE": strings("<t>1</t>").replace(b"\n<sst", b"<!DOCTYPE a><sst"),
    "cut": strings("<t>1</t>")[:-1],
    "not closed": strings("<t>1</t>").replace(b"</si>", b""),
}


@pytest.mark.parametrize("case", STRINGS_ACCEPTED)
def test_strings_read_fast(case: str) -> None:
    assert accepts_strings(STRINGS_ACCEPTED[case])


@pytest.mark.parametrize("case", STRINGS_LEFT)
def test_strings_left_to_expat(case: str) -> None:
    assert fast_strings(STRINGS_LEFT[case]) is None


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_REMEMBERED", 100)
    read: list[bytes] = []

    def length(piece: bytes) -> int:
        read.append(piece)
        return len(piece)

    memory = Memory(length, 5)
    assert [memory.said(b"a" * 40), memory.said(b"a" * 40), memory.said(b"b" * 50)] == [40, 40, 50]
    assert len(read) == 2
    assert memory.said(b"c" * 20) == 20  # too much: everything else is forgotten
    assert memory.said.cache_info().currsize == 1
    assert [memory.said(bytes([number])) for number in range(9)] == [1] * 9
    assert memory.said.cache_info().currsize == 5
    assert memory.said(b"d" * 1000) == 1000
    assert memory.said.cache_info().currsize == 1


# Whatever is done to the bytes: what is accepted is what expat reads, and expat refuses nothing of it.

SEEDS = [
    *(ACCEPTED[case] for case in ("structure", "strings", "kinds", "entities", "rows", "rows of Excel", "inline")),
    worksheet(
        '<row r="1" spans="1:4" ht="33.75" customHeight="1"><c r="A1" s="1" t="str"><f>"三"&amp;IF(D2="是",1,"")</f>'
        '<v>三</v></c><c r="B1" s="1"/><c r="C1" s="2"><f>SUM(A1:B1)</f><v>12</v></c></row><row r="2"><c r="A2" s="10" '
        't="s"><v>2</v></c><c r="C2"><f aca="false">A1</f><v></v></c></row><row r="4" ht="20"/><row r="5">'
        '<c r="D5"><v>1.5</v></c></row>',
        after='<sheetProtection sheet="1"/>',
    ).encode(),
]
TOKENS = [
    *(
        b"<c ",
        b"<c>",
        b"</c>",
        b"/>",
        b">",
        b"<",
        b"&",
        b"&amp;",
        b"&#10;",
        b"&x;",
        b'"',
        b"'",
        b" ",
        b"\n",
        b"\r",
        b"\0",
    ),
    *(b"<row ", b"</row>", b'<row r="1">', b'<row r="3"/>', b'<row r="2"></row>', b' r="A1"', b' r="1"', b' s="1"'),
    *(b' t="s"', b' t="str"', b' t="inlineStr"', b' t="d"', b' t="n"', b' ht="0"', b' hidden="1"', b"<v>", b"</v>"),
    *(
        b"<v/>",
        b"<f>",
        b"</f>",
        b"<f/>",
        b'<f t="shared" si="0"/>',
        b"<is>",
        b"<t>",
        b"</t></is>",
        b"<!-- x -->",
        b"<!--",
    ),
    *(
        b"-->",
        b"<![CDATA[x]]>",
        b"]]>",
        b"<?x y?>",
        b'<c r="A1"><v>1</v></c>',
        b'<c r="B1"/>',
        b'<c r="C1" t="s"><v>0</v>',
    ),
    *(
        b"<sheetData>",
        b"</sheetData>",
        b"<sheetData/>",
        b"_x0041_",
        b"\xe7",
        b"\xef\xbf\xbe",
        "长".encode(),
        b"0",
        b"9",
        b"=",
    ),
    *(b' x14ac:dyDescent="1"', b' xmlns="urn:x"', b"<!DOCTYPE x>", b"\xef\xbb\xbf", b"A", b"IW1", b"20001"),
]
STRING_SEEDS = [STRINGS_ACCEPTED[case] for case in ("plain", "entities and escapes", "rich", "phonetic properties")]
STRING_TOKENS = [
    *(
        b"<si>",
        b"</si>",
        b"<si/>",
        b"<t>",
        b"</t>",
        b"<t/>",
        b"<r>",
        b"</r>",
        b"<rPr>",
        b"</rPr>",
        b"<b/>",
        b"<!-- -->",
    ),
    *(
        b"]]>",
        b"&amp;",
        b"&",
        b"<",
        b">",
        b'"',
        b"_x0041_",
        b"<rPh><t>x</t></rPh>",
        b' xml:space="preserve"',
        b"\r",
        b"\xe7",
    ),
    *(
        b"</sst>",
        b"<sst>",
        b"x",
        b" ",
        b"<![CDATA[x]]>",
        b'<phoneticPr fontId="1"/>',
        b' val="1"',
        b"\xef\xbf\xbf",
        b"\0",
    ),
]
EDIT = st.tuples(st.integers(0, 4000), st.integers(0, 12), st.sampled_from(TOKENS) | st.binary(max_size=3))
STRING_EDIT = st.tuples(
    st.integers(0, 4000), st.integers(0, 12), st.sampled_from(STRING_TOKENS) | st.binary(max_size=3)
)
FUZZ = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)


@FUZZ
@given(st.sampled_from(SEEDS), st.lists(EDIT, min_size=1, max_size=4))
def test_a_damaged_sheet_is_not_accepted_or_read_alike(seed: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    accepts(mutated(seed, edits))


@FUZZ
@given(st.lists(st.sampled_from(TOKENS), max_size=12))
def test_tokens_in_any_order_are_not_accepted_or_read_alike(tokens: list[bytes]) -> None:
    accepts(rows(GOOD, '<c r="B1"/>').replace(b"<c ", b"".join(tokens) + b"<c ", 1))


@FUZZ
@given(st.sampled_from(STRING_SEEDS), st.lists(STRING_EDIT, min_size=1, max_size=4))
def test_damaged_strings_are_not_accepted_or_read_alike(seed: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    accepts_strings(mutated(seed, edits))


def token_edits(seed: bytes, tokens: list[bytes], random: Random, number: int) -> Iterator[bytes]:
    """Edits at the borders of tokens, of which far more are accepted than of edits anywhere."""
    pieces = re.split(rb"(<[^<>]*>| [a-z]+=\"[^\"]*\")", seed)
    for _ in range(number):
        changed = list(pieces)
        for _ in range(random.randint(1, 3)):
            place = random.randrange(len(changed))
            choice = random.randrange(4)
            if choice == 0:
                changed.insert(place, random.choice(tokens))
            elif choice == 1:
                changed[place] = b""
            elif choice == 2:
                changed[place] = random.choice(tokens)
            else:
                changed.insert(place, random.choice(pieces))
        yield b"".join(changed)


def test_edits_of_whole_tokens_are_not_accepted_or_read_alike() -> None:
    random = Random(1)
    accepted = [accepts(content) for seed in SEEDS for content in token_edits(seed, TOKENS, random, 300)]
    assert 100 < sum(accepted) < len(accepted) / 2
    read = [
        accepts_strings(content) for seed in STRING_SEEDS for content in token_edits(seed, STRING_TOKENS, random, 300)
    ]
    assert 50 < sum(read) < len(read)


def test_the_oracle_refuses_what_it_should() -> None:
    """The comparison would notice: expat refuses what is left to it here, in words."""
    with pytest.raises(Refused):
        SLOW_SHEET(LEFT["cell twice"], "表", "", TEXTS, MAX_CELLS)


def test_workbooks_of_different_units_share_what_stands_around_their_cells() -> None:
    """The header names the unit; were it part of the frame, every workbook's frames would be read by expat anew."""
    form = FORMS[1]
    first, second = (
        write(compile_layout(form), replace(filling(form, "balanced", n), unit=Unit(f"{n:03}", f"第{n}＆<单位>")))
        for n in (1, 2)
    )
    for data in (first, second):
        package = open_package(data)
        assert isinstance(package, package_module.Package)
        for entry in package.sheets:
            assert not isinstance(package.read_sheet(entry), package_module.Refusal)
        missed = fragments._around.cache_info().misses
        if data is first:
            before = missed
    assert missed == before


def test_a_header_that_is_not_plain_goes_with_the_frame() -> None:
    for inside in (b"<oddHeader>&bad;</oddHeader>", b"<oddHeader>\xff</oddHeader>", b"<x/>"):
        header = b"<headerFooter>" + inside + b"</headerFooter>"
        assert fragments._without_header(header) == header
    plain = b"<a/><headerFooter><oddHeader>&amp;L\xe5\x8d\x95</oddHeader></headerFooter><b/>"
    assert fragments._without_header(plain) == b"<a/><headerFooter/><b/>"
