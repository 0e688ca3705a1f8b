"""What whoever runs a generation says of its machine, and the machine of the demo."""

from uuid import UUID

from spoonfeeder.core.actor import LOCAL_OWNER
from spoonfeeder.core.settings import Demo
from spoonfeeder.features.backends import state
from spoonfeeder.features.system.first_start import simulator_port
from spoonfeeder.runtime import open_runtime
from spoonfeeder.work import open_work
from tests.fixtures.application import Application
from tests.fixtures.machines import own_machine
from tests.socket_client import open_socket


async def test_news_of_a_machine_are_told_once(api: Application) -> None:
    own = await own_machine(api)
    machine_id = UUID(own.id)
    async with open_runtime(api.settings) as runtime, open_socket(api.url) as socket:
        for message in ("It is away.", "It is still away.", None, None, "It is away again."):
            async with open_work(runtime, LOCAL_OWNER) as work:
                if message is None:
                    await state.mark_up(work, machine_id)
                else:
                    await state.mark_down(work, machine_id, message)
        await socket.event("backend:changed", lambda told: told["message"] == "It is away again.")
    told = [(payload["status"], payload["message"]) for payload in socket.payloads("backend:changed")]
    assert told == [("down", "It is away."), ("up", None), ("down", "It is away again.")]
    row = await own.row()
    assert (row["status"], row["message"], row["down_since"] is None) == ("down", "It is away again.", False)
    row = await own.check()
    assert (row["status"], row["message"], row["down_since"]) == ("up", None, None)


async def test_the_demo_has_a_machine_that_moves_with_its_port(api: Application) -> None:
    found = []
    for port in (4188, 4189):
        settings = api.settings.model_copy(update={"demo": Demo.ON, "simulator_port": port})
        assert await simulator_port(settings) == port
        found += await api.json("GET", "/comfyui/backends")
    assert [(row["name"], row["url"], row["is_own"]) for row in found] == [
        ("Demo (simulated ComfyUI)", f"http://127.0.0.1:{port}", True) for port in (4188, 4189)
    ]
    assert found[0]["id"] == found[1]["id"]
