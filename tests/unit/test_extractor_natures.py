"""What papers that are no comprobante call themselves."""

import pytest

from functions.extractor.peru import natures
from functions.extractor.peru.tokens import fold, lettered

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("line", "nature"),
    [
        ("Constancia de transferencia", "bank_transfer"),
        ("VOUCHER ELECTRÓNICO DE DEPÓSITO", "bank_transfer"),
        ("COMPROBANTE DE PAGO", "bank_transfer"),
        ("COMPROBANTE DE PAGO ELECTRÓNICO", None),
        ("GUÍA ELECTRÓNICA DE REMISIÓN", "delivery_guide"),
        ("RUC 20512345671 GUIA DE REM. REMITENTE", "delivery_guide"),
        ("PRE-CUENTA", "quote"),
        ("PREFACTURA N° 12", "quote"),
        ("C O T I Z A C I O N", "quote"),
        ("LIQUIDACIÓN DE GASTOS", "other"),
        ("LIQUIDACIÓN DE COMPRA", None),
        ("BOLETA DE REMUNERACIÓN", "other"),
        ("BOLETA DE VENTA", None),
        ("RECIBO DE RETENCIÓN", "other"),
        ("ACTA DE CONFORMIDAD", "other"),
        ("ACTA FICTICIA S.A.C.", None),
        ("BANCO FICTICIO - ESTADO DE CUENTA", "other"),
        ("CLIENTE CON ESTADO DE CUENTA", None),
        ("PRE", None),
    ],
)
def test_a_paper_is_known_by_the_title_with_which_a_line_begins(line: str, nature: str | None) -> None:
    """Whatever stands between its words, however short or wide they are; what a comprobante calls itself is
    no other paper's title, nor is a phrase amid a line.
    """
    assert natures.titled(lettered(fold(line))) == nature


def test_different_phrases_speak_for_a_paper() -> None:
    """A phrase that is repeated counts once, weak ones count three times at most, and a title that facturas
    have as a label says nothing; the sign before an exclamation is read as a letter.
    """
    page = (
        "IYapeaste! YAPE YAPE LOTE 3 TERMINAL 4 FIRMA DEL CLIENTE COPIA CLIENTE **** 1234 ORDEN DE COMPRA 12 "
        "VALIDEZ DE LA OFERTA"
    )
    assert natures.points(lettered(fold(page))) == {"yape": 6, "card_slip": 3, "quote": 2}


@pytest.mark.parametrize(
    ("line", "annex"),
    [
        ("ORDEN DE COMPRA N° 000123", True),
        ("GUÍA DE REMISIÓN REMITENTE ELECTRÓNICA", True),
        ("ACTA DE CONFORMIDAD", True),
        ("PACKING LIST", True),
        ("ORDEN DE COMPRA DEL CLIENTE", False),
        ("ACTA CONFORME", False),
        ("HOJA 2", False),
        ("INVOICE", False),
        ("COMPROBANTE DE PAGO", False),
    ],
)
def test_an_annex_is_a_title_alone_in_its_line(line: str, annex: bool) -> None:
    """A number may stand with it, further words make it a label or a sentence; another tongue's title stands
    below a factura's own, and a payment's is no annex.
    """
    assert natures.is_annex(lettered(fold(line))) is annex
