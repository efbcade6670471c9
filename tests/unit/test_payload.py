from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.whatsapp import tasks
from functions.whatsapp.model import Address, Inbound, Media, NumberChange
from functions.whatsapp.payload import OLDEST, NotAWebhook, Status, Updates, by_sender, parse
from tests.builders import a_task, a_tenant
from tests.scale import draws

pytestmark = pytest.mark.unit

AT = datetime(2026, 7, 24, 2, 55, 18, tzinfo=UTC)
STAMP = "1784861718"
NOW = datetime(2026, 7, 24, 3, tzinfo=UTC)
PHONE, BSUID = "51983446294", "PE.1393817546000775"


def envelope(*values: dict[str, Any], number: str = "1") -> bytes:
    changes = [
        {"field": "messages", "value": {"metadata": {"phone_number_id": number}, **value}} for value in values
    ]
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "9", "changes": changes}]}
    ).encode()


def message(kind: str = "text", wamid: str = "wamid.1", **more: Any) -> dict[str, Any]:
    base = {"from": PHONE, "id": wamid, "timestamp": STAMP, "type": kind}
    return base | ({"text": {"body": "hola"}} if kind == "text" else {}) | more


def read(*messages: Any, **value: Any) -> Updates:
    return parse(envelope({"messages": list(messages), **value}), "1", now=NOW)


def test_a_capture_from_a_peruvian_number() -> None:
    """A photo as Meta really sends it gives its address, its media and the webhook's own URL."""
    image = {
        "mime_type": "image/jpeg",
        "sha256": "PHz1=",
        "id": "135",
        "url": "https://lookaside.fbsbx.com/x",
        "caption": "la de hoy",
    }
    contacts = [{"profile": {"name": "."}, "wa_id": PHONE, "user_id": BSUID}]
    assert read(message("image", from_user_id=BSUID, image=image), contacts=contacts) == Updates(
        messages=[
            Inbound(
                "wamid.1",
                Address(PHONE, BSUID),
                AT,
                "image",
                text="la de hoy",
                media=Media("135", "image/jpeg", None, "PHz1=", "https://lookaside.fbsbx.com/x"),
            )
        ]
    )


def test_a_sender_without_a_phone() -> None:
    """A sender with a username has no `from`; the user id alone is an address."""
    record = message(from_user_id=BSUID)
    del record["from"]
    assert read(record, contacts=[{"user_id": BSUID}]).messages[0].address == Address(None, BSUID)


def test_the_contact_completes_the_address() -> None:
    """What the message leaves out of its address is taken from the contact that matches it, never from
    another's.
    """
    other = {"wa_id": "51900000009", "user_id": "PE.9"}
    assert read(message(), contacts=[other, {"wa_id": PHONE, "user_id": BSUID}]).messages[
        0
    ].address == Address(PHONE, BSUID)
    assert read(message(), contacts=[other]).messages[0].address == Address(PHONE, None)


@pytest.mark.parametrize("text", [{"body": ""}, {"body": " \n\t"}, {}, None, "hola"])
def test_a_text_without_text_is_empty(text: Any) -> None:
    """A text that is blank or has no body is an empty message, and earns its answer."""
    assert read(message(text=text)).messages == [Inbound("wamid.1", Address(PHONE), AT, "empty")]


@pytest.mark.parametrize(
    ("context", "quoted"),
    [
        ({"from": "51900", "id": "wamid.0"}, "wamid.0"),
        ({"forwarded": True}, None),
        ({"id": "a\nb"}, None),
        ({"id": 7}, None),
        ("wamid.0", None),
        (None, None),
    ],
)
def test_a_text_says_which_message_it_quotes(context: Any, quoted: str | None) -> None:
    """The quoted message's id is kept where it is one; a forwarded text and whatever else stands there quote
    nothing.
    """
    assert read(message(context=context)).messages == [
        Inbound("wamid.1", Address(PHONE, None), AT, "text", text="hola", quoted=quoted)
    ]


