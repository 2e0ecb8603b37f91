"""What was done to a table whose rows or columns no longer stand where they should, told like a witness."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from xls_report.address import a1, letters
from xls_report.layout import Role, Sheet
from xls_report.package import RawSheet
from xls_report.quoting import quote

_ROOM = 6  # rows and columns beyond the frame, where an insertion may have pushed the last ones to
_MOST = 3  # acts that are told; more are no acts any more but another table
_NUMBERS = ("", "一", "两", "三", "四", "五", "六")


@dataclass(frozen=True, slots=True)
class _Line:
    """A row's or column's labels: as compared, and as a sentence names it."""

    key: str
    name: str


def told(sheet: Sheet, raw: RawSheet, key: Callable[[str], str]) -> str:
    """The acts in words, "" when inserted and deleted rows or columns do not explain what is there.

    `key` is how labels are compared. Only sheets with figures are told of.
    """
    figures = list(sheet.of(Role.INPUT, Role.TOTAL, Role.SUM))
    if not figures:
        return ""
    top, last = min(cell.row for cell in figures), max(cell.row for cell in figures)
    bottom = max([last, *(cell.row for cell in sheet.of(Role.SWITCH))])  # the switch's label ends the table
    labels = [cell for cell in sheet.of(Role.LABEL) if cell.row <= bottom]
    stubs = max((cell.last_column or cell.column for cell in labels if cell.style == "stub"), default=0)
    due = {cell.address: cell.content for cell in labels}
    there = {address: cell.text or "" for address, cell in raw.cells.items() if cell.kind == "s" and not cell.formula}
    right = max(cell.last_column or cell.column for cell in figures)

    def row(texts: dict[str, str], number: int) -> _Line:
        across = [texts.get(a1(number, column), "") for column in range(1, right + 1)]
        return _line(across[:stubs], across[stubs:], key)

    def column(texts: dict[str, str], number: int) -> _Line:
        down = [texts.get(a1(row, number), "") for row in range(2, bottom + 1)]
        return _line(down[: top - 2], down[top - 2 :], key)

    rows = [row(due, n) for n in range(2, bottom + 1)]
    found = [row(there, n) for n in range(2, bottom + 1 + _ROOM)]
    if [line.key for line in rows] != [line.key for line in found[: len(rows)]]:
        return _acts(rows, found, "行", lambda n: f"第 {n + 2} 行", "上方")
    columns = [column(due, n) for n in range(1, right + 1)]
    found = [column(there, n) for n in range(1, right + 1 + _ROOM)]
    return _acts(columns, found, "列", lambda n: f" {letters(n + 1)} 列", "左侧")


def _line(labels: Iterable[str], beside: Iterable[str], key: Callable[[str], str]) -> _Line:
    there = [text for text in labels if text.strip()]
    if not there and any(text.strip() for text in beside):  # under a merged label: not the same as an empty line
        return _Line("\n", "")
    return _Line("".join(map(key, there)), there[-1] if there else "")


def _acts(due: Sequence[_Line], there: Sequence[_Line], unit: str, place: Callable[[int], str], before: str) -> str:
    """Insertions and deletions by which the lines that are due became those that are there."""
    from difflib import SequenceMatcher  # nearly every sheet comes back in its shape

    matcher = SequenceMatcher(None, [line.key for line in due], [line.key for line in there], autojunk=False)
    # what stands below or beside the frame is no matter of its shape
    steps = [step for step in matcher.get_opcodes() if step[0] != "equal" and step[1] < len(due)]
    if len(steps) > _MOST or any(
        act == "replace" or max(last - first, end - start) >= len(_NUMBERS) for act, first, last, start, end in steps
    ):
        return ""
    gone = {line.key for _, first, last, _, _ in steps for line in due[first:last] if line.key}
    come = {line.key for _, _, _, start, end in steps for line in there[start:end] if line.key}
    if gone & come:
        lost = [n for _, first, last, _, _ in steps for n in range(first, last) if due[n].key in come]
        return "，".join(f"“{due[n].name}”不在原来的{place(n)}" for n in lost)
    acts: list[str] = []
    for _, first, last, start, end in steps:
        if last > first:
            where = "、".join(map(place, range(first, last)))
            names = [f"“{line.name}”" for line in due[first:last] if line.name]
            acts.append(f"删除了{'、'.join(names) or '没有标签的'}{_NUMBERS[last - first]}{unit}（原为{where}）")
        else:
            names = [f"“{quote(line.name)}”" for line in there[start:end] if line.name]
            inserted = f"（{'、'.join(names)}）" if names else ""
            acts.append(f"{place(start).strip()}{before}插入了{_NUMBERS[end - start]}{unit}{inserted}")
    return "，".join(acts)
