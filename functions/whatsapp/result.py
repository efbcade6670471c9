"""An extraction as the Spanish message that its sender reads: its invoices, each with its line of trust, or
what the file is instead.

The result's lines are the product's specification, byte for byte. No sentence ever says that a document is
valid: it may say that it was read, and against what.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from functions.extractor.invoice import Evidence, Extraction, Invoice, NotInvoice, Source
from functions.whatsapp import sunat
from functions.whatsapp.format import (
    UNREAD,
    WHATSAPP_LIMIT,
    clean,
    cut,
    document_number,
    heading,
    invoice_blocks,
    lay_out,
    listed,
    money,
    size,
)
from functions.whatsapp.helpers import error_sentence

_PAID = "prueba que pagaste, pero no es un comprobante: pide tu boleta o factura y mándamela"
_WHAT: dict[NotInvoice, str] = {
    "yape": f"Esto parece ser una captura de Yape: {_PAID}.",
    "plin": f"Esto parece ser una captura de Plin: {_PAID}.",
    "bank_transfer": f"Esto parece ser una constancia de transferencia bancaria: {_PAID}.",
    "card_slip": f"Esto parece ser un voucher de tarjeta: {_PAID}.",
    "delivery_guide": (
        "Esto parece ser una guía de remisión: acompaña a la mercadería. Mándame también la factura o "
        "boleta de esa compra."
    ),
    "quote": (
        "Esto parece ser una cotización o proforma: todavía no es una compra. Cuando te den la factura o "
        "boleta, mándamela."
    ),
    "foreign": (
        "Esto parece ser un comprobante de otro país, y yo leo los del Perú. Consúltalo con tu contador."
    ),
    "photo": (
        "No veo ningún comprobante en esta foto. Envíame tu boleta o factura, la página completa y con "
        "buena luz."
    ),
    "other": (
        "Esto parece ser un documento que no es boleta ni factura. Si lo es, envíame una foto más de cerca "
        "o su PDF."
    ),
}

_CONTINUATION = (
    "📄 Esto parece ser la continuación de un comprobante: tiene ítems o totales, pero no su título, su RUC "
    "ni su número. Para leerlo completo, envíame todas sus páginas juntas en un solo PDF."
)

_SOURCES: dict[Source, str] = {
    "sunat": "SUNAT",
    "qr": "el código QR",
    "text": "el texto del PDF",
    "gemini": "la lectura con IA",
    "ocr": "la lectura de la imagen",
    "net": "una segunda lectura",
}

FIELDS = {
    "kind": "el tipo de comprobante",
    "series": "la serie",
    "number": "el número",
    "issue_date": "la fecha de emisión",
    "due_date": "la fecha de vencimiento",
    "currency": "la moneda",
    "supplier.ruc": "el RUC del proveedor",
    "supplier.name": "la razón social del proveedor",
    "customer.id": "el documento del cliente",
    "customer.name": "el nombre del cliente",
    "taxable": "la op. gravada",
    "exempt": "la op. exonerada",
    "unaffected": "la op. inafecta",
    "free": "la op. gratuita",
    "discounts": "los descuentos",
    "igv": "el IGV",
    "isc": "el ISC",
    "icbper": "el ICBPER",
    "other_charges": "los otros cargos",
    "rounding": "el redondeo",
    "total": "el total",
    "detraction": "la detracción",
    "perception": "la percepción",
    "net_payable": "el neto a pagar",
    "amount_in_words": "el monto en letras",
    "items": "los ítems",
    "modifies": "el documento que modifica",
}


class CheckWords(NamedTuple):
    """A check of `functions/extractor/judging/checks.py` in Spanish: the name of what it tests, and what its
    failure says, within a sentence.
    """

    tests: str
    fails: str


CHECKS = {
    "supplier_ruc": CheckWords(
        "Dígito verificador del RUC del proveedor", "el RUC del proveedor no pasa su dígito verificador"
    ),
    "customer_ruc": CheckWords(
        "Dígito verificador del RUC del cliente", "el RUC del cliente no pasa su dígito verificador"
    ),
    "series": CheckWords("Serie y número según el tipo", "la serie o el número no tienen la forma usual"),
    "date": CheckWords("Fecha posible", "la fecha de emisión está en el futuro o es demasiado antigua"),
    "currency": CheckWords("Moneda conocida", "la moneda no es soles, dólares ni euros"),
    "due_date": CheckWords("Vencimiento posible", "la fecha de vencimiento es anterior a la de emisión"),
    "igv_rate": CheckWords("IGV según la tasa del día", "el IGV no corresponde a las tasas de esa fecha"),
    "sum": CheckWords("Base, impuestos y cargos suman el total", "la base y los impuestos no suman el total"),
    "items": CheckWords("Los ítems suman la base o el total", "los ítems no suman el total"),
    "lines": CheckWords(
        "Cantidad por precio da el importe", "en algún ítem la cantidad por el precio no da su importe"
    ),
    "words": CheckWords("Monto en letras", "el monto en letras no coincide con el total"),
    "payable": CheckWords("Neto a pagar", "el neto a pagar no cuadra con el total"),
    "levies": CheckWords(
        "Detracción o percepción según su tasa",
        "la detracción o la percepción no corresponde a ninguna tasa del total",
    ),
}
"""A check that is not here is told by its fields when it fails."""
_SUMS = {"sum", "items"}
_MONEY = ("igv", "free", "discounts", "detraction", "perception", "net_payable")
"""Amounts that a proven answer may show and not promise: the answer names them and says so."""
_HIDDEN_AT_NOTHING = (
    "exempt", "unaffected", "free", "discounts", "isc", "icbper", "other_charges", "rounding", "detraction",
    "perception", "net_payable",
)  # fmt: skip
"""Amounts that the message leaves out where they are 0.00; the line of trust leaves them out too."""
_MOST_ISSUES = 4
_LEAST = 500
"""The fewest characters in which an invoice is shown; where a message leaves each invoice fewer, each has one
line.
"""
_KEY = ("supplier.ruc", "series", "number", "total")
_BESIDE = ("supplier.name", "customer.id")
"""Fields that no promise is about: a doubt of one is told beside what was verified."""


def title(extraction: Extraction | None, filename: str | None) -> str:
    """Return the name of a reply among others: "Boleta B012-45 · S/ 118.00", or the file's name."""
    invoices = extraction.invoices if extraction else ()
    numbers = [number for one in invoices if (number := document_number(one.series, one.number))]
    if len(invoices) == 1:
        one = invoices[0]
        worth = [money(one.total, one.currency)] if one.total is not None else []
        return " · ".join([" ".join((heading(one.kind), *numbers)), *worth])
    if numbers:
        return f"{numbers[0]} y {len(invoices) - 1} más"
    return clean(filename, 60) or "Foto"


