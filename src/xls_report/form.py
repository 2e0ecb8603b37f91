"""What one notice prescribes: tables, headings, items, relations and text sections, for its report years."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from xls_report.brief import Brief, Chart
from xls_report.equation import Equation, Name, Sum
from xls_report.figure import Figure
from xls_report.heading import Heading, Measure, expand, find_heading, walk
from xls_report.phrase import Phrase


class Level(StrEnum):
    """How grave a finding is: 强制性, 核实性, 提示."""

    ERROR = "error"  # blocks
    EXPLAIN = "explain"  # blocks until the unit gave a reason
    WARNING = "warning"  # never blocks


@dataclass(frozen=True)
class Relation:
    """An equation that must hold (勾稽关系), as declared: between `rows`, `columns` or `items`."""

    id: str
    axis: str  # "rows": in every column; "columns": in every row (or those of `only`); "items": once
    equation: Equation
    level: Level
    basis: str
    only: tuple[str, ...] = ()
    unless: str = ""  # a flag of the unit that lifts the relation
    prefill: bool = False  # `item = prior…`: a blank is issued with the figure that the right side gives


@dataclass(frozen=True)
class Block:
    """One grid of a table (分表)."""

    columns: tuple[Heading, ...]
    rows: tuple[Heading, ...]
    title: str = ""  # printed across the grid
    corner: str = ""  # printed above the row labels
    relations: tuple[Relation, ...] = ()

    @cached_property
    def row_leaves(self) -> tuple[tuple[Heading, tuple[Heading, ...]], ...]:
        return tuple(walk(self.rows))

    @cached_property
    def column_leaves(self) -> tuple[tuple[Heading, tuple[Heading, ...]], ...]:
        return tuple(walk(self.columns))

    @property
    def label_width(self) -> int:
        """Grid columns taken by row labels: 0 when the only row has no label (表四)."""
        if all(not row.label for row, _ in self.row_leaves):
            return 0
        return max(row.depth for row in self.rows)

    @property
    def head_height(self) -> int:
        """Grid rows taken by column labels."""
        return max(column.depth for column in self.columns)


@dataclass(frozen=True, eq=False)
class Table:
    """One statutory table (法定表), one sheet."""

    id: str
    sheet: str
    title: str
    blocks: tuple[Block, ...]
    carries: tuple[str, ...] = ()  # items (without the table's id) whose cases are still open and return next year
    aliases: tuple[str, ...] = ()  # other wordings of the title that published reports have

    @property
    def name(self) -> str:
        """How a sentence calls it: the first word of the sheet's name, e.g. 表三."""
        return self.sheet.split()[0]


@dataclass(frozen=True)
class Part:
    """One piece of a text section, with its key in submissions, e.g. `s1.proactive`."""

    id: str
    title: str
    hint: str = ""
    governments: tuple[str, ...] = ()  # what a 人民政府 must write of here as well


@dataclass(frozen=True)
class Section:
    """A text section (文字部分), one sheet of paragraph cells."""

    id: str
    sheet: str
    title: str
    parts: tuple[Part, ...]
    least: int = 1  # characters below which nothing was reported
    aliases: tuple[str, ...] = ()  # other wordings of the title that published reports have


@dataclass(frozen=True, eq=False)
class Item:
    """One reportable number (指标). `total` names the items it is the sum of; None for an input."""

    id: str
    table: Table
    block: Block
    row: Heading
    row_path: tuple[Heading, ...]
    column: Heading
    column_path: tuple[Heading, ...]
    total: Sum | None

    @cached_property
    def kind(self) -> Measure:
        return self.column.kind or self.row.kind or Measure.COUNT

    @cached_property
    def unit(self) -> str:
        return self.column.unit or self.row.unit or "件"

    @cached_property
    def hint(self) -> str:
        return self.row.hint or self.column.hint

    @cached_property
    def row_labels(self) -> tuple[str, ...]:
        return tuple(h.label for h in (*self.row_path, self.row) if h.label)

    @cached_property
    def column_labels(self) -> tuple[str, ...]:
        return tuple(h.label for h in (*self.column_path, self.column) if h.label)

    @cached_property
    def name(self) -> str:
        """How a sentence calls it within its table: row and column names, as in 新收—自然人."""
        row = self.row.plain
        if len(row) < 3 and self.row_path:
            row = f"{self.row_path[-1].plain}·{row}"
        if not row and self.column_path:
            row = self.column_path[-1].plain
        column = self.column.short or self.column.plain
        return f"{row}—{column}" if row else column


@dataclass(frozen=True)
class Instance:
    """A relation at one place: over item ids, in one column or row of its block."""

    relation: Relation
    table: Table | None  # None for a relation across tables
    equation: Equation
    place: Heading | None  # the column or row it is evaluated in
    implied: bool  # follows from other instances of the relation: the place is a total

    @property
    def where(self) -> str:
        """The place in words: 表三“自然人”列."""
        if self.table is None:
            return ""
        if self.place is None:
            return self.table.name
        return f"{self.table.name}“{self.place.name}”{'列' if self.relation.axis == 'rows' else ''}"


