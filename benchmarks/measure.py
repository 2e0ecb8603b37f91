"""How a contest is measured: each way once a round, ratios within the round, and a pair that must be 1."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

AGAIN = "again"  # the twin of a contest's first way, for the A/A pair
QUIET = (0.9, 1.1)  # where the A/A pair must stay, or nothing is judged

Act = Callable[[], float | None]


@dataclass(frozen=True)
class Way:
    """One way to do the work. `act` may return the amount itself (seconds by its own clock, MiB), else it is timed.

    `before` is not measured. `books`: workbooks that the amount stands for, for the figure of a single one.
    """

    act: Act
    before: Callable[[], object] | None = None
    books: int = 1


@dataclass(frozen=True)
class Ratio:
    """`over` divided by `under`, two ways of a contest; `floor` is what CI may ask, `ambition` what is aimed at.

    `scale`: how much more the way `under` does than the way `over`.
    """

    what: str
    over: str
    under: str
    floor: float
    ambition: float
    at_most: bool = False
    scale: float = 1

    def met(self, value: float, target: float) -> bool:
        """Whether the value is on the right side of a target."""
        return value <= target if self.at_most else value >= target


@dataclass(frozen=True)
class Contest:
    """Ways that are measured in the same rounds; the first is measured twice."""

    name: str
    title: str
    ways: Mapping[str, Way]
    ratios: Sequence[Ratio]
    rounds: int = 9
    unit: str = "s"  # or MiB
    note: str = ""


@dataclass(frozen=True)
class Spread:
    """The median of all rounds, and what lies between 10 and 90 % of them."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Found:
    """What a contest gave: amounts by way, ratios in the contest's order, the A/A pair."""

    contest: Contest
    amounts: Mapping[str, Spread]
    ratios: Sequence[Spread]
    pair: Spread
    rounds: int

    @property
    def noisy(self) -> bool:
        """Whether the same work differs from itself by more than it may."""
        return self.pair.low < QUIET[0] or self.pair.high > QUIET[1]


def spread(values: Sequence[float]) -> Spread:
    """Median and the 10 to 90 % range."""
    if len(values) < 2:
        return Spread(values[0], values[0], values[0])
    tenths = statistics.quantiles(values, n=10, method="inclusive")
    return Spread(statistics.median(values), tenths[0], tenths[-1])


def run(contest: Contest, *, quick: bool = False) -> Found:
    """Measure a contest: a pass of each way that does not count, then the rounds, the order rotated."""
    first = next(iter(contest.ways))
    ways = {first: contest.ways[first], AGAIN: contest.ways[first], **contest.ways}
    number = min(contest.rounds, 3) if quick else contest.rounds
    for way in contest.ways.values():
        _measured(way)
    names = list(ways)
    rounds: list[dict[str, float]] = []
    for n in range(number):
        turn = n % len(names)
        rounds.append({name: _measured(ways[name]) for name in names[turn:] + names[:turn]})

    def within(over: str, under: str, scale: float = 1) -> Spread:
        return spread([scale * one[over] / one[under] for one in rounds])

    return Found(
        contest,
        {name: spread([one[name] for one in rounds]) for name in contest.ways},
        [within(ratio.over, ratio.under, ratio.scale) for ratio in contest.ratios],
        within(AGAIN, first),
        number,
    )


def _measured(way: Way) -> float:
    """The amount of one pass."""
    if way.before is not None:
        way.before()
    gc.collect()
    started = time.perf_counter()
    amount = way.act()
    seconds = time.perf_counter() - started
    return seconds if amount is None else amount
