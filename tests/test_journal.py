"""`--log`: a line a file, appended and never in the place of anything else, whatever the run ended with."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from desk import done, hashes, office_row, roster_file, unit_row
from support import filled, workbook

KEYS = ["time", "verb", "file", "sha256", "outcome", "unit", "codes"]
OLD = b'{"time": "2026-01-20T09:00:00+08:00", "verb": "check", "file": "x.xlsx"}\n'


def told(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_bytes().decode("utf-8").split("\n")[:-1]]


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """收件 with a good workbook, one with a fault and a PDF; 单位名单.csv."""
    inbox = tmp_path / "收件"
    inbox.mkdir()
    (inbox / "004.xlsx").write_bytes(workbook(filled(2025, {"t3.new.person": 1, "t3.granted.person": 1})))
    (inbox / "坏.xlsx").write_bytes(b"PK\x03\x04")
    (inbox / "盖章.pdf").write_bytes(b"%PDF-1.7")
    roster_file(tmp_path / "单位名单.csv", [office_row(), unit_row("004", "区财政局")])
    return tmp_path


def arguments(desk: Path, verb: str) -> tuple[object, ...]:
    more: dict[str, tuple[object, ...]] = {
        "check": (),
        "status": ("--roster", desk / "单位名单.csv"),
        "merge": ("--roster", desk / "单位名单.csv", "-o", desk / "汇总表.xlsx"),
    }
    return (verb, desk / "收件", *more[verb])


@pytest.mark.parametrize(("verb", "status"), [("check", 1), ("status", 0), ("merge", 0)])
def test_a_line_a_file(desk: Path, verb: str, status: int) -> None:
    log, inbox = desk / "记录" / "log.jsonl", desk / "收件"
    before = hashes(inbox)
    done(*arguments(desk, verb), "--log", log, status=status)
    found = told(log)
    assert [list(entry) for entry in found] == [KEYS] * 3
    moment = datetime.fromisoformat(found[0]["time"])
    assert moment.tzinfo is not None
    assert abs((datetime.now().astimezone() - moment).total_seconds()) < 60
    assert {entry["time"] for entry in found} == {found[0]["time"]}
    assert [tuple(entry.values())[1:] for entry in found] == [
        (verb, str(inbox / "004.xlsx"), sha(inbox / "004.xlsx"), "accepted", "004", []),
        (verb, str(inbox / "坏.xlsx"), sha(inbox / "坏.xlsx"), "unreadable", None, found[1]["codes"]),
        (verb, str(inbox / "盖章.pdf"), sha(inbox / "盖章.pdf"), "ignored", None, ["F112"]),
    ]
    assert len(found[1]["codes"]) == 1
    assert found[1]["codes"][0].startswith("F1")
    assert hashes(inbox) == before


def test_codes_are_sorted_and_each_is_told_once(desk: Path) -> None:
    log, inbox = desk / "log.jsonl", desk / "收件"
    one = filled(2025, {"t3.new.person": 1, "t3.new.company": 1, "t2.regulation.issued": 1})
    (inbox / "004.xlsx").write_bytes(workbook(one))
    done("check", inbox, "--log", log, status=1)
    codes = told(log)[0]["codes"]
    assert codes == sorted(set(codes))
    assert "G301" in codes


def test_a_run_that_ends_with_1_and_writes_nothing_else_is_logged(desk: Path) -> None:
    (desk / "收件" / "004.xlsx").unlink()
    done(*arguments(desk, "merge"), "--log", desk / "log.jsonl", status=1)
    assert not (desk / "汇总表.xlsx").exists()
    assert [entry["outcome"] for entry in told(desk / "log.jsonl")] == ["unreadable", "ignored"]


def test_runs_are_appended_and_a_line_that_was_cut_off_stays_by_itself(desk: Path) -> None:
    log = desk / "log.jsonl"
    log.write_bytes(OLD + OLD[:40])
    done(*arguments(desk, "status"), "--log", log)
    done(*arguments(desk, "check"), "--log", log, status=1)
    lines = log.read_bytes().split(b"\n")
    assert lines[:2] == [OLD[:-1], OLD[:40]]
    assert [json.loads(line)["verb"] for line in lines[2:-1]] == ["status"] * 3 + ["check"] * 3
    assert lines[-1] == b""


@pytest.mark.parametrize("start", [b"", b'{"ti', OLD])
def test_an_empty_log_and_one_cut_off_at_once_are_continued(desk: Path, start: bytes) -> None:
    log = desk / "log.jsonl"
    log.write_bytes(start)
    done(*arguments(desk, "status"), "--log", log)
    added = log.read_bytes().removeprefix(start)
    assert added.startswith(b'\n{"time"' if start and not start.endswith(b"\n") else b'{"time"')
    assert added.count(b'"verb": "status"') == 3


def test_a_log_in_the_inbox_is_the_tools_own_and_another_file_of_lines_is_not(desk: Path) -> None:
    log, other = desk / "收件" / "log.jsonl", desk / "收件" / "台账.jsonl"
    other.write_bytes(b'{"code": "004"}\n')
    done(*arguments(desk, "check"), "--log", log, status=1)
    found = done(*arguments(desk, "check"), "--log", log, "--format", "json", status=1).json
    told_of = {Path(file["file"]).name: file for file in found["files"] if file["file"].endswith(".jsonl")}
    assert [f["message"] for f in told_of["log.jsonl"]["findings"]] == ["本工具生成的运行记录，不是报送数据，已忽略。"]
    assert [f["message"] for f in told_of["台账.jsonl"]["findings"]] == [
        "这是 JSON 文件，不是数据表，已列入“其他材料”，未读取数据。"
    ]
    assert [entry["codes"] for entry in told(log) if entry["file"] == str(log)] == [["F113"]]


@pytest.mark.parametrize("verb", ["check", "status", "merge"])
def test_what_somebody_sent_in_is_never_written_to(desk: Path, verb: str) -> None:
    other, link = desk / "收件" / "台账.jsonl", desk / "l.jsonl"
    other.write_bytes(b'{"code": "004"}\n')
    link.symlink_to(desk / "收件" / "004.xlsx")
    before = hashes(desk)
    for log in (other, link):
        found = done("--force", *arguments(desk, verb), "--log", log, status=3)
        assert found.err == f"{log} 不是本工具写的运行记录，没有改动；请给 --log 换一个文件名\n"
    found = done("--force", *arguments(desk, verb), "--log", desk / "收件" / "004.xlsx", status=2)
    assert found.err.startswith(f"用法不对：--log 的文件 {desk / '收件' / '004.xlsx'} 应以 .jsonl 结尾。")
    assert hashes(desk) == before


def test_a_log_that_cannot_be_written_is_status_3_and_nothing_else_is_written(desk: Path) -> None:
    folder, pipe = desk / "f.jsonl", desk / "p.jsonl"
    folder.mkdir()
    os.mkfifo(pipe)
    for log, why in (
        (folder, "这是文件夹，不是文件"),
        (desk / "单位名单.csv" / "log.jsonl", "路径中有一段是文件，不是文件夹"),
        (pipe, "不是普通文件"),
    ):
        found = done(*arguments(desk, "merge"), "--log", log, status=3)
        assert (found.out, found.err) == (b"", f"不能写 {log}：{why}\n")
    assert not (desk / "汇总表.xlsx").exists()


def test_the_result_and_the_log_are_two_files(desk: Path) -> None:
    log = desk / "log.jsonl"
    log.write_bytes(OLD)
    for verb in ("check", "status"):
        found = done("--force", *arguments(desk, verb), "--log", log, "-o", log, status=2)
        assert found.err.startswith(f"用法不对：--log 和 -o 不能是同一个文件 {log}。")
    assert log.read_bytes() == OLD


def test_a_name_cannot_break_the_line(desk: Path) -> None:
    name = "a\u2028b\u202e\n\x85.pdf"
    (desk / "收件" / name).write_bytes(b"%PDF")
    log = desk / "log.jsonl"
    done(*arguments(desk, "check"), "--log", log, status=1)
    text = log.read_text(encoding="utf-8")
    assert len(text.splitlines()) == 4
    assert all(char.isprintable() for line in text.splitlines() for char in line)
    assert str(desk / "收件" / name) in [entry["file"] for entry in told(log)]


def test_a_disk_that_fills_up_is_told_and_the_next_run_goes_on(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, room, real = desk / "log.jsonl", [30], os.write

    def write(handle: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "no space")
        taken = real(handle, bytes(data[: room[0]]))
        room[0] -= taken
        return taken

    with monkeypatch.context() as broken:
        broken.setattr(os, "write", write)
        found = done(*arguments(desk, "status"), "--log", log, status=3)
    assert (found.out, found.err) == (b"", f"不能写 {log}：磁盘满了\n")
    assert log.stat().st_size == 30
    done(*arguments(desk, "status"), "--log", log)
    assert [json.loads(line)["verb"] for line in log.read_bytes().split(b"\n")[1:-1]] == ["status"] * 3
