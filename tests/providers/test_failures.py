"""What providers and the network say of a failure, and the error that it becomes."""

from datetime import UTC, datetime

import httpx2
import openai
import pytest

from spoonfeeder.core.http import BrokenReply
from spoonfeeder.providers import errors
from spoonfeeder.providers.failures import LONGEST_WAIT_SECONDS, Refusal, error_of, retry_after, sdk_error

NOW = datetime(2026, 11, 21, 21, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2", 2.0),
        (" 0.5 ", 0.5),
        ("-3", 0.0),
        ("3600", 3600.0),
        ("1e300", LONGEST_WAIT_SECONDS),
        ("Sat, 21 Nov 2026 21:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 21:00:30 -0000", 30.0),
        ("Saturday, 21-Nov-26 21:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 20:00:00 GMT", 0.0),
        ("Sat, 21 Nov 99999 20:00:00 GMT", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("\xff", None),
    ],
)
def test_retry_after(text: str, seconds: float | None) -> None:
    assert retry_after(httpx2.Headers([(b"Retry-After", text.encode("latin-1"))]), NOW) == seconds


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (Refusal(400), errors.Rejected),
        (Refusal(401), errors.Unauthorized),
        (Refusal(402), errors.QuotaExceeded),
        (Refusal(403), errors.NotPermitted),
        (Refusal(404), errors.Broken),
        (Refusal(404, message="No such model"), errors.ModelMissing),
        (Refusal(405), errors.Rejected),
        (Refusal(408), errors.Timeout),
        (Refusal(409), errors.Rejected),
        (Refusal(425), errors.Overloaded),
        (Refusal(429), errors.RateLimited),
        (Refusal(429, ("RESOURCE_EXHAUSTED",)), errors.RateLimited),
        (Refusal(429, ("insufficient_quota", "rate_limit_exceeded")), errors.QuotaExceeded),
        (Refusal(400, ("INVALID_ARGUMENT", "API_KEY_INVALID")), errors.Unauthorized),
        (Refusal(400, message="Your credit balance is too low to access this."), errors.QuotaExceeded),
        (Refusal(400, message="prompt is too long: 3 tokens > 2 maximum"), errors.ContextWindow),
        (Refusal(500), errors.Failed),
        (Refusal(503), errors.Overloaded),
        (Refusal(520), errors.Failed),
        (Refusal(529), errors.Overloaded),
        (Refusal(302), errors.Broken),
    ],
)
def test_refusal(refusal: Refusal, kind: type[errors.ProviderError]) -> None:
    assert type(error_of(refusal)) is kind


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 529])
def test_worth_another_try(status: int) -> None:
    assert error_of(Refusal(status)).retryable


@pytest.mark.parametrize("status", [301, 400, 401, 402, 403, 404, 413, 422])
def test_not_worth_another_try(status: int) -> None:
    assert not error_of(Refusal(status)).retryable


def test_wait_and_model_reach_the_user() -> None:
    assert error_of(Refusal(429, retry_after_seconds=1.2)).headers == {"Retry-After": "2"}
    assert '"gpt-9"' in error_of(Refusal(404, ("model_not_found",)), "gpt-9").message


@pytest.mark.parametrize("param", ["a" * 61, "temperature; drop", "Please call 555", "<b>", ""])
def test_parameter_that_is_no_plain_name_is_not_repeated(param: str) -> None:
    assert error_of(Refusal(400, param=param)).message == errors.Rejected.__doc__


def test_key_is_taken_out() -> None:
    told = Refusal(400, ("bad_canary",), "canary", "The key canary is wrong").without("canary")
    assert "canary" not in f"{told} {told.message}"


def _of_the_sdk(cause: Exception) -> Exception:
    wrapped = openai.APIConnectionError(request=httpx2.Request("GET", "http://x"))
    wrapped.__cause__ = cause
    return wrapped


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (httpx2.ConnectTimeout("x"), errors.ConnectTimeout),
        (httpx2.PoolTimeout("x"), errors.ConnectTimeout),
        (httpx2.ReadTimeout("x"), errors.Timeout),
        (httpx2.ConnectError("x"), errors.Unreachable),
        (httpx2.RemoteProtocolError("x"), errors.Unreachable),
        (httpx2.UnsupportedProtocol("x"), errors.Unreachable),
        (httpx2.DecodingError("x"), errors.Broken),
        (BrokenReply("too large"), errors.Broken),
        (OSError("TLS"), errors.Unreachable),
        (errors.IdleTimeout(), errors.IdleTimeout),
    ],
)
def test_exception(raised: Exception, kind: type[errors.ProviderError]) -> None:
    assert type(sdk_error(raised)) is kind
    assert type(sdk_error(_of_the_sdk(raised))) is kind


OUTCOMES: list[tuple[Exception, bool]] = [
    (httpx2.ConnectError("x"), False),
    (httpx2.ConnectTimeout("x"), False),
    (httpx2.PoolTimeout("x"), False),
    (httpx2.UnsupportedProtocol("x"), False),
    (httpx2.InvalidURL("x"), False),
    (httpx2.ReadTimeout("x"), True),
    (httpx2.WriteTimeout("x"), True),
    (httpx2.ReadError("x"), True),
    (httpx2.RemoteProtocolError("x"), True),
    (httpx2.DecodingError("x"), True),
    (BrokenReply(), True),
    (ValueError("x"), True),
]
"""Whether the request may have been carried out all the same."""


@pytest.mark.parametrize(("raised", "may_have_happened"), OUTCOMES)
def test_unknown_outcome_of_an_exception(raised: Exception, may_have_happened: bool) -> None:
    assert sdk_error(_of_the_sdk(raised)).may_have_happened is may_have_happened


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 429, 500, 503, 529])
def test_an_answer_is_no_unknown_outcome(status: int) -> None:
    assert not error_of(Refusal(status)).may_have_happened


@pytest.mark.parametrize("status", [502, 504, 520, 524])
def test_gateway_that_gave_up_knows_no_outcome(status: int) -> None:
    assert error_of(Refusal(status)).may_have_happened
    assert not error_of(Refusal(status, ("server_error",))).may_have_happened


@pytest.mark.parametrize(
    ("reason", "may_have_happened"),
    [
        ("connection termination", True),
        ("remote reset", True),
        ("connection failure", False),
        ("remote connection failure, transport failure reason: delayed connect error: 111", False),
        ("overflow", False),
    ],
)
def test_gateway_that_lost_the_server_on_the_way(reason: str, may_have_happened: bool) -> None:
    told = f"upstream connect error or disconnect/reset before headers. reset reason: {reason}"
    error = error_of(Refusal(503, message=told))
    assert (type(error), error.may_have_happened) == (errors.Overloaded, may_have_happened)


def test_broken_off_answers_are_unknown_outcomes() -> None:
    begun = (errors.FirstByteTimeout(), errors.IdleTimeout(), errors.StreamTruncated(), errors.Broken())
    assert [error.may_have_happened for error in begun] == [True] * 4
    assert not errors.Broken(may_have_happened=False).may_have_happened
