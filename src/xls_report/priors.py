"""Last year's submissions (上年数), matched by unit code and year: from workbooks, a summary's rows, exports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from xls_report.exported import exported_figures
from xls_report.figure import Figure
from xls_report.form import Form
from xls_report.intake import Intake, Outcome, Prior, find_files, take_in
from xls_report.roster import Roster
from xls_report.submission import Submission, Unit

Figures = Mapping[str, Figure]


def load_priors(
    path: Path, forms: Sequence[Form], roster: Roster | None = None, told: Callable[[Intake], None] | None = None
) -> Prior:
    """What gives last year's figures of a unit; raises OSError, FillError for a broken export.

    Two submissions of one unit and year that differ make it not assessable: it gives no figures, where a unit that is
    not there gives None. `told` is called with each file that could not be taken. With a roster, a unit is
    looked up by its 上年代码 and the units it took over (承接单位) are added; if one of them is missing, so is the sum.
    """
    files = find_files([path])
    exports = [file for file in files if file.suffix.lower() == ".json"]
    accepted = [s for file in exports for s in exported_figures(file.read_bytes(), file.name, forms)]
    rejected: list[Submission] = []
    for intake in take_in([file for file in files if file.suffix.lower() != ".json"], forms):
        if intake.submission is not None and intake.outcome in (Outcome.ACCEPTED, Outcome.REJECTED):
            kind = accepted if intake.outcome is Outcome.ACCEPTED else rejected
            kind += [intake.submission, *_parts(intake.submission)]
        elif told is not None and intake.outcome is Outcome.UNREADABLE:
            told(intake)
    # What was published last year counts even where a relation fails in it, but only where nothing better is there.
    single = {**_single(rejected), **_single(accepted)}

    def prior(unit: Unit, year: int) -> Figures | None:
        row = roster.find(unit.code) if roster is not None else None
        codes = [unit.code] if row is None else [row.prior_code or row.code, *row.takes_over]
        parts = [single.get((code, year)) for code in dict.fromkeys(codes)]
        if any(part is None for part in parts):
            return None
        return _added([part for part in parts if part is not None]) if all(parts) else {}

    return prior


def _single(submissions: list[Submission]) -> dict[tuple[str, int], Figures]:
    """Figures by unit code and year; none where two differ."""
    found: dict[tuple[str, int], list[Figures]] = {}
    for submission in submissions:
        figures = {item: value for item, value in submission.figures.items() if value is not None}
        found.setdefault((submission.unit.code, submission.year), []).append(figures)
    return {key: every[0] if all(f == every[0] for f in every) else {} for key, every in found.items()}


def _added(parts: list[Figures]) -> Figures:
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
