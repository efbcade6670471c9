"""The lower part of a paper, and whatever stands on it and feeds nothing: banks, instalments, notes, the
law's own sentences.
"""

from random import Random

from tests.corpus.tokens import goods, labels, names
from tests.corpus.tokens.canvas import Canvas, Piece, said
from tests.corpus.tokens.facts import Facts
from tests.corpus.tokens.spelling import cased
from tests.corpus.tokens.style import Style, day

_SENTENCES = (
    "Representación impresa de la {t}|Representación impresa del comprobante electrónico, "
    "consulte en {w}|Autorizado mediante Resolución de Intendencia N° 034-005-000{n}|Autorizado "
    "mediante la R.I. SUNAT N° {n}/SUNAT|"
    "Consulte su documento en {w}|Gracias por su compra|GRACIAS POR SU PREFERENCIA|Esta es una "
    "representación impresa de la factura electrónica, generada en el Sistema de SUNAT. Puede "
    "verificarla utilizando su clave SOL.|"
    "El cliente declara conocer y aceptar las condiciones del servicio y el tratamiento de sus "
    "datos|Resumen: {h}|Código Hash: {h}|HASH: {h}|Operación sujeta al Sistema de Pago de "
    "Obligaciones Tributarias con el Gobierno Central|"
    "BIENES TRANSFERIDOS EN LA AMAZONÍA REGIÓN SELVA PARA SER CONSUMIDOS EN LA MISMA|No se "
    "aceptan cambios ni devoluciones pasados los 7 días. Total o parcial.|Leyenda: Operación "
    "sujeta a detracción|Cuenta BCP soles: 191-{n}-0-{m}|"
    "CCI: 002191{n}{n}|CUENTA DETRACCIÓN BANCO DE LA NACIÓN: 00-{m}-{n}|Todo cambio debe hacerse "
    "con su boleta y DNI del cliente|Agente de retención según R.S. 037-2002|SOMOS AGENTES DE "
    "PERCEPCIÓN|Usuario: {u}|Impreso el {d} 10:22|"
    "Emitido por el sistema {u}|Página 1 de 1|{w}|Central telefónica: (01) {m}|Whatsapp: {n}|"
    "Proveedor autorizado: {c} RUC: {r}|Para consultar el comprobante ingrese a {w} con RUC y "
    "total|Facturado por {c}|Puntos acumulados: {m}|"
    "Escanee el código QR|EL CLIENTE RECIBIÓ CONFORME|Vendedor: {u}|N° de operación {n}|Total "
    "unidades: {q}|Total Ítems: {q}|Peso total: {q}.50 KG|Condiciones: el total no incluye flete|"
    "Fecha de impresión: {d}|Recibí conforme: ____________|"
    "Nombre: ______________ DNI: ____________|Cancelado|Este documento no tiene valor sin el "
    "sello de cancelado|Imprenta {c} RUC {r} Serie 001 del 001 al 500|Sírvase verificar su "
    "pedido antes de retirarse|Descargue su comprobante en {w}|"
    "Su próxima fecha de pago es el {d}|Evite el corte pagando antes del {d}|¡Síguenos en "
    "Facebook!|Libro de reclamaciones a su disposición|Pasada la fecha de vencimiento se "
    "cobrarán intereses|Atendido por {u}|Caja: {q} Turno: 1 Ticket: {m}|"
    "Recargo por mora 2% mensual|Ahorró usted S/ {q}.00|Autorización N° 0180050001234/SUNAT|"
    "Incorporado al régimen de agentes de retención R.S. 228-2012 a partir del {d}|Bienes o "
    "servicio sujeto a detracción código 037|Delivery {n}|"
    "Cliente frecuente: {n}|Observaciones: {o}|Glosa: {o}|Referencia: {o}|PLACA {p} KM {m}|"
    "Domicilio de entrega: {a}|Dirección de partida: {a}|Emitido a través de {c} - RUC {r}|Para "
    "todo reclamo presentar este comprobante|Orden de compra {n}"
).split("|")


def sentence(rng: Random, facts: Facts) -> str:
    """One line of the many that papers end with."""
    text = rng.choice(_SENTENCES)
    if "{" in text:
        title = rng.choice(labels.TITLES[facts.kind].split("|"))
        made = {
            "t": lambda: title,
            "w": lambda: names.site(rng),
            "n": lambda: str(rng.randrange(10**6, 10**7)),
            "m": lambda: str(rng.randrange(10**4, 10**7)),
            "u": lambda: names.given(rng),
            "c": lambda: names.company(rng),
            "h": lambda: (
                "".join(rng.choice("abcdefghijklmnoprstuvwxyzABCDEFGH0123456789+/") for _ in range(27)) + "="
            ),
            "d": lambda: day(facts.day.replace(day=rng.randrange(1, 28), month=rng.randrange(1, 13)), 0),
            "r": lambda: names.ruc(rng, "20"),
            "q": lambda: str(rng.randrange(1, 40)),
            "o": lambda: goods.service(rng),
            "p": lambda: (
                f"{rng.choice('ABCDT')}{rng.randrange(1, 9)}{rng.choice('ABC')}-{rng.randrange(100, 999)}"
            ),
            "a": lambda: names.address(rng),
        }
        for name, value in made.items():
            if f"{{{name}}}" in text:
                text = text.replace(f"{{{name}}}", value())
    return cased(rng, text) if rng.random() < 0.4 else text


