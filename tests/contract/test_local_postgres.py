"""The embedded Postgres where the machine is awkward about folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from infra.local import postgres
from infra.local.here import free_port

pytestmark = pytest.mark.contract


def test_starts_in_a_folder_that_is_closed_to_all_others(tmp_path: Path) -> None:
    """Root's own home (0700) and a umask of 077 are places like any other, and no folder's permissions
    change.
    """
    home = tmp_path / "con espacio"
    home.mkdir(mode=0o700)
    before = os.umask(0o077)
    try:
        server = postgres.start(home / "postgres", free_port())
    finally:
        os.umask(before)
    engine = create_engine(server.url())
    try:
        with engine.connect() as connection:
            assert connection.execute(text("select 1")).scalar() == 1
    finally:
        engine.dispose()
        server.stop()
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "postgres").stat().st_mode & 0o777 == 0o700


def test_says_what_is_wrong_when_the_port_is_taken(
    tmp_path: Path, postgres_server: postgres.Postgres
) -> None:
    """A taken port fails with the server's own words, and leaves no process behind."""
    tmp_path.chmod(0o711)  # as root the server runs as nobody
    with pytest.raises(postgres.PostgresFailed, match=str(postgres_server.port)):
        postgres.start(tmp_path / "postgres", postgres_server.port)
