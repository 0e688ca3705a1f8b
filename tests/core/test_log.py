import gc
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from asgi_correlation_id import correlation_id

from spoonfeeder.core import log
from tests.fixtures.log_lines import log_restored

FORGED = 'x"\r\n2026-01-01 error forged\x1b[31m\x7f\u2028\u202e${jndi:ldap://a}'
API_KEY = "sf_Zx81-qLm_0aB7cD2eF5gH8iJ3kL6mN9oP4rS1tUvWxY"
ACCESS_TOKEN = (
    "eyJhbGciOiJIUzI1NiIsImtpZCI6ImEifQ.eyJpc3MiOiJzcG9vbmZlZWRlciJ9.WkOgH2ZpgGCSz6C88qX98XfFM__5H8ycfn6gccTUxk4"
)
SECRETS = {
    "Authorization: Bearer abcdefghijklmnop1234": "abcdefghijklmnop1234",
    "postgresql://app:hunter2secret@db/x": "hunter2secret",
    "key sk-proj-0123456789abcdefghij failed": "0123456789abcdefghij",
    "https://g.example/v1?key=AIzaSyA1234567890abc": "AIzaSyA1234567890abc",
    '{"api_key": "k-very-secret-value"}': "k-very-secret-value",
    f"the key {API_KEY} is unknown": API_KEY[4:],
    f"GET /api/tasks?next=Bearer%20{API_KEY}": API_KEY[4:],
    f"['authorization', '{ACCESS_TOKEN}']": "eyJ",
    f"GET /socket.io/?token={ACCESS_TOKEN}&EIO=4": "eyJ",
    f"%3D{ACCESS_TOKEN.rpartition('.')[0]}": "eyJ",
    "Set-Cookie: spoonfeeder_refresh=mJ0x-qZ_81; HttpOnly; Path=/api/auth": "mJ0x-qZ_81",
    "(b'cookie', b'theme=dark; spoonfeeder_refresh=mJ0x-qZ_81')": "mJ0x-qZ_81",
    '{"refresh_token": "mJ0x-qZ_81"}': "mJ0x-qZ_81",
    "https://spoon.example/invitation?token=mJ0x-qZ_81": "mJ0x-qZ_81",
}
ORDINARY = (
    "output sf/0e8718c8-c253-4784-81dd-74076590e599/a.png, SF_PRIVATE_TARGETS and sf_short",
    "eyJ is how a header begins",
    "spoonfeeder_refresh is missing",
)


@pytest.fixture(scope="module")
def nothing_left_behind() -> None:
    """What earlier tests left behind may log when it is collected, and shall not do it here."""
    gc.collect()


@pytest.fixture
def stream(nothing_left_behind: None) -> Iterator[io.StringIO]:
    with log_restored():
        yield io.StringIO()


def test_json_gives_one_object_per_event_whatever_it_says(stream: io.StringIO) -> None:
    log.configure("info", "json", stream)

    structlog.get_logger("ours").warning("asked", path=FORGED, count=3)
    logging.getLogger("a.library").error("theirs %s", FORGED)

    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    ours, theirs = map(json.loads, lines)
    assert ours | {"timestamp": ""} == {
        "event": "asked",
        "path": FORGED,
        "count": 3,
        "level": "warning",
        "logger": "ours",
        "timestamp": "",
    }
    assert theirs["event"] == f"theirs {FORGED}"
    assert stream.getvalue().isascii()
    assert not {"\x1b", "\x7f", "\r"} & set(stream.getvalue())


def test_console_gives_one_line_per_event_whatever_it_says(stream: io.StringIO) -> None:
    log.configure("info", "console", stream)

    structlog.get_logger("ours").info(FORGED, path=FORGED)

    assert stream.getvalue().count("\n") == 1
    assert "\\x1b[31m" in stream.getvalue()
    assert not {"\x1b", "\x7f", "\r", "\u2028", "\u202e"} & set(stream.getvalue())


