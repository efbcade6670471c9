from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from functions.extractor.judging.checks import CHECKS
from functions.extractor.judging.merge import STRENGTH
from infra.local.web import names
from infra.local.web.journey import Step, steps
from infra.local.web.logs import Log, LogLine

pytestmark = pytest.mark.unit

FUNCTIONS = Path(__file__).parents[2] / "functions"
NOON = datetime(2026, 11, 22, 17, tzinfo=UTC).timestamp()
SENT: dict[str, Any] = {
    "at": NOON,
    "webhook": {"attempts": 1, "posted": NOON + 0.002, "acked": NOON + 0.052, "http": 200},
}
WEBHOOK = LogLine(
    NOON + 0.05,
    {"messages": 1, "verify_ms": 0, "parse_ms": 1, "admit_ms": 4, "media_ms": 20, "enqueue_ms": 5},
)
WORKER = LogLine(
    NOON + 0.262,
    {
        "status": 200, "claim_ms": 10, "media_ms": 10, "extract_ms": 130, "open_ms": 10, "opening_ms": 90,
        "qr_ms": 60, "checks_ms": 30, "finish_ms": 20, "release_ms": 20,
        "total_ms": 200, "engine": "qr+text", "failed_checks": ["sum", "words"],
    },
)  # fmt: skip
REPLY = {
    "at": NOON + 0.25,
    "statuses": [{"status": "sent", "at": NOON + 0.3}, {"status": "failed", "at": NOON + 0.35}],
}


def rounded(found: list[Step]) -> list[tuple[str, int, int | None, int, str, bool]]:
    """Steps with their beginning in ms after noon."""
    return [
        (step.what, round((step.at - NOON) * 1000), step.ms, step.depth, step.note, step.trouble)
        for step in found
    ]


def test_a_journey_is_told_from_phone_to_status() -> None:
    """Each step begins where the one before it in its request ends, and carries the log's own
    milliseconds.
    """
    assert rounded(steps(SENT, [WEBHOOK], [WORKER], [REPLY])) == [
        ("Sale del teléfono", 0, None, 0, "", False),
        ("Webhook", 2, 50, 0, "", False),
        ("Firma comprobada", 20, 0, 1, "", False),
        ("Aviso entendido", 20, 1, 1, "", False),
        ("Bandeja: remitente, turno y repetidos", 21, 4, 1, "", False),
        ("Original guardado", 25, 20, 1, "", False),
        ("Tarea puesta en la cola", 45, 5, 1, "", False),
        ("Cola", 52, 10, 0, "", False),
        ("Trabajador", 62, 200, 0, "", False),
        ("Registro abierto en Postgres", 62, 10, 1, "", False),
        ("Documento reservado", 72, 10, 1, "", False),
        ("Original a la mano", 82, 10, 1, "", False),
        ("Lectura", 92, 130, 1, "QR + Texto del PDF", False),
        ("Archivo abierto en un proceso aparte", 92, 90, 2, "QR 60 ms", False),
        (
            "Comprobaciones",
            182,
            30,
            2,
            "no pasa: Base, impuestos y cargos suman el total · Monto en letras",
            False,
        ),
        ("Resultado escrito en Postgres", 222, 20, 1, "", False),
        ("Respuesta en su turno", 242, 20, 1, "", False),
        ("Respuesta enviada", 250, None, 0, "", False),
        ("WhatsApp la aceptó", 300, None, 1, "", False),
        ("No se entregó", 350, None, 1, "", True),
    ]


def test_a_journey_that_has_not_ended_tells_what_there_is() -> None:
    """A message that no webhook acknowledged yet has a webhook in trouble and nothing after it."""
    waiting = {"at": NOON, "webhook": {"attempts": 3, "posted": NOON, "acked": None, "http": 500}}
    assert rounded(steps(waiting, [], [], [])) == [
        ("Sale del teléfono", 0, None, 0, "", False),
        ("Webhook", 0, None, 0, "3 entregas", True),
    ]
    assert rounded(steps({"at": NOON, "webhook": None}, [], [], [])) == [
        ("Sale del teléfono", 0, None, 0, "", False)
    ]


def test_a_failed_attempt_is_a_step_in_trouble() -> None:
    """A worker that answered 500 is shown with its outcome; the wait for the next attempt is the queue's."""
    failed = LogLine(NOON + 0.1, {"status": 500, "outcome": "media_unwell", "open_ms": 5, "total_ms": 20})
    later = LogLine(NOON + 1.2, {"status": 200, "total_ms": 100})
    found = rounded(steps(SENT, [], [failed, later], []))
    assert found[2:] == [
        ("Cola", 52, 28, 0, "", False),
        ("Trabajador", 80, 20, 0, "WhatsApp no entregó el archivo", True),
        ("Registro abierto en Postgres", 80, 5, 1, "", False),
        ("Cola", 100, 1000, 0, "", False),
        ("Trabajador", 1100, 100, 0, "", False),
    ]


