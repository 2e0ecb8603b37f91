"""Who and what a returned workbook is: the stamp of its three carriers."""

from __future__ import annotations

from xls_report import stamp as stamps
from xls_report.finding import Finding, finding
from xls_report.package import Package, RawSheet, Refusal
from xls_report.package.refusal import MAX_ROWS
from xls_report.stamp import Stamp


def read_stamp(package: Package) -> tuple[Stamp | None, tuple[Finding, ...]]:
    """The stamp of the three carriers: all that are there must agree, one is enough."""
    entry = next((s for s in package.sheets if s.name == stamps.SHEET), None)
    raw = package.read_sheet(entry) if entry is not None else None
    if isinstance(raw, Refusal):
        return None, (finding(raw.code, detail=raw.detail),)
    hidden = stamps.from_entries(_rows(raw)) if raw is not None else None
    lines = {
        "文件属性": stamps.from_line(package.properties.get(stamps.PROPERTY, "")),
        "定义的名称": stamps.from_line(package.names.get(stamps.NAME, "")),
    }
    there = {place: line for place, line in lines.items() if line is not None}
    silent = hidden is None
    if hidden is not None:
        own = stamps.from_line(hidden.line)
        differing = [place for place, line in there.items() if line != own]
        if differing:
            return None, (finding("F202", detail=f"隐藏页与{'、'.join(differing)}不同"),)
    elif len(set(there.values())) > 1:
        return None, (finding("F202", detail="文件属性与定义的名称不同"),)
    elif there:
        line = next(iter(there.values()))
        hidden = stamps.from_line_alone(line)
        if hidden is None and line.covers != "0":
            return None, (finding("F202", detail="隐藏页缺失或读不出，看不出汇总了哪些单位"),)
    if hidden is None:
        return None, (finding("F201"),)
    missing = [place for place, line in lines.items() if line is None] + ["隐藏页"] * silent
    return hidden, (finding("F208", detail="、".join(missing)),) if missing else ()


def _rows(raw: RawSheet) -> list[tuple[str, ...]]:
    last = max((int("".join(c for c in a if c.isdigit())) for a in raw.cells), default=0)
    rows = []
    for row in range(1, min(last, MAX_ROWS) + 1):
        texts = [raw.cells[f"{column}{row}"].text or "" if f"{column}{row}" in raw.cells else "" for column in "ABCDE"]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            rows.append(tuple(texts) if texts[0] != "cover" else tuple((*texts, "", "", "")[:5]))
    return [row if len(row) > 1 else (row[0], "") for row in rows]
