"""报送情况 for people: a table on the screen, lists for the desk, and the texts with which returns are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from xls_report.collect import Collection
from xls_report.finding import SHOWN
from xls_report.intake import Intake
from xls_report.layout import width_of
from xls_report.quoting import base, visible
from xls_report.status import IN, STATES, Status, UnitStatus
from xls_report.text import FOOTNOTE, counts, place, state, tally, tally_line
from xls_report.writer import Listing

_HEADS = ("代码", "单位", "状态", "文件", "须处理", "联系人", "电话", "备注")
_WEEKDAYS = "一二三四五六日"
_ASKED = ("未报送", "打不开", "退回修改", "待说明", "重复待定")  # in the order of the reminder


def status_text(found: Status, changed: Iterable[str] = ()) -> str:
    """The whole result of `status` for people."""
    lines = [f"{_year(found)}报送情况（{found.today.isoformat()}）", _sum(found), ""]
    rows = [_HEADS, *(_row(one) for one in found.units)]
    widths = [max(width_of(row[n]) for row in rows) for n in range(len(_HEADS))]
    for row in rows:
        lines.append("  ".join(_padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip())
    if found.other:
        lines += ["", "其他文件（不属于名单上的单位，一份也没有丢）："]
        lines.extend(f"  {line}" for intake in found.other for line in _other(intake))
    moved = list(changed)
    if moved:
        lines += ["", f"与上次相比：{'；'.join(moved)}。"]
    lines.extend(idle_lines(found.collection))
    lines += ["", tally_line(counts(found.collection.intakes)), FOOTNOTE]
    return "\n".join(lines) + "\n"


def idle_lines(collection: Collection) -> list[str]:
    """The rows of 处理记录 that changed nothing."""
    return [f"{idle.place}：“{idle.act}”没有起作用，请核对文件名或校验码。" for idle in collection.idle]


def _year(found: Status) -> str:
    return f"{found.collection.year} 年度" if found.collection.year is not None else ""


def _sum(found: Status) -> str:
    by = found.counts()
    parts = "＋".join(f"{word} {by[word]}" for word in STATES if word != "不计入")
    outside = len([one for one in found.units if not one.unit.included])
    left = by["不计入"] - outside
    tail = f"；名单中不计入的 {outside} 家。" if outside else "。"
    return f"应报 {by['expected']} 家＝{parts}{f'＋暂不计入 {left}' if left else ''}{tail}"


def _row(one: UnitStatus) -> tuple[str, ...]:
    unit = one.unit
    remarks = "、".join((*one.late, *one.remarks))
    return (
        *(unit.code, unit.name, one.state, str(len(one.files)), str(one.findings or "")),
        *(unit.contact, unit.phone, remarks),
    )


def _padded(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))


def _other(intake: Intake) -> Iterator[str]:
    yield f"{state(intake)}    {visible(intake.file)}"
    for found in intake.findings[:1]:
        yield f"  {SHOWN[found.level]}{found.message}{found.advice}（{place(found)}）"


def status_rows(found: Status) -> tuple[tuple[str, ...], ...]:
    """The same as rows of a CSV, heads first: a row a unit."""
    heads = ("代码", "单位", "分组", "状态", "备注", "期限", "文件数", "须处理", "文件", "联系人", "电话")
    rows = [heads]
    for one in found.units:
        files = "；".join(base(intake.file) for intake in one.files)
        rows.append(
            (
                *(one.unit.code, one.unit.name, one.unit.group, one.state, "、".join(one.remarks)),
                *("、".join(one.late), str(len(one.files)), str(one.findings), files),
                *(one.unit.contact, one.unit.phone),
            )
        )
    return tuple(rows)


def status_object(found: Status) -> dict[str, Any]:
    """The same by the JSON contract."""
    return {
        "year": found.collection.year,
        "units": [
            {
                "code": one.unit.code,
                "name": one.unit.name,
                "group": one.unit.group,
                "state": one.state,
                "remarks": list(one.remarks),
                "files": [intake.file for intake in one.files],
                "findings": one.findings,
                "contact": one.unit.contact,
                "phone": one.unit.phone,
                "late": "、".join(one.late),
            }
            for one in found.units
        ],
        "other": [
            {
                "file": intake.file,
                "outcome": str(intake.outcome),
                "unit": {"code": intake.unit.code, "name": intake.unit.name} if intake.unit is not None else None,
                "suspected": [unit.code for unit in found.collection.roster.named_in(base(intake.file))],
                "message": intake.findings[0].message if intake.findings else "",
            }
            for intake in found.other
        ],
        "counts": {**found.counts(), "files": counts(found.collection.intakes)},
    }


def status_listings(found: Status, due: date | None, changed: Iterable[str] = ()) -> tuple[Listing, ...]:
    """报送情况, the units that have to be asked with what to say to each, the texts, and the other files."""
    heads, *rows = status_rows(found)
    widths = (10.0, 26.0, 14.0, 12.0, 24.0, 16.0, 8.0, 8.0, 50.0, 12.0, 18.0)
    asked = [one for word in _ASKED for one in found.units if one.state == word]
    calls = tuple(
        (
            *(one.unit.code, one.unit.name, one.state, "、".join(one.late), one.unit.contact, one.unit.phone),
            call(found, one),
        )
        for one in asked
    )
    texts = [("群提醒", reminder(found, due))] + [("与上次相比", line) for line in changed]
    other = tuple(
        (state(i), visible(i.file), tally(i.findings).strip("（）"), i.findings[0].message if i.findings else "")
        for i in found.other
    )
    call_heads = ("代码", "单位", "状态", "期限", "联系人", "电话", "电话怎么说")
    other_heads = ("状态", "文件", "问题", "说明")
    return (
        Listing("报送情况", _sum(found), heads, widths, tuple(rows)),
        Listing("催报", FOOTNOTE, call_heads, (10.0, 26.0, 12.0, 16.0, 12.0, 18.0, 90.0), calls),
        Listing("通知文字", "复制后粘贴到工作群。", ("用途", "文字"), (14.0, 120.0), tuple(texts)),
        Listing("其他文件", "不属于名单上的单位的文件。", other_heads, (14.0, 60.0, 24.0, 80.0), other),
    )


def reminder(found: Status, due: date | None) -> str:
    """The text for everybody: who is in, who is asked for what."""
    office = found.collection.roster.office
    by = found.counts()
    where = f"报{office.name}" if office is not None else "报送"
    day = f"{due.month}月{due.day}日（周{_WEEKDAYS[due.weekday()]}）" if due is not None else ""
    year = f"{found.collection.year}年" if found.collection.year is not None else ""
    if due is not None and found.today > due:
        ask = f"{year}政府信息公开年报数据表已超过报送时限（{day}），尚未报送、需要修改的单位请尽快报送。"
    else:
        ask = f"{year}政府信息公开年报数据表请{f'于{day}前' if day else ''}{where}。"
    lists = [
        f"{word}：{'、'.join(one.unit.name for one in found.units if one.state == word)}"
        for word in _ASKED
        if any(one.state == word for one in found.units)
    ]
    named = f"{'；'.join(lists)}。已报送且审核通过的不必重报。" if lists else "各单位均已报送并审核通过。"
    contact = ""
    if office is not None and office.phone:
        contact = f"联系人：{office.contact}，电话：{office.phone}。" if office.contact else f"电话：{office.phone}。"
    now = f"截至{found.today.month}月{found.today.day}日，应报{by['expected']}家，审核通过{by['审核通过']}家。"
    return f"【年报数据报送提醒】各单位：{ask}{now}{named}{contact}"


def call(found: Status, one: UnitStatus) -> str:
    """What to say to one unit on the telephone."""
    office = found.collection.roster.office
    start = f"您好，{office.name}。" if office is not None else "您好。"
    if one.state in IN:
        return ""
    blocking = [f for intake in one.files for f in intake.findings if f.blocks]
    if not blocking:
        return f"{start}贵单位的政府信息公开年报数据表还没有收到，请填好后尽快报送，文件名不用改。"
    first = blocking[0]
    more = f"另有 {len(blocking) - 1} 处，见退回修改表。" if len(blocking) > 1 else ""
    return f"{start}贵单位报来的数据表：{first.message}{first.advice}{more}请改后再发一次，文件名不用改。"
