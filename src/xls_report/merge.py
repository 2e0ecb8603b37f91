"""The agencies' submissions → the district's: exact sums, every figure traceable, checked before it gets its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from xls_report.check import relation_findings
from xls_report.collect import Collection
from xls_report.details import sums
from xls_report.faults import SelfCheckError
from xls_report.figure import Figure, figure_text
from xls_report.finding import Finding
from xls_report.form import Form
from xls_report.formfile import form_of_year
from xls_report.graphs import graphs_sheet
from xls_report.layout import Kind, Layout
from xls_report.overview import Account, LastYear, overview_sheet, since, title_of
from xls_report.package.refusal import MAX_ROWS
from xls_report.plan import compile_layout
from xls_report.priors import Priors, added
from xls_report.proof import ProofError, without_rows
from xls_report.reader import Reading, read, read_around
from xls_report.records import decision_sheet, source_sheet, texts_sheet, trouble_sheet
from xls_report.roster import Roster
from xls_report.stamp import DRAFT, PARTIAL
from xls_report.submission import Cover, Submission, Unit
from xls_report.subtotals import group_of, subtotals_sheet
from xls_report.sumcheck import continuity, split
from xls_report.writer import write

_BETWEEN = "；"  # joins the reasons of several units
NAMELESS = Unit("000000", "汇总")  # the summary's unit when the roster names no collecting office


MOST_UNITS = 10_000  # rows of a 工作底稿
MOST_BELOW = MAX_ROWS - 100  # units of all levels that a summary may name: each has a row on its hidden sheet
_BY_LEVELS = (
    "请分级汇总：先按地区或系统各汇总一份，用 --submit 写出上报稿，再把这些上报稿汇总成一份；"
    "单位再多的，分别汇总、分别上报。"
)


@dataclass(frozen=True)
class Merged:
    """The summary of a collection, and what is told beside it: its own relations, last year, an earlier draft."""

    collection: Collection
    submission: Submission
    layout: Layout
    account: Account

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the sum."""
        return self.account.findings


def too_many(roster: Roster) -> str:
    """Why so many units cannot be added up in one summary, and what to do; "" when they can."""
    units = len(roster.expected)
    return (
        f"单位名单里计入汇总的有 {units:,} 家，一份汇总表最多 {MOST_UNITS:,} 家。{_BY_LEVELS}"
        if units > MOST_UNITS
        else ""
    )


def too_many_below(collection: Collection) -> str:
    """The same for the units of all levels that the parts cover in turn."""
    parts = (intake.submission.covers for _, intake in collection.included if intake.submission is not None)
    below = len(collection.included) + sum(1 for covers in parts for cover in covers for _ in cover.reached())
    return (
        f"连同下级一共汇总了 {below:,} 家，一份汇总表最多列 {MOST_BELOW:,} 家。{_BY_LEVELS}"
        if below > MOST_BELOW
        else ""
    )


def merge(
    collection: Collection,
    priors: Priors | None = None,
    *,
    forms: Sequence[Form] = (),
    before: Submission | None = None,
) -> Merged | None:
    """Add up what is included; None when nothing is.

    `priors` are last year's figures, of the collecting office and of the units; `forms` tell on which form they were
    reported. `before` is an earlier draft: the office's own words in it are kept, and what changed since is told.
    """
    form, year = collection.form, collection.year
    if form is None or year is None or not collection.included:
        return None
    office = collection.roster.office
    covers = tuple(
        Cover(unit.unit, unit.flags & frozenset(form.flags), intake.submission.covers, intake.submission.figures)
        for unit, intake in collection.included
        if intake.submission is not None
    )
    submission = Submission(
        form=form,
        year=year,
        unit=office.unit if office is not None else NAMELESS,
        values=sums(form, covers),
        texts=before.texts if before is not None else {},
        flags=office.flags & frozenset(form.flags) if office is not None else frozenset(),
        covers=covers,
        explanations=_reasons(collection, before),
        state=DRAFT if collection.open else "" if collection.complete else PARTIAL,
    )
    layout = compile_layout(form, Kind.WORKING, len(covers))
    changed = since(before, submission) if before is not None else ()
    findings = _findings(collection, submission, layout, priors)
    return Merged(collection, submission, layout, Account(findings, _last_year(collection, priors, forms), changed))


def _findings(
    collection: Collection, submission: Submission, layout: Layout, priors: Priors | None
) -> tuple[Finding, ...]:
    """What the sum's own relations say. A part of the units is not held against last year's whole."""
    if priors is None:
        return relation_findings(submission, layout)
    office = None if _partial(collection) else priors(submission.unit, submission.year - 1)
    found = relation_findings(submission, layout, office)
    told = (split(one, submission, collection, priors) for one in found)
    return (*told, *continuity(submission.form, submission.year, priors))


def _partial(collection: Collection) -> bool:
    """Whether somebody is not in, on purpose or not."""
    return collection.open or bool(collection.exempt)


def _last_year(collection: Collection, priors: Priors | None, forms: Sequence[Form]) -> LastYear | None:
    """The office's own figures of last year; else, or for a part of the units, the sum of the same units' figures."""
    office, year = collection.roster.office, collection.year
    if priors is None or year is None:
        return None
    form = form_of_year(forms, year - 1)
    own = priors(office.unit, year - 1) if office is not None and not _partial(collection) else None
    if own:
        return LastYear(own, form, f"汇总单位 {year - 1} 年的汇总数")
    parts = [priors(unit.unit, year - 1) for unit, _ in collection.included]
    if not all(parts):
        return None
    return LastYear(added([part for part in parts if part]), form, f"已汇入各单位 {year - 1} 年的数之和")


