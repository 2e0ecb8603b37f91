"""A copy is what rendering gives, member for member and byte for byte, for any unit and any figures of last year."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import openpyxl
import pytest
from fillings import FORMS, filling, random_figures
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from office import convert, needs_office

from xls_report import copies
from xls_report.copies import copy
from xls_report.figure import Figure
from xls_report.form import Form
from xls_report.layout import Kind, Role, iter_cells
from xls_report.plan import compile_layout
from xls_report.reader import read
from xls_report.splice import member, members, package
from xls_report.submission import Cover, Submission, Unit
from xls_report.writer import WriterError, write

FORM = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
KINDS = (Kind.UNIT, Kind.TABLES)
CODES = ("004", "0", "A-1_b.c", "35050501", "_x0041_", "2021", "unit", "z" * 32)
NAMES = (
    *("某区财政局", "甲", "A&B局", "R&D", "<b>局</b>", '"局"', "'局'", "局>厅<", "a&amp;b", "&L&C", "&&", "𠮷局", "é"),
    *(
        "局 二",
        "局\u3000二",
        "局\xa0二",
        "局" * 60,
        "局" * 200,
        "R&" * 60,
        "=1+1",
        "{name}",
        "$D$5",
        "\\u4e00",
        "\uf8e2",
    ),
    *("_x0041_", "_x004_", "_X0041_", "a_xABCD_b", " 局", "局 ", "\u3000局", "局\xa0", "局\n二", "局\t二", "\x01局"),
    *(
        "<r>局</r>",
        "<r>局",
        "局&[Page]",
        "局&[Picture]",
        "R&G",
        "<si>",
        "</t></si>",
        "]]>",
        "\x85局",
        "\u2028局",
        "\ue000",
        "7000000000000001",
    ),
)


def words(form: Form) -> tuple[str, ...]:
    """Texts that every workbook of the form has."""
    layout = compile_layout(form)
    return ("unit", "否", "name", form.id, layout.digest, *(cell.content for _, cell in iter_cells(layout, Role.LABEL)))


def same(given_by: Submission, kind: Kind, password: str = "") -> bytes:
    """The copy, held against the rendered workbook member for member, or refused as that is."""
    layout = compile_layout(given_by.form, kind)
    try:
        due = write(layout, given_by, password=password)
    except WriterError as fault:
        refused = str(fault)
        with pytest.raises(WriterError, match=f"^{re.escape(refused)}$"):
            copy(layout, given_by, password=password)
        return b""
    data = copy(layout, given_by, password=password)
    facts = [[(part.name, part.content, part.crc, part.size) for part in members(each)] for each in (data, due)]
    for ours, theirs in zip(*facts, strict=True):
        assert ours == theirs, (given_by.unit, ours[0])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "[Content_Types].xml"
    return data


def last_year(form: Form, random: Random, share: float) -> dict[str, Figure]:
    """Figures of some of the items, totals too, amounts with or without decimals."""
    found: dict[str, Figure] = {}
    inputs = random_figures(form, random)
    for item in form.items:
        if random.random() < share:
            value = inputs.get(item.id)
            found[item.id] = random.randint(0, 10**12) if value is None else value
            if isinstance(value, Decimal) and random.random() < 0.5:
                found[item.id] = Decimal(random.choice(("0", "0.00", "12.50", "251.300000", "1E+3", "999999999999999")))
    return found


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the units whose workbook XlsxWriter made, from no template on."""
    found: list[str] = []

    def counting(*arguments: object, **more: object) -> bytes:
        assert isinstance(arguments[1], Submission)
        found.append(arguments[1].unit.name)
        return write(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(copies, "write", counting)
    copies._template.cache_clear()
    return found


@pytest.mark.parametrize(("form", "kind"), list(zip(FORMS, KINDS, strict=True)), ids=KINDS)
def test_names_of_every_kind(form: Form, kind: Kind) -> None:
    for n, name in enumerate(NAMES):
        same(Submission(form, form.years[0], Unit(CODES[n % len(CODES)], name)), kind)
    for code in CODES:
        same(Submission(form, form.years[0], Unit(code, code)), kind)
        same(Submission(form, form.years[0], Unit(code, "区财政局")), kind)


@FORM
def test_names_that_are_words_of_the_form(form: Form) -> None:
    random = Random(1)
    for name in random.sample(words(form), 20):
        same(Submission(form, form.years[0], Unit("004", name)), Kind.UNIT)
    same(Submission(form, form.years[0], Unit("004", "甲局"), label="甲局", issuer="甲局"), Kind.UNIT)


SOME = settings(max_examples=40, deadline=None, phases=(Phase.reuse, Phase.generate))
texts = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from([word for form in FORMS for word in words(form)]),
    st.text(st.characters(codec="utf-8"), max_size=30),
)


