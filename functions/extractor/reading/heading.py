"""The head of a comprobante: its kind, series and number, dates, and the document that a note modifies."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from functions.extractor.peru.kinds import TITLES, begun_by, fits
from functions.extractor.peru.tokens import Serial, a_date, days, lettered, serials
from functions.extractor.reading.reading import Doubt, Reading, Seen, place
from functions.extractor.sheets.rows import Row, Sheet

_ELSEWHERE = re.compile(
    r"MODIFICA|REFERENCIA|AFECTA|RELACIONAD|CANJE|ANULA|REEMPLAZ|GUIA|ORDEN|PEDIDO|CONTRATO|ANTICIPO|DENOMINACI|QUE\s+ADEUDA|COTIZ|PROFORMA"
)
_PRINTED = re.compile(
    r"REPRESENTACION|IMPRESA|CONSULT|VERIFI|AUTORIZAD|DESCARG|VALID[AE]|SOLICIT|EXIJA|EMITIMOS|PREVIA|CREDITO\s*FISCAL|COSTO\s*O\s*GASTO|EFECTOS?\s+TRIBUT"
)
_SPOKEN = re.compile(r"\b(?:LA|LAS|UNA|SU|TU|ESTA|CADA|DICHA|[OYU]|MI|NUESTRA)\s+$")
"""A word that puts a title into a sentence: somebody speaks of a factura."""


@dataclass(slots=True)
class Head:
    """Where the title stands, for those who look for what is near it."""

    sheet: Sheet
    row: Row
    x: float
    kind: str
    score: float


def titles(sheets: Sequence[Sheet]) -> list[Head]:
    """Every mention of a kind of comprobante, the likeliest title first."""
    found: list[Head] = []
    for order, sheet in enumerate(sheets):
        for number, row in enumerate(sheet.rows):
            line = lettered(row.text)
            taken: list[tuple[int, int]] = []
            for kind, pattern in TITLES:
                for match in pattern.finditer(line):
                    if any(a < match.end() and match.start() < b for a, b in taken):
                        continue
                    taken.append(match.span())
                    cell = row.word_at(match.start()).cell
                    before = line[: match.start()]
                    score = 2.0 * (cell.height > 1.15 * sheet.em) - 0.5 * order - 2.0 * number / max(1, len(sheet.rows))
                    score += 2.0 * bool(re.match(r"[\s:.]*(?:DE\s+VENTA\s*)?(?:ELECTR|3LECTR|ELEC)", line[match.end() :]))
                    score += 2.0 * (len(cell.text) <= 34 and lettered(cell.text).find(match[0][:4]) <= 2)
                    follow = " ".join(lettered(r.text) for r in sheet.rows[number : number + 4])
                    near = " ".join(lettered(r.text) for r in sheet.rows[max(0, number - 3) : number + 1])
                    score += 1.5 * bool(serials(follow)) + 1.0 * ("RUC" in near or "R.U.C" in near)
                    score += 3.0 * match[0].startswith("MAQ")  # no other paper names its cash register
                    score -= 5.0 * bool(_ELSEWHERE.search(before) or _ELSEWHERE.search(line[match.end() : match.end() + 14]))
                    score -= 4.0 * bool(_PRINTED.search(line) or _SPOKEN.search(before))
                    if number and re.search(r"MODIFICA|REFERENCIA|AFECTA", lettered(sheet.rows[number - 1].text)):
                        score -= 3.0
                    found.append(Head(sheet, row, (cell.x0 + cell.x1) / 2, kind, score))
    return sorted(found, key=lambda h: -h.score)


def read(sheets: Sequence[Sheet], reading: Reading, *, heads: Sequence[Head] | None = None) -> Head | None:
    """Fills kind, series, number, dates and `modifies`; returns the title that it took."""
    heads = titles(sheets) if heads is None else heads
    head = heads[0] if heads else None
    best = _serial(sheets, head)
    if best is not None:
        sheet, row, serial = best
        where = place(sheet, row, serial.start, serial.end)
        shown = row.text[serial.start : serial.end]
        alt = serial.alt if reading.source == "ocr" else None
        reading.put("series", Seen(serial.series, shown, where, alt=alt))
        reading.put("number", Seen(serial.number, shown, where))
    if head is not None:
        kind = _kind_by_family(heads, best[2].series if best else None)
        reading.put("kind", Seen(kind.kind, kind.row.text, place(kind.sheet, kind.row)))
        head = kind
    elif best is not None and best[2].series[0] in "FB" and not best[2].series.isdigit():
        sheet, row, serial = best
        reading.put("kind", Seen({"F": "01", "B": "03"}[serial.series[0]], serial.series, place(sheet, row, serial.start, serial.end)))
    _repair(reading, electronic="ELECTR" in lettered(head.row.text) if head else False)
    _dates(sheets, head, reading)
    if reading.get("kind") in ("07", "08"):
        _modifies(sheets, reading)
    return head


def _repair(reading: Reading, *, electronic: bool) -> None:
    """Puts a look-alike right where the kind leaves no other series: E801 on a boleta is EB01, 8001 under an electronic title B001."""
    seen = reading.fields.get("series")
    kind = reading.get("kind")
    if seen is None or seen.alt is None or kind is None:
        return
    impossible = not fits(kind, seen.value) or (seen.value.isdigit() and electronic)
    if impossible and fits(kind, seen.alt):
        reading.fields["series"] = Seen(seen.alt, seen.text, seen.box, repaired=seen.value)


def _kind_by_family(heads: Sequence[Head], series: str | None) -> Head:
    """The likeliest title; where its kind cannot carry the series, the likeliest that can."""
    if series and series.startswith("EB"):
        allowed: tuple[str, ...] = ("03", "07", "08")
    else:
        allowed = begun_by(series[0]) if series else ()
    first = heads[0]
    if not allowed or first.kind in allowed or first.score >= 7:
        return first
    return next((h for h in heads if h.kind in allowed and h.score > -3), first)


# --- series and number ----------------------------------------------------------------------------------------------------

_LABELLED = re.compile(r"SERIE\s*[:.]?\s*(?P<s>[A-Z0-9|]{3,4})\b.{0,30}?(?:NUMERO|NRO|N[°ºO]|CORRELATIVO)\s*[.:°º]*\s*(?P<n>\d{1,8})(?!\d)")


def _serial(sheets: Sequence[Sheet], head: Head | None) -> tuple[Sheet, Row, Serial] | None:
    best: tuple[Sheet, Row, Serial] | None = None
    top = -1.0
    for order, sheet in enumerate(sheets[:3]):
        for number, row in enumerate(sheet.rows):
            line = lettered(row.text)
            for serial in _in_row(sheet, number):
                score = _serial_score(sheet, number, row, line, serial, head) - 2.0 * order
                if score > top:
                    best, top = (sheet, row, serial), score
    return best


def _in_row(sheet: Sheet, number: int) -> list[Serial]:
    row = sheet.rows[number]
    line = lettered(row.text).replace("]", "|")
    found = serials(row.text)
    labelled = _LABELLED.search(line)
    if labelled and int(labelled["n"]):
        found.append(Serial(labelled["s"].replace("|", "1"), str(int(labelled["n"])), labelled.start("s"), labelled.end("n")))
    return found


def _serial_score(sheet: Sheet, number: int, row: Row, line: str, serial: Serial, head: Head | None) -> float:  # noqa: C901 - real paper's cases, one after the other
    score = 1.0 if serial.strong else -1.5
    score -= 2.0 * number / max(1, len(sheet.rows))
    cell = row.word_at(serial.start).cell
    before = line[: serial.start]
    score += 0.7 * (cell.height > 1.15 * sheet.em)
    score += 1.0 * (len(cell.text) <= serial.end - serial.start + 6)
    if _ELSEWHERE.search(before) or (number and _ELSEWHERE.search(lettered(sheet.rows[number - 1].text)) and not serial.strong):
        score -= 5.0
    if re.search(r"CTA|CUENTA|CCI|BANCO|TEL|CEL|FAX|AUTORIZ|RESOLUC|PLACA|LICENCIA|SUMINISTR", before[-25:]):
        score -= 5.0
    family = begun_by(serial.series[0])
    if serial.series.isdigit():
        score -= 1.5
    elif serial.series[0] in "TV" or serial.series.startswith("EG"):
        score -= 4.0
    elif family or serial.series[:2] in ("E0", "EB"):
        score += 2.0
    if serial.alt is not None:
        score -= 0.3
    if head is not None:
        if family and head.kind in family:
            score += 1.0
        if head.sheet is sheet:
            below = sheet.rows.index(head.row)
            apart = number - below
            if 0 <= apart <= 4:
                score += 3.0 - 0.4 * apart
                score += 1.0 * (abs(cell.x - head.x) < 8 * sheet.em)
            elif apart < 0:
                score -= 0.3 if apart >= -2 else 1.5
    return score


# --- dates --------------------------------------------------------------------------------------------------------------

_ISSUED = re.compile(r"EMISION|EMITIDO|F\.?\s*EMIS|FEC\.?\s*EMI|FECHA\s*DE\s*EXPEDICI|FECHA\s*DE\s*EMI|F\.\s?E\.")
_DUE = re.compile(r"VENC|VCTO|VTO\b|ULTIMO\s*DIA|PAGAR\s*(?:HASTA|ANTES)|FECHA\s*LIMITE")
_OTHER_DATE = re.compile(
    r"TRASLADO|INGRESO|SALIDA|CHECK|IMPRESION|CUOTA|PERIODO|LECTURA|AUTORIZ|RESOLUC|ENTREGA|PAGO|INICIO|NACIM|VIAJE|CONSUMO|REFERENCIA|MODIFICA|LIMA\s*-?\s*CALLA"
    r"|CORTE|LLEGADA|EMBARQUE|DESDE|HASTA|PROXIM"
)
_PLAIN_DATE = re.compile(r"(?:FECHA|FEC\b|FCH)\W*(?:(?:DE|DEL|LA|Y)\s+)*(?:(?:DOC|COMPROB|FACTURA|BOLETA|VENTA|HORA)[A-Z0-9]*)?\W*$")
"""A date's label with nothing behind it that would make it another event's: of the order, of dispatch."""
_DATED = re.compile(r"\W*(?:FECHA|FEC\b|FCH|F\.|EMI[ST]I|VENC|VCTO|VTO)")
_NOT_DUE = re.compile(r"\bLOTE\b|LICENCIA|RECARGA|GARANTIA|CUPON|VIGENCIA|CADUC|EXPIRA|CERTIFICAD|\bSOAT\b|REGISTRO|OFERTA|PROMOCI|PUNTOS")
"""What else can expire."""


def _dates(sheets: Sequence[Sheet], head: Head | None, reading: Reading) -> None:  # noqa: C901, PLR0912 - real paper's cases, one after the other
    best: dict[str, tuple[float, Seen]] = {}
    plain: dict[date, float] = {}
    for order, sheet in enumerate(sheets[:3]):
        table = _goods(sheet)
        for number, row in enumerate(sheet.rows):
            line = lettered(row.text)
            goods = number in table
            last_end = 0
            for day in days(row.text):
                before = line[last_end : day.start]
                last_end = day.end
                labels = _labels_of(sheet, number, row, before, day.start)
                score = -1.5 * number / max(1, len(sheet.rows)) - 2.0 * order
                name = "issue_date"
                if _DUE.search(labels) and not _ISSUED.search(_last_label(labels)):
                    if goods or _NOT_DUE.search(line):
                        continue
                    name, score = "due_date", score + 4
                elif _ISSUED.search(labels):
                    score += 5
                elif _OTHER_DATE.search(labels):
                    score -= 3
                elif _PLAIN_DATE.search(_last_label(labels)):
                    score += 3
                    plain[day.value] = max(score, plain.get(day.value, score))
                if _OTHER_DATE.search(labels) and name == "issue_date":
                    score -= 1
                if head is not None and head.sheet is sheet and name == "issue_date" and abs(number - sheet.rows.index(head.row)) <= 6:
                    score += 0.5
                if name not in best or score > best[name][0]:
                    best[name] = (score, Seen(day.value, row.text[day.start : day.end], place(sheet, row, day.start, day.end)))
    if "issue_date" in best and best["issue_date"][1].value in plain and len(plain) > 1:
        reading.doubts.add(Doubt.OTHER_DATE)
    if "issue_date" not in best:
        best |= _boxed_date(sheets)
    for name, (score, seen) in best.items():
        if score > (-2.5 if name == "issue_date" else 0):
            reading.put(name, seen)


def _goods(sheet: Sheet) -> range:
    """The rows from an item table's headings to the first total."""
    lines = [lettered(row.text) for row in sheet.rows]
    top = next((n for n, line in enumerate(lines) if _HEADINGS.search(line) and not any(c.isdigit() for c in line)), len(lines))
    end = next((n for n in range(top, len(lines)) if _SUMS.search(lines[n])), len(lines))
    return range(top, end)


