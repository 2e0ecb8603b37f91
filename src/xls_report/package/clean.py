"""What another program may be given of an accepted file: known parts alone, laid out anew, each within the limits.

A workbook library follows every reference and expands every range of a file. So pictures, drawings, links and whatever
else is not understood here stay behind and are named; relations, content types and part names are written by us.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from xls_report.address import row_column
from xls_report.package.container import Container
from xls_report.package.parts import TYPES_PART, Relation, content_types, relations_of
from xls_report.package.partxml import STRICT, TRANSITIONAL, check_attributes, feed, new_parser, release, too_deep
from xls_report.package.refusal import MAX_CELLS, MAX_DEPTH, MAX_RANGES, Refused, over

_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PURL: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_TYPES: Final = {
    "xl/workbook.xml": f"{_SHEET_TYPE}sheet.main+xml",
    "xl/styles.xml": f"{_SHEET_TYPE}styles+xml",
    "xl/sharedStrings.xml": f"{_SHEET_TYPE}sharedStrings+xml",
    "xl/theme/theme1.xml": "application/vnd.openxmlformats-officedocument.theme+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
}
_FOLDERS: Final = {"xl/worksheets/": "worksheet", "xl/comments/": "comments", "xl/tables/": "table"}
_BOOK: Final = {"styles": "xl/styles.xml", "sharedstrings": "xl/sharedStrings.xml", "theme": "xl/theme/theme1.xml"}
_ROOTS: Final = {
    "core-properties": ("docProps/core.xml", f"{_PACKAGE}/relationships/metadata/core-properties"),
    "coreproperties": ("docProps/core.xml", f"{_PACKAGE}/relationships/metadata/core-properties"),
    "custom-properties": ("docProps/custom.xml", f"{_OFFICE}/custom-properties"),
    "customproperties": ("docProps/custom.xml", f"{_OFFICE}/custom-properties"),
}
_LOST_TYPES: Final = (
    ("image/", "图片"),
    ("drawing+xml", "图形、文本框"),
    ("drawingml.chart+xml", "图表"),
    ("cellimage", "单元格图片"),
    ("threadedcomments", "对话式批注"),
    ("spreadsheetml.pivot", "数据透视表"),
    ("externallink", "外部链接"),
    ("controlproperties", "窗体控件"),
    ("slicer", "切片器"),
    ("webextension", "加载项"),
)
# What refers to parts that stay behind.
_REFERRING: Final = re.compile(
    rb"<(?P<tag>(?:\w+:)?(?:externalReferences|pivotCaches))\b(?:[^>]*/>|.*?</(?P=tag)\s*>)", re.DOTALL
)
_ESCAPED: Final = str.maketrans({c: f"&#{ord(c)};" for c in '&<>"\t\n\r'})
_NOWHERE: Final = "about:blank"  # where links of a sheet lead that lead out of the workbook
_NAMESPACES: Final = ((STRICT, TRANSITIONAL), (_PURL, _OFFICE))


class Cleaned(NamedTuple):
    """A package that holds nothing but what is understood, and the kinds of things that were left behind."""

    data: bytes
    lost: tuple[str, ...]


def clean(container: Container, workbook: str, sheets: Sequence[str]) -> Cleaned:
    """The file without all that is not understood; ``sheets`` are the names of the worksheet parts.

    Raises Refused (F104, F106, F108): a part is damaged or hostile, or another program would need hours for its ranges.
    """
    return _Cleaner(container).run(workbook, sheets)


class _Cleaner:
    def __init__(self, container: Container) -> None:
        self.container = container
        self.parts: dict[str, bytes] = {}
        self.relations: dict[str, list[tuple[str, str, str]]] = {}  # source → id, type, target
        self.lost: dict[str, None] = {}
        for word, kind in _LOST_TYPES:
            if any(word in found for key, found in content_types(container).items() if not key.startswith("docprops/")):
                self.lost[kind] = None

    def run(self, workbook: str, sheets: Sequence[str]) -> Cleaned:
        content = self.take(workbook, "xl/workbook.xml")
        self.parts["xl/workbook.xml"] = _REFERRING.sub(b"", content)
        self.relations[""] = [("rId1", f"{_OFFICE}/officeDocument", "xl/workbook.xml")]
        for relation in relations_of(self.container, ""):
            if relation.kind in _ROOTS and not relation.external:
                target, kind = _ROOTS[relation.kind]
                self.take(relation.part(), target)
                self.relations[""].append((f"rId{len(self.relations['']) + 1}", kind, target))
        places = {part.lower(): f"xl/worksheets/sheet{n}.xml" for n, part in enumerate(sheets, 1)}
        for relation in relations_of(self.container, workbook):
            target = _BOOK.get(relation.kind, "")
            part = relation.part() if target or relation.kind == "worksheet" else ""
            if target:
                self.take(part, target)
            elif part.lower() in places:
                target = places[part.lower()]
                self.sheet(part, target)
            if target:
                kind = f"{_OFFICE}/{'sharedStrings' if relation.kind == 'sharedstrings' else relation.kind}"
                self.relations.setdefault("xl/workbook.xml", []).append((relation.id, kind, f"/{target}"))
        return Cleaned(self.packed(), tuple(self.lost))

    def take(self, part: str, target: str) -> bytes:
        """Keep a part under a name of ours, having parsed it once."""
        content = self.container.read(part)
        if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")):
            raise Refused("F108", "文件用的不是 UTF-8 编码")
        for old, new in _NAMESPACES:
            content = content.replace(old.encode(), new.encode())
        reader = _Ranges()
        parser = new_parser()
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        try:
            feed(parser, content, part)
        finally:
            release(parser)
        if reader.extended:
            self.lost["新式条件格式等扩展内容"] = None
        self.parts[target] = content
        return content

    def sheet(self, part: str, target: str) -> None:
        """A worksheet with its comments and tables; of its links only the places inside of the workbook stay."""
        self.take(part, target)
        for relation in relations_of(self.container, part):
            kept = self.beside(relation)
            if kept:
                self.relations.setdefault(target, []).append((relation.id, f"{_OFFICE}/{relation.kind}", kept))

    def beside(self, relation: Relation) -> str:
        if relation.kind == "hyperlink":
            self.lost["网页或文件链接"] = None
            return _NOWHERE
        if relation.kind not in ("comments", "table"):
            return ""
        folder = "xl/comments/" if relation.kind == "comments" else "xl/tables/"
        target = f"{folder}{relation.kind}{sum(name.startswith(folder) for name in self.parts) + 1}.xml"
        self.take(relation.part(), target)
        return f"/{target}"

    def packed(self) -> bytes:
        members = {TYPES_PART: self.types(), **self.parts}
        for source, found in self.relations.items():
            folder, _, base = source.rpartition("/")
            members[f"{folder}/_rels/{base}.rels".removeprefix("/")] = _relations(found)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in members.items():
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
        return buffer.getvalue()

    def types(self) -> bytes:
        rows = [f'<Override PartName="/{name}" ContentType="{self.type_of(name)}"/>' for name in self.parts]
        head = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        return f'<Types xmlns="{_PACKAGE}/content-types">{head}{"".join(rows)}</Types>'.encode()

    def type_of(self, name: str) -> str:
        kind = next((kind for folder, kind in _FOLDERS.items() if name.startswith(folder)), "")
        return f"{_SHEET_TYPE}{kind}+xml" if kind else _TYPES[name]


def _relations(found: Sequence[tuple[str, str, str]]) -> bytes:
    rows = []
    for ident, kind, target in found:
        mode = ' TargetMode="External"' if target == _NOWHERE else ""
        rows.append(f"<Relationship Id={attribute(ident)} Type={attribute(kind)} Target={attribute(target)}{mode}/>")
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(rows)}</Relationships>'.encode()


def attribute(text: str) -> str:
    """Text as the value of an attribute, in its quotes: a reader gets the very same text back.

    `xml.sax.saxutils` does so too, and loads what fetches files from the network.
    """
    return f'"{text.translate(_ESCAPED)}"'


class _Ranges:
    """The handler that bounds what another program would expand: areas cell by cell, lists range by range."""

    __slots__ = ("area", "depth", "extended", "ranges")

    def __init__(self) -> None:
        self.area = self.ranges = self.depth = 0
        self.extended = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        check_attributes(attributes)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_deep()
        local = name.rpartition(" ")[2]
        self.extended |= local == "extLst"
        if local in ("mergeCell", "hyperlink"):
            self.area += _area(attributes.get("ref", ""))
            if self.area > MAX_CELLS:
                raise over("合并或带链接的区域", self.area, MAX_CELLS, "格")
        elif "sqref" in attributes:
            self.ranges += len(attributes["sqref"].split())
            if self.ranges > MAX_RANGES:
                raise over("单元格区域", self.ranges, MAX_RANGES)

    def end(self, _name: str) -> None:
        self.depth -= 1


def _area(ref: str) -> int:
    first, _, last = ref.replace("$", "").partition(":")
    try:
        (row1, column1), (row2, column2) = row_column(first), row_column(last or first)
    except ValueError:
        return MAX_CELLS + 1  # what is no range may be read as any
    return (abs(row2 - row1) + 1) * (abs(column2 - column1) + 1)
