"""`merge` of 200 workbooks, the whole command with every check on, against loops that sum nothing and check nothing."""

from __future__ import annotations

from collections.abc import Iterator

from measure import Contest, Ratio, Way
from processes import program, script, seconds_of
from stage import Stage

BOOKS = 200
_PART = 40  # workbooks of them that openpyxl loads; the loop's time is reckoned for all


def contests(stage: Stage) -> Iterator[Contest]:
    """One contest of four commands."""
    inbox, roster, places = stage.inbox(BOOKS), stage.roster(BOOKS), stage.places()
    out = stage.folder / "汇总表.xlsx"
    merge = program("merge", inbox, "--roster", roster, "-o", out)

    def clear() -> None:
        out.unlink(missing_ok=True)

    def rival(name: str, count: int = BOOKS) -> Way:
        command = script("rivals.py", name, inbox, count, out, places)
        return Way(lambda: seconds_of(command, BOOKS / count), clear, BOOKS)

    yield Contest(
        "merge-200",
        "merge, 200 files, whole command",
        {
            "merge": Way(lambda: seconds_of(merge), clear, BOOKS),
            "merge --jobs 1": Way(lambda: seconds_of([*merge, "--jobs", "1"]), clear, BOOKS),
            "openpyxl": rival("openpyxl", _PART),
            "calamine": rival("calamine"),
            "pandas": rival("pandas"),
        },
        [
            Ratio("openpyxl's values loop / merge", "openpyxl", "merge", 20, 40),
            Ratio("openpyxl's values loop / merge, one process", "openpyxl", "merge --jobs 1", 20, 40),
            Ratio("python-calamine's values loop / merge", "calamine", "merge", 1, 1.2),
            Ratio("pandas' concat by calamine / merge", "pandas", "merge", 3, 6),
        ],
        rounds=7,
        note=f"fresh processes, start included; openpyxl reads {_PART} of the files, its loop times {BOOKS // _PART}",
    )
