"""A paper whose buyer is none of its sender's businesses: the question, and how its answer files it; and what
quotes a paper of another business.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from functions.errors import Unwell
from functions.extractor.invoice import Customer
from functions.whatsapp import helpers, people
from functions.whatsapp.model import Inbound, Media, media_name
from functions.whatsapp.onboarding import tasks_of
from tests.builders import an_extraction, an_invoice
from tests.fakes.chat import Chat, invited

pytestmark = pytest.mark.contract

LUZ, CAFE, NOBODY = "20512345671", "20100070970", "20609173425"
FIRST = date(2026, 11, 1)


def made_out_to(ruc: str) -> Customer:
    return Customer(id_type="6", id=ruc, name="Quien Sea SAC")


@pytest.fixture
def cafe(owner: Chat) -> Chat:
    """The owner of *Café Ñusta*, beside that of *Bodega Luz*; both told their RUC."""
    owner.says(f"mi ruc {LUZ}")
    chat = Chat(owner.stage)
    for said in ("hola", "mi negocio es Café Ñusta", f"mi ruc {CAFE}"):
        chat.says(said)
    return chat


@pytest.fixture
def ana(owner: Chat, cafe: Chat) -> Chat:
    """An accountant of both (2 and 3 of hers), who writes for *Café Ñusta*."""
    guest = invited(owner, "accountant")
    (code,) = re.findall(r"unirme%20(\S+)", cafe.says("invitar contador"))
    guest.says(f"unirme {code}")
    return guest


def papers(who: Chat) -> set[str | None]:
    """The numbers of what stands in the month of a business."""
    found = who.stage.worker.processor.clerk.books.register(who.tenant, FIRST).papers
    return {one.entry.invoice.number for one in found}


def stored(who: Chat, wamid: str, *owners: Chat) -> list[bool]:
    """In which businesses' folders the original of a message is."""
    return [f"gs://b/{media_name(one.tenant, wamid)}" in who.stage.store.objects for one in owners]


def tap(who: Chat, number: int) -> str:
    """The answer to a tap on the business of that number, in the question asked last."""
    offer = next(one for one in reversed(who.stage.graph.offers) if one)
    return who.says(
        kind="choice", choice=next(one.id for one in offer.choices if one.text == f"es de {number}")
    )


def test_a_paper_that_is_nobodys_is_asked_about_and_filed_by_the_tap(
    owner: Chat, cafe: Chat, ana: Chat
) -> None:
    """It stands where she writes, with a list of her businesses; the tap files it elsewhere with its reading,
    its correction and its original, and a second tap changes nothing.
    """
    asked = ana.sends("72", customer=made_out_to(NOBODY))
    wamid = ana.last.message.wamid
    offer = ana.stage.graph.offers[-1]
    assert asked.startswith("🏢 *Café Ñusta*\n")
    assert f"El RUC del cliente ({NOBODY}) no es de ninguno de tus negocios" in asked
    assert "así que por ahora está en *Café Ñusta*. ¿De cuál es?" in asked
    assert offer
    assert [(one.title, one.text, one.detail) for one in offer.choices] == [
        ("1. tu propio negocio", "es de 1", "dueño"),
        ("2. Bodega Luz", "es de 2", f"contador · RUC {LUZ}"),
        ("3. Café Ñusta", "es de 3", f"contador · RUC {CAFE}"),
    ]
    ana.says("total 451", quoted=wamid)
    assert (papers(owner), papers(cafe), stored(ana, wamid, owner, cafe)) == ({"1"}, {"72"}, [False, True])
    told = tap(ana, 2)
    assert told == people.heading("Bodega Luz") + "📁 Listo: F001-72 está en *Bodega Luz*."
    assert (papers(owner), papers(cafe), stored(ana, wamid, owner, cafe)) == (
        {"1", "72"},
        set(),
        [True, False],
    )
    with ana.stage.postgres.admin.connect() as sql:
        where = """
        select d.tenant_id, d.home, d.guest, x.tenant_id, e.tenant_id, c.tenant_id, i.tenant_id
        from documents.documents d join extractor.extractions x on x.document_id = d.id
        join books.entries e on e.document_id = d.id join books.inquiries i on i.entry_id = e.id
        join books.corrections c on c.entry_id = e.id and c.field = 'total' where d.wamid = :w
        """
        row = tuple(sql.execute(text(where), {"w": wamid}).one())
    assert row == (owner.tenant, ana.tenant, True, *[owner.tenant] * 4)
    assert tap(ana, 2) == told
    assert (papers(owner), papers(cafe), stored(ana, wamid, owner, cafe)) == (
        {"1", "72"},
        set(),
        [True, False],
    )
    assert tap(ana, 1).endswith("📁 Listo: F001-72 está en *tu propio negocio*.")
    assert (papers(owner), papers(ana)) == ({"1"}, {"72"})


