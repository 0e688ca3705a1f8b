"""Every kind of task with every provider: made by way of the whole server, or refused with the names of who can."""

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers.gemini_speech import wav_head
from tests.features.tasks.asked import profile, task, upload
from tests.features.tasks.done import at, calls, ended
from tests.fixtures import claude_replies, gemini_media_replies, ollama_replies, openai_media_replies, openai_replies
from tests.fixtures.application import Application
from tests.fixtures.scripted import Asked, Reply, Script, Scripted, scripted
from tests.fixtures.workflows import workflow

PNG, MP4 = openai_media_replies.png(), openai_media_replies.MP4
WAV = wav_head(4800, 24_000) + bytes(4800)
KINDS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "text"},
    "captioning": {"type": "text", "prompt": "What is to be seen?", "inputs": ["picture"]},
    "transcription": {"type": "text", "inputs": ["recording"]},
    "image": {"type": "image"},
    "audio": {"type": "audio"},
    "video": {"type": "video"},
}


@dataclass(frozen=True)
class Cell:
    """`asked` is the path of the request that makes it; `gives` the text, or how the media type begins."""

    kind: str
    provider: Provider
    model: str | None
    asked: str
    gives: str
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.kind} by {self.provider} {self.asked}"


def _graph(name: str) -> Mapping[str, Any]:
    return {"options": {"workflow_json": workflow(name)}}


OLLAMA, OPENAI, GEMINI, CLAUDE, COMFYUI = Provider
CHAT_OF_GEMINI = r"/v1/models/[^/]+:streamGenerateContent"
GENERATION = r"/v1beta/models/[^/]+:generateContent"
SERVED = (
    Cell("text", OLLAMA, "llama3.2", "/api/chat", "Hello"),
    Cell("text", OPENAI, "gpt-4o-mini", "/v1/chat/completions", "Hello"),
    Cell("text", OPENAI, "gpt-4o-mini", "/v1/responses", "Hello", {"options": {"background": True}}),
    Cell("text", GEMINI, "gemini-3.8-flash", CHAT_OF_GEMINI, "Hello"),
    Cell("text", CLAUDE, claude_replies.MODEL, "/v1/messages", "Hello"),
    Cell("captioning", OLLAMA, "llava", "/api/chat", "Hello"),
    Cell("captioning", OPENAI, "gpt-4o-mini", "/v1/chat/completions", "Hello"),
    Cell("captioning", GEMINI, "gemini-3.8-flash", CHAT_OF_GEMINI, "Hello"),
    Cell("captioning", CLAUDE, claude_replies.MODEL, "/v1/messages", "Hello"),
    Cell("transcription", OPENAI, None, "/v1/audio/transcriptions", "Hello, Wörld."),
    Cell("transcription", GEMINI, None, GENERATION, "Good morning."),
    Cell("image", OPENAI, None, "/v1/images/generations", "image/png"),
    Cell("image", OPENAI, None, "/v1/images/edits", "image/png", {"inputs": ["picture"]}),
    Cell("image", GEMINI, None, GENERATION, "image/png"),
    Cell("image", GEMINI, None, GENERATION, "image/png", {"inputs": ["picture"]}),
    Cell("image", COMFYUI, None, "/prompt", "image/png", _graph("txt2img_sd15")),
    Cell("audio", OPENAI, None, "/v1/audio/speech", "audio/"),
    Cell("audio", GEMINI, None, GENERATION, "audio/"),
    Cell("audio", COMFYUI, None, "/prompt", "audio/", _graph("stable_audio_t2a")),
    Cell("video", OPENAI, None, "/v1/videos", "video/mp4"),
    Cell("video", GEMINI, None, "/v1beta/interactions", "video/mp4"),
    Cell("video", COMFYUI, None, "/prompt", "video/", _graph("video_webm")),
)
REFUSED: Mapping[tuple[str, Provider], set[Provider]] = {
    **{cell: {OPENAI, GEMINI, COMFYUI} for cell in product(("image", "audio", "video"), (OLLAMA, CLAUDE))},
    **{("transcription", each): {OPENAI, GEMINI} for each in (OLLAMA, CLAUDE, COMFYUI)},
    **{(each, COMFYUI): {OLLAMA, OPENAI, GEMINI, CLAUDE} for each in ("text", "captioning")},
}
"""And who can."""


def test_no_cell_is_left_out() -> None:
    served = {(cell.kind, cell.provider) for cell in SERVED}
    assert served | REFUSED.keys() == set(product(KINDS, Provider))
    assert not served & REFUSED.keys()


def _openai(asked: Asked) -> Reply:
    if asked.path == "/v1/chat/completions":
        return openai_replies.stream()
    return openai_media_replies.whatever_is_asked(asked)