_HEADINGS = re.compile(
    r"(?:DESCRIPCI|DETALLE|CONCEPT|PRODUCT|ARTICUL).*(?:IMPORTE|PRECI|TOTAL|CANT|VALOR|UNIT)|\bCANT.*(?:DESCRIPCI|DETALLE|CONCEPT|PRODUCT|ARTICUL)"
)
_SUMS = re.compile(r"GRAVAD|SUB\W?TOTAL|\bI\W?G\W?V\b|\bTOTAL\b.*\d[.,]\d\d|^\W*SON\b|EXONERAD|CUOTA|CRONOGRAMA|FORMA\s*DE\s*PAGO")


def _boxed_date(sheets: Sequence[Sheet]) -> dict[str, tuple[float, Seen]]:
    """A date whose day, month and year stand in boxes of their own, below their names."""
    for sheet in sheets[:1]:
        for row, below in itertools.pairwise(sheet.rows):
            names = re.search(r"\bDIA\W+MES\W+A[NÑ]O\b", lettered(row.text))
            if names is None:
                continue
            left, right = row.word_at(names.start()).x0, row.word_at(names.end() - 1).x1
            for boxes in re.finditer(r"(?<!\d)(\d{1,2})\W{1,3}(\d{1,2})\W{1,3}(20\d\d|\d\d)(?!\d)", below.text):
                value = a_date(int(boxes[3][-2:]) + 2000, int(boxes[2]), int(boxes[1]))
                if value is not None and below.word_at(boxes.start()).x0 < right and left < below.word_at(boxes.end() - 1).x1:
                    return {"issue_date": (3.0, Seen(value, boxes[0], place(sheet, below, boxes.start(), boxes.end())))}
    return {}


