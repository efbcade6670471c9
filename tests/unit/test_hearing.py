"""SUNAT's word on a paper: when it is asked, what it confirms, what it settles, and what it can never
prove.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from functions.extractor.clock import Clock
from functions.extractor.hearing import Hearing
from functions.extractor.judging import merge
from functions.extractor.judging.paper import Paper
from functions.extractor.peru.qr import Qr
from functions.extractor.reading.reading import Doubt, Reading, Seen
from functions.extractor.witness import Heard, Key, NotAsked, State, SunatWord
from functions.whatsapp import sunat
from tests.sheets import CUSTOMER, FACTURA, SUPPLIER, TODAY, read

pytestmark = pytest.mark.unit

FEE = """
QUISPE MAMANI ROSA                                 RECIBO POR HONORARIOS ELECTRÓNICO
Jr. Huánuco 456 - Lima                             R.U.C. 10456789124
                                                   E001-33

Recibí de         : COMERCIAL FICTICIA S.A.C.
RUC               : 20601234565
Fecha de emisión  : 03/11/2026

Descripción del servicio
Asesoría contable de octubre

Total por honorarios          :        S/ 2,000.00
Retención (8%) IR             :        S/   160.00
Total neto recibido           :        S/ 1,840.00
SON: DOS MIL CON 00/100 SOLES
"""
KEY = Key(SUPPLIER, "01", "F001", "123", date(2026, 11, 5), D("118.00"))
NOW = datetime(2026, 11, 26, 15, 15, tzinfo=UTC)


@dataclass
class Witness:
    """Says what the test's register says, and keeps what it was asked."""

    says: Callable[[Key], State]
    fails: bool = False
    asked: list[Key] = field(default_factory=list)

    def ask(self, key: Key, *, seconds: float) -> SunatWord:
        assert 0 < seconds <= 3
        self.asked.append(key)
        if self.fails:
            raise NotAsked("timeout")
        return SunatWord(self.says(key), NOW, "00", "00")


def knows(*keys: Key) -> Witness:
    return Witness(lambda key: "accepted" if key in keys else "not_found")


def heard(
    witness: Witness,
    reading: Reading,
    *,
    second: Reading | None = None,
    symbol: Qr | None = None,
    other: Reading | None = None,
) -> Paper:
    """The paper after the witness was asked about it."""
    paper = Paper([*([merge.from_qr(symbol)] if symbol else []), reading], second=second, other=other)
    paper.judge(0, TODAY)
    Hearing(witness, Clock(30), 3.0).hear([paper], TODAY)
    return paper


def changed(**values: object) -> Reading:
    """The page's reading with other values."""
    reading = read(FACTURA)
    reading.fields |= {path.replace("__", "."): Seen(value, str(value)) for path, value in values.items()}
    return reading


def net(**values: object) -> Reading:
    return Reading("net", {path: Seen(value, str(value)) for path, value in values.items()})


def test_accepted_and_adding_up_is_proven() -> None:
    """A page without a symbol whose six fields SUNAT has and whose sums hold is proven, and promises those
    six and what the sums tell.
    """
    paper = heard(knows(KEY), read(FACTURA))
    assert (paper.verdict, paper.heard) == ("proven", Heard(0, KEY, SunatWord("accepted", NOW, "00", "00")))
    proven = {e.field for e in paper.evidence if e.trust == "proven"}
    assert {*merge.KEY, "igv", "taxable", "currency", "items.0.amount"} <= proven
    assert not {"supplier.name", "customer.id"} & proven


@pytest.mark.parametrize("wrong", [{"igv": D("19.00")}, {"taxable": D("101.00")}, {"currency": "USD"}])
def test_a_yes_to_everything_proves_no_sum(wrong: dict[str, object]) -> None:
    """What SUNAT is not asked about is proven by the page alone: amounts that do not add up are not, whatever
    it says.
    """
    witness = Witness(lambda _: "accepted")
    assert heard(witness, changed(**wrong)).verdict != "proven"
    assert witness.asked == [KEY]


def test_a_yes_to_everything_proves_no_line() -> None:
    """A line whose amount was misread keeps the paper from its proof."""
    reading = read(FACTURA)
    reading.items[0]["amount"] = Seen(D("90.00"), "90.00")
    assert heard(Witness(lambda _: "accepted"), reading).verdict == "needs_review"


@pytest.mark.parametrize("state", ["not_found", "annulled", "authorised", "not_authorised"])
def test_no_other_word_changes_a_verdict(state: State) -> None:
    """What is not accepted confirms nothing and lowers nothing; it is kept to be told."""
    paper = heard(Witness(lambda _: state), read(FACTURA))
    assert (paper.verdict, paper.heard and paper.heard.word.state) == ("consistent", state)


