from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from functions.whatsapp import payload, tasks
from infra import settings
from infra.ops.target import Target
from infra.settings import Settings, WebhookSettings, WorkerSettings
from tests.deploy.conftest import ROOT, Applied, Terraform, run_of
from tests.scale import only_long

pytestmark = pytest.mark.contract

RUNS = re.findall(r'^run "(\w+)"', (ROOT / "terraform/tests/wiring.tftest.hcl").read_text(), re.MULTILINE)
PLATFORM = {"THREADS", "LOG_EXECUTION_ID"}
"""Read by functions-framework; how many threads it starts is a setting of the worker too."""
READERS = {
    "whatsapp-access-token": {"ops", "webhook", "worker"},
    "whatsapp-app-secret": {"build", "ops", "webhook", "worker"},
    "whatsapp-verify-token": {"build", "ops", "webhook"},
}
ONE_MACHINE_ONLY = {"TASKS_ENDPOINT", "DATABASE_URL", "GEMINI_URL", "GRAPH_URL", "INBOX"}
"""Settings whose defaults are the cloud's, or whose whole purpose is a stand-in."""


@pytest.fixture(scope="module")
def deployed(runs: dict[str, Applied]) -> Applied:
    return runs["deployed"]


def config(run: Applied, function: str) -> dict[str, Any]:
    return run.resources[f"google_cloudfunctions2_function.{function}[0]"]["service_config"][0]


def mounted(run: Applied, function: str) -> dict[str, dict[str, Any]]:
    return {e["key"]: e for e in config(run, function)["secret_environment_variables"]}


def names(cls: type[Settings]) -> set[str]:
    return {name.upper() for name in cls.model_fields}


def test_formatted(terraform: Terraform) -> None:
    """Every file is as `terraform fmt` writes it."""
    done = terraform("fmt", "-check", "-recursive", "-diff")
    assert done.returncode == 0, done.stdout


def test_valid(terraform: Terraform) -> None:
    """Every argument exists in the provider's schema with the type it is given."""
    done = terraform("validate", "-no-color")
    assert done.returncode == 0, done.stderr


def test_a_misspelt_argument_is_found(terraform: Terraform) -> None:
    """The offline provider really holds the configuration to the schema."""
    queue = terraform.folder / "queue.tf"
    right = queue.read_text()
    try:
        queue.write_text(right.replace("max_backoff", "max_back_off"))
        done = terraform("validate", "-no-color")
    finally:
        queue.write_text(right)
    assert done.returncode == 1
    assert "max_back_off" in done.stderr


@pytest.mark.parametrize("name", [run_of(name) for name in RUNS])
def test_run(runs: dict[str, Applied], name: str) -> None:
    """The wiring that terraform/tests states holds when planned and applied against mocks."""
    assert runs[name].status == "pass", runs[name].messages


