"""A pass over workbooks: ours, ours without its short ways, two loads by openpyxl, and the floor beneath any reader.

python benchmarks/readers.py WAY FOLDER [COUNT]     one pass in a fresh process; prints its seconds alone
"""

from __future__ import annotations

import gc
import io
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock
from xml.parsers import expat

from books import the_form

from xls_report import package
from xls_report.package import sharedstrings, sheetxml
from xls_report.package.container import Container
from xls_report.plan import compile_layout
from xls_report.reader import read

Pass = Callable[[], None]


def ours(books: Sequence[bytes]) -> Pass:
    """Values and structure, compared with the layout: `read`."""
    forms = (the_form(),)
    compile_layout(the_form())

    def once() -> None:
        for data in books:
            if read(data, forms).submission is None:
                raise AssertionError("a workbook was not read")

    return once


def by_expat(books: Sequence[bytes]) -> Pass:
    """The same, with every sheet and all strings through expat: what is done for a workbook of unknown ways."""
    once = ours(books)

    def slowly() -> None:
        with (
            mock.patch.object(package, "read_worksheet", sheetxml.read_worksheet),
            mock.patch.object(package, "read_strings", sharedstrings.read_strings),
        ):
            once()

    return slowly


def by_openpyxl(books: Sequence[bytes]) -> Pass:
    """Formulas, then values: the two loads that give the same facts."""
    import openpyxl

    def once() -> None:
        for data in books:
            for values in (False, True):
                openpyxl.load_workbook(io.BytesIO(data), data_only=values)

    return once


def floor(books: Sequence[bytes]) -> Pass:
    """The directory, then the parts that `read` needs: inflated, their CRC taken, parsed by expat without handlers."""
    needed = [parts_of(data) for data in books]

    def once() -> None:
        for data, parts in zip(books, needed, strict=True):
            archive = zipfile.ZipFile(io.BytesIO(data))
            for info in archive.infolist():
                start = parts.get(info.filename)
                if start is not None:
                    content = zlib.decompress(data[start : start + info.compress_size], -15)
                    if zlib.crc32(content) != info.CRC:
                        raise AssertionError("a member is damaged")
                    expat.ParserCreate().Parse(content, True)

    return once


def parts_of(data: bytes) -> dict[str, int]:
    """The parts that `read` asks for, and where their packed bytes begin."""
    found: dict[str, int] = {}
    inflated = Container.read

    def recorded(self: Container, part: str) -> bytes:
        member = self.members[part.lower()]
        found[member.name] = member.start
        return inflated(self, part)

    with mock.patch.object(Container, "read", recorded):
        read(data, (the_form(),))
    return found


WAYS = {"read": ours, "expat": by_expat, "openpyxl": by_openpyxl, "floor": floor}


def main() -> None:
    """One pass over the workbooks of a folder."""
    way, folder, *count = sys.argv[1:]
    paths = sorted(Path(folder).glob("*.xlsx"))[: int(count[0]) if count else None]
    once = WAYS[way]([path.read_bytes() for path in paths])
    gc.collect()
    started = time.perf_counter()
    once()
    sys.stdout.write(f"{time.perf_counter() - started}\n")


if __name__ == "__main__":
    main()
