"""The bounded reader: what it reads, what it refuses and under which code, and that nothing else comes out of it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

import ooxml
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ooxml import Entry, book, changed, entries, pack, raw_zip, relations, workbook, worksheet
from openpyxl.formula.translate import Translator

from xls_report import package as package_module
from xls_report.package import Package, RawCell, RawSheet, Refusal, SheetEntry, open_package
from xls_report.package.sharedformula import shifted
from xls_report.quoting import quote

Parts = dict[str, bytes]


def opened(data: bytes) -> Package:
    package = open_package(data)
    assert isinstance(package, Package), package
    return package


def sheet_of(parts: Mapping[str, bytes]) -> RawSheet:
    package = opened(pack(parts))
    sheet = package.read_sheet(package.sheets[0])
    assert isinstance(sheet, RawSheet), sheet
    return sheet


def outcome(data: bytes) -> str:
    """The code of the first refusal, on opening or on reading a sheet; "" if there is none."""
    package = open_package(data)
    if isinstance(package, Refusal):
        check_words(package)
        return package.code
    for entry in package.sheets:
        sheet = package.read_sheet(entry)
        if isinstance(sheet, Refusal):
            check_words(sheet)
            return sheet.code
    return ""


def check_words(found: Refusal) -> None:
    """A refusal can be printed on any console of a Chinese Windows, on one line, and says what was foreseen."""
    found.detail.encode("gbk")
    assert found.detail.isprintable()
    assert len(found.detail) < 200
    assert "内容无法识别" not in found.detail, "an exception nobody foresaw"


def cells(*texts: str, number: int = 1) -> str:
    return ooxml.row(*texts, number=number)


# What is read.


def test_reads_every_type_of_cell_as_stored() -> None:
    data = cells(
        '<c r="A1" s="1"><v> 12.50 </v></c>',
        '<c r="B1" t="s"><v>1</v></c>',
        '<c r="C1" t="inlineStr"><is><t xml:space="preserve"> 内 </t></is></c>',
        '<c r="D1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>',
        '<c r="E1" t="b"><v>1</v></c>',
        '<c r="F1" t="e"><v>#REF!</v></c>',
        '<c r="G1" t="d"><v>2024-01-02</v></c>',
        '<c r="H1" t="n"><f>=A1+1</f><v>13.5</v></c>',
        '<c r="I1" s="1"/>',
        '<c r="J1"><v></v></c>',
        '<c r="K1"><f>SUM(A1:B1)</f><v></v></c>',
        '<c r="L1"><f>SUM(A1:B1)</f><v/></c>',
        '<c r="M1" t="str"><f>""</f><v></v></c>',
        '<c r="N1"><v>１２</v></c>',
        '<c r="O1" t="str"><v>_x0041_ _x005F_x0041_ _xD83D_ _x41_</v></c>',
    )
    assert dict(sheet_of(book(data, strings=["<t>甲</t>", "<t> 乙 </t>"])).cells) == {
        "A1": RawCell("n", "12.50", None, 1),
        "B1": RawCell("s", " 乙 ", None, 0),
        "C1": RawCell("s", " 内 ", None, 0),
        "D1": RawCell("s", "ab", '"a"&"b"', 0),
        "E1": RawCell("b", "1", None, 0),
        "F1": RawCell("e", "#REF!", None, 0),
        "G1": RawCell("d", "2024-01-02", None, 0),
        "H1": RawCell("n", "13.5", "A1+1", 0),
        "K1": RawCell("n", None, "SUM(A1:B1)", 0),
        "L1": RawCell("n", None, "SUM(A1:B1)", 0),
        "M1": RawCell("s", "", '""', 0),
        "N1": RawCell("n", "１２", None, 0),
        "O1": RawCell("s", "A _x0041_ _xD83D_ _x41_", None, 0),
    }


def test_reads_rich_text_and_skips_phonetics() -> None:
    strings = [
        "<r><rPr><b/></rPr><t>行</t></r><r><t xml:space='preserve'> 政</t></r>",
        "<t>东京</t><rPh sb='0' eb='2'><t>とうきょう</t></rPh><phoneticPr fontId='1'/>",
        "<t/>",
    ]
    inline = "<is><r><rPr><b/></rPr><t>甲</t></r><rPh sb='0' eb='1'><t>x</t></rPh><r><t>乙</t></r></is>"
    data = cells(
        *(f'<c r="{letter}1" t="s"><v>{index}</v></c>' for index, letter in enumerate("ABC")),
        f'<c r="D1" t="inlineStr">{inline}</c>',
    )
    texts = [cell.text for cell in sheet_of(book(data, strings=strings)).cells.values()]
    assert texts == ["行 政", "东京", "", "甲乙"]


def test_counts_positions_where_addresses_are_missing() -> None:
    data = '<row><c><v>1</v></c><c r="D1"><v>2</v></c><c><v>3</v></c></row><row r="5"><c/><c><v>4</v></c></row>'
    assert {ref: cell.text for ref, cell in sheet_of(book(data)).cells.items()} == {
        "A1": "1",
        "D1": "2",
        "E1": "3",
        "B5": "4",
    }


def test_what_is_written_between_values_is_none_however_long() -> None:
    blank = "\n" + " " * 40_000
    data = f'{blank}<row r="1">{blank}<c r="A1">{blank}<v>1</v>{blank}</c>{blank}x<c r="B1"/>{blank}</row>{blank}'
    assert dict(sheet_of(book(data)).cells) == {"A1": RawCell("n", "1", None, 0)}


def test_reads_structure() -> None:
    sheet = worksheet(
        '<row r="2" hidden="true"/><row r="3" ht="0" customHeight="1"/><row r="4" hidden="0"/>',
        before='<cols><col min="2" max="3" hidden="1"/><col min="4" max="16384" width="9"/><col min="7" max="7" '
        'width="0"/></cols>',
        after='<sheetProtection sheet="1"/><mergeCells count="1"><mergeCell ref="A1:C3"/></mergeCells>',
    )
    found = sheet_of(book(sheet=sheet))
    assert (found.name, found.merges, found.hidden_rows) == ("表一", ("A1:C3",), frozenset({2, 3}))
    assert (found.hidden_columns, found.protected) == (((2, 3), (7, 7)), True)
    assert not sheet_of(book(sheet=worksheet("", after='<sheetProtection sheet="false"/>'))).protected


def test_reads_both_namespaces_any_prefix_and_utf16() -> None:
    strict = worksheet('<row r="1"><c r="A1"><v>7</v></c></row>', uri=ooxml.STRICT)
    prefixed = (
        f'<x:worksheet xmlns:x="{ooxml.MAIN}" xmlns="urn:other"><x:sheetData><x:row r="1"><x:c r="A1"><c/><x:v>7</x:v>'
        "</x:c></x:row></x:sheetData></x:worksheet>"
    )
    wide = '<?xml version="1.0" encoding="UTF-16"?>' + worksheet('<row r="1"><c r="A1"><v>7</v></c></row>')
    for part in (strict.encode(), prefixed.encode(), wide.encode("utf-16")):
        assert sheet_of(book() | {ooxml.SHEET: part}).cells == {"A1": RawCell("n", "7", None, 0)}


def test_reads_a_strict_workbook() -> None:
    parts = book()
    kinds = {f"{ooxml.RELATIONS}/": f"{ooxml.STRICT_RELATIONS}/"}
    for name in ("_rels/.rels", ooxml.WORKBOOK_RELS):
        for old, new in kinds.items():
            parts[name] = parts[name].replace(old.encode(), new.encode())
    text = workbook().replace(ooxml.MAIN, ooxml.STRICT).replace(ooxml.RELATIONS, ooxml.STRICT_RELATIONS)
    parts[ooxml.WORKBOOK] = text.encode()
    parts[ooxml.SHEET] = worksheet("<row><c><v>3</v></c></row>", uri=ooxml.STRICT).encode()
    assert sheet_of(parts).cells["A1"].text == "3"


@pytest.mark.parametrize("target", ["/xl/other/Blatt.xml", "other/Blatt.xml", "../xl/./other/%42latt.xml"])
def test_finds_sheets_by_relationship_and_not_by_name(target: str) -> None:
    parts = book()
    parts["xl/other/Blatt.xml"] = parts.pop(ooxml.SHEET)
    parts[ooxml.SHEET] = worksheet("<row><c><v>999</v></c></row>").encode()
    parts[ooxml.WORKBOOK_RELS] = relations(("rId1", "worksheet", target)).encode()
    assert sheet_of(parts).cells["A1"].text == "1"


def test_lists_sheets_names_and_properties() -> None:
    sheets = (
        '<sheet name="表一" sheetId="1" r:id="rId1"/><sheet name="图" sheetId="2" state="hidden" r:id="rId2"/>'
        '<sheet name="暗" sheetId="3" state="veryHidden" r:id="rId3"/>'
    )
    names = '<definedName name="标识">"a;b"</definedName><definedName name="P" localSheetId="0">表一!$A$1</definedName>'
    parts = book()
    parts[ooxml.WORKBOOK] = workbook(sheets, names).encode()
    parts[ooxml.WORKBOOK_RELS] = relations(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "chartsheet", "chartsheets/sheet1.xml"),
        ("rId3", "worksheet", "worksheets/sheet3.xml"),
    ).encode()
    parts["xl/chartsheets/sheet1.xml"] = b"not even XML"
    parts["xl/worksheets/sheet3.xml"] = parts[ooxml.SHEET]
    parts |= properties('<property name="A"><vt:lpwstr>x y</vt:lpwstr></property><property name="B"><vt:i4>7</vt:i4>')
    found = opened(pack(parts))
    assert [(entry.name, entry.state) for entry in found.sheets] == [
        ("表一", "visible"),
        ("图", "hidden"),
        ("暗", "veryHidden"),
    ]
    assert found.names == {"标识": '"a;b"'}
    assert found.properties == {"A": "x y", "B": "7"}
    assert found.read_sheet(found.sheets[1]) == RawSheet("图")


def properties(inside: str, application: str = "") -> Parts:
    """Root relations and property parts; ``inside`` lacks the last end tag."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006"
    custom = f'<Properties xmlns="{base}/custom-properties" xmlns:vt="{base}/docPropsVTypes">{inside}</property>'
    app = f'<Properties xmlns="{base}/extended-properties"><Application>{application}</Application></Properties>'
    rels = relations(
        ("rId1", "officeDocument", "xl/workbook.xml"),
        ("rId2", "custom-properties", "docProps/custom.xml"),
        ("rId3", "extended-properties", "docProps/app.xml"),
    )
    parts = {"_rels/.rels": rels, "docProps/custom.xml": f"{custom}</Properties>", "docProps/app.xml": app}
    return {name: text.encode() for name, text in parts.items()}


