"""How stored files are served: A1, A2, A3, A7, A8."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request, Response

from spoonfeeder.core.media_response import MediaFile, content_disposition, media_response, resource_policy
from spoonfeeder.core.settings import Settings

CONTENT = bytes(range(256)) * 4
SHA256 = "ab" * 32
PICTURE = MediaFile(length=1024, sha256=SHA256, media_type="image/png", filename="a.png")


async def read(start: int, stop: int) -> AsyncIterator[bytes]:
    yield CONTENT[start:stop]


async def get(headers: dict[str, str] | None = None, **media: Any) -> httpx2.Response:
    app = FastAPI()
    download = media.pop("download", False)
    file = replace(PICTURE, **media)

    @app.get("/media")
    async def serve(request: Request) -> Response:
        return media_response(request, file, read, download=download)

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost") as client:
        return await client.get("/media", headers=headers)


async def test_a_picture_is_shown_with_the_safe_headers() -> None:
    answer = await get()
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("inline;")
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-site"
    assert answer.headers["cache-control"].startswith("private")
    assert answer.headers["etag"] == f'"{SHA256}"'


@pytest.mark.parametrize("media_type", ["image/svg+xml", "text/html", "application/xhtml+xml", "application/pdf", ""])
async def test_a1_a2_a3_what_a_browser_could_run_is_only_downloaded(media_type: str) -> None:
    answer = await get(media_type=media_type, filename="x.svg")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")


async def test_a_download_is_an_attachment() -> None:
    assert (await get(download=True)).headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ('a"b.png', "inline; filename=\"a_b.png\"; filename*=UTF-8''a_b.png"),
        (
            "a\r\nSet-Cookie: x.png",
            "inline; filename=\"a__Set-Cookie: x.png\"; filename*=UTF-8''a__Set-Cookie%3A%20x.png",
        ),
        ("a;b.png", "inline; filename=\"a;b.png\"; filename*=UTF-8''a%3Bb.png"),
        ("Bär🦄.png", "inline; filename=\"B_r_.png\"; filename*=UTF-8''B%C3%A4r%F0%9F%A6%84.png"),
        ("../../etc/passwd", "inline; filename=\"_.._etc_passwd\"; filename*=UTF-8''_.._etc_passwd"),
        ("gpj.\u202egnp.exe", "inline; filename=\"gpj._gnp.exe\"; filename*=UTF-8''gpj._gnp.exe"),
        ("%41.png", "inline; filename=\"_41.png\"; filename*=UTF-8''%2541.png"),
        ("\ud800", "inline; filename=\"_\"; filename*=UTF-8''_"),
        ("", "inline; filename=\"file\"; filename*=UTF-8''file"),
    ],
)
def test_a7_file_names_are_encoded(name: str, header: str) -> None:
    assert content_disposition(name, attachment=False) == header


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=1000-", 1000, 1024),
        ("bytes=-24", 1000, 1024),
        ("bytes=0-99999999", 0, 1024),
        ("bytes=-99999", 0, 1024),
    ],
)
async def test_one_range_is_served(asked: str, start: int, stop: int) -> None:
    answer = await get({"Range": asked})
    assert (answer.status_code, answer.content) == (206, CONTENT[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/1024"
    assert answer.headers["content-length"] == str(stop - start)


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=99999-100000", "bytes=-0", "bytes=999999999999999-"])
async def test_a8_a_range_behind_the_end_gets_416(asked: str) -> None:
    answer = await get({"Range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1024")


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=" + ",".join(f"{number}-{number}" for number in range(10_000)),
        "bytes=0-10,5-20",
        "bytes=5-1",
        "bytes=--5",
        "bytes=-",
        "bytes=" + "9" * 5000 + "-",
        "bytes=a-b",
        "items=0-5",
        "bytes=0-5" + " " * 200_000 + "x",
    ],
)
async def test_a8_other_ranges_get_the_whole_file_at_once(asked: str) -> None:
    before = time.process_time()
    answer = await get({"Range": asked})
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert time.process_time() - before < 2  # to look at each blank from each would take minutes


async def test_what_the_browser_has_is_not_sent_again() -> None:
    assert (await get({"If-None-Match": f'W/"x", "{SHA256}"'})).status_code == 304
    assert (await get({"If-None-Match": '"other"'})).status_code == 200
    assert (await get({"Range": "bytes=0-1", "If-Range": f'"{SHA256}"'})).status_code == 206
    assert (await get({"Range": "bytes=0-1", "If-Range": '"other"'})).status_code == 200


def test_another_site_in_cors_origins_may_embed() -> None:
    assert resource_policy(Settings(_env_file=None)) == "same-site"
    assert resource_policy(Settings(_env_file=None, cors_origins=("http://localhost:8080",))) == "same-site"
    assert resource_policy(Settings(_env_file=None, cors_origins=("https://studio.example",))) == "cross-origin"
