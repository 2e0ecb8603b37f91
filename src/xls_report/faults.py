"""How a run ends: its exit statuses, and the base of what ends it in words. Imports next to nothing: all import it."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from typing import ClassVar

OK, FOUND, USAGE, ACCESS, SELF_CHECK, FAULT = 0, 1, 2, 3, 4, 70


class RunError(Exception):
    """Ends a run with the exit status of its kind; `told` is what stderr says then."""

    status: ClassVar[int] = FAULT

    @property
    def told(self) -> str:
        return str(self)


class ListedError(RunError):
    """Something that cannot be used: `complaints` names every fault with its place, a sentence each."""

    status = USAGE

    def __init__(self, complaints: Iterable[str]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(self.complaints))


class SelfCheckError(RunError):
    """What was written does not give what it was made of: a fault of ours, and no file is kept."""

    status = SELF_CHECK

    @property
    def told(self) -> str:
        return f"自检没有通过，没有写出文件：{self}"


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
