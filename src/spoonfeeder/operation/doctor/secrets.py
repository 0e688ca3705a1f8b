"""The key ring: there, private, and able to open what is stored."""

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from spoonfeeder.core.crypto import Cipher, KeyUnreadable
from spoonfeeder.core.key_ring import KEY_FILE, KeyRing
from spoonfeeder.core.settings import Settings, SettingsError
from spoonfeeder.db.sealed import CANARY, SECRETS
from spoonfeeder.operation.doctor.findings import Finding, ok, warning, wrong

CHECK = "keys"
MOST_NAMED = 5


def open_ring(settings: Settings) -> tuple[KeyRing | None, list[Finding]]:
    """Makes none where there is none."""
    place = settings.home / KEY_FILE
    if not settings.encryption_key and not settings.encryption_keys and not place.exists():
        return None, []
    try:
        ring = KeyRing.of_settings(settings)
        list(ring.keys)
    except (SettingsError, OSError) as error:
        return None, [wrong(CHECK, str(error), f"Put back {place} from a backup, or correct its owner.")]
    return ring, _modes(place)


async def check_keys(engine: AsyncEngine, ring: KeyRing | None, settings: Settings) -> list[Finding]:
    async with engine.connect() as connection:
        canary = await connection.scalar(select(CANARY.column).where(CANARY.only))
        if ring is None:
            return [_lost(settings)] if canary else [ok(CHECK, "none yet; the first start makes one")]
        cipher = Cipher(ring)
        try:
            cipher.check_canary(canary or cipher.canary())
        except KeyUnreadable:
            said = "The keys here are not those that the secrets in the database were written with."
            place = settings.home / KEY_FILE
            return [wrong(CHECK, said, f"Give the right ENCRYPTION_KEY(S), or put back {place} from a backup.")]
        total, unreadable = await _try_all(connection, cipher)
    if unreadable:
        said = f"{len(unreadable)} of {total} secrets cannot be opened: {', '.join(unreadable[:MOST_NAMED])}."
        return [warning(CHECK, said, "Enter those keys again in their profiles.")]
    return [ok(CHECK, f"{len(ring.keys)} in the ring, {total} secrets open")]


def _lost(settings: Settings) -> Finding:
    said = f"The database holds secrets, but there is no key ring at {settings.home / KEY_FILE}."
    return wrong(CHECK, said, "Put it back from a backup, or give ENCRYPTION_KEY(S), before anything is started.")


def _modes(place: Path) -> list[Finding]:
    if place.exists() and place.stat().st_mode & 0o077:
        return [warning(CHECK, f"Others on this machine may read {place}.", f"chmod 600 {place}")]
    return []


async def _try_all(connection: AsyncConnection, cipher: Cipher) -> tuple[int, list[str]]:
    total, unreadable = 0, list[str]()
    for place in SECRETS:
        kept = select(place.table).where(place.column.is_not(None), place.only)
        result = await connection.stream(kept.execution_options(yield_per=500))
        async for row in result:
            total += 1
            if not _opens(cipher, row, place):
                unreadable.append(f"{place.table.name} {getattr(row, place.row_id.name)}")
    return total, unreadable


def _opens(cipher: Cipher, row: Any, place: Any) -> bool:
    try:
        cipher.decrypt(getattr(row, place.column.name), place.binding_of(row))
    except (KeyUnreadable, ValueError):
        return False
    return True
