import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.api_core.exceptions import PreconditionFailed
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage as gcs

from infra.local import storage
from infra.local.here import free_port

pytestmark = pytest.mark.contract


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[gcs.Bucket]:
    storage.whole_uploads()
    running = storage.start(tmp_path, free_port(), ("media",))
    with gcs.Client("cuadra", AnonymousCredentials(), client_options={"api_endpoint": running.url}) as client:
        yield client.bucket("media")
    os.killpg(running.process.pid, signal.SIGKILL)
    running.process.wait()


@pytest.mark.parametrize(
    "size", [0, 1000, 9 << 20, 20 << 20], ids=["empty", "small", "over 8 MiB", "largest"]
)
def test_an_object_is_written_once(bucket: gcs.Bucket, tmp_path: Path, size: int) -> None:
    """A second upload with if_generation_match=0 is 412 whatever the size, and the bytes are a plain file."""
    first, second = os.urandom(size), b"other"
    bucket.blob("t/a").upload_from_string(first, "image/jpeg", if_generation_match=0, checksum=None)
    with pytest.raises(PreconditionFailed):
        bucket.blob("t/a").upload_from_string(
            second + first, "image/jpeg", if_generation_match=0, checksum=None
        )
    assert bucket.blob("t/a").download_as_bytes() == first
    assert (tmp_path / "media/t/a").read_bytes() == first


def test_objects_outlive_a_kill(tmp_path: Path) -> None:
    """After SIGKILL another emulator on the same folder has the object, and still refuses to overwrite it."""
    storage.whole_uploads()
    for turn in range(2):
        running = storage.start(tmp_path, free_port(), ("media",))
        with gcs.Client(
            "cuadra", AnonymousCredentials(), client_options={"api_endpoint": running.url}
        ) as client:
            blob = client.bucket("media").blob("t/a")
            if turn == 0:
                blob.upload_from_string(b"kept", "image/jpeg", if_generation_match=0)
            else:
                assert blob.download_as_bytes() == b"kept"
                with pytest.raises(PreconditionFailed):
                    blob.upload_from_string(b"lost", "image/jpeg", if_generation_match=0)
        os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait()


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """An emulator that cannot start is an error that names its address."""
    running = storage.start(tmp_path, free_port(), ())
    with pytest.raises(RuntimeError, match=running.url):
        storage.start(tmp_path / "second", int(running.url.rsplit(":", 1)[1]), ())
    os.killpg(running.process.pid, signal.SIGKILL)
    running.process.wait()
