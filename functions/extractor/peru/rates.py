"""The rates that the law takes of a sale: IGV's by day, and the usual ones of detracción and percepción."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

LEVIES = {
    "detraction": [Decimal(r) for r in ("0.015", "0.04", "0.10", "0.12", "0.15")],
    "perception": [Decimal(r) for r in ("0.005", "0.01", "0.02")],
}
"""The parts of a total that are taken: SPOT's usual rates, and those of the percepción."""
RETAINED = [Decimal(r) for r in ("0.03", "0.08")]
"""The parts of a total that a buyer retains: of IGV by its agents, of fourth-category income."""


def rates(day: date | None) -> tuple[Decimal, ...]:
    """Returns the IGV rates that an issuer may apply on a day: the general 18 %, the reduced one of
    restaurants and hotels, IVAP.

    Ley 31556 and 32219: 10 % from September 2022, 10.5 % in 2026, 15 % in 2027. Issuers lag, so the old rate
    is accepted for a while.
    """
    found = [Decimal("0.18"), Decimal("0.04")]
    if day is None or day >= date(2022, 9, 1):
        if day is None or day <= date(2026, 12, 31):
            found.append(Decimal("0.10"))
        if day is None or day >= date(2026, 1, 1):
            found.append(Decimal("0.105"))
        if day is None or day >= date(2027, 1, 1):
            found.append(Decimal("0.15"))
    return tuple(found)
