"""Our reader of .xlsx beside openpyxl: every cell of an honest workbook is the same to both, and neither sees more.

Known differences, each for a reason:

- the text of a date is not compared (openpyxl makes a day of the number), only that both call it one;
- openpyxl takes the results of an array formula for constants, we give each cell of the area its formula;
- an empty text ("") is a cell to openpyxl and none to us, unless a formula gives it;
- openpyxl writes a text that reads like an escape (`_x0041_`) as the escape itself, so it saves none of these here.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from fillings import FORMS, KINDS, REASON, filling
from hands import FORMATS, opened, saved
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from office import convert, needs_office
from ooxml import book, pack, row
from openpyxl.worksheet.formula import ArrayFormula
from support import COVER, workbook
from support import filled as all_zero

from xls_report.layout import Kind
from xls_report.package import Package, RawCell, RawSheet, open_package
from xls_report.submission import Cover, Unit

SOME = settings(max_examples=15, deadline=None, phases=(Phase.reuse, Phase.generate))  # a seed cannot be made smaller


def compared(data: bytes) -> int:
    """Every cell of every sheet, by both; how many there were."""
    package = open_package(data)
    assert isinstance(package, Package), package
    formulas, values = opened(data), openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    assert [(entry.name, entry.state) for entry in package.sheets] == [(p.title, p.sheet_state) for p in formulas]
    theirs = {name: found.value.strip('"') for name, found in formulas.defined_names.items()}
    assert {name: text.strip('"') for name, text in package.names.items()} == theirs
    count = 0
    for entry in package.sheets:
        sheet = package.read_sheet(entry)
        assert isinstance(sheet, RawSheet), sheet
        count += _cells(package, sheet, formulas[entry.name], values[entry.name])
    return count


def _cells(package: Package, sheet: RawSheet, formulas: Any, values: Any) -> int:
    assert set(sheet.merges) == {str(box) for box in formulas.merged_cells.ranges}
    assert sheet.protected == formulas.protection.sheet
    hidden = {number for number, shape in formulas.row_dimensions.items() if shape.hidden}
    assert sheet.hidden_rows == hidden
    ours = {at: cell for at, cell in sheet.cells.items() if cell.formula is not None or cell.text}
    due = _formulas(formulas)
    there = {at for at, cell in _filled(values).items() if cell.value != ""} | due.keys()
    assert ours.keys() == there
    for at, cell in ours.items():
        value, style = values[at], formulas[at]
        assert cell.formula == due.get(at), at
        assert package.formats.code(cell.style) == style.number_format, at
        assert (cell.style in package.formats.dates) == value.is_date or value.data_type not in "nd", at
        if cell.kind == "n" and cell.style in package.formats.dates:
            continue
        assert _plain(cell) == _theirs(value), at
    return len(ours)


def _filled(page: Any) -> dict[str, Any]:
    return {cell.coordinate: cell for cell in page._cells.values() if cell.value is not None}


def _formulas(page: Any) -> dict[str, str]:
    """The text of every formula, that of an array in each cell of its area."""
    found: dict[str, str] = {}
    for at, cell in _filled(page).items():
        if isinstance(cell.value, ArrayFormula):
            area = cell.value.ref if ":" in cell.value.ref else f"{cell.value.ref}:{cell.value.ref}"
            inside = (inner for line in page[area] for inner in line if inner.value is not None)
            found |= {inner.coordinate: cell.value.text.removeprefix("=") for inner in inside}
        elif cell.data_type == "f":
            found[at] = str(cell.value).removeprefix("=")
    return found


def _plain(cell: RawCell) -> tuple[str, object]:
    """Kind and value; of a number the one that a double holds."""
    if not cell.text:
        return "n", None
    if cell.kind == "n":
        return "n", float(Decimal(cell.text))
    return cell.kind, cell.text == "1" if cell.kind == "b" else cell.text


def _theirs(cell: Any) -> tuple[str, object]:
    value = cell.value
    if value is None or value == "":
        return "n", None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "n", float(value)
    return cell.data_type, value


# Books of ours.


def ours(seed: int) -> bytes:
    """A unit's workbook of any filling with texts and reasons, or a summary of three."""
    random = Random(seed)
    form, kind = random.choice(FORMS), random.choice(KINDS)
    texts = {
        part.id: ('第一段 <&> "。', " =1+2", "\t行")[: random.randint(0, 3)] for s in form.sections for part in s.parts
    }
    made = replace(
        filling(form, kind, seed),
        texts=texts,
        cover={**COVER, "document_no": "〔2026〕1号", "signed_on": "2026-01-20", "postcode": "000123"},
        explanations=dict.fromkeys([r.id for r in form.all_relations if random.random() < 0.3], REASON),
        label=random.choice(("", "第2次发放")),
    )
    if random.random() < 0.7:
        return workbook(made, random.choice((Kind.UNIT, Kind.TABLES)))
    parts = [filling(form, "balanced", seed + n) for n in range(3)]
    covers = tuple(Cover(Unit(f"10{n}", f"某区第{n}局"), values=part.figures) for n, part in enumerate(parts))
    return workbook(replace(all_zero(form.years[0]), covers=covers), Kind.WORKING)


