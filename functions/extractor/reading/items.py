"""The lines of what was sold: a table with headings, or the couplets of a till roll.

The columns come from the headings where there are any; what a number means is settled by arithmetic (quantity x price = amount)
before its place, since engines shift boxes more easily than digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import Amount, amounts, days, lettered, rucs
from functions.extractor.peru.tokens import number as value_of
from functions.extractor.peru.units import a_unit
from functions.extractor.reading.form import CUSTOMER
from functions.extractor.reading.heading import Head
from functions.extractor.reading.reading import Goods, Reading, Seen, place
from functions.extractor.reading.totals import leads, money
from functions.extractor.sheets.rows import Row, Sheet, Word

_HEADINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "description",
            r"DESCRIPC|DESCRIP\b|DESCRIPTION|DETALLE(?:\s*DE\s*(?:IMPORTES|CARGOS|CONCEPTOS|CONSUMOS?|FACTURACION|LA\s*CUENTA))?|CONCEPTO|PRODUCTO|ARTICULO|GLOSA|DENOMINAC|SERVICIO\b",
        ),
        ("discount", r"DSCTO|DESCUENT|DCTO|\bDESC\b"),
        (
            "unit_price",
            r"P(?:REC[I1]O|REC|\.|\b)\s?\.?\s*/?\s*(?:DE\s*)?(?:UN[I1]T|UN\b|UNI|U\b)|P\.?\s?U\b|V(?:ALOR|AL\.?|\.)\s?\.?\s*(?:VENTA\s*)?/?\s*(?:UN[I1]T|U\b)|PREC[I1]O|\bP\.?UN[I1]T|\bV\.?UN[I1]T|UN[I1]TARIO|\bV\s?/?\s?U\b|TARIFA|UN[I1]T\s*PRICE",
        ),
        (
            "amount",
            r"IMPORTE\b|(?<!\S)S[/I]\.?(?!\S)|TOTAL(?!\s*(?:A\s*PAGAR|DE\s*[A-Z]))|VALOR\s*(?:DE\s*)?(?:LA\s*)?VENTA|V\.?\s?VENTA|P\.?\s?VENTA|SUB\s*-?TOTAL|MONTO\b|VALOR\b|IMP\.|\bAMOUNT\b",
        ),
        ("quantity", r"\bCANT|\bCTD|\bQTY|\bQUANTITY|\bNOCHES\b|\bGALONES\b"),
        ("unit", r"\bU\.?\s?M\b|UNID|\bUND|MEDIDA|\bUN\b|\bU/M"),
        ("code", r"COD(?:IGO|\.|\b)|\bSKU|\bREF\b"),
        ("order", r"^\s*(?:N[°ºR][O°º.]*|[I1]TEM|#)(?=\s|$)|\b[I1]TEM\b|\bN[°º]"),
        ("tax", r"\bI\.?G\.?V\b|\bISC\b|\bICBPER|IMPUESTOS?\b"),
    )
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


@dataclass(frozen=True, slots=True)
class Column:
    """One heading: what it names, its middle, its left and its right."""

    name: str
    x: float
    x0: float
    x1: float


@dataclass(slots=True)
class Table:
    """Where the headings stand, from left to right, and the rows that hold them."""

    columns: list[Column] = field(default_factory=list)
    first: int = 0
    last: int = 0

    def span(self, name: str, em: float) -> tuple[float, float] | None:
        """From where to where words of the last column called `name` may stand: up to its neighbours' headings."""
        at = max((i for i, c in enumerate(self.columns) if c.name == name), default=None)
        if at is None:
            return None
        left = self.columns[at - 1].x1 if at else -1e9
        right = self.columns[at + 1].x0 if at + 1 < len(self.columns) else 1e9
        own = self.columns[at]
        if name in ("description", "code", "unit"):  # text stands to the left of its column
            return min(own.x0 - 1.5 * em, max(left, own.x0 - 3 * em)), right - 0.7 * em
        return left + 0.5 * em, right + 0.2 * em

    def column(self, name: str) -> Column | None:
        """The last column called `name`."""
        return next((c for c in reversed(self.columns) if c.name == name), None)


