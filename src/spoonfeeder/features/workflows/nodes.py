"""What is known of the nodes of the ComfyUI that a workflow is for."""

from typing import Any
from uuid import UUID

from spoonfeeder.core.crypto import KeyUnreadable
from spoonfeeder.core.errors import invalid_field
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.profiles import comfyui
from spoonfeeder.features.profiles.service import ProfileNotFound
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work


async def profile_for(work: Work, profile_id: UUID | None) -> Profile | None:
    """The given ComfyUI profile, else the one that is used where none is named. Raises Invalid."""
    try:
        return await comfyui.find_profile(work, profile_id)
    except (ProfileNotFound, comfyui.NotComfyUI):
        message = "This is not one of your ComfyUI profiles."
        raise invalid_field("profile_id", message, code="unknown_id") from None


def known(runtime: Runtime, profile: Profile | None) -> dict[str, Any] | None:
    """As its ComfyUI last told, which is not asked now."""
    return runtime.backends.known_objects(profile.url or "") if profile else None


async def live(runtime: Runtime, profile: Profile | None, *, is_needed: bool = False) -> dict[str, Any] | None:
    """As its ComfyUI tells now, None where it does not answer soon; no transaction may be open meanwhile.

    Where it `is_needed`, the first answer of all is waited for longer.
    """
    if profile is None:
        return None
    try:
        return await comfyui.backend_of(runtime, profile).live_objects(is_needed=is_needed)
    except KeyUnreadable:
        return None


async def newest(runtime: Runtime, profile: Profile | None) -> dict[str, Any] | None:
    """As its ComfyUI tells now, else as it last told."""
    return await live(runtime, profile, is_needed=True) or known(runtime, profile)
