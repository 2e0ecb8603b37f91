"""The cases of `tests/cases`: what a person did to a filled workbook, and exactly what is found.

A folder's `case.toml` holds: `what`, one sentence; `zh`, the same as a clerk would say it; `part`, the heading it comes
under (see `people.py`); `year`; optional `kind` ("tables": without text sheets), `blank`
(the workbook as issued), `label`, `issuer` and `flags` as issued, `roster_flags` that decide instead; `[figures]` other
than 0; `[prior]`, last year's submission, 0 where nothing is said, or `prior_missing` where there is one of other units
only, `prior_two` where there are two that differ, `prior_without` what it lacks; `[grey]`, last year's figures as they
stand in the workbook; `zero_report`, `[explanations]`, `[cover]`; the list `[[act]]` (see `acts.py`); `outcome`;
`[values]` as read, "" for none; and the list `[[finding]]` with code, level, sheet, cells and optional given, due,
message, advice. Cells are named as in `support.place`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from acts import perform
from support import COVER, UNIT, blank, filled, known, place, taken, workbook, zero_workbook

from xls_report.figure import Figure, as_json
from xls_report.form import Form
from xls_report.intake import Intake
from xls_report.layout import Kind, Layout
from xls_report.plan import compile_layout
from xls_report.submission import Submission, Unit

FOLDER = Path(__file__).parent / "cases"
NAMES = tuple(sorted(path.parent.name for path in FOLDER.glob("*/case.toml")))
_KEYS = {
    *(
        "what",
        "zh",
        "part",
        "year",
        "kind",
        "blank",
        "flags",
        "roster_flags",
        "figures",
        "prior",
        "prior_missing",
        "grey",
    ),
    *("prior_without", "prior_two"),
    *("label", "issuer"),
    *("zero_report", "explanations", "cover", "act", "outcome", "values", "finding"),
}
_REQUIRED = {"what", "zh", "part", "year", "outcome"}
_FIGURES = {"blank", "flags", "figures", "zero_report", "explanations", "cover", "grey", "label", "issuer"}
_FINDING = {"code", "level", "sheet", "cells", "given", "due", "message", "advice"}


@dataclass(frozen=True)
class Case:
    """A case as written."""

    name: str
    raw: dict[str, Any]

    @property
    def year(self) -> int:
        year: int = self.raw["year"]
        return year

    @property
    def submission(self) -> Submission:
        grey = known(filled(self.year, self.raw["grey"])) if "grey" in self.raw else {}
        if self.raw.get("blank"):
            issued = blank(self.year)
            return replace(issued, values=issued.form.prefilled(grey), prior=grey)
        made = filled(self.year, self.raw.get("figures"), flags=self.raw.get("flags", ()), prior=grey)
        return replace(
            made,
            cover={**COVER, **self.raw.get("cover", {})},
            zero_report=frozenset(self.raw.get("zero_report", ())),
            explanations=self.raw.get("explanations", {}),
            label=self.raw.get("label", ""),
            issuer=self.raw.get("issuer", ""),
        )

    @property
    def layout(self) -> Layout:
        return compile_layout(self.submission.form, Kind(self.raw.get("kind", "unit")))

    def prior(self, unit: Unit, year: int) -> dict[str, Figure] | None:
        if "prior_missing" in self.raw or (unit.code, year) != (UNIT.code, self.year - 1):
            return None
        if self.raw.get("prior_two"):
            return {}
        figures = known(filled(year, self.raw["prior"]))
        return {item: value for item, value in figures.items() if item not in self.raw.get("prior_without", ())}

    def data(self) -> bytes:
        """The workbook after what the person did to it."""
        plain = not _FIGURES & set(self.raw)
        kind = Kind(self.raw.get("kind", "unit"))
        data = zero_workbook(self.year, kind) if plain else workbook(self.submission, kind)
        return perform(data, self.layout, *self.raw.get("act", ()))

    def intake(self) -> Intake:
        data = self.data()
        flags = {UNIT.code: frozenset(self.raw["roster_flags"])} if "roster_flags" in self.raw else None
        prior = self.prior if {"prior", "prior_missing"} & set(self.raw) else None
        return taken(data, f"{self.name}.xlsx", prior=prior, flags=flags)

    def due(self) -> list[tuple[str, str, str, tuple[str, ...]]]:
        """The findings as `support.facts` gives them."""
        layout = self.layout
        return [
            (f["code"], f["level"], f["sheet"], tuple(place(layout, name)[1] for name in f["cells"]))
            for f in self.raw.get("finding", ())
        ]


@cache
def load(name: str) -> Case:
    """A case by the name of its folder."""
    raw = tomllib.loads((FOLDER / name / "case.toml").read_text(encoding="utf-8"))
    assert set(raw) <= _KEYS, f"{name}: {sorted(set(raw) - _KEYS)}"
    assert set(raw) >= _REQUIRED, f"{name}: {sorted(_REQUIRED - set(raw))}"
    for found in raw.get("finding", ()):
        assert set(found) <= _FINDING, f"{name}: {sorted(set(found) - _FINDING)}"
    return Case(name, raw)


@cache
def outcome(name: str) -> Intake:
    """What became of the case; run once."""
    return load(name).intake()


def read_value(form: Form, intake: Intake, item: str) -> int | str | None:
    """The figure as JSON has it."""
    assert intake.submission is not None
    assert item in form.item, item
    return as_json(intake.submission.figures[item])
