"""数据自查: every relation as a formula, what is missing in each table, the 情况说明, the way to the first fault."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from xls_report.address import a1, areas, quoted, ranges
from xls_report.check import PUNCTUATION, REASON, SUBSTANCE
from xls_report.equation import Sum
from xls_report.figure import MOST
from xls_report.form import Form, Instance, Level, Table, relation_words
from xls_report.grid import bottom_row, helper_column, places, prior_places, switch_address
from xls_report.heading import Measure
from xls_report.lastyear import YUAN, YUAN_CODE
from xls_report.layout import Cell, Role, Sheet, lines_of
from xls_report.stamp import SHEET as STAMP_SHEET
from xls_report.stamp import flag_address

CHECKS = "数据自查"
REASONS = "情况说明"
_REASON_HINT = "写清相差的原因，如：上年多计、申请人撤回、随职能划转；只写“核实无误”不算说明。"
PASSED, FAILED, EXPLAIN, EXPLAINED, REMARK = "√", "×", "须说明", "已说明", "提醒"
OPEN, LIFTED, NO_PRIOR, NOT_DUE = "未填完", "不适用", "无上年数", "不需要"

_FIRST = 4  # row of the first relation
SCALE = 1000  # a cell as one number: row × 1000 + column


@lru_cache(maxsize=64)
def check_rows(form: Form) -> dict[int, int]:
    """Number of a relation instance → its row; those that follow from others come last and are not counted."""
    order = sorted(range(len(form.instances)), key=lambda n: form.instances[n].implied)
    return {number: _FIRST + row for row, number in enumerate(order)}


def _counted(form: Form) -> str:
    last = _FIRST + sum(not i.implied for i in form.instances) - 1
    return f"$G${_FIRST}:$G${last}"


def _table_row(form: Form, table: Table) -> int:
    return _FIRST + len(form.instances) + 3 + form.tables.index(table)


def _total_row(form: Form) -> int:
    return _table_row(form, form.tables[-1]) + 1


def explain_rows(form: Form) -> dict[str, int]:
    """Id of an explainable relation or rule → row of its 情况说明."""
    first = _total_row(form) + 3
    return {code: first + n for n, code in enumerate(explainable(form))}


def explainable(form: Form) -> tuple[str, ...]:
    """What a unit may explain: relations of that level in print order, and an amount that looks like 元."""
    codes = [r.id for r in form.all_relations if r.level is Level.EXPLAIN]
    amounts = any(item.kind is Measure.AMOUNT for item in form.inputs)
    return (*codes, *([YUAN_CODE] if amounts else []))


def total_address(form: Form, column: str) -> str:
    """Cell of 数据自查 with a sum over the tables: D unfilled, E wrong, F contradictions, G failed relations."""
    return f"{CHECKS}!${column}${_total_row(form)}"


def code_address(form: Form, table: Table) -> str:
    """Cell of 数据自查 with a table's 数据校验码."""
    return f"{CHECKS}!$H${_table_row(form, table)}"


def check_sheet(form: Form) -> Sheet:
    """数据自查: each relation in words with both sides, difference, verdict; a 情况说明 where one is allowed."""
    heads = ("编号", "勾稽关系", "位置", "左边", "右边", "相差", "结论", "查看")
    cells = [
        Cell(1, 1, Role.LABEL, CHECKS, style="title", last_row=1, last_column=8),
        Cell(2, 1, Role.GUIDE, _LEGEND, style="guide", last_row=2, last_column=8),
        *(Cell(_FIRST - 1, n, Role.LABEL, head, style="head") for n, head in enumerate(heads, 1)),
    ]
    heights = {1: 34.0, 2: 36.0, 3: 22.0}
    for number, row in check_rows(form).items():
        cells.extend(_relation_cells(form, number, row))
        heights[row] = 16.0 * max(lines_of(relation_words(form, form.instances[number].relation), 38), 1) + 6
    cells.extend(_table_cells(form))
    for cell in _explanations(form):
        cells.append(cell)
        if cell.role is Role.LABEL and not cell.last_row:
            heights[cell.row] = max(heights.get(cell.row, 22.0), 16.0 * lines_of(cell.content, 38) + 6)
    return Sheet(
        "checks",
        CHECKS,
        tuple(cells),
        widths=tuple(enumerate((8.0, 44.0, 26.0, 12.0, 12.0, 12.0, 12.0, 10.0), 1)),
        heights=tuple(sorted(heights.items())),
        landscape=True,
        frozen=(_FIRST - 1, 0),
    )


