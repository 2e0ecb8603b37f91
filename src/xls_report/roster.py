"""Who has to report (单位名单): read from CSV, every fault named by row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from xls_report import decisions, ledger, settings
from xls_report.decisions import Decision
from xls_report.ledger import Entry
from xls_report.listfile import ListError, Rows, grouped, rows_of
from xls_report.settings import OPEN, Settings
from xls_report.submission import Unit, is_code

SHEET = "单位名单"
OFFICE = "汇总单位"  # the group of the one row that is the collecting office itself

COLUMNS = {
    "代码": "code",
    "名称": "name",
    "分组": "group",
    "计入汇总": "included",
    "联系人": "contact",
    "电话": "phone",
    "别名": "aliases",
    "标志": "flags",
    "上年代码": "prior_code",
    "承接单位": "takes_over",
}
_NOTES = ("序号", "备注")  # columns of the clerk's own, not read
_DATED = re.compile(r"\d{1,2}-[A-Za-z]{3}|\d{4}[-.]\d{1,2}[-.]\d{1,2}", re.ASCII)  # what a spreadsheet makes of 1-1
_CRITERIA = "*?~<>="  # what a criterion of a spreadsheet takes for a pattern or a comparison
_LONGEST_GROUP = 30
_INCLUDED = {"": True, "是": True, "否": False, "yes": True, "no": False}


class RosterError(ListError):
    """A roster that cannot be used; `complaints` lists every fault, each with its row."""


@dataclass(frozen=True, slots=True)
class RosterUnit:
    """One row of the roster."""

    code: str
    name: str
    group: str = ""
    included: bool = True
    contact: str = ""
    phone: str = ""
    aliases: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    prior_code: str = ""
    takes_over: tuple[str, ...] = ()

    @property
    def unit(self) -> Unit:
        return Unit(self.code, self.name)

    @property
    def shown(self) -> str:
        """Code and name as messages call it."""
        return f"{self.code} {self.name}"


@dataclass(frozen=True)
class Roster:
    """The units in the order of the file, and the collecting office where it is named."""

    units: tuple[RosterUnit, ...]
    office: RosterUnit | None = None
    decisions: tuple[Decision, ...] = ()
    settings: Settings = OPEN
    ledger: tuple[Entry, ...] = ()

    @property
    def asking(self) -> Settings:
        """The settings; issuer, contact and phone are those of the office's row where they are left open."""
        found, office = self.settings, self.office
        if office is None:
            return found
        return replace(
            found,
            issuer=found.issuer or office.name,
            contact=found.contact or office.contact,
            phone=found.phone or office.phone,
        )

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of the units, in the roster's order."""
        return tuple(dict.fromkeys(unit.group for unit in self.units if unit.group))

    @property
    def expected(self) -> tuple[RosterUnit, ...]:
        """The units that count: 计入汇总 is 是."""
        return tuple(unit for unit in self.units if unit.included)

    @property
    def flags(self) -> dict[str, frozenset[str]]:
        """The flags of each unit, by code."""
        return {unit.code: unit.flags for unit in self.units}

    def named_in(self, text: str) -> tuple[RosterUnit, ...]:
        """The units whose name or alias occurs in a text, but for those whose name is only a part of another's."""
        names, lengths = self._names
        pieces = {text[n : n + size] for size in lengths for n in range(len(text) - size + 1)}
        there = sorted(pieces & names.keys(), key=lambda name: names[name][0])
        found = {name: names[name][1] for name in there}
        whole = [unit for n, unit in found.items() if not any(n != other and n in other for other in found)]
        return tuple(dict.fromkeys(whole))

    @cached_property
    def _names(self) -> tuple[dict[str, tuple[int, RosterUnit]], frozenset[int]]:
        """Names and aliases with their place and unit, and how long they are."""
        every = {name: unit for unit in self.units for name in (unit.name, *unit.aliases)}
        return {name: (n, unit) for n, (name, unit) in enumerate(every.items())}, frozenset(map(len, every))

    def find(self, code: str) -> RosterUnit | None:
        """The unit of that code, exactly."""
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> dict[str, RosterUnit]:
        return {unit.code: unit for unit in reversed(self.units)}

    def entry(self, code: str) -> Entry:
        """What 报送台账 says of that unit; an entry without a word when it says nothing."""
        return self._entries.get(code) or Entry(code)

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        return {entry.code: entry for entry in reversed(self.ledger)}

    def decided(self, code: str) -> list[Decision]:
        """What 处理记录 says of that unit."""
        return self._decided.get(code, [])

    @cached_property
    def _decided(self) -> dict[str, list[Decision]]:
        return grouped(self.decisions, lambda decision: decision.code)

    @property
    def keeps_ledger(self) -> bool:
        """Whether anything was ever noted in 报送台账; only then does a gap in it mean anything."""
        return any(entry.noted for entry in self.ledger)

    def without_zeros(self, code: str) -> RosterUnit | None:
        """The one unit whose code differs from this one by leading zeros alone."""
        found = [unit for unit in self._bare.get(code.lstrip("0"), ()) if unit.code != code]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _bare(self) -> dict[str, list[RosterUnit]]:
        return grouped(self.units, lambda unit: unit.code.lstrip("0"))


