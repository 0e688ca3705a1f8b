"""Refuses a start with other encryption keys than those that the stored secrets were written with (R34)."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from spoonfeeder.core.crypto import Cipher, KeyUnreadable
from spoonfeeder.core.settings import SettingsError
from spoonfeeder.db.system import SystemValue

KEY = "encryption_canary"


async def check_encryption_keys(engine: AsyncEngine, cipher: Cipher) -> None:
    """Opens the canary that the first start left, or leaves one; raises SettingsError where it does not open."""
    leave = insert(SystemValue).values(key=KEY, value=cipher.canary()).on_conflict_do_nothing()
    async with engine.begin() as connection:
        await connection.execute(leave)
        stored = await connection.scalar(select(SystemValue.value).where(SystemValue.key == KEY))
    try:
        cipher.check_canary(stored or "")
    except KeyUnreadable:
        raise SettingsError(
            "ENCRYPTION_KEY: the secrets in this database were written with another key; give that one, or put it "
            "behind the new one in ENCRYPTION_KEYS."
        ) from None
