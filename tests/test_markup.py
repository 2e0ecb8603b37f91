"""The returned copy: marked where it is wrong, the rest as it was, and accepted once it is corrected at its marks."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import folder_cases
import openpyxl
import pytest
from acts import edited, perform
from office import convert, needs_office
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule, FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableFormula
from support import COVER, FORMS, UNIT, blank, filled, place, taken, workbook, zero_workbook

from xls_report.finding import Finding
from xls_report.inbox import take_in
from xls_report.intake import Intake, Outcome, judge
from xls_report.layout import Kind, Role
from xls_report.markup import MarkupError
from xls_report.plan import compile_layout
from xls_report.returned import AUTHOR, DIVIDER, END, HEAD, SHEET
from xls_report.returns import marked, send_back
from xls_report.submission import Submission

LAYOUT = compile_layout(FORMS[-1])
EMPTIED = ("V106", "V118", "V120", "V130")  # what a cell looked like was the fault, so it is blank now


def _judge(path: Path, data: bytes) -> Intake:
    return judge(path, "", data, FORMS)


def copy_of(data: bytes, folder: Path, name: str = "x.xlsx") -> tuple[Intake, bytes]:
    """What became of the file, and its marked copy."""
    path = folder / name
    path.write_bytes(data)
    (intake,) = take_in([path], FORMS)
    return intake, marked(intake, FORMS, _judge)


def marks_of(data: bytes) -> dict[str, set[str]]:
    """Sheet → cells that bear a rule of ours."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    found: dict[str, set[str]] = {}
    for page in book.worksheets:
        for area in page.conditional_formatting:
            if any(AUTHOR in "".join(rule.formula) for rule in area.rules):
                found.setdefault(page.title, set()).add(str(area.sqref))
    return found


