"""One workbook's bytes → its outcome: read, judged, named; of itself alone, whatever else was sent in."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from xls_report.check import judge as judge_relations
from xls_report.check import relation_findings
from xls_report.checksum import all_codes
from xls_report.faults import reason
from xls_report.figure import Figure
from xls_report.finding import Finding, finding
from xls_report.form import Form
from xls_report.lastyear import prior_findings
from xls_report.layout import Kind, Layout
from xls_report.package.refusal import MAX_FILE
from xls_report.plan import compile_layout
from xls_report.quoting import name_of
from xls_report.reader import Reading, read
from xls_report.submission import Submission, Unit

LOG_START = b'{"time": "'  # how every line of a log of ours begins


class Outcome(StrEnum):
    """What became of a file."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"
    IGNORED = "ignored"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Intake:
    """One file: its name as given, SHA-256 of its bytes, what became of it and why."""

    path: Path
    sha256: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    submission: Submission | None = None
    unit: Unit | None = None
    form: str = ""
    year: int | None = None
    producer: str = ""  # the program that saved it
    notes: tuple[str, ...] = ()  # what was done to it that asks nothing of anyone
    kind: Kind | None = None  # which workbook it is

    @property
    def file(self) -> str:
        """The file's name as given, as text."""
        return name_of(self.path)

    @property
    def codes(self) -> str:
        """The 数据校验码 of its tables as the cover shows it, a blank counting as 0; "" when nothing was read."""
        s = self.submission
        return all_codes(s.form, s.figures) if s is not None else ""


Prior = Callable[[Unit, int], Mapping[str, Figure] | None]  # last year's figures of a unit


@dataclass(frozen=True)
class Given:
    """What a run judges every workbook by: forms, last year's figures, flags of the roster by unit code."""

    forms: Sequence[Form]
    prior: Prior | None = None
    flags: Mapping[str, frozenset[str]] | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A file's outcome; `asked` is the unit and report year that the rest of what is given was asked for."""

    intake: Intake
    asked: tuple[Unit, int] | None = None


def begins_as_log(data: bytes) -> bool:
    """Whether these bytes begin as a log of ours; a piece of that beginning, or nothing, counts too."""
    return data.startswith(LOG_START) or LOG_START.startswith(data)


def judge(
    path: Path,
    digest: str,
    data: bytes,
    forms: Sequence[Form],
    prior: Prior | None = None,
    flags: Mapping[str, frozenset[str]] | None = None,
) -> Intake:
    """Read a workbook's bytes and hold its figures against the relations."""
    return judged(path, digest, data, Given(forms, prior, flags)).intake


def judged(path: Path, digest: str, data: bytes, given: Given) -> Judged:
    """The same with what it depends on beside the bytes; its figures take little memory."""
    reading = read(data, given.forms)
    if reading.unreadable:
        return Judged(Intake(path, digest, Outcome.UNREADABLE, reading.findings, producer=reading.producer))
    asked = (reading.submission.unit, reading.submission.year) if reading.submission is not None else None
    return Judged(_judged(path, digest, reading, given), asked)


def _judged(path: Path, digest: str, reading: Reading, given: Given) -> Intake:
    submission, stamp = reading.submission, reading.stamp
    findings = reading.findings
    nobody = any(f.code == "F205" for f in findings)  # one unit's workbook in another's name is no submission
    if submission is not None:
        if given.flags is not None and submission.unit.code in given.flags:
            submission = replace(submission, flags=given.flags[submission.unit.code])
        kind = stamp.kind if stamp is not None else Kind.UNIT
        layout = compile_layout(submission.form, kind, len(submission.covers))
        if nobody:
            findings = (*findings, *relation_findings(submission, layout))
        elif not any(f.code == "F206" for f in findings):
            findings = (*findings, *against(submission, layout, given.prior))
            if any(submission.texts.values()):
                from xls_report.prose import prose_findings  # most submissions have no texts

                findings = (*findings, *prose_findings(submission, layout, submission.text_cells))
    submission = None if nobody or submission is None else submission.compact()
    rejected = submission is None or any(f.blocks for f in findings)
    return Intake(
        path,
        digest,
        Outcome.REJECTED if rejected else Outcome.ACCEPTED,
        findings,
        submission,
        None if nobody else _unit(reading),
        stamp.form if stamp is not None else "",
        stamp.year if stamp is not None else None,
        reading.producer,
        reading.notes,
        stamp.kind if stamp is not None else None,
    )


def _unit(reading: Reading) -> Unit | None:
    if reading.submission is not None:
        return reading.submission.unit
    return reading.stamp.unit if reading.stamp is not None else None


def against(submission: Submission, layout: Layout, prior: Prior | None) -> tuple[Finding, ...]:
    """Relations, and what is judged against last year: the given data, else the figures in the workbook itself."""
    if submission.state:  # a part of the units is not held against last year's whole
        return relation_findings(submission, layout)
    figures = prior(submission.unit, submission.year - 1) if prior is not None else submission.prior
    note = "" if prior is not None else "（按表内上年数）"
    found = relation_findings(submission, layout, figures, note)
    if figures:
        return (*found, *prior_findings(submission, layout, figures, note), *_unjudged(submission, layout, figures))
    if prior is None or not any(r.equation.uses_prior for r in submission.form.all_relations):
        return found
    return (*found, finding("D207" if figures is None else "D209"))


def _unjudged(submission: Submission, layout: Layout, prior: Mapping[str, Figure]) -> tuple[Finding, ...]:
    """Relations that wait for a figure which last year's data lack, though they have others of its row or column."""
    found = []
    for judgement in judge_relations(submission, prior):
        missing = {n.ident for n in judgement.instance.equation.names if n.prior and n.ident not in prior}
        part = 0 if judgement.instance.relation.axis == "rows" else 2  # the row across columns, the column across rows
        known = any(ident.rpartition(".")[part] == other.rpartition(".")[part] for ident in missing for other in prior)
        if judgement.waits_for_prior and known and not judgement.instance.implied:
            items = [n.ident for n in judgement.instance.equation.names if not n.prior]
            sheet, cell = layout.place[items[0]]
            facts = {"where": judgement.instance.where}
            found.append(finding("D208", sheet=sheet.name, cells=[cell.address], items=items[:1], **facts))
    return tuple(found)


def read_bytes(path: Path) -> bytes:
    """The bytes of a workbook named on the command line; raises OSError."""
    data = regular_bytes(path)
    if isinstance(data, Finding):
        path.stat()
        raise OSError(0, data.message, str(path))
    return data


def regular_bytes(path: Path) -> bytes | Finding:
    """The file's bytes, read once; a finding for what is not a regular file of a workbook's size."""
    try:
        facts = path.lstat()
        if not stat.S_ISREG(facts.st_mode):
            return finding("F110", detail="快捷方式或链接" if stat.S_ISLNK(facts.st_mode) else "管道、设备等")
        if facts.st_size > MAX_FILE:
            return finding("F106", detail=f"文件有 {facts.st_size / 1e6:.1f} MB，最多 {MAX_FILE // 2**20} MB")
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            data = file.read(facts.st_size + 1)  # MAX_FILE at once would be room for 10 MB for each file
            return data if len(data) <= facts.st_size else data + file.read(MAX_FILE + 1 - len(data))
    except OSError as fault:
        return finding("F109", detail=reason(fault))
