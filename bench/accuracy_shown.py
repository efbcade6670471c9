"""Everything that a paper shows against everything that was read of it, part by part, and what each verdict
is worth.

Names and descriptions are the same where their letters and digits are; off pixels one in twelve may differ,
so that a lost word counts. A proven answer promises the fields that its evidence calls proven, and that its
lines are those printed; what it shows beside them is counted apart.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from random import Random

from bench.accuracy_score import KEYS, OTHERS, Miss, misses, plain, wilson
from functions.extractor.invoice import Extraction, Invoice, Item, Verdict

PARTS = ("description", "quantity", "unit", "unit_price", "amount")
STEPS: tuple[tuple[str, tuple[Verdict, ...]], ...] = (
    ("proven", ("proven",)),
    ("+ consistent", ("proven", "consistent")),
    ("+ needs_review", ("proven", "consistent", "needs_review")),
)
"""Coverage grows as less certain answers are taken too."""
RESAMPLES = 1000
Cell = str | date | Decimal | None
_PATHS = {"ruc": ("supplier.ruc",), "date": ("issue_date",), "total": ("total", "currency")}
"""The fields of those keys whose name is not their field's."""


@dataclass(frozen=True)
class Mark:
    """One paper's score. `group` is its half, split or folder; `layout` the class that intervals are drawn
    over.

    `asked` counts the printed fields by name, without the seven keys; `items` is (all parts right, printed).
    A miss without a value read is a missing one, any other is wrong. `again`: a second look at its pixels was
    wanted though the first had all seven keys right; None where the first had not, or there are no pixels.
    """

    group: str
    form: str
    layout: str
    verdict: Verdict
    qr: bool
    keys: tuple[Miss, ...]
    others: tuple[Miss, ...]
    asked: Counter[str]
    items: tuple[int, int]
    again: bool | None = None

    @property
    def missed(self) -> tuple[Miss, ...]:
        """All that is not as printed."""
        return self.keys + self.others

    @property
    def broken(self) -> tuple[Miss, ...]:
        """What was promised and is not as printed."""
        return tuple(miss for miss in self.missed if miss.promised)

    @property
    def key_wrong(self) -> bool:
        """Whether a key field was given that is not printed."""
        return any(miss.got is not None for miss in self.keys)

    @property
    def wrong(self) -> bool:
        """Whether anything was given that is not printed."""
        return any(miss.got is not None for miss in self.missed)


def fields(invoice: Invoice) -> dict[str, Cell]:
    """What is shown beside the seven keys and the items; 0.00 is the same as nothing."""
    who, ref = invoice.customer, invoice.modifies
    found: dict[str, Cell] = {
        "supplier.name": invoice.supplier.name,
        "customer.id_type": who.id_type if who.id else None,
        "customer.id": who.id,
        "customer.name": who.name,
        "modifies.kind": ref.kind if ref else None,
        "modifies.series": ref.series if ref else None,
        "modifies.number": ref.number if ref else None,
    }
    return found | {name: getattr(invoice, name) or None for name in OTHERS}


def shown(value: object) -> str:
    """A value as a line of differences says it; of a total its currency behind it."""
    return "/".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


