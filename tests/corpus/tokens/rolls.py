"""The lines that were sold as tills print them, and as bills list their charges."""

from tests.corpus.tokens import details, names, table
from tests.corpus.tokens.canvas import Canvas, Piece, said
from tests.corpus.tokens.facts import Facts, Line
from tests.corpus.tokens.spelling import cased
from tests.corpus.tokens.style import Style

_HEADS = (
    "CANT DESCRIPCIÓN P.U. TOTAL|Descripción Cant P.Unit Importe|DESCRIPCIÓN TOTAL|CANT. "
    "PRODUCTO IMPORTE|Cod. Descripción|[CANT.] DESCRIPCIÓN P/U TOTAL|UM CANT PRECIO IMPORTE|"
    "Producto Total|ARTÍCULO CANT PRECIO TOTAL|"
    "Cant Precio Importe|CÓDIGO DESCRIPCIÓN|Item Importe|CANT U.M. DETALLE IMPORTE|Descripción "
    "Precio|Q DESCRIP. P.UNI IMPTE"
).split("|")
WAYS = (
    "under",
    "under",
    "under",
    "row",
    "priced",
    "three",
    "code_first",
    "coded",
    "first",
    "price_first",
    "united",
)


def roll(canvas: Canvas, facts: Facts, style: Style) -> None:
    """Items in one of the ways of tills, the same for all of a paper."""
    rng = canvas.rng
    if rng.random() < 0.6:
        heads = rng.choice(_HEADS).split()
        for at, head in enumerate(heads):
            place = canvas.width * at / max(1, len(heads) - 1)
            canvas.put(place, said(head), "l" if at == 0 else "r" if at == len(heads) - 1 else "c")
        canvas.next()
        if rng.random() < 0.5:
            canvas.rule()
    way = rng.choice(WAYS)
    sign, places = rng.choice(["x", "X", "*", "x", "×", "@"]), (rng.choice([0, 0, 1, 2, 2, 3]), 2)
    plan = table.Plan(("quantity", "unit", "words", "code", "price", "amount"), "price", "amount", places)
    glued, tail, loose = (
        rng.random() < 0.12,
        rng.choice([[], [], [], [], [Piece("S")], [Piece("G")], [Piece("*")]]),
        rng.uniform(0.95, 1.25),
    )
    coded, united, edge = rng.random() < 0.3, rng.random() < 0.4, rng.choice([0, 0, 1, 3])
    right = canvas.width if rng.random() < 0.85 else canvas.width * rng.uniform(0.7, 0.95)
    for number, line in enumerate(facts.lines, 1):
        row = table.cells(plan, line, number, style)
        row["amount"] = [*row["amount"], *tail]
        if coded and way not in {"code_first", "coded"}:
            row["words"] = [*row["code"], *row["words"]]
        factors = _factors(
            row, sign, number, united=united or way == "united", glued=glued, price_first=way == "price_first"
        )
        _item(canvas, way, row, factors, (edge, right))
        canvas.next(loose - 1)
        if rng.random() < 0.02:
            canvas.lines(0, details.detail(rng, number)[0], canvas.width)
        _off(canvas, style, line)
    if rng.random() < 0.3:
        canvas.rule()


def _off(canvas: Canvas, style: Style, line: Line) -> None:
    if line.off:
        canvas.put(1, said(canvas.rng.choice(["DSCTO", "Descuento", "PROMO", "DCTO. ITEM"])))
        canvas.put(canvas.width, said(style.number(-line.price * line.quantity * line.off / 100)), "r")
        canvas.next()


def _factors(
    row: dict[str, list[Piece]], sign: str, number: int, *, united: bool, glued: bool, price_first: bool
) -> list[Piece]:
    """Quantity by price, as words of their own or as one."""
    first, second = row["quantity"], row["price"]
    if united:
        first = [*first, *row["unit"]]
    if price_first:
        first, second = second, first
    if glued:
        return [Piece("".join(piece.text for piece in [*first, Piece(sign), *second]), "unit_price", number)]
    return [*first, Piece(sign), *second]


