"""Videos by Gemini: begun, looked after, fetched from where they lie, given up; and all that may go wrong with it."""

from base64 import b64decode
from contextlib import aclosing
from typing import Any

import httpx2
import pytest

from spoonfeeder.core.errors import Invalid
from spoonfeeder.core.http import TargetPolicy, open_client
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers import errors, gemini_rest, gemini_video
from spoonfeeder.providers.base import Connection, Usage
from spoonfeeder.providers.gemini_video import GeminiVideo
from spoonfeeder.providers.media import InputFile, Look, MadeFile, MediaRequest
from tests.fixtures import gemini_media_replies as media
from tests.fixtures import gemini_replies as gemini
from tests.fixtures.scripted import Reply, Script, Scripted, scripted

KEY = "AIzaSyCanary-6f1f0c5b-0123456789abcdef"
RUNNING = media.interaction("in_progress")
DONE = media.interaction("completed", {"type": "text", "text": "There."}, media.stored_video())
HERE = f"/v1beta/interactions/{media.HANDLE}"


def video(url: str, http: Any, first_byte: float = 20.0) -> GeminiVideo:
    return GeminiVideo(Connection(Provider.GEMINI, url, KEY, first_byte), http)


def request(*inputs: InputFile, **options: Any) -> MediaRequest:
    return MediaRequest(media.VIDEO_MODEL, "Waves at night", inputs, options)


async def bytes_of(file: MadeFile) -> bytes:
    async with aclosing(file.chunks()) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def test_from_the_beginning_to_the_file(http: Any) -> None:
    script = media.Everything(b"picture", b"video", [media.interaction("queued"), RUNNING, DONE])
    async with scripted(script=script) as server:
        maker = video(server.url, http)
        asked = request(seconds=8, resolution="1080p")
        handle = await maker.start(asked)
        looks = [await maker.look(handle) for _ in range(3)]
        made = await video(server.url, http).collect(handle, asked)
        (file,) = made.files
        content = await bytes_of(file)
    assert handle == media.HANDLE
    assert looks == [Look(is_done=False), Look(is_done=False), Look(is_done=True)]
    assert (file.media_type, content, made.text) == ("video/mp4", b"video", "There.")
    assert made.model == media.VIDEO_MODEL
    assert made.usage == Usage(9, 57920, 57929, cached_tokens=0, reasoning_tokens=0)
    assert made.details == {
        "count": 1,
        "resolution": "1080p",
        "seconds": 8,
        "input_text_tokens": 9,
        "output_video_tokens": 57920,
    }
    assert {asked.headers["x-goog-api-key"] for asked in server.asked} == {KEY}
    assert [(asked.method, asked.path) for asked in server.asked] == [
        ("POST", "/v1beta/interactions"),
        *[("GET", HERE)] * 3,
        ("GET", f"/v1beta/files/{media.FILE}"),
        ("GET", HERE),
        ("GET", f"/v1beta/files/{media.FILE}:download?alt=media"),
    ]


async def test_pictures_and_wishes_are_sent(http: Any) -> None:
    picture = InputFile("image/png", b"p" * 300_000)
    async with scripted(RUNNING) as server:
        await video(server.url, http).start(
            request(picture, aspect_ratio="9:16", duration="6s", seed=3, task="image_to_video")
        )
    sent = server.asked[0].json
    (given, words) = sent["input"][0]["content"]
    assert (given["type"], given["mime_type"], b64decode(given["data"])) == ("image", "image/png", picture.data)
    assert words == {"type": "text", "text": "Waves at night"}
    assert sent["response_format"] == {"type": "video", "delivery": "uri", "aspect_ratio": "9:16", "duration": "6s"}
    assert sent["generation_config"] == {"seed": 3, "video_config": {"task": "image_to_video"}}
    assert (sent["background"], sent["store"], sent["model"]) == (True, True, media.VIDEO_MODEL)


async def test_video_within_the_answer(http: Any) -> None:
    """As Google answers now and then, though it was asked to store the video."""
    async with scripted(media.interaction("completed", media.inline_video(b"v" * 700_000))) as server:
        maker = video(server.url, http)
        assert await maker.look("a/../b?c") == Look(is_done=True)
        made = await maker.collect("a/../b?c", request())
        again = await maker.collect("a/../b?c", request())
    assert [await bytes_of(each.files[0]) for each in (made, again)] == [b"v" * 700_000] * 2
    assert {asked.path for asked in server.asked} == {"/v1beta/interactions/a%2F..%2Fb%3Fc"}


