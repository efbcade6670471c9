"""What is told about the people of a business and its businesses."""

from __future__ import annotations

from uuid import uuid4

import pytest

from functions.whatsapp import people
from functions.whatsapp.format import WHATSAPP_LIMIT, size
from functions.whatsapp.memberships import MOST_SEATS, Place

pytestmark = pytest.mark.unit

LONGEST = "Comercializadora e Importadora de Productos Varios del Centro"


def test_a_list_of_as_many_as_somebody_may_have_fits_one_message() -> None:
    """Each with the longest name, told from the others by its RUC, which is not cut."""
    own = Place(1, uuid4(), "owner", None, LONGEST, active=True, owner="51900000001", ago=0)
    others = [
        Place(number, uuid4(), "accountant", f"20{number:09}", LONGEST, active=False)
        for number in range(2, MOST_SEATS + 2)
    ]
    text, offer = people.places([own, *others])
    assert size(text) <= WHATSAPP_LIMIT
    assert [one for one in others if f"\n{one.number}. " in text and f"(RUC {one.ruc}) – " in text] == others
    assert len(offer.choices) == 10