def headings(sheet: Sheet) -> Table | None:
    """The item table's headings: a row (or two) that names at least two columns, a description or amount among them."""
    best: tuple[float, Table] | None = None
    for at, row in enumerate(sheet.rows):
        columns = _columns(row)
        names = {c.name for c in columns}
        if names == {"description"} and not money(row.text):
            columns += _inferred(sheet, at)
            names = {c.name for c in columns}
        if len(names) < 2 or not names & {"description", "amount"} or money(row.text):
            continue
        last = at
        if at + 1 < len(sheet.rows) and not money(sheet.rows[at + 1].text) and sheet.rows[at + 1].y - row.y < 1.9 * sheet.em:
            more = _columns(sheet.rows[at + 1])
            inside = all(columns[0].x0 - sheet.em < c.x < columns[-1].x1 + sheet.em for c in more)
            if more and inside and not re.search(r"\d", sheet.rows[at + 1].text) and len(more) >= 0.5 * len(sheet.rows[at + 1].cells):
                columns += [c for c in more if c.name not in names]
                last = at + 1
        names = {c.name for c in columns}
        score = len(names) + 2.0 * ("description" in names) + 1.0 * ("quantity" in names) + 1.0 * ("unit_price" in names)
        if re.search(r"CUOTA|VENCIMIENT|GUIA", lettered(row.text)):
            score -= 3
        if score >= 4 and (best is None or score > best[0]):
            best = (score, Table(sorted(columns, key=lambda c: c.x), at, last))
    return None if best is None else best[1]


def _inferred(sheet: Sheet, at: int) -> list[Column]:
    """An amount column without a heading: where the next row's amount stands."""
    for row in sheet.rows[at + 1 : at + 3]:
        sums = money(row.text)
        if sums and re.search(r"[^\W\d_]{3}", row.text[: sums[0].start]):
            word = row.word_at(sums[0].start)
            return [Column("amount", word.x, word.x0, word.x1)]
    return []


def headings_in(row: Row) -> bool:
    """Whether a row names columns of an item table, so that its words are no labels of totals."""
    names = {c.name for c in _columns(row)}
    return len(names) >= 2 and bool(names & {"description", "quantity"})


def _columns(row: Row) -> list[Column]:
    line = lettered(row.text)
    found: list[tuple[int, int, str]] = []
    for name, pattern in _HEADINGS:
        for match in pattern.finditer(line):
            if not any(a < match.end() and match.start() < b for a, b, _ in found):
                found.append((match.start(), match.end(), name))
    letters = sum(c.isalpha() for c in line)
    if sum(b - a for a, b, _ in found) < 0.35 * letters:
        return []
    found = [
        f
        for f in found
        if not (f[2] == "amount" and re.fullmatch(r"S/\.?", line[f[0] : f[1]]) and sum(g[2] == "amount" for g in found) > 1)
    ]
    columns = []
    for start, end, name in sorted(found):
        left, right = row.word_at(start).x0, row.word_at(end - 1).x1
        more = _TAIL.match(line, end)
        if more and more.end() > end and row.word_at(more.end() - 1).cell is row.word_at(start).cell:
            right = row.word_at(more.end() - 1).x1
        columns.append(Column(name, (left + right) / 2, left, right))
    return columns


_TAIL = re.compile(r"(?:\s*(?:\bDE\b|\bLA\b|\bVENTA\b|\bUNIT\w*\.?|\bSIN\b|\bCON\b|\bINC\w*\.?|\bI\.?G\.?V\b\.?|\(.{1,8}?\)))*")
"""Words that go on with a heading and name no column of their own: Importe *de Venta (\\*\\*)*."""


# --- reading the lines ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Line:
    row: Row
    text: list[Word]
    quantity: Word | None = None
    unit: str | None = None
    price: Word | None = None
    amount: Word | None = None
    opens: bool = False
    """It shows a quantity in its column and no amount: an item begins here and its sums stand below."""
    values: dict[str, Decimal] = field(default_factory=dict)


