"""How time and memory grow with the number of workbooks: `issue`, `check`, `merge`, each as a whole command."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from books import YEAR
from processes import program, watched
from stage import Stage

NATION = 300_000  # bodies that report, about
MOST_MERGED = 10_000  # units of one summary; more are merged level by level
_TIMES = 3  # runs of a small number, of which the middle one counts
_SMALL = 1_000


@dataclass(frozen=True)
class Point:
    """A command on a number of workbooks: seconds, and MiB at its peak."""

    verb: str
    count: int
    seconds: float
    memory: float


def measured(stage: Stage, sizes: Iterable[int], say: Callable[[str], None]) -> list[Point]:
    """Every command on every size; a folder that was measured is removed, as large ones take gigabytes."""
    points: list[Point] = []
    for count in sorted(sizes):
        for point in _size(stage, count):
            say(f"{point.verb:<6} {point.count:>8,} {point.seconds:>9.2f} s {point.memory:>8.0f} MiB")
            points.append(point)
    return points


def _size(stage: Stage, count: int) -> Iterator[Point]:
    roster, blanks, out = stage.roster(count), stage.folder / "blanks", stage.folder / "汇总表.xlsx"
    yield _middle("issue", count, program("issue", YEAR, roster, "-o", blanks), blanks)
    inbox = stage.inbox(count)
    yield _middle("check", count, program("check", inbox, "-o", stage.folder / "审核.txt"), stage.folder / "审核.txt")
    if count <= MOST_MERGED:
        yield _middle("merge", count, program("merge", inbox, "--roster", roster, "-o", out), out)
    if count > _SMALL:
        shutil.rmtree(inbox)


def _middle(verb: str, count: int, command: Sequence[str], made: Path) -> Point:
    """One run, for small numbers the middle one of three; what was made is removed before and after."""
    runs = []
    for _ in range(_TIMES if count <= _SMALL else 1):
        _remove(made)
        if verb == "issue":
            made.mkdir()
        runs.append(watched(command))
    _remove(made)
    seconds, memory = sorted(runs)[len(runs) // 2]
    return Point(verb, count, seconds, memory)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def nation(points: Sequence[Point]) -> list[tuple[str, float, int]]:
    """Seconds for NATION by verb, reckoned in a straight line from the largest two sizes measured, and the largest.

    For `merge` it is as many summaries of the largest size as are needed, one after the other.
    """
    found = []
    for verb in dict.fromkeys(point.verb for point in points):
        mine = [point for point in points if point.verb == verb]
        last = mine[-1]
        if verb == "merge" or len(mine) < 2:
            seconds = last.seconds * NATION / last.count
        else:
            each = (last.seconds - mine[-2].seconds) / (last.count - mine[-2].count)
            seconds = last.seconds + each * (NATION - last.count)
        found.append((verb, seconds, last.count))
    return found
