"""Dates as spreadsheets and clerks write them."""

from __future__ import annotations

import re
from datetime import date, timedelta

_WRITTEN = re.compile(r"(\d{4})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*日?", re.ASCII)
_SERIAL = re.compile(r"(\d{1,5})(\.\d+)?", re.ASCII)
_SOUND = date(1900, 3, 1)  # before it programs count differently
_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's calendar, as counted from March 1900 on

_EPOCH_1904 = date(1904, 1, 1)  # the same as an old Mac counted


def serial_of(day: date) -> int:
    """A date as a spreadsheet counts days."""
    return (day - _EPOCH).days


def read_date(text: str, *, number: bool = False, date1904: bool = False) -> date | None:
    """A date as written (2026-01-20, 2026年1月20日, 2026.1.20) or, for a number, as counted; None when it is none."""
    written = _WRITTEN.fullmatch(text.strip())
    try:
        if written is not None:
            return date(int(written[1]), int(written[2]), int(written[3]))
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        serial = _SERIAL.fullmatch(text.strip()) if number else None
        epoch = _EPOCH_1904 if date1904 else _EPOCH
        return epoch + timedelta(days=int(serial[1])) if serial is not None else None


def whole_date(text: str) -> date | None:
    """A date as written with year, month and day and nothing else; None when it is none."""
    return read_date(text) if _WRITTEN.fullmatch(text.strip()) is not None else None


def shown_date(text: str) -> str:
    """A counted day as the date that the cell shows; other text as it is."""
    day = read_date(text, number=True)
    return day.isoformat() if day is not None and day >= _SOUND else text


def in_year(day: date, year: int) -> date:
    """The same day of another year; 28 February for a leap day that it has not."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def month_day(day: date) -> str:
    """A day as notices write it: 1月23日."""
    return f"{day.month}月{day.day}日"
