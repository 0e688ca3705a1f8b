"""Pictures, speech and transcripts by OpenAI: what is asked, what comes of it, and how each craft fails."""

from base64 import b64encode
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesParser
from typing import Any

import httpx2
import pytest

from spoonfeeder.core.errors import Invalid
from spoonfeeder.core.vocabulary import FinishReason, Provider
from spoonfeeder.providers import errors
from spoonfeeder.providers.base import Connection, Usage
from spoonfeeder.providers.makers import is_remote, maker_class, remote_maker_class
from spoonfeeder.providers.media import Craft, InputFile, Made, MediaRequest
from spoonfeeder.providers.openai_options import first_refused
from tests.fixtures import openai_media_replies as media
from tests.fixtures import openai_replies as said
from tests.fixtures.scripted import Asked, Reply, Scripted, scripted
from tests.providers.making import FAILURES, PATIENCE_SECONDS, Replies, failing, files_of

KEY = "sk-proj-canary-5Up3rS3cr3t"
RECORDING = InputFile("audio/mpeg", media.MP3)
INPUTS: Mapping[Craft, tuple[InputFile, ...]] = {Craft.TRANSCRIPTION: (RECORDING,)}


def connected(url: str, *, key: str | None = KEY, seconds: float = 30.0) -> Connection:
    return Connection(Provider.OPENAI, f"{url}/v1", key, seconds)


def wanting(craft: Craft, *inputs: InputFile, model: str = "", prompt: str = "A cat", **options: Any) -> MediaRequest:
    return MediaRequest(model or "gpt-image-2", prompt, inputs or INPUTS.get(craft, ()), options)


async def made(
    craft: Craft, server: Scripted, http: httpx2.AsyncClient, request: MediaRequest, key: str | None = KEY
) -> Made:
    return await maker_class(Provider.OPENAI, craft)(connected(server.url, key=key), http).make(request)


async def ask(craft: Craft, connection: Connection, http: httpx2.AsyncClient, request: MediaRequest) -> None:
    if is_remote(Provider.OPENAI, craft):
        await remote_maker_class(Provider.OPENAI, craft)(connection, http).start(request)
    else:
        await maker_class(Provider.OPENAI, craft)(connection, http).make(request)


def form_of(asked: Asked) -> dict[str, Message]:
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    parts = BytesParser().parsebytes(head + asked.body).get_payload()
    assert isinstance(parts, list)
    named = [part for part in parts if isinstance(part, Message)]
    return {str(part.get_param("name", header="content-disposition")): part for part in named}


def plain_form(asked: Asked) -> dict[str, Any]:
    return {name: part.get_payload() for name, part in form_of(asked).items() if part.get_filename() is None}


REPLIES: Replies = {
    "bad_request": lambda: said.error(400, "Wrong", param="size", code="invalid_value"),
    "blocked": lambda: said.error(400, "Blocked", kind="image_generation_user_error", code="moderation_blocked"),
    "bad_key": lambda: said.error(401, f"Incorrect API key provided: {KEY}.", code="invalid_api_key"),
    "no_credit": lambda: said.error(429, "You exceeded", kind="insufficient_quota", code="insufficient_quota"),
    "forbidden": lambda: said.error(403, "Country not supported", code="unsupported_country_region_territory"),
    "unknown_model": lambda: said.error(404, "The model `x` does not exist", code="model_not_found"),
    "rate_limit": lambda: said.error(429, "Slow down", code="rate_limit_exceeded"),
    "failed": lambda: said.error(500, f"The server had an error with {KEY}", kind="server_error"),
    "overloaded": lambda: said.error(503, "The engine is overloaded", kind="server_error"),
    "gateway_gave_up": lambda: Reply(504, [b"<html>upstream</html>"], "text/html"),
    "redirect": lambda: Reply(307, [], headers={"location": "http://127.0.0.1:9/v1/images/generations"}),
    "web_page": lambda: Reply(200, [b"<html>Welcome to nginx</html>"], "text/html"),
    "garbage": lambda: Reply(200, [b"{not json"]),
}


