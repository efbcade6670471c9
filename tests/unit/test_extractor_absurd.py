"""Numbers that no paper means."""

import itertools
from decimal import Decimal

import pytest

from functions.extractor.judging import checks, merge, verdict
from functions.extractor.peru import qr
from functions.extractor.peru.tokens import amounts, number
from tests import sheets
from tests.scale import draws

pytestmark = pytest.mark.unit

ART = """
COMERCIAL FICTICIA S.A.C.                          R.U.C. 20512345671
Av. Los Proceres 123 - Lima                        FACTURA ELECTRONICA
                                                   F001-00000123
RUC : 20601234565           Fecha de Emision : 05/11/2026

CANT.                     UM     DESCRIPCION                VALOR UNITARIO
{quantity}  NIU    CEMENTO PORTLAND TIPO I    {price}

                                   OP. GRAVADA    S/   100.00
                                   IGV 18%        S/    18.00
                                   IMPORTE TOTAL  S/   {total}
SON: CIENTO DIECIOCHO CON 00/100 SOLES
"""
ABSURD = (
    "999,999,999,999,999",
    "999,999,999,999.99",
    "1" + ",000" * 9 + ".00",
    "9" * 60,
    "0." + "0" * 60 + "1",
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("999,999,999,999.99", Decimal("999999999999.99")),
        ("1,000,000,000,000.00", None),
        ("-1000000000000", None),
        ("1" + ",000" * 9 + ".00", None),
        ("1.0123456789", Decimal("1.0123456789")),
        ("1.01234567890", None),
    ],
)
def test_an_amount_has_twelve_digits_at_most(text: str, value: Decimal | None) -> None:
    """What no table of ours could hold is no amount, in a line or in a symbol."""
    symbol = qr.parse(f"20512345671|01|F001|123|{text}|118.00|2026-11-05|6|20601234565|")
    assert number(text) == value
    assert symbol is not None
    assert symbol.igv == value
    assert value is not None or list(amounts(text)) == []


@pytest.mark.long
@pytest.mark.parametrize(
    "values",
    list(itertools.product(("2.00", *ABSURD), ("50.00", *ABSURD), ("118.00", *ABSURD)))[:: draws(5, 1)],
)
def test_absurd_numbers_raise_nothing(values: tuple[str, str, str]) -> None:
    """However large or long the numbers of a file are, reading and judging come to an end."""
    reading = sheets.read(ART.format(**dict(zip(("quantity", "price", "total"), values, strict=True))))
    invoice, evidence = merge.merge([reading], 0)
    found = checks.run(invoice, 0, today=sheets.TODAY)
    assert verdict.verdict(invoice, evidence, found, readings=[reading]) != "proven" or values == (
        "2.00",
        "50.00",
        "118.00",
    )
