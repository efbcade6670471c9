from __future__ import annotations

import re

import pytest

from infra.ops.__main__ import parser
from tests.deploy.conftest import ROOT

pytestmark = pytest.mark.unit

DEPLOY = (ROOT / "docs/deploy.md").read_text("utf-8")
SCALE = (ROOT / "docs/scale.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def terraform(name: str) -> str:
    return (ROOT / "terraform" / name).read_text("utf-8")


def test_every_output_that_is_read_exists() -> None:
    """The commands of docs/deploy.md read outputs that Terraform gives."""
    read = set(re.findall(r"terraform -chdir=terraform output (?:-\w+ )?(\w+)", DEPLOY))
    assert read == {"build_command", "environment", "meta", "service_accounts", "source_object"}
    assert read <= set(re.findall(r'^output "(\w+)"', terraform("outputs.tf"), re.MULTILINE))


def test_every_command_is_there() -> None:
    """The table of operators' commands is the program's."""
    table = DEPLOY.split("| Command (")[1].split("\n\n")[0]
    listed = set(re.findall(r"^\| `(\w+)", table, re.MULTILINE))
    commands = re.search(r"\{([\w,]+)\}", parser().format_help())
    assert commands
    assert listed == set(commands[1].split(","))


def test_every_variable_that_is_named_exists() -> None:
    """A variable or a field of one that the pages name is declared, with the default they tell."""
    declared = terraform("variables.tf")
    for page in (DEPLOY, SCALE):
        for variable, field in re.findall(r"`(worker|webhook|database|media|gemini|secret_versions|network)\.(\w+)", page):
            block = re.search(rf'^variable "{variable}" \{{.*?^\}}', declared, re.MULTILINE | re.DOTALL)
            assert block
            assert re.search(rf"^    {field} +=", block[0], re.MULTILINE), f"{variable}.{field}"
    assert re.search(r"max_instances = optional\(number, 20\)", declared.split('variable "worker"')[1])
    assert re.search(r"max_connections +=? ?optional\(number, 100\)", declared)


def test_every_account_is_explained() -> None:
    """The table of who may do what has each service account once, and no other."""
    accounts = re.search(r"_accounts = \{(.*?)\n  \}", terraform("iam.tf"), re.DOTALL)
    assert accounts
    assert sorted(re.findall(r"^\| `cuadra-(\w+)` \|", README, re.MULTILINE)) == sorted(
        re.findall(r"^    (\w+) +=", accounts[1], re.MULTILINE)
    )


def test_the_months_add_up() -> None:
    """Each column of the cost table is the sum of its rows, to the rounding."""
    table = DEPLOY.split("| Documents a month |")[1].split("\n\n")[0]
    rows = [[float(cell.strip(" *").replace(",", "")) for cell in line.split("|")[2:5]] for line in table.splitlines()[2:]]
    *parts, together = rows
    for column in range(3):
        assert abs(sum(row[column] for row in parts) - together[column]) <= 1


def test_scale_is_its_own_arithmetic() -> None:
    """What the table of docs/scale.md says follows from its formula: eight seconds, two at a time, four connections."""
    rows = {line.split("|")[1].split(" (")[0].strip(): line.split("|")[2:5] for line in SCALE.splitlines() if line.startswith("|")}
    for column, minute in enumerate((10, 1_000, 100_000)):
        second = minute / 60

        def cell(name: str, at: int = column) -> float:
            return float(rows[name][at].strip().replace(",", ""))

        workers = max(1, round(second * 8 / 2))
        assert cell("Workers busy") == workers
        assert cell("Database connections") == workers * 4 + 15
        assert abs(cell("Tasks a second") - second) < 0.5
        assert abs(cell("Firestore writes a second") - second * 8) < 0.5
        assert abs(cell("Statements a second on Postgres") - second * 14) < 0.5
        assert cell("Model calls a minute") == minute * 0.7
