"""pywa doing the webhook's own work, under the functions framework's own gunicorn: what a good user of that
library would write.

Signatures are checked, and each message is admitted to a store that does nothing, its task's JSON goes to a
queue that does nothing, and one JSON line with our line's fields is written. `bench.own_work` holds line and
task to ours by their keys.

python bench/targets/pywa_app.py PORT SECRET
"""

import contextvars
import hashlib
import json
import os
import sys
import time
from collections import Counter
from datetime import UTC, datetime

from flask import Flask, Response, request
from functions_framework._http.gunicorn import GunicornApplication
from pywa import WhatsApp, types

app = Flask(__name__)
whatsapp = WhatsApp(
    phone_id="106540352242922",
    token="t",
    server=app,
    webhook_endpoint="/webhook/whatsapp",
    verify_token="v",
    app_secret=sys.argv[2],
    validate_updates=True,
)
handled = Counter[str]()
fields: contextvars.ContextVar[dict[str, object]] = contextvars.ContextVar("fields")
TASK = json.loads(os.environ["TASK"])
"""One of our tasks, whose values about the message are put in."""


def admit(wamid: str) -> int:
    return 1


def push(name: str, body: bytes) -> None:
    pass


@app.before_request
def begins() -> None:
    fields.set({"began": time.monotonic()})


@whatsapp.on_message
def message(_: WhatsApp, told: types.Message) -> None:
    since = time.monotonic()
    seq = admit(told.id)
    admitted = time.monotonic()
    task = {
        **TASK,
        "seq": seq,
        "message": {
            **TASK["message"],
            "wamid": told.id,
            "address": {"phone": told.from_user.wa_id, "bsuid": told.from_user.bsuid},
            "sent_at": told.timestamp.astimezone(UTC).isoformat(),
            "kind": told.type.value,
            "text": told.text,
            "quoted": told.reply_to_message.message_id if told.reply_to_message else None,
        },
        "received_at": datetime.now(UTC).isoformat(),
    }
    push(hashlib.sha256(f"{told.id}:0".encode()).hexdigest(), json.dumps(task, ensure_ascii=False).encode())
    handled["messages"] += 1
    fields.get().update(
        admit_ms=round(1000 * (admitted - since)), enqueue_ms=round(1000 * (time.monotonic() - admitted)),
        tenant=TASK["tenant"]["id"],
        user=TASK["tenant"]["user_id"], messages=1, admitted=1, media_stored=0,
        media_deferred=0, task=task,
    )  # fmt: skip


@app.after_request
def line(response: Response) -> Response:
    told = fields.get()
    if "messages" not in told:
        return response
    spent = round(1000 * (time.monotonic() - told.pop("began")))  # type: ignore[operator]  # a float
    task = told.pop("task")
    written = {
        "status": response.status_code, "bytes": request.content_length, "verify_ms": 0, "parse_ms": spent,
        "errors": 0, "statuses": 0, "moves": 0,
        "ignored": {}, "outcome": "ok", **told, "severity": "INFO", "message": "request",
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }  # fmt: skip
    sys.stdout.write(json.dumps(written, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    app.config["LAST"] = {"line": sorted(written), "task": task}
    return response


@app.get("/handled")
def count() -> dict[str, object]:
    return {"messages": handled["messages"], **app.config["LAST"]}


if __name__ == "__main__":
    GunicornApplication(app, "127.0.0.1", sys.argv[1], False).run()
