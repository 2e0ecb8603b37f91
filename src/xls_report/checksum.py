"""数据校验码: six digits over a table's figures, the same in the workbook's own formula and here.

Paper and file prove each other: a figure changed on either side changes the code. Every piece stays below 2^53, so a
spreadsheet's arithmetic is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from xls_report.address import areas, row_column
from xls_report.figure import Figure
from xls_report.form import Form, Table
from xls_report.grid import Places
from xls_report.heading import Measure

_PIECE, _CODE = 99991, 999983  # primes below 10^5 and 10^6
_MICRO = 10**6  # amounts in 万元 count to the hundredth of a fen


def checksum(form: Form, table: Table, figures: Mapping[str, Figure | None]) -> str:
    """The code of a table; a blank counts as 0."""
    total = 0
    for weight, (ident, amount) in enumerate(_inputs(form, table), 1):
        value = figures[ident] or 0
        if amount:
            value = (Decimal(value) * _MICRO).to_integral_value(ROUND_HALF_UP)
        total += int(value) % _PIECE * weight
    return f"{total % _CODE:06d}"


def complete(form: Form, table: Table, figures: Mapping[str, Figure | None]) -> bool:
    """Whether every figure of the table is there."""
    return None not in [figures[ident] for ident, _ in _inputs(form, table)]


@cache
def _inputs(form: Form, table: Table) -> tuple[tuple[str, bool], ...]:
    return tuple((item.id, item.kind is Measure.AMOUNT) for item in form.inputs if item.table is table)


def all_codes(form: Form, figures: Mapping[str, Figure | None]) -> str:
    """The codes of all tables in one, as the cover shows them."""
    return "-".join(checksum(form, table, figures) for table in form.tables)


def code_line(code: str) -> str:
    """The code as it is printed beneath a table."""
    return f"数据校验码：{code}（供核对，公开时不保留）"


def checksum_formula(form: Form, table: Table, where: Places) -> str:
    """The same over the cells of the table's own sheet; `—` where a cell holds no number.

    The formula stands on the table's sheet, so that addresses need no sheet name.
    """
    pieces: list[str] = []
    inputs = [i for i in form.inputs if i.table is table]
    weights = {where[item.id]: weight for weight, item in enumerate(inputs, 1)}
    for scale, measure in ((1, False), (_MICRO, True)):
        cells = [where[i.id] for i in inputs if (i.kind is Measure.AMOUNT) is measure]
        for box in areas(cells):
            values = box if scale == 1 else f"{box}*{scale}"
            pieces.append(f"SUMPRODUCT(MOD(ROUND({values},0),{_PIECE})*{_weights(box, weights)})")
    return f'IFERROR(TEXT(MOD({"+".join(pieces)},{_CODE}),"000000"),"—")'


def _weights(box: str, weights: Mapping[tuple[int, int], int]) -> str:
    """The weights of a range's cells as an array constant; plain for a single cell."""
    first, _, last = box.partition(":")
    top, left = row_column(first)
    bottom, right = row_column(last or first)
    rows = [",".join(str(weights[r, c]) for c in range(left, right + 1)) for r in range(top, bottom + 1)]
    return rows[0] if rows == [str(weights[top, left])] else "{" + ";".join(rows) + "}"
