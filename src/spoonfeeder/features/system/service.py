"""Health and counts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select

from spoonfeeder import __version__
from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError
from spoonfeeder.db import Generation, Media, Profile, Session, Task, Workflow
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.generations import queries as generations
from spoonfeeder.features.system import probes
from spoonfeeder.features.system.schemas import (
    GenerationCounts,
    Health,
    HealthStatus,
    Service,
    Services,
    ServiceStatus,
    Stats,
    TaskCounts,
)
from spoonfeeder.features.tasks import queries as tasks
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work

NOT_WORKING = "This part of the process does not do its work at the moment."


class NotReady(AppError):
    """This process cannot serve as it should at the moment; the details name what is away."""

    status = 503
    code = "NOT_READY"


async def health(runtime: Runtime, actor: User | None) -> Health:
    """To nobody in particular it says only how it is, and asks no other server for that."""
    answers = await probes.ask_all(_own_probes(runtime) | (_others_probes(runtime, actor) if actor else {}))
    return Health(
        status=_overall(answers),
        timestamp=datetime.now(UTC),
        version=__version__ if actor else None,
        services=Services(**answers) if actor else None,
    )


def _own_probes(runtime: Runtime) -> dict[str, probes.Probe]:
    return {
        "database": lambda: probes.database(runtime),
        "redis": lambda: probes.redis(runtime),
        "worker": lambda: probes.worker(runtime),
        "storage": lambda: probes.storage(runtime),
    }


def _others_probes(runtime: Runtime, actor: User) -> dict[str, probes.Probe]:
    return {
        "ollama": lambda: probes.ollama(runtime, actor),
        "comfyui": lambda: probes.default_comfyui(runtime, actor),
    }


def _overall(answers: Mapping[str, Service]) -> HealthStatus:
    if answers["database"].status is not ServiceStatus.UP:
        return HealthStatus.DOWN
    needed = (answers["redis"], answers["worker"], answers["storage"])
    return HealthStatus.DEGRADED if any(one.status is ServiceStatus.DOWN for one in needed) else HealthStatus.OK


async def require_ready(runtime: Runtime) -> None:
    """Raises NotReady where requests could not be served as they should, as where this process has lost its Redis.

    Where it never had one, readiness does not wait for it: PostgreSQL takes its place.
    """
    answers = await probes.ask_all(
        {
            "database": lambda: probes.database(runtime),
            "redis": lambda: probes.redis(runtime),
            "storage": lambda: probes.storage(runtime),
        }
    )
    away = {name: answer.message for name, answer in answers.items() if answer.status is ServiceStatus.DOWN}
    if not runtime.presence.has_answered:
        away.pop("redis", None)
    away |= {name: NOT_WORKING for name, works in runtime.readiness.items() if not works()}
    if away:
        details = [{"loc": name, "type": "away", "message": message} for name, message in away.items()]
        raise NotReady(details=details, headers={"Retry-After": "2"})


async def stats(work: Work) -> Stats:
    totals = visible(select(func.count(Media.id), func.coalesce(func.sum(Media.bytes), 0)), work.actor)
    media_files, storage_bytes = (await work.session.execute(totals)).one()
    return Stats(
        generations=GenerationCounts(**await _by_status(work, Generation)),
        tasks=TaskCounts(**await _by_status(work, Task)),
        sessions=await _count(work, Session),
        workflows=await _count(work, Workflow),
        profiles=await _count(work, Profile),
        media_files=media_files,
        storage_bytes=storage_bytes,
    )


async def active(work: Work) -> list[dict[str, Any]]:
    """Generations and tasks that are pending or running, the oldest first; at most 1,000 of each."""
    items = [*await generations.active(work), *await tasks.active(work)]
    return sorted(items, key=lambda item: (item["created_at"], item["id"]))


async def _by_status(work: Work, table: type[Any]) -> dict[str, int]:
    counted: Select[Any] = select(table.status, func.count(table.id)).group_by(table.status)
    return {row[0]: row[1] for row in await work.session.execute(visible(counted, work.actor))}


async def _count(work: Work, table: type[Any]) -> int:
    counted: Select[Any] = select(func.count(table.id))
    return int((await work.session.execute(visible(counted, work.actor))).scalar_one())
