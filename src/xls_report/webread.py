"""A published page (.html) as paragraphs and grids: one pass of libxml2's parser, bounded; nothing fetched or run."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from xls_report.document import Document, Paragraph
from xls_report.listfile import decode
from xls_report.tabular import RAISED, STRUCK, Blocks, OpenCell, Unfit, laid_out, squeezed

MAX_DEPTH, MAX_ELEMENTS = 250, 300_000
_SKIPPED = frozenset(
    "script style template noscript title svg math iframe object embed applet audio video canvas map "
    "select textarea button datalist".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data dfn em font i img input ins kbd label mark q rp rt ruby samp small "
    "span strong tt u var wbr time nobr del s strike sup sub".split()
)
_MARKED = {"sup": RAISED, "sub": RAISED, "rt": RAISED, "del": STRUCK, "s": STRUCK, "strike": STRUCK}
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]{3,20})""")
_NUMBER = re.compile(r"\s*([0-9]{1,7})", re.ASCII)
_HEAD = 4096  # bytes that may tell the encoding
_CHINESE = frozenset({"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "hz-gb-2312"})


def read_page(data: bytes) -> Document:
    """The page as a document; raises Unfit for what is no text and for pages beyond the limits."""
    text = _text(data).replace("\0", "")
    builder = _Builder()
    parser = etree.HTMLParser(target=builder, encoding="utf-8", huge_tree=False)
    try:
        parser.feed(text.encode("utf-8", "replace"))
        found = parser.close()
    except etree.LxmlError:
        raise Unfit("网页内容无法识别") from None
    assert isinstance(found, Document)
    return found


def _text(data: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                raise Unfit("网页的文字编码认不出") from None
    named = _CHARSET.search(data[:_HEAD])
    if named is not None and named[1].decode("ascii").lower() in _CHINESE:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            pass  # pages that were moved to UTF-8 keep their old head
    text = decode(data)
    if text is None:
        raise Unfit("网页的文字编码认不出")
    return text


class _Table:
    """A table while it is read."""

    def __init__(self) -> None:
        self.rows: list[list[OpenCell]] = []
        self.cell: OpenCell | None = None


class _Builder:
    """What the parser reports, element by element; no tree is built."""

    def __init__(self) -> None:
        self.flow: list[Blocks] = [[]]
        self.tables: list[_Table] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.skipped = 0  # elements open since one that is not shown
        self.elements = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise Unfit(f"网页元素超过 {MAX_ELEMENTS:,} 个")
        self.open.append(tag)
        if len(self.open) > MAX_DEPTH:
            raise Unfit(f"网页嵌套超过 {MAX_DEPTH} 层")
        if self.skipped or tag in _SKIPPED or "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
            self.skipped += 1
            return
        if tag in _MARKED:
            self.text.append(_MARKED[tag])
        if tag not in _INLINE:
            self._flush()
        if tag == "table":
            self.tables.append(_Table())
        elif tag == "tr" and self.tables:
            self._close_cell()
            self.tables[-1].rows.append([])
        elif tag in ("td", "th") and self.tables:
            self._open_cell(tag, attributes)

    def end(self, tag: str) -> None:
        if self.open:
            self.open.pop()
        if self.skipped:
            self.skipped -= 1
            return
        if tag in _MARKED:
            self.text.append(_MARKED[tag])
        if tag not in _INLINE:
            self._flush()
        if tag in ("td", "th", "tr") and self.tables:
            self._close_cell()
        elif tag == "table" and self.tables:
            self._close_cell()
            self.flow[-1].extend(laid_out(self.tables.pop().rows))

    def data(self, text: str) -> None:
        if not self.skipped:
            self.text.append(text)

    def comment(self, text: str) -> None:
        """Comments are not shown."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Nor are instructions to programs."""

    def close(self) -> Document:
        self._flush()
        while self.tables:  # the page broke off within a table
            self.end("table")
        return Document(tuple(self.flow[0]))

    def _flush(self) -> None:
        text = squeezed("".join(self.text))
        self.text.clear()
        if text:
            self.flow[-1].append(Paragraph(text))

    def _open_cell(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._close_cell()
        table = self.tables[-1]
        if not table.rows:
            table.rows.append([])
        rows, columns = _span(attributes.get("rowspan")), _span(attributes.get("colspan")) or 1
        table.cell = OpenCell(rows, columns, tag == "th")
        table.rows[-1].append(table.cell)
        self.flow.append(table.cell.blocks)

    def _close_cell(self) -> None:
        if self.tables[-1].cell is not None:
            self.tables[-1].cell = None
            self.flow.pop()


def _span(text: str | None) -> int:
    found = _NUMBER.match(text or "1")
    return int(found[1]) if found is not None else 1
