"""No act changes a number in the summary without a finding: random acts on a workbook, one after the other.

Beside the reader stands a person who looks for labels (`eyes.py`). Whatever `hands.py` did, a figure that is taken is
the one that this person sees beside its labels, or a finding says so. Figures moved among the cells that are there to
be filled in, their labels staying, are figures typed: no reader can tell, and the person reads them where they stand.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

import pytest
from eyes import Look, Sight, look
from fillings import FORMS, KINDS, filling
from hands import ACTS, Desk, opened, saved
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from office import convert, needs_office
from support import taken, workbook

from xls_report.figure import Figure
from xls_report.finding import Finding
from xls_report.form import Form, Item
from xls_report.intake import Intake, Outcome
from xls_report.layout import Kind
from xls_report.plan import compile_layout
from xls_report.submission import Submission


def unsaid(intake: Intake, seen: dict[str, Sight], issued: dict[str, Sight]) -> list[str]:
    """What was read otherwise than it is seen, and no finding says so; `issued` is what was seen before all acts."""
    blocks = any(found.blocks for found in intake.findings)
    if (intake.outcome is Outcome.ACCEPTED) == blocks or (intake.submission is None and not blocks):
        return [f"{intake.outcome} with {[f.code for f in intake.findings]}"]
    if intake.submission is None:
        return []
    # Relations do not count: that a sum does not come out says nothing of how its parts were read.
    told = [found for found in intake.findings if found.code[0] in "FSV"]
    form, read = intake.submission.form, {**intake.submission.figures, **intake.submission.values}
    return [
        f"{item.id}: {seen[item.id]}, read as {read.get(item.id)}"
        for item in form.items
        if not _said(item, seen[item.id], read.get(item.id), told, issued[item.id])
    ]


def _said(item: Item, sight: Sight, figure: Figure | None, told: list[Finding], issued: Sight) -> bool:
    here = [f for f in told if f.sheet == item.table.sheet or (f.code[0] == "F" and not f.sheet)]
    named = [f for f in told if item.id in f.items or (f in here and sight.cell in f.cells)]
    refused = any(f.blocks for f in named) or any(f.blocks and f.code[0] in "FS" for f in here)
    if item.total is not None:
        # Computed, never read: that something else stands there is told of.
        kept = sight.formula is not None and sight.formula == issued.formula
        same = sight.look is Look.FIGURE and sight.value == figure
        return kept or same or refused or bool(named and sight.look is not Look.FIGURE)
    match sight.look:
        case Look.FIGURE:
            return sight.value == figure or (figure is None and refused)
        case Look.BLANK:
            return figure is None and refused
        case Look.UNCLEAR:
            return bool(named) or (figure is None and refused)
        case Look.TWICE:  # it stands where it was issued; that there is more is told of
            return any(f.code[0] == "S" for f in here)
        case Look.NOWHERE:
            return refused


@cache
def written(form: Form, kind: str, seed: int) -> tuple[bytes, Submission]:
    submission = filling(form, kind, seed)
    return workbook(submission, Kind.TABLES), submission


def desk(form: Form, data: bytes) -> Desk:
    return Desk(opened(data), compile_layout(form, Kind.TABLES))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
@pytest.mark.parametrize("kind", KINDS)
def test_the_person_finds_every_figure_of_a_workbook_as_written(form: Form, kind: str) -> None:
    data, submission = written(form, kind, 1)
    seen = look(opened(data), form)
    values = {item.id: seen[item.id].value for item in form.inputs}
    assert values == {item.id: submission.figures[item.id] for item in form.inputs}
    assert all(seen[item.id].formula for item in form.items if item.total is not None)


@pytest.mark.parametrize("name", sorted(ACTS))
def test_one_act(name: str) -> None:
    for seed in range(30 if name in ("type_anything", "change_a_format", "declare_zero") else 4):
        form = FORMS[seed % 2]
        data, _ = written(form, "balanced zero" if seed % 4 == 3 else "balanced", 0)
        end, random = desk(form, data), Random(f"{name} {seed}")
        before, said = look(end.book, form), ACTS[name](end, random)
        assert unsaid(taken(saved(end.book)), look(end.book, form), before) == [], said


class Workbook(RuleBasedStateMachine):
    """One workbook, on which people act."""

    form: Form

    @initialize(kind=st.sampled_from(("balanced", "balanced zero", *KINDS)), seed=st.integers(0, 3))
    def issue(self, kind: str, seed: int) -> None:
        data, self.issued = written(self.form, kind, seed)
        self.desk = desk(self.form, data)
        self.before = look(self.desk.book, self.form)
        self.done = [f"{self.form.id} {kind} {seed}"]
        self.kept = [data]
        self.check(data)

    @rule(name=st.sampled_from(sorted(ACTS)), random=st.randoms(use_true_random=False), back=st.booleans())
    def act(self, name: str, random: Random, back: bool) -> None:
        if back and self.blocked and len(self.kept) > 1:  # a table that is refused would hide what is done to it next
            self.done.append("taken back")
            self.kept.pop()
            self.desk.book = opened(self.kept[-1])
        if said := ACTS[name](self.desk, random):
            self.done.append(said)
            self.kept.append(saved(self.desk.book))
            self.check(self.kept[-1])

    def check(self, data: bytes) -> None:
        intake = taken(data)
        self.blocked = any(found.blocks and found.code[0] in "FSV" for found in intake.findings)
        event("blocked" if self.blocked else str(intake.outcome))
        wrong = unsaid(intake, look(self.desk.book, self.form), self.before)
        assert not wrong, self.done
        if intake.submission is not None and not any(found.code.startswith("F2") for found in intake.findings):
            assert (intake.submission.unit, intake.submission.year) == (self.issued.unit, self.issued.year), self.done


class Workbook2019(Workbook):
    form = FORMS[0]


class Workbook2021(Workbook):
    form = FORMS[-1]


TestForm2019, TestForm2021 = Workbook2019.TestCase, Workbook2021.TestCase
# Nothing is made smaller: that takes minutes, and a failure tells what was done in a few short lines.
TestForm2019.settings = TestForm2021.settings = settings(
    max_examples=12,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),
)


@pytest.mark.office
@needs_office
def test_libreoffice_changes_no_figure_unsaid_whatever_was_done_before(tmp_path: Path) -> None:
    ends: dict[str, bytes] = {}
    said: dict[str, str] = {}
    for seed in range(12):
        random = Random(seed)
        form = FORMS[seed % 2]
        end = desk(form, written(form, random.choice(KINDS), seed % 4)[0])
        done = [ACTS[random.choice(sorted(ACTS))](end, random) for _ in range(3)]
        ends[str(seed)], said[str(seed)] = saved(end.book), f"{form.id} {'; '.join(filter(None, done))}"
    read = 0
    for seed_, data in convert(tmp_path, ends).items():
        form = FORMS[int(seed_) % 2]
        before, after = taken(ends[seed_]), taken(data)
        issued = look(opened(written(form, KINDS[0], 1)[0]), form)
        assert unsaid(after, look(opened(data), form), issued) == [], said[seed_]
        if before.submission is None or after.submission is None:
            continue
        told = {item for found in after.findings for item in found.items if found.code[0] in "FSV"}
        ours, theirs = before.submission.values, after.submission.values
        wrong = {item for item in {*ours, *theirs} if ours.get(item) != theirs.get(item)}
        assert wrong <= told, said[seed_]
        read += len({*ours, *theirs} - wrong)
    assert read > 1000
