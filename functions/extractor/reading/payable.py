"""Finds what is held back of a total or paid on top of it, and what is then to be paid."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from functions.extractor.peru.rates import LEVIES, RETAINED
from functions.extractor.reading.labelled import (
    LABEL,
    TOTALS,
    UNNAMED,
    LabelledAmount,
    Weighed,
    either_or_both,
    named,
    taken_for,
    top,
)

ADDED = ("perception", "debt")
_TAIL = ("perception", "detraction", "retention", "debt")
_CENT, _ZERO = Decimal("0.01"), Decimal(0)
_WORDS, _NET, _LEVY = 1.5, 1.5, 0.3


def tail(
    total: LabelledAmount, by: Mapping[str, Sequence[LabelledAmount]], words: Sequence[Decimal]
) -> Weighed:
    """Returns what is held back or paid on top of a total, and what is then to be paid: any amount that these
    make, else the one that is labelled so.
    """
    called = top(named(by, "net_payable"), 3)
    others = top(named(by, *TOTALS, *_TAIL, UNNAMED), 20)
    best = Weighed(0.0)
    unnamed = {c.value: c for c in (*by.get(UNNAMED, ()), *called, *named(by, *TOTALS))}
    for parts in itertools.product(
        *([None, *top(by.get(name, ()), 3), *_taken(total, name, unnamed)] for name in _TAIL)
    ):
        chosen = {name: c for name, c in zip(_TAIL, parts, strict=True) if c is not None}
        weight = LABEL * sum(c.strength for c in chosen.values())
        weight += sum(
            _LEVY if levied(total.value, abs(c.value), n) else -_LEVY
            for n, c in chosen.items()
            if n != "debt"
        )
        due = total.value + sum(
            (abs(c.value) if n in ADDED else -abs(c.value) for n, c in chosen.items()), _ZERO
        )
        slack = Decimal(1) if "detraction" in chosen else _CENT
        nets = [c for c in called if abs(c.value - due) <= slack]
        known = all(n == "debt" or levied(total.value, abs(c.value), n) for n, c in chosen.items())
        nets += [
            taken_for(c, "net_payable")
            for c in others
            if known and due != total.value and abs(c.value - due) <= _CENT
        ]
        for net in nets:
            if all(net.value != c.value for c in chosen.values()):
                # A net that is the total itself explains nothing: words that spell it speak for the total.
                shown = _NET + _WORDS * (net.value in words) if net.value != total.value else 0.0
                full = Weighed(weight + LABEL * net.strength + shown, {**chosen, "net_payable": net})
                best = max(best, full, key=lambda w: w.weight)
        for net in called[:1]:
            best = max(
                best,
                Weighed(weight + LABEL * net.strength, {**chosen, "net_payable": net}),
                key=lambda w: w.weight,
            )
        for rounding, net in _rounded(due, [*called, *others], by):
            strength = LABEL * (rounding.strength + net.strength) + _NET
            full = Weighed(weight + strength, {**chosen, "rounding": rounding, "net_payable": net})
            best = max(best, full, key=lambda w: w.weight)
        best = max(best, Weighed(weight, chosen), key=lambda w: w.weight)
    return best


def _rounded(
    due: Decimal, others: Sequence[LabelledAmount], by: Mapping[str, Sequence[LabelledAmount]]
) -> Iterator[tuple[LabelledAmount, LabelledAmount]]:
    """Yields each rounding of what is due, and the amount that it leaves to be paid."""
    for rounding in either_or_both("rounding", by):
        if 0 < abs(rounding.value) < 1:
            yield from (
                (rounding, taken_for(net, "net_payable"))
                for net in others
                if net.value == due + rounding.value
            )


def _taken(total: LabelledAmount, name: str, seen: Mapping[Decimal, LabelledAmount]) -> list[LabelledAmount]:
    """Returns amounts under no known label that are one of the levy's rates of the total, where what the levy
    leaves to be paid is printed too.
    """
    known = {"retention": RETAINED, **LEVIES}.get(name, [])
    parts = {
        (total.value * rate).quantize(unit, ROUND_HALF_UP)
        for rate in known
        for unit in ((_CENT, Decimal(1)) if name == "detraction" else (_CENT,))
    }
    sign = 1 if name in ADDED else -1
    found = [
        (seen[p], seen.get(total.value + sign * p))
        for p in parts
        if p > 0 and p in seen and seen[p].name == UNNAMED
    ]
    place = total.sheet, total.row  # two lines of what was sold, above the total, may make it
    return [
        taken_for(part, name)
        for part, net in found
        if net and max((part.sheet, part.row), (net.sheet, net.row)) >= place
    ]


def levied(total: Decimal, part: Decimal, name: str) -> bool:
    """True where a part is one of the levy's rates of the total, a detraction to the sol."""
    known = RETAINED if name == "retention" else LEVIES[name]
    return any(abs(total * rate - part) <= (1 if name == "detraction" else _CENT) for rate in known)
