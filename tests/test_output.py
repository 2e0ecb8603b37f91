"""Nothing is ever half written: every write, sync and rename is made to fail in turn, and the old files stay whole."""

from __future__ import annotations

import errno
import gc
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from acts import perform
from desk import ROOT, Run, data_file, office_row, roster_file, run, unit_row, workbook
from support import FORMS, filled, zero_workbook
from support import workbook as written

from xls_report import output
from xls_report.output import OutputError, write_many, write_whole
from xls_report.plan import compile_layout
from xls_report.submission import Unit
from xls_report.text import FOOTNOTE

# The calls by which a file comes to be: what the injector makes fail, one at a time.
CALLS = ("mkdir", "mkstemp", "write", "fsync", "read", "chmod", "replace")
FAULTS = (OSError(errno.ENOSPC, "full"), PermissionError(errno.EACCES, "open elsewhere"), OSError(errno.EIO, "broken"))


@dataclass
class Injector:
    """Counts the calls and fails the n-th of them; `short` writes half of what it is given before."""

    fail: int
    fault: BaseException
    seen: list[str] = field(default_factory=list)
    place: Callable[[Path], Path] = Path  # makes a path whose calls are counted

    def wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **more: Any) -> Any:
            self.seen.append(name)
            if len(self.seen) == self.fail:
                if name == "write":
                    call(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])  # a disk fills up half way
                raise self.fault
            return call(*arguments, **more)

        return wrapped


class _Module:
    """A module with some of its functions wrapped, for `output` alone."""

    def __init__(self, module: Any, **calls: Any) -> None:
        self._module = module
        self.__dict__.update(calls)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def inject(patch: pytest.MonkeyPatch, fail: int, fault: BaseException) -> Injector:
    """Put the injector in front of every call that `output` makes to the disk."""
    injector = Injector(fail, fault)
    os_calls = {name: injector.wrap(name, getattr(os, name)) for name in ("write", "fsync", "read", "replace")}
    patch.setattr(output, "os", _Module(os, **os_calls))
    patch.setattr(output, "_syncfs", lambda: None)  # each file by itself, as where there is no such call
    calls = _Module(tempfile, mkstemp=injector.wrap("mkstemp", tempfile.mkstemp))
    patch.setitem(sys.modules, "tempfile", calls)  # `output` imports it when it writes

    class Place(type(Path())):  # type: ignore[misc]
        mkdir = injector.wrap("mkdir", Path.mkdir)
        chmod = injector.wrap("chmod", Path.chmod)

        @property
        def parent(self) -> Any:
            return Place(Path(self).parent)

    patch.setattr(output, "Path", Place)
    injector.place = Place
    return injector


# One file.


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: errno.errorcode[fault.errno])
@pytest.mark.parametrize("old", [None, b"old"], ids=["new", "over"])
def test_the_nth_call_fails_for_every_n(old: bytes | None, fault: OSError, tmp_path: Path) -> None:
    data = bytes(range(256)) * 50
    seen: list[str] = []
    for n in range(1, 20):
        place = tmp_path / f"{n:03}"
        place.mkdir()
        target = place / "a.xlsx"
        if old is not None:
            target.write_bytes(old)
        with pytest.MonkeyPatch.context() as patch:
            injector = inject(patch, n, fault)
            told = ""
            try:
                write_whole(injector.place(target), data, force=True)
            except OutputError as refused:
                told = str(refused)
        there = target.read_bytes() if target.exists() else None
        seen = injector.seen
        # The folder's own sync comes after the rename: the file is there, and nobody need be told.
        assert there == (old if told else data)
        assert not told or (str(place) in told and "\n" not in told)
        assert [path.name for path in place.iterdir()] == ([] if there is None else ["a.xlsx"])
        if len(seen) < n:
            break
    assert set(seen) == set(CALLS)
    assert len(seen) < n


