"""`number` against every row of the common treatment of cells, and what must hold of any cell."""

import time
import unicodedata
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xls_report.figure import figure_text
from xls_report.number import Reading, read_figure

WARNINGS = {"", "V110", "V111", "V112", "V113", "V119", "V121", "V123", "V125", "V127"}
UNITS = {"count": "件", "change": "项", "amount": "万元"}

# A reading as the table writes it: "12" or "12 V111" (value and codes), "V104" (refused).
Row = tuple[str, str | None, str, str, str]

N_ROWS: list[Row] = [
    # kind, text, count, change, amount
    ("n", "12", "12", "12", "12"),
    ("n", "12.0", "12", "12", "12"),
    ("n", "0", "0", "0", "0"),
    ("n", "-0", "0", "0", "0"),
    ("n", "-0.0", "0", "0", "0"),
    ("n", "007", "7", "7", "7"),
    ("n", " 12\n", "12", "12", "12"),
    ("n", "12.5", "V104", "V104", "12.5"),
    ("n", "-3", "V105", "-3", "V105"),
    ("n", "-3.5", "V104 V105", "V104", "V105"),
    ("n", "1.2E3", "1200", "1200", "1200"),
    ("n", "1.2e+3", "1200", "1200", "1200"),
    ("n", "1.2E-1", "V104", "V104", "0.12"),
    ("n", "0.30000000000000004", "V104", "V104", "0.3 V121"),
    ("n", "7539.4432520000002", "V104", "V104", "7539.443252 V121"),
    ("n", "0.29999999999999999", "V104", "V104", "0.3 V121"),
    ("n", "12.000000000000002", "12 V121", "12 V121", "12 V121"),
    ("n", "11.999999999999998", "12 V121", "12 V121", "12 V121"),
    ("n", "0.3333333333333333", "V104", "V104", "V118"),
    ("n", "419.43333333333334", "V104", "V104", "V118"),
    ("n", "5.5511151231257827E-17", "V104", "V104", "V118"),
    ("n", "0.123456", "V104", "V104", "0.123456"),
    ("n", "0.1234567", "V104", "V104", "0.1234567 V123"),
    ("n", "36525", "36525", "36525", "36525"),
    ("n", "36526", "36526 V119", "36526 V119", "36526 V119"),
    ("n", "46085", "46085 V119", "46085 V119", "46085 V119"),
    ("n", "58000", "58000 V119", "58000 V119", "58000 V119"),
    ("n", "58001", "58001", "58001", "58001"),
    ("n", "46085.5", "V104 V119", "V104 V119", "46085.5"),  # a date with a time
    ("n", "-46085", "V105", "-46085", "V105"),
    ("n", "999999999999999", "999999999999999", "999999999999999", "999999999999999"),
    ("n", "1000000000000000", "V118", "V118", "V118"),
    ("n", "999999999999999.99", "V118", "V118", "V118"),
    ("n", "-1000000000000000", "V118 V105", "V118", "V118 V105"),
    ("n", "1E+15", "V118", "V118", "V118"),
    ("n", "1234567890123456", "V118", "V118", "V118"),
    ("n", "12345678.901234567", "V104", "V104", "V118"),
    ("n", "1E400", "V118", "V118", "V118"),
    ("n", "1E999", "V118", "V118", "V118"),
    ("n", "1E99999", "V118", "V118", "V118"),
    ("n", "0E999", "0", "0", "0"),
    ("n", "NaN", "V118", "V118", "V118"),
    ("n", "INF", "V118", "V118", "V118"),
    ("n", "-inf", "V118", "V118", "V118"),
    ("n", "1" * 5000, "V118", "V118", "V118"),
    ("n", "１２", "V103", "V103", "V103"),
    ("n", "1_000", "V103", "V103", "V103"),
    ("n", "٢", "V103", "V103", "V103"),
    ("n", "+12", "V103", "V103", "V103"),
    ("n", ".5", "V103", "V103", "V103"),
    ("n", "12.", "V103", "V103", "V103"),
    ("n", "0x1F", "V103", "V103", "V103"),
    ("n", None, "V101", "V101", "V101"),
    ("n", "", "V101", "V101", "V101"),
    ("b", "1", "V107", "V107", "V107"),
    ("e", "#REF!", "V108", "V108", "V108"),
    ("e", "#N/A", "V108", "V108", "V108"),
    ("d", "2025-01-20", "V106", "V106", "V106"),
]

