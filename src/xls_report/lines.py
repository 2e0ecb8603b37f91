"""One row of a published table → the text under each heading, or why the figures have no certain place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xls_report.document import GridCell
from xls_report.figure import Figure
from xls_report.heads import Heads
from xls_report.number import read_figure


class Fault(StrEnum):
    """Why the figures of a row have no certain place."""

    NONE = ""
    COUNT = "count"  # there are more or fewer than headings
    MERGED = "merged"  # a figure's cell covers several rows or headings


@dataclass(frozen=True, slots=True)
class Line:
    """The texts of a row by heading; none of them where there is a fault."""

    texts: tuple[str, ...] = ()
    fault: Fault = Fault.NONE
    there: int = 0  # figures that stand in the row
    dropped: int = 0  # columns left out because they hold nothing but 0 or a blank
    counted: bool = False  # placed by their order, as the columns do not agree with the headings


Proof = Callable[[Sequence[str]], bool]  # whether sums tell that the texts stand in their places


def figure_of(text: str) -> Figure | None:
    """A text as a figure, signed or not; None for what is none."""
    return read_figure("s", text, None, "change", "").value


def _nothing(text: str) -> bool:
    return not text.strip() or figure_of(text) == 0


def _zeros(texts: Sequence[str]) -> bool:
    """Whether every text is 0: then none can be in the wrong place."""
    return all(figure_of(text) == 0 for text in texts)


def read_line(cells: Sequence[GridCell], heads: Heads, count: int, room: int, proof: Proof) -> Line:
    """Place the cells right of the row's label under the `count` headings; `room` is for blanks of the label's own."""
    if any(cell.rows > 1 and cell.text for cell in cells):
        return Line(fault=Fault.MERGED)
    if heads.spans:
        right = max((cell.column + cell.columns for cell in cells), default=0)
        if right == heads.right and all(cell.column >= heads.spans[0][0] for cell in cells):
            return _under(cells, heads)
    return _in_order([cell.text for cell in cells], heads, count, room, proof)


def _under(cells: Sequence[GridCell], heads: Heads) -> Line:
    """By the columns of the grid: exactly one text under each heading, nothing but 0 elsewhere."""
    texts: list[str] = []
    used: list[GridCell] = []
    filled = sum(bool(cell.text.strip()) for cell in cells)
    for first, behind in heads.spans:
        under = [cell for cell in cells if cell.column < behind and cell.column + cell.columns > first]
        if any(any(cell is other for other in used) for cell in under):
            return Line(fault=Fault.MERGED, there=filled)
        said = [cell.text for cell in under if cell.text.strip()]
        if not under or len(said) > 1:
            return Line(fault=Fault.COUNT, there=filled)
        used.extend(under)
        texts.append(said[0] if said else "")
    rest = [cell.text for cell in cells if not any(cell is other for other in used)]
    if not all(map(_nothing, rest)):
        return Line(fault=Fault.COUNT, there=filled)
    return Line(tuple(texts), there=filled, dropped=sum(bool(text.strip()) for text in rest))


def _in_order(texts: Sequence[str], heads: Heads, count: int, room: int, proof: Proof) -> Line:
    """By their order: as many as headings, or more of which the last are 0 and the rest cannot be otherwise."""
    core = list(texts)
    while core and not core[0].strip():
        core.pop(0)
    while core and not core[-1].strip():
        core.pop()
    ahead = next((n for n, text in enumerate(texts) if text.strip()), 0)
    kept, rest = core[:count], core[count:]
    # A blank among them may be what a merged cell left: then they are not as many as they seem.
    if ahead > room or len(kept) < count or not all(text.strip() for text in kept) or not all(map(_nothing, rest)):
        return Line(fault=Fault.COUNT, there=sum(bool(text.strip()) for text in core))
    certain = heads.sure and not heads.spare and not rest
    if not certain and not _zeros(kept) and not proof(kept):
        return Line(fault=Fault.COUNT, there=sum(bool(text.strip()) for text in core))
    return Line(tuple(kept), there=len(core), dropped=len(rest), counted=True)
