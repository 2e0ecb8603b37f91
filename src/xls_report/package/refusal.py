"""Why a file is refused, in words, and the limits beyond which one is.

A filled workbook has some 100 KB, 2,000 cells and 10 sheets, so every limit leaves more than ten-fold room.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MB: Final = 1024 * 1024
MAX_FILE: Final = 10 * MB
MAX_MEMBERS: Final = 400
MAX_PART: Final = 16 * MB
MAX_PARTS: Final = 48 * MB
MAX_DEPTH: Final = 40
MAX_ELEMENTS: Final = 600_000
MAX_ATTRIBUTES: Final = 80
MAX_TEXT: Final = 32_767
MAX_FORMULA: Final = 8_192
MAX_EXPANDED: Final = MB // 4
MAX_SHEETS: Final = 40
MAX_ROWS: Final = 20_000  # the hidden sheet of a summary has a row for each unit below it
MAX_COLUMNS: Final = 256
MAX_CELLS: Final = 250_000
MAX_STRINGS: Final = 50_000
MAX_NAMES: Final = 2_000
MAX_RANGES: Final = 16_000
MAX_FORMATS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not read: a stable ``code`` (F101–F114) and a Chinese clause with the facts, at times ""."""

    code: str
    detail: str


class Refused(Exception):  # noqa: N818 - it never leaves `package`, where it becomes a Refusal
    """Carries a refusal from the place where it is found to the outermost function."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.refusal = Refusal(code, detail)


def over(what: str, there: int, limit: int, unit: str = "个") -> Refused:
    """The refusal of a file beyond a limit: what there is, and the limit."""
    return Refused("F106", f"{what}有 {there:,} {unit}，上限 {limit:,} {unit}")


def over_size(what: str, there: int, limit: int) -> Refused:
    """The same for a number of bytes, in MB; a size just above the limit is not rounded down to it."""
    return Refused("F106", f"{what}为 {max(there / MB, limit / MB + 0.1):,.1f} MB，上限 {limit // MB} MB")
