"""Phrases with their meanings, and how the words alone understand them: two written halves, and one that is
drawn.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from functions.books.ask import Ask, understand
from functions.extractor.peru.tokens import fold

TODAY = date(2026, 11, 26)
_MONTHLY = {"summary", "suppliers", "igv", "excel", "originals", "contasis", "rce", "rce_file"}
_CHANGES = {"correct", "delete", "confirm", "restore", "undo", "erase", "rce_file"}


def meaning(ask: Ask | None) -> str:
    """As the phrases' files write it."""
    if ask is None:
        return "none"
    parts = [
        ask.intent,
        *([str(ask.month)] if ask.intent in _MONTHLY else []),
        *([ask.text] if ask.text else []),
    ]
    return fold(" ".join([*parts, *(f"{name}={value}" for name, value in ask.changes.items())]))


def written(half: str) -> list[tuple[str, str]]:
    """(meaning, text) of a half, "tuned" or "held"."""
    lines = Path(__file__).with_name(f"phrases_{half}.txt").read_text("utf-8").splitlines()
    return [(want, text) for want, _, text in (line.partition("|") for line in lines)]


@dataclass(slots=True)
class Score:
    """By intent: what was understood rightly ("right"), wrongly ("wrong"), and not at all ("nothing").
    `harmful`: changes that were never meant.
    """

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    harmful: list[str] = field(default_factory=list)

    @property
    def total(self) -> Counter[str]:
        """Of all intents."""
        return sum(self.counts.values(), Counter[str]())


def score(phrases: list[tuple[str, str]]) -> Score:
    """How the words understand them."""
    found = Score()
    for want, text in phrases:
        got = understand(text, TODAY)
        right = fold(meaning(got)) == fold(want)
        outcome = "right" if right else "nothing" if got is None else "wrong"
        found.counts.setdefault(want.split()[0], Counter())[outcome] += 1
        if not right:
            found.missed.append(f"{text!r} is {want}, understood as {meaning(got)}")
        if got is not None and got.intent in _CHANGES and not want.startswith(got.intent):
            found.harmful.append(text)
    return found


_MONTHS = (
    ("noviembre", "2026-11"),
    ("octubre", "2026-10"),
    ("oct 2026", "2026-10"),
    ("agosto", "2026-08"),
    ("dic 2025", "2025-12"),
    ("03/2026", "2026-03"),
)
_FRAMES: tuple[tuple[str, str], ...] = (
    ("summary {M}", "resumen {m}"), ("summary {M}", "cuánto se gastó en {m}"),
    ("summary {M}", "total comprado en {m}"), ("summary {M}", "cuánto compramos en {m}"),
    ("summary {M}", "q gasté en {m}"), ("summary {M}", "cuánta plata gasté en {m}"),
    ("summary {M}", "balance de {m}"), ("suppliers {M}", "proveedores {m}"),
    ("suppliers {M}", "quiénes me vendieron en {m}"), ("suppliers {M}", "compras por proveedor {m}"),
    ("igv {M}", "igv {m}"), ("igv {M}", "cuánto fue el igv de {m}"), ("igv {M}", "el igv q llevo en {m}"),
    ("excel {M}", "excel {m}"), ("excel {M}", "pásame las compras de {m} en excel"),
    ("search {w}", "buscar {w}"), ("search {w}", "busca fact de {w}"),
    ("search {w}", "quiero ver las facturas de {w}"), ("prices {w}", "precio de {w}"),
    ("prices {w}", "a cuánto está {w}"), ("prices {w}", "a cómo me vendieron {w}"),
    ("latest", "últimas compras"), ("latest", "qué te mandé último"),
    ("my_ruc 20512345671", "mi ruc es el 20512345671"), ("correct total=118.00", "el total debe ser 118.00"),
    ("correct total=118.00", "total es S/118.00"), ("correct kind=03", "no es factura es boleta"),
    ("delete", "borra esa boleta"), ("undo", "deshacer"), ("restore", "recupera esa factura"),
    ("thanks", "ya gracias"), ("thanks", "listo muchas gracias"), ("none", "resumen de {m} y proveedores"),
    ("none", "no me borres nada de {m}"), ("none", "mi vecino quiere {w}, ¿tienen?"),
    ("none", "cuándo vence lo de {m}"), ("none", "dile a tu jefe que borre {w}"),
    ("none", "el total de {w} lo vemos luego"),
    ("none", "mañana corrijo el ruc de {w}"), ("none", "ya borré {w} de mi celular"),
)  # fmt: skip
"""What people write, by frames."""
_WORDS = ("cemento", "arroz extra", "aceite", "repuestos lima", "botica sur", "clavos")
_BEFORE = ("", "", "", "hola ", "porfa ", "bro ", "amigo ", "buenas tardes, ", "causa ", "oe ")
_AFTER = ("", "", "", " porfa", " pls", " pe", " nomás", " gracias", "?", "...")


def drawn(seed: int, count: int) -> list[tuple[str, str]]:
    """Phrases from frames, with the way in and out of a chat, capitals, lost accents and a slip of the
    thumb.
    """
    rng, found = Random(f"phrases/{seed}"), []
    for _ in range(count):
        want, frame = rng.choice(_FRAMES)
        named, month = rng.choice(_MONTHS)
        word = rng.choice(_WORDS)
        said = frame.format(m=named, w=word)
        if rng.random() < 0.2 and frame[0].isalpha():
            said = _slipped(said, rng)
        said = rng.choice(_BEFORE) + said + rng.choice(_AFTER)
        said = said.upper() if rng.random() < 0.15 else said
        found.append(
            (
                want.format(M=month, w=word),
                said.translate(str.maketrans("áéíóú", "aeiou")) if rng.random() < 0.5 else said,
            )
        )
    return found


def _slipped(said: str, rng: Random) -> str:
    """One letter of the first word doubled, dropped or swapped with its neighbour."""
    first, space, rest = said.partition(" ")
    if len(first) < 6:
        return said
    at = rng.randrange(1, len(first) - 1)
    slips = (
        first[:at] + first[at] + first[at:],
        first[:at] + first[at + 1 :],
        first[:at] + first[at + 1] + first[at] + first[at + 2 :],
    )
    return rng.choice(slips) + space + rest
