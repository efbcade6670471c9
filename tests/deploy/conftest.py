"""Terraform's real binary on a copy of terraform/, with the offline provider. Who lacks the binary skips,
unless CUADRA_REQUIRE_ALL=1.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.scale import LEFT

ROOT = Path(__file__).parents[2]
VERSION = "7.21.0"


@dataclass(frozen=True)
class Terraform:
    """The binary in a folder of its own; `env` points it at the offline provider."""

    folder: Path
    env: dict[str, str]

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


@dataclass(frozen=True)
class Applied:
    """What one `run` of terraform/tests planned or applied: status, resources by address, outputs; of a plan,
    the addresses that it would change.
    """

    status: str
    messages: tuple[str, ...]
    resources: dict[str, dict[str, Any]]
    outputs: dict[str, Any]
    changes: dict[str, list[str]]

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """The values of every resource of `kind`, by address."""
        return {
            address: values for address, values in self.resources.items() if address.startswith(f"{kind}.")
        }


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Terraform, initialised offline on a copy of the configuration."""
    if not shutil.which("terraform"):
        lacking = "Terraform is not here; the configuration is checked where it is"
        if os.environ.get("CUADRA_REQUIRE_ALL") == "1":
            pytest.fail(lacking)
        pytest.skip(lacking)
    top = tmp_path_factory.mktemp("terraform")
    folder = top / "terraform"
    shutil.copytree(
        ROOT / "terraform", folder, ignore=shutil.ignore_patterns(".terraform*", "*.tfvars", "*.tfstate*")
    )
    (top / "infra").mkdir()
    for shared in ("budget.json", "queue.json"):  # what both sides read
        shutil.copyfile(ROOT / "infra" / shared, top / "infra" / shared)
    platform = json.loads(
        subprocess.run(["terraform", "version", "-json"], capture_output=True, text=True, check=True).stdout
    )["platform"]
    plugin = (
        top
        / f"mirror/registry.terraform.io/hashicorp/google/{VERSION}/{platform}"
        / f"terraform-provider-google_v{VERSION}_x5"
    )
    plugin.parent.mkdir(parents=True)
    plugin.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/deploy/offline/provider.py"\n')
    plugin.chmod(0o755)
    config = top / "terraformrc"
    config.write_text(
        f"disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path = "
        f'"{top}/mirror"\n  }}\n}}\n'
    )
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(top),
        "TMPDIR": str(top),
        "TF_CLI_CONFIG_FILE": str(config),
        "TF_DATA_DIR": str(top / "data"),
        "GOGC": "800",  # a third of what Terraform computes is otherwise the collection of its own garbage
    }
    ready = Terraform(folder, env)
    started = ready("init", "-backend=false", "-no-color")
    assert started.returncode == 0, started.stdout + started.stderr
    return ready


EVERY_DAY = ("first_apply_makes_everything_but_the_functions", "deployed", "gemini_by_key")
"""What `terraform test` applies in every run of the suite: what is made, and what the code reads of it. A run
takes two seconds of processor; those of other variables are left to the long run, since only a change of
Terraform could break them.
"""


def run_of(name: str) -> Any:
    """The name of a run as a case of a test, left to the long run where the run is."""
    return pytest.param(name, marks=() if name in EVERY_DAY else LEFT)


def _leave_out_others(tests: Path) -> None:
    """Leaves in a file of `terraform test` only what every run applies, with what stands above all."""
    head, *parts = re.split(r'^(?=run ")', tests.read_text("utf-8"), flags=re.MULTILINE)
    kept = [part for part in parts if part.split('"')[1] in EVERY_DAY]
    assert len(kept) == len(EVERY_DAY)
    tests.write_text("".join([head, *kept]), "utf-8")


@pytest.fixture(scope="session")
def runs(request: pytest.FixtureRequest, terraform: Terraform) -> dict[str, Applied]:
    """The runs of `terraform test`, by name: those of `EVERY_DAY`, or all where a test is there that is left
    to the long run.
    """
    asking = [item for item in request.session.items if "runs" in getattr(item, "fixturenames", ())]
    if not any(item.get_closest_marker("only_long") for item in asking):
        _leave_out_others(terraform.folder / "tests/wiring.tftest.hcl")
    done = terraform("test", "-json", "-verbose")
    found: dict[str, Applied] = {}
    events = [json.loads(line) for line in done.stdout.splitlines()]
    states = {e["@testrun"]: e for e in events if e["type"] in ("test_state", "test_plan")}
    for event in events:
        if event["type"] == "test_run" and event["test_run"].get("progress") == "complete":
            name = event["test_run"]["run"]
            said = tuple(
                e["diagnostic"]["summary"] + ": " + e["diagnostic"].get("detail", "")
                for e in events
                if e["type"] == "diagnostic" and e.get("@testrun") == name
            )
            state = states.get(name, {}).get("test_state", {})
            found[name] = Applied(
                event["test_run"]["status"],
                said,
                {r["address"]: r["values"] for r in state.get("root_module", {}).get("resources", [])},
                {k: o["value"] for k, o in state.get("outputs", {}).items()},
                {
                    change["address"]: change["change"]["actions"]
                    for change in states.get(name, {}).get("test_plan", {}).get("resource_changes", [])
                    if change["change"]["actions"] not in (["no-op"], ["read"])
                },
            )
    assert found, done.stdout + done.stderr
    return found
