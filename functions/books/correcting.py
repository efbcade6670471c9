"""Corrections of one paper: what may be changed, why a value is refused, and what the corrected paper may
promise. Pure: no I/O, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from functions.books.changes import Change
from functions.extractor.invoice import Invoice, Verdict
from functions.extractor.peru.kinds import NAMES, fits
from functions.extractor.peru.tokens import decimals, valid_ruc

FIELDS = (
    "supplier.ruc",
    "supplier.name",
    "kind",
    "series",
    "number",
    "issue_date",
    "currency",
    "igv",
    "total",
)
"""The fields that an owner may correct, by the invoice's dotted path, in the order in which they are told."""
Why = Literal["amount", "date", "future", "old", "ruc", "customers_ruc", "series", "unknown"]
_KEY = tuple(name for name in FIELDS if name not in {"supplier.name", "igv"})
_FIRST = date(2010, 1, 1)
"""The first day of issue that is accepted: it lies before electronic invoices."""
_LARGEST = Decimal("999999999999.99")


@dataclass(frozen=True, slots=True)
class RefusedValue:
    """A value that is refused, as it was written, and the reason."""

    field: str
    value: str
    why: Why


@dataclass(frozen=True, slots=True)
class Correction:
    """One value before and after, both as the invoice's JSON writes them. The fields `verdict` and `deleted`
    ("yes") are the entry's own.
    """

    field: str
    old: str | None
    new: str | None


def corrected(invoice: Invoice, changes: Mapping[str, Change], today: date) -> Invoice | list[RefusedValue]:
    """Returns the invoice with the changes, or every reason for which they are refused: where one value is
    bad nothing changes. `today` is the date in Lima.
    """
    refused = [
        RefusedValue(name, str(value), why)
        for name, value in changes.items()
        if (why := _refusal(name, value, invoice, today))
    ]
    if refused:
        return refused
    after = with_values(invoice, {name: str(value) for name, value in changes.items()})
    if (
        {"kind", "series"} & changes.keys()
        and after.kind
        and after.series
        and not fits(after.kind, after.series)
    ):
        return [RefusedValue("series", after.series, "series")]
    return after


def _refusal(name: str, value: Change, invoice: Invoice, today: date) -> Why | None:
    why: Why | None = None
    match name:
        case "total" | "igv":
            amount = isinstance(value, Decimal) and 0 <= value <= _LARGEST and decimals(value) <= 2
            why = None if amount else "amount"
        case "issue_date":
            if not isinstance(value, date):
                why = "date"
            elif not _FIRST <= value <= today:
                why = "future" if value > today else "old"
        case "supplier.ruc":
            why = (
                "customers_ruc" if value == invoice.customer.id else None if valid_ruc(str(value)) else "ruc"
            )
        case "kind":
            why = None if value in NAMES else "unknown"
        case "currency":
            why = None if value in {"PEN", "USD", "EUR"} else "unknown"
        case _:
            why = None if str(value).strip() else "unknown"
    return why


def with_values(invoice: Invoice, values: Mapping[str, str | None]) -> Invoice:
    """Returns the invoice with these values, which are given as its JSON writes them."""
    data: dict[str, Any] = invoice.model_dump(mode="json")
    for path, value in values.items():
        head, _, tail = path.partition(".")
        if tail:
            data[head][tail] = value
        else:
            data[head] = value
    return Invoice.model_validate(data)


def differences(before: Invoice, after: Invoice) -> list[Correction]:
    """Returns the fields in which the two invoices differ, with both values."""
    told = [(name, before.at(name), after.at(name)) for name in FIELDS]
    return [Correction(name, _written(old), _written(new)) for name, old, new in told if old != new]


def stands(done: Sequence[Correction], invoice: Invoice, verdict: Verdict) -> bool:
    """True where each correction's new value is the one that the invoice, or the verdict beside it, has."""
    values = {name: _written(invoice.at(name)) for name in FIELDS} | {"verdict": verdict}
    return all(one.new == values[one.field] for one in done if one.field in values)


def judged(read: Invoice, doubted: Sequence[str], after: Invoice, today: date) -> Verdict:
    """Returns the verdict of the corrected paper: never `proven`, and `needs_review` while a check fails, one
    of the seven key fields is missing, or a doubtful value still stands as it was `read`.
    """
    standing = any(read.at(name) == after.at(name) for name in doubted)
    lacking = any(after.at(name) is None for name in _KEY)
    return "needs_review" if standing or lacking or _failed(after, today) else "consistent"


def failing(before: Invoice, after: Invoice, today: date) -> list[str]:
    """Returns the names of the checks that held or could not be made before, and fail now."""
    return sorted(_failed(after, today) - _failed(before, today))


def _failed(invoice: Invoice, today: date) -> set[str]:
    # The import takes a quarter of a second, most of it numpy's; other texts need not wait for it.
    from functions.extractor.judging import checks

    return {one.name for one in checks.run(invoice, 0, today=today) if one.ok is False}


def _written(value: object) -> str | None:
    return None if value is None else str(value)
