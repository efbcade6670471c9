"""The Spanish of the accountant's files: SUNAT's names for its columns, and the reasons why a paper stands in
its place.
"""

from __future__ import annotations

from typing import Literal

from functions.books.entry import Own
from functions.books.filed import Why
from functions.extractor.invoice import Invoice, Verdict

Place = Literal["purchases", "review", "no_credit", "other_month", "unregistered"]
RCE = (
    ("RUC", 13), ("Apellidos y Nombres o Razón social", 24), ("Periodo", 8), ("CAR SUNAT", 10),
    ("Fecha de emisión", 12), ("Fecha Vcto/Pago", 12), ("Tipo CP/Doc.", 6), ("Serie del CDP", 8), ("Año", 6),
    ("Nro CP o Doc. Nro Inicial (Rango)", 12), ("Nro Final (Rango)", 8), ("Tipo Doc Identidad", 6),
    ("Nro Doc Identidad", 13), ("Apellidos Nombres/ Razón Social", 36), ("BI Gravado DG", 12),
    ("IGV / IPM DG", 12), ("BI Gravado DGNG", 10), ("IGV / IPM DGNG", 10), ("BI Gravado DNG", 10),
    ("IGV / IPM DNG", 10), ("Valor Adq. NG", 12), ("ISC", 10), ("ICBPER", 10), ("Otros Trib/ Cargos", 10),
    ("Total CP", 12), ("Moneda", 8), ("Tipo de Cambio", 8), ("Fecha Emisión Doc Modificado", 12),
    ("Tipo CP Modificado", 8), ("Serie CP Modificado", 8), ("COD. DAM O DSI", 8), ("Nro CP Modificado", 10),
    ("Clasif de Bss y Sss", 8), ("ID Proyecto Operadores", 8), ("PorcPart", 8), ("IMB", 8),
    ("CAR Orig/ Ind E o I", 8), ("Detracción", 8), ("Tipo de Nota", 8),
    ("Est. Comp.", 8), ("Incal", 8),
)  # fmt: skip
"""Headings of the fields 1 to 41 as SUNAT's own download has them, and widths in characters."""
VERDICTS: dict[Verdict, str] = {
    "proven": "Comprobado", "consistent": "Leído", "needs_review": "Por revisar", "unreadable": "No se lee",
    "not_an_invoice": "No es comprobante",
}  # fmt: skip
OWN: dict[Own, str] = {"yes": "sí", "no": "no", "unread": "no se lee", "unknown": "falta tu RUC"}
_REASONS = {
    "repeated": "repetido: ya estaba registrado",
    "other_month": "llegó este mes y es de otro",
    "no_credit": "por su tipo no da crédito fiscal",
    "note_of_boleta": "nota de una boleta: no da crédito fiscal (SUNAT no la acepta, 432)",
    "refused": "SUNAT lo tiene por anulado o no autorizado",
    "no_kind": "no se lee qué tipo de comprobante es",
    "unproven": "por revisar: algún dato no es seguro",
    "not_own": "a nombre de otro: no está sumado",
    "unread_buyer": "no se lee el RUC del cliente",
    "no_total": "no se lee el total",
    "no_currency": "no se lee la moneda",
    "no_date": "no se lee la fecha de emisión",
    "no_series": "no se lee la serie",
    "no_rate": "falta el tipo de cambio del día: no está sumado",
    "other_currency": "otra moneda que dólares: no está sumado",
    "no_sum": "lo leído no suma el total",
    "no_issuer": "no se lee el RUC del proveedor",
}
_ERRORS = {
    403: "falta el número del comprobante, o no es un número mayor que cero",
    410: "el CAR va vacío",
    414: "falta la fecha de vencimiento o de pago, que este tipo exige",
    417: "vence después del mes siguiente",
    418: "este tipo no va en el registro de compras",
    421: "un consolidado no lleva base ni IGV",
    422: "falta el documento del proveedor",
    423: "el RUC del proveedor no existe: su último dígito no corresponde",
    425: "los importes tienen el signo contrario a su tipo",
    427: "falta el tipo de cambio",
    428: "faltan datos del comprobante que modifica (fecha, tipo, serie o número)",
    429: "lleva un comprobante modificado y no es una nota",
    431: "el comprobante que modifica es posterior al mes",
    432: "modifica un tipo de comprobante que SUNAT no acepta",
    499: "en soles no va tipo de cambio",
}
"""The words of the validator's errors, by their numbers."""
_UNFILED: dict[Why, str] = {
    "yape": "captura de Yape", "plin": "captura de Plin", "bank_transfer": "constancia de transferencia",
    "card_slip": "voucher de tarjeta", "delivery_guide": "guía de remisión", "quote": "cotización o proforma",
    "foreign": "comprobante de otro país", "continuation": "página suelta de un comprobante",
    "photo": "foto sin comprobante", "other": "no es boleta ni factura", "empty": "archivo vacío",
    "not_supported": "tipo de archivo que no leo", "xml": "XML: falta el PDF o la foto",
    "corrupt": "archivo dañado", "encrypted": "PDF con contraseña", "too_large": "archivo demasiado grande",
    "too_complex": "archivo demasiado complejo", "dark": "foto demasiado oscura",
    "unreadable": "no se pudo leer", "internal": "falla nuestra al leerlo",
    "taken_out": "sacado de los registros por su dueño", "reading": "todavía se está leyendo",
    "failed": "falla nuestra al leerlo",
    "nothing": "no se encontró ningún comprobante",
}  # fmt: skip
PLACES: dict[Place, str] = {
    "purchases": "Compras", "review": "Por revisar", "no_credit": "Sin crédito", "other_month": "Otros meses",
    "unregistered": "No registrados",
}  # fmt: skip
"""The names of the month's sheets."""
ADDED = {
    True: "se puede agregar como complemento de la propuesta",
    False: "no se puede complementar: pregunta al proveedor si lo informó a SUNAT y con tu RUC",
}
"""What to do about a paper that SUNAT's proposal lacks, by whether it may be added."""
DIFFERENCES = {"total": "importe", "day": "fecha", "unread": "aquí no se lee el total o la fecha"}


def reason(why: str | int) -> str:
    """Returns the words of a reason; an error of SUNAT's validator is told with its number."""
    return f"{_ERRORS[why]} (SUNAT {why})" if isinstance(why, int) else _REASONS[why]


def unfiled(why: Why) -> str:
    """Returns the words for why a file has no paper."""
    return _UNFILED[why]


def named(invoice: Invoice) -> str:
    """Returns a paper's series and number, with `¿?` for what is missing."""
    return f"{invoice.series or '¿?'}-{invoice.number or '¿?'}"
