"""Whose figures a sentence gives, and of which time and matter: what may be held against the unit's own tables.

What stands before a figure decides: another office, a channel, a part of the year, another year, another business.
Wherever that is not plain, nothing is compared: a false alarm is worse than a miss.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from xls_report.clauses import LAST, NEXT, OWN, THIS

_AREAS = "区|县|市|省|州|旗"
_TOWNS = "镇|乡|街道办事处|街道|街办"
_OFFICES = "单位|机关|局机关|分局|局|委|办公室|办|厅|院|部|署|中心|大队|支队|总队|站|所|处|社|会"
_BODY = re.compile(r"(?:人民政府|管理委员会|管委会|办事处)$")
_PUBLIC = re.compile(r"(?:[^，]{2,3}、)?法人(?:和|或者?|及|以及|与|、)其他(?:社会)?组织")
_OTHERS = re.compile(
    "局|委|办公室|街道|乡|镇|村|社区|部门|单位|机关|中心|下属|所属|直属|系统|各[镇乡区县]|人民政府|[区县市省]政府"
    rf"|[全本](?:{_AREAS})|我(?!们)|本[局委办厅院镇乡所站]|(?:通过|经由|利用|[以从]).{{0,12}}(?:网|平台|信|邮|当面|窗口|渠道|方式|途径)"
    "|^(?:网络|网上|线上|线下|信函|邮寄|邮件|电子邮件|当面|现场|窗口|传真|个人|企业|法人)"
)
_TIMES = re.compile(
    rf"{LAST}|{NEXT}|\d{{4}}年|\d+月|[上下]半年|季度|近[\d一二两三四五六七八九十]+年|以来|历年|同期|五规划"
)

_COMPARED = re.compile("较|比|同期|持平|结转|转[至到入]")
_COUNTED = re.compile(r"\d[万余多]*[件条份宗起例个项次人]")
_EXCEPT = re.compile("不含|不包括|除.{0,40}外|撤[回销]")
_RIVALS = re.compile(
    "提案|建议|议案|信访|来信|来访|投诉|举报|咨询|留言|热线|工单|许可|审批|处罚|执法|复议|诉讼|登记|培训|会议"
    "|诉求|求助|线索|信箱|互动|政务服务|项目|报警|纠纷|调解|补贴|救助|救济|主动公开"
)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """How a unit speaks of itself: its `names`, and `heads` such as 我局."""

    names: tuple[str, ...]
    heads: re.Pattern[str]

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a text speaks of the unit, from left to right; at the same place a name comes before a head.

        No pattern holds the names: to compile one for each unit would take longer than to read its report.
        """
        names = [name for name in self.names if name in text]
        at = 0
        while True:
            found = [(start, start + len(name)) for name in names if (start := text.find(name, at)) >= 0]
            head = self.heads.search(text, at)
            if head is not None and all(head.start() < start for start, _ in found):
                found = [head.span()]
            if not found:
                return
            start, at = min(found, key=lambda span: span[0])
            yield start, at


_NOBODY = re.compile(r"(?!)")


def own_words(unit: str, summary: bool) -> OwnWords:
    """How a unit speaks of itself: an office of itself as an office, a government of its area, a summary of the whole.

    A district's report that says 我办 means the office that wrote it, whose figures are not the district's.
    """
    place = _BODY.sub("", unit)
    names = tuple(name for name in (unit, place) if len(name) > 2)
    if summary:
        area = re.search(rf".(?:{_AREAS}|{_TOWNS})$", place)
        return OwnWords((place,) if area else (), _heads("", "", summary=True))
    if re.search(rf"(?:{_AREAS}|{_TOWNS})$", place) or place != unit:
        last = next((word for word in f"{_AREAS}|{_TOWNS}".split("|") if place.endswith(word)), "")
        return OwnWords(names, _heads(last, "办事处" if unit.endswith("办事处") else "政府"))
    return OwnWords(names, _heads("", ""))


@cache
def _heads(last: str, kind: str, *, summary: bool = False) -> re.Pattern[str]:
    """By what its area is called, and whether it is its office; no kind is an office of a government."""
    if summary:
        return re.compile(rf"[我本全](?:{_AREAS}|{_TOWNS})(?![\u4e00-\u9fff]{{0,6}}(?:局|委|办))")
    if not kind:
        return re.compile(rf"[我本](?:{_OFFICES}|{_TOWNS})|全[局委办厅院]")
    kinds = [word for word in (last, "街道" if "街" in last or kind == "办事处" else "") if word]
    town = any(word in _TOWNS.split("|") for word in kinds)
    heads = [rf"[我本全](?:{'|'.join(kinds)})"] if kinds else []
    heads += [r"[我本](?:街道办事处|街道|办事处|街办|单位|机关)"] if town or kind == "办事处" else []
    return re.compile("|".join(heads)) if heads else _NOBODY


class Speaker:
    """What has been said so far in a paragraph, clause by clause."""

    def __init__(self, title: str, columns: tuple[str, ...]) -> None:
        self.said = title
        self.columns = columns
        self.other = self.elsewhen = self.strange = self.told = False

    def begin(self) -> None:
        """A new sentence: what it is about goes on, whose and when does not."""
        self.other = self.elsewhen = self.strange = self.told = False
        self.said += "。"

    def hear(self, text: str) -> None:
        """A clause that gave no figure to compare."""
        self.note(text)
        self.strange = self.strange or (not self.told and _COUNTED.search(text) is not None)
        rest = _PUBLIC.sub("", text)
        if THIS in text:
            self.elsewhen = False
        if _TIMES.search(text) and not _COMPARED.search(text):
            self.elsewhen = True
        if OWN in rest:
            self.other, rest = False, rest.replace(OWN, "")
        if text.startswith("其中"):
            return
        if _OTHERS.search(rest) or any(label in rest for label in self.columns):
            self.other = True

    def tell(self, text: str) -> None:
        """A clause that gave one."""
        self.told, self.strange = True, False
        if THIS in text:
            self.elsewhen = False
        self.note(text)

    def note(self, text: str) -> None:
        """A clause after the last figure of its sentence: only what it is about goes on."""
        self.said += f"，{text}"

    def whole(self, clause: str) -> bool:
        """Whether a figure that a clause gives now is the unit's own, of the whole year."""
        return not (self.other and OWN not in clause) and not (self.elsewhen and THIS not in clause)

    def speaks_of(self, about: tuple[str, ...], clause: str, mine: str) -> bool:
        """Whether the matter is one of `about`, in the clause or as the last thing spoken of; `mine` is no rival."""
        if not about or any(word in clause for word in about):
            return True
        if self.strange:
            return False
        last = max((self.said.rfind(word) for word in about), default=-1)
        return last >= 0 and not any(m[0] not in mine for m in _RIVALS.finditer(self.said, last))


def excepts(sentence: str) -> bool:
    """Whether a sentence leaves something out of its figures: 不含街道, or what was withdrawn."""
    return _EXCEPT.search(sentence) is not None
