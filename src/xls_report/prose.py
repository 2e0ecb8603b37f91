"""The prose of a submission against its own tables, clause by clause: every finding is a warning that quotes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from xls_report.clauses import OWN, Clause, Line, sentences
from xls_report.equation import Sum
from xls_report.figure import Figure, shown
from xls_report.finding import Finding, finding
from xls_report.form import Form
from xls_report.hits import Hit, columns_of, hits_of, matter
from xls_report.layout import Layout, Role
from xls_report.proseyear import year_finding
from xls_report.quoting import quote
from xls_report.speaker import OwnWords, Speaker, excepts, own_words
from xls_report.submission import Submission

_QUOTED = 40  # characters of the prose that a finding quotes


@dataclass
class Said:
    """The figures of a paragraph: those that may be compared, those that agree with the table."""

    hits: list[Hit] = field(default_factory=list)
    agreeing: set[int] = field(default_factory=set)  # by `id` of the phrase


def prose_findings(
    submission: Submission, layout: Layout, cells: Mapping[str, Sequence[str]] | None = None
) -> tuple[Finding, ...]:
    """Where the texts and the tables do not agree. `cells` are the addresses of the paragraphs, part by part.

    Without `cells` a paragraph is taken to stand in the cell of its number.
    """
    if not any(submission.texts.values()):
        return ()
    cells = cells if cells is not None else _in_order(layout)
    own = own_words(submission.unit.name, bool(submission.covers))
    found: list[Finding] = []
    for section in submission.form.sections:
        for part in section.parts:
            for n, text in enumerate(submission.texts.get(part.id, ())):
                where = tuple(cells.get(part.id, ())[n : n + 1])
                place = _Place(submission, layout, own, section.sheet, section.title, where)
                found += _paragraph(place, part.title, text)
    return tuple(found)


def _in_order(layout: Layout) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for sheet in layout.sheets:
        for cell in sheet.of(Role.TEXT):
            found.setdefault(cell.key, []).append(cell.address)
    return found


@dataclass(frozen=True)
class _Place:
    """Where a paragraph stands, and the tables it is held against."""

    submission: Submission
    layout: Layout
    own: OwnWords
    sheet: str
    title: str
    cells: tuple[str, ...]

    def found(self, code: str, text: str, clauses: Iterable[Clause], **facts: object) -> Finding:
        ends = [(clause.start, clause.end) for clause in clauses]
        said = excerpt(text, min(start for start, _ in ends), max(end for _, end in ends))
        items = facts.pop("items", ())
        assert isinstance(items, tuple)
        return finding(code, sheet=self.sheet, cells=self.cells, items=items, text=f"{self.title}“{said}”", **facts)  # type: ignore[arg-type]

    def value(self, total: Sum) -> Figure | None:
        return total.evaluate(lambda name: self.submission.figures[name.ident])


def excerpt(text: str, start: int, end: int) -> str:
    """A piece of a paragraph as a message may quote it, with … where it goes on."""
    piece = text[start:end].strip()
    if len(piece) > _QUOTED:
        piece = f"{piece[: _QUOTED - 20]}…{piece[-19:]}"
    before = "…" if text[:start].strip() else ""
    return f"{before}{quote(piece)}{'…' if text[end:].strip(' 。！？；') else ''}"


def _paragraph(place: _Place, title: str, text: str) -> Iterator[Finding]:
    submission = place.submission
    line = Line(text)
    line.plain_figures()
    wrong_year = year_finding(line, submission.year)
    if wrong_year is not None:
        year, clause = wrong_year
        yield place.found("T212", text, [clause], given=str(year), due=str(submission.year))
    line.name_years(submission.year)
    line.replace(place.own.spans(line.text), OWN)
    said = _said(place, title, line)
    if not said.hits:
        return
    wrong = _disagreeing(said)
    for hit in wrong:
        yield _mismatch(place, text, hit)
    yield from _unbalanced(place, text, said, wrong)


def _said(place: _Place, title: str, line: Line) -> Said:
    """Every figure of the paragraph that is the unit's own, of the whole year."""
    form, said = place.submission.form, Said()
    speaker = Speaker(title, columns_of(form))
    for sentence in sentences(line):
        given = [hits_of(form, clause) for clause in sentence]
        last = max((n for n, hits in enumerate(given, 1) if hits), default=0)
        speaker.begin()
        left_out = last > 0 and excepts("，".join(clause.text for clause in sentence))
        whole = ""  # the name of what was last given in full, and agrees
        for n, clause in enumerate(sentence[:last]):
            hits = [] if left_out else [h for h in given[n] if _counts(form, h, speaker, whole)]
            hits = [hit for hit in hits if not _narrowed(hit, sentence[n + 1 :])]
            for hit in hits:
                said.hits.append(hit)
                if _agrees(place, hit):
                    said.agreeing.add(id(hit.phrase))
                if not hit.phrase.within:
                    whole = hit.phrase.name if _agrees(place, hit) else ""
            if hits:
                speaker.tell(clause.text)
            else:
                whole = ""
                speaker.hear(clause.text)
        for clause in sentence[last:]:
            speaker.note(clause.text)
    return said


