"""`status`: a state for every unit, every other file named, who is late, and the texts to ask with."""

from __future__ import annotations

import csv
import datetime
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from acts import perform
from desk import Run, done, office_row, roster_file, run, unit_row
from support import FORMS, filled
from support import workbook as written

from xls_report import tracking
from xls_report.plan import compile_layout
from xls_report.submission import Unit

LAYOUT = compile_layout(FORMS[-1])
NAMES = {
    "001": "区信访局",
    "002": "区民政局",
    "003": "区教育局",
    "004": "区财政局",
    "005": "区审计局",
    "006": "柳河镇",
    "007": "双管局",
}


def _sent(code: str, *acts: dict[str, Any], **more: Any) -> bytes:
    submission = filled(2025, more.pop("figures", None), unit=Unit(code, NAMES.get(code, "别处")), **more)
    return perform(written(submission), LAYOUT, *acts)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One unit in each state, other material, a stranger; the day is 22 January."""
    inbox = tmp_path / "收件" / "微信"
    inbox.mkdir(parents=True)
    unexplained = {
        "figures": {"t3.carried_in.person": 3, "t3.granted.person": 3},
        "prior": {"t3.carried_out.person": 2},
    }
    files = {
        "001.xlsx": _sent("001", zero_report=frozenset({"t4"})),
        "002.xlsx": _sent("002", {"do": "type", "cell": "t3.new.person", "text": "无"}),
        "003.xlsx": _sent("003", **unexplained),
        "004(1).xlsx": _sent("004", figures={"t4.review.upheld": 1}),
        "004(2).xlsx": _sent("004", figures={"t4.review.upheld": 2}),
        "区审计局.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "柳河镇年报.docx": b"PK",
        "007.xlsx": _sent("007"),
        "别处.xlsx": _sent("099"),
    }
    for name, data in files.items():
        (inbox / name).write_bytes(data)
    rows = [unit_row(code, name, 联系人=f"联系岗{code}", 电话=f"0595-00000{code}") for code, name in NAMES.items()]
    rows[-1]["计入汇总"] = "否"
    office = {**office_row("000", "区政府办"), "联系人": "汇总岗", "电话": "0595-00000000"}
    roster_file(tmp_path / "名单.csv", [office, *rows])
    _today(monkeypatch, datetime.date(2026, 1, 22))
    return tmp_path


def _today(monkeypatch: pytest.MonkeyPatch, day: datetime.date) -> None:
    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Clock:
            return cls(day.year, day.month, day.day, 17, 5)

    monkeypatch.setattr(tracking, "datetime", Clock)


def _status(desk: Path, *more: object, status: int = 1) -> Run:
    return done("status", desk / "收件", "--roster", desk / "名单.csv", *more, status=status)


STATES = {
    "001": ("审核通过", ["含零报告表"]),
    "002": ("退回修改", []),
    "003": ("待说明", []),
    "004": ("重复待定", []),
    "005": ("打不开", ["由文件名看是该单位的"]),
    "006": ("未报送", []),
    "007": ("不计入", []),
}


def test_every_unit_has_one_state(desk: Path) -> None:
    found = _status(desk, "--format", "json").json
    assert list(found) == ["year", "units", "other", "counts"]
    assert found["year"] == 2025
    keys = ["code", "name", "group", "state", "remarks", "files", "findings", "contact", "phone", "late", "ledger"]
    assert all(list(unit) == keys for unit in found["units"])
    assert {unit["code"]: (unit["state"], unit["remarks"]) for unit in found["units"]} == STATES
    files = {unit["code"]: [Path(file).name for file in unit["files"]] for unit in found["units"]}
    assert files["004"] == ["004(1).xlsx", "004(2).xlsx"]
    assert files["005"] == ["区审计局.xls"]
    assert files["006"] == []  # other material changes no unit's state
    counts = found["counts"]
    assert (
        counts["expected"] == 6 == sum(counts[word] for word in counts if word not in ("expected", "files", "不计入"))
    )


def test_no_file_is_dropped(desk: Path) -> None:
    found = _status(desk, "--format", "json").json
    named = [Path(file).name for unit in found["units"] for file in unit["files"]]
    named += [Path(other["file"]).name for other in found["other"]]
    assert sorted(named) == sorted(path.name for path in (desk / "收件" / "微信").iterdir())
    others = {Path(other["file"]).name: other for other in found["other"]}
    assert others["柳河镇年报.docx"]["suspected"] == ["006"]
    assert others["别处.xlsx"]["unit"] == {"code": "099", "name": "别处"}
    assert found["counts"]["files"]["seen"] == len(named)


def test_two_files_that_arrived_empty_are_two_units(desk: Path) -> None:
    """The same bytes, none at all, are no copy of one another: both units are asked again."""
    for name in ("柳河镇.xlsx", "区教育局.xlsx"):
        (desk / "收件" / name).write_bytes(b"")
    (desk / "收件" / "微信" / "003.xlsx").unlink()
    found = _status(desk, "--format", "json").json
    states = {unit["code"]: unit["state"] for unit in found["units"]}
    assert (states["003"], states["006"]) == ("打不开", "打不开")
    assert found["counts"]["files"]["unreadable"] == 3
    assert found["counts"]["files"]["duplicate"] == 0


def test_the_table_for_people(desk: Path) -> None:
    lines = _status(desk).text.split("\n")
    assert lines[:2] == [
        "2025 年度报送情况（2026-01-22）",
        "应报 6 家＝审核通过 1＋待说明 1＋退回修改 1＋重复待定 1＋打不开 1＋未报送 1；名单中不计入的 1 家。",
    ]
    assert lines[3].split() == ["代码", "单位", "状态", "文件", "须处理", "联系人", "电话", "备注"]
    assert lines[4].split() == ["001", "区信访局", "审核通过", "1", "联系岗001", "0595-00000001", "含零报告表"]
    assert lines[5].split() == ["002", "区民政局", "退回修改", "1", "1", "联系岗002", "0595-00000002"]
    assert "  其他材料    " in "\n".join(lines)
    assert "疑似单位：006 柳河镇" in "\n".join(lines)


@pytest.mark.parametrize(
    ("day", "due", "late"),
    [
        ((2026, 1, 22), None, ""),
        ((2026, 1, 23), "2026-01-23", ""),
        ((2026, 1, 24), "2026-01-23", "迟报"),
        ((2026, 1, 31), None, ""),
        ((2026, 2, 1), None, "超过法定期限"),
        ((2026, 2, 1), "2026年1月23日", "迟报、超过法定期限"),
    ],
)
def test_late_and_overdue_are_two_words(
    day: tuple[int, int, int], due: str | None, late: str, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _today(monkeypatch, datetime.date(*day))
    more = ("--due", due) if due else ()
    found = {unit["code"]: unit["late"] for unit in _status(desk, "--format", "json", *more).json["units"]}
    assert found == {code: "" if state in ("审核通过", "不计入") else late for code, (state, _) in STATES.items()}


def test_what_changed_since_another_day(desk: Path) -> None:
    before = desk / "昨天.json"
    _status(desk, "--format", "json", "-o", before)
    assert "与上次相比" not in _status(desk, "--since", before).text
    (desk / "收件" / "微信" / "006.xlsx").write_bytes(_sent("006"))
    told = _status(desk, "--since", before).text
    assert "与上次相比：006 柳河镇：未报送→审核通过。" in told
    (desk / "坏.json").write_text("[]", encoding="utf-8")
    assert run("status", desk / "收件", "--roster", desk / "名单.csv", "--since", desk / "坏.json").status == 3


def test_csv(desk: Path) -> None:
    rows = list(csv.reader(io.StringIO(_status(desk, "--format", "csv").out.decode("utf-8-sig"))))
    assert rows[0][:4] == ["代码", "单位", "分组", "状态"]
    assert {row[0]: row[3] for row in rows[1:]} == {code: state for code, (state, _) in STATES.items()}


def test_a_workbook_with_whom_to_ask_and_what_to_say(desk: Path) -> None:
    output = desk / "报送情况.xlsx"
    _status(desk, "--format", "xlsx", "-o", output, "--due", "2026-01-23")
    book = openpyxl.load_workbook(output)
    assert book.sheetnames == ["报送情况", "催报", "通知文字", "报送台账", "其他文件"]
    asked = [tuple(cell.value or "" for cell in row) for row in book["催报"].iter_rows(min_row=3)]
    assert [(row[0], row[2]) for row in asked] == [
        *(("006", "未报送"), ("005", "打不开"), ("002", "退回修改"), ("003", "待说明"), ("004", "重复待定")),
    ]
    by = "于1月23日（周五）前"
    assert asked[0][6] == f"您好，区政府办。贵单位的政府信息公开年报数据表还没有收到，请填好后{by}报送，文件名不用改。"
    assert asked[2][6].startswith("您好，区政府办。贵单位报来的数据表：表三“本年新收政府信息公开申请数量—自然人”填“无”")
    assert book["通知文字"]["B3"].value == (
        "【年报数据报送提醒】各单位：2025年政府信息公开年报数据表请于1月23日（周五）前报区政府办。"
        "截至1月22日17:05，应报6家，审核通过1家。尚未报送：柳河镇；打不开：区审计局；退回修改：区民政局；待说明：区教育局；"
        "重复待定：区财政局。已报送且审核通过的不必重报。联系人：汇总岗，电话：0595-00000000。"
    )
    # Lying in the inbox it is no submission.
    (desk / "收件" / "报送情况.xlsx").write_bytes(output.read_bytes())
    assert "报送情况.xlsx" in json.dumps(_status(desk, "--format", "json").json["other"], ensure_ascii=False)


SETTLED = {
    "发件单位": "区政府办公室",
    "联系人": "张岗",
    "电话": "0595-11111111",
    "报送截止日期": "2026-01-23",
    "截止时间": "17:30",
    "报送方式": "请通过政务OA报送",
}
OPEN = (
    "尚未报送：柳河镇；打不开：区审计局；退回修改：区民政局；待说明：区教育局；重复待定：区财政局。"
    "已报送且审核通过的不必重报。"
)
LAW = "各部门年度报告依《条例》第四十九条须于1月31日前提交并公开"


def _settle(desk: Path, **more: str) -> None:
    lines = "".join(f"{name},{text}\n" for name, text in {**SETTLED, **more}.items())
    (desk / "设置.csv").write_text(f"项目,内容\n{lines}", encoding="utf-8")


def _texts(desk: Path, *more: object) -> tuple[str, dict[str, str]]:
    """The reminder, and by unit what to say on the telephone."""
    output = desk / "报送情况.xlsx"
    done(
        "--force",
        "status",
        desk / "收件",
        "--roster",
        desk / "名单.csv",
        "--format",
        "xlsx",
        "-o",
        output,
        *more,
        status=1,
    )
    book = openpyxl.load_workbook(output)
    rows = [[str(cell.value or "") for cell in row] for row in book["催报"].iter_rows(min_row=3)]
    return str(book["通知文字"]["B3"].value), {row[0]: row[-1] for row in rows}


def test_the_texts_speak_by_the_settings(desk: Path) -> None:
    _settle(desk)
    text, calls = _texts(desk)
    assert text == (
        "【年报数据报送提醒】各单位：2025年政府信息公开年报数据表请于1月23日（周五）17:30前报区政府办公室。请通过政务OA报送。"
        f"截至1月22日17:05，应报6家，审核通过1家。{OPEN}联系人：张岗，电话：0595-11111111。"
    )
    start, by = "您好，区政府办公室。", "于1月23日（周五）17:30前"
    assert calls["006"] == f"{start}贵单位的政府信息公开年报数据表还没有收到，请填好后{by}报送，文件名不用改。"
    where = "表三“本年新收政府信息公开申请数量—自然人”填“无”"
    assert calls["002"] == (
        f"{start}贵单位报来的数据表：{where}：没有请填 0。确有数字的，填阿拉伯数字。请改后{by}再发一次，文件名不用改。"
    )
    assert calls["003"].endswith(f"请改正或写明情况后{by}再发一次，文件名不用改。")
    assert calls["005"].endswith(f"请处理后{by}再发一次，文件名不用改。")
    assert calls["004"] == (
        f"{start}004 区财政局报来不止一份都能通过、但数据不同的表，请确认用哪一份："
        f"表四“行政复议—结果维持” 1／2。请{by}回复。"
    )
    text, _ = _texts(desk, "--due", "2026-01-25")
    assert "请于1月25日（周日）17:30前报区政府办公室。" in text


def test_on_the_day_itself_one_says_today(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _settle(desk)
    _today(monkeypatch, datetime.date(2026, 1, 23))
    text, calls = _texts(desk)
    assert "请于1月23日（周五）17:30前报区政府办公室。" in text
    assert calls["006"].endswith("请填好后于今天17:30前报送，文件名不用改。")
    _settle(desk, 截止时间="")
    assert _texts(desk)[1]["002"].endswith("请改后今天再发一次，文件名不用改。")


def test_after_the_day_the_reminder_says_so(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _settle(desk)
    _today(monkeypatch, datetime.date(2026, 1, 24))
    late = "2025年政府信息公开年报数据表已超过报送时限（1月23日17:30）。"
    tail = f"截至1月24日17:05，应报6家，审核通过1家。{OPEN}联系人：张岗，电话：0595-11111111。"
    text, calls = _texts(desk)
    assert text == (
        f"【年报数据报送提醒】各单位：{late}请尚未报送、需要修改的单位尽快报区政府办公室。请通过政务OA报送。{LAW}。{tail}"
    )
    assert calls["006"] == (
        "您好，区政府办公室。贵单位的政府信息公开年报数据表还没有收到，已超过报送时限（1月23日17:30），"
        "请填好后尽快报送，文件名不用改。"
    )
    words = "请今日12:00前报送；仍未报送的，将按未报送列入全区通报"
    _settle(desk, 逾期说明=words, 报送方式="")
    assert _texts(desk)[0] == f"【年报数据报送提醒】各单位：{late}{words}。{LAW}。{tail}"
    _today(monkeypatch, datetime.date(2026, 2, 1))
    assert f"{LAW}，现已超过。" in _texts(desk)[0]


def test_nothing_is_invented_where_nothing_is_settled(desk: Path) -> None:
    roster_file(desk / "名单.csv", [unit_row(code, name) for code, name in NAMES.items()])
    text, calls = _texts(desk)
    assert text == (
        "【年报数据报送提醒】各单位：2025年政府信息公开年报数据表请报送。"
        f"截至1月22日17:05，应报7家，审核通过2家。{OPEN}"
    )
    assert calls["006"] == "您好。贵单位的政府信息公开年报数据表还没有收到，请填好后尽快报送，文件名不用改。"


def test_the_due_day_of_the_settings_makes_late(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _settle(desk)
    _today(monkeypatch, datetime.date(2026, 1, 24))
    late = {unit["code"]: unit["late"] for unit in _status(desk, "--format", "json").json["units"]}
    assert late["006"] == "迟报"
    more = ("--format", "json", "--due", "2026-01-24")
    assert {unit["late"] for unit in _status(desk, *more).json["units"]} == {""}


def test_the_law_gives_governments_until_march(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [unit_row("002", "区民政局", 分组="区直部门"), unit_row("006", "柳河镇", 分组="乡镇")]
    roster_file(desk / "名单.csv", rows)
    (desk / "设置.csv").write_text("项目,内容\n下级分组,乡镇\n", encoding="utf-8")
    for day, late in (((2026, 3, 31), ["超过法定期限", ""]), ((2026, 4, 1), ["超过法定期限"] * 2)):
        _today(monkeypatch, datetime.date(*day))
        assert [unit["late"] for unit in _status(desk, "--format", "json").json["units"]] == late


LEDGER = "单位代码,单位,电子表,盖章件,Word稿,公开网址,公开日期,备注\n"


def _keep(desk: Path, rows: str) -> None:
    (desk / "报送台账.csv").write_text(LEDGER + rows, encoding="utf-8")


def test_a_ledger_that_is_kept_shows_what_is_missing(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _keep(desk, "002,,,1月20日,有,http://a.example/1,2026年1月30日,纸质\n006,,,未到,,,,\n")
    _today(monkeypatch, datetime.date(2026, 2, 1))
    found = _status(desk, "--format", "json").json["units"]
    entry = {
        "sealed": "1月20日",
        "word": "有",
        "url": "http://a.example/1",
        "published": "2026-01-30",
        "remark": "纸质",
    }
    assert found[1]["ledger"] == entry
    assert found[0]["ledger"] == dict.fromkeys(entry, "")
    lines = _status(desk).text.split("\n")
    contact = ["联系岗001", "0595-00000001"]
    assert lines[3].split() == ["代码", "单位", "状态", "文件", "须处理", "联系人", "电话", "盖章件", "公开", "备注"]
    assert lines[4].split() == ["001", "区信访局", "审核通过", "1", *contact, "未到", "未见", "含零报告表"]
    assert lines[5].split()[-3:] == ["已到", "已公开", "超过法定期限"]
    assert lines[10].split() == ["007", "双管局", "不计入", "1", "联系岗007", "0595-00000007"]
    output = desk / "报送情况.xlsx"
    _status(desk, "--format", "xlsx", "-o", output)
    page = openpyxl.load_workbook(output)["催报"]
    rows = [[str(cell.value or "") for cell in row] for row in page.iter_rows(min_row=2)]
    assert rows[0] == ["代码", "单位", "状态", "期限", "台账", "联系人", "电话", "电话怎么说"]
    missing = "盖章件未到、未见公开"
    assert {row[0]: row[4] for row in rows[1:]} == {
        **dict.fromkeys(("001", "003", "004", "005", "006"), missing),
        "002": "",
    }
    assert [row[0] for row in rows[1:]][-1] == "001"
    beside = "盖章件还没有收到，请尽快报送。年度报告还没有见到公开，请告知公开的网址和日期。"
    assert rows[-1][-1] == f"您好，区政府办。贵单位的政府信息公开年报数据表已审核通过。{beside}"
    assert rows[1][-1].endswith(f"请填好后尽快报送，文件名不用改。{beside}")
    csv_rows = list(csv.reader(io.StringIO(_status(desk, "--format", "csv").out.decode("utf-8-sig"))))
    assert csv_rows[0][-5:] == ["盖章件", "Word稿", "公开网址", "公开日期", "台账备注"]
    assert csv_rows[2][-5:] == list(entry.values())


def test_before_the_legal_day_nobody_is_asked_for_a_page(desk: Path) -> None:
    _keep(desk, "002,,,√,,,,\n")
    _, calls = _texts(desk)
    assert calls["001"].endswith("已审核通过。盖章件还没有收到，请尽快报送。")
    assert "公开" not in calls["002"].replace("政府信息公开", "")


def test_without_a_ledger_nothing_is_missing(desk: Path) -> None:
    _keep(desk, "002,,,,,,,\n")
    assert "盖章件" not in _status(desk).text
    assert "001" not in _texts(desk)[1]


def test_the_ledger_sheet_goes_back_into_the_roster_as_it_is(desk: Path) -> None:
    """The sheet of `status`, copied whole into the roster's workbook, is read to the same words."""
    _keep(desk, "002,,,1月20日,有,http://a.example/1,2026年1月30日,=纸质\n006,,,未到,,,,\n")
    before = _status(desk, "--format", "json").json["units"]
    output = desk / "报送情况.xlsx"
    _status(desk, "--format", "xlsx", "-o", output)
    book = openpyxl.load_workbook(output)
    for name in book.sheetnames:
        if name not in ("报送情况", "报送台账"):
            del book[name]
    page, kept = book["报送情况"], book["报送台账"]
    assert [cell.value for cell in kept[2]] == LEDGER.strip().split(",")
    assert [cell.value for cell in kept[4]] == [
        *("002", "区民政局", "退回修改", "1月20日", "有", "http://a.example/1", "2026-01-30", "=纸质"),
    ]
    assert kept.max_row == 2 + len(NAMES)
    page.delete_rows(1, page.max_row)
    page.title = "单位名单"
    for row in csv.reader(io.StringIO((desk / "名单.csv").read_text(encoding="utf-8-sig"))):
        page.append(row)
    book.save(desk / "单位名单.xlsx")
    after = done("status", desk / "收件", "--roster", desk / "单位名单.xlsx", "--format", "json", status=1).json[
        "units"
    ]
    assert [unit["ledger"] for unit in after] == [unit["ledger"] for unit in before]


