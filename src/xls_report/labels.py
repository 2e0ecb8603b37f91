"""The labels of a form as published tables print them: each block's rows and columns by their normalised wordings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from xls_report.compare import label_key
from xls_report.form import Block, Form, Table
from xls_report.heading import Heading
from xls_report.number import read_figure

_NUMBER = re.compile(r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d+\.)")
_WORDS = frozenset({"V103", "V117", "V124"})  # what is no figure and no mark that stands for none


def keys_of(heading: Heading) -> tuple[str, ...]:
    """The wordings of a heading, normalised: its label first."""
    return tuple(dict.fromkeys(label_key(text) for text in (heading.label, *heading.aliases) if text))


def unnumbered(key: str) -> str:
    """A normalised label without the number in front, as programs that number by themselves leave it."""
    return _NUMBER.sub("", key)


def is_words(text: str) -> bool:
    """Whether a cell holds words, not a figure nor a mark in its place; a blank holds neither."""
    return bool(text.strip()) and read_figure("s", text, None, "change", "件").code in _WORDS


@dataclass(frozen=True, slots=True)
class Group:
    """A heading over several columns: its wordings, the number of its first leaf, how deep it lies."""

    keys: tuple[str, ...]
    first: int
    depth: int


@dataclass(frozen=True, eq=False)
class Labels:
    """One block's labels: row leaves and branches by wording, and the columns in the order of print."""

    table: Table
    block: Block
    rows: dict[str, int]  # wording → number of the row leaf
    branches: dict[str, tuple[int, ...]]  # wording of a row branch → its leaves
    leaves: tuple[tuple[str, ...], ...]  # wordings of each column leaf
    totals: tuple[bool, ...]  # whether the column leaf is a total
    groups: tuple[Group, ...]  # the column branches
    other: frozenset[str]  # what else is printed: corner, title of block and table
    heads: frozenset[str]  # every wording of a column heading

    @property
    def unlabelled(self) -> bool:
        """Whether its only row has no label."""
        return self.block.label_width == 0

    @property
    def distinct(self) -> bool:
        """Whether each column leaf is known by its own wording alone."""
        counts = Counter(key for keys in self.leaves for key in keys)
        return max(counts.values()) == 1


def labels_of(form: Form) -> tuple[Labels, ...]:
    """The labels of every block of a form, in print order."""
    return _labels(form)


@lru_cache(maxsize=16)
def _labels(form: Form) -> tuple[Labels, ...]:
    return tuple(_block(table, block) for table in form.tables for block in table.blocks)


def _block(table: Table, block: Block) -> Labels:
    columns = [column for column, _ in block.column_leaves]
    groups = tuple(_groups(block.columns, columns))
    printed = (block.corner, block.title, table.title, *table.aliases)
    leaves = tuple(keys_of(column) for column in columns)
    return Labels(
        table,
        block,
        _rows(block),
        _branches(block),
        leaves,
        tuple(column.formula is not None for column in columns),
        groups,
        frozenset(label_key(text) for text in printed if text),
        frozenset(key for keys in (*leaves, *(group.keys for group in groups)) for key in keys),
    )


def _groups(headings: tuple[Heading, ...], leaves: list[Heading], depth: int = 0) -> Iterator[Group]:
    for heading in headings:
        if heading.children:
            first = next(n for n, leaf in enumerate(leaves) if leaf is heading.leaves[0])
            yield Group(keys_of(heading), first, depth)
            yield from _groups(heading.children, leaves, depth + 1)


def _rows(block: Block) -> dict[str, int]:
    """Every wording that belongs to one row alone; without its number where that still says which."""
    leaves = [keys_of(row) for row, _ in block.row_leaves]
    found = _unique(enumerate(leaves))
    bare = [tuple(unnumbered(key) for key in keys if unnumbered(key) != key) for keys in leaves]
    plain = _unique(enumerate(bare))
    taken = {key for heading in (*_all(block.rows), *_all(block.columns)) for key in keys_of(heading)}
    return {**{key: n for key, n in plain.items() if key not in taken}, **found}


def _unique(rows: Iterable[tuple[int, tuple[str, ...]]]) -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for number, keys in rows:
        for key in keys:
            found.setdefault(key, set()).add(number)
    return {key: next(iter(numbers)) for key, numbers in found.items() if len(numbers) == 1}


def _branches(block: Block) -> dict[str, tuple[int, ...]]:
    leaves = [row for row, _ in block.row_leaves]
    found: dict[str, tuple[int, ...]] = {}
    for heading in _all(block.rows):
        if heading.children:
            below = tuple(n for n, leaf in enumerate(leaves) if any(leaf is own for own in heading.leaves))
            for key in keys_of(heading):
                found[key] = below
                found.setdefault(unnumbered(key), below)
    return found


def _all(headings: tuple[Heading, ...]) -> Iterator[Heading]:
    for heading in headings:
        yield heading
        yield from _all(heading.children)
