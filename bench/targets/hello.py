"""The least that a function can do: read the body, answer 200."""

from flask import Request


def hello(request: Request) -> tuple[str, int]:
    request.get_data()
    return "ok", 200
