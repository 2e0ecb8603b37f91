"""The long form of every code: complete, printable, each by itself, and true of the program it speaks of."""

from __future__ import annotations

import re

import pytest
from support import FORMS

from xls_report.catalogue import CATALOGUE
from xls_report.check import gives_reason
from xls_report.explain import code_object, code_text
from xls_report.form import Level
from xls_report.layout import width_of
from xls_report.longform import WIDTH, long_texts, reason_lines, wrapped

RELATIONS = sorted({relation.id for form in FORMS for relation in form.all_relations})
CODES = (*CATALOGUE, *RELATIONS)


def test_every_code_has_a_long_form_and_no_other_has() -> None:
    assert list(long_texts()) == list(CATALOGUE)


def test_no_two_codes_say_the_same() -> None:
    for part in ("why", "fix"):
        said = [entry[part] for entry in long_texts().values() if entry[part] != "不必处理。"]
        assert len(set(said)) == len(said), part
    assert len({tuple(entry.values()) for entry in long_texts().values()}) == len(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_long_form_says_why_how_and_what_to_do_in_whole_sentences(code: str) -> None:
    entry = long_texts()[code]
    assert {"why", "how", "fix"} <= set(entry) <= {"why", "how", "fix", "example"}
    for part, text in entry.items():
        assert text == text.strip()
        assert text[-1] in "。？”", part
        assert len(text) <= 120, part
        assert not re.search(r"(?<!97-)20[0-9]{2}(?!-)(?![0-9])", text), "a year"


@pytest.mark.parametrize("code", CODES)
def test_what_is_printed_fits_a_chinese_console(code: str) -> None:
    text = code_text(code, FORMS)
    assert text is not None
    text.encode("gbk")
    lines = text.splitlines()
    assert all(line and width_of(line) <= WIDTH <= 120 for line in lines)
    assert not any(line.lstrip()[0] in "，。；：、？！）”" for line in lines)
    assert code_object(code, FORMS) == {"code": code, "level": _level(code), "text": text.strip()}


def _level(code: str) -> str:
    found = [r.level for form in FORMS for r in form.all_relations if r.id == code]
    return str(CATALOGUE[code].level if code in CATALOGUE else found[0])


@pytest.mark.parametrize("code", CODES)
def test_what_must_be_explained_says_how_and_nothing_else_does(code: str) -> None:
    text = code_text(code, FORMS) or ""
    assert ("怎么写情况说明" in text) is (_level(code) == Level.EXPLAIN and code != "T104")
    word = {"error": "级别：必改。", "explain": "级别：须说明。", "warning": "级别：提醒。"}[_level(code)]
    assert word in text


def test_the_examples_of_a_reason_are_such_as_the_program_takes() -> None:
    form = FORMS[-1]
    *_, example = reason_lines("G302", form, "数据自查")
    quoted = [*re.findall("“([^”]+)”", example), *re.findall("写“([^”]+)”", long_texts()["D216"]["example"])]
    assert len(quoted) == 3
    assert all(gives_reason(form, text) for text in quoted)
    good, bad = re.findall("“([^”]+)”", long_texts()["T104"]["example"])
    assert (gives_reason(form, good), gives_reason(form, bad)) == (True, False)


def test_a_relation_names_every_form_once_and_what_they_share_once() -> None:
    text = code_text("G302", FORMS) or ""
    assert text.count("年度）") == len([f for f in FORMS if any(r.id == "G302" for r in f.all_relations)])
    assert text.count("依据：") == 1
    assert "规章制定权" in (code_text("G201", FORMS) or "")


def test_a_code_is_known_whatever_the_forms_and_an_unknown_one_never_is() -> None:
    assert (code_text("V101", ()) or "").startswith("V101")
    assert code_text("G301", ()) is None
    assert code_text("X999", FORMS) is None
    assert code_object("X999", FORMS) is None


@pytest.mark.parametrize("text", ["字" * 200, "a" * 300, "（" * 99, "。" * 120, "ab 字" * 80])
def test_wrapping_loses_nothing_and_ends(text: str) -> None:
    lines = wrapped([text])
    assert all(width_of(line) <= WIDTH for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
