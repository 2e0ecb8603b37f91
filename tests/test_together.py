"""Blanks written by several processes: the same files, whatever their number."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from desk import done, hashes, office_row, roster_file, run, unit_row

from xls_report import issuing, together, workers
from xls_report.issue import Blank, Issued, Order
from xls_report.workers import jobs_for

UNITS = 7


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    rows = [
        office_row(),
        *(unit_row(f"{n:03}", f"第{n}&局", 标志="规章" if n == 3 else "") for n in range(1, UNITS + 1)),
    ]
    return roster_file(tmp_path / "单位名单.csv", [{**row, "标志": ""} for row in rows])


def test_one_two_or_many_processes_write_the_same(roster: Path, tmp_path: Path) -> None:
    made = {}
    for jobs in (1, 2, 3, 50):
        folder = tmp_path / f"空表{jobs}"
        found = done("issue", 2025, roster, "-o", folder, "--jobs", jobs)
        made[jobs] = hashes(folder), found.text.replace(folder.name, "空表")
    assert len(made[1][0]) == UNITS + 1
    assert made[1] == made[2] == made[3] == made[50]


def test_few_blanks_are_written_by_this_process(roster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    class Counting(together.Together):
        def __init__(self, count: int) -> None:
            counts.append(count)
            super().__init__(count)

    monkeypatch.setattr(together, "Together", Counting)
    monkeypatch.setattr(workers, "usable", lambda: 4)
    done("issue", 2025, roster, "-o", tmp_path / "a")
    assert counts == []
    monkeypatch.setattr(issuing, "MANY", UNITS)
    monkeypatch.setattr(together, "WORTH", 3)
    done("issue", 2025, roster, "-o", tmp_path / "b")
    assert counts == [2]
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    assert [jobs_for(n, 3) for n in (0, 3, 6, 11, 12, 1000)] == [1, 1, 2, 3, 4, 4]


@pytest.mark.skipif(sys.platform != "linux", reason="a patched function reaches a process that is forked")
def test_a_process_that_dies_is_told_in_words(roster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "write_blanks", dies)
    folder = tmp_path / "空表"
    found = run("issue", 2025, roster, "-o", folder, "--jobs", 2)
    assert found.status == 3
    assert found.err == f"发放时有进程意外停止，{folder} 里的空表不全；请重新运行，并加 --force（写在命令名之前）\n"


def dies(order: Order, blanks: Iterable[Blank]) -> tuple[Issued, ...]:
    os._exit(9)


def test_what_cannot_be_written_is_told_as_by_one_process(roster: Path, tmp_path: Path) -> None:
    folder = tmp_path / "空表"
    folder.mkdir()
    (folder / "x").write_bytes(b"")
    for jobs in (1, 2):
        found = run("issue", 2025, roster, "-o", folder / "x", "--jobs", jobs)
        assert (found.status, found.text) == (3, "")
        assert "路径中有一段是文件" in found.err
        assert "Traceback" not in found.err


def test_no_processes_are_wrong_use(roster: Path, tmp_path: Path) -> None:
    found = run("issue", 2025, roster, "-o", tmp_path / "空表", "--jobs", 0)
    assert found.status == 2
    assert found.err.startswith("用法不对：--jobs 0 不对，应为 1 或更大的整数。")
