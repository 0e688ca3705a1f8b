"""arq as the doorbell: `serve` claims one more row, `wake` asks the holder of a row to look at it.

Both return at once; the work itself is done by the crew. arq's locks, retries and results are not relied on.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from spoonfeeder.core.settings import Settings
from spoonfeeder.core.telemetry import open_telemetry
from spoonfeeder.db.canary import check_encryption_keys
from spoonfeeder.db.row_security import warn_unless_secured
from spoonfeeder.durable.errands import do_errands_for_ever
from spoonfeeder.durable.lease import Lease
from spoonfeeder.durable.line import Line
from spoonfeeder.durable.serving import serve as serve_row
from spoonfeeder.durable.serving import take
from spoonfeeder.durable.sweep import sweep_for_ever, watch_for_ever
from spoonfeeder.durable.workers import beat_for_ever, sign_off
from spoonfeeder.features.backends.checking import find_unasked
from spoonfeeder.features.generations import jobs as generations
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.features.generations.stranded import tell_stranded
from spoonfeeder.features.schedules.firing import find_due
from spoonfeeder.features.tasks import jobs as tasks_jobs
from spoonfeeder.features.tasks.following import follow_generations, then_follow
from spoonfeeder.features.tasks.line import TASKS
from spoonfeeder.realtime import connection, tasks
from spoonfeeder.realtime.arq_redis import JsonArqRedis
from spoonfeeder.realtime.doorbell import SERVE, WAKE, queue_key
from spoonfeeder.runtime import Runtime, open_runtime
from spoonfeeder.worker import rings
from spoonfeeder.worker.crew import Crew

log = structlog.get_logger(__name__)
POLL_SECONDS = 0.05
HEALTH_SECONDS = 5
MOST_BACK_OFF_SECONDS = 2.0
STEADY_SECONDS = 5.0
"""After which it has answered: a Redis that says nothing is given up after four."""
DATABASE_AGAIN_SECONDS = 0.5
SIGN_OFF_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Post:
    """What is done for a line, and how many of its rows at the same time."""

    line: Line
    see_through: Callable[[Lease], Awaitable[None]]
    most: Callable[[Settings], int]


POSTS = (
    Post(GENERATIONS, then_follow(generations.see_through), lambda settings: settings.worker_jobs),
    Post(TASKS, tasks_jobs.see_through, lambda settings: settings.worker_tasks),
)
LINES = [post.line for post in POSTS]


async def serve(ctx: dict[str, Any]) -> None:
    ctx["crew"].call()


async def wake(ctx: dict[str, Any], subject: str) -> None:
    rings.wake(ctx["runtime"], UUID(subject))


async def listen(runtime: Runtime, redis_url: str, line: Line, crew: Crew[Lease]) -> None:
    """Answers the rings of a line until cancelled; begins again when Redis goes away and comes back."""
    back_off_seconds, is_told = 0.1, False
    while True:
        redis = JsonArqRedis(ConnectionPool.from_url(redis_url, **connection.OPTIONS))
        worker = Worker(
            [func(serve, name=SERVE), func(wake, name=WAKE)],
            queue_name=queue_key(line.name),
            redis_pool=redis,
            ctx={"runtime": runtime, "crew": crew},
            handle_signals=False,
            max_jobs=100,
            job_timeout=10,
            max_tries=1_000_000,
            keep_result=0,
            poll_delay=POLL_SECONDS,
            health_check_interval=HEALTH_SECONDS,
            job_serializer=redis.job_serializer,
            job_deserializer=redis.job_deserializer,
            log_results=False,
        )
        started = asyncio.get_running_loop().time()
        answering = asyncio.create_task(worker.main())
        try:
            await asyncio.wait({answering})
            answering.result()
        except (RedisError, OSError, TimeoutError) as error:
            if not is_told:
                log.warning("doorbell_lost", line=line.name, error=type(error).__name__)
            is_told = True
        finally:
            await tasks.cancel(answering)  # which may have begun another job until it has ended
            await tasks.cancel(*worker.tasks.values())
            await redis.aclose(close_connection_pool=True)
        if asyncio.get_running_loop().time() - started > STEADY_SECONDS:
            back_off_seconds, is_told = 0.1, False
        await asyncio.sleep(back_off_seconds)
        back_off_seconds = min(back_off_seconds * 2, MOST_BACK_OFF_SECONDS)


async def work(runtime: Runtime) -> None:
    """A worker on an open runtime, until cancelled; then every row is handed back."""
    crews = [
        Crew(partial(take, runtime, post.line), partial(serve_row, post.see_through), post.most(runtime.settings))
        for post in POSTS
    ]
    try:
        async with asyncio.TaskGroup() as group:
            if runtime.redis_url is not None:
                for line, crew in zip(LINES, crews, strict=True):
                    group.create_task(listen(runtime, runtime.redis_url, line, crew))
            names = [line.name for line in LINES]
            group.create_task(rings.listen_to_postgres(runtime, dict(zip(names, crews, strict=True))))
            group.create_task(sweep_for_ever(runtime, LINES))
            group.create_task(beat_for_ever(runtime, LINES))
            group.create_task(do_errands_for_ever(runtime, [find_due]))
            group.create_task(do_errands_for_ever(runtime, [find_unasked]))
            group.create_task(watch_for_ever(runtime, [follow_generations, tell_stranded]))
    finally:
        await asyncio.gather(*(crew.stop() for crew in crews))
        with suppress(SQLAlchemyError, OSError):
            async with asyncio.timeout(SIGN_OFF_SECONDS):
                await sign_off(runtime)


async def _check_and_work(runtime: Runtime) -> None:
    """Waits for a database that is away; raises SettingsError for keys that do not fit it."""
    while True:
        try:
            await check_encryption_keys(runtime.engine, runtime.cipher)
            await warn_unless_secured(runtime.engine)
            break
        except (SQLAlchemyError, OSError) as error:
            log.warning("database_away", error=type(error).__name__)
            await asyncio.sleep(DATABASE_AGAIN_SECONDS)
    await work(runtime)


async def _run(settings: Settings) -> None:
    async with open_runtime(settings, open_telemetry(settings, "worker")) as runtime:
        job = asyncio.create_task(_check_and_work(runtime))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, job.cancel)
        try:
            await job
        except asyncio.CancelledError:
            log.info("worker_stopped")


def run(settings: Settings) -> None:
    """The worker process; returns after SIGINT or SIGTERM, with every row handed back."""
    import uvloop

    uvloop.run(_run(settings))
