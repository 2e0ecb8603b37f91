"""What a file really is, by its bytes: the name that a message gives to a file that is no workbook."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_HEAD: Final = 65_536  # bytes that are looked at in a text
_MAX_SECTORS: Final = 512  # of an OLE directory: at least 2,048 entries


class FileKind(NamedTuple):
    """``code`` is the refusal (F101–F105) that a file of this kind deserves, "" for what may be a workbook."""

    code: str
    name: str


_WORKBOOK: Final = FileKind("", "Excel 工作簿（.xlsx）")
_UNKNOWN: Final = FileKind("F101", "无法识别的文件")
_MAGIC: Final = (
    (b"%PDF-", "F101", "PDF 文件"),
    (b"{\\rtf", "F101", "RTF 文档"),
    (b"\x89PNG\r\n", "F101", "图片（PNG）"),
    (b"\xff\xd8\xff", "F101", "图片（JPEG）"),
    (b"GIF8", "F101", "图片（GIF）"),
    (b"II*\x00", "F101", "图片（TIFF）"),
    (b"MM\x00*", "F101", "图片（TIFF）"),
    (b"Rar!\x1a\x07", "F101", "压缩包（.rar）"),
    (b"7z\xbc\xaf\x27\x1c", "F101", "压缩包（.7z）"),
    (b"\x1f\x8b", "F101", "压缩包（.gz）"),
    (b"MZ", "F101", "程序文件（.exe）"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "F101", "快捷方式（.lnk），不是文件本身"),
    (b"[InternetShortcut]", "F101", "网址快捷方式（.url），不是文件本身"),
    (b"%TSD-Header-###%", "F103", "经加密软件加密的文件"),
    (b"ID;P", "F102", "SYLK 表格（.slk）"),
    (b"\x09\x08", "F102", "早期 Excel 工作簿（.xls）"),
    (b"\x09\x04", "F102", "早期 Excel 工作簿（.xls）"),
    (b"\x09\x02", "F102", "早期 Excel 工作簿（.xls）"),
    (b"\x09\x00\x04", "F102", "早期 Excel 工作簿（.xls）"),
)
_STREAMS: Final = (
    ("EncryptedPackage", "F103", "有打开密码的文件"),
    ("\x09DRMContent", "F103", "有权限保护的文件"),
    ("Workbook", "F102", "Excel 97-2003 或 WPS 工作簿（.xls、.et）"),
    ("Book", "F102", "早期 Excel 工作簿（.xls）"),
    ("WordDocument", "F101", "Word 97-2003 或 WPS 文档（.doc、.wps）"),
    ("PowerPoint Document", "F101", "PowerPoint 97-2003 或 WPS 演示（.ppt、.dps）"),
    ("__properties_version1.0", "F101", "Outlook 邮件（.msg）"),
)
# Names of members stand uncompressed in a zip, so that they are found even in half of a file.
_MEMBERS: Final = (
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "F102", "OpenDocument 表格（.ods）"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "F101", "OpenDocument 文档（.odt）"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "F101", "OpenDocument 文件"),
    (b"xl/workbook.bin", "F102", "二进制 Excel 工作簿（.xlsb）"),
    (b"xl/", "", _WORKBOOK.name),
    (b"word/document.xml", "F101", "Word 文档（.docx）"),
    (b"ppt/presentation.xml", "F101", "PowerPoint 演示文稿（.pptx）"),
    (b"OFD.xml", "F101", "OFD 文件"),
)
_MARKUP: Final = (
    ("urn:schemas-microsoft-com:office:spreadsheet", "F102", "XML 表格（Excel 2003）"),
    ("excel.sheet", "F102", "XML 表格（Excel 2003）"),
    ("opendocument.spreadsheet", "F102", "OpenDocument 表格（.fods）"),
    ("word.document", "F101", "Word 文档（XML）"),
    ("<uof:", "F102", "标文通文件（.uof、.uos）"),
)


def describe(data: bytes) -> str:
    """The Chinese name of what the bytes are, for example "PDF 文件"; never fails, whatever they are."""
    return kind_of(data).name


def kind_of(data: bytes) -> FileKind:
    """What the bytes are, and the refusal they deserve; a zip is judged by the names in it and not opened."""
    if not data:
        return FileKind("F105", "空文件（0 字节）")
    if data.startswith(_OLE):
        return _ole_kind(data)
    if data.startswith(_ZIP):
        return _zip_kind(data)
    for magic, code, name in _MAGIC:
        if data.startswith(magic):
            return FileKind(code, name)
    return _marked_kind(data) or _text_kind(data)


def _marked_kind(data: bytes) -> FileKind | None:
    """Kinds whose mark does not stand at the very beginning."""
    if b"%PDF-" in data[:1024]:
        return FileKind("F101", "PDF 文件")
    if b"E-SafeNet" in data[:64]:
        return FileKind("F103", "经加密软件加密的文件")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return FileKind("F101", "图片（WEBP）")
    if data[:2] == b"BM" and data[6:10] == bytes(4):
        return FileKind("F101", "图片（BMP）")
    if data[4:8] == b"ftyp":
        return FileKind("F101", "图片或视频（HEIC、MP4）")
    if data[257:262] == b"ustar":
        return FileKind("F101", "压缩包（.tar）")
    if len(data) == 165 and data[0] <= 54:
        return FileKind("F101", "Excel 的临时锁文件（~$），不是文件本身")
    if not data.strip(b"\x00"):
        return FileKind("F104", "内容全为零字节")
    return None


def _zip_kind(data: bytes) -> FileKind:
    content = 38 + int.from_bytes(data[28:30], "little")  # of the first member, if its name has 8 letters
    head = data[30:38] + data[content : content + 80]
    for marker, code, name in _MEMBERS:
        if head.startswith(marker) if marker.startswith(b"mimetype") else marker in data:
            return FileKind(code, name)
    if b"PK\x05\x06" in data and b"[Content_Types].xml" not in data:
        return FileKind("F101", "压缩包（.zip）")
    return _WORKBOOK


def _ole_kind(data: bytes) -> FileKind:
    names = _ole_names(data)
    for stream, code, name in _STREAMS:
        if stream.lower() in names:
            return FileKind(code, name)
    # The directory could not be followed to its end: look for the names wherever they are.
    for stream, code, name in _STREAMS:
        if stream.encode("utf-16-le") in data:
            return FileKind(code, name)
    return FileKind("F101", "OLE 复合文档")


def _ole_names(data: bytes) -> set[str]:
    """The names in the directory of an OLE file, lower case; what can be read of it, at most 512 sectors."""
    names: set[str] = set()
    try:
        (shift,) = struct.unpack_from("<H", data, 30)
        (sector,) = struct.unpack_from("<I", data, 48)
        tables = struct.unpack_from("<109I", data, 76)
        if shift not in (9, 12):
            return names
        size = 1 << shift
        for _ in range(_MAX_SECTORS):
            start = (sector + 1) * size
            for entry in range(start, min(start + size, len(data) - 127), 128):
                length = min(int.from_bytes(data[entry + 64 : entry + 66], "little"), 64)
                names.add(data[entry : entry + length].decode("utf-16-le", "replace").rstrip("\0").lower())
            table, place = divmod(sector, size // 4)
            (sector,) = struct.unpack_from("<I", data, (tables[table] + 1) * size + place * 4)
    except (struct.error, IndexError):
        pass  # the chain ends: with the mark of its end, which points out of the file, or because the file is cut
    return names


def _text_kind(data: bytes) -> FileKind:
    text = _decoded(data[:_HEAD])
    if text is None:
        return _UNKNOWN
    head = text.lstrip("\ufeff \t\r\n").lower()
    if head.startswith(("mime-version:", "from:", "received:", "return-path:")):
        return FileKind("F101", "网页或邮件文件（.mht、.eml）")
    for marker, code, name in _MARKUP:
        if head.startswith("<") and marker in head:
            return FileKind(code, name)
    if head.startswith("<") and any(tag in head for tag in ("<html", "<!doctype html", "<table", "<body")):
        return FileKind("F101", "网页文件")
    if head.startswith("<?xml"):
        return FileKind("F101", "XML 文件")
    if head.startswith("{\\rtf"):
        return FileKind("F101", "RTF 文档")
    first = head.split("\n", 1)[0]
    separated = any(mark in first for mark in ",\t;，")
    return FileKind("F102", "CSV 或制表符分隔的文本" if separated else "纯文本文件")


def _decoded(head: bytes) -> str | None:
    """The text of the first bytes, None if they are none; an encoding may cut its last character."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if any(byte < 32 and byte not in b"\t\n\r\x0c\x1a" for byte in head[:4096]):
        return None
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None