def test_a_short_write_is_written_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system may take fewer bytes than it is given."""
    monkeypatch.setattr(output, "os", _Module(os, write=lambda handle, data: os.write(handle, bytes(data)[:7])))
    write_whole(tmp_path / "a", bytes(range(100)), force=False)
    assert (tmp_path / "a").read_bytes() == bytes(range(100))


def test_a_disk_that_gives_back_something_else_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"old")

    def spoiled(handle: int, data: Any) -> int:
        return os.write(handle, bytes(len(data)))

    monkeypatch.setattr(output, "os", _Module(os, write=spoiled))
    with pytest.raises(OutputError, match="读回"):
        write_whole(tmp_path / "a", b"new", force=True)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a": b"old"}


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a"

    def fsync(handle: int) -> None:
        os.fsync(handle)
        target.write_bytes(b"somebody's")

    monkeypatch.setattr(output, "os", _Module(os, fsync=fsync))
    with pytest.raises(OutputError, match="已存在"):
        write_whole(target, b"new", force=False)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a": b"somebody's"}


# Many files.


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: errno.errorcode[fault.errno])
@pytest.mark.parametrize("old", [None, b"old"], ids=["new", "over"])
def test_the_nth_call_for_many_files_fails_for_every_n(
    old: bytes | None, fault: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of two: what was published stays, what was on its way leaves nothing."""
    monkeypatch.setattr(output, "_FILES", 2)
    files = {f"{name}.xlsx": bytes(range(256)) * 9 + name.encode() for name in "abcde"}
    seen: list[str] = []
    for n in range(1, 60):
        place = tmp_path / f"{n:03}"
        place.mkdir()
        if old is not None:
            for name in files:
                (place / name).write_bytes(old)
        told = ""
        with pytest.MonkeyPatch.context() as patch:
            injector = inject(patch, n, fault)
            try:
                write_many(((injector.place(place / name), data) for name, data in files.items()), force=True)
            except OutputError as refused:
                told = str(refused)
        seen = injector.seen
        there = {path.name: path.read_bytes() for path in place.iterdir()}
        new = [name for name, data in files.items() if there.get(name) == data]
        assert {name: data for name, data in there.items() if name not in new} == (
            {name: old for name in files if name not in new} if old is not None else {}
        )
        assert new == list(files)[: len(new)]
        failed = n <= len(seen) and bool(told)
        assert failed or new == list(files)
        assert len(new) == seen.count("replace") - (failed and seen[n - 1] == "replace")
        assert not told or (str(place) in told and "\n" not in told)
        if len(seen) < n:
            break
    assert set(seen) == set(CALLS)
    assert (seen.count("mkdir"), seen.count("replace")) == (1, 5)
    assert seen.count("fsync") == 6  # one of each file, one of the folder
    assert n == len(seen) + 1