@pytest.mark.parametrize(
    ("application", "mark", "version", "producer"),
    [
        ("Microsoft Excel", "x", "", "Microsoft Excel"),
        ("Microsoft Excel", "KSOProductBuildVer", "", "WPS"),
        ("Microsoft Excel", "x", '<fileVersion lastEdited="3" lowestEdited="5" rupBuild="9302"/>', "WPS"),
        ("WPS 表格", "x", "", "WPS"),
        ("LibreOffice/7.4.7.2$Linux_X86_64", "x", "", "LibreOffice"),
        ("", "x", '<fileVersion appName="xl"/>', "xl"),
        ("", "x", "", ""),
    ],
)
def test_names_the_producer(application: str, mark: str, version: str, producer: str) -> None:
    parts = book() | properties(f'<property name="{mark}"><vt:lpwstr>1</vt:lpwstr>', application)
    parts[ooxml.WORKBOOK] = workbook(inside=version).encode()
    assert opened(pack(parts)).producer == producer


def test_number_formats() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="165" '
        'formatCode="0.0%"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="9"/><xf numFmtId="31"/><xf numFmtId="4"/><xf/></cellXfs>'
    )
    found = opened(pack(book(styles=styles)))
    assert [found.formats.code(style) for style in range(8)] == [
        "General",
        'yyyy"年"m"月"',
        "0.0%",
        "0%",
        'yyyy"年"m"月"d"日"',
        "#,##0.00",
        "General",
        "General",
    ]
    assert [(style in found.formats.dates) for style in range(8)] == [
        False,
        True,
        False,
        False,
        True,
        False,
        False,
        False,
    ]
    assert [(style in found.formats.percents) for style in range(8)] == [
        False,
        False,
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert opened(pack(book())).formats.code(3) == "General"


@pytest.mark.parametrize(
    ("code", "date", "percent"),
    [
        ("General", False, False),
        ("G/通用格式", False, False),
        ("0_);[Red](0)", False, False),
        ('0"day"', False, False),
        ("0\\m", False, False),
        ("0.00E+00", False, False),
        ('0"%"', False, False),
        ("0.0_%%", False, True),
        ("[h]:mm", True, False),
        ("[ss]", True, False),
        ("[$-804]aaaa", True, False),
        ("[DBNum1][$-804]General", False, False),
        ('[$-804]e"年"', True, False),
        ("yyyy/m/d;@", True, False),
        ('_ "¥"* #,##0.00_ ', False, False),
    ],
)
def test_dates_and_percents_by_format_code(code: str, date: bool, percent: bool) -> None:
    shown = code.replace("&", "&amp;").replace('"', "&quot;")
    xfs = '<cellXfs><xf numFmtId="170"/></cellXfs>'
    styles = f'<numFmts><numFmt numFmtId="170" formatCode="{shown}"/></numFmts>{xfs}'
    found = opened(pack(book(styles=styles)))
    assert (0 in found.formats.dates, 0 in found.formats.percents) == (date, percent)


@pytest.mark.parametrize(
    ("code", "value", "shows"),
    [
        ("General", "12345.678", "same"),
        ("G/通用格式", "12.5", "same"),
        ("General;-General", "-12", "same"),
        ("@", "12", "same"),
        ("0", "12", "same"),
        ("0", "12.5", "rounded"),
        ("0.00", "12.5", "same"),
        ("0.00", "12.345", "rounded"),
        ("#,##0.00####", "12.345678", "same"),
        ("#,##0", "1234567", "same"),
        ("0_ ", "12", "same"),
        ("0_);[Red]\\(0\\)", "-12", "same"),
        ("0.00_);(0.00)", "-12", "same"),
        ("#,##0.00_ ", "12", "same"),
        ("[DBNum1]General", "12", "same"),
        ("[$-804]0", "3", "same"),
        ("[$¥-804]#,##0.00", "12.5", "same"),
        ('"¥"#,##0.00', "12.5", "same"),
        # scaled
        ("0,", "12000", "other"),
        ("#,##0,", "12000", "other"),
        ("0.0,", "12000", "other"),
        ('0.00,,"M"', "12000000", "other"),
        ("0!.0,", "2513000", "other"),
        # texts that change what the digits say
        ('0"件"', "12", "same"),
        ("0件", "12", "same"),
        ("0!元", "12", "other"),
        ('0"万"', "12", "other"),
        ("0.00万", "12", "other"),
        ("0[$万]", "12", "other"),
        ("0[$万元-804]", "12", "other"),
        ("General万", "12", "other"),
        ("0[$00]", "12", "other"),
        ("[$1-804]0", "12", "other"),
        ("0.5", "12", "other"),
        ("0\\5", "12", "other"),
        ("0!0", "12", "other"),
        ('0"."0', "12", "other"),
        ('0"0000"', "5", "other"),
        *((f'0"{word}"', "12", "other") for word in "wWk佰仟萬拾廿半零〇○Ol②²٣‰%"),
        ('0"件"0', "12", "other"),
        ("0:0", "12", "other"),
        ("0-0", "12", "other"),
        ('0"/"0', "12", "other"),
        ("0*1", "12", "other"),
        ("*10", "12", "other"),
        ("0* ", "12", "same"),
        ('"1"', "1", "other"),
        # signs
        ('"-"0', "12", "other"),
        ("\\-0", "12", "other"),
        ("-0", "12", "other"),
        ('"负"0', "12", "other"),
        ("+0;-0;0", "-3", "same"),
        ("+0;-0;0", "3", "same"),
        ('0;"负"0', "-3", "same"),
        ('0;"1"0', "-3", "other"),
        ('0;"1"0', "3", "same"),
        ("0;0", "-12", "other"),
        ("0;[Red]0", "-12", "other"),
        ("[Red]0;[Blue]-0", "-3", "same"),
        ("0;", "-12", "other"),
        ("General;", "-12", "other"),
        ("0;", "12", "same"),
        # hidden, and zeros
        (";;;", "12", "other"),
        ('""', "12", "other"),
        ("#", "12", "same"),
        (";;;", "0", "same"),
        ("0;-0;;@", "0", "same"),
        ("0;-0;", "0", "same"),
        ("0;-0;;@", "3", "same"),
        ("#", "0", "same"),
        ('0;-0;"7"', "0", "other"),
        ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "0", "same"),
        ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-12.5", "same"),
        # conditions
        ("[>100]0;0", "3", "same"),
        ('[>5]"多";0', "3", "same"),
        ('[>5]"多";0', "7", "other"),
        ('[=0]"5";0;0', "0", "other"),
        ('[=0]"";General', "12", "same"),
        ("[>=10000]0.00;0.00", "12.5", "same"),
        ("[<0]0,;0", "-12000", "other"),
        ('[<0]"0";0', "-12", "other"),
        ("[>5]0;[<2]0", "3", "other"),
        ('[>5]0;0;"9"', "-3", "other"),
        # powers and fractions
        ("0.00E+00", "12", "same"),
        ("0E+00", "12", "rounded"),
        ("0.0E+00", "123456", "rounded"),
        ("# ?/?", "12", "same"),
        ("# ?/?", "0.3", "rounded"),
    ],
)
def test_whether_a_format_shows_the_number_itself(code: str, value: str, shows: str) -> None:
    found = opened(pack(book(styles=_styled(code))))
    assert found.formats.display(0, Decimal(value), "件").value == shows
    assert 0 in found.formats.unusual or shows == "same" or code == "0"