def read(sheets: Sequence[Sheet], head: Head | None) -> Goods:
    """The items, and where they stand."""
    goods = Goods([], [], [])
    table: Table | None = None
    for order, sheet in enumerate(sheets):
        own = headings(sheet)
        begin = own.last + 1 if own is not None else None
        table = own or table
        if begin is None:
            begin = _begin_without_headings(sheet, head) if order == 0 or table is None else 0
        end = _end(sheet, begin, _edge(table, sheet) if (own or order) and table is not None else None)
        goods.starts.append(own.first if own is not None else 0)
        goods.tables.append(range(own.first, end) if own is not None else range(0))
        goods.items.extend(_region(sheet, begin, end, table if (own or order) else None))
    return goods


def _begin_without_headings(sheet: Sheet, head: Head | None) -> int:
    """After the last of title, customer and dates in the upper half."""
    begin = 0
    for number, row in enumerate(sheet.rows[: max(8, int(len(sheet.rows) * 0.6))]):
        line = lettered(row.text)
        if money(row.text) and not re.search(r"CAPITAL|RUC", line):
            if number > 4 or labels_in(line):
                break
            continue
        if (
            CUSTOMER.search(line)
            or days(row.text)
            or rucs(row.text)
            or (head is not None and row is head.row)
            or re.search(r"FECHA|HORA|CAJA|DIRECCI|MONEDA|DNI|RUC", line)
        ):
            begin = number + 1
    return begin


def _edge(table: Table, sheet: Sheet) -> float | None:
    """How far right the table reaches, where its amounts are its last column: beyond stands another box."""
    column = table.column("amount")
    if column is None or any(c.x > column.x for c in table.columns):
        return None
    return column.x1 + 2 * sheet.em


def _end(sheet: Sheet, begin: int, edge: float | None = None) -> int:
    """The first row of the totals: a totals label that begins its cell, or the amount in words; nothing that makes it an item."""
    for number in range(begin, len(sheet.rows)):
        row = sheet.rows[number]
        line = lettered(row.text)
        if re.search(r"(?:^|\s)SON\b\s*[:.]|\d\d\s?/\s?1O{2}\b", line) or re.match(r"\W*SON\s+[A-Z]{3,}", line):
            return number
        labels = [x for x in labels_in(line) if x[0] in _STOP]
        sums = money(row.text)
        if _BESIDE.search(line) and not sums and not headings_in(row) and not _goes_on(sheet, number):
            return number
        if _among_items(sheet, number, labels, sums):
            continue
        for name, start, stop, _ in labels:
            if not _heads(row, start, stop, edge):
                continue
            core = name in ("total", "taxable", "exempt", "unaffected", "subtotal", "sale_value", "igv", "with_discount", "net_payable")
            after = [a for a in sums if a.start >= stop or leads(row, start, stop)]
            if after and (core or len(labels) >= 2 or number > begin):
                return number
            if not sums and (len(labels) >= 2 or (core and len(line) <= stop + 12)) and not headings_in(row):
                return number
    return len(sheet.rows)


_BESIDE = re.compile(
    r"\(?\bSPOT\b|\bDETRACCION(?:ES)?\b|SISTEMA\s*DE\s*PAGO\s*DE\s*OBLIGACI|INFORMACION\s*DEL?\s*CREDITO|CRONOGRAMA|\bN\S{0,3}\s*(?:DE\s*)?CUOTAS?\b"
)
"""What heads the table of a payment, not of what was sold."""


def _heads(row: Row, start: int, stop: int, edge: float | None) -> bool:
    """Whether a label begins its cell within the table, or follows its amount; an item may be called as a total is, say an advance."""
    if leads(row, start, stop):
        return True
    beyond = edge is not None and row.word_at(start).x0 > edge
    return _begins_cell(row, start) and not beyond and not _numbered(row, start)


def _among_items(sheet: Sheet, number: int, labels: Sequence[tuple[str, int, int, int]], sums: Sequence[Amount]) -> bool:
    """Whether the row is an item, a line's own discount or the sum of some items, called as a total is: items go on below."""
    row = sheet.rows[number]
    if len(sums) >= 2 and _multiplies(row) is not None:
        return True
    if _discounts(labels) and any(_multiplies(r) for r in sheet.rows[number + 1 : number + 4]):
        return True
    return _section(row) is not None and _goes_on(sheet, number)


