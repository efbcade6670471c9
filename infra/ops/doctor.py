"""Checks every credential and every part of a deployment, and says what to fix."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import requests
from sqlalchemy import text

from functions.errors import CuadraError, Unwell
from functions.extractor.witness import NotAsked
from infra import migrations
from infra.logging import mask
from infra.ops import smoke
from infra.ops.desk import Desk, now
from infra.ops.target import TargetError, google_credentials, google_session
from infra.sunat import Sunat

_CALL_S = 20
_LOOK_BACK_DAYS = 7
_NEEDED = ("whatsapp_business_messaging", "whatsapp_business_management")


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `problem` is None when all is well, `fix` says what to do otherwise, and `unchecked` why
    nothing was looked at.
    """

    name: str
    problem: str | None
    fix: str = ""
    unchecked: str | None = None


class NotChecked(CuadraError):
    """There was nothing to look at, or no way to look; the message says why. It is never taken for health."""


Examine = Callable[[Desk], str | None]


def examine(desk: Desk) -> Iterator[Finding]:
    """Yields the finding of every check in turn; none stops the next."""
    for name, check, fix in _CHECKS:
        try:
            yield Finding(name, _tried(partial(check, desk)), fix)
        except NotChecked as why:
            yield Finding(name, None, unchecked=str(why))
    for name, public in smoke.checks(desk.target):
        yield Finding(
            name,
            _tried(public),
            "see the function's log; a wrong secret: docs/deploy.md, Rotating the app secret",
        )


def token(desk: Desk) -> str | None:
    """Checks the access token's validity, lifetime and permissions, as Meta tells them."""
    data = _token(desk)
    if not data.get("is_valid"):
        return f"Meta calls it invalid: {data.get('error', {}).get('message', 'no reason given')}"
    expires = data.get("expires_at", 0)
    if expires and datetime.fromtimestamp(expires, UTC) < now() + timedelta(days=14):
        return f"it expires on {datetime.fromtimestamp(expires, UTC):%Y-%m-%d}"
    missing = [scope for scope in _NEEDED if scope not in data.get("scopes", [])]
    return f"it lacks {', '.join(missing)}" if missing else None


def graph(desk: Desk) -> str | None:
    """Checks that Graph answers our token; on one machine it is the simulated Graph."""
    t = desk.target
    headers = {"Authorization": f"Bearer {t.secret('access_token')}"}
    answer = requests.get(
        f"{t.graph_url}/{t.graph_version}/{t.whatsapp_phone_number_id}", headers=headers, timeout=_CALL_S
    )
    return (
        f"it answers HTTP {answer.status_code}"
        if answer.status_code == 401 or answer.status_code >= 500
        else None
    )


def number(desk: Desk) -> str | None:
    """Checks that the business number is ours, registered with the Cloud API and connected, and that its
    webhooks come to us.
    """
    _is_real(desk)
    fields = "display_phone_number,status,platform_type,code_verification_status,webhook_configuration"
    found = _graph(desk, desk.target.whatsapp_phone_number_id, fields=fields)
    if not found.get("display_phone_number"):
        return "Meta does not show the number"
    if found.get("platform_type") != "CLOUD_API":
        verified = found.get("code_verification_status") == "VERIFIED"
        return (
            "it is not registered with the Cloud API (error "
            f"133010){'' if verified else ', nor is its ownership verified'}"
        )
    if found.get("status") != "CONNECTED":  # an EXPIRED code verification is usual for a number that works
        return f"it is not connected: its status is {found.get('status')}"
    set_at = found.get("webhook_configuration", {})
    override = set_at.get("phone_number") or set_at.get("whatsapp_business_account")
    return (
        f"an override sends its webhooks to {_bare(override)}"
        if override and override != desk.target.cuadra_webhook_url
        else None
    )


def webhook(desk: Desk) -> str | None:
    """Checks that the app secret is that of the token's app, and that the app's webhook is ours with the
    field messages: one question answers all, since only the secret may ask it.
    """
    app = _token(desk).get("app_id")
    if not app:
        raise NotChecked("Meta does not name the app that the token belongs to")
    try:
        found = _graph(desk, f"{app}/subscriptions", bearer=f"{app}|{desk.target.secret('app_secret')}").get(
            "data", []
        )
    except _RefusedError as error:
        return f"the app secret is not that of app {app}, which the token belongs to: {error}"
    ours = next((one for one in found if one.get("object") == "whatsapp_business_account"), None)
    if ours is None or not ours.get("active"):
        return f"app {app} has no {'' if ours is None else 'active '}webhook for whatsapp_business_account"
    if ours.get("callback_url") != desk.target.cuadra_webhook_url:
        return (
            f"app {app} calls {_bare(ours.get('callback_url', ''))} instead of "
            f"{desk.target.cuadra_webhook_url}"
        )
    fields = {field["name"] if isinstance(field, dict) else field for field in ours.get("fields", [])}
    return None if "messages" in fields else f"app {app} is not subscribed to the field messages"


