"""The command line's contract: exit statuses, JSON keys and types, Chinese words, nothing else on standard output."""

from __future__ import annotations

import codecs
import json
import os
import random
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest
from desk import (
    ROOT,
    as_data,
    data_file,
    done,
    form_of,
    forms,
    hashes,
    office_row,
    random_values,
    roster_file,
    run,
    unit_row,
    workbook,
)

from xls_report import checking, cli, filling, summing
from xls_report.catalogue import CATALOGUE
from xls_report.chinese import Command
from xls_report.faults import SelfCheckError
from xls_report.writer import WriterError

YEAR = 2025
VERBS = tuple(cli.cli.commands)
SHA = re.compile(r"[0-9a-f]{64}")
ADDRESS = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Desk:
    """A district of three units: one sent in, one rejected, one missing; beside them a Word file."""

    folder: Path
    roster: Path
    blanks: Path
    inbox: Path
    good: Path
    bad: Path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("desk")
    rows = [office_row(), unit_row("001", "区教育局"), unit_row("002", "区财政局"), unit_row("003", "区住建局")]
    roster = roster_file(folder / "单位名单.csv", rows)
    done("issue", YEAR, roster, "-o", folder / "空表")
    inbox = folder / "收件"
    values = random_values(form_of(YEAR), random.Random(1))
    good = workbook(inbox / "教育局.xlsx", YEAR, ("001", "区教育局"), values)
    broken = {**values, "t3.new.person": int(values["t3.new.person"]) + 1, "t4.review.upheld": None}
    bad = workbook(inbox / "财政局.xlsx", YEAR, ("002", "区财政局"), broken)
    (inbox / "工作总结.docx").write_bytes(b"PK\x03\x04 not really")
    return Desk(folder, roster, folder / "空表", inbox, good, bad)


def blank_of(desk: Desk, code: str) -> Path:
    return next(desk.blanks.glob(f"{code}-*.xlsx"))


# --- exit statuses -----------------------------------------------------------------------------------------------


def test_status_0_when_all_is_in_order(desk: Desk, tmp_path: Path) -> None:
    done("check", desk.good)
    done("export", desk.good)
    done("explain", YEAR)
    roster = roster_file(tmp_path / "r.csv", [office_row(), unit_row("001", "区教育局")])
    done("merge", desk.good, "--roster", roster, "-o", tmp_path / "汇总.xlsx")
    data = data_file(tmp_path / "d.json", {"values": {"t3.new.person": 1}})
    done("fill", blank_of(desk, "001"), data, "-o", tmp_path / "填.xlsx")


def test_status_1_for_findings_that_block(desk: Desk, tmp_path: Path) -> None:
    done("check", desk.inbox, status=1)
    done("export", desk.inbox, status=1)
    done("merge", desk.inbox, "--roster", desk.roster, "-o", tmp_path / "m.xlsx", status=1)
    data = data_file(tmp_path / "d.json", {"values": {"t3.new.person": -1}})
    done("fill", blank_of(desk, "001"), data, "-o", tmp_path / "f.xlsx", status=1)
    assert not (tmp_path / "m.xlsx").exists()
    assert not (tmp_path / "f.xlsx").exists()


