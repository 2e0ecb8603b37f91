"""Files and folders → one outcome a file: read, judged, named; nothing is skipped and nothing is opened twice."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from xls_report.check import judge as judge_relations
from xls_report.check import relation_findings
from xls_report.checksum import all_codes
from xls_report.faults import reason
from xls_report.figure import Figure
from xls_report.finding import Finding, finding, names
from xls_report.form import Form, Level
from xls_report.lastyear import prior_findings
from xls_report.layout import Kind, Layout
from xls_report.package.filekind import kind_of
from xls_report.package.refusal import MAX_FILE
from xls_report.plan import compile_layout
from xls_report.quoting import name_of, spaced, visible
from xls_report.reader import Reading, read
from xls_report.submission import Submission, Unit, zero

if TYPE_CHECKING:
    from xls_report.roster import Roster

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".ods", ".et", ".ett", ".xlt", ".fods"})
_LOCKS = ("~$", ".~lock.", ".~")
_NAMELESS = frozenset({"F101", "F102", "F103", "F104", "F105", "F106", "F107", "F108", "F112", "F114", "F116", "F201"})
_SYSTEM = frozenset({"thumbs.db", ".ds_store", "desktop.ini"})
_OWN = ("空表发放清单", "退回通知", "审核问题", "报送情况", "处理记录", "单位名单", "报送函")  # the tool's own lists
_TYPES = {
    ".docx": "Word 文档",
    ".doc": "Word 文档",
    ".wps": "WPS 文字文档",
    ".pdf": "PDF 文件",
    ".zip": "压缩包",
    ".rar": "压缩包",
    ".gz": "压缩包",
    ".tar": "压缩包",
    ".7z": "压缩包",
    ".jpg": "图片",
    ".jpeg": "图片",
    ".png": "图片",
    ".txt": "文本文件",
    ".csv": "CSV 文本文件",
    ".json": "JSON 文件",
    ".jsonl": "JSON 文件",
    ".html": "网页文件",
    ".htm": "网页文件",
}
MAX_FILES = 2000
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


def find_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Every file of the paths, folders read recursively, each once, sorted; a path that is not there raises OSError."""
    found: dict[str, Path] = {}
    for path in paths:
        path.lstat()
        for file in sorted(_below(path)) if path.is_dir() else [path]:
            found.setdefault(os.path.abspath(file), file)  # noqa: PTH100 - the link itself, not what it points to
    return tuple(found.values())


def _below(folder: Path) -> Iterator[Path]:
    def failed(fault: OSError) -> None:
        raise fault

    for place, folders, files in os.walk(folder, onerror=failed, followlinks=False):
        folders.sort()
        yield from (Path(place) / name for name in files)
        yield from (Path(place) / name for name in folders if (Path(place) / name).is_symlink())


def take_in(
    files: Iterable[Path],
    forms: Sequence[Form],
    *,
    prior: Prior | None = None,
    roster: Roster | None = None,
) -> tuple[Intake, ...]:
    """An outcome for every file; same bytes twice are one submission, the later file a duplicate.

    `prior` gives last year's figures of a unit. The flags of the `roster` decide instead of the stamps', and by its
    names it is guessed whose a file is that cannot be read.
    """
    flags = roster.flags if roster is not None else None
    first: dict[str, str] = {}
    found: list[Intake] = []
    workbooks = 0
    for path in files:
        workbooks += path.suffix.lower() in WORKBOOKS
        if workbooks > MAX_FILES and path.suffix.lower() in WORKBOOKS:
            over = finding("F118", due=str(MAX_FILES))
            found.append(Intake(path, "", Outcome.UNREADABLE, (over,)))
            continue
        intake = _take(path, forms, prior, flags)
        if roster is not None and intake.submission is not None:
            intake = _confirmed(intake, roster, prior)
        if roster is not None:
            intake = _suspected(intake, roster)
        # What cannot be read is nobody's copy: two units whose files arrived empty sent the same bytes.
        read_in = intake.outcome not in (Outcome.IGNORED, Outcome.UNREADABLE)
        if read_in and intake.sha256 in first:
            same = finding("F209", given=visible(first[intake.sha256]))
            intake = replace(intake, outcome=Outcome.DUPLICATE, findings=(same,))
        elif read_in and intake.sha256:
            first[intake.sha256] = intake.file
        found.append(intake)
    return tuple(found)


