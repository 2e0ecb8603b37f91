"""The command line: arguments in, text out.

A verb's module is imported when it is called, so that help is there at once and no verb waits for another's libraries.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from xls_report import __version__
from xls_report.chinese import Command, Group, usage_text
from xls_report.faults import ACCESS, FAULT, FOUND, OK, USAGE, RunError, reason
from xls_report.parameters import DAY, PATH, jobs_option, worked

if TYPE_CHECKING:
    from pathlib import Path

    from xls_report.job import Job


_LOG = click.option("--log", type=PATH, metavar="FILE.jsonl", help="每个文件的结果在这个文件末尾记一行。")


@click.group(cls=Group, name="xls-report", invoke_without_command=False)
@click.option("--forms", type=PATH, help="表样文件夹（默认用自带的表样）。")
@click.option("--force", is_flag=True, help="允许覆盖已有的输出文件。")
@click.option("--debug", is_flag=True, help="内部故障时显示详细信息。")
@click.option("-v", "--verbose", is_flag=True, help="多说几句。")
@click.version_option(__version__, "--version", message="xls-report %(version)s", help="显示版本。")
@click.pass_context
def cli(context: click.Context, forms: Path | None, force: bool, debug: bool, verbose: bool) -> None:
    """政府信息公开工作年度报告数据表：发放空表、审核、汇总。"""
    from xls_report.job import Job

    context.obj = Job(forms=forms, force=force, verbose=verbose)


@cli.command(cls=Command, example=("init 年报",))
@click.argument("folder", metavar="DIR", type=PATH)
@click.pass_obj
def init(job: Job, /, **options: Any) -> int:
    """建目录：单位名单、收件和汇总结果文件夹，以及可以双击的文件。"""
    from xls_report.initialising import run_init

    return run_init(job, **options)


@cli.command(
    cls=Command,
    example=(
        "issue {year} 单位名单.xlsx -o 空表",
        "issue {year} 单位名单.xlsx -o 空表 --prior 上年汇总表.xlsx",
    ),
)
@click.argument("year", type=int)
@click.argument("roster", type=PATH)
@click.option("-o", "--output", "folder", type=PATH, required=True, help="空表放在哪个文件夹。")
@click.option("--prior", type=PATH, help="上年数据：文件或文件夹；预填上年结转。")
@click.option("--password", default="", help="工作表保护密码（默认不设）。")
@click.option("--label", default="", help="发放次的名称，如“第2次发放”。")
@click.option("--tables-only", is_flag=True, help="不带文字部分的工作表。")
@jobs_option("用几个进程同时制表（默认按份数和处理器数定）。")
@click.pass_obj
def issue(job: Job, /, **options: Any) -> int:
    """发放空表：YEAR 报告年度，ROSTER 单位名单。"""
    from xls_report.issuing import run_issue

    return run_issue(job, **options)


@cli.command(cls=Command, example=("fill 空表/004-区财政局.xlsx 004.json -o 收件/004-区财政局.xlsx",))
@click.argument("workbook", type=PATH)
@click.argument("data", type=PATH)
@click.option("-o", "--output", type=PATH, required=True, help="填好的数据表写到哪个文件。")
@click.pass_obj
def fill(job: Job, /, **options: Any) -> int:
    """填入：把 DATA.json 的数据填进 WORKBOOK。"""
    from xls_report.filling import run_fill

    return run_fill(job, **options)


@cli.command(
    cls=Command,
    example=(
        "check 收件 --roster 单位名单.xlsx --returns 退回修改",
        "check 收件 --roster 单位名单.xlsx --format xlsx -o 审核问题.xlsx",
    ),
)
@click.argument("paths", type=PATH, nargs=-1, required=True)
@click.option("--roster", type=PATH, help="单位名单；其中的标志优先于表内的标志。")
@click.option("--prior", type=PATH, help="上年数据：文件或文件夹。")
@click.option("--returns", type=PATH, metavar="DIR", help="把标注好的退回修改表和退回通知写到这个文件夹。")
@click.option(
    *("--format", "style"),
    type=click.Choice(["text", "lines", "json", "xlsx"]),
    default="text",
    metavar="FORMAT",
    help="输出格式：text、lines、json，或 xlsx（全部问题一览，要用 -o）。",
)
@click.option("-o", "--output", type=PATH, help="结果写到文件（默认显示在屏幕上）。")
@_LOG
@worked
@click.pass_obj
def check(job: Job, /, **options: Any) -> int:
    """审核：PATHS 是数据表或文件夹。"""
    from xls_report.checking import run_check

    return run_check(job.equipped(options), **options)


@cli.command(
    cls=Command,
    example=(
        "status 收件 --roster 单位名单.xlsx --due {now}-01-23",
        "status 收件 --roster 单位名单.xlsx --format xlsx -o 报送情况.xlsx",
    ),
)
@click.argument("paths", type=PATH, nargs=-1, required=True)
@click.option("--roster", type=PATH, required=True, help="单位名单（.xlsx 或 .csv）。")
@click.option("--prior", type=PATH, help="上年数据：文件或文件夹。")
@click.option("--due", type=DAY, metavar="DATE", help="报送期限，如 2026-01-23，默认照名单“设置”；过期标明迟报。")
@click.option("--since", type=PATH, metavar="FILE", help="上次的结果（--format json），说明有哪些变化。")
@click.option(
    *("--format", "style"),
    type=click.Choice(["text", "json", "csv", "xlsx"]),
    default="text",
    metavar="FORMAT",
    help="输出格式：text、json、csv，或 xlsx（含催报名单和通知文字，要用 -o）。",
)
@click.option("-o", "--output", type=PATH, help="结果写到文件（默认显示在屏幕上）。")
@_LOG
@worked
@click.pass_obj
def status(job: Job, /, **options: Any) -> int:
    """报送情况：谁报了、谁没报、哪里要改。"""
    from xls_report.tracking import run_status

    return run_status(job.equipped(options), **options)


@cli.command(
    cls=Command,
    example=(
        "merge 收件 --roster 单位名单.xlsx -o 汇总表.xlsx",
        "merge 收件 --roster 单位名单.xlsx -o 阶段汇总.xlsx --draft",
    ),
)
@click.argument("paths", type=PATH, nargs=-1, required=True)
@click.option("--roster", type=PATH, required=True, help="单位名单。")
@click.option("-o", "--output", type=PATH, required=True, help="汇总表（工作底稿）写到哪个文件。")
@click.option("--prior", type=PATH, help="上年数据：文件或文件夹。")
@click.option("--submit", type=PATH, metavar="FILE", help="另写一份上报稿（给上级，不含来源和联系人）和报送函。")
@click.option("--keep-texts", type=PATH, metavar="OLD", help="上一稿汇总表：保留本单位写的文字，并说明有哪些变化。")
@click.option("--without", multiple=True, metavar="CODE", help="暂不计入的单位代码，可多次使用。")
@click.option("--prefer", type=PATH, multiple=True, metavar="FILE", help="同一单位两份不同时采用哪份，可多次使用。")
@click.option("--draft", is_flag=True, help="未收齐也写出，标明“阶段汇总（未收齐）”。")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="输出格式。")
@_LOG
@worked
@click.pass_obj
def merge(job: Job, /, **options: Any) -> int:
    """汇总：把各单位的数据表加总成汇总表。"""
    from xls_report.summing import run_merge

    return run_merge(job.equipped(options), **options)


@cli.command(
    cls=Command,
    example=(
        "diff 汇总表-一稿.xlsx 汇总表-二稿.xlsx",
        "diff 上年/004-区财政局.json 收件/004-区财政局.xlsx",
    ),
)
@click.argument("a", type=PATH)
@click.argument("b", type=PATH)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="输出格式。")
@click.option("-o", "--output", type=PATH, help="结果写到文件（默认显示在屏幕上）。")
@click.pass_obj
def diff(job: Job, /, **options: Any) -> int:
    """比对：A、B 两份数据（数据表、汇总表、export 的 JSON 或公开的年度报告）有哪些不同。

    数据相同时退出码为 0，不同时为 1。
    """
    from xls_report.comparing import run_diff

    return run_diff(job, **options)


@cli.command(
    cls=Command,
    example=(
        "export 汇总表.xlsx -o 汇总数据.json",
        "export 收件 --format csv -o 数据.csv",
    ),
)
@click.argument("paths", type=PATH, nargs=-1, required=True)
@click.option("--format", "style", type=click.Choice(["json", "csv"]), default="json", help="输出格式。")
@click.option("-o", "--output", type=PATH, help="结果写到文件（默认显示在屏幕上）。")
@click.pass_obj
def export(job: Job, /, **options: Any) -> int:
    """导出：数据表的数据，JSON 或 CSV。"""
    from xls_report.exporting import run_export

    return run_export(job, **options)


@cli.command(
    "import",
    cls=Command,
    example=("import 年度报告.html --year {year} --unit 004 区财政局 -o 004-区财政局.xlsx",),
)
@click.argument("source", type=PATH, metavar="SOURCE")
@click.option("--year", type=int, required=True, metavar="YEAR", help="报告年度，表样由年度决定。")
@click.option("--unit", nargs=2, required=True, metavar="CODE NAME", help="单位的代码和名称。")
@click.option("-o", "--output", type=PATH, required=True, help="数据表写到哪个文件（.xlsx）。")
@click.pass_obj
def import_(job: Job, /, **options: Any) -> int:
    """导入：把已公开的年度报告（.txt、.html、.docx）变成填好的数据表。

    按表内的标签找数；位置不能确定的数留空并说明，不猜。
    """
    from xls_report.importing import run_import

    return run_import(job, **options)


@cli.command(
    cls=Command,
    example=(
        "report 收件/004-区财政局.xlsx -o 年度报告.docx",
        "report 汇总表.xlsx -o 年度报告.html --date {now}-03-20 --phone 0595-12345678",
    ),
)
@click.argument("workbook", type=PATH)
@click.option("-o", "--output", type=PATH, required=True, help="年度报告写到哪个文件，.docx 或 .html。")
@click.option("--draft", is_flag=True, help="没有审核通过、文字没有写全也写出草稿，缺的地方标“待补”。")
@click.option("--date", "day", type=DAY, metavar="DATE", help="成文日期，代替封面所填；汇总表没有封面。")
@click.option("--number", default="", metavar="TEXT", help="发文字号，代替封面所填。")
@click.option("--phone", default="", metavar="TEXT", help="联系电话，代替封面所填。")
@click.pass_obj
def report(job: Job, /, **options: Any) -> int:
    """年度报告：由 WORKBOOK（数据表或汇总表）生成 Word 文档或网页。"""
    from xls_report.reporting import run_report

    return run_report(job, **options)


@cli.command(
    cls=Command,
    example=(
        "explain {year}",
        "explain V101",
    ),
)
@click.argument("what", metavar="[YEAR|CODE]", required=False)
@click.option("--against", type=int, metavar="YEAR", help="与另一年度的表样相比。")
@click.option("--lint", "linted", is_flag=True, help="检查表样文件。")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="输出格式。")
@click.pass_obj
def explain(job: Job, /, **options: Any) -> int:
    """填报说明：某年度的表样、指标和勾稽关系，或一个问题代码。"""
    from xls_report.explaining import run_explain

    return run_explain(job, **options)


@cli.command(cls=Command, example=("demo 演示",))
@click.argument("folder", metavar="[DIR]", type=PATH, default="demo")
@click.pass_obj
def demo(job: Job, /, **options: Any) -> int:
    """演示：用自带的样例走一遍发放、填报、审核、汇总。"""
    from xls_report.demonstrating import run_demo

    return run_demo(job, **options)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: every outcome has an exit status, and nobody sees a traceback who did not ask for it."""
    # What is read and judged makes no cycles; to look for some at every 700 objects takes a twentieth of the time.
    gc.set_threshold(50_000, 10, 100)
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    status = _guarded(lambda: cli.main(arguments, prog_name="xls-report", standalone_mode=False), arguments)
    sys.exit(_flushed(status))


