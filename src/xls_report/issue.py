"""Blanks for a whole roster (发放空表), and the list of what was issued."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from xls_report.copies import copy
from xls_report.csvout import csv_bytes
from xls_report.figure import Figure
from xls_report.form import Form
from xls_report.intake import Prior
from xls_report.layout import Kind
from xls_report.output import OutputError, file_name, write_many, write_whole
from xls_report.plan import compile_layout
from xls_report.roster import Roster, RosterUnit
from xls_report.submission import Submission

LIST = "空表发放清单.csv"
_HEADS = ("代码", "名称", "分组", "计入汇总", "联系人", "电话", "文件", "SHA-256", "表样", "发放次")


@dataclass(frozen=True, slots=True)
class Issued:
    """One blank: its unit, its file and the SHA-256 of its bytes."""

    unit: RosterUnit
    path: Path
    sha256: str
    prior: bool  # whether last year's figures were at hand


def workbook_name(code: str, name: str, year: int) -> str:
    """`004-区财政局-2025年政府信息公开年报数据表.xlsx`, in characters that Windows accepts."""
    tail = f"-{year}年政府信息公开年报数据表.xlsx"
    return file_name(f"{code}-{name}")[:100].rstrip(" .") + tail


def issue(
    form: Form,
    year: int,
    roster: Roster,
    folder: Path,
    *,
    prior: Prior | None = None,
    password: str = "",
    label: str = "",
    tables_only: bool = False,
    force: bool = False,
) -> tuple[Issued, ...]:
    """Write a blank for every unit of the roster into the folder; raises OutputError before anything is overwritten.

    The collecting office itself gets none. Returns what was issued, in the roster's order.
    """
    paths = (folder / workbook_name(unit.code, unit.name, year) for unit in roster.units)
    there = [path for path in (*paths, folder / LIST) if path.exists()]
    if there and not force:
        more = f" 等 {len(there)} 个文件" if len(there) > 1 else ""
        raise OutputError(f"{there[0]}{more}已存在，没有覆盖；确要覆盖请加 --force（写在命令名之前）")
    asking = roster.asking
    issuer = " ".join(part for part in (asking.issuer, asking.contact, asking.phone) if part)
    order = Order(form, year, Kind.TABLES if tables_only else Kind.UNIT, folder, password, label, issuer, force)
    issued = write_blanks(order, ((unit, _known(form, year, unit, prior)) for unit in roster.units))
    write_whole(folder / LIST, _list(form, issued, label), force=force)
    return issued


@dataclass(frozen=True, slots=True)
class Order:
    """What the blanks of one run have in common."""

    form: Form
    year: int
    kind: Kind
    folder: Path
    password: str = ""
    label: str = ""
    issuer: str = ""
    force: bool = False


def write_blanks(order: Order, units: Iterable[tuple[RosterUnit, Mapping[str, Figure]]]) -> tuple[Issued, ...]:
    """Write the blank of each unit, beside it last year's figures, if any; raises OutputError.

    The blanks of a roster may be written in several calls, in any process; a form that came to another process anew is
    rendered there anew, so that few calls of many units are best.
    """
    layout = compile_layout(order.form, order.kind)
    form = layout.form
    written: list[tuple[RosterUnit, Path, bool]] = []

    def files() -> Iterator[tuple[Path, bytes]]:
        for unit, known in units:
            path = order.folder / workbook_name(unit.code, unit.name, order.year)
            flags = unit.flags & frozenset(form.flags)
            values = form.prefilled(known)
            blank = Submission(form, order.year, unit.unit, values, flags=flags, prior=known)
            blank = replace(blank, label=order.label, issuer=order.issuer)
            written.append((unit, path, bool(known)))
            yield path, copy(layout, blank, password=order.password)

    digests = write_many(files(), force=order.force)
    return tuple(Issued(unit, path, sha, prior) for (unit, path, prior), sha in zip(written, digests, strict=True))


def _known(form: Form, year: int, unit: RosterUnit, prior: Prior | None) -> dict[str, Figure]:
    """Last year's figures of the unit, of items that the form still has."""
    figures = prior(unit.unit, year - 1) if prior is not None else None
    return {item: value for item, value in (figures or {}).items() if item in form.item}


def _list(form: Form, issued: Iterable[Issued], label: str) -> bytes:
    rows = []
    for one in issued:
        unit = one.unit
        included = "是" if unit.included else "否"
        facts = (unit.code, unit.name, unit.group, included, unit.contact, unit.phone)
        rows.append((*facts, one.path.name, one.sha256, form.id, label))
    return csv_bytes((_HEADS, *rows))
