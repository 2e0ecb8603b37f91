"""What people do to a filled workbook: one function an act, from bytes to bytes, by openpyxl or in the XML itself."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from ooxml import MAIN, RELATIONS, STRICT, STRICT_RELATIONS, Entry, pack, raw_zip
from openpyxl.comments import Comment
from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter, range_boundaries
from support import place

from xls_report.address import row_column
from xls_report.layout import Layout, Sheet
from xls_report.stamp import NAME, PROPERTY, SHEET

Act = Mapping[str, Any]
Parts = dict[str, bytes]

DATE, PERCENT = "yyyy-mm-dd", "0%"


def perform(data: bytes, layout: Layout, *acts: Act) -> bytes:
    """The workbook after the acts, one after the other."""
    for in_xml, run in groupby(acts, key=_in_xml):
        several = list(run)
        for act in several:
            known = _ALLOWED[act["do"]]
            assert set(act) <= {"do", *known}, f"{act['do']} takes {sorted(known)}, not {sorted(act)}"
        if not in_xml:
            data = edited(data, partial(_together, layout, several))
            continue
        for act in several:
            data = _BY_XML[act["do"]](data, layout, act)
    return data


def _in_xml(act: Act) -> bool:
    """Whether the act is done in the XML: by far the faster way, where the cell is stored and its format stays."""
    if act["do"] == "type":
        return "!" not in act["cell"] and not {"date", "percent"} & set(act)
    return act["do"] in _BY_XML


def _together(layout: Layout, acts: list[Act], book: Any) -> None:
    for act in acts:
        _BY_OPENPYXL[act["do"]](book, layout, act)


def edited(data: bytes, change: Callable[[Any], None]) -> bytes:
    """The workbook loaded by openpyxl, changed and saved: stored results of formulas are lost."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def parts_of(data: bytes) -> Parts:
    """The members of the package, by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def part_of_sheet(parts: Parts, sheet: str) -> str:
    """The name of the part that holds a sheet."""
    book, related = parts["xl/workbook.xml"].decode(), parts["xl/_rels/workbook.xml.rels"].decode()
    entry = next(e for e in re.findall(r"<sheet [^>]*>", book) if f"name={quoteattr(sheet)}" in e)
    found = re.search(r'r:id="([^"]+)"', entry)
    assert found is not None
    row = next(r for r in re.findall(r"<Relationship [^>]*>", related) if f'Id="{found[1]}"' in r)
    target = re.search(r'Target="/?(?:xl/)?([^"]+)"', row)
    assert target is not None
    return f"xl/{target[1]}"


def _addressed(text: str, layout: Layout) -> str:
    """A text in which `{t4.review.upheld}` stands for the address of that place."""
    return re.sub(r"\{([^{}]{2,})\}", lambda match: place(layout, match[1])[1], text)


# By openpyxl.


def _cells(book: Any, layout: Layout, act: Act) -> list[Any]:
    names = act["cells"] if "cells" in act else [act["cell"]]
    return [book[sheet.name][address] for sheet, address in (place(layout, name) for name in names)]


def _type(book: Any, layout: Layout, act: Act) -> None:
    """What `_type_in_xml` cannot: a number shown as a date or percent, and what is typed where nothing is stored."""
    for cell in _cells(book, layout, act):
        if "text" in act:
            cell.value, cell.data_type = act["text"], "s"
        elif "date" in act:
            cell.value, cell.number_format = date.fromisoformat(act["date"]), act.get("format", DATE)
        elif "percent" in act:
            cell.value, cell.number_format = act["percent"], PERCENT
        else:
            cell.value = act["number"]


def _format(book: Any, layout: Layout, act: Act) -> None:
    for cell in _cells(book, layout, act):
        cell.number_format = act["code"]


def _insert(book: Any, layout: Layout, act: Act) -> None:
    _reshape(book, layout, act, 1)


def _delete(book: Any, layout: Layout, act: Act) -> None:
    _reshape(book, layout, act, -1)


def _reshape(book: Any, layout: Layout, act: Act, sign: int) -> None:
    what = "row" if "row" in act else "column"
    sheet, address = place(layout, act[what])
    reshape(book[sheet.name], what, row_column(address)[what == "column"], sign)


def reshape(page: Any, what: str, at: int, sign: int) -> None:
    """A row or column put in before the place or taken out at it; merged cells move along, as office programs do."""
    boxes = [range_boundaries(str(box)) for box in page.merged_cells.ranges]
    for box in list(page.merged_cells.ranges):
        page.unmerge_cells(str(box))
    change = {(1, "row"): page.insert_rows, (1, "column"): page.insert_cols}
    change |= {(-1, "row"): page.delete_rows, (-1, "column"): page.delete_cols}
    change[sign, what](at)
    for box in boxes:
        c1, r1, c2, r2 = box
        first, last = (r1, r2) if what == "row" else (c1, c2)
        first = first + sign if first >= at + (sign < 0) else first
        last = last + sign if last >= at else last
        r1, r2, c1, c2 = (first, last, c1, c2) if what == "row" else (r1, r2, first, last)
        if (r1, c1) != (r2, c2) and r1 <= r2 and c1 <= c2:
            page.merge_cells(start_row=r1, start_column=c1, end_row=r2, end_column=c2)


def _swap_rows(book: Any, layout: Layout, act: Act) -> None:
    (sheet, one), (_, other) = (place(layout, name) for name in act["rows"])
    swap_rows(book[sheet.name], row_column(one)[0], row_column(other)[0])


def swap_rows(page: Any, one: int, other: int) -> None:
    """The contents of two rows exchanged, as after a sort."""
    for column in range(1, page.max_column + 1):
        a, b = page.cell(one, column), page.cell(other, column)
        if not any(type(cell).__name__ == "MergedCell" for cell in (a, b)):
            a.value, b.value = b.value, a.value


def _rename_sheet(book: Any, _: Layout, act: Act) -> None:
    book[act["sheet"]].title = act["to"]


def _copy_sheet(book: Any, _: Layout, act: Act) -> None:
    book.copy_worksheet(book[act["sheet"]]).title = act["to"]


def _delete_sheet(book: Any, _: Layout, act: Act) -> None:
    del book[act["sheet"]]


def _add_sheet(book: Any, _: Layout, act: Act) -> None:
    page = book.create_sheet(act["name"], 0 if act.get("first") else None)
    page.sheet_state = act.get("state", "visible")
    for text in act.get("texts", ()):
        page.append([text])


def _move_sheet(book: Any, _: Layout, act: Act) -> None:
    book.move_sheet(act["sheet"], act["by"])


def _merge(book: Any, layout: Layout, act: Act) -> None:
    (sheet, first), (_, last) = (place(layout, name) for name in act["cells"])
    book[sheet.name].merge_cells(f"{first}:{last}")


def _unmerge(book: Any, layout: Layout, act: Act) -> None:
    sheet, address = place(layout, act["cell"])
    page = book[sheet.name]
    page.unmerge_cells(next(str(box) for box in page.merged_cells.ranges if address in box))


def _hide(book: Any, layout: Layout, act: Act) -> None:
    for name in act.get("rows", ()):
        sheet, address = place(layout, name)
        book[sheet.name].row_dimensions[row_column(address)[0]].hidden = True
    for name in act.get("columns", ()):
        sheet, address = place(layout, name)
        book[sheet.name].column_dimensions[get_column_letter(row_column(address)[1])].hidden = True


def _unprotect(book: Any, _: Layout, act: Act) -> None:
    for page in book.worksheets:
        page.protection.sheet = False
    book.security = None


def _resave(book: Any, _: Layout, act: Act) -> None:
    """Opened and saved by another program."""


def _lock(book: Any, layout: Layout, act: Act) -> None:
    for cell in _cells(book, layout, act):
        cell.protection = Protection(locked=True)


def _comment(book: Any, layout: Layout, act: Act) -> None:
    for cell in _cells(book, layout, act):
        cell.comment = Comment(act["text"], "某人")


def _stamp(book: Any, _: Layout, act: Act) -> None:
    """An entry of the hidden sheet; `property` and `name`: the other carriers, "" takes one away."""
    if "entry" in act:
        page = book[SHEET]
        row = next(r for r in range(1, page.max_row + 1) if page.cell(r, 1).value == act["entry"])
        page.cell(row, act.get("column", 2)).value = act["text"]
    if act.get("sheet") == "":
        del book[SHEET]
    if "property" in act:
        del book.custom_doc_props[PROPERTY]
        if act["property"]:
            add_property(book, act["property"])
    if "name" in act:
        del book.defined_names[NAME]
        if act["name"]:
            add_name(book, act["name"])


def _restamp(book: Any, layout: Layout, act: Act) -> None:
    """The same change on all three carriers: a word of the one line (`digest`: the layout's), and of
    the hidden sheet's cells."""
    line = book.custom_doc_props[PROPERTY].value
    words, old = line.split(";"), layout.digest if act["from"] == "digest" else act["from"]
    changed = ";".join(act["to"] if word == old else word for word in words)
    assert changed != line, f"{old} is not in {line}"
    for row in book[SHEET].iter_rows():
        for cell in row:
            if cell.value == old:
                cell.value = act["to"]
    del book.custom_doc_props[PROPERTY]
    del book.defined_names[NAME]
    add_property(book, changed)
    add_name(book, changed)


def add_property(book: Any, line: str) -> None:
    from openpyxl.packaging.custom import StringProperty

    book.custom_doc_props.append(StringProperty(name=PROPERTY, value=line))


def add_name(book: Any, line: str) -> None:
    from openpyxl.workbook.defined_name import DefinedName

    book.defined_names[NAME] = DefinedName(NAME, attr_text=f'"{line}"')


# In the XML.


def _type_in_xml(data: bytes, layout: Layout, act: Act) -> bytes:
    """One of number, text, bool, error, formula."""
    if "text" in act:
        inside = f'<c r="{{r}}" s="{{s}}" t="inlineStr"><is><t xml:space="preserve">{escape(act["text"])}</t></is></c>'
    elif "formula" in act:
        inside = f'<c r="{{r}}" s="{{s}}"><f>{escape(_addressed(act["formula"], layout))}</f></c>'
    elif "bool" in act:
        inside = f'<c r="{{r}}" s="{{s}}" t="b"><v>{int(act["bool"])}</v></c>'
    elif "error" in act:
        inside = f'<c r="{{r}}" s="{{s}}" t="e"><v>{act["error"]}</v></c>'
    else:
        inside = f'<c r="{{r}}" s="{{s}}"><v>{act["number"]!r}</v></c>'
    return _put(data, [place(layout, act["cell"])], inside, calculated=False)


def _blank(data: bytes, layout: Layout, act: Act) -> bytes:
    names = act["cells"] if "cells" in act else [act["cell"]]
    return _put(data, [place(layout, name) for name in names], '<c r="{r}" s="{s}"/>', calculated=False)


def _blank_table(data: bytes, layout: Layout, act: Act) -> bytes:
    """Every input of a table emptied."""
    names = [item.id for item in layout.form.inputs if item.table.id == act["table"]]
    return _blank(data, layout, {"cells": names})


def _store(data: bytes, layout: Layout, act: Act) -> bytes:
    """A cell as it is stored: type `t`, value `v`, formula `f`, or the whole `xml`, in which {r} and {s} stand for
    its own address and style, {item} for that of another. The stored results of totals stay as they were."""
    inside = f"<f>{escape(_addressed(act['f'], layout))}</f>" if "f" in act else ""
    inside += f"<v>{escape(act['v'])}</v>" if "v" in act else ""
    kind = f' t="{act["t"]}"' if "t" in act else ""
    default = f'<c r="{{r}}" s="{{s}}"{kind}>{inside}</c>'
    return _put(data, [place(layout, act["cell"])], _addressed(act.get("xml", default), layout), calculated=True)


_RESULT = re.compile(r"(</f>|<f [^>]*/>)<v>[^<]*</v>")


def _put(data: bytes, places: list[tuple[Sheet, str]], new: str, *, calculated: bool) -> bytes:
    """Other XML for cells that are stored; not `calculated`: the sheet's formulas lose their stored results."""
    parts = parts_of(data)
    for sheet, address in places:
        part = part_of_sheet(parts, sheet.name)
        text = parts[part].decode()
        match = re.search(rf'<c r="{address}"([^>]*?)(?:/>|>.*?</c>)', text, re.DOTALL)
        assert match is not None, f"{sheet.name} {address} is not stored"
        style = re.search(r's="(\d+)"', match[1])
        cell = new.replace("{r}", address).replace("{s}", style[1] if style else "0")
        before, after = text[: match.start()], text[match.end() :]
        if not calculated:
            before, after = _RESULT.sub(r"\1", before), _RESULT.sub(r"\1", after)
        parts[part] = f"{before}{cell}{after}".encode()
    return pack(parts)


def _replace(data: bytes, layout: Layout, act: Act) -> bytes:
    """A piece of the text of a sheet's part, or of a `part`, replaced by another."""
    parts = parts_of(data)
    part = act["part"] if "part" in act else part_of_sheet(parts, act["sheet"])
    text = parts[part].decode()
    assert act["old"] in text, f"{act['old']} is not in {part}"
    parts[part] = text.replace(act["old"], act["new"], act.get("count", 1)).encode()
    return pack(parts)


def _add_part(data: bytes, layout: Layout, act: Act) -> bytes:
    """A further member; `type` its content type; `twice`: two members of that name."""
    parts = parts_of(data)
    content = act.get("content", "").encode()
    if "type" in act:
        types = parts["[Content_Types].xml"].decode()
        row = f'<Override PartName="/{act["part"]}" ContentType="{act["type"]}"/></Types>'
        parts["[Content_Types].xml"] = types.replace("</Types>", row).encode()
    members = [Entry(name.encode(), inside) for name, inside in parts.items()]
    return raw_zip([*members, *[Entry(act["part"].encode(), content)] * (2 if act.get("twice") else 1)])


def _strict(data: bytes, layout: Layout, act: Act) -> bytes:
    """Saved as Strict Open XML: the same content under the names of the ISO standard."""
    parts = parts_of(data)
    for name in parts:
        if name.endswith((".xml", ".rels")):
            text = parts[name].decode().replace(f'"{MAIN}"', f'"{STRICT}"')
            parts[name] = text.replace(f'"{RELATIONS}', f'"{STRICT_RELATIONS}').encode()
    return pack(parts)


_BY_OPENPYXL: dict[str, Callable[[Any, Layout, Act], None]] = {
    "type": _type,
    "format": _format,
    "insert": _insert,
    "delete": _delete,
    "swap_rows": _swap_rows,
    "rename_sheet": _rename_sheet,
    "copy_sheet": _copy_sheet,
    "delete_sheet": _delete_sheet,
    "add_sheet": _add_sheet,
    "move_sheet": _move_sheet,
    "merge": _merge,
    "unmerge": _unmerge,
    "hide": _hide,
    "unprotect": _unprotect,
    "resave": _resave,
    "lock": _lock,
    "comment": _comment,
    "stamp": _stamp,
    "restamp": _restamp,
}
_BY_XML: dict[str, Callable[[bytes, Layout, Act], bytes]] = {
    "type": _type_in_xml,
    "blank": _blank,
    "blank_table": _blank_table,
    "store": _store,
    "replace": _replace,
    "add_part": _add_part,
    "strict": _strict,
}
_ALLOWED: dict[str, tuple[str, ...]] = {
    "type": ("cell", "number", "text", "bool", "error", "formula", "date", "format", "percent"),
    "blank": ("cell", "cells"),
    "blank_table": ("table",),
    "format": ("cell", "cells", "code"),
    "insert": ("row", "column"),
    "delete": ("row", "column"),
    "swap_rows": ("rows",),
    "rename_sheet": ("sheet", "to"),
    "copy_sheet": ("sheet", "to"),
    "delete_sheet": ("sheet",),
    "add_sheet": ("name", "state", "texts", "first"),
    "move_sheet": ("sheet", "by"),
    "merge": ("cells",),
    "unmerge": ("cell",),
    "hide": ("rows", "columns"),
    "unprotect": (),
    "resave": (),
    "lock": ("cell", "cells"),
    "comment": ("cell", "cells", "text"),
    "stamp": ("entry", "column", "text", "sheet", "property", "name"),
    "restamp": ("from", "to"),
    "store": ("cell", "t", "v", "f", "xml"),
    "replace": ("sheet", "part", "old", "new", "count"),
    "add_part": ("part", "type", "content", "twice"),
    "strict": (),
}
