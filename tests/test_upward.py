"""上报稿 and its letter: the same figures as values, nothing of the units beneath, and what is noticed of changes."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from acts import edited
from desk import added, done, form_of, fractions, office_row, random_values, roster_file, unit_row
from desk import workbook as written
from rounds import Part, Round, texts, unit

from xls_report.letter import letter

YEAR = 2025
DRAFT = "阶段汇总（未收齐）"
CODES = ("001", "002", "003")
REASON = {"G202": "三件文件当年制发、当年到期失效，未计入废止件数"}
SHEETS = ["封面", "汇总概况", "表二 主动公开", "表三 申请办理", "表四 复议诉讼", "情况说明", "表样标识"]


@dataclass(frozen=True)
class Sent:
    """A district's summary as made, and the units' figures."""

    folder: Path
    values: dict[str, Any]
    year: int

    @property
    def working(self) -> Path:
        return self.folder / "out" / "底稿.xlsx"

    @property
    def upward(self) -> Path:
        return self.folder / "out" / "上报.xlsx"

    @property
    def letter(self) -> Path:
        return self.folder / "out" / "报送函-上报.txt"

    @property
    def options(self) -> tuple[object, ...]:
        return ("--roster", self.folder / "r.csv", "-o", self.working, "--submit", self.upward)


def made(folder: Path, year: int = YEAR, *, status: int = 0, late: int = 0) -> Sent:
    values = {code: random_values(form_of(year), random.Random(f"up {year} {code}")) for code in CODES}
    for code in CODES:
        if year == YEAR:
            values[code] |= {"t2.normative.issued": 9, "t2.normative.in_force": 3, "t2.normative.repealed": 1}
        reasons = REASON if year == YEAR else {}
        written(folder / "in" / f"{code}.xlsx", year, (code, f"第{code}单位"), values[code], explanations=reasons)
    rows = [unit_row(code, 分组="区直", 联系人="联系岗", 电话="0595-1") for code in (*CODES, "004")[: 3 + late]]
    roster_file(folder / "r.csv", [office_row("D1", "临江区"), *rows])
    sent = Sent(folder, values, year)
    done("merge", folder / "in", *sent.options, *(["--draft"] if late else []), status=status)
    return sent


@pytest.fixture(scope="module", params=[2025, 2020])
def sent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    return made(tmp_path_factory.mktemp("up"), request.param)


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    return made(tmp_path_factory.mktemp("now"))


def export(path: Path, status: int = 0) -> Any:
    (entry,) = done("export", path, status=status).json
    return entry


# --- what is in it ------------------------------------------------------------------------------------------------


def test_its_sheets_are_the_cover_the_overview_the_tables_and_the_reasons(sent: Sent) -> None:
    book = openpyxl.load_workbook(sent.upward)
    assert book.sheetnames == SHEETS
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"] == ["表样标识"]
    assert all(sheet.protection.sheet for sheet in book.worksheets)
    assert book.security.lockStructure
    book.close()


def test_figures_are_values_totals_are_formulas_and_all_are_locked(sent: Sent) -> None:
    plain, stored = openpyxl.load_workbook(sent.upward), openpyxl.load_workbook(sent.upward, data_only=True)
    form, due = form_of(sent.year), added(form_of(sent.year), sent.values.values())
    explained = done("explain", sent.year, "--format", "json").json
    places = {i["id"]: (i["sheet"], i["cell"]) for table in explained["tables"] for i in table["items"]}
    for item in form.items:
        sheet, cell = places[item.id]
        content = plain[sheet][cell]
        assert isinstance(content.value, str) is (item.total is not None), item.id
        if item.total is not None:
            assert content.value.startswith("=SUM("), item.id
        assert content.protection.locked
        assert f"{float(stored[sheet][cell].value):.15g}" == f"{float(due[item.id]):.15g}", item.id
    for table in form.tables:
        assert not plain[table.sheet].data_validations.dataValidation
    for book in (plain, stored):
        book.close()


def test_only_the_offices_own_words_are_open(now: Sent) -> None:
    book = openpyxl.load_workbook(now.upward)
    free = {
        sheet.title: sum(not cell.protection.locked for row in sheet.iter_rows() for cell in row)
        for sheet in book.worksheets
    }
    assert {title: count for title, count in free.items() if count} == {"封面": 9, "情况说明": 4}
    book.close()


def test_nothing_of_the_units_but_names_and_reasons(now: Sent) -> None:
    """No contact of the roster, file name or fingerprint, none of the units' own figures."""
    book = openpyxl.load_workbook(now.upward)
    told = " ".join(str(c.value) for s in book.worksheets for row in s.iter_rows() for c in row if c.value is not None)
    book.close()
    for gone in ("联系岗", "0595-1", "001.xlsx", "明细", "审核情况"):
        assert gone not in told
        assert gone not in now.letter.read_text(encoding="utf-8-sig")
    assert "第001单位：三件文件当年制发" in told


