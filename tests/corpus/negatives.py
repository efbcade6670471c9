"""What people send that is no comprobante de pago: wallet and bank captures, card slips, guías, quotes,
menus, selfies, foreign receipts.

Split in halves as the layouts are. A `screen` is always a screenshot; a `paper` comes in the four forms; a
`picture` is a photo of no paper.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from random import Random
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from functions.extractor.invoice import NotInvoice
from tests.corpus import camera, people
from tests.corpus.cases import TODAY, cents, shopping
from tests.corpus.paper import BLACK, GREY, MM, WHITE, Colour, Paper

PURPLE: Colour = (0.46, 0.13, 0.55)
SCREEN = (360, 720)


@dataclass(frozen=True)
class Negative:
    """One kind of thing that is no invoice: what it is, its half, and how it is made."""

    what: NotInvoice
    half: str
    way: Literal["screen", "paper", "picture"]
    draw: Callable[[Random], Paper]


def screenshot(paper: Paper, rng: Random) -> bytes:
    """As WhatsApp sends one."""
    out = BytesIO()
    camera.raster(paper.save(), rng.choice([140, 160])).save(out, "JPEG", quality=rng.randrange(65, 85))
    return out.getvalue()


def _status_bar(paper: Paper, rng: Random, colour: Colour = BLACK) -> None:
    paper.text(20, 20, f"{rng.randrange(7, 22)}:{rng.randrange(60):02d}", "Helvetica-Bold", 10, colour=colour)
    paper.text(340, 20, f"4G  {rng.randrange(11, 99)}%", "Helvetica", 9, "r", colour)


def _when(rng: Random) -> str:
    return f"{TODAY - timedelta(days=rng.randrange(90)):%d/%m/%Y}"


def _clock(rng: Random) -> str:
    return f"{rng.randrange(1, 12):02d}:{rng.randrange(60):02d} p. m."


def _amount(rng: Random, top: int = 400) -> str:
    return f"{rng.randrange(5, top)}" + rng.choice(["", ".50", ".00", ".90"])


def yape(rng: Random) -> Paper:
    """¡Yapeaste!"""
    paper = Paper(*SCREEN)
    paper.box(0, 0, 360, 720, PURPLE, None)
    _status_bar(paper, rng, WHITE)
    paper.text(180, 110, "yape", "Helvetica-Bold", 34, "c", WHITE)
    paper.box(24, 150, 312, 420, WHITE, None, radius=14)
    paper.text(44, 190, rng.choice(["¡Yapeaste!", "¡Te yapearon!"]), "Helvetica-Bold", 20, colour=PURPLE)
    paper.text(44, 238, f"S/ {_amount(rng)}", "Helvetica-Bold", 34)
    paper.text(44, 272, people.full_name(rng).title()[:24], "Helvetica", 15)
    paper.text(44, 296, f"{rng.randrange(1, 29):02d} nov. 2026 | {_clock(rng)}", size=11, colour=GREY)
    paper.text(44, 334, "CÓDIGO DE SEGURIDAD", "Helvetica-Bold", 9, colour=GREY)
    for index in range(3):
        paper.box(220 + index * 32, 318, 26, 26, (0.93, 0.9, 0.95), None, radius=4)
        paper.text(233 + index * 32, 336, str(rng.randrange(10)), "Helvetica-Bold", 14, "c")
    paper.line(44, 360, 316, 360, colour=GREY, dash=True)
    paper.text(44, 386, "DATOS DE LA TRANSACCIÓN", "Helvetica-Bold", 9, colour=GREY)
    rows = [
        ("Nro. de celular", f"*** *** {rng.randrange(100, 999)}"),
        ("Destino", rng.choice(["Yape", "Plin", "Banco Andino"])),
        ("Nro. de operación", f"{rng.randrange(10**7, 10**8)}"),
    ]
    for index, (label, value) in enumerate(rows):
        paper.text(44, 414 + index * 26, label, size=12)
        paper.text(316, 414 + index * 26, value, "Helvetica-Bold", 12, "r")
    paper.text(180, 620, "MÁS EN YAPE", "Helvetica-Bold", 11, "c", WHITE)
    return paper


def plin(rng: Random) -> Paper:
    """The other wallet."""
    paper = Paper(*SCREEN)
    paper.box(0, 0, 360, 250, (0.0, 0.78, 0.75), None)
    _status_bar(paper, rng, WHITE)
    paper.text(180, 90, "plin", "Vera-Bold", 30, "c", WHITE)
    paper.text(
        180, 150, rng.choice(["¡Plineaste!", "Pago exitoso", "¡Listo! Enviaste"]), "Vera-Bold", 18, "c", WHITE
    )
    paper.text(180, 195, f"S/ {_amount(rng)}", "Vera-Bold", 30, "c", WHITE)
    rows = [
        ("Enviado a", people.full_name(rng).title()[:22]),
        ("Celular", f"9{rng.randrange(10**7, 10**8)}"),
        ("Fecha y hora", f"{_when(rng)} {_clock(rng)}"),
        ("Código de operación", f"{rng.randrange(10**7, 10**9)}"),
        ("Destino", "Plin"),
        ("Comisión", "S/ 0.00"),
    ]
    for index, (label, value) in enumerate(rows):
        paper.text(28, 300 + index * 44, label, "Vera", 10, colour=GREY)
        paper.text(28, 316 + index * 44, value, "Vera", 13)
    return paper


def bank(rng: Random) -> Paper:
    """A bank app's transfer."""
    paper = Paper(*SCREEN)
    ink: Colour = rng.choice([(0.95, 0.45, 0.0), (0.0, 0.3, 0.65)])
    _status_bar(paper, rng)
    paper.text(180, 70, "Banco Andino", "OpenSans-Bold", 20, "c", ink)
    paper.text(180, 130, "¡Transferencia exitosa!", "OpenSans-Bold", 17, "c")
    paper.text(180, 175, f"S/ {_amount(rng, 4000)}", "OpenSans-Bold", 28, "c")
    rows = [
        ("Operación", f"{rng.randrange(10**6, 10**8)}"),
        ("Fecha", f"{_when(rng)} - {_clock(rng)}"),
        ("Desde", f"Cuenta Corriente **** {rng.randrange(1000, 9999)}"),
        ("Para", people.full_name(rng).upper()[:26]),
        ("Cuenta destino", f"191-{rng.randrange(10**6, 10**7)}-0-{rng.randrange(10, 99)}"),
        ("Tipo de operación", "Transferencia a terceros"),
        ("ITF", "S/ 0.00"),
    ]
    for index, (label, value) in enumerate(rows):
        paper.text(30, 240 + index * 38, label, "OpenSans", 11, colour=GREY)
        paper.text(330, 240 + index * 38, value, "OpenSans", 11, "r")
        paper.line(30, 252 + index * 38, 330, 252 + index * 38, 0.4, (0.8, 0.8, 0.8))
    return paper