S_ROWS: list[Row] = [
    *[("s", text, "12 V111", "12 V111", "12 V111") for text in
      ("12", " 12 ", "12\n", "\t12", "\u300012", "12\xa0", "\u200b12\u200b", "\ufeff12", "012", "12.0", "+12")],
    *[("s", f"1{mark}2", "V124", "V124", "V124") for mark in "\u200b\u200d\u202e\u2066\ufeff\xad\u2060\ufe0f"],
    ("s", "\u202d12\u202c", "V124", "V124", "V124"),
    ("s", "１２", "12 V112", "12 V112", "12 V112"),
    ("s", "１２．５", "V104", "V104", "12.5 V112"),
    ("s", "１，２３４", "1234 V112", "1234 V112", "1234 V112"),
    ("s", "1,234", "1234 V112", "1234 V112", "1234 V112"),
    ("s", "12,345,678.50", "V104", "V104", "12345678.5 V112"),
    *[("s", text, "V116", "V116", "V116") for text in
      ("1,23", "1.234,5", "1 234", "1\u3000234", "1\xa0234", "1\n2", "1,2345", "0,123", "1,,234", "1.2.3", "12.", ".5",
       "1_000", "1'234", "3、4", "- 3", "12。")],
    ("s", "1.234", "V104", "V104", "1.234 V111"),
    ("s", "12件", "12 V113", "V114", "V114"),
    ("s", "１２ 件", "12 V113 V112", "V114", "V114"),
    ("s", "12项", "V114", "12 V113", "V114"),
    ("s", "12.5件", "V104", "V114", "V114"),
    ("s", "12万元", "V114", "V114", "12 V113"),
    ("s", "1,258.4万元", "V114", "V114", "1258.4 V113 V112"),
    *[("s", text, "V114", "V114", "V114") for text in
      ("12万", "3千", "12元", "251000元", "￥12", "¥12", "12w", "3k", "12亿元", "12条", "十二元")],
    ("s", "12万件", "V114", "V114", "V114"),
    *[("s", text, "V115", "V115", "V115") for text in ("十二", "一百零三", "两", "一二", "壹拾", "三点五", "负三")],
    *[("s", text, "V117", "V117", "V117") for text in
      ("²", "⑫", "Ⅻ", "½", "٢", "12²", "１2²", "㈠", "〡", "𝟏𝟐", "४")],
    *[("s", text, "V101", "V101", "V101") for text in ("", " ", "\u3000", "\xa0", "\u200b", "\ufeff \n\t")],
    *[("s", text, "V102", "V102", "V102") for text in
      ("无", " 无 ", "/", "／", "—", "——", "-", "－", "−", "--", "–", "没有", "N/A", "n/a", "NA", "Ｎ／Ａ", "不适用",
       "零", "○", "〇", "…", "……", "暂无", "无此项业务", "持平")],
    *[("s", text, "V126", "V126", "V126") for text in ("1e3", "1E+3", "1.2e-3", "1e400")],
    *[("s", text, "V118", "V118", "V118") for text in ("NaN", "inf", "1" * 16, "9" * 5000, "1" + "0" * 15)],
    *[("s", text, "V103", "V103", "V103") for text in
      ("甲", "约12", "12左右", "12余件", "1/2", "3+4", "(3)", "（3）", "TRUE", "是", "1月2日", "0x1F", "--5", "+-5",
       "增", "12 甲", "\x00", "\ud800", "12\x00")],
    ("s", "#REF!", "V108", "V108", "V108"),
    ("s", "=3+4", "V109", "V109", "V109"),
    ("s", "50%", "V120", "V120", "V120"),
    ("s", "５０％", "V120", "V120", "V120"),
    ("s", "46085", "46085 V111", "46085 V111", "46085 V111"),
    ("s", "+5", "5 V111", "5 V111", "5 V111"),
    ("s", "＋5", "5 V112", "5 V112", "5 V112"),
    ("s", "-3", "V105", "-3 V111", "V105"),
    ("s", "－3", "V105", "-3 V112", "V105"),
    ("s", "−3", "V105", "-3 V112", "V105"),
    ("s", "-0", "0 V111", "0 V111", "0 V111"),
    ("s", "增5", "V103", "5 V127", "V103"),
    ("s", "减3", "V103", "-3 V127", "V103"),
    ("s", "增加5", "V103", "5 V127", "V103"),
    ("s", "减少 ３", "V103", "-3 V127 V112", "V103"),
    ("s", "增5项", "V103", "5 V127 V113", "V103"),
    ("s", "减0", "V103", "0 V127", "V103"),
    ("s", "减-3", "V103", "V103", "V103"),
    ("s", "增2.5", "V103", "V104", "V103"),
    ("s", "减十二", "V103", "V115", "V103"),
]  # fmt: skip


