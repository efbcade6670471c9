"""Corrections, taking out and undoing in the real Postgres, as the worker's own role: which paper, once, and
nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from functions.books.ask import Ask, understand
from functions.books.correcting import Correction
from functions.books.ports import Author, Done
from functions.errors import Unwell
from functions.extractor.invoice import Evidence, Extraction, Supplier
from functions.whatsapp import edited, editing
from functions.whatsapp.ledger import Claim
from functions.whatsapp.model import Choice, Offer, Said, Tenant
from functions.whatsapp.tasks import MessageTask
from infra import offers
from infra.books import PostgresBooks
from infra.database import tenant_transaction
from infra.outbox import PostgresOutbox
from infra.records import PostgresRecords
from tests.builders import a_task, a_tenant, an_extraction, an_invoice, month_of
from tests.conftest import Database

pytestmark = pytest.mark.contract

NOW = datetime(2026, 11, 26, 17, tzinfo=UTC)
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)


class Desk:
    """One sender, who sends files and texts and reads our answers; `sent` are the ids of those, one a call of
    `send`.
    """

    def __init__(self, postgres: Database, tenant: Tenant | None = None) -> None:
        self.postgres, self.tenant = postgres, tenant or a_tenant()
        self.books, self.records, self.outbox = (
            PostgresBooks(postgres.app),
            PostgresRecords(postgres.app),
            PostgresOutbox(postgres.app),
        )
        self.seq = 0

    def file(self, *invoices: Any, **changes: Any) -> MessageTask:
        """A file, read and answered."""
        self.seq += 1
        task = a_task(self.tenant, self.seq)
        self.records.open(task, "hola")
        claim = self.records.claim(task, 75)
        assert isinstance(claim, Claim)
        assert self.records.attempt(claim, storage_uri="gs://b/x", sha256=task.message.wamid, size=1)
        read = (
            an_extraction(*invoices, **changes)
            if invoices
            else Extraction(verdict="unreadable", engine="none")
        )
        assert self.records.finish(claim, task, title="t", body="b", extraction=read, failure=None)
        return task

    def send(self, *members: int) -> str:
        """These answers leave as one message, whose id is returned."""
        lease = self.outbox.lease(self.tenant.id, self.tenant.user_id, 30)
        assert lease
        frozen = self.outbox.freeze(lease, members, "x", None, {}, 30, version=1)
        assert not isinstance(frozen, str)
        wamid = f"wamid.{frozen.id}"
        self.outbox.sent(lease, frozen, wamid)
        self.outbox.release(lease)
        return wamid

    def text(self, said: str, quoted: str | None = None) -> MessageTask:
        """The task of a text that wants a change."""
        self.seq += 1
        task = a_task(self.tenant, self.seq, "text", text=said)
        self.records.open(task, "hola")
        return replace(task, message=replace(task.message, quoted=quoted))

    def do(self, task: MessageTask, now: datetime = NOW) -> Said:
        """What the text is answered, and that answer kept."""
        ask = understand(task.message.text or "", now.date())
        assert ask is not None
        said = editing.answer(self.books, ask, task, now)
        self.records.answer(task, said.text, about=said.about, offer=said.offer)
        return said

    def offered(self) -> Offer:
        """What our last answer offers."""
        with self.postgres.admin.connect() as connection:
            rows = connection.execute(
                text("select offer from messaging.replies where user_id = :u and seq = :s"),
                {"u": self.tenant.user_id, "s": self.seq},
            )
            offer = offers.load(rows.scalar_one())
        assert offer
        return offer

    def tap(self, choice: Choice, now: datetime = NOW) -> str:
        """What the tap is answered."""
        self.seq += 1
        task = a_task(self.tenant, self.seq, "choice")
        self.records.open(task, "hola")
        chosen = self.records.choose(replace(task, message=replace(task.message, choice=choice.id)))
        assert chosen
        return self.do(
            replace(task, message=replace(task.message, kind="text", text=chosen.text, quoted=chosen.about)),
            now,
        ).text

    def say(self, text: str, quoted: str | None = None, now: datetime = NOW) -> str:
        return self.do(self.text(text, quoted), now).text

    def corrections(self) -> list[tuple[str, str | None, str | None]]:
        with self.postgres.admin.connect() as connection:
            rows = connection.execute(
                text("select field, old, new from books.corrections where tenant_id = :t order by at, field"),
                {"t": self.tenant.id},
            )
            return [(row.field, row.old, row.new) for row in rows]


@pytest.fixture
def desk(postgres: Database) -> Desk:
    return Desk(postgres)


def test_a_correction_is_told_kept_and_counted(desk: Desk) -> None:
    """The last paper's values change with their columns and their month, old and new are told and kept, and
    what no longer adds up is said.
    """
    desk.file(an_invoice())
    assert desk.say("total 118.00 fecha 10/10/2026") == (
        "✏️ Corregí *Factura F001-123* de Ejemplo SAC:\n• Fecha: 20/11/2026 → 10/10/2026\n• Total: S/ "
        "450.00 → S/ 118.00\n"
        "⚠️ Ojo: los ítems no suman el total; la base y los impuestos no suman el total.\nSi no era así, "
        "escribe *deshacer*."
    )
    assert month_of(desk.books, desk.tenant.id, NOVEMBER) == ()
    (entry,) = month_of(desk.books, desk.tenant.id, OCTOBER)
    assert (entry.invoice.total, entry.day, entry.verdict) == (
        Decimal("118.00"),
        date(2026, 10, 10),
        "needs_review",
    )
    assert desk.corrections() == [
        ("issue_date", "2026-11-20", "2026-10-10"),
        ("total", "450.00", "118.00"),
        ("verdict", "consistent", "needs_review"),
    ]
    with desk.postgres.admin.connect() as connection:
        row = connection.execute(
            text("select total, issue_date, data ->> 'total' as said from books.entries where id = :e"),
            {"e": entry.id},
        )
        assert tuple(row.one()) == (Decimal("118.00"), date(2026, 10, 10), "118.00")


def test_a_refused_correction_changes_nothing(desk: Desk) -> None:
    """The reason is told, nothing is written."""
    desk.file(an_invoice())
    assert desk.say("total 5 ruc 20609173426") == (
        "🤔 20609173426 no es un RUC válido: su último dígito no corresponde a los demás. Revísalo y "
        "escríbelo otra vez.\nNo cambié nada."
    )
    assert desk.say("total 450.00") == "👍 Ya lo tengo así: Factura F001-123 · Ejemplo SAC · S/ 450.00."
    assert desk.corrections() == []


def test_a_doubtful_value_that_is_corrected_leaves_the_review(desk: Desk) -> None:
    """A paper that was to be looked at for its total stands once the total is given; as read, extraction and
    evidence stay.
    """
    doubt = (Evidence(0, "total", "460.00", "ocr", trust="doubted"),)
    desk.file(an_invoice(total=Decimal("460.00")), verdict="needs_review", evidence=doubt)
    desk.say("proveedor Ejemplo Sociedad")
    assert [e.verdict for e in month_of(desk.books, desk.tenant.id, NOVEMBER)] == ["needs_review"]
    assert "Ojo" not in desk.say("total 450")
    assert [e.verdict for e in month_of(desk.books, desk.tenant.id, NOVEMBER)] == ["consistent"]
    with desk.postgres.admin.connect() as connection:
        rows = connection.execute(
            text("select total from extractor.extractions where tenant_id = :t"), {"t": desk.tenant.id}
        ).scalars()
        assert list(rows) == [Decimal("460.00")]


def test_a_repeated_task_corrects_once(desk: Desk) -> None:
    """The same message, come again after its change and after another paper came, tells the same and changes
    nothing.
    """
    desk.file(an_invoice())
    task = desk.text("total 118")
    ask = understand("total 118", NOW.date())
    assert ask
    first = editing.answer(desk.books, ask, task, NOW)
    desk.file(an_invoice("9"))
    assert editing.answer(desk.books, ask, task, NOW) == first
    assert [name for name, _, _ in desk.corrections()] == ["total", "verdict"]
    author = Author(desk.tenant.id, desk.tenant.user_id, task.message.wamid)
    (entry, _) = sorted(
        month_of(desk.books, desk.tenant.id, NOVEMBER),
        key=lambda e: len(e.invoice.number or ""),
        reverse=True,
    )
    with pytest.raises(Unwell, match="meanwhile"):
        desk.books.change(
            author, entry.id, an_invoice(), "consistent", [Correction("total", "118", "450.00")], seen=0
        )
    assert [e.invoice.total for e in desk.books.by_number(desk.tenant.id, "F001", "123", 6).entries] == [
        Decimal(118)
    ]


class Overtaken(PostgresBooks):
    """Books in which `other` happens once: after an attempt asked what its message has done, or, with
    `before_change`, right before it writes.
    """

    def __init__(self, engine: Engine, other: Callable[[], object], *, before_change: bool = False) -> None:
        super().__init__(engine)
        self.other: Callable[[], object] | None = other
        self.before_change = before_change

    def _happens(self, *, before_change: bool) -> None:
        if self.other and self.before_change == before_change:
            other, self.other = self.other, None
            other()

    def done(self, author: Author) -> Done | None:
        found = super().done(author)
        self._happens(before_change=False)
        return found

    def change(self, *about: Any, **more: Any) -> None:
        self._happens(before_change=True)
        super().change(*about, **more)


@pytest.mark.parametrize("asked", ["total 118", "sí, borrar", "recuperar", "deshacer"])
def test_an_attempt_that_another_overtakes_tells_what_that_one_did(desk: Desk, asked: str) -> None:
    """Where two attempts of a message run at once, both tell the one change that was made, before which no
    other is taken back.
    """
    desk.file(an_invoice())
    desk.say("fecha 10/11/2026")
    desk.say("total 200")
    desk.say("borrar")
    quoted = desk.send(desk.seq)
    if asked == "recuperar":
        desk.say("sí, borrar", quoted)
    task = desk.text(asked, quoted if asked == "sí, borrar" else None)
    ask, now = understand(asked, NOW.date()), datetime.now(UTC)
    assert ask
    told = []
    books = Overtaken(desk.postgres.app, lambda: told.append(editing.answer(desk.books, ask, task, now)))
    before = desk.corrections()
    try:
        said = editing.answer(books, ask, task, now)
    except Unwell:  # its task comes again
        said = editing.answer(desk.books, ask, task, now)
    assert told == [said]
    assert len({name for name, _, _ in desk.corrections()[len(before) :]} - {"verdict"}) == 1


def test_two_people_who_correct_one_paper_at_once_both_do(desk: Desk) -> None:
    """A correction of what another changes meanwhile is made over that change, when it comes again."""
    desk.file(an_invoice())
    first, second = desk.text("total 200"), desk.text("fecha 10/11/2026")
    ask = understand("fecha 10/11/2026", NOW.date())
    assert ask
    books = Overtaken(desk.postgres.app, lambda: desk.do(first), before_change=True)
    with pytest.raises(Unwell, match="meanwhile"):
        editing.answer(books, ask, second, NOW)
    editing.answer(books, ask, second, NOW)
    (entry,) = month_of(desk.books, desk.tenant.id, NOVEMBER)
    assert (entry.invoice.total, entry.invoice.issue_date) == (Decimal(200), date(2026, 11, 10))


def test_a_quote_says_which_paper(desk: Desk) -> None:
    """Our answer, the person's own file and what was told of a correction each name their paper, however many
    came since.
    """
    own = desk.file(an_invoice("1"))
    desk.file(an_invoice("2"))
    answer = desk.send(1)
    desk.send(2)
    for total, quoted in (("118", answer), ("119", own.message.wamid)):
        assert desk.say(f"total {total}", quoted).startswith("✏️ Corregí *Factura F001-1* ")
    told = desk.send(desk.seq)
    assert desk.say("total 120", told).startswith(
        "✏️ Corregí *Factura F001-1* de Ejemplo SAC:\n• Total: S/ 119.00 → S/ 120.00"
    )


def test_a_quote_of_several_papers_asks_which(desk: Desk) -> None:
    """A combined answer and a file with several invoices are listed; the number before the correction says
    which, of the quote or of the list.
    """
    desk.file(an_invoice("1"))
    desk.file(an_invoice("2"), an_invoice("3"))
    combined = desk.send(1, 2)
    assert desk.say("total 118", combined) == (
        "🤔 Son varios. ¿Cuál? Elígelo de la lista, o responde citando este mensaje con su número delante, "
        "por ejemplo *2 total 118*:\n"
        "1. Factura F001-1 · Ejemplo SAC · S/ 450.00\n2. Factura F001-2 · Ejemplo SAC · S/ 450.00\n3. "
        "Factura F001-3 · Ejemplo SAC · S/ 450.00"
    )
    listed = desk.send(desk.seq)
    assert desk.say("3 total 118", listed).startswith("✏️ Corregí *Factura F001-3* ")
    assert desk.say("1 total 119", combined).startswith("✏️ Corregí *Factura F001-1* ")
    assert desk.say("2 total 120").startswith("✏️ Corregí *Factura F001-3* ")
    assert desk.say("9 total 121", combined).startswith("🤔 Son varios.")


def test_which_paper_is_meant_can_be_tapped(desk: Desk) -> None:
    """The list of papers holds a row for each; tapping it does to that paper what was written, as its number
    before the text would.
    """
    desk.file(an_invoice("1"))
    desk.file(
        an_invoice("2", kind="03", series="B001"), an_invoice("3", supplier=Supplier(ruc="20123456786"))
    )
    desk.say("total 118", desk.send(1, 2))
    offer = desk.offered()
    assert [(one.title, one.text, one.detail) for one in offer.choices] == [
        ("1. F001-1", "1 total 118", "Factura · Ejemplo SAC · S/ 450.00"),
        ("2. B001-2", "2 total 118", "Boleta · Ejemplo SAC · S/ 450.00"),
        ("3. F001-3", "3 total 118", "Factura · 20123456786 · S/ 450.00"),
    ]
    assert desk.tap(offer.choices[1]).startswith("✏️ Corregí *Boleta B001-2* de Ejemplo SAC:")
    assert desk.tap(offer.choices[2]).startswith("✏️ Corregí *Factura F001-3* de 20123456786:")


def test_a_text_to_which_no_number_can_be_added_has_no_list_to_tap(desk: Desk) -> None:
    """Where the number before the text would make another text of it, the answer has its words alone."""
    desk.file(an_invoice("1"), an_invoice("2"))
    quoted = desk.send(1)
    ask = Ask("correct", changes={"total": Decimal(118)})
    said = editing.answer(desk.books, ask, desk.text("por favor el total sería 118", quoted), NOW)
    assert (said.text.startswith("🤔 Son varios."), said.offer) == (True, None)


def test_more_papers_than_a_list_holds_are_told_by_their_numbers(desk: Desk) -> None:
    """Ten rows at most; the text names the others."""
    desk.file(*(an_invoice(str(number)) for number in range(1, 13)))
    text = desk.say("borrar")
    assert (len(desk.offered().choices), "12. Factura F001-12" in text) == (10, True)


def test_what_names_no_paper_changes_none(desk: Desk) -> None:
    """A quote of nothing we know, a last file of which nothing was read, and a file before the first are said
    to be so.
    """
    assert desk.say("total 118") == edited.NOTHING_LAST
    desk.file(an_invoice())
    assert desk.say("total 118", "wamid.borrado") == edited.NOTHING_QUOTED
    desk.file()
    assert desk.say("total 118") == edited.NOTHING_LAST
    assert desk.corrections() == []


def test_nobody_corrects_anothers_paper(postgres: Database, desk: Desk) -> None:
    """A quote of another's answer or file finds nothing; the other's row is neither read nor written; what
    was corrected cannot be rewritten.
    """
    task = desk.file(an_invoice())
    answer = desk.send(1)
    (entry,) = month_of(desk.books, desk.tenant.id, NOVEMBER)
    other = Desk(postgres)
    other.file(an_invoice("9"))
    for quoted in (answer, task.message.wamid):
        assert other.say("total 1", quoted) == edited.NOTHING_QUOTED
    stranger = Author(other.tenant.id, other.tenant.user_id, "wamid.x")
    other.books.change(
        stranger,
        entry.id,
        an_invoice(total=Decimal(1)),
        "consistent",
        [Correction("total", "450.00", "1")],
        seen=0,
    )
    assert other.books.paper(other.tenant.id, entry.id) is None
    assert (month_of(desk.books, desk.tenant.id, NOVEMBER), other.corrections()) == ((entry,), [])
    desk.say("total 118")
    for statement in ("update books.corrections set new = 'x'", "delete from books.corrections"):
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            tenant_transaction(postgres.app, desk.tenant.id) as connection,
        ):
            connection.execute(text(statement))
    with tenant_transaction(postgres.app, other.tenant.id) as connection:
        assert connection.execute(text("select count(*) from books.corrections")).scalar_one() == 0


def test_a_correction_that_makes_a_duplicate_says_so(desk: Desk) -> None:
    """The paper that becomes another's equal is told, and counts once."""
    desk.file(an_invoice("1"))
    desk.file(an_invoice("2"))
    assert "♻️ Ahora tiene el mismo RUC, tipo, serie y número que otro que ya tengo" in desk.say(
        "serie F001-1"
    )
    assert [e.repeated for e in month_of(desk.books, desk.tenant.id, NOVEMBER)] == [False, True]


