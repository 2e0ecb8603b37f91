"""The workbook a clerk meets, as a second program sees it: locks, prompts, print set-up, the seed's own report."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from acts import parts_of
from fillings import FORMS, UNIT, filling

from xls_report.fill import fill, load_object
from xls_report.form import Form
from xls_report.formfile import form_of_year
from xls_report.intake import judge
from xls_report.issue import workbook_name
from xls_report.layout import Kind, Layout, Role, iter_cells
from xls_report.plan import compile_layout
from xls_report.reader import read
from xls_report.stamp import NAME, PROPERTY
from xls_report.submission import Submission, Unit
from xls_report.writer import write

ROOT = Path(__file__).parents[1]
FORM = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
HOSTILE = ("=1+1", "{=1+1}", "http://x.example/", "external:c:\\a.xlsx", "internal:'封面'!A1", "+1", "-1", "@x", "&C&D")
TABLES = ("表二 主动公开", "表三 申请办理", "表四 复议诉讼")


def blank(form: Form) -> Submission:
    return Submission(form, form.years[0], UNIT)


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def layout_of(form: Form) -> Layout:
    return compile_layout(form)


@FORM
def test_sheets_in_the_order_of_the_work(form: Form) -> None:
    book = opened(write(layout_of(form), blank(form)))
    texts = ["一、总体情况（选填）", "五、问题改进（选填）", "六、其他事项（选填）"]
    assert book.sheetnames == ["封面", *TABLES, "数据自查", "填报说明", *texts, "表样标识"]
    assert book["表样标识"].sheet_state == "veryHidden"
    tables = opened(write(compile_layout(form, Kind.TABLES), blank(form)))
    assert tables.sheetnames == ["封面", *TABLES, "数据自查", "填报说明", "表样标识"]


@FORM
def test_what_may_be_typed_is_unlocked_and_nothing_else(form: Form) -> None:
    layout = layout_of(form)
    book = opened(write(layout, blank(form)))
    may = {(sheet.name, cell.address) for sheet, cell in iter_cells(layout, *Role) if cell.open}
    unlocked = set()
    for page in book.worksheets:
        assert page.protection.sheet
        for forbidden in ("insertRows", "insertColumns", "deleteRows", "deleteColumns", "sort"):
            assert getattr(page.protection, forbidden)  # openpyxl: True is "not allowed"
        assert not page.protection.formatColumns
        assert not page.protection.formatRows
        unlocked |= {(page.title, c.coordinate) for row in page.iter_rows() for c in row if not c.protection.locked}
    # A merged input's other cells bear its style too; only its first can be reached.
    assert may <= unlocked
    assert all((sheet, cell) in may or _inside_a_merge(book[sheet], cell) for sheet, cell in unlocked)
    assert book.security.lockStructure


def _inside_a_merge(page: object, address: str) -> bool:
    return any(address in box and address != str(box).split(":")[0] for box in page.merged_cells.ranges)  # type: ignore[attr-defined]


@FORM
def test_every_input_is_validated_and_prompted_in_chinese(form: Form) -> None:
    layout = layout_of(form)
    book = opened(write(layout, blank(form)))
    kinds = {"count": "whole", "change": "whole", "amount": "decimal"}
    for item in form.inputs:
        sheet, cell = layout.place[item.id]
        rules = [r for r in book[sheet.name].data_validations.dataValidation if cell.address in r.sqref]
        assert len(rules) == 1, item.id
        (rule,) = rules
        assert rule.type == kinds[item.kind]
        assert rule.errorStyle in (None, "stop")
        assert rule.showErrorMessage
        assert rule.showInputMessage
        assert "请" in rule.error or "只能" in rule.error
        assert rule.prompt
        assert len(rule.error) <= 255
        assert len(rule.errorTitle) <= 32
        lowest = int(rule.formula1)
        assert (lowest < 0) == (item.kind == "change")


@FORM
def test_cover_entries_that_can_be_wrong_are_stopped(form: Form) -> None:
    page = opened(write(layout_of(form), blank(form)))["封面"]
    by_type = {rule.type: rule for rule in page.data_validations.dataValidation if rule.type}
    first_day_after = {2019: "43831", 2021: "44562"}[form.years[0]]
    assert by_type["date"].formula1 == first_day_after
    assert "统计期末" in by_type["date"].error
    assert "区号" in by_type["custom"].error


@FORM
def test_each_table_prints_on_one_a4_page(form: Form) -> None:
    layout = layout_of(form)
    book = opened(write(layout, blank(form)))
    for name in TABLES:
        page = book[name]
        assert str(page.page_setup.paperSize) == "9"
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.fitToHeight in (None, 1)
        assert UNIT.name in page.oddHeader.left.text
        assert "单位负责人" in page.oddFooter.left.text
        assert "&P" in page.oddFooter.right.text
        printed = page.print_area.replace("$", "").split("!")[-1]
        marks = [c.address for c in layout.sheet(layout.table_of[name]).of(Role.CHECK) if c.key in ("mark", "first")]
        bottom = int("".join(c for c in printed.split(":")[1] if c.isdigit()))
        right = "".join(c for c in printed.split(":")[1] if c.isalpha())
        for address in marks:
            row, column = int("".join(filter(str.isdigit, address))), "".join(filter(str.isalpha, address))
            assert row > bottom or (len(column), column) > (len(right), right), address


@FORM
def test_no_conditional_format_or_validation_looks_at_another_sheet(form: Form) -> None:
    book = opened(write(layout_of(form), blank(form)))
    for page in book.worksheets:
        for box in page.conditional_formatting:
            assert all("!" not in str(text) for rule in box.rules for text in rule.formula)
        for rule in page.data_validations.dataValidation:
            assert "!" not in f"{rule.formula1}{rule.formula2}"


@FORM
def test_formulas_are_of_excel_2007_alone(form: Form) -> None:
    known = {"IF", "SUM", "COUNT", "COUNTIF", "COUNTA", "OR", "AND", "ROUND", "ABS", "MIN", "INT", "MOD", "TEXT", "LEN"}
    known |= {"IFERROR", "SUMPRODUCT", "ISNUMBER", "MATCH", "ADDRESS", "HYPERLINK", "MID", "SUBSTITUTE", "CHAR", "N"}
    import re

    used = set()
    for _, cell in iter_cells(layout_of(form), Role.CHECK, Role.TITLE, Role.TOTAL):
        bare = re.sub(r'"[^"]*"', "", cell.content)
        used |= set(re.findall(r"([A-Z][A-Z0-9.]*)\(", bare))
        assert "TRUE" not in bare
        assert "FALSE" not in bare
        assert len(cell.content) <= 8192
    assert used <= known


@FORM
def test_the_stamp_rides_on_three_carriers(form: Form) -> None:
    book = opened(write(layout_of(form), blank(form)))
    (prop,) = [p for p in book.custom_doc_props.props if p.name == PROPERTY]
    assert len(prop.value) <= 200
    assert prop.value.isascii()
    assert book.defined_names[NAME].value == f'"{prop.value}"'
    rows = {row[0].value: row[1].value for row in book["表样标识"].iter_rows(min_row=2, max_col=2)}
    assert rows["code"] == UNIT.code
    assert rows["form"] == form.id


def test_text_from_outside_never_becomes_a_formula_or_a_link() -> None:
    form = FORMS[1]
    for text in HOSTILE:
        unit = Unit("004", text)
        submission = replace(filling(form, "balanced", 0), unit=unit, label=text, issuer=text)
        cover = {"leader": text, "filler": text, "address": text}
        submission = replace(submission, cover=cover, texts={"s5": (text,)}, explanations={"G302": text})
        data = write(layout_of(form), submission)
        back = read(data, FORMS).submission
        assert back is not None
        assert (back.unit, back.cover, back.texts) == (unit, cover, {"s5": (text,)})
        book = opened(data)
        allowed = {c.content for _, c in iter_cells(layout_of(form), Role.CHECK, Role.TITLE, Role.TOTAL)}
        for page in book.worksheets:
            for row in page.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        assert str(cell.value)[1:] in allowed
                    assert cell.hyperlink is None or cell.value == "查看"


def test_the_label_and_whom_to_call_are_shown() -> None:
    form = FORMS[1]
    submission = replace(blank(form), label="第2次发放", issuer="某区政府办 0595-0000000")
    book = opened(write(layout_of(form), submission))
    assert book["封面"]["B4"].value == f"{form.years[0]}年（第2次发放）"
    texts = [row[0].value for row in book["填报说明"].iter_rows(max_col=1)]
    assert "有问题请联系：某区政府办 0595-0000000。" in texts


_SCRIPT = """
import hashlib, sys
sys.path.insert(0, {tests!r})
from fillings import FORMS, filling
from xls_report.plan import compile_layout
from xls_report.writer import write
for form in FORMS:
    s = filling(form, "random prior explained", 4)
    print(hashlib.sha256(write(compile_layout(form), s, password="x")).hexdigest())
