"""Which figures a clause gives, word by word, as the form declares it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from xls_report.clauses import HAN, OWN, THIS, Clause, Count, count_pattern, read_count
from xls_report.form import Form
from xls_report.heading import Measure
from xls_report.phrase import Phrase

_LONGEST = 100  # characters of a clause that says no more than a figure
_SMALL = (
    *(OWN, THIS, "全年", "年内", "报告期内", "统计期内", "一年来", "内"),
    *("共计", "总共", "一共", "累计", "合计", "总计", "共", "计", "已", "均", "全部", "实际", "依法"),
    *("为", "是", "有", "达到", "达", "的", "数量", "总数", "件数", "数"),
)
_NUMBER = re.compile(rf"[\d{HAN}]")
_ALL_NIL = re.compile(r"(.+?)(?:均|都|全部)(?:为|是)?0[件宗条起例]?")
_JOINED = re.compile(r"、|和|及|与|以及|或")
_UNITS = {False: "[件份宗起例个项条]", True: "元"}


@dataclass(frozen=True, slots=True)
class Hit:
    """A figure that a clause gives, and what it is the figure of."""

    phrase: Phrase
    clause: Clause
    count: Count
    word: str  # the words by which it was known


def hits_of(form: Form, clause: Clause) -> list[Hit]:
    """The figures of a clause; none where a word stands in it that may make them others."""
    if len(clause.text) > _LONGEST:
        return []
    some, none = _words(form)
    if not (some if _NUMBER.search(clause.text) else none).search(clause.text):
        return []
    nil = _ALL_NIL.fullmatch(clause.text)
    pieces = [piece for piece in _JOINED.split(nil[1]) if piece] if nil is not None else []
    found = []
    for phrase, scan in _scanners(form):
        if not scan.head.search(clause.text):
            continue
        if len(pieces) > 1:
            words = [] if phrase.nil else [word for piece in pieces if (word := scan.named(piece)) is not None]
            found += [Hit(phrase, clause, Count(0), word) for word in words]
        elif (read := scan.read(clause.text)) is not None:
            found.append(Hit(phrase, clause, *read))
    return found


class _Scanner:
    """Reads a clause word by word: one of the phrase's own, one number, else only words that alter nothing."""

    def __init__(self, phrase: Phrase, money: bool) -> None:
        self.phrase, self.money = phrase, money
        self.head = re.compile("|".join(phrase.words))
        self.needed = re.compile("|".join(phrase.needs)) if phrase.needs else None
        self.number = re.compile(count_pattern(_UNITS[money]))
        words = sorted({*phrase.of, *_SMALL}, key=len, reverse=True)
        self.rest = re.compile("|".join(map(re.escape, words)))

    def read(self, text: str) -> tuple[Count, str] | None:
        """The figure and the words it was known by; 0 of a phrase that says there is none."""
        parts = self._parts(text)
        if parts is None:
            return None
        word, count = parts
        if self.phrase.nil:
            return (Count(0), word) if count is None else None
        if count is None or ("条" in count[0] and "申请" not in text):
            return None
        value = read_count(count, money=self.money)
        return (value, word) if value is not None and (count["unit"] or count.end() == len(text)) else None

    def named(self, text: str) -> str | None:
        """The words of the phrase, where a piece of a list of things that are all 0 is made of them."""
        parts = self._parts(text)
        return parts[0] if parts is not None and parts[1] is None else None

    def _parts(self, text: str) -> tuple[str, re.Match[str] | None] | None:
        word, count, needed, at = "", None, self.needed is None, 0
        while at < len(text):
            if not word and (match := self.head.match(text, at)):
                word = match[0]
            elif self.needed is not None and (match := self.needed.match(text, at)):
                needed = True
            elif (match := self.number.match(text, at)) and match.end() > at:
                if count is not None:
                    return None
                count = match
            elif not (match := self.rest.match(text, at)):
                return None
            at = match.end()
        return (word, count) if word and needed else None


@cache
def _words(form: Form) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a clause with a number, and what one without, must hold to be read: without one only nothing is said."""
    some = [word for phrase in form.phrases for word in phrase.words]
    none = [word for phrase in form.phrases if phrase.nil for word in phrase.words]
    return re.compile("|".join(some) or "(?!)"), re.compile("|".join(none) or "(?!)")


@cache
def _scanners(form: Form) -> tuple[tuple[Phrase, _Scanner], ...]:
    def money(phrase: Phrase) -> bool:
        return form.item[phrase.sums[0].names[0].ident].kind is Measure.AMOUNT

    return tuple((phrase, _Scanner(phrase, money(phrase))) for phrase in form.phrases if phrase.words)


@cache
def matter(form: Form, code: str) -> str:
    """Every word that the phrases of a code know: none of them leads away from the matter."""
    return "".join(word for p in form.phrases if p.code == code for word in (*p.words, *p.of, *p.needs, *p.about))


@cache
def columns_of(form: Form) -> tuple[str, ...]:
    """Labels of the columns: what a figure may be of instead of the whole."""
    tables = {form.item[name.ident].table for p in form.phrases for total in p.sums[:1] for name in total.names}
    labels = {item.column.plain for item in form.items if item.table in tables and item.column.formula is None}
    return tuple(sorted(label for label in labels if len(label) > 2))  # 其他 is a word of every sentence
