"""Reads the totals of a comprobante: every row of their table is told by its label, wherever the amount
stands (beside, or below in a table).

Several labels may claim the same field (Sub Total, Valor de Venta, Op. Gravada); the strongest wins, and
among equals the one with which the sum comes out. This chooses between printed amounts and makes none up.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

from functions.extractor.peru.currency import SIGN
from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.rates import rates
from functions.extractor.peru.tokens import Amount, amounts, lettered
from functions.extractor.reading.labelled import UNNAMED, LabelledAmount, grouped, top
from functions.extractor.reading.reading import Doubt, Goods, Place, Reading, Seen, Side, place
from functions.extractor.reading.sums import Support, charged_behind, is_tax, solve
from functions.extractor.sheets.rows import Cell, Row, Sheet

_PERCENT = re.compile(r"\(?\s*\d{1,2}(?:[.,]\d{1,2})?\s?%\s*\)?")


def claims(sheets: Sequence[Sheet], goods: Goods | None = None) -> list[LabelledAmount]:
    """Returns every labelled amount of the pages, without those of what was sold where that is known."""
    found: list[LabelledAmount] = []
    for order, sheet in enumerate(sheets):
        start, table = (0, range(0)) if goods is None else (goods.starts[order], goods.tables[order])
        for number in range(start, len(sheet.rows)):
            found += _row_claims(sheets, order, number, in_table=number in table)
    return found


def money(text: str) -> list[Amount]:
    """Returns the amounts of a line that can be money; percentages do not count."""
    return [a for a in amounts(_PERCENT.sub(lambda m: " " * len(m[0]), text)) if a.money]


_PARTED = re.compile(
    r"(?<![\d.,/-])(?P<whole>\d{1,3}(?:\s\d{3})+|\d{1,6})(?:[.,]\s?|\s)(?P<cents>\d\d)(?![\d%/.,-])"
)
"""An amount whose thousands stand apart or whose dot is faint: `1 147.76`, `48 00`, `140. 00`."""
_THOUSAND = 1000
"""The amount from which a blank more likely replaces a comma than parts a count from an amount."""


_LED = re.compile(r"\.{3}[\s.:]*(?:(?:S|U|D|E|R|\$|/|€)[\s.:]*){0,5}(?P<digits>\d[\d.,:\s]*\d)")
"""An amount over which a dotted leader was drawn on: `S../..2...7..6...8..0`; its last two digits are
cents.
"""


def _parted(text: str, sums: Sequence[Amount]) -> list[Amount]:
    """Returns other amounts that a line may show, where a blank or a dotted leader went into an amount."""
    found = [(hit, f"{hit['whole']}.{hit['cents']}") for hit in _PARTED.finditer(text)]
    for hit in _LED.finditer(text):
        digits = re.sub(r"\D", "", hit["digits"])
        found += [(hit, f"{digits[:-2]}.{digits[-2:]}")] if 3 <= len(digits) <= 12 else []
    made = [Amount(Decimal(re.sub(r"\s", "", value)), hit.start(), hit.end(), 2) for hit, value in found]
    return [m for m in made if all(m.value != a.value for a in sums)]


_Told = tuple[str, Amount, float, int]
"""A name, the amount that its label names, how strongly, and the amount's row."""
_GAP = 1.5
"""Line heights between two columns."""
_TABLED = -1.0
"""The strength of a label among what was sold: it counts for nothing unless a sum needs it."""


def _row_claims(sheets: Sequence[Sheet], order: int, number: int, *, in_table: bool) -> list[LabelledAmount]:
    """Returns what the labels of a row claim, and each other amount of the row, under the label that wraps
    about it or under none.
    """
    sheet = sheets[order]
    row = sheet.rows[number]
    sums, labels = money(row.text), _labels(row, sheet.em)
    told = [*_by_labels(sheet, number, sums, labels), *_parted_amounts(row, number, sums, labels)]
    free = [a for a in sums if all(amount is not a for _, amount, _, _ in told)]
    told += [_by_place(sheet, number, sums, amount) for amount in free]
    return [
        _claim(
            name, amount, min(strength, _TABLED) if in_table else strength, sheet, sheet.rows[at], order, at
        )
        for name, amount, strength, at in told
    ]


