"""A report as a Word file in the look of an official document: the only importer of python-docx.

A4 with the margins, fonts and sizes that GB/T 9704 asks of a document of the Party and government organs. Who has not
the fonts is given those that stand beside them. No clock is left in the file: same report, same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from typing import Any, Final

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from xls_report.document import Document, Grid, GridCell, Paragraph, Style

_BOLD_SONG, _HEI, _KAI, _FANG, _SONG = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"
_LATIN = "Times New Roman"
# Font → what is taken where it is not installed, in Word and in WPS.
FALLBACKS: Final = {_BOLD_SONG: "华文中宋", _HEI: "微软雅黑", _KAI: "楷体", _FANG: "仿宋", _SONG: "SimSun"}
_TOP, _BOTTOM, _LEFT, _RIGHT = 37, 35, 28, 26  # margins, mm
_WIDTH = 210 - _LEFT - _RIGHT
_TWIPS = 1440 / 25.4  # in a millimetre
_LINE = 28  # points from line to line of text
_TALL = 20  # rows of a grid that begins a page of its own
_ROW, _ROWS = 8, 160  # mm: a row of a small grid, all rows of a tall one before their labels take more
_BLACK, _RED = RGBColor(0, 0, 0), RGBColor(0xC0, 0, 0)
_WIDE = 8  # columns from which on a grid is set smaller
_NAMES = {
    Style.TITLE: "Title",
    Style.NUMBER: "Subtitle",
    Style.SECTION: "Heading 1",
    Style.PART: "Heading 2",
    Style.BODY: "Body Text",
    Style.NOTE: "Intense Quote",
    Style.SIGNATURE: "Body Text 2",
}
_TITLE = 20  # characters of a title that a line holds
_YEAR = re.compile(r"(?<=.)\d{4}年")
_UNUSED = ("stylesWithEffects", "thumbnail", "customXml")  # parts of the library's own first page


def word_file(document: Document) -> bytes:
    """The report as the bytes of a .docx file."""
    book = docx.Document()
    _page(book)
    _styles(book)
    title = next((p.text for p in document.paragraphs if p.style is Style.TITLE), "")
    _properties(book, title)
    for n, block in enumerate(document.blocks):
        if isinstance(block, Grid):
            _table(book, block)
        else:
            following = document.blocks[n + 1] if n + 1 < len(document.blocks) else None
            _paragraph(book, block, following)
    buffer = io.BytesIO()
    book.save(buffer)
    return _timeless(buffer.getvalue())


def _page(book: Any) -> None:
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(_TOP), Mm(_BOTTOM)
    section.left_margin, section.right_margin = Mm(_LEFT), Mm(_RIGHT)
    section.footer_distance = Mm(25)
    book.settings.odd_and_even_pages_header_footer = True
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        _number(paragraph)


def _number(paragraph: Any) -> None:
    """— 1 —, a field that counts pages."""
    for kind in ("text", "begin", "PAGE", "end", "text"):
        run = paragraph.add_run("")
        _font(run._r.get_or_add_rPr(), _SONG, 14)
        if kind == "text":
            run.text = "— " if len(paragraph.runs) == 1 else " —"
        elif kind == "PAGE":
            text = OxmlElement("w:instrText")
            text.text = kind
            run._r.append(text)
        else:
            run._r.append(_element("w:fldChar", fldCharType=kind))


def _styles(book: Any) -> None:
    styles = book.styles
    language = styles.element.find(qn("w:docDefaults")).find(".//" + qn("w:lang"))
    language.set(qn("w:eastAsia"), "zh-CN")
    _look(styles["Title"], _BOLD_SONG, 22, align=WD_ALIGN_PARAGRAPH.CENTER, line=36, after=14)
    _look(styles["Subtitle"], _FANG, 16, align=WD_ALIGN_PARAGRAPH.CENTER, after=14)
    _look(styles["Heading 1"], _HEI, 16, indent=2, keep=True)
    _look(styles["Heading 2"], _KAI, 16, indent=2, keep=True)
    _look(styles["Body Text"], _FANG, 16, indent=2)
    _look(styles["Intense Quote"], _HEI, 14, indent=2, colour=_RED)
    _look(styles["Body Text 2"], _FANG, 16, align=WD_ALIGN_PARAGRAPH.RIGHT)
    styles["Body Text 2"].paragraph_format.right_indent = Pt(32)


def _look(
    style: Any,
    font: str,
    size: int,
    *,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    indent: int = 0,
    line: int = _LINE,
    after: int = 0,
    keep: bool = False,
    colour: RGBColor = _BLACK,
) -> None:
    """The style anew, whatever the library's first page makes of it."""
    for name in ("w:pPr", "w:rPr"):
        old = style.element.find(qn(name))
        outline = old.find(qn("w:outlineLvl")) if old is not None else None
        if old is not None:
            style.element.remove(old)
        if outline is not None:
            style.element.get_or_add_pPr().append(outline)
    _font(style.element.get_or_add_rPr(), font, size)
    style.font.color.rgb = colour
    shape = style.paragraph_format
    shape.alignment, shape.keep_with_next, shape.widow_control = align, keep, True
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    shape.space_before, shape.space_after = Pt(0), Pt(after)
    shape.first_line_indent = Pt(indent * size)


