from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.records import document_id

pytestmark = pytest.mark.contract

ROOT = Path(__file__).parents[2]
COMMON = {
    "GOOGLE_CLOUD_PROJECT": "p",
    "WHATSAPP_ACCESS_TOKEN": "t",
    "WHATSAPP_PHONE_NUMBER_ID": "1",
    "MEDIA_BUCKET": "b",
    "TASKS_QUEUE": "projects/p/locations/l/queues/q",
    "TASKS_ENDPOINT": "http://127.0.0.1:9",
    "WORKER_URL": "http://127.0.0.1:9",
    "STORAGE_EMULATOR_HOST": "http://127.0.0.1:9",
}
WORKER = COMMON | {"FUNCTION_TARGET": "worker", "DATABASE_URL": "postgresql+pg8000://u@127.0.0.1/d"}
WEBHOOK = COMMON | {"FUNCTION_TARGET": "webhook", "WHATSAPP_APP_SECRET": "s", "WHATSAPP_VERIFY_TOKEN": "v"}

ASK = """
import json, os, sys
from functions_framework import create_app
client = create_app(os.environ["FUNCTION_TARGET"], "main.py", "http").test_client()
path = "/webhook/whatsapp"
for method, args in json.loads(sys.stdin.read()):
    answer = client.open(path, method=method, **args)
    print("ANSWER", json.dumps([answer.status_code, answer.get_data(as_text=True)]))
heavy = ["sqlalchemy", "pg8000", "google.genai", "google.cloud.firestore", "google.cloud.storage", "google.cloud.tasks_v2", "requests",
         "numpy", "PIL", "pypdfium2", "faster_paddle", "functions.extractor.engine"]
print("HEAVY", json.dumps([name for name in heavy if name in sys.modules]))
"""


def worker_lines(*tasks: dict[str, object]) -> list[dict[str, object]]:
    """The lines of a fresh worker that gets these tasks, without a database."""
    told = ask(
        WORKER | {"INBOX": "sqlite:/tmp/none/none"}, *(("POST", {"data": json.dumps(task)}) for task in tasks)
    )[2]
    return [line for line in told if line["message"] != "confined"]


def ask(
    env: dict[str, str], *requests: tuple[str, dict[str, object]]
) -> tuple[list[object], list[str], list[dict[str, object]]]:
    """(answers, heavy modules that were loaded, log lines) of one fresh webhook process."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        input=json.dumps(requests),
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    lines = done.stdout.splitlines()
    answers = [json.loads(line.removeprefix("ANSWER ")) for line in lines if line.startswith("ANSWER ")]
    heavy = next(json.loads(line.removeprefix("HEAVY ")) for line in lines if line.startswith("HEAVY "))
    return answers, heavy, [json.loads(line) for line in lines if line.startswith("{")]


def signed() -> tuple[str, dict[str, str]]:
    """A text's body and its headers."""
    message = {
        "from": "51900000001",
        "id": "w",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": "hola"},
    }
    value = {"metadata": {"phone_number_id": "1"}, "messages": [message]}
    raw = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]})
    signature = "sha256=" + hmac.new(b"s", raw.encode(), hashlib.sha256).hexdigest()
    return raw, {"X-Hub-Signature-256": signature, "X-Cloud-Trace-Context": f"{'a' * 32}/1;o=1"}


def test_a_handshake_and_a_bad_signature_load_no_client() -> None:
    """A cold instance answers the handshake and rejects signatures without loading a Google client, HTTP
    client, SQL or OCR.
    """
    args = {"hub.mode": "subscribe", "hub.verify_token": "v", "hub.challenge": "42"}
    answers, heavy, lines = ask(
        WEBHOOK,
        ("GET", {"query_string": args}),
        ("GET", {"query_string": args | {"hub.verify_token": "x"}}),
        ("POST", {"data": "{}"}),
        ("POST", {"data": "x" * (3 * 1024 * 1024 + 1)}),
    )
    assert answers == [[200, "42"], [403, "forbidden"], [401, "bad signature"], [413, "too large"]]
    assert heavy == []
    assert [line["outcome"] for line in lines if line["message"] == "request"] == [
        "handshake",
        "bad_verify_token",
        "bad_signature",
        "too_large",
    ]


