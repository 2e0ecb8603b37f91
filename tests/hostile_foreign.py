"""What is no workbook of ours: other kinds of files, other people's books, names that strain a screen."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import date
from typing import Any

import ooxml
import openpyxl
import xlsxwriter
from hostile_base import Files, Made, Parts, pack
from hostile_own import ATTACKS
from ooxml import book, row, worksheet
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from test_filekind import KINDS, ole

# Other people's books.


def _by_openpyxl(change: Callable[[Any], None]) -> bytes:
    made = openpyxl.Workbook()
    change(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _by_xlsxwriter(change: Callable[[Any], None]) -> bytes:
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream, {"in_memory": True})
    change(made)
    made.close()
    return stream.getvalue()


def _with_sheets(made: Any) -> None:
    for number in range(35):
        made.create_sheet(f"第{number}页").append([number, f"=SUM(A1:A{number + 1})", "文字"])


def _with_chart(made: Any) -> None:
    page = made.active
    for number in range(20):
        page.append([f"部门{number}", number])
    bars = BarChart()
    bars.add_data(Reference(page, min_col=2, min_row=1, max_row=20))
    page.add_chart(bars, "E5")


def _with_table(made: Any) -> None:
    page = made.active
    page.append(["代码", "件数"])
    for number in range(30):
        page.append([f"{number:03}", number])
    page.add_table(Table(displayName="表", ref="A1:B31"))
    page.conditional_formatting.add("B2:B31", ColorScaleRule("min", None, "FFFFFF", "max", None, "FF0000"))
    check = DataValidation(type="list", formula1='"是,否"')
    page.add_data_validation(check)
    check.add("C1:C99")


def _with_remarks(made: Any) -> None:
    page = made.active
    page["A1"].comment = Comment("批注", "甲")
    page["A2"].hyperlink = "https://example.org/"
    page["A3"], page["A4"] = date(2025, 12, 31), "=TODAY()"
    page["A5"], page["A6"] = '=HYPERLINK("https://example.org")', "#REF!"
    page.merge_cells("B1:D9")
    page.sheet_state = "visible"
    made.create_sheet("藏").sheet_state = "veryHidden"


def _with_names_of_ours(made: Any) -> None:
    for name in ("封面", "表二 主动公开", "表三 申请办理", "表四 复议诉讼", "表样标识"):
        made.create_sheet(name).append(["一、本年新收", 1, 2, 3])


def _with_values(made: Any) -> None:
    page = made.active
    for value in (1e300, -1e-300, True, False, "１２", "1_000", None, 0.1 + 0.2, "x" * 32_767):
        page.append([value])


def _with_written(made: Any) -> None:
    for number in range(12):
        page = made.add_worksheet()
        page.write_row(0, 0, ["单位", "件数", "日期"])
        for line in range(50):
            page.write_row(line + 1, 0, [f"单位{line}", line * number])
        page.add_table(0, 0, 50, 2)
        page.conditional_format("B2:B51", {"type": "data_bar"})
        page.add_sparkline("E1", {"range": "B2:B51"})


def _with_drawn(made: Any) -> None:
    page, shown = made.add_worksheet("图"), made.add_chartsheet("图表")
    page.write_column(0, 0, range(20))
    for target in (page, shown):
        picture = made.add_chart({"type": "line"})
        picture.add_series({"values": "=图!$A$1:$A$20"})
        target.insert_chart("C3", picture) if target is page else target.set_chart(picture)
    page.insert_textbox("A30", "文本框")


def _with_dated(made: Any) -> None:
    page = made.add_worksheet()
    shown = made.add_format({"num_format": "yyyy-mm-dd"})
    for line in range(200):
        page.write_datetime(line, 0, date(2025, 1, 1 + line % 28), shown)
        page.write_formula(line, 1, f"=A{line + 1}+1", shown, 0)
        page.write_array_formula(line, 2, line, 3, f"{{=A{line + 1}:B{line + 1}*2}}")


def _with_nothing(made: Any) -> None:
    made.add_worksheet()


def _with_pivot_like(parts: Parts) -> Parts:
    kind = f'<Override PartName="/xl/pivotTables/p.xml" ContentType="{ooxml.SPREADSHEET}pivotTable+xml"/></Types>'
    types = parts[ooxml.CONTENT_TYPES].replace(b"</Types>", kind.encode())
    return parts | {"xl/pivotTables/p.xml": b"<p/>", ooxml.CONTENT_TYPES: types}


def people() -> Made:
    for change in (_with_sheets, _with_chart, _with_table, _with_remarks, _with_names_of_ours, _with_values):
        yield f"openpyxl {change.__name__.removeprefix('_with_')}", _by_openpyxl(change)
    for change in (_with_written, _with_drawn, _with_dated, _with_nothing):
        yield f"xlsxwriter {change.__name__.removeprefix('_with_')}", _by_xlsxwriter(change)
    yield "pivot table", pack(_with_pivot_like(book()))
    yield "one cell", pack(book())
    yield "strict", pack(book(sheet=worksheet(row('<c r="A1"><v>1</v></c>'), uri=ooxml.STRICT)))
    yield "wide", pack(book(row("<c/>" * 256)))


# Foreign kinds, names, and what is not a file.

_SUFFIXES = (
    ".xls",
    ".xlsb",
    ".ods",
    ".et",
    ".csv",
    ".html",
    ".mht",
    ".pdf",
    ".docx",
    ".pptx",
    ".png",
    ".zip",
    ".rar",
    ".7z",
    ".eml",
    ".lnk",
    ".xlsm",
    ".xltx",
    ".txt",
    ".XLSX",
    "",
)


def foreign() -> Made:
    kinds = {**{case: data for case, (data, code, _) in KINDS.items() if code}, **_MORE_KINDS}
    for number, (case, data) in enumerate(kinds.items()):
        yield case, data
        suffix = _SUFFIXES[number % len(_SUFFIXES)]
        if case != "zeros":
            yield f"{case} again~again.{suffix[1:]}", data + b"\n" * (len(data) > 0)


_MORE_KINDS = {
    "mail": b"From: <a@example.org>\r\nSubject: =?utf-8?B?5bm05oql?=\r\nMIME-Version: 1.0\r\n\r\n",
    "script": b"#!/bin/sh\nexit 0\n",
    "ELF": b"\x7fELF\2\1\1" + bytes(99),
    "SQLite": b"SQLite format 3\0" + bytes(99),
    "JSON": b'{"values": {"t3.new.person": 1}}',
    "XML of nobody": b'<?xml version="1.0"?><worksheet/>',
    "a sheet alone": worksheet(row('<c r="A1"><v>1</v></c>')).encode(),
    "billion laughs alone": f'<?xml version="1.0"?>{ATTACKS["laughs"]}<x>&l9;</x>'.encode(),
    "an end of a zip": b"PK\5\6" + bytes(18),
    "a zip that begins only": b"PK\3\4",
    "spanned zip": b"PK\7\x08PK\3\4" + bytes(60),
    "noise": random.Random("noise").randbytes(5_000),
    "much noise": random.Random("much").randbytes(200_000),
    "quotes alone": b'"' * 300_000,
    "lines": b"\n" * 300_000,
    "open brackets": b"<" * 300_000,
}


def odd_names() -> Made:
    """Any bytes under names that strain a screen; none of them is a workbook."""
    names = (
        "空 格 .xlsx",
        " 前.xlsx",
        "全角　.xlsx",
        "-o.xlsx",
        "--force.xlsx",
        "~.xlsx",
        "%s%n.xlsx",
        "{0}{given}.xlsx",
        "a\nb.xlsx",
        "a\tb.xlsx",
        "a\rb.xlsx",
        "\x1b[31m红.xlsx",
        "a\u202excod.xlsx",
        "a\u200bb.xlsx",
        "\ufeffa.xlsx",
        "😀.xlsx",
        "é.xlsx",
        "e\u0301.xlsx",
        "ñ.docx",
        "CON.xlsx",
        "nul.xlsx",
        "a.xlsx.exe",
        "a.pdf.xlsx",
        ".xlsx",
        "...xlsx",
        "'; drop.xlsx",
        '"引号".xlsx',
        "<b>.xlsx",
        "a&b.xlsx",
        "$(x).xlsx",
        "`x`.xlsx",
        "a|b.xlsx",
        "a*?.xlsx",
        "a\\b.xlsx",
        "长" * 80 + ".xlsx",
        "x" * 250 + ".xlsx",
        "=cmd|'.xlsx",
        "@a.xlsx",
        "汇总.XLSX",
        "Traceback.txt",
    )
    return ((name, f"不是数据表，{number}".encode()) for number, name in enumerate(names))


def ignored() -> Files:
    lock = b"\x04user".ljust(165, b" ")
    return {
        "~$001.xlsx": lock,
        ".~lock.001.xlsx#": b",",
        ".~001.xlsx": lock,
        "Thumbs.db": ole("x"),
        "THUMBS.DB": b"x",
        ".DS_Store": b"\0\0\0\1Bud1",
        "desktop.ini": b"[.ShellClassInfo]",
        "__MACOSX/._001.xlsx": b"\0\5\x16\7".ljust(163, b"\0"),
        "__MACOSX/a/b.xlsx": b"x",
        "空表发放清单.csv": b"x",
        "报送情况.json": b"{}",
        "readme": b"x",
        "说明.docx": b"PK\3\4",
    }
