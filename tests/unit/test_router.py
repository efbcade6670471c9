from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from functions.errors import Gone, Unwell
from functions.whatsapp import originals
from functions.whatsapp.model import (
    Address,
    Admission,
    Inbound,
    Media,
    NumberChange,
    State,
    Tenant,
    media_name,
)
from functions.whatsapp.outcome import Outcome
from functions.whatsapp.router import LARGEST_BODY, PATH, Router, Services, _Batch, signed
from functions.whatsapp.tasks import (
    MessageTask,
    MovedTask,
    RatesTask,
    StatusTask,
    SweepTask,
    SyntheticTask,
    load,
)

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 7, 24, 3, tzinfo=UTC)
"""A few minutes after the messages were sent."""
TENANT = Tenant(UUID(int=1), UUID(int=2), Address("51900000001"), 1, "text", AT)
OPAQUE = f"{UUID(int=1)}:{UUID(int=2)}:{UUID(int=3)}"


class Fake:
    """The Inbox's desk, Graph, the media store and the queue in one, with a record and scripted failures."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.broken: set[str] = set()
        self.states: dict[str, State] = {}
        self.found: dict[str, str] = {}
        self.objects: dict[str, bytes] = {}
        self.slow_s = 0.0
        self.lock = threading.Lock()

    def note(self, what: str, value: Any) -> None:
        with self.lock:
            self.calls.append((what, value))
        if what in self.broken or f"{what}:{value}" in self.broken:
            raise Unwell(what)

    def did(self, what: str) -> list[Any]:
        return [value for name, value in self.calls if name == what]

    def admit(self, messages: Sequence[Inbound]) -> list[Admission]:
        self.note("admit", ",".join(each.wamid for each in messages))
        return [
            Admission(one, TENANT, self.states.get(one.wamid, "admitted"), n, AT)
            for n, one in enumerate(messages, 1)
        ]

    def move(self, change: NumberChange) -> list[MovedTask]:
        self.note("move", change.wamid)
        return [MovedTask(TENANT)]

    def mark_enqueued(self, admission: Admission) -> None:
        self.note("mark", admission.message.wamid)

    def note_status(
        self,
        tenant_id: UUID,
        send_id: UUID,
        status: str,
        wamid: str,
        at: datetime,
        code: int | None = None,
        detail: str = "",
    ) -> None:
        self.note("status", (send_id, status, code))

    def fetch_media(self, media: Media, *, budget_s: float, limit_bytes: int) -> bytes:
        time.sleep(self.slow_s)
        self.note("fetch", media.id)
        return b"bytes"

    def save(self, name: str, data: bytes, mime: str, *, timeout: float) -> str:
        self.note("save", name)
        return f"gs://b/{name}"

    def load(self, uri: str, *, timeout: float) -> bytes:
        if uri not in self.objects:
            raise Gone(uri)
        return self.objects[uri]

    def find(self, name: str, *, timeout: float) -> str | None:
        return self.found.get(name)

    def delete(self, prefix: str, *, most: int | None = None) -> int:
        raise NotImplementedError

    def push(self, name: str, body: bytes, *, at: datetime | None = None) -> None:
        task = load(body)
        assert not isinstance(task, SweepTask | SyntheticTask | RatesTask)
        assert task.name == name
        self.note("push", task.message.wamid if isinstance(task, MessageTask) else task.kind)
        with self.lock:
            self.calls.append(("task", task))


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def router(fake: Fake) -> Router:
    return Router(
        ("new", "old"),
        "verify",
        "1",
        lambda: Services(fake, fake, fake, fake),
        media_budget_s=0.3,
        clock=lambda: NOW,
    )


def body(*messages: dict[str, Any], **value: Any) -> bytes:
    change = {
        "field": "messages",
        "value": {"metadata": {"phone_number_id": "1"}, "messages": list(messages), **value},
    }
    return json.dumps({"entry": [{"changes": [change]}]}).encode()


def text(wamid: str = "w1", sender: str = "51900000001") -> dict[str, Any]:
    return {
        "from": sender,
        "id": wamid,
        "timestamp": "1784861718",
        "type": "text",
        "text": {"body": "ñ / @ 👋"},
    }


def photo(wamid: str = "w1", sender: str = "51900000001") -> dict[str, Any]:
    return text(wamid, sender) | {"type": "image", "image": {"id": f"m-{wamid}", "mime_type": "image/jpeg"}}


def sign(raw: bytes, secret: str = "new") -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def reader(raw: bytes) -> Callable[[int], bytes]:
    return lambda most: raw[:most]


def post(
    router: Router,
    raw: bytes,
    signature: str | None = None,
    length: str | None = None,
    trace: str | None = None,
) -> Outcome:
    headers = {"X-Hub-Signature-256": sign(raw) if signature is None else signature}
    if length:
        headers["Content-Length"] = length
    return router.handle("POST", PATH, args={}, headers=headers, read=reader(raw), trace=trace)


def get(router: Router, args: dict[str, str], *, path: str = PATH, method: str = "GET") -> Outcome:
    return router.handle(method, path, args=args, headers={}, read=reader(b""))


def test_the_handshake(router: Router, fake: Fake) -> None:
    """The right verify token gets the challenge back as it came; a wrong or missing one gets 403, and nothing
    is connected.
    """
    args = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": "verify"}
    found = [
        get(router, args),
        get(router, args | {"hub.verify_token": "ñ"}),
        get(router, {}),
        get(router, args | {"hub.mode": "x"}),
    ]
    assert [(each.status, each.body) for each in found] == [
        (200, "42"),
        (403, "forbidden"),
        (403, "forbidden"),
        (403, "forbidden"),
    ]
    assert fake.calls == []


def test_other_paths_and_methods(router: Router) -> None:
    """Another path is 404, another method 405."""
    assert [get(router, {}, path="/").status, get(router, {}, method="PUT").status] == [404, 405]


@pytest.mark.parametrize(
    "signature", ["", "sha256=", "sha256=zz", "sha1=abc", "sha256=ñ", sign(b"other"), sign(b"x", "wrong")]
)
def test_a_bad_signature_is_one_warning(
    router: Router, fake: Fake, signature: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong, empty or malformed signature gets 401 and one warning line, and touches nothing."""
    with caplog.at_level(logging.INFO, "cuadra"):
        assert post(router, body(text()), signature).status == 401
    assert ([record.getMessage() for record in caplog.records], fake.calls) == (["bad_signature"], [])


