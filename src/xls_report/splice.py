"""Zip packages made of members that are deflated already; a member with holes is filled without deflating it again.

The records are those of PKWARE's APPNOTE 6.3 (4.3.7 local header, 4.3.12 central directory, 4.3.16 its end), the
stored block is that of RFC 1951 (3.2.4). No clock, no extra field, no data descriptor: same members, same bytes.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_BLOCK = struct.Struct("<BHH")
_UNIX, _VERSION, _DEFLATED = 3 << 8, 20, 8
_DAY = 1 << 5 | 1  # 1980-01-01, the first day that the format knows
_UTF8 = 1 << 11  # flag: the name is UTF-8
_OWNER = 0o600 << 16  # file mode of a member, as XlsxWriter has it
_LONGEST = 0xFFFF  # bytes of a stored block
_SHORT = 64  # bytes of a chunk that is not worth a block of its own


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a package: its deflated bytes, with CRC-32 and length of what they inflate to."""

    name: str
    deflated: bytes
    crc: int
    size: int

    @property
    def content(self) -> bytes:
        """What it inflates to."""
        return zlib.decompress(self.deflated, -zlib.MAX_WBITS)


def member(name: str, pieces: Iterable[bytes], *, level: int = zlib.Z_DEFAULT_COMPRESSION) -> Member:
    """A member made from its plain bytes, which are taken piece by piece."""
    machine = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
    deflated: list[bytes] = []
    crc = size = 0
    for piece in pieces:
        deflated.append(machine.compress(piece))
        crc, size = zlib.crc32(piece, crc), size + len(piece)
    return Member(name, b"".join((*deflated, machine.flush())), crc, size)


def members(data: bytes) -> tuple[Member, ...]:
    """The members of a package that we wrote, in order, as they are deflated in it. Not for files from outside."""
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            *_, name, extra = _LOCAL.unpack_from(data, info.header_offset)
            start = info.header_offset + _LOCAL.size + name + extra
            deflated = data[start : start + info.compress_size]
            found.append(Member(info.filename, deflated, info.CRC, info.file_size))
    return tuple(found)


def package(parts: Iterable[Member]) -> bytes:
    """The members as one zip file, in order; below 4 GB, struct.error where it is not."""
    pieces: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for part in parts:
        name = part.name.encode()
        facts = (_VERSION, 0 if part.name.isascii() else _UTF8, _DEFLATED, 0, _DAY, part.crc, len(part.deflated))
        pieces += _LOCAL.pack(0x04034B50, *facts, part.size, len(name), 0), name, part.deflated
        more = (part.size, len(name), 0, 0, 0, 0, _OWNER, offset)
        directory += _CENTRAL.pack(0x02014B50, _UNIX | _VERSION, *facts, *more), name
        offset += _LOCAL.size + len(name) + len(part.deflated)
    count, size = len(directory) // 2, sum(map(len, directory))
    end = _END.pack(0x06054B50, 0, 0, count, count, size, offset, 0)
    return b"".join((*pieces, *directory, end))


class Mould:
    """A member's fixed chunks with a hole before each but the first; long chunks are deflated, once."""

    def __init__(self, name: str, chunks: Sequence[bytes]) -> None:
        self.name = name
        first, *others = chunks
        self._first, self._crc = len(first), zlib.crc32(first)
        self._plain = [piece for chunk in others for piece in (b"", chunk)]  # what follows the first: hole, chunk, …
        self._head = _deflated(first, zlib.Z_FULL_FLUSH if others else zlib.Z_FINISH)
        self._runs: list[tuple[int, int, bytes]] = []  # from, to: what is stored as it is; the deflated chunk behind it
        start, last = 0, len(self._plain) - 1
        for place in range(1, len(self._plain), 2):
            if place == last or len(self._plain[place]) > _SHORT:
                chunk = _deflated(self._plain[place], zlib.Z_FINISH if place == last else zlib.Z_FULL_FLUSH)
                self._runs.append((start, place, chunk))
                start = place + 1

    def filled(self, texts: Sequence[bytes]) -> Member:
        """The member with a text in each hole, in order; raises ValueError unless there are as many as holes."""
        plain = self._plain.copy()
        plain[::2] = texts
        rest = b"".join(plain)
        deflated = [self._head]
        for start, end, chunk in self._runs:
            deflated += _stored(b"".join(plain[start:end])), chunk
        crc = zlib.crc32(rest, self._crc)
        return Member(self.name, b"".join(deflated), crc, self._first + len(rest))


def _stored(text: bytes) -> bytes:
    """A text as a block of its own, not deflated; raises ValueError beyond 65,535 bytes."""
    size = len(text)
    if size > _LONGEST:
        raise ValueError(f"{size} bytes in a hole")
    return _BLOCK.pack(0, size, size ^ _LONGEST) + text


def _deflated(content: bytes, flush: int) -> bytes:
    """Deflated bytes that look back at nothing before them; they end at a byte's edge, or end the stream."""
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return machine.compress(content) + machine.flush(flush)
