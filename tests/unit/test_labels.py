"""What amounts are called, in a line."""

import pytest

from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import lettered

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("TOTAL OPERACIONES GRAVADAS CON EL IGV S/ 100.00", ["taxable"]),
        ("TOTALIGV 18%: USD 19.97", ["igv"]),
        ("VALOR VENTA IGV", ["igv"]),
        ("VALORVENTA IMPORTETOTAL", ["sale_value", "total"]),
        ("SUB TOTAL DSCTO. GLOBAL", ["discounts"]),
        ("OP. EXONERADOS  OP GRAV  VTAS. INAFECTAS", ["exempt", "taxable", "unaffected"]),
        ("I.S.C. S/ 23.13", ["isc"]),
        ("VENTA EXONERAD  TOTALA PAGAR: S/.2,518.39", ["exempt", "total"]),
        ("SERVICIO 10% (RECARGO)", ["other_charges", "other_charges"]),
        ("PAGO DE HONORARIOS PROFESIONALES", []),
        ("HONORARIOS S/ 500.00", ["total"]),
        ("CODIGO TRIBUTO 1000", []),
        ("OPERACION SUJETA AL SISTEMA DE PAGO DE OBLIGACIONES", []),
        ("GRAVA 3/4 RETEN 40X60 DTOOTA", []),
        ("RECARGA VIRTUAL, TUBO REDONDO, IDA Y VUELTA", []),
        ("CTA. INT. VENC. AV. GRAU 321", []),
    ],
)
def test_a_label_is_told_from_words_of_other_things(line: str, told: list[str]) -> None:
    """The words before a label and a tax it is subject to are part of it; what was sold, accounts and addresses
    have words that only begin alike.
    """
    assert [name for name, *_ in labels_in(lettered(line))] == told