def test_who_does_not_answer_changes_nothing_and_is_asked_once() -> None:
    """A failure is no word: the verdict stands, and the same file does not ask again."""
    witness = Witness(lambda _: "accepted", fails=True)
    paper = Paper([read(FACTURA)])
    paper.judge(0, TODAY)
    hearing = Hearing(witness, Clock(30), 3.0)
    hearing.hear([paper], TODAY)
    hearing.hear([paper], TODAY)
    assert (paper.verdict, paper.heard, witness.asked, hearing.notes) == (
        "consistent",
        None,
        [KEY],
        ["sunat failed: timeout"],
    )


def test_a_recibo_por_honorarios_is_asked_about() -> None:
    """The portal's paper of a fee has no symbol and no tax: SUNAT's word on the fee before its retention, and
    one line of that amount, prove it.
    """
    fee = read(FEE)
    key = Key("10456789124", "02", "E001", "33", date(2026, 11, 3), D("2000.00"))
    witness = knows(key)
    paper = heard(witness, fee)
    assert (witness.asked, paper.verdict) == ([key], "proven")


def test_by_which_amount_a_fee_is_asked_about_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked by what is paid, SUNAT's word is on that amount and on no other."""
    for room in ("hearing", "judging.merge"):
        monkeypatch.setattr(f"functions.extractor.{room}.FEES_BY", "net_payable")
    key = Key("10456789124", "02", "E001", "33", date(2026, 11, 3), D("1840.00"))
    witness = knows(key)
    paper = heard(witness, read(FEE))
    confirmed = {one.field for one in paper.evidence if "sunat" in (one.source, *one.agree)}
    assert (witness.asked, paper.invoice.total) == ([key], D("2000.00"))
    assert confirmed & {"total", "net_payable", "number"} == {"net_payable", "number"}


@pytest.mark.parametrize("lacks", ["series", "total", "issue_date", "supplier.ruc"])
def test_an_incomplete_key_is_not_asked(lacks: str) -> None:
    """Only six fields whose own checks hold are a question."""
    reading, witness = read(FACTURA), knows(KEY)
    del reading.fields[lacks]
    heard(witness, reading)
    assert witness.asked == []


def test_what_is_known_is_not_asked() -> None:
    """A word that somebody keeps proves as one that was asked for; what nobody knows is asked about."""
    witness, word = knows(KEY), SunatWord("accepted", NOW)
    paper = Paper([read(FACTURA)])
    paper.judge(0, TODAY)
    Hearing(witness, Clock(30), 3.0, {KEY: word}.get).hear([paper], TODAY)
    assert (witness.asked, paper.verdict, paper.heard) == ([], "proven", Heard(0, KEY, word))


def test_a_proven_paper_is_not_asked() -> None:
    """Nobody is asked about what symbol and page prove."""
    witness = knows(KEY)
    symbol = Qr(SUPPLIER, "01", "F001", "123", D("18.00"), D("118.00"), date(2026, 11, 5), "6", CUSTOMER)
    assert (heard(witness, read(FACTURA), symbol=symbol).verdict, witness.asked) == ("proven", [])


def test_of_two_values_the_accepted_one_stands() -> None:
    """Where two readers see two dates, the one that SUNAT has and not the other is taken, proven, and
    recorded as settled by it.
    """
    other = replace(KEY, day=date(2026, 11, 6))
    witness = knows(other)
    paper = heard(witness, read(FACTURA), second=net(issue_date=date(2026, 11, 6)))
    assert (paper.invoice.issue_date, paper.verdict, witness.asked) == (
        date(2026, 11, 6),
        "proven",
        [KEY, other],
    )
    assert paper.heard == Heard(0, other, SunatWord("accepted", NOW, "00", "00"), settled="issue_date")
    day = next(e for e in paper.evidence if e.field == "issue_date")
    assert (day.source, day.agree, day.disagree) == ("sunat", ("net",), (("text", "2026-11-05"),))


def test_of_two_looks_at_a_digit_the_accepted_one_stands() -> None:
    """What a spare look at the same pixels read otherwise is asked about too, though nothing disputed the
    number that was taken.
    """
    other = replace(KEY, number="128")
    for true, proven in ((other, "128"), (KEY, "123")):
        witness = knows(true)
        paper = heard(witness, read(FACTURA), other=changed(number="128"))
        assert (paper.invoice.number, paper.verdict, witness.asked) == (proven, "proven", [KEY, other])
        assert paper.heard == Heard(0, true, SunatWord("accepted", NOW, "00", "00"), settled="number")


@pytest.mark.parametrize("blind", ["number", "everything"])
def test_who_is_blind_to_the_digit_in_doubt_proves_neither(blind: str) -> None:
    """Both are accepted: no word is left, whatever else it knows."""
    witness = Witness(
        lambda key: "accepted" if blind == "everything" or replace(key, number="123") == KEY else "not_found"
    )
    paper = heard(witness, read(FACTURA), other=changed(number="128"))
    assert (paper.verdict, paper.heard) == ("consistent", None)


BUYERS = replace(KEY, ruc=CUSTOMER)


