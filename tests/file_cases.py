"""What lies in an inbox beside good workbooks: each case is a folder of files, and what is said of each of them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import chdir
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import ooxml
from acts import parts_of
from ooxml import Entry, book, entries, pack, raw_zip
from support import FORMS, zero_workbook
from test_filekind import odf, ole

from xls_report import inbox
from xls_report.inbox import find_files, take_in
from xls_report.intake import Intake
from xls_report.package.refusal import MAX_FILE, MAX_PART
from xls_report.workers import Chunk, spread

Due = Mapping[str, tuple[str, str]]  # file → outcome, codes
GOOD = ("accepted", "")
NAME = "004-区财政局.xlsx"


def _bytes(data: bytes, name: str = NAME) -> Callable[[Path], None]:
    return _each({name: data})


def _good() -> bytes:
    return zero_workbook(2025)


def _unstamped() -> bytes:
    """A workbook of somebody's."""
    return pack(book())


def _changed(part: str, old: str, new: str) -> bytes:
    parts = parts_of(_good())
    text = parts[part].decode()
    assert old in text
    return pack({**parts, part: text.replace(old, new, 1).encode()})


def _typed(kind: str) -> bytes:
    return _changed("[Content_Types].xml", ooxml.MAIN_TYPE, kind)


def _member_twice() -> bytes:
    members = entries(parts_of(_good()))
    return raw_zip([*members, members[-1]])


def _bomb() -> bytes:
    return raw_zip([*entries(parts_of(_good())), Entry(b"xl/x.xml", bytes(MAX_PART + 1))])


def _too_large(folder: Path) -> None:
    with (folder / NAME).open("wb") as file:
        file.truncate(MAX_FILE + 1)


def _link(folder: Path) -> None:
    (folder / NAME).write_bytes(_good())
    (folder / "快捷方式.xlsx").symlink_to(NAME)
    (folder / "说明.docx").symlink_to(NAME)
    (folder / "别处").symlink_to("..")


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / NAME)


def _twice(folder: Path) -> None:
    (folder / "微信").mkdir()
    (folder / NAME).write_bytes(_good())
    (folder / "微信" / "004-区财政局(1).xlsx").write_bytes(_good())


def _mac(folder: Path) -> None:
    (folder / "__MACOSX" / "收件").mkdir(parents=True)
    (folder / NAME).write_bytes(_good())
    (folder / "__MACOSX" / f"._{NAME}").write_bytes(b"\0\5\x16\7".ljust(163, b"\0"))
    (folder / "__MACOSX" / "收件" / "年报.docx").write_bytes(_DOCX)


