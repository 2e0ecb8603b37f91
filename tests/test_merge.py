"""Merging: every figure equals an independent sum, nothing is lost on the way, and nobody is skipped in silence."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import (
    RULES,
    Figure,
    added,
    as_data,
    data_file,
    done,
    form_of,
    fractions,
    hashes,
    office_row,
    random_values,
    roster_file,
    run,
    unit_row,
    with_totals,
    workbook,
)

YEAR = 2025
UNITS = 60
DRAFT = "阶段汇总（未收齐）"
Values = dict[str, Figure]


@dataclass(frozen=True)
class District:
    """Units with random figures, their workbooks and roster: sixty on the form in force, fewer on the old one."""

    folder: Path
    roster: Path
    inbox: Path
    values: dict[str, Values]
    year: int

    def path(self, code: str) -> Path:
        return next(self.inbox.glob(f"{code}*.xlsx"))


def make(folder: Path, codes: Sequence[str], *, year: int = YEAR, seed: int = 0, office: str = "000") -> District:
    """A district of these units, each with figures of its own."""
    values = {code: random_values(form_of(year), random.Random(f"{seed} {code}")) for code in codes}
    roster = roster_file(folder / "r.csv", [office_row(office), *(unit_row(code, 分组="区直") for code in codes)])
    for code in codes:
        workbook(folder / "in" / f"{code}.xlsx", year, (code, f"第{code}单位"), values[code])
    return District(folder, roster, folder / "in", values, year)


@pytest.fixture(scope="module", params=[2025, 2020])
def sixty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> District:
    number = UNITS if request.param == YEAR else UNITS // 4
    codes = [f"{n:03}" for n in range(1, number + 1)]
    return make(tmp_path_factory.mktemp("sixty"), codes, year=request.param)


@pytest.fixture(scope="module")
def merged(sixty: District) -> tuple[Path, Any]:
    out = sixty.folder / "out" / "汇总.xlsx"
    before = hashes(sixty.inbox)
    found = done("merge", sixty.inbox, "--roster", sixty.roster, "-o", out, "--format", "json").json
    assert hashes(sixty.inbox) == before
    return out, found


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> District:
    return make(tmp_path_factory.mktemp("few"), ["001", "002", "003", "004"])


def merge_json(*arguments: object, status: int = 0) -> Any:
    found = done("merge", *arguments, "--format", "json", status=status).json
    assert_conserved(found)
    return found


def assert_conserved(found: Any) -> None:
    """files seen = accepted + …; units expected = in + …; and the lists have as many entries as the counts say."""
    files, units = dict(found["counts"]["files"]), dict(found["counts"]["units"])
    assert files.pop("seen") == sum(files.values()) == len(found["files"])
    for outcome, number in files.items():
        assert sum(file["outcome"] == outcome for file in found["files"]) == number
    assert units.pop("expected") == sum(units.values())
    assert units["rejected"] == len(found["rejected"])
    assert units["missing"] == len(found["missing"])
    assert units["conflict"] == len(found["conflicts"])
    assert units["exempt"] == len(found["exempt"])


# --- sixty units -------------------------------------------------------------------------------------------------


def test_every_figure_of_the_json_equals_the_independent_sum(sixty: District, merged: tuple[Path, Any]) -> None:
    _, found = merged
    assert fractions(found["values"]) == added(form_of(sixty.year), sixty.values.values())
    assert list(found["values"]) == [item.id for item in form_of(sixty.year).items]
    assert found["complete"] is True
    assert found["findings"] == []
    assert_conserved(found)
    assert found["counts"]["units"] == {
        "expected": len(sixty.values),
        "in": len(sixty.values),
        "rejected": 0,
        "missing": 0,
        "conflict": 0,
        "exempt": 0,
    }
    assert [cover["code"] for cover in found["covers"]] == list(sixty.values)


def _cells(sixty: District) -> dict[str, tuple[str, str]]:
    """Where `explain` says each item stands."""
    explained = done("explain", sixty.year, "--format", "json").json
    return {i["id"]: (i["sheet"], i["cell"]) for table in explained["tables"] for i in table["items"]}


def _stored(value: object) -> Fraction:
    assert isinstance(value, int | float), value
    return Fraction(repr(value))


def test_every_stored_result_of_the_workbook_equals_the_independent_sum(
    sixty: District, merged: tuple[Path, Any]
) -> None:
    book = openpyxl.load_workbook(merged[0], data_only=True)
    due = added(form_of(sixty.year), sixty.values.values())
    for ident, (sheet, cell) in _cells(sixty).items():
        assert _stored(book[sheet][cell].value) == due[ident], (ident, sheet, cell)
    book.close()


_RANGE = re.compile(r"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?")


class _Sheets:
    """An evaluator of the two kinds of formulas of a summary, written against openpyxl alone, in exact numbers."""

    def __init__(self, path: Path) -> None:
        self.book = openpyxl.load_workbook(path)
        self.known: dict[tuple[str, str], Fraction] = {}

    def value(self, sheet: str, cell: str) -> Fraction:
        if (sheet, cell) not in self.known:
            content = self.book[sheet][cell].value
            formula = isinstance(content, str) and content.startswith("=")
            self.known[sheet, cell] = self._sum(sheet, str(content)) if formula else _stored(content)
        return self.known[sheet, cell]

    def _sum(self, sheet: str, formula: str) -> Fraction:
        match = re.fullmatch(r"=SUM\((.+)\)", formula)
        assert match, formula
        return sum((self._part(sheet, part) for part in match[1].split(",")), Fraction(0))

    def _part(self, sheet: str, part: str) -> Fraction:
        where, _, span = part.rpartition("!")
        sheet = where.strip("'") or sheet
        match = _RANGE.fullmatch(span)
        assert match, part
        box = self.book[sheet][span if match[3] else f"{span}:{span}"]
        return sum((self.value(sheet, cell.coordinate) for row in box for cell in row), Fraction(0))


def test_every_formula_of_the_workbook_adds_up_to_the_independent_sum(
    sixty: District, merged: tuple[Path, Any]
) -> None:
    sheets = _Sheets(merged[0])
    due = added(form_of(sixty.year), sixty.values.values())
    totals = {item.id for item in form_of(sixty.year).items if item.total is not None}
    for ident, (sheet, cell) in _cells(sixty).items():
        formula = str(sheets.book[sheet][cell].value)
        assert formula.startswith("=SUM("), (ident, formula)
        if ident not in totals:
            assert "明细" in formula, (ident, formula)
        assert sheets.value(sheet, cell) == due[ident], (ident, formula)
    sheets.book.close()


def test_every_row_of_the_detail_sheets_is_what_its_unit_reported(sixty: District, merged: tuple[Path, Any]) -> None:
    form = form_of(sixty.year)
    book = openpyxl.load_workbook(merged[0], data_only=True)
    files = {Path(file["file"]).name: file["sha256"] for file in merged[1]["files"]}
    for table in form.tables:
        sheet = book[f"明细{table.name[1:]}"]
        heads = [cell.value for cell in sheet[2]]
        assert heads[:5] == ["代码", "名称", "分组", "来源文件", "文件指纹"]
        items = [item.id for item in form.items if item.table is table]
        rows = list(sheet.iter_rows(min_row=3, max_row=2 + len(sixty.values)))
        assert sheet.max_row == 2 + len(sixty.values)
        for (code, values), row in zip(sixty.values.items(), rows, strict=True):
            due = with_totals(form, values)
            assert [cell.value for cell in row[:4]] == [code, f"第{code}单位", "区直", f"{code}.xlsx"]
            assert files[f"{code}.xlsx"].startswith(str(row[4].value))
            assert [_stored(cell.value) for cell in row[5 : 5 + len(items)]] == [due[ident] for ident in items]
    book.close()


def test_the_summary_is_a_submission_like_any_other(sixty: District, merged: tuple[Path, Any]) -> None:
    out, found = merged
    (entry,) = done("export", out).json
    assert entry["values"] == found["values"]
    assert entry["covers"] == found["covers"]
    assert entry["unit"] == {"code": "000", "name": "某区人民政府"}
    checked = done("check", out, "--format", "json").json["files"][0]
    assert checked["outcome"] == "accepted"
    assert checked["findings"] == []


def test_twice_gives_the_same_bytes_whatever_the_order(
    sixty: District, merged: tuple[Path, Any], tmp_path: Path
) -> None:
    done("merge", sixty.inbox, "--roster", sixty.roster, "-o", tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == merged[0].read_bytes()
    backwards = sorted(sixty.inbox.iterdir(), reverse=True)
    mixed = merge_json(*backwards, "--roster", sixty.roster, "-o", tmp_path / "back.xlsx")
    assert mixed["values"] == merged[1]["values"]
    assert mixed["covers"] == merged[1]["covers"]


def test_overview_names_the_coverage(sixty: District, merged: tuple[Path, Any]) -> None:
    book = openpyxl.load_workbook(merged[0])
    first = book.worksheets[0]
    texts = [str(cell.value) for row in first.iter_rows() for cell in row if cell.value is not None]
    assert first.title == "汇总概况"
    assert not any(DRAFT in text for text in texts)
    assert any(text == f"应报 {len(sixty.values)} 家，审核通过 {len(sixty.values)} 家，未报送 0 家。" for text in texts)
    assert all(sheet.protection.sheet for sheet in book.worksheets)
    book.close()


# --- somebody is not in ------------------------------------------------------------------------------------------


def _without(district: District, folder: Path, *codes: str) -> Path:
    inbox = folder / "some"
    shutil.copytree(district.inbox, inbox)
    for code in codes:
        (inbox / f"{code}.xlsx").unlink()
    return inbox


def test_one_unit_missing_is_named_and_no_file_is_written(sixty: District, tmp_path: Path) -> None:
    inbox, out = _without(sixty, tmp_path, "007"), tmp_path / "out" / "m.xlsx"
    found = done("merge", inbox, "--roster", sixty.roster, "-o", out, status=1)
    assert "第007单位" in found.text
    assert "没有写出" in found.text
    assert not out.parent.exists()
    assert merge_json(inbox, "--roster", sixty.roster, "-o", out, status=1)["missing"] == [
        {"code": "007", "name": "第007单位"}
    ]
    assert not out.exists()


def test_a_draft_is_written_and_says_so(few: District, tmp_path: Path) -> None:
    inbox, out = _without(few, tmp_path, "002"), tmp_path / "m.xlsx"
    found = merge_json(inbox, "--roster", few.roster, "-o", out, "--draft", status=1)
    assert found["complete"] is False
    assert [unit["code"] for unit in found["missing"]] == ["002"]
    rest = [values for code, values in few.values.items() if code != "002"]
    assert fractions(found["values"]) == added(form_of(YEAR), rest)
    book = openpyxl.load_workbook(out)
    assert str(book.worksheets[0]["A1"].value).startswith(DRAFT)
    printed = [
        s for s in book.worksheets if s.sheet_state == "visible" and s.title[:2] in ("汇总", "表二", "表三", "表四")
    ]
    for sheet in printed:
        head = "".join(
            str(part.text or "") for part in (sheet.oddHeader.left, sheet.oddHeader.center, sheet.oddHeader.right)
        )
        texts = " ".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None)
        assert DRAFT in head or DRAFT in texts, f"{sheet.title} does not say in print that it is a draft"
    book.close()
    told = done("--force", "merge", inbox, "--roster", few.roster, "-o", out, "--draft", status=1)
    assert DRAFT in told.text
    (entry,) = done("export", out, status=1).json
    assert [cover["code"] for cover in entry["covers"]] == ["001", "003", "004"]


def test_without_alone_writes_and_stays_incomplete(few: District, tmp_path: Path) -> None:
    inbox, out = _without(few, tmp_path, "002"), tmp_path / "m.xlsx"
    found = merge_json(inbox, "--roster", few.roster, "-o", out, "--without", "002")
    assert found["complete"] is False
    assert found["exempt"] == [{"code": "002", "name": "第002单位"}]
    assert found["missing"] == []
    assert out.exists()
    rest = [values for code, values in few.values.items() if code != "002"]
    assert fractions(found["values"]) == added(form_of(YEAR), rest)


def test_without_leaves_out_a_unit_that_is_there(few: District, tmp_path: Path) -> None:
    found = merge_json(
        few.inbox, "--roster", few.roster, "-o", tmp_path / "m.xlsx", "--without", "001", "--without", "003"
    )
    assert [unit["code"] for unit in found["exempt"]] == ["001", "003"]
    rest = [values for code, values in few.values.items() if code in ("002", "004")]
    assert fractions(found["values"]) == added(form_of(YEAR), rest)
    outcomes = {Path(file["file"]).name: file["outcome"] for file in found["files"]}
    assert outcomes == {"001.xlsx": "ignored", "002.xlsx": "accepted", "003.xlsx": "ignored", "004.xlsx": "accepted"}


def test_without_and_another_one_missing_writes_nothing(few: District, tmp_path: Path) -> None:
    inbox, out = _without(few, tmp_path, "002", "003"), tmp_path / "m.xlsx"
    found = merge_json(inbox, "--roster", few.roster, "-o", out, "--without", "002", status=1)
    assert [unit["code"] for unit in found["missing"]] == ["003"]
    assert not out.exists()


def test_everybody_left_out_is_no_summary(few: District, tmp_path: Path) -> None:
    options = [option for code in few.values for option in ("--without", code)]
    out = tmp_path / "m.xlsx"
    found = merge_json(few.inbox, "--roster", few.roster, "-o", out, *options, status=1)
    assert found["complete"] is False
    assert not out.exists()


def test_a_rejected_unit_is_named_and_not_added(few: District, tmp_path: Path) -> None:
    inbox, out = _without(few, tmp_path, "002"), tmp_path / "m.xlsx"
    broken = {**few.values["002"], "t3.new.person": int(few.values["002"]["t3.new.person"]) + 1}
    workbook(inbox / "002.xlsx", YEAR, ("002", "第002单位"), broken)
    found = merge_json(inbox, "--roster", few.roster, "-o", out, status=1)
    assert found["rejected"] == [{"code": "002", "name": "第002单位"}]
    assert not out.exists()
    found = merge_json(inbox, "--roster", few.roster, "-o", out, "--draft", status=1)
    rest = [values for code, values in few.values.items() if code != "002"]
    assert fractions(found["values"]) == added(form_of(YEAR), rest)


def test_units_that_do_not_count_are_ignored(few: District, tmp_path: Path) -> None:
    rows = [office_row(), *(unit_row(c, 计入汇总="否" if c == "003" else "是") for c in few.values)]
    roster = roster_file(tmp_path / "r.csv", rows)
    found = merge_json(few.inbox, "--roster", roster, "-o", tmp_path / "m.xlsx")
    assert found["complete"] is True
    assert found["counts"]["units"]["expected"] == 3
    rest = [values for code, values in few.values.items() if code != "003"]
    assert fractions(found["values"]) == added(form_of(YEAR), rest)


# --- the same unit twice -----------------------------------------------------------------------------------------


def test_the_same_file_or_the_same_figures_twice_count_once(few: District, tmp_path: Path) -> None:
    inbox = _without(few, tmp_path)
    shutil.copy(inbox / "001.xlsx", inbox / "微信 001(1).xlsx")
    cover = {"leader": "张三", "reviewer": "李四", "filler": "王五", "phone": "0595-12345678"}
    workbook(inbox / "zz.xlsx", YEAR, ("002", "第002单位"), few.values["002"], cover=cover)
    found = merge_json(inbox, "--roster", few.roster, "-o", tmp_path / "m.xlsx")
    assert found["complete"] is True
    assert fractions(found["values"]) == added(form_of(YEAR), few.values.values())
    assert found["counts"]["files"]["duplicate"] == 2
    outcomes = {Path(file["file"]).name: file["outcome"] for file in found["files"]}
    assert outcomes["zz.xlsx"] == "accepted", "the one with fewer findings is taken"
    assert outcomes["002.xlsx"] == "duplicate"


def test_two_accepted_files_of_different_figures_wait_for_the_clerk(few: District, tmp_path: Path) -> None:
    inbox, out = _without(few, tmp_path), tmp_path / "m.xlsx"
    other = {**few.values["002"], "t4.review.upheld": int(few.values["002"]["t4.review.upheld"]) + 1}
    workbook(inbox / "002新.xlsx", YEAR, ("002", "第002单位"), other)
    found = merge_json(inbox, "--roster", few.roster, "-o", out, status=1)
    assert not out.exists()
    (conflict,) = found["conflicts"]
    assert conflict["code"] == "002"
    assert sorted(Path(f).name for f in conflict["files"]) == ["002.xlsx", "002新.xlsx"]
    assert set(conflict["items"]) == {"t4.review.upheld", "t4.review.total"}
    for name, values in (("002新.xlsx", other), ("002.xlsx", few.values["002"])):
        every = {**few.values, "002": values}
        target = tmp_path / f"{name}.m.xlsx"
        found = merge_json(inbox, "--roster", few.roster, "-o", target, "--prefer", inbox / name)
        assert found["complete"] is True
        assert fractions(found["values"]) == added(form_of(YEAR), every.values())
        assert found["counts"]["files"]["superseded"] == 1


def test_prefer_outside_the_paths_is_read_too(few: District, tmp_path: Path) -> None:
    other = {**few.values["002"], "t4.review.upheld": int(few.values["002"]["t4.review.upheld"]) + 1}
    best = workbook(tmp_path / "elsewhere" / "x.xlsx", YEAR, ("002", "第002单位"), other)
    found = merge_json(few.inbox, "--roster", few.roster, "-o", tmp_path / "m.xlsx", "--prefer", best)
    assert fractions(found["values"]) == added(form_of(YEAR), {**few.values, "002": other}.values())


def test_an_accepted_file_stands_over_a_rejected_one(few: District, tmp_path: Path) -> None:
    inbox = _without(few, tmp_path)
    broken = {**few.values["002"], "t3.new.person": int(few.values["002"]["t3.new.person"]) + 1}
    workbook(inbox / "000 旧.xlsx", YEAR, ("002", "第002单位"), broken)
    found = merge_json(inbox, "--roster", few.roster, "-o", tmp_path / "m.xlsx")
    assert found["complete"] is True
    assert fractions(found["values"]) == added(form_of(YEAR), few.values.values())


def test_a_preferred_file_that_is_rejected_does_not_count_in_silence(few: District, tmp_path: Path) -> None:
    inbox = _without(few, tmp_path)
    broken = {**few.values["002"], "t3.new.person": int(few.values["002"]["t3.new.person"]) + 1}
    bad = workbook(inbox / "002坏.xlsx", YEAR, ("002", "第002单位"), broken)
    target = tmp_path / "m.xlsx"
    found = run("merge", inbox, "--roster", few.roster, "-o", target, "--prefer", bad, "--format", "json")
    assert found.status == 2
    assert "002坏.xlsx 没有起作用" in found.err
    assert not target.exists()


# --- files that do not belong ------------------------------------------------------------------------------------


def test_junk_in_the_folder_is_named_and_counted(few: District, tmp_path: Path) -> None:
    inbox = _without(few, tmp_path)
    junk = {
        "~$001.xlsx": b"lock",
        "说明.docx": b"PK\x03\x04",
        "扫描.pdf": b"%PDF-1.4",
        "打包.zip": b"PK\x05\x06" + bytes(18),
        "图.jpg": b"\xff\xd8\xff",
        "空表发放清单.csv": b"x",
        "单位名单.csv": b"x",
        "Thumbs.db": b"x",
        "空.xlsx": b"",
        "坏.xlsx": b"PK\x03\x04 broken",
        "旧.xls": b"\xd0\xcf\x11\xe0" + bytes(600),
        "子/深/说明.txt": "文字".encode(),
        "别的.xlsx": b"",
    }
    for name, data in junk.items():
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_bytes(data)
    book = openpyxl.Workbook()
    book.save(inbox / "别的.xlsx")
    found = merge_json(inbox, "--roster", few.roster, "-o", tmp_path / "m.xlsx")
    files = {Path(file["file"]).name: file for file in found["files"]}
    assert len(files) == len(junk) + len(few.values)
    counts = found["counts"]["files"]
    assert counts["seen"] == len(files)
    assert counts["ignored"] == 9
    assert counts["unreadable"] == 3
    assert counts["rejected"] == 1
    for name in junk:
        file = files[Path(name).name]
        assert file["outcome"] in ("ignored", "unreadable", "rejected")
        assert file["findings"], name
    assert fractions(found["values"]) == added(form_of(YEAR), few.values.values())
    text = done("--force", "merge", inbox, "--roster", few.roster, "-o", tmp_path / "m.xlsx").text
    for name in junk:
        assert Path(name).name in text


def test_a_stranger_a_wrong_year_and_a_wrong_form_are_refused_by_name(few: District, tmp_path: Path) -> None:
    inbox = _without(few, tmp_path)
    workbook(inbox / "x.xlsx", YEAR, ("999", "外区局"), random_values(form_of(YEAR), random.Random(1)))
    workbook(inbox / "y.xlsx", YEAR - 1, ("001", "第001单位"), random_values(form_of(YEAR), random.Random(2)))
    workbook(inbox / "z.xlsx", 2020, ("002", "第002单位"), random_values(form_of(2020), random.Random(3)))
    found = merge_json(inbox, "--roster", few.roster, "-o", tmp_path / "m.xlsx")
    codes = {Path(f["file"]).name: [e["code"] for e in f["findings"]] for f in found["files"]}
    assert "R201" in codes["x.xlsx"]
    assert "F204" in codes["y.xlsx"]
    assert {"F204", "R212"} & set(codes["z.xlsx"])
    assert fractions(found["values"]) == added(form_of(YEAR), few.values.values())


def test_two_units_of_identical_figures_are_warned_on_both(few: District, tmp_path: Path) -> None:
    inbox = _without(few, tmp_path)
    workbook(inbox / "002.xlsx", YEAR, ("002", "第002单位"), few.values["001"])
    found = merge_json(inbox, "--roster", few.roster, "-o", tmp_path / "m.xlsx")
    warned = [Path(f["file"]).name for f in found["files"] if any(e["code"] == "R209" for e in f["findings"])]
    assert warned == ["001.xlsx", "002.xlsx"]


def test_two_units_all_zero_are_not_warned(tmp_path: Path) -> None:
    roster = roster_file(tmp_path / "r.csv", [unit_row("001"), unit_row("002")])
    zeros: Values = {item.id: 0 if item.kind != "amount" else Decimal(0) for item in form_of(YEAR).inputs}
    for code in ("001", "002"):
        workbook(tmp_path / "in" / f"{code}.xlsx", YEAR, (code, f"第{code}单位"), zeros)
    found = merge_json(tmp_path / "in", "--roster", roster, "-o", tmp_path / "m.xlsx")
    assert not any(e["code"] == "R209" for f in found["files"] for e in f["findings"])


def test_zero_reports_count_as_zero(few: District, tmp_path: Path) -> None:
    inbox = _without(few, tmp_path, "002")
    workbook(inbox / "002.xlsx", YEAR, ("002", "第002单位"), {}, zero_report=frozenset({"t2", "t3", "t4"}))
    found = merge_json(inbox, "--roster", few.roster, "-o", tmp_path / "m.xlsx")
    rest = [values for code, values in few.values.items() if code != "002"]
    assert fractions(found["values"]) == added(form_of(YEAR), rest)


# --- outputs -----------------------------------------------------------------------------------------------------


def test_an_existing_output_is_kept_without_force(few: District, tmp_path: Path) -> None:
    out = tmp_path / "m.xlsx"
    out.write_bytes(b"mine")
    before = hashes(few.folder)
    found = done("merge", few.inbox, "--roster", few.roster, "-o", out, status=3)
    assert "--force" in found.err
    assert out.read_bytes() == b"mine"
    done("--force", "merge", few.inbox, "--roster", few.roster, "-o", out)
    assert out.read_bytes() != b"mine"
    assert hashes(few.folder) == before
    assert [p.name for p in tmp_path.iterdir()] == ["m.xlsx"]


def test_an_output_inside_the_inbox_does_not_feed_on_itself(few: District, tmp_path: Path) -> None:
    inbox = _without(few, tmp_path)
    out = inbox / "汇总.xlsx"
    first = merge_json(inbox, "--roster", few.roster, "-o", out)
    second = done("--force", "merge", inbox, "--roster", few.roster, "-o", out, "--format", "json").json
    assert second["values"] == first["values"]
    other = merge_json(inbox, "--roster", few.roster, "-o", tmp_path / "other.xlsx")
    assert other["values"] == first["values"]
    assert [f["outcome"] for f in other["files"] if f["file"].endswith("汇总.xlsx")] == ["ignored"]


@pytest.mark.parametrize("options", [(), ("--draft",), ("--without", "001")], ids=" ".join)
def test_an_input_is_never_overwritten_even_with_force(few: District, tmp_path: Path, options: tuple[str, ...]) -> None:
    """`merge 收件 -o 收件/001.xlsx` is a slip of the hand: inputs are never touched, no submission is ever lost."""
    inbox = _without(few, tmp_path)
    before = hashes(inbox)
    found = run("--force", "merge", inbox, "--roster", few.roster, "-o", inbox / "001.xlsx", *options)
    assert hashes(inbox) == before
    assert found.status != 0


def test_a_roster_is_never_overwritten_even_with_force(few: District, tmp_path: Path) -> None:
    roster = tmp_path / "r.csv"
    shutil.copy(few.roster, roster)
    found = run("--force", "merge", few.inbox, "--roster", roster, "-o", roster)
    assert roster.read_bytes() == few.roster.read_bytes()
    assert found.status != 0


def test_fill_and_check_never_overwrite_their_data_even_with_force(few: District, tmp_path: Path) -> None:
    data = data_file(tmp_path / "d.json", {"values": {}})
    before = data.read_bytes()
    found = run("--force", "fill", few.path("001"), data, "-o", data)
    assert data.read_bytes() == before
    assert found.status != 0
    inbox = _without(few, tmp_path)
    kept = hashes(inbox)
    for verb in ("check", "export"):
        found = run("--force", verb, inbox, "-o", inbox / "001.xlsx")
        assert hashes(inbox) == kept
        assert found.status != 0


# --- grouping ----------------------------------------------------------------------------------------------------


def _summary(folder: Path, code: str, parts: Mapping[str, Path], *, year: int = YEAR) -> Path:
    """A summary of these units under this code; the parts' codes are looked up by their file names."""
    rows = [office_row(code, f"第{code}单位"), *(unit_row(part) for part in parts)]
    roster = roster_file(folder / f"{code}.csv", rows)
    out = folder / "sums" / f"{code}.xlsx"
    done("merge", *parts.values(), "--roster", roster, "-o", out)
    return out


