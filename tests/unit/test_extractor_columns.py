"""What tells the columns of a table and the lines of a roll where headings, places or words do not."""

from decimal import Decimal

import pytest

from tests.sheets import invoice

pytestmark = pytest.mark.unit

D = Decimal
Line = tuple[str | None, Decimal | None, str | None, Decimal | None, Decimal | None]

HEAD = """
COMERCIAL FICTICIA S.A.C.                          R.U.C. 20512345671
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
                                                   F001-00000123
Señor(es) : DISTRIBUIDORA INVENTADA SAC            Fecha de Emisión : 05/11/2026
RUC : 20601234565                                  Moneda : SOLES

"""
ROLL = """
BODEGA FICTICIA S.A.C.
RUC: 20512345671
BOLETA DE VENTA ELECTRONICA
B012-00008153
FECHA: 05/11/2026    HORA: 15:30
"""


def lines(*rows: str, head: str = HEAD) -> list[Line]:
    """Description, quantity, unit, price and amount of each item."""
    return [
        (i.description, i.quantity, i.unit, i.unit_price, i.amount)
        for i in invoice(head + "\n".join(rows)).items
    ]


def test_a_dash_beside_a_quantity_does_not_make_it_negative() -> None:
    """A column that says nothing by a dash stands beside a quantity as often as any."""
    rows = (
        "CANT   COD     UND    DESCRIPCION              P.UNIT    IMPORTE",
        "8      -       NIU    MARTILLO DE UÑA           10.00      80.00",
        "1      -       NIU    ALICATE                   50.00      50.00",
    )
    assert lines(*rows) == [
        ("MARTILLO DE UÑA", D(8), "NIU", D("10.00"), D("80.00")),
        ("ALICATE", D(1), "NIU", D("50.00"), D("50.00")),
    ]


@pytest.mark.parametrize("numbers", ["2UNDx45.00", "2UNDX45.00", "2.00UND*45.00"])
def test_a_till_may_print_quantity_unit_and_price_as_one_word(numbers: str) -> None:
    """The sign of multiplication parts the word, and the letters between the numbers are the unit."""
    rows = (
        "POLEA",
        f"  {numbers}                      90.00",
        "FORK",
        "  1 x 50.00                      50.00",
        "TOTAL   S/   140.00",
    )
    [polea, _] = lines(*rows, head=ROLL)
    assert polea == ("POLEA", D(2), "UND", D("45.00"), D("90.00"))


def test_a_discount_between_lines_without_prices_ends_nothing() -> None:
    """What made one line cheaper stands below it, and the lines go on."""
    rows = (
        "CANT.    UND     DESCRIPCION                  IMPORTE",
        "10.00    ROL     CINTA AISLANTE                795.59",
        "                 DESCUENTO                    -234.70",
        "1.00     GLN     PINTURA BLANCA                 15.25",
        "         OP. GRAVADA                           576.14",
        "         IGV 18%                               103.71",
        "         IMPORTE TOTAL                         679.85",
    )
    assert lines(*rows) == [
        ("CINTA AISLANTE", D("10.00"), "ROL", None, D("795.59")),
        ("PINTURA BLANCA", D("1.00"), "GLN", None, D("15.25")),
    ]


def test_what_is_called_as_a_payment_is_sold_above_the_total() -> None:
    """A fee for a term or a card for a computer is an item: one pays below the total."""
    rows = (
        "CUOTA DE MATRICULA               300.00",
        "TARJETA DE VIDEO                 500.00",
        "TOTAL     S/    800.00",
    )
    assert [line[0] for line in lines(*rows, head=ROLL)] == ["CUOTA DE MATRICULA", "TARJETA DE VIDEO"]


def test_a_line_without_its_amount_is_a_line() -> None:
    """Quantity and price under their headings make an item of a row, whose words are then not the
    neighbour's.
    """
    rows = (
        "CANT    DESCRIPCION                  P.UNIT     IMPORTE",
        "2       MARTILLO DE UÑA               10.00       20.00",
        "3       ALICATE                        5.00",
        "1       SERRUCHO                      40.00       40.00",
    )
    assert lines(*rows) == [
        ("MARTILLO DE UÑA", D(2), None, D("10.00"), D("20.00")),
        ("ALICATE", D(3), None, D("5.00"), None),
        ("SERRUCHO", D(1), None, D("40.00"), D("40.00")),
    ]


def test_codes_before_the_words_of_a_roll_are_no_words() -> None:
    """Where most lines begin with a code, no description does."""
    rows = (
        "002 TINTA NEGRA",
        "  1 x 260.00                    260.00",
        "PRE106 FLETE A PROVINCIA",
        "  2 x 40.00                      80.00",
        "TOTAL      S/    340.00",
    )
    assert [line[0] for line in lines(*rows, head=ROLL)] == ["TINTA NEGRA", "FLETE A PROVINCIA"]