def test_status_1_when_there_is_nothing_but_other_material(desk: Desk, tmp_path: Path) -> None:
    done("check", tmp_path, status=1)
    done("check", desk.inbox / "工作总结.docx", status=1)
    done("export", tmp_path, status=1)
    done("merge", tmp_path, "--roster", desk.roster, "-o", tmp_path / "m.xlsx", status=1)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("check",),
        ("check", "--nonsense", "x"),
        ("check", "{good}", "--format", "xml"),
        ("explain",),
        ("explain", "1999"),
        ("explain", "G999"),
        ("explain", "2025", "2024"),
        ("issue", "twenty", "{roster}", "-o", "{tmp}"),
        ("issue", "2018", "{roster}", "-o", "{tmp}"),
        ("issue", "2025", "{roster}"),
        ("issue", "2025", "{broken}", "-o", "{tmp}"),
        ("--forms", "{badforms}", "explain", "2025"),
        ("merge", "{good}", "-o", "{tmp}/m.xlsx"),
        ("merge", "{good}", "--roster", "{broken}", "-o", "{tmp}/m.xlsx"),
        ("merge", "{good}", "--roster", "{roster}", "-o", "{tmp}/m.xlsx", "--without", "999"),
        ("check", "{good}", "--roster", "{broken}"),
    ],
)
def test_status_2_for_wrong_use_and_broken_rosters_and_forms(
    arguments: tuple[str, ...], desk: Desk, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("代码,名称\n001,\n", encoding="utf-8")
    badforms = tmp_path / "forms"
    badforms.mkdir()
    (badforms / "x.toml").write_text("id = 3", encoding="utf-8")
    out = tmp_path / "out"
    places = {"good": desk.good, "roster": desk.roster, "broken": broken, "badforms": badforms, "tmp": out}
    found = done(*(argument.format(**places) for argument in arguments), status=2)
    assert found.out == b""
    assert found.err.strip()
    assert_chinese(found.err)
    assert not out.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "{none}"),
        ("export", "{none}"),
        ("check", "{good}", "--roster", "{none}"),
        ("check", "{good}", "--prior", "{none}"),
        ("merge", "{none}", "--roster", "{roster}", "-o", "{tmp}/m.xlsx"),
        ("merge", "{good}", "--roster", "{none}", "-o", "{tmp}/m.xlsx"),
        ("merge", "{good}", "--roster", "{roster}", "-o", "{tmp}/m.xlsx", "--prefer", "{none}"),
        ("issue", "2025", "{none}", "-o", "{tmp}"),
        ("issue", "2025", "{roster}", "-o", "{file}"),
        ("fill", "{none}", "{file}", "-o", "{tmp}/f.xlsx"),
        ("fill", "{blank}", "{none}", "-o", "{tmp}/f.xlsx"),
        ("--forms", "{none}", "explain", "2025"),
        ("check", "{good}", "-o", "{file}"),
        ("check", "{good}", "-o", "{file}/below/x.txt"),
        ("export", "{good}", "-o", "{file}"),
        ("export", "{good}", "--format", "csv", "-o", "{file}"),
        ("demo", "{full}"),
    ],
)
def test_status_3_for_what_cannot_be_read_or_written(arguments: tuple[str, ...], desk: Desk, tmp_path: Path) -> None:
    file = data_file(tmp_path / "a file.json", {"values": {}})
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine", encoding="utf-8")
    places = {
        "none": tmp_path / "none",
        "good": desk.good,
        "roster": desk.roster,
        "file": file,
        "full": full,
        "tmp": tmp_path / "out",
        "blank": blank_of(desk, "001"),
    }
    before = hashes(tmp_path)
    found = done(*(argument.format(**places) for argument in arguments), status=3)
    assert hashes(tmp_path) == before
    assert found.err.strip()
    assert_chinese(found.err)