def bank_voucher(rng: Random) -> Paper:
    """A deposit's constancia on A4, with the buyer's RUC and a total: what accountants also get."""
    paper = Paper()
    who, to = people.company(rng), people.company(rng)
    paper.text(50, 60, "CONSTANCIA DE TRANSFERENCIA INTERBANCARIA", "Helvetica-Bold", 14)
    paper.text(50, 80, "Banco Continental del Pacífico", "Helvetica", 11)
    rows = [
        ("Número de operación", f"{rng.randrange(10**8, 10**9)}"),
        ("Fecha de operación", _when(rng)),
        ("Ordenante", who.name),
        ("RUC del ordenante", who.id),
        ("Beneficiario", to.name),
        ("CCI", f"003{rng.randrange(10**16, 10**17)}"),
        ("Importe abonado", f"S/ {rng.randrange(500, 90000):,}.00"),
        ("Comisión", "S/ 4.50"),
        ("Concepto", f"PAGO FACTURA F001-{rng.randrange(1, 9000)}"),
        ("Estado", "Transferencia exitosa"),
    ]
    for index, (label, value) in enumerate(rows):
        paper.text(50, 120 + index * 22, label, "Helvetica-Bold", 10)
        paper.text(220, 120 + index * 22, value, "Helvetica", 10)
    return paper


