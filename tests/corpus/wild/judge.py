"""What is wrong in an answer: the seven key fields, names, lines, verdict."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from functions.extractor.invoice import Extraction, Invoice, Item
from functions.extractor.peru.tokens import fold
from tests.corpus.wild.pen import Wild


@dataclass
class Judged:
    """Wrong fields by name as (read, true), item scores, and whether the verdict is one that may be given."""

    name: str
    verdict: str
    fields: dict[str, tuple[object, object]] = field(default_factory=dict)
    names: dict[str, tuple[object, object]] = field(default_factory=dict)
    items_hit: int = 0
    items_read: int = 0
    items_true: int = 0
    verdict_ok: bool = True
    lied: bool = False

    @property
    def f1(self) -> float:
        """Of the lines."""
        return (
            2 * self.items_hit / (self.items_read + self.items_true)
            if self.items_read + self.items_true
            else 1.0
        )


def _alike(one: str | None, other: str | None, least: float = 0.8) -> bool:
    a, b = (re.sub(r"\W", "", fold(x or "")) for x in (one, other))
    return a == b or difflib.SequenceMatcher(None, a, b).ratio() >= least


def _key(one: Invoice) -> dict[str, object]:
    return {
        "ruc": one.supplier.ruc, "kind": one.kind, "series": one.series, "number": one.number,
        "date": one.issue_date,
        "total": (one.total, one.currency), "igv": one.igv or Decimal(0),
    }  # fmt: skip


def _hits(read: Sequence[Item], true: Sequence[Item]) -> int:
    left = list(read)
    hits = 0
    for item in true:
        found = next(
            (i for i in left if _amount(i) == item.amount and _describes(i.description, item.description)),
            None,
        )
        if found is not None:
            left.remove(found)
            hits += 1
    return hits


def _describes(read: str | None, true: str | None) -> bool:
    """Alike, or the true words with the details that are printed below them."""
    a, b = (re.sub(r"\W", "", fold(x or "")) for x in (read, true))
    return _alike(read, true) or (len(b) > 8 and a.startswith(b))


def _amount(item: Item) -> Decimal | None:
    """SUNAT's portal prints none: there it is what quantity and price make."""
    if item.amount is None and item.quantity is not None and item.unit_price is not None:
        return (item.quantity * item.unit_price).quantize(Decimal("0.01"))
    return item.amount


def judge(one: Wild, answer: Extraction) -> Judged:
    """Compares the answer with the truth, invoice by invoice in order."""
    found = Judged(one.name, answer.verdict, verdict_ok=answer.verdict in one.verdicts)
    if one.verdicts == ("unreadable",):
        return found
    if one.what is not None and answer.what != one.what:
        found.names["what"] = (answer.what, one.what)
    if len(answer.invoices) != len(one.truth):
        found.fields["count"] = (len(answer.invoices), len(one.truth))
    left = list(answer.invoices)
    for true in one.truth:
        mine = next(
            (i for i in left if (i.series, i.number) == (true.series, true.number)),
            left[0] if left else Invoice(),
        )
        if mine in left:
            left.remove(mine)
        read, wanted = _key(mine), _key(true)
        found.fields |= {k: (read[k], wanted[k]) for k in wanted if read[k] != wanted[k]}
        if not _alike(mine.supplier.name, true.supplier.name, 0.9):
            found.names["supplier"] = (mine.supplier.name, true.supplier.name)
        if true.customer.name and not _alike(mine.customer.name, true.customer.name, 0.9):
            found.names["customer"] = (mine.customer.name, true.customer.name)
        found.items_true += len(true.items)
        found.items_read += len(mine.items)
        found.items_hit += _hits(mine.items, true.items)
    sums = sorted(a for v in answer.invoices for i in v.items if (a := _amount(i)) is not None)
    true_sums = sorted(a for t in one.truth for i in t.items if (a := i.amount) is not None)
    found.lied = answer.verdict == "proven" and (bool(found.fields) or sums != true_sums)
    if one.forged:  # two sources say two things: either may be shown, but never without the quarrel
        told = any(e.disagree for e in answer.evidence)
        found.fields = {} if told else found.fields | {"quarrel": ("untold", "told")}
    return found
