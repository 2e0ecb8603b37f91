"""What the prose of a report says of a figure, as the form declares it: the words, and the items they speak of."""

from __future__ import annotations

from dataclasses import dataclass

from xls_report.equation import Equation, Sum


@dataclass(frozen=True)
class Phrase:
    """A way of speaking of a figure. `words` and `needs` are regular expressions, `of` and `about` plain words.

    A clause speaks of the figure when it is made of one of `words`, one number, all else being `of`, `needs` and the
    small words of every such sentence. The number must agree with one of `sums`; the first is the one that is named.
    """

    code: str
    words: tuple[str, ...] = ()
    sums: tuple[Sum, ...] = ()
    label: str = ""  # how a sentence calls the first sum, where it is more than one item
    name: str = ""  # how `balances` and `within` call it
    of: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # one of them must stand in the clause
    about: tuple[str, ...] = ()  # one of them must have been the last thing spoken of
    within: tuple[str, ...] = ()  # a part of a figure of that name: only right after it
    nil: bool = False  # says without a number that there is none
    most: bool = False  # the number may be smaller than the sum
    balances: tuple[Equation, ...] = ()  # between names; no words of its own
