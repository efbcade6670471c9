"""cloudbuild.yaml's own scripts, run in their order against the local stack; only gcloud and terraform are
stand-ins.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from functions.extractor import selftest
from infra.local.stack import QUEUE
from infra.ops import smoke
from infra.ops.target import Target
from tests.e2e.conftest import SAMPLES, Running
from tests.scale import LEFT, only_long

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
STEPS = {step["id"]: step for step in yaml.safe_load((ROOT / "cloudbuild.yaml").read_text("utf-8"))["steps"]}
OLD = f"source/{'0' * 64}.zip"

GCLOUD = """#!/usr/bin/env python3
import pathlib, shutil, sys
assert sys.argv[1:3] == ["storage", "cp"], sys.argv
source, target = [a for a in sys.argv[3:] if not a.startswith("--")]
where = lambda name: pathlib.Path(CLOUD, name.removeprefix("gs://")) if name.startswith("gs://") else pathlib.Path(name)
where(target).parent.mkdir(parents=True, exist_ok=True)
shutil.copyfile(where(source), where(target))
"""
TERRAFORM = """#!/usr/bin/env python3
import json, pathlib, sys
state = pathlib.Path(CLOUD, "state")
verb, rest = sys.argv[1], sys.argv[2:]
given = dict(a.split("=", 1) for a in rest if a.startswith("source_object="))
with open(pathlib.Path(CLOUD, "terraform.log"), "a") as log:
    log.write(" ".join(sys.argv[1:]) + chr(10))
if verb == "init":
    assert pathlib.Path("terraform.tfvars").exists()
elif verb == "output" and rest == ["-json"]:
    if pathlib.Path(CLOUD, "unreadable").exists():
        sys.exit("Error: Failed to load state")
    print(json.dumps({"source_object": {"value": state.read_text()}} if state.exists() else {}))
elif verb == "output":
    assert rest == ["-json", "environment"], rest
    print(pathlib.Path(CLOUD, "environment.json").read_text())
elif verb == "plan":
    pathlib.Path(rest[rest.index("-out") + 1]).write_text(given["source_object"])
elif verb == "apply":
    if pathlib.Path(CLOUD, "refuses").exists() and OLD not in given.values():
        sys.exit("Error: 404 Cannot find metric(s) that match type")
    state.write_text(given.get("source_object") or pathlib.Path(rest[-1]).read_text())
else:
    sys.exit("unknown " + verb)
