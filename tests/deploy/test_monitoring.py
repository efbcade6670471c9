from __future__ import annotations

import ast
import json
import re
from typing import Any

import pytest

from functions.whatsapp.synthetic import USER_AGENT
from tests.deploy.conftest import ROOT, Applied
from tests.scale import only_long

pytestmark = pytest.mark.contract

LEVELS = {"debug": "DEBUG", "info": "INFO", "warning": "WARNING", "error": "ERROR", "exception": "ERROR"}


@pytest.fixture(scope="module")
def deployed(runs: dict[str, Applied]) -> Applied:
    return runs["deployed"]


class Lines(ast.NodeVisitor):
    """What the code can log: events with each level they are logged at, field names, and every text there
    is.
    """

    def __init__(self) -> None:
        self.events: set[tuple[str, str]] = set()
        self.fields: set[str] = {"message"}
        self.texts: set[str] = set()
        self.bare: set[str] = set()
        for path in [ROOT / "main.py", *(ROOT / "functions").rglob("*.py"), *(ROOT / "infra").glob("*.py")]:
            tree = ast.parse(path.read_text("utf-8"))
            self._assigned = {
                target.id: node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            self.visit(tree)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            logger = isinstance(node.func.value, ast.Name) and node.func.value.id == "log"
            if (
                logger
                and node.func.attr != "exception"
                and "extra" not in {keyword.arg for keyword in node.keywords}
            ):
                self.bare |= {str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)}
            if logger and node.func.attr in LEVELS and isinstance(node.args[0], ast.Constant):
                self.events.add((node.args[0].value, LEVELS[node.func.attr]))
            if logger and node.func.attr == "log" and isinstance(node.args[1], ast.Constant):
                levels = self._levels(node.args[0])
                event = str(node.args[1].value)
                assert levels, f"at which levels is {event} logged?"
                self.events |= {(event, level) for level in levels}
            if node.func.attr in ("step", "_spent") and isinstance(node.args[0], ast.Constant):
                self.fields.add(f"{node.args[0].value!s}_ms")
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        self.fields |= {
            key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
        }
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            self.fields.add(node.slice.value)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.texts.add(node.value)

    def _levels(self, level: ast.expr) -> set[str]:
        """The levels that an expression can come to: logging.ERROR, one or the other, or a name that stands
        for such.
        """
        if isinstance(level, ast.Name):
            level = self._assigned[level.id]
        return {
            node.attr
            for node in ast.walk(level)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "logging"
        }


@pytest.fixture(scope="module")
def lines() -> Lines:
    return Lines()


def metrics(run: Applied) -> dict[str, dict[str, Any]]:
    return {values["name"]: values for values in run.of("google_logging_metric").values()}


def policies(run: Applied) -> dict[str, dict[str, Any]]:
    return run.of("google_monitoring_alert_policy")


def queries(run: Applied) -> list[str]:
    """Every filter and query of alerts and of the dashboard."""
    board = run.resources["google_monitoring_dashboard.overview"]["dashboard_json"]
    found = re.findall(
        r'"(?:filter|query|prometheusQuery)": ?"((?:[^"\\]|\\.)*)"',
        board + json.dumps(list(policies(run).values())),
    )
    return [json.loads(f'"{text}"') for text in found]


def promised(run: Applied) -> list[str]:
    """Every filter that an objective is measured by."""
    text = json.dumps(list(run.of("google_monitoring_slo").values()))
    return [json.loads(f'"{found}"') for found in re.findall(r'"(?:\w+_filter)": "((?:[^"\\]|\\.)*)"', text)]


def alerted(run: Applied) -> set[tuple[str, str]]:
    """(event, level) of everything that an alert looks for."""
    text = json.dumps([policy["conditions"] for policy in policies(run).values()])
    groups = re.findall(
        r'labels\.severity=\\"([A-Z]+)\\" AND '
        r'metric\.labels\.event=monitoring\.regex\.full_match\(\\"([a-z_|]+)\\"\)',
        text,
    )
    assert len(groups) == text.count("event=monitoring.regex.full_match")
    return {(event, level) for level, events in groups for event in events.split("|")}


def test_fields_of_the_metrics_are_logged(deployed: Applied, lines: Lines) -> None:
    """Every log field that a metric filters on, keeps or labels by is one that the code writes."""
    used = set()
    for metric in metrics(deployed).values():
        text = " ".join(
            [metric["filter"], metric["value_extractor"] or "", *metric["label_extractors"].values()]
        )
        used |= set(re.findall(r"jsonPayload\.(\w+)", text))
    assert used
    assert used <= lines.fields


