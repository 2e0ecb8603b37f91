"""Random tests are the same on every machine that judges a change; at a desk they look at new figures every time.

Under `coverage run` only the reader's own tests are measured: a branch that another test or a random one happens to
reach is not tested by that, and being measured takes a test twice the time.
"""

from __future__ import annotations

import os

import pytest
from coverage import Coverage
from hypothesis import settings

settings.register_profile("judge", derandomize=True, database=None)
settings.register_profile("desk")
settings.load_profile("judge" if os.environ.get("CI") else "desk")

_MEASURED = {
    *(
        "test_cases",
        "test_clean",
        "test_filekind",
        "test_fragments",
        "test_lastyear",
        "test_markup",
        "test_number",
        "test_package",
    ),
    "test_reshaped",
}
_COVERAGE = Coverage.current()  # None but under `coverage run`


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Start or stop measuring where that changes: to start takes a while."""
    measured = item.path.stem in _MEASURED and item.get_closest_marker("hypothesis") is None
    running = Coverage.current() is not None
    if _COVERAGE is not None and measured is not running:
        (_COVERAGE.start if measured else _COVERAGE.stop)()