def test_status_4_when_the_self_check_fails_and_no_file_is_kept(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster = roster_file(tmp_path / "r.csv", [office_row(), unit_row("001", "区教育局")])

    def broken(*_: object, **__: object) -> bytes:
        raise SelfCheckError("broken on purpose")

    for target in ("write_merged", "conserved"):
        with monkeypatch.context() as patch:
            patch.setattr(summing, target, broken)
            found = done("merge", desk.good, "--roster", roster, "-o", tmp_path / "m.xlsx", status=4)
            assert "自检" in found.err
            assert not (tmp_path / "m.xlsx").exists()
    with monkeypatch.context() as patch:
        patch.setattr(filling, "write", _refused)
        data = data_file(tmp_path / "d.json", {"values": {}})
        done("fill", blank_of(desk, "001"), data, "-o", tmp_path / "f.xlsx", status=4)
    assert not (tmp_path / "f.xlsx").exists()


def _refused(*_: object, **__: object) -> bytes:
    raise WriterError("refused on purpose")


def test_status_4_when_the_summary_does_not_hold_the_sum(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One figure of the summary's detail row is changed on its way to the file: the read back notices."""
    from xls_report import merge as merge_module

    roster = roster_file(tmp_path / "r.csv", [office_row(), unit_row("001", "区教育局")])
    genuine = vars(merge_module)["sums"]

    def wrong(*arguments: Any) -> Any:
        values = genuine(*arguments)
        values["t3.new.person"] = int(values["t3.new.person"] or 0) + 1
        values["t3.carried_out.person"] = int(values["t3.carried_out.person"] or 0) + 1
        return values

    monkeypatch.setitem(vars(merge_module), "sums", wrong)
    done("merge", desk.good, "--roster", roster, "-o", tmp_path / "m.xlsx", status=4)
    assert not (tmp_path / "m.xlsx").exists()


@pytest.mark.parametrize("fault", [RuntimeError, KeyError, RecursionError, MemoryError, AssertionError])
def test_status_70_for_a_fault_of_ours_in_one_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def broken(*_: object, **__: object) -> int:
        raise fault("a secret detail")

    monkeypatch.setattr(checking, "run_check", broken)
    found = done("check", desk.good, status=70)
    assert found.out == b""
    assert len(found.err.splitlines()) == 1
    assert "Traceback" not in found.err
    assert "secret" not in found.err
    told = done("--debug", "check", desk.good, status=70)
    assert "Traceback (most recent call last)" in told.err
    assert "a secret detail" in told.err


def test_an_interrupt_is_told_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(checking, "run_check", broken)
    found = run("check", desk.good)
    assert found.status != 0
    assert "Traceback" not in found.err


# --- words -------------------------------------------------------------------------------------------------------

_ENGLISH = re.compile(r"\b(Usage|Options?|Error|Missing|Commands?|Arguments?|Show|Try|Invalid|No such|ARGS|COMMAND)\b")


def assert_chinese(text: str) -> None:
    """No sentence of click or of the system is left in English."""
    assert not _ENGLISH.search(text), _ENGLISH.findall(text)
    assert "Errno" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize("verb", [(), *((verb,) for verb in VERBS)], ids=lambda v: "".join(v) or "xls-report")
def test_help_is_in_chinese(verb: tuple[str, ...]) -> None:
    text = done(*verb, "--help").text
    text.encode("gbk")
    assert_chinese(text)
    assert text.startswith("用法：")
    assert "显示帮助" in text
    rows = text.partition("选项")[2].partition("命令")[0].splitlines()[1:]
    for row in rows:
        if row.strip():
            assert re.search(r"[\u4e00-\u9fff]", row), f"nothing is said about {row.strip()}"


def test_no_verb_at_all_shows_the_help_once() -> None:
    found = run()
    assert found.status == 2
    assert_chinese(found.err)
    assert "用法不对：用法" not in found.err
    assert not found.err.rstrip().endswith("。。")


def test_every_verb_of_the_design_that_is_there_has_a_first_sentence() -> None:
    text = done("--help").text
    for verb in VERBS:
        line = next(line for line in text.splitlines() if line.strip().startswith(f"{verb} "))
        assert re.search(r"[\u4e00-\u9fff]{2,}", line)


@pytest.mark.parametrize("verb", cli.cli.commands)
def test_the_help_of_every_verb_ends_with_an_example_that_would_run(verb: str) -> None:
    command = cli.cli.commands[verb]
    assert isinstance(command, Command)
    text = done(verb, "--help").text
    text.encode("gbk")
    lines = [line.removeprefix("例：xls-report ") for line in text.splitlines() if line.startswith("例：xls-report ")]
    assert 1 <= len(lines) <= 2
    assert text.rstrip().endswith("\n".join(f"例：xls-report {line}" for line in lines))
    options = {name for parameter in command.params for name in parameter.opts}
    for line in lines:
        first, *arguments = shlex.split(line)
        assert first == verb
        assert {word for word in arguments if word.startswith("-")} <= options
        command.make_context(verb, list(arguments))  # raises where an argument is missing or of the wrong kind


def test_an_example_tells_of_the_year_that_is_collected_now() -> None:
    now = date.today().year
    assert f"issue {now - 1} 单位名单.xlsx" in done("issue", "--help").text
    assert f"--due {now}-01-23" in done("status", "--help").text


def test_every_option_and_argument_says_in_chinese_what_it_is() -> None:
    groups: list[click.Command] = [cli.cli, *cli.cli.commands.values()]
    for command in groups:
        assert re.search(r"[\u4e00-\u9fff]", command.help or "")
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert re.search(r"[\u4e00-\u9fff]", parameter.help or ""), f"{command.name} {parameter.opts}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "x", "--nope"), ["没有选项", "--nope"]),
        (("nope",), ["没有命令", "nope"]),
        (("check",), ["缺少", "文件或文件夹"]),
        (("merge", "x"), ["缺少", "--roster"]),
        (("check", "x", "--format", "xml"), ["--format", "text、lines、json"]),
        (("explain", "2025", "extra"), ["多出", "extra"]),
        (("issue", "twenty", "r.csv", "-o", "d"), ["年度"]),
        (("check", "x", "-o"), ["-o"]),
    ],
)
def test_wrong_use_is_told_in_one_chinese_sentence(arguments: tuple[str, ...], words: list[str]) -> None:
    found = done(*arguments, status=2)
    assert len(found.err.strip().splitlines()) == 1
    assert_chinese(found.err)
    for word in words:
        assert word.lower() in found.err.lower()


