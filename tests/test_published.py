"""What the notices print, and what agencies published: labels, places, merges and figures of the real forms."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import (
    RULES,
    SAMPLES,
    TEMPLATES,
    data_file,
    done,
    form_of,
    fractions,
    random_values,
    roster_file,
    unit_row,
    with_totals,
    workbook,
)

from xls_report.formfile import load_form

CASES = Path(__file__).parent / "published"  # figures as the reports print them, by their labels

# --- the forms as the two notices print them: grid rows, of which the sheet's are one lower ----------------------

T2 = "表二 主动公开"
T3 = "表三 申请办理"
T4 = "表四 复议诉讼"

# Row of the notice → label of the row, heads of the columns that hold a figure, ids.
TABLE_TWO: dict[int, dict[int, tuple[str, str, tuple[str, ...], str]]] = {
    2020: {
        3: ("规章", "regulation", ("本年新制作数量", "本年新公开数量", "对外公开总数量"), "made opened opened_total"),
        4: (
            "规范性文件",
            "normative",
            ("本年新制作数量", "本年新公开数量", "对外公开总数量"),
            "made opened opened_total",
        ),
        7: (
            "行政许可",
            "licence",
            ("上一年项目数量", "本年增/减", "处理决定数量"),
            "items_before items_change decisions",
        ),
        8: (
            "其他对外管理服务事项",
            "service",
            ("上一年项目数量", "本年增/减", "处理决定数量"),
            "items_before items_change decisions",
        ),
        11: (
            "行政处罚",
            "penalty",
            ("上一年项目数量", "本年增/减", "处理决定数量"),
            "items_before items_change decisions",
        ),
        12: (
            "行政强制",
            "coercion",
            ("上一年项目数量", "本年增/减", "处理决定数量"),
            "items_before items_change decisions",
        ),
        15: ("行政事业性收费", "fee", ("上一年项目数量", "本年增/减"), "items_before items_change"),
        18: ("政府集中采购", "procurement", ("采购项目数量", "采购总金额"), "projects amount"),
    },
    2025: {
        3: ("规章", "regulation", ("本年制发件数", "本年废止件数", "现行有效件数"), "issued repealed in_force"),
        4: (
            "行政规范性文件",
            "normative",
            ("本年制发件数", "本年废止件数", "现行有效件数"),
            "issued repealed in_force",
        ),
        7: ("行政许可", "licence", ("本年处理决定数量",), "decisions"),
        10: ("行政处罚", "penalty", ("本年处理决定数量",), "decisions"),
        11: ("行政强制", "coercion", ("本年处理决定数量",), "decisions"),
        14: ("行政事业性收费", "fee", ("本年收费金额（单位：万元）",), "amount"),
    },
}
TITLES: dict[int, dict[str, str]] = {
    2020: {
        "A1": "第二十条第（一）项",
        "A5": "第二十条第（五）项",
        "A9": "第二十条第（六）项",
        "A13": "第二十条第（八）项",
        "A16": "第二十条第（九）项",
        **{f"A{row}": "信息内容" for row in (2, 6, 10, 14, 17)},
    },
    2025: {
        "A1": "第二十条第（一）项",
        "A5": "第二十条第（五）项",
        "A8": "第二十条第（六）项",
        "A12": "第二十条第（八）项",
        **{f"A{row}": "信息内容" for row in (2, 6, 9, 13)},
    },
}
MERGES_TWO = {
    2020: "A1:D1 A5:D5 A9:D9 A13:D13 C14:D14 C15:D15 A16:D16 C17:D17 C18:D18",
    2025: "A1:D1 A5:D5 B6:D6 B7:D7 A8:D8 B9:D9 B10:D10 B11:D11 A12:D12 B13:D13 B14:D14",
}

RESULTS, DENIED, UNABLE, REFUSED, CLOSED = (
    "三、本年度办理结果",
    "（三）不予公开",
    "（四）无法提供",
    "（五）不予处理",
    "（六）其他处理",
)
_ROWS_BOTH: list[tuple[str, tuple[str, ...]]] = [
    ("new", ("一、本年新收政府信息公开申请数量",)),
    ("carried_in", ("二、上年结转政府信息公开申请数量",)),
    ("granted", (RESULTS, "（一）予以公开")),
    ("partial", (RESULTS, "（二）部分公开（区分处理的，只计这一情形，不计其他情形）")),
    ("denied_1", (RESULTS, DENIED, "1.属于国家秘密")),
    ("denied_2", (RESULTS, DENIED, "2.其他法律行政法规禁止公开")),
    ("denied_3", (RESULTS, DENIED, "3.危及“三安全一稳定”")),
    ("denied_4", (RESULTS, DENIED, "4.保护第三方合法权益")),
    ("denied_5", (RESULTS, DENIED, "5.属于三类内部事务信息")),
    ("denied_6", (RESULTS, DENIED, "6.属于四类过程性信息")),
    ("denied_7", (RESULTS, DENIED, "7.属于行政执法案卷")),
    ("denied_8", (RESULTS, DENIED, "8.属于行政查询事项")),
    ("unable_1", (RESULTS, UNABLE, "1.本机关不掌握相关政府信息")),
    ("unable_2", (RESULTS, UNABLE, "2.没有现成信息需要另行制作")),
    ("unable_3", (RESULTS, UNABLE, "3.补正后申请内容仍不明确")),
    ("refused_1", (RESULTS, REFUSED, "1.信访举报投诉类申请")),
    ("refused_2", (RESULTS, REFUSED, "2.重复申请")),
    ("refused_3", (RESULTS, REFUSED, "3.要求提供公开出版物")),
    ("refused_4", (RESULTS, REFUSED, "4.无正当理由大量反复申请")),
    ("refused_5", (RESULTS, REFUSED, "5.要求行政机关确认或重新出具已获取信息")),
]
_ROWS_CLOSED: dict[int, list[tuple[str, tuple[str, ...]]]] = {
    2020: [("closed", (RESULTS, CLOSED))],
    2025: [
        ("closed_1", (RESULTS, CLOSED, "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请")),
        ("closed_2", (RESULTS, CLOSED, "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请")),
        ("closed_3", (RESULTS, CLOSED, "3.其他")),
    ],
}
_ROWS_END: list[tuple[str, tuple[str, ...]]] = [
    ("done", (RESULTS, "（七）总计")),
    ("carried_out", ("四、结转下年度继续办理",)),
]
_ORG = ("申请人情况", "法人或其他组织")
COLUMNS_THREE: list[tuple[str, tuple[str, ...]]] = [
    ("person", ("申请人情况", "自然人")),
    ("company", (*_ORG, "商业企业")),
    ("research", (*_ORG, "科研机构")),
    ("charity", (*_ORG, "社会公益组织")),
    ("legal", (*_ORG, "法律服务机构")),
    ("other", (*_ORG, "其他")),
    ("total", ("申请人情况", "总计")),
]
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
MERGES_THREE = {
    2020: "A1:C3 D1:J1 D2:D3 E2:I2 J2:J3 A4:C4 A5:C5 A6:A25 B6:C6 B7:C7 B8:B15 B16:B18 B19:B23 B24:C24 B25:C25 A26:C26",
    2025: "A1:C3 D1:J1 D2:D3 E2:I2 J2:J3 A4:C4 A5:C5 A6:A27 B6:C6 B7:C7 B8:B15 B16:B18 B19:B23 B24:B26 B27:C27 A28:C28",
}
MERGES_FOUR = "A1:E1 F1:O1 A2:A3 B2:B3 C2:C3 D2:D3 E2:E3 F2:J2 K2:O2"
RESULTS_FOUR = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
IDS_FOUR = ["upheld", "corrected", "other", "pending", "total"]


def _rows_three(year: int) -> list[tuple[str, tuple[str, ...]]]:
    return [*_ROWS_BOTH, *_ROWS_CLOSED[year], *_ROWS_END]


def _lower(spans: str) -> set[str]:
    """Spans of the notice's grid one row down, as they stand under the sheet's title."""

    def down(address: str) -> str:
        letters = address.rstrip("0123456789")
        return f"{letters}{int(address[len(letters) :]) + 1}"

    return {":".join(down(part) for part in span.split(":")) for span in spans.split()}


def _expected(year: int) -> Iterator[tuple[str, str, str, list[str], list[str]]]:
    """Id, sheet, cell, row labels and column labels of every item, from the notice."""
    for row, (label, ident, heads, names) in TABLE_TWO[year].items():
        for column, head, name in zip("BCD", heads, names.split(), strict=False):
            yield f"t2.{ident}.{name}", T2, f"{column}{row + 1}", [label], [head]
    for row, (ident, labels) in enumerate(_rows_three(year), 4):
        for column, (name, heads3) in zip("DEFGHIJ", COLUMNS_THREE, strict=True):
            yield f"t3.{ident}.{name}", T3, f"{column}{row + 1}", list(labels), list(heads3)
    letters = iter("ABCDEFGHIJKLMNO")
    for ident, branches in (
        ("review", ["行政复议"]),
        ("direct", ["行政诉讼", "未经复议直接起诉"]),
        ("after_review", ["行政诉讼", "复议后起诉"]),
    ):
        for name, label in zip(IDS_FOUR, RESULTS_FOUR, strict=True):
            yield f"t4.{ident}.{name}", T4, f"{next(letters)}5", [], [*branches, label]


@pytest.fixture(scope="module", params=[2020, 2025])
def year(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


@pytest.fixture(scope="module")
def explained(year: int) -> Any:
    return done("explain", year, "--format", "json").json


@pytest.fixture(scope="module")
def blank(year: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[openpyxl.Workbook]:
    folder = tmp_path_factory.mktemp("blank")
    roster = roster_file(folder / "r.csv", [unit_row("001")])
    done("issue", year, roster, "-o", folder / "out")
    book = openpyxl.load_workbook(next((folder / "out").glob("*.xlsx")))
    yield book
    book.close()


def test_every_item_stands_where_the_notice_prints_it_with_its_exact_labels(year: int, explained: Any) -> None:
    items = [item for table in explained["tables"] for item in table["items"]]
    found = [(i["id"], i["sheet"], i["cell"], i["row"], i["column"]) for i in items]
    assert found == list(_expected(year))


def test_numbers_of_items(year: int, explained: Any) -> None:
    items = [item for table in explained["tables"] for item in table["items"]]
    assert len(items) == {2020: 198, 2025: 200}[year]
    assert sum(item["role"] == "input" for item in items) == {2020: 166, 2025: 166}[year]
    per_table = [len(table["items"]) for table in explained["tables"]]
    assert per_table == {2020: [22, 161, 15], 2025: [10, 175, 15]}[year]
    totals = {item["id"] for item in items if item["role"] == "total"}
    assert totals == {
        *(item["id"] for item in items if item["id"].startswith("t3.") and item["id"].endswith(".total")),
        *(item["id"] for item in items if item["id"].startswith("t3.done.")),
        *(f"t4.{group}.total" for group in ("review", "direct", "after_review")),
    }


def test_kinds_and_units(year: int, explained: Any) -> None:
    items = {item["id"]: item for table in explained["tables"] for item in table["items"]}
    amounts = {ident for ident, item in items.items() if item["kind"] == "amount"}
    changes = {ident for ident, item in items.items() if item["kind"] == "change"}
    assert amounts == {2020: {"t2.procurement.amount"}, 2025: {"t2.fee.amount"}}[year]
    assert changes == {ident for ident in items if ident.endswith(".items_change")}
    assert len(changes) == {2020: 5, 2025: 0}[year]
    assert {items[ident]["unit"] for ident in amounts} == {"万元"}


def test_the_head_of_the_form(year: int, explained: Any) -> None:
    assert explained["id"] == {2020: "gkbg-2019", 2025: "gkbg-2021"}[year]
    assert explained["basis"] == {2020: "国办公开办函〔2019〕60号", 2025: "国办公开办函〔2021〕30号"}[year]
    assert explained["title"] == "政府信息公开工作年度报告"
    assert [table["title"] for table in explained["tables"]] == [
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
    ]
    assert [section["title"] for section in explained["sections"]] == [
        "一、总体情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]
    assert explained["years"] == {2020: [2019, 2020], 2025: [2021, 2100]}[year]


def test_relations_that_the_notice_prints_or_implies(year: int, explained: Any) -> None:
    relations = {relation["id"]: relation for relation in explained["relations"]}
    bottom = {2020: 26, 2025: 28}[year]  # the sheet's row of （七）总计
    printed = relations["G301"]
    assert printed["level"] == "error"
    assert printed["cells"] == [[f"{T3}!{column}{row}" for row in (5, 6, bottom, bottom + 1)] for column in "DEFGHIJ"]
    assert relations["G302"]["cells"] == [[f"{T3}!{column}6"] for column in "DEFGHIJ"]
    assert relations["G302"]["level"] == "explain"
    assert relations["G201"]["level"] == "error"
    assert relations["G201"]["cells"] == [[f"{T2}!{column}4"] for column in "BCD"]
    if year == 2025:
        assert relations["G202"]["cells"] == [[f"{T2}!{c}{row}" for c in "DCB"] for row in (4, 5)]
        assert relations["G203"]["cells"] == [[f"{T2}!{c}4" for c in "DCB"]]
        assert relations["G204"]["cells"] == [[f"{T2}!{c}5" for c in "DCB"]]
        assert [relations[f"G20{n}"]["level"] for n in (2, 3, 4)] == ["explain", "explain", "warning"]
        assert set(relations) == {"G201", "G202", "G203", "G204", "G301", "G302"}
    else:
        stock = {"G206": (8, 9), "G208": (12, 13), "G210": (16,)}
        for ident, rows in stock.items():
            assert relations[ident]["cells"] == [[f"{T2}!B{row}", f"{T2}!C{row}"] for row in rows]
            assert relations[ident]["level"] == "error"
        assert relations["G205"]["cells"] == [[f"{T2}!D{row}", f"{T2}!C{row}"] for row in (4, 5)]
        assert {i for i, r in relations.items() if r["level"] == "explain"} == {"G207", "G209", "G211", "G302"}


def test_the_sheet_prints_every_label_of_the_notice(year: int, blank: openpyxl.Workbook) -> None:
    sheet = blank[T2]
    for address, label in TITLES[year].items():
        assert sheet[f"A{int(address[1:]) + 1}"].value == label
    for row, (label, _, heads, _) in TABLE_TWO[year].items():
        assert sheet[f"A{row + 1}"].value == label
        above = max(r for r in (int(a[1:]) for a, text in TITLES[year].items() if text == "信息内容") if r < row)
        for column, head in zip("BCD", heads, strict=False):
            assert sheet[f"{column}{above + 1}"].value == head
    sheet = blank[T3]
    assert sheet["A2"].value == CORNER
    heads3 = {"D2": "申请人情况", "D3": "自然人", "E3": "法人或其他组织", "J3": "总计"}
    heads3 |= dict(zip(("E4", "F4", "G4", "H4", "I4"), (h[-1] for _, h in COLUMNS_THREE[1:6]), strict=True))
    assert {address: sheet[address].value for address in heads3} == heads3
    for row, (_, labels) in enumerate(_rows_three(year), 5):
        column = "ABC"[len(labels) - 1]
        assert sheet[f"{column}{row}"].value == labels[-1]
    assert sheet["A7"].value == RESULTS
    assert [sheet[f"B{row}"].value for row in (9, 17, 20)] == [DENIED, UNABLE, REFUSED]
    sheet = blank[T4]
    assert [sheet[a].value for a in ("A2", "F2", "F3", "K3")] == [
        "行政复议",
        "行政诉讼",
        "未经复议直接起诉",
        "复议后起诉",
    ]
    assert [sheet[f"{c}3"].value for c in "ABCDE"] == RESULTS_FOUR
    assert [sheet[f"{c}4"].value for c in "FGHIJ"] == RESULTS_FOUR
    assert [sheet[f"{c}4"].value for c in "KLMNO"] == RESULTS_FOUR


def test_the_sheet_has_exactly_the_merges_of_the_notice(year: int, blank: openpyxl.Workbook) -> None:
    bottoms = {T2: {2020: 19, 2025: 15}[year], T3: {2020: 27, 2025: 29}[year], T4: 5}
    for name, spans in ((T2, MERGES_TWO[year]), (T3, MERGES_THREE[year]), (T4, MERGES_FOUR)):
        merged = {str(span) for span in blank[name].merged_cells.ranges}
        title = {span for span in merged if span.startswith("A1:")}
        assert len(title) == 1
        beneath = {span for span in merged if int(span.split(":")[0].lstrip("ABCDEFGHIJKLMNO")) > bottoms[name]}
        assert merged - title - beneath == _lower(spans)


def test_nothing_of_ours_stands_inside_the_statutory_frame(year: int, blank: openpyxl.Workbook) -> None:
    """Every cell of the frame is a label of the notice, an input without content, or a total's formula."""
    places = {(sheet, cell): ident for ident, sheet, cell, _, _ in _expected(year)}
    totals = {item.id for item in form_of(year).items if item.total is not None}
    frames = {T2: ("D", {2020: 19, 2025: 15}[year]), T3: ("J", {2020: 27, 2025: 29}[year]), T4: ("O", 5)}
    for name, (right, bottom) in frames.items():
        for row in blank[name][f"A2:{right}{bottom}"]:
            for cell in row:
                ident = places.get((name, cell.coordinate))
                if ident is None:
                    assert cell.value is None or not str(cell.value).startswith("="), (name, cell.coordinate)
                elif ident in totals:
                    assert str(cell.value).startswith("=SUM(")
                    assert cell.protection.locked
                else:
                    assert cell.value is None, (name, cell.coordinate, cell.value)
                    assert not cell.protection.locked


