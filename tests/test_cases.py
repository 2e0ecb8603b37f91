"""Every case gives exactly its findings; together they make every code of the catalogue and every relation fire."""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import collect_cases
import file_cases
import folder_cases
import golden
import import_cases
import pytest
import relation_cases
import report_cases
import summary_cases
from acts import perform
from relation_cases import PLACES, YEARS, Place
from support import COVER, FORMS, UNIT, codes, facts, figure, filled, known, taken, workbook, zero_workbook

from xls_report.catalogue import CATALOGUE
from xls_report.check import Outcome as Verdict
from xls_report.check import judge
from xls_report.collect import Collection, collect
from xls_report.finding import Finding
from xls_report.form import Form
from xls_report.intake import Intake, Outcome
from xls_report.plan import compile_layout
from xls_report.submission import Cover, Submission, Unit


@dataclass(frozen=True)
class Seen:
    """The results of all cases, each run once."""

    folders: dict[str, Intake]
    files: dict[str, tuple[Intake, ...]]
    rounds: dict[str, Collection]
    summaries: dict[str, Intake]
    relations: dict[str, tuple[Intake, tuple[Place, ...]]]
    sums: dict[str, tuple[Finding, ...]]
    reports: dict[str, tuple[Finding, ...]]
    imports: dict[str, tuple[Finding, ...]]

    @property
    def intakes(self) -> list[Intake]:
        found = [*self.folders.values(), *self.summaries.values()]
        found += [intake for intake, _ in self.relations.values()]
        found += [intake for intakes in self.files.values() for intake in intakes]
        return [*found, *(intake for one in self.rounds.values() for intake in one.intakes)]

    @property
    def findings(self) -> list[Finding]:
        found = [found for intake in self.intakes for found in intake.findings]
        beside = (*self.sums.values(), *self.reports.values(), *self.imports.values())
        return [*found, *(found for every in beside for found in every)]


def _broken(place: Place) -> tuple[Intake, tuple[Place, ...]]:
    figures, places = relation_cases.broken(place, 1)
    now, before = figures.submissions(YEARS[place.form.id])
    return taken(workbook(now), prior=lambda unit, year: known(before)), places


@pytest.fixture(scope="session")
def seen() -> Seen:
    """All cases, run once."""
    return Seen(
        folders={name: folder_cases.outcome(name) for name in folder_cases.NAMES},
        files={name: file_cases.outcome(name) for name in (*file_cases.CASES, *file_cases.FAULTS)},
        rounds={name: collect_cases.outcome(name) for name in collect_cases.CASES},
        summaries={name: summary_cases.outcome(name) for name in summary_cases.CASES},
        relations={place.name: _broken(place) for place in PLACES},
        sums={name: collect_cases.summed(name) for name in collect_cases.CASES},
        reports={name: report_cases.outcome(name) for name in report_cases.CASES},
        imports={name: import_cases.outcome(name) for name in import_cases.CASES},
    )


# What a person did to a workbook.


@pytest.mark.parametrize("name", folder_cases.NAMES)
def test_case(name: str, seen: Seen) -> None:
    case, intake = folder_cases.load(name), seen.folders[name]
    raw = case.raw
    shown = "\n".join(found.line(name) for found in intake.findings)
    assert facts(intake) == case.due(), shown
    assert intake.outcome == raw["outcome"]
    for found, due in zip(intake.findings, raw.get("finding", ()), strict=True):
        given = {"message": found.message, **found.as_json()}
        assert {key: given[key] for key in ("given", "due", "message", "advice") if key in due} == {
            key: due[key] for key in ("given", "due", "message", "advice") if key in due
        }
    for item, value in raw.get("values", {}).items():
        read = folder_cases.read_value(case.submission.form, intake, item)
        assert ("" if read is None else read) == value, item


# Files that are no workbook, or none that may be read.