def test_a_task_of_newer_code_is_read_by_older() -> None:
    """A field that a task's reader does not know is passed over, and one that it does not bring is empty."""
    task = a_task(a_tenant(), kind="text", text="hola")
    body = json.loads(tasks.dump(task))
    del body["message"]["quoted"]
    body["message"]["not_known_yet"] = "x"
    assert tasks.load(json.dumps(body).encode()) == task


@pytest.mark.parametrize("kind", ["audio", "video", "sticker", "document"])
def test_files_of_every_kind(kind: str) -> None:
    """Every kind of file is a message with its media."""
    found = read(message(kind, **{kind: {"id": "7", "mime_type": "x/y", "filename": "f"}})).messages
    assert [(each.kind, each.media) for each in found] == [(kind, Media("7", "x/y", "f"))]


@pytest.mark.parametrize("kind", ["location", "contacts"])
def test_places_and_cards(kind: str) -> None:
    """A place or a contact card earns an answer."""
    assert [each.kind for each in read(message(kind)).messages] == [kind]


def test_a_file_that_meta_could_not_take() -> None:
    """A file with errors where its media should be is unsupported, with Meta's code."""
    found = read(message("document", errors=[{"code": 131052}])).messages
    assert [(each.kind, each.error_code) for each in found] == [("unsupported", 131052)]


@pytest.mark.parametrize(
    ("kind", "earns"),
    [
        ("gif", 1),
        ("poll_creation", 1),
        ("errors", 1),
        (None, 1),
        ("edit", 0),
        ("reaction", 0),
        ("pin", 0),
        ("media_placeholder", 0),
    ],
)
def test_unsupported_acts_on_older_messages_earn_nothing(kind: str | None, earns: int) -> None:
    """An unsupported message earns an answer; an edit, a reaction or a pin of an older one, or an album's
    placeholder, does not.
    """
    more = {"unsupported": {"type": kind}} if kind else {}
    assert len(read(message("unsupported", errors=[{"code": 131051}], **more)).messages) == earns


@pytest.mark.parametrize("kind", ["reaction", "edit", "revoke", "interactive", "request_welcome"])
def test_what_earns_no_answer(kind: str) -> None:
    """Reactions, edits, revocations, taps that bring nothing of ours and the opening of a chat are counted
    and left aside.
    """
    found = read(message(kind))
    assert (found.messages, found.ignored) == ([], Counter({kind: 1}))


@pytest.mark.parametrize("kind", ["button", "order", "hologram"])
def test_what_a_person_sends_and_nobody_can_read(kind: str) -> None:
    """An order, a template's button and an unheard-of type of a person earn an answer."""
    assert [(each.kind, each.error_code) for each in read(message(kind)).messages] == [("unsupported", None)]


OURS = "12.abcdEFGH0123-_xy"


@pytest.mark.parametrize("sort", ["button_reply", "list_reply"])
def test_a_tap_brings_the_id_that_we_offered(sort: str) -> None:
    """A button's and a list's reply are taps, with the message that they answer."""
    part = {"type": sort, sort: {"id": OURS, "title": "Sí, borrar"}}
    (found,) = read(
        message("interactive", interactive=part, context={"from": "51900000001", "id": "wamid.ours"})
    ).messages
    assert (found.kind, found.choice, found.quoted, found.text) == ("choice", OURS, "wamid.ours", None)


@pytest.mark.parametrize(
    "part",
    [
        {"type": "button_reply", "button_reply": {"id": "cancel-button", "title": "x"}},
        {"type": "button_reply", "button_reply": {"id": "9999999999.abcdEFGH0123-_xy"}},
        {"type": "button_reply", "button_reply": {"id": ["12.abcdEFGH0123-_xy"]}},
        {"type": "list_reply", "button_reply": {"id": OURS}},
        {"type": "nfm_reply", "nfm_reply": {"name": "flow"}},
        {"type": ["button_reply"]},
        "button_reply",
    ],
)
def test_a_tap_on_what_we_never_offer_earns_nothing(part: Any) -> None:
    """Ids of another shape, forms, and replies of a shape that nobody knows are left aside."""
    found = read(message("interactive", interactive=part))
    assert (found.messages, found.ignored) == ([], Counter({"interactive": 1}))


