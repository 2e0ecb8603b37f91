"""`init`: a place to work without a terminal, whose own files run through a January."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from desk import ROOT, done, hashes, run
from support import filled, zero_workbook
from support import workbook as written

from xls_report.roster import load_roster
from xls_report.settings import OPEN
from xls_report.submission import Unit

STEPS = ("1-发放空表", "2-查看报送情况", "3-汇总", "4-阶段汇总")


def _said(desk: Path, tmp_path: Path, script: str) -> str:
    """What a script asks of the tool, every word closed by a bar."""
    tool = tmp_path / "bin" / "xls-report"
    tool.parent.mkdir(exist_ok=True)
    tool.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    tool.chmod(0o755)
    environment = {**os.environ, "PATH": os.pathsep.join([str(tool.parent), os.environ["PATH"]])}
    run_ = subprocess.run([str(desk / script)], input=b"2025\n", capture_output=True, env=environment, check=True)
    return run_.stdout.decode()


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    done("init", tmp_path / "年报")
    return tmp_path / "年报"


def _filled_in(desk: Path) -> None:
    """The roster as a clerk fills it in, in Excel."""
    path = desk / "单位名单.xlsx"
    book = openpyxl.load_workbook(path)
    page = book["单位名单"]
    rows = [("000", "某区政府办", "汇总单位"), ("004", "区财政局", "区直部门"), ("005", "区教育局", "区直部门")]
    for number, row in enumerate(rows, 2):
        for column, text in enumerate(row, 1):
            page.cell(number, column).value = text
    book.save(path)


def test_what_is_there(desk: Path) -> None:
    assert sorted(path.name for path in desk.iterdir()) == [
        *("1-发放空表.bat", "1-发放空表.sh", "2-查看报送情况.bat", "2-查看报送情况.sh", "3-汇总.bat", "3-汇总.sh"),
        *("4-阶段汇总.bat", "4-阶段汇总.sh"),
        *("上年数据", "单位名单.xlsx", "收件", "汇总结果", "退回修改"),
    ]
    book = openpyxl.load_workbook(desk / "单位名单.xlsx")
    assert book.sheetnames == ["单位名单", "处理记录", "报送台账", "设置", "使用说明"]
    page = book["单位名单"]
    assert page["A2"].number_format == "@"  # codes are text, so that their zeros stay
    lists = {str(v.sqref): v.formula1 for v in page.data_validations.dataValidation}
    assert lists["D2:D301"] == '"是,否"'
    assert '"采用此份,暂不计入,电话核实空格为0"' in [
        v.formula1 for v in book["处理记录"].data_validations.dataValidation
    ]
    ledger = book["报送台账"]
    assert [cell.value for cell in ledger[1]] == [
        *("单位代码", "单位", "电子表", "盖章件", "Word稿", "公开网址", "公开日期", "备注"),
    ]
    assert ledger["A301"].number_format == "@"
    settings = book["设置"]
    assert [cell.value for cell in settings[1]] == ["项目", "内容", "说明"]
    assert {row[0].value: row[1].value for row in settings.iter_rows(min_row=2)} == {
        **dict.fromkeys(("发件单位", "联系人", "电话", "报送截止日期", "截止时间", "报送方式"), ""),
        **dict.fromkeys(("统计范围", "下级分组", "逾期说明"), ""),
    }
    assert settings["C5"].value == "如：2026-01-23。过期未报的标明迟报。"
    assert settings["B5"].number_format == "@"  # what is typed stays as it was typed


def test_the_blanks_say_whom_to_call(desk: Path) -> None:
    _filled_in(desk)
    path = desk / "单位名单.xlsx"
    assert load_roster(path).settings == OPEN
    assert not load_roster(path).ledger
    book = openpyxl.load_workbook(path)
    settings = book["设置"]
    for row in settings.iter_rows(min_row=2):
        row[1].value = {"发件单位": "某区政府办公室", "电话": "0595-2"}.get(str(row[0].value))
    book.save(path)
    done("issue", 2025, path, "-o", desk / "空表")
    blank = openpyxl.load_workbook(desk / "空表" / "004-区财政局-2025年政府信息公开年报数据表.xlsx")
    texts = [cell.value for row in blank["填报说明"].iter_rows() for cell in row]
    assert "有问题请联系：某区政府办公室 0595-2。" in texts


def test_the_roster_can_be_used_once_it_is_filled_in(desk: Path) -> None:
    found = run("issue", 2025, desk / "单位名单.xlsx", "-o", desk / "空表")
    assert (found.status, found.err) == (2, "单位名单.xlsx：名单里没有填报单位\n")
    _filled_in(desk)
    roster = load_roster(desk / "单位名单.xlsx")
    assert [unit.code for unit in roster.units] == ["004", "005"]
    assert roster.office is not None


def test_windows_files_are_for_windows(desk: Path) -> None:
    for path in desk.glob("*.bat"):
        data = path.read_bytes()
        assert data.startswith(b"@echo off\r\nchcp 65001 >nul\r\n")
        assert data.count(b"\n") == data.count(b"\r\n")
        assert data.endswith(b"pause\r\n")
        data.decode("utf-8")
    tail = "if %ERRORLEVEL%==1 echo 没有收齐、要先看阶段数的，请双击“4-阶段汇总”。\r\npause\r\n"
    assert (desk / "3-汇总.bat").read_bytes().decode("utf-8").endswith(tail)


@pytest.mark.skipif(os.name == "nt" or shutil.which("sh") is None, reason="scripts of another system")
def test_the_scripts_run_through_the_work(desk: Path, tmp_path: Path) -> None:
    """The same lines stand in the files for Windows."""
    tool = tmp_path / "bin" / "xls-report"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from xls_report.cli import main; main()" "$@"\n')
    tool.chmod(0o755)
    paths = os.pathsep.join([str(tool.parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": paths, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}

    def step(name: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        command = [str(desk / name)]
        return subprocess.run(
            command, input=answer, capture_output=True, text=True, encoding="utf-8", env=environment, check=False
        )

    _filled_in(desk)
    told = step("1-发放空表.sh", "2025\n")
    assert "已发放 2025 年度空表 2 份" in told.stdout, told.stderr
    (desk / "收件" / "a.xlsx").write_bytes(zero_workbook(2025))
    told = step("2-查看报送情况.sh")
    assert "应报 2 家＝审核通过 1" in told.stdout, told.stderr
    assert len(list((desk / "汇总结果").glob("报送情况-*.xlsx"))) == 1
    assert len(list((desk / "汇总结果").glob("审核问题-*.xlsx"))) == 1
    told = step("3-汇总.sh")
    assert "未报送：005 区教育局" in told.stdout
    assert told.stdout.endswith("没有收齐、要先看阶段数的，请双击“4-阶段汇总”。\n")
    assert told.returncode == 1
    assert not list((desk / "汇总结果").glob("汇总表-*.xlsx"))
    told = step("4-阶段汇总.sh")
    (draft,) = (desk / "汇总结果").glob("阶段汇总-*.xlsx")
    assert [cover["code"] for cover in run("export", draft).json[0]["covers"]] == ["004"]
    (desk / "收件" / "b.xlsx").write_bytes(written(filled(2025, unit=Unit("005", "区教育局"))))
    told = step("3-汇总.sh")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "4-阶段汇总" not in told.stdout
    (summary,) = (desk / "汇总结果").glob("汇总表-*.xlsx")
    assert done("export", summary).json[0]["unit"]["code"] == "000"
    (upward,) = (desk / "汇总结果").glob("上报稿-*.xlsx")
    assert done("export", upward).json[0]["values"] == done("export", summary).json[0]["values"]
    assert len(list((desk / "汇总结果").glob("报送函-上报稿-*.txt"))) == 1


@pytest.mark.skipif(os.name == "nt" or shutil.which("sh") is None, reason="scripts of another system")
def test_last_year_is_used_once_there_is_any(desk: Path, tmp_path: Path) -> None:
    told = {name: _said(desk, tmp_path, f"{name}.sh") for name in STEPS}
    assert not any("--prior" in text for text in told.values())
    (desk / "上年数据" / "汇总.xlsx").touch()
    for name, runs in (("1-发放空表", 1), ("2-查看报送情况", 3), ("3-汇总", 1), ("4-阶段汇总", 1)):
        assert _said(desk, tmp_path, f"{name}.sh").count("|--prior|上年数据|") == runs
        batch = (desk / f"{name}.bat").read_bytes().decode("utf-8")
        assert batch.count("%PRIOR%") == runs
        assert 'for /f "delims=" %%f in (\'dir /b "上年数据" 2^>nul\') do set PRIOR= --prior 上年数据' in batch


@pytest.mark.skipif(os.name == "nt" or shutil.which("sh") is None, reason="scripts of another system")
def test_the_newest_earlier_summary_hands_its_texts_on(desk: Path, tmp_path: Path) -> None:
    def said() -> list[str]:
        return _said(desk, tmp_path, "3-汇总.sh").split("|")

    for name in ("阶段汇总-20260125-101010.xlsx", "汇总表.xlsx"):
        (desk / "汇总结果" / name).touch()
    assert said()[:5] == ["merge", "收件", "--roster", "单位名单.xlsx", "-o"]
    assert said()[6] == "--submit"
    assert len(said()) == 9
    for name in ("汇总表-20260124-090000.xlsx", "汇总表-20260124-101010.xlsx", "汇总表-20260123-235959.xlsx"):
        (desk / "汇总结果" / name).touch()
    assert said()[8:] == ["--keep-texts", "汇总结果/汇总表-20260124-101010.xlsx", ""]
    batch = (desk / "3-汇总.bat").read_bytes().decode("utf-8").split("\r\n")
    listed = 'dir /b /o:n "汇总结果\\汇总表-*.xlsx" 2^>nul'
    merging = 'xls-report merge 收件 --roster 单位名单.xlsx%PRIOR% -o "汇总结果/汇总表-%WHEN%.xlsx"'
    assert [batch[4], batch[5], batch[8]] == [
        "set KEEP=",
        f'for /f "delims=" %%f in (\'{listed}\') do set KEEP= --keep-texts "汇总结果/%%f"',
        f'{merging} --submit "汇总结果/上报稿-%WHEN%.xlsx"%KEEP%',
    ]


def test_nothing_of_anybodys_is_overwritten(desk: Path) -> None:
    _filled_in(desk)
    before = hashes(desk)
    for force in ((), ("--force",)):
        found = run(*force, "init", desk)
        assert found.status == 3
        assert "单位名单.xlsx 已存在，没有覆盖" in found.err
    assert hashes(desk) == before
