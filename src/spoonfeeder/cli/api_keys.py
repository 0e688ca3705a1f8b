"""`spoonfeeder apikey …`: API keys of any user."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from spoonfeeder.cli import app
from spoonfeeder.core.redaction import escape_controls
from spoonfeeder.core.vocabulary import Scope

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
    from spoonfeeder.cli import accounts
    from spoonfeeder.cli.on_data import checked, on_data
    from spoonfeeder.features.auth.schemas import ApiKeyInput

    scopes = scope or [Scope.READ, Scope.WRITE]
    data = checked(ApiKeyInput, name=name, scopes=scopes, expires_in_days=days, workspace_id=workspace)
    typer.echo(on_data(lambda runtime: accounts.create_key(runtime, user, data)))


@apikey.command("list")
def apikey_list(
    user: Annotated[str | None, typer.Option(help="of this user only", metavar="EMAIL")] = None,
) -> None:
    """Show the keys that are not revoked."""
    from spoonfeeder.cli import accounts
    from spoonfeeder.cli.on_data import on_data

    for key, email in on_data(lambda runtime: accounts.all_keys(runtime, user)):
        ends = "never expires" if key.expires_at is None else f"{_verb(key.expires_at)} {key.expires_at:%Y-%m-%d %H:%M}"
        used = "never used" if key.last_used_at is None else f"used {key.last_used_at:%Y-%m-%d %H:%M}"
        said = f"{key.id}  sf_…{key.last_four}  {email}  {key.name}  ({', '.join([*key.scopes, ends, used])})"
        typer.echo(escape_controls(said))


@apikey.command("revoke")
def apikey_revoke(key_id: Annotated[UUID, typer.Argument(metavar="ID")]) -> None:
    """Refuse a key from now on."""
    from spoonfeeder.cli import accounts
    from spoonfeeder.cli.on_data import on_data

    on_data(lambda runtime: accounts.revoke_key(runtime, key_id))
    typer.echo("Revoked.")


def _verb(expires_at: datetime) -> str:
    return "expires" if expires_at > datetime.now(UTC) else "expired"
