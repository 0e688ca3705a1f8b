"""What a provider's failure becomes: the closed set of R27, each with its own code (docs/api.md, "chat").

The provider's own words go to the log only, since they may repeat the key or the prompt.
"""

import math
from typing import ClassVar

from spoonfeeder.core.errors import AppError, invalid_field


class ProviderError(AppError):
    """The provider failed."""

    status = 502
    code = "PROVIDER_ERROR"
    retryable: ClassVar[bool] = False
    """Another try may succeed, as long as nothing of the answer has been shown (R26)."""
    may_have_happened: bool = False
    """No answer tells: the request may have been carried out, and paid for, all the same (R9).

    False is certain: it was not sent, or the provider said that it failed.
    """
    job_ended: bool = False
    """This is how a job at the provider ended; without it only the question about the job failed."""

    def __init__(
        self,
        message: str | None = None,
        *,
        retry_after_seconds: float | None = None,
        may_have_happened: bool | None = None,
    ) -> None:
        self.retry_after_seconds = retry_after_seconds
        if may_have_happened is not None:
            self.may_have_happened = may_have_happened
        waits = {"Retry-After": str(math.ceil(retry_after_seconds))} if retry_after_seconds is not None else None
        super().__init__(message, headers=waits)


class Unreachable(ProviderError):
    """Nothing answers at this address; check the URL and whether the server runs."""

    status = 503
    code = "PROVIDER_UNREACHABLE"
    retryable = True


class NotAllowed(Unreachable):
    """The server was not asked: its address may not be called."""

    code = "TARGET_NOT_ALLOWED"


class Overloaded(ProviderError):
    """The provider is overloaded at the moment; try again shortly."""

    status = 503
    code = "PROVIDER_OVERLOADED"
    retryable = True


class Failed(ProviderError):
    """The provider had an error of its own; try again shortly."""

    code = "PROVIDER_FAILED"
    retryable = True


class Timeout(ProviderError):
    """The server took too long to answer."""

    status = 504
    code = "PROVIDER_TIMEOUT"
    retryable = True
    may_have_happened = True


class ConnectTimeout(Timeout):
    """The server could not be reached in time."""

    code = "PROVIDER_TIMEOUT_CONNECT"
    may_have_happened = False


class FirstByteTimeout(Timeout):
    """The model did not begin to answer in time."""

    code = "PROVIDER_TIMEOUT_FIRST_BYTE"


class IdleTimeout(Timeout):
    """The model stopped in the middle of its answer."""

    code = "PROVIDER_TIMEOUT_IDLE"


class Unauthorized(ProviderError):
    """The provider does not accept this API key; enter another one."""

    code = "PROVIDER_UNAUTHORIZED"


class NotPermitted(ProviderError):
    """This API key may not do that."""

    code = "PROVIDER_NOT_PERMITTED"


class QuotaExceeded(ProviderError):
    """The account behind this API key has no credit left."""

    code = "PROVIDER_QUOTA"


class RateLimited(ProviderError):
    """The provider takes no more requests from this API key for a while."""

    status = 429
    code = "PROVIDER_RATE_LIMITED"
    retryable = True


class Rejected(ProviderError):
    """The provider refuses this request as it is."""

    status = 422
    code = "PROVIDER_REJECTED"


class ModelMissing(Rejected):
    """The provider has no such model."""

    code = "PROVIDER_MODEL_NOT_FOUND"


class ContextWindow(Rejected):
    """The conversation is longer than this model can read."""

    code = "PROVIDER_CONTEXT_WINDOW"


class ContentPolicy(Rejected):
    """The provider's rules on content refuse this."""

    code = "PROVIDER_CONTENT_POLICY"


class JobMissing(Rejected):
    """The provider no longer knows this job; whether it was carried out cannot be told."""

    code = "PROVIDER_JOB_NOT_FOUND"
    may_have_happened = True
    job_ended = True


class NotSupported(Rejected):
    """This provider does not offer that."""

    code = "PROVIDER_NOT_SUPPORTED"


class Broken(ProviderError):
    """Something answers at this address, but not as this provider does."""

    code = "PROVIDER_BROKEN"
    may_have_happened = True


class StreamTruncated(Broken):
    """The connection to the model ended in the middle of its answer."""

    code = "PROVIDER_STREAM_TRUNCATED"


def option_not_supported(name: str, provider: str) -> AppError:
    """A 422 that names the option which a provider does not take."""
    return invalid_field(f"options.{name}", f'{provider} takes no option "{name}".', code="option_not_supported")
