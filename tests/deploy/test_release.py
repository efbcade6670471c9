from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.ops import package, rollback
from infra.ops.rollback import Decision
from tests.deploy.conftest import ROOT

pytestmark = pytest.mark.contract

BUILD: dict[str, Any] = yaml.safe_load((ROOT / "cloudbuild.yaml").read_text("utf-8"))
STEPS: dict[str, dict[str, Any]] = {step["id"]: step for step in BUILD["steps"]}
OLD, NEW = f"source/{'0' * 64}.zip", f"source/{'1' * 64}.zip"
SETTINGS = {
    "GOOGLE_CLOUD_PROJECT": "p",
    "WHATSAPP_ACCESS_TOKEN": "a",
    "WHATSAPP_APP_SECRET": "s",
    "WHATSAPP_VERIFY_TOKEN": "v",
    "WHATSAPP_PHONE_NUMBER_ID": "1",
    "MEDIA_BUCKET": "b",
    "TASKS_QUEUE": "projects/p/locations/l/queues/q",
    "TASKS_ENDPOINT": "http://127.0.0.1:1",
    "WORKER_URL": "http://127.0.0.1:1",
    "DATABASE_URL": "postgresql+pg8000://u@127.0.0.1:1/d",
}


# package


def copied(to: Path) -> Path:
    for name in package.TOP:
        to.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, to / name)
    for name in package.PACKAGES:
        shutil.copytree(
            ROOT / name,
            to / name,
            ignore=shutil.ignore_patterns("__pycache__"),
            copy_function=shutil.copyfile,
        )
    return to


def test_same_source_same_name(tmp_path: Path) -> None:
    """Two checkouts of the same files, at other times and with other modes, are the same object; one byte
    more is another.
    """
    first, second = copied(tmp_path / "a"), copied(tmp_path / "b")
    for path in second.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    (second / "functions" / "__pycache__").mkdir()
    (second / "functions" / "__pycache__" / "x.pyc").write_bytes(b"x")
    name = package.build(tmp_path / "a.zip", first)
    assert package.build(tmp_path / "b.zip", second) == name
    assert re.fullmatch(r"source/[0-9a-f]{64}\.zip", name)
    with (second / "main.py").open("a") as more:
        more.write("\n")
    assert package.build(tmp_path / "b.zip", second) != name


def test_nothing_of_one_machine_is_shipped(tmp_path: Path) -> None:
    """Stand-ins, operators' commands, migrations and tests stay out; what the functions import goes in."""
    package.build(tmp_path / "source.zip")
    names = zipfile.ZipFile(tmp_path / "source.zip").namelist()
    assert not [name for name in names if name.startswith((*package.LEFT_OUT, "tests", "terraform", "."))]
    assert {
        "main.py",
        "requirements.txt",
        "functions/whatsapp/router.py",
        "functions/extractor/engine.py",
        "infra/records.py",
    } <= set(names)
    assert names == sorted(names)


@pytest.mark.parametrize("function", ["webhook", "worker"])
def test_the_package_starts_by_itself(tmp_path: Path, function: str) -> None:
    """From the zip alone a function starts, and every module in it imports: nothing that was left out is
    missed.
    """
    package.build(tmp_path / "source.zip")
    home = tmp_path / "source"
    zipfile.ZipFile(tmp_path / "source.zip").extractall(home)
    program = (
        "import importlib, pathlib, functions_framework\n"
        f"app = functions_framework.create_app({function!r}, 'main.py')\n"
        "for path in sorted(pathlib.Path().rglob('*.py')):\n"
        "    if path.name not in ('main.py', '__main__.py'):\n"
        "        importlib.import_module('.'.join(path.with_suffix('').parts).removesuffix('.__init__'))\n"
        "query = {'hub.mode': 'subscribe', 'hub.challenge': 'hi', 'hub.verify_token': 'v'}\n"
        "print(app.test_client().get('/webhook/whatsapp', query_string=query).status_code)\n"
    )
    env = SETTINGS | {"PATH": os.environ["PATH"], "FUNCTION_TARGET": function, "PYTHONPATH": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=home,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == ("200" if function == "webhook" else "405")


# rollback


@pytest.mark.parametrize(
    ("previous", "reports", "expected"),
    [
        (OLD, {"apply": True, "smoke": True}, Decision(stays=True, back_to=None, why="the release stays")),
        ("none", {"apply": True, "smoke": True}, Decision(stays=True, back_to=None, why="the release stays")),
        (
            OLD,
            {"apply": True, "smoke": False},
            Decision(stays=False, back_to=OLD, why=f"smoke failed; going back to {OLD}"),
        ),
        (
            OLD,
            {"apply": False, "smoke": True},
            Decision(stays=False, back_to=OLD, why=f"apply failed; going back to {OLD}"),
        ),
        (OLD, {}, Decision(stays=False, back_to=OLD, why=f"apply and smoke failed; going back to {OLD}")),
        (
            "none",
            {"apply": True},
            Decision(stays=False, back_to=None, why="smoke failed; there is no earlier source to go back to"),
        ),
        (
            NEW,
            {"smoke": True},
            Decision(
                stays=False,
                back_to=None,
                why="apply failed; the source is the same as before, so going back would change nothing",
            ),
        ),
    ],
)
def test_a_release_stays_only_when_every_step_says_so(
    tmp_path: Path, previous: str, reports: dict[str, bool], expected: Decision
) -> None:
    """A failed step, or one that died without a word, takes the release back to the source before it, where
    there is one.
    """
    (tmp_path / "object").write_text(NEW)
    (tmp_path / "before.json").write_text(
        json.dumps({} if previous == "none" else {"source_object": {"value": previous}})
    )
    for step, ok in reports.items():
        (tmp_path / f"{step}.json").write_text(json.dumps({"ok": ok}))
    assert rollback.read(tmp_path) == expected
    assert rollback.main("decide", str(tmp_path)) == 0
    assert (tmp_path / "rollback").read_text() == (expected.back_to or "")
    assert rollback.main("verdict", str(tmp_path)) == (0 if expected.stays else 1)


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"ok": "yes"}', "null"])
def test_a_report_that_makes_no_sense_is_a_failure(tmp_path: Path, broken: str) -> None:
    """Only a plain `ok: true` counts as success."""
    (tmp_path / "object").write_text(NEW)
    (tmp_path / "before.json").write_text(json.dumps({"source_object": {"value": OLD}}))
    (tmp_path / "apply.json").write_text('{"ok": true}')
    (tmp_path / "smoke.json").write_text(broken)
    assert rollback.read(tmp_path).back_to == OLD


