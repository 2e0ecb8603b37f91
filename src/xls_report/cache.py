"""What workbooks were judged to be, kept between runs by their bytes (`--cache`); whatever is doubtful is judged anew.

An entry holds for the same bytes, the same forms, the same program and the same facts of its unit (flags, last year's
figures); each carries a checksum over all of that. Nothing is unpickled. A cache is only ever a saving: without it, or
with a damaged one, a run says the same.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xls_report import __version__
from xls_report.form import Form
from xls_report.inbox import Book, Judging
from xls_report.intake import Given, Judged
from xls_report.kept import pack, unpack
from xls_report.output import OutputError
from xls_report.submission import Unit

_MAGIC = b"SQLite format 3\0"
APPLICATION = 0x78727031  # "xrp1", where SQLite has a place for whose file it is
_VERSION = 1
_PLACE = slice(68, 72)  # of the application's number in the file
_TABLES = (
    "CREATE TABLE judged (key BLOB PRIMARY KEY, about BLOB, seal BLOB, packed BLOB) WITHOUT ROWID",
    "CREATE TABLE made (basis BLOB)",
)
_WAIT = 2.0  # seconds for another program that has the file
_AT_ONCE = 500  # entries that are written together


def open_cache(path: Path, forms: Sequence[Form], told: Callable[[str], None]) -> Cache | None:
    """The cache of a file, made where there is none, made anew where it is damaged or of other forms or program.

    None, and `told` why, where it cannot be used now. Raises OutputError for a file that is somebody else's.
    """
    try:
        head = _head(path) if path.exists() else b""
    except OSError:
        told(_unusable(path))
        return None
    ours = head[: len(_MAGIC)] == _MAGIC and head[_PLACE] == APPLICATION.to_bytes(4, "big")
    if head and not ours:
        raise OutputError(f"{path} 不是本工具的缓存，没有改动；请给 --cache 换一个文件名")
    cache = Cache(path, basis_of(forms), told)
    cache.begin()
    return cache if cache.open else None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def _unusable(path: Path) -> str:
    return f"缓存 {path} 现在不能用（没有权限，或另一个程序正在用），本次不用缓存，结果不受影响。"


@dataclass
class Cache:
    """An open cache; `open` turns false when it cannot be used any more, and the run goes on without."""

    path: Path
    basis: bytes  # what every entry depends on
    told: Callable[[str], None]
    open: bool = True
    _new: list[tuple[bytes, bytes, bytes, bytes]] = field(default_factory=list)
    _file: sqlite3.Connection | None = None

    def begin(self) -> None:
        """Open the file, or make it."""
        self._guarded(self._begin)

    def _begin(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = MEMORY")  # no second file beside it; damage is found by the seals
        self._file.execute("PRAGMA synchronous = OFF")
        if self._fits(self._file):
            return
        self._file.execute("BEGIN IMMEDIATE")
        if not self._fits(self._file):  # nobody else made it meanwhile
            for table in _TABLES:
                self._file.execute(table)
            self._file.execute("INSERT INTO made VALUES (?)", (self.basis,))
            self._file.execute(f"PRAGMA application_id = {APPLICATION}")
            self._file.execute(f"PRAGMA user_version = {_VERSION}")
        self._file.execute("COMMIT")

    def _fits(self, file: sqlite3.Connection) -> bool:
        """Whether the file is a cache of this program and forms; False for an empty one, else raises."""
        (version,) = file.execute("PRAGMA user_version").fetchone()
        tables = file.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if (version, tables) == (0, (0,)):
            return False
        if version != _VERSION or file.execute("SELECT basis FROM made").fetchall() != [(self.basis,)]:
            raise sqlite3.DatabaseError("made by another program")
        return True

    def _guarded(self, act: Callable[[], None]) -> None:
        """Do it; where the file is damaged, make it anew; where it is locked or full, go on without it."""
        if not self.open:
            return
        try:
            act()
        except sqlite3.OperationalError as fault:
            # A table that is not there, or has other columns, is damage too.
            if "no such" in str(fault):
                self._anew()
            else:
                self._give_up()
        except sqlite3.DatabaseError:
            self._anew()
        except OSError:
            self._give_up()

    def _anew(self) -> None:
        """Only ever reached with a file that is ours."""
        self.close()
        try:
            self.path.unlink()
            self._begin()
            self.told(f"缓存 {self.path} 已损坏，或是用别的表样、另一版本的程序建立的，已重新建立；结果不受影响。")
        except (sqlite3.Error, OSError):
            self._give_up()

    def _give_up(self) -> None:
        self.open = False
        self.close()
        self.told(_unusable(self.path))

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def get(self, key: bytes) -> tuple[bytes, bytes] | None:
        """What is kept under a key: a digest of what it depends on beside, and the outcome, packed."""
        found: list[tuple[object, object, object]] = []

        def look() -> None:
            assert self._file is not None
            found.extend(self._file.execute("SELECT about, seal, packed FROM judged WHERE key = ?", (key,)))

        self._guarded(look)
        for about, seal, packed in found:
            if isinstance(about, bytes) and isinstance(packed, bytes) and seal == _seal(key, about, packed):
                return about, packed
        return None

    def put(self, key: bytes, about: bytes, packed: bytes) -> None:
        """Keep an outcome, in place of what was there."""
        self._new.append((key, about, _seal(key, about, packed), packed))
        if len(self._new) >= _AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write what is new."""

        def insert() -> None:
            assert self._file is not None
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany("INSERT OR REPLACE INTO judged VALUES (?, ?, ?, ?)", self._new)
            self._file.execute("COMMIT")

        if self._new:
            self._guarded(insert)
        self._new.clear()


