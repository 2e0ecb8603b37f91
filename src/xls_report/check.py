"""A submission held against the relations of its form: passed, failed or not evaluable, never a guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from xls_report.equation import Name, Sum, holds
from xls_report.figure import Figure, shown
from xls_report.finding import Finding, finding
from xls_report.form import Form, Instance, Level
from xls_report.layout import Layout
from xls_report.quoting import quote
from xls_report.submission import Submission

# What does not count in a 说明, each mark by itself, so that the workbook's own formula can do the same.
PUNCTUATION = (" ", "\n", "　", "，", "。", "；", "、", "：", "！", ",", ".", ";", ":", "!", "-", "—")
_PAIR = 2  # operands of a relation that says two figures are equal
REASON = 10  # characters below which a 说明 gives no reason
SUBSTANCE = 5  # characters that must be left when the sentences that explain nothing are taken out


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
    waits_for_prior: bool = False  # open for nothing but last year's figures


Prior = Mapping[str, Figure]  # last year's figures by item


def judge(submission: Submission, prior: Prior | None = None) -> tuple[Judgement, ...]:
    """Every relation of the form at every place; `prior` are last year's figures of the same unit."""
    return tuple(_judge(instance, submission, prior) for instance in submission.form.instances)


def _judge(instance: Instance, submission: Submission, prior: Prior | None) -> Judgement:
    relation = instance.relation
    left = instance.equation.left.evaluate(lambda name: _figure(name, submission, prior))
    right = instance.equation.right.evaluate(lambda name: _figure(name, submission, prior))
    if relation.unless and relation.unless in submission.all_flags:
        return Judgement(instance, Outcome.LIFTED, left, right)
    if left is None or right is None:
        missing = [name for name in instance.equation.names if _figure(name, submission, prior) is None]
        return Judgement(instance, Outcome.OPEN, left, right, all(name.prior for name in missing))
    outcome = Outcome.PASSED if holds(left, instance.equation.sign, right) else Outcome.FAILED
    return Judgement(instance, outcome, left, right)


def _figure(name: Name, submission: Submission, prior: Prior | None) -> Figure | None:
    if not name.prior:
        return submission.figures[name.ident]
    return prior.get(name.ident) if prior is not None else None


def relation_findings(
    submission: Submission, layout: Layout, prior: Prior | None = None, note: str = ""
) -> tuple[Finding, ...]:
    """A finding for each relation that fails, at its place; what follows from another failure is left out."""
    judged = judge(submission, prior)
    level = {j.instance.relation.id for j in judged if j.instance.implied and j.outcome is Outcome.PASSED}
    found: list[Finding] = []
    for judgement in judged:
        relation = judgement.instance.relation
        if judgement.outcome is Outcome.FAILED and not judgement.instance.implied:
            one = _finding(judgement, submission, layout, prior)
            if relation.id in level and len(relation.equation.names) == _PAIR:
                one = replace(one, message=f"{one.message}各栏合计相等，可能是归错了栏。")
            if judgement.instance.equation.uses_prior:
                one = one.noted(note)
            found.extend(explained(one, submission, layout))
    return tuple(dict.fromkeys(found))


def _finding(judgement: Judgement, submission: Submission, layout: Layout, prior: Prior | None) -> Finding:
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
        reasons = layout.explain_place[relation.id][0].name
        advice = f"确属填错请改；确有原因请在“{reasons}”表 {relation.id} 一行写明。依据：{relation.basis}。"
    elif relation.level is Level.WARNING:
        advice = f"请核对。依据：{relation.basis}。"
    cells = tuple(cell.address for page, cell in placed if page.name == sheet)
    return Finding(relation.id, relation.level, message, advice, sheet, cells, items, left, right)


def _sentence(instance: Instance, left: Figure, right: Figure, submission: Submission, prior: Prior | None) -> str:
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
    gap_before = "" if second.startswith("“") else " "
    return f"{first}，不应{'小' if equation.sign == '>=' else '大'}于{gap_before}{second}。"


def _called(form: Form, instance: Instance, name: Name) -> str:
    """What a sentence calls an operand: the heading across the place, or the item's own name."""
    last_year = "上年" if name.prior else ""
    own = instance.equation.uses_prior  # beside last year's the numbers of the rows tell nothing
    item = form.item[name.ident]
    if instance.relation.axis == "rows":
        heading = item.row
    elif instance.relation.axis == "columns":
        heading = item.column
    else:
        return f"{last_year}{item.table.name}“{item.name}”"
    return last_year + (heading.short if heading.short and not own else f"“{heading.plain}”")


def explained(found: Finding, submission: Submission, layout: Layout) -> tuple[Finding, ...]:
    """The finding, or what a 情况说明 of its code made of it."""
    text = submission.explanations.get(found.code, "")
    if found.level is not Level.EXPLAIN or not text:
        return (found,)
    if gives_reason(submission.form, text):
        return (found.settled(text),)
    return (found, no_reason(layout, found.code, text))


def no_reason(layout: Layout, code: str, text: str) -> Finding:
    """A 情况说明 that gives no reason, at its cell."""
    sheet, cell = layout.explain_place[code]
    return finding("T104", sheet=sheet.name, cells=[cell.address], given=quote(text), relation=code)


def gives_reason(form: Form, text: str) -> bool:
    """Whether a 情况说明 says why: at least 10 characters, and more than the sentences that explain nothing."""
    for mark in PUNCTUATION:
        text = text.replace(mark, "")
    rest = text
    for phrase in sorted(form.no_reason, key=len, reverse=True):
        rest = rest.replace(phrase, "")
    return len(text) >= REASON and len(rest) >= SUBSTANCE
