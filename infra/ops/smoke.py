"""The smoke test of a release: it tries from outside what must work before the release may stay, and leaves
nothing behind that matters.

python -m infra.ops.smoke FOLDER    writes FOLDER/smoke.json; exits 1 when a check failed
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests

from functions.errors import Unwell
from functions.whatsapp.tasks import SelftestTask, dump
from infra.ops.target import Target, TargetError, google_credentials, google_session, load
from infra.queue import CloudQueue

_CALL_S = 30
_PAUSE_S = 5.0
_SWEEP_S = 120.0
_SELFTEST_S = 180.0
_LOOK_S = 2.0

Check = tuple[str, Callable[[], str | None]]
"""A name, and a function that finds out: it returns None when all is well, else a sentence."""


def checks(target: Target) -> Iterator[Check]:
    """Yields what is tried, in order."""
    url = target.cuadra_webhook_url
    yield "the handshake returns the challenge", lambda: _handshake(url, target.secret("verify_token"))
    yield (
        "a wrong verify token is refused",
        lambda: _status(requests.get(url, params=_query("wrong"), timeout=_CALL_S), 403),
    )
    yield (
        "an unsigned message is refused",
        lambda: _status(requests.post(url, data=b"{}", timeout=_CALL_S), 401),
    )
    yield (
        "a signed message of an unknown number is taken and ignored",
        lambda: _post(url, target.secret("app_secret"), stranger()),
    )
    yield (
        "a signed receipt reaches the inbox",
        lambda: _post(url, target.secret("app_secret"), receipt(target.whatsapp_phone_number_id)),
    )
    if target.tasks_queue:
        yield "the worker reads the papers that came with it", lambda: selftest(target)
    if target.cuadra_scheduler_job:
        yield (
            "the worker refuses strangers",
            lambda: _status(requests.post(target.worker_url, data=b"{}", timeout=_CALL_S), 401, 403),
        )
        yield (
            "the scheduler's sweep succeeds",
            lambda: sweep(target.cuadra_scheduler_job, acting_as=target.cuadra_acting_as),
        )


def stranger() -> bytes:
    """Returns a message for a number that is not ours: it tries signature, parsing and routing, and registers
    nobody.
    """
    message = {
        "from": "0",
        "id": f"wamid.smoke{uuid4().hex}",
        "timestamp": str(int(time.time())),
        "type": "smoke",
        "smoke": {},
    }
    return _body("0", {"contacts": [{"profile": {"name": "smoke"}, "wa_id": "0"}], "messages": [message]})


def receipt(phone_number_id: str) -> bytes:
    """Returns the receipt of a send that nobody made: it makes one record in the inbox, which expires by
    itself.
    """
    status = {
        "id": f"wamid.smoke{uuid4().hex}",
        "status": "sent",
        "timestamp": str(int(time.time())),
        "recipient_id": "0",
        "biz_opaque_callback_data": f"{uuid4()}:{uuid4()}:{uuid4()}",
    }
    return _body(phone_number_id, {"statuses": [status]})


def sweep(
    job: str,
    *,
    acting_as: str = "",
    session: Any = None,
    base: str = "https://cloudscheduler.googleapis.com",
    wait_s: float = _SWEEP_S,
) -> str | None:
    """Run the sweep as Cloud Scheduler would and wait for its outcome: this tries identity, audience,
    database, inbox and queue together.
    """
    session = session or google_session(acting_as)
    started = datetime.now(UTC)
    answer = session.post(f"{base}/v1/{job}:run", json={}, timeout=_CALL_S)
    if answer.status_code != 200:
        return f"the job could not be run: HTTP {answer.status_code}"
    until, seen = time.monotonic() + wait_s, None
    while time.monotonic() < until:
        state = session.get(f"{base}/v1/{job}", timeout=_CALL_S).json()
        last = state.get("lastAttemptTime", "1970-01-01T00:00:00Z"), state.get("status", {}).get("code", 0)
        # The outcome may follow the attempt's time by a moment: a state that is read twice has settled.
        if last == seen and datetime.fromisoformat(last[0]) >= started:
            return None if last[1] == 0 else f"the worker refused or failed it: google.rpc code {last[1]}"
        seen = last
        time.sleep(min(_PAUSE_S, wait_s / 10))
    return "no attempt ended in time"


def selftest(target: Target, *, wait_s: float = _SELFTEST_S) -> str | None:
    """Have the worker read its own two papers, asked through the queue as every message is, and wait until it
    has.

    A task that the worker finished goes from the queue; the worker also ends one that nobody waits for any
    more.
    """
    acting_as = target.cuadra_acting_as
    local = bool(target.tasks_endpoint)
    queue = CloudQueue(
        target.tasks_queue,
        target.worker_url,
        service_account=target.tasks_service_account,
        audience=target.worker_audience,
        endpoint=target.tasks_endpoint,
        credentials=None if local else google_credentials(acting_as),
    )
    session: Any = requests.Session() if local else google_session(acting_as)
    task = SelftestTask(datetime.now(UTC))
    service = target.tasks_endpoint or "https://cloudtasks.googleapis.com"
    address = f"{service}/v2/{target.tasks_queue}/tasks/{task.name}"
    until, last = time.monotonic() + wait_s, "it was not tried"
    try:
        queue.push(task.name, dump(task))
        while time.monotonic() < until:
            time.sleep(min(_LOOK_S, wait_s / 10))
            answer = session.get(address, timeout=_CALL_S)
            if answer.status_code == 404:
                return None
            if answer.status_code != 200:
                return f"the queue says HTTP {answer.status_code}"
            last = answer.json().get("lastAttempt", {}).get("responseStatus", {}).get("message", last)
    finally:
        queue.close()
        session.close()
    return f"it did not in {wait_s:g} s: {last}"


def run(target: Target) -> dict[str, Any]:
    """Returns every check's outcome by name (None: well), and whether all are well. A check that fails is
    tried again for a while, since a new revision needs a moment to be routed to.
    """
    until = time.monotonic() + target.cuadra_patience_s
    found: dict[str, str | None] = {}
    for name, check in checks(target):
        while True:
            found[name] = _tried(check)
            if found[name] is None or time.monotonic() >= until:
                break
            time.sleep(min(_PAUSE_S, target.cuadra_patience_s / 5))
    return {"ok": not any(found.values()), "checks": found}


def _tried(check: Callable[[], str | None]) -> str | None:
    try:
        return check()
    except (TargetError, Unwell) as error:
        return str(error)
    except requests.RequestException as error:
        return type(error).__name__


def _body(phone_number_id: str, value: dict[str, Any]) -> bytes:
    metadata = {"display_phone_number": "0", "phone_number_id": phone_number_id}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata} | value}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [change]}]}
    ).encode()


def _query(token: str, challenge: str = "smoke") -> dict[str, str]:
    return {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}


def _handshake(url: str, token: str) -> str | None:
    challenge = secrets.token_hex(8)
    answer = requests.get(url, params=_query(token, challenge), timeout=_CALL_S)
    return _status(answer, 200) or (
        None if answer.text == challenge else "another text than the challenge came back"
    )


def _post(url: str, secret: str, body: bytes) -> str | None:
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
    return _status(requests.post(url, data=body, headers=headers, timeout=_CALL_S), 200)


def _status(answer: requests.Response, *wanted: int) -> str | None:
    return (
        None
        if answer.status_code in wanted
        else f"HTTP {answer.status_code} instead of {' or '.join(map(str, wanted))}"
    )


def main(folder: str) -> int:
    """See the module."""
    report = run(load())
    Path(folder, "smoke.json").write_text(json.dumps(report), "utf-8")
    for name, problem in report["checks"].items():
        sys.stdout.write(
            f"{'ok  ' if problem is None else 'FAIL'} {name}{'' if problem is None else ': ' + problem}\n"
        )
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
