"""What changed between two submissions (比对): figures item by item, down to the units of two summaries, and texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xls_report.figure import Figure, shown
from xls_report.form import Item
from xls_report.submission import Cover, Submission, Unit


@dataclass(frozen=True, slots=True)
class UnitDifference:
    """A covered unit's two figures; None where it is blank, or where that side has no row of the unit."""

    unit: Unit
    a: Figure | None
    b: Figure | None
    only: str = ""  # "a" or "b" where one side alone has a row of the unit


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """An item whose figures differ, or (with `a` equal to `b`) those of the units below."""

    item: Item
    a: Figure | None
    b: Figure | None
    units: tuple[UnitDifference, ...] = ()

    @property
    def change(self) -> Figure | None:
        """`b` less `a`, None where one of them is blank."""
        return None if self.a is None or self.b is None else self.b - self.a


@dataclass(frozen=True)
class Difference:
    """Two submissions and what differs, in print order; a total that follows from other entries is not repeated."""

    a: Submission
    b: Submission
    items: tuple[ItemDifference, ...]
    only_a: tuple[Item, ...]  # of two forms: what the other one does not ask for
    only_b: tuple[Item, ...]
    units_only_a: tuple[Unit, ...]  # of two summaries: whom the other one does not reach
    units_only_b: tuple[Unit, ...]
    texts: tuple[str, ...]  # parts
    explanations: tuple[str, ...]  # relations

    @property
    def same(self) -> bool:
        """Whether the figures are the same, and of the same items and units."""
        return not (self.items or self.only_a or self.only_b or self.units_only_a or self.units_only_b)

    @property
    def identical(self) -> bool:
        """Whether nothing at all differs, neither the unit and year nor a text."""
        told = self.texts or self.explanations
        return self.same and not told and (self.a.unit, self.a.year) == (self.b.unit, self.b.year)

    @property
    def common(self) -> int:
        """Number of items that both forms have."""
        return len(self.a.form.items) - len(self.only_a)


def difference(a: Submission, b: Submission) -> Difference:
    """Compare two submissions, of any units, years and forms; items are the same by their ids."""
    known_a, known_b = a.form.item, b.form.item
    both = bool(a.covers and b.covers)
    return Difference(
        a,
        b,
        tuple(_items(a, b)),
        tuple(item for item in a.form.items if item.id not in known_b),
        tuple(item for item in b.form.items if item.id not in known_a),
        _beyond(a, b) if both else (),
        _beyond(b, a) if both else (),
        _texts(a, b),
        tuple(
            relation
            for relation in dict.fromkeys((*a.explanations, *b.explanations))
            if a.explanations.get(relation, "") != b.explanations.get(relation, "")
        ),
    )


def called(item: Item) -> str:
    """How a sentence calls an item: 表三“予以公开—自然人”."""
    return f"{item.table.name}“{item.name}”"


def two_figures(item: Item, a: Figure | None, b: Figure | None, mark: str = "／") -> str:
    """An item with two figures in words: 表三“予以公开—自然人” 10／11."""
    return f"{called(item)} {pair(a, b, mark)}"


def pair(a: Figure | None, b: Figure | None, mark: str) -> str:
    """Two figures in words, a blank as 空."""
    return f"{shown(a) or '空'}{mark}{shown(b) or '空'}"


def rows_of(submission: Submission) -> Mapping[str, Cover]:
    """The units of a summary by code, where it tells each one's figures; empty where it tells of sums alone."""
    covers = submission.covers
    return {cover.unit.code: cover for cover in covers} if all(cover.values for cover in covers) else {}


def _items(a: Submission, b: Submission) -> Iterator[ItemDifference]:
    rows_a, rows_b = rows_of(a), rows_of(b)
    for item in a.form.items:
        if item.id not in b.form.item or _follows(item, a, b):
            continue
        units = tuple(_units(item, rows_a, rows_b)) if rows_a and rows_b else ()
        before, after = a.figures[item.id], b.figures[item.id]
        # Where the sums are the same, the units of an input are still told; those of its totals follow.
        if before != after or (units and item.total is None):
            yield ItemDifference(item, before, after, units)


def _units(item: Item, rows_a: Mapping[str, Cover], rows_b: Mapping[str, Cover]) -> Iterator[UnitDifference]:
    for code in dict.fromkeys((*rows_a, *rows_b)):
        row_a, row_b = rows_a.get(code), rows_b.get(code)
        a = row_a.values.get(item.id) if row_a is not None else None
        b = row_b.values.get(item.id) if row_b is not None else None
        if row_a is not None and row_b is not None:
            if a != b:
                yield UnitDifference(row_b.unit, a, b)
        elif row_a is not None and a != 0:
            yield UnitDifference(row_a.unit, a, None, "a")
        elif row_b is not None and b != 0:
            yield UnitDifference(row_b.unit, None, b, "b")


def _follows(item: Item, a: Submission, b: Submission) -> bool:
    """Whether a total differs by just what its parts differ by, each of which is told or follows in turn."""
    totals = [form.item[item.id].total for form in (a.form, b.form)]
    parts = {name.ident for total in totals if total is not None for name in total.names}
    before, after = a.figures, b.figures
    changed = [part for part in parts if part in before and part in after and before[part] != after[part]]
    if not changed:
        return False
    gaps = [_gap(before[part], after[part]) for part in changed]
    gap = _gap(before[item.id], after[item.id])
    if gap is None:
        return None in gaps
    return sum(found for found in gaps if found is not None) == gap


def _gap(a: Figure | None, b: Figure | None) -> Figure | None:
    return None if a is None or b is None else b - a


def _beyond(one: Submission, other: Submission) -> tuple[Unit, ...]:
    """Units that one summary reaches, at any level, and the other does not."""
    reached = {code for cover in other.covers for code in cover.reached_codes}
    return tuple(unit for cover in one.covers for unit in cover.reached() if unit.code not in reached)


def _texts(a: Submission, b: Submission) -> tuple[str, ...]:
    parts = dict.fromkeys(part.id for form in (a.form, b.form) for part in form.parts)
    return tuple(part for part in parts if a.texts.get(part, ()) != b.texts.get(part, ()))
