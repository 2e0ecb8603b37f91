"""A folder of a thousand foreign and hostile files: each gets its outcome, five good returns get their sum."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hostile
import openpyxl
import pytest
from desk import added, form_of, fractions, office_row, roster_file, run, unit_row, with_totals
from hostile_base import UNITS, YEAR, code_of, figures
from hostile_foreign import odd_names
from hostile_mutants import damaged, tokens
from support import FORMS

from xls_report import checking
from xls_report.figure import as_json
from xls_report.inbox import take_in
from xls_report.intake import Intake, Outcome
from xls_report.quoting import visible

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links, pipes and names of other systems")

SECONDS, MEGABYTES = 10, 512  # the limits that the product states
WORDS = re.compile(r"Traceback|\b[A-Z][A-Za-z]*(?:Error|Exception|Warning)\b|File \"|内部故障|内容无法识别")
STATES = ("退回修改", "待说明", "打不开", "重复待定", "审核通过", "重复", "不用", "不计入", "其他材料")

# Runs a command and tells its peak of memory: measured from a small process, as a child begins with its parent's size.
MEASURED = """
import resource, subprocess, sys
command = [sys.executable, "-c", "from xls_report.cli import main; main()", *sys.argv[1:]]
found = subprocess.run(command)
sys.stderr.write(f"\\n{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}")
sys.exit(found.returncode)
"""


@dataclass(frozen=True)
class Measured:
    """A command as a process of its own."""

    status: int
    out: str
    err: str
    megabytes: float


@dataclass(frozen=True)
class Inbox:
    """The folder with everything in it, and a place to write to."""

    top: Path
    folder: Path
    names: list[str] = field(repr=False)
    before: Mapping[str, tuple[int, int, str]] = field(repr=False)


def listing(top: Path) -> dict[str, tuple[int, int, str]]:
    """Everything below a folder: kind, time of change and content."""
    found = {}
    for place, folders, files in os.walk(top):
        for name in (*folders, *files):
            path = Path(place) / name
            facts = path.lstat()
            content = path.read_bytes().hex() if stat.S_ISREG(facts.st_mode) and facts.st_size < 2**16 else ""
            # Of the large ones time and size.
            found[str(path)] = (
                facts.st_mode,
                facts.st_mtime_ns if not path.is_dir() else 0,
                f"{facts.st_size}{content}",
            )
    return found


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Inbox:
    top = tmp_path_factory.mktemp("hostile")
    names = hostile.lay(top / "in")
    for name in ("home", "out"):
        (top / name).mkdir()
    units = [unit_row(code, name) for code, name in UNITS.items()]
    roster_file(top / "r.csv", [office_row(), *units])
    return Inbox(top, top / "in", names, listing(top))


def started(inbox: Inbox, *arguments: object) -> subprocess.Popen[bytes]:
    """Run a verb in the empty folder, which is home and the place of temporary files too."""
    home = str(inbox.top / "home")
    places = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), home)
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {
        **os.environ,
        **places,
        "PYTHONPATH": paths,
        "PYTHONIOENCODING": "utf-8",
        "PYTHONWARNINGS": "default",
    }
    command = [sys.executable, "-c", MEASURED, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=home, env=environment)


def ended(process: subprocess.Popen[bytes]) -> Measured:
    out, told = process.communicate(timeout=300)
    err, _, peak = told.decode().rpartition("\n")
    return Measured(process.returncode, out.decode(), err, int(peak) / 1024)


@pytest.fixture(scope="module")
def ran(inbox: Inbox) -> tuple[Measured, Measured]:
    """`check` and `merge` as processes, side by side."""
    merging = ("merge", inbox.folder, "--roster", inbox.top / "r.csv", "-o", inbox.top / "out" / "汇总.xlsx")
    commands = ("check", inbox.folder), merging
    one, other = (started(inbox, *command, "--format", "json") for command in commands)
    with ThreadPoolExecutor() as pool:
        ends = list(pool.map(ended, (one, other)))
    return ends[0], ends[1]


@pytest.fixture(scope="module")
def checked(ran: tuple[Measured, Measured]) -> Measured:
    return ran[0]


@pytest.fixture(scope="module")
def found(checked: Measured) -> Any:
    return json.loads(checked.out)


@pytest.fixture(scope="module")
def merged(ran: tuple[Measured, Measured]) -> Measured:
    return ran[1]


@dataclass(frozen=True)
class Told:
    """What `check` tells a person and a program, and how long each file took."""

    text: str
    lines: str
    err: str
    statuses: tuple[int, int]
    seconds: Mapping[str, float]


@pytest.fixture(scope="module")
def told(inbox: Inbox) -> Told:
    """The files are read once, in this process, and told in both formats."""
    seconds: dict[str, float] = {}
    intakes: list[tuple[Intake, ...]] = []

    def watched(_: object, files: Sequence[Path]) -> Iterator[Path]:
        for file in files:
            start = time.monotonic()
            yield file
            seconds[str(file)] = time.monotonic() - start

    def once(files: Iterable[Path], *arguments: Any, **more: Any) -> tuple[Intake, ...]:
        if not intakes:
            intakes.append(take_in(files, *arguments, **more))
        return intakes[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "watched", watched)
        patch.setattr(checking, "take_in", once)
        text = run("check", inbox.folder)
        lines = run("check", inbox.folder, "--format", "lines")
    return Told(text.text, lines.text, text.err + lines.err, (text.status, lines.status), seconds)


def name_in(inbox: Inbox, file: str) -> str:
    """The name of a file below the folder, from a name as the program gives it."""
    start = f"{inbox.folder}/"
    assert file.startswith(start), file
    return file.removeprefix(start)


def shown(name: str) -> str:
    """A name of ours as the program gives it: the names in GBK are read as such."""
    raw = os.fsencode(name)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return {b"\xc4": "年报.xlsx", b"\xff": "\\xff\\xfe\\xfd.xlsx"}[raw.rpartition(b"/")[2][:1]].join(
            ("special/", "")
        )


def test_there_are_several_hundred_files_of_every_class(inbox: Inbox) -> None:
    counts = Counter(map(hostile.kind_of, inbox.names))
    assert len(inbox.names) > 1_000
    assert set(counts) == set(hostile.DUE)
    assert len(set(inbox.names)) == len(inbox.names)
    size = sum(map(len, hostile.files().values()))
    assert size < 60 * 2**20
    assert counts["size"] > 30
    assert counts["xml"] > 80
    assert counts["tokens"] > 150


def test_the_files_are_the_same_each_time(inbox: Inbox) -> None:
    again = dict(tokens()) | dict(damaged()) | dict(odd_names())
    kept = {data for name, data in hostile.files().items() if hostile.kind_of(name) in ("tokens", "damaged", "names")}
    assert set(again.values()) <= kept


def test_check_names_each_file_once_and_says_nothing_else(inbox: Inbox, checked: Measured, found: Any) -> None:
    assert checked.status == 1
    assert checked.err == ""
    assert Counter(name_in(inbox, file["file"]) for file in found["files"]) == Counter(map(shown, inbox.names))
    assert found["counts"]["seen"] == len(inbox.names)
    assert sum(found["counts"].values()) == 2 * len(inbox.names)


def test_a_file_has_an_outcome_of_its_class(inbox: Inbox, found: Any) -> None:
    wrong = []
    for file in found["files"]:
        name = name_in(inbox, file["file"])
        if file["outcome"] not in hostile.DUE[hostile.kind_of(name)]:
            wrong.append((name, file["outcome"], [one["code"] for one in file["findings"]]))
        if file["outcome"] != "accepted":
            assert file["findings"], name
    assert not wrong


def test_what_is_accepted_has_the_figures_that_were_filled_in(inbox: Inbox, found: Any) -> None:
    """The figures are known from where they were drawn, the totals are added here."""
    due = {code: with_totals(form_of(YEAR), figures(code)) for code in (*UNITS, "099")}
    accepted = [file for file in found["files"] if file["outcome"] == "accepted"]
    for file in accepted:
        code = code_of(file["file"])
        assert file["unit"]["code"] == code, file["file"]
        assert fractions(file["values"]) == due[code], file["file"]
    assert len(accepted) > 50
    assert len({tuple(values.items()) for values in due.values()}) == 6


def test_no_traceback_in_any_format(checked: Measured, merged: Measured, told: Told) -> None:
    for text in (checked.out, checked.err, merged.out, merged.err, told.text, told.lines, told.err):
        said = text.replace("Traceback.txt", "")  # a name of one of the files
        assert not WORDS.search(said), WORDS.findall(said)
    assert told.statuses == (1, 1)
    assert told.err == ""


def test_the_text_has_a_block_a_file_with_one_state(inbox: Inbox, told: Told) -> None:
    body, _, rest = told.text.partition("\n\n")
    heads = [line for line in body.split("\n") if not line.startswith("  ")]
    assert all(line.replace("\u3000", "").isprintable() for line in told.text.split("\n"))
    assert Counter(head.partition("    ")[2] for head in heads) == Counter(
        visible(f"{inbox.folder}/{shown(name)}") for name in inbox.names
    )
    for head in heads:
        words = head.partition("    ")[0].rpartition("：")[2] if head[0].isdigit() else head.partition("    ")[0]
        assert words.startswith(STATES), head
    numbers = list(map(int, re.findall(r"\d+", rest.split("\n")[0])))
    assert numbers[0] == len(inbox.names) == sum(numbers[1:])


def test_the_lines_have_a_finding_each(inbox: Inbox, told: Told, found: Any) -> None:
    lines = told.lines.splitlines()
    assert len(lines) == sum(len(file["findings"]) for file in found["files"])
    form = re.compile(r".*:.*: (error|explain|warning) [A-Z]\d{3} .+")
    for line in lines:
        assert line.startswith(f"{inbox.folder}/")
        assert line.replace("\u3000", "").isprintable()
        assert form.fullmatch(line), line


def test_merge_takes_the_five_and_nothing_else(inbox: Inbox, merged: Measured) -> None:
    assert merged.status == 0, merged.err
    assert merged.err == ""
    made = json.loads(merged.out)
    assert fractions(made["values"]) == added(form_of(YEAR), map(figures, UNITS))
    assert made["complete"] is True
    assert made["conflicts"] == made["rejected"] == made["missing"] == []
    units = {"expected": 5, "in": 5, "rejected": 0, "missing": 0, "conflict": 0, "exempt": 0}
    assert made["counts"]["units"] == units
    files = dict(made["counts"]["files"])
    assert files.pop("seen") == len(inbox.names) == len(made["files"]) == sum(files.values())
    assert files["accepted"] == 5
    assert files == {**dict.fromkeys(files, 0), **Counter(file["outcome"] for file in made["files"])}


def test_the_summary_holds_the_sum_and_no_formula_of_others(inbox: Inbox, merged: Measured) -> None:
    assert merged.status == 0
    book = openpyxl.load_workbook(inbox.top / "out" / "汇总.xlsx")
    formulas: list[str] = []
    texts: list[str] = []
    for page in book.worksheets:
        for line in page.iter_rows():
            for cell in line:
                if isinstance(cell.value, str):
                    (formulas if cell.data_type == "f" else texts).append(cell.value)
            assert not any(cell.hyperlink and "example" in str(cell.hyperlink.target) for cell in line)
    assert formulas
    assert not [formula for formula in formulas if "cmd" in formula or "HYPERLINK" in formula.upper()]
    assert sum("cmd|" in text for text in texts) >= 2  # the units' texts are in it, as text


def test_memory_and_time_stay_within_the_limits(checked: Measured, merged: Measured, told: Told) -> None:
    worst = max(told.seconds, key=lambda file: told.seconds[file])
    for verb, ran in (("check", checked), ("merge", merged)):
        sys.stdout.write(f"{verb}: {ran.megabytes:.0f} MB; ")
    sys.stdout.write(f"worst file {told.seconds[worst]:.2f} s: {Path(worst).name}\n")
    assert told.seconds[worst] < SECONDS, worst
    assert checked.megabytes < MEGABYTES
    assert merged.megabytes < MEGABYTES


def test_nothing_is_written_but_the_output_and_no_file_is_changed(
    inbox: Inbox, checked: Measured, merged: Measured, told: Told
) -> None:
    after = listing(inbox.top)
    assert {Path(name).name for name in after.keys() - inbox.before.keys()} == {"汇总.xlsx"}
    assert {name: facts for name, facts in after.items() if name in inbox.before} == inbox.before


def test_what_goes_back_is_read_as_what_came(inbox: Inbox, tmp_path: Path) -> None:
    """Marked copies of every fifth file, of what is no file, and of what would cost a workbook library the most."""
    costly = ("042-summary-of-long-texts", "024-shared-formulas-of-6")
    wanted = [n for n in inbox.names if hostile.kind_of(n) != "special"]
    wanted = [n for k, n in enumerate(wanted) if k % 5 == 0 or any(word in n for word in costly)]
    paths = [inbox.folder / "special", *(inbox.folder / name for name in wanted)]
    back = tmp_path / "退回"
    before = listing(inbox.folder)
    ran = ended(started(inbox, "check", *paths, "--returns", back, "--format", "json"))
    assert ran.status == 1
    assert ran.megabytes < MEGABYTES
    assert not WORDS.search(ran.err), ran.err
    told = {file["sha256"]: file for file in json.loads(ran.out)["files"] if file["sha256"]}
    copies = {intake.path: intake for intake in take_in(sorted(back.glob("*.xlsx")), FORMS)}
    assert len(copies) > 20
    for path, intake in copies.items():
        begin = path.name.partition("-")[0]
        assert str(intake.outcome) == {"退回修改": "rejected", "提醒": "accepted"}[begin], path.name
        if intake.outcome is Outcome.ACCEPTED:
            assert intake.submission is not None
            values = {item: as_json(value) for item, value in intake.submission.figures.items()}
            assert values in [file["values"] for file in told.values() if file["outcome"] == "accepted"]
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                content = archive.read(name)
                assert not re.search(rb"DOCTYPE|vbaProject|ddeLink|oleObject|externalBook|about:blank", content), name
                # What stands between quotes is text: of a cell as it was, to see whether it still is.
                formulas = [re.sub(rb'"[^"]*"', b'""', f) for f in re.findall(rb"<f[^>]*>([^<]*)</f>", content)]
                assert not [f for f in formulas if b"cmd" in f or b"WEBSERVICE" in f or b"[" in f], name
    refused = [line for line in ran.err.splitlines() if line.startswith("没有做")]
    assert ran.err.splitlines()[-1].startswith("已写出")
    assert len(refused) + 1 == len(ran.err.splitlines())
    assert listing(inbox.folder) == before
