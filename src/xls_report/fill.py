"""Figures from a unit's own system into its blank (填入): what does not fit is refused by name, all at once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from xls_report.faults import FOUND, ListedError
from xls_report.figure import Figure, figure_text
from xls_report.form import Form, Item
from xls_report.heading import Measure
from xls_report.listfile import decode
from xls_report.pages import FIELDS
from xls_report.quoting import TEXT_LIMIT, quote, safe_text
from xls_report.selfcheck import explainable
from xls_report.submission import Submission

_KEYS = ("file", "form", "year", "unit", "covers", "values", "texts", "cover", "zero_report", "explanations")
_FIELDS = tuple(key for key, *_ in FIELDS)
_AMOUNT = re.compile(r"\d{1,30}(\.\d{1,15})?", re.ASCII)
_DIGITS = 15


class FillError(ListedError):
    """Data that cannot be filled in; `complaints` names every fault."""

    status = FOUND


class _Inexact:
    """A JSON number with a point or an exponent: never taken for an amount."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def load_object(data: bytes, file: str) -> dict[str, Any]:
    """The one submission object of a JSON file, or of an array that holds one; raises FillError."""
    found = load_objects(data, file)
    if len(found) != 1:
        raise FillError([f"{file}：应为一个单位的数据对象（export 输出的一项）"])
    return found[0]


def load_objects(data: bytes, file: str) -> list[dict[str, Any]]:
    """The submission objects of a JSON file (UTF-8 or GB18030): one, or an array of them; raises FillError."""
    text = decode(data)
    if text is None:
        raise FillError([f"{file}：既不是 UTF-8 也不是 GB18030 编码"])

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        repeated = sorted({key for key in keys if keys.count(key) > 1})
        if repeated:
            raise FillError([f"{file}：{quote(key)} 写了两次" for key in repeated])
        return dict(pairs)

    try:
        found = json.loads(text, parse_float=_Inexact, parse_constant=_Inexact, object_pairs_hook=unique)
    except json.JSONDecodeError as fault:
        raise FillError([f"{file}：不是合格的 JSON，第 {fault.lineno} 行第 {fault.colno} 列起读不下去"]) from fault
    except (ValueError, RecursionError) as fault:
        raise FillError([f"{file}：不是合格的 JSON"]) from fault
    found = found if isinstance(found, list) else [found]
    if not all(isinstance(entry, dict) for entry in found):
        raise FillError([f"{file}：应为数据对象或其数组（export 的输出）"])
    return found


def fill(submission: Submission, data: Mapping[str, Any]) -> Submission:
    """The submission with the data filled in; what the data do not name stays. Raises FillError."""
    complaints = [f"不认识的键 {quote(key)}" for key in data if key not in _KEYS]
    complaints.extend(_identity(submission, data))
    values, totals = _values(submission, data, complaints)
    filled = replace(
        submission,
        values=values,
        texts=_texts(submission, data, complaints),
        cover=_cover(submission, data, complaints),
        zero_report=_zero_report(submission, data, complaints),
        explanations=_explanations(submission, data, complaints),
    )
    for ident, value in totals.items():
        due = filled.figures[ident]
        if value != due:
            computed = "缺项，算不出" if due is None else f"各分项之和为 {figure_text(due)}"
            complaints.append(f"{ident} 是合计，给出 {figure_text(value)}，{computed}")
    for item in submission.form.inputs:
        if item.table.id in filled.zero_report and values.get(item.id):
            complaints.append(f"{item.id} 有数，但 {item.table.id} 声明各项均为 0")
    if complaints:
        raise FillError(complaints)
    return filled


def _shown(value: object) -> str:
    return quote(json.dumps(value, ensure_ascii=False, default=str))


def _in(ident: object, known: set[str]) -> bool:
    return isinstance(ident, str) and ident in known


def _identity(submission: Submission, data: Mapping[str, Any]) -> list[str]:
    found = []
    unit = data.get("unit", {})
    code = unit.get("code", submission.unit.code) if isinstance(unit, dict) else unit
    for label, given, due in (
        ("form", data.get("form", submission.form.id), submission.form.id),
        ("year", data.get("year", submission.year), submission.year),
        ("unit.code", code, submission.unit.code),
    ):
        if given != due:
            found.append(f"{label} 为 {_shown(given)}，这份表是 {_shown(due)} 的")
    return found


def _part(data: Mapping[str, Any], key: str, kind: type, complaints: list[str]) -> Any:
    value = data.get(key, kind())
    if not isinstance(value, kind):
        complaints.append(f"{key} 应为{'对象' if kind is dict else '数组'}")
        return kind()
    return value