def _slip(rng: Random, head: str, rows: list[str]) -> Paper:
    paper = Paper(58 * MM, None)
    shop = people.company(rng)
    y = paper.block(29 * MM, 24, head, 50 * MM, "Courier-Bold", 11, "c")
    y = paper.block(29 * MM, y, shop.trade_name.upper(), 50 * MM, "Courier", 7.5, "c")
    y = paper.block(29 * MM, y, shop.address.upper(), 50 * MM, "Courier", 7, "c") + 6
    for row in rows:
        y = paper.block(3.5 * MM, y, row, 51 * MM, "Courier", 7.6)
    paper.text(29 * MM, y + 8, "*** COPIA CLIENTE ***", "Courier-Bold", 7.6, "c")
    return paper


def card_slip(rng: Random) -> Paper:
    """What the card terminal prints."""
    card = f"{rng.choice(['VISA', 'MASTERCARD'])} ************{rng.randrange(1000, 9999)}"
    rows = [f"COMERCIO: {rng.randrange(10**8, 10**9)}", f"TERMINAL: {rng.randrange(10**7, 10**8)}", "VENTA",
        card,
            f"FECHA: {_when(rng)} HORA: {rng.randrange(9, 21)}:{rng.randrange(10, 60)}",
            f"LOTE: {rng.randrange(100, 999)}  REF: {rng.randrange(1000, 9999)}",
            f"AP: {rng.randrange(10**5, 10**6)}",
            f"TOTAL  S/ {rng.randrange(10, 500)}.{rng.randrange(10, 99)}", "FIRMA NO REQUERIDA"]  # fmt: skip
    return _slip(rng, "NIUBIZ", rows)


def card_slip_b(rng: Random) -> Paper:
    """Another acquirer's, with the shop's RUC."""
    rows = [f"RUC {people.ruc(rng, '20')}", f"COD. COMERCIO {rng.randrange(10**6, 10**7)}",
        f"{_when(rng)}  {rng.randrange(9, 21)}:{rng.randrange(10, 60)}:08",
            f"TARJETA: *{rng.randrange(1000, 9999)} DEBITO", f"AUTORIZACION {rng.randrange(10**5, 10**6)}",
            f"ID {rng.randrange(10**9, 10**10)}", f"IMPORTE: S/ {rng.randrange(10, 500)}.00",
            "PROPINA: S/ 0.00",
            f"TOTAL: S/ {rng.randrange(10, 500)}.00", "APROBADA"]  # fmt: skip
    return _slip(rng, "IZIPAY", rows)


def _sheet(
    rng: Random, title: str, serial: str, fields: list[tuple[str, str]], *, font: str, prices: bool
) -> Paper:
    """An A4 that looks like an invoice and is none."""
    paper = Paper()
    bold = {"Helvetica": "Helvetica-Bold", "Vera": "Vera-Bold", "OpenSans": "OpenSans-Bold"}[font]
    issuer = people.company(rng)
    paper.text(40, 58, issuer.trade_name, bold, 14)
    paper.text(40, 74, f"{issuer.name} - {issuer.address}"[:60], font, 8)
    paper.box(370, 36, 185, 70, line=1)
    paper.text(462, 56, f"RUC {issuer.id}", bold, 11, "c")
    paper.block(462, 72, title, 180, bold, 8.5, "c")
    paper.text(462, 101, serial, bold, 11, "c")
    for index, (label, told) in enumerate(fields):
        paper.text(40, 134 + index * 15, f"{label}: {told}"[:95], font, 9)
    y = 150.0 + 15 * len(fields)
    total = Decimal(0)
    heads = (("Cant.", 70, "r"), ("Unidad", 90, "l"), ("Descripción", 140, "l"))
    for head, x, align in (*heads, *((("P. Unit.", 470, "r"), ("Importe", 553, "r")) if prices else ())):
        paper.text(x, y, head, bold, 8.5, align)
    y += 18
    for name, unit, quantity, value in shopping(rng, people.GOODS, rng.randrange(2, 7)):
        amount = cents(quantity * value)
        total += amount
        paper.text(70, y, f"{quantity:f}", font, 8.5, "r")
        paper.text(90, y, unit, font, 8.5)
        paper.text(140, y, name, font, 8.5)
        if prices:
            paper.text(470, y, f"{value:,.2f}", font, 8.5, "r")
            paper.text(553, y, f"{amount:,.2f}", font, 8.5, "r")
        y += 15
    if prices:
        tax = cents(total * Decimal("0.18"))
        for label, amount in (("Sub total", total), ("IGV 18%", tax), ("TOTAL S/", total + tax)):
            y += 15
            paper.text(400, y, label, bold, 9)
            paper.text(553, y, f"{amount:,.2f}", bold, 9, "r")
    return paper


