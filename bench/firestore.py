"""As much of Firestore as a cold function's first message needs, over real gRPC: everything is missing, every
commit works.

It lets the real client load, connect and speak where Google's emulator (Java) is not installed. python -m
bench.firestore PORT
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import grpc
from google.cloud.firestore_v1 import types

SERVICE = "google.firestore.v1.Firestore"


def _begin(_: Any, __: Any) -> Any:
    return types.BeginTransactionResponse(transaction=b"t")


def _get(request: Any, _: Any) -> Iterator[Any]:
    for name in request.documents:
        yield types.BatchGetDocumentsResponse(missing=name, read_time=datetime.now(UTC))


def _commit(request: Any, _: Any) -> Any:
    now = datetime.now(UTC)
    return types.CommitResponse(
        write_results=[types.WriteResult(update_time=now) for _ in request.writes], commit_time=now
    )


def _codec(request: Any, response: Any) -> dict[str, Any]:
    return {"request_deserializer": request.deserialize, "response_serializer": response.serialize}


def main() -> None:
    """Serve until killed."""
    server = grpc.server(ThreadPoolExecutor(8))
    handlers = {
        "BeginTransaction": grpc.unary_unary_rpc_method_handler(
            _begin, **_codec(types.BeginTransactionRequest, types.BeginTransactionResponse)
        ),
        "BatchGetDocuments": grpc.unary_stream_rpc_method_handler(
            _get, **_codec(types.BatchGetDocumentsRequest, types.BatchGetDocumentsResponse)
        ),
        "Commit": grpc.unary_unary_rpc_method_handler(
            _commit, **_codec(types.CommitRequest, types.CommitResponse)
        ),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
