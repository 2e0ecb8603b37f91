"""The kinds of values that arguments and options take; what a value needs is imported when there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
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
