"""Workers on other machines (`--scheduler`): a `dask.distributed` cluster, the only module that knows of it.

The bytes of the workbooks are sent: a worker needs no file, only the same version of this program.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future

from xls_report import __version__
from xls_report.intake import Given
from xls_report.output import OutputError
from xls_report.workers import Chunk, Results, judge_all

_CHUNK = Chunk(books=200, size=2**22)
_INSTALL = "请在每台机器上安装同一版本的 xls-report"
_WAIT = 10  # seconds for an answer


class MissingError(Exception):
    """The extra is not installed."""


def version_here() -> str:
    """The program's version on the machine where this is called."""
    return __version__


class Cluster:
    """Workers of a cluster, as `workers.spread` uses them."""

    def __init__(self, address: str, given: Given) -> None:
        """Raises MissingError; OutputError for an address that does not answer or workers of another version."""
        try:
            distributed = importlib.import_module("distributed")
        except ImportError as fault:
            raise MissingError from fault
        self._address = address
        self.lost: tuple[type[BaseException], ...] = (distributed.KilledWorker,)
        try:
            self._client = distributed.Client(address, timeout=_WAIT, set_as_default=False)
        except (OSError, ValueError) as fault:
            raise OutputError(
                f"调度器 {address} 没有应答；请核对地址（如 tcp://10.1.2.3:8786），或去掉 --scheduler"
            ) from fault
        try:
            self.count = self._workers()
            self._executor = self._client.get_executor(pure=False)
            self._given = self._client.scatter(given, broadcast=True, hash=False)
        except BaseException:
            self._client.close()
            raise
        self.chunk = _CHUNK

    def _workers(self) -> int:
        """How many there are, all with this version of the program."""
        try:
            versions = self._client.run(version_here)
        except Exception as fault:  # whatever a worker raises that has no such module
            raise OutputError(f"{self._address} 的工作进程运行不了本工具；{_INSTALL}") from fault
        others = "、".join(sorted(set(versions.values()) - {__version__}))
        if others:
            raise OutputError(f"{self._address} 的工作进程是 {others} 版，这里是 {__version__} 版；{_INSTALL}")
        if not versions:
            raise OutputError(f"调度器 {self._address} 没有工作进程；请先启动，或去掉 --scheduler")
        return len(versions)

    def send(self, books: Sequence[bytes]) -> Future[Results]:
        """To whichever worker is free; the facts are there already."""
        sent: Future[Results] = self._executor.submit(judge_all, self._given, books)
        return sent

    def receive(self, future: Future[Results]) -> Results:
        """As soon as it is there; raises OutputError when the scheduler is gone."""
        try:
            return future.result()
        except (CancelledError, OSError) as fault:
            raise OutputError(
                f"调度器 {self._address} 中途断开了，没有审核完；请重新运行，或去掉 --scheduler"
            ) from fault

    def apart(self, books: Sequence[bytes]) -> Results:
        """Once more; the scheduler itself has tried several workers before."""
        return self.receive(self.send(books))

    def leave(self, *, now: bool) -> None:
        """Leave the cluster as it is; `now`: what waits there is given up."""
        self._executor.shutdown(wait=not now)
        self._client.close()
