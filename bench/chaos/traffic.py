"""Who sends what, in which order, from a seed. Every document has a number that no other one has, so that an answer names its question."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from functions.extractor.invoice import Invoice
from tests.corpus import generate

_SAMPLES = Path(__file__).parents[2] / "infra/local/samples"
_PROVEN, _ASKED = ("clasica", "ticket80", "moderna", "ticket58_b"), ("servicio", "ticket58")
_LEAST = 6
"""Digits of a document's number: fewer could stand in an answer by chance."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as planned. `number` is the document's own, when it is one that can be read."""

    text: str | None = None
    file: tuple[str, bytes] | None = None
    number: str | None = None


@dataclass(slots=True)
class Plan:
    """What one sender sends, in order."""

    messages: list[Message] = field(default_factory=list)


def plans(seed: int, senders: int, each: int) -> tuple[list[Plan], dict[str, dict[str, Any]]]:
    """A plan a sender, and Gemini's answers by the SHA-256 of the files that it is asked about."""
    rng = Random(f"chaos/{seed}")
    proven, asked = _documents(_PROVEN, seed), _documents(_ASKED, seed)
    answers: dict[str, dict[str, Any]] = {}
    made = []
    for sender in range(senders):
        plan = Plan()
        for place in range(each):
            draw = rng.random()
            files = [message for message in plan.messages if message.number]
            if draw < 0.1:
                plan.messages.append(Message(text="Hola" if place == 0 else f"¿Cómo va lo mío? ({sender}/{place})"))
            elif draw < 0.15:
                plan.messages.append(Message(file=("carta.docx", (_SAMPLES / "carta.docx").read_bytes())))
            elif draw < 0.2:
                plan.messages.append(Message(file=("roto.pdf", (_SAMPLES / "roto.pdf").read_bytes())))
            elif draw < 0.27 and files:
                plan.messages.append(rng.choice(files))  # the same bytes again
            else:
                gemini = draw > 0.85
                name, data, invoice = next(asked if gemini else proven)
                if gemini:
                    answers[hashlib.sha256(data).hexdigest()] = {"not_invoice": None, "invoices": [invoice.model_dump(mode="json")]}
                plan.messages.append(Message(file=(name, data), number=invoice.number))
        made.append(plan)
    return made, answers


def _documents(layouts: tuple[str, ...], seed: int) -> Iterator[tuple[str, bytes, Invoice]]:
    seen: set[str] = set()
    place = seed * 100_000
    while True:
        place += 1
        sample = generate(layouts[place % len(layouts)], place, "digital")
        number = sample.truth[0].number or ""
        if len(number) >= _LEAST and number not in seen and sample.qr == (layouts is _PROVEN):
            seen.add(number)
            yield f"{sample.name}.pdf", sample.data, sample.truth[0]
