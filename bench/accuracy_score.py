"""Comparing what was read with what was printed: pure functions and counters."""

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from math import sqrt

from functions.extractor.invoice import Extraction, Invoice, Item

KEYS = ("ruc", "kind", "series", "number", "date", "total", "igv")
Value = str | date | Decimal | tuple[Decimal | None, str | None] | None
OTHERS = (
    "due_date",
    "taxable",
    "exempt",
    "unaffected",
    "free",
    "discounts",
    "isc",
    "icbper",
    "other_charges",
    "rounding",
    "detraction",
    "perception",
    "net_payable",
)


def key_values(invoice: Invoice | None) -> dict[str, Value]:
    """The seven key fields; an IGV of 0.00 says the same as none."""
    if invoice is None:
        return dict.fromkeys(KEYS)
    return {
        "ruc": invoice.supplier.ruc,
        "kind": invoice.kind,
        "series": invoice.series,
        "number": invoice.number,
        "date": invoice.issue_date,
        "total": None if invoice.total is None else (invoice.total, invoice.currency),
        "igv": invoice.igv or None,
    }


def wilson(right: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a rate."""
    if not of:
        return (0.0, 1.0)
    rate = right / of
    middle = rate + z * z / (2 * of)
    spread = z * sqrt(rate * (1 - rate) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return (max(0.0, (middle - spread) / scale), (middle + spread) / scale)


def plain(text: str | None) -> str:
    """Letters and digits in capitals, without accents."""
    flat = unicodedata.normalize("NFKD", text or "").upper()
    return "".join(ch for ch in flat if ch.isalnum())


def same_item(want: Item, got: Item, whole: Decimal | None) -> bool:
    """Description close (0.8 of the characters), amount exact.

    Where no amount is printed beside it: none, what quantity and price make, or the `whole` document's where
    it prints no price either.
    """
    if SequenceMatcher(None, plain(want.description), plain(got.description), autojunk=False).ratio() < 0.8:
        return False
    if want.amount is None:
        made = whole if want.unit_price is None else (want.quantity or Decimal(1)) * want.unit_price
        return got.amount is None or (made is not None and abs(got.amount - made) <= Decimal("0.01"))
    return want.amount == got.amount


def item_hits(want: Invoice, got: Invoice) -> int:
    """How many of the items are found, each used once."""
    left = list(got.items)
    hits = 0
    for item in want.items:
        found = next((other for other in left if same_item(item, other, want.total)), None)
        if found is not None:
            left.remove(found)
            hits += 1
    return hits


@dataclass
class Tally:
    """Counts over the documents of one half, form and engine."""

    files: int = 0
    """All of them, those that are no invoice too."""
    asked: int = 0
    """Files that a model was asked about, or would have been were one configured."""
    proven_asked: int = 0
    """Those of them that ended `proven`: calls that nobody needed."""
    documents: int = 0
    right: Counter[str] = field(default_factory=Counter)
    """By key field."""
    missing: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    all_seven: int = 0
    side_right: Counter[str] = field(default_factory=Counter)
    """By side field, where the paper prints it."""
    side_asked: Counter[str] = field(default_factory=Counter)
    side_invented: Counter[str] = field(default_factory=Counter)
    """By side field, where the paper prints none and one was read."""
    items_want: int = 0
    items_got: int = 0
    items_hit: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    wrong_yet_proven: int = 0
    """Documents `proven` though a key field is not what is printed."""
    others_wrong_yet_proven: int = 0
    """Documents `proven` where some other amount is not what is printed."""
    qr_documents: int = 0
    qr_proven: int = 0
    extra: int = 0
    """Invoices beyond those printed."""
    negatives: int = 0
    accepted: int = 0
    named: int = 0
    """Negatives that were called what they are."""
    blurred: int = 0
    blurred_told: int = 0
    """Photos out of focus that were called unreadable."""
    blurred_wrong: int = 0
    """Key fields read from them that are not what is printed."""
    several: int = 0
    several_right: int = 0
    """Files of several invoices: all found, in order, all seven fields right in each."""

    @property
    def key_rate(self) -> tuple[int, int]:
        """Key fields right, of how many."""
        return sum(self.right.values()), self.documents * len(KEYS)

    @property
    def f1(self) -> float:
        """Items."""
        both = self.items_want + self.items_got
        return 2 * self.items_hit / both if both else 1.0

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            **{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__}
        )


@dataclass(frozen=True)
class Miss:
    """One field that is not what is printed. `promised`: the answer called it proven."""

    field: str
    want: object
    got: object
    promised: bool = False


SIDES = (
    "supplier",
    "customer",
    "modifies",
    "due_date",
    "taxable",
    "exempt",
    "icbper",
    "detraction",
    "perception",
    "net_payable",
)


def side_values(invoice: Invoice) -> dict[str, object]:
    """What is not key and users still see: the supplier's name, the customer's number, the modified document,
    other amounts.
    """
    ref = invoice.modifies
    named: dict[str, object] = {
        "supplier": plain(invoice.supplier.name) or None,
        "customer": invoice.customer.id,
        "modifies": (ref.series, ref.number) if ref else None,
    }
    return named | {name: getattr(invoice, name) or None for name in SIDES[3:]}


def score_sides(tally: Tally, want: Invoice, got: Invoice) -> None:
    """Counts the side fields in. A supplier's name is right where 0.85 of its characters are; 0.00 is the
    same as nothing.
    """
    wanted, found = side_values(want), side_values(got)
    for name in SIDES:
        right = wanted[name] == found[name]
        if name == "supplier" and found[name]:
            right = SequenceMatcher(None, str(wanted[name]), str(found[name]), autojunk=False).ratio() >= 0.85
        if wanted[name] is None:
            tally.side_invented[name] += found[name] is not None
        else:
            tally.side_asked[name] += 1
            tally.side_right[name] += right


def misses(want: Invoice, got: Invoice | None) -> list[Miss]:
    """The key fields that differ."""
    wanted, found = key_values(want), key_values(got)
    return [Miss(key, wanted[key], found[key]) for key in KEYS if wanted[key] != found[key]]


def all_seven(want: Invoice, extraction: Extraction) -> bool:
    """Whether the seven key fields of the file's first invoice are right."""
    return bool(extraction.invoices) and not misses(want, extraction.invoices[0])


def other_misses(want: Invoice, got: Invoice) -> list[Miss]:
    """Other amounts and dates that are there and differ; what was not seen is no error here, and 0.00 says
    the same as nothing.
    """
    out = []
    for name in OTHERS:
        wanted, found = getattr(want, name), getattr(got, name)
        if found is not None and found != wanted and (found or wanted):
            out.append(Miss(name, wanted, found))
    return out


def item_misses(want: Invoice, extraction: Extraction) -> list[Miss]:
    """Items that were not found or are too many, and other amounts that differ in what is proven; for the
    eye.
    """
    got = extraction.invoices[0] if extraction.invoices else Invoice()
    left, out = list(got.items), []
    for item in want.items:
        found = next((other for other in left if same_item(item, other, want.total)), None)
        if found is None:
            out.append(Miss("item", f"{item.description} {item.amount}", None))
        else:
            left.remove(found)
    out += [Miss("item", None, f"{item.description} {item.amount}") for item in left]
    wanted, found = side_values(want), side_values(got)
    sides = Tally()
    score_sides(sides, want, got)
    out += [
        Miss(name, wanted[name], found[name])
        for name in SIDES
        if sides.side_asked[name] > sides.side_right[name] or sides.side_invented[name]
    ]
    return out + (other_misses(want, got) if extraction.verdict == "proven" else [])


def score(tally: Tally, truth: tuple[Invoice, ...], extraction: Extraction, *, qr: bool) -> list[Miss]:
    """Counts one document in; what is wrong with its key fields."""
    want, *more = truth
    if more:
        return _score_several(tally, truth, extraction)
    got = extraction.invoices[0] if extraction.invoices else None
    found = misses(want, got)
    tally.documents += 1
    tally.extra += max(0, len(extraction.invoices) - 1)
    tally.verdicts[extraction.verdict] += 1
    bad = {miss.field for miss in found}
    for key in KEYS:
        tally.right[key] += key not in bad
    for miss in found:
        (tally.missing if miss.got is None else tally.invented if miss.want is None else tally.wrong)[
            miss.field
        ] += 1
    tally.all_seven += not found
    tally.items_want += len(want.items)
    if got is not None:
        tally.items_got += len(got.items)
        tally.items_hit += item_hits(want, got)
    score_sides(tally, want, got or Invoice())
    if extraction.verdict == "proven":
        tally.wrong_yet_proven += bool(found)
        tally.others_wrong_yet_proven += bool(got is not None and other_misses(want, got))
    tally.qr_documents += qr
    tally.qr_proven += qr and extraction.verdict == "proven"
    return found


def _score_several(tally: Tally, truth: tuple[Invoice, ...], extraction: Extraction) -> list[Miss]:
    found: list[Miss] = []
    if len(extraction.invoices) != len(truth):
        found.append(Miss("invoices", len(truth), len(extraction.invoices)))
    for index, want in enumerate(truth):
        got = extraction.invoices[index] if index < len(extraction.invoices) else None
        found += [Miss(f"{index}.{miss.field}", miss.want, miss.got) for miss in misses(want, got)]
    tally.several += 1
    tally.several_right += not found
    tally.wrong_yet_proven += bool(found) and extraction.verdict == "proven"
    return found


def score_blurred(tally: Tally, truth: Invoice, extraction: Extraction) -> list[Miss]:
    """Counts one photo out of focus in: nothing may be made up, and the person is told that it cannot be
    read.
    """
    got = extraction.invoices[0] if extraction.invoices else None
    made_up = [miss for miss in misses(truth, got) if miss.got is not None]
    tally.blurred += 1
    tally.blurred_told += extraction.verdict == "unreadable"
    tally.blurred_wrong += len(made_up)
    tally.wrong_yet_proven += bool(made_up) and extraction.verdict == "proven"
    return made_up or (
        []
        if extraction.verdict == "unreadable" or got is not None
        else [Miss("verdict", "unreadable", extraction.verdict)]
    )


def score_negative(tally: Tally, what: str | None, extraction: Extraction) -> list[Miss]:
    """Counts one thing that is no invoice in."""
    accepted = bool(extraction.invoices) and extraction.verdict not in {"not_an_invoice", "unreadable"}
    tally.negatives += 1
    tally.accepted += accepted
    tally.named += extraction.verdict == "not_an_invoice" and extraction.what == what
    tally.wrong_yet_proven += extraction.verdict == "proven"
    return [Miss("accepted", what, extraction.verdict)] if accepted else []
