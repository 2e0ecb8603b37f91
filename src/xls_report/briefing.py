"""The parts of a form file that say what a summary tells its reader: `overview`, `chart`."""

from __future__ import annotations

from xls_report.brief import Brief, Chart, Line
from xls_report.complaints import Complaints, Raw


def briefs(raw: Raw, c: Complaints) -> tuple[Brief, ...]:
    """The groups of lines of 汇总概况, in print order."""
    found: list[Brief] = []
    for number, entry in enumerate(c.tables(raw, "overview", ""), 1):
        place = f"第 {number} 个 overview"
        c.unknown(entry, ("id", "title", "lines"), place)
        ident, title = c.value(entry, "id", str, place, None), c.text(entry, "title", place)
        if any(ident == other.id for other in found):
            c.add(place, f"id {ident!r} 用了两次")
        found.append(Brief(ident, title, _lines(entry, place, c)))
    return tuple(found)


def charts(raw: Raw, c: Complaints) -> tuple[Chart, ...]:
    """The charts of a summary: of lines of its own (`lines`), of an overview's (`of`), or by unit (`units`)."""
    told = raw.get("overview")  # what is no list of tables was complained of where it is read
    overview = [entry for entry in told if isinstance(entry, dict)] if isinstance(told, list) else []
    known = {str(entry.get("id")): entry for entry in overview}
    found = []
    for number, entry in enumerate(c.tables(raw, "chart", ""), 1):
        place = f"第 {number} 个 chart"
        c.unknown(entry, ("title", "lines", "of", "units"), place)
        title = c.text(entry, "title", place)
        if sum(key in entry for key in ("lines", "of", "units")) != 1:
            c.add(place, "lines、of、units 应恰有一个")
            continue
        lines: tuple[Line, ...]
        if "units" in entry:
            lines = (Line(title, c.sum(c.text(entry, "units", place), f"{place}，units")),)
        elif "of" in entry:
            of = c.text(entry, "of", place)
            if of not in known:
                c.add(place, f"没有 overview {of}")
                continue
            lines = _lines(known[of], place, c)
        else:
            lines = _lines(entry, place, c)
        found.append(Chart(title, lines, by_unit="units" in entry))
    return tuple(found)


def _lines(raw: Raw, place: str, c: Complaints) -> tuple[Line, ...]:
    found = []
    for number, entry in enumerate(c.tables(raw, "lines", place), 1):
        where = f"{place}，第 {number} 行"
        c.unknown(entry, ("label", "sum"), where)
        found.append(Line(c.text(entry, "label", where), c.sum(c.text(entry, "sum", where), where)))
    if not found:
        c.add(place, "没有 lines")
    return tuple(found)