def _goes_on(sheet: Sheet, number: int) -> bool:
    """Whether items follow below: a row whose quantity and price make its amount, before any total."""
    for row in sheet.rows[number + 1 : number + 6]:
        if _multiplies(row) is not None:
            return True
        if money(row.text) and any(x[0] in _STOP for x in labels_in(lettered(row.text))):
            return False
    return False


def _section(row: Row) -> str | None:
    """The name of a part of the items, where the row is that part's sum: TOTAL OBRAS CIVILES 500.00."""
    sums, labels = money(row.text), labels_in(lettered(row.text))
    if len(sums) != 1 or len(labels) != 1 or labels[0][0] not in ("total", "subtotal") or not _begins_cell(row, labels[0][1]):
        return None
    name = re.match(r"\W*([^\W\d_]{3}[^\d]*?)\W*(?:S/\.?|US\$|[$€])?\s*$", lettered(row.text[labels[0][2] : sums[0].start]))
    return name[1] if name else None


def _begins_cell(row: Row, start: int) -> bool:
    """Whether the character stands at the beginning of its cell, but for signs."""
    cell = row.word_at(start).cell
    at = 0
    for each in row.cells:
        at = row.text.index(each.text, at)
        if each is cell:
            return not re.search(r"[^\W_]", row.text[at:start])
        at += len(each.text)
    return False


def _numbered(row: Row, start: int) -> bool:
    """Whether a quantity stands before the cell in which the character falls, as in an item's row."""
    before = [c.text.strip() for c in row.cells[: row.cells.index(row.word_at(start).cell)]]
    return bool(before) and re.fullmatch(r"\d{1,4}(?:\.\d{1,3})?", before[0]) is not None


def _multiplies(row: Row) -> tuple[Amount, Amount, Amount] | None:
    """Quantity, unit price and amount of a row, where the product comes out; the rightmost amount wins."""
    return _product(list(amounts(row.text)))


def _product(found: Sequence[Amount], stands: Callable[[Amount, str], bool] = lambda _, __: True) -> tuple[Amount, Amount, Amount] | None:
    """Quantity, price and amount among the numbers; `stands` tells whether a number may be what the name says."""
    sums = [a for a in found if a.decimals >= 2 or a.sign]
    for amount in reversed(sums):
        for price in reversed([a for a in found if a.start < amount.start and (a.decimals >= 1 or a.sign)]):
            for quantity in [a for a in found if a.start < amount.start and a is not price and not a.sign]:
                if (
                    quantity.value > 0
                    and price.value * amount.value > 0  # a discount has both below zero
                    and _near(quantity.value * price.value, amount.value, quantity.value)
                ):
                    if quantity.value == amount.value and price.value != 1:
                        continue
                    if stands(quantity, "quantity") and stands(price, "unit_price"):
                        return quantity, price, amount
    return None


def _near(product: Decimal, amount: Decimal, quantity: Decimal) -> bool:
    return abs(product - amount) <= max(Decimal("0.011"), min(quantity * Decimal("0.0051"), abs(amount) * Decimal("0.006")))


def _region(sheet: Sheet, begin: int, end: int, table: Table | None) -> list[dict[str, Seen]]:
    rows = [r for r in sheet.rows[begin:end] if not _rebate(r) and min(c.height for c in r.cells) < 1.8 * sheet.em]
    parts = [(name, r, i) for i, r in enumerate(sheet.rows[begin : end + 1], begin) if (name := _section(r))]
    if not any(i < end for _, _, i in parts):
        parts = []
    for name, total, _ in parts:  # neither its heading nor its sum was sold
        rows = [r for r in rows if r is not total and (money(r.text) or not lettered(r.text).endswith(name))]
    lines = [_line(sheet, row, table) for row in rows]
    return _assemble(sheet, lines, table)


def _discounts(labels: Sequence[tuple[str, int, int, int]]) -> bool:
    """Whether the labels speak of a discount (and perhaps of the card that earns it) alone."""
    names = {x[0] for x in labels}
    return "discounts" in names and names <= {"discounts", "payment"}


