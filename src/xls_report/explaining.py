"""The work of `explain`: a form, its differences from another, its faults, or a code in words."""

from __future__ import annotations

from typing import Any

import click

from xls_report.explain import code_object, code_text, form_object, form_text
from xls_report.faults import FOUND, OK
from xls_report.job import Job, form_in_force


def run_explain(job: Job, what: str | None, against: int | None, linted: bool, style: str) -> int:
    """填报说明."""
    if linted:
        from xls_report.lint import lint

        faults = lint(job.all_forms)
        known = "、".join(f"{form.id}（{form.years[0]}—{form.years[1]}）" for form in job.all_forms)
        told = "\n".join(faults) if faults else f"表样没有问题：{known}。"
        click.echo(_json({"faults": faults}) if style == "json" else told, nl=style != "json")
        return FOUND if faults else OK
    if what is None:
        raise click.UsageError("缺少年度或问题代码")
    if against is not None and what.isascii() and what.isdigit():
        from xls_report.lint import difference_lines

        lines = difference_lines(form_in_force(job, int(what)), form_in_force(job, against))
        click.echo(_json({"lines": lines}) if style == "json" else "\n".join(lines), nl=style != "json")
        return OK
    if what.isascii() and what.isdigit():
        form = form_in_force(job, int(what))
        click.echo(_json(form_object(form)) if style == "json" else form_text(form), nl=False)
        return OK
    code = what.upper()
    text = code_text(code, job.all_forms)
    if text is None:
        raise click.UsageError(f"没有年度或问题代码 {what}")
    click.echo(_json(code_object(code, job.all_forms)) if style == "json" else text, nl=False)
    return OK


def _json(value: Any) -> str:
    from xls_report.jsonout import dumps

    return dumps(value)
