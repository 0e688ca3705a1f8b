"""Where one can chat: profiles, settings and the environment, without asking any of them."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.db.profile import Profile, ProfileModel, ProviderSetting
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.calls.sources import SourceKind, has_environment
from spoonfeeder.features.chat.schemas import SourceModel, SourceOut
from spoonfeeder.features.profiles.service import ORDER
from spoonfeeder.work import Work

MOST = 1_000
CHATTING = tuple(provider for provider in Provider if provider is not Provider.COMFYUI)


async def list_places(work: Work) -> list[SourceOut]:
    """By provider; of each first the one that is used where only the provider is named (calls.sources)."""
    kept = list(await work.session.scalars(visible(select(ProviderSetting), work.actor)))
    ours = visible(select(Profile), work.actor).where(Profile.provider.in_(CHATTING))
    profiles = list(await work.session.scalars(ours.order_by(*ORDER).limit(MOST)))
    models = await _models(work)
    places: list[SourceOut] = []
    for provider in CHATTING:
        places += await _with_capabilities(
            work,
            [
                *(_of_settings(row) for row in kept if row.provider == provider),
                *(_of_profile(row, models[row.id]) for row in profiles if row.provider == provider),
                *_of_environment(work, provider),
            ],
        )
    return places


async def _with_capabilities(work: Work, places: list[SourceOut]) -> list[SourceOut]:
    """Those of one provider; an SDK that nobody uses is not imported."""
    if not places:
        return []
    can = sorted((await work.runtime.adapters.load(places[0].provider)).capabilities)
    return [place.model_copy(update={"capabilities": can, "is_default": place is places[0]}) for place in places]


async def _models(work: Work) -> dict[UUID, list[SourceModel]]:
    """The models that read and write text, by their profile."""
    found: dict[UUID, list[SourceModel]] = defaultdict(list)
    rows = visible(select(ProfileModel), work.actor).order_by(ProfileModel.created_at, ProfileModel.model_id)
    for row in await work.session.scalars(rows):
        if Modality.TEXT in row.input_modalities and Modality.TEXT in row.output_modalities:
            found[row.profile_id].append(
                SourceModel(
                    model_id=row.model_id,
                    name=row.name,
                    input_modalities=[Modality(word) for word in row.input_modalities],
                    output_modalities=[Modality(word) for word in row.output_modalities],
                )
            )
    return found


def _of_settings(row: ProviderSetting) -> SourceOut:
    provider = Provider(row.provider)
    return _place(SourceKind.SETTINGS, provider, f"{provider} settings", default_model=row.default_model)


def _of_profile(row: Profile, models: list[SourceModel]) -> SourceOut:
    place = _place(
        SourceKind.PROFILE,
        Provider(row.provider),
        row.name,
        default_model=models[0].model_id if len(models) == 1 else None,
    )
    return place.model_copy(update={"profile_id": row.id, "models": models})


def _of_environment(work: Work, provider: Provider) -> Iterator[SourceOut]:
    if has_environment(work.runtime.settings, provider):
        yield _place(SourceKind.ENVIRONMENT, provider, f"{provider} (environment)")


def _place(
    kind: SourceKind,
    provider: Provider,
    name: str,
    default_model: str | None = None,
) -> SourceOut:
    return SourceOut(
        kind=kind,
        provider=provider,
        name=name,
        profile_id=None,
        default_model=default_model,
        models=[],
        capabilities=[],
        is_default=False,
    )