def _rebate(row: Row) -> bool:
    """A discount printed below its item: no item of its own."""
    labels = labels_in(lettered(row.text))
    sums = money(row.text)
    return (
        bool(labels and sums)
        and _discounts(labels)
        and sums[-1].value < 0
        and _begins_cell(row, labels[0][1])
        and _multiplies(row) is None  # with a quantity and a price of its own it is an item as others are
    )


def _line(sheet: Sheet, row: Row, table: Table | None) -> _Line:
    """Tells a row's numbers by arithmetic, then by column; what is left is text."""
    line = _Line(row, [])
    every = found = list(amounts(row.text))
    words = {id(a): row.word_at(a.start) for a in found}
    band = table.span("description", sheet.em) if table else None
    column = table.column("amount") if table else None
    if band is not None:  # numbers within the description are words of it
        quantity_first = table is not None and _before(table, "quantity", "description")
        triple = _product(found)
        whole = triple if triple is not None and triple[2] is found[-1] and triple[1] is found[-2] and len(found) == 3 else ()
        found = [
            a
            for a in found
            if words[id(a)].x > band[1]
            or words[id(a)].x1 < band[0] + sheet.em
            or (quantity_first and a is found[0] and words[id(a)].x < band[0] + 2 * sheet.em)
            or any(a is t for t in whole)
            or _own_cell(words[id(a)], row, table)
        ]
        if _QTY_LINE.match(lettered(row.text)):  # a till roll's second line: its numbers are none of a description
            found = every
    sums = [a for a in found if (a.decimals >= 2 or a.sign) and (band is None or words[id(a)].x > band[0])]
    if column is not None and sums:
        right = [c.x0 for c in (table.columns if table else []) if c.x > column.x]
        limit = min(right) if right else column.x1 + 6 * sheet.em
        sums = [a for a in sums if words[id(a)].x < max(limit, column.x1 + sheet.em)]
        if sums and words[id(sums[-1])].x1 < column.x0 - 3 * sheet.em and _product(found) is None:
            sums = []
        if not right:
            found = [a for a in found if words[id(a)].x < limit]
    used: set[int] = set()
    if sums:
        _settle(line, sheet, found, sums, words, table)
        used = {id(w) for w in (line.quantity, line.price, line.amount) if w is not None}
    elif table is not None and row.words:
        place_ = table.column("quantity")
        first = row.words[0]
        if (
            place_ is not None
            and re.fullmatch(r"[A-Z]?\d{1,5}(?:[.,]\d{1,3})?", lettered(first.text))
            and first.x0 < place_.x1 + sheet.em
            and first.x1 > place_.x0 - sheet.em
        ):
            line.opens = len(row.cells) > 1 or len(row.words) > 1
            line.quantity = first
            value = value_of(re.sub(r"^[A-Z]", "", lettered(first.text)))
            if line.opens and value is not None:
                used = {id(first)}
    _texts(line, sheet, row, table, used, {id(words[id(a)]) for a in found if a.decimals >= 2 or a.sign})
    return line


def _own_cell(word: Word, row: Row, table: Table | None) -> bool:
    """Whether a number begins a cell that stands under the quantity or the price, or is money apart from all: not words of a description."""
    cell = word.cell
    if table is None or cell is row.cells[0] or not cell.text.startswith(word.text):
        return False
    before = row.cells[row.cells.index(cell) - 1]
    if re.fullmatch(r"\d[\d,]*\.\d{2,4}", cell.text) and cell.x0 - before.x1 > 1.5 * cell.height:
        return True
    return any(cell.x1 > c.x0 and cell.x0 < c.x1 for c in table.columns if c.name in ("quantity", "unit_price"))


def _before(table: Table, one: str, other: str) -> bool:
    a, b = table.column(one), table.column(other)
    return a is not None and b is not None and a.x < b.x


