"""What SUNAT was asked of filed papers, in the real Postgres as the worker's own role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from functions.books.ask import understand
from functions.books.correcting import Correction, differences
from functions.books.ports import Author
from functions.extractor.invoice import Customer, Extraction, Invoice
from functions.extractor.witness import Heard, Key, NotAsked, State, SunatWord
from functions.whatsapp.clerk import Clerk
from functions.whatsapp.inquiry import Inquirer, Missing, again
from functions.whatsapp.ledger import Claim
from functions.whatsapp.model import Tenant
from infra.books import PostgresBooks
from infra.inquiries import PostgresInquiries
from infra.records import PostgresRecords, document_id
from tests.builders import a_task, a_tenant, an_extraction, an_invoice
from tests.conftest import Database

pytestmark = pytest.mark.contract

NOW = datetime(2026, 11, 26, 15, 15, tzinfo=UTC)
KEY = Key("20123456786", "01", "F001", "123", date(2026, 11, 20), Decimal("450.00"))


@dataclass
class Witness:
    """Says one state, or nothing, and keeps what it was asked."""

    state: State | None = "accepted"
    asked: list[Key] = field(default_factory=list)
    waits: Callable[[], object] = lambda: None
    not_to: str | None = None

    def ask(self, key: Key, *, seconds: float) -> SunatWord:
        assert seconds > 0
        self.waits()
        self.asked.append(key)
        if self.state is None:
            raise NotAsked("timeout")
        return SunatWord(self.state, NOW, "00", "00", self.not_to)


@pytest.fixture
def inquiries(postgres: Database) -> PostgresInquiries:
    return PostgresInquiries(postgres.app)


def file(postgres: Database, tenant: Tenant, extraction: Extraction, seq: int = 1) -> tuple[UUID, UUID]:
    """One file of the tenant, read: its document and its first entry."""
    records, task = PostgresRecords(postgres.app), a_task(tenant, seq)
    records.open(task, "hola")
    claim = records.claim(task, 75)
    assert isinstance(claim, Claim)
    assert records.attempt(claim, storage_uri="gs://b/x", sha256=f"{seq}{tenant.id}", size=1)
    assert records.finish(claim, task, title="t", body="b", extraction=extraction, failure=None)
    return document_id(task.message.wamid), PostgresBooks(postgres.app).latest(tenant.id, 1).entries[0].id


def key_of(invoice: Invoice) -> Key:
    """What SUNAT is asked about a paper of these tests."""
    assert invoice.kind is not None
    assert invoice.series is not None
    assert invoice.number is not None
    return replace(KEY, kind=invoice.kind, series=invoice.series, number=invoice.number)


def due_of(postgres: Database, entry: UUID) -> datetime | None:
    with postgres.admin.begin() as connection:
        due: datetime | None = connection.execute(
            text("select due from books.inquiries where entry_id = :id"), {"id": entry}
        ).scalar_one()
    return due


def stopped(at: datetime) -> Callable[[], datetime]:
    """A clock that stands."""
    return lambda: at


def overdue(postgres: Database, entry: UUID) -> None:
    """By the clock of these tests and by the database's."""
    with postgres.admin.begin() as connection:
        connection.execute(
            text(
                "update books.inquiries set due = least(now(), cast(:at as timestamptz)) - interval '1 hour' "
                "where entry_id = :id"
            ),
            {"id": entry, "at": NOW},
        )


def mine(found: Sequence[tuple[UUID, UUID]], tenant: Tenant) -> list[UUID]:
    return [entry for of, entry in found if of == tenant.id]


def test_a_filed_paper_is_asked_about_once_its_day_has_come(
    postgres: Database, inquiries: PostgresInquiries
) -> None:
    """Nothing is due at once; when it is, one question is asked, its word is kept with the paper, and no
    second one is due.
    """
    tenant, witness = a_tenant(), Witness()
    _, entry = file(postgres, tenant, an_extraction())
    assert mine(inquiries.due(1000), tenant) == []
    overdue(postgres, entry)
    assert mine(inquiries.due(1000), tenant) == [entry]
    assert Inquirer(inquiries, witness, lambda: NOW).ask_again(tenant.id, entry)
    kept = inquiries.inquiry(tenant.id, entry)
    assert (witness.asked, kept and kept.word, due_of(postgres, entry)) == (
        [KEY],
        SunatWord("accepted", NOW, "00", "00"),
        None,
    )