@pytest.mark.parametrize(("function", "cls"), [("webhook", WebhookSettings), ("worker", WorkerSettings)])
@pytest.mark.parametrize(
    "run",
    [
        *map(run_of, ("deployed", "private_networking", "gemini_by_key", "gemini_off")),
        run_of("app_secret_while_it_is_rotated"),
    ],
)
def test_environment_is_what_settings_ask_for(
    runs: dict[str, Applied], run: str, function: str, cls: type[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each function is given every setting that it cannot start without, nothing that it would not read, and
    starts with it.
    """
    secrets = mounted(runs[run], function)
    plain = config(runs[run], function)["environment_variables"]
    assert not secrets.keys() & plain.keys()
    given = secrets.keys() | plain.keys()
    assert given - names(cls) == PLATFORM - names(cls)
    assert not given & ONE_MACHINE_ONLY
    for name in names(cls):
        monkeypatch.delenv(name, raising=False)
    for name in given:
        monkeypatch.setenv(name, plain.get(name, "secret"))
    loaded = settings.load(cls)
    assert loaded.inbox == "firestore"


def test_every_secret_is_read_by_its_table(deployed: Applied) -> None:
    """Exactly the accounts of one table read each secret, and no role on the project lets anyone else read
    one.
    """
    readers: dict[str, set[str]] = {}
    for address, values in deployed.of("google_secret_manager_secret_iam_member").items():
        secret, who = re.search(r'\["(\S+) (\S+)"\]', address).groups()
        account = deployed.resources[f'google_service_account.account["{who}"]']
        assert values["member"] == account["member"]
        assert values["secret_id"] == f"cuadra-{secret}"
        assert values["role"] == "roles/secretmanager.secretAccessor"
        readers.setdefault(secret, set()).add(who)
    assert readers == READERS
    roles = {values["role"] for values in deployed.of("google_project_iam_member").values()}
    assert not [role for role in roles if "secretmanager" in role or role in ("roles/owner", "roles/editor")]
    assert not [
        p
        for p in deployed.resources["google_project_iam_custom_role.secret_keeper"]["permissions"]
        if p.endswith(".access")
    ]


def test_a_function_mounts_only_what_it_may_read(deployed: Applied) -> None:
    """A secret that a function mounts is one that its account is a reader of, pinned to a version."""
    for function in ("webhook", "worker"):
        for entry in mounted(deployed, function).values():
            assert function in READERS[entry["secret"].removeprefix("cuadra-")]
            assert entry["version"].isdigit()


def test_every_secret_setting_comes_from_the_secret_manager(runs: dict[str, Applied]) -> None:
    """What settings call a secret is never a plain environment variable."""
    for run in ("deployed", "gemini_by_key"):
        for function, cls in (("webhook", WebhookSettings), ("worker", WorkerSettings)):
            secret = {n.upper() for n, f in cls.model_fields.items() if "SecretStr" in str(f.annotation)}
            assert not secret & config(runs[run], function)["environment_variables"].keys()
            assert mounted(runs[run], function).keys() <= secret


def test_retries_and_rates_are_what_the_code_assumes(deployed: Applied) -> None:
    """The queue's back-off and pace are the code's, and it never gives up."""
    queue = deployed.resources["google_cloud_tasks_queue.tasks"]
    assert queue["rate_limits"][0]["max_dispatches_per_second"] == settings.DISPATCHES_PER_SECOND
    retry = queue["retry_config"][0]
    assert (retry["max_attempts"], retry["min_backoff"], retry["max_backoff"], retry["max_doublings"]) == (
        -1,
        f"{settings.RETRY_MIN_S}s",
        f"{settings.RETRY_MAX_S}s",
        settings.RETRY_DOUBLINGS,
    )
    assert retry["max_retry_duration"] is None


def test_they_are_written_once() -> None:
    """Neither terraform/ nor the code has a figure of the queue's, or a deadline, of its own: both read
    infra/queue.json and infra/budget.json.
    """
    said = json.loads((ROOT / "infra/queue.json").read_text())
    queue = (ROOT / "terraform/queue.tf").read_text()
    for name in ("max_attempts", "min_backoff", "max_backoff", "max_doublings", "max_dispatches_per_second"):
        (value,) = re.findall(rf"^ +{name} += (.+)$", queue, re.MULTILINE)
        assert "local._queue." in value
    code = (ROOT / "infra/settings.py").read_text().split("class Settings")[0]
    assert sorted(re.findall(r'^[A-Z_]+ = _QUEUE\["(\w+)"\]$', code, re.MULTILINE)) == sorted(
        said.keys() - {"max_attempts"}
    )


@pytest.fixture
def releases(tmp_path: Path, terraform: Terraform) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Terraform on the real resource and output that say what is live, with functions that can be made to
    fail.
    """
    live = re.search(
        r'^resource "terraform_data" "live" \{.*?^\}',
        (ROOT / "terraform/functions.tf").read_text(),
        re.MULTILINE | re.DOTALL,
    )
    said = re.search(
        r'^output "source_object" \{.*?^\}',
        (ROOT / "terraform/outputs.tf").read_text(),
        re.MULTILINE | re.DOTALL,
    )
    assert live
    assert said
    function = """resource "terraform_data" "{0}" {{
      triggers_replace = var.source_object
      provisioner "local-exec" {{
        command = var.fails == "{0}" ? "false" : "true"
      }}
    }}"""
    head = 'variable "source_object" { type = string }\nvariable "fails" { default = "" }\n'
    parts = [function.format(name) for name in ("webhook", "worker")]
    (tmp_path / "main.tf").write_text(
        "\n".join(
            (head, *parts, live[0].replace("google_cloudfunctions2_function", "terraform_data"), said[0])
        )
    )
    here = Terraform(tmp_path, terraform.env | {"TF_DATA_DIR": str(tmp_path / "data")})
    assert here("init", "-no-color").returncode == 0

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return here(*arguments, *(["-auto-approve", "-no-color"] if arguments[0] == "apply" else []))

    return run


def test_what_is_live_is_what_both_functions_run(
    releases: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """Before the first apply nothing is live and that is no error; an apply that fails at either function
    leaves the source before it as the answer.
    """
    assert json.loads(releases("output", "-json").stdout) == {}
    assert releases("apply", "-var", "source_object=none").returncode == 0
    assert releases("output", "-raw", "source_object").stdout == "none"
    assert releases("apply", "-var", "source_object=one").returncode == 0
    for broken in ("webhook", "worker"):
        assert releases("apply", "-var", f"source_object={broken}", "-var", f"fails={broken}").returncode == 1
        assert json.loads(releases("output", "-json").stdout)["source_object"]["value"] == "one"
    assert releases("apply", "-var", "source_object=two").returncode == 0
    assert releases("output", "-raw", "source_object").stdout == "two"


def test_operators_can_read_what_they_need(deployed: Applied) -> None:
    """The deployment's environment lies as an object that each operator may read with their own login, and
    that object alone; no secret is in it.
    """
    written = json.loads(deployed.resources["google_storage_bucket_object.environment"]["content"])
    assert written == deployed.outputs["environment"]
    assert Target(**{name.lower(): value for name, value in written.items() if value}).cuadra_ops_account
    path = "cuadra-prod-cuadra-source/operators/environment.json"
    assert deployed.outputs["environment_object"] == f"gs://{path}"
    reader = deployed.resources['google_storage_bucket_iam_member.environment["group:ops@example.com"]']
    assert reader["role"] == "roles/storage.objectViewer"
    assert (
        reader["condition"][0]["expression"]
        == f'resource.name == "projects/_/buckets/{path.replace("/", "/objects/", 1)}"'
    )
    assert not [
        name
        for name in written
        if name in {"WHATSAPP_ACCESS_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN", "GEMINI_API_KEY"}
    ]


def test_a_worker_is_cut_off_before_its_lease_ends(deployed: Applied) -> None:
    """Function timeout < lease < dispatch deadline, so that no document has two workers."""
    assert config(deployed, "worker")["timeout_seconds"] == settings.BUDGET.worker_timeout_s
    assert list(settings.BUDGET.contradictions()) == []


def test_the_scheduler_sends_what_the_worker_reads(deployed: Applied) -> None:
    """The sweep's body is a task, once a minute, and so is the synthetic sender's turn."""
    job = deployed.resources["google_cloud_scheduler_job.sweep[0]"]
    assert tasks.load(base64.b64decode(job["http_target"][0]["body"])) == tasks.SweepTask()
    assert job["schedule"] == "* * * * *"
    turn = deployed.resources["google_cloud_scheduler_job.synthetic[0]"]
    assert tasks.load(base64.b64decode(turn["http_target"][0]["body"])) == tasks.SyntheticTask()


@only_long("Terraform plans twice more; only a change of its configuration could break it")
def test_a_plan_after_an_apply_is_empty(runs: dict[str, Applied]) -> None:
    """Nothing in the configuration changes by itself; a plan of other variables right after it shows that
    changes would be seen.
    """
    assert runs["nothing_to_do_after_an_apply"].changes == {}
    assert "google_cloud_tasks_queue.tasks" in runs["as_many_as_fit"].changes


def test_counts(runs: dict[str, Applied]) -> None:
    """How many of each resource there are, first and deployed, so that a loop that lost an element is
    seen.
    """

    def counts(run: Applied) -> dict[str, int]:
        kinds = [a.split(".")[0] for a in run.resources if not a.startswith("data.")]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds))}

    first = {
        "google_cloud_tasks_queue": 1,
        "google_cloud_tasks_queue_iam_member": 5,
        "google_firestore_backup_schedule": 1,
        "google_firestore_database": 1,
        "google_firestore_field": 9,
        "google_logging_metric": 11,
        "google_logging_project_bucket_config": 1,
        "google_monitoring_alert_policy": 4,
        "google_monitoring_dashboard": 1,
        "google_monitoring_notification_channel": 1,
        "google_project_iam_audit_config": 5,
        "google_project_iam_custom_role": 1,
        "google_project_iam_member": 36,
        "google_project_service": 17,
        "google_secret_manager_secret": 3,
        "google_secret_manager_secret_iam_member": 10,
        "google_service_account": 8,
        "google_service_account_iam_member": 10,
        "google_sql_database": 1,
        "google_sql_database_instance": 1,
        "google_sql_user": 3,
        "google_storage_bucket": 2,
        "google_storage_bucket_iam_member": 6,
        "google_storage_bucket_object": 1,
        "terraform_data": 1,
    }
    with_functions = {
        "google_cloud_run_v2_service_iam_binding": 1,
        "google_cloud_run_v2_service_iam_member": 1,
        "google_cloud_scheduler_job": 3,
        "google_cloudfunctions2_function": 2,
        "google_monitoring_alert_policy": 34,
        "google_monitoring_custom_service": 2,
        "google_monitoring_slo": 2,
        "google_monitoring_uptime_check_config": 1,
    }
    assert counts(runs["first_apply_makes_everything_but_the_functions"]) == first
    assert counts(runs["deployed"]) == first | with_functions


