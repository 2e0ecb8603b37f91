"""A unit's blank as a copy: a workbook rendered once, in which only what is the unit's own is put in anew.

The slow twin is `writer.write`: a copy inflates to the same members in the same order. Where that is not certain (a
text that XlsxWriter would store another way, a name that is also a word of the form) the blank is rendered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from html import escape

from xls_report.figure import Figure
from xls_report.layout import Kind, Layout, Role, Sheet, iter_cells
from xls_report.splice import Member, Mould, members, package
from xls_report.stamp import Stamp, entries, identity
from xls_report.submission import Submission, Unit
from xls_report.writer import stamp_of, write

# Two units that are none: where their texts differ, the text is a unit's own.
_NOBODY, _OTHER = Unit("\uf8e1", "\uf8e2"), Unit("\uf8e3", "\uf8e4")
_STRANGE = tuple(char.encode() for unit in (_NOBODY, _OTHER) for char in (unit.code, unit.name))
_FIRST = {_NOBODY: 700_000_000_000_000, _OTHER: 800_000_000_000_000}  # of last year's figures of each
_DIGITS = re.compile(rb"70000000[0-9]{7}")

_STRINGS = "xl/sharedStrings.xml"
_STRING = re.compile(rb"<si>.*?</si>", re.DOTALL)
_NUMBER = re.compile(rb'<c r="([A-Z]+[0-9]+)"(?: s="[0-9]+")?(><v>([^<]*)</v></c>)')
_HEADER = re.compile(rb"<oddHeader>&amp;L(" + _NOBODY.name.encode() + rb")&amp;R[^<]*</oddHeader>")
# What XlsxWriter stores with an escape or an attribute, or reads as its own sign.
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\s|^<r>|\s$")
_ODD_IN_HEADER = re.compile(r"&\[|&G")
_LONGEST, _LONGEST_NAME = 250, 100  # characters that fit in whatever carries a text

# What fills a hole: the name in a header, the stamp's line, a text by its number, the figure of an item.
_NAME, _LINE, _TEXT, _PRIOR, _INPUT = "name", "line", "text {}", "prior {}", "input {}"
Cut = tuple[int, int, str]  # from, to: where the hole is in the member; what fills it
Part = Member | tuple[Mould, tuple[str, ...]]  # of a package: the same in every copy, or with what fills its holes


def copy(layout: Layout, submission: Submission, *, password: str = "") -> bytes:
    """The workbook of a blank as `write` gives it, spliced where it can be."""
    s = submission
    plain = s.form is layout.form and layout.kind in (Kind.UNIT, Kind.TABLES)
    written = s.texts or s.cover or s.explanations or s.state
    if plain and not written and s.untouched:
        template = _template(layout, s.year, password, s.label, s.issuer, s.flags, prior=bool(s.prior))
        data = template.filled(s) if template is not None else None
        if data is not None:
            return data
    return write(layout, s, password=password)


@dataclass(frozen=True)
class _Template:
    """A workbook of nobody: its members, those that differ from unit to unit with their holes."""

    layout: Layout
    parts: tuple[Part, ...]
    texts: tuple[str, ...]  # of the stamp's and the identity's cells
    own: Mapping[int, int]  # number of a text that is the unit's own → of the first text that is the same
    words: frozenset[bytes]  # the strings that every copy has
    prior: Mapping[str, str]  # hole → item of last year's figure
    inputs: Mapping[str, str]  # hole → item of the figure that follows from it

    def filled(self, submission: Submission) -> bytes | None:
        """The copy of a unit; None where it is not certain to be what `write` gives."""
        said = self._said(submission, stamp_of(self.layout, submission))
        if said is None:
            return None
        parts = (
            part if isinstance(part, Member) else part[0].filled([said[hole] for hole in part[1]])
            for part in self.parts
        )
        return package(parts)

    def _said(self, submission: Submission, stamp: Stamp) -> dict[str, bytes] | None:
        texts = _texts(self.layout, stamp)
        name = stamp.unit.name.replace("&", "&&")
        if len(name) > _LONGEST_NAME or _ODD_IN_HEADER.search(name):
            return None
        if len(texts) != len(self.texts) or not all(map(_sure, (name, stamp.line, *(texts[n] for n in self.own)))):
            return None
        if any(texts[n] != (texts[self.own[n]] if n in self.own else self.texts[n]) for n in range(len(texts))):
            return None
        own = {n: _xml(texts[n]) for n in self.own.values()}
        if len(set(own.values())) < len(own) or any(_string(text) in self.words for text in own.values()):
            return None
        said = {_TEXT.format(n): text for n, text in own.items()}
        said |= {_NAME: _xml(name), _LINE: _xml(stamp.line)}
        for items, figures in ((self.prior, submission.prior), (self.inputs, submission.values)):
            if not all(map(_finite, figures.values())):
                return None
            said.update((hole, _cell_end(figures.get(item))) for hole, item in items.items())
        return said


class _UnlikeError(Exception):
    """A rendered workbook is not as this module knows them."""


@lru_cache(maxsize=16)
def _template(
    layout: Layout, year: int, password: str, label: str, issuer: str, flags: frozenset[str], *, prior: bool
) -> _Template | None:
    """The template of all blanks that have these in common; None when it is not as expected."""

    def blank(unit: Unit) -> Submission:
        figures = {item.id: _FIRST[unit] + n for n, item in enumerate(layout.form.items)} if prior else {}
        values = layout.form.prefilled(figures)
        return Submission(layout.form, year, unit, values, flags=flags, label=label, issuer=issuer, prior=figures)

    nobody = blank(_NOBODY)
    texts, others = (_texts(layout, stamp_of(layout, blank(unit))) for unit in (_NOBODY, _OTHER))
    own = {n: texts.index(text) for n, (text, other) in enumerate(zip(texts, others, strict=True)) if text != other}
    rendered = members(write(layout, nobody, password=password))
    try:
        parts = tuple(_parts(layout, nobody, rendered, {n: texts[n] for n in own.values()}))
        (strings,) = (part for part in rendered if part.name == _STRINGS)
    except (_UnlikeError, ValueError):
        return None
    words = frozenset(_STRING.findall(strings.content)) - {_string(_xml(texts[n])) for n in own}
    holes = {hole for part in parts if not isinstance(part, Member) for hole in part[1]}
    last_year, inputs = (
        {hole: item.id for item in layout.form.items if (hole := kind.format(item.id)) in holes}
        for kind in (_PRIOR, _INPUT)
    )
    return _Template(layout, parts, texts, own, words, last_year, inputs)


def _parts(layout: Layout, nobody: Submission, rendered: Iterable[Member], own: Mapping[int, str]) -> Iterator[Part]:
    """Each member cut where a unit's own texts and figures are; raises _UnlikeError."""
    sheets = {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(layout.sheets, 1)}
    line = _xml(stamp_of(layout, nobody).line)
    for member in rendered:
        content = member.content
        cuts = [(*at.span(), _LINE) for at in re.finditer(re.escape(line), content)]
        if member.name in sheets:
            cuts += [*_header_cut(content), *_figure_cuts(content, sheets.pop(member.name), nobody)]
        elif member.name == _STRINGS:
            cuts += (_text_cut(content, text, number) for number, text in own.items())
        yield _part(member, content, sorted(cuts))
    if sheets:
        raise _UnlikeError


