"""What is stored is whole and lasting, and nothing else of the machine can be reached."""

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from spoonfeeder.storage.disk import DiskStorage
from spoonfeeder.storage.protocol import Storage, StorageFull, StorageMissing, StorageTooLarge, StorageUnavailable
from tests.storage.files import in_chunks, picture

PNG = picture(size=(1200, 900))


@pytest.fixture
def storage(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path / "media")


def files_in(storage: DiskStorage) -> list[str]:
    return sorted(str(path.relative_to(storage.root)) for path in storage.root.rglob("*") if path.is_file())


async def read(storage: Storage, key: str, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([block async for block in storage.open_range(key, start, stop)])


async def test_a_file_comes_back_with_its_hash_size_and_type(storage: DiskStorage) -> None:
    name = str(uuid4())
    stored = await storage.put(in_chunks(PNG), name=name, limit_bytes=len(PNG))
    assert stored.key == f"{name[:2]}/{name}.png"
    assert (stored.bytes, stored.media_type) == (len(PNG), "image/png")
    assert stored.sha256 == hashlib.sha256(PNG).hexdigest()
    assert await read(storage, stored.key) == PNG
    assert await storage.size(stored.key) == len(PNG)
    async with storage.local_file(stored.key) as path:
        assert path.read_bytes() == PNG
    assert files_in(storage) == [stored.key]


@pytest.mark.parametrize(("start", "stop"), [(0, 1), (5, 5), (1000, 400_000), (len(PNG) - 3, None), (10**9, None)])
async def test_ranges(storage: DiskStorage, start: int, stop: int | None) -> None:
    stored = await storage.put(in_chunks(PNG), name="aa-range", limit_bytes=len(PNG))
    assert await read(storage, stored.key, start, stop) == PNG[start:stop]


@pytest.mark.parametrize("chunk_bytes", [1, 7])
async def test_tiny_chunks_and_empty_files(storage: DiskStorage, chunk_bytes: int) -> None:
    small = await storage.put(in_chunks(b"GIF89a..", chunk_bytes), name="small", limit_bytes=100)
    empty = await storage.put(in_chunks(b""), name="empty", limit_bytes=100)
    assert (small.media_type, small.bytes) == ("image/gif", 8)
    assert (empty.bytes, await read(storage, empty.key)) == (0, b"")


async def test_the_same_name_again_replaces_the_file(storage: DiskStorage) -> None:
    await storage.put(in_chunks(b"first"), name="again", limit_bytes=100)
    stored = await storage.put(in_chunks(b"second"), name="again", limit_bytes=100)
    assert await read(storage, stored.key) == b"second"
    assert files_in(storage) == [stored.key]


async def test_too_large_a_file_leaves_nothing(storage: DiskStorage) -> None:
    with pytest.raises(StorageTooLarge, match="1,000 bytes") as refused:
        await storage.put(in_chunks(bytes(1001)), name="large", limit_bytes=1000)
    assert refused.value.status == 413
    assert files_in(storage) == []


async def test_a_source_that_breaks_off_leaves_nothing(storage: DiskStorage) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(3_000_000)
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        await storage.put(broken(), name="broken", limit_bytes=10**9)
    assert files_in(storage) == []


async def test_a_cancelled_upload_leaves_nothing(storage: DiskStorage) -> None:
    began = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield bytes(3_000_000)
        began.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(storage.put(endless(), name="endless", limit_bytes=10**9))
    await began.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert files_in(storage) == []


async def test_an_old_file_stays_whole_while_a_new_one_fails(storage: DiskStorage) -> None:
    stored = await storage.put(in_chunks(b"first"), name="again", limit_bytes=100)
    with pytest.raises(StorageTooLarge):
        await storage.put(in_chunks(bytes(101)), name="again", limit_bytes=100)
    assert await read(storage, stored.key) == b"first"


@pytest.mark.parametrize(
    ("number", "answer", "status"),
    [(errno.ENOSPC, StorageFull, 507), (errno.EDQUOT, StorageFull, 507), (errno.EIO, StorageUnavailable, 503)],
)
async def test_a_full_or_broken_disk_is_told_in_a_sentence(
    storage: DiskStorage, monkeypatch: pytest.MonkeyPatch, number: int, answer: type[StorageFull], status: int
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(answer) as refused:
        await storage.put(in_chunks(PNG), name="full", limit_bytes=len(PNG))
    assert refused.value.status == status
    assert files_in(storage) == []


async def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")
    with pytest.raises(StorageUnavailable):
        await DiskStorage(tmp_path / "media").put(in_chunks(b"x"), name="name", limit_bytes=10)


async def test_file_and_folder_are_synced_before_the_answer(
    storage: DiskStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def record(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", record)
    await storage.put(in_chunks(PNG), name="synced", limit_bytes=len(PNG))
    assert len(synced[0]) == 32
    assert synced[1:] == ["media", "sy"]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "..",
        "../canary.txt",
        "aa/../../canary.txt",
        "/etc/passwd",
        "aa/..",
        "aa\\..\\canary.txt",
        "aa/a\x00.png",
        "%2e%2e/canary.txt",
        ".drafts/x.png",
        "aa/link.png",
        "bb/canary.txt",
        "aa/missing.png",
    ],
)
async def test_nothing_outside_the_folder_can_be_read_or_deleted(tmp_path: Path, key: str) -> None:
    storage = DiskStorage(tmp_path / "media")
    canary = tmp_path / "canary.txt"
    canary.write_text("secret")
    (tmp_path / "media" / "aa").mkdir(parents=True)
    (tmp_path / "media" / "aa" / "link.png").symlink_to(canary)
    (tmp_path / "media" / "bb").symlink_to(tmp_path)
    with pytest.raises(StorageMissing):
        await read(storage, key)
    with pytest.raises(StorageMissing):
        await storage.size(key)
    assert not await storage.exists(key)
    await storage.delete(key)
    assert canary.read_text() == "secret"


@pytest.mark.parametrize("name", ["", "a", "../x", "a/b", "a.b", "é" * 5, "x" * 101])
async def test_names_that_are_not_ours_are_refused(storage: DiskStorage, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        await storage.put(in_chunks(b"x"), name=name, limit_bytes=10)


async def test_deleting_twice_is_no_error(storage: DiskStorage) -> None:
    stored = await storage.put(in_chunks(b"x"), name="gone", limit_bytes=10)
    assert await storage.exists(stored.key)
    await storage.delete(stored.key)
    await storage.delete(stored.key)
    assert not await storage.exists(stored.key)


async def test_cleaning_takes_only_what_a_dead_process_left(storage: DiskStorage) -> None:
    kept = await storage.put(in_chunks(b"x"), name="kept", limit_bytes=10)
    drafts = storage.root / ".drafts"
    (drafts / "old").write_bytes(b"half")
    (drafts / "young").write_bytes(b"half")
    os.utime(drafts / "old", (0, 0))
    assert await storage.clean() == 1
    assert files_in(storage) == [".drafts/young", kept.key]
    assert await DiskStorage(storage.root / "none").clean() == 0


async def test_a_cancelled_upload_leaves_no_draft_and_no_open_file(tmp_path: Path) -> None:
    storage = DiskStorage(tmp_path)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 4096
            await asyncio.sleep(0)

    for pause in (0, 0.001, 0.02):
        upload = asyncio.create_task(storage.put(endless(), name="endless", limit_bytes=10**9))
        await asyncio.sleep(pause)
        upload.cancel()
        await asyncio.gather(upload, return_exceptions=True)
    assert files_below(tmp_path) == []


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
