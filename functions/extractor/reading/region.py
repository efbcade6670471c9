"""Finds the rows of a page that hold what was sold: from the headings, or the first line, to the totals."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from functions.extractor.peru.currency import SIGN
from functions.extractor.peru.firms import is_street
from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import Amount, days, lettered, rucs, serials
from functions.extractor.reading import form
from functions.extractor.reading.form_labels import is_known
from functions.extractor.reading.heading import Head
from functions.extractor.reading.numbers import Columns
from functions.extractor.reading.parts import FEES, begins_cell, is_discount, section
from functions.extractor.reading.table_columns import in_row
from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Row, Sheet

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


def begin(sheet: Sheet, head: Head | None) -> int:
    """Returns the row after the last row with title, customer or dates above a page's first amounts. It is used
    where no headings tell where the items begin.
    """
    first, named = 0, False
    titled = sheet.rows.index(head.row) if head is not None and head.row in sheet.rows else len(sheet.rows)
    for number, row in enumerate(sheet.rows):
        line = lettered(row.text)
        if money(row.text) and not re.search(r"CAPITAL|RUC", line):
            if number > 4 or labels_in(line):
                break
            continue
        labelled = {piece.role for piece in form.of(sheet)[number]} - {None}
        addressed = any(is_street(lettered(cell.text), sure=True) for cell in row.cells)
        if (
            labelled
            or addressed
            or days(row.text)
            or rucs(row.text)
            or (titled <= number < titled + _TITLE and any(found.strong for found in serials(row.text)))
            or (head is not None and row is head.row)
        ):
            first = _answered(sheet, number)
            named = addressed or not labelled.isdisjoint(("name", "address"))
        elif (named and number == first and _GOES_ON.match(line)) or (
            named
            and number == first
            and wraps(sheet, number)
            and any(re.search(r"[^\W\d_]{4}", r.text) for r in sheet.rows[first + 1 :][:1])
        ):
            first = number + 1
    return first


def _answered(sheet: Sheet, number: int) -> int:
    """Returns the row after a row of labels and after the further rows of their values: the one right below its
    label, and those that begin where the value beside a party's label does.
    """
    end, pieces = number + 1, form.of(sheet)[number]
    for piece in pieces:
        value = piece if piece.text else next((p for p in pieces if p.left > piece.left and not p.role), None)
        if piece.role is None or (
            piece.role == "other" and (value is not None or not _stands_off(sheet, number + 1))
        ):
            continue
        if value is not None and value.x0 < piece.left + 3 * sheet.em:
            continue  # a second row would begin below the label
        begins = piece.left if value is None else value.x0
        for at in range(number + 1, min(number + (2 if value is None else 5), len(sheet.rows))):
            row = sheet.rows[at]
            if (
                len(row.cells) > 1
                or row.y - sheet.rows[at - 1].y >= _CLOSE * sheet.em
                or not -sheet.em < row.cells[0].x0 - begins < (3 if value is None else 1) * sheet.em
                or money(row.text)
            ):
                break
            end = max(end, at + 1)
    return end


def _stands_off(sheet: Sheet, number: int) -> bool:
    """True where a row stands nearer to the one above than to the one below."""
    near = sheet.rows[number - 1 : number + 2]
    return len(near) == 3 and near[2].y - near[1].y > 1.3 * (near[1].y - near[0].y)


def wraps(sheet: Sheet, number: int) -> bool:
    """True where a row may go on with the one above, in which its first word had no room any more."""
    above, row = sheet.rows[number - 1], sheet.rows[number]
    right = max(c.x1 for r in sheet.rows for c in r.cells)
    return (
        ":" not in row.text
        and row.y - above.y < 1.9 * sheet.em
        and (
            above.text.endswith(",")
            or above.cells[-1].x1 + 0.5 * sheet.em + row.words[0].x1 - row.words[0].x0 > right
        )
    )


def reach(columns: Columns) -> tuple[float, float]:
    """Returns from where the table reaches, and to where if its amounts are its last column: other boxes stand
    beside it.
    """
    if not columns.heads:
        return -math.inf, math.inf
    first, last = columns.heads[0], columns.heads[-1]
    right = last.x1 + 0.3 * columns.em if last.name == "amount" else math.inf
    return first.x0 - 3 * columns.em, right


def end(sheet: Sheet, begin: int, sides: tuple[float, float], is_line: Callable[[Row], bool]) -> int:  # noqa: C901 - one case after the other
    """Returns the first row of the totals: one with the amount in words, or with a label of totals that
    begins its cell, where nothing shows that the row is an item; or a form, where it stands below what was sold.
    """
    for number in range(begin, len(sheet.rows)):
        row = sheet.rows[number]
        if is_line(row):
            continue
        line = lettered(row.text)
        labels = [x for x in labels_in(line) if x[0] in _STOP]
        sums = money(row.text)
        if _SPELLED.search(line) or (not sums and _is_form(sheet, begin, number, sides, is_line)):
            return number
        if _BESIDE.search(line) and not sums and not in_row(row) and not _goes_on(sheet, number, is_line):
            sold = [r.cells[0].x0 for r in sheet.rows[begin:number] if money(r.text)]
            aside = len(row.cells) > 1 and row.cells[0].x1 < min(sold, default=0.0)  # beside a name's end
            if sold and not aside:
                return number
            continue
        if _among_items(sheet, number, labels, sums, is_line):
            continue
        for name, start, stop, _ in labels:
            if not _heads(row, start, stop, sides[1]) or _says_its_tax(row, start):
                continue
            if (name in _ALSO_SOLD or line.startswith(FEES, start)) and re.search(
                r"[^\W\d_]{2}", re.sub(SIGN, "", line[stop : after_label(sums, stop)])
            ):
                continue
            if (
                name == "payment"
                and not (
                    line.startswith(_CASH, start)
                    and _is_in_line(sheet.rows[begin : number + 1], sums, is_line, sheet.em)
                )
                and not days(row.text)
                and any(_is_total(r) for r in sheet.rows[number + 1 :])
            ):
                continue
            core = name in (
                "total",
                "taxable",
                "exempt",
                "unaffected",
                "subtotal",
                "sale_value",
                "igv",
                "with_discount",
                "net_payable",
            )
            after = [a for a in sums if a.start >= stop or leads(row, start, stop)]
            if after and (core or len(labels) >= 2 or number > begin):
                return number
            alone = not sums and (len(labels) >= 2 or (core and len(line) <= stop + 12))
            if (
                alone
                and not in_row(row)
                and not _goes_on(sheet, number, is_line)
                and (len(labels) >= 2 or not _titles(sheet, number))
            ):
                return number
    return len(sheet.rows)


_SPELLED = re.compile(
    r"(?:^|\s)SON\b\s*[:.]|\d\d\s?/\s?1[O0]{2}\b|^\W*(?:SON|LA\s+(?:CANTIDAD|SUMA)\s+DE)\s+[A-Z]{3,}"
)
"""An amount in words."""


def _is_form(
    sheet: Sheet, begin: int, number: int, sides: tuple[float, float], is_line: Callable[[Row], bool]
) -> bool:
    """True where a row behind the lines, within the table, is a known label and its answer: the buyer's name, or
    what a meter showed.
    """
    pieces = form.of(sheet)[number]
    label = next(iter(pieces), None)
    if label is None or not (len(pieces) == 1 or (len(pieces) == 2 and not label.text)):
        return False
    sold = [r.cells[0].x0 for r in sheet.rows[begin:number] if money(r.text)]
    below = [r for r in sheet.rows[number + 1 : number + 6] if money(r.text)]
    return (
        (label.role == "name" or (label.role == "other" and is_known(label.label)))
        and bool(sold)
        and max(sides[0], min(sold) - sheet.em) < label.left < sides[1]
        and not any(is_line(r) or not labels_in(lettered(r.text)) for r in below)
    )


_CASH = ("EFECTIVO", "VUELTO")
"""Payments that are no goods, wherever they stand."""


def _is_in_line(
    rows: Sequence[Row], sums: Sequence[Amount], is_line: Callable[[Row], bool], em: float
) -> bool:
    """True where the last row's amount ends where that of the last item above does: it stands in no other
    box.
    """
    *above, row = rows
    sold = next((r for r in reversed(above) if is_line(r) and money(r.text)), None)
    if sold is None or not sums:
        return False
    ends = [r.word_at(a.start).x1 for r, a in ((sold, money(sold.text)[-1]), (row, sums[-1]))]
    return abs(ends[0] - ends[1]) < em


_GOES_ON = re.compile(r"\W*(?:URB\b|(?:MZ|LT|LOTE|INT|DPTO|PISO|OF)\b\.?\s(?:\d|[A-Z]\b))")
"""The beginning of a row in which an address goes on."""
_TITLE = 4
"""Rows from the title within which its number stands."""
_CLOSE = 1.6
"""Line heights between two rows of one value, at most."""
_BESIDE = re.compile(
    r"\(?\bSPOT\b|\bDETRACCION(?:ES)?\b|SISTEMA\s*DE\s*PAGO\s*DE\s*OBLIGACI|INFORMACION\s*DEL?\s*CREDITO|"
    r"CRONOGRAMA|\bN\S{0,3}\s*(?:DE\s*)?CUOTAS?\b"
)
"""Headings of a table of payments, not of what was sold."""


def after_label(sums: Sequence[Amount], stop: int) -> int:
    """Returns the offset at which the amount after a label begins."""
    return next((a.start for a in sums if a.start >= stop), stop)


def leads(row: Row, start: int, end: int) -> bool:
    """True where an amount stands right before this label, and none behind: some totals have their labels to the
    right, and a box of notes beside them.
    """
    own = row.word_at(start).cell
    at = row.cells.index(own)
    told, last = own.text.partition(row.text[start:end]), row.cells[at - 1] if at else own
    amount = re.sub(SIGN, "", told[0] if re.search(r"\d", told[0]) else last.text)
    return (
        len(money(amount)) == 1
        and not re.search(r"[^\W\d_]", amount)
        and not re.search(r"[^\W\d_]{4}", told[2])
        and not any(money(text) for text in (told[2], *(c.text for c in row.cells[at + 1 : at + 2])))
        and not any(x[1] < 2 for c in row.cells[: at - 1] for x in labels_in(lettered(c.text)))
    )


_ALSO_SOLD = ("icbper", "advances", "other_charges", "discounts", "net_payable")
"""Labels that items may have too (bags, an advance, a service): words behind the label show that it is an
item.
"""


def _heads(row: Row, start: int, stop: int, edge: float) -> bool:
    """True where a label begins its cell within the table, or follows its amount. An item may have the name
    of a total, such as an advance.
    """
    beyond = row.word_at(start).x0 > edge
    if leads(row, start, stop):
        return not beyond or len(money(row.text)) == 1
    return begins_cell(row, start) and not beyond and not _numbered(row, start)


_TAXED_AS = re.compile(r"\W*(?:GRAVAD|EXONERAD|INAFECT)O\W*")


def _says_its_tax(row: Row, start: int) -> bool:
    """True where a word says behind an item's words, in a cell of its own, how it is taxed."""
    cell = row.word_at(start).cell
    before = " ".join(c.text for c in row.cells[: row.cells.index(cell)])
    return (
        _TAXED_AS.fullmatch(lettered(cell.text)) is not None and re.search(r"[^\W\d_]{4}", before) is not None
    )


