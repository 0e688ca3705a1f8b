"""How every part here talks to Redis: soon tired of waiting, never for long (R20)."""

from typing import Any

from redis.asyncio import Redis

OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": 1.0,
    "socket_timeout": 3.0,
    "health_check_interval": 10,
}

NOWHERE = "unix:///nowhere"
"""For clients that are never used: without Redis the presence lets no call through."""


def connect(redis_url: str, **changes: Any) -> Redis:
    """A client that connects at its first command; `changes` replace single options."""
    options = {**OPTIONS, **changes}
    if not redis_url.startswith("unix:"):
        options["socket_keepalive"] = True
    client: Redis = Redis.from_url(redis_url, **options)
    return client
