"""What several machines have together: the lists of a form, and the check before a run."""

from typing import Any

import pytest

from spoonfeeder.simulator import Options
from tests.fixtures.application import Application
from tests.fixtures.machines import another_machine, own_machine
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONLY_THERE = "only_there.safetensors"
WITH_MORE = Options(models={"checkpoints": (ONLY_THERE,)})


@pytest.fixture
def api(emptied_api: Application) -> Application:
    return emptied_api


async def checkpoints(api: Application) -> tuple[str, list[str]]:
    found = await api.json("GET", f"/comfyui/options?profile_id={await api.profile()}")
    return found["source"], found["checkpoints"]


def with_checkpoint(name: str) -> Any:
    graph = workflow("txt2img_sd15")
    loader = next(node for node in graph.values() if node["class_type"] == "CheckpointLoaderSimple")
    loader["inputs"]["ckpt_name"] = name
    return graph


async def test_the_lists_are_those_of_all_machines_that_are_on(api: Application) -> None:
    source, own = await checkpoints(api)
    assert (source, ONLY_THERE in own) == ("live", False)
    async with another_machine(api, WITH_MORE) as other:
        assert await checkpoints(api) == ("live", [*own, ONLY_THERE])
        await other.change(enabled=False)
        assert await checkpoints(api) == ("live", own)
        await other.change(enabled=True, draining=True)
        assert await checkpoints(api) == ("live", [*own, ONLY_THERE])
        await other.simulator.kill()
        assert (await other.check())["status"] == "down"
        assert await checkpoints(api) == ("live", [*own, ONLY_THERE])
        await api.simulator.kill()
        await (await own_machine(api)).check()
        assert await checkpoints(api) == ("cached", [*own, ONLY_THERE])


async def test_a_check_is_made_against_the_machine_that_could_run_it(api: Application) -> None:
    body = {"profile_id": await api.profile(), "name": "W", "workflow_json": with_checkpoint(ONLY_THERE)}
    path = f"/comfyui/workflows/{(await api.json('POST', '/comfyui/workflows', 201, json=body))['id']}/check"
    [missing] = (await api.json("POST", path, json={}))["problems"]
    assert (missing["severity"], missing["code"]) == ("error", "missing_model")
    async with another_machine(api, WITH_MORE) as other:
        assert await api.json("POST", path, json={}) == {
            "ok": True,
            "problems": [],
            "more": 0,
            "checked_against": "live",
        }
        nowhere = await api.json("POST", path, json={"parameters": {"checkpoint_name": "nowhere.safetensors"}})
        assert [problem["code"] for problem in nowhere["problems"]].count("missing_model") == 1
        await other.change(enabled=False)
        assert (await api.json("POST", path, json={}))["problems"] == [missing]
