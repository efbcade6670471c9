"""The synthetic sender's way through the running stack."""

from __future__ import annotations

import json

import pytest
import requests

from functions.whatsapp.synthetic import ADDRESS
from infra.ops import story
from infra.ops.desk import Desk
from infra.ops.target import load
from tests.e2e.conftest import Running, eventually

pytestmark = pytest.mark.e2e

OURS = (
    "select count(*) as n from documents.documents where user_id in (select id from auth.users where bsuid "
    "= :bsuid)"
)


def test_a_synthetic_document_is_answered_and_nobody_is_called(
    stack: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked once, it goes through the signed webhook, the bucket, the queue and the reading to a released
    answer, each line of it marked; WhatsApp hears nothing, and no day's count has it.
    """
    monkeypatch.setenv("CUADRA_HOME", stack.where.home)
    desk = Desk(load())
    before = [line for line in story.status(desk) if line.startswith("last 24 hours")]
    graph = stack.logs("whatsapp").count("/messages")
    asked = requests.post(stack.where.worker, data=b'{"kind": "synthetic"}', timeout=30)
    assert (asked.status_code, asked.text) == (200, "synthetic_sent")
    (user,) = eventually(
        lambda: stack.sql("select id from auth.users where bsuid = :bsuid", bsuid=ADDRESS.bsuid)
    )
    line = stack.line("worker", user=user["id"], task="message")
    assert (line["synthetic"], line["verdict"], line["outcome"], line["attempt"]) == (
        True,
        "proven",
        "proven",
        1,
    )
    assert line["released"] >= 1
    assert [
        one["outcome"] for one in map(json.loads, stack.logs("webhook").splitlines()) if one.get("synthetic")
    ] == ["ok"]
    (rows,) = stack.sql(OURS, bsuid=ADDRESS.bsuid)
    assert rows["n"] >= 1
    assert stack.logs("whatsapp").count("/messages") == graph
    assert [line for line in story.status(desk) if line.startswith("last 24 hours")] == before
    desk.close()