def _labels(row: Row, em: float) -> list[tuple[str, int, int, int]]:
    """Returns the labels of a row; none goes on over a gap, where another column begins."""
    line, found, begin, at = lettered(row.text), list[tuple[str, int, int, int]](), 0, 0
    asked = False
    for cell, after in zip(row.cells, [*row.cells[1:], None], strict=True):
        at += len(cell.text)
        if after is None or after.x0 - cell.x1 > _GAP * em:
            told = () if asked else labels_in(line[begin:at])
            found += [(name, begin + start, begin + end, strength) for name, start, end, strength in told]
            asked, begin = _REASON.match(line, begin) is not None, at + 1
        at += 1
    named = [name for name, *_ in found]
    return found[:1] if named == ["discounts", "payment"] else found  # DSCTO. TARJETA VECINO -12.50


_REASON = re.compile(r"\W*(?:MOTIVO|SUSTENTO)\b")
"""The label of what a note is for, which may be called as an amount is: `MOTIVO | DESCUENTO GLOBAL`."""
_SENTENCE = re.compile(r",\s*[A-Z]+\s+[A-Z]")
"""Words behind a label that make it a part of a sentence: `detracción, deposítala en la cuenta`."""


def _by_labels(
    sheet: Sheet, number: int, sums: Sequence[Amount], labels: Sequence[tuple[str, int, int, int]]
) -> Iterator[_Told]:
    """Yields the amounts between each label and the next; for a label without any, the amount before it or
    below it.
    """
    row = sheet.rows[number]
    line = lettered(row.text)
    for (name, start, end, strength), after in zip(labels, [*labels[1:], None], strict=False):
        if name == "words":
            continue
        own = [a for a in sums if end <= a.start < (after[1] if after else len(line))]
        if name not in _LEVIED:
            own = [a for a in own if a is own[0] or not _is_called(row, own[0], a, sheet.em)]
        led = next(
            (
                a
                for a in sums
                if a.end <= start
                and not re.search(r"\w", line[a.end : start])
                and _leads(row, a)
                and not _SENTENCE.match(line, end)
            ),
            None,
        )
        if own:
            meant = _meant(name, own, line)
            yield from (
                (name, amount, strength if amount is meant else strength - 4, number) for amount in own
            )
        elif led is not None:
            yield name, led, strength - 0.5, number
        elif (below := _under(sheet, number, start, end, alone=len(labels) == 1)) is not None:
            yield name, below[1], strength - 0.5, below[0]


def _is_called(row: Row, first: Amount, amount: Amount, em: float) -> bool:
    """True where words behind a gap stand between two amounts of a row: they call the second."""
    one, other = (row.cells.index(row.word_at(a.start).cell) for a in (first, amount))
    return any(
        re.search(r"[^\W\d_]{3}", cell.text) and cell.x0 - before.x1 > _GAP * em
        for before, cell in itertools.pairwise(row.cells[one : other + 1])
    )


def _leads(row: Row, amount: Amount) -> bool:
    """True where no words stand before an amount in its cell. If some do, it is their amount and not that of
    the label behind it.
    """
    first = row.word_at(amount.start).cell
    before = first.text.partition(row.text[amount.start : amount.end])[0]
    return re.search(r"[^\W\d_]{3}", re.sub(SIGN, "", lettered(before))) is None


def _parted_amounts(
    row: Row, number: int, sums: Sequence[Amount], labels: Sequence[tuple[str, int, int, int]]
) -> Iterator[_Told]:
    """Yields amounts into which a blank went, under the label before them."""
    for amount in _parted(row.text, sums):
        near = [
            x
            for x in labels
            if x[2] <= amount.start and not re.search(r"\d[.,]\d\d", row.text[x[2] : amount.start])
        ]
        for name, _, _, strength in near[-1:]:
            led = row.text[amount.start] == "."
            yield (
                name,
                amount,
                strength - 1 if led or amount.value >= _THOUSAND else min(strength - 4, _TABLED),
                number,
            )


