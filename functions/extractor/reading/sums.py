"""Finds the set of a comprobante's amounts that fits together: labels are evidence, base times rate is IGV,
and the sum is the total.

Every amount is one that is printed, and any may be absent. Few sets fit, so all are weighed: by what the
labels say, the words spell and the lines make. Where a second set with another total or IGV weighs nearly as
much, it is a rival.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from functions.extractor.peru.rates import LEVIES, RETAINED, rates
from functions.extractor.reading.reading import Place

CENT, SLACK = Decimal("0.01"), Decimal("0.05")
ZERO = Decimal(0)
_BASES, _TOTALS = ("taxable", "sale_value", "subtotal"), ("total", "with_discount")
_EXTRAS = ("exempt", "unaffected", "isc", "icbper", "other_charges", "rounding")
_LESS = ("discounts", "advances")
_TAIL = ("perception", "detraction", "retention", "debt")
_ADDED = ("perception", "debt")
UNNAMED = ""
"""The name of an amount that stands under no known label."""

_LABEL = 0.2
"""The weight of one point of a label's strength, where the sum weighs 3."""
_SUM, _RATE, _WORDS, _LINES, _NET, _LEVY = 3.0, 1.0, 1.5, 0.5, 1.5, 0.3
_GUESS = -0.6
"""The cost of taking an amount for something that its label does not say."""
_INEXACT = 0.3
_CENTS = -0.2
"""The cost of taking an amount of less than one below zero, under an unknown label, for the rounding that a
sum lacks.
"""
_RIVAL = 0.35
_PLAIN = 5.0
"""The strength of a label from which no other amount may be taken for what it names."""


@dataclass(frozen=True, slots=True)
class LabelledAmount:
    """One amount that a label claims for a field."""

    name: str
    value: Decimal
    strength: float
    text: str
    box: Place
    sheet: int
    row: int