def load_roster(path: Path, flags: Iterable[str] | None = None) -> Roster:
    """Read a roster, .csv (UTF-8 with or without BOM, or GB18030) or .xlsx, with 处理记录, 设置 and 报送台账.

    In a workbook the units stand on the sheet 单位名单 or on the only one, the others on sheets of their names; with a
    .csv these are files of their names beside it. `flags` are those that the forms know; another one is a fault, since
    it would be ignored without a word. Raises RosterError, OSError.
    """
    try:
        rows = rows_of(path, SHEET, alone=True)
        if rows is None:
            raise RosterError([f"{path.name}：没有工作表“{SHEET}”"])
        roster = roster_from_rows(rows, path.name, flags)
        decided, place = _beside(path, decisions.SHEET)
        settled, where = _beside(path, settings.SHEET)
        noted, there = _beside(path, ledger.SHEET)
    except ListError as fault:
        raise RosterError(fault.complaints) from fault
    codes = [unit.code for unit in roster.units]
    found, complaints = decisions.decisions_from_rows(decided, place, codes)
    said, faults = settings.settings_from_rows(settled, where, roster.groups)
    entries, slips = ledger.ledger_from_rows(noted, there, codes)
    if complaints or faults or slips:
        raise RosterError([*complaints, *faults, *slips])
    return replace(roster, decisions=found, settings=said, ledger=entries)


def _beside(path: Path, sheet: str) -> tuple[Rows, str]:
    """The rows of a list that goes with the roster, none when it is not there; and what messages call it."""
    if path.suffix.lower() != ".csv":
        return rows_of(path, sheet) or [], f"{path.name}：{sheet}"
    where = path.with_name(f"{sheet}.csv")
    return (rows_of(where, sheet) or [] if where.exists() else []), where.name


def roster_from_rows(rows: list[tuple[int, list[str]]], file: str, flags: Iterable[str] | None = None) -> Roster:
    """A roster of numbered rows, the first that is not empty being the heads; raises RosterError."""
    rows = [(n, row) for n, row in rows if any(row)]
    if not rows:
        raise RosterError([f"{file}：单位名单是空的"])
    heads, complaints = _heads(rows[0][1], f"{file}：第 {rows[0][0]} 行")
    units: list[tuple[int, RosterUnit]] = []
    if not complaints:
        for number, row in rows[1:]:
            place = f"{file}：第 {number} 行"
            if len([cell for cell in row[len(heads) :] if cell]):
                complaints.append(f"{place}：比表头多出内容：{'、'.join(c for c in row[len(heads) :] if c)}")
            fields = {key: cell for key, cell in zip(heads, row, strict=False) if key}
            units.append((number, _unit(fields, place, complaints)))
        complaints.extend(_across(units, file))
        known = set(flags) if flags is not None else None
        for number, unit in units:
            for flag in sorted(unit.flags - known) if known is not None else ():
                complaints.append(
                    f"{file}：第 {number} 行：不认识的标志“{flag}”；表样里有：{'、'.join(sorted(known or ()))}"
                )
    if complaints:
        raise RosterError(complaints)
    offices = [unit for _, unit in units if unit.group == OFFICE]
    members = tuple(unit for _, unit in units if unit.group != OFFICE)
    return Roster(members, offices[0] if offices else None)


def _heads(row: list[str], place: str) -> tuple[list[str], list[str]]:
    known = {**COLUMNS, **{key: key for key in COLUMNS.values()}}
    heads = [known.get(cell.replace(" ", "").lower(), known.get(cell, "")) for cell in row]
    complaints = [f"{place}：表头“{key}”出现两次" for key, n in Counter(h for h in heads if h).items() if n > 1]
    if len(row) == 1 and any(mark in row[0] for mark in "，;\t；"):
        return heads, [f"{place}：各列应以英文逗号分隔，请另存为“CSV UTF-8（逗号分隔）”"]
    for cell, head in zip(row, heads, strict=True):
        if cell and not head and cell not in _NOTES:
            complaints.append(
                f"{place}：不认识的表头“{cell}”；可用的表头：{'、'.join(COLUMNS)}（另可有{'、'.join(_NOTES)}）"
            )
    for chinese, key in (("代码", "code"), ("名称", "name")):
        if key not in heads:
            complaints.append(f"{place}：缺少表头“{chinese}”")
    return heads, complaints


