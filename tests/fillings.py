"""Random fillings of a form, of the kinds that a workbook's own checks must tell apart."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

from xls_report.figure import Figure
from xls_report.form import Form
from xls_report.formfile import load_forms
from xls_report.heading import Measure
from xls_report.submission import Submission, Unit

FORMS = load_forms(Path(__file__).parents[1] / "templates")
UNIT = Unit("004", "某区财政局")
REASON = "上年有两件申请由申请人撤回，一件随职能划转"
KINDS = (
    "balanced",
    "random",
    "balanced blank",
    "balanced zero",
    "balanced zero clash",
    "balanced prior",
    "balanced prior same",
    "random prior explained",
    "random prior unexplained blank",
    "lifted",
    "untouched",
)


def random_figures(form: Form, random: Random) -> dict[str, Figure | None]:
    """Any figures: amounts to the fen, changes signed, counts small or large."""
    values: dict[str, Figure | None] = {}
    for item in form.inputs:
        if item.kind is Measure.AMOUNT:
            values[item.id] = Decimal(random.randint(0, 10**9)) / 10000
        elif item.kind is Measure.CHANGE:
            values[item.id] = random.randint(-5, 9)
        else:
            values[item.id] = random.choice((0, 0, 1, 2, random.randint(0, 500), random.randint(0, 10**6)))
    return values


def balance(form: Form, values: dict[str, Figure | None], random: Random) -> None:
    """Make every relation without last year's figures hold."""
    table = form.table("t3")
    (block,) = table.blocks
    done = [r.id for r, path in block.row_leaves if path and r.formula is None]
    for column, _ in block.column_leaves:
        if column.formula is None:
            total = sum(int(values[f"t3.{row}.{column.id}"] or 0) for row in done)
            carried = random.randint(0, total + 2)
            came = random.randint(0, total + carried)
            values[f"t3.carried_out.{column.id}"] = carried
            values[f"t3.carried_in.{column.id}"] = total + carried - came
            values[f"t3.new.{column.id}"] = came
    for item in form.inputs:
        if item.row.id == "regulation":
            values[item.id] = 0
        if item.column.id in ("in_force", "opened_total", "items_before") and item.row.id != "regulation":
            values[item.id] = int(values[item.id] or 0) + 10**6


def filling(form: Form, kind: str, seed: int) -> Submission:
    """A submission of one of the KINDS."""
    random = Random(f"{form.id} {kind} {seed}")
    year = form.years[0]
    if kind == "untouched":
        return Submission(form, year, UNIT)
    values = random_figures(form, random)
    if "balanced" in kind:
        balance(form, values, random)
    if "blank" in kind:
        for item in form.inputs:
            if random.random() < 0.2:
                values[item.id] = None
    zero: frozenset[str] = frozenset()
    if "zero" in kind:
        zero = frozenset({"t2", "t4"})
        for item in form.inputs:
            if item.table.id in zero:
                values[item.id] = random.choice((None, Decimal(0) if item.kind is Measure.AMOUNT else 0))
    if "clash" in kind:
        values["t4.review.upheld"] = 3
    submission = Submission(form, year, UNIT, values, zero_report=zero, texts={"s5": ("第一段。", "第二段。")})
    if kind == "lifted":
        submission = replace(submission, flags=frozenset(form.flags))
    return _with_prior(submission, kind, random) if "prior" in kind else submission


def _with_prior(submission: Submission, kind: str, random: Random) -> Submission:
    prior: dict[str, Figure] = {}
    for ident, value in submission.figures.items():
        if value is None:
            continue
        if "same" not in kind and random.random() < 0.3:
            value = value + 1
        if isinstance(value, Decimal) and "same" not in kind:
            value = (value / 10000).quantize(Decimal("0.000001"))
        prior[ident] = value
    explanations: dict[str, str] = {}
    if "unexplained" in kind:
        explanations = {"G302": "核实无误，情况属实，没有问题", "G202": "无", "D216": "已核实，无误，同上"}
    elif "explained" in kind:
        explanations = dict.fromkeys(("G202", "G203", "G207", "G209", "G211", "G302", "D216"), REASON)
    known = {r.id for r in submission.form.all_relations} | {"D216"}
    explanations = {code: text for code, text in explanations.items() if code in known}
    return replace(submission, prior=prior, explanations=explanations)
