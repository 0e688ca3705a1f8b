"""Google's own SDK reads the replies that the makers are tested with, and sends what they send."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from google import genai
from google.genai import types

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.gemini_video import GeminiVideo
from spoonfeeder.providers.media import InputFile, MediaRequest
from tests.fixtures import gemini_media_replies as media
from tests.fixtures.scripted import Asked, Reply, Scripted, scripted

PICTURE = b"\x89PNG picture"


@pytest.fixture
async def bare() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False) as client:
        yield client


def sdk(server: Scripted, http: httpx2.AsyncClient) -> genai.client.AsyncClient:
    options = types.HttpOptions(
        base_url=server.url,
        api_version="v1beta",
        httpx_async_client=http,
        retry_options=types.HttpRetryOptions(attempts=1),
    )
    return genai.Client(vertexai=False, api_key="k", http_options=options).aio


async def answered(reply: Reply, http: httpx2.AsyncClient) -> types.GenerateContentResponse:
    async with scripted(reply) as server:
        return await sdk(server, http).models.generate_content(model=media.IMAGE_MODEL, contents="A lighthouse")


async def test_sdk_reads_pictures_and_tokens(bare: httpx2.AsyncClient) -> None:
    answer = await answered(media.pictures(b"one", b"two", text="Here"), bare)
    blobs = [part.inline_data for part in answer.parts or () if part.inline_data]
    assert [(blob.mime_type, blob.data) for blob in blobs] == [("image/png", b"one"), ("image/png", b"two")]
    usage = answer.usage_metadata
    assert usage is not None
    assert usage.candidates_tokens_details is not None
    (share,) = usage.candidates_tokens_details
    assert (share.modality, share.token_count) == (types.MediaModality.IMAGE, 1120)


async def test_sdk_reads_speech_and_transcripts(bare: httpx2.AsyncClient) -> None:
    [part] = (await answered(media.speech(), bare)).parts or []
    assert part.inline_data is not None
    assert part.inline_data.data == media.SAMPLES
    [turn] = (await answered(media.heard(("spk_1", "Hi")), bare)).parts or []
    assert turn.audio_transcription is not None
    assert (turn.audio_transcription.speaker_label, turn.audio_transcription.text) == ("spk_1", "Hi")


@pytest.mark.parametrize("reason", ["IMAGE_SAFETY", "NO_IMAGE", "IMAGE_OTHER", "PROHIBITED_CONTENT"])
async def test_sdk_knows_the_end(reason: str, bare: httpx2.AsyncClient) -> None:
    answer = await answered(media.nothing(reason), bare)
    assert answer.candidates is not None
    assert answer.candidates[0].finish_reason is types.FinishReason(reason)


def _told(asked: Asked) -> tuple[str, str, Any, str]:
    return asked.method, asked.path.partition("?")[0], asked.body and asked.json, asked.headers["x-goog-api-key"]


async def test_sdk_begins_and_cancels_a_video_in_the_same_words(
    bare: httpx2.AsyncClient, http: httpx2.AsyncClient
) -> None:
    request = MediaRequest(
        media.VIDEO_MODEL,
        "Waves",
        (InputFile("image/png", PICTURE),),
        {"seconds": 8, "aspect_ratio": "16:9", "task": "image_to_video"},
    )
    async with scripted(media.interaction("in_progress")) as server:
        ours = GeminiVideo(Connection(Provider.GEMINI, server.url, "k"), http)
        await ours.start(request)
        await ours.look(media.HANDLE)
        await ours.cancel(media.HANDLE)
        theirs = sdk(server, bare).interactions
        await theirs.create(
            model=media.VIDEO_MODEL,
            input=[
                {"type": "image", "mime_type": "image/png", "data": b64encode(PICTURE).decode()},
                {"type": "text", "text": "Waves"},
            ],
            response_format={"type": "video", "delivery": "uri", "duration": "8s", "aspect_ratio": "16:9"},
            generation_config={"video_config": {"task": "image_to_video"}},
            background=True,
            store=True,
        )
        await theirs.get(media.HANDLE)
        await theirs.cancel(media.HANDLE)
    told = [_told(asked) for asked in server.asked]
    assert told[:3] == told[3:]


async def test_sdk_reads_the_end_of_a_video(bare: httpx2.AsyncClient) -> None:
    replies = (
        media.interaction("completed", media.stored_video()),
        media.interaction("completed", media.inline_video(b"video")),
        media.failed("x", "Blocked by the safety filters"),
    )
    async with scripted(*replies) as server:
        interactions = sdk(server, bare).interactions
        stored, inline, failed = [await interactions.get(media.HANDLE) for _ in replies]
    assert stored.output_video is not None
    assert stored.output_video.uri == media.URI
    assert stored.usage is not None
    assert stored.usage.total_output_tokens == 57920
    assert inline.output_video is not None
    assert b64decode(inline.output_video.data or "") == b"video"
    assert failed.status == "failed"
    assert failed.errors is not None
    assert failed.errors[0].message == "Blocked by the safety filters"


async def test_sdk_fetches_the_file_from_the_same_place(bare: httpx2.AsyncClient, http: httpx2.AsyncClient) -> None:
    replies = media.interaction("completed", media.stored_video()), media.content(b"video")
    async with scripted(*replies) as server:
        ours = await GeminiVideo(Connection(Provider.GEMINI, server.url, "k"), http).collect(
            media.HANDLE, MediaRequest(media.VIDEO_MODEL, "Waves")
        )
        assert b"".join([chunk async for chunk in ours.files[0].chunks()]) == b"video"
        assert await sdk(server, bare).files.download(file=media.URI) == b"video"
    _, own, theirs = (asked.path for asked in server.asked)
    assert own == theirs
