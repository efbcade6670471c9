"""Finds when a comprobante was issued and when it is due: every date with its name, then the date that fits
each name best.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from functions.extractor.peru.tokens import a_date, amounts, days, lettered
from functions.extractor.peru.wording import Wording
from functions.extractor.reading import column_names
from functions.extractor.reading.date_names import ASKED, Named, asks, name_of
from functions.extractor.reading.modified import Region
from functions.extractor.reading.reading import Doubt, Place, Reading, Seen, place
from functions.extractor.sheets.rows import Cell, Row, Sheet


@dataclass(frozen=True, slots=True)
class Dated:
    """A date on a page. `beside`: it stands in its own column next to what is said of another document."""

    value: date
    named: Named
    order: int
    row: int
    shown: str
    at: Place
    beside: bool = False


_ELSE = Wording(
    (
        ("life", "LOTE, VIGENCIA, CADUCA, CADUCIDAD, EXPIRA, GARANTIA"),
        ("permit", "LICENCIA, CERTIFICADO, SOAT, REGISTRO"),
        ("offer", "RECARGA, CUPON, OFERTA, PROMOCION, PUNTOS"),
        ("debt", "DEUDA VENCIDA"),
    )
)
"""Words for other things that expire."""
_HEADINGS = 6.0
"""Line heights between two headings of one table, at most."""
_COLUMN = 2.5
"""Line heights between two columns."""
_WEEKDAYS = frozenset(
    re.findall(r"\w+", "LUNES MARTES MIERCOLES JUEVES VIERNES SABADO DOMINGO LUN MAR MIE JUE VIE SAB DOM")
)
"""Weekdays: they may stand right before a date and do not name it."""
_GOES_ON = frozenset(["FECHA", "FEC", "F", "DE", "DEL", "Y", "ULTIMO", "PAGAR"])
"""Words after which a label goes on in another row."""
_UNFINISHED = re.compile(r"\d{1,2}\s?(?:[-/.]|DE)?\s?[A-Z]{3,10}\.?\s?(?:DEL?|,|-|/)?\s*$|\b\d{1,2}\sDE$")
_YEAR = re.compile(r"\s*(?:DEL?\s)?20\d\d\b", re.IGNORECASE)
_SHAPED = re.compile(
    r"(?<![\d/.-])(?:\d{1,4}([-/.])\d{1,2}\1\d{2,4}|"
    r"\d{1,2}[-/. ]{1,2}(?:DE )?[A-Z]{3,10}[-/., ]{1,2}(?:DEL? )?\d{4})(?![\d/-])"
)
"""Text in the shape of a date, whether or not there is such a day."""
_CLOCK = re.compile(r"\W{0,3}\d{1,2}:\d\d")
_TORN = re.compile(r"\d{1,2}/\d{1,2}/\d\d[,.]")
"""A browser's day at a page's edge whose clock an engine did not see: `17/11/26,`."""


def read(sheets: Sequence[Sheet], region: Region, reading: Reading) -> None:
    """Fills the dates of issue and of payment; a doubt is added where another date may be that of issue."""
    note = reading.get("kind") in ("07", "08")
    found = [d for order, sheet in enumerate(sheets[:3]) for d in _dated(sheet, order, region)]
    issued = min(
        (d for d in found if d.named <= Named.BARE), key=lambda d: (d.beside, d.named, d.order), default=None
    )
    if issued is None:
        issued = _of_other(sheets[:1], region) or _only(found)
    if issued is not None:
        reading.put("issue_date", Seen(issued.value, issued.shown, issued.at))
        rivals = {
            d.value
            for d in found
            if d.named <= max(issued.named, Named.PLAIN) and not (d.beside and not issued.beside)
        } - {issued.value}
        others = {d.value for d in found if d.named is not Named.INSTALMENT} - {issued.value}
        unread = any(_no_day_of_issue(sheet, region) for sheet in sheets[:3])
        if issued.beside or unread or (rivals if issued.named < Named.BARE else others):
            reading.doubts.add(Doubt.OTHER_DATE)
    payable = (d for d in found if d.named is Named.DUE or (d.named is Named.INSTALMENT and not note))
    due = min(payable, key=lambda d: (d.beside, d.named, d.order), default=None)
    if due is not None:
        reading.put("due_date", Seen(due.value, due.shown, due.at))


def _no_day_of_issue(sheet: Sheet, region: Region) -> bool:
    """True where the text called the date of issue is no day that exists: a digit was misread, and any other
    date of the page is not the date of issue.
    """
    for number, row in enumerate(sheet.rows):
        real = days(row.text)
        for shape in _SHAPED.finditer(lettered(row.text)):
            if any(d.start < shape.end() and shape.start() < d.end for d in real):
                continue
            if region.holds(row.word_at(shape.start()).cell):
                continue
            if name_of(_caption(sheet, number, shape.start(), 0)) is Named.ISSUED:
                return True
    return False


def _of_other(sheets: Sequence[Sheet], region: Region) -> Dated | None:
    """Returns the date of issue among what is said of another document. It is used where the page has no
    other date: the block may have been taken too large.
    """
    found = (
        d
        for order, sheet in enumerate(sheets)
        for d in _dated(sheet, order, region, inside=True)
        if d.named <= Named.PLAIN
    )
    best = min(found, key=lambda d: d.named, default=None)
    return None if best is None else replace(best, beside=True)


def _only(found: Sequence[Dated]) -> Dated | None:
    """The one day that a paper names, under whatever unknown name: a table's opening and closing, say."""
    alone = {(d.value, d.named) for d in found}
    return replace(found[0], beside=True) if len(alone) == 1 and found[0].named is Named.UNKNOWN else None


