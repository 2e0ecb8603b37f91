"""A round of returns: files and a roster, what becomes of each file and where each unit stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import chdir
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from acts import perform
from support import FORMS, blank, filled, form_of, taken, workbook

from xls_report.collect import Collection, collect
from xls_report.decisions import Act, Decision
from xls_report.finding import Finding
from xls_report.inbox import find_files, take_in
from xls_report.merge import Merged, merge, write_merged, write_upward
from xls_report.plan import compile_layout
from xls_report.priors import Priors
from xls_report.roster import Roster, RosterUnit
from xls_report.submission import Unit

FINANCE, SCHOOLS, CULTURE = Unit("004", "区财政局"), Unit("005", "区教育局"), Unit("006", "区文旅局")
TOWN, VILLAGE = Unit("007", "东镇"), Unit("008", "西镇")
OFFICE = RosterUnit("000", "区政府", group="汇总单位")
ROSTER = Roster(
    (
        RosterUnit("004", "区财政局"),
        RosterUnit("005", "区教育局", aliases=("教育局",)),
        RosterUnit("006", "区文旅局", included=False),
        RosterUnit("007", "东镇"),
        RosterUnit("008", "西镇"),
    ),
    OFFICE,
)
ALL = ("004", "005", "007", "008")
L = "t2.licence.decisions"


@dataclass(frozen=True)
class Round:
    """Files by name; outcome and codes of each; the units' codes by where they stand, all others being missing."""

    files: Mapping[str, Callable[[], bytes]]
    due: Mapping[str, tuple[str, str]]
    included: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()
    roster: Roster = field(default=ROSTER)
    last_year: Callable[[Roster], Priors] | None = None
    summed: tuple[tuple[str, str], ...] = ()  # code and sentence of what is found in the sum


def good(unit: Unit, number: int = 0, year: int = 2025) -> Callable[[], bytes]:
    """A return that passes; `number` is one of its figures."""
    figures = {"t2.licence.items_before" if year < 2021 else L: number}
    return lambda: workbook(filled(year, figures, unit=unit))


def bad(unit: Unit, number: int = 1) -> Callable[[], bytes]:
    """A return that does not pass."""
    return lambda: workbook(filled(2025, {"t3.new.person": number}, unit=unit))


def large(unit: Unit, number: int) -> Callable[[], bytes]:
    """A return with the same figure in several items."""
    items = ("licence.decisions", "penalty.decisions", "coercion.decisions")
    return lambda: workbook(filled(2025, {f"t2.{item}": number for item in items}, unit=unit))


def last_year(*units: tuple[Unit, int]) -> Callable[[Roster], Priors]:
    """Last year's figures of these units, each with a number of requests left open."""

    def made(roster: Roster) -> Priors:
        single = {}
        for unit, number in units:
            figures = filled(2024, {"t3.new.person": number, "t3.carried_out.person": number}, unit=unit).figures
            single[unit.code, 2024] = {item: value for item, value in figures.items() if value is not None}
        return Priors(single, {unit.code: unit.name for unit, _ in units}, frozenset(), roster)

    return made


def untouched(unit: Unit) -> Callable[[], bytes]:
    return lambda: workbook(blank(2025, unit))


def acted(of: Callable[[], bytes], **act: object) -> Callable[[], bytes]:
    """The return after an act."""
    return lambda: perform(of(), compile_layout(form_of(2025)), act)


def summary(
    office: Unit, *parts: Unit, number: int = 1, written: Callable[[Merged], bytes] = write_merged
) -> Callable[[], bytes]:
    """A 工作底稿 of the office over the parts, or what else is written of the sum."""

    def made() -> bytes:
        roster = Roster(tuple(RosterUnit(u.code, u.name) for u in parts), RosterUnit(office.code, office.name))
        intakes = [taken(good(u, number + n)(), f"{u.code}.xlsx") for n, u in enumerate(parts)]
        merged = merge(collect(roster, intakes))
        assert merged is not None
        return written(merged)

    return made


VILLAGES = (Unit("101", "一村"), Unit("102", "二村"), Unit("103", "三村"))
A = ("accepted", "")

