"""Who sells and who buys: RUCs and names, told apart by place and labels, also on service bills where the customer stands first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from functions.extractor.page import Box
from functions.extractor.peru.tokens import Ruc, days, lettered, rucs, serials
from functions.extractor.reading.heading import Head
from functions.extractor.reading.reading import Doubt, Place, Reading, Seen, place
from functions.extractor.sheets.rows import Cell, Row, Sheet

CUSTOMER = re.compile(
    r"\bSE\w{1,2}OR\s?\(\s?\w{1,3}\s?\)|SE[NÑ]OR(?:\s?\(\s?(?:ES|A|AS)\s?\)?|ES\b|A)?(?:\s*[:/]|\s*$)|SE[NÑ]OR(?:\s?\(\s?(?:ES|A|AS)\s?\)?|ES\b)|^\W*SE[NÑ]OR\s(?!DE\b|DEL\b)"
    r"|\bCLIENTE\b|ADQUIR[I]?ENTE|\bUSUARIO\b|RECIB[I1]\s*DE|RECIBIDO\s*DE|COMPRADOR|\bSR\(?A?\)?\s*\(?ES\)?\s*[:.]"
    r"|FACTURA[RS]\s*A(?=\s*:)|FACTURAR\s*A|FACTURADO\s*A|VENDIDO\s*A|\bEMPRESA\s*:|\bTITULAR\b|PASAJERO|HUESPED|PACIENTE\b|ASEGURADO|RECEPTOR|DATOS\s*DEL\s*CLIENTE"
)
_NAME_LABEL = re.compile(
    r"(?:\bSE\w{1,2}OR\s?\(\s?\w{1,3}\s?\)|SE[NÑ]OR(?:\s?\(\s?(?:ES|AS?)\s?\)?|ES\b)?|CLIENTE|FACTURA[RS]\s*A(?=\s*:)|FACTURAR\s*A|FACTURADO\s*A|VENDIDO\s*A|\bEMPRESA(?=\s*:)|ADQUIR[I]?ENTE|USUARIO|RECIB[I1]\s*DE|RECIBIDO\s*DE|TITULAR(?:\s*DEL?\s*(?:LA\s*)?[A-Z]{4,12})?|PASAJERO|HUESPED|PACIENTE|RECEPTOR|COMPRADOR"
    r"|NOMBRE(?:\s*/?\s*(?:[OY]\s*)?RAZON\s*SOCIAL)?(?:\s*DEL\s*(?:CLIENTE|SUMINISTRO|TITULAR|USUARIO))?|NOMBRES?\s*Y\s*APELLIDOS|RAZON\s*SOCIAL(?:\s*/\s*NOMBRE)?|DENOMINACION)"
    r"\s*(?:/\s*RAZON\s*SOCIAL|/\s*[A-Z][A-Z .()]{2,22}(?=:))?\s*(?:[:.]+|(?=\s|$))\s*"
)
_ID_LABEL = re.compile(
    r"(?:N[°ºR][O°º]?\.?\s*(?:DE\s*)?)?(?:R\.?U\.?C\.?(?:\s*/\s*D\.?N\.?I\.?)?|D\.?\s?N\.?\s?I?\.?(?:\s*/\s*R\.?U\.?C\.?)?|DOC(?:UMENTO)?\.?(?:\s*(?:DE\s*)?IDENT(?:IDAD)?\.?)?(?:\s*N[°ºR]O?\.?)?|C\.?E\.?|CARN[EÉ]T?\s*(?:DE\s*)?EXT\S*|PASAPORTE)"
    r"\s*(?:N[°ºR][O°º]?\.?)?\s*(?:\(.{1,12}\))?\s*[:.#-]*\s*"
)
_LIMITED = r"\s*DE\s*RESPONSABILIDAD\s*LIMITADA"
_SUFFIX = re.compile(
    r"\bS\.?\s?A\.?\s?C\b\.?|\bS\.?\s?A\b\.?(?:\s?A\.?)?|E\.?\s?I\.?\s?R\.?\s?L\b|\bS\.?\s?R\.?\s?L\b|SOCIEDAD\s*ANONIMA(?:\s*(?:CERRADA|ABIERTA)\b)?|\bS\.?C\.?R\.?L"
    rf"|SOCIEDAD\s*COMERCIAL(?:{_LIMITED})?|EMPRESA\s*INDIVIDUAL{_LIMITED}|\bS(?:OCIEDAD|\.)\s*CIVIL\b(?:\s*DE\s*R\.?\s?L\b)?|\bASOCIACION\b|COOPERATIVA|\bSAA\b|LTDA"
)
"""A firm's legal form: behind its name, save that associations and cooperatives begin with it."""
_CONTACT = re.compile(
    r":|@|WWW\.|HTTP|E-?MAIL|TELF|\bTEL[.\s]|\bCEL[.\s]|\bR\.?U\.?C\b|\b(?:FACTURA|BOLETA(?:\s+DE\s+VENTA)?)\s+ELEC"
    r"|\bREPRESENTA(?:NTES?|CION)\b.*\s(?:DE|IMPRESA)\b|\bDISTRIBUIDOR(?:ES)?\s(?:OFICIAL|AUTORIZAD|EXCLUSIV)|\b(?:UNA\s)?EMPRESA\s(?:DEL\sGRUPO|DE\s*:)|\bCONCESIONARIO\b|\bEMITIDO\b|\bAUTORIZADOS?\s(?:POR|DE|MEDIANTE)\b"
)
"""What is in no firm's name: signs of an address or a telephone, a title, a sentence about another firm."""
_NOT_NAME = re.compile(
    r"\bAV\b\.?|\bAVENIDA\b|\bJR\b\.?|\bJIRON\b|\bCALLE\b|\bCAL\.|\bPSJE?\b|\bURB\b|\bMZA?\b\.?|\bNRO\.|\bLT[E]?\b\.?\s\d|DIRECCION|TELEF|TELF|\bTEL\b|\bCEL\b|E-?MAIL|CORREO|WWW\.|HTTP|@|\bLIMA\s*[-–]\s*LIMA|SUCURSAL|DOMICILIO|\bPRINCIPAL\b"
    r"|ELECTRONIC|\bR\.?U\.?C\b|FACTURA\b|BOLETA\b|NOTA\s*DE|RECIBO|TICKET|FECHA|MONEDA|\bSERIE\b|NUMERO|PAGINA|CONDICI|FORMA\s*DE|CAJERO|VENDEDOR|\bGUIA\b|\bORDEN\b|\bSON\b\s*:|OBSERVACI|REPRESENTACION\b|AUTORIZ|RESOLUC|\bHORA\b|CODIGO|(?:^|[,-]\s*)PER[UÚ]$|IMPORTE\s*TOTAL|SUB\s*-?TOTAL|WHATSAPP|CENTRAL\b.*\d"
)