@SOME
@given(
    form=st.sampled_from(FORMS),
    kind=st.sampled_from(KINDS),
    code=st.sampled_from(CODES),
    name=texts,
    label=st.sampled_from(("", "第2次发放", "<&>")),
    issuer=st.sampled_from(("", "某区政府办 0595-0000000", "A & B")),
    password=st.sampled_from(("", "x", "密码")),
    flagged=st.booleans(),
    year=st.integers(0, 5),
    share=st.sampled_from((0, 0.05, 0.5, 0.95, 1)),
    seed=st.integers(0, 10**6),
)
def test_any_unit_and_any_last_year(
    form: Form, kind: Kind, code: str, name: str, label: str, issuer: str, password: str, flagged: bool, year: int,
    share: float, seed: int,
) -> None:  # fmt: skip
    known = last_year(form, Random(seed), share)
    flags = frozenset(form.flags if flagged else ())
    years = range(form.years[0], form.years[1] + 1)
    blank = Submission(form, years[year % len(years)], Unit(code, name), form.prefilled(known), flags=flags)
    same(replace(blank, prior=known, label=label, issuer=issuer), kind, password)


@FORM
def test_last_year_alone_and_what_it_prefills(form: Form) -> None:
    (item, *_) = form.prefilled({item.id: 1 for item in form.items})
    for known in (dict[str, Figure](), {item: 5}, {"t3.carried_out.person": 7}, {"t3.carried_out.person": 0}):
        for unit in (Unit("1", "甲"), Unit("2", "乙")):
            same(Submission(form, form.years[0], unit, form.prefilled(known), prior=known), Kind.UNIT)
            same(Submission(form, form.years[0], unit, prior=known), Kind.UNIT)  # nothing filled in before


@pytest.mark.parametrize(
    "value", [Decimal("1E+30"), -(10**15), 10**15, 10**17 + 1, Decimal("0.1234567890123456789"), -5]
)
def test_figures_that_are_none_of_a_form(value: Figure) -> None:
    form = FORMS[-1]
    known = {form.items[0].id: value, "t3.carried_out.person": value}
    same(Submission(form, form.years[0], Unit("1", "甲"), form.prefilled(known), prior=known), Kind.UNIT)


def test_what_is_no_number_is_refused_as_in_rendering() -> None:
    known = {FORMS[-1].items[0].id: Decimal("NaN")}
    blank = Submission(FORMS[-1], FORMS[-1].years[0], Unit("1", "甲"), prior=known)
    for make in (write, copy):
        with pytest.raises(TypeError, match="NAN"):
            make(compile_layout(FORMS[-1]), blank)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: replace(s, values={"t3.new.person": 1}),
        lambda s: replace(s, texts={"s5": ("一段",)}),
        lambda s: replace(s, cover={"leader": "赵一"}),
        lambda s: replace(s, zero_report=frozenset({"t3"})),
        lambda s: replace(s, explanations={"G302": "说明"}),
        lambda s: replace(s, state="未收齐"),
        lambda s: replace(s, covers=(Cover(Unit("002", "乙")),)),
    ],
)
def test_what_is_no_blank_is_rendered(change: Callable[[Submission], Submission], rendered: list[str]) -> None:
    form = FORMS[-1]
    same(change(Submission(form, form.years[0], Unit("004", "甲局"))), Kind.UNIT)
    assert rendered == ["甲局"]


@pytest.mark.parametrize("kind", ["balanced", "random prior explained", "lifted"])
def test_filled_workbooks_are_rendered(kind: str, rendered: list[str]) -> None:
    same(filling(FORMS[-1], kind, 1), Kind.UNIT)
    assert len(rendered) == 1


def test_one_rendering_for_all_that_differ_in_name_code_and_figures(rendered: list[str]) -> None:
    form = FORMS[-1]
    random = Random(5)
    plain = [Unit(f"{n:03}", f"第{n}局&<厅>") for n in range(60)]
    for unit in plain:
        copy(compile_layout(form), Submission(form, form.years[0], unit))
    assert len(rendered) == 1
    for unit in plain:
        known: Mapping[str, Figure] = last_year(form, random, random.choice((0.2, 0.8)))
        copy(compile_layout(form), Submission(form, form.years[0], unit, form.prefilled(known), prior=known))
    assert len(rendered) == 2
    for unit in plain:
        copy(compile_layout(form), Submission(form, form.years[0], unit, flags=frozenset(form.flags)))
    assert len(rendered) == 3
    for name in ("_x0041_", "甲\n局", "否", "R&G"):
        before = len(rendered)
        same(Submission(form, form.years[0], Unit("1", name)), Kind.UNIT)
        assert rendered[before:] == [name]