def test_whatever_the_functions_say_has_a_spanish_name() -> None:
    """Every outcome of a task that comes again, every check and every source that the code can write is
    named, and no other.
    """
    sources = {path: path.read_text("utf-8") for path in FUNCTIONS.rglob("*.py")}
    retries = {name for source in sources.values() for name in re.findall(r'raise Retry\("(\w+)"\)', source)}
    handle = sources[FUNCTIONS / "whatsapp/worker.py"].partition("def handle")[2].partition("def _do")[0]
    others = set(re.findall(r'"outcome"\W+"(\w+)"', handle))
    assert len(retries) * len(others) > 0
    assert retries | others | {"no_place"} == set(names.OUTCOMES)  # put back by the worker itself
    assert CHECKS.keys() == names.CHECKS.keys()
    assert tuple(names.SOURCES) == STRENGTH
    assert (names.engine("qr+ocr"), names.engine("")) == ("QR + OCR", "")


def test_every_delivery_that_was_answered_is_told() -> None:
    """A message whose first delivery failed has the steps of both requests, each at its own time."""
    failed = LogLine(NOON + 0.01, {"status": 500, "messages": 1, "verify_ms": 1, "admit_ms": 3})
    message = SENT | {"webhook": SENT["webhook"] | {"attempts": 2}}
    assert rounded(steps(message, [failed, WEBHOOK], [], []))[1:5] == [
        ("Webhook", 2, 50, 0, "2 entregas", False),
        ("Firma comprobada", 6, 1, 1, "", False),
        ("Bandeja: remitente, turno y repetidos", 7, 3, 1, "", False),
        ("Firma comprobada", 20, 0, 1, "", False),
    ]


def test_the_line_of_a_post_is_found_by_its_trace(tmp_path: Path) -> None:
    """Of three posts a millisecond apart, one user's, each is found by its own trace and no other; an unknown
    trace has no line.
    """
    path = tmp_path / "webhook.log"
    traces = [f"{number:032x}" for number in (1, 2, 3)]
    with path.open("w", encoding="utf-8") as file:
        for number, trace in enumerate(traces):
            at = datetime.fromtimestamp(NOON + number / 1000, UTC).isoformat(timespec="milliseconds")
            line = {"message": "request", "user": "ana", "time": at, "messages": 1, "admit_ms": number}
            file.write(
                json.dumps(line | {"logging.googleapis.com/trace": f"projects/cuadra-local/traces/{trace}"})
                + "\n"
            )
        file.write(
            json.dumps({"message": "request", "user": "ana", "time": "2026-11-22T17:00:00+00:00"}) + "\n"
        )
    log = Log(path)
    assert [[line.fields["admit_ms"] for line in log.traced([trace])] for trace in traces] == [[0], [1], [2]]
    assert [line.fields["admit_ms"] for line in log.traced([traces[2], "f" * 32, traces[0]])] == [2, 0]
    assert (log.traced([]), log.traced([""])) == ([], [])


def test_log_lines_are_followed(tmp_path: Path) -> None:
    """Only whole canonical lines count, each once, by user; what is no JSON is passed over; a file begun anew
    is read anew.
    """
    path = tmp_path / "worker.log"
    log = Log(path)
    assert log.of("ana") == []

    def line(user: str, second: int, message: str = "request") -> str:
        return (
            json.dumps({"message": message, "user": user, "time": f"2026-11-22T17:00:{second:02}+00:00"})
            + "\n"
        )

    half = line("ana", 2)
    path.write_text(
        line("ana", 1) + 'not "request" json\n' + line("ana", 1, "warned") + line("beto", 1) + half[:20],
        "utf-8",
    )
    assert [each.at - NOON for each in log.of("ana")] == [1]
    with path.open("a", encoding="utf-8") as file:
        file.write(half[20:] + line("several", 3))
    assert [each.at - NOON for each in log.of("ana")] == [1, 2, 3]
    path.write_text(line("ana", 9), "utf-8")
    assert [each.at - NOON for each in log.of("ana")] == [9]


def test_a_model_that_did_not_answer_is_told_as_a_failure() -> None:
    """Asked and not among what the reading rests on: the step is marked and says so; with its answer it has
    the model's name.
    """
    asked = {"status": 200, "extract_ms": 9500, "gemini_ms": 9200, "total_ms": 9500, "engine": "qr+ocr"}
    told = [
        [
            (step.note, step.trouble)
            for step in steps(SENT, [], [LogLine(NOON + 10, asked | model)], [])
            if step.what == "Gemini"
        ]
        for model in ({}, {"model": "gemini-3.5-flash-lite"})
    ]
    assert told == [[(names.UNANSWERED, True)], [("gemini-3.5-flash-lite", False)]]