@pytest.mark.parametrize("broken", ["", "No outputs found", '{"source_object": "x"}'])
def test_what_was_live_is_read_or_it_is_an_error(tmp_path: Path, broken: str) -> None:
    """Only outputs without a source mean that nothing was live; what cannot be read is no such thing."""
    (tmp_path / "object").write_text(NEW)
    (tmp_path / "before.json").write_text(broken)
    with pytest.raises((ValueError, AttributeError)):
        rollback.read(tmp_path)
    (tmp_path / "before.json").unlink()
    with pytest.raises(FileNotFoundError):
        rollback.read(tmp_path)


# cloudbuild.yaml


def test_steps_come_in_their_order() -> None:
    """Nothing is touched before the tests passed and the build's turn has come, the schema moves before the
    functions, and the verdict is last.
    """
    assert list(STEPS) == [
        "tools",
        "test",
        "package",
        "upload",
        "turn",
        "plan",
        "migrate",
        "apply",
        "smoke",
        "decide",
        "roll-back",
        "verdict",
    ]
    assert {name for name, step in STEPS.items() if step.get("allowFailure")} == set(rollback.STEPS)


@pytest.mark.parametrize("name", list(STEPS))
def test_scripts_pass_the_shells_linter(name: str) -> None:
    """Each script is valid for its shell, ShellCheck finds nothing in it, and no failing command is passed
    over.
    """
    script = STEPS[name]["script"]
    assert script.startswith(("#!/usr/bin/env bash\nset -euo pipefail\n", "#!/bin/sh\nset -eu\n"))
    assert "||" not in script
    done = linted(script)
    assert done.returncode == 0, done.stdout


def test_the_linter_finds_what_it_should() -> None:
    """A script with an unquoted variable does not pass: the linter is really there."""
    assert "SC2086" in linted("#!/bin/sh\nset -eu\nrm $1\n").stdout


