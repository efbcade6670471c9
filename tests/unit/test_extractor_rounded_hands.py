"""What papers of water boards, tills and agents brought: units in headings, totals that are rounded when they
are paid, notes that are set in.
"""

from decimal import Decimal

import pytest

from functions.books import rce
from functions.extractor.sheets.spelling import mended
from tests.sheets import HEAD, SUPPLIER, invoice, judged, lines, read

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("heading", "unit"), [("m³", "m³"), ("Consumo (kWh)", "kWh"), ("Consumo", None)])
def test_a_unit_heads_the_quantities(heading: str, unit: str | None) -> None:
    """Where no column is called quantity, the one under a unit or a consumption is, in the heading's unit."""
    found = lines(f"""
Concepto facturado                     {heading:<15}  Tarifa S/    Importe S/
Agua potable de 0 a 20 m³                  20              4.812         96.24
Agua potable de más de 20 m³               67              7.935        531.65
Cargo fijo                                                                5.14

Subtotal                                                                633.03
IGV 18%                                                                 113.95
Total recibo del mes                                                    746.98
""")
    assert found == [
        ("Agua potable de 0 a 20 m³", "20", unit or "-", "4.812", "96.24"),
        ("Agua potable de más de 20 m³", "67", unit or "-", "7.935", "531.65"),
        ("Cargo fijo", "-", "-", "-", "5.14"),
    ]


ROLL = """
JUREL DE PRUEBA
   24.600 KG x 6.50                159.90
PERICO DE PRUEBA
    8.350 KG x 19.80               165.33

Op. exonerada                      325.23
TOTAL S/                           325.23
Redondeo                            -0.03
{label}                      325.20
"""


@pytest.mark.parametrize("label", ["A COBRAR S/", "TOTAL A PAGAR"])
def test_a_rounding_below_the_total_is_paid_and_not_owed(label: str) -> None:
    """The total is what base and taxes make; a rounding below it leaves what is to be paid."""
    art = HEAD + ROLL.format(label=label)
    found = invoice(art)
    assert (found.total, found.rounding, found.net_payable, found.rounded) == (
        Decimal("325.23"), Decimal("-0.03"), Decimal("325.20"), None,
    )  # fmt: skip
    assert {name: judged(art)[name] for name in ("sum", "payable", "items")} == {
        "sum": True, "payable": True, "items": True,
    }  # fmt: skip
    assert sum(rce.parts(found)) == found.total


def test_a_rounding_above_the_total_is_part_of_it() -> None:
    """A total that stands below its rounding is the rounded one, and nothing else is to be paid."""
    found = invoice(f"""{HEAD}
JUREL DE PRUEBA
   24.600 KG x 6.50                159.93

Op. exonerada                      159.93
Redondeo                            -0.03
TOTAL S/                           159.90
""")
    assert (found.total, found.rounding, found.net_payable, found.rounded) == (
        Decimal("159.90"), Decimal("-0.03"), None, Decimal("-0.03"),
    )  # fmt: skip


@pytest.mark.parametrize("passport", ["C4FT81K9Z", "AB1234567"])
def test_a_passport_has_letters_among_its_digits(passport: str) -> None:
    """Under its label a passport's number is one word of letters and of three digits or more."""
    found = read(f"""
HOSTAL INVENTADO S.A.C.                    BOLETA DE VENTA ELECTRÓNICA
R.U.C. {SUPPLIER}                          B002-00003390
Huésped:            JOHANNES INVENTADO
Pasaporte:          {passport}
País:               Alemania
""")
    assert (found.get("customer.id_type"), found.get("customer.id")) == ("7", passport)


def test_a_person_is_named_alone_below_an_identity() -> None:
    """A till without labels prints the buyer's name below the number; what else stands there is no name."""
    till = f"""
SABORES INVENTADOS S.A.C.
RUC {SUPPLIER}
BOLETA DE VENTA ELECTRONICA
B001 - 28741
DNI 72450918
{{below}}

CANT PLATO / BEBIDA                  IMPORTE
1    CAUSA DE PRUEBA                   26.00
TOTAL S/                               26.00
"""
    below = ("RODRIGO SALAS INVENTADO", "RODRIGO SALAS INVENTADO      MESA 14", "")
    assert [read(till.format(below=text)).get("customer.name") for text in below] == [
        "RODRIGO SALAS INVENTADO", None, None,
    ]  # fmt: skip