@SOME
@given(st.integers(0, 10**6), st.booleans())
def test_our_own_workbooks_as_written_and_as_openpyxl_saves_them(seed: int, resaved: bool) -> None:
    data = ours(seed)
    assert compared(saved(opened(data)) if resaved else data) > 150


@pytest.mark.office
@needs_office
def test_our_own_workbooks_and_others_as_libreoffice_saves_them(tmp_path: Path) -> None:
    files = {f"ours-{seed}": ours(seed) for seed in range(6)} | {
        f"any-{seed}": anything(Random(seed)) for seed in range(6)
    }
    for data in convert(tmp_path, files).values():
        assert compared(data) > 0


# Two books that hold one of each.


def by_xlsxwriter() -> bytes:
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream, {"in_memory": True})
    made.set_properties({"created": datetime.datetime(2020, 1, 1)})
    percent, date = made.add_format({"num_format": "0.0%"}), made.add_format({"num_format": "yyyy-mm-dd"})
    for number in range(3):
        sheet = made.add_worksheet(f"表 {number}")
        sheet.write_string(0, 0, " 行政\n机关 _x0041_ ")
        sheet.write_rich_string(0, 1, "甲", percent, "乙")
        sheet.write_number(1, 0, 12.5, percent)
        sheet.write_number(1, 1, 45000, date)
        sheet.write_formula(2, 0, '=SUM(A2:B2)&"x"', None, "45012.5x")
        sheet.write_formula(2, 1, "=A2*2", None, 25)
        sheet.write_array_formula(3, 0, 4, 0, "{=A1:A2}", None, 3)
        sheet.write_boolean(5, 0, True)
        sheet.write_blank(6, 6, None, percent)
        sheet.merge_range(8, 0, 9, 3, "合并")
        sheet.set_column(3, 4, None, None, {"hidden": True})
        sheet.set_row(7, None, None, {"hidden": True})
        sheet.write_url(10, 0, "https://example.org/")
        sheet.protect()
    made.close()
    return stream.getvalue()


def by_openpyxl() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "一"
    for place, value in {"A1": "文", "B2": 1.25, "C3": "=B2*2", "D4": True, "E5": 1e20, "IV9": -3}.items():
        sheet[place] = value
    sheet["B7"] = ArrayFormula("B7:B8", "=B2:B3")
    sheet.merge_cells("A10:B11")
    made.create_sheet("二").sheet_state = "veryHidden"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def by_hand() -> bytes:
    """Shared formulas, runs of an inline text, results of every type."""
    inline = '<c r="C1" t="inlineStr"><is><r><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r></is></c>'
    shared = '<c r="A1"><f t="shared" ref="A1:A3" si="0">B1*$D$4+SUM(B$1:B1)</f><v>2.50</v></c>'
    others = [f'<c r="A{n}"><f t="shared" si="0"/><v>{value}</v></c>' for n, value in ((2, "1E-7"), (3, "12"))]
    results = ('b"><f>1=1</f><v>1', 'e"><f>1/0</f><v>#DIV/0!', 'str"><f>"x"&amp;1</f><v>x1')
    last = "".join(f'<c r="{column}3" t="{found}</v></c>' for column, found in zip("BCD", results, strict=True))
    return pack(book(row(shared, inline) + row(others[0], number=2) + row(others[1], last, number=3)))


