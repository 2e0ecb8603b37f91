"""What is judged of a sum and of none of its parts: last year's figures and whom they came from (statutory rule G3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from xls_report.check import Outcome as Verdict
from xls_report.check import judge
from xls_report.collect import Collection
from xls_report.equation import Name
from xls_report.figure import Figure, shown
from xls_report.finding import Finding, finding, names
from xls_report.form import Form, Instance
from xls_report.priors import Figures, Priors
from xls_report.quoting import quote
from xls_report.submission import Submission

_NAMED = 5  # units of a sentence


def split(found: Finding, submission: Submission, collection: Collection, priors: Priors) -> Finding:
    """A relation with last year's figures that fails in the sum, with what its difference is made of."""
    for judgement in judge(submission, priors(submission.unit, submission.year - 1)):
        instance = judgement.instance
        items = tuple(dict.fromkeys(name.ident for name in instance.equation.names if not name.prior))
        mine = instance.relation.id == found.code and items == found.items
        if not mine or judgement.outcome is not Verdict.FAILED or not instance.equation.uses_prior:
            continue
        if judgement.left is None or judgement.right is None or instance.equation.sign != "=":
            continue
        words = _made_of(instance, judgement.left - judgement.right, submission, collection, priors)
        return replace(found, message=f"{found.message.removesuffix('。')}。{words}")
    return found


def _made_of(instance: Instance, gap: Figure, submission: Submission, collection: Collection, priors: Priors) -> str:
    """单位自身不衔接, 今年新列入, 无人承接, and what is left: last year's figure was not the sum of its units."""
    year = submission.year - 1
    broken: list[tuple[str, Figure]] = []
    new: list[tuple[str, Figure]] = []
    unclear: list[tuple[str, Figure]] = []  # with two submissions of last year, or not all of those taken over
    for unit, intake in collection.included:
        before = priors(unit.unit, year)
        figures = intake.submission.figures if intake.submission is not None else {}
        group = broken if before else unclear if priors.reported(unit.unit, year) else new
        group.append((unit.shown, _share(instance, figures, before or {})))
    if not broken:
        return "没有各单位的上年数，不能拆分差额。"
    left = [(f"{unit.code} {quote(unit.name)}", _share(instance, {}, figures)) for unit, figures in priors.left(year)]
    rest = gap - sum(share for group in (broken, new, unclear, left) for _, share in group)
    parts = [
        _told("单位自身不衔接", broken),
        _told("今年新列入、没有上年数的单位", new),
        _told("上年数不全或有两份不同的单位", unclear),
        _told("上年有、今年无人承接的单位", left),
        f"上年汇总数与各单位上年数之和不同 {_signed(rest)}" if rest else "",
    ]
    return f"差额构成：{'；'.join(part for part in parts if part)}。"


def _share(instance: Instance, now: Mapping[str, Figure | None], before: Figures) -> Figure:
    """What a unit adds to the difference; what it did not report adds nothing."""

    def figure(name: Name) -> Figure:
        return (before.get(name.ident) if name.prior else now.get(name.ident)) or 0

    equation = instance.equation
    return (equation.left.evaluate(figure) or 0) - (equation.right.evaluate(figure) or 0)


def _told(label: str, shares: list[tuple[str, Figure]]) -> str:
    there = sorted(((who, share) for who, share in shares if share), key=lambda pair: -abs(Fraction(pair[1])))
    total = sum(share for _, share in there)
    if not there:
        return ""
    return f"{label} {_signed(total)}（{names((f'{who} {_signed(share)}' for who, share in there), _NAMED, '家')}）"


def _signed(value: Figure) -> str:
    return f"+{shown(value)}" if value > 0 else shown(value)


def continuity(form: Form, year: int, priors: Priors) -> Iterator[Finding]:
    """Last year's units that nobody continues, with their open requests."""
    left = priors.left(year - 1)
    if left:
        told = "；".join(f"{unit.code} {quote(unit.name)}（{_open(form, figures)}）" for unit, figures in left)
        yield finding("R213", detail=told)


def _open(form: Form, figures: Figures) -> str:
    """What a unit left open last year, by the relations that carry figures over."""
    if not figures:
        return "有两份不同的上年数，上年结转不能确定"
    total: Figure = 0
    for instance in form.instances:
        if instance.relation.prefill and not instance.implied:
            total += instance.equation.right.evaluate(lambda name: figures.get(name.ident, 0)) or 0
    return f"上年结转下年度 {shown(total)} 件，未见承接登记" if total else "上年没有结转"
