"""分组小计: every item by group of the roster, by `SUMIF` over the detail sheets, with 本级 where it is only a part."""

from __future__ import annotations

from collections.abc import Sequence
from operator import add
from typing import Any

from xls_report.address import a1, letters
from xls_report.collect import Collection
from xls_report.detail import FIRST_ROW, detail_columns, detail_name
from xls_report.figure import Figure
from xls_report.form import Item
from xls_report.layout import Cell, Role, Sheet, lines_of
from xls_report.reader import SUBTOTALS
from xls_report.roster import RosterUnit
from xls_report.submission import Submission, zero

UNGROUPED = "未分组"
_NAME = 44.0  # width of an item's name
_GROUP = "C"  # column of the detail sheets that holds a unit's group
_LEVELS = frozenset("镇乡街道办事处县市区旗（）、各")  # a group called by nothing else is one of lower governments


def group_of(unit: RosterUnit) -> str:
    """The group as the detail sheets and this page call it."""
    return unit.group or UNGROUPED


def lower_groups(collection: Collection) -> frozenset[str]:
    """The groups of lower governments: as the settings say, else those called by kinds of government alone."""
    groups = {group_of(unit) for unit, _ in collection.included}
    stated = collection.roster.settings.below
    return frozenset(g for g in groups if (g in stated if stated else set(g) <= _LEVELS))


def subtotals_sheet(collection: Collection, submission: Submission) -> Sheet | None:
    """The page; None where the roster has no groups."""
    units = [unit for unit, _ in collection.included]
    groups = tuple(dict.fromkeys(group_of(unit) for unit in units))
    if groups in ((), (UNGROUPED,)):
        return None
    lower = lower_groups(collection)
    own = [n for n, group in enumerate(groups) if group not in lower]
    split = bool(lower) and bool(own)
    heads = ("表", "指标", "计量单位", "合计", *(("本级小计",) if split else ()), *groups)
    first = len(heads) - len(groups) + 1
    cells = [Cell(1, n, Role.REMARK, head, style="head") for n, head in enumerate(heads, 1)]
    results: dict[str, Figure | str] = {}
    heights = [(1, 32.0)]
    added = _shares(groups, units, submission)
    for row, item in enumerate(submission.form.items, 2):
        style = f"total_{item.kind}"
        names = (item.table.name, item.name, item.unit)
        cells += [Cell(row, n, Role.REMARK, text, style="boxed") for n, text in enumerate(names, 1)]
        heights.append((row, 15.0 * lines_of(item.name, _NAME) + 4))
        shares = [added[group][item.id] for group in groups]
        sums = [(4, f"SUM({a1(row, first)}:{a1(row, len(heads))})", sum(shares))]
        if split:
            own_cells = ",".join(a1(row, first + n) for n in own)
            sums.append((5, f"SUM({own_cells})", sum(shares[n] for n in own)))
        sums += [(first + n, _formula(item, a1(1, first + n), len(units)), share) for n, share in enumerate(shares)]
        for column, formula, value in sums:
            cells.append(Cell(row, column, Role.SHOWN, formula, style=style))
            results[a1(row, column)] = value
    return Sheet(
        "subtotals",
        SUBTOTALS,
        tuple(cells),
        widths=((1, 8.0), (2, _NAME), (3, 10.0), *((n, 13.0) for n in range(4, len(heads) + 1))),
        heights=tuple(heights),
        landscape=True,
        frozen=(1, 3),
        one_page=False,
        filtered=f"A1:{a1(1 + len(submission.form.items), len(heads))}",
        compared=False,
        results=results,
    )


def _shares(groups: Sequence[str], units: Sequence[RosterUnit], submission: Submission) -> dict[str, dict[str, Figure]]:
    """What each group adds to each item."""
    items = submission.form.items
    keys = [item.id for item in items]
    sums: dict[str, list[Figure]] = {group: [zero(item) for item in items] for group in groups}
    for unit, cover in zip(units, submission.covers, strict=True):
        group = group_of(unit)
        row: list[Any] = [*map(cover.values.get, keys)]
        sums[group] = [*map(add, sums[group], row if None not in row else (value or 0 for value in row))]
    return {group: dict(zip(keys, added, strict=True)) for group, added in sums.items()}


def _formula(item: Item, head: str, covers: int) -> str:
    sheet, letter = detail_name(item.table), letters(detail_columns(item.table)[item.id])
    last = FIRST_ROW + covers - 1
    column = head.rstrip("0123456789")
    names = f"{sheet}!${_GROUP}${FIRST_ROW}:${_GROUP}${last}"
    return f"SUMIF({names},{column}$1,{sheet}!${letter}${FIRST_ROW}:${letter}${last})"
