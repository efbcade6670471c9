from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from infra.ops import doctor
from infra.ops.target import Target, TargetError, load

pytestmark = pytest.mark.unit

SCOPES = ["whatsapp_business_messaging", "whatsapp_business_management"]
OURS = "https://cuadra.example.com/webhook/whatsapp"
THEIRS = "https://other.example.com/hook?key=s3cret"
FOREVER = {"is_valid": True, "expires_at": 0, "scopes": SCOPES, "app_id": "900"}
REGISTERED = {
    "display_phone_number": "+51 934 924 158",
    "status": "CONNECTED",
    "platform_type": "CLOUD_API",
    "code_verification_status": "EXPIRED",
}
SUBSCRIBED = {
    "object": "whatsapp_business_account",
    "callback_url": OURS,
    "active": True,
    "fields": [{"name": "messages", "version": "v26.0"}],
}


@dataclass
class Answer:
    body: dict[str, Any]
    status_code: int = 200

    def json(self) -> dict[str, Any]:
        return self.body


@dataclass
class Graph:
    """Meta's Graph API, scripted by path; the app's own edge is for the app's secret alone, all else for the
    access token.
    """

    answers: dict[str, Answer]
    secret: str = "the app's secret"

    def get(self, url: str, *, headers: dict[str, str], **_: Any) -> Answer:
        path = url.removeprefix("https://graph.facebook.com/v26.0/")
        wanted = f"900|{self.secret}" if path.endswith("/subscriptions") else "EAAtoken"
        if headers["Authorization"] != f"Bearer {wanted}":
            return Answer({"error": {"code": 190, "message": "Invalid OAuth access token signature."}}, 400)
        return self.answers[path]


def examined(
    monkeypatch: pytest.MonkeyPatch,
    check: doctor.Examine,
    secret: str = "the app's secret",
    **answers: Answer,
) -> str | None:
    """What `check` says when Graph answers so (paths with `__` for a slash); what it leaves unchecked begins
    with "not checked".
    """
    graph = Graph({path.removeprefix("_").replace("__", "/"): answer for path, answer in answers.items()})
    monkeypatch.setattr(requests, "get", graph.get)
    target = Target(
        google_cloud_project="p",
        whatsapp_phone_number_id="n123",
        whatsapp_access_token="EAAtoken",
        whatsapp_app_secret=secret,
        cuadra_webhook_url=OURS,
    )
    try:
        said = check(SimpleNamespace(target=target))
    except TargetError as error:
        said = str(error)
    except doctor.NotChecked as why:
        said = f"not checked: {why}"
    assert not [value for value in ("EAAtoken", secret, "s3cret") if value in (said or "")]
    return said


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([{"message": "confined"}], None),
        (
            [{"message": "not_confined", "reason": "Function not implemented"}],
            "the worker's kernel refuses the filter: Function not implemented",
        ),
        ([], "not checked: no worker opened a file in the last 7 days"),
    ],
)
def test_sandbox(monkeypatch: pytest.MonkeyPatch, entries: list[dict[str, str]], says: str | None) -> None:
    """Whether the decoders are confined is what the worker last logged of it; no word of it is no health."""

    @dataclass
    class Logging:
        def post(self, url: str, *, json: dict[str, Any], timeout: float) -> Answer:
            assert (url, json["resourceNames"]) == (
                "https://logging.googleapis.com/v2/entries:list",
                ["projects/p"],
            )
            return Answer({"entries": [{"jsonPayload": entry} for entry in entries]} if entries else {})

    monkeypatch.setattr(doctor, "google_session", lambda _: Logging())
    assert examined(monkeypatch, doctor.sandbox) == says


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (FOREVER, None),
        (FOREVER | {"is_valid": False, "error": {"message": "expired"}}, "Meta calls it invalid: expired"),
        (FOREVER | {"scopes": SCOPES[:1]}, "it lacks whatsapp_business_management"),
        (FOREVER | {"expires_at": int((datetime.now(UTC) + timedelta(days=60)).timestamp())}, None),
    ],
)
def test_token(monkeypatch: pytest.MonkeyPatch, data: dict[str, Any], says: str | None) -> None:
    """A token that Meta calls valid, that lasts and that may send and read is well; otherwise it is said why
    it is not.
    """
    assert examined(monkeypatch, doctor.token, debug_token=Answer({"data": data})) == says


