"""Finds the set of a comprobante's amounts that fits together: labels are evidence, base times rate is IGV,
and the sum is the total.

Every amount is one that is printed, and any may be absent. Few sets fit, so all are weighed: by what the
labels say, the words spell and the lines make. Where a second set with another total or IGV weighs nearly as
much, it is a rival.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from functions.extractor.peru.rates import rates
from functions.extractor.reading.labelled import (
    BASES,
    GUESS,
    LABEL,
    TOTALS,
    UNNAMED,
    Chosen,
    LabelledAmount,
    Weighed,
    either_or_both,
    grouped,
    is_guess,
    named,
    taken_for,
    together,
    top,
)
from functions.extractor.reading.payable import ADDED, levied, tail

CENT, SLACK = Decimal("0.01"), Decimal("0.05")
ZERO = Decimal(0)
_EXTRAS = ("exempt", "unaffected", "isc", "icbper", "other_charges", "rounding")
_LESS = ("discounts", "advances")
_SUM, _RATE, _WORDS, _LINES = 3.0, 1.0, 1.5, 0.5
_INEXACT = 0.3
_CENTS = -0.2
"""The cost of taking an amount of less than one below zero, under an unknown label, for the rounding that a
sum lacks.
"""
_RIVAL = 0.35
_PLAIN = 5.0
"""The strength of a label from which no other amount may be taken for what it names."""


@dataclass(frozen=True, slots=True)
class Support:
    """Support for sums besides their labels: the amounts that the page spells, the sum of its lines, and the
    rates of the day.
    """

    words: Sequence[Decimal] = ()
    lines: Decimal | None = None
    rates: Sequence[Decimal] = rates(None)
    bill: bool = False
    """True for a public service's bill, which charges more behind its tax."""


def solve(claims: Sequence[LabelledAmount], evidence: Support) -> tuple[Chosen, bool]:
    """Returns the heaviest set, by name, and whether it is in doubt: a set with another total or IGV weighs
    nearly as much, or no label and no words name its total.
    """
    by = grouped(claims)
    extras = _extras(by)
    tails: dict[Decimal, Weighed] = {}
    best, rival = Weighed(-1.0), -1.0
    for total, base, tax in _triples(by, evidence):
        head = _weight(total, base, tax, evidence)
        whole, chosen = _explained(total, base, tax, extras, by, bill=evidence.bill)
        if total is not None and total.value not in tails:
            tails[total.value] = tail(total, by, evidence.words)
        after = Weighed(0.0) if total is None else tails[total.value]
        weight = head + whole + after.weight
        found = {
            c.name if n is None else n: c
            for n, c in (("total", total), (None, base), ("igv", tax))
            if c is not None
        }
        if _key(found) != _key(best.chosen):
            rival = max(rival, min(weight, best.weight))
        if weight > best.weight:
            best = Weighed(weight, {**chosen, **after.chosen, **found})
    total = best.chosen.get("total")
    guessed = any(is_guess(best.chosen[name]) for name in ("total", "igv") if name in best.chosen)
    return best.chosen, total is not None and (
        rival > best.weight - _RIVAL or (guessed and total.value not in evidence.words)
    )


def _key(chosen: Mapping[str, LabelledAmount]) -> tuple[Decimal | None, ...]:
    return tuple(chosen[name].value if name in chosen else None for name in ("total", "igv"))


