"""What was sold, as tills, shops on the web and bills of services set it: quantity, unit and price in a row of
their own, taxes by a letter, parts under titles.
"""

import pytest

from functions.extractor.reading import region
from functions.extractor.reading.numbers import Columns, Roles, assign
from functions.extractor.reading.table_columns import TableColumn
from tests.sheets import lines, sheet

pytestmark = pytest.mark.unit


def test_a_till_weighs_below_the_name_and_taxes_by_a_letter() -> None:
    """Quantity, unit and price stand below the name, the price with the unit that it is for; the letter behind
    the amount is no word of the name.
    """
    assert lines("""
7759111902 DETERGENTE 2KG                          20.00 A
7750885120 PAPEL HIGIENICO SUAVITO DOBLE HOJA X12 15.90 A
2100331 LIMON SUTIL
     0.860 KG x 6.99/KG                             6.01 A
7751158003 ATUN FILETE
     2 UN x 5.99                                   11.98 A
-----------------------------------------
SUBTOTAL                                           53.89
OP. GRAVADA                                        45.67
IGV 18%                                             8.22
TOTAL S/                                           53.89
""") == [
        ("DETERGENTE 2KG", "-", "-", "-", "20.00"),
        ("PAPEL HIGIENICO SUAVITO DOBLE HOJA X12", "-", "-", "-", "15.90"),
        ("LIMON SUTIL", "0.860", "KG", "6.99", "6.01"),
        ("ATUN FILETE", "2", "UN", "5.99", "11.98"),
    ]


def test_a_shop_on_the_web_multiplies_below_the_name() -> None:
    """`1 x S/ 55.00 · dscto. 20%` says quantity and price of the amount above it, a discount's words say no
    more of the name, and what was saved in all is no item, nor is a number within a note.
    """
    assert lines("""
Consulta                                         S/ 60.00
1 x S/ 60.00

Baño medicado talla M                            S/ 44.00
1x S/55.00. dscto.20%

Lunas antirreflex                                S/ 544.00
OD -2.25 / OI -1.75 ADD +1.50
1xS/640.00 dscto. 15%

Audífonos                                        S/ 109.90
1 x S/ 129.90  Ahorras S/ 20.00

Líquido limpiador 60 ml                          S/ 15.00
1 x S/ 15.00

Ahorro en descuentos                             S/ 127.00
Op. gravada                                      S/ 654.99
IGV (18%)                                        S/ 117.91
Total                                            S/ 772.90
""") == [
        ("Consulta", "1", "-", "60.00", "60.00"),
        ("Baño medicado talla M", "1", "-", "55.00", "44.00"),
        ("Lunas antirreflex OD -2.25 / OI -1.75 ADD +1.50", "1", "-", "640.00", "544.00"),
        ("Audífonos", "1", "-", "129.90", "109.90"),
        ("Líquido limpiador 60 ml", "1", "-", "15.00", "15.00"),
    ]


def test_a_unit_of_any_name_stands_before_the_sign() -> None:
    """`(142 kWh x S/ 0.7213)` and `19 Sm3 x 1.384` are quantity, unit and price; what a phrase multiplies
    teaches no column, so that `400 Mbps` stays in its name; a part's title above a wider gap is no word.
    """
    assert lines("""
Cargos fijos

Plan Hogar 400 Mbps                                  84.66

Energía activa (142 kWh x S/ 0.7213)                102.42



Otros

Agua potable 19 Sm3 x 1.384                          26.30

Llamadas a móviles 37 min x 0.0850                    3.15

Op. gravada                                         216.53
IGV 18%                                              38.98
Importe total                                       255.51
""") == [
        ("Plan Hogar 400 Mbps", "-", "-", "-", "84.66"),
        ("Energía activa", "142", "kWh", "0.7213", "102.42"),
        ("Agua potable", "19", "Sm3", "1.384", "26.30"),
        ("Llamadas a móviles", "37", "min", "0.0850", "3.15"),
    ]


def test_what_a_phrase_multiplies_teaches_no_column() -> None:
    """A number that stands in a name where another line's phrase has its quantity is part of the name."""
    found = lines(
        """
Plan Hogar de fibra 400 Mbps                         84.66
Llamadas a móviles  37 min x 0.0850                   3.15

Op. gravada                                          87.81
IGV 18%                                              15.81
Importe total                                       103.62
""".replace("móviles  37", "móviles 37")
    )
    assert found[0] == ("Plan Hogar de fibra 400 Mbps", "-", "-", "-", "84.66")


