"""The work of `merge` and `status`: files and roster in, the sum or who is missing out, nothing lost on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import click

from xls_report import jsonout
from xls_report.collect import Collection, collect
from xls_report.figure import Figure
from xls_report.finding import SHOWN
from xls_report.form import Level
from xls_report.intake import Prior, find_files, take_in
from xls_report.issue import csv_bytes
from xls_report.merge import Merged, SelfCheckError, merge, write_merged
from xls_report.output import OutputError, write_whole
from xls_report.stamp import INCOMPLETE
from xls_report.status import IN, changes, states_of, status
from xls_report.statustext import idle_lines, status_listings, status_object, status_rows, status_text
from xls_report.text import FOOTNOTE, counts, file_lines, tally_line
from xls_report.workflow import (
    FOUND,
    OK,
    Job,
    bytes_out,
    data_out,
    keep_inputs,
    priors_of,
    roster_of,
    text_out,
    watched,
    workbook_name,
)
from xls_report.writer import write_listings


def run_merge(
    job: Job,
    paths: Sequence[Path],
    roster: Path,
    output: Path,
    prior: Path | None,
    without: Sequence[str],
    prefer: Sequence[Path],
    draft: bool,
    style: str,
) -> int:
    """汇总."""
    units = roster_of(job, roster)
    unknown = [code for code in without if units.find(code) is None]
    if unknown:
        raise click.UsageError(f"--without：单位名单里没有代码 {'、'.join(unknown)}")
    workbook_name(output)
    if output.exists() and not job.force:
        raise OutputError(f"{output} 已存在，没有覆盖；确要覆盖请加 --force（写在命令名之前）")
    files = find_files([*paths, *prefer])
    last_year = priors_of(job, prior, units)
    intakes = take_in(watched(job, files), job.all_forms, prior=last_year, roster=units)
    collection = collect(units, intakes, without=without, prefer=prefer)
    _conserved(collection, len(files))
    _preferred(prefer, collection)
    keep_inputs(output, roster, *(i.path for i in collection.intakes if not any(f.code == "R210" for f in i.findings)))
    merged = merge(collection, _last_year(collection, last_year))
    failed = merged is None or any(f.level is Level.ERROR for f in merged.findings)
    written = not failed and (draft or not collection.open)
    if written and merged is not None:
        write_whole(output, write_merged(merged), force=job.force)
    if style == "json":
        bytes_out(jsonout.dumps(jsonout.merge_object(collection, merged)).encode())
    else:
        click.echo(_merge_text(collection, merged, output if written else None), nl=False)
    explained = merged is not None and not any(f.blocks for f in merged.findings)
    return OK if written and explained and not collection.open else FOUND


def run_status(
    job: Job,
    paths: Sequence[Path],
    roster: Path,
    prior: Path | None,
    due: date | None,
    since: Path | None,
    style: str,
    output: Path | None,
) -> int:
    """报送情况."""
    units = roster_of(job, roster)
    if style == "xlsx":
        if output is None:
            raise click.UsageError("--format xlsx 要用 -o 指定输出文件")
        workbook_name(output)
    before = states_of(since) if since is not None else None
    last_year = priors_of(job, prior, units)
    files = find_files(paths)
    intakes = take_in(watched(job, files), job.all_forms, prior=last_year, roster=units)
    keep_inputs(output, roster, *(intake.path for intake in intakes))
    collection = collect(units, intakes)
    _conserved(collection, len(files))
    found = status(collection, date.today(), due)
    changed = changes(found, before) if before is not None else ()
    if style == "json":
        text_out(job, jsonout.dumps(status_object(found)), output)
    elif style == "csv":
        data_out(job, csv_bytes(status_rows(found)), output)
    elif output is not None and style == "xlsx":
        write_whole(output, write_listings(status_listings(found, due, changed)), force=job.force)
        click.echo(status_text(found, changed).split("\n")[1] + f"报送情况已写到 {output}。")
    else:
        text_out(job, status_text(found, changed), output)
    return OK if all(one.state in IN for one in found.units) else FOUND


def _preferred(prefer: Sequence[Path], collection: Collection) -> None:
    """A file that is preferred and yet does not count is a slip that must not pass in silence."""
    for path in prefer:
        if not any(intake.sha256 == _digest(path) for _, intake in collection.included):
            why = "它不是一份能通过的、计入汇总的数据表，或同一单位指定了两份"
            raise click.UsageError(f"--prefer {path} 没有起作用：{why}")


def _last_year(collection: Collection, prior: Prior | None) -> Mapping[str, Figure] | None:
    """The collecting office's own figures of last year; none for a part, which is not held against a whole."""
    office = collection.roster.office
    part = collection.open or bool(collection.exempt)
    if office is None or prior is None or collection.year is None or part:
        return None
    return prior(office.unit, collection.year - 1)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _conserved(collection: Collection, seen: int) -> None:
    """No file and no unit may get lost between the lists."""
    files, units = counts(collection.intakes), collection.unit_counts()
    if seen != files["seen"] or files["seen"] != sum(n for key, n in files.items() if key != "seen"):
        raise SelfCheckError(f"文件数不守恒：{files}")
    if units["expected"] != sum(n for key, n in units.items() if key != "expected"):
        raise SelfCheckError(f"单位数不守恒：{units}")


def _merge_text(collection: Collection, merged: Merged | None, output: Path | None) -> str:
    lines: list[str] = []
    for intake in collection.intakes:
        if intake.findings:
            lines.extend(file_lines(intake))
    for found in merged.findings if merged is not None else ():
        lines.append(f"汇总数{SHOWN[found.level]}{found.message}{found.advice}（{found.code}）")
    for label, group in (
        ("未报送", collection.missing),
        ("退回修改或待说明", collection.rejected),
        ("重复待定", tuple(c.unit for c in collection.conflicts)),
        ("暂不计入", collection.exempt),
    ):
        if group:
            contact = "、".join(f"{u.shown}{f'（{u.contact} {u.phone}）' if u.phone else ''}" for u in group)
            lines.append(f"{label}：{contact}。")
    lines.append(tally_line(counts(collection.intakes)))
    lines.extend(idle_lines(collection))
    n = collection.unit_counts()
    lines.append(
        f"单位 {n['expected']} 家＝汇入 {n['in']}＋退回或待说明 {n['rejected']}＋未报送 {n['missing']}"
        f"＋重复待定 {n['conflict']}＋暂不计入 {n['exempt']}。"
    )
    if output is None:
        lines.append(
            "没有写出汇总表：单位没有收齐。要先看阶段数，请加 --draft。" if merged else "没有可以汇总的数据表。"
        )
    else:
        lines.append(f"已写出{'' if collection.complete else INCOMPLETE}汇总表 {output}。")
    return "\n".join([*lines, FOOTNOTE]) + "\n"
