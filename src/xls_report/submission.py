"""One unit's figures and texts for one report year, in exact arithmetic, and the units it covers (上报数据)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, cast

from xls_report.figure import Figure, as_json
from xls_report.form import Form, Item
from xls_report.heading import Measure
from xls_report.row import Row

_NONE: frozenset[str] = frozenset()  # one for all


@dataclass(frozen=True, slots=True)
class Unit:
    """A 填报单位: who has to report. The code is text."""

    code: str
    name: str


@dataclass(frozen=True)
class Cover:
    """A unit whose figures are in a summary; its own figures where the summary has a row for it."""

    unit: Unit
    flags: frozenset[str] = frozenset()
    covers: tuple[Cover, ...] = ()
    values: Mapping[str, Figure | None] = field(default_factory=dict)

    def reached(self) -> Iterator[Unit]:
        """This unit and everyone below it."""
        yield self.unit
        for cover in self.covers:
            yield from cover.reached()

    @property
    def reached_codes(self) -> tuple[str, ...]:
        """Codes of this unit and of everyone below it, in order."""
        return tuple(unit.code for unit in self.reached())

    def all_flags(self) -> frozenset[str]:
        """The flags of this unit and of everyone below it."""
        return self.flags.union(*(cover.all_flags() for cover in self.covers))

    def compact(self) -> Cover:
        """The same in little memory."""
        below = tuple(cover.compact() for cover in self.covers)
        return replace(self, covers=below, values=Row(self.values) if self.values else self.values)


@dataclass(frozen=True)
class Submission:
    """Figures are of inputs alone, None where blank; counts and changes are int, amounts Decimal in the item's unit."""

    form: Form
    year: int
    unit: Unit
    values: Mapping[str, Figure | None] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cover: Mapping[str, str] = field(default_factory=dict)
    zero_report: frozenset[str] = frozenset()
    explanations: Mapping[str, str] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    covers: tuple[Cover, ...] = ()
    label: str = ""
    issuer: str = ""  # whom to call, as the workbook says
    state: str = ""  # of a summary that lacks units: why
    text_cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)  # where texts were read
    prior: Mapping[str, Figure] = field(default_factory=dict)  # last year's figures, totals included, as issued

    @cached_property
    def figures(self) -> Mapping[str, Figure | None]:
        """Every item in print order, totals recomputed; None where blank or without a basis."""
        zeros, values = self.zero_report, self.values
        get = (values.plain() if isinstance(values, Row) else values).get
        found: dict[str, Figure | None] = {}
        for item in self.form.items:
            if item.total is None:
                value = get(item.id)
                found[item.id] = zero(item) if value is None and item.table.id in zeros else value
            else:
                found[item.id] = None  # its place in print order
        for ident, names, amount in _totals(self.form):
            parts = [found[name] for name in names]
            if None not in parts:
                total = sum(cast(list[Figure], parts))
                found[ident] = Decimal(total) if amount else total
        return Row(found) if isinstance(values, Row) else found

    @cached_property
    def untouched(self) -> bool:
        """Whether nobody entered a figure: nothing stands but what the blank was issued with."""
        if self.covers or self.zero_report:
            return False
        issued = self.form.prefilled(self.prior)
        return all(value is None or value == issued.get(item) for item, value in self.values.items())

    def compact(self) -> Submission:
        """The same in little memory, its figures worked out: for the thousands that are kept until all are read."""
        small = replace(
            self,
            values=Row(self.values),
            prior=Row(self.prior),
            covers=tuple(cover.compact() for cover in self.covers),
            zero_report=self.zero_report or _NONE,
            flags=self.flags or _NONE,
        )
        vars(small)["figures"] = Row(self.figures)
        return small

    @cached_property
    def all_flags(self) -> frozenset[str]:
        """Its own flags and those of every covered unit: what lifts a relation of a summary."""
        return self.flags.union(*(cover.all_flags() for cover in self.covers))


@cache
def _totals(form: Form) -> tuple[tuple[str, tuple[str, ...], bool], ...]:
    """Totals in an order in which each rests on what stands before it: id, what is added, whether it is an amount."""
    known = {item.id for item in form.inputs}
    left = [item for item in form.items if item.total is not None]
    order: list[tuple[str, tuple[str, ...], bool]] = []
    while left:
        ready = [i for i in left if i.total is not None and all(name.ident in known for name in i.total.names)]
        for item in ready:
            assert item.total is not None
            names = tuple(name.ident for name in item.total.names)
            order.append((item.id, names, item.kind is Measure.AMOUNT))
            known.add(item.id)
        left = [item for item in left if item.id not in known]
    return tuple(order)


def zero(item: Item) -> Figure:
    """No business, as the item's kind writes it."""
    return Decimal(0) if item.kind is Measure.AMOUNT else 0


def export_object(submission: Submission, file: str) -> dict[str, Any]:
    """The object that `export` prints and `fill` takes."""
    return {
        "file": file,
        "form": submission.form.id,
        "year": submission.year,
        "unit": {"code": submission.unit.code, "name": submission.unit.name},
        "covers": [cover_object(cover) for cover in submission.covers],
        "values": {item: as_json(value) for item, value in submission.figures.items()},
        "texts": {part: list(paragraphs) for part, paragraphs in submission.texts.items() if paragraphs},
        "cover": dict(submission.cover),
        "zero_report": [table.id for table in submission.form.tables if table.id in submission.zero_report],
        "explanations": dict(submission.explanations),
    }


def cover_object(cover: Cover) -> dict[str, Any]:
    """A covered unit in JSON, with the units it covers in turn."""
    found: dict[str, Any] = {"code": cover.unit.code, "name": cover.unit.name}
    if cover.covers:
        found["covers"] = [cover_object(below) for below in cover.covers]
    return found


_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}", re.ASCII)


def is_code(text: str) -> bool:
    """Whether a text can be a unit's code: 1 to 32 ASCII letters, digits, `.`, `_`, `-`."""
    return _CODE.fullmatch(text) is not None


def content_of(submission: Submission) -> dict[str, object]:
    """All that a workbook of the submission must give back."""
    return {key: value for key, value in export_object(submission, "").items() if key != "file"}
