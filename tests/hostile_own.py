"""Our workbooks made into bombs, attacks on XML and zip, carriers of active content."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import ooxml
from acts import parts_of
from desk import Figure, form_of
from hostile_base import (
    FIGURES,
    MB,
    UNITS,
    YEAR,
    Made,
    Parts,
    before,
    edit,
    entries,
    figures,
    of_units,
    own,
    own_parts,
    pack,
    swap,
    with_parts,
)
from ooxml import Entry, book, changed, raw_zip, row, worksheet
from test_filekind import ole
from test_package import SHEETS, WHOLE_SHEETS

from xls_report.layout import Kind
from xls_report.package.refusal import MAX_FILE, MAX_ROWS, MAX_TEXT
from xls_report.plan import compile_layout
from xls_report.submission import Cover, Submission, Unit
from xls_report.writer import write

# Size.


def _deflated(pattern: bytes, size: int) -> tuple[bytes, int]:
    """A deflate stream of the pattern over and over, made piecewise, and its CRC."""
    packer, crc, piece = zlib.compressobj(1, zlib.DEFLATED, -15), 0, pattern * (MB // len(pattern))
    packed = []
    for _ in range(size // len(piece)):
        packed.append(packer.compress(piece))
        crc = zlib.crc32(piece, crc)
    return b"".join([*packed, packer.flush()]), crc


def _bomb(part: str, pattern: bytes, size: int, said: int | None = None) -> Callable[[int], bytes]:
    """A part that unpacks to many megabytes, whatever size it claims to have."""

    def make(number: int) -> bytes:
        packed, crc = _deflated(pattern, size)
        true = size // (MB // len(pattern) * len(pattern)) * (MB // len(pattern) * len(pattern))
        members = changed(entries(own_parts(number)), part, packed=packed, crc=crc, size=true if said is None else said)
        return raw_zip(members)

    return make


def _nested(depth: int) -> bytes:
    data = b"0" * MB
    for level in range(depth):
        data = pack({f"{level}-{copy}.zip": data for copy in range(10)})
    return data


def _one_place(number: int) -> bytes:
    """2,000 entries of the directory for one member."""
    inner = Entry(b"xl/big.bin", bytes(10 * MB), crc=zlib.crc32(bytes(10 * MB)))
    return raw_zip([inner, *[replace(inner, name=b"xl/%d.bin" % n, packed=b"", at=0) for n in range(2_000)]])


def sizes() -> Made:
    sheet, strings, styles = FIGURES, ooxml.STRINGS, ooxml.STYLES
    cell, item = b'<c r="A1"><v>1</v></c>', b"<si><t>1</t></si>"
    cases: list[tuple[str, Callable[[int], bytes]]] = [
        (
            "cell at the end",
            edit(sheet, before("</sheetData>", row('<c r="XFD1048576"><v>1</v></c>', number=1048576))),
        ),
        (
            "cell far outside",
            edit(sheet, before("</sheetData>", row('<c r="ZZZ9999999"><v>1</v></c>', number=9999999))),
        ),
        ("row beyond 2 32", edit(sheet, before("</sheetData>", row('<c r="B4294967297"/>', number=4294967297)))),
        ("200 MB of cells", _bomb(sheet, cell, 200 * MB)),
        ("200 MB of strings", _bomb(strings, item, 200 * MB)),
        ("200 MB in one string", _bomb(strings, b"x", 200 * MB)),
        ("200 MB of blanks", _bomb(sheet, b" ", 200 * MB)),
        ("200 MB, 1 KB said", _bomb(sheet, b"\0", 200 * MB, 1024)),
        ("20 MB, 15 MB said", _bomb(sheet, b" ", 20 * MB, 15 * MB)),
        ("4 GB said", _bomb(sheet, b" ", MB, 0xFFFFFFF0)),
        ("45 MB in 3 and 4 MB in others", _sum_of_parts),
        ("all rows", edit(sheet, before("</sheetData>", "".join(f'<row r="{n}"/>' for n in range(50, 60_000))))),
        ("nameless rows", edit(sheet, before("</sheetData>", "<row/>" * 200_000))),
        ("250,001 cells", edit(sheet, before("</sheetData>", _grid(250_001)))),
        (
            "names",
            edit(ooxml.WORKBOOK, before("</definedNames>", _times('<definedName name="n{}">1</definedName>', 99_999))),
        ),
        ("cell formats", edit(styles, before("</cellXfs>", "<xf/>" * 200_000))),
        (
            "number formats",
            edit(styles, before("<cellXfs", _times('<numFmts><numFmt numFmtId="{}"/></numFmts>', 30_000))),
        ),
        ("merges", edit(sheet, before("</mergeCells>", '<mergeCell ref="AA1:AB2"/>' * 100_000))),
        (
            "formats by condition",
            edit(sheet, before("<pageMargins", "<conditionalFormatting><cfRule/></conditionalFormatting>" * 17_000)),
        ),
        (
            "validations",
            edit(sheet, before("<pageMargins", f"<dataValidations>{'<dataValidation/>' * 50_000}</dataValidations>")),
        ),
        ("links", edit(sheet, before("<pageMargins", f"<hyperlinks>{'<hyperlink/>' * 50_000}</hyperlinks>"))),
        (
            "10,000 sheets",
            edit(ooxml.WORKBOOK, before("</sheets>", _times('<sheet name="s{}" sheetId="1" r:id="rId1"/>', 10_000))),
        ),
        (
            "overrides",
            edit(ooxml.CONTENT_TYPES, before("</Types>", '<Override PartName="/x" ContentType="y"/>' * 50_000)),
        ),
        (
            "relations",
            edit(
                ooxml.WORKBOOK_RELS,
                before("</Relationships>", _times('<Relationship Id="x{}" Type="t" Target="a"/>', 20_000)),
            ),
        ),
        (
            "30,000 members",
            lambda n: raw_zip([*entries(own_parts(n)), *(Entry(b"%d" % k, b"") for k in range(30_000))]),
        ),
        ("one place for 2,000", _one_place),
        ("deep", edit(sheet, before("<pageMargins", "<a>" * 200_000 + "</a>" * 200_000))),
        ("deep in a string", edit(strings, before("</si>", "<a>" * 100_000 + "</a>" * 100_000))),
        ("deep in the workbook", edit(ooxml.WORKBOOK, before("<sheets>", "<a>" * 100_000 + "</a>" * 100_000))),
        (
            "attributes",
            edit(sheet, lambda t: t.replace("<sheetData>", _times('a{}="1" ', 100_000).join(("<sheetData ", ">")), 1)),
        ),
        ("attributes of a cell", edit(sheet, lambda t: t.replace("<c ", "<c " + _times('a{}="1" ', 100_000), 1))),
        ("40 million letters", _bomb(strings, b"a", 40 * MB)),
        ("32,768 letters in a figure", edit(sheet, lambda t: t.replace("<v>", f"<v>{'1' * MAX_TEXT}", 1))),
        ("600,001 elements", edit(sheet, before("<pageMargins", "<a/>" * 600_001))),
        (
            "picture of 10 MB",
            lambda n: raw_zip([*entries(own_parts(n)), Entry(b"xl/media/a.png", bytes(MAX_FILE), method=0)]),
        ),
    ]
    yield from of_units(cases)
    yield "zip in zip, five deep", _nested(5)


def _sum_of_parts(number: int) -> bytes:
    """Each part within its limit, all of them not."""
    packed, crc = _deflated(b" ", 15 * MB)
    more = [Entry(b"xl/worksheets/x%d.xml" % n, b"", packed=packed, size=15 * MB, crc=crc) for n in range(4)]
    return raw_zip([*entries(own_parts(number)), *more])


def _times(pattern: str, number: int) -> str:
    return "".join(pattern.replace("{}", str(n)) for n in range(number))


def _grid(number: int, first: int = 60) -> str:
    full, rest = divmod(number, 256)
    rows = [row("<c/>" * 256, number=first + n) for n in range(full)]
    return "".join([*rows, row("<c/>" * rest, number=first + full)])


# At the limits: read, and slow if anything is.


def limits() -> Made:
    sheet, strings = FIGURES, ooxml.STRINGS
    whole = "A1:XFD1048576"
    ranges = " ".join([whole] * 90_000)
    long = "长" * MAX_TEXT
    cases: list[tuple[str, Callable[[int], bytes]]] = [
        ("merge over all", edit(sheet, before("</mergeCells>", f'<mergeCell ref="{whole}"/>'))),
        (
            "link over all",
            edit(sheet, before("<pageMargins", f'<hyperlinks><hyperlink ref="{whole}"/></hyperlinks>')),
        ),
        (
            "count of strings said",
            edit(strings, lambda t: re.sub(r'uniqueCount="\d+"', 'uniqueCount="4294967295"', t)),
        ),
        (
            "a validation of many ranges",
            edit(
                sheet, before("<pageMargins", f'<dataValidations><dataValidation sqref="{ranges}"/></dataValidations>')
            ),
        ),
        (
            "namespaces",
            edit(sheet, lambda t: t.replace("<worksheet ", "<worksheet " + _times('xmlns:n{}="u" ', 50_000), 1)),
        ),
        ("16,000 merges", edit(sheet, before("</mergeCells>", '<mergeCell ref="AA1:AB2"/>' * 15_000))),
        ("16,000 merges of all", edit(sheet, before("</mergeCells>", f'<mergeCell ref="{whole}"/>' * 15_000))),
        ("590,000 elements", edit(sheet, before("<pageMargins", "<a/>" * 590_000))),
        ("240,000 cells", edit(sheet, before("</sheetData>", _grid(240_000)))),
        ("49,000 strings", edit(strings, before("</sst>", _times("<si><t>{}</t></si>", 49_000)))),
        ("400 long strings", edit(strings, before("</sst>", f"<si><t>{'_x005F_' * 4_000}</t></si>" * 400))),
        (
            "labels of 32,767 letters",
            edit(strings, lambda t: re.sub(r"(<t[^>]*>)[^<]*<", lambda m: f"{m[1]}{long}<", t)),
        ),
        *((f"labels of 32,767 letters, {n}", edit(strings, _lengthened(n))) for n in range(6)),
        ("formulas of 8,192 letters", edit(sheet, lambda t: re.sub(r"<f>[^<]*</f>", f"<f>{'(' * 8_192}</f>", t))),
        ("formulas of quotes", edit(sheet, lambda t: re.sub(r"<f>[^<]*</f>", _QUOTES, t))),
        ("array over all", edit(sheet, lambda t: t.replace("<f>", f'<f t="array" ref="{whole}">', 1))),
        ("arrays over all", edit(sheet, lambda t: t.replace("<f>", f'<f t="array" ref="{whole}">'))),
        ("shared formulas that multiply", edit(sheet, lambda t: re.sub(r"<f>[^<]*</f>", _shared(), t))),
        ("arrays over all of 30 sheets", beside(row(f'<c r="A1"><f t="array" ref="{whole}">1</f></c>'), 30)),
        ("shared formulas of 6 sheets", beside(sharing(), 6)),
        ("whole texts of 32,767 letters", edit("xl/worksheets/sheet7.xml", _filled_cells)),
        *((f"figures {name}", edit(sheet, _figures(text))) for name, text in _LONG.items()),
    ]
    yield from of_units(cases)
    for units in (20_000, 19_900, 10_000, 4_000, 1_158, 1_157, 300):
        yield f"summary of {units} units", summary(units)
    yield "summary of long texts", summary_of_texts(60)
    yield "summary in a tree", summary(900, deep=True)


_LONG = {
    "of digits": "1" * MAX_TEXT,
    "of groups": "1" + ",111" * 8_191,
    "of commas": "1" + "," * (MAX_TEXT - 1),
    "of numerals": "一" * MAX_TEXT,
    "of blanks": " " * MAX_TEXT,
    "of signs": "-" * MAX_TEXT,
    "of ten thousands": "1" + "万" * (MAX_TEXT - 1),
    "of nothing": "无没" * 16_000,
    "of points": "1." * 16_000,
    "of brackets": "(" * MAX_TEXT,
}


def _figures(text: str) -> Callable[[str], str]:
    """Every figure the same long text."""
    return lambda whole: re.sub(
        r'<c r="(\w+)" s="(\d+)"><v>[^<]*</v></c>', rf'<c r="\1" s="\2" t="str"><v>{text}</v></c>', whole
    )


_QUOTES = "<f>" + "'" * 8_191 + "!</f>"


def _lengthened(number: int) -> Callable[[str], str]:
    """Every text of a length that no cache should keep, in each file another one."""
    return lambda text: re.sub(r"(<t[^>]*>)[^<]*<", lambda m: f"{m[1]}{number}{m.start():06}{'长' * 32_000}<", text)


def _shared() -> Callable[[re.Match[str]], str]:
    seen = iter(range(10**6))
    return lambda _: (
        '<f t="shared" si="0"/>' if next(seen) else f'<f t="shared" ref="A1:J40" si="0">{"A1+" * 2_700}1</f>'
    )


def _filled_cells(text: str) -> str:
    long = f"<is><t>{'长' * MAX_TEXT}</t></is>"
    return re.sub(r'<c r="(\w+)" s="(\d+)"/>', rf'<c r="\1" s="\2" t="inlineStr">{long}</c>', text, count=100)


def beside(rows: str, sheets: int) -> Callable[[int], bytes]:
    """As many further sheets as may be, all of these rows: they are read, for one of them may be a table of ours."""
    numbers = range(11, 11 + sheets)

    def make(number: int) -> bytes:
        parts = own_parts(number)
        parts |= {f"xl/worksheets/sheet{n}.xml": worksheet(rows).encode() for n in numbers}
        listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="x{n}"/>' for n in numbers)
        found = "".join(
            f'<Relationship Id="x{n}" Type="{ooxml.RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        parts[ooxml.WORKBOOK] = parts[ooxml.WORKBOOK].replace(b"</sheets>", f"{listed}</sheets>".encode())
        rels = parts[ooxml.WORKBOOK_RELS].replace(b"</Relationships>", f"{found}</Relationships>".encode())
        return pack(parts | {ooxml.WORKBOOK_RELS: rels})

    return make


def sharing() -> str:
    """Rows whose cells share one long formula."""
    child = '<c><f t="shared" si="0"/></c>'
    first = row(f'<c r="A1"><f t="shared" ref="A1:IV9" si="0">{"A1+" * 2_700}1</f></c>')
    return first + "".join(row(child * 250, number=n) for n in range(2, 4))


def summary(units: int, *, deep: bool = False) -> bytes:
    """The hidden sheet of a summary of as many units as rows allow, and nothing else."""
    form = form_of(YEAR)
    facts = {
        "form": form.id,
        "layout": "0" * 16,
        "year": str(YEAR),
        "code": "001",
        "name": UNITS["001"],
        "kind": "working",
    }
    lines = [("x",), *facts.items()]
    lines += [
        ("cover", str(n % 9 if deep else 0), f"u{n}", "某单位", "") for n in range(min(units, MAX_ROWS - len(lines)))
    ]
    rows = [
        row(
            *(
                f'<c r="{column}{n}" t="inlineStr"><is><t>{text}</t></is></c>'
                for column, text in zip("ABCDE", line, strict=False)
            ),
            number=n,
        )
        for n, line in enumerate(lines, 1)
    ]
    parts = book("".join(rows))
    parts[ooxml.WORKBOOK] = ooxml.workbook('<sheet name="表样标识" sheetId="1" r:id="rId1"/>').encode()
    return pack(parts)


def summary_of_texts(units: int) -> bytes:
    """A whole summary, in which one text of 32,767 letters stands for each of some ten thousand figures."""
    form = form_of(YEAR)
    values: dict[str, Figure | None] = dict(figures("001"))
    covers = tuple(Cover(Unit(f"u{n:03}", f"第{n}村"), values=values) for n in range(units))
    submission = Submission(form, YEAR, Unit("001", UNITS["001"]), values, covers=covers)
    parts = parts_of(write(compile_layout(form, Kind.WORKING, units), submission))
    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        text = re.sub(
            r'<c r="(\w+)" s="(\d+)"><v>[^<]*</v></c>', r'<c r="\1" s="\2" t="s"><v>0</v></c>', parts[name].decode()
        )
        parts[name] = text.encode()
    strings = re.sub(r"<si>.*?</si>", f"<si><t>{'一' * MAX_TEXT}</t></si>", parts[ooxml.STRINGS].decode(), count=1)
    return pack({**parts, ooxml.STRINGS: strings.encode()})


# XML.

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(10))
ATTACKS = {
    "laughs": f"<!DOCTYPE x [{_LAUGHS}]>",
    "external entity": '<!DOCTYPE x [<!ENTITY n SYSTEM "file:///etc/passwd">]>',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
    "external definition": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "quadratic": f'<!DOCTYPE x [<!ENTITY n "{"1" * 50_000}">]>',
    "small entity": '<!DOCTYPE x [<!ENTITY n "2">]>',
}
_XML_PARTS = (FIGURES, ooxml.STRINGS, ooxml.WORKBOOK, ooxml.STYLES, ooxml.WORKBOOK_RELS, ooxml.CONTENT_TYPES)


def _attacked(part: str, attack: str, encoding: str) -> Callable[[int], bytes]:
    uses = {"laughs": "&l9;", "external entity": "&n;", "quadratic": "&n;" * 1_000, "small entity": "&n;"}

    def make(number: int) -> bytes:
        parts = own_parts(number)
        text = re.sub(r"^<\?xml[^>]*\?>\s*", "", parts[part].decode())
        if part in (FIGURES, ooxml.STRINGS):
            mark = "</v>" if part == FIGURES else "</t>"
            text = text.replace(mark, uses.get(attack, "") + mark, 1)
        whole = f'<?xml version="1.0" encoding="{encoding}"?>{ATTACKS[attack]}{text}'
        return pack({**parts, part: whole.encode("utf-16" if encoding == "UTF-16" else "utf-8")})

    return make


def xml() -> Made:
    cases = [
        (f"{attack} {part.rpartition('/')[2]} {encoding}", _attacked(part, attack, encoding))
        for part in _XML_PARTS
        for attack in ATTACKS
        for encoding in ("UTF-8", "UTF-16")
    ]
    for encoding in ("bogus", "cp037", "utf-7", "utf-32", "GBK", "zlib_codec", "rot13", "UTF-8\0"):
        cases.append((f"encoding {encoding}", edit(FIGURES, lambda t, e=encoding: t.replace("UTF-8", e, 1))))  # type: ignore[misc]
    cases += [
        ("entity not declared", edit(FIGURES, lambda t: t.replace("</v>", "&n;</v>", 1))),
        ("part in UTF-16 with a lie", _encoded("utf-16-le")),
        ("part of two documents", edit(FIGURES, lambda t: t + "<worksheet/>")),
        ("something behind", edit(FIGURES, lambda t: t + "x")),
        ("something before", edit(FIGURES, lambda t: "x" + t)),
        ("a NUL", edit(FIGURES, lambda t: t.replace("<v>", "<v>\0", 1))),
        ("half a letter", _bytes_edit(FIGURES, b"<v>", b"<v>\xe4\xb8")),
        ("half a pair", _bytes_edit(FIGURES, b"<v>", b"<v>\xed\xa0\x80")),
        ("overlong", _bytes_edit(FIGURES, b"<v>", b"<v>\xc0\xb1")),
    ]
    return of_units(cases)


def _encoded(encoding: str) -> Callable[[int], bytes]:
    def make(number: int) -> bytes:
        parts = own_parts(number)
        return pack({**parts, FIGURES: parts[FIGURES].decode().encode(encoding)})

    return make


def _bytes_edit(part: str, old: bytes, new: bytes) -> Callable[[int], bytes]:
    def make(number: int) -> bytes:
        parts = own_parts(number)
        assert old in parts[part]
        return pack({**parts, part: parts[part].replace(old, new, 1)})

    return make


# The container.


_BAD_NAMES = (b"../../etc/passwd", b"/abs", b"C:/a", b"a\\b", b"a\0b", b"..", b"a/./b")
_SERVER = 'http://127.0.0.1:9/" TargetMode="External"'


def own_zip() -> Made:
    def members(change: Callable[[list[Entry]], list[Entry]]) -> Callable[[int], bytes]:
        return lambda number: raw_zip(change(entries(own_parts(number))))

    def field(**changes: Any) -> Callable[[int], bytes]:
        return members(lambda found: changed(found, FIGURES, **changes))

    def more(*extra: Entry) -> Callable[[int], bytes]:
        return members(lambda found: [*found, *extra])

    other = Entry(FIGURES.encode(), worksheet(row('<c r="D6"><v>999999</v></c>', number=6)).encode())
    cases: list[tuple[str, Callable[[int], bytes]]] = [
        ("sheet twice", more(other)),
        ("sheet twice, first wrong", members(lambda found: [other, *found])),
        ("sheet twice but for case", more(replace(other, name=FIGURES.upper().encode()))),
        ("sheet twice but for escapes", more(replace(other, name=FIGURES.replace("s", "%73", 1).encode()))),
        ("wrong CRC", field(crc=1)),
        ("bad deflate", field(packed=b"\xff" * 99)),
        ("method 99", field(method=99)),
        ("encrypted", field(flags=0x801)),
        ("encrypted by its header", field(local_flags=0x801)),
        ("another name in the header", field(local_name=b"xl/worksheets/sheet9.xml")),
        ("another size in the header", field(local_size=7)),
        ("size one too small", members(_off_by(-1))),
        ("size one too large", members(_off_by(1))),
        ("web page before", lambda number: b"<html><body><table>" + own(number)),
        ("program before", lambda number: b"MZ" + bytes(510) + own(number)),
        ("PDF before", lambda number: b"%PDF-1.7\n" + own(number)),
        ("another workbook before", lambda number: own(number + 1) + own(number)),
        ("another workbook in a comment", lambda n: raw_zip(entries(own_parts(n)), comment=own(n + 1)[:65_000])),
        ("another workbook between", lambda n: raw_zip(changed(entries(own_parts(n)), FIGURES, gap=own(n + 1)))),
        ("name of bad UTF-8", more(Entry(b"\xff\xfe", b"x"))),
        *((f"name {name!r}", more(Entry(name, b"x"))) for name in _BAD_NAMES),
        ("sheet outside", edit(ooxml.WORKBOOK_RELS, lambda t: t.replace("worksheets/sheet3.xml", "../../etc/passwd"))),
        ("sheet on a server", swap(ooxml.WORKBOOK_RELS, 'worksheets/sheet3.xml"', _SERVER)),
        ("two sheets of one name", edit(ooxml.WORKBOOK, lambda t: t.replace("表四 复议诉讼", "表三 申请办理", 1))),
        ("two sheets on one part", edit(ooxml.WORKBOOK, lambda t: t.replace('r:id="rId4"', 'r:id="rId3"'))),
        ("a cell twice", edit(FIGURES, lambda t: re.sub(r"(<c [^>]*><v>\d+</v></c>)", r"\1\1", t, count=1))),
        ("two values", edit(FIGURES, lambda t: re.sub(r"(<v>\d+</v>)", r"\1<v>9</v>", t, count=1))),
    ]
    return of_units(cases)


def _off_by(number: int) -> Callable[[list[Entry]], list[Entry]]:
    return lambda found: [
        replace(entry, size=len(entry.content) + number) if entry.name == FIGURES.encode() else entry for entry in found
    ]


# Active content.


def active() -> Made:
    office, macro = "application/vnd.ms-office.", "application/vnd.ms-excel."
    relation, microsoft = f"{ooxml.RELATIONS}/", "http://schemas.microsoft.com/office/2006/relationships/"

    def part(name: str, kind: str = "", related: str = "", content: bytes = b"<a/>") -> Callable[[int], bytes]:
        def make(number: int) -> bytes:
            parts = own_parts(number)
            parts[name] = content
            if kind:
                override = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
                parts[ooxml.CONTENT_TYPES] = parts[ooxml.CONTENT_TYPES].replace(b"</Types>", override.encode())
            if related:
                entry = f'<Relationship Id="rIdX" Type="{related}" Target="/{name}"/></Relationships>'
                related_parts = parts[ooxml.WORKBOOK_RELS].replace(b"</Relationships>", entry.encode())
                parts[ooxml.WORKBOOK_RELS] = related_parts
            return pack(parts)

        return make

    def link(inside: str) -> bytes:
        return f'<externalLink xmlns="{ooxml.MAIN}">{inside}</externalLink>'.encode()

    dde = link('<ddeLink ddeService="cmd" ddeTopic="/c calc"><ddeItems/></ddeLink>')
    ole_link, external = link("<oleLink/>"), f"{ooxml.SPREADSHEET}externalLink+xml"
    kinds, types = ("sheet", "template", "addin"), ooxml.CONTENT_TYPES
    rels, main = ooxml.WORKBOOK_RELS, ooxml.SPREADSHEET
    cases: list[tuple[str, Callable[[int], bytes]]] = [
        *((f"macro {kind}", swap(types, ooxml.MAIN_TYPE, f"{macro}{kind}.macroEnabled.main+xml")) for kind in kinds),
        ("VBA", part("xl/vbaProject.bin", f"{office}vbaProject", f"{microsoft}vbaProject", ole("VBA"))),
        ("VBA by name alone", part("xl/vbaProject.bin")),
        ("VBA by type alone", part("xl/theme/a.xml", f"{office}vbaProject")),
        ("VBA by relation alone", part("xl/a.bin", "", f"{microsoft}vbaProject")),
        ("VBA in other letters", part("XL/VBAPROJECT.BIN")),
        ("macro sheet", part("xl/macrosheets/sheet1.xml", f"{macro}macrosheet+xml", f"{microsoft}xlMacrosheet")),
        ("macro sheet by type", part("xl/worksheets/m.xml", f"{macro}intlmacrosheet+xml")),
        ("our sheet as a macro sheet", swap(rels, f"{relation}worksheet", f"{microsoft}xlMacrosheet")),
        ("our sheet as a dialog", swap(rels, f"{relation}worksheet", f"{relation}dialogsheet")),
        ("DDE", part("xl/externalLinks/externalLink1.xml", external, f"{relation}externalLink", dde)),
        ("DDE without a relation", part("xl/externalLinks/externalLink1.xml", external, "", dde)),
        ("DDE without a type", part("xl/links/a.xml", "", f"{relation}externalLink", dde)),
        ("OLE link", part("xl/externalLinks/externalLink1.xml", external, f"{relation}externalLink", ole_link)),
        ("OLE object", part("xl/embeddings/oleObject1.bin", "", f"{relation}oleObject", ole("\x01Ole10Native"))),
        ("OLE object elsewhere", part("xl/a.bin", "application/vnd.openxmlformats-officedocument.oleObject")),
        ("embedded workbook", part("xl/embeddings/a.xlsx", "", f"{relation}package", b"PK")),
        ("ActiveX", part("xl/activeX/activeX1.xml", f"{office}activeX+xml", f"{relation}control")),
        ("ActiveX binary", part("xl/a.bin", f"{office}activeX", f"{microsoft}activeXControlBinary")),
        ("ribbon", part("customUI/customUI14.xml", "", f"{microsoft}ui/extensibility")),
        ("ribbon by relation", part("xl/a.xml", "", f"{microsoft}ui/userCustomization")),
        ("toolbars", part("xl/attachedToolbars.bin", "", f"{microsoft}attachedToolbars")),
        ("connections", part("xl/connections.xml", f"{main}connections+xml", f"{relation}connections")),
        ("query table", part("xl/queryTables/queryTable1.xml", f"{main}queryTable+xml", f"{relation}queryTable")),
        ("live data", part("xl/volatile.xml", f"{main}volatileDependencies+xml", f"{relation}volatileDependencies")),
    ]
    return of_units(cases)


def changed_parts(change: Callable[[Parts], Parts]) -> Callable[[int], bytes]:
    return lambda number: pack(change(own_parts(number)))


def bad_rows() -> Iterator[tuple[str, Callable[[int], bytes]]]:
    """The sheet of figures with rows that are refused, behind its own and in the place of them."""
    for case, (code, data) in SHEETS.items():
        if code:
            yield case, with_parts(**{FIGURES.replace("/", "__").replace(".", "_"): worksheet(data).encode()})


def bad_sheets() -> Iterator[tuple[str, Callable[[int], bytes]]]:
    for case, (code, sheet) in WHOLE_SHEETS.items():
        if code:
            yield case, with_parts(**{FIGURES.replace("/", "__").replace(".", "_"): sheet.encode()})
