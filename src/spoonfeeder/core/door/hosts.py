"""The Host allow-list: a page whose name was re-bound to this machine gets no answer (R39, A36)."""

import re
from collections.abc import Iterable
from ipaddress import ip_address

from starlette.types import Scope

from spoonfeeder.core.addresses import IPAddress, normal_host, unmapped
from spoonfeeder.core.door.refusals import BadRequest, HostNotAllowed
from spoonfeeder.core.door.request_line import header_values
from spoonfeeder.core.settings import LOOPBACK_HOSTS

_HOST_HEADER = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?")


def host_of(scope: Scope) -> str:
    """The one Host header as it stands; raises BadRequest when it is absent, doubled or malformed."""
    values = header_values(scope, b"host")
    if len(values) != 1:
        raise BadRequest("Exactly one Host header is needed.")
    host = values[0].decode("latin-1")
    if not _HOST_HEADER.fullmatch(host):
        raise BadRequest("The Host header is malformed.")
    return host


class HostList:
    """Names of this server: the loopback ones, the configured ones, and the literal IP a connection came in on."""

    def __init__(self, allowed_hosts: Iterable[str]) -> None:
        self._names = LOOPBACK_HOSTS | {normal_host(name.strip("[]")) for name in allowed_hosts}

    def check(self, scope: Scope) -> None:
        matched = _HOST_HEADER.fullmatch(host_of(scope))
        name = normal_host(matched["name"].strip("[]")) if matched else None
        if name is None:
            raise BadRequest("The Host header is malformed.")
        if name not in self._names and not _is_own_ip(name, scope):
            raise HostNotAllowed


def _is_own_ip(name: str, scope: Scope) -> bool:
    server = scope.get("server")
    named = _address(name)
    return server is not None and named is not None and named == _address(str(server[0]))


def _address(text: str) -> IPAddress | None:
    try:
        return unmapped(ip_address(text))
    except ValueError:
        return None