@pytest.mark.parametrize(
    ("code", "shows"),
    [('0.00"万元"', "same"), ("0.00_ !万!元", "same"), ('0"元"', "other"), ('0"件"', "other"), ('0"万"', "other")],
)
def test_an_amount_may_be_followed_by_its_own_unit_alone(code: str, shows: str) -> None:
    assert opened(pack(book(styles=_styled(code)))).formats.display(0, Decimal(12), "万元").value == shows


@pytest.mark.parametrize(
    ("code", "shows"),
    [
        ("General", "same"),
        ("@", "same"),
        ("0", "same"),
        ("0;-0;;@", "same"),
        ('@"00"', "other"),
        ('@"万"', "other"),
        ('0;0;0;"7"', "other"),
        (";;;", "other"),
        ("0.00_ ;@_ ", "same"),
    ],
)
def test_whether_a_format_shows_a_text_itself(code: str, shows: str) -> None:
    assert opened(pack(book(styles=_styled(code)))).formats.display(0, None, "件").value == shows


def _styled(code: str) -> str:
    shown = code.replace("&", "&amp;").replace('"', "&quot;").replace(">", "&gt;").replace("<", "&lt;")
    return f'<numFmts><numFmt numFmtId="170" formatCode="{shown}"/></numFmts><cellXfs><xf numFmtId="170"/></cellXfs>'


@pytest.mark.parametrize(
    ("first", "second"), [("A1:B2", "B2:B3"), ("A1-B2", "B2:B3"), ("A1:B2:C3", "B2:B3"), ("", "B2:B3")]
)
def test_arrays_that_overlap_or_lie_nowhere_are_refused(first: str, second: str) -> None:
    data = "".join(
        f'<row r="{n}"><c r="{at}"><f t="array" ref="{area}">1</f><v>1</v></c></row>'
        for n, at, area in ((1, "A1", first), (2, "B2", second))
    )
    package = opened(pack(book(data)))
    found = package.read_sheet(package.sheets[0])
    assert isinstance(found, Refusal), found
    assert found.code == "F108"


def test_expands_shared_formulas_for_every_cell() -> None:
    data = (
        '<row r="1"><c r="B1"><f t="shared" ref="B1:C2" si="0">A1+$A1+A$1+$A$1</f><v>1</v></c>'
        '<c r="C1"><f t="shared" si="0"/><v>2</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0"></f></c><c r="C2" s="4"><f t="shared" si="0">B2+$A2+B$1+$A$1</f></c>'
        '</row><row r="3"><c r="A3"><f t="array" ref="A3:A4">B1:B2*2</f><v>2</v></c></row>'
        '<row r="4"><c r="A4"><v>4</v></c><c r="B4"><f t="dataTable" ref="B4:B5" r1="A1"/><v>9</v></c></row>'
    )
    found = sheet_of(book(data)).cells
    assert {ref: cell.formula for ref, cell in found.items()} == {
        "B1": "A1+$A1+A$1+$A$1",
        "C1": "B1+$A1+B$1+$A$1",
        "B2": "A2+$A2+A$1+$A$1",
        "C2": "B2+$A2+B$1+$A$1",
        "A3": "B1:B2*2",
        "A4": "B1:B2*2",
        "B4": "",
    }
    assert found["C2"] == RawCell("n", None, "B2+$A2+B$1+$A$1", 4)


@pytest.mark.parametrize(
    "formula",
    [
        "A1+B2*C$3-$D4",
        "SUM(A1:B9,Sheet2!C3,'A1 ''b'!D4:E5)",
        'IF(A1="B2 ""C3""",LOG10(D4),ATAN2(E5,F6))',
        "SUM(A:A)+SUM($B:C)+SUM(1:2)+SUM($3:4)",
        "表四!A6+1E5+2.5E-3",
        "INDEX(AB12:AC13,1,2)&A1B&_x1&TRUE",
    ],
)
def test_moves_references_as_openpyxl_does(formula: str) -> None:
    expected = Translator(f"={formula}", origin="C3").translate_formula("F8")
    assert f"={shifted(formula, 5, 3)}" == expected


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("Table1[Col A1]+Table1[[#This Row],[B2]]+A1", "Table1[Col A1]+Table1[[#This Row],[B2]]+B2"),
        ("[1]Sheet1!A1", "[1]Sheet1!B2"),
        ("Jan:Mar!A1", "Jan:Mar!B2"),
        ("XFD1+A1048576", "#REF!+#REF!"),
        ("SUM(XFD:XFD)", "SUM(#REF!)"),
    ],
)
def test_moves_references_in_rarer_places(formula: str, moved: str) -> None:
    assert shifted(formula, 1, 1) == moved


def test_cells_are_counted_once_however_often_a_sheet_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_module, "MAX_CELLS", 5)
    parts = two_sheets("<row><c/><c/><c><v>1</v></c></row>")
    found = opened(pack(parts))
    for _ in range(3):
        assert isinstance(found.read_sheet(found.sheets[0]), RawSheet)
    second = found.read_sheet(found.sheets[1])
    assert isinstance(second, Refusal)
    assert second.code == "F106"


def two_sheets(data: str = "", name: str = "表二") -> Parts:
    parts = book(data or cells('<c r="A1"><v>1</v></c>'))
    sheets = f'<sheet name="表一" sheetId="1" r:id="rId1"/><sheet name="{name}" sheetId="2" r:id="rId2"/>'
    parts[ooxml.WORKBOOK] = workbook(sheets).encode()
    parts[ooxml.WORKBOOK_RELS] = relations(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet2.xml")
    ).encode()
    return parts | {"xl/worksheets/sheet2.xml": parts[ooxml.SHEET]}


def test_reports_foreign_things_that_are_left_alone() -> None:
    parts = book() | {"xl/media/image1.png": b"x", "xl/comments1.xml": b"<a/>", "docProps/thumbnail.jpeg": b"x"}
    link = f'<externalLink xmlns="{ooxml.MAIN}"><externalBook/></externalLink>'
    parts["xl/externalLinks/externalLink1.xml"] = link.encode()
    overrides = {
        "/xl/workbook.xml": ooxml.MAIN_TYPE,
        "/xl/comments1.xml": f"{ooxml.SPREADSHEET}comments+xml",
        "/xl/externalLinks/externalLink1.xml": f"{ooxml.SPREADSHEET}externalLink+xml",
    }
    parts[ooxml.CONTENT_TYPES] = ooxml.content_types(overrides, {"png": "image/png", "jpeg": "image/jpeg"}).encode()
    found = opened(pack(parts))
    assert found.embedded == ("图片", "批注", "外部链接")
    assert found.external
    plain = opened(pack(book()))
    assert (plain.embedded, plain.external) == ((), False)
    parts = book()
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("rId1", "hyperlink", "https://example.org", "External")
    ).encode()
    assert not opened(pack(parts)).external
    parts["xl/drawings/_rels/d.xml.rels"] = relations(("rId1", "image", r"file:\\h\a.png", "External")).encode()
    assert opened(pack(parts)).external


