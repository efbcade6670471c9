"""Credit and debit notes on A4: the modified document in its own box, serif type, words below the totals."""

from random import Random

from tests.corpus import people, qr
from tests.corpus.cases import Case, build
from tests.corpus.layouts.parts import (
    CURRENCY_WORDS,
    HEADINGS,
    Column,
    Drawn,
    Style,
    heads,
    items,
    labelled,
    money_of,
    pairs,
    trap,
    variant,
)
from tests.corpus.paper import Paper

TRAPS: dict[str, float] = {
    "plain": 60,
    "exempt": 12,
    "discount": 8,
    "mixed": 8,
    "rounding": 6,
    "unaffected": 6,
}
TOTALS = {
    "subtotal": "Sub Total S/", "discounts": "(-) Descuentos", "taxable": "Total Op. Gravadas",
    "exempt": "Total Op. Exoneradas", "unaffected": "Total Op. Inafectas", "free": "Total Op. Gratuitas",
    "isc": "ISC", "igv": "IGV", "icbper": "ICBPER", "rounding": "Redondeo",
    "total": "Importe Total de la Nota",
}  # fmt: skip


def fill(rng: Random) -> Case:
    """07 mostly, 08 some."""
    what = trap(rng, TRAPS)
    case = build(
        rng, kind=rng.choices(["07", "08"], [78, 22])[0], trap=what, catalogue=people.GOODS + people.SERVICES,
        count=rng.randrange(1, 5),
        currency=money_of(rng, what), zeros=rng.random() < 0.5,
    )  # fmt: skip
    case.date_style = rng.choice([0, 2])
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    paper = Paper()
    font, bold = "Times-Roman", "Times-Bold"
    style = Style(font, bold, 9.5, 1.2, 4, places=2, width=260)
    y = paper.block(150, 52, case.issuer.trade_name.upper(), 215, bold, 13)
    paper.box(45, 38, 90, 50, (0.88, 0.88, 0.88), None)
    paper.text(90, 68, "LOGO", bold, 14, "c")
    y = paper.block(150, y, case.issuer.name, 215, font, 9.5)
    paper.block(150, y, f"{case.issuer.address}, {case.issuer.place}", 200, font, 8.5)
    paper.box(375, 38, 175, 78, line=1)
    paper.text(462, 58, f"RUC N° {inv.supplier.ruc}", bold, 11.5, "c")
    paper.text(462, 78, HEADINGS[inv.kind or ""], bold, 10, "c")
    paper.text(462, 100, f"Nro. {case.serial}", bold, 11.5, "c")
    who, ref = case.customer, inv.modifies
    assert ref
    id_label = "RUC" if who.id_type == "6" else "DNI"
    y = pairs(
        paper,
        [
            ("Fecha de emisión", case.day()),
            ("Señor (es)", who.name),
            (id_label, who.id),
            ("Dirección", who.address),
        ],
        45,
        130,
        140,
        style,
        400,
    )
    pairs(paper, [("Moneda", CURRENCY_WORDS[inv.currency or ""])], 370, 415, 140, style, 140)
    top = y + 2
    paper.box(45, top, 505, 52, line=0.5)
    paper.text(52, top + 13, "DOCUMENTO QUE MODIFICA", bold, 9)
    kind = "FACTURA" if ref.kind == "01" else "BOLETA DE VENTA"
    pad = str(ref.number) if case.printed_number == inv.number else str(ref.number).zfill(8)
    paper.text(52, top + 28, f"{kind} ELECTRÓNICA {ref.series}-{pad}", font, 9.5)
    paper.text(330, top + 28, f"Fecha doc.: {case.day(case.modified_date)}", font, 9.5)
    paper.text(52, top + 43, f"Motivo: {case.reason}", font, 9.5)
    columns = (
        Column("quantity", "Cantidad", 88, "r"),
        Column("unit", "U.M.", 112, "c"),
        Column("description", "Descripción", 140),
        Column("value", "Valor Unit.", 470, "r"),
        Column("amount", "Total", 545, "r"),
    )
    y = top + 72
    paper.line(45, y - 11, 550, y - 11)
    heads(paper, columns, y, style)
    paper.line(45, y + 5, 550, y + 5)
    y = items(paper, case, columns, y + 18, style)
    paper.line(45, y - 6, 550, y - 6)
    y += 8
    for key, label, amount in labelled(case, {**TOTALS, "subtotal": "Sub Total"}):
        font_ = bold if key == "total" else font
        paper.text(320, y, label, font_, 9.5)
        paper.text(475, y, case.symbol, font_, 9.5, "r")
        paper.text(545, y, amount, font_, 9.5, "r")
        y += 14
    y = paper.block(45, y + 6, f"SON: {inv.amount_in_words}", 500, bold, 9)
    has_qr = rng.random() < 0.9
    if has_qr:
        paper.qr(45, y + 6, 84, qr.payload(case, variant(rng, case)))
    paper.text(140, y + 40, f"Representación impresa de la {HEADINGS[inv.kind or ''].title()}", font, 8)
    paper.text(140, y + 52, f"Valor resumen: {case.digest}", font, 8)
    return Drawn(paper, case, qr=has_qr)