def _triples(
    by: Mapping[str, Sequence[LabelledAmount]], evidence: Support
) -> Iterator[tuple[LabelledAmount | None, LabelledAmount | None, LabelledAmount | None]]:
    """Yields total, base and IGV as labels name them. Where a label is lost, also yields any amounts whose
    rate and sum hold, or that the words spell.
    """
    totals, bases, taxes = (
        top(named(by, *TOTALS), 5),
        top(named(by, *BASES), 5),
        top(named(by, "igv"), 4),
    )
    yield from itertools.product([*totals, None], [*bases, None], [*taxes, None])
    seen = top(named(by, *TOTALS, *BASES, "igv", "net_payable", "debt", "payment", UNNAMED), 40)
    values = {c.value: c for c in seen if c.value > 0}
    between = _extras(by)
    retained = {abs(c.value) for c in by.get("retention", ())}
    more = {t.value - abs(c.value) for t in totals for c in named(by, *ADDED)}
    for base, tax in itertools.product(values.values(), repeat=2):
        if is_tax(base.value, tax.value, evidence.rates):
            sums = [base.value + tax.value + sum_ for sum_ in between]
            wholes = [values[whole] for whole in sums if whole in values and whole > tax.value]
            # An amount among the lines is a sum only where it makes the total.
            sold = min(base.strength, tax.strength) < 0
            fitting = [t for t in totals if not sold or any(abs(t.value - whole) <= SLACK for whole in sums)]
            for total in [*(w for w in wholes if w not in totals), *fitting]:
                if (
                    _may_be(total, "total", totals, more)
                    and _may_be(base, "taxable", bases)
                    and _may_be(tax, "igv", taxes)
                ):
                    yield taken_for(total, "total"), taken_for(base, "taxable"), taken_for(tax, "igv")
    for gross, net in itertools.product(values.values(), repeat=2):
        part = gross.value - net.value
        printed = part in retained or (part in values and net.value in evidence.words)
        if (part in retained and net.name == "net_payable") or (
            part > 0 and printed and levied(gross.value, part, "retention")
        ):
            yield taken_for(gross, "total"), None, None
    for word in evidence.words:
        if word in values and word not in {t.value for t in totals}:
            yield from itertools.product([taken_for(values[word], "total")], [*bases, None], [*taxes, None])


def _may_be(
    claim: LabelledAmount, name: str, called: Sequence[LabelledAmount], explained: Collection[Decimal] = ()
) -> bool:
    """True where an amount may be taken for that name: no other has a plain label of that name, or this one
    is the other less what was added to it.
    """
    return (
        not is_guess(taken_for(claim, name))
        or not called
        or called[0].strength < _PLAIN
        or claim.value in explained
    )


def is_tax(base: Decimal, tax: Decimal, day_rates: Sequence[Decimal]) -> bool:
    """True where the tax is the base times one of the rates, to two cents."""
    return base > 0 and any(abs(base * rate - tax) <= CENT + CENT for rate in day_rates)


def _weight(
    total: LabelledAmount | None, base: LabelledAmount | None, tax: LabelledAmount | None, evidence: Support
) -> float:
    weight = LABEL * sum(c.strength for c in (total, base, tax) if c is not None)
    if base is not None and tax is not None:
        weight += _RATE * is_tax(base.value, tax.value, evidence.rates)
    if total is not None:
        weight += _WORDS * (total.value in evidence.words)
        weight += _LINES * (evidence.lines is not None and abs(total.value - evidence.lines) <= SLACK)
        weight -= _SUM * (tax is not None and tax.value > total.value)
        weight -= _SUM * (base is not None and not total.value and base.value > 0)
    if base is not None and evidence.lines is not None:
        weight += _LINES * (abs(base.value - evidence.lines) <= SLACK)
    return weight


def _extras(by: Mapping[str, Sequence[LabelledAmount]]) -> dict[Decimal, Weighed]:
    """Returns the heaviest set of amounts that may stand between base with IGV and total, for each sum that
    they make.
    """
    found = {ZERO: Weighed(0.0)}
    for name in (*_EXTRAS, *_LESS):
        more: dict[Decimal, Weighed] = {}
        for sum_, before in found.items():
            _keep(more, sum_, before)
            for claim in either_or_both(name, by):
                value = abs(claim.value) if name in _LESS else claim.value
                with_it = Weighed(before.weight + LABEL * claim.strength, {**before.chosen, name: claim})
                for part in {ZERO, -value} if name in _LESS else {value}:
                    _keep(more, sum_ + part, with_it)
        found = more
    return found


