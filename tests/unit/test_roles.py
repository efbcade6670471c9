"""Who may do what, as a table that a person can check by eye."""

from __future__ import annotations

from typing import get_args

import pytest

from functions.books.ask import Intent
from functions.books.mapping import Asking
from functions.whatsapp.model import Role
from functions.whatsapp.roles import MAY, Act, may

pytestmark = pytest.mark.unit

MATRIX: dict[Act, str] = {
    # o: owner, a: accountant, h: helper
    "send": "oah", "help": "oah", "thanks": "oah", "stop": "oah", "resume": "oah", "business": "oah",
    "leave": "oah", "belongs": "oah",
    "summary": "oah", "suppliers": "oah", "search": "oah", "prices": "oah", "latest": "oah",
    "igv": "oa", "excel": "oa", "originals": "oa", "contasis": "oa", "rce": "oa", "rce_file": "oa",
    "sunat": "oa", "compare": "oa",
    "correct": "oa", "wrong": "oa", "delete": "oa", "confirm": "oa", "restore": "oa", "undo": "oa",
    "my_ruc": "o", "my_name": "o", "my_data": "o", "erase": "o", "invite": "o", "people": "o", "remove": "o",
}  # fmt: skip


@pytest.mark.parametrize("act", sorted({*get_args(Intent), "send", "compare"}))
@pytest.mark.parametrize("role", get_args(Role))
def test_a_role_may_do_what_the_table_says(role: Role, act: Act) -> None:
    """Every role with every thing that can be asked for, sent or tapped; what is in no table is nobody's."""
    assert may(role, act) == (role[0] in MATRIX[act])


def test_a_larger_role_may_do_what_a_smaller_one_may() -> None:
    """An owner may do all that an accountant may, and that one all that a helper may."""
    assert MAY["owner"] > MAY["accountant"] > MAY["helper"]


def test_a_model_maps_to_nothing_that_only_an_owner_may() -> None:
    """What a model may make of a text is never what says who a business is, who is in it, or what goes."""
    assert set(get_args(Asking)) <= MAY["accountant"]
