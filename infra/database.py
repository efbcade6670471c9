"""Postgres: the pool of connections, and the transaction of one tenant."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import MethodType
from typing import Any
from uuid import UUID

from pg8000 import core
from pg8000.converters import make_params
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from functions.errors import Unwell

_SOCKET_S = 15
"""Seconds that a socket waits, longer than any statement may take (`_STATEMENT_MS`): a database that hangs
costs one request and never holds a thread for ever.
"""
_STATEMENT_MS = 10_000
_IDLE_S = 20.0
_TRANSIENT = ("08", "40", "53", "55", "57", "42P01", "42703", "42883", "42P10")
"""SQLSTATE classes after which the same call may succeed later: connection, rollback (deadlock), resources,
locks, operator intervention. Also a table, column, function or unique index that is not there: a database
restored to an earlier minute lacks it until a build has migrated.
"""


def connect(url: str, *, pool: int) -> Engine:
    """Returns a pool for a plain address, `postgresql+pg8000://user:password@host/database`."""
    return _engine(pool, url=url, connect_args={"timeout": _SOCKET_S})


def connect_cloud_sql(
    instance: str, user: str, database: str, *, pool: int, connector: Any | None = None, private: bool = False
) -> Engine:
    """Returns a pool through the Cloud SQL connector with IAM authentication: no password, no open network,
    and certificates are renewed lazily.

    `connector` is a `google.cloud.sql.connector.Connector`; where None, one is made here ("lazy", since CPU
    is throttled between requests).
    """
    if connector is None:
        from google.cloud.sql.connector import Connector

        connector = Connector(refresh_strategy="lazy")
    kind = "private" if private else "public"

    def creator() -> Any:
        from aiohttp import ClientError
        from google.auth.exceptions import GoogleAuthError

        try:
            return connector.connect(
                instance,
                "pg8000",
                user=user,
                db=database,
                enable_iam_auth=True,
                ip_type=kind,
                timeout=_SOCKET_S,
            )
        except (ClientError, GoogleAuthError) as error:  # it asks Google for addresses and certificates first
            said = f"{type(error).__name__} {getattr(error, 'status', '')}".rstrip()
            raise Unwell(f"postgres: Cloud SQL connector: {said}") from error

    return _engine(pool, url="postgresql+pg8000://", creator=creator)


@contextmanager
def tenant_transaction(
    engine: Engine,
    tenant_id: UUID | None,
    *,
    durable: bool = True,
    person: UUID | None = None,
    sender: UUID | None = None,
    chat: bool = False,
) -> Iterator[Connection]:
    """Opens one transaction that sees and writes only this tenant's rows; with None it sees no tenant's (the
    sweep's functions need no tenant).

    Papers belong to the business, `tenant_id`, and a chat belongs to its person: `person` is the person's own
    tenant where that is another one. With a `sender`, a user, only the papers that this user sent are seen;
    with `chat` also those that the person sent to other businesses.

    With `durable=False` the commit does not wait for the disk (Postgres, "Asynchronous Commit"): a crash of
    the database may lose it, but not once a later durable commit is kept. That is right only for what a retry
    does again, leases above all.

    Raises Unwell when the database is down, slow or overloaded; an error of the statement itself is raised as
    it is.
    """
    try:
        with engine.connect() as connection:
            if tenant_id is not None:  # a UUID's digits can hold no quote
                own = person or tenant_id
                named = {"tenant": tenant_id, "person": own, "sender": sender, "chat": own if chat else None}
                told = [
                    f"set_config('app.{name}', '{UUID(str(one))}', true)"
                    for name, one in named.items()
                    if one is not None
                ]
                connection.info[_NAMED] = f"; select {', '.join(told)}{'' if durable else _LIGHTLY}"
            with connection.begin():
                yield connection
    except PoolTimeout as error:
        raise Unwell("postgres: no free connection") from error
    except DBAPIError as error:
        if _transient(error):
            raise Unwell(f"postgres: {_sqlstate(error) or type(error.orig).__name__}") from error
        raise
    except (OSError, TimeoutError) as error:
        raise Unwell(f"postgres: {type(error).__name__}") from error


def without_limits(connection: Connection) -> None:
    """Removes this connection's limits on the time of a statement and between statements: a migration, or a
    month of 50,000 papers, takes minutes.
    """
    raw: Any = connection.connection.dbapi_connection
    raw._usock.settimeout(None)
    connection.execute(
        text(
            "select set_config('statement_timeout', '0', false), "
            "set_config('idle_in_transaction_session_timeout', '0', false)"
        )
    )


def storable(value: Any) -> str:
    """Returns `value` as JSON that Postgres can keep, without the two things that it refuses in text: NUL and
    lone surrogates (a hostile file's name has both).
    """
    return json.dumps(_clean(value), ensure_ascii=False)


def storable_text(value: str | None) -> str | None:
    """Returns one text cleaned in the same way; None stays None."""
    return None if value is None else value.replace("\0", "").encode("utf-8", "replace").decode()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return value


_LIGHTLY = ", set_config('synchronous_commit', 'off', true)"
_NAMED = "named"
"""The key under which a connection keeps what its next transaction begins with."""


def _engine(
    pool: int,
    *,
    url: str,
    creator: Callable[[], Any] | None = None,
    connect_args: dict[str, Any] | None = None,
) -> Engine:
    options: dict[str, Any] = {"creator": creator} if creator else {"connect_args": connect_args or {}}
    engine = create_engine(
        url,
        pool_size=pool,
        pool_use_lifo=True,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=1800,
        hide_parameters=True,
        **options,
    )

    @event.listens_for(engine, "connect")
    def _limits(raw: Any, _record: Any) -> None:
        # pg8000 writes more than 8 KB in pieces, and Nagle's algorithm holds the last one back for the 40 ms
        # of a delayed acknowledgement.
        raw._usock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw._usock.settimeout(_SOCKET_S)
        raw.execute_unnamed = MethodType(_in_one_trip, raw)
        raw.autocommit = (
            True  # so it sends no BEGIN of its own: a trip before each transaction's first statement
        )
        cursor = raw.cursor()
        cursor.execute(
            f"select set_config('statement_timeout', '{_STATEMENT_MS}', false), "
            f"set_config('idle_in_transaction_session_timeout', '{_SOCKET_S * 1000}', false)"
        )
        cursor.close()
        raw.commit()

    @event.listens_for(engine, "begin")
    def _begins(connection: Connection) -> None:
        connection.exec_driver_sql("begin" + connection.info.pop(_NAMED, ""))

    @event.listens_for(engine, "checkin")
    def _left(_raw: Any, record: Any) -> None:
        record.info["left"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _still_there(raw: Any, record: Any, _proxy: Any) -> None:
        # A ping before every transaction would cost a round trip each time; only an idle connection may have
        # died unnoticed.
        if raw is None or time.monotonic() - record.info.get("left", time.monotonic()) < _IDLE_S:
            return
        try:
            raw.cursor().execute("select 1")
            raw.rollback()
        except Exception as error:
            raise DisconnectionError from error

    return engine


def _in_one_trip(
    raw: Any, statement: str, vals: Sequence[Any] = (), oids: Sequence[int] = (), stream: Any = None
) -> Any:
    """Replaces pg8000's `execute_unnamed`, which waits for the server after parsing, after describing and
    after executing; this one waits once.

    COMMIT goes this way too. (Postgres, "Extended Query": after a failure everything fails until the Sync
    that ends the sequence.)
    """
    context, params = core.Context(statement, stream=stream), make_params(raw.py_types, vals)
    for value in params:
        if value is not None:
            value.encode()  # a value that cannot be encoded must fail before anything is sent
    raw.send_PARSE(core.NULL_BYTE, statement, oids)
    raw.send_DESCRIBE_STATEMENT(core.NULL_BYTE)
    raw.send_BIND(core.NULL_BYTE, params)
    raw.send_EXECUTE()
    core._write(raw._sock, core.SYNC_MSG)
    core._flush(raw._sock)
    raw.handle_messages(context)
    return context


def _transient(error: DBAPIError) -> bool:
    state = _sqlstate(error)
    if state:
        return state.startswith(_TRANSIENT)
    return (
        error.connection_invalidated
        or isinstance(error.orig, OSError)
        or type(error.orig).__name__ in ("InterfaceError", "OperationalError")
    )


def _sqlstate(error: DBAPIError) -> str:
    """Returns the five-character SQLSTATE, "" where there is none; pg8000 gives the server's fields as a dict
    in which it is "C".
    """
    detail = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return str(detail.get("C", "")) if isinstance(detail, dict) else ""
