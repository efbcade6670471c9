"""The client of SUNAT's Consulta Integrada against a stand-in over HTTP that answers as the real one is known
to.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from functions.extractor.witness import Key, NotAsked, SunatWord
from infra.local.sunat import CREDENTIALS, Behaviour, FakeSunat
from infra.sunat import Sunat

pytestmark = pytest.mark.contract

KEY = Key("20512345671", "01", "F001", "123", date(2026, 11, 2), Decimal("118.00"))
NOW = datetime(2026, 11, 26, 15, 15, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[FakeSunat]:
    with FakeSunat([KEY]) as running:
        yield running


def client(
    server: FakeSunat,
    *,
    pace_s: float = 0.0,
    probe_s: float = 60.0,
    prompt_s: float = 1.5,
    secret: str = CREDENTIALS[2],
) -> Sunat:
    ruc, client_id, _ = CREDENTIALS
    return Sunat(
        ruc=ruc,
        client_id=client_id,
        client_secret=secret,
        url=server.url,
        login_url=server.url,
        pace_s=pace_s,
        probe_s=probe_s,
        prompt_s=prompt_s,
        now=lambda: NOW,
    )


def reason(sunat: Sunat, key: Key = KEY, *, seconds: float = 3.0) -> str:
    with pytest.raises(NotAsked) as caught:
        sunat.ask(key, seconds=seconds)
    return caught.value.reason


def test_a_question_is_the_manuals_and_its_word_is_typed(server: FakeSunat) -> None:
    """Six fields as text, the day as dd/mm/yyyy, the amount with two decimals; the answer with its hour and
    what it says of the issuer.
    """
    word = client(server).ask(KEY, seconds=3)
    assert (word, server.asked[:1]) == (
        SunatWord("accepted", NOW, "00", "00", not_to=CREDENTIALS[0]),
        [
            {
                "numRuc": "20512345671",
                "codComp": "01",
                "numeroSerie": "F001",
                "numero": "123",
                "fechaEmision": "02/11/2026",
                "monto": "118.00",
            }
        ],
    )


@pytest.mark.parametrize("state", ["annulled", "authorised", "not_authorised"])
def test_each_state_has_its_word(server: FakeSunat, state: str) -> None:
    """What is voided, the printer's range and what is not authorised are told apart."""
    server.states[KEY] = state
    assert client(server).ask(KEY, seconds=3).state == state


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, total=Decimal("118.01")),
        replace(KEY, day=date(2026, 11, 3)),
        replace(KEY, number="124"),
        replace(KEY, kind="03"),
    ],
)
def test_one_field_beside_the_reported_is_not_found(server: FakeSunat, other: Key) -> None:
    """A cent, a day, a digit or the kind is enough; such an answer has nothing but its state."""
    assert client(server).ask(other, seconds=3) == SunatWord("not_found", NOW)


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        ("down", "unavailable"),
        ("odd_code", "malformed"),
        ("no_data", "malformed"),
        ("html", "malformed"),
        ("unsuccessful", "rejected"),
        ("422", "rejected"),
        ("429", "throttled"),
        ("500", "unavailable"),
    ],
)
def test_trap_13_whatever_is_no_answer_is_no_word(server: FakeSunat, behaviour: Behaviour, why: str) -> None:
    """A failure has its reason and never a state."""
    server.behaviour = behaviour
    assert reason(client(server)) == why


@pytest.mark.parametrize("behaviour", ["slow", "dripping"])
def test_the_time_given_is_the_whole_time(server: FakeSunat, behaviour: Behaviour) -> None:
    """Neither a late answer nor one that comes byte by byte keeps anybody longer than asked for."""
    server.behaviour = behaviour
    since = time.monotonic()
    assert reason(client(server), seconds=0.4) == "timeout"
    assert time.monotonic() - since < 0.8


def test_a_recibo_por_honorarios_is_asked_by_its_code_of_the_manual(server: FakeSunat) -> None:
    """SUNAT calls R1 what its registers call 02."""
    honorarios = replace(KEY, kind="02", series="E001", number="9")
    server.register.add(honorarios)
    assert client(server).ask(honorarios, seconds=3).state == "accepted"
    assert [asked["codComp"] for asked in server.asked] == ["R1", "R1"]


def test_a_token_is_kept_and_renewed_once_where_it_is_refused(server: FakeSunat) -> None:
    """Two questions need one token; a refused one is replaced and the question asked again."""
    sunat = client(server)
    sunat.ask(KEY, seconds=3)
    sunat.ask(replace(KEY, number="124"), seconds=3)
    assert server.tokens == 1
    server.behaviour = "401"
    assert (sunat.ask(replace(KEY, number="125"), seconds=3).state, server.tokens) == ("not_found", 2)


