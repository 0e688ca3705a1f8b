"""`/api/auth/api-keys`: one's own keys for curl and scripts."""

from uuid import UUID

from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok
from spoonfeeder.features.auth import api_keys
from spoonfeeder.features.auth.accounts import require_member
from spoonfeeder.features.auth.api_keys import Wish, shown
from spoonfeeder.features.auth.depends import SelfReadWork, SelfWriteWork
from spoonfeeder.features.auth.me import own_id
from spoonfeeder.features.auth.policy import highest
from spoonfeeder.features.auth.schemas import ApiKeyInput, ApiKeyOut, ApiKeyPatch, NewApiKeyOut

router = Router(prefix="/api/auth/api-keys", tags=["auth"])


@router.get("")
async def list_api_keys(work: SelfReadWork) -> Ok[list[ApiKeyOut]]:
    return Ok(data=[shown(row) for row in await api_keys.list_keys(work, own_id(work))])


@router.post("", status_code=201)
async def create_api_key(work: SelfWriteWork, data: ApiKeyInput) -> Ok[NewApiKeyOut]:
    """The key is in this answer and never again. A higher scope includes the lower ones: admin, write, read."""
    if data.workspace_id is not None:
        await require_member(work, data.workspace_id, own_id(work))
    wish = Wish(data.name, highest(data.scopes), data.ends_at, data.workspace_id)
    row, key = await api_keys.create(work, own_id(work), await api_keys.within_own(work, wish))
    return Ok(data=NewApiKeyOut(**shown(row).model_dump(), key=key))


@router.patch("/{key_id}")
async def update_api_key(work: SelfWriteWork, key_id: UUID, data: ApiKeyPatch) -> Ok[ApiKeyOut]:
    return Ok(data=shown(await api_keys.rename(work, own_id(work), key_id, data.name)))


@router.delete("/{key_id}")
async def revoke_api_key(work: SelfWriteWork, key_id: UUID) -> Done:
    """It is refused from now on."""
    await api_keys.revoke(work, own_id(work), key_id)
    return Done(message="Revoked.")
