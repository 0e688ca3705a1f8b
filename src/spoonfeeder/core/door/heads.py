"""The outermost check: everything that can be judged from the head of a request, before a byte of its body is read."""

from starlette.types import ASGIApp, Receive, Scope, Send

from spoonfeeder.core.door.hosts import HostList
from spoonfeeder.core.door.origins import OriginList
from spoonfeeder.core.door.proxies import TrustedProxies
from spoonfeeder.core.door.refusals import answer
from spoonfeeder.core.door.request_line import check_request_line
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.settings import Settings


class HeadDoor:
    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._proxies = TrustedProxies(settings.trusted_proxies)
        self._hosts = HostList(settings.allowed_hosts)
        self._origins = OriginList(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            seen = self._proxies.apply(scope)
            check_request_line(seen)
            self._hosts.check(seen)
            self._origins.check(seen)
        except AppError as refusal:
            await answer(scope, send, refusal)
            return
        await self._app(seen, receive, send)