def subscription(desk: Desk) -> str | None:
    """Checks that our app is subscribed to the number's account: without that the webhook's page looks right
    and nothing ever arrives.
    """
    data = _token(desk)
    app = str(data.get("app_id"))
    named = {
        account
        for scope in data.get("granular_scopes", [])
        if scope.get("scope") in _NEEDED
        for account in scope.get("target_ids", [])
    }
    if not named:
        raise NotChecked(
            "the token does not name its WhatsApp account; GET /<WABA_ID>/subscribed_apps shows whether the "
            "app is there"
        )
    for account in sorted(named):
        if any(
            one.get("id") == desk.target.whatsapp_phone_number_id
            for one in _graph(desk, f"{account}/phone_numbers", limit="100")["data"]
        ):
            apps = {
                one["whatsapp_business_api_data"]["id"]: one
                for one in _graph(desk, f"{account}/subscribed_apps").get("data", [])
            }
            if app not in apps:
                return (
                    f"app {app} is not subscribed to account "
                    f"{account}{', others are: ' + ', '.join(sorted(apps)) if apps else ''}"
                )
            override = apps[app].get("override_callback_uri")
            return (
                f"account {account} sends to {_bare(override)}"
                if override and override != desk.target.cuadra_webhook_url
                else None
            )
    return f"the number is in none of the token's accounts: {', '.join(sorted(named))}"


def database(desk: Desk) -> str | None:
    """Checks that the operator gets in, and that the schema is there."""
    with desk.sql() as sql:
        sql.execute(text("select count(*) from auth.tenants"))
        granted = sql.execute(
            text("select pg_has_role(current_user, :role, 'member')"), {"role": migrations.OPERATOR}
        ).scalar()
    return None if granted else f"this login is not a member of {migrations.OPERATOR}"


def inbox(desk: Desk) -> str | None:
    """Checks that the Inbox answers."""
    desk.inbox.get("senders/doctor")
    return None


def bucket(desk: Desk) -> str | None:
    """Checks that the bucket answers."""
    desk.media.find("doctor/none", timeout=_CALL_S)
    return None


def queue(desk: Desk) -> str | None:
    """Checks that the queue exists and runs."""
    session: Any = (
        requests.Session() if desk.target.tasks_endpoint else google_session(desk.target.cuadra_acting_as)
    )
    base = desk.target.tasks_endpoint or "https://cloudtasks.googleapis.com"
    answer = session.get(f"{base}/v2/{desk.target.tasks_queue}", timeout=_CALL_S)
    if answer.status_code != 200:
        return f"HTTP {answer.status_code}"
    state = answer.json().get("state")
    return None if state in ("RUNNING", 1) else f"it is {state}"


def model(desk: Desk) -> str | None:
    """Checks that Gemini knows the model, where one is to be asked."""
    t = desk.target
    if t.gemini == "off":
        raise NotChecked("Gemini is off")
    from google import genai  # 0.7 s that the other checks need not pay

    options = genai.types.HttpOptions(timeout=_CALL_S * 1000, base_url=t.gemini_url or None)
    client = (
        genai.Client(api_key=t.secret("gemini_key"), http_options=options)
        if t.gemini == "key"
        else genai.Client(
            enterprise=True,
            credentials=google_credentials(t.cuadra_acting_as),
            project=t.google_cloud_project,
            location=t.gemini_location,
            http_options=options,
        )
    )
    answer = client.models.generate_content(model=t.gemini_model, contents="Responde solo: ok")
    return None if answer.candidates else "it gave no answer"


def sunat(desk: Desk) -> str | None:
    """Checks that SUNAT gives a token for the credentials, where there are to be any."""
    t = desk.target
    if not t.sunat_ruc:
        raise NotChecked("SUNAT is not asked")
    client = Sunat(
        ruc=t.sunat_ruc,
        client_id=t.sunat_client_id,
        client_secret=t.secret("sunat_secret"),
        login_url=t.sunat_login_url,
    )
    try:
        client.check(seconds=_CALL_S)
    except NotAsked as why:
        return why.reason
    return None


