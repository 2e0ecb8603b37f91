"""Faults of form files that loading cannot see, and what differs between two forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby

from xls_report.compare import label_key
from xls_report.form import Form, Item, relation_words
from xls_report.grid import LINE
from xls_report.layout import Role, Sheet, lines_of
from xls_report.plan import compile_layout

_PROMPT = 255  # characters of a prompt in a spreadsheet


def lint(forms: Sequence[Form]) -> list[str]:
    """What is wrong with the forms, one sentence each: labels that do not fit, prompts too long, ids that clash."""
    found = [text for form in forms for text in (*_labels(form), *_prompts(form))]
    for one, other in combinations(forms, 2):
        found.extend(_clashes(one, other))
    return found


def _labels(form: Form) -> Iterator[str]:
    layout = compile_layout(form)
    for table in form.tables:
        sheet = layout.sheet(table.id)
        for cell in sheet.cells:
            if cell.role is Role.LABEL and not cell.style.startswith("note"):
                last_row, last_column = cell.last_row or cell.row, cell.last_column or cell.column
                need = lines_of(cell.content, _width(sheet, cell.column, last_column)) * LINE
                room = sum(height for row, height in sheet.heights if cell.row <= row <= last_row)
                if need > room:
                    yield f"{form.id}：{table.sheet} {cell.span} 的标签“{cell.content}”放不下"


def _width(sheet: Sheet, first: int, last: int) -> float:
    return sum(width for column, width in sheet.widths if first <= column <= last)


def _prompts(form: Form) -> Iterator[str]:
    for item in form.items:
        if len(item.hint) > _PROMPT:
            yield f"{form.id}：{item.id} 的 hint 有 {len(item.hint)} 字，最多 {_PROMPT} 字"


def _clashes(one: Form, other: Form) -> Iterator[str]:
    """The same id must mean the same in every form, so that last year's figures can be compared."""
    pair = f"{one.id} 与 {other.id}"
    for item in one.items:
        twin = other.item.get(item.id)
        if twin is not None and (item.kind, item.unit) != (twin.kind, twin.unit):
            facts = f"{item.kind}（{item.unit}）、{twin.kind}（{twin.unit}）"
            yield f"{pair}：{item.id} 的数据类型或单位不同：{facts}；含义变了的指标要换 id"
    twins = {relation.id: relation for relation in other.all_relations}
    for relation in one.all_relations:
        twin_relation = twins.get(relation.id)
        if twin_relation is not None and relation.equation != twin_relation.equation:
            yield f"{pair}：{relation.id} 的算式不同；含义变了的关系要换 id"


def difference_lines(one: Form, other: Form) -> list[str]:
    """What differs from one form to the other, in print order, for people."""
    lines = [f"{one.id}（{one.basis}）→ {other.id}（{other.basis}）", "", "指标"]
    lines += [f"  取消 {text}" for text in _rows(one, other)]
    lines += [f"  新增 {text}" for text in _rows(other, one)]
    for item in one.items:
        twin = other.item.get(item.id)
        if twin is not None:
            lines += [f"  改变 {item.id}：{change}" for change in _changes(item, twin)]
    lines += ["", "勾稽关系"]
    olds, news = ({r.id: r for r in form.all_relations} for form in (one, other))
    lines += [f"  取消 {code} {relation_words(one, r)}" for code, r in olds.items() if code not in news]
    lines += [f"  新增 {code} {relation_words(other, r)}" for code, r in news.items() if code not in olds]
    for code, relation in olds.items():
        if code in news and (relation.equation, relation.level) != (news[code].equation, news[code].level):
            lines.append(f"  改变 {code} {relation_words(one, relation)} → {relation_words(other, news[code])}")
    return lines


def _rows(one: Form, other: Form) -> Iterator[str]:
    """The items of a form that the other lacks, a line for those of one row."""
    gone = [item for item in one.items if item.id not in other.item]
    for (table, row), members in groupby(gone, key=lambda item: (item.table.name, item.row_labels)):
        items = list(members)
        columns = "、".join(dict.fromkeys(f"{i.column.short or i.column.plain}（{i.unit}）" for i in items))
        yield f"{table} {'／'.join(row)}：{columns}　{items[0].id}{' …' if len(items) > 1 else ''}"


def _changes(item: Item, twin: Item) -> Iterator[str]:
    for was, now in ((item.row_labels, twin.row_labels), (item.column_labels, twin.column_labels)):
        if [label_key(label) for label in was] != [label_key(label) for label in now]:
            yield f"“{'／'.join(was)}” → “{'／'.join(now)}”"
    if (item.kind, item.unit) != (twin.kind, twin.unit):
        yield f"{item.kind}（{item.unit}） → {twin.kind}（{twin.unit}）"
    if (item.total is None) != (twin.total is None):
        yield "填报 → 合计" if item.total is None else "合计 → 填报"
