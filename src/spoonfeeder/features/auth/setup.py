"""The first admin: made once, by whoever can read what the server prints at its start."""

import hashlib
import hmac
import sys
from base64 import urlsafe_b64encode

from pydantic import SecretStr
from starlette.requests import HTTPConnection

from spoonfeeder.core.actor import LOCAL_OWNER_ID
from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.sub_keys import sub_key
from spoonfeeder.db.account import User
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth import logins
from spoonfeeder.features.auth.accounts import SetupDone, awaits_first_admin, become_first_admin, require_sign_in
from spoonfeeder.features.auth.logins import Tokens
from spoonfeeder.features.auth.policy import Forbidden
from spoonfeeder.features.auth.visitor import Visitor, visitor_of
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_account_work

PURPOSE = "setup"
EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104 - compared with, not bound to


class WrongSetupToken(Forbidden):
    """This setup token is not right; the server prints the address with the right one at every start."""

    code = "SETUP_TOKEN_INVALID"


async def is_needed(runtime: Runtime) -> bool:
    """Whether people must sign in and nobody can yet."""
    if not runtime.settings.is_server:
        return False
    async with open_account_work(runtime, Visitor().actor) as work:
        return await awaits_first_admin(work.session)


async def set_up(
    runtime: Runtime, connection: HTTPConnection, token: str, email: str, name: str, password: SecretStr
) -> Tokens:
    """The first admin, signed in. Raises SetupDone, WrongSetupToken, EmailTaken."""
    require_sign_in(runtime)
    visitor = visitor_of(connection)
    async with open_account_work(runtime, visitor.actor) as work:
        if not await awaits_first_admin(work.session):
            raise SetupDone
        if not any(hmac.compare_digest(made, token.encode()) for made in await _tokens(work)):
            raise WrongSetupToken
    password_hash = await runtime.passwords.hash(password)
    async with open_account_work(runtime, visitor.actor) as work:
        user = await become_first_admin(work, email, name, password_hash)
        await record(work, Action.SETUP, "user", user.id, by=user.id)
        return await logins.begin(work, user, visitor)


async def announce(runtime: Runtime) -> None:
    """Prints the address of the setup while it is needed; every API process prints the same."""
    if not runtime.settings.is_server:
        return
    async with open_account_work(runtime, Visitor().actor) as work:
        tokens = await _tokens(work) if await awaits_first_admin(work.session) else []
    if tokens:
        address = f"{_own_address(runtime.settings)}/setup#token={tokens[0].decode()}"
        sys.stdout.write(f"Set up the first admin: {address}\n")
        sys.stdout.flush()


async def _tokens(work: Work) -> list[bytes]:
    """By each key of the ring. They are good until somebody is set up, for that raises the epoch."""
    owner = await work.session.get_one(User, LOCAL_OWNER_ID)
    ring = work.runtime.cipher.ring
    return [_token(ring, key_id, f"{owner.id}|{owner.token_epoch}") for key_id in ring.keys]


def _token(ring: KeyRing, key_id: str, subject: str) -> bytes:
    return urlsafe_b64encode(hmac.digest(sub_key(ring, key_id, PURPOSE), subject.encode(), hashlib.sha256)).rstrip(b"=")


def _own_address(settings: Settings) -> str:
    host = "localhost" if settings.host in EVERY_ADDRESS else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
