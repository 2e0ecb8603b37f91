"""Raw workbooks for tests: a package from its parts, and a zip whose every header field can be made to lie."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from xml.sax.saxutils import quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
MAIN_TYPE = f"{SPREADSHEET}sheet.main+xml"

CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK = "xl/workbook.xml"
WORKBOOK_RELS = "xl/_rels/workbook.xml.rels"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"


def relations(*found: tuple[str, str, str] | tuple[str, str, str, str]) -> str:
    """A rels part of (id, last word of the type or whole type, target[, mode])."""
    rows = []
    for number, kind, target, *mode in found:
        kind = kind if ":" in kind else f"{RELATIONS}/{kind}"
        extra = f' TargetMode="{mode[0]}"' if mode else ""
        rows.append(f"<Relationship Id={quoteattr(number)} Type={quoteattr(kind)} Target={quoteattr(target)}{extra}/>")
    return f'<Relationships xmlns="{PACKAGE_RELATIONS}">{"".join(rows)}</Relationships>'


def content_types(overrides: Mapping[str, str], defaults: Mapping[str, str] | None = None) -> str:
    """The content types part, by part name ("/xl/…") and by suffix."""
    suffixes = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}
    suffixes |= defaults or {}
    rows = [f"<Default Extension={quoteattr(key)} ContentType={quoteattr(kind)}/>" for key, kind in suffixes.items()]
    rows += [f"<Override PartName={quoteattr(key)} ContentType={quoteattr(kind)}/>" for key, kind in overrides.items()]
    return f'<Types xmlns="{TYPES}">{"".join(rows)}</Types>'


def worksheet(data: str, before: str = "", after: str = "", uri: str = MAIN) -> str:
    """A worksheet part around the rows."""
    return f'<worksheet xmlns="{uri}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def row(*cells: str, number: int = 1) -> str:
    """A row of `cell` texts."""
    return f'<row r="{number}">{"".join(cells)}</row>'


def book(
    data: str = '<row r="1"><c r="A1"><v>1</v></c></row>',
    *,
    sheet: str | None = None,
    strings: Iterable[str] | None = None,
    styles: str | None = None,
    names: str = "",
    **more: str,
) -> dict[str, bytes]:
    """The parts of a minimal workbook of one sheet "表一"; ``data`` are its rows, ``sheet`` the whole part instead.

    ``strings`` are the insides of <si>; ``more`` are further parts by name with "__" for "/" and "_" for ".".
    """
    related = [("rId1", "worksheet", "worksheets/sheet1.xml")]
    overrides = {"/xl/workbook.xml": MAIN_TYPE, f"/{SHEET}": f"{SPREADSHEET}worksheet+xml"}
    parts = {
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        WORKBOOK: workbook(names=names),
        SHEET: sheet if sheet is not None else worksheet(data),
    }
    if strings is not None:
        items = "".join(f"<si>{inside}</si>" for inside in strings)
        parts[STRINGS] = f'<sst xmlns="{MAIN}">{items}</sst>'
        related.append(("rId2", "sharedStrings", "sharedStrings.xml"))
    if styles is not None:
        parts[STYLES] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
        related.append(("rId3", "styles", "styles.xml"))
    parts[WORKBOOK_RELS] = relations(*related)
    parts[CONTENT_TYPES] = content_types(overrides)
    parts |= {name.replace("__", "/").replace("_", "."): text for name, text in more.items()}
    return {name: text.encode() for name, text in parts.items()}


def workbook(sheets: str = '<sheet name="表一" sheetId="1" r:id="rId1"/>', names: str = "", inside: str = "") -> str:
    """The workbook part."""
    names = f"<definedNames>{names}</definedNames>" if names else ""
    return f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{inside}<sheets>{sheets}</sheets>{names}</workbook>'


@dataclass(frozen=True)
class Entry:
    """A member of a zip; what is None is true to the content, everything else is written as it stands."""

    name: bytes
    content: bytes
    method: int = 8
    flags: int = 0x800
    packed: bytes | None = None
    size: int | None = None
    crc: int | None = None
    local_name: bytes | None = None
    local_flags: int | None = None
    local_size: int | None = None
    at: int | None = None  # the offset that the directory gives
    gap: bytes = b""  # bytes after the member
    comment: bytes = b""

    def deflated(self) -> bytes:
        if self.packed is not None:
            return self.packed
        if self.method != 8:
            return self.content
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        return packer.compress(self.content) + packer.flush()


def entries(parts: Mapping[str, bytes]) -> list[Entry]:
    """The members of an honest zip."""
    return [Entry(name.encode(), content) for name, content in parts.items()]


def changed(members: Iterable[Entry], name: str, **changes: object) -> list[Entry]:
    """The same members, one of them with other fields."""
    return [replace(entry, **changes) if entry.name == name.encode() else entry for entry in members]  # type: ignore[arg-type]


def raw_zip(members: Iterable[Entry], prefix: bytes = b"", comment: bytes = b"") -> bytes:
    """The zip of these members, in this order."""
    body, directory, count = bytearray(prefix), bytearray(), 0
    for entry in members:
        packed = entry.deflated()
        size = len(entry.content) if entry.size is None else entry.size
        crc = zlib.crc32(entry.content) if entry.crc is None else entry.crc
        offset = len(body) - len(prefix) if entry.at is None else entry.at
        name = entry.name if entry.local_name is None else entry.local_name
        flags = entry.flags if entry.local_flags is None else entry.local_flags
        own_size = size if entry.local_size is None else entry.local_size
        numbers = (crc, len(packed), own_size, len(name), 0)
        body += struct.pack("<4s5H3L2H", b"PK\3\4", 20, flags, entry.method, 0, 0x21, *numbers) + name + packed
        body += entry.gap
        listed = (crc, len(packed), size, len(entry.name), 0, len(entry.comment), 0, 0, 0, offset)
        directory += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, entry.flags, entry.method, 0, 0x21, *listed)
        directory += entry.name + entry.comment
        count += 1
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(body) - len(prefix), len(comment))
    return bytes(body) + bytes(directory) + end + comment


def pack(parts: Mapping[str, bytes]) -> bytes:
    """An honest zip of the parts."""
    return raw_zip(entries(parts))
