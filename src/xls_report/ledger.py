"""What comes beside the workbooks (报送台账): sealed copy, Word report, published page, noted by hand a unit a row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xls_report.dates import whole_date
from xls_report.listfile import Rows

SHEET = "报送台账"
# 单位 and 电子表 are for people: the roster has the name, and the tool knows what was sent in.
HEADS = ("单位代码", "单位", "电子表", "盖章件", "Word稿", "公开网址", "公开日期", "备注")
WIDTHS = (12.0, 30.0, 14.0, 14.0, 14.0, 40.0, 14.0, 30.0)
_HAND = {"盖章件": "sealed", "Word稿": "word", "公开网址": "url", "公开日期": "published", "备注": "remark"}
_NOT = frozenset(("", "无", "否", "未", "没有", "未到", "未收", "未收到", "未报", "未公开", "×", "-", "—", "/"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, as it was typed; a day that is one as YYYY-MM-DD."""

    code: str
    sealed: str = ""
    word: str = ""
    url: str = ""
    published: str = ""
    remark: str = ""

    @property
    def noted(self) -> bool:
        """Whether anybody wrote anything."""
        return any(self.hand)

    @property
    def hand(self) -> tuple[str, ...]:
        """What was filled in by hand, in the order of the sheet."""
        return (self.sealed, self.word, self.url, self.published, self.remark)

    @property
    def is_sealed(self) -> bool:
        """Whether the sealed copy is in."""
        return self.sealed not in _NOT

    @property
    def is_public(self) -> bool:
        """Whether the report is known to be published."""
        return self.url not in _NOT or self.published not in _NOT


def ledger_from_rows(rows: Rows, file: str, codes: Iterable[str]) -> tuple[tuple[Entry, ...], list[str]]:
    """The entries of numbered rows, the heads being the first that hold 单位代码; and every fault by row.

    Rows above the heads are not read: the sheet that `status` writes has a line of advice there.
    """
    rows = [(n, row) for n, row in rows if any(row)]
    top = next((n for n, (_, row) in enumerate(rows) if HEADS[0] in row), None)
    if top is None:
        return (), [f"{file}：第 {rows[0][0]} 行：缺少表头“{HEADS[0]}”；可用的表头：{'、'.join(HEADS)}"] if rows else []
    number, heads = rows[top]
    unknown = [cell for cell in heads if cell and cell not in (*HEADS, "序号")]
    if unknown:
        return (), [f"{file}：第 {number} 行：不认识的表头“{c}”；可用的表头：{'、'.join(HEADS)}" for c in unknown]
    known = frozenset(codes)
    found: list[Entry] = []
    complaints: list[str] = []
    first: dict[str, int] = {}
    for number, row in rows[top + 1 :]:
        place = f"{file}：第 {number} 行"
        more = [cell for cell in row[len(heads) :] if cell]
        if more:
            complaints.append(f"{place}：比表头多出内容：{'、'.join(more)}")
        fields = {head: cell for head, cell in zip(heads, row, strict=False) if head}
        code = fields.get("单位代码", "")
        if code not in known:
            complaints.append(f"{place}：{_unknown(code, known)}")
        elif code in first:
            complaints.append(f"{place}：单位代码“{code}”与第 {first[code]} 行相同，请合成一行")
        first.setdefault(code, number)
        found.append(_entry(code, fields))
    return tuple(found), complaints


def _unknown(code: str, known: frozenset[str]) -> str:
    if not code:
        return "没有单位代码"
    near = [other for other in known if other.lstrip("0") == code.lstrip("0")]
    hint = f"，疑为“{near[0]}”，前面的 0 被表格软件去掉了" if len(near) == 1 else ""
    return f"单位代码“{code}”不在单位名单里{hint}"


def _entry(code: str, fields: dict[str, str]) -> Entry:
    hand = {key: fields.get(head, "") for head, key in _HAND.items()}
    day = whole_date(hand["published"])
    return Entry(code, **hand | ({"published": day.isoformat()} if day is not None else {}))
