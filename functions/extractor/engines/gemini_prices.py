"""The prices of Gemini's tokens, by model and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens, thoughts at the output price; `until` is the last day (UTC) on which it holds,
    None for no end.
    """

    input: Decimal
    output: Decimal
    until: date | None = None


PRICES: Mapping[str, tuple[Price, ...]] = MappingProxyType(
    {
        # resellers' lists of 2026-07; Google's own page was not seen
        "gemini-3.5-flash-lite": (Price(Decimal("0.30"), Decimal("2.50")),),
        "gemini-3.1-flash-lite": (Price(Decimal("0.25"), Decimal("1.50")),),
        # launch price to the end of 2026, then the standard one
        "gemini-3.8-flash": (
            Price(Decimal("0.75"), Decimal("3.75"), date(2026, 12, 31)),
            Price(Decimal("1.50"), Decimal("7.50")),
        ),
    }
)
"""List prices of the standard tier, in order of `until`. A model that is not here costs an unknown amount,
and the answer says so.
"""


def price_on(day: date, model: str, prices: Mapping[str, tuple[Price, ...]] = PRICES) -> Price | None:
    """Returns the model's price on a day, None where it is not known."""
    return next((price for price in prices.get(model, ()) if price.until is None or day <= price.until), None)
