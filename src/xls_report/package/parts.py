"""The parts of a package: of what type each is, how they refer to each other, and which of them are active or foreign.

Parts are found through relationships and content types, never by a file's name alone; active content is refused by any
of the three, so that no single disguise hides it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote

from xls_report.package.container import Container
from xls_report.package.partxml import SMALL, Wanted, records
from xls_report.package.refusal import MAX_MEMBERS, MAX_RANGES, Refused
from xls_report.quoting import quote

TYPES_PART: Final = "[Content_Types].xml"
_TYPES: Final[Wanted] = (
    ("Types/Default", 2 * MAX_MEMBERS, "内容类型"),
    ("Types/Override", 2 * MAX_MEMBERS, "内容类型"),
)
_RELATIONS: Final[Wanted] = (("Relationships/Relationship", MAX_RANGES, "部件关系"),)
_LINK: Final[Wanted] = (
    ("externalLink/externalBook", 1, "外部工作簿"),
    ("externalLink/ddeLink", 1, "DDE 链接"),
    ("externalLink/oleLink", 1, "OLE 链接"),
)
_VBA: Final = ("F107", "宏（VBA 工程）")
_MACRO_SHEET: Final = ("F107", "Excel 4.0 宏表")
_DIALOG: Final = ("F107", "对话框表")
_OLE: Final = ("F114", "OLE 对象")
_ACTIVEX: Final = ("F114", "ActiveX 控件")
_CONNECTION: Final = ("F114", "数据连接")
_QUERY: Final = ("F114", "查询表")
_RIBBON: Final = ("F114", "自定义功能区")
_LIVE: Final = ("F114", "实时数据")
_ACTIVE_RELATIONS: Final = {
    "vbaproject": _VBA,
    "xlmacrosheet": _MACRO_SHEET,
    "xlintlmacrosheet": _MACRO_SHEET,
    "dialogsheet": _DIALOG,
    "oleobject": _OLE,
    "package": _OLE,
    "control": _ACTIVEX,
    "activexcontrolbinary": _ACTIVEX,
    "connections": _CONNECTION,
    "querytable": _QUERY,
    "extensibility": _RIBBON,
    "usercustomization": _RIBBON,
    "attachedtoolbars": _RIBBON,
    "volatiledependencies": _LIVE,
}
_ACTIVE_TYPES: Final = (
    ("vbaproject", _VBA),
    ("macrosheet", _MACRO_SHEET),
    ("dialogsheet", _DIALOG),
    ("oleobject", _OLE),
    ("activex", _ACTIVEX),
    ("spreadsheetml.connections", _CONNECTION),
    ("spreadsheetml.querytable", _QUERY),
    ("volatiledependencies", _LIVE),
)
_ACTIVE_NAMES: Final = (
    ("xl/vbaproject.bin", _VBA),
    ("xl/macrosheets/", _MACRO_SHEET),
    ("xl/dialogsheets/", _DIALOG),
    ("xl/embeddings/", _OLE),
    ("xl/activex/", _ACTIVEX),
    ("xl/connections.xml", _CONNECTION),
    ("xl/querytables/", _QUERY),
    ("customui/", _RIBBON),
    ("word/vbaproject.bin", _VBA),
    ("word/embeddings/", _OLE),
    ("word/activex/", _ACTIVEX),
)
_ACTIVE_STARTS: Final = tuple(start for start, _ in _ACTIVE_NAMES)
_FOREIGN_TYPES: Final = (
    ("image/", "图片"),
    ("cellimage", "单元格图片"),
    ("drawingml.chart+xml", "图表"),
    ("spreadsheetml.comments", "批注"),
    ("threadedcomments", "批注"),
    ("spreadsheetml.pivottable", "数据透视表"),
    ("externallink", "外部链接"),
    ("controlproperties", "窗体控件"),
    ("webextension", "加载项"),
)


class Relation(NamedTuple):
    """One reference from a part: ``kind`` is the last word of its type, lower case; ``target`` as written."""

    source: str
    id: str
    kind: str
    target: str
    external: bool

    @lru_cache(maxsize=1024)  # noqa: B019 - of a tuple: equal references lead to the same part
    def part(self) -> str:
        """The name of the part referred to. Raises Refused (F108) if it is outside of the file."""
        if self.external:
            raise Refused("F108", f"部件 {quote(self.target)} 在文件之外")
        path = unquote(self.target)
        segments: list[str] = []
        for segment in posixpath.join(posixpath.dirname(self.source), path).split("/"):
            if segment == ".." and not segments:
                raise Refused("F108", f"部件 {quote(self.target)} 在文件之外")
            if segment == "..":
                segments.pop()
            elif segment not in ("", "."):
                segments.append(segment)
        return "/".join(segments)


def content_types(container: Container) -> Mapping[str, str]:
    """The content type, lower case, of every member that has one, by its lower-case name. Raises Refused."""
    by_suffix: dict[str, str] = {}
    by_part: dict[str, str] = {}
    for path, attributes, _ in records(container.read(TYPES_PART), TYPES_PART, _TYPES):
        default = path == "Types/Default"
        types = by_suffix if default else by_part
        key = attributes.get("Extension" if default else "PartName", "").lower()
        key = key if default else unquote(key).removeprefix("/")
        kind = attributes.get("ContentType", "").lower()
        if types.setdefault(key, kind) != kind:
            raise Refused("F108", f"部件 {quote(key)} 有两种内容类型")
    found = ((key, by_part.get(key) or by_suffix.get(key.rpartition(".")[2])) for key in container.members)
    return {key: kind for key, kind in found if kind}


def relations_of(container: Container, part: str) -> tuple[Relation, ...]:
    """The references from a part ("" is the package itself), none if it has none. Raises Refused."""
    folder, _, base = part.rpartition("/")
    rels = posixpath.join(folder, "_rels", f"{base}.rels")
    return _relations(container, rels, part) if rels in container else ()


def _relations(container: Container, rels: str, source: str) -> tuple[Relation, ...]:
    content = container.read(rels)
    # Copies of one template have the same references, byte for byte.
    read = _cached if len(content) <= SMALL else _cached.__wrapped__
    return read(content, rels, source)


@lru_cache(maxsize=64)
def _cached(content: bytes, rels: str, source: str) -> tuple[Relation, ...]:
    found: dict[str, Relation] = {}
    for _, attributes, _ in records(content, rels, _RELATIONS):
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        external = attributes.get("TargetMode", "").lower() == "external"
        relation = Relation(source, attributes.get("Id", ""), kind, attributes.get("Target", ""), external)
        if relation.id in found:
            raise Refused("F108", f"部件关系 {quote(relation.id)} 重复")
        found[relation.id] = relation
    return tuple(found.values())


def check_active(container: Container, types: Mapping[str, str]) -> tuple[str, ...]:
    """The kinds of foreign things in the file. Raises Refused for active ones: F107 macros, F114 all others."""
    for key in container.members:
        if key.startswith(_ACTIVE_STARTS):
            raise Refused(*next(reason for start, reason in _ACTIVE_NAMES if key.startswith(start)))
    every = "\n".join(types.values())
    for word, reason in _ACTIVE_TYPES:
        if word in every:
            raise Refused(*reason)
    kinds = dict.fromkeys(_foreign(types))
    for relation in _all_relations(container):
        if relation.kind in _ACTIVE_RELATIONS:
            raise Refused(*_ACTIVE_RELATIONS[relation.kind])
        if relation.external and relation.kind != "hyperlink":
            kinds["外部链接"] = None
        if relation.kind == "externallink" and not relation.external:
            _check_link(container, relation.part())
    for key, kind in types.items():
        if "externallink" in kind:
            _check_link(container, key)
    return tuple(kinds)


def _foreign(types: Mapping[str, str]) -> Iterator[str]:
    every = "\n".join(types.values())
    for word, what in _FOREIGN_TYPES:
        if word in every and any(word in kind and not key.startswith("docprops/") for key, kind in types.items()):
            yield what


def _all_relations(container: Container) -> Iterator[Relation]:
    for key in container.members:
        if key.endswith(".rels"):
            folder, _, base = key.removesuffix(".rels").rpartition("/")
            yield from _relations(container, key, posixpath.join(posixpath.dirname(folder), base))


def _check_link(container: Container, part: str) -> None:
    """A link to another workbook passes, a link to another program (DDE, OLE) does not."""
    for path, _, _ in records(container.read(part), part, _LINK):
        if not path.endswith("externalBook"):
            raise Refused("F114", "DDE 链接" if path.endswith("ddeLink") else "OLE 链接")