def test_a_traceback_cannot_pass_for_another_line(stream: io.StringIO) -> None:
    log.configure("info", "console", stream)

    try:
        raise ValueError("first\n12:00:00.000 info ours forged\x1b")
    except ValueError:
        structlog.get_logger("ours").exception("broke")

    first, *rest = stream.getvalue().splitlines()
    assert first.endswith("ours broke")
    assert rest
    assert all(line.startswith("    ") for line in rest)
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(("text", "secret"), SECRETS.items())
def test_secrets_in_texts_do_not_appear(stream: io.StringIO, form: log.Format, text: str, secret: str) -> None:
    log.configure("info", form, stream)
    local_key = secret

    try:
        raise RuntimeError(text)
    except RuntimeError:
        logging.getLogger("any").exception("failed: %s", text)
        structlog.get_logger("ours").error("failed", detail=text, nested={"list": [text]}, raw=text.encode())

    assert local_key not in stream.getvalue()
    assert "***" in stream.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "apiKey",
        "password",
        "authorization",
        "ENCRYPTION_KEY",
        "token",
        "cookie",
        "refresh_token",
        "spoonfeeder_refresh",
    ],
)
def test_values_under_telling_names_do_not_appear(stream: io.StringIO, name: str) -> None:
    log.configure("info", "json", stream)

    structlog.get_logger("ours").info("saved", **{name: "plain words"}, body={"deep": {name: "plain words"}})

    assert "plain words" not in stream.getvalue()


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_stay_readable(stream: io.StringIO, text: str) -> None:
    log.configure("info", "json", stream)

    structlog.get_logger("ours").info(text)

    assert json.loads(stream.getvalue())["event"] == text


@pytest.mark.parametrize("name", ["max_tokens", "token_epoch", "last_refresh", "tokens", "key", "keys"])
def test_ordinary_names_stay_readable(stream: io.StringIO, name: str) -> None:
    log.configure("info", "json", stream)

    structlog.get_logger("ours").info("saved", **{name: 512})

    assert json.loads(stream.getvalue())[name] == 512


def test_the_request_id_stands_in_every_line_of_the_request(stream: io.StringIO) -> None:
    log.configure("info", "json", stream)
    token = correlation_id.set("0123abc")
    try:
        structlog.get_logger("ours").info("one")
        logging.getLogger("theirs").info("two")
    finally:
        correlation_id.reset(token)
    structlog.get_logger("ours").info("three")

    assert [json.loads(line).get("request_id") for line in stream.getvalue().splitlines()] == [
        "0123abc",
        "0123abc",
        None,
    ]


def test_what_is_bound_to_a_job_stands_in_every_line_of_it(stream: io.StringIO) -> None:
    log.configure("info", "json", stream)
    with structlog.contextvars.bound_contextvars(line="generations", row="7", workspace="1"):
        structlog.get_logger("ours").info("one")
        logging.getLogger("theirs").info("two")
    structlog.get_logger("ours").info("three")

    bound = [(told.get("line"), told.get("row")) for told in map(json.loads, stream.getvalue().splitlines())]
    assert bound == [("generations", "7"), ("generations", "7"), (None, None)]


def test_chatty_libraries_are_heard_from_warnings_on(stream: io.StringIO) -> None:
    log.configure("info", "json", stream)

    for name in ("httpx2", "arq.worker", "socketio.server", "engineio.server", "alembic.runtime.migration"):
        logging.getLogger(name).info("HTTP Request: GET https://x?key=1")
        logging.getLogger(name).warning("lost")

    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["lost"] * 5


def test_debug_shows_what_info_hides(stream: io.StringIO) -> None:
    log.configure("info", "json", stream)
    structlog.get_logger("ours").debug("hidden")
    log.configure("debug", "json", stream)
    structlog.get_logger("others").debug("shown")

    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["shown"]


@pytest.mark.parametrize("name", ["anthropic._base_client", "google_genai.models", "openai._base_client"])
def test_sdks_never_write_what_they_send(stream: io.StringIO, name: str) -> None:
    log.configure("debug", "json", stream)
    logging.getLogger(name).debug("Request options: %s", {"messages": "private"})
    logging.getLogger(name).warning("lost")

    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["lost"]
