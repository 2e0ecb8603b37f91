"""The notice that goes back to a unit (退回通知): its findings in the tone of an office letter, ready to be pasted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xls_report.deadline import Deadline
from xls_report.finding import SHOWN
from xls_report.form import Level
from xls_report.intake import Intake
from xls_report.quoting import base, quote
from xls_report.settings import Settings
from xls_report.text import FOOTNOTE, most_grave, place

PREFIX = "退回通知"


def notice(
    intakes: Sequence[Intake], copies: Mapping[str, str], asking: Settings, deadline: Deadline | None = None
) -> bytes:
    """The text for the files of one unit; `copies` gives, by file, the name of its returned copy.

    UTF-8 with the mark and the line ends that a Windows editor of any age shows rightly.
    """
    lines = [*_letter(intakes, copies), _again(bool(copies), asking, deadline), "", FOOTNOTE]
    contact = (f"联系人：{asking.contact}" if asking.contact else "", f"电话：{asking.phone}" if asking.phone else "")
    foot = [line for line in (asking.issuer, "　".join(part for part in contact if part)) if line]
    lines += ["", *foot] if foot else []
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


def _again(marked: bool, asking: Settings, deadline: Deadline | None) -> str:
    """What to do, by when, and by which channel."""
    by = deadline.by if deadline is not None else ""
    notify = f"{asking.notify}。" if asking.notify else ""
    if marked:
        return f"　　请在退回修改表上改正后，{by}将该文件重新报送，文件名不用改。{notify}"
    return f"　　请按上述要求处理后{by}重新报送。{notify}"


def _letter(intakes: Sequence[Intake], copies: Mapping[str, str]) -> Iterator[str]:
    unit = next((intake.unit for intake in intakes if intake.unit is not None), None)
    year = next((intake.year for intake in intakes if intake.year is not None), None)
    yield "退回修改通知"
    yield ""
    yield f"{quote(unit.name)}：" if unit is not None else "报送单位："
    levels = [f.level for intake in intakes for f in intake.findings]
    wrong, open_ = levels.count(Level.ERROR), levels.count(Level.EXPLAIN)
    report = f" {year} 年度数据表" if year is not None else "文件"
    yield f"　　你单位报送的{report}，经审核有 {wrong} 处须修改、{open_} 处须说明，具体如下："
    for intake in intakes:
        yield ""
        yield f"　　文件：{base(intake.file)}"
        found, more = most_grave(intake.findings)
        for number, one in enumerate(found, 1):
            yield f"　　{number}.{SHOWN[one.level]}{one.message}{one.advice}（{place(one)}）"
        if more:
            yield f"　　另有 {more} 处，改好以上各处后再审核。"
        if intake.file in copies:
            yield f"　　以上问题已列入“{copies[intake.file]}”，能标出的格已标红，改好后红色自行消失。"
    yield ""
