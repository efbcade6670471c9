"""Packs the functions' source into one zip, the same bytes for the same files: its name is its content's
hash.

python -m infra.ops.package FOLDER    writes FOLDER/source.zip and FOLDER/object, the name it is to be
                                      uploaded under
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOP = ("main.py", "requirements.txt")
PACKAGES = ("functions", "infra")
LEFT_OUT = ("infra/local", "infra/ops", "infra/migrations")
"""Folders that no function imports in the cloud."""
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest date a zip knows: a file's date of checkout is no part of it
_MODE = 0o100644 << 16


def files(root: Path = ROOT) -> Iterator[Path]:
    """Yields the files that belong in the zip, relative to `root`, in the order in which they are written."""
    found = [Path(name) for name in TOP]
    for package in PACKAGES:
        found += [path.relative_to(root) for path in (root / package).rglob("*") if path.is_file()]
    for path in sorted(found, key=lambda path: path.as_posix()):
        hidden = any(part.startswith(".") or part == "__pycache__" for part in path.parts)
        if not hidden and not path.as_posix().startswith(tuple(f"{folder}/" for folder in LEFT_OUT)):
            yield path


def build(target: Path, root: Path = ROOT) -> str:
    """Write the zip to `target` and return the object name, `source/<sha256>.zip`."""
    with zipfile.ZipFile(target, "w") as zipped:
        for path in files(root):
            info = zipfile.ZipInfo(path.as_posix(), _EPOCH)
            info.external_attr = _MODE
            # Stored, not compressed: another zlib would give other bytes, and so another name.
            zipped.writestr(info, (root / path).read_bytes(), zipfile.ZIP_STORED)
    return f"source/{hashlib.sha256(target.read_bytes()).hexdigest()}.zip"


def main(folder: str) -> None:
    """See the module."""
    to = Path(folder)
    to.mkdir(parents=True, exist_ok=True)
    name = build(to / "source.zip")
    (to / "object").write_text(name)
    sys.stdout.write(f"{name}, {(to / 'source.zip').stat().st_size} bytes, {sum(1 for _ in files())} files\n")


if __name__ == "__main__":
    main(sys.argv[1])
