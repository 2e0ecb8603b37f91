"""The law of `import`: whatever happened to a published table, a figure is right, or blank and told; never wrong."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from functools import cache

import pytest
from desk import random_values
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import WRITERS, Cell, Page, Rows, edited, full_width, report, retyped
from support import form_of

from xls_report.document import Document
from xls_report.figure import Figure
from xls_report.published import Imported, document_of, import_document
from xls_report.submission import Submission, Unit, zero

UNIT = Unit("004", "某区财政局")
YEARS = (2020, 2025)
Act = Callable[[Rows, random.Random], Rows]


@cache
def figures(year: int, seed: int) -> dict[str, Figure | None]:
    """A submission's figures, totals included; every third is nearly all 0, since zeros hide what was moved."""
    form, chance = form_of(year), random.Random(seed)
    values: dict[str, Figure | None] = dict(random_values(form, chance, most=chance.choice((2, 40, 4000))))
    if seed % 3 == 0:
        values.update((item.id, zero(item)) for item in form.inputs if chance.random() < 0.9)
    return dict(Submission(form, year, UNIT, values).figures)


def _at(rows: Rows, chance: random.Random) -> tuple[int, int]:
    row = chance.randrange(len(rows))
    return row, chance.randrange(len(rows[row])) if rows[row] else 0


def drop_cell(rows: Rows, chance: random.Random) -> Rows:
    row, n = _at(rows, chance)
    return edited(rows, row, [*rows[row][:n], *rows[row][n + 1 :]])


def double_cell(rows: Rows, chance: random.Random) -> Rows:
    row, n = _at(rows, chance)
    return edited(rows, row, [*rows[row][: n + 1], *rows[row][n:]])


def put_in(text: str) -> Act:
    def act(rows: Rows, chance: random.Random) -> Rows:
        row, n = _at(rows, chance)
        return edited(rows, row, [*rows[row][:n], Cell(text), *rows[row][n:]])

    return act


def write(text: str) -> Act:
    """Another text in the place of a cell's."""

    def act(rows: Rows, chance: random.Random) -> Rows:
        row, n = _at(rows, chance)
        return edited(rows, row, [*rows[row][:n], retyped(rows[row][n], text), *rows[row][n + 1 :]])

    return act


def drop_row(rows: Rows, chance: random.Random) -> Rows:
    row = chance.randrange(len(rows))
    return [*rows[:row], *rows[row + 1 :]]


def double_row(rows: Rows, chance: random.Random) -> Rows:
    row = chance.randrange(len(rows))
    return [*rows[: row + 1], *rows[row:]]


def swap_rows(rows: Rows, chance: random.Random) -> Rows:
    row = chance.randrange(len(rows) - 1)
    return [*rows[:row], rows[row + 1], rows[row], *rows[row + 2 :]]


def spare_column(text: str, *, heads: bool) -> Act:
    """A column without a heading at the end, as frames leave it."""

    def act(rows: Rows, _chance: random.Random) -> Rows:
        return [
            [*row, Cell(text if any(c.figure for c in row) else "")] if heads or any(c.figure for c in row) else row
            for row in rows
        ]

    return act


def wide(rows: Rows, _chance: random.Random) -> Rows:
    return [[retyped(cell, full_width(cell.text)) if cell.figure else cell for cell in row] for row in rows]


def spaced(rows: Rows, _chance: random.Random) -> Rows:
    return [[cell if cell.figure else retyped(cell, " ".join(cell.text)) for cell in row] for row in rows]