@pytest.mark.parametrize("year", [2025, 2020])
def test_two_districts_make_a_city_and_any_grouping_gives_the_same(year: int, tmp_path: Path) -> None:
    codes = [f"{n:03}" for n in range(1, 10)]
    district = make(tmp_path, codes, year=year)
    files = {code: district.path(code) for code in codes}
    due = added(form_of(year), district.values.values())

    def group(top: str, *parts: Iterable[str]) -> Any:
        folder = tmp_path / top
        sums = {
            f"{top}{n}": _summary(folder, f"{top}{n}", {c: files[c] for c in part}, year=year)
            for n, part in enumerate(parts)
        }
        roster = roster_file(folder / "top.csv", [office_row(top), *(unit_row(code) for code in sums)])
        found = done("merge", *sums.values(), "--roster", roster, "-o", folder / "top.xlsx", "--format", "json").json
        assert found["complete"] is True
        assert found["findings"] == []
        reached = [below["code"] for cover in found["covers"] for below in cover["covers"]]
        assert sorted(reached) == codes
        checked = done("check", folder / "top.xlsx", "--format", "json").json["files"][0]
        assert checked["findings"] == []
        return found["values"]

    direct = done(
        "merge", district.inbox, "--roster", district.roster, "-o", tmp_path / "direct.xlsx", "--format", "json"
    ).json["values"]
    assert fractions(direct) == due
    assert group("A", codes[:5], codes[5:]) == direct
    assert group("B", codes[:1], codes[1:4], codes[4:]) == direct
    assert group("C", codes[::2], codes[1::2]) == direct