def _flushed(status: int) -> int:
    """The status, once everything said has left; a screen or disk that takes no more is told of once, if it can be."""
    try:
        sys.stdout.flush()
    except OSError as fault:
        # What is left in the buffer would be tried again on leaving, with a traceback of Python's own.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        if status != ACCESS and not isinstance(fault, BrokenPipeError):
            _say(f"输出：{reason(fault)}", ACCESS)
        return ACCESS
    return status


def _guarded(run: Callable[[], Any], arguments: list[str]) -> int:
    try:
        status = run()
        return status if isinstance(status, int) else OK
    except click.exceptions.Exit as leave:
        return int(leave.exit_code)
    except click.ClickException as fault:
        return _say(usage_text(fault), USAGE)
    except RunError as fault:
        return _say(fault.told, fault.status)
    except SystemExit:  # click leaves so when whoever read the output has gone
        return ACCESS
    except OSError as fault:
        return _say(f"{fault.filename or '输出'}：{reason(fault)}", ACCESS)
    except (click.Abort, KeyboardInterrupt):
        return _say("已中断。", FOUND)
    except Exception as fault:  # noqa: BLE001 - the outermost guard: no traceback is ever shown
        if "--debug" in arguments:
            import traceback

            traceback.print_exc()
        return _say(f"程序内部故障（{type(fault).__name__}），数据没有改动；请加 --debug 重试并转告维护人员。", FAULT)


def _say(text: str, status: int) -> int:
    click.echo(text, err=True)
    return status
