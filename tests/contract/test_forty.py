"""An accountant with forty businesses, through admission and worker: the list, how one is chosen, and that two
of one name are told apart wherever they are named.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from functions.extractor.invoice import Customer
from functions.whatsapp import people
from functions.whatsapp.format import WHATSAPP_LIMIT
from functions.whatsapp.model import media_name
from infra.local.inbox import SqliteInbox
from tests.builders import an_extraction, an_invoice
from tests.conftest import Database
from tests.corpus.people import ruc
from tests.fakes.chat import Chat
from tests.fakes.stage import Graph, Queue, Stage, Store, staged

pytestmark = pytest.mark.contract

FORTY = 40
NAMES = ["Bodega Luz", "Bodega Luz", "Café Ñusta", "Café Ñusta", None, None]
"""What the first are called: two of one name with a RUC each, two of one name without, two of no name."""
NOBODY = "20609173425"


@dataclass
class Accountant:
    """Somebody who was let into forty businesses, in their order: his numbers for them are 2 to 41."""

    chat: Chat
    rucs: list[str | None] = field(default_factory=list)
    owners: list[Chat] = field(default_factory=list)

    def listed(self) -> list[str]:
        """The lines of his list, without its heading and its last sentence."""
        return self.chat.says("negocio").splitlines()[1:-1]

    def rows(self) -> list[tuple[str, str]]:
        """What the last offer has to tap, and what stands under it."""
        offer = self.chat.stage.graph.offers[-1]
        assert offer
        return [(one.text, one.detail) for one in offer.choices]

    def tail(self, at: int) -> str:
        """How the owner of the business that came as number `at` is shown, from 0."""
        return f"…{self.owners[at].phone[-4:]}"


def let_into_forty(stage: Stage) -> Accountant:
    found, keeper, draw = Accountant(Chat(stage)), stage.worker.processor.doorkeeper, Random(7)
    found.chat.says("hola")
    for at in range(FORTY):
        boss = Chat(stage, phone=f"5190004{at:04}")
        boss.says("hola")
        name = (
            NAMES[at] if at < len(NAMES) else f"Empresa {at + 2} de Nombre Tan Largo Como Se Puede Decir SAC"
        )
        number = ruc(draw, "20") if at not in {2, 3, 4, 5} else None
        if name or number:
            keeper.books.name_business(boss.tenant, name=name, ruc=number)
        code = keeper.memberships.invite(
            boss.tenant, boss.last.tenant.user_id, "accountant", ruc=number, name=name
        )
        assert "entraste a" in found.chat.says(f"unirme {code}")
        found.rucs.append(number)
        found.owners.append(boss)
    return found


@pytest.fixture(scope="module")
def forty(postgres: Database, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Accountant]:
    """The forty, who write to nobody: their inbox, and their chats. Letting somebody into forty businesses
    takes seconds, copying what came of it none.
    """
    inbox = tmp_path_factory.mktemp("forty") / "inbox.sqlite"
    with postgres.copied("forty") as database, closing(SqliteInbox(inbox)) as made:
        return inbox, let_into_forty(staged(database, made, Graph(), Store(), Queue()))


@pytest.fixture
def ana(postgres: Database, forty: tuple[Path, Accountant], tmp_path: Path) -> Iterator[Accountant]:
    """The accountant of forty, who writes for the last; of the first six some told no RUC or no name."""
    inbox, before = forty
    shutil.copyfile(inbox, tmp_path / "inbox.sqlite")
    was = before.chat.stage
    with (
        postgres.copied(f"forty_{uuid4().hex}", of="forty") as database,
        closing(SqliteInbox(tmp_path / "inbox.sqlite")) as made,
    ):
        stage = staged(database, made, *map(deepcopy, (was.graph, was.store, was.queue)))
        chat, *owners = (replace(one, stage=stage) for one in (before.chat, *before.owners))
        yield Accountant(chat, before.rucs, owners)


def test_the_list_holds_forty_and_tells_alike_ones_apart(ana: Accountant) -> None:
    """Each has its line and no two lines are alike but for their number; the ten that were written for last
    come first and are the rows to tap; the whole fits one message.
    """
    for said in ("negocio 9", "negocio 3", "negocio mío", "negocio 4"):
        assert ana.chat.says(said).startswith("👍")
    lines = ana.listed()
    numbers = [int(line.split(".")[0]) for line in lines]
    assert numbers == [4, 1, 3, 9, 41, 40, 39, 38, 37, 36, 2, *range(5, 9), *range(10, 36)]
    assert ana.rows()[:3] == [
        ("negocio 4", f"contador · de {ana.tail(2)}"),
        ("negocio 1", "dueño"),
        ("negocio 3", f"contador · RUC {ana.rucs[1]}"),
    ]
    assert [text for text, _ in ana.rows()] == [f"negocio {number}" for number in numbers[:10]]
    named = {int(line.split(".")[0]): line.split(". ", 1)[1] for line in lines}
    assert [named[at] for at in (2, 3, 4, 5, 6, 7)] == [
        f"Bodega Luz (RUC {ana.rucs[0]}) – contador",
        f"Bodega Luz (RUC {ana.rucs[1]}) – contador",
        f"Café Ñusta (de {ana.tail(2)}) – contador ✅",
        f"Café Ñusta (de {ana.tail(3)}) – contador",
        f"el negocio de {ana.tail(4)} – contador",
        f"el negocio de {ana.tail(5)} – contador",
    ]
    assert len(set(named.values())) == FORTY + 1
    assert len("\n".join(lines)) < WHATSAPP_LIMIT - 200


def test_one_is_chosen_by_number_name_or_ruc(ana: Accountant) -> None:
    """Each way leads to the one that is meant, also by a part of its name; a name that two have, and what is
    nobody's, choose none.
    """
    assert ana.chat.says("negocio 41").startswith("👍 Desde ahora escribes para *Empresa 41 de Nombre")
    assert f"*Bodega Luz (RUC {ana.rucs[1]})*" in ana.chat.says(f"negocio {ana.rucs[1]}")
    assert "*Empresa 17 de Nombre" in ana.chat.says("negocio empresa 17")
    for said in ("negocio bodega luz", "negocio café ñusta", "negocio 42", f"negocio {NOBODY}"):
        assert ana.chat.says(said) == people.refused("which")
    assert ana.chat.says("resumen").startswith("🏢 *Empresa 17 de Nombre")


def test_two_of_one_name_are_told_apart_in_answers_and_files(ana: Accountant) -> None:
    """By their RUC, and where they told none by the end of their owner's number: in what is answered, in the
    name of a file, and in the news that one is no longer in it.
    """
    told = []
    for at in range(len(NAMES)):
        ana.chat.says(f"negocio {at + 2}")
        answer = ana.chat.sends(str(70 + at))
        ana.chat.says("excel noviembre 2026")
        told.append((answer.splitlines()[0], ana.chat.stage.graph.documents[-1].name))
    tails = [ana.tail(at) for at in range(len(NAMES))]
    assert told == [
        *[
            (f"🏢 *Bodega Luz (RUC {number})*", f"Compras_2026-11_BODEGA-{number}.xlsx")
            for number in ana.rucs[:2]
        ],
        *[
            (f"🏢 *Café Ñusta (de {tail})*", f"Compras_2026-11_CAFE-NUSTA-{tail[1:]}.xlsx")
            for tail in tails[2:4]
        ],
        *[
            (f"🏢 *el negocio de {tail}*", f"Compras_2026-11_EL-NEGOCIO-DE-{tail[1:]}.xlsx")
            for tail in tails[4:]
        ],
    ]
    ana.owners[0].says("quitar 2")
    ana.owners[2].says("quitar 2")
    assert ana.chat.hears() == [
        people.put_out(f"Bodega Luz (RUC {ana.rucs[0]})"),
        people.put_out(f"Café Ñusta (de {ana.tail(2)})"),
    ]


def test_a_paper_of_forty_goes_to_its_buyers_or_is_asked_about(ana: Accountant) -> None:
    """One whose buyer is a business of hers is filed there, whoever she writes for; one whose buyer is none is
    asked about with the ones that told no RUC to choose from, and the tap files it, its original too, with one
    file deleted.
    """
    ana.chat.says("negocio 20")
    routed = ana.chat.sends("71", customer=Customer(id_type="6", id=ana.rucs[1]))
    asked = ana.chat.sends("72", customer=Customer(id_type="6", id=NOBODY))
    wamid, store = ana.chat.last.message.wamid, ana.chat.stage.store
    assert routed.startswith(f"🏢 *Bodega Luz (RUC {ana.rucs[1]})*\n")
    assert asked.startswith("🏢 *Empresa 20 de Nombre")
    assert f"El RUC del cliente ({NOBODY}) no es de ninguno de tus negocios" in asked
    assert [text for text, _ in ana.rows()][:6] == [f"es de {at}" for at in (20, 1, 4, 5, 6, 7)]
    assert re.findall(r"(?m)^[45]\. .*$", asked) == [
        f"4. Café Ñusta (de {ana.tail(2)})",
        f"5. Café Ñusta (de {ana.tail(3)})",
    ]
    offer = ana.chat.stage.graph.offers[-1]
    assert offer
    tap = next(one.id for one in offer.choices if one.text == "es de 5")
    before = len(store.deleted)
    assert ana.chat.says(kind="choice", choice=tap) == (
        people.heading(f"Café Ñusta (de {ana.tail(3)})")
        + f"📁 Listo: F001-72 está en *Café Ñusta (de {ana.tail(3)})*."
    )
    assert store.deleted[before:] == [media_name(ana.owners[18].tenant, wamid)]
    assert f"gs://b/{media_name(ana.owners[3].tenant, wamid)}" in store.objects


def test_two_of_one_name_and_ruc_are_told_apart_by_their_number(ana: Accountant) -> None:
    """A business that two people registered each for himself has the same name and RUC twice: its paper is
    asked about, and its answers say which of the two it is.
    """
    keeper = ana.chat.stage.worker.processor.doorkeeper
    for at in (0, 1):
        keeper.books.name_business(ana.owners[at].tenant, ruc=ana.rucs[0])
        keeper.renamed(ana.owners[at].tenant)
    ana.chat.says("negocio 9")
    ana.chat.stage.reader.answers = [
        an_extraction(an_invoice("73", customer=Customer(id_type="6", id=ana.rucs[0])))
    ]
    asked = ana.chat.says(kind="document")
    assert f"El RUC del cliente ({ana.rucs[0]}) es el de 2 de tus negocios" in asked
    assert re.findall(r"(?m)^[23]\. Bodega.*$", asked) == ["2. Bodega Luz (n.º 2)", "3. Bodega Luz (n.º 3)"]
    assert ana.chat.says("negocio 3").startswith("👍 Desde ahora escribes para *Bodega Luz (n.º 3)*")


def test_an_answer_asks_for_forty_in_three_reads(ana: Accountant, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is headed after three reads; a transaction would hold what forty others write to."""
    memberships = ana.chat.stage.worker.processor.doorkeeper.memberships
    asked: list[str] = []
    for name in ("run", "get", "get_all"):
        really = getattr(memberships.inbox, name)

        def told(*given: Any, name: str = name, really: Callable[..., Any] = really) -> Any:
            asked.append(name)
            return really(*given)

        monkeypatch.setattr(memberships.inbox, name, told)
    found = memberships.places(ana.chat.last.tenant.user_id)
    assert (len(found), asked) == (FORTY + 1, ["get", "get_all", "get_all"])
