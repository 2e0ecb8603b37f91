"""`diff`: every figure that differs is told once, with the units it comes from; what cannot be read is told too."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from desk import (
    added,
    data_file,
    done,
    form_of,
    hashes,
    office_row,
    random_values,
    roster_file,
    run,
    unit_row,
    with_totals,
)
from desk import workbook as unit_workbook
from hypothesis import given
from hypothesis import strategies as st
from support import FORMS, filled, workbook

from xls_report.difference import difference
from xls_report.source import PAGES, submission_of
from xls_report.submission import Cover, Submission, Unit, export_object

YEAR = 2025
NEW, GRANTED = "t3.new.person", "t3.granted.person"
KEYS = [
    *("a", "b", "same", "items", "only_a", "only_b"),
    *("units_only_a", "units_only_b", "texts", "explanations"),
]


def put(path: Path, submission: Submission) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(workbook(submission))
    return path


def lines(text: str) -> list[str]:
    return text.splitlines()


# --- two submissions of a unit ---------------------------------------------------------------------------------------


def test_what_a_unit_corrected_is_told_once_and_totals_are_not_repeated(tmp_path: Path) -> None:
    a = put(tmp_path / "a.xlsx", filled(YEAR, {NEW: 10, GRANTED: 10, "t2.fee.amount": "251.3"}))
    b = put(tmp_path / "b.xlsx", filled(YEAR, {NEW: 11, GRANTED: 11, "t2.fee.amount": "250"}))
    found = done("diff", a, b, status=1)
    assert found.err == ""
    assert lines(found.text) == [
        f"A：004 区财政局，2025 年度，表样 gkbg-2021，审核通过    {a}",
        f"B：004 区财政局，2025 年度，表样 gkbg-2021，审核通过    {b}",
        "数据不同的指标 3 项（A→B，括号内为 B 减 A）：",
        "  表二“行政事业性收费—本年收费金额” 251.30→250.00（-1.30）",
        "  表三“本年新收政府信息公开申请数量—自然人” 10→11（+1）",
        "  表三“予以公开—自然人” 10→11（+1）",
        "合计随各分项变动，不另列。",
    ]
    told = done("diff", a, b, "--format", "json", status=1).json
    one_more = {"a": 10, "b": 11, "difference": 1, "units": []}
    assert list(told) == KEYS
    assert told["a"] == {
        "file": str(a),
        "form": "gkbg-2021",
        "year": YEAR,
        "unit": {"code": "004", "name": "区财政局"},
        "covers": 0,
    }
    assert told["items"] == [
        {
            "id": "t2.fee.amount",
            "name": "表二“行政事业性收费—本年收费金额”",
            "a": "251.30",
            "b": "250.00",
            "difference": "-1.30",
            "units": [],
        },
        {"id": NEW, "name": "表三“本年新收政府信息公开申请数量—自然人”", **one_more},
        {"id": GRANTED, "name": "表三“予以公开—自然人”", **one_more},
    ]
    assert told["same"] is False
    assert [told[key] for key in KEYS[4:]] == [[]] * 6


def test_a_workbook_and_its_export_are_the_same(tmp_path: Path) -> None:
    a = put(tmp_path / "a.xlsx", filled(YEAR, {NEW: 3, GRANTED: 3}, texts={"s5": ("一段", "二段")}))
    b = tmp_path / "b.json"
    done("export", a, "-o", b)
    found = done("diff", a, b)
    assert lines(found.text)[1:] == [
        f"B：004 区财政局，2025 年度，表样 gkbg-2021，JSON 数据，未审核    {b}",
        "两份数据完全相同。",
    ]
    assert done("diff", b, a, "--format", "json").json["same"] is True


def test_texts_and_reasons_that_differ_are_named_and_leave_the_figures_the_same(tmp_path: Path) -> None:
    first = filled(YEAR, texts={"s5": ("一段", "二段"), "s6": ("同",)}, explanations={"G302": "上年多计一件，已更正"})
    second = filled(YEAR, texts={"s5": ("一段",), "s6": ("同",)}, explanations={"G302": "申请人撤回一件，已登记"})
    a, b = put(tmp_path / "a.xlsx", first), put(tmp_path / "b.xlsx", second)
    c = put(tmp_path / "c.xlsx", filled(YEAR, texts={"s5": ("一段",), "s6": ("同",)}))
    assert lines(done("diff", a, b).text)[2:] == [
        "各项数据相同。",
        "文字部分不同：“五、存在的主要问题及改进情况” A 2 段、B 1 段。",
        "情况说明不同：G302（内容不同）。",
    ]
    assert lines(done("diff", a, c).text)[-1] == "情况说明不同：G302（只有 A 写了）。"
    assert lines(done("diff", c, a).text)[-1] == "情况说明不同：G302（只有 B 写了）。"
    told = done("diff", a, b, "--format", "json").json
    assert (told["same"], told["texts"], told["explanations"]) == (True, ["s5"], ["G302"])


def test_two_units_may_be_compared_and_that_is_said_first(tmp_path: Path) -> None:
    a = put(tmp_path / "a.xlsx", filled(YEAR, {NEW: 1, GRANTED: 1}))
    b = put(tmp_path / "b.xlsx", filled(YEAR, {NEW: 1, GRANTED: 1}, unit=Unit("005", "区教育局")))
    assert lines(done("diff", a, b).text) == [
        f"A：004 区财政局，2025 年度，表样 gkbg-2021，审核通过    {a}",
        f"B：005 区教育局，2025 年度，表样 gkbg-2021，审核通过    {b}",
        "两份不是同一单位的数据。",
        "各项数据相同。",
    ]


def test_a_blank_beside_a_figure_is_a_difference_and_gives_none(tmp_path: Path) -> None:
    one = filled(YEAR, {NEW: 5, GRANTED: 5})
    blank = Submission(one.form, YEAR, one.unit, {**one.values, NEW: None})
    a, b = put(tmp_path / "a.xlsx", one), put(tmp_path / "b.xlsx", blank)
    found = done("diff", a, b, status=1)
    assert lines(found.text)[1:] == [
        f"B：004 区财政局，2025 年度，表样 gkbg-2021，退回修改    {b}",
        "数据不同的指标 1 项（A→B，括号内为 B 减 A）：",
        "  表三“本年新收政府信息公开申请数量—自然人” 5→空",
        "合计随各分项变动，不另列。",
    ]
    # A rejected submission is compared all the same, and why it is rejected is told beside the result.
    assert found.err.startswith(f"004 区财政局：退回修改（必改 1 处，提醒 1 处）    {b}\n  【必改】表三")
    item = done("diff", a, b, "--format", "json", status=1).json["items"][0]
    assert (item["a"], item["b"], item["difference"]) == (5, None, None)


# --- two years -------------------------------------------------------------------------------------------------------


def test_two_years_of_two_forms(tmp_path: Path) -> None:
    old = {NEW: 5, "t3.closed.person": 2, GRANTED: 3, "t2.fee.items_before": 3}
    new = {NEW: 8, "t3.closed_1.person": 4, GRANTED: 4}
    a, b = put(tmp_path / "a.xlsx", filled(2020, old)), put(tmp_path / "b.xlsx", filled(2021, new))
    fee = "表二“行政事业性收费—上一年项目数量”"
    late = "表三“申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请—自然人”"
    assert lines(done("diff", a, b, status=1).text)[2:] == [
        "两份不是同一年度的数据。",
        "两份的表样不同，只比对两边都有的 172 项指标。",
        "数据不同的指标 3 项（A→B，括号内为 B 减 A）：",
        "  表三“本年新收政府信息公开申请数量—自然人” 5→8（+3）",
        "  表三“予以公开—自然人” 3→4（+1）",
        # What it adds up is in one of the forms alone, so it does not follow from the line above.
        "  表三“本年度办理结果·总计—自然人” 5→8（+3）",
        "合计随各分项变动，不另列。",
        f"只在 A 的表样里有的指标 25 项：{fee} 3、表三“其他处理—自然人” 2；另有 23 项为 0。",
        f"只在 B 的表样里有的指标 25 项：{late} 4；另有 24 项为 0。",
    ]
    told = done("diff", a, b, "--format", "json", status=1).json
    ids_a, ids_b = (set(form_of(year).item) for year in (2020, 2021))
    assert set(told["only_a"]) == ids_a - ids_b
    assert set(told["only_b"]) == ids_b - ids_a
    assert [one["id"] for one in told["items"]] == [NEW, GRANTED, "t3.done.person"]


def test_two_years_of_two_forms_with_the_same_figures_are_not_the_same_data(tmp_path: Path) -> None:
    a, b = put(tmp_path / "a.xlsx", filled(2020)), put(tmp_path / "b.xlsx", filled(2021))
    assert "两边都有的指标数据相同。" in lines(done("diff", a, b, status=1).text)
    told = done("diff", a, b, "--format", "json", status=1).json
    assert (told["same"], told["items"]) == (False, [])


# --- two summaries ---------------------------------------------------------------------------------------------------


def merged(folder: Path, name: str, units: Mapping[str, Mapping[str, Any]]) -> Path:
    """The working paper of these units, made by the program."""
    inbox = folder / name
    for code, values in units.items():
        unit_workbook(inbox / f"{code}.xlsx", YEAR, (code, f"第{code}单位"), values)
    roster = roster_file(folder / f"{name}.csv", [office_row(), *map(unit_row, units)])
    done("merge", inbox, "--roster", roster, "-o", folder / f"{name}.xlsx")
    return folder / f"{name}.xlsx"


def district(*codes: str) -> dict[str, dict[str, Any]]:
    return {code: dict(random_values(form_of(YEAR), random.Random(code), most=20)) for code in codes}


def test_a_correction_is_followed_to_its_unit(tmp_path: Path) -> None:
    first = district("001", "002", "003")
    second = {code: dict(values) for code, values in first.items()}
    for item in (NEW, GRANTED):
        second["002"][item] += 1
    a, b = merged(tmp_path, "一稿", first), merged(tmp_path, "二稿", second)
    sums = added(form_of(YEAR), first.values())
    new, granted = (int(sums[item]) for item in (NEW, GRANTED))
    mine = first["002"]
    assert lines(done("diff", a, b, status=1).text) == [
        f"A：000 某区人民政府，2025 年度，表样 gkbg-2021，汇总 3 家，审核通过    {a}",
        f"B：000 某区人民政府，2025 年度，表样 gkbg-2021，汇总 3 家，审核通过    {b}",
        "数据不同的指标 2 项（A→B，括号内为 B 减 A）：",
        f"  表三“本年新收政府信息公开申请数量—自然人” {new}→{new + 1}（+1）",
        f"    其中：002 第002单位 {mine[NEW]}→{mine[NEW] + 1}",
        f"  表三“予以公开—自然人” {granted}→{granted + 1}（+1）",
        f"    其中：002 第002单位 {mine[GRANTED]}→{mine[GRANTED] + 1}",
        "合计随各分项变动，不另列。",
    ]
    told = done("diff", a, b, "--format", "json", status=1).json
    assert told["items"][1]["units"] == [
        {"code": "002", "name": "第002单位", "a": mine[GRANTED], "b": mine[GRANTED] + 1}
    ]
    assert (told["a"]["covers"], told["units_only_a"], told["units_only_b"]) == (3, [], [])


def test_figures_that_moved_from_a_unit_to_another_are_told_though_the_sums_are_the_same(tmp_path: Path) -> None:
    first = district("001", "002")
    for values in first.values():
        values["t2.licence.decisions"] = 7
    second = {code: dict(values) for code, values in first.items()}
    second["001"]["t2.licence.decisions"], second["002"]["t2.licence.decisions"] = 4, 10
    a, b = merged(tmp_path, "一稿", first), merged(tmp_path, "二稿", second)
    assert lines(done("diff", a, b, status=1).text)[2:] == [
        "数据不同的指标 1 项（A→B，括号内为 B 减 A）：",
        "  表二“行政许可—本年处理决定数量” 14→14（合计不变）",
        "    其中：001 第001单位 7→4、002 第002单位 7→10",
    ]
    told = done("diff", a, b, "--format", "json", status=1).json
    assert (told["same"], told["items"][0]["difference"]) == (False, 0)


def test_a_unit_that_only_one_of_them_covers_is_named_with_its_figures(tmp_path: Path) -> None:
    first, zeros = district("001"), dict.fromkeys(district("001")["001"], 0)
    zeros["t2.fee.amount"] = Decimal(0)  # type: ignore[assignment]
    extra = {**zeros, NEW: 4, GRANTED: 4}
    a = merged(tmp_path, "一稿", first | {"009": zeros})
    b = merged(tmp_path, "二稿", first | {"007": extra})
    text = lines(done("diff", a, b, status=1).text)
    assert text[4:5] == ["    其中：007 第007单位 4（只在 B）"]
    assert text[-2:] == ["只有 A 汇总的单位 1 家：009 第009单位。", "只有 B 汇总的单位 1 家：007 第007单位。"]
    told = done("diff", a, b, "--format", "json", status=1).json
    assert told["units_only_a"] == [{"code": "009", "name": "第009单位"}]
    assert told["units_only_b"] == [{"code": "007", "name": "第007单位"}]
    assert [(one["id"], one["units"]) for one in told["items"]] == [
        (NEW, [{"code": "007", "name": "第007单位", "a": None, "b": 4}]),
        (GRANTED, [{"code": "007", "name": "第007单位", "a": None, "b": 4}]),
    ]


def test_a_summary_without_rows_is_compared_by_its_sums(tmp_path: Path) -> None:
    a = merged(tmp_path, "一稿", district("001", "002"))
    done("export", a, "-o", tmp_path / "b.json")
    assert lines(done("diff", a, tmp_path / "b.json").text)[2:] == [
        "B 没有各单位的明细，只比对汇总数。",
        "两份数据完全相同。",
    ]
    text = lines(done("diff", a, tmp_path / "一稿" / "001.xlsx", status=1).text)
    assert text[2:4] == ["两份不是同一单位的数据。", "A 是汇总数据，B 是一个单位的数据。"]
    assert not any(line.startswith("只有") for line in text)


def test_a_unit_is_found_at_any_level() -> None:
    village = Cover(Unit("011", "甲村"))
    one = filled(YEAR, covers=(Cover(Unit("010", "甲镇"), covers=(village,)),))
    other = filled(YEAR, covers=(Cover(Unit("010", "甲镇")), Cover(Unit("012", "乙村"))))
    found = difference(one, other)
    assert (found.units_only_a, found.units_only_b) == ((Unit("011", "甲村"),), (Unit("012", "乙村"),))
    assert not found.same


def test_no_more_than_ten_units_are_told_on_the_screen(tmp_path: Path) -> None:
    codes = [f"{n:03}" for n in range(1, 13)]
    values = district("001")["001"]
    units = dict.fromkeys(codes, values)
    after = {**values, "t2.licence.decisions": values["t2.licence.decisions"] + 1}
    more = dict.fromkeys(codes, after)
    a, b = merged(tmp_path, "一稿", units), merged(tmp_path, "二稿", more)
    line = lines(done("diff", a, b, status=1).text)[4]
    assert line.count("第0") == 10
    assert line.endswith(" 等 12 家")
    assert len(done("diff", a, b, "--format", "json", status=1).json["items"][0]["units"]) == 12


# --- any figures -----------------------------------------------------------------------------------------------------


def _sides(year: int, seed: int, changed: list[int]) -> tuple[Submission, Submission, list[str]]:
    form = FORMS[[f.id for f in FORMS].index(form_of(year).id)]
    values: dict[str, Any] = dict(random_values(form_of(year), random.Random(seed)))
    ids = [item.id for n, item in enumerate(form.inputs) if n in {c % len(form.inputs) for c in changed}]
    after = {**values, **{ident: values[ident] + 1 for ident in ids}}
    unit = Unit("004", "区财政局")
    return Submission(form, year, unit, values), Submission(form, year, unit, after), ids


@given(st.sampled_from([2020, 2025]), st.integers(0, 2**32), st.lists(st.integers(0, 400), max_size=12))
def test_exactly_the_changed_inputs_are_told_and_both_ways_alike(year: int, seed: int, changed: list[int]) -> None:
    a, b, ids = _sides(year, seed, changed)
    found, back = difference(a, b), difference(b, a)
    assert [one.item.id for one in found.items] == ids
    assert all(one.change == 1 for one in found.items)
    assert [(one.item.id, one.a, one.b) for one in back.items] == [(o.item.id, o.b, o.a) for o in found.items]
    assert found.same is found.identical is back.same is (not ids)
    # Totals by another way: what they differ by is what the told inputs below them differ by.
    sums = [with_totals(form_of(year), {i: v for i, v in s.values.items() if v is not None}) for s in (a, b)]
    below = {item.id: {i.id for i in a.form.inputs_below(item.total)} for item in a.form.items if item.total}
    for total, parts in below.items():
        assert sums[1][total] - sums[0][total] == len(parts & set(ids))


@given(st.integers(0, 2**32), st.lists(st.sampled_from("12345"), unique=True, min_size=1))
def test_the_units_of_an_item_add_up_to_what_it_changed_by(seed: int, codes: list[str]) -> None:
    rng = random.Random(seed)

    def summary(members: list[str]) -> Submission:
        form = form_of(YEAR)
        covers = []
        for code in members:
            values = random_values(form, random.Random(code)) | {NEW: rng.randrange(3), "t2.fee.amount": Decimal(2)}
            own = Submission(form, YEAR, Unit(code, f"第{code}单位"), values)
            covers.append(Cover(own.unit, values=own.figures))
        total = {item.id: sum(cover.values[item.id] or 0 for cover in covers) for item in form.inputs}
        return Submission(form, YEAR, Unit("000", "某区"), total, covers=tuple(covers))

    a, b = summary(list("123")), summary(codes)
    found = difference(a, b)
    for one in found.items:
        assert one.change is not None
        assert sum((u.b or 0) - (u.a or 0) for u in one.units) == one.change
    assert {u.code for u in found.units_only_a} == set("123") - set(codes)
    assert {u.code for u in found.units_only_b} == set(codes) - set("123")
    for item in a.form.inputs:
        assert (item.id in {one.item.id for one in found.items}) >= (a.figures[item.id] != b.figures[item.id])


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put(tmp_path_factory.mktemp("good") / "甲.xlsx", filled(YEAR, {NEW: 1, GRANTED: 1}))


def test_a_path_that_is_not_there_is_status_3(good: Path, tmp_path: Path) -> None:
    missing = tmp_path / "没有.xlsx"
    for pair in ((good, missing), (missing, good), (good, tmp_path / "没有.html")):
        found = done("diff", *pair, status=3)
        assert found.out == b""
        assert "：找不到文件或文件夹" in found.err


def test_a_folder_is_no_side(good: Path, tmp_path: Path) -> None:
    assert done("diff", good, tmp_path, status=2).err == (
        f"用法不对：{tmp_path} 是文件夹；比对的两份各是一个文件。查看用法：xls-report diff --help\n"
    )
    assert done("diff", good, status=2).err == (
        "用法不对：缺少要比对的第二份数据（B）。查看用法：xls-report diff --help\n"
    )


def test_a_hostile_file_is_told_and_nothing_is_compared(good: Path, tmp_path: Path) -> None:
    bad = tmp_path / "乙.xlsx"
    bad.write_bytes(b"PK\x03\x04" + bytes(400))
    found = done("diff", good, bad, status=1)
    assert found.out == b""
    assert lines(found.err)[0] == f"打不开（必改 1 处）    {bad}"
    assert lines(found.err)[-1] == f"没有比对：{bad} 里没有可以比对的数据。"
    told = done("diff", bad, good, "--format", "json", status=1).json
    assert list(told) == KEYS
    assert told["a"] == {"file": str(bad), "form": None, "year": None, "unit": None, "covers": 0}
    assert told["b"]["unit"] == {"code": "004", "name": "区财政局"}
    assert (told["same"], told["items"]) == (False, [])


@pytest.mark.parametrize("suffix", sorted(PAGES))
def test_a_published_page_that_is_no_report_is_told_as_import_tells_it(good: Path, tmp_path: Path, suffix: str) -> None:
    page = tmp_path / f"年报{suffix}"
    page.write_text("一、总体情况", encoding="utf-8")
    found = done("diff", good, page, status=1)
    told, last = lines(found.err)
    assert told.startswith(f"{page}：{'文件没有读取' if suffix == '.docx' else '【必改】这份文件里没有找到'}")
    assert last == f"没有比对：{page} 里没有可以比对的数据。"


def test_json_that_is_no_export_is_told_by_name(good: Path, tmp_path: Path) -> None:
    broken = tmp_path / "b.json"
    broken.write_text('{"form": ', encoding="utf-8")
    assert lines(done("diff", good, broken, status=1).err)[0] == (
        f"{broken}：不是合格的 JSON，第 1 行第 10 列起读不下去"
    )
    link = tmp_path / "l.json"
    link.symlink_to(broken)
    assert lines(done("diff", good, link, status=1).err)[0].startswith(f"{link}：")


def test_a_total_of_an_export_that_disagrees_is_told_and_added_up_anew(good: Path, tmp_path: Path) -> None:
    entry = export_object(filled(YEAR, {NEW: 1, GRANTED: 1}), "x")
    entry["values"]["t3.new.total"] = 9
    other = data_file(tmp_path / "b.json", [entry])
    found = done("diff", good, other)
    assert found.err == (f"{other}：表三“本年新收政府信息公开申请数量—总计”是合计，给出 9，各分项之和为 1，按 1 计。\n")
    assert lines(found.text)[-1] == "两份数据完全相同。"


def test_a_pdf_is_no_data(good: Path, tmp_path: Path) -> None:
    paper = tmp_path / "盖章.pdf"
    paper.write_bytes(b"%PDF-1.7")
    assert "不是数据表" in done("diff", paper, good, status=1).err


def test_a_name_with_what_cannot_be_seen_is_told_with_it(good: Path, tmp_path: Path) -> None:
    page = tmp_path / "年\u200b报.html"
    page.write_bytes(b"x")
    assert lines(done("diff", good, page, status=1).err)[-1].startswith(f"没有比对：{tmp_path}/年\\u200B报.html 里")


def test_the_result_goes_into_a_file_and_never_over_one_of_the_two(good: Path, tmp_path: Path) -> None:
    a, out = tmp_path / "a.xlsx", tmp_path / "out.txt"
    shutil.copy(good, a)
    done("diff", good, a, "-o", out)
    assert out.read_text(encoding="utf-8").splitlines()[-1] == "两份数据完全相同。"
    before = hashes(tmp_path)
    assert run("diff", good, a, "-o", out).status == 3
    refused = done("--force", "diff", good, a, "-o", a, status=3)
    assert refused.err == f"{a} 是输入文件，不能写成输出；请换一个文件名或文件夹\n"
    assert hashes(tmp_path) == before


def test_every_kind_of_file_is_read_at_one_place(good: Path) -> None:
    assert submission_of(good, FORMS).submission is not None
    with pytest.raises(FileNotFoundError):
        submission_of(good.with_name("x.json"), FORMS)
