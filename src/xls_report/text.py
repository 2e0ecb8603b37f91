"""What people read on the screen: files by unit, state first, findings below, and the sums that must tally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from xls_report.address import ranges
from xls_report.finding import SHOWN, Finding
from xls_report.form import Level
from xls_report.intake import Intake, Outcome
from xls_report.quoting import quote, visible

FOOTNOTE = "本审核仅为数据校验，不代替业务审核和领导审签。"
_MOST = 50  # findings of a file that are printed
_STATES = (
    "退回修改",
    "待说明",
    "打不开",
    "重复待定",
    "审核通过",
    "重复",
    "不用",
    "不计入",
    "其他材料",
)  # in the order of the work
_OUTCOMES = (
    (Outcome.ACCEPTED, "通过"),
    (Outcome.REJECTED, "退回"),
    (Outcome.UNREADABLE, "打不开"),
    (Outcome.DUPLICATE, "重复"),
    (Outcome.SUPERSEDED, "不用"),
    (Outcome.IGNORED, "忽略"),
)


def state(intake: Intake) -> str:
    """The unit's state as this file has it, in the words clerks use."""
    codes = {found.code for found in intake.findings}
    if codes & {"R207", "R208"}:
        return "不计入"
    if "R203" in codes:
        return "重复待定"
    if intake.outcome is Outcome.UNREADABLE:
        return "打不开"
    if intake.outcome is Outcome.REJECTED:
        levels = {f.level for f in intake.findings}
        return "退回修改" if Level.ERROR in levels else "待说明"
    if intake.outcome is Outcome.ACCEPTED:
        remarks = []
        if any(f.reason for f in intake.findings):
            remarks.append("（有说明）")
        if intake.submission is not None and intake.submission.zero_report:
            remarks.append("（含零报告表）")
        return "审核通过" + "".join(remarks)
    return {Outcome.DUPLICATE: "重复", Outcome.SUPERSEDED: "不用", Outcome.IGNORED: "其他材料"}[intake.outcome]


def tally(findings: Iterable[Finding]) -> str:
    """（必改 1 处，提醒 2 处），nothing when there is none."""
    counts = Counter(f.level for f in findings)
    words = {Level.ERROR: "必改", Level.EXPLAIN: "须说明", Level.WARNING: "提醒"}
    parts = [f"{word} {counts[level]} 处" for level, word in words.items() if counts[level]]
    return f"（{'，'.join(parts)}）" if parts else ""


def file_lines(intake: Intake) -> Iterator[str]:
    """A file's block of text."""
    who = f"{intake.unit.code} {quote(intake.unit.name)}：" if intake.unit is not None else ""
    yield f"{who}{state(intake)}{tally(intake.findings)}    {visible(intake.file)}"
    found, more = most_grave(intake.findings)
    for one in found:
        yield f"  {SHOWN[one.level]}{one.message}{one.advice}（{place(one)}）"
    if more:
        yield f"  另有 {more} 处，改好以上各处后再审核。"
    if intake.notes:
        yield f"  另：{'；'.join(intake.notes)}，不影响数据。"


def most_grave(findings: Iterable[Finding]) -> tuple[list[Finding], int]:
    """The findings of a file that are told, the gravest first, and how many are left out."""
    ordered = sorted(findings, key=lambda f: list(Level).index(f.level))
    return ordered[:_MOST], max(0, len(ordered) - _MOST)


def place(found: Finding) -> str:
    """Code and cells, as at the end of a message."""
    return "，".join([found.code, "、".join(ranges(found.cells))] if found.cells else [found.code])


def counts(intakes: Iterable[Intake]) -> dict[str, int]:
    """Files by outcome, with how many were seen."""
    found = Counter(intake.outcome for intake in intakes)
    return {"seen": found.total(), **{str(outcome): found[outcome] for outcome, _ in _OUTCOMES}}


def tally_line(counted: dict[str, int]) -> str:
    """文件 3 个＝通过 1＋退回 1＋…"""
    parts = "＋".join(f"{word} {counted[outcome]}" for outcome, word in _OUTCOMES)
    return f"文件 {counted['seen']} 个＝{parts}。"


def check_text(intakes: tuple[Intake, ...]) -> str:
    """The whole result of `check` for people: those that need work first, a unit's files together."""
    order = list(_STATES)

    def rank(intake: Intake) -> tuple[int, str, str]:
        place = next(n for n, word in enumerate(order) if state(intake).startswith(word))
        return place, intake.unit.code if intake.unit is not None else "\uffff", intake.file

    lines: list[str] = []
    for intake in sorted(intakes, key=rank):
        lines.extend(file_lines(intake))
    lines += ["", tally_line(counts(intakes)), FOOTNOTE]
    return "\n".join(lines) + "\n"


def lines_text(intakes: tuple[Intake, ...]) -> str:
    """One finding a line, sorted, as compilers print."""
    return "".join(f"{line}\n" for line in sorted(f.line(i.file) for i in intakes for f in i.findings))
