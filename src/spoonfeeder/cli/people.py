"""`spoonfeeder user …`: the accounts of the server, also while nobody can sign in."""

import sys
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from spoonfeeder.cli import app, fail
from spoonfeeder.core.vocabulary import WorkspaceRole

if TYPE_CHECKING:
    from spoonfeeder.db.account import User
    from spoonfeeder.features.people.schemas import UserInput
    from spoonfeeder.runtime import Runtime
    from spoonfeeder.work import Work

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
    from spoonfeeder.cli.on_data import checked, on_data
    from spoonfeeder.core.vocabulary import UserRole
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
    typer.echo(on_data(lambda runtime: _create(runtime, data)))


@user.command("list")
def user_list() -> None:
    """Show everybody."""
    from spoonfeeder.cli.on_data import on_data

    for row in on_data(_all_users):
        states = [row.role, "active" if row.active else "inactive", "" if row.password_hash else "without password"]
        typer.echo(f"{row.id}  {row.email}  {row.name}  ({', '.join(filter(None, states))})")


@user.command("password")
def user_password(email: Email, password_stdin: PasswordStdin = False) -> None:
    """Set a new password, which ends all logins of the user; API keys stay."""
    from spoonfeeder.cli.on_data import checked, on_data
    from spoonfeeder.features.auth.visitor import Visitor
    from spoonfeeder.features.people import users
    from spoonfeeder.features.people.schemas import PasswordInput

    data = checked(PasswordInput, password=_password(password_stdin))

    async def set_password(runtime: "Runtime") -> None:
        user_id = (await find_user(runtime, email)).id
        await users.set_password(runtime, Visitor().actor, user_id, data.password)

    on_data(set_password)
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


async def find_user(runtime: "Runtime", email: str) -> "User":
    """Raises UserNotFound."""
    from sqlalchemy import select

    from spoonfeeder.db.account import User
    from spoonfeeder.features.auth.accounts import has_email
    from spoonfeeder.features.auth.visitor import Visitor
    from spoonfeeder.features.people.users import UserNotFound
    from spoonfeeder.work import open_account_work

    async with open_account_work(runtime, Visitor().actor) as work:
        found = await work.session.scalar(select(User).where(has_email(email.strip())))
    if found is None:
        raise UserNotFound(f"There is no user {email}.")
    return found


def _switch(email: str, *, active: bool) -> None:
    from spoonfeeder.cli.on_data import on_data
    from spoonfeeder.features.auth.visitor import Visitor
    from spoonfeeder.features.people import users
    from spoonfeeder.features.people.schemas import UserPatch
    from spoonfeeder.work import open_account_work

    async def switch(runtime: "Runtime") -> None:
        user_id = (await find_user(runtime, email)).id
        async with open_account_work(runtime, Visitor().actor) as work:
            await users.change(work, user_id, UserPatch(active=active))

    on_data(switch)


async def _all_users(runtime: "Runtime") -> "list[User]":
    from sqlalchemy import select

    from spoonfeeder.db.account import User
    from spoonfeeder.features.auth.visitor import Visitor
    from spoonfeeder.work import open_account_work

    async with open_account_work(runtime, Visitor().actor) as work:
        return list(await work.session.scalars(select(User).order_by(User.created_at, User.id)))


async def _create(runtime: "Runtime", data: "UserInput") -> str:
    """The sentence for the terminal. Raises EmailTaken, WorkspaceNotFound."""
    from spoonfeeder.core.vocabulary import UserRole
    from spoonfeeder.features.audit.record import Action, record
    from spoonfeeder.features.auth.accounts import awaits_first_admin, become_first_admin
    from spoonfeeder.features.auth.visitor import Visitor
    from spoonfeeder.features.people import newcomers
    from spoonfeeder.work import open_account_work

    assert data.password is not None
    password_hash = await runtime.passwords.hash(data.password)
    async with open_account_work(runtime, Visitor().actor) as work:
        if data.role is UserRole.ADMIN and await awaits_first_admin(work.session):
            first = await become_first_admin(work, data.email, data.name, password_hash)
            await record(work, Action.SETUP, "user", first.id)
            return f"{data.email} is the first admin and owns the default workspace."
        made = await newcomers.add_user(
            work, email=data.email, name=data.name, password_hash=password_hash, role=data.role
        )
        await record(work, Action.USER_CREATED, "user", made.id, name=made.name, role=data.role)
        if data.workspace_id is None:
            await newcomers.add_personal_workspace(work, made)
        else:
            await _join(work, made, data.workspace_id, data.workspace_role)
    return f"{data.email} may sign in."


async def _join(work: "Work", made: "User", workspace_id: UUID, role: WorkspaceRole) -> None:
    from spoonfeeder.db.account import Workspace
    from spoonfeeder.features.audit.record import Action, record
    from spoonfeeder.features.auth.policy import WorkspaceNotFound
    from spoonfeeder.features.people import members

    if await work.session.get(Workspace, workspace_id) is None:
        raise WorkspaceNotFound("There is no workspace with this id.")
    await members.add(work, workspace_id, made, role)
    await record(work, Action.MEMBER_ADDED, "user", made.id, within=workspace_id, role=role)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        fail("There is no terminal to ask for the password; use --password-stdin.")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
