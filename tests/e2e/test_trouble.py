"""The whole path while WhatsApp, the queue or Graph misbehave: every message still gets its one answer."""

import os
import signal
import time
import uuid
from collections.abc import Sequence

import pytest
import requests

from infra.local.simulator import Conversation, Message, Simulator, read
from tests.e2e.conftest import SAMPLES, Running
from tests.scale import only_long

pytestmark = pytest.mark.e2e

FACTURA, LETTER, BROKEN = SAMPLES / "factura.pdf", SAMPLES / "carta.docx", SAMPLES / "roto.pdf"


def unique(path: str) -> tuple[str, bytes]:
    """A file with bytes of its own, so that it duplicates no other test's."""
    return path, (SAMPLES / path).read_bytes() + b"\n%" + uuid.uuid4().hex.encode()


def settle(simulator: Simulator, sender: str) -> None:
    """Until the webhook has everything, and a moment more for a second answer that must not come."""
    until = time.monotonic() + 20
    while simulator.get("/settled")["undelivered"] and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(1.5)


def test_duplicates_reordering_and_batches_bring_each_answer_once(stack: Running, ana: str) -> None:
    """Updates twice, shuffled, in batches, with lost answers and twice-run tasks: every message is answered
    exactly once.
    """
    stack.sim.post("/switches", {"duplicate": 0.5, "forget": 0.3, "reorder": 0.5, "batch": 3, "retry": [0.2]})
    requests.post(f"{stack.where.tasks}/_tasks", json={"duplicate": 0.5}, timeout=5).raise_for_status()
    sent = stack.sim.send(
        ana,
        text="Hola",
        files=[LETTER, unique("factura.pdf"), unique("roto.pdf"), LETTER, unique("factura.pdf")],
    )
    until = time.monotonic() + 60
    while numbered(stack, ana, sent).missing and time.monotonic() < until:
        time.sleep(0.2)
    settle(stack.sim, ana)
    requests.post(f"{stack.where.tasks}/_tasks", json={"duplicate": 0}, timeout=5).raise_for_status()
    reading = numbered(stack, ana, sent)
    assert (reading.missing, reading.repeated) == ((), ())


def numbered(stack: Running, sender: str, sent: Sequence[Message]) -> Conversation:
    """The conversation by the numbers that the messages really got: webhooks overtake one another here."""
    rows = stack.sql(
        "select wamid, seq from messaging.replies where wamid = any(:wamids)",
        wamids=[message["wamid"] for message in sent],
    )
    return stack.read(sender, {row["wamid"]: row["seq"] for row in rows})


def test_a_definite_failure_of_graph_is_tried_again(stack: Running, ana: str) -> None:
    """Graph refuses for a moment; the answer still comes, once."""
    stack.ask(ana, text="Hola")
    stack.sim.post("/faults", {"on": "send", "code": 130429, "http": 429})
    _, reading = stack.ask(ana, files=[LETTER], timeout=45)
    assert (reading.missing, reading.repeated) == ((), ())


def test_a_send_that_went_out_unheard_is_not_sent_again(stack: Running, ana: str) -> None:
    """Graph cuts the connection after the message went out: its receipt tells, and no second copy leaves."""
    stack.ask(ana, text="Hola")
    stack.sim.post("/faults", {"on": "send", "how": "reset", "sent": True})
    _, reading = stack.ask(ana, files=[LETTER])
    settle(stack.sim, ana)
    reading = read(stack.sim.conversation(ana))
    assert (reading.missing, reading.repeated) == ((), ())


def test_expired_media_is_told(stack: Running, ana: str) -> None:
    """A file that Meta no longer has is answered by the sentence that asks for it again."""
    stack.ask(ana, text="Hola")
    stack.sim.post("/switches", {"expire_media": True})
    sent, reading = stack.ask(ana, files=[unique("factura.pdf")])
    assert "Ya no pude descargar" in reading.answers[sent[0]["wamid"]][0]


def test_media_that_fails_for_a_while_is_fetched_later(stack: Running, ana: str) -> None:
    """A look-up that answers 500 and a download that ends in the middle only delay the result."""
    stack.ask(ana, text="Hola")
    stack.sim.post("/switches", {"omit_url": True})
    stack.sim.post("/faults", {"on": "lookup", "code": 2, "http": 500})
    stack.sim.post("/faults", {"on": "download", "how": "corrupt"})
    sent, reading = stack.ask(ana, files=[unique("factura.pdf")])
    assert "*Factura*" in reading.answers[sent[0]["wamid"]][0]


def test_a_sender_without_a_phone_is_served(stack: Running) -> None:
    """A username and no phone: registered without a number, answered by user id."""
    eva = stack.sim.add_sender(username="eva" + uuid.uuid4().hex[:6])
    sent, reading = stack.ask(eva["id"], text="Hola", files=[unique("factura.pdf")])
    assert "registrar automáticamente" in reading.answers[sent[0]["wamid"]][0]
    assert "*Factura*" in reading.answers[sent[1]["wamid"]][0]
    (user,) = stack.sql(
        "select u.phone, t.whatsapp_number from auth.users u join auth.tenants t on t.id = u.tenant_id where "
        "u.bsuid = :id",
        id=eva["bsuid"],
    )
    assert user == {"phone": None, "whatsapp_number": None}


def test_first_contact_by_a_file_is_the_other_welcome_then_the_answer(stack: Running, ana: str) -> None:
    """A new sender's factura gets the welcome of the onboarding rules first, then its result."""
    sent, reading = stack.ask(ana, files=[unique("factura.pdf")])
    out = [message["text"] for message in stack.sim.conversation(ana) if message["direction"] == "out"]
    assert (
        out[0] == "👋 ¡Hola! Te acabo de registrar automáticamente.\nPuedes enviarme fotos o PDFs de "
        "boletas/facturas y las procesaré por ti."
    )
    assert reading.answers[sent[0]["wamid"]] == out[1:]


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}},
        {"type": "revoke", "revoke": {"original_message_id": "wamid.x"}},
    ],
)
def test_what_earns_no_reply_gets_none(stack: Running, ana: str, raw: dict[str, object]) -> None:
    """Reactions and revocations are taken with 200 and answered by silence."""
    stack.ask(ana, text="Hola")
    (message,) = stack.sim.send(ana, raw=raw)
    settle(stack.sim, ana)
    talk = stack.sim.conversation(ana)
    assert [m["webhook"]["http"] for m in talk if m["wamid"] == message["wamid"]] == [200]
    assert len([m for m in talk if m["direction"] == "out"]) == 1


@only_long("a dead worker's lease is waited for; leases are held against Postgres itself in every run")
def test_a_killed_worker_answers_after_all(stack: Running, ana: str) -> None:
    """SIGKILL to the worker's whole group while it reads: another one answers, once."""
    stack.ask(ana, text="Hola")
    sent = stack.sim.send(ana, files=[unique("boleta.jpg")])
    time.sleep(0.4)
    os.killpg(stack.stack.processes["worker"].pid, signal.SIGKILL)
    reading = stack.sim.wait_answers(ana, sent, timeout=40)
    assert (reading.missing, reading.repeated) == ((), ())