WRONG_OPTIONS: dict[str, dict[str, Any]] = {
    "unknown": {"colour": "blue"},
    "decided by us": {"background": False},
    "of another target": {"webhook_config": {"uris": ["http://127.0.0.1:9"]}},
    "number": {"duration": 8},
    "text": {"seconds": "8"},
    "negative": {"seconds": -1},
    "not a number": {"seconds": float("nan")},
    "no text": {"aspect_ratio": ["16:9"]},
}


@pytest.mark.parametrize("row", WRONG_OPTIONS)
async def test_wrong_option_is_named_before_anything_is_sent(row: str, http: Any) -> None:
    (name,) = WRONG_OPTIONS[row]
    async with scripted(RUNNING) as server:
        with pytest.raises(Invalid, match=name):
            await video(server.url, http).start(request(**WRONG_OPTIONS[row]))
    assert not server.asked


STARTS: dict[str, tuple[Reply, type[errors.ProviderError], bool]] = {
    "bad key": (gemini.bad_key(KEY), errors.Unauthorized, False),
    "bad request in other words": (
        Reply.json({"error": {"code": "invalid_request", "message": "Unknown parameter"}}, 400),
        errors.Rejected,
        False,
    ),
    "unknown model": (gemini.refused(404, "NOT_FOUND", "models/x is not found"), errors.ModelMissing, False),
    "rate limit": (
        gemini.refused(429, "RESOURCE_EXHAUSTED", "Slow", gemini.retry_info("7s")),
        errors.RateLimited,
        False,
    ),
    "failed": (gemini.refused(500, "INTERNAL", "Internal error"), errors.Failed, False),
    "overloaded": (gemini.refused(503, "UNAVAILABLE", "Overloaded"), errors.Overloaded, False),
    "gateway": (Reply(504, [b"<html>gone</html>"], "text/html"), errors.Timeout, True),
    "redirect": (Reply(307, [], headers={"location": "http://127.0.0.1:9/"}), errors.Broken, False),
    "page": (Reply(200, [b"<html>Welcome</html>"], "text/html"), errors.Broken, True),
    "no id": (Reply.json({"status": "in_progress"}), errors.Broken, True),
    "cut": (Reply(200, [b'{"id": "v1_'], is_whole=False), errors.StreamTruncated, True),
}
"""And whether a job may have begun all the same."""


async def test_failure_to_start(http: Any) -> None:
    for row, (reply, kind, may_have_happened) in STARTS.items():
        async with scripted(reply) as server:
            with pytest.raises(errors.ProviderError) as caught:
                await video(server.url, http).start(request())
        error = caught.value
        assert (row, type(error), error.may_have_happened) == (row, kind, may_have_happened)
        assert not error.job_ended, row
        assert len(server.asked) == 1, row
        assert KEY not in f"{error!s} {error!r} {error.envelope()}"


async def test_start_that_gives_no_name_to_ask_for(http: Any) -> None:
    for name in ("", "..", "a\x00b", "x" * 1_001):
        async with scripted(Reply.json({"id": name, "status": "in_progress"})) as server:
            with pytest.raises(errors.Broken) as caught:
                await video(server.url, http).start(request())
        assert caught.value.may_have_happened


async def test_start_that_is_answered_by_created(http: Any) -> None:
    """It was paid for, whichever success says so."""
    async with scripted(Reply(201, RUNNING.chunks)) as server:
        assert await video(server.url, http).start(request()) == media.HANDLE


async def test_start_that_is_not_answered_in_time(http: Any) -> None:
    async with scripted(Reply(200, [b"", *RUNNING.chunks], pause_seconds=60)) as server:
        with pytest.raises(errors.FirstByteTimeout) as caught:
            await video(server.url, http, first_byte=0.02).start(request())
    assert caught.value.may_have_happened


ENDS: dict[str, tuple[Reply, type[errors.ProviderError], str]] = {
    "cancelled": (media.interaction("cancelled"), errors.Rejected, "cancelled"),
    "no budget": (media.interaction("budget_exceeded"), errors.QuotaExceeded, "credit"),
    "failed": (media.interaction("failed"), errors.Failed, "error of its own"),
    "failed for its content": (media.failed("x", "Blocked by the safety filters"), errors.ContentPolicy, "content"),
    "failed for the request": (media.failed(3, "duration is out of range"), errors.Rejected, "refuses"),
    "failed for a quota": (media.failed("https://a/RESOURCE_EXHAUSTED", "Later"), errors.RateLimited, "a while"),
    "failed with a status": (media.failed(503, "Later"), errors.Overloaded, "overloaded"),
    "failed within a step": (
        media.interaction("completed", steps=[{"type": "model_output", "error": {"code": 13, "message": KEY}}]),
        errors.Failed,
        "error of its own",
    ),
    "in words": (
        media.interaction("completed", {"type": "text", "text": "Which\x00 waves?"}),
        errors.Rejected,
        "answered: Which waves?",
    ),
    "with nothing": (media.interaction("completed"), errors.Rejected, "made no video"),
    "incomplete": (media.interaction("incomplete"), errors.Rejected, "made no video"),
    "wants something": (media.interaction("requires_action"), errors.Rejected, "made no video"),
    "gone": (gemini.refused(404, "NOT_FOUND", "Interaction not found"), errors.JobMissing, "no longer knows"),
}


