"""`spoonfeeder apikey …`: API keys of any user."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from spoonfeeder.cli import app
from spoonfeeder.core.vocabulary import Scope

if TYPE_CHECKING:
    from spoonfeeder.db.access import ApiKey
    from spoonfeeder.features.auth.schemas import ApiKeyInput
    from spoonfeeder.runtime import Runtime

apikey = typer.Typer(help="Keys by which scripts act as a user.", no_args_is_help=True)
app.add_typer(apikey, name="apikey")


@apikey.command("create")
def apikey_create(
    user: Annotated[str, typer.Option(help="whose it is", metavar="EMAIL")],
    name: Annotated[str, typer.Option(help="what it is for")],
    scope: Annotated[list[Scope] | None, typer.Option(help="the highest counts; write without it")] = None,
    days: Annotated[float | None, typer.Option(help="until it expires; never without it")] = None,
    workspace: Annotated[UUID | None, typer.Option(help="the only one it is good in", metavar="ID")] = None,
) -> None:
    """Make an API key and print it, this one time."""
    from spoonfeeder.cli.on_data import checked, on_data
    from spoonfeeder.features.auth.schemas import ApiKeyInput

    scopes = scope or [Scope.READ, Scope.WRITE]
    data = checked(ApiKeyInput, name=name, scopes=scopes, expires_in_days=days, workspace_id=workspace)
    typer.echo(on_data(lambda runtime: _create(runtime, user, data)))


@apikey.command("list")
def apikey_list(
    user: Annotated[str | None, typer.Option(help="of this user only", metavar="EMAIL")] = None,
) -> None:
    """Show the keys that are not revoked."""
    from spoonfeeder.cli.on_data import on_data

    for key, email in on_data(lambda runtime: _all_keys(runtime, user)):
        ends = "never expires" if key.expires_at is None else f"{_verb(key.expires_at)} {key.expires_at:%Y-%m-%d %H:%M}"
        used = "never used" if key.last_used_at is None else f"used {key.last_used_at:%Y-%m-%d %H:%M}"
        typer.echo(f"{key.id}  sf_…{key.last_four}  {email}  {key.name}  ({', '.join([*key.scopes, ends, used])})")


@apikey.command("revoke")
def apikey_revoke(key_id: Annotated[UUID, typer.Argument(metavar="ID")]) -> None:
    """Refuse a key from now on."""
    from spoonfeeder.cli.on_data import on_data
    from spoonfeeder.features.auth import api_keys
    from spoonfeeder.features.auth.visitor import Visitor
    from spoonfeeder.work import open_account_work

    async def revoke(runtime: "Runtime") -> None:
        async with open_account_work(runtime, Visitor().actor) as work:
            await api_keys.revoke(work, None, key_id)

    on_data(revoke)
    typer.echo("Revoked.")


async def _create(runtime: "Runtime", email: str, data: "ApiKeyInput") -> str:
    """Raises UserNotFound, WorkspaceNotFound, TooManyApiKeys."""
    from spoonfeeder.cli.people import find_user
    from spoonfeeder.features.auth import api_keys
    from spoonfeeder.features.auth.accounts import require_member
    from spoonfeeder.features.auth.visitor import Visitor
    from spoonfeeder.work import open_account_work

    user_id = (await find_user(runtime, email)).id
    async with open_account_work(runtime, Visitor().actor) as work:
        if data.workspace_id is not None:
            await require_member(work, data.workspace_id, user_id)
        wish = api_keys.Wish(data.name, api_keys.highest(data.scopes), data.ends_at, data.workspace_id)
        _, key = await api_keys.create(work, user_id, wish)
    return key


async def _all_keys(runtime: "Runtime", email: str | None) -> "list[tuple[ApiKey, str]]":
    from sqlalchemy import select

    from spoonfeeder.cli.people import find_user
    from spoonfeeder.db.access import ApiKey
    from spoonfeeder.db.account import User
    from spoonfeeder.features.auth.visitor import Visitor
    from spoonfeeder.work import open_account_work

    statement = select(ApiKey, User.email).join(User, User.id == ApiKey.user_id).where(ApiKey.revoked_at.is_(None))
    if email is not None:
        statement = statement.where(User.id == (await find_user(runtime, email)).id)
    async with open_account_work(runtime, Visitor().actor) as work:
        found = await work.session.execute(statement.order_by(User.email, ApiKey.created_at))
        return [(key, owner) for key, owner in found]


def _verb(expires_at: datetime) -> str:
    return "expires" if expires_at > datetime.now(UTC) else "expired"