# --- figures of published reports ---------------------------------------------------------------------------------


def _row_ids(year: int) -> dict[str, str]:
    """The row names of the case files → row ids."""
    found = {}
    for ident, labels in _rows_three(2020 if year <= 2020 else 2025):
        name = labels[0] if len(labels) == 1 else f"三、{' '.join(labels[1:])}"
        found[name] = ident
    return found


def _money(value: Any) -> str:
    """Money of a case file in 万元; where it names 元 it is converted exactly."""
    text = str(value)
    amount = Decimal(text.removesuffix("元")) / 10_000 if text.endswith("元") else Decimal(text)
    return format(amount, "f")


def converted(case: dict[str, Any]) -> dict[str, int | str | None]:
    """A case file as figures by item: written here again, from the printed labels alone."""
    year = case["year"]
    values: dict[str, int | str | None] = {}
    for label, ident, heads, names in TABLE_TWO[2020 if year <= 2020 else 2025].values():
        for head, name in zip(heads, names.split(), strict=True):
            value = case["table2"][label][head]
            values[f"t2.{ident}.{name}"] = _money(value) if name == "amount" else value
    rows = _row_ids(year)
    assert set(case["table3"]["rows"]) == set(rows)
    assert case["table3"]["columns"] == [labels[-1] for _, labels in COLUMNS_THREE]
    for label, figures in case["table3"]["rows"].items():
        for (column, _), figure in zip(COLUMNS_THREE, figures, strict=True):
            values[f"t3.{rows[label]}.{column}"] = figure
    groups = {"行政复议": "review", "行政诉讼_未经复议直接起诉": "direct", "行政诉讼_复议后起诉": "after_review"}
    for label, group in groups.items():
        for name, head in zip(IDS_FOUR, RESULTS_FOUR, strict=True):
            values[f"t4.{group}.{name}"] = case["table4"][label][head]
    return values