def test_values_that_are_compared_are_written(deployed: Applied, lines: Lines) -> None:
    """Every event and outcome that a filter names is a text of the code."""
    named = {
        text
        for metric in metrics(deployed).values()
        for text in re.findall(r'"([a-z_]+)"', metric["filter"].split("AND", 2)[-1])
    }
    named |= {
        text
        for query in queries(deployed)
        for text in re.findall(r'(?:metric\.labels\.)?(?:event|outcome)="(\w+)"', query)
    }
    several = re.findall(
        r'outcome(?:=monitoring\.regex\.full_match\(|=~)"([\w|]+)"', " ".join(queries(deployed))
    )
    assert len(several) == 5
    named |= {text for group in several for text in group.split("|")}
    named -= {"cloud_run_revision"}
    assert {"request", "swept", "lease_lost", "twin_lost"} <= named
    assert named <= lines.texts


def test_alerts_name_events_that_exist(deployed: Applied, lines: Lines) -> None:
    """An alert on an event that is never logged at the level it looks for would be a promise nobody keeps."""
    assert alerted(deployed) <= lines.events


def test_every_error_has_its_alert(deployed: Applied, lines: Lines) -> None:
    """What is logged as an error is something a person must act on, so a person is told."""
    errors = {(event, level) for event, level in lines.events if level == "ERROR"}
    assert errors
    assert errors <= alerted(deployed)


def test_levels_are_seen_where_they_are_chosen(lines: Lines) -> None:
    """What is logged at one of two levels counts at both, and at no third."""
    assert {level for event, level in lines.events if event == "request"} == {"WARNING", "INFO"}
    assert {level for event, level in lines.events if event == "send_failed"} == {"ERROR", "WARNING"}


def test_the_time_to_answer_is_that_of_answers(deployed: Applied) -> None:
    """The metric keeps what a release measured of the answers that left, whatever task released them;
    dashboard and alert are built on it.
    """
    metric = metrics(deployed)["cuadra/answer_ms"]
    assert metric["value_extractor"] == "EXTRACT(jsonPayload.answer_ms)"
    assert set(re.findall(r"jsonPayload\.(\w+)", metric["filter"])) == {"message", "answer_ms", "synthetic"}
    assert sum("user/cuadra/answer_ms" in query for query in queries(deployed)) == 3


def test_what_alerts_look_for_is_filed_as_json(deployed: Applied, lines: Lines) -> None:
    """Cloud Logging files a line of nothing but a message as plain text, where no metric looks: what alerts
    need carries a field.
    """
    assert not lines.bare & {event for event, _ in alerted(deployed)}


def test_no_metric_counts_the_synthetic_sender(deployed: Applied) -> None:
    """Every metric leaves its lines out, our own and the platform's, but the one of events and the one that
    is its own.
    """
    mark = f'NOT httpRequest.userAgent="{USER_AGENT}"'
    counted = {
        name
        for name, metric in metrics(deployed).items()
        if not {"NOT jsonPayload.synthetic=true", mark} & set(metric["filter"].split(" AND "))
    }
    assert counted == {"cuadra/events", "cuadra/synthetic"}


def test_what_is_promised_is_shown_and_told(deployed: Applied) -> None:
    """Each promise has its budget on the dashboard and two alerts, and each of them looks at the promise
    itself.
    """
    looked = [re.findall(r"^select_slo_(\w+)\(", query) for query in queries(deployed)]
    assert sorted(found[0] for found in looked if found) == ["budget_fraction"] * 2 + ["burn_rate"] * 8


def test_metrics_that_are_shown_exist(deployed: Applied) -> None:
    """Dashboard and alerts refer only to metrics of this configuration, or to the platform's own."""
    text = " ".join([*queries(deployed), *promised(deployed)])
    ours = set(re.findall(r"logging\.googleapis\.com/user/([\w/]+)", text))
    ours |= {
        name.replace("_", "/", 1).removesuffix("_sum")
        for name in re.findall(r"logging_googleapis_com:user_(\w+)\{", text)
    }
    assert ours == set(metrics(deployed))
    platform = set(re.findall(r'metric\.type="((?!logging)[\w./]+)"', text))
    assert platform == {
        "cloudsql.googleapis.com/database/disk/utilization",
        "cloudsql.googleapis.com/database/postgresql/num_backends",
        "cloudtasks.googleapis.com/queue/depth",
        "monitoring.googleapis.com/uptime_check/check_passed",
        "run.googleapis.com/request_count",
        "run.googleapis.com/request_latencies",
    }


def test_labels_that_are_used_exist(deployed: Applied) -> None:
    """A query filters and groups only by labels that its metric has."""
    for query in queries(deployed):
        for name in re.findall(r"logging\.googleapis\.com/user/([\w/]+)", query):
            assert (
                set(re.findall(r"metric\.labels\.(\w+)", query))
                <= metrics(deployed)[name]["label_extractors"].keys()
            )


