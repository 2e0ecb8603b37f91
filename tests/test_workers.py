"""One worker or many, of whatever kind: the same bytes come out, in the order of the files, and no file is lost."""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from crowd import DEADLY, ONCE, Crowd, crowd, mortal, own
from desk import ROOT, done, run
from support import FORMS, filled, known
from test_kept import alike

from xls_report import means, workers
from xls_report.inbox import Judging, find_files, take_in
from xls_report.intake import Given, Intake, Outcome
from xls_report.priors import load_priors
from xls_report.roster import load_roster
from xls_report.workers import Chunk, Crew, Hired, Processes, spread

Hire = Callable[[Given], Crew]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return crowd(tmp_path_factory.mktemp("crowd"))


def by(hire: Hire) -> Judging:
    return lambda given, files: spread(hire(given), given, files)


def taken_in(where: Crowd, judging: Judging | None = None) -> tuple[Intake, ...]:
    roster = load_roster(where.roster)
    prior = load_priors(where.prior, FORMS, roster)
    more = {"judging": judging} if judging is not None else {}
    return take_in(find_files([where.inbox]), FORMS, prior=prior, roster=roster, **more)


def same(found: Sequence[Intake], due: Sequence[Intake]) -> None:
    assert [one.path for one in found] == [one.path for one in due]
    for one, other in zip(found, due, strict=True):
        alike(one, other)


@pytest.fixture(scope="module")
def alone(everything: Crowd) -> tuple[Intake, ...]:
    found = taken_in(everything)
    assert {one.outcome for one in found} == set(Outcome) - {Outcome.SUPERSEDED}
    assert "R212" in {f.code for one in found for f in one.findings}
    return found


class Unpunctual(Executor):
    """Whoever was asked last is often done first; how many are asked at a time is remembered."""

    def __init__(self) -> None:
        self.pool, self.chance, self.most, self.sizes = ThreadPoolExecutor(4), random.Random(1), 0, list[list[int]]()
        self.under_way = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        wait = self.chance.random() / 50
        self.sizes.append([len(data) for data in args[1]])
        self.under_way += 1
        self.most = max(self.most, self.under_way)

        def late() -> Any:
            time.sleep(wait)
            return fn(*args, **kwargs)

        future = self.pool.submit(late)
        future.add_done_callback(lambda _: setattr(self, "under_way", self.under_way - 1))
        return future


@pytest.mark.parametrize("chunk", [Chunk(1), Chunk(7), Chunk(1000, 60_000)])
def test_any_executor_does_it_in_the_order_of_the_files(
    everything: Crowd, alone: tuple[Intake, ...], chunk: Chunk
) -> None:
    executor = Unpunctual()
    with executor.pool:
        same(taken_in(everything, by(lambda given: Hired(executor, given, 2, chunk))), alone)
    assert all(len(sizes) <= chunk.books and sum(sizes[:-1]) < chunk.size for sizes in executor.sizes)
    assert executor.most <= 2 * workers._AHEAD + 1
    assert len(executor.sizes) > 3


@pytest.mark.parametrize("count", [1, 3])
def test_processes_give_what_one_gives(everything: Crowd, alone: tuple[Intake, ...], count: int) -> None:
    same(taken_in(everything, by(lambda given: Processes(given, count))), alone)


VERBS = {
    "check": ("text", "lines", "json", "xlsx"),
    "status": ("text", "json", "csv", "xlsx"),
    "merge": ("text", "json"),
}


def said(where: Crowd, folder: Path, verb: str, style: str, *more: object) -> tuple[object, ...]:
    """All that a run says and writes."""
    out = folder / "out.xlsx"
    options: list[object] = ["-o", out, "--draft"] if verb == "merge" else ["-o", out] if style == "xlsx" else []
    found = run("--force", *where.arguments(verb), "--format", style, *options, *more)
    files = {path.name: path.read_bytes() for path in folder.glob("out*")}
    for path in folder.glob("out*"):
        path.unlink()
    assert files or not options
    return found.status, found.out, found.err, files


@pytest.mark.parametrize(("verb", "style"), [(verb, style) for verb, styles in VERBS.items() for style in styles])
def test_outputs_are_the_same_bytes(everything: Crowd, tmp_path: Path, verb: str, style: str) -> None:
    due = said(everything, tmp_path, verb, style, "--jobs", 1)
    assert len(due[1]) > 150  # type: ignore[arg-type]
    for jobs in (2, 3) if style == "json" else (2,):
        assert said(everything, tmp_path, verb, style, "--jobs", jobs) == due


