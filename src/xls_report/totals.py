"""Cells that a formula fills, held against the figures computed here: a stored result is never trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Context

from xls_report.compare import formula_key, same_formula
from xls_report.figure import Figure, shown
from xls_report.finding import Finding, finding, names
from xls_report.layout import Cell
from xls_report.package import RawCell, RawSheet
from xls_report.quoting import quote

_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,3})?", re.ASCII)
_STORED = Context(prec=15)  # what a cell holds exactly


@dataclass(frozen=True, slots=True)
class Total:
    """A cell that holds a formula: what it should give, None where an input is missing, and what it is called."""

    cell: Cell
    due: Figure | None
    name: str


def as_due(there: RawCell | None, cell: Cell, due: Figure | None) -> bool:
    """Whether a total stands there to the letter, formula and result: then there is nothing to judge."""
    return there is not None and there.formula == cell.content and type(due) is int and there.text == str(due)


def total_findings(table: str, sheet: str, raw: RawSheet, totals: Iterable[Total]) -> Iterator[Finding]:
    """Totals overwritten, altered or out of date; `table` is what messages call the place."""
    stale: list[tuple[Total, str]] = []
    for total in totals:
        code, given = _judged(raw.cells.get(total.cell.address), total)
        if code == "S110":
            stale.append((total, given))
        elif code:
            yield _finding(code, table, sheet, total, given)
    if stale:
        yield _not_recalculated(table, sheet, stale)


def _judged(there: RawCell | None, total: Total) -> tuple[str, str]:
    """Code and what stands there; "" when the cell is as it should be."""
    text = (there.text or "").strip() if there is not None else ""
    if there is None or (there.formula is None and not text):
        return "S109", ""
    equal = total.due is not None and there.kind in ("n", "s") and same_number(text, total.due)
    if there.formula is None:
        return ("S108" if equal else "S107"), quote(text)
    if not same_formula(there, formula_key(total.cell.content), total.cell.content):
        return "S109", quote(text)
    # Without a stored result, or with one from before the figures were there, the file was merely not recalculated.
    if not text or equal or total.due is None:
        return "", ""
    return "S110", quote(text)


def same_number(text: str, due: Figure) -> bool:
    """Whether a stored number is the figure, at the 15 significant digits a cell holds."""
    return bool(_NUMBER.fullmatch(text)) and _STORED.create_decimal(text) == _STORED.create_decimal(due)


def _finding(code: str, table: str, sheet: str, total: Total, given: str) -> Finding:
    computed = f"按各分项计算应为 {shown(total.due)}" if total.due is not None else "有分项没有填，算不出应为多少"
    differs = code == "S109" and given and total.due is not None and not same_number(given, total.due)
    shows = f"文件显示 {given}，实为 {shown(total.due)}，" if differs else ""
    typed = f" {given}" if _NUMBER.fullmatch(given) else f"“{given}”"
    facts = {"table": table, "item": total.name, "computed": computed, "shows": shows, "typed": typed}
    found = finding(code, sheet=sheet, cells=[total.cell.address], items=[total.cell.key], given=given, **facts)
    return replace(found, due=total.due)


def _not_recalculated(table: str, sheet: str, stale: list[tuple[Total, str]]) -> Finding:
    """One finding for all totals of a sheet that the file shows as they were before the last change."""
    told = names(f"“{total.name}”显示 {text}，实为 {shown(total.due)}" for total, text in stale)
    first, given = stale[0]
    return finding(
        "S110",
        sheet=sheet,
        cells=[total.cell.address for total, _ in stale],
        items=[total.cell.key for total, _ in stale],
        given=given if len(stale) == 1 else None,
        due=first.due if len(stale) == 1 else None,
        table=table,
        detail=told,
    )