def first_customer_row(sheet: Sheet) -> int | None:
    """The row where the customer's block begins."""
    within_name: int | None = None
    for number, row in enumerate(sheet.rows):
        line = lettered(row.text)
        hit = CUSTOMER.search(line)
        if hit is None or re.search(
            r"ATENCION\s*AL?|SERVICIO\s*AL|GRACIAS|COPIA|N[°º]?\s*DE\s*$|COD(?:\.|IGO)\s*(?:DE\s*)?$",
            line[max(0, hit.start() - 16) : hit.start()],
        ):
            continue
        phrase = lettered(row.word_at(hit.start()).cell.text)
        if ":" in phrase or not _ends_legal(phrase):
            return number
        if within_name is None:
            within_name = number  # CLIENTE FELIZ S.A.C. is a firm, unless nobody else is called the customer
    return within_name


def read(sheets: Sequence[Sheet], head: Head | None, reading: Reading, *, qr_ruc: str | None = None) -> None:
    """Fills supplier and customer."""
    sheet = sheets[0]
    block = first_customer_row(sheet)
    found = [(number, row, ruc) for number, row in enumerate(sheet.rows) for ruc in rucs(row.text)]
    supplier = _supplier(sheet, found, block, head, qr_ruc)
    if supplier is not None:
        number, row, ruc = supplier
        if _in_block(sheet, number, block, head):
            reading.doubts.add(Doubt.BUYERS_RUC)
        reading.put(
            "supplier.ruc", Seen(ruc.value, row.text[ruc.start : ruc.end], place(sheet, row, ruc.start, ruc.end), repaired=ruc.read)
        )
    _customer(sheet, found, block, supplier, reading)
    _supplier_name(sheet, block, head, supplier, reading)
    if block is None and "customer.name" not in reading.fields and reading.get("kind") == "14":
        reading.put("customer.name", _addressee(sheet, reading.get("supplier.name")))