def _settle(
    line: _Line, sheet: Sheet, found: Sequence[Amount], sums: Sequence[Amount], words: dict[int, Word], table: Table | None
) -> None:
    """Which number is the quantity, which the price, which the amount."""
    column = table.column("amount") if table else None
    if table is not None and column is None and any(c.name == "unit_price" for c in table.columns):
        last = None  # SUNAT's own portal prints no amount: prices and ICBPER only
    elif column is not None and len(sums) > 1:
        last = min(sums, key=lambda a: abs(words[id(a)].x1 - column.x1) + 0.5 * abs(words[id(a)].x - column.x))
    else:
        last = sums[-1]
    triple = _product(
        [a for a in found if last is None or a.start <= last.start],
        lambda a, name: table is None or _stands_under(words[id(a)], name, table),
    )
    if triple is not None and last is not None and triple[2] is last:
        quantity, price, _ = triple
        line.quantity, line.price = words[id(quantity)], words[id(price)]
        line.values |= {"quantity": quantity.value, "unit_price": price.value}
    if last is not None:
        line.amount = words[id(last)]
        line.values["amount"] = last.value
    if table is None:
        return
    for name in ("quantity", "unit_price"):
        place_ = table.column(name)
        if name in line.values or place_ is None:
            continue
        near = [
            a
            for a in found
            if a is not last and words[id(a)].x1 > place_.x0 - 1.5 * sheet.em and words[id(a)].x0 < place_.x1 + 1.5 * sheet.em
        ]
        near = [a for a in near if name != "quantity" or not a.sign]
        if near:
            amount = min(near, key=lambda a: abs(words[id(a)].x - place_.x))
            line.values[name] = amount.value
            if name == "quantity":
                line.quantity = words[id(amount)]
            else:
                line.price = words[id(amount)]


def _stands_under(word: Word, name: str, table: Table) -> bool:
    """Whether no heading of another number is nearer than its own: an order, code or discount may multiply by accident.

    Where nothing is headed by the name, it may not stand right under another heading.
    """

    def away(column: Column) -> float:
        return max(0.0, column.x0 - word.x1, word.x0 - column.x1)

    own = [away(c) for c in table.columns if c.name == name]
    others = [away(c) for c in table.columns if c.name != name and c.name in ("order", "code", "quantity", "unit_price", "discount", "tax")]
    return min(own, default=1e-9) <= min(others, default=1e9)


def _couplet(line: _Line, row: Row) -> re.Match[str] | None:
    """The row as a till roll's second line, where its quantity and price are those that make the amount."""
    match = _QTY_LINE.match(lettered(row.text))
    if match is None or value_of(match["q"]) != line.values.get("quantity") or value_of(match["p"]) != line.values.get("unit_price"):
        return None
    return match


def _texts(line: _Line, sheet: Sheet, row: Row, table: Table | None, used: set[int], numeric: set[int]) -> None:  # noqa: C901 - real paper's cases, one after the other
    """What is left of a row when its numbers are taken: the unit, and the description without codes and order numbers."""
    quantity, words = line.quantity, row.words
    code = table.span("code", sheet.em) if table else None
    order = table.span("order", sheet.em) if table else None
    counted = table is not None and table.column("unit") is not None
    headed = _under_unit(words, table, sheet.em) if table is not None and line.values else None
    tax = table.span("tax", sheet.em) if table else None
    column = table.column("amount") if table else None
    couplet = _couplet(line, row)
    price_at = next((i for i, w in enumerate(words) if w is line.price), None)
    if couplet is not None:  # between quantity and price stands the unit, whatever the engine made of it
        line.unit = line.unit or couplet["u"]
    for at, word in enumerate(words):
        if id(word) in used or (line.values and id(word) in numeric):
            continue
        if couplet is not None and price_at is not None and at < price_at:
            continue
        folded = lettered(word.text).strip(".,:()")
        if column is not None and word.x0 > column.x1 + 2 * sheet.em and not any(c.x > column.x for c in (table.columns if table else [])):
            continue  # another box stands to the right of the table
        if line.values:
            beside = quantity is not None and at and words[at - 1] is quantity
            first = not counted and not _of_something(words, at) and (beside or (quantity is not None and not line.text))
            if line.unit is None and (word is headed or first) and (unit := a_unit(word.text)) is not None:
                line.unit = unit
                continue
            follows = at + 1 < len(words) and id(words[at + 1]) in used and not line.text
            if re.fullmatch(r"S/?\.?|US\$|\$|€|USD|S", folded) or folded == "" or (folded in ("X", "*", "@") and follows):
                continue
            if order is not None and not line.text and re.fullmatch(r"\d{1,3}", folded) and word.x < order[1] + 1.5 * sheet.em:
                continue
            in_code = code is not None and code[0] < word.x0 and word.x < code[1] and (not line.text or word.cell is not line.text[-1].cell)
            if code is not None and in_code and (word.cell.x1 < code[1] + sheet.em or re.search(r"\d", folded)):
                continue
            if tax is not None and tax[0] < word.x < tax[1] and re.fullmatch(r"[\d.,]+%?", folded):
                continue
            if code is not None and not line.text and word.x < code[1] and re.search(r"\d", folded) and code[0] < word.x:
                continue
        line.text.append(word)


