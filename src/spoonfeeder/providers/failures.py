"""Turns what providers, their SDKs and the network say of a failure into the closed set of `errors` (R27)."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
import structlog

from spoonfeeder.core.http import BrokenReply, target_refusal
from spoonfeeder.providers.errors import (
    Broken,
    ConnectTimeout,
    ContentPolicy,
    ContextWindow,
    Failed,
    ModelMissing,
    NotAllowed,
    NotPermitted,
    Overloaded,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    Rejected,
    Timeout,
    Unauthorized,
    Unreachable,
)

LONGEST_WAIT_SECONDS = 30 * 24 * 3600.0
LOGGED_LETTERS = 500
log = structlog.get_logger(__name__)

_BY_CODE: Mapping[str, type[ProviderError]] = {
    "insufficient_quota": QuotaExceeded,
    "billing_error": QuotaExceeded,
    "billing_hard_limit_reached": QuotaExceeded,
    "billing_not_active": QuotaExceeded,
    "context_length_exceeded": ContextWindow,
    "exceed_context_size_error": ContextWindow,
    "content_filter": ContentPolicy,
    "content_policy_violation": ContentPolicy,
    "moderation_blocked": ContentPolicy,
    "bio_policy": ContentPolicy,
    "image_content_policy_violation": ContentPolicy,
    "misalignment_policy_violation": ContentPolicy,
    "model_not_found": ModelMissing,
    "invalid_api_key": Unauthorized,
    "api_key_invalid": Unauthorized,
    "authentication_error": Unauthorized,
    "unauthenticated": Unauthorized,
    "permission_error": NotPermitted,
    "permission_denied": NotPermitted,
    "rate_limit_exceeded": RateLimited,
    "rate_limit_error": RateLimited,
    "resource_exhausted": RateLimited,
    "overloaded_error": Overloaded,
    "unavailable": Overloaded,
    "unavailable_error": Overloaded,
    "service_unavailable": Overloaded,
    "timeout_error": Timeout,
    "deadline_exceeded": Timeout,
}
"""The first of this order that a provider names; `invalid_request_error` or `api_error` say less than the status."""

_BY_STATUS: Mapping[int, type[ProviderError]] = {
    401: Unauthorized,
    402: QuotaExceeded,
    403: NotPermitted,
    408: Timeout,
    425: Overloaded,
    429: RateLimited,
    500: Failed,
    502: Failed,
    503: Overloaded,
    504: Timeout,
    529: Overloaded,
}

_GIVEN_UP_BY_GATEWAYS = frozenset({502, 504, 520, 524})
"""Said by one in between that waits no longer, or lost the provider; the provider itself names its error."""
_LOST_BY_GATEWAYS = re.compile(
    r"reset before headers(?!.*(?:connection failure|connection timeout|overflow))", re.IGNORECASE | re.DOTALL
)
"""Envoy's 503 of a request that was on its way; of the others it says that they never were."""

_TOO_LONG = re.compile(
    r"(?:maximum|available|model'?s?|the) context (?:length|size|window)|prompt is too long"
    r"|input token count .{0,40}exceeds|too many tokens in (?:the )?prompt|exceeds? the (?:model'?s )?context",
    re.IGNORECASE,
)
_NO_CREDIT = re.compile(r"credit balance is too low|insufficient (?:credit|balance|quota|funds)", re.IGNORECASE)
_BAD_KEY = re.compile(r"API[ _]key (?:not valid|not found|expired|is invalid)|invalid API[ _]key", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\[\]]{0,59}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a provider said instead of an answer; `codes` are its words for it: error code, type, reason.

    `message` serves to recognise the case and is never shown: it may repeat the key or the prompt.
    """

    status: int
    codes: tuple[str, ...] = ()
    param: str | None = None
    message: str = field(default="", repr=False)
    retry_after_seconds: float | None = None

    def without(self, api_key: str | None) -> "Refusal":
        """For the log and the user: some servers repeat the key that they refuse (A22)."""
        if not api_key:
            return self
        return replace(
            self,
            codes=tuple(code for code in self.codes if api_key not in code),
            param=self.param if self.param and api_key not in self.param else None,
            message=self.message.replace(api_key, "***"),
        )


def noted(refusal: Refusal, api_key: str | None) -> Refusal:
    """The same without the key, once the log has it."""
    told = refusal.without(api_key)
    log.warning("the provider refused", status=told.status, codes=told.codes, text=told.message[:LOGGED_LETTERS])
    return told


def error_of(refusal: Refusal, model: str | None = None) -> ProviderError:
    """The error to raise; `model` is the one that was asked for."""
    kind = _kind(refusal)
    return kind(
        _sentence(kind, refusal, model),
        retry_after_seconds=refusal.retry_after_seconds,
        may_have_happened=_is_lost(refusal),
    )


def _is_lost(refusal: Refusal) -> bool:
    """No word of the provider's own, but of one in between that lost it."""
    if any(refusal.codes):
        return False
    return refusal.status in _GIVEN_UP_BY_GATEWAYS or bool(_LOST_BY_GATEWAYS.search(refusal.message))


