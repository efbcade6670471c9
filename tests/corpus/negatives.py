"""What people send that is no comprobante de pago: wallet and bank captures, card slips, guías, quotes, menus, selfies, foreign receipts."""

from collections.abc import Callable
from io import BytesIO
from random import Random

import numpy as np
from PIL import ImageFilter

from functions.extractor.invoice import NotInvoice
from tests.corpus import camera, people
from tests.corpus.paper import BLACK, GREY, MM, WHITE, Colour, Paper

PURPLE: Colour = (0.46, 0.13, 0.55)
TEAL: Colour = (0.0, 0.78, 0.75)


def _screen(paper: Paper, rng: Random) -> bytes:
    """A screenshot as WhatsApp sends it."""
    image = camera.raster(paper.save(), rng.choice([140, 160]))
    out = BytesIO()
    image.save(out, "JPEG", quality=rng.randrange(65, 85))
    return out.getvalue()


def _status_bar(paper: Paper, rng: Random, colour: Colour = BLACK) -> None:
    paper.text(20, 20, f"{rng.randrange(7, 22)}:{rng.randrange(60):02d}", "Helvetica-Bold", 10, colour=colour)
    paper.text(340, 20, f"4G  {rng.randrange(11, 99)}%", "Helvetica", 9, "r", colour)


def yape(rng: Random) -> bytes:
    """¡Yapeaste!"""
    paper = Paper(360, 720)
    paper.box(0, 0, 360, 720, PURPLE, None)
    _status_bar(paper, rng, WHITE)
    paper.text(180, 110, "yape", "Helvetica-Bold", 34, "c", WHITE)
    paper.box(24, 150, 312, 420, WHITE, None, radius=14)
    paper.text(44, 190, "¡Yapeaste!", "Helvetica-Bold", 20, colour=PURPLE)
    paper.text(44, 238, f"S/ {rng.randrange(5, 480)}" + rng.choice(["", ".50"]), "Helvetica-Bold", 34)
    paper.text(44, 272, people.full_name(rng).title()[:24], "Helvetica", 15)
    paper.text(
        44, 296, f"{rng.randrange(1, 29):02d} nov. 2026 | {rng.randrange(1, 12):02d}:{rng.randrange(60):02d} p. m.", size=11, colour=GREY
    )
    paper.text(44, 334, "CÓDIGO DE SEGURIDAD", "Helvetica-Bold", 9, colour=GREY)
    for index in range(3):
        paper.box(220 + index * 32, 318, 26, 26, (0.93, 0.9, 0.95), None, radius=4)
        paper.text(233 + index * 32, 336, str(rng.randrange(10)), "Helvetica-Bold", 14, "c")
    paper.line(44, 360, 316, 360, colour=GREY, dash=True)
    paper.text(44, 386, "DATOS DE LA TRANSACCIÓN", "Helvetica-Bold", 9, colour=GREY)
    rows = [
        ("Nro. de celular", f"*** *** {rng.randrange(100, 999)}"),
        ("Destino", rng.choice(["Yape", "Plin", "Interbank"])),
        ("Nro. de operación", f"{rng.randrange(10**7, 10**8)}"),
    ]
    for index, (label, value) in enumerate(rows):
        paper.text(44, 414 + index * 26, label, size=12)
        paper.text(316, 414 + index * 26, value, "Helvetica-Bold", 12, "r")
    paper.text(180, 620, "MÁS EN YAPE", "Helvetica-Bold", 11, "c", WHITE)
    return _screen(paper, rng)


NEGATIVES: dict[str, tuple[NotInvoice, Callable[[Random], bytes]]] = {"yape": ("yape", yape)}
_ = (MM, TEAL, np, ImageFilter)
