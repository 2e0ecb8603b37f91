"""What the cases share: forms, a filled workbook of a unit, places by name, and the codes that were seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from xls_report.figure import Figure
from xls_report.form import Form
from xls_report.formfile import form_of_year, load_forms
from xls_report.heading import Measure
from xls_report.intake import Intake, judge
from xls_report.layout import Cell, Kind, Layout, Role, Sheet
from xls_report.plan import compile_layout
from xls_report.resources import bundled
from xls_report.submission import Submission, Unit, zero
from xls_report.writer import write

UNIT = Unit("004", "区财政局")
COVER = {"leader": "赵一", "reviewer": "钱二", "filler": "孙三", "phone": "0595-12345678"}
FORMS = load_forms(bundled("templates"))


def form_of(year: int) -> Form:
    """The form in force for a report year."""
    form = form_of_year(FORMS, year)
    assert form is not None, year
    return form


def figure(form: Form, item: str, value: int | str | float) -> Figure:
    """A figure as a case writes it: 12, "251.30"."""
    assert not isinstance(value, float), f"{item}: write {value} as a string"
    return Decimal(value) if form.item[item].kind is Measure.AMOUNT else int(value)


def filled(
    year: int,
    figures: Mapping[str, int | str] | None = None,
    *,
    unit: Unit = UNIT,
    flags: Iterable[str] = (),
    **more: Any,
) -> Submission:
    """A unit's submission with every input 0 but for the figures given, and nothing missing on its cover."""
    form = form_of(year)
    values: dict[str, Figure | None] = {item.id: zero(item) for item in form.inputs}
    for item, value in (figures or {}).items():
        assert item in values, f"{item} is no input of {form.id}"
        values[item] = figure(form, item, value)
    return Submission(form, year, unit, values, cover=COVER, flags=frozenset(flags), **more)


def blank(year: int, unit: Unit = UNIT) -> Submission:
    """As issued."""
    return Submission(form_of(year), year, unit)


def workbook(submission: Submission, kind: Kind = Kind.UNIT) -> bytes:
    """The workbook of a submission."""
    return write(compile_layout(submission.form, kind, len(submission.covers)), submission)


@cache
def zero_workbook(year: int, kind: Kind = Kind.UNIT) -> bytes:
    """The workbook of a unit that has nothing to report, every cell filled in."""
    return workbook(filled(year), kind)


def taken(data: bytes, file: str = "x.xlsx", **more: Any) -> Intake:
    """What becomes of a workbook's bytes."""
    return judge(Path(file), hashlib.sha256(data).hexdigest(), data, FORMS, **more)


def known(submission: Submission) -> dict[str, Figure]:
    """The figures of a submission that are there, totals included: what serves as last year's."""
    return {item: value for item, value in submission.figures.items() if value is not None}


def place(layout: Layout, name: str) -> tuple[Sheet, str]:
    """Sheet and address of a place by its name.

    `t3.new.person` an item; `field.leader` on the cover; `identity.name`; `switch.t3`; `explain.G302`; `text.s5.0` the
    first paragraph; `label.表三 申请办理.一、本年…` the label that begins so; `guide.填报说明.…` likewise;
    `verdict.0` of the first relation; `detail.t3.new.person.0` of the first covered unit; `code.0`, `name.0` of the
    first covered unit, on the first detail sheet; `表三 申请办理!Z9` any cell.
    """
    sheet_name, mark, address = name.rpartition("!")
    if mark:
        return next(sheet for sheet in layout.sheets if sheet.name == sheet_name), address
    if name in layout.place:
        sheet, cell = layout.place[name]
        return sheet, cell.address
    for sheet in layout.sheets:
        for cell in (*sheet.cells, *(sheet.rows or ())):
            if name in _names(sheet, cell) or _begins(sheet, cell, name):
                return sheet, cell.address
    raise LookupError(name)


def _names(sheet: Sheet, cell: Cell) -> tuple[str, ...]:
    match cell.role:
        case Role.FIELD | Role.SWITCH | Role.EXPLAIN:
            return (f"{cell.role}.{cell.key}",)
        case Role.IDENTITY:
            return (f"identity.{_identity(cell.content)}",)
        case Role.TEXT | Role.DETAIL:
            return (f"{cell.role}.{cell.key}.{cell.index}",)
        case Role.CHECK | Role.COVER:
            return (f"{cell.key}.{cell.index}",)
    return ()


def _identity(content: str) -> str:
    return "title" if "{title}" in content else content.strip("{}")


def _begins(sheet: Sheet, cell: Cell, name: str) -> bool:
    if cell.role not in (Role.LABEL, Role.GUIDE):
        return False
    start = f"{cell.role}.{sheet.name}."
    return name.startswith(start) and cell.content.startswith(name.removeprefix(start))


def facts(intake: Intake) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Code, level, sheet and cells of every finding: what a case is compared by."""
    return [(found.code, str(found.level), found.sheet, found.cells) for found in intake.findings]


def codes(intake: Intake) -> list[str]:
    """The codes of the findings, in order."""
    return [found.code for found in intake.findings]
