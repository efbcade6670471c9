"""One function under the functions framework, as in the cloud, but for uploads that the storage emulator can refuse.

FUNCTION_TARGET=webhook PORT=8080 python -m infra.local.function
"""

from __future__ import annotations

import sys
from pathlib import Path

from functions_framework._cli import _cli

from infra.local import faults, latency
from infra.local.serve import HOST
from infra.local.storage import whole_uploads

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Serve until SIGTERM; target, port and threads come by environment."""
    whole_uploads()
    latency.apply()
    faults.apply()
    sys.argv = ["functions-framework", f"--source={ROOT / 'main.py'}", f"--host={HOST}"]
    _cli()


if __name__ == "__main__":
    main()
