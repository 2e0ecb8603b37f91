"""A file that holds one submission, whatever its kind: a workbook, the JSON of `export`, a published report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xls_report.exported import exported
from xls_report.fill import FillError
from xls_report.finding import SHOWN, Finding
from xls_report.form import Form
from xls_report.formfile import form_of_year
from xls_report.inbox import take_in
from xls_report.intake import Outcome, regular_bytes
from xls_report.published import SUFFIXES, import_document, read_document
from xls_report.publishedtext import year_of
from xls_report.quoting import name_of, visible
from xls_report.submission import Submission, Unit
from xls_report.text import file_lines, state

PAGES = frozenset(SUFFIXES)  # a published report
_NOBODY = Unit("—", "公开的报告")  # of two pages nobody says whose they are


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


def submission_of(path: Path, forms: Sequence[Form], beside: Submission | None = None) -> Source:
    """The one submission of a file; raises OSError for a path that is not there.

    `beside` is what it is to be compared with, where that is known: it says of whom a published report is.
    What cannot be taken is told with the file's name. A submission that is rejected is one all the same.
    """
    path.lstat()
    suffix = path.suffix.lower()
    if suffix in PAGES:
        return _page(path, forms, beside)
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


def _page(path: Path, forms: Sequence[Form], beside: Submission | None) -> Source:
    """A published report: it names its year, or is of that of what it is compared with; of whom, the latter says."""
    name = visible(name_of(path))
    document = read_document(path)
    if isinstance(document, Finding):
        return Source(path, None, told=(f"{name}：{document.message}{document.advice}",))
    year = year_of(document, forms[-1]) or (beside.year if beside is not None else 0)
    form = form_of_year(forms, year)
    if form is None:
        which = f"是 {year} 年度的报告，没有这个年度的表样" if year else "看不出是哪个年度的报告"
        return Source(path, None, told=(f"{name}：{which}；请先用 import 导入成数据表（写明 --year），再比对。",))
    imported = import_document(document, form, year, beside.unit if beside is not None else _NOBODY)
    told = tuple(f"{name}：{SHOWN[f.level]}{f.message}{f.advice}（{f.code}）" for f in imported.findings if f.blocks)
    return Source(path, imported.submission, "公开的报告，未审核", told)
