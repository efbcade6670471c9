"""Labels compared with a vocabulary word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.extractor.peru.tokens import lettered
from functions.extractor.peru.wording import Wording, distance

TABLE = Wording(
    [
        ("issued", "FECHA EMISION, EMISION"),
        ("due", "FECHA VENCIMIENTO, VENCIMIENTO"),
        ("ruc", "NUMERO RUC, RUC"),
        ("buyer", "SENOR, CLIENTE"),
        ("total", "IMPORTE TOTAL, TOTAL"),
        ("igv", "IMPUESTO GENERAL VENTAS, IGV"),
        ("discount", "DESCUENTO GLOBAL, DESCUENTO"),
        ("taxable", "OPERACION GRAVADA"),
        ("valid", "VIGENCIA"),
        ("brings", "DELIVERY, CONDUCTOR, MOTORIZADO"),
    ]
)


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("F. Emis.:", [("issued", "F. Emis.")]),
        ("Emisión, fecha de", [("issued", "Emisión, fecha")]),
        ("FECHADEEMISION", [("issued", "FECHADEEMISION")]),
        ("Fec. Vcto. : 12/12/2024", [("due", "Fec. Vcto.")]),
        ("F. VENC. : 10.10.2026", [("due", "F. VENC.")]),
        ("N° R.U.C.: 20512345671", [("ruc", "N° R.U.C.")]),
        ("Señor(es) Juan", [("buyer", "Señor(es)")]),
        ("Imp. Gral. a las Ventas", [("igv", "Imp. Gral. a las Ventas")]),
        ("OPERACION(ES) GRAVADA(S)", [("taxable", "OPERACION(ES) GRAVADA(S)")]),
        ("T O T A L  Dscto. Global", [("total", "T O T A L"), ("discount", "Dscto. Global")]),
        ("1MP0RTE T0TAL", [("total", "1MP0RTE T0TAL")]),
        ("Guía de remisión de la comisión", []),
        ("Fec. Vencto.: 13-DIC-25", [("due", "Fec. Vencto.")]),
        ("AEROLINEAS CONDOR", []),
        ("DEL CON", []),
        ("MZA. F LOTE 12", []),
        ("TOTAL: 20.00 IMPORTE", [("total", "TOTAL")]),
    ],
)
def test_a_label_is_known_however_it_is_written(label: str, said: list[tuple[str, str]]) -> None:
    """Abbreviated, contracted, inflected, turned round, run together, spaced or misread, a label is the
    table's; another word is none.
    """
    line = lettered(label)
    assert [(f.name, label[f.start : f.end]) for f in TABLE.find(line)] == said


def test_a_line_begins_with_what_stands_first_in_it() -> None:
    """Signs and articles before a label do not hide it; another word does."""
    assert [(f and f.name) for f in map(TABLE.first, ("- DEL CLIENTE", "FRECUENTE CLIENTE", ""))] == [
        "buyer",
        None,
        None,
    ]


@given(st.text("ABCE", max_size=6), st.text("ABCE", max_size=6))
def test_a_distance_is_the_same_both_ways(one: str, other: str) -> None:
    """How far two words are apart does not depend on the one asked first, and is zero for equal ones
    alone.
    """
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) is (one == other)
