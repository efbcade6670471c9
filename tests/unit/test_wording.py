"""Labels compared with a vocabulary word by word."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.extractor.peru.tokens import lettered
from functions.extractor.peru.wording import Stems, Wording, distance

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
        ("pupil", "ALUMNO"),
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
        ("Año 2026", []),
        ("TOTAL: 20.00 IMPORTE", [("total", "TOTAL")]),
    ],
)
def test_a_label_is_known_however_it_is_written(label: str, said: list[tuple[str, str]]) -> None:
    """Abbreviated, contracted, inflected, turned round, run together, spaced or misread, a label is the
    table's; another word is none.
    """
    line = lettered(label)
    assert [(f.name, label[f.start : f.end]) for f in TABLE.find(line)] == said


WHOLE = Wording(
    [("taxable", "GRAVADA"), ("net", "VALOR VENTA"), ("igv", "IGV"), ("total", "TOTAL")], whole=True
)


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("GRAVA 3/4 RETEN", []),
        ("Grav. 10.00", [("taxable", "Grav.")]),
        ("Ventas valor", []),
        ("VALORDEVENTAGRAVADASIGV18%", [("net", "VALORDEVENTA"), ("taxable", "GRAVADAS"), ("igv", "IGV")]),
        ("VENTAX TOTALMENTE", []),
        ("P. I.G.V. S/ 18.00", [("igv", "I.G.V.")]),
    ],
)
def test_words_of_what_is_sold_are_no_labels(label: str, said: list[tuple[str, str]]) -> None:
    """Where a table asks for whole words, one is cut short by a dot alone and the words keep their order; those
    that an engine ran together are told apart where all of them are the table's.
    """
    line = lettered(label)
    assert [(f.name, label[f.start : f.end]) for f in WHOLE.find(line)] == said


TITLES = Wording([("bill", "FACTURA ELECTRONICA")], between="VENTA", titles=True)


@pytest.mark.parametrize(
    ("table", "word"),
    [(TITLES, "FACTURA"), (WHOLE, "VALOR"), (TABLE, "FECHA")],
    ids=["titles", "whole", "any"],
)
def test_a_word_made_to_be_parted_in_every_way_costs_no_time(table: Wording[str], word: str) -> None:
    """`DELADELA` is DE LA or DEL A each time: a paper that repeats it keeps no reader busy."""
    began = time.process_time()
    found = [table.find(f"{word}{23 * 'DELA'}X"), table.find(f"{word} {23 * 'DELA'}9 IGV")]
    assert ([len(each) > 2 for each in found], time.process_time() - began < 0.5) == ([False, False], True)


def test_a_phrase_may_be_known_to_be_none_of_the_tables() -> None:
    """`COND. VENTA` is how it is paid, although it begins as a driver's label does."""
    table = Wording((("drives", "CONDUCTOR"),), but="CONDICION VENTA")
    assert [table.names(line) for line in ("COND. VENTA CONTADO", "COND. JUAN")] == [set(), {"drives"}]


def test_a_line_begins_with_what_stands_first_in_it() -> None:
    """Signs and articles before a label do not hide it; another word does."""
    assert [(f and f.name) for f in map(TABLE.first, ("- DEL CLIENTE", "FRECUENTE CLIENTE", ""))] == [
        "buyer",
        None,
        None,
    ]


def test_a_line_is_covered_by_words_of_the_table_alone() -> None:
    """Links, numbers and signs may stand among them; a word of somebody else's may not."""
    lines = ("TOTAL DEL IMPORTE: 12.00", "IGV 18%", "TOTAL FINAL", "")
    assert [TABLE.covers(line) for line in lines] == [True, True, False, True]


def test_a_stem_is_found_inside_of_words_and_a_whole_word_is_not() -> None:
    """Engines lose the spaces before a stem; what must stand whole is no part of another word."""
    words = Stems("MODIFICA", "REF") | Stems("AFECTAD", "ANULA")
    lines = ("DOCUMENTOQUEMODIFICA", "REF. 12", "REFRIGERIO", "DOC. AFECTADO", "ANULA", "ANULACION")
    assert [words.found_in(line) for line in lines] == [True, True, False, True, True, False]


@given(st.text("ABCE", max_size=6), st.text("ABCE", max_size=6))
def test_a_distance_is_the_same_both_ways(one: str, other: str) -> None:
    """How far two words are apart does not depend on the one asked first, and is zero for equal ones
    alone.
    """
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) is (one == other)
