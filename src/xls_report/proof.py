"""The detail rows of a finished 工作底稿: each held strictly against its unit's figures, none held together."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape, unescape
from typing import IO, Any

from xls_report.address import letters
from xls_report.form import Form
from xls_report.heading import Measure
from xls_report.layout import ROW, Cell, Layout, Role, Rows, Sheet
from xls_report.package.sharedstrings import decoded
from xls_report.submission import Cover

_CHUNK = 1 << 20  # bytes of a part that are held at a time
_END = b"</row>"
_NAME = re.compile(rb'<sheet name="([^"]*)"')
_THIS_ROW = "(?P=row)"  # in a pattern: the number of the row
_NUMBER = r"(-?[0-9]+(?:\.[0-9]+)?)"


class ProofError(Exception):
    """A row of the finished workbook is not what its unit reported: a fault of ours."""


def without_rows(data: bytes, layout: Layout, covers: Sequence[Cover]) -> bytes:
    """The workbook without its detail rows, every one of which is the unit's: code, name, figures, formulas, totals.

    The rows of the pages for people are left out too; nothing is read from them. Raises ProofError.
    """
    details = {sheet.name: sheet for sheet in layout.sheets if sheet.rows is not None}
    kept = {sheet.name for sheet in layout.sheets}
    source = zipfile.ZipFile(io.BytesIO(data))
    names = [unescape(name.decode()) for name in _NAME.findall(source.read("xl/workbook.xml"))]
    parts = {f"xl/worksheets/sheet{number}.xml": name for number, name in enumerate(names, 1)}
    if missing := details.keys() - set(names):
        raise ProofError(f"没有工作表 {'、'.join(sorted(missing))}")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for member in source.infolist():
            name = parts.get(member.filename, "")
            with source.open(member) as part:
                if name in details:
                    frame = _frame(part, details[name], layout.form, covers)
                elif name and name not in kept:
                    first, *_, last = ("", *_pieces(part))
                    frame = f"{first}{last}"
                else:
                    target.writestr(member.filename, part.read())
                    continue
            target.writestr(member.filename, frame)
    return buffer.getvalue()


def _pieces(part: IO[bytes]) -> Iterator[str]:
    """The text of a part, cut behind each row."""
    rest = b""
    while chunk := part.read(_CHUNK):
        *rows, rest = (rest + chunk).split(_END)
        yield from ((row + _END).decode() for row in rows)
    yield rest.decode()


def _frame(part: IO[bytes], sheet: Sheet, form: Form, covers: Sequence[Cover]) -> str:
    """The text of a detail sheet without its rows, after they were proven."""
    rows = sheet.rows
    assert rows is not None
    pattern = _pattern(rows)
    keys = [cell.key for cell in rows.of(Role.DETAIL)]
    exact = [_amount if form.item[key].kind is Measure.AMOUNT else int for key in keys]
    facts = len(rows.cells) - len(keys)
    frame: list[str] = []
    done = 0
    for piece in _pieces(part):
        match = pattern.fullmatch(piece)
        if match is None:
            frame.append(piece)
            if done and piece.endswith("</row>"):
                raise ProofError(f"{sheet.name} 第 {rows.first + done} 行写得不对")
            continue
        number, *values = match.groups()
        if done >= len(covers) or int(number) != rows.first + done:
            raise ProofError(f"{sheet.name} 第 {number} 行多余，或次序不对")
        cover = covers[done]
        if [decoded(unescape(text or "")) for text in values[:2]] != [cover.unit.code, cover.unit.name]:
            raise ProofError(f"{sheet.name} 第 {number} 行不是 {cover.unit.code} 的")
        figures: list[Any] = [None if v is None else read(v) for read, v in zip(exact, values[facts:], strict=True)]
        if figures != [*map(cover.values.get, keys)]:
            raise ProofError(f"{sheet.name} 第 {number} 行与 {cover.unit.code} 报送的数不同")
        done += 1
    if done != len(covers) or len(frame) > rows.first or "<row" in frame[-1]:
        raise ProofError(f"{sheet.name} 有 {done} 行，应为 {len(covers)} 行")
    return "".join(frame)


def _amount(text: str) -> Decimal:
    return Decimal(text)


def _pattern(rows: Rows) -> re.Pattern[str]:
    """A whole row, strictly: its number, then a group for each cell."""
    cells = "".join(map(_cell, rows.cells))
    return re.compile(rf'<row r="(?P<row>[1-9][0-9]*)"(?: [A-Za-z]+="[^"<]*")*>{cells}</row>')


def _cell(cell: Cell) -> str:
    start = rf'<c r="{letters(cell.column)}{_THIS_ROW}" s="[0-9]+"'
    if cell.role is not Role.DETAIL:
        return rf'{start}(?:/>| t="inlineStr"><is><t(?: xml:space="preserve")?>([^<]*)</t></is></c>)'
    if not cell.content:
        return rf"{start}(?:/>|><v>{_NUMBER}</v></c>)"
    formula = re.escape(escape(cell.content, quote=False)).replace(re.escape(ROW), _THIS_ROW)
    return rf"{start}><f>{formula}</f><v>{_NUMBER}</v></c>"
