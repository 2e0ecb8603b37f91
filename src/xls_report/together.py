"""The blanks of a roster written by several processes, each a part of it, in the roster's order."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import BrokenExecutor

from xls_report.issue import Blank, Issued, Order, write_blanks
from xls_report.output import OutputError
from xls_report.workers import hired, undisturbed

WORTH = 1_000  # blanks for which a process is worth its start: it has to render one of its own


class Together:
    """As `issue.write_blanks`, by `count` processes."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __call__(self, order: Order, blanks: Iterable[Blank]) -> tuple[Issued, ...]:
        """Write them; raises OutputError."""
        every = list(blanks)
        size = max(1, -(-len(every) // self.count))
        crew = hired(self.count)
        try:
            with undisturbed():
                sent = [crew.submit(write_blanks, order, every[n : n + size]) for n in range(0, len(every), size)]
            return tuple(one for future in sent for one in future.result())
        except BrokenExecutor as fault:
            raise OutputError(
                f"发放时有进程意外停止，{order.folder} 里的空表不全；请重新运行，并加 --force（写在命令名之前）"
            ) from fault
        finally:
            crew.shutdown(cancel_futures=True)
