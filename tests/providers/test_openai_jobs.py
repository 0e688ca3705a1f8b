"""Videos and answers in the background: jobs at OpenAI, from their start to their end, whatever that is."""

from typing import Any

import httpx2
import pytest

from spoonfeeder.core.errors import Invalid
from spoonfeeder.core.vocabulary import FinishReason, Provider
from spoonfeeder.providers import errors
from spoonfeeder.providers.base import Connection, Usage
from spoonfeeder.providers.media import InputFile, Look, MediaRequest
from spoonfeeder.providers.openai_background import OpenAIBackground
from spoonfeeder.providers.openai_video import OpenAIVideo
from tests.fixtures import openai_media_replies as media
from tests.fixtures import openai_replies as said
from tests.fixtures.scripted import Reply, Scripted, scripted
from tests.providers.making import files_of
from tests.providers.test_openai_media import form_of, plain_form

KEY = "sk-proj-canary-5Up3rS3cr3t"
PICTURE = InputFile("image/png", media.png())
VIDEO = MediaRequest("sora-2", "A cat", (), {"seconds": 8, "size": "1280x720"})
TEXT = MediaRequest("gpt-5.4-mini", "Hello?")


def connection(server: Scripted) -> Connection:
    return Connection(Provider.OPENAI, f"{server.url}/v1", KEY)


def videos(server: Scripted, http: httpx2.AsyncClient) -> OpenAIVideo:
    return OpenAIVideo(connection(server), http)


def writer(server: Scripted, http: httpx2.AsyncClient) -> OpenAIBackground:
    return OpenAIBackground(connection(server), http)


async def test_video_from_start_to_end(http: httpx2.AsyncClient) -> None:
    replies = [media.video("queued", 0), media.video("in_progress", 37), media.video(), media.video()]
    async with scripted(*replies, media.video_content()) as server:
        handle = await videos(server, http).start(VIDEO)
        looks = [await videos(server, http).look(handle) for _ in range(2)]
        result = await videos(server, http).collect(handle, VIDEO)
        files = await files_of(result)
    assert handle == media.HANDLE
    assert looks == [Look(is_done=False, progress=37), Look(is_done=True, progress=100)]
    assert files == [media.MP4]
    assert (result.model, result.files[0].media_type) == ("sora-2", "video/mp4")
    assert result.details == {"count": 1, "seconds": 8.0, "size": "1280x720"}
    assert plain_form(server.asked[0]) == {"model": "sora-2", "prompt": "A cat", "seconds": "8", "size": "1280x720"}
    path = f"/v1/videos/{media.HANDLE}"
    assert [asked.path for asked in server.asked] == ["/v1/videos", *[path] * 3, f"{path}/content"]
    assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {KEY}"}


async def test_video_that_begins_with_a_picture(http: httpx2.AsyncClient) -> None:
    async with scripted(media.video("queued", 0)) as server:
        await videos(server, http).start(MediaRequest("sora-2", "It jumps", (PICTURE,)))
        with pytest.raises(Invalid):
            await videos(server, http).start(MediaRequest("sora-2", "They jump", (PICTURE, PICTURE)))
    assert len(server.asked) == 1
    file = form_of(server.asked[0])["input_reference"]
    assert (file.get_filename(), file.get_payload(decode=True)) == ("picture.png", PICTURE.data)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (media.video_content(is_whole=False), errors.StreamTruncated),
        (media.video_content(b""), errors.Broken),
        (Reply.json({"detail": "soon"}), errors.Broken),
        (said.error(404, "Video has expired"), errors.JobMissing),
        (said.error(503, "busy"), errors.Overloaded),
    ],
)
async def test_video_that_does_not_arrive(
    reply: Reply, error: type[errors.ProviderError], http: httpx2.AsyncClient
) -> None:
    async with scripted(media.video(), reply) as server:
        result = await videos(server, http).collect(media.HANDLE, VIDEO)
        with pytest.raises(error):
            await files_of(result)