def _seal(key: bytes, about: bytes, packed: bytes) -> bytes:
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in (key, about, packed))).digest()


def remembering(cache: Cache, judging: Judging) -> Judging:
    """Judging that only does what the cache does not hold, and keeps what it did there."""

    def judge(given: Given, files: Iterator[Judged | Book]) -> Generator[Judged, None, None]:
        missed: set[bytes] = set()

        def known() -> Iterator[Judged | Book]:
            for file in files:
                hit = _hit(cache, given, file) if isinstance(file, Book) else None
                if isinstance(file, Book) and hit is None:
                    missed.add(_key(given, file.sha256))
                yield hit or file

        stream = judging(given, known())
        try:
            for one in stream:
                key = _key(given, one.intake.sha256)
                # A workbook that ended its worker was not judged: another day there may be more memory.
                if key in missed and not any(f.code == "F119" for f in one.intake.findings):
                    cache.put(key, _about(given, one.asked), pack(one))
                missed.discard(key)
                yield one
        finally:
            stream.close()
            cache.write()
            cache.close()

    return judge


def _hit(cache: Cache, given: Given, book: Book) -> Judged | None:
    found = cache.get(_key(given, book.sha256))
    if found is None:
        return None
    about, packed = found
    try:
        one = unpack(packed, given.forms, book.path, book.sha256)
    except ValueError:
        return None
    return one if about == _about(given, one.asked) else None


def _key(given: Given, sha256: str) -> bytes:
    """The bytes' digest, and which kinds of facts are given: `check` without a roster puts out no entry of `status`."""
    return bytes([2 * (given.flags is not None) + (given.prior is not None)]) + bytes.fromhex(sha256)


def basis_of(forms: Sequence[Form]) -> bytes:
    """A digest of the forms and the program: what every outcome depends on."""
    told = [__version__, sys.version, *(repr(form) for form in forms)]
    return _digest([*(text.encode("utf-8", "surrogatepass") for text in told), *_sources()])


def _sources() -> Iterable[bytes]:
    """The program's own files: the number of its version may stay the same while it is worked on."""
    here = Path(__file__).parent
    files = sorted(path for pattern in ("*.py", "*.toml") for path in here.rglob(pattern))
    return [part for path in files for part in (str(path.relative_to(here)).encode(), path.read_bytes())]


def _about(given: Given, asked: tuple[Unit, int] | None) -> bytes:
    """A digest of what else was asked of a unit: the flags that the roster gives it, last year's figures."""
    if asked is None:
        return b""
    unit, year = asked
    flags = given.flags.get(unit.code) if given.flags is not None else None
    before = given.prior(unit, year - 1) if given.prior is not None else None
    told = (
        sorted(flags) if flags is not None else None,
        *(year, unit.code, sorted(before.items()) if before is not None else None),
    )
    return _digest([repr(told).encode("utf-8", "surrogatepass")])


def _digest(parts: Iterable[bytes]) -> bytes:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.digest()
