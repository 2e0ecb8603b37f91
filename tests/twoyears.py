"""Figures of a unit for this year and for the year before that fit each other, made without the program.

All is random by the generator given, and every relation of the form in force holds, those with last year's figures too.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from desk import CARRIED_IN, CARRIED_OUT, NEW, Figure, form_of

YEAR = 2025
FORM = form_of(YEAR)
PEOPLE = ("person", "company", "research", "charity", "legal", "other")
RESULTS = (
    *("granted", "partial", *(f"denied_{n}" for n in range(1, 9)), *(f"unable_{n}" for n in range(1, 4))),
    *(*(f"refused_{n}" for n in range(1, 6)), *(f"closed_{n}" for n in range(1, 4))),
)
Values = dict[str, Figure]


def figures(rng: Random) -> Values:
    """One year of a unit by itself; every count in use, amounts with up to six decimals."""
    values: Values = {}
    for item in FORM.inputs:
        if item.kind == "amount":
            values[item.id] = Decimal(rng.randrange(10**9, 10**10)).scaleb(-rng.choice((6, 7, 8))).quantize(_MILLIONTH)
        else:
            values[item.id] = rng.choice((0, rng.randrange(1, 90)))
        if item.id.startswith("t2.regulation."):
            values[item.id] = 0
    values["t2.normative.in_force"] = int(values["t2.normative.issued"]) + rng.randrange(50, 400)
    for column in PEOPLE:
        values[f"{CARRIED_OUT}.{column}"] = rng.randrange(90)
        _balanced(values, column, rng.randrange(90))
    return values


_MILLIONTH = Decimal("0.000001")


def _balanced(values: Values, column: str, carried_in: int) -> None:
    """第一项 of a column from its other three, as the printed rule says; more is granted where it would be negative."""
    due = sum(int(values[f"t3.{row}.{column}"]) for row in RESULTS) + int(values[f"{CARRIED_OUT}.{column}"])
    if due < carried_in:
        values[f"t3.granted.{column}"] = int(values[f"t3.granted.{column}"]) + carried_in - due
        due = carried_in
    values[f"{CARRIED_IN}.{column}"] = carried_in
    values[f"{NEW}.{column}"] = due - carried_in


def carry(values: Mapping[str, Figure], change: int) -> Values:
    """The same with `change` more requests of persons carried in, and as many fewer new ones or more granted."""
    moved = dict(values)
    _balanced(moved, "person", int(moved[f"{CARRIED_IN}.person"]) + change)
    return moved


def before(now: Mapping[str, Figure], rng: Random, parts: int = 1) -> list[Values]:
    """The year before, of one unit or of several that have become one: what was carried out is what came in."""
    found = [figures(rng) for _ in range(parts)]
    for column in PEOPLE:
        for values, share in zip(found, _shares(int(now[f"{CARRIED_IN}.{column}"]), parts, rng), strict=True):
            values[f"{CARRIED_OUT}.{column}"] = share
            _balanced(values, column, rng.randrange(90))
    stock = int(now["t2.normative.in_force"]) + int(now["t2.normative.repealed"]) - int(now["t2.normative.issued"])
    for values, share in zip(found, _shares(stock, parts, rng), strict=True):
        values |= {"t2.normative.in_force": share, "t2.normative.issued": min(share, 3), "t2.normative.repealed": 0}
    return found


def _shares(total: int, parts: int, rng: Random) -> list[int]:
    shares = []
    for left in range(parts - 1, -1, -1):
        share = rng.randint(total // 3, total * 2 // 3) if left else total  # of two or more each has some
        shares.append(share)
        total -= share
    return shares
