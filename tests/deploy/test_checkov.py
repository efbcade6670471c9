from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.conftest import ROOT
from tests.scale import only_long

pytestmark = pytest.mark.contract

VERSION = "3.3.30"
HOME = ROOT / ".cuadra/checkov"
"""A virtual environment of its own: its 270 MB of pinned packages would not go with ours."""


@pytest.fixture(scope="session")
def checkov() -> str:
    """The program: on the path, or in its environment, which .ci/run makes where it is missing."""
    found = shutil.which("checkov") or str(HOME / "bin/checkov")
    if not Path(found).exists():
        if os.environ.get("CUADRA_REQUIRE_ALL") != "1":
            pytest.skip(
                f"checkov is not here (python3 -m venv {HOME} && {HOME}/bin/pip install checkov=={VERSION})"
            )
        uv, python = str(Path(sys.executable).with_name("uv")), str(HOME / "bin/python")
        shutil.rmtree(HOME, ignore_errors=True)  # one that was left half made
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(HOME)], check=True)
        packages = ["install", "--quiet", "--python", python, f"checkov=={VERSION}"]
        subprocess.run([uv, "pip", *packages], check=True)
    return found


@only_long("checkov loads all its policies for half a minute; only a change of Terraform could break one")
def test_policies_hold(checkov: str) -> None:
    """No policy of checkov's fails; what is passed over is said beside the resource."""
    command = [
        checkov,
        "-d",
        "terraform",
        "--framework",
        "terraform",
        "--compact",
        "--quiet",
        "--skip-download",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout
    assert "Passed checks" in done.stdout


def test_every_skip_has_its_reason() -> None:
    """A policy is passed over only with a sentence that says why."""
    skips = [
        line
        for path in (ROOT / "terraform").glob("*.tf")
        for line in path.read_text().splitlines()
        if "checkov:skip" in line
    ]
    assert skips
    assert all(re.fullmatch(r"  #checkov:skip=CKV2?_GCP_\d+:.{30,}", line) for line in skips)
