"""The sheets around the statutory tables: cover, self-check, guidance and text sections."""

from __future__ import annotations

from collections.abc import Iterator

from xls_report.equation import Sum
from xls_report.form import Form, Instance, Level, Section, Table, relation_words
from xls_report.grid import Places, bottom_row, places, switch_cell, table_width
from xls_report.layout import Cell, Role, Sheet, a1, lines_of, quoted, ranges
from xls_report.stamp import SHEET as STAMP_SHEET
from xls_report.stamp import flag_address

COVER, CHECKS, GUIDE = "封面", "数据自查", "填报说明"
PARAGRAPHS = 40  # rows of a text section
_FIRST_CHECK = 4  # row of the first relation in 数据自查

FIELDS = (  # key, label, required, hint
    ("leader", "单位负责人", True, "填姓名；打印后由本人签字。"),
    ("reviewer", "审核人", True, "填姓名。"),
    ("filler", "填报人", True, "填姓名。"),
    ("phone", "办公电话", True, "填办公电话，带区号，如 0595-12345678。"),
    ("document_no", "发文字号", False, "年度报告的发文字号，没有可不填。"),
    ("signed_on", "成文日期", False, "年度报告的成文日期，如 2026-01-20；应在统计期末之后。"),
    ("email", "邮箱", False, "年度报告对外公布的邮箱，可不填。"),
    ("address", "地址", False, "年度报告对外公布的地址，可不填。"),
    ("postcode", "邮编", False, "六位数字，可不填。"),
)
_STEPS = (
    "第一步 填浅黄色格，没有的填 0（选中整片，输入 0，按 Ctrl+Enter 一次填满）；",
    "第二步 看本页“自查结论”；",
    "第三步 打印、签字、盖章，连同本文件一并报送，文件名不用改。",
)
_PLAIN = (
    "本表不含宏、不联网；隐藏页仅记录单位代码和表样版本。",
    "本表及说明不得填写国家秘密、工作秘密和申请人个人信息；请通过政务OA（政务外网）报送，不使用个人微信、互联网邮箱。",
    "本表仅用于数据报送，不代替法定年度报告的提交和公开。",
)


def shown_instances(form: Form) -> tuple[tuple[int, Instance], ...]:
    """The relations that a workbook checks live, with their number: not those that ask for last year's figures."""
    return tuple((n, i) for n, i in enumerate(form.instances) if not i.equation.uses_prior)


def check_row(form: Form) -> dict[int, int]:
    """Number of a relation instance → its row in 数据自查."""
    return {number: _FIRST_CHECK + r for r, (number, _) in enumerate(shown_instances(form))}


def cover_sheet(form: Form) -> Sheet:
    """封面: identity, verdict, the whole instruction in three steps, sign-off and contact."""
    cells = [Cell(1, 1, Role.IDENTITY, "{year}年{title}数据表", style="title", last_row=1, last_column=4)]
    identity = (("单位名称", "{name}"), ("单位代码", "{code}"), ("报告年度", "{year}年"), ("统计期限", "{period}"))
    for n, (label, content) in enumerate(identity):
        row, column = 3 + n // 2, 1 + n % 2 * 2
        cells.append(Cell(row, column, Role.LABEL, label, style="field_label"))
        cells.append(Cell(row, column + 1, Role.IDENTITY, content, style="identity"))
    cells.append(Cell(5, 1, Role.LABEL, "表样依据", style="field_label"))
    cells.append(Cell(5, 2, Role.LABEL, form.basis, style="identity", last_row=5, last_column=4))
    cells.append(Cell(7, 1, Role.LABEL, "自查结论", style="field_label"))
    cells.append(
        Cell(7, 2, Role.CHECK, _conclusion(form), key="conclusion", style="verdict", last_row=7, last_column=4)
    )
    row = 9
    for text in _STEPS:
        cells.append(Cell(row, 1, Role.GUIDE, text, style="guide", last_row=row, last_column=4))
        row += 1
    row += 1
    for n, (key, label, required, hint) in enumerate(FIELDS):
        r, column = row + n // 2, 1 + n % 2 * 2
        cells.append(Cell(r, column, Role.LABEL, label if required else f"{label}（选填）", style="field_label"))
        cells.append(Cell(r, column + 1, Role.FIELD, key=key, style="field", hint=hint))
    row += (len(FIELDS) + 1) // 2 + 1
    for text in _PLAIN:
        cells.append(Cell(row, 1, Role.GUIDE, text, style="guide", last_row=row, last_column=4))
        row += 1
    widths = (16.0, 34.0, 18.0, 34.0)
    heights = {1: 44.0, 7: 34.0}
    for cell in cells:
        if cell.role is Role.GUIDE:
            heights[cell.row] = 18.0 * lines_of(cell.content, sum(widths)) + 4
    return Sheet(
        "cover",
        COVER,
        tuple(cells),
        widths=tuple(enumerate(widths, 1)),
        heights=tuple((r, heights.get(r, 24.0)) for r in range(1, row)),
        landscape=True,
    )


