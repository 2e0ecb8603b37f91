"""The result of `diff` for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xls_report.difference import Difference, ItemDifference, UnitDifference, called, pair, rows_of, two_figures
from xls_report.figure import Figure, as_json, shown
from xls_report.form import Item
from xls_report.quoting import quote, visible
from xls_report.source import Source
from xls_report.submission import Submission, Unit

_MOST = 10  # units of an item that are told on the screen


def difference_text(found: Difference, a: Source, b: Source) -> str:
    """Who the two are, then what differs: figures first, then what only one of them has, then texts."""
    lines = [_side("A", found.a, a), _side("B", found.b, b), *_apart(found)]
    if found.same:
        lines.append("两份数据完全相同。" if found.identical else "各项数据相同。")
    elif found.items:
        lines.append(f"数据不同的指标 {len(found.items)} 项（A→B，括号内为 B 减 A）：")
        for one in found.items:
            lines.extend(_item_lines(one))
        if any(_followed(found)):
            lines.append("合计随各分项变动，不另列。")
    else:
        lines.append("两边都有的指标数据相同。")
    for side, submission, items in (("A", found.a, found.only_a), ("B", found.b, found.only_b)):
        if items:
            lines.append(_only(side, submission, items))
    for side, units in (("A", found.units_only_a), ("B", found.units_only_b)):
        if units:
            lines.append(f"只有 {side} 汇总的单位 {len(units)} 家：{'、'.join(map(_unit, units))}。")
    lines.extend(_told(found))
    return "\n".join(lines) + "\n"


def _unit(unit: Unit) -> str:
    return f"{quote(unit.code)} {quote(unit.name)}"


def _side(letter: str, submission: Submission, source: Source) -> str:
    covers = f"，汇总 {len(submission.covers)} 家" if submission.covers else ""
    what = f"{submission.year} 年度，表样 {submission.form.id}{covers}，{source.state}"
    return f"{letter}：{_unit(submission.unit)}，{what}    {visible(source.file)}"


def _apart(found: Difference) -> Iterator[str]:
    """What must be known before any figure is read."""
    a, b = found.a, found.b
    if a.unit.code != b.unit.code:
        yield "两份不是同一单位的数据。"
    if a.year != b.year:
        yield "两份不是同一年度的数据。"
    if a.form.id != b.form.id:
        yield f"两份的表样不同，只比对两边都有的 {found.common} 项指标。"
    if bool(a.covers) != bool(b.covers):
        whole, part = ("A", "B") if a.covers else ("B", "A")
        yield f"{whole} 是汇总数据，{part} 是一个单位的数据。"
    elif a.covers:
        lacking = [letter for letter, one in (("A", a), ("B", b)) if not rows_of(one)]
        if lacking:
            yield f"{'、'.join(lacking)} 没有各单位的明细，只比对汇总数。"


def _item_lines(one: ItemDifference) -> Iterator[str]:
    change = f"（{_signed(one.change)}）" if one.change is not None else ""
    yield f"  {two_figures(one.item, one.a, one.b, '→')}{'（合计不变）' if one.a == one.b else change}"
    if one.units:
        told = "、".join(_row(unit) for unit in one.units[:_MOST])
        more = f" 等 {len(one.units)} 家" if len(one.units) > _MOST else ""
        yield f"    其中：{told}{more}"


def _row(one: UnitDifference) -> str:
    if one.only:
        return f"{_unit(one.unit)} {shown(one.a if one.only == 'a' else one.b) or '空'}（只在 {one.only.upper()}）"
    return f"{_unit(one.unit)} {pair(one.a, one.b, '→')}"


def _signed(value: Figure) -> str:
    return f"+{shown(value)}" if value > 0 else shown(value)


def _followed(found: Difference) -> Iterator[Item]:
    """Totals that differ and are not told one by one."""
    listed = {one.item.id for one in found.items}
    a, b = found.a.figures, found.b.figures
    return (
        item
        for item in found.a.form.items
        if item.total is not None and item.id in b and a[item.id] != b[item.id] and item.id not in listed
    )


def _only(side: str, submission: Submission, items: tuple[Item, ...]) -> str:
    """Items of one form alone, totals of them left out: each that has a figure, and how many are 0 or blank."""
    figures = submission.figures
    items = tuple(item for item in items if item.total is None) or items
    told = [f"{called(item)} {shown(figures[item.id])}" for item in items if figures[item.id]]
    zero = sum(figures[item.id] == 0 for item in items)
    blank = sum(figures[item.id] is None for item in items)
    rest = [f"{zero} 项为 0"] if zero else []
    rest += [f"{blank} 项未填"] if blank else []
    parts = [part for part in ("、".join(told), "、".join(rest)) if part]
    return f"只在 {side} 的表样里有的指标 {len(items)} 项：{'；另有 '.join(parts)}。"


def _told(found: Difference) -> Iterator[str]:
    a, b = found.a, found.b
    titles = {part.id: part.title for form in (b.form, a.form) for part in form.parts}
    if found.texts:
        texts = (f"“{titles[t]}” A {len(a.texts.get(t, ()))} 段、B {len(b.texts.get(t, ()))} 段" for t in found.texts)
        yield f"文字部分不同：{'；'.join(texts)}。"
    if found.explanations:
        reasons = []
        for ident in found.explanations:
            written = [side for side, one in (("A", a), ("B", b)) if one.explanations.get(ident)]
            reasons.append(f"{ident}（{'内容不同' if len(written) > 1 else f'只有 {written[0]} 写了'}）")
        yield f"情况说明不同：{'、'.join(reasons)}。"


def difference_object(found: Difference | None, a: Source, b: Source) -> dict[str, Any]:
    """The result of `diff` with stable keys; without a comparison, the sides that could be read."""
    return {
        "a": _side_object(a),
        "b": _side_object(b),
        "same": found is not None and found.same,
        "items": [_item_object(one) for one in found.items] if found else [],
        "only_a": [item.id for item in found.only_a] if found else [],
        "only_b": [item.id for item in found.only_b] if found else [],
        "units_only_a": [_unit_object(unit) for unit in found.units_only_a] if found else [],
        "units_only_b": [_unit_object(unit) for unit in found.units_only_b] if found else [],
        "texts": list(found.texts) if found else [],
        "explanations": list(found.explanations) if found else [],
    }


def _side_object(source: Source) -> dict[str, Any]:
    s = source.submission
    return {
        "file": source.file,
        "form": s.form.id if s is not None else None,
        "year": s.year if s is not None else None,
        "unit": _unit_object(s.unit) if s is not None else None,
        "covers": len(s.covers) if s is not None else 0,
    }


def _unit_object(unit: Unit) -> dict[str, str]:
    return {"code": unit.code, "name": unit.name}


def _item_object(one: ItemDifference) -> dict[str, Any]:
    return {
        "id": one.item.id,
        "name": called(one.item),
        "a": as_json(one.a),
        "b": as_json(one.b),
        "difference": as_json(one.change),
        "units": [{**_unit_object(u.unit), "a": as_json(u.a), "b": as_json(u.b)} for u in one.units],
    }
