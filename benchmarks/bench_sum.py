"""What writing a summary costs beside a CSV of the same detail rows, deflated, and beside XlsxWriter's leanest mode.

One run, interleaved: every round measures each way once over the same units, in an order that rotates, after a
collection of garbage; the ratio is taken within the round. An A/A pair shows what the clock itself adds. It prints and
never asserts.

    python benchmarks/bench_sum.py               ratios for 1,000 and 10,000 units, and the time of each step of `merge`
    python benchmarks/bench_sum.py --memory      peak memory of a process that writes 200, 1,000, 10,000 units
"""

from __future__ import annotations

import argparse
import csv
import gc
import hashlib
import io
import random
import statistics
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from bench_read import YEAR, figures, measured, peak, rounds, say, show_ratio

from xls_report.collect import Collection, collect
from xls_report.detail import detail_name
from xls_report.figure import Figure
from xls_report.form import Form
from xls_report.formfile import form_of_year, load_forms
from xls_report.intake import Intake, Outcome
from xls_report.merge import Merged, merge, render_merged, verify, write_upward
from xls_report.resources import bundled
from xls_report.roster import Roster, RosterUnit
from xls_report.submission import Submission

SIZES = (1_000, 10_000)
MEMORY = (200, 1_000, 10_000)
ROUNDS = 7
GROUPS = 12


def collection_of(number: int) -> Collection:
    """As many units with figures of their own, as they come from the reader."""
    form = form_of_year(load_forms(bundled("templates")), YEAR)
    assert form is not None
    units = [RosterUnit(f"{n:05}", f"某市第{n}单位", group=f"第{n % GROUPS}组") for n in range(number)]
    intakes = []
    for unit in units:
        own = Submission(form, YEAR, unit.unit, figures(form, random.Random(unit.code)))
        digest = hashlib.sha256(unit.code.encode()).hexdigest()
        path = Path(f"收件/{unit.code}-{unit.name}.xlsx")
        intakes.append(Intake(path, digest, Outcome.ACCEPTED, (), own, unit.unit, form.id, YEAR, "Microsoft Excel"))
    return collect(Roster(tuple(units), RosterUnit("0", "某市")), intakes)


def merged_of(number: int) -> Merged:
    """The sum of as many units."""
    found = merge(collection_of(number))
    assert found is not None
    return found


def rows(merged: Merged, form: Form) -> Iterator[tuple[str, list[str], list[Figure | str | None]]]:
    """The detail rows of a summary: the name of their sheet, the ids of its items, and what stands in the row."""
    for table in form.tables:
        name = detail_name(table)
        ids = [item.id for item in form.items if item.table is table]
        for (unit, intake), cover in zip(merged.collection.included, merged.submission.covers, strict=True):
            facts = (unit.code, unit.name, unit.group, intake.file, intake.sha256[:12])
            yield name, ids, [*facts, *(cover.values[ident] for ident in ids)]


def as_csv(merged: Merged) -> int:
    """The rows by the csv module, deflated at level 6; returns the size."""
    deflate = zlib.compressobj(6)
    text = io.StringIO()
    writer = csv.writer(text)
    size = 0
    for number, (_, _, row) in enumerate(rows(merged, merged.submission.form)):
        writer.writerow(row)
        if number % 200 == 0:
            size += len(deflate.compress(text.getvalue().encode()))
            text.seek(0)
            text.truncate()
    return size + len(deflate.compress(text.getvalue().encode()) + deflate.flush())


def as_cells(merged: Merged) -> int:
    """The rows by XlsxWriter with constant_memory, heads and formulas left out; returns the size."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "in_memory": False})
    style = book.add_format({"border": 1, "num_format": "0"})
    pages: dict[str, int] = {}
    for name, _, row in rows(merged, merged.submission.form):
        page = book.get_worksheet_by_name(name) or book.add_worksheet(name)
        line = pages[name] = pages.get(name, -1) + 1
        for column, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(line, column, value, style)
            else:
                page.write_number(line, column, value, style)
    book.close()
    return len(buffer.getvalue())


def compare(number: int, times: int) -> None:
    """Print the ratios and the sizes for as many units."""
    merged = merged_of(number)
    ways = {
        "工作底稿": lambda: render_merged(merged),
        "again": lambda: render_merged(merged),
        "csv": lambda: as_csv(merged),
        "xlsxwriter": lambda: as_cells(merged),
    }
    sizes = {"工作底稿": len(render_merged(merged)), "csv": as_csv(merged), "xlsxwriter": as_cells(merged)}
    found = rounds(ways, times)
    say(f"{number:,} units, {times} rounds, Python {sys.version.split()[0]}")
    for name in ways:
        size = f"   {sizes[name] / 1e6:6.2f} MB" if name in sizes else ""
        say(f"{name:<24} median {statistics.median(r[name] for r in found):7.3f} s{size}")
    show_ratio("工作底稿 / csv", [r["工作底稿"] / r["csv"] for r in found])
    show_ratio("xlsxwriter / 工作底稿", [r["xlsxwriter"] / r["工作底稿"] for r in found])
    show_ratio("again / 工作底稿 (A/A)", [r["again"] / r["工作底稿"] for r in found])
    steps(merged)


def steps(merged: Merged) -> None:
    """Print the time of each step of `merge` behind the reader."""
    collection = merged.collection
    data = render_merged(merged)
    told = {
        "collect": lambda: collect(collection.roster, collection.intakes),
        "merge": lambda: merge(collection),
        "render": lambda: render_merged(merged),
        "verify": lambda: verify(data, merged, merged.submission),
        "上报稿": lambda: write_upward(merged),
    }
    say("   ".join(f"{name} {measured(way):.2f} s" for name, way in told.items()))  # type: ignore[arg-type]


def memory() -> None:
    """Print the peak memory of a fresh process for each number of units."""
    for number in MEMORY:
        subprocess.run([sys.executable, __file__, "--write", str(number)], check=True)


def write_once(number: int) -> None:
    """Write a summary in this process and print what memory that took beyond the units' own figures."""
    merged = merged_of(number)
    gc.collect()
    before = peak_from_here()
    data = render_merged(merged)
    size, writing = len(data) / 2**20, peak() - before
    before = peak_from_here()
    verify(data, merged, merged.submission)
    say(
        f"{number:>6,} units: writing {size:4.1f} MiB takes {writing:5.1f} MiB, the proof {peak() - before:5.1f} MiB, "
        f"beside {before - size:5.1f} MiB of figures and program"
    )


def peak_from_here() -> float:
    """What the process holds now, in MiB; on Linux its peak is counted anew from here."""
    forget = Path("/proc/self/clear_refs")
    if forget.exists():
        forget.write_text("5", encoding="ascii")
    return peak()


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memory", action="store_true", help="peak memory instead of times")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--units", type=int, nargs="*", default=SIZES)
    parser.add_argument("--write", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write_once(options.write)
    elif options.memory:
        memory()
    else:
        for number in options.units:
            compare(number, options.rounds)


if __name__ == "__main__":
    main()
