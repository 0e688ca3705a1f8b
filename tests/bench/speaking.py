"""A piece of an answer as each family of providers sends it, and what stands before and after all pieces."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

Said = dict[str, Any]
Framing = Callable[[Said], bytes]


@dataclass(frozen=True)
class Family:
    """`path` is where it is asked, below the profile's address; `content_type` what it answers."""

    path: str
    content_type: str
    begin: list[bytes]
    piece: Callable[[str], bytes]
    end: Callable[[int], list[bytes]]


def _event(said: Said) -> bytes:
    return b"data: " + orjson.dumps(said) + b"\n\n"


def _named(said: Said) -> bytes:
    return f"event: {said['type']}\n".encode() + _event(said)


def _line(said: Said) -> bytes:
    return orjson.dumps(said) + b"\n"


def _openai(**said: Any) -> bytes:
    return _event(
        {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_790_000_000, "model": "m", **said}
    )


def _openai_end(count: int) -> list[bytes]:
    usage = {"prompt_tokens": 3, "completion_tokens": count, "total_tokens": count + 3}
    last = _openai(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
    return [last, _openai(choices=[], usage=usage), b"data: [DONE]\n\n"]


def _claude_end(count: int) -> list[bytes]:
    ended = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": count}}
    return [_named({"type": "content_block_stop", "index": 0}), _named(ended), _named({"type": "message_stop"})]


def _gemini(text: str, **more: Any) -> bytes:
    usage = {"promptTokenCount": 3, "totalTokenCount": 3}
    candidate = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0, **more}
    return _event({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "m", "responseId": "r"})


def _ollama(text: str, **more: Any) -> bytes:
    message = {"role": "assistant", "content": text}
    return _line({"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": message, "done": False, **more})


_STARTED = {"id": "msg_1", "role": "assistant", "model": "m", "content": [], "usage": {"input_tokens": 3}}
FAMILIES = {
    "openai": Family(
        "/chat/completions",
        "text/event-stream",
        [],
        lambda text: _openai(choices=[{"index": 0, "delta": {"content": text}, "finish_reason": None}]),
        _openai_end,
    ),
    "claude": Family(
        "/v1/messages",
        "text/event-stream",
        [
            _named({"type": "message_start", "message": _STARTED}),
            _named({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        ],
        lambda text: _named({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}),
        _claude_end,
    ),
    "gemini": Family(
        "/v1beta/models/{model}:streamGenerateContent?alt=sse",
        "text/event-stream",
        [],
        _gemini,
        lambda count: [_gemini("", finishReason="STOP")],
    ),
    "ollama": Family(
        "/api/chat",
        "application/x-ndjson",
        [],
        _ollama,
        lambda count: [_ollama("", done=True, done_reason="stop", prompt_eval_count=3, eval_count=count)],
    ),
}


def family_of(path: str) -> Family:
    for family in FAMILIES.values():
        if family.path.partition("{model}")[2].partition("?")[0] in path and "{model}" in family.path:
            return family
        if path.endswith(family.path):
            return family
    raise LookupError(path)
