"""Writes the API log beside the requests, in batches, and forgets what is too old.

A batch whose commit was lost on the way may be written twice; nothing else depends on these rows.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import orjson
import structlog
from sqlalchemy import ARRAY, Uuid, bindparam, text

from spoonfeeder.core.actor import NO_WORKSPACE, User
from spoonfeeder.core.database_errors import as_app_error
from spoonfeeder.core.errors import Unavailable
from spoonfeeder.features.logs.calls import Call, WaitingCalls, keys_used
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_account_work

log = structlog.get_logger(__name__)
FLUSH_SECONDS = 1.0
LAST_FLUSH_SECONDS = 2.0
PURGED_AT_ONCE = 10_000
MOST_PURGES = 20

WRITE = text(
    """
    INSERT INTO api_log (at, method, route, status, duration_ms, user_id, api_key_id, workspace_id, provider, peer,
        request_id)
    SELECT to_timestamp(at), method, route, status, duration_ms, user_id, api_key_id, workspace_id, provider, peer,
        request_id
    FROM json_to_recordset(CAST(:calls AS json)) AS call(at float, method text, route text, status smallint,
        duration_ms float, user_id uuid, api_key_id uuid, workspace_id uuid, provider text, peer text, request_id text)
    """
)
TOUCH_KEYS = text(
    """
    UPDATE api_keys SET last_used_at = now() WHERE id IN (
        SELECT id FROM api_keys
        WHERE id = ANY (:keys) AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
        FOR UPDATE SKIP LOCKED
    )
    """
).bindparams(bindparam("keys", type_=ARRAY(Uuid())))
PURGE = text(
    """
    DELETE FROM api_log WHERE id IN (
        SELECT id FROM api_log WHERE at < now() - make_interval(secs => :seconds) ORDER BY at LIMIT :most
    )
    """
)


@asynccontextmanager
async def writing(runtime: Runtime, calls: WaitingCalls) -> AsyncIterator[None]:
    """Writes while the body runs; at the end what is left, if the database takes it soon."""
    end = asyncio.Event()
    loop = asyncio.create_task(_write_until(end, runtime, calls))
    try:
        yield
    finally:
        end.set()
        calls.enough.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(loop, LAST_FLUSH_SECONDS)


async def _write_until(end: asyncio.Event, runtime: Runtime, calls: WaitingCalls) -> None:
    writes = True
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                await calls.enough.wait()
        wrote, writes = writes, await _write_all(runtime, calls)
        if wrote and not writes:
            log.warning("api_log_waits", calls=len(calls))
        if writes and calls.lost:
            log.warning("api_log_lost", calls=calls.lost)
            calls.lost = 0
        if end.is_set():
            return
        if not writes:
            await asyncio.sleep(FLUSH_SECONDS)


async def _write_all(runtime: Runtime, calls: WaitingCalls) -> bool:
    """Whether the database took all that waits; what it did not take is kept for another time."""
    while batch := calls.take():
        try:
            async with open_account_work(runtime, User(NO_WORKSPACE)) as work:
                await _write(work, batch)
        except asyncio.CancelledError:
            calls.put_back(batch)
            raise
        except Exception as error:  # noqa: BLE001 - the log goes on, whatever one batch met
            if isinstance(as_app_error(error), Unavailable):
                calls.put_back(batch)
                return False
            log.error("api_log_failed", error=type(error).__name__, detail=str(error)[:200])
            calls.lost += len(batch)
    return True


async def _write(work: Work, batch: list[Call]) -> None:
    rows = orjson.dumps([call.row() for call in batch]).decode()
    await work.session.execute(WRITE, {"calls": rows})
    if keys := keys_used(batch):
        await work.session.execute(TOUCH_KEYS, {"keys": keys})


async def purge_api_log(work: Work) -> None:
    """A chore: forgets calls older than API_LOG_DAYS, up to 200,000 at a time."""
    seconds = work.runtime.settings.api_log_days * 86_400
    for _ in range(MOST_PURGES):
        gone = await work.session.execute(PURGE, {"seconds": seconds, "most": PURGED_AT_ONCE})
        if gone.rowcount < PURGED_AT_ONCE:  # type: ignore[attr-defined]
            return