def test_both_secrets_are_accepted(router: Router) -> None:
    """While a secret is rotated, both the new and the old sign; the raw bytes are what is signed."""
    raw = body(text())
    assert [post(router, raw, sign(raw, secret)).status for secret in ("new", "old")] == [200, 200]
    assert not signed(raw, sign(raw, "old"), ["new"])


def test_no_secret_no_router() -> None:
    """A router without an app secret does not come to be."""
    with pytest.raises(ValueError, match="app secret"):
        Router(("",), "verify", "1", lambda: pytest.fail("connected"))


def test_a_body_too_large_is_413(router: Router) -> None:
    """A body over 3 MiB is refused by its announced length and by what is really read."""
    big = b"x" * (LARGEST_BODY + 1)
    assert [post(router, big).status, post(router, b"{}", length=str(len(big))).status] == [413, 413]


@pytest.mark.parametrize(
    "raw",
    [b"not json", b"[]", b'{"entry": 7}', b'{"object": "page", "entry": [{"messaging": [{}]}]}', b"\xff\xfe"],
)
def test_signed_nonsense_is_200_and_an_error(
    router: Router, raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """What is signed but no webhook gets 200 and an error line: Meta would only repeat it."""
    assert post(router, raw).status == 200
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "not_a_webhook")
    ]


def test_a_text_is_admitted_enqueued_and_marked_in_that_order(router: Router, fake: Fake) -> None:
    """A text passes its three steps in order, and its task carries the trace."""
    outcome = post(router, body(text()), trace="abc")
    assert (outcome.status, [name for name, _ in fake.calls]) == (200, ["admit", "push", "task", "mark"])
    assert fake.did("task")[0].trace == "abc"
    fields = {
        name: value for name, value in outcome.fields.items() if not name.endswith("_ms") and name != "bytes"
    }
    assert fields == {
        "outcome": "ok", "errors": 0, "messages": 1, "statuses": 0, "moves": 0, "ignored": {}, "admitted": 1,
        "media_stored": 0, "media_deferred": 0,
        "tenant": str(TENANT.id), "user": str(TENANT.user_id),
    }  # fmt: skip
    assert {"verify_ms", "parse_ms", "admit_ms", "enqueue_ms"} <= set(outcome.fields)


def test_a_photo_is_stored_before_its_task(router: Router, fake: Fake) -> None:
    """A photo is fetched and stored under its tenant's name, and the task says where."""
    outcome = post(router, body(photo()))
    assert (outcome.status, outcome.fields["media_stored"]) == (200, 1)
    assert fake.did("task")[0].media_uri == f"gs://b/{media_name(TENANT.id, 'w1')}"


