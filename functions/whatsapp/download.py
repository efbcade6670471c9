"""Downloads of files from Meta's hosts: to whom the token may go, how long and how large a download may be,
and whether what came is the file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from functions.errors import BadInput, CuadraError, Unwell

_META_HOSTS = ("fbsbx.com", "fbcdn.net")
_REDIRECTS = 5
_CHUNK = 1 << 16


class MediaTooLarge(BadInput):
    """The file has more bytes than allowed."""


class NotDownloaded(CuadraError):
    """A download's URL did not give the file: expired, foreign or failing. A fresh URL may."""


@dataclass(frozen=True, slots=True)
class Downloads:
    """Downloads over one session. Besides Meta's own hosts those of `base` and `hosts` (in small letters,
    with or without a port) get the token.
    """

    session: requests.Session
    token: str = field(repr=False)
    base: SplitResult
    hosts: frozenset[str]

    def fetch(self, url: str, hashes: Sequence[object], deadline: float, limit: int) -> bytes:
        """Return the bytes at `url`, at most `limit` of them, before `deadline` (monotonic). Where any of
        `hashes` is a SHA-256, one of them is that of the bytes. Raises NotDownloaded, MediaTooLarge, Unwell.
        """
        for _ in range(_REDIRECTS):
            if not self._trusted(url):
                raise NotDownloaded("a host that must not see the token")
            headers = {"Authorization": f"Bearer {self.token}", "Accept-Encoding": "identity"}
            try:
                with self.session.get(
                    url, headers=headers, timeout=left(deadline), allow_redirects=False, stream=True
                ) as response:
                    if response.is_redirect:
                        url = urljoin(url, response.headers["Location"])
                        continue
                    if response.status_code != 200:
                        raise NotDownloaded(f"HTTP {response.status_code} on download")
                    data = _read(response, deadline, limit)
            except (requests.exceptions.RequestException, HTTPError, OSError, ValueError) as error:
                raise NotDownloaded(type(error).__name__) from error
            known = [digest for digest in map(_digest, hashes) if digest]
            if known and hashlib.sha256(data).digest() not in known:
                raise NotDownloaded("the bytes are not the file's")
            return data
        raise NotDownloaded("too many redirects")

    def _trusted(self, url: str) -> bool:
        """True where the token may go to this URL: Meta's hosts over https, the configured base as it is, and
        `hosts`.
        """
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").lower()
            same_base = _origin(parts) == _origin(self.base)
        except ValueError:
            return False
        if parts.username is not None or "\\" in url:
            return False
        if same_base:
            return True
        if host in self.hosts or f"{host}:{parts.port}" in self.hosts:
            return parts.scheme in {"https", self.base.scheme}
        ours = any(host == name or host.endswith(f".{name}") for name in _META_HOSTS)
        return parts.scheme == "https" and parts.port in {None, 443} and ours


def _read(response: requests.Response, deadline: float, limit: int) -> bytes:
    announced = response.headers.get("Content-Length")
    length = int(announced) if announced and announced.isdecimal() else None
    if length is not None and length > limit:
        raise MediaTooLarge
    data = bytearray()
    while chunk := response.raw.read1(_CHUNK):
        data += chunk
        if len(data) > limit:
            raise MediaTooLarge
        left(deadline)
    if length is not None and len(data) != length:
        raise NotDownloaded("cut short")
    return bytes(data)


def left(deadline: float) -> float:
    """Return the seconds until `deadline` (monotonic). Raises Unwell where none are left."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise Unwell("Graph media: out of time")
    return seconds


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _digest(text: object) -> bytes | None:
    """Return the bytes of a SHA-256 written in hex (look-ups) or base64 (webhooks); None for anything else,
    which is then not compared.
    """
    if not isinstance(text, str):
        return None
    try:
        digest = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return None
    return digest if len(digest) == 32 else None
