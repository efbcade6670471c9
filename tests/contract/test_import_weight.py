"""What a cold instance loads: each package is time that a first message waits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.contract

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GOOGLE_CLOUD_PROJECT": "p",
    "WHATSAPP_ACCESS_TOKEN": "t",
    "WHATSAPP_PHONE_NUMBER_ID": "1",
    "WHATSAPP_APP_SECRET": "s",
    "WHATSAPP_VERIFY_TOKEN": "v",
    "MEDIA_BUCKET": "b",
    "TASKS_QUEUE": "projects/p/locations/l/queues/q",
    "TASKS_ENDPOINT": "http://127.0.0.1:9",
    "WORKER_URL": "http://127.0.0.1:9",
    "STORAGE_EMULATOR_HOST": "http://127.0.0.1:9",
    "DATABASE_URL": "postgresql+pg8000://u:p@127.0.0.1:9/d",
}

HANDSHAKE = """
import json, sys
import functions_framework, gunicorn.workers.gthread
import werkzeug.test
before = set(sys.modules)
client = functions_framework.create_app("webhook", "main.py", "http").test_client()
asked = {"hub.mode": "subscribe", "hub.verify_token": "v", "hub.challenge": "42"}
assert client.get("/webhook/whatsapp", query_string=asked).text == "42"
assert client.post("/webhook/whatsapp", data="{}").status_code == 401
print("LOADED", json.dumps(sorted({name.split(".")[0] for name in set(sys.modules) - before})))
"""

WORKER = """
import json, sys
import main
main._worker()
print("LOADED", json.dumps(sorted(sys.modules)))
"""


def loaded(script: str, target: str, tmp_path: Path) -> set[str]:
    """The modules that a fresh process of a function loaded."""
    env = ENVIRONMENT | {"FUNCTION_TARGET": target, "INBOX": f"sqlite:{tmp_path}/inbox.db"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return set(
        json.loads(
            next(line for line in done.stdout.splitlines() if line.startswith("LOADED ")).removeprefix(
                "LOADED "
            )
        )
    )


def test_a_handshake_loads_settings_and_our_own_few_modules(tmp_path: Path) -> None:
    """Beyond the framework and the standard library, a handshake and a rejected signature load pydantic's
    settings and nothing else.
    """
    framework = {"flask", "click", "werkzeug", "functions_framework"}
    settings = {
        "pydantic",
        "pydantic_core",
        "pydantic_settings",
        "annotated_types",
        "typing_inspection",
        "typing_extensions",
        "dotenv",
    }
    every = loaded(HANDSHAKE, "webhook", tmp_path)
    standard = {name for name in every if name in sys.stdlib_module_names or name.startswith("_")}
    found = every - standard
    assert found - framework - settings == {"main", "functions", "infra"}


def test_a_composed_webhook_knows_no_invoice(tmp_path: Path) -> None:
    """The webhook's clients and rules load neither the invoice's models nor what the worker alone needs."""
    worker_only = {
        "functions.extractor.invoice",
        "functions.whatsapp.format",
        "functions.whatsapp.helpers",
        "sqlalchemy",
        "pg8000",
        "numpy",
    }
    assert loaded(WORKER.replace("_worker", "_services"), "webhook", tmp_path) & worker_only == set()


def test_a_composed_worker_has_not_loaded_the_extractor(tmp_path: Path) -> None:
    """A text, a status or a sweep is answered without the extractor, its numbers and Gemini: the first file
    loads them.
    """
    heavy = {
        "numpy",
        "PIL",
        "pypdfium2",
        "zxingcpp",
        "faster_paddle",
        "google.genai",
        "functions.extractor.engine",
        "alembic",
    }
    assert loaded(WORKER, "worker", tmp_path) & heavy == set()


def test_the_webhook_loads_no_sql_no_model_and_no_ocr() -> None:
    """Importing main as the webhook does costs nothing that only the worker uses."""
    heavy = (
        "('sqlalchemy', 'pg8000', 'google.genai', 'google.cloud.sql', 'numpy', 'PIL', 'pypdfium2', "
        "'faster_paddle', 'zxingcpp', 'alembic')"
    )
    code = (
        "import sys, main\n"
        "from functions.whatsapp import router, onboarding, client\n"
        "import infra.inboxes, infra.media, infra.queue\n"
        "import google.cloud.storage, google.cloud.tasks_v2, google.cloud.firestore\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr[-500:]


def test_importing_settings_loads_no_client() -> None:
    """The webhook's cold start pays for no Google client because of its settings, its logs or its Inbox's
    module.
    """
    code = (
        "import sys, infra.settings, infra.logging, infra.inboxes, infra.media, infra.queue; print([m for m "
        "in sys.modules if m != 'google.cloud' and m.startswith(('google.', 'grpc', 'requests'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