@pytest.mark.parametrize("name", file_cases.CASES)
def test_file(name: str, seen: Seen) -> None:
    _, due = file_cases.CASES[name]
    intakes = seen.files[name]
    found = {Path(i.file).as_posix(): (str(i.outcome), " ".join(codes(i))) for i in intakes}
    assert {file: found[file] for file in due} == due
    others = {file: said for file, said in found.items() if file not in due}
    if name == "too many files":
        # Only workbooks count toward the limit; the other files stay what they are.
        assert Counter(outcome for outcome, _ in others.values())["ignored"] == file_cases.MOST
        assert len(others) == 2 * file_cases.MOST
    else:
        assert not others


@pytest.mark.parametrize("name", file_cases.FAULTS)
def test_file_that_cannot_be_read(name: str, seen: Seen) -> None:
    (intake,) = seen.files[name]
    assert (intake.outcome, codes(intake)) == (Outcome.UNREADABLE, [file_cases.FAULTS[name][1]])


# Files and roster.


@pytest.mark.parametrize("name", collect_cases.CASES)
def test_round(name: str, seen: Seen) -> None:
    case, found = collect_cases.CASES[name], seen.rounds[name]
    assert tuple((one.code, one.message) for one in seen.sums[name]) == case.summed
    said = {Path(i.file).name: (str(i.outcome), " ".join(codes(i))) for i in found.intakes}
    assert said == case.due
    assert tuple(unit.code for unit, _ in found.included) == case.included
    assert tuple(unit.code for unit in found.rejected) == case.rejected
    assert tuple(conflict.unit.code for conflict in found.conflicts) == case.conflicts
    assert tuple(unit.code for unit in found.exempt) == case.exempt
    placed = {*case.included, *case.rejected, *case.conflicts, *case.exempt}
    assert tuple(u.code for u in found.missing) == tuple(c for c in collect_cases.ALL if c not in placed)
    counts = found.unit_counts()
    assert counts.pop("expected") == sum(counts.values())
    assert all(intake in found.intakes and intake.outcome is Outcome.ACCEPTED for _, intake in found.included)


# What a person did to a summary.


@pytest.mark.parametrize("name", summary_cases.CASES)
def test_summary(name: str, seen: Seen) -> None:
    case, intake = summary_cases.CASES[name], seen.summaries[name]
    shown = "\n".join(found.line(name) for found in intake.findings)
    assert facts(intake) == [due.fact() for due in case.found], shown
    for found, due in zip(intake.findings, case.found, strict=True):
        assert due.message in ("", found.message)
    assert intake.outcome is case.outcome
    read = intake.submission.figures["t4.review.total"] if intake.submission is not None else None
    assert read == case.reviews


def test_a_summary_of_more_units_than_can_be_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two villages where cells enough for one may be read."""
    data = summary_cases.made()
    monkeypatch.setattr("xls_report.reader.MAX_CELLS", len(FORMS[-1].items))
    intake = taken(data)
    assert (intake.outcome, codes(intake)) == (Outcome.UNREADABLE, ["F106"])
    assert "工作底稿汇总了 2 个单位，读取的上限是 1 个" in intake.findings[0].message


# Relations.


def _less_last_year(intake: Intake) -> tuple[Intake, bool]:
    """Without what random figures give against last year's by chance, and whether that alone rejects the file."""
    chance = [found for found in intake.findings if found.code.startswith("D")]
    rest = tuple(found for found in intake.findings if found not in chance)
    return replace(intake, findings=rest), any(found.blocks for found in chance)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_relation_fires_where_it_is_broken(place: Place, seen: Seen) -> None:
    intake, broken = seen.relations[place.name]
    intake, chance = _less_last_year(intake)
    layout = compile_layout(place.form)
    assert place in broken or place.name in [other.name for other in broken]
    due = [(other.relation.id, str(other.relation.level), *other.cells(layout)) for other in broken]
    assert [(code, level, sheet, set(cells)) for code, level, sheet, cells in facts(intake)] == due
    blocks = chance or any(other.relation.level != "warning" for other in broken)
    assert intake.outcome is (Outcome.REJECTED if blocks else Outcome.ACCEPTED)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
