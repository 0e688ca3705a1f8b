"""The one renderer: whatever is raised behind the door becomes the error that docs/api.md promises at its address."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from spoonfeeder.core.database_errors import as_app_error
from spoonfeeder.core.error_forms import formed
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.schema import Failure
from spoonfeeder.core.validation import validation_failure

_SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This method is not available at this address.",
}

log = structlog.get_logger("spoonfeeder.render")


def install_renderer(app: FastAPI) -> None:
    app.add_exception_handler(AppError, _render_app_error)
    app.add_exception_handler(RequestValidationError, _render_validation_error)
    app.add_exception_handler(HTTPException, _render_http_exception)
    for kind in (SQLAlchemyError, OSError):
        app.add_exception_handler(kind, _render_database_error)
    app.add_exception_handler(Exception, _render_unexpected)


def response_of(request: Request, error: AppError) -> JSONResponse:
    return _response(request, error.envelope(), error.headers)


def _response(request: Request, envelope: Mapping[str, Any], headers: Mapping[str, str] | None) -> JSONResponse:
    status, body = formed(request.url.path, envelope)
    return JSONResponse(body, status_code=status, headers=headers)


async def _render_app_error(request: Request, error: Exception) -> JSONResponse:
    return response_of(request, cast("AppError", error))


async def _render_validation_error(request: Request, error: Exception) -> JSONResponse:
    return response_of(request, validation_failure(cast("RequestValidationError", error).errors()))


async def _render_http_exception(request: Request, error: Exception) -> JSONResponse:
    raised = cast("HTTPException", error)
    status = HTTPStatus(raised.status_code)
    sentence = _SENTENCES.get(status, raised.detail or f"{status.phrase}.")
    failure = Failure(error=sentence, code=status.name, statusCode=status)
    return _response(request, failure.model_dump(exclude_none=True), raised.headers)


async def _render_database_error(request: Request, error: Exception) -> JSONResponse:
    meaning = as_app_error(error)
    if meaning is None:
        raise error
    log.warning("database error", code=meaning.code, status=meaning.status, kind=type(error).__name__)
    return response_of(request, meaning)


async def _render_unexpected(request: Request, _: Exception) -> JSONResponse:
    return response_of(request, AppError())  # Starlette raises the error again, and the door logs it
