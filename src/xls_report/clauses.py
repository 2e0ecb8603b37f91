"""A paragraph as clauses that can be compared: years told from this report's year, figures plain, nothing joined.

What is normalised keeps its place, so that a finding can quote the paragraph as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from xls_report.figure import Figure
from xls_report.number import from_han

THIS, LAST, NEXT = "本年", "上年", "下年"  # what the years are called here
OWN = "本单位"  # what the unit is called here
_FOLD = str.maketrans("０１２３４５６７８９．％－～,;:?!()", "0123456789.%-~，；：？！（）")
_DROPPED = re.compile("[“”‘’\"'「」『』*_ \u3000\u00a0\t\u200b\ufeff]+")
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:，\d{3})+(?!\d)")
HAN = "零〇一二两三四五六七八九十百千"
_MEASURE = "件份宗起例个项条部篇元"  # what follows a figure
_FIGURE = re.compile(rf"\d|[{HAN}万]+[{_MEASURE}]")
_HARD = re.compile(r"[^。！？\n]+")
_CUT = re.compile(rf"[，；：（）()【】\[\]]|—{{2,}}|(?<=[{_MEASURE}])(?:以及|并且|和|及|并)|、")
_COUNTED = re.compile(r"^(?:[一二三四五六七八九十]是|其[一二三四五六七八九]|\d{1,2}[.．](?=[^\d]))")
_YEAR_OF_HAN = re.compile(r"[一二][〇○零九][〇○零一二三四五六七八九]{2}(?=年)")
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece between two marks; `start` and `end` are its place in the paragraph as written."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Count:
    """A figure of the prose in the unit of its items, and by how much it may be rounded."""

    value: Figure
    slack: Figure = 0


class Line:
    """A paragraph on its way: its characters, each with its place in the paragraph as written."""

    def __init__(self, text: str) -> None:
        self.text, self.places = text.translate(_FOLD), list(range(len(text)))
        self.replace(((match.start(), match.end()) for match in _DROPPED.finditer(text)), "")

    def replace(self, spans: Iterable[tuple[int, int]], new: str) -> None:
        """Every span said otherwise; the new words stand where the old ones began and end where they ended."""
        text: list[str] = []
        places: list[int] = []
        last = 0
        for start, end in spans:
            text += [self.text[last:start], new]
            old = self.places[start:end]
            places += [*self.places[last:start], *(old[: len(new) - 1] + [old[0]] * len(new))[: len(new)]]
            if new:
                places[-1] = old[-1]
            last = end
        if last:
            self.text = "".join((*text, self.text[last:]))
            self.places = [*places, *self.places[last:]]

    def plain_figures(self) -> None:
        """12，345 as 12345; a colon before a figure as 为; a year in Chinese numerals as digits."""
        for match in reversed(list(_THOUSANDS.finditer(self.text))):
            for n in range(match.end() - 1, match.start() - 1, -1):
                if self.text[n] == "，":
                    self.text = self.text[:n] + self.text[n + 1 :]
                    del self.places[n]
        self.text = re.sub(r"：(?=\d)", "为", self.text)
        self.text = _YEAR_OF_HAN.sub(lambda match: match[0].translate(_HAN_DIGITS), self.text)

    def name_years(self, year: int) -> None:
        """The report's year as 本年, also where it is told from its first day to its last; its neighbours likewise."""
        for pattern, word in _years(year):
            self.replace((match.span() for match in pattern.finditer(self.text)), word)


@cache
def _years(year: int) -> tuple[tuple[re.Pattern[str], str], ...]:
    to, until = r"(?:至|到|-+|—+|~+)", r"(?:12月31日|12月底)(?:止|期间|为止)?"
    whole = rf"[自从]?(?:{year}年|本年|今年)?1月1日起?{to}(?:{year}年|本年|今年)?{until}"
    end = rf"截[至止][至到]?(?:(?:{year}年|本年|今年)(?:{until}|年?底|末)|{until}|年底)"
    words = (
        (rf"{whole}|[自从]?(?:{year}年)?1(?:月份?)?{to}12月份?|{end}", THIS),
        (rf"(?<!\d){year}年度?|今年|当年|本年度|本报告年度", THIS),
        (rf"(?<!\d){year - 1}年度?|去年度?|上一?(?:个)?年度?", LAST),
        (rf"(?<!\d){year + 1}年度?|[次明翌来]年度?|下一?(?:个)?年度?", NEXT),
    )
    return tuple((re.compile(pattern), word) for pattern, word in words)


def sentences(line: Line) -> Iterator[tuple[Clause, ...]]:
    """The clauses of every sentence. A 、 parts only what holds a figure from what follows it: 收到、办结 are one."""
    for sentence in _HARD.finditer(line.text):
        found: list[Clause] = []
        begin = sentence.start()
        figure = _FIGURE.search(line.text, begin, sentence.end())
        for cut in _CUT.finditer(line.text, sentence.start(), sentence.end()):
            if figure is not None and figure.start() < begin:
                figure = _FIGURE.search(line.text, begin, sentence.end())
            if cut[0] == "、" and (figure is None or figure.start() > cut.start()):
                continue
            found += _clause(line, begin, cut.start())
            begin = cut.end()
        found += _clause(line, begin, sentence.end())
        yield tuple(found)


def _clause(line: Line, begin: int, end: int) -> Iterator[Clause]:
    number = _COUNTED.match(line.text[begin:end])
    begin += number.end() if number is not None else 0
    if begin < end:
        yield Clause(line.text[begin:end], line.places[begin], line.places[end - 1] + 1)


_POWERS = {"亿": 8, "万": 4, "": 0}


def count_pattern(units: str) -> str:
    """A figure with its unit of measure, as groups `number`, `power`, `unit`, or `han` and `unit`."""
    figure = r"(?P<number>\d{1,12}(?:\.\d{1,6})?)(?P<power>[万亿]?)"
    return rf"(?:{figure}|(?P<han>[{HAN}]+))(?P<unit>{units})?"


def read_count(match: re.Match[str], *, money: bool) -> Count | None:
    """The figure of a match of `count_pattern`, an amount in 万元; None where it is none or has two readings."""
    if match["han"] is not None:
        told = from_han(match["han"]) if match["unit"] and not money else None
        return None if told is None else Count(told)
    number, unit = Decimal(match["number"]), match["unit"] or ""
    power = _POWERS[match["power"]]
    if money:
        exponent = number.as_tuple().exponent
        assert isinstance(exponent, int)
        # 1.2 万元 may be 1.16 万元 rounded; yuan are told as they are.
        rounded = Decimal(1).scaleb(power - 4 + exponent) / 2 if power else Decimal(0)
        return Count(number.scaleb(power - 4), rounded) if unit else None
    value = number.scaleb(power)
    if value != int(value):
        return None
    places = len(match["number"].partition(".")[2])
    return Count(int(value), 10 ** (power - places) if power > places else 0)
