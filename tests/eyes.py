"""What a careful person reads in a workbook, going by its labels and knowing nothing of addresses: a second opinion."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from xls_report.form import Form, Item, Table
from xls_report.heading import Measure

SWITCH = "本表各项均为 0："
# Formats that show the number that is stored, be it rounded or not at all.
_PLAIN = {
    *("General", "0", "0.00", "#,##0", "#,##0.00", "#,##0.00####", "+0;-0;0", "@", '0"件"', "0.00E+00", "# ?/?"),
    *(";;;", '_ * #,##0_ ;_ * "-"_ '),
}
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_NO_SIGNS = re.compile(r"[\W_]+")
Spot = tuple[int, int]


class Look(Enum):
    """How plainly a figure is there to be read."""

    FIGURE = "a number in the place its labels name"
    BLANK = "nothing in that place"
    UNCLEAR = "something in that place that is no plain number"
    TWICE = "the labels name more than one place"
    NOWHERE = "the labels name no place"


@dataclass(frozen=True)
class Sight:
    """One item as it is seen; `cell` is where, "" if nowhere, and `formula` the one that stands there."""

    look: Look
    value: Decimal | None = None
    cell: str = ""
    formula: str | None = None


def look(book: Any, form: Form) -> dict[str, Sight]:
    """Every item of the form, as an openpyxl workbook shows it."""
    found: dict[str, Sight] = {}
    for table in form.tables:
        found |= _seen(_page(book, form, table), form, table)
    return found


def _page(book: Any, form: Form, table: Table) -> Any:
    """The sheet of the table: the one of its name, else the only other one that has all its labels."""
    if table.sheet in book.sheetnames:
        return book[table.sheet]
    named = {other.sheet for other in form.tables}
    pages = [page for page in book.worksheets if page.title not in named]
    like = [page for page in pages if all(_places(page, form, table).values())]
    return like[0] if len(like) == 1 else None


def _seen(page: Any, form: Form, table: Table) -> Mapping[str, Sight]:
    items = [item for item in form.items if item.table is table]
    if page is None:
        return {item.id: Sight(Look.NOWHERE) for item in items}
    places, declared = _places(page, form, table), _declared(page)
    return {item.id: _at(page, item, places[item.id], declared) for item in items}


def _at(page: Any, item: Item, spots: Iterable[Spot], declared: bool) -> Sight:
    places = list(spots)
    if len(places) != 1:
        return Sight(Look.TWICE if places else Look.NOWHERE)
    cell = page.cell(*places[0])
    value, at = cell.value, cell.coordinate
    if cell.data_type == "f":
        return Sight(Look.UNCLEAR, None, at, str(value))
    if value is None or (isinstance(value, str) and not value.strip()):
        return Sight(Look.FIGURE, Decimal(0), at) if declared else Sight(Look.BLANK, None, at)
    number = _number(value)
    shown = isinstance(value, str) or re.sub(r"\\([-+])", r"\1", cell.number_format) in _PLAIN
    if number is None or not shown or not _fits(number, item):
        return Sight(Look.UNCLEAR, None, at)
    return Sight(Look.FIGURE, number, at)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    text = value.strip() if isinstance(value, str) else str(value)
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _fits(number: Decimal, item: Item) -> bool:
    """Whether it can be a figure of the item at all: not below 0, whole, to the 分; at most 15 digits."""
    sign, digits, exponent = number.normalize().as_tuple()
    assert isinstance(exponent, int)
    if (sign and item.kind is not Measure.CHANGE) or len(digits) + max(exponent, 0) > 15:
        return False
    return exponent >= (-6 if item.kind is Measure.AMOUNT else 0)


def _declared(page: Any) -> bool:
    """Whether the table is declared wholly zero."""
    spots = [spot for spot, text in _texts(page).items() if text == _key(SWITCH)]
    if len(spots) != 1:
        return False
    row, column = spots[0]
    beside = (page.cell(row, c).value for c in range(column + 1, page.max_column + 1))
    return next((value for value in beside if value is not None), None) == "是"


# Where the labels lead to.


def _places(page: Any, form: Form, table: Table) -> dict[str, set[Spot]]:
    """The places that the labels of each item name: none, one, or several."""
    items = [item for item in form.items if item.table is table]
    texts = _texts(page)
    labels = {_key(label) for item in items for label in item.column_labels}
    paths = {item.column_labels for item in items}
    heads = {path: _spots(texts, path, across=True) for path in paths}
    stubs = {path: _spots(texts, path, across=False) for path in {item.row_labels for item in items} if path}
    ends = Counter(_end(page, *spot)[0] for spots in heads.values() for spot in spots)
    beneath = 1 + (ends.most_common(1)[0][0] if ends else 0)  # the one row of a table without labels beside it
    found: dict[str, set[Spot]] = {}
    for item in items:
        found[item.id] = set()
        for row, left in stubs.get(item.row_labels, [(beneath, 0)]):
            for top, column in heads[item.column_labels]:
                if left < column and top < row and _head(texts, labels, row, column) == top:
                    found[item.id].add((row, column))
    return found


def _head(texts: Mapping[Spot, str], labels: set[str], row: int, column: int) -> int:
    """The row of the first heading above."""
    return next((r for r in range(row - 1, 0, -1) if texts.get((r, column)) in labels), 0)


def _spots(texts: Mapping[Spot, str], path: tuple[str, ...], *, across: bool) -> list[Spot]:
    """Where the last label of a path stands under its branches: nearest above, or, `across`, nearest to the left."""
    *branches, leaf = map(_key, path)
    return [spot for spot, text in texts.items() if text == leaf and _under(texts, spot, branches, across)]


def _under(texts: Mapping[Spot, str], spot: Spot, branches: list[str], across: bool) -> bool:
    row, column = spot
    for line in range((row if across else column) - 1, 0, -1):
        if not branches:
            break
        if across:
            near = next((t for c in range(column, 0, -1) if (t := texts.get((line, c)))), "")
        else:
            near = next((t for r in range(row, 0, -1) if (t := texts.get((r, line)))), "")
        if near == branches[-1]:
            branches = branches[:-1]
    return not branches


def _texts(page: Any) -> dict[Spot, str]:
    return {
        (cell.row, cell.column): key
        for cell in page._cells.values()
        if isinstance(cell.value, str) and cell.data_type == "s" and (key := _key(cell.value))
    }


def _key(text: str) -> str:
    """Letters and digits alone, in one width."""
    return _NO_SIGNS.sub("", unicodedata.normalize("NFKC", text))


def _end(page: Any, row: int, column: int) -> Spot:
    """The last row and column of the merge that begins there."""
    boxes = [b for b in page.merged_cells.ranges if (b.min_row, b.min_col) == (row, column)]
    return (boxes[0].max_row, boxes[0].max_col) if boxes else (row, column)
