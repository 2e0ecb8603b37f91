"""汇总概况: the one page of a summary that a leader reads and signs; its figures are formulas over the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xls_report.address import a1, quoted, ranges
from xls_report.brief import Line
from xls_report.checksum import all_codes, code_line
from xls_report.collect import Collection
from xls_report.decisions import Act
from xls_report.figure import Figure, shown
from xls_report.finding import Finding, names
from xls_report.form import Form
from xls_report.grid import places
from xls_report.heading import Measure
from xls_report.intake import Intake
from xls_report.layout import Cell, Role, Sheet, lines_of
from xls_report.reader import OVERVIEW
from xls_report.roster import RosterUnit
from xls_report.stamp import INCOMPLETE
from xls_report.status import IN, STATES, standings
from xls_report.submission import Submission
from xls_report.text import FOOTNOTE

_WIDTHS = (31.0, 15.0, 15.0, 15.0)
_DIGITS = 6  # of an amount
_LONG = 900  # characters of a row: some 25 lines
_MATTERS = 5  # lines that a leader is asked to know
_SWINGS = frozenset({"D206", "D216"})
_ALIKE = "R209"
_ODD = ("R214", _ALIKE, "D205")  # figures that look like another's, the gravest first


@dataclass(frozen=True)
class LastYear:
    """Figures of last year to stand beside this year's, the form they were reported on, and whose they are."""

    figures: Mapping[str, Figure]
    form: Form | None
    note: str

    def of(self, brief: str, line: Line) -> Figure | None:
        """Last year's figure of a line; where an item is new, that of the same line of last year's form."""
        value = line.sum.evaluate(lambda name: self.figures.get(name.ident))
        if value is None and self.form is not None:
            same = [b.lines for b in self.form.briefs if b.id == brief]
            then = next((other for lines in same for other in lines if other.label == line.label), None)
            value = then.sum.evaluate(lambda name: self.figures.get(name.ident)) if then is not None else None
        return value


@dataclass(frozen=True)
class Account:
    """What the page tells beside the figures: the findings on the sum, last year's, what changed since a draft."""

    findings: tuple[Finding, ...] = ()
    last_year: LastYear | None = None
    changed: tuple[str, ...] = ()


def title_of(submission: Submission) -> str:
    """The summary's title; an incomplete one says so first."""
    title = f"{submission.unit.name}{submission.year}年{submission.form.title}数据汇总"
    return f"{INCOMPLETE}　{title}" if submission.state else title


def overview_sheet(collection: Collection, submission: Submission, account: Account, *, sent: bool = False) -> Sheet:
    """The page in the order that offices know: range, coverage, figures beside last year's, matters, sign-off.

    The one that is `sent` up neither tells of earlier drafts nor points to pages that stay behind.
    """
    page = _Page()
    page.wide("title", title_of(submission), 36.0)
    page.wide("guide", f"统计范围：{scope_of(collection)}")
    for text in coverage(collection):
        page.wide("guide", text)
    page.heads("指标", "本年", "上年", "增减")
    for brief in submission.form.briefs:
        page.wide("section", brief.title, 20.0)
        for line in brief.lines:
            last = account.last_year.of(brief.id, line) if account.last_year is not None else None
            page.line(submission, line, last)
    page.wide("section", "需请领导知悉的事项", 20.0)
    for number, text in enumerate(matters(collection, account, where="" if sent else "，见“审核情况”"), 1):
        page.wide("guide", f"{number}．{text}")
    if not sent:
        page.wide("guide", f"与上一稿相比：{'；'.join(account.changed) or '没有上一稿可比'}。")
    page.wide("guide", f"上年一栏：{account.last_year.note if account.last_year else '没有上年数可比'}。")
    page.wide("step", "填报人：　　　　　　审核人：　　　　　　单位负责人：　　　　　　日期：　　　　", 34.0)
    page.wide("small", f"{code_line(all_codes(submission.form, submission.figures))}。{FOOTNOTE}")
    return page.sheet()