def test_every_alert_says_what_to_do(deployed: Applied) -> None:
    """Each alert goes to the channels with a runbook of a few sentences, and a page that it names exists in
    docs/deploy.md.
    """
    chapters = set(re.findall(r"^#+ (.+)$", (ROOT / "docs/deploy.md").read_text(), re.MULTILINE))
    for address, policy in policies(deployed).items():
        runbook = policy["documentation"][0]["content"]
        assert len(runbook) > 80, address
        assert policy["notification_channels"], address
        for chapter in re.findall(r"docs/deploy\.md, ([A-Z][a-z ]+?)[).:;,]", runbook):
            assert chapter in chapters, address


def test_commands_in_runbooks_exist(deployed: Applied) -> None:
    """A runbook sends nobody to a command that is not there."""
    from infra.ops.__main__ import parser

    known = parser().format_help()
    for policy in policies(deployed).values():
        for command in re.findall(r"infra\.ops (\w+)", policy["documentation"][0]["content"]):
            assert command in known


def test_a_sweep_that_is_silent_is_a_sweep_that_failed(deployed: Applied) -> None:
    """No line, or a count of none, for ten minutes: either way the alert opens."""
    (condition,) = policies(deployed)["google_monitoring_alert_policy.no_sweep[0]"]["conditions"]
    said = condition["condition_threshold"][0]
    assert (said["comparison"], said["threshold_value"], said["evaluation_missing_data"]) == (
        "COMPARISON_LT",
        1,
        "EVALUATION_MISSING_DATA_ACTIVE",
    )


def test_what_one_line_alerts_on(deployed: Applied, runs: dict[str, Applied]) -> None:
    """A failed build, who acts as the operator account, and who else reads secrets or originals: from the
    first apply on, an hour between two notices.
    """
    accounts = {
        who: deployed.resources[f'google_service_account.account["{who}"]']["email"]
        for who in ("build", "ops", "webhook", "worker")
    }
    parts = " OR ".join(f'"{email}"' for email in accounts.values())
    others = f"AND NOT protoPayload.authenticationInfo.principalEmail=({parts})"
    lines = {
        re.findall(r'"(.+)"', address)[0]: policy
        for address, policy in policies(deployed).items()
        if address.startswith("google_monitoring_alert_policy.line[")
    }
    assert {
        name: policy["conditions"][0]["condition_matched_log"][0]["filter"] for name, policy in lines.items()
    } == {
        "build-failed": 'resource.type="build" AND severity>=ERROR',
        "acted-as-operator": f'resource.type="service_account" AND '
        f'resource.labels.email_id="{accounts["ops"]}"'
        ' AND protoPayload.methodName="GenerateAccessToken"',
        "secret-read": 'protoPayload.serviceName="secretmanager.googleapis.com" AND '
        'protoPayload.methodName:"AccessSecretVersion"'
        f" {others}",
        "original-read": 'resource.type="gcs_bucket" AND '
        'resource.labels.bucket_name="cuadra-prod-cuadra-media"'
        f' AND protoPayload.methodName="storage.objects.get" {others}',
    }
    assert all(
        policy["alert_strategy"][0]["notification_rate_limit"][0]["period"] == "3600s"
        for policy in lines.values()
    )
    assert set(policies(runs["first_apply_makes_everything_but_the_functions"])) == {
        f'google_monitoring_alert_policy.line["{name}"]' for name in lines
    }


@only_long("Terraform applies other variables; only a change of its configuration could break it")
def test_every_channel_hears_of_every_alert(runs: dict[str, Applied]) -> None:
    """Channels made in the console are told beside the addresses, but of a budget that burns slowly."""
    told = {
        address: len(policy["notification_channels"])
        for address, policy in policies(runs["alerts_on_a_phone"]).items()
    }
    assert {address for address, channels in told.items() if channels != 2} == {
        f'google_monitoring_alert_policy.burn["{promise}-slow"]' for promise in ("documents", "webhook")
    }


def test_the_uptime_check_carries_no_secret(deployed: Applied) -> None:
    """The handshake is tried with a wrong token, and being refused is what counts as well."""
    check = deployed.resources["google_monitoring_uptime_check_config.handshake[0]"]["http_check"][0]
    assert "hub.verify_token=uptime" in check["path"]
    assert [code["status_value"] for code in check["accepted_response_status_codes"]] == [403]


def test_a_release_calls_nobody(deployed: Applied) -> None:
    """While a release is taken up the worker may answer 5xx for some minutes: no alert opens on that alone
    within ten.
    """
    assert "unwell" not in {event for event, _ in alerted(deployed)}
    worker = policies(deployed)['google_monitoring_alert_policy.threshold["worker-errors"]']["conditions"][0][
        "condition_threshold"
    ][0]
    sweep = policies(deployed)["google_monitoring_alert_policy.no_sweep[0]"]["conditions"][0][
        "condition_threshold"
    ][0]
    assert min(int(condition["duration"].removesuffix("s")) for condition in (worker, sweep)) >= 600
