"""A disk and a bucket keep the same promises: what is stored is whole, and nothing else can be reached."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from spoonfeeder.storage.disk import DiskStorage
from spoonfeeder.storage.protocol import Storage, StorageMissing, StorageTooLarge, is_kept
from spoonfeeder.storage.s3 import READ_BYTES
from spoonfeeder.storage.s3_upload import PART_BYTES
from tests.storage.files import in_chunks, picture
from tests.storage.s3_peer import S3Peer, bucket_storage, s3_peer

PNG = picture(size=(1200, 900))
LARGE = bytes(range(256)) * (2 * PART_BYTES // 256) + b"the end"
Keys = Callable[[], list[str]]


@pytest_asyncio.fixture(params=["disk", "s3"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    if request.param == "disk":
        yield DiskStorage(tmp_path / "media")
        return
    async with s3_peer() as peer:
        yield bucket_storage(peer, tmp_path / "media" / ".drafts")


@pytest.fixture
def left(storage: Storage, tmp_path: Path) -> Keys:
    """The keys of all that lies there, half uploads and drafts too."""

    def keys() -> list[str]:
        on_disk = [str(path.relative_to(tmp_path / "media")) for path in tmp_path.rglob("*") if path.is_file()]
        peer: S3Peer | None = getattr(storage, "peer", None)
        if peer is None:
            return sorted(on_disk)
        return sorted([*on_disk, *(key.removeprefix("our/files/") for key in peer.objects), *peer.uploads])

    return keys


async def read(storage: Storage, key: str, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([block async for block in storage.open_range(key, start, stop)])


async def test_a_file_comes_back_with_its_hash_size_and_type(storage: Storage, left: Keys) -> None:
    name = str(uuid4())
    stored = await storage.put(in_chunks(PNG), name=name, limit_bytes=len(PNG))
    assert stored.key == f"{name[:2]}/{name}.png"
    assert (stored.bytes, stored.media_type) == (len(PNG), "image/png")
    assert stored.sha256 == hashlib.sha256(PNG).hexdigest()
    assert await read(storage, stored.key) == PNG
    assert await storage.size(stored.key) == len(PNG)
    async with storage.local_file(stored.key) as path:
        assert (path.read_bytes(), path.suffix) == (PNG, ".png")
    assert left() == [stored.key]


async def test_ranges(storage: Storage) -> None:
    stored = await storage.put(in_chunks(PNG), name="aa-range", limit_bytes=len(PNG))
    size = len(PNG)
    for start, stop in [(0, 1), (5, 5), (1000, 400_000), (size - 3, None), (10**9, None), (10, 10**9), (size, None)]:
        assert await read(storage, stored.key, start, stop) == PNG[start:stop], (start, stop)


async def test_tiny_chunks_and_empty_files(storage: Storage) -> None:
    small = await storage.put(in_chunks(b"GIF89a..", 1), name="small", limit_bytes=100)
    empty = await storage.put(in_chunks(b""), name="empty", limit_bytes=100)
    assert (small.media_type, small.bytes) == ("image/gif", 8)
    assert (empty.bytes, await read(storage, empty.key)) == (0, b"")


async def test_a_large_file_in_parts(storage: Storage, left: Keys) -> None:
    stored = await storage.put(in_chunks(LARGE, 700_000), name="large", limit_bytes=len(LARGE))
    assert (stored.bytes, stored.sha256) == (len(LARGE), hashlib.sha256(LARGE).hexdigest())
    assert await read(storage, stored.key) == LARGE
    assert (
        await read(storage, stored.key, READ_BYTES - 3, 2 * READ_BYTES + 3)
        == LARGE[READ_BYTES - 3 : 2 * READ_BYTES + 3]
    )
    assert left() == [stored.key]


async def test_the_same_name_again_replaces_the_file_only_when_the_new_one_is_whole(storage: Storage) -> None:
    await storage.put(in_chunks(b"first"), name="again", limit_bytes=100)
    with pytest.raises(StorageTooLarge):
        await storage.put(in_chunks(bytes(101)), name="again", limit_bytes=100)
    assert await read(storage, "ag/again.bin") == b"first"
    await storage.put(in_chunks(b"second"), name="again", limit_bytes=100)
    assert await read(storage, "ag/again.bin") == b"second"


@pytest.mark.parametrize("before_bytes", [1000, PART_BYTES + 1000])
async def test_what_is_too_large_or_breaks_off_or_is_cancelled_leaves_nothing(
    storage: Storage, left: Keys, before_bytes: int
) -> None:
    with pytest.raises(StorageTooLarge, match="1,000 bytes" if before_bytes == 1000 else "8,389,608") as refused:
        await storage.put(in_chunks(bytes(before_bytes + 1), 100_000), name="large", limit_bytes=before_bytes)
    assert refused.value.status == 413

    async def broken() -> AsyncIterator[bytes]:
        yield bytes(before_bytes)
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        await storage.put(broken(), name="broken", limit_bytes=10**9)

    began = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield bytes(before_bytes)
        began.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(storage.put(endless(), name="endless", limit_bytes=10**9))
    await began.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert left() == []


@pytest.mark.parametrize(
    "key", ["", "..", "../canary.txt", "aa/../../canary.txt", "/etc/passwd", "aa/a\x00.png", "aa/no.png"]
)
async def test_what_is_not_there_or_not_ours_is_missing(storage: Storage, key: str) -> None:
    with pytest.raises(StorageMissing):
        await read(storage, key)
    with pytest.raises(StorageMissing):
        await storage.size(key)
    with pytest.raises(StorageMissing):
        async with storage.local_file(key):
            pass
    assert not await is_kept(storage, key)
    await storage.delete(key)


@pytest.mark.parametrize("name", ["", "a", "../x", "a/b", "a.b", "é" * 5, "x" * 101])
async def test_names_that_are_not_ours_are_refused(storage: Storage, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        await storage.put(in_chunks(b"x"), name=name, limit_bytes=10)


async def test_listing_and_deleting(storage: Storage, left: Keys) -> None:
    stored = [
        await storage.put(in_chunks(b"x" * n), name=f"{'ab' if n % 2 else 'cd'}-{n}", limit_bytes=10) for n in range(9)
    ]
    listed = {file.key: file async for file in storage.list_files()}
    assert sorted(listed) == sorted(file.key for file in stored) == left()
    assert [listed[file.key].bytes for file in stored] == list(range(9))
    assert all(datetime.now(UTC) - file.modified_at < timedelta(minutes=1) for file in listed.values())
    assert {file.key async for file in storage.list_files("ab")} == {key for key in listed if key[:2] == "ab"}
    assert [file async for file in storage.list_files("zz")] == []
    for file in [*stored, stored[0]]:
        await storage.delete(file.key)
    assert left() == []
    await storage.free_bytes()
