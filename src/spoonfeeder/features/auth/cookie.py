"""The refresh cookie: all that a browser keeps. Only `/api/auth` is sent it, and it authorises nothing else."""

import re
from datetime import UTC, datetime

from starlette.requests import HTTPConnection
from starlette.responses import Response

from spoonfeeder.features.auth.logins import Tokens

NAME = "spoonfeeder_refresh"
PATH = "/api/auth"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def read_cookie(connection: HTTPConnection) -> str | None:
    """What may be a refresh token of ours."""
    value = connection.cookies.get(NAME, "")
    return value if TOKEN.fullmatch(value) else None


def set_cookie(connection: HTTPConnection, response: Response, tokens: Tokens) -> None:
    seconds = max(0, int((tokens.ends_at - datetime.now(UTC)).total_seconds()))
    _write(connection, response, tokens.refresh_token, seconds)


def clear_cookie(connection: HTTPConnection, response: Response) -> None:
    _write(connection, response, "", 0)


def clearing_header(connection: HTTPConnection) -> str:
    """`Set-Cookie` of a refusal."""
    response = Response()
    clear_cookie(connection, response)
    return response.headers["set-cookie"]


def _write(connection: HTTPConnection, response: Response, value: str, seconds: int) -> None:
    secure = connection.url.scheme == "https"
    response.set_cookie(NAME, value, max_age=seconds, path=PATH, secure=secure, httponly=True, samesite="strict")
