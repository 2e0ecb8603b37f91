"""Files and roster → which file counts for which unit, and who is missing: every file and every unit in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from xls_report.decisions import Act, Decision
from xls_report.difference import difference, two_figures
from xls_report.figure import Figure, shown
from xls_report.finding import Finding, finding, names
from xls_report.form import Form
from xls_report.intake import Intake, Outcome
from xls_report.quoting import quote, visible
from xls_report.roster import Roster, RosterUnit

_SEVERAL = 3  # units, and figures of the others, below which a great part of the sum tells nothing


@dataclass(frozen=True, slots=True)
class Conflict:
    """A unit with two accepted files of different figures, until the clerk decides."""

    unit: RosterUnit
    intakes: tuple[Intake, ...]


@dataclass(frozen=True)
class Collection:
    """Units and files, each in exactly one place; `included` pairs a unit with the file that counts."""

    roster: Roster
    form: Form | None
    year: int | None
    intakes: tuple[Intake, ...]
    included: tuple[tuple[RosterUnit, Intake], ...]
    rejected: tuple[RosterUnit, ...]
    missing: tuple[RosterUnit, ...]
    conflicts: tuple[Conflict, ...]
    exempt: tuple[RosterUnit, ...]
    idle: tuple[Decision, ...] = ()  # rows of 处理记录 that changed nothing

    @property
    def complete(self) -> bool:
        """Whether every expected unit is in, or left out with a reason that somebody answers for (处理记录)."""
        settled = {d.code for d in self.roster.decisions if d.act is Act.LEAVE and d.settled}
        return not self.open and all(unit.code in settled for unit in self.exempt)

    @property
    def open(self) -> bool:
        """Whether someone is not in who was not left out on purpose."""
        return bool(self.rejected or self.missing or self.conflicts)

    def unit_counts(self) -> dict[str, int]:
        """Expected units by where they stand."""
        return {
            "expected": len(self.roster.expected),
            "in": len(self.included),
            "rejected": len(self.rejected),
            "missing": len(self.missing),
            "conflict": len(self.conflicts),
            "exempt": len(self.exempt),
        }


def collect(
    roster: Roster, intakes: Sequence[Intake], *, without: Iterable[str] = (), prefer: Iterable[Path] = ()
) -> Collection:
    """Decide for every file and unit; `without` are codes left out, `prefer` files that count where two differ.

    What the roster's 处理记录 says holds as well, and a row of it that changes nothing is named.
    """
    exempt = dict.fromkeys(without, "--without")
    exempt |= {d.code: f"处理记录：{d.words or '未写原因'}" for d in roster.decisions if d.act is Act.LEAVE}
    wanted = {path.absolute() for path in prefer}
    # A byte-equal copy of the file that is wanted is as good.
    preferred = frozenset(i.sha256 for i in intakes if i.path.absolute() in wanted or _taken(i, roster))
    form, year = _round(intakes, roster)
    placed = [_placed(i, roster, year, exempt) for i in intakes]
    included, conflicts, rejected = _assigned(roster, placed, exempt, preferred)
    included, twice = _twice(included)
    places = {id(intake): n for n, intake in enumerate(placed)}
    for unit, found, reason in twice:
        n = places[id(found)]
        placed[n] = replace(found, outcome=Outcome.REJECTED, findings=(*found.findings, reason))
        rejected.append(unit)
    for odd in (_alike, _whole):
        included = _marked(included, placed, odd(included))
    back = {unit.code for unit in rejected}
    standing = {u.code for u, _ in included} | {c.unit.code for c in conflicts} | back | exempt.keys()
    by_unit = _by_unit(placed)
    return Collection(
        roster,
        form,
        year,
        tuple(placed),
        tuple(included),
        tuple(u for u in roster.expected if u.code in back),
        tuple(u for u in roster.expected if u.code not in standing),
        tuple(conflicts),
        tuple(u for u in roster.expected if u.code in exempt),
        tuple(d for d in roster.decisions if _idle(d, by_unit.get(d.code, ()), preferred)),
    )


def _taken(intake: Intake, roster: Roster) -> bool:
    """Whether 处理记录 says that this file counts for its unit."""
    return intake.unit is not None and any(
        d.act is Act.TAKE and d.means(intake.file, intake.sha256, intake.codes)
        for d in roster.decided(intake.unit.code)
    )


def _by_unit(intakes: Iterable[Intake]) -> dict[str, list[Intake]]:
    found: dict[str, list[Intake]] = {}
    for intake in intakes:
        if intake.unit is not None:
            found.setdefault(intake.unit.code, []).append(intake)
    return found


def _idle(decision: Decision, mine: Sequence[Intake], preferred: frozenset[str]) -> bool:
    """Whether a row changed nothing; `mine` are the files of its unit."""
    if decision.act is Act.TAKE:
        return not any(i.sha256 in preferred for i in mine)
    return decision.act is Act.ZERO and not any(f.code == "R212" for i in mine for f in i.findings)


def _assigned(
    roster: Roster, placed: list[Intake], exempt: Mapping[str, str], preferred: frozenset[str]
) -> tuple[list[tuple[RosterUnit, Intake]], list[Conflict], list[RosterUnit]]:
    """Units with the file that counts, in conflict, or with rejected files alone; `placed` learns what is not used."""
    by_unit: dict[str, list[int]] = {}
    for n, intake in enumerate(placed):
        if intake.unit is not None and intake.outcome in (Outcome.ACCEPTED, Outcome.REJECTED):
            by_unit.setdefault(intake.unit.code, []).append(n)
    included: list[tuple[RosterUnit, Intake]] = []
    conflicts: list[Conflict] = []
    rejected: list[RosterUnit] = []
    for unit in roster.expected:
        mine = by_unit.get(unit.code, [])
        if unit.code in exempt or not mine:
            continue
        chosen = _choose(unit, mine, placed, preferred)
        accepted = tuple(placed[n] for n in mine if placed[n].outcome is Outcome.ACCEPTED)
        if chosen is not None:
            included.append((unit, chosen))
        elif accepted:
            conflicts.append(Conflict(unit, accepted))
        else:
            rejected.append(unit)
    return included, conflicts, rejected


def _round(intakes: Sequence[Intake], roster: Roster) -> tuple[Form | None, int | None]:
    """Form and report year of this round: those of most submissions of the roster's units, the later when equal."""
    votes: Counter[tuple[int, str]] = Counter()
    forms: dict[str, Form] = {}
    for intake in intakes:
        s = intake.submission
        if s is not None and roster.find(s.unit.code) is not None:
            votes[s.year, s.form.id] += 1
            forms[s.form.id] = s.form
    if not votes:
        return None, None
    year, form = max(votes, key=lambda key: (votes[key], key))
    return forms[form], year


