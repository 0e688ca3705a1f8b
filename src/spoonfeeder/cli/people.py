"""`spoonfeeder user …`: the accounts of the server, also while nobody can sign in."""

import sys
from typing import Annotated
from uuid import UUID

import typer

from spoonfeeder.cli import app, fail
from spoonfeeder.core.redaction import escape_controls
from spoonfeeder.core.vocabulary import UserRole, WorkspaceRole

user = typer.Typer(help="The people who may sign in.", no_args_is_help=True)
app.add_typer(user, name="user")

Email = Annotated[str, typer.Argument(metavar="EMAIL")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="read the password from the standard input")]


@user.command("create")
def user_create(
    email: Email,
    admin: Annotated[bool, typer.Option(help="an admin of the server; the first one takes over its setup")] = False,
    name: Annotated[str | None, typer.Option(help="the part before the @ without it")] = None,
    password_stdin: PasswordStdin = False,
    workspace: Annotated[
        UUID | None, typer.Option(help="its id; a new one of the user's own without it", metavar="ID")
    ] = None,
    role: Annotated[WorkspaceRole, typer.Option(help="in that workspace")] = WorkspaceRole.MEMBER,
) -> None:
    """Make a user who signs in with a password."""
    from spoonfeeder.cli import accounts
    from spoonfeeder.cli.on_data import checked, on_data
    from spoonfeeder.features.people.schemas import UserInput

    data = checked(
        UserInput,
        email=email,
        name=name or email.partition("@")[0],
        password=_password(password_stdin),
        role=UserRole.ADMIN if admin else UserRole.MEMBER,
        workspace_id=workspace,
        workspace_role=role,
    )
    is_first = on_data(lambda runtime: accounts.create_user(runtime, data))
    what = "is the first admin and owns the default workspace" if is_first else "may sign in"
    typer.echo(f"{data.email} {what}.")


@user.command("list")
def user_list() -> None:
    """Show everybody."""
    from spoonfeeder.cli import accounts
    from spoonfeeder.cli.on_data import on_data

    for row in on_data(accounts.all_users):
        words = [row.role, "active" if row.active else "inactive"]
        if row.password_hash is None:
            words.append("without password")
        typer.echo(escape_controls(f"{row.id}  {row.email}  {row.name}  ({', '.join(words)})"))


@user.command("password")
def user_password(email: Email, password_stdin: PasswordStdin = False) -> None:
    """Set a new password, which ends all logins of the user; API keys stay."""
    from spoonfeeder.cli import accounts
    from spoonfeeder.cli.on_data import checked, on_data
    from spoonfeeder.features.people.schemas import PasswordInput

    data = checked(PasswordInput, password=_password(password_stdin))
    on_data(lambda runtime: accounts.set_password(runtime, email, data.password))
    typer.echo(f"{email} has a new password and must sign in again.")


@user.command("deactivate")
def user_deactivate(email: Email) -> None:
    """Let the user in no more: ends logins, revokes API keys and open invitations. What they made stays."""
    _switch(email, active=False)
    typer.echo(f"{email} is deactivated.")


@user.command("activate")
def user_activate(email: Email) -> None:
    """Let a deactivated user sign in again."""
    _switch(email, active=True)
    typer.echo(f"{email} may sign in again.")


def _switch(email: str, *, active: bool) -> None:
    from spoonfeeder.cli import accounts
    from spoonfeeder.cli.on_data import on_data

    on_data(lambda runtime: accounts.switch(runtime, email, active=active))


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        fail("There is no terminal to ask for the password; use --password-stdin.")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
