"""Declares every setting of the two functions once, with its name, its default and a sentence; the README's
table is written from here.

python -m infra.settings    rewrites that table in README.md
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from functions.errors import CannotRun

S = TypeVar("S", bound="Settings")

_QUEUE: dict[str, int] = json.loads(Path(__file__).with_name("queue.json").read_text("utf-8"))
"""The queue's pace. Only queue.json states it, for the code, for the queue's stand-in and for terraform/."""
RETRY_MIN_S = _QUEUE["min_backoff_s"]
RETRY_MAX_S = _QUEUE["max_backoff_s"]
RETRY_DOUBLINGS = _QUEUE["max_doublings"]
"""The queue's back-off: 1, 2, 4 … 60 s, for ever (`max_attempts` -1; the worker's own counter decides)."""
DISPATCHES_PER_SECOND = _QUEUE["max_dispatches_per_second"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Every deadline, lease and timeout that another one rests on, in seconds. Only budget.json states the
    figures, for the code and for terraform/.

    A reading ends by `ocr_deadline_s`: opening takes at most `opening_s`, SUNAT's word `sunat_s`, and a model
    `gemini_s` but never the last `gemini_reserve_s`; a pass of the larger OCR model is not begun with less
    than `second_look_s` left. A task fetches and stores its file (`fetch_s`, `store_s`) and begins no reading
    after `begin_by_s`. The function is cut off after `worker_timeout_s`; a worker holds a document for
    `lease_s`; the queue waits for an answer for `dispatch_deadline_s`. One call of the Graph API takes
    `graph_s`; a worker holds a lane for `lane_lease_s`; a lane gathers for `lane_gather_s` and is passed
    after `lane_patience_s`; a receipt is waited for `receipt_wait_s`. The webhook fetches and stores files
    for `media_s`, begins nothing new after `webhook_s` and is cut off after `webhook_timeout_s`; what it did
    not enqueue is enqueued after `sweep_admitted_s`.
    """

    ocr_deadline_s: float
    opening_s: float
    gemini_s: float
    gemini_reserve_s: float
    sunat_s: float
    second_look_s: float
    fetch_s: float
    store_s: float
    begin_by_s: float
    worker_timeout_s: float
    lease_s: float
    dispatch_deadline_s: float
    graph_s: float
    lane_lease_s: float
    lane_gather_s: float
    lane_patience_s: float
    receipt_wait_s: float
    media_s: float
    webhook_s: float
    webhook_timeout_s: float
    sweep_admitted_s: float

    def contradictions(self) -> Iterator[str]:
        """Yields a sentence for each figure that leaves another no room; it names all of them, with their
        seconds.
        """
        for parts, whole, why in _ROOM:
            if sum(getattr(self, part) for part in parts) >= getattr(self, whole):
                told = " and ".join(f"{part.upper()} ({getattr(self, part):g} s)" for part in parts)
                yield f"{told} must be less than {whole.upper()} ({getattr(self, whole):g} s): {why}"


_ROOM: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("opening_s",), "ocr_deadline_s", "an opened file must still be read"),
    (("gemini_s", "gemini_reserve_s"), "ocr_deadline_s", "a model's answer must still be judged"),
    (("sunat_s", "gemini_s"), "ocr_deadline_s", "a model must still be asked where SUNAT did not answer"),
    (
        ("begin_by_s", "ocr_deadline_s"),
        "worker_timeout_s",
        "a reading that began must end before the function is cut off",
    ),
    (("worker_timeout_s",), "lease_s", "two workers would read one file"),
    (("lease_s",), "dispatch_deadline_s", "the queue would try again what is being done"),
    (("lease_s",), "lane_patience_s", "a lane would pass an answer that is being made"),
    (("graph_s",), "lane_lease_s", "two workers would send one answer"),
    (("lane_gather_s",), "lane_lease_s", "two workers would send one answer"),
    (("media_s",), "webhook_s", "the other senders of a body would not be begun"),
    (("webhook_s",), "webhook_timeout_s", "a sender that was begun must end before the function is cut off"),
    (("webhook_s",), "sweep_admitted_s", "the sweep would enqueue what a webhook is enqueuing"),
)
"""The figures that must together be less than another one, and what would happen otherwise."""
BUDGET = Budget(**json.loads(Path(__file__).with_name("budget.json").read_text("utf-8")))

