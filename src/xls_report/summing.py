"""The work of `merge`: files and roster in, the sum out, nothing lost on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from xls_report.collect import Collection, collect
from xls_report.conservation import conserved
from xls_report.faults import FOUND, OK
from xls_report.finding import SHOWN
from xls_report.form import Level
from xls_report.gathering import priors_of, roster_of, watched
from xls_report.inbox import find_files, take_in
from xls_report.intake import read_bytes
from xls_report.job import Job, bytes_out, keep_inputs, workbook_name
from xls_report.journal import log_name, record
from xls_report.jsonout import dumps
from xls_report.letter import PREFIX, letter
from xls_report.merge import NAMELESS, Merged, merge, too_many, too_many_below, write_merged, write_upward
from xls_report.output import OutputError, write_whole
from xls_report.quoting import quote
from xls_report.reader import read
from xls_report.stamp import INCOMPLETE
from xls_report.status import OPEN_STATES, standings
from xls_report.statustext import idle_lines
from xls_report.submission import Submission
from xls_report.sumobject import merge_object
from xls_report.text import FOOTNOTE, counts, file_lines, tally_line


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where a summary goes: the 工作底稿, and the 上报稿 with its letter if wanted."""

    working: Path
    upward: Path | None = None

    @property
    def letter(self) -> Path | None:
        """The letter's file, beside the 上报稿."""
        return self.upward.with_name(f"{PREFIX}-{self.upward.stem}.txt") if self.upward is not None else None

    def check(self, job: Job) -> None:
        """All of them can be written, or none is; raises OutputError, click.UsageError."""
        for path in (self.working, *([self.upward] if self.upward is not None else [])):
            workbook_name(path)
        every = [path for path in (self.working, self.upward, self.letter) if path is not None]
        if self.upward is not None and self.upward.resolve() == self.working.resolve():
            raise click.UsageError("--submit 与 -o 不能是同一个文件")
        for path in every:
            if path.exists() and not job.force:
                raise OutputError(f"{path} 已存在，没有覆盖；确要覆盖请加 --force（写在命令名之前）")

    def write(self, job: Job, merged: Merged) -> None:
        """Made and checked first, then written: no file where a check fails."""
        contents = {self.working: write_merged(merged)}
        if self.upward is not None and self.letter is not None:
            contents[self.upward] = write_upward(merged)
            contents[self.letter] = letter(merged, self.upward.name)
        for path, data in contents.items():
            write_whole(path, data, force=job.force)


def run_merge(
    job: Job,
    paths: Sequence[Path],
    roster: Path,
    output: Path,
    submit: Path | None,
    prior: Path | None,
    keep_texts: Path | None,
    without: Sequence[str],
    prefer: Sequence[Path],
    draft: bool,
    style: str,
    log: Path | None,
) -> int:
    """汇总."""
    log_name(log)
    units = roster_of(job, roster)
    unknown = [code for code in without if units.find(code) is None]
    if unknown:
        raise click.UsageError(f"--without：单位名单里没有代码 {'、'.join(unknown)}")
    _refuse(too_many(units))
    outputs = Outputs(output, submit)
    outputs.check(job)
    files = find_files([*paths, *prefer])
    last_year = priors_of(job, prior, units)
    judging = job.judging(files)
    intakes = take_in(watched(job, files), job.all_forms, prior=last_year, roster=units, judging=judging)
    collection = collect(units, intakes, without=without, prefer=prefer)
    conserved(collection, len(files))
    _refuse(too_many_below(collection))
    _preferred(prefer, collection)
    before = _earlier(job, keep_texts, collection) if keep_texts is not None else None
    inputs = [i.path for i in collection.intakes if not any(f.code == "R210" for f in i.findings)]
    for path in (outputs.working, outputs.upward, outputs.letter):
        keep_inputs(path, roster, *inputs, *([keep_texts] if keep_texts is not None else []))
    record(log, "merge", collection.intakes)
    merged = merge(collection, last_year, forms=job.all_forms, before=before)
    failed = merged is None or any(f.level is Level.ERROR for f in merged.findings)
    written = not failed and (draft or not collection.open)
    if written and merged is not None:
        outputs.write(job, merged)
    if style == "json":
        bytes_out(dumps(merge_object(collection, merged)).encode())
    else:
        click.echo(_merge_text(collection, merged, outputs if written else None), nl=False)
    explained = merged is not None and not any(f.blocks for f in merged.findings)
    return OK if written and explained and not collection.open else FOUND


def _refuse(why: str) -> None:
    """What cannot be done is said before any more work is."""
    if why:
        raise click.UsageError(why)


def _earlier(job: Job, path: Path, collection: Collection) -> Submission:
    """The earlier draft whose texts are kept: a summary of the same office and year."""
    reading = read(read_bytes(path), job.all_forms)
    found = reading.submission
    office = collection.roster.office.unit if collection.roster.office is not None else NAMELESS
    if found is None or not found.covers:
        why = "；".join(f.message for f in reading.findings if f.blocks) or "这不是汇总表"
        raise click.UsageError(f"--keep-texts {path} 读不出文字：{why}")
    if found.unit.code != office.code:
        raise click.UsageError(
            f"--keep-texts {path} 是“{quote(found.unit.code)} {quote(found.unit.name)}”的汇总表，"
            f"不是本单位“{office.code} {office.name}”的"
        )
    if collection.year not in (None, found.year):
        raise click.UsageError(f"--keep-texts {path} 是 {found.year} 年度的汇总表，本次汇总 {collection.year} 年度")
    return found


def _preferred(prefer: Sequence[Path], collection: Collection) -> None:
    """A file that is preferred and yet does not count is a slip that must not pass in silence."""
    for path in prefer:
        if not any(intake.sha256 == _digest(path) for _, intake in collection.included):
            why = "它不是一份能通过的、计入汇总的数据表，或同一单位指定了两份"
            raise click.UsageError(f"--prefer {path} 没有起作用：{why}")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _merge_text(collection: Collection, merged: Merged | None, outputs: Outputs | None) -> str:
    lines: list[str] = []
    for intake in collection.intakes:
        if intake.findings:
            lines.extend(file_lines(intake))
    for found in merged.findings if merged is not None else ():
        lines.append(f"汇总数{SHOWN[found.level]}{found.message}{found.advice}（{found.code}）")
    states = {word: [one.unit for one in standings(collection)[0] if one.state == word] for word in OPEN_STATES}
    for label, group in (*states.items(), ("暂不计入", collection.exempt)):
        if group:
            contact = "、".join(f"{u.shown}{f'（{u.contact} {u.phone}）' if u.phone else ''}" for u in group)
            lines.append(f"{label}：{contact}。")
    lines.append(tally_line(counts(collection.intakes)))
    lines.extend(idle_lines(collection))
    n = collection.unit_counts()
    lines.append(
        f"单位 {n['expected']} 家＝汇入 {n['in']}＋退回或待说明 {n['rejected']}＋未报送或打不开 {n['missing']}"
        f"＋重复待定 {n['conflict']}＋暂不计入 {n['exempt']}。"
    )
    if outputs is None:
        lines.append(
            "没有写出汇总表：单位没有收齐。要先看阶段数，请加 --draft。" if merged else "没有可以汇总的数据表。"
        )
    else:
        mark = "" if collection.complete else INCOMPLETE
        lines.append(f"已写出{mark}汇总表 {outputs.working}。")
        if outputs.upward is not None:
            lines.append(f"已写出{mark}上报稿 {outputs.upward}，报送函 {outputs.letter}。")
    return "\n".join([*lines, FOOTNOTE]) + "\n"
