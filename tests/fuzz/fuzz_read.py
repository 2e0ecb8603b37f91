"""Fuzzing of all that stands between a file's bytes and its figures: `make fuzz`, see the Makefile.

libFuzzer mutates the members inside of the zip (nothing else gets past its checks), bytewise or by tokens of XML, and
`invariant.hold` says what must come out. What breaks it is left in tests/regress.
"""

from __future__ import annotations

import contextlib
import io
import random
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=[
        f"xls_report.{name}" for name in ("package", "reader", "number", "compare", "figures", "totals", "identity")
    ]
):
    import invariant

import hostile
from hostile_base import pack
from hostile_mutants import mutated
from ooxml import Entry, raw_zip
from summary_cases import made
from support import FORMS, blank, filled, workbook

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "build" / "fuzz"
LARGEST = 120_000
PLAIN = (".xml", ".rels")


def seeds() -> Iterator[bytes]:
    """Workbooks blank and filled of every form, a summary, and the smaller of the hostile files."""
    for form in FORMS:
        yield workbook(blank(form.years[0]))
        yield workbook(filled(form.years[0]))
    yield made()
    for name, data in hostile.files().items():
        if hostile.kind_of(name) in ("cells", "spellings", "tokens", "members", "people", "xml") or len(data) < 12_000:
            yield data


def write_seeds(folder: Path) -> int:
    """The seed corpus as files; every fourth of the hostile ones, lest the first round take all the time."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [data for number, data in enumerate(seeds()) if len(data) <= LARGEST and (number < 5 or number % 4 == 0)]
    for number, data in enumerate(chosen):
        (folder / f"seed-{number:04}").write_bytes(data)
    return len(chosen)


def mutate(data: bytes, largest: int, seed: int) -> bytes:
    """One member otherwise, at times the bytes of the zip."""
    chance = random.Random(seed)
    parts: dict[str, bytes] = {}
    with contextlib.suppress(Exception), zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist() if info.file_size < 2**20}
    if not parts or chance.random() < 0.05:
        return bytes(atheris.Mutate(data, largest))
    names = [name for name in parts if name.endswith(PLAIN) and "theme" not in name] or list(parts)
    name = chance.choice(names)
    if chance.random() < 0.5:
        text = parts[name].decode("utf-8", "replace")
        for _ in range(chance.choice((1, 1, 2, 4))):
            text = mutated(text, chance)
        parts[name] = text.encode("utf-8", "replace")
    else:
        parts[name] = bytes(atheris.Mutate(parts[name], len(parts[name]) + 64))
    try:
        packed = pack(parts) if chance.random() < 0.9 else raw_zip([Entry(n.encode(), c) for n, c in parts.items()])
    except Exception:  # noqa: BLE001 - names of members may be anything by now
        return data
    return packed if len(packed) <= largest else data


def crossed(one: bytes, other: bytes, largest: int, seed: int) -> bytes:
    """A workbook with some members of another."""
    chance = random.Random(seed)
    try:
        with zipfile.ZipFile(io.BytesIO(one)) as first, zipfile.ZipFile(io.BytesIO(other)) as second:
            parts = {name: first.read(name) for name in first.namelist()}
            parts |= {name: second.read(name) for name in second.namelist() if chance.random() < 0.2}
            packed = pack(parts)
    except Exception:  # noqa: BLE001 - either may be no zip
        return one
    return packed if len(packed) <= largest else one


def look(data: bytes) -> None:
    """What libFuzzer calls."""
    invariant.hold(data)


def main(arguments: Sequence[str]) -> None:
    """Run libFuzzer with its own options after the script's name."""
    write_seeds(CORPUS)
    options = [
        f"-max_len={LARGEST}",
        "-timeout=10",
        "-rss_limit_mb=2048",
        f"-artifact_prefix={ROOT / 'tests/regress'}/",
    ]
    atheris.Setup(
        [arguments[0], *options, *arguments[1:], str(CORPUS)],
        look,
        custom_mutator=mutate,
        custom_crossover=crossed,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