_LEGEND = (
    "√ 相符　× 不平，必须改　须说明 在下面写明原因　已说明 已写明原因　提醒 请核对，不影响报送　"
    "未填完 有空格，还不能判断　无上年数 没有上年数可比　不适用 本单位不适用"
)


def _relation_cells(form: Form, number: int, row: int) -> Iterator[Cell]:
    instance = form.instances[number]
    relation = instance.relation
    left, right, gap = f"D{row}", f"E{row}", f"F{row}"
    yield Cell(row, 1, Role.LABEL, relation.id, style="boxed")
    yield Cell(row, 2, Role.LABEL, relation_words(form, relation), style="boxed")
    yield Cell(row, 3, Role.LABEL, instance.where, style="boxed")
    yield Cell(row, 4, Role.CHECK, _side(form, instance.equation.left), key="left", index=number, style="check_boxed")
    yield Cell(row, 5, Role.CHECK, _side(form, instance.equation.right), key="right", index=number, style="check_boxed")
    difference = f'IF(OR({left}="",{right}=""),"",ROUND({left}-{right},6))'
    yield Cell(row, 6, Role.CHECK, difference, key="difference", index=number, style="check_boxed")
    yield Cell(row, 7, Role.CHECK, _verdict(form, instance, gap), key="verdict", index=number, style="mark_boxed")
    yield Cell(row, 8, Role.LINK, _first_cell(form, instance), style="link")


def _first_cell(form: Form, instance: Instance) -> str:
    """Where the link of a relation leads: its first operand of this year."""
    item = form.item[next(name.ident for name in instance.equation.names if not name.prior)]
    return f"{quoted(item.table.sheet)}!{a1(*places(item.table)[item.id])}"


def _side(form: Form, total: Sum) -> str:
    """One side of a relation: empty until every input it rests on is filled, or the table is declared zero."""
    shown: list[str] = []
    missing: list[str] = []
    for table in form.tables:
        sheet = quoted(table.sheet)
        now = [name for name in total.names if form.item[name.ident].table is table and not name.prior]
        then = [name for name in total.names if form.item[name.ident].table is table and name.prior]
        where, before = places(table), prior_places(table)
        if now:
            shown.extend(f"{sheet}!{box}" for box in areas(where[n.ident] for n in now))
            inputs = form.inputs_below(Sum(tuple(now)))
            boxes = ",".join(f"{sheet}!{box}" for box in areas(where[i.id] for i in inputs))
            missing.append(f'AND({sheet}!{switch_address(table)}<>"是",COUNT({boxes})<{len(inputs)})')
        if then:
            boxes = ",".join(f"{sheet}!{box}" for box in areas(before[n.ident] for n in then))
            shown.append(boxes)
            missing.append(f"COUNT({boxes})<{len(set(then))}")
    if total.constant or not shown:
        shown.append(str(total.constant))
    value = f"SUM({','.join(shown)})"
    return f'IF(OR({",".join(missing)}),"",{value})' if missing else value


def _verdict(form: Form, instance: Instance, gap: str) -> str:
    relation = instance.relation
    wrong = {"=": f"{gap}<>0", "<=": f"{gap}>0", ">=": f"{gap}<0"}[instance.equation.sign]
    failed = f'"{FAILED}"'
    if relation.level is Level.EXPLAIN:
        failed = f'IF($H${explain_rows(form)[relation.id]}=1,"{EXPLAINED}","{EXPLAIN}")'
    elif relation.level is Level.WARNING:
        failed = f'"{REMARK}"'
    waiting = f'"{NO_PRIOR}"' if instance.equation.uses_prior else f'"{OPEN}"'
    if instance.equation.uses_prior:
        row = check_rows(form)[form.instances.index(instance)]
        side = "E" if any(name.prior for name in instance.equation.right.names) else "D"
        other = "D" if side == "E" else "E"
        waiting = f'IF(AND({side}{row}="",{other}{row}<>""),"{NO_PRIOR}","{OPEN}")'
    verdict = f'IF({gap}="",{waiting},IF({wrong},{failed},"{PASSED}"))'
    if relation.unless:
        verdict = f'IF({STAMP_SHEET}!{flag_address(form, relation.unless)}="是","{LIFTED}",{verdict})'
    return verdict