def test_everyone_in_ends_with_0(desk: Path) -> None:
    for path in (desk / "收件" / "微信").iterdir():
        path.unlink()
    for code in NAMES:
        (desk / "收件" / f"{code}.xlsx").write_bytes(_sent(code))
    found = _status(desk, status=0)
    assert "审核通过 6" in found.text


def test_an_empty_inbox(desk: Path) -> None:
    for path in (desk / "收件" / "微信").iterdir():
        path.unlink()
    found = _status(desk, "--format", "json").json
    assert found["year"] is None
    assert {unit["state"] for unit in found["units"]} == {"未报送", "不计入"}


@pytest.mark.parametrize("more", [("--due", "明天"), ("--format", "xlsx"), ("--format", "xlsx", "-o", "a.txt")])
def test_wrong_use(more: tuple[str, ...], desk: Path) -> None:
    assert run("status", desk / "收件", "--roster", desk / "名单.csv", *more).status == 2


def test_a_summary_of_our_own_is_nobodys(desk: Path) -> None:
    """The office's own summary in the inbox is named and changes no state."""
    for path in (desk / "收件" / "微信").iterdir():
        path.unlink()
    for code in NAMES:
        (desk / "收件" / f"{code}.xlsx").write_bytes(_sent(code))
    out = desk / "收件" / "汇总.xlsx"
    done("merge", desk / "收件", "--roster", desk / "名单.csv", "-o", out)
    found = _status(desk, "--format", "json", status=0).json
    (other,) = found["other"]
    assert (Path(other["file"]).name, other["outcome"]) == ("汇总.xlsx", "ignored")
