"""The log of a run (`--log`): a JSON line a file, appended, so that what became of every file can be found again."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from xls_report.intake import LOG_START, Intake, begins_as_log

_SUFFIX = ".jsonl"


def log_name(log: Path | None, output: Path | None = None) -> None:
    """A log is known by its suffix, and is not the run's output as well; raises UsageError."""
    if log is None:
        return
    if log.suffix.lower() != _SUFFIX:
        raise click.UsageError(f"--log 的文件 {log} 应以 {_SUFFIX} 结尾")
    if output is not None and os.path.realpath(log) == os.path.realpath(output):
        raise click.UsageError(f"--log 和 -o 不能是同一个文件 {log}")


def record(log: Path | None, verb: str, intakes: Iterable[Intake]) -> None:
    """Append a line for every file; nothing without a log. Raises OutputError.

    Only a log is appended to: any other file there may be what somebody sent in, and stays as it is.
    """
    if log is None:
        return
    from xls_report.output import OutputError, append

    now = datetime.now().astimezone().isoformat(timespec="seconds")
    text = "".join(_line(_entry(now, verb, intake)) for intake in intakes)

    def ours(start: bytes) -> None:
        if not begins_as_log(start):
            raise OutputError(f"{log} 不是本工具写的运行记录，没有改动；请给 --log 换一个文件名")

    append(log, text.encode("utf-8"), len(LOG_START), ours)


def _entry(now: str, verb: str, intake: Intake) -> dict[str, Any]:
    return {
        "time": now,
        "verb": verb,
        "file": intake.file,
        "sha256": intake.sha256,
        "outcome": str(intake.outcome),
        "unit": intake.unit.code if intake.unit is not None else None,
        "codes": sorted({found.code for found in intake.findings}),
    }


def _line(entry: dict[str, Any]) -> str:
    """One line whatever the file's name holds: what cannot be seen, other ends of line too, is escaped."""
    import json

    text = json.dumps(entry, ensure_ascii=False)
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text) + "\n"
