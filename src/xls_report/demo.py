"""The whole loop on the bundled samples (演示)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xls_report.form import Form


def demo(forms: Sequence[Form], folder: Path) -> str:
    return ""
