"""A returned workbook marked up for its unit (退回修改表): the only importer of openpyxl, which edits what exists.

It is given nothing but what the bounded reader has accepted and cleaned. What it marks, it marks by rule: a colour goes
when the cell is corrected, and the comments and the list are known again on the next return.
"""

from __future__ import annotations

import io
import os
import re
import warnings
from collections.abc import Sequence
from typing import Any

from xls_report.address import quoted, ranges
from xls_report.conditions import Source, condition
from xls_report.defuse import defuse, keep_rules, own_formulas, stored
from xls_report.figure import Figure, shown
from xls_report.finding import SHOWN, Finding
from xls_report.form import Level
from xls_report.grid import switch_address
from xls_report.package import Package, Refusal
from xls_report.quoting import quote
from xls_report.returned import (
    AUTHOR,
    EMPTIED,
    FORMULA,
    HEAD,
    HEADS,
    SHEET,
    SIGNATURE,
    TOP,
    is_list,
    remark,
    without_remark,
)
from xls_report.storedresults import finished

os.environ["OPENPYXL_LXML"] = "False"  # lxml, where it is installed, would be used without its guards
import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.hyperlink import Hyperlink

_FILLS = {Level.ERROR: ("FFFFC7CE", "FF9C0006"), Level.EXPLAIN: ("FFFFE3B0", "FF7F4A00")}
_FILLS[Level.WARNING] = ("FFFFF4C2", "FF7F6000")
# The cell's number format made the fault: with it, what is typed next would be wrong again. Emptied, so that what
# looks like a figure without it does not pass for one.
_EMPTIED = frozenset({"V106", "V118", "V120", "V130"})
_REFILL = "请重填"  # where a blank would pass for 0
_COMMENT = 15_000  # characters that either part of a comment may have; Excel takes 32,767 in all
_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # begins a coded character, or looks like it
_LOST_FORMULA = frozenset({"S107", "S108", "S109"})
_WIDTHS = (6, 10, 22, 44, 36, 12, 12, 8, 8)
_CENTRED = (1, 2, 6, 7, 8, 9)
_LONGEST = 4_000_000  # characters of all cells; a text that many cells share counts for each, as in openpyxl
_MOST = 1_000  # cells that are marked; more are on the list alone
_STATE = 7_500  # characters of a formula, less than Excel takes


class MarkupError(Exception):
    """A workbook that cannot be marked up; the message says why, for one line."""


def mark_up(package: Package, source: Source, findings: Sequence[Finding], title: str) -> bytes:
    """The workbook with its findings marked, naming what it leaves out; `title` says whose. Raises MarkupError."""
    if sum(len(cell.text or "") for raw in source.sheets.values() for cell in raw.cells.values()) > _LONGEST:
        raise MarkupError("文字太多，不能在上面标注")
    cleaned = package.cleaned()
    if isinstance(cleaned, Refusal):
        raise MarkupError(cleaned.detail)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of what it leaves out, which `lost` says as well
        try:
            book = openpyxl.load_workbook(io.BytesIO(cleaned.data), rich_text=True, keep_links=False)
            _Marker(book, source, findings).run(title, cleaned.lost)
            buffer = io.BytesIO()
            book.save(buffer)
        except Exception as fault:
            # openpyxl raises many kinds of exceptions at what people and programs leave in a file.
            raise MarkupError("文件里有不认识的内容，不能在上面标注") from fault
    return finished(buffer.getvalue(), _parts(book), source.sheets)


