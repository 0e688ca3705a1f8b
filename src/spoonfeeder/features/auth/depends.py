"""What routes ask for, and with it their policy: a transaction (`…Work`), or who acts (`…Actor`)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from spoonfeeder.core.access_tokens import Claims
from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError
from spoonfeeder.features.auth import policy as policies
from spoonfeeder.features.auth.credentials import read_credentials, shows_metrics_token, wanted_workspace
from spoonfeeder.features.auth.entry import enter
from spoonfeeder.features.auth.policy import Policy
from spoonfeeder.features.auth.throttle import count
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_by


async def the_runtime(connection: HTTPConnection) -> Runtime:
    runtime: Runtime = connection.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(the_runtime)]

GLANCE_SECONDS = 1.0


class Entering:
    """A transaction that is committed before the answer leaves: FastAPI ends function-scoped dependencies first."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    async def __call__(self, runtime: RuntimeDep, connection: HTTPConnection) -> AsyncIterator[Work]:
        async with entered(runtime, connection, self.policy) as work:
            yield work


class Acting:
    """For routes that wait for somebody else and so hold no transaction meanwhile."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    async def __call__(self, runtime: RuntimeDep, connection: HTTPConnection) -> User:
        async with entered(runtime, connection, self.policy) as work:
            return work.user


class Public:
    """Anyone may call this."""

    policy = policies.PUBLIC

    async def __call__(self, runtime: RuntimeDep, connection: HTTPConnection) -> None:
        await count(runtime, connection, self.policy, None)


class Metering:
    """The server's admins, and in server mode whoever has METRICS_TOKEN, whatever the database does."""

    policy = policies.SERVER

    async def __call__(self, runtime: RuntimeDep, connection: HTTPConnection) -> None:
        if not runtime.settings.is_server or shows_metrics_token(runtime.settings, connection):
            return
        async with entered(runtime, connection, self.policy):
            pass


class Glancing:
    """Who acts, or None for somebody who shows no credentials at all; the route decides what it tells whom.

    While the database is away nobody is recognised but the owner of local mode, who needs none.
    """

    policy = policies.PUBLIC

    async def __call__(self, runtime: RuntimeDep, connection: HTTPConnection) -> User | None:
        if runtime.settings.is_server and "authorization" not in connection.headers:
            await count(runtime, connection, self.policy, None)
            return None
        try:
            async with asyncio.timeout(GLANCE_SECONDS), entered(runtime, connection, policies.SELF_READ) as work:
                return work.user
        except (SQLAlchemyError, OSError):
            recognised: User | None = getattr(connection.state, "actor", None)
            return recognised


@asynccontextmanager
async def entered(runtime: Runtime, connection: HTTPConnection, policy: Policy) -> AsyncIterator[Work]:
    """Raises Unauthorized, Forbidden, WorkspaceNotFound, TooManyRequests."""
    peer = connection.client.host if connection.client else None
    try:
        shown = read_credentials(runtime, connection, policy)
    except policies.Unauthorized:
        await count(runtime, connection, policies.PUBLIC, None)
        raise
    needs_none = policy.role is None and "workspace_id" not in connection.path_params
    if isinstance(shown, Claims):
        await count(runtime, connection, policy, str(shown.user_id))

    async def opening(session: AsyncSession) -> User:
        try:
            wanted = wanted_workspace(connection)
            actor = await enter(session, policy, shown, wanted, peer, may_be_outside=needs_none)
            connection.state.actor = actor
            policy.require(actor)
        except AppError:
            if not isinstance(shown, Claims):
                await count(runtime, connection, policies.PUBLIC, None)
            raise
        return actor

    async with open_by(runtime, opening) as work:
        # Whose an API key is, is known only now. A signed address is not counted: a page of pictures has many.
        if work.user.user_id is not None and not isinstance(shown, Claims):
            await count(runtime, connection, policy, str(work.user.user_id))
        yield work


def _work(policy: Policy) -> object:
    return Depends(Entering(policy), scope="function")


PUBLIC = Depends(Public())
METERED = Depends(Metering())

ReadWork = Annotated[Work, _work(policies.READ)]
MediaWork = Annotated[Work, _work(policies.MEDIA)]
WriteWork = Annotated[Work, _work(policies.WRITE)]
GenerateWork = Annotated[Work, _work(policies.GENERATE)]
ChatWork = Annotated[Work, _work(policies.CHAT)]
ManageWork = Annotated[Work, _work(policies.MANAGE)]
SelfReadWork = Annotated[Work, _work(policies.SELF_READ)]
SelfWriteWork = Annotated[Work, _work(policies.SELF_WRITE)]
MemberReadWork = Annotated[Work, _work(policies.MEMBER_READ)]
PeopleWork = Annotated[Work, _work(policies.PEOPLE)]
OwnerWork = Annotated[Work, _work(policies.OWNER)]
ServerWork = Annotated[Work, _work(policies.SERVER)]

AnyoneOrActor = Annotated[User | None, Depends(Glancing())]
SelfActor = Annotated[User, Depends(Acting(policies.SELF_READ))]
ReadActor = Annotated[User, Depends(Acting(policies.READ))]
MediaActor = Annotated[User, Depends(Acting(policies.MEDIA))]
WriteActor = Annotated[User, Depends(Acting(policies.WRITE))]
GenerateActor = Annotated[User, Depends(Acting(policies.GENERATE))]
ChatActor = Annotated[User, Depends(Acting(policies.CHAT))]
ManageActor = Annotated[User, Depends(Acting(policies.MANAGE))]
