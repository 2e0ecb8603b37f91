"""`issue` of 200 blanks: bytes against XlsxWriter; to the disk against copying the same files and against openpyxl."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from books import YEAR, the_form, unit_of
from measure import Contest, Ratio, Way
from stage import Stage

from xls_report.copies import copy
from xls_report.issue import issue
from xls_report.plan import compile_layout
from xls_report.roster import load_roster
from xls_report.submission import Submission
from xls_report.writer import write

BLANKS = 200
_PART = 10  # of which the slow ways make as many; the ratio is reckoned for all


def contests(stage: Stage) -> Iterator[Contest]:
    """Without the disk, and with it; start-up is left out of both."""
    yield _bytes()
    yield _disk(stage)


def _bytes() -> Contest:
    layout = compile_layout(the_form())
    blanks = [Submission(the_form(), YEAR, unit_of(number)) for number in range(1, BLANKS + 1)]

    def copies() -> None:
        for blank in blanks:
            copy(layout, blank)

    def rendered() -> None:
        for blank in blanks[:_PART]:
            write(layout, blank)

    return Contest(
        "issue-bytes",
        "issue, 200 blanks, bytes only",
        {"issue": Way(copies, books=BLANKS), "XlsxWriter": Way(rendered, books=_PART)},
        [Ratio("XlsxWriter / issue", "XlsxWriter", "issue", 60, 120, scale=BLANKS / _PART)],
        note=f"in one process, the template rendered before; XlsxWriter renders {_PART}, times {BLANKS // _PART}",
    )


def _disk(stage: Stage) -> Contest:
    roster = load_roster(stage.roster(BLANKS), set())
    there, source = stage.folder / "issued", stage.folder / "issued-before"
    issue(the_form(), YEAR, roster, source)
    files = sorted(source.glob("*.xlsx"))

    def clear() -> None:
        shutil.rmtree(there, ignore_errors=True)
        there.mkdir()

    def issued() -> None:
        issue(the_form(), YEAR, roster, there)

    def copied() -> None:
        for file in files:
            shutil.copyfile(file, there / file.name)

    def edited() -> None:
        for number, file in enumerate(files[:_PART], 1):
            _edit(files[0], there / file.name, number)

    return Contest(
        "issue-disk",
        "issue, 200 blanks to the disk",
        {
            "issue": Way(issued, clear, BLANKS),
            "copyfile": Way(copied, clear, BLANKS),
            "openpyxl": Way(edited, clear, _PART),
        },
        [
            Ratio("issue / copyfile of the same files", "issue", "copyfile", 4, 2, at_most=True),
            Ratio("openpyxl's load, set and save / issue", "openpyxl", "issue", 50, 100, scale=BLANKS / _PART),
        ],
        note=f"in one process, old files removed outside; openpyxl edits {_PART}, times {BLANKS // _PART}",
    )


def _edit(template: Path, target: Path, number: int) -> None:
    """What is done with a template where openpyxl is at hand."""
    import openpyxl

    book = openpyxl.load_workbook(template)
    for sheet in book.worksheets[:3]:
        sheet["A1"] = unit_of(number).name
    book.save(target)
