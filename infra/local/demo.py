"""Plays the first conversation, step by step, and checks each answer in a way that can fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.simulator import Conversation, Message, Simulator, read
from infra.local.whatsapp.switches import Switches

SAMPLES = Path(__file__).with_name("samples")
_ANSWER_S = 90.0
_NAME = "María Quispe"


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One step: what the user sends at once, and what each answer must show (regular expressions). `quotes`
    is the file whose answer is quoted.
    """

    what: str
    wants: tuple[str, ...]
    text: str | None = None
    files: tuple[str, ...] = ()
    quotes: str | None = None


_RESULT = r"(?s)\*Proveedor\*.*RUC: \d{11}.*Total: S/ [\d,]+\.\d\d"
STEPS = (
    DemoStep("un saludo", (r"¡Hola! Te acabo de registrar automáticamente",), text="Hola"),
    DemoStep(
        "una factura en PDF", (_RESULT.replace(".*Total", r".*\*Factura\*.*Total"),), files=("factura.pdf",)
    ),
    DemoStep(
        "la foto de una boleta", (_RESULT.replace(".*Total", r".*\*Boleta\*.*Total"),), files=("boleta.jpg",)
    ),
    DemoStep("tres fotos a la vez", (_RESULT,) * 3, files=("foto1.jpg", "foto2.jpg", "foto3.jpg")),
    DemoStep(
        "una pregunta por el mes",
        (r"\*Resumen de octubre 2026\*\nTotal: \*S/\s[\d,.]+\* en 3 comprobantes",),
        text="resumen 10/2026",
    ),
    DemoStep(
        "una corrección, citando la boleta",
        (r"Corregí \*Boleta .*\n• Total: .* → S/\s1,780\.00",),
        text="total 1780.00",
        quotes="boleta.jpg",
    ),
    DemoStep(
        "un arrepentimiento",
        (r"Deshice el cambio en \*Boleta .*\n• Total: S/\s1,780\.00 → ",),
        text="deshacer",
    ),
    DemoStep("una búsqueda", (r"Comprobantes con «minimarket»\*\n• ",), text="buscar minimarket"),
    DemoStep("el pedido del mes para el contador", (r"\*Compras de octubre 2026\*",), text="excel 10/2026"),
    DemoStep("una carta de Word", (r"Solo puedo leer fotos y PDFs",), files=("carta.docx",)),
    DemoStep("un PDF dañado", (r"dañado",), files=("roto.pdf",)),
    DemoStep("un mensaje vacío", (r"vacío",), text=""),
)
"""The steps know of the samples' values that three papers are of October 2026 and one is a minimarket's; of a
result, that it has a supplier, a RUC and a total.
"""


def play(
    simulator: Simulator, say: Callable[[str], None], show: Callable[[Sequence[Message], int], None]
) -> list[str]:
    """Play the conversation as a new sender. After each step `show` gets the conversation and how much of it
    was already shown. Returns what was wrong, in Spanish.
    """
    if Switches(**simulator.get("/switches")) != Switches() or simulator.get("/faults"):
        say("Quedaban fallas encendidas de la vez anterior: se apagan para la conversación.")
        simulator.post("/switches", Switches().model_dump())
        simulator.put("/faults", [])
    sender = simulator.add_sender(name=another(simulator.get("/senders")))["id"]
    wrong: list[str] = []
    answers: dict[str, str] = {}
    conversation: list[Message] = []
    for step in STEPS:
        say(f"Se envía{'n' if len(step.files) > 1 else ''} {step.what}…")
        sent = simulator.send(
            sender,
            text=step.text,
            files=[SAMPLES / name for name in step.files],
            quoted=answers.get(step.quotes or ""),
        )
        reading = simulator.wait_answers(sender, sent, timeout=_ANSWER_S)
        wrong += check(step, sent, reading)
        shown, conversation = len(conversation), simulator.conversation(sender)
        show(conversation, shown)
        named = {
            message["wamid"]: message["filename"]
            for message in conversation
            if message["direction"] == "in" and message["filename"]
        }
        answers = {
            named[message["quoted"]]: message["wamid"]
            for message in conversation
            if message["quoted"] in named
        }
    final = read(simulator.conversation(sender))
    wrong += [] if final.in_order else ["las respuestas no llegaron en el orden de los mensajes"]
    wrong += [
        f"respuesta repetida: {question['filename'] or question['text']!r}" for question in final.repeated
    ]
    return wrong


def another(senders: Sequence[Mapping[str, str]]) -> str:
    """Returns the name of the person who talks this time, so that two demos on one folder look like two
    people.
    """
    before = sum((one["name"] or "").startswith(_NAME) for one in senders)
    return f"{_NAME} {before + 1}" if before else _NAME


def check(step: DemoStep, sent: Sequence[Message], reading: Conversation) -> list[str]:
    """Returns what is wrong with the answers to one step."""
    wrong = []
    for message, wanted in zip(sent, step.wants, strict=True):
        answers = reading.answers.get(message["wamid"], [])
        name = message["filename"] or repr(message["text"])
        if not answers:
            wrong.append(f"{step.what}: {name} quedó sin respuesta")
        elif not re.search(wanted, answers[0]):
            wrong.append(f"{step.what}: la respuesta a {name} no es la esperada: {answers[0][:120]!r}")
    return wrong
