"""Cell formats of a workbook: from a style number to its number format, and whether that shows dates or percents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property, lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Final

from xls_report.package.partxml import SMALL, Wanted, records
from xls_report.package.refusal import MAX_FORMATS, Refused
from xls_report.quoting import quote

GENERAL: Final = "General"
_BUILTIN: Final = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"¥"#,##0;"¥"-#,##0',
    6: '"¥"#,##0;[Red]"¥"-#,##0',
    7: '"¥"#,##0.00;"¥"-#,##0.00',
    8: '"¥"#,##0.00;[Red]"¥"-#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    # 27-36 and 50-58 are the dates of a Chinese Excel (ECMA-376 18.8.30, zh-cn).
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0;-#,##0",
    38: "#,##0;[Red]-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;[Red]-#,##0.00",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* -#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
_WANTED: Final[Wanted] = (
    ("styleSheet/cellXfs/xf", MAX_FORMATS, "单元格格式"),
    ("styleSheet/numFmts/numFmt", MAX_FORMATS, "数字格式"),
    ("styleSheet/dxfs/dxf/numFmt", MAX_FORMATS, "条件格式的数字格式"),
)
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
# What shows itself and not the number: texts, escaped and filling characters, conditions, colours, locales; the word
# for General, which WPS writes in Chinese; and the E of an exponent, which is no era.
_LITERAL: Final = re.compile(r'"[^"]*"?|[\\!_*].|\[[^\]]*\]|General|G/通用格式|E[+-]', re.IGNORECASE)
_USUAL: Final = frozenset((GENERAL, "0", "@", "+0;-0;0", "#,##0.00####"))  # of whole numbers, and of our own formats
_SPLIT: Final = re.compile(r'((?:"[^"]*"?|[\\!_*].|\[[^\]]*\]|[^;])*);', re.DOTALL)
# A text, an escaped character, a space or filling, what stands in brackets, General, anything else.
_TOKEN: Final = re.compile(
    r'"([^"]*)"?|[\\!](.)|([_*].)|\[([^\]]*)\]|(General|G/通用格式)|(.)', re.DOTALL | re.IGNORECASE
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
_HOLDS: Final = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}
_PLACES: Final = frozenset("0#?.,%/EeGg ")
_MINUS: Final = ("-", "\u2212", "－", "(", "（", "负")
_COUNTERS: Final = frozenset("件条项个宗批份例人起家部篇页户次")  # what a count may be followed by
_MONEY: Final = ("元", "万元")
_HARMLESS: Final = frozenset(" \u3000\xa0¥￥$+)）")
_SCALED: Final = re.compile(r"[0#?],+(?![0#?,])")
_DATE: Final = re.compile(r"[ymdhsge]|aaa", re.IGNORECASE)


@dataclass(frozen=True)
class NumberFormats:
    """The format code of each cell format, by its number; and which formats show dates (times too), which percents."""

    codes: tuple[str, ...]
    dates: frozenset[int] = frozenset()
    percents: frozenset[int] = frozenset()
    unusual: frozenset[int] = frozenset()  # may show a whole number as another one: ask `display`
    conditional: bool = False  # a conditional format brings a number format of its own

    def display(self, style: int, value: int | Decimal | None, unit: str) -> Display:
        """How the number of an item in `unit` reads under the style; None stands for a text."""
        code = self.code(style)
        return display_text(code) if value is None else display(code, Decimal(value), unit)

    @cached_property
    def odd(self) -> frozenset[int]:
        """Formats under which a whole number may not read as the number that it is."""
        return self.dates | self.percents | self.unusual

    def code(self, style: int) -> str:
        """The format code; "General" for a style that the workbook does not define."""
        return self.codes[style] if 0 <= style < len(self.codes) else GENERAL


def read_formats(content: bytes, part: str) -> NumberFormats:
    """The formats of a styles part. Raises Refused: as `records`, and F108 for a format number that is none."""
    return (_cached if len(content) <= SMALL else _cached.__wrapped__)(content, part)


@lru_cache(maxsize=64)
def _cached(content: bytes, part: str) -> NumberFormats:
    own: dict[int, str] = {}
    used: list[int] = []
    conditional = False
    for path, attributes, _ in records(content, part, _WANTED):
        number = attributes.get("numFmtId", "0")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise Refused("F108", f"数字格式号 {quote(number)} 不是数字")
        if "dxf" in path:
            conditional = True
        elif path.endswith("xf"):
            used.append(int(number))
        else:
            own[int(number)] = attributes.get("formatCode", GENERAL)
    codes = tuple(own.get(number) or _BUILTIN.get(number, GENERAL) for number in used)
    dates = {code for code in set(codes) if shows_date(code)}
    percents = {code for code in set(codes) if shows_percent(code)}
    return NumberFormats(
        codes,
        frozenset(style for style, code in enumerate(codes) if code in dates),
        frozenset(style for style, code in enumerate(codes) if code in percents),
        frozenset(style for style, code in enumerate(codes) if code not in _USUAL),
        conditional,
    )


def shows_date(code: str) -> bool:
    """Whether the code shows a date, a time or a duration."""
    return bool(_ELAPSED.search(code) or _DATE.search(_LITERAL.sub("", code)))


def shows_percent(code: str) -> bool:
    """Whether the code shows the number times one hundred."""
    return "%" in _LITERAL.sub("", code)


class Display(Enum):
    """What of a number its format lets people see."""

    SAME = "same"
    ROUNDED = "rounded"
    OTHER = "other"  # scaled, replaced or hidden


def display(code: str, value: Decimal, unit: str = "") -> Display:
    """How a number of an item in `unit` reads under this format; percents and dates are told apart by the other two.

    A zero that shows as a dash or not at all is a zero. Of texts beside the digits none may change what they say.
    """
    section, own_sign = _section(code, value)
    if section is None:
        return Display.OTHER
    words, places, general = _parts(section)
    if words is None or not _harmless(words, unit, value, own_sign=own_sign):
        return Display.OTHER
    if value < 0 and not own_sign and not any(mark in "".join(words) for mark in _MINUS):
        return Display.OTHER
    if general:
        return Display.OTHER if places.strip() else Display.SAME
    if not any(mark in places for mark in "0#?"):
        return Display.SAME if not value or "@" in section else Display.OTHER
    if _SCALED.search(places):
        return Display.OTHER
    return Display.SAME if _in_full(places, value) else Display.ROUNDED


def display_text(code: str) -> Display:
    """How a text reads under this format: as itself, unless its section adds to it or leaves it out."""
    sections = _sections(code)
    section = sections[3] if len(sections) > 3 else next((part for part in sections if "@" in part), "@")
    words, places, _ = _parts(section.replace("@", "", 1))
    plain = "@" in section and words is not None and not "".join(words).strip(" ") and not places.strip(" ")
    return Display.SAME if plain else Display.OTHER


def _sections(code: str) -> list[str]:
    found = [match[1] for match in _SPLIT.finditer(code + ";")]
    return found or [code]


def _section(code: str, value: Decimal) -> tuple[str | None, bool]:
    """The section that shows the number, None where programs differ; and whether it brings the minus sign by itself."""
    sections = _sections(code)[:3]
    if any(_CONDITION.fullmatch(match[4] or "") for part in sections for match in _TOKEN.finditer(part)):
        return _conditional(sections, value)
    if not value:
        return (sections[2] if len(sections) > 2 else sections[0]), True
    if value < 0 and len(sections) > 1:
        return sections[1], False
    return sections[0], True


def _conditional(sections: list[str], value: Decimal) -> tuple[str | None, bool]:
    last = len(sections) - 1
    for number, part in enumerate(sections):
        found = [_CONDITION.fullmatch(match[4]) for match in _TOKEN.finditer(part) if match[4]]
        condition = next((one for one in found if one is not None), None)
        if condition is None:
            return (part if number == last else None), True
        if _HOLDS[condition[1]](value, Decimal(condition[2])):
            return part, not (value < 0 and condition[1] in ("<", "<="))
    return None, True


def _parts(section: str) -> tuple[list[str] | None, str, bool]:
    """The texts around the digits, None if one stands between them; the places; whether General is one of them."""
    words: list[str] = []
    places, general, ended = "", False, False
    for text, escaped, space, bracket, whole, other in _TOKEN.findall(section):
        if space:
            if space[0] == "*" and space[1].isalnum():
                return None, places, general  # fills the cell with digits or words
            continue
        word = text or escaped
        if bracket:
            word = bracket[1:].partition("-")[0] if bracket.startswith("$") else ""
        elif whole:
            general = True
            continue
        elif other == "@":
            general = True  # a number shows as General
            continue
        elif other:
            if other in _PLACES or (other in "+-" and places[-1:] in ("E", "e")):
                if ended and other != " ":
                    return None, places, general
                places += other
                continue
            word = other
        if word.strip():
            ended = ended or any(mark in places for mark in "0#?") or general
            words.append(word)
    return words, places, general


def _harmless(words: list[str], unit: str, value: Decimal, *, own_sign: bool) -> bool:
    """Whether the texts are the unit's own, a counter, a currency or the sign that a negative number needs."""
    text = "".join(words).replace(" ", "")
    if value < 0 and not own_sign and text.startswith(_MINUS):
        text = text[1:]
    if not value and set(text) <= set("-—－"):
        return True
    allowed = _HARMLESS if unit in _MONEY else _HARMLESS | _COUNTERS
    return set(text.removesuffix(unit)) <= allowed


def _in_full(places: str, value: Decimal) -> bool:
    """Whether the places of a format hold every digit of the number."""
    mantissa, power, _ = places.upper().partition("E")
    if power or "/" in places:
        return value == int(value) and len(str(abs(int(value)))) <= sum(map(mantissa.count, "0#?"))
    digits = sum(map(places.partition(".")[2].count, "0#?"))
    return value == round(value, digits)