def test_all_text_of_every_verb_fits_a_gbk_console(desk: Desk, tmp_path: Path) -> None:
    commands: list[tuple[object, ...]] = [
        ("check", desk.inbox),
        ("check", desk.inbox, "--format", "lines"),
        ("merge", desk.inbox, "--roster", desk.roster, "-o", tmp_path / "m.xlsx", "--draft"),
        ("explain", 2025),
        ("explain", 2020),
        ("export", desk.inbox, "--format", "csv"),
        ("issue", 2025, desk.roster, "-o", tmp_path / "b"),
        ("demo", tmp_path / "d"),
        *(("explain", code) for code in CATALOGUE),
    ]
    for command in commands:
        found = run(*command)
        assert found.status in (0, 1)
        found.text.removeprefix("\ufeff").encode("gbk")
        found.err.encode("gbk")


def test_every_code_of_the_catalogue_and_of_the_forms_is_explained() -> None:
    codes = {*CATALOGUE, *(relation.id for form in forms() for relation in form.all_relations)}
    for code in sorted(codes):
        text = done("explain", code.lower()).text
        assert text.startswith(code)
        assert "{" not in text
        assert "}" not in text
        found = done("explain", code, "--format", "json").json
        assert found["code"] == code
        assert found["level"] in ("error", "explain", "warning")


# --- as a process ------------------------------------------------------------------------------------------------


def _process(*arguments: object, encoding: str = "utf-8", **more: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, **more}
    command = [sys.executable, "-c", "from xls_report.cli import main; main()", *(str(a) for a in arguments)]
    return subprocess.run(command, capture_output=True, check=False, cwd=ROOT, env=environment, timeout=60)


def test_a_process_on_a_gbk_console(desk: Desk) -> None:
    """Text comes in the console's encoding, JSON in UTF-8 whatever that is."""
    told = _process("check", desk.inbox, encoding="gbk")
    assert told.returncode == 1
    assert "退回修改" in told.stdout.decode("gbk")
    given = _process("check", desk.inbox, "--format", "json", encoding="gbk")
    assert given.returncode == 1
    assert json.loads(given.stdout.decode("utf-8"))["counts"]["rejected"] == 1
    lost = _process("check", desk.folder / "不存在", encoding="gbk")
    assert lost.returncode == 3
    assert "不存在" in lost.stderr.decode("gbk")


def test_a_process_on_an_ascii_console_does_not_fall(desk: Desk) -> None:
    told = _process("check", desk.inbox, encoding="ascii")
    assert told.returncode == 1
    assert b"Traceback" not in told.stderr


def test_a_closed_pipe_is_no_traceback(desk: Desk) -> None:
    command = f"{sys.executable} -c 'from xls_report.cli import main; main()' explain 2025 --format json | head -c 1"
    found = subprocess.run(command, shell=True, capture_output=True, check=False, cwd=ROOT, timeout=60)
    assert b"Traceback" not in found.stderr
    assert b"Exception ignored" not in found.stderr


# --- JSON --------------------------------------------------------------------------------------------------------


def _keys(value: Any) -> list[str]:
    assert isinstance(value, dict)
    return list(value)


def assert_finding(found: Any) -> None:
    assert _keys(found) == ["code", "level", "sheet", "cells", "items", "message", "given", "due", "advice"]
    assert re.fullmatch(r"[FSVGDTR][0-9]{3}", found["code"])
    assert found["level"] in ("error", "explain", "warning")
    assert isinstance(found["sheet"], str)
    assert all(ADDRESS.fullmatch(cell) for cell in found["cells"])
    assert all(isinstance(item, str) for item in found["items"])
    assert isinstance(found["message"], str)
    assert found["message"]
    assert isinstance(found["advice"], str)
    for key in ("given", "due"):
        assert found[key] is None or type(found[key]) in (int, str)


