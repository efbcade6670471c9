"""What looks like a comprobante and is none: transfers, card slips, listings, papers of other countries."""

from dataclasses import replace
from random import Random

from tests.corpus.tokens import goods, names
from tests.corpus.tokens.canvas import Canvas, said
from tests.corpus.tokens.facts import Facts
from tests.corpus.tokens.names import Party
from tests.corpus.tokens.style import Style, day


def listing(canvas: Canvas, facts: Facts, style: Style) -> None:
    """A report of comprobantes, one a row."""
    rng = canvas.rng
    canvas.put(
        rng.choice([0, canvas.width / 2]),
        said(
            rng.choice(
                [
                    "Listado de comprobantes",
                    "Comprobantes electrónicos",
                    "REPORTE DE VENTAS",
                    "Registro de compras",
                    "PLANILLA DE MOVILIDAD",
                    "RENDICIÓN DE GASTOS",
                    "ESTADO DE CUENTA",
                    "Documentos recibidos",
                    "Registro de ventas",
                    "RELACIÓN DE DOCUMENTOS",
                    "Kardex",
                ]
            )
        ),
    )
    canvas.next(1.5)
    if rng.random() < 0.5:
        canvas.lines(0, said(f"{names.company(rng)} RUC {names.ruc(rng, '20')}"), canvas.width)
        canvas.next()
    columns = [
        ("Fecha", lambda: day(facts.day, style.days)),
        ("Comprobante", lambda: f"{rng.choice('FBE')}{rng.randrange(1, 20):03d}-{rng.randrange(1, 9999)}"),
        ("RUC", lambda: names.ruc(rng, "20")),
        ("Proveedor", lambda: names.company(rng)),
        ("Cliente", lambda: names.person(rng)),
        ("Moneda", lambda: rng.choice(["PEN", "S/", "USD"])),
        ("IGV", lambda: style.number(rng.uniform(1, 900))),
        ("Total", lambda: style.number(rng.uniform(1, 9000))),
        ("Estado", lambda: rng.choice(["Aceptado", "Registrado", "Anulado", "PENDIENTE"])),
        ("Tipo", lambda: rng.choice(["FACTURA", "BOLETA", "Factura Electrónica", "FT", "01"])),
        ("Motivo", lambda: goods.service(rng)),
        ("Gravado", lambda: style.number(rng.uniform(1, 9000))),
    ]
    chosen = rng.sample(columns, rng.randrange(3, 8))
    rows = [[said(make()) for _, make in chosen] for _ in range(rng.randrange(2, 15))]
    wide = [
        max(canvas.wide(row[at]) for row in [*rows, [said(head) for head, _ in chosen]])
        for at in range(len(chosen))
    ]
    for row, apart in [([said(head) for head, _ in chosen], 1.3), *((row, 1.1) for row in rows)]:
        x = 0.0
        for cell, own in zip(row, wide, strict=True):
            canvas.put(x, cell)
            x += own + 1.5
        canvas.next(apart)
    if rng.random() < 0.5:
        canvas.put(canvas.width, said(f"TOTAL {style.number(rng.uniform(100, 99999))}"), "r")
        canvas.next()


