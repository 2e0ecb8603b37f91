"""Whether a cell is still wrong, as a formula of a spreadsheet: what colours a returned copy until it is corrected.

Only functions of Excel 2007, but for the one that tells a formula from a figure: a program that lacks it shows the
cell without its colour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from xls_report.equation import Name, Sum
from xls_report.figure import Figure, figure_text
from xls_report.finding import Finding
from xls_report.form import Instance, Item
from xls_report.grid import switch_address
from xls_report.layout import Layout
from xls_report.marks import improper
from xls_report.package import RawCell, RawSheet
from xls_report.submission import Submission

At = Callable[[str, str], str]  # sheet and address → how a formula refers to the cell
_LONGEST = 200  # of a text within a formula; Excel takes 255
_FORMULA = "V109"
_OVERWRITTEN = ("S108", "S109")  # a formula of ours is gone, or another
_ABOUT_FORMULAS = ("S110", "S114", "V132")  # their cells hold formulas of ours: nothing to type there


@dataclass(frozen=True, slots=True)
class Source:
    """The workbook that the findings are about: its sheets as stored, by name, and what was read of it, if anything."""

    sheets: Mapping[str, RawSheet]
    submission: Submission | None = None
    layout: Layout | None = None  # of the submission


def condition(found: Finding, address: str, source: Source, at: At) -> str:
    """A formula that is 1 while the cell of the finding is wrong, else 0; "" when no formula can tell."""
    cell = at(found.sheet, address)
    raw = source.sheets.get(found.sheet)
    there = raw.cells.get(address) if raw is not None else None
    if source.submission is not None and source.layout is not None:
        instance = _instance(found, source.layout)
        if instance is not None:
            return _unbalanced(instance, found, source.submission, source.layout, at)
        item = source.layout.form.item.get(dict(zip(found.cells, found.items, strict=False)).get(address, ""))
        if found.code == "S107" and item is not None and item.total is not None:
            return _differ(cell, _sum(item.total, source.layout, at))
        if found.code.startswith("V1") and item is not None and found.blocks:
            return _no_figure(found, item, there, cell, at)
    if found.code in _OVERWRITTEN:
        return "" if there is not None and there.formula is not None else f"IF(_xlfn.ISFORMULA({cell}),0,1)"
    return "" if found.code in _ABOUT_FORMULAS else _as_it_was(there, cell)


def _instance(found: Finding, layout: Layout) -> Instance | None:
    """The relation at the place that the finding is about."""
    for instance in layout.form.instances:
        if instance.relation.id == found.code:
            items = tuple(dict.fromkeys(name.ident for name in instance.equation.names if not name.prior))
            if items == found.items:
                return instance
    return None


def _sum(total: Sum, layout: Layout, at: At) -> str:
    def cell(name: Name) -> str:
        sheet, place = layout.place[name.ident]
        return at(sheet.name, place.address)

    return total.render(cell)


def _unbalanced(instance: Instance, found: Finding, submission: Submission, layout: Layout, at: At) -> str:
    """The relation over the cells of this year; last year's share is the number that it was judged by."""
    equation, figures = instance.equation, submission.figures

    def side(total: Sum, value: object) -> str:
        now = tuple(name for name in total.names if not name.prior)
        if len(now) == len(total.names):
            return _sum(total, layout, at)
        rest: Figure = value if isinstance(value, int | Decimal) else 0
        for name in now:
            rest -= figures[name.ident] or 0
        return "+".join([_sum(Sum((name,)), layout, at) for name in now] + [f"({figure_text(rest)})"])

    return _differ(side(equation.left, found.given), side(equation.right, found.due), equation.sign)


def _differ(left: str, right: str, sign: str = "=") -> str:
    wrong = {"=": "<>", "<=": ">", ">=": "<"}[sign]
    gap = f"ROUND({left}-({right}),6)"
    return f"IF(ISERROR({gap}),1,IF({gap}{wrong}0,1,0))"


def _no_figure(found: Finding, item: Item, there: RawCell | None, cell: str, at: At) -> str:
    """Not a figure of the item's kind; or the very number that was refused, which looks like one."""
    switch = at(found.sheet, switch_address(item.table))
    if found.code == "V122":
        return f'IF({switch}="是",IF(N({cell})<>0,1,0),0)'
    blank = f'IF({switch}="是",0,1)'
    number = f"IF({improper(cell, item.kind)},1,{_as_it_was(there, cell) if found.code == _FORMULA else 0})"
    return f"IF(ISERROR({cell}),1,IF(ISNUMBER({cell}),{number},IF(LEN(TRIM({cell}))=0,{blank},1)))"


def _as_it_was(there: RawCell | None, cell: str) -> str:
    """The cell still holds what the finding is about."""
    if there is None or (there.text is None and there.formula is None):
        return f"IF(ISERROR({cell}),0,IF(LEN(TRIM({cell}))=0,1,0))"
    if there.formula is not None:
        return f"IF(_xlfn.ISFORMULA({cell}),1,0)"
    text = there.text or ""
    if there.kind == "b":
        return f"IF(ISLOGICAL({cell}),1,0)"
    if there.kind == "e":
        return f"IF(ISERROR({cell}),1,0)"
    if there.kind == "s":
        plain = text.isprintable() and len(text) <= _LONGEST
        same = f'EXACT({cell},"{_doubled(text)}")' if plain else f"LEN({cell})={len(text)}"
        return f"IF(ISERROR({cell}),0,IF({same},1,0))"
    try:
        number = format(Decimal(text), "f") if len(text) <= _LONGEST else ""
    except InvalidOperation:
        number = ""
    if not number or len(number) > _LONGEST:
        return f"IF(ISERROR({cell}),1,IF(LEN({cell})>0,1,0))"
    return f"IF(ISNUMBER({cell}),IF({cell}={number},1,0),0)"


def _doubled(text: str) -> str:
    return text.replace('"', '""')
