"""Every file that once broke the reader, and the nastiest of those that did not: the invariant holds of each."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from invariant import hold
from support import FORMS

from xls_report.inbox import take_in
from xls_report.intake import Outcome
from xls_report.reader import Reading, read

FOLDER = Path(__file__).parent / "regress"
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix != ".md")
SECONDS = 10  # of a processor: what a file may take


def test_there_are_files() -> None:
    assert len(FILES) >= 8
    assert not [path.name for path in FILES if path.name.startswith(("crash-", "oom-", "timeout-", "leak-"))], "name it"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_read_or_refused_the_same_either_way(path: Path) -> None:
    data = path.read_bytes()
    assert isinstance(read(data, FORMS), Reading)
    hold(data)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_taken_in(path: Path) -> None:
    start = time.process_time()
    (intake,) = take_in([path], FORMS)
    assert time.process_time() - start < SECONDS
    assert intake.findings
    assert intake.outcome is not Outcome.IGNORED
