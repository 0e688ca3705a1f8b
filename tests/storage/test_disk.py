"""What is stored is whole and lasting, and nothing else of the machine can be reached."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spoonfeeder.storage.disk import DiskStorage
from spoonfeeder.storage.protocol import Storage, StorageFull, StorageMissing, StorageUnavailable, is_kept
from tests.storage.files import in_chunks, picture

PNG = picture(size=(1200, 900))


@pytest.fixture
def storage(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path / "media")


def files_in(storage: DiskStorage) -> list[str]:
    return sorted(str(path.relative_to(storage.root)) for path in storage.root.rglob("*") if path.is_file())


async def read(storage: Storage, key: str, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([block async for block in storage.open_range(key, start, stop)])


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
    assert not await is_kept(storage, key)
    await storage.delete(key)
    assert canary.read_text() == "secret"


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
