"""Figures named in prose, `{t3.new.total}`: what stands in the text is what stands in the cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from xls_report.figure import Figure, figure_text

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NEAR = 3  # names proposed for one that is not known


class Trouble(StrEnum):
    """Why braces of a text cannot be replaced."""

    UNKNOWN = "unknown"  # no item of the form
    BLANK = "blank"  # an item without a figure
    ALONE = "alone"  # a brace without its other one


@dataclass(frozen=True, slots=True)
class Fault:
    """Braces that could not be replaced: what stands in them, and names of items that are like it."""

    trouble: Trouble
    name: str
    near: tuple[str, ...] = ()


def replaced(text: str, figures: Mapping[str, Figure | None]) -> tuple[str, tuple[Fault, ...]]:
    """The text with every `{item}` replaced by its figure, without its unit, and what could not be.

    `{{` and `}}` are braces; blanks round a name do not count. What cannot be replaced is marked 待补.
    """
    faults: list[Fault] = []

    def piece(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        fault = _fault(match, figures)
        if fault is None:
            value = figures[match[1].strip()]
            assert value is not None
            return figure_text(value)
        faults.append(fault)
        return f"【待补：{fault.name}】"

    return _PIECE.sub(piece, text), tuple(faults)


def _fault(match: re.Match[str], figures: Mapping[str, Figure | None]) -> Fault | None:
    if match[1] is None:
        return Fault(Trouble.ALONE, match[0])
    name = match[1].strip()
    if name not in figures:
        return Fault(Trouble.UNKNOWN, name, tuple(get_close_matches(name, figures, _NEAR)))
    return Fault(Trouble.BLANK, name) if figures[name] is None else None


def escaped(text: str) -> str:
    """A text that `replaced` gives back as it is."""
    return text.replace("{", "{{").replace("}", "}}")