def _table_cells(form: Form) -> Iterator[Cell]:
    """Unfilled, wrong and contradictory entries of each table, the first of them, and the table's code."""
    row = _table_row(form, form.tables[0]) - 1
    for column, head in (
        (1, "填报情况"),
        (4, "未填"),
        (5, "填错"),
        (6, "与零报告矛盾"),
        (7, "勾稽不平"),
        (8, "数据校验码"),
    ):
        if column == 1:
            yield Cell(row, 1, Role.LABEL, head, style="head", last_row=row, last_column=3)
        else:
            yield Cell(row, column, Role.LABEL, head, style="head")
    for n, table in enumerate(form.tables):
        row += 1
        yield Cell(row, 1, Role.LABEL, table.sheet, style="boxed", last_row=row, last_column=3)
        for column, key, formula in (
            (4, "blanks", _blanks(form, table)),
            (5, "wrong", _wrong(form, table)),
            (6, "contradictions", _contradictions(form, table)),
        ):
            yield Cell(row, column, Role.CHECK, formula, key=key, index=n, style="check_boxed")
        helper = a1(bottom_row(table) + 1, helper_column(table))
        yield Cell(row, 7, Role.CHECK, f"{quoted(table.sheet)}!{helper}", key="first", index=n, style="helper")
        code = f"{quoted(table.sheet)}!{a1(bottom_row(table) + 2, helper_column(table))}"
        yield Cell(row, 8, Role.CHECK, code, key="code", index=n, style="check_boxed")
    first, last = row - len(form.tables) + 1, row
    row += 1
    yield Cell(row, 1, Role.LABEL, "合计", style="boxed", last_row=row, last_column=3)
    for column, key in ((4, "blanks_all"), (5, "wrong_all"), (6, "contradictions_all")):
        letter = a1(1, column)[0]
        yield Cell(row, column, Role.CHECK, f"SUM({letter}{first}:{letter}{last})", key=key, style="check_boxed")
    yield Cell(row, 7, Role.CHECK, f'COUNTIF({_counted(form)},"{FAILED}")', key="failed_all", style="check_boxed")
    rows = explain_rows(form).values()
    due = f'COUNTIF($G${min(rows)}:$G${max(rows)},"{EXPLAIN}")' if rows else "0"
    yield Cell(row, 8, Role.CHECK, due, key="explain_all", style="helper")


def _boxes(form: Form, table: Table, *kinds: Measure) -> tuple[str, ...]:
    where = places(table)
    inputs = [i for i in form.inputs if i.table is table and (not kinds or i.kind in kinds)]
    return tuple(f"{quoted(table.sheet)}!{box}" for box in areas(where[item.id] for item in inputs))


def _zero(table: Table) -> str:
    return f'{quoted(table.sheet)}!{switch_address(table)}="是"'


def _blanks(form: Form, table: Table) -> str:
    """Number of unfilled inputs; text in a figure cell counts as unfilled."""
    total = sum(item.table is table for item in form.inputs)
    return f"IF({_zero(table)},0,{total}-COUNT({','.join(_boxes(form, table))}))"


def _wrong(form: Form, table: Table) -> str:
    """Number of figures that are negative, fractional or too long where they may not be."""
    counted = []
    for kind in Measure:
        for box in _boxes(form, table, kind):
            lowest = -MOST if kind is Measure.CHANGE else 0
            counted += [f'COUNTIF({box},"<{lowest}")', f'COUNTIF({box},">{MOST}")']
            if kind is not Measure.AMOUNT:
                broken = f"ISNUMBER({box})*({box}>={lowest})*({box}<={MOST})*({box}<>ROUND({box},0))"
                counted.append(f"IFERROR(SUMPRODUCT({broken}),0)")
    return f"IF({_zero(table)},0,{'+'.join(counted)})"


def _contradictions(form: Form, table: Table) -> str:
    """Number of entries other than 0 beside the zero switch."""
    boxes = _boxes(form, table)
    zeros = "".join(f"-COUNTIF({box},0)" for box in boxes)
    return f"IF({_zero(table)},COUNTA({','.join(boxes)}){zeros},0)"


def reason_sheet(form: Form) -> Sheet:
    """情况说明 of a summary: what its units wrote, and room for the collecting office's own words."""
    cells = [Cell(1, 1, Role.LABEL, "情况说明", style="title", last_row=1, last_column=3)]
    for column, head in enumerate(("编号", "勾稽关系", "说明"), 1):
        cells.append(Cell(2, column, Role.LABEL, head, style="head"))
    for row, code in enumerate(explainable(form), 3):
        cells.append(Cell(row, 1, Role.LABEL, code, style="boxed"))
        cells.append(Cell(row, 2, Role.LABEL, _basis(form, code), style="boxed"))
        cells.append(Cell(row, 3, Role.EXPLAIN, key=code, style="explain", hint=_REASON_HINT))
    widths = ((1, 8.0), (2, 44.0), (3, 80.0))
    heights = ((1, 34.0), *((cell.row, 48.0) for cell in cells if cell.role is Role.EXPLAIN))
    return Sheet("reasons", REASONS, tuple(cells), widths=widths, heights=heights, landscape=True, frozen=(2, 0))


