"""What is in an archive: every file, every graph, and all that the manifest tells of them."""

import csv
import hashlib
import io
import json
import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from uuid import uuid4

import pytest

from spoonfeeder.features.generations.archive import selection
from tests.features.generations.archive.made import (
    GRAPH,
    PATH,
    PICTURE,
    add,
    ids,
    manifest,
    opened,
    session,
    unpacked,
)
from tests.fixtures.application import Application

pytestmark = pytest.mark.asyncio(loop_scope="module")
MOST = 2**64 - 1
HOSTILE = (
    "../../etc/passwd.png",
    "..\\..\\windows\\system.png",
    "/absolute/path.png",
    "C:\\boot.png",
    "CON.png",
    "nul",
    "trailing dots....png",
    "trailing space .png ",
    "tab\tand\nnew line\x1b[31m.png",
    'a<b>c:d"e|f?g*h.png',
    "\u202egnp.exe",
    "\U0001f984 größe 猫.png",
    "x" * 240 + ".png",
    ".hidden",
    "-rf.png",
    "same.png",
    "SAME.png",
    "",
    "\U0001f984" * 80 + ".png",
)


async def test_it_holds_files_graphs_and_what_made_them(shared_api: Application) -> None:
    session_id = await session(shared_api.settings, title="Piers / at night")
    batch_id = uuid4()
    first = await add(
        shared_api.settings,
        [PICTURE, PICTURE + b"2"],
        session_id=session_id,
        prompt_text="=cmd|' /C calc'!A0",
        negative_prompt="-blurry",
        seed=MOST,
        parameters={"steps": 20, "3.seed": 5},
        checkpoint_name="sd15.safetensors",
        loras_used=[{"name": "ink", "strength": 0.5}],
        tags=["pier", "night"],
        notes="@home",
        favorite=True,
        batch_id=batch_id,
        batch_index=3,
        batch_coordinates={"cfg": 7.5},
        fingerprint={"comfyui_version": "0.3.60"},
    )
    failed: dict[str, Any] = {
        "status": "failed",
        "error": "Out of memory.",
        "error_code": "OUT_OF_MEMORY",
        "seed": None,
    }
    second = await add(shared_api.settings, [], session_id=session_id, workflow_json_snapshot=None, **failed)

    answer = await shared_api.http.get(f"/api/comfyui/sessions/{session_id}/archive")
    archive = unpacked(answer.content)
    one, two = f"pictures/0001_ComfyUI_{MOST}_0.png", f"pictures/0001_ComfyUI_{MOST}_1.png"
    assert sorted(archive.namelist()) == ["manifest.csv", "manifest.json", one, two, "workflows/0001.json"]
    assert (archive.read(one), archive.read(two)) == (PICTURE, PICTURE + b"2")
    assert archive.read("workflows/0001.json").decode() == GRAPH
    assert archive.getinfo(one).date_time == (2026, 11, 20, 8, 30, 0)

    assert answer.headers["x-total-files"] == "2"
    assert answer.headers["x-total-bytes"] == str(2 * len(PICTURE) + 1)
    assert answer.headers["accept-ranges"] == "none"
    assert 'filename="Piers _ at night 20' in answer.headers["content-disposition"]
    _require_told(manifest(archive), first, [one, two])
    assert manifest(archive)[1]["id"] == str(second.id)
    assert manifest(archive)[1].items() >= ({"files": [], "workflow": None} | failed).items()

    header, *rows = csv.reader(io.StringIO(archive.read("manifest.csv").decode()))
    cells = [dict(zip(header, row, strict=True)) for row in rows]
    assert [cell["path"] for cell in cells] == [one, two]
    expected = {"prompt_text": "'=cmd|' /C calc'!A0", "negative_prompt": "'-blurry", "notes": "'@home"}
    assert cells[1].items() >= (expected | {"seed": str(MOST), "tags": "pier, night", "error": ""}).items()


def _require_told(told: list[dict[str, Any]], row: Any, paths: list[str]) -> None:
    expected = {
        "number": 1,
        "id": str(row.id),
        "status": "completed",
        "prompt_text": "=cmd|' /C calc'!A0",
        "negative_prompt": "-blurry",
        "seed": str(MOST),
        "parameters": {"steps": 20, "3.seed": 5},
        "checkpoint_name": "sd15.safetensors",
        "loras_used": [{"name": "ink", "strength": 0.5}],
        "tags": ["pier", "night"],
        "notes": "@home",
        "favorite": True,
        "batch_id": str(row.batch_id),
        "batch_index": 3,
        "batch_coordinates": {"cfg": 7.5},
        "fingerprint": {"comfyui_version": "0.3.60"},
        "completed_at": "2026-11-20T08:30:00Z",
        "workflow": "workflows/0001.json",
        "error": None,
    }
    assert told[0].items() >= expected.items()
    shown = [(file["path"], file["index"], file["bytes"], file["sha256"], file["error"]) for file in told[0]["files"]]
    contents = (PICTURE, PICTURE + b"2")
    assert shown == [
        (path, index, len(content), hashlib.sha256(content).hexdigest(), None)
        for index, (path, content) in enumerate(zip(paths, contents, strict=True))
    ]


