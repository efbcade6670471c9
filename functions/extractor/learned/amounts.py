"""Chooses total, IGV and base as the set that fits together best, by how likely each word is, and by the sums
and the amounts in words that agree.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from functions.extractor.learned.words import WordPage
from functions.extractor.peru.rates import rates
from functions.extractor.peru.tokens import an_amount
from functions.extractor.reading.reading import Place, Reading, Seen

BESIDE = ("exempt", "unaffected", "isc", "icbper", "other_charges", "rounding")
"""The amounts that enter the total beside base and IGV."""
_CENTS = Decimal("0.03")
_MARGIN = 2.0
"""A value is told where the best set beats the best set with another value in its place by so much (natural
logarithm).
"""


@dataclass(frozen=True, slots=True)
class SumCandidate:
    """A candidate for one of the sums: how likely its word is, as a logarithm."""

    value: Decimal | None
    score: float
    box: Place | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The values with which the sums must agree: amounts beside the base, the sum of the lines, and the
    amounts that are written in words.
    """

    beside: Decimal
    lines: Decimal | None
    spelled: frozenset[Decimal]
    rates: Sequence[Decimal]


def settle(page: WordPage, reading: Reading, *, lines: Decimal | None, spelled: frozenset[Decimal]) -> None:
    """Puts total, IGV and base where one set of them is clearly the best. `lines`: the sum of the items'
    amounts.
    """
    beside = {name: top[0] for name in BESIDE if (top := _likeliest(page, name, 1, least=0.4))}
    known = Known(
        sum((s.value for s in beside.values() if s.value is not None), Decimal(0)),
        lines,
        spelled,
        rates(reading.get("issue_date")),
    )
    nothing = {"total": -4.0, "igv": -2.2, "taxable": -2.0}
    most = {"total": 5, "igv": 4, "taxable": 3}
    options = [
        [*_likeliest(page, name, most[name], least=0.02), SumCandidate(None, nothing[name])]
        for name in nothing
    ]
    ranked = sorted(
        (
            (sum(s.score for s in each) + _fit(each[0].value, each[1].value, each[2].value, known), each)
            for each in product(*options)
        ),
        key=lambda each: -each[0],
    )
    best_score, best = ranked[0]
    for at, name in enumerate(nothing):
        rival = next((score for score, each in ranked if each[at].value != best[at].value), -math.inf)
        if best[at].value is not None and best_score - rival >= _MARGIN:
            reading.put(name, Seen(best[at].value, best[at].text, best[at].box))


def _fit(total: Decimal | None, igv: Decimal | None, base: Decimal | None, known: Known) -> float:
    """Returns what speaks for a set (the rate between base and IGV, the sum, the lines, the words), less what
    speaks against it: as much tax as total.
    """
    if total is None:
        return 0.0
    score = 0.0
    if total in known.spelled:
        score += 3
    if igv is not None and base is not None and any(abs(base * rate - igv) < _CENTS for rate in known.rates):
        score += 2
    if (
        igv is not None
        and base is None
        and any(abs(total - total / (1 + rate) - igv) < _CENTS for rate in known.rates)
    ):
        score += 1
    made = (base or 0) + (igv or 0) + known.beside
    if made and abs(made - total) < _CENTS:
        score += 2
    if known.lines is not None and (
        abs(known.lines - total) < _CENTS or (base is not None and abs(known.lines - base) < _CENTS)
    ):
        score += 1.5
    if igv is not None and igv >= total > 0:
        score -= 4
    return score


def _likeliest(page: WordPage, role: str, count: int, *, least: float) -> list[SumCandidate]:
    """Returns the likeliest amounts of a role, each value once."""
    found: dict[Decimal, SumCandidate] = {}
    for word, chance in enumerate(page.chances[role]):
        text = page.tokens[word].text
        value = an_amount(text.strip(":;=*|")) if chance > least else None
        if value is None:
            continue
        value = value if role == "rounding" else abs(value)
        if value not in found or found[value].score < math.log(chance):
            found[value] = SumCandidate(value, math.log(chance), page.box(word), text)
    return sorted(found.values(), key=lambda each: -each.score)[:count]
