"""Random tests are the same on every machine that judges a change; at a desk they look at new figures every time.

Only the reader's own tests are marked to be measured: a branch that another test or a random one happens to reach is
not tested by that, and being measured takes a test twice the time.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# As the program has it, whichever module of the tests imports openpyxl first: lxml would write the same otherwise.
os.environ["OPENPYXL_LXML"] = "False"

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
    *("test_import", "test_proof", "test_reshaped", "test_twins", "test_worddoc"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make test` measures what bears the mark in a run of its own, and shares the others out among processes."""
    for item in items:
        if item.path.stem in _MEASURED and item.get_closest_marker("hypothesis") is None:
            item.add_marker("reader")