def test_a_number_written_files_it_too(owner: Chat, cafe: Chat, ana: Chat) -> None:
    """*es de 2* quoting the question, the file, the answer about it, or nothing for the last file; a number
    that is nobody's, or a file that is not known, has a sentence.
    """
    ana.sends("72", customer=made_out_to(NOBODY))
    sent, question = ana.last.message.wamid, f"wamid.{len(ana.stage.graph.sent)}"
    assert "está en *Bodega Luz*" in ana.says("es de 2", quoted=question)
    filing = f"wamid.{len(ana.stage.graph.sent)}"
    assert "está en *Café Ñusta*" in ana.says("Es del negocio 3", quoted=filing)
    assert "está en *Bodega Luz*" in ana.says("va en 2", quoted=sent)
    ana.sends("73", customer=made_out_to(NOBODY))
    assert "F001-73 está en *Bodega Luz*" in ana.says("es de 2")
    assert papers(owner) == {"1", "72", "73"}
    assert ana.says("es de 9").endswith(people.refused("which"))
    assert ana.says("es de 2", quoted="wamid.unknown").endswith(people.WHICH_FILE)
    assert owner.says("es de 2").startswith(helpers.instructions())


def test_a_month_that_was_given_is_told_to_have_changed(owner: Chat, cafe: Chat, ana: Chat) -> None:
    """Of the business that loses a paper and of the one that gets it, each under its name, where the paper's
    month was given as a file; where none was given, nothing.
    """
    ana.sends("72", customer=made_out_to(NOBODY))
    ana.says("excel noviembre 2026")
    owner.says("contasis noviembre 2026")
    told = ana.says("es de 2", quoted=f"wamid.{len(ana.stage.graph.sent) - 2}")
    assert [line.split(" cambió después de tu ")[0] for line in told.splitlines() if "cambió" in line] == [
        "*Bodega Luz*: ℹ️ Noviembre 2026",
        "*Café Ñusta*: ℹ️ Noviembre 2026",
    ]
    ana.sends("73", customer=made_out_to(NOBODY), issue_date=date(2026, 10, 2))
    assert "cambió" not in ana.says("es de 2")


