"""A small round of collecting, made in memory: units with a few figures, last year's, and what `merge` makes of it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import openpyxl
from support import FORMS, filled, known, taken, workbook

from xls_report.collect import Collection, collect
from xls_report.intake import Intake
from xls_report.merge import Merged, merge, write_merged, write_upward
from xls_report.priors import Figures, Priors
from xls_report.roster import Roster, RosterUnit
from xls_report.settings import OPEN, Settings
from xls_report.submission import Submission

OFFICE = RosterUnit("000", "临江区")
Few = Mapping[str, int | str]


@dataclass(frozen=True)
class Part:
    """A unit of the round: its figures this year, None if it sent nothing, and last year's, None if unknown."""

    unit: RosterUnit
    now: Few | None = field(default_factory=dict)
    last: Few | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    unclear: bool = False  # two submissions of last year that differ


@dataclass(frozen=True)
class Round:
    """Who reports what; `office` is what the office itself published last year, `gone` are units of last year alone."""

    parts: tuple[Part, ...]
    office: Few | None = None
    gone: Mapping[tuple[str, str], Few] = field(default_factory=dict)
    settings: Settings = OPEN
    year: int = 2025
    without: tuple[str, ...] = ()
    more: tuple[RosterUnit, ...] = ()
    decisions: tuple[Any, ...] = ()
    before: Submission | None = None

    @cached_property
    def roster(self) -> Roster:
        units = (*(part.unit for part in self.parts), *self.more)
        return Roster(units, OFFICE, decisions=self.decisions, settings=self.settings)

    @cached_property
    def priors(self) -> Priors | None:
        """None where nothing of last year is known at all."""
        year = self.year - 1
        single: dict[tuple[str, int], Figures] = {}
        names = {part.unit.code: part.unit.name for part in self.parts}
        for part in self.parts:
            if part.last is not None or part.unclear:
                single[part.unit.code, year] = known(filled(year, part.last)) if not part.unclear else {}
        for (code, name), figures in self.gone.items():
            single[code, year], names[code] = known(filled(year, figures)), name
        sums = frozenset({(OFFICE.code, year)} if self.office is not None else ())
        if self.office is not None:
            single[OFFICE.code, year] = known(filled(year, self.office))
        return Priors(single, names, sums, self.roster) if single else None

    @cached_property
    def intakes(self) -> list[Intake]:
        found = []
        for part in self.parts:
            if part.now is not None:
                own = filled(self.year, part.now, unit=part.unit.unit, explanations=part.reasons)
                data = workbook(own)
                found.append(taken(data, f"{part.unit.code}.xlsx", prior=self.priors))
        return found

    @cached_property
    def collection(self) -> Collection:
        return collect(self.roster, self.intakes, without=self.without)

    @cached_property
    def merged(self) -> Merged:
        found = merge(self.collection, self.priors, forms=FORMS, before=self.before)
        assert found is not None
        return found

    @cached_property
    def working(self) -> bytes:
        return write_merged(self.merged)

    @cached_property
    def upward(self) -> bytes:
        return write_upward(self.merged)


def unit(code: str, name: str, group: str = "", **more: Any) -> RosterUnit:
    return RosterUnit(code, name, group, **more)


@dataclass(frozen=True)
class Shown:
    """A cell as a person sees it and what stands behind it."""

    cell: str
    value: object
    formula: str = ""


def rows(data: bytes, sheet: str) -> list[list[Shown]]:
    """The filled cells of a sheet, row by row."""
    plain, stored = (openpyxl.load_workbook(io.BytesIO(data), data_only=only) for only in (False, True))
    found = []
    for row in plain[sheet].iter_rows():
        cells = []
        for cell in row:
            if cell.value is not None:
                formula = str(cell.value) if cell.data_type == "f" else ""
                cells.append(Shown(cell.coordinate, stored[sheet][cell.coordinate].value, formula))
        if cells:
            found.append(cells)
    for book in (plain, stored):
        book.close()
    return found


def exact(value: object) -> Fraction:
    """A stored number as the decimal it stands for."""
    assert isinstance(value, int | float), value
    assert not isinstance(value, bool)
    return Fraction(repr(value))


def texts(data: bytes, sheet: str) -> list[list[object]]:
    """What a person reads there."""
    return [[cell.value for cell in row] for row in rows(data, sheet)]
