"""Blanks that a unit said on the telephone are 0 (处理记录: 电话核实空格为0)."""

from __future__ import annotations

from dataclasses import replace

from xls_report.decisions import Act
from xls_report.finding import finding, names
from xls_report.intake import Intake, Outcome, Prior, against
from xls_report.plan import compile_layout
from xls_report.roster import Roster
from xls_report.submission import zero


def confirmed(intake: Intake, roster: Roster, prior: Prior | None) -> Intake:
    """Blanks that a unit said on the telephone are 0 (处理记录), table by table; none beside any other finding."""
    s, unit = intake.submission, intake.unit
    rows = [d for d in (roster.decided(unit.code) if unit is not None else ()) if d.act is Act.ZERO]
    rows = [d for d in rows if d.means(intake.file, intake.sha256, intake.codes)]
    if s is None or not rows or any(f.code == "F206" for f in intake.findings):
        return intake
    words = f"，{rows[0].words}" if rows[0].words else ""
    layout = compile_layout(s.form)
    for table in s.form.tables:
        mine = [f for f in intake.findings if f.sheet == table.sheet]
        blank = [item for item in s.form.inputs if item.table is table and s.figures[item.id] is None]
        filled = replace(s, values={**s.values, **{item.id: zero(item) for item in blank}})
        alone = bool(mine) and all(f.code == "V101" for f in mine)
        if not s.covers and alone and not any(f.sheet == table.sheet for f in against(filled, layout, prior)):
            s = filled
            where = f"{table.name}{names(f'“{item.name}”' for item in blank)}"
            told = finding(
                "R212", sheet=table.sheet, cells=mine[0].cells, items=mine[0].items, where=where, detail=words
            )
            intake = replace(intake, findings=tuple(told if f in mine else f for f in intake.findings))
    outcome = Outcome.REJECTED if any(f.blocks for f in intake.findings) else Outcome.ACCEPTED
    return replace(intake, submission=s.compact(), outcome=outcome)
