"""A submission held against the relations of its form: passed, failed or not evaluable, never a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from xls_report.equation import Figure, Name, Sum, holds
from xls_report.finding import Finding, finding, quote
from xls_report.form import Form, Instance, Level, Relation
from xls_report.layout import Layout
from xls_report.submission import Submission, shown

_PUNCTUATION = re.compile(r"[\s，。；、,.;:：!！（）()“”\"'…—-]+")
_REASON = 10  # characters below which a 说明 gives no reason


class Outcome(StrEnum):
    """Of a relation at one place."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"  # not evaluable: an operand is missing, or last year's submission is not at hand
    LIFTED = "lifted"  # does not apply to this unit


@dataclass(frozen=True, slots=True)
class Judgement:
    """A relation at one place, with both sides."""

    instance: Instance
    outcome: Outcome
    left: Figure | None = None
    right: Figure | None = None


def judge(submission: Submission, prior: Submission | None = None) -> tuple[Judgement, ...]:
    """Every relation of the form at every place; `prior` is last year's accepted submission of the same unit."""
    return tuple(_judge(instance, submission, prior) for instance in submission.form.instances)


def _judge(instance: Instance, submission: Submission, prior: Submission | None) -> Judgement:
    relation = instance.relation
    if relation.unless and relation.unless in submission.all_flags:
        return Judgement(instance, Outcome.LIFTED)
    left = instance.equation.left.evaluate(lambda name: _figure(name, submission, prior))
    right = instance.equation.right.evaluate(lambda name: _figure(name, submission, prior))
    if left is None or right is None:
        return Judgement(instance, Outcome.OPEN, left, right)
    outcome = Outcome.PASSED if holds(left, instance.equation.sign, right) else Outcome.FAILED
    return Judgement(instance, outcome, left, right)


def _figure(name: Name, submission: Submission, prior: Submission | None) -> Figure | None:
    if not name.prior:
        return submission.figures[name.ident]
    return prior.figures.get(name.ident) if prior is not None else None


def relation_findings(submission: Submission, layout: Layout, prior: Submission | None = None) -> tuple[Finding, ...]:
    """A finding for each relation that fails, at its place; what follows from another failure is left out."""
    found = []
    for judgement in judge(submission, prior):
        if judgement.outcome is Outcome.FAILED and not judgement.instance.implied:
            found.extend(_explained(_finding(judgement, submission, layout, prior), judgement, submission))
    return tuple(dict.fromkeys(found))


def _finding(judgement: Judgement, submission: Submission, layout: Layout, prior: Submission | None) -> Finding:
    instance, left, right = judgement.instance, judgement.left, judgement.right
    assert left is not None
    assert right is not None
    relation = instance.relation
    items = tuple(dict.fromkeys(name.ident for name in instance.equation.names if not name.prior))
    placed = [layout.place[item] for item in items]
    sheet = placed[0][0].name
    message = f"{instance.where}勾稽关系不平：{_sentence(instance, left, right, submission, prior)}"
    advice = f"请核对改正。依据：{relation.basis}。"
    if relation.level is Level.EXPLAIN:
        advice = f"确属填错请改；确有原因请在“数据自查”表 {relation.id} 一行写明。依据：{relation.basis}。"
    elif relation.level is Level.WARNING:
        advice = f"请核对。依据：{relation.basis}。"
    cells = tuple(cell.address for page, cell in placed if page.name == sheet)
    return Finding(relation.id, relation.level, message, advice, sheet, cells, items, left, right)


def _sentence(instance: Instance, left: Figure, right: Figure, submission: Submission, prior: Submission | None) -> str:
    """Both sides with their figures: 第一项 5＋第二项 1＝6，第三项 3＋第四项 2＝5，相差 1。"""

    def side(total: Sum, value: Figure) -> str:
        def show(name: Name) -> str:
            return f"{_called(submission.form, instance, name)} {shown(_figure(name, submission, prior))}"

        text = total.render(show, "＋")
        return text if len(total.names) + bool(total.constant) < 2 else f"{text}＝{shown(value)}"

    equation = instance.equation
    first, second = side(equation.left, left), side(equation.right, right)
    if not equation.right.names and equation.sign == "=":
        return f"{first}，应为 {shown(right)}。"
    if equation.sign == "=":
        gap: Figure = left - right
        return f"{first}，{second}，相差 {shown(gap if gap > 0 else -gap)}。"
    return f"{first}，不应{'小' if equation.sign == '>=' else '大'}于 {second}。"


def _called(form: Form, instance: Instance, name: Name) -> str:
    """What a sentence calls an operand: the heading across the place, or the item's own name."""
    last_year = "上年" if name.prior else ""
    item = form.item[name.ident]
    if instance.relation.axis == "rows":
        heading = item.row
    elif instance.relation.axis == "columns":
        heading = item.column
    else:
        return f"{last_year}{item.table.name}“{item.name}”"
    return last_year + (heading.short or f"“{heading.plain}”")


def _explained(found: Finding, judgement: Judgement, submission: Submission) -> list[Finding]:
    """The finding, or what a 情况说明 made of it."""
    relation = judgement.instance.relation
    text = submission.explanations.get(relation.id, "")
    if relation.level is not Level.EXPLAIN or not text:
        return [found]
    if gives_reason(submission.form, text):
        return [found.settled(f"{found.message}已说明：{quote(text)}")]
    return [found, finding("T104", sheet=found.sheet, given=quote(text), relation=relation.id)]


def gives_reason(form: Form, text: str) -> bool:
    """Whether a 情况说明 says why: at least 10 characters, and more than the sentences that explain nothing."""
    rest = _PUNCTUATION.sub("", text)
    for empty in sorted(form.no_reason, key=len, reverse=True):
        rest = rest.replace(empty, "")
    return len(_PUNCTUATION.sub("", text)) >= _REASON and len(rest) >= _REASON // 2


def relation_of(form: Form, code: str) -> Relation | None:
    """The relation of that id."""
    return next((relation for relation in form.all_relations if relation.id == code), None)