def test_undoing_takes_back_change_by_change_for_a_day(desk: Desk) -> None:
    """All fields of the last change, then those of the one before; not an undoing, and nothing that is older
    than a day.
    """
    desk.file(an_invoice())
    desk.say("total 118 igv 18")
    desk.say("fecha 10/10/2026")
    assert desk.say("deshacer", now=datetime.now(UTC)).splitlines()[:2] == [
        "↩️ Deshice el cambio en *Factura F001-123* de Ejemplo SAC:",
        "• Fecha: 10/10/2026 → 20/11/2026",
    ]
    assert (
        desk.say("deshacer", now=datetime.now(UTC) + timedelta(days=1, minutes=5)) == edited.NOTHING_TO_UNDO
    )
    assert desk.say("deshacer", now=datetime.now(UTC)).splitlines()[1:] == [
        "• IGV: S/ 18.00 → S/ 68.64",
        "• Total: S/ 118.00 → S/ 450.00",
    ]
    assert desk.say("deshacer", now=datetime.now(UTC)) == edited.NOTHING_TO_UNDO
    (entry,) = month_of(desk.books, desk.tenant.id, NOVEMBER)
    assert (entry.invoice, entry.verdict) == (an_invoice(), "consistent")


def test_a_paper_is_taken_out_only_by_a_quoted_yes(desk: Desk) -> None:
    """The question names the paper; a yes that quotes nothing takes nothing out; the quoted one hides it, and
    it comes back within a week.
    """
    desk.file(an_invoice())
    assert desk.say("borrar") == (
        "🗑️ ¿Saco de tus cuentas este comprobante?\nFactura F001-123 · Ejemplo SAC · S/ 450.00 · 20/11/2026\n"
        "Si es así, toca el botón o responde citando este mensaje: *sí, borrar*. Tu archivo no se borra."
    )
    question = desk.send(desk.seq)
    assert desk.say("sí, borrar") == edited.QUOTE_TO_TAKE_OUT
    assert len(month_of(desk.books, desk.tenant.id, NOVEMBER)) == 1
    assert desk.say("Si, borrar", question).startswith(
        "🗑️ Saqué de tus cuentas: Factura F001-123 · Ejemplo SAC · S/ 450.00."
    )
    assert month_of(desk.books, desk.tenant.id, NOVEMBER) == ()
    assert desk.say("sí, borrar", question).startswith(
        "🗑️ Ese comprobante no está en tus cuentas porque lo sacaste"
    )
    assert desk.say("total 118").startswith("🗑️ Ese comprobante no está en tus cuentas porque lo sacaste")
    assert desk.say("recuperar", now=datetime.now(UTC) + timedelta(days=7, minutes=5)) == edited.NOTHING_OUT
    assert (
        desk.say("recuperar", now=datetime.now(UTC))
        == "👍 Está de vuelta en tus cuentas: Factura F001-123 · Ejemplo SAC · S/ 450.00."
    )
    assert (
        desk.say("recuperar", question)
        == "👍 Sigue en tus cuentas: Factura F001-123 · Ejemplo SAC · S/ 450.00."
    )
    assert len(month_of(desk.books, desk.tenant.id, NOVEMBER)) == 1
    assert desk.corrections() == [("deleted", None, "yes"), ("deleted", "yes", None)]


