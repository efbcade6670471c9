"""What the law takes of a sale: IGV's rates by day, and the usual ones of detracción and percepción."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

LEVIES = {
    "detraction": [Decimal(r) for r in ("0.015", "0.04", "0.10", "0.12", "0.15")],
    "perception": [Decimal(r) for r in ("0.005", "0.01", "0.02")],
}
"""What is taken of a total: SPOT's usual rates, and those of the percepción."""
RETAINED = [Decimal(r) for r in ("0.03", "0.08")]
"""What a buyer retains of a total: of IGV by its agents, of the fourth category's income."""


def rates(day: date | None) -> tuple[Decimal, ...]:
    """IGV rates that an issuer may apply on a day: the general 18 %, the reduced one of restaurants and
    hotels, IVAP.

    Ley 31556 and 32219: 10 % from September 2022, 10.5 % in 2026, 15 % in 2027; issuers lag, so the old rate
    stays good a while.
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
