"""Bodies: counted before and while they are read, in time, of the right type, JSON parsed once (R29, R32, A44, A50)."""

import asyncio
from dataclasses import replace
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from spoonfeeder.core.door.body_reading import ClientGone, read_body, refuse, replay
from spoonfeeder.core.door.body_rules import LEAST_LIMIT_BYTES, BodyKind, BodyRule, rule_for
from spoonfeeder.core.door.counted_bodies import CountedBody
from spoonfeeder.core.door.json_bodies import parse_json
from spoonfeeder.core.door.refusals import BadRequest, BodyTooLarge, UnsupportedMediaType
from spoonfeeder.core.door.request_line import header_values
from spoonfeeder.core.errors import AppError

PARSED_BODY = "spoonfeeder.parsed_body"
FLOOR_BYTES_PER_SECOND = 256 * 1024


class BodyDoor:
    """`patience_seconds` is what every body may take; larger limits get more, at 256 KiB a second.

    `needs_sign_in`: a body is read before anybody is asked who sends it, so who shows no credentials gets the smallest
    limit.
    """

    def __init__(self, app: ASGIApp, *, patience_seconds: float, needs_sign_in: bool = False) -> None:
        self._app = app
        self._patience_seconds = patience_seconds
        self._needs_sign_in = needs_sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self._app(scope, receive, send)
            return
        rule = rule_for(scope["path"], _media_type(scope))
        if self._needs_sign_in and not header_values(scope, b"authorization"):
            rule = replace(rule, limit_bytes=min(rule.limit_bytes, LEAST_LIMIT_BYTES))
        try:
            _check_declared(scope, rule)
            if rule.kind is not BodyKind.JSON:
                await CountedBody(rule.limit_bytes, self._deadline(rule), scope, receive, send).run(self._app)
                return
            body = await read_body(receive, rule.limit_bytes, self._deadline(rule))
            parsed_scope = await _with_parsed_body(scope, body, rule)
        except ClientGone:
            return
        except AppError as refusal:
            await refuse(scope, receive, send, refusal)
            return
        await self._app(parsed_scope, replay(body or b"{}", receive), send)

    def _deadline(self, rule: BodyRule) -> float:
        seconds = self._patience_seconds + rule.limit_bytes / FLOOR_BYTES_PER_SECOND
        return asyncio.get_running_loop().time() + seconds


def _check_declared(scope: Scope, rule: BodyRule) -> None:
    if header_values(scope, b"content-encoding"):
        raise UnsupportedMediaType("A compressed body is not accepted.")
    declared = header_values(scope, b"content-length")
    if declared and not (declared[0].isdigit() and len(declared[0]) < 20):
        raise BadRequest("The Content-Length header is malformed.")
    if declared and int(declared[0]) > rule.limit_bytes:
        raise BodyTooLarge(rule.limit_bytes)


async def _with_parsed_body(scope: Scope, body: bytes, rule: BodyRule) -> Scope:
    """The scope with the parsed body in it; an empty body is `{}` (docs/api.md, "Envelope")."""
    if body and _media_type(scope) != b"application/json":
        raise UnsupportedMediaType
    value: Any = await parse_json(body, max_values=rule.max_values) if body else {}
    headers = [(name, text) for name, text in scope["headers"] if name not in {b"content-type", b"content-length"}]
    headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body or b"{}"))]
    return {**scope, "headers": headers, PARSED_BODY: value}


def _media_type(scope: Scope) -> bytes:
    return b"".join(header_values(scope, b"content-type")).partition(b";")[0].strip().lower()
