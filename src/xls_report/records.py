"""The pages of a summary that account for it: findings, texts side by side, where each figure came from, decisions."""

from __future__ import annotations

from collections.abc import Sequence

from xls_report.address import a1, ranges
from xls_report.collect import Collection
from xls_report.finding import SHOWN, Finding
from xls_report.layout import Cell, Role, Rows, Sheet, lines_of
from xls_report.pages import COVER
from xls_report.quoting import base
from xls_report.reader import DECIDED, SOURCES, TEXTS, TROUBLE
from xls_report.text import state

# What people wrote where no text belongs may name applicants or be a telephone, and this paper is handed on.
_PRIVATE = frozenset({"S104", "S105", "S113", "S116", "T103", "T106", "V103"})


def _grid(
    ident: str, name: str, heads: tuple[str, ...], widths: tuple[float, ...], rows: Sequence[tuple[str, ...]]
) -> Sheet:
    cells = [Cell(1, n, Role.REMARK, head, style="head") for n, head in enumerate(heads, 1)]
    below = tuple(Cell(2, n, Role.REMARK, style="wrapped") for n in range(1, len(heads) + 1))
    heights = [
        min(400.0, 16.0 * max(lines_of(text, width) for text, width in zip(row, widths, strict=True)) + 4)
        for row in rows
    ]
    return Sheet(
        ident,
        name,
        tuple(cells),
        widths=tuple(enumerate(widths, 1)),
        landscape=True,
        frozen=(1, 0),
        one_page=False,
        filtered=f"A1:{a1(max(2, len(rows) + 1), len(heads))}",
        compared=False,
        rows=Rows(2, len(rows), below, rows, heights) if rows else None,
    )


def trouble_sheet(collection: Collection, findings: tuple[Finding, ...]) -> Sheet:
    """审核情况: what the summary's own relations say, every finding of every file, what does not add up cleanly."""
    rows = [("汇总", "", *_row(found)) for found in findings]
    for intake in collection.intakes:
        who = f"{intake.unit.code} {intake.unit.name}" if intake.unit else ""
        rows.extend((who, base(intake.file), *_row(found)) for found in intake.findings)
    notes = collection.form.sum_notes if collection.form is not None else ()
    rows.extend(("汇总口径", "", "说明", "", "", note, "") for note in notes)
    heads = ("单位", "文件", "程度", "代码", "位置", "问题", "怎么办")
    return _grid("trouble", TROUBLE, heads, (22.0, 30.0, 10.0, 8.0, 24.0, 60.0, 40.0), rows)


def _row(found: Finding) -> tuple[str, str, str, str, str]:
    place = f"{found.sheet} {'、'.join(ranges(found.cells))}".strip()
    return SHOWN[found.level], found.code, place, _unquoted(found), found.advice


def _unquoted(found: Finding) -> str:
    """The message; of a private text only where it stands, which the place beside it says."""
    if found.code not in _PRIVATE or not isinstance(found.given, str) or not found.given:
        return found.message
    place = "、".join(ranges(found.cells)) if found.sheet != COVER else ""
    return found.message.replace(found.given, place or "……")


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
