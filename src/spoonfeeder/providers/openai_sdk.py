"""OpenAI's SDK as each craft uses it: with our client, the connection's key alone, and every failure as one of ours."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx2
import openai
import orjson

from spoonfeeder.core.http import BrokenReply, parse_json
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.errors import FirstByteTimeout, ModelMissing, NotSupported, ProviderError, Timeout
from spoonfeeder.providers.failures import Refusal, error_of, noted, require_sendable, retry_after, sdk_error
from spoonfeeder.providers.media import Craft
from spoonfeeder.providers.openai_options import OWN_URL, is_own
from spoonfeeder.providers.openai_wire import refusal_of
from spoonfeeder.providers.sdk_http import SENT_AND_WATCHED, SdkClient

Files = Sequence[tuple[str, tuple[str, bytes, str]]]
"""The field of each, and its name, bytes and media type."""

_NO_SUCH_ADDRESS = frozenset({404, 405, 410, 501})


class Server:
    """The server of one connection. A response that is asked for as a stream comes unread, and is to be closed."""

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self.connection = connection
        self.is_own = is_own(connection.url)
        self._client = SdkClient(http)
        self._sdk = _sdk(connection, self._client)
        self._headers = {name: text for name, text in self._sdk.default_headers.items() if isinstance(text, str)}
        if connection.api_key:
            self._headers["Authorization"] = f"Bearer {connection.api_key}"

    async def get(self, path: str, *, is_stream: bool = False, accept: str = "application/json") -> httpx2.Response:
        response = await self._sdk.get(
            path, cast_to=httpx2.Response, options=self._options(accept), stream=is_stream, stream_cls=_UNREAD
        )
        return cast("httpx2.Response", response)

    async def delete(self, path: str) -> httpx2.Response:
        return await self._sdk.delete(path, cast_to=httpx2.Response, options=self._options())

    async def post(
        self, path: str, asked: Mapping[str, Any] | bytes, *, is_stream: bool = False, accept: str = "application/json"
    ) -> httpx2.Response:
        """`asked` as JSON; by the SDK's headers and address, but past what it does to build each request anew."""
        content = asked if isinstance(asked, bytes) else orjson.dumps(asked)
        address = self._sdk.base_url.copy_with(raw_path=self._sdk.base_url.raw_path + path.lstrip("/").encode())
        headers = {**self._headers, "Accept": accept}
        request = self._client.build_request(
            "POST", address, content=content, headers=headers, timeout=SENT_AND_WATCHED
        )
        response = await self._client.send(request, stream=is_stream)
        if not response.is_success:
            raise openai.APIStatusError(f"status {response.status_code}", response=response, body=None)
        return response

    async def post_form(
        self, path: str, fields: Mapping[str, Any], files: Files, *, is_stream: bool = False
    ) -> httpx2.Response:
        """As multipart/form-data."""
        response = await self._sdk.post(
            path,
            cast_to=httpx2.Response,
            body=dict(fields),
            files=list(files),
            options=self._options(content_type="multipart/form-data"),
            stream=is_stream,
            stream_cls=_UNREAD,
        )
        return cast("httpx2.Response", response)

    @asynccontextmanager
    async def asking(self, until: float, late: type[Timeout], model: str | None = None) -> AsyncIterator[None]:
        """Around requests: raises ProviderError, and `late` when it is `until` by the loop's clock."""
        require_sendable(self.connection.api_key)
        try:
            async with asyncio.timeout_at(until):
                yield
        except TimeoutError:
            raise late from None
        except openai.APIStatusError as error:
            raise self.error(refusal_in(error.response), model) from None
        except (openai.OpenAIError, httpx2.HTTPError, BrokenReply) as error:
            raise sdk_error(error) from None

    @asynccontextmanager
    async def making(self, craft: Craft, until: float, model: str) -> AsyncIterator[None]:
        """Around the request for something to be made. Raises NotSupported where the server has no address for it."""
        async with self.asking(until, FirstByteTimeout, model):
            try:
                yield
            except openai.APIStatusError as error:
                is_model = isinstance(error_of(refusal_in(error.response)), ModelMissing)
                if error.status_code not in _NO_SUCH_ADDRESS or is_model:
                    raise
                raise NotSupported(f"The server has no address for {craft.replace('_', ' ')}.") from None

    def error(self, refusal: Refusal, model: str | None = None) -> ProviderError:
        return error_of(noted(refusal, self.connection.api_key), model)

    def require_sound(self, error: Any, model: str | None = None) -> None:
        """Raises what an error means that stands in an answer of success; None is none."""
        if error is not None:
            raise self.error(refusal_of(error, None), model)

    def _options(self, accept: str = "application/json", content_type: str | None = None) -> openai.RequestOptions:
        headers: dict[str, str | openai.Omit] = {"Accept": accept}
        if content_type is not None:
            headers["Content-Type"] = content_type
        if not self.connection.api_key:
            headers["Authorization"] = openai.Omit()
        return {"headers": headers}


_UNREAD: type[openai.AsyncStream[Any]] = openai.AsyncStream
"""With httpx2.Response as `cast_to` the SDK gives the response as it is, of a stream unread."""


def _sdk(connection: Connection, client: SdkClient) -> openai.AsyncOpenAI:
    """Nothing of it comes from the environment, where the SDK looks for keys, headers and a URL (A18)."""
    sdk = openai.AsyncOpenAI(
        api_key=connection.api_key or "none",
        admin_api_key="",
        base_url=connection.url or OWN_URL,
        timeout=SENT_AND_WATCHED,
        max_retries=0,
        http_client=client,
    )
    sdk.organization = sdk.project = None
    sdk._custom_headers = {}
    return sdk


def refusal_in(response: httpx2.Response) -> Refusal:
    """What a response that is no success says."""
    try:
        told = parse_json(response.content)
    except BrokenReply:
        told = response.text
    return refusal_of(told, response.status_code, retry_after(response.headers))