def _basis(form: Form, code: str) -> str:
    return next((r.basis for r in form.all_relations if r.id == code), "金额约为上年的 1 万倍，疑似按“元”填报")


def _explanations(form: Form) -> Iterator[Cell]:
    rows = explain_rows(form)
    if not rows:
        return
    head = min(rows.values()) - 1
    text = "情况说明（结论是“须说明”的，在这里写明原因）"
    yield Cell(head, 1, Role.LABEL, text, style="head", last_row=head, last_column=6)
    yield Cell(head, 7, Role.LABEL, "结论", style="head")
    verdicts = check_rows(form)
    for code, row in rows.items():
        yield Cell(row, 1, Role.LABEL, code, style="boxed")
        yield Cell(row, 2, Role.LABEL, _basis(form, code), style="boxed")
        yield Cell(row, 3, Role.EXPLAIN, key=code, style="explain", hint=_REASON_HINT, last_row=row, last_column=6)
        mine = ranges(f"G{r}" for n, r in verdicts.items() if form.instances[n].relation.id == code)
        if mine:
            due, done = ("+".join(f'COUNTIF({box},"{word}")' for box in mine) for word in (EXPLAIN, EXPLAINED))
            verdict = f'IF({due}>0,"{EXPLAIN}",IF({done}>0,"{EXPLAINED}","{NOT_DUE}"))'
        else:
            verdict = f'IF({_yuan_count(form)}>0,IF(H{row}=1,"{EXPLAINED}","{EXPLAIN}"),"{NOT_DUE}")'
        yield Cell(row, 7, Role.CHECK, verdict, key=f"explanation_{code}", style="mark_boxed")
        yield Cell(row, 8, Role.CHECK, reason_formula(form, f"C{row}"), key=f"reason_{code}", style="helper")


def _yuan_count(form: Form) -> str:
    """How many amounts are about 10⁴ times last year's."""
    tests = []
    for item in form.inputs:
        if item.kind is Measure.AMOUNT:
            sheet, table = quoted(item.table.sheet), item.table
            now = f"{sheet}!{a1(*places(table)[item.id])}"
            then = f"{sheet}!{a1(*prior_places(table)[item.id])}"
            near = f"{now}>={YUAN[0]}*{then},{now}<={YUAN[1]}*{then}"
            tests.append(f"IF(AND(N({then})>0,ISNUMBER({now}),{near}),1,0)")
    return "+".join(tests)


def reason_formula(form: Form, cell: str) -> str:
    """1 when the text gives a reason, by the same rule as `check.gives_reason`."""
    plain = cell
    for mark in PUNCTUATION:
        plain = f'SUBSTITUTE({plain},{_literal(mark)},"")'
    rest = plain
    for phrase in sorted(form.no_reason, key=len, reverse=True):
        rest = f'SUBSTITUTE({rest},"{phrase}","")'
    return f"IF(AND(LEN({plain})>={REASON},LEN({rest})>={SUBSTANCE}),1,0)"


def _literal(char: str) -> str:
    return "CHAR(10)" if char == "\n" else f'"{char}"'


def first_link(form: Form) -> str:
    """Formula of the place that the cover's verdict leads to: the first entry, relation or 说明 that needs work."""
    entry = '"#封面!A1"'
    due = explain_rows(form).values()
    if due:
        box = f"{CHECKS}!$G${min(due)}:$G${max(due)}"
        entry = f'IFERROR("#{CHECKS}!C"&({min(due) - 1}+MATCH("{EXPLAIN}",{box},0)),{entry})'
    box = f"{CHECKS}!{_counted(form)}"
    entry = f'IFERROR("#{CHECKS}!G"&({_FIRST - 1}+MATCH("{FAILED}",{box},0)),{entry})'
    for table in reversed(form.tables):
        first = f"{CHECKS}!$G${_table_row(form, table)}"
        place = f'"#{quoted(table.sheet)}!"&ADDRESS(INT({first}/{SCALE}),MOD({first},{SCALE}),4)'
        entry = f"IF({first}>0,{place},{entry})"
    return entry
