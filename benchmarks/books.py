"""Workbooks of units, made on the fly: filled with figures that satisfy every relation, with blanks, saved by others.

Thousands of them are pressed from one that the program's own writer wrote: each has the figures, totals, results and
the name of its own unit, and its parts are byte for byte as if it had been written from scratch.
"""

from __future__ import annotations

import csv
import io
import random
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from functools import cache
from html import escape
from pathlib import Path

from xls_report.figure import Figure
from xls_report.form import Form
from xls_report.formfile import form_of_year, load_forms
from xls_report.heading import Measure
from xls_report.layout import Layout, Role, Sheet
from xls_report.live import results
from xls_report.plan import compile_layout
from xls_report.resources import bundled
from xls_report.submission import Submission, Unit
from xls_report.writer import stamp_of, write

YEAR = 2025
BLANKS = 0.3  # share of the inputs that are left out in the set with blanks
COVER = {"leader": "甲某", "reviewer": "乙某", "filler": "丙某", "phone": "0595-12345678"}

_NOBODY = Unit("Q7Q7Q7", "印版单位")
_CELL = re.compile(r'(<c r="([A-Z]+[0-9]+)"(?: s="[0-9]+")?(?: t="str")?>(?:<f>[^<]*</f>)?<v>)([^<]*)(?=</v></c>)')
_FIGURES = frozenset({Role.INPUT, Role.TOTAL, Role.SUM, Role.CHECK, Role.TITLE})

Hole = tuple[Role, str, int]  # what stands in a cell: its role, the key and the index
Live = Mapping[tuple[str, int], Figure | str]


@cache
def the_form() -> Form:
    """The form in force in YEAR."""
    form = form_of_year(load_forms(bundled("templates")), YEAR)
    if form is None:
        raise LookupError(f"no form for {YEAR}")
    return form


def unit_of(number: int) -> Unit:
    """The unit of a number; the code has six digits."""
    return Unit(f"{number:06}", f"第{number}单位")


def figures(form: Form, number: int) -> dict[str, Figure | None]:
    """Small figures as most units have them, many of them 0, such that every relation holds."""
    rng = random.Random(number)
    values: dict[str, Figure | None] = {}
    for item in form.inputs:
        value = rng.choice((0, 0, 0, rng.randrange(10), rng.randrange(300)))
        values[item.id] = Decimal(value * 137) / 100 if item.kind is Measure.AMOUNT else value
        if item.row.id == "regulation":
            values[item.id] = 0
        elif item.column.id == "in_force":
            values[item.id] = 300 + rng.randrange(1000)
    (block,) = form.table("t3").blocks
    done = [row.id for row, path in block.row_leaves if path and row.formula is None]
    for column, _ in block.column_leaves:
        if column.formula is None:
            closed = sum(int(values[f"t3.{row}.{column.id}"] or 0) for row in done)
            out = rng.randrange(closed + 3)
            before = rng.randrange(closed + out + 1)
            values[f"t3.carried_out.{column.id}"] = out
            values[f"t3.carried_in.{column.id}"] = before
            values[f"t3.new.{column.id}"] = closed + out - before
    return values


def filled(number: int) -> Submission:
    """What the unit of a number reports."""
    form = the_form()
    return Submission(form, YEAR, unit_of(number), figures(form, number), cover=COVER)


def with_blanks(number: int) -> Submission:
    """The same, with some of the inputs left out."""
    rng = random.Random(-number)
    whole = filled(number)
    return replace(whole, values={item: None if rng.random() < BLANKS else v for item, v in whole.values.items()})


