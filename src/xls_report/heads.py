"""The column headings of a published table: which columns of a grid, or which place in a row, each item has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

from xls_report.compare import label_key
from xls_report.document import GridCell
from xls_report.labels import Labels

_MOST_PIECES = 6  # of broken labels in one head
_MOST_CELLS = 200  # of one head; a hostile one is not tried


@dataclass(frozen=True, slots=True)
class Heads:
    """Where figures stand: `spans` are the grid columns of each leaf, () where the order alone is known."""

    spans: tuple[tuple[int, int], ...] = ()
    right: int = 0  # the grid column behind the last heading cell
    joined: tuple[str, ...] = ()  # labels put together from pieces, as printed
    spare: bool = False  # a column without a heading stands among or behind the others
    keys: frozenset[str] = frozenset()  # the wordings that were found
    sure: bool = True  # False where the order rests on reading line by line: sums have to prove each row


@dataclass(frozen=True, slots=True)
class _Mark:
    """A heading cell whose wording is known."""

    key: str
    row: int
    column: int
    columns: int


def read_heads(rows: Sequence[Sequence[GridCell]], labels: Labels, right: int, *, aligned: bool) -> Heads | None:
    """The headings above a block's figures; None where they are not, all of them, those of the block.

    `right` is the grid column behind the last cell of these rows, blank ones too.
    """
    cells = [cell for row in rows for cell in row]
    if not 0 < len(cells) <= _MOST_CELLS:
        return None
    marks, pieces = _sorted_out(cells, labels)
    joined, left = _joined(pieces, labels, marks)
    known = [*marks, *(mark for mark, _ in joined)]
    first = min((mark.column for mark in known), default=0)
    top = min((mark.row for mark in known), default=0)
    left = [cell for cell in left if cell.row >= top]  # above stand titles and notes
    # In front of the headings stands the corner, whatever its wording.
    if any(cell.column >= first and not (cell.row == top and cell.column <= first) for cell in left):
        return None
    if any(cell.column + cell.columns > first for cell in left) and aligned:
        return None
    found = _by_column(known, labels)
    if found is None and (aligned or not _in_reading_order(known, labels)):
        return None
    spans = found if aligned and found is not None else ()
    covered = sum(b - a for a, b in spans)
    spare = bool(spans) and covered < right - min(a for a, _ in spans)
    keys = frozenset(mark.key for mark in known)
    return Heads(spans, right, tuple(text for _, text in joined), spare, keys, found is not None)


def _sorted_out(cells: Sequence[GridCell], labels: Labels) -> tuple[list[_Mark], list[GridCell]]:
    marks, pieces = [], []
    for cell in cells:
        key = label_key(cell.text)
        if key in labels.heads:
            marks.append(_Mark(key, cell.row, cell.column, cell.columns))
        elif key and key not in labels.other:
            pieces.append(cell)
    return marks, pieces


def _joined(
    pieces: list[GridCell], labels: Labels, marks: list[_Mark]
) -> tuple[list[tuple[_Mark, str]], list[GridCell]]:
    """Labels that a page break or a narrow column broke in two or three, put together where that gives a known one."""
    missing = labels.heads - {mark.key for mark in marks}
    found: list[tuple[_Mark, str]] = []
    left = list(pieces)
    if len(pieces) > _MOST_PIECES:
        return found, left
    for count in (2, 3):
        for group in permutations(pieces, count):
            ordered = all(a.row <= b.row for a, b in pairwise(group))
            if ordered and all(any(cell is other for other in left) for cell in group):
                key = "".join(label_key(cell.text) for cell in group)
                if key in missing:
                    head = group[0]
                    text = "”“".join(cell.text for cell in group)
                    found.append((_Mark(key, head.row, head.column, head.columns), text))
                    left = [cell for cell in left if not any(cell is other for other in group)]
    return found, left


def _by_column(marks: list[_Mark], labels: Labels) -> tuple[tuple[int, int], ...] | None:
    """The columns of each leaf, read from left to right; None if they do not stand in the order of the form.

    Another order is never taken: a heading that was lost moves those behind it, and sparse sums do not tell.
    """
    keys = {key for leaf in labels.leaves for key in leaf}
    leaves = sorted((m for m in marks if m.key in keys), key=lambda m: (m.column, m.row))
    if len(leaves) != len(labels.leaves) or _overlap(leaves):
        return None
    in_order = all(m.key in leaf for m, leaf in zip(leaves, labels.leaves, strict=True))
    if not in_order or not _grouped(marks, leaves, labels):
        return None
    return tuple((m.column, m.column + m.columns) for m in leaves)


def _overlap(leaves: Sequence[_Mark]) -> bool:
    return any(a.column + a.columns > b.column for a, b in pairwise(leaves))


def _grouped(marks: list[_Mark], leaves: Sequence[_Mark], labels: Labels) -> bool:
    """Whether each group heading stands over its own leaves; where leaves have the same wording, all are needed."""
    for group in labels.groups:
        own = [m for m in marks if m.key in group.keys]
        if len(own) > 1 or (not own and not labels.distinct):
            return False
        before = leaves[group.first - 1].column if group.first else -1
        if own and not before < own[0].column <= leaves[group.first].column:
            return False
    return True


def _in_reading_order(marks: list[_Mark], labels: Labels) -> bool:
    """Whether the headings, read line by line, are those of the block; totals may stand anywhere, their sums tell."""
    keys = {key for leaf in labels.leaves for key in leaf}
    read = sorted(marks, key=lambda m: (m.row, m.column))
    leaves = [m.key for m in read if m.key in keys]
    totals = {key for leaf, total in zip(labels.leaves, labels.totals, strict=True) if total for key in leaf}
    plain = [leaf for leaf, total in zip(labels.leaves, labels.totals, strict=True) if not total]
    there = [key for key in leaves if key not in totals]
    groups = [m.key for m in read if m.key not in keys]
    complete = len(leaves) == len(labels.leaves) and len(there) == len(plain) and any(labels.totals)
    if not complete or not all(key in leaf for key, leaf in zip(there, plain, strict=True)):
        return False
    if len(groups) != len(labels.groups):
        return labels.distinct and len(set(groups)) == len(groups)
    due = sorted(labels.groups, key=lambda group: (group.depth, group.first))
    return all(key in group.keys for key, group in zip(groups, due, strict=True))