def said(reading: Reading) -> str:
    codes = [code for code in (reading.code, *reading.more) if code]
    if reading.value is None:
        return " ".join(codes)
    return " ".join([format(Decimal(reading.value).normalize(), "f"), *codes])


@pytest.mark.parametrize(("kind", "text", "count", "change", "amount"), N_ROWS + S_ROWS)
def test_every_row(kind: str, text: str | None, count: str, change: str, amount: str) -> None:
    for measure, wanted in (("count", count), ("change", change), ("amount", amount)):
        reading = read_figure(kind, text, None, measure, UNITS[measure])
        assert said(reading) == wanted, measure
        assert type(reading.value) in ((Decimal, type(None)) if measure == "amount" else (int, type(None)))


class Formula(NamedTuple):
    formula: str
    cached: str | None
    measure: str
    wanted: str
    kind: str = "n"


@pytest.mark.parametrize(
    "case",
    [
        Formula("3+4", "7", "count", "7 V110"),
        Formula(" 3 + 4*2 ", "11", "count", "11 V110"),
        Formula("-(3-4)*2/.5", "4", "count", "4 V110"),
        Formula("5", "5", "count", "5 V110"),
        Formula("0.1+0.2", "0.30000000000000004", "amount", "0.3 V110"),
        Formula("12584000/10000", "1258.4", "amount", "1258.4 V110"),
        Formula("40000+1", "40001", "count", "40001 V119 V110"),
        Formula("3-4", "-1", "change", "-1 V110"),
        Formula("3-4", "-1", "count", "V105 V110"),
        Formula("7/2", "3.5", "count", "V104 V110"),
        Formula("1/3", "0.33333333333333331", "amount", "V118 V110"),
        Formula("10000000*100000000", "1000000000000000", "count", "V118 V110"),
        Formula("3+4", "8", "count", "V109"),
        Formula("3+4", None, "count", "V109"),
        Formula("3+4", "7", "count", "V109", "s"),
        Formula("3+4", "NaN", "count", "V109"),
        Formula("A1+4", "7", "count", "V109"),
        Formula("SUM(A1:A3)", "7", "count", "V109"),
        Formula("[1]Sheet1!A1", "7", "count", "V109"),
        Formula('DISPIMG("x",1)', "7", "count", "V109"),
        Formula("1/0", "7", "count", "V109"),
        Formula("2^3", "8", "count", "V109"),
        Formula("50%", "0.5", "amount", "V109"),
        Formula("1E1", "10", "count", "V109"),
        Formula("3 4", "34", "count", "V109"),
        Formula("(3+4", "7", "count", "V109"),
        Formula("3+4)", "7", "count", "V109"),
        Formula("3+", "3", "count", "V109"),
        Formula("", "7", "count", "V109"),
        Formula("٣+4", "7", "count", "V109"),
        Formula("(" * 19 + "7" + ")" * 19, "7", "count", "7 V110"),
        Formula("(" * 90 + "7" + ")" * 90, "7", "count", "V109"),
        Formula("-" * 150 + "7", "7", "count", "V109"),
        Formula("1+" * 100 + "1", "101", "count", "V109"),
        Formula("1/0", "#DIV/0!", "count", "V108", "e"),
        Formula("1=1", "1", "count", "V107", "b"),
    ],
)
def test_formulas(case: Formula) -> None:
    reading = read_figure(case.kind, case.cached, case.formula, case.measure, UNITS[case.measure])
    assert said(reading) == case.wanted
    assert reading.given.startswith(("=", "#"))


@pytest.mark.parametrize(
    ("kind", "text", "formula", "measure", "wanted"),
    [
        ("n", "0.5", None, "count", "V120"),
        ("n", "12", None, "count", "V120"),
        ("n", "0.5", None, "change", "V104 V125"),
        ("n", "12", None, "change", "12 V125"),
        ("n", "0.5", None, "amount", "0.5 V125"),
        ("n", "7", "A1", "count", "V120"),
        ("n", "7", "3+4", "count", "V120"),
        ("n", "7", "3+4", "amount", "7 V125 V110"),
        ("n", None, None, "count", "V101"),
        ("s", "12", None, "count", "12 V111"),
    ],
)
def test_percent_formats(kind: str, text: str | None, formula: str | None, measure: str, wanted: str) -> None:
    assert said(read_figure(kind, text, formula, measure, UNITS[measure], percent=True)) == wanted


