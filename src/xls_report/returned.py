"""How a returned copy (退回修改表) is known again: its list of findings and its comments are no words of the unit."""

from __future__ import annotations

from collections.abc import Collection

from xls_report.package import RawSheet

SHEET = "问题清单"
HEAD = "问题清单（审核退回）"  # what its first cell says
AUTHOR = "xls-report"  # of the comments; LibreOffice drops it
DIVIDER = "—— 以下是审核意见 ——"  # the first line of a comment of ours, after what the unit wrote there
# Stands in every conditional format of ours and is always true.
SIGNATURE = f'N("{AUTHOR}")=0'
COMMENTS = "批注"  # what the bounded reader calls them


def is_list(raw: RawSheet) -> bool:
    """Whether a sheet is the list that a returned copy begins with, whatever it is called by now."""
    first = raw.cells.get("A1")
    return first is not None and first.kind == "s" and first.formula is None and first.text == HEAD


def foreign(embedded: Collection[str], comments: Collection[str]) -> tuple[str, ...]:
    """Of the foreign things in a file, those that are not the marks of a returned copy."""
    ours = bool(comments) and all(text.startswith(DIVIDER) for text in comments)
    return tuple(kind for kind in embedded if not (ours and kind == COMMENTS))
