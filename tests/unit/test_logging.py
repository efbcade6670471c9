from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import logging as lines

pytestmark = pytest.mark.unit

Capture = pytest.CaptureFixture[str]
TRACE = "105445aa7843bc8bf206b12000100000"


@pytest.fixture(autouse=True)
def restore() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("cuadra")
    kept = root.handlers[:], root.level, ours.level
    lines.setup("INFO")
    yield
    root.handlers[:] = kept[0]
    root.setLevel(kept[1])
    ours.setLevel(kept[2])


def written(capsys: Capture) -> list[dict[str, object]]:
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for line in found:
        assert line.pop("time").endswith("+00:00")
    return found


def test_line_has_cloud_loggings_shape(capsys: Capture) -> None:
    """A line is one JSON object with severity, message, trace, span and the event's own fields."""
    with lines.request_context({"X-Cloud-Trace-Context": f"{TRACE}/123;o=1"}, "demo"):
        logging.getLogger("cuadra").warning(
            "storage_slow", extra={"fields": {"ms": 812, "tenant": UUID(int=1)}}
        )
    assert written(capsys) == [
        {
            "severity": "WARNING",
            "message": "storage_slow",
            "ms": 812,
            "tenant": "00000000-0000-0000-0000-000000000001",
            "logging.googleapis.com/trace": f"projects/demo/traces/{TRACE}",
            "logging.googleapis.com/spanId": "000000000000007b",
        }
    ]


@pytest.mark.parametrize(
    ("headers", "trace"),
    [
        ({"X-Cloud-Trace-Context": f"{TRACE}/1;o=0"}, (TRACE, "0000000000000001")),
        ({"X-Cloud-Trace-Context": TRACE}, (TRACE, "")),
        ({"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}, (TRACE, "00f067aa0ba902b7")),
        ({"X-Cloud-Trace-Context": "nonsense"}, None),
        ({"traceparent": "00-zz-1-01"}, None),
        ({}, None),
    ],
)
def test_trace_is_read_from_either_header(headers: dict[str, str], trace: tuple[str, str] | None) -> None:
    """Both trace headers are understood, and anything else is no trace."""
    assert lines.trace_of(headers) == trace


def test_lines_outside_a_request_have_no_trace(capsys: Capture) -> None:
    """The trace of one request never leaks into the lines after it."""
    with lines.request_context({"X-Cloud-Trace-Context": f"{TRACE}/1"}, "demo"):
        pass
    logging.getLogger("cuadra").info("after")
    assert written(capsys) == [{"severity": "INFO", "message": "after"}]


def test_exception_is_one_field_without_locals(capsys: Capture) -> None:
    """A traceback is one field, and the values of its frames stay out of it."""
    secret = "x"
    try:
        int(secret)
    except ValueError:
        logging.getLogger("cuadra").exception("failed")
    (line,) = written(capsys)
    assert line["severity"] == "ERROR"
    assert str(line["exception"]).splitlines()[-1].startswith("ValueError")
    assert "secret = " not in str(line["exception"])


def test_fields_never_hide_what_every_line_has(capsys: Capture) -> None:
    """A field named like a standard key does not replace it."""
    logging.getLogger("cuadra").info("event", extra={"fields": {"severity": "DEBUG", "message": "x"}})
    assert written(capsys) == [{"severity": "INFO", "message": "event"}]


def test_libraries_speak_from_warning_up(capsys: Capture) -> None:
    """Other loggers are heard from WARNING, and named."""
    logging.getLogger("urllib3.connectionpool").info("chatter")
    logging.getLogger("urllib3.connectionpool").warning("retrying %s", "/v26.0/1/messages")
    assert written(capsys) == [
        {"severity": "WARNING", "message": "retrying /v26.0/1/messages", "logger": "urllib3.connectionpool"}
    ]


def test_setup_twice_writes_once(capsys: Capture) -> None:
    """Setting up again does not double the lines."""
    lines.setup("INFO")
    logging.getLogger("cuadra").info("once")
    assert len(written(capsys)) == 1


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("to 51983446294 failed", "to 51*****294 failed"),
        ("+51 983-446-294", "+51*****294"),
        ("?access_token=abc|def-1 end", "?access_token=*** end"),
        ("Authorization: Bearer abc.DEF_1~x end", "Authorization: Bearer *** end"),
        ("EAAGm0PX4ZCpsBAKZBsomething123456", "***"),
        ("20512345678 is a RUC", "20512345678 is a RUC"),
        ("sha 9a51983446294bc0", "sha 9a51983446294bc0"),
        ("1751983446294", "1751983446294"),
    ],
)
def test_phones_and_tokens_are_masked(text: str, masked: str) -> None:
    """What looks like a Peruvian phone or a bearer token is masked; RUCs, hashes and times are not."""
    assert lines.mask(text) == masked


def test_masking_reaches_nested_fields_exceptions_and_arguments(capsys: Capture) -> None:
    """No place of a line lets a phone or a token through."""
    try:
        {}["Bearer tok.en for 51983446294"]
    except KeyError:
        logging.getLogger("other").exception(
            "sent to %s",
            "51983446294",
            extra={"fields": {"a": [{"51983446294": ("51983446294", 51983446294, True)}]}},
        )
    out = capsys.readouterr().out
    assert "51983446294" not in out
    assert "tok.en" not in out
    assert out.count("51*****294") == 6, (
        "the message, a key, two values, the exception and its line of source"
    )


@given(
    st.from_regex(r"51\d{9}", fullmatch=True),
    st.sampled_from([" ", "/", '"', "=", ":", ",", "\n", "(", "", "_"]),
    st.sampled_from([" ", "/", '"', "&", "]", ".", ""]),
)
def test_no_separator_saves_a_phone_from_masking(phone: str, before: str, after: str) -> None:
    """A phone is masked whatever punctuation stands around it."""
    assert phone not in lines.mask(f"{before}{phone}{after}")


_NASTY = st.sampled_from(
    [
        "\n",
        "\t",
        "\v",
        "\x1c",
        " ",
        "-",
        "51",
        "+51",
        "983446294",
        "983 446 294",
        "Bearer ",
        "EAA",
        "ya29.",
        "\\",
        '"',
        "x" * 25,
    ]
)
_TEXT = st.lists(_NASTY | st.text(max_size=3), max_size=8).map("".join)
_VALUES = st.recursive(
    _TEXT | st.integers() | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_TEXT | st.integers(), inner, max_size=3)
        | st.frozensets(_TEXT, max_size=3)
    ),
    max_leaves=8,
)


@given(_VALUES)
def test_the_short_way_masks_as_the_long_one(value: object) -> None:
    """A line that is written without looking at each of its strings is the one that looking at each would
    have written.
    """
    record = logging.LogRecord("cuadra", logging.INFO, "", 0, "told", (), None)
    record.fields = {"value": value}
    told = json.loads(lines.JsonLines().format(record))
    assert told["value"] == json.loads(json.dumps(lines._clean(value)))
