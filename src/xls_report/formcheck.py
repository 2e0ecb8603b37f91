"""Faults of a form that show only when it is read as a whole: names that name nothing, ids given twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from xls_report.detail import detail_name
from xls_report.equation import Sum
from xls_report.form import Block, Form, Item, Table, item_id
from xls_report.heading import Measure, walk

# Names of sheets that the program or Excel keeps for itself, in lower case.
RESERVED = frozenset(
    {
        *("封面", "数据自查", "填报说明", "表样标识", "情况说明", "汇总概况", "图表", "分组小计", "审核情况"),
        *("文字汇编", "来源", "处理记录", "history"),
    }
)
OWN_IDS = ("cover", "checks", "guide", "stamp", "reasons")  # sheets that every workbook has

Add = Callable[[str, str], None]  # place, what is wrong


def _repeated(values: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({value for value in values if value in seen or seen.add(value)})  # type: ignore[func-returns-value]


def cross_check(form: Form, add: Add) -> None:
    """What can be judged only with the whole form at hand: names that name nothing, ids given twice."""
    for ident in _repeated(r.id for r in form.all_relations):
        add(f"relation {ident}", "id 用了两次")
    for sheet in _repeated([*(t.sheet.casefold() for t in form.tables), *(s.sheet.casefold() for s in form.sections)]):
        add(f"sheet {sheet}", "两张工作表同名")
    for ident in _repeated([*OWN_IDS, *(t.id for t in form.tables), *(s.id for s in form.sections)]):
        add(f"id {ident}", "已是另一张工作表的 id")
    for name in _repeated(detail_name(table) for table in form.tables):
        tables = "、".join(table.sheet for table in form.tables if detail_name(table) == name)
        add(f"sheet {tables}", f"两张表的明细都叫“{name}”")
    for ident in _repeated(p.id for p in form.parts):
        add(f"文字部分 {ident}", "id 用了两次")
    for table in form.tables:
        rows = [row.id for block in table.blocks for row, _ in block.row_leaves]
        for ident in _repeated(rows):
            add(f"表 {table.id}", f"行 {ident or '（无 id）'} 用了两次")
        if len(rows) > 1 and "" in rows:
            add(f"表 {table.id}", "有不止一行，每行都要有 id")
        for number, block in enumerate(table.blocks, 1):
            _check_block(table, block, f"表 {table.id}，第 {number} 个 block", add)


def check_items(form: Form, add: Add) -> None:
    """What can be judged only once the names are sound: items across tables, totals that count themselves."""
    for ident in _repeated(item.id for item in form.items):
        add(f"指标 {ident}", "id 用了两次")
    for relation in form.relations:
        _check_known(form, f"relation {relation.id}", (name.ident for name in relation.equation.names), add)
    for table in form.tables:
        _check_known(form, f"表 {table.id}，carries", (f"{table.id}.{ident}" for ident in table.carries), add)
    for item in form.items:
        if item.total is not None:
            _check_total(form, item, item.total, add)
    told = [(f"overview {brief.id}", brief.lines) for brief in form.briefs]
    told += [(f"chart {chart.title}", chart.lines) for chart in form.charts]
    for place, lines in told:
        for line in lines:
            _check_line(form, f"{place}，“{line.label}”", line.sum, add)
    for number, phrase in enumerate(form.phrases, 1):
        for total in phrase.sums:
            _check_line(form, f"第 {number} 个 prose，sums", total, add)


def _check_line(form: Form, place: str, total: Sum, add: Add) -> None:
    """A line of the overview, or what prose speaks of, adds items of this year, all counted in one unit of measure."""
    _check_known(form, place, (name.ident for name in total.names), add)
    if not total.names or total.constant or any(name.prior for name in total.names):
        add(place, "应为本年指标之和，不含整数和 prior.")
    units = {form.item[name.ident].unit for name in total.names if name.ident in form.item}
    if len(units) > 1:
        add(place, f"各指标的计量单位不同：{'、'.join(sorted(units))}")


def _check_known(form: Form, place: str, idents: Iterable[str], add: Add) -> None:
    for ident in idents:
        if ident not in form.item:
            add(place, f"没有指标 {ident}")


def _check_total(form: Form, item: Item, total: Sum, add: Add) -> None:
    amount = item.kind is Measure.AMOUNT
    if not total.names:
        add(f"指标 {item.id}", "合计没有任何加数")
    elif any((form.item[name.ident].kind is Measure.AMOUNT) is not amount for name in total.names):
        add(f"指标 {item.id}", "合计与各加数的 kind 不同：金额只能与金额相加")
    elif _circular(form, item.id, frozenset()):
        add(f"指标 {item.id}", "合计把自己也算了进去")


def _circular(form: Form, ident: str, above: frozenset[str]) -> bool:
    total = form.item[ident].total
    if ident in above:
        return True
    return total is not None and any(_circular(form, name.ident, above | {ident}) for name in total.names)


def _check_block(table: Table, block: Block, place: str, add: Add) -> None:
    for axis, headings in (("columns", block.columns), ("rows", block.rows)):
        leaves = [leaf for leaf, _ in walk(headings)]
        branches = {branch.id for _, path in walk(headings) for branch in path}
        ids = {leaf.id for leaf in leaves}
        for ident in _repeated(leaf.id for leaf in leaves):
            add(place, f"{axis} 的 {ident} 用了两次")
        for leaf in leaves:
            if leaf.formula is not None:
                where = f"{place}，{axis} {leaf.id}，formula"
                if leaf.formula.constant or any(name.prior for name in leaf.formula.names):
                    add(where, "合计只能是本年指标之和，不含整数和 prior.")
                _check_names(leaf.formula, ids, branches, where, add)
        for relation in block.relations:
            if relation.axis == axis:
                both = Sum(relation.equation.names)
                _check_names(both, ids, branches, f"{place}，relation {relation.id}，{axis}", add)
    _check_reach(table, block, place, add)


def _check_reach(table: Table, block: Block, place: str, add: Add) -> None:
    """Rows and items that a block's relations name must be its own."""
    rows = {row.id for row, _ in block.row_leaves}
    items = {item_id(table, row, column) for row, _ in block.row_leaves for column, _ in block.column_leaves}
    for relation in block.relations:
        where = f"{place}，relation {relation.id}"
        for ident in set(relation.only) - rows:
            add(where, f"only 里没有行 {ident}")
        if relation.axis == "items":
            for name in relation.equation.names:
                if name.ident not in items:
                    add(where, f"没有指标 {name.ident}（跨分表的关系写在文件末尾 [[relation]]）")


def _check_names(total: Sum, ids: set[str], branches: set[str], place: str, add: Add) -> None:
    for name in total.names:
        branch = name.ident.removesuffix(".*")
        if branch != name.ident and branch not in branches:
            add(place, f"没有上级标题 {branch}")
        if branch == name.ident and name.ident not in ids:
            add(place, f"没有 {name.ident}")
