"""Layout and submission → workbook: the only importer of xlsxwriter."""

from __future__ import annotations

import io
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from xls_report.address import ranges, row_column
from xls_report.checksum import checksum, code_line
from xls_report.dates import serial_of
from xls_report.detail import Remarks, row_values
from xls_report.drawing import drawn
from xls_report.faults import SelfCheckError
from xls_report.figure import Figure
from xls_report.layout import Cell, Layout, Listing, Role, Rows, Sheet, iter_cells, lines_of
from xls_report.live import Results, results
from xls_report.packing import packed
from xls_report.quoting import safe_text
from xls_report.rowtext import Area
from xls_report.stamp import INCOMPLETE, NAME, PROPERTY, Stamp, entries, identity, prior_digest
from xls_report.styles import FORMATS, PHONE, STOPS, VERDICTS
from xls_report.submission import Submission

SIGN_OFF = "&L单位负责人：　　　　　　审核人：　　　　　　填报人：　　　　　　"
_FORMULAS = frozenset({Role.TOTAL, Role.SUM, Role.CHECK, Role.TITLE, Role.SHOWN})

Typed = Mapping[str, str]  # item id → text that stands in its cell instead of a figure


class WriterError(SelfCheckError):
    """A fault of ours: XlsxWriter refused a cell, name or rule that the layout asked for."""


def stamp_of(layout: Layout, submission: Submission) -> Stamp:
    """The stamp that a workbook of this layout and submission bears."""
    s = submission
    prior = prior_digest(s.prior)
    who = (s.form.id, layout.digest, s.year, s.unit, layout.kind, s.label, s.flags, s.covers, s.issuer, s.state)
    return Stamp(*who, prior=prior)


def write(
    layout: Layout,
    submission: Submission,
    *,
    password: str = "",
    before: tuple[Sheet, ...] = (),
    after: tuple[Sheet, ...] = (),
    first: int = 0,
    remarks: Remarks | None = None,
    typed: Typed | None = None,
) -> bytes:
    """The workbook as bytes: same inputs, same bytes. Pages `before` and `after` are for people, not compared.

    `first`: how many sheets of the layout come before the pages `before`.
    """
    writer = _Writer(layout, submission, password, remarks or {}, typed or {})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            *sheets, stamp = layout.sheets
            return writer.run((*sheets[:first], *before, *sheets[first:], *after, stamp))
        except (XlsxWriterException, UserWarning, UnicodeError) as fault:
            raise WriterError(str(fault)) from fault


