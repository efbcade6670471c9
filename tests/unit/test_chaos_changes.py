"""What the chaos run says of changes of the books, and of files that hold another's papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bench.chaos.changes import CAPTIONS, Changed, strangers, wrong
from functions.books import proposal, purchases
from functions.books.everything import Everything, Person
from functions.books.filed import Register
from functions.books.workbook import Column, Worksheet, written
from functions.whatsapp import compared, month_file, my_data, register_file
from tests.papers import NOVEMBER, OWN, RATES, a_month

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 20, tzinfo=UTC)
ONE = Changed("a", "e", "total", "450.00", "7.00", AT, 4, own=True, read="450.00", now="9.00", user="u")
TWO = replace(ONE, wamid="b", old="7.00", new="9.00", at=AT + timedelta(seconds=1), seq=6)
ASKED = {"a": "total 7.00", "b": "total 9.00"}
TOLD = {"a": ["• Total: S/ 450.00 → S/ 7.00"], "b": ["• Total: S/ 7.00 → S/ 9.00"]}


def test_changes_that_follow_one_another_are_as_they_should_be() -> None:
    """Each begins with what the one before left, the first with what was read, and the last is what
    stands.
    """
    assert list(wrong([TWO, ONE], ASKED, TOLD)) == []


@pytest.mark.parametrize(
    ("changes", "asked", "told", "kind"),
    [
        ([ONE, replace(TWO, old="450.00")], ASKED, TOLD, "change: total went"),
        ([ONE, replace(TWO, now="7.00")], ASKED, TOLD, "change: total went"),
        ([replace(ONE, read="45.00"), TWO], ASKED, TOLD, "change: total went"),
        ([ONE, TWO], {"b": "total 9.00"}, {}, "change: nobody asked for total by a"),
        ([ONE, replace(TWO, own=False)], ASKED, TOLD, "change: b changed another's books"),
        ([ONE, replace(TWO, seq=3)], ASKED, TOLD, "change: b before a"),
        ([ONE, TWO], ASKED | {"b": "total 8.00"}, TOLD, "change: 'total 8.00' made total 9.00"),
        ([ONE, TWO], ASKED | {"c": "total 1.00"}, TOLD | {"c": TOLD["a"]}, "change: c 'total 1.00' was told"),
        ([ONE, TWO], ASKED, TOLD | {"b": ["⏳ Todavía"]}, "change: b 'total 9.00' was told"),
    ],
)
def test_a_change_that_is_not_as_it_was_asked_is_told(
    changes: list[Changed], asked: dict[str, str], told: dict[str, list[str]], kind: str
) -> None:
    """An old value that was lost, a change that nobody asked for, another's, out of order, or told otherwise
    than made.
    """
    assert [each[: len(kind)] for each in wrong(changes, asked, told)] == [kind]


def test_a_strangers_number_in_a_workbook_is_found() -> None:
    """Numbers are looked for as whole cells, in SUNAT's register as whole fields."""
    data, _ = written(
        [
            Worksheet(
                "Compras",
                [Column("Número"), Column("Total", "money")],
                [["123456", Decimal(654321)], ["9123457", None]],
            )
        ]
    )
    assert strangers(data, ["123456", "123457"]) == {"123456"}
    assert strangers(b"20512345671|F001||123456|9123457|\r\n", ["123456", "123457"]) == {"123456"}


def test_every_file_that_can_be_asked_for_is_known_by_its_caption() -> None:
    """What the run takes for the caption of a file is what stands in one, of each kind, and not in the
    warning before SUNAT's register.
    """
    kept = purchases.Kept(OWN, NOVEMBER, purchases.month_of(Register(a_month(3, 40)), OWN, NOVEMBER, RATES))
    everything = Everything(Person("51900000001", None, AT, AT, None, None), [], [], [], [], (0, 0, 0))
    said = [
        month_file.said(kept, lambda _: None),
        month_file.contasis(kept),
        register_file.said(kept, AT, confirmed=True),
        my_data.said(everything, lambda _: None, AT, ""),
        compared.said(
            proposal.compare(proposal.Proposal([], None, NOVEMBER), kept.papers, NOVEMBER), kept, 0
        ),
    ]
    assert [(one.made is not None, [mark in one.text for mark in CAPTIONS].count(True)) for one in said] == [
        (True, 1)
    ] * 5
    warned = register_file.said(kept, AT, confirmed=False)
    assert (warned.made, any(mark in warned.text for mark in CAPTIONS)) == (None, False)
