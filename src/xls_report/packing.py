"""The package that XlsxWriter wrote, packed anew: with the structure locked, and with the rows that repeat."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from xls_report.rowtext import Area, filled

_LEVEL = 2  # of the sheets with repeated rows: level 6 takes four times as long and saves an eighth


def packed(data: bytes, areas: Mapping[str, Area]) -> bytes:
    """The finished workbook: same inputs, same bytes; `areas` by the name of the sheet's part.

    Sheets can be neither added, removed nor renamed: that is the one element XlsxWriter has no call for.
    """
    source = zipfile.ZipFile(io.BytesIO(data))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename in areas:
                with target.open(member.filename, "w") as part:
                    for piece in filled(content.decode(), areas[member.filename]):
                        part.write(piece)
                continue
            if member.filename == "xl/workbook.xml":
                content = content.replace(b"<bookViews>", b'<workbookProtection lockStructure="1"/><bookViews>', 1)
            fixed = zipfile.ZipInfo(member.filename, (1980, 1, 1, 0, 0, 0))
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            target.writestr(fixed, content)
    return buffer.getvalue()