def test_a_number_that_changed() -> None:
    """A change of number tells both addresses, the user ids included."""
    system = {
        "type": "user_changed_number",
        "wa_id": "51900000002",
        "user_id": "PE.2",
        "previous_user_id": BSUID,
        "body": "x",
    }
    assert read(message("system", system=system)).moves == [
        NumberChange("wamid.1", AT, Address(PHONE, BSUID), Address("51900000002", "PE.2"))
    ]


def test_a_user_id_that_changed() -> None:
    """A change of user id works without any phone, and without contacts."""
    record = message(
        "system", system={"type": "user_changed_user_id", "user_id": "PE.2", "previous_user_id": BSUID}
    )
    del record["from"]
    assert read(record).moves == [NumberChange("wamid.1", AT, Address(None, BSUID), Address(None, "PE.2"))]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"code": 3_000_000_000, "title": "t"}, (None, "t")),
        ({"code": 10**25, "title": "t"}, (None, "t")),
        ({"code": 131026, "error_data": {"details": "a\x00b"}}, (131026, "ab")),
    ],
)
def test_a_status_brings_nothing_that_cannot_be_kept(
    told: dict[str, object], expected: tuple[int | None, str]
) -> None:
    """A code beyond an integer is none, and a NUL, which no database takes, is left out."""
    opaque = ":".join(str(UUID(int=n)) for n in (1, 2, 3))
    status = {
        "id": "wamid.o",
        "status": "failed",
        "timestamp": STAMP,
        "biz_opaque_callback_data": opaque,
        "errors": [told],
    }
    (found,) = parse(envelope({"statuses": [status]}), "1", now=NOW).statuses
    assert (found.code, found.detail) == expected
    assert parse(envelope({"statuses": [status | {"id": "a\x00b"}]}), "1", now=NOW).statuses == []
    (message_,) = read(message("unsupported", errors=[told])).messages
    assert message_.error_code == expected[0]


def test_statuses_of_our_sends() -> None:
    """A status names our send by its opaque ids and says why it failed; others' are counted."""
    send, user, tenant = ids = [UUID(int=n) for n in (1, 2, 3)]
    opaque = ":".join(map(str, ids))
    statuses = [
        {"id": "wamid.o", "status": "delivered", "timestamp": STAMP, "biz_opaque_callback_data": opaque},
        {
            "id": "wamid.o",
            "status": "failed",
            "timestamp": STAMP,
            "biz_opaque_callback_data": opaque,
            "errors": [{"code": 131047, "title": "t", "error_data": {"details": "too late"}}],
        },
        {"id": "wamid.x", "status": "sent", "biz_opaque_callback_data": "someone else's"},
        {"id": "wamid.x", "status": "played", "biz_opaque_callback_data": opaque},
        "nonsense",
    ]
    found = parse(envelope({"statuses": statuses}), "1", now=NOW)
    assert found.statuses == [
        Status(send, user, tenant, "delivered", "wamid.o", AT),
        Status(send, user, tenant, "failed", "wamid.o", AT, 131047, "too late"),
    ]
    assert found.ignored == Counter({"foreign_status": 1, "status": 1, "malformed": 1})


def test_everything_in_a_batch_is_read() -> None:
    """All entries, changes and messages are read, by timestamp and then position, each wamid once."""
    early = message(wamid="wamid.0", timestamp="1784861700")
    body = json.loads(
        envelope({"messages": [message(wamid="wamid.a"), message(wamid="wamid.b")]}, {"messages": [early]})
    )
    body["entry"] += json.loads(envelope({"messages": [message(wamid="wamid.c"), message(wamid="wamid.a")]}))[
        "entry"
    ]
    found = parse(json.dumps(body).encode(), "1", now=NOW)
    assert [each.wamid for each in found.messages] == ["wamid.0", "wamid.a", "wamid.b", "wamid.c"]