def _kind(refusal: Refusal) -> type[ProviderError]:
    named = {code.lower() for code in refusal.codes}
    by_code = next((kind for code, kind in _BY_CODE.items() if code in named), None)
    if by_code is not None:
        return by_code
    if refusal.status == 404:
        return ModelMissing if "model" in refusal.message.lower() else Broken
    if refusal.status in {400, 413, 422}:
        return _kind_by_message(refusal.message)
    return _BY_STATUS.get(refusal.status) or _kind_by_class(refusal.status)


def _kind_by_message(message: str) -> type[ProviderError]:
    if _TOO_LONG.search(message):
        return ContextWindow
    if _NO_CREDIT.search(message):
        return QuotaExceeded
    return Unauthorized if _BAD_KEY.search(message) else Rejected


def _kind_by_class(status: int) -> type[ProviderError]:
    if status >= 500:
        return Failed
    return Rejected if status >= 400 else Broken


def _sentence(kind: type[ProviderError], refusal: Refusal, model: str | None) -> str | None:
    """None leaves the class's own."""
    if kind is ModelMissing and model:
        return f'The provider has no model "{model[:100]}", or not for this API key.'
    if kind is Rejected and refusal.param and _PLAIN_NAME.fullmatch(refusal.param):
        return f'The provider refuses "{refusal.param}" as it is.'
    if kind is Broken and refusal.status == 404:
        return "The server knows no such address; the URL of OpenAI-compatible servers often ends with /v1."
    if kind is Broken:
        return "The server sends requests on to another address; enter the final URL."
    return None


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The wait that a server asks for, in seconds or as a date; None where it says nothing that can be read."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = _seconds_until(text, now or datetime.now(UTC))
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS) if math.isfinite(seconds) else None


def _seconds_until(text: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    except (ValueError, OverflowError):
        return math.nan


def sdk_error(error: BaseException) -> ProviderError:
    """What an exception of a request that got no answer means; SDKs keep the network's own as its cause."""
    seen: BaseException | None = error
    while seen is not None:
        known = _network_error(seen)
        if known is not None:
            return known
        seen = seen.__cause__
    return Unreachable(may_have_happened=True)


def _network_error(error: BaseException) -> ProviderError | None:
    match error:
        case ProviderError():
            return error
        case BrokenReply():
            return Broken(error.message)
        case httpx2.ConnectTimeout() | httpx2.PoolTimeout():
            return ConnectTimeout()
        case httpx2.TimeoutException():
            return Timeout()
        case httpx2.DecodingError():
            return Broken()
        case httpx2.ConnectError() if refusal := target_refusal(error):
            return NotAllowed(refusal.message)
        case httpx2.ConnectError() | httpx2.LocalProtocolError() | httpx2.UnsupportedProtocol() | httpx2.InvalidURL():
            return Unreachable()
        case httpx2.TransportError():
            return Unreachable("The connection to the server broke before it answered.", may_have_happened=True)
        case _:
            return None


def require_sendable(api_key: str | None) -> None:
    """Raises Unauthorized for a key that no header can hold: the HTTP library's own error would repeat it."""
    if api_key is not None and not (api_key.isascii() and api_key.isprintable() and api_key.strip() == api_key):
        raise Unauthorized("This API key holds characters that no API key has; enter it again.")