def _keep(sets: dict[Decimal, Weighed], sum_: Decimal, one: Weighed) -> None:
    if sum_ not in sets or sets[sum_].weight < one.weight:
        sets[sum_] = one


def _explained(
    total: LabelledAmount | None,
    base: LabelledAmount | None,
    tax: LabelledAmount | None,
    extras: Mapping[Decimal, Weighed],
    by: Mapping[str, Sequence[LabelledAmount]],
    *,
    bill: bool,
) -> tuple[float, Chosen]:
    """Returns the weight and the heaviest extras beside these three: extras that make the sum, perhaps with
    one unnamed amount of the block, or on a bill with all that is charged behind the tax, or else any that do
    not.
    """
    loosest = max(extras.values(), key=lambda e: e.weight)
    if total is None:
        return loosest.weight, loosest.chosen
    rest = total.value - (base.value if base else ZERO) - (tax.value if tax else ZERO)
    best = Weighed(loosest.weight, loosest.chosen)
    behind = charged_behind(by, tax, total) if bill and base is not None else []
    charged = sum((c.value for c in behind), ZERO)
    for sum_, one in extras.items():
        broken = base is not None or any(
            one.chosen[n].value for n in ("exempt", "unaffected") if n in one.chosen
        )
        if not broken:
            continue
        off = rest - sum_
        if abs(off) <= SLACK:
            best = max(best, Weighed(one.weight + _SUM - _off(off), one.chosen), key=lambda w: w.weight)
        if behind and off == charged and "other_charges" not in one.chosen:
            found = {**one.chosen, "other_charges": together("other_charges", behind)}
            best = max(best, Weighed(one.weight + _SUM, found), key=lambda w: w.weight)
        if off and base is not None and tax is not None:
            name, cost = ("rounding", _CENTS) if abs(off) < 1 and off < 0 else ("other_charges", GUESS)
            near = None if name in one.chosen or off < -1 else _unnamed(off, (total, base, tax), by)
            if near is not None:
                best = max(
                    best,
                    Weighed(one.weight + _SUM + cost, {**one.chosen, name: near}),
                    key=lambda w: w.weight,
                )
    return best.weight, best.chosen


def _off(off: Decimal) -> float:
    """Returns the cost of a sum that is off: it is more than that of taking a printed rounding."""
    return _INEXACT + 2.0 * float(abs(off)) if off else 0.0


def _unnamed(
    value: Decimal, block: Sequence[LabelledAmount], by: Mapping[str, Sequence[LabelledAmount]]
) -> LabelledAmount | None:
    """Returns an amount of that value under an unknown label between those of the block."""
    rows = [c.row for c in block if c.sheet == block[0].sheet]
    near = (
        c
        for c in by.get(UNNAMED, ())
        if c.value == value and c.sheet == block[0].sheet and min(rows) <= c.row <= max(rows)
    )
    return next(near, None)


_ALIGNED = 1.5
"""Line heights between the beginnings, or the ends, of two phrases of one column, at most."""


def charged_behind(
    by: Mapping[str, Sequence[LabelledAmount]], tax: LabelledAmount | None, total: LabelledAmount | None
) -> list[LabelledAmount]:
    """Returns what stands between a bill's tax and its total in their column, and is no sum of its own:
    interest, a law's contribution, an instalment, what is given back.
    """
    if tax is None or total is None or tax.sheet != total.sheet:
        return []
    found = [
        c
        for c in named(by, UNNAMED, "other_charges", "payment")
        if c.sheet == tax.sheet
        and tax.row < c.row < total.row
        and min(abs(c.end - tax.end), abs(c.begin - tax.begin)) < _ALIGNED
    ]
    return sorted(found, key=lambda c: c.row)
