"""The sources of a workspace in its own order: profiles, then what the settings and the environment have."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.db.profile import Profile, ProfileModel, ProviderSetting
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.calls.sources import SourceKind, has_environment
from spoonfeeder.features.profiles import service as profiles
from spoonfeeder.features.profiles.addresses import default_url
from spoonfeeder.features.profiles.demo import DEMO_PROFILE_ID
from spoonfeeder.features.tasks.graphs import default_workflows
from spoonfeeder.work import Work

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A model that a profile lists."""

    name: str
    takes: frozenset[str]
    makes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """`profile_id` None is the settings' or the environment's source. `usual_model` writes text.

    Of a ComfyUI `classes` are those of its default workflow's nodes, None where it has no such workflow, and `nodes`
    is what it has last told of its own.
    """

    kind: SourceKind
    provider: Provider
    name: str
    url: str | None = None
    profile_id: UUID | None = None
    usual_model: str | None = None
    models: Sequence[Listed] = ()
    classes: frozenset[str] | None = None
    nodes: ObjectInfo | None = None


async def list_places(work: Work, kind: Modality, only: Collection[UUID] | None = None) -> list[Place]:
    """Without asking any of them; the demo is the last profile.

    Workflows are read where they could make this kind, models of all profiles or `only` of these.
    """
    rows = await work.session.execute(
        visible(select(Profile.id, Profile.name, Profile.provider, Profile.url), work.actor)
        .order_by(Profile.id == DEMO_PROFILE_ID, *profiles.ORDER)
        .limit(MOST)
    )
    models = await _models(work, only)
    workflows = {} if kind is Modality.TEXT else await default_workflows(work)
    places = [
        Place(
            SourceKind.PROFILE,
            Provider(row.provider),
            row.name,
            row.url,
            row.id,
            models=models.get(row.id, ()),
            classes=workflows.get(row.id),
            nodes=work.runtime.backends.known_objects(row.url) if row.id in workflows and row.url else None,
        )
        for row in rows
    ]
    return [*places, *await _of_settings(work), *_of_environment(work)]


async def _models(work: Work, only: Collection[UUID] | None) -> Mapping[UUID, Sequence[Listed]]:
    columns = select(
        ProfileModel.profile_id,
        ProfileModel.model_id,
        ProfileModel.input_modalities,
        ProfileModel.output_modalities,
    )
    if only is not None:
        columns = columns.where(ProfileModel.profile_id.in_(only))
    found: dict[UUID, list[Listed]] = defaultdict(list)
    for profile_id, name, takes, makes in await work.session.execute(visible(columns, work.actor)):
        found[profile_id].append(Listed(name, frozenset(takes), frozenset(makes)))
    return found


async def _of_settings(work: Work) -> list[Place]:
    columns: Any = select(ProviderSetting.provider, ProviderSetting.endpoint_url, ProviderSetting.default_model)
    rows = await work.session.execute(visible(columns, work.actor).order_by(ProviderSetting.provider))
    return [
        Place(SourceKind.SETTINGS, Provider(provider), f"{provider} settings", url, usual_model=model)
        for provider, url, model in rows
    ]


def _of_environment(work: Work) -> Iterator[Place]:
    for provider in Provider:
        if provider is not Provider.COMFYUI and has_environment(work.runtime.settings, provider):
            yield Place(
                SourceKind.ENVIRONMENT,
                provider,
                f"{provider} (environment)",
                default_url(work.runtime.settings, provider),
            )


def models_for(place: Place, kind: Modality, media_types: Sequence[str]) -> list[str]:
    """Those that the place lists and that make this kind from such inputs."""
    needed = {Modality.IMAGE if each.startswith("image/") else Modality.AUDIO for each in media_types}
    return sorted(each.name for each in place.models if kind in each.makes and needed <= each.takes)
