"""图表: what a section chief would rather look at than read, drawn from cells that lead to the figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from xls_report.address import a1, letters
from xls_report.brief import Chart, Line
from xls_report.detail import FIRST_ROW, detail_columns, detail_name
from xls_report.equation import Name
from xls_report.figure import Figure
from xls_report.layout import Cell, Graph, Role, Sheet
from xls_report.overview import LastYear, line_formula
from xls_report.reader import GRAPHS
from xls_report.submission import Cover, Submission

_MOST = 15  # bars of single units
_DATA = 14  # first column of what is drawn, right of the print area
_WIDE, _TALL, _GAP = 760, 215, 10  # pixels
_HEAD, _BAR = 70, 25  # of a chart of bars: what it needs beside them, and each of them
_ROW = 20  # pixels of a row as it is when nobody changes it
_TOP = 3  # row where the first chart begins


def graphs_sheet(submission: Submission, last_year: LastYear | None, title: str) -> Sheet:
    """The charts of the form on one upright page, their figures beside it."""
    page = _Page(submission, last_year)
    for chart in submission.form.charts:
        if not chart.by_unit:
            page.lines(chart)
    for chart in submission.form.charts:
        if chart.by_unit and submission.covers:
            page.units(chart)
    head = Cell(1, 1, Role.REMARK, f"{title}　图表", style="title", last_row=1, last_column=12)
    return Sheet(
        "graphs",
        GRAPHS,
        (head, *page.cells),
        widths=((_DATA, 24.0), (_DATA + 1, 12.0), (_DATA + 2, 12.0)),
        heights=((1, 36.0),),
        printed=f"A1:L{page.bottom}",
        compared=False,
        results=page.results,
        graphs=tuple(page.graphs),
    )


class _Page:
    """Charts from the top of the page, and beside it the cells that they are drawn from."""

    def __init__(self, submission: Submission, last_year: LastYear | None) -> None:
        self.submission, self.last_year = submission, last_year
        self.cells: list[Cell] = []
        self.results: dict[str, Figure | str] = {}
        self.graphs: list[Graph] = []
        self.top, self.row = _TOP, 1  # where the next chart begins, the next row of figures

    @property
    def bottom(self) -> int:
        """Last row that a chart covers."""
        return max((g.row + -(-g.size[1] // _ROW) for g in self.graphs), default=_TOP)

    def lines(self, chart: Chart) -> None:
        """A chart of lines, last year's beside this year's where it is known for all of them."""
        now = [self._now(line) for line in chart.lines]
        last = [self._last(line) for line in chart.lines]
        names = [line.label.replace("　", "") for line in chart.lines]
        columns: list[Sequence[tuple[Figure, str]]] = [list(zip(now, self._formulas(chart.lines), strict=True))]
        known = [(value, "") for value in last if value is not None]
        if len(known) == len(last):
            columns.append(known)
        where = self._data(chart, names, columns)
        self._draw(chart, where, _TALL)

    def units(self, chart: Chart) -> None:
        """A bar a unit, the greatest first. The rest is written down below them and not drawn: it would dwarf all."""
        line = chart.lines[0]
        found: list[tuple[Figure, int]] = []
        for number, cover in enumerate(self.submission.covers):
            found.append((line.sum.evaluate(partial(_of_unit, cover)) or 0, number))
        found.sort(key=lambda pair: (-pair[0], pair[1]))
        shown = [pair for pair in found[:_MOST] if pair[0]] or found[:1]
        names = [self.submission.covers[number].unit.name for _, number in shown]
        bars = [(value, self._unit_formula(line, number)) for value, number in shown]
        where = self._data(chart, names, [bars])
        left = found[len(shown) :]
        if left:
            row = self.row - 1  # the row that parts the figures of two charts
            total, box = line_formula(self.submission.form, line), where[1][0][1].partition("!")[2]
            self.cells.append(Cell(row, _DATA, Role.REMARK, f"其余 {len(left)} 家合计（未画）", style="stub"))
            self.cells.append(Cell(row, _DATA + 1, Role.SHOWN, f"{total}-SUM({box})", style="plain"))
            self.results[a1(row, _DATA + 1)] = sum(value for value, _ in left)
            self.row += 1
            chart = replace(chart, title=f"{chart.title}，前 {len(shown)} 家")
        self._draw(chart, where, _HEAD + _BAR * len(bars), across=True)

    def _data(
        self, chart: Chart, names: list[str], columns: Sequence[Sequence[tuple[Figure, str]]]
    ) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What is drawn, written down: a head, names, and a column of figures a series. Returns their ranges."""
        head = self.row
        first, last = head + 1, head + len(names)
        heads = (chart.title, "本年", "上年")[: 1 + len(columns)]
        self.cells += [Cell(head, _DATA + n, Role.REMARK, text, style="head") for n, text in enumerate(heads)]
        for row, name in enumerate(names, first):
            self.cells.append(Cell(row, _DATA, Role.REMARK, name, style="stub"))
        series = []
        for number, column in enumerate(columns, 1):
            for row, (value, formula) in enumerate(column, first):
                self.cells.append(Cell(row, _DATA + number, Role.SHOWN, formula, style="plain"))
                self.results[a1(row, _DATA + number)] = value
            series.append((heads[number], _box(_DATA + number, first, last)))
        self.row = last + 2
        return _box(_DATA, first, last), tuple(series)

    def _draw(
        self, chart: Chart, where: tuple[str, tuple[tuple[str, str], ...]], height: int, *, across: bool = False
    ) -> None:
        title = f"{self.submission.year}年{chart.title}"
        self.graphs.append(Graph(title, *where, self.top, 1, (_WIDE, height), across))
        self.top += -(-(height + _GAP) // _ROW)

    def _now(self, line: Line) -> Figure:
        return line.sum.evaluate(lambda name: self.submission.figures[name.ident]) or 0

    def _last(self, line: Line) -> Figure | None:
        if self.last_year is None:
            return None
        found = (self.last_year.of(brief.id, line) for brief in self.submission.form.briefs if line in brief.lines)
        return next(found, self.last_year.of("", line))

    def _formulas(self, lines: Sequence[Line]) -> Iterator[str]:
        return (line_formula(self.submission.form, line) for line in lines)

    def _unit_formula(self, line: Line, number: int) -> str:
        form = self.submission.form
        parts = []
        for name in line.sum.names:
            table = form.item[name.ident].table
            parts.append(f"{detail_name(table)}!{letters(detail_columns(table)[name.ident])}{FIRST_ROW + number}")
        return "+".join(parts)


def _box(column: int, first: int, last: int) -> str:
    letter = letters(column)
    return f"{GRAPHS}!${letter}${first}:${letter}${last}"


def _of_unit(cover: Cover, name: Name) -> Figure | None:
    return cover.values.get(name.ident)
