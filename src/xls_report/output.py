"""Files are written whole or not at all (temporary files, synced, read back, renamed); logs grow by whole lines."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path

from xls_report.faults import ACCESS, RunError, reason

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]')
_RESERVED = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{d}{n}" for d in ("COM", "LPT") for n in range(1, 10))})
_FILES, _BYTES = 128, 1 << 24  # a batch: files that are open at a time, and about how many bytes of them are held
_LONGEST = 180  # bytes of a name in UTF-8, so that prefixes and folders leave room


class OutputError(RunError):
    """A file that cannot be written; the message says which and what to do."""

    status = ACCESS


def write_whole(path: Path, data: bytes, *, force: bool, mode: int = 0o644) -> None:
    """Write a file under its name once it is whole, on the disk and read back the same; raises OutputError.

    Whatever fails, and whenever: the name leads to what was there before, or to all of the new file.
    """
    write_many(((path, data),), force=force, mode=mode)


def write_many(files: Iterable[tuple[Path, bytes]], *, force: bool, mode: int = 0o644) -> list[str]:
    """Write many files, each as write_whole does, with their way to the disk shared; SHA-256 of each as read back.

    The files are taken one by one and a batch of them is held at a time. Where it fails, the files of earlier batches
    are there, of its own batch some may be, whole; raises OutputError.
    """
    digests: list[str] = []
    folders: set[Path] = set()
    drafts: list[_Draft] = []
    held = 0
    try:
        for path, data in files:
            drafts.append(_Draft(path, data, force=force, mode=mode))
            drafts[-1].begin(folders)
            held += len(data)
            if len(drafts) == _FILES or held > _BYTES:
                digests += _finished(drafts)
                drafts.clear()
                held = 0
        digests += _finished(drafts)
    finally:
        for draft in drafts:
            draft.discard()
        for folder in folders:
            _sync(folder)
    return digests


def _finished(drafts: list[_Draft]) -> list[str]:
    """All of a batch on the disk before the first gets its name: one wait for all of them where the system has it."""
    together = len(drafts) > 1 and _synced_together([draft.handle for draft in drafts if draft.handle is not None])
    digests = [draft.settle(synced=together) for draft in drafts]
    for draft in drafts:
        draft.publish()
    return digests


class _Draft:
    """A file on its way: under a temporary name in its folder until it is on the disk and read back the same."""

    def __init__(self, path: Path, data: bytes, *, force: bool, mode: int) -> None:
        self.path, self.data, self.force, self.mode = path, data, force, mode
        self.handle: int | None = None
        self.temporary: Path | None = None

    def begin(self, folders: set[Path]) -> None:
        """Write it under a name that nobody looks for."""
        import tempfile  # with what it brings along it takes longer to load than a small file to write

        _must_be_free(self.path, force=self.force)
        folder = self.path.parent
        try:
            if folder not in folders:
                folder.mkdir(parents=True, exist_ok=True)
            folders.add(folder)
            self.handle, name = tempfile.mkstemp(prefix=".xls-report-", suffix=".tmp", dir=folder)
        except OSError as fault:
            raise OutputError(f"不能在 {folder} 写文件：{reason(fault)}") from fault
        self.temporary = Path(name)
        with self._told():
            _write_all(self.handle, self.data)

    def settle(self, *, synced: bool) -> str:
        """Have it on the disk, unless it is, and read it back; its SHA-256."""
        assert self.handle is not None
        assert self.temporary is not None
        with self._told():
            if not synced:
                os.fsync(self.handle)
            os.lseek(self.handle, 0, os.SEEK_SET)
            there = b"".join(iter(partial(os.read, self.handle, len(self.data) + 1), b""))
            self._close()
            if there != self.data:
                raise OutputError(f"不能写 {self.path}：写入后读回的内容不同，磁盘可能有故障")
            self.temporary.chmod(self.mode)
        return hashlib.sha256(there).hexdigest()

    def publish(self) -> None:
        """Give it its name."""
        assert self.temporary is not None
        with self._told():
            _must_be_free(self.path, force=self.force)
            os.replace(self.temporary, self.path)  # noqa: PTH105 - one name for the call that a test makes fail
        self.temporary = None

    def discard(self) -> None:
        """Leave nothing of it, unless it has its name."""
        with contextlib.suppress(OSError):
            self._close()
        if self.temporary is not None:
            with contextlib.suppress(OSError):
                self.temporary.unlink(missing_ok=True)

    def _close(self) -> None:
        handle, self.handle = self.handle, None
        if handle is not None:
            os.close(handle)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            raise OutputError(f"不能写 {self.path}：{reason(fault)}") from fault


def append(path: Path, data: bytes, head: int, check: Callable[[bytes], None]) -> None:
    """Append to a file of lines, made where there is none; raises OutputError.

    `check` is given the first `head` bytes of what is there and raises where it is not to be written to. A last line
    that was cut off when a run broke stays by itself.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, flags, 0o644)
        try:
            facts = os.fstat(handle)
            if not stat.S_ISREG(facts.st_mode):
                raise OutputError(f"不能写 {path}：不是普通文件")
            check(os.read(handle, head))
            os.lseek(handle, max(0, facts.st_size - 1), os.SEEK_SET)
            _write_all(handle, b"\n" * (os.read(handle, 1) not in (b"", b"\n")) + data)
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as fault:
        raise OutputError(f"不能写 {path}：{reason(fault)}") from fault


def _must_be_free(path: Path, *, force: bool) -> None:
    if path.exists():
        if path.is_dir():
            raise OutputError(f"{path} 是文件夹，不能写成文件")
        if not force:
            raise OutputError(f"{path} 已存在，没有覆盖；确要覆盖请加 --force（写在命令名之前）")


def _write_all(handle: int, data: bytes) -> None:
    """All of the bytes: the system may take fewer at a time."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def _synced_together(handles: Sequence[int]) -> bool:
    """Whether the file systems of all these files are on the disk; False where each has to be synced by itself."""
    call = _syncfs()
    if call is None:
        return False
    return all(call(handle) == 0 for handle in {os.fstat(handle).st_dev: handle for handle in handles}.values())


@cache
def _syncfs() -> Callable[[int], int] | None:
    """Linux's call for a whole file system, which tells of faults too, and which Python has no name for."""
    if sys.platform != "linux":
        return None
    import ctypes  # not at the start of every command

    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "syncfs", None)
    return found


def _sync(folder: Path) -> None:
    """The new name on the disk too, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def lies_in(path: Path, folder: Path) -> bool:
    """Whether a path is the folder or lies in it, whatever links lead there."""
    one, other = (Path(os.path.realpath(each)) for each in (path, folder))
    return one == other or other in one.parents


def file_name(text: str) -> str:
    """A name that Windows accepts: forbidden characters become `_`, no dot or blank at the end, not too long."""
    name = _FORBIDDEN.sub("_", text).strip(" .")
    if name.split(".")[0].upper() in _RESERVED:
        name = f"_{name}"
    encoded = name.encode("utf-8")
    return encoded[:_LONGEST].decode("utf-8", "ignore").rstrip(" .") if len(encoded) > _LONGEST else name
