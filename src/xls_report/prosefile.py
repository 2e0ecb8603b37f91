"""The part of a form file that says which words of the prose speak of which items: `prose`."""

from __future__ import annotations

import re

from xls_report.catalogue import CATALOGUE
from xls_report.complaints import Complaints, Raw
from xls_report.equation import Equation, EquationError, Sum, parse_equation
from xls_report.phrase import Phrase

_KEYS = (*("id", "words", "sums", "label", "name", "of", "needs", "about", "within", "nil", "most", "balances"),)
_FAMILY = "T2"


def phrases(raw: Raw, c: Complaints) -> tuple[Phrase, ...]:
    """Every entry of `prose`, in order; `within` and `balances` name entries of the same file."""
    found: list[Phrase] = []
    for number, entry in enumerate(c.tables(raw, "prose", ""), 1):
        place = f"第 {number} 个 prose"
        c.unknown(entry, _KEYS, place)
        code = c.text(entry, "id", place)
        if code and not (code.startswith(_FAMILY) and code in CATALOGUE):
            c.add(place, f"id {code!r} 应为 {_FAMILY} 开头、已有的问题代码")
        found.append(_balance(entry, code, place, c) if "balances" in entry else _phrase(entry, code, place, c))
    names = {phrase.name for phrase in found if phrase.name}
    for number, phrase in enumerate(found, 1):
        asked = {*phrase.within} | {name.ident for e in phrase.balances for name in e.names}
        for name in sorted(asked - names):
            c.add(f"第 {number} 个 prose", f"没有 name 为 {name} 的 prose")
    return tuple(found)


def _balance(entry: Raw, code: str, place: str, c: Complaints) -> Phrase:
    for key in sorted(entry.keys() - {"id", "balances"} & set(_KEYS)):
        c.add(place, f"有 balances 的不能有 {key}")
    equations = []
    for text in c.texts(entry, "balances", place):
        try:
            equations.append(parse_equation(text))
        except EquationError as fault:
            c.add(f"{place}，balances", str(fault))
    if not equations:
        c.add(place, "没有 balances")
    if any(_unfit(equation) for equation in equations):
        c.add(f"{place}，balances", "应为 name 之间的等式，不含整数和 prior.")
    return Phrase(code, balances=tuple(equations))


def _unfit(equation: Equation) -> bool:
    constant = equation.left.constant or equation.right.constant
    return bool(constant) or equation.sign != "=" or equation.uses_prior


def _phrase(entry: Raw, code: str, place: str, c: Complaints) -> Phrase:
    sums = tuple(c.sum(text, f"{place}，sums") for text in c.texts(entry, "sums", place))
    if not sums:
        c.add(place, "没有 sums")
    label = c.text(entry, "label", place, "")
    if sums and len(sums[0].names) > 1 and not label:
        c.add(place, "sums 的第一项是几个指标之和，要有 label")
    words = _patterns(entry, "words", place, c)
    if not words:
        c.add(place, "没有 words")
    return Phrase(
        code,
        words,
        sums or (Sum(()),),
        label,
        name=c.text(entry, "name", place, ""),
        of=c.texts(entry, "of", place),
        needs=_patterns(entry, "needs", place, c),
        about=c.texts(entry, "about", place),
        within=c.texts(entry, "within", place),
        nil=c.value(entry, "nil", bool, place, False),
        most=c.value(entry, "most", bool, place, False),
    )


def _patterns(entry: Raw, key: str, place: str, c: Complaints) -> tuple[str, ...]:
    found = c.texts(entry, key, place)
    for text in found:
        try:
            if re.compile(text).fullmatch(""):
                c.add(f"{place}，{key}", f"{text!r} 什么也不写就算符合")
        except re.error as fault:
            c.add(f"{place}，{key}", f"{text!r} 不是合格的正则表达式：{fault}")
            return ()
    return found
