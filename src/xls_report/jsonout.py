"""Results as JSON with stable keys: what other programs are written against."""

from __future__ import annotations

import json
from typing import Any

from xls_report import __version__
from xls_report.figure import as_json
from xls_report.intake import Intake
from xls_report.submission import Submission
from xls_report.text import counts


def dumps(value: Any) -> str:
    """JSON text, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def file_object(intake: Intake) -> dict[str, Any]:
    """One file with its outcome and findings."""
    return {
        "file": intake.file,
        "sha256": intake.sha256,
        "outcome": str(intake.outcome),
        "form": intake.form or None,
        "year": intake.year,
        "unit": {"code": intake.unit.code, "name": intake.unit.name} if intake.unit else None,
        "values": values_object(intake.submission),
        "findings": [found.as_json() for found in intake.findings],
    }


def check_object(intakes: tuple[Intake, ...]) -> dict[str, Any]:
    """The result of `check`."""
    return {
        "tool": "xls-report",
        "version": __version__,
        "files": [file_object(intake) for intake in intakes],
        "counts": counts(intakes),
    }


def values_object(submission: Submission | None) -> dict[str, Any]:
    """Item id → its figure as JSON; empty without a submission."""
    return {i: as_json(v) for i, v in submission.figures.items()} if submission is not None else {}
