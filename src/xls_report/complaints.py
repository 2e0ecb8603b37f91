"""What is wrong with a form file, collected while it is read: a key of the right kind, or a complaint at its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from xls_report.equation import EquationError, Sum, parse_sum

Raw = dict[str, Any]

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


class Complaints:
    """Collects what is wrong, with its place."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: list[str] = []

    def add(self, place: str, text: str) -> None:
        self.lines.append(f"{self.file}：{place}：{text}" if place else f"{self.file}：{text}")

    def value(self, raw: Raw, key: str, kind: type, place: str, default: Any) -> Any:
        """The key's value when it is of the kind; else the default, complaining if it is there or has no default."""
        if key not in raw:
            if default is None:
                self.add(place, f"缺少 {key}")
            return kind() if default is None else default
        if type(raw[key]) is not kind:
            self.add(place, f"{key} 应为 {_KINDS[kind]}，实为 {raw[key]!r}")
            return kind() if default is None else default
        return raw[key]

    def text(self, raw: Raw, key: str, place: str, default: str | None = None) -> str:
        """A text that people read: not empty where it must be there, and without characters that nobody sees."""
        found: str = self.value(raw, key, str, place, default)
        if default is None and key in raw and found == "" and raw[key] == "":
            self.add(place, f"{key} 是空的")
        if _UNSEEN.search(found):
            self.add(place, f"{key} 含有看不见的字符：{found!r}")
        return found

    def tables(self, raw: Raw, key: str, place: str) -> list[Raw]:
        """A list of TOML tables; what is not one is named and left out."""
        found = self.value(raw, key, list, place, [])
        for entry in found:
            if not isinstance(entry, dict):
                self.add(place, f"{key} 里应为表，实为 {entry!r}")
        return [entry for entry in found if isinstance(entry, dict)]

    def texts(self, raw: Raw, key: str, place: str) -> tuple[str, ...]:
        found = self.value(raw, key, list, place, [])
        if any(not isinstance(entry, str) for entry in found):
            self.add(place, f"{key} 里应全为字符串")
        return tuple(entry for entry in found if isinstance(entry, str))

    def sum(self, text: str, place: str) -> Sum:
        """A sum of names; an empty one where the text is none."""
        try:
            return parse_sum(text)
        except EquationError as fault:
            self.add(place, str(fault))
            return Sum(())

    def unknown(self, raw: Raw, known: Iterable[str], place: str) -> None:
        for key in raw.keys() - set(known):
            self.add(place, f"不认识的键 {key}")


_KINDS = {str: "字符串", list: "列表", int: "整数", bool: "true 或 false"}