def _inputs(form: Form, table: Table) -> tuple[str, ...]:
    where = places(table)
    return ranges(a1(*where[item.id]) for item in form.inputs if item.table is table)


def _blanks(form: Form, table: Table) -> str:
    """Formula for the number of unfilled inputs of a table; text counts as unfilled."""
    sheet = quoted(table.sheet)
    total = sum(item.table is table for item in form.inputs)
    filled = ",".join(f"{sheet}!{box}" for box in _inputs(form, table))
    return f'IF({sheet}!{switch_cell(table)}="是",0,{total}-COUNT({filled}))'


def blanks_address(form: Form, table: Table) -> str:
    """Where 数据自查 counts the unfilled inputs of a table."""
    row = _FIRST_CHECK + len(shown_instances(form)) + 2 + form.tables.index(table)
    return f"{CHECKS}!$G${row}"


def _verdicts(form: Form) -> str:
    return f"{CHECKS}!$G${_FIRST_CHECK}:$G${_FIRST_CHECK + len(shown_instances(form)) - 1}"


def _conclusion(form: Form) -> str:
    blank = "+".join(blanks_address(form, table) for table in form.tables)
    failed = f'COUNTIF({_verdicts(form)},"×")'
    return (
        f'IF({blank}+{failed}=0,"自查通过，可以报送",'
        f'"暂不能报送："&IF({blank}>0,"还有 "&({blank})&" 格未填","")&IF(AND({blank}>0,{failed}>0),"、","")'
        f'&IF({failed}>0,{failed}&" 处勾稽关系不平",""))'
    )


def check_sheet(form: Form) -> Sheet:
    """数据自查: each relation in words with both sides, difference, verdict; a 情况说明 where one is allowed."""
    heads = ("编号", "勾稽关系", "位置", "左边", "右边", "相差", "结论")
    cells = [
        Cell(1, 1, Role.LABEL, "数据自查", style="title", last_row=1, last_column=7),
        *(Cell(_FIRST_CHECK - 1, n, Role.LABEL, head, style="head") for n, head in enumerate(heads, 1)),
    ]
    where: Places = {}
    sheet_of: dict[str, Table] = {}
    for table in form.tables:
        where.update(places(table))
        sheet_of.update({item.id: table for item in form.items if item.table is table})
    for number, row in check_row(form).items():
        cells.extend(_check_cells(form, number, row, where, sheet_of))
    row = _FIRST_CHECK + len(shown_instances(form)) + 1
    cells.append(Cell(row, 1, Role.LABEL, "未填格数", style="head", last_row=row, last_column=7))
    for n, table in enumerate(form.tables):
        row += 1
        cells.append(Cell(row, 1, Role.LABEL, table.sheet, style="text", last_row=row, last_column=6))
        cells.append(Cell(row, 7, Role.CHECK, _blanks(form, table), key="blanks", index=n, style="check"))
    row += 2
    cells.extend(_explanations(form, row))
    return Sheet(
        "checks",
        CHECKS,
        tuple(cells),
        widths=tuple(enumerate((8.0, 44.0, 26.0, 12.0, 12.0, 12.0, 10.0), 1)),
        heights=((1, 34.0),),
        landscape=True,
        frozen=(_FIRST_CHECK - 1, 0),
    )


def _check_cells(form: Form, number: int, row: int, where: Places, sheet_of: dict[str, Table]) -> Iterator[Cell]:
    instance = form.instances[number]
    relation = instance.relation

    def side(total: Sum) -> str:
        by_table: dict[str, list[str]] = {}
        for name in total.names:
            by_table.setdefault(sheet_of[name.ident].id, []).append(a1(*where[name.ident]))
        shown: list[str] = []
        missing: list[str] = []
        for ident, addresses in by_table.items():
            table = form.table(ident)
            shown.extend(f"{quoted(table.sheet)}!{box}" for box in ranges(addresses))
            inputs = _inputs_below(form, total, table)
            boxes = ",".join(f"{quoted(table.sheet)}!{box}" for box in ranges(a1(*where[i]) for i in inputs))
            missing.append(f'AND({quoted(table.sheet)}!{switch_cell(table)}<>"是",COUNT({boxes})<{len(inputs)})')
        constant = [str(total.constant)] if total.constant or not shown else []
        value = f"SUM({','.join(shown + constant)})"
        return f'IF(OR({",".join(missing)}),"",{value})' if missing else value

    left, right, gap = a1(row, 4), a1(row, 5), a1(row, 6)
    wrong = {"=": f"{gap}<>0", "<=": f"{gap}>0", ">=": f"{gap}<0"}[instance.equation.sign]
    verdict = f'IF({gap}="","未填完",IF({wrong},"×","√"))'
    if relation.unless:
        verdict = f'IF({STAMP_SHEET}!{flag_address(form, relation.unless)}="是","不适用",{verdict})'
    yield Cell(row, 1, Role.LABEL, relation.id)
    yield Cell(row, 2, Role.LABEL, relation_words(form, relation))
    yield Cell(row, 3, Role.LABEL, instance.where)
    yield Cell(row, 4, Role.CHECK, side(instance.equation.left), key="left", index=number, style="check")
    yield Cell(row, 5, Role.CHECK, side(instance.equation.right), key="right", index=number, style="check")
    difference = f'IF(OR({left}="",{right}=""),"",ROUND({left}-{right},6))'
    yield Cell(row, 6, Role.CHECK, difference, key="difference", index=number, style="check")
    yield Cell(row, 7, Role.CHECK, verdict, key="verdict", index=number, style="mark")


