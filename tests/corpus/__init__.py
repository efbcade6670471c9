"""Fictitious Peruvian documents with their truth, from a seed: `generate(layout, seed, form)`."""

from dataclasses import dataclass
from random import Random

from functions.extractor.invoice import Invoice, NotInvoice
from tests.corpus import camera
from tests.corpus.layouts import LAYOUTS

FORMS = ("digital", "scan", "photo1600", "photo1280")
PHOTOS = {"photo1600": 1600, "photo1280": 1280}


@dataclass(frozen=True)
class Sample:
    """One file to read and what it says. `what` is set on what is no invoice; `qr`: a SUNAT QR is printed on it."""

    name: str
    data: bytes
    mime: str
    truth: tuple[Invoice, ...]
    what: NotInvoice | None
    layout: str
    half: str
    form: str
    qr: bool


def generate(layout: str, seed: int, form: str) -> Sample:
    """The same arguments give the same bytes. The paper depends on layout and seed, so that forms compare; a photo shows one page, whole."""
    system = LAYOUTS[layout]
    for attempt in range(100):
        drawn = system.draw(system.fill(Random(f"{layout}/{seed}/{attempt}")))
        if drawn.paper.page_count == 1 or form not in PHOTOS:
            break
    pdf = drawn.paper.save()
    data, mime = shoot(pdf, form, Random(f"{layout}/{seed}/{form}"))
    return Sample(f"{layout}-{seed}-{form}", data, mime, (drawn.case.invoice,), None, layout, system.half, form, drawn.qr)


def shoot(pdf: bytes, form: str, rng: Random) -> tuple[bytes, str]:
    """The page in one of the four forms, and its media type."""
    if form == "digital":
        return pdf, "application/pdf"
    if form == "scan":
        return camera.scan(pdf, rng)
    return camera.photo(pdf, PHOTOS[form], rng), "image/jpeg"
