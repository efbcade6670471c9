"""Finds what a comprobante may call itself: its titles, its series and numbers, and what speaks for each.

A title is a block in its own column. Every mention of a kind and every series and number is a candidate, and
each `Reason` speaks for one. pairing.py weighs them and chooses the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from functions.extractor.peru.kinds import Mention, begins, begun_by, mentions
from functions.extractor.peru.referring import MODIFIED, PAPERS, TOLD
from functions.extractor.peru.tokens import Serial, a_series, days, lettered, rucs, serials
from functions.extractor.peru.wording import Stems, Wording
from functions.extractor.reading.modified import Region
from functions.extractor.reading.reading import Place, place
from functions.extractor.sheets.rows import Cell, Row, Sheet


class Reason(Enum):
    """A fact that speaks for a title, for a series and number, or for the two together."""

    MENTIONED = "nobody else is spoken of"
    BLOCK = "it is a phrase of its own"
    UNLABELLED = "no colon makes it a label"
    ELECTRONIC = "it says that it is electronic"
    TALL = "it is larger than the page's usual type"
    RUC = "an issuer's number stands near"
    FIRST_PAGE = "it stands on the first page"
    UPPER = "it stands in the upper half"
    WRITTEN = "series and number are joined by a dash or a label"
    FAMILY = "its letter is that of a kind of comprobante"
    ALONE = "nothing but its label stands with it"
    SURE = "it needs no look-alike put right"
    FITS = "the kind can carry the series"
    SAME_SHEET = "both stand on one page"
    NEAR = "both stand within a few rows"
    COLUMN = "both stand in one column"
    TOUCH = "both stand in one phrase or one right below the other"


@dataclass(slots=True)
class Head:
    """A title and its place, near which others look for more. `spoken`: it is only mentioned, in a sentence
    or a label.
    """

    sheet: Sheet
    row: Row
    cell: Cell
    kind: str
    reasons: frozenset[Reason]
    spoken: bool = False
    labelled: bool = False
    """True where the words to its left ask for a type of document: the title may then be another document's.
    """

    @property
    def x(self) -> float:
        """Its middle, across."""
        return self.cell.x

    @property
    def own(self) -> bool:
        """True where it stands as a title does: as a phrase of its own, and not as a label."""
        return not self.spoken and Reason.BLOCK in self.reasons


@dataclass(slots=True)
class Numbered:
    """A series and number, and where each stands."""

    sheet: Sheet
    row: Row
    cell: Cell
    serial: Serial
    shown: str
    series_at: Place
    number_at: Place
    reasons: frozenset[Reason]

    @property
    def value(self) -> tuple[str, str]:
        """Series and number."""
        return self.serial.series, self.serial.number


# --- titles -------------------------------------------------------------------------------------------------

_BEFORE = Wording((("title", "RUC, COMPROBANTE, TIPO, DOCUMENTO, NUMERO"),))
_AFTER = Wording(
    (
        (
            "title",
            (
                "VENTA, ELECTRONICA, PUBLICOS, SERVICIOS, ELECTRICIDAD, AGUA, TELECOMUNICACIONES, NUMERO, "
                "RUC, EXPORTACION, ENCOMIENDA, CARGA, NEGOCIABLE, CONTADO, POTABLE, ALCANTARILLADO, "
                "SANEAMIENTO, GAS, NATURAL, ENERGIA, ELECTRICA, SUMINISTRO, TELEFONIA, INTERNET, "
                "CABLE, MENSUAL"
            ),
        ),
    )
)
"""Words that may stand before (`_BEFORE`) and behind (`_AFTER`) a title in its own phrase."""
_JOINED = frozenset(
    [
        "LA",
        "LAS",
        "UN",
        "UNA",
        "SU",
        "TU",
        "ESTA",
        "CADA",
        "DICHA",
        "O",
        "Y",
        "U",
        "MI",
        "NUESTRA",
        "CON",
        "POR",
        "A",
        "EN",
    ]
)
"""Words after which a title is part of a sentence."""
_SPOKEN = TOLD | PAPERS | Stems("AUTORIZAD", "FORMA")
"""Words that make a mention of a title part of a sentence or a label, or another paper's."""
_PRINTED = Wording(
    (("printed", "REPRESENTACION, IMPRESA, EFECTOS TRIBUTARIOS, CREDITO FISCAL"),), titles=True
)
_REGISTER = re.compile(r"MAQ")
"""The cash register: no other paper names its own, so the mention is the title."""


