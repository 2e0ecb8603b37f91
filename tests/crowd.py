"""An inbox with a file of every kind, its roster and last year's data; and workers that do not survive some files."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import file_cases
import folder_cases
from desk import office_row, random_values, roster_file, unit_row
from support import COVER, form_of, workbook

from xls_report.submission import Submission, Unit
from xls_report.workers import judge_here

YEAR = 2025
UNITS = tuple(f"{n:03}" for n in range(1, 10))
DEADLY, ONCE = b"deadly", b"once:"  # what a workbook begins with that ends the worker: always, the first time


@dataclass(frozen=True)
class Crowd:
    """Where everything lies."""

    inbox: Path
    roster: Path
    prior: Path

    def arguments(self, verb: str) -> tuple[object, ...]:
        """A verb with the inbox, the roster and last year's data."""
        return (verb, self.inbox, "--roster", self.roster, "--prior", self.prior)


def own(code: str, year: int = YEAR, **more: object) -> bytes:
    """A unit's workbook with figures of its own."""
    form = form_of(year)
    values = {**random_values(form, random.Random(int(code) + year)), **dict(more.pop("figures", {}))}  # type: ignore[call-overload]
    return workbook(Submission(form, year, Unit(code, f"第{code}单位"), values, cover=COVER, **more))  # type: ignore[arg-type]


def crowd(folder: Path, *, cases: int = 6) -> Crowd:
    """Lay it all out; of the cases of `tests/cases` every sixth."""
    inbox, prior = folder / "收件", folder / "上年"
    for name in folder_cases.NAMES[::cases]:
        _put(inbox / "怪件" / f"{name}.xlsx", folder_cases.load(name).data())
    for n, (name, (lay, _)) in enumerate(file_cases.CASES.items()):
        if name != "too many files":
            (inbox / f"{n:02}").mkdir(parents=True)
            lay(inbox / f"{n:02}")
    for code in UNITS:
        if code not in ("004", "009"):
            _put(inbox / f"{code}.xlsx", own(code))
    blank = next(item.id for item in form_of(YEAR).inputs)
    _put(inbox / "008.xlsx", own("008", figures={blank: None}))
    _put(inbox / "微信" / "001(1).xlsx", own("001"))
    for code in UNITS[:5]:
        _put(prior / f"{code}.xlsx", own(code, YEAR - 1))
    rows = [unit_row(code, "区财政局" if code == "004" else "") for code in UNITS]
    roster = roster_file(folder / "名单.csv", [office_row(), *rows])
    decided = "单位代码,处理,文件名或校验码,原因,批准人,日期\n008,电话核实空格为0,,已电话核实,张三,2026-01-20\n"
    (folder / "处理记录.csv").write_text(decided, encoding="utf-8-sig")
    return Crowd(inbox, roster, prior)


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def mortal(books: Sequence[bytes]) -> list[bytes]:
    """The work of a worker that some workbooks kill."""
    for data in books:
        mark = Path(os.fsdecode(data.removeprefix(ONCE)))
        if data == DEADLY or (data.startswith(ONCE) and not mark.exists()):
            if data != DEADLY:
                mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return judge_here(books)
