"""The XML of a part, bounded: an expat parser that refuses what no office program writes, and a reader of small parts.

Namespaces are always resolved, so prefixes do not matter, and both namespaces of OOXML (Transitional, Strict) are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple
from xml.parsers import expat

from xls_report.package.refusal import MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, MAX_TEXT, Refused, over
from xls_report.quoting import quote

TRANSITIONAL: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
COMPATIBILITY: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
ALTERNATIVES: Final = frozenset(f"{COMPATIBILITY} {name}" for name in ("AlternateContent", "Choice", "Fallback"))
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/"
_PURL: Final = "http://purl.oclc.org/ooxml/officeDocument/"
_KNOWN: Final = frozenset(
    (
        *(TRANSITIONAL, STRICT, f"{_PACKAGE}content-types", f"{_PACKAGE}relationships"),
        *(f"{_OFFICE}{name}" for name in ("custom-properties", "extended-properties", "docPropsVTypes")),
        *(f"{_PURL}{name}" for name in ("customProperties", "extendedProperties", "docPropsVTypes")),
    )
)
RELATION_IDS: Final = (f"{_OFFICE}relationships id", f"{_PURL}relationships id")
_ENCODINGS: Final = frozenset(("utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "iso-8859-1"))
SMALL: Final = 65_536  # bytes of a part that is worth remembering
_LABEL: Final = 64  # no name of ours is longer; paths of 40 endless names would fill the memory

# A text between two tags in which nothing is escaped and nothing is folded.
_NODE: Final = re.compile(rb">([^<>&\x00-\x20][^<>&\x00-\x1f]{0,499})<")
_MARK: Final = re.compile("\ue000([0-9]+)\ue001")
_UNSURE: Final = (b"<!", b"\0", b"\xee\x80", b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_OTHER_ENCODING: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<\?xml(?![^>]*encoding=[\"'](?:UTF-8|utf-8)[\"'])[^>]*encoding"
)

Wanted = tuple[tuple[str, int, str], ...]  # path ("workbook/sheets/sheet"), how many at most, what they are called


class Record(NamedTuple):
    """One element of a small part: its path, its attributes, its own text."""

    path: str
    attributes: Mapping[str, str]
    text: str


def new_parser() -> expat.XMLParserType:
    """A parser that gives names as "namespace local" and refuses a DOCTYPE and foreign encodings (F108)."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.XmlDeclHandler = _check_declaration
    return parser


def _refuse_doctype(name: str, *_: object) -> None:
    raise Refused("F108", f"XML 内有 DOCTYPE 声明（{quote(name)}）")


def _check_declaration(_version: str, encoding: str | None, _standalone: int) -> None:
    # A closed list: Python would offer its own codecs to expat, EBCDIC among them.
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        raise Refused("F108", f"XML 的编码 {quote(encoding)} 不受支持")


def feed(parser: expat.XMLParserType, content: bytes, part: str) -> None:
    """Parse a whole part. Raises Refused: F104 if it is not well-formed, F106 if it has too many elements."""
    # Counted on the bytes, so that no handler has to: "<" begins every tag, and a part too short cannot hold so many.
    if len(content) > MAX_ELEMENTS * 4:
        elements = content.count(b"<") - content.count(b"</")
        if elements > MAX_ELEMENTS:
            raise over(f"部件 {quote(part)} 的 XML 元素", elements, MAX_ELEMENTS)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Refused("F104", f"部件 {quote(part)} 第 {error.lineno} 行不是规范的 XML") from None


def release(parser: expat.XMLParserType) -> None:
    """Drop the handlers: they and the parser hold each other, which would leave each part to the garbage collector."""
    parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
    parser.CommentHandler = parser.ProcessingInstructionHandler = parser.StartCdataSectionHandler = None


def check_attributes(attributes: Mapping[str, str]) -> None:
    """Raise Refused (F106) for an element with too many attributes."""
    if len(attributes) > MAX_ATTRIBUTES:
        raise over("一个 XML 元素的属性", len(attributes), MAX_ATTRIBUTES)


def too_deep() -> Refused:
    """The refusal of XML nested beyond the limit."""
    return Refused("F106", f"XML 嵌套超过 {MAX_DEPTH} 层")


