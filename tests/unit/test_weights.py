"""What speaks for a seller's name and for who sells: weighed as was learned, and told to who asks why."""

import json
from datetime import date

import pytest

from bench.weights import CHOICES, PRIOR, Choice, fit, flat, missed
from functions.extractor.__main__ import explain
from functions.extractor.invoice import Extraction, Rival
from functions.extractor.judging import paper
from functions.extractor.reading import weights
from tests.sheets import CUSTOMER, SUPPLIER, read, sheet

PAPER = f"""
COMERCIAL FICTICIA S.A.C.          RUC {SUPPLIER}
AV. LOS SAUCES 120 - LIMA          FACTURA ELECTRÓNICA
                                   F001-00000012
Señores: DISTRIBUIDORA INVENTADA E.I.R.L.
RUC: {CUSTOMER}
CEMENTO PORTLAND                                         100.00
TOTAL S/                                                 100.00
"""


def test_what_was_learned_speaks_of_the_same_reasons() -> None:
    """Each reason that a person gave a weight has a learned one, which speaks for the same side."""
    assert {part: set(table) for part, table in weights.WEIGHTS.items()} == {
        part: set(table) for part, table in PRIOR.items()
    }
    assert [
        name
        for part, table in PRIOR.items()
        for name, value in table.items()
        if weights.WEIGHTS[part][name] * value < 0
    ] == []


def test_the_record_says_how_well_it_chooses() -> None:
    """What was learned chooses wrongly no more often than what a person said, in each field."""
    figures = json.loads(weights.RECORD.read_text("utf-8"))["figures"]
    assert set(figures) == set(CHOICES)
    assert all(each["wrong as learned"] <= each["wrong by the prior"] for each in figures.values())


def test_candidates_are_kept_with_their_reasons() -> None:
    """The likeliest comes first, with a score that its reasons add up to."""
    names = [rival for rival in read(PAPER).rivals if rival.field == "supplier.name"]
    assert names[0].value == "COMERCIAL FICTICIA S.A.C."
    assert [rival.score for rival in names] == sorted((rival.score for rival in names), reverse=True)
    for rival in names:
        assert rival.score == pytest.approx(weights.score("supplier.name", dict(rival.reasons)))


def test_a_pair_says_what_speaks_for_each_side() -> None:
    """Who sells and who buys are chosen together, and their reasons are told apart."""
    best = next(rival for rival in read(PAPER).rivals if rival.field == "parties")
    assert best.value == f"{SUPPLIER} > {CUSTOMER}"
    assert {name.partition(":")[0] for name, _ in best.reasons} == {"seller", "buyer"}


def test_who_asks_why_is_shown_the_rivals() -> None:
    """`--explain` has a line for each candidate, with its invoice, score and reasons."""
    [one] = paper.read([sheet(PAPER)], [], frozenset(), date(2026, 11, 20))
    rivals = tuple(one.rivals(0))
    told = explain(Extraction("consistent", "text", rivals=rivals)).splitlines()
    assert [line for line in told if " ? supplier.name " in line and "legal form" in line] != []
    lone = Rival("supplier.name", "X S.A.C.", 4.5, (("legal form", 1.0), ("large letters", 0.25)), invoice=2)
    assert explain(Extraction("consistent", "text", rivals=(lone,))).splitlines()[1:] == [
        "  [2] ? supplier.name          4.50  X S.A.C.  (legal form, large letters 0.25)"
    ]


def _choices(reason: str, count: int) -> list[Choice]:
    """Choices in which the right candidate has a reason and the wrong one a legal form."""
    return [
        Choice("supplier.name", str(n % 2), ({"legal form": 1.0}, {reason: 1.0}), (False, True))
        for n in range(count)
    ]


def test_a_reason_grows_where_papers_need_it() -> None:
    """Many papers in which the less likely candidate was right change the weights until it is chosen; what no
    paper speaks of stays.
    """
    prior, data = flat("supplier.name", PRIOR), _choices("capitals", 400)
    learned = fit("supplier.name", data, pull=1.0)
    assert (missed(prior, data), missed(learned, data)) == (400, 0)
    assert learned["institution"] == prior["institution"]


def test_no_reason_comes_to_speak_for_the_other_side() -> None:
    """However many drawn papers have it so, a reason against a name is none for it."""
    assert fit("supplier.name", _choices("short", 400), pull=1.0)["short"] == 0.0
