import json
from typing import Any

import pytest

from infra.local.chat import short_line
from infra.local.demo import DemoStep, another, check
from infra.local.simulator import read

pytestmark = pytest.mark.unit


def question(wamid: str, kind: str = "image") -> dict[str, Any]:
    return {
        "wamid": wamid,
        "direction": "in",
        "kind": kind,
        "text": None,
        "filename": f"{wamid}.jpg",
        "failed": None,
    }


def reply(text: str, quoted: str | None = None, failed: int | None = None) -> dict[str, Any]:
    return {
        "wamid": "w",
        "direction": "out",
        "kind": "text",
        "text": text,
        "quoted": quoted,
        "failed": failed,
    }


COMBINED = "*1 y 3 de 3 · c.jpg y b.jpg*\ndos\n\n*2 de 3 · «resumen»*\ntres"


def test_quotes_and_parts_tell_who_was_answered() -> None:
    """A single reply answers what it quotes, a combined one the next questions, a text's words only a text; a
    reaction counts for nothing.
    """
    talk = [
        question("a"),
        question("r", "reaction"),
        question("b"),
        question("t", "text") | {"text": "resumen"},
        question("c"),
        reply("uno", "a"),
    ]
    reading = read([*talk, reply(COMBINED)])
    assert reading.answers == {"a": ["uno"], "b": ["dos"], "t": ["tres"], "c": ["dos"]}
    assert (reading.missing, reading.repeated, reading.strays, reading.in_order) == ((), (), (), True)


def test_the_numbers_of_a_send_tell_more_than_the_order() -> None:
    """Where the numbers of a combined message are known, they say whom it answers."""
    talk = [question(wamid) for wamid in "abcd"]
    reading = read(
        [*talk, reply(COMBINED) | {"opaque": "t:u:s"}], {"a": 4, "b": 3, "c": 2, "d": 1}, {"s": [2, 3, 4]}
    )
    assert (reading.answers, reading.in_order) == ({"c": ["dos"], "b": ["tres"], "a": ["dos"]}, False)


def test_what_is_wrong_is_seen() -> None:
    """A missing, a repeated, an early and a stray answer are each told; a failed send is no answer."""
    talk = [question(wamid) for wamid in "abc"]
    talk += [
        reply("dos", "b"),
        reply("uno", "a"),
        reply("otra vez", "b"),
        reply("tres", "c", 131026),
        reply("¿?", "z"),
        reply("hola"),
    ]
    reading = read(talk)
    assert [each["wamid"] for each in reading.missing] == ["c"]
    assert [each["wamid"] for each in reading.repeated] == ["b"]
    assert (reading.strays, reading.in_order) == (("¿?", "hola"), False)


def test_the_welcome_answers_a_first_text_only() -> None:
    """After "Hola" the welcome is the answer; after a photo it is a greeting, and the photo still waits."""
    welcome = reply("👋 ¡Hola! Te acabo de registrar automáticamente.\nEnvíame una foto")
    assert list(read([question("a", "text"), welcome]).answers) == ["a"]
    assert read([question("a"), welcome]).answers == {}
    assert read([question("a"), welcome]).strays == ()


def test_a_demo_step_fails_without_its_answer_or_with_another() -> None:
    """The demo's check can fail: no answer, or one that does not say what it must."""
    step = DemoStep("un PDF dañado", (r"dañado",))
    asked = question("a", "document")
    assert check(step, [asked], read([asked, reply("El archivo está dañado", "a")])) == []
    assert len(check(step, [asked], read([asked]))) == 1
    assert len(check(step, [asked], read([asked, reply("*Proveedor*", "a")]))) == 1


def test_each_demo_has_somebody_of_its_own() -> None:
    """Who talks in a second demo on the same folder has a number behind the name."""
    assert [
        another([{"name": name} for name in names])
        for names in ([], ["María Quispe"], ["María Quispe", "Ana", "María Quispe 2"])
    ] == [
        "María Quispe",
        "María Quispe 2",
        "María Quispe 3",
    ]


def test_the_terminal_shows_requests_and_warnings_only() -> None:
    """Canonical lines and warnings become one short line; the rest, and what is no JSON, stays in the
    file.
    """
    line = '{"severity": "%s", "message": "%s", "time": "2026-11-22T10:00:00+00:00", "outcome": "admitted"}'
    assert "outcome=admitted" in (short_line("webhook", line % ("INFO", "request"), colour=False) or "")
    assert "media_unwell" in (short_line("webhook", line % ("WARNING", "media_unwell"), colour=True) or "")
    assert short_line("webhook", line % ("INFO", "step"), colour=False) is None
    assert short_line("webhook", "[INFO] Listening", colour=False) is None


def test_the_terminal_shows_the_cause_first_and_ids_last() -> None:
    """Of a request that failed the outcome and its reason are read whatever else it tells; its document
    stands last, as short as `show` takes it.
    """
    told = {
        "severity": "WARNING", "message": "request", "time": "2026-11-22T10:00:00+00:00", "status": 500,
        "task": "message", "retries": 0, "tenant": "11111111-2222-3333-4444-555555555555",
        "user": "99999999-2222-3333-4444-555555555555", "generation": 0, "turn": 0, "open_ms": 3,
        "claim_ms": 4, "media_ms": 3005, "outcome": "media_unwell", "reason": "Graph 503",
        "document": "72cb0570-1111-2222-3333-444444444444",
    }  # fmt: skip
    line = short_line("worker", json.dumps(told), colour=False) or ""
    assert line.split(" WARNING ")[1] == (
        "status=500 outcome=media_unwell reason=Graph 503 task=message sent=0 open_ms=3 claim_ms=4 "
        "media_ms=3005 document=72cb0570 tenant=11111111 user=99999999"
    )


def test_what_comes_all_the_time_is_not_shown() -> None:
    """Sweeps and receipts stay in the file; an answer that waits for WhatsApp says that nothing was sent."""
    at = {"severity": "INFO", "message": "request", "time": "2026-11-22T10:00:00+00:00"}
    swept, told = (
        at | {"task": "sweep", "outcome": "swept"},
        at | {"statuses": 1, "messages": 0, "outcome": "nothing_to_do"},
    )
    assert [short_line("worker", json.dumps(one), colour=False) for one in (swept, told)] == [None, None]
    assert "outcome=answered task=message sent=0" in (
        short_line("worker", json.dumps(at | {"task": "message", "outcome": "answered"}), colour=False) or ""
    )


def test_who_was_erased_is_welcomed_anew() -> None:
    """The welcome to a person who was erased answers the first text since, not the first of the
    conversation.
    """
    welcome = reply("👋 ¡Hola! Te acabo de registrar automáticamente.\nEnvíame una foto")
    first, second = welcome | {"opaque": "one:1"}, welcome | {"opaque": "two:1"}
    bye = reply("Adiós", "b") | {"opaque": "one:2"}
    found = read([question("a", "text"), first, question("b", "text"), bye, question("c", "text"), second])
    assert ({wamid: len(said) for wamid, said in found.answers.items()}, found.strays) == (
        {"a": 1, "b": 1, "c": 1},
        (),
    )