@pytest.mark.parametrize("seed", range(3))
def test_no_relation_fires_where_none_is_broken(form: Form, seed: int) -> None:
    now, before = relation_cases.sound(form, seed).submissions(YEARS[form.id])
    intake, chance = _less_last_year(taken(workbook(now), prior=lambda unit, year: known(before)))
    assert (intake.outcome, facts(intake)) == (Outcome.REJECTED if chance else Outcome.ACCEPTED, [])
    assert {judgement.outcome for judgement in judge(now, known(before))} == {Verdict.PASSED}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_relation_is_open_where_an_operand_is_missing(place: Place) -> None:
    now, before = relation_cases.sound(place.form, 7).submissions(YEARS[place.form.id])
    chance = random.Random(place.name)

    def verdict(this: Submission, last: Submission | None) -> Verdict:
        return next(
            j.outcome for j in judge(this, known(last) if last is not None else None) if j.instance is place.instance
        )

    assert verdict(now, before) is Verdict.PASSED
    for name in place.names:
        total = place.form.item[name.ident].total
        item = name.ident if total is None else chance.choice(total.names).ident
        this, last = (now, _without(before, item)) if name.prior else (_without(now, item), before)
        assert verdict(this, last) is Verdict.OPEN, item
    assert verdict(now, None) is (Verdict.OPEN if place.uses_prior else Verdict.PASSED)


def _without(submission: Submission, item: str) -> Submission:
    values = {**submission.values, item: None}
    return Submission(submission.form, submission.year, UNIT, values)


@pytest.mark.parametrize("place", [p for p in PLACES if p.relation.unless], ids=lambda place: place.name)
def test_relation_is_lifted_by_its_flag(place: Place) -> None:
    figures, _ = relation_cases.broken(place, 1)
    now, before = figures.submissions(YEARS[place.form.id])
    flag = frozenset({place.relation.unless})
    own = Submission(now.form, now.year, UNIT, now.values, flags=flag)
    covers = (Cover(Unit("101", "一村"), covers=(Cover(Unit("102", "二村"), flags=flag),)),)
    covered = Submission(now.form, now.year, UNIT, now.values, covers=covers)
    other = Submission(now.form, now.year, UNIT, now.values, flags=frozenset({"别的标志"}))
    for submission, due in ((own, Verdict.LIFTED), (covered, Verdict.LIFTED), (other, Verdict.FAILED)):
        assert next(j.outcome for j in judge(submission, known(before)) if j.instance is place.instance) is due


def test_every_relation_has_a_place_and_the_program_sees_no_other() -> None:
    for form in FORMS:
        ours = [place.instance for place in PLACES if place.form is form]
        assert {i.relation.id for i in ours} == {r.id for r in form.all_relations}
        assert ours == [i for i in form.instances if not i.implied]


# All together.


def test_every_code_of_the_catalogue_and_every_relation_is_seen_to_fire(seen: Seen) -> None:
    relations = {relation.id for form in FORMS for relation in form.all_relations}
    assert not relations & set(CATALOGUE)
    assert {found.code for found in seen.findings} == set(CATALOGUE) | relations


def test_findings_have_the_level_of_the_catalogue_or_are_lowered_on_purpose(seen: Seen) -> None:
    """A change to a sheet without figures, and a relation that was explained, become warnings; nothing else moves."""
    lowered = {f.code for f in seen.findings if f.code in CATALOGUE and f.level is not CATALOGUE[f.code].level}
    assert lowered == {"F110", "S101", "S102", "S105", "S106", "D216"}
    assert {str(f.level) for f in seen.findings if f.code in CATALOGUE and f.level is not CATALOGUE[f.code].level} == {
        "warning"
    }


@pytest.mark.parametrize("code", CATALOGUE)
def test_sentences_can_be_printed_on_any_chinese_console(code: str) -> None:
    entry = CATALOGUE[code]
    for text in (entry.text, entry.advice):
        text.encode("gbk")
        assert text == text.strip()
        assert text == "" or text.removesuffix("{hint}")[-1] in "。？"
        for _, field, spec, conversion in string.Formatter().parse(text):
            assert field is None or (field.isidentifier() and not spec and conversion is None)


