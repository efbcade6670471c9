"""The lines of what was sold: a table with headings, or the couplets of a till roll.

The columns come from the headings where there are any; what a number means is settled by arithmetic (quantity x price = amount)
before its place, since engines shift boxes more easily than digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from functions.extractor.heading import Head
from functions.extractor.parties import CUSTOMER
from functions.extractor.reading import Seen, place
from functions.extractor.rows import Row, Sheet, Word
from functions.extractor.tokens import Amount, amounts, days, fold_same, number, rucs
from functions.extractor.totals import labels_in, money

_HEADINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("description", r"DESCRIPC|DESCRIP\b|DETALLE|C[O0]NCEPT[O0]|PR[O0]DUCT[O0]|ARTICUL[O0]|GL[O0]SA|DEN[O0]MINAC|SERVICI[O0]\b"),
        ("discount", r"DSCT[O0]|DESCUENT|DCT[O0]|\bDESC\b"),
        (
            "unit_price",
            r"P(?:REC[I1][O0]|REC|\.|\b)\s?\.?\s*/?\s*(?:DE\s*)?(?:UN[I1]T|UN\b|UNI|U\b)|P\.?\s?U\b|V(?:AL[O0]R|AL\.?|\.)\s?\.?\s*(?:VENTA\s*)?/?\s*(?:UN[I1]T|U\b)|PREC[I1][O0]|\bP\.?UN[I1]T|\bV\.?UN[I1]T|UN[I1]TARI[O0]|TARIFA",
        ),
        (
            "amount",
            r"IMP[O0]RTE|T[O0]TAL|VAL[O0]R\s*(?:DE\s*)?(?:LA\s*)?VENTA|V\.?\s?VENTA|P\.?\s?VENTA|SUB\s*-?T[O0]TAL|M[O0]NT[O0]|VAL[O0]R\b|IMP\.",
        ),
        ("quantity", r"\bCANT|\bCTD|\bQTY|\bCANTIDAD"),
        ("unit", r"\bU\.?\s?M\b|UNID|\bUND|MEDIDA|\bUN\b|\bU/M"),
        ("code", r"C[O0]D(?:IG[O0]|\.|\b)|\bSKU|\bREF\b"),
        ("order", r"^\s*(?:N[°ºR][O0°º.]*|[I1]TEM|#)(?=\s|$)|\b[I1]TEM\b|\bN[°º]"),
        ("tax", r"\bI\.?G\.?V\b|\bISC\b|\bICBPER"),
    )
)
UNITS = frozenset(
    "NIU UND UNID UNIDAD UNIDADES UN U KG KGM KILO KILOS KGS GR GRM G LT LTR LITRO LITROS L GLN GLL GAL GALON MT MTR MTS M M2 MTK M3 MTQ CJ CJA CAJA CAJAS BX BOX BOL BOLSA BG PK PQ PQT PAQ "
    "PAQUETE ZZ SERV SERVICIO SRV DOC DZN DOCENA DZ PAR PR ROL ROLLO RO MIL MLL MILLAR CIENTO CEN SET JGO JUEGO KT KIT PZA PZ PIEZA C62 BLS SACO SA BO BOT BOTELLA LATA CA HUR HORA HORAS HR DAY DIA DIAS "
    "MES MON VAR ONZ TON TNE TM RESMA BJ BALDE PLANCHA GLS".split()
)
_STOP = (
    "taxable",
    "exempt",
    "unaffected",
    "igv",
    "total",
    "subtotal",
    "sale_value",
    "free",
    "words",
    "payment",
    "advances",
    "with_discount",
    "net_payable",
    "discounts",
    "icbper",
    "isc",
    "rounding",
    "other_charges",
)
_QTY_LINE = re.compile(r"^\W*(?P<q>\d[\d.,]*)\s*(?P<u>[A-Z]{1,8}\.?)?\s*(?:[X*@]|P\.?\s?U\.?\s*:?)\s*(?:S/\.?\s*)?(?P<p>\d[\d.,]*)")


@dataclass(slots=True)
class Table:
    """Where the headings stand: the name and middle of each column, and the rows that hold them."""

    columns: list[tuple[str, float, float, float]] = field(default_factory=list)
    first: int = 0
    last: int = 0

    def column(self, name: str) -> tuple[float, float, float] | None:
        """Middle, left and right of the last column called `name`."""
        found = [c for c in self.columns if c[0] == name]
        return found[-1][1:] if found else None


def headings(sheet: Sheet) -> Table | None:
    """The item table's headings: a row (or two) that names at least two columns, a description or amount among them."""
    best: tuple[float, Table] | None = None
    for at, row in enumerate(sheet.rows):
        columns = _columns(row)
        names = {c[0] for c in columns}
        if len(names) < 2 or not names & {"description", "amount"} or money(row.text):
            continue
        last = at
        if at + 1 < len(sheet.rows) and not money(sheet.rows[at + 1].text) and sheet.rows[at + 1].y - row.y < 1.9 * sheet.em:
            more = _columns(sheet.rows[at + 1])
            if more and not re.search(r"\d", sheet.rows[at + 1].text) and len(more) >= 0.5 * len(sheet.rows[at + 1].cells):
                columns += [c for c in more if c[0] not in names]
                last = at + 1
        names = {c[0] for c in columns}
        score = len(names) + 2.0 * ("description" in names) + 1.0 * ("quantity" in names) + 1.0 * ("unit_price" in names)
        if re.search(r"CUOTA|VENCIMIENT|GUIA", fold_same(row.text)):
            score -= 3
        if score >= 4 and (best is None or score > best[0]):
            best = (score, Table(sorted(columns, key=lambda c: c[1]), at, last))
    return None if best is None else best[1]


