"""What routes ask for: the runtime, the actor, and one transaction per request."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from spoonfeeder.core.actor import User
from spoonfeeder.features.auth.access import current_actor
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work


def the_runtime(connection: HTTPConnection) -> Runtime:
    runtime: Runtime = connection.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(the_runtime)]
ActorDep = Annotated[User, Depends(current_actor)]


async def request_work(runtime: RuntimeDep, actor: ActorDep) -> AsyncIterator[Work]:
    """Committed before the answer leaves: FastAPI ends function-scoped dependencies first."""
    async with open_work(runtime, actor) as work:
        yield work


WorkDep = Annotated[Work, Depends(request_work, scope="function")]
