"""The upper part of a paper: who issues, title and number, who buys, days, the document that a note
modifies.
"""

from random import Random

from tests.corpus.tokens import fields, goods, labels, names
from tests.corpus.tokens.canvas import Canvas, Piece, said
from tests.corpus.tokens.facts import Facts
from tests.corpus.tokens.fields import Field
from tests.corpus.tokens.spelling import cased
from tests.corpus.tokens.style import Style, day

_BRANCHES = "Sucursal:|TIENDA:|DOMICILIO FISCAL:|Dirección fiscal:|Oficina:|Planta:|Dir.:".split("|")


def _ruc(facts: Facts, style: Style) -> list[Piece]:
    """The issuer's number with its label, which may be glued to it."""
    rng, number = style.rng, facts.issuer.number
    if not number:
        return []
    if len(number) == 11 and number.isdigit() and rng.random() < 0.03:
        number = f"{number[:2]}-{number[2:10]}-{number[10]}"
    label, colon = rng.choice(labels.RUC.split("|")), rng.choice(["", ":", ":", " :"])
    if rng.random() < 0.15:
        first, _, last = label.rpartition(" ")
        return [*said(first), Piece(f"{last}{rng.choice([':', '', ':', '.:'])}{number}", "supplier_ruc")]
    return [*said(label + colon), Piece(number, "supplier_ruc")]


def issuer(canvas: Canvas, facts: Facts, style: Style, *, numbered: bool) -> None:
    """Name, shop, address and whatever else issuers say of themselves; `numbered` with the RUC among it."""
    rng, who = canvas.rng, facts.issuer
    name = said(cased(rng, who.name) if rng.random() < 0.35 else who.name, "supplier_name")
    if rng.random() < 0.07:
        name = [
            *style.label("Razón Social|Emisor|De|Empresa|Proveedor|Prestador|Datos del emisor", ":"),
            *name,
        ]
    lines: list[tuple[list[Piece], float]] = []
    if rng.random() < 0.42:
        lines.append((said(cased(rng, who.shop)), rng.uniform(0.9, 2.4)))
    lines.append((name, rng.choice([1, 1, 1, 1.2, 1.5])))
    if rng.random() < 0.06:
        lines.reverse()
    about = [
        said(cased(rng, who.address)),
        said(cased(rng, who.address)),
        said(
            f"{rng.choice(['Telf:', 'Tel.', 'Teléfono:', 'Cel.', 'Central:', 'Fono', 'Whatsapp:'])} "
            f"{names.phone(rng)}"
        ),
        said(f"{rng.choice(['Email:', 'E-mail:', 'Correo:', ''])} {names.mail(rng)}"),
        said(names.site(rng)),
        said(f"{rng.choice(_BRANCHES)} {names.address(rng)}"),
        said(cased(rng, f"VENTA DE {goods.Shelf(rng).words()}")),
        said(f"COD. ESTABLEC. {rng.randrange(20):04d}"),
        said(cased(rng, names.place(rng))),
        said(cased(rng, goods.service(rng))),
    ]
    rest = [(line, 1.0) for line in rng.sample(about, rng.choice([0, 1, 1, 2, 2, 3, 4]))]
    if numbered:
        rest.insert(0 if rng.random() < 0.65 else rng.randrange(len(rest) + 1), (_ruc(facts, style), 1.0))
    lines += rest
    if numbered and rng.random() < 0.08:
        lines.insert(0, lines.pop(next(at for at, (line, _) in enumerate(lines) if line == rest[0][0])))
    align, off = rng.choices("lc", [65, 35])[0] if canvas.width > 40 else rng.choices("cl", [78, 22])[0], 0.0
    if align == "l" and rng.random() < 0.3:
        off = rng.uniform(0, 0.25) * canvas.width
    for line, size in lines:
        canvas.lines(off if align == "l" else canvas.width / 2, line, canvas.width - off, align, size)


def identity(canvas: Canvas, facts: Facts, style: Style, *, numbered: bool) -> None:
    """Title, series and number, and with `numbered` the RUC: in a box, in some order."""
    rng = canvas.rng
    title = said(style.text(labels.TITLES[facts.kind]), "title")
    if rng.random() < 0.04:
        title = [Piece(letter, "title") for word in title for letter in word.text]
    lines = [_ruc(facts, style)] if numbered else []
    lines += [title[:-1], title[-1:]] if len(title) > 1 and rng.random() < 0.3 else [title]
    if rng.random() < 0.04:
        lines.append(
            said(
                rng.choice(
                    [
                        "REPRESENTACIÓN IMPRESA",
                        "ORIGINAL",
                        "COPIA",
                        "EMISOR",
                        "ADQUIRENTE O USUARIO",
                        "REIMPRESIÓN",
                        "CONTROL ADMINISTRATIVO",
                    ]
                )
            )
        )
    lines += serial(facts, style)
    if rng.random() < 0.2:
        rng.shuffle(lines)
    align, size = rng.choices("cl", [82, 18])[0], rng.choice([1, 1, 1.2, 1.5])
    apart = rng.choice([1.0, 1.0, 1.3])
    for line in lines:
        canvas.lines(canvas.width / 2 if align == "c" else 0, line, canvas.width, align, size)
        canvas.next(apart - 1)


