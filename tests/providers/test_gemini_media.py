"""Pictures, speech and transcripts by Gemini, by replies recorded or documented: what comes out, and what fails."""

import asyncio
import io
import wave
from base64 import b64decode
from contextlib import aclosing
from typing import Any

import pytest

from spoonfeeder.core.errors import Invalid
from spoonfeeder.core.vocabulary import FinishReason, Provider
from spoonfeeder.providers import errors, gemini_generation
from spoonfeeder.providers.base import Connection, Usage
from spoonfeeder.providers.makers import maker_class
from spoonfeeder.providers.media import Craft, InputFile, Made, MadeFile, MediaRequest
from tests.fixtures import gemini_media_replies as media
from tests.fixtures import gemini_replies as gemini
from tests.fixtures.scripted import Asked, Reply, Scripted, scripted
from tests.serving import NOBODY_URL

KEY = "AIzaSyCanary-6f1f0c5b-0123456789abcdef"
RECORDING = InputFile("audio/mpeg", b"ID3 recording")
MODELS = {
    Craft.IMAGE: media.IMAGE_MODEL,
    Craft.SPEECH: media.SPEECH_MODEL,
    Craft.TRANSCRIPTION: media.TRANSCRIPTION_MODEL,
}
GOOD = {
    Craft.IMAGE: media.pictures(b"one"),
    Craft.SPEECH: media.speech(),
    Craft.TRANSCRIPTION: media.heard((None, "Good morning.")),
}


async def make(
    server: Scripted,
    http: Any,
    craft: Craft,
    *inputs: InputFile,
    model: str | None = None,
    prompt: str = "A lighthouse",
    first_byte: float = 20.0,
    **options: Any,
) -> Made:
    if craft is Craft.TRANSCRIPTION and not inputs:
        inputs = (RECORDING,)
    maker = maker_class(Provider.GEMINI, craft)(Connection(Provider.GEMINI, server.url, KEY, first_byte), http)
    return await maker.make(MediaRequest(model or MODELS[craft], prompt, inputs, options))


async def bytes_of(file: MadeFile) -> bytes:
    async with aclosing(file.chunks()) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def test_pictures_by_another_success_than_ok(http: Any) -> None:
    """They were paid for."""
    async with scripted(Reply(201, media.pictures(b"one").chunks)) as server:
        made = await make(server, http, Craft.IMAGE)
    assert [await bytes_of(file) for file in made.files] == [b"one"]


async def test_pictures_with_words(http: Any) -> None:
    async with scripted(media.pictures(b"one", b"two", text="Here they are.")) as server:
        made = await make(server, http, Craft.IMAGE, aspect_ratio="16:9", image_size="2K", seed=7)
    assert [(file.media_type, await bytes_of(file)) for file in made.files] == [
        ("image/png", b"one"),
        ("image/png", b"two"),
    ]
    assert (made.text, made.model, made.finish) == ("Here they are.", media.IMAGE_MODEL, FinishReason.STOP)
    assert made.usage == Usage(input_tokens=9, output_tokens=1120, total_tokens=1129)
    assert made.details == {
        "count": 2,
        "aspect_ratio": "16:9",
        "image_size": "2K",
        "input_text_tokens": 9,
        "output_image_tokens": 1120,
    }
    (asked,) = server.asked
    assert asked.path == f"/v1beta/models/{media.IMAGE_MODEL}:generateContent"
    assert asked.headers["x-goog-api-key"] == KEY
    assert asked.json["generationConfig"] == {
        "seed": 7,
        "responseModalities": ["TEXT", "IMAGE"],
        "imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"},
    }


async def test_pictures_are_edited_with_the_words_behind_them(http: Any) -> None:
    inputs = InputFile("image/png", b"p" * 300_000), InputFile("image/webp", b"second")
    async with scripted(media.pictures(b"new")) as server:
        await make(server, http, Craft.IMAGE, *inputs, prompt="Put one into the other")
    first, second, words = server.asked[0].json["contents"][0]["parts"]
    assert first["inlineData"]["mime_type"] == "image/png"
    assert b64decode(first["inlineData"]["data"]) == inputs[0].data
    assert b64decode(second["inlineData"]["data"]) == b"second"
    assert words == {"text": "Put one into the other"}