@pytest.mark.parametrize(
    "bad",
    [
        None,
        7,
        "x",
        [],
        {},
        {"id": 5, "type": "text"},
        {"id": "", "type": "text"},
        message(wamid="a\x00"),
        message(**{"from": None}),
        message(group_id="g"),
    ],
)
def test_a_bad_update_costs_only_itself(bad: Any) -> None:
    """A malformed message between two good ones leaves both."""
    found = read(message(wamid="wamid.a"), bad, message(wamid="wamid.b"))
    assert [each.wamid for each in found.messages] == ["wamid.a", "wamid.b"]


def test_another_number_and_other_fields_are_left_aside() -> None:
    """Updates for another of the account's numbers, or of another field, are counted and not taken."""
    assert parse(envelope({"messages": [message()]}, number="2"), "1", now=NOW).ignored == Counter(
        {"other_number": 1}
    )
    other = json.dumps({"entry": [{"changes": [{"field": "account_update", "value": {}}]}]}).encode()
    assert parse(other, "1", now=NOW).ignored == Counter({"field": 1})


def test_account_errors_are_kept() -> None:
    """Errors of the account, without any message, are kept for the operator."""
    assert parse(
        envelope({"errors": [{"code": 130429, "title": "Rate limit hit"}]}), "1", now=NOW
    ).errors == {(130429, "Rate limit hit"): 1}


def test_half_an_emoji_costs_only_itself() -> None:
    """A lone surrogate in one message leaves that message and its neighbours readable."""
    raw = envelope({"messages": [message(text={"body": "X hola"}), message(wamid="wamid.2")]}).replace(
        b"X", b"\\ud83d"
    )
    assert [each.text for each in parse(raw, "1", now=NOW).messages] == [" hola", "hola"]


@pytest.mark.parametrize("depth", [150, 250, 100_000])
def test_a_deep_value_that_is_ignored_costs_only_itself(depth: int) -> None:
    """A body nested deeper than any parser goes, where nobody looks, brings its good messages; a bracket
    inside a text is no level.
    """
    deep = b'{"]": [' * depth + b'"]}"' + b"]}" * depth
    raw = envelope(
        {"messages": [message(text={"body": '[{"[' * 200}), message(wamid="wamid.2")], "x": "X"}
    ).replace(b'"X"', deep)
    assert [each.text for each in parse(raw, "1", now=NOW).messages] == ['[{"[' * 200, "hola"]


def test_a_body_of_brackets_alone_costs_little() -> None:
    """The largest bodies of nothing but nesting or strings, closed or not, are refused for a second of the
    processor each at most.
    """
    began = time.process_time()
    for raw in (
        b'{"entry":' + b"[" * 1_500_000 + b"]" * 1_500_000 + b"}",
        b"[" * 3_000_000,
        b'"\\"' * 1_000_000 + b"[" * 300,
        b'["\\' * 1_000_000,
    ):
        with pytest.raises(NotAWebhook):
            parse(raw, "1", now=NOW)
    assert time.process_time() - began < 4


def test_what_is_over_eight_days_old_is_counted_and_left_aside() -> None:
    """Meta redelivers for seven days: an older message, move or status is a replay; one of exactly eight days
    is still taken.
    """
    edge = int((NOW - OLDEST).timestamp())
    system = {"type": "user_changed_number", "wa_id": "51900000002"}
    opaque = ":".join(str(UUID(int=n)) for n in (1, 2, 3))
    for stamp, taken in ((edge, 1), (edge - 1, 0)):
        told = [{"id": "o", "status": "sent", "timestamp": str(stamp), "biz_opaque_callback_data": opaque}]
        found = read(
            message(timestamp=str(stamp)),
            message("system", "s", timestamp=str(stamp), system=system),
            statuses=told,
        )
        assert (len(found.messages), len(found.moves), len(found.statuses), found.ignored["too_old"]) == (
            taken,
            taken,
            taken,
            3 - 3 * taken,
        )