def test_units_and_districts_may_stand_side_by_side(tmp_path: Path) -> None:
    district = make(tmp_path, ["001", "002", "003"])
    half = _summary(tmp_path, "D1", {c: district.path(c) for c in ("001", "002")})
    roster = roster_file(tmp_path / "city.csv", [office_row("C"), unit_row("D1"), unit_row("003")])
    found = merge_json(half, district.path("003"), "--roster", roster, "-o", tmp_path / "city.xlsx")
    assert fractions(found["values"]) == added(form_of(YEAR), district.values.values())
    assert found["covers"] == [
        {
            "code": "D1",
            "name": "第D1单位",
            "covers": [{"code": "001", "name": "第001单位"}, {"code": "002", "name": "第002单位"}],
        },
        {"code": "003", "name": "第003单位"},
    ]


def test_a_draft_is_not_taken_for_a_whole_district_in_silence(tmp_path: Path) -> None:
    """The city must be told that units of the district are not in the sum it received."""
    district = make(tmp_path, ["001", "002"], office="D1")
    draft = tmp_path / "sums" / "d.xlsx"
    done("merge", district.path("001"), "--roster", district.roster, "-o", draft, "--draft", status=1)
    roster = roster_file(tmp_path / "city.csv", [office_row("C", "某市"), unit_row("D1", "某区人民政府")])
    found = run("merge", draft, "--roster", roster, "-o", tmp_path / "city.xlsx", "--format", "json").json
    told = [entry["message"] for file in found["files"] for entry in file["findings"]]
    assert any(DRAFT[:4] in message for message in told)


