"""What people read on the screen: state first, findings beneath, sums that tally; and one finding a line."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from acts import perform
from desk import done
from support import FORMS, blank, filled, form_of, known, taken, workbook

from xls_report.inbox import find_files, take_in
from xls_report.intake import Intake, Outcome
from xls_report.plan import compile_layout
from xls_report.submission import Submission, Unit
from xls_report.text import FOOTNOTE, check_text, file_lines, lines_text, state

Acts = tuple[Mapping[str, Any], ...]

REASON = "上年统计漏报三件，本年已补录。"
UNBALANCED = {"t3.new.person": 5, "t3.carried_in.person": 1, "t3.granted.person": 3, "t3.carried_out.person": 2}
UNEXPLAINED = {"t2.normative.issued": 5, "t2.normative.in_force": 2}
TEXT = {"do": "type", "cell": "t2.penalty.decisions", "text": "3"}
LINE = re.compile(r"(?P<file>[^:\n]+):(?P<sheet>[^!:\n]*)(!(?P<cells>[A-Z]+\d+([:,][A-Z]+\d+)*))?: (?P<rest>.+)")
REST = re.compile(r"(error|explain|warning) [FSVDTRG]\d{3} .*[。？]")


def _intake(submission: Submission, *acts: Mapping[str, Any], file: str = "x.xlsx", **more: Any) -> Intake:
    return taken(perform(workbook(submission), compile_layout(submission.form), *acts), file, **more)


def _filled(figures: Mapping[str, int | str] | None = None, **more: Any) -> Submission:
    return replace(filled(2025, figures), **more)


def _head(intake: Intake) -> str:
    return next(iter(file_lines(intake)))


# A file's first line.

STATES: dict[str, tuple[Submission, Acts, str]] = {
    "nothing found": (_filled(), (), "审核通过"),
    "a remark": (_filled(), (TEXT,), "审核通过（提醒 1 处）"),
    "a table declared zero": (_filled(zero_report=frozenset({"t4"})), (), "审核通过（含零报告表）"),
    "a reason": (_filled(UNEXPLAINED, explanations={"G202": REASON}), (), "审核通过（有说明）（提醒 1 处）"),
    "a reason and a table declared zero": (
        _filled(UNEXPLAINED, explanations={"G202": REASON}, zero_report=frozenset({"t4"})),
        (),
        "审核通过（有说明）（含零报告表）（提醒 1 处）",
    ),
    "a reason where none was asked for": (_filled(explanations={"G202": REASON}), (), "审核通过"),
    "a reason that is due": (_filled(UNEXPLAINED), (), "待说明（须说明 1 处）"),
    "a reason that is none": (_filled(UNEXPLAINED, explanations={"G202": "情况属实"}), (), "待说明（须说明 2 处）"),
    "a relation that fails": (_filled(UNBALANCED), (), "退回修改（必改 1 处）"),
    "a reason is due beside a relation that fails": (
        _filled({**UNBALANCED, **UNEXPLAINED}),
        (TEXT,),
        "退回修改（必改 1 处，须说明 1 处，提醒 1 处）",
    ),
    "a relation that fails in a table declared zero beside it": (
        _filled(UNBALANCED, zero_report=frozenset({"t4"})),
        (),
        "退回修改（必改 1 处）",
    ),
    "nothing filled in": (blank(2025), (), "退回修改（必改 1 处）"),
}


@pytest.mark.parametrize("name", STATES)
def test_state_of_a_unit(name: str) -> None:
    submission, acts, due = STATES[name]
    assert _head(_intake(submission, *acts)) == f"004 区财政局：{due}    x.xlsx"


def test_a_reason_for_an_amount_that_looked_like_yuan_is_a_reason() -> None:
    """D216 is explained where relations are, and shows in the state as they do."""
    reason = "新收土地闲置费，上年仅有一笔工本费。"
    submission = _filled({"t2.fee.amount": "251000"}, explanations={"D216": reason})
    last = known(filled(2024, {"t2.fee.amount": "25.10"}))
    assert state(_intake(submission, prior=lambda unit, year: last)) == "审核通过（有说明）"


def test_files_without_a_unit() -> None:
    assert list(file_lines(taken(b"%PDF-1.7\n", "年报.xlsx"))) == [
        "打不开（必改 1 处）    年报.xlsx",
        "  【必改】不是 Excel 工作簿，实际是 PDF 文件。请在发放的 Excel 数据表中填报后重新报送。（F101）",
    ]


def test_a_name_from_the_file_is_shown_so_that_it_can_be_read() -> None:
    strange = filled(2025, unit=Unit("004", "区\u202e财政局\U0001f600"))
    assert _head(_intake(strange)) == "004 区\\u202E财政局\\U0001F600：审核通过    x.xlsx"


# The lines beneath.


def test_findings_stand_beneath_the_gravest_first() -> None:
    intake = _intake(_filled({**UNBALANCED, **UNEXPLAINED}), TEXT, file="微信/004-区财政局(1).xlsx")
    assert [found.code for found in intake.findings] == ["V111", "G202", "G301"]
    head, *lines = file_lines(intake)
    assert head == "004 区财政局：退回修改（必改 1 处，须说明 1 处，提醒 1 处）    微信/004-区财政局(1).xlsx"
    assert [line[: line.index("】") + 1] for line in lines] == ["  【必改】", "  【须说明】", "  【提醒】"]
    assert lines[0] == (
        "  【必改】表三“自然人”列勾稽关系不平：第一项 5＋第二项 1＝6，第三项 3＋第四项 2＝5，相差 1。"
        "请核对改正。依据：表三表头：第一项加第二项之和，等于第三项加第四项之和。（G301，D5:D6、D28:D29）"
    )
    assert lines[2] == "  【提醒】表二“行政处罚—本年处理决定数量”的数字是文本格式，已按数字读取。（V111，B11）"


def _many(number: int) -> Intake:
    """So many cells with a fault of their own each, then one more that only warns."""
    items = [item.id for item in form_of(2025).inputs if item.table.id == "t3"][:number]
    acts = [{"do": "type", "cell": item, "text": f"约{n}件多"} for n, item in enumerate(items)]
    return _intake(_filled(), TEXT, *acts)


@pytest.mark.parametrize("number", [49, 50, 51, 72])
def test_the_rest_of_many_findings_is_counted(number: int) -> None:
    intake = _many(number)
    assert len(intake.findings) == number + 1
    head, *lines = file_lines(intake)
    assert head == f"004 区财政局：退回修改（必改 {number} 处，提醒 1 处）    x.xlsx"
    if number == 49:
        assert (len(lines), lines[-1][:6]) == (50, "  【提醒】")
        return
    assert lines[-1] == f"  另有 {number + 1 - 50} 处，改好以上各处后再审核。"
    assert len(lines) == 51
    assert all(line.startswith("  【必改】") for line in lines[:-1])


def test_one_a_line_leaves_nothing_out() -> None:
    assert len(lines_text((_many(72),)).splitlines()) == 73


# All files.


def _inbox() -> tuple[Intake, ...]:
    good = _intake(_filled(), file="1.xlsx")
    return (
        good,
        replace(good, path=Path("2.xlsx"), outcome=Outcome.DUPLICATE),
        _intake(filled(2025, UNEXPLAINED, unit=Unit("005", "区教育局")), file="3.xlsx"),
        taken(b"", "4.xlsx"),
        Intake(Path("5.docx"), "", Outcome.IGNORED),
        _intake(filled(2025, UNBALANCED, unit=Unit("006", "区文旅局")), file="6.xlsx"),
        _intake(_filled(zero_report=frozenset({"t2"})), file="7.xlsx"),
    )


def test_files_that_need_work_come_first() -> None:
    text = check_text(_inbox())
    heads = [line for line in text.splitlines() if line and not line.startswith("  ")]
    assert heads == [
        "006 区文旅局：退回修改（必改 1 处）    6.xlsx",
        "005 区教育局：待说明（须说明 1 处）    3.xlsx",
        "打不开（必改 1 处）    4.xlsx",
        "004 区财政局：审核通过    1.xlsx",
        "004 区财政局：审核通过（含零报告表）    7.xlsx",
        "004 区财政局：重复    2.xlsx",
        "其他材料    5.docx",
        "文件 7 个＝通过 2＋退回 2＋打不开 1＋重复 1＋不用 0＋忽略 1。",
        FOOTNOTE,
    ]
    assert text.endswith(f"\n\n{heads[-2]}\n{FOOTNOTE}\n")


def test_every_file_and_every_finding_is_shown_once() -> None:
    inbox = _inbox()
    lines = check_text(inbox).splitlines()
    for intake in inbox:
        at = next(n for n, line in enumerate(lines) if line.endswith(f"    {intake.file}"))
        beneath = lines[at + 1 : at + 1 + len(intake.findings)]
        assert sorted(line[line.rindex("（") + 1 :][:4] for line in beneath) == sorted(f.code for f in intake.findings)
    assert sum(line.startswith("  【") for line in lines) == sum(len(intake.findings) for intake in inbox)


# The command.


def _folder(folder: Path) -> Path:
    layout = compile_layout(FORMS[-1])
    books = {
        "001-信访局.xlsx": workbook(filled(2025, UNBALANCED, unit=Unit("001", "区信访局"))),
        "微信/004-区财政局(1).xlsx": perform(workbook(_filled(UNEXPLAINED)), layout, TEXT),
        "005-区教育局.xlsx": workbook(filled(2025, unit=Unit("005", "区教育局"))),
        "年报.pdf": b"%PDF-1.7\n",
    }
    for name, data in books.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_check_prints_the_text(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "收件")
    run = done("check", folder, status=1)
    assert run.text == check_text(take_in(find_files([folder]), FORMS))
    assert run.text.splitlines()[0] == f"001 区信访局：退回修改（必改 1 处）    {folder / '001-信访局.xlsx'}"
    assert run.err == ""
    out = tmp_path / "结果.txt"
    assert done("check", folder, "-o", out, status=1).text == ""
    assert out.read_text(encoding="utf-8") == run.text


def test_check_of_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "收件").mkdir()
    assert done("check", tmp_path / "收件", status=1).text.splitlines() == [
        "",
        "文件 0 个＝通过 0＋退回 0＋打不开 0＋重复 0＋不用 0＋忽略 0。",
        FOOTNOTE,
    ]
    assert done("check", "--format", "lines", tmp_path / "收件", status=1).text == ""


def test_lines_are_sorted_and_of_one_form(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "收件")
    text = done("check", "--format", "lines", folder, status=1).text
    assert text.endswith("\n")
    lines = text.splitlines()
    assert lines == sorted(lines)
    found = [match for line in lines if (match := LINE.fullmatch(line))]
    assert len(found) == len(lines)
    assert all(REST.fullmatch(match["rest"]) for match in found)
    assert [(match["file"], match["sheet"], match["cells"], match["rest"].split()[:2]) for match in found] == [
        (f"{folder}/001-信访局.xlsx", "表三 申请办理", "D5:D6,D28:D29", ["error", "G301"]),
        (f"{folder}/年报.pdf", "", None, ["warning", "F112"]),
        (f"{folder}/微信/004-区财政局(1).xlsx", "表二 主动公开", "B11", ["warning", "V111"]),
        (f"{folder}/微信/004-区财政局(1).xlsx", "表二 主动公开", "B5:D5", ["explain", "G202"]),
    ]
    assert lines[0].startswith(f"{folder}/001-信访局.xlsx:表三 申请办理!D5:D6,D28:D29: error G301 表三“自然人”列")


def test_the_order_of_paths_does_not_matter(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "收件")
    one, other = folder / "001-信访局.xlsx", folder / "微信"
    runs = [done("check", "--format", "lines", *paths, status=1).text for paths in ((one, other), (other, one))]
    assert runs[0] == runs[1]


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_a_line_break_in_the_name_of_a_file_breaks_no_line(tmp_path: Path) -> None:
    (tmp_path / "a\nb.xlsx").write_bytes(workbook(_filled(UNBALANCED)))
    assert len(done("check", "--format", "lines", tmp_path, status=1).text.splitlines()) == 1
    heads = [line for line in done("check", tmp_path, status=1).text.splitlines() if line and line[:1] != " "]
    assert len(heads) == 3


def _from_windows(folder: Path) -> Path:
    """A folder with a workbook whose name is in GBK, as an archive packed on Windows leaves it."""
    name = os.fsencode(folder) + b"/" + "004-区财政局.xlsx".encode("gbk")
    Path(os.fsdecode(name)).write_bytes(perform(workbook(_filled()), compile_layout(FORMS[-1]), TEXT))
    return folder


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only there is a file's name any bytes")
STYLES = pytest.mark.parametrize("style", ["text", "lines", "json"])


@LINUX
@STYLES
def test_a_name_in_gbk_is_printed(tmp_path: Path, style: str) -> None:
    assert b"V111" in done("check", "--format", style, _from_windows(tmp_path)).out


@LINUX
@STYLES
def test_a_name_in_gbk_is_written(tmp_path: Path, style: str) -> None:
    (tmp_path / "收件").mkdir()
    done("check", "--format", style, "-o", tmp_path / "结果", _from_windows(tmp_path / "收件"))
    assert b"V111" in (tmp_path / "结果").read_bytes()