@pytest.mark.parametrize("make", [by_xlsxwriter, by_openpyxl, by_hand])
def test_one_of_each(make: Callable[[], bytes]) -> None:
    assert compared(make()) >= 7


def test_reads_what_xlsxwriter_hides() -> None:
    found = open_package(by_xlsxwriter())
    assert isinstance(found, Package)
    sheet = found.read_sheet(found.sheets[0])
    assert isinstance(sheet, RawSheet)
    assert (sheet.hidden_rows, sheet.hidden_columns) == (frozenset({8}), ((4, 5),))
    assert sheet.cells["A1"].text == " 行政\n机关 _x0041_ "
    assert found.producer == "Microsoft Excel"


# Books of anybody.

TEXTS = ("007", " 两 端 ", "第一行\n第二行", "<&>\"'", "是", "=1+2", "#N/A", "１２", "\u3000", "x" * 300, "1e5")
NUMBERS = (0, -1, 12, 0.1 + 0.2, 1e-300, 1e300, 123456789012345678, 5e-324, 1 / 3, -0.0, 46085.25, 2**53 + 1)
ERRORS = ("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?")


def anything(random: Random) -> bytes:
    """A book by XlsxWriter, of cells of every kind, many formats, merges, names, hidden sheets and rows."""
    stream = io.BytesIO()
    inline = random.random() < 0.3  # XlsxWriter's mode of little memory writes its texts into the cells
    made = xlsxwriter.Workbook(stream, {"in_memory": not inline, "constant_memory": inline})
    codes = [made.add_format({"num_format": code}) for code in FORMATS]
    for number in range(random.randint(1, 4)):
        page = made.add_worksheet(random.choice(("表", "Sheet", "a'b ", "=x")) + str(number))
        if number and random.random() < 0.4:
            random.choice((page.hide, page.very_hidden))()
        if random.random() < 0.5:
            page.protect()
        for line in range(random.randint(1, 25)):
            if random.random() < 0.1:
                page.set_row(line, None, None, {"hidden": True})
            for column in range(8):
                _write(page, line, column, random, random.choice(codes), random.choice(codes))
        page.merge_range(40, 0, 41, random.randint(1, 6), random.choice(TEXTS))
        page.write_array_formula(45, 0, 46, 1, "{=A1:B2*2}", None, 3)
        page.write_number(random.randint(50, 3000), random.randint(0, 255), 1)
    made.define_name("一个名称", '="某值;1"')
    made.define_name("Here", f"='{made.worksheets()[0].get_name()}'!$A$1".replace("a'b", "a''b"))
    made.close()
    return stream.getvalue()


def _write(page: Any, line: int, column: int, random: Random, code: Any, other: Any) -> None:
    match random.randint(0, 8):
        case 0 | 1:
            assert page.write_string(line, column, random.choice(TEXTS), code) == 0
        case 2 | 3:
            number = (
                random.choice(NUMBERS)
                if random.random() < 0.5
                else round(random.uniform(-1e6, 1e6), random.randint(0, 8))
            )
            page.write_number(line, column, number, code if 0 <= number < 10**6 else None)  # the rest are no dates
        case 4:
            page.write_rich_string(line, column, "甲 ", code, "乙", other, " 丙\n")
        case 5:
            page.write_formula(
                line, column, "=SUM(1,2.5)+N($Z$99)", code, random.choice((3.5, "文", "", True, "#N/A", 0))
            )
        case 6:
            page.write_boolean(line, column, random.random() < 0.5, code)
        case 7:
            page.write_blank(line, column, None, code)
        case 8:
            page.write_formula(line, column, f"={random.choice(ERRORS)}", code, random.choice(ERRORS))


@settings(SOME, max_examples=40)
@given(st.integers(0, 10**6), st.booleans())
def test_workbooks_of_anything_as_written_and_as_openpyxl_saves_them(seed: int, resaved: bool) -> None:
    data = anything(Random(seed))
    assert compared(saved(opened(data)) if resaved else data) > 5