Set = dict[str, LabelledAmount]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A set and its weight."""

    weight: float
    chosen: Set = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Support:
    """Support for sums besides their labels: the amounts that the page spells, the sum of its lines, and the
    rates of the day.
    """

    words: Sequence[Decimal] = ()
    lines: Decimal | None = None
    rates: Sequence[Decimal] = rates(None)


def solve(claims: Sequence[LabelledAmount], evidence: Support) -> tuple[Set, bool]:
    """Returns the heaviest set, by name, and whether it is in doubt: a set with another total or IGV weighs
    nearly as much, or no label and no words name its total.
    """
    by: dict[str, list[LabelledAmount]] = {}
    for claim in claims:
        by.setdefault(claim.name, []).append(claim)
    extras = _extras(by)
    tails: dict[Decimal, Weighed] = {}
    best, rival = Weighed(-1.0), -1.0
    for total, base, tax in _triples(by, evidence):
        head = _weight(total, base, tax, evidence)
        whole, chosen = _explained(total, base, tax, extras, by)
        if total is not None and total.value not in tails:
            tails[total.value] = _tail(total, by, evidence.words)
        tail = Weighed(0.0) if total is None else tails[total.value]
        weight = head + whole + tail.weight
        found = {
            c.name if n is None else n: c
            for n, c in (("total", total), (None, base), ("igv", tax))
            if c is not None
        }
        if _key(found) != _key(best.chosen):
            rival = max(rival, min(weight, best.weight))
        if weight > best.weight:
            best = Weighed(weight, {**chosen, **tail.chosen, **found})
    total = best.chosen.get("total")
    guessed = any(_is_guess(best.chosen[name]) for name in ("total", "igv") if name in best.chosen)
    return best.chosen, total is not None and (
        rival > best.weight - _RIVAL or (guessed and total.value not in evidence.words)
    )


def _key(chosen: Mapping[str, LabelledAmount]) -> tuple[Decimal | None, ...]:
    return tuple(chosen[name].value if name in chosen else None for name in ("total", "igv"))


def top(group: Sequence[LabelledAmount], count: int) -> list[LabelledAmount]:
    """Returns the strongest claims with different values; of equals the one later on the page."""
    found: list[LabelledAmount] = []
    for claim in sorted(group, key=lambda c: (-c.strength, -c.sheet, -c.row)):
        if all(claim.value != f.value for f in found):
            found.append(claim)
    return found[:count]


def _named(by: Mapping[str, Sequence[LabelledAmount]], *names: str) -> list[LabelledAmount]:
    return [claim for name in names for claim in by.get(name, ())]


def _triples(
    by: Mapping[str, Sequence[LabelledAmount]], evidence: Support
) -> Iterator[tuple[LabelledAmount | None, LabelledAmount | None, LabelledAmount | None]]:
    """Yields total, base and IGV as labels name them. Where a label is lost, also yields any amounts whose
    rate and sum hold, or that the words spell.
    """
    totals, bases, taxes = (
        top(_named(by, *_TOTALS), 5),
        top(_named(by, *_BASES), 5),
        top(_named(by, "igv"), 4),
    )
    yield from itertools.product([*totals, None], [*bases, None], [*taxes, None])
    seen = top(_named(by, *_TOTALS, *_BASES, "igv", "net_payable", "debt", "payment", UNNAMED), 40)
    values = {c.value: c for c in seen if c.value > 0}
    between = _extras(by)
    retained = {abs(c.value) for c in by.get("retention", ())}
    more = {t.value - abs(c.value) for t in totals for c in _named(by, *_ADDED)}
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
                    yield _as(total, "total"), _as(base, "taxable"), _as(tax, "igv")
    for gross, net in itertools.product(values.values(), repeat=2):
        part = gross.value - net.value
        printed = part in retained or (part in values and net.value in evidence.words)
        if (part in retained and net.name == "net_payable") or (
            part > 0 and printed and _levied(gross.value, part, "retention")
        ):
            yield _as(gross, "total"), None, None
    for word in evidence.words:
        if word in values and word not in {t.value for t in totals}:
            yield from itertools.product([_as(values[word], "total")], [*bases, None], [*taxes, None])


def _may_be(
    claim: LabelledAmount, name: str, called: Sequence[LabelledAmount], explained: Collection[Decimal] = ()
) -> bool:
    """True where an amount may be taken for that name: no other has a plain label of that name, or this one
    is the other less what was added to it.
    """
    return (
        not _is_guess(_as(claim, name))
        or not called
        or called[0].strength < _PLAIN
        or claim.value in explained
    )


def _as(claim: LabelledAmount, name: str) -> LabelledAmount:
    """Returns the claim under a name that its own label does not give it, at the cost of a guess."""
    if (
        claim.name == name
        or (claim.name in _TOTALS and name == "total")
        or (claim.name in _BASES and name == "taxable")
    ):
        return claim
    return LabelledAmount(name, claim.value, _GUESS / _LABEL, claim.text, claim.box, claim.sheet, claim.row)


def _is_guess(claim: LabelledAmount) -> bool:
    return claim.strength <= _GUESS / _LABEL


def is_tax(base: Decimal, tax: Decimal, day_rates: Sequence[Decimal]) -> bool:
    """True where the tax is the base times one of the rates, to two cents."""
    return base > 0 and any(abs(base * rate - tax) <= CENT + CENT for rate in day_rates)


def _weight(
    total: LabelledAmount | None, base: LabelledAmount | None, tax: LabelledAmount | None, evidence: Support
) -> float:
    weight = _LABEL * sum(c.strength for c in (total, base, tax) if c is not None)
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
            for claim in top(by.get(name, ()), 2):
                value = abs(claim.value) if name in _LESS else claim.value
                with_it = Weighed(before.weight + _LABEL * claim.strength, {**before.chosen, name: claim})
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
) -> tuple[float, Set]:
    """Returns the weight and the heaviest extras beside these three: extras that make the sum, perhaps with
    one unnamed amount of the block, or else any that do not.
    """
    loosest = max(extras.values(), key=lambda e: e.weight)
    if total is None:
        return loosest.weight, loosest.chosen
    rest = total.value - (base.value if base else ZERO) - (tax.value if tax else ZERO)
    best = Weighed(loosest.weight, loosest.chosen)
    for sum_, one in extras.items():
        broken = base is not None or any(
            one.chosen[n].value for n in ("exempt", "unaffected") if n in one.chosen
        )
        if not broken:
            continue
        off = rest - sum_
        if abs(off) <= SLACK:
            best = max(best, Weighed(one.weight + _SUM - _off(off), one.chosen), key=lambda w: w.weight)
        if off and base is not None and tax is not None:
            name, cost = ("rounding", _CENTS) if abs(off) < 1 and off < 0 else ("other_charges", _GUESS)
            found = None if name in one.chosen or off < -1 else _unnamed(off, (total, base, tax), by)
            if found is not None:
                best = max(
                    best,
                    Weighed(one.weight + _SUM + cost, {**one.chosen, name: found}),
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


def _tail(
    total: LabelledAmount, by: Mapping[str, Sequence[LabelledAmount]], words: Sequence[Decimal]
) -> Weighed:
    """Returns what is held back or paid on top of a total, and what is then to be paid: any amount that these
    make, else the one that is labelled so.
    """
    called = top(_named(by, "net_payable"), 3)
    others = top(_named(by, *_TOTALS, *_TAIL, UNNAMED), 20)
    best = Weighed(0.0)
    unnamed = {c.value: c for c in (*by.get(UNNAMED, ()), *called, *_named(by, *_TOTALS))}
    for parts in itertools.product(
        *([None, *top(by.get(name, ()), 3), *_taken(total, name, unnamed)] for name in _TAIL)
    ):
        chosen = {name: c for name, c in zip(_TAIL, parts, strict=True) if c is not None}
        weight = _LABEL * sum(c.strength for c in chosen.values())
        weight += sum(
            _LEVY if _levied(total.value, abs(c.value), n) else -_LEVY
            for n, c in chosen.items()
            if n != "debt"
        )
        due = total.value + sum(
            (abs(c.value) if n in _ADDED else -abs(c.value) for n, c in chosen.items()), ZERO
        )
        slack = Decimal(1) if "detraction" in chosen else CENT
        nets = [c for c in called if abs(c.value - due) <= slack]
        known = all(n == "debt" or _levied(total.value, abs(c.value), n) for n, c in chosen.items())
        nets += [
            _as(c, "net_payable")
            for c in others
            if known and due != total.value and abs(c.value - due) <= CENT
        ]
        for net in nets:
            if all(net.value != c.value for c in chosen.values()):
                # A net that is the total itself explains nothing: words that spell it speak for the total.
                shown = _NET + _WORDS * (net.value in words) if net.value != total.value else 0.0
                full = Weighed(weight + _LABEL * net.strength + shown, {**chosen, "net_payable": net})
                best = max(best, full, key=lambda w: w.weight)
        for net in called[:1]:
            best = max(
                best,
                Weighed(weight + _LABEL * net.strength, {**chosen, "net_payable": net}),
                key=lambda w: w.weight,
            )
        for rounding, net in _rounded(due, [*called, *others], by):
            strength = _LABEL * (rounding.strength + net.strength) + _NET
            full = Weighed(weight + strength, {**chosen, "rounding": rounding, "net_payable": net})
            best = max(best, full, key=lambda w: w.weight)
        best = max(best, Weighed(weight, chosen), key=lambda w: w.weight)
    return best


def _rounded(
    due: Decimal, others: Sequence[LabelledAmount], by: Mapping[str, Sequence[LabelledAmount]]
) -> Iterator[tuple[LabelledAmount, LabelledAmount]]:
    """Yields each rounding of what is due, and the amount that it leaves to be paid."""
    for rounding in by.get("rounding", ()):
        if 0 < abs(rounding.value) < 1:
            yield from (
                (rounding, _as(net, "net_payable")) for net in others if net.value == due + rounding.value
            )


def _taken(total: LabelledAmount, name: str, seen: Mapping[Decimal, LabelledAmount]) -> list[LabelledAmount]:
    """Returns amounts under no known label that are one of the levy's rates of the total, where what the levy
    leaves to be paid is printed too.
    """
    known = {"retention": RETAINED, **LEVIES}.get(name, [])
    parts = {
        (total.value * rate).quantize(unit, ROUND_HALF_UP)
        for rate in known
        for unit in ((CENT, Decimal(1)) if name == "detraction" else (CENT,))
    }
    sign = 1 if name in _ADDED else -1
    found = [
        (seen[p], seen.get(total.value + sign * p))
        for p in parts
        if p > 0 and p in seen and seen[p].name == UNNAMED
    ]
    place = total.sheet, total.row  # two lines of what was sold, above the total, may make it
    return [
        _as(part, name)
        for part, net in found
        if net and max((part.sheet, part.row), (net.sheet, net.row)) >= place
    ]


def _levied(total: Decimal, part: Decimal, name: str) -> bool:
    known = RETAINED if name == "retention" else LEVIES[name]
    return any(abs(total * rate - part) <= (1 if name == "detraction" else CENT) for rate in known)
