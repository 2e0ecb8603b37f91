"""Blanks for a whole roster (发放空表), and the list of what was issued."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from xls_report.csvout import csv_bytes
from xls_report.form import Form
from xls_report.intake import Prior
from xls_report.layout import Kind
from xls_report.output import OutputError, file_name, write_whole
from xls_report.plan import compile_layout
from xls_report.roster import Roster, RosterUnit
from xls_report.submission import Submission
from xls_report.writer import write

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
    layout = compile_layout(form, Kind.TABLES if tables_only else Kind.UNIT)
    paths = [folder / workbook_name(unit.code, unit.name, year) for unit in roster.units]
    there = [path for path in (*paths, folder / LIST) if path.exists()]
    if there and not force:
        more = f" 等 {len(there)} 个文件" if len(there) > 1 else ""
        raise OutputError(f"{there[0]}{more}已存在，没有覆盖；确要覆盖请加 --force（写在命令名之前）")
    asking = roster.asking
    issuer = " ".join(part for part in (asking.issuer, asking.contact, asking.phone) if part)
    issued = []
    for unit, path in zip(roster.units, paths, strict=True):
        blank = replace(_blank(form, year, unit, prior), label=label, issuer=issuer)
        data = write(layout, blank, password=password)
        write_whole(path, data, force=force)
        issued.append(Issued(unit, path, hashlib.sha256(data).hexdigest(), bool(blank.prior)))
    write_whole(folder / LIST, _list(form, issued, label), force=force)
    return tuple(issued)


def _blank(form: Form, year: int, unit: RosterUnit, prior: Prior | None) -> Submission:
    """A unit's submission before anybody filled it in: its flags, last year's figures and what follows from them."""
    figures = prior(unit.unit, year - 1) if prior is not None else None
    known = {item: value for item, value in (figures or {}).items() if item in form.item}
    flags = unit.flags & frozenset(form.flags)
    return Submission(form, year, unit.unit, form.prefilled(known), flags=flags, prior=known)


def _list(form: Form, issued: list[Issued], label: str) -> bytes:
    rows = []
    for one in issued:
        unit = one.unit
        included = "是" if unit.included else "否"
        facts = (unit.code, unit.name, unit.group, included, unit.contact, unit.phone)
        rows.append((*facts, one.path.name, one.sha256, form.id, label))
    return csv_bytes((_HEADS, *rows))