def comments_of(data: bytes) -> dict[tuple[str, str], tuple[str, str]]:
    """Sheet and cell → author and text."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        (page.title, cell.coordinate): (cell.comment.author, cell.comment.text)
        for page in book.worksheets
        for row in page.iter_rows()
        for cell in row
        if cell.comment is not None
    }


def contents(data: bytes) -> dict[str, dict[str, Any]]:
    """Everything that stands in the sheets, but for the list of findings."""
    book = openpyxl.load_workbook(io.BytesIO(data), rich_text=True)
    return {
        page.title: {cell.coordinate: cell.value for row in page.iter_rows() for cell in row if cell.value is not None}
        for page in book.worksheets
        if page["A1"].value != HEAD
    }


def plain(found: Finding) -> tuple[str, str, tuple[str, ...]]:
    return found.code, found.sheet, found.cells


# Correcting at the marks alone.

# A case, what its clerk types at the marked cells, and what is still said of the corrected file.
CORRECTED: dict[str, tuple[dict[str, Any], str]] = {
    "blank-cells-in-a-rectangle": ({"*": 0}, ""),
    "nil-word": ({"*": 0}, ""),
    "fraction-of-a-count": ({"*": 12}, ""),
    "turned-into-a-date": ({"*": 4}, ""),
    "iso-date": ({"*": 4}, ""),
    "percent-format-of-a-count": ({"*": 4}, ""),
    "figure-shown-in-thousands": ({"*": 12}, ""),
    "error-value": ({"*": 0}, ""),
    "logical-value": ({"*": 0}, ""),
    "chinese-numerals": ({"*": 12}, ""),
    "too-many-digits": ({"*": 1}, ""),
    "formula-to-another-cell": ({"*": 3}, ""),
    "two-faults-in-one-cell": ({"*": 3}, ""),
    "label-retyped": ({"A8": "行政许可"}, ""),
    "cover-of-another-unit": ({"B3": "区财政局"}, ""),
    "total-overwritten": ({"E5": "=A5+B5+C5+D5"}, "S109"),
    "relation-of-table-three-fails": ({"D5": 4}, ""),
    "zero-switch-with-another-word": ({"*": "否"}, ""),
    "telephone-of-words": ({"*": "0595-12345678"}, ""),
}


def _returned(name: str, folder: Path) -> tuple[Intake, bytes]:
    case = folder_cases.load(name)
    data = workbook(case.submission, Kind(case.raw.get("kind", "unit")))
    return copy_of(perform(data, case.layout, *case.raw.get("act", ())), folder)


def _corrected(name: str, copy: bytes) -> bytes:
    """The copy with its marked cells retyped, and nothing else touched."""
    typed, _ = CORRECTED[name]

    def correct(book: Any) -> None:
        for sheet, cells in marks_of(copy).items():
            for address in cells:
                if "*" in typed or address in typed:
                    book[sheet][address].value = typed.get(address, typed.get("*"))

    return edited(copy, correct)


@pytest.mark.parametrize("name", CORRECTED)
def test_a_file_corrected_at_its_marks_alone_is_accepted(name: str, tmp_path: Path) -> None:
    intake, copy = _returned(name, tmp_path)
    cells = {(sheet, cell) for sheet, found in marks_of(copy).items() for cell in found}
    assert cells
    assert cells == {(f.sheet, address) for f in intake.findings for address in f.cells}
    back = taken(_corrected(name, copy))
    assert (back.outcome, [f.code for f in back.findings]) == (Outcome.ACCEPTED, CORRECTED[name][1].split())


@pytest.mark.office
@needs_office
def test_colours_go_when_the_cell_is_corrected(tmp_path: Path) -> None:
    """The list's own verdict is the rule that colours the cell, asked of LibreOffice; and its re-save is accepted."""
    files: dict[str, bytes] = {}
    names = [name for name in CORRECTED if name != "logical-value"]  # which LibreOffice takes for a number
    for name in names:
        _, files[f"{name}-before"] = _returned(name, tmp_path)
        files[f"{name}-after"] = _corrected(name, files[f"{name}-before"])
    theirs = convert(tmp_path, files)
    for name in names:
        for state, word in (("before", "待改"), ("after", "已改")):
            data = theirs[f"{name}-{state}"]
            page = openpyxl.load_workbook(io.BytesIO(data), data_only=True)[SHEET]
            assert {cell.value for cell in page["I"][4:]} == {word}, (name, state)
        back = taken(theirs[f"{name}-after"])
        assert back.outcome is Outcome.ACCEPTED, [f.message for f in back.findings]
        assert "F115" not in [f.code for f in back.findings]
        assert "S104" not in [f.code for f in back.findings]


def _markable(name: str) -> bool:
    raw = folder_cases.load(name).raw
    return bool(raw.get("finding")) and raw["outcome"] != "unreadable"


@pytest.mark.parametrize("name", [name for name in folder_cases.NAMES if _markable(name)])
def test_a_copy_says_what_the_file_says(name: str, tmp_path: Path) -> None:
    """Sent back as it is, nothing of the marks counts, and nothing that was wrong passes."""
    case = folder_cases.load(name)
    data = workbook(case.submission, Kind(case.raw.get("kind", "unit")))
    intake, copy = copy_of(perform(data, case.layout, *case.raw.get("act", ())), tmp_path)
    again = taken(copy)
    assert again.outcome is intake.outcome
    assert (again.submission is None) == (intake.submission is None)
    if again.submission is not None and intake.submission is not None:
        assert again.submission.figures == intake.submission.figures
        assert again.submission.texts == intake.submission.texts
        assert again.submission.explanations == intake.submission.explanations
    # What was emptied is blank now; what openpyxl leaves out, and binary noise, is not told again.
    gone = {*EMPTIED, "V121", "F115"}
    before = [plain(f) for f in intake.findings if f.code not in gone]
    after = [plain(f) for f in again.findings if f.code not in gone]
    emptied = {a for f in intake.findings if f.code in EMPTIED for a in f.cells}
    blanks = [f for f in again.findings if f.code == "V101" and emptied & set(f.cells)]
    assert bool(blanks) == bool(emptied)
    if not blanks:
        assert set(after) == set(before)
    assert all(f.blocks for f in blanks)


