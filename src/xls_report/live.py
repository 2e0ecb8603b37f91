"""What the workbook's own formulas must show: the stored results of a filled workbook, from the same relations."""

from __future__ import annotations

from xls_report.equation import Figure, Name, Sum, holds
from xls_report.form import Instance
from xls_report.layout import Layout, Role, iter_cells
from xls_report.submission import Submission

Shown = Figure | str
Results = dict[tuple[str, int], Shown]

PASSED, FAILED, OPEN, LIFTED = "√", "×", "未填完", "不适用"


def results(layout: Layout, submission: Submission) -> Results:
    """Result of every live check by (key, index); empty for a layout without checks."""
    found: Results = {}
    if not any(True for _ in iter_cells(layout, Role.CHECK)):
        return found
    form, figures = submission.form, submission.figures
    failed = 0
    for number, instance in enumerate(form.instances):
        if instance.equation.uses_prior:
            continue
        left, right, verdict = _instance(instance, submission)
        failed += verdict == FAILED
        found["left", number] = "" if left is None else left
        found["right", number] = "" if right is None else right
        found["difference", number] = "" if left is None or right is None else left - right
        found["verdict", number] = verdict
    blank = 0
    for number, table in enumerate(form.tables):
        count = sum(figures[item.id] is None for item in form.inputs if item.table is table)
        found["blanks", number] = count
        blank += count
    found["conclusion", 0] = conclusion(blank, failed)
    return found


def _instance(instance: Instance, submission: Submission) -> tuple[Figure | None, Figure | None, str]:
    def side(total: Sum) -> Figure | None:
        return total.evaluate(lambda name: _figure(name, submission))

    left, right = side(instance.equation.left), side(instance.equation.right)
    if instance.relation.unless and instance.relation.unless in submission.flags:
        return left, right, LIFTED
    if left is None or right is None:
        return left, right, OPEN
    return left, right, PASSED if holds(left, instance.equation.sign, right) else FAILED


def _figure(name: Name, submission: Submission) -> Figure | None:
    return submission.figures[name.ident]


def conclusion(blank: int, failed: int) -> str:
    """The cover's verdict in words."""
    if not blank and not failed:
        return "自查通过，可以报送"
    reasons = [f"还有 {blank} 格未填"] * bool(blank) + [f"{failed} 处勾稽关系不平"] * bool(failed)
    return "暂不能报送：" + "、".join(reasons)
