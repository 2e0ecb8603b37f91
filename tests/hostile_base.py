"""Workbooks of five units, and what hostile files are made of them with."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache

from acts import parts_of
from desk import Figure, form_of, random_values
from ooxml import Entry, raw_zip

from xls_report.plan import compile_layout
from xls_report.submission import Submission, Unit
from xls_report.writer import write

Files = dict[str, bytes]
Parts = dict[str, bytes]

YEAR = 2025
UNITS = {code: f"第{code}单位" for code in ("001", "002", "003", "004", "005")}
STRANGER = Unit("099", "名单外的单位")
PAYLOADS = (
    "=cmd|'/c calc'!A0",
    "@SUM(1+1)*cmd|'/c calc'!A0",
    '\t=HYPERLINK("http://example.org")',
    "_x001B_[31m\u202e",
)
FIGURES = "xl/worksheets/sheet3.xml"  # 表三
MB = 2**20


def figures(code: str) -> dict[str, Figure]:
    """What a unit reports: random, every relation holds."""
    return random_values(form_of(YEAR), random.Random(f"hostile {code}"))


@cache
def original(code: str) -> bytes:
    """The workbook that the unit fills in and sends."""
    unit = Unit(code, UNITS[code]) if code in UNITS else STRANGER
    form = form_of(YEAR)
    submission = Submission(form, YEAR, unit, dict(figures(code)), texts={form.parts[0].id: PAYLOADS})
    return write(compile_layout(form), submission)


def own(number: int) -> bytes:
    """The workbook of one of the five units, in turn."""
    return original(sorted(UNITS)[number % len(UNITS)])


def own_parts(number: int) -> Parts:
    return dict(_parts(own(number)))


_parts = cache(parts_of)


def code_of(data_of: str) -> str:
    """The unit whose figures a file has, if any: names end in it."""
    found = re.search(r"~(\d{3})\.", data_of)
    return found[1] if found else ""


@lru_cache(maxsize=512)
def _entry(name: str, content: bytes) -> Entry:
    """A member, deflated once for all workbooks that have it in common."""
    entry = Entry(name.encode(), content)
    return replace(entry, packed=entry.deflated(), crc=zlib.crc32(content))


def entries(parts: Mapping[str, bytes]) -> list[Entry]:
    """The members of an honest zip, as `ooxml.entries`."""
    return [
        _entry(name, content) if len(content) < 65_536 else Entry(name.encode(), content)
        for name, content in parts.items()
    ]


def pack(parts: Mapping[str, bytes]) -> bytes:
    """An honest zip of the parts."""
    return raw_zip(entries(parts))


Made = Iterable[tuple[str, bytes]]


def numbered(made: Made) -> Files:
    """Names of ASCII letters from the words of a case; behind "~" the unit whose workbook it was made of."""
    found: Files = {}
    for number, (case, data) in enumerate(made):
        words, _, end = case.partition("~")
        slug = re.sub(r"[^A-Za-z0-9]+", "-", words).strip("-")[:60]
        found[f"{number:03}-{slug}{'~' + end if end else ''}" + ("" if "." in end else ".xlsx")] = data
    return found


def of_units(made: Iterable[tuple[str, Callable[[int], bytes]]]) -> Iterator[tuple[str, bytes]]:
    """Each made of the next unit's workbook."""
    for number, (case, make) in enumerate(made):
        yield f"{case}~{sorted(UNITS)[number % len(UNITS)]}", make(number)


def with_parts(**more: bytes) -> Callable[[int], bytes]:
    """Parts replaced or added; names with "__" for "/" and "_" for "."."""
    named = {name.replace("__", "/").replace("_", "."): content for name, content in more.items()}
    return lambda number: pack(own_parts(number) | named)


def edit(part: str, change: Callable[[str], str]) -> Callable[[int], bytes]:
    """A part of ours with another text; nothing may be edited in vain."""

    def make(number: int) -> bytes:
        parts = own_parts(number)
        text = parts[part].decode()
        new = change(text)
        assert new != text, part
        return pack({**parts, part: new.encode()})

    return make


def swap(part: str, old: str, new: str) -> Callable[[int], bytes]:
    """A part of ours with one piece of its text otherwise."""
    return edit(part, lambda text: text.replace(old, new, 1))


def before(mark: str, text: str) -> Callable[[str], str]:
    return lambda whole: whole.replace(mark, text + mark, 1)
