"""The texts with which returns are asked for: to everybody in the group, and to one unit on the telephone."""

from __future__ import annotations

from xls_report.dates import month_day
from xls_report.settings import Settings
from xls_report.status import IN, OPEN_STATES, OVERDUE, UNPUBLISHED, UNSEALED, Status, UnitStatus

_CALLED = {"未报送": "尚未报送"}  # how the reminder calls a state, where it is another word
_LAW = "各部门年度报告依《条例》第四十九条须于1月31日前提交并公开"
_BESIDE = {
    UNSEALED: "盖章件还没有收到，请尽快报送。",
    UNPUBLISHED: "年度报告还没有见到公开，请告知公开的网址和日期。",
}
_HOW = {"待说明": "请改正或写明情况后", "打不开": "请处理后"}  # what comes before sending again; else 请改后


def reminder(found: Status) -> str:
    """The text for everybody: by when, who is in, who is asked for what."""
    asking = found.collection.roster.asking
    by = found.counts()
    left = sum(one.unit.included for one in found.units if one.state == "不计入")
    now = f"截至{month_day(found.now.date())}{found.now:%H:%M}，应报{by['expected']}家，审核通过{by['审核通过']}家"
    now += f"，暂不计入{left}家。" if left else "。"
    lists = [
        f"{_CALLED.get(word, word)}：{'、'.join(one.unit.name for one in found.units if one.state == word)}"
        for word in OPEN_STATES
        if by[word]
    ]
    named = f"{'；'.join(lists)}。已报送且审核通过的不必重报。" if lists else "没有需要催报的单位。"
    ask = _ask(found, asking) if lists else ""
    return f"【年报数据报送提醒】各单位：{ask}{now}{named}{_contact(asking)}"


def _ask(found: Status, asking: Settings) -> str:
    """What is asked for, by when; after the day only the office's own words add weight to it."""
    year = f"{found.collection.year}年" if found.collection.year is not None else ""
    what = f"{year}政府信息公开年报数据表"
    where = f"报{asking.issuer}" if asking.issuer else "报送"
    notify = f"{asking.notify}。" if asking.notify else ""
    overdue = any(OVERDUE in one.late for one in found.units)
    law = f"{_LAW}{'，现已超过' if overdue else ''}。" if overdue or found.deadline.past else ""
    if found.deadline.past:
        stop = "" if asking.overdue_words.endswith(("。", "！")) or not asking.overdue_words else "。"
        late = f"{asking.overdue_words}{stop}" or f"请尚未报送、需要修改的单位尽快{where}。"
        return f"{what}已超过报送时限（{found.deadline.short}）。{late}{notify}{law}"
    return f"{what}请{found.deadline.by}{where}。{notify}{law}"


def _contact(asking: Settings) -> str:
    parts = (f"联系人：{asking.contact}" if asking.contact else "", f"电话：{asking.phone}" if asking.phone else "")
    return f"{'，'.join(part for part in parts if part)}。" if any(parts) else ""


def call(found: Status, one: UnitStatus) -> str:
    """What to say to one unit on the telephone; "" when nothing is to be asked of it."""
    asking = found.collection.roster.asking
    start = f"您好，{asking.issuer}。" if asking.issuer else "您好。"
    beside = _beside(one)
    if one.state in IN:
        return f"{start}贵单位的政府信息公开年报数据表已审核通过。{beside}" if beside else ""
    by = found.deadline.spoken
    blocking = [f for intake in one.files for f in intake.findings if f.blocks]
    if not blocking:
        late = f"，已超过报送时限（{found.deadline.short}）" if found.deadline.past else ""
        asked = f"请填好后{by or '尽快'}报送，文件名不用改。"
        return f"{start}贵单位的政府信息公开年报数据表还没有收到{late}，{asked}{beside}"
    first = blocking[0]
    if one.state == "重复待定":
        return f"{start}{first.message}请{by}回复。{beside}"
    more = f"另有 {len(blocking) - 1} 处，见退回修改表。" if len(blocking) > 1 else ""
    again = f"{_HOW.get(one.state, '请改后')}{by}再发一次，文件名不用改。"
    return f"{start}贵单位报来的数据表：{first.message}{first.advice}{more}{again}{beside}"


def _beside(one: UnitStatus) -> str:
    """What 报送台账 shows to be missing, as one asks for it."""
    return "".join(_BESIDE[gap] for gap in one.gaps)