def assert_file(found: Any) -> None:
    assert _keys(found) == ["file", "sha256", "outcome", "form", "year", "unit", "values", "findings"]
    assert found["outcome"] in ("accepted", "rejected", "unreadable", "ignored", "duplicate", "superseded")
    assert found["sha256"] == "" or SHA.fullmatch(found["sha256"])
    if found["outcome"] in ("accepted", "rejected"):
        assert found["form"] == "gkbg-2021"
        assert found["year"] == YEAR
        assert _keys(found["unit"]) == ["code", "name"]
        assert_values(found["values"])
    else:
        assert found["values"] == {}
    for entry in found["findings"]:
        assert_finding(entry)


def assert_values(values: Any) -> None:
    assert list(values) == [item.id for item in form_of(YEAR).items]
    for item in form_of(YEAR).items:
        value = values[item.id]
        if value is None:
            continue
        if item.kind == "amount":
            assert isinstance(value, str)
            assert re.fullmatch(r"[0-9]+\.[0-9]{2}([0-9]*[1-9])?", value), value
        else:
            assert type(value) is int


def test_json_of_check(desk: Desk) -> None:
    found = done("check", desk.inbox, "--format", "json", status=1).json
    assert _keys(found) == ["tool", "version", "files", "counts"]
    assert found["tool"] == "xls-report"
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["version"])
    outcomes = {Path(file["file"]).name: file["outcome"] for file in found["files"]}
    assert outcomes == {"教育局.xlsx": "accepted", "财政局.xlsx": "rejected", "工作总结.docx": "ignored"}
    for file in found["files"]:
        assert_file(file)
    counts = found["counts"]
    assert set(counts) == {"seen", "accepted", "rejected", "unreadable", "ignored", "duplicate", "superseded"}
    assert counts["seen"] == 3 == sum(n for key, n in counts.items() if key != "seen")
    rejected = next(file for file in found["files"] if file["outcome"] == "rejected")
    codes = {entry["code"]: entry for entry in rejected["findings"]}
    assert codes["V101"]["cells"] == ["A5"]
    assert codes["V101"]["items"] == ["t4.review.upheld"]
    assert codes["G301"]["cells"] == ["D5", "D6", "D28", "D29"]
    assert codes["G301"]["given"] == codes["G301"]["due"] + 1
    assert rejected["values"]["t4.review.upheld"] is None
    assert rejected["values"]["t4.review.total"] is None


def test_json_of_export(desk: Desk, tmp_path: Path) -> None:
    data = {
        "values": as_data(random_values(form_of(YEAR), random.Random(2))),
        "texts": {"s1.proactive": ["第一段", "第二段"], "s5": ["问题"], "s6": ["无"]},
        "cover": {
            "document_no": "区教〔2026〕1号",
            "signed_on": "2026-01-20",
            "leader": "甲",
            "reviewer": "乙",
            "filler": "丙",
            "phone": "0595-12345678",
            "email": "a@b.cn",
            "address": "某路1号",
            "postcode": "362000",
        },
        "zero_report": [],
        "explanations": {"G202": "上年多计了三件，已在上年年报中更正"},
    }
    out = tmp_path / "填.xlsx"
    done("fill", blank_of(desk, "001"), data_file(tmp_path / "d.json", data), "-o", out)
    found = done("export", out).json
    assert isinstance(found, list)
    (entry,) = found
    assert _keys(entry) == [
        "file",
        "form",
        "year",
        "unit",
        "covers",
        "values",
        "texts",
        "cover",
        "zero_report",
        "explanations",
    ]
    assert entry["file"] == str(out)
    assert (entry["form"], entry["year"]) == ("gkbg-2021", YEAR)
    assert entry["unit"] == {"code": "001", "name": "区教育局"}
    assert entry["covers"] == []
    assert_values(entry["values"])
    assert entry["texts"] == data["texts"]
    assert entry["cover"] == data["cover"]
    assert entry["zero_report"] == []
    assert entry["explanations"] == data["explanations"]
    written = tmp_path / "out.json"
    done("export", out, "-o", written)
    assert json.loads(written.read_text(encoding="utf-8")) == found


def test_json_of_export_of_a_blank_is_null_everywhere(desk: Desk) -> None:
    found = done("export", blank_of(desk, "003"), status=1).json
    assert len(found) == 1
    assert set(found[0]["values"].values()) == {None}
    assert len(found[0]["values"]) == 200