def write_listings(listings: Sequence[Listing]) -> bytes:
    """A workbook of lists: same lists, same bytes. All of it is text, whatever it begins with: no formula, no link."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2000, 1, 1)})
    styles = {name: book.add_format(FORMATS[name]) for name in ("note", "field_label", "wrapped")}
    for listing in listings:
        page = book.add_worksheet(listing.name)
        top = 1 if listing.note else 0  # row of the heads
        _done(page.write_string(0, 0, listing.note, styles["note"]) if listing.note else 0)
        for column, (head, width) in enumerate(zip(listing.heads, listing.widths, strict=True)):
            _done(page.set_column(column, column, width))
            _done(page.write_string(top, column, head, styles["field_label"]))
        rows = (*listing.rows, *([("",) * len(listing.heads)] * listing.room))
        for row, texts in enumerate(rows, top + 1):
            lines = max(lines_of(text, width) for text, width in zip(texts, listing.widths, strict=True))
            _done(page.set_row(row, min(409.0, 15.0 * lines + 2)) if lines > 1 else 0)
            for column, text in enumerate(texts):
                _done(page.write_string(row, column, safe_text(text), styles["wrapped"]))
        for column, words in listing.choices:
            rule = {"validate": "list", "source": list(words), "error_type": "warning"}
            _done(page.data_validation(top + 1, column, top + len(rows), column, rule))
        page.freeze_panes(top + 1, 2)
        page.autofilter(top, 0, max(1, len(rows) + top), len(listing.heads) - 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(top)
    book.close()
    return buffer.getvalue()


class _Writer:
    def __init__(self, layout: Layout, submission: Submission, password: str, remarks: Remarks, typed: Typed) -> None:
        self.layout, self.submission, self.password = layout, submission, password
        self.remarks, self.typed = remarks, typed
        self.stamp = stamp_of(layout, submission)
        known = replace(submission, values={**submission.values, **dict.fromkeys(typed)}) if typed else submission
        self.figures: Mapping[str, Figure | None] = {} if known.untouched and not typed else known.figures
        self.live: Results = results(layout, known)
        self.areas: dict[str, Area] = {}
        self.rooms = Counter(cell.key for _, cell in iter_cells(layout, Role.TEXT))

    def run(self, sheets: tuple[Sheet, ...]) -> bytes:
        buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(buffer, options)
        self.formats = {name: self.book.add_format(properties) for name, properties in FORMATS.items()}
        self.book.set_properties({"created": datetime(self.stamp.year + 1, 1, 1), "title": self.submission.form.title})
        self.book.set_custom_property(PROPERTY, self.stamp.line, "text")
        _done(self.book.define_name(NAME, f'="{self.stamp.line}"'))
        for sheet in sheets:
            self._sheet(sheet)
        self.book.worksheets()[0].activate()
        self.book.close()
        return packed(buffer.getvalue(), self.areas)

    def _sheet(self, sheet: Sheet) -> None:
        page = self.book.add_worksheet(sheet.name)
        if sheet.hidden:
            page.very_hidden()
        for column, width in sheet.widths:
            _done(page.set_column(column - 1, column - 1, width))
        for row, height in sheet.heights:
            _done(page.set_row(row - 1, height))
        for cell in sheet.cells:
            self._cell(page, cell, sheet.results.get(cell.address) if cell.role is Role.SHOWN else self._value(cell))
        for graph in sheet.graphs:
            _done(page.insert_chart(graph.row - 1, graph.column - 1, drawn(self.book, graph), {"object_position": 3}))
        rows = self._stamp(page) if sheet.hidden else sheet.rows
        if rows is not None:
            for cell in rows.cells:
                _done(page.write_blank(rows.first - 1, cell.column - 1, None, self.formats[cell.style]))
            part = f"xl/worksheets/sheet{len(self.book.worksheets())}.xml"
            self.areas[part] = Area(rows, rows.texts or row_values(rows, self.submission, self.remarks))
        if not sheet.filtered:
            page.hide_gridlines(2)
        self._rules(page, sheet)
        self._print(page, sheet)
        allowed = {"format_columns": True, "format_rows": True, "autofilter": bool(sheet.filtered)}
        page.protect(self.password, allowed)

    def _stamp(self, page: Any) -> Rows | None:
        """Write the entries of the hidden sheet; those of the covered units, of which there may be many, are rows."""
        every = list(entries(self.stamp, self.submission.form))
        covers = [texts for texts in every if texts[0] == "cover"]
        for row, texts in enumerate(texts for texts in every if texts[0] != "cover"):
            for column, text in enumerate(texts):
                _done(page.write_string(row, column, safe_text(text), self.formats["text"]))
        first = len(every) - len(covers) + 1
        cells = tuple(Cell(first, column, Role.STAMP) for column in range(1, len(covers[0]) + 1)) if covers else ()
        return Rows(first, len(covers), cells, covers) if covers else None

    def _cell(self, page: Any, cell: Cell, value: Figure | str | None) -> None:
        if cell.role is Role.PRIOR and not self.submission.prior:
            return
        style = self.formats[cell.style]
        row, column = cell.row - 1, cell.column - 1
        if cell.role is Role.LINK:
            _done(page.write_url(row, column, f"internal:{cell.content}", style, "查看"))
            return
        if cell.last_row:
            _done(page.merge_range(row, column, cell.last_row - 1, cell.last_column - 1, "", style))
        if cell.content and cell.role in _FORMULAS:
            _done(page.write_formula(row, column, _Plain(cell.content), style, "" if value is None else value))
        elif isinstance(value, str) and value:
            _done(page.write_string(row, column, safe_text(value), style))
        elif value is None or value == "":
            if not cell.last_row:
                _done(page.write_blank(row, column, None, style))
        else:
            _done(page.write_number(row, column, value, style))

    def _value(self, cell: Cell) -> Figure | str | None:
        """What stands in the cell: a figure, a text, or a formula's stored result."""
        s = self.submission
        match cell.role:
            case Role.LABEL | Role.GUIDE | Role.REMARK:
                return cell.content
            case Role.IDENTITY:
                return identity(cell.content, s.form, self.stamp)
            case Role.INPUT if cell.key in self.typed:
                return self.typed[cell.key]
            case Role.INPUT:
                return s.values.get(cell.key)
            case Role.TOTAL | Role.SUM:
                return self.figures.get(cell.key)
            case Role.PRIOR:
                return s.prior.get(cell.key) if cell.key else cell.content
            case Role.SEAL:
                return code_line(checksum(s.form, s.form.table(cell.key), s.figures))
            case Role.CHECK | Role.TITLE:
                return self.live.get((cell.key, cell.index))
            case _:
                return self._entry(cell)

    def _entry(self, cell: Cell) -> str | int:
        """What a person wrote: cover entry, switch, paragraph or reason."""
        s = self.submission
        if cell.role is Role.FIELD:
            text = s.cover.get(cell.key, "")
            return _serial(text) if cell.style == "field_date" else text
        if cell.role is Role.SWITCH:
            return "是" if cell.key in s.zero_report else ""
        if cell.role is Role.EXPLAIN:
            return s.explanations.get(cell.key, "")
        return _paragraph(s.texts.get(cell.key, ()), cell.index, self.rooms[cell.key])

    def _rules(self, page: Any, sheet: Sheet) -> None:
        """Validation of what may be typed, one rule for cells of the same kind and prompt; colours by rule."""
        groups: dict[tuple[str, str], list[Cell]] = {}
        for cell in sheet.cells:
            if cell.open and cell.style in STOPS:
                groups.setdefault((cell.style, cell.hint), []).append(cell)
        for (style, hint), cells in groups.items():
            stop = STOPS[style]
            rule = {**stop.rule, "ignore_blank": True, "error_type": "stop"}
            if style == "field_date":
                rule["value"] = datetime(self.stamp.year + 1, 1, 1)
            elif style == "field_phone":
                rule["value"] = PHONE.format(cell=cells[0].address)
            rule |= {"input_title": _fits(stop.title, 32), "input_message": _fits(hint or stop.prompt, 255)}
            rule |= {"error_title": _fits(stop.title, 32), "error_message": _fits(stop.error, 255)}
            merged = [cell.span for cell in cells if cell.last_row]
            boxes = [*ranges(cell.address for cell in cells if not cell.last_row), *merged]
            rule["other_cells"] = [_box(box) for box in boxes[1:]]
            _done(page.data_validation(*_box(boxes[0]), rule))
        for entry in sheet.rules:
            self._colour(page, entry.cells, {"type": "formula", "criteria": "=" + entry.formula}, entry.style)
        verdicts = tuple(cell.address for cell in sheet.cells if cell.style.startswith("mark"))
        if verdicts:
            for word, style in VERDICTS:
                self._colour(page, verdicts, {"type": "text", "criteria": "begins with", "value": word}, style)

    def _colour(self, page: Any, cells: tuple[str, ...], rule: dict[str, Any], style: str) -> None:
        options = {**rule, "format": self.formats[style], "multi_range": " ".join(ranges(cells))}
        _done(page.conditional_format(cells[0], options))

    def _print(self, page: Any, sheet: Sheet) -> None:
        page.set_paper(9)
        page.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.6)
        page.center_horizontally()
        if sheet.landscape:
            page.set_landscape()
        if sheet.frozen[0] and not sheet.one_page:
            page.repeat_rows(0, sheet.frozen[0] - 1)
        if sheet.frozen[1] and not sheet.one_page:  # too wide for a page: the names are repeated instead
            page.repeat_columns(0, sheet.frozen[1] - 1)
        else:
            page.fit_to_pages(1, 1 if sheet.one_page else 0)
        if sheet.printed:
            _done(page.print_area(sheet.printed))
        name = _in_header(self.stamp.unit.name)
        middle = f"&C{INCOMPLETE}" if self.stamp.state else ""
        _done(page.set_header(_fits(f"&L{name}{middle}&R{self.stamp.year}年度", 255)))
        _done(page.set_footer(f"{SIGN_OFF if sheet.printed else ''}&R第 &P 页，共 &N 页"))
        if sheet.frozen != (0, 0):
            page.freeze_panes(*sheet.frozen)
        if sheet.filtered:
            _done(page.autofilter(sheet.filtered))


