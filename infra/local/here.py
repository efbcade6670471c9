"""This machine: its names, its ports, and what comes from elsewhere."""

from __future__ import annotations

import os
import socket

HOST = "127.0.0.1"
_NAMES = {HOST, "localhost"}

REFUSED = "Only for this machine."


def foreign(host: str, origin: str | None, *, tunnel: bool = False) -> bool:
    """True where a page of another site may have made a browser send this.

    The Host must be this machine's own name (DNS rebinding; behind a `tunnel` it is the tunnel's) and an
    Origin, where a browser gives one, must be this very server (CSRF).
    """
    return (host.rsplit(":", 1)[0] not in _NAMES and not tunnel) or (
        origin is not None and origin != f"http://{host}"
    )


def bypass_proxies() -> None:
    """Have this process and those that it starts reach 127.0.0.1 directly, whatever proxy the environment
    names.
    """
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if not set(known.split(",")) >= _NAMES:
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join([*filter(None, [known]), *sorted(_NAMES)])


def free_port() -> int:
    """Returns a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """True where `port` can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def listens(port: int, host: str = HOST) -> bool:
    """True where somebody answers on `port`."""
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0
