"""What goes by itself, what never does, and that a file goes with its row, on a disk and in a bucket."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import select, text

from spoonfeeder.core.settings import Settings, SettingsError
from spoonfeeder.db import FileRemoval, Generation, Media, Preset, Session, Task, WorkflowVersion
from spoonfeeder.features.media import census
from spoonfeeder.features.media.unused import mark_used
from spoonfeeder.operation.archiving import archive_old
from spoonfeeder.operation.copying import Copied, copy_files
from spoonfeeder.operation.errors import OperationRefused
from spoonfeeder.operation.purging import find_orphans, look, purge, purge_orphans
from spoonfeeder.runtime import Runtime, open_runtime
from spoonfeeder.storage.keeping import one_chunk
from spoonfeeder.storage.opening import open_storage_at
from spoonfeeder.storage.protocol import Storage, StorageUnavailable
from spoonfeeder.work import open_system_work
from tests.db.rows import OURS, generation, media, task, workflow
from tests.storage.files import picture
from tests.storage.s3_peer import BUCKET, KEY_ID, SECRET, Object, S3Peer, s3_peer

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=40)
PNG = picture(size=(8, 8))


@pytest_asyncio.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    async with open_runtime(settings) as runtime:
        yield runtime


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[S3Peer]:
    async with s3_peer() as peer:
        yield peer


@pytest_asyncio.fixture(params=["disk", "s3"])
async def either(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[Runtime]:
    async with AsyncExitStack() as stack:
        if request.param == "s3":
            settings.s3_endpoint = (await stack.enter_async_context(s3_peer())).url
            settings.s3_access_key_id, settings.s3_secret_access_key = KEY_ID, SecretStr(SECRET)
            settings.media_storage_path = f"s3://{BUCKET}/our/files"
        yield await stack.enter_async_context(open_runtime(settings))


async def kept(runtime: Runtime, media_id: UUID, **of: Any) -> Media:
    stored = await runtime.storage.put(one_chunk(PNG), name=str(media_id), limit_bytes=10**6)
    small = await runtime.storage.put(one_chunk(PNG), name=f"{media_id}-thumbnail", limit_bytes=10**6)
    size = {"storage_key": stored.key, "thumbnail_key": small.key, "bytes": stored.bytes}
    return media(id=media_id, **size, **of)


async def add(runtime: Runtime, *rows: Any) -> None:
    async with open_system_work(runtime, "test") as work:
        for row in rows:
            work.session.add(row)
            await work.session.flush()


async def there(runtime: Runtime, table: type[Any], *, hidden: bool = False) -> set[UUID]:
    async with open_system_work(runtime, "test") as work:
        shown = table.deleted_at.is_not(None) if hidden else table.deleted_at.is_(None)
        return set(await work.session.scalars(select(table.id).where(shown)))


async def keys(runtime: Runtime) -> set[str]:
    return {file.key async for file in runtime.storage.list_files()}


async def do(runtime: Runtime, statement: str) -> None:
    async with open_system_work(runtime, "test") as work:
        await work.session.execute(text(statement))


def failed(**values: Any) -> Generation:
    ended = {"status": "failed", "completed_at": LONG_AGO}
    return generation(id=uuid4(), **(ended | values))


def ids(rows: Sequence[Any]) -> set[UUID]:
    return {row.id for row in rows}


async def test_a_file_goes_when_its_row_is_gone_however_it_went(either: Runtime) -> None:
    goes, stays, of_session = failed(), failed(), Session(**OURS, id=uuid4(), title="Cats")
    child = failed(session_id=of_session.id)
    await add(either, of_session, goes, stays, child)
    pictures = [await kept(either, uuid4(), generation_id=row.id) for row in (goes, stays, child)]
    await add(either, *pictures)
    assert len(await keys(either)) == 6
    await do(either, f"UPDATE comfyui_generations SET deleted_at = now() - interval '8 days' WHERE id = '{goes.id}'")
    await do(either, f"DELETE FROM comfyui_sessions WHERE id = '{of_session.id}'")
    assert [(each.what, each.rows, each.files_bytes) for each in await look(either) if each.rows] == [
        ("generations deleted more than 7 days ago", 1, len(PNG)),
        ("files whose rows are gone already", 2, 0),
    ]
    await purge(either)
    assert await keys(either) == {pictures[1].storage_key, pictures[1].thumbnail_key}
    assert await there(either, Generation) == {stays.id}
    await do(either, "UPDATE comfyui_generations SET deleted_at = now() - interval '7 days 10 seconds'")
    await purge(either)
    assert await there(either, Generation, hidden=True) == {stays.id}, "somebody may be bringing it back just now"


async def test_a_storage_that_is_away_loses_no_removal(runtime: Runtime, peer: S3Peer, settings: Settings) -> None:
    settings.s3_endpoint, settings.media_storage_path = peer.url, f"s3://{BUCKET}"
    settings.s3_access_key_id, settings.s3_secret_access_key = KEY_ID, SecretStr(SECRET)
    async with open_runtime(settings) as runtime:
        await add(runtime, await kept(runtime, uuid4()))
        await do(runtime, "DELETE FROM media")
        peer.refuse["delete"] = (403, "AccessDenied")
        with pytest.raises(StorageUnavailable):
            await purge(runtime)
        assert len(await keys(runtime)) == 2
        peer.refuse.clear()
        await purge(runtime)
        assert await keys(runtime) == set()


async def test_what_cannot_be_removed_holds_up_nothing_else(runtime: Runtime) -> None:
    row = await kept(runtime, uuid4())
    stuck = "aa/a-folder.png"
    (runtime.settings.media_path / stuck).mkdir(parents=True)
    await add(runtime, row, FileRemoval(key=stuck, added_at=LONG_AGO))
    await do(runtime, "DELETE FROM media")
    with pytest.raises(StorageUnavailable):
        await purge(runtime)
    assert await keys(runtime) == set()
    async with open_system_work(runtime, "test") as work:
        assert list(await work.session.scalars(select(FileRemoval.key))) == [stuck]


async def test_a_file_whose_name_has_a_row_again_stays(runtime: Runtime) -> None:
    row = await kept(runtime, uuid4())
    await add(runtime, row, FileRemoval(key=row.storage_key), FileRemoval(key="aa/gone-already.png"))
    await purge(runtime)
    assert await keys(runtime) == {row.storage_key, row.thumbnail_key}


async def test_what_failed_long_ago_goes_unless_somebody_or_something_holds_on_to_it(runtime: Runtime) -> None:
    base, later = failed(), generation(id=uuid4(), status="completed", completed_at=NOW)
    later.rerun_of = base.id
    album = Session(**OURS, id=uuid4(), title="Cats", generation_count=3, failed_count=3)
    gone = [failed(session_id=album.id), failed(session_id=album.id, status="cancelled")]
    stays = [
        failed(session_id=album.id, completed_at=NOW - timedelta(days=29)),
        failed(favorite=True),
        failed(tags=["keep"]),
        failed(notes="why?"),
        failed(batch_id=uuid4()),
        generation(id=uuid4(), status="completed", completed_at=LONG_AGO),
        generation(id=uuid4()),
        base,
        later,
    ]
    follows = task(id=uuid4(), status="failed", completed_at=LONG_AGO, generation_id=gone[0].id)
    holds = task(id=uuid4(), status="failed", completed_at=LONG_AGO, generation_id=base.id)
    done = task(id=uuid4(), status="complete", completed_at=LONG_AGO)
    await add(runtime, album, *gone, *stays, follows, holds, done)
    await purge(runtime)
    assert await there(runtime, Generation) == ids([*gone, *stays]), "for ever, where FAILED_DAYS is not set"

    runtime.settings.failed_days = 30
    assert [(each.what, each.rows) for each in await look(runtime) if each.rows][:1] == [
        ("failed or cancelled generations to delete", 2)
    ]
    await purge(runtime)
    assert await there(runtime, Generation) == ids(stays)
    assert await there(runtime, Generation, hidden=True) == ids(gone), "it can be undone"
    assert await there(runtime, Task) == {holds.id, done.id}
    async with open_system_work(runtime, "test") as work:
        counts = await work.session.execute(text("SELECT generation_count, failed_count FROM comfyui_sessions"))
        assert counts.one() == (1, 1)
        told = await work.session.execute(text("SELECT action, details->>'rows' FROM audit_log ORDER BY id"))
        assert told.all() == [("generation_deleted", "2"), ("task_deleted", "1")]


async def test_uploads_that_nothing_names(runtime: Runtime) -> None:
    rows = [await kept(runtime, uuid4(), kind="upload", created_at=LONG_AGO) for _ in range(8)]
    unused, used, of_workflow, of_preset, young, of_version, in_time, at_once = rows
    used.used_at, young.created_at = NOW, NOW
    preset = Preset(**OURS, name="Face", parameters={"image": f"media:{of_preset.id}"})
    template = workflow(id=uuid4(), source_media_id=of_workflow.id)
    named = f'{{"1": {{"inputs": {{"image": "media:{str(of_version.id).upper()}"}}}}}}'
    older = WorkflowVersion(**OURS, workflow_id=template.id, number=9, workflow_json=named)
    await add(runtime, *rows, template, older, preset)
    runtime.settings.unused_upload_days = 30
    await purge(runtime)
    assert await there(runtime, Media) == ids([used, of_workflow, of_preset, young, of_version])
    await add(runtime, Preset(**OURS, name="Later", parameters={"image": f"media:{in_time.id}"}))
    async with open_system_work(runtime, "test") as work:
        await mark_used(work, [at_once.id])
    await purge(runtime)
    assert await there(runtime, Media, hidden=True) == {unused.id}
    await do(runtime, "UPDATE media SET deleted_at = now() - interval '8 days' WHERE deleted_at IS NOT NULL")
    await purge(runtime)
    assert unused.storage_key not in await keys(runtime)
    assert len(await keys(runtime)) == 14


async def found(runtime: Runtime, *, remove_them: bool) -> list[tuple[list[str], list[UUID]]]:
    seen = find_orphans(runtime, remove_them=remove_them)
    return [([file.key for file in each.orphans], each.missing) async for each in seen]


async def test_files_without_a_row_and_rows_without_a_file(either: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(census, "FOLDERS", ["aa", "ab"])
    lost, fine = [await kept(either, UUID(int=(0xAB << 120) + number)) for number in (1, 2)]
    await add(either, lost, fine)
    await either.storage.delete(lost.storage_key)
    young = await either.storage.put(one_chunk(PNG), name=f"ab{str(uuid4())[2:]}", limit_bytes=10**6)
    monkeypatch.setattr("spoonfeeder.operation.purging.ORPHAN_AGE", timedelta(days=1))
    assert await found(either, remove_them=True) == [([], []), ([], [lost.id])]
    assert young.key in await keys(either), "its row may be on the way"

    monkeypatch.setattr("spoonfeeder.operation.purging.ORPHAN_AGE", timedelta(days=-1))
    rubbish = [([], []), ([young.key], [lost.id])]
    assert await found(either, remove_them=False) == rubbish
    assert await found(either, remove_them=True) == rubbish
    assert await keys(either) == {fine.storage_key, fine.thumbnail_key, lost.thumbnail_key}
    async with open_system_work(either, "test") as work:
        missing = select(Media.id).where(Media.missing_at.is_not(None))
        assert list(await work.session.scalars(missing)) == [lost.id]
    await either.storage.put(one_chunk(PNG), name=str(lost.id), limit_bytes=10**6)
    assert await found(either, remove_them=True) == [([], []), ([], [])]


async def test_the_running_server_never_takes_a_storage_for_rubbish_as_a_whole(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(census, "FOLDERS", ["ab"])
    monkeypatch.setattr("spoonfeeder.operation.purging.ORPHAN_AGE", timedelta(days=-1))
    for _ in range(3):
        await runtime.storage.put(one_chunk(PNG), name=f"ab{str(uuid4())[2:]}", limit_bytes=10**6)
    for number in range(2):  # the second row and its thumbnail make those with a row the more
        await add(runtime, await kept(runtime, UUID(int=(0xAB << 120) + number)))
        for days, left in ((None, 5 + number * 2), (-1, (5, 4)[number])):
            runtime.settings.orphan_days = days
            async with open_system_work(runtime, "test") as work:
                await census.look_after_files(work)
            assert len(await keys(runtime)) == left
        if number == 0:
            with pytest.raises(OperationRefused, match="3 files have no row and 2 have one"):
                await purge_orphans(runtime, dry_run=False, force=False)
            assert len(await keys(runtime)) == 5
    await do(runtime, "DELETE FROM media")
    assert (await purge_orphans(runtime, dry_run=True, force=True)).files == 4
    assert len(await keys(runtime)) == 4
    await purge_orphans(runtime, dry_run=False, force=True)
    assert await keys(runtime) == set()


async def copied_to(target: Storage, runtime: Runtime) -> Copied:
    return [copied async for copied in copy_files(runtime, runtime.storage, target)][-1]


async def test_all_files_are_copied_from_a_disk_to_a_bucket_and_back(
    runtime: Runtime, peer: S3Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spoonfeeder.operation.copying.FOLDERS", ["aa", "ab"])
    settings = runtime.settings
    settings.s3_endpoint, settings.s3_access_key_id, settings.s3_secret_access_key = peer.url, KEY_ID, SecretStr(SECRET)
    rows = [await kept(runtime, UUID(int=(0xAB << 120) + number)) for number in range(3)]
    for row in rows:
        row.sha256 = sha256(PNG).hexdigest()
    await add(runtime, *rows)
    await runtime.storage.put(one_chunk(PNG[:-1] + b"x"), name=str(rows[0].id), limit_bytes=10**6)
    bucket = open_storage_at(settings, f"s3://{BUCKET}/moved")
    peer.refuse["put"] = (403, "AccessDenied")
    with pytest.raises(StorageUnavailable):
        await copied_to(bucket, runtime)
    peer.refuse.clear()
    damaged = [rows[0].storage_key]
    assert await copied_to(bucket, runtime) == Copied(6, 6 * len(PNG), 0, damaged)
    assert await copied_to(bucket, runtime) == Copied(there_already=6)
    peer.objects[f"moved/{rows[0].storage_key}"] = Object(b"half")
    assert await copied_to(bucket, runtime) == Copied(1, len(PNG), 5, damaged)
    peer.objects[f"moved/{rows[1].storage_key}"] = whole = Object(PNG)
    await runtime.storage.put(one_chunk(PNG[:20]), name=str(rows[1].id), limit_bytes=10**6)
    assert await copied_to(bucket, runtime) == Copied(there_already=6)
    assert peer.objects[f"moved/{rows[1].storage_key}"] is whole, "what was cut off here does not replace it"
    await runtime.storage.put(one_chunk(PNG), name=str(rows[1].id), limit_bytes=10**6)
    back = open_storage_at(settings, str(tmp_path / "back"))
    async for _ in copy_files(runtime, bucket, back):
        pass
    assert {file.key async for file in back.list_files()} == await keys(runtime)
    with pytest.raises(SettingsError, match="s3://bucket/prefix"):
        open_storage_at(settings, "s3://")


async def test_old_generations_move_into_an_archive(runtime: Runtime, tmp_path: Path) -> None:
    old = {"status": "completed", "completed_at": LONG_AGO, "workflow_json_snapshot": '{"1": {}}'}
    goes, favourite, young, damaged = [
        generation(id=uuid4(), **(old | changes))
        for changes in ({}, {"favorite": True}, {"completed_at": NOW}, {"created_at": LONG_AGO})
    ]
    await add(runtime, goes, favourite, young, damaged)
    for row in (goes, favourite, young):
        await add(runtime, await kept(runtime, uuid4(), generation_id=row.id, sha256=sha256(PNG).hexdigest()))
    await add(runtime, media(generation_id=damaged.id, storage_key="ab/gone.png"))
    assert [(each.generations, each.path) async for each in archive_old(runtime, tmp_path, 30, dry_run=True)] == [
        (2, None)
    ]
    [done] = [each async for each in archive_old(runtime, tmp_path, 30, dry_run=False)]
    assert (done.generations, done.left) == (1, [damaged.id])
    assert done.path is not None
    with ZipFile(done.path) as archive:
        assert PNG in [archive.read(name) for name in archive.namelist()]
        assert str(goes.id) in archive.read("manifest.json").decode()
    assert await there(runtime, Generation) == {favourite.id, young.id, damaged.id}
    assert await there(runtime, Generation, hidden=True) == {goes.id}
    with pytest.raises(OperationRefused, match="nothing was deleted"):
        [each async for each in archive_old(runtime, tmp_path / "nowhere", 0.001, dry_run=False)]
    assert await there(runtime, Generation, hidden=True) == {goes.id}