# --- as it is read ------------------------------------------------------------------------------------------------


def test_check_accepts_it_with_the_same_figures(sent: Sent) -> None:
    (found,) = done("check", sent.upward, "--format", "json").json["files"]
    assert found["outcome"] == "accepted"
    assert {f["code"] for f in found["findings"]} == ({"T101", "G202"} if sent.year == YEAR else {"T101"})
    assert fractions(found["values"]) == added(form_of(sent.year), sent.values.values())
    assert export(sent.upward)["values"] == export(sent.working)["values"]
    assert export(sent.upward)["covers"] == export(sent.working)["covers"]
    assert export(sent.upward)["unit"] == {"code": "D1", "name": "临江区"}


def above(folder: Path, *files: Path) -> tuple[Path, Path]:
    """Roster and inbox of the city that adds up this district and a unit of its own."""
    inbox = folder / "city"
    inbox.mkdir()
    for n, file in enumerate(files):
        shutil.copy(file, inbox / f"D1-{n}.xlsx")
    own = random_values(form_of(YEAR), random.Random("city"))
    written(inbox / "900.xlsx", YEAR, ("900", "市档案馆"), own)
    return roster_file(
        folder / "city.csv", [office_row("C", "某市"), unit_row("D1", "临江区"), unit_row("900", "市档案馆")]
    ), inbox


def city(folder: Path, *files: Path, status: int = 0) -> Any:
    roster, inbox = above(folder, *files)
    return done("merge", inbox, "--roster", roster, "-o", folder / "city.xlsx", "--format", "json", status=status).json


def test_it_adds_up_above_as_the_working_paper_does(now: Sent, tmp_path: Path) -> None:
    found = {}
    for name, file in (("working", now.working), ("upward", now.upward)):
        (tmp_path / name).mkdir()
        found[name] = city(tmp_path / name, file)
    assert found["upward"]["values"] == found["working"]["values"]
    assert found["upward"]["covers"] == found["working"]["covers"]
    parts = [*now.values.values(), random_values(form_of(YEAR), random.Random("city"))]
    assert fractions(found["upward"]["values"]) == added(form_of(YEAR), parts)


def test_both_in_one_inbox_count_as_one(now: Sent, tmp_path: Path) -> None:
    found = city(tmp_path, now.working, now.upward)
    assert found["counts"]["files"] == {
        "seen": 3,
        "accepted": 2,
        "rejected": 0,
        "unreadable": 0,
        "duplicate": 1,
        "superseded": 0,
        "ignored": 0,
    }
    assert found["complete"] is True
    assert [f["code"] for file in found["files"] for f in file["findings"] if f["code"].startswith("R2")] == ["R204"]
    parts = [*now.values.values(), random_values(form_of(YEAR), random.Random("city"))]
    assert fractions(found["values"]) == added(form_of(YEAR), parts)