def test_who_looks_at_data_is_logged(deployed: Applied) -> None:
    """Acting as an account, reading a secret, an original or the inbox, and logging in to the database are
    audited; only the functions' own work is not.
    """
    email = {
        who: deployed.resources[f'google_service_account.account["{who}"]']["member"]
        for who in ("webhook", "worker")
    }
    audited = {
        (values["service"], log["log_type"]): set(log["exempted_members"] or [])
        for values in deployed.of("google_project_iam_audit_config").values()
        for log in values["audit_log_config"]
    }
    functions = set(email.values())
    assert audited == {
        ("cloudsql.googleapis.com", "DATA_READ"): {email["worker"]},
        ("cloudsql.googleapis.com", "DATA_WRITE"): {email["worker"]},
        ("datastore.googleapis.com", "DATA_READ"): functions,
        ("datastore.googleapis.com", "DATA_WRITE"): functions,
        ("iam.googleapis.com", "ADMIN_READ"): set(),
        ("iam.googleapis.com", "DATA_READ"): set(),
        ("secretmanager.googleapis.com", "DATA_READ"): set(),
        ("storage.googleapis.com", "DATA_READ"): functions,
        ("storage.googleapis.com", "DATA_WRITE"): functions,
    }


def test_a_purge_is_told_how_long_things_are_kept(deployed: Applied) -> None:
    """What the receipt of a purge says of logs and of the inbox's backups is what Terraform sets."""
    said = deployed.outputs["environment"]
    assert (
        deployed.resources["google_logging_project_bucket_config.default"]["retention_days"]
        == int(said["CUADRA_LOG_DAYS"])
        == 30
    )
    kept = deployed.resources["google_firestore_backup_schedule.daily"]
    assert kept["retention"] == f"{int(said['CUADRA_INBOX_BACKUP_DAYS']) * 86_400}s" == "2592000s"
    assert kept["database"] == deployed.resources["google_firestore_database.inbox"]["name"]
    assert len(kept["daily_recurrence"]) == 1