def test_how_many_processes_there_are_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "usable", lambda: 4)
    assert [workers.jobs_for(n) for n in (0, 99, 200, 399, 400, 10**6)] == [1, 1, 2, 3, 4, 4]
    few = [Path(f"{n}.xlsx") for n in range(means.FEW - 1)]
    assert means.Means().judging(few, FORMS, print).__name__ == "here"
    assert means.Means().judging([*few, Path("a.txt")], FORMS, print).__name__ == "here"
    assert means.Means().judging([*few, Path("a.xls")], FORMS, print).__name__ == "processes"
    assert means.Means(jobs=2).judging(few[:1], FORMS, print).__name__ == "here"
    assert means.Means(jobs=2).judging(few[:2], FORMS, print).__name__ == "processes"


@pytest.mark.parametrize("jobs", ["0", "-1", "x", "1.5"])
def test_a_number_of_processes_that_is_none(everything: Crowd, jobs: str) -> None:
    found = done(*everything.arguments("check"), "--jobs", jobs, status=2)
    assert "--jobs" in found.err


# Workers that die.


def _mixed(folder: Path, *deadly: bytes, number: int = 7) -> list[Path]:
    """Workbooks, the deadly ones in between."""
    files = []
    good = own("001")
    for n in range(number):
        books = [good, *deadly] if n == number // 2 else [good]
        for m, data in enumerate(books):
            files.append(folder / f"{n}-{m}.xlsx")
            files[-1].write_bytes(data)
    return files


@pytest.mark.parametrize("count", [1, 2])
def test_a_workbook_that_kills_its_worker_is_told_and_nothing_else_is_lost(tmp_path: Path, count: int) -> None:
    files = _mixed(tmp_path, DEADLY, DEADLY + b"", number=60)
    given_to: list[Processes] = []

    def hire(given: Given) -> Processes:
        given_to.append(Processes(given, count, mortal))
        return given_to[-1]

    found = take_in(files, FORMS, judging=by(hire))
    assert [one.path for one in found] == files
    told = [one for one in found if one.outcome is Outcome.UNREADABLE]
    assert [one.path.name for one in told] == ["30-1.xlsx", "30-2.xlsx"]
    assert {f.code for one in told for f in one.findings} == {"F119"}
    assert all(len(one.sha256) == 64 for one in told)
    assert [one.outcome for one in found if one not in told] == [Outcome.ACCEPTED] + [Outcome.DUPLICATE] * 59


def test_a_worker_that_died_once_loses_nothing(tmp_path: Path) -> None:
    box, mark = tmp_path / "box", tmp_path / "mark"
    box.mkdir()
    files = _mixed(box, ONCE + os.fsencode(mark))
    found = take_in(files, FORMS, judging=by(lambda given: Processes(given, 2, mortal)))
    assert mark.exists()
    same(found, take_in(files, FORMS))


def test_where_no_process_may_begin_this_one_does_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> Executor:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    files = _mixed(tmp_path)
    monkeypatch.setattr(Processes, "_hired", refused)
    same(take_in(files, FORMS, judging=by(lambda given: Processes(given, 2))), take_in(files, FORMS))


def test_a_fault_of_the_program_is_none_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(workers, "judged", broken)
    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        take_in(_mixed(tmp_path), FORMS, judging=by(lambda given: Hired(pool, given, 1)))


def test_what_is_given_can_be_sent() -> None:
    prior = known(filled(2024))
    given = pickle.loads(pickle.dumps(Given(FORMS, None, {"004": frozenset({"规章制定权"})})))
    assert [form.id for form in given.forms] == [form.id for form in FORMS]
    assert pickle.loads(pickle.dumps(prior)) == prior


# From outside: signals.


def _command(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    code = "from xls_report.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen(
        [sys.executable, "-c", code, "check", str(folder), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )


def _children(process: subprocess.Popen[bytes], number: int) -> list[int]:
    """The processes that it started, once there are so many."""
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for _ in range(2000):
        found = [int(pid) for pid in path.read_text().split()] if path.exists() else []
        if len(found) >= number:
            return found
        time.sleep(0.01)
    raise AssertionError("no workers")


def _gone(group: int) -> bool:
    """Whether nobody of the process group is left, a moment later."""
    for _ in range(500):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    _mixed(folder, number=600)
    return folder


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@linux
def test_ctrl_c_ends_in_words(many: Path) -> None:
    process = _command(many, "--jobs", "2")
    _children(process, 2)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.decode()) == (1, b"", "\n已中断。\n")
    assert _gone(process.pid)


@linux
def test_a_worker_that_is_killed_loses_nothing(many: Path) -> None:
    process = _command(many, "--jobs", "2")
    os.kill(_children(process, 2)[0], signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    plain = _command(many, "--jobs", "1")
    assert (process.returncode, err) == (0, b"")
    assert out == plain.communicate(timeout=120)[0]
    assert _gone(process.pid)


@linux
def test_workers_do_not_outlive_the_program(many: Path) -> None:
    process = _command(many, "--jobs", "2")
    _children(process, 2)
    process.kill()
    process.communicate(timeout=60)
    assert _gone(process.pid)
