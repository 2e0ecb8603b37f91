"""Every ratio that the project promises, measured in one run; prints them, and never asserts by a clock.

python benchmarks/run.py                                  all, into benchmarks/results.md, results.json and pictures
python benchmarks/run.py --quick                          few rounds; the page says so
python benchmarks/run.py --only read --only merge-200     groups or contests by name; written nowhere
python benchmarks/run.py --growth 100,1000,10000,100000   sizes of the growth table
python benchmarks/run.py --judge                          exit 1 where a ratio misses its CI floor without noise
python benchmarks/run.py --draw                           page and pictures anew from results.json
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import growth
import pictures
import results
from measure import Contest, Found, run
from processes import HERE
from stage import Stage

GROUPS = ("start", "read", "check", "issue", "merge", "sum", "many")  # the modules bench_*, each with contests()
GROWTH = "100,1000"
_DATA, _PAGE, _PICTURES = HERE / "results.json", HERE / "results.md", HERE.parent / "docs" / "pictures"
_AGAIN = 2  # further runs of a contest that was too noisy to be judged


def say(text: str = "") -> None:
    """A line of the result, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def contests(stage: Stage, only: Sequence[str]) -> Iterator[Contest]:
    """Those asked for, by group or by name; what a group needs is made when it is reached."""
    for group in GROUPS:
        if only and all(name.partition("-")[0] != group for name in only):
            continue
        for contest in importlib.import_module(f"bench_{group}").contests(stage):
            if not only or group in only or contest.name in only:
                yield contest


def measured(contest: Contest, *, quick: bool, judged: bool) -> Found:
    """A contest; when it is to be judged and was too noisy, once more and again."""
    found = run(contest, quick=quick)
    for _ in range(_AGAIN if judged else 0):
        if not found.noisy:
            break
        found = run(contest, quick=quick)
    return found


def options() -> argparse.Namespace:
    """The arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few rounds")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help=f"of {', '.join(GROUPS)}, growth")
    parser.add_argument("--growth", default=GROWTH, metavar="SIZES", help=f"default {GROWTH}; 0: none")
    parser.add_argument("--folder", type=Path, help="where the workbooks are laid out; default: a temporary folder")
    parser.add_argument("--judge", action="store_true", help="exit 1 where a CI floor is missed")
    parser.add_argument("--draw", action="store_true", help="only page and pictures, from results.json")
    return parser.parse_args()


def publish(data: results.Data) -> None:
    """The page and the pictures."""
    _PAGE.write_text(results.page(data), encoding="utf-8")
    for path in (_PAGE, *pictures.draw(data, _PICTURES)):
        say(f"written: {path.relative_to(HERE.parent)}")


def main() -> None:
    """Run what was asked for."""
    chosen = options()
    if chosen.draw:
        publish(json.loads(_DATA.read_text(encoding="utf-8")))
        return
    facts = results.machine()
    say("\n".join(f"{key}: {value}" for key, value in facts.items()))
    founds, points = [], []
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        stage = Stage(Path(name), chosen.quick)
        for contest in contests(stage, chosen.only):
            founds.append(measured(contest, quick=chosen.quick, judged=chosen.judge))
            say(
                "\n".join(("", *results.lines(results.as_data({}, founds[-1:], (), quick=chosen.quick)["contests"][0])))
            )
        sizes = [size for size in map(int, chosen.growth.split(",")) if size]
        if sizes and (not chosen.only or "growth" in chosen.only):
            say()
            points = growth.measured(stage, sizes, say)
    data = results.as_data(facts, founds, points, quick=chosen.quick)
    for row in data["nation"]:
        say(f"{row['verb']:<6} {row['count']:>8,} {row['seconds']:>9.0f} s, reckoned from {row['from']:,}")
    if not chosen.only:
        _DATA.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        publish(data)
    missed = [(c["title"], r["what"]) for c in data["contests"] for r in c["ratios"] if r["verdict"] == "missed"]
    for title, what in missed:
        say(f"missed: {title}: {what}")
    if chosen.judge and missed:
        sys.exit(1)


if __name__ == "__main__":
    main()