def test_three_levels(tmp_path: Path) -> None:
    district = make(tmp_path, ["001", "002", "003"])
    low = _summary(tmp_path, "T", {"001": district.path("001")})
    middle = _summary(tmp_path, "D", {"T": low, "002": district.path("002")})
    top = _summary(tmp_path, "C", {"D": middle, "003": district.path("003")})
    (entry,) = done("export", top).json
    assert fractions(entry["values"]) == added(form_of(YEAR), district.values.values())
    assert entry["covers"][0]["covers"][0]["covers"] == [{"code": "001", "name": "第001单位"}]


def test_a_unit_reached_by_two_paths_is_refused_by_its_code(tmp_path: Path) -> None:
    district = make(tmp_path, ["001", "002", "003"])
    one = _summary(tmp_path, "D1", {c: district.path(c) for c in ("001", "002")})
    two = _summary(tmp_path, "D2", {c: district.path(c) for c in ("002", "003")})
    roster = roster_file(tmp_path / "city.csv", [office_row("C"), unit_row("D1"), unit_row("D2")])
    found = merge_json(one, two, "--roster", roster, "-o", tmp_path / "m.xlsx", status=1)
    messages = [e for f in found["files"] for e in f["findings"] if e["code"] == "R206"]
    assert len(messages) == 2
    assert any("002" in message["message"] for message in messages)
    assert not (tmp_path / "m.xlsx").exists()
    roster = roster_file(tmp_path / "city2.csv", [office_row("C"), unit_row("D1"), unit_row("001")])
    found = merge_json(one, district.path("001"), "--roster", roster, "-o", tmp_path / "m.xlsx", status=1)
    assert {u["code"] for u in found["rejected"]} == {"D1", "001"}


