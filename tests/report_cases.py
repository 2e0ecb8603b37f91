"""What keeps a workbook from being published as its annual report: what was left out or written, and what is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from support import FORMS, filled, place, taken, workbook

from xls_report.finding import Finding
from xls_report.layout import Kind, Layout
from xls_report.plan import compile_layout
from xls_report.publishable import Places, publication_findings
from xls_report.submission import Submission, Unit

FULL = {
    "document_no": "财公开〔2026〕1号",
    "signed_on": "2026-01-20",
    "leader": "赵一",
    "reviewer": "钱二",
    "filler": "孙三",
    "phone": "0595-12345678",
    "email": "a@b.gov.cn",
    "address": "中山路6号",
    "postcode": "362800",
}
TEXTS = {
    "s1.proactive": ("本年主动公开。", "第二段。"),
    "s1.on_request": ("本年新收 {t3.new.total} 件，收费 {t2.fee.amount} 万元。",),
    "s1.management": ("管理规范。",),
    "s1.platform": ("平台 {{正常}}。",),
    "s1.supervision": ("监督有力。",),
    "s5": ("一是人手不够，二是培训不多，今后改进。",),
    "s6": ("无。",),
}
FIGURES: dict[str, int | str] = {
    "t2.fee.amount": "2.5",
    "t3.new.person": 5,
    "t3.new.company": 2,
    "t3.granted.person": 5,
    "t3.carried_out.company": 2,
}


def whole(year: int = 2025, figures: dict[str, int | str] | None = None, **more: Any) -> Submission:
    """A unit's submission of which nothing is missing for a report."""
    base = filled(year, FIGURES if figures is None else figures)
    return Submission(**{**vars(base), "texts": TEXTS, "cover": FULL, **more})


@dataclass(frozen=True)
class Said:
    """A finding: code, level, sheet, cells named as in `support.place`, and its sentence."""

    code: str
    level: str
    sheet: str
    cells: tuple[str, ...]
    message: str

    def fact(self, layout: Layout) -> tuple[str, str, str, tuple[str, ...], str]:
        """As `facts` gives it."""
        return self.code, self.level, self.sheet, tuple(place(layout, name)[1] for name in self.cells), self.message


@dataclass(frozen=True)
class Case:
    """What differs from a report of which nothing is missing, and what is found."""

    found: tuple[Said, ...] = ()
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cover: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    kind: Kind = Kind.UNIT
    year: int = 2025

    @property
    def submission(self) -> Submission:
        cover = {key: text for key, text in {**FULL, **self.cover}.items() if text}
        texts = {part: texts for part, texts in {**TEXTS, **self.texts}.items() if texts}
        if self.kind is not Kind.UNIT:
            texts = {}
        return whole(self.year, texts=texts, cover=cover, **self.more)

    @property
    def layout(self) -> Layout:
        return compile_layout(self.submission.form, self.kind)


S1, S5, S6, COVER = "一、总体情况（选填）", "五、问题改进（选填）", "六、其他事项（选填）", "封面"
_TOWN = {"unit": Unit("007", "东镇人民政府")}
_NO_TEXTS = "这份表没有写文字的工作表。"


def _names(text: str, code: str, message: str) -> Case:
    return Case((Said(code, "error", S6, ("text.s6.1",), message),), {"s6": ("无。", text)})


def _date(text: str, message: str, code: str = "T115", **cover: str) -> Case:
    return Case((Said(code, "error", COVER, ("field.signed_on",), message),), cover={"signed_on": text, **cover})


