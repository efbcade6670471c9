"""Tasks for the worker in Cloud Tasks.

REST is used in the cloud too, not only towards a stand-in: the client module imports both transports (so
neither import is cheaper), a REST client is made in 1 ms against gRPC's 7, and no second channel with its
threads stands beside Firestore's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from functions.errors import Unwell
from infra.pools import widen
from infra.settings import BUDGET

_CALL_S = 2.0
_RETRY_S = 2.0
"""A push ends within about `_CALL_S` + `_RETRY_S` seconds; it may be repeated because tasks are named."""


class CloudQueue:
    """`ports.Queue` over one Cloud Tasks queue, `projects/P/locations/L/queues/Q`.

    `endpoint` is the address of a stand-in, empty in the cloud. There `service_account` is the account as
    which the queue calls the worker. `credentials`: None means the process's own.
    """

    def __init__(
        self,
        queue: str,
        worker_url: str,
        *,
        service_account: str = "",
        audience: str = "",
        endpoint: str = "",
        credentials: Any = None,
    ) -> None:
        from google.auth.credentials import AnonymousCredentials  # loaded with the client
        from google.cloud import tasks_v2  # 0.15 s that the verification handshake need not pay

        self._tasks = tasks_v2
        self._queue = queue
        self._url = worker_url
        self._oidc = (
            {"service_account_email": service_account, "audience": audience or worker_url}
            if service_account
            else None
        )
        how: dict[str, Any] = {"credentials": credentials} if credentials else {}
        if endpoint:
            how = {"client_options": {"api_endpoint": endpoint}, "credentials": AnonymousCredentials()}
        self._client = tasks_v2.CloudTasksClient(transport="rest", **how)
        transport: Any = self._client.transport
        widen(transport._session)

    def push(self, name: str, body: bytes, *, at: datetime | None = None) -> None:
        """See `ports.Queue`."""
        from google.api_core.exceptions import Conflict  # loaded with the client

        request: dict[str, Any] = {
            "url": self._url,
            "http_method": self._tasks.HttpMethod.POST,
            "headers": {"Content-Type": "application/json"},
            "body": body,
        }
        if self._oidc:
            request["oidc_token"] = self._oidc
        task: dict[str, Any] = {
            "name": f"{self._queue}/tasks/{name}",
            "http_request": request,
            "dispatch_deadline": timedelta(seconds=BUDGET.dispatch_deadline_s),
        }
        if at:
            task["schedule_time"] = at
        with _unwell():
            try:
                self._client.create_task(
                    parent=self._queue, task=self._tasks.Task(task), timeout=_CALL_S, retry=_retry()
                )
            except Conflict:  # so it is over REST; gRPC's AlreadyExists is a Conflict too
                return

    def close(self) -> None:
        """Close the connections."""
        self._client.transport.close()


def _retry() -> Any:
    import requests  # loaded with the client
    from google.api_core.retry import Retry, if_transient_error  # as above

    def again(error: Exception) -> bool:
        return bool(if_transient_error(error)) or isinstance(error, requests.Timeout)

    return Retry(predicate=again, initial=0.05, maximum=0.5, timeout=_RETRY_S)


@contextmanager
def _unwell() -> Iterator[None]:
    import requests  # loaded with the client
    from google.api_core.exceptions import GoogleAPIError  # as above
    from google.auth.exceptions import GoogleAuthError  # as above

    try:
        yield
    except (
        GoogleAPIError,
        GoogleAuthError,
        requests.RequestException,
    ) as error:  # a queue that is down raises a bare ConnectionError
        raise Unwell(f"queue: Cloud Tasks: {type(error).__name__}") from error