def titles(sheets: Sequence[Sheet], region: Region) -> list[Head]:
    """Returns every mention of a kind of comprobante that is not in a block about another document, the
    likeliest title first.
    """
    found = [h for order, sheet in enumerate(sheets) for h in _titles_of(sheet, order, region)]
    return sorted(found, key=lambda h: (h.spoken, -len(h.reasons)))


def _titles_of(sheet: Sheet, order: int, region: Region) -> Iterator[Head]:
    for number, row in enumerate(sheet.rows):
        for index, cell in enumerate(row.cells):
            if region.holds(cell):
                continue
            line = lettered(cell.text)
            text, found = line, mentions(line)
            rest = _continued(sheet, number, index) if not found and begins(line) else iter(())
            while not found and (part := next(rest, None)) is not None:
                text = f"{line} {lettered(part.text)}"
                found = tuple(m for m in mentions(text) if m.start < len(line) < m.end)
            for mention in found:
                yield _head(sheet, order, number, index, text, mention)


def _continued(sheet: Sheet, number: int, index: int) -> Iterator[Cell]:
    """Yields the cells that may hold the rest of a title that wraps: the next to the right, and the next
    below in its column.
    """
    row = sheet.rows[number]
    cell = row.cells[index]
    yield from (c for c in row.cells[index + 1 : index + 2] if c.x0 - cell.x1 < 1.5 * sheet.em)
    for below in sheet.rows[number + 1 : number + 4]:
        if below.y - row.y < 3.6 * max(sheet.em, cell.height):
            yield from (c for c in below.cells if c.x0 < cell.x1 and cell.x0 < c.x1)


def _head(sheet: Sheet, order: int, number: int, index: int, text: str, mention: Mention) -> Head:
    row = sheet.rows[number]
    cell = row.cells[index]
    kind, named = mention.code, text[mention.start : mention.end]
    before, after = text[: mention.start], text[mention.end :]
    own = _BEFORE.covers(_half(before, -1)) and _AFTER.covers(_half(after, 0))
    numbered = bool(serials(after))
    label = re.search(r":\s*$", after) is not None and not numbered
    left = _left(sheet, row, index)
    spoken = (
        _speaks(before)
        or bool(_PRINTED.find(text))
        or MODIFIED.found_in(text)
        or (label and not _value_right(row, index))
        or (not before and left.endswith(":") and (_speaks(left) or MODIFIED.found_in(left)))
    )
    near = [
        c
        for r in sheet.rows[max(0, number - 3) : number + 4]
        for c in r.cells
        if abs(c.x - cell.x) < 12 * sheet.em
    ]
    held = {
        Reason.MENTIONED: not spoken,
        Reason.BLOCK: own or _REGISTER.match(named) is not None,
        Reason.UNLABELLED: not label,
        Reason.ELECTRONIC: re.search(r"[E3]LEC", f"{named}{after[:14]}") is not None,
        Reason.TALL: cell.height > 1.15 * sheet.em,
        Reason.RUC: any(rucs(c.text) or re.search(r"\bR\W?U\W?C\b", lettered(c.text)) for c in near),
        Reason.FIRST_PAGE: order == 0,
        Reason.UPPER: 2 * number <= len(sheet.rows),
    }
    asked = f"{lettered(row.cells[index - 1].text) if index else ''} {before}"
    asking = re.findall(r"\w+", asked)
    labelled = "TIPO" in asking or asking[-1:] in (["COMPROBANTE"], ["DOCUMENTO"])
    return Head(sheet, row, cell, kind, frozenset(r for r, holds in held.items() if holds), spoken, labelled)


