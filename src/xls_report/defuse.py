"""What reaches out of a workbook is not handed on: formulas, names, links, rules; each kind that went is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from xls_report.compare import formula_key
from xls_report.conditions import Source
from xls_report.layout import Role

# References to other files and programs, and functions that fetch, call or show what is not in the workbook.
_DEFUSED = re.compile(
    r"[|\[]|WEBSERVICE|HYPERLINK|FILTERXML|IMAGE|DISPIMG|\b(?:RTD|CALL|REGISTER|EXEC|DDE)\b", re.IGNORECASE
)


def defuse(book: Any, source: Source) -> tuple[str, ...]:
    """No formula that reaches out of the workbook, and no link out of it, is handed on: what of these there was."""
    found: dict[str, None] = {}
    own = {place: formula_key(text) for place, text in own_formulas(source).items()}
    for holder in (book, *book.worksheets):
        for name in list(holder.defined_names):
            if _DEFUSED.search(holder.defined_names[name].value or ""):
                del holder.defined_names[name]
                found["引用外部的名称"] = None
    for page in book.worksheets:
        rules = page.data_validations.dataValidation
        kept = [rule for rule in rules if not _DEFUSED.search(f"{rule.formula1} {rule.formula2}")]
        if len(kept) < len(rules):
            page.data_validations.dataValidation = kept
            found["引用外部的数据验证"] = None
        for table in list(page.tables):
            if _DEFUSED.search(_columns(page.tables[table])):
                del page.tables[table]
                found["表格样式"] = None
        for cell in stored(page):
            text = _text_of(cell.value) if cell.data_type == "f" else ""
            if _DEFUSED.search(text) and formula_key(text[1:]) != own.get((page.title, cell.coordinate)):
                cell.value, cell.data_type = text, "s"
                found["引用外部的公式（改成了文字）"] = None
            if cell.hyperlink is not None and not cell.hyperlink.location:
                cell.hyperlink = None
        if not keep_rules(page, lambda text: not _DEFUSED.search(text)):
            found["引用外部的条件格式"] = None
    return tuple(found)


def stored(page: Any) -> list[Any]:
    """The cells that are there: to walk by row and column makes those that are not, a million on a sheet of two."""
    return list(page._cells.values())


def keep_rules(page: Any, wanted: Callable[[str], object]) -> bool:
    """Keep the conditional formats whose formula is wanted; whether these are all."""
    kept = type(page.conditional_formatting)()
    every = [(str(area.sqref), rule) for area in page.conditional_formatting for rule in area.rules]
    for cells, rule in every:
        if wanted(f"{' '.join(rule.formula)} {_scale(rule)}"):
            kept.add(cells, rule)
    page.conditional_formatting = kept
    return len(every) == sum(len(area.rules) for area in kept)


def _scale(rule: Any) -> str:
    """The formulas by which a colour scale, a data bar or icons are graded."""
    parts = (rule.colorScale, rule.dataBar, rule.iconSet)
    return " ".join(str(value.val) for part in parts if part is not None for value in part.cfvo)


def _columns(table: Any) -> str:
    """The formulas by which the columns of a table are filled."""
    formulas = (f for column in table.tableColumns for f in (column.calculatedColumnFormula, column.totalsRowFormula))
    return " ".join(str(formula.attr_text) for formula in formulas if formula is not None)


def own_formulas(source: Source) -> dict[tuple[str, str], str]:
    """The formulas that the workbook was issued with, by sheet and cell."""
    sheets = source.layout.sheets if source.layout is not None else ()
    roles = (Role.CHECK, Role.TOTAL, Role.SUM, Role.TITLE)
    cells = {(sheet.name, cell.address): cell.content for sheet in sheets for cell in sheet.of(*roles)}
    rows = [(sheet.name, cell) for sheet in sheets if sheet.rows is not None for cell in sheet.rows]
    return cells | {(name, cell.address): cell.content for name, cell in rows if cell.content}


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else f"={str(getattr(value, 'text', None) or '').removeprefix('=')}"
