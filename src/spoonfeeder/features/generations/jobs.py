"""The generations' job for the worker: a claimed one is seen to its end."""

from dataclasses import dataclass

import orjson
import structlog
from sqlalchemy import select
from sqlalchemy.orm import undefer

from spoonfeeder.comfy.errors import Failure
from spoonfeeder.core.crypto import KeyUnreadable, origin_of
from spoonfeeder.core.database_errors import as_app_error
from spoonfeeder.core.errors import Unavailable
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.vocabulary import BackendStatus
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.profile import Profile
from spoonfeeder.durable.lease import Lease, LeaseLost
from spoonfeeder.durable.serving import MOST_CRASHES
from spoonfeeder.features.backends import keys
from spoonfeeder.features.generations import moving, outcomes
from spoonfeeder.features.generations.course import Course
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_work

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Given:
    """A row with its machine and that one's profile, where it has them still, all read at once."""

    row: Generation
    machine: ComfyBackend | None
    profile: Profile | None
    may_pass_on: bool

    @property
    def is_up(self) -> bool:
        return self.machine is not None and self.machine.status == BackendStatus.UP


async def see_through(lease: Lease) -> None:
    """Raises LeaseLost, and what a database that is away raises."""
    given = await _load(lease)
    row = given.row
    if lease.claimed.crashes >= MOST_CRASHES:
        await outcomes.fail(lease, outcomes.POISON)
        return
    if _waited_too_long(row, lease.runtime.settings):
        await outcomes.fail(lease, outcomes.away_too_long(row))
        return
    try:
        await _course(lease, given)
    except LeaseLost:
        raise
    except KeyUnreadable as error:
        await outcomes.fail(lease, Failure(error.code, error.message))
    except Exception as error:
        if isinstance(as_app_error(error), Unavailable):
            raise
        log.exception("generation_broke")
        await outcomes.try_again_later(lease, row, error)


async def _course(lease: Lease, given: Given) -> None:
    row, runtime = given.row, lease.runtime
    graph = orjson.loads(row.workflow_json_snapshot or "{}")
    backend = runtime.backends.get(row.backend_url or "", _api_key(runtime, given))
    if not (given.may_pass_on and await moving.passes_on(lease, row, graph, backend)):
        await Course(lease, row, graph, backend, is_up=given.is_up).run()


def _api_key(runtime: Runtime, given: Given) -> str | None:
    """Only where the machine still has the address that this row was given (R33). Raises KeyUnreadable."""
    machine, profile = given.machine, given.profile
    if machine is None or profile is None or origin_of(machine.url) != origin_of(given.row.backend_url):
        return None
    return keys.unseal(runtime.cipher, machine, profile)


async def _load(lease: Lease) -> Given:
    statement = select(Generation).where(Generation.id == lease.claimed.id)
    async with open_work(lease.runtime, lease.actor) as work:
        rows = await work.session.scalars(statement.options(undefer(Generation.workflow_json_snapshot)))
        row = rows.one()
        machine = await work.session.get(ComfyBackend, row.backend_id) if row.backend_id else None
        profile = await work.session.get(Profile, machine.profile_id) if machine else None
        return Given(row, machine, profile, await moving.may_pass_on(work, lease, row))


def _waited_too_long(row: Generation, settings: Settings) -> bool:
    """On the database's clock: the lease was given a moment ago."""
    if row.waiting_since is None or row.lease_until is None:
        return False
    return (row.lease_until - row.waiting_since).total_seconds() > settings.comfyui_away_hours * 3600