@pytest.mark.parametrize("kind", ["text", "image"])
def test_a_text_longer_than_whatsapps_is_cut(kind: str) -> None:
    """A text or caption is kept up to the 4,096 characters that WhatsApp lets anybody write: a longer one
    would fit no task.
    """
    part = {
        "text": {"text": {"body": "ñ" * 1_000_000}},
        "image": {"image": {"id": "7", "caption": "ñ" * 1_000_000}},
    }[kind]
    assert [each.text for each in read(message(kind, **part)).messages] == ["ñ" * 4096]


def test_a_file_name_longer_than_a_text_is_cut() -> None:
    """A file's name is kept up to 4,096 characters too: a longer one would fit no task."""
    (found,) = read(message("document", document={"id": "7", "filename": "ñ" * 1_000_000})).messages
    assert found.media == Media("7", filename="ñ" * 4096)


def test_a_timestamp_that_cannot_be_read_is_now() -> None:
    """A message whose time is missing, absurd or yet to come counts as sent now."""
    odd: tuple[Any, ...] = ("x", None, "9" * 30, [], "1893456000")
    assert [read(message(timestamp=bad)).messages[0].sent_at for bad in odd] == [NOW] * 5


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"entry": {}}',
        b'{"entry": ["x"]}',
        b'{"entry": [{"changes": "x"}]}',
        b'{"object": "page", "entry": [{"messaging": [{}]}]}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_other_shapes_are_told(raw: bytes) -> None:
    """What is not JSON, or not a webhook, is told by one typed error."""
    with pytest.raises(NotAWebhook):
        parse(raw, "1", now=NOW)


def test_odd_entries_and_changes_are_counted_beside_good_ones() -> None:
    """An entry or a change that is no record blocks no neighbour, and is told."""
    body = json.loads(envelope({"messages": [message()]}))
    body["entry"].append("x")
    body["entry"][0]["changes"].insert(0, 7)
    updates = parse(json.dumps(body).encode(), "1", now=NOW)
    assert ([each.wamid for each in updates.messages], updates.ignored) == (
        [message()["id"]],
        {"malformed": 2},
    )


def test_senders_are_told_apart_and_joined() -> None:
    """A message that shows phone and user id joins what came under each; one phone with two user ids is two
    people.
    """

    def one(wamid: str, phone: str | None, bsuid: str | None) -> Inbound:
        return Inbound(wamid, Address(phone, bsuid), AT, "text", text="x")

    groups = by_sender(
        [
            one("a", "1", None),
            one("b", None, "PE.1"),
            one("c", "1", "PE.1"),
            one("d", "1", "PE.2"),
            one("e", "2", None),
        ]
    )
    assert [[each.wamid for each in group] for group in groups] == [["a", "b", "c"], ["d"], ["e"]]


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                [
                    "from",
                    "id",
                    "timestamp",
                    "type",
                    "text",
                    "image",
                    "system",
                    "errors",
                    "code",
                    "user_id",
                    "wa_id",
                    "status",
                    "body",
                    "group_id",
                ]
            ),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=20,
)


@pytest.mark.long
@settings(max_examples=draws(60, 300), deadline=None)
@given(
    st.one_of(
        JSON,
        st.builds(
            lambda more: message() | more,
            st.dictionaries(st.sampled_from(["type", "image", "system", "text", "errors"]), JSON),
        ),
    )
)
def test_no_content_breaks_the_parser(anything: Any) -> None:
    """Whatever stands where a message, a status, a contact or an error should, a good neighbour is read."""
    value = {
        "messages": [anything, message(wamid="wamid.good")],
        "statuses": [anything],
        "errors": [anything],
        "contacts": [anything],
    }
    assert "wamid.good" in [each.wamid for each in parse(envelope(value), "1", now=NOW).messages]
