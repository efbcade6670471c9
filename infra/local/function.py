"""Serves one function under the functions framework, as in the cloud, with two differences: uploads take the
form that the storage emulator can refuse, and pages of other sites are refused.

FUNCTION_TARGET=webhook PORT=8080 python -m infra.local.function

CUADRA_TUNNEL=1 lets the webhook be called by any host name: that of a tunnel, which everybody may call.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from functions_framework import create_app
from functions_framework._http import create_server

from infra.local import faults, latency
from infra.local.here import HOST, REFUSED, foreign
from infra.local.storage import whole_uploads

ROOT = Path(__file__).parents[2]
_LINE = 8190
"""Bytes of a request's first line, gunicorn's own default; the framework sets no limit, since in the cloud
the front end has one.
"""


def main() -> None:
    """Serve until SIGTERM; target, port and threads come by environment."""
    whole_uploads()
    latency.apply()
    faults.apply()
    target = os.environ["FUNCTION_TARGET"]
    app: Any = create_app(target, str(ROOT / "main.py"), "http")
    tunnel = target == "webhook" and bool(os.environ.get("CUADRA_TUNNEL"))
    app.wsgi_app = _local_only(app.wsgi_app, tunnel=tunnel)
    # Gunicorn's control socket is off: it has one name, for which all functions of a user would fight.
    server = create_server(app, debug=False, limit_request_line=_LINE, control_socket_disable=True)
    server.run(HOST, int(os.environ["PORT"]))


def _local_only(app: Callable[..., Iterable[bytes]], *, tunnel: bool) -> Callable[..., Iterable[bytes]]:
    def passed(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if foreign(environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN"), tunnel=tunnel):
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [REFUSED.encode()]
        return app(environ, start_response)

    return passed


if __name__ == "__main__":
    main()
