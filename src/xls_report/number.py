"""One cell of a returned workbook, as stored in the XML, read as one figure or refused with a code.

Only what has one reading is taken, every
departure from a plain number has a code, and a cell with an error has no value. No text goes to `int()` or `float()`
unguarded: these take `１２`, `1_000`, `٢` and `NaN`.
"""

import re
from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction
from operator import add, mul, sub, truediv
from typing import NamedTuple
from unicodedata import category, normalize

from xls_report.figure import figure_text
from xls_report.quoting import quote


class Reading(NamedTuple):
    """What one cell says.

    `value` is an `int` for count and change, a `Decimal` of at most 15 significant digits for amount (in the item's
    own unit), None when no figure can be taken. `code` is "" if the cell is plainly right, else the gravest V code;
    `more` holds the others, gravest first. `given` is what stands in the cell, safe to show, at most 60 characters;
    `due` is what is due, in words; for a cell that was read in spite of a remark it is the value as taken.
    """

    value: int | Decimal | None
    code: str
    given: str
    due: str
    more: tuple[str, ...] = ()


# What is due where no better suggestion can be made; a number otherwise.
_DUE = {"V101": "0", "V102": "0", "V104": "整数", "V105": "不小于 0 的数字", "V109": "数值", "V114": "不带单位的数字"}
_DUE |= {"V115": "", "V116": "不带分隔符的数字", "V118": "15 位以内的数字", "V120": "数量"}
# Warnings and notes, gravest first. The second set says "read as …", which is untrue beside an error.
_REMARKS = ("V119", "V125", "V123", "V127", "V113", "V110", "V121", "V112", "V111")
_READ_AS = frozenset({"V111", "V112", "V113", "V121", "V127"})
_FIXED_KINDS = {"e": "V108", "b": "V107", "d": "V106"}
_SERIALS = (36526, 58000)  # 2000-01-01 to 2058-10-17 as spreadsheets count days
_FINEST = {"万元": 6, "元": 2}  # decimals down to one 分 (A7)
_LONGEST = 64  # no program writes a number longer than this
_LONGEST_TEXT = 1_000  # nobody means a number by more; thousands of cells may share a text of 32,767
_DIGITS = {n: Context(prec=n) for n in (14, 15, 17, 40)}
_STORED = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.A)
_BEYOND = re.compile(r"[+-]?(nan|inf|infinity|\d+(\.\d+)?e[+-]?\d{4,})", re.A | re.I)
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?", re.A)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", re.A)  # 0,123 is no grouping: it may be 0.123
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+", re.A)
_BODY = re.compile(r"([+-]?\s*[.,]?[0-9][0-9.,\s、'’·_;；。]*)(.*)", re.S)
_TOKEN = re.compile(r"\d+(?:\.\d*)?|\.\d+|[-+*/()]", re.A)
_OPERATORS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {"+": add, "-": sub, "*": mul, "/": truediv}
_BLANKS = " \t\n\v\f\r\x85\xa0\u2002\u2003\u2009\u200b\u3000\ufeff"
# Only what has one reading: NFKC would also turn ² into 2 and ⑫ into 12.
_HALF = str.maketrans("０１２３４５６７８９，．＋－％／" + "\u2212\ufe63", "0123456789,.+-%/" + "--")
_PICTURE = re.compile(r"=?(_xlfn\.)?(DISPIMG|IMAGE)\(", re.I)  # a picture in a cell, by WPS and by Excel
_ERROR_TEXT = re.compile(r"#(N/A|[A-Z0-9/_]+[!?])", re.I)
_NIL = re.compile(r"[-—–―─━/\\_~*○〇◯零]+|\.{3,}|N\.?/?A\.?|(暂|均|本年)?(无|没有|未)[^0-9]{0,6}|不(适用|涉及|变)|持平")
_IN_WORDS = re.compile(r"(增加?|减少?)\s*(?![+-])")
_FOREIGN = re.compile("[十百千万亿wWkK]*(人民币|[美港欧日]?元|[人件批]次|[圆块角分件条项个宗批份例人起家部篇页户次])?")
_POWERS = {"元": 0, "千元": 3, "万元": 4, "百万元": 6, "千万元": 7, "亿元": 8, "十": 1, "百": 2, "千": 3, "万": 4}
_HAN = re.compile(r"[负零〇○一二两三四五六七八九十百千万亿点壹贰叁肆伍陆柒捌玖拾佰仟]+")
_HAN_NUMBER = re.compile("(?:(D)千)?(?:(D)百)?(?:(零?)(D)十)?(?:(零?)(D))?".replace("D", "[一二三四五六七八九]"))
_HAN_PLAIN = str.maketrans("〇○壹贰叁肆伍陆柒捌玖拾佰仟", "零零一二三四五六七八九十百千")


