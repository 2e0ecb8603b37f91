"""What the collecting office settles once (设置): who asks, by when and how, what the sum covers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xls_report.dates import whole_date
from xls_report.listfile import Rows

SHEET = "设置"
HEADS = ("项目", "内容", "说明")  # 说明 is for people, not read


@dataclass(frozen=True, slots=True)
class Settings:
    """Every entry may be missing: "", None or ()."""

    issuer: str = ""  # who issues and asks
    contact: str = ""
    phone: str = ""
    due: date | None = None  # by when the office wants the returns
    due_time: str = ""  # the hour of that day, as H:MM
    notify: str = ""  # by which channel to send, a sentence without its full stop
    scope: str = ""  # 统计范围, in words
    below: tuple[str, ...] = ()  # groups of the roster that are lower governments
    overdue_words: str = ""  # what the office says to who is late


OPEN = Settings()  # nothing settled: nothing is invented in its place

KEYS = {
    "发件单位": "issuer",
    "联系人": "contact",
    "电话": "phone",
    "报送截止日期": "due",
    "截止时间": "due_time",
    "报送方式": "notify",
    "统计范围": "scope",
    "下级分组": "below",
    "逾期说明": "overdue_words",
}
# What each entry is for, with an example, as a sheet to fill in explains it.
EXPLAINED = {
    "发件单位": "空表、通知里的落款，如：区政府办公室。不填时用“汇总单位”那一行的名称。",
    "联系人": "各单位有疑问找谁。不填时用“汇总单位”那一行的联系人。",
    "电话": "联系电话。不填时用“汇总单位”那一行的电话。",
    "报送截止日期": "如：2026-01-23。过期未报的标明迟报。",
    "截止时间": "截止日期当天的时间，如：17:30。",
    "报送方式": "如：请通过政务OA报送。",
    "统计范围": "汇总了哪些机关，如：区人民政府及其部门、各镇人民政府、街道办事处。",
    "下级分组": "名单的分组里，哪些是下级政府；几个分组用“；”隔开，如：乡镇。",
    "逾期说明": "超过截止日期后，提醒里另加的一句话，如：请今日12:00前报送；仍未报送的，将按未报送通报。不填就不写。",
}
_LONGEST = {"issuer": 60, "contact": 60, "phone": 60}  # characters; they stand in one line of a workbook
_LONG = 200
_TIME = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：]00)?", re.ASCII)
_DAY_PART = re.compile(r"[01](\.\d+)?", re.ASCII)  # how a spreadsheet keeps a time
_MINUTES = 24 * 60


def settings_from_rows(rows: Rows, file: str, groups: Iterable[str]) -> tuple[Settings, list[str]]:
    """The settings of numbered rows, the first that is not empty being the heads; and every fault by row.

    `groups` are those of the roster: 下级分组 may name no other.
    """
    rows = [(n, row) for n, row in rows if any(row)]
    if not rows:
        return OPEN, []
    heads = rows[0][1]
    words = [f"缺少表头“{head}”" for head in HEADS[:2] if head not in heads]
    words += [f"不认识的表头“{cell}”" for cell in heads if cell and cell not in (*HEADS, "序号", "备注")]
    if words:
        return OPEN, [f"{file}：第 {rows[0][0]} 行：{word}；可用的表头：{'、'.join(HEADS)}" for word in words]
    known = frozenset(groups)
    found: dict[str, str | date | tuple[str, ...]] = {}
    first: dict[str, int] = {}
    complaints: list[str] = []
    for number, row in rows[1:]:
        fields = dict(zip(heads, row, strict=False))
        name, text = fields.get("项目", "").replace(" ", ""), fields.get("内容", "")
        if not name and not text:
            continue
        fault, value = _fault_or_value(name, text, first, known)
        first.setdefault(name, number)
        if fault:
            complaints.append(f"{file}：第 {number} 行：{fault}")
        elif value:
            found[KEYS[name]] = value
    return Settings(**found), complaints  # type: ignore[arg-type]


def _fault_or_value(
    name: str, text: str, first: dict[str, int], groups: frozenset[str]
) -> tuple[str, str | date | tuple[str, ...]]:
    """What is wrong with the row, or what it says; both empty for an entry that is left open."""
    if name not in KEYS:
        return f"不认识的项目“{name}”；可用的项目：{'、'.join(KEYS)}", ""
    if name in first:
        return f"项目“{name}”与第 {first[name]} 行重复，请只留一行", ""
    key = KEYS[name]
    if not text:
        return "", ""
    if key == "due":
        day = whole_date(text)
        return ("", day) if day is not None else (f"{name}“{text}”不是日期，请写成 2026-01-23 这样；时间另写一行", "")
    if key == "due_time":
        time = _time(text)
        return ("", time) if time else (f"{name}“{text}”不是时间，请写成 17:30 这样", "")
    if key == "below":
        names = tuple(part.strip() for part in text.replace(";", "；").split("；") if part.strip())
        strange = [part for part in names if part not in groups]
        return ("、".join(f"{name}“{part}”不是单位名单里的分组" for part in strange), names if not strange else "")
    most = _LONGEST.get(key, _LONG)
    if len(text) > most or not text.isprintable():
        return f"{name}过长（超过 {most} 字），或含有换行、看不见的字符", ""
    return "", text.rstrip("。") if key == "notify" else text


def _time(text: str) -> str:
    """A time of the day as H:MM, typed or as a spreadsheet keeps it; "" for none."""
    written = _TIME.fullmatch(text)
    if written is not None:
        minutes = int(written[1]) * 60 + int(written[2]) if int(written[2]) < 60 else _MINUTES + 1
    elif _DAY_PART.fullmatch(text):
        minutes = round(Decimal(text) * _MINUTES)
    else:
        return ""
    return f"{minutes // 60}:{minutes % 60:02}" if 0 <= minutes <= _MINUTES else ""
