"""A form in words and as JSON: its items, where they stand, its relations; or one finding code in full."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from xls_report.catalogue import CATALOGUE
from xls_report.finding import SHOWN
from xls_report.form import Form, relation_words
from xls_report.heading import Measure
from xls_report.layout import Layout
from xls_report.longform import MEANING, long_lines, reason_lines, wrapped
from xls_report.plan import compile_layout

_FACT = re.compile(r"\{\w+\}")
_KINDS = {Measure.COUNT: "整数", Measure.CHANGE: "整数，可为负", Measure.AMOUNT: "金额"}


def form_object(form: Form) -> dict[str, Any]:
    """The form by the JSON contract of `explain`."""
    layout = compile_layout(form)
    return {
        "id": form.id,
        "title": form.title,
        "basis": form.basis,
        "years": list(form.years),
        "tables": [
            {"id": table.id, "sheet": table.sheet, "title": table.title, "items": list(_items(layout, table.id))}
            for table in form.tables
        ],
        "sections": [
            {
                "id": section.id,
                "sheet": section.sheet,
                "title": section.title,
                "parts": [{"id": part.id, "title": part.title} for part in section.parts],
            }
            for section in form.sections
        ],
        "relations": list(_relations(layout)),
    }


def _items(layout: Layout, table: str) -> Iterator[dict[str, Any]]:
    for item in layout.form.items:
        if item.table.id == table:
            sheet, cell = layout.place[item.id]
            yield {
                "id": item.id,
                "sheet": sheet.name,
                "cell": cell.address,
                "row": list(item.row_labels),
                "column": list(item.column_labels),
                "kind": str(item.kind),
                "role": "input" if item.total is None else "total",
                "unit": item.unit,
            }


def _relations(layout: Layout) -> Iterator[dict[str, Any]]:
    for relation in layout.form.all_relations:
        cells = []
        for instance in layout.form.instances:
            if instance.relation is relation:
                placed = dict.fromkeys(layout.place[n.ident] for n in instance.equation.names if not n.prior)
                cells.append([f"{sheet.name}!{cell.address}" for sheet, cell in placed])
        yield {
            "id": relation.id,
            "level": str(relation.level),
            "basis": relation.basis,
            "words": relation_words(layout.form, relation),
            "cells": cells,
        }


def form_text(form: Form) -> str:
    """The form for people: items in print order with cell, then the relations."""
    layout = compile_layout(form)
    inputs = len(form.inputs)
    lines = [
        f"{form.title}（{form.basis}），{form.years[0]}—{form.years[1]} 年度",
        f"表样 {form.id}：指标 {len(form.items)} 个，其中填报 {inputs} 个、合计 {len(form.items) - inputs} 个",
    ]
    for table in form.tables:
        lines += ["", f"{table.sheet}　{table.title}"]
        for item in form.items:
            if item.table is table:
                kind = _KINDS[item.kind] if item.total is None else "合计，自动计算"
                words = f"{item.name}（{kind}，单位：{item.unit}）"
                lines.append(f"  {layout.place[item.id][1].address:<5}{item.id:<26}{words}")
    lines += ["", "勾稽关系"]
    for relation in form.all_relations:
        lifted = f"；有“{relation.unless}”的单位不适用" if relation.unless else ""
        lines.append(f"  {relation.id} {SHOWN[relation.level]}{relation_words(form, relation)}{lifted}")
        lines.append(f"       依据：{relation.basis}")
    return "\n".join(lines) + "\n"


def code_text(code: str, forms: Sequence[Form]) -> str | None:
    """The long form of a finding code: sentence, level, why, how it comes about, what to do; None of an unknown one."""
    lines = _entry_lines(code, forms) if code in CATALOGUE else _relation_lines(code, forms)
    return "\n".join(wrapped(lines)) + "\n" if lines else None


def _entry_lines(code: str, forms: Sequence[Form]) -> list[str]:
    entry = CATALOGUE[code]
    advice = _blanked(entry.advice) or "不必处理。"
    lines = [f"{code} {SHOWN[entry.level]}{_blanked(entry.text)}", f"怎么办：{advice}", f"级别：{MEANING[entry.level]}"]
    reasons = _reasons(code, forms[-1]) if forms else ""
    return [*lines, *long_lines(code), *(reason_lines(code, forms[-1], reasons)[:1] if reasons else ())]


def _relation_lines(code: str, forms: Sequence[Form]) -> list[str]:
    """First the sentence by each form that has the relation, then what is the same in most of them, once."""
    heads: list[str] = []
    more: list[str] = []
    for form in forms:
        for relation in form.all_relations:
            if relation.id == code:
                words, years = relation_words(form, relation), f"{form.years[0]}—{form.years[1]} 年度"
                heads.append(f"{code} {SHOWN[relation.level]}{words}（{years}）")
                more += [f"依据：{relation.basis}", f"级别：{MEANING[relation.level]}"]
                if relation.unless:
                    more.append(f"不适用：有“{relation.unless}”的单位（在单位名单“标志”一列写明）。")
                reasons = _reasons(code, form)
                more += reason_lines(code, form, reasons) if reasons else []
    return list(dict.fromkeys([*heads, *more]))


def _reasons(code: str, form: Form) -> str:
    """The sheet on which a 情况说明 of this code is written, "" where none is asked for."""
    place = compile_layout(form).explain_place
    return place[code][0].name if code in place else ""


def code_object(code: str, forms: Sequence[Form]) -> dict[str, Any] | None:
    """The same as JSON."""
    text = code_text(code, forms)
    if text is None:
        return None
    entry = CATALOGUE.get(code)
    level = entry.level if entry else next(r.level for f in forms for r in f.all_relations if r.id == code)
    return {"code": code, "level": str(level), "text": text.strip()}


def _blanked(template: str) -> str:
    """A sentence of the catalogue with its facts left open."""
    return _FACT.sub("…", template)