def read_figure(
    kind: str,
    text: str | None,
    formula: str | None,
    measure: str,
    unit: str,
    *,
    date: bool = False,
    percent: bool = False,
    blank_is_zero: bool = False,
) -> Reading:
    """Read one cell as one figure of `measure` ("count", "change" or "amount") in `unit` ("件", "万元" or "").

    `kind` is n number, s text, b boolean, e error, d ISO date; `text` the value as stored, `formula` without "=".
    `date` and `percent` tell of the number format and matter to numbers only: they do not alter how text is shown.
    Nothing that stands in a cell raises; an unknown `kind` or `measure` is a wrong call (ValueError).
    """
    whole = None if date or percent else whole_number(kind, text, formula)
    if whole is not None and text is not None:
        if measure == "amount":
            return Reading(Decimal(text), "", text, "")
        if measure in ("count", "change"):
            return Reading(whole, "", text, "")
    if measure not in ("count", "change", "amount") or kind not in ("n", "s", "b", "e", "d"):
        raise ValueError(f"no such kind or measure: {kind!r}, {measure!r}")
    given = quote(text or "") if formula is None else quote("=" + formula)
    stored = (text or "").strip(_BLANKS if kind == "s" else " \t\r\n")
    if _PICTURE.match(formula if formula is not None else stored):
        return _refused("V128", given)
    if formula is None and not stored:
        if blank_is_zero:
            return Reading(Decimal(0) if measure == "amount" else 0, "", given, "")
        return _refused("V101", given)
    if kind in _FIXED_KINDS:
        if kind == "b" and formula is None:
            given = {"1": "TRUE", "0": "FALSE"}.get(stored, given)
        return _refused(_FIXED_KINDS[kind], quote(stored) if kind == "e" else given)
    if kind == "s":
        return _refused("V109", given) if formula is not None else _read_text(stored, given, measure, unit)
    return _read_number(stored, formula, given, measure, unit, date, percent)


def whole_number(kind: str, text: str | None, formula: str | None) -> int | None:
    """The number of a cell that holds digits alone and under no format is anything but that number; else None."""
    if kind == "n" and text and formula is None and len(text) <= 15 and text.isascii() and text.isdigit():
        value = int(text)
        return None if _SERIALS[0] <= value <= _SERIALS[1] else value
    return None


def _read_number(
    stored: str, formula: str | None, given: str, measure: str, unit: str, date: bool, percent: bool
) -> Reading:
    """A cell of kind n; `stored` without outer blanks."""
    own = None if formula is None else _evaluate(formula)
    if date or (percent and measure == "count"):
        # The format explains a fraction: 50% is 0.5. No second complaint about it.
        return _refused("V106" if date else "V120", given)
    if not _STORED.fullmatch(stored) or len(stored) > _LONGEST:
        wrong = "V118" if len(stored) > _LONGEST or _BEYOND.fullmatch(stored) else "V103"
        return _refused(wrong if formula is None else "V109", given)
    number, remarks = Decimal(stored), ["V125"] if percent else []
    if formula is not None:
        # What the cell shows may be stale: a cached result is never trusted.
        if own is None or _DIGITS[15].create_decimal(own) != _DIGITS[15].create_decimal(number):
            return _refused("V109", given)
        number = own  # exact, where the stored result may hold binary noise
        remarks.append("V110")
    if _SERIALS[0] <= number <= _SERIALS[1] and (measure != "amount" or number == int(number)):
        remarks.append("V119")
    return _judged(number, given, measure, unit, remarks)


