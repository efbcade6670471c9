"""Writes what the functions' package is made of, as CycloneDX 1.6 JSON: each locked package with its hashes,
and its terms where its own metadata states them.

python -m infra.ops.sbom FOLDER    writes FOLDER/sbom.json for the package that FOLDER/object names
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from infra.ops import lock
from infra.ops.package import ROOT


def bill(name: str, packages: list[lock.Locked]) -> dict[str, Any]:
    """Returns the bill of materials of the object `name`, the same for the same object and packages."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, name)}",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": "cuadra", "name": "cuadra", "version": name}
        },
        "components": [_component(package) for package in packages],
        "dependencies": [{"ref": "cuadra", "dependsOn": [_purl(package) for package in packages]}],
    }


def _component(package: lock.Locked) -> dict[str, Any]:
    purl = _purl(package)
    hashes = [{"alg": "SHA-256", "content": content} for content in package.hashes]
    told = {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "purl": purl,
        "hashes": hashes,
    }
    terms = _terms(package.name)
    return told | ({"licenses": [{"expression": terms}]} if terms else {})


def _purl(package: lock.Locked) -> str:
    return f"pkg:pypi/{package.name}@{package.version}"


def _terms(name: str) -> str | None:
    """Returns the SPDX expression of an installed package's metadata, None without one; NOTICE has the terms
    of packages that state them otherwise.
    """
    try:
        said = importlib.metadata.metadata(name).json.get("license_expression")
    except importlib.metadata.PackageNotFoundError:
        return None
    return said if isinstance(said, str) else None


def main(folder: str) -> None:
    """See the module."""
    packages = lock.read(ROOT / "requirements.txt")
    found = bill((Path(folder) / "object").read_text().strip(), packages)
    (Path(folder) / "sbom.json").write_text(json.dumps(found, indent=1) + "\n")
    sys.stdout.write(f"{len(packages)} packages\n")


if __name__ == "__main__":
    main(sys.argv[1])
