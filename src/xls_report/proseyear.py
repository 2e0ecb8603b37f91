"""A year left over from an older report: the last day of another year, or what was done in it."""

from __future__ import annotations

import re
from bisect import bisect_left

from xls_report.clauses import Clause, Line, sentences

_ENDS = re.compile(r"(?:截[至止][至到]?|1月1日起?(?:至|到|-+|—+|~))(\d{4})年12月31日")
_DONE = re.compile(
    r"(?<!\d)(\d{4})年(?:度|全年)?，?(?:[我本全](?:单位|机关|[局委办区县市镇乡院厅]|街道)|区政府|共|累计|总共|全年|，)*"
    r"(?:新收|收到|受理|接到|主动公开|公开|办理|办结|答复)[^，。；]{0,30}\d+\.?\d*万?余?[件条份宗项个]"
)
_COMPARED = re.compile(
    r"上一?年|去年|结转|同比|同期|相比|较|比|持平|增长|增加|下降|减少|前年|历年|近[\d一二两三四五]年|[和与、]\d{4}年"
)
_PLANNED = re.compile("将|拟|计划|下一步|继续|力争|要|打算|安排|预计|目标")


def year_finding(line: Line, year: int) -> tuple[int, Clause] | None:
    """The first neighbour of the report's year that stands where that year is due, with its clause.

    `line` has its years as written. A paragraph that compares years, or names the report's own, is left alone.
    """
    if not any(f"{other}年" in line.text for other in (year - 1, year + 1)):
        return None
    own = re.compile(rf"(?<!\d){year}年|今年|本年")
    named = own.search(line.text) is not None
    for sentence in sentences(line):
        start, end = _span(line, sentence)
        text = line.text[start:end]
        if _COMPARED.search(text) or _PLANNED.search(text):
            continue
        for pattern in (_ENDS, _DONE):
            match = pattern.search(text)
            compared = named if pattern is _DONE else own.search(text) is not None
            if match is not None and int(match[1]) in (year - 1, year + 1) and not compared:
                first, last = line.places[start + match.start()], line.places[start + match.end() - 1] + 1
                return int(match[1]), Clause(match[0], first, last)
    return None


def _span(line: Line, sentence: tuple[Clause, ...]) -> tuple[int, int]:
    """Where a sentence stands in the text of the line."""
    if not sentence:
        return 0, 0
    return bisect_left(line.places, sentence[0].start), bisect_left(line.places, sentence[-1].end - 1) + 1
