"""No file and no unit may get lost between the lists."""

from __future__ import annotations

from xls_report.collect import Collection
from xls_report.faults import SelfCheckError
from xls_report.text import counts


def conserved(collection: Collection, seen: int) -> None:
    """Every file and every unit is in one of the lists, and in one alone; raises SelfCheckError.

    `seen` is the number of files that were found.
    """
    files, units = counts(collection.intakes), collection.unit_counts()
    if seen != files["seen"] or files["seen"] != sum(n for key, n in files.items() if key != "seen"):
        raise SelfCheckError(f"文件数不守恒：{files}")
    if units["expected"] != sum(n for key, n in units.items() if key != "expected"):
        raise SelfCheckError(f"单位数不守恒：{units}")
