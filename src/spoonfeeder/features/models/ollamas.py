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
    profile = await _profile(work, profile_id)
    return Place(profile.id if profile else None, library_at(work.runtime, await _connection(work, profile)))


async def answer_of_default(runtime: Runtime, actor: User) -> str:
    """A word from the one that is meant where none is named. Raises KeyUnreadable, ProviderError."""
    async with open_work(runtime, actor) as work:
        connection = await _connection(work, await _profile(work, None))
    return (await runtime.adapters.get(connection).test()).message


async def _profile(work: Work, profile_id: UUID | None) -> Profile | None:
    """Raises ProfileNotFound, NotOllama."""
    if profile_id is None:
        mine = visible(select(Profile), work.actor).where(Profile.provider == Provider.OLLAMA)
        oldest: Profile | None = await work.session.scalar(mine.order_by(Profile.created_at, Profile.id).limit(1))
        return oldest
    profile = await service.get(work, profile_id)
    if profile.provider != Provider.OLLAMA:
        raise NotOllama
    return profile


async def _connection(work: Work, profile: Profile | None) -> Connection:
    """Raises KeyUnreadable."""
    return await connection_of(work, profile) if profile else own(work.runtime)


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