def _placed(intake: Intake, roster: Roster, year: int | None, exempt: Mapping[str, str]) -> Intake:
    """The file by the roster: wrong year, a unit that is not on it or does not count."""
    if intake.unit is None or intake.outcome not in (Outcome.ACCEPTED, Outcome.REJECTED):
        return intake
    code = intake.unit.code
    if roster.office is not None and code == roster.office.code and _is_summary(intake):
        return _set(intake, Outcome.IGNORED, finding("R210"))
    unit = roster.find(code)
    if unit is None:
        near = roster.without_zeros(code)
        hint = (finding("R202", given=code, due=near.code),) if near is not None else ()
        return _set(intake, Outcome.REJECTED, finding("R201", given=quote(f"{code} {intake.unit.name}")), *hint)
    if year is not None and intake.year != year:
        return _set(intake, Outcome.REJECTED, finding("F204", given=str(intake.year), due=str(year)))
    if intake.unit.name not in (unit.name, *unit.aliases):
        intake = replace(
            intake, findings=(*intake.findings, finding("R211", given=quote(intake.unit.name), due=unit.name))
        )
    if not unit.included:
        return _set(intake, Outcome.IGNORED, finding("R207", unit=unit.shown))
    if code in exempt:
        return _set(intake, Outcome.IGNORED, finding("R208", unit=unit.shown, detail=exempt[code]))
    return intake


def _is_summary(intake: Intake) -> bool:
    return intake.submission is not None and bool(intake.submission.covers)


def _set(intake: Intake, outcome: Outcome, *findings: Finding) -> Intake:
    return replace(intake, outcome=outcome, findings=(*findings, *intake.findings))


def _choose(unit: RosterUnit, mine: list[int], placed: list[Intake], preferred: frozenset[str]) -> Intake | None:
    """The one file that counts for the unit; the others are marked in `placed`. None when none can be taken."""
    accepted = [n for n in mine if placed[n].outcome is Outcome.ACCEPTED]
    if not accepted:
        return None
    wanted = [n for n in accepted if placed[n].sha256 in preferred]
    if len(wanted) == 1:
        best = wanted[0]
    else:
        first = _figures(placed[accepted[0]])
        differing = [n for n in accepted if _figures(placed[n]) != first]
        if differing:
            for n in accepted:
                other = next(m for m in accepted if _figures(placed[m]) != _figures(placed[n]))
                placed[n] = replace(placed[n], findings=(*placed[n].findings, _differs(unit, placed[n], placed[other])))
            return None
        best = min(accepted, key=lambda n: (len(placed[n].findings), n))
    for n in mine:
        if n != best:
            same = placed[n].outcome is Outcome.ACCEPTED and _figures(placed[n]) == _figures(placed[best])
            code, outcome = ("R204", Outcome.DUPLICATE) if same else ("R205", Outcome.SUPERSEDED)
            placed[n] = _set(placed[n], outcome, finding(code, unit=unit.shown, given=visible(placed[best].file)))
    return placed[best]