CASES: dict[str, Case] = {
    "nothing missing": Case(),
    "section missing": Case(
        (
            Said(
                *("T110", "error", S6, ()),
                "年度报告缺少“六、其他需要报告的事项”：工作表“六、其他事项（选填）”没有文字。",
            ),
        ),
        {"s6": ()},
    ),
    "workbook without text sheets": Case(
        (
            Said("T110", "error", "", (), f"年度报告缺少“一、总体情况”：{_NO_TEXTS}"),
            Said("T110", "error", "", (), f"年度报告缺少“五、存在的主要问题及改进情况”：{_NO_TEXTS}"),
            Said("T110", "error", "", (), f"年度报告缺少“六、其他需要报告的事项”：{_NO_TEXTS}"),
        ),
        kind=Kind.TABLES,
    ),
    "problems: none": Case(
        (
            Said(
                *("T111", "error", S5, ("text.s5.0",)),
                "“五、存在的主要问题及改进情况”只写了“无。”，不足 10 个字。",
            ),
        ),
        {"s5": ("无。",)},
    ),
    "problems in nine characters": Case(
        (
            Said(
                *("T111", "error", S5, ("text.s5.0", "text.s5.1")),
                "“五、存在的主要问题及改进情况”只写了“一二三，四五六七，八九”，不足 10 个字。",
            ),
        ),
        {"s5": ("一二三，四五", "六七，八九")},
    ),
    "problems in ten characters": Case((), {"s5": ("一二三四五，六七八九十",)}),
    "an aspect left out": Case(
        (Said("T112", "warning", S1, (), "“一、总体情况”里没有写“（三）政府信息管理”。"),), {"s1.management": ()}
    ),
    "an aspect told with another": Case((), {"s1.management": (), "s1.platform": ("平台和政府信息管理都好。",)}),
    "a government that says nothing of assessment": Case(
        (Said("T113", "warning", S1, (), "“（五）监督保障”里没有写到工作考核、责任追究。"),),
        {"s1.supervision": ("开展了社会评议。",)},
        more=_TOWN,
    ),
    "a government that says all": Case((), {"s1.supervision": ("工作考核、社会评议、责任追究均已开展。",)}, more=_TOWN),
    "an office of a government": Case(more={"unit": Unit("007", "某区人民政府办公室")}),
    "no date": Case((Said("T114", "error", COVER, ("field.signed_on",), "没有成文日期。"),), cover={"signed_on": ""}),
    "a date within the year": _date(
        "2025-01-20",
        "成文日期 2025-01-20 早于统计期末 2025-12-31，不能用于年度报告。疑似年份写错，是否应为 2026-01-20？",
    ),
    "the last day of the year": _date(
        "2025-12-31",
        "成文日期 2025-12-31 就在统计期末 2025-12-31，不能用于年度报告。疑似年份写错，是否应为 2026-12-31？",
    ),
    "the day after": Case(cover={"signed_on": "2026-01-01"}),
    "a leap day of the wrong year": Case(
        (
            Said(
                *("T115", "error", COVER, ("field.signed_on",)),
                "成文日期 2020-02-29 早于统计期末 2020-12-31，不能用于年度报告。疑似年份写错，是否应为 2021-02-28？",
            ),
        ),
        cover={"signed_on": "2020-02-29", "document_no": "财〔2021〕1号"},
        more={"figures": {}},
        year=2020,
        texts={"s1.on_request": ("没有收到申请。",)},
    ),
    "date and number both of the year": Case(
        (
            Said(
                *("T115", "error", COVER, ("field.signed_on",)),
                "成文日期 2025-01-20 早于统计期末 2025-12-31，不能用于年度报告。",
            ),
            Said(
                *("T117", "warning", COVER, ("field.document_no",)),
                "发文字号“财〔2025〕1号”的年份不是 2026：2025 年度的报告在次年制发。",
            ),
        ),
        cover={"signed_on": "2025-01-20", "document_no": "财〔2025〕1号"},
    ),
    "a date that is none": _date("2026年2月31日", "成文日期“2026年2月31日”看不出是哪一天。", "T116"),
    "a number of another year": Case(
        (
            Said(
                *("T117", "warning", COVER, ("field.document_no",)),
                "发文字号“财[2025]1号”的年份不是 2026：2025 年度的报告在次年制发。",
            ),
        ),
        cover={"document_no": "财[2025]1号"},
    ),
    "no number": Case(cover={"document_no": ""}),
    "a number without a year": Case(cover={"document_no": "第1号"}),
    "another unit's signature pasted along": Case(
        (
            Said(
                *("T118", "warning", S6, ("text.s6.1",)),
                "“六、其他需要报告的事项”末尾的落款“区教育局”与单位名称“区财政局”不一致。",
            ),
        ),
        {"s6": ("无。", "区教育局", "2026年1月20日")},
    ),
    "the unit's own signature": Case((), {"s6": ("无。", "区 财 政 局", "2026年 1月20日")}),
    "a date after a sentence": Case((), {"s6": ("无，以上情况截至。", "2026年1月20日")}),
    "another year's format": Case(
        (
            Said(
                *("T119", "warning", S1, ("text.s1.proactive.0",)),
                "“一、总体情况（选填）”的文字里引用“国办公开办函〔2019〕60号”，"
                "本年度报告格式的依据是“国办公开办函〔2021〕30号”。",
            ),
        ),
        {"s1.proactive": ("按照国办公开办函〔2019〕60号编制。",)},
    ),
    "this year's format": Case((), {"s1.proactive": ("按照国办公开办函〔2021〕30号编制。",)}),
    "no address": Case(
        (
            Said(
                *("T120", "warning", COVER, ("field.address", "field.email")),
                "没有填地址、邮箱，年度报告的联系方式不完整。",
            ),
        ),
        cover={"address": "", "email": ""},
    ),
    "no telephone": Case(
        (Said("T121", "error", COVER, ("field.phone",), "没有填办公电话，年度报告里没有联系方式可写。"),),
        cover={"phone": ""},
    ),
    "a name that is not known": _names(
        "共 {t3.new.totl} 件",
        "T122",
        "“六、其他事项（选填）”的文字里，花括号中的“t3.new.totl”不是指标名称，"
        "相近的有 t3.new.total、t3.done.total、t3.new.other。",
    ),
    "a name like no other": _names(
        "共 {新收} 件", "T122", "“六、其他事项（选填）”的文字里，花括号中的“新收”不是指标名称。"
    ),
    "a name without a figure": Case(
        (
            Said(
                *("T123", "error", S6, ("text.s6.1",)),
                "“六、其他事项（选填）”的文字里，花括号中的“t3.new.total”还没有数。",
            ),
        ),
        {"s6": ("无。", "共 {t3.new.total} 件"), "s1.on_request": ("没有收到。",)},
        more={"values": {"t3.new.person": None}},
    ),
    "a brace alone": _names("共 {5 件", "T124", "“六、其他事项（选填）”的文字里有不成对的花括号（左括号）。"),
    "the other brace alone": _names("共 5} 件", "T124", "“六、其他事项（选填）”的文字里有不成对的花括号（右括号）。"),
}


@cache
def outcome(name: str) -> tuple[Finding, ...]:
    """What is found in the workbook of the case, read back."""
    case = CASES[name]
    submission = taken(workbook(case.submission, case.kind)).submission
    assert submission is not None
    return publication_findings(submission, Places.of(case.layout), FORMS)


def may_be(name: str) -> bool:
    """Whether a report may be written."""
    return not any(found.blocks for found in outcome(name))