def _counts(form: Form, hit: Hit, speaker: Speaker, whole: str) -> bool:
    if hit.phrase.within:
        return whole in hit.phrase.within
    return speaker.whole(hit.clause.text) and speaker.speaks_of(
        hit.phrase.about, hit.clause.text, matter(form, hit.phrase.code)
    )


def _narrowed(hit: Hit, rest: Iterable[Clause]) -> bool:
    """Whether the sentence goes on to say how many of these are of the matter: 行政复议 5 件，其中信息公开类 1 件."""
    about = hit.phrase.about
    if any(word in hit.clause.text for word in about):
        return False
    return any(c.text.startswith("其中") and any(word in c.text for word in about) for c in rest)


def _agrees(place: _Place, hit: Hit) -> bool:
    slack = hit.count.slack
    for total in hit.phrase.sums:
        value = place.value(total)
        if value is None:
            continue
        gap: Figure = hit.count.value - value
        if hit.phrase.most and gap <= slack:
            return True
        if gap == 0 or -slack < gap < slack:
            return True
    # What the table does not say cannot be wrong.
    return place.value(hit.phrase.sums[0]) is None


def _disagreeing(said: Said) -> list[Hit]:
    """Figures that agree with nothing: of a phrase that has one figure in the paragraph, and that not right."""
    given: dict[int, list[Hit]] = {}
    for hit in said.hits:
        given.setdefault(id(hit.phrase), []).append(hit)
    return [
        hits[0]
        for phrase, hits in given.items()
        if phrase not in said.agreeing and all(hit.count == hits[0].count for hit in hits)
    ]


def _mismatch(place: _Place, text: str, hit: Hit) -> Finding:
    total = hit.phrase.sums[0]
    items = tuple(name.ident for name in total.names)
    first = place.submission.form.item[items[0]]
    where = f"{first.table.name}“{hit.phrase.label}”合计"
    if len(items) == 1:
        where = f"{first.table.name}“{first.name}”（{place.layout.place[items[0]][1].address}）"
    facts = {"where": where, "unit": first.unit, "given": hit.count.value, "due": place.value(total)}
    return place.found(hit.phrase.code, text, [hit.clause], items=items, **facts)


def _unbalanced(place: _Place, text: str, said: Said, wrong: Sequence[Hit]) -> Iterator[Finding]:
    """The figures of the prose among themselves, where each is given once and none is known to be wrong already."""
    named: dict[str, Hit] = {}
    for hit in said.hits:
        if hit.phrase.name and (hit.count.slack or named.setdefault(hit.phrase.name, hit).count != hit.count):
            return
    for phrase in place.submission.form.phrases:
        if not phrase.balances:
            continue
        asked = {name.ident for equation in phrase.balances for name in equation.names}
        hits = [named[name] for name in asked if name in named]
        if len(hits) < len(asked) or any(hit in wrong for hit in hits):
            continue
        sides = [
            [tuple(named[name.ident] for name in side.names) for side in (equation.left, equation.right)]
            for equation in phrase.balances
        ]
        if any(_total(left) == _total(right) for left, right in sides):
            continue
        detail = "，".join(_side(side) for side in sides[0])
        yield place.found(phrase.code, text, [hit.clause for hit in hits], detail=detail)


def _total(hits: Iterable[Hit]) -> Figure:
    total: Figure = 0
    for hit in hits:
        total += hit.count.value
    return total


def _side(hits: Sequence[Hit]) -> str:
    return f"{'＋'.join(f'{hit.word} {shown(hit.count.value)}' for hit in hits)}＝{shown(_total(hits))}"
