"""A clerk's desk for tests: verbs run in this process, rosters, random figures, and sums made by another way."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from xls_report import formfile
from xls_report.cli import main
from xls_report.form import Form
from xls_report.formfile import load_forms
from xls_report.plan import compile_layout
from xls_report.submission import Submission, Unit
from xls_report.writer import write

Figure = int | Decimal

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
SAMPLES = ROOT / "samples"
HEADS = ("代码", "名称", "分组", "计入汇总", "联系人", "电话", "别名", "标志", "上年代码", "承接单位")
RULES = "规章制定权"

NEW, CARRIED_IN, DONE, CARRIED_OUT = "t3.new", "t3.carried_in", "t3.done", "t3.carried_out"


@dataclass(frozen=True)
class Run:
    """What a command left behind."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def json(self) -> Any:
        """Standard output as JSON, which it must be alone; a number with a point has no place in it."""

        def never(text: str) -> Any:
            raise AssertionError(f"a JSON number that is not whole: {text}")

        return json.loads(self.out.decode("utf-8"), parse_float=never, parse_constant=never)


@cache
def _loaded(files: tuple[tuple[Path, bytes], ...]) -> tuple[Form, ...]:
    return load_forms(files[0][0].parent)


def _forms_in(folder: Path) -> tuple[Form, ...]:
    """`load_forms`, with the same files parsed and laid out once for all runs; whatever is wrong is told each time."""
    files = tuple((path, path.read_bytes()) for path in sorted(folder.glob("*.toml")))
    return _loaded(files) if files else load_forms(folder)


def run(*arguments: object) -> Run:
    """Run a verb as the console would; every run ends in an exit status, and every text fits a GBK console."""
    out, err = io.BytesIO(), io.BytesIO()
    streams = [io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=True) for raw in (out, err)]
    status: object = None
    patches = contextlib.ExitStack()
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]), patches:
        try:
            patches.enter_context(mock.patch.object(formfile, "load_forms", _forms_in))
            main([str(argument) for argument in arguments])
        except SystemExit as leave:
            status = leave.code
    for stream in streams:
        stream.flush()
    assert isinstance(status, int), f"no exit status but {status!r}"
    found = Run(status, out.getvalue(), err.getvalue().decode("utf-8"))
    found.err.encode("gbk")
    return found


def done(*arguments: object, status: int = 0) -> Run:
    """Run a verb that must end with this status."""
    found = run(*arguments)
    assert found.status == status, f"{found.status} instead of {status}\n{found.err}\n{found.text[-3000:]}"
    return found


@cache
def forms() -> tuple[Form, ...]:
    """The forms that come with the program."""
    return load_forms(TEMPLATES)


def form_of(year: int) -> Form:
    """The form of a report year, found without the program's own look-up."""
    return next(form for form in forms() if form.years[0] <= year <= form.years[1])


def roster_file(path: Path, rows: Iterable[Mapping[str, str]], heads: Sequence[str] = HEADS) -> Path:
    """Write a roster as a spreadsheet program does: UTF-8 with BOM, CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([row.get(head, "") for head in heads] for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    return path


def unit_row(code: str, name: str = "", **more: str) -> dict[str, str]:
    """A roster's row; keys of `more` are the Chinese heads."""
    return {"代码": code, "名称": name or f"第{code}单位", "计入汇总": "是", **more}


def office_row(code: str = "000", name: str = "某区人民政府") -> dict[str, str]:
    """The collecting office's row."""
    return {"代码": code, "名称": name, "分组": "汇总单位"}