def _dated(sheet: Sheet, order: int, region: Region, *, inside: bool = False) -> Iterator[Dated]:
    """Yields the dates of a page. Dates that are not the paper's own, such as those in a browser's or a fax's
    line at the edge, are left out.
    """
    table = _goods(sheet)
    first = _first_heading(sheet, table)
    for number, row in enumerate(sheet.rows):
        last = 0
        for value, start, end, text in _days(sheet, number):
            cell = row.word_at(start).cell
            caption = _caption(sheet, number, start, last)
            edge = number in (0, len(sheet.rows) - 1) and bool(
                _CLOCK.match(text[end:]) or _CLOCK.search(text[:start]) or _TORN.fullmatch(cell.text)
            )
            last = end
            if edge and not asks(caption):
                continue
            named = name_of(caption)
            # a box may stand beside what was sold, its lines at heights of their own
            aside = row.cells[-1].x1 < first
            inner = number in table and cell.x1 > first and not aside
            if named is Named.DUE and (inner or _ELSE.find(f"{_phrase(sheet, row, cell)} {caption}")):
                continue
            priced = inner and any(a.money for a in amounts(row.text))
            if named is Named.PLAIN and priced and not asks(lettered(row.text[:start])):
                named = Named.BARE  # the day of one item, under its column's heading
            if region.holds(cell) and not inside:
                continue
            at = place(sheet, row, start, min(end, len(row.text)))
            yield Dated(value, named, order, number, text[start:end], at, id(cell) in region.beside)


def _phrase(sheet: Sheet, row: Row, cell: Cell) -> str:
    """Returns a cell's words and the words close to its left; words further off belong to another column."""
    index = row.cells.index(cell)
    near = [c for c in row.cells[max(0, index - 1) : index] if cell.x0 - c.x1 < _COLUMN * sheet.em]
    return lettered(" ".join(c.text for c in (*near, cell)))


# --- the places of dates and their captions -----------------------------------------------------------------

_BOXED = {"DIA", "MES"}
_BOXES = re.compile(r"(?<![\d/.-])(\d{1,2})\W{1,3}(\d{1,2})\W{1,3}(20\d\d|\d\d)(?![\d/.-])")


