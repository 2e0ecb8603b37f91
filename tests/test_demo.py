"""The demonstration: the whole loop on the bundled samples, each step told, every file there afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from desk import ROOT, SAMPLES, Run, added, done, form_of, fractions, hashes, run

from xls_report import resources
from xls_report.roster import load_roster

QUANGANG = SAMPLES / "quangang"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    return folder, done("demo", folder)


def _figures() -> Iterator[tuple[str, Any]]:
    for path in sorted((QUANGANG / "figures").glob("*.json")):
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))


def test_every_step_is_told_in_order(shown: tuple[Path, Run]) -> None:
    text = shown[1].text
    assert shown[1].err == ""
    steps = [text.index(step) for step in ("演示：", "一、", "二、", "三、", "四、", "五、", "六、", "七、")]
    assert steps == sorted(steps)
    assert "不代替" in text
    for word in ("G301", "V101", "V102", "D5:D6", "A5", "虚构"):
        assert word in text
    text.encode("gbk")


def test_the_files_are_there(shown: tuple[Path, Run]) -> None:
    folder = shown[0]
    units = load_roster(QUANGANG / "单位名单.csv").units
    assert sorted(p.name for p in folder.iterdir()) == [
        ".xls-report-demo",
        "1-空表",
        "2-收件",
        "3-退回修改",
        "4-更正后再报",
        "5-汇总",
        "6-上报",
    ]
    assert len(list((folder / "1-空表").glob("*.xlsx"))) == len(units)
    assert len(list((folder / "2-收件").glob("*.xlsx"))) == len(units)
    assert len(list((folder / "4-更正后再报").glob("*.xlsx"))) == len(list((QUANGANG / "faults").glob("*.json")))
    assert len(list((folder / "3-退回修改").glob("退回修改-*.xlsx"))) == len(list((QUANGANG / "faults").glob("*.json")))
    assert len(list((folder / "5-汇总").glob("*.xlsx"))) == 1


def test_the_summary_is_the_sum_of_the_sample_figures(shown: tuple[Path, Run]) -> None:
    (summary,) = (shown[0] / "5-汇总").glob("*.xlsx")
    (entry,) = done("export", summary).json
    form = form_of(2020)
    inputs = {item.id for item in form.inputs}
    units = [{i: Fraction(v) for i, v in data["values"].items() if i in inputs} for _, data in _figures()]
    assert fractions(entry["values"]) == added(form, units)
    done("check", summary)


def test_the_inbox_has_the_faults_that_are_told(shown: tuple[Path, Run]) -> None:
    found = done("check", shown[0] / "2-收件", "--format", "json", status=1).json
    rejected = {f["unit"]["code"] for f in found["files"] if f["outcome"] == "rejected"}
    assert rejected == {path.stem for path in (QUANGANG / "faults").glob("*.json")}
    done("check", shown[0] / "4-更正后再报")


def test_the_same_summary_comes_by_the_verbs_alone(shown: tuple[Path, Run], tmp_path: Path) -> None:
    folder = shown[0]
    roster = QUANGANG / "单位名单.csv"
    out = tmp_path / "m.xlsx"
    found = done("merge", folder / "2-收件", folder / "4-更正后再报", "--roster", roster, "-o", out).text
    assert "单位 13 家＝汇入 13" in found
    (summary,) = (folder / "5-汇总").glob("*.xlsx")
    assert out.read_bytes() == summary.read_bytes()


def test_twice_into_the_same_folder_gives_the_same_files(shown: tuple[Path, Run]) -> None:
    before = hashes(shown[0])
    again = done("demo", shown[0])
    assert hashes(shown[0]) == before
    assert again.text == shown[1].text


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "报告.docx").write_bytes(b"mine")
    found = done("demo", tmp_path, status=3)
    assert [p.name for p in tmp_path.iterdir()] == ["报告.docx"]
    assert "别的文件" in found.err


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "demo"
    file.write_bytes(b"mine")
    done("demo", file, status=3)
    assert file.read_bytes() == b"mine"


def test_into_an_empty_folder(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    done("demo", deep)
    assert (deep / "5-汇总").is_dir()


def test_forms_that_do_not_know_the_samples_year_are_told(tmp_path: Path) -> None:
    forms = tmp_path / "forms"
    forms.mkdir()
    text = (ROOT / "templates" / "2021.toml").read_text(encoding="utf-8")
    (forms / "2021.toml").write_text(text, encoding="utf-8")
    found = run("--forms", forms, "demo", tmp_path / "d")
    assert found.status in (2, 3)
    assert "2020" in found.err


def test_samples_and_templates_come_with_the_program() -> None:
    assert (resources.bundled("samples") / "quangang" / "单位名单.csv").is_file()
    assert sorted(p.name for p in resources.bundled("templates").glob("*.toml")) == ["2019.toml", "2021.toml"]


def test_the_sample_of_the_real_report_is_the_published_one() -> None:
    real = json.loads((QUANGANG / "figures" / "001.json").read_text(encoding="utf-8"))
    published = json.loads((SAMPLES / "published" / "quangang_xinfangju_2020.json").read_text(encoding="utf-8"))
    assert fractions(real["values"]) == fractions(published["values"])


def test_every_unit_of_the_sample_roster_has_figures() -> None:
    assert [code for code, _ in _figures()] == [unit.code for unit in load_roster(QUANGANG / "单位名单.csv").units]