def _half(text: str, part: int) -> str:
    """Returns the part of a text beside a title that is in its language, up to a stroke: `FACTURA ELECTRÓNICA /
    COMMERCIAL INVOICE`. Another title behind a stroke is no translation.
    """
    return text if mentions(text) else text.split("/")[part].strip()


def _speaks(before: str) -> bool:
    """True where the words before a title make it a mention."""
    return _SPOKEN.found_in(before) or (before.endswith(" ") and not _JOINED.isdisjoint(before.split()[-1:]))


def _left(sheet: Sheet, row: Row, index: int) -> str:
    """Returns the phrase close to the left of a cell; one further off belongs to another column."""
    return (
        lettered(row.cells[index - 1].text)
        if index and row.cells[index].x0 - row.cells[index - 1].x1 < 8 * sheet.em
        else ""
    )


def _value_right(row: Row, index: int) -> bool:
    return index + 1 < len(row.cells) and bool(serials(row.cells[index + 1].text))


# --- series and number --------------------------------------------------------------------------------------

_SERIES = re.compile(
    r"\bSER(?:IE\b|\.)\s*(?:N[°ºO.]{0,2}|NRO\.?|DEL\s+(?:DOCUMENTO|"
    r"COMPROBANTE))?\s*[:.|]*\s*(?P<s>[A-Z0-9|]{3,4})(?![A-Z0-9])"
)
_ENDS = re.compile(r"(?<![A-Z0-9-])(?P<s>[FBES][A-Z0-9|]{2}\d)(?=\s*(?:[-–—]|N[°ºO]\.?)?\s*(?: [^\d\s]|$))")
"""A series with no number behind it in its phrase."""
_NUMBER = re.compile(
    r"(?:NUM(?:ERO)?\.?|N[°ºO]|NRO\.?|(?:NRO\.?\s*)?CORRELATIVO)\s*[:.°º|]*\s*(?P<n>\d{1,8})(?![A-Z0-9]|"
    r"[-/.]\d)"
)
_NUMBER_BELOW = re.compile(
    rf"(?:[-–—]\s*|{_NUMBER.pattern[: _NUMBER.pattern.index('(?P<n>')]})?(?P<n>\d{{1,8}})\W*$"
)
_OTHERS = Wording(
    (
        ("account", "CUENTA, CTA CTE, CCI, BANCO, SUMINISTRO"),
        ("line", "TELEFONO, TEL, CELULAR, CEL, FAX"),
        ("law", "AUTORIZACION, AUTORIZADO, RESOLUCION, RS, RI, LICENCIA, PLACA"),
        ("paper", "GUIA, ORDEN, PEDIDO, CONTRATO, ANTICIPO, CANJE, COTIZACION, PROFORMA, OC, ADEUDA"),
    )
)
"""Words for other things whose numbers look like a series and number."""


def numbers(sheets: Sequence[Sheet], region: Region) -> list[Numbered]:
    """Returns all that may be the series and number and is not in a block about another document."""
    return [n for order, sheet in enumerate(sheets[:3]) for n in _numbers_of(sheet, order, region)]


def _numbers_of(sheet: Sheet, order: int, region: Region) -> Iterator[Numbered]:
    for number, row in enumerate(sheet.rows):
        line = lettered(row.text)
        labelled = list(_labelled(sheet, number))
        taken = [*((one.start, one.end) for one, *_ in labelled), *((d.start, d.end) for d in days(row.text))]
        found = [
            (s, row, s.start, s.end)
            for s in serials(row.text)
            if not any(s.start < end and start < s.end for start, end in taken)
        ]
        for serial, other, start, end in [*labelled, *found]:
            cell = row.word_at(serial.start).cell
            last = row.word_at(max(serial.start, serial.end - 1)).cell if other is row else cell
            if (
                last is not cell
                and last.x0 - cell.x1 > 3 * sheet.em
                and not any(serial is one for one, *_ in labelled)
            ):
                continue  # two columns' words
            if region.holds(cell) or _is_others(sheet, row, line, serial, cell):
                continue
            same = other is row
            shown = (
                row.text[serial.start : serial.end]
                if same
                else f"{row.text[serial.start : serial.end]} {other.text[start:end]}"
            )
            bare = _AFTER.covers(lettered(cell.text)) if same else True
            held = {
                Reason.FIRST_PAGE: order == 0,
                Reason.UPPER: 2 * number <= len(sheet.rows),
                Reason.WRITTEN: serial.strong,
                Reason.FAMILY: bool(begun_by(serial.series[0])) or serial.series[:2] in ("E0", "EB"),
                Reason.ALONE: bare,
                Reason.TALL: cell.height > 1.15 * sheet.em,
                Reason.SURE: serial.alt is None,
            }
            yield Numbered(
                sheet,
                row,
                cell,
                serial,
                shown,
                place(sheet, row, serial.start, serial.end),
                place(sheet, other, start, end),
                frozenset(r for r, holds in held.items() if holds),
            )


