"""LibreOffice as a second opinion: workbooks recalculated from scratch."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
# Formulas without a stored result are calculated on loading; this has all the others calculated as well.
_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""
_RESULT = re.compile(rb"(<f>[^<]*</f>)<v>[^<]*</v>")


def without_results(data: bytes) -> bytes:
    """The workbook with every stored result taken out, so that an office program must calculate it."""
    source = zipfile.ZipFile(io.BytesIO(data))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for member in source.infolist():
            content = source.read(member)
            if member.filename.startswith("xl/worksheets/sheet"):
                content = _RESULT.sub(rb"\1<v></v>", content)
            package.writestr(member.filename, content)
    return target.getvalue()


def convert(folder: Path, files: dict[str, bytes], to: str = "xlsx") -> dict[str, bytes]:
    """Every workbook opened and saved by LibreOffice, in one run with a profile of its own."""
    source, target, profile = folder / "in", folder / "out", folder / "profile"
    source.mkdir()
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_RECALCULATE, encoding="utf-8")
    for name, data in files.items():
        (source / f"{name}.xlsx").write_bytes(data)
    command = [str(SOFFICE), "--headless", f"-env:UserInstallation={profile.as_uri()}"]
    command += ["--convert-to", to, "--outdir", str(target), *map(str, sorted(source.glob("*.xlsx")))]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return {name: (target / f"{name}.{to}").read_bytes() for name in files}
