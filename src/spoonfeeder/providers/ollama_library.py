"""The models that an Ollama holds: listed, shown, loaded, pulled and removed."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2

from spoonfeeder.core.http import read_json
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.errors import Broken, IdleTimeout, ModelMissing, NotSupported, StreamTruncated
from spoonfeeder.providers.ollama_http import QUICK_SECONDS, asking, objects
from spoonfeeder.providers.ollama_wire import count_of
from spoonfeeder.providers.streaming import drained

_MAX_SHOWN_BYTES = 8 * 1024 * 1024
_SILENCE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class LocalModel:
    """`capabilities` is empty where an older Ollama does not tell."""

    name: str
    size_bytes: int | None
    digest: str | None
    modified_at: datetime | None
    format: str | None
    family: str | None
    families: tuple[str, ...]
    parameter_size: str | None
    quantization: str | None
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunningModel:
    """One that is in memory; `vram_bytes` of its `size_bytes` are in that of the graphics card."""

    name: str
    size_bytes: int | None
    vram_bytes: int | None
    context_length: int | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownModel:
    details: Mapping[str, Any]
    capabilities: tuple[str, ...]
    context_length: int | None
    parameter_count: int | None
    parameters: str | None
    template: str | None
    system: str | None
    license: str | None


@dataclass(frozen=True, slots=True)
class PullProgress:
    """`total_bytes` and `completed_bytes` are those of the layer `digest`."""

    status: str
    digest: str | None = None
    total_bytes: int | None = None
    completed_bytes: int | None = None


def full_name(name: str) -> str:
    """With the tag that Ollama means where none is given."""
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


class Library:
    """Every method raises ProviderError, and ModelMissing for a model that this Ollama does not have."""

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._connection = connection
        self._http = http

    async def models(self) -> list[LocalModel]:
        return [_local(row) for row in _rows(await self._json("GET", "/api/tags"))]

    async def running(self) -> list[RunningModel]:
        return [_running(row) for row in _rows(await self._json("GET", "/api/ps"))]

    async def show(self, name: str) -> ShownModel:
        reply = await self._json("POST", "/api/show", {"model": name})
        if not isinstance(reply, dict):
            raise Broken("Ollama did not describe this model.")
        info = _object(reply.get("model_info"))
        by_end = {key.rpartition(".")[2]: value for key, value in info.items()}
        return ShownModel(
            details=_object(reply.get("details")),
            capabilities=_words(reply.get("capabilities")),
            context_length=count_of(by_end.get("context_length")),
            parameter_count=count_of(info.get("general.parameter_count")),
            parameters=_text(reply.get("parameters")),
            template=_text(reply.get("template")),
            system=_text(reply.get("system")),
            license=_text(reply.get("license")),
        )

    async def load(self, name: str, keep_alive: str | int | None = None) -> None:
        """Waits until the model is in memory; a model that only embeds is loaded by embedding nothing."""
        body = {"model": name} if keep_alive is None else {"model": name, "keep_alive": keep_alive}
        seconds = self._connection.first_byte_seconds
        try:
            await self._json("POST", "/api/generate", {**body, "stream": False}, seconds)
        except NotSupported:
            await self._json("POST", "/api/embed", {**body, "input": []}, seconds)

    async def unload(self, name: str) -> None:
        await self._json("POST", "/api/generate", {"model": name, "keep_alive": 0, "stream": False})

    async def delete(self, name: str) -> None:
        due = asyncio.get_running_loop().time() + QUICK_SECONDS
        async with asking(self._http, self._connection, "DELETE", "/api/delete", {"model": name}, due=due):
            pass

    async def pull(self, name: str) -> AsyncGenerator[PullProgress]:
        """Ends with the status `success`; closing it ends the download, which a later pull takes up again."""
        due = asyncio.get_running_loop().time() + self._connection.first_byte_seconds
        body = {"model": name, "stream": True}
        with _missing_in_the_library(name):
            async with (
                asking(self._http, self._connection, "POST", "/api/pull", body, due=due) as response,
                aclosing(_unhurried(response.aiter_bytes())) as chunks,
                aclosing(objects(chunks, self._connection, name)) as told,
            ):
                async for reply in told:
                    progress = _progress(reply)
                    yield progress
                    if progress.status == "success":
                        await drained(told)
                        return
        raise StreamTruncated("The connection to Ollama ended before the model was there; pull it again to go on.")

    async def _json(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, seconds: float = QUICK_SECONDS
    ) -> Any:
        due = asyncio.get_running_loop().time() + seconds
        async with asking(self._http, self._connection, method, path, body, due=due) as response:
            return await read_json(response, _MAX_SHOWN_BYTES, deadline_seconds=QUICK_SECONDS)


@contextmanager
def _missing_in_the_library(name: str) -> Iterator[None]:
    """Whoever pulls a model knows that it is not here."""
    try:
        yield
    except ModelMissing:
        raise ModelMissing(f'Ollama\'s library has no model "{name[:100]}"; check its name and its tag.') from None


async def _unhurried(chunks: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """A download may take hours, and the checking of what came some minutes in silence. Raises IdleTimeout."""
    async with aclosing(chunks):
        while True:
            try:
                async with asyncio.timeout(_SILENCE_SECONDS):
                    chunk = await anext(chunks, None)
            except TimeoutError:
                raise IdleTimeout("Ollama told nothing of the download for ten minutes; pull again to go on.") from None
            if chunk is None:
                return
            yield chunk


def _rows(reply: Any) -> list[Mapping[str, Any]]:
    rows = reply.get("models") if isinstance(reply, dict) else None
    if not isinstance(rows, list):
        raise Broken("Ollama did not answer with a list of models.")
    return [row for row in rows if isinstance(row, dict) and _name(row)]


def _name(row: Mapping[str, Any]) -> str:
    return _text(row.get("model")) or _text(row.get("name")) or ""


def _local(row: Mapping[str, Any]) -> LocalModel:
    details = _object(row.get("details"))
    return LocalModel(
        name=_name(row),
        size_bytes=count_of(row.get("size")),
        digest=_text(row.get("digest")),
        modified_at=_moment(row.get("modified_at")),
        format=_text(details.get("format")),
        family=_text(details.get("family")),
        families=_words(details.get("families")),
        parameter_size=_text(details.get("parameter_size")),
        quantization=_text(details.get("quantization_level")),
        capabilities=_words(row.get("capabilities")),
    )


def _running(row: Mapping[str, Any]) -> RunningModel:
    return RunningModel(
        name=_name(row),
        size_bytes=count_of(row.get("size")),
        vram_bytes=count_of(row.get("size_vram")),
        context_length=count_of(row.get("context_length")),
        expires_at=_moment(row.get("expires_at")),
    )


def _progress(reply: Mapping[str, Any]) -> PullProgress:
    return PullProgress(
        status=_text(reply.get("status")) or "",
        digest=_text(reply.get("digest")),
        total_bytes=count_of(reply.get("total")),
        completed_bytes=count_of(reply.get("completed")),
    )


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _words(value: Any) -> tuple[str, ...]:
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def _moment(value: Any) -> datetime | None:
    """None too for Go's zero time, in the year 1."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None and 1970 < moment.year < 9000 else None
