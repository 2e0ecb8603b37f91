"""What a run found: as data, as the page `results.md`, and as lines on the screen."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.parsers import expat

from growth import NATION, Point, nation
from measure import QUIET, Found, Ratio, Spread

RIVALS = ("openpyxl", "XlsxWriter", "python-calamine", "pandas", "numpy", "lxml", "click")
Data = dict[str, Any]


def machine() -> dict[str, str]:
    """Facts of the machine and the versions of all that takes part."""
    found = {
        "date": date.today().isoformat(),
        "processors": f"{os.cpu_count()} x {_line('/proc/cpuinfo', 'model name') or platform.processor() or 'unknown'}",
        "memory": _memory(),
        "system": _system(),
        "Python": f"{platform.python_version()} (zlib {zlib.ZLIB_RUNTIME_VERSION}, {expat.EXPAT_VERSION})",
    }
    found |= {name: importlib.metadata.version(name) for name in RIVALS}
    office = shutil.which("soffice")
    if office is not None:
        said = subprocess.run([office, "--version"], capture_output=True, text=True, check=True).stdout.split()
        found["LibreOffice"] = said[1] if len(said) > 1 else "unknown"
    return found


def _line(path: str, key: str) -> str:
    """The value of a key in a file of /proc, "" where there is none."""
    if not Path(path).is_file():
        return ""
    lines = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def _memory() -> str:
    total = _line("/proc/meminfo", "MemTotal").split()
    return f"{int(total[0]) / 2**20:.0f} GiB" if total else "unknown"


def _system() -> str:
    if sys.platform != "linux":
        return platform.platform(terse=True)
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return "Linux"


def verdict(ratio: Ratio, found: Found, value: float) -> str:
    """ "ambition", "floor", "missed", or "too noisy" where nothing is judged."""
    if found.noisy:
        return "too noisy"
    if ratio.met(value, ratio.ambition):
        return "ambition"
    return "floor" if ratio.met(value, ratio.floor) else "missed"


def as_data(facts: dict[str, str], founds: Iterable[Found], points: Sequence[Point], *, quick: bool) -> Data:
    """All of it, ready for JSON."""
    return {
        "machine": facts,
        "quick": quick,
        "contests": [_contest(found) for found in founds],
        "growth": [vars(point) for point in points],
        "nation": [
            {"verb": verb, "count": NATION, "seconds": seconds, "from": largest}
            for verb, seconds, largest in nation(points)
        ],
    }


def _contest(found: Found) -> Data:
    contest = found.contest
    return {
        "name": contest.name,
        "title": contest.title,
        "note": contest.note,
        "rounds": found.rounds,
        "pair": _spread(found.pair),
        "unit": contest.unit,
        "ways": [
            {"way": name, "books": contest.ways[name].books, **_spread(amount)}
            for name, amount in found.amounts.items()
        ],
        "ratios": [
            {
                "what": ratio.what,
                **_spread(value),
                "sense": "at most" if ratio.at_most else "at least",
                "floor": ratio.floor,
                "ambition": ratio.ambition,
                "verdict": verdict(ratio, found, value.median),
            }
            for ratio, value in zip(contest.ratios, found.ratios, strict=True)
        ],
    }


def _spread(spread: Spread) -> dict[str, float]:
    return {key: float(f"{value:.4g}") for key, value in vars(spread).items()}


def lines(contest: Data) -> list[str]:
    """A contest for the screen."""
    pair = contest["pair"]
    found = [f"{contest['title']}   A/A {pair['median']:.2f} [{pair['low']:.2f} to {pair['high']:.2f}]"]
    for way in contest["ways"]:
        found.append(f"    {way['way']:<44} {_amount(contest, way)}")
    for ratio in contest["ratios"]:
        found.append(f"    {ratio['what']:<44} {_range(ratio):<24} {_targets(ratio):<20} {ratio['verdict']}")
    return found


def _amount(contest: Data, way: Data) -> str:
    """A way's amount, and that of one workbook."""
    if contest["unit"] == "MiB":
        return f"{way['median']:.1f} MiB"
    one = f", {way['median'] / way['books'] * 1000:.3g} ms each" if way["books"] > 1 else ""
    return (f"{way['median']:.2f} s" if way["median"] >= 1 else f"{way['median'] * 1000:.3g} ms") + one


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _range(ratio: Data) -> str:
    return f"{_number(ratio['median'])} [{_number(ratio['low'])} to {_number(ratio['high'])}]"


def _targets(ratio: Data) -> str:
    sign = "≤" if ratio["sense"] == "at most" else "≥"
    return f"{sign} {ratio['floor']:g}, {sign} {ratio['ambition']:g}"


def page(data: Data) -> str:
    """The page `results.md`."""
    text = ["# Results", "", "Written by `make bench`; how to read it stands in [README.md](README.md).", ""]
    if data["quick"]:
        text += ["**A quick run: few rounds, indicative only.**", ""]
    text += [f"- {key}: {value}" for key, value in data["machine"].items()]
    text += ["", "## Ratios", "", "| what | contest | ratio [10 to 90 %] | floor, ambition | A/A | met |"]
    text += ["|---|---|---:|---:|---:|---|"]
    for contest in data["contests"]:
        pair = contest["pair"]
        shown = f"{pair['median']:.2f} [{pair['low']:.2f} to {pair['high']:.2f}]"
        for ratio in contest["ratios"]:
            cells = (ratio["what"], contest["title"], _range(ratio), _targets(ratio), shown, ratio["verdict"])
            text.append(f"| {' | '.join(cells)} |")
    text += ["", f"“Too noisy”: the A/A pair left {QUIET[0]} to {QUIET[1]}; such a contest is not judged.", ""]
    text += ["## Amounts", "", "Medians of the same rounds: of this machine, to be compared with nothing else.", ""]
    text += ["| contest | way | amount | rounds | note |", "|---|---|---:|---:|---|"]
    for contest in data["contests"]:
        for way in contest["ways"]:
            row = f"{_amount(contest, way)} | {contest['rounds']} | {contest['note']}"
            text.append(f"| {contest['title']} | {way['way']} | {row} |")
    return "\n".join([*text, *_growth(data)]) + "\n"


def _growth(data: Data) -> list[str]:
    if not data["growth"]:
        return []
    text = ["", "## Growth", "", "Whole commands, as many processes as the program itself chooses.", ""]
    text += ["| command | workbooks | s | ms each | peak MiB, all processes |", "|---|---:|---:|---:|---:|"]
    for point in data["growth"]:
        each = point["seconds"] / point["count"] * 1000
        row = f"{point['count']:,} | {point['seconds']:.2f} | {each:.2f} | {point['memory']:.0f}"
        text.append(f"| {point['verb']} | {row} |")
    for row in data["nation"]:
        each = row["seconds"] / row["count"] * 1000
        shown = f"{row['count']:,}, reckoned from {row['from']:,} | {row['seconds']:.0f} | {each:.2f} | "
        text.append(f"| {row['verb']} | {shown} |")
    text += [
        "",
        "The last rows were not measured: a straight line through the two largest sizes; for `merge`, which takes",
    ]
    text += ["at most 10,000 units into one summary, as many summaries of the largest size one after the other."]
    return text