def test_wrong_credentials_are_the_operators_and_are_not_logged(
    server: FakeSunat, caplog: pytest.LogCaptureFixture
) -> None:
    """The line is an error with its code, without secret, token or key."""
    with caplog.at_level(logging.INFO, "cuadra"):
        assert reason(client(server, secret="wrong-secret")) == "auth"
    assert [(r.levelname, r.message, vars(r)["fields"]["code"]) for r in caplog.records] == [
        ("ERROR", "sunat_failed", "auth")
    ]
    assert not {"wrong-secret", KEY.ruc, "token-1"} & set(
        " ".join(str(r.__dict__) for r in caplog.records).split()
    )


def test_a_key_is_asked_once(server: FakeSunat) -> None:
    """What was answered is remembered, also what will not be answered."""
    sunat = client(server)
    assert sunat.ask(KEY, seconds=3) == sunat.ask(KEY, seconds=3)
    server.behaviour = "422"
    other = replace(KEY, number="9")
    assert (reason(sunat, other), reason(sunat, other), len(server.asked)) == ("rejected", "rejected", 3)


def test_questions_are_a_second_apart(server: FakeSunat) -> None:
    """The pace is held across keys, on the average with the question that makes an acceptance a word; who
    cannot wait so long is not kept waiting at all.
    """
    sunat = client(server, pace_s=0.5)
    since = time.monotonic()
    sunat.ask(KEY, seconds=3)
    assert reason(sunat, replace(KEY, number="7"), seconds=0.2) == "busy"
    sunat.ask(replace(KEY, number="8"), seconds=3)
    assert time.monotonic() - since >= 1.0
    assert len(server.asked) == 3


def test_while_it_is_down_one_question_a_minute_is_asked_and_nobody_waits(server: FakeSunat) -> None:
    """A question without an answer in time ends the asking; a probe beside a reading finds out when it is
    well again.
    """
    server.behaviour = "slow"
    sunat = client(server, probe_s=0.5)
    assert reason(sunat, seconds=0.3) == "timeout"
    since = time.monotonic()
    assert [reason(sunat, replace(KEY, number=str(n))) for n in range(30)] == ["down"] * 30
    assert (time.monotonic() - since < 0.3, len(server.asked)) == (True, 1)
    server.behaviour = "good"
    time.sleep(0.5)
    assert reason(sunat) == "down"
    until = time.monotonic() + 3
    while len(server.asked) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.1)
    assert sunat.ask(KEY, seconds=3).state == "accepted"
    assert len(server.asked) == 3


def test_a_service_that_answers_late_is_asked_beside_the_readings_alone(server: FakeSunat) -> None:
    """A reading waits for no request longer than a service that is well takes, and once for a late one. The
    probe's late word is remembered and ends nothing; a prompt one does.
    """
    server.behaviour, server.slow_s = "slow", 0.4
    sunat = client(server, prompt_s=0.2, probe_s=0.2)
    since = time.monotonic()
    assert (reason(sunat, replace(KEY, number="7")), time.monotonic() - since < 0.4) == ("timeout", True)
    time.sleep(0.2)
    assert reason(sunat) == "down"
    until = time.monotonic() + 5
    while len(server.asked) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.6)
    assert sunat.ask(KEY, seconds=3).state == "accepted"
    assert reason(sunat, replace(KEY, number="8")) == "down"


def test_two_failures_in_a_row_end_the_asking(server: FakeSunat) -> None:
    """One 500 may be chance; after a second nobody asks, and a question that the service refuses is none of
    its failures.
    """
    sunat = client(server)
    server.behaviour = "422"
    assert [reason(sunat, replace(KEY, number=str(n))) for n in range(4)] == ["rejected"] * 4
    server.behaviour = "500"
    assert [reason(sunat, replace(KEY, number=str(n))) for n in range(10, 13)] == [
        "unavailable",
        "unavailable",
        "down",
    ]


def test_an_acceptance_is_a_word_once_the_service_has_refused_what_cannot_be(server: FakeSunat) -> None:
    """Beside the first accepted key the same one is asked with another total; within the hour no other is."""
    other = replace(KEY, number="124", total=Decimal("50.00"))
    server.register.add(other)
    sunat = client(server)
    assert [sunat.ask(key, seconds=3).state for key in (KEY, other)] == ["accepted", "accepted"]
    assert [(asked["numero"], asked["monto"]) for asked in server.asked] == [
        ("123", "118.00"),
        ("123", "119.00"),
        ("124", "50.00"),
    ]


def test_a_service_that_accepts_whatever_it_is_asked_has_no_word(
    server: FakeSunat, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing rests on it, the operator is told, and nobody asks until it refuses again what cannot be."""
    server.behaviour = "yes_man"
    sunat = client(server, probe_s=0.2)
    assert [reason(sunat), reason(sunat)] == ["blind", "down"]
    assert [(r.levelname, vars(r)["fields"]["code"]) for r in caplog.records] == [("ERROR", "blind")]
    server.behaviour = "good"
    time.sleep(0.2)
    assert reason(sunat) == "down"
    until = time.monotonic() + 3
    while len(server.asked) < 4 and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.1)
    assert sunat.ask(KEY, seconds=3).state == "accepted"
