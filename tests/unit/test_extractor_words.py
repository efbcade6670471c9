from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from functions.extractor.reading.words import agrees, find, understood
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
    "phrase", ["SON: MIL CIENTO OCHENTA Y 00/100 SOLES", "Un mil ciento ochenta con 00/100 soles", "SON MIL CIENTO OCHENTA CON 00/100"]
)
def test_issuers_ways_of_writing_agree(phrase: str) -> None:
    """`Y` for `CON`, `UN MIL` for `MIL`, and no colon are the same amount."""
    assert agrees(phrase, Decimal("1180.00"))


def test_words_wrapped_over_two_lines_are_joined() -> None:
    """A phrase that a till roll breaks is read whole."""
    found = find([sheet("SON: MIL TRESCIENTOS SESENTA Y OCHO CON\n35/100 SOLES")])
    assert [f.value for f in found] == [Decimal("1368.35")]


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    """Any text gives a number or nothing."""
    understood(text)
    agrees(text, Decimal(1))
