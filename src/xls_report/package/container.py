"""The zip of a workbook, bounded: one byte string → its members, each inflated only when asked for.

Every limit is checked before a byte is inflated, sizes and CRC are verified here and not believed, and whatever two
zip readers would read differently (two members of one name, bytes before the archive, overlapping members, headers that
disagree) is refused.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final, NamedTuple
from urllib.parse import unquote

from xls_report.package.refusal import MAX_MEMBERS, MAX_PART, MAX_PARTS, Refused, over, over_size
from xls_report.quoting import quote

MEDIA: Final = "xl/media/"  # pictures: never inflated
_LOCAL: Final = struct.Struct("<4s5HL2L2H")
_ENCRYPTED: Final = 0x2041  # encrypted, strongly encrypted, or with a masked directory
_SIZES_FOLLOW: Final = 0x8
_UTF8: Final = 0x800
_ZIP64: Final = 0xFFFFFFFF
_SIGNATURES: Final = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06")
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BAD_NAME: Final = re.compile(r"[\\:\x00-\x1f\x7f]|(?:^|/)\.{0,2}(?:/|$)")
_ZIP_FAULTS: Final = (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, OSError, LookupError)


class Member(NamedTuple):
    """One file of the archive: where its packed bytes lie in the byte string, and what the directory says of them."""

    name: str
    method: int
    start: int
    packed: int
    size: int
    crc: int


@dataclass(frozen=True, slots=True)
class Container:
    """The members of the archive by lower-case name; ``data`` is the one byte string they are read from."""

    data: bytes
    members: Mapping[str, Member]

    def __contains__(self, part: str) -> bool:
        return part.lower() in self.members

    def read(self, part: str) -> bytes:
        """The bytes of a part, size and CRC verified. Raises Refused: F104 missing or damaged, F108 its size lies."""
        member = self.members.get(part.lower())
        if member is None:
            raise Refused("F104", f"缺少部件 {quote(part)}")
        if member.name.lower().startswith(MEDIA):
            raise Refused("F108", f"把图片 {quote(member.name)} 当作数据部件")
        packed = self.data[member.start : member.start + member.packed]
        content = packed if member.method == zipfile.ZIP_STORED else _inflate(packed, member)
        if len(content) != member.size:
            raise Refused("F108", f"部件 {quote(member.name)} 的大小与目录所列不符")
        if zlib.crc32(content) != member.crc:
            raise Refused("F104", f"部件 {quote(member.name)} 的校验值不符")
        return content


def _inflate(packed: bytes, member: Member) -> bytes:
    inflater = zlib.decompressobj(-15)
    try:
        content = inflater.decompress(packed, member.size + 1)
    except zlib.error:
        raise Refused("F104", f"部件 {quote(member.name)} 无法解压") from None
    if len(content) > member.size or inflater.unused_data:
        raise Refused("F108", f"部件 {quote(member.name)} 的大小与目录所列不符")
    if not inflater.eof:
        raise Refused("F104", f"部件 {quote(member.name)} 不完整")
    return content


def open_container(data: bytes) -> Container:
    """Read the directory of a zip of at most 10 MB; inflates nothing. Raises Refused (F104, F106, F108)."""
    infos, directory = _directory(data)
    if len(infos) > MAX_MEMBERS:
        raise over("压缩包内的文件", len(infos), MAX_MEMBERS)
    names = _names(infos)
    _check_sizes(names)
    members: dict[str, Member] = {}
    end = 0
    for key, info in sorted(names.items(), key=lambda pair: pair[1].header_offset):
        member = _member(data, info, directory)
        _check_gap(data, end, info.header_offset)
        end = member.start + member.packed
        members[key] = member
    _check_gap(data, end, directory)
    return Container(data, members)


def _directory(data: bytes) -> tuple[list[zipfile.ZipInfo], int]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos, directory = archive.infolist(), archive.start_dir
    except UnicodeDecodeError:
        raise Refused("F108", "压缩包内的文件名不是有效的 UTF-8") from None
    except _ZIP_FAULTS:
        raise Refused("F104", "压缩包不完整或已损坏") from None
    if data.count(b"PK\x05\x06", max(directory, 0)) != 1:
        raise Refused("F108", "压缩包有两个目录")
    return infos, directory


def _names(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The members by name, the names compared as readers compare part names: without regard to case and %-escapes."""
    names: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.orig_filename  # `filename` is cut at a NUL, and on Windows its backslashes are turned
        key = (unquote(name) if "%" in name else name).lower()
        if _BAD_NAME.search(key.removesuffix("/")):
            raise Refused("F108", f"压缩包内的文件名 {quote(name)} 不合规范")
        if key in names:
            raise Refused("F108", f"压缩包内有两个 {quote(name)}")
        names[key] = info
    return names


def _check_sizes(names: Mapping[str, zipfile.ZipInfo]) -> None:
    total = 0
    for key, info in names.items():
        if not key.startswith(MEDIA):
            if info.file_size > MAX_PART:
                raise over_size(f"部件 {quote(info.orig_filename)} 展开后", info.file_size, MAX_PART)
            total += info.file_size
    if total > MAX_PARTS:
        raise over_size("全部内容展开后", total, MAX_PARTS)


def _member(data: bytes, info: zipfile.ZipInfo, directory: int) -> Member:
    """The member where the directory says it is, if the header there says the same of it."""
    name, offset = info.orig_filename, info.header_offset
    if not 0 <= offset <= directory - _LOCAL.size:
        raise Refused("F104", f"压缩包内 {quote(name)} 的位置不对")
    signature, _, flags, method, _, _, crc, packed, size, length, extra = _LOCAL.unpack_from(data, offset)
    if signature != b"PK\x03\x04":
        raise Refused("F104", f"压缩包内 {quote(name)} 的位置不对")
    if (flags | info.flag_bits) & _ENCRYPTED:
        raise Refused("F108", f"压缩包内 {quote(name)} 已加密")
    if info.compress_type not in _METHODS:
        raise Refused("F108", f"压缩包内 {quote(name)} 的压缩方法（{info.compress_type}）未知")
    start = offset + _LOCAL.size + length + extra
    own_name = data[offset + _LOCAL.size : offset + _LOCAL.size + length]
    same = method == info.compress_type and _decoded(own_name, flags) == name
    if not flags & _SIZES_FOLLOW:
        same &= crc == info.CRC and packed in (info.compress_size, _ZIP64) and size in (info.file_size, _ZIP64)
    if info.compress_type == zipfile.ZIP_STORED:
        same &= info.compress_size == info.file_size
    if not same:
        raise Refused("F108", f"压缩包内 {quote(name)} 前后两处的记录不一致")
    return Member(name, method, start, info.compress_size, info.file_size, info.CRC)


def _decoded(name: bytes, flags: int) -> str:
    return name.decode("utf-8", "replace") if flags & _UTF8 or name.isascii() else name.decode("cp437")


def _check_gap(data: bytes, end: int, start: int) -> None:
    """Between two members stands at most a record of sizes: nobody finds a member or a directory that we do not see."""
    if start < end:
        raise Refused("F108", "压缩包内的文件互相重叠")
    if start > end and (end == 0 or any(data.find(mark, end, start) >= 0 for mark in _SIGNATURES)):
        raise Refused("F108", "压缩包里有目录未列出的内容")