def test_units_of_measure_have_a_heading_of_three_letters() -> None:
    """UDM heads units, of any name."""
    assert lines("""
Ln  Descripción del artículo      UDM   Cantidad   Precio unitario   Importe neto
1   GRASA EP2 BALDE 18 KG         BL    2          145.00            290.00
2   PUESTA EN MARCHA              HR    16         55.00             880.00

Importe neto (op. gravada)                                           1,170.00
IGV 18%                                                              210.60
Importe total                                                        1,380.60
""") == [
        ("GRASA EP2 BALDE 18 KG", "2", "BL", "145.00", "290.00"),
        ("PUESTA EN MARCHA", "16", "HR", "55.00", "880.00"),
    ]


def test_a_discount_behind_a_price_is_no_word() -> None:
    """A pharmacy's `2 PQT x 46.50 Dscto 9.30` says how the amount came about."""
    assert lines("""
PAÑAL ADULTO TALLA M X 20 UND
   2 PQT x 46.50 Dscto 9.30                          83.70
TAMOXIFENO 20 MG TABLETA
   30 TAB x 1.20                                     36.00
Op. Gravada: S/                                     101.44
IGV: S/                                              18.26
Importe Total: S/                                   119.70
""") == [
        ("PAÑAL ADULTO TALLA M X 20 UND", "2", "PQT", "46.50", "83.70"),
        ("TAMOXIFENO 20 MG TABLETA", "30", "TAB", "1.20", "36.00"),
    ]


def test_a_pharmacy_tells_units_under_presentation() -> None:
    """The column *Presentación* holds units of any name; amounts under no heading of their own are amounts,
    and numbers in a name are none.
    """
    assert lines("""
Producto / Lote / Vence                              Importe
  Cant.   Presentación   P.Unit
INSULINA NPH 100 UI/ML 10 ML
  4       Vial           38.20                       152.80
GUANTE NITRILO M
  3       Caja x100      27.90                        83.70
Op. gravada                                          200.42
IGV 18%                                               36.08
TOTAL A PAGAR S/                                     236.50
""") == [
        ("INSULINA NPH 100 UI/ML 10 ML", "4", "Vial", "38.20", "152.80"),
        ("GUANTE NITRILO M", "3", "Caja x100", "27.90", "83.70"),
    ]


def test_a_code_stands_before_the_name_under_one_heading() -> None:
    """Where one cell heads code and description, the number before the name of the only line is its code."""
    assert lines("""
CODIGO DESCRIPCION
   CANTIDAD UNID    PRECIO              IMPORTE
0108 GASOHOL PREMIUM
   3.106 GLN        16.100              50.01
OP. GRAVADAS                            42.38
I.G.V. (18.00%)                          7.63
TOTAL VENTA                             50.01
""") == [("GASOHOL PREMIUM", "3.106", "GLN", "16.100", "50.01")]


def test_a_part_may_be_called_as_a_total_is() -> None:
    """A label of totals alone, above an amount of another name, is the title of a part; a last amount that the
    first lines make is no item.
    """
    found = lines("""
CONCEPTO                                          IMPORTE
Escritura pública                                  850.00
Copias certificadas                                127.12
(inafectos)
Derechos registrales                               412.50
Certificado registral                               82.00

Derechos notariales                                977.12
Operaciones inafectas                              494.50
IGV 18%                                            175.88
TOTAL S/                                         1,647.50
""")
    assert [amount for *_, amount in found] == ["850.00", "127.12", "412.50", "82.00"]


def test_a_last_item_may_cost_what_the_first_ones_do() -> None:
    """What the first lines make is sold where the sum below counts it."""
    found = lines("""
CONCEPTO                                          IMPORTE
Escritura pública                                   50.00
Copias certificadas                                 50.00
Legalización                                        20.00
Constancia                                         100.00

OP. GRAVADA                                        220.00
IGV 18%                                             39.60
TOTAL S/                                           259.60
""")
    assert [amount for *_, amount in found] == ["50.00", "50.00", "20.00", "100.00"]


def test_lime_is_no_street() -> None:
    """`CAL HIDRATADA` begins as a street does, and is sold."""
    page = sheet("""
FERRETERIA
RUC 20512345671
CAL HIDRATADA 25 KG
     2 x 10.00                                     20.00
""")
    assert region.begin(page, None) == 2