def broken_label(rows: Rows, chance: random.Random) -> Rows:
    """The end of a label on a line of its own, without figures."""
    places = [
        (r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if not cell.figure and len(cell.text) > 5
    ]
    row, n = chance.choice(places)
    text = rows[row][n].text
    cut = chance.randrange(2, len(text) - 1)
    first = edited(rows, row, [*rows[row][:n], retyped(rows[row][n], text[:cut]), *rows[row][n + 1 :]])
    rest = [Cell("") if cell is not rows[row][n] else retyped(cell, text[cut:]) for cell in rows[row]]
    return [*first[: row + 1], rest, *first[row + 1 :]]


def without_spans(rows: Rows, _chance: random.Random) -> Rows:
    """Every cell in one place: the merges were lost, and with them the columns."""
    return [[Cell(cell.text, figure=cell.figure) for cell in row] for row in rows]


def taller(rows: Rows, chance: random.Random) -> Rows:
    """A figure's cell over two rows, the one below gone."""
    places = [
        (r, c) for r, row in enumerate(rows[:-1]) for c, cell in enumerate(row) if cell.figure and len(rows[r + 1]) > c
    ]
    row, n = chance.choice(places)
    cell = rows[row][n]
    found = edited(rows, row, [*rows[row][:n], Cell(cell.text, 2, cell.columns, True), *rows[row][n + 1 :]])
    return edited(found, row + 1, [*rows[row + 1][:n], *rows[row + 1][n + 1 :]])


ACTS: dict[str, Act] = {
    "drop a cell": drop_cell,
    "double a cell": double_cell,
    "a blank cell": put_in(""),
    "a zero cell": put_in("0"),
    "a cell with a figure": put_in("7"),
    "blank a cell": write(""),
    "a dash": write("—"),
    "a remark in a cell": write("3（含上年1件）"),
    "two lines in a cell": write("1\n2"),
    "drop a row": drop_row,
    "double a row": double_row,
    "swap two rows": swap_rows,
    "a blank column": spare_column("", heads=True),
    "a column of zeros under no heading": spare_column("0", heads=True),
    "zeros behind the rows": spare_column("0", heads=False),
    "full width digits": wide,
    "labels with blanks": spaced,
    "a broken label": broken_label,
    "lost merges": without_spans,
    "a cell over two rows": taller,
}
# What changes the look and loses nothing.
HARMLESS = (
    "a blank column",
    "a column of zeros under no heading",
    "zeros behind the rows",
    "full width digits",
    "labels with blanks",
    "a broken label",
    "lost merges",
    "double a row",
    "swap two rows",
)


def mutated(page: Page, table: int, acts: list[tuple[str, int]]) -> Page:
    number = -1
    blocks: list[str | Rows] = []
    for block in page.blocks:
        if isinstance(block, str):
            blocks.append(block)
            continue
        number += 1
        rows = block
        for name, seed in acts if number == table else []:
            if len(rows) > 2 and any(cell.figure for row in rows for cell in row):
                with contextlib.suppress(IndexError):  # nothing left that this could be done to
                    rows = ACTS[name](rows, random.Random(seed))
        blocks.append(rows)
    return Page(blocks)


def imported(data: bytes, suffix: str, year: int) -> Imported:
    document = document_of(data, suffix)
    assert isinstance(document, Document), document
    return import_document(document, form_of(year), year, UNIT)


def assert_the_law(found: Imported, due: dict[str, Figure | None]) -> None:
    """Right, or blank and told."""
    assert found.submission is not None, found.findings
    values = found.submission.values
    wrong = {item: (value, due[item]) for item, value in values.items() if value is not None and value != due[item]}
    assert not wrong
    if any(value is None for value in values.values()):
        assert any(f.blocks for f in found.findings)


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("year", YEARS)
@settings(deadline=None)
@given(table=st.integers(0, 2), name=st.sampled_from(sorted(ACTS)), seed=st.integers(0, 10**6))
def test_no_figure_is_wrong_after_one_act(suffix: str, year: int, table: int, name: str, seed: int) -> None:
    due = figures(year, seed % 12)
    page = mutated(report(form_of(year), year, due), table, [(name, seed)])
    assert_the_law(imported(WRITERS[suffix](page), suffix, year), due)


@pytest.mark.parametrize("suffix", WRITERS)
@settings(deadline=None)
@given(
    year=st.sampled_from(YEARS),
    table=st.integers(1, 2),
    harmless=st.lists(st.sampled_from(HARMLESS), min_size=1, max_size=2),
    name=st.sampled_from(sorted(ACTS)),
    seeds=st.lists(st.integers(0, 10**6), min_size=4, max_size=4),
)
def test_no_figure_is_wrong_in_silence_after_several_acts(
    suffix: str, year: int, table: int, harmless: list[str], name: str, seeds: list[int]
) -> None:
    """Of a table with sums, which has lost its look as well; without sums two faults may hide each other."""
    due = figures(year, seeds[0] % 12)
    acts = list(zip([*harmless, name], seeds[1:], strict=False))
    found = imported(WRITERS[suffix](mutated(report(form_of(year), year, due), table, acts)), suffix, year)
    if found.submission is not None and not any(f.blocks for f in found.findings):
        values = found.submission.values
        assert {item: values[item] for item in values} == {item: due[item] for item in values}
