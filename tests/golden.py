"""Digests of every layout: a form that was issued cannot change unnoticed.

`python tests/golden.py` writes them anew, after a change that was meant.
"""

from __future__ import annotations

from pathlib import Path

from xls_report.formfile import load_forms
from xls_report.layout import Kind
from xls_report.plan import compile_layout
from xls_report.resources import bundled

FILE = Path(__file__).parent / "golden" / "layouts.txt"
KINDS = ((Kind.UNIT, 0), (Kind.TABLES, 0), (Kind.WORKING, 3))


def digests() -> str:
    """A line each of form, kind of workbook, number of covered units, and digest."""
    lines = []
    for form in load_forms(bundled("templates")):
        for kind, covers in KINDS:
            lines.append(f"{form.id} {kind} {covers} {compile_layout(form, kind, covers).digest}\n")
    return "".join(lines)


def main() -> None:
    FILE.write_text(digests(), encoding="utf-8")


if __name__ == "__main__":
    main()