def _days(sheet: Sheet, number: int) -> list[tuple[date, int, int, str]]:
    """Returns the dates of a row with their places and the text in which they stand, among them one that goes on
    below, and one in three boxes.
    """
    row = sheet.rows[number]
    found = [(d.value, d.start, d.end, row.text) for d in days(row.text)]
    at = 0
    for cell in row.cells:
        if _UNFINISHED.search(lettered(cell.text)):
            wrapped = ((f"{cell.text} {c.text}", len(cell.text)) for c in _below(sheet, number, cell))
            found += [
                (d.value, at + d.start, at + d.end, f"{row.text[:at]}{whole}")
                for whole, end in wrapped
                for d in days(whole)
                if d.start < end < d.end
            ][:1]
        at += len(cell.text) + 1
    for boxes in [] if found else _BOXES.finditer(row.text):
        value = a_date(int(boxes[3][-2:]) + 2000, int(boxes[2]), int(boxes[1]))
        over = {
            w
            for r in sheet.rows[max(0, number - 2) : number]
            if row.y - r.y < 3 * sheet.em
            for w in re.findall("[A-Z]+", lettered(r.text))
        }
        if value is not None and (name_of(lettered(row.text[: boxes.start()])) in ASKED or over >= _BOXED):
            found.append((value, boxes.start(), boxes.end(), row.text))
    return sorted(found, key=lambda f: f[1])


def _below(sheet: Sheet, number: int, cell: Cell) -> list[Cell]:
    """Returns the cells under a cell in the next two rows, at most about a line below it."""
    rows = [r for r in sheet.rows[number + 1 : number + 3] if r.y - sheet.rows[number].y < 2.2 * sheet.em]
    return [c for r in rows for c in r.cells if c.x0 < cell.x1 and cell.x0 < c.x1]


def _caption(sheet: Sheet, number: int, start: int, last: int) -> str:
    """Returns the words that name a date: before it in its phrase, to its left, or above it; of these the
    nearest that speak of a date. A label may stand halfway between a date's rows, or a date between its own.
    """
    row = sheet.rows[number]
    word = row.word_at(start)
    index = row.cells.index(word.cell)
    begin = sum(len(c.text) + 1 for c in row.cells[:index])
    inner = lettered(row.text)[max(begin, last) : start]
    day = re.search(r"\b([A-Z]+)[.,\s]*$", inner)
    inner = inner[: day.start()] if day and day[1] in _WEEKDAYS else inner
    left = lettered(row.text)[last:begin].strip() if last < begin else ""
    left = _whole_label(sheet, number, index, word.cell.x1) if left and index else left
    over = _over(sheet, number, word.cell, word.x)
    said = [inner, *([left] if not re.search(r"[A-Z]{3}", inner) or not over else []), *over, left]
    under = _written_under(sheet, number, word.cell)
    said += under or ([] if left else [_halfway(sheet, number, word.cell)])
    said = [text[-60:] for text in said if re.search(r"[A-Z]", text)]
    return next((text for text in said if asks(text)), said[0] if said else "")


def _written_under(sheet: Sheet, number: int, cell: Cell) -> list[str]:
    """Returns the label under a date, as forms print them below their lines: the row below stands nearer to
    this one than to the next.
    """
    rows = sheet.rows[number : number + 3]
    if len(rows) < 2 or (len(rows) > 2 and rows[2].y - rows[1].y < 1.3 * (rows[1].y - rows[0].y)):
        return []
    under = [c for c in _below(sheet, number, cell) if c in rows[1].cells and not re.search(r"\d", c.text)]
    return [lettered(c.text) for c in under]


def _whole_label(sheet: Sheet, number: int, index: int, end: float) -> str:
    """Returns the label to the left of a cell that reaches to `end`, with its second row where it goes on below
    or above.
    """
    row = sheet.rows[number]
    label = row.cells[index - 1]
    text = lettered(label.text)
    if text.endswith(":") and asks(text):
        return text
    more = [
        c
        for c in _below(sheet, number, label)
        if not any(ch.isdigit() for ch in c.text) and _is_last(sheet, c, end)
    ]
    if more and _goes_on(text):
        return f"{text} {lettered(more[0].text)}"
    above = [
        c for c in _above(sheet, number, label, 2.2) if _goes_on(lettered(c.text)) and _is_last(sheet, c, end)
    ]
    return f"{lettered(above[0].text)} {text}" if above and not _goes_on(text) else text


