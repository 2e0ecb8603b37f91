"""The sheets around the statutory tables: cover, guidance and text sections."""

from __future__ import annotations

from collections.abc import Iterator

from xls_report.address import ranges
from xls_report.form import Form, Item, Section, Table, relation_words
from xls_report.grid import prior_places
from xls_report.layout import Cell, Role, Rule, Sheet, lines_of
from xls_report.selfcheck import code_address, first_link, total_address

COVER, GUIDE = "封面", "填报说明"
PARAGRAPHS = 40  # rows of a text section
_LEAST = 12  # rows of one aspect of it

FIELDS = (  # key, label, required, style, hint
    ("leader", "单位负责人", True, "field", "填姓名；打印后由本人签字。"),
    ("reviewer", "审核人", True, "field", "填姓名。"),
    ("filler", "填报人", True, "field", "填姓名。"),
    ("phone", "办公电话", True, "field_phone", "填办公电话，带区号，如 0595-12345678。"),
    ("document_no", "发文字号", False, "field", "年度报告的发文字号，没有可不填。"),
    ("signed_on", "成文日期", False, "field_date", "年度报告的成文日期，如 2026-01-20；应在统计期末之后。"),
    ("email", "邮箱", False, "field", "年度报告对外公布的邮箱，可不填。"),
    ("address", "地址", False, "field", "年度报告对外公布的地址，可不填。"),
    ("postcode", "邮编", False, "field", "六位数字，可不填。"),
)
_STEPS = (
    "第一步　填浅黄色格，没有的填 0（选中整片，输入 0，按 Ctrl+Enter 一次填满）；",
    "第二步　看本页“自查结论”；",
    "第三步　打印、签字、盖章，连同本文件一并报送，文件名不用改。",
)
_PLAIN = (
    "本表不含宏、不联网；隐藏页仅记录单位代码和表样版本。",
    "本表及说明不得填写国家秘密、工作秘密和申请人个人信息；请通过政务OA（政务外网）报送，不使用个人微信、互联网邮箱。",
    "本表仅用于数据报送，不代替法定年度报告的提交和公开。",
)
_UPWARD = (
    "本表由各单位报送的数据逐项相加而成，数据格不能修改；要更正的，由原单位更正后重新汇总。",
    *_PLAIN,
)
_WIDTHS = (16.0, 34.0, 18.0, 34.0)
_PAGE = 76.0  # one column as wide as an upright page: a single column is not scaled down by every program


def cover_sheet(form: Form) -> Sheet:
    """封面: identity, verdict with its link, the whole instruction in three steps, sign-off and contact."""
    code = '&"-"&'.join(code_address(form, table) for table in form.tables)
    verdict = f"HYPERLINK({first_link(form)},{conclusion_formula(form)})"
    cells = [
        *_identity(form, "{year}年{title}数据表"),
        Cell(5, 3, Role.LABEL, "数据校验码", style="field_label"),
        Cell(5, 4, Role.CHECK, code, key="cover_code", style="identity"),
        Cell(7, 1, Role.LABEL, "自查结论", style="field_label"),
        Cell(7, 2, Role.CHECK, verdict, "conclusion", 0, "verdict", 7, 4),
    ]
    row = 9
    cells.extend(_wide(row + n, text, "step") for n, text in enumerate(_STEPS))
    row += len(_STEPS) + 1
    cells.extend(_fields(row))
    row += (len(FIELDS) + 1) // 2 + 1
    cells.extend(_wide(row + n, text, "small") for n, text in enumerate(_PLAIN))
    rules = (
        Rule(("B7",), 'LEFT(B7,2)="暂不"', "bad"),
        Rule(("B7",), 'LEFT(B7,2)="须写"', "explain_due"),
        Rule(("B7",), 'LEFT(B7,2)="自查"', "good"),
    )
    return _cover(cells, row + len(_PLAIN), rules)


def upward_cover(form: Form) -> Sheet:
    """封面 of a 上报稿: who reports for which year, sign-off and contact of the collecting office alone."""
    row = 7
    cells = [*_identity(form, "{state}{year}年{title}数据汇总"), *_fields(row)]
    row += (len(FIELDS) + 1) // 2 + 1
    cells.extend(_wide(row + n, text, "small") for n, text in enumerate(_UPWARD))
    return _cover(cells, row + len(_UPWARD), ())


