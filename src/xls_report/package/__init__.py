"""Our own bounded reader of .xlsx files: one byte string → sheets, cells, names, properties, or one refusal in words.

Nothing else comes out of it, for any bytes. The size is checked first, then the magic, the directory of the zip, names,
counts and declared sizes, then each part that is needed; everything is read from the one byte string, so nothing can be
swapped between check and use. The limits stand in `refusal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from xls_report.package.clean import Cleaned, clean
from xls_report.package.container import Container, open_container
from xls_report.package.faststrings import read_strings
from xls_report.package.filekind import kind_of
from xls_report.package.fragments import read_worksheet
from xls_report.package.numberformat import Display, NumberFormats, read_formats
from xls_report.package.parts import TYPES_PART, Relation, check_active, content_types, relations_of
from xls_report.package.partxml import RELATION_IDS, Record, Wanted, records
from xls_report.package.rawcell import RawCell
from xls_report.package.refusal import (
    MAX_CELLS,
    MAX_FILE,
    MAX_NAMES,
    MAX_RANGES,
    MAX_SHEETS,
    Refusal,
    Refused,
    over_size,
)
from xls_report.package.sheetxml import RawSheet
from xls_report.quoting import quote

__all__ = ["Cleaned", "Display", "Package", "RawCell", "RawSheet", "Refusal", "SheetEntry", "open_package"]

_SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_MAIN_TYPES: Final = (f"{_SPREADSHEET}sheet.main+xml", f"{_SPREADSHEET}template.main+xml")
_OTHER_TYPES: Final = (
    ("sheet.binary", "F102", "二进制 Excel 工作簿（.xlsb）"),
    ("ms-excel", "F107", "宏（启用宏的工作簿 .xlsm、.xltm、.xlam）"),
    ("wordprocessingml", "F101", "Word 文档（.docx）"),
    ("ms-word", "F101", "Word 文档（.docm）"),
    ("presentationml", "F101", "PowerPoint 演示文稿（.pptx）"),
)
_WORKBOOK: Final[Wanted] = (
    ("workbook/sheets/sheet", MAX_SHEETS, "工作表"),
    ("workbook/definedNames/definedName", MAX_NAMES, "定义的名称"),
    ("workbook/fileVersion", 1, "文件版本"),
    ("workbook/workbookPr", 1, "工作簿属性"),
)
_VALUE_TYPES: Final = (
    *("lpwstr", "lpstr", "bstr", "bool", "date", "filetime", "decimal", "r4", "r8"),
    *("int", "i1", "i2", "i4", "i8", "uint", "ui1", "ui2", "ui4", "ui8"),
)
_PROPERTIES: Final[Wanted] = (
    ("Properties/property", MAX_NAMES, "文档属性"),
    *((f"Properties/property/{kind}", MAX_NAMES, "文档属性") for kind in _VALUE_TYPES),
)
_COMMENT: Final = "comments/commentList/comment"
_COMMENTS: Final[Wanted] = tuple((f"{_COMMENT}{below}", MAX_RANGES, "批注") for below in ("", "/text/t", "/text/r/t"))
_APPLICATION: Final[Wanted] = (("Properties/Application", 1, "程序名"),)
_TRUE: Final = ("1", "true")
_STATES: Final = ("visible", "hidden", "veryHidden")
_SHEETS: Final = ("worksheet", "chartsheet")
_WPS_VERSION: Final = ("3", "5", "9302")  # lastEdited, lowestEdited, rupBuild: WPS claims to be Excel 2007 by these
_NO_FORMATS: Final = NumberFormats(())


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet of the workbook; ``state`` is "visible", "hidden" or "veryHidden"."""

    name: str
    state: str
    _part: str = field(default="", repr=False)
    _chart: bool = field(default=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Package:
    """A workbook that can be read. ``names`` are the workbook's own (not a sheet's), ``properties`` the custom ones.

    ``date1904``: days are counted from 1904, as a Mac once did. ``producer`` is the program that wrote the file, "" if
    it does not say; ``external``: something refers to other files; ``embedded``: kinds of foreign things that are left
    alone ("图片", "批注", "外部链接", …).
    """

    sheets: tuple[SheetEntry, ...]
    names: Mapping[str, str]
    properties: Mapping[str, str]
    producer: str
    date1904: bool
    external: bool
    embedded: tuple[str, ...]
    formats: NumberFormats = field(repr=False)
    _container: Container = field(repr=False)
    _workbook: str = field(repr=False)
    _strings: Mapping[str, str] = field(repr=False)
    _counts: dict[str, int] = field(repr=False, default_factory=dict)  # cells by part: the limit holds for the book

    def read_sheet(self, entry: SheetEntry) -> RawSheet | Refusal:
        """Read one of `sheets`. A chart sheet is empty. Any fault is a Refusal (F104, F106, F108); raises nothing."""
        if entry._chart:
            return RawSheet(entry.name)
        part = entry._part
        try:
            content = self._container.read(part)
            allowed = MAX_CELLS - sum(count for other, count in self._counts.items() if other != part)
            sheet, self._counts[part] = read_worksheet(content, entry.name, part, self._strings, allowed)
        except Refused as refused:
            return refused.refusal
        except Exception:  # noqa: BLE001 - the last belt: a clerk's file must never end in a traceback
            return _unforeseen()
        return sheet

    def cleaned(self) -> Cleaned | Refusal:
        """The file without all that is not understood, for another program to edit; raises nothing."""
        try:
            return clean(self._container, self._workbook, [entry._part for entry in self.sheets])
        except Refused as refused:
            return refused.refusal
        except Exception:  # noqa: BLE001 - the last belt: a clerk's file must never end in a traceback
            return _unforeseen()

    def comments(self) -> tuple[str, ...]:
        """The texts of the comments of the file; "" stands for a part of them that cannot be read."""
        found: list[str] = []
        for part, kind in content_types(self._container).items():
            if kind.endswith("spreadsheetml.comments+xml"):
                try:
                    for path, _, text in records(self._container.read(part), part, _COMMENTS):
                        if path.endswith("comment"):
                            found.append("")
                        else:
                            found[-1] += text
                except Refused:
                    found.append("")
        return tuple(found)


def open_package(data: bytes) -> Package | Refusal:
    """Open the bytes of a file. Any fault is a Refusal; raises nothing.

    F101 not a workbook, F102 another spreadsheet format, F103 encrypted, F104 incomplete or damaged, F105 empty, F106
    over a limit, F107 macros, F108 what no office program writes and readers would read differently, F114 active
    content. No sheet is read yet.
    """
    try:
        return _open(data)
    except Refused as refused:
        return refused.refusal
    except Exception:  # noqa: BLE001 - the last belt: a clerk's file must never end in a traceback
        return _unforeseen()


def _unforeseen() -> Refusal:
    return Refusal("F104", "内容无法识别")


def _open(data: bytes) -> Package:
    container = _container(data)
    types = content_types(container)
    roots = relations_of(container, "")
    workbook = _main_part(data, roots, types)
    embedded = check_active(container, types)
    related = relations_of(container, workbook)
    found = records(container.read(workbook), workbook, _WORKBOOK)
    properties = _properties(container, roots)
    strings = _part_of(related, "sharedstrings")
    styles = _part_of(related, "styles")
    return Package(
        sheets=_sheets(container, found, related),
        names=_names(found),
        properties=properties,
        producer=_producer(container, roots, found, properties),
        date1904=any(r.path.endswith("workbookPr") and r.attributes.get("date1904") in _TRUE for r in found),
        external="外部链接" in embedded,
        embedded=embedded,
        _container=container,
        _workbook=workbook,
        _strings=read_strings(container.read(strings), strings) if strings else {},
        formats=read_formats(container.read(styles), styles) if styles else _NO_FORMATS,
    )


def _container(data: bytes) -> Container:
    if not data:
        raise Refused("F105", "0 字节")
    if len(data) > MAX_FILE:
        raise over_size("文件", len(data), MAX_FILE)
    if not data.startswith(b"PK\x03\x04"):
        raise _foreign(data)
    try:
        container = open_container(data)
    except Refused as refused:
        kind = kind_of(data)
        raise Refused(kind.code, kind.name) if kind.code else refused from None
    if TYPES_PART not in container:
        raise _foreign(data)
    return container


def _foreign(data: bytes) -> Refused:
    """What is said of bytes that are no workbook, or one with something in front of it."""
    kind = kind_of(data)
    if kind.code in ("", "F104"):
        return Refused("F104", kind.name if kind.code else "压缩包不完整或已损坏")
    if not data.startswith((b"PK", b"\xd0\xcf")) and 0 <= data.find(b"PK\x03\x04") < data.rfind(b"PK\x05\x06"):
        return Refused("F108", f"压缩包前有多余内容（{kind.name}）")
    return Refused(kind.code, kind.name)


def _main_part(data: bytes, roots: Iterable[Relation], types: Mapping[str, str]) -> str:
    """The workbook part, by the relationship of the package and the content type of the part."""
    part = _part_of(roots, "officedocument")
    kind = types.get(part.lower(), "")
    if kind in _MAIN_TYPES:
        return part
    for word, code, name in _OTHER_TYPES:
        if word in kind:
            raise Refused(code, name)
    other = kind_of(data)
    if other.code:
        raise Refused(other.code, other.name)
    raise Refused("F104", f"缺少部件 {quote(part) or '工作簿'}，或其类型不明")


def _part_of(relations: Iterable[Relation], *kinds: str) -> str:
    """The part of that kind, "" if there is none. Raises Refused (F108) for two."""
    parts = [relation.part() for relation in relations if relation.kind in kinds]
    if len(parts) > 1:
        raise Refused("F108", f"同一种部件有两个：{quote(parts[1])}")
    return parts[0] if parts else ""


def _sheets(container: Container, found: Iterable[Record], related: Iterable[Relation]) -> tuple[SheetEntry, ...]:
    by_id = {relation.id: relation for relation in related}
    sheets: list[SheetEntry] = []
    names: set[str] = set()
    parts: set[str] = set()
    for path, attributes, _ in found:
        if path == "workbook/sheets/sheet":
            sheet = _sheet(container, attributes, by_id)
            if sheet.name.casefold() in names or sheet._part.lower() in parts:
                raise Refused("F108", f"工作表“{quote(sheet.name)}”有两个")
            names.add(sheet.name.casefold())
            parts.add(sheet._part.lower())
            sheets.append(sheet)
    if not sheets:
        raise Refused("F104", "没有工作表")
    return tuple(sheets)


def _sheet(container: Container, attributes: Mapping[str, str], by_id: Mapping[str, Relation]) -> SheetEntry:
    name, state = attributes.get("name", ""), attributes.get("state", "visible")
    ids = [attributes[key] for key in RELATION_IDS if key in attributes]
    relation = by_id.get(ids[0]) if len(ids) == 1 else None
    if relation is None:
        raise Refused("F104", f"工作表“{quote(name)}”没有对应的部件")
    if not name or state not in _STATES or relation.kind not in _SHEETS:
        raise Refused("F108", f"工作表“{quote(name)}”的登记不对")
    part = relation.part()
    if part not in container:
        raise Refused("F104", f"缺少工作表“{quote(name)}”的部件 {quote(part)}")
    return SheetEntry(name, state, part, relation.kind == "chartsheet")


def _names(found: Iterable[Record]) -> dict[str, str]:
    names: dict[str, str] = {}
    folded: set[str] = set()
    for path, attributes, text in found:
        if path == "workbook/definedNames/definedName" and "localSheetId" not in attributes:
            _add(names, folded, attributes.get("name", ""), text, "名称")
    return names


def _add(values: dict[str, str], folded: set[str], name: str, text: str, what: str) -> None:
    if name.casefold() in folded:
        raise Refused("F108", f"{what}“{quote(name)}”有两个")
    folded.add(name.casefold())
    values[name] = text


def _properties(container: Container, roots: Iterable[Relation]) -> dict[str, str]:
    part = _part_of(roots, "custom-properties", "customproperties")
    properties: dict[str, str] = {}
    folded: set[str] = set()
    name = ""
    for path, attributes, text in records(container.read(part), part, _PROPERTIES) if part in container else ():
        if path == "Properties/property":
            name = attributes.get("name", "")
            _add(properties, folded, name, "", "文档属性")
        else:
            properties[name] = text
    return properties


def _producer(
    container: Container, roots: Iterable[Relation], found: Iterable[Record], properties: Mapping[str, str]
) -> str:
    """The program's name; WPS is known by its marks, since its files may claim to be Excel's."""
    versions = [record.attributes for record in found if record.path == "workbook/fileVersion"]
    version = versions[0] if versions else {}
    part = _part_of(roots, "extended-properties", "extendedproperties")
    names = records(container.read(part), part, _APPLICATION) if part in container else ()
    name = names[0].text.strip() if names else ""
    marks = tuple(version.get(key) for key in ("lastEdited", "lowestEdited", "rupBuild"))
    if "KSOProductBuildVer" in properties or marks == _WPS_VERSION or name.upper().startswith("WPS"):
        return "WPS"
    if name.startswith("LibreOffice"):
        return "LibreOffice"
    return quote(name or version.get("appName", ""))