def _by_place(sheet: Sheet, number: int, sums: Sequence[Amount], amount: Amount) -> _Told:
    """Returns the amount under the label that wraps about it: a label over it, one that goes on from above
    it, or one that goes on from it to the row below.
    """
    row = sheet.rows[number]
    line = lettered(row.text)
    at = next(i for i, a in enumerate(sums) if a is amount)
    before = line[sums[at - 1].end if at else 0 : amount.start]
    behind = line[amount.end : sums[at + 1].start if at + 1 < len(sums) else len(line)]
    labels: list[tuple[str, int, int, int]] = []
    if re.search(r"[A-Z]{3}", before):
        cell = row.word_at(max(0, amount.start - len(before.lstrip()))).cell
        over = _column(sheet, range(number - 1, number - 3, -1), cell)
        labels += [x for x in labels_in(f"{over} {before}") if x[2] > len(over)]
    else:
        labels += labels_in(_column(sheet, range(number - 1, number - 4, -1), row.word_at(amount.start).cell))
    if re.search(r"[A-Z]{3}", behind):
        cell = row.word_at(amount.end + len(behind) - len(behind.lstrip())).cell
        labels += [
            x
            for x in labels_in(f"{behind} {_column(sheet, range(number + 1, number + 2), cell)}")
            if x[1] < len(behind) and not _SENTENCE.match(behind, x[2])
        ]
    labels = [x for x in labels if x[0] != "words"]
    name, _, _, strength = max(labels, key=lambda x: x[3], default=(UNNAMED, 0, 0, 0))
    return name, amount, strength - 0.5 if labels else 0, number


def _column(sheet: Sheet, rows: range, cell: Cell) -> str:
    """Returns the phrases over or under a cell, in the order of reading, up to a gap, an amount or another
    column.
    """
    parts: list[str] = []
    near = cell.y
    for number in rows:
        if not 0 <= number < len(sheet.rows):
            break
        row = sheet.rows[number]
        over = [c for c in row.cells if min(c.x1, cell.x1) > max(c.x0, cell.x0)]
        if (
            abs(row.y - near) > 2.2 * sheet.em
            or any(money(c.text) or c.x1 - c.x0 > 14 * sheet.em for c in over)
            or (not over and len(money(row.text)) > 1)  # a row of amounts, whose labels stand over it
        ):
            break
        parts, near = [c.text for c in over] + parts, row.y
    return lettered(" ".join(parts))


_AFTER_RATE = ("igv", "isc", "icbper")
"""Names whose labels may be followed by a rate before the amount."""
_LEVIED = ("detraction", "perception")
"""Names of levies, whose rows show base, rate and amount under names of their own."""
_ITS_LABELS = frozenset(["PORCENTAJE", "TASA", "BASE", "FACTOR", "MONTO", "IMPORTE"])


def _meant(name: str, mine: Sequence[Amount], line: str) -> Amount | None:
    """Returns the label's own amount among those between it and the next label. For a levy it is neither the
    rate nor the base of the levy.
    """
    if name not in _LEVIED:
        return (mine[-1] if name in _AFTER_RATE else mine[0]) if mine else None
    called: list[Amount] = []
    others: list[Amount] = []
    for before, amount in zip([None, *mine], mine, strict=False):
        words = re.findall("[A-Z]+", line[before.end if before else 0 : amount.start])
        labels = [word for word in words if word in _ITS_LABELS]
        if not labels:
            others.append(amount)
        elif labels[-1] in ("MONTO", "IMPORTE"):
            called.append(amount)
    return next(iter([*called, *sorted(others, key=lambda a: not a.sign)]), None)


def _claim(
    name: str, amount: Amount, strength: float, sheet: Sheet, row: Row, order: int, number: int
) -> LabelledAmount:
    return LabelledAmount(
        name,
        amount.value,
        strength,
        row.text[amount.start : amount.end],
        place(sheet, row, amount.start, amount.end),
        order,
        number,
        row.word_at(amount.start).cell.x0 / sheet.em,
        row.word_at(amount.end - 1).x1 / sheet.em,
    )


def _under(sheet: Sheet, number: int, start: int, end: int, *, alone: bool) -> tuple[int, Amount] | None:
    """The amount under a label: the one of its turn where a row of phrases has as many amounts below it, else
    the nearest in its column.
    """
    row = sheet.rows[number]
    labels_alone = len(row.cells) > 1 and not money(row.text)
    for at, below in enumerate(sheet.rows[number + 1 : number + 4] if labels_alone else (), number + 1):
        sums = money(below.text)
        if below.y - row.y > 4.5 * sheet.em:
            break
        cells = {id(below.word_at(a.start).cell) for a in sums}
        if len(sums) == len(cells) == len(row.cells):
            return at, sums[row.cells.index(row.word_at(start).cell)]
        if re.search(r"[^\W\d_]{3}", below.text):
            break
    return _below(sheet, number, row, start, end, alone=alone)


