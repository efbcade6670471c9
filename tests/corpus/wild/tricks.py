"""Files that try to be believed: layers that nobody sees, symbols that say something else, letters torn
apart. None may be proven wrongly.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.corpus import camera
from tests.corpus.paper import WHITE, qr_image
from tests.corpus.wild.a4 import _plain
from tests.corpus.wild.pen import Pen, Wild, ruc, symbol, wild

_DOUBT = ("consistent", "needs_review")


def _forged(name: str, **other: str) -> Wild:
    pen, one = _plain(name)
    pen.paper.qr(40, 300, 75, symbol(one.truth[0], **other))
    return Wild(name, pen.save(), one.truth, ("needs_review",), forged=True)


@wild
def qr_otro_total() -> Wild:
    """The symbol says a hundred times as much."""
    return _forged("qr_otro_total", total="118000.00", igv="18000.00")


@wild
def qr_otro_emisor() -> Wild:
    """The symbol belongs to another issuer."""
    return _forged("qr_otro_emisor", ruc=ruc("nobody"))


@wild
def qr_otra_fecha() -> Wild:
    """The symbol is another day's."""
    return _forged("qr_otra_fecha", day="2026-10-17")


@wild
def qr_otro_numero() -> Wild:
    """The symbol has the neighbour's number."""
    return _forged("qr_otro_numero", number="00000881")


@wild
def letras_separadas() -> Wild:
    """Every letter is drawn alone with air beside it, words hardly further apart: a text layer of some
    designers' programs.
    """
    pen, one = _plain("letras_separadas")
    pen.paper.qr(40, 300, 75, symbol(one.truth[0]))
    return Wild(one.name, _respaced(pen), one.truth, ("proven", "consistent"))


def _respaced(pen: Pen) -> bytes:
    """The same paper with its letters spaced by a fifth of their size."""
    original = Canvas.drawString, Canvas.drawRightString, Canvas.drawCentredString

    def spaced(align: float) -> Callable[..., None]:
        def draw(canvas: Any, x: float, y: float, text: str) -> None:
            size = canvas._fontsize
            width = canvas.stringWidth(text, canvas._fontname, size) + 0.22 * size * (len(text) - 1)
            at = x - align * width
            for letter in text:
                original[0](canvas, at, y, letter)
                at += canvas.stringWidth(letter, canvas._fontname, size) + 0.22 * size

        return draw

    Canvas.drawString, Canvas.drawRightString, Canvas.drawCentredString = spaced(0), spaced(1), spaced(0.5)
    try:
        return pen.save()
    finally:
        Canvas.drawString, Canvas.drawRightString, Canvas.drawCentredString = original


def _scan_of(one_pdf: bytes) -> "tuple[Canvas, BytesIO, ImageReader]":
    image = camera.raster(one_pdf, 150)
    out = BytesIO()
    return Canvas(out, pagesize=(595, 842), invariant=1), out, ImageReader(image)


_FALSE = [
    (40, 50, "MUEBLES DE OFICINA CORDILLERA S.A.C."), (420, 66, "FACTURA ELECTRONICA"),
    (430, 80, "F001-00000880"), (40, 100, "Senor(es): NOTARIA ORDONEZ"),
    (40, 125, "Fecha de emision: 17/11/2026"), (40, 137, "Moneda: SOLES"),
    (60, 180, "Cant. Descripcion V. Unit. Importe"),
    (60, 191, "2 ESTANTE METALICO 5 NIVELES 3000.00 6000.00"),
    (60, 202, "1 ARCHIVADOR DE 4 GAVETAS 4000.00 4000.00"), (400, 235, "OP. GRAVADA S/ 10,000.00"),
    (400, 248, "IGV 18% S/ 1,800.00"), (400, 261, "IMPORTE TOTAL S/ 11,800.00"),
    (40, 285, "SON: ONCE MIL OCHOCIENTOS CON 00/100 SOLES"),
]  # fmt: skip


