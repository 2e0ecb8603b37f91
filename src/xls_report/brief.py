"""What the first page of a summary tells (汇总概况) and its charts show, as the form declares it."""

from __future__ import annotations

from dataclasses import dataclass

from xls_report.equation import Sum


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with the words that a leader knows it by: a sum of items of one unit of measure."""

    label: str
    sum: Sum


@dataclass(frozen=True, slots=True)
class Brief:
    """A group of lines of the page, in the order in which they are read."""

    id: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of lines, or (`by_unit`) of one line unit by unit, the greatest first."""

    title: str
    lines: tuple[Line, ...]
    by_unit: bool = False
