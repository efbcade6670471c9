"""One paper as its business holds it to be true, and whether it is made out to that business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from functions.extractor.invoice import Customer, Invoice, Verdict
from functions.extractor.peru.tokens import valid_ruc

Own = Literal["yes", "no", "unread", "unknown"]
"""Whether a paper is made out to the business. `yes`: by its RUC; `no`: to another; `unread`: to a number
that is not legible; `unknown`: the business has not said its RUC.
"""


def sign_of(kind: str | None) -> int:
    """Returns -1 for a note of credit, which subtracts, and 1 for every other kind."""
    return -1 if kind == "07" else 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper in the books. `repeated`: an earlier paper of the same business has the same issuer, kind,
    series and number.
    """

    id: UUID
    received_at: datetime
    verdict: Verdict
    invoice: Invoice
    note: str | None = None
    repeated: bool = False

    @property
    def day(self) -> date | None:
        """The day of issue."""
        return self.invoice.issue_date

    @property
    def sign(self) -> int:
        """The sign of its kind, as `sign_of` tells it."""
        return sign_of(self.invoice.kind)

    @property
    def total(self) -> Decimal | None:
        """The amount that it adds to the month, in its currency; negative for a note of credit."""
        total = self.invoice.total
        return None if total is None else sign_of(self.invoice.kind) * abs(total)

    @property
    def igv(self) -> Decimal | None:
        """The IGV printed apart, with the sign of `total`; None where none is."""
        return None if not self.invoice.igv else self.sign * abs(self.invoice.igv)


def own(customer: Customer, ruc: str | None) -> Own:
    """Returns whether a paper made out to `customer` is the business's. A RUC that fails its check digit and
    is at most two digits off the business's is not legible, and does not say that the paper is another's.

    A person's RUC 10 holds the DNI in its digits 3 to 10, so that a boleta with that DNI is the owner's.
    """
    if ruc is None:
        return "unknown"
    number = "".join(c for c in customer.id or "" if c.isdigit())
    if not number:
        return "unread"
    if number == ruc or (ruc.startswith("10") and number == ruc[2:10]):
        return "yes"
    slips = sum(a != b for a, b in zip(number, ruc, strict=False)) + abs(len(number) - len(ruc))
    return "unread" if customer.id_type == "6" and not valid_ruc(number) and slips <= 2 else "no"