def test_the_message_of_two_paths_names_the_unit_that_is_reached_twice(tmp_path: Path) -> None:
    district = make(tmp_path, [f"{n:03}" for n in range(1, 9)])
    codes = list(district.values)
    one = _summary(tmp_path, "D1", {c: district.path(c) for c in codes[:7]})
    two = _summary(tmp_path, "D2", {c: district.path(c) for c in codes[6:]})
    roster = roster_file(tmp_path / "city.csv", [office_row("C"), unit_row("D1"), unit_row("D2")])
    found = merge_json(one, two, "--roster", roster, "-o", tmp_path / "m.xlsx", status=1)
    messages = [e["message"] for f in found["files"] for e in f["findings"] if e["code"] == "R206"]
    assert len(messages) == 2
    assert all("007" in message for message in messages), messages


def test_a_city_is_lifted_by_the_flag_of_a_unit_below(tmp_path: Path) -> None:
    rows = [office_row("000", "某市"), unit_row("001", 标志=RULES), unit_row("002")]
    roster = roster_file(tmp_path / "r.csv", rows)
    values = {code: random_values(form_of(YEAR), random.Random(code)) for code in ("001", "002")}
    values["001"] |= {"t2.regulation.in_force": 7}
    for code in values:
        workbook(tmp_path / "in" / f"{code}.xlsx", YEAR, (code, f"第{code}单位"), values[code])
    found = merge_json(tmp_path / "in", "--roster", roster, "-o", tmp_path / "sums" / "m.xlsx")
    assert found["values"]["t2.regulation.in_force"] == 7
    assert found["complete"] is True
    done("check", tmp_path / "sums" / "m.xlsx")
    top = roster_file(tmp_path / "top.csv", [office_row("P"), unit_row("000", "某市")])
    again = merge_json(tmp_path / "sums", "--roster", top, "-o", tmp_path / "top.xlsx")
    assert again["values"] == found["values"]
    assert again["findings"] == []


