"""Answers about the installation itself."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from spoonfeeder import __version__
from spoonfeeder.core.schema import Answer, Record, Timestamp
from spoonfeeder.features.generations.schemas import ActiveGeneration
from spoonfeeder.features.tasks.schemas import ActiveTask


class ServiceStatus(StrEnum):
    UP = "up"
    DOWN = "down"
    OFF = "off"


class HealthStatus(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class Service(Record):
    """`off` is not set up; `latency_ms` is how long the answer took; `code` is that of the error."""

    status: ServiceStatus
    latency_ms: int
    message: str | None = None
    code: str | None = None


class Services(Record):
    database: Service
    redis: Service
    worker: Service
    storage: Service
    ollama: Service
    comfyui: Service


class Health(Record):
    """`down` without its database, `degraded` when Redis, all workers or the storage are away.

    `services` and `version` are null for callers who are not signed in.
    """

    status: HealthStatus
    timestamp: Timestamp
    version: str | None
    services: Services | None


class Alive(Record):
    status: str = "ok"


class GenerationCounts(Record):
    pending: int = 0
    running: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0


class TaskCounts(Record):
    pending: int = 0
    running: int = 0
    complete: int = 0
    failed: int = 0
    cancelled: int = 0


class Stats(Record):
    """Counts of what the workspace has, deleted rows left out."""

    generations: GenerationCounts
    tasks: TaskCounts
    sessions: int
    workflows: int
    profiles: int
    media_files: int
    storage_bytes: int


class DayStats(Answer):
    """What was made on one day (`2026-11-21`, UTC), by its status now; seconds of what was completed."""

    day: str
    generations: GenerationCounts
    generation_seconds: float
    tasks: TaskCounts
    task_seconds: float


class DayReport(Answer):
    """Every day from `since` until before `until`, also those where nothing was made."""

    since: Timestamp
    until: Timestamp
    days: list[DayStats]


ActiveItem = Annotated[ActiveGeneration | ActiveTask, Field(discriminator="kind")]


class Front(Record):
    name: str = "Spoon Feeder"
    version: str | None = __version__
    health: str = "/api/health"
    openapi: str = "/api/openapi.json"
    socket_io: str = "/socket.io"
