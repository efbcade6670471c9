"""How papers are put together: pages, the order of their blocks, their tables and the set of their sums. Each
split owns forms.
"""

from dataclasses import dataclass
from typing import Literal

from tests.corpus.grammar.owned import Owned
from tests.corpus.paper import A4, MM

Rows = tuple[tuple[str, ...], ...]
PageType = Literal["a4", "columns", "letter", "roll80", "roll58", "portal", "bill", "fees", "note"]


@dataclass(frozen=True)
class Page:
    """A page type: its size in points (a roll has no height), and how often it is drawn."""

    width: float
    height: float | None
    weight: int


PAGES: dict[PageType, Page] = {
    "a4": Page(*A4, 22),
    "columns": Page(*A4, 10),
    "letter": Page(612, 792, 8),
    "roll80": Page(80 * MM, None, 14),
    "roll58": Page(58 * MM, None, 8),
    "portal": Page(*A4, 10),
    "bill": Page(*A4, 10),
    "fees": Page(*A4, 6),
    "note": Page(*A4, 12),
}


def _rows(text: str) -> Rows:
    """`issuer identity / items`: blocks beside each other, rows parted by a slash."""
    return tuple(tuple(row.split()) for row in text.split("/"))


def _orders(core: str, tune: str, look: str, judge: str) -> Owned[Rows]:
    return Owned(*(tuple(_rows(text) for text in part.split("|")) for part in (core, tune, look, judge)))


ORDERS: dict[str, Owned[Rows]] = {
    "wide": _orders(
        "issuer identity/customer details/items/words totals/tail|issuer "
        "identity/customer/details/items/words/tail totals",
        "identity/issuer customer/details/items/totals words/tail|customer identity/issuer "
        "details/items/words/totals/tail"
        "|issuer/identity details/customer/items/totals tail/words",
        "identity issuer/details customer/items/tail totals/words|issuer/identity/details "
        "customer/words/items/totals tail"
        "|details identity/customer issuer/items/words/tail/totals",
        "details identity/issuer/customer/items/totals/words tail|issuer customer/identity "
        "details/items/words tail/totals"
        "|identity details/items/issuer customer/words totals/tail",
    ),
    "columns": _orders(
        "issuer identity customer details totals/items words tail",
        "identity customer details/issuer items totals words tail|items words totals tail/issuer identity "
        "details customer",
        "issuer customer tail/identity details items totals words|items totals/identity issuer customer "
        "details words tail",
        "details issuer identity/customer items words totals tail|issuer items totals tail/details identity "
        "customer words",
    ),
    "roll": _orders(
        "issuer/identity/details/customer/items/totals/words/tail|issuer/identity/customer/details/items/totals/tail/words",
        "identity/issuer/customer/details/items/totals/words/tail|issuer/details/identity/items/customer/totals/words/tail",
        "issuer/customer/identity/details/items/words/totals/tail|details/issuer/identity/customer/items/totals/tail/words",
        "issuer/identity/items/totals/words/details/customer/tail|identity/details/issuer/items/totals/customer/words/tail",
    ),
    "bill": _orders(
        "issuer identity/customer details/items readings/totals tail",
        "identity/issuer details/customer readings/items totals/tail|issuer details/customer "
        "identity/readings items/tail totals",
        "customer identity/issuer details/readings/items/totals/tail|details issuer/identity customer/items "
        "totals/readings tail",
        "readings identity/issuer customer/details/totals items/tail|issuer/identity/details customer/totals "
        "readings/items/tail",
    ),
}
"""Blocks in their places. In `columns` there are two rows, each a column from top to bottom."""


@dataclass(frozen=True)
class Table:
    """A table of items. `description` above or below its numbers takes the whole width; `heads` centred ones
    are wide boxes.
    """

    columns: tuple[str, ...]
    description: Literal["in", "above", "below"] = "in"
    heads: Literal["set", "centred", "missing", "two_rows"] = "set"
    rules: Literal["none", "grid", "shade"] = "none"


TABLES: Owned[Table] = Owned(
    (
        Table(("quantity", "unit", "description", "price", "amount"), rules="grid"),
        Table(("code", "description", "quantity", "price", "amount"), heads="centred"),
    ),
    (
        Table(("code", "description", "unit", "quantity", "price", "amount"), heads="centred", rules="grid"),
        Table(("n", "quantity", "description", "size", "colour", "price", "discount", "amount")),
        Table(("quantity", "unit", "price", "amount"), description="above"),
        Table(("description", "quantity", "price", "amount"), heads="missing"),
    ),
    (
        Table(("quantity", "code", "unit", "description", "price", "tax", "amount"), heads="two_rows"),
        Table(
            ("n", "code", "colour", "size", "quantity", "unit", "price", "discount", "amount"),
            description="below",
        ),
        Table(("description", "unit", "quantity", "amount"), heads="centred", rules="shade"),
        Table(("quantity", "description", "amount"), heads="missing"),
    ),
    (
        Table(
            ("unit", "quantity", "code", "description", "discount", "price", "amount"),
            heads="centred",
            rules="shade",
        ),
        Table(("description", "amount", "price", "quantity")),
        Table(("code", "quantity", "unit", "price", "tax", "amount"), description="above", rules="grid"),
        Table(("n", "description", "colour", "unit", "price", "quantity", "amount"), heads="two_rows"),
    ),
)

PORTAL_TABLES = (
    Table(("quantity", "unit", "description", "price"), rules="grid"),
    Table(("quantity", "unit", "description", "price", "amount"), heads="centred", rules="grid"),
)
"""SUNAT's own: nobody's vocabulary but the law's."""

RollTable = Literal[
    "under", "beside", "three", "price_first", "code_under", "numbers_first", "glued", "columns"
]  # fmt: skip
ROLL_TABLES: Owned[RollTable] = Owned(
    ("under",), ("beside", "price_first"), ("numbers_first", "columns"), ("code_under", "three", "glued")
)
"""How a roll sets an item: the numbers `under` its text, `beside` it, three rows, price before quantity…"""

Sums = Literal["rows", "dotted", "strip", "right", "boxed", "colon"]
SUMS: Owned[Sums] = Owned(("rows",), ("strip", "colon"), ("right", "dotted"), ("boxed",))
"""How amounts stand: label left, a `strip` with the amounts below, labels on the `right` of their amounts…"""

Place = Literal["left", "above", "tight", "two_rows", "piped", "spread", "hanging", "strip"]
PLACES: Owned[Place] = Owned(
    ("left", "above"), ("tight", "two_rows"), ("piped", "spread"), ("hanging", "strip")
)
"""Where a label stands to its value."""