def _inputs_below(form: Form, total: Sum, table: Table) -> list[str]:
    """The inputs of a table that a sum rests on, totals taken apart."""
    found: list[str] = []
    for name in total.names:
        item = form.item[name.ident]
        if item.table is table:
            found.extend([item.id] if item.total is None else _inputs_below(form, item.total, table))
    return list(dict.fromkeys(found))


def _explanations(form: Form, row: int) -> Iterator[Cell]:
    yield Cell(row, 1, Role.LABEL, "情况说明（核实性问题填写，写清原因）", style="head", last_row=row, last_column=7)
    for relation in form.all_relations:
        if relation.level is Level.EXPLAIN:
            row += 1
            hint = "写清相差的原因，如：上年多计、申请人撤回、随职能划转；只写“核实无误”不算说明。"
            yield Cell(row, 1, Role.LABEL, relation.id)
            yield Cell(row, 2, Role.LABEL, relation.basis)
            yield Cell(row, 3, Role.EXPLAIN, key=relation.id, style="explain", hint=hint, last_row=row, last_column=7)


def marks(form: Form, table: Table) -> tuple[Cell, ...]:
    """The verdicts of 数据自查 repeated beneath and beside the table, outside its frame."""
    rows = check_row(form)
    where = places(table)
    bottom, width = bottom_row(table), table_width(table)
    cells: list[Cell] = []
    beneath: dict[str, int] = {}
    beside: dict[int, int] = {}
    for number, row in rows.items():
        instance = form.instances[number]
        relation = instance.relation
        if instance.table is not table or instance.place is None:
            continue
        at = next(where[name.ident] for name in instance.equation.names)
        verdict = f"{CHECKS}!$G${row}"
        if relation.axis == "rows":
            line = beneath.setdefault(relation.id, bottom + 4 + len(beneath))
            if line not in {cell.row for cell in cells}:
                cells.append(Cell(line, 1, Role.LABEL, f"{relation.id} 自查", style="note_right"))
            cells.append(Cell(line, at[1], Role.CHECK, verdict, key="verdict", index=number, style="mark"))
        else:
            beside[at[0]] = beside.get(at[0], width + 1) + 1
            cells.append(Cell(at[0], beside[at[0]], Role.CHECK, verdict, key="verdict", index=number, style="mark"))
    return tuple(cells)


def guide_sheet(form: Form) -> Sheet:
    """填报说明: how to fill in, what the items count, the relations in words."""
    lines = [("title", "填报说明")]
    lines += [("head", "一、怎样填")]
    lines += [
        ("guide", text)
        for text in (*_STEPS, "空格不等于 0：没有业务的格填 0；整张表都没有业务的，在表下选“本表各项均为 0：是”。")
    ]
    lines += [("head", "二、指标")]
    for table in form.tables:
        for item in form.items:
            if item.table is table and item.hint and not any(item.hint in text for _, text in lines):
                lines.append(("guide", f"{table.name} {item.row.label or table.title}：{item.hint}"))
    lines += [("head", "三、勾稽关系")]
    for relation in form.all_relations:
        lines.append(("guide", f"{relation.id} {relation_words(form, relation)}。{relation.basis}。"))
    lines += [("head", "四、说明"), *(("guide", text) for text in _PLAIN)]
    cells = tuple(Cell(row, 1, Role.GUIDE, text, style=style) for row, (style, text) in enumerate(lines, 1))
    heights = tuple((cell.row, 18.0 * lines_of(cell.content, 100) + 4) for cell in cells)
    return Sheet("guide", GUIDE, cells, widths=((1, 100.0),), heights=heights)


def text_sheet(section: Section) -> Sheet:
    """A text section: unmerged paragraph rows, so that a paste from Word lands."""
    cells = [Cell(1, 1, Role.LABEL, section.title, style="title")]
    row = 2
    cells.append(Cell(row, 1, Role.GUIDE, "选填；一格一段，可从 Word 整段粘贴。", style="guide"))
    for part in section.parts:
        if len(section.parts) > 1:
            row += 1
            cells.append(Cell(row, 1, Role.LABEL, part.title, style="head"))
        for index in range(max(12, PARAGRAPHS // len(section.parts))):
            row += 1
            cells.append(Cell(row, 1, Role.TEXT, key=part.id, index=index, style="paragraph", hint=part.hint))
    return Sheet(section.id, section.sheet, tuple(cells), widths=((1, 100.0),), heights=((1, 34.0),))
