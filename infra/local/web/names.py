"""The Spanish names that the page has for the functions' own words. A new word of theirs needs its name here;
a test sees to it.
"""

from __future__ import annotations

from collections.abc import Iterable

from functions.whatsapp import result

SOURCES = {
    "sunat": "SUNAT",
    "qr": "QR",
    "text": "Texto del PDF",
    "gemini": "Gemini",
    "ocr": "OCR",
    "net": "Segundo lector",
}
"""The names of what read something, the strongest first."""

CHECKS = {name: words.tests for name, words in result.CHECKS.items()}

OUTCOMES = {
    "crashed": "falla nuestra; se intenta otra vez",
    "document_busy": "el documento sigue reservado por otro intento",
    "extractor_failed": "la lectura falló; se intenta otra vez",
    "lease_lost": "la reserva del documento venció antes de terminar",
    "media_unwell": "WhatsApp no entregó el archivo",
    "earlier_unanswered": "antes debe responderse el mensaje anterior",
    "no_place": "todas las lecturas estaban ocupadas",
    "outside_unwell": "un servicio del que depende no respondió",
    "sweep_incomplete": "el barrido quedó a medias",
    "task_unreadable": "la tarea no se entiende",
    "selftest_failed": "la prueba de la versión no salió bien; se intenta otra vez",
    "twin_lost": "el mismo archivo, que ya estaba leído, se está leyendo otra vez",
}
"""The names of attempts that came to nothing; the queue brings each again."""

UNANSWERED = "no respondió a tiempo: se leyó sin él"
"""Said of a model that was asked and gave nothing to read."""


def engine(word: str) -> str:
    """Returns what a reading rests on: for `qr+text`, "QR + Texto del PDF"."""
    return " + ".join(SOURCES.get(one, one) for one in word.split("+"))


def checks(words: Iterable[str]) -> str:
    """Returns checks in one line, with dots between them; their names have commas of their own."""
    return " · ".join(CHECKS.get(word, word) for word in words)
