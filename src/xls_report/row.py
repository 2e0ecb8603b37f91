"""Figures under shared names: a mapping that takes a tenth of a dictionary's memory, for what is kept by thousands."""

from __future__ import annotations

from array import array
from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView
from functools import lru_cache
from typing import Any, TypeVar, cast

from xls_report.figure import Figure

T = TypeVar("T", bound=Figure | None)

_BLANK = -(2**31)  # stands for None
_ELSEWHERE = _BLANK + 1  # stands for what is no short word: an amount, a count of thousands of millions
_LEAST, _MOST = _BLANK + 2, 2**31 - 1


class Row(Mapping[str, T]):
    """A mapping of figures, as exact as the one it was made of, in the same order.

    Names are shared by all rows that have the same; counts lie as short words, amounts beside them.
    """

    __slots__ = ("_amounts", "_index", "_words")

    def __init__(self, figures: Mapping[str, T]) -> None:
        self._fill(tuple(figures), tuple(figures.values()))

    @classmethod
    def of(cls, names: tuple[str, ...], figures: Sequence[T]) -> Row[T]:
        """The row of these names with a figure for each; raises ValueError unless there are as many."""
        if len(names) != len(figures):
            raise ValueError(f"{len(figures)} figures for {len(names)} names")
        row = cls.__new__(cls)
        row._fill(names, figures)
        return row

    def _fill(self, names: tuple[str, ...], figures: Sequence[T]) -> None:
        self._index = _shared(names)
        self._amounts: dict[int, T] = {}
        if {*map(type, figures)} == {int}:  # most rows are counts alone
            counts = cast(Sequence[int], figures)
            if min(counts) >= _LEAST and max(counts) <= _MOST:
                self._words = array("i", counts)
                return
        self._words = array("i", map(_word, figures))
        held = enumerate(zip(self._words, figures, strict=True))
        self._amounts = {place: value for place, (word, value) in held if word == _ELSEWHERE}

    def __getitem__(self, name: str) -> T:
        place = self._index[name]
        word = self._words[place]
        found: Any = word if word >= _LEAST else None if word == _BLANK else self._amounts[place]
        return found  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, name: object) -> bool:
        return name in self._index

    def items(self) -> ItemsView[str, T]:
        """Names and figures."""
        return self.plain().items()

    def values(self) -> ValuesView[T]:
        """The figures in the order of their names."""
        return self.plain().values()

    def plain(self) -> dict[str, T]:
        """The same as a dictionary."""
        found: dict[str, Any] = dict(zip(self._index, self._words, strict=True))
        if min(self._words, default=0) < _LEAST:
            names = list(self._index)
            found |= {names[place]: None for place, word in enumerate(self._words) if word == _BLANK}
            found |= {names[place]: value for place, value in self._amounts.items()}
        return found

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Row):
            if self._index is other._index and self._words == other._words and self._amounts == other._amounts:
                return True
            return self.plain() == other.plain()
        return self.plain() == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Row({self.plain()!r})"

    def __reduce__(self) -> tuple[type[Row[T]], tuple[dict[str, T]]]:
        return Row, (self.plain(),)


def _word(value: Figure | None) -> int:
    if type(value) is int and _LEAST <= value <= _MOST:
        return value
    return _BLANK if value is None else _ELSEWHERE


@lru_cache(maxsize=64)  # a form has a few sets of names; a file of a set of its own has its own index
def _shared(names: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}