def _reasons(collection: Collection, before: Submission | None) -> dict[str, str]:
    """The units' 情况说明 by relation, each with its unit's name, and what the office itself wrote in an earlier draft.

    They explain a sum that breaks as its parts do.
    """
    found: dict[str, list[str]] = {}
    for unit, intake in collection.included:
        for reason in (f for f in intake.findings if f.reason):
            text = f"{unit.name}：{reason.reason}"
            if text not in found.setdefault(reason.code, []):
                found[reason.code].append(text)
    units = tuple(f"{cover.unit.name}：" for cover in before.covers) if before is not None else ()
    for code, text in (before.explanations if before is not None else {}).items():
        own = [part for part in text.split(_BETWEEN) if part and not part.startswith(units)]
        found.setdefault(code, []).extend(part for part in own if part not in found.get(code, ()))
    return {code: _BETWEEN.join(texts) for code, texts in found.items() if texts}


def write_merged(merged: Merged) -> bytes:
    """The 工作底稿 as bytes, read back and re-added; raises SelfCheckError."""
    data = render_merged(merged)
    verify(data, merged, merged.submission)
    return data


def render_merged(merged: Merged) -> bytes:
    """The 工作底稿 as bytes, not yet verified."""
    collection, submission = merged.collection, merged.submission
    remarks: dict[tuple[str, int], str] = {}
    for n, (unit, intake) in enumerate(collection.included):
        remarks["group", n] = group_of(unit)
        remarks["file", n] = intake.file.replace("\\", "/").rsplit("/", 1)[-1]
        remarks["sha256", n] = intake.sha256[:12]
    decided = (decision_sheet(collection),) if collection.roster.decisions else ()
    subtotals = subtotals_sheet(collection, submission)
    pages = (
        *((subtotals,) if subtotals is not None else ()),
        trouble_sheet(collection, merged.findings),
        texts_sheet(collection),
        source_sheet(collection),
        *decided,
    )
    graphs = graphs_sheet(submission, merged.account.last_year, title_of(submission))
    before = (overview_sheet(collection, submission, merged.account), graphs)
    return write(merged.layout, submission, before=before, after=pages, remarks=remarks)


def write_upward(merged: Merged) -> bytes:
    """The 上报稿 for the level above: figures as values, nothing of the units but names and sums.

    No contacts, file names, remarks or texts of theirs. Read back and re-added; raises SelfCheckError.
    """
    bare = tuple(replace(cover, values={}) for cover in merged.submission.covers)
    submission = replace(merged.submission, covers=bare, texts={})
    layout = compile_layout(submission.form, Kind.UPWARD)
    page = overview_sheet(merged.collection, submission, merged.account, sent=True)
    data = write(layout, submission, before=(page,), first=1)
    verify(data, merged, submission)
    return data


def verify(data: bytes, merged: Merged, written: Submission) -> None:
    """Read the summary back and add its parts up again by another way; raises SelfCheckError on any difference."""
    reading = _read_back(data, merged, written)
    blocking = [f for f in reading.findings if f.blocks and f.code != "F210"]  # a draft says that it is one
    if reading.submission is None or reading.stamp is None or blocking:
        raise SelfCheckError("；".join(f"{f.code} {f.message}" for f in reading.findings) or "汇总表读不回来")
    if reading.submission.figures != written.figures:
        raise SelfCheckError("读回的汇总数与写入的不同")
    again = readd(merged.collection, written.form)
    for ident, value in written.figures.items():
        if value is None or again[ident] != Fraction(figure_text(value)):
            raise SelfCheckError(f"{ident} 重新相加为 {again[ident]}，汇总表为 {value}")
    stamped, covers = reading.stamp.covers, reading.submission.covers
    for part, back, there in zip(written.covers, covers, stamped, strict=True):
        if (part.unit, part.values, part.reached_codes) != (back.unit, back.values, there.reached_codes):
            raise SelfCheckError(f"{part.unit.code} 的明细行与其报送的数不同")


def _read_back(data: bytes, merged: Merged, written: Submission) -> Reading:
    """The summary as the reader reads it; the detail rows are proven one by one before, whatever their number."""
    form, covers = written.form, written.covers
    if not covers[0].values:
        return read(data, (form,))
    try:
        around = without_rows(data, merged.layout, covers)
    except ProofError as fault:
        raise SelfCheckError(str(fault)) from fault
    reading = read_around(around, form, covers)
    stale = [f for f in reading.findings if f.sheet]  # of a file that was just written, nothing at all may be wrong
    if stale:
        raise SelfCheckError("；".join(f"{f.code} {f.message}" for f in stale))
    return reading


def readd(collection: Collection, form: Form) -> Mapping[str, Fraction]:
    """Every item, totals included, as the plain sum of the units' own totals: another way than adding inputs."""
    found = {item.id: Fraction(0) for item in form.items}
    whole = dict.fromkeys(found, 0)  # counts apart: fractions of them take thirty times as long
    for _, intake in collection.included:
        if intake.submission is not None:
            for ident, value in intake.submission.figures.items():
                if isinstance(value, int):
                    whole[ident] += value
                else:
                    found[ident] += Fraction(figure_text(_known(value, ident)))
    return {ident: found[ident] + whole[ident] for ident in found}


def _known(value: Figure | None, ident: str) -> Figure:
    if value is None:
        raise SelfCheckError(f"计入汇总的文件缺 {ident}")
    return value