def _columns(row: Row) -> list[tuple[str, float, float, float]]:
    line = fold_same(row.text)
    found: list[tuple[int, int, str]] = []
    for name, pattern in _HEADINGS:
        for match in pattern.finditer(line):
            if not any(a < match.end() and match.start() < b for a, b, _ in found):
                found.append((match.start(), match.end(), name))
    letters = sum(c.isalpha() for c in line)
    if sum(b - a for a, b, _ in found) < 0.35 * letters:
        return []
    return [(n, (row.word_at(a).x0 + row.word_at(b - 1).x1) / 2, row.word_at(a).x0, row.word_at(b - 1).x1) for a, b, n in sorted(found)]


# --- reading the lines ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Line:
    row: Row
    text: list[Word]
    quantity: Word | None = None
    unit: str | None = None
    price: Word | None = None
    amount: Word | None = None
    values: dict[str, Decimal] = field(default_factory=dict)


def read(sheets: Sequence[Sheet], head: Head | None) -> tuple[list[dict[str, Seen]], dict[int, int]]:
    """The items, and for each sheet the row from which the totals begin."""
    items: list[dict[str, Seen]] = []
    starts: dict[int, int] = {}
    table: Table | None = None
    for order, sheet in enumerate(sheets):
        own = headings(sheet)
        begin = own.last + 1 if own is not None else None
        table = own or table
        if begin is None:
            begin = _begin_without_headings(sheet, head) if order == 0 or table is None else 0
        end = _end(sheet, begin)
        starts[order] = begin if own is not None else 0
        items += _region(sheet, begin, end, table if (own or order) else None)
    return items, starts


def _begin_without_headings(sheet: Sheet, head: Head | None) -> int:
    """After the last of title, customer and dates in the upper half."""
    begin = 0
    for number, row in enumerate(sheet.rows[: max(8, int(len(sheet.rows) * 0.6))]):
        line = fold_same(row.text)
        if money(row.text) and not re.search(r"CAPITAL|RUC", line):
            if number > 4 or labels_in(line):
                break
            continue
        if (
            CUSTOMER.search(line)
            or days(row.text)
            or rucs(row.text)
            or (head is not None and row is head.row)
            or re.search(r"FECHA|HORA|CAJA|DIRECCI|M[O0]NEDA|DNI|RUC", line)
        ):
            begin = number + 1
    return begin