def test_date_formats_refuse_any_number_and_no_text() -> None:
    for measure, unit in UNITS.items():
        assert said(read_figure("n", "46085", None, measure, unit, date=True)) == "V106"
        assert said(read_figure("n", "12", None, measure, unit, date=True)) == "V106"
        assert said(read_figure("n", "12", "A1", measure, unit, date=True)) == "V106"
        assert said(read_figure("s", "12", None, measure, unit, date=True)) == "12 V111"
        assert said(read_figure("n", None, None, measure, unit, date=True)) == "V101"


def test_formats_that_show_another_number_refuse_any_number_and_no_text() -> None:
    for measure, unit in UNITS.items():
        assert said(read_figure("n", "12", None, measure, unit, disguise=True)) == "V128"
        assert said(read_figure("n", "12", "3*4", measure, unit, disguise=True)) == "V128"
        assert said(read_figure("s", "12", None, measure, unit, disguise=True)) == "12 V111"
        assert said(read_figure("n", None, None, measure, unit, disguise=True)) == "V101"


def test_blank_is_zero_only_for_blanks() -> None:
    for text in (None, "", " \u3000"):
        assert read_figure("s", text, None, "count", "件", blank_is_zero=True)[:2] == (0, "")
    assert read_figure("n", None, None, "amount", "万元", blank_is_zero=True).value == Decimal(0)
    assert said(read_figure("s", "无", None, "count", "件", blank_is_zero=True)) == "V102"
    assert said(read_figure("n", "5", None, "count", "件", blank_is_zero=True)) == "5"
    assert said(read_figure("n", None, "A1", "count", "件", blank_is_zero=True)) == "V109"


def test_units() -> None:
    assert said(read_figure("s", "12", None, "count", "")) == "12 V111"
    assert said(read_figure("s", "12件", None, "count", "")) == "V114"
    assert said(read_figure("s", "12元", None, "amount", "元")) == "12 V113"
    assert said(read_figure("s", "12万元", None, "amount", "元")) == "V114"
    assert said(read_figure("n", "12.345", None, "amount", "元")) == "12.345 V123"
    assert said(read_figure("s", "件", None, "count", "件")) == "V103"
    assert said(read_figure("s", "零件", None, "count", "件")) == "V115"  # neither a part nor a count


@pytest.mark.parametrize(
    ("text", "measure", "unit", "due"),
    [
        ("无", "count", "件", "0"),
        ("", "count", "件", "0"),
        ("12.5", "count", "件", "整数"),
        ("12件", "count", "件", "12"),
        ("十二", "count", "件", "12"),
        ("十二件", "count", "件", "12"),
        ("一百零三", "count", "件", "103"),
        ("一百十二", "count", "件", "112"),
        ("二百二十", "count", "件", "220"),
        ("壹仟零贰拾", "count", "件", "1020"),
        ("三千零五", "count", "件", "3005"),
        ("两千", "count", "件", "2000"),
        ("两", "count", "件", "2"),
        ("减十二", "change", "项", "-12"),
        ("一二", "count", "件", ""),
        ("一百二", "count", "件", ""),  # colloquially 120
        ("一百零十", "count", "件", ""),
        ("十十", "count", "件", ""),
        ("二〇", "count", "件", ""),
        ("十二万", "amount", "万元", ""),
        ("251000元", "amount", "万元", "25.10"),
        ("1.2亿元", "amount", "万元", "12000.00"),
        ("12万元", "amount", "元", "120000.00"),
        ("12万", "count", "件", "120000"),
        ("3千件", "count", "件", "3000"),
        ("12万", "amount", "万元", "不带单位的数字"),
        ("12元", "count", "件", "不带单位的数字"),
        ("1.23456万", "count", "件", "不带单位的数字"),
    ],
)
def test_what_is_due(text: str, measure: str, unit: str, due: str) -> None:
    assert read_figure("s", text, None, measure, unit).due == due


def test_given_is_safe_to_show_and_short() -> None:
    assert read_figure("n", "1.2E3", None, "count", "件").given == "1.2E3"
    assert read_figure("b", "1", None, "count", "件").given == "TRUE"
    assert read_figure("s", "1\u202e2\n", None, "count", "件").given == "1\\u202E2 "
    assert read_figure("s", "12\u3000件", None, "count", "件").given == "12\u3000件"
    assert read_figure("s", "甲" * 60, None, "count", "件").given == "甲" * 60
    assert read_figure("s", "甲" * 61, None, "count", "件").given == "甲" * 59 + "…"
    assert len(read_figure("s", "\u200d" * 5000, None, "count", "件").given) <= 60
    assert read_figure("n", "7", "B\u200b1", "count", "件").given == "=B\\u200B1"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12, "12"),
        (-3, "-3"),
        (Decimal("0"), "0.00"),
        (Decimal("-0"), "0.00"),
        (Decimal("251.3"), "251.30"),
        (Decimal("251.300"), "251.30"),
        (Decimal("7539.443252"), "7539.443252"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("1E-9"), "0.000000001"),
    ],
)
def test_figure_text(value: int | Decimal, text: str) -> None:
    assert figure_text(value) == text