def test_what_is_not_found_is_asked_on_the_third_and_the_seventh_day(
    postgres: Database, inquiries: PostgresInquiries
) -> None:
    """Three times in all, and never again."""
    tenant = a_tenant()
    document, entry = file(postgres, tenant, an_extraction())
    word = SunatWord("not_found", NOW)
    inquiries.heard(tenant.id, document, Heard(0, KEY, word), again(word, 0, NOW))
    dues = [due_of(postgres, entry)]
    for _ in range(2):
        Inquirer(inquiries, Witness("not_found"), lambda: dues[-1] or NOW).ask_again(tenant.id, entry)
        dues.append(due_of(postgres, entry))
    assert dues == [NOW + timedelta(days=3), NOW + timedelta(days=7), None]


def test_who_does_not_answer_is_asked_again_in_an_hour(
    postgres: Database, inquiries: PostgresInquiries
) -> None:
    """What was said before stays said."""
    tenant = a_tenant()
    document, entry = file(postgres, tenant, an_extraction())
    inquiries.heard(tenant.id, document, Heard(0, KEY, SunatWord("not_found", NOW)), NOW)
    later = NOW + timedelta(days=3)
    assert not Inquirer(inquiries, Witness(None), lambda: later).ask_again(tenant.id, entry)
    kept = inquiries.inquiry(tenant.id, entry)
    assert (kept and kept.word, due_of(postgres, entry)) == (
        SunatWord("not_found", NOW),
        later + timedelta(hours=1),
    )


def test_who_asks_before_it_is_due_changes_nothing_about_when_it_is(
    postgres: Database, inquiries: PostgresInquiries
) -> None:
    """An owner who asks three times in an hour has used up none of the three questions of the week."""
    tenant = a_tenant()
    document, entry = file(postgres, tenant, an_extraction())
    word = SunatWord("not_found", NOW)
    inquiries.heard(tenant.id, document, Heard(0, KEY, word), again(word, 0, NOW))
    witness = Witness("not_found")
    for hours in (2, 4, 6):
        Inquirer(inquiries, witness, stopped(NOW + timedelta(hours=hours))).now(tenant.id, entry)
    kept = inquiries.inquiry(tenant.id, entry)
    assert kept is not None
    assert len(witness.asked) == 3
    assert (kept.word, kept.missed, kept.due) == (
        SunatWord("not_found", NOW, "00", "00"),
        1,
        NOW + timedelta(days=3),
    )


def test_two_instances_that_sweep_at_once_ask_once(postgres: Database, inquiries: PostgresInquiries) -> None:
    """While one asks, the question is nobody else's, and it counts once as not found; of an instance that dies
    over it the hour ends.
    """
    tenant, first, second = a_tenant(), Witness("not_found"), Witness("not_found")
    _, entry = file(postgres, tenant, an_extraction())
    overdue(postgres, entry)
    beside, told = Inquirer(inquiries, second, lambda: NOW), []
    first.waits = lambda: told.append(beside.ask_again(tenant.id, entry))
    assert Inquirer(inquiries, first, lambda: NOW).ask_again(tenant.id, entry)
    kept = inquiries.inquiry(tenant.id, entry)
    assert (told, second.asked, kept and kept.missed, kept and kept.due) == (
        [False],
        [],
        1,
        NOW + timedelta(days=3),
    )
    dead = NOW + timedelta(days=3)
    assert inquiries.taken(tenant.id, entry, dead, dead + timedelta(hours=1))
    for minutes, asked in ((59, []), (60, [KEY])):
        Inquirer(inquiries, second, stopped(dead + timedelta(minutes=minutes))).ask_again(tenant.id, entry)
        assert second.asked == asked


