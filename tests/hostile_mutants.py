"""Our workbooks damaged: cut, bytes lost, parts missing, cells and tokens otherwise."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from xml.sax.saxutils import escape

import ooxml
from acts import parts_of, perform
from desk import form_of
from hostile_base import FIGURES, STRANGER, UNITS, YEAR, Made, figures, of_units, original, own, own_parts, pack

from xls_report.plan import compile_layout

# Damage and mutation.


def damaged() -> Made:
    chance = random.Random("damaged")
    whole = own(0)
    points = sorted({*range(1, 60, 7), *(chance.randrange(60, len(whole) - 1) for _ in range(40)), len(whole) - 1})
    for point in points:
        yield f"cut at {point}", whole[:point]
    for size in (1, 511, 512, 4096, 36_597, 200_001):
        yield f"zeros {size}", bytes(size)
    cases: list[tuple[str, Callable[[int], bytes]]] = []
    for _ in range(25):
        cases.append(("bytes turned", _turned(chance.getrandbits(64), 1 + chance.randrange(40))))
        cases.append(("block of zeros", _zeroed(chance.getrandbits(64))))
        cases.append(("bytes lost", _lost(chance.getrandbits(64))))
    yield from of_units(cases)


def _turned(seed: int, number: int) -> Callable[[int], bytes]:
    """Bits turned where it matters: in packed data, in headers; never in dates or the like alone."""

    def make(of: int) -> bytes:
        chance, data = random.Random(seed), bytearray(own(of))
        start = data.index(b"PK\1\2")
        for _ in range(number):
            data[chance.randrange(40, start)] ^= 1 << chance.randrange(8)
        data[data.index(FIGURES.encode()) + 60] ^= 255  # packed data of the sheet of figures, in any case
        return bytes(data)

    return make


def _zeroed(seed: int) -> Callable[[int], bytes]:
    def make(of: int) -> bytes:
        chance, data = random.Random(seed), bytearray(own(of))
        start = data.index(FIGURES.encode()) + len(FIGURES) + chance.randrange(3_000)
        data[start : start + 512] = bytes(512)
        return bytes(data)

    return make


def _lost(seed: int) -> Callable[[int], bytes]:
    def make(of: int) -> bytes:
        chance, data = random.Random(seed), bytearray(own(of))
        start = chance.randrange(len(data) - 100)
        del data[start : start + 1 + chance.randrange(99)]
        return bytes(data)

    return make


def members() -> Made:
    names = list(own_parts(0))

    def without(name: str) -> Callable[[int], bytes]:
        return lambda number: pack({key: content for key, content in own_parts(number).items() if key != name})

    def emptied(name: str, content: bytes) -> Callable[[int], bytes]:
        return lambda number: pack({**own_parts(number), name: content})

    def exchanged(one: str, other: str) -> Callable[[int], bytes]:
        def make(number: int) -> bytes:
            parts = own_parts(number)
            return pack({**parts, one: parts[other], other: parts[one]})

        return make

    def of_another(name: str) -> Callable[[int], bytes]:
        return lambda number: pack({**own_parts(number), name: parts_of(original(STRANGER.code))[name]})

    def resorted(seed: int) -> Callable[[int], bytes]:
        def make(number: int) -> bytes:
            parts = list(own_parts(number).items())
            random.Random(seed).shuffle(parts)
            return pack(dict(parts))

        return make

    cases: list[tuple[str, Callable[[int], bytes]]] = []
    for place, name in enumerate(names):
        cases.append((f"without {name}", without(name)))
        cases.append((f"empty {name}", emptied(name, b"")))
        cases.append((f"zeros {name}", emptied(name, bytes(500))))
        cases.append((f"exchanged {name}", exchanged(name, names[place - 1])))
    cases += [(f"of another unit {name}", of_another(name)) for name in names if "sheet" not in name]
    cases += [(f"sorted {seed}", resorted(seed)) for seed in range(5)]
    return of_units(cases)


TOKENS = (
    "NaN",
    "nan",
    "INF",
    "-inf",
    "Infinity",
    "1e400",
    "1E+9999",
    "1e-400",
    "1e",
    "1e+",
    "1_000",
    "0x10",
    "0b1",
    "٣",
    "१२",
    "１２",
    "²",
    "Ⅻ",
    "½",
    "⑫",
    "+1",
    "--1",
    "1.",
    ".5",
    "1 2",
    "1,2",
    "1.2.3",
    "1\u200b2",
    "\u202e21",
    "9" * 16,
    "9" * 40,
    "9" * 400,
    "1" + "0" * 15,
    "TRUE",
    "#REF!",
    "2025-01-01",
    "=1",
    "=cmd|'/c calc'!A0",
    "一",
    "&#1632;",
    "&#x200B;1",
    "-1",
    "0.5",
    "1e-1",
    "1:2",
    "1;2",
    "$1",
    "1%",
)
CELLS = (
    "{c}><v>{v}</v><v>{v}</v></c>",
    '{c} t="s"><v>-1</v></c>',
    '{c} t="s"><v>99999</v></c>',
    '{c} t="s"><v>1_0</v></c>',
    '{c} t="s"><v/></c>',
    '{c} t="x"><v>{v}</v></c>',
    '{c} t="b"><v>1</v></c>',
    '{c} t="b"><v>2</v></c>',
    '{c} t="e"><v>#REF!</v></c>',
    '{c} t="d"><v>2025-01-01</v></c>',
    "{c}><v>{v}<!-- --></v></c>",
    "{c}><v><![CDATA[{v}]]></v></c>",
    "{c}><v>{v}<?x y?></v></c>",
    "{c}><v>{v}<b/></v></c>",
    "{c}><is><t>{v}</t></is></c>",
    '{c} t="inlineStr"><is><t>{v}</t></is><v>9</v></c>',
    '<c r="{r}" s="-1"><v>{v}</v></c>',
    '<c r="{r}" s="x"><v>{v}</v></c>',
    '<c r="{r}" s="1" s="1"><v>{v}</v></c>',
    '<c r="{r}"/>',
    "<c/>",
    '{c}><f>WEBSERVICE("http://127.0.0.1:9/")</f><v>{v}</v></c>',
    '{c}><f>HYPERLINK("x",{v})</f><v>{v}</v></c>',
    "{c}><f>cmd|'/c calc'!A0</f><v>{v}</v></c>",
    "{c}><f>[1]Sheet1!A1</f><v>{v}</v></c>",
    "{c}><f>{v}+1</f><v>{v}</v></c>",
    "{c}><f>1/0</f><v>{v}</v></c>",
    '{c}><f>DISPIMG("x",1)</f><v>{v}</v></c>',
    '{c}><f t="shared" si="7"/><v>{v}</v></c>',
    '{c}><f t="array" ref="A1:XFD1048576">{v}</f><v>{v}</v></c>',
    '<c r="A1" s="{s}"><v>{v}</v></c>',
    '{c}><v>{v}</v></c><c r="{r}"><v>9</v></c>',
    '{c}><c r="{r}"><v>9</v></c></c>',
    '{c}><extLst><c r="{r}"><v>9</v></c></extLst></c>',
    '<c r="{r}" xml:space="x" s="{s}" t="t"/>',
    "{c}><v>{v}",
)
# Written otherwise, and yet the same figure.
SPELLINGS = (
    "{c}><v>{v}.0</v></c>",
    "{c}><v> {v}\n</v></c>",
    "{c}><v>{v}e0</v></c>",
    '{c} t="str"><v>{v}</v></c>',
    '{c} t="inlineStr"><is><t>\u3000{v} </t></is></c>',
    '{c} t="n"><v>{v}</v></c>',
    "{c}><f>{v}+0</f><v>{v}</v></c>",
    '<c s="{s}" r="{r}"><v>{v}</v></c>',
    "<c r='{r}' s='{s}'><v>{v}</v></c>",
    '<c s="{s}"><v>{v}</v></c>',
    '{c}><v>{v}</v><extLst><ext uri="x"><y/></ext></extLst></c>',
    "{c}><v>&#{n};{w}</v></c>",
)
FIGURE = "t4.review.upheld"  # no relation but a total holds it


def _stored(cell: str, item: str = FIGURE) -> Callable[[int], bytes]:
    """Another XML for a figure; {v} is the figure that stood there."""

    def make(number: int) -> bytes:
        value = str(figures(sorted(UNITS)[number % len(UNITS)])[item])
        xml = (
            cell.replace("{c}", '<c r="{r}" s="{s}"')
            .replace("{v}", value)
            .replace("{n}", str(ord(value[0])))
            .replace("{w}", value[1:])
        )
        return perform(own(number), compile_layout(form_of(YEAR)), {"do": "store", "cell": item, "xml": xml})

    return make


def cells() -> Made:
    numbers = [f"{{c}}><v>{escape(token)}</v></c>".replace("&amp;#", "&#") for token in TOKENS]
    texts = [f'{{c}} t="str"><v>{escape(token)}</v></c>' for token in TOKENS[:13]]
    return of_units((f"cell {cell}", _stored(cell)) for cell in (*numbers, *texts, *CELLS))


def spellings() -> Made:
    return of_units((f"cell {cell}", _stored(cell)) for cell in SPELLINGS)


_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r' [\w:]+="[^"]*"')
_ELEMENT = re.compile(
    r"<(c|row|f|v|si|sheet|definedName|Relationship|Override|xf|mergeCell|property)\b[^<>]*(?:/>|>.*?</\1>)", re.S
)
_VALUES = (
    "",
    "-1",
    "0",
    "NaN",
    "1e400",
    "1_000",
    "٣",
    "x",
    "4294967297",
    "../../x",
    "\ufeff",
    "true",
    "s",
    "shared",
    "A1",
    "XFD1048576",
)


def mutated(text: str, chance: random.Random) -> str:
    """The XML with one token otherwise. No digit of a value becomes another: that would be a figure like any other."""
    pattern = (_ATTRIBUTE, _TAG, _ELEMENT)[chance.randrange(3)]
    found = list(pattern.finditer(text))
    if not found:
        return text + " "
    one, other = chance.choice(found), chance.choice(found)
    new = ""
    if pattern is _ATTRIBUTE:
        name, _, value = one[0].partition("=")
        new = chance.choice(
            ("", one[0] * 2, f'{name}="{chance.choice(_VALUES)}"', f" x{name[1:]}={value}", one[0].upper())
        )
    elif pattern is _TAG:
        new = chance.choice(("", one[0] * 2, other[0], f"<!-- -->{one[0]}", one[0].replace("<", "<x:"), one[0][:-1]))
    else:
        new = chance.choice(("", one[0] * 2, f"<x>{one[0]}</x>", f"<!--{one[0]}-->", f"<![CDATA[{one[0]}]]>"))
    return text[: one.start()] + new + text[one.end() :]


MUTATED = (
    FIGURES,
    FIGURES,
    FIGURES,
    "xl/worksheets/sheet2.xml",
    "xl/worksheets/sheet4.xml",
    "xl/worksheets/sheet10.xml",
    ooxml.STRINGS,
    ooxml.WORKBOOK,
    ooxml.WORKBOOK_RELS,
    ooxml.CONTENT_TYPES,
    ooxml.STYLES,
    "docProps/custom.xml",
)


def tokens() -> Made:
    def make(seed: int) -> Callable[[int], bytes]:
        def made(number: int) -> bytes:
            chance, parts = random.Random(f"tokens {seed}"), own_parts(number)
            part = MUTATED[seed % len(MUTATED)]
            text = parts[part].decode()
            for _ in range(chance.choice((1, 1, 1, 2, 3))):
                text = mutated(text, chance)
            return pack({**parts, part: text.encode()})

        return made

    return of_units((f"{MUTATED[seed % len(MUTATED)].rpartition('/')[2]} {seed}", make(seed)) for seed in range(180))