def test_nothing_is_asked_where_nothing_is_to_be_asked(owner: Chat, cafe: Chat, ana: Chat) -> None:
    """No question about a paper of hers, of no RUC, or of somebody with one business; a copy of a paper that
    was asked about does not ask again, and of two buyers the one where she writes is enough.
    """
    answers = [
        ana.sends("70", customer=made_out_to(CAFE)),
        ana.sends("71", customer=made_out_to(LUZ)),
        ana.sends("72", kind="03", series="B001", customer=Customer(id_type="1", id="44556677")),
        owner.sends("73", customer=made_out_to(NOBODY)),
    ]
    for wamid in ("first", "again"):
        ana.stage.graph.files[f"m-{wamid}{ana.phone}"] = b"%PDF the same bytes"
    ana.stage.reader.answers = [an_extraction(an_invoice("74", customer=made_out_to(NOBODY)))]
    first, again = [ana.says(kind="document", wamid=f"{wamid}{ana.phone}") for wamid in ("first", "again")]
    assert ["❓" in one for one in (*answers, first, again)] == [False] * 4 + [True, False]
    assert ("Número: 74" in again, ana.stage.graph.offers[-1]) == (True, None)
    both = [an_invoice("75", customer=made_out_to(CAFE)), an_invoice("76", customer=made_out_to(LUZ))]
    ana.stage.reader.answers = [an_extraction(*both)]
    assert "❓" not in ana.says(kind="document")
    ana.says("negocio mío")
    ana.says("mi ruc 20601234565")
    ana.stage.reader.answers = [an_extraction(*both)]
    assert "son de clientes con distinto RUC, así que por ahora están todos en *RUC 20601234565*" in ana.says(
        kind="document"
    )
    assert "los 2 comprobantes de ese archivo están en *Bodega Luz*" in tap(ana, 2)


def test_who_left_files_nothing_there_and_takes_nothing_along(owner: Chat, cafe: Chat, ana: Chat) -> None:
    """Once she is out of the business in which a paper stands, or of the one that she taps, it stays where it
    is and she is told.
    """
    ana.sends("72", customer=made_out_to(NOBODY))
    cafe.says("quitar 2")
    ana.hears()
    assert ana.says("es de 2").endswith(people.NOT_THERE)
    assert tap(ana, 2) == people.NOT_THERE
    ana.says("negocio 2")
    ana.sends("73", customer=made_out_to(NOBODY))
    assert tap(ana, 1).endswith("📁 Listo: F001-73 está en *tu propio negocio*.")
    assert ana.says("es de 3").endswith(people.refused("which"))
    assert ana.says("es de 2").endswith("📁 Listo: F001-73 está en *Bodega Luz*.")
    owner.says("quitar 2")
    ana.hears()
    assert tap(ana, 1) == people.NOT_THERE
    assert (papers(cafe), papers(ana), papers(owner)) == ({"72"}, set(), {"1", "73"})


@pytest.mark.parametrize("step", ["save", "relocate", "delete", "answer"])
def test_a_crash_while_it_is_filed_is_mended_by_the_next_attempt(
    owner: Chat, cafe: Chat, ana: Chat, step: str
) -> None:
    """Whatever the worker dies of between its copy and its answer: the task that comes again ends with the
    paper, its original and one answer where they belong.
    """
    ana.sends("72", customer=made_out_to(NOBODY))
    wamid, offer = ana.last.message.wamid, ana.stage.graph.offers[-1]
    assert offer
    message = Inbound(
        f"wamid.{uuid4().hex}",
        ana.last.message.address,
        datetime.now(UTC),
        "choice",
        choice=offer.choices[1].id,
    )
    (ana.last,) = ana.stage.admissions.admit([message])
    (task,) = tasks_of(ana.last)
    of = ana.stage.store if step in {"save", "delete"} else ana.stage.worker.processor.records
    real, failing, before = getattr(type(of), step), [Unwell("killed")], len(ana.stage.graph.sent)

    def dies(self: Any, *args: Any, **named: Any) -> Any:
        if step != "relocate" and failing:
            raise failing.pop()
        done = real(self, *args, **named)
        if failing:
            raise failing.pop()
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(of), step, dies)
        assert [ana.stage.do(task).status for _ in range(3)] == [500, 200, 200]
    assert ana.stage.graph.sent[before:] == [
        people.heading("Bodega Luz") + "📁 Listo: F001-72 está en *Bodega Luz*."
    ]
    assert (papers(owner), papers(cafe), stored(ana, wamid, owner, cafe)) == (
        {"1", "72"},
        set(),
        [True, False],
    )