def guide(rng: Random) -> Paper:
    """A guía de remisión with its QR, an address of SUNAT's."""
    who = people.company(rng)
    serial = f"T{rng.randrange(1, 12):03d}-{rng.randrange(1, 99999):08d}"
    fields = [("Fecha de emisión", _when(rng)), ("Fecha de inicio de traslado", _when(rng)),
        ("Motivo de traslado", "VENTA"), ("Destinatario", who.name),
              ("RUC del destinatario", who.id), ("Punto de partida", who.address),
              ("Punto de llegada", who.place), ("Peso bruto total (KGM)", "250.00"),
              ("Placa", f"A{rng.randrange(1, 9)}B-{rng.randrange(100, 999)}")]  # fmt: skip
    paper = _sheet(
        rng, "GUÍA DE REMISIÓN REMITENTE ELECTRÓNICA", f"N° {serial}", fields, font="Helvetica", prices=False
    )
    paper.qr(
        450,
        600,
        90,
        f"https://e-factura.sunat.gob.pe/v1/contribuyente/gre/comprobantes/descargaqr?hashqr={rng.randbytes(24).hex()}",
    )
    return paper


def guide_b(rng: Random) -> Paper:
    """A carrier's guía in the older form, with type 31 in its QR."""
    serial = f"V{rng.randrange(1, 12):03d}-{rng.randrange(1, 99999)}"
    fields = [("Fecha de traslado", _when(rng)), ("Remitente", people.company(rng).name),
        ("Destinatario", people.company(rng).name),
              ("Conductor", people.full_name(rng)), ("Licencia", f"Q{rng.randrange(10**7, 10**8)}"),
              ("Doc. relacionado", f"FACTURA F001-{rng.randrange(1, 999)}")]  # fmt: skip
    paper = _sheet(
        rng, "GUIA DE REMISION ELECTRONICA TRANSPORTISTA", serial, fields, font="Vera", prices=False
    )
    paper.qr(
        60,
        620,
        80,
        f"{people.ruc(rng, '20')}|31|{serial.replace('-', '|')}|---|---|{_when(rng)}|6|"
        f"{people.ruc(rng, '20')}|",
    )
    return paper


def quote(rng: Random) -> Paper:
    """A cotización with RUC, IGV and total."""
    who = people.company(rng)
    fields = [
        ("Señores", who.name),
        ("RUC", who.id),
        ("Fecha", _when(rng)),
        ("Validez de la oferta", "15 días"),
        ("Moneda", "SOLES"),
    ]
    return _sheet(
        rng, "COTIZACIÓN", f"N° {rng.randrange(1, 9999):06d}", fields, font="Helvetica", prices=True
    )


def proforma(rng: Random) -> Paper:
    """A proforma or an order, as like an invoice as can be."""
    who = people.company(rng)
    title = rng.choice(["PROFORMA", "ORDEN DE COMPRA", "NOTA DE PEDIDO"])
    serial = f"{title[0]}{rng.randrange(1, 5):03d}-{rng.randrange(1, 9999):06d}"
    fields = [
        ("Cliente", who.name),
        ("RUC", who.id),
        ("Fecha de emisión", _when(rng)),
        ("Vendedor", people.full_name(rng)),
        ("Entrega", "Inmediata"),
    ]
    return _sheet(rng, title, serial, fields, font="OpenSans", prices=True)


