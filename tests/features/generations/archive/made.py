"""Generations with kept files, put where the server has them; and an archive read back by another's code."""

import hashlib
import io
import json
import os
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

from sqlalchemy import insert, select

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.core.settings import Settings
from spoonfeeder.db import Generation, Media, Session
from tests.features.foreign import database
from tests.fixtures.application import Application

GRAPH = '{"3": {"class_type": "KSampler", "inputs": {"seed": 18446744073709551615, "text": "größer"}}}'
PICTURE = b"\x89PNG\r\n\x1a\n" + b"picture" * 100
LARGE = 32 * 2**20
"""More than all buffers between a file and its reader hold."""
PATH = "/api/comfyui/generations/archive"


async def add(
    settings: Settings, files: Iterable[bytes] = (PICTURE,), *, names: Mapping[int, str] | None = None, **fields: Any
) -> Generation:
    """A completed one unless told otherwise; `names` are what ComfyUI called its files."""
    mine = {"workspace_id": fields.pop("workspace_id", DEFAULT_WORKSPACE_ID)}
    ended = {"status": "completed", "completed_at": datetime(2026, 11, 20, 8, 30, tzinfo=UTC)} | fields
    ended["progress"] = 100 if ended["status"] == "completed" else 0
    row = Generation(id=uuid4(), **({"workflow_json_snapshot": GRAPH, "seed": 7} | ended), **mine)
    async with database(settings) as rows:
        rows.add(row)
        await rows.flush()
        for position, content in enumerate(files):
            name = (names or {}).get(position, f"ComfyUI_{position:05d}_.png")
            rows.add(_media(row.id, position, name, content, put(settings, content), mine))
    return row


async def add_large(settings: Settings, size: int, **fields: Any) -> Path:
    """One whose file is nothing but zeros; the file."""
    row = await add(settings, [PICTURE], **fields)
    async with database(settings) as rows:
        media = await rows.scalar(select(Media).where(Media.generation_id == row.id))
        assert media is not None
        media.bytes = size
        path = stored(settings, media.storage_key)
    os.truncate(path, size)
    return path


async def session(settings: Settings, **fields: Any) -> UUID:
    row = Session(id=uuid4(), workspace_id=DEFAULT_WORKSPACE_ID, **({"title": "Session"} | fields))
    async with database(settings) as rows:
        rows.add(row)
    return row.id


def put(settings: Settings, content: bytes) -> str:
    """Keeps it; its key."""
    name = str(uuid4())
    key = f"{name[:2]}/{name}.png"
    path = stored(settings, key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return key


def stored(settings: Settings, key: str) -> Path:
    return settings.media_path / key


def _media(generation_id: UUID, position: int, name: str, content: bytes, key: str, mine: Mapping[str, Any]) -> Media:
    return Media(
        generation_id=generation_id,
        kind="output",
        position=position,
        filename=name,
        media_type="image/png",
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        storage_key=key,
        **mine,
    )


async def add_many(settings: Settings, count: int, content: bytes, **fields: Any) -> None:
    """Of one picture each, all kept, on the disk as one."""
    first = stored(settings, put(settings, content))
    mine = {"workspace_id": DEFAULT_WORKSPACE_ID}
    ended = {"status": "completed", "progress": 100, "completed_at": datetime.now(UTC)} | fields | mine
    asked = {"workflow_json_snapshot": GRAPH, "prompt_text": "a pier"}
    made = [{"id": uuid4(), "seed": number, **asked, **ended} for number in range(count)]
    picture = {"kind": "output", "position": 0, "filename": "ComfyUI_00001_.png", "media_type": "image/png"} | mine
    picture |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    keys = {row["id"]: f"{first.parent.name}/{row['id']}.png" for row in made}
    for key in keys.values():
        os.link(first, stored(settings, key))
    async with database(settings) as rows:
        await rows.execute(insert(Generation), made)
        files = [{"generation_id": row_id, "storage_key": key, **picture} for row_id, key in keys.items()]
        await rows.execute(insert(Media), files)


async def opened(api: Application, path: str = PATH, **query: Any) -> ZipFile:
    """The archive, whole and without a wrong checksum."""
    answer = await api.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return unpacked(answer.content)


async def read(chunks: AsyncIterator[bytes]) -> None:
    async for _ in chunks:
        pass


def unpacked(content: bytes) -> ZipFile:
    archive = ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert len(set(archive.namelist())) == len(archive.namelist())
    return archive


def manifest(archive: ZipFile) -> list[dict[str, Any]]:
    told: dict[str, Any] = json.loads(archive.read("manifest.json"))
    assert told["made_by"].startswith("Spoon Feeder ")
    rows: list[dict[str, Any]] = told["generations"]
    return rows


def ids(archive: ZipFile) -> list[str]:
    return [row["id"] for row in manifest(archive)]
