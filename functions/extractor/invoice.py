"""The Invoice, one set of names everywhere: read from documents, asked of Gemini, stored as jsonb, shown to
users.

A value that was not seen is None. Money is `Decimal` and a string in JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from functions.extractor.witness import Heard


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Supplier(_Record):
    """The issuer. `ruc` is 11 digits."""

    ruc: str | None = None
    name: str | None = None


class Customer(_Record):
    """The buyer. `id_type` is SUNAT's catalogue 06: 1 DNI, 4 CE, 6 RUC, 7 passport, 0 others."""

    id_type: str | None = None
    id: str | None = None
    name: str | None = None


class Modifies(_Record):
    """The document that a credit or debit note modifies."""

    kind: str | None = None
    series: str | None = None
    number: str | None = None


class Item(_Record):
    """One line. `amount` is what the document prints at the end of it."""

    description: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    amount: Decimal | None = None


class Invoice(_Record):
    """One comprobante de pago as printed. `kind` is SUNAT's catalogue 01; `number` has no leading zeros;
    `currency` is ISO 4217.
    """

    kind: str | None = None
    series: str | None = None
    number: str | None = None
    issue_date: date | None = None
    due_date: date | None = None
    currency: str | None = None
    supplier: Supplier = Supplier()
    customer: Customer = Customer()
    taxable: Decimal | None = None
    exempt: Decimal | None = None
    unaffected: Decimal | None = None
    free: Decimal | None = None
    discounts: Decimal | None = None
    igv: Decimal | None = None
    isc: Decimal | None = None
    icbper: Decimal | None = None
    other_charges: Decimal | None = None
    rounding: Decimal | None = None
    total: Decimal | None = None
    detraction: Decimal | None = None
    perception: Decimal | None = None
    net_payable: Decimal | None = None
    amount_in_words: str | None = None
    modifies: Modifies | None = None
    items: list[Item] = []

    @property
    def rounded(self) -> Decimal | None:
        """The rounding inside the total; None where the total is rounded only when it is paid."""
        total, net = self.total, self.net_payable
        paid = self.rounding is not None and total is not None and net == total + self.rounding
        return None if paid else self.rounding

    def at(self, path: str) -> object:
        """Returns the value at a dotted path; None where it leads nowhere, as into an item that is not
        there.
        """
        value: object = self
        for name in path.split("."):
            value = (
                (value[int(name)] if int(name) < len(value) else None)
                if isinstance(value, list)
                else getattr(value, name, None)
            )
        return value


Source = Literal["sunat", "qr", "text", "gemini", "ocr", "net"]
"""The sources of values. `sunat` gives none: it confirms six values that others saw."""

Verdict = Literal["proven", "consistent", "needs_review", "unreadable", "not_an_invoice"]

NotInvoice = Literal[
    "yape",
    "plin",
    "bank_transfer",
    "card_slip",
    "delivery_guide",
    "quote",
    "foreign",
    "continuation",
    "photo",
    "other",
]
"""The natures of documents that are no comprobante; `continuation` is a later page of one, sent alone."""

ErrorCode = Literal[
    "empty",
    "not_supported",
    "xml",
    "corrupt",
    "encrypted",
    "too_large",
    "too_complex",
    "dark",
    "unreadable",
    "internal",
]


Trust = Literal["proven", "read", "doubted"]
"""How far one value may be relied on. `proven`: by symbol and sums; `read`: as it was read; `doubted`: the
page also speaks for another value, and no second source says which is right.
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The source of one field's value, and how far it may be relied on. `box` is (page from 0, x0, y0, x1,
    y1) in fractions of the page, origin top left.

    `invoice` is the index in `Extraction.invoices`; `field` a dotted path ("supplier.ruc", "items.0.amount").
    `repaired` is what was read where a check proved a repair ("FO01" for "F001").
    """

    invoice: int
    field: str
    value: str
    source: Source
    agree: tuple[Source, ...] = ()
    disagree: tuple[tuple[Source, str], ...] = ()
    repaired: str | None = None
    box: tuple[int, float, float, float, float] | None = None
    trust: Trust = "read"


@dataclass(frozen=True, slots=True)
class Rival:
    """A candidate for a field and what spoke for it: each reason with how far it holds, 1 for yes. `score` is
    the sum of the reasons' learned weights; of a field's candidates the first was taken, unless something
    beside the score told otherwise.
    """

    field: str
    value: str
    score: float
    reasons: tuple[tuple[str, float], ...]
    invoice: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """One test of an invoice. `ok` None: it could not be made. Checks warn; they never change a value."""

    invoice: int
    name: str
    ok: bool | None
    detail: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtractionError:
    """Why there is no result. `message` is for operators, English, without document contents."""

    code: ErrorCode
    message: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything that reading one file gave. Times in ms, cost in USD.

    `engine` tells which sources the values rest on: "qr+text", "gemini", "ocr", "qr+ocr"…; `model` is
    Gemini's when it was used. `pages_seen` are the pages, from 0, that were read or are blank; the user is
    told where others were not. `steps` are the milliseconds of open, qr, text, gemini, ocr, checks.
    `incomplete`: a source that could have read failed, so that the same bytes must be read anew and this
    answer is not given for them. `wants_model`: our own eyes did not settle the file, so that a model was
    asked, or would have been asked if one were configured. `heard`: what SUNAT said of which invoice.
    """

    verdict: Verdict
    engine: str
    invoices: tuple[Invoice, ...] = ()
    what: NotInvoice | None = None
    evidence: tuple[Evidence, ...] = ()
    rivals: tuple[Rival, ...] = ()
    checks: tuple[Check, ...] = ()
    error: ExtractionError | None = None
    media_type: str | None = None
    pages: int = 0
    pages_seen: tuple[int, ...] = ()
    model: str | None = None
    tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    elapsed_ms: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    incomplete: bool = False
    wants_model: bool = False
    heard: tuple[Heard, ...] = ()

    @property
    def pages_read(self) -> int:
        """The number of pages that were read or are blank."""
        return len(self.pages_seen)

    def to_json(self) -> dict[str, Any]:
        """Returns the line that the command line prints, without the file's name."""
        return {
            "verdict": self.verdict,
            "what": self.what,
            "engine": self.engine,
            "invoices": [invoice.model_dump(mode="json") for invoice in self.invoices],
            "evidence": [asdict(one) for one in self.evidence],
            "checks": [asdict(one) for one in self.checks],
            "error": asdict(self.error) if self.error else None,
            "elapsed_ms": self.elapsed_ms,
        }