async def test_thoughts_are_no_pictures(http: Any) -> None:
    draft, final = media.inline(b"draft") | {"thought": True}, media.inline(b"final")
    async with scripted(Reply.json(media.answer({"text": "Hm", "thought": True}, draft, final))) as server:
        made = await make(server, http, Craft.IMAGE)
    assert [await bytes_of(file) for file in made.files] == [b"final"]
    assert made.text is None


async def test_what_was_made_before_the_filter_is_kept(http: Any) -> None:
    async with scripted(media.pictures(b"one", finish="IMAGE_SAFETY")) as server:
        made = await make(server, http, Craft.IMAGE)
    assert (len(made.files), made.finish) == (1, FinishReason.CONTENT_FILTER)


@pytest.mark.parametrize(
    "reply",
    [media.speech(), media.speech(media.SAMPLES[:16_000], media.SAMPLES[16_000:])],
    ids=["one part", "two parts"],
)
async def test_samples_become_a_wav_file(reply: Reply, http: Any) -> None:
    async with scripted(reply) as server:
        made = await make(server, http, Craft.SPEECH, prompt="Good morning", voice="Kore", language_code="en-GB")
    (file,) = made.files
    assert file.media_type == "audio/wav"
    with wave.open(io.BytesIO(await bytes_of(file))) as heard:
        assert (heard.getnchannels(), heard.getsampwidth(), heard.getframerate()) == (1, 2, 24_000)
        assert heard.readframes(heard.getnframes()) == media.SAMPLES
    assert made.details == {
        "count": 1,
        "characters": 12,
        "seconds": 1.0,
        "input_text_tokens": 9,
        "output_audio_tokens": 1120,
    }
    assert server.asked[0].json["generationConfig"] == {
        "responseModalities": ["AUDIO"],
        "speechConfig": {
            "language_code": "en-GB",
            "voice_config": {"prebuilt_voice_config": {"voice_name": "Kore"}},
        },
    }


async def test_rate_is_as_told_and_other_sound_stays_as_it_is(http: Any) -> None:
    async with scripted(media.speech(bytes(32_000), media_type="audio/L16;rate=16000")) as server:
        made = await make(server, http, Craft.SPEECH)
    assert made.details["seconds"] == 1.0
    async with scripted(media.speech(b"OggS", media_type="audio/ogg")) as server:
        (file,) = (await make(server, http, Craft.SPEECH)).files
    assert (file.media_type, await bytes_of(file)) == ("audio/ogg", b"OggS")


async def test_several_speakers_in_googles_own_words(http: Any) -> None:
    speakers = [{"speaker": "Joe", "voice_config": {"prebuilt_voice_config": {"voice_name": "Puck"}}}]
    config = {"multi_speaker_voice_config": {"speaker_voice_configs": speakers}}
    async with scripted(media.speech()) as server:
        await make(server, http, Craft.SPEECH, speech_config=config)
    sent = server.asked[0].json["generationConfig"]["speechConfig"]["multi_speaker_voice_config"]
    assert sent["speaker_voice_configs"][0]["speaker"] == "Joe"


HEARD = {
    "one speaker": (media.heard((None, "Good morning."), (None, "How are you?")), "Good morning. How are you?"),
    "two speakers": (media.heard(("spk_1", "Hello"), ("spk_2", "Hi")), "spk_1: Hello\nspk_2: Hi"),
    "a general model": (media.transcript("Good morning."), "Good morning."),
    "silence": (media.nothing("STOP"), ""),
}


@pytest.mark.parametrize("row", HEARD)
async def test_transcript(row: str, http: Any) -> None:
    reply, text = HEARD[row]
    async with scripted(reply) as server:
        made = await make(server, http, Craft.TRANSCRIPTION)
    assert (made.text, made.files, made.finish) == (text, (), FinishReason.STOP)


async def test_only_general_models_are_told_to_write_down(http: Any) -> None:
    async with scripted(media.heard((None, "Hi"))) as server:
        await make(server, http, Craft.TRANSCRIPTION, prompt="", language="de", diarization=True)
        await make(server, http, Craft.TRANSCRIPTION, prompt="It is about tea", model="gemini-3.8-flash")
    made_for_it, general = (asked.json for asked in server.asked)
    (recording,) = made_for_it["contents"][0]["parts"]
    assert recording["inlineData"]["mime_type"] == "audio/mpeg"
    assert b64decode(recording["inlineData"]["data"]) == RECORDING.data
    assert made_for_it["generationConfig"]["audioTranscriptionConfig"] == {
        "language_codes": ["de"],
        "diarization": True,
    }
    told = general["contents"][0]["parts"][1]["text"]
    assert "word for word" in told
    assert told.endswith("It is about tea")