@pytest.mark.parametrize(("state", "again_later"), [("accepted", True), ("annulled", False)])
def test_what_one_instance_was_told_stands_for_the_others(
    postgres: Database, inquiries: PostgresInquiries, state: State, again_later: bool
) -> None:
    """For an hour, of what nothing changes for good: whoever asks by chat or reads the paper anew asks nothing.
    Another business's word is none, nor is one on another amount.
    """
    tenant, stranger = a_tenant(), a_tenant()
    _, entry = file(postgres, tenant, an_extraction())
    word = SunatWord(state, NOW, "00", "00")
    assert Inquirer(inquiries, Witness(state), lambda: NOW).now(tenant.id, entry)
    for minutes in (59, 61):
        other = Witness("not_found")
        elsewhere = Inquirer(inquiries, other, stopped(NOW + timedelta(minutes=minutes)))
        stands = minutes < 60 or not again_later
        assert elsewhere.known(tenant.id)(KEY) == (word if stands else None)
        assert elsewhere.known(stranger.id)(KEY) is None
        assert elsewhere.known(tenant.id)(replace(KEY, total=Decimal("451.00"))) is None
        elsewhere.now(tenant.id, entry)
        assert other.asked == ([] if stands else [KEY])


def test_a_factura_that_is_still_not_there_after_a_week_is_to_be_told(
    postgres: Database, inquiries: PostgresInquiries
) -> None:
    """Of the business's own facturas with IGV, until an answer told it; a boleta may be late, another's is
    not its.
    """
    tenant, books = a_tenant(), PostgresBooks(postgres.app)
    own = Customer(name="YO SAC", id_type="6", id="20512345671")
    papers = [
        an_invoice(customer=own, igv=Decimal("68.64"), number="1"),
        an_invoice(customer=own, igv=Decimal("68.64"), number="2", kind="03", series="B001"),
        an_invoice(customer=own.model_copy(update={"id": "20100070970"}), igv=Decimal("68.64"), number="3"),
        an_invoice(customer=own, igv=Decimal("0.00"), number="4"),
    ]
    entries = []
    for seq, paper in enumerate(papers, 1):
        document, entry = file(postgres, tenant, an_extraction(paper), seq)
        books.name_business(tenant.id, ruc="20512345671")
        inquiries.heard(tenant.id, document, Heard(0, key_of(paper), SunatWord("not_found", NOW)), NOW)
        witness = Witness("not_found")
        Inquirer(inquiries, witness, stopped(NOW + timedelta(days=3))).ask_again(tenant.id, entry)
        entries.append(entry)
        if seq == 1:
            assert inquiries.missing(Author(tenant.id, tenant.user_id, "w0")) == []
        Inquirer(inquiries, witness, stopped(NOW + timedelta(days=7))).ask_again(tenant.id, entry)
    told = [inquiries.missing(Author(tenant.id, tenant.user_id, wamid)) for wamid in ("w1", "w2")]
    assert told == [[Missing(entries[0], "F001", "1", "Ejemplo SAC")]] * 2


def test_papers_of_a_month_that_is_asked_for_are_due_at_once(
    postgres: Database, inquiries: PostgresInquiries
) -> None:
    """Those of which nothing was said yet; what was said already, and other months, keep their day."""
    tenant = a_tenant()
    _, new = file(postgres, tenant, an_extraction())
    document, known = file(postgres, tenant, an_extraction(an_invoice(number="9")), 2)
    inquiries.heard(
        tenant.id,
        document,
        Heard(0, replace(KEY, number="9"), SunatWord("not_found", NOW)),
        datetime.now(UTC) + timedelta(days=3),
    )
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    now = datetime.now(UTC)
    assert (inquiries.unasked(tenant.id, october, now), mine(inquiries.due(1000), tenant)) == ([], [])
    assert inquiries.unasked(tenant.id, november, now) == mine(inquiries.due(1000), tenant) == [new]
    assert known != new