def _under_unit(words: Sequence[Word], table: Table, em: float) -> Word | None:
    """The unit that stands nearest to its heading; a description that begins there may begin with a unit too."""
    columns, span = [c for c in table.columns if c.name == "unit"], table.span("unit", em)
    if span is None:
        return None
    left = min(span[0], columns[0].x0 - 1.5 * em)  # Unidad / Medida are two words of one heading
    units = [w for at, w in enumerate(words) if left < w.x < span[1] and a_unit(w.text) and not _of_something(words, at)]
    return min(units, key=lambda w: min(abs(w.x - c.x) for c in columns), default=None)


def _of_something(words: Sequence[Word], at: int) -> bool:
    """Whether a word is a description's own: SERVICIO DE REPARACION."""
    return at + 1 < len(words) and lettered(words[at + 1].text) in ("DE", "DEL")


def _description(words: Sequence[Word]) -> str:
    return " ".join(w.text for w in words).strip(" -|:.*")


def _has_words(words: Sequence[Word]) -> bool:
    return len(re.findall(r"[^\W\d_]", _description(words))) >= 3


_CODE_LINE = re.compile(
    r"\W*(?:COD(?:IGO)?|SKU|REF(?:ERENCIA)?|EAN|P/?N|PART\s*N[O°º.]*)(?:\s*(?:DE\s*)?(?:PROD(?:UCTO)?|ART(?:ICULO)?|INTERNO|BARRAS?))?\W+[A-Z0-9]+(?:[-./][A-Z0-9]+)*\W*"
)
"""A row of its own that names an item's code: no word of its description."""


def _assemble(sheet: Sheet, lines: Sequence[_Line], table: Table | None) -> list[dict[str, Seen]]:  # noqa: C901 - real paper's cases, one after the other
    """Lines with an amount are items; lines without belong to the item that they stand nearest to."""
    found: list[tuple[_Line, list[_Line], list[_Line]]] = []  # the item's line, text before it, text after it
    loose: list[_Line] = []
    above = False  # the first item's words began above its sums: the others' do too
    for line in lines:
        folded = lettered(line.row.text)
        if not line.values:
            if _CODE_LINE.fullmatch(folded):
                continue
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
            quantity, price = value_of(only["q"]), value_of(only["p"])
            if quantity and price and _near(quantity * price, found[-1][0].values.get("amount", Decimal(-1)), quantity):
                found[-1][0].values |= {"quantity": quantity, "unit_price": price}
                found[-1][0].unit = found[-1][0].unit or only["u"]
                continue
        if not _has_words(line.text) and not loose and not line.values.get("quantity"):
            continue
        before, after = _share(sheet, loose, found[-1][0] if found else None, line, above=above, headed=table is not None)
        above = above or (not found and bool(before) and _has_words(line.text))
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
                r"OBSERVA|NOTA\s*:|\bCUENTAS?\b|\bBANCOS?\b|GRACIAS|^\s*SON\b|HASH|FORMA\s*DE|\bCONDICION",
                lettered(line.row.text),
            ):
                tail.append(line)
            else:
                break
    return [_item(sheet, *entry) for entry in found]


