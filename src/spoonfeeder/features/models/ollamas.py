"""Which Ollama is meant."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.profiles import service
from spoonfeeder.features.profiles.addresses import default_url
from spoonfeeder.features.profiles.connection import connection_of
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.ollama import Ollama
from spoonfeeder.providers.ollama_library import Library
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work


class NotOllama(AppError):
    """This profile is of another provider; only the models of an Ollama can be managed."""

    status = 422
    code = "OLLAMA_PROFILE_REQUIRED"


@dataclass(frozen=True, slots=True)
class Place:
    """`profile_id` is None for the Ollama of OLLAMA_URL."""

    profile_id: UUID | None
    library: Library


async def find(work: Work, profile_id: UUID | None) -> Place:
    """The profile's, else that of the oldest Ollama profile, else that of OLLAMA_URL.

    Raises ProfileNotFound, NotOllama, KeyUnreadable.
    """
    if profile_id is not None:
        profile: Profile | None = await service.get(work, profile_id)
        if profile is not None and profile.provider != Provider.OLLAMA:
            raise NotOllama
    else:
        mine = visible(select(Profile), work.actor).where(Profile.provider == Provider.OLLAMA)
        profile = await work.session.scalar(mine.order_by(Profile.created_at, Profile.id).limit(1))
    if profile is None:
        return Place(None, library_at(work.runtime, own(work.runtime)))
    return Place(profile.id, library_at(work.runtime, await connection_of(work, profile)))


async def library_of(runtime: Runtime, actor: User, profile_id: UUID | None) -> Library:
    """Raises ProfileNotFound, NotOllama, KeyUnreadable."""
    async with open_work(runtime, actor) as work:
        return (await find(work, profile_id)).library


def own(runtime: Runtime) -> Connection:
    return Connection(Provider.OLLAMA, default_url(runtime.settings, Provider.OLLAMA))


def library_at(runtime: Runtime, connection: Connection) -> Library:
    adapter = runtime.adapters.get(connection)
    if not isinstance(adapter, Ollama):
        raise NotOllama
    return adapter.library