def _below(
    sheet: Sheet, number: int, row: Row, start: int, end: int, *, alone: bool
) -> tuple[int, Amount] | None:
    """Returns the amount under a label, in a table that runs across the page or in a box of its own."""
    left, right = row.word_at(start).x0, row.word_at(end - 1).x1
    for at, below in enumerate(sheet.rows[number + 1 : number + 4], number + 1):
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
            return at, min(near, key=lambda n: n[0])[1]
    return None


# --- choosing -----------------------------------------------------------------------------------------------


def read(
    sheets: Sequence[Sheet], reading: Reading, goods: Goods, *, words: Sequence[Decimal] = ()
) -> list[LabelledAmount]:
    """Fills the money fields, and returns what a bill charges behind its tax.
    `words` are amounts that the document spells out, which help to choose its total.
    """
    sold = {
        seen.box for item in goods.items for seen in item.values() if seen.box and _is_priced(item, goods)
    }
    named = claims(sheets, goods)
    if all(c.name not in ("total", "net_payable") for c in named):
        # The headings taken for those of the goods stand below the sums, or labels below their amounts: the
        # heading of the lines' discounts names none of the paper's.
        tables = goods.tables if goods.items else [range(0)] * len(sheets)
        named = [c for c in claims(sheets) if c.name != "discounts" or c.row not in tables[c.sheet]]
    found = [c for c in named if c.name != UNNAMED or not _among(c.box, sold)]
    lines = [i["amount"].value for i in goods.items if "amount" in i]
    bill = reading.get("kind") == "14"
    evidence = Support(
        words, sum(lines, Decimal(0)) if lines else None, rates(reading.get("issue_date")), bill=bill
    )
    chosen, rival = solve(found, evidence)
    if rival:
        reading.doubts.add(Doubt.OTHER_TOTAL)
    _name_base(chosen, found, evidence.rates)
    net, total = chosen.get("net_payable"), chosen.get("total")
    if (
        net is not None
        and total is not None
        and {c.box for c in found if c.value == total.value} == {net.box}
    ):
        del chosen["net_payable"]  # it is the total itself, under the label of a net amount
    if any(c.name == UNNAMED for c in chosen.values()):
        reading.doubts.add(Doubt.OTHER_CHARGE)
    beside = {
        name: abs(chosen.pop(name).value) for name in ("advances", "retention", "debt") if name in chosen
    }
    reading.side = Side(beside.get("advances"), beside.get("retention"), beside.get("debt"))
    for name, claim in chosen.items():
        if name not in ("subtotal", "sale_value"):
            value = abs(claim.value) if name in ("discounts", "detraction", "perception") else claim.value
            reading.put(name, Seen(value, claim.text, claim.box))
    behind = charged_behind(grouped(found), chosen.get("igv"), total) if bill else []
    told = "other_charges" in chosen and chosen["other_charges"].value == sum(c.value for c in behind)
    return behind if told else []


def _is_priced(item: Mapping[str, Seen], goods: Goods) -> bool:
    """True where an item was surely sold, and is not a row of totals that was taken for an item."""
    return len(goods.items) == 1 or not {"quantity", "unit_price"}.isdisjoint(item)


def _among(box: Place, others: Collection[Place]) -> bool:
    """True where a place is part of another: an amount of an item is no sum of its own."""
    return any(
        o[0] == box[0] and o[1] <= box[1] and o[2] <= box[2] and box[3] <= o[3] and box[4] <= o[4]
        for o in others
    )


def _name_base(
    chosen: dict[str, LabelledAmount], found: Sequence[LabelledAmount], day_rates: Sequence[Decimal]
) -> None:
    """Takes a value of the sale as the taxed base where IGV is charged and no label names another base, or
    where the IGV is a rate of it. Also takes the strongest gratuitous amount.
    """
    base = next((chosen[n] for n in ("sale_value", "subtotal") if n in chosen), None)
    tax = chosen["igv"].value if "igv" in chosen else Decimal(0)
    alone = not {"exempt", "unaffected"} & chosen.keys() and all(c.name != "taxable" for c in found)
    if base is not None and tax > 0 and (alone or is_tax(base.value, tax, day_rates)):
        chosen["taxable"] = base
    if "free" not in chosen and (free := top([c for c in found if c.name == "free"], 1)):
        chosen["free"] = free[0]