def test_a_unit_below_that_also_reports_by_itself_is_found(now: Sent, tmp_path: Path) -> None:
    _, inbox = above(tmp_path, now.upward)
    shutil.copy(now.folder / "in" / "002.xlsx", inbox / "002.xlsx")
    rows = [office_row("C", "某市"), unit_row("D1", "临江区"), unit_row("900", "市档案馆"), unit_row("002")]
    roster = roster_file(tmp_path / "r2.csv", rows)
    found = done("merge", inbox, "--roster", roster, "-o", tmp_path / "m.xlsx", "--format", "json", status=1).json
    assert [u["code"] for u in found["rejected"]] == ["D1", "002"]
    assert sum(f["code"] == "R206" for file in found["files"] for f in file["findings"]) == 2


def test_ones_own_is_no_submission(now: Sent, tmp_path: Path) -> None:
    shutil.copytree(now.folder / "in", tmp_path / "in")
    shutil.copy(now.upward, tmp_path / "in" / "上报.xlsx")
    out = tmp_path / "m.xlsx"
    found = done("merge", tmp_path / "in", "--roster", now.folder / "r.csv", "-o", out, "--format", "json").json
    assert found["counts"]["files"]["ignored"] == 1
    assert found["values"] == export(now.working)["values"]


def test_as_last_years_it_serves_for_the_office_and_says_nothing_of_its_units(tmp_path: Path) -> None:
    """The figures of the whole are in it, those of the units are not: no unit has two that differ."""
    for code, name in (("001", "甲"), ("002", "乙")):
        for year, folder in ((2024, "last"), (2025, "in")):
            values = random_values(form_of(year), random.Random(f"{code}"))
            written(tmp_path / folder / f"{code}.xlsx", year, (code, name), values)
    roster = roster_file(tmp_path / "r.csv", [office_row("D1", "临江区"), unit_row("001"), unit_row("002")])
    prior = tmp_path / "prior"
    options = ("--roster", roster, "-o", tmp_path / "w.xlsx", "--submit", prior / "up.xlsx")
    done("merge", tmp_path / "last", *options)
    found = done("check", tmp_path / "in", "--prior", prior, "--roster", roster, "--format", "json").json
    codes = [f["code"] for file in found["files"] for f in file["findings"]]
    assert codes.count("D207") == 2
    assert "D209" not in codes
    done("merge", tmp_path / "in", "--roster", roster, "-o", tmp_path / "m.xlsx", "--prior", prior, status=1)
    shutil.copy(tmp_path / "w.xlsx", prior / "w.xlsx")
    both = done("check", tmp_path / "in", "--prior", prior, "--roster", roster, "--format", "json", status=1).json
    codes = [f["code"] for file in both["files"] for f in file["findings"]]
    assert "G302" in codes
    assert not {"D207", "D209"} & set(codes)


# --- what is noticed of changes ----------------------------------------------------------------------------------


def _changed(now: Sent, change: Callable[[Any], None], folder: Path, *, status: int = 1) -> Any:
    path = folder / "changed.xlsx"
    path.write_bytes(edited(now.upward.read_bytes(), change))
    (found,) = done("check", path, "--format", "json", status=status).json["files"]
    return found


def _cell(ident: str) -> str:
    explained = done("explain", YEAR, "--format", "json").json
    return str(next(i["cell"] for table in explained["tables"] for i in table["items"] if i["id"] == ident))


def _put(sheet: str, ident: str, value: object) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        book[sheet][_cell(ident)] = value

    return change


def _codes(found: Any) -> set[str]:
    return {f["code"] for f in found["findings"]} - {"T101", "G202"}


def test_a_total_overwritten_is_found(now: Sent, tmp_path: Path) -> None:
    total = export(now.upward)["values"]["t4.review.total"]
    found = _changed(now, _put("表四 复议诉讼", "t4.review.total", total + 1), tmp_path)
    assert (found["outcome"], _codes(found) & {"S107"}) == ("rejected", {"S107"})
    found = _changed(now, _put("表四 复议诉讼", "t4.review.total", total), tmp_path, status=0)
    assert _codes(found) & {"S107", "S108"} == {"S108"}


def test_a_figure_of_a_relation_changed_is_found(now: Sent, tmp_path: Path) -> None:
    value = export(now.upward)["values"]["t3.new.person"]
    found = _changed(now, _put("表三 申请办理", "t3.new.person", value + 5), tmp_path)
    assert found["outcome"] == "rejected"
    assert "G301" in _codes(found)


