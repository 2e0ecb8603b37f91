"""What arguments and options take, and options that verbs share; what a value needs is imported when there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path


class PathType(click.ParamType["Path"]):
    """The path of a file or folder, whether or not there is one."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        from pathlib import Path

        return Path(value)


class DayType(click.ParamType["date"]):
    """A day as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        from datetime import date

        from xls_report.dates import read_date

        if isinstance(value, date):
            return value
        day = read_date(str(value))
        if day is None:
            self.fail("not a day", param, ctx)
        return day


PATH, DAY = PathType(), DayType()


def jobs_option(help: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """`--jobs N` of a verb: a number of processes, None where the program decides."""

    def at_least_one(_context: click.Context, _param: click.Parameter, jobs: int | None) -> int | None:
        if jobs is not None and jobs < 1:
            raise click.UsageError(f"--jobs {jobs} 不对，应为 1 或更大的整数")
        return jobs

    return click.option("--jobs", type=int, metavar="N", callback=at_least_one, help=help)


_OPTIONS = (
    jobs_option("用几个进程同时审核（默认按文件数和处理器数定）。"),
    click.option("--scheduler", default="", metavar="ADDRESS", help="交给 dask 集群审核，如 tcp://10.1.2.3:8786。"),
    click.option("--cache", type=PATH, metavar="FILE", help="记住审核结果的文件；没有改动的数据表下次不再重新读取。"),
)


def worked(command: Callable[..., int]) -> Callable[..., int]:
    """Give a verb the options that say how its files are worked through."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
