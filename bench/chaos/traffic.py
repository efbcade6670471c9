"""Who sends what, in which order, from a seed. Every document has a number that no other one has, so that an
answer names its question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from functions.books.wording import RCE
from functions.extractor.invoice import Invoice
from functions.whatsapp.helpers import error_sentence
from tests.corpus import generate

_SAMPLES = Path(__file__).parents[2] / "infra/local/samples"
_PROVEN, _ASKED = ("clasica", "ticket80", "moderna", "ticket58_b"), ("servicio", "ticket58")
_FORMS = ("digital", "scan", "photo1280")
_LEAST = 6
"""Digits of a document's number: fewer could stand in an answer by chance."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as planned. A file is the comprobante `invoice`, or something of which the answer says
    `sentence`.

    `about`: an earlier message of the sender's, which this one quotes. `taps`: it taps the last choice that
    was offered, and is its text where none was.
    """

    text: str | None = None
    file: tuple[str, bytes] | None = None
    invoice: Invoice | None = None
    sentence: str = ""
    about: Message | None = None
    taps: bool = False

    @property
    def number(self) -> str | None:
        """The document's own number."""
        return self.invoice.number if self.invoice else None


CARD = Message(
    file=("carta.docx", (_SAMPLES / "carta.docx").read_bytes()), sentence=error_sentence("not_supported")
)
BROKEN = Message(file=("roto.pdf", (_SAMPLES / "roto.pdf").read_bytes()), sentence=error_sentence("corrupt"))


@dataclass(slots=True)
class Plan:
    """What one sender sends, in order: `messages` that are mostly proven by their text, then `hard` ones that
    need every reader.
    """

    messages: list[Message] = field(default_factory=list)
    hard: list[Message] = field(default_factory=list)


def plans(
    seed: int, senders: int, each: int, hard: int = 0
) -> tuple[list[Plan], dict[str, dict[str, Any]], Iterator[Message]]:
    """A plan a sender, Gemini's answers by the SHA-256 of the files that it is asked about, and proven papers
    that nobody sent yet.
    """
    rng = Random(f"chaos/{seed}")
    papers = _Papers(seed)
    made = []
    for sender in range(senders):
        plan = Plan()
        for place in range(each):
            draw = rng.random()
            files = [message for message in plan.messages if message.number]
            if place == 0 and draw < 0.1:
                plan.messages.append(Message(text="Hola"))
            elif draw < 0.2 and files:
                plan.messages.append(_written(sender, place, rng.choice(files)))
            elif draw < 0.23:
                plan.messages.append(CARD)
            elif draw < 0.26:
                plan.messages.append(BROKEN)
            elif draw < 0.32 and files:
                plan.messages.append(rng.choice(files))  # the same bytes again
            else:
                plan.messages.append(papers.asked() if draw > 0.85 else papers.proven())
        plan.hard = [papers.hard(rng.random()) for _ in range(hard)]
        made.append(plan)
    return made, papers.answers, iter(papers.proven, None)


def _written(sender: int, place: int, paper: Message) -> Message:
    """A text of each kind in turn: about the books, their last paper or `paper`."""
    texts = (
        Message(text=f"Mi negocio es Bodega {sender}/{place}"),
        Message(text=f"total {place}.00"),
        Message(text="excel"),
        Message(text=f"total {place}.50", about=paper),
        Message(text="sí, borrar", about=paper),
        Message(text="resumen"),
        Message(text="borrar", taps=True),
        Message(text="deshacer"),
        Message(text=f"mi ruc {_buyer(paper)}"),
        Message(text=f"contasis {_month(paper)}"),
        Message(text=f"rce {_month(paper)} confirmo"),
        Message(text="originales"),
        Message(text="mis datos"),
        Message(file=(f"propuesta-{sender}-{place}.txt", _proposed(paper)), sentence="Propuesta de SUNAT"),
    )
    return texts[(sender + place) % len(texts)]


def _buyer(paper: Message) -> str:
    """The RUC to which a paper is made out, so that its month has something to register."""
    return (paper.invoice and paper.invoice.customer.id) or ""


def _month(paper: Message) -> str:
    day = paper.invoice.issue_date if paper.invoice else None
    return f"{day:%m/%Y}" if day else ""


def _proposed(paper: Message) -> bytes:
    """SUNAT's proposal of a paper's month, with that paper at another amount: there is always a list to
    send.
    """
    one = paper.invoice
    assert one is not None
    row = dict.fromkeys((title for title, _ in RCE), "") | {
        "Periodo": f"{one.issue_date:%Y%m}",
        "Fecha de emisión": f"{one.issue_date:%d/%m/%Y}",
        "Tipo CP/Doc.": one.kind or "",
        "Serie del CDP": one.series or "",
        "Nro CP o Doc. Nro Inicial (Rango)": one.number or "",
        "Nro Doc Identidad": one.supplier.ruc or "",
        "Total CP": "0.01",
        "Moneda": "PEN",
        "CAR SUNAT": "0",
    }
    return "\n".join("|".join(line) for line in (row, row.values())).encode()


class _Papers:
    """Documents that nobody sent yet; `answers` are what the model says of those that it may be asked
    about.
    """

    def __init__(self, seed: int) -> None:
        self.answers: dict[str, dict[str, Any]] = {}
        self._numbers: set[str] = set()
        self._proven, self._asked = (
            self._drawn(_PROVEN, seed, "digital"),
            self._drawn(_ASKED, seed, "digital"),
        )
        self._scans, self._photos = (
            self._drawn(_PROVEN, seed, "scan"),
            self._drawn(_PROVEN, seed, "photo1280"),
        )
        self._yapes = (
            generate("yape", place, "digital") for place in range(seed * 100_000, (seed + 1) * 100_000)
        )

    def proven(self) -> Message:
        """A digital document that needs no model."""
        return next(self._proven)

    def asked(self) -> Message:
        """A digital document that the model is asked about."""
        return self._known(next(self._asked))

    def hard(self, draw: float) -> Message:
        """A document that some reader must look at; `draw` is from 0 to 1."""
        if draw < 0.35:
            return self.proven()
        if draw < 0.5:
            return self.asked()
        if draw < 0.9:
            return self._known(next(self._photos if draw > 0.82 else self._scans))
        if draw < 0.95:
            return BROKEN
        yape = next(self._yapes)
        return self._known(
            Message(file=(f"{yape.name}.jpg", yape.data), sentence="una captura de Yape"), what=yape.what
        )

    def _known(self, message: Message, what: str | None = None) -> Message:
        assert message.file is not None
        invoices = [message.invoice.model_dump(mode="json")] if message.invoice else []
        self.answers[hashlib.sha256(message.file[1]).hexdigest()] = {
            "not_invoice": what,
            "invoices": invoices,
        }
        return message

    def _drawn(self, layouts: tuple[str, ...], seed: int, form: str) -> Iterator[Message]:
        place = seed * 100_000 + _FORMS.index(form) * 30_000  # the same place is the same paper in every form
        while True:
            place += 1
            layout = layouts[place % len(layouts)]
            plain = generate(layout, place, "digital")
            invoice = plain.truth[0]
            number = invoice.number or ""
            if len(number) >= _LEAST and number not in self._numbers and plain.qr == (layouts is _PROVEN):
                self._numbers.add(number)
                sample = plain if form == "digital" else generate(layout, place, form)
                ending = "jpg" if sample.mime == "image/jpeg" else "pdf"
                yield Message(file=(f"{sample.name}.{ending}", sample.data), invoice=invoice)
