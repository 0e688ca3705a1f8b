"""One list of the models of all profiles, with what each Ollama says of its own within a second and a half."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.db.profile import Profile, ProfileModel
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.models.ability import abilities
from spoonfeeder.features.models.ollamas import library_at, own
from spoonfeeder.features.models.schemas import Away, ListedModel, ModelList
from spoonfeeder.features.profiles import service
from spoonfeeder.features.profiles.connection import connection_of
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.errors import Timeout
from spoonfeeder.providers.ollama_library import Library, LocalModel, RunningModel, full_name
from spoonfeeder.providers.ollama_wire import input_modalities, output_modalities
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

ASKING_SECONDS = 1.5
MOST_PROFILES = 1_000
MOST_MODELS = 10_000


@dataclass(frozen=True, slots=True)
class _Source:
    """A profile with what it lists; `profile_id` None is the Ollama of OLLAMA_URL, or else the one that may be here."""

    profile_id: UUID | None
    name: str | None
    provider: Provider
    listed: Sequence[ProfileModel] = ()
    connection: Connection | None = None
    trouble: AppError | None = None
    is_set_up: bool = True


@dataclass(frozen=True, slots=True)
class _Told:
    """By their full names what an Ollama has, and what of it is in memory."""

    models: dict[str, LocalModel] = field(default_factory=dict)
    loaded: dict[str, RunningModel] = field(default_factory=dict)


async def list_models(
    runtime: Runtime, actor: User, *, profile_id: UUID | None, provider: Provider | None
) -> ModelList:
    """Raises ProfileNotFound."""
    async with open_work(runtime, actor) as work:
        sources = await _sources(work, profile_id, provider)
    told = await _ask_all(runtime, {source.connection for source in sources if source.connection is not None})
    answer = ModelList(data=[], unavailable=[])
    for source in sources:
        found = source.trouble if source.connection is None else told[source.connection]
        if isinstance(found, AppError) and source.is_set_up:
            answer.unavailable.append(
                Away(
                    profile_id=source.profile_id,
                    profile_name=source.name,
                    provider=source.provider,
                    code=found.code,
                    message=found.message,
                )
            )
        answer.data += _rows(source, found if isinstance(found, _Told) else None)
    return answer


async def _sources(work: Work, profile_id: UUID | None, provider: Provider | None) -> list[_Source]:
    if profile_id is not None:
        profiles: Sequence[Profile] = [await service.get(work, profile_id)]
    else:
        mine = visible(select(Profile), work.actor).order_by(Profile.created_at, Profile.id).limit(MOST_PROFILES)
        profiles = (await work.session.scalars(mine)).all()
    wanted = [profile for profile in profiles if provider is None or profile.provider == provider]
    listed: dict[UUID, list[ProfileModel]] = {profile.id: [] for profile in wanted}
    rows = visible(select(ProfileModel), work.actor).where(ProfileModel.profile_id.in_(listed))
    for row in await work.session.scalars(rows.order_by(ProfileModel.model_id).limit(MOST_MODELS)):
        listed[row.profile_id].append(row)
    sources = [await _source(work, profile, listed[profile.id]) for profile in wanted]
    has_ollama = any(profile.provider == Provider.OLLAMA for profile in profiles)
    if profile_id is None and provider in {None, Provider.OLLAMA} and not has_ollama:
        is_set_up = work.runtime.settings.ollama_url is not None
        sources.append(_Source(None, None, Provider.OLLAMA, connection=own(work.runtime), is_set_up=is_set_up))
    return sources


async def _source(work: Work, profile: Profile, listed: Sequence[ProfileModel]) -> _Source:
    provider, connection, trouble = Provider(profile.provider), None, None
    if provider is Provider.OLLAMA:
        try:
            connection = await connection_of(work, profile)
        except AppError as error:
            trouble = error
    return _Source(profile.id, profile.name, provider, listed, connection, trouble)


async def _ask_all(runtime: Runtime, connections: Iterable[Connection]) -> dict[Connection, _Told | AppError]:
    asked = list(connections)
    answers = await asyncio.gather(*(_ask(library_at(runtime, connection)) for connection in asked))
    return dict(zip(asked, answers, strict=True))


async def _ask(library: Library) -> _Told | AppError:
    try:
        async with asyncio.timeout(ASKING_SECONDS):
            models, loaded = await library.models(), await library.running()
    except TimeoutError:
        return Timeout(f"This Ollama did not answer within {ASKING_SECONDS} s.")
    except AppError as error:
        return error
    return _Told({full_name(model.name): model for model in models}, {full_name(model.name): model for model in loaded})


def _rows(source: _Source, told: _Told | None) -> Iterator[ListedModel]:
    """First what the profile lists, then what its Ollama has besides."""
    seen: set[str] = set()
    for row in source.listed:
        name = full_name(row.model_id)
        seen.add(name)
        takes = [Modality(word) for word in row.input_modalities]
        gives = [Modality(word) for word in row.output_modalities]
        yield _shown(source, row.model_id, row.name, takes, gives, told, is_listed=True)
    for name, model in told.models.items() if told is not None else ():
        if name not in seen:
            takes = list(input_modalities(model.capabilities, model.families))
            gives = list(output_modalities(model.capabilities))
            yield _shown(source, model.name, None, takes, gives, told, is_listed=False)


def _shown(
    source: _Source,
    model_id: str,
    name: str | None,
    takes: list[Modality],
    gives: list[Modality],
    told: _Told | None,
    *,
    is_listed: bool,
) -> ListedModel:
    known = told.models.get(full_name(model_id)) if told is not None else None
    loaded = told.loaded.get(full_name(model_id)) if told is not None else None
    return ListedModel(
        profile_id=source.profile_id,
        profile_name=source.name,
        provider=source.provider,
        model_id=model_id,
        name=name,
        input_modalities=takes,
        output_modalities=gives,
        capabilities=abilities(source.provider, model_id, takes, gives, known),
        is_listed=is_listed,
        is_there=None if told is None else known is not None,
        is_loaded=None if told is None else loaded is not None,
        size_bytes=known.size_bytes if known else None,
        vram_bytes=loaded.vram_bytes if loaded else None,
        family=known.family if known else None,
        parameter_size=known.parameter_size if known else None,
        quantization=known.quantization if known else None,
        context_length=loaded.context_length if loaded else None,
        expires_at=loaded.expires_at if loaded else None,
        modified_at=known.modified_at if known else None,
    )
