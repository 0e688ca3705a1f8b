"""What Gemini's stream says, and how it is read (https://ai.google.dev/api/generate-content)."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

import msgspec

from spoonfeeder.core.vocabulary import FinishReason
from spoonfeeder.providers.base import Usage
from spoonfeeder.providers.failures import Refusal

_FINISH_REASONS: Final = {
    "STOP": FinishReason.STOP,
    "MAX_TOKENS": FinishReason.LENGTH,
    "CONTINUATION": FinishReason.LENGTH,
} | dict.fromkeys(
    (
        "BLOCKLIST",
        "ESCALATION",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "IMAGE_SAFETY",
        "LANGUAGE",
        "MODEL_ARMOR",
        "PROHIBITED_CONTENT",
        "PUP_LIMITED_DISABLED",
        "RECITATION",
        "SAFETY",
        "SPII",
    ),
    FinishReason.CONTENT_FILTER,
)


_BROADER: Final = {"NOT_FOUND": "model_not_found", "FAILED_PRECONDITION": "permission_denied"}
"""What `failures` calls them; a failed precondition is a place or a plan that the model is not offered to."""
_SECONDS: Final = re.compile(r"(\d{1,6}(?:\.\d{1,9})?)s")
_USED_UP: Final = "PerDay"
"""In the name of a quota that no waiting of minutes refills."""


class Struct(msgspec.Struct, rename="camel"):
    pass


class Blob(Struct):
    """A file as base64."""

    mime_type: str | None = None
    data: str | None = None


class Heard(Struct):
    """What one speaker said in a recording."""

    text: str | None = None
    speaker_label: str | None = None


class Part(Struct):
    text: str | None = None
    thought: bool | None = None
    inline_data: Blob | None = None
    audio_transcription: Heard | None = None


class Content(Struct):
    parts: list[Part] | None = None


class Candidate(Struct):
    content: Content | None = None
    finish_reason: str | None = None


class PromptFeedback(Struct):
    block_reason: str | None = None


class Share(Struct):
    """Tokens of one kind: TEXT, IMAGE, AUDIO, VIDEO."""

    modality: str | None = None
    token_count: int | None = None


class Tokens(Struct):
    prompt_token_count: int | None = None
    tool_use_prompt_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None
    cached_content_token_count: int | None = None
    total_token_count: int | None = None
    prompt_tokens_details: list[Share] | None = None
    candidates_tokens_details: list[Share] | None = None


class Violation(Struct):
    quota_id: str | None = None


class ErrorDetail(Struct):
    """Google's ErrorInfo, RetryInfo and QuotaFailure in one (google/rpc/error_details.proto)."""

    reason: str | None = None
    retry_delay: str | None = None
    violations: list[Violation] | None = None


class ErrorObject(Struct):
    code: int | str = 0
    message: str = ""
    status: str = ""
    details: list[ErrorDetail] | None = None


class Chunk(Struct):
    candidates: list[Candidate] | None = None
    prompt_feedback: PromptFeedback | None = None
    usage_metadata: Tokens | None = None
    model_version: str | None = None
    error: ErrorObject | None = None

    @property
    def parts(self) -> list[Part]:
        """Without the model's thoughts."""
        content = self.candidates[0].content if self.candidates else None
        return [part for part in (content.parts if content else None) or () if not part.thought]

    @property
    def text(self) -> str:
        return "".join([part.text or "" for part in self.parts])

    @property
    def finish_reason(self) -> str | None:
        return self.candidates[0].finish_reason if self.candidates else None

    @property
    def block_reason(self) -> str | None:
        return self.prompt_feedback.block_reason if self.prompt_feedback and not self.candidates else None


async def documents(lines: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """The JSON of each event; an error that Google sends as bare lines among the events comes last, at the end."""
    data: list[bytes] = []
    bare: list[bytes] = []
    async with aclosing(lines):
        async for line in lines:
            if line.startswith(b"data:"):
                data.append(line[5:])
            elif bare or line.startswith(b"{"):
                bare.append(line)
            elif not line and data:
                yield b"\n".join(data)
                data = []
    if bare:
        yield b"\n".join(bare)


def usage_of(tokens: Tokens) -> Usage:
    """Thoughts are paid for as output, and a tool's own prompt as input."""
    return Usage(
        input_tokens=_sum(tokens.prompt_token_count, tokens.tool_use_prompt_token_count),
        output_tokens=_sum(tokens.candidates_token_count, tokens.thoughts_token_count),
        total_tokens=tokens.total_token_count,
        cached_tokens=tokens.cached_content_token_count,
        reasoning_tokens=tokens.thoughts_token_count,
    )


def shares_of(tokens: Tokens) -> dict[str, int]:
    """How many of the tokens are pictures, sound and so on, since their prices differ."""
    sides = {"input": tokens.prompt_tokens_details, "output": tokens.candidates_tokens_details}
    return {
        f"{side}_{share.modality.lower()}_tokens": share.token_count
        for side, shares in sides.items()
        for share in shares or ()
        if share.modality and share.token_count is not None
    }


def usage_so_far(tokens: Tokens) -> Usage:
    """Before the end: how much the answer comes to is not known yet."""
    usage = usage_of(tokens)
    return Usage(input_tokens=usage.input_tokens, cached_tokens=usage.cached_tokens)


def _sum(*counts: int | None) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def finish_reason(name: str) -> FinishReason:
    return _FINISH_REASONS.get(name, FinishReason.OTHER)


def error_in(body: Any) -> ErrorObject | None:
    """What an answer with an error status says."""
    try:
        return msgspec.convert(body, Chunk).error
    except msgspec.ValidationError:
        return None


def refusal_of(told: ErrorObject | None, status: int, retry_after_seconds: float | None = None) -> Refusal:
    error = told or ErrorObject()
    details = error.details or []
    quotas = [violation.quota_id or "" for detail in details for violation in detail.violations or ()]
    waits = [float(found[1]) for detail in details if (found := _SECONDS.fullmatch(detail.retry_delay or ""))]
    codes = [_BROADER.get(error.status, error.status), *(detail.reason or "" for detail in details)]
    if isinstance(error.code, str):
        codes.append(_BROADER.get(error.code.upper(), error.code))
    if any(_USED_UP in quota for quota in quotas):
        codes.append("insufficient_quota")
    return Refusal(
        error.code if error.code and isinstance(error.code, int) else status,
        codes=tuple(codes),
        message=error.message,
        retry_after_seconds=max(waits, default=retry_after_seconds),
    )
