"""Every counted answer tells what is left: `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset` (seconds)."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spoonfeeder.realtime.rate_limits import Usage


class RateHeaders:
    """Reads what `throttle` left in the request's state; an answer that was not counted stays as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_with_usage(message: Message) -> None:
            usage: Usage | None = state.get("rate_usage")
            if usage is not None and message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *_headers(usage)]}
            await send(message)

        await self._app(scope, receive, send_with_usage)


def _headers(usage: Usage) -> list[tuple[bytes, bytes]]:
    numbers = {
        b"ratelimit-limit": usage.limit,
        b"ratelimit-remaining": usage.remaining,
        b"ratelimit-reset": usage.reset_seconds,
    }
    return [(name, b"%d" % number) for name, number in numbers.items()]
