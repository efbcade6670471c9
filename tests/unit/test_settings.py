from __future__ import annotations

import os
from pathlib import Path

import pytest

from infra.settings import (
    BUDGET,
    Settings,
    SettingsError,
    WebhookSettings,
    WorkerSettings,
    load,
    markdown_table,
    with_table,
)

pytestmark = pytest.mark.unit

COMMON = {
    "GOOGLE_CLOUD_PROJECT": "p",
    "WHATSAPP_ACCESS_TOKEN": "token-value",
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "MEDIA_BUCKET": "b",
    "TASKS_QUEUE": "projects/p/locations/l/queues/q",
    "WORKER_URL": "https://worker.test/",
    "TASKS_SERVICE_ACCOUNT": "tasks@p.test",
}
WEBHOOK = COMMON | {"WHATSAPP_APP_SECRET": "secret-value", "WHATSAPP_VERIFY_TOKEN": "verify-value"}
WORKER = COMMON | {"DATABASE_URL": "postgresql+pg8000://u:pw-value@127.0.0.1/d"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in os.environ:
        monkeypatch.delenv(name)
    return monkeypatch


def put(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_everything_missing_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    """One error names every setting that is missing, by its environment name."""
    with pytest.raises(SettingsError) as error:
        load(WebhookSettings)
    assert set(str(error.value).split("; ")) == {
        "TASKS_SERVICE_ACCOUNT is required unless TASKS_ENDPOINT names a stand-in",
        *(f"{name} is missing" for name in WEBHOOK if name != "TASKS_SERVICE_ACCOUNT"),
    }


@pytest.mark.parametrize("blank", [" ", "\n", "\t \r\n"])
def test_blank_secrets_refuse_to_start(environment: pytest.MonkeyPatch, blank: str) -> None:
    """A secret of blanks, with which anybody could sign, is named before the first request; the one that is
    being rotated too.
    """
    names = {
        WebhookSettings: {
            "WHATSAPP_ACCESS_TOKEN",
            "WHATSAPP_APP_SECRET",
            "WHATSAPP_APP_SECRET_PREVIOUS",
            "WHATSAPP_VERIFY_TOKEN",
        },
        WorkerSettings: {"WHATSAPP_ACCESS_TOKEN", "WHATSAPP_APP_SECRET", "DATABASE_URL", "GEMINI_API_KEY"},
    }
    put(environment, WEBHOOK | WORKER | dict.fromkeys(set().union(*names.values()), blank))
    for cls, wrong in names.items():
        with pytest.raises(SettingsError) as error:
            load(cls)
        assert set(str(error.value).split("; ")) == {f"{name} must not be blank" for name in wrong}


def test_a_secret_comes_without_the_end_of_its_line(environment: pytest.MonkeyPatch) -> None:
    """Blanks around a secret, as pasting adds them, are no part of it."""
    put(environment, WEBHOOK | {"WHATSAPP_APP_SECRET": " secret-value\n"})
    assert load(WebhookSettings).whatsapp_app_secret.get_secret_value() == "secret-value"


def test_invalid_and_contradicting_settings_are_named_together_without_values(
    environment: pytest.MonkeyPatch,
) -> None:
    """What is wrong and what is missing come in one sentence each, and no value is repeated."""
    wrong = {
        "INBOX": "redis",
        "WORKER_URL": "worker.test",
        "GEMINI": "key",
        "OCR_SLOTS": "0",
        "TASKS_QUEUE": "q",
        "CLOUD_SQL_INSTANCE": "p:r:i",
    }
    put(environment, WORKER | wrong)
    with pytest.raises(SettingsError) as error:
        load(WorkerSettings)
    text = str(error.value)
    assert {part.split()[0] for part in text.split("; ")} == {*wrong, "GEMINI_API_KEY", "DB_USER"} - {
        "GEMINI"
    }
    assert not [secret for secret in ("token-value", "pw-value", "redis", "worker.test") if secret in text]


def test_cloud_settings_load_with_their_defaults(environment: pytest.MonkeyPatch) -> None:
    """The required settings alone are enough; an empty variable is an unset one; addresses lose their last
    slash.
    """
    put(environment, WEBHOOK | {"DAILY_CAP": "", "WORKER_AUDIENCE": "", "GRAPH_URL": "http://127.0.0.1:1/"})
    settings = load(WebhookSettings)
    assert (settings.daily_cap, settings.audience, settings.graph_url) == (
        300,
        "https://worker.test",
        "http://127.0.0.1:1",
    )
    assert settings.whatsapp_app_secret.get_secret_value() == "secret-value"
    assert settings.whatsapp_app_secret_previous is None


def test_secrets_do_not_show(environment: pytest.MonkeyPatch) -> None:
    """Printing the settings prints no secret."""
    put(
        environment,
        WEBHOOK | WORKER | {"GEMINI_API_KEY": "key-value", "WHATSAPP_APP_SECRET_PREVIOUS": "old-value"},
    )
    shown = repr(load(WebhookSettings)) + repr(load(WorkerSettings))
    assert not [
        part
        for part in ("secret-value", "token-value", "verify-value", "pw-value", "key-value", "old-value")
        if part in shown
    ]


def test_one_database_and_only_one(environment: pytest.MonkeyPatch) -> None:
    """Exactly one of Cloud SQL and a plain address is taken."""
    put(environment, COMMON)
    with pytest.raises(SettingsError, match="CLOUD_SQL_INSTANCE or DATABASE_URL is required"):
        load(WorkerSettings)
    put(environment, {"CLOUD_SQL_INSTANCE": "p:r:i", "DB_USER": "worker@p.iam"})
    assert load(WorkerSettings).cloud_sql_instance == "p:r:i"


@pytest.mark.parametrize("cls", [Settings, WebhookSettings, WorkerSettings])
def test_every_setting_has_its_sentence(cls: type[Settings]) -> None:
    """No setting is without a sentence."""
    assert [
        name for name, field in cls.model_fields.items() if not (field.description or "").endswith(".")
    ] == []


def test_a_thread_is_left_for_what_needs_no_reading(environment: pytest.MonkeyPatch) -> None:
    """An instance that may read in all its threads does not start, and says which settings contradict each
    other.
    """
    put(environment, WORKER | {"OCR_SLOTS": "4", "THREADS": "4"})
    with pytest.raises(SettingsError, match="OCR_SLOTS must be less than THREADS"):
        load(WorkerSettings)


def test_readme_has_the_table_of_settings() -> None:
    """The README's table is the one that `python -m infra.settings` writes."""
    assert markdown_table() in (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_table_replaces_what_is_between_the_markers() -> None:
    """Only the part between the markers changes, and twice is once."""
    page = with_table("before\n<!-- settings -->\nold\n<!-- /settings -->\nafter\n")
    assert page == f"before\n{markdown_table()}\nafter\n"
    assert with_table(page) == page


def test_the_figures_of_the_budget_leave_one_another_room() -> None:
    """What ships contradicts nothing."""
    assert list(BUDGET.contradictions()) == []


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"LEASE_S": "5"}, ("WORKER_TIMEOUT_S", "LEASE_S")),
        ({"OCR_DEADLINE_S": "600"}, ("OCR_DEADLINE_S", "WORKER_TIMEOUT_S")),
        ({"OCR_DEADLINE_S": "15"}, ("GEMINI_S", "OCR_DEADLINE_S")),
        ({"OPENING_S": "31"}, ("OPENING_S", "OCR_DEADLINE_S")),
        ({"LANE_LEASE_S": "1"}, ("GRAPH_S", "LANE_LEASE_S")),
        ({"LANE_PATIENCE_S": "60"}, ("LEASE_S", "LANE_PATIENCE_S")),
        ({"SWEEP_ADMITTED_S": "10"}, ("WEBHOOK_S", "SWEEP_ADMITTED_S")),
        ({"LEASE_S": "100", "LANE_PATIENCE_S": "300"}, ("LEASE_S", "DISPATCH_DEADLINE_S")),
    ],
)
def test_deadlines_that_contradict_each_other_refuse_to_start(
    environment: pytest.MonkeyPatch, given: dict[str, str], named: tuple[str, str]
) -> None:
    """A lease, deadline or timeout that leaves another no room stops the start, and both are named with their
    seconds.
    """
    put(environment, WORKER | given)
    with pytest.raises(SettingsError) as error:
        load(WorkerSettings)
    assert [name for name in named if f"{name} (" not in str(error.value)] == []


def test_a_budget_in_proportion_starts(environment: pytest.MonkeyPatch) -> None:
    """All of it shorter, as a test wants it, is no contradiction; what no setting says stays as it is."""
    shorter = {
        "OCR_DEADLINE_S": "10",
        "OPENING_S": "6",
        "GEMINI_S": "4",
        "BEGIN_BY_S": "2.5",
        "WORKER_TIMEOUT_S": "13",
        "LEASE_S": "14",
    }
    put(environment, WORKER | shorter)
    budget = load(WorkerSettings).budget
    assert (budget.lease_s, budget.gemini_s, budget.graph_s) == (14, 4, BUDGET.graph_s)
