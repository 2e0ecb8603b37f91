"""`check` of a folder, the whole command, against loading each workbook twice by openpyxl; its rules alone."""

from __future__ import annotations

from collections.abc import Iterator

from books import filled, the_form
from measure import Contest, Ratio, Way
from processes import program, script, seconds_of
from readers import floor
from stage import Stage

from xls_report.check import relation_findings
from xls_report.plan import compile_layout

BOOKS = 200
_PART = 20  # workbooks of them that openpyxl loads; the loop's time is reckoned for all
_RULES = 100


def contests(stage: Stage) -> Iterator[Contest]:
    """The command as a user runs it, with one process, and the rival; then the relations."""
    inbox = stage.inbox(BOOKS)
    rival = script("rivals.py", "openpyxl-check", inbox, _PART)
    yield Contest(
        "check-200",
        "check, 200 files, whole command",
        {
            "check": Way(lambda: seconds_of(program("check", inbox)), books=BOOKS),
            "check --jobs 1": Way(lambda: seconds_of(program("check", inbox, "--jobs", 1)), books=BOOKS),
            "openpyxl": Way(lambda: seconds_of(rival, BOOKS / _PART), books=BOOKS),
        },
        [
            Ratio("openpyxl's two loads / check", "openpyxl", "check", 60, 90),
            Ratio("openpyxl's two loads / check, one process", "openpyxl", "check --jobs 1", 60, 90),
        ],
        rounds=7,
        note=f"fresh processes, start included; openpyxl loads {_PART} of the files, its loop times {BOOKS // _PART}",
    )
    yield _rules(stage)


def _rules(stage: Stage) -> Contest:
    """The relations of 100 workbooks, of which all hold, beside the floor of reading the same."""
    layout = compile_layout(the_form())
    submissions = [filled(number) for number in range(1, _RULES + 1)]
    for submission in submissions:
        _ = submission.figures  # the reader has them

    def rules() -> None:
        for submission in submissions:
            if relation_findings(submission, layout):
                raise AssertionError("a relation fails")

    books = [path.read_bytes() for path in sorted(stage.inbox(BOOKS).iterdir())[:_RULES]]
    ways = {"relations": Way(rules, books=_RULES), "floor": Way(floor(books), books=_RULES)}
    ratio = Ratio("relations / floor of reading", "relations", "floor", 0.5, 0.3, at_most=True)
    note = f"{_RULES} submissions as read; under 0.3 ms a workbook is aimed at"
    return Contest("check-rules", "the relations of a workbook", ways, [ratio], rounds=15, note=note)
