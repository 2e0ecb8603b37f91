"""One cell as a file stores it."""

from __future__ import annotations

from typing import NamedTuple


class RawCell(NamedTuple):
    """A cell as stored. ``kind``: "n" number, "s" text, "b" boolean, "e" error, "d" ISO date.

    ``text`` is the text of the value (of a number: the very digits of the XML), None if there is none; ``formula`` the
    text of the formula without "=", None if there is none; ``style`` the number of the cell format.
    """

    kind: str
    text: str | None
    formula: str | None
    style: int
