"""What a file really is: by its bytes, whatever its name, and without an exception."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ooxml import Entry, book, pack, raw_zip

from xls_report.package.filekind import describe, kind_of

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FREE, END = 0xFFFFFFFF, 0xFFFFFFFE


def ole(*streams: str, filler: int = 0) -> bytes:
    """An OLE file whose directory begins in sector 1 + filler, each sector of it far from the one before."""
    names = ["Root Entry", *streams]
    sectors = [names[start : start + 4] for start in range(0, len(names), 4)]
    places = [1 + filler + 2 * index for index in range(len(sectors))]
    table = [FREE] * 128
    for place, after in zip(places, [*places[1:], END], strict=True):
        table[place] = after
    header = OLE + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<2I", 1, places[0]) + bytes(24)
    header = header[:76].ljust(76, b"\0") + struct.pack("<109I", 0, *[FREE] * 108)
    body = bytearray(struct.pack("<128I", *table)) + bytes(512 * (places[-1] + 1))
    for place, group in zip(places, sectors, strict=True):
        for index, name in enumerate(group):
            entry = name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2)
            start = 512 * place + 128 * index
            body[start : start + len(entry)] = entry
    return header + bytes(body)


def odf(kind: str) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    return raw_zip([Entry(b"mimetype", mimetype, method=0), Entry(b"content.xml", b"<a/>")])


KINDS: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "F105", "空文件"),
    "workbook": (pack(book()), "", ".xlsx"),
    "half a workbook": (pack(book())[:300], "", ".xlsx"),
    "docx": (pack({"[Content_Types].xml": b"", "word/document.xml": b""}), "F101", ".docx"),
    "half a docx": (pack({"word/document.xml": b"x" * 999})[:100], "F101", ".docx"),
    "pptx": (pack({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), "F101", ".pptx"),
    "xlsb": (pack({"[Content_Types].xml": b"", "xl/workbook.bin": b""}), "F102", ".xlsb"),
    "ods": (odf("spreadsheet"), "F102", ".ods"),
    "odt": (odf("text"), "F101", ".odt"),
    "odp": (odf("presentation"), "F101", "OpenDocument"),
    "OFD": (pack({"OFD.xml": b"", "Doc_0/Document.xml": b""}), "F101", "OFD"),
    "zip": (pack({"a.txt": b""}), "F101", ".zip"),
    "xls": (ole("Workbook", "\x05SummaryInformation"), "F102", ".xls"),
    "xls, directory far away": (ole(*"abcdefgh", "Workbook", filler=40), "F102", ".xls"),
    "Excel 5": (ole("Book"), "F102", ".xls"),
    "Excel 2": (b"\x09\x00\x04\x00\x02\x00\x10\x00", "F102", ".xls"),
    "doc": (ole("1Table", "WordDocument"), "F101", ".doc"),
    "ppt": (ole("PowerPoint Document"), "F101", ".ppt"),
    "msg": (ole("__properties_version1.0"), "F101", ".msg"),
    "password": (ole("EncryptionInfo", "EncryptedPackage"), "F103", "密码"),
    "password, cut": (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "F103", "密码"),
    "rights": (ole("\x09DRMContent"), "F103", "权限"),
    "OLE of nothing known": (ole("x"), "F101", "OLE"),
    "OLE cut": (OLE, "F101", "OLE"),
    "OLE that turns in a circle": (OLE + b"\0" * 22 + b"\x09\0" + bytes(600), "F101", "OLE"),
    "PDF": (b"%PDF-1.4\n%", "F101", "PDF"),
    "PDF behind a line": (b"\r\n\0\0%PDF-1.4\n%", "F101", "PDF"),
    "RTF": (b"{\\rtf1\\ansi", "F101", "RTF"),
    "RTF behind a line": (b"\r\n{\\rtf1\\ansi", "F101", "RTF"),
    "PNG": (b"\x89PNG\r\n\x1a\n", "F101", "PNG"),
    "JPEG": (b"\xff\xd8\xff\xe0", "F101", "JPEG"),
    "GIF": (b"GIF89a", "F101", "GIF"),
    "BMP": (b"BM\x36\x10\0\0\0\0\0\0\x36", "F101", "BMP"),
    "WEBP": (b"RIFF\0\0\0\0WEBPVP8 ", "F101", "WEBP"),
    "HEIC": (b"\0\0\0\x18ftypheic", "F101", "HEIC"),
    "TIFF": (b"II*\0\x08", "F101", "TIFF"),
    "RAR": (b"Rar!\x1a\x07\x01\x00", "F101", ".rar"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\4", "F101", ".7z"),
    "gzip": (b"\x1f\x8b\x08\0", "F101", ".gz"),
    "tar": (b"a".ljust(257, b"\0") + b"ustar\0", "F101", ".tar"),
    "program": (b"MZ\x90\0", "F101", ".exe"),
    "shortcut": (b"L\0\0\0\x01\x14\x02\0\0\0", "F101", "快捷方式"),
    "link": (b"[InternetShortcut]\r\nURL=x", "F101", "快捷方式"),
    "lock file": (b"\x04test".ljust(55, b" ") + b"t\0e\0s\0t\0".ljust(110, b" "), "F101", "临时锁文件"),
    "encrypted by a guard": (b"%TSD-Header-###%\0\1", "F103", "加密软件"),
    "encrypted by another guard": (b"b\x14#e\0\0E-SafeNet\0", "F103", "加密软件"),
    "zeros": (bytes(512), "F104", "零字节"),
    "HTML": (b"\xef\xbb\xbf\r\n<HTML><body><table>", "F101", "网页"),
    "HTML in GBK": ("<!DOCTYPE html><title>表</title>".encode("gbk"), "F101", "网页"),
    "HTML in UTF-16": ("\ufeff<html>表".encode("utf-16-le"), "F101", "网页"),
    "MHT": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "F101", "网页"),
    "XML sheet": (
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        "F102",
        "XML 表格",
    ),
    "flat ods": (b'<?xml?><office:document office:mimetype="x.opendocument.spreadsheet">', "F102", ".fods"),
    "UOF": ('<?xml version="1.0"?><uof:UOF 标识="x">'.encode(), "F102", ".uof"),
    "XML": (b"<?xml version='1.0'?><a/>", "F101", "XML"),
    "CSV": ("单位,件数\r\n局,1\r\n".encode("gbk"), "F102", "CSV"),
    "CSV cut in a letter": ("单位,件数".encode()[:-1], "F102", "CSV"),
    "TSV in UTF-16": ("\ufeff单位\t件数\r\n".encode("utf-16-le"), "F102", "制表符"),
    "SYLK": (b"ID;PWXL;N;E\r\n", "F102", "SYLK"),
    "text": ("今年没有。".encode("gb18030"), "F102", "文本"),
    "noise": (bytes(range(256)), "F101", "无法识别"),
    "neither GBK nor UTF-8": (b"abc\xff\xff\xff\xff\xffdef", "F101", "无法识别"),
}


@pytest.mark.parametrize("case", KINDS)
def test_names_the_kind(case: str) -> None:
    data, code, word = KINDS[case]
    kind = kind_of(data)
    assert kind.code == code
    assert word in kind.name
    assert describe(data) == kind.name
    kind.name.encode("gbk")


HEADS = [OLE, b"PK\x03\x04", b"PK\x05\x06", b"<?xml", b"\xff\xfe", b"RIFF", ole("x")[:600]]


@settings(max_examples=200, deadline=None, database=None)
@given(st.sampled_from([b"", *HEADS]), st.binary(max_size=700))
def test_names_any_bytes(head: bytes, data: bytes) -> None:
    kind = kind_of(head + data)
    assert kind.code in ("", "F101", "F102", "F103", "F104", "F105")
    assert kind.name
