"""What people wrote beside the figures of a returned workbook: cover, paragraphs, reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xls_report.cover import signed_on
from xls_report.layout import Cell, Role, Sheet
from xls_report.package import RawCell, RawSheet


@dataclass(frozen=True, slots=True)
class Entries:
    """Texts by part, one text a paragraph; cover entries by field; 情况说明 by relation or rule."""

    texts: Mapping[str, tuple[str, ...]]
    text_cells: Mapping[str, tuple[str, ...]]  # where each text stands
    cover: Mapping[str, str]
    explanations: Mapping[str, str]


def read_entries(sheets: Mapping[str, tuple[Sheet, RawSheet]], *, date1904: bool = False) -> Entries:
    """Everything written; a cell of several lines is as many paragraphs. `date1904`: how days are counted."""
    texts: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    for cell, _, text in _written(sheets, Role.TEXT):
        paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
        texts.setdefault(cell.key, []).extend(paragraphs)
        places.setdefault(cell.key, []).extend(cell.address for _ in paragraphs)
    cover = {
        cell.key: signed_on(there, date1904=date1904) if cell.key == "signed_on" else text
        for cell, there, text in _written(sheets, Role.FIELD)
    }
    explanations = {cell.key: text for cell, _, text in _written(sheets, Role.EXPLAIN)}
    written, stand = ({part: tuple(found) for part, found in every.items()} for every in (texts, places))
    return Entries(written, stand, cover, explanations)


def _written(sheets: Mapping[str, tuple[Sheet, RawSheet]], role: Role) -> Iterator[tuple[Cell, RawCell, str]]:
    for sheet, raw in sheets.values():
        for cell in sheet.of(role):
            there = raw.cells.get(cell.address)
            text = (there.text or "").strip() if there is not None else ""
            if there is not None and text:
                yield cell, there, text
