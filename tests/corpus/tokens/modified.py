"""The document that a note modifies, under a heading or under labels of its own."""

from tests.corpus.tokens import fields, goods, labels
from tests.corpus.tokens.canvas import Canvas, Piece, said
from tests.corpus.tokens.facts import Facts
from tests.corpus.tokens.fields import Field
from tests.corpus.tokens.spelling import cased
from tests.corpus.tokens.style import Style


def modified(canvas: Canvas, facts: Facts, style: Style) -> None:
    """The document that a note modifies, under a heading or under labels of its own."""
    if facts.modified is None:
        return
    rng = canvas.rng
    number, when = facts.modified
    lead = said(
        rng.choice("||FACTURA|Factura Electrónica|BOLETA DE VENTA|FACTURA ELECTRÓNICA|Factura :".split("|"))
    )
    shown = rng.choice(
        [[Piece(number, "modified_serial")]] * 3
        + [
            [
                Piece(number.split("-")[0], "modified_serial"),
                Piece("-"),
                Piece(number.split("-")[1], "modified_serial"),
            ]
        ]
    )
    headed = rng.random() < 0.4
    found: list[Field] = [
        (
            style.label(labels.MODIFIES_BARE if headed and rng.random() < 0.5 else labels.MODIFIES),
            [*lead, *shown],
        )
    ]
    if rng.random() < 0.75:
        found.append(
            (
                style.label(
                    labels.MODIFIES_DAY + ("|Fecha|Fecha de Emisión|Fecha de Emisión" if headed else "")
                ),
                style.day(when, "modified_date"),
            )
        )
    if rng.random() < 0.8:
        found.append(
            (
                style.label(labels.REASON),
                said(
                    cased(
                        rng,
                        rng.choice(
                            [
                                "ANULACIÓN DE LA OPERACIÓN",
                                "DEVOLUCIÓN TOTAL",
                                "DESCUENTO GLOBAL",
                                "ERROR EN EL RUC",
                                "CORRECCIÓN POR ERROR EN LA DESCRIPCIÓN",
                                "DEVOLUCIÓN POR ÍTEM",
                                "01 - ANULACIÓN",
                                "DESCUENTO POR ÍTEM",
                                "BONIFICACIÓN",
                                "DISMINUCIÓN EN EL VALOR",
                                "INTERESES POR MORA",
                                "AUMENTO EN EL VALOR",
                                "PENALIDADES",
                                "AJUSTE DE PRECIO",
                                goods.service(rng),
                            ]
                        ),
                    )
                ),
            )
        )
    if rng.random() < 0.3:
        found.insert(
            0 if rng.random() < 0.5 else len(found),
            (
                style.label("Tipo de documento|Tipo|Documento|Tipo de comprobante|Tipo Doc."),
                said(
                    rng.choice(
                        ["FACTURA ELECTRÓNICA", "FACTURA", "BOLETA DE VENTA ELECTRÓNICA", "01", "Factura"]
                    )
                ),
            ),
        )
    if rng.random() < 0.25:
        rng.shuffle(found)
    if headed:
        canvas.lines(
            0,
            style.label(
                (
                    "Documento que modifica|Documento modificado|Datos del documento que modifica|"
                    "Documento de referencia|Comprobante afectado|Documento afectado|Referencia|"
                    "Datos del comprobante que modifica|Comprobante que se modifica"
                ),
                rng.choice(["", ":"]),
            ),
            canvas.width,
        )
    fields.put(canvas, style, found)
