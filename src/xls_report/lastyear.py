"""What is judged against last year and is no equation: open cases that vanish, figures that jump or repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xls_report.check import explained
from xls_report.figure import Figure
from xls_report.finding import Finding, finding
from xls_report.form import Item
from xls_report.heading import Measure
from xls_report.layout import Layout
from xls_report.submission import Submission

JUMP = 100  # a figure that many times last year's, or the other way round, is looked at
YUAN = (5000, 20000)  # an amount that many times last year's was probably filled in in 元
YUAN_CODE = "D216"


def prior_findings(
    submission: Submission, layout: Layout, prior: Mapping[str, Figure], note: str = ""
) -> tuple[Finding, ...]:
    """Findings against last year's figures of the same unit; `note` says where those are from."""
    found = (*_pending(submission, layout, prior), *_same(submission, prior), *_jumps(submission, layout, prior))
    return tuple(each for one in found for each in explained(one.noted(note), submission, layout))


def _pending(submission: Submission, layout: Layout, prior: Mapping[str, Figure]) -> Iterator[Finding]:
    for table in submission.form.tables:
        pending = sum(prior.get(f"{table.id}.{ident}", 0) for ident in table.carries)
        items = [item for item in submission.form.inputs if item.table is table]
        figures = [submission.figures[item.id] for item in items]
        if pending and all(value == 0 for value in figures):
            cells = [layout.place[item.id][1].address for item in items]
            names = [item.id for item in items]
            carried = submission.form.item[f"{table.id}.{table.carries[0]}"].column.label
            facts = {"table": table.name, "carried": carried}
            yield finding("D204", sheet=table.sheet, cells=cells, items=names, given=pending, **facts)


def _same(submission: Submission, prior: Mapping[str, Figure]) -> Iterator[Finding]:
    figures = submission.figures
    inputs = [item.id for item in submission.form.inputs]
    same = all(figures[ident] is not None and figures[ident] == prior.get(ident) for ident in inputs)
    if same and any(figures[ident] for ident in inputs):
        yield finding("D205")


def is_yuan(value: Figure, before: Figure) -> bool:
    """Whether an amount is about 10⁴ times last year's."""
    return before > 0 and YUAN[0] * before <= value <= YUAN[1] * before


def _jumps(submission: Submission, layout: Layout, prior: Mapping[str, Figure]) -> Iterator[Finding]:
    for item in submission.form.inputs:
        value, before = submission.figures[item.id], prior.get(item.id)
        if value is None or before is None or value <= 0 or before <= 0:
            continue
        if item.kind is Measure.AMOUNT and is_yuan(value, before):
            yield _at(YUAN_CODE, layout, item, value, before)
        elif value >= JUMP * before or before >= JUMP * value:
            yield _at("D206", layout, item, value, before)


def _at(code: str, layout: Layout, item: Item, value: Figure, before: Figure) -> Finding:
    sheet, cell = layout.place[item.id]
    where = f"{item.table.name}“{item.name}”"
    reasons = layout.explain_place[YUAN_CODE][0].name if YUAN_CODE in layout.explain_place else ""
    facts = {"where": where, "reasons": reasons}
    return finding(code, sheet=sheet.name, cells=[cell.address], items=[item.id], given=value, due=before, **facts)
