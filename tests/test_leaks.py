"""What the district hands on says nothing of applicants, of who filled in a return, or of how to reach them.

The units' workbooks hold made-up persons wherever people put them: on a sheet of their own, shown and hidden, on the
cover, in comments, beside and below the tables, in the properties of the file. Every part of what is written is
searched, as it stands and with its marks taken out.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from acts import edited
from desk import done, office_row, roster_file, unit_row
from desk import workbook as written
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from twoyears import YEAR, Values, before, carry, figures

APPLICANTS = ("郑申请", "王申请", "冯申请", "陈申请", "褚申请", "卫申请", "蒋申请", "沈申请", "韩申请")
PHONES = ("13900000001", "13900000002", "13900000003", "13900000004", "13900000005", "13900000006")
CONTACTS = {
    "leader": "朱负责",
    "reviewer": "秦审核",
    "filler": "尤填报",
    "phone": "0595-87654321",
    "email": "filler@made-up.example",
    "address": "虚构路 77 号",
    "postcode": "362999",
}
SHORT_PHONE, ODD_DATE = "内线 87 号", "许某签字那天"  # neither a telephone nor a day: both are remarked upon
AUTHORS = ("何作者", "吕修改", "施公司")
ROSTERED = ("联系岗甲", "0595-11112222")  # whom the district calls, by its own roster
EXTRA = "依申请公开台账"
TEXT, REASON = "本单位全年主动公开信息若干条（虚构）。", "上年有三件申请在年报定稿后由别的部门移交（虚构）"

PRIVATE = (*APPLICANTS, *PHONES, *CONTACTS.values(), SHORT_PHONE, ODD_DATE, *AUTHORS, *ROSTERED)


@dataclass(frozen=True)
class Desk:
    """The district's folders."""

    folder: Path

    @property
    def options(self) -> tuple[object, ...]:
        return (self.folder / "收件", "--roster", self.folder / "名单.csv", "--prior", self.folder / "上年")


def _applicants_sheets(book: Any) -> None:
    """A register of requests, once in sight and once well hidden; telephones as text and as numbers."""
    page = book.create_sheet(EXTRA, 0)
    page.append(["序号", "申请人", "电话"])
    page.append([1, APPLICANTS[0], PHONES[0]])
    page.append([2, APPLICANTS[1], int(PHONES[1])])
    page = book.create_sheet("Sheet9")
    page.append([APPLICANTS[2], int(PHONES[2])])
    page.sheet_state = "veryHidden"


def _comments(book: Any) -> None:
    book["表三 申请办理"]["D5"].comment = Comment(f"{APPLICANTS[3]}的申请，{PHONES[3]}", AUTHORS[0])
    book["封面"]["B3"].comment = Comment(f"问{APPLICANTS[4]}", AUTHORS[1])


def _notes(book: Any) -> None:
    """Remarks beside and below the tables, as text and as a number, and a word in an odd corner of the cover."""
    for table, place, note in (
        ("表三 申请办理", "M6", f"其中{APPLICANTS[5]}一件"),
        ("表三 申请办理", "A60", int(PHONES[4])),
        ("表四 复议诉讼", "Z3", f"{APPLICANTS[6]}诉本单位"),
        ("封面", "H20", f"联系{APPLICANTS[7]} {PHONES[5]}"),
    ):
        book[table][place] = note


def _properties(book: Any) -> None:
    book.properties.creator, book.properties.lastModifiedBy = AUTHORS[0], AUTHORS[1]
    book.properties.description = book.properties.keywords = f"经办 {APPLICANTS[8]}"
    book.custom_doc_props.append(StringProperty(name="Company", value=AUTHORS[2]))