async def test_how_a_job_ended_without_a_video(http: Any) -> None:
    for row, (reply, kind, words) in ENDS.items():
        async with scripted(reply) as server:
            maker = video(server.url, http)
            for question in (maker.look(media.HANDLE), maker.collect(media.HANDLE, request())):
                with pytest.raises(errors.ProviderError, match=words) as caught:
                    await question
                assert (row, type(caught.value)) == (row, kind)
                assert caught.value.job_ended, row
                assert KEY not in f"{caught.value!s} {caught.value!r} {caught.value.envelope()}"


QUESTIONS: dict[str, tuple[Reply, type[errors.ProviderError]]] = {
    "overloaded": (gemini.refused(503, "UNAVAILABLE", "Overloaded"), errors.Overloaded),
    "rate limit": (gemini.refused(429, "RESOURCE_EXHAUSTED", "Slow down"), errors.RateLimited),
    "bad key": (gemini.bad_key(KEY), errors.Unauthorized),
    "page": (Reply(200, [b"<html>"], "text/html"), errors.Broken),
    "page of a proxy": (Reply(404, [b"<html>Not Found</html>"], "text/html"), errors.Broken),
    "nothing": (Reply.json({}), errors.Broken),
    "cut": (Reply(200, [b'{"id": "v1_'], is_whole=False), errors.StreamTruncated),
    "a file of others": (
        media.interaction("completed", media.stored_video("gs://bucket/video.mp4")),
        errors.Broken,
    ),
}


async def test_question_that_fails_leaves_the_job_alone(http: Any) -> None:
    for row, (reply, kind) in QUESTIONS.items():
        async with scripted(reply) as server:
            with pytest.raises(errors.ProviderError) as caught:
                await video(server.url, http).look(media.HANDLE)
        assert (row, type(caught.value), caught.value.job_ended) == (row, kind, False)


async def test_status_that_nobody_knows_yet_is_no_end(http: Any) -> None:
    async with scripted(media.interaction("polishing")) as server:
        assert await video(server.url, http).look(media.HANDLE) == Look(is_done=False)


def with_file(reply: Reply) -> Script:
    return lambda asked: reply if "/files/" in asked.path else DONE


async def test_file_is_waited_for(http: Any) -> None:
    async with scripted(script=with_file(media.file("PROCESSING"))) as server:
        assert await video(server.url, http).look(media.HANDLE) == Look(is_done=False)
    async with scripted(script=with_file(gemini.refused(403, "PERMISSION_DENIED", "Not for you"))) as server:
        assert await video(server.url, http).look(media.HANDLE) == Look(is_done=True)
    async with scripted(script=with_file(gemini.refused(503, "UNAVAILABLE", "Later"))) as server:
        with pytest.raises(errors.Overloaded) as later:
            await video(server.url, http).look(media.HANDLE)
    async with scripted(script=with_file(media.file("FAILED"))) as server:
        with pytest.raises(errors.Failed) as failed:
            await video(server.url, http).look(media.HANDLE)
    assert (later.value.job_ended, failed.value.job_ended) == (False, True)


async def fetched(server: Scripted, http: Any) -> bytes:
    made = await video(server.url, http).collect(media.HANDLE, request())
    return await bytes_of(made.files[0])


async def test_file_is_fetched_where_the_server_leads(http: Any) -> None:
    moved = Reply(302, [], headers={"location": "/download/v1beta/files/x:download?alt=media"})

    def script(asked: Any) -> Reply:
        if asked.path.startswith("/download/"):
            return media.content(b"vi", b"deo")
        return moved if "/files/" in asked.path else DONE

    async with scripted(script=script) as server:
        assert await fetched(server, http) == b"video"
    assert server.asked[-1].headers["x-goog-api-key"] == KEY


class Elsewhere(httpx2.AsyncBaseTransport):
    """The network: everybody answers, and every request is remembered."""

    def __init__(self, location: str) -> None:
        self._location = location
        self.asked: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        if request.url.host != "generativelanguage.googleapis.com":
            return httpx2.Response(200, content=b"video")
        if "/files/" in request.url.path:
            return httpx2.Response(302, headers={"location": self._location})
        return httpx2.Response(200, content=b"".join(DONE.chunks))