@pytest.mark.parametrize("craft", [Craft.IMAGE, Craft.TRANSCRIPTION])
async def test_more_than_google_takes_at_once(craft: Craft, http: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gemini_generation, "MOST_INPUT_BYTES", 1024 * 1024)
    kind = "audio/mpeg" if craft is Craft.TRANSCRIPTION else "image/png"
    async with scripted(GOOD[craft]) as server:
        with pytest.raises(Invalid, match="at most 1 MiB") as caught:
            await make(server, http, craft, InputFile(kind, bytes(1024 * 1024 + 1)))
    assert caught.value.status == 422
    assert not server.asked


WRONG_OPTIONS = {
    "unknown": (Craft.IMAGE, "colour", "blue"),
    "decided by us": (Craft.IMAGE, "response_modalities", ["AUDIO"]),
    "how many": (Craft.IMAGE, "candidate_count", 2),
    "another target": (Craft.IMAGE, "http_options", {"base_url": "http://127.0.0.1:9"}),
    "reserved": (Craft.SPEECH, "system_instruction", "x"),
    "of another shape": (Craft.IMAGE, "aspect_ratio", ["16:9"]),
    "within the shape": (Craft.IMAGE, "image_config", {"tea": 1}),
    "no name": (Craft.SPEECH, "voice", 3),
    "no list": (Craft.TRANSCRIPTION, "language", {"a": 1}),
    "another craft's": (Craft.TRANSCRIPTION, "voice", "Kore"),
}


@pytest.mark.parametrize("row", WRONG_OPTIONS)
async def test_wrong_option_is_named_before_anything_is_sent(row: str, http: Any) -> None:
    craft, name, value = WRONG_OPTIONS[row]
    async with scripted(GOOD[craft]) as server:
        with pytest.raises(Invalid, match=name):
            await make(server, http, craft, **dict[str, Any]({name: value}))
    assert not server.asked


FAILURES: dict[str, tuple[Reply, type[errors.ProviderError], bool]] = {
    "bad key": (gemini.bad_key(KEY), errors.Unauthorized, False),
    "forbidden": (gemini.refused(403, "PERMISSION_DENIED", "Not for you"), errors.NotPermitted, False),
    "unknown model": (gemini.refused(404, "NOT_FOUND", "models/x is not found"), errors.ModelMissing, False),
    "bad request": (gemini.refused(400, "INVALID_ARGUMENT", "Invalid value"), errors.Rejected, False),
    "rate limit": (gemini.refused(429, "RESOURCE_EXHAUSTED", "Slow down"), errors.RateLimited, False),
    "failed": (gemini.refused(500, "INTERNAL", "Internal error"), errors.Failed, False),
    "overloaded": (gemini.refused(503, "UNAVAILABLE", "Overloaded"), errors.Overloaded, False),
    "too slow at Google's": (gemini.refused(504, "DEADLINE_EXCEEDED", "Too slow"), errors.Timeout, False),
    "gateway": (Reply(502, [b"<html>bad gateway</html>"], "text/html"), errors.Failed, True),
    "redirect": (Reply(307, [], headers={"location": "http://127.0.0.1:9/"}), errors.Broken, False),
    "blocked prompt": (Reply.json(gemini.blocked("IMAGE_SAFETY")), errors.ContentPolicy, False),
    "error with 200": (Reply.json(gemini.error(503, "UNAVAILABLE", "Overloaded")), errors.Overloaded, False),
    "filtered": (media.nothing("IMAGE_SAFETY"), errors.ContentPolicy, False),
    "prohibited": (media.nothing("PROHIBITED_CONTENT"), errors.ContentPolicy, False),
    "page": (Reply(200, [b"<html>Welcome to nginx</html>"], "text/html"), errors.Broken, True),
    "nothing": (Reply.json({}), errors.Broken, True),
    "no candidates": (Reply.json({"candidates": []}), errors.Broken, True),
    "another shape": (Reply.json({"candidates": 1}), errors.Broken, True),
    "cut": (Reply(200, [b'{"candidates": ['], is_whole=False), errors.StreamTruncated, True),
    "cut before the answer": (Reply(200, [], is_whole=False), errors.StreamTruncated, True),
}
"""And whether the request may have been carried out all the same."""


