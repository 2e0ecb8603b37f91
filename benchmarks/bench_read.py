"""Reading: the reader alone over each set, against openpyxl's two loads and against the floor, cold and warm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from measure import Contest, Ratio, Way
from processes import own_seconds, script
from readers import WAYS
from stage import Stage

BOOKS = 40
_COLD, _WARM = 10, 5  # workbooks of them that openpyxl reads; the rest is reckoned


def contests(stage: Stage) -> Iterator[Contest]:
    """A fresh process and a warm one for each set."""
    for name, books in stage.sets(BOOKS).items():
        yield _cold(name, stage.set_folder(name, books))
        yield _warm(name, books)


def _cold(name: str, folder: Path) -> Contest:
    """Every way in a process of its own, which reads each workbook once; its start does not count."""

    def way(which: str, part: int = BOOKS) -> Way:
        command = script("readers.py", which, folder, part)
        return Way(lambda: own_seconds(command, BOOKS / part), books=BOOKS)

    ways = {which: way(which) for which in ("read", "floor", "expat")}
    ways["openpyxl"] = way("openpyxl", _COLD)
    return Contest(
        f"read-{name}-cold",
        f"read, {name}, fresh process",
        ways,
        [
            Ratio("openpyxl's two loads / read", "openpyxl", "read", 60, 110),
            Ratio("read / floor", "read", "floor", 2.5, 1.3, at_most=True),
            Ratio("read by expat / floor", "expat", "floor", 6, 4, at_most=True),
        ],
        note=f"{BOOKS} workbooks, nothing remembered; openpyxl reads {_COLD} of them, times {BOOKS // _COLD}",
    )


def _warm(name: str, books: list[bytes]) -> Contest:
    part = books[:_WARM]
    ways = {which: Way(WAYS[which](books), books=BOOKS) for which in ("read", "floor")}
    ways["openpyxl"] = Way(WAYS["openpyxl"](part), books=_WARM)
    scale = BOOKS / _WARM
    return Contest(
        f"read-{name}-warm",
        f"read, {name}, warm",
        ways,
        [
            Ratio("openpyxl's two loads / read", "openpyxl", "read", 60, 110, scale=scale),
            Ratio("read / floor", "read", "floor", 2.5, 1.3, at_most=True),
        ],
        note=f"{BOOKS} workbooks, read once before; openpyxl reads {_WARM} of them, times {scale:.0f}",
    )