# The rest as it was.


def _full() -> Submission:
    return filled(
        2025,
        {"t3.new.person": 5, "t3.granted.person": 4, "t2.fee.amount": "12.58"},
        texts={"s5": ("第一段。", "=1+1"), "s1.proactive": ("主动公开。",)},
        explanations={"G302": "上年多计一件，已在上年年报中更正。"},
    )


def test_everything_else_is_as_it_was(tmp_path: Path) -> None:
    data = workbook(_full())

    def comment(book: Any) -> None:
        book["表三 申请办理"]["D7"].comment = Comment("按科室台账填。", "填报人")
        book["表三 申请办理"]["D5"].comment = Comment("请核对。", "填报人")
        book["表三 申请办理"].column_dimensions["D"].width = 31

    data = edited(data, comment)
    intake, copy = copy_of(data, tmp_path)
    assert contents(copy) == contents(data)
    book, old = (openpyxl.load_workbook(io.BytesIO(b)) for b in (copy, data))
    assert book.sheetnames == [SHEET, *old.sheetnames]
    assert book["表样标识"].sheet_state == "veryHidden"
    for page in old.worksheets:
        new = book[page.title]
        assert {k: d.width for k, d in new.column_dimensions.items()} == {
            k: d.width for k, d in page.column_dimensions.items()
        }
        assert [str(box) for box in new.merged_cells.ranges] == [str(box) for box in page.merged_cells.ranges]
        assert len(new.data_validations.dataValidation) == len(page.data_validations.dataValidation)
        assert new.protection.sheet == page.protection.sheet
        assert new.print_area == page.print_area
    assert book.security.lockStructure
    left = comments_of(copy)
    assert left["表三 申请办理", "D7"] == ("填报人", "按科室台账填。")
    author, text = left["表三 申请办理", "D5"]
    assert author == "填报人"
    assert text.startswith(f"请核对。\n{DIVIDER}\n【必改】表三“自然人”列勾稽关系不平")
    assert {f.code for f in intake.findings} == {"G301", "F115"}


def test_stored_results_are_kept_for_those_who_preview(tmp_path: Path) -> None:
    data = workbook(_full())
    _, copy = copy_of(data, tmp_path)
    old, new = (openpyxl.load_workbook(io.BytesIO(b), data_only=True) for b in (data, copy))
    for page in old.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.value not in (None, ""):
                    assert new[page.title][cell.coordinate].value == cell.value, (page.title, cell.coordinate)


def test_same_file_same_copy(tmp_path: Path) -> None:
    data = workbook(_full())
    assert copy_of(data, tmp_path)[1] == copy_of(data, tmp_path)[1]