def _item(
    canvas: Canvas, way: str, row: dict[str, list[Piece]], factors: list[Piece], edges: tuple[float, float]
) -> None:
    """One item in the way of this till; `edges`: where factors begin and amounts end."""
    edge, right = edges
    words, amount = row["words"], row["amount"]
    if way in {"row", "priced"}:
        numbers = [*row["price"], *amount] if way == "priced" else amount
        start = canvas.wide(row["quantity"]) + 0.8
        canvas.put(0, row["quantity"])
        canvas.put(right, amount, "r")
        room = right - start - canvas.wide(numbers) - 1.2
        if way == "priced":
            canvas.put(right - canvas.wide(amount) - 0.6, row["price"], "r")
        canvas.lines(start, words, max(room, 5))
        return
    if way == "first":
        canvas.put(edge, factors)
        canvas.put(right, amount, "r")
        canvas.next()
        canvas.lines(0, words, canvas.width)
        return
    if way == "code_first":
        canvas.lines(0, row["code"], canvas.width)
    canvas.lines(0, words, canvas.width)
    if way == "three":
        canvas.put(edge, factors)
        canvas.next()
        canvas.put(right, amount, "r")
    elif way == "coded":
        canvas.put(0, row["code"])
        canvas.put(max(canvas.wide(row["code"]) + 1, canvas.width * 0.3), factors)
        canvas.put(right, amount, "r")
    else:
        canvas.put(edge, factors)
        canvas.put(right, amount, "r")
    canvas.next()


_READINGS = (
    "Lectura anterior|Lectura actual|Consumo kWh|Consumo m3|Medidor N°|Tarifa|Potencia "
    "contratada|Precio S/kWh|Fecha de lectura|Categoría|Diferencia de lecturas|Alimentador|"
    "Sector Típico|Sistema Eléctrico|Tipo de Conexión|Tensión|Hilos|"
    "Mes anterior|Unidad de Uso|Frecuencia de facturación|Ruta|Actividad|Horario de "
    "abastecimiento|Desde|Hasta|Ciclo|Ubicación|Distrito|Tipo de descarga|Máxima demanda|Pliego "
    "Tarifario|Volumen facturado|Factor|Suministro|Periodo de consumo|"
    "Serie del medidor|Próxima lectura|Histórico de consumo|Consumo promedio|Fecha de corte|"
    "Nivel de tensión|Subestación"
).split("|")


def _reading(canvas: Canvas, style: Style) -> list[Piece]:
    rng = canvas.rng
    value = rng.choice(
        [
            f"{rng.randrange(1, 99999)}",
            f"{rng.uniform(0.1, 900):.2f}",
            f"{rng.uniform(0.1, 1):.4f}",
            f"{rng.randrange(1, 28):02d}/{rng.randrange(1, 13):02d}/{rng.randrange(2018, 2028)}",
            "BT5B",
            "220 V - BT",
            f"{names.invented(rng)}-{rng.randrange(1, 30):02d}",
            "MENSUAL",
            "Monofásica",
            f"{rng.randrange(20, 400)} kWh",
        ]
    )
    return [*style.label(rng.choice(_READINGS), style.colon if rng.random() < 0.7 else ""), *said(value)]


def charges(canvas: Canvas, facts: Facts, style: Style) -> None:
    """What a bill charges, each with its amount; readings and tariffs above them or in a column of their
    own.
    """
    rng = canvas.rng
    asides = [_reading(canvas, style) for _ in range(rng.randrange(0, 13))]
    beside = rng.random() < 0.55
    left = canvas.width * rng.uniform(0.38, 0.55) if beside and rng.random() < 0.6 else 0.0
    right = canvas.width if left or not beside else canvas.width * rng.uniform(0.5, 0.62)
    aside = 0.0 if left else canvas.width * rng.uniform(0.66, 0.7)
    if not beside:
        for aside_line in asides[:7]:
            canvas.put(canvas.width * rng.choice([0, 0, 0.5]), aside_line)
            canvas.next()
    side = canvas.part(aside, left - 1 if left else canvas.width - aside)
    if beside:
        for aside_line in asides:
            side.lines(0, aside_line, side.width)
    if rng.random() < 0.75:
        canvas.put(
            left,
            style.label(
                "Detalle de los importes facturados|Detalle de facturación|Conceptos|Detalle de "
                "su consumo|Descripción|Concepto|Detalle de cargos|Conceptos facturados"
            ),
        )
        canvas.put(right, style.label("Importe|S/|Importe S/|Importe||Monto|Total"), "r")
        canvas.next()
    counted = rng.random() < 0.22 and right - left > 26
    for number, line in enumerate(facts.lines, 1):
        words = said(cased(rng, line.words) if rng.random() < 0.5 else line.words, "description", number)
        canvas.put(left, words)
        if counted and rng.random() < 0.7 and canvas.wide(words) < right - left - 14:
            canvas.put(
                right - 8,
                [
                    Piece(table.quantity(line.quantity, rng.choice([0, 2])), "quantity", number),
                    *said(rng.choice([line.unit, ""]), "unit", number),
                ],
                "r",
            )
        canvas.put(right, style.money(line.amount, "amount", number, sign=style.item_sign), "r")
        canvas.next(rng.choice([1.0, 1.0, 1.15]))
    if beside and rng.random() < 0.6:
        canvas.y = max(canvas.y, side.y)