async def test_names_are_safe_wherever_it_is_unpacked(shared_api: Application) -> None:
    session_id = await session(shared_api.settings)
    names = dict(enumerate(HOSTILE))
    row = await add(shared_api.settings, [PICTURE] * len(HOSTILE), names=names, session_id=session_id, seed=1)
    archive = await opened(shared_api, session_id=session_id)
    pictures = [name for name in archive.namelist() if name.startswith("pictures/")]
    assert len(pictures) == len({name.casefold() for name in pictures}) == len(HOSTILE)
    for name in pictures:
        _, last = name.split("/")
        assert PureWindowsPath(name).parts == PurePosixPath(name).parts == ("pictures", last)
        assert not set(last) & set('<>:"/\\|?*')
        assert last.isprintable()
        assert re.fullmatch(r"0001_(.*[^. _-]_)?1_\d+\.png", last), name
        assert len(last.encode()) < 255
    assert "pictures/0001_\U0001f984_größe_猫_1_11.png" in pictures
    assert "pictures/0001_1_17.png" in pictures
    told = manifest(archive)[0]
    assert (told["id"], [file["filename"] for file in told["files"]]) == (str(row.id), list(HOSTILE))


async def test_what_is_missing_or_damaged_is_told(shared_api: Application) -> None:
    settings, session_id = shared_api.settings, await session(shared_api.settings)
    contents = [PICTURE + bytes([number]) for number in range(4)]
    await add(settings, contents, session_id=session_id)
    by_content = {path.read_bytes(): path for path in settings.media_path.glob("*/*.png")}
    gone, cut, changed = (by_content[content] for content in contents[:3])
    gone.unlink()
    cut.write_bytes(PICTURE)
    changed.write_bytes(contents[2][:-1] + b"x")
    archive = await opened(shared_api, session_id=session_id)
    files = manifest(archive)[0]["files"]
    assert [(file["path"] is None, (file["error"] or "").partition(";")[0]) for file in files] == [
        (True, "The file is no longer kept on the server."),
        (True, "The file on the server is damaged: its length is not what it was when it was made."),
        (False, "The file on the server is damaged: its sha256 is not what it was when it was made."),
        (False, ""),
    ]
    assert [name for name in archive.namelist() if name.startswith("pictures/")] == [file["path"] for file in files[2:]]
    rows = list(csv.reader(io.StringIO(archive.read("manifest.csv").decode())))
    assert [row[-1][:24] for row in rows] == [
        "error",
        "The file is no longer ke",
        *["The file on the server i"] * 2,
        "",
    ]


async def test_pages_leave_nothing_out_and_say_nothing_twice(
    shared_api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "PAGE_ROWS", 2)
    session_id = await session(shared_api.settings)
    rows = [await add(shared_api.settings, [PICTURE], session_id=session_id) for _ in range(5)]
    archive = await opened(shared_api, session_id=session_id)
    assert ids(archive) == [str(row.id) for row in rows]
    assert [row["number"] for row in manifest(archive)] == [1, 2, 3, 4, 5]
    large = [await add(shared_api.settings, [], session_id=session_id, prompt_text="x" * 3_000_000) for _ in range(2)]
    monkeypatch.setattr(selection, "PAGE_ROWS", 100)
    archive = await opened(shared_api, session_id=session_id, include="workflows")
    assert ids(archive) == [str(row.id) for row in (*rows, *large)]
    assert [name for name in archive.namelist() if name.startswith("pictures/")] == []
    assert {file["path"] for row in manifest(archive) for file in row["files"]} == {None}
    assert len(json.loads(archive.read("manifest.json"))["generations"][-1]["prompt_text"]) == 3_000_000


async def test_too_many_are_refused_before_the_first_byte(
    shared_api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = await session(shared_api.settings)
    for _ in range(3):
        await add(shared_api.settings, [], session_id=session_id)
    monkeypatch.setattr(selection, "MOST_GENERATIONS", 2)
    answer = await shared_api.http.get(PATH, params={"session_id": str(session_id)})
    assert (answer.status_code, answer.json()["code"]) == (422, "TOO_MUCH_TO_EXPORT")
    assert answer.json()["error"] == "These are more than 2 generations; narrow them down."
    assert "x-total-files" not in answer.headers
    monkeypatch.setattr(selection, "MOST_GENERATIONS", 3)
    assert len(manifest(await opened(shared_api, session_id=session_id))) == 3
