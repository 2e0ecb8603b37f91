"""The roster: every encoding clerks save, every fault named by its row, and names that mean harm."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from desk import HEADS, done, form_of, office_row, random_values, roster_file, run, unit_row, workbook
from hypothesis import given, settings
from hypothesis import strategies as st

from xls_report.csvout import csv_bytes, safe_csv
from xls_report.finding import names
from xls_report.issue import workbook_name
from xls_report.roster import Roster, RosterError, RosterUnit, load_roster

YEAR = 2025
CHINESE = "代码,名称,分组,计入汇总,联系人,电话,别名,标志,上年代码,承接单位\n"


def _load(folder: Path, data: bytes | str) -> Roster:
    path = folder / "名单.csv"
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return load_roster(path)


def _faults(folder: Path, text: bytes | str) -> tuple[str, ...]:
    with pytest.raises(RosterError) as caught:
        _load(folder, text)
    for complaint in caught.value.complaints:
        assert complaint.startswith("名单.csv")
    return caught.value.complaints


# --- encodings and shapes ----------------------------------------------------------------------------------------

TEXT = "代码,名称,分组,标志\r\n001,区教育局,区直部门,规章制定权；其他\r\n002,龘䶮镇政府,镇街,\r\n000,某区,汇总单位,\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_every_encoding_clerks_save_gives_the_same_roster(tmp_path: Path, encoding: str) -> None:
    text = TEXT if encoding != "gbk" else TEXT.replace("䶮", "岩")
    found = _load(tmp_path, text.encode(encoding))
    assert [unit.code for unit in found.units] == ["001", "002"]
    assert found.units[0].name == "区教育局"
    assert found.units[1].name == ("龘䶮镇政府" if encoding != "gbk" else "龘岩镇政府")
    assert found.units[0].flags == {"规章制定权", "其他"}
    assert found.office is not None
    assert found.office.code == "000"
    assert all(unit.included for unit in found.units)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_are_refused_in_words(tmp_path: Path, encoding: str) -> None:
    assert _faults(tmp_path, TEXT.encode(encoding))


def test_line_ends_quotes_blank_lines_and_blanks_around(tmp_path: Path) -> None:
    expected = [("001", "甲，乙局"), ("002", '他说"好"局')]
    for end in ("\n", "\r\n", "\r"):
        rows = ["代码,名称", '"001","甲，乙局"', "", ' 002 , "他说""好""局" ', ",,", ""]
        text = end.join(rows).replace(' "他', '"他').replace('局" ', '局"')
        assert [(u.code, u.name) for u in _load(tmp_path, text).units] == expected


def test_all_columns_are_read(tmp_path: Path) -> None:
    text = CHINESE + "001,甲局,区直,否,张三,0595-1,别一；别二;别三,A；B,901,801；802\n"
    (unit,) = _load(tmp_path, text).units
    assert (unit.group, unit.included, unit.contact, unit.phone) == ("区直", False, "张三", "0595-1")
    assert unit.aliases == ("别一", "别二", "别三")
    assert unit.flags == {"A", "B"}
    assert (unit.prior_code, unit.takes_over) == ("901", ("801", "802"))


def test_english_heads_and_heads_in_any_order_and_unknown_ones(tmp_path: Path) -> None:
    text = "备注, NAME ,Code,included,Group,takes_over\nx,甲局,001,No,区直,801\ny,乙局,002,YES,镇街,\n"
    units = _load(tmp_path, text).units
    assert [(u.code, u.name, u.included, u.group, u.takes_over) for u in units] == [
        ("001", "甲局", False, "区直", ("801",)),
        ("002", "乙局", True, "镇街", ()),
    ]
    assert [u.code for u in _load(tmp_path, "代 码,名 称\n001,甲\n").units] == ["001"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("代码,名称,是否计入汇总\n001,甲,否\n", ["第 1 行", "不认识的表头“是否计入汇总”", "计入汇总"]),
        ("代码；名称\n001；甲\n", ["第 1 行", "英文逗号"]),
        ("代码\t名称\n001\t甲\n", ["第 1 行", "英文逗号"]),
        ("代码,名称\n1-Jan,甲\n", ["第 2 行", "1-Jan", "日期"]),
        ("代码,名称,标志\n001,甲,规章定制权\n", ["第 2 行", "不认识的标志“规章定制权”", "规章制定权"]),
    ],
)
def test_what_would_be_ignored_without_a_word_is_a_fault(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "r.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RosterError) as caught:
        load_roster(path, ["规章制定权"])
    (complaint,) = caught.value.complaints
    assert all(word in complaint for word in words), complaint


def test_included_is_yes_when_left_out(tmp_path: Path) -> None:
    units = _load(tmp_path, "代码,名称,计入汇总\n001,甲,\n002,乙,是\n003,丙,否\n").units
    assert [u.included for u in units] == [True, True, False]


# --- faults ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "row", "words"),
    [
        ("代码,名称\n,甲\n", 2, ["没有代码"]),
        ("代码,名称\n001,\n", 2, ["没有名称"]),
        ("代码,名称\n001,甲\n0 1,乙\n", 3, ["0 1"]),
        ("代码,名称\n００１,甲\n", 2, ["００１"]),
        ("代码,名称\n001/2,甲\n", 2, ["001/2"]),
        ("代码,名称\n=1,甲\n", 2, ["=1"]),
        ("代码,名称\n../x,甲\n", 2, ["../x"]),
        ("代码,名称\n-1,甲\n", 2, ["-1"]),
        ("代码,名称\n代码,甲\n", 2, ["代码"]),
        (f"代码,名称\n{'1' * 33},甲\n", 2, ["1" * 33]),
        (f"代码,名称\n001,{'长' * 61}\n", 2, ["60"]),
        ("代码,名称\n001,甲\u200b局\n", 2, ["看不见"]),
        ("代码,名称\n001,甲\u202e局\n", 2, ["看不见"]),
        ("代码,名称\n001,甲\x07局\n", 2, ["看不见"]),
        ('代码,名称\n001,"甲\n局"\n', 3, ["看不见"]),
        ("代码,名称,计入汇总\n001,甲,也许\n", 2, ["也许"]),
        ("代码,名称\n001,甲\n001,乙\n", 3, ["001", "第 2 行"]),
        ("代码,名称\na1,甲\nA1,乙\n", 3, ["A1", "第 2 行"]),
        ("代码,名称\n001,甲\n002,甲\n", 3, ["甲", "第 2 行"]),
        ("代码,名称,分组\n001,甲,汇总单位\n002,乙,汇总单位\n003,丙,\n", 3, ["汇总单位", "第 2 行"]),
        ("代码,名称,上年代码\n001,甲,9 9\n", 2, ["9 9"]),
        ("代码,名称,承接单位\n001,甲,801；八\n", 2, ["八"]),
        ("代码,名称,承接单位\n001,甲,801\n002,乙,801\n", 3, ["801", "第 2 行"]),
        ("代码,名称\n001,甲,多余\n", 2, ["多余"]),
        ("代码,名称\n001,甲\n\n\n002,乙,多余\n", 5, ["多余"]),
        ("代码,名称\n001,甲\n002,乙\n3,丙\n", 4, ["“3”", "003"]),
        ("代码,名称,代码\n001,甲,002\n", 1, ["两次"]),
        ("代码,名称,code\n001,甲,002\n", 1, ["两次"]),
        ("名称\n甲\n", 1, ["代码"]),
        ("代码\n001\n", 1, ["名称"]),
        ("001,甲\n002,乙\n", 1, ["代码", "名称"]),
    ],
)
def test_every_fault_is_named_by_its_row(tmp_path: Path, text: str, row: int, words: list[str]) -> None:
    faults = [fault for fault in _faults(tmp_path, text) if f"第 {row} 行" in fault.split("：")[1]]
    assert faults
    for word in words:
        assert any(word in fault for fault in faults), (word, faults)


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "代码,名称\n", "代码,名称\n,,\n"])
def test_a_roster_without_units_is_refused(tmp_path: Path, text: str) -> None:
    assert len(_faults(tmp_path, text)) == 1


def test_a_roster_of_the_office_alone_has_nobody_to_report(tmp_path: Path) -> None:
    """Nothing can be issued and a merge of nothing would be complete."""
    path = tmp_path / "名单.csv"
    path.write_text("代码,名称,分组\n000,某区,汇总单位\n", encoding="utf-8")
    found = run("issue", YEAR, path, "-o", tmp_path / "out")
    assert found.status == 2


@pytest.mark.parametrize(
    "data",
    [b'\xef\xbb\xbf"001,\n', '代码,名称\n001,"甲\n'.encode(), b"\xff\xfe\x00", "代码,名称\n001,甲\x00乙\n".encode()],
)
def test_a_broken_csv_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    for fault in _faults(tmp_path, data):
        assert not re.search(r"[a-z]{4,} [a-z]{2,} [a-z]{2,}", fault), fault


def test_a_workbook_named_as_csv_is_read_as_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "名单.csv")
    with pytest.raises(RosterError) as caught:
        load_roster(tmp_path / "名单.csv")
    assert caught.value.complaints == ("名单.csv：单位名单是空的",)


def test_faults_are_named_all_at_once_with_status_2(tmp_path: Path) -> None:
    text = "代码,名称,计入汇总\n,甲,\n001,,也许\n0 2,乙,\n003,丙,\n003,丁,\n"
    path = tmp_path / "名单.csv"
    path.write_text(text, encoding="utf-8")
    found = done("issue", YEAR, path, "-o", tmp_path / "out", status=2)
    lines = found.err.strip().splitlines()
    assert len(lines) == 5
    for row in (2, 3, 4, 6):
        assert any(f"第 {row} 行" in line for line in lines)
    assert not (tmp_path / "out").exists()


def test_lost_leading_zeros_are_named_never_mapped(tmp_path: Path) -> None:
    (fault,) = _faults(tmp_path, "代码,名称\n001,甲\n02,乙局\n030,丙\n".replace("02,", "2,"))
    assert "第 3 行" in fault
    assert "“2”" in fault
    assert "002" in fault
    assert [u.code for u in _load(tmp_path, "代码,名称\n1,甲\n2,乙\n30,丙\n").units] == ["1", "2", "30"]
    assert [u.code for u in _load(tmp_path, "代码,名称\n001,甲\n130,乙\n").units] == ["001", "130"]


def test_a_code_that_lost_its_zeros_in_a_returned_file_is_named(tmp_path: Path) -> None:
    roster = roster_file(tmp_path / "r.csv", [unit_row("001"), unit_row("002")])
    values = random_values(form_of(YEAR), random.Random(1))
    workbook(tmp_path / "in" / "a.xlsx", YEAR, ("1", "第001单位"), values)
    found = done(
        "merge", tmp_path / "in", "--roster", roster, "-o", tmp_path / "m.xlsx", "--format", "json", status=1
    ).json
    codes = [f["code"] for f in found["files"][0]["findings"]]
    assert "R201" in codes
    assert "R202" in codes
    assert [unit["code"] for unit in found["missing"]] == ["001", "002"]


# --- names that mean harm ----------------------------------------------------------------------------------------

_WINDOWS_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{d}{n}" for d in ("COM", "LPT") for n in range(1, 10))}

HOSTILE_NAMES = [
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.cn","点这里")',
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "＝1+1",
    "../../etc/passwd",
    "..\\..\\x",
    "a/b",
    "CON",
    "con.局",
    "NUL",
    "COM1.x",
    "x" * 60,
    "政" * 60,
    "局.",
    "局...",
    "..",
    ".",
    ".隐藏",
    "a:b",
    'a"b',
    "a*b?c",
    "<b>&amp;",
    "&L&P&A",
    "{name}",
    "{0}",
    "%d%s",
    "'",
    "''!A1",
    "a'b",
    "[x]",
    "_x0041_",
    "年报数据表.xlsx",
    "~$局",
    ".~lock.x",
    "空表发放清单",
    "$(reboot)",
    "`id`",
    "😀局",
    "𠮷局",
    "1E5",
    "TRUE",
    "#REF!",
]
HOSTILE_CODES = ["CON", "nul", "a.b", "0.", "A-1", "1e5", "0x10", "00", "z" * 32, "com1", "a..b", "1-", "x.xlsx"]


def assert_windows_name(name: str) -> None:
    """A file of this name can be made, copied and opened on any Windows."""
    assert not _WINDOWS_FORBIDDEN.search(name), name
    assert name == name.strip()
    assert not name.endswith(".")
    assert name.split(".")[0].rstrip().upper() not in _DEVICES, name
    assert len(name.encode("utf-16-le")) // 2 <= 120
    assert len(name.encode()) <= 255
    assert name.isprintable()


_FORMULA = re.compile(r"<f>([^<]*)</f>")


def formulas(path: Path) -> list[str]:
    """Every formula of a workbook of ours, cell by cell, straight from its parts: no other element may hold one."""
    found = []
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            text = package.read(name).decode("utf-8")
            if name.startswith("xl/worksheets/sheet"):
                found.extend(_FORMULA.findall(text))
                text = _FORMULA.sub("", text)
            assert not re.search(r"<f[ >/]", text), name
    return found


def _group(text: str) -> str:
    """As much of a hostile text as may be a group."""
    return "".join(char for char in text if char not in "*?~<>=")[:20]


def test_hostile_codes_and_names_make_safe_files_without_formulas(tmp_path: Path) -> None:
    names = list(dict.fromkeys(HOSTILE_NAMES))
    units = [(f"c{n:03}", name) for n, name in enumerate(names)]
    units += [(code, f"代码{n}局") for n, code in enumerate(HOSTILE_CODES)]
    rows = [
        unit_row(code, name, 分组=_group(name[:10]), 联系人=name[:20], 电话=name[:20], 别名=name)
        for code, name in units
    ]
    roster = roster_file(tmp_path / "r.csv", rows)
    out = tmp_path / "a" / "out"
    done("issue", YEAR, roster, "-o", out, "--label", "=1+1")
    files = sorted(out.iterdir())
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file() and path.parent != out) == ["r.csv"]
    assert len(files) == len(units) + 1
    reference = tmp_path / "ref"
    done("issue", YEAR, roster_file(tmp_path / "p.csv", [unit_row("p", "普通局")]), "-o", reference)
    plain = formulas(next(reference.glob("*.xlsx")))
    assert len(plain) > 50
    for path in files:
        assert_windows_name(path.name)
        if path.suffix == ".xlsx":
            assert formulas(path) == plain, path.name
            with zipfile.ZipFile(path) as package:
                assert not any("externalLink" in name or "hyperlink" in name for name in package.namelist())
    found = run("check", out, "--format", "json")
    outcomes = {entry["unit"]["code"]: entry for entry in found.json["files"] if entry["unit"]}
    assert {code: entry["unit"]["name"] for code, entry in outcomes.items()} == dict(units)
    for entry in outcomes.values():
        assert [f["code"] for f in entry["findings"]] == ["F206"], entry["findings"]


def test_the_list_of_blanks_holds_no_formula(tmp_path: Path) -> None:
    hostile = [name for name in dict.fromkeys(HOSTILE_NAMES) if name[0] in "=+-@＝"]
    rows = [unit_row(f"c{n}", name, 分组=_group(name), 联系人=name, 电话=name) for n, name in enumerate(hostile)]
    rows.append(unit_row("t", "甲局", 联系人="\t=1+1", 电话=" =1+1", 分组="\u3000+1+1"))
    done("issue", YEAR, roster_file(tmp_path / "r.csv", rows), "-o", tmp_path / "out", "--label", "@x")
    data = (tmp_path / "out" / "空表发放清单.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(table) == len(rows) + 1
    for row in table:
        for field in row:
            assert not field.lstrip(" \t\u3000\u00a0").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")), field


def _summary(folder: Path, names: list[str], text: str) -> Path:
    """A summary of units of these names, with a text in every place where a unit may write one."""
    rows = [office_row(name=f"{text}区"), *(unit_row(f"c{n}", name, 分组=_group(text)) for n, name in enumerate(names))]
    roster = roster_file(folder / "r.csv", rows)
    for n, name in enumerate(names):
        values = random_values(form_of(YEAR), random.Random(n))
        more = {
            "texts": {"s5": (text,)},
            "explanations": {"G202": f"{text}，因机构改革划入"},
            "cover": {"leader": text},
        }
        workbook(folder / "in" / f"=x{n}.xlsx", YEAR, (f"c{n}", name), values, **more)
    done("merge", folder / "in", "--roster", roster, "-o", folder / "m.xlsx")
    return folder / "m.xlsx"


def test_hostile_names_in_a_summary_and_a_csv_export(tmp_path: Path) -> None:
    names = list(dict.fromkeys(HOSTILE_NAMES))[:12]
    plain = _summary(tmp_path / "plain", [f"第{n}局" for n in range(len(names))], "平常的话")
    hostile = _summary(tmp_path / "hostile", names, "=cmd|' /C calc'!A0")
    assert len(formulas(plain)) >= 200
    assert formulas(hostile) == formulas(plain)
    found = done("export", tmp_path / "hostile" / "in", "--format", "csv")
    for row in csv.reader(io.StringIO(found.out.decode("utf-8-sig"), newline="")):
        for field in row[:-1]:
            assert not field.startswith(("=", "+", "@", "-")), field


_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}", re.ASCII)


def _named(text: str) -> bool:
    return text.isprintable() and bool(text.strip())


@settings(max_examples=300, deadline=None)
@given(code=st.from_regex(_CODE, fullmatch=True), name=st.text(min_size=1, max_size=60).filter(_named))
def test_any_code_and_name_make_a_safe_file_name(code: str, name: str) -> None:
    made = workbook_name(code, name, YEAR)
    assert_windows_name(made)
    assert made.endswith(f"-{YEAR}年政府信息公开年报数据表.xlsx")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_any_text_in_a_csv_is_no_formula_and_stays_itself(text: str) -> None:
    safe = safe_csv(text)
    assert safe in (text, f"'{text}")
    bare = safe.lstrip(" \u3000\xa0")
    assert not bare.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    surrogates = any("\ud800" <= char <= "\udfff" for char in text)
    if "\x00" not in text and not surrogates:
        table = list(csv.reader(io.StringIO(csv_bytes(((text, "x"),)).decode("utf-8-sig"), newline="")))
        assert table == [[safe, "x"]]


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda t: ("代码,名称\n" + t).encode("utf-8", "ignore"))
    )
)
def test_any_bytes_give_a_roster_or_complaints_in_words(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    found, told = _loaded(path)
    if found is None:
        assert told
        assert all(complaint.startswith("any.csv") for complaint in told)
    else:
        assert found.units or found.office


def _loaded(path: Path) -> tuple[Roster | None, tuple[str, ...]]:
    try:
        return load_roster(path), ()
    except RosterError as fault:
        return None, fault.complaints


def test_the_heads_of_the_design_are_all_known(tmp_path: Path) -> None:
    assert ",".join(HEADS) + "\n" == CHINESE
    english = "code,name,group,included,contact,phone,aliases,flags,prior_code,takes_over\n"
    row = "001,甲,g,否,c,p,a,f,9,8\n"
    assert _load(tmp_path, CHINESE + row) == _load(tmp_path, english + row)


# --- groups are criteria of the summary's formulas ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        (("乡镇*", ""), ["第 2 行：分组“乡镇*”不能含有 *"]),
        (("", "a?~<>=b"), ["第 3 行：分组“a?~<>=b”不能含有 ? ~ < > ="]),
        (("甲" * 31, "甲" * 30), [f"第 2 行：分组“{'甲' * 31}”过长（超过 30 字）"]),
        (("A类", "a类"), ["第 3 行：分组“a类”与第 2 行的“A类”只差大小写、空格或前面的 0，请写成一样"]),
        (
            ("区直部门", "区直 部门"),
            ["第 3 行：分组“区直 部门”与第 2 行的“区直部门”只差大小写、空格或前面的 0，请写成一样"],
        ),
        (("1", "01"), ["第 3 行：分组“01”与第 2 行的“1”只差大小写、空格或前面的 0，请写成一样"]),
    ],
)
def test_groups_that_a_formula_would_confuse_are_refused(
    groups: tuple[str, str], said: list[str], tmp_path: Path
) -> None:
    text = "代码,名称,分组\n" + "".join(f"00{n},单位{n},{group}\n" for n, group in enumerate(groups, 1))
    assert list(_faults(tmp_path, text)) == [f"名单.csv：{line}" for line in said]


def test_the_same_group_twice_is_no_fault(tmp_path: Path) -> None:
    assert _load(tmp_path, "代码,名称,分组\n001,甲, 乡镇 \n002,乙,乡镇\n003,丙,+1\n").groups == ("乡镇", "+1")


def test_a_csv_under_the_name_of_a_workbook_is_told_as_that(tmp_path: Path) -> None:
    path = tmp_path / "单位名单.xlsx"
    path.write_text("代码,名称\n004,区财政局\n", encoding="utf-8")
    with pytest.raises(RosterError) as told:
        load_roster(path)
    assert told.value.complaints == ("单位名单.xlsx：内容不是 Excel 工作簿；如果是 CSV 文件，请把扩展名改为 .csv",)


def _named_slowly(roster: Roster, text: str) -> tuple[RosterUnit, ...]:
    """What `named_in` says, name by name."""
    found = {n: unit for unit in roster.units for n in (unit.name, *unit.aliases) if n in text}
    whole = [unit for n, unit in found.items() if not any(n != other and n in other for other in found)]
    return tuple(dict.fromkeys(whole))


def test_units_are_found_as_by_going_through_the_list() -> None:
    chance = random.Random(7)

    def word(least: int, most: int) -> str:
        return "".join(chance.choice("局财区") for _ in range(chance.randrange(least, most)))

    several = 0
    for _ in range(2000):
        units = [
            RosterUnit(
                f"{'0' * chance.randrange(3)}{n // 2}x"[:4], word(1, 4), aliases=tuple(word(1, 3) for _ in range(n % 3))
            )
            for n in range(chance.randrange(7))
        ]
        roster, text = Roster(tuple(units)), word(0, 7)
        named = roster.named_in(text)
        assert named == _named_slowly(roster, text)
        several += len(named) > 1
        for code in ("0x", "1x", "00x", "9"):
            assert roster.find(code) == next((unit for unit in units if unit.code == code), None)
            near = [unit for unit in units if unit.code != code and unit.code.lstrip("0") == code.lstrip("0")]
            assert roster.without_zeros(code) == (near[0] if len(near) == 1 else None)
    assert several > 100


def test_the_first_few_of_many_are_enough_with_their_number() -> None:
    for number in range(1, 9):
        every = [f"第{n}" for n in range(number)]
        assert names(every[:4], total=number) == names(every)