"""


def test_same_inputs_same_bytes_whatever_the_environment() -> None:
    script = _SCRIPT.format(tests=str(Path(__file__).parent))
    seen = set()
    for seed, zone, language in (
        ("0", "UTC", "C"),
        ("1", "Asia/Shanghai", "zh_CN.UTF-8"),
        ("77", "America/Lima", "C.UTF-8"),
    ):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language}
        run = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, check=True, text=True
        )
        seen.add(run.stdout)
    assert len(seen) == 1
    assert len(seen.pop().split()) == 2


def _seed() -> tuple[Path, bytes]:
    """The seed's report as a workbook: where it lies, and what it must be."""
    samples = ROOT / "samples" / "quangang"
    data = load_object((samples / "figures" / "001.json").read_bytes(), "001.json")
    form = form_of_year(FORMS, data["year"])
    assert form is not None
    unit = Unit(data["unit"]["code"], data["unit"]["name"])
    submission = fill(Submission(form, data["year"], unit), data)
    path = samples / workbook_name(unit.code, unit.name, data["year"])
    return path, write(compile_layout(form), submission)


def test_the_seed_as_a_filled_workbook() -> None:
    path, due = _seed()
    if os.environ.get("UPDATE_SAMPLES"):
        path.write_bytes(due)
    there, made = zipfile.ZipFile(path), zipfile.ZipFile(io.BytesIO(due))
    # Deflated bytes depend on the machine's zlib; what they hold does not.
    assert {n: there.read(n) for n in there.namelist()} == {n: made.read(n) for n in made.namelist()}


