"""Several people of one business, through admission and worker: what each may, what each sees, and where what
they send stands.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, get_args
from uuid import UUID, uuid4

import openpyxl
import pytest
from sqlalchemy import text

from functions.books.ask import Intent
from functions.extractor.invoice import Customer
from functions.lima import LIMA
from functions.whatsapp import people
from functions.whatsapp.model import Address, Inbound, Media, Role, media_name
from functions.whatsapp.onboarding import tasks_of
from functions.whatsapp.roles import MAY
from infra.database import tenant_transaction
from infra.ops import story
from infra.records import document_id
from tests.builders import an_extraction, an_invoice
from tests.fakes.chat import Chat, invited
from tests.fakes.stage import BYTES

pytestmark = pytest.mark.contract

TEXTS: dict[Intent, str] = {
    "help": "ayuda", "thanks": "gracias", "summary": "resumen", "suppliers": "proveedores",
    "search": "buscar ejemplo", "prices": "precios producto", "igv": "igv", "latest": "últimos",
    "excel": "excel", "originals": "originales", "contasis": "contasis", "rce": "rce",
    "rce_file": "rce noviembre 2026 confirmo", "correct": "total 118.00", "wrong": "está mal",
    "delete": "borrar", "confirm": "sí, borrar", "restore": "recuperar", "undo": "deshacer",
    "my_ruc": "mi ruc 20512345671", "my_name": "mi negocio es Otra", "my_data": "mis datos",
    "erase": "borrar mis datos", "stop": "parar", "resume": "seguir", "sunat": "sunat F001-123",
    "invite": "invitar contador", "people": "personas", "remove": "quitar 9", "business": "negocio",
    "leave": "salir", "belongs": "es de 1",
}  # fmt: skip
"""A text for each thing that can be asked for."""


def test_an_invitation_is_passed_on_and_taken_up(owner: Chat) -> None:
    """The welcome and the answer for who came, one notice for the owner, who sees and removes him by his
    number; the other is told once.
    """
    ana = invited(owner, "accountant")
    assert owner.heard == [
        people.came(owner.stage.worker.processor.doorkeeper.memberships.members(owner.tenant)[0])
    ]
    assert f"2. …{ana.phone[-4:]} – contador" in owner.says("personas")
    assert owner.says("quitar 1") == people.LAST_OWNER
    assert owner.says("quitar 3") == people.nobody(3)
    assert f"Quité a …{ana.phone[-4:]}" in owner.says("quitar 2")
    assert ana.hears() == [people.put_out(f"Bodega Luz (de …{owner.phone[-4:]})")]
    assert owner.says("personas").startswith("👥 En tu negocio estás solo tú")
    assert "Ejemplo" not in ana.says("últimos")


def test_a_request_to_remove_that_comes_again_says_the_same_and_tells_once(owner: Chat) -> None:
    """A crash after the seat ended and before the answer was written loses nothing and repeats nothing."""
    ana = invited(owner, "helper")
    wamid = f"wamid.{uuid4().hex}"
    keeper = owner.stage.worker.processor.doorkeeper
    assert keeper.memberships.remove(owner.tenant, 2, wamid)
    assert f"Quité a …{ana.phone[-4:]}" in owner.says("quitar 2", wamid=wamid)
    assert ana.hears() == [people.put_out(f"Bodega Luz (de …{owner.phone[-4:]})")]
    owner.do(owner.last)
    assert ana.hears() == []


def test_what_a_guest_sends_stands_with_the_business(owner: Chat) -> None:
    """Its row, its paper and its original are the business's, its answer the guest's; the owner's month has
    it with who sent it.
    """
    ana = invited(owner, "accountant")
    answer = ana.sends("77")
    assert answer.startswith("🏢 *Bodega Luz*\n")
    with owner.stage.postgres.admin.connect() as sql:
        row = sql.execute(
            text("select tenant_id, home, guest, storage_uri from documents.documents where wamid = :w"),
            {"w": ana.last.message.wamid},
        ).one()
        reply = sql.execute(
            text("select tenant_id, body from messaging.replies where wamid = :w"),
            {"w": ana.last.message.wamid},
        ).one()
    assert tuple(row) == (
        owner.tenant,
        ana.tenant,
        True,
        f"gs://b/{media_name(owner.tenant, ana.last.message.wamid)}",
    )
    assert (reply.tenant_id, reply.body) == (ana.tenant, answer)
    register = owner.stage.worker.processor.clerk.books.register(
        owner.tenant, datetime.now(UTC).date().replace(day=1)
    )
    senders = {one.entry.invoice.number: one.sender for one in register.papers}
    assert (senders["1"], senders["77"]) == (f"…{owner.phone[-4:]}", f"…{ana.phone[-4:]}")
    assert "2 comprobantes" in owner.says("resumen")


@pytest.mark.parametrize("role", ["accountant", "helper"])
def test_a_role_is_held_to_what_it_may(owner: Chat, role: Role) -> None:
    """Each thing that can be asked for, by somebody of each role: what is not his is refused with a sentence,
    changes nothing and brings no file.
    """
    guest = invited(owner, role)
    guest.sends("55")
    held = text(
        "select (select count(*) from books.corrections where tenant_id = :t), (select name from "
        "auth.tenants where id = :t)"
    )
    for intent in sorted(get_args(Intent), key=lambda one: one == "leave"):
        with owner.stage.postgres.admin.connect() as sql:
            before, files = (
                tuple(sql.execute(held, {"t": owner.tenant}).one()),
                len(owner.stage.graph.documents),
            )
        answer = guest.says(TEXTS[intent])
        with owner.stage.postgres.admin.connect() as sql:
            after = tuple(sql.execute(held, {"t": owner.tenant}).one())
        if intent in MAY[role]:
            assert people.not_yours(role) not in answer, intent
        else:
            assert (answer, after, len(owner.stage.graph.documents)) == (
                people.heading("Bodega Luz") + people.not_yours(role),
                before,
                files,
            ), intent


def test_a_helper_sees_what_he_sent_alone(owner: Chat) -> None:
    """Lists, searches, prices and sums of a helper are of his own papers, and say so; the owner's are of
    all.
    """
    luis = invited(owner, "helper")
    luis.sends("55", total=100)
    for asked in ("últimos", "buscar ejemplo", "buscar F001-1", "precios producto", "proveedores"):
        answer = luis.says(asked)
        assert answer.startswith("🏢 *Bodega Luz*\nDe lo que tú enviaste:\n")
        assert "F001-1 " not in answer
    assert "en 1 comprobante" in luis.says("resumen")
    assert "en 2 comprobantes" in owner.says("resumen")


def test_the_database_shows_each_what_his_role_allows(owner: Chat) -> None:
    """As the worker's role, with a person of two businesses: a transaction of one shows none of the other's
    papers, a helper's no paper of another's sending, and a chat's no answer of another chat.
    """
    luis = invited(owner, "helper")
    luis.sends("55")
    luis.says("negocio mío")
    luis.sends("99")
    engine, user = owner.stage.postgres.app, luis.last.tenant.user_id

    def seen(tenant: UUID, **about: Any) -> dict[str, set[str]]:
        queries = {
            "entries": "select number from books.entries",
            "extractions": "select number from extractor.extractions",
            "documents": "select wamid from documents.documents",
            "replies": "select tenant_id::text from messaging.replies",
        }  # fmt: skip
        with tenant_transaction(engine, tenant, **about) as sql:
            return {
                name: {row[0] for row in sql.execute(text(query.replace("::", "\\:\\:")))}
                for name, query in queries.items()
            }

    theirs = seen(owner.tenant)
    mine = seen(luis.tenant)
    helper = seen(owner.tenant, person=luis.tenant, sender=user)
    chat = seen(luis.tenant, chat=True)
    assert (theirs["entries"], theirs["extractions"], theirs["replies"]) == (
        {"1", "55"},
        {"1", "55"},
        {str(owner.tenant)},
    )
    assert (mine["entries"], mine["extractions"], mine["replies"]) == ({"99"}, {"99"}, {str(luis.tenant)})
    assert (helper["entries"], helper["extractions"], len(helper["documents"]), helper["replies"]) == (
        {"55"},
        {"55"},
        1,
        {str(luis.tenant)},
    )
    assert (chat["entries"], chat["extractions"], len(chat["documents"])) == ({"99"}, {"55", "99"}, 2)
    assert len(theirs["documents"] & mine["documents"]) == 0


def test_who_was_taken_out_taps_an_old_button_in_vain(owner: Chat) -> None:
    """A button offered while he was in does nothing to the business once he is out, and shows none of its
    papers.
    """
    ana = invited(owner, "accountant")
    ana.sends("77")
    ana.says("borrar")
    offer = owner.stage.graph.offers[-1]
    assert offer
    owner.says("quitar 2")
    ana.hears()
    answer = ana.says(kind="choice", choice=offer.choices[0].id)
    assert "77" not in answer
    assert "en 2 comprobantes" in owner.says("resumen")


def test_a_twin_of_anothers_file_is_read_anew(owner: Chat) -> None:
    """The bytes that the owner sent before, sent by a guest, give the guest an answer of his own and not the
    owner's.
    """
    ana = invited(owner, "accountant")
    for wamid in ("x", "y"):
        owner.stage.graph.files[f"m-{wamid}{owner.phone}"] = BYTES
    owner.stage.reader.answers = [an_extraction(an_invoice("88")), an_extraction(an_invoice("88"))]
    owner.says("solo para mí", kind="document", wamid=f"x{owner.phone}")
    answer = ana.says(kind="document", wamid=f"y{owner.phone}")
    assert ("solo para mí" in answer, "Número: 88" in answer, owner.stage.reader.answers) == (False, True, [])


def test_a_paper_goes_to_the_business_whose_ruc_is_its_buyers(owner: Chat) -> None:
    """An accountant of two sends for one what is the other's: it is filed there with its original and
    answered under its name; a buyer that is none of theirs, or no buyer, leaves it where he writes.
    """
    owner.says("mi ruc 20512345671")
    cafe = Chat(owner.stage)
    cafe.says("hola")
    for said in ("mi negocio es Café Ñusta", "mi ruc 20100070970"):
        cafe.says(said)
    ana = invited(owner, "accountant")
    (code,) = re.findall(r"unirme%20(\S+)", cafe.says("invitar contador"))
    ana.says(f"unirme {code}")
    routed = ana.sends("71", customer=Customer(id_type="6", id="20512345671", name="Bodega Luz"))
    name = ana.last.message.wamid
    stays = [ana.sends("72", customer=Customer(id_type="6", id="20609173425", name="Otra")), ana.sends("73")]
    assert [answer.split("\n", maxsplit=1)[0] for answer in (routed, *stays)] == [
        "🏢 *Bodega Luz*",
        "🏢 *Café Ñusta*",
        "🏢 *Café Ñusta*",
    ]
    assert "a nombre de otro RUC" not in routed
    books, first = owner.stage.worker.processor.clerk.books, datetime.now(UTC).date().replace(day=1)
    filed = [
        {one.entry.invoice.number for one in books.register(tenant, first).papers}
        for tenant in (owner.tenant, cafe.tenant)
    ]
    assert filed == [{"1", "71"}, {"72", "73"}]
    there = [
        f"gs://b/{media_name(tenant, name)}" in owner.stage.store.objects
        for tenant in (owner.tenant, cafe.tenant)
    ]
    assert there == [True, False]
    assert ana.says("resumen").startswith("🏢 *Café Ñusta*")


def test_a_paper_that_went_to_its_business_stays_there_when_its_task_comes_again(owner: Chat) -> None:
    """A crash between its going and its end loses nothing: the next attempt finds it there, and its original
    with it.
    """
    owner.says("mi ruc 20512345671")
    ana = invited(owner, "accountant")
    ana.says("negocio mío")
    records = owner.stage.worker.processor.records
    finish, failing = type(records).finish, [RuntimeError("killed")]

    def dies(self: Any, *args: Any, **named: Any) -> bool:
        if failing:
            raise failing.pop()
        return finish(self, *args, **named)

    luz = Customer(id_type="6", id="20512345671", name="Bodega Luz")
    owner.stage.reader.answers = [
        an_extraction(an_invoice("74", customer=luz)),
        an_extraction(an_invoice("74", customer=luz)),
    ]
    message = Inbound(
        f"wamid.{uuid4().hex}",
        Address(ana.phone),
        datetime.now(UTC),
        "document",
        media=Media("m-again", "application/pdf", "doc.pdf"),
    )
    (ana.last,) = owner.stage.admissions.admit([message])
    (task,) = tasks_of(ana.last)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(records), "finish", dies)
        assert [owner.stage.do(task).status for _ in range(2)] == [500, 200]
    assert owner.stage.graph.sent[-1].startswith("🏢 *Bodega Luz*")
    register = owner.stage.worker.processor.clerk.books.register(
        owner.tenant, datetime.now(UTC).date().replace(day=1)
    )
    assert sorted(one.entry.invoice.number or "" for one in register.papers) == ["1", "74"]


def test_operators_replay_a_guests_paper_for_the_business_that_has_it(owner: Chat) -> None:
    """A task made of the records is for the business where the paper stands and answers in its sender's chat;
    of who was erased there is none.
    """
    ana = invited(owner, "helper")
    ana.sends("77")
    with owner.stage.postgres.admin.connect() as sql:
        row = sql.execute(story._DOCUMENT, {"id": document_id(ana.last.message.wamid)}).one()
    task = story._from_records(row)
    assert (task.business, task.tenant.id, task.tenant.user_id) == (
        owner.tenant,
        ana.tenant,
        ana.last.tenant.user_id,
    )
    with pytest.raises(story.Refused, match="erased"):
        story._from_records(SimpleNamespace(**dict(row._mapping) | {"own": None}))


def test_only_the_owner_is_asked_whose_a_ruc_is(owner: Chat) -> None:
    """The question whether a buyer's RUC is the business's own never goes to a guest."""
    luis = invited(owner, "helper")
    buyer = Customer(id_type="6", id="20512345671", name="Bodega Luz")
    answers = [luis.sends(str(number), customer=buyer) for number in range(60, 64)]
    assert not [one for one in answers if "❓" in one]


def test_a_guest_who_goes_is_gone_and_his_papers_stay(owner: Chat) -> None:
    """*salir* ends his seat and tells the owner; from his own business it means nothing that can end."""
    ana = invited(owner, "accountant")
    ana.sends("77")
    assert ana.says("salir") == people.gone_out("Bodega Luz")
    assert owner.hears() == [people.left(ana.phone, "accountant")]
    assert "en 2 comprobantes" in owner.says("resumen")
    assert "Ejemplo" not in ana.says("últimos")


def test_an_erased_guest_leaves_the_business_its_papers_and_no_name(owner: Chat) -> None:
    """All of his own goes; of what he sent to the business the papers stay, and nothing says whose they
    were.
    """
    ana = invited(owner, "accountant")
    ana.sends("77")
    ana.says("negocio mío")
    ana.sends("99")
    erased, kept = ana.tenant, owner.tenant
    while not owner.stage.worker.eraser.erase(erased, budget_s=5):
        # The second after the tombstone in which files may still come.
        pass
    with owner.stage.postgres.admin.connect() as sql:
        query = text(
            "select e.number, d.home, d.guest from books.entries e join documents.documents d on d.id = "
            "e.document_id where e.tenant_id = any(:t) order by 1"
        )
        rows = [tuple(row) for row in sql.execute(query, {"t": [erased, kept]})]
        members = sql.execute(
            text("select count(*) from auth.members where home = :t"), {"t": erased}
        ).scalar_one()
    assert (rows, members) == ([("1", None, False), ("77", None, True)], 0)
    register = owner.stage.worker.processor.clerk.books.register(
        kept, datetime.now(UTC).date().replace(day=1)
    )
    assert {one.entry.invoice.number: one.sender for one in register.papers}["77"] is None
    assert f"gs://b/{media_name(kept, 'x')}".rsplit("/", 1)[0] in str(owner.stage.store.objects)


def test_an_erased_business_takes_its_guests_papers_and_leaves_their_chats(owner: Chat) -> None:
    """What guests sent to it goes with it, what they sent elsewhere and all that was answered to them stays;
    a message on its way is told so.
    """
    ana = invited(owner, "accountant")
    ana.sends("77")
    late = Inbound(f"wamid.{uuid4().hex}", Address(ana.phone), datetime.now(UTC), "text", text="resumen")
    (admitted,) = owner.stage.admissions.admit([late])
    while not owner.stage.worker.eraser.erase(owner.tenant, budget_s=5):
        pass
    before = len(owner.stage.graph.sent)
    ana.do(admitted)
    assert owner.stage.graph.sent[before:] == [people.GONE]
    with owner.stage.postgres.admin.connect() as sql:
        left = sql.execute(
            text("select count(*) from documents.documents where tenant_id = :t"), {"t": owner.tenant}
        ).scalar_one()
        answers = sql.execute(
            text("select count(*) from messaging.replies where tenant_id = :t and body is not null"),
            {"t": ana.tenant},
        ).scalar_one()
    assert (left, answers >= 3) == (0, True)


def test_what_changes_nothing_has_its_sentence(owner: Chat) -> None:
    """A code typed wrong, used or one's own has its sentence, and the first message of a stranger is welcomed
    before it.
    """
    stranger = Chat(owner.stage)
    assert stranger.says("unirme K7Q9M-2XD4T").endswith(people.refused("wrong"))
    ana = invited(owner, "helper")
    assert ana.says("negocio nadie") == people.refused("which")


def test_help_names_what_a_role_may(owner: Chat) -> None:
    """The owner reads of inviting, his helper does not, and is told how to choose among his businesses."""
    luis = invited(owner, "helper")
    assert ["*invitar contador*" in who.says("ayuda") for who in (owner, luis)] == [True, False]
    assert ["*negocio*" in who.says("ayuda") for who in (owner, luis)] == [False, True]


def test_ones_own_data_tells_of_the_businesses_where_one_is(owner: Chat) -> None:
    """`mis datos` of who joined a business has it with his role and since when, his own first; of who joined
    none there is no such sheet.
    """
    luis = invited(owner, "helper")
    luis.says("negocio mío")
    sheets = []
    for who in (luis, owner):
        who.says("mis datos")
        data = owner.stage.store.objects[owner.stage.graph.documents[-1].uri]
        book = openpyxl.load_workbook(io.BytesIO(data))
        sheets.append(
            list(book["Negocios"].iter_rows(min_row=2, values_only=True))
            if "Negocios" in book.sheetnames
            else None
        )
    today = datetime.now(UTC).astimezone(LIMA).date()
    mine, theirs, *_ = sheets[0] or []
    assert (mine, theirs[:3], theirs[3].date()) == (
        ("tu propio negocio", None, "dueño", None),
        ("Bodega Luz", None, "ayudante"),
        today,
    )
    assert sheets[1] is None


def test_a_file_names_its_business(owner: Chat) -> None:
    """In its name, in letters that every phone keeps, and its caption, also where the business told neither
    name nor RUC; at most 40 characters, whatever it is called.
    """
    ana = invited(owner, "accountant")
    nameless = Chat(owner.stage)
    nameless.says("hola")
    (code,) = re.findall(r"unirme%20(\S+)", nameless.says("invitar contador"))
    ana.says(f"unirme {code}")
    ana.sends("7")
    month = f"{date(2026, 11, 20):%Y-%m}"
    told = []
    for said in ("negocio 2", "negocio 3"):
        ana.says(said)
        caption = ana.says("excel noviembre 2026")
        told.append((owner.stage.graph.documents[-1].name, caption.splitlines()[0]))
    assert told == [
        (f"Compras_{month}_BODEGA-LUZ.xlsx", "🏢 *Bodega Luz*"),
        (
            f"Compras_{month}_EL-NEGOCIO-DE-{nameless.phone[-4:]}.xlsx",
            f"🏢 *el negocio de …{nameless.phone[-4:]}*",
        ),
    ]
    owner.says("mi negocio es Panadería Ñandú / & Hijos: la 1.ª de Áncash S.A.C.")
    owner.says("mi ruc 20512345671")
    ana.says("negocio 2")
    ana.says("contasis noviembre 2026")
    name = owner.stage.graph.documents[-1].name
    assert (name, len(name) <= 40) == (f"CONTASIS_{month}_PANADERIA-NAN-5671.xlsx", True)