def _labelled(sheet: Sheet, number: int) -> Iterator[tuple[Serial, Row, int, int]]:
    """Yields each series and number that have labels of their own or are parted at a row's end, in one row or
    with the number below; with them the number's row and place.
    """
    row = sheet.rows[number]
    line = lettered(row.text).replace("]", "|")
    told = set[int]()
    for found in [*_SERIES.finditer(line), *_ENDS.finditer(line)]:
        series, alt = a_series(found["s"])
        cell = row.word_at(found.start("s")).cell
        labelled = found.re is _SERIES
        ends = cell.text.rstrip(" -–—.:°º").upper().endswith(found["s"])
        if series is None or found.start("s") in told or not (labelled or ends):
            continue
        behind = found.end() + (line[found.end() : found.end() + 1] == " ")
        rest = _NUMBER.search(line, found.end()) if labelled else _NUMBER.match(line, behind)
        if rest and rest.start() < found.end() + 30 and int(rest["n"]) and _is_whole(row, rest):
            told.add(found.start("s"))
            yield (
                Serial(series, str(int(rest["n"])), found.start("s"), rest.end("n"), alt),
                row,
                rest.start("n"),
                rest.end("n"),
            )
            continue
        for below, under in (
            (r, c) for r in sheet.rows[number + 1 : number + (4 if labelled else 3)] for c in r.cells
        ):
            column = under.x0 < cell.x1 + sheet.em and cell.x0 - sheet.em < under.x1
            alone = below is sheet.rows[number + 1] and len(below.cells) == 1
            near = column or (labelled and (alone or -4 * sheet.em < under.x0 - cell.x1 < 8 * sheet.em))
            hit = (_NUMBER_BELOW if column else _NUMBER).match(lettered(under.text)) if near else None
            if hit and int(hit["n"]):
                start = below.text.index(under.text) + hit.start("n")
                yield (
                    Serial(series, str(int(hit["n"])), found.start("s"), found.end("s"), alt),
                    below,
                    start,
                    start + len(hit["n"]),
                )
                break


def _is_whole(row: Row, number: re.Match[str]) -> bool:
    """True where a number stands in its label's phrase, or is all of the next."""
    cell = row.word_at(number.start("n")).cell
    return cell is row.word_at(number.start()).cell or re.fullmatch(r"\W*\d+\W*", cell.text) is not None


def _is_others(sheet: Sheet, row: Row, line: str, serial: Serial, cell: Cell) -> bool:
    """True where the words before a number, in its own phrase or in a label to the left, make it another
    thing's number, and for the series of a guía.
    """
    if re.fullmatch(r"[TV]\d{3}|EG\w\w", serial.series):
        return True
    index = row.cells.index(cell)
    inner = line[sum(len(c.text) + 1 for c in row.cells[:index]) : serial.start]
    left = _left(sheet, row, index) if not inner.strip() else ""
    label = left if left.endswith(":") or not any(c.isdigit() for c in left) else ""
    return bool(
        _OTHERS.find(inner[-40:].replace("O/C", "OC"))
        or _OTHERS.find(label.replace("O/C", "OC"))
        or MODIFIED.found_in(inner)
        or MODIFIED.found_in(label)
    )