def _cover(cells: list[Cell], end: int, rules: tuple[Rule, ...]) -> Sheet:
    heights = {1: 44.0, 7: 34.0}
    for cell in cells:
        if cell.role is Role.GUIDE:
            heights[cell.row] = 17.0 * lines_of(cell.content, sum(_WIDTHS)) + 4
    return Sheet(
        "cover",
        COVER,
        tuple(cells),
        widths=tuple(enumerate(_WIDTHS, 1)),
        heights=tuple((r, heights.get(r, 24.0)) for r in range(1, end)),
        landscape=True,
        rules=rules,
    )


def _identity(form: Form, title: str) -> Iterator[Cell]:
    yield Cell(1, 1, Role.IDENTITY, title, style="title", last_row=1, last_column=4)
    identity = (
        ("单位名称", "{name}"),
        ("单位代码", "{code}"),
        ("报告年度", "{year}年{label}"),
        ("统计期限", "{period}"),
    )
    for n, (label, content) in enumerate(identity):
        row, column = 3 + n // 2, 1 + n % 2 * 2
        yield Cell(row, column, Role.LABEL, label, style="field_label")
        yield Cell(row, column + 1, Role.IDENTITY, content, style="identity")
    yield Cell(5, 1, Role.LABEL, "表样依据", style="field_label")
    yield Cell(5, 2, Role.LABEL, form.basis, style="identity")


def _fields(row: int) -> Iterator[Cell]:
    """Entries for sign-off and contact, two in a row."""
    for n, (key, label, required, style, hint) in enumerate(FIELDS):
        r, column = row + n // 2, 1 + n % 2 * 2
        shown = f"{label}（必填）" if required else label
        yield Cell(r, column, Role.LABEL, shown, style="field_label")
        yield Cell(r, column + 1, Role.FIELD, key=key, style=style, hint=hint)


def _wide(row: int, text: str, style: str) -> Cell:
    return Cell(row, 1, Role.GUIDE, text, style=style, last_row=row, last_column=4)


def conclusion_formula(form: Form) -> str:
    """The cover's verdict in words, from the counts of 数据自查."""
    counts = {column: total_address(form, column) for column in "DEFGH"}
    parts = (
        (counts["D"], '"、还有 "&', '&" 格未填"'),
        (counts["E"], '"、"&', '&" 格填错"'),
        (counts["F"], '"、"&', '&" 格与“各项均为 0”矛盾"'),
        (counts["G"], '"、"&', '&" 处勾稽关系不平"'),
    )
    listed = "&".join(f'IF({cell}>0,{before}{cell}{after},"")' for cell, before, after in parts)
    total = "+".join(counts[column] for column in "DEFG")
    explain = f'"须写明情况："&{counts["H"]}&" 处（点此填写）"'
    return (
        f'IF({total}>0,"暂不能报送："&MID({listed},2,99)&"（点此查看第一处）",'
        f'IF({counts["H"]}>0,{explain},"自查通过，可以报送"))'
    )


def prior_cells(form: Form, table: Table) -> tuple[Cell, ...]:
    """Last year's figure of every item, in grey, right of the table and outside the print area."""
    where = prior_places(table)
    first = min(where.values())
    cells = [Cell(2, first[1], Role.PRIOR, "上年数（供核对，不打印）", style="prior_head")]
    heads: dict[int, str] = {}
    for item in form.items:
        if item.table is table:
            row, column = where[item.id]
            cells.append(Cell(row, column, Role.PRIOR, key=item.id, style=f"prior_{item.kind}"))
            if len(table.blocks) == 1:
                heads.setdefault(column, item.column.short or item.column.plain)
    cells.extend(Cell(first[0] - 1, column, Role.PRIOR, text, style="prior_head") for column, text in heads.items())
    return tuple(cells)