def _unit(fields: dict[str, str], place: str, complaints: list[str]) -> RosterUnit:
    code, name = fields.get("code", ""), fields.get("name", "")
    if not code:
        complaints.append(f"{place}：没有代码")
    elif not is_code(code):
        complaints.append(f"{place}：代码“{code}”应为 1 至 32 位英文字母、数字、点、下划线或连字符")
    elif _DATED.fullmatch(code):
        complaints.append(f"{place}：代码“{code}”像是被表格软件改成了日期，请按文本重填")
    if not name:
        complaints.append(f"{place}：没有名称")
    elif len(name) > 60 or not name.isprintable():
        complaints.append(f"{place}：名称过长（超过 60 字）或含有看不见的字符")
    included = fields.get("included", "")
    if included.lower() not in _INCLUDED:
        complaints.append(f"{place}：计入汇总“{included}”应为“是”或“否”")
    prior, takes_over = fields.get("prior_code", ""), _listed(fields.get("takes_over", ""))
    for other in (*([prior] if prior else []), *takes_over):
        if not is_code(other):
            complaints.append(f"{place}：上年代码或承接单位“{other}”不是代码")
    return RosterUnit(
        code=code,
        name=name,
        group=fields.get("group", ""),
        included=_INCLUDED.get(included.lower(), True),
        contact=fields.get("contact", ""),
        phone=fields.get("phone", ""),
        aliases=_listed(fields.get("aliases", "")),
        flags=frozenset(_listed(fields.get("flags", ""))),
        prior_code=prior,
        takes_over=takes_over,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace(";", "；").split("；") if part.strip())


def _across(units: list[tuple[int, RosterUnit]], file: str) -> list[str]:
    """Faults that only show when rows are compared."""
    found: list[str] = []
    if all(unit.group == OFFICE for _, unit in units):
        return [f"{file}：名单里没有填报单位"]
    for label, key in (("代码", "code"), ("名称", "name")):
        first: dict[str, int] = {}
        for number, unit in units:
            value = getattr(unit, key).casefold()
            if value and value in first:
                found.append(f"{file}：第 {number} 行：{label}“{getattr(unit, key)}”与第 {first[value]} 行相同")
            first.setdefault(value, number)
    found.extend(_lost_zeros(units, file))
    found.extend(_groups(units, file))
    offices = [number for number, unit in units if unit.group == OFFICE]
    if len(offices) > 1:
        found.append(f"{file}：第 {offices[1]} 行：“{OFFICE}”只能有一个，第 {offices[0]} 行已有")
    taken: dict[str, int] = {}
    for number, unit in units:
        for code in unit.takes_over:
            if code in taken:
                found.append(f"{file}：第 {number} 行：承接单位“{code}”在第 {taken[code]} 行已有承接")
            taken.setdefault(code, number)
    return found


def _groups(units: list[tuple[int, RosterUnit]], file: str) -> list[str]:
    """Groups that a formula which adds up by group would take for others, or for more than one."""
    found: list[str] = []
    first: dict[str, tuple[int, str]] = {}
    for number, unit in units:
        group, place = unit.group, f"{file}：第 {number} 行：分组“{unit.group}”"
        risky = [mark for mark in _CRITERIA if mark in group]
        if risky:
            found.append(f"{place}不能含有 {' '.join(risky)}")
        if len(group) > _LONGEST_GROUP:
            found.append(f"{place}过长（超过 {_LONGEST_GROUP} 字）")
        line, other = first.setdefault(_alike(group), (number, group))
        if other != group:
            found.append(f"{place}与第 {line} 行的“{other}”只差大小写、空格或前面的 0，请写成一样")
    return found


def _alike(group: str) -> str:
    """What a spreadsheet holds to be the same: letters of either case, numbers of the same value."""
    plain = "".join(group.split()).casefold()
    return plain.lstrip("0") or "0" if plain.isdecimal() else plain


def _lost_zeros(units: list[tuple[int, RosterUnit]], file: str) -> list[str]:
    """Codes of digits that are shorter than their zero-padded neighbours: named, never mapped."""
    units = [(number, unit) for number, unit in units if unit.group != OFFICE]
    padded = Counter(len(unit.code) for _, unit in units if unit.code.isdigit() and unit.code.startswith("0"))
    if not padded:
        return []
    width = padded.most_common(1)[0][0]
    return [
        f"{file}：第 {number} 行：代码“{unit.code}”疑为“{unit.code.zfill(width)}”，前面的 0 被表格软件去掉了"
        for number, unit in units
        if unit.code.isdigit() and len(unit.code) < width and not unit.code.startswith("0")
    ]
