"""What is done to the processes, and when: a plan drawn from a seed (RELIABILITY, "chaos-300")."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from time import time

from redis.asyncio import Redis
from sqlalchemy import text

from spoonfeeder.core.settings import Settings
from tests.chaos.program import Program
from tests.chaos.stage import Stage

LEASE_SECONDS = float(Settings.model_fields["lease_seconds"].default)
TERMINATE_ALL = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'spoonfeeder' AND pid <> pg_backend_pid()"
)


class Kind(StrEnum):
    WORKER_KILLED = "worker killed"
    WORKER_PAUSED = "worker paused longer than its lease"
    COMFYUI_KILLED = "ComfyUI killed"
    REDIS_FLUSHED = "Redis flushed"
    REDIS_KILLED = "Redis killed"
    POSTGRES_STOPPED = "PostgreSQL stopped at once"
    SESSIONS_TERMINATED = "database sessions terminated"
    API_KILLED = "API killed"


PER_300 = {
    Kind.WORKER_KILLED: 20,
    Kind.WORKER_PAUSED: 3,
    Kind.COMFYUI_KILLED: 5,
    Kind.REDIS_FLUSHED: 3,
    Kind.REDIS_KILLED: 3,
    Kind.POSTGRES_STOPPED: 3,
    Kind.SESSIONS_TERMINATED: 5,
}


@dataclass(frozen=True, slots=True)
class Planned:
    after_seconds: float
    kind: Kind


@dataclass(frozen=True, slots=True)
class Done:
    """One that was done: when it began, and when it was repaired (Unix seconds)."""

    kind: Kind
    began: float
    ended: float


def plan(generations: int, seconds: float, random: Random, api_kills: int = 0) -> list[Planned]:
    """Every kind at least once, in their share of `generations`, spread over `seconds` in a drawn order.

    Kills of the API come on top where they are asked for.
    """
    kinds = [kind for kind, count in PER_300.items() for _ in range(max(1, round(count * generations / 300)))]
    kinds += [Kind.API_KILLED] * api_kills
    random.shuffle(kinds)
    gap = seconds / len(kinds)
    return [Planned((place + random.random()) * gap, kind) for place, kind in enumerate(kinds)]


class Faults:
    """`done` tells of each that was repaired, in the order of their repairs."""

    def __init__(self, stage: Stage, random: Random) -> None:
        self._stage = stage
        self._random = random
        self._api, self._comfyui = asyncio.Lock(), asyncio.Lock()
        self._postgres, self._redis = asyncio.Lock(), asyncio.Lock()
        self._workers = {worker.name: asyncio.Lock() for worker in stage.workers}
        self._redis_client = Redis.from_url(stage.redis.url)
        self.done: list[Done] = []

    @property
    def comfyui_kills(self) -> list[float]:
        return [each.began for each in self.done if each.kind is Kind.COMFYUI_KILLED]

    async def inject(self, planned: list[Planned]) -> None:
        """All of them, each at its time; returns when the last one has been repaired."""
        async with asyncio.TaskGroup() as group:
            for fault in planned:
                group.create_task(self._at(fault))
        await self._redis_client.aclose()

    async def _at(self, fault: Planned) -> None:
        await asyncio.sleep(fault.after_seconds)
        actions: dict[Kind, Callable[[], Awaitable[None]]] = {
            Kind.WORKER_KILLED: self._kill_worker,
            Kind.WORKER_PAUSED: self._pause_worker,
            Kind.COMFYUI_KILLED: self._kill_comfyui,
            Kind.REDIS_FLUSHED: self._flush_redis,
            Kind.REDIS_KILLED: self._kill_redis,
            Kind.POSTGRES_STOPPED: self._stop_postgres,
            Kind.SESSIONS_TERMINATED: self._terminate_sessions,
            Kind.API_KILLED: self._kill_api,
        }
        await actions[fault.kind]()

    @asynccontextmanager
    async def _noted(self, kind: Kind, lock: asyncio.Lock) -> AsyncIterator[None]:
        async with lock:
            began = time()
            yield
            self.done.append(Done(kind, began, time()))

    async def _kill_api(self) -> None:
        async with self._noted(Kind.API_KILLED, self._api):
            await self._stage.api.kill()

    async def _kill_worker(self) -> None:
        async with self._a_worker(Kind.WORKER_KILLED) as worker:
            await worker.kill()

    async def _pause_worker(self) -> None:
        async with self._a_worker(Kind.WORKER_PAUSED) as worker:
            await worker.pause(LEASE_SECONDS + 2)

    @asynccontextmanager
    async def _a_worker(self, kind: Kind) -> AsyncIterator[Program]:
        """One that nothing is being done to, where there is such a one."""
        free = [worker for worker in self._stage.workers if not self._workers[worker.name].locked()]
        worker = self._random.choice(free or self._stage.workers)
        async with self._noted(kind, self._workers[worker.name]):
            yield worker

    async def _kill_comfyui(self) -> None:
        async with self._noted(Kind.COMFYUI_KILLED, self._comfyui):
            await self._stage.comfyui.kill(self._random.uniform(0.3, 2))

    async def _flush_redis(self) -> None:
        async with self._noted(Kind.REDIS_FLUSHED, self._redis):
            await self._redis_client.flushall()

    async def _kill_redis(self) -> None:
        redis = self._stage.redis
        async with self._noted(Kind.REDIS_KILLED, self._redis):
            assert redis.process is not None
            redis.process.kill()
            await asyncio.to_thread(redis.process.wait)
            await asyncio.sleep(self._random.uniform(0.3, 1.5))
            redis.launch()
            await asyncio.to_thread(redis.wait_until_ready)

    async def _stop_postgres(self) -> None:
        """An immediate stop: the next start recovers from the write-ahead log."""
        postgres = self._stage.postgres
        async with self._noted(Kind.POSTGRES_STOPPED, self._postgres):
            assert postgres.process is not None
            postgres.process.send_signal(signal.SIGQUIT)
            await asyncio.to_thread(postgres.process.wait)
            await asyncio.sleep(self._random.uniform(1, 2))
            postgres.launch()
            while not await self._postgres_answers():
                assert postgres.process.poll() is None, "PostgreSQL did not start again"
                await asyncio.sleep(0.05)

    async def _terminate_sessions(self) -> None:
        async with self._noted(Kind.SESSIONS_TERMINATED, self._postgres), self._stage.admin().connect() as connection:
            await connection.execute(TERMINATE_ALL)

    async def _postgres_answers(self) -> bool:
        try:
            async with self._stage.admin().connect():
                return True
        except Exception:  # noqa: BLE001 - whatever it says while it starts, it is not ready
            return False