def _each(files: Mapping[str, bytes]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        for name, data in files.items():
            (folder / name).write_bytes(data)

    return write


MOST = 20  # workbooks, in place of the limit, which no test should have to fill


def _crowd(folder: Path) -> None:
    for number in range(MOST):
        (folder / f"{number:04}.xls").touch()
        (folder / f"{number:04}.txt").touch()
    (folder / NAME.replace("004", "z")).write_bytes(_good())


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_DOCX = pack(
    {
        "[Content_Types].xml": ooxml.content_types({"/word/document.xml": _WORD}).encode(),
        "_rels/.rels": ooxml.relations(("rId1", "officeDocument", "word/document.xml")).encode(),
        "word/document.xml": b"<w/>",
    }
)
_PDF = b"%PDF-1.7\n"
_XLSM = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_LOCK = b"\x04user".ljust(165, b" ")

CASES: dict[str, tuple[Callable[[Path], None], Due]] = {
    "a good workbook": (_bytes(_good()), {NAME: GOOD}),
    "PDF renamed": (_bytes(_PDF), {NAME: ("unreadable", "F101")}),
    "Word document renamed": (_bytes(_DOCX), {NAME: ("unreadable", "F101")}),
    "web page saved as xls": (_bytes(b"<html><table>", "a.xls"), {"a.xls": ("unreadable", "F101")}),
    "lock file without its mark": (_bytes(_LOCK), {NAME: ("unreadable", "F101")}),
    "xls renamed": (_bytes(ole("Workbook")), {NAME: ("unreadable", "F102")}),
    "photograph renamed": (_bytes(b"\xff\xd8\xff\xe0" + bytes(99)), {NAME: ("unreadable", "F101")}),
    "archive renamed": (_bytes(pack({NAME: _good()})), {NAME: ("unreadable", "F101")}),
    "xlsb": (_bytes(pack({"xl/workbook.bin": b"x"}), "a.xlsb"), {"a.xlsb": ("unreadable", "F102")}),
    "xls": (_bytes(ole("Workbook"), "a.xls"), {"a.xls": ("unreadable", "F102")}),
    "et": (_bytes(ole("Workbook"), "a.et"), {"a.et": ("unreadable", "F102")}),
    "ods": (_bytes(odf("spreadsheet"), "a.ods"), {"a.ods": ("unreadable", "F102")}),
    "csv renamed": (_bytes("代码,名称\n".encode()), {NAME: ("unreadable", "F102")}),
    "password to open": (_bytes(ole("EncryptedPackage", "EncryptionInfo")), {NAME: ("unreadable", "F103")}),
    "locked by a document guard": (_bytes(b"%TSD-Header-###%" + bytes(99)), {NAME: ("unreadable", "F103")}),
    "cut off": (_bytes(_good()[: len(_good()) // 2]), {NAME: ("unreadable", "F104")}),
    "zeros only": (_bytes(bytes(9999)), {NAME: ("unreadable", "F104")}),
    "a byte turned": (
        _bytes(_good().replace(b"\x50\x4b\x01\x02", b"\x50\x4b\x01\x03", 1)),
        {NAME: ("unreadable", "F104")},
    ),
    "empty": (_bytes(b""), {NAME: ("unreadable", "F105")}),
    "too large": (_too_large, {NAME: ("unreadable", "F106")}),
    "too large unpacked": (_bytes(_bomb()), {NAME: ("unreadable", "F106")}),
    "too many files": (_crowd, {NAME.replace("004", "z"): ("unreadable", "F118")}),
    "macros": (_bytes(_typed(_XLSM), "a.xlsm"), {"a.xlsm": ("unreadable", "F107")}),
    "macros renamed": (_bytes(_typed(_XLSM)), {NAME: ("unreadable", "F107")}),
    "document type": (
        _bytes(_changed("xl/workbook.xml", "<workbook ", "<!DOCTYPE x><workbook ")),
        {NAME: ("unreadable", "F108")},
    ),
    "member twice": (_bytes(_member_twice()), {NAME: ("unreadable", "F108")}),
    "something before the archive": (_bytes(b"x" + _good()), {NAME: ("unreadable", "F108")}),
    "links": (
        _link,
        {
            NAME: GOOD,
            "快捷方式.xlsx": ("unreadable", "F110"),
            "说明.docx": ("ignored", "F110"),
            "别处": ("ignored", "F110"),
        },
    ),
    "pipe": (_pipe, {NAME: ("unreadable", "F110")}),
    "lock files": (
        _each({NAME: _good(), f"~${NAME}": _LOCK, f".~lock.{NAME}#": b",", "Thumbs.db": b"x", ".DS_Store": b"x"}),
        {NAME: GOOD, **dict.fromkeys((f"~${NAME}", f".~lock.{NAME}#", "Thumbs.db", ".DS_Store"), ("ignored", "F111"))},
    ),
    "lock file without its workbook": (_each({f"~${NAME}": _LOCK}), {f"~${NAME}": ("ignored", "F117")}),
    "packed on a Mac": (
        _mac,
        {NAME: GOOD, f"__MACOSX/._{NAME}": ("ignored", "F111"), "__MACOSX/收件/年报.docx": ("ignored", "F111")},
    ),
    "other materials": (
        _each({"年报.docx": _DOCX, "年报.pdf": _PDF, "盖章页.jpg": b"\xff\xd8\xff", "年报.zip": b"PK", "无后缀": _PDF}),
        {
            **dict.fromkeys(("年报.docx", "年报.pdf", "盖章页.jpg", "无后缀"), ("ignored", "F112")),
            "年报.zip": ("ignored", "F116"),
        },
    ),
    "own lists": (
        _each(
            {
                **dict.fromkeys(("空表发放清单.csv", "报送情况.json", "退回通知-004.txt"), b"x"),
                "记录.jsonl": b'{"time": "2026-01-20T09:00:00+08:00", "verb": "check"}\n',
                "审核问题.xlsx": _unstamped(),
                "报送情况.xlsx": _good(),
                "单位名单里的.xlsx": _unstamped(),
            }
        ),
        {
            **dict.fromkeys(
                ("空表发放清单.csv", "审核问题.xlsx", "报送情况.json", "退回通知-004.txt", "记录.jsonl"),
                ("ignored", "F113"),
            ),
            "报送情况.xlsx": ("accepted", ""),  # the stamp decides, not the name
            "单位名单里的.xlsx": ("rejected", "F201"),
        },
    ),
    "a name says nothing": (_bytes(_good(), "副本 最终版2(1).xlsx"), {"副本 最终版2(1).xlsx": GOOD}),
    "same bytes twice": (_twice, {NAME: GOOD, "微信/004-区财政局(1).xlsx": ("duplicate", "F209")}),
}


class _Fewer(int):
    """A limit that is told as what it stands for."""

    def __str__(self) -> str:
        return "400000"


@cache
def outcome(name: str) -> tuple[Intake, ...]:
    """Lay the files into an empty folder and take them in, by names relative to it; run once."""
    most = _Fewer(MOST) if name == "too many files" else inbox.MAX_FILES
    with TemporaryDirectory() as folder, chdir(folder), mock.patch.object(inbox, "MAX_FILES", most):
        if name in FAULTS:
            return FAULTS[name][0]()
        CASES[name][0](Path())
        return take_in(find_files([Path()]), FORMS)


def _vanished() -> tuple[Intake, ...]:
    """A file that was there when the folder was read and is not there any more."""
    return take_in([Path(NAME)], FORMS)


def _in_use() -> tuple[Intake, ...]:
    """A file that is open in Excel on Windows: nobody else may read it."""
    Path(NAME).write_bytes(_good())
    fault = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with mock.patch("os.open", side_effect=fault):
        return take_in([Path(NAME)], FORMS)


class _Doomed:
    """Workers that end whatever they are given."""

    count, chunk = 1, Chunk()
    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def send(self, books: Sequence[bytes]) -> Future[Sequence[bytes]]:
        found: Future[Sequence[bytes]] = Future()
        found.set_exception(BrokenExecutor())
        return found

    def receive(self, future: Future[Sequence[bytes]]) -> Sequence[bytes]:
        return future.result()

    def apart(self, books: Sequence[bytes]) -> Sequence[bytes]:
        raise BrokenExecutor

    def leave(self, *, now: bool) -> None:
        assert not now


def _deadly() -> tuple[Intake, ...]:
    """A file whose reading ends the process, as when there is no memory left."""
    Path(NAME).write_bytes(_good())
    return take_in([Path(NAME)], FORMS, judging=lambda given, files: spread(_Doomed(), given, files))


FAULTS: dict[str, tuple[Callable[[], tuple[Intake, ...]], str]] = {
    "vanished": (_vanished, "F109"),
    "open in another program": (_in_use, "F109"),
    "ends the program that reads it": (_deadly, "F119"),
}