@pytest.mark.parametrize("craft", Craft)
@pytest.mark.parametrize("name", FAILURES)
async def test_failure(name: str, craft: Craft, http: httpx2.AsyncClient) -> None:
    async with failing(name, REPLIES) as url:
        connection = connected(url, seconds=PATIENCE_SECONDS if name == "silence" else 30.0)
        with pytest.raises(errors.ProviderError) as caught:
            await ask(craft, connection, http, wanting(craft))
    error = caught.value
    assert type(error) is FAILURES[name].error
    assert error.may_have_happened is FAILURES[name].may_have_happened
    assert not error.job_ended
    assert KEY not in f"{error!s} {error!r} {error.envelope()}"


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_server_without_this_craft(status: int, http: httpx2.AsyncClient) -> None:
    async with scripted(Reply.json({"detail": "Not Found"}, status)) as server:
        with pytest.raises(errors.NotSupported, match="image"):
            await made(Craft.IMAGE, server, http, wanting(Craft.IMAGE))


async def test_picture_with_all_that_is_told_of_it(http: httpx2.AsyncClient) -> None:
    async with scripted(media.images(media.png(1), media.png(2))) as server:
        result = await made(Craft.IMAGE, server, http, wanting(Craft.IMAGE, n=2, size="1024x1024"))
    assert await files_of(result) == [media.png(1), media.png(2)]
    assert [file.media_type for file in result.files] == ["image/png", "image/png"]
    assert (result.model, result.finish) == ("gpt-image-2", FinishReason.STOP)
    assert result.usage == Usage(50, 1056, 1106)
    assert result.details == {
        "count": 2,
        "size": "1024x1024",
        "quality": "high",
        "background": "opaque",
        "input_image_tokens": 40,
        "input_text_tokens": 10,
        "output_image_tokens": 1056,
        "output_text_tokens": 0,
    }
    asked = server.asked[0]
    assert (asked.method, asked.path, asked.headers["authorization"]) == (
        "POST",
        "/v1/images/generations",
        f"Bearer {KEY}",
    )
    assert asked.json == {"model": "gpt-image-2", "prompt": "A cat", "n": 2, "size": "1024x1024"}


async def test_server_of_ones_own_is_told_how_to_send_a_picture(http: httpx2.AsyncClient) -> None:
    reply = Reply.json({"data": [{"b64_json": b64encode(media.png()).decode(), "revised_prompt": "A cat, grey"}]})
    async with scripted(reply) as server:
        request = wanting(Craft.IMAGE, model="flux", steps=4, output_format="webp")
        result = await made(Craft.IMAGE, server, http, request, key=None)
    assert result.details == {"count": 1, "revised_prompt": "A cat, grey"}
    assert result.files[0].media_type == "image/webp"
    assert server.asked[0].json["response_format"] == "b64_json"
    assert server.asked[0].json["steps"] == 4
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize(("count", "field"), [(1, "image"), (2, "image[]")])
async def test_pictures_to_edit(count: int, field: str, http: httpx2.AsyncClient) -> None:
    async with scripted(media.images()) as server:
        inputs = [InputFile("image/jpeg", media.png(place)) for place in range(count)]
        await made(Craft.IMAGE, server, http, wanting(Craft.IMAGE, *inputs, quality="low", n=2))
    asked = server.asked[0]
    assert asked.path == "/v1/images/edits"
    assert plain_form(asked) == {"model": "gpt-image-2", "prompt": "A cat", "quality": "low", "n": "2"}
    assert asked.body.count(f'name="{field}"'.encode()) == count
    last = form_of(asked)[field]
    assert (last.get_filename(), last.get_content_type()) == (f"picture-{count}.jpeg", "image/jpeg")
    assert last.get_payload(decode=True) == media.png(count - 1)


@pytest.mark.parametrize(
    "data",
    [
        {"data": []},
        {"data": None},
        {"data": [{"url": "http://127.0.0.1:9/picture.png"}]},
        {"data": [{"b64_json": "not base64!"}]},
        {"data": [{"b64_json": "AAA"}]},
        {},
    ],
)
async def test_answer_without_a_picture(data: dict[str, Any], http: httpx2.AsyncClient) -> None:
    async with scripted(Reply.json(data)) as server:
        with pytest.raises(errors.Broken) as caught:
            await made(Craft.IMAGE, server, http, wanting(Craft.IMAGE))
    assert caught.value.may_have_happened


async def test_strange_words_beside_a_picture_do_not_cost_it(http: httpx2.AsyncClient) -> None:
    async with scripted(media.images(usage={"input_tokens": "many"}, size=[1], quality={}, output_format=7)) as server:
        result = await made(Craft.IMAGE, server, http, wanting(Craft.IMAGE))
    assert await files_of(result) == [media.png()]
    assert result.usage == Usage()


