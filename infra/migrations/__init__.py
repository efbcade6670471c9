"""Postgres's schema, forward only, each step safe while the code before it still runs.

`bootstrap` makes the roles once, as a database administrator; `upgrade` brings the schema to the newest
revision, as the migration role. Run by `python -m infra.ops.migrate` in Cloud Build, and by the local stack.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

OWNER = "cuadra_owner"
"""The role that owns every schema and table. It has no login: the migration login acts as it. Row-level
security binds it too, except for its own policy.
"""
RUNTIME = "cuadra_runtime"
"""The worker's role: it sees one tenant at a time, owns nothing and bypasses nothing."""
SWEEPER = "cuadra_sweeper"
"""The role that owns the functions which look across tenants and return ids only. It has no login."""
OPERATOR = "cuadra_operator"
"""The role of the operators' commands: it may read every tenant, retry and purge."""

_GROUPS = (OWNER, RUNTIME, SWEEPER, OPERATOR)


def bootstrap(connection: Connection, *, migrator: str, runtime: str, operator: str | None = None) -> None:
    """Make the group roles and let the given logins act as them; repeating it changes nothing.

    The logins exist already (in Cloud SQL they are IAM users; locally `local_logins` makes them). Needs an
    administrator.
    """
    for group in _GROUPS:
        exists = connection.execute(
            text("select 1 from pg_roles where rolname = :name"), {"name": group}
        ).first()
        if not exists:
            connection.execute(
                text(f"create role {group} nologin noinherit nobypassrls nocreatedb nocreaterole")
            )
    database = connection.execute(text("select quote_ident(current_database())")).scalar_one()
    connection.execute(text(f"grant create, connect on database {database} to {OWNER}"))
    connection.execute(text(f"grant {SWEEPER} to {OWNER}"))
    for login, group in ((migrator, OWNER), (runtime, RUNTIME), (operator, OPERATOR)):
        if login is not None:
            connection.execute(text(f"grant {group} to {_quoted(connection, login)}"))
            connection.execute(text(f"grant connect on database {database} to {_quoted(connection, login)}"))


def local_logins(connection: Connection, passwords: dict[str, str]) -> None:
    """Create the named logins, or give them these passwords. For one machine; in the cloud logins are IAM
    users.
    """
    for name, password in passwords.items():
        exists = connection.execute(
            text("select 1 from pg_roles where rolname = :name"), {"name": name}
        ).first()
        verb = "alter" if exists else "create"
        secret = connection.execute(
            text("select quote_literal(:password)"), {"password": password}
        ).scalar_one()
        connection.execute(
            text(f"{verb} role {_quoted(connection, name)} login nosuperuser nobypassrls password {secret}")
        )


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to `revision` as the owner role, each step in a transaction of its own, so that none
    keeps the locks of another.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    connection.execute(text(f"set role {OWNER}"))
    try:
        connection.execute(text("create schema if not exists migrations"))
        connection.commit()  # the role stays; Alembic begins and ends the transactions that come
        command.upgrade(config, revision)
    finally:
        connection.rollback()
        connection.execute(text("reset role"))
        connection.commit()


def _quoted(connection: Connection, name: str) -> str:
    return str(connection.execute(text("select quote_ident(:name)"), {"name": name}).scalar_one())
