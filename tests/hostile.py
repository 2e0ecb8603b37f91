"""Hundreds of files that nobody should send in: foreign, damaged, mutated, built to do harm, and the same each time.

`files()` are the bytes by name ("class/name"), `DUE` says what may become of a class, `lay` writes all of it into a
folder, with links, pipes and names that no dictionary of ours can hold. Where a file is made of one of our workbooks
it is the return of a unit whose good return lies beside it: were it taken with other figures, the two would conflict.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from hostile_base import MB, STRANGER, UNITS, Files, numbered, of_units, original
from hostile_foreign import foreign, ignored, odd_names, people
from hostile_mutants import cells, damaged, members, spellings, tokens
from hostile_own import active, bad_rows, bad_sheets, changed_parts, limits, own_zip, sizes, xml
from test_package import PARTS, ZIPS

_TAKEN = frozenset({"accepted", "duplicate"})  # if accepted, then with the figures of the original
_TURNED_DOWN = frozenset({"unreadable", "rejected"})
_UNREADABLE = frozenset({"unreadable"})
DUE: dict[str, frozenset[str]] = {
    "good": frozenset({"accepted"}),
    "stranger": frozenset({"accepted"}),
    "foreign": frozenset({"unreadable", "ignored", "duplicate"}),
    "size": _UNREADABLE,
    "limits": _TURNED_DOWN | _TAKEN,
    "xml": _UNREADABLE,
    "zip": _TURNED_DOWN | {"duplicate"},
    "own-zip": _UNREADABLE,
    "parts": _TURNED_DOWN | {"duplicate"},
    "sheets": _TURNED_DOWN | {"duplicate"},
    "active": _UNREADABLE,
    "people": frozenset({"rejected"}),
    "damaged": _UNREADABLE,
    "members": _TURNED_DOWN | _TAKEN,
    "cells": _TURNED_DOWN,
    "spellings": frozenset({"accepted"}),
    "tokens": _TURNED_DOWN | _TAKEN,
    "names": frozenset({"unreadable", "ignored"}),
    "ignored": frozenset({"ignored"}),
    "special": frozenset({"unreadable", "ignored"}),
}


@cache
def files() -> Mapping[str, bytes]:
    """Every file by "class/name"; those of a unit's workbook end in "~code.xlsx"."""
    made: dict[str, Files] = {
        "good": {f"{code}~{code}.xlsx": original(code) for code in UNITS},
        "stranger": {f"stranger~{STRANGER.code}.xlsx": original(STRANGER.code)},
        "foreign": numbered(foreign()),
        "size": numbered(sizes()),
        "limits": numbered(limits()),
        "xml": numbered(xml()),
        "zip": numbered((case, data) for case, (_, data) in ZIPS.items() if len(data) < MB),
        "own-zip": numbered(own_zip()),
        "parts": numbered(of_units((case, changed_parts(change)) for case, (code, change) in PARTS.items() if code)),
        "sheets": numbered(of_units([*bad_rows(), *bad_sheets()])),
        "active": numbered(active()),
        "people": numbered(people()),
        "damaged": numbered(damaged()),
        "members": numbered(members()),
        "cells": numbered(cells()),
        "spellings": numbered(spellings()),
        "tokens": numbered(tokens()),
        "names": dict(odd_names()),
        "ignored": ignored(),
    }
    return {f"{kind}/{name}": data for kind, found in made.items() for name, data in found.items()}


def kind_of(name: str) -> str:
    """The class of a file by its name."""
    return name.partition("/")[0]


def special(folder: Path) -> list[str]:
    """What is no file, or has a name that is no text: links, pipes, folders named as workbooks, names in GBK."""
    place = folder / "special"
    (place / "文件夹.xlsx" / "里面.xls").mkdir(parents=True)
    (place / "文件夹.xlsx" / "空.xlsx").write_bytes(b"in a folder")
    good = folder / "good" / "001~001.xlsx"
    links = {
        "link.xlsx": good,
        "zero.xlsx": Path("/dev/zero"),
        "passwd.xlsx": Path("/etc/passwd"),
        "nowhere.xlsx": Path("nowhere"),
        "itself.xlsx": Path("itself.xlsx"),
        "link.pdf": good,
        "up": folder,
        "root.xlsx": Path("/"),
    }
    for name, target in links.items():
        (place / name).symlink_to(target)
    os.mkfifo(place / "pipe.xlsx")
    os.mkfifo(place / "pipe.pdf")
    raw = [os.path.join(os.fsencode(place), name) for name in ("年报.xlsx".encode("gbk"), b"\xff\xfe\xfd.xlsx")]  # noqa: PTH118
    for number, path in enumerate(raw):
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(b"no text %d" % number)
    found = [
        "文件夹.xlsx/空.xlsx",
        *links,
        "pipe.xlsx",
        "pipe.pdf",
        *(os.fsdecode(path).rpartition("/")[2] for path in raw),
    ]
    return [f"special/{name}" for name in found]


def lay(folder: Path) -> list[str]:
    """Write everything into a folder; the names, each once."""
    names = list(files())
    for name, data in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return [*names, *special(folder)]
