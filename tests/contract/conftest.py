"""The real services' emulators, started once a session. What a newcomer lacks is skipped, unless CUADRA_REQUIRE_ALL=1."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

JAR = "/usr/lib/google-cloud-sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"


@pytest.fixture(scope="session")
def firestore_host() -> Iterator[str]:
    """`host:port` of Google's Firestore emulator."""
    jar = os.environ.get("FIRESTORE_EMULATOR_JAR", JAR)
    if not shutil.which("java") or not Path(jar).exists():
        lacking = "Java and Google's Firestore emulator (FIRESTORE_EMULATOR_JAR) are not here"
        if os.environ.get("CUADRA_REQUIRE_ALL") == "1":
            pytest.fail(lacking)
        pytest.skip(lacking)
    port = free_port()
    main = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
    command = ["java", "-Xmx512m", "-cp", jar, main, "start", "--host=127.0.0.1", f"--port={port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    """Until something listens on `port`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, f"the emulator ended with {process.returncode}"
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"the emulator does not listen after {seconds} s")
