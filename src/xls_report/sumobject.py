"""The result of `merge` as JSON with stable keys."""

from __future__ import annotations

from typing import Any

from xls_report.collect import Collection
from xls_report.intake import Intake
from xls_report.jsonout import file_object, values_object
from xls_report.merge import NAMELESS, Merged
from xls_report.roster import RosterUnit
from xls_report.submission import cover_object
from xls_report.text import counts


def merge_object(collection: Collection, merged: Merged | None) -> dict[str, Any]:
    """The result of `merge`."""
    office = collection.roster.office
    unit = merged.submission.unit if merged else office.unit if office else NAMELESS
    return {
        "form": collection.form.id if collection.form else None,
        "year": collection.year,
        "unit": {"code": unit.code, "name": unit.name},
        "complete": collection.complete and merged is not None,
        "values": values_object(merged.submission if merged else None),
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