def format_invoice(invoice: Invoice, *, limit: int = WHATSAPP_LIMIT) -> str:
    """Return the result of one invoice; a value that was not read says so. Items that do not fit in `limit`
    are counted.
    """
    head, items = invoice_blocks(invoice)
    return lay_out(head, items, "", limit)


def format_extraction(extraction: Extraction, *, filename: str | None = None, limit: int = 3900) -> str:
    """Return the answer to one file, at most `limit` UTF-16 units: its invoices with their trust, or a
    sentence that says what it is.

    `limit` leaves room for the number and name that a combined message adds, and for the notice of a
    duplicate.
    """
    if extraction.error is not None:
        return _named(error_sentence(extraction.error.code), filename)
    if not extraction.invoices:
        if extraction.what == "continuation":
            return _CONTINUATION
        if extraction.verdict == "not_an_invoice":
            return f"ℹ️ {_WHAT[extraction.what or 'other']}"
        return _named(error_sentence("unreadable"), filename)
    count = len(extraction.invoices)
    note = _pages_note(extraction)
    each = (limit - size(note) - 60) // count if count > 1 else limit - size(note)
    if count > 1 and each < _LEAST:
        return cut(_list_of(extraction, limit - size(note)) + note, limit)
    blocks = []
    for index, invoice in enumerate(extraction.invoices):
        head, items = invoice_blocks(invoice)
        number = f"*Comprobante {index + 1} de {count}*\n" if count > 1 else ""
        first, said = _heard(extraction, index)
        number, trust = first + number, _trust(extraction, index) + said
        body = lay_out(number + head, items, trust, each - 2)
        blocks.append(
            body if size(body) <= each - 2 else f"{cut(number + head, each - size(trust) - 4)}\n\n{trust}"
        )
    return cut("\n\n".join(blocks) + note, limit)


