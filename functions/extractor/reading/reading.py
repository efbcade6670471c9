"""The values that one reader saw of one invoice, with their places, before anything is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from functions.extractor.invoice import Rival, Source
from functions.extractor.page import turned
from functions.extractor.sheets.rows import Cell, Row, Sheet

Place = tuple[int, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Seen:
    """One value, the text that stood there, and its place. `alt` is the value with look-alike characters put
    right.
    """

    value: Any
    text: str = ""
    box: Place | None = None
    repaired: str | None = None
    alt: str | None = None


class Doubt(Enum):
    """A question that a reader leaves open beside the value that it took."""

    OTHER_SELLER = "another firm's number might as well be the supplier's"
    BUYERS_RUC = "the supplier's RUC stands in the buyer's block"
    OTHER_KIND = "another title may be the document's"
    OTHER_SERIAL = "another series and number may be the document's"
    OTHER_TOTAL = "another amount may be the total"
    OTHER_CHARGE = "what a sum lacks stands under no label that is known"
    OTHER_NAME = "another phrase may be the supplier's name"
    OTHER_DATE = "another date may be that of the issue"
    OTHER_CURRENCY = "another currency is named"
    NO_BUYER = "it says that there is no buyer"


@dataclass(frozen=True, slots=True)
class Side:
    """The money printed beside an invoice's own fields, in the invoice's currency: paid in advance, retained
    by the buyer, owed from before. `foreign`: a currency is named that is neither soles, dollars nor euros.
    """

    advances: Decimal | None = None
    retention: Decimal | None = None
    debt: Decimal | None = None
    foreign: bool = False


@dataclass(slots=True)
class Reading:
    """All that one source says of one invoice. `fields` is keyed by dotted path without items; `items` by the
    item's own names.

    `rivals` are the likeliest candidates of the fields that are weighed, the likeliest first. `signed` is the
    currency whose sign stands before one of the totals.
    """

    source: Source
    fields: dict[str, Seen] = field(default_factory=dict)
    items: list[dict[str, Seen]] = field(default_factory=list)
    rivals: list[Rival] = field(default_factory=list)
    side: Side = Side()
    doubts: set[Doubt] = field(default_factory=set)
    signed: str | None = None
    pages: tuple[int, ...] = ()
    conf: float = 1.0

    def get(self, path: str) -> Any:
        """Returns the value at `path`, or None."""
        seen = self.fields.get(path)
        return None if seen is None else seen.value

    def put(self, path: str, seen: Seen | None) -> None:
        """Keeps a value at `path` unless one is there."""
        if seen is not None and seen.value is not None and path not in self.fields:
            self.fields[path] = seen


@dataclass(frozen=True, slots=True)
class Goods:
    """The items that were sold and where they stand: for each sheet the row from which totals are looked for,
    and the rows of the table.
    """

    items: list[dict[str, Seen]]
    starts: list[int]
    tables: list[range]


def place(sheet: Sheet, row: Row, start: int | None = None, end: int | None = None) -> Place:
    """Returns the place of the row's characters `start` to `end` on the page as the person sent it, in
    fractions.
    """
    cells = row.cells
    if start is not None:
        first = row.word_at(start).cell
        last = row.word_at(max(start, (end or start + 1) - 1)).cell
        i, j = cells.index(first), cells.index(last)
        cells = cells[min(i, j) : max(i, j) + 1]
    return around(sheet, cells)


def around(sheet: Sheet, cells: Sequence[Cell]) -> Place:
    """Returns the place of these cells on the page as the person sent it, in fractions."""
    width, height = sheet.frame
    x0, y0 = min(c.box.x0 for c in cells) / width, min(c.box.y0 for c in cells) / height
    x1, y1 = max(c.box.x1 for c in cells) / width, max(c.box.y1 for c in cells) / height
    part = turned((x0, y0, x1, y1), -sheet.turn)
    return (sheet.index, *(round(min(1.0, max(0.0, v)), 4) for v in part))  # type: ignore[return-value]  # five numbers
