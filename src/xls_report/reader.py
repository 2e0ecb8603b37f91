"""A returned workbook → what its unit reported, and what is wrong with it: one reading of a figure, or a finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xls_report import returned
from xls_report import stamp as stamps
from xls_report.compare import changed, compare, matches
from xls_report.cover import cover_findings
from xls_report.details import read_details, sums
from xls_report.entries import Entries, read_entries
from xls_report.figure import Figure
from xls_report.figures import Figures, Sheets, code_findings, read_figures
from xls_report.finding import Finding, finding
from xls_report.form import Form, Level
from xls_report.identity import read_stamp
from xls_report.layout import Cell, Kind, Layout, Role, Sheet
from xls_report.package import Package, RawSheet, Refusal, SheetEntry, open_package
from xls_report.package.refusal import MAX_CELLS
from xls_report.plan import compile_layout
from xls_report.quoting import quote, spaced
from xls_report.stamp import Stamp
from xls_report.submission import Cover, Submission, Unit
from xls_report.totals import Total, as_due, total_findings

OVERVIEW, GRAPHS, SUBTOTALS = "汇总概况", "图表", "分组小计"
TROUBLE, TEXTS, SOURCES, DECIDED = "审核情况", "文字汇编", "来源", "处理记录"
# Pages of a summary that are for people: nothing is read from them.
OWN_PAGES = (OVERVIEW, GRAPHS, SUBTOTALS, TROUBLE, TEXTS, SOURCES, DECIDED)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one workbook gave: `submission` is None when nothing could be taken from it."""

    findings: tuple[Finding, ...]
    submission: Submission | None = None
    stamp: Stamp | None = None
    unreadable: bool = False
    producer: str = ""  # the program that saved it, "" if it does not say
    notes: tuple[str, ...] = ()  # what was done to it that asks nothing of anyone


def read(data: bytes, forms: Sequence[Form]) -> Reading:
    """Read a workbook of any of the forms, from its bytes alone."""
    package = open_package(data)
    if isinstance(package, Refusal):
        detail = spaced(package.detail) if package.code in ("F101", "F102") else package.detail
        return Reading((finding(package.code, detail=detail),), unreadable=True)
    return replace(_read(package, forms), producer=package.producer)


def read_around(data: bytes, form: Form, covers: tuple[Cover, ...]) -> Reading:
    """Read a 工作底稿 without its detail rows, which were read by another way: `covers` are its units with figures."""
    package = open_package(data)
    if isinstance(package, Refusal):
        return Reading((finding(package.code, detail=package.detail),), unreadable=True)
    return _read(package, (form,), covers)


def _read(package: Package, forms: Sequence[Form], known: tuple[Cover, ...] = ()) -> Reading:
    stamp, trouble = read_stamp(package)
    if stamp is None:
        return Reading(trouble, unreadable=_refused(trouble))
    form = next((f for f in forms if f.id == stamp.form and f.years[0] <= stamp.year <= f.years[1]), None)
    if form is None:
        return Reading((*trouble, finding("F203", given=quote(stamp.form), year=stamp.year)), stamp=stamp)
    most = MAX_CELLS // len(form.items)  # more rows of figures than cells may be read: not even laid out
    if stamp.kind is Kind.WORKING and len(stamp.covers) > most and not known:
        over = finding("F106", detail=f"工作底稿汇总了 {len(stamp.covers):,} 个单位，读取的上限是 {most:,} 个")
        return Reading((*trouble, over), stamp=stamp, unreadable=True)
    layout = compile_layout(form, stamp.kind, len(stamp.covers))
    if layout.digest != stamp.layout:
        trouble = (*trouble, finding("F207"))
    return _Reader(package, layout, stamp, known).read(trouble)


