"""What must hold of any bytes whatever: a reading or a refusal in words, the same by the fast way and by expat."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from support import FORMS

from xls_report import package as package_module
from xls_report.finding import Finding
from xls_report.intake import Intake, Outcome, judge
from xls_report.package import Package, RawSheet, Refusal, open_package, sharedstrings, sheetxml

UNFORESEEN = "内容无法识别"  # an exception that nobody foresaw, turned into a refusal by the last belt


@contextlib.contextmanager
def by_expat() -> Iterator[None]:
    """Sheets and strings read by the parser alone."""
    with (
        mock.patch.object(package_module, "read_worksheet", sheetxml.read_worksheet),
        mock.patch.object(package_module, "read_strings", sharedstrings.read_strings),
    ):
        yield


def whole(data: bytes) -> list[RawSheet | Refusal]:
    """All sheets of a package, or its refusal."""
    found = open_package(data)
    assert isinstance(found, Package | Refusal)
    return [found] if isinstance(found, Refusal) else [found.read_sheet(entry) for entry in found.sheets]


def judged(data: bytes) -> Intake:
    """What becomes of the bytes, read as `read` reads them."""
    return judge(Path("x.xlsx"), hashlib.sha256(data).hexdigest(), data, FORMS)


def said(intake: Intake) -> tuple[object, ...]:
    """What two readings are compared by."""
    figures = intake.submission.figures if intake.submission is not None else None
    return figures, intake.outcome, intake.findings, intake.unit, intake.form, intake.year


def hold(data: bytes) -> Intake:
    """Assert it; what became of the bytes."""
    fast, intake = whole(data), judged(data)
    with by_expat():
        assert whole(data) == fast
        assert said(judged(data)) == said(intake)
    for found in fast:
        if isinstance(found, Refusal):
            assert UNFORESEEN not in found.detail
            assert _plain(found.detail)
    for finding in intake.findings:
        _check_words(finding)
    assert intake.outcome in (Outcome.ACCEPTED, Outcome.REJECTED, Outcome.UNREADABLE)
    assert bool(intake.findings) or intake.outcome is Outcome.ACCEPTED
    if intake.outcome is Outcome.ACCEPTED:
        assert intake.submission is not None
        assert None not in intake.submission.figures.values()
        assert not any(finding.blocks for finding in intake.findings)
    return intake


def _check_words(finding: Finding) -> None:
    """A message can be printed on one line of any Chinese console."""
    line = finding.line("x.xlsx")
    line.encode("gbk")
    assert _plain(line)
    assert UNFORESEEN not in line


def _plain(text: str) -> bool:
    return text.replace("\u3000", "").isprintable()