def _heard(extraction: Extraction, index: int) -> tuple[str, str]:
    """Return SUNAT's line on one invoice as a pair: first what stands before all, where it warns; else
    second, what follows the line of trust.
    """
    heard = next((each for each in extraction.heard if each.invoice == index), None)
    if heard is None:
        return "", ""
    line = sunat.told(heard.key, heard.word, extraction.invoices[index].currency)
    return (f"⚠️ {line}\n\n", "") if heard.word.state in sunat.WARNED else ("", f"\n{line}")


def _list_of(extraction: Extraction, limit: int) -> str:
    """Return one line for each of more invoices than a message holds; the supplier's name has the room that
    their number leaves it.
    """
    head = f"📚 *{len(extraction.invoices)} comprobantes en este archivo*"
    marks = [_trust(extraction, index).partition(" ")[0] for index in range(len(extraction.invoices))]
    review = " Revisa los que llevan ⚠️." if "⚠️" in marks else ""
    tail = f"Los guardé todos. Envíame por separado el que quieras ver completo.{review}"
    room = (limit - size(head) - size(tail) - 4) // len(extraction.invoices) - 1
    lines = []
    for mark, one in zip(marks, extraction.invoices, strict=True):
        named = " ".join(
            part
            for part in (mark, heading(one.kind), document_number(one.series, one.number) or UNREAD)
            if part
        )
        total = money(one.total, one.currency)
        name = clean(one.supplier.name, min(60, max(12, room - size(named) - size(total) - 6))) or UNREAD
        lines.append(f"{named} · {name} · {total}")
    return "\n".join((head, *lines, "", tail))


def _named(sentence: str, filename: str | None) -> str:
    name = clean(filename, 60)
    return f"{sentence}\n📎 {name}" if name else sentence


def _pages_note(extraction: Extraction) -> str:
    if not 0 < extraction.pages_read < extraction.pages:
        return ""
    runs: list[list[int]] = []
    for page in extraction.pages_seen:
        if runs and runs[-1][-1] == page:
            runs[-1].append(page + 1)
        else:
            runs.append([page + 1])
    spans = listed([f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs])
    pages = f"las páginas {spans}" if extraction.pages_read > 1 else f"la página {spans}"
    return f"\n\n📑 Leí {pages} de {extraction.pages}. Si falta algo, envíame las otras por separado."


def _trust(extraction: Extraction, index: int) -> str:
    """Return one line: what was verified and against what, or what to look at."""
    evidence = [each for each in extraction.evidence if each.invoice == index]
    witnesses: set[Source] = {
        source
        for each in evidence
        for source in (each.source, *each.agree, *dict(each.disagree))
        if source != "sunat"
    }
    passed = {check.name for check in extraction.checks if check.invoice == index and check.ok}
    issues = _issues(extraction, index)
    if issues or witnesses in ({"qr"}, {"gemini"}):
        return f"⚠️ {_doubt(witnesses, issues, _what_holds(passed))}"
    if any(each.trust == "proven" for each in evidence):
        return f"{_promise(evidence)}{_beside(evidence)}"
    sums = " y los montos cuadran" if passed & _SUMS else ""
    if "qr" in witnesses and any(set(each.agree) - {"net"} for each in evidence):
        return f"✅ Coincide con el código QR{sums}. Dale una mirada antes de registrarlo.{_beside(evidence)}"
    if extraction.verdict == "consistent" and (holds := _what_holds(passed)):
        return f"✅ Comprobado: {holds}. Dale una mirada antes de registrarlo.{_beside(evidence)}"
    return "⚠️ Revisa: no pude comprobar los datos contra otra fuente."


