"""What the worker's cold start is compared with: as `hello_webhook`, and a Postgres pool."""

import os

from flask import Request
from sqlalchemy import create_engine, text

from bench.targets import hello_webhook

engine = create_engine(os.environ["DATABASE_URL"])
hello_webhook.session.headers["Authorization"] = "Bearer t"


def hello(request: Request) -> tuple[str, int]:
    request.get_data()
    with engine.begin() as connection:
        connection.execute(text("select 1"))
    return "hello", 200