def test_no_file_gets_its_name_before_all_of_its_batch_are_on_the_disk(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        injector = inject(patch, 0, FAULTS[0])
        patch.setattr(output, "_FILES", 3)
        write_many(((injector.place(tmp_path / str(n)), b"x") for n in range(4)), force=False)
    steps = [call for call in injector.seen if call in ("mkstemp", "fsync", "replace")]
    batch = [*["mkstemp"] * 3, *["fsync"] * 3, *["replace"] * 3]
    assert steps == [*batch, "mkstemp", "fsync", "replace", "fsync"]


def test_a_batch_ends_where_it_has_enough_bytes(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        injector = inject(patch, 0, FAULTS[0])
        patch.setattr(output, "_BYTES", 10)
        write_many(((injector.place(tmp_path / str(n)), b"6bytes") for n in range(5)), force=False)
    steps = "".join(call[0] for call in injector.seen if call in ("mkstemp", "replace"))
    assert steps == "mmrrmmrrmr"


@pytest.mark.parametrize("fails", [False, True])
def test_one_wait_for_a_batch_where_the_system_has_it(fails: bool, tmp_path: Path) -> None:
    """Where it fails each file is synced by itself: that tells which one is at fault, if it is one of ours."""
    with pytest.MonkeyPatch.context() as patch:
        injector = inject(patch, 0, FAULTS[0])
        patch.setattr(output, "_FILES", 3)
        patch.setattr(output, "_syncfs", lambda: injector.wrap("syncfs", lambda handle: -1 if fails else 0))
        write_many(((injector.place(tmp_path / str(n)), b"x") for n in range(7)), force=False)
    steps = [call for call in injector.seen if call in ("mkstemp", "syncfs", "fsync", "replace")]
    batch = [*["mkstemp"] * 3, "syncfs", *["fsync"] * 3 * fails, *["replace"] * 3]
    assert steps == [*batch, *batch, "mkstemp", "fsync", "replace", "fsync"]


@pytest.mark.skipif(sys.platform != "linux", reason="a call of Linux")
def test_the_call_of_linux(tmp_path: Path) -> None:
    call = output._syncfs()
    assert call is not None
    with (tmp_path / "a").open("wb") as file:
        assert call(file.fileno()) == 0
    assert call(1 << 20) == -1


def test_what_was_written_is_told_by_its_sha256(tmp_path: Path) -> None:
    files = [(tmp_path / f"{n}.bin", bytes([n]) * n) for n in range(150)]
    digests = write_many(iter(files), force=False)
    assert [path.read_bytes() for path, _ in files] == [data for _, data in files]
    assert digests == [hashlib.sha256(path.read_bytes()).hexdigest() for path, _ in files]
    assert {path.stat().st_mode & 0o777 for path, _ in files} == {0o644}
    assert write_many((), force=False) == []


@pytest.mark.parametrize(("size", "most"), [(10, 128), (1 << 22, 5)])
def test_few_files_are_held_at_a_time(size: int, most: int, tmp_path: Path) -> None:
    alive: list[int] = []
    highest = 0

    class Counted(bytes):
        def __del__(self) -> None:
            alive.pop()

    def files() -> Iterator[tuple[Path, bytes]]:
        nonlocal highest
        for n in range(300 if size == 10 else 12):
            alive.append(n)
            highest = max(highest, len(alive))
            yield tmp_path / str(n), Counted(size)

    write_many(files(), force=False)
    gc.collect()
    assert (highest, alive) == (most, [])


def test_of_two_files_of_one_name_the_second_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="已存在"):
        write_many([(tmp_path / "a", b"1"), (tmp_path / "a", b"2")], force=False)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a": b"1"}


def test_a_fault_of_who_makes_the_files_leaves_none_on_its_way(tmp_path: Path) -> None:
    def files() -> Iterator[tuple[Path, bytes]]:
        yield tmp_path / "a", b"1"
        raise LookupError("b")

    with pytest.raises(LookupError):
        write_many(files(), force=False)
    assert list(tmp_path.iterdir()) == []


# Every verb that writes.

UNIT_5 = Unit("005", "区教育局")


def _inbox(folder: Path) -> None:
    folder.mkdir()
    (folder / "004.xlsx").write_bytes(zero_workbook(2025))
    wrong = {"do": "type", "cell": "t3.new.person", "text": "无"}
    (folder / "005.xlsx").write_bytes(perform(written(filled(2025, unit=UNIT_5)), compile_layout(FORMS[-1]), wrong))


def _prepare(place: Path) -> None:
    _inbox(place / "收件")
    roster_file(place / "r.csv", [office_row(), unit_row("004", "区财政局"), unit_row("005", "区教育局")])
    workbook(place / "blank.xlsx", 2025, ("004", "区财政局"), {})
    data_file(place / "data.json", {"values": {"t3.new.person": 3}})


VERBS: dict[str, tuple[Callable[[Path], tuple[object, ...]], tuple[str, ...]]] = {
    "issue": (lambda p: ("issue", 2025, p / "r.csv", "-o", p / "out"), ()),
    "fill": (lambda p: ("fill", p / "blank.xlsx", p / "data.json", "-o", p / "out" / "f.xlsx"), ("out/f.xlsx",)),
    "check": (lambda p: ("check", p / "收件", "-o", p / "out" / "c.txt"), ("out/c.txt",)),
    "check as a workbook": (
        lambda p: ("check", p / "收件", "--format", "xlsx", "-o", p / "out" / "c.xlsx"),
        ("out/c.xlsx",),
    ),
    "check and return": (lambda p: ("check", p / "收件", "--returns", p / "out"), ()),
    "merge": (
        lambda p: ("merge", p / "收件", "--roster", p / "r.csv", "--without", "005", "-o", p / "out" / "m.xlsx"),
        ("out/m.xlsx",),
    ),
    "export": (lambda p: ("export", p / "收件", "-o", p / "out" / "e.json"), ("out/e.json",)),
}


def _tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_leaves_half_a_file(verb: str, tmp_path: Path) -> None:
    """The n-th call to the disk fails, for every n: status 3, one line, every file whole, old or absent."""
    arguments, old = VERBS[verb]
    first = tmp_path / "000"  # as long a name as that of the others: rows are as high as their texts are long
    first.mkdir()
    _prepare(first)
    with pytest.MonkeyPatch.context() as patch:
        injector = inject(patch, 0, FAULTS[0])
        good = run("--force", *arguments(first))
        calls = len(injector.seen)
    assert good.status in (0, 1)
    due = _tree(first)
    tried = range(1, calls + 1) if calls < 30 else sorted({*range(1, 12), *range(12, calls + 1, 5)})
    for n in tried:
        place = tmp_path / f"{n:03}"
        place.mkdir()
        _prepare(place)
        for name in old:
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_bytes(b"old")
        before = _tree(place)
        with pytest.MonkeyPatch.context() as patch:
            injector = inject(patch, n, FAULTS[n % len(FAULTS)])
            told = run("--force", *arguments(place))
        after = _tree(place)
        _judge(told, injector.seen[n - 1] if len(injector.seen) >= n else "")
        for name, data in after.items():
            plain = data == before.get(name) or data == due[name]
            if "退回通知" in name:  # does not speak of a copy that could not be written
                plain = data.decode("utf-8-sig").endswith(f"{FOOTNOTE}\r\n")
            # What was written names its own folder.
            assert plain or _inside(data, place, first) == _inside(due[name], place, first), (n, name)
        assert {k: v for k, v in after.items() if k.startswith("收件")} == {
            k: v for k, v in before.items() if k.startswith("收件")
        }
        shutil.rmtree(place)


def _inside(data: bytes, place: Path, first: Path) -> list[bytes]:
    """The content, of a workbook the members', with the one folder's name for the other's."""
    members = [data]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [archive.read(name) for name in archive.namelist()]
    return [member.replace(str(place).encode(), str(first).encode()) for member in members]


def _judge(told: Run, call: str) -> None:
    """Status 3 and one line; but the sync of the folder after a rename need not be told of."""
    if told.status != 3:
        assert call == "fsync"
        return
    assert told.err.strip()
    assert "Traceback" not in told.err
    assert [line.startswith("不能") for line in told.err.splitlines()].count(True) == 1
    assert told.err.splitlines()[-1].startswith("不能")


def test_an_interruption_leaves_no_half_file(tmp_path: Path) -> None:
    _prepare(tmp_path)
    before = _tree(tmp_path)
    for n in range(1, 30):
        with pytest.MonkeyPatch.context() as patch:
            injector = inject(patch, n, KeyboardInterrupt())
            told = run("export", tmp_path / "收件", "-o", tmp_path / "e.json")
        if len(injector.seen) < n:
            break
        assert told.err.strip().splitlines()[-1] == "已中断。"
        there = _tree(tmp_path)
        whole = there.pop("e.json", None)
        assert there == before
        assert (whole is not None) == (injector.seen.count("replace") > 0 and injector.seen[n - 1] == "fsync")
        (tmp_path / "e.json").unlink(missing_ok=True)
    assert n > len(CALLS)


# The screen.


def _tool(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    code = "import sys; from xls_report.cli import main; main(sys.argv[1:])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment, **more)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("style", ["text", "lines", "json"])
def test_a_full_disk_behind_the_screen(style: str, tmp_path: Path) -> None:
    _inbox(tmp_path / "收件")
    with Path("/dev/full").open("w") as full:
        told = _tool("check", tmp_path / "收件", "--format", style, stdout=full)
    assert (told.returncode, told.stderr) == (3, "输出：磁盘满了\n")


def test_a_reader_that_leaves_early(tmp_path: Path) -> None:
    """As with `| head`: nobody is there to be told."""
    receiving, sending = os.pipe()
    os.close(receiving)
    told = _tool("explain", "2025", stdout=sending)
    os.close(sending)
    assert (told.returncode, told.stderr) == (3, "")