class _Marker:
    def __init__(self, book: Any, source: Source, findings: Sequence[Finding]) -> None:
        self.book, self.source = book, source
        self.findings = sorted(findings, key=lambda f: list(Level).index(f.level))
        self.old = [name for name, raw in source.sheets.items() if is_list(raw)]
        self.called = {str(f.due): str(f.given) for f in findings if f.code == "S103"}  # a sheet that was renamed

    def run(self, title: str, lost: Sequence[str]) -> None:
        self._unmark()
        kept = (*lost, *defuse(self.book, self.source))
        by_cell: dict[tuple[str, str], list[Finding]] = {}
        for found in self.findings:
            for address in found.cells:
                if len(by_cell) < _MOST or (found.sheet, address) in by_cell:
                    by_cell.setdefault((found.sheet, address), []).append(found)
        rules: dict[str, list[tuple[str, Finding, str]]] = {}
        formulas = own_formulas(self.source)
        for (sheet, address), mine in by_cell.items():
            page = self._page(sheet)
            cell = page[address] if page is not None else None
            if cell is None or isinstance(cell, MergedCell):
                continue
            self._comment(cell, mine, formulas.get((sheet, address), ""))
            if any(f.code in _EMPTIED for f in mine):
                cell.value, cell.number_format = _REFILL if self._zero(mine) else None, "General"
            if any(f.blocks for f in mine):
                cell.protection = Protection(locked=False, hidden=cell.protection.hidden)
            for found in mine:
                formula = condition(found, address, self.source, _here(sheet))
                if formula and "!" not in formula:  # a rule of a sheet sees no other sheet
                    rules.setdefault(page.title, []).append((address, found, formula))
        for name, entries in rules.items():
            self._colour(self.book[name], entries)
        self._list(title, kept)

    def _zero(self, mine: Sequence[Finding]) -> bool:
        """Whether a blank would be read as 0 there: 本表各项均为 0."""
        s = self.source.submission
        items = [item for found in mine for item in found.items]
        return s is not None and any(s.form.item[item].table.id in s.zero_report for item in items)

    def _page(self, sheet: str) -> Any:
        name = self.called.get(sheet, sheet)
        return self.book[name] if name in self.book.sheetnames else None

    def _unmark(self) -> None:
        """Take away what an earlier returned copy brought: the list, our comments, our colours."""
        for name in self.old:
            del self.book[name]
        for page in self.book.worksheets:
            raw = self.source.sheets.get(page.title)
            for cell in stored(page):
                if cell.data_type == "s" and type(cell.value) is str and _CODED.search(cell.value):
                    there = raw.cells.get(cell.coordinate) if raw is not None else None
                    if there is not None and there.kind == "s" and there.text is not None:
                        cell.value, cell.data_type = _coded(there.text), "s"
                if cell.comment is not None:
                    self._uncomment(cell)
            keep_rules(page, lambda text: SIGNATURE not in text.replace(" ", ""))

    def _uncomment(self, cell: Any) -> None:
        comment = cell.comment
        own = without_remark(comment.content)
        if own != comment.content:
            cell.comment = Comment(own, comment.author, comment.height, comment.width) if own else None

    def _comment(self, cell: Any, mine: Sequence[Finding], formula: str) -> None:
        lines = [f"{SHOWN[f.level]}{f.message}{f.advice}（{f.code}）" for f in mine]
        lines += [f"{EMPTIED}{_words(f.given)}”，已清空，请重填。" for f in mine if f.code in _EMPTIED]
        lines += [f"{FORMULA}={formula}"] if formula and any(f.code in _LOST_FORMULA for f in mine) else []
        text, author = remark(line.replace("\n", " ") for line in lines), AUTHOR
        if cell.comment is not None:
            text, author = f"{cell.comment.content[:_COMMENT]}\n{text[:_COMMENT]}", cell.comment.author
        height = 24 + 18 * sum(1 + len(line) // 20 for line in text.split("\n"))
        cell.comment = Comment(text, author, height, 300)

    def _colour(self, page: Any, entries: Sequence[tuple[str, Finding, str]]) -> None:
        """Our rules come first, and of those the gravest."""
        for area in page.conditional_formatting:
            for rule in area.rules:
                rule.priority += len(entries)
        ordered = sorted(entries, key=lambda entry: list(Level).index(entry[1].level))
        for priority, (address, found, formula) in enumerate(ordered, 1):
            ground, ink = _FILLS[found.level]
            fill = PatternFill("solid", start_color=ground, end_color=ground, bgColor=ground)
            rule = FormulaRule([f"AND({SIGNATURE},{formula}=1)"], fill=fill, font=Font(color=ink))
            rule.priority = priority
            page.conditional_formatting.add(address, rule)

    def _list(self, title: str, lost: Sequence[str]) -> None:
        """The first sheet: every finding with its place, figures and remedy, and whether it still stands."""
        name = next(n for n in (SHEET, *(f"{SHEET} ({i})" for i in range(2, 99))) if n not in self.book.sheetnames)
        page = self.book.create_sheet(name, 0)
        self._put(page, 1, 1, HEAD, bold=True, size=16, wrap=False)
        page.row_dimensions[1].height = 30
        self._put(page, 2, 1, title, wrap=False)
        note = f"本表没有保留：{'、'.join(lost)}；原文件不受影响。" if lost else ""
        self._put(page, 3, 1, f"改好后把本文件整份报回，不用删除本页和批注；改对的格红色自行消失。{note}", wrap=False)
        for column, (head, width) in enumerate(zip(HEADS, _WIDTHS, strict=True), 1):
            self._put(page, TOP, column, head, bold=True, boxed=True)
            page.column_dimensions[page.cell(TOP, column).column_letter].width = width
        for number, found in enumerate(self.findings, 1):
            self._row(page, number, found)
        page.freeze_panes = page.cell(TOP + 1, 1)
        page.print_title_rows = f"{TOP}:{TOP}"
        page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
        page.protection.sheet, page.protection.formatColumns, page.protection.formatRows = True, False, False
        # A second sheet that stays selected would take in whatever is typed into the first.
        for other in self.book.worksheets:
            other.sheet_view.tabSelected = other is page
        self.book.active = 0

    def _row(self, page: Any, number: int, found: Finding) -> None:
        row = TOP + number
        place = "、".join(ranges(found.cells)[:4]) + ("…" if len(ranges(found.cells)) > 4 else "")
        texts = (
            *(str(number), SHOWN[found.level], " ".join(filter(None, (found.sheet, place))) or "整个文件"),
            *(found.message, found.advice, _words(found.given), _words(found.due), found.code, ""),
        )
        for column, text in enumerate(texts, 1):
            self._put(page, row, column, text, boxed=True)
        lines = max(1 + 2 * len(text) // width for text, width in zip(texts, _WIDTHS, strict=True))
        page.row_dimensions[row].height = min(400, 6 + 15 * lines)
        sheet = self._page(found.sheet)
        if sheet is None or not found.cells:
            return
        cell = page.cell(row, 3)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quoted(sheet.title)}!{found.cells[0]}")
        cell.font = Font(name="宋体", color="FF0563C1", underline="single")
        state = self._state(found)
        if state:
            page.cell(row, len(HEADS)).value = f'=IF({state}>0,"待改","已改")'

    def _state(self, found: Finding) -> str:
        """How many cells of the finding are still wrong, as a formula of another sheet; "" when none can tell."""

        def at(sheet: str, address: str) -> str:
            return f"{quoted(self.called.get(sheet, sheet))}!{address}"

        if any(self._page(found.sheet)[a].__class__ is MergedCell for a in found.cells):
            return ""
        if found.code == "V101":
            tables = self.source.layout.form.tables if self.source.layout is not None else ()
            areas = ",".join(at(found.sheet, area) for area in ranges(found.cells))
            state = f"({len(found.cells)}-COUNT({areas}))"
            table = next((t for t in tables if t.sheet == found.sheet), None)
            if table is not None:
                state = f'IF({at(found.sheet, switch_address(table))}="是",0,{state})'
        else:
            # A relation stands once, whatever number of cells it names.
            parts = dict.fromkeys(condition(found, address, self.source, at) for address in found.cells)
            state = "+".join(parts) if all(parts) else ""
        return state if len(state) < _STATE else ""

    def _put(self, page: Any, row: int, column: int, text: str, **look: Any) -> None:
        """A text, never a formula whatever it begins with; `look`: bold, size, boxed, wrap."""
        cell = page.cell(row, column)
        cell.value = text or None
        if text:
            cell.data_type = "s"
        bold, boxed = look.get("bold", False), look.get("boxed", False)
        centred = boxed and (bold or column in _CENTRED)
        cell.font = Font(name="黑体" if bold else "宋体", size=look.get("size", 10.5))
        cell.alignment = Alignment(
            wrap_text=look.get("wrap", True), vertical="center", horizontal="center" if centred else None
        )
        if boxed:
            edge = Side(style="thin", color="FF808080")
            cell.border = Border(left=edge, right=edge, top=edge, bottom=edge)
        if boxed and bold:
            cell.fill = PatternFill("solid", start_color="FFF2F2F2", end_color="FFF2F2F2")


def _coded(text: str) -> str:
    """A text as it is stored: openpyxl decodes characters of some texts and codes none."""
    text = _CODED.sub("_x005F_", text)
    return "".join(f"_x{ord(char):04X}_" if char < " " and char not in "\n\t" else char for char in text)


def _here(sheet: str) -> Any:
    """How a rule on this sheet refers to a cell; what stands on another sheet bears its name."""
    return lambda other, address: address if other == sheet else f"{quoted(other)}!{address}"


def _words(value: Figure | str | None) -> str:
    return quote(value) if isinstance(value, str) else shown(value)


def _parts(book: Any) -> dict[str, str]:
    """Part → sheet as openpyxl numbers them on saving."""
    return {f"xl/worksheets/sheet{n}.xml": page.title for n, page in enumerate(book.worksheets, 1)}
