"""The models that profiles list, as OpenAI's clients read them."""

from sqlalchemy import select

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.db.profile import Profile, ProfileModel
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.openai_api.names import UnknownModel, find_profile, shown
from spoonfeeder.features.openai_api.schemas import ModelOut
from spoonfeeder.work import Work


async def list_models(work: Work) -> list[ModelOut]:
    """Those of the oldest profile first. They come from the profiles' own lists; no provider is asked."""
    mine = visible(select(Profile), work.actor).where(Profile.provider != Provider.COMFYUI)
    profiles = {profile.id: profile for profile in await work.session.scalars(mine)}
    names = {profile_id: profile.name for profile_id, profile in profiles.items()}
    listed = (
        visible(select(ProfileModel), work.actor)
        .join(Profile, Profile.id == ProfileModel.profile_id)
        .where(ProfileModel.profile_id.in_(names))
        .order_by(Profile.created_at, Profile.id, ProfileModel.model_id)
    )
    return [
        _out(row, shown(row.profile_id, row.model_id, names), profiles[row.profile_id])
        for row in await work.session.scalars(listed)
    ]


async def get_model(work: Work, given: str) -> ModelOut:
    """Raises UnknownModel, AmbiguousProfile."""
    profile_id, model_id = await find_profile(work, given)
    mine = visible(select(ProfileModel), work.actor)
    row = await work.session.scalar(
        mine.where(ProfileModel.profile_id == profile_id, ProfileModel.model_id == model_id)
    )
    if row is None:
        raise UnknownModel
    return _out(row, given, await work.session.get_one(Profile, profile_id))


def _out(row: ProfileModel, name: str, profile: Profile) -> ModelOut:
    return ModelOut(id=name, created=int(row.created_at.timestamp()), owned_by=profile.provider)
