"""Filling in: what does not fit is refused by name, all at once, and what was filled in is read back the same."""

from __future__ import annotations

import functools
import json
import math
import random
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import (
    Figure,
    as_data,
    data_file,
    done,
    form_of,
    forms,
    fractions,
    hashes,
    random_values,
    roster_file,
    run,
    unit_row,
    with_totals,
    workbook,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from xls_report.form import Form, Item
from xls_report.plan import compile_layout
from xls_report.reader import read
from xls_report.submission import Submission, Unit, export_object
from xls_report.writer import write

AMOUNT = "t2.fee.amount"
COUNT = "t3.new.person"


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _blank(tmp_path_factory.mktemp("blank"), 2025)


@pytest.fixture(scope="module")
def blank_2020(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _blank(tmp_path_factory.mktemp("blank"), 2020)


def _blank(folder: Path, year: int) -> Path:
    roster = roster_file(folder / "r.csv", [unit_row("001", "区教育局")])
    done("issue", year, roster, "-o", folder / "out")
    return next((folder / "out").glob("*.xlsx"))


def refused(book: Path, data: Any, tmp_path: Path) -> str:
    """Fill must end with 1, say why, and write nothing at all."""
    folder = tmp_path / "refused"
    folder.mkdir(exist_ok=True)
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    file = tmp_path / "data.json"
    file.write_text(text, encoding="utf-8")
    found = done("fill", book, file, "-o", folder / "out.xlsx", status=1)
    assert found.out == b""
    assert list(folder.iterdir()) == []
    assert "Traceback" not in found.err
    return found.err


def filled(book: Path, data: Any, tmp_path: Path, name: str = "out.xlsx") -> Path:
    out = tmp_path / name
    done("--force", "fill", book, data_file(tmp_path / f"{name}.json", data), "-o", out)
    return out


def exported(book: Path) -> Any:
    (entry,) = run("export", book).json
    return entry


# --- refused by name ---------------------------------------------------------------------------------------------

WRONG_VALUES: list[tuple[str, Any]] = [
    ("t3.new.nobody", 1),
    ("t9.new.person", 1),
    ("", 1),
    (COUNT, 1.0),
    (COUNT, 1.5),
    (COUNT, True),
    (COUNT, False),
    (COUNT, "1"),
    (COUNT, ""),
    (COUNT, -1),
    (COUNT, [1]),
    (COUNT, {}),
    (COUNT, 10**15),
    (COUNT, 10**400),
    (AMOUNT, 1.5),
    (AMOUNT, True),
    (AMOUNT, -1),
    (AMOUNT, "-1"),
    (AMOUNT, "-0.01"),
    (AMOUNT, "1e3"),
    (AMOUNT, "1,000.00"),
    (AMOUNT, " 1.00"),
    (AMOUNT, "1.00\n"),
    (AMOUNT, "１"),
    (AMOUNT, "٣"),
    (AMOUNT, ""),
    (AMOUNT, "."),
    (AMOUNT, "1."),
    (AMOUNT, ".5"),
    (AMOUNT, "NaN"),
    (AMOUNT, "251.30万元"),
    (AMOUNT, "1234567890123456"),
    (AMOUNT, "123456789012345.6"),
    (AMOUNT, 10**15),
    (AMOUNT, [1]),
    ("t3.new.total", "1"),
    ("t3.new.total", 1.0),
    ("t3.new.total", True),
]


@pytest.mark.parametrize(("item", "value"), WRONG_VALUES, ids=lambda v: str(v)[:24])
def test_a_figure_of_the_wrong_kind_is_refused_by_its_name(blank: Path, tmp_path: Path, item: str, value: Any) -> None:
    assert item in refused(blank, {"values": {item: value}}, tmp_path)


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e2", "1E400", "-0.0", "1.0"])
def test_json_numbers_that_are_not_whole_are_refused(blank: Path, tmp_path: Path, literal: str) -> None:
    for item in (COUNT, AMOUNT):
        assert item in refused(blank, f'{{"values": {{"{item}": {literal}}}}}', tmp_path)


def test_every_fault_is_named_at_once(blank: Path, tmp_path: Path) -> None:
    data = {
        "nonsense": 1,
        "form": "gkbg-2019",
        "year": 2024,
        "unit": {"code": "002", "name": "x"},
        "values": {"t3.new.nobody": 1, COUNT: -1, AMOUNT: "x", "t3.new.total": 5},
        "texts": {"s9": ["x"], "s5": "x"},
        "cover": {"fax": "1", "signed_on": "昨天"},
        "zero_report": ["t9"],
        "explanations": {"G999": "x", "G301": "x"},
    }
    text = refused(blank, data, tmp_path)
    for word in (
        "nonsense",
        "gkbg-2019",
        "2024",
        "002",
        "t3.new.nobody",
        COUNT,
        AMOUNT,
        "s9",
        "s5",
        "fax",
        "signed_on",
        "t9",
        "G999",
        "G301",
    ):
        assert word in text, word
    assert len(text.splitlines()) >= 14


def test_a_total_is_never_filled_in_but_compared(blank: Path, tmp_path: Path) -> None:
    parts = {f"t4.review.{result}": n for n, result in enumerate(("upheld", "corrected", "other", "pending"), 1)}
    text = refused(blank, {"values": {**parts, "t4.review.total": 11}}, tmp_path)
    assert "t4.review.total" in text
    assert "11" in text
    assert "10" in text
    text = refused(blank, {"values": {"t4.review.total": 0}}, tmp_path)
    assert "t4.review.total" in text
    book = filled(blank, {"values": {**parts, "t4.review.total": 10}}, tmp_path)
    assert exported(book)["values"]["t4.review.total"] == 10


def test_a_figure_in_a_table_declared_zero_is_refused(blank: Path, tmp_path: Path) -> None:
    data = {"values": {"t4.review.upheld": 1}, "zero_report": ["t4"]}
    assert "t4.review.upheld" in refused(blank, data, tmp_path)
    book = filled(blank, {"values": {"t4.review.upheld": 1}}, tmp_path)
    assert "t4.review.upheld" in refused(book, {"zero_report": ["t4"]}, tmp_path)
    zero = filled(blank, {"zero_report": ["t4"]}, tmp_path)
    assert "t4.direct.other" in refused(zero, {"values": {"t4.direct.other": 2}}, tmp_path)
    lifted = filled(zero, {"zero_report": [], "values": {"t4.direct.other": 2}}, tmp_path, "lifted.xlsx")
    assert exported(lifted)["values"]["t4.direct.other"] == 2
    assert exported(lifted)["zero_report"] == []


def test_a_table_declared_zero_exports_zeros(blank: Path, tmp_path: Path) -> None:
    found = exported(filled(blank, {"zero_report": ["t4", "t2"], "values": {"t4.review.upheld": 0}}, tmp_path))
    assert found["zero_report"] == ["t2", "t4"]
    assert {v for i, v in found["values"].items() if i.startswith("t4.")} == {0}
    assert found["values"][AMOUNT] == "0.00"
    assert {v for i, v in found["values"].items() if i.startswith("t3.")} == {None}


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"figures": {}}, "figures"),
        ({"Values": {}}, "Values"),
        ({"form": "gkbg-2019"}, "gkbg-2019"),
        ({"form": None}, "form"),
        ({"year": 2024}, "2024"),
        ({"year": "2025"}, "2025"),
        ({"year": 2025.0}, "2025"),
        ({"year": True}, "year"),
        ({"unit": {"code": "1"}}, "unit"),
        ({"unit": {"code": "002", "name": "区教育局"}}, "002"),
        ({"unit": "002"}, "unit"),
        ({"unit": None}, "unit"),
        ({"values": []}, "values"),
        ({"values": None}, "values"),
        ({"texts": []}, "texts"),
        ({"texts": {"s5": "一段"}}, "s5"),
        ({"texts": {"s5": [1]}}, "s5"),
        ({"texts": {"s5": [None]}}, "s5"),
        ({"texts": {"s7": []}}, "s7"),
        ({"texts": {"s5": ["a\u0000b"]}}, "s5"),
        ({"texts": {"s5": ["a\ud800b"]}}, "s5"),
        ({"texts": {"s5": ["a\u001bb"]}}, "s5"),
        ({"texts": {"s5": ["字" * 40_000]}}, "s5"),
        ({"cover": {"fax": "1"}}, "fax"),
        ({"cover": {"leader": 1}}, "leader"),
        ({"cover": {"leader": ["x"]}}, "leader"),
        ({"cover": {"leader": "a\u0007"}}, "leader"),
        ({"cover": {"signed_on": "2026-1-20"}}, "signed_on"),
        ({"cover": {"signed_on": "2026-02-30"}}, "signed_on"),
        ({"cover": {"signed_on": "20260120"}}, "signed_on"),
        ({"cover": {"signed_on": "2026-W03-2"}}, "signed_on"),
        ({"cover": []}, "cover"),
        ({"zero_report": {}}, "zero_report"),
        ({"zero_report": "t4"}, "zero_report"),
        ({"zero_report": ["t5"]}, "t5"),
        ({"zero_report": [4]}, "zero_report"),
        ({"zero_report": [["t4"]]}, "zero_report"),
        ({"zero_report": [{}]}, "zero_report"),
        ({"explanations": []}, "explanations"),
        ({"explanations": {"G301": "勾稽不平的原因是这样那样"}}, "G301"),
        ({"explanations": {"G202": 1}}, "G202"),
        ({"explanations": {"G202": "a\u0000"}}, "G202"),
    ],
    ids=lambda v: str(v)[:40].encode("ascii", "backslashreplace").decode(),
)
def test_wrong_keys_kinds_and_identities_are_refused_by_name(blank: Path, tmp_path: Path, data: Any, word: str) -> None:
    text = refused(blank, json.dumps(data), tmp_path)
    assert word in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "[1]",
        "1",
        '"x"',
        "null",
        "[{}, {}]",
        "{",
        '{"values": {}} {}',
        "[" * 100_000,
        '{"values": {"t3.new.person": ' + "9" * 5000 + "}}",
    ],
    ids=lambda t: t[:20] or "empty",
)
def test_what_is_not_one_json_object_is_refused(blank: Path, tmp_path: Path, text: str) -> None:
    assert refused(blank, text, tmp_path).strip()


