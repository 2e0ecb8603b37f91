"""Headings of a table: the trees of row and column labels, whose leaves carry the items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from xls_report.equation import Name, Sum

_NUMBERED = re.compile(r"^([一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+\.)")
_NOTE = re.compile(r"（[^（）]{4,}）$")


class Measure(StrEnum):
    """Kind of an item's figure (数据类型)."""

    COUNT = "count"  # whole, not negative
    CHANGE = "change"  # whole, signed
    AMOUNT = "amount"  # decimal, not negative, with a unit


@dataclass(frozen=True)
class Heading:
    """Node of a row tree or column tree (主栏、宾栏标题); leaves carry items, branches group."""

    id: str = ""
    label: str = ""
    short: str = ""  # how a sentence calls it; the label when empty
    kind: Measure | None = None
    unit: str = ""
    hint: str = ""  # what it counts, where clerks go wrong
    formula: Sum | None = None
    children: tuple[Heading, ...] = ()
    aliases: tuple[str, ...] = ()  # other wordings of the label that published reports have

    @cached_property
    def leaves(self) -> tuple[Heading, ...]:
        return tuple(leaf for leaf, _ in walk((self,)))

    @property
    def name(self) -> str:
        """How a sentence calls this heading."""
        return self.short or self.label

    @cached_property
    def plain(self) -> str:
        """The label without its number and its note in brackets, as a sentence says it."""
        return _NUMBERED.sub("", _NOTE.sub("", self.label)) or self.label

    @cached_property
    def depth(self) -> int:
        """Number of levels from here down to the deepest leaf."""
        return 1 + max((child.depth for child in self.children), default=0)


def walk(
    headings: tuple[Heading, ...], path: tuple[Heading, ...] = ()
) -> Iterator[tuple[Heading, tuple[Heading, ...]]]:
    """Every leaf in print order, with its branches from the top."""
    for heading in headings:
        if heading.children:
            yield from walk(heading.children, (*path, heading))
        else:
            yield heading, path


def expand(headings: tuple[Heading, ...], total: Sum) -> Sum:
    """Replace `branch.*` by every filled leaf below the branch, so that a total never counts a total."""

    def leaves(name: Name) -> Iterator[Name]:
        branch = name.ident.removesuffix(".*")
        if branch == name.ident:
            yield name
            return
        for leaf, path in walk(headings):
            if leaf.formula is None and branch in (heading.id for heading in path):
                yield Name(leaf.id, name.prior)

    return total.map(leaves)


def find_heading(headings: tuple[Heading, ...], ident: str) -> Heading | None:
    """The heading of that id, branches included."""
    for heading in headings:
        found = heading if heading.id == ident else find_heading(heading.children, ident)
        if found is not None:
            return found
    return None
