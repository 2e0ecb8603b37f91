"""What all verbs share: the options of a run, and where its results go.

Imported with the command line: the forms, and what they need, are loaded by the verb that asks for them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xls_report.form import Form
    from xls_report.inbox import Judging
    from xls_report.means import Means


@dataclass(frozen=True)
class Job:
    """What holds for every verb: where the forms are, whether outputs may be replaced."""

    forms: Path | None = None
    force: bool = False
    verbose: bool = False
    means: Means | None = None  # how its files are worked through, where the verb may be told

    def equipped(self, said: dict[str, Any]) -> Job:
        """The run as a verb's options say it works; they are taken out of `said`. Raises click.UsageError."""
        from xls_report.means import taken_from

        return replace(self, means=taken_from(said))

    def judging(self, files: Sequence[Path]) -> Judging:
        """How so many files are judged by what the command line says; raises OutputError, click.UsageError."""
        from xls_report.means import Means

        return (self.means or Means()).judging(files, self.all_forms, lambda text: click.echo(text, err=True))

    @cached_property
    def all_forms(self) -> tuple[Form, ...]:
        """Every form of the folder; raises OutputError without one, FormFileError."""
        from xls_report.formfile import load_forms
        from xls_report.resources import bundled

        folder = self.forms if self.forms is not None else bundled("templates")
        if not folder.is_dir():
            from xls_report.output import OutputError

            raise OutputError(f"表样文件夹 {folder} 不存在")
        return load_forms(folder)


def form_in_force(job: Job, year: int) -> Form:
    """The form of a report year; wrong use where there is none."""
    from xls_report.formfile import form_of_year

    form = form_of_year(job.all_forms, year)
    if form is None:
        known = "、".join(f"{f.years[0]}—{f.years[1]}" for f in job.all_forms)
        raise click.UsageError(f"{year} 年度没有表样；现有表样的年度：{known}")
    return form


def workbook_name(output: Path) -> None:
    """Excel refuses a workbook of another suffix, and so would our own reader."""
    if output.suffix.lower() != ".xlsx":
        raise click.UsageError(f"输出文件 {output} 应以 .xlsx 结尾")


def keep_inputs(output: Path | None, *inputs: Path) -> None:
    """An output never takes the place of what it was made from, not even with --force."""
    if output is not None and output.exists() and any(path.exists() and output.samefile(path) for path in inputs):
        from xls_report.output import OutputError

        raise OutputError(f"{output} 是输入文件，不能写成输出；请换一个文件名或文件夹")


def text_out(job: Job, text: str, output: Path | None) -> None:
    """A text into its file, or on the screen; JSON as UTF-8 whatever the console is."""
    if output is not None:
        from xls_report.output import write_whole

        write_whole(output, text.encode("utf-8"), force=job.force)
    elif text.startswith(("{", "[")):
        bytes_out(text.encode("utf-8"))
    else:
        click.echo(text, nl=False)


def data_out(job: Job, data: bytes, output: Path | None) -> None:
    """Bytes into their file, or to whoever reads the output."""
    if output is None:
        bytes_out(data)
    else:
        from xls_report.output import write_whole

        write_whole(output, data, force=job.force)


def bytes_out(data: bytes) -> None:
    """JSON and CSV leave as UTF-8 whatever the console's encoding is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
