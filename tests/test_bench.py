"""What the benchmarks say is what they measured: ratios within the round, verdicts, and nothing judged in noise."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """Import a module of the benchmarks, which are scripts and no package; forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(BENCHMARKS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def contest(measure: Any, ours: list[float], theirs: list[float], calls: list[str]) -> Any:
    """Two ways that say these amounts, the first pass being the one that does not count."""
    said = {"ours": iter(ours), "theirs": iter(theirs)}

    def way(name: str) -> Any:
        def act() -> float:
            calls.append(name)
            return next(said[name])

        return measure.Way(act)

    ratio = measure.Ratio("theirs / ours", "theirs", "ours", 2, 4)
    return measure.Contest("x", "x", {"ours": way("ours"), "theirs": way("theirs")}, [ratio], rounds=3)


def test_a_ratio_is_the_median_of_the_rounds(module: Callable[[str], Any]) -> None:
    measure, calls = module("measure"), list[str]()
    # Rounds: ours, again, theirs; again, theirs, ours; theirs, ours, again.
    found = measure.run(contest(measure, [9, 1, 1, 10, 10, 100, 100], [9, 3, 30, 500], calls))
    assert calls == ["ours", "theirs", *("ours ours theirs ours theirs ours theirs ours ours".split())]
    assert found.ratios[0].median == 3
    assert found.ratios[0].high == pytest.approx(4.6)
    assert found.pair.median == 1
    assert not found.noisy


def test_noise_is_not_judged(module: Callable[[str], Any]) -> None:
    measure, results = module("measure"), module("results")
    quiet = measure.run(contest(measure, [1] * 7, [3] * 4, []))
    noisy = measure.run(contest(measure, [1, 1, 1.3, 1.3, 1, 1, 1.3], [3] * 4, []))
    ratio = quiet.contest.ratios[0]
    assert [results.verdict(ratio, quiet, value) for value in (1.9, 2, 3.9, 4)] == [
        "missed",
        "floor",
        "floor",
        "ambition",
    ]
    assert noisy.noisy
    assert results.verdict(ratio, noisy, 1.9) == "too noisy"
    upper = measure.Ratio("ours / floor", "ours", "theirs", 4, 2, at_most=True)
    assert [results.verdict(upper, quiet, value) for value in (4.1, 4, 2)] == ["missed", "floor", "ambition"]


def test_a_pressed_workbook_is_read_as_its_figures(module: Callable[[str], Any]) -> None:
    from xls_report.reader import read

    books = module("books")
    due = books.filled(77)
    reading = read(books.press().workbook(due), (books.the_form(),))
    assert reading.findings == ()
    assert reading.submission is not None
    assert reading.submission.values == due.values
    assert reading.submission.unit == due.unit


def test_the_nation_is_reckoned_in_a_straight_line(module: Callable[[str], Any]) -> None:
    growth = module("growth")
    points = [
        growth.Point("check", 100, 1.0, 30),
        growth.Point("check", 1_100, 3.0, 40),
        growth.Point("merge", 100, 2, 9),
    ]
    assert growth.nation(points) == [("check", pytest.approx(3 + 0.002 * 298_900), 1_100), ("merge", 6_000, 100)]
