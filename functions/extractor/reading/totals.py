"""The totals of a comprobante: every row of its table told by its label, wherever the amount stands (beside, or below in a table).

Several labels may claim the same field (Sub Total, Valor de Venta, Op. Gravada); the strongest wins, and among equals the one
with which the sum comes out. That chooses between things seen; it never makes one up.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import Amount, amounts, lettered
from functions.extractor.reading.reading import Goods, Place, Reading, Seen, Side, place
from functions.extractor.sheets.rows import Row, Sheet

_PERCENT = re.compile(r"\(?\s*\d{1,2}(?:[.,]\d{1,2})?\s?%\s*\)?")


@dataclass(frozen=True, slots=True)
class Claim:
    """One amount that a label claims for a field."""

    name: str
    value: Decimal
    strength: float
    text: str
    box: Place
    sheet: int
    row: int


def claims(sheets: Sequence[Sheet], goods: Goods | None = None) -> list[Claim]:
    """Every labelled amount of the pages, those of what was sold left out where it is known."""
    found: list[Claim] = []
    for order, sheet in enumerate(sheets):
        start, table = (0, range(0)) if goods is None else (goods.starts[order], goods.tables[order])
        for number in range(start, len(sheet.rows)):
            found += _row_claims(sheets, order, number, in_table=number in table)
    return found


def money(text: str) -> list[Amount]:
    """The amounts of a line that can be money; percentages do not count."""
    return [a for a in amounts(_PERCENT.sub(lambda m: " " * len(m[0]), text)) if a.money]


def _row_claims(sheets: Sequence[Sheet], order: int, number: int, *, in_table: bool) -> list[Claim]:
    sheet = sheets[order]
    row = sheet.rows[number]
    labels = labels_in(lettered(row.text))
    if in_table:  # only a box beside it can be meant
        labels = [x for x in labels if x[0] == "total" and "PAGAR" in lettered(row.text)[x[1] : x[2]]]
    if not labels:
        return []
    sums = money(row.text)
    found: list[Claim] = []
    if sums:
        for i, (name, start, end, strength) in enumerate(labels):
            limit = labels[i + 1][1] if i + 1 < len(labels) else len(row.text)
            mine = _meant(name, [a for a in sums if end <= a.start < limit], lettered(row.text))
            if mine is not None:
                found.append(_claim(name, mine, strength - (0.5 if start > 40 else 0), sheet, row, order, number))
        labels = [x for x in labels if not any(a.start >= x[2] for a in sums)]
        if found and len(labels) > 1:
            return found
    for name, start, end, strength in labels:
        if leads(row, start, end):
            found.append(_claim(name, sums[0], strength - 0.5, sheet, row, order, number))
            continue
        below = _below(sheet, number, row, start, end, alone=len(labels) == 1)
        if below is not None:
            found.append(_claim(name, below[1], strength - 0.5, sheet, below[0], order, number))
    return found


def leads(row: Row, start: int, end: int) -> bool:
    """Whether the row is an amount and then this label: some totals have their labels to the right."""
    sums = money(row.text)
    if len(sums) != 1 or re.search(r"\w", row.text[sums[0].end : start]):
        return False
    return re.fullmatch(r"\W*(?:S/?\.?|US\$|[$€]|-)*\W*", row.text[: sums[0].start]) is not None and not re.search(
        r"[^\W\d_]{4}", row.text[end:]
    )


_ITS_LABEL = re.compile(r"PORCENTAJE|\bTASA\b|\bBASE\b|\bFACTOR\b|\bMONTO\b|\bIMPORTE\b")


def _meant(name: str, mine: Sequence[Amount], line: str) -> Amount | None:
    """Which of the amounts between a label and the next is the label's. Of a levy neither the rate nor the base from which it is taken."""
    if name not in ("detraction", "perception"):
        return (mine[-1] if name == "igv" else mine[0]) if mine else None
    called: list[Amount] = []
    others: list[Amount] = []
    for before, amount in zip([None, *mine], mine, strict=False):
        labels = _ITS_LABEL.findall(line[before.end if before else 0 : amount.start])
        if not labels:
            others.append(amount)
        elif re.match(r"MONT|IMP", labels[-1]):
            called.append(amount)
    return next(iter([*called, *sorted(others, key=lambda a: not a.sign)]), None)


def _claim(name: str, amount: Amount, strength: float, sheet: Sheet, row: Row, order: int, number: int) -> Claim:
    return Claim(
        name, amount.value, strength, row.text[amount.start : amount.end], place(sheet, row, amount.start, amount.end), order, number
    )