CASES: dict[str, Round] = {
    "everyone is in": Round(
        {"4.xlsx": good(FINANCE, 4), "5.xlsx": good(SCHOOLS, 5), "7.xlsx": good(TOWN, 7), "8.xlsx": good(VILLAGE, 8)},
        {"4.xlsx": A, "5.xlsx": A, "7.xlsx": A, "8.xlsx": A},
        included=ALL,
    ),
    "nobody is in": Round({}, {}),
    "one passes, one does not, one is blank": Round(
        {"4.xlsx": good(FINANCE, 4), "5.xlsx": bad(SCHOOLS), "7.xlsx": untouched(TOWN)},
        {"4.xlsx": A, "5.xlsx": ("rejected", "G301"), "7.xlsx": ("rejected", "F206")},
        included=("004",),
        rejected=("005", "007"),
    ),
    "same bytes twice": Round(
        {"4.xlsx": good(FINANCE, 4), "4b.xlsx": good(FINANCE, 4)},
        {"4.xlsx": A, "4b.xlsx": ("duplicate", "F209")},
        included=("004",),
    ),
    "same figures saved again": Round(
        {"4.xlsx": good(FINANCE, 4), "4b.xlsx": acted(good(FINANCE, 4), do="resave")},
        {"4.xlsx": A, "4b.xlsx": ("duplicate", "R204")},
        included=("004",),
    ),
    "same figures, the later file has fewer remarks": Round(
        {"4.xlsx": acted(good(FINANCE, 4), do="type", cell=L, text="4"), "4b.xlsx": good(FINANCE, 4)},
        {"4.xlsx": ("duplicate", "R204 V111"), "4b.xlsx": A},
        included=("004",),
    ),
    "two that pass and differ": Round(
        {"4.xlsx": good(FINANCE, 4), "4b.xlsx": good(FINANCE, 5), "5.xlsx": good(SCHOOLS, 1)},
        {"4.xlsx": ("accepted", "R203"), "4b.xlsx": ("accepted", "R203"), "5.xlsx": A},
        included=("005",),
        conflicts=("004",),
    ),
    "three that pass, two of them the same": Round(
        {"4.xlsx": good(FINANCE, 4), "4b.xlsx": good(FINANCE, 5), "4c.xlsx": acted(good(FINANCE, 4), do="resave")},
        dict.fromkeys(("4.xlsx", "4b.xlsx", "4c.xlsx"), ("accepted", "R203")),
        conflicts=("004",),
    ),
    "two that differ, the clerk decided": Round(
        {"4.xlsx": good(FINANCE, 4), "4b.xlsx": good(FINANCE, 5)},
        {"4.xlsx": ("superseded", "R205"), "4b.xlsx": A},
        included=("004",),
        prefer=("4b.xlsx",),
    ),
    "two that differ, the clerk named both": Round(
        {"4.xlsx": good(FINANCE, 4), "4b.xlsx": good(FINANCE, 5)},
        {"4.xlsx": ("accepted", "R203"), "4b.xlsx": ("accepted", "R203")},
        conflicts=("004",),
        prefer=("4.xlsx", "4b.xlsx"),
    ),
    "one that passes and one that does not": Round(
        {"4.xlsx": bad(FINANCE), "4b.xlsx": good(FINANCE, 5)},
        {"4.xlsx": ("superseded", "R205 G301"), "4b.xlsx": A},
        included=("004",),
    ),
    "two that do not pass": Round(
        {"4.xlsx": bad(FINANCE), "4b.xlsx": bad(FINANCE, 2)},
        {"4.xlsx": ("rejected", "G301"), "4b.xlsx": ("rejected", "G301")},
        rejected=("004",),
    ),
    "not on the roster": Round(
        {"9.xlsx": good(Unit("099", "区体育局"), 1)},
        {"9.xlsx": ("rejected", "R201")},
    ),
    "a code that lost its zeros": Round(
        {"4.xlsx": good(Unit("4", "区财政局"), 1)},
        {"4.xlsx": ("rejected", "R201 R202")},
    ),
    "last year's form and year": Round(
        {"4.xlsx": good(FINANCE, 4), "5.xlsx": good(SCHOOLS, 5), "7.xlsx": good(TOWN, 0, 2020)},
        {"4.xlsx": A, "5.xlsx": A, "7.xlsx": ("rejected", "F204")},
        included=("004", "005"),
        rejected=("007",),
    ),
    "as many of last year as of this": Round(
        {"4.xlsx": good(FINANCE, 4, 2024), "5.xlsx": good(SCHOOLS, 5, 2025)},
        {"4.xlsx": ("rejected", "F204"), "5.xlsx": A},
        included=("005",),
        rejected=("004",),
    ),
    "another form of this year": Round(
        {
            "4.xlsx": acted(good(FINANCE, 4), **{"do": "restamp", "from": "gkbg-2021", "to": "gkbg-2031"}),
            "5.xlsx": good(SCHOOLS, 5),
        },
        {"4.xlsx": ("rejected", "F203"), "5.xlsx": A},
        included=("005",),
        rejected=("004",),
    ),
    "another name than the roster's": Round(
        {"4.xlsx": good(Unit("004", "区财政和国资局"), 4), "5.xlsx": good(Unit("005", "教育局"), 5)},
        {"4.xlsx": ("accepted", "R211"), "5.xlsx": A},
        included=("004", "005"),
    ),
    "a unit that does not count": Round(
        {"6.xlsx": good(CULTURE, 4)},
        {"6.xlsx": ("ignored", "R207")},
    ),
    "left out on purpose": Round(
        {"4.xlsx": good(FINANCE, 4), "5.xlsx": bad(SCHOOLS)},
        {"4.xlsx": ("ignored", "R208"), "5.xlsx": ("ignored", "R208 G301")},
        exempt=("004", "005", "007"),
        without=("004", "005", "007"),
    ),
    "identical figures of two units": Round(
        {"4.xlsx": good(FINANCE, 4), "5.xlsx": good(SCHOOLS, 4), "7.xlsx": good(TOWN), "8.xlsx": good(VILLAGE)},
        {"4.xlsx": ("accepted", "R209"), "5.xlsx": ("accepted", "R209"), "7.xlsx": A, "8.xlsx": A},
        included=ALL,
    ),
    "the figures of the whole district in one unit": Round(
        {"4.xlsx": large(FINANCE, 9), "5.xlsx": large(SCHOOLS, 4), "7.xlsx": large(TOWN, 5), "8.xlsx": good(VILLAGE)},
        {"4.xlsx": ("accepted", "R214"), "5.xlsx": A, "7.xlsx": A, "8.xlsx": A},
        included=ALL,
    ),
    "a unit of last year that nobody continues": Round(
        {"4.xlsx": good(FINANCE, 4), "5.xlsx": good(SCHOOLS, 5), "7.xlsx": good(TOWN, 7), "8.xlsx": good(VILLAGE, 8)},
        {"4.xlsx": A, "5.xlsx": A, "7.xlsx": A, "8.xlsx": A},
        included=ALL,
        last_year=last_year((FINANCE, 0), (Unit("016", "区乡村振兴局"), 2), (Unit("017", "区老龄办"), 0)),
        summed=(
            (
                "R213",
                (
                    "上年有、今年名单没有的单位：016 区乡村振兴局（上年结转下年度 2 件，未见承接登记）；"
                    "017 区老龄办（上年没有结转）。"
                ),
            ),
        ),
    ),
    "a summary counts as a return": Round(
        {"4.xlsx": good(FINANCE, 9), "7.xlsx": summary(TOWN, *VILLAGES[:2])},
        {"4.xlsx": A, "7.xlsx": A},
        included=("004", "007"),
    ),
    "an upper paper, and one with a figure changed": Round(
        {
            "7.xlsx": summary(TOWN, *VILLAGES[:2], written=write_upward),
            "8.xlsx": acted(summary(VILLAGE, *VILLAGES[2:], written=write_upward), do="type", cell=L, number=9),
        },
        {"7.xlsx": ("accepted", "T101"), "8.xlsx": ("rejected", "V133 T101")},
        included=("007",),
        rejected=("008",),
    ),
    "one unit in two summaries": Round(
        {"7.xlsx": summary(TOWN, *VILLAGES[:2]), "8.xlsx": summary(VILLAGE, *VILLAGES[1:], number=5)},
        {"7.xlsx": ("rejected", "R206"), "8.xlsx": ("rejected", "R206")},
        rejected=("007", "008"),
    ),
    "one unit by itself and in a summary": Round(
        {"4.xlsx": good(FINANCE, 4), "7.xlsx": summary(TOWN, FINANCE, VILLAGES[0])},
        {"4.xlsx": ("rejected", "R206"), "7.xlsx": ("rejected", "R206")},
        rejected=("004", "007"),
    ),
    "the office's own summary": Round(
        {"0.xlsx": summary(OFFICE.unit, FINANCE, SCHOOLS), "4.xlsx": good(FINANCE, 4)},
        {"0.xlsx": ("ignored", "R210"), "4.xlsx": A},
        included=("004",),
    ),
    "blanks confirmed on the telephone": Round(
        {"4.xlsx": acted(good(FINANCE, 4), do="blank", cells=["t4.review.upheld", "t4.review.other"])},
        {"4.xlsx": ("accepted", "R212")},
        included=("004",),
        roster=replace(ROSTER, decisions=(Decision("004", Act.ZERO, reason="电话核实", approver="分管领导"),)),
    ),
    "a decided copy and a unit left out": Round(
        {"4a.xlsx": good(FINANCE, 4), "4b.xlsx": good(FINANCE, 5), "5.xlsx": good(SCHOOLS)},
        {"4a.xlsx": ("superseded", "R205"), "4b.xlsx": A, "5.xlsx": ("ignored", "R208")},
        included=("004",),
        exempt=("005",),
        roster=replace(
            ROSTER,
            decisions=(
                Decision("004", Act.TAKE, "4b.xlsx", "更正", "分管领导"),
                Decision("005", Act.LEAVE, reason="机构改革", approver="分管领导"),
            ),
        ),
    ),
}


@cache
def outcome(name: str) -> Collection:
    """Lay the files into an empty folder and collect them, by names relative to it; run once."""
    case = CASES[name]
    with TemporaryDirectory() as folder, chdir(folder):
        for file, made in case.files.items():
            Path(file).write_bytes(made())
        intakes = take_in(find_files([Path()]), FORMS, roster=case.roster)
        return collect(case.roster, intakes, without=case.without, prefer=[Path(file) for file in case.prefer])


@cache
def summed(name: str) -> tuple[Finding, ...]:
    """What is found in the sum of a round that is held against last year."""
    case = CASES[name]
    merged = merge(outcome(name), case.last_year(case.roster)) if case.last_year is not None else None
    return merged.findings if merged is not None else ()
