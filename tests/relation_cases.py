"""Submissions that break one relation of a form at one place, made from random ones that break none.

What holds is decided here from the declaration alone, not by `check`: the ids of a relation, the row or column that it
is bound to, and totals as sums of their parts.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from support import COVER, FORMS, UNIT

from xls_report.equation import Name, Sum
from xls_report.figure import Figure
from xls_report.form import Form, Instance, Item, Relation
from xls_report.heading import Measure
from xls_report.layout import Layout
from xls_report.submission import Submission

YEARS = {form.id: form.years[0] + 1 for form in FORMS}  # last year's submission is on the same form


@dataclass(frozen=True)
class Place:
    """A relation at one of its places; `items` are the ids it speaks of there, last year's apart."""

    form: Form
    relation: Relation
    heading: str  # id of the column or row, "" for the whole form
    left: Sum
    right: Sum
    instance: Instance  # as the program sees the same place

    @property
    def name(self) -> str:
        return f"{self.form.id}-{self.relation.id}-{self.heading}".rstrip("-")

    @property
    def names(self) -> tuple[Name, ...]:
        return self.left.names + self.right.names

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name.ident for name in self.names if not name.prior))

    @property
    def uses_prior(self) -> bool:
        return any(name.prior for name in self.names)

    def cells(self, layout: Layout) -> tuple[str, set[str]]:
        """Sheet and addresses that a finding has to name."""
        placed = [layout.place[item] for item in self.items]
        sheet = placed[0][0].name
        return sheet, {cell.address for page, cell in placed if page.name == sheet}


def places(form: Form) -> Iterator[Place]:
    """Every relation of the form at every place where a figure of its own can break it: not at totals."""
    found = {(i.relation.id, i.place.id if i.place else ""): i for i in form.instances}
    for table in form.tables:
        for block in table.blocks:
            for relation in block.relations:
                across = block.column_leaves if relation.axis == "rows" else block.row_leaves
                for heading, _ in across:
                    if heading.formula is not None or (relation.only and heading.id not in relation.only):
                        continue
                    yield _place(form, relation, table.id, heading.id, found[relation.id, heading.id])
    for relation in form.relations:
        yield Place(form, relation, "", relation.equation.left, relation.equation.right, found[relation.id, ""])


def _place(form: Form, relation: Relation, table: str, heading: str, instance: Instance) -> Place:
    def bound(name: Name) -> tuple[Name]:
        pair = (name.ident, heading) if relation.axis == "rows" else (heading, name.ident)
        return (Name(".".join(part for part in (table, *pair) if part), name.prior),)

    return Place(
        form, relation, heading, relation.equation.left.map(bound), relation.equation.right.map(bound), instance
    )


class Figures:
    """This year's and last year's inputs, to be changed."""

    def __init__(self, form: Form, chance: random.Random) -> None:
        self.form, self.chance = form, chance
        self.now: dict[str, Figure] = {item.id: self._random(item) for item in form.inputs}
        self.before: dict[str, Figure] = {item.id: self._random(item) for item in form.inputs}

    def __deepcopy__(self, _: object) -> Figures:
        twin = Figures(self.form, self.chance)
        twin.now, twin.before = dict(self.now), dict(self.before)
        return twin

    @property
    def allowed(self) -> bool:
        """Whether no figure is below 0 that may not be."""
        items = self.form.item
        every = (*self.now.items(), *self.before.items())
        return all(value >= 0 or items[item].kind is Measure.CHANGE for item, value in every)

    def _random(self, item: Item) -> Figure:
        number = self.chance.choice((0, self.chance.randrange(40), self.chance.randrange(900)))
        if item.kind is Measure.AMOUNT:
            return Decimal(number) / 100
        return number - 20 if item.kind is Measure.CHANGE and number < 40 else number

    def of(self, name: Name) -> Figure:
        """A figure, a total being the sum of its parts."""
        total, values = self.form.item[name.ident].total, self.before if name.prior else self.now
        return values[name.ident] if total is None else sum(self.of(Name(n.ident, name.prior)) for n in total.names)

    def add(self, name: Name, amount: Figure) -> None:
        """Change an item, or for a total one of its parts, by an amount."""
        total, values = self.form.item[name.ident].total, self.before if name.prior else self.now
        if total is None:
            values[name.ident] += amount
        else:
            self.add(Name(self.chance.choice(total.names).ident, name.prior), amount)

    def gap(self, place: Place) -> Figure:
        """Left less right."""
        return self._side(place.left) - self._side(place.right)

    def _side(self, side: Sum) -> Figure:
        return side.constant + sum(self.of(name) for name in side.names)

    def holds(self, place: Place) -> bool:
        gap = self.gap(place)
        return {"=": gap == 0, "<=": gap <= 0, ">=": gap >= 0}[place.relation.equation.sign]

    def mend(self, place: Place) -> None:
        """Make the relation hold there: by last year's figures where it can be, else by raising what is too low."""
        gap = self.gap(place)
        low, high = (place.left, place.right) if gap < 0 else (place.right, place.left)
        gap = gap if gap > 0 else -gap
        lower = [name for name in high.names if name.prior and self.of(name) >= gap]
        if lower:
            self.add(lower[0], -gap)
        elif low.names:
            self.add(min(low.names, key=lambda name: not name.prior), gap)
        else:
            for name in high.names:
                self.add(name, -self.of(name))

    def settle(self, every: tuple[Place, ...], but: Place | None = None) -> bool:
        """Mend until all hold, one place left out; False when it cannot be done."""
        for _ in range(20):
            broken = [place for place in every if place is not but and not self.holds(place)]
            if not broken:
                return but is None or not self.holds(but)
            for place in broken:
                self.mend(place)
        return False

    def submissions(self, year: int) -> tuple[Submission, Submission]:
        """This year's submission and last year's."""
        now = Submission(self.form, year, UNIT, dict(self.now), cover=COVER)
        return now, replace(now, year=year - 1, values=dict(self.before))


def sound(form: Form, seed: int) -> Figures:
    """Random figures of two years that break nothing."""
    figures = Figures(form, random.Random(seed))
    assert figures.settle(tuple(places(form)))
    return figures


def broken(target: Place, seed: int) -> tuple[Figures, tuple[Place, ...]]:
    """Random figures that break a relation at a place, and every place that they break: no other where that can be."""
    every = tuple(places(target.form))
    target = next(place for place in every if place.name == target.name)
    last: Figures | None = None
    for attempt in range(30):
        figures = sound(target.form, 1000 * seed + attempt)
        name = figures.chance.choice(target.names)
        amount = abs(int(figures.gap(target))) + figures.chance.randint(1, 20)
        figures.add(name, figures.chance.choice((1, -1)) * amount)
        if not figures.allowed or figures.holds(target):
            continue
        last = copy.deepcopy(figures)
        if figures.settle(every, target) and figures.allowed:
            return figures, (target,)
    assert last is not None, f"{target.name} cannot be broken"
    return last, tuple(place for place in every if not last.holds(place))


PLACES = tuple(place for form in FORMS for place in places(form))
