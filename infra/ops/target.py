"""Finds the deployment that a command works on: the environment of the functions, as Terraform writes it
(operators/environment.json in the source bucket).

CUADRA_ENVIRONMENT names a file with that output; variables of the process win over it. Without either, the
deployment is the demo that runs here.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from functions.errors import CannotRun

_CALL_S = 20
_CLOUD = "https://www.googleapis.com/auth/cloud-platform"
_IAM = "https://iamcredentials.googleapis.com"
_HOW = (
    "Save the deployment's environment (gcloud storage cp "
    "gs://PROJECT-NAME-source/operators/environment.json .cuadra/environment.json) and name it in "
    "CUADRA_ENVIRONMENT"
)


class TargetError(CannotRun):
    """Says what is missing or wrong about the deployment, as a sentence for the operator."""


class Target(BaseSettings):
    """One deployment. Attributes are the environment's names in lower case; what a command does not use may
    be absent.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    google_cloud_project: str
    inbox: str = "firestore"
    firestore_database: str = "(default)"
    daily_cap: int = 300
    media_bucket: str = ""
    tasks_queue: str = ""
    tasks_endpoint: str = ""
    tasks_service_account: str = ""
    worker_url: str = ""
    worker_audience: str = ""
    cloud_sql_instance: str = ""
    cloud_sql_ip: Literal["public", "private"] = "public"
    database_url: SecretStr | None = None
    db_name: str = "cuadra"
    db_user: str = ""
    graph_url: str = "https://graph.facebook.com"
    graph_version: str = "v26.0"
    whatsapp_phone_number_id: str = ""
    whatsapp_access_token: SecretStr | None = None
    whatsapp_app_secret: SecretStr | None = None
    whatsapp_verify_token: SecretStr | None = None
    gemini: Literal["off", "key", "platform"] = "off"
    gemini_api_key: SecretStr | None = None
    gemini_model: str = "gemini-3.5-flash-lite"
    gemini_location: str = "global"
    gemini_url: str = ""
    sunat_ruc: str = ""
    sunat_client_id: str = ""
    sunat_client_secret: SecretStr | None = None
    sunat_login_url: str = "https://api-seguridad.sunat.gob.pe"

    cuadra_scheduler_job: str = Field(
        default="", description="projects/P/locations/R/jobs/J of the sweep; empty on one machine."
    )
    cuadra_webhook_url: str = ""
    cuadra_migrate_account: str = ""
    cuadra_ops_account: str = ""
    cuadra_acting_as: str = Field(
        default="", description="The account that Google's services see; empty: whoever the process is."
    )
    cuadra_secret_access_token: str = Field(
        default="", description="projects/P/secrets/S/versions/V; as the next four."
    )
    cuadra_secret_app_secret: str = ""
    cuadra_secret_verify_token: str = ""
    cuadra_secret_gemini_key: str = ""
    cuadra_secret_sunat_secret: str = ""
    cuadra_patience_s: float = Field(
        default=30, description="How long the smoke test and the doctor try again what fails."
    )
    cuadra_soft_delete_days: int = 7
    cuadra_backup_days: int = 30
    cuadra_inbox_backup_days: int = 30
    cuadra_log_days: int = 30

    def as_operator(self) -> Target:
        """Returns the same deployment, acted on as its operator account by a person who may act as it; the
        demo has no such account.
        """
        return self.model_copy(update={"cuadra_acting_as": self.cuadra_ops_account})

    def secret(
        self, name: Literal["access_token", "app_secret", "verify_token", "gemini_key", "sunat_secret"]
    ) -> str:
        """Returns a secret's value: from the environment, else from Secret Manager. Raises TargetError."""
        local = {
            "access_token": self.whatsapp_access_token,
            "app_secret": self.whatsapp_app_secret,
            "verify_token": self.whatsapp_verify_token,
            "gemini_key": self.gemini_api_key,
            "sunat_secret": self.sunat_client_secret,
        }[name]
        if local:
            return local.get_secret_value()
        version = getattr(self, f"cuadra_secret_{name}")
        if not version:
            raise TargetError(f"the deployment names no secret for {name}")
        return access_secret(version, self.cuadra_acting_as)


