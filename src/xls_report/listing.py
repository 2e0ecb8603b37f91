"""All findings of a run as one workbook for the district's clerk: to filter, sort and pass around."""

from __future__ import annotations

from collections.abc import Iterable

from xls_report.address import ranges
from xls_report.figure import Figure, shown
from xls_report.finding import SHOWN
from xls_report.intake import Intake
from xls_report.layout import Listing
from xls_report.quoting import quote, visible
from xls_report.text import FOOTNOTE, state, tally

_FINDINGS = ("代码", "单位", "状态", "程度", "工作表", "单元格", "问题", "怎么改", "现填", "应为", "问题代码", "文件")
_FINDING_WIDTHS = (10, 24, 12, 10, 18, 14, 60, 44, 18, 18, 10, 40)
_FILES = ("代码", "单位", "状态", "问题", "文件", "SHA-256", "保存程序", "备注")
_FILE_WIDTHS = (10, 24, 14, 24, 44, 66, 20, 30)


def listings(intakes: Iterable[Intake]) -> tuple[Listing, ...]:
    """审核问题, a row a finding; 文件, a row a file."""
    files = tuple(intakes)
    found = [
        (
            *_who(intake),
            *(state(intake), SHOWN[one.level].strip("【】"), one.sheet, "、".join(ranges(one.cells))),
            *(one.message, one.advice, _words(one.given), _words(one.due), one.code, visible(intake.file)),
        )
        for intake in files
        for one in intake.findings
    ]
    seen = [
        (
            *_who(intake),
            *(state(intake), tally(intake.findings).strip("（）"), visible(intake.file), intake.sha256),
            *(intake.producer, "；".join(intake.notes)),
        )
        for intake in files
    ]
    return (
        Listing("审核问题", FOOTNOTE, _FINDINGS, _FINDING_WIDTHS, tuple(found)),
        Listing("文件", FOOTNOTE, _FILES, _FILE_WIDTHS, tuple(seen)),
    )


def _who(intake: Intake) -> tuple[str, str]:
    return (intake.unit.code, quote(intake.unit.name)) if intake.unit is not None else ("", "")


def _words(value: Figure | str | None) -> str:
    return quote(value) if isinstance(value, str) else shown(value)