# --- last year ---------------------------------------------------------------------------------------------------


def test_last_year_is_held_against_this_year(tmp_path: Path) -> None:
    form = form_of(YEAR)
    values = random_values(form, random.Random(1))
    last = random_values(form, random.Random(2))
    for column in ("person", "company", "research", "charity", "legal", "other"):
        gap = int(values[f"t3.carried_in.{column}"]) - int(last[f"t3.carried_out.{column}"])
        last[f"t3.carried_out.{column}"] = values[f"t3.carried_in.{column}"]
        last[f"t3.new.{column}"] = int(last[f"t3.new.{column}"]) + gap + 10**4
        last[f"t3.granted.{column}"] = int(last[f"t3.granted.{column}"]) + 10**4
    stock = int(values["t2.normative.in_force"]) + int(values["t2.normative.repealed"])
    last["t2.normative.in_force"] = stock - int(values["t2.normative.issued"])
    last["t2.normative.issued"] = 0
    now = workbook(tmp_path / "now.xlsx", YEAR, ("001", "甲"), values)
    before = workbook(tmp_path / "prior" / "x.xlsx", YEAR - 1, ("001", "甲"), last)
    done("check", now, "--prior", tmp_path / "prior")
    done("export", before, "-o", tmp_path / "json" / "x.json")
    done("check", now, "--prior", tmp_path / "json")
    last["t3.carried_out.person"] = int(last["t3.carried_out.person"]) + 1
    workbook(tmp_path / "off" / "x.xlsx", YEAR - 1, ("001", "甲"), last)
    found = done("check", now, "--prior", tmp_path / "off", "--format", "json", status=1).json["files"][0]
    (entry,) = [f for f in found["findings"] if f["level"] == "explain"]
    assert entry["code"] == "G302"
    assert entry["cells"] == ["D6"]
    assert entry["due"] == entry["given"] + 1
    both = tmp_path / "both"
    shutil.copytree(tmp_path / "off", both)
    shutil.copy(before, both / "y.xlsx")
    done("check", now, "--prior", both)


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense",
        b"[1]",
        b'[{"a": 1}]',
        b'{"form": ["gkbg-2021"], "year": 2024, "unit": {"code": "001"}, "values": {}}',
        b'{"form": "gkbg-2021", "year": 2024, "unit": {"code": "001"}, "values": {"t3.new.person": 1.5}}',
        '{"x": "张"}'.encode("gb18030"),
        b"\xff\xfe",
    ],
    ids=range(7),
)
def test_a_prior_export_that_is_broken_is_told_in_words_with_its_name(
    few: District, tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "x.json").write_bytes(data)
    found = run("check", few.path("001"), "--prior", tmp_path)
    assert found.status in (1, 2, 3), found.err
    assert "x.json" in found.err


