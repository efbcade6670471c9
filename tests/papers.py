"""Random months of a business, for what is made of a whole month. Fictitious; the same seed, the same
month.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from functions.books.entry import Entry
from functions.books.filed import Filed
from functions.books.months import Month
from functions.books.ports import Business
from functions.extractor.invoice import Customer, Invoice, Item, Modifies, Supplier

OWN = Business("20512345671", "Bodega Luz & Cía. S.A.C.")
OTHER = "20609173425"
SUPPLIERS = ("20100070970", "20123456786", "20131312955", "20331066703", "20267163228")
NAMES = ("FERRETERÍA EL ÑANDÚ S.A.C.", "Grifo Sol|Norte / Lima", '=HYPERLINK("http://malo.example")',
    "PEÑA & CÍA \\ HIJOS", "Café\nAndino 🍵 EIRL")  # fmt: skip
NOVEMBER = Month(2026, 11)
RATES = {
    date(2026, 10, 1) + timedelta(days=n): Decimal("3.3") + Decimal(n % 90) / 1000 for n in range(92) if n % 7
}
"""A seventh of the days have no rate."""


def cents(draw: random.Random, most: int = 500_000) -> Decimal:
    return Decimal(draw.randint(1, most)) / 100


def a_paper(draw: random.Random, at: int, month: Month = NOVEMBER, **changes: Any) -> Filed:
    """One paper; most are plain facturas to the business, the rest has every trait that moves a paper
    elsewhere.
    """
    kind = draw.choices(["01", "03", "07", "08", "14", "02", "12", None], [60, 14, 8, 3, 6, 3, 4, 2])[0]
    here = draw.random() < 0.85
    first = month.first if here else draw.choice([month.before.first, month.after.first])
    issued = first + timedelta(days=draw.randint(0, 27))
    customer = draw.choices(
        [
            Customer(id_type="6", id=OWN.ruc),
            Customer(id_type="6", id=OTHER, name="Otra SAC"),
            Customer(id_type="6", id="20512345672"),
            Customer(),
        ],
        [80, 8, 4, 8],
    )[0]
    amounts = _amounts(draw, draw.random() < 0.9)
    modifies = Modifies(kind=draw.choice(["01", "01", "03"]), series="F001", number=str(draw.randint(1, 900)))
    invoice = Invoice(
        kind=kind,
        series=None
        if kind is None
        else {"03": "B001", "14": "S001", "07": "FC01"}.get(kind, draw.choice(["F001", "E001", "f0a1"])),
        number=draw.choice(["", "000"]) + str(at + 1),
        issue_date=issued if draw.random() < 0.97 else None,
        due_date=issued + timedelta(days=draw.randint(0, 70)) if draw.random() < 0.6 else None,
        currency=draw.choices(["PEN", "USD", "EUR", None], [84, 12, 2, 2])[0],
        supplier=Supplier(ruc=draw.choice(SUPPLIERS), name=draw.choice(NAMES)),
        customer=customer,
        modifies=modifies if kind in {"07", "08"} and draw.random() < 0.8 else None,
        items=[
            Item(description=f"ítem {n}", quantity=Decimal(n), amount=cents(draw))
            for n in range(draw.randint(0, 4))
        ],
        **amounts,
    )
    received = datetime(month.year, month.number, draw.randint(1, 28), 15, tzinfo=UTC)
    entry = Entry(
        UUID(int=at),
        received,
        draw.choices(["proven", "consistent", "needs_review"], [50, 35, 15])[0],
        invoice,
        repeated=draw.random() < 0.05,
    )
    found: dict[str, Any] = {
        "entry": entry,
        "document": UUID(int=at),
        "month": (issued.replace(day=1) if invoice.issue_date else month.first),
        "filename": f"{at}.pdf",
        "uri": f"gs://b/{at}",
        "sender": "…4321",
        "modified_on": draw.choice([date(2026, 10, 15), date(2026, 11, 3), None])
        if invoice.modifies
        else None,
    }
    return Filed(**found | changes)


def _amounts(draw: random.Random, fits: bool) -> dict[str, Decimal | None]:
    """What a paper prints, with a total that is the sum of it, or not."""
    base = cents(draw)
    igv = (base * draw.choice([Decimal("0.18"), Decimal("0.105")])).quantize(Decimal("0.01"))
    found: dict[str, Decimal | None] = {"taxable": base, "igv": igv}
    extras = {
        "exempt": 0.15, "unaffected": 0.05, "isc": 0.04, "icbper": 0.08, "other_charges": 0.06,
        "rounding": 0.06,
    }  # fmt: skip
    for name, chance in extras.items():
        if draw.random() < chance:
            found[name] = Decimal("-0.03") if name == "rounding" else cents(draw, 5_000)
    total = sum((value for value in found.values() if value), Decimal(0))
    if draw.random() < 0.05:
        found["discounts"] = discount = min(cents(draw, 5_000), total)
        total -= draw.choice([Decimal(0), discount])
    found["total"] = total if fits else draw.choice([None, total + 7])
    return found


def a_month(seed: int, papers: int, month: Month = NOVEMBER) -> Sequence[Filed]:
    draw = random.Random(seed)
    return [a_paper(draw, at, month) for at in range(papers)]