class _Page:
    """Rows of the page from the top: texts across it, or a figure beside last year's."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self.heights: list[tuple[int, float]] = []
        self.results: dict[str, Figure | str] = {}

    @property
    def next(self) -> int:
        return len(self.heights) + 1

    def wide(self, style: str, text: str, height: float = 0.0) -> None:
        """A text across the page, in as many rows as it needs: no row is as high as a hundred names may be."""
        first, rest = _cut(text)
        self._row(style, first, height)
        if rest:
            self.wide(style, rest)

    def _row(self, style: str, text: str, height: float) -> None:
        row, width = self.next, sum(_WIDTHS)
        self.cells.append(Cell(row, 1, Role.REMARK, text, style=style, last_row=row, last_column=len(_WIDTHS)))
        lines = lines_of(text, width * 16 / 26 if style == "title" else width)
        self.heights.append((row, max(height, 15.0 * lines + (14 if style == "title" else 3))))

    def heads(self, *heads: str) -> None:
        row = self.next
        self.cells.extend(Cell(row, n, Role.REMARK, head, style="field_label") for n, head in enumerate(heads, 1))
        self.heights.append((row, 18.0))

    def line(self, submission: Submission, line: Line, last: Figure | None) -> None:
        row = self.next
        first = submission.form.item[line.sum.names[0].ident]
        style = "total_amount" if first.kind is Measure.AMOUNT else "total_count"
        now = line.sum.evaluate(lambda name: submission.figures[name.ident])
        self.cells.append(Cell(row, 1, Role.REMARK, f"{line.label}（{first.unit}）", style="stub"))
        self._figure(row, 2, style, now, line_formula(submission.form, line))
        if last is None:
            self.cells.extend(Cell(row, n, Role.REMARK, "—", style="head") for n in (3, 4))
        else:
            self._figure(row, 3, style, last, "")
            change = "change_amount" if style == "total_amount" else "total_change"
            # Of amounts a spreadsheet's difference has a tail beyond the digits that were reported.
            formula = f"ROUND(B{row}-C{row},{_DIGITS})" if style == "total_amount" else f"B{row}-C{row}"
            self._figure(row, 4, change, None if now is None else now - last, formula)
        self.heights.append((row, 17.0))

    def _figure(self, row: int, column: int, style: str, value: Figure | None, formula: str) -> None:
        self.cells.append(Cell(row, column, Role.SHOWN, formula, style=style))
        if value is not None:
            self.results[a1(row, column)] = value

    def sheet(self) -> Sheet:
        return Sheet(
            "overview",
            OVERVIEW,
            tuple(self.cells),
            widths=tuple(enumerate(_WIDTHS, 1)),
            heights=tuple(self.heights),
            compared=False,
            results=self.results,
        )


def _cut(text: str) -> tuple[str, str]:
    """A text as far as it fits one row, cut between names, and the rest of it."""
    if len(text) <= _LONG:
        return text, ""
    end = text.rfind("、", 0, _LONG) + 1 or _LONG
    return text[:end], text[end:]


def line_formula(form: Form, line: Line) -> str:
    """The line as a formula over the statutory sheets."""
    boxes = []
    for table in form.tables:
        where = places(table)
        cells = [a1(*where[name.ident]) for name in line.sum.names if form.item[name.ident].table is table]
        boxes += [f"{quoted(table.sheet)}!{box}" for box in ranges(cells)]
    return boxes[0] if len(line.sum.names) == 1 else f"SUM({','.join(boxes)})"


def scope_of(collection: Collection) -> str:
    """统计范围: as the office's settings say, else the roster's groups; with how many units."""
    expected = collection.roster.expected
    scope = collection.roster.settings.scope
    groups = dict.fromkeys(unit.group for unit in expected)
    if not scope and any(groups):
        counts = [f"{group or '未分组'} {sum(u.group == group for u in expected)} 家" for group in groups]
        scope = "、".join(counts)
    return f"{scope or '单位名单所列单位'}（共 {len(expected)} 家）"


def coverage(collection: Collection) -> Iterator[str]:
    """How many units were due and where they stand, and the names of all that are not in."""
    found, _ = standings(collection)
    due = [one for one in found if one.unit.included]
    parts = [f"应报 {len(due)} 家"]
    named: list[str] = []
    for word in STATES:
        units = [one.unit for one in due if one.state == word]
        label = "暂不计入" if word == "不计入" else word
        if units or word in ("审核通过", "未报送"):
            parts.append(f"{label} {len(units)} 家")
        if units and word != "审核通过":
            named.append(f"{label}：{_names(units)}。")
    yield f"{'，'.join(parts)}。"
    yield from named
    outside = [unit for unit in collection.roster.units if not unit.included]
    if outside:
        yield f"名单所列、不计入汇总的 {len(outside)} 家：{_names(outside)}。"


def _names(units: Sequence[RosterUnit]) -> str:
    return "、".join(unit.shown for unit in units)


def matters(collection: Collection, account: Account, where: str) -> list[str]:
    """What a leader is asked to know, the gravest first, at most five lines; the last says how much more there is.

    `where` says where to find the rest.
    """
    found = list(_matters(collection, account)) or ["没有需要特别报告的事项。"]
    if len(found) > _MATTERS:
        more = len(found) - _MATTERS
        found = [*found[: _MATTERS - 1], f"{found[_MATTERS - 1]}另有 {more} 项{where}。"]
    return found


def _matters(collection: Collection, account: Account) -> Iterator[str]:
    waiting = [one for one in standings(collection)[0] if one.state not in IN]
    if waiting:
        yield f"还有 {len(waiting)} 家没有报齐，本表为阶段数：{names((one.unit.shown for one in waiting), 6, '家')}。"
    for found in account.findings:
        yield found.message
    for decision in collection.roster.decisions:
        unit = collection.roster.find(decision.code)
        if decision.act is Act.LEAVE and unit is not None and unit.included:
            yield f"{unit.shown}暂不计入：{decision.words or '未写原因'}。"
    taken = [(unit, intake) for unit, intake in collection.included]
    reasons = [(unit, intake) for unit, intake in taken if any(f.reason for f in intake.findings)]
    if reasons:
        told = names((f"{unit.shown}（{_reason_codes(intake)}）" for unit, intake in reasons), 6, "家")
        yield f"写了情况说明的 {len(reasons)} 家：{told}。"
    swings = [unit.shown for unit, intake in taken for f in intake.findings if f.code in _SWINGS and not f.reason]
    if swings:
        yield f"与上年相差悬殊、没有说明的 {len(swings)} 处：{names(swings, 6, '家')}。"
    yield from _odd(taken)


def _odd(taken: Sequence[tuple[RosterUnit, Intake]]) -> Iterator[str]:
    """Units whose figures look like another's: those of one message together, those that equal each other likewise."""
    for code in _ODD:
        told: dict[object, tuple[str, list[str]]] = {}
        for unit, intake in taken:
            for found in intake.findings:
                if found.code == code:
                    same = code == _ALIKE and intake.submission is not None
                    key = tuple(intake.submission.figures.values()) if same and intake.submission else found.message
                    words = "的数据完全相同。" if same else f"：{found.message}"
                    told.setdefault(key, (words, []))[1].append(unit.shown)
        yield from (f"{names(units, 6, '家')}{words}" for words, units in told.values())


def _reason_codes(intake: Intake) -> str:
    return "、".join(dict.fromkeys(f.code for f in intake.findings if f.reason))


def since(before: Submission, now: Submission) -> tuple[str, ...]:
    """What changed since an earlier draft: units that came and went, the lines of the page that moved."""
    then, today = ({c.unit.code: c.unit.name for c in s.covers} for s in (before, now))
    found = []
    for label, codes in (("新汇入", today.keys() - then.keys()), ("不再汇入", then.keys() - today.keys())):
        if codes:
            every = {**then, **today}
            found.append(
                f"{label} {len(codes)} 家：{names((f'{code} {every[code]}' for code in sorted(codes)), 6, '家')}"
            )
    lines = [line for brief in now.form.briefs for line in brief.lines]
    for line in lines:
        old = line.sum.evaluate(lambda name: before.figures.get(name.ident))
        new = line.sum.evaluate(lambda name: now.figures[name.ident])
        if old != new:
            found.append(f"{line.label.replace('　', '')} {shown(old) or '空'}→{shown(new) or '空'}")
    if not found:
        return ("各数没有变化",) if before.figures == now.figures else ("本页所列各数没有变化，其他栏有变化",)
    return tuple(found)
