"""The agencies' submissions → the district's: exact sums, every figure traceable, checked before it gets its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from xls_report.check import relation_findings
from xls_report.collect import Collection
from xls_report.details import sums
from xls_report.figure import Figure, figure_text
from xls_report.finding import Finding
from xls_report.form import Form
from xls_report.layout import Kind, Layout, Sheet
from xls_report.overview import decision_sheet, overview_sheet, source_sheet, texts_sheet, trouble_sheet
from xls_report.plan import compile_layout
from xls_report.reader import read
from xls_report.stamp import DRAFT, PARTIAL
from xls_report.submission import Cover, Submission, Unit
from xls_report.writer import write

NAMELESS = Unit("000000", "汇总")  # the summary's unit when the roster names no collecting office


class SelfCheckError(Exception):
    """The summary as written does not give the figures it was made of: a fault of ours, and no file is kept."""


@dataclass(frozen=True)
class Merged:
    """The summary of a collection, and what its own relations say."""

    collection: Collection
    submission: Submission
    layout: Layout
    findings: tuple[Finding, ...]


def merge(collection: Collection, prior: Mapping[str, Figure] | None = None) -> Merged | None:
    """Add up what is included; None when nothing is. `prior` are the collecting office's own figures of last year."""
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
        flags=office.flags & frozenset(form.flags) if office is not None else frozenset(),
        covers=covers,
        explanations=_reasons(collection),
        state=DRAFT if collection.open else "" if collection.complete else PARTIAL,
    )
    layout = compile_layout(form, Kind.WORKING, len(covers))
    return Merged(collection, submission, layout, relation_findings(submission, layout, prior))


def _reasons(collection: Collection) -> dict[str, str]:
    """The units' 情况说明 by relation, each with its unit's name: what explains a sum that breaks as its parts do."""
    found: dict[str, list[str]] = {}
    for unit, intake in collection.included:
        for reason in (f for f in intake.findings if f.reason):
            text = f"{unit.name}：{reason.reason}"
            if text not in found.setdefault(reason.code, []):
                found[reason.code].append(text)
    return {code: "；".join(texts) for code, texts in found.items()}


def write_merged(merged: Merged) -> bytes:
    """The 工作底稿 as bytes, read back and re-added; raises SelfCheckError."""
    collection = merged.collection
    remarks: dict[tuple[str, int], str] = {}
    for n, (unit, intake) in enumerate(collection.included):
        remarks["group", n] = unit.group
        remarks["file", n] = intake.file.replace("\\", "/").rsplit("/", 1)[-1]
        remarks["sha256", n] = intake.sha256[:12]
    data = write(
        merged.layout,
        merged.submission,
        before=(overview_sheet(collection, merged.submission),),
        after=(trouble_sheet(collection, merged.findings), texts_sheet(collection), *_records(collection)),
        remarks=remarks,
    )
    verify(data, merged)
    return data


def _records(collection: Collection) -> tuple[Sheet, ...]:
    """Where each figure came from, and what was decided, if anything."""
    decided = (decision_sheet(collection),) if collection.roster.decisions else ()
    return (source_sheet(collection), *decided)


def verify(data: bytes, merged: Merged) -> None:
    """Read the summary back and add its parts up again by another way; raises SelfCheckError on any difference."""
    reading = read(data, (merged.submission.form,))
    blocking = [f for f in reading.findings if f.blocks and f.code != "F210"]  # a draft says that it is one
    if reading.submission is None or blocking:
        raise SelfCheckError("；".join(f"{f.code} {f.message}" for f in reading.findings) or "汇总表读不回来")
    if reading.submission.figures != merged.submission.figures:
        raise SelfCheckError("读回的汇总数与写入的不同")
    again = readd(merged.collection, merged.submission.form)
    for ident, value in merged.submission.figures.items():
        if value is None or again[ident] != Fraction(figure_text(value)):
            raise SelfCheckError(f"{ident} 重新相加为 {again[ident]}，汇总表为 {value}")
    for part, back in zip(merged.submission.covers, reading.submission.covers, strict=True):
        if (part.unit, part.values, part.reached_codes) != (back.unit, back.values, back.reached_codes):
            raise SelfCheckError(f"{part.unit.code} 的明细行与其报送的数不同")


def readd(collection: Collection, form: Form) -> Mapping[str, Fraction]:
    """Every item, totals included, as the plain sum of the units' own totals: another way than adding inputs."""
    found = {item.id: Fraction(0) for item in form.items}
    for _, intake in collection.included:
        if intake.submission is not None:
            for ident, value in intake.submission.figures.items():
                found[ident] += Fraction(figure_text(_known(value, ident)))
    return found


def _known(value: Figure | None, ident: str) -> Figure:
    if value is None:
        raise SelfCheckError(f"计入汇总的文件缺 {ident}")
    return value