def sandbox(desk: Desk) -> str | None:
    """Checks that the process which decodes strangers' files is confined: in the cloud by the worker's last
    log line about it, on this machine by a try.
    """
    if desk.target.tasks_endpoint:
        done = subprocess.run(
            [sys.executable, "-m", "functions.extractor.sandbox"],
            capture_output=True,
            text=True,
            timeout=_CALL_S,
            check=False,
        )
        return f"this kernel refuses the filter: {done.stderr.strip()}" if done.returncode else None
    since = (now() - timedelta(days=_LOOK_BACK_DAYS)).isoformat()
    answer = google_session(desk.target.cuadra_acting_as).post(
        "https://logging.googleapis.com/v2/entries:list",
        json={
            "resourceNames": [f"projects/{desk.target.google_cloud_project}"],
            "filter": f'jsonPayload.message=("confined" OR "not_confined") AND timestamp>="{since}"',
            "orderBy": "timestamp desc",
            "pageSize": 1,
        },
        timeout=_CALL_S,
    )
    if answer.status_code != 200:
        return f"the log cannot be read: HTTP {answer.status_code}"
    said = [entry["jsonPayload"] for entry in answer.json().get("entries", [])]
    if not said:
        raise NotChecked(f"no worker opened a file in the last {_LOOK_BACK_DAYS} days")
    return (
        None
        if said[0]["message"] == "confined"
        else f"the worker's kernel refuses the filter: {said[0].get('reason')}"
    )


_CHECKS: tuple[tuple[str, Examine, str], ...] = (
    ("Graph", graph, "metastatus.com; on one machine the page's switches of trouble"),
    (
        "access token",
        token,
        (
            "make a new token of the system user and add it as a version: docs/deploy.md, Rotating the "
            "access token"
        ),
    ),
    (
        "business number",
        number,
        (
            "compare phone_number_id with App Dashboard > WhatsApp > API Setup; register it: "
            "docs/deploy.md, On Meta's side, first half"
        ),
    ),
    (
        "app secret and webhook",
        webhook,
        (
            "secret: docs/deploy.md, Rotating the app secret; address and fields: docs/deploy.md, On Meta's "
            "side, second half"
        ),
    ),
    (
        "app subscribed to the account",
        subscription,
        "POST /<WABA_ID>/subscribed_apps: docs/deploy.md, On Meta's side, second half",
    ),
    (
        "database",
        database,
        "is the migration done (Cloud Build), and are you acting as the operator account?",
    ),
    ("inbox", inbox, "Firestore API, database id, and the operator account's roles/datastore.user"),
    ("bucket", bucket, "the bucket's name and the operator account's roles/storage.objectUser"),
    ("queue", queue, "resume it: gcloud tasks queues resume NAME-tasks --location REGION"),
    (
        "sandbox of the decoders",
        sandbox,
        "nothing in the settings: docs/security.md, What is left, says what stands without it",
    ),
    (
        "model",
        model,
        "is the API on (aiplatform.googleapis.com), does the location have the model, is the key right?",
    ),
    (
        "SUNAT",
        sunat,
        (
            "auth: make the credentials anew (docs/sunat.md, Credentials) and add the secret as a version; "
            "else SUNAT is down"
        ),
    ),
)


def _is_real(desk: Desk) -> None:
    if desk.target.tasks_endpoint:
        raise NotChecked("the simulated WhatsApp has no account to look at")


def _token(desk: Desk) -> dict[str, Any]:
    _is_real(desk)
    found: dict[str, Any] = _graph(desk, "debug_token", input_token=desk.target.secret("access_token")).get(
        "data", {}
    )
    return found


def _bare(url: str) -> str:
    """Returns a stranger's address without its query, which may hold a secret of theirs."""
    return url.partition("?")[0]


class _RefusedError(TargetError):
    """Graph's refusal, in its own words."""


def _graph(desk: Desk, path: str, *, bearer: str | None = None, **params: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {bearer or desk.target.secret('access_token')}"}
    answer = requests.get(
        f"{desk.target.graph_url}/{desk.target.graph_version}/{path}",
        params=params,
        headers=headers,
        timeout=_CALL_S,
    )
    body = answer.json()
    if answer.status_code != 200:
        error = body.get("error", {})
        kind = _RefusedError if answer.status_code < 500 else TargetError
        raise kind(f"Graph says {error.get('code')}: {error.get('message')}")
    found: dict[str, Any] = body
    return found


def _tried(check: Callable[[], str | None]) -> str | None:
    try:
        return check()
    except NotChecked:
        raise
    except (TargetError, Unwell) as error:
        return mask(str(error))
    except (
        requests.RequestException
    ) as error:  # its text has the address, and the address what was asked, perhaps a token
        return type(error).__name__
    except Exception as error:  # noqa: BLE001 - a doctor examines on
        return mask(f"{type(error).__name__}: {str(error)[:200]}")
