"""The generations' job for the worker: a claimed one is seen to its end."""

import orjson
import structlog
from sqlalchemy import select
from sqlalchemy.orm import undefer

from spoonfeeder.comfy.errors import Failure
from spoonfeeder.core.crypto import KeyUnreadable, origin_of
from spoonfeeder.core.database_errors import as_app_error
from spoonfeeder.core.errors import Unavailable
from spoonfeeder.core.settings import Settings
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.profile import Profile
from spoonfeeder.durable.lease import Lease, LeaseLost
from spoonfeeder.durable.serving import MOST_CRASHES
from spoonfeeder.features.generations import outcomes
from spoonfeeder.features.generations.course import Course
from spoonfeeder.features.profiles import keys
from spoonfeeder.work import Work, open_work

log = structlog.get_logger(__name__)


async def see_through(lease: Lease) -> None:
    """Raises LeaseLost, and what a database that is away raises."""
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
