"""Last year's submissions (上年数), matched by unit code and year: from workbooks, a summary's rows, exports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xls_report.exported import exported_figures
from xls_report.figure import Figure
from xls_report.form import Form
from xls_report.inbox import Judging, find_files, here, take_in
from xls_report.intake import Intake, Outcome
from xls_report.roster import Roster
from xls_report.submission import Submission, Unit

Figures = Mapping[str, Figure]


@dataclass(frozen=True)
class Priors:
    """Last year's figures by unit code and year; a call gives those of a unit of this year's roster.

    A unit without any gives None; one with two submissions that differ gives no figures. With a roster, a unit is
    looked up by its 上年代码 and the units it took over (承接单位) are added; if one of them is missing, so is the sum.
    """

    single: Mapping[tuple[str, int], Figures]
    names: Mapping[str, str]  # of the units, by code
    sums: frozenset[tuple[str, int]]  # code and year of those that are summaries
    roster: Roster | None = None

    def __call__(self, unit: Unit, year: int) -> Figures | None:
        parts = [self.single.get((code, year)) for code in self.codes(unit)]
        if any(part is None for part in parts):
            return None
        return added([part for part in parts if part is not None]) if all(parts) else {}

    def codes(self, unit: Unit) -> tuple[str, ...]:
        """The codes under which this year's unit reported last year."""
        row = self.roster.find(unit.code) if self.roster is not None else None
        every = [unit.code] if row is None else [row.prior_code or row.code, *row.takes_over]
        return tuple(dict.fromkeys(every))

    def reported(self, unit: Unit, year: int) -> bool:
        """Whether anything of that year is there of the unit or of one that it took over, be it unusable."""
        return any((code, year) in self.single for code in self.codes(unit))

    def left(self, year: int) -> tuple[tuple[Unit, Figures], ...]:
        """Units of that year that no unit of the roster continues: neither itself nor one that took it over."""
        if self.roster is None:
            return ()
        office = self.roster.office
        rows = [*self.roster.units, *([office] if office is not None else [])]
        kept = {code for row in rows for code in self.codes(row.unit)}
        found = [key for key in self.single if key[1] == year and key[0] not in kept and key not in self.sums]
        return tuple((Unit(code, self.names[code]), self.single[code, year]) for code, _ in sorted(found))


def load_priors(
    path: Path,
    forms: Sequence[Form],
    roster: Roster | None = None,
    told: Callable[[Intake], None] | None = None,
    judging: Callable[[Sequence[Path]], Judging] | None = None,
) -> Priors:
    """Last year's submissions of a file or folder; raises OSError, FillError for a broken export.

    `told` is called with each file that could not be taken; `judging` says how so many are judged.
    """
    files = find_files([path])
    exports = [file for file in files if file.suffix.lower() == ".json"]
    accepted = [s for file in exports for s in exported_figures(file.read_bytes(), file.name, forms)]
    rejected: list[Submission] = []
    books = [file for file in files if file.suffix.lower() != ".json"]
    for intake in take_in(books, forms, judging=judging(books) if judging is not None else here):
        if intake.submission is not None and intake.outcome in (Outcome.ACCEPTED, Outcome.REJECTED):
            kind = accepted if intake.outcome is Outcome.ACCEPTED else rejected
            kind += [intake.submission, *_parts(intake.submission)]
        elif told is not None and intake.outcome is Outcome.UNREADABLE:
            told(intake)
    # What was published last year counts even where a relation fails in it, but only where nothing better is there.
    every = (*rejected, *accepted)
    names = {s.unit.code: s.unit.name for s in every}
    sums = frozenset((s.unit.code, s.year) for s in every if s.covers)
    return Priors({**_single(rejected), **_single(accepted)}, names, sums, roster)


def _single(submissions: list[Submission]) -> dict[tuple[str, int], Figures]:
    """Figures by unit code and year; none where two differ."""
    found: dict[tuple[str, int], list[Figures]] = {}
    for submission in submissions:
        figures = {item: value for item, value in submission.figures.items() if value is not None}
        found.setdefault((submission.unit.code, submission.year), []).append(figures)
    return {key: every[0] if all(f == every[0] for f in every) else {} for key, every in found.items()}


def added(parts: list[Figures]) -> Figures:
    """Item by item, of what every part has."""
    common = [item for item in parts[0] if all(item in part for part in parts)]
    return {item: sum((part[item] for part in parts[1:]), parts[0][item]) for item in common}


def _parts(summary: Submission) -> list[Submission]:
    """The covered units of a summary as submissions of their own."""
    form = summary.form
    return [
        Submission(form, summary.year, cover.unit, {item.id: cover.values.get(item.id) for item in form.inputs})
        for cover in summary.covers
        if cover.values
    ]
