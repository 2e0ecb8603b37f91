"""Packages put together by hand: what zipfile makes of the same members, and a member with holes is what it says."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
import zlib
from itertools import chain, zip_longest
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xls_report.splice import Member, Mould, member, members, package

NAMES = ("[Content_Types].xml", "xl/workbook.xml", "xl/表.xml", "empty")


def contents(seed: int) -> dict[str, bytes]:
    random = Random(seed)
    words = [b"<c r='A1'/>", b"abc", bytes(random.randrange(256) for _ in range(40))]
    return {name: b"".join(random.choices(words, k=random.randrange(300))) for name in NAMES[:3]} | {"empty": b""}


def by_zipfile(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.skipif(sys.platform == "win32", reason="zipfile says there that it was made on Windows")
def test_a_package_is_what_zipfile_makes_of_the_same_members(seed: int) -> None:
    files = contents(seed)
    data = package(member(name, [content]) for name, content in files.items())
    assert data == by_zipfile(files)
    assert package(members(data)) == data
    assert {part.name: part.content for part in members(data)} == files
    assert [part.name for part in members(data)] == list(NAMES)


def test_a_package_of_nothing() -> None:
    assert package(()) == by_zipfile({})


chunks_and_texts = st.integers(0, 8).flatmap(
    lambda holes: st.tuples(
        st.lists(st.binary(max_size=150), min_size=holes + 1, max_size=holes + 1),
        st.lists(st.binary(max_size=90), min_size=holes, max_size=holes),
    )
)


@given(chunks_and_texts)
def test_a_filled_mould_is_its_chunks_and_texts_in_turn(case: tuple[list[bytes], list[bytes]]) -> None:
    chunks, texts = case
    due = b"".join(chain.from_iterable(zip_longest(chunks, texts, fillvalue=b"")))
    mould = Mould("xl/a.xml", chunks)
    for _ in range(2):  # what was put in once is not there the second time
        other = mould.filled([b"other"] * len(texts))
        filled = mould.filled(texts)
        assert (filled.content, filled.crc, filled.size) == (due, zlib.crc32(due), len(due))
        assert other.size == sum(map(len, chunks)) + 5 * len(texts)
    with zipfile.ZipFile(io.BytesIO(package([filled, member("b", [b"b"])]))) as archive:
        assert archive.testzip() is None
        assert archive.read("xl/a.xml") == due


@pytest.mark.parametrize("texts", [[], [b"one"], [b"one", b"two", b"three"]])
def test_as_many_texts_as_holes(texts: list[bytes]) -> None:
    with pytest.raises(ValueError, match="size"):
        Mould("a", [b"1", b"2", b"3"]).filled(texts)


def test_a_hole_holds_what_a_stored_block_holds() -> None:
    mould = Mould("a", [b"<", b">"])
    assert mould.filled([b"x" * 65_535]).content == b"<" + b"x" * 65_535 + b">"
    with pytest.raises(ValueError, match="65536 bytes"):
        mould.filled([b"x" * 65_536])


def test_what_is_fixed_is_deflated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    mould = Mould("a", [b"<a>" * 500, b"<b>" * 500])
    monkeypatch.setattr(zlib, "compressobj", None)
    assert len(mould.filled([b"text"]).deflated) < 100


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_unzip_accepts_it(tmp_path: Path) -> None:
    parts = [Mould("[Content_Types].xml", [b"a" * 500, b"", b"z"]).filled([b"1", b"2"]), member("b", [b"b" * 99])]
    (tmp_path / "a.zip").write_bytes(package(parts))
    told = subprocess.run(["unzip", "-t", str(tmp_path / "a.zip")], capture_output=True, text=True, check=True)
    assert "No errors detected" in told.stdout
    (tmp_path / "a.zip").write_bytes(package([Member("a", parts[0].deflated, parts[0].crc ^ 1, parts[0].size)]))
    assert subprocess.run(["unzip", "-t", str(tmp_path / "a.zip")], capture_output=True, check=False).returncode != 0
