"""How a run does its work (`--jobs`, `--scheduler`, `--cache`): by how many, where, and with what it remembers."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from xls_report.form import Form
from xls_report.inbox import WORKBOOKS, Book, Judging, here
from xls_report.intake import Given, Judged

FEW = 200  # workbooks that are read sooner than a second process is under way


@dataclass(frozen=True)
class Means:
    """As the command line says: a number of processes or None, the address of a scheduler, a file to remember in."""

    jobs: int | None = None
    scheduler: str = ""
    cache: Path | None = None

    def check(self, folders: Iterable[Path]) -> None:
        """Raises click.UsageError for what does not go together; `folders` are those that are read."""
        if self.jobs is not None and self.scheduler:
            raise click.UsageError("--jobs 和 --scheduler 不能同时用")
        if self.cache is None:
            return
        from xls_report.output import lies_in

        for folder in folders:
            if folder.is_dir() and lies_in(self.cache, folder):
                raise click.UsageError(f"--cache 的文件 {self.cache} 在收件夹里面，会被当成报来的文件；请换一个文件夹")

    def judging(self, files: Sequence[Path], forms: Sequence[Form], told: Callable[[str], None]) -> Judging:
        """How so many files are judged; `told` is given what a person should know. Raises OutputError."""
        number = sum(path.suffix.lower() in WORKBOOKS for path in files)
        judging = self._workers(number)
        if self.cache is None:
            return judging
        from xls_report.cache import open_cache, remembering  # sqlite3 is for those who ask for it

        cache = open_cache(self.cache, forms, told)
        return remembering(cache, judging) if cache is not None else judging

    def _workers(self, number: int) -> Judging:
        """Nothing is imported for several workers where one does it."""
        if self.scheduler:
            return self._elsewhere
        jobs = self.jobs
        if jobs is None and number >= FEW:
            from xls_report.workers import jobs_for

            jobs = jobs_for(number)
        if jobs is None or jobs == 1 or number < 2:
            return here
        count = min(jobs, number)

        def processes(given: Given, files: Iterator[Judged | Book]) -> Generator[Judged, None, None]:
            from xls_report.workers import Processes, spread

            yield from spread(Processes(given, count), given, files)

        return processes

    def _elsewhere(self, given: Given, files: Iterator[Judged | Book]) -> Generator[Judged, None, None]:
        from xls_report.scheduler import Cluster, MissingError
        from xls_report.workers import spread

        try:
            cluster = Cluster(self.scheduler, given)
        except MissingError as fault:
            raise click.UsageError("--scheduler 要先安装：pip install 'xls-report[dask]'") from fault
        yield from spread(cluster, given, files)


def taken_from(said: dict[str, Any]) -> Means:
    """What a verb's options say of it; they are taken out of `said`. Raises click.UsageError."""
    means = Means(said.pop("jobs"), said.pop("scheduler"), said.pop("cache"))
    means.check([*said["paths"], *([said["prior"]] if said["prior"] is not None else [])])
    return means