def test_an_address_is_not_sold() -> None:
    """What was sold begins below the seller's address and the town in which it goes on."""
    page = sheet("""
HUELLITAS
Av. Dolores 144, José Luis Bustamante,
Arequipa
Consulta médica                                   S/ 118.00
""")
    assert region.begin(page, None) == 3


@pytest.mark.parametrize(
    ("note", "sold"), [("- sin cebolla china", "Arroz chaufa"), ("- TECLADO", "Arroz chaufa - TECLADO")]
)
def test_a_wish_below_a_name_is_no_part_of_it(note: str, sold: str) -> None:
    """What a dash and small letters say was wished for; capitals may go on with the name."""
    found = lines(f"""
Cant  Descripción                                   Total
2     Arroz chaufa                                  48.00
      {note}
1     Sopa                                          22.00

Op. gravada                                         59.32
IGV (18%)                                           10.68
Total                                               70.00
""")
    assert [name for name, *_ in found] == [sold, "Sopa"]


def test_a_tills_own_codes_are_no_quantities() -> None:
    """Five digits before a name are the shop's code, wherever other lines have their quantities."""
    assert lines("""
20011 LECHE 1L
    6 x 4.90                                       29.40
31120 JABON LIQUIDO                                15.90
31544 SHAMPOO                                      24.90

OP. GRAVADA                                        59.49
IGV 18%                                            10.71
TOTAL S/                                           70.20
""") == [
        ("LECHE 1L", "6", "-", "4.90", "29.40"),
        ("JABON LIQUIDO", "-", "-", "-", "15.90"),
        ("SHAMPOO", "-", "-", "-", "24.90"),
    ]


def test_an_amount_may_stand_right_behind_its_name() -> None:
    """What was sold is sold wherever its amount stands, unless a sign shows that it says something else."""
    assert [
        name
        for name, *_ in lines("""
ARROZ EXTRA                                        21.90
GALLETA SODA 4.20
ATUN FILETE                                        17.97
YOGURT FRESA                                       10.90

OP. GRAVADA                                        46.58
IGV 18%                                             8.39
TOTAL S/                                           54.97
""")
    ] == ["ARROZ EXTRA", "GALLETA SODA", "ATUN FILETE", "YOGURT FRESA"]


def test_many_thousands_may_be_sold() -> None:
    """Five digits before a name are a quantity where they make the amount."""
    assert lines("""
20000 LADRILLO KING KONG        0.80            16,000.00
LIMPIEZA                                           500.00

OP. GRAVADA                                     16,500.00
IGV 18%                                          2,970.00
TOTAL S/                                        19,470.00
""")[0] == ("LADRILLO KING KONG", "20000", "-", "0.80", "16000.00")


def test_a_code_under_its_heading_counts_nothing() -> None:
    """Numbers in the column of codes are none of what was sold."""
    assert lines("""
Cód    Concepto                                    Importe S/
101    COMISION DE AGENCIAMIENTO                       412.80
104    GASTOS OPERATIVOS                               180.00

Op. Gravada                                            592.80
IGV 18%                                                106.70
TOTAL S/                                               699.50
""") == [
        ("COMISION DE AGENCIAMIENTO", "-", "-", "-", "412.80"),
        ("GASTOS OPERATIVOS", "-", "-", "-", "180.00"),
    ]


def test_a_unit_may_be_written_for_one_and_more() -> None:
    """`86.50 Hora(s)` is a quantity with its unit, as it is printed."""
    assert lines("""
Descripción                       Cantidad        Precio unitario    Importe
Alquiler de excavadora            86.50 Hora(s)            265.00    22,922.50
Movilización                      1.00 Unidad(es)        2,400.00     2,400.00

Subtotal                                                             25,322.50
IGV 18%                                                               4,558.05
Total                                                                29,880.55
""") == [
        ("Alquiler de excavadora", "86.50", "Hora(s)", "265.00", "22922.50"),
        ("Movilización", "1.00", "Unidad(es)", "2400.00", "2400.00"),
    ]


def test_a_row_beyond_the_table_has_no_numbers() -> None:
    """Where the table's edges leave no word of a row, nothing of it is told, with headings and without."""
    heads = [TableColumn("amount", 0.0, 10.0)]
    assert [assign([], Columns(columns, 10.0)) for columns in ((), heads)] == [Roles(), Roles()]
