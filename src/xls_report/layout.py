"""The form as places (版式): the one list of cells that the writer puts and the reader visits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import chain

from xls_report.address import a1, row_column
from xls_report.figure import Figure
from xls_report.form import Form
from xls_report.heading import Measure


class Role(StrEnum):
    """What a cell is for."""

    LABEL = "label"  # printed text of the form or of the workbook; compared on return
    GUIDE = "guide"  # our own guidance; a change harms nothing and is mentioned
    IDENTITY = "identity"  # text that names unit or year, filled from the stamp
    INPUT = "input"  # a figure to fill in
    TOTAL = "total"  # formula over inputs of the same sheet
    SUM = "sum"  # formula over the rows of a detail sheet
    DETAIL = "detail"  # one covered unit's figure
    COVER = "cover"  # code or name of a covered unit
    REMARK = "remark"  # facts beside a covered unit's figures; not compared
    SHOWN = "shown"  # a figure or text on a page for people, a formula if it has content; the sheet knows its result
    FIELD = "field"  # sign-off and contact entry of the cover
    SWITCH = "switch"  # 本表各项均为 0
    TEXT = "text"  # a paragraph
    EXPLAIN = "explain"  # 情况说明 of one relation
    TITLE = "title"  # a label that a formula may add a sentence to
    CHECK = "check"  # live check, a formula of ours
    SEAL = "seal"  # 数据校验码 of a table as a text: what its figures must still give
    LINK = "link"  # a link inside the workbook; content is where it leads
    PRIOR = "prior"  # last year's figure of an item; outside the digest
    STAMP = "stamp"  # the hidden sheet's entries


class Kind(StrEnum):
    """Which workbook a layout is of."""

    UNIT = "unit"  # one unit's return
    TABLES = "tables"  # the same without text sheets
    WORKING = "working"  # 工作底稿: a summary over its detail rows
    UPWARD = "upward"  # 上报稿: the same figures as values, for the level above


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell or merged range; `content` is its text, its formula without `=`, or a template of the stamp."""

    row: int
    column: int
    role: Role
    content: str = ""
    key: str = ""  # item, field, table, part or relation id; name of a live result
    index: int = 0  # number of the paragraph, covered unit or relation instance
    style: str = "text"
    last_row: int = 0  # 0: not merged
    last_column: int = 0
    hint: str = ""  # prompt shown when the cell is selected
    label: str = ""  # what a TITLE says whatever its formula adds
    address: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", a1(self.row, self.column))

    @property
    def span(self) -> str:
        """`D5`, or `A2:C4` when merged."""
        return f"{self.address}:{a1(self.last_row, self.last_column)}" if self.last_row else self.address

    @property
    def says(self) -> str:
        """The text of a label, whatever its formula adds."""
        return self.label or self.content

    @property
    def open(self) -> bool:
        """Whether a person may type here."""
        return self.role in _OPEN


_WIDE = re.compile("[\u2e80-\U0010ffff“”‘’—…·√×]")
_OPEN = frozenset({Role.INPUT, Role.FIELD, Role.SWITCH, Role.TEXT, Role.EXPLAIN})
_SHAPE = frozenset(set(Role) - {Role.REMARK, Role.SHOWN, Role.PRIOR, Role.STAMP})


ROW = "{row}"  # in the formula of a row that repeats: the number of the row


@dataclass(frozen=True, slots=True)
class Rows:
    """One row of cells that repeats downwards: its cells as they stand in the first row, and how many rows there are.

    The formula of a cell is a template with ROW for the number of its row. No cell is merged. `texts` are what stands
    in the cells of each row where the sheet itself knows it, `heights` how high each row is, in points.
    """

    first: int
    count: int
    cells: tuple[Cell, ...]
    texts: Sequence[tuple[str, ...]] = ()
    heights: Sequence[float] = ()

    @property
    def last(self) -> int:
        """Number of the last row."""
        return self.first + self.count - 1

    def of(self, *roles: Role) -> tuple[Cell, ...]:
        """The cells of the given roles, as in the first row."""
        return tuple(cell for cell in self.cells if cell.role in roles)

    def cell(self, cell: Cell, index: int) -> Cell:
        """A cell of the first row as it stands in the row of this index, from 0."""
        row = self.first + index
        return replace(cell, row=row, index=index, content=cell.content.replace(ROW, str(row)))

    def __iter__(self) -> Iterator[Cell]:
        """Every cell of every row, in order: the slow way, for tests and for what is small."""
        return (self.cell(cell, index) for index in range(self.count) for cell in self.cells)

    def holds(self, address: str) -> bool:
        """Whether an address lies in these rows, in one of their columns."""
        row, column = row_column(address)
        return self.first <= row <= self.last and self.cells[0].column <= column <= self.cells[-1].column