class Press:
    """One filled workbook cut where the units' own is: from then on a workbook is joined, not written."""

    def __init__(self) -> None:
        self.layout: Layout = compile_layout(the_form())
        nobody = replace(filled(0), unit=_NOBODY)
        self.line = stamp_of(self.layout, nobody).line
        self.parts: list[tuple[str, list[str] | str | bytes]] = []
        self.holes: dict[str, list[Hole]] = {}  # of a part: what fills each of its holes
        sheets = {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(self.layout.sheets, 1)}
        with zipfile.ZipFile(io.BytesIO(write(self.layout, nobody))) as package:
            for name in package.namelist():
                content = package.read(name).decode()
                if name in sheets:
                    self.parts.append((name, self._cut(name, content, sheets[name])))
                elif _NOBODY.code in content or _NOBODY.name in content:
                    self.parts.append((name, content))
                else:
                    self.parts.append((name, content.encode()))
        self._prove(1, 2, 3)

    def _cut(self, name: str, content: str, sheet: Sheet) -> list[str]:
        own = {cell.address: (cell.role, cell.key, cell.index) for cell in sheet.cells if cell.role in _FIGURES}
        chunks, end = [], 0
        self.holes[name] = []
        for found in _CELL.finditer(content):
            if found[2] in own:
                self.holes[name].append(own[found[2]])
                chunks.append(content[end : found.start(3)])
                end = found.end(3)
        return [*chunks, content[end:]]

    def _prove(self, *numbers: int) -> None:
        """A workbook that is joined must be the one that is written."""
        for number in numbers:
            submission = filled(number)
            with zipfile.ZipFile(io.BytesIO(write(self.layout, submission))) as package:
                due = [(name, package.read(name)) for name in package.namelist()]
            joined = list(self._members(submission))
            if joined != due:
                differ = [one[0] for one, other in zip(joined, due, strict=True) if one != other]
                raise AssertionError(f"a pressed workbook differs from a written one in {differ}")

    def workbook(self, submission: Submission) -> bytes:
        """The bytes of a unit's workbook."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in self._members(submission):
                member = zipfile.ZipInfo(name)
                member.compress_type = zipfile.ZIP_DEFLATED
                package.writestr(member, content)
        return buffer.getvalue()

    def _members(self, submission: Submission) -> Iterable[tuple[str, bytes]]:
        live = results(self.layout, submission)
        line, unit = stamp_of(self.layout, submission).line, submission.unit
        for name, content in self.parts:
            if isinstance(content, bytes):
                yield name, content
                continue
            if isinstance(content, list):
                values = [*(_stored(hole, submission, live) for hole in self.holes[name]), ""]
                content = "".join(text for pair in zip(content, values, strict=True) for text in pair)
            content = content.replace(self.line, line)
            yield name, content.replace(_NOBODY.code, unit.code).replace(_NOBODY.name, unit.name).encode()


def _stored(hole: Hole, submission: Submission, live: Live) -> str:
    """The value of a cell as XlsxWriter stores it."""
    role, key, index = hole
    value = live.get((key, index), "") if role in (Role.CHECK, Role.TITLE) else submission.figures[key]
    return escape(value, quote=False) if isinstance(value, str) else f"{value:.16G}"


@cache
def press() -> Press:
    """The press of this process."""
    return Press()


def _press_some(folder: Path, numbers: range) -> None:
    for number in numbers:
        name = f"{number:06}-第{number}单位-{YEAR}年政府信息公开年报数据表.xlsx"
        (folder / name).write_bytes(press().workbook(filled(number)))


def press_into(folder: Path, count: int, *, processes: int = 2, chunk: int = 250) -> Path:
    """Fill a new folder with the workbooks of the units 1 to `count`."""
    folder.mkdir(parents=True)
    chunks = [range(first, min(first + chunk, count + 1)) for first in range(1, count + 1, chunk)]
    if len(chunks) == 1:
        _press_some(folder, chunks[0])
        return folder
    with ProcessPoolExecutor(processes) as pool:
        for _ in pool.map(_press_some, [folder] * len(chunks), chunks):
            pass
    return folder


def roster_into(path: Path, count: int) -> Path:
    """A roster of the units 1 to `count` and the office that collects, as CSV."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("代码", "名称", "分组", "计入汇总"))
        rows.writerow(("000000", "某区政府办公室", "汇总单位", "是"))
        for number in range(1, count + 1):
            unit = unit_of(number)
            rows.writerow((unit.code, unit.name, f"第{number % 12}组", "是"))
    return path


def saved_by_openpyxl(data: bytes) -> bytes:
    """The workbook opened and saved by openpyxl."""
    import openpyxl

    buffer = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(data)).save(buffer)
    return buffer.getvalue()


def saved_by_office(books: list[bytes]) -> list[bytes]:
    """The workbooks opened and saved by LibreOffice, in one run with a profile of its own; [] without LibreOffice."""
    office = shutil.which("soffice")
    if office is None:
        return []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        for n, data in enumerate(books):
            (folder / "in" / f"{n:03}.xlsx").write_bytes(data)
        command = [office, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
        command += ["--convert-to", "xlsx", "--outdir", str(folder / "out")]
        command += map(str, sorted((folder / "in").iterdir()))
        subprocess.run(command, check=True, capture_output=True, timeout=900)
        return [path.read_bytes() for path in sorted((folder / "out").iterdir())]


SETS = {
    "filled": "all inputs filled, saved by XlsxWriter, whose XML is meant to equal Excel's",
    "blanks": "30 % of the inputs left blank",
    "openpyxl": "half filled, half with blanks, saved by openpyxl",
    "libreoffice": "half filled, half with blanks, saved by LibreOffice",
}


def sets(count: int) -> dict[str, list[bytes]]:
    """The four sets of as many workbooks each; three without LibreOffice."""
    layout = compile_layout(the_form())
    whole = [press().workbook(filled(number)) for number in range(1, count + 1)]
    blanks = [write(layout, with_blanks(number)) for number in range(1, count + 1)]
    mixed = [*whole[: count // 2], *blanks[count // 2 :]]
    found = {"filled": whole, "blanks": blanks, "openpyxl": [saved_by_openpyxl(data) for data in mixed]}
    office = saved_by_office(mixed)
    return {**found, "libreoffice": office} if office else found