def slip(canvas: Canvas, facts: Facts, style: Style) -> None:
    """A transfer on a telephone, or what a card terminal prints."""
    rng = canvas.rng
    for text in (
        rng.choice(
            [
                "¡Yapeaste!",
                "Transferencia exitosa",
                "Operación exitosa",
                "CONSTANCIA DE TRANSFERENCIA",
                "VOUCHER DE COMPRA",
                "Comprobante de pago",
                "DEPÓSITO EN EFECTIVO",
                "Pago de servicios",
                "izipay",
                "NIUBIZ",
                "Plin exitoso",
                "Constancia de operación",
                "Ventas del día",
            ]
        ),
        names.bank(rng),
    ):
        canvas.put(canvas.width / 2, said(text), "c", rng.choice([1, 1.5, 2]))
        canvas.next(1.5)
    if rng.random() < 0.4:
        canvas.put(canvas.width / 2, said(f"RUC: {names.ruc(rng, '20')}"), "c")
        canvas.next()
    if rng.random() < 0.6:
        canvas.put(
            canvas.width / 2,
            style.money(round(rng.uniform(1, 3000), 2), "other", sign=rng.choice(["S/", "S/.", "$"])),
            "c",
            rng.choice([1, 2, 3]),
        )
        canvas.next(2)
    rows = [
        ("Fecha y hora", f"{day(facts.day, style.days)} {facts.time}"),
        ("Cuenta destino", str(rng.randrange(10**9, 10**13))),
        ("Destinatario", names.person(rng)),
        ("N° de operación", str(rng.randrange(10**5, 10**9))),
        ("Monto", style.number(rng.uniform(1, 999))),
        ("Importe", style.number(rng.uniform(1, 999))),
        ("Comisión", "0.00"),
        ("Tarjeta", f"****{rng.randrange(1000, 9999)}"),
        ("Empresa", names.company(rng)),
        ("Código de seguridad", "1 2 3"),
        ("Desde", names.person(rng)),
        ("Celular", f"*** *** {rng.randrange(100, 999)}"),
        ("TERMINAL", str(rng.randrange(10**6, 10**8))),
        ("TOTAL", style.number(rng.uniform(1, 999))),
        (
            f"F{rng.randrange(1, 9):03d}-{rng.randrange(1, 999)}",
            f"{day(facts.day, 0)} {style.number(rng.uniform(1, 999))}",
        ),
        ("AUT", str(rng.randrange(1000, 99999))),
        ("VISA", "CRÉDITO"),
        ("LOTE", f"{rng.randrange(999):03d}"),
        ("REF", f"{rng.randrange(9999):04d}"),
        ("Mensaje", goods.service(rng)),
    ]
    for label, value in rng.sample(rows, rng.randrange(3, 14)):
        canvas.put(0, said(label))
        if rng.random() < 0.5:
            canvas.put(canvas.width, said(value), "r")
        else:
            canvas.next()
            canvas.put(0, said(value))
        canvas.next(rng.uniform(0.9, 1.4))


def abroad(rng: Random, facts: Facts) -> Facts:
    """The same paper under another country's number; its titles and labels are often our own words."""
    number = rng.choice(
        [
            f"{rng.randrange(10**8, 2 * 10**9):010d}001",
            f"{rng.randrange(10**7, 10**9)}",
            f"{rng.randrange(1, 10**8)}-{rng.randrange(10)}",
            (
                f"{rng.randrange(1, 99)}.{rng.randrange(1000):03d}.{rng.randrange(1000):03d}"
                f"-{rng.choice('0123456789K')}"
            ),
            "",
            f"30-{rng.randrange(1, 10**8):08d}-{rng.randrange(10)}",
            f"{names.invented(rng)[:4]}{rng.randrange(10**6):06d}AB1",
        ]
    )
    who = facts.issuer
    series, count = rng.choice(
        [
            (f"{rng.randrange(1, 200):03d}-{rng.randrange(1, 200):03d}", f"{rng.randrange(10**6):09d}"),
            (rng.choice(["A", "INV", "FE", "FAC"]), str(rng.randrange(10**5))),
            (facts.series, facts.number),
        ]
    )
    return replace(
        facts, issuer=Party(number, who.name, who.shop, who.address, who.natural), series=series, number=count
    )


_FIELDS = (
    ("NÚMERO DE AUTORIZACIÓN", 37),
    ("CLAVE DE ACCESO", 49),
    ("CUFE", 40),
    ("CAE N°", 14),
    ("DTE", 9),
    ("Folio fiscal", 12),
    ("Resolución DIAN", 12),
    ("IBAN", 22),
    ("Timbre", 6),
    ("Customer ID", 4),
    ("PO Number", 5),
    ("NIT", 9),
    ("Autorización SAT", 10),
)


def foreign_field(rng: Random) -> tuple[str, str]:
    """A label and a number that only papers of other countries have."""
    label, digits = rng.choice(_FIELDS)
    return label, "".join(rng.choice("0123456789") for _ in range(digits))