def _part(member: Member, content: bytes, cuts: list[Cut]) -> Part:
    """The member as chunks between holes, as it is where it has none; nothing of nobody may be left."""
    starts, ends = [0, *(end for _, end, _ in cuts)], [*(start for start, _, _ in cuts), len(content)]
    chunks = [content[start:end] for start, end in zip(starts, ends, strict=True)]
    if any(mark in chunk for chunk in chunks for mark in _STRANGE) or any(map(_DIGITS.search, chunks)):
        raise _UnlikeError
    return (Mould(member.name, chunks), tuple(hole for *_, hole in cuts)) if cuts else member


def _header_cut(content: bytes) -> Iterator[Cut]:
    found = _HEADER.search(content)
    if found is None:
        raise _UnlikeError
    yield *found.span(1), _NAME


def _figure_cuts(content: bytes, sheet: Sheet, nobody: Submission) -> Iterator[Cut]:
    """The cells of last year's figures and of what they prefill: all that follows the style, as blanks have less."""
    figures = {Role.PRIOR: nobody.prior, Role.INPUT: nobody.values}
    kinds = {Role.PRIOR: _PRIOR, Role.INPUT: _INPUT}
    due = {cell.address.encode(): cell for cell in sheet.of(*figures) if cell.key in figures[cell.role]}
    for found in _NUMBER.finditer(content):
        cell = due.pop(found[1], None)
        if cell is not None:
            if found[2] != _cell_end(figures[cell.role][cell.key]):
                raise _UnlikeError
            yield *found.span(2), kinds[cell.role].format(cell.key)
    if due:
        raise _UnlikeError


def _text_cut(content: bytes, text: str, number: int) -> Cut:
    element = _string(_xml(text))
    if content.count(element) != 1:
        raise _UnlikeError
    start = content.index(element) + len(b"<si><t>")
    return start, start + len(_xml(text)), _TEXT.format(number)


def _texts(layout: Layout, stamp: Stamp) -> tuple[str, ...]:
    """The texts that follow from the stamp, in the order in which the writer puts them."""
    cells = (identity(cell.content, layout.form, stamp) for _, cell in iter_cells(layout, Role.IDENTITY))
    return *cells, *_flat(entries(stamp, layout.form))


def _flat(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    return (text for row in rows for text in row)


def _sure(text: str) -> bool:
    """Whether a text is stored as it is but for `&`, `<` and `>`, wherever it stands."""
    return 0 < len(text) <= _LONGEST and _ODD.search(text) is None


def _finite(value: Figure | None) -> bool:
    return not isinstance(value, Decimal) or value.is_finite()


def _xml(text: str) -> bytes:
    return escape(text, quote=False).encode()


def _string(text: bytes) -> bytes:
    """A shared string as XlsxWriter writes it."""
    return b"<si><t>" + text + b"</t></si>"


def _cell_end(value: Figure | None) -> bytes:
    """How the element of a cell goes on after its style; the figure as XlsxWriter writes it."""
    return b"/>" if value is None else f"><v>{value:.16G}</v></c>".encode()
