"""The routes of an Ollama."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from spoonfeeder.simulator.ollama import speech
from spoonfeeder.simulator.ollama.faults import Fault, Faults
from spoonfeeder.simulator.ollama.library import Library, Model, NoSuchModel
from spoonfeeder.simulator.ollama.options import KEEP_ALIVE_SECONDS, Options
from spoonfeeder.simulator.ollama.replies import Json, Lines, failure

Body = dict[str, Any]
Handler = Callable[[Body, Fault | None], Awaitable[Response]]


class Refused(Exception):
    """Answered with `status` and the text."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Routes:
    """`requests` counts by method and path, `bodies` holds what was asked, `left` what readers did not wait for."""

    def __init__(self, options: Options, library: Library, faults: Faults) -> None:
        self._options, self._library, self._faults = options, library, faults
        self.requests: Counter[str] = Counter()
        self.bodies: list[Body] = []
        self.left: list[str] = []

    def routes(self) -> list[Route]:
        handlers: dict[tuple[str, str], Handler] = {
            ("GET", "/api/version"): self._version,
            ("GET", "/api/tags"): self._tags,
            ("GET", "/api/ps"): self._ps,
            ("POST", "/api/show"): self._show,
            ("POST", "/api/chat"): self._chat,
            ("POST", "/api/generate"): self._generate,
            ("POST", "/api/embed"): self._embed,
            ("POST", "/api/pull"): self._pull,
            ("DELETE", "/api/delete"): self._delete,
        }
        found = [Route(path, self._endpoint(handler), methods=[method]) for (method, path), handler in handlers.items()]
        return [*found, Route("/", _greet, methods=["GET"])]

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            path = request.url.path
            self.requests[f"{request.method} {path}"] += 1
            raw = await request.body()
            fault = self._faults.take(path)
            if fault is not None and fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            if fault is not None and fault.kind == "status":
                return failure(fault.status, fault.words)
            try:
                body = orjson.loads(raw) if raw else {}
                if not isinstance(body, dict):
                    raise Refused(400, "invalid request body")
                self.bodies.append(body)
                return await handler(body, fault)
            except orjson.JSONDecodeError as error:
                return failure(400, str(error))
            except NoSuchModel as error:
                return failure(404, f"model '{error}' not found")
            except Refused as error:
                return failure(error.status, str(error))

        return endpoint

    async def _version(self, _: Body, __: Fault | None) -> Response:
        return Json({"version": self._options.version})

    async def _tags(self, _: Body, __: Fault | None) -> Response:
        return Json({"models": self._library.tags()})

    async def _ps(self, _: Body, __: Fault | None) -> Response:
        return Json({"models": self._library.running()})

    async def _show(self, body: Body, _: Fault | None) -> Response:
        return Json(self._library.shown(_name(body)))

    async def _delete(self, body: Body, _: Fault | None) -> Response:
        self._library.remove(_name(body))
        return Response()

    async def _chat(self, body: Body, fault: Fault | None) -> Response:
        messages = body.get("messages") or []
        told = "\n".join(f"{message.get('role')}: {message.get('content', '')}" for message in messages)
        pictures = sum(len(message.get("images") or ()) for message in messages)
        return await self._answer(body, fault, told, pictures, lambda piece: {"message": _assistant(piece)})

    async def _generate(self, body: Body, fault: Fault | None) -> Response:
        told, pictures = str(body.get("prompt") or ""), len(body.get("images") or ())
        return await self._answer(body, fault, told, pictures, lambda piece: {"response": piece})

    async def _answer(
        self, body: Body, fault: Fault | None, told: str, pictures: int, shaped: Callable[[str], Body]
    ) -> Response:
        model, keep = self._library.get(_name(body)), _keep_alive(body)
        head = {"model": body["model"], "created_at": _now()}
        if not told and keep == 0:
            self._library.keep(model, 0)
            return Json({**head, **shaped(""), "done": True, "done_reason": "unload"})
        if "completion" not in model.capabilities:
            raise Refused(400, f'"{body["model"]}" does not support chat')
        if pictures and "vision" not in model.capabilities:
            raise Refused(400, f'"{body["model"]}" does not support images')
        await self._load(model, keep)
        if not told:
            return Json({**head, **shaped(""), "done": True, "done_reason": "load"})
        pieces, reason = self._pieces(model, told, pictures, body.get("options") or {})
        counts = {"prompt_eval_count": speech.tokens_in(told), "eval_count": len(pieces)}
        end = {**head, **shaped(""), "done": True, "done_reason": reason, "total_duration": 5_000_000, **counts}
        if body.get("stream") is False:
            return Json(end | shaped("".join(pieces)))
        return Lines(self._spoken(pieces, head, shaped, end), fault, self.left, model.name)

    def _pieces(self, model: Model, told: str, pictures: int, options: Body) -> tuple[list[str], str]:
        """What is said, and why it ends."""
        wanted, seed = options.get("num_predict", -1), options.get("seed", 0)
        for name, value in (("num_predict", wanted), ("seed", seed)):
            if not isinstance(value, int):
                raise Refused(400, f'option "{name}" must be of type integer')
        most = self._options.chunks
        count = most if wanted < 0 else min(wanted, most)
        told_all = f"{told}\n{pictures} pictures" if pictures else told
        return speech.said(model.name, told_all, seed, count), "length" if count < most else "stop"

    async def _spoken(
        self, pieces: list[str], head: Body, shaped: Callable[[str], Body], end: Body
    ) -> AsyncIterator[Body]:
        """Each piece at its time, so that a late one does not make all others late."""
        clock = asyncio.get_running_loop().time
        begun, pace = clock(), self._options.chunks_per_second
        for number, piece in enumerate(pieces, 1):
            if pace:
                await asyncio.sleep(begun + number / pace - clock())
            yield {**head, **shaped(piece), "done": False}
        yield end

    async def _load(self, model: Model, keep: float) -> None:
        if not self._library.is_loaded(model):
            await asyncio.sleep(self._options.load_seconds)
        self._library.keep(model, keep)

    async def _embed(self, body: Body, _: Fault | None) -> Response:
        model = self._library.get(_name(body))
        await self._load(model, _keep_alive(body))
        given = body.get("input") or []
        texts = [given] if isinstance(given, str) else given
        if not all(isinstance(text, str) for text in texts):
            raise Refused(400, "invalid input type")
        vectors = [speech.vector(model.name, text) for text in texts]
        count = sum(speech.tokens_in(text) for text in texts)
        return Json({"model": body["model"], "embeddings": vectors, "prompt_eval_count": count})

    async def _pull(self, body: Body, fault: Fault | None) -> Response:
        name = _name(body)
        if body.get("stream") is False:
            self._library.add(name)
            return Json({"status": "success"})
        return Lines(self._pulled(name), fault, self.left, name)

    async def _pulled(self, name: str) -> AsyncIterator[Body]:
        yield {"status": "pulling manifest"}
        if name.startswith("no-such"):
            yield {"error": "pull model manifest: file does not exist"}
            return
        digest, total, steps = "sha256:0123456789ab", 1_000_000, self._options.pull_steps
        for step in range(steps + 1):
            await asyncio.sleep(self._options.pull_seconds / steps)
            progress = {"digest": digest, "total": total, "completed": total * step // steps}
            yield {"status": "pulling 0123456789ab", **progress}
        yield {"status": "verifying sha256 digest"}
        yield {"status": "writing manifest"}
        self._library.add(name)
        yield {"status": "success"}


async def _greet(_: Request) -> Response:
    return PlainTextResponse("Ollama is running")


def _assistant(text: str) -> Body:
    return {"role": "assistant", "content": text}


def _name(body: Body) -> str:
    name = body.get("model") or body.get("name")
    if not isinstance(name, str):
        raise Refused(400, "model is required")
    return name


def _keep_alive(body: Body) -> float:
    """Of seconds, or of text such as `5m`."""
    given = body.get("keep_alive")
    if given is None:
        return KEEP_ALIVE_SECONDS
    if isinstance(given, int | float):
        return float(given)
    units = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
    for unit, seconds in units.items():
        if given.endswith(unit) and given.removesuffix(unit).lstrip("-").isdigit():
            return float(given.removesuffix(unit)) * seconds
    raise Refused(400, f'time: missing unit in duration "{given}"')


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