REBATED = (
    "TINTA NEGRA",
    "  1 x 26.00                      26.00",
    "OFERTA DE LA SEMANA              -2.00",
    "FLETE A PROVINCIA",
    "  2 x 4.00                        8.00",
)


def test_a_rebate_of_any_name_is_no_item() -> None:
    """A row that takes away and shows no quantity, where items show theirs, was not sold; that it was saved
    says the roll below.
    """
    rows = (*REBATED, "TOTAL      S/    34.00", "USTED AHORRO S/ 2.00")
    assert [line[0] for line in lines(*rows, head=ROLL)] == ["TINTA NEGRA", "FLETE A PROVINCIA"]


@pytest.mark.parametrize(
    "below",
    [
        ("TOTAL      S/    32.00",),
        ("ICBPER            0.50", "TOTAL      S/    32.50", "USTED AHORRO S/ 2.00"),
    ],
)
def test_a_rebate_that_the_total_counts_is_a_line(below: tuple[str, ...]) -> None:
    """Where the lines make the total only with what was taken off, with a bag's tax or without one, it is one
    of them.
    """
    assert [line[0] for line in lines(*REBATED, *below, head=ROLL)] == [
        "TINTA NEGRA",
        "OFERTA DE LA SEMANA",
        "FLETE A PROVINCIA",
    ]


def test_what_is_given_back_has_a_quantity_below_zero() -> None:
    """A negative quantity is one where it makes a negative amount."""
    rows = (
        "CANT    DESCRIPCION                  P.UNIT     IMPORTE",
        "3       MARTILLO DE UÑA               10.00       30.00",
        "-1      ALICATE                        5.00       -5.00",
    )
    assert lines(*rows)[1] == ("ALICATE", D(-1), None, D("5.00"), D("-5.00"))


def test_numbers_far_from_their_headings_follow_their_order() -> None:
    """Headings set left over numbers set right: as many numbers as headings are theirs from left to right."""
    rows = (
        "CANT.               P. UNIT.              IMPORTE",
        "MARTILLO DE UÑA",
        "           3.00                 10.00                        30.00",
        "ALICATE",
        "           1.00                  5.00                         5.00",
    )
    assert lines(*rows) == [
        ("MARTILLO DE UÑA", D("3.00"), None, D("10.00"), D("30.00")),
        ("ALICATE", D("1.00"), None, D("5.00"), D("5.00")),
    ]


def test_a_sum_of_nothing_below_the_lines_is_no_item() -> None:
    """What shows no quantity after lines that do, and is nothing or what they make without IGV, belongs to
    the totals whatever it is called.
    """
    rows = (
        "CANT    DESCRIPCION                  P.UNIT     IMPORTE",
        "10      MARTILLO DE UÑA              117.00     1170.00",
        "        SIN CARGO                                  0.00",
        "        MONTO IMPONIBLE                          991.53",
        "        IGV                                      178.47",
        "        TOTAL                                   1170.00",
    )
    assert lines(*rows) == [("MARTILLO DE UÑA", D(10), None, D("117.00"), D("1170.00"))]


def test_instalments_above_the_lines_are_neither_items_nor_words() -> None:
    """A credit's table may stand before what was sold."""
    rows = (
        "INFORMACION DEL CREDITO",
        "1    05/12/2026    118.00",
        "MARTILLO DE UÑA",
        "  2 x 59.00                     118.00",
        "TOTAL      S/    118.00",
    )
    assert lines(*rows, head=ROLL) == [("MARTILLO DE UÑA", D(2), None, D("59.00"), D("118.00"))]


def test_a_fee_in_a_table_is_its_line_and_not_what_is_retained() -> None:
    """The heading beside Concepto is no concept, the law below it no word, the retention no item."""
    fee = """
QUISPE MAMANI ROSA                                 RECIBO POR HONORARIOS ELECTRÓNICO
RUC: 10456789124                                   E001-33
Recibí de         : COMERCIAL FICTICIA S.A.C.
RUC               : 20601234565
Concepto                                                     Monto
Asesoría contable de octubre                              2,000.00
Inciso A del artículo 33 de la Ley del Impuesto a la Renta
Total por honorarios : 2,000.00
Retención (8%) IR    :   160.00
Total neto recibido  : 1,840.00 SOLES
"""
    assert lines(head=fee) == [("Asesoría contable de octubre", None, None, None, D("2000.00"))]
