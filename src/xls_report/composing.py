"""A submission as its annual report: the six parts in the order of the form, figures and texts where they belong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date

from xls_report.check import gives_reason
from xls_report.document import Document, Grid, GridCell, Paragraph, Style
from xls_report.figure import Figure, figure_text
from xls_report.form import Form, Item, Part, Section, Table
from xls_report.grid import TITLE_ROWS, bottom_row, column_widths, input_cell, table_sheet
from xls_report.heading import Measure
from xls_report.lastyear import YUAN_CODE
from xls_report.layout import Role
from xls_report.pages import FIELDS
from xls_report.placeholders import replaced
from xls_report.quoting import safe_text
from xls_report.submission import Submission

MISSING = "待补"
EXPLAINED = "说明："  # begins what a unit says of the figures of the table above
DRAFT = "草稿：尚未定稿，不得公开"
CONTACT = ("address", "postcode", "phone", "email")  # cover entries that the introduction names, in this order
_NUMERALS = "一二三四五六七八九十"
_NUMBER = re.compile(rf"[{_NUMERALS}]+、|（[{_NUMERALS}]+）")


def in_order(form: Form) -> tuple[Section | Table, ...]:
    """The parts of the report as their titles number them (一、二、…); one without a number comes last."""

    def rank(part: Section | Table) -> int:
        return _NUMERALS.find(part.title[:1]) % (len(_NUMERALS) + 1)  # -1: after the last

    return tuple(sorted((*form.sections, *form.tables), key=rank))


def plain_title(title: str) -> str:
    """A title without its number: 主动公开."""
    return _NUMBER.sub("", title, count=1)


def report_title(submission: Submission) -> str:
    """区财政局2025年…年度报告."""
    return f"{one_line(submission.unit.name)}{submission.year}年{submission.form.title}"


def one_line(text: str) -> str:
    """A text as a paragraph holds it: without line breaks and what no document can store."""
    return " ".join(safe_text(text).split("\n"))


def written_date(text: str) -> str:
    """YYYY-MM-DD as documents write it, 2026年1月20日; other text as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return one_line(text)
    return f"{day.year}年{day.month}月{day.day}日"


def compose(submission: Submission, *, draft: bool = False, settled: Collection[str] | None = None) -> Document:
    """The report of a submission. Pure: it judges nothing, and what is missing is marked 待补 where it belongs.

    `draft` also marks what a report may do without, and says at the top what it is. Of the 情况说明 those of the
    relations in `settled` are printed; all that give a reason when None.
    """
    return Document(tuple(_blocks(submission, draft, settled)))


def _blocks(submission: Submission, draft: bool, settled: Collection[str] | None) -> Iterator[Paragraph | Grid]:
    form, cover = submission.form, submission.cover
    if draft:
        state = f"（{one_line(submission.state)}）" if submission.state else ""
        yield Paragraph(f"{DRAFT}{state}。", Style.NOTE)
    yield Paragraph(report_title(submission), Style.TITLE)
    if cover.get("document_no"):
        yield Paragraph(one_line(cover["document_no"]), Style.NUMBER)
    for text in introduction(submission):
        yield Paragraph(text)
    for part in in_order(form):
        yield Paragraph(part.title, Style.SECTION)
        if isinstance(part, Section):
            yield from _section(submission, part, draft)
        else:
            yield table_grid(submission, part)
            yield from (Paragraph(f"{EXPLAINED}{text}") for text in _reasons(submission, part, settled))
    yield Paragraph(one_line(submission.unit.name), Style.SIGNATURE)
    yield Paragraph(written_date(cover.get("signed_on", "")) or _missing("signed_on"), Style.SIGNATURE)