@pytest.mark.parametrize(
    ("known", "verdict"),
    [((KEY,), "proven"), ((KEY, BUYERS), "needs_review"), ((BUYERS,), "needs_review")],
    ids=["the seller's", "both", "the buyer's"],
)
def test_whose_paper_it_is_is_asked_both_ways(known: tuple[Key, ...], verdict: str) -> None:
    """Where the buyer's number may be the seller's, it is asked about too: SUNAT, which has the paper under
    the one taken and not under the other, proves it. One that has it under the other changes no number.
    """
    reading, witness = read(FACTURA), knows(*known)
    reading.doubts.add(Doubt.OTHER_SELLER)
    paper = heard(witness, reading)
    assert (paper.verdict, paper.invoice.supplier.ruc, witness.asked) == (verdict, SUPPLIER, [KEY, BUYERS])


def test_of_three_values_two_more_questions_choose() -> None:
    """Two other values are asked about, a third one is too many: then the page speaks for what nobody asked,
    and nothing is proven.
    """
    values = [date(2026, 11, day) for day in (6, 8, 9)]
    keys = [replace(KEY, day=day) for day in values]
    witness = knows(keys[1])
    paper = heard(
        witness, read(FACTURA), second=net(issue_date=values[0]), other=changed(issue_date=values[1])
    )
    assert (paper.invoice.issue_date, paper.verdict, witness.asked) == (
        values[1],
        "proven",
        [KEY, keys[0], keys[1]],
    )
    witness = knows(KEY)
    paper = Paper(
        [read(FACTURA), changed(issue_date=values[2])],
        second=net(issue_date=values[0]),
        other=changed(issue_date=values[1]),
    )
    paper.judge(0, TODAY)
    Hearing(witness, Clock(30), 3.0).hear([paper], TODAY)
    assert (paper.verdict == "proven", witness.asked) == (False, [KEY])


def test_a_value_that_cannot_be_right_is_no_doubt() -> None:
    """A RUC that fails its digit is no other issuer: one question, and its word proves."""
    witness = knows(KEY)
    paper = heard(witness, read(FACTURA), other=changed(supplier__ruc="20512345670"))
    assert (paper.verdict, witness.asked) == ("proven", [KEY])


def test_who_accepts_both_values_settles_nothing() -> None:
    """A comprobante has one date: two acceptances are worth none."""
    paper = heard(Witness(lambda _: "accepted"), read(FACTURA), second=net(issue_date=date(2026, 11, 6)))
    assert (paper.verdict, paper.heard, paper.invoice.issue_date) == ("needs_review", None, date(2026, 11, 5))


def test_two_doubts_are_not_asked() -> None:
    """With a date and a total in doubt there is no question whose answer would tell one from the other."""
    witness = knows(KEY)
    heard(witness, read(FACTURA), second=net(issue_date=date(2026, 11, 6), total=D("119.00")))
    assert witness.asked == []


def test_a_doubt_without_another_value_is_lifted_and_not_proven() -> None:
    """A page that speaks for another value which nobody can name is consistent with SUNAT's word, and no
    more: whoever else can see is asked.
    """
    reading = read(FACTURA)
    reading.doubts.add(Doubt.OTHER_DATE)
    paper = heard(knows(KEY), reading)
    assert (paper.verdict, paper.heard and paper.heard.lone, paper.is_confirmed) == (
        "consistent",
        True,
        False,
    )


def test_another_buyer_is_told_to_who_asks_with_its_own_credentials() -> None:
    """Of an accepted comprobante, and to the business whose RUC asked; anybody else's credentials say nothing
    about it.
    """
    mine = SunatWord("accepted", NOW, not_to=KEY.ruc)
    others = (
        replace(mine, state="annulled"),
        replace(mine, not_to="20100070970"),
        replace(mine, not_to=None),
    )
    assert (
        sunat.not_yours([mine], KEY.ruc)
        == f"\n\n🏛️ Para SUNAT fue emitido a otro contribuyente, no a tu RUC {KEY.ruc}."
    )
    assert [sunat.not_yours([word], KEY.ruc) for word in others] == ["", "", ""]
    assert sunat.not_yours([replace(mine, not_to=None)], None) == ""


def test_the_line_tells_hour_state_and_issuer_or_what_was_asked() -> None:
    """What SUNAT said, at Lima's hour; of what it does not have, the six fields that were asked."""
    asked = (
        f"Boleta F001-123 del 05/11/2026 por S/ 118.00, RUC {SUPPLIER}. Una boleta puede tardar unos días "
        "en figurar."
    )
    accepted = sunat.told(KEY, SunatWord("accepted", NOW, "00", "12"), "PEN")
    assert accepted == "🏛️ SUNAT (26/11 10:15): figura ACEPTADO; emisor ACTIVO y NO HABIDO"
    missing = sunat.told(replace(KEY, kind="03"), SunatWord("not_found", NOW), "PEN")
    assert missing == f"🏛️ SUNAT (26/11 10:15): todavía no figura. Pregunté por: {asked}"
