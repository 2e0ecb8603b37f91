"""The results of formulas put back into a package that a library saved without them: previewers calculate nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from html import escape

from xls_report.package import RawSheet

_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*)><f>([^<]*)</f><v ?/></c>')
_KINDS = {"s": ' t="str"', "b": ' t="b"', "e": ' t="e"'}


def finished(data: bytes, parts: Mapping[str, str], sheets: Mapping[str, RawSheet]) -> bytes:
    """The package with the stored results of the sheets as they were read; `parts` names the sheet of each part.

    No clock is left in it: same workbook, same bytes.
    """
    old = zipfile.ZipFile(io.BytesIO(data))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in old.infolist():
            content = old.read(member)
            if member.filename in parts:
                content = _with_results(content.decode(), sheets.get(parts[member.filename])).encode()
            elif member.filename == "docProps/core.xml":
                content = re.sub(rb"<dcterms:modified[^>]*>[^<]*</dcterms:modified>", b"", content)
            fixed = zipfile.ZipInfo(member.filename, (1980, 1, 1, 0, 0, 0))
            fixed.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(fixed, content)
    return buffer.getvalue()


def _with_results(text: str, raw: RawSheet | None) -> str:
    if raw is None:
        return text

    def stored(match: re.Match[str]) -> str:
        there = raw.cells.get(match[1])
        if there is None or there.formula is None or there.text is None:
            return match[0]
        if escape(there.formula, quote=False) != match[3]:
            return match[0]
        kind = _KINDS.get(there.kind, "")
        return f'<c r="{match[1]}"{match[2]}{kind}><f>{match[3]}</f><v>{escape(there.text, quote=False)}</v></c>'

    return _CELL.sub(stored, text)
