"""A bucket that refuses, is full, away, slow or breaks off: said in a sentence, and nothing half is left."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from spoonfeeder.core.settings import Settings, SettingsError, load_settings
from spoonfeeder.storage import s3, s3_upload
from spoonfeeder.storage.opening import open_storage
from spoonfeeder.storage.protocol import StorageFull, StorageUnavailable, is_kept
from spoonfeeder.storage.s3 import S3Storage
from spoonfeeder.storage.s3_upload import PART_BYTES
from tests.storage.files import in_chunks
from tests.storage.s3_peer import BUCKET, KEY_ID, SECRET, S3Peer, bucket_storage, s3_peer
from tests.waiting import until

LARGE = bytes(2 * PART_BYTES)


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[S3Peer]:
    async with s3_peer() as peer:
        yield peer


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = {"init_backoff": timedelta(milliseconds=1), "max_backoff": timedelta(milliseconds=2), "base": 2}
    monkeypatch.setattr(s3, "RETRIES", {"max_retries": 1, "retry_timeout": timedelta(seconds=30), "backoff": pauses})


@pytest.fixture
def storage(peer: S3Peer, tmp_path: Path) -> S3Storage:
    return bucket_storage(peer, tmp_path / "drafts")


async def read(storage: S3Storage, key: str) -> bytes:
    return b"".join([block async for block in storage.open_range(key)])


async def test_refusals_in_words(storage: S3Storage, peer: S3Peer) -> None:
    stored = await storage.put(in_chunks(b"kept"), name="kept", limit_bytes=10)
    for answer, error, words, status in [
        ((403, "AccessDenied"), StorageUnavailable, "S3_ACCESS_KEY_ID", 503),
        ((404, "NoSuchBucket"), StorageUnavailable, "MEDIA_STORAGE_PATH", 503),
        ((507, "XMinioStorageFull"), StorageFull, "no room", 507),
        ((403, "QuotaExceeded"), StorageFull, "no room", 507),
        ((503, "SlowDown"), StorageUnavailable, "try again", 503),
    ]:
        for operation in ("put", "begin", "part", "complete", "get", "list", "delete"):
            peer.refuse[operation] = answer
        content = LARGE if answer == (403, "QuotaExceeded") else b"new"
        with pytest.raises(error, match=words) as refused:
            await storage.put(in_chunks(content, 10**6), name="kept", limit_bytes=len(LARGE))
        assert (refused.value.status, SECRET in str(refused.value)) == (status, False)
        for step in (read(storage, stored.key), storage.free_bytes(), storage.delete(stored.key)):
            with pytest.raises(error):
                await step
        peer.refuse.clear()
    assert await read(storage, stored.key) == b"kept"


async def test_a_part_that_is_refused_aborts_the_upload(storage: S3Storage, peer: S3Peer) -> None:
    for operation in ("part", "complete"):
        peer.refuse = {operation: (403, "AccessDenied")}
        with pytest.raises(StorageUnavailable):
            await storage.put(in_chunks(LARGE, 10**6), name="large", limit_bytes=len(LARGE))
        assert (peer.uploads, peer.objects, peer.seen.count("abort")) == ({}, {}, 1)
        peer.seen.clear()


async def test_a_refusal_while_the_last_part_waits_is_told(
    storage: S3Storage, peer: S3Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_upload, "PART_BYTES", 1000)
    peer.refuse = {"part": (403, "AccessDenied")}

    async def send() -> None:
        async with asyncio.timeout(20), s3_upload.Upload(storage._store, "aa/large.bin", {}) as upload:
            for _ in range(4):
                await upload.add(bytes(1000))
            await until(lambda: "abort" in peer.seen)

    with pytest.raises(StorageUnavailable):
        await send()
    assert (peer.uploads, peer.objects) == ({}, {})


async def test_a_file_that_is_gone_already_is_removed(storage: S3Storage, peer: S3Peer) -> None:
    peer.refuse = {"delete": (404, "NoSuchKey")}
    await storage.delete("aa/gone.png")


async def test_short_trouble_is_tried_again(storage: S3Storage, peer: S3Peer) -> None:
    peer.refuse_once = [("put", 500), ("get", 503)]
    stored = await storage.put(in_chunks(b"kept"), name="kept", limit_bytes=10)
    assert await read(storage, stored.key) == b"kept"
    assert peer.seen == ["put", "put", "get", "get"]


async def test_an_answer_that_breaks_off_is_read_on_where_it_broke(storage: S3Storage, peer: S3Peer) -> None:
    stored = await storage.put(in_chunks(b"0123456789"), name="digits", limit_bytes=10)
    peer.break_after = 7
    assert await read(storage, stored.key) == b"0123456789"


async def test_a_file_replaced_while_it_is_read_is_never_mixed(
    storage: S3Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "READ_BYTES", 4)
    stored = await storage.put(in_chunks(b"oldoldold"), name="turn", limit_bytes=10)
    reading = storage.open_range(stored.key)
    assert await anext(reading) == b"oldo"
    await storage.put(in_chunks(b"newnewnew"), name="turn", limit_bytes=10)
    with pytest.raises(StorageUnavailable):
        await anext(reading)


async def test_a_silent_peer_is_not_waited_for_long(
    storage: S3Storage, peer: S3Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "ANSWER_SECONDS", 0.2)
    peer.silent = {"head", "list", "delete"}
    async with asyncio.timeout(20):
        for step in (
            storage.size("aa/x.png"),
            is_kept(storage, "aa/x.png"),
            storage.free_bytes(),
            storage.delete("aa/x.png"),
        ):
            with pytest.raises(StorageUnavailable):
                await step


async def test_nobody_there_and_a_wrong_key(peer: S3Peer, tmp_path: Path) -> None:
    wrong = bucket_storage(peer, tmp_path, access_key_id="SOMEBODY")
    with pytest.raises(StorageUnavailable, match="S3_ACCESS_KEY_ID"):
        await wrong.free_bytes()
    away = bucket_storage(peer, tmp_path, endpoint="http://127.0.0.1:9")
    with pytest.raises(StorageUnavailable, match="does not answer"):
        await away.put(in_chunks(b"x"), name="name", limit_bytes=10)
    with pytest.raises(StorageUnavailable):
        await is_kept(away, "aa/x.png")


async def test_what_a_dead_process_left_of_local_copies_is_cleaned(storage: S3Storage) -> None:
    storage.drafts.mkdir()
    for name, seconds in (("old", 0), ("young", time.time())):
        (storage.drafts / name).write_bytes(b"half")
        os.utime(storage.drafts / name, (seconds, seconds))
    assert await storage.clean() == 1
    stored = await storage.put(in_chunks(b"whole"), name="kept", limit_bytes=10)
    async with storage.local_file(stored.key) as path:
        assert path.parent == storage.drafts
    assert [path.name for path in storage.drafts.iterdir()] == ["young"]


def test_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    keys = {"s3_access_key_id": KEY_ID, "s3_secret_access_key": SECRET}
    settings = load_settings(media_storage_path=f"s3://{BUCKET}/our/files/", **keys)
    storage = open_storage(settings)
    assert isinstance(storage, S3Storage)
    assert (storage.bucket.name, storage.bucket.prefix) == (BUCKET, "our/files")
    assert SECRET not in repr(settings) + repr(storage.bucket)
    for path, given, words in [
        ("s3://bucket", {}, "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY"),
        ("s3://", keys, "s3://bucket/prefix"),
        ("s3://Bad_Name/x", keys, "s3://bucket/prefix"),
        ("s3://bucket", {**keys, "s3_endpoint": "minio:9000"}, "S3_ENDPOINT"),
    ]:
        with pytest.raises(SettingsError, match=words):
            load_settings(media_storage_path=path, **given)
    assert settings.media_path == settings.home / "media"
    assert Settings(media_storage_path="/srv/media").media_path == Path("/srv/media")
