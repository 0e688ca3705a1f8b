"""Redis: reachable, and set up so that it forgets nothing by itself."""

from typing import Any

from redis.exceptions import RedisError

from spoonfeeder.operation.doctor.findings import Finding, ok, warning, wrong
from spoonfeeder.operation.progress import bytes_in_words
from spoonfeeder.realtime.connection import connect

CHECK = "redis"
NEARLY_FULL = 0.9


async def check_redis(url: str | None, *, is_embedded: bool, is_running: bool) -> list[Finding]:
    """`url` is None where the settings say to do without."""
    if url is None:
        return [ok(CHECK, "not used (REDIS_URL=none): events go through PostgreSQL")]
    if is_embedded and not is_running:
        return [ok(CHECK, "the embedded one; it starts with `up`")]
    client = connect(url)
    try:
        info: dict[str, Any] = await client.info()
        policy = await _policy(client)
    except (RedisError, OSError) as error:
        advice = "Restart `up`." if is_embedded else "Start it, or correct REDIS_URL, or set REDIS_URL=none."
        said = f"It does not answer ({type(error).__name__}); events go through PostgreSQL meanwhile."
        return [warning(CHECK, said, advice)]
    finally:
        await client.aclose()
    return _judged(info, policy)


async def _policy(client: Any) -> str:
    """Empty where a hosted server does not tell."""
    try:
        return str((await client.config_get("maxmemory-policy")).get("maxmemory-policy", ""))
    except RedisError:
        return ""


def _judged(info: dict[str, Any], policy: str) -> list[Finding]:
    used, most = info.get("used_memory", 0), info.get("maxmemory", 0)
    found = []
    if policy not in {"", "noeviction"}:
        said = f"maxmemory-policy is {policy}: it throws away waiting jobs when its memory is full."
        found.append(warning(CHECK, said, "CONFIG SET maxmemory-policy noeviction"))
    if most and used > most * NEARLY_FULL:
        said = f"{bytes_in_words(used)} of its {bytes_in_words(most)} are used."
        found.append(warning(CHECK, said, "Raise maxmemory."))
    if info.get("loading"):
        found.append(warning(CHECK, "It is loading its data.", "Wait until it has."))
    if info.get("aof_enabled") and info.get("aof_last_write_status") == "err":
        found.append(wrong(CHECK, "It cannot write to its disk.", "Free some space there."))
    version = info.get("valkey_version") or info.get("redis_version")
    kept = "kept on disk" if info.get("aof_enabled") else "in memory only"
    return found or [ok(CHECK, f"{version}, {bytes_in_words(used)}, {kept}")]
