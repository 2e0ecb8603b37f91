"""Workbooks judged by several workers at a time, their outcomes in the order of the files, and none lost.

A worker may be any `concurrent.futures.Executor`'s: it is given bytes and gives bytes back. One that dies (killed, out
of memory) takes nothing with it: what it had in hand is judged again, apart from the others; a workbook that ends its
worker again is told as one that cannot be read.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from xls_report.finding import finding
from xls_report.inbox import Book
from xls_report.intake import Given, Intake, Judged, Outcome, judged
from xls_report.kept import pack, unpack

_MOST_ON_WINDOWS = 61  # processes that it can wait for
_WORTH = 100  # files for which a process is worth its start
_AHEAD = 3  # chunks per worker that are sent before the first must be back


@dataclass(frozen=True)
class Chunk:
    """How much is sent at a time: workbooks, and bytes of them."""

    books: int = 25
    size: int = 2**22


Results = Sequence[bytes]


class Crew(Protocol):
    """Workers: `lost` are the exceptions that say that the one who had the chunk is gone."""

    count: int
    chunk: Chunk
    lost: tuple[type[BaseException], ...]

    def send(self, books: Sequence[bytes]) -> Future[Results]:
        """Have workbooks judged; after a loss by new workers."""

    def receive(self, future: Future[Results]) -> Results:
        """What came of it; raises one of `lost`, OutputError where nobody can be reached any more."""

    def apart(self, books: Sequence[bytes]) -> Results:
        """The same at once, where it can harm no other chunk; raises as `receive`."""

    def leave(self, *, now: bool) -> None:
        """No more work; `now`: not even what is under way."""


def usable() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def jobs_for(files: int, worth: int = _WORTH) -> int:
    """As many processes as are worth while for so many files, one for each `worth`."""
    return max(1, min(usable(), files // worth))


def judge_all(given: Given, books: Sequence[bytes]) -> list[bytes]:
    """The work of a worker: each workbook's outcome, packed; `given` need not be sent anew where it is there."""
    return [pack(judged(Path(), "", data, given)) for data in books]


def spread(crew: Crew, given: Given, files: Iterator[Judged | Book]) -> Generator[Judged, None, None]:
    """Every workbook judged by the crew, in the order of the files."""
    sent: deque[tuple[list[Judged | Book], Future[Results] | None]] = deque()
    done = False
    try:
        for chunk in _chunks(files, crew.chunk):
            books = [file.data for file in chunk if isinstance(file, Book)]
            sent.append((chunk, crew.send(books) if books else None))
            while len(sent) > _AHEAD * crew.count:
                yield from _received(crew, given, *sent.popleft())
        while sent:
            yield from _received(crew, given, *sent.popleft())
        done = True
    finally:
        crew.leave(now=not done)


def _chunks(files: Iterator[Judged | Book], most: Chunk) -> Iterator[list[Judged | Book]]:
    chunk: list[Judged | Book] = []
    books = size = 0
    for file in files:
        chunk.append(file)
        if isinstance(file, Book):
            books, size = books + 1, size + len(file.data)
        if books >= most.books or size >= most.size or len(chunk) >= 10 * most.books:
            yield chunk
            chunk, books, size = [], 0, 0
    if chunk:
        yield chunk


def _received(
    crew: Crew, given: Given, chunk: Sequence[Judged | Book], future: Future[Results] | None
) -> Iterator[Judged]:
    """The chunk's outcomes; what was lost on the way is judged again."""
    results: Iterator[bytes | None] = iter(())
    if future is not None:
        try:
            results = iter(crew.receive(future))
        except crew.lost:
            results = _again(crew, [file.data for file in chunk if isinstance(file, Book)])
    for file in chunk:
        if isinstance(file, Judged):
            yield file
            continue
        packed = next(results)
        if packed is None:
            yield Judged(Intake(file.path, file.sha256, Outcome.UNREADABLE, (finding("F119"),)))
        else:
            yield unpack(packed, given.forms, file.path, file.sha256)