@pytest.mark.parametrize("craft", GOOD)
async def test_failure(craft: Craft, http: Any) -> None:
    told = []
    for row, (reply, kind, may_have_happened) in FAILURES.items():
        async with scripted(reply) as server:
            with pytest.raises(errors.ProviderError) as caught:
                await make(server, http, craft)
        error = caught.value
        assert (row, type(error), error.may_have_happened) == (row, kind, may_have_happened)
        assert len(server.asked) == 1, "the SDK tried again"
        told.append(f"{error!s} {error!r} {error.envelope()}")
    assert KEY not in "".join(told)


ODD: dict[str, tuple[Craft, Reply, type[errors.ProviderError], str]] = {
    "words": (Craft.IMAGE, media.nothing("STOP", "Which\nlighthouse?"), errors.Rejected, "answered: Which lighthouse?"),
    "no image": (Craft.IMAGE, media.nothing("NO_IMAGE"), errors.Rejected, "made no picture"),
    "mishap": (Craft.IMAGE, media.nothing("IMAGE_OTHER"), errors.Failed, "try again"),
    "speech in words": (Craft.SPEECH, media.nothing("STOP", "x" * 900), errors.Rejected, "answered: x{300}$"),
    "nothing spoken": (Craft.SPEECH, media.nothing("OTHER"), errors.Failed, "made no speech"),
    "no transcript": (Craft.TRANSCRIPTION, media.nothing("OTHER"), errors.Failed, "made no transcript"),
    "no base64": (
        Craft.IMAGE,
        Reply.json(media.answer({"inlineData": {"mimeType": "image/png", "data": "%%%%"}})),
        errors.Broken,
        "cannot be decoded",
    ),
}


@pytest.mark.parametrize("row", ODD)
async def test_answer_without_what_was_wanted(row: str, http: Any) -> None:
    craft, reply, kind, words = ODD[row]
    async with scripted(reply) as server:
        with pytest.raises(kind, match=words) as caught:
            await make(server, http, craft)
    assert type(caught.value) is kind


async def test_answer_of_more_than_the_limit(http: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gemini_generation, "MOST_REPLY_BYTES", 1024 * 1024)
    async with scripted(media.pictures(bytes(900_000))) as server:
        with pytest.raises(errors.Broken, match="longer than 1 MiB"):
            await make(server, http, Craft.IMAGE)


@pytest.mark.parametrize(("craft", "options"), [(Craft.IMAGE, {}), (Craft.SPEECH, {})])
async def test_waits_five_times_as_long_as_for_a_word(
    craft: Craft, options: dict[str, Any], http: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The making of a file is no first word, but it does not last for ever."""
    loop = asyncio.get_running_loop()
    real_time, passed_seconds = loop.time, 0.0
    monkeypatch.setattr(loop, "time", lambda: real_time() + passed_seconds)

    def answer_after_three_times(_: Asked) -> Reply:
        nonlocal passed_seconds
        passed_seconds += 60
        return GOOD[craft]

    async with scripted(script=answer_after_three_times) as server:
        assert (await make(server, http, craft, first_byte=20, **options)).files
    async with scripted(Reply(200, [b"", *GOOD[craft].chunks], pause_seconds=60)) as server:
        with pytest.raises(errors.FirstByteTimeout) as caught:
            await make(server, http, craft, first_byte=0.02, **options)
    assert caught.value.may_have_happened


async def test_unreachable_server_was_sent_nothing(http: Any) -> None:
    with pytest.raises(errors.Unreachable) as caught:
        await make(Scripted(NOBODY_URL), http, Craft.IMAGE)
    assert not caught.value.may_have_happened


async def test_connection_that_breaks_before_the_answer(http: Any) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        there = Scripted(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        with pytest.raises(errors.Unreachable) as caught:
            await make(there, http, Craft.SPEECH)
    assert caught.value.may_have_happened


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1beta/"])
async def test_url_with_or_without_its_version(ending: str, http: Any) -> None:
    async with scripted(media.pictures(b"one")) as server:
        maker = maker_class(Provider.GEMINI, Craft.IMAGE)(Connection(Provider.GEMINI, server.url + ending, KEY), http)
        await maker.make(MediaRequest(media.IMAGE_MODEL, "A lighthouse"))
    assert server.asked[0].path == f"/v1beta/models/{media.IMAGE_MODEL}:generateContent"
