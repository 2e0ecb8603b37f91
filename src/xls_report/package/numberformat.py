"""Cell formats of a workbook: from a style number to its number format, and whether that shows what is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
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
)
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
# What shows itself and not the number: texts, escaped and filling characters, conditions, colours, locales; the word
# for General, which WPS writes in Chinese; and the E of an exponent, which is no era.
_LITERAL: Final = re.compile(r'"[^"]*"?|[\\!_*].|\[[^\]]*\]|General|G/通用格式|E[+-]', re.IGNORECASE)
_DATE: Final = re.compile(r"[ymdhsge]|aaa", re.IGNORECASE)
_SIGN: Final = re.compile(r"[0-9.]")
# A comma behind the last digit divides by a thousand; a digit or point of the format's own stands between the number's.
_RESCALED: Final = re.compile(r"[0#?],+(?![0#?,])|~|[0#?]!+[0#?]")


@dataclass(frozen=True, slots=True)
class NumberFormats:
    """The format code of each cell format, by its number; which show dates, percents, another number than is stored."""

    codes: tuple[str, ...]
    dates: frozenset[int] = frozenset()
    percents: frozenset[int] = frozenset()
    disguises: frozenset[int] = frozenset()

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
    for path, attributes, _ in records(content, part, _WANTED):
        number = attributes.get("numFmtId", "0")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise Refused("F108", f"数字格式号 {quote(number)} 不是数字")
        if path.endswith("xf"):
            used.append(int(number))
        else:
            own[int(number)] = attributes.get("formatCode", GENERAL)
    codes = tuple(own.get(number) or _BUILTIN.get(number, GENERAL) for number in used)
    dates = {code for code in set(codes) if shows_date(code)}
    percents = {code for code in set(codes) if shows_percent(code)}
    disguises = {code for code in set(codes) if shows_another(code)}
    return NumberFormats(
        codes,
        frozenset(style for style, code in enumerate(codes) if code in dates),
        frozenset(style for style, code in enumerate(codes) if code in percents),
        frozenset(style for style, code in enumerate(codes) if code in disguises),
    )


def shows_date(code: str) -> bool:
    """Whether the code shows a date, a time or a duration."""
    return bool(_ELAPSED.search(code) or _DATE.search(_LITERAL.sub("", code)))


def shows_percent(code: str) -> bool:
    """Whether the code shows the number times one hundred."""
    return "%" in _LITERAL.sub("", code)


def shows_another(code: str) -> bool:
    """Whether the code shows another number than is stored: scaled, as `0!.0,` does, or with digits of its own."""
    return bool(_RESCALED.search(_LITERAL.sub(_own_signs, code)))


def _own_signs(literal: re.Match[str]) -> str:
    """A literal as what it does to a number: ~ a digit of the format's own, ! a point; "" nothing."""
    text = literal[0]
    if text[0] not in '"\\!':
        return ""
    return "".join("!" if sign == "." else "~" for sign in _SIGN.findall(text[1:]))
