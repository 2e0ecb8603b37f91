"""How many times faster a workbook is read and compared than by the two openpyxl loads that give the same facts.

One run, interleaved: every round measures each way once over the same workbooks, in an order that rotates, after a
collection of garbage; the ratio is taken within the round, so that a machine that slows down slows both. An A/A pair
shows what the clock itself adds. It prints and never asserts.

    python benchmarks/bench_read.py              the ratio, and what `read` spends its time on
    python benchmarks/bench_read.py --memory     200 workbooks through the intake, peak memory of the process
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import io
import pstats
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

from xls_report.cli import main as _everything  # noqa: F401 - as much is loaded as in a real run
from xls_report.form import Form
from xls_report.formfile import form_of_year, load_forms
from xls_report.inbox import find_files, take_in
from xls_report.plan import compile_layout
from xls_report.reader import read
from xls_report.resources import bundled
from xls_report.submission import Submission, Unit
from xls_report.text import counts
from xls_report.writer import write

YEAR = 2025
BOOKS = 40
ROUNDS = 9
MANY = 200

Way = Callable[[], None]


def figures(form: Form, rng: random.Random) -> dict[str, int | Decimal]:
    """Every input filled; whether the relations hold does not matter here."""
    values: dict[str, int | Decimal] = {}
    for item in form.inputs:
        value = rng.randrange(10 ** rng.randrange(1, 7))
        values[item.id] = Decimal(value) / 100 if item.kind == "amount" else value
    return values


def workbooks(number: int) -> list[bytes]:
    """Filled workbooks of as many units, by the program's own writer."""
    form = form_of_year(load_forms(bundled("templates")), YEAR)
    assert form is not None
    layout = compile_layout(form)
    cover = {"leader": "甲", "reviewer": "乙", "filler": "丙", "phone": "0595-12345678"}
    return [
        write(
            layout, Submission(form, YEAR, Unit(f"{n:03}", f"第{n}单位"), figures(form, random.Random(n)), cover=cover)
        )
        for n in range(number)
    ]


def ways(books: Sequence[bytes]) -> dict[str, Way]:
    """Three ways over all workbooks: `read` twice, for the A/A pair, and the two openpyxl loads."""
    import openpyxl  # no part of the program: it would count in --memory

    forms = load_forms(bundled("templates"))

    def ours() -> None:
        for data in books:
            assert read(data, forms).submission is not None

    def theirs() -> None:
        for data in books:
            for values in (False, True):
                openpyxl.load_workbook(io.BytesIO(data), data_only=values)

    return {"read": ours, "read again": ours, "openpyxl": theirs}


def measured(way: Way) -> float:
    """Seconds of one pass."""
    gc.collect()
    started = time.perf_counter()
    way()
    return time.perf_counter() - started


def rounds(all_ways: dict[str, Way], number: int) -> list[dict[str, float]]:
    """Seconds by way, one dict a round, the order rotated."""
    names = list(all_ways)
    found = []
    for n in range(number):
        order = names[n % len(names) :] + names[: n % len(names)]
        found.append({name: measured(all_ways[name]) for name in order})
    return found


def show_ratio(label: str, ratios: Sequence[float]) -> None:
    """Median and range of the ratios within the rounds."""
    say(f"{label:<28} median {statistics.median(ratios):6.2f}   range {min(ratios):.2f} to {max(ratios):.2f}")


def compare(number: int, books: int) -> None:
    """Print the ratio, the A/A pair and the times."""
    made = workbooks(books)
    all_ways = ways(made)
    for way in all_ways.values():
        way()
    found = rounds(all_ways, number)
    size = sum(map(len, made)) / len(made) / 1024
    say(f"{books} workbooks of {size:.0f} KiB, {number} rounds, Python {sys.version.split()[0]}")
    for name in all_ways:
        say(f"{name:<28} median {statistics.median(r[name] for r in found) / books * 1000:6.2f} ms a workbook")
    show_ratio("openpyxl x 2 / read", [r["openpyxl"] / r["read"] for r in found])
    show_ratio("read again / read (A/A)", [r["read again"] / r["read"] for r in found])
    profile(all_ways["read"])


def profile(way: Way) -> None:
    """Print where one pass of `read` spends its time."""
    profiler = cProfile.Profile()
    profiler.runcall(way)
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(15)
    say(text.getvalue())


def memory(number: int) -> None:
    """Peak memory of a process that takes in as many workbooks from a folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for n, data in enumerate(workbooks(number)):
            (folder / f"{n:03}.xlsx").write_bytes(data)
        subprocess.run([sys.executable, __file__, "--take-in", name], check=True)


def take_in_folder(folder: Path) -> None:
    """Take in a folder and print the peak memory of this process."""
    empty = peak()
    started = time.perf_counter()
    taken = take_in(find_files([folder]), load_forms(bundled("templates")))
    seconds = time.perf_counter() - started
    counted = {key: number for key, number in counts(taken).items() if number}
    say(f"{counted} in {seconds:.2f} s, peak {peak():.1f} MiB, of which {empty:.1f} MiB before the first workbook")


def peak() -> float:
    """The largest resident set of this program so far, in MiB.

    On Linux ru_maxrss remembers the process that started this one; VmHWM does not.
    """
    status = Path("/proc/self/status")
    for line in status.read_text(encoding="ascii").splitlines() if status.is_file() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 2**10
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 2**20 if sys.platform == "darwin" else used / 2**10


def say(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{text}\n")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memory", action="store_true", help=f"take in {MANY} workbooks and print the peak memory")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--books", type=int, default=BOOKS)
    parser.add_argument("--take-in", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.take_in is not None:
        take_in_folder(options.take_in)
    elif options.memory:
        memory(MANY)
    else:
        compare(options.rounds, options.books)


if __name__ == "__main__":
    main()