def test_wrong_calls_raise() -> None:
    with pytest.raises(ValueError, match="measure"):
        read_figure("n", "12", None, "number", "件")
    with pytest.raises(ValueError, match="kind"):
        read_figure("inlineStr", "12", None, "count", "件")


def test_long_texts_take_no_time() -> None:
    start = time.perf_counter()
    for text in ("9" * 10**5, "1," * 50_000, "- " * 50_000, "增" + " " * 10**5 + "x", "十" * 10**5, "无" * 10**5):
        assert read_figure("s", text, None, "change", "项").value is None
    assert time.perf_counter() - start < 2


@given(st.integers(0, 10**15 - 1))
def test_whole_numbers_read_the_same(figure: int) -> None:
    for kind, text in (("n", str(figure)), ("n", f"{figure}.0"), ("s", str(figure)), ("s", f"{figure:,}")):
        reading = read_figure(kind, text, None, "count", "件")
        assert reading.value == figure
        assert {reading.code, *reading.more} <= WARNINGS
    reading = read_figure("n", str(figure), None, "amount", "万元")
    assert reading.value == Decimal(figure)
    assert reading.code == ("V119" if 36526 <= figure <= 58000 else "")


@given(st.integers(1, 10**15 - 1), st.integers(0, 9))
def test_decimals_of_15_digits_survive_a_double(digits: int, places: int) -> None:
    exact = Decimal(digits).scaleb(-places)
    for text in (repr(float(exact)), f"{float(exact):.17g}"):
        reading = read_figure("n", text, None, "amount", "")
        if reading.value is None:  # the one honest doubt: 17 digits whose 15 give no shorter number
            assert text != repr(float(exact))
            assert reading.code == "V118"
        else:
            assert reading.value == exact


@given(st.integers(0, 9999))
def test_chinese_numerals_suggest_their_value(figure: int) -> None:
    digits, text = "零一二三四五六七八九", ""
    for figure_at, scale in zip(f"{figure:04d}", ("千", "百", "十", ""), strict=True):
        digit = int(figure_at)
        text += digits[digit] + scale if digit else "零" if text and not text.endswith("零") else ""
    text = text.rstrip("零")
    if text:
        assert read_figure("s", text, None, "count", "件")[:2] == (None, "V115")
        assert read_figure("s", text, None, "count", "件").due == str(figure)


PIECES = st.lists(
    st.sampled_from([*"0123456789０９,，.．+-－−eE 件万元十二增减无/%²\u200b\u3000\n", "增加"]), max_size=12
)
ANY_TEXT = st.one_of(st.text(), PIECES.map("".join), st.text("0123456789.,-+", max_size=24))


@settings(max_examples=300)
@given(
    ANY_TEXT,
    st.sampled_from("nsbed"),
    st.one_of(st.none(), ANY_TEXT, st.text("0123456789+-*/(). ", max_size=12)),
    st.sampled_from(sorted(UNITS)),
    st.booleans(),
    st.booleans(),
)
@example("１２", "s", None, "count", False, False)
def test_no_cell_raises_and_every_value_is_justified(
    text: str, kind: str, formula: str | None, measure: str, date: bool, percent: bool
) -> None:
    reading = read_figure(kind, text, formula, measure, UNITS[measure], date=date, percent=percent)
    codes = [code for code in (reading.code, *reading.more) if code]
    assert len(codes) == len(set(codes))
    assert len(reading.given) <= 60
    assert (reading.value is None) == (reading.code not in WARNINGS)
    if reading.value is None:
        return
    assert set(codes) <= WARNINGS
    assert kind in "ns"
    value = Decimal(reading.value)
    assert value >= 0 or measure == "change"
    assert abs(value) < 10**15
    assert Decimal(figure_text(reading.value)) == value
    if formula is None and "V121" not in codes:
        plain = unicodedata.normalize("NFKC", text).replace(",", "")
        shown = "".join(sign for sign in plain if sign.isascii() and (sign.isdigit() or sign in ".eE-"))
        assert Decimal(shown).copy_abs() == value.copy_abs()
        assert value >= 0 or any(sign in plain for sign in "-−减")
    if formula is None and text.isascii() and text.isdigit():
        assert value == int(text)