def test_a_picture_of_any_size_is_never_inflated() -> None:
    members = entries(book()) + [Entry(b"xl/media/a.png", b"", packed=b"not deflate", size=2**31)]
    assert outcome(raw_zip(members)) == ""


def test_a_foreign_sheet_entry_is_refused() -> None:
    found = opened(pack(book())).read_sheet(SheetEntry("x", "visible"))
    assert isinstance(found, Refusal)
    assert found.code == "F104"


# What is refused: the sheet.

GOOD = '<c r="A1"><v>1</v></c>'


def nested(depth: int) -> str:
    return "<a>" * depth + "</a>" * depth


def attributes(number: int) -> str:
    return " ".join(f'a{n}="1"' for n in range(number))


SHEETS: dict[str, tuple[str, str]] = {
    "nothing wrong": ("", cells(GOOD)),
    "extension in a cell": ("", cells('<c r="A1"><v>1</v><extLst><ext><x/></ext></extLst></c>')),
    "cell twice": ("F108", cells(GOOD, GOOD)),
    "cell twice, first empty": ("F108", cells('<c r="A1"/>', GOOD)),
    "cells out of order": ("F108", cells('<c r="B1"/>', GOOD)),
    "row twice": ("F108", cells(GOOD) + cells('<c r="B1"><v>1</v></c>')),
    "rows out of order": ("F108", cells(number=2) + cells(GOOD)),
    "cell of another row": ("F108", cells('<c r="A2"><v>1</v></c>')),
    "row 0": ("F108", cells(number=0)),
    "row of other digits": ("F108", '<row r="１"/>'),
    "row not a number": ("F108", '<row r="x"/>'),
    "row wrapped at 2^32": ("F108", cells('<c r="A4294967297"><v>1</v></c>', number=4294967297)),
    "cell far outside": ("F108", '<row><c r="ZZZ9999999"><v>1</v></c></row>'),
    "lower-case address": ("F108", cells('<c r="a1"><v>1</v></c>')),
    "empty address": ("F108", cells('<c r=""><v>1</v></c>')),
    "row beyond the limit, empty": ("", cells(number=20001) + cells(number=1_048_576)),
    "row beyond the limit": ("F106", cells('<c r="A20001"/>', number=20001)),
    "row beyond the limit, no address": ("F106", cells("<c/>", number=20001)),
    "row beyond the limit, no row in the address": ("F106", cells('<c r="IW"/>', number=20001)),
    "too many rows": ("F106", "<row/>" * 20001),
    "as many rows as may be": ("", "<row/>" * 20000),
    "last row": ("", cells('<c r="A20000"><v>1</v></c>', number=20000)),
    "column beyond the limit": ("F106", cells('<c r="IW1"/>')),
    "last column": ("", cells('<c r="IV1"/>')),
    "column beyond the limit, next": ("F106", cells('<c r="IV1"/>', "<c/>")),
    "column beyond the limit, next, addressed": ("F106", cells('<c r="IV1"/>', '<c r="IW1"/>')),
    "the last cell of Excel": ("F106", cells('<c r="XFD1"/>')),
    "unknown type": ("F108", cells('<c r="A1" t="x"><v>1</v></c>')),
    "unknown type, empty": ("F108", cells('<c r="A1" t="x"/>')),
    "unknown type, blank": ("F108", cells('<c r="A1" t="x"><v> </v></c>')),
    "two values": ("F108", cells('<c r="A1"><v>1</v><v>2</v></c>')),
    "two values, first empty": ("F108", cells('<c r="A1"><v/><v>2</v></c>')),
    "two formulas": ("F108", cells('<c r="A1"><f>1</f><f>2</f></c>')),
    "two inline texts": ("F108", cells('<c r="A1" t="inlineStr"><is><t>1</t></is><is><t>2</t></is></c>')),
    "inline and value": ("F108", cells('<c r="A1" t="inlineStr"><is><t>1</t></is><v>2</v></c>')),
    "inline of another type": ("F108", cells('<c r="A1"><is><t>1</t></is></c>')),
    "markup in a value": ("F108", cells('<c r="A1"><v>1<b/>2</v></c>')),
    "markup in a formula": ("F108", cells('<c r="A1"><f>1<b/>2</f></c>')),
    "markup in an inline text": ("F108", cells('<c r="A1" t="inlineStr"><is><t>1<b/>2</t></is></c>')),
    "comment in a value": ("F108", cells('<c r="A1"><v>1<!-- -->2</v></c>')),
    "instruction in a value": ("F108", cells('<c r="A1"><v>1<?x y?>2</v></c>')),
    "CDATA in a value": ("F108", cells('<c r="A1"><v><![CDATA[12]]></v></c>')),
    "comment between cells": ("", cells(GOOD, "<!-- x -->")),
    "string index out of range": ("F108", cells('<c r="A1" t="s"><v>2</v></c>')),
    "string index negative": ("F108", cells('<c r="A1" t="s"><v>-1</v></c>')),
    "string index in full width": ("F108", cells('<c r="A1" t="s"><v>１</v></c>')),
    "string index with underscore": ("F108", cells('<c r="A1" t="s"><v>0_1</v></c>')),
    "string index blank": ("F108", cells('<c r="A1" t="s"><v/></c>')),
    "style not a number": ("F108", cells('<c r="A1" s="-1"><v>1</v></c>')),
    "long text": ("F106", cells(f'<c r="A1" t="str"><v>{"x" * 32768}</v></c>')),
    "long inline text": ("F106", cells(f'<c r="A1" t="inlineStr"><is><t>{"x" * 32768}</t></is></c>')),
    "longest text": ("", cells(f'<c r="A1" t="str"><v>{"x" * 32767}</v></c>')),
    "long number": ("F106", cells(f'<c r="A1"><v>{"1" * 32768}</v></c>')),
    "long formula": ("F106", cells(f'<c r="A1"><f>{"1" * 8193}</f></c>')),
    "shared formula without its text": ("F108", cells('<c r="A1"><f t="shared" si="0"/></c>')),
    "shared formula of two texts": (
        "F108",
        cells('<c r="A1"><f t="shared" si="0">B1</f></c>', '<c r="B1"><f t="shared" si="0">B1</f></c>'),
    ),
    "shared formulas that multiply": (
        "F106",
        cells(f'<c r="A1"><f t="shared" si="0">{"1+" * 4000}1</f></c>')
        + "".join(cells(*['<c><f t="shared" si="0"/></c>'] * 250, number=row) for row in (2, 3, 4)),
    ),
    "shared formulas that multiply within reason": (
        "",
        cells(f'<c r="A1"><f t="shared" si="0">{"1+" * 200}1</f></c>')
        + "".join(cells(*['<c><f t="shared" si="0"/></c>'] * 250, number=row) for row in (2, 3)),
    ),
    "array over everything": ("F106", cells('<c r="A1"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c>')),
    "array over two hundred whole columns": ("F106", cells('<c r="A1"><f t="array" ref="A1:GR1048576">1</f></c>')),
    "largest array": ("", cells('<c r="A1"><f t="array" ref="A1:L1048576">1</f><v>1</v></c>')),
    "array larger than the largest": (
        "F106",
        cells('<c r="A1"><f t="array" ref="A1:L1048576">1</f></c>', '<c r="M1"><f t="array" ref="M1:M10001">1</f></c>'),
    ),
    "cell inside a cell": ("F108", cells('<c r="A1"><c r="A1"><v>1</v></c></c>')),
    "cell inside an extension": ("F108", cells(f'<c r="A1"><extLst>{GOOD}</extLst></c>')),
    "row inside a row": ("F108", cells(cells(GOOD))),
    "cell outside of a row": ("F108", GOOD),
    "value outside of a cell": ("", cells("<v>1</v>", GOOD)),
    "alternatives in a row": (
        "F108",
        cells(f'<m:AlternateContent xmlns:m="{"http://schemas.openxmlformats.org/markup-compatibility/2006"}"/>'),
    ),
    "deepest in a cell": ("", cells(f'<c r="A1">{nested(36)}</c>')),
    "too deep in a cell by one": ("F106", cells(f'<c r="A1">{nested(37)}</c>')),
    "longest formula": ("", cells(f'<c r="A1"><f>{"1" * 8192}</f></c>')),
    "longest inline text": ("", cells(f'<c r="A1" t="inlineStr"><is><t>{"x" * 32767}</t></is></c>')),
    "as many columns as may be": ("", cells(*["<c/>"] * 256)),
    "column outside of Excel": ("F108", cells('<c r="XFE1"/>')),
    "last row of Excel": ("F106", cells('<c r="A1048576"><v>1</v></c>', number=1_048_576)),
    "row outside of Excel": ("F108", cells(number=1_048_577)),
    "as many attributes as may be": ("", cells(f'<c r="A1" {attributes(79)}/>')),
    "deep in a cell": ("F106", cells(f'<c r="A1">{nested(50)}</c>')),
    "many attributes": ("F106", cells(f'<c r="A1" {attributes(80)}/>')),
    "many attributes on a value": ("F106", cells(f'<c r="A1"><v {attributes(81)}/></c>')),
    "entity": ("F104", cells('<c r="A1"><v>1&n;</v></c>')),
    "not closed": ("F104", "<row>"),
    "control character": ("F104", cells('<c r="A1"><v>\x01</v></c>')),
    "too many cells": ("F106", "".join(cells(*["<c/>"] * 256, number=n + 1) for n in range(977))),
    "as many cells as may be": ("", "".join(cells(*["<c/>"] * 250, number=n + 1) for n in range(1000))),
}


