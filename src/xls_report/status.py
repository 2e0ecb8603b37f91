"""Who has sent in (报送情况): a state for every unit of the roster, and every other file, in one place each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from xls_report.collect import Collection
from xls_report.deadline import Deadline
from xls_report.form import Level
from xls_report.intake import Intake, Outcome
from xls_report.ledger import Entry
from xls_report.output import OutputError
from xls_report.quoting import base
from xls_report.roster import Roster, RosterUnit
from xls_report.text import state

STATES = ("审核通过", "待说明", "退回修改", "重复待定", "打不开", "未报送", "不计入")
IN = ("审核通过", "不计入")  # states in which nothing is owed
OPEN_STATES = ("未报送", "打不开", "退回修改", "待说明", "重复待定")  # the others, in the order of a reminder
LATE, OVERDUE = "迟报", "超过法定期限"
UNSEALED, UNPUBLISHED = "盖章件未到", "未见公开"
# By when a report must be submitted and published: of a department, and of a government (条例第四十九条).
_LAST_DAY, _LAST_DAY_BELOW = (1, 31), (3, 31)


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """Where one unit stands: `state` is one of STATES; `late` is empty while there is time or nothing is owed.

    `entry` is what 报送台账 says of it, `gaps` what that shows to be missing.
    """

    unit: RosterUnit
    state: str
    remarks: tuple[str, ...]
    files: tuple[Intake, ...]
    entry: Entry
    late: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def findings(self) -> int:
        """What the unit has to act upon, in all of its files that are not used up."""
        live = [i for i in self.files if i.outcome in (Outcome.ACCEPTED, Outcome.REJECTED, Outcome.UNREADABLE)]
        return sum(f.blocks for intake in live for f in intake.findings)


@dataclass(frozen=True, slots=True)
class Status:
    """All units of the roster, and the files that are nobody's of them."""

    collection: Collection
    units: tuple[UnitStatus, ...]
    other: tuple[Intake, ...]
    now: datetime
    deadline: Deadline

    def counts(self) -> dict[str, int]:
        """Units by state, with how many are expected."""
        found = Counter(unit.state for unit in self.units)
        return {"expected": len(self.collection.roster.expected), **{state: found[state] for state in STATES}}


def status(collection: Collection, now: datetime, due: date | None = None) -> Status:
    """The state of every unit; `due` is the day by which the office wants the returns, before that of its 设置."""
    settings, today = collection.roster.settings, now.date()
    deadline = Deadline(due or settings.due, settings.due_time, today)
    units, other = standings(collection)
    return Status(collection, tuple(_dated(one, collection, deadline) for one in units), other, now, deadline)


def _dated(one: UnitStatus, collection: Collection, deadline: Deadline) -> UnitStatus:
    """The unit with what is late on that day."""
    overdue = _overdue(one.unit, collection.roster, deadline.today, collection.year)
    late = () if one.state in IN else (*((LATE,) if deadline.past else ()), *((OVERDUE,) if overdue else ()))
    gaps = _gaps(collection.roster, one.entry, overdue) if one.state != "不计入" else ()
    return replace(one, late=late, gaps=gaps)


def standings(collection: Collection) -> tuple[tuple[UnitStatus, ...], tuple[Intake, ...]]:
    """Where every unit of the roster stands whatever the day, and the files that are nobody's of them."""
    roster = collection.roster
    owned: dict[str, list[Intake]] = {}
    other: list[Intake] = []
    for intake in collection.intakes:
        unit = roster.find(intake.unit.code) if intake.unit is not None else None
        if unit is None and intake.outcome is Outcome.UNREADABLE:
            suspects = roster.named_in(base(intake.file))
            unit = suspects[0] if len(suspects) == 1 else None
        (owned.setdefault(unit.code, []) if unit is not None else other).append(intake)
    chosen = {unit.code: intake for unit, intake in collection.included}
    settled = {unit.code: "不计入" for unit in roster.units if not unit.included}
    settled |= {unit.code: "退回修改" for unit in collection.rejected}
    settled |= {conflict.unit.code: "重复待定" for conflict in collection.conflicts}
    settled |= {unit.code: "不计入" for unit in collection.exempt}
    units = []
    for unit in roster.units:
        files = tuple(owned.get(unit.code, ()))
        word, remarks = _state(unit, files, chosen.get(unit.code), settled.get(unit.code, ""))
        units.append(UnitStatus(unit, word, remarks, files, roster.entry(unit.code)))
    return tuple(units), tuple(other)


def _state(
    unit: RosterUnit, files: tuple[Intake, ...], chosen: Intake | None, settled: str
) -> tuple[str, tuple[str, ...]]:
    """State and remarks of a unit, by the file that counts for it or where the collection put it."""
    if settled == "不计入":
        return settled, tuple("按处理记录暂不计入" for _ in range(unit.included))
    if chosen is not None:
        word, _, remarks = state(chosen).partition("（")
        parts = remarks.removesuffix("）").split("）（") if remarks else []
        parts += ["空格按 0 计"] if any(f.code == "R212" for f in chosen.findings) else []
        return word, tuple(parts)
    if settled == "重复待定":
        return settled, ()
    if settled:
        levels = [f.level for i in files if i.outcome is Outcome.REJECTED for f in i.findings]
        return ("退回修改" if Level.ERROR in levels else "待说明"), ()
    if any(intake.outcome is Outcome.UNREADABLE for intake in files):
        return "打不开", ("由文件名看是该单位的",)
    return "未报送", ()


def _overdue(unit: RosterUnit, roster: Roster, today: date, year: int | None) -> bool:
    """Whether the law's day is over: of the report year's next January, of governments (下级分组) March."""
    last = _LAST_DAY_BELOW if unit.group and unit.group in roster.settings.below else _LAST_DAY
    return year is not None and today > date(year + 1, *last)


def _gaps(roster: Roster, entry: Entry, overdue: bool) -> tuple[str, ...]:
    """What a ledger that is kept shows to be missing; one without a word shows nothing."""
    if not roster.keeps_ledger:
        return ()
    unsealed = () if entry.is_sealed else (UNSEALED,)
    return (*unsealed, *((UNPUBLISHED,) if overdue and not entry.is_public else ()))


def states_of(path: Path) -> dict[str, str]:
    """The states by unit code of a `status --format json` of another day; raises OSError, OutputError."""
    try:
        found = json.loads(path.read_bytes().decode("utf-8-sig"))
        return {str(unit["code"]): str(unit["state"]) for unit in found["units"]}
    except (ValueError, KeyError, TypeError) as fault:
        raise OutputError(f"{path} 不是 status --format json 的结果") from fault


def changes(now: Status, before: Mapping[str, str]) -> tuple[str, ...]:
    """What changed since another day, in words; `before` gives states by unit code."""
    found = []
    for one in now.units:
        old = before.get(one.unit.code)
        if old is None:
            found.append(f"{one.unit.shown}：新列入名单")
        elif old != one.state:
            found.append(f"{one.unit.shown}：{old}→{one.state}")
    codes = {one.unit.code for one in now.units}
    found.extend(f"{code}：已不在名单里" for code in before if code not in codes)
    return tuple(found)
