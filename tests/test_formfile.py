"""Form files: every complaint by file, table, block and key, all at once; a new year is one data file."""

from __future__ import annotations

import copy
import random
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import TEMPLATES, as_data, data_file, done, fractions, office_row, roster_file, run, unit_row
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from xls_report.explain import form_object, form_text
from xls_report.form import Form
from xls_report.formfile import FormFileError, form_of_year, load_form, load_forms
from xls_report.layout import Kind
from xls_report.plan import compile_layout
from xls_report.reader import read
from xls_report.submission import Submission, Unit
from xls_report.writer import write

Raw = dict[str, Any]


def toml(value: Raw) -> str:
    """A dict as TOML: plain, every table inline but the first level, which is all the loader must accept."""
    return "".join(f"{_key(key)} = {_value(entry)}\n" for key, entry in value.items())


def _key(key: str) -> str:
    return _text(key)


def _text(text: str) -> str:
    safe = {'"': '\\"', "\\": "\\\\"}
    escaped = "".join(safe.get(c) or (c if c.isprintable() else f"\\U{ord(c):08x}") for c in text)
    return f'"{escaped}"'


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(entry) for entry in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(entry)}" for key, entry in value.items()) + "}"
    return repr(value)


def original(name: str = "2021") -> Raw:
    return tomllib.loads((TEMPLATES / f"{name}.toml").read_text(encoding="utf-8"))


SMALL: Raw = {
    "id": "small",
    "title": "小表",
    "basis": "依据",
    "years": [2030, 2031],
    "no_reason": ["无误"],
    "table": [
        {
            "id": "t1",
            "sheet": "表一 甲",
            "title": "一、甲",
            "block": [
                {
                    "title": "第一分表",
                    "corner": "项目",
                    "columns": [
                        {"id": "a", "label": "甲"},
                        {"id": "g", "label": "组", "columns": [{"id": "b", "label": "乙"}, {"id": "c", "label": "丙"}]},
                        {"id": "sum", "label": "合计", "formula": "a + g.*"},
                    ],
                    "rows": [
                        {"id": "r", "label": "一"},
                        {"id": "s", "label": "二"},
                        {"id": "all", "label": "合计", "formula": "r + s"},
                    ],
                    "relation": [
                        {"id": "G101", "rows": "r >= s", "basis": "b"},
                        {"id": "G102", "columns": "a <= g.* + 3", "only": ["r"], "level": "explain", "basis": "b"},
                    ],
                }
            ],
        }
    ],
    "section": [
        {"id": "x1", "sheet": "一、文字", "title": "文字", "parts": [{"id": "x1.a", "title": "甲"}]},
    ],
    "relation": [{"id": "G901", "items": "t1.r.a <= t1.s.b", "level": "warning", "basis": "b"}],
}


def load(folder: Path, raw: Raw | str) -> Any:
    path = folder / "新表.toml"
    path.write_text(raw if isinstance(raw, str) else toml(raw), encoding="utf-8")
    return load_form(path)


def complaints(folder: Path, raw: Raw | str) -> tuple[str, ...]:
    with pytest.raises(FormFileError) as caught:
        load(folder, raw)
    assert all(line.startswith("新表.toml：") for line in caught.value.complaints)
    return caught.value.complaints


def changed(change: Callable[[Raw], object]) -> Raw:
    raw = copy.deepcopy(SMALL)
    change(raw)
    return raw


def _block(raw: Raw) -> Raw:
    found: Raw = raw["table"][0]["block"][0]
    return found


def _put(*path: str | int, to: Any) -> Callable[[Raw], object]:
    def change(raw: Raw) -> None:
        place: Any = raw
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to

    return change


def _drop(*path: str | int) -> Callable[[Raw], object]:
    def change(raw: Raw) -> None:
        place: Any = raw
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]

    return change


TABLE: tuple[str | int, ...] = ("table", 0)
BLOCK: tuple[str | int, ...] = (*TABLE, "block", 0)
REL: tuple[str | int, ...] = (*BLOCK, "relation")