def test_the_dashboard_says_nothing_that_the_service_leaves_out(deployed: Applied) -> None:
    """No nought and no empty list in the dashboard's JSON: the service drops them, and each plan would want
    them back.
    """
    board = json.loads(deployed.resources["google_monitoring_dashboard.overview"]["dashboard_json"])

    def said(value: Any) -> list[Any]:
        inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
        return [value, *(found for one in inner for found in said(one))]

    assert not [value for value in said(board) if value in (0, [], {}, None, "")]
    places = {(tile.get("xPos", 0), tile.get("yPos", 0)) for tile in board["mosaicLayout"]["tiles"]}
    assert places == {(x, y) for x in (0, 6) for y in range(0, 4 * len(places) // 2, 4)}


def test_the_functions_build_reads_sources_only(deployed: Applied) -> None:
    """Of the platform's buckets the account that builds the functions reads those of sources, and never the
    originals'.
    """
    said = deployed.resources["google_project_iam_member.package_sources"]["condition"][0]["expression"]
    assert re.findall(r'startsWith\("projects/_/buckets/([^"]+)"\)', said) == [
        "gcf-v2-sources-123456789012-",
        "gcf-v2-uploads-123456789012",
        "run-sources-cuadra-prod-",
    ]


def test_no_receipt_is_indexed_by_its_time(deployed: Applied) -> None:
    """Every status that is kept holds a time that only grows; none of them has an index, which would bend at
    500 writes a second.
    """
    kept = set(get_args(payload.StatusName)) - {"read"}  # the webhook keeps no «read»
    fields = [
        values
        for values in deployed.of("google_firestore_field").values()
        if values["collection"] == "receipts"
    ]
    assert {values["field"] for values in fields} == kept | {"expires_at"}
    assert all(values["index_config"][0]["indexes"] in (None, []) for values in fields)


def test_only_the_webhook_is_public(deployed: Applied) -> None:
    """The public stands once, on the webhook; allAuthenticatedUsers nowhere."""
    public = [
        address
        for address, values in deployed.resources.items()
        if {"allUsers", "allAuthenticatedUsers"} & members(values)
    ]
    assert public == ["google_cloud_run_v2_service_iam_member.webhook_public[0]"]


def members(values: dict[str, Any]) -> set[str]:
    return {values.get("member", "")} | set(values.get("members") or [])


def test_the_example_of_variables_applies(terraform: Terraform, tmp_path: Any) -> None:
    """terraform.tfvars.example holds only variables that exist, its commented lines too, and none of them is
    a secret.
    """
    example = (ROOT / "terraform/terraform.tfvars.example").read_text()
    used = set(re.findall(r"^(?:# )?(\w+) +=", example, re.MULTILINE))
    declared = set(
        re.findall(r'^variable "(\w+)"', (ROOT / "terraform/variables.tf").read_text(), re.MULTILINE)
    )
    assert used <= declared
    required = {"project_id", "phone_number_id"}
    assert required <= set(re.findall(r"^(\w+) +=", example, re.MULTILINE))


def test_variables_and_outputs_say_what_they_are() -> None:
    """Every variable and output is described, variables in alphabetical order."""
    variables = (ROOT / "terraform/variables.tf").read_text()
    found = re.findall(r'^variable "(\w+)" \{\n  description = "(.+)"$', variables, re.MULTILINE)
    assert [name for name, _ in found] == sorted(re.findall(r'^variable "(\w+)"', variables, re.MULTILINE))
    outputs = (ROOT / "terraform/outputs.tf").read_text()
    assert len(
        re.findall(r'^output "\w+" \{\n  description = ".+"$', outputs, re.MULTILINE)
    ) == outputs.count("\noutput ") + outputs.startswith("output ")
