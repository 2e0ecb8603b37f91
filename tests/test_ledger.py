"""报送台账: what comes beside the workbooks, kept by hand from run to run, every fault by its row."""

from __future__ import annotations

from pathlib import Path

import pytest

from xls_report.ledger import Entry
from xls_report.roster import Roster, RosterError, load_roster

UNITS = "代码,名称\n004,区财政局\n005,区教育局\n"
HEADS = "单位代码,单位,电子表,盖章件,Word稿,公开网址,公开日期,备注\n"


def _load(folder: Path, text: str) -> Roster:
    (folder / "名单.csv").write_text(UNITS, encoding="utf-8")
    (folder / "报送台账.csv").write_text(text, encoding="utf-8-sig")
    return load_roster(folder / "名单.csv")


def test_what_was_written_by_hand_is_read(tmp_path: Path) -> None:
    row = "004,别的名字,未报送,1月20日到,有,http://a.example/b,2026年1月30日,请注意\n"
    found = _load(tmp_path, HEADS + row)
    entry = Entry("004", "1月20日到", "有", "http://a.example/b", "2026-01-30", "请注意")
    assert found.ledger == (entry,)
    assert found.entry("004") == entry
    assert found.entry("005") == Entry("005")
    assert found.keeps_ledger
    assert _load(tmp_path, HEADS + "004,,,,,,一月底,\n").entry("004").published == "一月底"


def test_a_ledger_without_a_word_is_not_kept(tmp_path: Path) -> None:
    for text in (HEADS, HEADS + "004,区财政局,审核通过,,,,,\n", ",,\n", ""):
        assert not _load(tmp_path, text).keeps_ledger


def test_the_sheet_that_status_writes_may_be_copied_whole(tmp_path: Path) -> None:
    found = _load(tmp_path, "抄回用的一行\n\n" + HEADS + "005,区教育局,审核通过,是,,,,\n")
    assert found.ledger == (Entry("005", "是"),)


@pytest.mark.parametrize("word", ["", "无", "未到", "×", "/"])
def test_a_word_that_says_no_is_no_copy_and_no_page(word: str) -> None:
    entry = Entry("004", sealed=word, url=word, published=word)
    assert (entry.is_sealed, entry.is_public) == (False, False)
    assert entry.noted is bool(word)
    assert Entry("004", sealed="√").is_sealed
    assert Entry("004", url="http://a.example").is_public
    assert Entry("004", published="2026-01-30").is_public


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            HEADS + "4,,,,,,,\n",
            ["第 2 行：单位代码“4”不在单位名单里，疑为“004”，前面的 0 被表格软件去掉了"],
        ),
        (HEADS + "009,,,是,,,,\n", ["第 2 行：单位代码“009”不在单位名单里"]),
        (HEADS + ",区财政局,,是,,,,\n", ["第 2 行：没有单位代码"]),
        (HEADS + "004\n005\n004\n", ["第 4 行：单位代码“004”与第 2 行相同，请合成一行"]),
        (HEADS + "004,,,,,,,,多,的\n", ["第 2 行：比表头多出内容：多、的"]),
        (
            "单位代码,盖章\n004,是\n",
            ["第 1 行：不认识的表头“盖章”；可用的表头：" + HEADS.strip().replace(",", "、")],
        ),
        ("代码,盖章件\n", ["第 1 行：缺少表头“单位代码”；可用的表头：" + HEADS.strip().replace(",", "、")]),
    ],
)
def test_a_fault_is_named_by_its_row(text: str, said: list[str], tmp_path: Path) -> None:
    with pytest.raises(RosterError) as caught:
        _load(tmp_path, text)
    assert list(caught.value.complaints) == [f"报送台账.csv：{line}" for line in said]


def test_faults_of_all_lists_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "设置.csv").write_text("项目,内容\n口号,x\n", encoding="utf-8")
    (tmp_path / "处理记录.csv").write_text("单位代码,处理\n004,算了\n", encoding="utf-8")
    with pytest.raises(RosterError) as caught:
        _load(tmp_path, HEADS + "009\n")
    assert [c.partition("：")[0] for c in caught.value.complaints] == ["处理记录.csv", "设置.csv", "报送台账.csv"]