def _font(properties: Any, font: str, size: float) -> None:
    fonts = _element("w:rFonts", ascii=_LATIN, hAnsi=_LATIN, eastAsia=font, cs=_LATIN)
    properties.append(fonts)
    for name in ("w:sz", "w:szCs"):
        properties.append(_element(name, val=str(round(2 * size))))


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _properties(book: Any, title: str) -> None:
    facts = book.core_properties
    facts.title, facts.language = title[:255], "zh-CN"
    facts.author = facts.last_modified_by = facts.comments = ""
    facts.created = facts.modified = datetime(2000, 1, 1)
    for part in (book.part, book.part.package):
        for key, relation in list(part.rels.items()):
            if any(name in relation.reltype or name in relation.target_ref for name in _UNUSED):
                del part.rels[key]


def _paragraph(book: Any, block: Paragraph, following: Paragraph | Grid | None) -> None:
    text = block.text
    if block.style is Style.TITLE and len(text) > _TITLE:
        text = _YEAR.sub(r"\n\g<0>", text, count=1)  # broken where it makes sense, after whose report it is
    paragraph = book.add_paragraph(text, style=_NAMES[block.style])
    if isinstance(following, Grid) and following.height >= _TALL:
        paragraph.paragraph_format.page_break_before = True
    if block.style is Style.SIGNATURE and isinstance(following, Paragraph):
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before = Pt(_LINE)


def _table(book: Any, grid: Grid) -> None:
    """The grid in elements of its own: the library merges cell by cell, and by then has long forgotten widths."""
    table = _element("w:tbl")
    widths = [round(part * _WIDTH * _TWIPS) for part in grid.columns]
    table.append(_table_properties(grid.caption, sum(widths)))
    columns = _element("w:tblGrid")
    for width in widths:
        columns.append(_element("w:gridCol", w=str(width)))
    table.append(columns)
    heads = _head_rows(grid)
    height = round(min(_ROW, _ROWS / grid.height) * _TWIPS)
    small = 9 if grid.width >= _WIDE else 10.5
    for row in range(grid.height):
        line = _element("w:tr")
        facts = _element("w:trPr")
        facts.append(_element("w:cantSplit"))
        facts.append(_element("w:trHeight", val=str(height), hRule="atLeast"))
        if row < heads:
            facts.append(_element("w:tblHeader"))
        line.append(facts)
        for cell in _in_row(grid, row):
            width = sum(widths[cell.column : cell.column + cell.columns])
            line.append(_cell(cell, row, width, small, last=row == grid.height - 1))
        table.append(line)
    book.element.body.insert_element_before(table, "w:sectPr")
    # A table at once after another would grow together with it.
    gap = book.add_paragraph(style="Body Text").paragraph_format
    gap.line_spacing_rule, gap.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(8)