@pytest.mark.parametrize("broken", ["fetch", "save"])
def test_a_file_that_fails_is_left_to_the_worker(router: Router, fake: Fake, broken: str) -> None:
    """Graph or the store failing costs the message nothing: its task goes without a stored file."""
    fake.broken = {broken}
    outcome = post(router, body(photo()))
    assert (outcome.status, outcome.fields["media_deferred"], fake.did("task")[0].media_uri) == (200, 1, None)


def test_the_budget_for_files_is_for_the_whole_request(router: Router, fake: Fake) -> None:
    """Slow files hold a request no longer than the budget, however many they are."""
    fake.slow_s = 0.8
    started = time.monotonic()
    outcome = post(router, body(*[photo(f"w{n}", f"5190000000{n}") for n in range(6)]))
    assert (outcome.status, len(fake.did("push")), outcome.fields["media_deferred"]) == (200, 6, 6)
    assert time.monotonic() - started < 0.7


@pytest.mark.parametrize("broken", ["admit", "push"])
def test_a_message_is_acknowledged_only_when_enqueued(router: Router, fake: Fake, broken: str) -> None:
    """The Inbox or the queue failing answers 500, so that Meta sends it again; nothing is marked."""
    fake.broken = {broken}
    outcome = post(router, body(text()))
    assert (outcome.status, outcome.fields["outcome"], fake.did("mark")) == (500, "try_again", [])


def test_a_mark_that_fails_harms_nobody(router: Router, fake: Fake) -> None:
    """An enqueued message that could not be marked is acknowledged all the same."""
    fake.broken = {"mark"}
    assert post(router, body(text())).status == 200


def test_a_failing_neighbour_does_not_stop_the_others(router: Router, fake: Fake) -> None:
    """One message or one sender that fails leaves the others enqueued, and the whole is sent again."""
    fake.broken = {"push:w1", "admit:w3"}
    outcome = post(router, body(text("w1"), text("w2"), text("w3", "51900000003"), text("w4", "51900000004")))
    assert (outcome.status, sorted(fake.did("mark"))) == (500, ["w2", "w4"])


@pytest.mark.parametrize("state", ["enqueued", "over_cap", "purged", "not_offered"])
def test_what_is_final_is_not_enqueued_again(router: Router, fake: Fake, state: State) -> None:
    """A redelivery of what is enqueued, over the cap or purged pushes nothing and gets 200."""
    fake.states = {"w1": state}
    assert (post(router, body(photo())).status, fake.did("push"), fake.did("save")) == (200, [], [])


def test_one_sender_is_admitted_at_once(router: Router, fake: Fake) -> None:
    """All messages of one sender in a body are admitted together, each sender apart."""
    post(router, body(text("w1"), text("x1", "51900000002"), text("w2")))
    assert sorted(fake.did("admit")) == ["w1,w2", "x1"]


def test_statuses_become_receipts(router: Router, fake: Fake) -> None:
    """Sent, delivered and failed are kept; a failed one goes to the worker too; read is left aside."""
    told = [
        {"id": "o", "status": name, "timestamp": "1784861718", "biz_opaque_callback_data": OPAQUE}
        for name in ("delivered", "read")
    ]
    told.append(told[0] | {"status": "failed", "errors": [{"code": 131047, "message": "late"}]})
    outcome = post(router, body(statuses=told))
    assert (outcome.status, sorted(fake.did("status"))) == (
        200,
        sorted([(UUID(int=3), "delivered", None), (UUID(int=3), "failed", 131047)]),
    )
    assert fake.did("task") == [StatusTask(UUID(int=1), UUID(int=2), UUID(int=3), "o", 131047, "late")]


