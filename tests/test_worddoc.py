"""A Word document before any library sees it: refused in words like a workbook, or its text part alone."""

from __future__ import annotations

import io
import zipfile

import pytest
from pages import docx_of

from xls_report.package import worddoc
from xls_report.package.refusal import MAX_FILE, Refusal
from xls_report.package.worddoc import open_word


def _zip(**members: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return written.getvalue()


def test_nothing_but_the_text_part_is_passed_on() -> None:
    found = open_word(docx_of("", more={"word/media/a.png": b"\x89PNG", "docProps/app.xml": b"<a/>"}))
    assert isinstance(found, bytes)
    names = zipfile.ZipFile(io.BytesIO(found)).namelist()
    assert names == ["[Content_Types].xml", "_rels/.rels", "word/document.xml"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04" + bytes(MAX_FILE), "F106"),
        (b"", "F105"),
        (b"%PDF-1.7\n", "F101"),
        ("一篇新闻".encode(), "F102"),
        (_zip(a="b"), "F101"),
        (docx_of("", kind="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"), "F101"),
    ],
    ids=["too large", "empty", "PDF", "text", "archive", "workbook"],
)
def test_what_is_no_word_document_is_refused(data: bytes, code: str) -> None:
    found = open_word(data)
    assert isinstance(found, Refusal)
    assert found.code == code


def test_a_fault_of_ours_is_a_refusal_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: bytes) -> bytes:
        raise KeyError

    monkeypatch.setattr(worddoc, "_main_text", broken)
    assert open_word(docx_of("")) == Refusal("F104", "内容无法识别")
