"""What is remembered between runs changes nothing but the time, and what is doubtful is not believed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from crowd import UNITS, Crowd, crowd, own
from desk import ROOT, done, office_row, roster_file, run, unit_row
from support import FORMS
from test_workers import VERBS, said

from xls_report import cache, intake
from xls_report.cache import basis_of, open_cache
from xls_report.reader import Reading, read

RULES = "规章制定权"


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return crowd(tmp_path_factory.mktemp("crowd"), cases=12)


class Count:
    """How often a workbook was read."""

    def __init__(self, read: Callable[..., Reading]) -> None:
        self.read, self.times = read, 0

    def __call__(self, *arguments: Any) -> Reading:
        self.times += 1
        return self.read(*arguments)

    def since(self, act: Callable[[], object]) -> int:
        before = self.times
        act()
        return self.times - before


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Count:
    count = Count(read)
    monkeypatch.setattr(intake, "read", count)
    return count


@pytest.mark.parametrize(("verb", "style"), [(verb, style) for verb, styles in VERBS.items() for style in styles])
def test_outputs_are_the_same_bytes_and_nothing_is_read_twice(
    everything: Crowd, tmp_path: Path, verb: str, style: str, reads: Count
) -> None:
    due = said(everything, tmp_path, verb, style)
    where = tmp_path / "缓存.db"
    assert said(everything, tmp_path, verb, style, "--cache", where) == due
    before = reads.times
    assert said(everything, tmp_path, verb, style, "--cache", where) == due
    # What `merge` and --format read is their own output.
    assert reads.times == before
    assert [path.name for path in tmp_path.iterdir()] == ["缓存.db"]


def test_workers_and_cache_together(everything: Crowd, tmp_path: Path) -> None:
    due = said(everything, tmp_path, "check", "json")
    where = tmp_path / "缓存.db"
    for jobs in (2, 2, 1):
        assert said(everything, tmp_path, "check", "json", "--cache", where, "--jobs", jobs) == due


# Files, rosters and last year's data that change.


@pytest.fixture
def few(tmp_path: Path) -> Crowd:
    """Four units, the first of which has the right to make rules, last year's data of all."""
    for code in UNITS[:4]:
        for folder, year in (("收件", 2025), ("上年", 2024)):
            path = tmp_path / "desk" / folder / f"{code}.xlsx"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(own(code, year))
    rows = [unit_row(code) for code in UNITS[:4]]
    roster = roster_file(tmp_path / "desk" / "名单.csv", [office_row(), *rows])
    return Crowd(tmp_path / "desk" / "收件", roster, tmp_path / "desk" / "上年")


def checked(where: Crowd, *more: object) -> Any:
    return run(*where.arguments("check"), "--format", "json", *more).json


@pytest.fixture
def kept(few: Crowd, tmp_path: Path) -> Path:
    """A cache that knows them all."""
    path = tmp_path / "缓存.db"
    checked(few, "--cache", path)
    return path


def test_a_file_that_changed_is_read_whatever_its_time_says(few: Crowd, kept: Path, reads: Count) -> None:
    file = few.inbox / "002.xlsx"
    facts = file.stat()
    data = own("002", figures={"t4.direct.upheld": 77})
    file.write_bytes(data)
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert reads.since(lambda: checked(few, "--cache", kept)) == 1
    assert checked(few, "--cache", kept)["files"][1]["values"]["t4.direct.upheld"] == 77
    assert reads.since(lambda: (file.rename(few.inbox / "z.xlsx"), checked(few, "--cache", kept))) == 0


def test_only_the_unit_whose_flags_changed_is_read(few: Crowd, kept: Path, reads: Count) -> None:
    (few.inbox / "002.xlsx").write_bytes(own("002", figures={"t2.regulation.issued": 1, "t2.regulation.in_force": 1}))
    before = checked(few, "--cache", kept)
    assert before["files"][1]["outcome"] == "rejected"
    rows = [unit_row(code, 标志=RULES if code == "002" else "") for code in UNITS[:4]]
    roster_file(few.roster, [office_row(), *rows])
    assert reads.since(lambda: checked(few, "--cache", kept)) == 1
    after = checked(few, "--cache", kept)
    assert after == checked(few)
    assert after["files"][1]["outcome"] != "rejected" or after["files"][1]["findings"] != before["files"][1]["findings"]


def test_only_the_unit_whose_last_year_changed_is_read(few: Crowd, kept: Path, reads: Count) -> None:
    before = checked(few, "--cache", kept)
    (few.prior / "003.xlsx").write_bytes(own("003", 2024, figures={"t4.direct.upheld": 1_000_000}))
    assert reads.since(lambda: checked(few, "--cache", kept)) == 2  # last year's workbook, and this year's of its unit
    after = checked(few, "--cache", kept)
    assert after == checked(few)
    assert after["files"][2] != before["files"][2]
    (few.prior / "003.xlsx").unlink()
    assert reads.since(lambda: checked(few, "--cache", kept)) == 1
    assert checked(few, "--cache", kept) == checked(few)