def guide_sheet(form: Form) -> Sheet:
    """填报说明: how to fill in, what the items count, the relations in words, what happens on return, whom to call."""
    lines = [("title", "填报说明"), ("section", "一、怎样填")]
    lines += [("guide", text) for text in _STEPS]
    lines += [("guide", text) for text in _HOW]
    lines.append(("section", "二、各项指标填什么"))
    lines += [("guide", text) for table in form.tables for text in _hints(form, table)]
    lines.append(("section", "三、勾稽关系"))
    for relation in form.all_relations:
        lifted = f"有“{relation.unless}”的单位不适用。" if relation.unless else ""
        lines.append(("guide", f"{relation.id}　{relation_words(form, relation)}。{lifted}依据：{relation.basis}。"))
    lines.append(("section", "四、报送以后"))
    lines += [("guide", text) for text in (*_RETURN, *_PLAIN)]
    cells = [Cell(row, 1, Role.GUIDE, text, style=style) for row, (style, text) in enumerate(lines, 1)]
    cells.append(Cell(len(lines) + 1, 1, Role.IDENTITY, "{issuer}", style="guide"))
    heights = tuple((c.row, 34.0 if c.row == 1 else 17.0 * lines_of(c.content, _PAGE) + 4) for c in cells)
    return Sheet("guide", GUIDE, tuple(cells), widths=((1, _PAGE),), heights=heights)


_HOW = (
    "空格不等于 0：没有业务的格填 0；整张表都没有业务的，在表下“本表各项均为 0”选“是”，空格即按 0 计。",
    "只填阿拉伯数字，不填“无”“/”“—”，不带“件”“万元”等单位。白色格由公式算出，不用填。",
    "不要增删行列、不要改标签、不要合并单元格；从别处复制数字时，请用“选择性粘贴—数值”。",
    "“数据自查”表逐条列出勾稽关系。结论是“×”的必须改；是“须说明”的，确有原因就在表下写明，只写“核实无误”不算说明。",
)
_RETURN = (
    "汇总单位逐格审核。审核通过的不再联系；退回修改的，会说明哪一格、填了什么、应怎样改，请在原表上改好后重新报送。",
    "再次报送不用改文件名；同一单位两份都能通过但数据不同的，须由本单位确认用哪一份。",
)


def _hints(form: Form, table: Table) -> list[str]:
    """What the items of a table count, one line for a hint."""
    by_hint: dict[str, list[Item]] = {}
    for item in form.items:
        if item.table is table and item.hint:
            by_hint.setdefault(item.hint, []).append(item)
    lines = []
    for hint, items in by_hint.items():
        names = "、".join(dict.fromkeys(i.row.plain or table.title for i in items))
        if all(item.hint == item.column.hint for item in items):
            names = "、".join(dict.fromkeys(i.column.plain for i in items))
        lines.append(f"{table.name}　{names}：{hint}")
    return lines


def text_sheet(section: Section) -> Sheet:
    """A text section: unmerged paragraph rows, so that a paste from Word lands; a live count of characters."""
    cells = [Cell(1, 1, Role.LABEL, section.title, style="title")]
    row = 3
    cells.append(Cell(2, 1, Role.GUIDE, "选填，不影响数据报送。一格一段，可从 Word 整段粘贴。", style="small"))
    for part in section.parts:
        if len(section.parts) > 1:
            hint = f"（{part.hint}）" if part.hint else ""
            cells.append(Cell(row, 1, Role.LABEL, f"{part.title}{hint}", style="section"))
            row += 1
        for index in range(max(_LEAST, PARAGRAPHS // len(section.parts))):
            cells.append(Cell(row, 1, Role.TEXT, key=part.id, index=index, style="paragraph", hint=part.hint))
            row += 1
    boxes = ranges(cell.address for cell in cells if cell.role is Role.TEXT)
    count = "+".join(f"SUMPRODUCT(LEN({box}))" for box in boxes)
    cells.append(Cell(1, 2, Role.CHECK, f'"已写 "&({count})&" 字"', key=f"length_{section.id}", style="check"))
    widths = ((1, _PAGE), (2, 16.0))
    return Sheet(section.id, section.sheet, tuple(cells), widths=widths, heights=((1, 34.0),), printed=f"A1:A{row - 1}")
