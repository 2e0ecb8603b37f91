"""What a run loads: help is there at once, and no verb waits for another's libraries. Modules count, not seconds."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from desk import ROOT, form_of, office_row, random_values, roster_file, unit_row, workbook

from xls_report.chinese import columns
from xls_report.cli import cli

YEAR = 2025
LIBRARIES = frozenset({"openpyxl", "xlsxwriter", "docx", "lxml", "jinja2"})
# What the standard library brings along with one careless import.
HEAVY = frozenset(
    [
        *("asyncio", "concurrent", "difflib", "email", "html", "http", "importlib.metadata", "importlib.resources"),
        *("json", "logging", "multiprocessing", "random", "socket", "ssl", "subprocess", "tempfile", "unittest"),
        *("urllib.request", "xml.dom", "xml.etree", "xml.sax"),
    ]
)
# Nothing of these is needed to say how the tool is used.
UNUSED = frozenset(
    [
        *(
            "dataclasses",
            "decimal",
            "fractions",
            "hashlib",
            "ipaddress",
            "pathlib",
            "pyexpat",
            "shutil",
            "tomllib",
            "traceback",
        ),
        *("unicodedata", "urllib", "zipfile"),
    ]
)
HELP = {"xls_report", *(f"xls_report.{name}" for name in ("chinese", "cli", "faults", "parameters"))}
# What only some runs of `check` and `status` need: outputs other than text, last year, prose, what goes back.
REST = frozenset(
    [
        *("csvout", "demo", "exported", "fill", "issue", "jsonout", "letter", "listing", "markup", "merge", "notice"),
        *("output", "overview", "priors", "prose", "published", "returns", "summing", "wordfile", "writer"),
    ]
)

_RUN = """
import sys
before = frozenset(sys.modules)
from xls_report.cli import main
try:
    main(sys.argv[2:])
except SystemExit as leave:
    status = leave.code
loaded = sorted(set(sys.modules) - before)
import json
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump([status, loaded], file)
"""


@dataclass(frozen=True)
class Loaded:
    """What a run in a fresh interpreter imported, below the names of its packages too, and how it ended."""

    status: int
    modules: frozenset[str]

    @property
    def ours(self) -> set[str]:
        return {name for name in self.modules if name.partition(".")[0] == "xls_report"}

    def among(self, names: Iterable[str]) -> set[str]:
        return {name for name in names if name in self.modules}


def fresh(place: Path, *arguments: object) -> Loaded:
    """Run a verb in an interpreter of its own."""
    told = place / "loaded.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", _RUN, str(told), *map(str, arguments)]
    found = subprocess.run(command, capture_output=True, check=False, cwd=place, env=environment, timeout=120)
    assert found.returncode == 0, found.stderr.decode("utf-8")
    status, loaded = json.loads(told.read_text(encoding="utf-8"))
    return Loaded(status, frozenset(loaded))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A roster and a returned workbook that passes, without texts."""
    place = tmp_path_factory.mktemp("start")
    roster_file(place / "单位名单.csv", [office_row(), unit_row("001", "区教育局")])
    values = random_values(form_of(YEAR), random.Random(7))
    workbook(place / "收件" / "教育局.xlsx", YEAR, ("001", "区教育局"), values)
    return place


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_and_version_load_the_command_line_alone(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    found = fresh(tmp_path, *arguments)
    assert found.status == 0
    assert found.ours == HELP
    assert not found.among(LIBRARIES | HEAVY | UNUSED)


@pytest.mark.parametrize("told", ["", "0", "-5", "60", "132", "x", " 60", None])
def test_the_console_is_as_wide_as_shutil_says(monkeypatch: pytest.MonkeyPatch, told: str | None) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if told is not None:
        monkeypatch.setenv("COLUMNS", told)
    for size in (os.terminal_size((97, 30)), os.terminal_size((0, 0)), None):

        def asked(_: int, size: os.terminal_size | None = size) -> os.terminal_size:
            if size is None:
                raise OSError
            return size

        monkeypatch.setattr(os, "get_terminal_size", asked)
        assert columns() == shutil.get_terminal_size().columns


@pytest.mark.parametrize("verb", list(cli.commands))
def test_the_help_of_a_verb_loads_none_of_its_work(tmp_path: Path, verb: str) -> None:
    found = fresh(tmp_path, verb, "--help")
    assert found.status == 0
    assert found.ours == {*HELP, "xls_report.job"}
    assert not found.among(LIBRARIES | HEAVY | UNUSED - {"dataclasses"})


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        ((), set()),
        (("nothing",), set()),
        (("check",), {"xls_report.job"}),
        (("check", "--nothing"), {"xls_report.job"}),
        (("--nothing",), set()),
        (("check", "x", "--format", "nothing"), {"xls_report.job"}),
    ],
)
def test_wrong_usage_loads_none_of_the_work(tmp_path: Path, arguments: tuple[str, ...], more: set[str]) -> None:
    found = fresh(tmp_path, *arguments)
    assert found.status == 2
    assert found.ours == {*HELP, *more}
    assert not found.among(LIBRARIES | HEAVY - {"difflib"})  # with it click looks for options of a like name


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("check", "收件"), {"checking", "reader"}),
        (("check", "收件", "--roster", "单位名单.csv"), {"checking", "roster"}),
        (("check", "收件", "--format", "lines"), {"checking"}),
        (("status", "收件", "--roster", "单位名单.csv"), {"tracking", "collect"}),
    ],
)
def test_a_check_loads_only_what_reads_and_judges(folder: Path, arguments: tuple[str, ...], needed: set[str]) -> None:
    found = fresh(folder, *arguments)
    assert found.status == 0
    assert found.ours >= {f"xls_report.{name}" for name in needed}
    assert not found.among(LIBRARIES | HEAVY)
    assert not found.among(f"xls_report.{name}" for name in REST)


@pytest.mark.parametrize("what", [str(YEAR), "V101"])
def test_an_explanation_loads_nothing_that_reads_or_writes_workbooks(folder: Path, what: str) -> None:
    found = fresh(folder, "explain", what)
    assert found.status == 0
    assert "xls_report.explain" in found.ours
    assert not found.among(LIBRARIES | HEAVY | {"zipfile", "pyexpat"})
    assert not found.among(f"xls_report.{name}" for name in {*REST, "package", "intake", "reader", "roster"})


@pytest.mark.parametrize(
    ("arguments", "library"),
    [
        (("check", "收件", "--format", "xlsx", "-o", "审核问题.xlsx"), "xlsxwriter"),
        (("check", "收件", "--returns", "退回修改"), "openpyxl"),
        (("report", "收件/教育局.xlsx", "--draft", "-o", "年度报告.html"), "jinja2"),
        (("report", "收件/教育局.xlsx", "--draft", "-o", "年度报告.docx"), "docx"),
    ],
)
def test_a_library_is_loaded_by_the_run_that_needs_it(folder: Path, arguments: tuple[str, ...], library: str) -> None:
    """The other tests could pass because this test looks in the wrong place."""
    found = fresh(folder, *arguments)
    assert library in found.modules
    assert not found.among(LIBRARIES - {library, "lxml"})
