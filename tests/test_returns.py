"""`check --returns` and `--format xlsx` as the district's clerk meets them."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import openpyxl
import pytest
from acts import perform
from desk import done, hashes, office_row, roster_file, run, unit_row
from support import COVER, FORMS, UNIT, filled, zero_workbook
from support import workbook as written

from xls_report import checking
from xls_report.plan import compile_layout
from xls_report.submission import Submission, Unit
from xls_report.text import FOOTNOTE

LAYOUT = compile_layout(FORMS[-1])
WRONG = {"do": "type", "cell": "t3.new.person", "text": "无"}
OTHER = Unit("005", "区教育局")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Good, wrong, remarked, unreadable, other material; a unit that sent two."""
    folder = tmp_path / "收件"
    (folder / "微信").mkdir(parents=True)
    other = written(filled(2025, unit=OTHER))
    (folder / "004-区财政局-2025年政府信息公开年报数据表.xlsx").write_bytes(perform(zero_workbook(2025), LAYOUT, WRONG))
    twice = {"do": "type", "cell": "t2.fee.amount", "text": "没有"}
    (folder / "微信" / "副本(1).xlsx").write_bytes(perform(zero_workbook(2025), LAYOUT, WRONG, twice))
    (folder / "005.xlsx").write_bytes(perform(other, LAYOUT, {"do": "type", "cell": "t3.new.person", "text": "0"}))
    third = written(filled(2025, unit=Unit("006", "区审计局")))
    (folder / "006.xlsx").write_bytes(third)
    (folder / "区审计局.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    (folder / "区教育局.docx").write_bytes(b"PK")
    return folder


def _roster(folder: Path) -> Path:
    office = {**office_row("000", "某区人民政府办公室"), "联系人": "汇总岗", "电话": "0595-00000000"}
    rows = [office, unit_row("004", "区财政局"), unit_row("005", "区教育局"), unit_row("006", "区审计局")]
    return roster_file(folder / "名单.csv", rows)


def test_everything_that_has_to_come_back_goes_out(inbox: Path, tmp_path: Path) -> None:
    before = hashes(inbox)
    back = tmp_path / "退回"
    told = done("check", inbox, "--roster", _roster(tmp_path), "--returns", back, status=1)
    assert sorted(path.name for path in back.iterdir()) == [
        "提醒-005-区教育局-005.xlsx",
        "退回修改-004-区财政局-2025年政府信息公开年报数据表.xlsx",
        "退回修改-004-区财政局-副本(1).xlsx",
        "退回通知-004-区财政局.txt",
        "退回通知-区审计局.xls.txt",
    ]
    assert told.err == f"已写出退回修改表 2 份、只有提醒的标注表 1 份、退回通知 2 份，在 {back}。\n"
    assert told.text.endswith(f"{FOOTNOTE}\n")
    assert hashes(inbox) == before


def test_the_notice_is_an_office_letter(inbox: Path, tmp_path: Path) -> None:
    back = tmp_path / "退回"
    done("check", inbox, "--roster", _roster(tmp_path), "--returns", back, status=1)
    raw = (back / "退回通知-004-区财政局.txt").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n")
    text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    where = "表三“本年新收政府信息公开申请数量—自然人”"
    nil = f"【必改】{where}填“无”：没有请填 0。确有数字的，填阿拉伯数字。（V102，D5）"
    amount = "【必改】表二“行政事业性收费—本年收费金额”填“没有”：没有请填 0。确有数字的，填阿拉伯数字。（V102，B15）"
    red = "，能标出的格已标红，改好后红色自行消失。"
    assert text == "\n".join(
        [
            "退回修改通知",
            "",
            "区财政局：",
            "　　你单位报送的 2025 年度数据表，经审核有 3 处须修改、0 处须说明，具体如下：",
            "",
            "　　文件：004-区财政局-2025年政府信息公开年报数据表.xlsx",
            f"　　1.{nil}",
            f"　　以上问题已列入“退回修改-004-区财政局-2025年政府信息公开年报数据表.xlsx”{red}",
            "",
            "　　文件：副本(1).xlsx",
            f"　　1.{amount}",
            f"　　2.{nil}",
            "　　以上问题已列入“退回修改-004-区财政局-副本(1).xlsx”，能标出的格已标红，改好后红色自行消失。",
            "",
            "　　请在退回修改表上改正后，将该文件重新报送，文件名不用改。",
            "",
            FOOTNOTE,
            "",
            "某区人民政府办公室",
            "联系人：汇总岗　电话：0595-00000000",
            "",
        ]
    )
    nameless = (back / "退回通知-区审计局.xls.txt").read_text(encoding="utf-8-sig")
    assert "报送单位：" in nameless
    assert "疑似单位：006 区审计局" in nameless
    assert str(tmp_path) not in text + nameless


def test_the_notice_says_by_when_and_whom_to_call(inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settled = "项目,内容\n发件单位,区政府办公室\n联系人,张岗\n电话,\n报送截止日期,2026-01-23\n截止时间,17:30\n"
    (tmp_path / "设置.csv").write_text(f"{settled}报送方式,请通过政务OA报送\n", encoding="utf-8")
    said = {22: "于1月23日（周五）17:30前", 23: "于1月23日（周五）17:30前", 24: "尽快"}
    for day, by in said.items():

        class Day(datetime.date):
            today = classmethod(lambda cls, day=day: cls(2026, 1, day))

        monkeypatch.setattr(checking, "date", Day)
        back = tmp_path / f"退回{day}"
        done("check", inbox, "--roster", _roster(tmp_path), "--returns", back, status=1)
        lines = (back / "退回通知-004-区财政局.txt").read_text(encoding="utf-8-sig").splitlines()
        assert lines[-6] == f"　　请在退回修改表上改正后，{by}将该文件重新报送，文件名不用改。请通过政务OA报送。"
        assert lines[-2:] == ["区政府办公室", "联系人：张岗　电话：0595-00000000"]
        other = (back / "退回通知-区审计局.xls.txt").read_text(encoding="utf-8-sig")
        assert f"　　请按上述要求处理后{by}重新报送。请通过政务OA报送。\n" in other


def test_a_second_run_writes_nothing_new_and_a_change_is_not_overwritten(inbox: Path, tmp_path: Path) -> None:
    back = tmp_path / "退回"
    done("check", inbox, "--returns", back, status=1)
    first = hashes(back)
    done("check", inbox, "--returns", back, status=1)
    assert hashes(back) == first
    name = "退回修改-004-区财政局-副本(1).xlsx"
    (back / name).write_bytes(b"somebody is at work on it")
    told = run("check", inbox, "--returns", back)
    assert told.status == 3
    assert name in told.err
    assert "已存在，没有覆盖" in told.err
    assert (back / name).read_bytes() == b"somebody is at work on it"
    done("--force", "check", inbox, "--returns", back, status=1)
    assert hashes(back) == first


def test_an_input_is_never_overwritten_by_its_copy(inbox: Path, tmp_path: Path) -> None:
    back = tmp_path / "退回"
    done("check", inbox, "--returns", back, status=1)
    before = hashes(back)
    half = back / "退回修改-004-区财政局-副本(1).xlsx"
    told = run("--force", "check", half, "--returns", back)
    assert told.status == 3
    assert "是输入文件，不能写成输出" in told.err
    assert hashes(back)[half.name] == before[half.name]


def test_the_copies_are_submissions_like_any_other(inbox: Path, tmp_path: Path) -> None:
    back = tmp_path / "退回"
    done("check", inbox, "--returns", back, status=1)
    files = {Path(f["file"]).name: f for f in done("check", back, "--format", "json", status=1).json["files"]}
    assert {name: f["outcome"] for name, f in files.items()} == {
        "提醒-005-区教育局-005.xlsx": "accepted",
        "退回修改-004-区财政局-2025年政府信息公开年报数据表.xlsx": "rejected",
        "退回修改-004-区财政局-副本(1).xlsx": "rejected",
        "退回通知-004-区财政局.txt": "ignored",
        "退回通知-区审计局.xls.txt": "ignored",
    }
    codes = [f["code"] for f in files["退回修改-004-区财政局-副本(1).xlsx"]["findings"]]
    assert codes == ["V102", "V102"]


def test_nothing_to_return(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(zero_workbook(2025))
    told = done("check", tmp_path / "a.xlsx", "--returns", tmp_path / "退回")
    assert told.err == "没有要退回的文件。\n"
    assert not (tmp_path / "退回").exists()


def test_names_of_units_and_files_make_safe_names(tmp_path: Path) -> None:
    unit = Unit("004", "区/财政:局")
    data = written(Submission(FORMS[-1], 2025, unit, {}, cover=COVER))
    (tmp_path / "a.xlsx").write_bytes(perform(data, LAYOUT, WRONG))
    done("check", tmp_path / "a.xlsx", "--returns", tmp_path / "退回", status=1)
    assert sorted(path.name for path in (tmp_path / "退回").iterdir()) == [
        "退回修改-004-区_财政_局-a.xlsx",
        "退回通知-004-区_财政_局.txt",
    ]


def test_two_files_of_one_name_get_two_copies(tmp_path: Path) -> None:
    for channel, text in (("OA", "无"), ("微信", "没有")):
        (tmp_path / channel).mkdir()
        act = {**WRONG, "text": text}
        (tmp_path / channel / "a.xlsx").write_bytes(perform(zero_workbook(2025), LAYOUT, act))
    done("check", tmp_path / "OA", tmp_path / "微信", "--returns", tmp_path / "退回", status=1)
    names = sorted(path.name for path in (tmp_path / "退回").iterdir())
    assert names == ["退回修改-004-区财政局-a (2).xlsx", "退回修改-004-区财政局-a.xlsx", "退回通知-004-区财政局.txt"]


def test_all_findings_as_one_workbook(inbox: Path, tmp_path: Path) -> None:
    output = tmp_path / "审核问题.xlsx"
    told = done("check", inbox, "--format", "xlsx", "-o", output, status=1)
    assert told.text == f"文件 6 个＝通过 2＋退回 2＋打不开 1＋重复 0＋不用 0＋忽略 1。审核问题已写到 {output}。\n"
    result = done("check", inbox, "--format", "json", status=1).json
    book = openpyxl.load_workbook(io.BytesIO(output.read_bytes()))
    assert book.sheetnames == ["审核问题", "文件"]
    rows = [tuple(cell.value or "" for cell in row) for row in book["审核问题"].iter_rows(min_row=3)]
    assert [(row[10], row[6], row[11]) for row in rows] == [
        (f["code"], f["message"], file["file"]) for file in result["files"] for f in file["findings"]
    ]
    files = [tuple(cell.value or "" for cell in row) for row in book["文件"].iter_rows(min_row=3)]
    assert [(row[4], row[5]) for row in files] == [(file["file"], file["sha256"]) for file in result["files"]]
    assert {row[1] for row in files} == {UNIT.name, OTHER.name, "区审计局", ""}
    assert all(cell.data_type == "s" for row in book["审核问题"].iter_rows(min_row=2) for cell in row if cell.value)
    # Lying in the inbox it is no submission.
    (inbox / "审核问题.xlsx").write_bytes(output.read_bytes())
    again = done("check", inbox / "审核问题.xlsx", "--format", "json", status=1).json["files"][0]
    assert (again["outcome"], again["findings"][0]["code"]) == ("ignored", "F113")


def test_a_workbook_of_findings_needs_a_name(inbox: Path, tmp_path: Path) -> None:
    for more in ((), ("-o", tmp_path / "a.txt")):
        assert run("check", inbox, "--format", "xlsx", *more).status == 2


def test_copies_do_not_go_into_the_inbox(inbox: Path) -> None:
    for folder in (inbox, inbox / "退回"):
        told = run("check", inbox, "--returns", folder)
        assert told.status == 2
        assert "在收件夹里面" in told.err
    assert not (inbox / "退回").exists()


def test_names_that_differ_by_case_alone_are_one_name_elsewhere(tmp_path: Path) -> None:
    for folder, name in (("OA", "a.xlsx"), ("微信", "A.xlsx")):
        (tmp_path / folder).mkdir()
        act = {**WRONG, "text": f"无{'' if name == 'a.xlsx' else '。'}"}
        (tmp_path / folder / name).write_bytes(perform(zero_workbook(2025), LAYOUT, act))
    done("check", tmp_path / "OA", tmp_path / "微信", "--returns", tmp_path / "退回", status=1)
    names = sorted(path.name for path in (tmp_path / "退回").glob("*.xlsx"))
    assert names == ["退回修改-004-区财政局-A (2).xlsx", "退回修改-004-区财政局-a.xlsx"]


def test_what_the_system_refuses_is_told_in_words(inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(path: Path) -> bytes:
        raise FileNotFoundError(2, "No such file or directory", str(path))

    monkeypatch.setattr("xls_report.returns.read_bytes", gone)
    told = run("check", inbox, "--returns", tmp_path / "退回").err
    assert "：找不到文件或文件夹。问题见退回通知。" in told
    assert "No such file" not in told