def printed(sample: Any) -> dict[str, Fraction]:
    """The figures that a report prints; one of them left a total blank (Shanghai's 四、总计)."""
    assert {ident for ident, value in sample["values"].items() if value is None} <= {"t3.carried_out.total"}
    return fractions({ident: value for ident, value in sample["values"].items() if value is not None})


LEFT = {f"t3.carried_out.{column}" for column in ("person", "company", "research", "charity", "legal", "other")}
PUBLISHED = sorted((SAMPLES / "published").glob("*.json"))


def test_there_are_published_cases() -> None:
    assert len(PUBLISHED) >= 6


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_the_samples_are_the_figures_of_the_published_reports(path: Path) -> None:
    case = json.loads((CASES / path.name).read_text(encoding="utf-8"), parse_float=Decimal)
    sample = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    assert printed({"values": converted(case)}) == printed(sample)
    assert sample["year"] == case["year"]


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_published_figures_survive_blank_fill_check_export(path: Path, tmp_path: Path) -> None:
    sample = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    year, code, name = sample["year"], sample["unit"]["code"], sample["unit"]["name"]
    makes_rules = any(sample["values"][i] for i in sample["values"] if i.startswith("t2.regulation."))
    roster = roster_file(tmp_path / "r.csv", [unit_row(code, name, 标志=RULES if makes_rules else "")])
    done("issue", year, roster, "-o", tmp_path / "blank")
    blank = next((tmp_path / "blank").glob("*.xlsx"))
    out = tmp_path / "filled.xlsx"
    data = data_file(tmp_path / "data.json", {"values": sample["values"]})
    done("fill", blank, data, "-o", out)
    found = done("check", out, "--format", "json").json["files"][0]
    assert found["outcome"] == "accepted"
    assert [f["code"] for f in found["findings"] if f["level"] != "warning"] == []
    done("check", out, "--roster", roster)
    (exported,) = done("export", out).json
    figures = fractions(exported["values"])
    assert {ident: figures[ident] for ident in printed(sample)} == printed(sample)
    assert figures["t3.carried_out.total"] == sum(v for i, v in printed(sample).items() if i in LEFT)
    assert exported["unit"] == {"code": code, "name": name}
    money = "t2.fee.amount" if year >= 2021 else "t2.procurement.amount"
    assert Decimal(exported["values"][money]) == Decimal(sample["values"][money])


