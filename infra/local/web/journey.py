"""Lays out a message's journey as steps, from what the simulated WhatsApp saw and what both functions logged.
No I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.local.web import names
from infra.local.web.logs import LogLine

_WEBHOOK = {
    "verify_ms": "Firma comprobada",
    "parse_ms": "Aviso entendido",
    "admit_ms": "Bandeja: remitente, turno y repetidos",
    "media_ms": "Original guardado",
    "enqueue_ms": "Tarea puesta en la cola",
}
_WORKER = {
    "open_ms": "Registro abierto en Postgres",
    "claim_ms": "Documento reservado",
    "media_ms": "Original a la mano",
    "extract_ms": "Lectura",
    "finish_ms": "Resultado escrito en Postgres",
    "release_ms": "Respuesta en su turno",
}
_EXTRACT = {
    "opening_ms": "Archivo abierto en un proceso aparte",
    "gemini_ms": "Gemini",
    "ocr_ms": "OCR propio",
    "checks_ms": "Comprobaciones",
}
_STATUSES = {
    "sent": "WhatsApp la aceptó",
    "delivered": "Entregada al teléfono",
    "read": "Leída",
    "failed": "No se entregó",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a journey. `at` is its beginning in epoch seconds; `ms` is None for a moment; `depth` 1 is
    inside the last step of depth 0.
    """

    what: str
    at: float
    ms: int | None = None
    depth: int = 0
    note: str = ""
    trouble: bool = False


def steps(
    message: Mapping[str, Any],
    webhook: Sequence[LogLine],
    worker: Sequence[LogLine],
    replies: Iterable[Mapping[str, Any]],
) -> list[Step]:
    """Returns the steps from the phone to the read answer.

    `message` and `replies` are what the simulated WhatsApp says (see `whatsapp/control.py`), `webhook` the
    lines of the deliveries that brought this message, `worker` those of its tasks.
    """
    found = [Step("Sale del teléfono", message["at"])]
    arrived = message["at"]
    delivery = message.get("webhook") or {}
    if delivery.get("posted"):
        found += _webhook(delivery, webhook)
        arrived = delivery["acked"] or delivery["posted"]
    for line in worker:
        found += _worker(line, arrived)
        arrived = line.at
    for reply in replies:
        found.append(Step("Respuesta enviada", reply["at"]))
        found += [
            Step(
                _STATUSES.get(word := str(status["status"]), word),
                status["at"],
                depth=1,
                trouble=word == "failed",
            )
            for status in reply["statuses"]
        ]
    return found


def _webhook(delivery: Mapping[str, Any], lines: Sequence[LogLine]) -> Iterator[Step]:
    acked, attempts = delivery["acked"], delivery["attempts"]
    note = f"{attempts} entregas" if attempts > 1 else ""
    yield Step(
        "Webhook",
        delivery["posted"],
        _ms(delivery["posted"], acked) if acked else None,
        note=note,
        trouble=acked is None,
    )
    for line in lines:
        whole = sum(line.fields.get(name, 0) for name in _WEBHOOK)
        yield from _laid_out(_WEBHOOK, line, line.at - whole / 1000)


def _worker(line: LogLine, arrived: float) -> Iterator[Step]:
    fields = line.fields
    began = line.at - fields.get("total_ms", 0) / 1000
    yield Step("Cola", min(arrived, began), max(0, _ms(arrived, began)))
    failed = fields.get("status", 200) != 200
    outcome = str(fields.get("outcome", ""))
    yield Step(
        "Trabajador",
        began,
        fields.get("total_ms"),
        note=names.OUTCOMES.get(outcome, outcome if failed else ""),
        trouble=failed,
    )
    for step in _laid_out(_WORKER, line, began):
        yield step
        if step.what == _WORKER["extract_ms"]:
            yield from _laid_out(_EXTRACT, line, step.at, depth=2)


def _laid_out(names: Mapping[str, str], line: LogLine, at: float, depth: int = 1) -> Iterator[Step]:
    """Yields the steps that a line tells, one after another from `at`."""
    for name, what in names.items():
        if name in line.fields:
            unanswered = name == "gemini_ms" and not line.fields.get("model")
            yield Step(what, at, line.fields[name], depth, _note(name, line.fields), trouble=unanswered)
            at += line.fields[name] / 1000


def _note(name: str, fields: Mapping[str, Any]) -> str:
    match name:
        case "media_ms" if fields.get("media_deferred"):
            return "queda para el trabajador"
        case "extract_ms":
            return names.engine(fields.get("engine") or "")
        case "checks_ms" if fields.get("failed_checks"):
            return f"no pasa: {names.checks(fields['failed_checks'])}"
        case "opening_ms":
            return ", ".join(
                f"{what} {fields[key]} ms"
                for key, what in (("qr_ms", "QR"), ("text_ms", "texto"))
                if fields.get(key)
            )
        case "gemini_ms":
            return str(fields.get("model") or names.UNANSWERED)
        case _:
            return ""


def _ms(since: float, until: float) -> int:
    return round((until - since) * 1000)