def _supplier(  # noqa: C901 - real paper's cases, one after the other
    sheet: Sheet, found: Sequence[tuple[int, Row, Ruc]], block: int | None, head: Head | None, qr_ruc: str | None
) -> tuple[int, Row, Ruc] | None:
    best: tuple[int, Row, Ruc] | None = None
    top = -2.5
    for order, (number, row, ruc) in enumerate(found):
        line = lettered(row.text)
        before = line[: ruc.start]
        score = (2.0 if ruc.valid else -1.0) - 0.3 * order - 2.0 * number / max(1, len(sheet.rows))
        if head is not None and head.sheet is sheet:
            apart = sheet.rows.index(head.row) - number
            word = row.word_at(ruc.start)
            if -3 <= apart <= 5:
                score += 2.5
            score += 2.0 * (abs(word.x - head.x) < 10 * sheet.em and -4 <= apart <= 7)
        if block is not None:
            if number < block:
                score += 2.0
            elif _in_block(sheet, number, block, head):
                score -= 2.0
        if CUSTOMER.search(before[-60:]) or re.search(r"D\.?N\.?I|DOC(?:UMENT|\.)|IDENTIDAD", before[-30:]):
            score -= 4.0
        if re.search(
            r"TRANSP|PSE|PROVEEDOR\s*DE\s*SERVICIOS\s*ELEC|OPERADOR\s*DE|AUTORIZAD|CONDUCT|REMITENTE|IMPRENTA|GRAFICA",
            before,
        ):
            score -= 4.0
        others = [n for n, _, r in found if r.value != ruc.value]
        buyers = block is None or all(_in_block(sheet, n, block, head) for n in others)
        if others and buyers and number > 0.8 * len(sheet.rows) and _signs(before, line[ruc.end :]):
            score += 6.0  # all others are the buyer's: who signs in the footer, name and RUC in one line, sells
        if qr_ruc is not None and ruc.value == qr_ruc:
            score += 8.0
        if score > top:
            best, top = (number, row, ruc), score
    return best


def _in_block(sheet: Sheet, number: int, block: int | None, head: Head | None) -> bool:
    """Whether a row is the buyer's: in the customer's block, and not beside the title, whose box may stand at its right."""
    if block is None or not block <= number <= block + 5:
        return False
    return head is None or head.sheet is not sheet or abs(sheet.rows.index(head.row) - number) > 2


def _signs(before: str, after: str) -> bool:
    """Whether a RUC stands in a signature: a name with its legal form before it, or a name before and an address behind."""
    return bool(_SUFFIX.search(before)) or (
        sum(c.isalpha() for c in before) >= 10 and bool(re.search(r"\b(?:AV|JR|CAL|CALLE|PSJE?|URB|CAR)\b", after))
    )


# --- the customer ------------------------------------------------------------------------------------------------------------


def _customer(
    sheet: Sheet, found: Sequence[tuple[int, Row, Ruc]], block: int | None, issuer: tuple[int, Row, Ruc] | None, reading: Reading
) -> None:
    supplier = None if issuer is None else issuer[2].value
    known: tuple[int, Row, int] | None = None
    others = [(n, row, ruc) for n, row, ruc in found if ruc.value != supplier and ruc.valid]
    if block is not None:
        others.sort(key=lambda o: (abs(o[0] - block - 1), o[0]))
    if others and not re.search(r"TRANSP|PSE|OPERADOR|AUTORIZAD", lettered(others[0][1].text)):
        number, row, ruc = others[0]
        if block is None or -6 <= number - block <= 8:
            known = (number, row, ruc.start)
            where = place(sheet, row, ruc.start, ruc.end)
            reading.put("customer.id", Seen(ruc.value, row.text[ruc.start : ruc.end], where, repaired=ruc.read))
            reading.put("customer.id_type", Seen("6", row.text, where))
    if "customer.id" not in reading.fields:
        known = _identity(sheet, block, reading)
    named = _customer_name(sheet, block, known, None if issuer is None else issuer[0])
    if named is not None:
        reading.put("customer.name", named)


def _identity(sheet: Sheet, block: int | None, reading: Reading) -> tuple[int, Row, int] | None:
    """A DNI or foreigner's card, by its label, near the customer's block; where its label stands."""
    low, high = (0, len(sheet.rows)) if block is None else (max(0, block - 3), block + 7)
    for number, row in enumerate(sheet.rows[low:high], low):
        line = lettered(row.text)
        for label in _ID_LABEL.finditer(line):
            if _somebody_else(sheet, number, line[: label.start()], row.word_at(label.start()).x0):
                continue
            value = re.match(r"\s*[:.-]*\s*(?P<id>\d{8,9}|[A-Z]{1,2}\d{6,8})(?![\d-])", line[label.end() :])
            if value is None:
                continue
            at = label.end() + value.start("id")
            kind = (
                "1"
                if len(value["id"]) == 8 and value["id"].isdigit()
                else "4"
                if re.search(r"C\.?E|CARN|EXT", label[0])
                else "7"
                if "PAS" in label[0]
                else None
            )
            where = place(sheet, row, at, at + len(value["id"]))
            reading.put("customer.id", Seen(value["id"], value["id"], where))
            reading.put("customer.id_type", Seen(kind, label[0], where))
            return number, row, label.start()
    return None