@pytest.mark.parametrize("case", SHEETS)
def test_rows_refused(case: str) -> None:
    code, data = SHEETS[case]
    assert outcome(pack(book(data, strings=["<t>0</t>", "<t>1</t>"]))) == code


ROOM = (
    '<m:AlternateContent xmlns:m="http://schemas.openxmlformats.org/markup-compatibility/2006">{}</m:AlternateContent>'
)
MERGE = '<mergeCell ref="A1:B2"/>'
WHOLE_SHEETS: dict[str, tuple[str, str]] = {
    "two sheet data": ("F108", worksheet("", after="<sheetData/>")),
    "no sheet data": ("F104", f'<worksheet xmlns="{ooxml.MAIN}"/>'),
    "another root": ("F104", worksheet("").replace("worksheet", "dialogsheet")),
    "deepest": ("", worksheet("", after=nested(39))),
    "another namespace": ("F104", worksheet("", uri="urn:x")),
    "empty part": ("F104", ""),
    "sheet data in an alternative": ("F108", worksheet("", after=ROOM.format(f"<sheetData>{cells(GOOD)}</sheetData>"))),
    "protection in an alternative": ("F108", worksheet("", after=ROOM.format('<sheetProtection sheet="1"/>'))),
    "harmless alternative": ("", worksheet("", after=ROOM.format("<controls/>"))),
    "two protections": ("F108", worksheet("", after='<sheetProtection sheet="1"/><sheetProtection/>')),
    "merge over everything": ("", worksheet("", after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')),
    "hyperlink over everything": ("", worksheet("", after='<hyperlinks><hyperlink ref="A1:XFD1048576"/></hyperlinks>')),
    "merge of no range": ("F108", worksheet("", after='<mergeCells><mergeCell ref="A1"/></mergeCells>')),
    "merge elsewhere": ("F108", worksheet("", after='<extLst><mergeCell ref="A1:B2"/></extLst>')),
    "hidden column of no number": ("F108", worksheet("", before='<cols><col min="x" max="1" hidden="1"/></cols>')),
    "deep": ("F106", worksheet("", after=nested(40))),
    "DOCTYPE": ("F108", f"<!DOCTYPE worksheet>{worksheet('')}"),
    "entity declared": ("F108", f'<!DOCTYPE x [<!ENTITY n "2">]>{worksheet(cells(GOOD))}'),
    "unknown encoding": ("F108", f'<?xml version="1.0" encoding="bogus"?>{worksheet("")}'),
    "codec of Python": ("F108", f'<?xml version="1.0" encoding="cp037"?>{worksheet("")}'),
    "many merges": ("F106", worksheet("", after=f"<mergeCells>{MERGE * 16001}</mergeCells>")),
    "many links": ("F106", worksheet("", after=f"<hyperlinks>{'<hyperlink/>' * 16001}</hyperlinks>")),
    "many validations": ("F106", worksheet("", after="<dataValidation/>" * 16001)),
    "many formats": ("F106", worksheet("", after="<conditionalFormatting/>" * 16001)),
    "many format rules": (
        "F106",
        worksheet("", after=f"<conditionalFormatting>{'<cfRule/>' * 16001}</conditionalFormatting>"),
    ),
    "as many links as may be": ("", worksheet("", after=f"<hyperlinks>{'<hyperlink/>' * 16000}</hyperlinks>")),
    "many elements": ("F106", worksheet("", after="<a/>" * 599_999)),
    "as many elements as may be": ("", worksheet("", after="<a/>" * 599_998)),
}


@pytest.mark.parametrize("case", WHOLE_SHEETS)
def test_sheets_refused(case: str) -> None:
    code, sheet = WHOLE_SHEETS[case]
    assert outcome(pack(book(sheet=sheet))) == code


def test_doctype_is_found_in_utf16_too() -> None:
    text = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x>{worksheet("")}'
    assert outcome(pack(book() | {ooxml.SHEET: text.encode("utf-16")})) == "F108"


def test_a_range_list_of_a_million_is_not_expanded() -> None:
    ranges = " ".join(["A1:XFD1048576"] * 100_000)
    validation = f'<dataValidations><dataValidation sqref="{ranges}"/></dataValidations>'
    assert outcome(pack(book(sheet=worksheet("", after=validation)))) == ""


# What is refused: the other parts.


def with_part(name: str, text: str) -> Callable[[Parts], Parts]:
    return lambda parts: parts | {name: text.encode()}


def without(name: str) -> Callable[[Parts], Parts]:
    return lambda parts: {key: content for key, content in parts.items() if key != name}


def with_type(part: str, kind: str) -> Callable[[Parts], Parts]:
    overrides = {"/xl/workbook.xml": ooxml.MAIN_TYPE, f"/{part}": kind}
    return lambda parts: parts | {part: b"", ooxml.CONTENT_TYPES: ooxml.content_types(overrides).encode()}


def with_main_type(kind: str) -> Callable[[Parts], Parts]:
    return with_part(ooxml.CONTENT_TYPES, ooxml.content_types({"/xl/workbook.xml": kind}))


def with_sheet_relation(kind: str) -> Callable[[Parts], Parts]:
    return with_part("xl/worksheets/_rels/sheet1.xml.rels", relations(("rId1", kind, "x.bin")))


def with_relations(*found: tuple[str, str, str] | tuple[str, str, str, str]) -> Callable[[Parts], Parts]:
    return with_part(ooxml.WORKBOOK_RELS, relations(*found))


def with_link(inside: str) -> Callable[[Parts], Parts]:
    def add(parts: Parts) -> Parts:
        rels = relations(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId9", "externalLink", "links/1.xml"))
        link = f'<externalLink xmlns="{ooxml.MAIN}">{inside}</externalLink>'
        return parts | {ooxml.WORKBOOK_RELS: rels.encode(), "xl/links/1.xml": link.encode()}

    return add


def with_strings(inside: str) -> Callable[[Parts], Parts]:
    return with_part(ooxml.STRINGS, f'<sst xmlns="{ooxml.MAIN}">{inside}</sst>')


def with_styles(inside: str) -> Callable[[Parts], Parts]:
    return with_part(ooxml.STYLES, f'<styleSheet xmlns="{ooxml.MAIN}">{inside}</styleSheet>')


def with_workbook(**arguments: str) -> Callable[[Parts], Parts]:
    return with_part(ooxml.WORKBOOK, workbook(**arguments))


SHEET_1 = '<sheet name="表一" sheetId="1" r:id="rId1"/>'
OFFICE = "application/vnd.openxmlformats-officedocument."
EXCEL = "application/vnd.ms-excel."
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
PARTS: dict[str, tuple[str, Callable[[Parts], Parts]]] = {
    "nothing wrong": ("", lambda parts: parts),
    "template": ("", with_main_type(f"{ooxml.SPREADSHEET}template.main+xml")),
    "other letter case of a part": (
        "",
        lambda parts: without(ooxml.STYLES)(parts) | {"XL/Styles.xml": parts[ooxml.STYLES]},
    ),
    "external book": ("", with_link("<externalBook/>")),
    # F101, F102: another format
    "docx": (
        "F101",
        with_main_type(f"{OFFICE}wordprocessingml.document.main+xml"),
    ),
    "pptx": (
        "F101",
        with_main_type(f"{OFFICE}presentationml.presentation.main+xml"),
    ),
    "xlsb": ("F102", with_main_type(f"{EXCEL}sheet.binary.macroEnabled.main")),
    "zip of something": ("F101", lambda _: {"a.txt": b"x"}),
    "zip of workbooks": ("F101", lambda _: {"a.xlsx": b"x", "b.xlsx": b"y"}),
    # F104: incomplete
    "no content types": ("F104", without(ooxml.CONTENT_TYPES)),
    "no root relations": ("F104", without("_rels/.rels")),
    "no workbook": ("F104", without(ooxml.WORKBOOK)),
    "no workbook relations": ("F104", without(ooxml.WORKBOOK_RELS)),
    "no sheet part": ("F104", without(ooxml.SHEET)),
    "no strings part": ("F104", without(ooxml.STRINGS)),
    "no styles part": ("F104", without(ooxml.STYLES)),
    "no sheets": ("F104", with_workbook(sheets="")),
    "sheet of unknown relation": ("F104", with_workbook(sheets='<sheet name="a" r:id="rId7"/>')),
    "sheet without relation": ("F104", with_workbook(sheets='<sheet name="a"/>')),
    "type of the workbook unknown": ("F104", with_main_type("application/xml")),
    "workbook not XML": ("F104", with_part(ooxml.WORKBOOK, "<workbook>")),
    "strings not XML": ("F104", with_part(ooxml.STRINGS, "x")),
    "styles not XML": ("F104", with_part(ooxml.STYLES, "x")),
    "types not XML": ("F104", with_part(ooxml.CONTENT_TYPES, "x")),
    "relations not XML": ("F104", with_part(ooxml.WORKBOOK_RELS, "x")),
    # F106: limits
    "41 sheets": ("F106", with_workbook(sheets="".join(f'<sheet name="{n}" r:id="rId{n}"/>' for n in range(41)))),
    "10,000 sheets on one part": ("F106", with_workbook(sheets=SHEET_1 * 10_000)),
    "2,001 names": (
        "F106",
        with_workbook(names="".join(f'<definedName name="n{n}">1</definedName>' for n in range(2001))),
    ),
    "2,000 names": ("", with_workbook(names="".join(f'<definedName name="n{n}">1</definedName>' for n in range(2000)))),
    "long name": ("F106", with_workbook(names=f'<definedName name="n">{"1" * 32768}</definedName>')),
    "50,001 strings": ("F106", with_strings("<si/>" * 50_001)),
    "50,000 strings": ("", with_strings("<si/>" * 50_000)),
    "long string": ("F106", with_strings(f"<si><t>{'x' * 32768}</t></si>")),
    "long rich string": ("F106", with_strings(f"<si>{'<r><t>x</t></r>' * 32768}</si>")),
    "20,001 cell formats": ("F106", with_styles(f"<cellXfs>{'<xf/>' * 20_001}</cellXfs>")),
    "20,000 cell formats": ("", with_styles(f"<cellXfs>{'<xf/>' * 20_000}</cellXfs>")),
    "many overrides": ("F106", with_part(ooxml.CONTENT_TYPES, ooxml.content_types({f"/{n}": "a" for n in range(801)}))),
    "many relations": (
        "F106",
        with_part("x/_rels/y.rels", relations(*((f"r{n}", "hyperlink", "#a") for n in range(16001)))),
    ),
    "deepest workbook": ("", with_workbook(inside=nested(39))),
    "deepest strings": ("", with_strings(f"<si>{nested(38)}</si>")),
    "strings too deep by one": ("F106", with_strings(f"<si>{nested(39)}</si>")),
    "longest string": ("", with_strings(f"<si><t>{'x' * 32767}</t></si>")),
    "longest name": ("", with_workbook(names=f'<definedName name="n">{"1" * 32767}</definedName>')),
    "sheet only in an alternative": (
        "F108",
        with_workbook(sheets="", inside=ROOM.format(f"<sheets>{SHEET_1}</sheets>")),
    ),
    "deep workbook": ("F106", with_workbook(inside=nested(40))),
    "deep strings": ("F106", with_strings(f"<si>{nested(50)}</si>")),
    "deepest phonetics": ("", with_strings(f"<si><rPh>{'<t>' * 37}{'</t>' * 37}</rPh></si>")),
    "phonetics too deep by one": ("F106", with_strings(f"<si><rPh>{'<t>' * 38}{'</t>' * 38}</rPh></si>")),
    "as many attributes of a string as may be": ("", with_strings(f"<si {attributes(80)}/>")),
    "many attributes of a string": ("F106", with_strings(f"<si {attributes(81)}/>")),
    "declared string count": ("", with_part(ooxml.STRINGS, f'<sst xmlns="{ooxml.MAIN}" uniqueCount="4294967295"/>')),
    # F107: macros
    "macro workbook": ("F107", with_main_type(f"{EXCEL}sheet.macroEnabled.main+xml")),
    "VBA by name": ("F107", with_part("xl/vbaProject.bin", "x")),
    "VBA by type": ("F107", with_type("xl/a.bin", "application/vnd.ms-office.vbaProject")),
    "VBA by relation": ("F107", with_sheet_relation(f"{MICROSOFT}/vbaProject")),
    "macro sheet by type": ("F107", with_type("xl/a.xml", f"{EXCEL}macrosheet+xml")),
    "international macro sheet": ("F107", with_type("xl/a.xml", f"{EXCEL}intlmacrosheet+xml")),
    "macro sheet by relation": (
        "F107",
        with_relations(("rId1", f"{MICROSOFT}/xlMacrosheet", "worksheets/sheet1.xml")),
    ),
    "macro sheet by name": ("F107", with_part("xl/macrosheets/sheet1.xml", "x")),
    "dialog sheet": (
        "F107",
        with_relations(("rId1", "dialogsheet", "worksheets/sheet1.xml")),
    ),
    # F108: what readers read differently
    "DOCTYPE in the workbook": ("F108", with_part(ooxml.WORKBOOK, f"<!DOCTYPE workbook>{workbook()}")),
    "DOCTYPE in the strings": ("F108", with_part(ooxml.STRINGS, f'<!DOCTYPE a><sst xmlns="{ooxml.MAIN}"/>')),
    "DOCTYPE in the styles": ("F108", with_part(ooxml.STYLES, f'<!DOCTYPE a><styleSheet xmlns="{ooxml.MAIN}"/>')),
    "DOCTYPE in relations": ("F108", with_part(ooxml.WORKBOOK_RELS, f"<!DOCTYPE a>{relations()}")),
    "markup in a string": ("F108", with_strings("<si><t>1<b/>2</t></si>")),
    "comment between strings": ("", with_strings("<si><t>1</t></si><!-- x --><si><!-- y --><t>2</t></si>")),
    "comment in a string": ("F108", with_strings("<si><t>1<!-- -->2</t></si>")),
    "string inside a string": ("F108", with_strings("<si><r><si/></r></si>")),
    "sheets in an alternative": ("F108", with_workbook(inside=ROOM.format(f"<sheets>{SHEET_1}</sheets>"))),
    "harmless alternative": ("", with_workbook(inside=ROOM.format("<absPath/>"))),
    "two sheets of one name": ("F108", lambda _: two_sheets(name="表一")),
    "two sheets of one name but for case": (
        "F108",
        lambda _: {
            **two_sheets(name="ABC"),
            ooxml.WORKBOOK: workbook('<sheet name="abc" r:id="rId1"/><sheet name="ABC" r:id="rId2"/>').encode(),
        },
    ),
    "two sheets on one part": ("F108", with_workbook(sheets=f'{SHEET_1}<sheet name="b" r:id="rId1"/>')),
    "sheet without name": ("F108", with_workbook(sheets='<sheet r:id="rId1"/>')),
    "sheet of unknown state": ("F108", with_workbook(sheets='<sheet name="a" state="x" r:id="rId1"/>')),
    "sheet that is no sheet": (
        "F108",
        with_relations(("rId1", "theme", "worksheets/sheet1.xml")),
    ),
    "external sheet": (
        "F108",
        with_relations(("rId1", "worksheet", "http://a/b", "External")),
    ),
    "sheet outside of the file": (
        "F108",
        with_relations(("rId1", "worksheet", "../../etc/passwd")),
    ),
    "sheet that is a picture": (
        "F108",
        lambda parts: (
            parts
            | {
                "xl/media/a.xml": parts[ooxml.SHEET],
                ooxml.WORKBOOK_RELS: relations(("rId1", "worksheet", "media/a.xml")).encode(),
            }
        ),
    ),
    "relation twice": (
        "F108",
        with_relations(*[("rId1", "worksheet", "worksheets/sheet1.xml")] * 2),
    ),
    "two string parts": (
        "F108",
        with_relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("a", "sharedStrings", "a.xml"),
            ("b", "sharedStrings", "b.xml"),
        ),
    ),
    "two workbooks": (
        "F108",
        with_part(
            "_rels/.rels",
            relations(("rId1", "officeDocument", "xl/workbook.xml"), ("rId2", "officeDocument", "xl/a.xml")),
        ),
    ),
    "two types of a part": (
        "F108",
        with_part(
            ooxml.CONTENT_TYPES,
            ooxml.content_types({"/xl/workbook.xml": ooxml.MAIN_TYPE, "/XL/workbook.xml": "application/xml"}),
        ),
    ),
    "two names alike": (
        "F108",
        with_workbook(names='<definedName name="a">1</definedName><definedName name="A">2</definedName>'),
    ),
    "two properties alike": (
        "F108",
        lambda parts: (
            parts | properties('<property name="A"><vt:i4>1</vt:i4></property><property name="A"><vt:i4>2</vt:i4>')
        ),
    ),
    "format number that is none": ("F108", with_styles('<cellXfs><xf numFmtId="x"/></cellXfs>')),
    # F114: active content
    "DDE link": ("F114", with_link("<ddeLink/>")),
    "OLE link": ("F114", with_link("<oleLink/>")),
    "OLE object by relation": ("F114", with_sheet_relation("oleObject")),
    "embedded file": ("F114", with_sheet_relation("package")),
    "OLE object by name": ("F114", with_part("xl/embeddings/oleObject1.bin", "x")),
    "OLE object by type": ("F114", with_type("xl/a.bin", f"{OFFICE}oleObject")),
    "ActiveX by relation": ("F114", with_sheet_relation("control")),
    "ActiveX by name": ("F114", with_part("xl/activeX/activeX1.bin", "x")),
    "ActiveX by type": ("F114", with_type("xl/a.xml", "application/vnd.ms-office.activeX+xml")),
    "connections by name": ("F114", with_part("xl/connections.xml", "x")),
    "connections by type": ("F114", with_type("xl/a.xml", f"{ooxml.SPREADSHEET}connections+xml")),
    "query table": ("F114", with_sheet_relation("queryTable")),
    "query table by name": ("F114", with_part("xl/queryTables/queryTable1.xml", "x")),
    "ribbon by relation": ("F114", with_sheet_relation(f"{MICROSOFT}/ui/extensibility")),
    "ribbon by name": ("F114", with_part("customUI/customUI.xml", "x")),
    "live data": ("F114", with_type("xl/a.xml", f"{ooxml.SPREADSHEET}volatileDependencies+xml")),
}


@pytest.mark.parametrize("case", PARTS)
def test_parts_refused(case: str) -> None:
    code, change = PARTS[case]
    parts = book(strings=["<t>0</t>"], styles="<cellXfs><xf/></cellXfs>")
    assert outcome(pack(change(parts))) == code


# What is refused: the zip, and what is none.

MEMBERS = entries(book())
SHEET_CONTENT = book()[ooxml.SHEET]
DEFLATED = Entry(b"", SHEET_CONTENT).deflated()
SIZES = struct.pack("<4s3L", b"PK\7\x08", 0, 0, 0)
LARGE = [Entry(b"%d.xml" % number, b"", size=16 * 2**20) for number in range(2)]
SUM = sum(len(entry.content) for entry in MEMBERS)
ZIPS: dict[str, tuple[str, bytes]] = {
    "nothing wrong": ("", raw_zip(MEMBERS)),
    "stored": ("", raw_zip([replace(entry, method=0) for entry in MEMBERS])),
    "comment": ("", raw_zip(MEMBERS, comment=b"made by hand")),
    "folder": ("", raw_zip([*MEMBERS, Entry(b"xl/theme/", b"", method=0)])),
    "name in GBK without the flag": ("", raw_zip([*MEMBERS, Entry("附件.txt".encode("gbk"), b"x", flags=0)])),
    "sizes after the data": ("", raw_zip(changed(MEMBERS, ooxml.SHEET, flags=0x808, local_size=0, gap=SIZES))),
    "empty": ("F105", b""),
    "too large": ("F106", raw_zip([*MEMBERS, Entry(b"xl/media/a.png", bytes(10 * 2**20), method=0)])),
    "truncated": ("F104", raw_zip(MEMBERS)[:-30]),
    "half": ("F104", raw_zip(MEMBERS)[:700]),
    "first bytes": ("F104", b"PK\3\4"),
    "zero bytes": ("F104", bytes(3000)),
    "no members": ("F101", raw_zip([])),
    "wrong CRC": ("F104", raw_zip(changed(MEMBERS, ooxml.SHEET, crc=1))),
    "bad deflate": ("F104", raw_zip(changed(MEMBERS, ooxml.SHEET, packed=b"\xff" * 50))),
    "deflate cut": ("F104", raw_zip(changed(MEMBERS, ooxml.SHEET, packed=DEFLATED[:-4]))),
    "deflate with a tail": ("F108", raw_zip(changed(MEMBERS, ooxml.SHEET, packed=DEFLATED + b"x"))),
    "401 members": ("F106", raw_zip([*MEMBERS, *(Entry(b"a%d" % n, b"") for n in range(401 - len(MEMBERS)))])),
    "400 members": ("", raw_zip([*MEMBERS, *(Entry(b"a%d" % n, b"") for n in range(400 - len(MEMBERS)))])),
    "large part": ("F106", raw_zip([*MEMBERS, Entry(b"a.xml", b"x", size=16 * 2**20 + 1)])),
    "large sum": ("F106", raw_zip([*MEMBERS, *(Entry(b"%d.xml" % n, b"x", size=16 * 2**20) for n in range(3))])),
    "4 GB declared": ("F106", raw_zip(changed(MEMBERS, ooxml.SHEET, size=0xFFFFFFF0))),
    "size too small": ("F108", raw_zip(changed(MEMBERS, ooxml.SHEET, size=10))),
    "size too large": ("F108", raw_zip(changed(MEMBERS, ooxml.SHEET, size=100_000))),
    "sizes differ between headers": ("F108", raw_zip(changed(MEMBERS, ooxml.SHEET, local_size=5))),
    "stored with another size": ("F108", raw_zip(changed(MEMBERS, ooxml.SHEET, method=0, size=5))),
    "member twice": ("F108", raw_zip([*MEMBERS, Entry(ooxml.SHEET.encode(), b"x")])),
    "member twice but for case": ("F108", raw_zip([*MEMBERS, Entry(ooxml.SHEET.upper().encode(), b"x")])),
    "member twice but for escapes": ("F108", raw_zip([*MEMBERS, Entry(b"xl/worksheets/%73heet1.xml", b"x")])),
    **{
        f"name {name!r}": ("F108", raw_zip([*MEMBERS, Entry(name, b"x")]))
        for name in (b"../a", b"a/../b", b"/a", b"a\\b", b"C:/a", b"a\0b", b"a//b", b"./a", b"", b"a\nb")
    },
    "name not UTF-8": ("F108", raw_zip([*MEMBERS, Entry(b"\xff\xfe", b"x")])),
    "other name in the header": (
        "F108",
        raw_zip(changed(MEMBERS, ooxml.SHEET, local_name=b"xl/worksheets/sheet2.xml")),
    ),
    "encrypted": ("F108", raw_zip(changed(MEMBERS, ooxml.SHEET, flags=0x801))),
    "encrypted by its header": ("F108", raw_zip(changed(MEMBERS, ooxml.SHEET, local_flags=0x801))),
    "method 99": ("F108", raw_zip(changed(MEMBERS, ooxml.SHEET, method=99))),
    "method 12": ("F108", raw_zip(changed(MEMBERS, ooxml.SHEET, method=12))),
    "bytes in front": ("F108", b"<html><body>" + raw_zip(MEMBERS)),
    "bytes in front that look like a zip": ("F108", b"PK\3\4" + bytes(60) + raw_zip(MEMBERS)),
    "hidden member": ("F108", raw_zip(changed(MEMBERS, ooxml.SHEET, gap=raw_zip([Entry(b"a", b"x")])[:32]))),
    "one place for two members": ("F108", raw_zip([*MEMBERS, Entry(b"b.xml", b"", at=0, local_name=MEMBERS[0].name)])),
    "place outside": ("F104", raw_zip([*MEMBERS, Entry(b"b.xml", b"", at=2**31)])),
    "place without a header": ("F104", raw_zip([*MEMBERS, Entry(b"b.xml", b"", at=1)])),
    "largest part": ("", raw_zip([*MEMBERS, Entry(b"a.xml", b"x", size=16 * 2**20)])),
    "largest sum": ("", raw_zip([*MEMBERS, *LARGE, Entry(b"last.xml", b"", size=16 * 2**20 - SUM)])),
    "sum one too large": ("F106", raw_zip([*MEMBERS, *LARGE, Entry(b"last.xml", b"", size=16 * 2**20 - SUM + 1)])),
    "directory in a comment of the directory": ("F108", raw_zip([*MEMBERS, Entry(b"a", b"x", comment=raw_zip([]))])),
    "two directories": ("F108", raw_zip(MEMBERS, comment=raw_zip([]) + b"x")),
}


@pytest.mark.parametrize("case", ZIPS)
def test_zips_refused(case: str) -> None:
    code, data = ZIPS[case]
    assert outcome(data) == code


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (b"%PDF-1.7\n", "F101", "PDF"),
        (b"<html><table></table></html>", "F101", "网页"),
        (b"a,b\r\n1,2\r\n", "F102", "CSV"),
        (pack({"mimetype": b"", "content.xml": b""}), "F101", "压缩包"),
        (raw_zip([Entry(b"mimetype", b"application/vnd.oasis.opendocument.spreadsheet", method=0)]), "F102", ".ods"),
        (pack({"word/document.xml": b"", ooxml.CONTENT_TYPES: b"<a/>"}), "F101", ".docx"),
        (pack({"OFD.xml": b""}), "F101", "OFD"),
    ],
)
def test_names_what_is_no_workbook(data: bytes, code: str, word: str) -> None:
    found = open_package(data)
    assert isinstance(found, Refusal)
    assert found.code == code
    assert word in found.detail