def linted(script: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which(
        "shellcheck", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    assert program, "pip install -r requirements-dev.txt brings it"
    # 2154: the names in capitals are Cloud Build's.
    command = [
        program,
        "--enable=all",
        "--exclude=SC2154",
        "-",
    ]
    return subprocess.run(command, input=script, capture_output=True, text=True, check=False, timeout=60)


def test_a_pool_takes_no_machine_type() -> None:
    """The option that private networking uncomments is said to be instead of the machine type, which Cloud
    Build refuses beside it.
    """
    assert "machineType" not in BUILD["options"]  # what asks for no more CPUs than every project may have
    assert re.search(
        r"# pool: # never beside machineType.+\n  #   name: \$_WORKER_POOL",
        (ROOT / "cloudbuild.yaml").read_text("utf-8"),
    )


def test_every_variable_of_a_script_is_given() -> None:
    """Scripts use only what the build's environment defines; Cloud Build's own and declared substitutions
    fill it.
    """
    given = dict(pair.split("=", 1) for pair in BUILD["options"]["env"])
    used = {name for step in STEPS.values() for name in re.findall(r"\$\{([A-Z_]+)\}", step["script"])}
    assert used <= given.keys() | {"PATH"}
    assert {value.strip("$") for value in given.values()} <= BUILD["substitutions"].keys() | {
        "BUILD_ID",
        "PROJECT_ID",
    }
    assert BUILD["options"]["automapSubstitutions"] is False


def test_substitutions_are_explained() -> None:
    """Each substitution has its line in the file's head, and Terraform's trigger gives no other."""
    head = (ROOT / "cloudbuild.yaml").read_text().split("substitutions:")[0]
    assert set(re.findall(r"^#   (_\w+)", head, re.MULTILINE)) == BUILD["substitutions"].keys()
    assert (
        set(re.findall(r"\b_[A-Z_]+\b", (ROOT / "terraform/build.tf").read_text()))
        <= BUILD["substitutions"].keys()
    )


def test_a_build_by_hand_goes_where_the_variables_say() -> None:
    """The region that a build assumes when it is told none is Terraform's default."""
    declared = (ROOT / "terraform/variables.tf").read_text("utf-8").split('variable "region"')[1]
    assert re.search(r'default += "([a-z0-9-]+)"', declared)[1] == BUILD["substitutions"]["_REGION"]


def test_what_ships_is_held_to_all_that_a_change_is(tmp_path: Path) -> None:
    """The release runs what .ci/run runs, where an absent emulator or tool is a failure, and hands
    Terraform's program over to it.
    """
    assert "\n.ci/run\n" in STEPS["test"]["script"]
    assert "export CUADRA_REQUIRE_ALL=1" in (ROOT / ".ci/run").read_text("utf-8")
    assert STEPS["tools"]["name"] == STEPS["plan"]["name"]
    tool = tmp_path / "bin/terraform"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho handed over\n")
    tool.chmod(0o755)
    path = f"{tool.parent}{os.pathsep}{os.environ['PATH']}"
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci/run").write_text("#!/bin/sh\nterraform\n")
    (tmp_path / ".ci/run").chmod(0o755)
    said = ""
    for name in ("tools", "test"):
        program = [
            "bash" if "bash" in STEPS[name]["script"].splitlines()[0] else "sh",
            "-c",
            STEPS[name]["script"],
        ]
        done = subprocess.run(
            program, cwd=tmp_path, env={"PATH": path}, capture_output=True, text=True, check=True, timeout=30
        )
        tool.unlink(missing_ok=True)
        said += done.stdout
    assert said == "handed over\n"


def test_images_are_pinned_to_what_is_tested() -> None:
    """Python is the functions' runtime, Terraform a version that the configuration allows, and each image is
    one digest: nothing floats.
    """
    images = {tuple(step["name"].split("@")) for step in STEPS.values()}
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for _, digest in images)
    assert len(images) == 3, "one digest an image"
    assert {name for name, _ in images} == {
        "python:3.13-bookworm",
        "hashicorp/terraform:1.11.4",
        "gcr.io/google.com/cloudsdktool/google-cloud-cli:slim",
    }
    assert set(re.findall(r'runtime += "python3(\d+)"', (ROOT / "terraform/functions.tf").read_text())) == {
        "13"
    }


def test_the_interpreter_that_ships_is_the_one_that_is_tested() -> None:
    """The whole suite runs on the functions' runtime, and the half without I/O on the oldest interpreter that
    pyproject.toml allows.
    """
    said = (ROOT / ".ci/run").read_text("utf-8")
    (runtime,) = set(
        re.findall(r'runtime += "python3(\d+)"', (ROOT / "terraform/functions.tf").read_text("utf-8"))
    )
    (oldest,) = re.findall(
        r'^requires-python = ">=3\.(\d+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE
    )
    assert re.findall(r'^(\w+)="\$\(interpreter ([\d.]+)\)"$', said, re.MULTILINE) == [
        ("ships", f"3.{runtime}"),
        ("oldest", f"3.{oldest}"),
    ]
    steps = [line.partition(" #")[0] for line in said.splitlines() if line.startswith("make ")]
    assert steps == [
        'make PYTHON="${ships}" .venv/.installed',
        "make lint",
        "make types",
        "make pyright",
        "make test",
        "make long",
        f'make VENV=.venv-3.{oldest} PYTHON="${{oldest}}" test ARGS="tests/unit"',
    ]


# migrations


@pytest.mark.parametrize(
    "path", sorted((ROOT / "infra/migrations/versions").glob("*.py")), ids=lambda path: path.stem
)
def test_migrations_only_add(path: Path) -> None:
    """The code before a migration still runs after it: nothing that it reads is dropped, renamed, or made
    stricter under it.
    """
    text = path.read_text("utf-8").lower()
    if "down_revision = none" in text:
        return  # the first one has no code before it
    forbidden = (
        r"drop\s+(table|column|schema)|rename\s+(to|column)|set\s+not\s+null|"
        r"alter\s+column\s+\w+\s+(set\s+data\s+)?type|op\.drop_(table|column)"
    )
    assert not re.findall(forbidden, text)
    for column in re.findall(r"add\s+column\s+([^,;]+)", text):
        assert "not null" not in column or "default" in column
