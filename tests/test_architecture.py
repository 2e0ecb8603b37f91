"""The directions of imports, and what may stand in the sources at all."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from desk import ROOT, TEMPLATES

TOP = ROOT / "src" / "xls_report"
FILES = {
    ".".join(path.relative_to(TOP).with_suffix("").parts).removesuffix(".__init__"): path for path in TOP.rglob("*.py")
}
SOURCES = sorted(FILES.values())
NAMES = sorted(FILES)
LONGEST = 340
CJK = re.compile(r"[\u4e00-\u9fff]")

# The bounded reader stands alone: from bytes to cells, and nothing of forms, findings or the command line.
READER = frozenset({"address", "quoting", *(name for name in NAMES if name.split(".")[0] == "package")})

# The work of each verb, by the module that the command line imports when the verb is called.
VERBS = frozenset(
    [
        *("checking", "comparing", "demonstrating", "explaining", "exporting", "filling"),
        *("importing", "initialising", "issuing", "reporting", "summing", "tracking"),
    ]
)


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


@cache
def imported(name: str) -> frozenset[str]:
    """Every module that this one imports, of ours or of others, by its dotted name; a type check counts too."""
    found: set[str] = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            module = node.module or ""
            inside = module.removeprefix("xls_report").strip(".")
            submodules = [f"{inside}.{alias.name}".strip(".") for alias in node.names]
            if module.split(".")[0] == "xls_report" and all(name in FILES for name in submodules):
                found.update(f"xls_report.{name}" for name in submodules)
            else:
                found.add(module)
    return frozenset(found)


def ours(name: str) -> set[str]:
    return {module.partition(".")[2] for module in imported(name) if module.startswith("xls_report.")}


def test_no_import_goes_round_in_a_circle() -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name) :], name))
        if name in done:
            return
        for other in sorted(ours(name)):
            visit(other, (*path, name))
        done.add(name)

    for name in NAMES:
        visit(name, ())
    assert done == set(NAMES)


LIBRARIES = [
    ("xlsxwriter", {"writer"}),
    ("openpyxl", {"markup"}),
    ("docx", {"wordfile", "wordread"}),
    ("jinja2", {"webpage"}),
    ("lxml", {"webread"}),
    ("sqlite3", {"cache"}),
    ("multiprocessing", {"workers"}),
]


@pytest.mark.parametrize(("library", "modules"), LIBRARIES)
def test_only_one_module_imports_the_library(library: str, modules: set[str]) -> None:
    users = {name for name in NAMES if any(module.split(".")[0] == library for module in imported(name))}
    assert users <= modules
    if library != "openpyxl":
        assert users == modules


def test_click_is_known_to_the_command_line_alone() -> None:
    users = {name for name in NAMES if any(module.split(".")[0] == "click" for module in imported(name))}
    assert users <= {"cli", "chinese", "gathering", "job", "journal", "means", "parameters", *VERBS}


def test_the_bounded_reader_stands_alone() -> None:
    for name in READER & set(NAMES):
        assert ours(name) <= READER, f"{name} imports {sorted(ours(name) - READER)}"
    assert {"package", "package.container"} <= READER


@pytest.mark.parametrize(
    ("below", "above"),
    [
        ("equation", {"form", "layout", "submission", "reader", "writer"}),
        ("form", {"formfile", "layout", "submission", "reader", "writer"}),
        ("layout", {"reader", "writer", "check", "merge", "submission"}),
        ("submission", {"reader", "writer", "check", "merge"}),
        ("finding", {"layout", "reader", "check", "merge", "roster"}),
        ("splice", {"form", "layout", "submission", "writer"}),
        ("writer", {"reader", "merge"}),
        ("copies", {"reader", "merge"}),
        ("reader", {"writer", "merge", "intake"}),
        ("check", {"reader", "writer", "merge"}),
        ("prose", {"reader", "writer", "package", "merge", "roster"}),
        ("roster", {"reader", "writer", "merge"}),
        ("intake", {"inbox", "workers", "cache", "means", "merge", "roster"}),
        ("inbox", {"workers", "cache", "means", "collect", "merge"}),
        ("workers", {"cache", "scheduler", "means", "click"}),
        ("document", {"form", "finding", "submission"}),
        ("tabular", {"form", "finding", "submission", "reader", "writer"}),
        ("webread", {"form", "finding", "submission", "reader", "writer"}),
        ("textread", {"form", "submission", "reader", "writer"}),
        ("wordread", {"submission", "reader", "writer"}),
        ("placing", {"submission", "reader", "writer", "webread", "wordread", "textread"}),
        ("published", {"writer"}),
    ],
)
def test_directions_of_the_design(below: str, above: set[str]) -> None:
    reached: set[str] = set()
    pending = [below]
    while pending:
        for other in ours(pending.pop()) - reached:
            reached.add(other)
            pending.append(other)
    assert not reached & (above | VERBS | {"job", "gathering", "cli"})


def test_no_verb_knows_the_command_line_or_another_verb() -> None:
    assert ours("cli") - {"chinese", "faults", "job", "parameters"} == VERBS
    for name in (*VERBS, "gathering", "job"):
        assert not ours(name) & (VERBS | {"cli"}), name
    assert ours("job") == {"form", "formfile", "inbox", "means", "output", "resources"}


def test_the_xml_and_zip_libraries_of_python_stay_behind_the_reader() -> None:
    for name in set(NAMES) - READER - {"splice"}:  # it puts packages together
        used = {module.split(".")[0] for module in imported(name)} & {"xml", "zlib", "pickle", "subprocess", "socket"}
        assert not used, f"{name} imports {used}"
        if name not in ("proof", "storedresults", "wordfile"):  # they finish what a library wrote
            assert "zipfile" not in imported(name), name


def test_nothing_is_evaluated_or_run() -> None:
    for name in NAMES:
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "compile", "__import__"), name


def test_no_module_is_long() -> None:
    long = {p.name: n for p in SOURCES if (n := len(p.read_text(encoding="utf-8").splitlines())) > LONGEST}
    assert not long


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    for name in NAMES:
        assert ast.get_docstring(tree(name)), name


def test_every_public_function_and_class_has_a_docstring() -> None:
    missing = []
    for name in NAMES:
        for node in tree(name).body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and isinstance(node, ast.FunctionDef | ast.ClassDef) and not ast.get_docstring(node):
                missing.append(f"{name}.{node.name}")
    assert not missing


def _docstrings(module: ast.Module) -> set[int]:
    """Ids of the constants that are docstrings."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found