def test_templates_are_forgotten() -> None:
    form = FORMS[-1]
    for n in range(20):
        copy(compile_layout(form, Kind.TABLES), Submission(form, form.years[0], Unit("1", "甲"), label=str(n)))
    assert copies._template.cache_info().currsize <= 16


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<oddHeader>&amp;L", b"<oddHeader>&amp;C"),
        (b"<si><t>\xef\xa3\xa2</t></si>", b"<si><t>\xef\xa3\xa2</t></si><si><t>\xef\xa3\xa2</t></si>"),
        (b"<sheetData>", b"<sheetData><!-- \xef\xa3\xa1 -->"),
        (b"<v>700000000000001</v>", b"<v>700000000000001.0</v>"),
        (b"<sst ", b"<sst a='700000000000001' "),
    ],
)
def test_a_rendering_of_another_make_is_not_copied(old: bytes, new: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another XlsxWriter may write otherwise: then each is rendered, as before."""
    form = FORMS[-1]
    known = {item.id: 3 for item in form.items}
    blank = Submission(form, form.years[0], Unit("004", "甲局"), form.prefilled(known), prior=known)
    made = []

    def other(*arguments: object, **more: object) -> bytes:
        data = write(*arguments, **more)  # type: ignore[arg-type]
        parts = [member(part.name, [part.content.replace(old, new)]) for part in members(data)]
        made.append(sum(old in part.content for part in members(data)))
        return package(parts)

    copies._template.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(copies, "write", other)
        copy(compile_layout(form), blank)
        assert copies._template.cache_info().misses == 1
        copy(compile_layout(form), blank)
    assert len(made) == 3
    assert made[0]
    copies._template.cache_clear()


@FORM
def test_our_reader_openpyxl_and_unzip_take_it(form: Form, tmp_path: Path) -> None:
    random = Random(3)
    known = last_year(form, random, 0.7)
    unit = Unit("004", "R&D <局> “二”")
    blank = Submission(form, form.years[0], unit, form.prefilled(known), prior=known, label="第2次", issuer="某办")
    data = same(blank, Kind.UNIT, "x")
    reading = read(data, FORMS)
    assert reading.submission is not None
    assert (reading.submission.unit, reading.submission.label) == (unit, "第2次")
    assert [found.code for found in reading.findings] == [found.code for found in read(_due(blank), FORMS).findings]
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.security.lockStructure
    assert book["封面"]["B3"].value == unit.name
    if shutil.which("unzip") is not None:
        (tmp_path / "a.xlsx").write_bytes(data)
        told = subprocess.run(["unzip", "-t", str(tmp_path / "a.xlsx")], capture_output=True, text=True, check=True)
        assert "No errors detected" in told.stdout


def _due(blank: Submission) -> bytes:
    return write(compile_layout(blank.form), blank, password="x")


def test_the_same_blank_is_the_same_bytes() -> None:
    form = FORMS[-1]
    known = last_year(form, Random(8), 0.9)
    blank = Submission(form, form.years[0], Unit("004", "甲"), form.prefilled(known), prior=known)
    first = copy(compile_layout(form), blank, password="密")
    copies._template.cache_clear()
    assert copy(compile_layout(form), blank, password="密") == first


@pytest.mark.office
@needs_office
@FORM
def test_libreoffice_opens_a_copy_as_it_opens_a_rendered_one(form: Form, tmp_path: Path) -> None:
    known = last_year(form, Random(4), 0.8)
    blank = Submission(form, form.years[0], Unit("004", "R&D局"), form.prefilled(known), prior=known)
    back = convert(tmp_path, {"copy": copy(compile_layout(form), blank, password="x"), "due": _due(blank)})
    with zipfile.ZipFile(io.BytesIO(back["copy"])) as ours, zipfile.ZipFile(io.BytesIO(back["due"])) as theirs:
        pages = [name for name in ours.namelist() if name.startswith("xl/")]
        assert len(pages) > 10
        assert {name: ours.read(name) for name in pages} == {name: theirs.read(name) for name in pages}
