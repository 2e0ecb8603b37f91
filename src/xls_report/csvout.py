"""Tables as CSV that a spreadsheet opens right and runs nothing of."""

from __future__ import annotations

import csv
import io

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_bytes(rows: tuple[tuple[str, ...], ...]) -> bytes:
    """A CSV that Excel opens right: UTF-8 with BOM, every field quoted, no text that a spreadsheet would run."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe_csv(field) for field in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def safe_csv(text: str) -> str:
    """Text with a leading `'` where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(" \u3000\xa0").startswith(_RISKY) or text.startswith(_RISKY) else text
