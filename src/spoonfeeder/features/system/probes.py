"""What this installation stands on, asked one by one: each probe says a word or raises, in time or not at all."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy import text

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError
from spoonfeeder.durable.workers import count_alive
from spoonfeeder.features.models import ollamas
from spoonfeeder.features.profiles import comfyui
from spoonfeeder.features.system.schemas import Service, ServiceStatus
from spoonfeeder.runtime import Runtime

PROBE_SECONDS = 1.5

Probe = Callable[[], Awaitable[str | None]]


class Off(Exception):
    """There is nothing to ask, because it is not set up."""


class Away(Exception):
    """It does not do its work; the message is for a person."""


async def ask_all(probes: Mapping[str, Probe]) -> dict[str, Service]:
    """All at once; what has not answered after 1.5 s counts as down."""
    answers = await asyncio.gather(*(_ask(probe) for probe in probes.values()))
    return dict(zip(probes, answers, strict=True))


async def _ask(probe: Probe) -> Service:
    started, code = time.monotonic(), None
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            status, message = ServiceStatus.UP, await probe()
    except Off as reason:
        status, message = ServiceStatus.OFF, str(reason)
    except Away as reason:
        status, message = ServiceStatus.DOWN, str(reason)
    except AppError as error:
        status, message, code = ServiceStatus.DOWN, error.message, error.code
    except TimeoutError:
        status, message = ServiceStatus.DOWN, f"No answer within {PROBE_SECONDS} s."
    except Exception as error:  # noqa: BLE001 - whatever a broken service makes its driver raise
        status, message = ServiceStatus.DOWN, type(error).__name__
    latency_ms = round((time.monotonic() - started) * 1000)
    return Service(status=status, latency_ms=latency_ms, message=message, code=code)


async def database(runtime: Runtime) -> None:
    async with runtime.engine.connect() as opened:
        await opened.execute(text("SELECT 1"))


async def redis(runtime: Runtime) -> None:
    if runtime.redis_url is None:
        raise Off("None is wanted; PostgreSQL takes its place.")
    if not await runtime.live.answers():
        raise Away("Redis does not do its work; PostgreSQL takes its place, and there are no live previews.")


async def worker(runtime: Runtime) -> str:
    async with runtime.sessions() as session:
        alive = await count_alive(session)
    if not alive:
        raise Away("No worker is running; what is queued waits.")
    return f"{alive} running"


async def storage(runtime: Runtime) -> str | None:
    free_bytes = await runtime.storage.free_bytes()
    return None if free_bytes is None else f"{free_bytes / 2**30:.1f} GiB free"


async def ollama(runtime: Runtime, actor: User) -> str:
    return await ollamas.answer_of_default(runtime, actor)


async def default_comfyui(runtime: Runtime, actor: User) -> str:
    """The one that generations go to when none is chosen."""
    backend = await comfyui.find_backend(runtime, actor, None)
    if backend is None:
        raise Off("No ComfyUI is connected; create a profile for one.")
    return f"{await backend.client.queue_remaining()} in its queue"
