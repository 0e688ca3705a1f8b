"""Media files in a bucket: named, left there, or brought along on wish."""

from pathlib import Path

from pydantic import SecretStr

from spoonfeeder.core.settings import Settings
from spoonfeeder.operation.backup import Wish
from spoonfeeder.operation.manifest import Part
from spoonfeeder.storage.keeping import one_chunk
from spoonfeeder.storage.opening import open_storage
from tests.operation.installation import fetch, home_settings, restored, saved
from tests.storage.s3_peer import BUCKET, KEY_ID, SECRET, S3Peer, s3_peer

ROW = """
    INSERT INTO media (workspace_id, kind, position, filename, media_type, bytes, sha256, storage_key)
    SELECT id, 'upload', 0, 'a.txt', 'text/plain', {}, '{}', '{}' FROM workspaces
"""


def in_bucket(settings: Settings, peer: S3Peer, prefix: str) -> Settings:
    settings.media_storage_path = f"s3://{BUCKET}/{prefix}"
    settings.s3_endpoint, settings.s3_access_key_id, settings.s3_secret_access_key = peer.url, KEY_ID, SecretStr(SECRET)
    return settings


async def test_files_of_a_bucket_move_on_wish(
    database_url: str, empty_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with s3_peer() as peer:
        here = in_bucket(home_settings(database_url, redis_url, tmp_path / "here"), peer, "one")
        there = in_bucket(home_settings(empty_database_url, redis_url, tmp_path / "there"), peer, "two")
        kept = await open_storage(here).put(one_chunk(b"kept far away"), name="ab" * 8, limit_bytes=99)
        await fetch(database_url, ROW.format(kept.bytes, kept.sha256, kept.key))

        left = await saved(here, tmp_path / "left.tar", Wish(media=Part.ELSEWHERE, keys=Part.ELSEWHERE))
        with_files = await saved(here, tmp_path / "with.tar", Wish(media=Part.INCLUDED, keys=Part.ELSEWHERE))
        assert (left.files, with_files.files, with_files.faults) == (0, 1, 0)

        assert "in the bucket" in (await restored(there, left.place)).notes[0]
        await restored(there, with_files.place, replace=True)
        chunks = [chunk async for chunk in open_storage(there).open_range(kept.key)]
        assert b"".join(chunks) == b"kept far away"