async def test_error_in_an_answer_of_success(http: httpx2.AsyncClient) -> None:
    error = {"error": {"message": "x", "code": "content_policy_violation"}}
    async with scripted(Reply.json(error)) as server:
        with pytest.raises(errors.ContentPolicy):
            await made(Craft.IMAGE, server, http, wanting(Craft.IMAGE))
        with pytest.raises(errors.ContentPolicy):
            await made(Craft.TRANSCRIPTION, server, http, wanting(Craft.TRANSCRIPTION))


async def test_picture_of_a_reseller(http: httpx2.AsyncClient) -> None:
    """The models are the same, and as touchy."""
    async with scripted(media.images()) as server:
        for model in ("openai/gpt-image-2", "gpt-image-2", "my-diffusion"):
            await made(Craft.IMAGE, server, http, wanting(Craft.IMAGE, model=model))
    assert ["response_format" in asked.json for asked in server.asked] == [False, False, True]


async def test_too_many_pictures(http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spoonfeeder.providers.openai_images.MOST_REPLY_BYTES", 1_000)
    async with scripted(media.images(bytes(2_000))) as server:
        with pytest.raises(errors.Broken, match="longer"):
            await made(Craft.IMAGE, server, http, wanting(Craft.IMAGE))


async def test_speech(http: httpx2.AsyncClient) -> None:
    async with scripted(media.speech(), media.speech(media_type="application/octet-stream")) as server:
        spoken = await made(Craft.SPEECH, server, http, wanting(Craft.SPEECH, model="tts-1", prompt="Grüß Gott"))
        assert await files_of(spoken) == [media.MP3]
        request = wanting(Craft.SPEECH, model="tts-1", voice="nova", speed=1.5, response_format="opus")
        other = await made(Craft.SPEECH, server, http, request)
        assert await files_of(other) == [media.MP3]
    assert (spoken.files[0].media_type, other.files[0].media_type) == ("audio/mpeg", "audio/ogg")
    assert spoken.details == {"count": 1, "characters": 9}
    plain, chosen = (asked.json for asked in server.asked)
    assert plain == {"model": "tts-1", "input": "Grüß Gott", "voice": "alloy", "response_format": "mp3"}
    assert chosen == {"model": "tts-1", "input": "A cat", "voice": "nova", "speed": 1.5, "response_format": "opus"}
    assert server.asked[0].path == "/v1/audio/speech"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (media.speech(is_whole=False), errors.StreamTruncated),
        (media.speech(b""), errors.Broken),
        (media.speech(bytes(20_000)), errors.Broken),
    ],
)
async def test_speech_that_is_no_whole_file(
    reply: Reply, error: type[errors.ProviderError], http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spoonfeeder.providers.openai_speech.MOST_BYTES", 15_000)
    async with scripted(reply) as server:
        with pytest.raises(error) as caught:
            await made(Craft.SPEECH, server, http, wanting(Craft.SPEECH))
    assert type(caught.value) is error
    assert caught.value.may_have_happened


@pytest.mark.parametrize("asked_for", ["pcm", "", 7, None])
async def test_speech_only_as_a_file_that_explains_itself(asked_for: Any, http: httpx2.AsyncClient) -> None:
    async with scripted(media.speech()) as server:
        with pytest.raises(Invalid, match="mp3, opus"):
            await made(Craft.SPEECH, server, http, wanting(Craft.SPEECH, response_format=asked_for))
    assert not server.asked


async def test_transcript(http: httpx2.AsyncClient) -> None:
    async with scripted(media.transcription()) as server:
        request = wanting(Craft.TRANSCRIPTION, model="gpt-transcribe", prompt="Names: Ægir", languages=["de", "en"])
        result = await made(Craft.TRANSCRIPTION, server, http, request)
    assert (result.text, result.model) == ("Hello, Wörld.", "gpt-transcribe")
    assert result.usage == Usage(14, 45, 59)
    assert result.details == {"input_audio_tokens": 10, "input_text_tokens": 4}
    asked = server.asked[0]
    assert asked.path == "/v1/audio/transcriptions"
    assert asked.body.count(b'name="languages[]"') == 2
    assert "Ægir" in asked.body.decode("utf-8", "replace")
    file = form_of(asked)["file"]
    assert (file.get_filename(), file.get_content_type()) == ("recording.mp3", "audio/mpeg")
    assert file.get_payload(decode=True) == media.MP3


@pytest.mark.parametrize(
    ("reply", "response_format", "text", "details"),
    [
        (media.transcription("Hi", {"type": "duration", "seconds": 9}), "json", "Hi", {"input_seconds": 9.0}),
        (
            media.transcription("Hi", {}, duration=8.47, language="english"),
            "verbose_json",
            "Hi",
            {"input_seconds": 8.47, "language": "english"},
        ),
        (media.transcription("", {"type": "?", "input_tokens": []}), None, "", {}),
        (Reply(200, [b"1\n00:00:00,000 --> "], "text/plain"), "srt", "1\n00:00:00,000 --> ", {}),
    ],
)
async def test_transcript_in_other_forms(
    reply: Reply, response_format: str | None, text: str, details: dict[str, Any], http: httpx2.AsyncClient
) -> None:
    options = {"response_format": response_format} if response_format else {}
    async with scripted(reply) as server:
        request = MediaRequest("whisper-1", "", (RECORDING,), options)
        result = await made(Craft.TRANSCRIPTION, server, http, request)
    assert (result.text, result.details) == (text, details)
    assert plain_form(server.asked[0]) == {"model": "whisper-1", **options}


async def test_transcript_that_tells_speakers_takes_no_prompt(http: httpx2.AsyncClient) -> None:
    async with scripted(media.transcription()) as server:
        request = wanting(Craft.TRANSCRIPTION, InputFile("audio/x-wav", b"RIFF"), model="gpt-4o-transcribe-diarize")
        await made(Craft.TRANSCRIPTION, server, http, request)
    assert plain_form(server.asked[0]) == {"model": "gpt-4o-transcribe-diarize"}
    assert form_of(server.asked[0])["file"].get_filename() == "recording.wav"


@pytest.mark.parametrize("inputs", [(), (RECORDING, RECORDING)])
async def test_one_recording_at_a_time(inputs: tuple[InputFile, ...], http: httpx2.AsyncClient) -> None:
    async with scripted(media.transcription()) as server:
        with pytest.raises(Invalid):
            await made(Craft.TRANSCRIPTION, server, http, MediaRequest("whisper-1", "", inputs))
    assert not server.asked


OWN, OTHER = "https://api.openai.com/v1", "http://127.0.0.1:8080/v1"
OPTIONS = [
    (Craft.IMAGE, OWN, {"n": 2, "background": "transparent", "quality": "low"}, None),
    (Craft.IMAGE, OWN, {"steps": 4}, "steps"),
    (Craft.IMAGE, OTHER, {"steps": 4, "n": 2, "response_format": "url"}, None),
    (Craft.IMAGE, OTHER, {"Model": "x"}, "Model"),
    (Craft.IMAGE, OTHER, {"mask": "x"}, "mask"),
    (Craft.SPEECH, OWN, {"voice": {"id": "voice_1"}, "instructions": "Slowly"}, None),
    (Craft.SPEECH, OTHER, {"stream_format": "sse"}, "stream_format"),
    (Craft.SPEECH, OTHER, {"input": "x"}, "input"),
    (Craft.TRANSCRIPTION, None, {"language": "de", "temperature": 0}, None),
    (Craft.TRANSCRIPTION, OTHER, {"file": "x"}, "file"),
    (Craft.VIDEO, None, {"seconds": 8, "size": "720x1280", "fps": 24}, "fps"),
    (Craft.BACKGROUND_TEXT, None, {"max_tokens": 9, "reasoning_effort": "low"}, None),
    (Craft.BACKGROUND_TEXT, None, {"stop": ["\n"]}, "stop"),
    (Craft.BACKGROUND_TEXT, None, {"previous_response_id": "resp_1"}, "previous_response_id"),
    (Craft.BACKGROUND_TEXT, OTHER, {"store": False}, "store"),
    (Craft.BACKGROUND_TEXT, OTHER, {"extra_headers": {}}, "extra_headers"),
]


@pytest.mark.parametrize(("craft", "url", "options", "refused"), OPTIONS)
def test_options_of_each_craft(craft: Craft, url: str | None, options: dict[str, Any], refused: str | None) -> None:
    assert first_refused(craft, options, url) == refused


@pytest.mark.parametrize("craft", Craft)
async def test_option_is_refused_by_name_before_anything_is_sent(craft: Craft, http: httpx2.AsyncClient) -> None:
    async with scripted(said.error(500)) as server:
        with pytest.raises(Invalid) as caught:
            await ask(craft, connected(server.url), http, wanting(craft, extra_body={}))
    assert caught.value.details is not None
    assert caught.value.details[0]["loc"] == "options.extra_body"
    assert not server.asked
