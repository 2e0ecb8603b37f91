"""What stands around a statutory table, outside its frame: verdicts, its code, invisible helpers, colours."""

from __future__ import annotations

from collections.abc import Iterator

from xls_report.address import a1, absolute, letters
from xls_report.checksum import checksum_formula
from xls_report.figure import MOST
from xls_report.form import Form, Instance, Item, Table
from xls_report.grid import Places, bottom_row, helper_column, merged, places, switch_address, table_width
from xls_report.heading import Measure
from xls_report.layout import Cell, Role, Rule
from xls_report.selfcheck import CHECKS, EXPLAIN, FAILED, SCALE, check_rows, code_address


def _around(form: Form, table: Table) -> Iterator[tuple[int, Instance, tuple[int, int]]]:
    """Relations judged within the table: number, instance, place of the first operand."""
    where = places(table)
    for number, instance in enumerate(form.instances):
        if instance.table is table and instance.place is not None:
            first = next(name.ident for name in instance.equation.names if not name.prior)
            yield number, instance, where[first]


def marks(form: Form, table: Table) -> tuple[tuple[Cell, ...], tuple[Rule, ...]]:
    """Verdicts beneath and beside the table, its code, invisible helpers; and the rules that colour its cells."""
    bottom, width = bottom_row(table), table_width(table)
    rows = check_rows(form)
    cells = list(_frame_notes(form, table))
    placed: list[tuple[Instance, Cell]] = []
    lines: dict[str, int] = {}
    beside: dict[int, int] = {}
    for number, instance, (at_row, at_column) in _around(form, table):
        relation = instance.relation
        if relation.axis == "rows":
            if relation.id not in lines:
                lines[relation.id] = bottom + 4 + len(lines)
                cells.append(merged(lines[relation.id], at_column - 1, f"{relation.id} 自查", "note_right"))
            row, column = lines[relation.id], at_column
        else:
            beside[at_row] = beside.get(at_row, width + 1) + 1
            row, column = at_row, beside[at_row]
        if relation.axis == "columns" and len(beside) == 1 and column == width + 2:
            cells.append(Cell(1, column, Role.LABEL, "自查（详见“数据自查”）", style="note"))
        verdict, gap = f"{CHECKS}!$G${rows[number]}", f"{CHECKS}!$F${rows[number]}"
        formula = f'IF({verdict}="{FAILED}","{FAILED}差"&ABS({gap}),{verdict})'
        mark = Cell(row, column, Role.CHECK, formula, key="mark", index=number, style="mark")
        cells.append(mark)
        placed.append((instance, mark))
    return tuple(cells), (*_input_rules(form, table), *_relation_rules(table, placed))


def _frame_notes(form: Form, table: Table) -> Iterator[Cell]:
    """Beneath the frame the code in words; right of it, invisible, the first entry of each row that needs work."""
    bottom, width, column = bottom_row(table), table_width(table), helper_column(table)
    n = form.tables.index(table)
    sentence = f'"数据校验码："&{code_address(form, table)}&"（供核对，公开时不保留）"'
    merge = (bottom + 1, width) if width > 1 else (0, 0)
    yield Cell(bottom + 1, 1, Role.CHECK, sentence, "code_line", n, "code", *merge)
    where = places(table)
    by_row: dict[int, list[Item]] = {}
    for item in form.inputs:
        if item.table is table:
            by_row.setdefault(where[item.id][0], []).append(item)
    for row, items in by_row.items():
        bad = _first_bad(items, where, table)
        yield Cell(row, column, Role.CHECK, bad, key=f"bad_{table.id}", index=row, style="helper")
    first = f"MIN({a1(min(by_row), column)}:{a1(max(by_row), column)})"
    yield Cell(bottom + 1, column, Role.CHECK, first, key="first", index=n, style="helper")
    code = checksum_formula(form, table, where)
    yield Cell(bottom + 2, column, Role.CHECK, code, key="code", index=n, style="helper")


def _first_bad(items: list[Item], where: Places, table: Table) -> str:
    """The first entry of a row that is not a proper figure, as row × 1000 + column; empty when all are."""
    formula = '""'
    switch = absolute(switch_address(table))
    for item in reversed(items):
        row, column = where[item.id]
        cell = a1(row, column)
        bad = f'IF({switch}="是",IF({cell}<>0,1,0),IF(ISNUMBER({cell}),IF({improper(cell, item.kind)},1,0),1))'
        formula = f"IF({bad}=1,{row * SCALE + column},{formula})"
    return formula


def improper(cell: str, kind: Measure) -> str:
    """Condition of a number that the kind does not allow: negative, fractional, too long."""
    tests = [f"{cell}<{-MOST if kind is Measure.CHANGE else 0}", f"{cell}>{MOST}"]
    tests += [f"{cell}<>INT({cell})"] if kind is not Measure.AMOUNT else []
    return f"OR({','.join(tests)})"


def _input_rules(form: Form, table: Table) -> Iterator[Rule]:
    """Wrong entries red, blank ones marked until filled; on the table's own sheet, so no rule looks elsewhere."""
    where = places(table)
    switch = absolute(switch_address(table))
    for kind in Measure:
        cells = [a1(*where[i.id]) for i in form.inputs if i.table is table and i.kind is kind]
        if not cells:
            continue
        first = cells[0]
        zero = f'AND({switch}="是",N({first})<>0)'
        yield Rule(tuple(cells), f"OR(ISTEXT({first}),AND(ISNUMBER({first}),{improper(first, kind)}),{zero})", "bad")
        yield Rule(tuple(cells), f'AND(LEN({first})=0,{switch}<>"是")', "todo")


def _relation_rules(table: Table, placed: list[tuple[Instance, Cell]]) -> Iterator[Rule]:
    """The operands of a relation that fails are red until it holds."""
    where = places(table)
    groups: dict[tuple[str, int], list[tuple[Instance, Cell]]] = {}
    for instance, mark in placed:
        line = mark.row if instance.relation.axis == "rows" else mark.column
        groups.setdefault((instance.relation.id, line), []).append((instance, mark))
    for members in groups.values():
        instance, mark = members[0]
        across = instance.relation.axis == "rows"
        at = f"{letters(mark.column)}${mark.row}" if across else f"${mark.address}"
        operands = [n.ident for i, _ in members for n in i.equation.names if not n.prior]
        cells = tuple(dict.fromkeys(a1(*where[ident]) for ident in operands))
        yield Rule(cells, f'OR(LEFT({at},1)="{FAILED}",{at}="{EXPLAIN}")', "bad")
