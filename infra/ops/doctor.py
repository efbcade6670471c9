"""Checks every credential and every part of a deployment, and says what to fix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import requests
from sqlalchemy import text

from functions.whatsapp.ports import Unwell
from infra import migrations
from infra.ops import smoke
from infra.ops.desk import Desk, now
from infra.ops.target import TargetError, google_session

_CALL_S = 20
_NEEDED = ("whatsapp_business_messaging", "whatsapp_business_management")


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `problem` None when all is well, `fix` what to do otherwise."""

    name: str
    problem: str | None
    fix: str = ""


Examine = Callable[[Desk], str | None]


def examine(desk: Desk) -> Iterator[Finding]:
    """Every check in turn; none stops the next."""
    for name, check, fix in _CHECKS:
        yield Finding(name, _tried(partial(check, desk)), fix)
    for name, public in smoke.checks(desk.target):
        yield Finding(name, _tried(public), "see the function's log; a wrong secret: docs/deploy.md, Rotating the app secret")


def token(desk: Desk) -> str | None:
    """The access token's validity, lifetime and permissions, by Meta's own word."""
    if _simulated(desk):
        return None
    data = _graph(desk, "debug_token", input_token=desk.target.secret("access_token")).get("data", {})
    if not data.get("is_valid"):
        return f"Meta calls it invalid: {data.get('error', {}).get('message', 'no reason given')}"
    expires = data.get("expires_at", 0)
    if expires and datetime.fromtimestamp(expires, UTC) < now() + timedelta(days=14):
        return f"it expires on {datetime.fromtimestamp(expires, UTC):%Y-%m-%d}"
    missing = [scope for scope in _NEEDED if scope not in data.get("scopes", [])]
    return f"it lacks {', '.join(missing)}" if missing else None


def number(desk: Desk) -> str | None:
    """The business number is ours and may be used."""
    if _simulated(desk):
        return None
    found = _graph(desk, desk.target.whatsapp_phone_number_id, fields="display_phone_number,quality_rating,code_verification_status")
    return None if found.get("display_phone_number") else "Meta does not show the number"


def subscription(desk: Desk) -> str | None:
    """The app is subscribed to the account: without it the webhook's page looks right and nothing ever arrives."""
    if _simulated(desk):
        return None
    data = _graph(desk, "debug_token", input_token=desk.target.secret("access_token")).get("data", {})
    accounts = {
        account for scope in data.get("granular_scopes", []) if scope.get("scope") in _NEEDED for account in scope.get("target_ids", [])
    }
    if not accounts:
        return "the token does not name its WhatsApp account, so this could not be checked"
    silent = [account for account in sorted(accounts) if not _graph(desk, f"{account}/subscribed_apps").get("data")]
    return f"no app is subscribed to account {', '.join(silent)}" if silent else None


def database(desk: Desk) -> str | None:
    """The operator gets in, and the schema is there."""
    with desk.sql() as sql:
        sql.execute(text("select count(*) from auth.tenants"))
        granted = sql.execute(text("select pg_has_role(current_user, :role, 'member')"), {"role": migrations.OPERATOR}).scalar()
    return None if granted else f"this login is not a member of {migrations.OPERATOR}"


def inbox(desk: Desk) -> str | None:
    """The Inbox answers."""
    desk.inbox.get("senders/doctor")
    return None


def bucket(desk: Desk) -> str | None:
    """The bucket answers."""
    desk.media.find("doctor/none", timeout=_CALL_S)
    return None


def queue(desk: Desk) -> str | None:
    """The queue exists and runs."""
    session: Any = requests.Session() if desk.target.tasks_endpoint else google_session()
    base = desk.target.tasks_endpoint or "https://cloudtasks.googleapis.com"
    answer = session.get(f"{base}/v2/{desk.target.tasks_queue}", timeout=_CALL_S)
    if answer.status_code != 200:
        return f"HTTP {answer.status_code}"
    state = answer.json().get("state")
    return None if state in ("RUNNING", 1) else f"it is {state}"


def model(desk: Desk) -> str | None:
    """Gemini knows the model, when there is to be one."""
    t = desk.target
    if t.gemini == "off":
        return None
    from google import genai  # noqa: PLC0415 - 0.7 s that the other checks need not pay

    options = genai.types.HttpOptions(timeout=_CALL_S * 1000, base_url=t.gemini_url or None)
    client = (
        genai.Client(api_key=t.secret("gemini_key"), http_options=options)
        if t.gemini == "key"
        else genai.Client(enterprise=True, project=t.google_cloud_project, location=t.gemini_location, http_options=options)
    )
    answer = client.models.generate_content(model=t.gemini_model, contents="Responde solo: ok")
    return None if answer.candidates else "it gave no answer"


_CHECKS: tuple[tuple[str, Examine, str], ...] = (
    ("access token", token, "make a new token of the system user and add it as a version: docs/deploy.md, Rotating the access token"),
    ("business number", number, "compare phone_number_id with App Dashboard > WhatsApp > API Setup"),
    ("app subscribed to the account", subscription, "POST /<WABA_ID>/subscribed_apps: docs/deploy.md, On Meta's side"),
    ("database", database, "is the migration done (Cloud Build), and are you acting as the operator account?"),
    ("inbox", inbox, "Firestore API, database id, and the operator account's roles/datastore.user"),
    ("bucket", bucket, "the bucket's name and the operator account's roles/storage.objectUser"),
    ("queue", queue, "resume it: gcloud tasks queues resume NAME-tasks --location REGION"),
    ("model", model, "is the API on (aiplatform.googleapis.com), does the location have the model, is the key right?"),
)


def _simulated(desk: Desk) -> bool:
    """The simulated WhatsApp has no account to look at."""
    return bool(desk.target.tasks_endpoint)


def _graph(desk: Desk, path: str, **params: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {desk.target.secret('access_token')}"}
    answer = requests.get(f"{desk.target.graph_url}/{desk.target.graph_version}/{path}", params=params, headers=headers, timeout=_CALL_S)
    body = answer.json()
    if answer.status_code != 200:
        error = body.get("error", {})
        raise TargetError(f"Graph says {error.get('code')}: {error.get('message')}")
    found: dict[str, Any] = body
    return found


def _tried(check: Callable[[], str | None]) -> str | None:
    try:
        return check()
    except (TargetError, Unwell) as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - a doctor examines on
        return f"{type(error).__name__}: {str(error)[:200]}"