def _below(sheet: Sheet, number: int, row: Row, start: int, end: int, *, alone: bool) -> tuple[Row, Amount] | None:
    """The amount under a label, in a table that runs across the page or in a box of its own."""
    left, right = row.word_at(start).x0, row.word_at(end - 1).x1
    for below in sheet.rows[number + 1 : number + 4]:
        if below.y - row.y > 4.5 * sheet.em:
            return None
        near = []
        for amount in money(below.text):
            word = below.word_at(amount.start)
            overlap = min(right, word.x1) - max(left, word.x0)
            if overlap > (0.0 if alone else -1.0 * sheet.em):
                near.append((abs(word.x - (left + right) / 2), amount))
        for _, a, b, _ in labels_in(lettered(below.text)):
            if below.word_at(a).x0 < right and left < below.word_at(b - 1).x1:
                return None  # another label stands between
        if near:
            return below, min(near, key=lambda n: n[0])[1]
    return None


# --- choosing ---------------------------------------------------------------------------------------------------------------

_PLUS = ("taxable", "exempt", "unaffected", "igv", "isc", "icbper", "other_charges", "rounding")


def read(sheets: Sequence[Sheet], reading: Reading, goods: Goods, *, words: Sequence[Decimal] = ()) -> None:
    """Fills the money fields. `words` are amounts that the document spells out, as help to choose its total."""
    by_name: dict[str, list[Claim]] = {}
    for claim in claims(sheets, goods):
        by_name.setdefault(claim.name, []).append(claim)
    for name in ("count", "words", "payment"):
        by_name.pop(name, None)
    chosen = _choose(by_name, words)
    beside = {name: abs(chosen.pop(name).value) for name in ("advances", "retention") if name in chosen}
    reading.side = Side(**beside)
    for name, claim in chosen.items():
        if name not in ("subtotal", "sale_value"):
            value = abs(claim.value) if name in ("discounts", "detraction", "perception") else claim.value
            reading.put(name, Seen(value, claim.text, claim.box))


def _top(group: Sequence[Claim], count: int) -> list[Claim]:
    """The strongest claims with different values; among equals the later on the page."""
    found: list[Claim] = []
    for claim in sorted(group, key=lambda c: (-c.strength, -c.sheet, -c.row)):
        if all(claim.value != f.value for f in found):
            found.append(claim)
    return found[:count]


def _choose(by_name: dict[str, list[Claim]], words: Sequence[Decimal]) -> dict[str, Claim]:  # noqa: C901, PLR0912 - real paper's cases, one after the other
    chosen = {name: _top(group, 1)[0] for name, group in by_name.items() if name not in ("total", "with_discount")}
    totals = _top([*by_name.get("total", []), *by_name.get("with_discount", [])], 5)
    bases = _top([*by_name.get("taxable", [])], 3) or _top([*by_name.get("sale_value", []), *by_name.get("subtotal", [])], 4)
    taxes = _top(by_name.get("igv", []), 3)
    best: tuple[float, Claim | None, Claim | None, Claim | None] = (-1.0, None, None, None)
    fixed = [chosen[n].value for n in ("exempt", "unaffected") if n in chosen]
    extra = [chosen[n].value for n in ("isc", "icbper", "other_charges", "rounding") if n in chosen]
    for total, base, tax in itertools.product([*totals, None], [*bases, None], [*taxes, None]):
        score = sum(c.strength for c in (total, base, tax) if c is not None) / 10
        if total is not None:
            whole = sum(fixed, Decimal(0)) + sum(extra, Decimal(0)) + (base.value if base else 0) + (tax.value if tax else 0)
            off = abs(whole - total.value)
            less = abs(whole - (chosen["discounts"].value if "discounts" in chosen else 0) - total.value)
            if min(off, less) <= Decimal("0.05") and (base or tax or fixed):
                score += 3.0
            if total.value in words:
                score += 1.5
            if tax is not None and tax.value > total.value:
                score -= 3.0
            if base is not None and not total.value and base.value > 0:
                score -= 3.0
        if base is not None and tax is not None and base.value and Decimal("0.03") < tax.value / base.value < Decimal("0.185"):
            score += 1.0
        if score > best[0]:
            best = (score, total, base, tax)
    _, total, base, tax = best
    for name in ("taxable", "subtotal", "sale_value"):
        if base is not None and base.name == name:
            chosen[name] = base
    if tax is not None:
        chosen["igv"] = tax
    if total is not None:
        chosen["total"] = total
    if base is not None and base.name != "taxable" and "taxable" not in by_name and tax is not None and tax.value > 0 and not fixed:
        chosen["taxable"] = base
    _payable(chosen, totals)
    return chosen


def _payable(chosen: dict[str, Claim], totals: Sequence[Claim]) -> None:
    """A percepción is paid on top: the total stays what it was before, the larger sum is what is to be paid."""
    total, perception = chosen.get("total"), chosen.get("perception")
    if total is None or perception is None or "net_payable" in chosen:
        return
    for other in totals:
        if abs(total.value + perception.value - other.value) <= Decimal("0.02"):
            chosen["net_payable"] = other
            return
        if abs(other.value + perception.value - total.value) <= Decimal("0.02"):
            chosen["net_payable"], chosen["total"] = total, other
            return
