"""Results as JSON with stable keys: what other programs are written against."""

from __future__ import annotations

import json
from typing import Any

from xls_report import __version__
from xls_report.collect import Collection
from xls_report.figure import as_json
from xls_report.intake import Intake
from xls_report.merge import NAMELESS, Merged
from xls_report.roster import RosterUnit
from xls_report.submission import Submission, cover_object
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
        "values": _values(intake.submission),
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


def merge_object(collection: Collection, merged: Merged | None) -> dict[str, Any]:
    """The result of `merge`."""
    office = collection.roster.office
    unit = merged.submission.unit if merged else office.unit if office else NAMELESS
    return {
        "form": collection.form.id if collection.form else None,
        "year": collection.year,
        "unit": {"code": unit.code, "name": unit.name},
        "complete": collection.complete and merged is not None,
        "values": _values(merged.submission if merged else None),
        "covers": [cover_object(cover) for cover in merged.submission.covers] if merged else [],
        "missing": [_unit(unit) for unit in collection.missing],
        "rejected": [_unit(unit) for unit in collection.rejected],
        "conflicts": [
            {**_unit(c.unit), "files": [i.file for i in c.intakes], "items": _items(c.intakes)}
            for c in collection.conflicts
        ],
        "exempt": [_unit(unit) for unit in collection.exempt],
        "files": [file_object(intake) for intake in collection.intakes],
        "findings": [found.as_json() for found in (merged.findings if merged else ())],
        "counts": {"files": counts(collection.intakes), "units": collection.unit_counts()},
    }


def _unit(unit: RosterUnit) -> dict[str, str]:
    return {"code": unit.code, "name": unit.name}


def _items(intakes: tuple[Intake, ...]) -> list[str]:
    found = [item for intake in intakes for f in intake.findings if f.code == "R203" for item in f.items]
    return list(dict.fromkeys(found))


def _values(submission: Submission | None) -> dict[str, Any]:
    return {i: as_json(v) for i, v in submission.figures.items()} if submission is not None else {}
