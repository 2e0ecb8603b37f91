"""A list that a clerk keeps, as .csv or as a sheet of an .xlsx workbook → numbered rows of text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from xls_report.address import a1, column_number
from xls_report.dates import shown_date
from xls_report.faults import ListedError
from xls_report.package import Package, RawSheet, Refusal, open_package

T = TypeVar("T")
Rows = list[tuple[int, list[str]]]
_PLACE = re.compile(r"([A-Z]+)([0-9]+)")
_ZEROS = re.compile("0+")


class ListError(ListedError):
    """A list that cannot be used; `complaints` names every fault with its place."""


def rows_of(path: Path, sheet: str, *, alone: bool = False) -> Rows | None:
    """The rows of a list with their numbers; of a workbook those of the named sheet, None if it has no such sheet.

    `alone`: the only sheet of a workbook serves whatever it is called. Cells come without outer blanks. Raises
    ListError for what is no list, OSError.
    """
    data = path.read_bytes()
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        package = open_package(data)
        if isinstance(package, Refusal):
            raise ListError([f"{path.name}：这个工作簿读不了（{package.detail}），请另存为 Excel 工作簿（.xlsx）"])
        return _of_workbook(package, path.name, sheet, alone=alone)
    if path.suffix.lower() in (".xlsx", ".xls", ".et"):
        raise ListError([f"{path.name}：内容不是 Excel 工作簿；如果是 CSV 文件，请把扩展名改为 .csv"])
    text = decode(data)
    if text is None:
        raise ListError([f"{path.name}：既不是 UTF-8 也不是 GB18030 编码，请另存为“CSV UTF-8”"])
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        return [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as fault:
        raise ListError([f"{path.name}：不是合格的 CSV 文件，引号不配对或有多余的引号"]) from fault


def decode(data: bytes) -> str | None:
    """Text of a CSV as clerks save it; None when it is in no encoding of theirs."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _of_workbook(package: Package, file: str, sheet: str, *, alone: bool) -> Rows | None:
    entry = next((entry for entry in package.sheets if entry.name == sheet), None)
    if entry is None and alone and len(package.sheets) == 1:
        entry = package.sheets[0]
    if entry is None:
        return None
    raw = package.read_sheet(entry)
    if isinstance(raw, Refusal):
        raise ListError([f"{file}：工作表“{entry.name}”读不了（{raw.detail}）"])
    return _rows(package, raw, f"{file}：工作表“{entry.name}”")


def _rows(package: Package, raw: RawSheet, place: str) -> Rows:
    texts: dict[int, dict[int, str]] = {}
    complaints = []
    for address, cell in raw.cells.items():
        match = _PLACE.fullmatch(address)
        assert match is not None
        row, column = int(match[2]), column_number(match[1])
        if cell.formula is not None:
            complaints.append(f"{place}{a1(row, column)} 是公式，请粘贴为数值或文字")
        text = cell.text or ""
        if cell.kind == "n":
            text = _number(package, cell.style, text)
        texts.setdefault(row, {})[column] = text.strip()
    if complaints:
        raise ListError(complaints)
    return [(row, [found.get(n, "") for n in range(1, max(found) + 1)]) for row, found in sorted(texts.items())]


def _number(package: Package, style: int, text: str) -> str:
    """A number as the cell shows it: a day as a date, a code with the zeros that its format puts in front."""
    if style in package.formats.dates:
        return shown_date(text)
    try:
        plain = format(Decimal(text), "f")
    except InvalidOperation:
        return text
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    code = package.formats.code(style)
    return plain.zfill(len(code)) if _ZEROS.fullmatch(code) else plain


def grouped(rows: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    """What has the same key together, in order."""
    found: dict[str, list[T]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found
