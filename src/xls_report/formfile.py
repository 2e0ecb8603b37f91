"""Form files: TOML → Form, with every complaint of a broken file at once, by file, table, block and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from xls_report.briefing import briefs, charts
from xls_report.complaints import Complaints, Raw
from xls_report.equation import Equation, EquationError, Sum, parse_equation
from xls_report.faults import ListedError
from xls_report.form import Block, Form, Level, Part, Relation, Section, Table
from xls_report.formcheck import RESERVED, check_items, cross_check
from xls_report.heading import Heading, Measure
from xls_report.prosefile import phrases

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", re.ASCII)
_RELATION_ID = re.compile(r"G[0-9]{3}", re.ASCII)
_FORM_ID = re.compile(r"[a-z][a-z0-9-]{1,31}", re.ASCII)
_SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_YEARS = (1900, 9998)  # the signature lies in the year after
_PROMPT = 255  # characters that a spreadsheet shows
_AXES = ("rows", "columns", "items")
_FORM_KEYS = (
    *("id", "title", "basis", "years", "no_reason", "table", "section", "relation"),
    *("overview", "chart", "sum_notes", "prose"),
)
_HEADING_KEYS = ("id", "label", "short", "kind", "unit", "hint", "formula", "aliases")


class FormFileError(ListedError):
    """A form file that cannot be used; `complaints` lists everything that is wrong with it, one sentence each."""


def load_form(path: Path) -> Form:
    """Read one form file; raises FormFileError with every complaint, OSError when it cannot be read."""
    complaints = Complaints(path.name)
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        raise FormFileError([f"{path.name}：不是合格的 TOML 文件：{fault}"]) from fault
    form = _form(raw, complaints)
    for judge in (cross_check, check_items):
        if not complaints.lines:
            judge(form, complaints.add)
    if complaints.lines:
        raise FormFileError(complaints.lines)
    return form


def load_forms(folder: Path) -> tuple[Form, ...]:
    """Every form of a folder, ordered by years; raises FormFileError, two forms in force in one year included."""
    complaints: list[str] = []
    forms: list[tuple[Path, Form]] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            forms.append((path, load_form(path)))
        except FormFileError as fault:
            complaints.extend(fault.complaints)
    if not forms and not complaints:
        complaints.append(f"{folder}：没有表样文件（*.toml）")
    forms.sort(key=lambda pair: pair[1].years)
    for (path, form), (later_path, later) in pairwise(forms):
        if form.years[1] >= later.years[0]:
            complaints.append(f"{later_path.name}：years 与 {path.name} 重叠：{later.years[0]} 年有两种表样")
    if len({form.id for _, form in forms}) != len(forms):
        complaints.append(f"{folder}：两个表样文件的 id 相同")
    if complaints:
        raise FormFileError(complaints)
    return tuple(form for _, form in forms)


def form_of_year(forms: Iterable[Form], year: int) -> Form | None:
    """The form in force for a report year; None when there is none."""
    return next((form for form in forms if form.years[0] <= year <= form.years[1]), None)


def _form(raw: Raw, c: Complaints) -> Form:
    c.unknown(raw, _FORM_KEYS, "")
    ident = c.value(raw, "id", str, "", None)
    if not _FORM_ID.fullmatch(ident):
        c.add("id", f"{ident!r} 应为小写字母、数字和连字符")
    years = c.value(raw, "years", list, "", None)
    sound = [year for year in years if type(year) is int and _YEARS[0] <= year <= _YEARS[1]]
    if len(sound) != 2 or sound != years or sound != sorted(sound):
        c.add("years", f"应为 [起始年, 终止年]，在 {_YEARS[0]} 至 {_YEARS[1]} 之间，实为 {years!r}")
        years = [0, 0]
    tables = tuple(_table(t, f"第 {n} 个 table", c) for n, t in enumerate(c.tables(raw, "table", ""), 1))
    if not tables:
        c.add("", "没有 table")
    return Form(
        id=ident,
        title=c.text(raw, "title", ""),
        basis=c.text(raw, "basis", ""),
        years=(years[0], years[1]),
        tables=tables,
        sections=tuple(_section(s, f"第 {n} 个 section", c) for n, s in enumerate(c.tables(raw, "section", ""), 1)),
        relations=tuple(_relation(r, "relation", c) for r in c.tables(raw, "relation", "")),
        no_reason=c.texts(raw, "no_reason", ""),
        briefs=briefs(raw, c),
        charts=charts(raw, c),
        sum_notes=c.texts(raw, "sum_notes", ""),
        phrases=phrases(raw, c),
    )


def _sheet_name(raw: Raw, place: str, c: Complaints) -> str:
    name = c.text(raw, "sheet", place)
    if not 1 <= len(name) <= 31 or not name.strip() or _SHEET_FORBIDDEN.search(name):
        c.add(place, f"sheet {name!r} 应为 1 至 31 字，不含 [ ] : * ? / \\ '")
    elif name.casefold() in RESERVED:
        c.add(place, f"sheet {name!r} 是本工具或 Excel 保留的名称")
    return name


def _table(raw: Raw, place: str, c: Complaints) -> Table:
    ident = _ident(raw, place, c)
    if "." in ident:
        c.add(place, f"id {ident!r} 不能含点")
    place = f"表 {ident}" if ident else place
    c.unknown(raw, ("id", "sheet", "title", "block", "carries", "aliases"), place)
    blocks = c.tables(raw, "block", place)
    if not blocks:
        c.add(place, "没有 block")
    return Table(
        id=ident,
        sheet=_sheet_name(raw, place, c),
        title=c.text(raw, "title", place),
        blocks=tuple(_block(b, f"{place}，第 {n} 个 block", c) for n, b in enumerate(blocks, 1)),
        carries=c.texts(raw, "carries", place),
        aliases=c.texts(raw, "aliases", place),
    )


def _block(raw: Raw, place: str, c: Complaints) -> Block:
    c.unknown(raw, ("title", "corner", "columns", "rows", "relation"), place)
    headings = {}
    for key in ("columns", "rows"):
        entries = c.tables(raw, key, place)
        if not entries:
            c.add(place, f"没有 {key}")
        headings[key] = tuple(_heading(e, key, f"{place}，{key} 第 {n} 项", c) for n, e in enumerate(entries, 1))
    return Block(
        columns=headings["columns"],
        rows=headings["rows"],
        title=c.text(raw, "title", place, ""),
        corner=c.text(raw, "corner", place, ""),
        relations=tuple(_relation(r, place, c) for r in c.tables(raw, "relation", place)),
    )


def _heading(raw: Raw, key: str, place: str, c: Complaints) -> Heading:
    c.unknown(raw, (*_HEADING_KEYS, key), place)
    children = c.tables(raw, key, place)
    ident = _ident(raw, place, c) if "id" in raw or key == "columns" or children else ""
    labelled = "id" in raw or key == "columns"
    kind = c.value(raw, "kind", str, place, "")
    if kind and kind not in set(Measure):
        c.add(place, f"kind {kind!r} 应为 {'、'.join(Measure)} 之一")
        kind = ""
    formula = c.value(raw, "formula", str, place, "")
    if formula and children:
        c.add(place, "formula 只能用于没有下级的标题")
    return Heading(
        id=ident,
        label=c.text(raw, "label", place, None if labelled else ""),
        short=c.text(raw, "short", place, ""),
        kind=Measure(kind) if kind else None,
        unit=c.text(raw, "unit", place, ""),
        hint=_hint(raw, place, c),
        formula=c.sum(formula, f"{place}，formula") if formula else None,
        children=tuple(_heading(e, key, f"{place}.{n}", c) for n, e in enumerate(children, 1)),
        aliases=c.texts(raw, "aliases", place),
    )


def _hint(raw: Raw, place: str, c: Complaints) -> str:
    hint = c.text(raw, "hint", place, "")
    if len(hint) > _PROMPT:
        c.add(place, f"hint 有 {len(hint)} 字，最多 {_PROMPT} 字")
    return hint


def _ident(raw: Raw, place: str, c: Complaints) -> str:
    ident: str = c.value(raw, "id", str, place, None)
    if "id" in raw and isinstance(raw["id"], str) and not _ID.fullmatch(ident):
        c.add(place, f"id {ident!r} 应为小写英文字母开头的字母、数字、下划线")
    return ident


def _relation(raw: Raw, place: str, c: Complaints) -> Relation:
    ident = c.value(raw, "id", str, place, None)
    place = f"{place}，relation {ident}"
    c.unknown(raw, ("id", *_AXES, "level", "basis", "only", "unless", "prefill"), place)
    if not _RELATION_ID.fullmatch(ident):
        c.add(place, "id 应为 G 加三位数字")
    axes = [axis for axis in _AXES if axis in raw]
    if len(axes) != 1:
        c.add(place, "rows、columns、items 应恰有一个")
    equation = Equation(Sum(()), "=", Sum(()))
    text = c.value(raw, axes[0], str, place, None) if axes else ""
    try:
        equation = parse_equation(text) if axes and isinstance(raw[axes[0]], str) else equation
        if axes and isinstance(raw[axes[0]], str) and not any(not name.prior for name in equation.names):
            c.add(f"{place}，{axes[0]}", "没有任何本年的名称")
    except EquationError as fault:
        c.add(f"{place}，{axes[0]}", str(fault))
    level = c.value(raw, "level", str, place, "error")
    if level not in set(Level):
        c.add(place, f"level {level!r} 应为 {'、'.join(Level)} 之一")
        level = "error"
    only = c.texts(raw, "only", place)
    if only and axes != ["columns"]:
        c.add(place, "only 只能与 columns 同用")
    basis = c.text(raw, "basis", place)
    unless = c.value(raw, "unless", str, place, "")
    prefill = c.value(raw, "prefill", bool, place, False)
    if prefill and not _prefills(equation):
        c.add(place, "prefill 只能用于“指标 = prior.指标 …”这样的关系")
    return Relation(ident, axes[0] if axes else "items", equation, Level(level), basis, only, unless, prefill)


def _prefills(equation: Equation) -> bool:
    left, right = equation.left, equation.right
    plain = len(left.names) == 1 and not left.names[0].prior and not left.constant and equation.sign == "="
    return plain and bool(right.names) and all(name.prior for name in right.names)


def _section(raw: Raw, place: str, c: Complaints) -> Section:
    ident = _ident(raw, place, c)
    place = f"文字部分 {ident}"
    c.unknown(raw, ("id", "sheet", "title", "parts", "least", "aliases"), place)
    parts = []
    for entry in c.tables(raw, "parts", place):
        c.unknown(entry, ("id", "title", "hint", "governments"), place)
        title, hint = c.text(entry, "title", place), _hint(entry, place, c)
        parts.append(Part(_ident(entry, place, c), title, hint, c.texts(entry, "governments", place)))
    if not parts:
        c.add(place, "没有 parts")
    title, least = c.text(raw, "title", place), c.value(raw, "least", int, place, 1)
    return Section(ident, _sheet_name(raw, place, c), title, tuple(parts), least, c.texts(raw, "aliases", place))
