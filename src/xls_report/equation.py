"""The small grammar of relations and totals: sums of names and whole numbers, compared by one sign.

Linear on purpose: the sum of figures that satisfy a relation satisfies it too, so a summary of valid returns is valid.
An equation is written once and walked in three environments: name → cell, name → number, name → label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from xls_report.figure import Figure

SIGNS = ("<=", ">=", "=")
_NAME = re.compile(r"(?:[a-z][a-z0-9_]*)(?:\.[a-z][a-z0-9_]*)*(?:\.\*)?", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,15}", re.ASCII)
_SHOWN = {"=": "＝", "<=": "≤", ">=": "≥"}


class EquationError(ValueError):
    """The text of a sum or relation does not follow the grammar; the message says where, in words."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a sum: an id, of this year or (`prior`) of last year's submission."""

    ident: str
    prior: bool = False

    def __str__(self) -> str:
        return f"prior.{self.ident}" if self.prior else self.ident


@dataclass(frozen=True, slots=True)
class Sum:
    """Names and a whole number, added up."""

    names: tuple[Name, ...]
    constant: int = 0

    def map(self, change: Callable[[Name], Iterable[Name]]) -> Sum:
        """The sum with every name replaced by the names that `change` gives for it."""
        return Sum(tuple(new for name in self.names for new in change(name)), self.constant)

    def evaluate(self, figure: Callable[[Name], Figure | None]) -> Figure | None:
        """The exact sum; None when any operand is not known."""
        total: Figure = self.constant
        for name in self.names:
            value = figure(name)
            if value is None:
                return None
            total += value
        return total

    def render(self, show: Callable[[Name], str], plus: str = "+") -> str:
        """The sum as text, each name shown by `show`; for a formula or a sentence."""
        parts = [show(name) for name in self.names]
        if self.constant or not parts:
            parts.append(str(self.constant))
        return plus.join(parts)


@dataclass(frozen=True, slots=True)
class Equation:
    """Two sums that must stand in the relation `sign`, one of `=`, `<=`, `>=`."""

    left: Sum
    sign: str
    right: Sum

    @property
    def names(self) -> tuple[Name, ...]:
        return self.left.names + self.right.names

    @property
    def uses_prior(self) -> bool:
        return any(name.prior for name in self.names)

    def map(self, change: Callable[[Name], Iterable[Name]]) -> Equation:
        return Equation(self.left.map(change), self.sign, self.right.map(change))

    def words(self, show: Callable[[Name], str]) -> str:
        """The relation as a sentence of labels: 第一项＋第二项＝第三项＋第四项."""
        return f"{self.left.render(show, '＋')}{_SHOWN[self.sign]}{self.right.render(show, '＋')}"


def holds(left: Figure, sign: str, right: Figure) -> bool:
    """Whether two exact figures stand in the relation."""
    if sign == "=":
        return left == right
    return left <= right if sign == "<=" else left >= right


def parse_sum(text: str) -> Sum:
    """Read `a + b.* + 3`; raises EquationError."""
    names: list[Name] = []
    constant = 0
    for raw in text.split("+"):
        term = raw.strip()
        if _WHOLE.fullmatch(term):
            constant += int(term)
            continue
        ident = term.removeprefix("prior.")
        if not _NAME.fullmatch(ident) or ident == "prior":
            raise EquationError(f"“{text.strip()}”中的“{term}”不是名称或非负整数；算式只能是名称与整数相加，不能用减号")
        names.append(Name(ident, prior=ident != term))
    return Sum(tuple(names), constant)


def parse_equation(text: str) -> Equation:
    """Read `a + b = c + d`; raises EquationError."""
    for sign in SIGNS:
        left, found, right = text.partition(sign)
        if found:
            return Equation(parse_sum(left), sign, parse_sum(right))
    raise EquationError(f"“{text.strip()}”里没有 =、<= 或 >=")