@dataclass(frozen=True, eq=False)  # one object is one form: compared and hashed by identity
class Form:
    """All that one notice prescribes (表样), for the report years it is in force, both ends included."""

    id: str
    title: str
    basis: str
    years: tuple[int, int]
    tables: tuple[Table, ...]
    sections: tuple[Section, ...]
    relations: tuple[Relation, ...] = ()  # across tables
    no_reason: tuple[str, ...] = ()  # sentences that explain nothing, e.g. 核实无误
    briefs: tuple[Brief, ...] = ()  # what a summary's first page tells
    charts: tuple[Chart, ...] = ()
    sum_notes: tuple[str, ...] = ()  # what does not add up cleanly, for the readers of a summary
    phrases: tuple[Phrase, ...] = ()  # how the prose speaks of the figures

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item in print order."""
        return tuple(item for table in self.tables for block in table.blocks for item in block_items(table, block))

    @cached_property
    def item(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def inputs(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.total is None)

    @cached_property
    def all_relations(self) -> tuple[Relation, ...]:
        """Every relation as declared, in print order."""
        blocks = (block for table in self.tables for block in table.blocks)
        return (*(relation for block in blocks for relation in block.relations), *self.relations)

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """Every relation at every place where it must hold."""
        found: list[Instance] = []
        for table in self.tables:
            for block in table.blocks:
                for relation in block.relations:
                    found.extend(_instances(table, block, relation))
        found.extend(Instance(r, _only_table(self, r), r.equation, None, False) for r in self.relations)
        return tuple(found)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return tuple(part for section in self.sections for part in section.parts)

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """Every flag that lifts a relation of this form."""
        return tuple(dict.fromkeys(r.unless for r in self.all_relations if r.unless))

    def prefilled(self, prior: Mapping[str, Figure]) -> dict[str, Figure]:
        """The figures that a blank is issued with, from last year's."""
        found: dict[str, Figure] = {}
        for instance in self.instances:
            if instance.relation.prefill and self.item[instance.equation.left.names[0].ident].total is None:
                value = instance.equation.right.evaluate(lambda name: prior.get(name.ident))
                if value is not None:
                    found[instance.equation.left.names[0].ident] = value
        return found

    def inputs_below(self, total: Sum) -> tuple[Item, ...]:
        """The inputs that a sum of items rests on, totals taken apart, each once."""
        found: dict[str, Item] = {}
        for name in total.names:
            item = self.item[name.ident]
            below = (item,) if item.total is None else self.inputs_below(item.total)
            found.update((each.id, each) for each in below)
        return tuple(found.values())

    def table(self, ident: str) -> Table:
        return next(table for table in self.tables if table.id == ident)


def item_id(table: Table, row: Heading, column: Heading) -> str:
    """`table.row.column`, of leaf ids alone; a row without id adds nothing."""
    return ".".join(part for part in (table.id, row.id, column.id) if part)


def block_items(table: Table, block: Block) -> Iterator[Item]:
    """The items of a block in print order, totals resolved to item ids."""
    for row, row_path in block.row_leaves:
        for column, column_path in block.column_leaves:
            total = None
            if column.formula is not None:
                total = expand(block.columns, column.formula).map(_in_row(table, row))
            elif row.formula is not None:
                total = expand(block.rows, row.formula).map(_in_column(table, column))
            yield Item(item_id(table, row, column), table, block, row, row_path, column, column_path, total)


def _in_row(table: Table, row: Heading) -> Callable[[Name], tuple[Name]]:
    return lambda name: (Name(".".join(p for p in (table.id, row.id, name.ident) if p), name.prior),)


def _in_column(table: Table, column: Heading) -> Callable[[Name], tuple[Name]]:
    return lambda name: (Name(f"{table.id}.{name.ident}.{column.id}", name.prior),)


def _instances(table: Table, block: Block, relation: Relation) -> Iterator[Instance]:
    # A total adds up what holds in its parts, unless a constant is counted once where the parts count it each.
    plain = relation.equation.left.constant == relation.equation.right.constant == 0
    if relation.axis == "rows":
        equation = relation.equation.map(lambda name: expand(block.rows, Sum((name,))).names)
        for column, _ in block.column_leaves:
            bound = equation.map(_in_column(table, column))
            yield Instance(relation, table, bound, column, plain and column.formula is not None)
    elif relation.axis == "columns":
        equation = relation.equation.map(lambda name: expand(block.columns, Sum((name,))).names)
        for row, _ in block.row_leaves:
            if not relation.only or row.id in relation.only:
                bound = equation.map(_in_row(table, row))
                yield Instance(relation, table, bound, row, plain and row.formula is not None)
    else:
        yield Instance(relation, table, relation.equation, None, False)


def _only_table(form: Form, relation: Relation) -> Table | None:
    tables = {name.ident.split(".")[0] for name in relation.equation.names}
    return form.table(tables.pop()) if len(tables) == 1 else None


def relation_words(form: Form, relation: Relation) -> str:
    """The relation as a sentence of the form's own labels: 第一项＋第二项＝第三项＋第四项."""

    def show(name: Name) -> str:
        return ("上年" if name.prior else "") + _called(form, relation, name.ident)

    return relation.equation.words(show)


def _called(form: Form, relation: Relation, ident: str) -> str:
    if relation.axis == "items":
        return f"{form.item[ident].table.name}{form.item[ident].name}"
    for table in form.tables:
        for block in table.blocks:
            if relation in block.relations:
                found = find_heading(block.rows if relation.axis == "rows" else block.columns, ident.removesuffix(".*"))
                if found is not None:
                    return found.short or f"“{found.label}”"
    raise LookupError(ident)


def form_by_id(forms: Iterable[Form], ident: object) -> Form | None:
    """The form of that id."""
    return next((form for form in forms if form.id == ident), None)