def _table_properties(caption: str, width: int) -> Any:
    found = _element("w:tblPr")
    found.append(_element("w:tblW", w=str(width), type="dxa"))
    found.append(_element("w:jc", val="center"))
    borders = _element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_element(f"w:{side}", val="single", sz="4", space="0", color="000000"))
    found.append(borders)
    found.append(_element("w:tblLayout", type="fixed"))
    margins = _element("w:tblCellMar")
    for side, size in (("top", 20), ("left", 30), ("bottom", 20), ("right", 30)):
        margins.append(_element(f"w:{side}", w=str(size), type="dxa"))
    found.append(margins)
    found.append(_element("w:tblCaption", val=caption))
    return found


def _head_rows(grid: Grid) -> int:
    """Rows at the top that repeat on every page; none where further heads stand below and would contradict."""
    heads = {cell.row + n for cell in grid.cells if cell.head == "column" for n in range(cell.rows)}
    first = next((row for row in range(grid.height) if row not in heads), grid.height)
    return first if len(heads) == first else 0


def _in_row(grid: Grid, row: int) -> Sequence[GridCell]:
    """The cells of a row from left to right, those that come down from above as well."""
    found: Iterator[GridCell] = (cell for cell in grid.cells if cell.row <= row < cell.row + cell.rows)
    return sorted(found, key=lambda cell: cell.column)


def _cell(cell: GridCell, row: int, width: int, size: float, *, last: bool) -> Any:
    found = _element("w:tc")
    facts = _element("w:tcPr")
    facts.append(_element("w:tcW", w=str(width), type="dxa"))
    if cell.columns > 1:
        facts.append(_element("w:gridSpan", val=str(cell.columns)))
    if cell.rows > 1:
        facts.append(_element("w:vMerge", val="restart" if row == cell.row else "continue"))
    facts.append(_element("w:vAlign", val="center"))
    found.append(facts)
    paragraph = _element("w:p")
    shape = _element("w:pPr")
    if not last:
        shape.append(_element("w:keepNext"))  # the table stays together where a page holds it
    shape.append(_element("w:spacing", before="0", after="0", line=str(round(size * 1.25) * 20), lineRule="exact"))
    shape.append(_element("w:jc", val="left" if cell.head == "row" and cell.rows == 1 else "center"))
    paragraph.append(shape)
    if row == cell.row:
        run = _element("w:r")
        look = _element("w:rPr")
        _font(look, _HEI if cell.head == "column" else _SONG, size)
        run.append(look)
        text = _element("w:t")
        text.text = cell.text
        run.append(text)
        paragraph.append(run)
    found.append(paragraph)
    return found


def _timeless(data: bytes) -> bytes:
    """The package without the time of its making, and with our fonts instead of the library's."""
    old = zipfile.ZipFile(io.BytesIO(data))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in old.infolist():
            content = _REPLACED.get(member.filename) or old.read(member)
            fixed = zipfile.ZipInfo(member.filename, (1980, 1, 1, 0, 0, 0))
            fixed.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(fixed, content)
    return buffer.getvalue()


def _font_table() -> bytes:
    fonts = "".join(
        f'<w:font w:name="{escape(font)}"><w:altName w:val="{escape(other)}"/><w:charset w:val="86"/></w:font>'
        for font, other in FALLBACKS.items()
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<?xml version="1.0" encoding="UTF-8"?><w:fonts xmlns:w="{space}">{fonts}</w:fonts>'.encode()


_REPLACED: Final = {
    "word/fontTable.xml": _font_table(),
    "docProps/app.xml": (
        b'<?xml version="1.0" encoding="UTF-8"?><Properties '
        b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        b"<Application>xls-report</Application></Properties>"
    ),
}