def serial(facts: Facts, style: Style) -> list[list[Piece]]:
    """Series and number, in one word or in two, on one line or on two."""
    rng, way = style.rng, style.rng.random()
    series, number = facts.series, facts.number
    label = style.label(labels.SERIAL, rng.choice(["", "", ":", " :"]))
    if way < 0.58:
        return [[*label, Piece(f"{series}-{number}", "serial")]]
    if way < 0.72:
        return [
            [
                *label,
                Piece(series, "series"),
                *said(rng.choice(["-", "-", "N°", "Nº", "–", "No.", "/"])),
                Piece(number, "number"),
            ]
        ]
    if way < 0.78:
        return [
            [
                *label,
                *rng.choice(
                    [
                        [Piece(series + "-", "series"), Piece(number, "number")],
                        [Piece(series, "series"), Piece("-" + number, "number")],
                    ]
                ),
            ]
        ]
    first = [*style.label(labels.SERIES, rng.choice([":", " :", ""])), Piece(series, "series")]
    second = [*style.label(labels.NUMBER, rng.choice([":", " :", ""])), Piece(number, "number")]
    return [first, second] if way < 0.88 else [[*first, *second]]


def customer(canvas: Canvas, facts: Facts, style: Style) -> None:
    """Who buys."""
    rng = canvas.rng
    if rng.random() < 0.22:
        canvas.lines(
            0,
            style.label(
                "Datos del cliente|Información del cliente|Adquirente|Cliente|Datos del "
                "adquiriente|Facturar a|Datos del receptor|Datos del usuario|Comprador"
            ),
            canvas.width,
        )
    found = buying(rng, facts, style)
    fields.put(canvas, style, found)


def buying(rng: Random, facts: Facts, style: Style) -> list[Field]:
    """The fields of who buys, in some order; without a label at times."""
    who = facts.buyer
    if who is None:
        return [(style.label(labels.BUYER), [])] if rng.random() < 0.3 else []
    name = said(cased(rng, who.name) if rng.random() < 0.35 else who.name, "customer_name")
    number = said(who.number, "customer_id") if who.number else []
    found: list[Field] = []
    if rng.random() < 0.94:
        found.append((style.label(labels.BUYER) if rng.random() < 0.96 else [], name))
    if number or rng.random() < 0.5:
        found.append((style.label(labels.BUYER_RUC if len(who.number) == 11 else labels.BUYER_DNI), number))
    if rng.random() < 0.62:
        found.append(
            (style.label(labels.ADDRESS), said(cased(rng, who.address) if rng.random() < 0.85 else "-"))
        )
    if rng.random() < 0.25:
        rng.shuffle(found)
    return found


def dates(canvas: Canvas, facts: Facts, style: Style) -> None:
    """Days, money and payment, and what else is told of a sale."""
    fields.put(canvas, style, details(canvas, facts, style))


def details(canvas: Canvas, facts: Facts, style: Style) -> list[Field]:
    """The fields of days, money and payment among others; a day in boxes is set at once."""
    rng, found = canvas.rng, []
    shown = style.day(facts.day, "date")
    if rng.random() < 0.2:
        shown = rng.choice(
            [
                [*shown, *said(facts.time)],
                [*shown, *said(f"/ {facts.time}")],
                [*shown, *said(f"- {facts.time}")],
                [*shown, *said(f"Hora: {facts.time}")],
            ]
        )
    if rng.random() < 0.045:
        parts = [
            f"{facts.day.day:02d}",
            f"{facts.day.month:02d}",
            rng.choice([f"{facts.day.year}", f"{facts.day.year % 100:02d}"]),
        ]
        fields.boxed_day(
            canvas,
            parts,
            rng.choice([[], ["DÍA", "MES", "AÑO"], ["Día", "Mes", "Año"], ["DD", "MM", "AAAA"]]),
            "date",
        )
    elif rng.random() < 0.985:
        found.append((style.label(labels.DATE), shown))
    if facts.due is not None:
        found.append((style.label(labels.DUE), style.day(facts.due, "due_date")))
    if rng.random() < 0.5:
        money = {
            "PEN": "SOLES|PEN|SOL|Soles|S/|Sol Peruano|SOLES (PEN)",
            "USD": "DÓLAR AMERICANO|USD|DÓLARES|US$|Dólares Americanos",
            "EUR": "EUROS|EUR|EURO",
        }[facts.currency]
        found.append((style.label(labels.MONEY), said(rng.choice(money.split("|")))))
    if rng.random() < 0.45:
        found.append(
            (
                style.label(labels.PAID),
                said(
                    cased(
                        rng,
                        rng.choice(
                            [
                                "CONTADO",
                                "CRÉDITO",
                                "CRÉDITO 30 DÍAS",
                                "EFECTIVO",
                                "FACTURA A 60 DÍAS",
                                "TARJETA",
                                "DEPÓSITO EN CUENTA",
                                "CONTRA ENTREGA",
                                "LETRA A 45 DÍAS",
                                "TRANSFERENCIA",
                            ]
                        ),
                    )
                ),
            )
        )
    found += [aside(rng, facts, style) for _ in range(rng.choice([0, 0, 1, 1, 2, 3, 4, 6, 8]))]
    if rng.random() < 0.45:
        rng.shuffle(found)
    return found


