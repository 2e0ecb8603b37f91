"""The letter that goes up with a summary (报送函): what it covers, who is missing, what is explained, the codes."""

from __future__ import annotations

from collections.abc import Iterator

from xls_report.brief import Line
from xls_report.checksum import all_codes, code_line
from xls_report.figure import shown
from xls_report.merge import Merged
from xls_report.overview import coverage, scope_of
from xls_report.stamp import INCOMPLETE

PREFIX = "报送函"


def letter(merged: Merged, attached: str) -> bytes:
    """The text, with the name of the attached file; whom to write to, date and signature are left to the office.

    UTF-8 with the mark and the line ends that a Windows editor of any age shows rightly. No unit's contact is in it.
    """
    lines = (
        *_body(merged),
        "",
        f"　　附件：{attached}",
        "",
        "",
        _indented(merged.submission.unit.name),
        _indented(_DAY),
    )
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


_DAY = "　　年　　月　　日"


def _indented(text: str) -> str:
    return f"{'　' * 20}{text}"


def _body(merged: Merged) -> Iterator[str]:
    s = merged.submission
    state = f"{INCOMPLETE}　" if s.state else ""
    yield f"{state}关于报送{s.unit.name}{s.year}年{s.form.title}汇总数据的函"
    yield ""
    yield "（收文机关）："
    yield f"　　现将{s.unit.name}{s.year}年{s.form.title}汇总数据报上，请审核。"
    yield f"　　一、统计范围：{scope_of(merged.collection)}。"
    first, *rest = coverage(merged.collection)
    yield f"　　二、报送情况：{first}{''.join(rest)}"
    yield "　　三、主要数据："
    for brief in s.form.briefs:
        yield f"　　{brief.title}：{'；'.join(_line(merged, brief.id, line) for line in brief.lines)}。"
    yield "　　四、与上年的差异和需要说明的情况："
    told = [found.message for found in merged.findings]
    settled = {found.code for found in merged.findings if found.reason}
    told += [f"{code}：{text}" for code, text in s.explanations.items() if code not in settled]
    for number, text in enumerate(told or ["没有需要说明的情况。"], 1):
        yield f"　　{number}．{text.removesuffix('。')}。"
    yield f"　　五、{code_line(all_codes(s.form, s.figures))}。"


def _line(merged: Merged, brief: str, line: Line) -> str:
    """A figure in words, last year's behind it where it is known."""
    s, last_year = merged.submission, merged.account.last_year
    value = line.sum.evaluate(lambda name: s.figures[name.ident])
    unit = s.form.item[line.sum.names[0].ident].unit
    last = last_year.of(brief, line) if last_year is not None else None
    beside = f"（上年 {shown(last)}）" if last is not None else ""
    return f"{line.label.replace('　', '')} {shown(value)} {unit}{beside}"