def random_values(form: Form, rng: random.Random, *, most: int = 400) -> dict[str, Figure]:
    """Every input filled so that every relation of the form holds, and 规章 is 0."""
    values: dict[str, Figure] = {}
    for item in form.inputs:
        if item.kind == "amount":
            values[item.id] = Decimal(rng.randrange(10**9)).scaleb(-rng.choice((0, 2, 4, 6)))
        elif item.kind == "change":
            values[item.id] = rng.randrange(-most, most)
        else:
            values[item.id] = rng.randrange(most)
        if item.id.startswith("t2.regulation."):
            values[item.id] = 0
    for ident in list(values):
        if ident.endswith(".items_before"):
            values[ident] = rng.randrange(most, 2 * most)
    more, less = ("in_force", "issued") if "t2.normative.in_force" in values else ("opened_total", "opened")
    values[f"t2.normative.{more}"] = int(values[f"t2.normative.{less}"]) + rng.randrange(most)
    results = [item for item in form.inputs if item.id.split(".")[1] in _results(form)]
    for column in ("person", "company", "research", "charity", "legal", "other"):
        handled = sum(int(values[item.id]) for item in results if item.id.endswith(f".{column}"))
        left = rng.randrange(most)
        values[f"{CARRIED_OUT}.{column}"] = left
        values[f"{CARRIED_IN}.{column}"] = min(handled + left, rng.randrange(most))
        values[f"{NEW}.{column}"] = handled + left - int(values[f"{CARRIED_IN}.{column}"])
    return values


def _results(form: Form) -> frozenset[str]:
    closed = {"closed"} if form.years[0] == 2019 else {"closed_1", "closed_2", "closed_3"}
    counted = [("denied", 8), ("unable", 3), ("refused", 5)]
    return frozenset({"granted", "partial", *closed, *(f"{g}_{n}" for g, most in counted for n in range(1, most + 1))})


def with_totals(form: Form, values: Mapping[str, Figure | Fraction]) -> dict[str, Fraction]:
    """Every item of the form from its inputs, added up here by the printed rules and not by the program."""
    found = {ident: Fraction(value) for ident, value in values.items()}
    people = ("person", "company", "research", "charity", "legal", "other")
    results = _results(form)
    for column in people:
        found[f"{DONE}.{column}"] = sum((found[f"t3.{row}.{column}"] for row in results), Fraction(0))
    for row in (*results, "new", "carried_in", "done", "carried_out"):
        found[f"t3.{row}.total"] = sum((found[f"t3.{row}.{column}"] for column in people), Fraction(0))
    for group in ("review", "direct", "after_review"):
        parts = (f"t4.{group}.{result}" for result in ("upheld", "corrected", "other", "pending"))
        found[f"t4.{group}.total"] = sum((found[part] for part in parts), Fraction(0))
    return found


def as_data(values: Mapping[str, Figure | None]) -> dict[str, int | str | None]:
    """Figures as `fill` takes them."""
    return {ident: format(v, "f") if isinstance(v, Decimal) else v for ident, v in values.items()}


def fractions(values: Mapping[str, int | str | None]) -> dict[str, Fraction]:
    """Figures of `export` or `merge` as exact numbers; a blank is an error here."""
    assert None not in values.values(), [ident for ident, value in values.items() if value is None]
    return {ident: Fraction(value) for ident, value in values.items() if value is not None}


def added(form: Form, parts: Iterable[Mapping[str, Any]]) -> dict[str, Fraction]:
    """The independent sum: every item of every unit, totals first and added as totals."""
    total: dict[str, Fraction] = {}
    for values in parts:
        for ident, value in with_totals(form, values).items():
            total[ident] = total.get(ident, Fraction(0)) + value
    return total


def workbook(path: Path, year: int, unit: tuple[str, str], values: Mapping[str, Figure | None], **more: Any) -> Path:
    """A filled workbook as its unit would send it in, made by the program's writer."""
    form = form_of(year)
    submission = Submission(form, year, Unit(*unit), dict(values), **more)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write(compile_layout(form), submission))
    return path


def data_file(path: Path, data: Any) -> Path:
    """JSON as a unit's own system writes it."""
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def hashes(folder: Path) -> dict[str, str]:
    """Every file below a folder with the SHA-256 of its bytes."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