def test_a_month_is_asked_about_before_its_file(postgres: Database, inquiries: PostgresInquiries) -> None:
    """`excel` and `rce` first ask SUNAT, once, about what nobody asked about; where it does not answer, or
    time is over, the file says how many are left.
    """
    tenant, witness, now = a_tenant(), Witness(), [NOW]
    for seq in range(1, 5):
        file(postgres, tenant, an_extraction(an_invoice(str(seq))), seq)
    clerk = Clerk(PostgresBooks(postgres.app), Inquirer(inquiries, witness, lambda: now[0]))

    def told(words: str) -> list[str]:
        ask = understand(words, NOW.date())
        assert ask is not None
        return [line for line in clerk.file(ask, tenant.id, NOW).text.splitlines() if line.startswith("🏛️")]

    witness.state = None
    assert (told("excel noviembre"), len(witness.asked)) == (
        ["🏛️ De 4 comprobantes todavía no sé qué dice SUNAT: le pregunto en los próximos minutos."],
        1,
    )
    witness.state = "accepted"
    witness.waits = lambda: now.append(now.pop() + timedelta(seconds=4))
    # No RUC, so no file; two questions took the 8 s.
    assert (told("rce noviembre"), len(witness.asked)) == (
        [],
        3,
    )
    assert told("excel noviembre") == told("excel noviembre") == []
    assert len(witness.asked) == 5
    assert {
        one.sunat for one in PostgresBooks(postgres.app).register(tenant.id, date(2026, 11, 1)).papers
    } == {"figura ACEPTADO (26/11/2026 10:15)"}


def test_a_corrected_key_is_another_question(postgres: Database, inquiries: PostgresInquiries) -> None:
    """What was said of the old key is forgotten and the new one is due; another correction asks nothing."""
    tenant, books = a_tenant(), PostgresBooks(postgres.app)
    document, entry = file(postgres, tenant, an_extraction())
    inquiries.heard(tenant.id, document, Heard(0, KEY, SunatWord("accepted", NOW)), None)

    def correct(**changes: object) -> None:
        paper = books.paper(tenant.id, entry)
        assert paper is not None
        author = Author(tenant.id, tenant.user_id, uuid4().hex)
        read = paper.entry.invoice
        changed = read.model_copy(update=changes)
        done = differences(read, changed)
        books.change(author, entry, changed, "consistent", done, seen=paper.changes)

    correct(igv=Decimal("1.00"))
    kept = inquiries.inquiry(tenant.id, entry)
    assert (kept and kept.word and kept.word.state, mine(inquiries.due(1000), tenant)) == ("accepted", [])
    correct(total=Decimal("451.00"))
    kept = inquiries.inquiry(tenant.id, entry)
    assert (kept and kept.word, kept and kept.key.total, mine(inquiries.due(1000), tenant)) == (
        None,
        Decimal("451.00"),
        [entry],
    )


def test_a_word_on_what_was_corrected_meanwhile_is_not_kept(
    postgres: Database, inquiries: PostgresInquiries
) -> None:
    """Its owner corrects the total while SUNAT is asked about the old one, or while the answer of the reading
    is on its way: neither word is about the paper as it is now, which is still due.
    """
    tenant, books = a_tenant(), PostgresBooks(postgres.app)
    document, entry = file(postgres, tenant, an_extraction())
    overdue(postgres, entry)

    def correct() -> None:
        paper = books.paper(tenant.id, entry)
        assert paper is not None
        changed = paper.entry.invoice.model_copy(update={"total": Decimal("451.00")})
        author = Author(tenant.id, tenant.user_id, uuid4().hex)
        books.change(author, entry, changed, "consistent", [Correction("total", "450.00", "451.00")], seen=0)

    asking = Witness(waits=correct)
    Inquirer(inquiries, asking, lambda: NOW).ask_again(tenant.id, entry)
    inquiries.heard(tenant.id, document, Heard(0, KEY, SunatWord("accepted", NOW)), None)
    kept = inquiries.inquiry(tenant.id, entry)
    assert (asking.asked, kept and kept.word, mine(inquiries.due(1000), tenant)) == ([KEY], None, [entry])