def records(content: bytes, part: str, wanted: Wanted) -> tuple[Record, ...]:
    """The elements of a small part that stand at the wanted paths, in their order.

    Raises Refused: F104 not well-formed, F106 too many, too deep or too long, F108 a wanted element that only some
    readers would see (inside mc:AlternateContent).
    """
    # Copies of one template share most of their small parts byte for byte; equal bytes have equal records.
    if len(content) > SMALL:
        return _cached.__wrapped__(content, part, wanted)
    skeleton, texts = _apart(content)
    found = _cached(skeleton, part, wanted)
    if not texts:
        return found
    told = tuple([record._replace(text=_together(record.text, texts)) for record in found])
    return told if all(len(record.text) <= MAX_TEXT for record in told) else _cached.__wrapped__(content, part, wanted)


def _apart(content: bytes) -> tuple[bytes, list[str]]:
    """The markup with marks instead of plain texts, and these: stamps differ where all else is the same.

    Without texts where a mark might be mistaken, or the bytes might be another text than they seem to be.
    """
    if any(sign in content for sign in _UNSURE) or _OTHER_ENCODING.match(content):
        return content, []
    texts: list[str] = []

    def mark(match: re.Match[bytes]) -> bytes:
        texts.append(match[1].decode())
        return b">\xee\x80\x80%d\xee\x80\x81<" % (len(texts) - 1)

    try:
        return _NODE.sub(mark, content), texts
    except UnicodeDecodeError:
        return content, []


def _together(text: str, texts: Sequence[str]) -> str:
    return _MARK.sub(lambda match: texts[int(match[1])], text) if "\ue000" in text else text


@lru_cache(maxsize=64)
def _cached(content: bytes, part: str, wanted: Wanted) -> tuple[Record, ...]:
    reader = _RecordReader({path: (most, what) for path, most, what in wanted})
    parser = new_parser()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    feed(parser, content, part)
    for path, there in reader.counts.items():
        most, what = reader.wanted[path]
        if there > most:
            raise over(what, there, most)
    return tuple(Record(path, attributes, "".join(text)) for path, attributes, text in reader.found)


class _RecordReader:
    """The handlers of `records`: follow the path, keep what is wanted."""

    __slots__ = ("alternatives", "counts", "found", "labels", "paths", "text", "wanted")

    def __init__(self, wanted: Mapping[str, tuple[int, str]]) -> None:
        self.wanted = wanted
        self.counts = dict.fromkeys(wanted, 0)
        self.found: list[tuple[str, Mapping[str, str], list[str]]] = []
        self.paths: list[str] = [""]
        self.labels: dict[str, str] = {}
        self.alternatives = 0
        self.text: list[list[str] | None] = [None]

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        check_attributes(attributes)
        paths = self.paths
        if len(paths) > MAX_DEPTH:
            raise too_deep()
        if name in ALTERNATIVES:
            self.alternatives += 1
            paths.append(paths[-1])
            self.text.append(None)
            return
        label = self.labels.get(name) or self._label(name)
        path = paths[-1] + "/" + label if len(paths) > 1 else label
        paths.append(path)
        text: list[str] | None = None
        if path in self.wanted:
            text = []
            self._keep(path, attributes, text)
        self.text.append(text)

    def _label(self, name: str) -> str:
        namespace, _, local = name.rpartition(" ")
        label = self.labels[name] = local[:_LABEL] if namespace in _KNOWN else "?"
        return label

    def _keep(self, path: str, attributes: Mapping[str, str], text: list[str]) -> None:
        if self.alternatives:
            raise Refused("F108", f"{self.wanted[path][1]}写在 AlternateContent 内")
        self.counts[path] += 1
        if self.counts[path] <= self.wanted[path][0]:
            self.found.append((path, attributes, text))

    def end(self, name: str) -> None:
        if name in ALTERNATIVES:
            self.alternatives -= 1
        self.paths.pop()
        text = self.text.pop()
        if text and sum(map(len, text)) > MAX_TEXT:
            raise over("一段文字", sum(map(len, text)), MAX_TEXT, "字")

    def characters(self, text: str) -> None:
        own = self.text[-1]
        if own is not None:
            own.append(text)
