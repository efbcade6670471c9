"""The amounts that labels claim, and what else each may be taken for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from functions.extractor.reading.reading import Place

UNNAMED = ""
"""The name of an amount that stands under no known label."""
BASES, TOTALS = ("taxable", "sale_value", "subtotal"), ("total", "with_discount")
LABEL = 0.2
"""The weight of one point of a label's strength, where a sum that comes out weighs 3."""
GUESS = -0.6
"""The cost of taking an amount for something that its label does not say."""


@dataclass(frozen=True, slots=True)
class LabelledAmount:
    """One amount that a label claims for a field."""

    name: str
    value: Decimal
    strength: float
    text: str
    box: Place
    sheet: int
    row: int
    begin: float = 0.0
    end: float = 0.0
    """Where its phrase begins and where it ends, in line heights from the page's left edge."""


Chosen = dict[str, LabelledAmount]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A set and its weight."""

    weight: float
    chosen: Chosen = field(default_factory=dict)


def grouped(claims: Sequence[LabelledAmount]) -> dict[str, list[LabelledAmount]]:
    """Returns the claims by their names."""
    by: dict[str, list[LabelledAmount]] = {}
    for claim in claims:
        by.setdefault(claim.name, []).append(claim)
    return by


def top(group: Sequence[LabelledAmount], count: int) -> list[LabelledAmount]:
    """Returns the strongest claims with different values; of equals the one later on the page."""
    found: list[LabelledAmount] = []
    for claim in sorted(group, key=lambda c: (-c.strength, -c.sheet, -c.row)):
        if all(claim.value != f.value for f in found):
            found.append(claim)
    return found[:count]


def named(by: Mapping[str, Sequence[LabelledAmount]], *names: str) -> list[LabelledAmount]:
    """Returns the claims of these names, one name after the other."""
    return [claim for name in names for claim in by.get(name, ())]


def taken_for(claim: LabelledAmount, name: str) -> LabelledAmount:
    """Returns the claim under a name that its own label does not give it, at the cost of a guess."""
    if (
        claim.name == name
        or (claim.name in TOTALS and name == "total")
        or (claim.name in BASES and name == "taxable")
    ):
        return claim
    return replace(claim, name=name, strength=GUESS / LABEL)


def is_guess(claim: LabelledAmount) -> bool:
    """True where a claim was taken for what its own label does not say."""
    return claim.strength <= GUESS / LABEL


def either_or_both(name: str, by: Mapping[str, Sequence[LabelledAmount]]) -> list[LabelledAmount]:
    """Returns the two strongest amounts of a name, and both together where they are this month's rounding and
    the last one's.
    """
    found = top(by.get(name, ()), 2)
    return [*found, together(name, found)] if name == "rounding" and len(found) == 2 else found


def together(name: str, claims: Sequence[LabelledAmount]) -> LabelledAmount:
    """Returns several amounts as the one that they make; its place is the first one's."""
    made = sum((c.value for c in claims), Decimal(0))
    weight = sum(c.strength for c in claims) / len(claims)
    text = " + ".join(c.text for c in claims)
    return replace(claims[0], name=name, value=made, strength=weight, text=text)
