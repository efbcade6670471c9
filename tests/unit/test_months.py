"""Months as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.books.months import Month, NamedMonth, find

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "today", "month"),
    [
        ("RESUMEN OCTUBRE", date(2026, 11, 26), Month(2026, 10)),
        ("RESUMEN SET 25", date(2026, 11, 26), Month(2025, 9)),
        ("RESUMEN DE DICIEMBRE", date(2026, 11, 26), Month(2025, 12)),
        ("RESUMEN DE DICIEMBRE DEL 2024", date(2026, 11, 26), Month(2024, 12)),
        ("RESUMEN DE MAYO DEL ANO PASADO", date(2026, 11, 26), Month(2025, 5)),
        ("RESUMEN MES PASADO", date(2026, 1, 3), Month(2025, 12)),
        ("RESUMEN 2026-10", date(2026, 11, 26), Month(2026, 10)),
        ("RESUMEN 7/26", date(2026, 11, 26), Month(2026, 7)),
        ("RESUMEN 12", date(2026, 11, 26), Month(2025, 12)),
        ("RESUMEN 13/2026", date(2026, 11, 26), None),
    ],
)
def test_a_month_is_named_in_many_ways(text: str, today: date, month: Month | None) -> None:
    """Names, short names, numbers and «mes pasado» are months; one without a year is the last of that name;
    one that cannot be is none.
    """
    assert find(text, today) == NamedMonth(month, "RESUMEN")


def test_no_month_is_none() -> None:
    """A text without a month names none, and an amount or a day is no month."""
    assert [find(text, date(2026, 11, 26)) for text in ("RESUMEN", "TOTAL 118.00", "FECHA 10/11/2026")] == [
        None,
        None,
        None,
    ]


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_the_month_before_comes_before(day: date) -> None:
    """The month after the month before is the month itself, and its first day is on or before the day."""
    month = Month.of(day)
    assert (month.before.after, month.first <= day < month.after.first) == (month, True)
