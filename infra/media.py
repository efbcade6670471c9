"""Original files in Cloud Storage. STORAGE_EMULATOR_HOST is honoured by the client."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from functions.errors import Gone, Unwell
from infra.pools import widen

_ONE_REQUEST = 8 << 20
"""Bytes up to which the client uploads in one request. A larger file takes several, and emulators do not hold
those to `if_generation_match`.
"""
_DELETES = 32


class CloudMedia:
    """`ports.MediaStore` over one bucket. `credentials`: None means the process's own."""

    def __init__(self, project: str, bucket: str, *, credentials: Any = None) -> None:
        from google.cloud import storage  # a quarter of a second that the verification handshake need not pay

        self._client = storage.Client(project=project, credentials=credentials)
        # Beside an instance's first call, the client would ask for the bucket itself, for its own traces: in
        # a thread that our timeouts do not bind, with a permission that the functions lack. There is no
        # public switch.
        untyped: Any = self._client
        untyped._bucket_metadata_cache = None
        widen(self._client._http)
        self._bucket = self._client.bucket(bucket)

    def save(self, name: str, data: bytes, mime: str, *, timeout: float) -> str:
        """See `ports.MediaStore`."""
        from google.api_core.exceptions import PreconditionFailed  # loaded with the client

        blob = self._bucket.blob(name)
        uri = f"gs://{self._bucket.name}/{name}"
        if len(data) > _ONE_REQUEST and self.find(name, timeout=timeout / 4):
            return uri
        with _unwell():
            try:
                blob.upload_from_string(data, mime, if_generation_match=0, **_within(timeout))
            except PreconditionFailed:
                # The file is there: from another delivery, or from our own upload whose answer was lost.
                return uri
        return uri

    def load(self, uri: str, *, timeout: float) -> bytes:
        """See `ports.MediaStore`."""
        from google.api_core.exceptions import NotFound  # loaded with the client

        bucket, _, name = uri.removeprefix("gs://").partition("/")
        with _unwell():
            try:
                return bytes(self._client.bucket(bucket).blob(name).download_as_bytes(**_within(timeout)))
            except NotFound as error:
                raise Gone("the stored file is gone") from error

    def find(self, name: str, *, timeout: float) -> str | None:
        """See `ports.MediaStore`."""
        with _unwell():
            there = self._bucket.blob(name).exists(**_within(timeout))
        return f"gs://{self._bucket.name}/{name}" if there else None

    def delete(self, prefix: str, *, most: int | None = None) -> int:
        """See `ports.MediaStore`. Raises ValueError for an empty prefix, which would be the whole bucket."""
        if not prefix:
            raise ValueError("a prefix is needed")
        with _unwell():
            blobs = list(
                self._client.list_blobs(self._bucket, prefix=prefix, max_results=most, **_within(20))
            )
            with ThreadPoolExecutor(
                _DELETES
            ) as pool:  # one call for each file: a large tenant's would take hours one after the other
                list(
                    pool.map(
                        lambda blob: self._bucket.delete_blobs(
                            [blob], on_error=lambda _: None, **_within(20)
                        ),
                        blobs,
                    )
                )
        return len(blobs)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _within(seconds: float) -> dict[str, Any]:
    """Returns timeouts and retry of one call that ends within `seconds`: the last attempt begins in the first
    quarter of them and takes at most three quarters.
    """
    from google.cloud.storage.retry import DEFAULT_RETRY  # loaded with the client

    connect, read = seconds / 4, seconds / 2
    retry = DEFAULT_RETRY.with_delay(initial=0.05, maximum=1.0, multiplier=2.0).with_timeout(seconds / 4)
    return {"timeout": (connect, read), "retry": retry}


@contextmanager
def _unwell() -> Iterator[None]:
    import requests  # loaded with the client
    from google.api_core.exceptions import GoogleAPIError  # as above
    from google.auth.exceptions import GoogleAuthError  # as above
    from google.cloud.storage.exceptions import DataCorruption, InvalidResponse  # as above

    try:
        yield
    except (
        GoogleAPIError,
        GoogleAuthError,
        requests.RequestException,
        DataCorruption,
        InvalidResponse,
    ) as error:
        raise Unwell(f"media: Cloud Storage: {type(error).__name__}") from error
