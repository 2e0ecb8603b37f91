"""A judged workbook as bytes and back: how it travels between processes and lies in a cache. JSON, never pickle.

A form is named by its id, so that what comes back refers to the form that is here. Whatever is not exactly what
`pack` writes raises ValueError.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from xls_report.figure import Figure
from xls_report.finding import Finding
from xls_report.form import Form, Level
from xls_report.intake import Intake, Judged, Outcome
from xls_report.layout import Kind
from xls_report.row import Row
from xls_report.submission import Cover, Submission, Unit

_TEXT = ("utf-8", "surrogatepass")  # encoding, and what it does with halves of characters


def pack(one: Judged) -> bytes:
    """All of it but path and SHA-256, which whoever sent the bytes knows."""
    i = one.intake
    found = [
        str(i.outcome),
        [_finding(f) for f in i.findings],
        _unit(i.unit),
        *(i.form, i.year, i.producer, i.notes, i.kind),
        _submission(i.submission) if i.submission is not None else None,
        [*_named(one.asked[0]), one.asked[1]] if one.asked is not None else None,
    ]
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode(*_TEXT)


def unpack(data: bytes, forms: Sequence[Form], path: Path, sha256: str) -> Judged:
    """The same again, with the forms that are here; raises ValueError."""
    try:
        outcome, findings, unit, form, year, producer, notes, kind, submission, asked = json.loads(data.decode(*_TEXT))
        intake = Intake(
            path,
            sha256,
            Outcome(outcome),
            tuple(_finding_of(f) for f in findings),
            _submission_of(submission, forms) if submission is not None else None,
            Unit(*unit) if unit is not None else None,
            *(form, year, producer, tuple(notes)),
            Kind(kind) if kind is not None else None,
        )
        return Judged(intake, (Unit(*asked[:2]), asked[2]) if asked is not None else None)
    except (LookupError, TypeError, AttributeError, InvalidOperation, RecursionError) as fault:
        raise ValueError("not what was packed") from fault


def _named(unit: Unit) -> list[str]:
    return [unit.code, unit.name]


def _unit(unit: Unit | None) -> list[str] | None:
    return _named(unit) if unit is not None else None


def _figure(value: Figure | str | None) -> int | str | list[str] | None:
    """An amount is known by its brackets."""
    return [str(value)] if isinstance(value, Decimal) else value


def _figure_of(value: Any) -> Any:
    return Decimal(value[0]) if isinstance(value, list) else value


def _finding(f: Finding) -> list[Any]:
    told = [f.code, str(f.level), f.message, f.advice, f.sheet, f.cells, f.items]
    return [*told, _figure(f.given), _figure(f.due), f.reason]


def _finding_of(told: Any) -> Finding:
    code, level, message, advice, sheet, cells, items, given, due, reason = told
    places = (tuple(cells), tuple(items))
    return Finding(code, Level(level), message, advice, sheet, *places, _figure_of(given), _figure_of(due), reason)


def _row(form: Form, figures: Mapping[str, Figure | None]) -> list[Any]:
    names: int | tuple[str, ...] = tuple(figures)
    names = _names(form).index(names) if names in _names(form) else names
    return [names, [_figure(value) for value in figures.values()]]


def _row_of(form: Form, row: Any) -> Row[Any]:
    names, figures = row
    return Row.of(_names(form)[names] if isinstance(names, int) else tuple(names), [*map(_figure_of, figures)])


@cache
def _names(form: Form) -> tuple[tuple[str, ...], ...]:
    """The names of a row that are told by a number: those of all inputs, of all items."""
    return tuple(item.id for item in form.inputs), tuple(item.id for item in form.items)


def _submission(s: Submission) -> list[Any]:
    return [
        *(s.form.id, s.year, *_named(s.unit), _row(s.form, s.values), _row(s.form, s.prior)),
        *(dict(s.texts), dict(s.cover), sorted(s.zero_report), dict(s.explanations), sorted(s.flags)),
        [_cover(s.form, cover) for cover in s.covers],
        *(s.label, s.issuer, s.state, dict(s.text_cells)),
    ]


def _submission_of(told: Any, forms: Sequence[Form]) -> Submission:
    ident, year, code, name, values, prior, texts, cover, zeros, reasons, flags, covers, *rest = told
    form = next((f for f in forms if f.id == ident and f.years[0] <= year <= f.years[1]), None)
    if form is None:
        raise LookupError(ident)
    label, issuer, state, text_cells = rest
    return Submission(
        form=form,
        year=year,
        unit=Unit(code, name),
        values=_row_of(form, values),
        texts=_lists(texts),
        cover=cover,
        zero_report=frozenset(zeros),
        explanations=reasons,
        flags=frozenset(flags),
        covers=tuple(_cover_of(form, below) for below in covers),
        label=label,
        issuer=issuer,
        state=state,
        text_cells=_lists(text_cells),
        prior=_row_of(form, prior),
    )


def _lists(found: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(texts) for key, texts in found.items()}


def _cover(form: Form, cover: Cover) -> list[Any]:
    below = [_cover(form, each) for each in cover.covers]
    return [*_named(cover.unit), sorted(cover.flags), below, _row(form, cover.values)]


def _cover_of(form: Form, told: Any) -> Cover:
    code, name, flags, below, values = told
    covers = tuple(_cover_of(form, each) for each in below)
    return Cover(Unit(code, name), frozenset(flags), covers, _row_of(form, values))
