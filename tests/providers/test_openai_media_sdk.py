"""The replies that the makers are tested with, shown to OpenAI's own SDK: what it does not take proves nothing."""

from collections.abc import AsyncIterator

import httpx2
import openai
import pytest

from tests.fixtures import openai_media_replies as media
from tests.fixtures.scripted import Scripted, scripted
from tests.providers.making import WRITTEN
from tests.providers.test_openai_media import REPLIES, form_of


@pytest.fixture
async def bare() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False) as client:
        yield client


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    async with scripted(script=media.whatever_is_asked) as found:
        yield found


@pytest.fixture
def sdk(server: Scripted, bare: httpx2.AsyncClient) -> openai.AsyncOpenAI:
    return client_of(server, bare)


def client_of(server: Scripted, http: httpx2.AsyncClient) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(
        api_key="k",
        base_url=f"{server.url}/v1",
        http_client=http,
        max_retries=0,
        _strict_response_validation=True,
    )


async def test_sdk_reads_pictures(sdk: openai.AsyncOpenAI, server: Scripted) -> None:
    new = await sdk.images.generate(model="gpt-image-2", prompt="A cat")
    edited = await sdk.images.edit(model="gpt-image-2", prompt="A cat", image=[("a.png", media.png(), "image/png")])
    for answer in (new, edited):
        assert answer.data is not None
        assert answer.data[0].b64_json
        assert answer.usage is not None
        assert answer.usage.output_tokens == 1056
    assert list(form_of(server.asked[1])) == ["prompt", "model", "image[]"]


async def test_sdk_hears_speech_and_reads_transcripts(sdk: openai.AsyncOpenAI, server: Scripted) -> None:
    spoken = await sdk.audio.speech.create(model="tts-1", voice="alloy", input="Hi")
    written = await sdk.audio.transcriptions.create(
        model="gpt-transcribe", file=("a.mp3", media.MP3, "audio/mpeg"), languages=["de", "en"]
    )
    assert spoken.content == media.MP3
    assert written.text == "Hello, Wörld."
    assert written.usage is not None
    assert written.usage.type == "tokens"
    assert server.asked[1].body.count(b'name="languages[]"') == 2


@pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")
async def test_sdk_knows_the_course_of_a_video(sdk: openai.AsyncOpenAI, server: Scripted) -> None:
    begun = await sdk.videos.create(prompt="A cat", input_reference=("a.png", media.png(), "image/png"))
    done = await sdk.videos.retrieve(begun.id)
    content = await sdk.videos.download_content(done.id)
    deleted = await sdk.videos.delete(done.id)
    assert (begun.status, done.status, done.seconds, deleted.deleted) == ("queued", "completed", "8", True)
    assert content.content == media.MP4
    assert list(form_of(server.asked[0])) == ["prompt", "input_reference"]


async def test_sdk_knows_the_course_of_an_answer(sdk: openai.AsyncOpenAI) -> None:
    begun = await sdk.responses.create(model="m", input="Hello?", background=True)
    done = await sdk.responses.retrieve(begun.id)
    stopped = await sdk.responses.cancel(begun.id)
    assert (begun.status, done.status, stopped.status) == ("queued", "completed", "cancelled")
    assert done.output_text == "Hello"
    assert done.usage is not None
    assert done.usage.output_tokens_details.reasoning_tokens == 832


@pytest.mark.parametrize("name", WRITTEN)
async def test_sdk_knows_the_error(name: str, bare: httpx2.AsyncClient) -> None:
    async with scripted(REPLIES[name]()) as server:
        with pytest.raises(openai.APIStatusError) as caught:
            await client_of(server, bare).images.generate(model="gpt-image-2", prompt="A cat")
    assert caught.value.body is not None
    assert caught.value.type is not None
