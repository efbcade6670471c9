"""What stands under a line that was sold, and what a fee is for."""

from random import Random

from tests.corpus.tokens import goods, names
from tests.corpus.tokens.canvas import Canvas, Piece, said
from tests.corpus.tokens.facts import Facts
from tests.corpus.tokens.spelling import cased
from tests.corpus.tokens.style import Style


def detail(rng: Random, number: int) -> tuple[list[Piece], bool]:
    """A second line of an item: more words, or a lot, a serial number, a bar code, which are none of its
    words. True where it belongs to the words.
    """
    if rng.random() < 0.45:
        shelf = goods.Shelf(rng)
        return said(
            rng.choice(
                [
                    f"Marca: {names.invented(rng)}",
                    f"MODELO {names.invented(rng)[:4]}-{rng.randrange(99)}",
                    f"Color: {rng.choice(['NEGRO', 'ROJO', 'PLATA'])}",
                    shelf.words(),
                    f"({shelf.words()})",
                    f"{names.invented(rng)}",
                ]
            ),
            "description",
            number,
        ), True
    text = rng.choice(
        [
            (
                f"Lote: {names.invented(rng)[:2]}{rng.randrange(999)} F.V. "
                f"{rng.randrange(1, 13):02d}/{rng.randrange(2025, 2031)}"
            ),
            f"S/N {names.invented(rng)[:3]}{rng.randrange(10**6, 10**9)}",
            f"SERIE: {rng.randrange(10**6, 10**9)}",
            f"IMEI {rng.randrange(10**14, 10**15)}",
            f"Lote L{rng.randrange(999)}",
            f"Cod. Barras: 775{rng.randrange(10**10):010d}",
            f"Partida Arancelaria {rng.randrange(1000, 9999)}.{rng.randrange(10, 99)}",
            f"Garantía: {rng.choice([3, 6, 12, 24])} meses",
            f"N° Serie : {names.invented(rng)[:2]}{rng.randrange(10**4, 10**7)}",
            f"Vcto: {rng.randrange(1, 28):02d}/{rng.randrange(1, 13):02d}/{rng.randrange(2025, 2031)}",
            f"Reg. San. {names.invented(rng)[:2]}-{rng.randrange(10**4)}",
        ]
    )
    return said(text), False


def fee(canvas: Canvas, facts: Facts, style: Style) -> None:
    """What a fee is for: after a label, or as a table of one line."""
    rng, line = canvas.rng, facts.lines[0]
    words, way = said(cased(rng, line.words), "description", 1), rng.randrange(3)
    if way == 0:
        canvas.lines(
            0,
            [
                *style.label(
                    (
                        "Por concepto de|Concepto|Por concepto|Por el concepto de|Por los servicios "
                        "de|Servicio prestado"
                    ),
                    rng.choice(["", ":", " :"]),
                ),
                *words,
            ],
            canvas.width,
        )
    elif way == 1:
        canvas.put(0, style.label("Concepto|Descripción|Detalle|Descripción del servicio"))
        canvas.put(canvas.width, style.label("Importe|Monto|Total|Honorarios"), "r")
        canvas.next()
        canvas.put(canvas.width, style.money(line.amount, "amount", 1, sign=style.item_sign), "r")
        canvas.lines(0, words, canvas.width * 0.7)
    else:
        canvas.lines(0, style.label("La suma de|Por concepto de|Descripción"), canvas.width)
        canvas.lines(canvas.width * 0.1, words, canvas.width * 0.85)
    if rng.random() < 0.5:
        canvas.lines(
            0,
            said(
                cased(
                    rng,
                    rng.choice(
                        [
                            "Inciso A DEL ARTÍCULO 33 DE LA LEY DEL IMPUESTO A LA RENTA",
                            "Observación: -",
                            "Inciso: A",
                            "Forma de pago: AL CONTADO",
                        ]
                    ),
                )
            ),
            canvas.width,
        )
