"""The figures of the documents, drawn as plain SVG from a run's data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from results import Data

INK, SOFT, GRID, PAPER = "#24292f", "#66707a", "#e3e7ea", "#ffffff"
BLUE, PALE, GREEN, BROWN = "#2f6f9f", "#9fc1d8", "#3d8b57", "#b8692b"
_COLOURS = {"issue": GREEN, "check": BLUE, "merge": BROWN}
_WIDTH = 860
_FONT = "font-family=\"system-ui, 'Segoe UI', 'Noto Sans', 'Microsoft YaHei', sans-serif\""


def draw(data: Data, folder: Path) -> list[Path]:
    """Write the pictures for which there are data; returns their paths."""
    drawn = []
    bars = [(c, r) for c in data["contests"] for r in c["ratios"] if r["sense"] == "at least"]
    if bars:
        drawn.append(folder / "bench-ratios.svg")
        drawn[-1].write_text(_ratios(bars), encoding="utf-8")
    if data["growth"]:
        drawn.append(folder / "bench-growth.svg")
        drawn[-1].write_text(_curves(data), encoding="utf-8")
    return drawn


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", size: int = 13, fill: str = INK, weight: int = 400
) -> str:
    style = f'text-anchor="{anchor}" font-size="{size}" fill="{fill}" font-weight="{weight}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"{dashes}/>'


def _svg(height: float, title: str, below: str, parts: Iterable[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" {_FONT}>'
    paper = f'<rect width="{_WIDTH}" height="{height:.0f}" fill="{PAPER}"/>'
    heads = (_text(24, 34, title, size=18, weight=600), _text(24, 56, below, fill=SOFT))
    return "\n".join((head, f"<title>{escape(title)}</title>", paper, *heads, *parts, "</svg>")) + "\n"


def _ratios(bars: Sequence[tuple[Data, Data]]) -> str:
    """Bars on a logarithmic scale, to either side of 1; a thin line from the 10th to the 90th percentile."""
    left, right, top, step = 400, 790, 92, 36
    first = min(0, math.floor(math.log10(min(ratio["low"] for _, ratio in bars))))
    last = math.ceil(math.log10(max(ratio["high"] for _, ratio in bars) * 1.05))
    bottom = top + step * len(bars)

    def at(value: float) -> float:
        return left + (right - left) * (math.log10(value) - first) / (last - first)

    parts = []
    for power in range(first, last + 1):
        parts.append(_line(at(10**power), top - 8, at(10**power), bottom, SOFT if power == 0 else GRID))
        parts.append(_text(at(10**power), top - 14, f"{10.0**power:,g} x", anchor="middle", size=12, fill=SOFT))
    for number, (contest, ratio) in enumerate(bars):
        y = top + step * number
        rival, _, ours = ratio["what"].rpartition(" / ")
        name = (
            contest["title"] if ours in contest["title"] else f"{contest['title']}, {ours.partition(', ')[2] or ours}"
        )
        parts.append(_text(left - 14, y + 13, name, anchor="end", weight=600))
        parts.append(_text(left - 14, y + 28, f"against {rival}", anchor="end", size=11, fill=SOFT))
        colour = PALE if ratio["verdict"] == "too noisy" else BLUE if ratio["median"] >= 1 else BROWN
        start, end = sorted((at(1), at(ratio["median"])))
        width = max(end - start, 1)
        parts.append(f'<rect x="{start:.1f}" y="{y + 5}" width="{width:.1f}" height="20" rx="2" fill="{colour}"/>')
        parts.append(_line(at(ratio["low"]), y + 15, at(ratio["high"]), y + 15, INK, 1.5))
        value = f"{ratio['median']:.0f}" if ratio["median"] >= 20 else f"{ratio['median']:.1f}"
        parts.append(_text(max(at(ratio["high"]), at(1)) + 8, y + 20, f"{value} x", weight=600))
    below = "median of the ratios within the rounds of one run; line: 10 to 90 %; pale: too noisy to judge; logarithmic"
    return _svg(bottom + 20, "How many times as fast", below, parts)


def _curves(data: Data) -> str:
    """Seconds by number of workbooks, both logarithmic; dashed what was reckoned and not measured."""
    left, right, top, bottom = 84, 690, 84, 430
    points = [*data["growth"], *data["nation"]]
    counts = [point["count"] for point in points]
    seconds = [point["seconds"] for point in points]
    low, high = math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))
    first, last = math.floor(math.log10(min(counts))), math.log10(max(counts))

    def x(count: float) -> float:
        return left + (right - left) * (math.log10(count) - first) / (last - first)

    def y(amount: float) -> float:
        return bottom - (bottom - top) * (math.log10(amount) - low) / (high - low)

    parts = []
    for power in range(low, high + 1):
        parts.append(_line(left, y(10**power), right, y(10**power), GRID))
        parts.append(_text(left - 10, y(10**power) + 4, f"{10.0**power:,g} s", anchor="end", size=12, fill=SOFT))
    for count in [*(10**power for power in range(first, math.floor(last) + 1)), max(counts)]:
        parts.append(_line(x(count), top, x(count), bottom, GRID))
        parts.append(_text(x(count), bottom + 20, f"{count:,}", anchor="middle", size=12, fill=SOFT))
    parts.append(_text((left + right) / 2, bottom + 42, "workbooks", anchor="middle", size=12, fill=SOFT))
    ends = []
    for verb, colour in _COLOURS.items():
        mine = [point for point in data["growth"] if point["verb"] == verb]
        path = " ".join(f"{x(point['count']):.1f},{y(point['seconds']):.1f}" for point in mine)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [f'<circle cx="{x(p["count"]):.1f}" cy="{y(p["seconds"]):.1f}" r="4" fill="{colour}"/>' for p in mine]
        for row in (row for row in data["nation"] if row["verb"] == verb):
            parts.append(
                _line(
                    x(mine[-1]["count"]), y(mine[-1]["seconds"]), x(row["count"]), y(row["seconds"]), colour, 2, "3 5"
                )
            )
            ends.append((y(row["seconds"]), verb, colour, row["seconds"]))
    place = top - 20.0
    for end, verb, colour, amount in sorted(ends):
        place = max(end, place + 18)
        parts.append(_text(right + 8, place + 4, f"{verb}, {_long(amount)}", fill=colour, weight=600))
    return _svg(
        bottom + 60, "From a hundred workbooks to a nation's", "whole commands; dashed: reckoned, not measured", parts
    )


def _long(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