def test_a_message_loads_no_sql_no_model_and_no_ocr(tmp_path: Path) -> None:
    """A message through the whole webhook loads neither SQL, nor Gemini, nor OCR, and its line names no
    phone.
    """
    raw, trace = signed()
    env = WEBHOOK | {"INBOX": f"sqlite:{tmp_path}/inbox.db"}
    answers, heavy, lines = ask(env, ("POST", {"data": raw, "headers": trace}))
    # The queue is not there: admitted, not enqueued, so Meta sends it again.
    assert answers == [[500, "try again"]]
    assert (
        set(heavy) & {"sqlalchemy", "pg8000", "google.genai", "numpy", "PIL", "pypdfium2", "faster_paddle"}
        == set()
    )
    request = next(line for line in lines if line["message"] == "request")
    assert (request["outcome"], request["admitted"], request["logging.googleapis.com/trace"]) == (
        "try_again",
        1,
        f"projects/p/traces/{'a' * 32}",
    )
    assert "900000001" not in json.dumps(lines)


@pytest.mark.parametrize(("environment", "event"), [(WEBHOOK, "webhook_failed"), (WORKER, "task_crashed")])
def test_a_function_that_cannot_be_composed_answers_500_with_its_line(
    environment: dict[str, str], event: str
) -> None:
    """What nobody foresaw (here: an Inbox that cannot be opened) is one error line and a canonical line with
    500, so that Meta or the queue asks again.
    """
    raw, headers = signed()
    answers, _, lines = ask(
        environment | {"INBOX": "sqlite:/dev/null/inbox"}, ("POST", {"data": raw, "headers": headers})
    )
    told = [(line["severity"], line["message"], line.get("outcome"), line.get("status")) for line in lines]
    assert (answers, told) == (
        [[500, "try again"]],
        [("ERROR", event, None, None), ("WARNING", "request", "crashed", 500)],
    )


def test_each_line_of_a_task_names_its_document() -> None:
    """Whatever is logged while a file's task is done has the document that `show` takes; a text has none."""
    media = {"message": {"wamid": "wamid.a", "media": {"id": "1"}}}
    assert [
        set(map(str, {line.get("document") for line in worker_lines(task)}))
        for task in (media, {"message": {"wamid": "wamid.a", "media": None}})
    ] == [
        {str(document_id("wamid.a"))},
        {"None"},
    ]


@pytest.mark.parametrize(
    ("target", "missing"),
    [
        ("webhook", ["WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN", "MEDIA_BUCKET"]),
        ("worker", ["MEDIA_BUCKET", "DATABASE_URL"]),
    ],
)
def test_a_missing_setting_stops_the_start(target: str, missing: list[str]) -> None:
    """A function refuses to start when settings are missing, and names all of them."""
    env = {name: value for name, value in COMMON.items() if name != "MEDIA_BUCKET"} | {
        "FUNCTION_TARGET": target
    }
    done = subprocess.run(
        [sys.executable, "-c", "import main"],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert [name for name in missing if name not in done.stderr] == []


def test_the_worker_shows_its_environment_to_nobody() -> None:
    """The worker is not dumpable: other processes of its user, those that decode strangers' files among them,
    cannot read its secrets.
    """
    code = "import ctypes, main; print('DUMPABLE', ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=WORKER,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "DUMPABLE 0\n"


THINK = "import main; g = main._gemini(main._settings(main.WorkerSettings)); print('MODELS', g._models)"


@pytest.mark.parametrize(
    ("set_", "models"),
    [
        ({}, {False: ("gemini-3.5-flash-lite", "MINIMAL"), True: ("gemini-3.8-flash", "LOW")}),
        (
            {
                "GEMINI_MODEL": "gemini-3.8-flash",
                "GEMINI_THINKING": "AUTO",
                "GEMINI_STRONG_MODEL": "m",
                "GEMINI_STRONG_THINKING": "HIGH",
            },
            {False: ("gemini-3.8-flash", None), True: ("m", "HIGH")},
        ),
    ],
)
def test_models_and_their_thinking_are_settings(set_: dict[str, str], models: object) -> None:
    """Which model reads, and how much it thinks, comes from the settings; AUTO leaves it to the model."""
    env = (
        COMMON
        | {"DATABASE_URL": "postgresql+pg8000://u@127.0.0.1/d", "GEMINI": "key", "GEMINI_API_KEY": "k"}
        | set_
    )
    done = subprocess.run(
        [sys.executable, "-c", THINK],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert f"MODELS {models}" in done.stdout
