from __future__ import annotations

import asyncio
from datetime import date, datetime
from decimal import Decimal

import pytest

from functions.books.rates import Rate, history, read
from functions.lima import LIMA
from infra.local import sunat_rates

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("26/11/2026|3.376|3.383|", Rate(date(2026, 11, 26), Decimal("3.383"))),
        ("\ufeff26/11/2026|3.376|3.383", Rate(date(2026, 11, 26), Decimal("3.383"))),
        ("26/11/2026;3.376;3.383", Rate(date(2026, 11, 26), Decimal("3.383"))),
        ("31/02/2026|3.376|3.383|", None),
        ("26/11/2026|3.376|0.000|", None),
        ("26/11/2026|3.376|33.83|", None),
        ("26/11/2026|3.376||", None),
        ("<html>mantenimiento</html>", None),
        ("", None),
    ],
)
def test_a_line_is_a_day_and_its_selling_rate(line: str, wanted: Rate | None) -> None:
    """What is no day, no rate or no possible one is nothing, never a guess."""
    assert read(line) == wanted


def test_a_history_is_all_of_its_lines_or_an_error_that_names_one() -> None:
    """A heading and blank lines are passed over; a line that cannot be read stops the file."""
    text = "Fecha|Compra|Venta\n\n25/11/2026|3.370|3.380|\n26/11/2026|3.376|3.383|\n"
    assert list(history(text)) == [
        Rate(date(2026, 11, 25), Decimal("3.380")),
        Rate(date(2026, 11, 26), Decimal("3.383")),
    ]
    with pytest.raises(ValueError, match="line 2"):
        list(history("25/11/2026|3.370|3.380|\n26/11/26|3.376|3.383|\n"))


def test_the_stand_ins_page_is_read_as_sunats() -> None:
    """On one machine the day's rate comes from a page of the real one's shape, of today by Lima."""
    [route] = sunat_rates.ROUTES
    page = asyncio.run(route.endpoint(None))
    assert read(bytes(page.body).decode().strip()) == Rate(datetime.now(LIMA).date(), Decimal("3.383"))
