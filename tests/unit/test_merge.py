"""How several sources become one invoice: what a source says, who agrees, and what is put right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from functions.extractor.invoice import Invoice, Item, Supplier
from functions.extractor.judging import lists, merge
from functions.extractor.reading.reading import Reading, Seen, Side

pytestmark = pytest.mark.unit


def test_a_model_says_only_what_it_has() -> None:
    """What is None in its answer is no value of its reading."""
    found = merge.from_invoice(
        Invoice(total=D(5), supplier=Supplier(ruc="20512345671"), items=[Item(amount=D(5))]), "gemini"
    )
    assert (set(found.fields), [set(line) for line in found.items]) == (
        {"total", "supplier.ruc"},
        [{"amount"}],
    )


@pytest.mark.parametrize(
    ("alt", "agree", "repaired"), [(None, (), None), (D(811), (), None), (D(118), ("ocr",), "119")]
)
def test_a_look_alike_of_the_stronger_value_is_a_repair(
    alt: D | None, agree: tuple[str, ...], repaired: str | None
) -> None:
    """A weaker source agrees where what it took for another digit may be the stronger one's."""
    strong = Reading("qr", {"total": Seen(D(118), "118")})
    _, (found,) = merge.merge([strong, Reading("ocr", {"total": Seen(D(119), "119", alt=alt)})], 0)
    assert (found.value, found.agree, found.repaired) == ("118", agree, repaired)


@pytest.mark.parametrize(("other", "value", "repaired"), [(1, 1, "7"), (2, 7, None)])
def test_a_look_alike_is_put_right_by_another_source(other: int, value: int, repaired: str | None) -> None:
    """Only where that source reads the other value."""
    found = merge._proven_repair(Seen(7, "7", alt=1), [Seen(other, str(other))])
    assert (found.value, found.repaired) == (value, repaired)


@pytest.mark.parametrize(
    ("day", "page", "found"),
    [
        (date(2026, 11, 12), date(2026, 12, 11), date(2026, 12, 11)),
        (date(2026, 11, 12), date(2026, 11, 12), date(2026, 11, 12)),
        (date(2026, 11, 13), date(2026, 11, 13), date(2026, 11, 13)),
    ],
)
def test_the_page_tells_day_from_month(day: date, page: date, found: date) -> None:
    """A symbol's date is turned round where the page has it so, up to the twelfth."""
    assert merge._unambiguous(Seen(day, "12/11/2026"), [Seen(page, "")]).value == found


@pytest.mark.parametrize(
    ("path", "one", "other", "alike"),
    [
        ("supplier.name", "ABCDEFGHIJKLMNOPQRST", "ABCDEFGHIJKLMNOPQXYZ", True),
        ("supplier.name", "ABCDEFGHIJKLMNOPQRST", "ABCDEFGHIJKLMNOPWXYZ", False),
        ("items.0.description", "Café  molido", "CAFE MOLIDO", True),
        ("series", "F001", "f001", False),
    ],
)
def test_names_may_differ_in_a_letter(path: str, one: str, other: str, *, alike: bool) -> None:
    """By fifteen of a hundred letters at most; a series by none."""
    assert merge.same(path, one, other) is alike


def test_what_stands_beside_the_fields_is_the_first_readings_that_has_it() -> None:
    """Advances, retention and debt each from whoever saw it; another's money from anybody."""
    two = Reading("ocr", side=Side(advances=D(1), retention=D(2), debt=D(3), foreign=True))
    assert merge.side([Reading("text"), two]) == two.side


@pytest.mark.parametrize(
    ("source", "line", "agree", "disagree"),
    [
        ("ocr", {"amount": D(6), "description": "PAN"}, (), (("ocr", "6"),)),
        ("ocr", {"amount": D(5), "description": "SAL"}, ("ocr",), ()),
        ("net", {"amount": D(6), "description": "PAN"}, (), ()),
    ],
)
def test_lines_are_disputed_by_their_numbers_alone(
    source: Any, line: dict[str, Any], agree: tuple[str, ...], disagree: tuple[tuple[str, str], ...]
) -> None:
    """Another description disputes nothing, nor does the second reader's word."""

    def lines(values: dict[str, Any]) -> list[dict[str, Seen]]:
        return [{name: Seen(value, str(value)) for name, value in values.items()}]

    first = Reading("text", items=lines({"amount": D(5), "description": "PAN"}))
    _, evidence = merge.merge([first, Reading(source, items=lines(line))], 0)
    found = {e.field: (e.agree, e.disagree) for e in evidence}
    assert found["items.0.amount"] == (agree, disagree)
    assert found["items.0.description"][1] == ()


@pytest.mark.parametrize(
    ("others", "box"),
    [
        ([("text", D(118), (0, 0.1, 0.1, 0.2, 0.2))], (0, 0.1, 0.1, 0.2, 0.2)),
        ([("text", D(811), (0, 0.1, 0.1, 0.2, 0.2))], (0, 0.9, 0.9, 1.0, 1.0)),
        ([("text", D(118), None), ("ocr", D(118), (1, 0.3, 0.3, 0.4, 0.4))], (1, 0.3, 0.3, 0.4, 0.4)),
        ([("text", D(118), None)], (0, 0.9, 0.9, 1.0, 1.0)),
    ],
    ids=["agrees", "disputes", "one has a place", "none has a place"],
)
def test_what_a_symbol_says_stands_where_the_page_has_it(others: list[Any], box: tuple[Any, ...]) -> None:
    """The place of its value is that of the words that say the same, else that of the symbol itself."""
    symbol = Reading("qr", {"total": Seen(D(118), "118", (0, 0.9, 0.9, 1.0, 1.0))})
    _, (found,) = merge.merge(
        [symbol, *(Reading(source, {"total": Seen(v, str(v), place)}) for source, v, place in others)], 0
    )
    assert found.box == box


@pytest.mark.parametrize(("amount", "sound"), [("100.05", 2), ("100.06", 1)])
def test_lines_are_sound_within_five_cents(amount: str, sound: int) -> None:
    """They have words, and sum up to the total; a line without quantity multiplies nothing."""
    assert (
        lists.soundness([Item(description="Pan", amount=D(amount))], Invoice(total=D(100)), Side()) == sound
    )