@pytest.mark.parametrize(
    ("status", "says"), [(200, None), (400, None), (503, "it answers HTTP 503"), (401, "it answers HTTP 401")]
)
def test_graph_that_does_not_answer_is_told(
    monkeypatch: pytest.MonkeyPatch, status: int, says: str | None
) -> None:
    """Also the simulated Graph is asked; a refusal of the question itself is an answer."""
    assert examined(monkeypatch, doctor.graph, _n123=Answer({}, status)) == says


def test_a_token_that_ends_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token with less than two weeks left is named with its day: a temporary one was pasted in."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    says = examined(
        monkeypatch,
        doctor.token,
        debug_token=Answer({"data": FOREVER | {"expires_at": int(tomorrow.timestamp())}}),
    )
    assert says == f"it expires on {tomorrow:%Y-%m-%d}"


def test_graphs_refusal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Meta's own code and words are what the operator reads."""
    refusal = Answer({"error": {"code": 190, "message": "Error validating access token"}}, 401)
    assert (
        examined(monkeypatch, doctor.number, n123=refusal) == "Graph says 190: Error validating access token"
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, None),
        ({"code_verification_status": "VERIFIED"}, None),
        ({"display_phone_number": None}, "Meta does not show the number"),
        (
            {"platform_type": "NOT_APPLICABLE", "status": "PENDING", "code_verification_status": "VERIFIED"},
            "it is not registered with the Cloud API (error 133010)",
        ),
        (
            {
                "platform_type": "NOT_APPLICABLE",
                "status": "PENDING",
                "code_verification_status": "NOT_VERIFIED",
            },
            "it is not registered with the Cloud API (error 133010), nor is its ownership verified",
        ),
        ({"status": "BANNED"}, "it is not connected: its status is BANNED"),
        ({"webhook_configuration": {"application": THEIRS}}, None),
        ({"webhook_configuration": {"application": THEIRS, "whatsapp_business_account": OURS}}, None),
        (
            {"webhook_configuration": {"phone_number": THEIRS}},
            "an override sends its webhooks to https://other.example.com/hook",
        ),
    ],
)
def test_number(monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], says: str | None) -> None:
    """A number is well that is registered with the Cloud API, connected, and not diverted; whose code expired
    since then is usual.
    """
    assert examined(monkeypatch, doctor.number, n123=Answer(REGISTERED | changes)) == says


@pytest.mark.parametrize(
    ("subscriptions", "says"),
    [
        ([SUBSCRIBED], None),
        ([SUBSCRIBED | {"fields": ["messages"]}], None),
        ([], "app 900 has no webhook for whatsapp_business_account"),
        ([SUBSCRIBED | {"object": "page"}], "app 900 has no webhook for whatsapp_business_account"),
        ([SUBSCRIBED | {"active": False}], "app 900 has no active webhook for whatsapp_business_account"),
        (
            [SUBSCRIBED | {"callback_url": THEIRS}],
            f"app 900 calls https://other.example.com/hook instead of {OURS}",
        ),
        (
            [SUBSCRIBED | {"fields": [{"name": "account_update"}]}],
            "app 900 is not subscribed to the field messages",
        ),
    ],
)
def test_webhook(monkeypatch: pytest.MonkeyPatch, subscriptions: list[Any], says: str | None) -> None:
    """The app's own word says where its webhook goes and with which fields."""
    answers = {
        "debug_token": Answer({"data": FOREVER}),
        "_900__subscriptions": Answer({"data": subscriptions}),
    }
    assert examined(monkeypatch, doctor.webhook, **answers) == says