_STAFF = re.compile(
    r"MOTORIZADO|REPARTID|DELIVERY|VENDEDOR|CAJERO|CHOFER|CONDUCTOR|ASESOR|\bMOZO\b|ATENDIDO|TRANSPORTISTA|GERENTE|CONTACTO|AUTORIZADO|PROMOTOR|RECIBIDO\s*POR|ENTREGADO|REPRESENTANTE"
)
"""Persons who are on a comprobante and do not buy."""


def _somebody_else(sheet: Sheet, number: int, before: str, x0: float) -> bool:
    """Whether an identity is that of another person: named before it in its row, or right above it in its column."""
    if re.search(r"[A-Z]{3}", before):
        last = max((m.start() for m in _STAFF.finditer(before)), default=-1)
        return last > max((m.start() for m in CUSTOMER.finditer(before)), default=-1)
    above = next((c for c in sheet.rows[number - 1].cells if number and abs(c.x0 - x0) < 2 * sheet.em), None)
    return above is not None and bool(_STAFF.match(lettered(above.text)))


def _customer_name(sheet: Sheet, block: int | None, known: tuple[int, Row, int] | None, supplier: int | None) -> Seen | None:
    """The name beside its label, or below it; the one nearest to the buyer's own RUC where several are named (guest and company)."""
    start = block
    if start is None:
        start = _second_label(sheet, supplier)
    best: tuple[float, Seen] | None = None
    first = len(sheet.rows) if start is None else start
    for number in range(first, min(first + 6, len(sheet.rows))):
        row = sheet.rows[number]
        line = lettered(row.text)
        for label in _NAME_LABEL.finditer(line):
            seen = _labelled(sheet, number, label)
            if seen is None:
                continue
            score = -1.0 * (number - first) - 2.0 * bool(re.match(r"HUESPED|PASAJER|PACIENTE|TITULAR", label[0]))
            if known is not None:
                score = -1.5 * min(abs(number - known[0]), 4) - 0.1 * number - 3.0 * bool(re.match(r"HUESPED|PASAJER|PACIENTE", label[0]))
            if best is None or score > best[0]:
                best = (score, seen)
            break
    if best is not None:
        return best[1]
    return None if known is None else _name_above(sheet, known, supplier)


def _second_label(sheet: Sheet, supplier: int | None) -> int | None:
    """Where a name is labelled without a word for the buyer: `Razón Social:` below the issuer's own lines."""
    for number, row in enumerate(sheet.rows):
        line = lettered(row.text)
        label = re.search(r"(?:RAZON\s*SOCIAL|DENOMINACION|NOMBRES?\b[^:]{0,24})\s*:", line)
        if label and (supplier is None or number > supplier) and number > 1:
            return number
    return None


def _labelled(sheet: Sheet, number: int, label: re.Match[str]) -> Seen | None:
    row = sheet.rows[number]
    rest = row.text[label.end() :].lstrip(" :.-|/")
    start = len(row.text) - len(rest)
    text, end = _trimmed(row, start)
    folded = lettered(text)
    mine = row.word_at(label.start()).cell
    if rest and row.word_at(start).cell.x0 - mine.x1 > 8 * sheet.em and (below := _name_below(sheet, number, mine.x0)) is not None:
        return below  # what stands far to the right is another column's
    if _is_name(text, labelled=True) and not _CAPTION.fullmatch(folded):
        return Seen(text, text, place(sheet, row, start, end))
    if re.search(r"[A-Z]{3}", folded) and not _CAPTION.match(folded):
        return None
    return _name_below(sheet, number, row.word_at(label.start()).x0)


def _name_above(sheet: Sheet, known: tuple[int, Row, int], issuer: int | None) -> Seen | None:
    """An address block without labels begins with its name: the topmost line over the RUC, in the same column, below the issuer's own."""
    number, row, start = known
    top = number - 6 if issuer is None or issuer >= number else max(issuer + 1, number - 6)
    left = row.word_at(start).cell.x0
    found: Seen | None = None
    for above in reversed(sheet.rows[max(0, top) : number]):
        cell = next((c for c in above.cells if abs(c.x0 - left) < 2 * sheet.em), None)
        if cell is None or row.y - above.y > 9 * sheet.em:
            continue
        if _is_name(cell.text) and (found is None or _SUFFIX.search(lettered(cell.text))):
            at = above.text.index(cell.text)
            found = Seen(cell.text, cell.text, place(sheet, above, at, at + len(cell.text)))
        if found is not None and _SUFFIX.search(lettered(found.text)):
            return found
    return None