def _read_text(text: str, given: str, measure: str, unit: str) -> Reading:
    """A cell of kind s; `text` without outer blanks, not empty."""
    if len(text) > _LONGEST_TEXT:
        return _refused("V118" if text.isascii() and text.isdigit() else "V103", given)
    half = text.translate(_HALF)
    if fault := _fault(text, half):
        return _refused(fault, given)
    remarks, minus = [], False
    if measure == "change" and (word := _IN_WORDS.match(half)):
        remarks, minus, half = ["V127"], word[0][0] == "减", half[word.end() :]
    core = half if half == unit else half.removesuffix(unit).rstrip()
    if core != half:
        remarks.append("V113")
    body = _BODY.fullmatch(core)
    if body is None or body[2]:
        code, due = _no_number(core, measure, unit, minus, core != half)
        return _refused(code, given, due)
    grouped = _GROUPED.fullmatch(core)
    if len(core) > _LONGEST or not (grouped or _PLAIN.fullmatch(core)):
        return _refused("V118" if core.isdigit() else "V116", given)
    if grouped or not text.endswith(half):
        remarks.append("V112")
    number = Decimal(core.replace(",", ""))
    return _judged(number.copy_negate() if minus else number, given, measure, unit, remarks or ["V111"])


def _fault(text: str, half: str) -> str:
    """The code of a text that is wrong whatever the measure, or ""; `half` is the text in half width."""
    if any(_class(sign) == "Cf" for sign in text):
        return "V124"
    if any(sign > "\x7f" and sign != "〇" and category(sign)[0] == "N" for sign in half):
        return "V117"
    if _ERROR_TEXT.fullmatch(text):
        return "V108"
    if text[0] in "=＝":
        return "V109"
    if _NIL.fullmatch("".join(normalize("NFKC", half).upper().split())):
        return "V102"
    if _SCIENTIFIC.fullmatch(half):
        return "V126"
    return "V118" if _BEYOND.fullmatch(half) else ""


def _no_number(core: str, measure: str, unit: str, minus: bool, own_unit: bool) -> tuple[str, str]:
    """Code and due of a text that is no bare number, less the item's own unit if it had it."""
    if core[:1] in ("¥", "￥", "$") and _BODY.fullmatch(core[1:]):
        return "V114", ""
    body, han = _BODY.fullmatch(core), _HAN.match(core)
    rest = body[2] if body else core[han.end() :] if han else "?"
    if body and rest in ("%", "‰"):
        return "V120", ""
    if not _FOREIGN.fullmatch(rest):
        return "V103", ""
    if rest:
        named = rest + (unit if own_unit else "")
        return "V114", _rescaled(body[1].strip(), named, measure, unit) if body and not minus else ""
    value = from_han(core)
    return "V115", "" if value is None else f"{'-' if minus else ''}{value}"


def _rescaled(body: str, named: str, measure: str, unit: str) -> str:
    """`251000` `元` in the item's unit 万元: "25.10"; "" where that has not one reading (12万 beside 万元)."""
    money = unit in _POWERS
    named = named if money else named.removesuffix(unit)
    fits = named in _POWERS and money == named.endswith("元") == (measure == "amount")
    if not fits or not _PLAIN.fullmatch(body) or len(body) > 15:
        return ""
    number = Decimal(body).scaleb(_POWERS[named] - _POWERS.get(unit, 0))
    value = _judged(number, "", measure, unit, []).value
    return "" if value is None else figure_text(value)