def _promise(evidence: Sequence[Evidence]) -> str:
    """Name what was verified: first what SUNAT or the symbol says too, then what the sums confirm; and say
    that the rest is as it was read.
    """
    shown = [each for each in evidence if each.field not in _HIDDEN_AT_NOTHING or Decimal(each.value)]
    sure = {
        each.field: {"qr", "sunat"} & {each.source, *each.agree} for each in shown if each.trust == "proven"
    }
    asked = [FIELDS[name] for name in FIELDS if "sunat" in sure.get(name, ())]
    signed = [FIELDS[name] for name in FIELDS if sure.get(name) == {"qr"}]
    told = " ".join(
        f"{who}: {listed(names)}."
        for who, names in (("Confirmado por SUNAT", asked), ("Verificado contra el código QR", signed))
        if names
    )
    summed = [FIELDS[name] for name in FIELDS if name in sure and not sure[name]]
    if any(name.startswith("items.") for name in sure):
        summed.append("los importes de los ítems")
    fits = f" También comprobé {listed(summed)}." if summed else ""
    money = [FIELDS[each.field] for each in shown if each.trust == "read" and each.field in _MONEY]
    rest = ", ".join(dict.fromkeys(["nombres", "descripciones", *money]))
    return f"✅ {told}{fits} Lo demás ({rest}) va como se lee."


def _beside(evidence: Sequence[Evidence]) -> str:
    unsure = [FIELDS[each.field] for each in evidence if each.trust == "doubted" and each.field in _BESIDE]
    return f" Hay más de un dato posible para {listed(unsure)}." if unsure else ""


def _doubt(witnesses: set[Source], issues: list[str], holds: str) -> str:
    """Say what to look at: the issues, and that one witness alone was not enough: a symbol names no items, a
    model believes what it is told.
    """
    more = len(issues) - _MOST_ISSUES
    review = (
        f"Revisa: {'; '.join(issues[:_MOST_ISSUES])}{f'; y {more} más' if more > 0 else ''}."
        if issues
        else ""
    )
    if witnesses == {"qr"}:
        return (
            "Solo pude leer el código QR; las palabras no las pude leer esta vez. "
            f"{review or 'Compáralo con el papel antes de registrarlo.'}"
        )
    if witnesses == {"gemini"}:
        rest = f"; {f'{holds}, pero ' if holds else ''}compáralo con el papel antes de registrarlo."
        return f"Solo lo leyó la IA{f'. {review}' if review else rest}"
    return review


def _what_holds(passed: set[str]) -> str:
    """Say which of the checks that passed tell something of the values; empty where none does."""
    if "supplier_ruc" not in passed:
        return "los montos cuadran" if passed & _SUMS else ""
    return "los montos y el RUC cuadran" if passed & _SUMS else "el RUC pasa su dígito verificador"


def _issues(extraction: Extraction, index: int) -> list[str]:
    found = []
    invoice = extraction.invoices[index]
    unread = [name for name in _KEY if invoice.at(name) is None]
    if unread:
        found.append(f"no se lee {listed([FIELDS[name] for name in unread])}")
    for evidence in extraction.evidence:
        if evidence.invoice == index and evidence.disagree and evidence.source != "sunat":
            # SUNAT's word settles a disagreement.
            source, other = evidence.disagree[0]
            value, theirs = clean(evidence.value, 40), clean(other, 40)
            found.append(
                f"{_field(evidence.field)} dice {value} según {_SOURCES[evidence.source]} y {theirs} según "
                f"{_SOURCES[source]}"
            )
    unsure = [
        each.field
        for each in extraction.evidence
        if each.invoice == index and each.trust == "doubted" and not each.disagree
    ]
    unsure = [name for name in unsure if name not in _BESIDE]
    if unsure:
        found.append(f"hay más de un dato posible para {listed([_field(name) for name in unsure])}")
    found += [
        _failure(check.name, check.fields)
        for check in extraction.checks
        if check.invoice == index and check.ok is False
    ]
    return list(dict.fromkeys(found))


def _failure(name: str, fields: tuple[str, ...]) -> str:
    if name in CHECKS:
        return CHECKS[name].fails
    return f"{listed([_field(each) for each in fields])} no cuadra" if fields else "un dato no cuadra"


def _field(path: str) -> str:
    if path in FIELDS:
        return FIELDS[path]
    head, _, rest = path.partition(".")
    number = rest.partition(".")[0]
    if head == "items" and number.isdecimal():
        return f"el ítem {int(number) + 1}"
    return FIELDS.get(head, "un dato")