def test_only_the_list_is_selected(tmp_path: Path) -> None:
    """Were another sheet selected as well, Excel would type into both."""
    _, copy = copy_of(workbook(_full()), tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert [page.title for page in book.worksheets if page.sheet_view.tabSelected] == [SHEET]
    assert book.active.title == SHEET


def test_what_is_lost_is_named(tmp_path: Path) -> None:
    case = folder_cases.load("picture-pasted")
    _, copy = copy_of(perform(workbook(case.submission), case.layout, *case.raw["act"]), tmp_path)
    page = openpyxl.load_workbook(io.BytesIO(copy))[SHEET]
    assert page["A3"].value.endswith("本表没有保留：图片；原文件不受影响。")


def test_formulas_that_reach_outside_become_text(tmp_path: Path) -> None:
    for formula in ("[1]Sheet1!A1", "WEBSERVICE(&quot;http://example.org&quot;)", "cmd|'/c calc'!A0", "HYPERLINK(1)"):
        cell = f'<c r="{{r}}" s="{{s}}"><f>{formula}</f><v>3</v></c>'
        acts: list[dict[str, Any]] = [{"do": "store", "cell": "t2.licence.decisions", "xml": cell}]
        acts += [{"do": "add_sheet", "name": "台账", "texts": ["=1+1"]}]
        intake, copy = copy_of(perform(zero_workbook(2025), LAYOUT, *acts), tmp_path)
        assert [f.code for f in intake.findings if f.blocks] == ["V109"]
        sheet, address = place(LAYOUT, "t2.licence.decisions")
        cell = openpyxl.load_workbook(io.BytesIO(copy))[sheet.name][address]
        assert cell.data_type == "s"
        assert cell.value.startswith("=")
        assert taken(copy).outcome is Outcome.REJECTED


# The list.


def test_the_list_names_every_finding_with_its_place_and_figures(tmp_path: Path) -> None:
    acts: list[dict[str, Any]] = [
        {"do": "type", "cell": "t3.new.person", "number": 3},
        {"do": "type", "cell": "t2.fee.amount", "text": "无"},
        {"do": "type", "cell": "t2.licence.decisions", "text": "12件"},
    ]
    intake, copy = copy_of(perform(zero_workbook(2025), LAYOUT, *acts), tmp_path)
    page = openpyxl.load_workbook(io.BytesIO(copy))[SHEET]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=5)]
    assert [(row[7], row[1], row[3], row[4]) for row in rows] == [
        (f.code, {"error": "【必改】", "warning": "【提醒】"}[str(f.level)], f.message, f.advice or None)
        for f in sorted(intake.findings, key=lambda f: str(f.level))
    ]
    assert {row[7]: (row[5], row[6]) for row in rows} == {
        "G301": ("3", "0"),
        "V102": ("无", "0"),
        "V113": ("12件", "12"),
    }
    links = [page.cell(row, 3).hyperlink.location for row in range(5, 5 + len(rows))]
    assert links == [f"'{f.sheet}'!{f.cells[0]}" for f in sorted(intake.findings, key=lambda f: str(f.level))]


# To and fro.


def test_a_copy_of_a_copy_bears_its_marks_once(tmp_path: Path) -> None:
    acts = [
        {"do": "type", "cell": "t3.new.person", "text": "无"},
        {"do": "type", "cell": "t2.fee.amount", "text": "无"},
    ]
    _, first = copy_of(perform(zero_workbook(2025), LAYOUT, *acts), tmp_path)
    half = edited(first, lambda book: book["表二 主动公开"].__setitem__(place(LAYOUT, "t2.fee.amount")[1], 0))
    intake, second = copy_of(half, tmp_path)
    assert [f.code for f in intake.findings] == ["V102"]
    assert openpyxl.load_workbook(io.BytesIO(second)).sheetnames.count(SHEET) == 1
    assert marks_of(second) == {"表三 申请办理": {place(LAYOUT, "t3.new.person")[1]}}
    assert list(comments_of(second)) == [("表三 申请办理", place(LAYOUT, "t3.new.person")[1])]


def test_the_comment_of_the_unit_survives_two_rounds(tmp_path: Path) -> None:
    sheet, address = place(LAYOUT, "t3.new.person")

    def spoil(book: Any) -> None:
        book[sheet.name][address].value = "无"
        book[sheet.name][address].comment = Comment("问过业务科。", "填报人")

    _, first = copy_of(edited(zero_workbook(2025), spoil), tmp_path)
    _, second = copy_of(first, tmp_path)
    (text,) = [text for _, text in comments_of(second).values()]
    assert text.count(DIVIDER) == 1
    assert text.startswith("问过业务科。\n")


def test_marks_are_no_residue_but_the_words_of_the_unit_are_told(tmp_path: Path) -> None:
    _, copy = copy_of(
        perform(zero_workbook(2025), LAYOUT, {"do": "type", "cell": "t3.new.person", "text": "无"}), tmp_path
    )

    def answer(book: Any) -> None:
        book["表三 申请办理"][place(LAYOUT, "t3.new.person")[1]].value = 0
        book["表四 复议诉讼"]["A5"].comment = Comment("没有案件。", "填报人")

    back = taken(edited(copy, answer))
    assert [f.code for f in back.findings] == ["F115"]
    # A sheet that merely bears the name is somebody's sheet.
    other = edited(zero_workbook(2025), lambda book: book.create_sheet(SHEET).append(["申请人台账"]))
    assert [f.code for f in taken(other).findings] == ["S104"]


