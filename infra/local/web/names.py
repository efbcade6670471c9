"""What the functions' own words are called on the page, in Spanish. Whoever adds one of theirs adds it here; a test sees to it."""

from __future__ import annotations

from collections.abc import Iterable

SOURCES = {"qr": "QR", "text": "Texto del PDF", "gemini": "Gemini", "ocr": "OCR"}
"""Who read something, the strongest first."""

CHECKS = {
    "supplier_ruc": "Dígito verificador del RUC del proveedor",
    "customer_ruc": "Dígito verificador del RUC del cliente",
    "series": "Serie y número según el tipo",
    "date": "Fecha posible",
    "due_date": "Vencimiento posible",
    "igv_rate": "IGV según la tasa del día",
    "sum": "Base, impuestos y cargos suman el total",
    "items": "Los ítems suman la base o el total",
    "lines": "Cantidad por precio da el importe",
    "words": "Monto en letras",
    "payable": "Neto a pagar",
    "levies": "Detracción o percepción según su tasa",
}

OUTCOMES = {
    "crashed": "falla nuestra; se intenta otra vez",
    "document_busy": "el documento sigue reservado por otro intento",
    "extractor_failed": "la lectura falló; se intenta otra vez",
    "lease_lost": "la reserva del documento venció antes de terminar",
    "media_unwell": "WhatsApp no entregó el archivo",
    "no_slot": "todas las lecturas estaban ocupadas",
    "outside_unwell": "un servicio del que depende no respondió",
    "sweep_incomplete": "el barrido quedó a medias",
    "task_unreadable": "la tarea no se entiende",
}
"""Of attempts that failed; the queue brings each again."""


def engine(word: str) -> str:
    """What a reading rests on: of `qr+text`, "QR + Texto del PDF"."""
    return " + ".join(SOURCES.get(one, one) for one in word.split("+"))


def checks(words: Iterable[str]) -> str:
    """Checks in one line; their names have commas of their own."""
    return " · ".join(CHECKS.get(word, word) for word in words)