def _trimmed(row: Row, start: int) -> tuple[str, int]:
    """A name ends where the next label or a far-off cell begins."""
    rest = row.text[start:]
    if rest:
        cell = row.word_at(start).cell
        at = row.cells.index(cell)
        later = row.cells[at + 1 :]
        labelled = later and later[0].box.conf == 1.0 and re.match(r"[^\d:]{2,30}:", later[0].text)
        if later and (labelled or later[0].x0 - cell.x1 > 3 * cell.height):
            rest = row.text[start : sum(len(c.text) + 1 for c in row.cells[: at + 1]) - 1]
    line = lettered(rest)
    end = len(rest)
    for stop in (
        r"\s(?:R\.?U\.?C|D\.?N\.?I|DOC)\b\.?.{0,8}[:\d]",
        r"\bFECHA",
        r"\bDIA\s+MES\b",
        r"\bDIRECCI",
        r"\bMONEDA",
        r"\bF(?:EC)?\.\s?\w*EMI",
        r"\bCONDICI",
        r"\bFORMA\s*DE",
        r"\bTELEF",
        r"\b\w+\s?:",
        r"\d{11}",
        r"\bVENC",
        r"\bPAG(?:INA|\.)",
    ):
        hit = re.search(stop, line)
        if hit and hit.start() > 0:
            end = min(end, hit.start())
    name = rest[:end].strip(" :.-|,")
    if re.search(r"\b(?:\w\.\s?)+\w$", name) and rest[:end].rstrip(" :-|,").endswith("."):
        name += "."  # a legal form's own
    return name, start + end


def _name_below(sheet: Sheet, number: int, x0: float) -> Seen | None:
    for row in sheet.rows[number + 1 : number + 2]:
        for cell in row.cells:
            if abs(cell.x0 - x0) < 3 * sheet.em and _is_name(cell.text):
                at = row.text.index(cell.text)
                return Seen(cell.text, cell.text, place(sheet, row, at, at + len(cell.text)))
    return None


_CAPTION = re.compile(
    r"\W*(?:R\.?U\.?C|D\.?N\.?I|DOC\w*|FECHA\b.*|DIRECCION|MONEDA|TAX\s*ID|CODIGO|CONDICION.*|FORMA.*|VENC.*|N[°ºR]O?)\W*"
)


def _ends_legal(line: str) -> bool:
    """Whether a phrase ends in a legal form: then it is a name, whatever words its owner chose for it."""
    return any(not re.search(r"\w", line[form.end() :]) for form in _SUFFIX.finditer(line))


def _is_address(line: str) -> bool:
    return bool(_STREET.match(line)) and any(c.isdigit() for c in line)


def _is_name(text: str, *, labelled: bool = False) -> bool:
    """Whether a phrase can be a name. Beside its label a name may hold words that would speak against it elsewhere."""
    line = lettered(text)
    if text.rstrip().endswith(":"):
        return False
    if labelled:
        return (
            sum(c.isalpha() for c in line) >= 4
            and not _ID_LABEL.fullmatch(line)
            and not re.match(r"\W*(?:AV|JR|CAL|CALLE|PSJ)\b\.?\s", line)
        )
    letters = sum(c.isalpha() for c in line)
    return (
        letters >= 4
        and letters >= 0.6 * len(line.replace(" ", ""))
        and not (_CONTACT.search(line) or _is_address(line) if _ends_legal(line) else _NOT_NAME.search(line))
        and not _ID_LABEL.fullmatch(line)
        and not days(text)
    )


# --- the supplier's name -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Named:
    """A phrase that may be the supplier's name: as it goes on over its neighbours, and how much speaks for it."""

    score: float
    text: str
    lines: tuple[tuple[Row, Cell], ...]
    legal: bool
    doubt: str | None

    def where(self, sheet: Sheet) -> Place:
        """Where all its lines stand."""
        spots = []
        for row, cell in self.lines:
            at = row.text.find(cell.text)
            spots.append(place(sheet, row, at, at + len(cell.text)) if at >= 0 else place(sheet, row))
        return (
            sheet.index, min(p[1] for p in spots), min(p[2] for p in spots), max(p[3] for p in spots), max(p[4] for p in spots),
        )  # fmt: skip


def _supplier_name(sheet: Sheet, block: int | None, head: Head | None, supplier: tuple[int, Row, Ruc] | None, reading: Reading) -> None:
    """The most name-like phrase above the customer: a legal form, tall letters, high up, near the RUC. A rival close to it is told too."""
    found = sorted(_named(sheet, block, head, supplier, reading.get("customer.name")), key=lambda n: -n.score)
    if not found or found[0].score <= -2.0:
        return
    best = found[0]
    where = best.where(sheet)
    reading.put("supplier.name", Seen(best.text, best.lines[0][1].text, where))
    person = supplier is not None and supplier[2].value.startswith("1")
    rival = best.doubt or next((n.text for n in found[1:] if _rivals(best, n, person=person)), None)
    if rival is None and person and not _is_person(best.text):
        rival = best.text  # a person's shop: its trade name is not whom the RUC names
    if rival is not None:
        reading.doubts.add(Doubt.OTHER_NAME)


