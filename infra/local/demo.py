"""The first conversation, step by step, with a check of each answer that could fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.simulator import Message, Reading, Simulator, read
from infra.local.whatsapp.switches import Switches

SAMPLES = Path(__file__).with_name("samples")
_ANSWER_S = 90.0


@dataclass(frozen=True, slots=True)
class Step:
    """What the user sends at once, and what each answer must show (regular expressions)."""

    what: str
    wants: tuple[str, ...]
    text: str | None = None
    files: tuple[str, ...] = ()


_RESULT = r"(?s)\*Proveedor\*.*RUC: \d{11}.*Total: S/ [\d,]+\.\d\d"
STEPS = (
    Step("un saludo", (r"¡Hola! Te acabo de registrar automáticamente",), text="Hola"),
    Step("una factura en PDF", (_RESULT.replace(".*Total", r".*\*Factura\*.*Total"),), files=("factura.pdf",)),
    Step("la foto de una boleta", (_RESULT.replace(".*Total", r".*\*Boleta\*.*Total"),), files=("boleta.jpg",)),
    Step("tres fotos a la vez", (_RESULT,) * 3, files=("foto1.jpg", "foto2.jpg", "foto3.jpg")),
    Step("una carta de Word", (r"Solo puedo leer fotos y PDFs",), files=("carta.docx",)),
    Step("un PDF dañado", (r"dañado",), files=("roto.pdf",)),
    Step("un mensaje vacío", (r"vacío",), text=""),
)
"""Nothing here knows the samples' values: only that a result has a supplier, a RUC and a total."""


def play(simulator: Simulator, say: Callable[[str], None], show: Callable[[Sequence[Message]], None]) -> list[str]:
    """Play the conversation as a new sender; `show` gets the messages of each step. Returns what was wrong, in Spanish."""
    if Switches(**simulator.get("/switches")) != Switches() or simulator.get("/faults"):
        say("Quedaban fallas encendidas de la vez anterior: se apagan para la conversación.")
        simulator.post("/switches", Switches().model_dump())
        simulator.put("/faults", [])
    sender = simulator.add_sender(name="María Quispe")["id"]
    wrong: list[str] = []
    shown = 0
    for step in STEPS:
        say(f"Se envía{'n' if len(step.files) > 1 else ''} {step.what}…")
        sent = simulator.send(sender, text=step.text, files=[SAMPLES / name for name in step.files])
        reading = simulator.wait_answers(sender, sent, timeout=_ANSWER_S)
        wrong += check(step, sent, reading)
        conversation = simulator.conversation(sender)
        show(conversation[shown:])
        shown = len(conversation)
    final = read(simulator.conversation(sender))
    wrong += [] if final.in_order else ["las respuestas no llegaron en el orden de los mensajes"]
    wrong += [f"respuesta repetida: {question['filename'] or question['text']!r}" for question in final.repeated]
    return wrong


def check(step: Step, sent: Sequence[Message], reading: Reading) -> list[str]:
    """What is wrong with the answers to one step."""
    wrong = []
    for message, wanted in zip(sent, step.wants, strict=True):
        answers = reading.answers.get(message["wamid"], [])
        name = message["filename"] or repr(message["text"])
        if not answers:
            wrong.append(f"{step.what}: {name} quedó sin respuesta")
        elif not re.search(wanted, answers[0]):
            wrong.append(f"{step.what}: la respuesta a {name} no es la esperada: {answers[0][:120]!r}")
    return wrong
