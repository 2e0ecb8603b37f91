"""The prose against the tables: a corpus of sentences with what is found in each, and what a workbook shows of it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from acts import perform
from support import FORMS, UNIT, blank, facts, filled, taken, workbook

from xls_report.finding import Finding
from xls_report.plan import compile_layout
from xls_report.prose import prose_findings
from xls_report.submission import Cover, Submission, Unit

FOLDER = Path(__file__).parent / "prose"


@dataclass(frozen=True)
class Say:
    """A paragraph of the corpus: its defaults are the file's; `found` is code, figure of the prose, of the table."""

    file: str
    number: int
    raw: dict[str, Any]

    @property
    def submission(self) -> Submission:
        raw = self.raw
        unit = Unit("004", raw["unit"])
        made = blank(raw["year"], unit) if raw.get("blank") else filled(raw["year"], raw.get("figures"), unit=unit)
        covers = (Cover(Unit("101", "一村")),) if raw.get("summary") else ()
        return replace(made, texts={raw["part"]: (raw["text"],)}, covers=covers)

    @property
    def found(self) -> tuple[Finding, ...]:
        submission = self.submission
        return prose_findings(submission, compile_layout(submission.form))


def _corpus() -> Iterator[Say]:
    keys = {"text", "found", "message", "year", "unit", "part", "figures", "summary", "blank"}
    for path in sorted(FOLDER.glob("*.toml")):
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        says = raw.pop("say")
        for number, say in enumerate(says, 1):
            assert set(say) <= keys, f"{path.name} {number}: {sorted(set(say) - keys)}"
            yield Say(path.stem, number, {**raw, **say})


CORPUS = tuple(_corpus())


def _short(found: Finding) -> str:
    if found.code == "T210":
        return "T210"
    due = found.due
    given = 0 if found.code == "T208" and found.given is None else found.given
    return f"{found.code} {given} {due}"


@pytest.mark.parametrize("say", CORPUS, ids=lambda say: f"{say.file}-{say.number}")
def test_a_sentence_raises_what_it_should_and_nothing_else(say: Say) -> None:
    found = say.found
    assert [_short(one) for one in found] == say.raw.get("found", []), [one.message for one in found]
    if "message" in say.raw:
        assert found[0].message == say.raw["message"]
    for one in found:
        assert not one.blocks
        assert len(one.message) < 160
        one.line("").encode("gbk")


def test_the_corpus_is_large_and_half_of_it_is_silent() -> None:
    silent = [say for say in CORPUS if not say.raw.get("found")]
    assert len(CORPUS) >= 130
    assert len(silent) >= len(CORPUS) / 2
    assert {found.split()[0] for say in CORPUS for found in say.raw.get("found", [])} == {
        *(f"T2{n:02}" for n in range(1, 11)),
        "T212",
    }


def test_sentences_that_are_right_say_something_that_is_compared() -> None:
    """With every figure of the tables put wrong, most of the right sentences are found: they are not just skipped."""
    said = [say for say in CORPUS if say.file == "right"]
    caught = 0
    for say in said:
        made = say.submission
        off = {item: None if value is None else value + 7000 for item, value in made.values.items()}
        wrong = replace(made, values={item: value for item, value in off.items()})
        money = made.form.item["t2.licence.decisions"]
        assert money.kind == "count"
        caught += bool(prose_findings(wrong, compile_layout(wrong.form))) or "信息处理费" in say.raw["text"]
    assert caught == len(said)