def from_han(text: str) -> int | None:
    """The value, up to 9999, of Chinese numerals spelled as it is spelled: 一二 and 一百二 have no one reading."""
    text = re.sub(r"^两(?=$|[百千])", "二", text.translate(_HAN_PLAIN))
    found = _HAN_NUMBER.fullmatch(re.sub(r"(?<![一二三四五六七八九])十", "一十", text))
    if not found:
        return None
    thousands, hundreds, gap_tens, tens, gap_ones, ones = found.groups("")
    # 零 stands exactly where a place is left out.
    if tens and bool(gap_tens) != bool(thousands and not hundreds):
        return None
    if ones and bool(gap_ones) != bool((thousands or hundreds) and not tens):
        return None
    return int("".join(str("零一二三四五六七八九".index(digit or "零")) for digit in (thousands, hundreds, tens, ones)))


def _judged(number: Decimal, given: str, measure: str, unit: str, remarks: list[str]) -> Reading:
    """The reading of a number that is well written, by what the measure allows; `remarks` are on its writing."""
    short, errors = _DIGITS[15].create_decimal(number), []
    # 17 digits are what a double prints; if it is a shorter number at the 15 that Excel shows, the rest is noise.
    noise = short != number == _DIGITS[17].create_decimal(number) and short == _DIGITS[14].create_decimal(short)
    remarks = [*remarks, "V121"] if noise else remarks
    if short and (short.adjusted() >= 15 or (measure == "amount" and short.adjusted() < -9)):
        errors.append("V118")
    elif measure != "amount" and not ((noise or short == number) and short == short.to_integral_value()):
        errors.append("V104")
    elif short != number and not noise:
        errors.append("V118")
    elif measure == "amount" and len(figure_text(short).partition(".")[2]) > _FINEST.get(unit, 15):
        remarks = [*remarks, "V123"]
    if short < 0 and measure != "change":
        errors.append("V105")
    remarks = sorted(remarks, key=_REMARKS.index)
    if errors:
        return _refused(errors[0], given, more=(*errors[1:], *(code for code in remarks if code not in _READ_AS)))
    value = int(short) if measure != "amount" else short if short else Decimal(0)
    code, due = (remarks[0], figure_text(value)) if remarks else ("", "")
    return Reading(value, code, given, due, tuple(remarks[1:]))


def _refused(code: str, given: str, due: str = "", more: tuple[str, ...] = ()) -> Reading:
    return Reading(None, code, given, due or _DUE.get(code, "数字"), more)


def _class(sign: str) -> str:
    """Unicode's category; Cf also for the other characters that have no shape of their own."""
    return "Cf" if "\ufe00" <= sign <= "\ufe0f" or sign == "\u034f" else category(sign)


def _evaluate(formula: str) -> Decimal | None:
    """The value of a formula of constants, `+ - * / ( )`, or None if it is anything else."""
    tokens = _TOKEN.findall(formula) if len(formula) <= 200 else []
    if "".join(tokens) != formula.replace(" ", ""):
        return None
    tokens.reverse()
    try:
        value = _term(tokens, 0, 0)
    except (ValueError, IndexError, ZeroDivisionError):
        return None
    return None if tokens else _DIGITS[40].divide(Decimal(value.numerator), Decimal(value.denominator))


def _term(tokens: list[str], level: int, depth: int) -> Fraction:
    """Recursive descent, tokens last first: level 0 a sum, 1 a product, 2 a factor; at most 20 deep."""
    if depth > 20:
        raise ValueError
    if level < 2:
        value = _term(tokens, level + 1, depth)
        while tokens and tokens[-1] in ("+-", "*/")[level]:
            apply = _OPERATORS[tokens.pop()]
            value = apply(value, _term(tokens, level + 1, depth))
        return value
    token = tokens.pop()
    if token in "+-":
        return _OPERATORS[token](Fraction(0), _term(tokens, 2, depth + 1))
    if token != "(":
        return Fraction(token)  # ValueError if it is no number
    value = _term(tokens, 0, depth + 1)
    if tokens.pop() != ")":
        raise ValueError
    return value
