"""What the chaos run calls a false statement, how readers' failures are told apart, and what a purge or a
change may cost.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bench.chaos.attempts import Attempt, Attempts
from bench.chaos.messages import forgotten, passed
from bench.chaos.people import Change, Purge
from bench.chaos.readers import OCR, OPENER, Window, blind
from bench.chaos.release import BUILDS
from bench.chaos.totals import Sent, Totals
from bench.chaos.traffic import BROKEN, Message
from bench.chaos.truths import false_statement
from functions.extractor.invoice import ErrorCode, Invoice, Supplier
from functions.whatsapp.helpers import MEDIA_EXPIRED, error_sentence

pytestmark = pytest.mark.unit

INVOICE = Invoice(
    kind="01", series="F001", number="123456", issue_date=date(2026, 11, 3), currency="PEN",
    supplier=Supplier(ruc="20123456786", name="EJEMPLO S.A.C."), total=Decimal("1450.00"),
)  # fmt: skip
FACTURA = Message(file=("f.pdf", b"%PDF"), invoice=INVOICE)
ANSWER = """💼 *Proveedor*
RUC: 20123456786
Razón Social: EJEMPLO S.A.C.

📄 *Factura*
Serie: F001
Número: 123456
Fecha de emisión: 03/11/2026
Total: S/ 1,450.00

📦 *Items*
no se lee

✅ Leído y verificado."""


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        ANSWER.replace("Total: S/ 1,450.00", "Total: no se lee").replace(
            "✅ Leído y verificado.", "⚠️ Revisa: no se lee el total."
        ),
        ANSWER.replace("1,450.00", "4,321.00").replace(
            "✅ Leído y verificado.", "⚠️ Revisa: el total dice otra cosa."
        ),
    ],
)
def test_the_documents_own_values_and_any_under_a_warning_are_no_false_statement(answer: str) -> None:
    """What is right may be verified, what is doubtful may be shown with its doubt, what was not seen may be
    missing.
    """
    assert false_statement(answer, FACTURA, first=True) is None


@pytest.mark.parametrize(
    ("right", "wrong", "kind"),
    [
        ("RUC: 20123456786", "RUC: 20987654326", "wrong RUC unwarned"),
        ("*Factura*", "*Boleta*", "wrong kind unwarned"),
        ("Serie: F001", "Serie: F007", "wrong Serie unwarned"),
        ("Número: 123456", "Número: 123457", "wrong Número unwarned"),
        ("03/11/2026", "11/03/2026", "wrong Fecha de emisión unwarned"),
        ("Total: S/ 1,450.00", "Total: S/ 145.00", "wrong Total unwarned"),
        ("Total: S/ 1,450.00", "Total: US$ 1,450.00", "wrong Total unwarned"),
        ("💼", "♻️ Ya me habías enviado este documento.\n💼", "sent before"),
    ],
)
def test_a_value_that_is_not_the_documents_needs_a_warning(right: str, wrong: str, kind: str) -> None:
    """Each key value that is shown as read must be what the paper says, and no first sending is called a
    second one.
    """
    assert false_statement(ANSWER.replace(right, wrong), FACTURA, first=True) == kind


def test_the_same_document_again_may_be_called_so() -> None:
    """The notice is true of what the sender brought before."""
    assert false_statement(f"♻️ Ya me habías enviado F001-123456.\n{ANSWER}", FACTURA, first=False) is None


CODES: tuple[ErrorCode, ...] = (
    "empty",
    "not_supported",
    "corrupt",
    "encrypted",
    "too_large",
    "too_complex",
    "unreadable",
)


@pytest.mark.parametrize(
    "sentence",
    [
        *map(error_sentence, CODES),
        MEDIA_EXPIRED,
        ("ℹ️ Esto parece ser una foto, no una boleta ni una factura."),
    ],
)
def test_no_sentence_about_a_bad_file_is_true_of_a_good_one(sentence: str) -> None:
    """Whatever is said instead of the values blames the paper."""
    assert false_statement(sentence, FACTURA, first=True) is not None


def test_a_file_that_is_no_comprobante_has_one_true_answer() -> None:
    """A damaged file is damaged, whichever reader died meanwhile."""
    assert false_statement(f"{error_sentence('corrupt')}\n📎 roto.pdf", BROKEN, first=True) is None
    assert false_statement(error_sentence("too_complex"), BROKEN, first=True) == "of what is no comprobante"


def test_a_text_is_told_nothing_of_a_file() -> None:
    """Instructions and welcomes state nothing that could be false."""
    assert false_statement("📸 Envíame una foto", Message(text="hola"), first=True) is None


def test_nobody_could_read_only_where_every_way_was_broken() -> None:
    """Without the opener nothing is read; without our OCR the model still reads, unless it fails too."""
    cases = [{OPENER}, {OCR}, {"model down"}, {OCR, "model down"}]
    assert [blind(faults) for faults in cases] == [True, False, False, True]


@pytest.mark.parametrize(
    ("faults", "attempts", "expected"),
    [
        ((OPENER,), 4, (1, 0, 0)),
        ((OCR,), 4, (0, 1, 1)),
        ((OPENER,), 3, (0, 1, 0)),
    ],
)
def test_our_failure_is_allowed_only_where_all_attempts_were_blind(
    faults: tuple[str, ...], attempts: int, expected: tuple[int, ...]
) -> None:
    """Four attempts with nobody to read are counted apart; with a reader that could, it is broken; one that a
    death cut counts with the kills.
    """
    made = {n: Attempt(100.0 + n, failed=True) for n in range(1, attempts + 1)}
    tried, totals = Attempts({("u", 1): made}, [Window(faults, 100.0, 110.0)]), Totals()
    tried.ours(Sent("s", FACTURA, "w"), {"user_id": "u", "seq": 1}, totals)
    assert (totals.blind, totals.crashes_of_files, len(totals.wrong)) == expected


def asked(at: float, posted: float, acked: float) -> dict[str, Any]:
    return {"at": at, "webhook": {"posted": posted, "acked": acked}}


def test_what_was_posted_before_a_purge_ended_may_go_with_it() -> None:
    """What came after it is to be answered, by a new tenant."""
    gone = [Purge("s", "t", "u", 100.0, 103.0)]
    assert [forgotten(asked(posted, posted, posted + 1), gone) for posted in (99.0, 102.0, 103.5)] == [
        True,
        True,
        False,
    ]


def test_messages_that_pass_a_change_of_number_are_told_apart() -> None:
    """One sent before it that arrived while it did, and one sent after it that overtook it; the others know
    whose they are.
    """
    change, told = Change("s", "w", 100.0), asked(100.0, 101.0, 102.0)
    before, after = (
        [asked(99.0, 99.0, 100.5), asked(99.0, 101.0, 101.5)],
        [asked(101.0, 101.5, 103.0), asked(102.0, 102.5, 103.0)],
    )
    assert [[passed(one, told, change) for one in those] for those in (before, after)] == [
        [False, True],
        [True, False],
    ]


def test_the_other_releases_change_what_stands_there_once() -> None:
    """A copy that could not be changed would be this release under another name."""
    root = Path(__file__).parents[2]
    assert [(root / name).read_text("utf-8").count(before) for name, before, _ in BUILDS.values()] == [
        1
    ] * len(BUILDS)