async def test_key_stays_at_googles_api() -> None:
    network = Elsewhere("https://storage.googleapis.com/bucket/video.mp4?signature=1")
    async with httpx2.AsyncClient(transport=network) as http:
        made = await GeminiVideo(Connection(Provider.GEMINI, None, KEY), http).collect(media.HANDLE, request())
        assert await bytes_of(made.files[0]) == b"video"
    *own, last = network.asked
    assert {asked.headers["x-goog-api-key"] for asked in own} == {KEY}
    assert last.url.host == "storage.googleapis.com"
    assert KEY not in f"{last.headers.raw!r} {last.url}"


LEADS_ASTRAY = {
    "another host": "https://evil.example/video.mp4",
    "ourselves": "http://127.0.0.1:9/video.mp4",
    "the cloud's own": "http://169.254.169.254/latest",
    "almost Google": "https://googleapis.com.evil.example/a",
    "ends alike": "https://evilgoogleapis.com/a",
    "not encrypted": "http://storage.googleapis.com/a",
    "a file of ours": "file:///etc/passwd",
    "a bad port": "https://storage.googleapis.com.evil:99999999/a",
    "no address": "https://[storage.googleapis.com/a",
}


async def test_file_is_not_fetched_from_strangers() -> None:
    for row, location in LEADS_ASTRAY.items():
        network = Elsewhere(location)
        async with httpx2.AsyncClient(transport=network) as http:
            made = await GeminiVideo(Connection(Provider.GEMINI, None, KEY), http).collect(media.HANDLE, request())
            with pytest.raises(errors.Broken, match="not Google's"):
                await bytes_of(made.files[0])
        assert {asked.url.host for asked in network.asked} == {"generativelanguage.googleapis.com"}, row


async def test_address_that_google_tells_is_not_followed(http: Any) -> None:
    """Only the name of the file is taken from it."""
    strange = media.stored_video("http://169.254.169.254/files/abc123:download?alt=media")
    replies = media.interaction("completed", strange), media.content(b"video")
    async with scripted(*replies) as server:
        assert await fetched(server, http) == b"video"
    assert server.asked[-1].path == "/v1beta/files/abc123:download?alt=media"


async def test_address_that_the_policy_forbids() -> None:
    async with scripted(RUNNING) as server, open_client(TargetPolicy(local=False)) as http:
        with pytest.raises(errors.Unreachable) as caught:
            await video(server.url, http).start(request())
        assert not server.asked
    assert not caught.value.may_have_happened


DOWNLOADS: dict[str, tuple[Reply, type[errors.ProviderError]]] = {
    "gone": (gemini.refused(404, "NOT_FOUND", "File not found"), errors.JobMissing),
    "forbidden": (gemini.refused(403, "PERMISSION_DENIED", "Not for you"), errors.NotPermitted),
    "cut": (media.content(b"vi", is_whole=False), errors.StreamTruncated),
    "empty": (media.content(), errors.Broken),
    "too long": (media.content(bytes(1100), bytes(1100)), errors.Broken),
    "round and round": (Reply(302, [], headers={"location": "/again/files/x"}), errors.Broken),
}


async def test_download_that_fails(http: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gemini_video, "MOST_VIDEO_BYTES", 2048)
    for row, (reply, kind) in DOWNLOADS.items():
        async with scripted(script=with_file(reply)) as server:
            with pytest.raises(errors.ProviderError) as caught:
                await fetched(server, http)
        assert (row, type(caught.value)) == (row, kind)
        assert KEY not in f"{caught.value!s} {caught.value!r}", row
        assert len(server.asked) <= gemini_rest.MOST_REDIRECTS + 2


CANCELS = {
    "running": media.interaction("cancelled"),
    "ended": gemini.refused(400, "FAILED_PRECONDITION", "Interaction is not running"),
    "gone": gemini.refused(404, "NOT_FOUND", "Interaction not found"),
}


@pytest.mark.parametrize("row", CANCELS)
async def test_cancel(row: str, http: Any) -> None:
    async with scripted(CANCELS[row]) as server:
        await video(server.url, http).cancel(media.HANDLE)
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.body) == ("POST", f"{HERE}/cancel", b"")


async def test_cancel_that_did_not_arrive_is_told(http: Any) -> None:
    async with scripted(gemini.refused(503, "UNAVAILABLE", "Later")) as server:
        with pytest.raises(errors.Overloaded):
            await video(server.url, http).cancel(media.HANDLE)
