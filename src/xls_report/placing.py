"""Tables of a published report → the text of each item, found by labels; what has no certain place is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from xls_report.compare import label_key
from xls_report.document import Document, GridCell
from xls_report.form import Form, Item, Table, block_items
from xls_report.heads import Heads, read_heads
from xls_report.labels import Labels, labels_of
from xls_report.lines import Fault, Line, figure_of, read_line
from xls_report.scanning import Known, Row, head_cells, rows_of


@dataclass(frozen=True, eq=False)
class Placed:
    """A row of a block as it was found: its line is None where the headings above it were not recognised."""

    labels: Labels
    leaf: int
    row: Row
    line: Line | None
    heads: Heads | None
    order: int  # of appearance in the document
    branch: tuple[int, ...] = ()


@dataclass
class Tables:
    """What was found in all grids of a document."""

    placed: list[Placed] = field(default_factory=list)
    strange: list[tuple[Table, Row]] = field(default_factory=list)  # rows with figures that belong nowhere

    def of(self, table: Table) -> list[Placed]:
        """What was found of a table, in the order of the document."""
        return [one for one in self.placed if one.labels.table is table]


def find_tables(document: Document, form: Form) -> Tables:
    """Look for every row of the form in every grid, whatever grid it stands in."""
    finder = _Finder(form)
    for grid in document.grids:
        finder.read(rows_of(grid, finder.known), aligned=grid.aligned)
    return finder.found


class _Finder:
    """Goes through the grids with the headings that hold at each row."""

    def __init__(self, form: Form) -> None:
        self.known = Known(labels_of(form))
        self.found = Tables()
        self.items = {labels: tuple(block_items(labels.table, labels.block)) for labels in self.known.blocks}
        self.current: tuple[Labels, Heads | None] | None = None
        self.order = 0

    def read(self, rows: Sequence[Row], *, aligned: bool) -> None:
        """One grid; headings of the grid before hold on where this one goes on without any."""
        if self.current is not None and self.current[1] is not None:
            self.current = (self.current[0], replace(self.current[1], spans=()))
        above: list[Row] = []
        before: list[Row] = []  # rows of figures that belong nowhere, since the last that belongs
        here: Table | None = None
        placed: list[Placed] = []
        for row in (row for row in rows if not row.spent):
            self.order += 1
            labels = row.labels if row.labels is not None else self._unlabelled(row, above)
            if labels is not None:
                here = labels.table
                placed.append(self._place(labels, row, self._heads(labels, above, aligned=aligned)))
                self.found.strange.extend((here, other) for other in before)
                above, before = [], []
            elif row.filled and not self._continues(row):
                before.append(row)
                if not aligned and placed and not row.words:
                    placed[-1] = _cut_off(placed[-1], row)
            else:
                above.append(row)
        if here is not None:
            self.found.strange.extend((here, other) for other in before)
        # One label alone under foreign headings is another table's.
        self.found.placed.extend(one for one in placed if one.heads is not None or len(placed) > 1)

    def _continues(self, row: Row) -> bool:
        """Whether a row of words alone may be a heading further down."""
        return any(self.known.is_head(label_key(cell.text)) for cell in row.words)

    def _unlabelled(self, row: Row, above: Sequence[Row]) -> Labels | None:
        """The block without row labels that the headings above belong to, for a row of figures."""
        if not row.figures or self._continues(row):
            return None
        keys = {label_key(cell.text) for cells in head_cells(above) for cell in cells}
        for labels in self.known.blocks:
            if labels.unlabelled and keys & {key for group in labels.groups for key in group.keys}:
                return labels
        if self.current is not None and self.current[0].unlabelled and not above and not row.words:
            return self.current[0]  # one more row of figures
        return None

    def _heads(self, labels: Labels, above: Sequence[Row], *, aligned: bool) -> Heads | None:
        cells = tuple(head_cells(above))
        if any(label_key(cell.text) in labels.heads for row in cells for cell in row):
            right = max(cell.column + cell.columns for row in above for cell in row.cells)
            self.current = (labels, read_heads(cells, labels, right, aligned=aligned))
        elif self.current is None or self.current[0] is not labels:
            self.current = (labels, None)
        return self.current[1]

    def _place(self, labels: Labels, row: Row, heads: Heads | None) -> Placed:
        leaf = 0 if labels.unlabelled else row.leaf
        line = None
        if heads is not None:
            width = len(labels.leaves)
            proof = partial(_proven, self.items[labels][max(leaf, 0) * width : (max(leaf, 0) + 1) * width])
            line = read_line(_values(labels, row, heads), heads, width, _room(labels, leaf), proof)
        return Placed(labels, leaf, row, line, heads, self.order, row.branch)


def _values(labels: Labels, row: Row, heads: Heads) -> tuple[GridCell, ...]:
    """The cells that may hold figures: those behind the label, or under the headings where the row has none."""
    if not labels.unlabelled:
        return row.values
    if heads.spans:
        return tuple(cell for cell in row.cells if cell.column >= heads.spans[0][0])
    first = next((n for n, cell in enumerate(row.cells) if cell not in row.words), 0)
    return row.cells[first:]


def _room(labels: Labels, leaf: int) -> int:
    """How many blanks a merged label leaves behind itself when its merge is lost."""
    _, path = labels.block.row_leaves[leaf]
    return max(0, labels.block.label_width - len(path) - 1)


def _cut_off(one: Placed, behind: Row) -> Placed:
    """A line of text that may have lost its end to the line below, which has too few figures for a row."""
    there = sum(bool(cell.text) for cell in behind.cells)
    if one.line is None or there >= len(one.labels.leaves) > 1:
        return one
    return replace(one, line=Line(fault=Fault.COUNT, there=one.line.there + there))


def _proven(items: Sequence[Item], texts: Sequence[str]) -> bool:
    """Whether the sums of a row hold: figures moved by a place would not add up."""
    values = {item.id: figure_of(text) for item, text in zip(items, texts, strict=True)}
    totals = [item for item in items if item.column.formula is not None and item.total is not None]
    if not totals or any(value is None or value < 0 for value in values.values()):
        return False
    return all(i.total is not None and i.total.evaluate(lambda n: values[n.ident]) == values[i.id] for i in totals)


def row_items(labels: Labels, leaf: int) -> tuple[Item, ...]:
    """The items of a row of a block, in the order of its columns."""
    width = len(labels.leaves)
    return tuple(block_items(labels.table, labels.block))[leaf * width : (leaf + 1) * width]


def row_name(labels: Labels, leaf: int) -> str:
    """How a message calls a row of a block."""
    row, _ = labels.block.row_leaves[leaf]
    return row.label or labels.table.name


def first_places(tables: Tables, form: Form) -> Iterable[tuple[int, Table]]:
    """Where each table that was found begins."""
    for table in form.tables:
        found = tables.of(table)
        if found:
            yield min(one.order for one in found), table
