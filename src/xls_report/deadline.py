"""The day by which the collecting office wants the returns, in the words of its texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xls_report.dates import month_day

_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Deadline:
    """`day` and `time` as the office set them, None and "" when it did not; `today` decides what there is to say."""

    day: date | None
    time: str
    today: date

    @property
    def past(self) -> bool:
        """Whether the day is over; the hour decides nothing."""
        return self.day is not None and self.today > self.day

    @property
    def short(self) -> str:
        """1月23日17:30"""
        return f"{month_day(self.day)}{self.time}" if self.day is not None else ""

    @property
    def by(self) -> str:
        """于1月23日（周五）17:30前, 尽快 when that is over, "" when no day is set."""
        if self.day is None:
            return ""
        weekday = f"（周{_WEEKDAYS[self.day.weekday()]}）"
        return "尽快" if self.past else f"于{month_day(self.day)}{weekday}{self.time}前"

    @property
    def spoken(self) -> str:
        """The same as one says it on the day itself: 于今天17:30前."""
        return (f"于今天{self.time}前" if self.time else "今天") if self.day == self.today else self.by
