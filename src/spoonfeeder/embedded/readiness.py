"""Whether the address is free before the start, and whether the API answers after it."""

import http.client
import socket

from spoonfeeder.core.settings import Settings
from spoonfeeder.embedded.errors import StartError

EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to


def require_free(host: str, port: int) -> None:
    """Raises StartError when nothing can listen on `host`:`port`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, _, _, address = found[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise StartError(
            f"Port {port} on {host} cannot be used ({error.strerror}); set another one, e.g. PORT={port + 1}."
        ) from None


def free_port(host: str, wanted: int = 0) -> int:
    """A port of `host` that is free at this moment: `wanted` if that is."""
    try:
        with socket.create_server((host, wanted), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            port: int = trial.getsockname()[1]
            return port
    except OSError:
        if not wanted:
            raise
    return free_port(host)


def local_address(settings: Settings) -> tuple[str, int]:
    """Where this machine reaches the API."""
    return EVERY_ADDRESS.get(settings.host, settings.host), settings.port


def is_ready(settings: Settings) -> bool:
    """Whether the API says that it can serve."""
    host, port = local_address(settings)
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/api/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