def test_a_buyers_block_begins_below_the_sellers_street() -> None:
    """A street that stands apart above a name is the seller's, and the name is no town below it."""
    found = read(f"""
FIBRA S.A.C. RUC {SUPPLIER}                       S/ 118.00
Av. Independencia 1022, Huaraz


Hola, Jhonatan Maguiña Inventado                   Recibo N° SB02-0771840
DNI 31668204 · Jr. Las Magnolias 114, Huaraz       Emitido el 6 de febrero de 2026

Concepto                                           Importe (S/)
Internet de prueba                                     100.00
IGV (18%)                                               18.00
Total recibo                                           118.00
""")
    assert found.get("customer.name") == "Jhonatan Maguiña Inventado"


def test_a_year_goes_on_with_a_name() -> None:
    """A year that had no room beside its month is no code of the item."""
    found = lines("""
N°    Cant.  Detalle del servicio                        V. unitario     V. venta
01    1      Mantenimiento mensual de montacarga marzo        390.00       390.00
             2026
02    1      Repuestos de prueba                               10.00        10.00
             88421907
""")
    assert [line[0] for line in found] == [
        "Mantenimiento mensual de montacarga marzo 2026",
        "Repuestos de prueba",
    ]


def test_what_is_set_in_below_a_name_with_room_is_a_note() -> None:
    """A row that begins further right than its item goes on with it only where its first word had no room."""
    found = lines("""
CANT   PLATO                                    IMPORTE
1      ARROZ DE PRUEBA A LA CHICLAYANA            42.00
          CON YUCA SANCOCHADA
4      CAFE PASADO                                 0.00
          CORTESIA DE LA CASA

TOTAL                                             42.00
""")
    assert [line[0] for line in found] == [
        "ARROZ DE PRUEBA A LA CHICLAYANA CON YUCA SANCOCHADA",
        "CAFE PASADO",
    ]


def test_parts_go_on_below_the_sum_of_one() -> None:
    """The sum of a named part ends no items where another part's sum stands further down."""
    found = lines("""
ITEM   CONCEPTO                                          IMPORTE S/
       COMISIONES
001    COMISION DE PRUEBA                                    294.77
002    GASTOS DE PRUEBA                                       45.00
                                 SUB-TOTAL COMISIONES        339.77
       SERVICIOS OPERATIVOS
003    AFORO DE PRUEBA CUADRILLA 4
       HOMBRES                                               130.00
004    TRANSPORTE DE PRUEBA                                  310.00
                       SUB-TOTAL SERVICIOS OPERATIVOS        440.00

VALOR VENTA                                                  779.77
IGV 18%                                                      140.36
TOTAL                                                        920.13
""")
    assert [line[-1] for line in found] == ["294.77", "45.00", "130.00", "310.00"]
    assert found[2][0] == "AFORO DE PRUEBA CUADRILLA 4 HOMBRES"


def test_what_one_of_an_item_costs_is_told_with_its_unit() -> None:
    """`a S/ 690.00 c/und` is a price; neither word is of the item's name."""
    found = lines("""
3 und   Letrero de prueba muy largo  a S/ 690.00 c/und      S/ 2,070.00
1 glb   Pauta de prueba en las redes  a S/ 850.00 c/glb     S/   850.00

Op. gravada                                                 S/ 2,920.00
IGV 18%                                                     S/   525.60
Total                                                       S/ 3,445.60
""")
    assert found == [
        ("Letrero de prueba muy largo", "3", "und", "690.00", "2070.00"),
        ("Pauta de prueba en las redes", "1", "glb", "850.00", "850.00"),
    ]


def test_a_bar_among_small_letters_is_an_l() -> None:
    """Engines take the letter for a bar; between words and in frames it stays one."""
    assert [mended(text) for text in ("1 g|b", "a | b", "| Total |")] == ["1 glb", "a | b", "| Total |"]
