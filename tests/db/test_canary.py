"""A start with the wrong encryption key ends at once, before anything is written with it."""

import asyncio

import pytest

from spoonfeeder.core.crypto import Cipher
from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.settings import SettingsError
from spoonfeeder.db.canary import check_encryption_keys
from spoonfeeder.db.session import open_engine

FIRST = "default:8f3a1c5e9b2d4760e1f8a7b6c5d4e3f21029384756abcdef5566778899a0b1c2"
OTHER = "1b7e4c92d8a05f36c4e19b83f72d6a50e8c1b49f03d7a6258e5b9c0f1a2d3e47"


async def test_only_the_keys_of_the_first_start_are_accepted(database_url: str) -> None:
    engine = open_engine(database_url, pool_size=3)
    ours = Cipher(KeyRing.parse(FIRST))
    await asyncio.gather(*(check_encryption_keys(engine, ours) for _ in range(3)))
    await check_encryption_keys(engine, Cipher(KeyRing.parse(f"new:{OTHER},{FIRST}")))
    for keys in (f"default:{OTHER}", f"new:{OTHER}"):
        with pytest.raises(SettingsError, match=r"^ENCRYPTION_KEY: .*\.$"):
            await check_encryption_keys(engine, Cipher(KeyRing.parse(keys)))
    await engine.dispose()
