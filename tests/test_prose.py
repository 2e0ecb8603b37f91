"""The prose against the tables: a corpus of sentences with what is found in each, and what a workbook shows of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from acts import perform
from support import blank, facts, filled, place, taken, workbook

from xls_report.finding import Finding
from xls_report.layout import Kind
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
    """With every figure of the tables put wrong, each of the right sentences is found: none is just skipped."""
    for say in CORPUS:
        if say.file != "right" or "信息处理费" in say.raw["text"]:  # the fee may be smaller than the table's
            continue
        made = say.submission
        wrong = replace(made, values={item: value + 7000 for item, value in made.values.items() if value is not None})
        assert prose_findings(wrong, compile_layout(wrong.form)), say.raw["text"]


def test_nothing_is_done_where_no_text_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xls_report.prose._paragraph", None)
    made = filled(2025, {"t3.new.person": 3})
    assert prose_findings(replace(made, texts={"s5": ()}), compile_layout(made.form)) == ()


_LONG = 32000
_HOSTILE = (
    "、" * _LONG,
    "除" * _LONG,
    "1，111" * 5000,
    "2024年" * 6000,
    "共" * _LONG,
    "收到申请12件。" * 3500,
    "，" * _LONG,
)


@pytest.mark.parametrize("text", _HOSTILE, ids=lambda text: text[:6])
def test_a_cell_full_of_one_thing_costs_little(text: str) -> None:
    made = replace(filled(2025), texts={"s1.on_request": (text,)})
    start = process_time()
    prose_findings(made, compile_layout(made.form))
    assert process_time() - start < 5


def test_the_finding_stands_at_the_cell_whatever_cells_are_blank_and_however_many_lines_one_holds() -> None:
    """Three paragraphs in two cells, the first cell of the part left blank."""
    made = filled(2025, {"t3.new.person": 12, "t3.granted.person": 12})
    layout = compile_layout(made.form)
    data = perform(
        workbook(made),
        layout,
        {"do": "type", "cell": "text.s1.on_request.1", "text": "一般情况。\n收到申请11件。"},
        {"do": "type", "cell": "text.s1.on_request.3", "text": "办结申请10件。"},
    )
    _, second = place(layout, "text.s1.on_request.1")
    sheet, fourth = place(layout, "text.s1.on_request.3")
    intake = taken(data)
    assert facts(intake) == [
        ("T201", "warning", sheet.name, (second,)),
        ("T203", "warning", sheet.name, (fourth,)),
    ]
    assert intake.outcome == "accepted"


def test_figures_that_were_refused_or_left_blank_are_not_compared() -> None:
    made = filled(2025, {"t3.new.person": 12, "t3.granted.person": 12})
    layout = compile_layout(made.form)
    data = perform(
        workbook(made),
        layout,
        {"do": "type", "cell": "t3.new.person", "text": "十二"},
        {"do": "type", "cell": "text.s1.on_request.0", "text": "收到申请11件，办结申请10件。"},
    )
    assert [f.code for f in taken(data).findings] == ["V115", "T203"]


def test_a_summary_is_held_to_its_own_texts_alone() -> None:
    covers = tuple(
        Cover(Unit(code, name), values=filled(2025).values) for code, name in (("101", "一村"), ("102", "二村"))
    )
    made = filled(2025, {"t3.new.person": 12, "t3.granted.person": 12}, unit=Unit("000", "临江区人民政府"))
    said = replace(made, covers=covers, texts={"s1.on_request": ("全区共收到申请11件。", "我办收到申请3件。")})
    assert [f.code for f in prose_findings(said, compile_layout(said.form, Kind.WORKING, 2))] == ["T201"]
