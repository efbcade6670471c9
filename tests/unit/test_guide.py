"""What is told to who asks for help: what he may ask for, and nothing else."""

from __future__ import annotations

import re
from datetime import date
from typing import get_args

import pytest

from functions.books.ask import understand
from functions.whatsapp import guide
from functions.whatsapp.model import Role
from functions.whatsapp.roles import may

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("role", get_args(Role))
def test_each_is_shown_what_he_may(role: Role) -> None:
    """Every command that help names is understood, and may be asked by who reads of it."""
    told = guide.helped(role, several=True)
    named = [said for said in re.findall(r"\*([^*]+)\*", told) if said not in {"fecha 10/11/2026", "mi ruc"}]
    meant = {
        said: understand(f"{said} cemento" if said in {"buscar", "precios"} else said, date(2026, 11, 27))
        for said in named
    }
    assert {said: ask and may(role, ask.intent) for said, ask in meant.items()} == dict.fromkeys(named, True)


def test_a_helper_reads_of_what_he_sent_and_of_his_businesses() -> None:
    """Nothing of files, corrections, invitations or of who the business is; how to choose only where he is in
    several.
    """
    assert guide.helped("helper", several=False).splitlines() == [
        "📒 De lo que ya me enviaste puedo decirte:",
        "• *resumen* – lo que llevas este mes (o *resumen octubre*)",
        "• *proveedores* – cuánto le compraste a cada uno",
        "• *buscar* ferretería, un RUC o F001-123",
        "• *precios* cemento – a cuánto lo compraste",
        "• *últimos* – lo último que enviaste",
        "• *parar* – sin avisos ni preguntas mías; *seguir* – para tenerlos otra vez",
    ]
    assert "*es de 2*" in guide.helped("helper", several=True)
