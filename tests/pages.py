"""Published reports for tests: a form's tables with figures in them as rows of cells, and as .html, .docx and .txt."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from xls_report.figure import Figure, figure_text
from xls_report.form import Form, Table
from xls_report.grid import bottom_row, table_width
from xls_report.layout import Role
from xls_report.plan import compile_layout


@dataclass(frozen=True)
class Cell:
    """A cell as printed; `figure` marks one that holds a figure."""

    text: str
    rows: int = 1
    columns: int = 1
    figure: bool = False


Rows = list[list[Cell]]


@dataclass
class Page:
    """A report: paragraphs (str) and tables (rows of cells) from top to bottom."""

    blocks: list[str | Rows] = field(default_factory=list)

    @property
    def tables(self) -> list[Rows]:
        return [block for block in self.blocks if not isinstance(block, str)]


def printed(value: Figure | None, *, money: bool = False) -> str:
    """A figure as reports print it; money with its unit where the form has none."""
    if value is None:
        return ""
    return f"{figure_text(value)}万元" if money else figure_text(value)


def rows_of(form: Form, table: Table, figures: Mapping[str, Figure | None]) -> Rows:
    """The table as the notice prints it, with its spans."""
    sheet = compile_layout(form).sheet(table.id)
    rows: dict[int, list[tuple[int, Cell]]] = {}
    for cell in sheet.of(Role.LABEL, Role.INPUT, Role.TOTAL):
        if 2 <= cell.row <= bottom_row(table) and cell.column <= table_width(table):
            figure = cell.role is not Role.LABEL
            text = cell.content
            if figure:
                item = form.item[cell.key]
                text = printed(figures.get(cell.key), money=item.kind == "amount" and "万元" not in item.column.label)
            rows_, columns = (
                (cell.last_row or cell.row) - cell.row + 1,
                (cell.last_column or cell.column) - cell.column + 1,
            )
            rows.setdefault(cell.row, []).append((cell.column, Cell(text, rows_, columns, figure)))
    return [[cell for _, cell in sorted(row, key=lambda pair: pair[0])] for _, row in sorted(rows.items())]


TEXTS = {
    "s1.proactive": ["（一）主动公开", "全年公开信息 12 条。"],
    "s1.on_request": ["（二）依申请公开", "本年收到申请若干件。", "均已按期答复。"],
    "s1.management": ["（三）政府信息管理", "健全了制度。"],
    "s1.platform": ["（四）政府信息公开平台建设", "改版了专栏。"],
    "s1.supervision": ["（五）监督保障", "开展了考核。"],
    "s5": ["一是力度不够；二是形式单一。", "下一步抓好落实。"],
    "s6": ["本年收取信息处理费 0 元。"],
}


def report(form: Form, year: int, figures: Mapping[str, Figure | None]) -> Page:
    """A whole report in the order of the notice."""
    page = Page([f"某府办〔{year + 1}〕3号", "某区财政局", f"{year}年政府信息公开工作年度报告"])
    page.blocks.append(
        f"本报告统计期限自{year}年1月1日起至{year}年12月31日止（地址：某路 6 号，邮编：362801；电话：0595-12345678）。"
    )
    ahead, *behind = form.sections
    page.blocks.append(ahead.title)
    for part in ahead.parts:
        page.blocks.extend(TEXTS[part.id])
    for table in form.tables:
        page.blocks += [table.title, rows_of(form, table, figures)]
    for section in behind:
        page.blocks += [section.title, *TEXTS[section.id]]
    page.blocks += ["某区财政局", f"{year + 1}年1月20日"]
    return page


def as_html(page: Page, *, head: str = '<meta charset="utf-8">', encoding: str = "utf-8") -> bytes:
    """As a page of a site."""
    parts = []
    for block in page.blocks:
        if isinstance(block, str):
            parts.append(f"<p>　　{escape(block)}</p>")
        else:
            rows = "".join(f"<tr>{''.join(map(_td, row))}</tr>\n" for row in block)
            parts.append(f"<table border='1'><tbody>\n{rows}</tbody></table>")
    menu = "<div class='nav'><ul><li><a href='/'>首页</a></li><li>政务公开</li></ul></div>"
    script = "<script>document.write('<table><tr><td>规章<td>9')</script>"
    body = f"{menu}{script}<div class='text'>{''.join(parts)}</div><div>打印 关闭</div>"
    return f"<!DOCTYPE html><html><head>{head}<title>年报</title></head><body>{body}</body></html>".encode(encoding)


def _td(cell: Cell) -> str:
    spans = (f" rowspan='{cell.rows}'" if cell.rows > 1 else "") + (
        f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    )
    inner = "<br>".join(escape(line) for line in cell.text.split("\n"))
    return f"<td{spans}><p><span>{inner}</span></p></td>"


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def as_docx(page: Page) -> bytes:
    """As a Word document, its merges as Word stores them."""
    parts = []
    for block in page.blocks:
        parts.append(_paragraph(block) if isinstance(block, str) else _word_table(block))
    return docx_of("".join(parts))


def docx_of(
    body: str, *, kind: str = _MAIN, more: Mapping[str, bytes] | None = None, xml: bytes | None = None
) -> bytes:
    """A package with this body, as Word would name its parts."""
    content = (
        xml or f'<?xml version="1.0" encoding="UTF-8"?><w:document {_W}><w:body>{body}</w:body></w:document>'.encode()
    )
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    parts = {"[Content_Types].xml": types.encode(), "_rels/.rels": relations.encode(), "word/document.xml": content}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**parts, **(more or {})}.items():
            archive.writestr(name, data)
    return written.getvalue()


def _paragraph(text: str) -> str:
    runs = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return f"<w:p><w:r>{runs}</w:r></w:p>"


def _word_table(rows: Rows) -> str:
    """Merged rows as cells that go on below."""
    open_: dict[int, tuple[int, int]] = {}  # first column → rows still covered, columns
    lines = []
    for row in rows:
        cells, column, left = [], 0, list(row)
        while left or any(start >= column for start in open_):
            if column in open_:
                more, span = open_.pop(column)
                cells.append(_tc("", span, "<w:vMerge/>"))
                if more > 1:
                    open_[column - 10_000] = (more - 1, span)
                column += span
            elif left:
                cell = left.pop(0)
                cells.append(_tc(cell.text, cell.columns, '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""))
                if cell.rows > 1:
                    open_[column - 10_000] = (cell.rows - 1, cell.columns)
                column += cell.columns
            else:
                column += 1
        open_ = {start + 10_000: rest for start, rest in open_.items() if start < 0}
        lines.append(f"<w:tr>{''.join(cells)}</w:tr>")
    return f"<w:tbl>{''.join(lines)}</w:tbl>"


def _tc(text: str, columns: int, merge: str) -> str:
    span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{_paragraph(text)}</w:tc>"


def as_txt(page: Page, *, encoding: str = "utf-8") -> bytes:
    """As text, the tables flattened: a tab after each cell, merged columns and rows as blanks."""
    lines = []
    for block in page.blocks:
        if isinstance(block, str):
            lines += [block, ""]
        else:
            lines += ["\t".join(row) for row in flat(block)] + [""]
    return "\n".join(lines).encode(encoding)


def flat(rows: Rows) -> list[list[str]]:
    """The texts of the grid, blanks where a merged cell goes on."""
    covered: set[tuple[int, int]] = set()
    lines = []
    for number, row in enumerate(rows):
        line: dict[int, str] = {}
        column = 0
        for cell in row:
            while (number, column) in covered:
                column += 1
            line[column] = cell.text
            covered.update((number + r, column + c) for r in range(cell.rows) for c in range(cell.columns))
            column += cell.columns
        lines.append([line.get(c, "") for c in range(max([-1, *line, *(c for r, c in covered if r == number)]) + 1)])
    return lines


WRITERS = {".html": as_html, ".docx": as_docx, ".txt": as_txt}


def edited(rows: Rows, row: int, cells: Sequence[Cell]) -> Rows:
    """The rows with another row in the place of one."""
    return [*rows[:row], list(cells), *rows[row + 1 :]]


def retyped(cell: Cell, text: str) -> Cell:
    """The cell with another text."""
    return replace(cell, text=text)


def full_width(text: str) -> str:
    """Digits as an input method in Chinese mode types them."""
    return text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
