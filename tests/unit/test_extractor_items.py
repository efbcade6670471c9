"""Which word of an item's row is its unit: what stands in that column, and no word of the description."""

import pytest

from tests.sheets import invoice

pytestmark = pytest.mark.unit

HEAD = """
COMERCIAL FICTICIA S.A.C.                          R.U.C. 20512345671
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
                                                   F001-00000123
Señor(es) : DISTRIBUIDORA INVENTADA SAC            Fecha de Emisión : 05/11/2026
RUC : 20601234565                                  Moneda : SOLES

"""


def units(*rows: str) -> list[tuple[str | None, str | None]]:
    """Description and unit of each item of a table."""
    return [(item.description, item.unit) for item in invoice(HEAD + "\n".join(rows)).items]


@pytest.mark.parametrize(
    ("row", "description", "unit"),
    [
        ("1     Servicio de mantenimiento      2     ZZ     60.00    120.00", "Servicio de mantenimiento", "ZZ"),
        ("1     KIT ESCOLAR                    2     UND    60.00    120.00", "KIT ESCOLAR", "UND"),
        ("1     BOLSA CAMISETA                 2     MIL    60.00    120.00", "BOLSA CAMISETA", "MIL"),
        ("1     Servicio de transporte         2     Z2     60.00    120.00", "Servicio de transporte", "ZZ"),
        ("1     KIT ESCOLAR                    2            60.00    120.00", "KIT ESCOLAR", None),
    ],
)
def test_the_unit_is_the_word_in_its_column(row: str, description: str, unit: str | None) -> None:
    """A description that begins with the name of a unit keeps it, whether the column shows another or none; Z2 is ZZ misread."""
    assert units("ITEM  DESCRIPCION                    CANT  UND    P.UNIT   IMPORTE", row) == [(description, unit)]


@pytest.mark.parametrize(
    ("row", "description", "unit"),
    [
        ("2.00    SACO  ARROZ EXTRA AÑEJO X 50 KG            60.00      120.00", "ARROZ EXTRA AÑEJO X 50 KG", "SACO"),
        ("2.00          ARROZ EXTRA AÑEJO X 50 KG            60.00      120.00", "ARROZ EXTRA AÑEJO X 50 KG", None),
        ("2.00    NIU   KIT DE LIMPIEZA                      60.00      120.00", "KIT DE LIMPIEZA", "NIU"),
    ],
)
def test_a_word_is_no_unit_because_it_stands_in_the_column(row: str, description: str, unit: str | None) -> None:
    """A description that reaches under the unit's heading stays whole where the unit itself was not read."""
    assert units("CANT.   UNIDAD    DESCRIPCIÓN                      P. UNIT    IMPORTE", row) == [(description, unit)]


def test_a_heading_of_two_words_is_over_one_column() -> None:
    """Unidad Medida heads the units, wherever below it they stand."""
    rows = (
        "CANTIDAD  UNIDAD  MEDIDA  DESCRIPCION                  P. UNIT    IMPORTE",
        "2.00      NIU             SILLA                        60.00      120.00",
    )
    assert units(*rows) == [("SILLA", "NIU")]