def _scripts() -> Mapping[Provider, Script]:
    done = gemini_media_replies.interaction("completed", gemini_media_replies.stored_video())
    return {
        OLLAMA: lambda _: ollama_replies.stream(ollama_replies.answer("Hel", "lo")),
        OPENAI: _openai,
        GEMINI: gemini_media_replies.Everything(PNG, MP4, [done]),
        CLAUDE: lambda _: claude_replies.stream(claude_replies.answer("Hello")),
    }


@asynccontextmanager
async def providers() -> AsyncIterator[Mapping[Provider, Scripted]]:
    async with AsyncExitStack() as stack:
        yield {
            provider: await stack.enter_async_context(scripted(script=script))
            for provider, script in _scripts().items()
        }


async def test_what_is_made(application: Application) -> None:
    async with providers() as servers:
        profiles = {each: await at(server, application, each, each.title()) for each, server in servers.items()}
        profiles[COMFYUI] = await application.profile()
        files = await _files(application)
        asked = [await _queue(application, cell, profiles[cell.provider], files) for cell in SERVED]
        rows = await asyncio.gather(*(ended(application, task_id) for task_id in asked))
        for cell, row in zip(SERVED, rows, strict=True):
            assert (row["status"], row["error"]) == ("complete", None), (cell.name, row)
            await _require(application, cell, row)
        _require_asked(servers)


async def _files(api: Application) -> Mapping[str, str]:
    return {"picture": await upload(api, PNG), "recording": await upload(api, WAV, "a.wav")}


async def _queue(api: Application, cell: Cell, profile_id: str, files: Mapping[str, str]) -> str:
    body = {"prompt": "A pier at night", **KINDS[cell.kind], **cell.more}
    body["inputs"] = [files[each] for each in body.get("inputs", ())]
    made = await task(api, **{**body, "provider": cell.provider, "profile_id": profile_id, "model": cell.model})
    return str(made["id"])


async def _require(api: Application, cell: Cell, row: Any) -> None:
    result = row["result"]
    assert result["type"] == KINDS[cell.kind]["type"], cell.name
    assert result["metadata"]["provider"] == cell.provider, cell.name
    if cell.provider is not COMFYUI:
        assert await calls(api, row["id"]) == [("complete", None)], cell.name
    if "/" not in cell.gives:
        assert (result["content"], result["outputs"]) == (cell.gives, []), cell.name
        return
    for output in result["outputs"]:
        assert output["media_type"].startswith(cell.gives), (cell.name, output)
        kept = await api.http.get(output["url"])
        assert (kept.status_code, len(kept.content)) == (200, output["bytes"]), cell.name
    assert result["outputs"], cell.name


def _require_asked(servers: Mapping[Provider, Scripted]) -> None:
    """Each cell's own request was made, once for each that has it; pictures were shown."""
    for provider, server in servers.items():
        own = [cell for cell in SERVED if cell.provider is provider]
        paths = [asked.path.partition("?")[0] for asked in server.asked if asked.method == "POST"]
        for cell in own:
            wanted = sum(cell.asked == each.asked for each in own)
            assert len([path for path in paths if re.fullmatch(cell.asked, path)]) == wanted, (cell.name, paths)
        shown = b64encode(PNG)
        sees = [cell for cell in own if "picture" in {**KINDS[cell.kind], **cell.more}.get("inputs", ())]
        assert len([asked for asked in server.asked if shown in asked.body or PNG in asked.body]) == len(sees)


async def test_what_is_refused_names_who_can(api: Application) -> None:
    files = await _files(api)
    mine = {await profile(api, OPENAI, "My painter"), await profile(api, GEMINI, "My other painter")}
    for (kind, provider), who in REFUSED.items():
        body = {**KINDS[kind], "provider": provider, "model": "m"}
        body["inputs"] = [files[each] for each in body.get("inputs", ())]
        told = await task(api, 422, **body)
        [detail] = told["details"]
        assert (told["code"], detail["loc"]) == ("PROVIDER_NOT_SUPPORTED", "provider"), (kind, provider, told)
        assert {Provider(each) for each in detail["providers"]} == who, (kind, provider)
        assert {each["id"] for each in detail["profiles"]} == mine, (kind, provider)
        assert all(name in told["error"] for name in ("OpenAI", "Gemini", "My painter")), told
    assert await api.json("GET", "/tasks") == []


async def test_option_that_gemini_does_not_take_is_refused_at_once(api: Application) -> None:
    await profile(api, GEMINI, "My painter")
    for kind in ("image", "audio", "video"):
        body = {"type": kind, "provider": GEMINI, "model": None, "options": {"seed": 1, "colour": "blue"}}
        [detail] = (await task(api, 422, **body))["details"]
        assert (detail["loc"], detail["type"]) == ("options.colour", "option_not_supported")