def _confirmed(intake: Intake, roster: Roster, prior: Prior | None) -> Intake:
    """Blanks that a unit said on the telephone are 0 (处理记录), table by table; none beside any other finding."""
    s, unit = intake.submission, intake.unit
    rows = [d for d in roster.decisions if d.zero and unit is not None and d.code == unit.code]
    rows = [d for d in rows if d.means(intake.file, intake.sha256, intake.codes)]
    if s is None or not rows or any(f.code == "F206" for f in intake.findings):
        return intake
    words = f"，{rows[0].words}" if rows[0].words else ""
    layout = compile_layout(s.form)
    for table in s.form.tables:
        mine = [f for f in intake.findings if f.sheet == table.sheet]
        blank = [item for item in s.form.inputs if item.table is table and s.figures[item.id] is None]
        filled = replace(s, values={**s.values, **{item.id: zero(item) for item in blank}})
        alone = bool(mine) and all(f.code == "V101" for f in mine)
        if not s.covers and alone and not any(f.sheet == table.sheet for f in _against(filled, layout, prior)):
            s = filled
            where = f"{table.name}{names(f'“{item.name}”' for item in blank)}"
            told = finding(
                "R212", sheet=table.sheet, cells=mine[0].cells, items=mine[0].items, where=where, detail=words
            )
            intake = replace(intake, findings=tuple(told if f in mine else f for f in intake.findings))
    outcome = Outcome.REJECTED if any(f.blocks for f in intake.findings) else Outcome.ACCEPTED
    return replace(intake, submission=s, outcome=outcome)


def _suspected(intake: Intake, roster: Roster) -> Intake:
    """Of a file that tells nothing itself: whose it may be, by its name. It changes no unit's state."""
    if not intake.findings or intake.findings[0].code not in _NAMELESS:
        return intake
    units = roster.named_in(intake.file.replace("\\", "/").rpartition("/")[2])
    note = f"疑似单位：{names(unit.shown for unit in units)}" if units else ""
    first, *rest = intake.findings
    return replace(intake, findings=(first.noted(f"。{note}") if note else first, *rest))


def _take(path: Path, forms: Sequence[Form], prior: Prior | None, flags: Mapping[str, frozenset[str]] | None) -> Intake:
    name = path.name
    if name.startswith(_LOCKS) or name.lower() in _SYSTEM or "__MACOSX" in path.parts:
        return Intake(path, "", Outcome.IGNORED, (_temporary(path),))
    own = next((prefix for prefix in _OWN if name.startswith(prefix)), "")
    if own and path.suffix.lower() in (".csv", ".txt", ".json"):
        return Intake(path, "", Outcome.IGNORED, (finding("F113", detail=own),))
    data = regular_bytes(path)
    workbook = path.suffix.lower() in WORKBOOKS
    if isinstance(data, Finding):
        if workbook:
            return Intake(path, "", Outcome.UNREADABLE, (data,))
        return Intake(path, "", Outcome.IGNORED, (replace(data, level=Level.WARNING),))
    digest = hashlib.sha256(data).hexdigest()
    if path.suffix.lower() == ".jsonl" and data and begins_as_log(data):
        return Intake(path, digest, Outcome.IGNORED, (finding("F113", detail="运行记录"),))
    if not workbook:
        detail = _TYPES.get(path.suffix.lower()) or kind_of(data).name
        code = "F116" if detail.startswith("压缩包") else "F112"
        return Intake(path, digest, Outcome.IGNORED, (finding(code, detail=spaced(detail)),))
    intake = judge(path, digest, data, forms, prior, flags)
    # Of a workbook the stamp decides: only one that bears none can be a list of ours.
    if path.stem in _OWN and [f.code for f in intake.findings] == ["F201"]:
        return Intake(path, digest, Outcome.IGNORED, (finding("F113", detail=path.stem),))
    return intake


def begins_as_log(data: bytes) -> bool:
    """Whether these bytes begin as a log of ours; a piece of that beginning, or nothing, counts too."""
    return data.startswith(LOG_START) or LOG_START.startswith(data)


def _temporary(path: Path) -> Finding:
    """The mark of an open file; alone it tells of a file that someone has open elsewhere."""
    mark = next((mark for mark in _LOCKS if path.name.startswith(mark)), "")
    name = path.name.removeprefix(mark).removesuffix("#")
    alone = mark and path.suffix.lower().rstrip("#") in WORKBOOKS and not path.with_name(name).exists()
    return finding("F117", given=visible(name)) if alone else finding("F111")


def judge(
    path: Path,
    digest: str,
    data: bytes,
    forms: Sequence[Form],
    prior: Prior | None = None,
    flags: Mapping[str, frozenset[str]] | None = None,
) -> Intake:
    """Read a workbook's bytes and hold its figures against the relations."""
    reading = read(data, forms)
    if reading.unreadable:
        return Intake(path, digest, Outcome.UNREADABLE, reading.findings, producer=reading.producer)
    submission, stamp = reading.submission, reading.stamp
    findings = reading.findings
    nobody = any(f.code == "F205" for f in findings)  # one unit's workbook in another's name is no submission
    if submission is not None:
        if flags is not None and submission.unit.code in flags:
            submission = replace(submission, flags=flags[submission.unit.code])
        kind = stamp.kind if stamp is not None else Kind.UNIT
        layout = compile_layout(submission.form, kind, len(submission.covers))
        if nobody:
            findings = (*findings, *relation_findings(submission, layout))
        elif not any(f.code == "F206" for f in findings):
            findings = (*findings, *_against(submission, layout, prior))
            if any(submission.texts.values()):
                from xls_report.prose import prose_findings  # most submissions have no texts

                findings = (*findings, *prose_findings(submission, layout, submission.text_cells))
    submission = None if nobody else submission
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


def _against(submission: Submission, layout: Layout, prior: Prior | None) -> tuple[Finding, ...]:
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
