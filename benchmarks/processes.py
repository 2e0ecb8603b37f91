"""Whole commands: how long they take, and what memory they hold at their peak."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent
PROGRAM = (sys.executable, "-c", "from xls_report.cli import main; main()")  # what the installed script does
_POLL = 0.02  # seconds between two looks at a process; its peak is kept by the system until it ends


def environment() -> dict[str, str]:
    """As users have it: compiled modules are kept."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def program(*arguments: object) -> list[str]:
    """The command line of a verb."""
    return [*PROGRAM, *map(str, arguments)]


def script(name: str, *arguments: object) -> list[str]:
    """The command line of a script that stands beside this module."""
    return [sys.executable, str(HERE / name), *map(str, arguments)]


def output_of(command: Sequence[str]) -> str:
    """What a command prints; raises RuntimeError when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment())
    if done.returncode:
        raise RuntimeError(f"{command[-1]}: status {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def seconds_of(command: Sequence[str], scale: float = 1) -> float:
    """Seconds from start to end. With a scale, the command prints the seconds of its loop, which count that often."""
    started = time.perf_counter()
    said = output_of(command)
    seconds = time.perf_counter() - started
    return seconds if scale == 1 else seconds + (scale - 1) * float(said)


def own_seconds(command: Sequence[str], scale: float = 1) -> float:
    """Seconds that a command prints, its start left out."""
    return scale * float(output_of(command))


def watched(command: Sequence[str]) -> tuple[float, float]:
    """Seconds, and the peak memory in MiB: of the process and its children, summed (what they share counts twice).

    Linux keeps the peak of each process (VmHWM) until it ends. Elsewhere it is that of the largest ended child so far.
    """
    peaks: dict[int, float] = {}
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=environment())
        while True:
            for pid in _family(process.pid):
                peaks[pid] = max(_peak(pid), peaks.get(pid, 0.0))
            try:
                status = process.wait(_POLL)
                break
            except subprocess.TimeoutExpired:
                continue
        seconds = time.perf_counter() - started
        if status:
            said.seek(0)
            raise RuntimeError(f"{command[-1]}: status {status}\n{said.read()[-2000:].decode('utf-8', 'replace')}")
    return seconds, sum(peaks.values()) or _largest_child()


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = " ".join((task / "children").read_text(encoding="ascii") for task in tasks)
    except OSError:
        return
    for child in children.split():
        yield from _family(int(child))


def _peak(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 2**10 for line in status.splitlines() if line.startswith("VmHWM:")), 0.0)


def _largest_child() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return used / 2**20 if sys.platform == "darwin" else used / 2**10