def test_a_paper_is_taken_out_by_a_tap(desk: Desk) -> None:
    """[Sí, borrar] takes out the paper that its question named, whatever came since."""
    desk.file(an_invoice("1"))
    desk.say("borrar")
    yes, no = desk.offered().choices
    desk.file(an_invoice("2"))
    assert (yes.title, no.title, no.text) == ("Sí, borrar", "No", "")
    assert desk.tap(yes).startswith("🗑️ Saqué de tus cuentas: Factura F001-1 ")
    assert [e.invoice.number for e in month_of(desk.books, desk.tenant.id, NOVEMBER)] == ["2"]


def test_taking_out_can_be_undone(desk: Desk) -> None:
    """*Deshacer* after a paper was taken out brings it back."""
    desk.file(an_invoice())
    desk.say("borrar")
    desk.say("sí, borrar", desk.send(desk.seq))
    assert desk.say("deshacer", now=datetime.now(UTC)).startswith("👍 Está de vuelta en tus cuentas")
    assert len(month_of(desk.books, desk.tenant.id, NOVEMBER)) == 1


def test_earlier_messages_come_first(desk: Desk) -> None:
    """While an earlier number has no reply a change is not settled; a void one counts as a reply."""
    desk.file(an_invoice())
    gap, late = desk.text("total 118"), desk.text("total 119")
    assert (desk.records.settled(gap), desk.records.settled(late)) == (True, False)
    desk.records.answer(gap, None)
    assert desk.records.settled(late)


def test_an_entry_says_what_its_last_correction_says(desk: Desk) -> None:
    """A change whose corrections tell another value, or another verdict, than the paper has is not kept."""
    desk.file(an_invoice())
    (entry,) = month_of(desk.books, desk.tenant.id, NOVEMBER)
    author = Author(desk.tenant.id, desk.tenant.user_id, "wamid.otro", desk.tenant.id)
    for astray in (Correction("total", "450.00", "118.00"), Correction("verdict", "consistent", "proven")):
        with pytest.raises(AssertionError, match="not what its last correction says"):
            desk.books.change(author, entry.id, entry.invoice, entry.verdict, [astray], seen=0)
    assert desk.books.done(author) is None
