"""What the district decided about single units (处理记录): a list that holds tomorrow as it held today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from xls_report.listfile import Rows
from xls_report.quoting import base

SHEET = "处理记录"
HEADS = ("单位代码", "处理", "文件名或校验码", "原因", "批准人", "日期")


class Act(StrEnum):
    """What may be decided."""

    TAKE = "采用此份"
    LEAVE = "暂不计入"
    ZERO = "电话核实空格为0"


@dataclass(frozen=True, slots=True)
class Decision:
    """One row; `place` says where it stands."""

    code: str
    act: Act
    which: str = ""  # a file's name, a code of its figures, or the beginning of its SHA-256
    reason: str = ""
    approver: str = ""
    day: str = ""
    place: str = ""

    @property
    def zero(self) -> bool:
        """Whether it says that blanks are 0."""
        return self.act is Act.ZERO

    @property
    def settled(self) -> bool:
        """Whether somebody answers for it: reason and approver are there."""
        return bool(self.reason and self.approver)

    def means(self, file: str, sha256: str, codes: str = "") -> bool:
        """Whether the file is the one that the row names; a row that names none means every file of its unit."""
        if not self.which:
            return True
        name = base(file)
        return self.which in (name, name.rpartition(".")[0], codes) or (
            len(self.which) >= 8 and sha256.startswith(self.which.lower())
        )

    @property
    def words(self) -> str:
        """The row as a sentence may quote it."""
        parts = (self.reason, f"批准人 {self.approver}" if self.approver else "", self.day)
        return "，".join(part for part in parts if part)


def decisions_from_rows(rows: Rows, file: str, codes: Iterable[str]) -> tuple[tuple[Decision, ...], list[str]]:
    """The decisions of numbered rows, the first that is not empty being the heads; and every fault by row."""
    rows = [(n, row) for n, row in rows if any(row)]
    if not rows:
        return (), []
    heads = rows[0][1]
    missing = [head for head in HEADS[:2] if head not in heads]
    unknown = [cell for cell in heads if cell and cell not in (*HEADS, "序号", "备注")]
    if missing or unknown:
        words = [f"缺少表头“{head}”" for head in missing] + [f"不认识的表头“{head}”" for head in unknown]
        return (), [f"{file}：第 {rows[0][0]} 行：{word}；可用的表头：{'、'.join(HEADS)}" for word in words]
    known = frozenset(codes)
    found: list[Decision] = []
    complaints: list[str] = []
    for number, row in rows[1:]:
        place = f"{file}：第 {number} 行"
        fields = {head: cell for head, cell in zip(heads, row, strict=False) if head}
        code, act = fields.get("单位代码", ""), fields.get("处理", "").replace(" ", "")
        if code not in known:
            complaints.append(f"{place}：单位代码“{code}”不在单位名单里")
        if act not in set(Act):
            complaints.append(f"{place}：处理“{act}”应为{'、'.join(Act)}之一")
            continue
        if act == Act.TAKE and not fields.get("文件名或校验码"):
            complaints.append(f"{place}：采用此份要写明文件名或校验码")
        which, reason, approver, day = (fields.get(head, "") for head in HEADS[2:])
        found.append(Decision(code, Act(act), which, reason, approver, day, place))
    return tuple(found), complaints
