"""A figure in exact arithmetic, and the ways it is written."""

from __future__ import annotations

from decimal import Decimal

MOST = 10**15 - 1  # 15 digits: what a spreadsheet holds exactly
Figure = int | Decimal  # counts and changes are int, amounts Decimal


def figure_text(value: Figure) -> str:
    """The exact figure as text: counts plainly, amounts with at least two decimals and no further trailing zeros."""
    if isinstance(value, int):
        return str(value)
    whole, _, fraction = format(value or Decimal(0), "f").partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"


def shown(value: Figure | None) -> str:
    """A figure for people: as figure_text, nothing for a blank."""
    return "" if value is None else figure_text(value)


def as_json(value: Figure | None) -> int | str | None:
    """A figure as the JSON contract has it: integers for counts, text for amounts, null for blanks."""
    return figure_text(value) if isinstance(value, Decimal) else value