def _halfway(sheet: Sheet, number: int, cell: Cell) -> str:
    """Returns the words to the left of a cell in rows that stand half a line above or below its own."""
    y = sheet.rows[number].y
    near = [r for r in sheet.rows[max(0, number - 1) : number + 2] if 0 < abs(r.y - y) < 0.9 * sheet.em]
    left = [[c for c in row.cells if c.x1 <= cell.x0][-1:] for row in near]
    return " ".join(lettered(c.text) for cells in left for c in cells if not re.search(r"\d", c.text))


def _is_last(sheet: Sheet, cell: Cell, end: float) -> bool:
    """True where nothing stands to the right of a cell in its row, up to `end`, but the year of a date wrapped as
    it is: it is half of a label, not a label with a value of its own.
    """
    row = next(r for r in sheet.rows if cell in r.cells)
    return all(_YEAR.fullmatch(c.text) for c in row.cells if cell.x1 < c.x0 < end)


def _above(sheet: Sheet, number: int, cell: Cell, reach: float) -> list[Cell]:
    """Returns the cells over a cell within `reach` line heights, the nearest first."""
    y = sheet.rows[number].y
    rows = [r for r in reversed(sheet.rows[max(0, number - 3) : number]) if y - r.y < reach * sheet.em]
    return [
        c
        for r in rows
        for c in sorted(r.cells, key=lambda c: abs(c.x0 - cell.x0))
        if c.x0 < cell.x1 + sheet.em and cell.x0 - sheet.em < c.x1
    ]


def _over(sheet: Sheet, number: int, cell: Cell, x: float) -> list[str]:
    """Returns the label over a date, if any: the nearest phrase in its column, with the phrase above where
    that goes on into it. A phrase that holds a date is no label.
    """
    over = _above(sheet, number, cell, 3.5)
    if not over:
        return []
    near = min(
        (c for c in over if c.y == over[0].y or abs(c.y - over[0].y) < 0.5 * sheet.em),
        key=lambda c: abs(c.x - x),
    )
    text = lettered(near.text)
    if days(near.text) or (re.search(r":\s*\S", text) and not asks(text)):
        return []
    first = next((lettered(c.text) for c in over if c.y < near.y - 0.5 * sheet.em), "")
    return [f"{first} {text}" if _goes_on(first) else text]


def _goods(sheet: Sheet) -> range:
    """Returns the rows from an item table's headings to the first total."""
    lines = [lettered(row.text) for row in sheet.rows]
    top = next(
        (n for n, line in enumerate(lines) if _heads(line) and not any(c.isdigit() for c in line)),
        len(lines),
    )
    end = next((n for n in range(top, len(lines)) if _sums(lines[n])), len(lines))
    return range(top, end)


def _first_heading(sheet: Sheet, table: range) -> float:
    """Returns where the table's first heading stands: one that names a column, or one close before it."""
    row = sheet.rows[table.start] if table else None
    named = [] if row is None else column_names.matches(lettered(row.text), headings=True)
    if row is None or not named:
        return -1e9
    first = row.word_at(named[0][0]).cell
    for cell in reversed(row.cells[: row.cells.index(first)]):
        first = cell if first.x0 - cell.x1 < _HEADINGS * sheet.em else first
    return first.x0


def _goes_on(label: str) -> bool:
    """True where a label ends with a word that asks for another."""
    return not label.endswith(":") and not _GOES_ON.isdisjoint(re.findall(r"\w+", label)[-1:])


def _heads(line: str) -> bool:
    """True where a line has the headings of what was sold and of a number beside it."""
    names = {name for _, _, name in column_names.matches(line)}
    return "description" in names and not names.isdisjoint(("quantity", "unit_price", "amount"))


def _sums(line: str) -> bool:
    """True where a line is one of those that follow what was sold."""
    names = _SUMS.names(line)
    return "sum" in names or ("total" in names and re.search(r"\d[.,]\d\d", line) is not None)


_SUMS = Wording(
    (
        ("sum", "GRAVADA, EXONERADA, SUBTOTAL, SUB TOTAL, IGV, SON, CUOTA, CRONOGRAMA, FORMA PAGO"),
        ("total", "TOTAL"),
    )
)