def test_a_receipt_that_cannot_be_kept_is_asked_for_again(
    router: Router, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the Inbox cannot keep a receipt, Meta is asked to send it again."""
    fake.broken = {"status"}
    monkeypatch.setattr(fake, "note_status", lambda *_: fake.note("status", "x"))
    told = [{"id": "o", "status": "sent", "timestamp": "1784861718", "biz_opaque_callback_data": OPAQUE}]
    assert post(router, body(statuses=told)).status == 500


def test_a_change_of_number_is_passed_on(router: Router, fake: Fake) -> None:
    """A change of number moves the address, and the worker is told."""
    record = text() | {"type": "system", "system": {"type": "user_changed_number", "wa_id": "51900000002"}}
    assert (post(router, body(record)).status, fake.did("task")) == (200, [MovedTask(TENANT)])


def test_what_was_written_before_a_change_of_number_is_admitted_before_it(router: Router, fake: Fake) -> None:
    """One POST that brings an older message of the old number beside its change: the message first, or it
    would register the person anew.
    """
    old, new = (
        text("old") | {"timestamp": "1784861700"},
        text("new", "51900000002") | {"timestamp": "1784861730"},
    )
    changed = text("s") | {
        "type": "system",
        "timestamp": "1784861718",
        "system": {"type": "user_changed_number", "wa_id": "51900000002"},
    }
    assert post(router, body(changed, new, old)).status == 200
    assert [call for call in fake.calls if call[0] in ("admit", "move")] == [
        ("admit", "old"),
        ("move", "s"),
        ("admit", "new"),
    ]


def test_those_who_lost_an_address_are_told_of(router: Router, fake: Fake) -> None:
    """An admission that took another's address enqueues a task for the other."""
    admit = fake.admit
    fake.admit = lambda messages: [replace(one, moved=(TENANT,)) for one in admit(messages)]
    post(router, body(text()))
    assert fake.did("push") == ["moved", "w1"]


def test_nothing_to_do_connects_nothing(fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    """Updates for another number get 200 and a warning without connecting to anything."""
    router = Router(("new",), "verify", "2", lambda: pytest.fail("connected"))
    assert post(router, body(text())).fields["outcome"] == "nothing_to_do"
    assert [record.getMessage() for record in caplog.records] == ["other_phone_number_id"]


def changed(wamid: str, old: str, new: str, at: str) -> dict[str, Any]:
    return text(wamid, old) | {
        "type": "system",
        "timestamp": at,
        "system": {"type": "user_changed_number", "wa_id": new},
    }


A, B, C, D = (f"5190000000{number}" for number in range(1, 5))


def test_what_depends_on_a_change_that_failed_waits_for_it(router: Router, fake: Fake) -> None:
    """A change of number that could not be made holds back the new number's messages, which would register
    the person anew; nobody else's.
    """
    raw = body(
        changed("s", A, B, "1784861718"), text("new", B) | {"timestamp": "1784861720"}, text("other", C)
    )
    fake.broken = {"move"}
    assert (post(router, raw).status, fake.did("admit")) == (500, ["other"])
    fake.broken = set()
    assert (post(router, raw).status, fake.did("move"), sorted(fake.did("admit")[1:])) == (
        200,
        ["s", "s"],
        ["new", "other"],
    )


def test_a_change_waits_for_the_one_before_it(router: Router, fake: Fake) -> None:
    """Of two changes in a row the second is not tried when the first failed, nor is what was written in
    between; another person's is.
    """
    between = text("between", B) | {"timestamp": "1784861719"}
    later = text("later", C) | {"timestamp": "1784861721"}
    fake.broken = {"move:one"}
    raw = body(
        changed("one", A, B, "1784861718"),
        between,
        changed("two", B, C, "1784861720"),
        later,
        changed("else", D, "51900000009", "1784861720"),
    )
    assert (post(router, raw).status, fake.did("move"), fake.did("admit")) == (500, ["one", "else"], [])


def test_a_change_waits_for_what_was_written_before_it(router: Router, fake: Fake) -> None:
    """When the old number's last message cannot be admitted, its change waits too: afterwards the old number
    would be nobody's.
    """
    fake.broken = {"admit:old"}
    raw = body(
        text("old", A) | {"timestamp": "1784861700"},
        changed("s", A, B, "1784861718"),
        text("new", B) | {"timestamp": "1784861720"},
    )
    assert (post(router, raw).status, fake.did("move"), fake.did("admit")) == (500, [], ["old"])


def test_replays_are_left_aside_with_one_line(
    router: Router, fake: Fake, caplog: pytest.LogCaptureFixture
) -> None:
    """Messages, changes and receipts that are over eight days old get 200 and one line with their count; Meta
    redelivers for seven.
    """
    old = {"timestamp": str(int(NOW.timestamp()) - 8 * 86400 - 1)}
    told = {"id": "o", "status": "sent", "biz_opaque_callback_data": OPAQUE} | old
    raw = body(
        text("w1") | old,
        photo("w2") | old,
        changed("s", A, B, old["timestamp"]),
        text("young"),
        statuses=[told],
    )
    with caplog.at_level(logging.WARNING, "cuadra"):
        outcome = post(router, raw)
    assert (
        outcome.status,
        outcome.fields["ignored"],
        fake.did("admit"),
        fake.did("move"),
        fake.did("status"),
    ) == (
        200,
        {"too_old": 4},
        ["young"],
        [],
        [],
    )
    assert [(record.getMessage(), record.__dict__["fields"]) for record in caplog.records] == [
        ("too_old", {"updates": 4})
    ]


def test_a_flood_of_account_errors_is_a_handful_of_lines(
    router: Router, caplog: pytest.LogCaptureFixture
) -> None:
    """Twenty thousand errors in one body are counted by code and title; the five most frequent have a line,
    and the request the number of all.
    """
    told = [{"code": 1, "title": "often"}] * 19_000 + [
        {"code": number, "title": "once"} for number in range(1000)
    ]
    outcome = post(router, body(errors=told))
    lines = [record.__dict__["fields"] for record in caplog.records if record.getMessage() == "account_error"]
    assert (outcome.fields["errors"], len(lines), lines[0]) == (
        20_000,
        5,
        {"code": 1, "title": "often", "count": 19_000},
    )


def test_no_more_files_are_fetched_than_allowed(
    router: Router, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two senders' threads that both see the last place at the same instant take it once."""
    batch, both = (
        _Batch(router, Services(fake, fake, fake, fake), time.monotonic(), None),
        threading.Barrier(2),
    )

    class Arriving:
        """A lock that is given to nobody before both have asked for it."""

        def __enter__(self) -> None:
            both.wait(5)
            lock.acquire()

        def __exit__(self, *_: object) -> None:
            lock.release()

    lock, arriving = threading.Lock(), Arriving()
    monkeypatch.setattr(batch, "lock", arriving)
    batch.files_left = 1
    message = Inbound("w", Address(A), AT, "image", media=Media("m"))
    with ThreadPoolExecutor(2) as pool:
        fetches = [pool.submit(batch._fetch, message) for _ in range(2)]
    assert sum(fetch.result() is not None for fetch in fetches) == 1


URI, LATER = f"gs://b/{UUID(int=7)}/{'ab' * 32}", NOW + timedelta(days=1)


def opened(router: Router, token: str) -> Outcome:
    return router.handle(
        "GET", f"/webhook/whatsapp/original/{token}", args={}, headers={}, read=lambda _: b""
    )


def nobody() -> Services:
    raise AssertionError("connected for a link that is not signed")


def a_token(secret: str = "new", until: datetime = LATER, uri: str = URI) -> str:
    return str(originals.link("", secret, uri, until)).removeprefix(originals.PATH)


@pytest.mark.parametrize("secret", ["new", "old"])
def test_a_link_that_we_signed_opens_its_original(router: Router, fake: Fake, secret: str) -> None:
    """A link is good under either secret; the file comes as what its bytes are, and as nothing that runs."""
    fake.found, fake.objects = {URI.removeprefix("gs://b/"): URI}, {URI: b"%PDF-1.7 x"}
    answer = opened(router, a_token(secret))
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (
        200,
        b"%PDF-1.7 x",
        "application/pdf",
    )
    fake.objects[URI] = b"<script>"
    assert opened(router, a_token(secret)).headers["Content-Disposition"] == "attachment"
    assert answer.fields == {"outcome": "original", "bytes": 10}


def test_no_other_link_opens_anything(router: Router, fake: Fake) -> None:
    """Past, of another secret, changed anywhere, cut, empty, of no object or of one that is gone: the same
    sentence, and no look at the store for what is not signed.
    """
    fake.found, fake.objects = {URI.removeprefix("gs://b/"): URI}, {}
    good = a_token()
    others = [
        a_token("other"),
        a_token(until=NOW),
        good[:-4],
        "",
        "x",
        "á",
        good + "AAAA",
        *(good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :] for at in range(0, 90, 6)),
    ]
    connect, router.connect = router.connect, nobody
    assert {opened(router, token).status for token in others} == {404}
    router.connect = connect
    assert opened(router, good).status == 404
    fake.found = {}
    assert opened(router, good).fields == {"outcome": "no_original"}


def test_only_originals_have_links() -> None:
    """What is made by us, what has no place, and what is no address of an object get no link."""
    assert [
        originals.link("r", "s", uri, LATER)
        for uri in (None, "", "gs://b/x", f"{URI}.abc", f"gs://b/{UUID(int=7)}/zz", "gs://b/a/b/c")
    ] == [None] * 6
