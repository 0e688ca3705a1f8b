"""Pictures, speech, transcripts and videos that a worker has made, with their files."""

from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from spoonfeeder.features.tasks import course
from tests.features.chat.asked import rows
from tests.features.tasks.asked import upload
from tests.features.tasks.done import Video, at, calls, ended, queue, until
from tests.fixtures import gemini_media_replies, openai_media_replies, openai_replies
from tests.fixtures.application import Application
from tests.fixtures.scripted import Reply, scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")

MADE = [
    ("image", {"size": "1024x1024"}, "image/png", openai_media_replies.png()),
    ("audio", {"voice": "alloy"}, "audio/mpeg", openai_media_replies.MP3),
    ("video", {"seconds": "8"}, "video/mp4", openai_media_replies.MP4),
]


async def test_files_are_kept_and_can_be_fetched(working: Application) -> None:
    for kind, options, media_type, content in MADE:
        async with scripted(script=openai_media_replies.whatever_is_asked) as server:
            profile_id = await at(server, working)
            body = {"type": kind, "model": None, "name": "A cat", "prompt": "A cat", "options": options}
            row = await ended(working, await queue(working, profile_id, **body))
        assert row["status"] == "complete", row
        [output] = row["result"]["outputs"]
        assert (output["media_type"], output["bytes"], output["index"]) == (media_type, len(content), 0)
        assert output["filename"].startswith("A cat.")
        assert row["result"]["content"].startswith(output["url"].partition("?")[0])
        assert (await working.http.get(output["url"])).content == content
        told = row["result"]["metadata"]
        assert (told["provider"], bool(told["model"]), told["finish_reason"]) == ("openai", True, "stop")
        assert await calls(working, row["id"]) == [("complete", None)]
        assert sum(asked.method == "POST" for asked in server.asked) == 1
        if kind == "image":
            thumbnail = await working.http.get(output["thumbnail_url"])
            assert Image.open(BytesIO(thumbnail.content)).format == "WEBP"
            assert output["width"] == Image.open(BytesIO(content)).width


async def test_a_recording_is_written_down(working: Application) -> None:
    async with scripted(script=openai_media_replies.whatever_is_asked) as server:
        profile_id = await at(server, working)
        recording = await upload(working, openai_media_replies.MP3, "talk.mp3")
        row = await ended(working, await queue(working, profile_id, model=None, prompt="", inputs=[recording]))
    assert (row["status"], row["result"]["content"]) == ("complete", "Hello, Wörld."), row
    assert openai_media_replies.MP3 in server.asked[0].body


async def test_gemini_makes_them_too(working: Application) -> None:
    everything = gemini_media_replies.Everything(openai_media_replies.png(), openai_media_replies.MP4)
    async with scripted(script=everything) as server:
        profile_id = await at(server, working, "gemini")
        for kind in ("image", "audio", "video"):
            row = await ended(working, await queue(working, profile_id, type=kind, model=None, prompt="A cat"))
            assert (row["status"], len(row["result"]["outputs"])) == ("complete", 1), row
            assert row["result"]["metadata"]["provider"] == "gemini"


async def test_a_picture_whose_connection_broke_is_not_paid_for_twice(working: Application) -> None:
    cut = Reply(200, [b'{"created": 1, "data": ['], is_whole=False)
    async with scripted(cut) as server:
        profile_id = await at(server, working)
        row = await ended(working, await queue(working, profile_id, type="image", model=None))
    assert (row["status"], row["error_code"], len(server.asked)) == ("failed", "UNKNOWN_OUTCOME", 1), row
    assert [status for status, _ in await calls(working, row["id"])] == ["failed"]


async def test_a_video_shows_its_progress_and_is_called_off_with_its_task(
    working: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "CANCEL_SECONDS", 60.0)
    video = Video()
    async with scripted(script=video) as server:
        profile_id = await at(server, working)
        task_id = await queue(working, profile_id, type="video", model=None)
        row = await until(working, task_id, lambda row: row["progress"] == 30)
        assert (row["status"], row["message"]) == ("running", "The provider is at work.")
        assert await calls(working, task_id) == [("open", None)]
        await working.json("POST", f"/tasks/{task_id}/cancel")
        row = await ended(working, task_id)
    assert (row["status"], video.started, video.cancelled) == ("cancelled", 1, 1)
    assert await calls(working, task_id) == [("cancelled", None)]


async def test_a_look_that_did_not_work_is_no_end_and_the_jobs_own_failure_is(working: Application) -> None:
    video = Video()
    policy = {"code": "moderation_blocked", "message": "No."}
    trouble = [openai_replies.error(503), openai_replies.error(429, code="rate_limit_exceeded")]
    video.looks = [*trouble, openai_media_replies.video("failed", error=policy)]
    async with scripted(script=video) as server:
        profile_id = await at(server, working)
        row = await ended(working, await queue(working, profile_id, type="video", model=None))
    assert (row["status"], row["error_code"], video.started) == ("failed", "PROVIDER_CONTENT_POLICY", 1), row
    assert await calls(working, row["id"]) == [("failed", "PROVIDER_CONTENT_POLICY")]


async def test_the_price_is_that_of_what_was_made(working: Application) -> None:
    async with scripted(script=openai_media_replies.whatever_is_asked) as server:
        profile_id = await at(server, working)
        row = await ended(working, await queue(working, profile_id, type="image", model="gpt-image-1"))
    [kept] = await rows(working, f"SELECT cost_usd FROM usage_calls WHERE task_id = '{row['id']}'")
    told: Any = row["result"]["metadata"]["cost_usd"]
    assert told == (None if kept[0] is None else float(kept[0]))


async def test_what_no_database_can_hold_of_an_answer_costs_no_result(working: Application) -> None:
    told = {"b64_json": b64encode(openai_media_replies.png()).decode(), "revised_prompt": "A \0 cat"}
    async with scripted(Reply.json({"created": 1, "data": [told], "size": "1\0", "quality": "\0"})) as server:
        profile_id = await at(server, working)
        row = await ended(working, await queue(working, profile_id, type="image", model=None))
    assert (row["status"], len(row["result"]["outputs"])) == ("complete", 1), row
