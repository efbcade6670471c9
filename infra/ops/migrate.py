"""Runs the migration step of a release: roles and schema, as the migration account, through the Cloud SQL
connector.

python -m infra.ops.migrate FOLDER    writes FOLDER/migrate.json; exits 1 when the schema is not at the newest
                                      revision
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from infra import database, migrations
from infra.ops.target import Target, google_credentials, load

ADMINISTRATORS = "cloudsqlsuperuser"
"""Cloud SQL's administrators. They are no superusers, and only the role itself may make roles, so it is acted
as.
"""
_LOCK = "10s"
"""A migration that waits longer for a lock gives up, rather than hold up every worker behind it."""


def run(
    connection: Connection, *, migrator: str, runtime: str, operator: str | None
) -> tuple[str | None, str]:
    """Make the roles, bring the schema to the newest revision; returns the revision before and after."""
    database.without_limits(connection)
    connection.execute(text(f"set lock_timeout = '{_LOCK}'"))
    acting = connection.execute(
        text("select pg_has_role(current_user, oid, 'member') from pg_roles where rolname = :name"),
        {"name": ADMINISTRATORS},
    ).scalar()
    if acting:
        connection.execute(text(f"set role {ADMINISTRATORS}"))
    migrations.bootstrap(connection, migrator=migrator, runtime=runtime, operator=operator)
    connection.execute(text("reset role"))
    connection.commit()
    before = _revision(connection)
    migrations.upgrade(connection)
    after = _revision(connection)
    assert after is not None, "the newest revision is written by upgrade"
    return before, after


def _revision(connection: Connection) -> str | None:
    connection.execute(text(f"set role {migrations.OWNER}"))
    try:
        there = connection.execute(text("select to_regclass('migrations.revision')")).scalar()
        return (
            connection.execute(text("select version_num from migrations.revision")).scalar()
            if there
            else None
        )
    finally:
        connection.rollback()  # the rollback resets the role too


def connect(target: Target) -> tuple[Engine, str]:
    """Returns an engine as the migration account, and its database login."""
    if target.database_url:
        engine = database.connect(target.database_url.get_secret_value(), pool=1)
        return engine, str(engine.url.username)
    user = login(target.cuadra_migrate_account)
    engine = database.connect_cloud_sql(
        target.cloud_sql_instance,
        user,
        target.db_name,
        pool=1,
        connector=connector(target.cuadra_migrate_account),
        private=target.cloud_sql_ip == "private",
    )
    return engine, user


def login(account: str) -> str:
    """Returns a service account's login in the database."""
    return account.removesuffix(".gserviceaccount.com")


def connector(account: str) -> Any:
    """Returns a Cloud SQL connector that acts as `account`, by the token creator role on it. Raises
    TargetError.
    """
    from google.cloud.sql.connector import Connector  # only in the cloud

    return Connector(credentials=google_credentials(account), refresh_strategy="lazy")


def main(folder: str) -> int:
    """See the module."""
    target = load()
    operator = login(target.cuadra_ops_account) if target.cuadra_ops_account else None
    report: dict[str, Any] = {"ok": False}
    until = time.monotonic() + target.cuadra_patience_s
    while True:
        try:
            engine, user = connect(target)
            try:
                with engine.connect() as connection:
                    before, after = run(connection, migrator=user, runtime=target.db_user, operator=operator)
            finally:
                engine.dispose()
            report = {"ok": True, "before": before, "after": after}
        except Exception as error:  # noqa: BLE001 - whatever it is, the release must know, and not by a traceback alone
            report = {"ok": False, "error": f"{type(error).__name__}: {error}"[:2000]}
        if report["ok"] or time.monotonic() >= until:
            break
        time.sleep(target.cuadra_patience_s / 5)
    Path(folder, "migrate.json").write_text(json.dumps(report), "utf-8")
    sys.stdout.write(json.dumps(report) + "\n")
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
