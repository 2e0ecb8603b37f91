"""What a published report says in words: its text sections, number, date, issuer and contact, and the year it is of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from xls_report.compare import label_key
from xls_report.dates import whole_date
from xls_report.document import Document, Grid
from xls_report.finding import Finding, finding
from xls_report.form import Form, Section
from xls_report.labels import unnumbered
from xls_report.quoting import quote, safe_text

_NUMBER = re.compile(
    r"[\u4e00-\u9fff（）()]{1,20}\s*[〔\[［(（【]\s*\d{4}\s*[〕\]］)）】]\s*(?:第\s*)?\d{1,5}\s*号", re.ASCII
)
_YEAR = re.compile(
    r"(?<!\d)(\d{4})\s*年(?:度)?\s*(?:政府|政务)?信息公开(?:工作)?(?:年度)?(?:工作)?(?:年度)?报告", re.ASCII
)
_CONTACT = {
    "address": re.compile(r"(?:联系|通讯|通信|办公)?地\s*址\s*[:：]\s*([^；;，,。）)\n]{4,60})"),
    "postcode": re.compile(r"邮(?:政\s*)?编(?:码)?\s*[:：]\s*(\d{6})(?!\d)", re.ASCII),
    "phone": re.compile(r"(?:联系|办公|咨询)?电\s*话\s*[:：]\s*(\d[\d\-—－]{5,18}\d)", re.ASCII),
    "email": re.compile(
        r"(?:电子\s*)?(?:邮\s*箱|邮件|E-?mail)\s*[:：]\s*([\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)", re.ASCII | re.I
    ),
}
_SIGNATURE = 30  # letters of a line that names who signs
_LATE = 8  # lines from the end, within which the date stands
_TAIL = re.compile(r"(?:情况|工作|工作情况)?[。：:]?$")
_STOPS = "。；;！!？?：:，,"


@dataclass
class Words:
    """Texts by part, cover entries by field, who signed, the year that the title names (0: none or several)."""

    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cover: dict[str, str] = field(default_factory=dict)
    issuer: str = ""
    year: int = 0
    findings: list[Finding] = field(default_factory=list)


def read_words(document: Document, form: Form) -> Words:
    """Everything in words; what is not found is told, and holds no figure up."""
    before, sections = _sections(document, form)
    words = Words()
    every = [*before, *(line for lines in sections.values() for line in lines)]
    words.year = _year(before or every)
    last = form.sections[-1].id if form.sections else ""
    signed: date | None = None
    if last in sections:
        sections[last], words.issuer, signed = _signed(sections[last])
    for section in form.sections:
        words.texts.update(_parts(section, sections.get(section.id, []), words.findings))
    words.cover = _cover(every, before, signed)
    return words


def _sections(document: Document, form: Form) -> tuple[list[str], dict[str, list[str]]]:
    """The lines before the first heading, and those of each text section; lines round the tables belong to none."""
    titles: dict[str, str] = {}
    headed = [(part.id, part.title, part.aliases) for part in form.sections]
    headed += [(table.id, table.title, table.aliases) for table in form.tables]
    for ident, title, aliases in headed:
        for text in (title, *aliases):
            titles[label_key(text)] = ident
            titles.setdefault(unnumbered(label_key(text)), ident)
    wanted = {section.id for section in form.sections}
    before: list[str] = []
    found: dict[str, list[str]] = {}
    current: str | None = None
    for block in document.blocks:
        if isinstance(block, Grid):
            continue
        heading = titles.get(label_key(block.text).rstrip("。:"))
        if heading is not None:
            current = heading
            if heading in wanted:
                found.setdefault(heading, [])
        elif current is None:
            before.append(block.text)
        elif current in wanted:
            found[current].append(block.text)
    return before, found


def year_of(document: Document, form: Form) -> int:
    """The one report year that the lines in front of the sections name; 0 where there is none, or several."""
    before, sections = _sections(document, form)
    return _year(before or [line for lines in sections.values() for line in lines])


def _year(lines: Sequence[str]) -> int:
    years = {int(match[1]) for line in lines for match in _YEAR.finditer(line)}
    return years.pop() if len(years) == 1 else 0


def _parts(section: Section, lines: list[str], tell: list[Finding]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A section's lines by part; a section that is not divided as the form has it stands in the first part."""
    kept = [safe_text(line) for line in lines if line.strip()]
    if not kept:
        tell.append(finding("S219", given=section.title))
        return
    if len(section.parts) == 1:
        yield section.parts[0].id, tuple(kept)
        return
    found: dict[str, list[str]] = {}
    current = section.parts[0]
    headed = False
    for line in kept:
        part = next((part for part in section.parts if _heads(line, part.title)), None)
        if part is not None:
            current, headed = part, True
        rest = _without(line, part.title) if part is not None else line
        if rest:
            found.setdefault(current.id, []).append(rest)
    if not headed:
        tell.append(finding("S220", where=section.title, due=section.parts[0].title))
    yield from ((ident, tuple(text)) for ident, text in found.items())


def _heads(line: str, title: str) -> bool:
    """Whether the line is the heading of a part, or begins with it."""
    key, due = label_key(line), label_key(title)
    if key.startswith(due):
        return True
    return _TAIL.sub("", key) == unnumbered(due)


def _without(line: str, title: str) -> str:
    """Nothing where the line is the heading alone, else the whole line as its issuer wrote it."""
    key, due = label_key(line), label_key(title)
    alone = _TAIL.sub("", key) in (due, unnumbered(due))
    return "" if alone else line


def _signed(lines: list[str]) -> tuple[list[str], str, date | None]:
    """The last section without the signature at its end, who signed, and when."""
    for place in range(len(lines) - 1, max(-1, len(lines) - 1 - _LATE), -1):
        day = whole_date(lines[place])
        if day is not None:
            above = lines[place - 1] if place else ""
            issuer = above if 0 < len(above) <= _SIGNATURE and above[-1] not in _STOPS else ""
            return lines[: place - 1 if issuer else place], issuer, day
    return lines, "", None


def _cover(every: Sequence[str], before: Sequence[str], signed: date | None) -> dict[str, str]:
    """Entries of the cover that the report labels once, or always in the same way."""
    found: dict[str, str] = {}
    numbers = {"".join(line.split()) for line in before if _NUMBER.fullmatch(line.strip())}
    if len(numbers) == 1:
        found["document_no"] = numbers.pop()
    if signed is not None:
        found["signed_on"] = signed.isoformat()
    for key, pattern in _CONTACT.items():
        said = {match[1] for line in every for match in pattern.finditer(line)}
        if len(said) == 1:
            found[key] = said.pop().strip()
    return found


def issuer_findings(words: Words, unit: str) -> Iterator[Finding]:
    """A signature that does not bear the unit's name."""
    if words.issuer and label_key(words.issuer) != label_key(unit):
        yield finding("S221", given=quote(words.issuer), due=quote(unit))


def shown_cover(cover: Mapping[str, str], issuer: str) -> str:
    """Number, date and issuer for the last line of the result."""
    told = (("发文字号", cover.get("document_no")), ("成文日期", cover.get("signed_on")), ("落款", issuer))
    return "，".join(f"{label} {text}" for label, text in told if text)