VERDICTS: list[tuple[dict[str, Any], type[errors.ProviderError]]] = [
    ({"code": "moderation_blocked", "message": "x"}, errors.ContentPolicy),
    ({"code": "image_content_policy_violation", "message": "x"}, errors.ContentPolicy),
    ({"code": "bio_policy", "message": "x"}, errors.ContentPolicy),
    ({"code": "invalid_prompt", "message": f"x {KEY}"}, errors.Rejected),
    ({"code": "unsupported_image_media_type", "message": "x"}, errors.Rejected),
    ({"code": "insufficient_quota", "message": "x"}, errors.QuotaExceeded),
    ({"code": "rate_limit_exceeded", "message": "x"}, errors.RateLimited),
    ({"code": "server_error", "message": f"x {KEY}"}, errors.Failed),
    ({"code": "what_nobody_knows", "message": ""}, errors.Failed),
]


@pytest.mark.parametrize(("told", "error"), VERDICTS)
async def test_how_a_job_failed(
    told: dict[str, Any], error: type[errors.ProviderError], http: httpx2.AsyncClient
) -> None:
    async with scripted(media.video("failed", error=told), media.response("failed", [], error=told)) as server:
        with pytest.raises(errors.ProviderError) as seen:
            await videos(server, http).look(media.HANDLE)
        with pytest.raises(errors.ProviderError) as written:
            await writer(server, http).look(media.ANSWER)
    for caught in (seen.value, written.value):
        assert type(caught) is error
        assert caught.job_ended
        assert not caught.may_have_happened
        assert KEY not in f"{caught!s} {caught!r} {caught.envelope()}"


async def test_job_without_a_reason(http: httpx2.AsyncClient) -> None:
    async with scripted(media.video("failed"), media.video("cancelled"), media.response("cancelled")) as server:
        with pytest.raises(errors.Failed) as failed:
            await videos(server, http).look(media.HANDLE)
        with pytest.raises(errors.Rejected) as cancelled:
            await videos(server, http).look(media.HANDLE)
        with pytest.raises(errors.Rejected) as stopped:
            await writer(server, http).collect(media.ANSWER, TEXT)
    assert [caught.value.job_ended for caught in (failed, cancelled, stopped)] == [True, True, True]


QUESTIONS: list[tuple[Reply, type[errors.ProviderError], bool]] = [
    (said.error(404, "Not found"), errors.JobMissing, True),
    (Reply(404, [b"<html>Not Found</html>"], "text/html"), errors.Broken, False),
    (said.error(503, "busy"), errors.Overloaded, False),
    (said.error(429, "slow down", code="rate_limit_exceeded"), errors.RateLimited, False),
    (said.error(401, "Wrong key", code="invalid_api_key"), errors.Unauthorized, False),
    (Reply(200, [b"<html></html>"], "text/html"), errors.Broken, False),
    (Reply.json({"status": "resting"}), errors.Broken, False),
    (Reply(200, [b'{"sta'], is_whole=False), errors.Unreachable, False),
]


@pytest.mark.parametrize(("reply", "error", "ended"), QUESTIONS)
async def test_question_about_a_job_that_fails(
    reply: Reply, error: type[errors.ProviderError], ended: bool, http: httpx2.AsyncClient
) -> None:
    async with scripted(reply) as server:
        with pytest.raises(errors.ProviderError) as seen:
            await videos(server, http).look(media.HANDLE)
        with pytest.raises(errors.ProviderError) as written:
            await writer(server, http).look(media.ANSWER)
    assert [type(caught.value) for caught in (seen, written)] == [error, error]
    assert [caught.value.job_ended for caught in (seen, written)] == [ended, ended]


@pytest.mark.parametrize(
    "reply",
    [
        media.video_deleted(),
        said.error(404, "Not found"),
        said.error(400, "Cannot cancel a completed response"),
        said.error(409, "Conflict"),
    ],
)
async def test_cancel_leaves_alone_what_has_ended(reply: Reply, http: httpx2.AsyncClient) -> None:
    async with scripted(reply) as server:
        await videos(server, http).cancel(media.HANDLE)
        await writer(server, http).cancel(media.ANSWER)
    assert [(asked.method, asked.path) for asked in server.asked] == [
        ("DELETE", f"/v1/videos/{media.HANDLE}"),
        ("POST", f"/v1/responses/{media.ANSWER}/cancel"),
    ]


async def test_cancel_that_nobody_hears(http: httpx2.AsyncClient) -> None:
    async with scripted(said.error(503, "busy")) as server:
        with pytest.raises(errors.Overloaded):
            await writer(server, http).cancel(media.ANSWER)