def test_a_copy_has_the_word_of_the_paper_that_was_asked_about(
    postgres: Database, inquiries: PostgresInquiries
) -> None:
    """Two files of one paper are one question each time: the copy has the other's word, whose RUC asked
    included, and its next one an hour after that was asked for.
    """
    tenant, witness = a_tenant(), Witness("not_found")
    document, first = file(postgres, tenant, an_extraction())
    word = SunatWord("not_found", NOW)
    inquiries.heard(tenant.id, document, Heard(0, KEY, word), NOW + timedelta(days=3))
    _, copy = file(postgres, tenant, an_extraction(), 2)
    inquirer = Inquirer(inquiries, witness, lambda: NOW + timedelta(days=3))

    def known() -> tuple[State, str | None, datetime | None]:
        overdue(postgres, copy)
        assert inquirer.ask_again(tenant.id, copy)
        kept = inquiries.inquiry(tenant.id, copy)
        assert kept is not None
        assert kept.word is not None
        return kept.word.state, kept.word.not_to, kept.due

    assert known() == ("not_found", None, NOW + timedelta(days=3, hours=1))
    witness.state, witness.not_to = "accepted", "20512345671"
    assert inquirer.ask_again(tenant.id, first)
    assert (known(), witness.asked) == (("accepted", "20512345671", None), [KEY])


def test_a_recibo_por_honorarios_is_a_question(postgres: Database, inquiries: PostgresInquiries) -> None:
    """SUNAT answers for fees as it does for facturas."""
    tenant, witness = a_tenant(), Witness()
    _, entry = file(postgres, tenant, an_extraction(an_invoice("33", kind="02", series="E001")))
    overdue(postgres, entry)
    assert Inquirer(inquiries, witness, lambda: NOW).ask_again(tenant.id, entry)
    assert witness.asked == [replace(KEY, kind="02", series="E001", number="33")]


