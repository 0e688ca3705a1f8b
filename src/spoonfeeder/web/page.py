"""Answers browsers before the API is asked: the built files, and the one page for every address that it routes itself.

What stands here costs no API log, no rate limit and no sign-in; the door around it has judged host and head already.
"""

from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from spoonfeeder.web.files import DIST, read_files, weighed

PAGE = "/index.html"
NOT_OF_THE_PAGE = ("/api", "/assets", "/metrics", "/socket.io", "/v1")
# A token stands in the fragment of these: it must reach nobody's log, and no cache may bring the page back.
WITH_A_TOKEN = ("/invite", "/setup")
OF_TOKENS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
NOT_BUILT = Path(__file__).with_name("not_built.html")


class Web:
    """Gives the built files of `folder` to GET and HEAD, and everything else to `app`."""

    def __init__(self, app: ASGIApp, folder: Path | None = None) -> None:
        self._app = app
        self._files = read_files(folder or DIST)
        self._page = self._files.pop(PAGE, None)
        self._excuse = NOT_BUILT.read_bytes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = None
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}:
            answer = self._answer(scope["path"], Headers(scope=scope))
        await (answer or self._app)(scope, receive, send)

    def _answer(self, path: str, asked: Headers) -> Response | None:
        file = self._files.get(path)
        if file:
            return file.answer(asked, {})
        if _is_in(path, NOT_OF_THE_PAGE) or not _wants_a_page(asked):
            return None
        varying = {"Vary": "Accept, Accept-Encoding", **(OF_TOKENS if _is_in(path, WITH_A_TOKEN) else {})}
        if self._page:
            return self._page.answer(asked, varying)
        return Response(self._excuse, 503, {**varying, "Cache-Control": "no-store"}, "text/html")


def _is_in(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def _wants_a_page(asked: Headers) -> bool:
    """Browsers that go to an address name text/html first; `*/*` alone is a program."""
    named = dict(weighed(asked.get("accept", "")))
    return named.get("text/html", 0.0) > named.get("application/json", 0.0)