def _values(
    submission: Submission, data: Mapping[str, Any], complaints: list[str]
) -> tuple[dict[str, Figure | None], dict[str, Figure]]:
    values, totals = dict(submission.values), {}
    for ident, raw in _part(data, "values", dict, complaints).items():
        item = submission.form.item.get(ident)
        if item is None:
            complaints.append(f"没有指标 {quote(ident)}")
            continue
        value = figure_from_json(item, raw)
        if isinstance(value, str):
            complaints.append(value)
        elif item.total is None:
            values[ident] = value
        elif value is not None:
            totals[ident] = value
    return values, totals


def figure_from_json(item: Item, raw: Any) -> Figure | str | None:
    """A JSON value as the item's figure; None blanks the cell; a complaint in words where it is of the wrong kind."""
    if raw is None:
        return None
    if item.kind is not Measure.AMOUNT:
        if type(raw) is not int:
            return f"{item.id} 应为整数，给出 {_shown(raw)}"
        if raw < 0 and item.kind is Measure.COUNT:
            return f"{item.id} 不能是负数，给出 {raw}"
        return raw if abs(raw) < 10**_DIGITS or item.total is not None else f"{item.id} 超过 15 位：{raw}"
    if type(raw) is int:
        raw = str(raw)
    if not isinstance(raw, str) or not _AMOUNT.fullmatch(raw):
        return f"{item.id} 应为“251.30”这样的字符串或整数（万元，非负），给出 {_shown(raw)}"
    value = Decimal(raw)
    long = len(value.normalize().as_tuple().digits) > _DIGITS or value >= 10**_DIGITS
    if long and item.total is None:
        return f"{item.id} 超过 15 位有效数字：{raw}"
    return value


def _texts(submission: Submission, data: Mapping[str, Any], complaints: list[str]) -> dict[str, tuple[str, ...]]:
    texts = dict(submission.texts)
    parts = {part.id for part in submission.form.parts}
    for part, paragraphs in _part(data, "texts", dict, complaints).items():
        if part not in parts:
            complaints.append(f"没有文字部分 {quote(part)}")
        elif not isinstance(paragraphs, list) or not all(isinstance(p, str) for p in paragraphs):
            complaints.append(f"texts.{part} 应为字符串的数组，一项一段")
        else:
            complaints.extend(c for p in paragraphs for c in _unfit(f"texts.{part}", p))
            texts[part] = tuple(line.strip() for p in paragraphs for line in p.splitlines() if line.strip())
            if sum(len(p) + 1 for p in texts[part]) > TEXT_LIMIT:
                complaints.append(f"texts.{part} 超过 {TEXT_LIMIT} 字")
    return texts


def _cover(submission: Submission, data: Mapping[str, Any], complaints: list[str]) -> dict[str, str]:
    cover = dict(submission.cover)
    for key, text in _part(data, "cover", dict, complaints).items():
        if key not in _FIELDS:
            complaints.append(f"没有封面项 {quote(key)}")
        elif text is None:
            cover.pop(key, None)
        elif not isinstance(text, str):
            complaints.append(f"cover.{key} 应为字符串")
        elif key == "signed_on" and not _is_date(text):
            complaints.append(f"cover.signed_on 应为 YYYY-MM-DD，给出 {_shown(text)}")
        else:
            complaints.extend(_unfit(f"cover.{key}", text))
            cover[key] = text.strip()
    return {key: text for key, text in cover.items() if text}


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _zero_report(submission: Submission, data: Mapping[str, Any], complaints: list[str]) -> frozenset[str]:
    if "zero_report" not in data:
        return submission.zero_report
    tables = {table.id for table in submission.form.tables}
    found = _part(data, "zero_report", list, complaints)
    complaints.extend(f"zero_report：没有表 {_shown(ident)}" for ident in found if not _in(ident, tables))
    return frozenset(ident for ident in found if _in(ident, tables))


def _explanations(submission: Submission, data: Mapping[str, Any], complaints: list[str]) -> dict[str, str]:
    explanations = dict(submission.explanations)
    known = set(explainable(submission.form))
    for ident, text in _part(data, "explanations", dict, complaints).items():
        if ident not in known:
            complaints.append(f"explanations：没有须说明的关系 {quote(ident)}")
        elif not isinstance(text, str):
            complaints.append(f"explanations.{ident} 应为字符串")
        else:
            complaints.extend(_unfit(f"explanations.{ident}", text))
            explanations[ident] = text.strip()
    return {ident: text for ident, text in explanations.items() if text}


def _unfit(place: str, text: str) -> list[str]:
    if safe_text(text) != text:
        return [f"{place} 含控制字符，或超过 {TEXT_LIMIT} 字"]
    return []


def fillable(form: Form, items: tuple[str, ...], data: Mapping[str, Any]) -> list[str]:
    """Items that cannot be read from the workbook and that the data do not name: filling in would lose them."""
    named = data.get("values")
    return [i for i in items if form.item[i].total is None and not (isinstance(named, dict) and i in named)]
