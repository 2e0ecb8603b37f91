"""What the workbook's own formulas must show: the stored results of a filled workbook, from the same relations."""

from __future__ import annotations

from decimal import Decimal

from xls_report.check import Judgement, Outcome, gives_reason, judge
from xls_report.checksum import checksum, code_line
from xls_report.figure import Figure
from xls_report.form import Level, Table
from xls_report.grid import ZERO_SENTENCE, places
from xls_report.heading import Measure
from xls_report.lastyear import YUAN_CODE, is_yuan
from xls_report.layout import Layout, Role, iter_cells
from xls_report.selfcheck import (
    EXPLAIN,
    EXPLAINED,
    FAILED,
    LIFTED,
    NO_PRIOR,
    NOT_DUE,
    OPEN,
    PASSED,
    REMARK,
    explainable,
)
from xls_report.submission import Submission

Results = dict[tuple[str, int], Figure | str]


def results(layout: Layout, submission: Submission) -> Results:
    """Result of every live check by (key, index). An untouched blank shows titles alone, so that nothing looks done."""
    if not any(True for _ in iter_cells(layout, Role.CHECK, Role.TITLE)):
        return {}
    found: Results = {(f"title_{t.id}", 0): _title(t, submission) for t in submission.form.tables}
    if submission.untouched:
        return found
    verdicts = _relations(submission, found)
    _tables(submission, found)
    _explanations(submission, verdicts, found)
    _texts(submission, found)
    found["conclusion", 0] = _conclusion(found)
    return found


def _title(table: Table, submission: Submission) -> str:
    return f"{table.title}\n{ZERO_SENTENCE}" if table.id in submission.zero_report else table.title


def _relations(submission: Submission, found: Results) -> dict[int, str]:
    verdicts: dict[int, str] = {}
    for number, judgement in enumerate(judge(submission, submission.prior)):
        left, right = judgement.left, judgement.right
        gap = None if left is None or right is None else left - right
        found["left", number] = "" if left is None else left
        found["right", number] = "" if right is None else right
        found["difference", number] = "" if gap is None else gap
        verdict = _verdict(judgement, submission)
        verdicts[number] = verdict
        found["verdict", number] = verdict
        found["mark", number] = _mark(verdict, gap)
    return verdicts


def _mark(verdict: str, gap: Figure | None) -> str:
    if verdict != FAILED or gap is None:
        return verdict
    size: Figure = gap if gap > 0 else -gap
    return f"{FAILED}差{_general(size)}"


def _verdict(judgement: Judgement, submission: Submission) -> str:
    relation = judgement.instance.relation
    if judgement.outcome is Outcome.LIFTED:
        return LIFTED
    if judgement.outcome is Outcome.PASSED:
        return PASSED
    if judgement.outcome is Outcome.OPEN:
        return NO_PRIOR if judgement.waits_for_prior else OPEN
    if relation.level is Level.ERROR:
        return FAILED
    if relation.level is Level.WARNING:
        return REMARK
    return EXPLAINED if _explained(submission, relation.id) else EXPLAIN


def _explained(submission: Submission, code: str) -> bool:
    return gives_reason(submission.form, submission.explanations.get(code, ""))


def _general(value: Figure) -> str:
    """A number as a spreadsheet joins it to a text."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _tables(submission: Submission, found: Results) -> None:
    form, figures = submission.form, submission.figures
    for n, table in enumerate(form.tables):
        inputs = [item for item in form.inputs if item.table is table]
        where = places(table)
        blank = [where[item.id] for item in inputs if figures[item.id] is None]
        wrong = 0
        clash: list[tuple[int, int]] = []
        if table.id in submission.zero_report:
            clash = [where[item.id] for item in inputs if figures[item.id]]
        bad = sorted(row * 1000 + column for row, column in (*blank, *clash))
        for row in sorted({where[item.id][0] for item in inputs}):
            found[f"bad_{table.id}", row] = next((place for place in bad if place // 1000 == row), "")
        code = checksum(form, table, figures)
        found["blanks", n], found["wrong", n], found["contradictions", n] = len(blank), wrong, len(clash)
        found["first", n] = bad[0] if bad else 0
        found["code", n] = code
        found["code_line", n] = code_line(code)
    found["cover_code", 0] = "-".join(str(found["code", n]) for n in range(len(form.tables)))
    for key in ("blanks", "wrong", "contradictions"):
        found[f"{key}_all", 0] = sum(int(found[key, n]) for n in range(len(form.tables)))


def _explanations(submission: Submission, verdicts: dict[int, str], found: Results) -> None:
    form = submission.form
    failed = [n for n, verdict in verdicts.items() if verdict == FAILED and not form.instances[n].implied]
    found["failed_all", 0] = len(failed)
    due = 0
    for code in explainable(form):
        mine = {verdicts[n] for n, instance in enumerate(form.instances) if instance.relation.id == code}
        if code == YUAN_CODE:
            mine = _yuan(submission)
        verdict = EXPLAIN if EXPLAIN in mine else EXPLAINED if EXPLAINED in mine else NOT_DUE
        due += verdict == EXPLAIN
        found[f"explanation_{code}", 0] = verdict
        found[f"reason_{code}", 0] = int(_explained(submission, code))
    found["explain_all", 0] = due


def _yuan(submission: Submission) -> set[str]:
    """Verdicts on amounts that were probably filled in in 元."""
    for item in submission.form.inputs:
        value, before = submission.figures[item.id], submission.prior.get(item.id)
        if item.kind is Measure.AMOUNT and value is not None and before is not None and is_yuan(value, before):
            return {EXPLAINED if _explained(submission, YUAN_CODE) else EXPLAIN}
    return set()


def _texts(submission: Submission, found: Results) -> None:
    for section in submission.form.sections:
        count = sum(len(p) for part in section.parts for p in submission.texts.get(part.id, ()))
        found[f"length_{section.id}", 0] = f"已写 {count} 字"


def _conclusion(found: Results) -> str:
    """The cover's verdict in words, as the workbook's formula puts them."""
    parts = (
        (found["blanks_all", 0], "还有 {} 格未填"),
        (found["wrong_all", 0], "{} 格填错"),
        (found["contradictions_all", 0], "{} 格与“各项均为 0”矛盾"),
        (found["failed_all", 0], "{} 处勾稽关系不平"),
    )
    reasons = [text.format(count) for count, text in parts if count]
    if reasons:
        return f"暂不能报送：{'、'.join(reasons)}（点此查看第一处）"
    due = found["explain_all", 0]
    return f"须写明情况：{due} 处（点此填写）" if due else "自查通过，可以报送"