def load() -> Target:
    """Returns the target that the process's environment names. Raises TargetError."""
    if path := os.environ.get("CUADRA_ENVIRONMENT"):
        given = _saved(path)
    elif os.environ.get("GOOGLE_CLOUD_PROJECT"):
        given = {}
    else:
        given = _demo()
    given = {name: value for name, value in given.items() if not os.environ.get(name.upper())}
    try:
        return Target(**given)
    except ValidationError as error:
        wrong = sorted(
            {str(e["loc"][0]).upper() for e in error.errors(include_url=False, include_input=False)}
        )
        raise TargetError(f"{', '.join(wrong)} is missing or wrong. {_HOW}") from error


def _saved(path: str) -> dict[str, Any]:
    try:
        return {
            name.lower(): value
            for name, value in json.loads(Path(path).read_text("utf-8")).items()
            if value != ""
        }
    except (OSError, ValueError, AttributeError) as error:
        raise TargetError(
            f"CUADRA_ENVIRONMENT={path} cannot be read ({type(error).__name__}). {_HOW}"
        ) from error


def _demo() -> dict[str, Any]:
    """Returns the stack that runs on this machine, as its operator sees it."""
    from infra.local import stack  # not deployed to the cloud

    try:
        where = stack.Where.running(stack.default_home())
    except stack.NotStarted as error:
        raise TargetError(f"no deployment is named and no demo runs here. {_HOW}") from error
    os.environ.setdefault("STORAGE_EMULATOR_HOST", where.storage)
    return {
        "google_cloud_project": "cuadra-local",
        "inbox": f"sqlite:{where.home}/inbox.sqlite",
        "media_bucket": stack.BUCKET,
        "tasks_queue": stack.QUEUE,
        "tasks_endpoint": where.tasks,
        "worker_url": where.worker,
        "database_url": where.dsn.replace("postgresql://", "postgresql+pg8000://"),
        "graph_url": where.simulator,
        "whatsapp_phone_number_id": stack.NUMBER_ID,
        "whatsapp_access_token": where.access_token,
        "whatsapp_app_secret": where.app_secret,
        "whatsapp_verify_token": where.verify_token,
        "cuadra_webhook_url": where.webhook,
        "cuadra_patience_s": 1,
    }


def google_credentials(acting_as: str = "") -> Any:
    """Returns credentials for Google's APIs: the process's own, or those of the service account `acting_as`,
    which must allow it. Raises TargetError.

    This changes nothing that gcloud or Terraform use: the person who is logged in stays so.
    """
    import google.auth  # local commands need none
    from google.auth import exceptions, impersonated_credentials  # as above
    from google.auth.transport.requests import Request  # as above

    try:
        own, _ = google.auth.default(scopes=[_CLOUD])
    except exceptions.GoogleAuthError as error:
        raise TargetError("there are no Google credentials: gcloud auth application-default login") from error
    if not acting_as or getattr(own, "service_account_email", None) == acting_as:
        return own
    endpoint = f"{_IAM}/v1/projects/-/serviceAccounts/{acting_as}:generateAccessToken"
    acting = impersonated_credentials.Credentials(own, acting_as, [_CLOUD], iam_endpoint_override=endpoint)
    try:
        acting.refresh(Request())
    except exceptions.GoogleAuthError as error:
        raise TargetError(
            f"your login may not act as {acting_as}: be named in the variable `operators` (an owner too), "
            "apply, and try again in a minute; or log in again: gcloud auth application-default login, and "
            "set-quota-project to this deployment's"
        ) from error
    return acting


def google_session(acting_as: str = "") -> Any:
    """Returns an authorised session for Google's REST APIs. Raises TargetError."""
    from google.auth.transport.requests import AuthorizedSession  # local commands need none

    return AuthorizedSession(google_credentials(acting_as))


def access_secret(
    version: str, acting_as: str = "", *, base: str = "https://secretmanager.googleapis.com"
) -> str:
    """Returns the value of `projects/P/secrets/S/versions/V`. Raises TargetError."""
    import base64  # only here

    answer = google_session(acting_as).get(f"{base}/v1/{version}:access", timeout=_CALL_S)
    if answer.status_code != 200:
        raise TargetError(f"{version} cannot be read: HTTP {answer.status_code}")
    return base64.b64decode(answer.json()["payload"]["data"]).decode()