def test_a_figure_emptied_or_written_over_is_found(now: Sent, tmp_path: Path) -> None:
    assert "V101" in _codes(_changed(now, _put("表四 复议诉讼", "t4.review.upheld", None), tmp_path))
    assert "V103" in _codes(_changed(now, _put("表四 复议诉讼", "t4.review.upheld", "许多"), tmp_path))
    formula = _changed(now, _put("表四 复议诉讼", "t4.review.upheld", "=SUM(1,2)"), tmp_path)
    assert "V109" in _codes(formula)


def test_a_figure_that_no_relation_holds_breaks_the_seal(now: Sent, tmp_path: Path) -> None:
    """Values carry no rows behind them: the code that was printed with them tells."""
    value = export(now.upward)["values"]["t2.licence.decisions"]
    found = _changed(now, _put("表二 主动公开", "t2.licence.decisions", value + 7), tmp_path, status=1)
    assert (found["outcome"], _codes(found)) == ("rejected", {"V133"})
    assert found["values"]["t2.licence.decisions"] == value + 7
    entry = next(f for f in found["findings"] if f["code"] == "V133")
    assert (entry["sheet"], entry["cells"]) == ("表二 主动公开", ["A16"])
    assert entry["given"] != entry["due"]
    (tmp_path / "city").mkdir()
    both = city(tmp_path / "city", now.working, tmp_path / "changed.xlsx")
    assert both["complete"] is True  # the working paper of the same district counts
    assert both["values"]["t2.licence.decisions"] != value + 7


def test_without_its_seal_a_table_is_not_taken(now: Sent, tmp_path: Path) -> None:
    def erased(book: Any) -> None:
        book["表二 主动公开"]["A16"] = None

    found = _changed(now, erased, tmp_path, status=1)
    assert (found["outcome"], _codes(found)) == ("rejected", {"V133"})
    assert [f["given"] for f in found["findings"] if f["code"] == "V133"] == ["没有了"]


def test_a_label_or_the_unit_changed_is_found(now: Sent, tmp_path: Path) -> None:
    def renamed(book: Any) -> None:
        book["封面"]["B3"] = "临河区"

    assert "F205" in _codes(_changed(now, renamed, tmp_path))

    def moved(book: Any) -> None:
        book["表三 申请办理"].insert_rows(9)

    assert "S105" in _codes(_changed(now, moved, tmp_path))


def test_the_page_for_people_may_be_deleted(now: Sent, tmp_path: Path) -> None:
    found = _changed(now, lambda book: book.remove(book["汇总概况"]), tmp_path, status=0)
    assert (found["outcome"], _codes(found)) == ("accepted", set())


# --- a draft -------------------------------------------------------------------------------------------------------


def test_a_draft_says_so_everywhere_and_is_refused_above(tmp_path: Path) -> None:
    draft = made(tmp_path, late=1, status=1)
    book = openpyxl.load_workbook(draft.upward)
    assert book["汇总概况"]["A1"].value == f"{DRAFT}　临江区2025年政府信息公开工作年度报告数据汇总"
    assert book["封面"]["A1"].value == f"{DRAFT}　2025年政府信息公开工作年度报告数据汇总"
    for sheet in book.worksheets:
        assert sheet.oddHeader.center.text == DRAFT, sheet.title
    book.close()
    told = draft.letter.read_text(encoding="utf-8-sig")
    assert told.startswith(f"{DRAFT}　关于报送临江区2025年政府信息公开工作年度报告汇总数据的函\n")
    assert "二、报送情况：应报 4 家，审核通过 3 家，未报送 1 家。未报送：004 第004单位。" in told
    found = city(tmp_path, draft.upward, status=1)
    assert [u["code"] for u in found["rejected"]] == ["D1"]
    assert [f["code"] for file in found["files"] for f in file["findings"] if f["level"] == "error"] == ["F210"]
    assert not (tmp_path / "city.xlsx").exists()