def _rivals(best: _Named, other: _Named, *, person: bool) -> bool:
    """Whether another phrase might as well be the name."""
    if _bare(other.text) in _bare(best.text) or _bare(best.text) in _bare(other.text):
        return False
    if person:
        return _is_person(other.text) and other.score > best.score - 2.5
    if best.legal and not other.legal:  # a firm's name has its form, a slogan has none; but the form may be that of its group
        return bool(re.match(r"GRUPO\b", lettered(best.text))) and len(other.text.split()) > 1 and other.score > best.score - 4.0
    return other.score > best.score - (2.0 if best.legal else 0.6)


def _named(  # noqa: C901 - real paper's cases, one after the other
    sheet: Sheet, block: int | None, head: Head | None, supplier: tuple[int, Row, Ruc] | None, customer: str | None
) -> Iterator[_Named]:
    limit = block if block is not None else max(6, len(sheet.rows) // 3)
    if head is not None and head.sheet is sheet:
        limit = max(limit, min(sheet.rows.index(head.row) + 1, 12))
    signed = supplier[0] if supplier is not None else None
    person = supplier is not None and supplier[2].value.startswith("1")
    for number, row in enumerate(sheet.rows):
        beside = signed is not None and abs(number - signed) <= 2
        if number >= max(limit, 1) + 3 and not beside:
            continue
        line = lettered(row.text)
        if block is not None and number >= block and not _SUFFIX.search(line):
            continue
        for cell in _phrases(row):
            folded = lettered(cell.text)
            if block is not None and number >= block and _labelled_so(sheet, row, cell):
                continue
            lines, text, doubt = _whole(sheet, row, cell, person=person)
            legal = bool(_SUFFIX.search(lettered(text)))
            if not _is_name(text) or _is_form(text) or serials(text) or (customer and _bare(customer) == _bare(text)):
                continue
            if supplier is None and head is None and not legal:
                continue  # a torn sheet: what stands first is anything
            if (not legal and text == cell.text and _ends_address(sheet, number, cell)) or _under_label(sheet, number, cell):
                continue
            score = 4.0 * legal + 5.0 * bool(re.match(r"RAZON\s*SOCIAL\s*:", folded)) + 1.5 * min(2.0, cell.height / sheet.em - 1.0)
            score -= 0.35 * (min(number, abs(number - signed)) if signed is not None and beside else number)
            score += 0.5 * (cell.text == cell.text.upper()) - 1.0 * (len(text) < 8) - 1.0 * (len(text.split()) == 1)
            if signed is not None:
                score -= 0.15 * abs(number - signed)
            if person and _is_person(text):
                score += 2.0  # the RUC is a person's: a shop's name beside it is a trade name
            elif re.match(r"(?:DE|VENTA|SERVICI|COMERCI|FABRICA|IMPORTACI|EXPORT|DISTRIBU)", lettered(text)) and not legal:
                score -= 2.0
            yield _Named(score, text, lines, legal, doubt)


def _phrases(row: Row) -> list[Cell]:
    """The cells of a row, those joined between which there is no gap: engines put the words of one name in boxes of their own."""
    found: list[Cell] = []
    for cell in row.cells:
        last = found[-1] if found else None
        if last is not None and cell.box.conf < 1.0 and cell.x0 - last.x1 < 0.45 * min(cell.height, last.height):
            box = Box(
                f"{last.text} {cell.text}",
                last.box.x0,
                min(last.box.y0, cell.box.y0),
                cell.box.x1,
                max(last.box.y1, cell.box.y1),
                cell.box.conf,
            )
            found[-1] = Cell(box.text, last.x0, min(last.y0, cell.y0), cell.x1, max(last.y1, cell.y1), box)
        else:
            found.append(cell)
    return found


def _addressee(sheet: Sheet, supplier: str | None) -> Seen | None:
    """On a bill that names nobody the customer: a name with an address right below it, as behind an envelope's window."""
    for number, row in enumerate(sheet.rows[: len(sheet.rows) // 2]):
        for cell in row.cells:
            if not _is_name(cell.text) or (supplier and _bare(cell.text) in _bare(supplier)) or _SIGNED.search(lettered(cell.text)):
                continue
            for below in sheet.rows[number + 1 : number + 3]:
                if any(abs(c.x0 - cell.x0) < sheet.em and _STREET.match(lettered(c.text)) for c in below.cells):
                    at = row.text.index(cell.text)
                    return Seen(cell.text, cell.text, place(sheet, row, at, at + len(cell.text)))
    return None


_STREET = re.compile(r"\W*(?:AV|AVENIDA|JR|JIRON|CAL|CALLE|PSJE?|PASAJE|URB|MZA?|CAR|CARRETERA|PROL|ALAMEDA|MALECON)\b[.\s]")
_SIGNED = re.compile(r"RECIBO|FACTURA|BOLETA|SERVICIO\s*PUBLIC|DETALLE")


def _bare(text: str) -> str:
    return re.sub(r"\W", "", lettered(text))


def _signature(text: str, *, person: bool = False) -> str:
    """The name of a phrase that may begin with its label, or go on with RUC and address as footers do."""
    bare = re.sub(r"^(?:RAZ[OÓ]N\s*SOCIAL|EMISOR|EMPRESA|DE|PROP(?:IETARI[OA])?\.?)\s*:\s*", "", text, flags=re.IGNORECASE)
    owner = re.match(r"(?:DE|PROP(?:IETARI[OA])?\.?)\s+", lettered(bare))
    if person and owner and not re.match(r"DE\s+L[AO]S?\b", lettered(bare)):
        bare = bare[owner.end() :]
    stop = re.search(r"\s[-–|]?\s*R\.?\s?U\.?\s?C\b", lettered(bare))
    if stop:
        return bare[: stop.start()].strip(" :-*,")
    stop = re.search(r"\s[-–|]?\s*(?:(?:AV|JR|CAL|CALLE|PSJE?|URB|MZ|CAR|PROL)\b\.?\s)", lettered(bare))
    return (bare[: stop.start()] if stop and _SUFFIX.search(lettered(bare[: stop.start()])) else bare).strip(" :-*")


def _is_person(text: str) -> bool:
    """Whether a phrase reads as a person's surnames and names: three to five words of letters, none a trade's."""
    words = [w for w in lettered(text).replace(",", "").split() if w not in ("DE", "DEL", "LA", "LAS", "LOS", "Y")]
    return (
        3 <= len(words) <= 5
        and all(w.isalpha() for w in words)
        and not _SUFFIX.search(lettered(text))
        and not _TRADE.search(lettered(text))
        and not _begins_firm(words[0])
    )


_TRADE = re.compile(
    r"\b(?:BODEGA|RESTAURAN\w*|FERRETERIA|BOTICA|FARMACIA|LIBRERIA|TALLER|TIENDA|COMERCIAL|MULTI\w*|MINI\w*|MERCADO|CAFE\w*|POLLERIA|CHIFA|HO\w?TEL"
    r"|GRIFO|ESTUDIO|NOTARIA|PELUQUERIA|SALON|PANADERIA|CLINICA|CONSULT\w*|TRANSPORTES?|INVERSIONES|DISTRIBUIDORA|IMPORT\w*|SERVICIOS?|VENTAS?|\w*INDUSTRIAS?|TEXTILES|EL)\b"
)


def _is_form(text: str) -> bool:
    """Whether a phrase is a legal form and nothing else."""
    return bool(_SUFFIX.search(lettered(text))) and len(_bare(_SUFFIX.sub("", lettered(text)))) == 0


_LINK = r"(?:DE|DEL|LA|LAS|LOS|EL|Y|E|&|PARA|CON|EN)"
_HEADWORD = (
    r"(?:EMPRESA|COMPANIA|CORPORACION|GRUPO|INVERSIONES|NEGOCI(?:ACIONES|OS)|DISTRIBUIDORA|IMPORTADORA|EXPORTADORA|COMERCIALIZADORA"
    r"|COMERCIAL|CONSTRUCTORA|INMOBILIARIA|INDUSTRIAS?|REPRESENTACIONES|TRANSPORTES?|SERVICIOS?|ESTACION|LABORATORIOS?|AGENCIA|CENTRO|INSTITUTO|CONSORCIO|MULTISERVICIOS)"
)
"""Words with which firms' names begin, and which alone are no name."""
_SHOP = r"(?:\w{3,}(?:ERIA|ADORA|IDORA)|\w*INDUSTRIAS?|TEXTILES|CONSULTOR(?:ES|IA)|TIENDAS?|BOTICAS?)"
"""What else a firm's name may begin with; on a trade name's line it stands alone, too."""


def _whole(sheet: Sheet, row: Row, cell: Cell, *, person: bool) -> tuple[tuple[tuple[Row, Cell], ...], str, str | None]:
    """A name with the lines above and below over which it is written, and the neighbour that may belong to it or not."""
    lines = [(row, cell)]
    text = _signature(cell.text, person=person)
    right = next((c for c in row.cells if c.x > cell.x1), None)
    if right is not None and _is_form(right.text) and not _SUFFIX.search(lettered(text)) and right.x0 - cell.x1 < 3 * sheet.em:
        return (*lines, (row, right)), f"{text} {right.text}", None  # engines put the legal form in a box of its own
    doubt: str | None = None
    if person:
        return tuple(lines), text, None
    while len(lines) < 3 and (above := _neighbour(sheet, *lines[0], step=-1)) is not None:
        bond = _goes_on(above[1].text, text)
        if bond is None:
            doubt = above[1].text if _may_go_on(above[1].text, text) else doubt
        if not bond:
            break
        lines.insert(0, above)
        text = f"{above[1].text} {text}"
    while len(lines) < 4 and (below := _neighbour(sheet, *lines[-1], step=1)) is not None:
        if not _goes_on(text, below[1].text):
            break
        lines.append(below)
        text = f"{text} {below[1].text}"
        if not _ends_legal(lettered(text)):
            doubt = text  # nothing says where it ends
    return tuple(lines), text, doubt


def _under_label(sheet: Sheet, number: int, cell: Cell) -> bool:
    """Whether the buyer's label stands right above, in the same column."""
    over = sheet.rows[number - 1].cells if number else []
    return any(abs(c.x0 - cell.x0) < sheet.em and c.text.rstrip().endswith(":") and CUSTOMER.search(lettered(c.text)) for c in over)


def _labelled_so(sheet: Sheet, row: Row, cell: Cell) -> bool:
    """Whether the buyer's label stands in the phrase, or before it in the same column of the page."""
    before = [c for c in row.cells if c.x0 <= cell.x0 and cell.x0 - c.x1 < 8 * sheet.em]
    line = lettered(" ".join(c.text for c in before))
    return bool(CUSTOMER.search(line) or _NAME_LABEL.search(line))


def _ends_address(sheet: Sheet, number: int, cell: Cell) -> bool:
    """Whether the line above, in the same column, breaks off as addresses do before their district."""
    over = [c for c in sheet.rows[number - 1].cells if number and abs(c.x0 - cell.x0) < sheet.em]
    return any(c.text.rstrip().endswith(("-", ",")) for c in over)


def _neighbour(sheet: Sheet, row: Row, cell: Cell, *, step: int) -> tuple[Row, Cell] | None:
    """The phrase right above or below, of the same letters and in the same column."""
    number = sheet.rows.index(row) + step
    if not 0 <= number < len(sheet.rows):
        return None
    other = sheet.rows[number]
    for near in _phrases(other):
        alike = abs(near.height - cell.height) < (0.45 if _is_form(near.text) else 0.2) * cell.height
        aligned = min(abs(near.x - cell.x) / 6, abs(near.x0 - cell.x0)) < sheet.em
        if (
            alike
            and aligned
            and abs(near.y - cell.y) < 1.8 * cell.height
            and (near.text == near.text.upper()) == (cell.text == cell.text.upper())
        ):
            return other, near
    return None


def _goes_on(upper: str, lower: str) -> bool | None:
    """Whether a name begun above goes on below; None when that cannot be told. A trade name over the legal name is two names."""
    above, below = lettered(upper).strip(), lettered(lower).strip()
    if _ends_legal(above):
        return bool(re.fullmatch(r"\W*(?:CERRADA|ABIERTA)\W*", below))
    if _is_form(lower) or not _is_name(f"{upper} {lower}"):
        return _is_form(lower)
    if re.match(r"(?:ASOCIACION|COOPERATIVA)\b", above):
        return _is_name(lower) and not any(c.isdigit() for c in below)
    rest = _SUFFIX.sub("", below).strip(" .-").split()
    if not _ends_legal(below) or set(rest) & set(above.split()) - {"DE", "DEL", "LA", "LOS", "LAS", "Y"}:
        return False
    broken = re.search(rf"(?:^|\s){_LINK}$", above) or re.match(rf"{_LINK}\s", below)
    unnamed = re.fullmatch(rf"(?:(?:{_HEADWORD}|{_LINK})\s?)+", above) and not re.match(rf"{_HEADWORD}\b", below)
    return True if broken or unnamed or (len(rest) <= 1 and _begins_firm(above)) else None


def _begins_firm(folded: str) -> bool:
    return re.match(rf"(?:{_HEADWORD}|{_SHOP})\b", folded) is not None


def _may_go_on(upper: str, lower: str) -> bool:
    """Whether the line above a name is long enough to have been broken, and no name's beginning stands below it."""
    below = lettered(lower)
    return len(upper) >= 0.6 * len(lower) and _is_name(upper) and not re.match(rf"{_HEADWORD}\b", below)
