"""What travels between processes and lies in a cache comes back as it was, and nothing else comes back."""

from __future__ import annotations

import contextlib
import json
import pickle
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import file_cases
import folder_cases
import pytest
from desk import random_values
from hypothesis import given, settings
from hypothesis import strategies as st
from support import FORMS, filled, form_of, known, taken, workbook

from xls_report.details import sums
from xls_report.figure import Figure
from xls_report.intake import Intake, Judged
from xls_report.kept import pack, unpack
from xls_report.layout import Kind
from xls_report.row import Row
from xls_report.submission import Cover, Submission, Unit

WORDS = st.integers() | st.none() | st.decimals(allow_nan=False)


def exact(found: Any) -> Any:
    """A value with the types and digits of all its parts, so that 1, 1.0 and 1.00 differ."""
    if isinstance(found, Row | dict):
        return {key: exact(value) for key, value in found.items()}
    if isinstance(found, tuple | list):
        return [type(found).__name__, *map(exact, found)]
    return f"{type(found).__name__} {found!r}"


@given(st.dictionaries(st.text(max_size=3), WORDS | st.sampled_from([-(2**31), 1 - 2**31, 2**31, True])))
def test_a_row_is_the_mapping_that_it_was_made_of(figures: dict[str, Figure | None]) -> None:
    row: Row[Figure | None] = Row(figures)
    assert exact(row.plain()) == exact(dict(row)) == exact(dict(row.items())) == exact(figures)
    assert list(row) == list(figures)
    assert exact(list(row.values())) == exact(list(figures.values()))
    assert [exact(row.get(name)) for name in figures] == [exact(value) for value in figures.values()]
    assert (len(row), "none" in row, row.get("none", 7)) == (len(figures), False, 7)
    assert row == figures == row
    assert row == Row(dict(row.plain()))
    assert exact(pickle.loads(pickle.dumps(row))) == exact(figures)


def test_rows_differ_as_mappings_do() -> None:
    row: Row[Figure | None] = Row({"a": 1, "b": None, "c": Decimal("1.50")})
    same: dict[str, Figure | None] = {"c": Decimal("1.5"), "a": 1, "b": None}
    assert row == Row(same)
    for name, other in (("c", Decimal("1.51")), ("b", 0), ("a", None), ("d", 1)):
        assert row != Row({**same, name: other})
    assert row != {"a": 1, "b": None, "c": 1}
    zeros: tuple[Row[Figure], ...] = (Row({"a": 0}), Row({"a": Decimal(0)}))
    assert zeros[0] == zeros[1]
    with pytest.raises(KeyError):
        row["d"]
    with pytest.raises(TypeError):
        hash(row)


def everything() -> Iterator[tuple[str, Intake]]:
    """An intake for every case there is, and summaries with parts of their own."""
    for name in folder_cases.NAMES:
        yield name, folder_cases.outcome(name)
    for name in file_cases.CASES:
        for n, intake in enumerate(file_cases.outcome(name)):
            yield f"{name} {n}", intake
    form = form_of(2025)
    parts = tuple(
        Cover(
            Unit(f"{n}", f"第{n}单位"),
            frozenset({"规章制定权"} if n else ()),
            below,
            Submission(form, 2025, Unit("x", "x"), random_values(form, random.Random(n))).figures,
        )
        for n, below in enumerate([(), (Cover(Unit("7", "村")),)])
    )
    summary = Submission(form, 2025, Unit("000", "区"), sums(form, parts), covers=parts)
    for kind in (Kind.WORKING, Kind.UPWARD):
        yield kind, taken(workbook(summary, kind))
    last = known(filled(2024, {"t3.carried_out.person": 3}))
    yield "grey", taken(workbook(filled(2025, prior=last)))


def alike(one: Intake, other: Intake) -> None:
    """Equal, to the digits, and of the same form."""
    assert one == other
    assert [exact((f.given, f.due, f.level)) for f in one.findings] == [
        exact((f.given, f.due, f.level)) for f in other.findings
    ]
    assert exact((one.outcome, one.kind)) == exact((other.outcome, other.kind))
    a, b = one.submission, other.submission
    if a is not None and b is not None:
        assert a.form is b.form
        assert exact((a.values, a.figures, a.prior)) == exact((b.values, b.figures, b.prior))
        assert [exact(c.values) for c in a.covers] == [exact(c.values) for c in b.covers]
        assert exact((a.texts, a.text_cells, a.cover, a.explanations)) == exact(
            (b.texts, b.text_cells, b.cover, b.explanations)
        )
        assert isinstance(a.values, Row)


def test_every_outcome_comes_back_as_it_was() -> None:
    seen = set()
    for name, intake in everything():
        asked = (Unit("004", "财"), 2025) if intake.submission is not None else None
        data = pack(Judged(intake, asked))
        back = unpack(data, FORMS, intake.path, intake.sha256)
        assert back.asked == asked, name
        alike(back.intake, intake)
        assert pack(back) == data
        seen.add(intake.outcome)
    assert len(seen) >= 5


@settings(max_examples=300)
@given(st.data())
def test_what_was_not_packed_does_not_come_back(data: st.DataObject) -> None:
    """A piece of a packed workbook replaced by something else: ValueError, or an intake that packs as it was read."""
    whole = json.loads(pack(Judged(taken(workbook(filled(2025))), (Unit("004", "财"), 2025))))
    place: Any = whole
    while True:
        n = data.draw(st.integers(0, len(place) - 1))
        if isinstance(place[n], list) and place[n] and data.draw(st.booleans()):
            place = place[n]
        else:
            place[n] = data.draw(st.none() | st.integers(0, 3) | st.text(max_size=3) | st.just([]) | st.just({}))
            break
    with contextlib.suppress(ValueError):
        unpack(json.dumps(whole).encode(), FORMS, Path("x"), "")


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b"null", b"[" * 100_000, b"[1,2,3,4,5,6,7,8,9,10]"])
def test_other_bytes_do_not_come_back(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the reason
        unpack(data, FORMS, Path("x"), "")


def test_a_form_that_is_not_here_does_not_come_back() -> None:
    data = pack(Judged(taken(workbook(filled(2025)))))
    with pytest.raises(ValueError, match="not what was packed"):
        unpack(data, (form_of(2019),), Path("x"), "")