FAULTS: list[tuple[str, Callable[[Raw], object], list[str]]] = [
    ("no id", _drop("id"), ["id"]),
    ("id of another kind", _put("id", to=3), ["id", "字符串"]),
    ("id in capitals", _put("id", to="Form 1"), ["id", "Form 1"]),
    ("no title", _drop("title"), ["title"]),
    ("no basis", _drop("basis"), ["basis"]),
    ("no years", _drop("years"), ["years"]),
    ("years turned round", _put("years", to=[2031, 2030]), ["years", "2031"]),
    ("one year", _put("years", to=[2030]), ["years"]),
    ("years as text", _put("years", to=["2030", "2031"]), ["years"]),
    ("years yes and no", _put("years", to=[True, True]), ["years"]),
    ("years no list", _put("years", to=2030), ["years", "列表"]),
    ("unknown key", _put("colour", to="red"), ["colour"]),
    ("reasons no list", _put("no_reason", to="无"), ["no_reason"]),
    ("reasons no texts", _put("no_reason", to=[1]), ["no_reason"]),
    ("no table", _drop("table"), ["table"]),
    ("table no list", _put("table", to="x"), ["table"]),
    ("table of texts", _put("table", to=["x"]), ["table"]),
    ("table without id", _drop(*TABLE, "id"), ["第 1 个 table", "id"]),
    ("table without sheet", _drop(*TABLE, "sheet"), ["表 t1", "sheet"]),
    ("sheet too long", _put(*TABLE, "sheet", to="长" * 32), ["表 t1", "sheet"]),
    ("sheet with a slash", _put(*TABLE, "sheet", to="甲/乙"), ["表 t1", "sheet", "甲/乙"]),
    ("sheet with a quote", _put(*TABLE, "sheet", to="甲'乙"), ["表 t1", "sheet"]),
    ("table without title", _drop(*TABLE, "title"), ["表 t1", "title"]),
    ("table with an unknown key", _put(*TABLE, "note", to="x"), ["表 t1", "note"]),
    ("table without block", _drop(*TABLE, "block"), ["表 t1", "block"]),
    ("block without columns", _drop(*BLOCK, "columns"), ["表 t1", "第 1 个 block", "columns"]),
    ("block without rows", _put(*BLOCK, "rows", to=[]), ["表 t1", "第 1 个 block", "rows"]),
    ("block with an unknown key", _put(*BLOCK, "note", to="x"), ["表 t1", "第 1 个 block", "note"]),
    ("column without label", _drop(*BLOCK, "columns", 0, "label"), ["columns 第 1 项", "label"]),
    ("column without id", _drop(*BLOCK, "columns", 0, "id"), ["columns 第 1 项", "id"]),
    ("row without label", _drop(*BLOCK, "rows", 1, "label"), ["rows 第 2 项", "label"]),
    ("column with an unknown key", _put(*BLOCK, "columns", 0, "width", to=3), ["columns 第 1 项", "width"]),
    ("column with rows", _put(*BLOCK, "columns", 0, "rows", to=[]), ["columns 第 1 项", "rows"]),
    ("id with a blank", _put(*BLOCK, "columns", 0, "id", to="a b"), ["columns 第 1 项", "a b"]),
    ("kind nobody knows", _put(*BLOCK, "columns", 0, "kind", to="float"), ["columns 第 1 项", "kind", "float"]),
    ("kind of another kind", _put(*BLOCK, "columns", 0, "kind", to=1), ["columns 第 1 项", "kind"]),
    ("hint no text", _put(*BLOCK, "columns", 0, "hint", to=1), ["columns 第 1 项", "hint"]),
    ("formula on a branch", _put(*BLOCK, "columns", 1, "formula", to="a"), ["columns 第 2 项", "formula"]),
    ("formula with a minus", _put(*BLOCK, "columns", 2, "formula", to="a - g.*"), ["columns 第 3 项", "减号"]),
    ("formula of nobody", _put(*BLOCK, "columns", 2, "formula", to="a + z"), ["columns sum", "z"]),
    ("formula over no branch", _put(*BLOCK, "columns", 2, "formula", to="a.*"), ["columns sum", "a"]),
    ("formula no text", _put(*BLOCK, "columns", 2, "formula", to=["a"]), ["columns 第 3 项", "formula"]),
    ("row formula of nobody", _put(*BLOCK, "rows", 2, "formula", to="r + z"), ["rows all", "z"]),
    ("column twice", _put(*BLOCK, "columns", 0, "id", to="b"), ["columns", "b", "两次"]),
    ("row twice", _put(*BLOCK, "rows", 0, "id", to="s"), ["表 t1", "s", "两次"]),
    ("branch without id", _drop(*BLOCK, "columns", 1, "id"), ["columns 第 2 项", "id"]),
    ("relation without id", _drop(*REL, 0, "id"), ["第 1 个 block", "id"]),
    ("relation id of another shape", _put(*REL, 0, "id", to="R1"), ["R1"]),
    ("relation twice", _put(*REL, 1, "id", to="G101"), ["G101", "两次"]),
    ("relation id used across tables", _put("relation", 0, "id", to="G101"), ["G101", "两次"]),
    ("relation without axis", _drop(*REL, 0, "rows"), ["G101", "恰有一个"]),
    ("relation of two axes", _put(*REL, 0, "columns", to="a = b"), ["G101", "恰有一个"]),
    ("relation without sign", _put(*REL, 0, "rows", to="r + s"), ["G101", "rows", "="]),
    ("relation with a minus", _put(*REL, 0, "rows", to="r - s = 0"), ["G101", "rows", "减号"]),
    ("relation of nobody", _put(*REL, 0, "rows", to="r = z"), ["G101", "rows", "z"]),
    ("relation empty", _put(*REL, 0, "rows", to=""), ["G101", "rows"]),
    ("relation no text", _put(*REL, 0, "rows", to=1), ["G101", "rows"]),
    ("relation of two signs", _put(*REL, 0, "rows", to="r = s = all"), ["G101", "rows"]),
    ("relation with less than", _put(*REL, 0, "rows", to="r < s"), ["G101", "rows"]),
    ("relation of numbers alone", _put(*REL, 0, "rows", to="1 = 1"), ["G101"]),
    ("level nobody knows", _put(*REL, 0, "level", to="fatal"), ["G101", "level", "fatal"]),
    ("relation without basis", _drop(*REL, 0, "basis"), ["G101", "basis"]),
    ("only of nobody", _put(*REL, 1, "only", to=["z"]), ["G102", "only", "z"]),
    ("only on rows", _put(*REL, 0, "only", to=["r"]), ["G101", "only"]),
    ("relation with an unknown key", _put(*REL, 0, "note", to="x"), ["G101", "note"]),
    ("items of nobody", _put("relation", 0, "items", to="t1.r.a = t1.r.z"), ["G901", "t1.r.z"]),
    ("rows across tables", _put("relation", 0, to={"id": "G901", "rows": "r = s", "basis": "b"}), ["G901"]),
    ("columns across tables", _put("relation", 0, to={"id": "G901", "columns": "a = b", "basis": "b"}), ["G901"]),
    ("section without parts", _drop("section", 0, "parts"), ["x1", "parts"]),
    ("section without sheet", _drop("section", 0, "sheet"), ["x1", "sheet"]),
    ("section with an unknown key", _put("section", 0, "note", to=1), ["x1", "note"]),
    ("part without title", _drop("section", 0, "parts", 0, "title"), ["x1", "title"]),
    ("least no whole number", _put("section", 0, "least", to="10"), ["x1", "least", "整数"]),
    ("governments no texts", _put("section", 0, "parts", 0, "governments", to=[1]), ["x1", "governments"]),
    ("two sheets of one name", _put("section", 0, "sheet", to="表一 甲"), ["表一 甲", "同名"]),
    ("a sheet of ours", _put("section", 0, "sheet", to="封面"), ["封面"]),
    ("the stamp's sheet", _put(*TABLE, "sheet", to="表样标识"), ["表样标识"]),
    ("a sheet called History", _put(*TABLE, "sheet", to="History"), ["History"]),
    ("a title with a control character", _put("title", to="小\u0086表"), ["title"]),
    ("a label with a control character", _put(*BLOCK, "rows", 0, "label", to="一\u0007"), ["rows 第 1 项", "label"]),
    ("an empty id", _put(*BLOCK, "columns", 1, "columns", 1, "id", to=""), ["columns 第 2 项.2", "id"]),
    ("an empty label", _put(*BLOCK, "columns", 0, "label", to=""), ["columns 第 1 项", "label"]),
    ("an empty title", _put("title", to=""), ["title"]),
    ("a section with a table's id", _put("section", 0, "id", to="t1"), ["t1"]),
    ("a table with the cover's id", _put("section", 0, "id", to="cover"), ["cover"]),
    ("a total with a constant", _put(*BLOCK, "columns", 2, "formula", to="a + g.* + 3"), ["sum"]),
    ("a total of nothing", _put(*BLOCK, "columns", 2, "formula", to="3"), ["sum"]),
    ("a sheet of blanks", _put(*TABLE, "sheet", to=" "), ["sheet"]),
    ("a sheet with a control character", _put(*TABLE, "sheet", to="甲\u0007"), ["sheet"]),
    (
        "two tables of one detail sheet",
        lambda raw: raw["table"].append(
            {
                "id": "t2",
                "sheet": "附一 乙",  # 明细一 too
                "title": "附一",
                "block": [{"columns": [{"id": "a", "label": "甲"}], "rows": [{"id": "r", "label": "一"}]}],
            }
        ),
        ["附一"],
    ),
    ("formula with last year", _put(*BLOCK, "columns", 2, "formula", to="prior.a + g.*"), ["columns", "prior"]),
    ("formula of itself", _put(*BLOCK, "columns", 2, "formula", to="a + sum"), ["sum"]),
    (
        "formulas in a ring",
        _put(
            *BLOCK,
            "columns",
            to=[
                {"id": "a", "label": "甲"},
                {"id": "g", "label": "组", "columns": [{"id": "b", "label": "乙"}]},
                {"id": "x", "label": "丁", "formula": "a + sum"},
                {"id": "sum", "label": "合计", "formula": "g.* + x"},
            ],
        ),
        ["sum"],
    ),
    ("a total of another kind than its parts", _put(*BLOCK, "columns", 0, "kind", to="amount"), ["sum", "kind"]),
    (
        "two items of one id",
        lambda raw: (
            _block(raw)["columns"].append({"id": "b.c", "label": "乙丙"}),
            _block(raw)["rows"].append({"id": "r.b", "label": "一乙"}),
        ),
        ["t1.r.b.c"],
    ),
    (
        "a table id with a dot",
        lambda raw: (
            raw["table"][0].update(id="t1.x"),
            raw["relation"][0].update(items="t1.x.r.a <= t1.x.s.b"),
        ),
        ["t1.x"],
    ),
    ("a year of five figures", _put("years", to=[2030, 20300]), ["years"]),
    ("the last year of the calendar", _put("years", to=[2030, 9999]), ["years"]),
    ("a year of three figures", _put("years", to=[203, 2030]), ["years"]),
    ("hint longer than a prompt", _put(*BLOCK, "rows", 0, "hint", to="长" * 300), ["hint"]),
]