@dataclass(frozen=True, slots=True)
class Rule:
    """A conditional format: the cells, the first being the upper left; its formula as seen from that one; its style."""

    cells: tuple[str, ...]
    formula: str
    style: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A native chart: the ranges it draws (as formulas without `=`), its upper left cell, its size in pixels."""

    title: str
    names: str  # range of the categories
    series: tuple[tuple[str, str], ...]  # name, range of the figures
    row: int
    column: int
    size: tuple[int, int]
    across: bool = False  # bars from left to right, for names that are long


@dataclass(frozen=True, eq=False)  # compared and hashed by identity: a layout is compiled once
class Sheet:
    """One worksheet: cells in the order of the Tab key, and how it is shown and printed."""

    id: str
    name: str
    cells: tuple[Cell, ...]
    widths: tuple[tuple[int, float], ...] = ()
    heights: tuple[tuple[int, float], ...] = ()
    printed: str = ""  # print area; all when empty
    landscape: bool = False
    frozen: tuple[int, int] = (0, 0)  # rows, columns that stay in view
    one_page: bool = True
    hidden: bool = False
    rules: tuple[Rule, ...] = ()
    filtered: str = ""  # range with filter buttons
    compared: bool = True  # False: a page for people, which the reader leaves alone
    results: Mapping[str, Figure | str] = field(default_factory=dict)  # of its SHOWN cells, by address
    graphs: tuple[Graph, ...] = ()
    rows: Rows | None = None  # below all cells

    @cached_property
    def _by_role(self) -> dict[Role, tuple[Cell, ...]]:
        return {role: tuple(cell for cell in self.cells if cell.role is role) for role in Role}

    def of(self, *roles: Role) -> Iterator[Cell]:
        """Its cells of the given roles, role by role; those of `rows` are not among them."""
        return chain.from_iterable(self._by_role[role] for role in roles)


@dataclass(frozen=True, eq=False)
class Layout:
    """Every sheet of a workbook of one form, kind and number of detail rows."""

    form: Form
    kind: Kind
    covers: int
    sheets: tuple[Sheet, ...]

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal digits over every compared cell: what an issued form may not change unnoticed."""
        lines = [f"{self.form.id}\t{self.kind}"]
        for sheet in self.sheets:
            lines.append(sheet.name)
            cells = [*sheet.cells, *(sheet.rows.cells if sheet.rows is not None else ())]
            lines.extend(f"{c.span}\t{c.role}\t{c.content}\t{c.key}\t{c.index}" for c in cells if c.role in _SHAPE)
            if sheet.rows is not None:
                lines.append(str(sheet.rows.count))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

    @cached_property
    def place(self) -> dict[str, tuple[Sheet, Cell]]:
        """Sheet and cell of every item."""
        found = {}
        for sheet in self.sheets:
            for cell in sheet.cells:
                if cell.role in (Role.INPUT, Role.TOTAL, Role.SUM):
                    found[cell.key] = (sheet, cell)
        return found

    @cached_property
    def explain_place(self) -> dict[str, tuple[Sheet, Cell]]:
        """Sheet and cell of every 情况说明, by relation or rule."""
        return {cell.key: (sheet, cell) for sheet, cell in iter_cells(self, Role.EXPLAIN)}

    @cached_property
    def table_of(self) -> dict[str, str]:
        """Sheet name → id of the statutory table on it."""
        return {table.sheet: table.id for table in self.form.tables}

    @cached_property
    def counted(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Sheet id → address and item of its inputs that are no amounts."""
        items = self.form.item
        return {
            sheet.id: tuple((c.address, c.key) for c in sheet.of(Role.INPUT) if items[c.key].kind is not Measure.AMOUNT)
            for sheet in self.sheets
        }

    def sheet(self, ident: str) -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.id == ident)


@dataclass(frozen=True, slots=True)
class Listing:
    """A plain list for people: a sheet with a line on top, heads that filter and stay in view, rows of text.

    `room` blank rows are there to be filled in as text; `choices` are what a column offers, by its number from 0.
    """

    name: str
    note: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    room: int = 0
    choices: tuple[tuple[int, tuple[str, ...]], ...] = ()


_WIDE = re.compile("[\u2e80-\U0010ffff“”‘’—…·√×]")


def width_of(text: str) -> int:
    """Width in half-width characters; Chinese characters and full-width marks count two."""
    return len(text) + len(_WIDE.findall(text))


def lines_of(text: str, width: float) -> int:
    """Lines that a text takes in a column of the given width."""
    usable = max(2, int(width) - 1)
    return sum(max(1, -(-width_of(line) // usable)) for line in text.split("\n"))


def iter_cells(layout: Layout, *roles: Role) -> Iterator[tuple[Sheet, Cell]]:
    """Every cell of the given roles, with its sheet."""
    for sheet in layout.sheets:
        for cell in sheet.of(*roles):
            yield sheet, cell
