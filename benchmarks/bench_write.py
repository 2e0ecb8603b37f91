"""What a blank costs to generate, in one run: a sheet; beside openpyxl's load and save, and beside its copy.

Interleaved rounds; the ratio is taken within each, so that a machine that slows down slows both. It prints and never
asserts.

    python benchmarks/bench_write.py
"""

from __future__ import annotations

import gc
import io
import statistics
import time
from collections.abc import Callable

import openpyxl

from xls_report.copies import copy
from xls_report.formfile import load_forms
from xls_report.plan import compile_layout
from xls_report.resources import bundled
from xls_report.submission import Submission, Unit
from xls_report.writer import write

ROUNDS = 9
COPIES = 50  # a round


def timed(act: Callable[[], object]) -> float:
    """Milliseconds of one call, garbage collected before."""
    gc.collect()
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Print a line for each form."""
    for form in load_forms(bundled("templates")):
        layout = compile_layout(form)
        blank = Submission(form, form.years[0], Unit("004", "某区财政局"))
        data = write(layout, blank)

        def ours() -> bytes:
            return write(layout, blank)  # noqa: B023 - called within the round

        def theirs() -> None:
            openpyxl.load_workbook(io.BytesIO(data)).save(io.BytesIO())  # noqa: B023

        def copies() -> None:
            for n in range(COPIES):
                copy(layout, Submission(form, form.years[0], Unit(f"{n:03}", f"第{n}局")))  # noqa: B023

        copies()  # the template
        rounds = [(timed(ours), timed(theirs), timed(copies) / COPIES) for _ in range(ROUNDS)]
        median = statistics.median(mine for mine, *_ in rounds)
        ratio = statistics.median(other / mine for mine, other, _ in rounds)
        copied = statistics.median(mine / one for mine, _, one in rounds)
        sheets = len(layout.sheets)
        print(  # noqa: T201
            f"{form.id}: {median:.1f} ms a workbook of {sheets} sheets, {median / sheets:.2f} ms a sheet; "
            f"openpyxl's load and save take {ratio:.1f} times as long, a copy is made {copied:.0f} times as fast"
        )


if __name__ == "__main__":
    main()
