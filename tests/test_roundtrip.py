"""A workbook, the report made of it, the report imported: the same figures and the same texts again."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk import done, random_values
from hypothesis import given, settings
from hypothesis import strategies as st
from support import form_of, workbook

from xls_report.composing import compose
from xls_report.document import Document
from xls_report.published import document_of, import_document
from xls_report.submission import Submission, Unit
from xls_report.webpage import web_page
from xls_report.wordfile import word_file

UNIT = Unit("004", "区财政局")
COVER = {
    "document_no": "财公开〔2026〕1号",
    "signed_on": "2026-01-20",
    "phone": "0595-12345678",
    "email": "gk@b.gov.cn",
    "address": "中山路6号 东楼",
    "postcode": "362800",
}
SIGNERS = {"leader": "赵一", "reviewer": "钱二", "filler": "孙三"}
TEXTS = {
    "s1.proactive": ("本年主动公开信息 12 条。", "1. 门户网站公开 10 条；", "二、其余 2 条见公报 < 第 3 期 > & 附件。"),
    "s1.on_request": ("本年收到申请若干件，均已答复。",),
    "s1.management": ("管理规范。",),
    "s1.platform": ("平台正常。",),
    "s1.supervision": ("监督有力，2025年3月1日开展了考核。",),
    "s5": ("一是人手不够，二是培训不多，今后改进。", "下一步抓好落实。"),
    "s6": ("无。",),
}
WRITERS: dict[str, Callable[[Document], bytes]] = {".docx": word_file, ".html": web_page}
_MONEY = {2020: ["V113"], 2025: []}  # the older form names no unit: it is printed with the figure


def submission(year: int, seed: int, **more: Any) -> Submission:
    form = form_of(year)
    values = random_values(form, random.Random(seed))
    cover = {**COVER, "signed_on": f"{year + 1}-01-20", "document_no": f"财公开〔{year + 1}〕1号"}
    return Submission(form, year, UNIT, values, **{"texts": TEXTS, "cover": cover, **more})


@pytest.mark.parametrize("year", [2020, 2025])
@pytest.mark.parametrize("suffix", WRITERS)
@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_a_report_imported_is_what_it_was_made_of(suffix: str, year: int, seed: int) -> None:
    due = submission(year, seed)
    document = document_of(WRITERS[suffix](compose(due)), suffix)
    assert isinstance(document, Document)
    found = import_document(document, due.form, year, UNIT)
    assert found.submission is not None
    assert [f.code for f in found.findings if f.code not in _MONEY[year]] == []
    assert dict(found.submission.values) == dict(due.values)
    assert dict(found.submission.texts) == dict(due.texts)
    assert dict(found.submission.cover) == dict(due.cover)
    assert found.issuer == UNIT.name


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_draft_that_lacks_figures_gives_no_other(suffix: str) -> None:
    whole = submission(2025, 1)
    lacking = {item: value for n, (item, value) in enumerate(whole.values.items()) if n % 5}
    due = submission(2025, 1, texts={})
    due = Submission(due.form, due.year, UNIT, lacking, cover=due.cover)
    document = document_of(WRITERS[suffix](compose(due, draft=True)), suffix)
    assert isinstance(document, Document)
    found = import_document(document, due.form, 2025, UNIT)
    assert found.submission is not None
    assert {item: v for item, v in found.submission.values.items() if v is not None} == lacking
    assert any(f.blocks for f in found.findings)


@pytest.mark.parametrize("suffix", WRITERS)
def test_by_the_commands_alone(tmp_path: Path, suffix: str) -> None:
    book, paper, back = tmp_path / "a.xlsx", tmp_path / f"年度报告{suffix}", tmp_path / "b.xlsx"
    book.write_bytes(workbook(submission(2025, 3, cover={**COVER, **SIGNERS})))
    done("report", book, "-o", paper)
    done("import", paper, "--year", 2025, "--unit", "004", "区财政局", "-o", back)
    assert done("diff", book, back).text.splitlines()[-1] == "两份数据完全相同。"
    assert done("diff", book, paper).text.splitlines()[-1] == "两份数据完全相同。"
    one, other = (done("export", path).json[0] for path in (book, back))
    assert one["values"] == other["values"]
    assert one["texts"] == other["texts"]
    assert other["cover"] == {key: text for key, text in one["cover"].items() if key not in SIGNERS}