def _end(sheet: Sheet, begin: int) -> int:
    """The first row of the totals: a totals label with an amount and nothing that makes it an item."""
    for number in range(begin, len(sheet.rows)):
        row = sheet.rows[number]
        line = fold_same(row.text)
        labels = [x for x in labels_in(line) if x[0] in _STOP]
        if not labels:
            if re.search(r"\bS[O0]N\b\s*:|\d\d\s?/\s?100\b", line):
                return number
            continue
        name, start, stop, strength = labels[0]
        sums = money(row.text)
        lead = line[:start].strip(" .:-|")
        if re.fullmatch(r"(?:\d{1,3}\s+)?(?:[\d.,]+\s+)?(?:[A-Z]{1,4}\s+)?", lead + " ") is None and re.search(r"[A-Z]{4}", lead):
            continue  # words before the label: a description that mentions it
        if (
            name in ("payment", "discounts", "other_charges", "free", "words", "isc", "icbper")
            and len(sums) >= 2
            and _multiplies(row) is not None
        ):
            continue
        if sums and (len(sums) == 1 or len(labels) >= 2 or strength >= 3) and not (len(sums) >= 2 and _multiplies(row) is not None):
            return number
        if not sums and len(labels) >= 2:
            return number
        if not sums and name in ("total", "taxable", "subtotal") and len(line) <= stop + 12:
            return number
    return len(sheet.rows)


def _multiplies(row: Row) -> tuple[Amount, Amount, Amount] | None:
    """Quantity, unit price and amount of a row, where the product comes out; the rightmost amount wins."""
    return _product(list(amounts(row.text)))


def _product(found: Sequence[Amount]) -> tuple[Amount, Amount, Amount] | None:
    sums = [a for a in found if a.decimals >= 2 or a.sign]
    for amount in reversed(sums):
        for price in reversed([a for a in found if a.start < amount.start and (a.decimals >= 1 or a.sign)]):
            for quantity in [a for a in found if a.start < amount.start and a is not price and not a.sign]:
                if (
                    quantity.value > 0
                    and price.value > 0
                    and amount.value > 0
                    and _near(quantity.value * price.value, amount.value, quantity.value)
                ):
                    if quantity.value == amount.value and price.value != 1:
                        continue
                    return quantity, price, amount
    return None


def _near(product: Decimal, amount: Decimal, quantity: Decimal) -> bool:
    return abs(product - amount) <= max(Decimal("0.011"), min(quantity * Decimal("0.0051"), amount * Decimal("0.006")))


def _region(sheet: Sheet, begin: int, end: int, table: Table | None) -> list[dict[str, Seen]]:
    rows = sheet.rows[begin:end]
    lines = [_line(sheet, row, table) for row in rows]
    return _assemble(sheet, lines, table)


def _line(sheet: Sheet, row: Row, table: Table | None) -> _Line:
    """Tells a row's numbers by arithmetic, then by column; what is left is text."""
    line = _Line(row, [])
    found = list(amounts(row.text))
    sums = [a for a in found if a.decimals >= 2 or a.sign]
    column = table.column("amount") if table else None
    if column is not None:
        far = [a for a in sums if row.word_at(a.start).x1 > column[1] - 3 * sheet.em]
        if not far and not (sums and _product(found)):
            sums = []
    used: set[int] = set()

    def take(amount: Amount) -> Word:
        word = row.word_at(amount.start)
        used.add(id(word))
        return word

    if sums:
        triple = _product(found)
        last = sums[-1]
        if triple is not None and (
            triple[2] is last
            or (column is not None and abs(row.word_at(triple[2].start).x - column[0]) < abs(row.word_at(last.start).x - column[0]))
        ):
            quantity, price, last = triple
            line.quantity, line.price = take(quantity), take(price)
            line.values |= {"quantity": quantity.value, "unit_price": price.value}
        line.amount = take(last)
        line.values["amount"] = last.value
        _by_column(line, sheet, row, found, table, take)
    _texts(line, sheet, row, table, used, found)
    return line


