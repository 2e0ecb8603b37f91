"""The pages of a summary that people read: coverage, trouble, texts side by side, and where each figure came from."""

from __future__ import annotations

from collections.abc import Sequence

from xls_report.address import ranges
from xls_report.collect import Collection
from xls_report.figure import shown
from xls_report.finding import SHOWN, Finding
from xls_report.form import Form
from xls_report.layout import Cell, Role, Sheet, lines_of
from xls_report.pages import COVER
from xls_report.quoting import base
from xls_report.reader import DECIDED, OVERVIEW, SOURCES, TEXTS, TROUBLE
from xls_report.roster import RosterUnit
from xls_report.stamp import INCOMPLETE
from xls_report.submission import Submission
from xls_report.text import FOOTNOTE, counts, state, tally_line

_A_ROW = 20  # units named in one row
# What stands beside the tables and on the cover may name applicants or be a telephone, and this paper is handed on.
_PRIVATE = frozenset({"S113", "S116", "T103", "T106"})


def title_of(collection: Collection, form: Form, year: int, name: str) -> str:
    """The summary's title; an incomplete one says so first."""
    title = f"{name}{year}年{form.title}数据汇总"
    return title if collection.complete else f"{INCOMPLETE}　{title}"


def overview_sheet(collection: Collection, submission: Submission) -> Sheet:
    """汇总概况: title, coverage with names, the figures a leader asks for, sign-off."""
    units = collection.unit_counts()
    title = title_of(collection, submission.form, submission.year, submission.unit.name)
    lines = [("title", title)]
    coverage = (
        f"应报 {units['expected']} 家，汇入 {units['in']} 家，退回或待说明 {units['rejected']} 家，未报送 "
        f"{units['missing']} 家，重复待定 {units['conflict']} 家，暂不计入 {units['exempt']} 家。"
    )
    lines.append(("guide", coverage))
    for label, group in (
        ("汇入", [unit for unit, _ in collection.included]),
        ("退回或待说明", collection.rejected),
        ("未报送", collection.missing),
        ("重复待定", [c.unit for c in collection.conflicts]),
        ("暂不计入", collection.exempt),
    ):
        lines += [("guide", text) for text in _named(label, tuple(group))]
    lines.append(("guide", tally_line(counts(collection.intakes))))
    for table in submission.form.tables:
        lines.append(("head", table.title))
        # Totals tell the story of a table; one without totals is told item by item.
        items = [item for item in submission.form.items if item.table is table]
        totals = any(item.total is not None for item in items)
        for item in items:
            shows = item.column.formula is not None and (item.row.formula is not None or not item.row_path)
            if shows or not totals:
                lines.append(("guide", f"{item.name}：{shown(submission.figures[item.id])} {item.unit}"))
    lines += [
        ("guide", "填报人：　　　　　　审核人：　　　　　　单位负责人：　　　　　　日期：　　　　"),
        ("guide", FOOTNOTE),
    ]
    return _page("overview", OVERVIEW, lines)


def _named(label: str, units: tuple[RosterUnit, ...]) -> list[str]:
    """The units by name, so many a line that a row can hold them."""
    lines = []
    for first in range(0, len(units), _A_ROW):
        names = "、".join(unit.shown for unit in units[first : first + _A_ROW])
        more = f"（续）{names}" if first else f"：{names}"
        lines.append(f"{label}{more}{'；' if first + _A_ROW < len(units) else '。'}")
    return lines


def _page(ident: str, name: str, lines: list[tuple[str, str]], width: float = 76.0) -> Sheet:
    cells = tuple(Cell(row, 1, Role.REMARK, text, style=style) for row, (style, text) in enumerate(lines, 1))
    heights = tuple((c.row, 36.0 if c.style == "title" else 16.0 * lines_of(c.content, width) + 4) for c in cells)
    return Sheet(ident, name, cells, widths=((1, width),), heights=heights, compared=False)