def test_messages_are_whole_sentences(seen: Seen) -> None:
    for found in seen.findings:
        for text in (found.message, found.advice):
            assert "{" not in text
            assert "}" not in text
            assert "None" not in text
            assert "\n" not in text
            assert text == "" or text[-1] in "。？", found.line("")


def test_messages_can_be_printed_on_any_chinese_console(seen: Seen) -> None:
    for found in seen.findings:
        found.line("").encode("gbk")
        assert found.message.isprintable()


def _typed(text: str) -> Intake:
    act = {"do": "type", "cell": "t4.review.upheld", "text": text}
    return taken(perform(zero_workbook(2025), compile_layout(FORMS[-1]), act))


def _named(code: str, name: str) -> Intake:
    """The stamp names the unit so; on the roster 004 is called otherwise."""
    intake = taken(workbook(filled(2025, unit=Unit(code, name))))
    return collect(collect_cases.ROSTER, [intake]).intakes[0]


_STRANGE = "区\u202e财政局\U0001f600"
_SHOWN: dict[str, Callable[[], Intake]] = {
    "V116 with a non-breaking space": lambda: _typed("1\xa0234"),
    "V117 with a circled digit": lambda: _typed("⑫"),
    "V117 with another script's digit": lambda: _typed("٣"),
    "V103 with a letter that GBK lacks": lambda: _typed("ñ"),
    "R201 with a strange name": lambda: _named("099", _STRANGE),
    "R211 with a strange name": lambda: _named("004", _STRANGE),
    "F205 with a strange name on the cover": lambda: taken(
        perform(
            zero_workbook(2025), compile_layout(FORMS[-1]), {"do": "type", "cell": "identity.name", "text": _STRANGE}
        )
    ),
    "F205 with a strange name on the hidden sheet": lambda: taken(
        perform(
            workbook(filled(2025, unit=Unit("004", _STRANGE))),
            compile_layout(FORMS[-1]),
            {"do": "type", "cell": "identity.name", "text": "区教育局"},
        )
    ),
}


@pytest.mark.parametrize("name", _SHOWN)
def test_a_text_of_the_file_is_shown_so_that_it_can_be_printed(name: str) -> None:
    intake = _SHOWN[name]()
    found = next(found for found in intake.findings if found.code == name[:4])
    assert found.message.isprintable()
    found.message.encode("gbk")


def test_a_proposed_date_of_signature_is_not_found_in_turn(seen: Seen) -> None:
    proposed = [found.due for found in seen.findings if found.code == "T102"]
    assert proposed
    assert all(isinstance(due, str) and due > "2025-12-31" for due in proposed)


def test_a_unit_counted_twice_is_named_and_no_other(seen: Seen) -> None:
    intakes = seen.rounds["one unit in two summaries"].intakes
    assert len(intakes) == 2
    for intake in intakes:
        (message,) = [found.message for found in intake.findings if found.code == "R206"]
        assert "102" in message
        assert "101" not in message
        assert "103" not in message


def test_every_finding_of_a_cell_names_its_items(seen: Seen) -> None:
    for found in seen.findings:
        if found.code.startswith(("V1", "G")) and found.code not in ("V131", "V132", "V133"):
            assert found.items
            assert len(found.items) == len(found.cells)


def test_braces_of_a_clerk_are_no_facts() -> None:
    intake = taken(workbook(filled(2025, unit=Unit("004", "区{given}局{0}"))))
    assert (intake.outcome, facts(intake)) == (Outcome.ACCEPTED, [])


def test_figures_of_a_case_are_exact() -> None:
    form = FORMS[-1]
    amount = next(item.id for item in form.inputs if item.kind == "amount")
    assert figure(form, amount, "251.30") == Decimal("251.30")
    assert set(COVER) == {"leader", "reviewer", "filler", "phone"}


def test_layouts_are_those_that_were_issued() -> None:
    assert golden.digests() == golden.FILE.read_text(encoding="utf-8"), (
        "a layout changed: workbooks already issued will be read as another version. If that is meant, run "
        "`python tests/golden.py` and say so in CHANGELOG.md"
    )
