"""Forwarded headers count only from the proxies named in TRUSTED_PROXIES; from others they are removed (R41)."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from starlette.types import Scope

from spoonfeeder.core.addresses import unmapped
from spoonfeeder.core.door.request_line import header_values
from spoonfeeder.core.settings import SettingsError

_WEB_SOCKET_SCHEMES = {"http": "ws", "https": "wss"}


class TrustedProxies:
    def __init__(self, networks: Iterable[str]) -> None:
        try:
            self._networks = [ip_network(text, strict=False) for text in networks]
        except ValueError:
            raise SettingsError("TRUSTED_PROXIES: must be IP addresses or networks, such as 10.0.0.0/8.") from None

    def apply(self, scope: Scope) -> Scope:
        """A scope whose client, scheme and Host are the browser's, without any forwarded header left."""
        kept = [
            (name, value)
            for name, value in scope["headers"]
            if not name.startswith(b"x-forwarded-") and name not in {b"forwarded", b"x-real-ip"}
        ]
        if len(kept) == len(scope["headers"]):
            return scope
        seen = {**scope, "headers": kept}
        client = scope.get("client")
        if client and self._trusts(client[0]):
            self._take_over(seen, scope)
        return seen

    def _trusts(self, host: str) -> bool:
        try:
            address = unmapped(ip_address(host))
        except ValueError:
            return False
        return any(address in network for network in self._networks)

    def _take_over(self, seen: Scope, scope: Scope) -> None:
        told = b",".join(header_values(scope, b"x-forwarded-for")).decode("latin-1")
        hops = [hop.strip() for hop in told.split(",")]
        browser = next((hop for hop in reversed(hops) if not self._trusts(hop)), None)
        if browser:
            seen["client"] = (browser, 0)
        scheme = _last(header_values(scope, b"x-forwarded-proto"))
        if scheme in {"http", "https"}:
            seen["scheme"] = _WEB_SOCKET_SCHEMES[scheme] if scope["type"] == "websocket" else scheme
        host = _last(header_values(scope, b"x-forwarded-host"))
        if host:
            others = [(name, value) for name, value in seen["headers"] if name != b"host"]
            seen["headers"] = [(b"host", host.encode("latin-1")), *others]


def _last(values: list[bytes]) -> str | None:
    return values[-1].decode("latin-1").rpartition(",")[2].strip() if values else None
