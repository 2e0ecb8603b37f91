"""Files and folders → one outcome a file, in their order: nothing is skipped and nothing is opened twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from xls_report.confirmed import confirmed
from xls_report.finding import Finding, finding, names
from xls_report.form import Form, Level
from xls_report.intake import Given, Intake, Judged, Outcome, Prior, begins_as_log, judged, regular_bytes
from xls_report.package.filekind import kind_of
from xls_report.quoting import spaced, visible
from xls_report.roster import Roster

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".ods", ".et", ".ett", ".xlt", ".fods"})
_LOCKS = ("~$", ".~lock.", ".~")
_NAMELESS = frozenset(
    {"F101", "F102", "F103", "F104", "F105", "F106", "F107", "F108", "F112", "F114", "F116", "F119", "F201"}
)
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
MAX_FILES = 400_000  # a nation has some 300,000 bodies that report


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that was opened and is still to be judged: its bytes, and their SHA-256."""

    path: Path
    sha256: str
    data: bytes


# How workbooks are judged, one after the other: what is judged already passes through, and the order stays.
Judging = Callable[[Given, Iterator[Judged | Book]], Generator[Judged, None, None]]


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


def here(given: Given, files: Iterator[Judged | Book]) -> Generator[Judged, None, None]:
    """Every workbook judged in this process."""
    for file in files:
        yield judged(file.path, file.sha256, file.data, given) if isinstance(file, Book) else file


def take_in(
    files: Iterable[Path],
    forms: Sequence[Form],
    *,
    prior: Prior | None = None,
    roster: Roster | None = None,
    judging: Judging = here,
) -> tuple[Intake, ...]:
    """An outcome for every file; same bytes twice are one submission, the later file a duplicate.

    `prior` gives last year's figures of a unit. The flags of the `roster` decide instead of the stamps', and by its
    names it is guessed whose a file is that cannot be read. `judging` says where the work is done, not what comes out.
    """
    given = Given(forms, prior, roster.flags if roster is not None else None)
    first: dict[str, str] = {}
    found: list[Intake] = []
    with closing(judging(given, _opened(files))) as stream:
        for one in stream:
            intake = _own_list(one.intake)
            if roster is not None and intake.submission is not None:
                intake = confirmed(intake, roster, prior)
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


def _opened(files: Iterable[Path]) -> Iterator[Judged | Book]:
    """Every file opened, or told what it is; of more workbooks than may be, the later ones stay closed."""
    workbooks = 0
    for path in files:
        workbook = path.suffix.lower() in WORKBOOKS
        workbooks += workbook
        if workbook and workbooks > MAX_FILES:
            over = finding("F118", due=str(MAX_FILES))
            yield Judged(Intake(path, "", Outcome.UNREADABLE, (over,)))
        else:
            opened = _open(path)
            yield opened if isinstance(opened, Book) else Judged(opened)


def _suspected(intake: Intake, roster: Roster) -> Intake:
    """Of a file that tells nothing itself: whose it may be, by its name. It changes no unit's state."""
    if not intake.findings or intake.findings[0].code not in _NAMELESS:
        return intake
    units = roster.named_in(intake.file.replace("\\", "/").rpartition("/")[2])
    note = f"疑似单位：{names(unit.shown for unit in units)}" if units else ""
    first, *rest = intake.findings
    return replace(intake, findings=(first.noted(f"。{note}") if note else first, *rest))


def _open(path: Path) -> Intake | Book:
    """The bytes of a workbook; of anything else what it is."""
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
    return Book(path, digest, data)


def _own_list(intake: Intake) -> Intake:
    """Of a workbook the stamp decides: only one that bears none can be a list of ours."""
    name = intake.path.stem
    if name in _OWN and [f.code for f in intake.findings] == ["F201"]:
        return Intake(intake.path, intake.sha256, Outcome.IGNORED, (finding("F113", detail=name),))
    return intake


def _temporary(path: Path) -> Finding:
    """The mark of an open file; alone it tells of a file that someone has open elsewhere."""
    mark = next((mark for mark in _LOCKS if path.name.startswith(mark)), "")
    name = path.name.removeprefix(mark).removesuffix("#")
    alone = mark and path.suffix.lower().rstrip("#") in WORKBOOKS and not path.with_name(name).exists()
    return finding("F117", given=visible(name)) if alone else finding("F111")
