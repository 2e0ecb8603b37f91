"""The page of what people do is what the program says today, and leaves no case out."""

from __future__ import annotations

import re
import tempfile

import collect_cases
import file_cases
import folder_cases
import import_cases
import people
import pytest
import report_cases
import spoken
import summary_cases

from xls_report.catalogue import CATALOGUE


def test_every_case_is_spoken_of_as_a_clerk_would() -> None:
    assert set(spoken.FILES) == {*file_cases.CASES, *file_cases.FAULTS}
    assert set(spoken.ROUNDS) == set(collect_cases.CASES)
    assert set(spoken.SUMMARIES) == set(summary_cases.CASES)
    assert set(spoken.REPORTS) == set(report_cases.CASES)
    assert set(spoken.IMPORTS) == set(import_cases.CASES)
    said = [folder_cases.load(name).raw["zh"] for name in folder_cases.NAMES]
    for sentence in (
        *said,
        *spoken.FILES.values(),
        *spoken.ROUNDS.values(),
        *spoken.SUMMARIES.values(),
        *spoken.REPORTS.values(),
        *spoken.IMPORTS.values(),
    ):
        assert re.fullmatch(r"[^\n]*[\u4e00-\u9fff][^\n]*。", sentence), sentence
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("name", folder_cases.NAMES)
def test_every_case_has_its_heading(name: str) -> None:
    assert folder_cases.load(name).raw["part"] in people.PARTS


def test_the_page_is_what_the_program_says() -> None:
    text = people.page()
    assert text == people.PAGE.read_text(encoding="utf-8"), "run `python tests/people.py`"
    for name in (
        *folder_cases.NAMES,
        *file_cases.CASES,
        *collect_cases.CASES,
        *summary_cases.CASES,
        *report_cases.CASES,
        *import_cases.CASES,
    ):
        assert f"`{name}`" in text
    assert set(CATALOGUE) <= set(re.findall(r"（([FSVDTR][0-9]{3})）", text))
    assert tempfile.gettempdir() not in text
    assert all(f"](#{number}-" in text for number in range(1, len(people.PARTS) + 3))
