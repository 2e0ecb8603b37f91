"""A file that holds one submission, whatever its kind: a workbook, the JSON of `export`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xls_report.exported import exported
from xls_report.fill import FillError
from xls_report.finding import Finding
from xls_report.form import Form
from xls_report.intake import Outcome, regular_bytes, take_in
from xls_report.quoting import name_of, visible
from xls_report.submission import Submission
from xls_report.text import file_lines, state

PAGES = frozenset({".html", ".htm", ".txt", ".docx"})  # a published report


@dataclass(frozen=True)
class Source:
    """A file with its submission, None where there is none to be had, and what is to be told of it."""

    path: Path
    submission: Submission | None
    state: str = ""
    told: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The file's name as given, as text."""
        return name_of(self.path)


def submission_of(path: Path, forms: Sequence[Form]) -> Source:
    """The one submission of a file; raises OSError for a path that is not there.

    What cannot be taken is told with the file's name. A submission that is rejected is one all the same.
    """
    path.lstat()
    suffix = path.suffix.lower()
    if suffix in PAGES:
        return _page(path)
    return _json(path, forms) if suffix == ".json" else _workbook(path, forms)


def _workbook(path: Path, forms: Sequence[Form]) -> Source:
    (intake,) = take_in([path], forms)
    told = () if intake.outcome is Outcome.ACCEPTED else tuple(file_lines(intake))
    return Source(path, intake.submission, state(intake), told)


def _json(path: Path, forms: Sequence[Form]) -> Source:
    name = visible(name_of(path))
    data = regular_bytes(path)
    if isinstance(data, Finding):
        return Source(path, None, told=(f"{name}：{data.message}{data.advice}",))
    try:
        found = exported(data, name, forms)
    except FillError as fault:
        return Source(path, None, told=fault.complaints)
    return Source(path, found.submission, "JSON 数据，未审核", tuple(f"{remark}。" for remark in found.remarks))


def _page(path: Path) -> Source:
    """A published report is not read yet."""
    name = visible(name_of(path))
    advice = "请先把其中的数据填进数据表（.xlsx），或写成 export 那样的 JSON，再比对"
    return Source(path, None, told=(f"{name}：已公开的网页和文稿还不能直接读取；{advice}。",))
