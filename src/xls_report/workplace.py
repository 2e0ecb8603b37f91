"""A place to work without a terminal (建目录): a roster to fill in, folders, and files to double-click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xls_report import decisions, ledger, settings
from xls_report.form import Form
from xls_report.layout import Listing
from xls_report.output import OutputError, write_whole
from xls_report.roster import COLUMNS, OFFICE, SHEET
from xls_report.writer import write_listings

LAST = "上年数据"
ROSTER, INBOX, BACK, RESULTS, BLANKS = "单位名单.xlsx", "收件", "退回修改", "汇总结果", "空表"
_ROOM = 300  # rows of a list that are there to be filled in
_WIDTHS = (10.0, 30.0, 14.0, 10.0, 12.0, 18.0, 24.0, 18.0, 12.0, 18.0)
_HELP = (
    ("第一步", "在“单位名单”里逐行填写单位：代码、名称必填，其余可空；代码按文本填，前面的 0 要保留。"),
    ("第二步", f"把本单位写成一行，分组选“{OFFICE}”。"),
    (
        "第三步",
        f"在“{settings.SHEET}”里填写发件单位、联系人、电话、报送截止日期等；空表、退回通知和催报的文字照此写，没填的就不写。",
    ),
    (
        "第四步",
        f"有上年的汇总表（或各单位上年的表），放进“{LAST}”：空表预填上年结转，审核、汇总都与上年核对。",
    ),
    ("第五步", "双击“1-发放空表”，把“空表”文件夹里的表发给各单位。"),
    ("第六步", f"收到的文件放进“{INBOX}”（可以分子文件夹，不用改名），随时双击“2-查看报送情况”。"),
    (
        "第七步",
        f"要退回的在“{BACK}”里。收齐后双击“3-汇总”；没有收齐、要先看阶段数的，双击“4-阶段汇总”。汇总表、上报稿、报送函在“{RESULTS}”。",
    ),
    ("定下来的事", "写在“处理记录”：采用哪一份、哪家暂不计入、电话核实空格为0，写明原因和批准人。"),
    (
        "盖章件和公开",
        f"记在“{ledger.SHEET}”：盖章件、Word稿、公开网址、公开日期。报送情况里有同样的一张表，各单位都已列好，可以整张复制过来。",
    ),
)


@dataclass(frozen=True, slots=True)
class _Step:
    """A file to double-click: whether it asks for the report year, its lines of work, what it says after exit 1.

    `earlier` is how the results of earlier runs are called: {keep} hands the newest on, so that its texts are kept.
    """

    name: str
    lines: tuple[str, ...]
    asks: bool = False
    found: str = ""
    earlier: str = ""


_CHECK = f"check {INBOX} --roster {ROSTER}{{prior}}"
_MERGE = f"merge {INBOX} --roster {ROSTER}{{prior}}"
# {when} is day and time; {prior} names last year's figures once there are any.
_STEPS = (
    _Step("1-发放空表", (f"issue {{year}} {ROSTER} -o {BLANKS}{{prior}}",), asks=True),
    _Step(
        "2-查看报送情况",
        (
            f'status {INBOX} --roster {ROSTER}{{prior}} --format xlsx -o "{RESULTS}/报送情况-{{when}}.xlsx"',
            f"status {INBOX} --roster {ROSTER}{{prior}}",
            f'{_CHECK} --returns "{BACK}/{{when}}" --format xlsx -o "{RESULTS}/审核问题-{{when}}.xlsx"',
        ),
    ),
    _Step(
        "3-汇总",
        (f'{_MERGE} -o "{RESULTS}/汇总表-{{when}}.xlsx" --submit "{RESULTS}/上报稿-{{when}}.xlsx"{{keep}}',),
        earlier="汇总表-*.xlsx",
        found="没有收齐、要先看阶段数的，请双击“4-阶段汇总”。",
    ),
    _Step("4-阶段汇总", (f'{_MERGE} --draft -o "{RESULTS}/阶段汇总-{{when}}.xlsx"',)),
)


def make_workplace(folder: Path, forms: Sequence[Form], *, force: bool = False) -> tuple[Path, ...]:
    """Write the roster, the folders and the files to double-click; raises OutputError.

    What is there already is not overwritten without `force`, and a roster never is: it is somebody's work.
    """
    roster = folder / ROSTER
    if roster.exists():
        raise OutputError(f"{roster} 已存在，没有覆盖；请换一个文件夹，或先移走")
    files = {roster: roster_book(forms)}
    for step in _STEPS:
        files[folder / f"{step.name}.bat"] = _batch(step)
        files[folder / f"{step.name}.sh"] = _script(step)
    for name in (LAST, INBOX, BACK, RESULTS):
        try:
            (folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise OutputError(f"不能建文件夹 {folder / name}") from fault
    for path, data in files.items():
        write_whole(path, data, force=force, mode=0o755 if path.suffix == ".sh" else 0o644)
    return tuple(files)


def roster_book(forms: Sequence[Form]) -> bytes:
    """The roster to fill in: 单位名单, 处理记录, 报送台账 and 设置 with what may be chosen, and how the work goes."""
    heads = tuple(COLUMNS)
    flags = tuple(dict.fromkeys(flag for form in forms for flag in form.flags))
    place = {head: n for n, head in enumerate(heads)}
    choices = [(place["计入汇总"], ("是", "否")), (place["分组"], (OFFICE, "区直部门", "乡镇", "街道"))]
    choices += [(place["标志"], flags)] if flags else []
    acts = ((decisions.HEADS.index("处理"), tuple(decisions.Act)),)
    entries = tuple((name, "", settings.EXPLAINED[name]) for name in settings.KEYS)
    return write_listings(
        (
            Listing(SHEET, "", heads, _WIDTHS, room=_ROOM, choices=tuple(choices)),
            Listing(
                *(decisions.SHEET, "", decisions.HEADS, (12.0, 20.0, 34.0, 50.0, 14.0, 14.0)), room=_ROOM, choices=acts
            ),
            Listing(ledger.SHEET, "", ledger.HEADS, ledger.WIDTHS, room=_ROOM),
            Listing(settings.SHEET, "", settings.HEADS, (18.0, 44.0, 80.0), entries),
            Listing("使用说明", "", ("步骤", "怎么做"), (14.0, 100.0), _HELP),
        )
    )


def _batch(step: _Step) -> bytes:
    """For Windows: its console is told that the file is UTF-8, day and time come in one form whatever the settings."""
    text = ["@echo off", "chcp 65001 >nul", 'cd /d "%~dp0"']
    stamp = "powershell -NoProfile -Command \"Get-Date -Format 'yyyyMMdd-HHmmss'\""
    text.append(f"for /f %%i in ('{stamp}') do set WHEN=%%i")
    text += ["set /p YEAR=请输入报告年度（四位数字）："] if step.asks else []
    if step.earlier:
        listed = f'dir /b /o:n "{RESULTS}\\{step.earlier}" 2^>nul'  # by name, so by day and time: the last one stays
        text += ["set KEEP=", f'for /f "delims=" %%f in (\'{listed}\') do set KEEP= --keep-texts "{RESULTS}/%%f"']
    text += ["set PRIOR=", f'for /f "delims=" %%f in (\'dir /b "{LAST}" 2^>nul\') do set PRIOR= --prior {LAST}']
    facts = {"year": "%YEAR%", "when": "%WHEN%", "keep": "%KEEP%", "prior": "%PRIOR%"}
    text += [f"xls-report {line.format(**facts)}" for line in step.lines]
    text += [f"if %ERRORLEVEL%==1 echo {step.found}"] if step.found else []
    return "\r\n".join([*text, "pause", ""]).encode("utf-8")


def _script(step: _Step) -> bytes:
    text = ["#!/bin/sh", 'cd "$(dirname "$0")" || exit 3', "when=$(date +%Y%m%d-%H%M%S)"]
    text += ['printf "请输入报告年度（四位数字）："', "read -r year"] if step.asks else []
    if step.earlier:
        text.append(f'earlier=$(ls "{RESULTS}"/{step.earlier} 2>/dev/null | sort | tail -n 1)')
    text.append(f'prior=$(ls "{LAST}" 2>/dev/null | head -n 1)')
    facts = {"year": '"$year"', "when": "$when", "keep": '${earlier:+ --keep-texts "$earlier"}'}
    facts["prior"] = f'${{prior:+ --prior "{LAST}"}}'
    text += [f"xls-report {line.format(**facts)}" for line in step.lines]
    text += ["status=$?", f'[ "$status" -ne 1 ] || echo "{step.found}"', 'exit "$status"'] if step.found else []
    return "\n".join([*text, ""]).encode("utf-8")
