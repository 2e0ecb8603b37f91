"""A published grid row by row: which rows are headings, which carry figures, which labels were broken over lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from xls_report.compare import label_key
from xls_report.document import Grid, GridCell
from xls_report.labels import Labels, is_words

_PIECES = 3  # lines over which a label may be broken


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a grid: every cell that covers it, and the words at its beginning that start in it."""

    number: int
    cells: tuple[GridCell, ...]
    words: tuple[GridCell, ...]  # cells of words that start here
    labels: Labels | None = None  # the block it is a row of
    leaf: int = -1  # the number of the row there
    branch: tuple[int, ...] = ()  # of a row that carries a branch's label: its leaves
    values: tuple[GridCell, ...] = ()  # cells right of the label
    joined: str = ""  # the label as put together from pieces
    spent: bool = False  # its words went into the label of another row

    @property
    def filled(self) -> bool:
        """Whether something stands right of the words."""
        return any(cell.text.strip() for cell in self.values)

    @property
    def figures(self) -> bool:
        """Whether something starts here that is no words."""
        return any(c.text.strip() and c.row == self.number and c not in self.words for c in self.cells)

    @property
    def shown(self) -> str:
        """The row as it reads, for a message."""
        return " ".join(cell.text for cell in self.cells if cell.row == self.number and cell.text.strip())


@dataclass
class Known:
    """The labels of all blocks of a form, by wording."""

    blocks: tuple[Labels, ...]
    rows: dict[str, tuple[Labels, int]] = field(init=False)
    branches: dict[str, tuple[Labels, tuple[int, ...]]] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = {key: (block, n) for block in self.blocks for key, n in block.rows.items()}
        self.branches = {key: (block, below) for block in self.blocks for key, below in block.branches.items()}

    def is_head(self, key: str) -> bool:
        """Whether some block has a heading of that wording."""
        return any(key in block.heads or key in block.other for block in self.blocks)


def rows_of(grid: Grid, known: Known) -> list[Row]:
    """The rows of a grid with what is known of each; broken labels are put together."""
    by_row: dict[int, list[GridCell]] = {}
    for cell in grid.cells:
        for number in range(cell.row, cell.row + cell.rows):
            by_row.setdefault(number, []).append(cell)
    rows = [_row(number, cells, known) for number, cells in sorted(by_row.items())]
    rows = [row for row in rows if any(cell.text.strip() for cell in row.cells if cell.row == row.number)]
    return _put_together(rows, known)


def _row(number: int, cells: Sequence[GridCell], known: Known) -> Row:
    ordered = tuple(sorted(cells, key=lambda cell: cell.column))
    own = tuple(cell for cell in ordered if cell.row == number and is_words(cell.text))
    row = Row(number, ordered, own)
    for cell in reversed(ordered):
        key = label_key(cell.text)
        if key in known.rows and is_words(cell.text):
            block, leaf = known.rows[key]
            return replace(row, labels=block, leaf=leaf, values=_behind(ordered, cell))
    last = next((cell for cell in reversed(ordered) if is_words(cell.text)), None)
    row = replace(row, values=_behind(ordered, last) if last is not None else ordered)
    if last is not None and label_key(last.text) in known.branches and row.filled:
        block, below = known.branches[label_key(last.text)]
        return replace(row, labels=block, branch=below)
    return row


def _behind(cells: Sequence[GridCell], label: GridCell) -> tuple[GridCell, ...]:
    return tuple(cell for cell in cells if cell.column >= label.column + label.columns)


def _put_together(rows: list[Row], known: Known) -> list[Row]:
    """Rows whose last word is unknown, joined with those below as far as that gives the label of a row."""
    found = list(rows)
    for n, row in enumerate(rows):
        if not _is_piece(row, known) or found[n].spent:
            continue
        pieces = [row]
        for other in rows[n + 1 : n + _PIECES]:
            if not _is_piece(other, known):
                break
            pieces.append(other)
            key = "".join(label_key(piece.words[-1].text) for piece in pieces)
            if key in known.rows and sum(piece.filled for piece in pieces) <= 1:
                _join(found, n, pieces, known.rows[key])
                break
    return found


def _is_piece(row: Row, known: Known) -> bool:
    if row.labels is not None or not row.words:
        return False
    key = label_key(row.words[-1].text)
    return not known.is_head(key) and key not in known.branches


def _join(found: list[Row], start: int, pieces: list[Row], place: tuple[Labels, int]) -> None:
    bearer = next((n for n, piece in enumerate(pieces) if piece.filled), 0)
    text = "”“".join(piece.words[-1].text for piece in pieces)
    for n, piece in enumerate(pieces):
        if n == bearer:
            found[start + n] = replace(piece, labels=place[0], leaf=place[1], joined=text)
        else:
            found[start + n] = replace(piece, spent=True)


def head_cells(rows: Sequence[Row]) -> Iterator[tuple[GridCell, ...]]:
    """The words that start in each of the rows."""
    for row in rows:
        yield row.words
