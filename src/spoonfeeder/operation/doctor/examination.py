"""Examines an installation: all checks, each within its time, and none ends because another one fails."""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack

from pydantic import SecretStr

from spoonfeeder.core.errors import reason_of
from spoonfeeder.core.settings import Settings
from spoonfeeder.db.session import close_engine, open_engine
from spoonfeeder.embedded.attach import reachable_database
from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.folders import last_simulator_port
from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.operation.doctor.configuration import check_settings, read_settings
from spoonfeeder.operation.doctor.database import check_backup, check_database
from spoonfeeder.operation.doctor.files import check_files, check_room
from spoonfeeder.operation.doctor.findings import Finding, Level, ok, warning, wrong
from spoonfeeder.operation.doctor.machine import check_home, check_machine, check_port, is_held
from spoonfeeder.operation.doctor.providers import check_providers
from spoonfeeder.operation.doctor.queue import check_queue
from spoonfeeder.operation.doctor.redis import check_redis
from spoonfeeder.operation.doctor.secrets import check_keys, open_ring
from spoonfeeder.runtime import open_runtime
from spoonfeeder.storage.opening import open_storage

CHECK_SECONDS = 8.0
PROVIDERS_SECONDS = 40.0
FULL_SECONDS = 24 * 3600.0


def examine(*, offline: bool, full: bool) -> list[Finding]:
    """Starts the data home's own database for it where that does not run, and changes nothing."""
    settings, found = read_settings()
    found += check_machine()
    if settings is None:
        return found
    settings.home = settings.home.expanduser().absolute()
    found += [*check_settings(settings), *check_home(settings)]
    if any(each.level is Level.WRONG and each.check == "settings" for each in found):
        return [*found, warning("database", "It was not asked.", "Correct the settings first.")]
    is_running = is_held(settings.home)
    port = check_port(settings)
    is_running = is_running or (settings.postgres_url() is not None and port[0].said.startswith("Spoon Feeder"))
    found += port
    if settings.postgres_url() is None and not (settings.home / "postgres").exists():
        return [*found, ok("database", "none yet; `spoonfeeder up` makes it")]
    try:
        with reachable_database(settings) as url:
            return found + asyncio.run(_examine(settings, url, is_running=is_running, offline=offline, full=full))
    except StartError as error:
        return [*found, wrong("database", str(error), "Look into logs/postgres.log of the data home.")]
    except OSError as error:
        return [*found, wrong("database", f"It cannot be started: {error}.", "Check the owner of the data home.")]


def worst(found: Sequence[Finding]) -> int:
    """0: all is well; 1: something needs attention; 2: something does not work."""
    return max((list(Level).index(each.level) for each in found), default=0)


async def _examine(settings: Settings, url: str, *, is_running: bool, offline: bool, full: bool) -> list[Finding]:
    embedded_redis = settings.redis_address() is None and not settings.without_redis
    if embedded_redis:
        settings.redis_url = SecretStr(EmbeddedRedis(settings.home / "redis").url)
    settings.database_url = SecretStr(url)
    settings.simulator_port = settings.simulator_port or last_simulator_port(settings.home)
    engine, storage = open_engine(url, pool_size=6), open_storage(settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(close_engine, engine)
        database = await _within("database", check_database(engine, settings))
        redis = _within(
            "redis", check_redis(settings.redis_address(), is_embedded=embedded_redis, is_running=is_running)
        )
        if any(each.level is Level.WRONG for each in database):
            return [*database, *await redis]
        ring, keys = open_ring(settings)
        checks: list[Awaitable[list[Finding]]] = [
            redis,
            _within("workers", check_queue(engine, is_running=is_running)),
            _within("media", check_room(storage)),
            _within("media", check_files(engine, storage, full=full), FULL_SECONDS if full else CHECK_SECONDS),
            _within("backup", check_backup(engine)),
        ]
        if ring is not None or not keys:
            checks.append(_within("keys", check_keys(engine, ring, settings)))
        if ring is not None and not offline:
            runtime = await stack.enter_async_context(open_runtime(settings))
            checks.append(_within("providers", check_providers(runtime), PROVIDERS_SECONDS))
        answers = await asyncio.gather(*checks)
    return database + keys + [each for answer in answers for each in answer]


async def _within(name: str, check: Awaitable[list[Finding]], seconds: float = CHECK_SECONDS) -> list[Finding]:
    try:
        async with asyncio.timeout(seconds):
            return await check
    except TimeoutError:
        return [wrong(name, f"No answer within {seconds:.0f} seconds.", _advice(name))]
    except Exception as error:  # noqa: BLE001 - whatever a broken part makes its driver raise is a finding
        return [wrong(name, f"{reason_of(error)}.", _advice(name))]


def _advice(name: str) -> str:
    return {
        "database": "Start the server, or correct DATABASE_URL.",
        "redis": "Start it, or correct REDIS_URL.",
        "media": "Check MEDIA_STORAGE_PATH, and who owns it.",
    }.get(name, "See to the other findings first, and look into the logs.")