def test_an_incomplete_round_without_draft_writes_none_of_the_three(tmp_path: Path) -> None:
    sent = made(tmp_path)
    (tmp_path / "in" / "003.xlsx").unlink()
    shutil.rmtree(tmp_path / "out")
    done("merge", tmp_path / "in", *sent.options, status=1)
    assert not (tmp_path / "out").exists()


# --- where it is written -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["m.xlsx", "./m.xlsx", "x/../m.xlsx"])
def test_the_same_file_for_both_is_refused(now: Sent, tmp_path: Path, other: str) -> None:
    (tmp_path / "x").mkdir()
    roster = ("--roster", now.folder / "r.csv")
    options = (now.folder / "in", *roster, "-o", tmp_path / "m.xlsx", "--submit", f"{tmp_path}/{other}")
    assert "--submit 与 -o 不能是同一个文件" in done("--force", "merge", *options, status=2).err
    assert not (tmp_path / "m.xlsx").exists()


@pytest.mark.parametrize("there", ["底稿.xlsx", "上报.xlsx", "报送函-上报.txt"])
def test_what_is_there_is_not_overwritten_and_none_is_written(now: Sent, tmp_path: Path, there: str) -> None:
    names = ("底稿.xlsx", "上报.xlsx", "报送函-上报.txt")
    (tmp_path / there).write_bytes(b"mine")
    roster = ("--roster", now.folder / "r.csv")
    options = (now.folder / "in", *roster, "-o", tmp_path / names[0], "--submit", tmp_path / names[1])
    found = done("merge", *options, status=3)
    assert f"{tmp_path / there} 已存在，没有覆盖；确要覆盖请加 --force（写在命令名之前）" in found.err
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_bytes() == b"mine"
    done("--force", "merge", *options)
    assert (tmp_path / there).read_bytes() == (now.folder / "out" / there).read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == set(names)


def test_it_must_be_called_a_workbook(now: Sent, tmp_path: Path) -> None:
    roster = ("--roster", now.folder / "r.csv")
    options = (now.folder / "in", *roster, "-o", tmp_path / "m.xlsx", "--submit", tmp_path / "u.docx")
    done("merge", *options, status=2)
    assert list(tmp_path.iterdir()) == []


def test_an_input_is_never_overwritten(now: Sent, tmp_path: Path) -> None:
    shutil.copytree(now.folder / "in", tmp_path / "in")
    before = (tmp_path / "in" / "001.xlsx").read_bytes()
    roster = ("--roster", now.folder / "r.csv")
    options = (tmp_path / "in", *roster, "-o", tmp_path / "m.xlsx", "--submit", tmp_path / "in" / "001.xlsx")
    assert "001.xlsx 是输入文件，不能写成输出" in done("--force", "merge", *options, status=3).err
    assert (tmp_path / "in" / "001.xlsx").read_bytes() == before
    assert not (tmp_path / "m.xlsx").exists()


def test_twice_gives_the_same_bytes(now: Sent, tmp_path: Path) -> None:
    options = ("--roster", now.folder / "r.csv", "-o", tmp_path / "底稿.xlsx", "--submit", tmp_path / "上报.xlsx")
    done("merge", now.folder / "in", *options)
    for name in ("底稿.xlsx", "上报.xlsx", "报送函-上报.txt"):
        assert (tmp_path / name).read_bytes() == (now.folder / "out" / name).read_bytes(), name


def test_merge_says_what_it_wrote(now: Sent) -> None:
    found = done("--force", "merge", now.folder / "in", *now.options)
    assert f"已写出汇总表 {now.working}。\n已写出上报稿 {now.upward}，报送函 {now.letter}。\n" in found.text


# --- the letter ----------------------------------------------------------------------------------------------------

