"""Writes `docs/what-people-do.md` from the cases: what somebody did, and what the program answers, word for word.

Run `python tests/people.py` after a case or a message changed; a test compares the page with what is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import collect_cases
import file_cases
import folder_cases
import import_cases
import report_cases
import spoken
import summary_cases

from xls_report.finding import SHOWN, Finding
from xls_report.form import Level
from xls_report.intake import Intake
from xls_report.quoting import visible
from xls_report.text import FOOTNOTE, state

PAGE = Path(__file__).parents[1] / "docs" / "what-people-do.md"
MOST_FINDINGS, MOST_FILES = 5, 5

PARTS = {
    "file": (
        "文件本身",
        (
            "只读 .xlsx，按内容认，不看后缀和文件名。读不了的一句话说清实际是什么、怎样另存；Word 稿、照片等列入"
            "“其他材料”，不影响单位的状态；没有一个文件会被悄悄跳过。"
        ),
    ),
    "structure": (
        "表样结构",
        (
            "数是按格子的位置读的，所以每个标签都与发放的表样逐格比对。结构变了的整张表不读，不猜、不替单位修；"
            "与数无关的改动只提醒，数照常读取。"
        ),
    ),
    "figure": (
        "填报的数",
        "只有一种读法的才采用，写法特别的提醒一句；有两种读法的不猜，退回修改。空白不等于 0；整张空表不会当作全是 0。",
    ),
    "total": (
        "合计、自查和校验码",
        "合计一律按各分项重新计算，不采用文件里存的结果。改填的合计与计算的一致就采用，不一致的退回，因为不知道是哪个错。",
    ),
    "identity": (
        "单位和表样标识",
        "每份表发给谁，记在三处标识里。三处要一致，少了一两处仍认得出；对不上的，数不算在任何单位头上。",
    ),
    "relation": (
        "勾稽关系和情况说明",
        "必须成立的关系不平就退回；数可能没有错的，写明原因就通过，只写“核实无误”一类的话不算。",
    ),
    "prior": (
        "与上年核对",
        "有上年数据的逐项核对，没有附的用表内灰色的上年数；附了而其中没有这个单位、缺这一项的，说出来没有核对。",
    ),
    "cover": (
        "封面和文字",
        "封面、成文日期、文字部分只提醒，不影响数据汇总。",
    ),
}
_ROUNDS = (
    "一轮收件",
    "同一单位的几份表、名单上没有的单位、两条途径报来的单位：每个文件、每个单位都有一个下落，定不下来的由汇总人定。",
)
_SUMMARIES = (
    "汇总表",
    "镇、街道的汇总表也是一份报送数据：明细逐行核对，合计重新相加，少了单位的说出来。",
)


_IMPORTS = (
    "公开的年度报告",
    "公开的报告靠表内的标签找数；位置不能确定的数一律留空并说明，不猜。导入以后，数据表照常审核。",
)

_REPORTS = (
    "年度报告",
    "生成年度报告比汇总数据要求严：缺一部分、日期不对就不写文件，加 --draft 才写成草稿。",
)

_INTRODUCTION = (
    "收表的人和填表的人会做的事，一件一行：先是做了什么，再是审核结论，下面是工具的原话（级别、问题、怎么办、代码）。",
    "代码可以在电话里念，`xls-report explain 代码` 看为什么和怎么改。灰底的是测试用例的名字，给工程师查：",
    "用连字符的在 `tests/cases/`，用空格的在 `tests/file_cases.py`、`collect_cases.py`、`summary_cases.py`、",
    "`report_cases.py`、`import_cases.py`。",
    "",
    "本页由 `python tests/people.py` 从测试用例生成，每句话都是程序实际说的，请不要手工修改。",
    "单位、人名、数字都是编的。",
)


@dataclass(frozen=True)
class Entry:
    """One case: what somebody did, where an engineer finds it, and what became of each file."""

    said: str
    name: str
    intakes: tuple[Intake, ...]
    summed: tuple[Finding, ...] = ()  # what is found in the sum of them, or in the report
    report: str = ""  # whether there may be a report, what became of one


def page() -> str:
    """The whole page."""
    parts = [(title, intro, list(_entries(part))) for part, (title, intro) in PARTS.items()]
    rounds = [
        Entry(spoken.ROUNDS[n], n, collect_cases.outcome(n).intakes, collect_cases.summed(n))
        for n in collect_cases.CASES
    ]
    summaries = [Entry(spoken.SUMMARIES[n], n, (summary_cases.outcome(n),)) for n in summary_cases.CASES]
    parts += [(*_ROUNDS, rounds), (*_SUMMARIES, summaries)]
    reports = [
        Entry(spoken.REPORTS[n], n, (), report_cases.outcome(n), "可以生成" if report_cases.may_be(n) else "不能生成")
        for n in report_cases.CASES
    ]
    parts.append((*_REPORTS, reports))
    imports = [
        Entry(spoken.IMPORTS[n], n, (), import_cases.outcome(n), import_cases.state(n)) for n in import_cases.CASES
    ]
    parts.append((*_IMPORTS, imports))
    count = sum(len(entries) for _, _, entries in parts)
    lines = ["# 大家会怎样填、怎样报，工具怎样答", "", *_INTRODUCTION, FOOTNOTE, "", f"共 {count} 件事：", ""]
    for n, (title, _, entries) in enumerate(parts, 1):
        lines.append(f"{n}. [{title}](#{_anchor(n, title)})（{len(entries)} 件）")
    for n, (title, intro, entries) in enumerate(parts, 1):
        lines += ["", f"## {n} {title}", "", intro, ""]
        for entry in entries:
            lines.extend(_lines(entry))
    return "\n".join(lines) + "\n"


def _anchor(number: int, title: str) -> str:
    return f"{number}-{title}".replace("、", "")


def _entries(part: str) -> Iterator[Entry]:
    """The file cases first under their heading, then the folders, those that pass first and like with like."""
    if part == "file":
        for name in (*file_cases.CASES, *file_cases.FAULTS):
            yield Entry(spoken.FILES[name], name, file_cases.outcome(name))
    names = [name for name in folder_cases.NAMES if folder_cases.load(name).raw["part"] == part]
    made = [Entry(folder_cases.load(n).raw["zh"], n, (folder_cases.outcome(n),)) for n in names]
    yield from sorted(made, key=lambda entry: ([found.code for found in entry.intakes[0].findings], entry.name))


def _lines(entry: Entry) -> Iterator[str]:
    """The entry as a list; where there is one file it needs no name."""
    if entry.report:
        yield f"- {entry.said} → **{entry.report}**　`{entry.name}`"
        yield from (f"  - {line}" for line in _answers(entry.summed))
        return
    if len(entry.intakes) == 1:
        (intake,) = entry.intakes
        yield f"- {entry.said} → **{state(intake)}**　`{entry.name}`"
        yield from (f"  - {line}" for line in _answers(intake.findings))
        return
    yield f"- {entry.said}{'' if entry.intakes else ' → **没有文件**'}　`{entry.name}`"
    # Of a crowd the file that differs first.
    shown = sorted(entry.intakes, key=lambda intake: (intake.file.endswith((".xls", ".txt")), intake.file))
    told = [*(f"  - 汇总数：{line}" for line in _answers(entry.summed)), *_several(shown)]
    yield from told[:MOST_FILES]
    if len(told) > MOST_FILES:
        yield f"  - 另有 {len(told) - MOST_FILES} 个文件。"


def _several(intakes: Iterable[Intake]) -> list[str]:
    """A line a file: its outcome and everything that is said of it."""
    return [
        f"  - {_plain(visible(intake.file))} → **{state(intake)}**"
        + "".join(f"　{line}" for line in _answers(intake.findings))
        for intake in intakes
    ]


def _answers(findings: tuple[Finding, ...]) -> list[str]:
    """Every finding as `check` prints it, the gravest first."""
    ordered = sorted(findings, key=lambda found: list(Level).index(found.level))
    told = [f"{SHOWN[f.level]}{_plain(f.message + f.advice)}（{f.code}）" for f in ordered[:MOST_FINDINGS]]
    return told + ([f"另有 {len(ordered) - MOST_FINDINGS} 处。"] if len(ordered) > MOST_FINDINGS else [])


_MARKS = str.maketrans({mark: "\\" + mark for mark in "\\`*_[]<>|~#"})


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return text.translate(_MARKS)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