def _by_column(line: _Line, sheet: Sheet, row: Row, found: Sequence[Amount], table: Table | None, take: object) -> None:
    """Quantity and price by their columns where arithmetic did not settle them (discounts, prices with tax beside net amounts)."""
    if table is None:
        return
    for name in ("quantity", "unit_price"):
        column = table.column(name)
        if name in line.values or column is None:
            continue
        near = []
        for amount in found:
            word = row.word_at(amount.start)
            if word is line.amount or (name == "quantity" and amount.sign):
                continue
            if word.x1 > column[1] - 1.5 * sheet.em and word.x0 < column[2] + 1.5 * sheet.em:
                near.append((abs(word.x - column[0]), amount))
        if near:
            amount = min(near, key=lambda n: n[0])[1]
            line.values[name] = amount.value
            word = take(amount)  # type: ignore[operator]  # the closure that marks words as used
            if name == "quantity":
                line.quantity = word
            else:
                line.price = word


def _texts(line: _Line, sheet: Sheet, row: Row, table: Table | None, used: set[int], found: Sequence[Amount]) -> None:
    numeric = {id(row.word_at(a.start)) for a in found if a.decimals >= 2 or a.sign}
    quantity = line.quantity
    words = row.words
    code, description = (table.column("code"), table.column("description")) if table else (None, None)
    unit_column = table.column("unit") if table else None
    for at, word in enumerate(words):
        if id(word) in used:
            continue
        folded = fold_same(word.text).strip(".,:()")
        if line.amount is not None:
            if id(word) in numeric and (description is None or word.x > description[2] or word.x < description[1]):
                continue
            beside = quantity is not None and at and words[at - 1] is quantity
            in_unit = unit_column is not None and unit_column[1] - 1.5 * sheet.em < word.x < unit_column[2] + 1.5 * sheet.em
            if line.unit is None and folded in UNITS and (beside or in_unit or (quantity is not None and not line.text)):
                line.unit = word.text.strip(".,:()")
                continue
            if line.unit is None and in_unit and folded.isalpha() and len(folded) <= 9:
                line.unit = word.text
                continue
            if re.fullmatch(r"S/\.?|US\$|\$|[X*@]|S/\.", folded) or folded in ("", "S/"):
                continue
        if (
            code is not None
            and description is not None
            and abs(word.x - code[0]) < abs(word.x - description[0])
            and code[1] - 2 * sheet.em < word.x < max(code[2] + 1.5 * sheet.em, min(description[1], code[2] + 4 * sheet.em))
        ):
            if code[0] < description[0] and not line.text and (re.search(r"\d", word.text) or word.x1 < code[2] + sheet.em):
                continue
        line.text.append(word)
    if (
        line.amount is not None
        and line.text
        and table is not None
        and table.column("order")
        and re.fullmatch(r"\d{1,3}[.)]?", line.text[0].text)
        and len(line.text) > 1
    ):
        order = table.column("order")
        if order is not None and line.text[0].x < order[2] + 2 * sheet.em:
            line.text.pop(0)


def _description(words: Sequence[Word]) -> str:
    return " ".join(w.text for w in words).strip(" -|:.*")


def _has_words(words: Sequence[Word]) -> bool:
    return len(re.findall(r"[^\W\d_]", _description(words))) >= 3