NEW, IN, GRANTED, OUT = ("t3.new.person", "t3.carried_in.person", "t3.granted.person", "t3.carried_out.person")
SMALL = Round(
    (
        Part(
            unit("001", "区信访局"),
            {NEW: 10, GRANTED: 9, OUT: 3, IN: 2, "t2.fee.amount": "2.5"},
            {NEW: 5, GRANTED: 3, OUT: 2},
        ),
        Part(
            unit("002", "区财政局"),
            {NEW: 4, GRANTED: 7, IN: 3, "t4.review.corrected": 1},
            {NEW: 1, OUT: 1},
            {"G302": "机构改革中有两件申请随职能划转而来。"},
        ),
    ),
    office={NEW: 6, GRANTED: 3, OUT: 3, "t2.fee.amount": "1.1"},
    gone={("016", "区乡村振兴局"): {}},
)
LETTER = """关于报送临江区2025年政府信息公开工作年度报告汇总数据的函

（收文机关）：
　　现将临江区2025年政府信息公开工作年度报告汇总数据报上，请审核。
　　一、统计范围：单位名单所列单位（共 2 家）。
　　二、报送情况：应报 2 家，审核通过 2 家，未报送 0 家。
　　三、主要数据：
　　申请收到和办理：本年新收 14 件（上年 6）；上年结转 5 件（上年 0）；本年办结 16 件（上年 3）；结转下年度办理 3 件（上年 3）。
　　办理结果：予以公开 16 件（上年 3）；部分公开 0 件（上年 0）；不予公开 0 件（上年 0）；无法提供 0 件（上年 0）；不予处理 0 件（上年 0）；其他处理 0 件（上年 0）。
　　主动公开：行政规范性文件本年制发 0 件（上年 0）；行政规范性文件现行有效 0 件（上年 0）；行政许可处理决定 0 件（上年 0）；行政处罚处理决定 0 件（上年 0）；行政强制处理决定 0 件（上年 0）；行政事业性收费金额 2.50 万元（上年 1.10）。
　　行政复议和行政诉讼：行政复议结果纠正 1 件（上年 0）；行政诉讼结果纠正 0 件（上年 0）；行政复议总计 1 件（上年 0）；行政诉讼总计 0 件（上年 0）；其中尚未审结 0 件（上年 0）。
　　四、与上年的差异和需要说明的情况：
　　1．表三“自然人”列勾稽关系不平：“上年结转政府信息公开申请数量” 5，上年“结转下年度继续办理” 3，相差 2；已说明：区财政局：机构改革中有两件申请随职能划转而来。差额构成：单位自身不衔接 +2（002 区财政局 +2）。
　　2．上年有、今年名单没有的单位：016 区乡村振兴局（上年没有结转）。
　　五、数据校验码：{codes}（供核对，公开时不保留）。

　　附件：临江区上报.xlsx


{right}临江区
{right}　　年　　月　　日
"""  # noqa: E501


def test_the_letter_word_for_word() -> None:
    data = letter(SMALL.merged, "临江区上报.xlsx")
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n") == 21
    (code,) = [str(row[0]) for row in texts(SMALL.upward, "汇总概况") if str(row[0]).startswith("数据校验码")]
    codes = re.search(r"\d{6}-\d{6}-\d{6}", code)
    assert codes
    due = LETTER.format(codes=codes[0], right="　" * 20)
    assert data.decode("utf-8-sig").replace("\r\n", "\n") == due
    due.encode("gbk")


def test_the_letter_of_a_calm_round_without_last_year() -> None:
    calm = Round((Part(unit("001", "区信访局")), Part(unit("002", "区财政局"))))
    told = letter(calm.merged, "x.xlsx").decode("utf-8-sig")
    assert "　　1．没有需要说明的情况。\r\n" in told
    assert "上年 " not in told
    assert "本年新收 0 件；上年结转 0 件；" in told


def test_the_letter_tells_the_units_reasons_that_the_sum_does_not_need() -> None:
    """One unit explained what does not show in the sum: its reason goes along, by its code."""
    wrong = {"t2.normative.issued": 9, "t2.normative.in_force": 3, "t2.normative.repealed": 1}
    right = {"t2.normative.in_force": 90}
    found = Round((Part(unit("001", "区信访局"), wrong, None, REASON), Part(unit("002", "区财政局"), right)))
    told = letter(found.merged, "x.xlsx").decode("utf-8-sig")
    assert f"　　1．G202：区信访局：{REASON['G202']}。\r\n　　五、" in told
