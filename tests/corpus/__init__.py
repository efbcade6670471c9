"""Fictitious Peruvian documents with their truth, from a seed: `generate(layout, seed, form)`.

Layouts stand in two halves of the same difficulty: `layouts/seen` may be looked at while readers are tuned,
`layouts/held` never; they are reported apart. What is printed is the truth, traps included: total is the
comprobante's own, before percepción, detracción or retention.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from random import Random

import pypdfium2
from PIL import Image

from functions.extractor.invoice import Invoice, NotInvoice
from tests.corpus import camera
from tests.corpus.layouts import HALVES, LAYOUTS
from tests.corpus.layouts.parts import Drawn
from tests.corpus.negatives import NEGATIVES, screenshot, selfie

__all__ = ["BLURRED", "FORMS", "HALVES", "LAYOUTS", "NEGATIVES", "SEVERAL", "Sample", "generate"]

FORMS = ("digital", "scan", "photo1600", "photo1280")
PHOTOS = {"photo1600": 1600, "photo1280": 1280}
SEVERAL: dict[str, tuple[str, list[str]]] = {
    "varias": ("seen", ["ticket80", "ticket58", "clasica", "banda", "portal"]),
    "varias_b": ("held", ["ticket80_b", "ticket58_b", "moderna", "doscolumnas", "portal_b"]),
}
"""Files that hold several invoices: their half, and the layouts that they mix (tickets alone in photos)."""

BLURRED: dict[str, tuple[str, list[str]]] = {
    "borrosa": ("seen", ["clasica", "banda", "nota", "honorarios"]),
    "borrosa_b": ("held", ["moderna", "doscolumnas", "nota_b", "portal_b"]),
}
"""Photos out of focus: their half, and the layouts that they show."""


@dataclass(frozen=True)
class Sample:
    """One file to read and what it says. `what` is set on what is no invoice; `qr`: a SUNAT QR is printed on
    it.

    `blurred`: a person sees an invoice and cannot read it; the right answer is to say so.
    """

    name: str
    data: bytes
    mime: str
    truth: tuple[Invoice, ...]
    what: NotInvoice | None
    layout: str
    half: str
    form: str
    qr: bool
    blurred: bool = False


def generate(layout: str, seed: int, form: str) -> Sample:
    """The same arguments give the same bytes.

    The paper depends on layout and seed, so that forms compare; a photo shows one page, whole. `layout` is
    one of `LAYOUTS`, `NEGATIVES`, `SEVERAL` or `BLURRED` (photos alone).
    """
    rng = Random(f"{layout}/{seed}/{form}")
    if layout in NEGATIVES:
        return _negative(layout, seed, form, rng)
    if layout in BLURRED:
        return _blurred(layout, seed, form, rng)
    if layout in SEVERAL:
        return _several(layout, seed, form, rng)
    drawn = _drawn(layout, f"{layout}/{seed}", one_page=form in PHOTOS)
    data, mime = shoot(drawn.paper.save(), form, rng, ticket=drawn.paper.height is None)
    name = f"{layout}-{seed}-{form}"
    return Sample(name, data, mime, (drawn.case.invoice,), None, layout, LAYOUTS[layout].half, form, drawn.qr)


def _drawn(layout: str, seed: str, *, one_page: bool) -> Drawn:
    system = LAYOUTS[layout]
    for attempt in range(100):
        drawn = system.draw(system.fill(Random(f"{seed}/{attempt}")))
        if drawn.paper.page_count == 1 or not one_page:
            return drawn
    raise LookupError(f"{layout} never fits one page")


def _negative(layout: str, seed: int, form: str, rng: Random) -> Sample:
    negative = NEGATIVES[layout]
    content = Random(f"{layout}/{seed}")
    if negative.way == "picture":
        data, mime = selfie(content), "image/jpeg"
    elif negative.way == "screen":
        data, mime = screenshot(negative.draw(content), rng), "image/jpeg"
    else:
        paper = negative.draw(content)
        data, mime = shoot(paper.save(), form, rng, ticket=paper.height is None)
    return Sample(
        f"{layout}-{seed}-{form}", data, mime, (), negative.what, layout, negative.half, form, qr=False
    )


def _blurred(layout: str, seed: int, form: str, rng: Random) -> Sample:
    half, systems = BLURRED[layout]
    content = Random(f"{layout}/{seed}")
    drawn = _drawn(content.choice(systems), f"{layout}/{seed}", one_page=True)
    paper = camera.raster(drawn.paper.save(), 200)
    data = camera.jpeg(camera.photograph(paper, PHOTOS[form], rng, blur=content.uniform(4.5, 7)), rng)
    return Sample(
        f"{layout}-{seed}-{form}",
        data,
        "image/jpeg",
        (drawn.case.invoice,),
        None,
        layout,
        half,
        form,
        qr=False,
        blurred=True,
    )


def _several(layout: str, seed: int, form: str, rng: Random) -> Sample:
    """Two or three invoices in one file: pages of a PDF or a scan, papers side by side in a photo."""
    half, systems = SEVERAL[layout]
    content = Random(f"{layout}/{seed}")
    chosen = systems[:2] if form in PHOTOS else content.sample(systems, content.choice([2, 3]))
    drawn = [_drawn(system, f"{layout}/{seed}/{index}", one_page=True) for index, system in enumerate(chosen)]
    sheets = [each.paper.save() for each in drawn]
    if form in PHOTOS:
        data, mime = camera.photo_of(side_by_side(sheets), PHOTOS[form], rng), "image/jpeg"
    else:
        data, mime = shoot(joined(sheets), form, rng)
    truth = tuple(each.case.invoice for each in drawn)
    return Sample(
        f"{layout}-{seed}-{form}", data, mime, truth, None, layout, half, form, all(each.qr for each in drawn)
    )


def joined(sheets: Sequence[bytes]) -> bytes:
    """One PDF of several."""
    whole = pypdfium2.PdfDocument.new()
    for sheet in sheets:
        part = pypdfium2.PdfDocument(sheet)
        whole.import_pages(part)
        part.close()
    out = BytesIO()
    whole.save(out)
    whole.close()
    return out.getvalue()


def side_by_side(sheets: Sequence[bytes]) -> Image.Image:
    """Papers lying beside each other, seen from above."""
    papers = [camera.raster(sheet, 200) for sheet in sheets]
    gap = 60
    tall = max(paper.height for paper in papers)
    table = Image.new("RGB", (sum(paper.width + gap for paper in papers) - gap, tall), (96, 88, 80))
    x = 0
    for paper in papers:
        table.paste(paper, (x, 0))
        x += paper.width + gap
    return table


def shoot(pdf: bytes, form: str, rng: Random, *, ticket: bool = False) -> tuple[bytes, str]:
    """The paper in one of the four forms, and its media type."""
    if form == "digital":
        return pdf, "application/pdf"
    if form == "scan":
        return camera.scan(pdf, rng, ticket=ticket)
    return camera.photo(pdf, PHOTOS[form], rng, ticket=ticket), "image/jpeg"
