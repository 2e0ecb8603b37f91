"""Files are written whole or not at all (a temporary file, synced, read back, renamed); logs grow by whole lines."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]')
_RESERVED = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{d}{n}" for d in ("COM", "LPT") for n in range(1, 10))})
_LONGEST = 180  # bytes of a name in UTF-8, so that prefixes and folders leave room


class OutputError(Exception):
    """A file that cannot be written; the message says which and what to do."""


def write_whole(path: Path, data: bytes, *, force: bool, mode: int = 0o644) -> None:
    """Write a file under its name once it is whole, on the disk and read back the same; raises OutputError.

    Whatever fails, and whenever: the name leads to what was there before, or to all of the new file.
    """
    if path.is_dir():
        raise OutputError(f"{path} 是文件夹，不能写成文件")
    _must_be_free(path, force=force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".xls-report-", suffix=".tmp", dir=path.parent)
    except OSError as fault:
        raise OutputError(f"不能在 {path.parent} 写文件：{reason(fault)}") from fault
    temporary = Path(name)
    try:
        try:
            _write_all(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        if temporary.read_bytes() != data:
            raise OutputError(f"不能写 {path}：写入后读回的内容不同，磁盘可能有故障")
        temporary.chmod(mode)
        _must_be_free(path, force=force)
        os.replace(temporary, path)  # noqa: PTH105 - one name for the call that a test makes fail
        _sync(path.parent)
    except OSError as fault:
        raise OutputError(f"不能写 {path}：{reason(fault)}") from fault
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


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
    if path.exists() and not force:
        raise OutputError(f"{path} 已存在，没有覆盖；确要覆盖请加 --force（写在命令名之前）")


def _write_all(handle: int, data: bytes) -> None:
    """All of the bytes: the system may take fewer at a time."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


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


def reason(fault: OSError) -> str:
    """Why the system refused, in words a clerk knows."""
    if isinstance(fault, PermissionError):
        return "没有权限，或文件正被别的程序打开，请先关闭"
    if isinstance(fault, FileNotFoundError):
        return "找不到文件或文件夹"
    if isinstance(fault, IsADirectoryError):
        return "这是文件夹，不是文件"
    if isinstance(fault, NotADirectoryError | FileExistsError):
        return "路径中有一段是文件，不是文件夹"
    words = {errno.ENOSPC: "磁盘满了", errno.EROFS: "磁盘是只读的", errno.ENAMETOOLONG: "文件名过长"}
    return words.get(fault.errno or 0, "系统不允许")


def file_name(text: str) -> str:
    """A name that Windows accepts: forbidden characters become `_`, no dot or blank at the end, not too long."""
    name = _FORBIDDEN.sub("_", text).strip(" .")
    if name.split(".")[0].upper() in _RESERVED:
        name = f"_{name}"
    encoded = name.encode("utf-8")
    return encoded[:_LONGEST].decode("utf-8", "ignore").rstrip(" .") if len(encoded) > _LONGEST else name