def _share(  # noqa: C901, PLR0911 - real paper's cases, one after the other
    sheet: Sheet, loose: Sequence[_Line], previous: _Line | None, line: _Line, *, above: bool, headed: bool
) -> tuple[list[_Line], list[_Line]]:
    """Loose text between two items: what belongs to the next (its own description is missing, or the gap says so), and to the last."""
    opener = max((i for i, extra in enumerate(loose) if extra.opens), default=None)
    if opener is not None and "quantity" not in line.values:
        line.values |= {"quantity": value} if (value := _opening_quantity(loose[opener])) is not None else {}
        return list(loose[opener:]), list(loose[:opener]) if previous is not None else []
    if previous is None:
        near: list[_Line] = []
        for extra in reversed(loose):
            below = near[0].row if near else line.row
            if below.y - extra.row.y < 1.9 * sheet.em and len(near) < 3 and len(_columns(extra.row)) < 2:
                near.insert(0, extra)
            else:
                break
        if _has_words(line.text) and not headed:
            return [], []
        return [n for n in near if _has_words(n.text)], []
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
        *(b.row.y - a.row.y for a, b in pairwise(loose)),
        line.row.y - loose[-1].row.y,
    ]
    if above and max(gaps) < 1.2 * min(gaps):
        return list(loose), []
    widest = max(range(len(gaps)), key=lambda i: (round(gaps[i] / sheet.em, 1), i))
    if gaps[widest] < 1.2 * min(gaps) or widest == len(gaps) - 1:
        return [], list(loose)
    return list(loose[widest:]), list(loose[:widest])


def _opening_quantity(line: _Line) -> Decimal | None:
    """The quantity at the head of an item whose sums stand below; `F30` is a pharmacy's fraction of a box."""
    return None if line.quantity is None else value_of(re.sub(r"^[A-Z]", "", lettered(line.quantity.text)))


def _unfactored(line: _Line, text: str) -> str:
    """The description without the `2x6.50=` at its end, which is the line's quantity and price where it makes the amount."""
    tail = re.search(r"\s(\d[\d.,]*)\s?[xX*]\s?(?:S/\.?\s?)?(\d+[.,]\d\d)\s?=?$", text)
    amount = line.values.get("amount")
    if tail is None or amount is None or "quantity" in line.values:
        return text
    quantity, price = value_of(tail[1]), value_of(tail[2])
    if not quantity or not price or not _near(quantity * price, amount, quantity):
        return text
    line.values |= {"quantity": quantity, "unit_price": price}
    return text[: tail.start()]


def _item(sheet: Sheet, line: _Line, before: Sequence[_Line], after: Sequence[_Line]) -> dict[str, Seen]:
    where = place(sheet, line.row)
    item: dict[str, Seen] = {}
    parts = [" ".join(w.text for w in each.text) for each in (*before, line, *after)]
    text = " ".join(p for p in parts if p.strip(" -|:.*")).strip(" -|:*")
    text = re.sub(r"^\d{7,14}\s+(?=\D*[^\W\d_]{3})", "", text)  # a bar code is no word
    text = re.sub(r"^\d{1,2}[/-]\d{1,2}[/-](?:20)?\d\d\s+(?=\D*[^\W\d_]{3})", "", text)  # nor is the day in its own column
    text = _unfactored(line, text)
    if text:
        item["description"] = Seen(text, text, where)
    for name in ("quantity", "unit_price", "amount"):
        if name in line.values:
            item[name] = Seen(line.values[name], str(line.values[name]), where)
    if line.unit is not None:
        item["unit"] = Seen(line.unit, line.unit, where)
    return item


def fees(sheets: Sequence[Sheet], reading: Reading) -> list[dict[str, Seen]]:
    """The one line of a recibo por honorarios: what the fee is for, and the fee."""
    for sheet in sheets:
        for row in sheet.rows:
            label = re.search(r"POR\s*CONCEPTO\s*(?:DE)?\s*[:.]*|CONCEPTO\s*[:.]+", lettered(row.text))
            text = row.text[label.end() :].strip(" :.-") if label else ""
            if label is None or len(text) < 3:
                continue
            item = {"description": Seen(text, text, place(sheet, row, label.end() + 1, len(row.text)))}
            if "total" in reading.fields:
                item["amount"] = reading.fields["total"]
            return [item]
    return []
