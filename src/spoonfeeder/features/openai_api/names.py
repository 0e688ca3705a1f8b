"""`<profile>/<model>`: which profile and which of its models a client means, and what a model is called in lists."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, or_, select

from spoonfeeder.core.errors import Conflict, NotFound
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.auth.access import visible
from spoonfeeder.work import Work


class UnknownModel(NotFound):
    """There is no such model; write it as <profile>/<model>, as GET /v1/models lists them."""

    code = "MODEL_NOT_FOUND"


class AmbiguousProfile(Conflict):
    """More than one profile has this name; write the profile's id in the place of its name."""

    code = "PROFILE_AMBIGUOUS"


async def find_profile(work: Work, given: str) -> tuple[UUID, str]:
    """The profile, and what follows it: the model. An id comes first, then the longest name of a profile.

    Raises UnknownModel, AmbiguousProfile.
    """
    mine = visible(select(Profile.id, Profile.name), work.actor).where(Profile.provider != Provider.COMFYUI)
    begun = func.starts_with(given, func.concat(Profile.name, "/"))
    found = await work.session.execute(mine.where(or_(Profile.id == _leading_id(given), begun)))
    return resolve(given, {row.id: row.name for row in found})


def resolve(given: str, names: Mapping[UUID, str]) -> tuple[UUID, str]:
    """As `find_profile`, among profiles by their ids."""
    by_id = _leading_id(given)
    chosen = [by_id] if by_id is not None and by_id in names else []
    beginning = given.partition("/")[0]
    if not chosen:
        beginning = max((name for name in names.values() if given.startswith(f"{name}/")), key=len, default="")
        chosen = [profile_id for profile_id, name in names.items() if name == beginning]
    model = given[len(beginning) + 1 :]
    if not chosen or not model:
        raise UnknownModel
    if len(chosen) > 1:
        raise AmbiguousProfile
    return chosen[0], model


def shown(profile_id: UUID, model: str, names: Mapping[UUID, str]) -> str:
    """What a model is called: by its profile's name where that leads back to it, else by the profile's id."""
    by_name = f"{names[profile_id]}/{model}"
    try:
        leads_back = resolve(by_name, names) == (profile_id, model)
    except (AmbiguousProfile, UnknownModel):
        leads_back = False
    return by_name if leads_back else f"{profile_id}/{model}"


def _leading_id(given: str) -> UUID | None:
    try:
        return UUID(given.partition("/")[0])
    except ValueError:
        return None
