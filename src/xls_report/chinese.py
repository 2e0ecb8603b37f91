"""click in Chinese: headings of the help, and wrong use told in words."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

import click
from click.exceptions import BadOptionUsage, BadParameter, MissingParameter, NoArgsIsHelpError, NoSuchOption, UsageError

_PIECES = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]..."}


def _piece(text: str) -> str:
    return _PIECES.get(text, text)


def columns() -> int:
    """Columns of the console, 80 where there is none.

    As `shutil.get_terminal_size` says, which click asks: that module loads three libraries of compression.
    """
    try:
        told = int(os.environ.get("COLUMNS", ""))
    except ValueError:
        told = 0
    if told > 0:
        return told
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80


class _Formatter(click.HelpFormatter):
    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        width = width or max(min(columns(), max_width or 80) - 2, 50)
        super().__init__(indent_increment, width, max_width)


class _Context(click.Context):
    formatter_class = _Formatter


class _Help(click.Command):
    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示帮助。"
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = [_piece(piece) for piece in self.collect_usage_pieces(ctx)]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [record for param in options if (record := param.get_help_record(ctx)) is not None]
        if records:
            with formatter.section("选项"):
                formatter.write_dl([(names, text.replace("[required]", "（必填）")) for names, text in records])


class Command(_Help):
    """A verb; its help ends with the lines of `example`, which begin with the verb, as they are to be typed.

    `{year}` stands for the report year that is collected now, which is last year by the clock, `{now}` for this year.
    """

    def __init__(self, *args: Any, example: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.example = example

    def examples(self) -> tuple[str, ...]:
        """The example lines for today."""
        now = date.today().year
        return tuple(line.format(year=now - 1, now=now) for line in self.example)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.example:
            formatter.write_paragraph()
        for line in self.examples():
            # Not wrapped: a line is there to be copied.
            formatter.write(f"例：xls-report {line}\n")


class Group(_Help, click.Group):
    """The tool itself, with its verbs in the order of the work."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        rows = [(name, self.commands[name].get_short_help_str(60)) for name in self.list_commands(ctx)]
        with formatter.section("命令"):
            formatter.write_dl(rows)


_NAMES = {
    "paths": "文件或文件夹",
    "year": "年度",
    "roster": "单位名单",
    "workbook": "数据表",
    "data": "数据文件（JSON）",
    "a": "要比对的第一份数据（A）",
    "b": "要比对的第二份数据（B）",
}


def _named(fault: BadParameter) -> str:
    """What a clerk calls the argument or option."""
    if fault.param is None:
        return f" {fault.param_hint}"
    return _NAMES.get(fault.param.opts[0], f" {'/'.join(fault.param.opts)} ")


def usage_text(fault: click.ClickException) -> str:
    """What was wrong about the call, and where help is."""
    if isinstance(fault, MissingParameter):
        what = f"缺少{_named(fault)}"
    elif isinstance(fault, NoSuchOption):
        what = f"没有选项 {fault.option_name}"
    elif isinstance(fault, BadParameter):
        name = _named(fault)
        choices = getattr(fault.param.type, "choices", ()) if fault.param is not None else ()
        due = f"，应为 {'、'.join(choices)} 之一" if choices else ""
        what = f"{name}的值不对{due}"
    elif isinstance(fault, BadOptionUsage):
        what = f"选项 {fault.option_name} 要带一个值"
    elif isinstance(fault, NoArgsIsHelpError):
        what = "缺少命令"
    elif isinstance(fault, UsageError) and "No such command" in fault.message:
        what = f"没有命令 {fault.message.split(chr(39))[1]}"
    elif isinstance(fault, UsageError) and "unexpected extra" in fault.message:
        what = f"多出的参数 {fault.message.partition('(')[2].rstrip(')')}"
    else:
        what = fault.message or "缺少命令"
    path = fault.ctx.command_path if isinstance(fault, UsageError) and fault.ctx is not None else "xls-report"
    return f"用法不对：{what}。查看用法：{path} --help"
