"""`/api/profiles/{id}/keys`."""

from uuid import UUID

from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok
from spoonfeeder.features.auth.depends import ManageWork, ReadWork
from spoonfeeder.features.profiles import pool
from spoonfeeder.features.profiles.key_schemas import KeyInput, KeyOut, KeyPatch

router = Router(prefix="/api/profiles/{profile_id}/keys", tags=["profiles"])


@router.get("")
async def list_profile_keys(work: ReadWork, profile_id: UUID) -> Ok[list[KeyOut]]:
    return Ok(data=await pool.list_keys(work, profile_id))


@router.post("", status_code=201)
async def add_profile_key(work: ManageWork, profile_id: UUID, data: KeyInput) -> Ok[KeyOut]:
    """One more API key beside the profile's own; calls use them in turn."""
    return Ok(data=await pool.add(work, profile_id, data))


@router.patch("/{pool_key_id}")
async def update_profile_key(work: ManageWork, profile_id: UUID, pool_key_id: UUID, data: KeyPatch) -> Ok[KeyOut]:
    return Ok(data=await pool.change(work, profile_id, pool_key_id, data))


@router.delete("/{pool_key_id}")
async def remove_profile_key(work: ManageWork, profile_id: UUID, pool_key_id: UUID) -> Done:
    await pool.remove(work, profile_id, pool_key_id)
    return Done(message="The API key is removed; what it was used for stays counted.")
