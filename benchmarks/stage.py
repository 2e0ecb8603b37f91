"""Where a run lays out what it measures on: made when first asked for, in a folder that the run removes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from books import press_into, roster_into, sets, the_form

from xls_report.layout import Role
from xls_report.plan import compile_layout


@dataclass
class Stage:
    """The folder of a run."""

    folder: Path
    quick: bool = False
    _sets: dict[str, list[bytes]] = field(default_factory=dict)

    def inbox(self, count: int) -> Path:
        """A folder with the filled workbooks of as many units."""
        folder = self.folder / f"inbox-{count}"
        return folder if folder.exists() else press_into(folder, count)

    def roster(self, count: int) -> Path:
        """Their roster."""
        path = self.folder / f"roster-{count}.csv"
        return path if path.exists() else roster_into(path, count)

    def sets(self, count: int) -> dict[str, list[bytes]]:
        """Workbooks as they come back, by set (see `books.SETS`)."""
        if not self._sets:
            self._sets = sets(count)
        return self._sets

    def set_folder(self, name: str, books: list[bytes]) -> Path:
        """The workbooks of a set as files."""
        folder = self.folder / f"set-{name}"
        if not folder.exists():
            folder.mkdir()
            for n, data in enumerate(books):
                (folder / f"{n:03}.xlsx").write_bytes(data)
        return folder

    def places(self) -> Path:
        """Where the inputs are: sheet → rows and columns, counted from 0."""
        path = self.folder / "places.json"
        sheets = compile_layout(the_form()).sheets
        found = {s.name: [(cell.row - 1, cell.column - 1) for cell in s.of(Role.INPUT)] for s in sheets}
        path.write_text(json.dumps({name: cells for name, cells in found.items() if cells}), encoding="utf-8")
        return path
