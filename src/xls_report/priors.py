"""Last year's submissions (上年数), matched by unit code and year: from workbooks, a summary's rows, exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xls_report.fill import FillError, figure_from_json, load_objects
from xls_report.form import Form, form_by_id
from xls_report.intake import Prior, find_files, take_in
from xls_report.roster import Roster
from xls_report.submission import Submission, Unit

Key = tuple[str, int]


def load_priors(path: Path, forms: Sequence[Form], roster: Roster | None = None) -> Prior:
    """What gives last year's submission of a unit; raises OSError, FillError for a broken export.

    Two submissions of one unit and year that differ make it not assessable: neither is taken. The roster's 上年代码 is
    looked up where the unit's own code finds nothing.
    """
    found: dict[Key, list[Submission]] = {}
    files = find_files([path])
    for file in files:
        if file.suffix.lower() == ".json":
            for submission in _exported(file, forms):
                found.setdefault((submission.unit.code, submission.year), []).append(submission)
    for intake in take_in([file for file in files if file.suffix.lower() != ".json"], forms):
        if intake.submission is not None and intake.outcome in ("accepted", "rejected"):
            for submission in (intake.submission, *_parts(intake.submission)):
                found.setdefault((submission.unit.code, submission.year), []).append(submission)
    single = {key: every[0] for key, every in found.items() if all(s.figures == every[0].figures for s in every)}

    def prior(unit: Unit, year: int) -> Submission | None:
        row = roster.find(unit.code) if roster is not None else None
        code = row.prior_code if row is not None and row.prior_code else unit.code
        return single.get((code, year))

    return prior


def _parts(summary: Submission) -> list[Submission]:
    """The covered units of a summary as submissions of their own."""
    form = summary.form
    inputs = {item.id for item in form.inputs}
    return [
        Submission(form, summary.year, cover.unit, {i: v for i, v in cover.values.items() if i in inputs})
        for cover in summary.covers
        if cover.values
    ]


def _exported(file: Path, forms: Sequence[Form]) -> list[Submission]:
    found = []
    for data in load_objects(file.read_text(encoding="utf-8-sig")):
        form = form_by_id(forms, data.get("form"))
        unit, year, values = data.get("unit"), data.get("year"), data.get("values")
        if form is None or not isinstance(unit, dict) or type(year) is not int or not isinstance(values, dict):
            raise FillError([f"{file.name}：不是 export 输出的数据"])
        figures = {}
        for item in form.inputs:
            value = figure_from_json(item, values.get(item.id))
            if isinstance(value, str):
                raise FillError([f"{file.name}：{value}"])
            figures[item.id] = value
        blank = Submission(form, year, Unit(str(unit.get("code", "")), str(unit.get("name", ""))))
        found.append(replace(blank, values=figures))
    return found
