"""What the settings say, before anything is asked."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path

from pydantic import ValidationError

from spoonfeeder.core.door.proxies import TrustedProxies
from spoonfeeder.core.http import TargetPolicy
from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.settings import LOOPBACK_HOSTS, RateLimiting, Settings, SettingsError
from spoonfeeder.features.auth.throttle import check_limits
from spoonfeeder.operation.doctor.findings import Finding, ok, warning, wrong

CHECK = "settings"
SECRET_NAMES = ("KEY", "PASSWORD", "DATABASE_URL")
CORRECT = "Correct it in the environment or in .env, and start again."


def read_settings() -> tuple[Settings | None, list[Finding]]:
    """None where they cannot be read; every wrong value is named, none is repeated."""
    try:
        return Settings(), []
    except ValidationError as error:
        said = []
        for each in error.errors():
            name = str(each["loc"][0]).upper() if each["loc"] else "configuration"
            said.append(wrong(CHECK, f"{name}: {each['msg'].removeprefix('Value error, ')}.", CORRECT))
        return None, said


def check_settings(settings: Settings) -> list[Finding]:
    found = [*_refusals(settings), *_contradictions(settings), *_proxies(settings), *_open_file(Path(".env"))]
    return found or [ok(CHECK, f"{'server' if settings.is_server else 'local'} mode on {settings.host}")]


def _refusals(settings: Settings) -> Iterator[Finding]:
    """Of the checks that end a start."""
    checks: list[Callable[[], object]] = [
        settings.require_safe_bind,
        settings.postgres_url,
        lambda: check_limits(settings),
        lambda: TrustedProxies(settings.trusted_proxies),
        lambda: TargetPolicy.from_settings(settings),
    ]
    if settings.encryption_key or settings.encryption_keys:
        checks.append(lambda: KeyRing.of_settings(settings))
    for check in checks:
        try:
            check()
        except SettingsError as error:
            yield wrong(CHECK, str(error), CORRECT)


def _contradictions(settings: Settings) -> Iterator[Finding]:
    for one, other in (("database_url", "db_host"), ("redis_url", "redis_host"), ("encryption_keys", "encryption_key")):
        if getattr(settings, one) and getattr(settings, other):
            said = f"{one.upper()} and {other.upper()} are both set; only {one.upper()} counts."
            yield warning(CHECK, said, f"Remove {other.upper()}.")
    if settings.is_server and settings.rate_limits is RateLimiting.OFF:
        yield warning(CHECK, "RATE_LIMITS=off lets passwords be guessed.", "Remove RATE_LIMITS.")
    if settings.is_server and settings.trusted_network:
        yield warning(CHECK, "TRUSTED_NETWORK means nothing where people sign in.", "Remove TRUSTED_NETWORK.")


def _proxies(settings: Settings) -> Iterator[Finding]:
    behind_one = settings.is_server and settings.host in LOOPBACK_HOSTS
    if behind_one and not settings.trusted_proxies:
        said = "All people seem to come from one address: no TRUSTED_PROXIES, and only this machine reaches the API."
        yield warning("proxies", said, "Set TRUSTED_PROXIES=127.0.0.1 if a reverse proxy stands in front.")
    for network in settings.trusted_proxies:
        try:
            is_everybody = ip_network(network, strict=False).prefixlen == 0
        except ValueError:
            continue
        if is_everybody:
            said = f"TRUSTED_PROXIES={network} lets everybody choose the address that limits and logs see."
            yield wrong("proxies", said, "Name the addresses of your proxies only.")


def _open_file(path: Path) -> Iterator[Finding]:
    """A file of settings that others may read."""
    try:
        readable, text = path.stat().st_mode & 0o044, path.read_text(errors="replace")
    except OSError:
        return
    names = (line.partition("=")[0] for line in text.splitlines() if "=" in line and not line.startswith("#"))
    if readable and any(word in name for name in names for word in SECRET_NAMES):
        yield warning(CHECK, ".env holds secrets and every user of this machine can read it.", "chmod 600 .env")