def test_says_what_there_is_and_the_limit() -> None:
    found = open_package(ZIPS["401 members"][1])
    assert found == Refusal("F106", "压缩包内的文件有 401 个，上限 400 个")
    found = open_package(ZIPS["large part"][1])
    assert found == Refusal("F106", "部件 a.xml 展开后为 16.1 MB，上限 16 MB")


def test_text_of_the_file_is_shown_harmlessly() -> None:
    name = "a\u202eb\u200bc\x07d" + "长" * 100 + "😀"
    shown = quote(name)
    assert shown == "a\\u202Eb\\u200Bc\\u0007d" + "长" * (59 - 22) + "…"
    assert len(shown) == 60
    assert quote("\U0001f600\u00a0甲") == "\\U0001F600 甲"
    for case in (f"{name}.xml", name):
        found = open_package(raw_zip([*MEMBERS, Entry(case.encode(), b""), Entry(case.encode(), b"")]))
        assert isinstance(found, Refusal)
        check_words(found)


def test_a_file_of_just_10_megabytes_is_opened() -> None:
    room = 10 * 2**20 - len(raw_zip([*MEMBERS, Entry(b"xl/media/a.png", b"", method=0)]))
    picture = Entry(b"xl/media/a.png", bytes(room), method=0)
    assert outcome(raw_zip([*MEMBERS, picture])) == ""
    assert outcome(raw_zip([*MEMBERS, replace(picture, content=bytes(room + 1))])) == "F106"