def _layered(name: str, *, mode: int, under: bool, colour: tuple[float, float, float] = (0, 0, 0)) -> Wild:
    """A scan with a text layer that says ten times as much, and a symbol that agrees with the layer."""
    pen, one = _plain(name)
    truth = one.truth[0]
    canvas, out, image = _scan_of(pen.save())

    def picture() -> None:
        canvas.drawImage(image, 0, 0, 595, 842)
        symbol_image = qr_image(symbol(truth, total="11800.00", igv="1800.00"))
        canvas.drawImage(
            ImageReader(symbol_image.resize((symbol_image.width * 4, symbol_image.height * 4), 0)),
            40,
            842 - 375,
            75,
            75,
        )

    if not under:
        picture()
    text = canvas.beginText()
    text.setTextRenderMode(mode)
    text.setFont("Helvetica", 9)
    text.setFillColorRGB(*colour)
    for x, y, line in [
        *_FALSE,
        (420, 52, f"RUC: {truth.supplier.ruc}"),
        (40, 112, f"RUC: {truth.customer.id}"),
    ]:
        text.setTextOrigin(x, 842 - y)
        text.textLine(line)
    canvas.drawText(text)
    if under:
        picture()
    canvas.save()
    return Wild(name, out.getvalue(), one.truth, ("needs_review", "unreadable"), forged=True)


@wild
def capa_invisible() -> Wild:
    """A scan over which somebody's OCR lies unseen, wrong by a factor of ten."""
    return _layered("capa_invisible", mode=3, under=False)


@wild
def capa_debajo() -> Wild:
    """The same layer in full colour beneath the picture that hides it."""
    return _layered("capa_debajo", mode=0, under=True)


@wild
def capa_blanca() -> Wild:
    """A white layer on white paper beside what is seen, with a symbol that agrees with what is unseen."""
    pen, one = _plain("capa_blanca")
    truth = one.truth[0]
    for x, y, line in _FALSE[7:]:
        pen.t(x, y + 160, line, 9, colour=WHITE)
    pen.paper.qr(40, 560, 75, symbol(truth, total="11800.00", igv="1800.00"))
    return Wild("capa_blanca", pen.save(), one.truth, ("needs_review",), forged=True)


@wild
def capa_correcta() -> Wild:
    """An honest scanner's file: picture above, its own OCR unseen, one digit of it wrong. What is seen
    counts.
    """
    pen, one = _plain("capa_correcta")
    pen.paper.qr(40, 300, 75, symbol(one.truth[0]))
    canvas, out, image = _scan_of(pen.save())
    canvas.drawImage(image, 0, 0, 595, 842)
    text = canvas.beginText()
    text.setTextRenderMode(3)
    text.setFont("Helvetica", 9)
    for x, y, line in [
        (420, 52, f"RUC: {one.truth[0].supplier.ruc}"),
        *_FALSE[:6],
        (400, 261, "IMPORTE TOTAL S/ 1,780.00"),
    ]:
        text.setTextOrigin(x, 842 - y)
        text.textLine(line)
    canvas.drawText(text)
    canvas.save()
    return Wild("capa_correcta", out.getvalue(), one.truth, ("proven", "consistent"))


@wild
def items_no_suman() -> Wild:
    """The symbol and the sums agree, a line is missing: nothing may be called checked that was not."""
    pen, one = _plain("items_no_suman")
    truth = one.truth[0].model_copy(update={"items": [*one.truth[0].items[:1]]})
    second = Pen()
    ops = pen.paper._pages[-1]
    second.paper._pages[-1] = [op for index, op in enumerate(ops) if index not in _cells(ops)]
    second.paper._bottoms = pen.paper._bottoms
    second.paper.qr(40, 300, 75, symbol(truth))
    return Wild("items_no_suman", second.save(), (truth,), ("needs_review",))


def _cells(ops: list[tuple[int, Callable[[Canvas, float], None]]]) -> range:
    """Where the second line of the table was drawn: its four cells."""
    texts = [
        next(
            (
                c.cell_contents
                for c in (op.__closure__ or ())
                if isinstance(c.cell_contents, str) and "ARCHIVADOR" in c.cell_contents
            ),
            None,
        )
        for _, op in ops
    ]
    at = next(index for index, text in enumerate(texts) if text)
    return range(at - 1, at + 3)


@wild
def otra_pagina_al_lado() -> Wild:
    """The QR of another invoice by the same issuer stands on the sheet beside the right one."""
    pen, one = _plain("otra_pagina_al_lado")
    pen.paper.qr(40, 300, 75, symbol(one.truth[0]))
    pen.paper.qr(
        440, 300, 75, symbol(one.truth[0], number="00000879", total="59.00", igv="9.00", day="2026-11-16")
    )
    return Wild("otra_pagina_al_lado", pen.save(), one.truth, ("proven", *_DOUBT))
