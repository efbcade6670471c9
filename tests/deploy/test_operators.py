"""Operators act as the operator account by their own login, against Google's token services played by a local
server.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.ops import target as targets
from infra.ops.desk import Desk
from infra.ops.target import Target, TargetError, access_secret, google_credentials

pytestmark = pytest.mark.contract

OPS = "cuadra-ops@p.iam.gserviceaccount.com"
PERSON = "ana@p.iam.gserviceaccount.com"


@dataclass
class Google:
    """What was asked: (path, bearer). `may` is whether the person may act as the operator account."""

    url: str
    may: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, path: str, bearer: str) -> tuple[int, dict[str, Any]]:
        self.asked.append((path, bearer))
        if path == "/token":
            return 200, {"access_token": "person", "expires_in": 3600, "token_type": "Bearer"}
        if path.endswith(":generateAccessToken"):
            allowed = self.may and bearer == "Bearer person"
            return (
                (200, {"accessToken": "operator", "expireTime": "2999-01-01T00:00:00Z"})
                if allowed
                else (403, {"error": {"code": 403}})
            )
        return (200, {"payload": {"data": "aGVsbG8="}}) if bearer == "Bearer operator" else (403, {})


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    """A person's saved login, and the services that turn it into tokens."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def do_GET(self) -> None:
            status, body = cloud.answer(self.path, self.headers.get("Authorization", ""))
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cloud = Google(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    saved = tmp_path / "adc.json"
    login = {
        "type": "service_account",
        "client_email": PERSON,
        "private_key": key.decode(),
        "token_uri": f"{cloud.url}/token",
        "project_id": "p",
    }
    saved.write_text(json.dumps(login))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(saved))
    monkeypatch.setattr(targets, "_IAM", cloud.url)
    yield cloud
    server.shutdown()
    server.server_close()


def test_a_command_acts_as_the_operator_account(google: Google) -> None:
    """Google sees the operator account, got by the person's own login, and a secret is read as it."""
    assert access_secret("projects/p/secrets/s/versions/1", OPS, base=google.url) == "hello"
    paths = [path for path, _ in google.asked]
    assert paths == [
        "/token",
        f"/v1/projects/-/serviceAccounts/{OPS}:generateAccessToken",
        "/v1/projects/p/secrets/s/versions/1:access",
    ]


def test_every_client_of_the_desk_is_the_operator(google: Google) -> None:
    """Inbox, files, queue and secrets are reached as the operator account, and the saved login stays what it
    was.
    """
    environment = {
        "google_cloud_project": "p",
        "media_bucket": "b",
        "tasks_queue": "projects/p/locations/l/queues/q",
        "worker_url": "https://w",
    }
    desk = Desk(Target(**environment, cuadra_ops_account=OPS).as_operator())
    inbox: Any = desk.inbox
    held = [
        inbox._client._credentials,
        desk.media._client._credentials,
        desk.queue._client.transport._credentials,
    ]
    assert {one.service_account_email for one in held} == {OPS}
    assert google_credentials().service_account_email == PERSON
    desk.close()


def test_who_may_not_act_as_it_is_told_what_to_do(google: Google) -> None:
    """A refusal names the variable that lets one in."""
    google.may = False
    with pytest.raises(TargetError, match=f"may not act as {OPS}: be named in the variable `operators`"):
        google_credentials(OPS)


def test_the_operator_account_itself_needs_no_leave(google: Google) -> None:
    """Where the process already is the account (on a machine of the project's), nothing is asked of
    anyone.
    """
    assert google_credentials(PERSON).service_account_email == PERSON
    assert google.asked == []


def test_without_a_login_it_says_how(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credentials at all is one sentence with the command."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with pytest.raises(TargetError, match=r"gcloud auth application-default login$"):
        google_credentials(OPS)


def test_the_build_stays_itself() -> None:
    """Smoke test and migration do not become the operator: only the operators' commands do."""
    assert Target(google_cloud_project="p", cuadra_ops_account=OPS).cuadra_acting_as == ""
