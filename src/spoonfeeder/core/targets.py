"""Which addresses this server may call for its users (RELIABILITY R37, R38 and the Decisions above them)."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx2

from spoonfeeder.core.addresses import (
    IPAddress,
    is_never_allowed,
    is_never_named,
    is_public,
    is_this_machine,
    normal_host,
    unmapped,
)
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.settings import Auth, Settings, SettingsError

WEB_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
DEFAULT_PORTS = {**WEB_PORTS, "postgresql+asyncpg": 5432, "redis": 6379, "rediss": 6379}
RESOLVE_TIMEOUT_SECONDS = 5.0
MAX_URL_LENGTH = 2048

HostPort = tuple[str, int]
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class TargetNotAllowed(AppError):
    """This address cannot be used as a target; check the host name and the port."""

    status = 422
    code = "TARGET_NOT_ALLOWED"


class TargetUnknown(TargetNotAllowed):
    """No address was found for this host name."""


@dataclass(frozen=True)
class Target:
    """A checked address. `addresses` are the allowed IPs of the host, IPv4 first; `ip` is the first of them."""

    url: str
    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]

    @property
    def ip(self) -> str:
        return self.addresses[0]


async def system_resolver(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


def host_and_port(url: str) -> HostPort | None:
    """The place that a URL names, with the port its scheme implies; None where it names none (a unix socket)."""
    try:
        parts = urlsplit(url)
        host, port = normal_host(parts.hostname or ""), parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (host, port) if host and port else None


def _listed_pair(pair: str) -> HostPort:
    place = host_and_port(f"//{pair}")
    if place is None or set(pair) & set("@/?#"):
        raise SettingsError(f"PRIVATE_TARGETS: {pair!r} is not host:port.")
    return place


def _places(urls: Iterable[str | None]) -> set[HostPort]:
    return {place for url in urls if url and (place := host_and_port(url))}


class TargetPolicy:
    """Private addresses are allowed everywhere (`local`) or only as listed host:port pairs.

    `own_listeners` are the ports of this installation itself (API, an external PostgreSQL or Redis): never a target.
    A listener host of `0.0.0.0` or `::` means every address of this machine.
    """

    def __init__(
        self,
        *,
        local: bool,
        private_targets: Collection[HostPort] = (),
        own_listeners: Collection[HostPort] = (),
        resolver: Resolver = system_resolver,
    ) -> None:
        self._local = local
        self._private_targets = frozenset(private_targets)
        self._own_listeners = frozenset(own_listeners)
        self._resolver = resolver

    @classmethod
    def from_settings(
        cls, settings: Settings, *, own_listeners: Collection[HostPort] = (), resolver: Resolver = system_resolver
    ) -> "TargetPolicy":
        """The simulator of `up` is listed too. Raises SettingsError for a PRIVATE_TARGETS that is not host:port."""
        providers = (settings.ollama_url, settings.comfyui_url)
        stores = (settings.postgres_url(), settings.redis_address())
        simulator = {("127.0.0.1", settings.simulator_port)} if settings.simulator_port else set()
        return cls(
            local=settings.auth is Auth.LOCAL,
            private_targets={_listed_pair(pair) for pair in settings.private_targets} | _places(providers) | simulator,
            own_listeners={(settings.host, settings.port), *own_listeners} | _places(stores),
            resolver=resolver,
        )

    async def resolve(self, url: str) -> Target:
        """The checked target of an http, https, ws or wss URL; raises TargetNotAllowed."""
        if len(url) > MAX_URL_LENGTH or "\\" in url:
            raise TargetNotAllowed
        try:
            parsed = httpx2.URL(url)
        except httpx2.InvalidURL:
            raise TargetNotAllowed("This is not a valid address; it looks like http://host:port.") from None
        if parsed.scheme not in WEB_PORTS:
            raise TargetNotAllowed("The address must begin with http:// or https://.")
        if parsed.userinfo:
            raise TargetNotAllowed("The address must not hold a user name or password.")
        port = WEB_PORTS[parsed.scheme] if parsed.port is None else parsed.port
        host = parsed.raw_host.decode("ascii")
        if host not in url.lower() and "xn--" not in host:  # digits or dots of other scripts
            raise TargetNotAllowed
        return Target(url, parsed.scheme, host, port, await self.addresses(host, port))

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """The IPs of the host that may be called now, at least one; raises TargetNotAllowed."""
        name = normal_host(host)
        if name is None or is_never_named(name) or not 0 < port < 65536:
            raise TargetNotAllowed
        found = await self._lookup(name, port)
        allowed = [address for address in found if await self._is_allowed(name, address, port)]
        # A local name may carry a link-local address beside its real one (mDNS); a public name must not hide one.
        if not allowed or (not self._local and len(allowed) < len(found)):
            raise TargetNotAllowed if self._is_local(name, port) else _not_listed(name, port)
        return tuple(str(address) for address in sorted(allowed, key=lambda address: address.version))

    async def _lookup(self, name: str, port: int) -> list[IPAddress]:
        literal = _literal(name)
        if literal is not None:
            return [literal]
        try:
            async with asyncio.timeout(RESOLVE_TIMEOUT_SECONDS):
                found = await self._resolver(name, port)
            addresses = [ip_address(text) for text in dict.fromkeys(found)]
        except (OSError, UnicodeError, ValueError):
            addresses = []
        if not addresses:
            raise TargetUnknown if self._is_local(name, port) else _not_listed(name, port)
        return addresses

    async def _is_allowed(self, name: str, raw: IPAddress, port: int) -> bool:
        address = unmapped(raw)
        if is_never_allowed(raw) or is_never_allowed(address) or await self._is_own(address, port):
            return False
        if self._is_local(name, port) or (str(address), port) in self._private_targets:
            return True
        return is_public(raw) and is_public(address)

    def _is_local(self, name: str, port: int) -> bool:
        """Whether it may be a private address, by its name."""
        return self._local or (name, port) in self._private_targets

    async def _is_own(self, address: IPAddress, port: int) -> bool:
        for host, own_port in self._own_listeners:
            if own_port != port:
                continue
            if host in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
                if is_this_machine(address):
                    return True
            elif any(_same_place(address, own) for own in await self._listener_addresses(host, port)):
                return True
        return False

    async def _listener_addresses(self, host: str, port: int) -> list[IPAddress]:
        try:
            return [unmapped(found) for found in await self._lookup(host, port)]
        except TargetNotAllowed:
            return []


def _not_listed(name: str, port: int) -> TargetNotAllowed:
    """The same for a name that means a private address and one that means none: nobody is to look around by it."""
    place = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    literal = _literal(name)
    if literal is not None and is_public(literal):  # our own place, which no listing would open
        return TargetNotAllowed()
    why = "it is no public address" if literal is not None else "no public address of it is known at the moment"
    return TargetNotAllowed(
        f"{place} was not called, as {why}. Where people sign in, one in your own network, and only such a one, must "
        f"stand in PRIVATE_TARGETS: {place}."
    )


def _literal(name: str) -> IPAddress | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _same_place(one: IPAddress, other: IPAddress) -> bool:
    return one == other or (one.is_loopback and other.is_loopback)