def test_money_in_yuan_was_converted_exactly() -> None:
    sample = json.loads((SAMPLES / "published" / "pingtan_2019.json").read_text(encoding="utf-8"))
    assert Fraction(sample["values"]["t2.procurement.amount"]) * 10_000 == Fraction("75394432.52")


@pytest.mark.parametrize("name", ["huaian_city_2024", "hangzhou_style_city_2025"])
def test_a_city_without_the_flag_may_not_report_rules(name: str, tmp_path: Path) -> None:
    """The roster decides over the stamp, both ways."""
    sample = json.loads((SAMPLES / "published" / f"{name}.json").read_text(encoding="utf-8"))
    rows = {
        flag: roster_file(tmp_path / f"r{flag}.csv", [unit_row("320800", "某市", 标志=flag)]) for flag in ("", RULES)
    }
    done("issue", sample["year"], rows[""], "-o", tmp_path / "blank")
    out = tmp_path / "filled.xlsx"
    data = data_file(tmp_path / "data.json", {"values": sample["values"]})
    done("fill", next((tmp_path / "blank").glob("*.xlsx")), data, "-o", out)
    found = done("check", out, "--format", "json", status=1).json["files"][0]
    assert {f["code"] for f in found["findings"] if f["level"] == "error"} == {"G201"}
    done("check", out, "--roster", rows[RULES])
    done("issue", sample["year"], rows[RULES], "-o", tmp_path / "flagged")
    done("fill", next((tmp_path / "flagged").glob("*.xlsx")), data, "-o", tmp_path / "f2.xlsx")
    done("check", tmp_path / "f2.xlsx")
    done("check", tmp_path / "f2.xlsx", "--roster", rows[""], status=1)


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_published_totals_are_the_sums_of_their_parts(path: Path) -> None:
    """The test's own arithmetic holds on real figures, so that it may judge the program's."""
    sample = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    form = form_of(sample["year"])
    inputs = {item.id for item in form.inputs}
    values = {i: Decimal(v) if isinstance(v, str) else v for i, v in sample["values"].items() if i in inputs}
    totals = with_totals(form, values)
    assert {ident: totals[ident] for ident in printed(sample)} == printed(sample)


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
@pytest.mark.parametrize("row", ["new", "done", "carried_out"])
def test_a_printed_total_that_disagrees_with_its_parts_is_refused(path: Path, row: str, tmp_path: Path) -> None:
    sample = json.loads(path.read_text(encoding="utf-8"))
    ident = f"t3.{row}.total"
    if sample["values"][ident] is None:
        sample["values"][ident] = 1
    sample["values"][ident] += 1
    roster = roster_file(tmp_path / "r.csv", [unit_row("001")])
    done("issue", sample["year"], roster, "-o", tmp_path / "blank")
    data = data_file(tmp_path / "data.json", {"values": sample["values"]})
    out = tmp_path / "filled.xlsx"
    found = done("fill", next((tmp_path / "blank").glob("*.xlsx")), data, "-o", out, status=1)
    assert ident in found.err
    assert str(sample["values"][ident]) in found.err
    assert str(sample["values"][ident] - 1) in found.err
    assert not out.exists()


def test_the_two_forms_meet_at_the_turn_of_the_year() -> None:
    early, late = (load_form(TEMPLATES / name) for name in ("2019.toml", "2021.toml"))
    assert early.years[1] + 1 == late.years[0]
    shared = {item.id for item in early.items} & {item.id for item in late.items}
    assert {"t3.carried_out.person", "t3.new.total", "t4.review.total", "t2.licence.decisions"} <= shared
    assert not shared & {"t2.fee.amount", "t2.procurement.amount", "t3.closed.person", "t3.closed_1.person"}


def test_random_figures_of_the_tests_satisfy_every_relation(year: int, tmp_path: Path) -> None:
    values = random_values(form_of(year), random.Random(year))
    out = workbook(tmp_path / "w.xlsx", year, ("001", "甲"), values)
    found = done("check", out, "--format", "json").json["files"][0]
    assert {f["code"] for f in found["findings"]} <= {"T101", "V123"}
