"""Who and what a workbook is (表样标识): form, layout, year, unit, covered units; on three carriers that must agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from xls_report.figure import Figure, figure_text
from xls_report.form import Form
from xls_report.layout import Kind
from xls_report.submission import Cover, Unit, is_code

SHEET = "表样标识"
PROPERTY = "xls-report"  # the custom document property
NAME = "xls_report_stamp"  # the defined name

_FIXED = ("form", "layout", "year", "code", "name", "kind", "label", "issuer", "state")
_FIRST = 2  # row of the first entry; row 1 says what the sheet is
INCOMPLETE = "阶段汇总（未收齐）"  # title of a summary that lacks units
PARTIAL, DRAFT = "暂不计入", "未收齐"
MAX_DEPTH = 8  # levels of government are fewer


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the three carriers say; `covers` is known from the hidden sheet alone."""

    form: str
    layout: str
    year: int
    unit: Unit
    kind: Kind
    label: str = ""
    flags: frozenset[str] = frozenset()
    covers: tuple[Cover, ...] = ()
    issuer: str = ""  # whom to call
    state: str = ""  # of a summary: PARTIAL or DRAFT where it lacks units
    prior: str = ""  # digest of last year's figures that it was issued with; on the hidden sheet alone
    sealed: str = ""  # the digest, when only a line is left and name, flags and covered units are not known

    @property
    def line(self) -> str:
        """One ASCII line of at most 200 characters, for the property and the name."""
        parts = (self.form, self.year, self.unit.code, self.layout, len(self.covers), self.digest, self.kind)
        return ";".join(str(part) for part in parts)

    @property
    def digest(self) -> str:
        """12 hexadecimal digits over what the line has no room for: the unit's name, flags and covered units."""
        if self.sealed:
            return self.sealed
        rows = [(self.unit.name, self.state, *sorted(self.flags)), *_cover_rows(self.covers, 0)]
        return hashlib.sha256("\n".join("\t".join(row) for row in rows).encode()).hexdigest()[:12]


def prior_digest(prior: Mapping[str, Figure]) -> str:
    """12 hexadecimal digits over last year's figures; "" when there are none."""
    rows = sorted(f"{item}\t{figure_text(value)}" for item, value in prior.items())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12] if rows else ""


def identity(content: str, form: Form, stamp: Stamp) -> str:
    """The text of an identity cell: its template filled with unit, year, form and issuer."""
    return content.format(
        name=stamp.unit.name,
        code=stamp.unit.code,
        year=stamp.year,
        title=form.title,
        state=f"{INCOMPLETE}　" if stamp.state else "",
        period=f"{stamp.year}年1月1日至12月31日",
        label=f"（{stamp.label}）" if stamp.label else "",
        issuer=f"有问题请联系：{stamp.issuer}。" if stamp.issuer else "",
    )


def flag_address(form: Form, flag: str) -> str:
    """Cell of the hidden sheet that holds 是 when the unit has the flag."""
    return f"$C${_FIRST + len(_FIXED) + form.flags.index(flag)}"


def entries(stamp: Stamp, form: Form) -> Iterator[tuple[str, ...]]:
    """The rows of the hidden sheet, from row 1."""
    yield ("表样标识：本页仅记录单位代码和表样版本，请勿修改。",)
    unit = stamp.unit
    values = [stamp.form, stamp.layout, str(stamp.year), unit.code, unit.name, str(stamp.kind)]
    values += [stamp.label, stamp.issuer, stamp.state]
    yield from zip(_FIXED, values, strict=True)
    for flag in form.flags:
        yield ("flag", flag, "是" if flag in stamp.flags else "否")
    if stamp.prior:
        yield ("prior", stamp.prior)
    for row in _cover_rows(stamp.covers, 0):
        yield ("cover", *row)


def _cover_rows(covers: tuple[Cover, ...], depth: int) -> Iterator[tuple[str, str, str, str]]:
    for cover in covers:
        yield str(depth), cover.unit.code, cover.unit.name, "；".join(sorted(cover.flags))
        yield from _cover_rows(cover.covers, depth + 1)


def from_entries(rows: Iterable[tuple[str, ...]]) -> Stamp | None:
    """The stamp of a hidden sheet's rows; None when they are not such."""
    found: dict[str, str] = {}
    flags: set[str] = set()
    covers: list[tuple[str, ...]] = []
    for row in rows:
        if row[0] == "flag" and len(row) > 2:
            if row[2] == "是":
                flags.add(row[1])
        elif row[0] == "cover" and len(row) > 3:
            covers.append(row[1:])
        elif row[0] in (*_FIXED, "prior") and len(row) > 1:
            found[row[0]] = row[1]
    tree = _tree(covers)
    if tree is None:
        return None
    return _stamp(found, frozenset(flags), tree)


def _stamp(
    found: Mapping[str, str], flags: frozenset[str] = frozenset(), covers: tuple[Cover, ...] = ()
) -> Stamp | None:
    year, code, kind = found.get("year", ""), found.get("code", ""), found.get("kind", "")
    if not (len(year) == 4 and year.isascii() and year.isdigit() and is_code(code) and kind in set(Kind)):
        return None
    if not found.get("form") or not found.get("layout"):
        return None
    unit = Unit(code, found.get("name", ""))
    stamp = Stamp(found["form"], found["layout"], int(year), unit, Kind(kind), flags=flags, covers=covers)
    label, issuer, state, prior = (found.get(key, "") for key in ("label", "issuer", "state", "prior"))
    return replace(stamp, label=label, issuer=issuer, state=state, prior=prior)


def _tree(rows: list[tuple[str, ...]]) -> tuple[Cover, ...] | None:
    """Covered units from rows of depth, code, name, flags; None when the depths make no tree."""

    def level(position: int, depth: int) -> tuple[tuple[Cover, ...], int] | None:
        found: list[Cover] = []
        while position < len(rows) and rows[position][0] == str(depth):
            _, code, name, flags = (*rows[position], "")[:4]
            if not is_code(code) or depth > MAX_DEPTH:
                return None
            below = level(position + 1, depth + 1)
            if below is None:
                return None
            covers, position = below
            found.append(Cover(Unit(code, name), frozenset(f for f in flags.split("；") if f), covers))
        return tuple(found), position

    result = level(0, 0)
    return result[0] if result is not None and result[1] == len(rows) else None


@dataclass(frozen=True, slots=True)
class Line:
    """What the one-line carriers say."""

    form: str
    year: str
    code: str
    layout: str
    covers: str
    digest: str
    kind: str


def from_line(text: str) -> Line | None:
    """The stamp line of a property or name; None when it is not such."""
    parts = text.strip().strip('"').split(";")
    return Line(*parts) if len(parts) == 7 else None


def from_line_alone(line: Line) -> Stamp | None:
    """A unit's stamp when only a line is left: name and flags are not known. None for a summary."""
    found = {"form": line.form, "layout": line.layout, "year": line.year, "code": line.code, "kind": line.kind}
    stamp = _stamp(found) if line.covers == "0" else None
    return replace(stamp, sealed=line.digest) if stamp is not None else None


def unsealed(stamp: Stamp, form: Form, name: str) -> Stamp | None:
    """The stamp with the unit's name and the flags that its digest proves; None when the name is not the one issued."""
    for size in range(len(form.flags) + 1):
        for flags in combinations(form.flags, size):
            open_stamp = replace(stamp, unit=Unit(stamp.unit.code, name), flags=frozenset(flags), sealed="")
            if open_stamp.digest == stamp.sealed:
                return open_stamp
    return None