def notes(canvas: Canvas, facts: Facts, style: Style) -> None:
    """Some sentences, centred or not."""
    rng = canvas.rng
    align = rng.choice("lcc") if canvas.width < 40 else rng.choice("llc")
    if rng.random() < 0.35:
        banks(canvas, style)
    for _ in range(rng.choice([0, 1, 2, 2, 3, 4, 5, 6])):
        canvas.lines(canvas.width / 2 if align == "c" else 0, said(sentence(rng, facts)), canvas.width, align)


def banks(canvas: Canvas, style: Style) -> None:
    """Accounts to pay into, as lines or as a table."""
    rng = canvas.rng
    if rng.random() < 0.4 and canvas.width > 40:
        heads = rng.choice(
            [
                ("Banco", "Moneda", "Cuenta", "CCI"),
                ("BANCO", "CUENTA", "CCI"),
                ("Entidad", "N° de cuenta", "Moneda"),
            ]
        )
        room = canvas.width * rng.uniform(0.5, 1) / len(heads)
        for at, head in enumerate(heads):
            canvas.put(room * at, said(head))
        canvas.next()
        for _ in range(rng.randrange(1, 4)):
            cells = [
                names.bank(rng),
                rng.choice(["SOLES", "S/", "DÓLARES"]),
                f"{rng.randrange(100, 999)}-{rng.randrange(10**6, 10**7)}-0-{rng.randrange(10, 99)}",
                f"{rng.randrange(10**19, 10**20)}",
            ]
            for at, cell in enumerate(cells[: len(heads)]):
                canvas.put(room * at, said(cell))
            canvas.next()
        return
    canvas.lines(
        0,
        style.label("Cuentas bancarias|Nuestras cuentas|Cuentas corrientes|Depositar en|Cta. Cte.", ":"),
        canvas.width,
    )
    for _ in range(rng.randrange(1, 4)):
        canvas.lines(
            0,
            said(
                f"{names.bank(rng)} "
                f"{rng.choice(['S/', 'Soles', 'US$', 'Cta. Cte.', 'Ahorros', ''])}: "
                f"{rng.randrange(100, 999)}-{rng.randrange(10**6, 10**8)}"
                f"-{rng.randrange(10)}-{rng.randrange(10, 99)}"
            ),
            canvas.width,
        )


def instalments(canvas: Canvas, facts: Facts, style: Style) -> None:
    """What is due when, in parts; days and amounts of nobody's field."""
    rng = canvas.rng
    heads = rng.choice(
        [
            ("Cuota", "Fec. Venc.", "Monto"),
            ("N° Cuota", "Vencimiento", "Importe"),
            ("Informacion del credito", "Monto neto pendiente de pago", "Total de Cuotas"),
            ("CUOTA", "FECHA", "MONTO"),
            ("Nro.", "F. Vcto", "Saldo"),
        ]
    )
    if rng.random() < 0.3:
        canvas.lines(
            0,
            style.label(
                "Información del crédito|Cronograma de pagos|Cuotas|Condiciones de crédito|Detalle de cuotas"
            ),
            canvas.width,
        )
    room = canvas.width / 3 if canvas.width < 40 else canvas.width * rng.uniform(0.12, 0.33)
    for at, head in enumerate(heads):
        canvas.put(room * at, said(head))
    canvas.next()
    count = rng.choice([1, 1, 2, 3])
    for number in range(1, count + 1):
        due = facts.day.replace(day=rng.randrange(1, 28), month=rng.randrange(1, 13))
        canvas.put(0, said(rng.choice([str(number), f"Cuota00{number}", f"{number:03d}"])))
        canvas.put(room, style.day(due))
        canvas.put(room * 2, style.money(round(facts.total / count, 2), "other"))
        canvas.next()


def pages_edge(canvas: Canvas, facts: Facts) -> None:
    """A browser's or a fax's line at the upper edge, with a day of its own."""
    rng = canvas.rng
    when = day(
        facts.day.replace(day=rng.randrange(1, 28), month=rng.randrange(1, 13)), rng.choice([0, 4, 12, 1])
    )
    canvas.put(
        0,
        said(
            rng.choice(
                [
                    f"{when}, {facts.time}",
                    f"{when} {facts.time}",
                    f"FAX {when} {facts.time} P.01",
                    f"De: {names.mail(rng)} {when}",
                ]
            )
        ),
    )
    canvas.put(
        canvas.width,
        said(rng.choice(["about:blank", names.site(rng), "Página 1 de 1", "1/1", "Comprobante electrónico"])),
        "r",
    )
    canvas.next(1.5)


def stray(canvas: Canvas) -> list[Piece]:
    """A mark that nobody wrote: of rules, stamps, shadows."""
    rng = canvas.rng
    return said(
        rng.choice(
            [
                "|",
                "-",
                ".",
                "~",
                "I",
                "l",
                ":",
                "A",
                "1",
                "•",
                names.invented(rng),
                "CANCELADO",
                "PAGADO",
                "RECIBIDO",
            ]
        )
    )
