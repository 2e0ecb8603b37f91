"""Last year joins this year: what blanks are issued with, and what is judged against it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from fillings import FORMS, REASON, filling

from xls_report.check import relation_findings
from xls_report.equation import parse_equation
from xls_report.figure import Figure
from xls_report.form import Level, Relation
from xls_report.formfile import form_of_year
from xls_report.inbox import take_in
from xls_report.issue import issue
from xls_report.jsonout import dumps
from xls_report.lastyear import prior_findings
from xls_report.plan import compile_layout
from xls_report.priors import load_priors
from xls_report.reader import read
from xls_report.roster import Roster, RosterUnit
from xls_report.submission import Submission, Unit, export_object
from xls_report.writer import write

OLD, NEW = FORMS


def _clean(code: str = "004", seed: int = 0, **values: Figure) -> Submission:
    submission = filling(OLD, "balanced", seed)
    year = OLD.years[1]
    return replace(submission, unit=Unit(code, f"单位{code}"), year=year, values={**submission.values, **values})


def _book(folder: Path, submission: Submission) -> None:
    folder.mkdir(exist_ok=True)
    name = f"{submission.unit.code}.xlsx"
    (folder / name).write_bytes(write(compile_layout(submission.form), submission))


def _issued(folder: Path, path: Path, *units: RosterUnit) -> dict[str, Submission]:
    roster = Roster(units)
    prior = load_priors(path, FORMS, roster)
    found = {}
    for one in issue(NEW, NEW.years[0], roster, folder, prior=prior):
        submission = read(one.path.read_bytes(), FORMS).submission
        assert submission is not None
        found[one.unit.code] = submission
    return found


def test_carried_over_requests_are_prefilled_across_the_two_formats(tmp_path: Path) -> None:
    last = _clean()
    _book(tmp_path / "prior", last)
    blank = _issued(tmp_path / "new", tmp_path / "prior", RosterUnit("004", "单位004"))["004"]
    for column in ("person", "company", "research", "charity", "legal", "other"):
        assert blank.values[f"t3.carried_in.{column}"] == last.figures[f"t3.carried_out.{column}"]
    assert sum(value is not None for value in blank.values.values()) == 6
    shared = [item.id for item in NEW.items if item.id in OLD.item]
    assert blank.prior == {ident: last.figures[ident] for ident in shared}


def test_an_untouched_prefilled_blank_is_one_finding(tmp_path: Path) -> None:
    _book(tmp_path / "prior", _clean())
    _issued(tmp_path / "new", tmp_path / "prior", RosterUnit("004", "单位004"))
    (intake,) = take_in(sorted((tmp_path / "new").glob("*.xlsx")), FORMS)
    assert [f.code for f in intake.findings] == ["F206"]


def test_units_taken_over_are_added(tmp_path: Path) -> None:
    own, other = _clean("004", 1), _clean("016", 2)
    for submission in (own, other):
        _book(tmp_path / "prior", submission)
    unit = RosterUnit("104", "新单位", prior_code="004", takes_over=("016",))
    blank = _issued(tmp_path / "new", tmp_path / "prior", unit)["104"]
    ident = "t3.carried_out.person"
    total = int(own.figures[ident] or 0) + int(other.figures[ident] or 0)
    assert blank.values["t3.carried_in.person"] == total


def test_a_missing_part_of_last_year_is_not_guessed(tmp_path: Path) -> None:
    _book(tmp_path / "prior", _clean("004"))
    unit = RosterUnit("004", "单位004", takes_over=("016",))
    blank = _issued(tmp_path / "new", tmp_path / "prior", unit)["004"]
    assert blank.prior == {}
    assert all(value is None for value in blank.values.values())


def test_two_different_submissions_of_last_year_are_not_assessable(tmp_path: Path) -> None:
    for folder, seed in (("a", 1), ("b", 2)):
        (tmp_path / "prior").mkdir(exist_ok=True)
        _book(tmp_path / "prior" / folder, _clean("004", seed))
    assert load_priors(tmp_path / "prior", FORMS)(Unit("004", ""), OLD.years[1]) == {}


def test_last_year_from_an_export(tmp_path: Path) -> None:
    last = _clean()
    (tmp_path / "last.json").write_text(dumps([export_object(last, "x.xlsx")]), encoding="utf-8")
    assert load_priors(tmp_path / "last.json", FORMS)(last.unit, last.year) == last.figures


def _codes(submission: Submission, prior: dict[str, Figure]) -> list[str]:
    layout = compile_layout(submission.form)
    found = (*relation_findings(submission, layout, prior), *prior_findings(submission, layout, prior))
    return [f.code for f in found if f.code[0] == "D" or f.code == "T104"]


def _zero() -> dict[str, Figure]:
    return {i.id: Decimal(0) if i.kind == "amount" else 0 for i in NEW.items}


@pytest.mark.parametrize(
    ("this", "last", "codes"),
    [
        ({"t4.review.pending": 0}, {"t4.review.pending": 2}, ["D204"]),
        ({"t4.review.upheld": 1}, {"t4.review.pending": 2}, []),
        ({"t2.licence.decisions": 5}, {"t2.licence.decisions": 5}, ["D205"]),
        ({"t2.licence.decisions": 500}, {"t2.licence.decisions": 5}, ["D206"]),
        ({"t2.licence.decisions": 5}, {"t2.licence.decisions": 500}, ["D206"]),
        ({"t2.licence.decisions": 499}, {"t2.licence.decisions": 5}, []),
        ({"t2.licence.decisions": 5}, {"t2.licence.decisions": 0}, []),
        ({"t2.fee.amount": Decimal(1258600)}, {"t2.fee.amount": Decimal("118.40")}, ["D216"]),
        ({"t2.fee.amount": Decimal(592000)}, {"t2.fee.amount": Decimal("118.40")}, ["D216"]),
        ({"t2.fee.amount": Decimal(591999)}, {"t2.fee.amount": Decimal("118.40")}, ["D206"]),
        ({"t2.fee.amount": Decimal(12586)}, {"t2.fee.amount": Decimal("118.40")}, ["D206"]),
        ({}, {}, []),
    ],
)
def test_rules_that_are_no_equation(this: dict[str, Figure], last: dict[str, Figure], codes: list[str]) -> None:
    values = {i.id: _zero()[i.id] for i in NEW.inputs} | this
    submission = Submission(NEW, NEW.years[0] + 1, Unit("004", "某局"), values)
    assert _codes(submission, _zero() | last) == codes


def test_the_message_on_an_amount_in_yuan_names_both_figures() -> None:
    values: dict[str, Figure] = {i.id: _zero()[i.id] for i in NEW.inputs} | {"t2.fee.amount": Decimal(1258600)}
    submission = Submission(NEW, NEW.years[0] + 1, Unit("004", "某局"), values)
    (found,) = prior_findings(submission, compile_layout(NEW), _zero() | {"t2.fee.amount": Decimal("118.40")})
    assert found.level == "explain"
    assert found.message == (
        "表二“行政事业性收费—本年收费金额”填 1258600.00 万元，上年为 118.40 万元，约为上年的 1 万倍，"
        "疑似按“元”填报。本栏单位是万元。"
    )
    explained = replace(submission, explanations={"D216": REASON})
    (settled,) = prior_findings(explained, compile_layout(NEW), _zero() | {"t2.fee.amount": Decimal("118.40")})
    assert settled.level == "warning"
    assert REASON in settled.message


def test_a_break_that_is_only_between_columns_says_so() -> None:
    values: dict[str, Figure] = {i.id: _zero()[i.id] for i in NEW.inputs}
    values |= {"t3.carried_in.person": 1, "t3.granted.person": 1}
    submission = Submission(NEW, NEW.years[0] + 1, Unit("004", "某局"), values)
    prior = _zero() | {"t3.carried_out.company": 1, "t3.carried_out.total": 1}
    found = relation_findings(submission, compile_layout(NEW), prior)
    assert [f.items for f in found] == [("t3.carried_in.person",), ("t3.carried_in.company",)]
    assert all(f.message.endswith("各栏合计相等，可能是归错了栏。") for f in found)


def test_a_relation_across_tables_is_told_by_table_and_item() -> None:
    equation = parse_equation("t4.review.upheld <= t3.granted.person + prior.t3.granted.person")
    across = Relation("G901", "items", equation, Level.ERROR, "某文件第1条")
    form = replace(NEW, relations=(across,))
    values: dict[str, Figure] = {i.id: _zero()[i.id] for i in NEW.inputs} | {"t4.review.upheld": 3}
    submission = Submission(form, NEW.years[0] + 1, Unit("004", "某局"), values)
    prior = _zero() | {"t3.granted.person": 2}
    found = [f for f in relation_findings(submission, compile_layout(form), prior) if f.code == "G901"]
    assert [(f.items, f.sheet, f.given, f.due) for f in found] == [
        (("t4.review.upheld", "t3.granted.person"), "表四 复议诉讼", 3, 2)
    ]
    assert found[0].message == (
        "勾稽关系不平：表四“行政复议—结果维持” 3，不应大于 表三“予以公开—自然人” 0＋上年表三“予以公开—自然人” 2＝2。"
    )


def test_without_last_year_the_check_says_that_it_was_not_made(tmp_path: Path) -> None:
    _book(tmp_path / "in", replace(_clean(), year=OLD.years[1]))
    (tmp_path / "empty").mkdir()
    prior = load_priors(tmp_path / "empty", FORMS)
    (intake,) = take_in([tmp_path / "in" / "004.xlsx"], FORMS, prior=prior)
    assert [f.code for f in intake.findings if f.code[0] == "D"] == ["D207"]
    (plain,) = take_in([tmp_path / "in" / "004.xlsx"], FORMS)
    assert [f.code for f in plain.findings if f.code[0] == "D"] == []
    assert form_of_year(FORMS, OLD.years[1]) is OLD
