"""Every short way beside its slow, obvious twin: what is told fast is what the long way tells."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from random import Random
from typing import Any

import pytest
from fillings import FORMS, KINDS, filling
from test_prose import CORPUS

from xls_report import clauses, compare, hits, reader, totals
from xls_report import package as package_module
from xls_report.checksum import checksum, complete
from xls_report.figure import Figure
from xls_report.figures import read_figures
from xls_report.form import Form
from xls_report.heading import Measure
from xls_report.layout import Layout, Role, Sheet
from xls_report.number import read_figure, whole_number
from xls_report.package import Package, RawCell, RawSheet, Refusal, open_package, partxml
from xls_report.package.partxml import Record
from xls_report.package.refusal import Refused
from xls_report.plan import compile_layout
from xls_report.prose import prose_findings
from xls_report.speaker import OwnWords, own_words
from xls_report.submission import Submission, Unit, zero
from xls_report.totals import Total, as_due
from xls_report.writer import write

ROUNDS = 300
TEXTS = ("", "0", "7", "07", "12", "-3", "40000", "58001", "36525", "1e3", "1.0", " 5", "９", "٢", "9" * 15, "9" * 16)
by_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)


@cache
def opened(form: Form, kind: str) -> tuple[Package, Layout, Mapping[str, tuple[Sheet, RawSheet]]]:
    """A workbook of ours with its sheets, by id."""
    layout = compile_layout(form)
    package = open_package(write(layout, filling(form, kind, 1)))
    assert isinstance(package, Package)
    raws = {entry.name: package.read_sheet(entry) for entry in package.sheets}
    found: dict[str, tuple[Sheet, RawSheet]] = {}
    for sheet in layout.sheets:
        raw = raws[sheet.name]
        assert isinstance(raw, RawSheet)
        found[sheet.id] = sheet, raw
    return package, layout, found


def changed(raw: RawSheet, random: Random) -> RawSheet:
    """The sheet with one thing done to it."""
    cells = dict(raw.cells)
    address = random.choice(list(cells))
    cell = cells[address]
    act = random.randrange(8)
    if act == 0:
        del cells[address]
    elif act == 1:
        cells[address] = cell._replace(text=random.choice([None, "", "改", f"{cell.text} ", f"{cell.text}\u200b"]))
    elif act == 2:
        cells[address] = cell._replace(formula=random.choice([None, "1", f"{cell.formula} "]))
    elif act == 3:
        cells[random.choice(["B2", "A9", "D5", "J3", "T40", "C7", "E8"])] = RawCell("s", "注", None, 0)
    elif act == 4:
        return replace(raw, merges=(*raw.merges, random.choice(["A1:B2", "C5:D6", "B4:B9"])))
    elif act == 5:
        return replace(raw, hidden_rows=frozenset({random.randrange(1, 40)}))
    elif act == 6:
        return replace(raw, hidden_columns=((random.randrange(1, 6), random.randrange(6, 9)),))
    else:
        other = random.choice(list(cells))
        cells[address], cells[other] = cells[other], cells[address]
    return replace(raw, cells=cells)


@by_form
def test_a_sheet_as_issued_is_told_by_sets_and_any_other_the_long_way(form: Form) -> None:
    random = Random(form.id)
    told = 0
    for kind in KINDS:
        _, _, sheets = opened(form, kind)
        for sheet, raw in sheets.values():
            if sheet.compared and not sheet.hidden:
                assert compare._untouched(compare.shape_of(sheet), raw)
                assert compare._told(sheet, raw, "表") == ((), True)
                for _ in range(12):
                    other = changed(raw, random)
                    assert compare.compare(sheet, other, "表") == compare._told(sheet, other, "表")
                    told += compare._told(sheet, other, "表") != ((), True)
    assert told > 300


@pytest.mark.parametrize("kind", ["n", "s", "b", "e", "d"])
def test_a_whole_number_is_what_the_one_reading_reads(kind: str) -> None:
    taken = 0
    for text in (None, *TEXTS):
        for formula in (None, "1+1"):
            value = whole_number(kind, text, formula)
            if value is not None:
                taken += 1
                for measure in ("count", "change"):
                    assert read_figure(kind, text, formula, measure, "件") == (value, "", text, "", ())
    assert taken == (7 if kind == "n" else 0)  # 0, 7, 07, 12, 58001, 36525 and 15 digits


@by_form
def test_plain_figures_are_read_as_every_other(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    package, layout, sheets = opened(form, "balanced zero" if form is FORMS[0] else "balanced")
    random = Random(form.id)
    styles = [0, *sorted(package.formats.odd)[:1], 10_000]
    none = {sheet.id: () for sheet in layout.sheets}
    refused = 0
    for _ in range(40):
        other = {}
        for ident, (sheet, raw) in sheets.items():
            cells = dict(raw.cells)
            for cell in sheet.of(Role.INPUT):
                if random.random() < 0.5:
                    kind, text = random.choice("nnnnsbe"), random.choice(TEXTS)
                    formula = random.choice([None] * 9 + ["1"])
                    cells[cell.address] = RawCell(kind, text or None, formula, random.choice(styles))
            other[ident] = sheet, replace(raw, cells=cells)
        fast = read_figures(package, layout, other)
        with monkeypatch.context() as patch:
            patch.setitem(layout.__dict__, "counted", none)
            slow = read_figures(package, layout, other)
        assert fast == slow
        refused += len(slow.findings)
    assert refused > 400
    assert set(layout.counted) == {sheet.id for sheet in layout.sheets}


def added(form: Form, submission: Submission, ident: str) -> Figure | None:
    """A figure by the definition of its item alone."""
    item = form.item[ident]
    if item.total is None:
        value = submission.values.get(ident)
        return zero(item) if value is None and item.table.id in submission.zero_report else value
    parts = [added(form, submission, name.ident) for name in item.total.names]
    total: Figure = Decimal(0) if item.kind is Measure.AMOUNT else 0
    for part in parts:
        if part is None:
            return None
        total += part
    return total


@by_form
def test_totals_are_what_their_items_say(form: Form) -> None:
    blank = 0
    for kind in KINDS:
        for seed in range(5):
            submission = filling(form, kind, seed)
            due = {item.id: added(form, submission, item.id) for item in form.items}
            assert submission.figures == due
            assert list(submission.figures) == [item.id for item in form.items]
            assert {i: type(value) for i, value in submission.figures.items()} == {i: type(v) for i, v in due.items()}
            blank += sum(value is None for value in due.values())
    assert blank > 500


@by_form
def test_the_code_of_a_table_by_exact_decimals(form: Form) -> None:
    for kind in KINDS:
        figures = filling(form, kind, 3).figures
        for table in form.tables:
            inputs = [item for item in form.inputs if item.table is table]
            total = 0
            for weight, item in enumerate(inputs, 1):
                scaled = Decimal(figures[item.id] or 0) * (10**6 if item.kind is Measure.AMOUNT else 1)
                total += int(scaled.to_integral_value(ROUND_HALF_UP)) % 99991 * weight
            assert checksum(form, table, figures) == f"{total % 999983:06d}"
            assert complete(form, table, figures) is all(figures[item.id] is not None for item in inputs)


@by_form
def test_a_total_that_is_passed_over_has_nothing_wrong(form: Form) -> None:
    _, _, sheets = opened(form, "random prior explained")
    figures = filling(form, "random prior explained", 1).figures
    random = Random(form.id)
    passed = 0
    for sheet, raw in sheets.values():
        for cell in sheet.of(Role.TOTAL):
            due, there = figures[cell.key], raw.cells[cell.address]
            for _ in range(20):
                other = there._replace(
                    text=random.choice([there.text, "7", None, f"{there.text}0", f"{there.text}.0"]),
                    formula=random.choice([cell.content, cell.content, f"{cell.content}+1", None]),
                )
                if as_due(other, cell, due):
                    passed += 1
                    assert totals._judged(other, Total(cell, due, "合计")) == ("", "")
            assert not as_due(None, cell, due)
            assert not as_due(there, cell, None)
    assert passed > 40


def paragraphs(random: Random) -> Iterator[tuple[Any, str]]:
    """Clauses of the whole corpus thrown together, each time for another of its units."""
    pieces = [piece for say in CORPUS for piece in re.split("(?<=[，。；])", say.raw["text"]) if piece]
    for _ in range(ROUNDS):
        yield random.choice(CORPUS), "".join(random.choice(pieces) for _ in range(random.randrange(1, 25)))


def test_clauses_that_are_passed_over_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def all_of_them(_: Form) -> tuple[re.Pattern[str], re.Pattern[str]]:
        return re.compile(""), re.compile("")

    found = 0
    for say, text in paragraphs(Random(1)):
        submission = replace(say.submission, texts={say.raw["part"]: (text,)})
        layout = compile_layout(submission.form)
        fast = prose_findings(submission, layout)
        with monkeypatch.context() as patch:
            patch.setattr(hits, "_words", all_of_them)
            slow = prose_findings(submission, layout)
        assert fast == slow
        found += len(slow)
    assert found > 100


def test_a_unit_is_found_by_name_as_a_pattern_would_find_it() -> None:
    random = Random(2)
    found = 0
    for say, text in paragraphs(random):
        own = own_words(say.submission.unit.name, bool(say.submission.covers))
        said = f"{random.choice(own.names or ('我局',))}{text}{random.choice(own.names or ('本单位',))}局"
        pattern = re.compile("|".join([*map(re.escape, own.names), own.heads.pattern]))
        spans = list(own.spans(said))
        assert spans == [match.span() for match in pattern.finditer(said)]
        found += len(spans)
        line, other = clauses.Line(said), clauses.Line(said)
        line.replace(own.spans(line.text), clauses.OWN)
        other.replace((match.span() for match in pattern.finditer(other.text)), clauses.OWN)
        assert (line.text, line.places) == (other.text, other.places)
    assert found > ROUNDS
    assert [*OwnWords(("本局办公室",), re.compile("[我本]局")).spans("本局本局办公室、我局")] == [
        (0, 2),
        (2, 7),
        (8, 10),
    ]


def test_characters_that_are_dropped_leave_the_others_at_their_place() -> None:
    for text in ("“收到”１２ 件", "", " ", "甲", "a“", "\u3000“”甲 乙\t"):
        kept = [(char, n) for n, char in enumerate(text) if char not in "“” \u3000\t"]
        line = clauses.Line(text)
        assert line.places == [n for _, n in kept]
        assert line.text == "".join(char for char, _ in kept).translate(str.maketrans("１２", "12"))


def test_a_sheet_that_is_as_issued_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    data = write(compile_layout(FORMS[-1]), filling(FORMS[-1], "balanced", 5))
    monkeypatch.setattr(compare, "_told", never)
    assert not [found for found in reader.read(data, FORMS).findings if found.code.startswith("S")]


def outcome(read: Callable[[], tuple[Record, ...]]) -> tuple[Record, ...] | Refusal:
    """What a part gives, or its refusal."""
    try:
        return read()
    except Refused as refused:
        return refused.refusal


PIECES = (
    *(b"<", b">", b"&", b"&amp;", b"&#10;", b"<!--x-->", b"<![CDATA[x]]>", b"<?x a>b<?>", b"\n", b" ", b"\0", b"]]>"),
    *(b"\xee\x80\x80" + b"0\xee\x80\x81", b"\xef\xbf\xbf", b"\xff", b"\xc3", "长".encode(), b"x" * 600, b'"', b"/>"),
)
WANTED = (
    *package_module._WORKBOOK,
    *package_module._PROPERTIES,
    *package_module._APPLICATION,
    *(("Types/Default", 99, "x"), ("Types/Override", 99, "x"), ("Relationships/Relationship", 99, "x")),
)


def test_a_part_whose_texts_are_taken_out_reads_the_same() -> None:
    parts = zipfile.ZipFile(io.BytesIO(write(compile_layout(FORMS[-1]), filling(FORMS[-1], "balanced", 1))))
    names = [name for name in parts.namelist() if not re.search("sheet[0-9]|styles|theme|Strings", name)]
    random, refused, told = Random(3), 0, 0
    for name in names:
        whole = parts.read(name)
        for n in range(150):
            content = whole
            for _ in range(n % 4):
                at = random.randrange(len(content) + 1)
                content = content[:at] + random.choice(PIECES) + content[at + random.choice((0, 0, 1, 5)) :]
            if n % 25 == 24:
                content = (
                    whole.decode()
                    .replace("UTF-8", random.choice(("UTF-16", "utf-8", "iso-8859-1")))
                    .encode(random.choice(("utf-8", "utf-16", "utf-8-sig")))
                )
            found = outcome(lambda: partxml.records(content, name, WANTED))  # noqa: B023 - called at once
            due = outcome(lambda: partxml._cached.__wrapped__(content, name, WANTED))  # noqa: B023
            assert found == due
            refused += isinstance(due, Refusal)
            told += not isinstance(due, Refusal) and bool(due) and content != whole
    assert refused > 200
    assert told > 60


def test_the_next_workbook_of_a_form_is_not_parsed_again() -> None:
    first, second = (
        write(
            compile_layout(FORMS[-1]),
            replace(filling(FORMS[-1], "balanced", seed), unit=Unit(f"{seed:03}", f"第{seed}局")),
        )
        for seed in (1, 2)
    )
    open_package(first)
    before = partxml._cached.cache_info().misses
    other = open_package(second)
    assert isinstance(other, Package)
    assert partxml._cached.cache_info().misses == before
    assert any("002" in text for text in other.properties.values())
    assert any("002" in text for text in other.names.values())


def test_a_text_beyond_the_limit_is_refused_whatever_was_taken_out() -> None:
    text = "<a/>".join(["x" * 500] * 66)
    content = f'<Properties xmlns="{partxml._OFFICE}extended-properties"><Application>{text}</Application></Properties>'
    with pytest.raises(Refused, match="F106"):
        partxml.records(content.encode(), "x", package_module._APPLICATION)
