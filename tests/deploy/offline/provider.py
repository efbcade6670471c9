"""A stand-in for hashicorp/google that knows the schema and nothing else, so that `terraform validate` and
`terraform test` run offline.

It speaks Terraform's plugin protocol 6 over a Unix socket with TLS, as go-plugin asks; only GetProviderSchema
has an answer, every other call is answered with an empty message, which means "no objection". The protocol's
few messages are written by hand (their field numbers are those of tfplugin6.proto): no generated code,
nothing to install beyond the project's own packages.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import sys
import tempfile
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def varint(value: int) -> bytes:
    """Protobuf's base-128 integer."""
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def message(*fields: tuple[int, bytes | str | int | bool]) -> bytes:
    """A protobuf message of (number, value) fields; false and zero are left out, as proto3 does."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(int(value)) if value else b""
        else:
            raw = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(raw)) + raw
    return out


SINGLE, LIST = 1, 2


def block(spec: dict[str, Any]) -> bytes:
    """Schema.Block of google.json's attributes and nested blocks."""
    attributes = [
        (
            2,
            message(
                (1, name),
                (2, json.dumps(a["type"])),
                (4, a.get("required", False)),
                (5, a.get("optional", False)),
                (6, a.get("computed", False)),
            ),
        )
        for name, a in sorted(spec["attributes"].items())
    ]
    nested = []
    for name, b in sorted(spec["blocks"].items()):
        limits = ((3, SINGLE),) if b["mode"] == "single" else ((3, LIST), (4, b["min"]), (5, b["max"]))
        nested.append((3, message((1, name), (2, block(b["block"])), *limits)))
    return message(*attributes, *nested)


def provider_schema(google: dict[str, Any]) -> bytes:
    """GetProviderSchema.Response."""

    def schema(spec: dict[str, Any]) -> bytes:
        return message((2, block(spec)))

    return message(
        (1, schema(google["provider"])),
        *[(2, message((1, name), (2, schema(spec)))) for name, spec in google["resources"].items()],
        *[(3, message((1, name), (2, schema(spec)))) for name, spec in google["data"].items()],
        (6, message((2, True))),  # Terraform may keep the schema
    )


class Answers(grpc.GenericRpcHandler):
    """Every unary call of the protocol."""

    def __init__(self, schema: bytes) -> None:
        self.schema = schema

    def service(self, call: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        if call.method.startswith(("/plugin.GRPCBroker/", "/plugin.GRPCStdio/")):
            return None  # streams that go-plugin can do without

        def answer(_request: bytes, _context: grpc.ServicerContext) -> bytes:
            if call.method == "/plugin.GRPCController/Shutdown":
                os._exit(0)
            return self.schema if call.method.endswith("/GetProviderSchema") else b""

        return grpc.unary_unary_rpc_method_handler(answer)


def certificate() -> tuple[bytes, bytes, bytes]:
    """A self-signed certificate for localhost: private key and certificate as PEM, certificate as DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, cert.public_bytes(serialization.Encoding.PEM), cert.public_bytes(serialization.Encoding.DER)


def main() -> None:
    """Serve until Terraform says Shutdown."""
    schema = provider_schema(json.loads((Path(__file__).parent / "google.json").read_text("utf-8")))
    key, pem, der = certificate()
    server = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.max_send_message_length", -1)])
    server.add_generic_rpc_handlers((Answers(schema),))
    credentials = grpc.ssl_server_credentials([(key, pem)])
    socket = f"{tempfile.mkdtemp(prefix='tf-')}/provider.sock"
    server.add_secure_port(f"unix://{socket}", credentials)
    server.start()
    sys.stdout.write(f"1|6|unix|{socket}|grpc|{base64.b64encode(der).decode().rstrip('=')}\n")
    sys.stdout.flush()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
