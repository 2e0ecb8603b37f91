"""What goes back to the units after `check`: marked copies of their own files, and a notice each (退回修改)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from xls_report.conditions import Source
from xls_report.deadline import Deadline
from xls_report.faults import reason
from xls_report.form import Form, form_by_id
from xls_report.identity import read_stamp
from xls_report.intake import Intake, Outcome, read_bytes
from xls_report.layout import Layout
from xls_report.markup import MarkupError, mark_up
from xls_report.notice import PREFIX, notice
from xls_report.output import OutputError, file_name, write_whole
from xls_report.package import Package, RawSheet, Refusal, open_package
from xls_report.plan import compile_layout
from xls_report.quoting import base, quote
from xls_report.settings import OPEN, Settings
from xls_report.submission import Unit
from xls_report.text import state, tally

RETURNED, REMARKED = "退回修改", "提醒"  # what a copy's name begins with, by whether it has to come back
_BACK = (Outcome.REJECTED, Outcome.UNREADABLE)  # outcomes after which the unit has to act

Judge = Callable[[Path, bytes], Intake]  # what becomes of a file's bytes, by the rules of this run


@dataclass(frozen=True, slots=True)
class Returned:
    """What was written, and what could not be, in sentences."""

    copies: tuple[Path, ...]
    notices: tuple[Path, ...]
    trouble: tuple[str, ...]

    @property
    def told(self) -> str:
        """How many of what, as a part of a sentence; "" for nothing."""
        remarked = sum(path.name.startswith(REMARKED) for path in self.copies)
        parts = (
            ("退回修改表", len(self.copies) - remarked),
            ("只有提醒的标注表", remarked),
            ("退回通知", len(self.notices)),
        )
        return "、".join(f"{what} {number} 份" for what, number in parts if number)


def send_back(
    intakes: Sequence[Intake],
    forms: Sequence[Form],
    folder: Path,
    judge: Judge,
    *,
    asking: Settings = OPEN,
    deadline: Deadline | None = None,
    force: bool = False,
) -> Returned:
    """Write a marked copy of every file with findings that could be opened, and a notice for who has to act.

    Raises OutputError at the end, when everything that can be written is: which files could not be.
    """
    wanted = [i for i in intakes if i.findings and i.outcome in (Outcome.ACCEPTED, *_BACK)]
    inputs = frozenset(os.path.realpath(i.path) for i in intakes)  # not `resolve`, which raises at links in a ring
    trouble: list[str] = []
    refused: list[str] = []
    copies: dict[str, Path] = {}
    for intake in wanted:
        if intake.outcome is Outcome.UNREADABLE:
            continue
        path = _free(folder, _copy_name(intake), copies.values())
        try:
            data = marked(intake, forms, judge)
        except (MarkupError, OSError) as fault:
            why = reason(fault) if isinstance(fault, OSError) else str(fault)
            see = "退回通知" if intake.outcome in _BACK else "审核结果"
            trouble.append(f"没有做{path.name}：{why}。问题见{see}。")
            continue
        if _put(path, data, inputs, refused, force=force):
            copies[intake.file] = path
    notices: list[Path] = []
    for name, mine in _letters(wanted).items():
        path = _free(folder, name, notices)
        marks = {i.file: copies[i.file].name for i in mine if i.file in copies}
        if _put(path, notice(mine, marks, asking, deadline), inputs, refused, force=force):
            notices.append(path)
    if refused:
        raise OutputError("；".join(refused))
    return Returned(tuple(copies.values()), tuple(notices), tuple(trouble))


def _put(path: Path, data: bytes, inputs: frozenset[str], refused: list[str], *, force: bool) -> bool:
    """Write a file, unless the very same is there already; what stands in the way is added to `refused`."""
    try:
        if os.path.realpath(path) in inputs:
            raise OutputError(f"{path} 是输入文件，不能写成输出；请换一个文件夹")
        if not (path.is_file() and path.read_bytes() == data):
            write_whole(path, data, force=force)
    except OutputError as fault:
        refused.append(str(fault))
        return False
    except OSError as fault:
        refused.append(f"不能写 {path}：{reason(fault)}")
        return False
    except UnicodeError:
        refused.append("文件名有这台电脑的编码写不出的字")
        return False
    return True


def marked(intake: Intake, forms: Sequence[Form], judge: Judge) -> bytes:
    """The file's marked copy, proven to say what the file says. Raises MarkupError, OSError."""
    data = read_bytes(intake.path)
    if hashlib.sha256(data).hexdigest() != intake.sha256:
        raise MarkupError("文件在审核后又被改动，请重新审核")
    package = open_package(data)
    if isinstance(package, Refusal):
        raise MarkupError(package.detail)
    sheets: dict[str, RawSheet] = {}
    for entry in package.sheets:
        raw = package.read_sheet(entry)
        if isinstance(raw, Refusal):  # what is not read here is given to no other program either
            raise MarkupError(raw.detail)
        sheets[entry.name] = raw
    source = Source(sheets, intake.submission, _layout(package, intake, forms))
    copy = mark_up(package, source, intake.findings, _title(intake))
    again = judge(intake.path, copy)
    if again.outcome is not intake.outcome or _content(again) != _content(intake):
        raise MarkupError("自检没有通过：标注后的数据与原文件不同")
    return copy


