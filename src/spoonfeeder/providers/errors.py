"""What a provider's failure becomes (ARCHITECTURE rule 4)."""

from typing import ClassVar

from spoonfeeder.core.errors import AppError


class ProviderError(AppError):
    """The provider failed."""

    status = 502
    code = "PROVIDER_ERROR"
    retryable: ClassVar[bool] = False


class Unreachable(ProviderError):
    """Nothing answers at this address; check the URL and whether the server runs."""

    status = 503
    code = "PROVIDER_UNREACHABLE"
    retryable = True


class Timeout(ProviderError):
    """The server took too long to answer."""

    status = 504
    code = "PROVIDER_TIMEOUT"
    retryable = True


class Unauthorized(ProviderError):
    """The server wants another API key."""

    code = "PROVIDER_UNAUTHORIZED"


class Broken(ProviderError):
    """Something answers at this address, but not as this provider does."""

    code = "PROVIDER_BROKEN"
