"""Rows that repeat, as the text of a sheet: one template for all, filled row by row and never held together.

XlsxWriter makes the frame with the first of the rows left blank, so that every style has its number; what it would
write cell by cell stands here as text (the same cells, texts inline instead of shared).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import islice

from xls_report.address import letters
from xls_report.layout import ROW, Cell, Role, Rows
from xls_report.quoting import TEXT_LIMIT, safe_text

Value = int | str | None  # of a figure: an integer or the exact text of a number; a text as it is; None where blank

_BLOCK = 200  # rows that are held at a time
_NUMBER = "\0"  # stands for the row's number in the template; no text of a cell can hold it
_STYLE = re.compile(r'<c r="[A-Z]+[0-9]+" s="([0-9]+)"/>')
_DIMENSION = re.compile(r'<dimension ref="([A-Z]+[0-9]+):([A-Z]+)[0-9]+"/>')
_NO_FIGURE = re.compile(r'(<c r="[A-Z]+[0-9]+" s="[0-9]+")><v></v></c>')
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff&<>]|_x|^\s|\s$")  # needs more than to be copied
_ESCAPED = re.compile(r"(_x[0-9a-fA-F]{4}_)")


@dataclass(frozen=True, slots=True)
class Area:
    """The repeated rows of one sheet, and for each of them the value of every cell."""

    rows: Rows
    values: Iterable[Sequence[Value]]


def filled(frame: str, area: Area) -> Iterator[bytes]:
    """The text of a sheet in pieces: the frame, with the rows in the place of its one blank row."""
    rows = area.rows
    start = frame.index(f'<row r="{rows.first}"')
    end = frame.index("</row>", start) + len("</row>")
    head = _DIMENSION.sub(rf'<dimension ref="\1:\g<2>{rows.last}"/>', frame[:start], count=1)
    yield head.encode()
    texts = _rows(frame[start:end], area)
    while block := "".join(islice(texts, _BLOCK)):
        yield block.encode()
    yield frame[end:].encode()


def _rows(blank: str, area: Area) -> Iterator[str]:
    rows = area.rows
    template = _template(blank, rows)
    texts = [n for n, cell in enumerate(rows.cells) if cell.role is not Role.DETAIL]
    number = rows.first
    for number, values in enumerate(area.values, rows.first):
        row: list[Value] = list(values)
        for n in texts:
            row[n] = _text(row[n])
        height = (_whole_pixels(rows.heights[number - rows.first]),) if rows.heights else ()
        if None in row:
            text = template.replace(_NUMBER, str(number)) % (*height, *("" if v is None else v for v in row))
            yield _NO_FIGURE.sub(r"\1/>", text)
        else:
            yield template.replace(_NUMBER, str(number)) % (*height, *row)
    if number != rows.last:
        raise ValueError(f"{number - rows.first + 1} rows where {rows.count} are due")


def _template(blank: str, rows: Rows) -> str:
    """A row for the operator %: its number as a NUL, a place for its height if it has one, a place for each cell."""
    opening, _, cells = blank.partition(">")
    styles = _STYLE.findall(cells)
    parts = [_cell(cell, style) for cell, style in zip(rows.cells, styles, strict=True)]
    height = ' ht="%g" customHeight="1"' if rows.heights else ""
    spans = opening.partition('" ')[2]
    return f'<row r="{_NUMBER}" {spans}{height}>{"".join(parts)}</row>'


def _cell(cell: Cell, style: str) -> str:
    start = f'<c r="{letters(cell.column)}{_NUMBER}" s="{style}"'
    if cell.role is not Role.DETAIL:
        return f"{start}%s"
    formula = escape(cell.content, quote=False).replace("%", "%%").replace(ROW, _NUMBER)
    return f"{start}><f>{formula}</f><v>%s</v></c>" if formula else f"{start}><v>%s</v></c>"


def _whole_pixels(points: float) -> float:
    """A height as XlsxWriter writes it."""
    return int(points * 4 / 3 + 0.5) * 0.75


def _text(value: Value) -> str:
    """The rest of a text's cell."""
    text = str(value or "")
    return _short(text) if len(text) <= _SHORT else _fragment(text)


def _fragment(text: str) -> str:
    if _ODD.search(text) or len(text) > TEXT_LIMIT:
        text = _ESCAPED.sub(r"_x005F\1", safe_text(text))
        space = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
        return f' t="inlineStr"><is><t{space}>{escape(text, quote=False)}</t></is></c>' if text else "/>"
    return f' t="inlineStr"><is><t>{text}</t></is></c>' if text else "/>"


_SHORT = 80  # characters of a text that may well come again, as names, groups and states do
_short = lru_cache(maxsize=4096)(_fragment)