"""


@dataclass(frozen=True)
class Project:
    """A build's workspace, and a folder that stands for the project."""

    workspace: Path
    cloud: Path
    tools: Path

    def build(self) -> dict[str, int]:
        """Run the steps in order as Cloud Build does, but the suite itself and the wait for other builds;
        exit codes by step, ending at the first failure that is not allowed.
        """
        env = {
            "PATH": f"{self.tools}:{os.environ['PATH']}", "HOME": str(self.cloud), "NAME": "cuadra",
            "PROJECT_ID": "p", "REGION": "r",
            "STATE_BUCKET": "p-terraform",
        }  # fmt: skip
        codes: dict[str, int] = {}
        for name, step in STEPS.items():
            if name in ("test", "turn"):
                continue
            shell = "bash" if "bash" in step["script"].splitlines()[0] else "sh"
            done = subprocess.run(
                [shell, "-c", step["script"]],
                cwd=self.workspace,
                env=env,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            codes[name] = done.returncode
            if done.returncode and not step.get("allowFailure"):
                break
        return codes

    def live(self) -> str:
        return (self.cloud / "state").read_text()


@pytest.fixture
def project(stack: Running, tmp_path: Path) -> Project:
    workspace, cloud, tools = tmp_path / "workspace", tmp_path / "cloud", tmp_path / "tools"
    for folder in (workspace, cloud, tools, workspace / "terraform", cloud / "p-terraform" / "cuadra"):
        folder.mkdir(parents=True)
    for name in (".venv", "main.py", "requirements.txt", "functions", "infra"):
        (workspace / name).symlink_to(ROOT / name)
    (cloud / "p-terraform" / "cuadra" / "terraform.tfvars").write_text("")
    for name, program in (("gcloud", GCLOUD), ("terraform", TERRAFORM), ("sleep", "#!/bin/sh\n")):
        (tools / name).write_text(program.replace("CLOUD", repr(str(cloud))).replace("OLD", repr(OLD)))
        (tools / name).chmod(0o755)
    write_environment(cloud, stack)
    return Project(workspace, cloud, tools)


def write_environment(cloud: Path, stack: Running, **changes: Any) -> None:
    where = stack.where
    environment = {
        "GOOGLE_CLOUD_PROJECT": "p",
        "DATABASE_URL": where.admin_dsn.replace("postgresql://", "postgresql+pg8000://"),
        "DB_USER": "cuadra_app", "WHATSAPP_APP_SECRET": where.app_secret,
        "WHATSAPP_VERIFY_TOKEN": where.verify_token, "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
        "CUADRA_WEBHOOK_URL": where.webhook, "CUADRA_PATIENCE_S": "0.2", "TASKS_QUEUE": QUEUE,
        "TASKS_ENDPOINT": where.tasks,
        "WORKER_URL": where.worker,
    }  # fmt: skip
    (cloud / "environment.json").write_text(json.dumps(environment | changes))


def test_a_release_that_is_well_stays(project: Project) -> None:
    """Packaged, uploaded under its content's name, migrated, applied, tried from outside: the new source is
    live; and no other provider was taken than the committed lock's hashes name.
    """
    codes = project.build()
    first = (project.cloud / "terraform.log").read_text().splitlines()[0]
    assert first == "init -input=false -lockfile=readonly -backend-config=bucket=p-terraform"
    assert codes == dict.fromkeys([name for name in STEPS if name not in ("test", "turn")], 0)
    live = project.live()
    assert (project.cloud / "p-cuadra-source" / live).exists()
    report = json.loads((project.workspace / "build/migrate.json").read_text())
    assert report["ok"]
    assert report["before"] == report["after"]


@only_long("a whole build runs; one that stays and one that is taken back do in every run")
def test_the_first_release_that_fails_has_nowhere_to_go_back(project: Project, stack: Running) -> None:
    """Nothing was live before: the build fails and leaves what it made to be looked at."""
    write_environment(project.cloud, stack, WHATSAPP_APP_SECRET="another")
    codes = project.build()
    assert (codes["smoke"], codes["roll-back"], codes["verdict"]) == (1, 0, 1)
    assert project.live() != OLD


@pytest.mark.parametrize(
    ("changes", "refuses", "failed"),
    [
        # A whole build runs for each: one that its smoke test takes back does in every run.
        ({"WHATSAPP_APP_SECRET": "another"}, False, "smoke"),
        pytest.param(
            {"CUADRA_WEBHOOK_URL": "http://127.0.0.1:9/webhook/whatsapp"}, False, "smoke", marks=LEFT
        ),
        pytest.param({}, True, "apply", marks=LEFT),
    ],
    ids=["wrong secret", "dead webhook", "an apply that fails twice"],
)
@pytest.mark.slow("all steps of a build run")
def test_a_release_that_is_unwell_is_taken_back(
    project: Project, stack: Running, changes: dict[str, str], refuses: bool, failed: str
) -> None:
    """When apply or smoke test fails, the functions go back to the source before, and the build says so by
    failing.
    """
    (project.cloud / "state").write_text(OLD)
    if refuses:
        (project.cloud / "refuses").touch()
    write_environment(project.cloud, stack, **changes)
    codes = project.build()
    assert codes[failed] == 1
    assert (codes["decide"], codes["roll-back"], codes["verdict"]) == (0, 0, 1)
    assert project.live() == OLD
    assert f"source_object={OLD}" in (project.cloud / "terraform.log").read_text().splitlines()[-1]


def test_a_migration_that_fails_ends_the_build(project: Project, stack: Running) -> None:
    """The schema moves first: when it cannot, nothing was replaced and nothing has to go back."""
    (project.cloud / "state").write_text(OLD)
    write_environment(project.cloud, stack, DATABASE_URL="postgresql+pg8000://nobody:x@127.0.0.1:9/x")
    codes = project.build()
    assert (list(codes)[-1], codes["migrate"]) == ("migrate", 1)
    assert not [
        line
        for line in (project.cloud / "terraform.log").read_text().splitlines()
        if line.startswith("apply")
    ]
    assert project.live() == OLD


def test_a_state_that_cannot_be_read_ends_the_build(project: Project) -> None:
    """Not knowing what is live is no first release: nothing is applied that could not be taken back."""
    (project.cloud / "state").write_text(OLD)
    (project.cloud / "unreadable").touch()
    codes = project.build()
    assert list(codes)[-1] == "plan"
    assert codes["plan"] != 0
    assert project.live() == OLD


def test_smoke_names_every_check(stack: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The smoke test of a stack that is well passes each check, and leaves no tenant behind."""
    from infra.ops.target import load

    monkeypatch.setenv("CUADRA_HOME", stack.where.home)
    before = stack.sql("select count(*) from auth.tenants")
    report = smoke.run(load())
    assert report == {
        "ok": True,
        "checks": dict.fromkeys(
            [
                "the handshake returns the challenge", "a wrong verify token is refused",
                "an unsigned message is refused",
                "a signed message of an unknown number is taken and ignored",
                "a signed receipt reaches the inbox",
                "the worker reads the papers that came with it",
            ]
        ),
    }  # fmt: skip
    assert stack.sql("select count(*) from auth.tenants") == before


def test_a_release_waits_for_what_its_worker_read(stack: Running) -> None:
    """The self-test goes through the queue to the running worker, whose one line says what it read of both
    papers; nothing is written anywhere.
    """
    before = stack.sql("select count(*) from documents.documents")
    assert smoke.selftest(here(stack), wait_s=60) is None
    line = stack.line("worker", task="selftest", outcome="selftest_passed")
    assert line["read"] == selftest.EXPECTED
    assert stack.sql("select count(*) from documents.documents") == before


def test_a_worker_that_cannot_be_reached_is_told_by_the_queue(stack: Running) -> None:
    """Where no worker answers, the wait ends in its own time and says what the queue knows of the
    attempts.
    """
    nowhere = here(stack).model_copy(update={"worker_url": "http://127.0.0.1:9/"})
    assert smoke.selftest(nowhere, wait_s=0.5) == "it did not in 0.5 s: it was not tried"


def here(stack: Running) -> Target:
    return Target(
        google_cloud_project="p",
        tasks_queue=QUEUE,
        tasks_endpoint=stack.where.tasks,
        worker_url=stack.where.worker,
    )


def test_a_documents_line_has_what_the_metrics_read(stack: Running, ana: str) -> None:
    """Every field that Terraform's metrics read of an answered document stands in the line that the running
    worker wrote.
    """
    messages, _ = stack.ask(ana, files=[SAMPLES / "factura.pdf"])
    document = stack.sql("select id from documents.documents where wamid = :w", w=messages[0]["wamid"])[0][
        "id"
    ]
    line = stack.line("worker", document=document)
    read = set(re.findall(r"jsonPayload\.(\w+)", (ROOT / "terraform/monitoring.tf").read_text("utf-8")))
    values = re.findall(r'value += "(\w+)"', (ROOT / "terraform/monitoring.tf").read_text("utf-8"))
    assert (read | set(values)) - {"code", "synthetic"} <= line.keys()
    assert 0 < line["answer_ms"] <= line["age_ms"] + 1000
    assert line["released"] >= 1


class Scheduler(BaseHTTPRequestHandler):
    """Cloud Scheduler's job: `outcome` is the google.rpc code of the next attempt, which takes two looks to
    show.
    """

    outcome: int | None = 0
    state: dict[str, Any] = {}

    def do_POST(self) -> None:
        if self.outcome is not None:
            type(self).state = {
                "lastAttemptTime": "2999-01-01T00:00:00Z",
                "status": {"code": self.outcome} if self.outcome else {},
            }
        self._answer({})

    def do_GET(self) -> None:
        self._answer(self.state)

    def _answer(self, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def scheduler() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scheduler)
    Scheduler.state = {"lastAttemptTime": "2026-01-01T00:00:00Z", "status": {}}
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("outcome", "says"), [(0, None), (7, "google.rpc code 7"), (None, "no attempt ended in time")]
)
def test_the_sweep_is_tried_as_the_scheduler(scheduler: str, outcome: int | None, says: str | None) -> None:
    """The scheduler's attempt must begin after ours was asked for and succeed; a refusal (a wrong audience)
    or silence is a failure.
    """
    Scheduler.outcome = outcome
    with requests.Session() as session:
        found = smoke.sweep("projects/p/locations/r/jobs/j", session=session, base=scheduler, wait_s=0.5)
    assert found is None if says is None else says in str(found)
