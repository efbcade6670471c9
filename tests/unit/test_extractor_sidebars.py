"""A column of the issuer's or the buyer's data beside the table of what was sold: lines at heights of their
own.
"""

from __future__ import annotations

from datetime import date

import pytest

from functions.extractor.reading.names import goes_on
from tests.sheets import invoice

pytestmark = pytest.mark.unit

DAIRY = """
                    COOPERATIVA LECHERA VALLE FICTICIO LTDA.
FACTURA ELECTRONICA          RUC 20512345671              F003-00000686

CLIENTE                        Producto            Cant.     P. Unit.    Importe
MINIMARKET LA ESQUINA DE       YOGUR NATURAL       30.00       10.00     300.00
CARMEN E.I.R.L.
RUC: 20601234565               CREMA DE LECHE      10.00       20.00     200.00

FECHA DE EMISION               QUESO FRESCO        10.00       50.00     500.00
09/03/2026
                               MANJAR BLANCO        5.00       20.00     100.00
FECHA DE VENCIMIENTO           QUESO MANTECOSO      5.00       40.00     200.00
24/03/2026
                                                   Op. gravada       S/ 1300.00
                                                   IGV 18%            S/ 234.00
                                                   TOTAL             S/ 1534.00
"""
LETTERHEAD = """
REPUESTOS FICTICIOS S.A.C.     DETALLE
RUC N°: 20512345671              CANTIDAD U.M.      P.U.      VALOR VENTA
JR. INVENTADO 284              ANILLO DE RETENCION PARA EJE
LIMA - LIMA - LA VICTORIA      TRASERO DE TRACTOR
Cel: 989000000                      1.000 PZA     100.00           100.00
ventas@ficticios.example       ARROZ SACO DE 50 KG
                                    2.000 SACO     50.00           100.00
FACTURA
F001-00000025                  SON: DOSCIENTOS CON 00/100 SOLES

SENORES: INVENTADA S.R.L.
RUC: 20601234565
FECHA: 10/05/2026
OP. GRAVADA     S/ 169.49
IGV 18%          S/ 30.51
TOTAL           S/ 200.00
"""
ONE_LINE = """
RUC: 20512345671                             COMERCIAL FICTICIO S.A.C.
FACTURA ELECTRONICA                          JR. INVENTADO 1586
F001-00000025                                LIMA - LIMA - LA VICTORIA
                                             ventas@ficticio.example
RUC/DNI 20601234565
CLIENTE FERRETERIA INVENTADA S.A.      CORREA EN V      24.00    10.00    240.00
EMISION 02/09/2026
                                       TOTAL OP. GRAVADAS           S/    240.00
                                       I.G.V. 18 %                  S/     43.20
                                       PRECIO DE VENTA              S/    283.20
"""


def test_the_buyers_block_beside_the_table_is_read() -> None:
    """A label in the row of the headings names the buyer where lines below it stand beside no line of the table,
    and a day there is when to pay.
    """
    read = invoice(DAIRY)
    assert (read.customer.name, read.customer.id, read.issue_date, read.due_date) == (
        "MINIMARKET LA ESQUINA DE CARMEN E.I.R.L.",
        "20601234565",
        date(2026, 3, 9),
        date(2026, 3, 24),
    )


@pytest.mark.parametrize(
    ("paper", "sold"),
    [
        (LETTERHEAD, ["ANILLO DE RETENCION PARA EJE TRASERO DE TRACTOR", "ARROZ SACO DE 50 KG"]),
        (ONE_LINE, ["CORREA EN V"]),
    ],
    ids=["beside a letterhead, below headings", "one line beside the buyer, without headings"],
)
def test_no_line_takes_its_words_from_the_block_beside_it(paper: str, sold: list[str]) -> None:
    """What was sold is called by words on its own side of the gutter."""
    assert [item.description for item in invoice(paper).items] == sold


def test_a_stamps_day_between_a_label_and_its_own_is_passed_over() -> None:
    """Of two days in a label's row the one below a stamp's word is the stamp's."""
    paper = DAIRY.replace("FECHA DE EMISION   ", "                   ").replace("09/03/2026", "          ")
    assert invoice(
        f"                         RECIBIDO\nFecha Emision:           18/11/2025    31/10/2024\n{paper}"
    ).issue_date == date(2024, 10, 31)


def test_a_lines_tail_alone_is_no_name() -> None:
    """Words with which no name begins go on from the line above and into the one below."""
    assert (goes_on("ZEGARRA, LUNA &", "ASOCIADOS"), goes_on("ASOCIADOS", "ABOGADOS S. CIVIL DE R.L.")) == (
        True,
        True,
    )