def _grid(
    ident: str, name: str, heads: tuple[str, ...], widths: tuple[float, ...], rows: Sequence[tuple[str, ...]]
) -> Sheet:
    cells = [Cell(1, n, Role.REMARK, head, style="head") for n, head in enumerate(heads, 1)]
    heights = []
    for r, row in enumerate(rows, 2):
        cells.extend(Cell(r, n, Role.REMARK, text, style="wrapped") for n, text in enumerate(row, 1))
        lines = max((lines_of(text, width) for text, width in zip(row, widths, strict=True)), default=1)
        heights.append((r, min(400.0, 16.0 * lines + 4)))
    return Sheet(
        ident,
        name,
        tuple(cells),
        widths=tuple(enumerate(widths, 1)),
        heights=tuple(heights),
        landscape=True,
        frozen=(1, 0),
        one_page=False,
        compared=False,
    )


def trouble_sheet(collection: Collection, findings: tuple[Finding, ...]) -> Sheet:
    """审核情况: what the summary's own relations say, then every finding of every file."""
    rows = [("汇总", "", *_row(found)) for found in findings]
    for intake in collection.intakes:
        who = f"{intake.unit.code} {intake.unit.name}" if intake.unit else ""
        rows.extend((who, base(intake.file), *_row(found)) for found in intake.findings)
    heads = ("单位", "文件", "程度", "代码", "位置", "问题", "怎么办")
    return _grid("trouble", TROUBLE, heads, (22.0, 30.0, 10.0, 8.0, 24.0, 60.0, 40.0), rows)


def _row(found: Finding) -> tuple[str, str, str, str, str]:
    place = f"{found.sheet} {'、'.join(ranges(found.cells))}".strip()
    return SHOWN[found.level], found.code, place, _unquoted(found), found.advice


def _unquoted(found: Finding) -> str:
    """The message; of a private text only where it stands, which the place beside it says."""
    if found.code not in _PRIVATE or not isinstance(found.given, str) or not found.given:
        return found.message
    return found.message.replace(found.given, "、".join(ranges(found.cells)) if found.sheet != COVER else "……")


def texts_sheet(collection: Collection) -> Sheet:
    """文字汇编: the units' text sections and reasons side by side, never merged."""
    rows = []
    form = collection.form
    for unit, intake in collection.included:
        if intake.submission is None or form is None:
            continue
        for part in form.parts:
            text = "\n".join(intake.submission.texts.get(part.id, ()))
            if text:
                rows.append((unit.shown, part.title, text))
        for relation, reason in intake.submission.explanations.items():
            rows.append((unit.shown, f"情况说明 {relation}", reason))
    return _grid("texts", TEXTS, ("单位", "部分", "内容"), (24.0, 28.0, 100.0), rows)


def decision_sheet(collection: Collection) -> Sheet:
    """处理记录: what was decided about single units, and which rows changed nothing."""
    units = {unit.code: unit.name for unit in collection.roster.units}
    rows = [
        (
            *(f"{d.code} {units.get(d.code, '')}".strip(), str(d.act), d.which, d.reason, d.approver, d.day),
            "没有起作用" if d in collection.idle else "",
        )
        for d in collection.roster.decisions
    ]
    heads = ("单位", "处理", "文件名或校验码", "原因", "批准人", "日期", "备注")
    return _grid("decided", DECIDED, heads, (26.0, 20.0, 30.0, 50.0, 14.0, 14.0, 14.0), rows)


def source_sheet(collection: Collection) -> Sheet:
    """来源: every file seen, with its fingerprint and what became of it."""
    chosen = {id(intake): unit for unit, intake in collection.included}
    rows = []
    for intake in collection.intakes:
        unit = chosen.get(id(intake))
        who = unit.shown if unit else f"{intake.unit.code} {intake.unit.name}" if intake.unit else ""
        rows.append((base(intake.file), who, state(intake), "是" if unit else "否", intake.sha256, intake.producer))
    heads = ("文件", "单位", "状态", "计入", "SHA-256", "保存程序")
    return _grid("sources", SOURCES, heads, (44.0, 26.0, 16.0, 8.0, 68.0, 20.0), rows)
