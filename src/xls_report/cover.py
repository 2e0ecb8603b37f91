"""The cover's sign-off and contact entries: the date as it was meant, and what is missing. Never holds figures up."""

from __future__ import annotations

import re
from datetime import date, timedelta

from xls_report.finding import Finding, finding, quote
from xls_report.layout import Role, Sheet
from xls_report.package import RawCell
from xls_report.pages import FIELDS
from xls_report.submission import Submission

_DATE = re.compile(r"(\d{4})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*日?", re.ASCII)
_SERIAL = re.compile(r"\d{5}(\.0+)?", re.ASCII)
_PHONE_DIGITS = 7
_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's calendar, as counted from March 1900 on


def signed_on(cell: RawCell) -> str:
    """The date of signature as YYYY-MM-DD where it is one, else the text as it stands."""
    text = (cell.text or "").strip()
    match = _DATE.fullmatch(text)
    try:
        if match is not None:
            return date(*(int(part) for part in match.groups())).isoformat()
        if cell.kind == "d":
            return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return text
    if cell.kind == "n" and _SERIAL.fullmatch(text):
        return (_EPOCH + timedelta(days=int(text[:5]))).isoformat()
    return text


def cover_findings(submission: Submission, sheet: Sheet) -> tuple[Finding, ...]:
    """What is missing on the cover, and a date of signature that cannot be right."""
    found: list[Finding] = []
    place = {cell.key: cell.address for cell in sheet.cells if cell.role is Role.FIELD}
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
    meant = signed.replace(year=submission.year + 1) if (signed.month, signed.day) != (2, 29) else end
    facts = {"given": signed.isoformat(), "due": meant.isoformat(), "period": end.isoformat()}
    return [finding("T102", sheet=sheet, cells=[address], **facts)]