@pytest.mark.parametrize(("change", "words"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_each_fault_is_told_with_its_place(tmp_path: Path, change: Callable[[Raw], object], words: list[str]) -> None:
    found = complaints(tmp_path, changed(change))
    assert any(all(word in line for word in words) for line in found), found
    assert len(set(found)) == len(found)


def test_the_small_form_itself_is_fine(tmp_path: Path) -> None:
    form = load(tmp_path, SMALL)
    assert [item.id for item in form.items if item.total is None] == [
        f"t1.{row}.{column}" for row in "rs" for column in "abc"
    ]


def test_several_faults_are_told_in_one_message(tmp_path: Path) -> None:
    raw = copy.deepcopy(SMALL)
    faults = [
        fault for fault in FAULTS if fault[0] in ("no title", "unknown key", "sheet with a slash", "level nobody knows")
    ]
    assert len(faults) == 4
    for _, change, _ in faults:
        change(raw)
    found = complaints(tmp_path, raw)
    assert len(found) == 4
    for _, _, words in faults:
        assert any(all(word in line for word in words) for line in found)
    (tmp_path / "新表.toml").rename(tmp_path / "a.toml")
    told = done("--forms", tmp_path, "explain", 2030, status=2)
    assert len(told.err.strip().splitlines()) == 4


@pytest.mark.parametrize(
    "data", [b"x = " + b"[" * 5000, b"id = ", b"\xff\xfe", 'id = "张"'.encode("gb18030"), b"a = 1\na = 2", b"[[[["]
)
def test_what_is_no_toml_is_told_with_its_file(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.toml").write_bytes(data)
    found = done("--forms", tmp_path, "explain", 2030, status=2)
    assert found.err.startswith("x.toml：")


def test_a_form_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    """Windows editors put a byte order mark in front and end lines with CRLF."""
    text = (TEMPLATES / "2021.toml").read_text(encoding="utf-8").replace("\n", "\r\n")
    (tmp_path / "2021.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    done("--forms", tmp_path, "explain", 2025)


def test_folders_of_forms(tmp_path: Path) -> None:
    assert "没有表样文件" in done("--forms", tmp_path, "explain", 2030, status=2).err
    (tmp_path / "a.toml").write_text(toml(SMALL), encoding="utf-8")
    (tmp_path / "readme.txt").write_text("x", encoding="utf-8")
    done("--forms", tmp_path, "explain", 2030)
    late = copy.deepcopy(SMALL) | {"id": "late", "years": [2031, 2040]}
    (tmp_path / "b.toml").write_text(toml(late), encoding="utf-8")
    overlapping = done("--forms", tmp_path, "explain", 2030, status=2).err
    assert "重叠" in overlapping
    assert "2031" in overlapping
    late["years"] = [2032, 2040]
    (tmp_path / "b.toml").write_text(toml(late), encoding="utf-8")
    done("--forms", tmp_path, "explain", 2040)
    late["id"] = "small"
    (tmp_path / "b.toml").write_text(toml(late), encoding="utf-8")
    assert "id 相同" in done("--forms", tmp_path, "explain", 2030, status=2).err
    unknown = run("--forms", tmp_path, "explain", 2025)
    assert unknown.status == 2


def test_forms_are_chosen_by_report_year_alone() -> None:
    found = load_forms(TEMPLATES)
    assert form_of_year(found, 2018) is None
    assert [getattr(form_of_year(found, year), "id", None) for year in (2019, 2020, 2021, 2026, 2100)] == [
        "gkbg-2019",
        "gkbg-2019",
        "gkbg-2021",
        "gkbg-2021",
        "gkbg-2021",
    ]
    assert form_of_year(found, 2101) is None


def _leaf(ident: str, **more: Any) -> Raw:
    return {"id": ident, "label": f"标签 {ident}", **more}


ODD: dict[str, list[Raw]] = {
    "one cell": [{"columns": [_leaf("a")], "rows": [{}]}],
    "one cell with a title": [{"title": "题", "columns": [_leaf("a")], "rows": [{}]}],
    "one column": [{"corner": "角", "columns": [_leaf("a")], "rows": [_leaf("r"), _leaf("s")]}],
    "one row": [{"corner": "角", "columns": [_leaf("a"), _leaf("b")], "rows": [_leaf("r")]}],
    "no corner": [{"columns": [_leaf("a"), _leaf("b")], "rows": [_leaf("r"), _leaf("s")]}],
    "deep rows": [
        {
            "columns": [_leaf("a")],
            "rows": [_leaf("x", rows=[_leaf("y", rows=[_leaf("z", rows=[_leaf("r")]), _leaf("s")]), _leaf("t")])],
        }
    ],
    "deep columns": [
        {"columns": [_leaf("x", columns=[_leaf("y", columns=[_leaf("a")]), _leaf("b")])], "rows": [_leaf("r")]}
    ],
    "narrow above wide": [
        {"title": "上", "columns": [_leaf("a")], "rows": [_leaf("r")]},
        {"title": "下", "columns": [_leaf(c) for c in "abcdef"], "rows": [_leaf("s")]},
    ],
    "deep above shallow": [
        {"columns": [_leaf("a"), _leaf("b")], "rows": [_leaf("x", rows=[_leaf("r"), _leaf("s")])]},
        {"columns": [_leaf("a")], "rows": [_leaf("t")]},
    ],
    "narrow branch above wide": [
        {"columns": [_leaf("g", columns=[_leaf("a"), _leaf("b")])], "rows": [_leaf("r")]},
        {"columns": [_leaf(c) for c in "abcdef"], "rows": [_leaf("s")]},
    ],
    "thirty columns": [{"columns": [_leaf(f"c{n}") for n in range(30)], "rows": [_leaf("r")]}],
    "a hundred rows": [{"columns": [_leaf("a")], "rows": [_leaf(f"r{n}") for n in range(100)]}],
    "total first": [{"columns": [_leaf("t", formula="a + b"), _leaf("a"), _leaf("b")], "rows": [_leaf("r")]}],
    "total of a later total": [
        {
            "columns": [_leaf("u", formula="t + a"), _leaf("t", formula="a + b"), _leaf("a"), _leaf("b")],
            "rows": [_leaf("r")],
        }
    ],
    "both ways": [
        {
            "columns": [_leaf("a"), _leaf("b"), _leaf("t", formula="a + b")],
            "rows": [_leaf("r"), _leaf("s"), _leaf("u", formula="r + s")],
        }
    ],
    "amounts and changes": [
        {"columns": [_leaf("a", kind="amount", unit="万元"), _leaf("b", kind="change")], "rows": [_leaf("r")]},
    ],
    "labels like formulas": [{"columns": [_leaf("a") | {"label": "=1+1"}], "rows": [_leaf("r") | {"label": "{name}"}]}],
    "two labels the same": [
        {"columns": [_leaf("a") | {"label": "甲"}, _leaf("b") | {"label": "甲"}], "rows": [_leaf("r")]}
    ],
}


@pytest.mark.parametrize("blocks", ODD.values(), ids=ODD.keys())
def test_odd_shapes_work_from_blank_to_summary(tmp_path: Path, blocks: list[Raw]) -> None:
    raw = {**SMALL, "relation": [], "table": [{**SMALL["table"][0], "block": blocks}]}
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "x.toml").write_text(toml(raw), encoding="utf-8")
    form = load_form(folder / "x.toml")
    roster = roster_file(tmp_path / "r.csv", [office_row(), unit_row("101"), unit_row("102")])
    done("--forms", folder, "issue", 2030, roster, "-o", tmp_path / "blank")
    values: dict[str, int | str | None] = {
        item.id: "1.25" if item.kind == "amount" else n for n, item in enumerate(form.inputs)
    }
    for code in ("101", "102"):
        (blank,) = (tmp_path / "blank").glob(f"{code}-*.xlsx")
        data = data_file(tmp_path / "d.json", {"values": values})
        done("--force", "--forms", folder, "fill", blank, data, "-o", tmp_path / "in" / f"{code}.xlsx")
    found = done("--forms", folder, "check", tmp_path / "in", "--format", "json").json
    assert {f["code"] for file in found["files"] for f in file["findings"]} <= {"T101"}
    out = tmp_path / "m.xlsx"
    merged = done("--forms", folder, "merge", tmp_path / "in", "--roster", roster, "-o", out, "--format", "json").json
    given = fractions(values)
    totals = fractions(merged["values"])
    assert {ident: totals[ident] for ident in given} == {ident: 2 * value for ident, value in given.items()}


# --- nothing but FormFileError -----------------------------------------------------------------------------------


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _places(entry, (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _places(entry, (*path, index))


PLACES = {name: list(_places(raw)) for name, raw in (("small", SMALL), ("2021", original("2021")))}
_SCALARS = st.one_of(
    st.integers(-3, 2**63 - 1),
    st.booleans(),
    st.text(max_size=6),
    st.sampled_from(
        ["", "r", "a", "t1", "a + a", "g.*", "sum", "r = r", "1 = 1", "a.*", "prior.a", "x" * 40, "G101", "表一 甲"]
    ),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just([[]]),
    st.floats(allow_nan=False),
)


def _there(place: Any, key: str | int) -> bool:
    if isinstance(place, list):
        return isinstance(key, int) and key < len(place)
    return isinstance(place, dict) and key in place


def _mutate(raw: Raw, path: tuple[str | int, ...], act: str, value: Any) -> None:
    """Delete, repeat or replace what stands at the path, if an earlier act has left it there."""
    place: Any = raw
    for key in path[:-1]:
        if not _there(place, key):
            return
        place = place[key]
    key = path[-1]
    if not _there(place, key):
        return
    if act == "delete":
        del place[key]
    elif act == "twice" and isinstance(place, list):
        place.append(copy.deepcopy(place[int(key)]))
    else:
        place[key] = value


def _loaded(path: Path) -> tuple[Form | None, tuple[str, ...]]:
    try:
        return load_form(path), ()
    except FormFileError as fault:
        return None, fault.complaints


@settings(max_examples=400, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    data=st.data(),
    acts=st.lists(st.tuples(st.sampled_from(["delete", "twice", "replace"]), _SCALARS), min_size=1, max_size=3),
    base=st.sampled_from(["small", "small", "small", "2021"]),
)
def test_a_mutated_form_is_refused_or_works(data: st.DataObject, acts: list[tuple[str, Any]], base: str) -> None:
    raw = copy.deepcopy(SMALL) if base == "small" else original("2021")
    for act, value in acts:
        _mutate(raw, data.draw(st.sampled_from(PLACES[base])), act, copy.deepcopy(value))
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "x.toml"
        path.write_text(toml(raw), encoding="utf-8")
        form, told = _loaded(path)
    if form is None:
        assert told
        assert all(line.startswith("x.toml：") for line in told)
        return
    if base == "2021" and data.draw(st.integers(0, 3)):
        return
    form_object(form)
    form_text(form)
    submission = Submission(form, form.years[0], Unit("1", "x"), {item.id: None for item in form.inputs})
    for kind in (Kind.UNIT, Kind.TABLES):
        written = write(compile_layout(form, kind), submission)
        if 1000 <= form.years[0] <= 9999:
            back = read(written, (form,))
            assert [f.code for f in back.findings] == ["F206"], [f.message for f in back.findings]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda t: t.encode("utf-8", "surrogatepass"))))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "x.toml"
        path.write_bytes(data)
        with pytest.raises(FormFileError):
            load_form(path)


# --- a new year is one data file ---------------------------------------------------------------------------------

NEW_YEAR = 2026


def _next_form(folder: Path) -> Path:
    """The form of 2021 ended, and a new one from 2026 on: labels changed, a row and a total added."""
    folder.mkdir()
    old = (TEMPLATES / "2021.toml").read_text(encoding="utf-8")
    (folder / "2021.toml").write_text(old.replace("years = [2021, 2100]", "years = [2021, 2025]"), encoding="utf-8")
    (folder / "2019.toml").write_text((TEMPLATES / "2019.toml").read_text(encoding="utf-8"), encoding="utf-8")
    new = old.replace('id    = "gkbg-2021"', 'id    = "gkbg-2026"').replace("[2021, 2100]", "[2026, 2100]")
    new = new.replace("国办公开办函〔2021〕30号", "国办公开办函〔2026〕99号")
    new = new.replace("（一）予以公开", "（一）全部公开").replace("自然人", "个人")
    row = '  { id = "licence", label = "行政许可"'
    assert row in new
    new = new.replace(row, '  { id = "filing", label = "行政备案" },\n' + row, 1)
    end = '  { id = "licence", label = "行政许可", hint = "填本年全部行政许可处理决定，含依法不公开的。" },\n'
    assert end in new
    new = new.replace(end, end + '  { id = "five", label = "第（五）项合计", formula = "filing + licence" },\n', 1)
    (folder / "2026.toml").write_text(new, encoding="utf-8")
    return folder


def test_a_new_year_is_one_data_file_end_to_end(tmp_path: Path) -> None:
    forms = _next_form(tmp_path / "forms")
    explained = done("--forms", forms, "explain", NEW_YEAR, "--format", "json").json
    items = {item["id"]: item for table in explained["tables"] for item in table["items"]}
    assert len(items) == 202
    assert items["t2.five.decisions"]["role"] == "total"
    assert items["t2.filing.decisions"]["row"] == ["行政备案"]
    assert items["t3.granted.person"]["row"][-1] == "（一）全部公开"
    assert items["t3.granted.person"]["column"] == ["申请人情况", "个人"]
    codes = ("001", "002")
    roster = roster_file(tmp_path / "r.csv", [office_row(), *(unit_row(code) for code in codes)])
    done("--forms", forms, "issue", NEW_YEAR, roster, "-o", tmp_path / "blank")
    done("--forms", forms, "issue", 2025, roster, "-o", tmp_path / "old")
    form = load_form(forms / "2026.toml")
    from desk import random_values

    sums = 0
    for code in codes:
        values = random_values(form, random.Random(code)) | {"t2.filing.decisions": 3, "t2.licence.decisions": 4}
        data = data_file(tmp_path / "d.json", {"values": {**as_data(values), "t2.five.decisions": 7}})
        (blank,) = (tmp_path / "blank").glob(f"{code}-*.xlsx")
        done("--force", "--forms", forms, "fill", blank, data, "-o", tmp_path / "in" / blank.name)
        sums += int(values["t3.granted.person"])
    done("--forms", forms, "check", tmp_path / "in")
    out = tmp_path / "m.xlsx"
    found = done("--forms", forms, "merge", tmp_path / "in", "--roster", roster, "-o", out, "--format", "json").json
    assert found["form"] == "gkbg-2026"
    assert found["values"]["t2.five.decisions"] == 14
    assert found["values"]["t3.granted.person"] == sums
    (entry,) = done("--forms", forms, "export", out).json
    assert fractions(entry["values"]) == fractions(found["values"])
    book = openpyxl.load_workbook(tmp_path / "in" / next((tmp_path / "in").iterdir()).name)
    assert book["表二 主动公开"]["A9"].value == "行政许可"
    assert book["表二 主动公开"]["A10"].value == "第（五）项合计"
    assert str(book["表二 主动公开"]["B10"].value) == "=SUM(B8:B9)"
    book.close()


def test_a_workbook_of_a_form_that_is_not_known_here_is_refused_in_words(tmp_path: Path) -> None:
    forms = _next_form(tmp_path / "forms")
    roster = roster_file(tmp_path / "r.csv", [unit_row("001")])
    done("--forms", forms, "issue", NEW_YEAR, roster, "-o", tmp_path / "blank")
    found = done("check", tmp_path / "blank", "--format", "json", status=1).json
    file = next(f for f in found["files"] if f["outcome"] == "rejected")
    assert [f["code"] for f in file["findings"]] == ["F203"]
    assert "gkbg-2026" in file["findings"][0]["message"]