@pytest.mark.parametrize("handle", ["../models", "a/b?c=d#e", "ä"])
async def test_handle_leads_to_no_other_address(handle: str, http: httpx2.AsyncClient) -> None:
    async with scripted(media.response()) as server:
        await writer(server, http).look(handle)
    assert server.asked[0].path.startswith("/v1/responses/")
    assert server.asked[0].path.count("/") == 3
    assert "?" not in server.asked[0].path


@pytest.mark.parametrize("begun", [{}, {"id": ""}, {"id": ".."}, {"id": "x" * 1_001}, {"id": "a\nb"}, {"id": 7}, []])
async def test_job_without_a_name(begun: Any, http: httpx2.AsyncClient) -> None:
    async with scripted(Reply.json(begun)) as server:
        with pytest.raises(errors.Broken) as caught:
            await writer(server, http).start(TEXT)
    assert caught.value.may_have_happened


async def test_answer_in_the_background(http: httpx2.AsyncClient) -> None:
    comment = media.message(media.said("I look it up."), phase="commentary")
    output = [comment, media.message(media.said("Hel"), media.said("lo"), phase="final_answer")]
    replies = [media.response("queued"), media.response("in_progress"), media.response(output=output)]
    async with scripted(*replies) as server:
        handle = await writer(server, http).start(TEXT)
        looks = [await writer(server, http).look(handle) for _ in range(2)]
        result = await writer(server, http).collect(handle, TEXT)
    assert handle == media.ANSWER
    assert [look.is_done for look in looks] == [False, True]
    assert (result.text, result.model) == ("Hello", "gpt-5.4-mini-2026-03-17")
    assert result.finish is FinishReason.STOP
    assert result.usage == Usage(81, 1035, 1116, cached_tokens=32, reasoning_tokens=832)
    path = f"/v1/responses/{media.ANSWER}"
    assert [asked.path for asked in server.asked] == ["/v1/responses", path, path, path]


async def test_request_for_an_answer_in_the_background(http: httpx2.AsyncClient) -> None:
    options = {
        "max_tokens": 9,
        "instructions": "Be brief.",
        "reasoning_effort": "low",
        "verbosity": "low",
        "top_p": 0.5,
    }
    async with scripted(media.response("queued")) as server:
        await writer(server, http).start(MediaRequest("gpt-5.4-mini", "What is it?", (PICTURE,), options))
        await writer(server, http).start(MediaRequest("m", "Hi", (), {"max_output_tokens": 7, "max_tokens": 9}))
    picture = {
        "type": "input_image",
        "detail": "auto",
        "image_url": server.asked[0].json["input"][0]["content"][1]["image_url"],
    }
    assert picture["image_url"].startswith("data:image/png;base64,iVBORw0KGgo")
    assert server.asked[0].json == {
        "model": "gpt-5.4-mini",
        "background": True,
        "store": True,
        "instructions": "Be brief.",
        "max_output_tokens": 9,
        "reasoning": {"effort": "low"},
        "text": {"verbosity": "low"},
        "top_p": 0.5,
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "What is it?"}, picture]}],
    }
    assert server.asked[1].json["max_output_tokens"] == 7
    assert "max_tokens" not in server.asked[1].json


ENDS: list[tuple[Reply, str, FinishReason]] = [
    (
        media.response(output=[media.message({"type": "refusal", "refusal": "I cannot help."})]),
        "I cannot help.",
        FinishReason.REFUSAL,
    ),
    (media.response("incomplete", incomplete_details={"reason": "max_output_tokens"}), "Hello", FinishReason.LENGTH),
    (
        media.response("incomplete", incomplete_details={"reason": "content_filter"}),
        "Hello",
        FinishReason.CONTENT_FILTER,
    ),
    (media.response("incomplete", incomplete_details={"reason": "steered"}), "Hello", FinishReason.OTHER),
    (media.response("incomplete"), "Hello", FinishReason.OTHER),
    (media.response(output=[]), "", FinishReason.STOP),
]


@pytest.mark.parametrize(("reply", "text", "finish"), ENDS)
async def test_end_of_an_answer(reply: Reply, text: str, finish: FinishReason, http: httpx2.AsyncClient) -> None:
    async with scripted(reply) as server:
        assert (await writer(server, http).look(media.ANSWER)).is_done
        result = await writer(server, http).collect(media.ANSWER, TEXT)
    assert (result.text, result.finish) == (text, finish)
