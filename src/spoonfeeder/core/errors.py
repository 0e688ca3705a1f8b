"""The base of every error that a person may read; the errors themselves stand beside the code that raises them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class AppError(Exception):
    """Something went wrong on our side; the log has the details."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL"

    def __init__(
        self,
        message: str | None = None,
        *,
        details: Sequence[Mapping[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.message = message or (type(self).__doc__ or self.code).strip()
        self.details = list(details) if details else None
        self.headers = dict(headers or {})
        super().__init__(self.message)

    def envelope(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "success": False,
            "error": self.message,
            "code": self.code,
            "statusCode": self.status,
        }
        if self.details:
            body["details"] = self.details
        return body


class NotFound(AppError):
    """There is nothing at this address."""

    status = 404
    code = "NOT_FOUND"


class Conflict(AppError):
    """This does not fit the present state of the row; read it again."""

    status = 409
    code = "CONFLICT"


class Invalid(AppError):
    """Some fields are not valid; the details name them."""

    status = 422
    code = "VALIDATION_ERROR"


class Unavailable(AppError):
    """The server cannot reach its database at the moment; try again shortly."""

    status = 503
    code = "UNAVAILABLE"

    def __init__(self, message: str | None = None, *, retry_after_seconds: int = 2) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after_seconds)})


def invalid_field(name: str, message: str, *, code: str = "invalid") -> Invalid:
    """A 422 that names one field, shaped as the validation errors of request bodies are."""
    return Invalid(message, details=[{"loc": name, "type": code, "message": message}])


def reason_of(error: BaseException) -> str:
    """The first line of what a driver said, without a full stop; the kind of error where it said nothing."""
    cause = getattr(error, "orig", None) or error
    first = next(iter(str(cause).splitlines()), "").rpartition("'>: ")[2].rstrip(".")
    return first or type(cause).__name__
