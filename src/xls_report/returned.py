"""How a returned copy (退回修改表) is known again: its list of findings and its comments are no words of the unit.

What is known is known whole: a word of the unit's among ours makes it the unit's, which is told and kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from xls_report.address import row_column
from xls_report.finding import SHOWN
from xls_report.package import RawSheet

SHEET = "问题清单"
HEAD = "问题清单（审核退回）"  # what its first cell says
HEADS = ("序号", "程度", "位置（点击前往）", "问题", "怎么改", "现填", "应为", "代码", "现状")
TOP = 4  # row of the heads; above it the list says whose it is and what to do
AUTHOR = "xls-report"  # of the comments; LibreOffice drops it
DIVIDER, END = "—— 以下是审核意见 ——", "—— 以上是审核意见 ——"  # first and last line of what we write in a comment
EMPTIED, FORMULA = "原填“", "原来的公式："  # how other lines of it begin
# Stands in every conditional format of ours and is always true.
SIGNATURE = f'N("{AUTHOR}")=0'
COMMENTS = "批注"  # what the bounded reader calls them

_OURS = (*SHOWN.values(), EMPTIED, FORMULA)
_BLOCK = re.compile(f"{DIVIDER}\n(.*?)\n?{END}", re.DOTALL)


def remark(lines: Iterable[str]) -> str:
    """Our part of a comment."""
    return "\n".join([DIVIDER, *lines, END])


def without_remark(text: str) -> str:
    """A comment without our part; whole if somebody wrote into that."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = _BLOCK.search(text)
    if found is None or not all(line.startswith(_OURS) for line in found[1].split("\n")):
        return text
    return f"{text[: found.start()]}{text[found.end() :]}".strip("\n ")


def is_list(raw: RawSheet) -> bool:
    """Whether a sheet is the list that a returned copy begins with, and nothing else, whatever it is called by now."""
    cells = raw.cells
    first = cells.get("A1")
    if first is None or first.kind != "s" or first.formula is not None or first.text != HEAD:
        return False
    return all(_listed(raw, *row_column(address)) for address in cells)


def _listed(raw: RawSheet, row: int, column: int) -> bool:
    """Whether the cell is one that the list has."""
    if row < TOP:
        return column == 1
    if column > len(HEADS):
        return False
    texts = [cell.text if (cell := raw.cells.get(f"{letter}{row}")) is not None else None for letter in "AB"]
    if row == TOP:
        return texts == list(HEADS[:2])
    return texts[0] == str(row - TOP) and texts[1] in SHOWN.values()


def foreign(embedded: Collection[str], comments: Collection[str]) -> tuple[str, ...]:
    """Of the foreign things in a file, those that are not the marks of a returned copy."""
    ours = bool(comments) and not any(map(without_remark, comments)) and all(DIVIDER in text for text in comments)
    return tuple(kind for kind in embedded if not (ours and kind == COMMENTS))