def texts(name: str) -> Iterator[tuple[int, str]]:
    """Every string constant of a module with its line, docstrings left out."""
    skipped = _docstrings(tree(name))
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


_YEAR = re.compile(r"(?<![0-9u])20[12][0-9](?![0-9])")
_EXAMPLE_DATE = re.compile(r"20[12][0-9]-[0-9]{2}-[0-9]{2}")  # how a date is to be written
_RANGE = re.compile(r"2000—2058")  # the days that a serial number may mean


def test_no_year_stands_in_the_sources() -> None:
    found = []
    for name in NAMES:
        for line, text in texts(name):
            plain = _RANGE.sub("", _EXAMPLE_DATE.sub("", text))
            if _YEAR.search(plain) and not plain.startswith("http"):
                found.append(f"{name}:{line} {text!r}")
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.Constant) and type(node.value) is int and 2010 <= node.value <= 2029:
                found.append(f"{name}:{node.lineno} {node.value}")
    assert not found


def _labels(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, entry in value.items():
            if key in ("label", "title", "corner", "sheet", "basis") and isinstance(entry, str):
                yield entry
            else:
                yield from _labels(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _labels(entry)


def test_no_label_of_a_form_stands_in_the_sources() -> None:
    labels = {
        label
        for path in TEMPLATES.glob("*.toml")
        # What a summary calls its lines are the offices' own words, as findings use them.
        for label in _labels(dict(tomllib.loads(path.read_text(encoding="utf-8")), overview=[], chart=[]))
        if len(CJK.findall(label)) >= 3
    }
    assert len(labels) > 60
    # Words that are the product's own as well: the title of every report, and what clerks call the forms' rules.
    found = [
        f"{name}:{line} {label}"
        for name in NAMES
        for line, text in texts(name)
        for label in labels
        if label in text and not (name == "cli" and label == "政府信息公开工作年度报告")
    ]
    assert not found


def test_no_item_id_or_relation_of_a_form_stands_in_the_sources() -> None:
    raw = [tomllib.loads(path.read_text(encoding="utf-8")) for path in TEMPLATES.glob("*.toml")]
    tables = {table["id"] for form in raw for table in form["table"]}
    relation = re.compile(r"\bG[0-9]{3}\b")
    item = re.compile(rf"\b({'|'.join(sorted(tables))})\.[a-z]")
    found = [
        f"{name}:{line} {text!r}"
        for name in NAMES
        for line, text in texts(name)
        if relation.search(text) or item.search(text)
    ]
    assert not found


def test_nothing_appends_to_module_state() -> None:
    """Module level names are constants: no list, dict or set is made there to be filled later."""
    found = []
    for name in NAMES:
        names = {
            target.id: node.lineno
            for node in tree(name).body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.Global):
                found.append(f"{name}:{node.lineno} global")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
            ):
                changes = node.func.attr in ("append", "extend", "add", "update", "setdefault", "insert")
                if changes and node.func.value.id in names and node.func.value.id.isupper():
                    found.append(f"{name}:{node.lineno} {node.func.value.id}.{node.func.attr}")
    assert not found
