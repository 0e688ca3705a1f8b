"""Uploads and kept files: only known types, only one's own, never as a page of this server."""

import asyncio
import hashlib
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from pydantic import SecretStr

from spoonfeeder.core.settings import Settings
from spoonfeeder.simulator import Simulator
from spoonfeeder.storage import s3
from tests.features.foreign import insert_foreign
from tests.fixtures.application import Application, serving
from tests.storage.s3_peer import BUCKET, KEY_ID, SECRET, s3_peer
from tests.waiting import until

UPLOADS = "/comfyui/uploads"


def picture(kind: str = "PNG", size: tuple[int, int] = (640, 480)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, kind)
    return file.getvalue()


async def upload(
    api: Application, content: bytes, name: str = "cat.png", status: int = 201, field: str = "file"
) -> Any:
    return await api.json("POST", UPLOADS, status, files={field: (name, content, "text/html")})


async def test_an_upload_is_kept_as_it_was_sent(api: Application) -> None:
    content = picture()
    made = await upload(api, content)
    assert (made["filename"], made["media_type"], made["bytes"]) == ("cat.png", "image/png", len(content))
    assert made["sha256"] == hashlib.sha256(content).hexdigest()
    assert (made["width"], made["height"]) == (640, 480)
    assert made["reference"] == f"media:{made['id']}"
    served = await api.http.get(made["url"])
    assert served.content == content
    thumbnail = await api.http.get(made["thumbnail_url"])
    assert thumbnail.headers["content-type"] == "image/webp"
    with Image.open(BytesIO(thumbnail.content)) as small:
        assert small.size == (512, 384)
    assert (await upload(api, content, field="image"))["id"] != made["id"]

    damaged = await upload(api, content[:200])
    assert (damaged["media_type"], damaged["thumbnail_url"]) == ("image/png", None)
    assert (await api.json("GET", f"/media/{damaged['id']}/thumbnail", 404))["code"] == "MEDIA_NOT_FOUND"


async def test_files_are_served_as_their_bytes_say_and_sandboxed(api: Application) -> None:
    made = await upload(api, picture("JPEG"), name='x.html"; \u202ereal\\..\\na"me.png')
    assert made["media_type"] == "image/jpeg"
    served = await api.http.get(made["url"])
    headers = served.headers
    assert headers["content-type"] == "image/jpeg"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["cross-origin-resource-policy"] == "same-site"
    assert headers["content-disposition"].startswith('inline; filename="na_22me.png"; filename*=')
    assert headers["cache-control"].startswith("private")
    assert (await api.http.get(made["url"] + "?download=true")).headers["content-disposition"].startswith("attachment")
    known = await api.http.get(made["url"], headers={"If-None-Match": headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


async def test_ranges(api: Application) -> None:
    content = picture()
    url = (await upload(api, content))["url"]
    part = await api.http.get(url, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(content)}"
    tail = await api.http.get(url, headers={"Range": "bytes=-5"})
    assert tail.content == content[-5:]
    many = await api.http.get(url, headers={"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(3000))})
    assert many.status_code in {200, 416}
    beyond = await api.http.get(url, headers={"Range": f"bytes={len(content)}-"})
    assert beyond.status_code == 416


async def test_what_is_no_picture_film_or_sound_is_refused(api: Application) -> None:
    refused = [
        b"",
        b"<html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"PK\x03\x04zip",
        b"%PDF-1.7",
        b"\x00" * 1000,
    ]
    for content in refused:
        answer = await upload(api, content, status=415)
        assert answer["code"] == "FILE_TYPE_NOT_ALLOWED"
    assert [path for path in api.settings.media_path.rglob("*") if path.is_file()] == []
    stats = await api.json("GET", "/stats")
    assert (stats["media_files"], stats["storage_bytes"]) == (0, 0)


async def test_bodies_that_are_no_upload(api: Application) -> None:
    await api.json("POST", UPLOADS, 422, files={"other": ("x.png", picture())})
    await api.json("POST", UPLOADS, 422, data={"file": "just text"})
    response = await api.http.post(
        "/api/comfyui/uploads", json={"file": "/etc/passwd", "files": {"filepath": "/etc/passwd"}}
    )
    assert response.status_code in {415, 422}
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    response = await api.http.post("/api/comfyui/uploads", content=b"--x\r\nnonsense", headers=broken)
    assert 400 <= response.status_code < 500
    parts = {f"f{number}": "x" for number in range(3000)}
    await api.json("POST", UPLOADS, 400, data=parts, files={"file": ("x.png", picture())})


async def test_unknown_foreign_and_lost_files_are_404(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    for media_id in (uuid4(), foreign.media_id):
        for suffix in ("", "/thumbnail"):
            assert (await api.json("GET", f"/media/{media_id}{suffix}", 404))["code"] == "MEDIA_NOT_FOUND"
    await api.json("GET", "/media/x", 422)
    made = await upload(api, picture())
    for path in api.settings.media_path.rglob("*.png"):
        path.write_bytes(path.read_bytes()[:1000])
        assert (await api.json("GET", f"/media/{made['id']}", 404))["code"] == "FILE_MISSING"
        path.unlink()
    assert (await api.json("GET", f"/media/{made['id']}", 404))["code"] == "FILE_MISSING"


async def test_a_silent_bucket_holds_no_connection_to_the_database(
    settings: Settings, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "ANSWER_SECONDS", 600.0)
    async with s3_peer() as peer:
        settings.s3_endpoint, settings.media_storage_path = peer.url, f"s3://{BUCKET}"
        settings.s3_access_key_id, settings.s3_secret_access_key = KEY_ID, SecretStr(SECRET)
        settings.database_pool_size = 1
        async with serving(settings, simulator) as api:
            made = await upload(api, picture())
            peer.silent = {"head"}
            waiting = asyncio.create_task(api.http.get(made["url"]))
            async with asyncio.timeout(60):
                await until(lambda: "head" in peer.seen)
                await api.json("GET", "/comfyui/generations")
            peer.may_speak.set()
            waiting.cancel()
