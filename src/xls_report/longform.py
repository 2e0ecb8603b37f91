"""What a clerk wants to know of a finding code beyond its sentence: why, how it comes about, the way out.

The texts are data, `longform.toml` beside this module: by code `why`, `how`, `fix` and, where one helps, `example`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from xls_report.check import REASON
from xls_report.form import Form, Level
from xls_report.layout import width_of

WIDTH = 100  # columns of a console that a line takes at most; a Chinese character takes two
MEANING = {
    Level.ERROR: "必改。改好才能通过、才能汇总。",
    Level.EXPLAIN: "须说明。数可能没有错；改正，或写明原因，做到一样才能通过。",
    Level.WARNING: "提醒。请看一眼，不影响通过和汇总。",
}
_HEADS = {"why": "为什么", "how": "常见原因", "fix": "怎么改", "example": "举例"}
_NEVER_FIRST = "，。；：、？！）”》」』】…,.;:?!)"
_NEVER_LAST = "（“《「『【①②③④("
_INDENT = "    "


@cache
def long_texts() -> dict[str, dict[str, str]]:
    """Code → the parts of its long form."""
    raw = Path(__file__).with_name("longform.toml").read_text(encoding="utf-8")
    return tomllib.loads(raw)


def long_lines(code: str) -> list[str]:
    """The long form of a code of the catalogue, a head before each part."""
    entry = long_texts()[code]
    return [f"{head}：{entry[part]}" for part, head in _HEADS.items() if part in entry]


def reason_lines(code: str, form: Form, reasons: str) -> list[str]:
    """What a 情况说明 on this code must be to count, and on which sheet it belongs."""
    empty = "、".join(f"“{phrase}”" for phrase in form.no_reason)
    where = f"写在“{reasons}”表 {code} 一行，至少 {REASON} 个字（标点、空格不算）"
    return [
        f"怎么写情况说明：{where}，要讲清相差的数是怎么回事；只写{empty}一类的话不算。",
        "举例：可以写“上年多计 1 件，已于 3 月更正公开”“随职能划出 2 件，由承接单位填报”。",
    ]


def wrapped(lines: list[str]) -> list[str]:
    """The lines broken at the console's width, what goes on indented."""
    return [short for line in lines for short in _wrap(line)]


def _wrap(line: str) -> Iterator[str]:
    while width_of(line) > WIDTH:
        most = len(line)
        while width_of(line[:most]) > WIDTH:
            most -= 1
        # A word longer than the line is cut where the line ends.
        end = next((n for n in range(most, len(_INDENT) + 1, -1) if _may_break(line, n)), most)
        yield line[:end].rstrip()
        line = _INDENT + line[end:].lstrip()
    yield line


def _may_break(line: str, end: int) -> bool:
    before, after = line[end - 1], line[end]
    inside_word = before.isascii() and after.isascii() and " " not in (before, after)
    return not (inside_word or after in _NEVER_FIRST or before in _NEVER_LAST)