def test_csv_of_export_opens_in_excel(desk: Desk) -> None:
    found = done("export", desk.good, "--format", "csv")
    assert found.out.startswith(codecs.BOM_UTF8)
    lines = found.out.decode("utf-8-sig").split("\r\n")
    assert lines[0] == '"文件","代码","名称","年度","指标","数值"'
    assert len(lines) == 1 + 200 + 1


MERGE_KEYS = [
    "form",
    "year",
    "unit",
    "complete",
    "values",
    "covers",
    "missing",
    "rejected",
    "conflicts",
    "exempt",
    "files",
    "findings",
    "counts",
]


def test_json_of_merge(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "m.xlsx"
    found = done("merge", desk.inbox, "--roster", desk.roster, "-o", out, "--format", "json", status=1).json
    assert _keys(found) == MERGE_KEYS
    assert found["unit"] == {"code": "000", "name": "某区人民政府"}
    assert found["complete"] is False
    assert found["missing"] == [{"code": "003", "name": "区住建局"}]
    assert found["rejected"] == [{"code": "002", "name": "区财政局"}]
    assert found["conflicts"] == found["exempt"] == []
    assert found["covers"] == [{"code": "001", "name": "区教育局"}]
    assert_values(found["values"])
    for file in found["files"]:
        assert_file(file)
    assert _keys(found["counts"]) == ["files", "units"]
    files, units = found["counts"]["files"], found["counts"]["units"]
    assert set(files) == {"seen", "accepted", "rejected", "unreadable", "duplicate", "superseded", "ignored"}
    assert units == {"expected": 3, "in": 1, "rejected": 1, "missing": 1, "conflict": 0, "exempt": 0}
    assert not out.exists()


def test_json_of_merge_of_nothing_has_the_same_keys(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "m.xlsx"
    (tmp_path / "in").mkdir()
    found = done("merge", tmp_path / "in", "--roster", desk.roster, "-o", out, "--format", "json", status=1).json
    assert _keys(found) == MERGE_KEYS
    assert found["complete"] is False
    assert [unit["code"] for unit in found["missing"]] == ["001", "002", "003"]
    assert found["values"] == {}


@pytest.mark.parametrize("year", [2020, 2025])
def test_json_of_explain_has_the_keys_of_the_contract(year: int) -> None:
    found = done("explain", year, "--format", "json").json
    assert _keys(found) == ["id", "title", "basis", "years", "tables", "sections", "relations"]
    assert all(type(y) is int for y in found["years"])
    for table in found["tables"]:
        assert _keys(table) == ["id", "sheet", "title", "items"]
        for item in table["items"]:
            assert _keys(item) == ["id", "sheet", "cell", "row", "column", "kind", "role", "unit"]
            assert item["kind"] in ("count", "change", "amount")
            assert item["role"] in ("input", "total")
            assert ADDRESS.fullmatch(item["cell"])
            assert isinstance(item["row"], list)
            assert isinstance(item["column"], list)
    parts = []
    for section in found["sections"]:
        assert _keys(section) == ["id", "sheet", "title", "parts"]
        for part in section["parts"]:
            assert _keys(part) == ["id", "title"]
            parts.append(part["id"])
    assert parts == [
        "s1.proactive",
        "s1.on_request",
        "s1.management",
        "s1.platform",
        "s1.supervision",
        "s5",
        "s6",
    ]
    for relation in found["relations"]:
        assert _keys(relation) == ["id", "level", "basis", "words", "cells"]
        assert all(isinstance(cell, str) for cells in relation["cells"] for cell in cells)


def test_standard_output_is_json_alone_even_when_refused(desk: Desk, tmp_path: Path) -> None:
    refused: list[tuple[object, ...]] = [
        ("check", tmp_path / "none", "--format", "json"),
        ("check", desk.good, "--roster", tmp_path / "none", "--format", "json"),
        ("merge", desk.inbox, "--roster", tmp_path / "none", "-o", tmp_path / "m.xlsx", "--format", "json"),
        ("merge", desk.inbox, "--roster", desk.roster, "-o", desk.good, "--format", "json"),
        ("explain", "1990", "--format", "json"),
        ("export", tmp_path / "none"),
    ]
    for command in refused:
        found = run(*command)
        assert found.status in (2, 3)
        assert found.out == b"" or isinstance(found.json, dict | list)
        assert found.err.strip()
    blocked: list[tuple[object, ...]] = [
        ("check", desk.inbox, "--format", "json"),
        ("export", desk.inbox),
        ("merge", desk.inbox, "--roster", desk.roster, "-o", tmp_path / "m.xlsx", "--format", "json"),
        ("merge", desk.inbox, "--roster", desk.roster, "-o", tmp_path / "m.xlsx", "--format", "json", "--draft"),
    ]
    for command in blocked:
        found = run(*command)
        assert found.status == 1
        assert isinstance(found.json, dict | list)


def test_json_to_a_file_leaves_standard_output_empty(desk: Desk, tmp_path: Path) -> None:
    found = done("check", desk.good, "--format", "json", "-o", tmp_path / "c.json")
    assert found.out == b""
    assert json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["tool"] == "xls-report"
    again = run("check", desk.good, "--format", "json", "-o", tmp_path / "c.json")
    assert again.status == 3
    done("--force", "check", desk.good, "--format", "json", "-o", tmp_path / "c.json")


# --- text --------------------------------------------------------------------------------------------------------


def test_lines_are_one_finding_each_sorted_as_compilers_print(desk: Desk) -> None:
    lines = done("check", desk.inbox, "--format", "lines", status=1).text.splitlines()
    assert lines == sorted(lines)
    pattern = re.compile(r".+?:(.+!)?[A-Z0-9:,]*.*: (error|explain|warning) [FSVGDTR]\d{3} .+")
    assert all(pattern.fullmatch(line) for line in lines)
    assert any("表三 申请办理!D5:D6,D28:D29: error G301 " in line for line in lines)


def test_text_is_grouped_by_unit_state_first(desk: Desk) -> None:
    text = done("check", desk.inbox, status=1).text
    assert re.search(r"^002 区财政局：退回修改（必改 2 处，提醒 1 处）", text, re.MULTILINE)
    assert "不代替" in text


# --- issue -------------------------------------------------------------------------------------------------------


def test_issue_tells_where_and_skips_the_office(desk: Desk, tmp_path: Path) -> None:
    found = done("issue", YEAR, desk.roster, "-o", tmp_path)
    assert "3 份" in found.text
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [
        *(f"{code}-{name}-2025年政府信息公开年报数据表.xlsx" for code, name in _units()),
        "空表发放清单.csv",
    ]
    again = run("issue", YEAR, desk.roster, "-o", tmp_path)
    assert again.status == 3
    assert "--force" in again.err
    before = hashes(tmp_path)
    done("--force", "issue", YEAR, desk.roster, "-o", tmp_path)
    assert hashes(tmp_path) == before


def _units() -> Iterator[tuple[str, str]]:
    yield from (("001", "区教育局"), ("002", "区财政局"), ("003", "区住建局"))


def test_issue_without_texts_and_with_password_and_label(desk: Desk, tmp_path: Path) -> None:
    options = ("--tables-only", "--password", "秘密", "--label", "第2次发放")
    done("issue", YEAR, desk.roster, "-o", tmp_path / "a", *options)
    done("issue", YEAR, desk.roster, "-o", tmp_path / "b", *options)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    book = openpyxl.load_workbook(next((tmp_path / "a").glob("001*.xlsx")))
    assert [name for name in book.sheetnames if "选填" in name] == []
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password
    book.close()
    data = data_file(tmp_path / "d.json", {"values": as_data(random_values(form_of(YEAR), random.Random(3)))})
    done("fill", next((tmp_path / "a").glob("001*.xlsx")), data, "-o", tmp_path / "f.xlsx")
    done("check", tmp_path / "f.xlsx")
    texts = data_file(tmp_path / "t.json", {"texts": {"s5": ["x"]}})
    refused = done("fill", next((tmp_path / "a").glob("001*.xlsx")), texts, "-o", tmp_path / "g.xlsx", status=1)
    assert "texts" in refused.err


def test_a_blank_sent_back_is_one_finding(desk: Desk) -> None:
    found = done("check", blank_of(desk, "001"), "--format", "json", status=1).json
    assert [entry["code"] for entry in found["files"][0]["findings"]] == ["F206"]


def test_version() -> None:
    assert re.fullmatch(r"xls-report \d+\.\d+\.\d+\n", done("--version").text)
