"""What is installed is what was locked, and what was locked can be looked at."""

from __future__ import annotations

import importlib.metadata
import json
import re
from pathlib import Path

import pytest

from infra.ops import audit, lock, sbom
from infra.ops.lock import Locked
from tests.deploy.conftest import ROOT

pytestmark = pytest.mark.contract

FUNCTIONS, EVERYTHING = (lock.read(ROOT / f"{name}.txt") for name in ("requirements", "requirements-dev"))
ASKED = re.compile(r"^([\w.-]+)(?:\[\w+\])?==(\S+)", re.MULTILINE)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked(name: str) -> dict[str, str]:
    return {plain(package): version for package, version in ASKED.findall((ROOT / name).read_text("utf-8"))}


@pytest.mark.parametrize("packages", [FUNCTIONS, EVERYTHING], ids=["functions", "everything"])
def test_every_package_is_locked_to_its_files(packages: list[Locked]) -> None:
    """No package stands without a hash, so that pip takes nothing else from whatever index it is given."""
    assert len(packages) > 80
    assert [package.name for package in packages if not package.hashes] == []


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_a_lock_has_every_line_of_its_list(name: str) -> None:
    """What is asked for stands in the lock with that version; a list that was changed without `make lock` is
    seen.
    """
    locked = {plain(package.name): package.version for package in lock.read(ROOT / f"{name}.txt")}
    wanted = asked(f"{name}.in")
    assert {package: locked.get(package) for package in wanted} == wanted


def test_what_is_tested_is_what_ships() -> None:
    """Every package of the functions has the same version and files in the list that tests run on."""
    tested = {package.name: package for package in EVERYTHING}
    assert [package for package in FUNCTIONS if tested.get(package.name) != package] == []


def test_what_is_installed_is_what_is_locked() -> None:
    """The packages that this very run has are those of the lock."""
    installed = {plain(found.metadata["Name"]): found.version for found in importlib.metadata.distributions()}
    assert {package.name: installed.get(plain(package.name)) for package in FUNCTIONS} == {
        package.name: package.version for package in FUNCTIONS
    }


def test_installs_take_nothing_without_a_hash() -> None:
    """The Makefile's installs of our lists are told to refuse what has no hash, and to take nothing that no
    list names.
    """
    installs = re.findall(r"pip install .*-r requirements.*", (ROOT / "Makefile").read_text("utf-8"))
    assert len(installs) == 4
    assert all("--require-hashes --no-deps" in install for install in installs)


def test_the_provider_is_locked_for_every_platform() -> None:
    """The committed lock answers what versions.tf asks, with the hashes of each platform's package, so that
    `init -lockfile=readonly` passes.
    """
    said = (ROOT / "terraform/.terraform.lock.hcl").read_text("utf-8")
    (asked_for,) = re.findall(
        r'(?<!_)version = "([^"]+)"', (ROOT / "terraform/versions.tf").read_text("utf-8")
    )
    assert re.findall(r'^provider "(.+)" \{', said, re.MULTILINE) == [
        "registry.terraform.io/hashicorp/google"
    ]
    assert re.findall(r'constraints = "([^"]+)"', said) == [asked_for]
    (version,) = re.findall(r'version     = "([\d.]+)"', said)
    least = [int(part) for part in asked_for.removeprefix("~> ").split(".")]
    assert [int(part) for part in version.split(".")][:2] >= least
    assert len(set(re.findall(r'"zh:[0-9a-f]{64}"', said))) == 12, (
        "eleven platforms and the provider's manifest"
    )
    assert len(set(re.findall(r'"h1:[\w+/]{43}="', said))) >= 2


def test_a_package_has_its_bill_of_materials(tmp_path: Path) -> None:
    """Beside the source lies what it is made of: every locked package with its address, version and hashes,
    terms where they are told.
    """
    (tmp_path / "object").write_text("source/abc.zip")
    sbom.main(str(tmp_path))
    found = json.loads((tmp_path / "sbom.json").read_text())
    assert (found["bomFormat"], found["specVersion"], found["metadata"]["component"]["version"]) == (
        "CycloneDX",
        "1.6",
        "source/abc.zip",
    )
    assert [(c["purl"], [h["content"] for h in c["hashes"]]) for c in found["components"]] == [
        (f"pkg:pypi/{package.name}@{package.version}", list(package.hashes)) for package in FUNCTIONS
    ]
    terms = {c["name"]: c["licenses"] for c in found["components"] if "licenses" in c}
    assert terms["pydantic"] == [{"expression": "MIT"}]
    assert found["dependencies"][0]["dependsOn"] == [c["bom-ref"] for c in found["components"]]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"dependencies": [{"name": "a", "version": "1", "vulns": []}]},
            (0, ["1 of 1 packages looked up, 0 known vulnerabilities."]),
        ),
        (
            {
                "dependencies": [
                    {
                        "name": "a",
                        "version": "1",
                        "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}, {"id": "X", "fix_versions": []}],
                    }
                ]
            },
            (
                1,
                [
                    "a 1: PYSEC-1, mended in 2",
                    "a 1: X, mended in no version yet",
                    "1 of 1 packages looked up, 2 known vulnerabilities.",
                ],
            ),
        ),
        (
            {"dependencies": [{"name": "a", "skip_reason": "not found"}]},
            (
                0,
                [
                    "0 of 1 packages looked up, 0 known vulnerabilities.",
                    "Of 1 the index here keeps no record: audit them where it does.",
                ],
            ),
        ),
        ("", (0, ["Nothing was looked up: the index did not answer."])),
    ],
)
def test_an_audit_says_what_it_could_not_see(said: object, expected: tuple[int, list[str]]) -> None:
    """A known vulnerability fails it, with where it is mended; what the index does not tell is said, and
    never taken for health.
    """
    assert audit.verdict(json.dumps(said)) == expected