def introduction(submission: Submission) -> tuple[str, ...]:
    """The paragraphs before the first part, from what the form and the cover say and nothing else."""
    form, year = submission.form, submission.year
    parts = [plain_title(part.title) for part in in_order(form)]
    labels = {key: label for key, label, *_ in FIELDS}
    known = [key for key in CONTACT if key in submission.cover]
    contact = [f"{labels[key]}：{one_line(submission.cover[key])}" for key in known]
    if "phone" not in known:
        contact.append(_missing("phone"))
    made = f"本报告根据《中华人民共和国政府信息公开条例》，按照{form.title}格式（{form.basis}）编制。"
    period = f"本报告所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。"
    whom = f"如对本报告有疑问，请与{one_line(submission.unit.name)}联系（{'；'.join(contact)}）。"
    return f"{made}全文由{_counted(len(parts))}部分组成：{'；'.join(parts)}。", f"{period}{whom}"


def _counted(number: int) -> str:
    return _NUMERALS[number - 1] if 0 < number <= len(_NUMERALS) else str(number)


def _missing(key: str) -> str:
    return f"【{MISSING}：{next(label for name, label, *_ in FIELDS if name == key)}】"


def _section(submission: Submission, section: Section, draft: bool) -> Iterator[Paragraph]:
    written = any(submission.texts.get(part.id) for part in section.parts)
    if not written and not draft:
        yield Paragraph(f"【{MISSING}：{plain_title(section.title)}】", Style.NOTE)
        return
    for part in section.parts:
        paragraphs = submission.texts.get(part.id, ())
        if not paragraphs and not draft:
            continue
        if _headed(section, part):
            yield Paragraph(part.title, Style.PART)
        for text in paragraphs:
            yield Paragraph(one_line(replaced(text, submission.figures)[0]))
        if not paragraphs:
            yield Paragraph(f"【{MISSING}：{plain_title(part.title)}】", Style.NOTE)


def _headed(section: Section, part: Part) -> bool:
    """Whether the part has a heading of its own: not where it is all of its section."""
    return len(section.parts) > 1 or part.title != section.title


def _reasons(submission: Submission, table: Table, settled: Collection[str] | None) -> Iterator[str]:
    """The 情况说明 on the figures of a table, in the order of its relations."""
    form = submission.form
    codes = [relation.id for block in table.blocks for relation in block.relations]
    codes += [r.id for r in form.relations if _last_table(form, [n.ident for n in r.equation.names]) is table]
    amounts = [item.id for item in form.inputs if item.kind is Measure.AMOUNT]
    if amounts and _last_table(form, amounts) is table:
        codes.append(YUAN_CODE)
    for code in codes:
        text = submission.explanations.get(code, "")
        wanted = gives_reason(form, text) if settled is None else code in settled
        if text and wanted:
            yield one_line(text)


def _last_table(form: Form, items: Collection[str]) -> Table:
    """The table beneath which a note on these items can be read with all of them in view."""
    tables = [form.item[ident].table for ident in items]
    return max(tables, key=form.tables.index)


def table_grid(submission: Submission, table: Table) -> Grid:
    """The table with the figures as the notice prints it; its geometry is that of the workbook's sheet."""
    sheet = table_sheet(table, input_cell)
    widths = column_widths(table)
    cells = []
    for cell in sheet.of(Role.LABEL, Role.INPUT, Role.TOTAL):
        if TITLE_ROWS < cell.row <= bottom_row(table):
            value = submission.figures[cell.key] if cell.role is not Role.LABEL else None
            text = cell.content if cell.role is Role.LABEL else _printed(submission.form.item[cell.key], value)
            rows = (cell.last_row or cell.row) - cell.row + 1
            columns = (cell.last_column or cell.column) - cell.column + 1
            place = (cell.row - TITLE_ROWS - 1, cell.column - 1)
            cells.append(GridCell(*place, text, rows, columns, _HEADS.get(cell.style, "")))
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return Grid(tuple(cells), tuple(width / sum(widths) for width in widths), table.title)


def _printed(item: Item, value: Figure | None) -> str:
    """A figure as the report shows it; money has its unit with it where the notice prints none."""
    if value is None:
        return MISSING
    named = item.kind is not Measure.AMOUNT or item.unit in item.column.label or not value
    return figure_text(value) if named else f"{figure_text(value)}{item.unit}"


_HEADS = {"head": "column", "corner": "column", "stub": "row", "branch": "row"}
