"""The generations' jobs for the worker: claim one and see it to its end, whatever happens on the way."""

import orjson
import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import undefer

from spoonfeeder.comfy.errors import Failure
from spoonfeeder.core.crypto import KeyUnreadable, origin_of
from spoonfeeder.core.database_errors import as_app_error
from spoonfeeder.core.errors import Unavailable
from spoonfeeder.core.settings import Settings
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.profile import Profile
from spoonfeeder.durable.claim import claim
from spoonfeeder.durable.lease import Lease, LeaseLost, held
from spoonfeeder.features.generations import outcomes
from spoonfeeder.features.generations.course import Course
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.features.profiles import keys
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

log = structlog.get_logger(__name__)
MOST_CRASHES = 3


async def serve(runtime: Runtime) -> None:
    """One row, from claim to end; returns at once when there is none. Never leaves a row without a way on."""
    claimed = await claim(runtime, GENERATIONS)
    if claimed is None:
        return
    lease = Lease(runtime, GENERATIONS, claimed)
    with structlog.contextvars.bound_contextvars(generation=str(claimed.id), fence=claimed.fence):
        try:
            await held(lease, _see_through)
        except LeaseLost:
            log.warning("lease_lost")
        except (SQLAlchemyError, OSError) as error:
            log.warning("database_lost", error=type(error).__name__, detail=str(error)[:200])
            await lease.hand_back()


async def _see_through(lease: Lease) -> None:
    row = await _load(lease)
    if lease.claimed.crashes >= MOST_CRASHES:
        await outcomes.fail(lease, outcomes.POISON)
        return
    if _waited_too_long(row, lease.runtime.settings):
        await outcomes.fail(lease, outcomes.away_too_long(row))
        return
    try:
        await _course(lease, row)
    except LeaseLost:
        raise
    except KeyUnreadable as error:
        await outcomes.fail(lease, Failure(error.code, error.message))
    except Exception as error:
        if isinstance(as_app_error(error), Unavailable):
            raise
        log.exception("generation_broke")
        await outcomes.try_again_later(lease, row, error)


async def _course(lease: Lease, row: Generation) -> None:
    runtime = lease.runtime
    async with open_work(runtime, lease.actor) as work:
        api_key = await _api_key(work, row)
    graph = orjson.loads(row.workflow_json_snapshot or "{}")
    await Course(lease, row, graph, runtime.backends.get(row.backend_url or "", api_key)).run()


async def _api_key(work: Work, row: Generation) -> str | None:
    """Only where the profile still means the address that this row was made for (R33)."""
    profile = await work.session.get(Profile, row.profile_id) if row.profile_id else None
    if profile is None or origin_of(profile.url) != origin_of(row.backend_url):
        return None
    return keys.unseal(work.runtime.cipher, profile)


async def _load(lease: Lease) -> Generation:
    statement = select(Generation).where(Generation.id == lease.claimed.id)
    async with open_work(lease.runtime, lease.actor) as work:
        rows = await work.session.scalars(statement.options(undefer(Generation.workflow_json_snapshot)))
        return rows.one()


def _waited_too_long(row: Generation, settings: Settings) -> bool:
    """On the database's clock: the lease was given a moment ago."""
    if row.waiting_since is None or row.lease_until is None:
        return False
    return (row.lease_until - row.waiting_since).total_seconds() > settings.comfyui_away_hours * 3600
