"""Everything a process holds open, made once and handed down: the same for API, worker, command line and tests."""

from collections.abc import AsyncIterator, Callable
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
from spoonfeeder.core.passwords import Passwords
from spoonfeeder.core.settings import Settings, SettingsError
from spoonfeeder.core.signed_urls import SignedUrls
from spoonfeeder.db.session import close_engine, open_engine, open_sessions
from spoonfeeder.providers.registry import Adapters
from spoonfeeder.providers.retries import Retries
from spoonfeeder.realtime.dispatcher import Dispatcher
from spoonfeeder.realtime.doorbell import Doorbell
from spoonfeeder.realtime.emitter import Emitter
from spoonfeeder.realtime.events import Event
from spoonfeeder.realtime.live import Live
from spoonfeeder.realtime.rate_limits import RateLimits
from spoonfeeder.storage.disk import DiskStorage
from spoonfeeder.storage.inspection import Inspector
from spoonfeeder.storage.protocol import Storage


@dataclass(frozen=True, slots=True)
class Runtime:
    """`leases` are the rows this process holds (durable.lease), by id.

    `readiness` tells by name whether the parts that run beside the requests do their work.
    """

    settings: Settings
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    redis_url: str
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
    readiness: dict[str, Callable[[], bool]] = field(default_factory=dict)


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """Opens what the settings name; nothing connects before its first use. Raises SettingsError."""
    database_url, redis_url = settings.postgres_url(), settings.redis_address()
    if database_url is None or redis_url is None:
        raise SettingsError("DATABASE_URL and REDIS_URL are needed here; `spoonfeeder up` brings its own servers.")
    async with AsyncExitStack() as stack:
        engine = open_engine(database_url, pool_size=settings.database_pool_size)
        stack.push_async_callback(close_engine, engine)
        targets = TargetPolicy.from_settings(settings)
        http = await stack.enter_async_context(open_client(targets))
        live, emitter, doorbell = Live(redis_url), Emitter(redis_url), Doorbell(redis_url)
        limits = RateLimits(redis_url)
        for part in (live, emitter, doorbell, limits):
            stack.push_async_callback(part.close)
        cipher = open_cipher(settings)
        signed_urls = SignedUrls(cipher.ring, active=settings.is_server)
        emit = partial(_emit_signed, emitter, signed_urls)
        dispatcher = await stack.enter_async_context(Dispatcher(doorbell.ring, emit))
        backends = await stack.enter_async_context(Backends(http, targets))
        adapters = await stack.enter_async_context(Adapters(http, targets))
        yield Runtime(
            settings=settings,
            engine=engine,
            sessions=open_sessions(engine),
            redis_url=redis_url,
            dispatcher=dispatcher,
            live=live,
            storage=DiskStorage(settings.media_path),
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
        )


async def _emit_signed(emitter: Emitter, signed_urls: SignedUrls, event: Event) -> None:
    await emitter.emit(event.signed(signed_urls))