def test_a_second_directory_behind_the_members_is_refused() -> None:
    """Both ends are valid: the first has a comment that reaches to the end of the file, the second is the last."""
    whole = raw_zip(MEMBERS)
    start = whole.index(b"PK\1\2")
    second = whole[start:]
    first = whole[:-2] + struct.pack("<H", len(second))
    end = second[-22:-6] + struct.pack("<LH", len(first), 0)
    found = open_package(first + second[:-22] + end)
    assert found == Refusal("F108", "压缩包里有目录未列出的内容")


def test_a_missing_sheet_is_found_on_opening() -> None:
    found = open_package(pack(without(ooxml.SHEET)(book())))
    assert found == Refusal("F104", "缺少工作表“表一”的部件 xl/worksheets/sheet1.xml")


def test_says_why() -> None:
    assert open_package(b"") == Refusal("F105", "0 字节")
    assert open_package(ZIPS["member twice"][1]) == Refusal("F108", f"压缩包内有两个 {ooxml.SHEET}")


def test_a_member_inside_of_another_is_refused() -> None:
    inner = raw_zip([Entry(b"b.xml", b"x", method=0)])[:36]
    found = open_package(raw_zip([Entry(b"a.bin", inner, method=0), Entry(b"b.xml", b"x", method=0, at=35), *MEMBERS]))
    assert found == Refusal("F108", "压缩包内的文件互相重叠")


