from __future__ import annotations

import importlib.metadata
import re

import pytest

from infra.ops import lock
from tests.deploy.conftest import ROOT

pytestmark = pytest.mark.contract

NOTICE = (ROOT / "NOTICE").read_text("utf-8")
PACKAGES = [package.name for package in lock.read(ROOT / "requirements.txt")]


def test_every_package_of_the_functions_is_named_once() -> None:
    """NOTICE names what requirements.txt installs, neither more nor less."""
    free, asking = NOTICE.split("\n\n2. ")
    listed = re.split(r",\s+", free.split(":\n\n")[1].strip().removesuffix("."))
    listed += re.findall(r"^([\w.-]+)  +\S", asking.split("\n\n")[1], re.MULTILINE)
    assert sorted(name.lower().replace("_", "-") for name in listed) == sorted(PACKAGES)


def test_what_asks_for_more_is_set_apart() -> None:
    """A package whose own metadata speaks of a copyleft licence stands among those that ask for more;
    pillow-heif does by its wheel's libraries.
    """
    asking = set()
    for package in PACKAGES:
        said = importlib.metadata.metadata(package)
        terms = " ".join(
            line
            for name in ("License-Expression", "License", "Classifier")
            for line in said.get_all(name) or []
        )
        asking |= {package} if re.search(r"\b(A|L)?GPL|MPL|EPL|CDDL", terms) else set()
    bundled = next(
        file for file in importlib.metadata.files("pillow-heif") or [] if file.name == "LICENSES_bundled.txt"
    )
    assert "GPLv2" in bundled.read_text()
    assert set(
        re.findall(r"^([\w.-]+)  +\S", NOTICE.split("\n\n2. ")[1].split("\n\n")[1], re.MULTILINE)
    ) == asking | {"pillow-heif"}
