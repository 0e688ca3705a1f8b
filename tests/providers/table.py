"""The cases that every provider has, under the same names, and what each must come to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from spoonfeeder.core.vocabulary import FinishReason
from spoonfeeder.providers import errors
from spoonfeeder.providers.base import Adapter, ChatRequest, Delta, Finish, TextDelta
from spoonfeeder.providers.errors import ProviderError
from tests.fixtures.scripted import Reply

WAIT_SECONDS = 30


@dataclass(frozen=True)
class Expected:
    """`text` is what was said, also before an error; `waits` means a Retry-After of WAIT_SECONDS."""

    text: str = ""
    finish: FinishReason | None = None
    error: type[ProviderError] | None = None
    waits: bool = False


ROWS: Mapping[str, Expected] = {
    "normal": Expected("Hello", FinishReason.STOP),
    "stream": Expected("Hello, Wörld 👋\n", FinishReason.STOP),
    "length": Expected("Hello", FinishReason.LENGTH),
    "empty": Expected("", FinishReason.STOP),
    "refusal": Expected("I cannot help.", FinishReason.REFUSAL),
    "content_filter": Expected("Hel", FinishReason.CONTENT_FILTER),
    "blocked_prompt": Expected(error=errors.ContentPolicy),
    "bad_request": Expected(error=errors.Rejected),
    "bad_key": Expected(error=errors.Unauthorized),
    "no_credit": Expected(error=errors.QuotaExceeded),
    "forbidden": Expected(error=errors.NotPermitted),
    "unknown_model": Expected(error=errors.ModelMissing),
    "too_long": Expected(error=errors.ContextWindow),
    "rate_limit": Expected(error=errors.RateLimited),
    "rate_limit_seconds": Expected(error=errors.RateLimited, waits=True),
    "rate_limit_date": Expected(error=errors.RateLimited, waits=True),
    "rate_limit_garbage": Expected(error=errors.RateLimited),
    "failed": Expected(error=errors.Failed),
    "unavailable": Expected(error=errors.Overloaded),
    "overloaded_529": Expected(error=errors.Overloaded),
    "redirect": Expected(error=errors.Broken),
    "not_this_provider": Expected(error=errors.Broken),
    "cut_stream": Expected("Hel", error=errors.StreamTruncated),
    "ended_without_end": Expected("Hel", error=errors.StreamTruncated),
    "error_after_200": Expected("Hel", error=errors.Overloaded),
    "garbage_event": Expected("Hel", error=errors.Broken),
}

Replies = Mapping[str, Callable[[], Reply]]
"""By the same names: what the provider sends."""


def date_of_return() -> str:
    """A Retry-After of WAIT_SECONDS as a date."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=WAIT_SECONDS + 1), usegmt=True)


async def outcome(adapter: Adapter, request: ChatRequest) -> tuple[list[Delta], ProviderError | None]:
    """What came, and how it failed."""
    deltas: list[Delta] = []
    try:
        async for delta in adapter.chat(request):
            deltas.append(delta)  # noqa: PERF401 - what came before an error counts
    except ProviderError as error:
        return deltas, error
    return deltas, None


def text_of(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


def require(expected: Expected, deltas: list[Delta], error: ProviderError | None) -> None:
    finishes = [delta for delta in deltas if isinstance(delta, Finish)]
    assert (type(error) if error else None) is expected.error
    assert text_of(deltas) == expected.text
    assert [finish.reason for finish in finishes] == ([expected.finish] if expected.finish else [])
    if error is not None:
        waited = error.retry_after_seconds
        assert (waited is not None and abs(waited - WAIT_SECONDS) < 15) if expected.waits else waited is None