class _Reader:
    """One workbook on its way to a submission."""

    def __init__(self, package: Package, layout: Layout, stamp: Stamp, known: tuple[Cover, ...]) -> None:
        self.package, self.layout, self.stamp, self.known = package, layout, stamp, known
        self.structure: list[Finding] = []
        self.notes: list[str] = []

    def read(self, trouble: tuple[Finding, ...]) -> Reading:
        self.structure.extend(trouble)
        if self.stamp.state:
            draft = self.stamp.state != stamps.PARTIAL
            self.structure.append(finding("F210" if draft else "F211", given=quote(self.stamp.state)))
        sheets = self._sheets()
        unit = self._unit(sheets)
        if _refused(self.structure):
            return Reading(tuple(self.structure), stamp=self.stamp, unreadable=True)
        if self.stamp.sealed and any(f.code == "F205" for f in self.structure):  # nor is known what it may fill in
            return Reading(tuple(self.structure), stamp=self.stamp)
        entries = read_entries(sheets, date1904=self.package.date1904)
        figures = read_figures(self.package, self.layout, sheets)
        values, covers, found = figures.values, self.stamp.covers, list(figures.findings)
        if self.layout.kind is Kind.WORKING:
            if self.known:
                covers, found = self.known, []
            else:
                covers, found = read_details(self.package, self.layout, sheets, covers)
            values = sums(self.layout.form, covers)
        submission = self._submission(unit, values, entries, figures, covers)
        if self._untouched(submission, figures):
            return Reading((finding("F206"),), submission, self.stamp, notes=tuple(self.notes))
        found = [
            *self.structure,
            *self._grey(sheets, figures),
            *found,
            *self._totals(sheets, submission),
            *code_findings(sheets, submission),
        ]
        found += self._cover(submission)
        return Reading(tuple(found), submission, self.stamp, notes=tuple(self.notes))

    def _submission(
        self,
        unit: Unit,
        values: Mapping[str, Figure | None],
        entries: Entries,
        figures: Figures,
        covers: tuple[Cover, ...],
    ) -> Submission:
        return Submission(
            form=self.layout.form,
            year=self.stamp.year,
            unit=unit,
            values=values,
            texts=entries.texts,
            text_cells=entries.text_cells,
            cover=entries.cover,
            zero_report=figures.zero_report,
            explanations=entries.explanations,
            flags=self.stamp.flags,
            covers=covers,
            label=self.stamp.label,
            issuer=self.stamp.issuer,
            state=self.stamp.state,
            prior=figures.prior,
        )

    def _totals(self, sheets: Sheets, submission: Submission) -> Iterator[Finding]:
        for table in self.layout.form.tables:
            if table.id in sheets:
                sheet, raw = sheets[table.id]
                due = submission.figures
                totals = [
                    Total(cell, due[cell.key], self.layout.form.item[cell.key].name)
                    for cell in sheet.of(Role.TOTAL, Role.SUM)
                    if not as_due(raw.cells.get(cell.address), cell, due[cell.key])
                ]
                yield from total_findings(table.name, sheet.name, raw, totals)

    def _grey(self, sheets: Sheets, figures: Figures) -> Iterator[Finding]:
        """Last year's figures in the workbook must be those that it was issued with: relations rest on them."""
        tables = self.layout.form.tables
        whole = self.stamp.prior and all(table.id in sheets for table in tables)
        if whole and stamps.prior_digest(figures.prior) != self.stamp.prior:
            yield finding("S118")

    def _cover(self, submission: Submission) -> tuple[Finding, ...]:
        """Findings on the contact block, where the workbook has one."""
        sheet = next((s for s in self.layout.sheets if any(s.of(Role.FIELD))), None)
        return cover_findings(submission, sheet) if sheet is not None else ()

    def _untouched(self, submission: Submission, figures: Figures) -> bool:
        return submission.untouched and not figures.unread and not any(f.blocks for f in self.structure)

    def _unit(self, sheets: Sheets) -> Unit:
        """The unit of the stamp; a cover that names another one is a finding."""
        sealed = bool(self.stamp.sealed)
        named = [(sheet, raw, cell) for sheet, raw in sheets.values() for cell in sheet.of(Role.IDENTITY)]
        for sheet, raw, cell in named:
            if sealed and cell.content == "{name}":
                self._unseal(sheet, raw, cell)
        for sheet, raw, cell in named:
            # With the hidden sheet lost nobody knows the label and whom to call.
            if not (sealed and ("{label}" in cell.content or "{issuer}" in cell.content)):
                self._compare_identity(sheet, raw, cell)
        return self.stamp.unit

    def _unseal(self, sheet: Sheet, raw: RawSheet, cell: Cell) -> None:
        """Name and flags of a stamp whose hidden sheet is lost, as far as the cover's name is the one issued."""
        text = _text(raw, cell)
        found = stamps.unsealed(self.stamp, self.layout.form, text)
        if found is not None:
            self.stamp = found
        else:
            facts = {"given": quote(text), "due": quote(self.stamp.unit.code), "place": sheet.name}
            self.structure.append(finding("F205", sheet=sheet.name, cells=[cell.address], **facts))
            self.stamp = replace(self.stamp, unit=Unit(self.stamp.unit.code, text))

    def _compare_identity(self, sheet: Sheet, raw: RawSheet, cell: Cell) -> None:
        unit, text = self.stamp.unit, _text(raw, cell)
        due = stamps.identity(cell.content, self.layout.form, self.stamp)
        if text and text != due and cell.content in ("{name}", "{code}"):
            facts = {"due": quote(f"{unit.code} {unit.name}"), "given": quote(text), "place": sheet.name}
            self.structure.append(finding("F205", sheet=sheet.name, cells=[cell.address], **facts))
        elif text != due:
            facts = {"due": quote(due), "given": quote(text), **changed(sheet.name, cell, text)}
            self._note(sheet, finding("S106", sheet=sheet.name, cells=[cell.address], **facts))

    def _sheets(self) -> dict[str, tuple[Sheet, RawSheet]]:
        """Sheets of the layout that were found with their figures in place, by id."""
        wanted = {s.name: s for s in self.layout.sheets if s.compared and not s.hidden}
        own = {*wanted, stamps.SHEET, *(OWN_PAGES if self.layout.kind in (Kind.WORKING, Kind.UPWARD) else ())}
        spare = [entry for entry in self.package.sheets if entry.name not in own]
        raws: dict[str, tuple[Sheet, RawSheet]] = {}
        extra = {entry.name: raw for entry in spare if isinstance(raw := self.package.read_sheet(entry), RawSheet)}
        used = {name for name, raw in extra.items() if returned.is_list(raw)}
        for name, sheet in wanted.items():
            entry = next((e for e in self.package.sheets if e.name == name), None)
            twins = [other for other, raw in extra.items() if matches(sheet, raw)]
            used.update(twins)
            chosen = self._choose(sheet, entry, twins, extra)
            if chosen is not None:
                found, readable = compare(sheet, chosen, self._name(sheet))
                self._note(sheet, *found)
                if readable:
                    raws[sheet.id] = sheet, chosen
                if entry is not None and entry.state != "visible" and _holds_figures(sheet):
                    self.structure.append(finding("S112", sheet=name, table=self._name(sheet), given="整张工作表"))
        self._note_harmless(raws)
        for entry in spare:
            if entry.name not in used:
                self.structure.append(finding("S104", given=quote(entry.name)))
        if self.package.formats.conditional:
            self.structure.append(finding("S119"))
        if self.package.embedded:
            summary = self.layout.kind in (Kind.WORKING, Kind.UPWARD)
            drawn = {GRAPHS} if summary and any(entry.name == GRAPHS for entry in self.package.sheets) else set()
            embedded = [kind for kind in self.package.embedded if kind not in drawn]
            foreign = returned.foreign(embedded, self.package.comments())
            self.structure.extend([finding("F115", detail="、".join(foreign))] if foreign else [])
        return raws

    def _note_harmless(self, raws: Sheets) -> None:
        """Acts that change nothing and that protection was only to discourage."""
        if any(not raw.protected for _, raw in raws.values()):
            self.notes.append("工作表保护已撤销")
        order = [sheet.name for sheet in self.layout.sheets]
        there = [entry.name for entry in self.package.sheets if entry.name in order]
        if there != sorted(there, key=order.index):
            self.notes.append("工作表的次序有变")

    def _choose(
        self, sheet: Sheet, entry: SheetEntry | None, twins: list[str], extra: Mapping[str, RawSheet]
    ) -> RawSheet | None:
        """The one sheet of the book that is the layout's sheet, or a finding."""
        if entry is not None:
            raw = self.package.read_sheet(entry)
            if isinstance(raw, Refusal):
                self.structure.append(finding(raw.code, detail=raw.detail))
                return None
            if twins:
                shown = "、".join(f"“{quote(name)}”" for name in twins)
                facts = {"due": sheet.name, "given": shown, "detail": f"被复制为{shown}"}
                self._note(sheet, finding("S102", sheet=sheet.name, **facts))
                return None
            return raw
        if len(twins) == 1:
            self.structure.append(finding("S103", sheet=sheet.name, due=sheet.name, given=quote(twins[0])))
            return extra[twins[0]]
        if twins:
            shown = "、".join(f"“{quote(name)}”" for name in twins)
            facts = {"due": sheet.name, "given": shown, "detail": f"有 {len(twins)} 张：{shown}"}
            self._note(sheet, finding("S102", sheet=sheet.name, **facts))
        else:
            self._note(sheet, finding("S101", sheet=sheet.name, given=sheet.name))
        return None

    def _note(self, sheet: Sheet, *found: Finding) -> None:
        """What was done to a sheet blocks where it holds figures; elsewhere it is mentioned."""
        if not found:
            return
        written = any(sheet.of(Role.FIELD, Role.TEXT, Role.EXPLAIN))
        unread = written and any(f.code in ("S101", "S102", "S105") for f in found)
        harmless = "不影响数据，但写在本页的内容没有读取。" if unread else "不影响数据汇总。"
        self.structure.extend(
            f if _holds_figures(sheet) or not f.blocks else replace(f, level=Level.WARNING, advice=harmless)
            for f in found
        )

    def _name(self, sheet: Sheet) -> str:
        ident = self.layout.table_of.get(sheet.name)
        return self.layout.form.table(ident).name if ident else sheet.name


def _refused(found: Iterable[Finding]) -> bool:
    """Whether one of the sheets that are needed was refused."""
    return any(f.code.startswith("F1") and f.blocks for f in found)


def _holds_figures(sheet: Sheet) -> bool:
    return any(sheet.of(Role.INPUT, Role.SUM)) or (sheet.rows is not None and bool(sheet.rows.of(Role.DETAIL)))


def _text(raw: RawSheet, cell: Cell) -> str:
    there = raw.cells.get(cell.address)
    return (there.text or "").strip() if there is not None else ""
