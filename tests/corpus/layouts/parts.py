"""What every layout needs and none owns: traps drawn by weight, headings by kind, the label that a total goes under."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import cast

from tests.corpus import qr
from tests.corpus.cases import Case, Trap
from tests.corpus.paper import Paper


@dataclass
class Drawn:
    """A document on paper, and whether it carries a QR."""

    paper: Paper
    case: Case
    qr: bool


def pick(rng: Random, weights: Mapping[str, float]) -> str:
    """One key by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


A4_TRAPS: dict[str, float] = {
    "plain": 34, "perception": 6, "detraction": 8, "free": 5, "rounding": 5, "icbper": 4, "isc": 4, "mype": 4, "exempt": 6,
    "unaffected": 3, "mixed": 4, "nrus": 3, "advance": 4, "discount": 6, "line_discount": 3, "retention": 4, "export": 3,
}  # fmt: skip
TICKET_TRAPS: dict[str, float] = {
    "plain": 45, "icbper": 12, "rounding": 10, "exempt": 6, "mixed": 6, "nrus": 6, "free": 4, "perception": 4, "line_discount": 4,
}  # fmt: skip


def trap(rng: Random, weights: Mapping[str, float]) -> Trap:
    """One trap by its weight."""
    return cast(Trap, pick(rng, weights))


def money_of(rng: Random, what: str) -> str:
    """The currency: exports and some others are not in soles."""
    if what == "export":
        return rng.choice(["USD", "USD", "EUR"])
    if what in {"icbper", "rounding", "perception", "detraction", "nrus", "mype"}:
        return "PEN"
    return rng.choices(["PEN", "USD", "EUR"], [86, 12, 2])[0]


def variant(rng: Random, case: Case) -> str:
    """A QR variant that this document may carry."""
    weights = dict(qr.VARIANTS)
    if case.invoice.igv is None:
        return "no_igv"
    if case.invoice.issue_date and case.invoice.issue_date.day > 28:
        weights.pop("fused", None)
    return pick(rng, weights)


def heading(kind: str, words: Mapping[str, str]) -> str:
    """The document's heading in this system's words."""
    return words[kind]


HEADINGS = {
    "01": "FACTURA ELECTRÓNICA",
    "03": "BOLETA DE VENTA ELECTRÓNICA",
    "07": "NOTA DE CRÉDITO ELECTRÓNICA",
    "08": "NOTA DE DÉBITO ELECTRÓNICA",
}
CURRENCY_WORDS = {"PEN": "SOLES", "USD": "DÓLARES AMERICANOS", "EUR": "EUROS"}


def labelled(case: Case, words: Mapping[str, str], skip: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    """(key, label, amount as printed) for every total row; `{rate}` in a label is IGV's."""
    rate = f"{case.rate * 100:.1f}".removesuffix(".0") if case.rate else "18"
    out = []
    for key, amount in case.rows:
        if key in skip:
            continue
        sign = "-" if amount < 0 else ""
        shown = sign + case.money(abs(amount))
        out.append((key, words[key].replace("{rate}", rate), shown))
    return out