def test_a_json_file_in_gb18030_is_read_and_one_in_nothing_is_refused_in_words(blank: Path, tmp_path: Path) -> None:
    file = tmp_path / "d.json"
    file.write_bytes('{"cover": {"leader": "某负责人"}}'.encode("gb18030"))
    done("fill", blank, file, "-o", tmp_path / "x.xlsx")
    assert exported(tmp_path / "x.xlsx")["cover"] == {"leader": "某负责人"}
    file.write_bytes(b'{"cover": {"leader": "\xff\xff"}}')
    found = run("fill", blank, file, "-o", tmp_path / "y.xlsx")
    assert found.status == 1
    assert found.err.startswith("d.json：既不是 UTF-8 也不是 GB18030 编码")
    assert not (tmp_path / "y.xlsx").exists()


def test_repeated_keys_are_refused(blank: Path, tmp_path: Path) -> None:
    assert COUNT in refused(blank, f'{{"values": {{"{COUNT}": 1, "{COUNT}": 2}}}}', tmp_path)
    assert "values" in refused(blank, '{"values": {}, "values": {}}', tmp_path)


def test_a_summary_or_a_foreign_book_is_not_filled_in(blank: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.xlsx"
    book = openpyxl.Workbook()
    book.save(foreign)
    assert "F201" in refused(foreign, {"values": {}}, tmp_path)
    (tmp_path / "text.xlsx").write_text("no workbook", encoding="utf-8")
    assert "F10" in refused(tmp_path / "text.xlsx", {"values": {}}, tmp_path)
    roster = roster_file(tmp_path / "r.csv", [unit_row("001")])
    part = workbook(tmp_path / "p.xlsx", 2025, ("001", "x"), random_values(form_of(2025), random.Random(1)))
    done("merge", part, "--roster", roster, "-o", tmp_path / "sum.xlsx")
    assert "汇总" in refused(tmp_path / "sum.xlsx", {"values": {}}, tmp_path)


# --- filled in ---------------------------------------------------------------------------------------------------


def test_null_blanks_a_cell_and_what_is_not_named_stays(blank: Path, tmp_path: Path) -> None:
    first = {
        "values": {COUNT: 5, AMOUNT: "1.50", "t4.review.upheld": 3},
        "texts": {"s5": ["甲"], "s6": ["乙"]},
        "cover": {"leader": "张三", "phone": "0595"},
        "explanations": {"G202": "因机构改革划入文件三件"},
        "zero_report": [],
    }
    book = filled(blank, first, tmp_path)
    second = filled(book, {"values": {COUNT: None, "t4.review.other": 4}}, tmp_path, "second.xlsx")
    found = exported(second)
    assert found["values"][COUNT] is None
    assert found["values"]["t3.new.total"] is None
    assert found["values"][AMOUNT] == "1.50"
    assert found["values"]["t4.review.upheld"] == 3
    assert found["values"]["t4.review.other"] == 4
    assert found["texts"] == first["texts"]
    assert found["cover"] == first["cover"]
    assert found["explanations"] == first["explanations"]
    third = filled(second, {"texts": {"s5": []}, "cover": {"leader": None}, "explanations": {"G202": ""}}, tmp_path)
    found = exported(third)
    assert found["texts"] == {"s6": ["乙"]}
    assert found["cover"] == {"phone": "0595"}
    assert found["explanations"] == {}


def test_an_empty_fill_changes_nothing_but_the_file(blank: Path, tmp_path: Path) -> None:
    book = filled(blank, {}, tmp_path)
    assert {**exported(book), "file": ""} == {**exported(blank), "file": ""}


def test_the_blank_is_not_touched_and_same_data_give_same_bytes(blank: Path, tmp_path: Path) -> None:
    before = hashes(blank.parent)
    data = {"values": {COUNT: 5, AMOUNT: 7}}
    one, two = filled(blank, data, tmp_path, "one.xlsx"), filled(blank, data, tmp_path, "two.xlsx")
    assert one.read_bytes() == two.read_bytes()
    assert hashes(blank.parent) == before
    assert exported(one)["values"][AMOUNT] == "7.00"


def test_an_existing_output_is_kept_without_force(blank: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    out.write_bytes(b"mine")
    data = data_file(tmp_path / "d.json", {"values": {COUNT: 1}})
    done("fill", blank, data, "-o", out, status=3)
    assert out.read_bytes() == b"mine"
    done("--force", "fill", blank, data, "-o", out)
    assert exported(out)["values"][COUNT] == 1
    done("--force", "fill", out, data_file(tmp_path / "e.json", {"values": {COUNT: 2}}), "-o", out, status=3)
    assert exported(out)["values"][COUNT] == 1


@pytest.mark.parametrize("part", ["s1.proactive", "s5", "s6"])
@pytest.mark.parametrize("number", [1, 12, 40, 41, 200])
def test_texts_of_more_paragraphs_than_rows(blank: Path, tmp_path: Path, part: str, number: int) -> None:
    paragraphs = [f"第{n}段，共{number}段。" for n in range(number)]
    assert exported(filled(blank, {"texts": {part: paragraphs}}, tmp_path))["texts"] == {part: paragraphs}


def test_lines_of_a_paragraph_become_paragraphs(blank: Path, tmp_path: Path) -> None:
    data = {"texts": {"s5": ["一\n二", "  三 ", "", "四"]}}
    assert exported(filled(blank, data, tmp_path))["texts"] == {"s5": ["一", "二", "三", "四"]}


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1", "-1", "'x", "=cmd|' /C calc'!A0", "_x0041_", "{=1}", "1e5"])
def test_texts_that_look_like_formulas_stay_texts(blank: Path, tmp_path: Path, text: str) -> None:
    data = {
        "texts": {"s5": [text]},
        "cover": {"leader": text, "document_no": text},
        "explanations": {"G202": text},
    }
    out = filled(blank, data, tmp_path)
    found = exported(out)
    assert found["texts"]["s5"] == [text]
    assert found["cover"]["leader"] == text
    assert found["explanations"]["G202"] == text
    book = openpyxl.load_workbook(out)
    cells = [c for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert all(not str(cell.value).startswith(f"={text.lstrip('=')}") for cell in cells)
    book.close()


def test_a_cover_date_is_kept_as_a_date(blank: Path, tmp_path: Path) -> None:
    for date in ("2026-01-20", "2024-02-29", "2025-12-31"):
        assert exported(filled(blank, {"cover": {"signed_on": date}}, tmp_path))["cover"] == {"signed_on": date}


def test_an_export_goes_back_in_as_it_is(blank: Path, tmp_path: Path) -> None:
    data = {
        "values": as_data(random_values(form_of(2025), random.Random(5))),
        "texts": {"s1.platform": ["甲", "乙"]},
        "cover": {"leader": "张三", "signed_on": "2026-01-20"},
        "explanations": {"G202": "因机构改革划入文件三件"},
    }
    first = filled(blank, data, tmp_path, "first.xlsx")
    array = tmp_path / "array.json"
    done("export", first, "-o", array)
    second = tmp_path / "second.xlsx"
    done("fill", blank, array, "-o", second)
    assert second.read_bytes() == first.read_bytes()


def test_figures_at_the_limits_survive(blank: Path, blank_2020: Path, tmp_path: Path) -> None:
    limits = {COUNT: 999_999_999_999_999, AMOUNT: "9999999999999.99", "t4.review.upheld": 0}
    found = exported(filled(blank, {"values": limits}, tmp_path))["values"]
    assert {item: found[item] for item in limits} == limits
    for amount in ("0.000001", "123456789.123456", "999999999999999", "0.1", "251.3", "251.30", "0.30000000000000004"):
        book = tmp_path / "x.xlsx"
        data = data_file(tmp_path / "x.json", {"values": {AMOUNT: amount}})
        status = run("--force", "fill", blank, data, "-o", book).status
        if status == 0:
            assert Decimal(exported(book)["values"][AMOUNT]) == Decimal(amount)
        else:
            assert status == 1
            assert amount == "0.30000000000000004"
    signed = {"t2.licence.items_change": -999_999_999_999_999, "t2.penalty.items_change": -1}
    found = exported(filled(blank_2020, {"values": signed}, tmp_path, "y.xlsx"))["values"]
    assert {item: found[item] for item in signed} == signed


def test_a_workbook_with_text_in_a_figure_cell_is_not_lost(blank: Path, tmp_path: Path) -> None:
    """A cell that could not be read and that the data do not name would become a blank in silence."""
    layout = compile_layout(form_of(2025))
    values = random_values(form_of(2025), random.Random(6))
    typed = write(layout, Submission(form_of(2025), 2025, Unit("001", "区教育局"), values), typed={COUNT: "约 12"})
    book = tmp_path / "typed.xlsx"
    book.write_bytes(typed)
    assert COUNT in refused(book, {"values": {AMOUNT: 1}}, tmp_path)
    named = filled(book, {"values": {COUNT: 12}}, tmp_path)
    assert exported(named)["values"][COUNT] == 12
    assert fractions(exported(named)["values"]) == with_totals(form_of(2025), {**values, COUNT: 12})


def test_a_fill_that_ends_well_is_accepted_by_check(blank: Path, blank_2020: Path, tmp_path: Path) -> None:
    for year, book in ((2025, blank), (2020, blank_2020)):
        data = {"values": as_data(random_values(form_of(year), random.Random(year)))}
        done("check", filled(book, data, tmp_path, f"{year}.xlsx"))


# --- any figures -------------------------------------------------------------------------------------------------


_MOST = 10**13 - 1  # so that no total gets more digits than a cell holds
_FAST = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking what goes through files takes minutes


def _amounts() -> st.SearchStrategy[Decimal]:
    def scaled(digits: int, places: int) -> Decimal:
        return Decimal(digits).scaleb(-places)

    return st.builds(scaled, st.integers(0, _MOST), st.integers(0, 6))


def _figure(item: Item) -> st.SearchStrategy[Figure]:
    if item.kind == "amount":
        return _amounts()
    return st.integers(-_MOST if item.kind == "change" else 0, _MOST)


@functools.cache
def _figures(form: Form) -> st.SearchStrategy[dict[str, Figure | None]]:
    """Some of the inputs, often small and often blank; the others come from a seed, as every draw costs time."""
    few = st.fixed_dictionaries(
        {}, optional={i.id: st.one_of(st.none(), _figure(i)) for i in form.inputs[::9] + form.inputs[9:13]}
    )

    def both(seed: int, drawn: dict[str, Figure | None]) -> dict[str, Figure | None]:
        rng = random.Random(seed)
        values: dict[str, Figure | None] = {}
        for item in form.inputs:
            size = 10 ** rng.randrange(14)
            match item.kind:
                case "amount":
                    values[item.id] = Decimal(rng.randrange(size)).scaleb(-rng.randrange(7))
                case "change":
                    values[item.id] = rng.randrange(-size, size)
                case _:
                    values[item.id] = rng.randrange(size)
            if rng.random() < 0.1:
                values[item.id] = None
        return values | drawn

    return st.builds(both, st.integers(0, 2**32), few)


@settings(max_examples=60, deadline=None, phases=_FAST)
@given(data=st.data(), form=st.sampled_from(forms()))
def test_any_figures_written_then_read_are_the_same(data: st.DataObject, form: Form) -> None:
    values = data.draw(_figures(form))
    submission = Submission(form, form.years[0], Unit("001", "区教育局"), values)
    reading = read(write(compile_layout(form), submission), forms())
    assert reading.submission is not None
    for item in form.inputs:
        there, due = reading.submission.values[item.id], values.get(item.id)
        assert there == due
        assert type(there) is type(due) or due == 0 or isinstance(due, Decimal)
    codes = {f.code for f in reading.findings}
    assert codes <= {"V101", "T101", "V123", "V119", "F206"}
    blanks = [i for f in reading.findings if f.code == "V101" for i in f.items]
    if codes != {"F206"}:
        assert sorted(blanks) == sorted(item.id for item in form.inputs if values.get(item.id) is None)


@settings(max_examples=25, deadline=None, phases=_FAST)
@given(data=st.data(), year=st.sampled_from([2019, 2020, 2021, 2025]))
def test_any_figures_survive_export_and_fill(data: st.DataObject, year: int) -> None:
    form = form_of(year)
    values = data.draw(_figures(form))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = workbook(folder / "a.xlsx", year, ("001", "甲"), values)
        blank = workbook(folder / "b.xlsx", year, ("001", "甲"), {})
        exports = run("export", book, "-o", folder / "a.json")
        assert exports.status in (0, 1)
        done("fill", blank, folder / "a.json", "-o", folder / "c.xlsx")
        (found,) = json.loads((folder / "a.json").read_text(encoding="utf-8"))
        assert {**exported(folder / "c.xlsx"), "file": ""} == {**found, "file": ""}
    present = {ident: value for ident, value in values.items() if value is not None}
    assert fractions({i: found["values"][i] for i in present}) == fractions(as_data(present))


def test_an_export_goes_back_in_even_where_a_total_has_16_digits(blank: Path, tmp_path: Path) -> None:
    data = {"values": {"t4.review.upheld": 9 * 10**14, "t4.review.corrected": 9 * 10**14 + 1}}
    data["values"] |= {"t4.review.other": 0, "t4.review.pending": 0}
    first = filled(blank, data, tmp_path)
    assert exported(first)["values"]["t4.review.total"] == 18 * 10**14 + 1
    done("export", first, "-o", tmp_path / "e.json", status=1)
    done("fill", blank, tmp_path / "e.json", "-o", tmp_path / "second.xlsx")
    assert (tmp_path / "second.xlsx").read_bytes() == first.read_bytes()


def test_the_export_object_of_any_submission_is_plain_json() -> None:
    form = form_of(2020)
    values = random_values(form, random.Random(8))
    text = json.dumps(export_object(Submission(form, 2020, Unit("1", "x"), values), "f"), allow_nan=False)
    numbers = [v for v in json.loads(text)["values"].values() if not isinstance(v, str)]
    assert all(type(v) is int and math.isfinite(v) for v in numbers)
