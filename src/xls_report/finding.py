"""What is wrong, where, how grave, in words, and what to do (审核问题)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from xls_report.address import ranges
from xls_report.catalogue import CATALOGUE
from xls_report.figure import Figure, as_json, shown
from xls_report.form import Level
from xls_report.quoting import quote, visible

SHOWN = {Level.ERROR: "【必改】", Level.EXPLAIN: "【须说明】", Level.WARNING: "【提醒】"}


@dataclass(frozen=True, slots=True)
class Finding:
    """`given` and `due` are what stands and what should stand, as figures or text; cells are single addresses."""

    code: str
    level: Level
    message: str
    advice: str = ""
    sheet: str = ""
    cells: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    given: Figure | str | None = None
    due: Figure | str | None = None
    reason: str = ""  # the 情况说明 that settled it

    @property
    def blocks(self) -> bool:
        """Whether a submission with this finding is rejected."""
        return self.level is not Level.WARNING

    def settled(self, reason: str) -> Finding:
        """The finding as a recorded warning, once its unit gave a reason."""
        message = f"{self.message.removesuffix('。')}；已说明：{quote(reason)}"
        return replace(self, level=Level.WARNING, message=message, advice="", reason=reason)

    def noted(self, note: str) -> Finding:
        """The finding with a note at the end of its sentence."""
        return replace(self, message=f"{self.message.removesuffix('。')}{note}。") if note else self

    def as_json(self) -> dict[str, Any]:
        """The finding by the JSON contract."""
        return {
            "code": self.code,
            "level": str(self.level),
            "sheet": self.sheet,
            "cells": list(self.cells),
            "items": list(self.items),
            "message": self.message,
            "given": _plain(self.given),
            "due": _plain(self.due),
            "advice": self.advice,
        }

    def line(self, file: str) -> str:
        """One line as compilers print: file:sheet!cells: level code message."""
        place = f"{self.sheet}!{','.join(ranges(self.cells))}" if self.cells else self.sheet
        return f"{visible(file)}:{place}: {self.level} {self.code} {self.message}"


def _plain(value: Figure | str | None) -> int | str | None:
    return value if isinstance(value, str) else as_json(value)


def finding(
    code: str,
    *,
    sheet: str = "",
    cells: Iterable[str] = (),
    items: Iterable[str] = (),
    given: Figure | str | None = None,
    due: Figure | str | None = None,
    **facts: object,
) -> Finding:
    """A finding of the catalogue, its sentence filled with the facts."""
    entry = CATALOGUE[code]
    facts |= {"given": _words(given), "due": _words(due)}
    message, advice = entry.text.format(**facts), entry.advice.format(**facts)
    return Finding(code, entry.level, message, advice, sheet, tuple(cells), tuple(items), given, due)


def _words(value: Figure | str | None) -> str:
    return value if isinstance(value, str) else shown(value)


def names(found: Iterable[str], most: int = 3, measure: str = "处", total: int = 0) -> str:
    """The first few of a list in words: a、b、c 等 7 处; units are counted by 家.

    Of a list that goes on, its first few are enough with the `total` of different ones.
    """
    every = list(dict.fromkeys(found))
    total = total or len(every)
    return "、".join(every) if total <= most else f"{'、'.join(every[:most])} 等 {total} {measure}"