def test_a_run_without_roster_and_prior_does_not_put_out_what_the_others_left(
    few: Crowd, kept: Path, reads: Count
) -> None:
    plain = ("check", few.inbox, "--format", "json")
    others = [plain, (*plain, "--roster", few.roster), (*plain, "--prior", few.prior)]
    for other in others:
        assert reads.since(lambda other=other: run(*other, "--cache", kept)) == 4  # type: ignore[misc]
        assert run(*other, "--cache", kept).out == run(*other).out
    reads.times = 0
    checked(few, "--cache", kept)
    for other in others:
        run(*other, "--cache", kept)
    assert reads.times == 0


# Caches that are damaged, old, of others, or in use.


def _sql(*statements: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        file = sqlite3.connect(path)
        for statement in statements:
            file.execute(statement)
        file.commit()
        file.close()

    return change


def _swapped(path: Path) -> None:
    """The outcome of one workbook under the digest of another, seals and all."""
    file = sqlite3.connect(path)
    rows = file.execute("SELECT key, about, seal, packed FROM judged").fetchall()
    file.executemany(
        "UPDATE judged SET about = ?, seal = ?, packed = ? WHERE key = ?",
        [(*other[1:], row[0]) for row, other in zip(rows, rows[1:] + rows[:1], strict=True)],
    )
    file.commit()
    file.close()


def _bytes(change: Callable[[bytearray], bytes | bytearray]) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(change(bytearray(path.read_bytes()))), None)[1]


def _garbled(data: bytearray) -> bytearray:
    for place in range(4096, len(data), 97):
        data[place] ^= 0x55
    return data


def _numbered(number: int) -> Callable[[bytearray], bytearray]:
    def change(data: bytearray) -> bytearray:
        data[60:64] = number.to_bytes(4, "big")
        return data

    return change


