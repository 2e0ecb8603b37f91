"""Start-up: `xls-report --help` against `python -c "import click"`, upon which any such program rests."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from measure import Contest, Ratio, Way
from processes import program, seconds_of
from stage import Stage


def contests(_: Stage) -> Iterator[Contest]:
    """Two commands, alternately."""
    yield Contest(
        "start",
        "start-up, whole command",
        {
            "--help": Way(lambda: seconds_of(program("--help"))),
            "import click": Way(lambda: seconds_of([sys.executable, "-c", "import click"])),
            "python alone": Way(lambda: seconds_of([sys.executable, "-c", "pass"])),
        },
        [Ratio("xls-report --help / import click", "--help", "import click", 1.6, 1.3, at_most=True)],
        rounds=21,
    )