def _figures(intake: Intake) -> Mapping[str, Figure | None]:
    return intake.submission.figures if intake.submission is not None else {}


def _differs(unit: RosterUnit, one: Intake, other: Intake) -> Finding:
    assert one.submission is not None
    assert other.submission is not None
    found = difference(one.submission, other.submission).items
    detail = names(two_figures(d.item, d.a, d.b) for d in found if d.a != d.b)
    changed = [i for i in one.submission.figures if one.submission.figures[i] != other.submission.figures[i]]
    return replace(finding("R203", unit=unit.shown, detail=detail), items=tuple(changed))


def _reached(intake: Intake) -> tuple[tuple[str, str], ...]:
    """Code and name of every unit below a submission."""
    covers = intake.submission.covers if intake.submission is not None else ()
    return tuple((unit.code, unit.name) for cover in covers for unit in cover.reached())


def _twice(
    included: list[tuple[RosterUnit, Intake]],
) -> tuple[list[tuple[RosterUnit, Intake]], list[tuple[RosterUnit, Intake, Finding]]]:
    """Parts that reach a unit which another path reaches too are not counted, and say which unit and path."""
    paths: dict[str, list[str]] = {}
    called: dict[str, str] = {}
    for unit, intake in included:
        for code, name in ((unit.code, unit.name), *_reached(intake)):
            paths.setdefault(code, []).append(unit.shown)
            if quote(name) not in called.setdefault(code, quote(name)).split("／"):
                called[code] += f"／{quote(name)}"
    fine: list[tuple[RosterUnit, Intake]] = []
    twice: list[tuple[RosterUnit, Intake, Finding]] = []
    for unit, intake in included:
        doubled = [
            code for code in dict.fromkeys((unit.code, *(code for code, _ in _reached(intake)))) if len(paths[code]) > 1
        ]
        if not doubled:
            fine.append((unit, intake))
            continue
        through = names(f"“{path}”" for code in doubled for path in paths[code])
        units = names(f"单位“{code} {called[code]}”" for code in doubled)
        twice.append((unit, intake, finding("R206", given=units, detail=through)))
    return fine, twice


def _alike(included: list[tuple[RosterUnit, Intake]]) -> dict[int, Finding]:
    """Two units with identical figures, not all zero: a warning on both."""
    groups: dict[bytes, list[int]] = {}  # by a digest: the figures of thousands as text are many megabytes
    for n, (_, intake) in enumerate(included):
        values = [shown(value) for value in _figures(intake).values()]
        if any(v.strip("0.") for v in values):
            groups.setdefault(sha256("\t".join(values).encode()).digest(), []).append(n)
    found: dict[int, Finding] = {}
    for members in groups.values():
        for n in members if len(members) > 1 else ():
            few = [included[m][0].shown for m in members[:4] if m != n]
            found[n] = finding("R209", given=names(few, total=len(members) - 1))
    return found


def _whole(included: list[tuple[RosterUnit, Intake]]) -> dict[int, Finding]:
    """A unit whose every figure is at least the sum of all others': it may have reported the district's."""
    if len(included) < _SEVERAL:
        return {}
    total: Counter[str] = Counter()
    for _, intake in included:
        total.update({ident: value or 0 for ident, value in _figures(intake).items()})
    found: dict[int, Finding] = {}
    for n, (_, intake) in enumerate(included):
        mine = _figures(intake)
        others = [item for item, value in mine.items() if total[item] != (value or 0)]
        inputs = intake.submission.form.item if intake.submission is not None else {}
        several = sum(inputs[item].total is None for item in others) >= _SEVERAL
        if several and not _is_summary(intake) and all(2 * (mine[item] or 0) >= total[item] for item in others):
            found[n] = finding("R214")
    return found


def _marked(
    included: list[tuple[RosterUnit, Intake]], placed: list[Intake], found: Mapping[int, Finding]
) -> list[tuple[RosterUnit, Intake]]:
    """The files that count with one more finding each; `placed` learns of it."""
    marked = list(included)
    places = {id(intake): n for n, intake in enumerate(placed)}
    for n, one in found.items():
        unit, intake = included[n]
        warned = replace(intake, findings=(*intake.findings, one))
        placed[places[id(intake)]] = warned
        marked[n] = unit, warned
    return marked
