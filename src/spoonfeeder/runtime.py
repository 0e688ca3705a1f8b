"""Everything a process holds open, made once and handed down: the same for API, worker, command line and tests."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from spoonfeeder.comfy.backends import Backends
from spoonfeeder.core.access_tokens import AccessTokens
from spoonfeeder.core.crypto import Cipher, open_cipher
from spoonfeeder.core.http import TargetPolicy, open_client
from spoonfeeder.core.metrics import Watched
from spoonfeeder.core.passwords import Passwords
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.signed_urls import SignedUrls
from spoonfeeder.core.telemetry import Telemetry
from spoonfeeder.db.session import close_engine, connections_in_use, open_alone, open_engine, open_sessions
from spoonfeeder.providers.registry import Adapters
from spoonfeeder.providers.retries import Retries
from spoonfeeder.realtime.connection import NOWHERE
from spoonfeeder.realtime.courier import Courier
from spoonfeeder.realtime.dispatcher import Dispatcher
from spoonfeeder.realtime.doorbell import Doorbell
from spoonfeeder.realtime.emitter import Emitter
from spoonfeeder.realtime.events import Event
from spoonfeeder.realtime.live import Live
from spoonfeeder.realtime.postgres_bus import PostgresBus
from spoonfeeder.realtime.presence import Presence
from spoonfeeder.realtime.rate_limits import RateLimits
from spoonfeeder.storage.inspection import Inspector
from spoonfeeder.storage.opening import open_storage
from spoonfeeder.storage.protocol import Storage


@dataclass(frozen=True, slots=True)
class Runtime:
    """`leases` are the rows this process holds (durable.lease), by id; `closing` the calls that end in a workspace
    (features.calls.closing).

    `readiness` tells by name whether the parts that run beside the requests do their work.
    """

    settings: Settings
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    redis_url: str | None
    presence: Presence
    bus: PostgresBus
    dispatcher: Dispatcher
    live: Live
    storage: Storage
    inspector: Inspector
    cipher: Cipher
    passwords: Passwords
    tokens: AccessTokens
    signed_urls: SignedUrls
    limits: RateLimits
    targets: TargetPolicy
    http: httpx2.AsyncClient
    backends: Backends
    adapters: Adapters
    retries: Retries = field(default_factory=Retries)
    leases: dict[UUID, Any] = field(default_factory=dict)
    closing: dict[UUID, Any] = field(default_factory=dict)
    readiness: dict[str, Callable[[], bool]] = field(default_factory=dict)
    telemetry: Telemetry = field(default_factory=Telemetry)


@asynccontextmanager
async def open_runtime(settings: Settings, telemetry: Telemetry | None = None) -> AsyncIterator[Runtime]:
    """Opens what the settings name; nothing connects before its first use. Raises SettingsError."""
    telemetry = telemetry or Telemetry()
    database_url, redis_url = settings.require_servers()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(telemetry.tracing.close)
        engine = open_engine(database_url, pool_size=settings.database_pool_size)
        telemetry.tracing.trace_statements(engine.sync_engine)
        stack.push_async_callback(close_engine, engine)
        targets = TargetPolicy.from_settings(settings)
        http = await stack.enter_async_context(open_client(targets))
        presence, bus, address = Presence(redis_url), PostgresBus(partial(open_alone, engine)), redis_url or NOWHERE
        live, emitter, doorbell = Live(address, presence), Emitter(address), Doorbell(address)
        limits = RateLimits(address, presence)
        for part in (live, emitter, doorbell, limits, presence, bus):
            stack.push_async_callback(part.close)
        cipher = open_cipher(settings)
        signed_urls = SignedUrls(cipher.ring, active=settings.is_server)
        courier = Courier(emitter, doorbell, presence, bus)
        emit = partial(_emit_signed, courier, signed_urls)
        dispatcher = await stack.enter_async_context(Dispatcher(courier.ring, emit))
        telemetry.metrics.watch(*_watched(settings, engine, dispatcher))
        backends = await stack.enter_async_context(Backends(http, targets))
        adapters = await stack.enter_async_context(Adapters(http, targets))
        yield Runtime(
            settings=settings,
            engine=engine,
            sessions=open_sessions(engine),
            redis_url=redis_url,
            presence=presence,
            bus=bus,
            dispatcher=dispatcher,
            live=live,
            storage=open_storage(settings),
            inspector=Inspector(),
            cipher=cipher,
            passwords=Passwords(settings.password_memory_kib, settings.password_time_cost),
            tokens=AccessTokens(cipher.ring),
            signed_urls=signed_urls,
            limits=limits,
            targets=targets,
            http=http,
            backends=backends,
            adapters=adapters,
            telemetry=telemetry,
        )


def _watched(settings: Settings, engine: AsyncEngine, dispatcher: Dispatcher) -> Iterator[Watched]:
    in_use, most = "spoonfeeder_database_connections_in_use", "spoonfeeder_database_connections_max"
    lost, waiting = "spoonfeeder_dispatches_lost", "spoonfeeder_dispatches_waiting"
    yield Watched(in_use, "Taken from the pool of the process.", partial(connections_in_use, engine))
    yield Watched(most, "How many the pool has at most.", lambda: settings.database_pool_size)
    yield Watched(lost, "Rings and events that were given up.", lambda: dispatcher.lost, is_counter=True)
    yield Watched(waiting, "Rings and events that are not out yet.", lambda: dispatcher.waiting)


async def _emit_signed(courier: Courier, signed_urls: SignedUrls, event: Event) -> None:
    await courier.emit(event.signed(signed_urls))