def _is_total(row: Row) -> bool:
    """True where a row shows a total or its tax. A payment named above such a row was sold, since payments
    follow the totals.
    """
    return bool(money(row.text)) and any(
        x[0] in ("total", "igv") and begins_cell(row, x[1]) for x in labels_in(lettered(row.text))
    )


def _among_items(
    sheet: Sheet,
    number: int,
    labels: Sequence[tuple[str, int, int, int]],
    sums: Sequence[Amount],
    is_line: Callable[[Row], bool],
) -> bool:
    """True where the row is a line's own discount, or the sum of some items under the name of a total: items
    go on below.
    """
    below = sheet.rows[number + 1 : number + 4]
    if is_discount(labels) and any(is_line(r) for r in below):
        return True
    priced = next((r for r in below if money(r.text)), None)
    if (
        is_discount(labels)
        and sums
        and sums[-1].value < 0
        and priced is not None
        and not labels_in(lettered(priced.text))
    ):
        return True
    part = section(sheet.rows[number])
    return part is not None and (
        _goes_on(sheet, number, is_line) or (part != "" and any(section(r) for r in sheet.rows[number + 1 :]))
    )


def _goes_on(sheet: Sheet, number: int, is_line: Callable[[Row], bool]) -> bool:
    """True where items follow below, before any total."""
    for row in sheet.rows[number + 1 : number + 6]:
        if is_line(row):
            return True
        if money(row.text) and any(x[0] in _STOP for x in labels_in(lettered(row.text))):
            return False
    return False


def _titles(sheet: Sheet, number: int) -> bool:
    """True where the next amount below is called by words that name no total: a label alone is then the title
    of a part, `Desembolsos (inafectos)`.
    """
    below = next((r for r in sheet.rows[number + 1 : number + 3] if money(r.text)), None)
    line = "" if below is None else lettered(below.text)
    return re.search(r"[A-Z]{4}", line) is not None and not labels_in(line)


def _numbered(row: Row, start: int) -> bool:
    """True where a quantity stands before the cell in which the character falls, as in an item's row."""
    before = [c.text.strip() for c in row.cells[: row.cells.index(row.word_at(start).cell)]]
    return bool(before) and re.fullmatch(r"\d{1,3}(?:\.\d{1,3})?", before[0]) is not None
