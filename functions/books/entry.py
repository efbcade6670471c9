"""One paper as its business holds it to be true, and the question of whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from functions.extractor.invoice import Customer, Invoice, Verdict
from functions.extractor.peru.tokens import valid_ruc

Own = Literal["yes", "no", "unread", "unknown"]
"""Whether a paper is made out to the business: by its RUC; to another; to a number that is not legible; or
the business has not said its RUC.
"""


def sign_of(kind: str | None) -> int:
    """-1 for what takes away: a note of credit."""
    return -1 if kind == "07" else 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper in the books. `repeated`: an earlier one of the same business has the same issuer, kind, series
    and number.
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
        """As `sign_of` its kind."""
        return sign_of(self.invoice.kind)

    @property
    def total(self) -> Decimal | None:
        """What it adds to the month, in its currency; negative for a note of credit."""
        return None if self.invoice.total is None else self.sign * abs(self.invoice.total)

    @property
    def igv(self) -> Decimal | None:
        """The IGV printed apart, with the sign of `total`; None where none is."""
        return None if not self.invoice.igv else self.sign * abs(self.invoice.igv)


def own(customer: Customer, ruc: str | None) -> Own:
    """Whose paper made out to `customer` is. A number one digit off that fails its check is not legible, and
    says of nobody that it is his.

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
