"""报送情况 for people: a table on the screen, and lists for the desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from xls_report import ledger
from xls_report.asking import call, reminder
from xls_report.collect import Collection
from xls_report.finding import SHOWN
from xls_report.intake import Intake
from xls_report.layout import Listing, width_of
from xls_report.quoting import base, visible
from xls_report.status import OPEN_STATES, STATES, UNPUBLISHED, UNSEALED, Status, UnitStatus
from xls_report.text import FOOTNOTE, counts, place, state, tally, tally_line

_HEADS = ("代码", "单位", "状态", "文件", "须处理", "联系人", "电话")
_LEDGER_NOTE = (
    f"手填的列可以改；改好后把整张表复制到单位名单工作簿的“{ledger.SHEET}”"
    f"（名单是 CSV 的，另存为“{ledger.SHEET}.csv”），下次会带上。"
)


def status_text(found: Status, changed: Iterable[str] = ()) -> str:
    """The whole result of `status` for people."""
    lines = [f"{_year(found)}报送情况（{found.now.date().isoformat()}）", _sum(found), ""]
    kept = found.collection.roster.keeps_ledger
    rows = [(*_HEADS, *(("盖章件", "公开") if kept else ()), "备注"), *(_row(one, kept) for one in found.units)]
    widths = [max(width_of(row[n]) for row in rows) for n in range(len(rows[0]))]
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


def _row(one: UnitStatus, kept: bool) -> tuple[str, ...]:
    """A line of the table; with what 报送台账 says when it is kept."""
    unit = one.unit
    remarks = "、".join((*one.late, *one.remarks))
    return (
        *(unit.code, unit.name, one.state, str(len(one.files)), str(one.findings or "")),
        *(unit.contact, unit.phone, *(_beside(one) if kept else ()), remarks),
    )


def _beside(one: UnitStatus) -> tuple[str, str]:
    """盖章件 and 公开 in a word each."""
    sealed = "已到" if one.entry.is_sealed else "未到" if UNSEALED in one.gaps else ""
    public = "已公开" if one.entry.is_public else "未见" if UNPUBLISHED in one.gaps else ""
    return sealed, public


def _padded(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))


def _other(intake: Intake) -> Iterator[str]:
    yield f"{state(intake)}    {visible(intake.file)}"
    for found in intake.findings[:1]:
        yield f"  {SHOWN[found.level]}{found.message}{found.advice}（{place(found)}）"


def status_rows(found: Status) -> tuple[tuple[str, ...], ...]:
    """The same as rows of a CSV, heads first: a row a unit, with what 报送台账 says."""
    heads: tuple[str, ...] = (
        "代码",
        "单位",
        "分组",
        "状态",
        "备注",
        "期限",
        "文件数",
        "须处理",
        "文件",
        "联系人",
        "电话",
    )
    heads += ("盖章件", "Word稿", "公开网址", "公开日期", "台账备注")
    rows = [heads]
    for one in found.units:
        files = "；".join(base(intake.file) for intake in one.files)
        rows.append(
            (
                *(one.unit.code, one.unit.name, one.unit.group, one.state, "、".join(one.remarks)),
                *("、".join(one.late), str(len(one.files)), str(one.findings), files),
                *(one.unit.contact, one.unit.phone, *one.entry.hand),
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
                "ledger": {key: getattr(one.entry, key) for key in ("sealed", "word", "url", "published", "remark")},
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


def status_listings(found: Status, changed: Iterable[str] = ()) -> tuple[Listing, ...]:
    """报送情况, the units that have to be asked with what to say to each, the texts, 报送台账, and the other files."""
    heads, *rows = status_rows(found)
    widths = (*(10.0, 26.0, 14.0, 12.0, 24.0, 16.0, 8.0, 8.0, 50.0, 12.0, 18.0), *(12.0, 12.0, 30.0, 14.0, 24.0))
    texts = [("群提醒", reminder(found))] + [("与上次相比", line) for line in changed]
    other = tuple(
        (state(i), visible(i.file), tally(i.findings).strip("（）"), i.findings[0].message if i.findings else "")
        for i in found.other
    )
    other_heads = ("状态", "文件", "问题", "说明")
    return (
        Listing("报送情况", _sum(found), heads, widths, tuple(rows)),
        _calls(found),
        Listing("通知文字", "复制后粘贴到工作群。", ("用途", "文字"), (14.0, 120.0), tuple(texts)),
        _ledger(found),
        Listing("其他文件", "不属于名单上的单位的文件。", other_heads, (14.0, 60.0, 24.0, 80.0), other),
    )


def _calls(found: Status) -> Listing:
    """催报: who owes a workbook, then who owes only what 报送台账 shows to be missing."""
    kept = found.collection.roster.keeps_ledger
    asked = [one for word in OPEN_STATES for one in found.units if one.state == word]
    asked += [one for one in found.units if one.gaps and one.state not in OPEN_STATES]
    rows = tuple(
        (
            *(one.unit.code, one.unit.name, one.state, "、".join(one.late)),
            *(("、".join(one.gaps),) if kept else ()),
            *(one.unit.contact, one.unit.phone, call(found, one)),
        )
        for one in asked
    )
    heads = ("代码", "单位", "状态", "期限", *(("台账",) if kept else ()), "联系人", "电话", "电话怎么说")
    widths = (10.0, 26.0, 12.0, 16.0, *((20.0,) if kept else ()), 12.0, 18.0, 90.0)
    return Listing("催报", FOOTNOTE, heads, widths, rows)


def _ledger(found: Status) -> Listing:
    """报送台账 of today, in the columns that the roster's own sheet has."""
    rows = tuple((one.unit.code, one.unit.name, one.state, *one.entry.hand) for one in found.units)
    return Listing(ledger.SHEET, _LEDGER_NOTE, ledger.HEADS, ledger.WIDTHS, rows)
