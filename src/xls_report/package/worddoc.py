"""A Word document that passes the same check as a workbook: its text part alone, in a package written by us.

What a library would follow or inflate besides (pictures, embedded files, templates of other places) stays behind.
"""

from __future__ import annotations

import io
import zipfile
from typing import Final

from xls_report.package.container import Container, open_container
from xls_report.package.filekind import kind_of
from xls_report.package.parts import TYPES_PART, check_active, content_types, relations_of
from xls_report.package.partxml import feed, new_parser, release
from xls_report.package.refusal import MAX_FILE, Refusal, Refused, over_size

MAX_WORD_DEPTH: Final = 200  # tables and drawings of Word lie deeper than a sheet's cells
_MAIN: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_PART: Final = "word/document.xml"
_TYPES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/{_PART}" ContentType="{_MAIN}"/></Types>'
)
_RELATIONS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    f'Target="{_PART}"/></Relationships>'
)


def open_word(data: bytes) -> bytes | Refusal:
    """The bytes of a .docx that holds the checked text part and nothing else, or why not; raises nothing."""
    try:
        return _rewritten(_main_text(data))
    except Refused as refused:
        return refused.refusal
    except Exception:  # noqa: BLE001 - the last belt: a file must never end in a traceback
        return Refusal("F104", "内容无法识别")


def _main_text(data: bytes) -> bytes:
    container = _container(data)
    types = content_types(container)
    main = [r.part() for r in relations_of(container, "") if r.kind == "officedocument"]
    kind = types.get(main[0].lower(), "") if len(main) == 1 else ""
    if "macroenabled" in kind:
        raise Refused("F107", "宏（启用宏的 Word 文档）")
    if kind != _MAIN:
        raise Refused("F101", kind_of(data).name)
    check_active(container, types)
    content = container.read(main[0])
    _check_xml(content, main[0])
    return content


def _container(data: bytes) -> Container:
    if len(data) > MAX_FILE:
        raise over_size("文件", len(data), MAX_FILE)
    if not data.startswith(b"PK\x03\x04"):
        kind = kind_of(data)
        raise Refused(kind.code or "F104", kind.name)
    container = open_container(data)
    if TYPES_PART not in container:
        raise Refused("F101", kind_of(data).name)
    return container


def _check_xml(content: bytes, part: str) -> None:
    """Well-formed, without DOCTYPE, neither too deep nor too large: what the library's parser is then given."""
    depth = 0

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_WORD_DEPTH:
            raise Refused("F106", f"XML 嵌套超过 {MAX_WORD_DEPTH} 层")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        feed(parser, content, part)
    finally:
        release(parser)


def _rewritten(content: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, part in ((TYPES_PART, _TYPES.encode()), ("_rels/.rels", _RELATIONS.encode()), (_PART, content)):
            archive.writestr(zipfile.ZipInfo(name), part)
    return written.getvalue()
