"""A Word document (.docx) as paragraphs and grids, by python-docx; the file passes the bounded package check first."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import docx
from docx.oxml.ns import qn

from xls_report.document import Document, Grid, GridCell, Paragraph
from xls_report.finding import finding
from xls_report.package.refusal import MAX_COLUMNS, MAX_ROWS, Refusal
from xls_report.package.worddoc import open_word
from xls_report.tabular import RAISED, STRUCK, Blocks, Unfit, squeezed, within

_P, _TBL, _TR, _TC, _R = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc", "r"))
_VAL: Final = qn("w:val")
# What is not shown: deleted and moved text, the twin of a drawing for older programs, text boxes, equations' marks.
_SKIPPED: Final = frozenset(
    (*(qn(f"w:{name}") for name in ("del", "moveFrom", "rPr", "pPr", "instrText", "txbxContent")),)
)
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SIGNS: Final = {
    qn("w:tab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
    qn("w:softHyphen"): "\u00ad",
    qn("w:sym"): "\ufffd",  # a sign of a font of its own: nobody knows which
}
_REFUSED = {"F101": "实际是{}", "F102": "实际是{}", "F103": "实际是{}"}


def read_word(data: bytes) -> Document:
    """The document; raises Unfit for a file that does not pass the check or is no Word document."""
    checked = open_word(data)
    if isinstance(checked, Refusal):
        raise Unfit(refusal_words(checked))
    try:
        body = getattr(docx.Document(io.BytesIO(checked)).element, "body", None)
    except (ValueError, KeyError, AttributeError, SyntaxError):
        raise Unfit("Word 文档的内容无法识别") from None
    if body is None:
        raise Unfit("不是通常的 Word 文档（.docx），请用 WPS 或 Word 打开后另存为 .docx")
    return Document(tuple(_blocks(body)))


def refusal_words(refusal: Refusal) -> str:
    """Why a package is not read, as a clause."""
    if refusal.code in _REFUSED:
        return _REFUSED[refusal.code].format(refusal.detail)
    return finding(refusal.code, detail=refusal.detail).message.removesuffix("。")


def _children(element: Any, *tags: str) -> Iterator[Any]:
    """Its children of the tags, also within content controls, custom XML and insertions."""
    for child in element.iterchildren():
        if child.tag in tags:
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml"), qn("w:ins"), qn("w:smartTag")):
            yield from _children(child, *tags)


def _blocks(parent: Any) -> Iterator[Paragraph | Grid]:
    for child in _children(parent, _P, _TBL):
        if child.tag == _TBL:
            yield from _table(child)
        else:
            for line in _text(child).splitlines():
                if squeezed(line):
                    yield Paragraph(squeezed(line))


def _text(element: Any) -> str:
    """What a reader sees of the runs below; raised and struck out text is marked."""
    found: list[str] = []
    for child in element.iterchildren():
        if child.tag in _SKIPPED or child.tag == _FALLBACK:
            continue
        if child.tag in _SIGNS:
            found.append(_SIGNS[child.tag])
        elif child.tag == qn("w:t") or (isinstance(child.tag, str) and child.tag.endswith("/math}t")):
            found.append(child.text or "")
        elif child.tag == _R:
            found.append(_run(child))
        elif isinstance(child.tag, str):
            found.append(_text(child))
    return "".join(found)


def _run(run: Any) -> str:
    properties = run.find(qn("w:rPr"))
    text = _text(run)
    if properties is None or not text:
        return text
    if _on(properties, "w:vanish"):
        return ""
    raised = properties.find(qn("w:vertAlign"))
    if raised is not None and raised.get(_VAL) in ("superscript", "subscript"):
        return f"{RAISED}{text}{RAISED}"
    return f"{STRUCK}{text}{STRUCK}" if _on(properties, "w:strike") or _on(properties, "w:dstrike") else text


def _on(properties: Any, name: str) -> bool:
    found = properties.find(qn(name))
    return found is not None and found.get(_VAL) not in ("0", "false", "off", "none")


def _table(table: Any) -> Blocks:
    """The table as a grid, and the tables within its cells behind it; a single cell is only a frame."""
    rows = [row for row in _children(table, _TR) if not _gone(row)]
    if len(rows) > MAX_ROWS:
        raise Unfit(f"一张表有 {len(rows):,} 行，上限 {MAX_ROWS:,} 行")
    cells = [cell for row in rows for cell in _children(row, _TC)]
    if len(cells) == 1 or any(next(_children(cell, _TBL), None) is not None for cell in cells):
        return [block for cell in cells for block in _blocks(cell)]
    grid = within(_merged(rows))
    return [grid] if any(cell.text for cell in grid.cells) else []


def _gone(row: Any) -> bool:
    """Whether the row was deleted with changes tracked, or is hidden."""
    properties = row.find(qn("w:trPr"))
    return properties is not None and (properties.find(qn("w:del")) is not None or _on(properties, "w:hidden"))


def _number(properties: Any, name: str, without: int) -> int:
    found = properties.find(qn(name)) if properties is not None else None
    text = (found.get(_VAL) if found is not None else None) or str(without)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else without
    if number > MAX_COLUMNS:
        raise Unfit(f"一张表超过 {MAX_COLUMNS} 列")
    return number


def _merged(rows: list[Any]) -> Iterator[GridCell]:
    """The cells with the rows and columns that they cover."""
    above: dict[int, GridCell] = {}  # by first column: the cell that a continued one below belongs to
    done: list[GridCell] = []
    for number, row in enumerate(rows):
        column = _number(row.find(qn("w:trPr")), "w:gridBefore", 0)
        here: dict[int, GridCell] = {}
        for cell in _children(row, _TC):
            properties = cell.find(qn("w:tcPr"))
            span = max(1, _number(properties, "w:gridSpan", 1))
            merge = properties.find(qn("w:vMerge")) if properties is not None else None
            text = "\n".join(p.text for p in _blocks(cell) if isinstance(p, Paragraph))
            continued = merge is not None and merge.get(_VAL) != "restart"
            top = above.get(column)
            if continued and top is not None and top.columns == span and top.row + top.rows == number:
                # What a continued cell holds is not shown.
                here[column] = GridCell(top.row, column, top.text, top.rows + 1, span)
            else:
                here[column] = GridCell(number, column, text, 1, span)
            column += span
        done.extend(cell for start, cell in above.items() if not _goes_on(cell, here.get(start)))
        above = here
    yield from sorted((*done, *above.values()), key=lambda cell: (cell.row, cell.column))


def _goes_on(cell: GridCell, below: GridCell | None) -> bool:
    return below is not None and (below.row, below.column) == (cell.row, cell.column)