REBUILT = "已重新建立"
DAMAGE: dict[str, tuple[Callable[[Path], None], str, int]] = {
    "an outcome changed": (_sql("UPDATE judged SET packed = replace(packed, 'accepted', 'rejected')"), "", 8),
    "a digit changed": (
        _sql("UPDATE judged SET packed = CAST(replace(CAST(packed AS TEXT), '1', '2') AS BLOB)"),
        "",
        8,
    ),
    "facts changed": (_sql("UPDATE judged SET about = zeroblob(32)"), "", 8),
    "seals changed": (_sql("UPDATE judged SET seal = zeroblob(32)"), "", 8),
    "nothing in the columns": (_sql("UPDATE judged SET about = NULL, packed = 7"), "", 8),
    "entries of each other": (_swapped, "", 8),
    "entries gone": (_sql("DELETE FROM judged"), "", 8),
    "table gone": (_sql("DROP TABLE judged"), REBUILT, 8),
    "columns gone": (_sql("DROP TABLE judged", "CREATE TABLE judged (key BLOB)"), REBUILT, 8),
    "of another program": (_sql("UPDATE made SET basis = zeroblob(32)"), REBUILT, 8),
    "of nobody": (_sql("DELETE FROM made"), REBUILT, 8),
    "older": (_bytes(_numbered(0)), REBUILT, 8),
    "newer": (_bytes(_numbered(2)), REBUILT, 8),
    "cut in half": (_bytes(lambda data: data[: len(data) // 2]), REBUILT, 8),
    "cut to its head": (_bytes(lambda data: data[:100]), REBUILT, 8),
    "garbled": (_bytes(_garbled), REBUILT, 8),
    "emptied": (_bytes(lambda _: b""), "", 8),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_cache_is_not_believed(name: str, few: Crowd, kept: Path, reads: Count) -> None:
    change, told, most = DAMAGE[name]
    due = run(*few.arguments("check"), "--format", "json")
    change(kept)
    reads.times = 0
    found = run(*few.arguments("check"), "--format", "json", "--cache", kept)
    assert (found.status, found.out) == (due.status, due.out)
    assert told in found.err
    assert bool(told) == bool(found.err)
    assert reads.times == most
    # It is whole again.
    assert reads.since(lambda: checked(few, "--cache", kept)) == 0


@pytest.mark.parametrize("data", [b"x", b"PK\3\4" + bytes(200), b"SQLite format 3\0", b"SQLite format 3\0" + bytes(84)])
def test_a_file_of_somebody_else_stays_as_it_is(few: Crowd, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "别的.db"
    path.write_bytes(data)
    found = done(*few.arguments("check"), "--cache", path, status=3)
    assert found.err == f"{path} 不是本工具的缓存，没有改动；请给 --cache 换一个文件名\n"
    assert path.read_bytes() == data


def test_the_database_of_another_program_stays_as_it_is(few: Crowd, tmp_path: Path) -> None:
    path = tmp_path / "别的.db"
    _sql("CREATE TABLE judged (x)", "PRAGMA application_id = 7")(path)
    data = path.read_bytes()
    done(*few.arguments("check"), "--cache", path, status=3)
    assert path.read_bytes() == data


@pytest.mark.parametrize("lock", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"])
def test_a_cache_in_use_is_done_without(few: Crowd, kept: Path, monkeypatch: pytest.MonkeyPatch, lock: str) -> None:
    monkeypatch.setattr(cache, "_WAIT", 0.05)
    (few.inbox / "002.xlsx").write_bytes(own("005"))
    due = run(*few.arguments("check"), "--format", "json")
    other = sqlite3.connect(kept, isolation_level=None)
    other.execute(lock)
    found = run(*few.arguments("check"), "--format", "json", "--cache", kept)
    other.close()
    assert (found.status, found.out) == (due.status, due.out)
    told = f"缓存 {kept} 现在不能用（没有权限，或另一个程序正在用），本次不用缓存，结果不受影响。\n"
    assert found.err.count(told) in (1, 2)  # of last year's data, and of this year's
    assert not found.err.replace(told, "")


def test_a_cache_that_cannot_be_made_is_done_without(few: Crowd, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    due = run(*few.arguments("check"))
    found = run(*few.arguments("check"), "--cache", tmp_path / "file" / "缓存.db")
    assert (found.status, found.out) == (due.status, due.out)
    assert "本次不用缓存" in found.err


def test_a_cache_among_the_files_is_refused(few: Crowd) -> None:
    for folder in (few.inbox, few.prior / "x", few.inbox / "x" / ".."):
        found = done(*few.arguments("check"), "--cache", folder / "缓存.db", status=2)
        assert "在收件夹里面" in found.err


def test_two_programs_share_a_cache(few: Crowd, tmp_path: Path) -> None:
    told: list[str] = []
    path = tmp_path / "缓存.db"
    one, other = (open_cache(path, FORMS, told.append) for _ in range(2))
    assert one is not None
    assert other is not None
    for n, each in enumerate((one, other)):
        each.put(bytes([n]), b"about", b"packed")
        each.write()
    assert (one.get(b"\1"), other.get(b"\0"), one.get(b"\2")) == ((b"about", b"packed"), (b"about", b"packed"), None)
    one.close()
    other.close()
    assert not told


def test_a_form_that_changed_is_another_basis(few: Crowd, tmp_path: Path, reads: Count) -> None:
    """Down to the words of a message: what is remembered was said in them."""
    forms = tmp_path / "表样"
    shutil.copytree(ROOT / "templates", forms)
    path = tmp_path / "缓存.db"
    arguments = ["--forms", forms, *few.arguments("check"), "--cache", path]
    assert reads.since(lambda: run(*arguments)) == 8
    assert reads.since(lambda: run(*arguments)) == 0
    for file in forms.glob("*.toml"):
        file.write_text(file.read_text(encoding="utf-8").replace('basis = "', 'basis = "依'), encoding="utf-8")
    assert reads.since(lambda: run(*arguments)) == 8


def test_the_basis_is_the_same_in_every_process_and_of_every_part() -> None:
    code = (
        "from xls_report.cache import basis_of; from xls_report.formfile import load_forms; "
        "from xls_report.resources import bundled; print(basis_of(load_forms(bundled('templates'))).hex())"
    )
    found = {_python(code, PYTHONHASHSEED=seed) for seed in ("0", "1", "2")}
    assert found == {basis_of(FORMS).hex()}
    assert basis_of(FORMS[:1]) != basis_of(FORMS)
    assert basis_of((replace(FORMS[0], no_reason=()), *FORMS[1:])) != basis_of(FORMS)


def test_the_program_is_part_of_the_basis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = basis_of(FORMS)
    copy = tmp_path / "xls_report"
    shutil.copytree(Path(cache.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cache, "__file__", str(copy / "cache.py"))
    assert basis_of(FORMS) == before
    with (copy / "catalogue.py").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert basis_of(FORMS) != before


def test_sqlite_is_loaded_for_those_who_ask(few: Crowd) -> None:
    code = (
        "import sys\nfrom xls_report.cli import main\ntry: main(['check', sys.argv[1]])\nexcept SystemExit: pass\n"
        "print([name for name in ('sqlite3', 'multiprocessing', 'distributed') if name in sys.modules])"
    )
    assert _python(code, str(few.inbox)).splitlines()[-1] == "[]"


def _python(code: str, *arguments: str, **environment: str) -> str:
    more = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8", **environment}
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=more, capture_output=True, check=True)
    return done.stdout.decode("utf-8").strip()