def _again(crew: Crew, books: Sequence[bytes]) -> Iterator[bytes | None]:
    """A lost chunk as a whole, then workbook by workbook; None for one that ends its worker all by itself."""
    try:
        yield from crew.apart(books)
    except crew.lost:
        for data in books:
            try:
                yield from crew.apart([data])
            except crew.lost:
                yield None


_GIVEN: ContextVar[Given] = ContextVar("given")  # of a process that is a worker


def begin(given: Given | None = None) -> None:
    """A process becomes a worker. Ctrl-C is for the one that it works for, without whom it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    if given is not None:
        _GIVEN.set(given)


def hired(count: int, given: Given | None = None) -> Executor:
    """So many processes, or as many as the system can wait for; started one by one as work is sent."""
    method = "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"
    context = multiprocessing.get_context(method)
    if method == "fork":
        gc.freeze()  # what is here is not looked through, and so not copied, in each of them
    count = min(count, _MOST_ON_WINDOWS) if sys.platform == "win32" else count
    return ProcessPoolExecutor(count, mp_context=context, initializer=begin, initargs=(given,))


def _end_with(other: Any) -> None:
    other.join()
    os._exit(1)


def judge_here(books: Sequence[bytes]) -> list[bytes]:
    """`judge_all` in a process that was told what is given when it began."""
    return judge_all(_GIVEN.get(), books)


class Processes:
    """Workers that are processes of this machine, started when the first is needed."""

    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def __init__(self, given: Given, count: int, work: Callable[[Sequence[bytes]], list[bytes]] = judge_here) -> None:
        self.count = count
        self.chunk = Chunk()
        self._given, self._work = given, work
        self._others = frozenset(multiprocessing.active_children())
        self._crowd: Executor | None = None
        self._single: Executor | None = None

    def send(self, books: Sequence[bytes]) -> Future[Results]:
        """To the next that is free; where the system lets no process begin, to this one."""
        try:
            self._crowd = self._crowd or hired(self.count, self._given)
            try:
                return self._submitted(self._crowd, books)
            except BrokenExecutor:
                self._crowd.shutdown()
                self._crowd = hired(self.count, self._given)
                return self._submitted(self._crowd, books)
        except OSError:
            self.leave(now=True)
            self._crowd = _Here(self._given)
            return self._crowd.submit(self._work, books)

    def receive(self, future: Future[Results]) -> Results:
        """As soon as it is there."""
        return future.result()

    def apart(self, books: Sequence[bytes]) -> Results:
        """In a process of its own, the same for as long as it lives."""
        self._single = self._single or hired(1, self._given)
        try:
            return self._submitted(self._single, books).result()
        except BrokenExecutor:
            self._single.shutdown()
            self._single = None
            raise

    def _submitted(self, executor: Executor, books: Sequence[bytes]) -> Future[Results]:
        with undisturbed():
            return executor.submit(self._work, books)

    def leave(self, *, now: bool) -> None:
        """End the processes; `now` those at work too."""
        if now:
            for child in set(multiprocessing.active_children()) - self._others:
                child.terminate()
        for executor in (self._crowd, self._single):
            if executor is not None:
                executor.shutdown(cancel_futures=True)


class _Here(Executor):
    """This process, as an executor."""

    def __init__(self, given: Given) -> None:
        self._given = given

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        found: Future[Any] = Future()
        found.set_result(judge_all(self._given, *args))
        return found


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ctrl-C is heard a moment later: a process that has just begun would print what it was doing."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Hired:
    """Workers of any executor, that somebody else ends."""

    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def __init__(self, executor: Executor, given: Given, count: int, chunk: Chunk | None = None) -> None:
        self.count, self.chunk = count, chunk or Chunk()
        self._executor, self._given = executor, given

    def send(self, books: Sequence[bytes]) -> Future[Results]:
        """With all that is given."""
        return self._executor.submit(judge_all, self._given, books)

    def receive(self, future: Future[Results]) -> Results:
        """As soon as it is there."""
        return future.result()

    def apart(self, books: Sequence[bytes]) -> Results:
        """There is no other place."""
        return self.send(books).result()

    def leave(self, *, now: bool) -> None:
        """Nothing to end."""
