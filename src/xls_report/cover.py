"""The cover's sign-off and contact entries: the date as it was meant, and what is missing. Never holds figures up."""

from __future__ import annotations

from datetime import date

from xls_report.dates import in_year, read_date
from xls_report.finding import Finding, finding
from xls_report.layout import Role, Sheet
from xls_report.package import RawCell
from xls_report.pages import FIELDS
from xls_report.quoting import quote
from xls_report.submission import Submission

_PHONE_DIGITS = 7


def signed_on(cell: RawCell, *, date1904: bool = False) -> str:
    """The date of signature as YYYY-MM-DD where it is one, else the text as it stands."""
    text = (cell.text or "").strip()
    day = read_date(text, number=cell.kind == "n", date1904=date1904)
    return day.isoformat() if day is not None else text


def cover_findings(submission: Submission, sheet: Sheet) -> tuple[Finding, ...]:
    """What is missing on the cover, and a date of signature that cannot be right."""
    found: list[Finding] = []
    place = {cell.key: cell.address for cell in sheet.of(Role.FIELD)}
    missing = [(place[key], label) for key, label, required, *_ in FIELDS if required and key not in submission.cover]
    if missing:
        labels = "、".join(label for _, label in missing)
        found.append(finding("T101", sheet=sheet.name, cells=[address for address, _ in missing], given=labels))
    phone = submission.cover.get("phone", "")
    if phone and sum(char.isdigit() for char in phone) < _PHONE_DIGITS:
        found.append(finding("T106", sheet=sheet.name, cells=[place["phone"]], given=quote(phone)))
    if "signed_on" in submission.cover:
        found.extend(_signature(submission, sheet.name, place["signed_on"]))
    return tuple(found)


def _signature(submission: Submission, sheet: str, address: str) -> list[Finding]:
    text = submission.cover["signed_on"]
    try:
        signed = date.fromisoformat(text)
    except ValueError:
        return [finding("T103", sheet=sheet, cells=[address], given=quote(text))]
    end = date(submission.year, 12, 31)
    if signed > end:
        return []
    facts = {"period": end.isoformat(), "when": "早于" if signed < end else "就在"}
    facts |= {"given": signed.isoformat(), "due": in_year(signed, submission.year + 1).isoformat()}
    return [finding("T102", sheet=sheet, cells=[address], **facts)]