def test_a_summary_gives_last_year_of_its_units(tmp_path: Path) -> None:
    district = make(tmp_path / "last", ["001", "002"], year=YEAR - 1)
    done("merge", district.inbox, "--roster", district.roster, "-o", tmp_path / "prior" / "sum.xlsx")
    values = random_values(form_of(YEAR), random.Random(7))
    now = workbook(tmp_path / "now.xlsx", YEAR, ("002", "第002单位"), values)
    found = done("check", now, "--prior", tmp_path / "prior", "--format", "json", status=1).json["files"][0]
    entries = {f["cells"][0]: f for f in found["findings"] if f["code"] == "G302"}
    columns = dict(zip("DEFGHI", ("person", "company", "research", "charity", "legal", "other"), strict=True))
    last = {letter: int(district.values["002"][f"t3.carried_out.{column}"]) for letter, column in columns.items()}
    due = {f"{x}6": n for x, n in last.items() if n != values[f"t3.carried_in.{columns[x]}"]}
    assert due
    assert {cell: entry["due"] for cell, entry in entries.items() if cell in due} == due


def test_what_every_unit_has_explained_does_not_hold_the_summary_up(tmp_path: Path) -> None:
    """G202 fails in both units, both gave a reason and were accepted; the sum fails too, and has no cell for one."""
    roster = roster_file(tmp_path / "r.csv", [office_row(), unit_row("001"), unit_row("002")])
    reason = {"G202": "三件文件当年制发、当年到期失效，未计入废止件数"}
    every = []
    for code in ("001", "002"):
        values = random_values(form_of(YEAR), random.Random(code))
        values |= {"t2.normative.issued": 9, "t2.normative.in_force": 3, "t2.normative.repealed": 1}
        workbook(tmp_path / "in" / f"{code}.xlsx", YEAR, (code, f"第{code}单位"), values, explanations=reason)
        every.append(values)
    done("check", tmp_path / "in")
    found = merge_json(tmp_path / "in", "--roster", roster, "-o", tmp_path / "m.xlsx")
    assert found["complete"] is True
    assert fractions(found["values"]) == added(form_of(YEAR), every)
    assert [entry["code"] for entry in found["findings"]] == ["G202"]
    assert (tmp_path / "m.xlsx").exists()
    done("check", tmp_path / "m.xlsx")


