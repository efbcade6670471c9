from __future__ import annotations

import re
import subprocess

import pytest

from bench import accuracy_report, plan
from infra import settings
from infra.ops.__main__ import parser
from tests.deploy.conftest import ROOT, Applied

pytestmark = pytest.mark.contract

DEPLOY = (ROOT / "docs/deploy.md").read_text("utf-8")
SCALE = (ROOT / "docs/scale.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def terraform(name: str) -> str:
    return (ROOT / "terraform" / name).read_text("utf-8")


def test_every_output_that_is_read_exists() -> None:
    """The commands of docs/deploy.md read outputs that Terraform gives."""
    read = set(re.findall(r"terraform -chdir=terraform output (?:-\w+ )?(\w+)", DEPLOY))
    assert read == {"build_command", "meta", "source_object"}
    assert read <= set(re.findall(r'^output "(\w+)"', terraform("outputs.tf"), re.MULTILINE))


def test_every_block_of_commands_is_valid_shell() -> None:
    """What is to be typed parses, placeholders and all."""
    blocks = re.findall(r"^ *```sh\n(.*?)```", DEPLOY, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 15
    for block in blocks:
        done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
        assert done.returncode == 0, block + done.stderr


def test_what_the_commands_name_is_what_terraform_makes(runs: dict[str, Applied]) -> None:
    """Buckets, instance, queue, job, secrets and the operators' object are called in docs/deploy.md as they
    are.
    """
    made = runs["deployed"].resources
    named = {
        str(values.get("name"))
        for address, values in made.items()
        if re.match(r"google_(storage_bucket|sql_database_instance|cloud_)", address)
    }
    named |= {
        values["secret_id"]
        for address, values in made.items()
        if address.startswith("google_secret_manager_secret.")
    }
    named |= {
        values["secret_id"]
        for address, values in runs["gemini_by_key"].resources.items()
        if address.startswith("google_secret_manager_secret.")
    }
    page = DEPLOY.replace("$PROJECT", "cuadra-prod")
    buckets = set(re.findall(r"gs://(cuadra-prod-cuadra-\w+)", page))
    others = set(re.findall(r"(?:queues|jobs) (?:pause|resume) (\S+)", page)) | set(
        re.findall(r"instances clone (\S+)", page)
    )
    others |= {f"cuadra-{name}" for name in re.findall(r"^#? ?add ([\w-]+) ", page, re.MULTILINE)} | set(
        re.findall(r"--secret ([\w-]+)", page)
    )
    assert len(buckets) == 2
    assert len(others) == 7
    assert buckets | others <= named
    assert f"gcloud storage cp {runs['deployed'].outputs['environment_object']} " in page


def test_nobodys_login_is_replaced() -> None:
    """No command puts an account of the deployment in the place of a person's login, which Terraform
    needs.
    """
    assert "--impersonate-service-account" not in DEPLOY


def test_doctors_remedies_are_chapters() -> None:
    """A chapter that doctor sends to exists in docs/deploy.md."""
    chapters = re.findall(r"^## (.+)$", DEPLOY, re.MULTILINE)
    source = re.sub(r'"\n\s+f?"', "", (ROOT / "infra/ops/doctor.py").read_text("utf-8"))
    sent = re.findall(r"docs/deploy\.md, (On Meta's side, \w+ half|[A-Z][a-z ]+)", source)
    assert len(sent) == source.count("docs/deploy.md")
    assert set(sent) <= set(chapters)


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
        for variable, field in re.findall(
            r"`(worker|webhook|database|media|gemini|secret_versions|network)\.(\w+)", page
        ):
            block = re.search(rf'^variable "{variable}" \{{.*?^\}}', declared, re.MULTILINE | re.DOTALL)
            assert block
            assert re.search(rf"^    {field} +=", block[0], re.MULTILINE), f"{variable}.{field}"
    assert re.search(r"max_instances = optional\(number, 7\)", declared.split('variable "worker"')[1])
    assert re.search(
        r"max_instances = optional\(number, 6\)",
        declared.split('variable "webhook"')[1].split("\nvariable ")[0],
    )
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
    rows = [
        [float(cell.strip(" *").replace(",", "")) for cell in line.split("|")[2:5]]
        for line in table.splitlines()[2:]
    ]
    *parts, together = rows
    for column in range(3):
        assert abs(sum(row[column] for row in parts) - together[column]) <= 1


def numbers(text: str) -> list[float]:
    return [float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*\.?\d*", text)]


def rows(heading: str) -> dict[str, list[str]]:
    """The cells of the table under a heading of docs/scale.md, by the first one up to a bracket."""
    table = SCALE.split(f"## {heading}\n")[1].split("\n## ")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in table.splitlines()
        if line.startswith("| ") and not line.startswith("| ---")
    ]
    return {row[0].strip("| ").split(" (")[0]: row[1:] for row in cells}


def test_scale_is_its_own_arithmetic() -> None:
    """What the first table of docs/scale.md says follows from its formula: eight seconds, two at a time, so
    many of each a document.
    """
    table = rows("What so many documents ask for")
    a_document = {
        "Documents a second": 1,
        "Tasks a second": 1,
        "Messages a second on the number": 2,
        "Webhook calls a second": 4,
        "Firestore writes a second": 7,
        "Statements a second on Postgres": 14,
    }
    for column, minute in enumerate((10, 1_000, 100_000)):
        cell = {name: numbers(cells[column])[0] for name, cells in table.items()}
        workers = max(1, round(minute / 60 * 8 / 2))
        assert cell["Workers busy"] == workers
        assert cell["Database connections"] == workers * 4 + 15
        assert cell["Model calls a minute"] == minute * 0.7
        for name, times in a_document.items():
            exact = minute / 60 * times
            assert cell[name] == round(exact, 1 if exact < 10 else 0), name
    for times in a_document.values():
        assert times == 1 or f"({times} a document" in SCALE


def test_each_part_bends_where_its_limit_says() -> None:
    """The second table is limit over use times 60, in rising order, and what the text below concludes is the
    smallest that no variable moves.
    """
    table = rows("Where each part bends")
    bends = {}
    for name, (limit, takes, minute, source) in list(table.items())[1:]:
        exact = numbers(limit)[0] / numbers(takes)[0] * 60
        assert abs(numbers(minute)[0] - exact) <= 10, name
        assert source
        bends[name] = numbers(minute)[0]
    assert list(bends.values()) == sorted(bends.values())
    assert bends["Firestore, `messages`"] == 15_000
    assert (
        min(value for name, value in bends.items() if "as set" not in name and "new number" not in name)
        == 15_000
    )
    assert bends["Queue, as set"] == settings.DISPATCHES_PER_SECOND * 60
    assert table["Workers, as set"][0] == f"{7 * 2 / 8}"
    assert table["Webhook, as set"][0] == f"{6 * 16 / 0.24:,.0f}"


def test_the_simulated_plans_are_those_of_the_page() -> None:
    """docs/scale.md shows what the simulation says of each plan, and the average that it reckons with."""
    assert [plan.told(one) in SCALE for one in plan.PLANS] == [True] * len(plan.PLANS)
    assert f"{plan.mean_s():.1f} s of a slot on the average" in SCALE


def test_what_the_text_sums_up_is_right() -> None:
    """Every «a × b + c = d» and «a / b = c» that the page writes out holds, to the rounding that it shows."""
    sums = re.findall(r"((?:[\d,.]+ [×/+] )+[\d,.]+) = ([\d,]+(?:\.\d+)?)", SCALE)
    assert len(sums) >= 7
    for left, right in sums:
        words = left.replace(",", "").replace("×", "*").split()
        value = float(words[0])
        for sign, word in zip(words[1::2], words[2::2], strict=True):
            value = {"*": value * float(word), "/": value / float(word), "+": value + float(word)}[sign]
        assert abs(value - numbers(right)[0]) < 0.06, f"{left} = {right}"


def test_the_page_of_accuracy_says_of_other_hands_what_its_bench_writes() -> None:
    """Who measures anew loses no row that somebody added to the page alone."""
    page = (ROOT / "docs/accuracy.md").read_text("utf-8")

    def between(text: str) -> str:
        return text[text.index("Papers of other hands") : text.index("![Documents with all seven")]

    assert between(page) == between(accuracy_report.INTRODUCTION)