class _Plain(str):
    """A formula of Excel 2007's functions alone.

    XlsxWriter looks for some forty newer functions in each formula, half the time of a workbook, unless it finds the
    prefix of such functions already there; this text says that it is.
    """

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return True


def _done(code: Any) -> None:
    """XlsxWriter answers with a negative number where it refuses in silence."""
    if isinstance(code, int) and code < 0:
        raise WriterError(f"XlsxWriter refused a call: {code}")


def _box(text: str) -> tuple[int, int, int, int]:
    """A range as XlsxWriter counts: first row, first column, last row, last column, from 0."""
    first, _, last = text.partition(":")
    (row1, column1), (row2, column2) = row_column(first), row_column(last or first)
    return row1 - 1, column1 - 1, row2 - 1, column2 - 1


def _in_header(text: str) -> str:
    """A text as a page header takes it; XlsxWriter sees a picture in `&&G`, so there the sign stands in full width."""
    escaped = text.replace("&", "&&")
    return text.replace("&", "＆") if "&G" in escaped or "&[" in escaped else escaped


def _serial(text: str) -> int | str:
    """An ISO date as a spreadsheet counts days; other text as it is."""
    try:
        return serial_of(date.fromisoformat(text))
    except ValueError:
        return text


def _fits(text: str, limit: int) -> str:
    if len(text) > limit:
        raise WriterError(f"{len(text)} characters where {limit} fit: {text}")
    return text


def _paragraph(paragraphs: tuple[str, ...], index: int, rooms: int) -> str:
    """The paragraph of a row; the last row takes all that are left, on lines of their own."""
    if index == rooms - 1:
        return "\n".join(paragraphs[index:])
    return paragraphs[index] if index < len(paragraphs) else ""
