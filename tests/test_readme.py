"""The README's transcript is what the program prints, and both commands are there."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROSTER = "代码,名称,分组\n000,某区人民政府,汇总单位\n001,某区信访局,\n002,某区财政局,\n"


def _transcript() -> list[tuple[str, str]]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text.partition("```console\n")[2].partition("```")[0]
    found: list[tuple[str, str]] = []
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].strip(), ""))
        else:
            command, output = found.pop()
            found.append((command, output + line))
    return found


def test_the_transcript_is_what_the_program_prints(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    form = json.loads((ROOT / "samples" / "published" / "shanghai_kewei_2024.json").read_text(encoding="utf-8"))
    values = {item: "0" if item == "t2.fee.amount" else 0 for item in form["values"] if not item.endswith("total")}
    values = {item: value for item, value in values.items() if ".done." not in item}
    values |= {"t3.new.person": 5, "t3.carried_in.person": 1, "t3.granted.person": 3, "t3.carried_out.person": 2}
    cover = dict.fromkeys(("leader", "reviewer", "filler"), "（示例）") | {"phone": "0000-0000000"}
    (tmp_path / "001.json").write_text(json.dumps({"values": values, "cover": cover}), encoding="utf-8")
    commands = _transcript()
    assert len(commands) == 4
    for command, output in commands:
        program, *arguments = shlex.split(command)
        assert program == "xls-report"
        run = [sys.executable, "-c", "from xls_report.cli import main; main()", *arguments]
        environment = {"PYTHONIOENCODING": "utf-8", "PATH": "/usr/bin:/bin"}
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, check=False, env=environment)
        assert done.stdout.decode() == output, command
        assert done.stderr == b""


def test_the_readme_names_both_commands() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        assert "make demo" in (ROOT / name).read_text(encoding="utf-8")
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
