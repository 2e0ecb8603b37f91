"""Scripts that people write for the same job, over a folder of returned workbooks; each prints the seconds of its loop.

    python benchmarks/rivals.py openpyxl-check FOLDER COUNT           both loads of each workbook, nothing compared
    python benchmarks/rivals.py openpyxl FOLDER COUNT OUT PLACES      values, cell by cell, one row for each workbook
    python benchmarks/rivals.py calamine FOLDER COUNT OUT PLACES      the same by python-calamine and XlsxWriter
    python benchmarks/rivals.py pandas FOLDER COUNT OUT PLACES        pandas' read_excel and concat, engine calamine

PLACES is a JSON object: name of a sheet → rows and columns of its inputs, counted from 0. None of them checks anything.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

Places = Mapping[str, Sequence[tuple[int, int]]]


def openpyxl_check(paths: Sequence[Path]) -> None:
    """What the checks need, by openpyxl: formulas and values."""
    import openpyxl

    for path in paths:
        for values in (False, True):
            openpyxl.load_workbook(path, data_only=values)


def by_openpyxl(paths: Sequence[Path], out: Path, places: Places) -> None:
    """Values into one sheet."""
    import openpyxl

    target = openpyxl.Workbook()
    sheet = target.active
    for line, path in enumerate(paths, 1):
        book = openpyxl.load_workbook(path, data_only=True)
        values = [book[name].cell(row + 1, column + 1).value for name in places for row, column in places[name]]
        for number, value in enumerate([path.name, *values], 1):
            sheet.cell(line, number, value)
    target.save(out)


def by_calamine(paths: Sequence[Path], out: Path, places: Places) -> None:
    """Values of the input sheets into one sheet."""
    import python_calamine
    import xlsxwriter

    with xlsxwriter.Workbook(out, {"constant_memory": True}) as target:
        sheet = target.add_worksheet()
        for line, path in enumerate(paths):
            book = python_calamine.load_workbook(str(path))
            values: list[object] = [path.name]
            for name, cells in places.items():
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                values.extend(rows[row][column] for row, column in cells)
            sheet.write_row(line, 0, values)


def by_pandas(paths: Sequence[Path], out: Path, places: Places) -> None:
    """The input sheets of all workbooks, one below the other, as advice on the web has it."""
    import pandas

    frames = []
    for path in paths:
        sheets = pandas.read_excel(path, sheet_name=list(places), header=None, engine="calamine")
        frames.append(pandas.concat(sheets.values()))
    pandas.concat(frames).to_excel(out, engine="xlsxwriter")


WAYS = {"openpyxl": by_openpyxl, "calamine": by_calamine, "pandas": by_pandas}


def main() -> None:
    """Run one of them."""
    name, folder, count, *more = sys.argv[1:]
    paths = sorted(Path(folder).glob("*.xlsx"))[: int(count)]
    imported = {"openpyxl-check": "openpyxl", "calamine": "python_calamine"}.get(name, name)
    __import__(imported)
    started = time.perf_counter()
    if name == "openpyxl-check":
        openpyxl_check(paths)
    else:
        WAYS[name](paths, Path(more[0]), json.loads(Path(more[1]).read_text(encoding="utf-8")))
    sys.stdout.write(f"{time.perf_counter() - started}\n")


if __name__ == "__main__":
    main()