def foreign(rng: Random) -> Paper:
    """A receipt in English."""
    paper = Paper(80 * MM, None)
    paper.text(
        40 * MM,
        30,
        rng.choice(["BLUE HARBOR CAFE", "MAIN ST HARDWARE", "LUCKY MART #204"]),
        "Courier-Bold",
        12,
        "c",
    )
    paper.text(40 * MM, 44, f"{rng.randrange(100, 9999)} Ocean Dr, Miami FL 33139", "Courier", 7.5, "c")
    paper.text(
        5 * MM,
        64,
        f"{TODAY - timedelta(days=rng.randrange(90)):%m/%d/%Y}  "
        f"{rng.randrange(1, 12)}:{rng.randrange(10, 60)} PM",
        "Courier",
        8.5,
    )
    paper.text(5 * MM, 76, f"Receipt # {rng.randrange(1000, 99999)}", "Courier", 8.5)
    y, total = 96, Decimal(0)
    for name in rng.sample(
        [
            "Latte large",
            "Club sandwich",
            "Screws 1/4 box",
            "Paper towels",
            "Chips",
            "Bottled water",
            "Duct tape",
        ],
        3,
    ):
        price = Decimal(rng.randrange(150, 2400)).scaleb(-2)
        total += price
        paper.text(5 * MM, y, f"1 {name}", "Courier", 8.5)
        paper.text(75 * MM, y, f"${price}", "Courier", 8.5, "r")
        y += 12
    tax = cents(total * Decimal("0.07"))
    for label, amount in (("Subtotal", total), ("Sales tax 7%", tax), ("TOTAL", total + tax)):
        paper.text(5 * MM, y + 6, label, "Courier-Bold", 9)
        paper.text(75 * MM, y + 6, f"${amount}", "Courier-Bold", 9, "r")
        y += 13
    paper.text(40 * MM, y + 18, "THANK YOU - COME AGAIN", "Courier", 8.5, "c")
    return paper


def foreign_b(rng: Random) -> Paper:
    """A boleta of Chile or a factura of Spain or Colombia: Spanish words, other tax."""
    paper = Paper()
    country = rng.choice(["cl", "es", "co"])
    title = {"cl": "BOLETA ELECTRÓNICA", "es": "FACTURA", "co": "FACTURA ELECTRÓNICA DE VENTA"}[country]
    ident = {
        "cl": (
            f"R.U.T.: {rng.randrange(70, 99)}.{rng.randrange(100, 999)}.{rng.randrange(100, 999)}"
            f"-{rng.randrange(9)}"
        ),
        "es": f"NIF: B{rng.randrange(10**7, 10**8)}",
        "co": (
            f"NIT {rng.randrange(800, 999)}.{rng.randrange(100, 999)}.{rng.randrange(100, 999)}"
            f"-{rng.randrange(9)}"
        ),
    }[country]
    place = {
        "cl": "Av. Providencia 1208, Santiago, Chile",
        "es": "Calle Mayor 14, 28013 Madrid, España",
        "co": "Cra. 7 No. 71-21, Bogotá D.C., Colombia",
    }[country]
    paper.text(
        50, 60, rng.choice(["Comercial Los Robles", "Suministros Delta", "Tienda El Faro"]), "Times-Bold", 16
    )
    paper.text(50, 78, place, "Times-Roman", 10)
    paper.text(545, 60, ident, "Times-Bold", 12, "r")
    paper.text(545, 78, f"{title} N° {rng.randrange(100, 99999)}", "Times-Bold", 12, "r")
    paper.text(545, 96, f"Fecha: {_when(rng)}", "Times-Roman", 10, "r")
    net = rng.randrange(20, 900)
    whole = country != "es"
    tax = {"cl": 19, "es": 21, "co": 19}[country]
    scale = 1000 if whole else 1

    def show(amount: float) -> str:
        return f"$ {amount:,.0f}".replace(",", ".") if whole else f"{amount:.2f} €".replace(".", ",")

    paper.text(50, 150, "Artículos de oficina varios", "Times-Roman", 11)
    paper.text(545, 150, show(net * scale), "Times-Roman", 11, "r")
    for index, (label, value) in enumerate(
        (
            ("Neto", net * scale),
            (f"IVA {tax}%", net * scale * tax / 100),
            ("Total", net * scale * (1 + tax / 100)),
        )
    ):
        paper.text(400, 190 + index * 18, label, "Times-Bold", 11)
        paper.text(545, 190 + index * 18, show(value), "Times-Bold", 11, "r")
    return paper