UNITS = {
    "001": ("临江区信访局（虚构）", _applicants_sheets),
    "002": ("临江区民政局（虚构）", _comments),
    "003": ("临江区教育局（虚构）", _notes),
    "004": ("临江区财政局（虚构）", _properties),
    "005": ("临江区审计局（虚构）", lambda book: None),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Five units' workbooks, all of which pass; the cover of each is filled in, 005's by somebody careless."""
    folder = tmp_path_factory.mktemp("leaks")
    last: dict[str, Values] = {}
    for code, (name, change) in UNITS.items():
        rng = Random(f"leaks {code}")
        values = figures(rng)
        (last[code],) = before(values, rng)
        cover = {**CONTACTS, "signed_on": "2026-01-20"}
        if code == "005":
            cover |= {"phone": SHORT_PHONE, "signed_on": ODD_DATE}
            values = carry(values, 3)
        path = folder / "收件" / "微信" / f"{code}年报.xlsx"
        more: dict[str, Any] = {"texts": {"s5": (TEXT,)}, "explanations": {"G302": REASON}} if code == "005" else {}
        written(path, YEAR, (code, name), values, cover=cover, **more)
        path.write_bytes(edited(path.read_bytes(), change))
        written(folder / "上年" / f"{code}.xlsx", YEAR - 1, (code, name), last[code], cover=CONTACTS)
    rows = [unit_row(code, name, 联系人=ROSTERED[0], 电话=ROSTERED[1]) for code, (name, _) in UNITS.items()]
    office = {**office_row("000", "临江区（虚构）"), "联系人": ROSTERED[0], "电话": ROSTERED[1]}
    roster_file(folder / "名单.csv", [office, *rows])
    return Desk(folder)


def _working_paper(desk: Desk) -> bytes:
    out = desk.folder / "工作底稿.xlsx"
    done("--force", "merge", *desk.options, "-o", out)
    return out.read_bytes()


def _upward(desk: Desk) -> bytes:
    out = desk.folder / "上报" / "上报稿.xlsx"
    done("--force", "merge", *desk.options, "-o", desk.folder / "上报" / "底稿.xlsx", "--submit", out)
    return out.read_bytes()


def _letter(desk: Desk) -> bytes:
    _upward(desk)
    return (desk.folder / "上报" / "报送函-上报稿.txt").read_bytes()


@dataclass(frozen=True)
class Output:
    """Something that is handed on, what it must hold, and what it must not."""

    made: Callable[[Desk], bytes]
    kept: tuple[str, ...]
    gone: tuple[str, ...]


NAMES = tuple(name for name, _ in UNITS.values())
OUTPUTS = {
    "工作底稿": Output(_working_paper, (*NAMES, "001年报.xlsx", TEXT, REASON, "M6"), (*PRIVATE, EXTRA)),
    # What goes up names no files and sheets of the units either; of 005's texts only the reason for a relation.
    "上报稿": Output(_upward, (NAMES[4], REASON), (*PRIVATE, ".xlsx", EXTRA, TEXT)),
    "报送函": Output(_letter, ("临江区（虚构）", REASON), (*PRIVATE, "年报.xlsx", EXTRA, TEXT)),
}


def texts_of(data: bytes, name: str = "") -> Iterator[tuple[str, str]]:
    """Every part of a package, of packages within it too, or else the text itself: where, and as it stands, without
    its marks, and with its references resolved."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.comment == b""
            for part in archive.namelist():
                yield f"{name}/{part}", part
                yield from texts_of(archive.read(part), f"{name}/{part}")
        return
    text = data.decode("utf-8-sig")
    yield name, html.unescape(text)
    yield name, html.unescape(re.sub(r"<[^>]*>", "", text))


def found_in(data: bytes, wanted: str) -> list[str]:
    """The parts that hold a text."""
    return list(dict.fromkeys(place for place, text in texts_of(data) if wanted in text))


@pytest.fixture(scope="module", params=OUTPUTS)
def handed(request: pytest.FixtureRequest, desk: Desk) -> tuple[Output, bytes]:
    output = OUTPUTS[request.param]
    return output, output.made(desk)


def test_nobody_is_named(handed: tuple[Output, bytes]) -> None:
    output, data = handed
    assert {text: found_in(data, text) for text in output.gone if found_in(data, text)} == {}


def test_no_number_is_a_telephone(handed: tuple[Output, bytes]) -> None:
    """However it is written: 1.3900000001E10 as well."""
    _, data = handed
    numbers = {
        float(text)
        for _, part in texts_of(data)
        for text in re.findall(r"(?<![\w.])\d[\d.]*(?:[Ee][+-]?\d+)?(?![\w.])", part)
        if text.count(".") < 2
    }
    assert len(numbers) > 40
    assert not numbers & {float(phone) for phone in PHONES}


def test_what_belongs_there_is_there(handed: tuple[Output, bytes]) -> None:
    output, data = handed
    assert [text for text in output.kept if not found_in(data, text)] == []


def test_it_holds_nothing_but_sheets(handed: tuple[Output, bytes]) -> None:
    """No comments, media, links or parts of the units' workbooks came along but our charts; nobody is its author."""
    _, data = handed
    if data[:2] != b"PK":
        return
    kinds = {re.sub(r"\d+", "#", name) for name in zipfile.ZipFile(io.BytesIO(data)).namelist()}
    assert kinds <= {
        *("[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml", "docProps/custom.xml"),
        *("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/theme/theme#.xml"),
        *("xl/sharedStrings.xml", "xl/worksheets/sheet#.xml", "xl/worksheets/_rels/sheet#.xml.rels"),
        *("xl/charts/chart#.xml", "xl/drawings/drawing#.xml", "xl/drawings/_rels/drawing#.xml.rels"),
    }
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert (book.properties.creator, book.properties.lastModifiedBy, book.properties.description) == (None,) * 3
    book.close()


def test_the_marks_are_where_people_put_them(desk: Desk) -> None:
    """Each of the texts that must not be handed on does stand in a unit's workbook, or in the roster."""
    whole = [path.read_bytes() for path in sorted((desk.folder / "收件").rglob("*.xlsx"))]
    whole.append((desk.folder / "名单.csv").read_bytes())
    assert [text for text in PRIVATE if not any(found_in(data, text) for data in whole)] == []
    accepted = done("check", *desk.options, "--format", "json").json
    assert {file["outcome"] for file in accepted["files"]} == {"accepted"}
    codes = {found["code"] for file in accepted["files"] for found in file["findings"]} - {"D206", "V121"}
    assert codes == {"S104", "F115", "S113", "T103", "T106", "G302"}
