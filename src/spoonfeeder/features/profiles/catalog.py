"""The models that a profile lists."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert

from spoonfeeder.core.errors import Conflict, NotFound
from spoonfeeder.db.profile import ProfileModel
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.profiles import service
from spoonfeeder.features.profiles.schemas import ModelInput
from spoonfeeder.work import Work


class ModelNotFound(NotFound):
    """This profile has no such model."""

    code = "MODEL_NOT_FOUND"


class ModelExists(Conflict):
    """This profile lists that model already."""

    code = "MODEL_EXISTS"


def _of_profile(work: Work, profile_id: UUID) -> Select[ProfileModel]:
    return visible(select(ProfileModel), work.actor).where(ProfileModel.profile_id == profile_id)


async def list_models(work: Work, profile_id: UUID, limit: int) -> Sequence[ProfileModel]:
    await service.get(work, profile_id)
    statement = _of_profile(work, profile_id).order_by(ProfileModel.model_id).limit(limit)
    return (await work.session.scalars(statement)).all()


async def get(work: Work, profile_id: UUID, model_id: str) -> ProfileModel:
    """Raises ProfileNotFound, ModelNotFound."""
    await service.get(work, profile_id)
    model = await work.session.scalar(_of_profile(work, profile_id).where(ProfileModel.model_id == model_id))
    if model is None:
        raise ModelNotFound
    return model


async def add(work: Work, profile_id: UUID, data: ModelInput) -> ProfileModel:
    """Raises ProfileNotFound, ModelExists."""
    await service.get(work, profile_id)
    added = await add_missing(work, profile_id, [data])
    if not added:
        raise ModelExists
    return await get(work, profile_id, data.model_id)


async def add_missing(work: Work, profile_id: UUID, models: Iterable[ModelInput]) -> int:
    """Adds what the profile does not list yet; returns how many that were."""
    mine = {"workspace_id": work.workspace_id, "profile_id": profile_id}
    rows: list[dict[str, Any]] = [mine | model.model_dump() for model in models]
    if not rows:
        return 0
    statement = insert(ProfileModel).values(rows).on_conflict_do_nothing().returning(ProfileModel.id)
    added = len((await work.session.execute(statement)).all())
    if added:
        work.tell_change("profile", profile_id, "updated")
    return added


async def change(work: Work, profile_id: UUID, model_id: str, given: dict[str, Any]) -> ProfileModel:
    """Raises ProfileNotFound, ModelNotFound."""
    model = await get(work, profile_id, model_id)
    for name, value in given.items():
        setattr(model, name, value)
    await work.session.flush()
    work.tell_change("profile", profile_id, "updated")
    return model


async def remove(work: Work, profile_id: UUID, model_id: str) -> None:
    """Raises ProfileNotFound, ModelNotFound."""
    model = await get(work, profile_id, model_id)
    await work.session.execute(delete(ProfileModel).where(ProfileModel.id == model.id))
    work.tell_change("profile", profile_id, "updated")
