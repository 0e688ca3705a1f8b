"""Server mode: pictures open at their signed addresses, without any other credentials, and nothing else does."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from PIL import Image

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.core.signed_urls import SignedUrls
from spoonfeeder.realtime import live
from spoonfeeder.realtime.live import Preview
from tests.features.media.test_media import picture
from tests.fixtures.application import Application
from tests.fixtures.server_mode import ServerMode
from tests.fixtures.workflows import workflow
from tests.socket_client import open_socket
from tests.waiting import until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")
PREVIEW = picture("JPEG", (64, 48))


@dataclass
class Gallery:
    """One of everything that has a picture, by the signed addresses that the answers gave."""

    mine: Application
    generation: dict[str, Any]
    workflow_id: str
    upload: dict[str, Any]
    preview: str

    def addresses(self) -> dict[str, str]:
        [output] = self.generation["outputs"]
        return {
            "output": output["url"],
            "output thumbnail": output["thumbnail_url"],
            "upload": self.upload["url"],
            "upload thumbnail": self.upload["thumbnail_url"],
            "preview": self.preview,
        }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gallery(working_server: ServerMode) -> AsyncIterator[Gallery]:
    server = working_server
    mine = server.acting_as(server.admin)
    session_id = await mine.session(workflow("txt2img_sd15"))
    row = await mine.ended((await mine.generate(session_id, parameters={"steps": 2}))["id"])
    upload = await mine.json("POST", "/comfyui/uploads", 201, files={"file": ("cat.png", picture(), "image/png")})
    preview = Preview(PREVIEW, "image/jpeg", 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "LIFE_SECONDS", 3600)
        await until_async(lambda: server.runtime.live.set_preview(UUID(row["id"]), preview))
    address = f"/api/comfyui/generations/{row['id']}/preview?n=3"
    yield Gallery(mine, row, row["workflow_id"], upload, server.runtime.signed_urls.sign(address, DEFAULT_WORKSPACE_ID))


def bare(address: str) -> str:
    return urlsplit(address).path


async def test_every_picture_opens_at_its_signed_address_alone(server: ServerMode, gallery: Gallery) -> None:
    workflow_row = await gallery.mine.json("GET", f"/comfyui/workflows/{gallery.workflow_id}")
    addresses = gallery.addresses() | {"workflow thumbnail": workflow_row["thumbnail_url"]}
    for name, address in addresses.items():
        refused = await server.http.get(bare(address))
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer"), name
        shown = await server.http.get(address)
        assert shown.status_code == 200, name
        with Image.open(BytesIO(shown.content)) as image:
            assert image.width > 0
        assert (await server.admin.get(bare(address))).content == shown.content, name


async def test_a_signed_address_serves_as_any_other_does(server: ServerMode, gallery: Gallery) -> None:
    address = gallery.upload["url"]
    whole = await server.http.get(address)
    part = await server.http.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    known = await server.http.get(address, headers={"If-None-Match": whole.headers["etag"]})
    assert known.status_code == 304
    saved = await server.http.get(f"{address}&download=true")
    assert saved.headers["content-disposition"].startswith("attachment")


async def test_what_a_browser_keeps_of_it(server: ServerMode, gallery: Gallery) -> None:
    urls = SignedUrls(server.runtime.cipher.ring, clock=lambda: time.time() - 3540)
    for name, address in gallery.addresses().items():
        headers = (await server.http.get(urls.sign(bare(address), DEFAULT_WORKSPACE_ID))).headers
        assert headers["cache-control"].startswith("private"), name
        assert headers["referrer-policy"] == "no-referrer", name
        if name != "preview":
            assert int(headers["cache-control"].removeprefix("private, max-age=")) <= 960, name
            assert "Authorization" in headers["vary"], name


async def test_all_that_answers_and_events_tell_is_signed(server: ServerMode, gallery: Gallery) -> None:
    generation_id, session_id = gallery.generation["id"], gallery.generation["session_id"]
    told = [
        await gallery.mine.json("GET", f"/comfyui/generations/{generation_id}"),
        (await gallery.mine.json("GET", f"/comfyui/sessions/{session_id}"))["generations"][-1],
        (await gallery.mine.json("GET", f"/comfyui/workflows/{gallery.workflow_id}/generations"))[-1],
        await gallery.mine.json("PATCH", f"/comfyui/generations/{generation_id}", json={"favorite": True}),
    ]
    for answer in told:
        [output] = answer["outputs"]
        assert output == gallery.generation["outputs"][0] | {name: output[name] for name in ("url", "thumbnail_url")}, (
            "nothing but the addresses may differ"
        )
        for name in ("url", "thumbnail_url"):
            assert (await server.http.get(output[name])).status_code == 200
    listed = await gallery.mine.json("GET", "/comfyui/workflows")
    assert (await server.http.get(listed[0]["thumbnail_url"])).status_code == 200


async def test_events_tell_signed_addresses(server: ServerMode, gallery: Gallery) -> None:
    session_id = gallery.generation["session_id"]
    async with open_socket(server.url, auth={"token": server.admin.token}) as watcher:
        assert await watcher.call("subscribe:session", session_id) == {"ok": True}
        held = await gallery.mine.generate(session_id, parameters={"steps": 10_000})
        preview = await watcher.event("generation:preview")
        assert (await server.http.get(preview["preview_url"])).status_code == 200
        await gallery.mine.json("POST", f"/comfyui/generations/{held['id']}/cancel")
        made = await gallery.mine.generate(session_id, parameters={"steps": 2})
        ended = await watcher.event("generation:completed", lambda told: told["id"] == made["id"])
    async with open_socket(server.url, auth={"token": server.admin.token}) as latecomer:
        await latecomer.call("subscribe:generation", made["id"])
        present = await latecomer.event("generation:completed")
    for [output] in (ended["outputs"], present["outputs"]):
        for name in ("url", "thumbnail_url"):
            assert (await server.http.get(output[name])).status_code == 200


async def test_no_row_holds_a_signature(server: ServerMode, gallery: Gallery) -> None:
    rows = await server.rows(
        "SELECT to_jsonb(g)::text AS row FROM comfyui_generations g UNION ALL SELECT to_jsonb(w)::text"
        " FROM comfyui_workflows w UNION ALL SELECT to_jsonb(m)::text FROM media m"
    )
    assert len(rows) >= 3
    assert not [row for row in rows if "&s=" in row["row"]]
    [output] = gallery.generation["outputs"]
    assert any(f'"{bare(output["url"])}' in row["row"].replace('\\"', '"') for row in rows)


async def test_a_permission_that_is_not_this_ones_shows_nothing(server: ServerMode, gallery: Gallery) -> None:
    ring = server.runtime.cipher.ring
    address = gallery.upload["url"]
    path, query = bare(address), urlsplit(address).query
    other = bare(gallery.generation["outputs"][0]["url"])
    late = SignedUrls(ring, clock=lambda: time.time() - 4600)
    elsewhere = await server.workspace()
    refused = {
        "another path": f"{other}?{query}",
        "expired": late.sign(path, DEFAULT_WORKSPACE_ID),
        "another workspace, signed for this one": address.replace(str(DEFAULT_WORKSPACE_ID), str(elsewhere)),
        "this row, signed for another workspace": server.runtime.signed_urls.sign(path, elsewhere),
        "of no workspace": server.runtime.signed_urls.sign(path, UUID(int=0)),
        "twice": f"{address}&w={DEFAULT_WORKSPACE_ID}",
        "upper case": f"{path.upper()}?{query}",
        "upper-case id": f"/api/media/{gallery.upload['id'].upper()}?{query}",
        "trailing slash": f"{path}/?{query}",
        "two slashes": f"{path.replace('/media/', '//media/')}?{query}",
        "encoded slash": f"{path.replace('/media/', '%2fmedia/')}?{query}",
        "encoded letter": f"{path.replace('/media/', '/%6dedia/')}?{query}",
        "encoded question mark": f"{path}%3f{query}",
        "a file that is not there": server.runtime.signed_urls.sign(f"/api/media/{uuid4()}", DEFAULT_WORKSPACE_ID),
    }
    kept = (await server.http.get(address)).content
    for name, tried in refused.items():
        answer = await server.http.get(tried)
        assert answer.status_code in {307, 400, 401, 403, 404, 422}, (name, answer.status_code)
        assert kept not in answer.content, name
    with_token = await server.http.get(address, headers={"Authorization": "Bearer nobody"})
    assert with_token.status_code == 401, "a wrong token is not made good by a signature"


async def test_it_opens_nothing_but_pictures(server: ServerMode, gallery: Gallery) -> None:
    generation_id, session_id = gallery.generation["id"], gallery.generation["session_id"]
    for path in (
        "/api/comfyui/sessions",
        f"/api/comfyui/sessions/{session_id}",
        f"/api/comfyui/generations/{generation_id}",
        f"/api/comfyui/generations/{generation_id}/workflow",
        f"/api/comfyui/workflows/{gallery.workflow_id}",
        "/api/active",
        "/api/profiles",
        "/api/stats",
    ):
        signed = server.runtime.signed_urls.sign(path, DEFAULT_WORKSPACE_ID)
        assert (await server.http.get(signed)).status_code == 401, path
    for method, path in (
        ("DELETE", f"/api/comfyui/generations/{generation_id}"),
        ("POST", f"/api/comfyui/generations/{generation_id}/rerun"),
        ("PUT", f"/api/comfyui/workflows/{gallery.workflow_id}/thumbnail"),
        ("POST", "/api/comfyui/uploads"),
    ):
        signed = server.runtime.signed_urls.sign(path, DEFAULT_WORKSPACE_ID)
        body = {"files": {"file": ("a.png", PREVIEW)}} if path.endswith("uploads") else {"content": PREVIEW}
        refused = await server.http.request(method, signed, **body if method != "DELETE" else {})
        assert refused.status_code in {401, 415}, (path, refused.text)
    for path in gallery.addresses().values():
        assert (await server.http.delete(path)).status_code in {401, 405}
    polling = server.runtime.signed_urls.sign("/socket.io/", DEFAULT_WORKSPACE_ID)
    opened = await server.http.get(f"{polling}&EIO=4&transport=polling")
    assert "sid" not in opened.text or not await _joins(server, opened.text, polling)


async def _joins(server: ServerMode, opened: str, polling: str) -> bool:
    sid = opened.split('"sid":"')[1].split('"')[0]
    address = f"{polling}&EIO=4&transport=polling&sid={sid}"
    await server.http.post(address, content="40", headers={"Content-Type": "text/plain"})
    return (await server.http.get(address)).text.startswith("40")


async def test_neither_cookies_nor_tokens_in_the_query_open_a_picture(server: ServerMode, gallery: Gallery) -> None:
    path = bare(gallery.upload["url"])
    for cookie in (server.admin.token, "0" * 64):
        answer = await server.http.get(path, headers={"Cookie": f"spoonfeeder_refresh={cookie}"})
        assert answer.status_code == 401
    for name in ("token", "access_token", "authorization", "s"):
        assert (await server.http.get(f"{path}?{name}={server.admin.token}")).status_code == 401


async def test_nobody_of_another_workspace_is_told_an_address(server: ServerMode, gallery: Gallery) -> None:
    stranger = await server.stranger()
    for address in gallery.addresses().values():
        assert (await stranger.get(bare(address))).status_code == 404


async def test_what_is_deleted_or_purged_is_gone_at_its_signed_address_too(
    server: ServerMode, gallery: Gallery
) -> None:
    made = await gallery.mine.json("POST", f"/comfyui/generations/{gallery.generation['id']}/rerun", 201)
    row = await gallery.mine.ended(made["id"])
    [output] = row["outputs"]
    assert (await server.http.get(output["url"])).status_code == 200
    await gallery.mine.json("DELETE", f"/comfyui/generations/{made['id']}")
    for address in (output["url"], output["thumbnail_url"]):
        assert (await server.http.get(address)).status_code == 404

    upload = await gallery.mine.json("POST", "/comfyui/uploads", 201, files={"file": ("a.png", picture(), "image/png")})
    await server.rows("UPDATE media SET deleted_at = now() WHERE id = :id", id=upload["id"])
    assert (await server.http.get(upload["url"])).status_code == 404


async def test_who_made_it_is_told_and_a_rerun_has_its_own_author(server: ServerMode, gallery: Gallery) -> None:
    assert gallery.generation["created_by"] == str(server.admin.user_id)
    other = await server.person("member")
    path = f"/comfyui/generations/{gallery.generation['id']}/rerun"
    again = await server.acting_as(other).json("POST", path, 201)
    assert (again["created_by"], again["rerun_of"]) == (str(other.user_id), gallery.generation["id"])
