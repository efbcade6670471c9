from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from functions.extractor.reading.words import agrees, find, said, understood
from tests.sheets import sheet

pytestmark = pytest.mark.unit


@given(st.integers(0, 9_999_999))
def test_what_num2words_writes_is_understood(n: int) -> None:
    """The value of Spanish words is the number that they were written from, with and without spaces."""
    said = num2words(n, lang="es")
    assert understood(said) == n
    assert understood(said.replace(" ", "")) == n


@given(st.decimals(min_value=Decimal("0.00"), max_value=Decimal("999999.99"), places=2), st.integers(1, 99))
def test_words_agree_with_their_amount_alone(amount: Decimal, cents: int) -> None:
    """A phrase agrees with the amount it spells and with no other."""
    whole = int(amount)
    phrase = f"SON: {num2words(whole, lang='es').upper()} CON {int(amount % 1 * 100):02d}/100 SOLES"
    assert agrees(phrase, amount)
    assert not agrees(phrase, amount + Decimal(cents) / 100)
    assert not agrees(phrase, amount + 1)


@pytest.mark.parametrize(
    "phrase",
    [
        "Mil ciento ochenta soles con 00/100",
        "SON: MIL CIENTO OCHENTA Y 00/100 SOLES",
        "Un mil ciento ochenta con 00/100 soles",
        "SON MIL CIENTO OCHENTA CON 00/100",
    ],
)
def test_issuers_ways_of_writing_agree(phrase: str) -> None:
    """`Y` for `CON`, `UN MIL` for `MIL`, and no colon are the same amount."""
    assert agrees(phrase, Decimal("1180.00"))


def test_words_wrapped_over_two_lines_are_joined() -> None:
    """A phrase that a till roll breaks is read whole."""
    found = find([sheet("SON: MIL TRESCIENTOS SESENTA Y OCHO CON\n35/100 SOLES")])
    assert [f.value for f in found] == [Decimal("1368.35")]


@pytest.mark.parametrize(
    ("art", "text", "value"),
    [
        ("SON MIL OCHOCIENTOS OCHENTA\n    Y DOS Y 73/100 SOLES",
            "MIL OCHOCIENTOS OCHENTA Y DOS Y 73/100 SOLES", "1882.73"),
        ("Importe en letras:  Mil doscientos cuarenta y seis\n                    con 08/100 soles",
            "Mil doscientos cuarenta y seis con 08/100 soles", "1246.08"),
        ("SON: DIEZ CON 21/100 DOLARES\n     AMERICANOS", "DIEZ CON 21/100 DOLARES AMERICANOS", "10.21"),
        ("SON: CIENTO VEINTE SOLES CON 50/100", "CIENTO VEINTE SOLES CON 50/100", "120.50"),
        ("Ciento con 00/100", "Ciento con 00/100", "100.00"),
        ("Gorra dorada   TREINTA 05/100   TOTAL 30.05", "TREINTA 05/100", "30.05"),
    ],
)  # fmt: skip
def test_a_phrase_is_found_by_the_cents_that_end_it(art: str, text: str, value: str) -> None:
    """Wrapped, without a colon, a label or a currency, with the currency before the cents: the phrase is
    whole and understood.
    """
    assert [(f.text, f.value) for f in find([sheet(art)])] == [(text, Decimal(value))]


@pytest.mark.parametrize(
    "art", ["TUBO 05/100", "PERNO 3/8 X 10/100 UND", "SON LAS 10/100", "VEINTE OCHENTA CON 10/100"]
)
def test_a_fraction_is_no_amount_in_words(art: str) -> None:
    """Number words in an order that no number has, or none at all, say nothing."""
    assert [f.value for f in find([sheet(art)]) if f.value is not None] == []


def test_what_a_phrase_says_is_its_own_alone() -> None:
    """A label is no part of the number, and words that were misread say nothing rather than their end."""
    assert said("SON: CIENTO DIECIOCHO CON 00/100 SOLES") == Decimal("118.00")
    assert said("CIEN70 D1ECIOCHO Y OCHO CON 00/100 SOLES") is None


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    """Any text gives a number or nothing."""
    understood(text)
    agrees(text, Decimal(1))