def _labels_of(sheet: Sheet, number: int, row: Row, before: str, start: int) -> str:
    """The words that name a value: those before it in its row; where they name no date, those above it in its column."""
    word = row.word_at(start)
    if _DATED.search(before) or re.match(r"\W*[^\W\d]{3}", word.cell.text):
        return before[-60:]
    worded = re.search(r"[A-Z]{3}", before) is not None
    for above in reversed(sheet.rows[max(0, number - 2) : number]):
        if row.y - above.y > 3.5 * sheet.em:
            continue
        over = [c for c in above.cells if c.x0 < word.x1 + 2 * sheet.em and word.x0 - 2 * sheet.em < c.x1]
        over.sort(key=lambda c: abs(c.x - word.x))
        if over and (_DATED.match(lettered(over[0].text)) if worded else re.search(r"[A-Za-z]{3}", over[0].text)):
            return lettered(over[0].text)
    return before[-60:]


def _last_label(labels: str) -> str:
    """The label that stands nearest the value."""
    return re.split(r"\s{2,}|[:|]", labels.rstrip(" :.|"))[-1]


# --- the document that a note modifies -------------------------------------------------------------------------------------


def _modifies(sheets: Sequence[Sheet], reading: Reading) -> None:
    own = (reading.get("series"), reading.get("number"))
    best: tuple[float, Sheet, Row, Serial] | None = None
    for sheet in sheets[:2]:
        for number, row in enumerate(sheet.rows):
            near = lettered(" ".join(r.text for r in sheet.rows[max(0, number - 2) : number + 1]))
            for serial in serials(row.text):
                if (serial.series, serial.number) == own or (serial.series[0] in "TV" and serial.series[1:].isdigit()) or not serial.strong:
                    continue
                score = 3.0 * bool(re.search(r"MODIFICA|REFERENCIA|AFECTA|AFECTAD|RELACION|ANULA|CORRIGE|QUE\s+SE", near))
                score += 1.0 * bool(re.search(r"FACTURA|BOLETA", near)) + (serial.series[0] in "FBE") - 3.0 * ("GUIA" in lettered(row.text))
                if best is None or score > best[0]:
                    best = (score, sheet, row, serial)
    if best is None or best[0] < 1:
        return
    _, sheet, row, serial = best
    where = place(sheet, row, serial.start, serial.end)
    shown = row.text[serial.start : serial.end]
    reading.put("modifies.series", Seen(serial.series, shown, where, alt=serial.alt))
    reading.put("modifies.number", Seen(serial.number, shown, where))
    near = lettered(" ".join(r.text for r in sheet.rows[max(0, sheet.rows.index(row) - 1) : sheet.rows.index(row) + 1]))
    kind = "01" if serial.series[0] == "F" else "03" if serial.series[0] == "B" or serial.series.startswith("EB") else None
    if kind is None and "FACTURA" in near:
        kind = "01"
    elif kind is None and "BOLETA" in near:
        kind = "03"
    reading.put("modifies.kind", Seen(kind, shown, where))