# What cannot be marked.


def test_a_workbook_that_would_take_hours_is_not_marked(tmp_path: Path) -> None:
    extra = {"do": "add_sheet", "name": "台账", "texts": ["a"]}
    huge = {
        "do": "replace",
        "sheet": "台账",
        "old": "</sheetData>",
        "new": '</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>',
    }
    with pytest.raises(MarkupError, match="合并或带链接的区域"):
        copy_of(perform(zero_workbook(2025), LAYOUT, extra, huge), tmp_path)


def test_what_cannot_be_marked_is_told_and_has_its_notice(tmp_path: Path) -> None:
    extra = {"do": "add_sheet", "name": "台账", "texts": ["a"]}
    links = '</sheetData><hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>'
    huge = {"do": "replace", "sheet": "台账", "old": "</sheetData>", "new": links}
    wrong = {"do": "type", "cell": "t3.new.person", "text": "无"}
    inbox, back = tmp_path / "收件", tmp_path / "退回"
    inbox.mkdir()
    (inbox / "a.xlsx").write_bytes(perform(zero_workbook(2025), LAYOUT, wrong, extra, huge))
    sent = send_back(take_in([inbox / "a.xlsx"], FORMS), FORMS, back, _judge)
    assert sent.copies == ()
    assert [path.name for path in sent.notices] == ["退回通知-004-区财政局.txt"]
    (line,) = sent.trouble
    assert line.startswith("没有做退回修改-004-区财政局-a.xlsx：")


def test_a_file_that_changed_in_between_is_not_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(blank(2025)))
    (intake,) = take_in([path], FORMS)
    path.write_bytes(workbook(_full()))
    with pytest.raises(MarkupError, match="又被改动"):
        marked(intake, FORMS, _judge)


# Rules clear by themselves: LibreOffice is asked in test_office; here, that none is always true or looks elsewhere.


def test_rules_stand_first_and_look_at_no_other_sheet(tmp_path: Path) -> None:
    for name in ("relation-of-table-three-fails", "blank-cells-in-a-rectangle", "carried-in-differs-from-last-year"):
        case = folder_cases.load(name)
        path = tmp_path / "a.xlsx"
        path.write_bytes(perform(workbook(case.submission), case.layout, *case.raw.get("act", ())))
        (intake,) = take_in([path], FORMS, prior=case.prior if "prior" in case.raw else None)

        def again(path: Path, data: bytes, case: Any = case) -> Intake:
            return judge(path, "", data, FORMS, case.prior if "prior" in case.raw else None)

        book = openpyxl.load_workbook(io.BytesIO(marked(intake, FORMS, again)))
        ours: list[tuple[str, Any]] = []
        others: list[tuple[str, Any]] = []
        for page in book.worksheets:
            for area in page.conditional_formatting:
                for rule in area.rules:
                    (ours if AUTHOR in "".join(rule.formula) else others).append((page.title, rule))
        assert ours
        for page_title, rule in ours:
            assert "!" not in "".join(rule.formula)
            assert all(rule.priority < other.priority for title, other in others if title == page_title)
        state = [cell.value for cell in book[SHEET]["I"][4:]]
        assert all(re.fullmatch(r'=IF\(.+>0,"待改","已改"\)', str(value)) for value in state)


def test_every_input_of_every_form_can_be_marked(tmp_path: Path) -> None:
    for form in FORMS:
        layout = compile_layout(form)
        text = {item.id: "无" for item in form.inputs}
        from xls_report.writer import write

        submission = Submission(form, form.years[0], UNIT, cover=COVER)
        intake, copy = copy_of(write(layout, submission, typed=text), tmp_path)
        inputs = {(s.name, c.address) for s in layout.sheets for c in s.of(Role.INPUT)}
        assert {(sheet, cell) for sheet, cells in marks_of(copy).items() for cell in cells} == inputs
        assert set(comments_of(copy)) == inputs
        assert intake.outcome is Outcome.REJECTED


