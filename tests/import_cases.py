"""What published reports are like and what `import` says of them: how the page was altered, and the codes it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pages import Cell, Page, Rows, as_docx, as_html, as_txt, report
from support import filled, form_of

from xls_report.finding import Finding
from xls_report.published import Imported, document_of, import_document
from xls_report.submission import Unit

SEED = Path(__file__).parent / "published" / "quangang_xinfangju_2020.txt"
UNIT = Unit("004", "某区财政局")
FIGURES: dict[str, int | str] = {
    "t2.normative.issued": 2,
    "t2.normative.in_force": 9,
    "t2.licence.decisions": 31,
    "t2.fee.amount": "12.5",
    "t3.new.person": 5,
    "t3.new.company": 2,
    "t3.granted.person": 4,
    "t3.closed_3.person": 1,
    "t3.carried_out.company": 2,
    "t4.review.upheld": 1,
}
OLD: dict[str, int | str] = {
    "t2.procurement.projects": 1,
    "t2.procurement.amount": "25.1",
    "t3.closed.person": 3,
    "t3.new.person": 3,
}


def page(year: int = 2025, figures: dict[str, int | str] | None = None) -> Page:
    """A sound report."""
    return report(
        form_of(year), year, filled(year, figures if figures is not None else FIGURES if year > 2020 else OLD).figures
    )


Alter = Callable[[Page], Page]


@dataclass(frozen=True)
class Case:
    """How the page was altered, the codes of what is said, and the sentence of the first."""

    codes: str
    message: str
    alter: Alter = lambda page: page
    year: int = 2025
    write: Callable[[Page], bytes] = as_html
    suffix: str = ".html"
    unit: Unit = UNIT
    data: bytes = b""
    page_year: int = 0
    figures: dict[str, int | str] | None = None


def on_table(number: int, change: Callable[[Rows], Rows]) -> Alter:
    """Alter one table of the page."""

    def alter(page: Page) -> Page:
        rows = page.tables[number]
        return Page([change(block) if block is rows else block for block in page.blocks])

    return alter


def row_of(rows: Rows, label: str) -> int:
    """The row that has a cell of this text."""
    return next(n for n, row in enumerate(rows) if any(cell.text == label for cell in row))


def on_row(label: str, change: Callable[[list[Cell]], Sequence[list[Cell]]]) -> Callable[[Rows], Rows]:
    """Put other rows in the place of the one with this label."""

    def alter(rows: Rows) -> Rows:
        n = row_of(rows, label)
        return [*rows[:n], *change(rows[n]), *rows[n + 1 :]]

    return alter


def say(old: str, new: str) -> Callable[[Rows], Rows]:
    """Another text wherever a cell has this one."""
    return lambda rows: [[replace(c, text=new) if c.text == old else c for c in row] for row in rows]


def figure(label: str, place: int, text: str) -> Callable[[Rows], Rows]:
    """Another text in the n-th figure of the row with this label."""

    def change(row: list[Cell]) -> list[list[Cell]]:
        places = [n for n, cell in enumerate(row) if cell.figure]
        return [[replace(c, text=text) if n == places[place] else c for n, c in enumerate(row)]]

    return on_row(label, change)


def without_tables(page: Page) -> Page:
    """Words alone."""
    return Page([block for block in page.blocks if isinstance(block, str)])


def without_table(number: int) -> Alter:
    """One table is missing."""
    return lambda page: Page([block for block in page.blocks if block is not page.tables[number]])


def again(number: int) -> Alter:
    """One table stands there twice."""
    return lambda page: Page([*page.blocks, page.tables[number]])


def reordered(page: Page) -> Page:
    """The second table before the first."""
    first, second, third = page.tables
    swap = {id(first): second, id(second): first, id(third): third}
    return Page([block if isinstance(block, str) else swap[id(block)] for block in page.blocks])


def old_row(page: Page, text: str = "3") -> Page:
    """The single row of the older form in a report of the newer one."""
    rows = page.tables[1]
    first = row_of(rows, "（六）其他处理")
    label = next(cell for cell in rows[first] if cell.text == "（六）其他处理")
    behind = [cell for cell in rows[first] if cell.figure]
    figures = [replace(behind[0], text=text), *behind[1:-1], replace(behind[-1], text=text)]
    single = [replace(label, rows=1, columns=2), *figures]
    n = page.blocks.index(rows)
    results = [[replace(c, rows=c.rows - 2) if c.rows > 20 else c for c in row] for row in rows[:first]]
    return Page([*page.blocks[:n], [*results, single, *rows[first + 3 :]], *page.blocks[n + 1 :]])


def replaced(old: str, new: str) -> Alter:
    """Another paragraph in the place of one."""
    return lambda page: Page([new if block == old else block for block in page.blocks])


def without(*paragraphs: str) -> Alter:
    """Some paragraphs are missing."""
    return lambda page: Page([block for block in page.blocks if block not in paragraphs])


_ONE = "1.属于国家秘密"
_WHERE = "表三“1.属于国家秘密”"
_SPLIT = "2.其他法律行政法规禁止公开"

CASES: dict[str, Case] = {
    "a sound page": Case("", ""),
    "the seed": Case(
        "S209 S210 S212 S210 S220 S221",
        "表三有标题被拆成几行，已拼接：“5. 要求行政”“机关确认或重新出具已获取信息”、“社会公益”“组 织”。",
        year=2020,
        suffix=".txt",
        data=SEED.read_bytes(),
        unit=Unit("001", "泉港区信访局"),
    ),
    "no report": Case(
        "S201",
        "这份文件里没有找到政府信息公开工作年度报告的法定表，一张也没有（“二、主动公开政府信息情况”、"
        "“三、收到和处理政府信息公开申请情况”、“四、政府信息公开行政复议、行政诉讼情况”），没有导入。",
        without_tables,
    ),
    "two reports in one file": Case(
        "S202",
        "这份文件里有不止一份报告（表二、表三、表四各出现不止一次），不能判断以哪份为准，没有导入。",
        lambda page: Page([*page.blocks, *page.blocks]),
    ),
    "a table twice": Case("S203", "表四在文件里出现不止一次，不能判断以哪张为准，本表各格留空。", again(2)),
    "a table is missing": Case(
        "S204", "没有找到表四（四、政府信息公开行政复议、行政诉讼情况），本表各格留空。", without_table(2)
    ),
    "tables in another order": Case("S205", "表三排在表二前面，与规定的次序不同；已按表内的标签识别。", reordered),
    "a row of sums between": Case(
        "S206 S212",
        "表三里有一行不知道是哪一项：“小计 0 0 0 0 0 0 0”，没有读取。",
        on_table(
            1,
            on_row(
                "（七）总计", lambda row: [[Cell("小计", columns=2), *(Cell("0", figure=True) for _ in range(7))], row]
            ),
        ),
    ),
    "a row is missing": Case(
        "S207",
        "表二没有找到这些行：“行政处罚”，各格留空。",
        on_table(0, on_row("行政处罚", lambda row: [])),
    ),
    "headings of the other form": Case(
        "S208",
        "表二的宾栏标题与 2025 年度的表样不符（应为“本年制发件数”、“本年废止件数”、“现行有效件数”），"
        "这些行没有读取：“规章”、“行政规范性文件”。",
        on_table(0, say("本年制发件数", "本年新制作数量")),
    ),
    "a label on two lines": Case(
        "S209 S212",
        "表三有标题被拆成几行，已拼接：“2.其他法律行政”“法规禁止公开”。",
        on_table(
            1,
            on_row(
                _SPLIT,
                lambda row: [
                    [replace(c, text="2.其他法律行政") if c.text == _SPLIT else c for c in row],
                    [replace(c, text="法规禁止公开" if c.text == _SPLIT else "") for c in row],
                ],
            ),
        ),
        write=as_txt,
        suffix=".txt",
    ),
    "more zeros than columns": Case(
        "S210",
        "表三有的行比栏目多出内容：“1.属于国家秘密”8 个数、7 栏；多出的都是 0，已舍去。",
        on_table(1, on_row(_ONE, lambda row: [[*row, Cell("0")]])),
    ),
    "fewer figures than columns": Case(
        "S211",
        "表三“一、本年新收政府信息公开申请数量”一行有 6 个数，应为 7 个，不能判断各在哪一栏，留空。",
        on_table(1, on_row("一、本年新收政府信息公开申请数量", lambda row: [[*row[:3], *row[4:]]])),
    ),
    "more figures than columns": Case(
        "S211",
        "表三“一、本年新收政府信息公开申请数量”一行有 8 个数，应为 7 个，不能判断各在哪一栏，留空。",
        on_table(1, on_row("一、本年新收政府信息公开申请数量", lambda row: [[*row[:3], Cell("6"), *row[3:]]])),
    ),
    "merges lost in text": Case(
        "S212",
        "表三有的行与标题不在同一列上（合并的格被拆平）：“2.其他法律行政法规禁止公开”；已按先后次序对应各栏。",
        on_table(1, on_row(_SPLIT, lambda row: [[*row, Cell("")]])),
    ),
    "a row twice with other figures": Case(
        "S213",
        "表二“行政许可”有 2 行，数不相同，不能判断以哪行为准，留空。",
        on_table(0, on_row("行政许可", lambda row: [row, [row[0], replace(row[1], text="32")]])),
    ),
    "a row twice": Case(
        "S214", "表二“行政许可”有 2 行，数都相同，只取一行。", on_table(0, on_row("行政许可", lambda row: [row, row]))
    ),
    "the single row of the older form": Case(
        "S215",
        "表三“（六）其他处理”是单独一行（另一年度的表样），本年度分为 3 行；"
        "不是 0 的数不能分到各行，留空：自然人、总计。",
        old_row,
    ),
    "the single row of the older form, all 0": Case(
        "", "", lambda page: old_row(page, "0"), figures={"t2.fee.amount": "1.5"}
    ),
    "a figure over two rows": Case(
        "S216 S216",
        "表二“规章”的格被合并，一个数占了几行或几栏，不能判断属于哪一格，留空。",
        on_table(
            0,
            lambda rows: [
                *rows[:2],
                [rows[2][0], replace(rows[2][1], rows=2), *rows[2][2:]],
                [rows[3][0], *rows[3][2:]],
                *rows[4:],
            ],
        ),
    ),
    "a report of another year": Case("S217", "文件是 2024 年度的报告，--year 写的是 2025，没有导入。", page_year=2024),
    "a picture named as a page": Case(
        "S218", "文件没有读取：实际是图片（PNG）。", suffix=".docx", data=b"\x89PNG\r\n\x1a\n"
    ),
    "a section is missing": Case(
        "S219",
        "没有找到文字部分“五、存在的主要问题及改进情况”。",
        without("五、存在的主要问题及改进情况", "一是力度不够；二是形式单一。", "下一步抓好落实。"),
    ),
    "aspects of another kind": Case(
        "S220",
        "“一、总体情况”没有按各个方面分标题，全文放在“（一）主动公开”。",
        without(
            "（一）主动公开", "（二）依申请公开", "（三）政府信息管理", "（四）政府信息公开平台建设", "（五）监督保障"
        ),
    ),
    "signed by another name": Case(
        "S221", "落款“某区财政局”与 --unit 的名称“某区教育局”不同。", unit=Unit("005", "某区教育局")
    ),
    "a total that does not add up": Case(
        "V201",
        "表三“本年新收政府信息公开申请数量—总计”印的是 8，按各分项之和应为 7。",
        on_table(1, figure("一、本年新收政府信息公开申请数量", 6, "8")),
    ),
    "money without its unit": Case(
        "V202",
        "表二“政府集中采购—采购总金额”印的是 251000，没有写单位，不能判断是元还是万元，留空。",
        on_table(0, figure("政府集中采购", 1, "251000")),
        year=2020,
    ),
    "totals left blank": Case(
        "V203",
        "表三“本年新收政府信息公开申请数量—总计”没有印出可以核对的数，合计已按各分项算出。",
        on_table(1, figure("一、本年新收政府信息公开申请数量", 6, "")),
    ),
    "a blank figure": Case("V101", "表二“行政许可—本年处理决定数量”空白。", on_table(0, figure("行政许可", 0, ""))),
    "a unit in a figure": Case(
        "V113", "表二“行政许可—本年处理决定数量”填“31件”，已按 31 读取。", on_table(0, figure("行政许可", 0, "31件"))
    ),
    "a remark in a figure": Case(
        "V103",
        "表二“行政许可—本年处理决定数量”填“31（含变更 2 件）”，不是数。",
        on_table(0, figure("行政许可", 0, "31（含变更 2 件）")),
    ),
    "yuan in a figure": Case(
        "V114",
        "表二“行政事业性收费—本年收费金额”填“251000元”，带有数量级或别的单位。是否为 25.10 万元？",
        on_table(0, figure("行政事业性收费", 0, "251000元")),
    ),
    "a word document": Case("", "", write=as_docx, suffix=".docx"),
}


@cache
def imported(name: str) -> Imported:
    """What becomes of the page."""
    case = CASES[name]
    year = case.page_year or case.year
    document = document_of(case.data or case.write(case.alter(page(year, case.figures))), case.suffix)
    if isinstance(document, Finding):
        return Imported(None, (document,))
    return import_document(document, form_of(case.year), case.year, case.unit)


def outcome(name: str) -> tuple[Finding, ...]:
    """What is said of the page."""
    return imported(name).findings


def state(name: str) -> str:
    """What becomes of the page, in a word."""
    found = imported(name)
    if found.submission is None:
        return "没有导入"
    return "已导入，有要补填的" if any(f.blocks for f in found.findings) else "已导入"
