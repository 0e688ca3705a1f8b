"""How often one account may ask, or one address that shows none: what is counted, under which name, the refusal."""

from enum import StrEnum
from ipaddress import IPv4Address, ip_address

from starlette.requests import HTTPConnection

from spoonfeeder.core.addresses import unmapped
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.settings import Settings
from spoonfeeder.features.auth.policy import Policy
from spoonfeeder.realtime.rate_limits import Limit, Usage, parse_limit
from spoonfeeder.runtime import Runtime


class Group(StrEnum):
    """What is counted together; `LIMIT_` and the name is the setting."""

    GENERAL = "general"
    CHAT = "chat"
    GENERATION = "generation"
    LOGIN = "login"
    LOGIN_PEER = "login_peer"
    LOGIN_ACCOUNT = "login_account"


class TooManyRequests(AppError):
    """Too many requests; wait for as long as Retry-After says."""

    status = 429
    code = "RATE_LIMITED"

    def __init__(self, usage: Usage) -> None:
        seconds = usage.reset_seconds
        sentence = f"Too many requests; try again in {seconds} second{'' if seconds == 1 else 's'}."
        super().__init__(sentence, headers={"Retry-After": str(seconds)})


def check_limits(settings: Settings) -> None:
    """Raises SettingsError for a limit that cannot be read, so that it ends the start and not a request."""
    for group in Group:
        limit_of(settings, group)


def limit_of(settings: Settings, group: Group) -> Limit:
    name = f"limit_{group}"
    return parse_limit(name.upper(), getattr(settings, name))


async def count(runtime: Runtime, connection: HTTPConnection, policy: Policy, account: str | None) -> None:
    """Counts a request to the general limit, then to that of its policy. Raises TooManyRequests.

    `account` names who was recognised; a request without one is counted under its peer.
    """
    if not runtime.settings.counts_requests:
        return
    who = ("account", account) if account else ("peer", peer_of(connection))
    await _count(runtime, connection, Group.GENERAL, *who)
    if policy.limit is not None:
        await _count(runtime, connection, Group(policy.limit), *who)


async def count_login(runtime: Runtime, connection: HTTPConnection, email: str) -> None:
    """Counts an attempt to sign in, before the password is looked at. Raises TooManyRequests.

    First by account and peer, then by peer alone, since every try costs a hash whatever name it is for. Who is refused
    there does not use up the account's attempts of the hour.
    """
    if not runtime.settings.counts_requests:
        return
    account, peer = _one_spelling(email), peer_of(connection)
    await _count(runtime, connection, Group.LOGIN, account, peer)
    await _count(runtime, connection, Group.LOGIN_PEER, peer)
    await _count(runtime, connection, Group.LOGIN_ACCOUNT, account)


def _one_spelling(email: str) -> str:
    """The same for all spellings in which PostgreSQL, by its own lower(), finds the same account.

    For the capital i with a dot that writes `i`, and Python `i` and a dot; Turkish rules make a dotless i of `I`.
    """
    return email.strip().casefold().replace("\u0307", "").replace("\u0131", "i")


def peer_of(connection: HTTPConnection) -> str:
    """The address of the other side. Of IPv6 it is the /64 network, since a client may have all addresses of one."""
    host = connection.client.host if connection.client else ""
    try:
        address = unmapped(ip_address(host))
    except ValueError:
        return host
    return str(address) if isinstance(address, IPv4Address) else f"{int(address) >> 64:x}::/64"


async def _count(runtime: Runtime, connection: HTTPConnection, group: Group, *key: str) -> None:
    usage = await runtime.limits.hit(limit_of(runtime.settings, group), *key)
    known: Usage | None = getattr(connection.state, "rate_usage", None)
    if known is None or not usage.allowed or usage.remaining < known.remaining:
        connection.state.rate_usage = usage
    if not usage.allowed:
        raise TooManyRequests(usage)