def same(want: Cell, got: Cell, *, exact: bool) -> bool:
    """Whether a value is the printed one."""
    if not isinstance(want, str) or not isinstance(got, str):
        return want == got
    a, b = plain(want), plain(got)
    return a == b or (not exact and _distance(a, b) <= len(a) // 12)


def _distance(a: str, b: str) -> int:
    """Letters to change, drop or add."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def mark(
    group: str,
    form: str,
    layout: str,
    want: Invoice,
    extraction: Extraction,
    *,
    qr: bool,
    got: Invoice | None = None,
) -> Mark:
    """One paper's score. `got`: which of the file's invoices it is; the first where nobody says."""
    at = next((n for n, one in enumerate(extraction.invoices) if one is got), 0)
    got = got or (extraction.invoices[0] if extraction.invoices else None)
    promised = {e.field for e in extraction.evidence if e.invoice == at and e.trust == "proven"}
    exact = "ocr" not in extraction.engine
    found = got or Invoice()
    others, asked = [], Counter[str]()
    wanted, read = fields(want), fields(found)
    for name, value in wanted.items():
        asked[name] += value is not None
        if not same(value, read[name], exact=exact):
            others.append(Miss(name, value, read[name], promised=name in promised))
    whole = 0
    for printed, line in paired(want.items, found.items):
        bad = list(_parts(printed, line, want.total, exact=exact))
        bad = [replace(miss, promised=_is_promised(miss, found.items, line, promised)) for miss in bad]
        for part in PARTS if printed else ():
            asked[f"items.{part}"] += getattr(printed, part) is not None
        whole += printed is not None and not bad
        others += bad
    keys = tuple(
        replace(miss, promised=not promised.isdisjoint(_PATHS.get(miss.field, (miss.field,))))
        for miss in misses(want, got)
    )
    return Mark(
        group, form, layout, extraction.verdict, qr, keys, tuple(others), asked, (whole, len(want.items))
    )  # fmt: skip


def _is_promised(miss: Miss, lines: Sequence[Item], line: Item | None, promised: set[str]) -> bool:
    """Whether a part of a line was promised; a line too many or too few is one that the sums of the others
    vouched for.
    """
    if line is None or (miss.want is None and miss.field == "items"):
        return any(path.startswith("items.") for path in promised)
    at = next(n for n, one in enumerate(lines) if one is line)
    return f"items.{at}.{miss.field.removeprefix('items.')}" in promised


def paired(want: Sequence[Item], got: Sequence[Item]) -> Iterator[tuple[Item | None, Item | None]]:
    """Printed lines with those read, the most alike first; what was not read, and what was read and is not
    printed, with None.
    """
    scores = [(_likeness(a, b), -abs(i - j), i, j) for i, a in enumerate(want) for j, b in enumerate(got)]
    found: dict[int, int] = {}
    for score, _, i, j in sorted(scores, reverse=True):
        if score and i not in found and j not in found.values():
            found[i] = j
    for i, item in enumerate(want):
        yield item, got[found[i]] if i in found else None
    for j, extra in enumerate(got):
        if j not in found.values():
            yield None, extra


def _likeness(a: Item, b: Item) -> float:
    ratio = SequenceMatcher(None, plain(a.description), plain(b.description), autojunk=False).ratio()
    equal = sum(
        bool(getattr(a, part) is not None and getattr(a, part) == getattr(b, part)) for part in PARTS[1:]
    )
    return (2 * ratio if ratio > 0.4 else 0.0) + equal


def _parts(want: Item | None, got: Item | None, total: Decimal | None, *, exact: bool) -> Iterator[Miss]:
    """The parts of a line that are not as printed. A number that is not printed may be what the printed ones
    make.
    """
    if want is None:
        assert got
        yield Miss("items", None, f"{got.description} {got.amount}")
        return
    for part in PARTS:
        value, read = getattr(want, part), getattr(got, part) if got else None
        if same(value, read, exact=exact):
            continue
        if value is None and got and part != "unit" and _follows(part, want, got, total):
            continue
        yield Miss(f"items.{part}", value, read)


def _follows(part: str, want: Item, got: Item, total: Decimal | None) -> bool:
    quantity, price, amount = got.quantity or Decimal(1), got.unit_price, got.amount
    if part == "quantity" and want.unit_price is None:
        return got.quantity == 1
    if part == "amount" and want.unit_price is None:
        return amount == total
    return price is not None and amount is not None and abs(quantity * price - amount) <= Decimal("0.01")


def bootstrap(marks: Sequence[Mark], covered: Sequence[Verdict], bad: str) -> tuple[float, float]:
    """The 95 % interval of a rate among the covered papers, drawn over layouts: papers of one maker err
    together.

    `bad` is a property of `Mark`. Where all err or none does, resampling would say so without a doubt: there
    it is Wilson's over papers.
    """
    layouts: dict[str, list[int]] = {}
    for each in marks:
        if each.verdict in covered:
            counts = layouts.setdefault(each.layout, [0, 0])
            counts[0] += bool(getattr(each, bad))
            counts[1] += 1
    if not layouts:
        return (0.0, 1.0)
    wrong, papers = (sum(column) for column in zip(*layouts.values(), strict=True))
    if wrong in {0, papers}:
        return wilson(wrong, papers)
    rng, clusters, rates = Random(1), list(layouts.values()), []
    for _ in range(RESAMPLES):
        drawn = rng.choices(clusters, k=len(clusters))
        rates.append(sum(c[0] for c in drawn) / sum(c[1] for c in drawn))
    rates.sort()
    return rates[round(0.025 * (RESAMPLES - 1))], rates[round(0.975 * (RESAMPLES - 1))]


def key_rights(marks: Sequence[Mark]) -> tuple[int, int]:
    """Key fields right, of how many."""
    of = len(KEYS) * len(marks)
    return of - sum(len(each.keys) for each in marks), of


def other_rights(marks: Sequence[Mark], name: str | None = None) -> tuple[int, int]:
    """Other printed fields right, of how many: one by name, or all but the items' parts."""
    asked = right = 0
    for each in marks:
        bad = Counter(miss.field for miss in each.others if miss.want is not None)
        for field, count in each.asked.items():
            if field == name or (name is None and not field.startswith("items.")):
                asked += count
                right += count - bad[field]
    return right, asked