def test_another_apps_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that is not the app's is found by Meta refusing it, not by comparing it with itself."""
    answers = {
        "debug_token": Answer({"data": FOREVER}),
        "_900__subscriptions": Answer({"data": [SUBSCRIBED]}),
    }
    says = examined(monkeypatch, doctor.webhook, secret="another", **answers)
    assert (
        says
        == "the app secret is not that of app 900, which the token belongs to: Graph says 190: Invalid OAuth "
        "access token signature."
    )


@pytest.mark.parametrize(
    ("scopes", "numbers", "apps", "says"),
    [
        (["77"], ["n1", "n123"], [{"id": "900"}], None),
        (["77"], ["n123"], [], "app 900 is not subscribed to account 77"),
        (["77"], ["n123"], [{"id": "901"}], "app 900 is not subscribed to account 77, others are: 901"),
        (["77"], ["n1"], [{"id": "900"}], "the number is in none of the token's accounts: 77"),
        (
            [],
            [],
            [],
            (
                "not checked: the token does not name its WhatsApp account; GET /<WABA_ID>/subscribed_apps "
                "shows whether the app is there"
            ),
        ),
    ],
)
def test_subscription(
    monkeypatch: pytest.MonkeyPatch, scopes: list[str], numbers: list[str], apps: list[Any], says: str | None
) -> None:
    """The usual reason why nothing arrives is found: our app is not among those subscribed to the number's
    account, whoever else is.
    """
    granular = [{"scope": SCOPES[0], "target_ids": scopes}] if scopes else [{"scope": SCOPES[0]}]
    answers = {
        "debug_token": Answer({"data": FOREVER | {"granular_scopes": granular}}),
        "_77__phone_numbers": Answer({"data": [{"id": one} for one in numbers]}),
        "_77__subscribed_apps": Answer({"data": [{"whatsapp_business_api_data": app} for app in apps]}),
    }
    assert examined(monkeypatch, doctor.subscription, **answers) == says


def test_an_account_that_sends_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """An override of the account's webhook is found: the app's own page does not show it."""
    app = {"whatsapp_business_api_data": {"id": "900"}, "override_callback_uri": THEIRS}
    answers = {
        "debug_token": Answer(
            {"data": FOREVER | {"granular_scopes": [{"scope": SCOPES[0], "target_ids": ["77"]}]}}
        ),
        "_77__phone_numbers": Answer({"data": [{"id": "n123"}]}),
        "_77__subscribed_apps": Answer({"data": [app]}),
    }
    assert (
        examined(monkeypatch, doctor.subscription, **answers)
        == "account 77 sends to https://other.example.com/hook"
    )


def test_environment_of_a_deployment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What Terraform wrote of the deployment is read; the process's own variables win; empty ones count as
    absent.
    """
    saved = tmp_path / "environment.json"
    saved.write_text(
        json.dumps(
            {"GOOGLE_CLOUD_PROJECT": "p", "MEDIA_BUCKET": "b", "CUADRA_SCHEDULER_JOB": "", "THREADS": "4"}
        )
    )
    monkeypatch.setenv("CUADRA_ENVIRONMENT", str(saved))
    monkeypatch.setenv("MEDIA_BUCKET", "mine")
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    target = load()
    assert (target.google_cloud_project, target.media_bucket, target.cuadra_scheduler_job) == (
        "p",
        "mine",
        "",
    )


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"GOOGLE_CLOUD_PROJECT": "p", "GEMINI": "maybe"}'])
def test_a_file_that_is_no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str) -> None:
    """A broken or incomplete file is one sentence that says how to save it."""
    saved = tmp_path / "environment.json"
    saved.write_text(content)
    monkeypatch.setenv("CUADRA_ENVIRONMENT", str(saved))
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    with pytest.raises(TargetError, match=r"operators/environment\.json"):
        load()
