"""JSON of `export` → submissions again: who and what, figures, texts, units covered; what does not fit is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xls_report.figure import shown
from xls_report.fill import FillError, figure_from_json, fill, load_object, load_objects
from xls_report.form import Form, form_by_id
from xls_report.quoting import quote
from xls_report.submission import Cover, Submission, Unit

_TOLD = ("texts", "zero_report", "explanations")  # beside the figures; nobody compares who signed
_DEEPEST = 20  # levels of summaries of summaries


@dataclass(frozen=True)
class Exported:
    """One submission of an export; `remarks` name the totals that are not the sum of their parts."""

    submission: Submission
    remarks: tuple[str, ...] = ()


def exported_figures(data: bytes, file: str, forms: Sequence[Form]) -> list[Submission]:
    """Every submission of the file, its figures alone, as last year's are used; raises FillError."""
    found = []
    for entry in load_objects(data, file):
        base, values = _base(entry, file, forms)
        inputs = {item.id: values[item.id] for item in base.form.inputs if item.id in values}
        found.append(_filled(base, {"values": inputs}, file))
    return found


def exported(data: bytes, file: str, forms: Sequence[Form]) -> Exported:
    """The one submission of the file with its texts and the units it covers; raises FillError.

    Totals are added up anew: one that disagrees with its parts is told and does not count.
    """
    entry = load_object(data, file)
    base, values = _base(entry, file, forms)
    item = base.form.item
    parts = {ident: raw for ident, raw in values.items() if ident not in item or item[ident].total is None}
    told = {key: entry[key] for key in _TOLD if key in entry}
    found = replace(_filled(base, {"values": parts, **told}, file), covers=_covers(entry.get("covers", []), file))
    return Exported(found, tuple(_totals(found, values, file)))


def _base(entry: Mapping[str, Any], file: str, forms: Sequence[Form]) -> tuple[Submission, dict[str, Any]]:
    """Whose data it is, nothing filled in yet, and the values as they stand."""
    form = form_by_id(forms, entry.get("form"))
    unit, year, values = entry.get("unit"), entry.get("year"), entry.get("values")
    if form is None or not isinstance(unit, dict) or type(year) is not int or not isinstance(values, dict):
        raise FillError([f"{file}：不是 export 输出的数据"])
    return Submission(form, year, Unit(str(unit.get("code", "")), str(unit.get("name", "")))), values


def _filled(base: Submission, data: Mapping[str, Any], file: str) -> Submission:
    try:
        return fill(base, data)
    except FillError as fault:
        raise FillError([f"{file}：{complaint}" for complaint in fault.complaints]) from fault


def _totals(found: Submission, values: Mapping[str, Any], file: str) -> Iterator[str]:
    for item in found.form.items:
        if item.total is not None and values.get(item.id) is not None:
            due, given = found.figures[item.id], figure_from_json(item, values[item.id])
            where = f"{file}：{item.table.name}“{item.name}”"
            if isinstance(given, str):
                yield f"{file}：{given}；按各分项之和计"
            elif given != due:
                computed = "各分项不全，算不出" if due is None else f"各分项之和为 {shown(due)}，按 {shown(due)} 计"
                yield f"{where}是合计，给出 {shown(given)}，{computed}"


def _covers(raw: object, file: str, depth: int = 1) -> tuple[Cover, ...]:
    """Who is in a summary; an export has no figures of theirs."""
    if raw and depth > _DEEPEST:
        raise FillError([f"{file}：covers 一层套一层，超过 {_DEEPEST} 层"])
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise FillError([f"{file}：covers 应为单位对象的数组"])
    found: list[Cover] = []
    for entry in raw:
        code, name = entry.get("code"), entry.get("name")
        if not isinstance(code, str) or not isinstance(name, str):
            raise FillError([f"{file}：covers 里有一项没有 code 或 name"])
        if any(code == cover.unit.code for cover in found):
            raise FillError([f"{file}：covers 里 {quote(code)} 出现两次"])
        found.append(Cover(Unit(code, name), covers=_covers(entry.get("covers", []), file, depth + 1)))
    return tuple(found)