def test_no_one_files_what_is_anothers(owner: Chat, cafe: Chat, ana: Chat) -> None:
    """An id that was offered to another person, and a quote of another person's file, reach nothing."""
    ana.sends("72", customer=made_out_to(NOBODY))
    offer, wamid = ana.stage.graph.offers[-1], ana.last.message.wamid
    luis = invited(owner, "helper")
    assert offer
    assert luis.says(kind="choice", choice=offer.choices[1].id) == ""
    assert luis.says("es de 2", quoted=wamid).endswith(people.WHICH_FILE)
    assert (papers(owner), papers(cafe)) == ({"1"}, {"72"})


def test_a_helper_takes_nothing_out_of_the_books_but_what_is_not_the_businesss(
    owner: Chat, cafe: Chat
) -> None:
    """A paper that is made out to the business stays in its books, whatever he who sent it says, and one that
    names no buyer too; what is made out to somebody else he files where it belongs.
    """
    luis = invited(owner, "helper")
    luis.sends("72", customer=made_out_to(LUZ))
    assert luis.says("es de 1").endswith(people.stays("Bodega Luz"))
    luis.sends("73", customer=Customer(name="CLIENTES VARIOS"))
    assert luis.says("es de 1").endswith(people.stays("Bodega Luz"))
    assert (papers(owner), papers(luis)) == ({"1", "72", "73"}, set())
    luis.sends("74", customer=made_out_to(NOBODY))
    assert luis.says("es de 1").endswith("📁 Listo: F001-74 está en *tu propio negocio*.")
    assert (papers(owner), papers(luis)) == ({"1", "72", "73"}, {"74"})


def test_a_quote_acts_in_the_business_whose_answer_it_quotes(owner: Chat, cafe: Chat, ana: Chat) -> None:
    """Who writes for one business corrects and asks in another by quoting an answer of that one, by what he
    is there; the answer is under that one's name, and what follows is for the first again.
    """
    ana.sends("71", customer=made_out_to(LUZ))
    paper, answer = ana.last.message.wamid, f"wamid.{len(ana.stage.graph.sent)}"
    assert ana.says("resumen").startswith("🏢 *Café Ñusta*")
    for quoted, total in ((answer, "118"), (paper, "119")):
        said = ana.says(f"total {total}", quoted=quoted)
        assert said.startswith("🏢 *Bodega Luz*\n"), said
        assert f"S/\xa0{total}.00" in said
    assert ana.says("resumen", quoted=answer).startswith("🏢 *Bodega Luz*")
    summary = f"wamid.{len(ana.stage.graph.sent)}"
    assert ana.says("últimos", quoted=summary).startswith("🏢 *Bodega Luz*")
    assert ana.says("mi negocio es Mía", quoted=summary) == people.heading("Bodega Luz") + people.not_yours(
        "accountant"
    )
    assert ana.says("resumen").startswith("🏢 *Café Ñusta*")
    owner.says("quitar 2")
    ana.hears()
    assert ana.says("total 120", quoted=answer) == people.NOT_THERE
    assert ana.says("resumen", quoted=summary) == people.NOT_THERE


@pytest.mark.parametrize(("said", "told"), [("total 118", "✏️ Corregí"), ("resumen", "📒 *Resumen")])
def test_a_quote_of_what_is_still_read_waits_for_it(
    owner: Chat, cafe: Chat, ana: Chat, said: str, told: str
) -> None:
    """What quotes a file whose reading takes long, and which the lane has passed, waits until it is known
    whose the file is.
    """
    ana.stage.reader.answers = [an_extraction(an_invoice("71", customer=made_out_to(LUZ)))]
    sent = [
        Inbound(f"wamid.{uuid4().hex}", ana.last.message.address, datetime.now(UTC), "document",
            media=Media("m-slow", "application/pdf", "doc.pdf")),
        Inbound(f"wamid.{uuid4().hex}", ana.last.message.address, datetime.now(UTC), "text",
            text=said),
    ]  # fmt: skip
    sent[1] = replace(sent[1], quoted=sent[0].wamid)
    paper, text_ = [tasks_of(one)[-1] for one in ana.stage.admissions.admit(sent)]
    with ana.stage.postgres.admin.begin() as sql:
        passed = text("update messaging.lanes set next = next + 1 where user_id = :u")
        sql.execute(passed, {"u": ana.last.tenant.user_id})
    assert [ana.stage.do(task).status for task in (text_, paper, text_)] == [500, 200, 200]
    assert ana.stage.graph.sent[-1].startswith(f"🏢 *Bodega Luz*\n{told}")