MARKS = ("<!-- settings -->", "<!-- /settings -->")

Positive = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0)]
Thinking = Literal["AUTO", "MINIMAL", "LOW", "MEDIUM", "HIGH"]


class Settings(BaseSettings):
    """The settings that both functions need. Attributes are the environment's names in lower case; an empty
    variable counts as unset.
    """

    model_config = SettingsConfigDict(
        defer_build=True, env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    google_cloud_project: str = Field(
        description="The Google Cloud project; on one machine any name will do."
    )
    whatsapp_access_token: SecretStr = Field(
        description="Permanent token of a system user with `whatsapp_business_messaging`."
    )
    whatsapp_phone_number_id: str = Field(
        pattern=r"^\d+$",
        description="Meta's id of the business number (digits); updates for another number are ignored.",
    )
    graph_url: str = Field(
        default="https://graph.facebook.com",
        description="Where the Graph API is; the simulated WhatsApp's address on one machine.",
    )
    graph_s: Seconds = Field(
        default=BUDGET.graph_s, description="Seconds that one call of the Graph API may take."
    )
    graph_version: str = Field(default="v26.0", pattern=r"^v\d+\.\d+$", description="Graph API version.")
    inbox: str = Field(
        default="firestore",
        description="Where identities and admissions live: `firestore`, or `sqlite:PATH` on one machine.",
    )
    firestore_database: str = Field(default="(default)", description="Firestore database id.")
    media_bucket: str = Field(description="Cloud Storage bucket of the original files.")
    tasks_queue: str = Field(
        pattern=r"^projects/[^/]+/locations/[^/]+/queues/[^/]+$",
        description="Cloud Tasks queue, `projects/P/locations/L/queues/Q`.",
    )
    tasks_endpoint: str = Field(
        default="", description="Address of the Cloud Tasks stand-in on one machine; empty in the cloud."
    )
    worker_url: str = Field(description="Where the queue posts tasks: the worker's URL.")
    worker_audience: str = Field(
        default="", description="Audience of the queue's OIDC token; the worker's URL when empty."
    )
    tasks_service_account: str = Field(
        default="", description="Service account that the queue calls the worker as; required in the cloud."
    )
    daily_cap: Positive = Field(default=300, description="Files that one sender may send in one day (Lima).")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Lowest severity that is logged."
    )

    @field_validator("inbox")
    @classmethod
    def _known_inbox(cls, value: str) -> str:
        if value != "firestore" and not (value.startswith("sqlite:") and len(value) > len("sqlite:")):
            raise ValueError("must be firestore or sqlite:PATH")
        return value

    @field_validator(
        "graph_url",
        "tasks_endpoint",
        "worker_url",
        "webhook_url",
        "gemini_url",
        "privacy_url",
        "sunat_url",
        "sunat_login_url",
        "sunat_rates_url",
        check_fields=False,
    )
    @classmethod
    def _url(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator(
        *(
            "whatsapp_access_token",
            "whatsapp_app_secret",
            "whatsapp_app_secret_previous",
            "whatsapp_verify_token",
        ),
        *("database_url", "gemini_api_key", "sunat_client_secret"),
        check_fields=False,
    )
    @classmethod
    def _not_blank(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        # Pasting often adds a line's end, and then no signature would ever match.
        bare = value.get_secret_value().strip()
        if not bare:
            raise ValueError("must not be blank")
        return SecretStr(bare)

    @property
    def audience(self) -> str:
        """The audience of the queue's OIDC token."""
        return self.worker_audience or self.worker_url

    @classmethod
    def contradictions(cls, env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yields (environment name, sentence) for each setting that another one makes necessary or
        impossible; unset and empty are alike.
        """
        if not env.get("TASKS_ENDPOINT") and not env.get("TASKS_SERVICE_ACCOUNT"):
            yield "TASKS_SERVICE_ACCOUNT", "is required unless TASKS_ENDPOINT names a stand-in"


class WebhookSettings(Settings):
    """The settings that the public function needs besides."""

    whatsapp_app_secret: SecretStr = Field(
        description="The Meta app's secret: every webhook's signature is checked with it."
    )
    whatsapp_app_secret_previous: SecretStr | None = Field(
        default=None, description="A second secret that is accepted while the first is being rotated."
    )
    whatsapp_verify_token: SecretStr = Field(
        description="The token typed into Meta's webhook page, compared at the verification handshake."
    )
    media_budget_ms: Positive = Field(
        default=round(1000 * BUDGET.media_s),
        description="Milliseconds the webhook may spend fetching and storing a file; the worker does the "
        "rest.",
    )

    @property
    def budget(self) -> Budget:
        """The figures of budget.json, replaced where a setting says another."""
        return replace(BUDGET, graph_s=self.graph_s, media_s=self.media_budget_ms / 1000)


class WorkerSettings(Settings):
    """The settings that the private function needs besides."""

    whatsapp_app_secret: SecretStr | None = Field(
        default=None,
        description="The Meta app's secret, with which the synthetic sender signs; with WEBHOOK_URL.",
    )
    webhook_url: str = Field(
        default="",
        description="Where the synthetic sender sends to: the webhook's public address. Empty: nowhere.",
    )
    cloud_sql_instance: str = Field(
        default="", description="Cloud SQL instance, `project:region:name`; this or DATABASE_URL."
    )
    cloud_sql_ip: Literal["public", "private"] = Field(
        default="public", description="Which of the instance's addresses the connector uses."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="A plain Postgres address, `postgresql+pg8000://…`; this or CLOUD_SQL_INSTANCE.",
    )
    db_user: str = Field(
        default="", description="IAM database user of the worker; required with CLOUD_SQL_INSTANCE."
    )
    db_name: str = Field(default="cuadra", description="Database name, with CLOUD_SQL_INSTANCE.")
    db_pool_size: Positive = Field(default=4, description="Database connections of one instance.")
    gemini: Literal["off", "key", "platform"] = Field(
        default="off",
        description="How Gemini is reached: not at all, by API key, or through the project (Agent Platform).",
    )
    gemini_api_key: SecretStr | None = Field(
        default=None, description="Gemini API key; required with GEMINI=key."
    )
    gemini_model: str = Field(default="gemini-3.5-flash-lite", description="Model that reads first.")
    gemini_strong_model: str = Field(
        default="gemini-3.8-flash", description="Model asked when the first one's reading does not add up."
    )
    gemini_thinking: Thinking = Field(
        default="MINIMAL", description="How much the first model thinks; AUTO leaves it to the model."
    )
    gemini_strong_thinking: Thinking = Field(
        default="LOW",
        description="How much the stronger model thinks; one that has no MINIMAL is asked for LOW.",
    )
    gemini_location: str = Field(default="global", description="Location of the model, with GEMINI=platform.")
    gemini_url: str = Field(
        default="", description="Another base address for Gemini, for tests; empty means Google's."
    )
    gemini_usd_day: Annotated[Decimal, Field(ge=0)] = Field(
        default=Decimal(50),
        description="US dollars that models may cost in one day (Lima), all workers together; then the own "
        "OCR reads alone.",
    )
    gemini_texts_day: Annotated[int, Field(ge=0)] = Field(
        default=20,
        description="Texts of one sender in one day (Lima) that a model is asked about, those that the words "
        "do not know; 0 asks about none.",
    )
    gemini_when: Literal["unproven", "doubtful"] = Field(
        default="unproven",
        description="Which documents a model is asked about: all that did not prove themselves, or not those "
        "that are consistent.",
    )
    sunat_ruc: str = Field(
        default="",
        pattern=r"^(\d{11})?$",
        description="RUC whose credentials ask SUNAT whether a comprobante is as it was read. Empty: SUNAT "
        "is not asked.",
    )
    sunat_client_id: str = Field(
        default="", description="Client id of SUNAT's API credentials; required with SUNAT_RUC."
    )
    sunat_client_secret: SecretStr | None = Field(
        default=None, description="Client secret of SUNAT's API credentials; required with SUNAT_RUC."
    )
    sunat_url: str = Field(
        default="https://api.sunat.gob.pe",
        description="Where SUNAT's Consulta Integrada is; a stand-in's address on one machine.",
    )
    sunat_login_url: str = Field(
        default="https://api-seguridad.sunat.gob.pe", description="Where SUNAT gives tokens."
    )
    sunat_s: Seconds = Field(
        default=BUDGET.sunat_s, description="Seconds that SUNAT may take in all within one reading."
    )
    ocr_slots: Positive = Field(
        default=2, description="Extractions at the same time in one instance; at most its vCPUs."
    )
    threads: Positive = Field(
        default=8,
        description="Tasks at the same time in one instance, more than `OCR_SLOTS`: the functions framework "
        "starts so many threads.",
    )
    ocr_deadline_s: Seconds = Field(
        default=BUDGET.ocr_deadline_s, description="Seconds that reading one file may take, hard."
    )
    opening_s: Seconds = Field(
        default=BUDGET.opening_s, description="Seconds of it that opening the file may take."
    )
    gemini_s: Seconds = Field(default=BUDGET.gemini_s, description="Seconds of it that a model may take.")
    begin_by_s: Seconds = Field(
        default=BUDGET.begin_by_s,
        description="Seconds into a task after which it begins no reading and comes again.",
    )
    worker_timeout_s: Seconds = Field(
        default=BUDGET.worker_timeout_s, description="Seconds after which the platform cuts the function off."
    )
    lease_s: Seconds = Field(
        default=BUDGET.lease_s,
        description="Seconds a worker owns a document; more than the function's timeout.",
    )
    lane_lease_s: Seconds = Field(
        default=BUDGET.lane_lease_s,
        description="Seconds a worker owns a sender's lane, renewed before each call.",
    )
    lane_gather_s: Annotated[float, Field(ge=0)] = Field(
        default=BUDGET.lane_gather_s,
        description="Seconds a release waits for more answers to combine; half as many more between two "
        "messages while more of a sender's files are read.",
    )
    lane_patience_s: Seconds = Field(
        default=BUDGET.lane_patience_s,
        description="Seconds after which the sweep passes an answer that is not coming.",
    )
    receipt_wait_s: Annotated[float, Field(ge=0)] = Field(
        default=BUDGET.receipt_wait_s,
        description="Seconds to wait for a receipt before an uncertain send is repeated.",
    )
    sweep_admitted_s: Seconds = Field(
        default=BUDGET.sweep_admitted_s,
        description="Seconds after which an admission that was not enqueued is enqueued by the sweep.",
    )
    help_contact: str = Field(default="", description="A human contact that the instructions name.")
    privacy_url: str = Field(default="", description="The privacy page that the instructions name.")
    company: str = Field(
        default="",
        description="Who runs the service: name, RUC, address. With it and PRIVACY_URL a new sender is told "
        "who keeps what.",
    )
    kept_days: Positive = Field(
        default=30,
        description="Days until the last backup, log line or soft-deleted file of what was erased is gone.",
    )
    sunat_rates_url: str = Field(
        default="https://www.sunat.gob.pe/a/txt/tipoCambio.txt",
        description="SUNAT's page of the day's exchange rate; its stand-in's on one machine.",
    )

    @property
    def budget(self) -> Budget:
        """The figures of budget.json, replaced where a setting says another."""
        return replace(
            BUDGET,
            **{name: getattr(self, name) for name in Budget.__slots__ if name in type(self).model_fields},
        )

    @classmethod
    def contradictions(cls, env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yields (environment name, sentence) for each setting that another one makes necessary or
        impossible; unset and empty are alike.
        """
        yield from super().contradictions(env)
        slots, threads = (
            env.get(name) or str(cls.model_fields[name.lower()].default) for name in ("OCR_SLOTS", "THREADS")
        )
        if slots.isdecimal() and threads.isdecimal() and int(slots) >= int(threads):
            yield "OCR_SLOTS", "must be less than THREADS: one is left for what needs no reading"
        if bool(env.get("CLOUD_SQL_INSTANCE")) == bool(env.get("DATABASE_URL")):
            yield "CLOUD_SQL_INSTANCE", "or DATABASE_URL is required, one of the two"
        if env.get("CLOUD_SQL_INSTANCE") and not env.get("DB_USER"):
            yield "DB_USER", "is required with CLOUD_SQL_INSTANCE"
        if env.get("WEBHOOK_URL") and not env.get("WHATSAPP_APP_SECRET"):
            yield "WHATSAPP_APP_SECRET", "is required with WEBHOOK_URL"
        for name in ("SUNAT_CLIENT_ID", "SUNAT_CLIENT_SECRET"):
            if env.get("SUNAT_RUC") and not env.get(name):
                yield name, "is required with SUNAT_RUC"
        if env.get("GEMINI") == "key" and not env.get("GEMINI_API_KEY"):
            yield "GEMINI_API_KEY", "is required with GEMINI=key"


class SettingsError(CannotRun):
    """The process cannot start. The message names every setting that is missing or invalid; the only values
    it shows are seconds.
    """


def load(cls: type[S]) -> S:
    """Returns the settings of `cls` from the environment. Raises SettingsError naming all that is wrong at
    once.
    """
    wrong = dict(cls.contradictions(os.environ))
    sentences: list[str] = []
    settings: S | None = None
    given: dict[str, Any] = {}  # all comes from the environment
    try:
        settings = cls(**given)
        sentences += (
            settings.budget.contradictions() if isinstance(settings, WebhookSettings | WorkerSettings) else ()
        )
    except ValidationError as error:
        for e in error.errors(include_url=False, include_input=False, include_context=False):
            wrong[str(e["loc"][0]).upper()] = (
                "is missing" if e["type"] == "missing" else e["msg"].removeprefix("Value error, ")
            )
    sentences += [f"{name} {sentence}" for name, sentence in wrong.items()]
    if settings is None or sentences:
        raise SettingsError("; ".join(sentences))
    return settings


def markdown_table() -> str:
    """Returns the README's table of settings, with its markers."""
    rows = ["| Setting | Who | Default | What it is |", "| --- | --- | --- | --- |"]
    for who, cls in (("both", Settings), ("webhook", WebhookSettings), ("worker", WorkerSettings)):
        own = (
            cls.model_fields.items()
            if cls is Settings
            else [(n, f) for n, f in cls.model_fields.items() if n not in Settings.model_fields]
        )
        rows += [
            f"| `{name.upper()}` | {who} | {_default(field)} | {field.description} |" for name, field in own
        ]
    return "\n".join((MARKS[0], *rows, MARKS[1]))


def with_table(page: str) -> str:
    """Returns `page` with the text between the markers replaced by the table. Raises ValueError when a marker
    is missing.
    """
    head, rest = page.split(MARKS[0])
    return head + markdown_table() + rest.split(MARKS[1])[1]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    return f"`{field.default}`" if field.default not in (None, "") else ""


if __name__ == "__main__":
    readme = Path(__file__).parents[1] / "README.md"
    readme.write_text(with_table(readme.read_text("utf-8")), "utf-8")