def test_bomb_is_never_inflated_beyond_its_declared_size() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(200 * 2**20)) + packer.flush()
    assert outcome(raw_zip(changed(MEMBERS, ooxml.SHEET, packed=packed, size=1024))) == "F108"


# Nothing else comes out.

RICH = pack(
    book(
        cells('<c r="A1" t="s"><v>0</v></c>', '<c r="B1"><f>A1</f><v>2</v></c>'),
        strings=["<t>甲</t>"],
        styles='<numFmts><numFmt numFmtId="164" formatCode="0"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs>',
        names='<definedName name="n">1</definedName>',
    )
    | properties('<property name="A"><vt:lpwstr>x</vt:lpwstr></property><property name="B"><vt:i4>1</vt:i4>', "WPS")
)
with zipfile.ZipFile(io.BytesIO(RICH)) as archive:
    RICH_PARTS = {name: archive.read(name) for name in archive.namelist()}
FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)


@FUZZ
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<?xml", RICH[:200]]),
)
def test_any_bytes_give_a_package_or_a_refusal(data: bytes, head: bytes) -> None:
    outcome(head + data)


EDITS = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 4), st.binary(max_size=8)), min_size=1, max_size=6)


def mutated(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    result = bytearray(data)
    for place, length, text in edits:
        place %= len(result) + 1
        result[place : place + length] = text
    return bytes(result)


@FUZZ
@given(EDITS)
def test_any_damage_gives_a_package_or_a_refusal(edits: list[tuple[int, int, bytes]]) -> None:
    outcome(mutated(RICH, edits))


@FUZZ
@given(st.sampled_from(sorted(RICH_PARTS)), EDITS, st.sampled_from([b"", b"<v>", b"</c>", b'r="', b'"', b"<c/>"]))
def test_any_damage_to_a_part_gives_a_package_or_a_refusal(
    name: str, edits: list[tuple[int, int, bytes]], piece: bytes
) -> None:
    spliced = [(place, length, text + piece) for place, length, text in edits]
    outcome(pack(RICH_PARTS | {name: mutated(RICH_PARTS[name], spliced)}))


def test_the_last_belt_turns_the_unforeseen_into_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RecursionError("x" * 1000)

    found = opened(RICH)
    monkeypatch.setattr(package_module, "read_worksheet", broken)
    assert found.read_sheet(found.sheets[0]) == Refusal("F104", "内容无法识别")
    monkeypatch.setattr(package_module, "open_container", broken)
    assert open_package(RICH) == Refusal("F104", "内容无法识别")
