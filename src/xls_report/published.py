"""A published report as a submission (导入): the file's document, its tables by their labels, its texts and cover."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from xls_report.document import Document
from xls_report.finding import Finding, finding, names
from xls_report.form import Form, Table
from xls_report.intake import regular_bytes
from xls_report.layout import Layout
from xls_report.placedfigures import read_placed, total_findings
from xls_report.placing import Tables, find_tables, first_places
from xls_report.plan import compile_layout
from xls_report.publishedtext import issuer_findings, read_words
from xls_report.quoting import quote
from xls_report.submission import Submission, Unit
from xls_report.tabular import Unfit

SUFFIXES = (".html", ".htm", ".docx", ".txt")


@dataclass(frozen=True)
class Imported:
    """A submission, None where there is none to be had; what is to be told; who signed the report."""

    submission: Submission | None
    findings: tuple[Finding, ...]
    issuer: str = ""


def read_document(source: Path) -> Document | Finding:
    """What stands in the file, or why it is not read; its suffix is one of SUFFIXES."""
    data = regular_bytes(source)
    if isinstance(data, Finding):
        return finding("S218", detail=data.message.removesuffix("。"))
    return document_of(data, source.suffix.lower())


def document_of(data: bytes, suffix: str) -> Document | Finding:
    """The document in a file's bytes; `suffix` is one of SUFFIXES."""
    try:
        return _reader(suffix)(data)
    except Unfit as fault:
        return finding("S218", detail=str(fault))


def _reader(suffix: str) -> Callable[[bytes], Document]:
    """What reads the file's bytes; its library is loaded here, so that no other verb waits for it."""
    if suffix == ".docx":
        from xls_report.wordread import read_word

        return read_word
    if suffix == ".txt":
        from xls_report.textread import read_plain

        return read_plain
    from xls_report.webread import read_page

    return read_page


def import_document(document: Document, form: Form, year: int, unit: Unit) -> Imported:
    """The document as the unit's submission of the year; the year decides the form."""
    words = read_words(document, form)
    if words.year and words.year != year:
        return Imported(None, (finding("S217", given=str(words.year), due=str(year)),))
    tables = find_tables(document, form)
    refused = _refused(tables, form)
    if refused is not None:
        return Imported(None, (refused,))
    found = list(_whole_tables(tables, form))
    once = _once(tables, form)
    layout: Layout = compile_layout(form)
    figures = read_placed(once, layout, year)
    values = {item.id: figures.values.get(item.id) for item in form.inputs}
    submission = Submission(form, year, unit, values, words.texts, words.cover)
    found += [*figures.findings, *total_findings(form, figures, submission.figures)]
    found += [*words.findings, *issuer_findings(words, unit.name)]
    return Imported(submission, tuple(found), words.issuer)


def _twice(tables: Tables, table: Table) -> bool:
    """Whether most of the table's rows were found more than once: it is there twice, not a row of it."""
    counts = Counter((one.labels, one.leaf) for one in tables.of(table) if not one.branch)
    return bool(counts) and sum(count > 1 for count in counts.values()) * 2 > len(counts)


def _refused(tables: Tables, form: Form) -> Finding | None:
    """Why there is nothing to import: no table at all, or two reports."""
    there = [table for table in form.tables if tables.of(table)]
    if not there:
        given = "、".join(f"“{table.title}”" for table in form.tables)
        return finding("S201", title=form.title, given=given)
    twice = [table for table in there if _twice(tables, table)]
    if len(twice) > 1:
        return finding("S202", detail="、".join(table.name for table in twice))
    return None


def _once(tables: Tables, form: Form) -> Tables:
    """What was found, without the tables that are there twice."""
    double = [table for table in form.tables if _twice(tables, table)]
    return Tables(
        [one for one in tables.placed if one.labels.table not in double],
        [(table, row) for table, row in tables.strange if table not in double],
    )


def _whole_tables(tables: Tables, form: Form) -> Iterator[Finding]:
    """Tables that are missing, there twice, or in another order."""
    for table in form.tables:
        if not tables.of(table):
            yield finding("S204", sheet=table.sheet, table=table.name, due=quote(table.title))
        elif _twice(tables, table):
            yield finding("S203", sheet=table.sheet, table=table.name)
    order = [table for _, table in sorted(first_places(tables, form), key=lambda pair: pair[0])]
    for table in form.tables:
        if table in order:
            place = form.tables.index(table)
            earlier = [t.name for t in order[order.index(table) + 1 :] if form.tables.index(t) < place]
            if earlier:
                yield finding("S205", sheet=table.sheet, table=table.name, due=names(earlier))