def test_the_seed_is_accepted_and_its_date_found() -> None:
    path, data = _seed()
    intake = judge(Path(path.name), "", data, FORMS)
    assert intake.outcome == "accepted"
    (date,) = [f for f in intake.findings if f.code == "T102"]
    assert (date.given, date.due) == ("2020-01-15", "2021-01-15")
    assert date.message == "成文日期 2020-01-15 早于统计期末 2020-12-31，疑似年份写错，是否应为 2021-01-15？"
    assert intake.submission is not None
    assert intake.submission.texts["s6"] == ("无需要说明的其他事项。",)
    assert sum(len(p) for p in intake.submission.texts["s5"]) > 200
    assert set(intake.submission.figures.values()) == {0}


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("甲&乙局", "甲&&乙局"),
        ("R&G公司", "R＆G公司"),
        ("研发&[Picture]处", "研发＆[Picture]处"),
        ("&", "&&"),
    ],
)
def test_a_unit_s_name_in_the_page_header(name: str, head: str) -> None:
    """What stands behind `&` in a header is a code; a library that takes ours for a picture must not stop the issue."""
    form = FORMS[-1]
    data = write(compile_layout(form), Submission(form, form.years[0], Unit("004", name)))
    for part, content in parts_of(data).items():
        if re.fullmatch(r"xl/worksheets/sheet[0-9]+\.xml", part):
            assert f"<oddHeader>&L{head}&R".replace("&", "&amp;") in content.decode()
    reading = read(data, FORMS)
    assert reading.submission is not None
    assert reading.submission.unit.name == name