def _layout(package: Package, intake: Intake, forms: Sequence[Form]) -> Layout | None:
    stamp, _ = read_stamp(package)
    form = form_by_id(forms, intake.form)
    return compile_layout(form, stamp.kind, len(stamp.covers)) if stamp is not None and form is not None else None


def _content(intake: Intake) -> tuple[object, ...]:
    """All that a file says."""
    s = intake.submission
    if s is None:
        return ()
    return (s.unit, s.year, s.figures, s.texts, s.cover, s.zero_report, s.explanations, s.covers, s.prior)


def _title(intake: Intake) -> str:
    who = f"{intake.unit.code} {quote(intake.unit.name)}" if intake.unit is not None else "单位不明"
    year = f"{intake.year} 年度" if intake.year is not None else ""
    return f"{who}　{year}数据表：{state(intake)}{tally(intake.findings)}　文件：{base(intake.file)}"


def _copy_name(intake: Intake) -> str:
    """退回修改-004-区财政局-….xlsx, however often it goes to and fro."""
    stem = Path(intake.file).stem
    begin = RETURNED if intake.outcome is Outcome.REJECTED else REMARKED
    for word in (RETURNED, REMARKED):
        stem = stem.removeprefix(f"{word}-")
    if intake.unit is None:
        return file_name(f"{begin}-{stem}") + ".xlsx"
    who = _who(intake.unit)
    rest = stem.removeprefix(who).lstrip("-")
    return file_name("-".join(filter(None, (begin, who, rest)))) + ".xlsx"


def _who(unit: Unit) -> str:
    return "-".join(filter(None, (unit.code, unit.name)))


def _letters(intakes: Sequence[Intake]) -> dict[str, list[Intake]]:
    """The files that their senders have to act upon, by the name of the notice: one a unit, one a nameless file."""
    found: dict[str, list[Intake]] = {}
    for intake in intakes:
        if intake.outcome in _BACK:
            unit = intake.unit
            who = _who(unit) if unit is not None else Path(intake.file).name
            found.setdefault(file_name(f"{PREFIX}-{who}") + ".txt", []).append(intake)
    return found


def _free(folder: Path, name: str, taken: Iterable[Path]) -> Path:
    """The name in the folder; with a number when another file of this run has it."""
    names = {path.name.casefold() for path in taken}  # as Windows compares them
    stem, suffix = Path(name).stem, Path(name).suffix
    return folder / next(
        n for n in (name, *(f"{stem} ({i}){suffix}" for i in range(2, 9999))) if n.casefold() not in names
    )