def test_a_sheet_of_two_far_cells_is_not_filled_up(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        page = book.create_sheet("台账")
        page["A1"], page["IV20000"] = "甲", "乙"

    _, copy = copy_of(edited(zero_workbook(2025), change), tmp_path)
    page = openpyxl.load_workbook(io.BytesIO(copy))["台账"]
    assert set(page._cells) == {(1, 1), (20000, 256)}


def test_a_thousand_cells_are_marked_the_gravest_first(tmp_path: Path) -> None:
    sheet, address = place(LAYOUT, "t3.new.person")

    def change(book: Any) -> None:
        for row in range(100, 1600):
            book[sheet.name].cell(row, 1).value = "旁注"
        book[sheet.name][address].value = "无"

    intake, copy = copy_of(edited(zero_workbook(2025), change), tmp_path)
    assert sum(len(f.cells) for f in intake.findings) == 1501
    marks = marks_of(copy)[sheet.name]
    assert len(marks) == 1000
    assert address in marks
    assert taken(copy).outcome is Outcome.REJECTED


def test_a_sheet_that_was_not_read_is_handed_to_nobody(tmp_path: Path) -> None:
    extra = {"do": "add_sheet", "name": "台账", "texts": ["a"]}
    twice = {"do": "replace", "sheet": "台账", "old": "</row>", "new": '<c r="A1"><v>1</v></c></row>'}
    with pytest.raises(MarkupError, match="重复或次序颠倒"):
        copy_of(perform(zero_workbook(2025), LAYOUT, extra, twice), tmp_path)


def test_a_workbook_of_endless_texts_is_not_marked(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        page = book.create_sheet("台账")
        for _ in range(210):
            page.append(["x" * 20_000])

    with pytest.raises(MarkupError, match="文字太多"):
        copy_of(edited(zero_workbook(2025), change), tmp_path)


def test_conditional_formats_that_look_outside_go_and_are_named(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        rule = FormulaRule(['WEBSERVICE("http://example.org")=1'])
        book["表四 复议诉讼"].conditional_formatting.add("A5", rule)
        book["表四 复议诉讼"]["A5"].comment = Comment("某话", "某人")

    _, copy = copy_of(edited(zero_workbook(2025), change), tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert "本表没有保留：引用外部的条件格式；" in book[SHEET]["A3"].value
    rules = [r for area in book["表四 复议诉讼"].conditional_formatting for r in area.rules]
    assert rules
    assert not [r for r in rules if "WEBSERVICE" in "".join(r.formula)]


EVIL = 'WEBSERVICE("http://example.org")'


def test_no_formula_that_looks_outside_is_handed_on_by_any_carrier(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        page = book.create_sheet("台账")
        page.append(["甲", "乙"])
        page.append([1, 2])
        page.defined_names["own"] = DefinedName("own", attr_text="cmd|'/c calc'!A0")
        book.defined_names["all"] = DefinedName("all", attr_text="[1]x!A1")
        rule = DataValidation(type="custom", formula1=EVIL)
        rule.add("A2")
        page.add_data_validation(rule)
        scale = ColorScaleRule(start_type="formula", start_value=EVIL, end_type="max", start_color="FF0000")
        page.conditional_formatting.add("A2", scale)
        table = Table(displayName="T1", ref="A1:B2")
        table._initialise_columns()
        for column, head in zip(table.tableColumns, "甲乙", strict=True):
            column.name = head
        table.tableColumns[1].calculatedColumnFormula = TableFormula(attr_text=EVIL)
        page.add_table(table)
        book["表四 复议诉讼"]["A5"].value = "无"

    data = edited(zero_workbook(2025), change)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        planted = b"".join(archive.read(name) for name in archive.namelist())
    assert planted.count(b"WEBSERVICE") >= 3
    _, copy = copy_of(data, tmp_path)
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        for name in archive.namelist():
            assert not re.search(rb"WEBSERVICE|cmd\|", archive.read(name)), name
    note = openpyxl.load_workbook(io.BytesIO(copy))[SHEET]["A3"].value
    for kind in ("引用外部的名称", "引用外部的数据验证", "引用外部的条件格式", "表格样式"):
        assert kind in note


def test_an_answer_in_our_comment_is_the_units_and_stays(tmp_path: Path) -> None:
    sheet, address = place(LAYOUT, "t3.new.person")
    _, first = copy_of(perform(zero_workbook(2025), LAYOUT, {"do": "blank", "cell": "t3.new.person"}), tmp_path)
    for where in ("inside", "after"):

        def reply(book: Any, where: str = where) -> None:
            comment = book[sheet.name][address].comment
            text = (
                comment.text.replace(END, f"经核实为 5\n{END}") if where == "inside" else f"{comment.text}\n经核实为 5"
            )
            book[sheet.name][address].comment = Comment(text, comment.author)

        intake, second = copy_of(edited(first, reply), tmp_path)
        assert "F115" in [f.code for f in intake.findings]
        assert "经核实为 5" in comments_of(second)[sheet.name, address][1]


@pytest.mark.parametrize("planted", [{"K9": "张三 3505"}, {"A9": "张三 3505"}, {"A5": "1", "B5": "张三"}])
def test_a_sheet_with_anything_besides_the_list_is_somebodys(planted: dict[str, str], tmp_path: Path) -> None:
    def change(book: Any) -> None:
        page = book.create_sheet("申请人")
        page["A1"] = HEAD
        for address, text in planted.items():
            page[address] = text

    data = edited(zero_workbook(2025), change)
    intake, copy = copy_of(data, tmp_path)
    assert [f.code for f in intake.findings] == ["S104"]
    assert "申请人" in openpyxl.load_workbook(io.BytesIO(copy)).sheetnames


@pytest.mark.parametrize("code", ["0,", "yyyy-mm-dd", "0%"])
def test_beside_the_zero_switch_a_cell_is_not_emptied(code: str, tmp_path: Path) -> None:
    """A blank would be a 0 there, and pass."""
    form = FORMS[-1]
    submission = filled(2025, {"t2.licence.decisions": 0}, zero_report=frozenset({"t2"}))
    assert submission.form is form
    acts: list[dict[str, Any]] = [
        {"do": "format", "cell": "t2.licence.decisions", "code": code},
        {"do": "store", "cell": "t2.licence.decisions", "v": "7"},
    ]
    intake, copy = copy_of(perform(workbook(submission), LAYOUT, *acts), tmp_path)
    assert intake.outcome is Outcome.REJECTED
    back = taken(copy)
    assert back.outcome is Outcome.REJECTED
    assert openpyxl.load_workbook(io.BytesIO(copy))["表二 主动公开"]["B8"].value == "请重填"


def test_a_comment_is_no_longer_than_excel_takes(tmp_path: Path) -> None:
    sheet, address = place(LAYOUT, "t3.new.person")

    def change(book: Any) -> None:
        book[sheet.name][address].value = "无"
        book[sheet.name][address].comment = Comment("长" * 60_000, "某人")

    _, copy = copy_of(edited(zero_workbook(2025), change), tmp_path)
    assert len(comments_of(copy)[sheet.name, address][1]) < 32_767


@pytest.mark.parametrize("saved_again", [False, True])
def test_texts_that_look_like_coded_characters(saved_again: bool, tmp_path: Path) -> None:
    """openpyxl decodes them in shared strings, not in others, and codes them in none."""
    texts = {"s5": ("_x001B_[31m", "=_x0041_", "甲_x0041_乙")}
    data = workbook(filled(2025, {"t3.new.person": 5}, texts=texts))
    intake, copy = copy_of(edited(data, lambda book: None) if saved_again else data, tmp_path)
    back = taken(copy)
    assert intake.submission is not None
    assert back.submission is not None
    assert back.submission.texts == intake.submission.texts
    assert saved_again or back.submission.texts == texts
