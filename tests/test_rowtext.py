"""Rows written as text are the cells that XlsxWriter would have written one by one."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from acts import parts_of
from desk import random_values
from office import convert, needs_office
from support import form_of

from xls_report.detail import Remarks
from xls_report.figure import Figure
from xls_report.layout import Kind, Layout, Role, Rows, Sheet
from xls_report.package import RawCell, RawSheet, open_package
from xls_report.package.refusal import Refusal
from xls_report.plan import compile_layout
from xls_report.records import _grid
from xls_report.submission import Cover, Submission, Unit
from xls_report.writer import write

ODD = (
    "普通文字",
    "<a & b>",
    " 前后有空格 ",
    "第一行\n第二行",
    "_x0041_ _x005F_",
    "引号\"和'",
    "制表\t符",
    "控制\x01符",
    "=SUM(A1)",
    "%d %s %%",
    "{row}",
    "",
    "012",
    "\U0001f600",
    "长" * 33_000,
)
MOST = 10**15 - 1


def covers(year: int, number: int) -> tuple[Cover, ...]:
    """Units with random figures, the largest and blanks among them, and odd texts for names."""
    form = form_of(year)
    found = []
    for n in range(number):
        rng = random.Random(f"{year} {n}")
        values: dict[str, Any] = dict(random_values(form, rng))
        for item in form.inputs:
            if rng.random() < 0.2:
                values[item.id] = None if rng.random() < 0.5 else MOST if item.kind != "amount" else Decimal("0.000001")
        own = Submission(form, year, Unit(f"u{n:04}", ODD[n % len(ODD)]), values)
        found.append(Cover(own.unit, values=own.figures))
    return tuple(found)


def cell_by_cell(sheet: Sheet, every: tuple[Cover, ...] = (), remarks: Remarks | None = None) -> Sheet:
    """The sheet with every cell of its repeated rows among its cells, for XlsxWriter to write one by one."""
    rows = sheet.rows
    if rows is None:
        return sheet
    cells, results = [], {}
    for cell in rows:
        if rows.texts:
            cell = replace(cell, content=rows.texts[cell.index][cell.column - rows.cells[0].column])
        elif cell.role is Role.DETAIL:
            cell = replace(cell, role=Role.SHOWN)
            results[cell.address] = every[cell.index].values[cell.key]
        else:
            unit = every[cell.index].unit
            facts = {"code": unit.code, "name": unit.name}
            text = facts.get(cell.key, (remarks or {}).get((cell.key, cell.index), ""))
            cell = replace(cell, role=Role.REMARK, content=text)
        cells.append(cell)
    heights = (*sheet.heights, *((rows.first + n, height) for n, height in enumerate(rows.heights)))
    known = {address: value for address, value in results.items() if value is not None}
    return replace(sheet, cells=(*sheet.cells, *cells), heights=heights, rows=None, results=known)


def both(year: int, number: int) -> tuple[Layout, bytes, bytes]:
    """A summary and a page of texts as written, and cell by cell."""
    form = form_of(year)
    layout = compile_layout(form, Kind.WORKING, number)
    every = covers(year, number)
    submission = Submission(form, year, Unit("D1", "某区"), {}, covers=every)
    remarks = {(key, n): ODD[(n + 3) % len(ODD)] for n in range(number) for key in ("group", "file")}
    page = _grid("sources", "来源", ("文件", "单位"), (10.0, 30.0), [(t, ODD[-n]) for n, t in enumerate(ODD)])
    slow = Layout(form, Kind.WORKING, number, tuple(cell_by_cell(s, every, remarks) for s in layout.sheets))
    fast = write(layout, submission, after=(page,), remarks=remarks)
    return layout, fast, write(slow, submission, after=(cell_by_cell(page),), remarks=remarks)


def read_all(data: bytes) -> dict[str, RawSheet]:
    package = open_package(data)
    assert not isinstance(package, Refusal), package
    found = {entry.name: package.read_sheet(entry) for entry in package.sheets}
    assert all(isinstance(raw, RawSheet) for raw in found.values())
    return {name: raw for name, raw in found.items() if isinstance(raw, RawSheet)}


def exact(cell: RawCell) -> tuple[Any, ...]:
    """The cell, its number by what it is worth."""
    return (cell.kind, Decimal(cell.text) if cell.kind == "n" and cell.text else cell.text, cell.formula, cell.style)


@pytest.mark.parametrize(("year", "number"), [(2025, 450), (2020, 1), (2025, 200)])
def test_rows_of_text_are_what_xlsxwriter_writes_cell_by_cell(year: int, number: int) -> None:
    layout, fast, slow = both(year, number)
    mine, due = read_all(fast), read_all(slow)
    assert list(mine) == list(due)
    differing = set()
    for name, raw in due.items():
        there = mine[name]
        assert (there.merges, there.hidden_rows, there.hidden_columns, there.protected) == (
            raw.merges,
            raw.hidden_rows,
            raw.hidden_columns,
            raw.protected,
        )
        assert list(there.cells) == list(raw.cells)
        for address, cell in raw.cells.items():
            if exact(there.cells[address]) != exact(cell):
                differing.add((name, address))
    assert differing <= {("表样标识", "B3")}  # the digest of the layout, which is one of rows
    assert {sheet.rows.count for sheet in layout.sheets if sheet.rows is not None} == {number}


def _facts(book: Any) -> Iterator[tuple[Any, ...]]:
    for page in book.worksheets:
        frame = (page.dimensions, page.freeze_panes, page.auto_filter.ref, page.print_title_rows, page.print_title_cols)
        yield page.title, *frame, page.page_setup.orientation, page.protection.sheet, page.protection.autoFilter
        for row in page.iter_rows():
            height = page.row_dimensions[row[0].row].height
            for c in row:
                # Of shared texts openpyxl takes the escape away, of those inline it does not.
                value = c.value.replace("x005F_", "") if isinstance(c.value, str) else c.value
                yield page.title, c.coordinate, value, c.data_type, height, list(c._style or ())
    yield tuple(book.defined_names.items())


def dimension(part: bytes) -> bytes:
    return part.partition(b"<dimension ")[2].partition(b">")[0]


def test_openpyxl_sees_the_same_styles_heights_filters_and_panes() -> None:
    _, fast, slow = both(2025, 30)
    pairs = zip(*(list(_facts(openpyxl.load_workbook(io.BytesIO(data)))) for data in (fast, slow)), strict=True)
    one, other = parts_of(fast), parts_of(slow)
    assert one["xl/styles.xml"] == other["xl/styles.xml"]
    for part in (name for name in other if "worksheets/sheet" in name):
        assert dimension(one[part]) == dimension(other[part]) != b""
    assert [(a, b) for a, b in pairs if a != b and a[:2] != ("表样标识", "B3")] == []


def test_every_figure_is_written_with_all_its_digits() -> None:
    form = form_of(2025)
    amount = next(item for item in form.inputs if item.kind == "amount")
    count = next(item for item in form.inputs if item.kind == "count")
    values: dict[str, Figure | None] = {amount.id: Decimal("123456789.123456"), count.id: MOST}
    submission = Submission(form, 2025, Unit("D1", "某区"), {}, covers=(Cover(Unit("1", "甲"), values=values),))
    layout = compile_layout(form, Kind.WORKING, 1)
    found = read_all(write(layout, submission))
    for item, text in ((amount, "123456789.123456"), (count, str(MOST))):
        sheet = layout.sheet(f"detail_{item.table.id}")
        assert sheet.rows is not None
        (cell,) = (c for c in sheet.rows.of(Role.DETAIL) if c.key == item.id)
        assert found[sheet.name].cells[cell.address].text == text


def test_the_same_rows_give_the_same_bytes_and_no_clock() -> None:
    _, one, _ = both(2025, 5)
    _, two, _ = both(2025, 5)
    assert one == two
    assert {member.date_time for member in zipfile.ZipFile(io.BytesIO(one)).infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert zipfile.ZipFile(io.BytesIO(one)).testzip() is None


def test_a_row_too_few_is_a_fault_of_ours_and_no_workbook() -> None:
    form = form_of(2025)
    layout = compile_layout(form, Kind.WORKING, 3)
    submission = Submission(form, 2025, Unit("D1", "某区"), {}, covers=covers(2025, 2))
    with pytest.raises(ValueError, match="2 rows where 3 are due"):
        write(layout, submission)


def test_a_rows_cell_knows_its_row() -> None:
    (sheet,) = (s for s in compile_layout(form_of(2025), Kind.WORKING, 12).sheets if s.id == "detail_t4")
    rows = sheet.rows
    assert isinstance(rows, Rows)
    total = next(c for c in rows.of(Role.DETAIL) if c.content)
    assert total.content == "SUM(F{row}:I{row})"
    last = rows.cell(total, 11)
    assert (last.address, last.content, last.index) == ("J14", "SUM(F14:I14)", 11)
    assert [rows.holds(a) for a in ("A3", "T14", "A2", "A15", "U3")] == [True, True, False, False, False]
    assert re.fullmatch(r"A2:T14", sheet.filtered)


@needs_office
def test_libreoffice_opens_it_and_adds_up_the_same(tmp_path: Path) -> None:
    form = form_of(2025)
    every = tuple(
        replace(c, values={k: 7 if v is None else v for k, v in c.values.items()}) for c in covers(2025, len(ODD))
    )
    every = tuple(
        replace(c, values=Submission(form, 2025, c.unit, {i.id: c.values[i.id] for i in form.inputs}).figures)
        for c in every
    )
    values = {
        i.id: sum((c.values[i.id] or 0 for c in every), Decimal(0) if i.kind == "amount" else 0) for i in form.inputs
    }
    submission = Submission(form, 2025, Unit("D1", "某区"), values, covers=every)
    data = write(compile_layout(form, Kind.WORKING, len(every)), submission)
    mine, theirs = read_all(data), read_all(convert(tmp_path, {"x": data})["x"])
    for name in (n for n in mine if n.startswith(("明细", "表"))):
        for address, cell in mine[name].cells.items():
            if cell.kind == "n" and cell.text:
                assert f"{float(theirs[name].cells[address].text or ''):.12g}" == f"{float(cell.text):.12g}", address
