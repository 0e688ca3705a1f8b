"""`/v1/models` by OpenAI's own client."""

import openai
import pytest

from tests.features.foreign import insert_foreign
from tests.features.openai_api.conftest import Door

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_models_are_listed_by_their_profiles_name_and_owned_by_its_provider(door: Door) -> None:
    profile = await door.profile("Work", "claude", url=None)
    for model_id in ("claude-sonnet", "vendor/claude:1"):
        await door.model(profile, model_id)

    listed = {model.id: model for model in (await door.client.models.list()).data}

    assert {"Work/claude-sonnet", "Work/vendor/claude:1"} <= listed.keys()
    one = listed["Work/vendor/claude:1"]
    assert (one.object, one.owned_by) == ("model", "claude")
    assert one.created > 1_600_000_000
    assert await door.client.models.retrieve("Work/vendor/claude:1") == one
    by_id = await door.client.models.retrieve(f"{profile['id']}/claude-sonnet")
    assert by_id.id == f"{profile['id']}/claude-sonnet"
    assert not door.upstream.asked


async def test_profiles_of_the_same_name_are_listed_by_id(door: Door) -> None:
    both = [await door.profile("Twice"), await door.profile("Twice")]
    for profile in both:
        await door.model(profile, "m")

    listed = {model.id for model in (await door.client.models.list()).data}

    assert {f"{profile['id']}/m" for profile in both} <= listed
    assert "Twice/m" not in listed
    with pytest.raises(openai.ConflictError) as refused:
        await door.client.models.retrieve("Twice/m")
    assert refused.value.code == "profile_ambiguous"
    assert "id" in refused.value.message


async def test_models_of_comfyui_deleted_profiles_and_other_workspaces_are_not_there(door: Door) -> None:
    foreign = await insert_foreign(door.application.settings)
    comfyui, gone = await door.profile("Pictures", "comfyui"), await door.profile("Gone")
    for profile in (comfyui, gone):
        await door.model(profile, "m")
    await door.application.json("DELETE", f"/profiles/{gone['id']}")

    listed = {model.id for model in (await door.client.models.list()).data}

    assert not [name for name in listed if name.startswith(("Pictures/", "Gone/", comfyui["id"], gone["id"]))]
    for name in ("Pictures/m", "Gone/m", f"{gone['id']}/m", f"{foreign.profile_id}/theirs", "Nobody/m", "m"):
        with pytest.raises(openai.NotFoundError) as refused:
            await door.client.models.retrieve(name)
        assert refused.value.code == "model_not_found", name