def test_carried_over_requests_that_every_unit_has_explained(tmp_path: Path) -> None:
    """The same for 上年结转 against last year's summary."""
    district = make(tmp_path / "last", ["001", "002"], year=YEAR - 1)
    done("merge", district.inbox, "--roster", district.roster, "-o", tmp_path / "prior" / "sum.xlsx")
    reason = {"G302": "机构改革中有申请随职能划转到其他部门办理", "G203": "机构改革划转文件若干件"}
    for code in ("001", "002"):
        values = random_values(form_of(YEAR), random.Random(code))
        workbook(tmp_path / "in" / f"{code}.xlsx", YEAR, (code, f"第{code}单位"), values, explanations=reason)
    done("check", tmp_path / "in", "--prior", tmp_path / "prior")
    options = ("--roster", district.roster, "--prior", tmp_path / "prior")
    found = merge_json(tmp_path / "in", *options, "-o", tmp_path / "m.xlsx")
    assert {entry["code"] for entry in found["findings"]} >= {"G302"}
    assert (tmp_path / "m.xlsx").exists()


# --- as the unit's own system sees it ----------------------------------------------------------------------------


def test_fill_and_merge_through_json_alone(tmp_path: Path) -> None:
    codes = ["001", "002", "003"]
    roster = roster_file(tmp_path / "r.csv", [office_row(), *(unit_row(code) for code in codes)])
    done("issue", YEAR, roster, "-o", tmp_path / "blank")
    values = {code: random_values(form_of(YEAR), random.Random(code)) for code in codes}
    for code in codes:
        data = data_file(tmp_path / f"{code}.json", {"values": as_data(values[code])})
        (blank,) = (tmp_path / "blank").glob(f"{code}-*.xlsx")
        done("fill", blank, data, "-o", tmp_path / "in" / blank.name)
    found = merge_json(tmp_path / "in", "--roster", roster, "-o", tmp_path / "m.xlsx")
    assert fractions(found["values"]) == added(form_of(YEAR), values.values())


def test_sums_of_the_largest_figures_are_exact(tmp_path: Path) -> None:
    codes = [f"{n:03}" for n in range(1, 12)]
    roster = roster_file(tmp_path / "r.csv", [office_row(), *(unit_row(code) for code in codes)])
    values: dict[str, Values] = {}
    for n, code in enumerate(codes):
        values[code] = random_values(form_of(YEAR), random.Random(code))
        values[code] |= {"t2.licence.decisions": 99_999_999_999_999 - n, "t2.fee.amount": Decimal("0.1") + n % 3}
        workbook(tmp_path / "in" / f"{code}.xlsx", YEAR, (code, f"第{code}单位"), values[code])
    found = merge_json(tmp_path / "in", "--roster", roster, "-o", tmp_path / "m.xlsx")
    assert fractions(found["values"]) == added(form_of(YEAR), values.values())
    (entry,) = done("export", tmp_path / "m.xlsx").json
    assert entry["values"] == found["values"]
