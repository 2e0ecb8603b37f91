"""Whether a submission can be published as its annual report: what is missing, what is wrong, in words.

The rules are those of the format and of the regulation on what a report holds (T11, T12 of the catalogue). They are
stricter than those on figures: a workbook without texts is a good return, and no report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xls_report.composing import CONTACT, one_line, plain_title
from xls_report.dates import in_year, whole_date
from xls_report.finding import Finding, finding
from xls_report.form import Form, Section
from xls_report.layout import Kind, Layout, Role
from xls_report.pages import COVER, FIELDS
from xls_report.placeholders import Trouble, replaced
from xls_report.quoting import quote
from xls_report.submission import Submission

GOVERNMENT = "人民政府"  # ends the name of a government, not of its office nor of a 街道办事处
REPLACED = frozenset({"T102", "T103"})  # what `check` remarks on and is graver here
_YEAR = re.compile(r"[〔\[［(（【]\s*(\d{4})\s*[〕\]］)）】]")
_PUNCTUATION = re.compile(r"[，。；：、！？,;:!?\s]")
_CODES = {Trouble.UNKNOWN: "T122", Trouble.BLANK: "T123", Trouble.ALONE: "T124"}
_LONGEST = 40  # characters of a name beneath a text


@dataclass(frozen=True)
class Places:
    """Where a workbook takes what a report needs: cells of its cover by entry, and whether it has text sheets."""

    cover: Mapping[str, str]
    texts: bool

    @classmethod
    def of(cls, layout: Layout) -> Places:
        """The places of a layout."""
        sheet = next((s for s in layout.sheets if any(s.of(Role.FIELD))), None)
        cover = {cell.key: cell.address for cell in sheet.of(Role.FIELD)} if sheet is not None else {}
        return cls(cover, layout.kind in (Kind.UNIT, Kind.WORKING))


def publication_findings(submission: Submission, places: Places, forms: Sequence[Form]) -> tuple[Finding, ...]:
    """Everything that stands against publishing, and what is only remarked on."""
    found = [
        *_signature(submission, places),
        *_number(submission, places),
        *_contact(submission, places),
    ]
    for section in submission.form.sections:
        found.extend(_section(submission, section, places))
        found.extend(_prose(submission, section, forms))
    return tuple(found)


def _signature(submission: Submission, places: Places) -> Iterator[Finding]:
    """A date of signature is there, and after the period."""
    text, at = submission.cover.get("signed_on", ""), _at(places, "signed_on")
    if not text:
        yield finding("T114", sheet=COVER if at else "", cells=at)
        return
    try:
        signed = date.fromisoformat(text)
    except ValueError:
        yield finding("T116", sheet=COVER, cells=at, given=quote(text))
        return
    end = date(submission.year, 12, 31)
    if signed <= end:
        due = in_year(signed, submission.year + 1).isoformat()
        # The number of the document bears witness: of another year, it is not known what is right.
        sure = _years(submission) <= {submission.year + 1}
        hint = f"疑似年份写错，是否应为 {due}？" if sure else ""
        when = "早于" if signed < end else "就在"
        facts = {"when": when, "period": end.isoformat(), "hint": hint}
        yield finding("T115", sheet=COVER, cells=at, given=signed.isoformat(), due=due if sure else None, **facts)


def _years(submission: Submission) -> set[int]:
    """The years that 发文字号 names: one, or none."""
    return {int(year) for year in _YEAR.findall(submission.cover.get("document_no", ""))}


def _number(submission: Submission, places: Places) -> Iterator[Finding]:
    years = _years(submission)
    if years and years != {submission.year + 1}:
        facts = {"given": quote(submission.cover["document_no"]), "due": str(submission.year + 1)}
        yield finding("T117", sheet=COVER, cells=_at(places, "document_no"), year=submission.year, **facts)


def _contact(submission: Submission, places: Places) -> Iterator[Finding]:
    labels = {key: label for key, label, *_ in FIELDS}
    missing = [key for key in CONTACT if key not in submission.cover]
    if "phone" in missing:
        missing.remove("phone")
        yield finding("T121", sheet=COVER if places.cover else "", cells=_at(places, "phone"))
    if missing and places.cover:
        cells = [places.cover[key] for key in missing]
        yield finding("T120", sheet=COVER, cells=cells, given="、".join(labels[key] for key in missing))


def _at(places: Places, key: str) -> tuple[str, ...]:
    return (places.cover[key],) if key in places.cover else ()


def _section(submission: Submission, section: Section, places: Places) -> Iterator[Finding]:
    """All that the format asks of a text section is written."""
    texts = {part.id: "".join(submission.texts.get(part.id, ())) for part in section.parts}
    written = "".join(texts.values())
    if not written:
        detail = f"工作表“{section.sheet}”没有文字" if places.texts else "这份表没有写文字的工作表"
        yield finding("T110", sheet=section.sheet if places.texts else "", given=section.title, detail=detail)
        return
    count = len(_PUNCTUATION.sub("", written))
    if count < section.least:
        cells = [cell for part in section.parts for cell in submission.text_cells.get(part.id, ())]
        facts = {"given": quote(written), "due": str(section.least), "title": section.title}
        yield finding("T111", sheet=section.sheet, cells=dict.fromkeys(cells), **facts)
    for part in section.parts:
        if not texts[part.id] and plain_title(part.title) not in written:
            yield finding("T112", sheet=section.sheet, given=part.title, title=section.title)
        lacking = [word for word in part.governments if word not in written]
        if lacking and submission.unit.name.endswith(GOVERNMENT):
            yield finding("T113", sheet=section.sheet, given="、".join(lacking), title=part.title)


def _prose(submission: Submission, section: Section, forms: Sequence[Form]) -> Iterator[Finding]:
    """What single paragraphs say: names of figures, other years' formats, somebody's signature."""
    for part in section.parts:
        texts = submission.texts.get(part.id, ())
        cells = submission.text_cells.get(part.id, ())
        for n, text in enumerate(texts):
            at = cells[n : n + 1]
            yield from _names(submission, section.sheet, at, text)
            for form in forms:
                if form.basis in text and form is not submission.form:
                    facts = {"given": form.basis, "due": submission.form.basis, "page": section.sheet}
                    yield finding("T119", sheet=section.sheet, cells=at, **facts)
        signer = texts[-2] if len(texts) > 1 and whole_date(texts[-1].replace(" ", "")) is not None else ""
        named = one_line(signer).replace(" ", "")
        if named and len(named) <= _LONGEST and not _PUNCTUATION.search(named) and named != submission.unit.name:
            facts = {"given": quote(signer), "due": quote(submission.unit.name), "table": f"“{part.title}”"}
            yield finding("T118", sheet=section.sheet, cells=cells[len(texts) - 2 : len(texts) - 1], **facts)


def _names(submission: Submission, sheet: str, at: Sequence[str], text: str) -> Iterator[Finding]:
    for fault in replaced(text, submission.figures)[1]:
        near = f"，相近的有 {'、'.join(fault.near)}" if fault.near else ""
        given = {"{": "左括号", "}": "右括号"}.get(fault.name, quote(fault.name))
        yield finding(_CODES[fault.trouble], sheet=sheet, cells=at, given=given, near=near, page=sheet)
