"""An end that a worker committed just before it died, and told nobody, is told by another one."""

from uuid import UUID

from sqlalchemy import func, insert

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.db.system import SystemValue
from spoonfeeder.durable.workers import PREFIX, announce_again, beat, sign_off
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.realtime.events import Notification
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_system_work
from tests.durable.rows import change
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow
from tests.socket_client import SocketClient, open_socket

DIED = 20


def ago(seconds: int) -> object:
    return func.now() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)


async def told(runtime: Runtime, client: SocketClient) -> list[str]:
    """Ids of all that has failed so far, once everything that is on its way has arrived."""
    await announce_again(runtime, [GENERATIONS])
    before = len(client.payloads("notification"))
    runtime.dispatcher.emit(Notification(workspace_id=DEFAULT_WORKSPACE_ID, message=f"Mark {before}"))
    await client.event("notification", lambda payload: payload["message"] == f"Mark {before}")
    return [payload["id"] for payload in client.payloads("generation:failed")]


async def failed(api: Application, runtime: Runtime, session_id: str, seconds_ago: int) -> str:
    generation_id = str((await api.generate(session_id))["id"])
    end = ago(seconds_ago)
    await change(runtime, UUID(generation_id), status="running", lease_until=end, version=1)
    await change(runtime, UUID(generation_id), status="failed", completed_at=end, version=2, error="It broke.")
    return generation_id


async def test_what_a_dying_worker_told_nobody_is_told_once(api: Application, runtime: Runtime) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    lost = await failed(api, runtime, session_id, DIED - 10)
    await failed(api, runtime, session_id, 90)
    async with open_socket(api.url) as client:
        await beat(runtime)
        assert await told(runtime, client) == [], "nobody has died"
        async with open_system_work(runtime, "test") as work:
            died = {"key": f"{PREFIX}dead", "value": "", "updated_at": ago(DIED)}
            await work.session.execute(insert(SystemValue).values(**died))
        assert await told(runtime, client) == [lost]
        assert client.payloads("generation:failed")[0]["error"] == "It broke."
        assert await told(runtime, client) == [lost], "a death is told of once"


async def test_a_worker_that_signed_off_has_told_everything(api: Application, runtime: Runtime) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    async with open_socket(api.url) as client:
        await beat(runtime)
        await failed(api, runtime, session_id, 1)
        await sign_off(runtime)
        assert await told(runtime, client) == []
