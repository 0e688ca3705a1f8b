"""An archive on its way: slow readers, readers who leave, files that break off, and who hears how far it is."""

import asyncio
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from spoonfeeder.core.vocabulary import WorkspaceRole
from spoonfeeder.features.generations.archive import progress
from tests.features.generations.archive.made import (
    LARGE,
    PATH,
    PICTURE,
    add,
    add_large,
    ids,
    opened,
    read,
    session,
    unpacked,
)
from tests.fixtures.application import Application
from tests.fixtures.server_mode import ServerMode
from tests.socket_client import open_socket
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def is_open(path: Path) -> bool:
    """Whether this process, which is the server's, has the file open."""
    return any(_target(link) == str(path) for link in Path("/proc/self/fd").iterdir())


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


async def test_a_reader_who_leaves_ends_the_reading(shared_api: Application) -> None:
    session_id = await session(shared_api.settings)
    path = await add_large(shared_api.settings, LARGE, session_id=session_id)
    async with shared_api.http.stream("GET", PATH, params={"session_id": str(session_id)}) as answer:
        chunks = answer.aiter_raw()
        await anext(chunks)
        await until(lambda: is_open(path))
    await until(lambda: not is_open(path))


async def test_a_file_that_breaks_off_breaks_the_archive(shared_api: Application) -> None:
    session_id = await session(shared_api.settings)
    path = await add_large(shared_api.settings, LARGE, session_id=session_id)
    async with shared_api.http.stream("GET", PATH, params={"session_id": str(session_id)}) as answer:
        chunks = answer.aiter_raw()
        await anext(chunks)
        os.truncate(path, LARGE // 2)
        with pytest.raises(httpx2.TransportError):
            await read(chunks)
    await until(lambda: not is_open(path))


async def test_two_at_a_time(shared_api: Application) -> None:
    session_id = await session(shared_api.settings)
    path = await add_large(shared_api.settings, LARGE, session_id=session_id)
    query = {"session_id": str(session_id)}
    async with shared_api.http.stream("GET", PATH, params=query) as first:
        chunks = first.aiter_raw()
        await anext(chunks)
        async with shared_api.http.stream("GET", PATH, params=query) as second:
            more = second.aiter_raw()
            await anext(more)
            third = await shared_api.http.get(PATH, params=query)
            assert (third.status_code, third.json()["code"]) == (429, "TOO_MANY_ARCHIVES")
            assert (await shared_api.http.get("/api/comfyui/sessions")).status_code == 200
    await until(lambda: not is_open(path))
    small = await add(shared_api.settings)
    await opened(shared_api, ids=str(small.id))


async def test_only_the_reader_hears_how_far_it_is(server: ServerMode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "INTERVAL_SECONDS", 3_600.0)
    reader, other = await server.person(WorkspaceRole.VIEWER), await server.person()
    others = set(server.settings.media_path.glob("*/*.png"))
    rows = [await add(server.settings, [PICTURE, PICTURE]) for _ in range(3)]
    missing = set(server.settings.media_path.glob("*/*.png")) - others
    missing.pop().unlink()
    export_id = str(uuid4())
    async with (
        open_socket(server.url, auth={"token": reader.token}) as mine,
        open_socket(server.url, auth={"token": other.token}) as theirs,
    ):
        query = {"ids": ",".join(str(row.id) for row in rows), "export_id": export_id}
        assert (await server.http.get(PATH, params=query)).status_code == 401
        unpacked((await reader.get(PATH, params=query)).content)
        told = await mine.event("export:progress", lambda payload: payload["state"] == "done")
        total = {"total_files": 6, "total_bytes": 6 * len(PICTURE)}
        assert told == {"id": export_id, "state": "done", "files": 6, "bytes": 5 * len(PICTURE), **total}
        every: list[Any] = mine.payloads("export:progress")
        assert [payload["state"] for payload in every] == ["running"] * (len(every) - 1) + ["done"]
        assert 1 < len(every) < 5
        gone = await add_large(server.settings, LARGE)
        async with reader.stream("GET", PATH, params={"export_id": export_id}) as answer:
            await anext(answer.aiter_raw())
        await mine.event("export:progress", lambda payload: payload["state"] == "failed")
        await until(lambda: not is_open(gone))
        await asyncio.sleep(0)
        assert theirs.payloads("export:progress") == []


async def test_a_link_opens_its_own_selection_by_itself(server: ServerMode) -> None:
    reader = await server.person(WorkspaceRole.VIEWER)
    rows = [await add(server.settings, prompt_text=words) for words in ("a lighthouse", "a lighthouse at dawn")]
    export_id = str(uuid4())
    query = {"q": "lighthouse", "ids": [str(row.id) for row in rows], "export_id": export_id}
    link = (await reader.get(f"{PATH}/link", params=query)).json()["data"]
    assert (link["total_generations"], link["total_files"], link["total_bytes"]) == (2, 2, 2 * len(PICTURE))
    async with open_socket(server.url, auth={"token": reader.token}) as mine:
        archive = unpacked((await server.http.get(link["url"])).content)
        assert ids(archive) == [str(row.id) for row in rows]
        told = await mine.event("export:progress", lambda payload: payload["state"] == "done")
        assert told["id"] == export_id
    stranger = await server.stranger()
    for changed, status in (
        (link["url"].replace("q=lighthouse&", ""), 404),
        (link["url"].replace(str(reader.user_id), str(uuid4())), 404),
        (link["url"] + "&favorite=true", 404),
        (link["url"].partition("&w=")[0], 401),
        (link["url"][:-2], 401),
        (f"{PATH}?{link['url'].partition('?')[2]}", 401),
    ):
        assert (await server.http.get(changed)).status_code == status, changed
    own = await stranger.get(link["url"].partition("&w=")[0])
    assert (own.status_code, own.json()["code"]) == (404, "NOTHING_TO_EXPORT")
