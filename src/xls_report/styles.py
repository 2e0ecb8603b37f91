"""How cells look and what may be typed into them: fonts that office machines have, pale tints, Chinese prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xls_report.figure import MOST

BODY, HEAVY = "宋体", "黑体"
_INPUT = "#FFFBE6"
GRAPH_COLOURS = ("#2F5F8F", "#B8C7D6")  # this year and last year: they differ in print without colour too
_EDGE: dict[str, Any] = {"border": 1, "border_color": "#000000"}
_BASE: dict[str, Any] = {"font_name": BODY, "font_size": 10.5, "valign": "vcenter", "text_wrap": True}
_COUNT, _CHANGE, _AMOUNT = "0", "+0;-0;0", "#,##0.00####"


def _figure(number: str, **more: Any) -> dict[str, Any]:
    # A figure too long for its cell is shown smaller: #### tells nobody anything.
    return {**_BASE, **_EDGE, "align": "center", "num_format": number, "text_wrap": False, "shrink": True, **more}


FORMATS: dict[str, dict[str, Any]] = {
    "text": {**_BASE},
    "title": {**_BASE, "font_name": HEAVY, "font_size": 16, "align": "center"},
    "head": {**_BASE, **_EDGE, "align": "center"},
    "corner": {**_BASE, **_EDGE, "align": "center"},
    "branch": {**_BASE, **_EDGE, "align": "center"},
    "stub": {**_BASE, **_EDGE, "align": "left", "indent": 1},
    "input_count": _figure(_COUNT, bg_color=_INPUT, locked=False),
    "input_change": _figure(_CHANGE, bg_color=_INPUT, locked=False),
    "input_amount": _figure(_AMOUNT, bg_color=_INPUT, locked=False),
    "total_count": _figure(_COUNT),
    "total_change": _figure(_CHANGE),
    "total_amount": _figure(_AMOUNT),
    "change_amount": _figure("+#,##0.00####;-#,##0.00####;0"),
    "plain": {**_BASE, **_EDGE, "align": "center", "text_wrap": False},
    "detail_count": _figure(_COUNT),
    "detail_change": _figure(_CHANGE),
    "detail_amount": _figure(_AMOUNT),
    "fact": {**_BASE, **_EDGE, "text_wrap": False, "num_format": "@"},
    "wrapped": {**_BASE, **_EDGE, "valign": "top", "num_format": "@"},
    "check": {**_BASE, "align": "center", "text_wrap": False, "font_color": "#555555"},
    "mark": {**_BASE, "align": "center", "text_wrap": False},
    "mark_boxed": {**_BASE, **_EDGE, "align": "center", "text_wrap": False},
    "check_boxed": {**_BASE, **_EDGE, "align": "center", "text_wrap": False, "font_color": "#555555"},
    "note": {**_BASE, "font_size": 9, "font_color": "#808080", "text_wrap": False},
    "note_right": {**_BASE, "align": "right", "font_color": "#555555", "text_wrap": False},
    "switch": {**_BASE, **_EDGE, "align": "center", "bg_color": _INPUT, "locked": False},
    "field_label": {**_BASE, **_EDGE, "align": "center", "bg_color": "#F2F2F2"},
    "identity": {**_BASE, **_EDGE, "font_name": HEAVY, "num_format": "@"},
    "field": {**_BASE, **_EDGE, "bg_color": _INPUT, "locked": False, "num_format": "@"},
    "verdict": {**_BASE, **_EDGE, "font_name": HEAVY, "font_size": 14, "align": "center"},
    "guide": {**_BASE},
    "boxed": {**_BASE, **_EDGE},
    "section": {**_BASE, "font_name": HEAVY, "font_size": 12},
    "step": {**_BASE, "font_size": 12},
    "small": {**_BASE, "font_color": "#404040"},
    "code": {**_BASE, "font_size": 9, "font_color": "#555555", "align": "right"},
    "helper": {"font_color": "#FFFFFF", "font_size": 8, "num_format": ";;;"},
    "link": {**_BASE, **_EDGE, "align": "center", "font_color": "#0563C1", "underline": 1},
    "prior_head": {**_BASE, "font_size": 9, "font_color": "#808080", "text_wrap": False},
    "prior_count": {**_BASE, "align": "center", "font_color": "#808080", "num_format": _COUNT},
    "prior_change": {**_BASE, "align": "center", "font_color": "#808080", "num_format": _CHANGE},
    "prior_amount": {**_BASE, "align": "center", "font_color": "#808080", "num_format": _AMOUNT},
    "bad": {"font_color": "#9C0006", "bg_color": "#FFD0CC"},
    "explain_due": {"font_color": "#7F4A00", "bg_color": "#FFE3B0"},
    "todo": {"bg_color": "#FFEFC2"},
    "good": {"font_color": "#1E6B34"},
    "field_date": {**_BASE, **_EDGE, "bg_color": _INPUT, "locked": False, "num_format": "yyyy-mm-dd", "align": "left"},
    "field_phone": {**_BASE, **_EDGE, "bg_color": _INPUT, "locked": False, "num_format": "@"},
    "paragraph": {
        **_BASE,
        "border": 4,
        "border_color": "#BFBFBF",
        "valign": "top",
        "bg_color": _INPUT,
        "locked": False,
    },
    "explain": {**_BASE, **_EDGE, "bg_color": _INPUT, "locked": False},
}

# How a verdict is coloured, by the word it begins with.
VERDICTS = (("×", "bad"), ("须说明", "explain_due"), ("提醒", "todo"), ("√", "good"), ("已说明", "good"))

# A telephone number: at least 7 characters, digits but for what is usual between them.
PHONE = (
    "=AND(LEN({cell})>=7,LEN({cell})<=40,ISNUMBER(-SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE("
    '{cell},"-","")," ",""),"转",""),"、","")))'
)


@dataclass(frozen=True, slots=True)
class Stop:
    """A validation rule with its prompt and its stop message."""

    rule: dict[str, Any]
    title: str
    prompt: str
    error: str


_WHOLE = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": MOST}
STOPS: dict[str, Stop] = {
    "input_count": Stop(
        _WHOLE,
        "请填整数",
        "填 0 或正整数，没有请填 0；不填单位、不填汉字。",
        "这里只能填 0 或正整数，如 12。没有请填 0，不要填“无”“/”，不要带“件”字或小数。",
    ),
    "input_change": Stop(
        {**_WHOLE, "minimum": -MOST},
        "请填整数，可为负数",
        "增加填正数，减少填负数，没有变化填 0。",
        "这里只能填整数：增加 5 项填 5，减少 3 项填 -3，没有变化填 0，不要填文字。",
    ),
    "input_amount": Stop(
        {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": MOST},
        "请按万元填",
        "单位是万元，可有小数，没有请填 0。",
        "这里只能填 0 或正数，单位是万元，如 12.58。没有请填 0，不要带“元”“万元”字样。",
    ),
    "switch": Stop(
        {"validate": "list", "source": ["是", "否"]},
        "本表各项均为 0",
        "本表确实没有业务时选“是”。",
        "请从下拉列表选“是”或“否”，或者留空。",
    ),
    "field": Stop({"validate": "any"}, "请填写", "", ""),
    "field_date": Stop(
        {"validate": "date", "criteria": ">="},
        "请填日期",
        "",
        "成文日期应在统计期末（12月31日）之后，按 2026-01-20 的样子填写；没有可留空。",
    ),
    "field_phone": Stop(
        {"validate": "custom"}, "请填电话", "", "请填办公电话，带区号，只填数字和“-”，如 0595-12345678。"
    ),
    "explain": Stop({"validate": "any"}, "情况说明", "", ""),
}