def menu(rng: Random) -> Paper:
    """A restaurant's price list."""
    paper = Paper()
    paper.box(0, 0, 595, 842, (0.98, 0.95, 0.86), None)
    paper.text(
        297,
        80,
        rng.choice(["Carta del día", "Nuestra carta", "MENÚ"]),
        "Times-Bold",
        34,
        "c",
        (0.5, 0.1, 0.05),
    )
    for index, (name, _, price) in enumerate(rng.sample(people.FOOD, 10)):
        paper.text(80, 150 + index * 44, name, "Times-Bold", 16)
        paper.text(515, 150 + index * 44, f"S/ {Decimal(price):.2f}", "Times-Roman", 16, "r")
    paper.text(297, 640, f"Reservas: 9{rng.randrange(10**7, 10**8)}", "Times-Roman", 14, "c")
    return paper


def pricelist(rng: Random) -> Paper:
    """A shop's flyer."""
    paper = Paper()
    paper.box(0, 0, 595, 140, (0.9, 0.1, 0.1), None)
    paper.text(297, 80, "¡OFERTAS DE LA SEMANA!", "OpenSans-Bold", 34, "c", WHITE)
    for index, (name, unit, price) in enumerate(rng.sample(people.SHOP, 8)):
        x, y = 60 + (index % 2) * 260, 200 + (index // 2) * 140
        paper.box(x, y - 20, 220, 110, (1, 0.98, 0.8), (0.9, 0.1, 0.1), radius=8)
        paper.block(x + 12, y, f"{name} ({unit})", 200, "OpenSans", 10)
        paper.text(x + 110, y + 60, f"S/ {Decimal(price):.2f}", "OpenSans-Bold", 24, "c", (0.8, 0, 0))
    return paper


def selfie(rng: Random) -> bytes:
    """A blurred face-like picture or a view: no paper, no text."""
    noise = np.random.default_rng(rng.getrandbits(64))
    image = Image.fromarray((noise.random((12, 9, 3)) * 200 + 30).astype(np.uint8)).resize(
        (960, 1280), Image.Resampling.BICUBIC
    )
    pen = ImageDraw.Draw(image)
    if rng.random() < 0.6:
        x, y = rng.randrange(250, 450), rng.randrange(250, 500)
        pen.ellipse((x, y, x + 360, y + 470), fill=(214, 170, 140))
        for dx in (100, 230):
            pen.ellipse((x + dx, y + 170, x + dx + 36, y + 196), fill=(40, 30, 25))
        pen.arc((x + 110, y + 280, x + 250, y + 370), 10, 170, fill=(150, 60, 60), width=12)
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(2, 8)))
    pixels = np.asarray(image, np.float32) + noise.normal(0, rng.uniform(3, 14), (1280, 960, 3))
    out = BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=68)
    return out.getvalue()


def _none(rng: Random) -> Paper:  # a picture has no paper
    raise NotImplementedError(rng)


NEGATIVES: dict[str, Negative] = {
    "yape": Negative("yape", "seen", "screen", yape),
    "bank": Negative("bank_transfer", "seen", "screen", bank),
    "card_slip": Negative("card_slip", "seen", "paper", card_slip),
    "guide": Negative("delivery_guide", "seen", "paper", guide),
    "quote": Negative("quote", "seen", "paper", quote),
    "foreign": Negative("foreign", "seen", "paper", foreign),
    "menu": Negative("other", "seen", "paper", menu),
    "selfie": Negative("photo", "seen", "picture", _none),
    "plin": Negative("plin", "held", "screen", plin),
    "bank_voucher": Negative("bank_transfer", "held", "paper", bank_voucher),
    "card_slip_b": Negative("card_slip", "held", "paper", card_slip_b),
    "guide_b": Negative("delivery_guide", "held", "paper", guide_b),
    "proforma": Negative("quote", "held", "paper", proforma),
    "foreign_b": Negative("foreign", "held", "paper", foreign_b),
    "pricelist": Negative("other", "held", "paper", pricelist),
    "selfie_b": Negative("photo", "held", "picture", _none),
}