def test_a_fee_is_asked_about_by_the_amount_that_is_said_once(
    postgres: Database, inquiries: PostgresInquiries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked by what is paid, its question is about that and its word is kept; a fee that tells none is no
    question.
    """
    monkeypatch.setattr("infra.inquiries.FEES_BY", "net_payable")
    tenant, witness = a_tenant(), Witness()
    fee = an_invoice("34", kind="02", series="E001", net_payable=Decimal("414.00"))
    for seq, paper in enumerate([fee, fee.model_copy(update={"number": "35", "net_payable": None})], 1):
        _, entry = file(postgres, tenant, an_extraction(paper), seq)
        overdue(postgres, entry)
        Inquirer(inquiries, witness, lambda: NOW).ask_again(tenant.id, entry)
        kept = inquiries.inquiry(tenant.id, entry)
        assert bool(kept and kept.word) == (seq == 1)
    assert witness.asked == [replace(KEY, kind="02", series="E001", number="34", total=Decimal("414.00"))]


def test_an_incomplete_paper_is_no_question(postgres: Database, inquiries: PostgresInquiries) -> None:
    """Without a date, or of a kind that SUNAT does not answer for, nothing is kept and nothing asked."""
    tenant = a_tenant()
    _, entry = file(postgres, tenant, an_extraction(an_invoice(issue_date=None)))
    _, other = file(postgres, tenant, an_extraction(an_invoice(kind="14", series="S001")), 2)
    assert (inquiries.inquiry(tenant.id, entry), inquiries.inquiry(tenant.id, other)) == (None, None)


def test_nobody_hears_of_anothers_papers(postgres: Database, inquiries: PostgresInquiries) -> None:
    """A question is its business's alone."""
    tenant, other = a_tenant(), a_tenant()
    _, entry = file(postgres, tenant, an_extraction())
    file(postgres, other, an_extraction())
    assert inquiries.inquiry(other.id, entry) is None


def test_an_owner_asks_by_series_and_number(postgres: Database, inquiries: PostgresInquiries) -> None:
    """`sunat F001-123` is asked now and told with its hour; where there is no answer, the word that was kept,
    and where none was, that it is silent.
    """
    tenant, witness = a_tenant(), Witness()
    file(postgres, tenant, an_extraction())
    clerk = Clerk(PostgresBooks(postgres.app), Inquirer(inquiries, witness, lambda: NOW))

    def said(words: str) -> str:
        ask = understand(words, NOW.date())
        answer = ask and clerk.answer(ask, tenant.id, NOW.date())
        assert answer is not None
        return answer.text

    witness.state = None
    assert (
        said("sunat F001-123")
        == "Factura F001-123 de Ejemplo SAC: SUNAT no responde ahora. Vuelve a preguntarme en unos minutos."
    )
    witness.state = "accepted"
    told = "Factura F001-123 de Ejemplo SAC\n🏛️ SUNAT (26/11 10:15): figura ACEPTADO; emisor ACTIVO y HABIDO"
    assert said("consulta en sunat la factura F001-00000123") == told
    witness.state = None
    assert said("sunat f001-123") == told
    assert said("sunat F001-9") == "🔎 Comprobantes con «F001-9»: no encontré ninguno."
    assert said("sunat").startswith("🏛️ ¿De cuál comprobante?")


def test_whose_ruc_asked_stays_with_the_word(postgres: Database, inquiries: PostgresInquiries) -> None:
    """That SUNAT has a paper as somebody else's is told in the chat where it is silent, and in the month, to
    the business whose RUC asked, after a correction of what it was not asked about, too; to no other.
    """
    tenant, books = a_tenant(), PostgresBooks(postgres.app)
    document, entry = file(postgres, tenant, an_extraction())
    inquiries.heard(
        tenant.id, document, Heard(0, KEY, SunatWord("accepted", NOW, not_to="20512345671")), None
    )
    paper = books.paper(tenant.id, entry)
    assert paper is not None
    changed = paper.entry.invoice.model_copy(update={"igv": Decimal("1.00")})
    done = differences(paper.entry.invoice, changed)
    books.change(Author(tenant.id, tenant.user_id, "w9"), entry, changed, "consistent", done, seen=0)
    clerk = Clerk(books, Inquirer(inquiries, Witness(None), lambda: NOW))

    def told(ruc: str) -> tuple[bool, str | None]:
        books.name_business(tenant.id, ruc=ruc)
        ask = understand("sunat F001-123", NOW.date())
        answer = ask and clerk.answer(ask, tenant.id, NOW.date())
        assert answer is not None
        (filed,) = books.register(tenant.id, date(2026, 11, 1)).papers
        return "emitido a otro contribuyente" in answer.text, filed.sunat

    assert told("20512345671") == (True, "figura ACEPTADO, a otro contribuyente (26/11/2026 10:15)")
    assert told("20100070970") == (False, "figura ACEPTADO (26/11/2026 10:15)")


def test_a_month_has_sunats_word_beside_each_paper(postgres: Database, inquiries: PostgresInquiries) -> None:
    """What SUNAT said last of a paper stands in its business's month with its hour of Lima; of what was not
    asked nothing does.
    """
    tenant = a_tenant()
    _, entry = file(postgres, tenant, an_extraction())
    file(postgres, tenant, an_extraction(an_invoice("124")), 2)
    inquiries.keep(tenant.id, entry, SunatWord("accepted", NOW), None)
    papers = PostgresBooks(postgres.app).register(tenant.id, date(2026, 11, 1)).papers
    assert [(one.entry.invoice.number, one.sunat, one.refused) for one in papers] == [
        ("123", "figura ACEPTADO (26/11/2026 10:15)", False), ("124", None, False),
    ]  # fmt: skip
    inquiries.keep(tenant.id, entry, SunatWord("annulled", NOW), None)
    assert [
        one.refused for one in PostgresBooks(postgres.app).register(tenant.id, date(2026, 11, 1)).papers
    ] == [True, False]