def _assemble(sheet: Sheet, lines: Sequence[_Line], table: Table | None) -> list[dict[str, Seen]]:
    """Lines with an amount are items; lines without belong to the item that they stand nearest to."""
    found: list[tuple[_Line, list[_Line], list[_Line]]] = []  # the item's line, text before it, text after it
    loose: list[_Line] = []
    for line in lines:
        folded = fold_same(line.row.text)
        if line.amount is None:
            if line.text and (found or table is not None or _has_words(line.text)):
                loose.append(line)
            continue
        only = _QTY_LINE.match(folded)
        if (
            found
            and not loose
            and not _has_words(line.text)
            and only is not None
            and "quantity" not in found[-1][0].values
            and len(list(amounts(line.row.text))) <= 3
        ):
            quantity, price = number(only["q"]), number(only["p"])
            if quantity and price and _near(quantity * price, found[-1][0].values["amount"], quantity):
                found[-1][0].values |= {"quantity": quantity, "unit_price": price}
                found[-1][0].unit = found[-1][0].unit or only["u"]
                continue
        if not _has_words(line.text) and not loose and not line.values.get("quantity"):
            continue
        before, after = _share(sheet, loose, found[-1][0] if found else None, line)
        if found:
            found[-1][2].extend(after)
        found.append((line, before, []))
        loose = []
    if found:
        tail = found[-1][2]
        last = found[-1][0].row
        for line in loose:
            previous = tail[-1].row if tail else last
            if line.row.y - previous.y < 1.9 * sheet.em and not re.search(
                r"[O0]BSERVA|N[O0]TA\s*:|CUENTA|BANC[O0]|GRACIAS|^\s*S[O0]N\b|HASH|F[O0]RMA\s*DE|C[O0]NDICI", fold_same(line.row.text)
            ):
                tail.append(line)
            else:
                break
    return [_item(sheet, *entry) for entry in found]


def _share(sheet: Sheet, loose: Sequence[_Line], previous: _Line | None, line: _Line) -> tuple[list[_Line], list[_Line]]:
    """Loose text between two items: what belongs to the next (its own description is missing, or the gap says so), and to the last."""
    if previous is None:
        near = []
        for extra in reversed(loose):
            below = near[0].row if near else line.row
            if below.y - extra.row.y < 1.9 * sheet.em and len(near) < 3:
                near.insert(0, extra)
            else:
                break
        return (near if not _has_words(line.text) or len(near) == 1 else near[-1:]) if near and (not _has_words(line.text)) else [], []
    if not loose:
        return [], []
    if not _has_words(line.text):
        if _has_words(previous.text):
            cut = len(loose) - 1
            while cut > 0 and loose[cut].row.y - loose[cut - 1].row.y < 0.75 * (loose[0].row.y - previous.row.y):
                cut -= 1
            return list(loose[cut:]), list(loose[:cut])
        return list(loose), []
    gaps = [
        loose[0].row.y - previous.row.y,
        *(b.row.y - a.row.y for a, b in zip(loose, loose[1:], strict=False)),
        line.row.y - loose[-1].row.y,
    ]
    widest = max(range(len(gaps)), key=lambda i: (round(gaps[i] / sheet.em, 1), i))
    if gaps[widest] < 1.2 * min(gaps) or widest == len(gaps) - 1:
        return [], list(loose)
    return list(loose[widest:]), list(loose[:widest])


def _item(sheet: Sheet, line: _Line, before: Sequence[_Line], after: Sequence[_Line]) -> dict[str, Seen]:
    where = place(sheet, line.row)
    item: dict[str, Seen] = {}
    parts = [_description(extra.text) for extra in before] + [_description(line.text)] + [_description(extra.text) for extra in after]
    text = " ".join(p for p in parts if p)
    if text:
        item["description"] = Seen(text, text, where)
    for name in ("quantity", "unit_price", "amount"):
        if name in line.values:
            item[name] = Seen(line.values[name], str(line.values[name]), where)
    if line.unit is not None:
        item["unit"] = Seen(line.unit, line.unit, where)
    return item