_ASIDES = (
    "Vendedor|Cajero|Orden de Compra|Guía de Remisión|Observación|Placa|Tipo de operación|"
    "Teléfono|Correo|Hora|Contacto|Código cliente|Suministro|Periodo|N° Pedido|Mesa|Turno|Caja|"
    "Tienda|Almacén|Centro de costo|T.C.|Ubigeo|Incoterm|"
    "Fecha de entrega|Fecha de Vigencia|Fecha de inicio|Fecha OC|Fecha de Autorización|Fecha de "
    "Impresión|Sucursal|N° Contrato|Mozo|Chofer|Licencia|Ruta|Zona|Kilometraje|Cotización|"
    "Proyecto|Fecha de lectura|Fecha de corte|Punto de partida|"
    "Lado|Surtidor|Habitación|Check In|Expediente|SIAF|N° Operación|Hoja de entrada|Referencia|"
    "Usuario|Estación|Peso|Bultos|Tipo de cambio|Fecha de ingreso|Fecha fin|Medidor|Categoría|"
    "Tarifa|N° Autorización|Orden de Servicio|Pedido|Comisionista"
).split("|")


def aside(rng: Random, facts: Facts, style: Style) -> Field:
    """A field that feeds nothing: another day, somebody's name, a number."""
    label = rng.choice(_ASIDES)
    if label.startswith(("Fecha", "Check")):
        value = day(facts.day.replace(day=rng.randrange(1, 28), month=rng.randrange(1, 13)), style.days)
        value += f" {facts.time}" if rng.random() < 0.2 else ""
    elif label in {"Vendedor", "Contacto", "Mozo", "Chofer", "Cajero", "Usuario", "Comisionista"}:
        value = rng.choice(
            [
                names.person(rng),
                names.given(rng),
                f"VEND{rng.randrange(99):02d}",
                "ADMIN",
                f"{rng.randrange(1, 99)} - {names.given(rng)}",
            ]
        )
    elif label in {
        "Guía de Remisión",
        "Orden de Compra",
        "Referencia",
        "Pedido",
        "Cotización",
        "Orden de Servicio",
    }:
        value = rng.choice(
            [
                "",
                "",
                f"T001-{rng.randrange(1, 9999)}",
                f"0001-{rng.randrange(1, 9999):06d}",
                f"OC-{rng.randrange(1, 9999)}",
                f"45000{rng.randrange(99999):05d}",
                f"{rng.randrange(1, 99999)}",
            ]
        )
    elif label in {"Observación", "Proyecto", "Ruta"}:
        value = rng.choice(
            ["", "-", "ENTREGADO", "SEGÚN OC", goods.service(rng), goods.Shelf(rng).words(), "NINGUNA"]
        )
    elif label in {"Tienda", "Almacén", "Sucursal", "Zona", "Punto de partida", "Estación"}:
        value = rng.choice([names.place(rng), "PRINCIPAL", names.shop(rng), names.address(rng)])
    else:
        value = rng.choice(
            [
                f"{rng.randrange(1, 50)}",
                f"{rng.randrange(1, 10**6)}",
                (
                    f"{rng.choice('ABCDEFTVW')}{rng.randrange(1, 9)}{rng.choice('ABX')}"
                    f"-{rng.randrange(100, 999)}"
                ),
                facts.time,
                names.phone(rng),
                names.mail(rng),
                f"3.{rng.randrange(300, 999)}",
                f"C{rng.randrange(99999):05d}",
                "Venta interna",
                "0101",
                "-",
                f"15{rng.randrange(100, 9999):04d}",
                f"{rng.choice(['ENERO', 'MARZO', 'JULIO', 'OCTUBRE', 'Setiembre'])} {facts.day.year}",
                f"{rng.randrange(10**6, 10**9)}",
            ]
        )
    return style.label(label), said(value)