def test_a_quote_of_several_businesses_changes_none(owner: Chat, cafe: Chat, ana: Chat) -> None:
    """Of a combined message with papers of two businesses nobody can tell which one a correction means."""
    ana.sends("71", customer=made_out_to(LUZ))
    ana.sends("72", customer=made_out_to(CAFE))
    combined = """
    update messaging.sends s set members = array(select seq from messaging.replies
        where user_id = :u and document_id is not null) from messaging.replies r
    where s.user_id = :u and s.id = r.send_id and r.document_id is not null returning s.sent_wamid
    """
    with ana.stage.postgres.admin.begin() as sql:
        sent = sql.execute(text(combined), {"u": ana.last.tenant.user_id}).scalars().first()
    assert ana.says("total 118", quoted=sent).endswith(people.QUOTES_SEVERAL)
    with ana.stage.postgres.admin.connect() as sql:
        made = "select count(*) from books.corrections where user_id = :u"
        assert sql.execute(text(made), {"u": ana.last.tenant.user_id}).scalar_one() == 0


def test_trap_10_twelve_businesses_two_of_one_name(owner: Chat) -> None:
    """Rows that a list holds, all different; the name that two have says nothing, their numbers do; a code is
    used up, is none for its own owner, and a button of who was taken out does nothing.
    """
    ana, code = Chat(owner.stage), ""
    ana.says("hola")
    for number in range(11):
        boss = owner if number == 0 else Chat(owner.stage)
        boss.says("hola")
        boss.says(f"mi negocio es {'Bodega Luz' if number < 2 else f'Negocio {number}'}")
        (code,) = re.findall(r"unirme%20(\S+)", boss.says("invitar contador"))
        assert "entraste" in ana.says(f"unirme {code}")
    owner.hears()
    assert Chat(owner.stage).says(f"unirme {code}").endswith(people.refused("used"))
    (code,) = re.findall(r"unirme%20(\S+)", owner.says("invitar contador"))
    assert owner.says(f"unirme {code}") == people.refused("own")
    told, offer = ana.says("negocio"), ana.stage.graph.offers[-1]
    assert offer
    assert (
        [len(offer.choices), max(Counter(one.title for one in offer.choices).values())],
        told.count("\n"),
    ) == ([10, 1], 13)
    assert ana.says("negocio bodega luz") == people.refused("which")
    owner.says(f"mi ruc {LUZ}")
    luz = f"Bodega Luz (RUC {LUZ})"
    assert ana.says("negocio 2").startswith(f"👍 Desde ahora escribes para *{luz}*")
    for said in ("negocio 3", "negocio"):
        ana.says(said)
    offer = ana.stage.graph.offers[-1]
    assert offer
    ana.says("negocio 2")
    asked = ana.sends("72", customer=made_out_to(NOBODY))
    assert (asked.count(f"\n2. {luz} ✅"), "… y 2 más: *negocio*" in asked) == (1, True)
    owner.says("quitar 2")
    ana.hears()
    assert tap(ana, 2) == people.NOT_THERE
    old = next(one.id for one in offer.choices if one.text == "negocio 2")
    assert ana.says(kind="choice", choice=old) == people.refused("which")
    assert papers(owner) == {"1", "72"}
