"""What Google says of an interaction, which it carries out on its own time (https://ai.google.dev/api/interactions-api)."""

from typing import Final

import msgspec

from spoonfeeder.providers.base import Usage
from spoonfeeder.providers.errors import ContentPolicy, ProviderError, QuotaExceeded, Rejected
from spoonfeeder.providers.failures import Refusal, error_of, noted
from spoonfeeder.providers.gemini_generation import words_instead

ENDED: Final = frozenset({"completed", "incomplete", "failed", "cancelled", "budget_exceeded", "requires_action"})
_STATUS_OF: Final = {3: 400, 4: 504, 5: 404, 7: 403, 8: 429, 13: 500, 14: 503, 16: 401}
"""By Google's own number for it (google/rpc/code.proto)."""
_POLICY_WORDS: Final = ("safety", "blocked", "prohibited", "policy", "responsible ai", "recitation", "sensitive")


class Content(msgspec.Struct):
    type: str = ""
    text: str | None = None
    mime_type: str | None = None
    uri: str | None = None
    data: str | None = None


class Trouble(msgspec.Struct):
    code: int | str | None = None
    message: str | None = None


class Step(msgspec.Struct):
    type: str = ""
    content: list[Content] | None = None
    error: Trouble | None = None


class Share(msgspec.Struct):
    modality: str | None = None
    tokens: int | None = None


class Tokens(msgspec.Struct):
    total_input_tokens: int | None = None
    total_output_tokens: int | None = None
    total_thought_tokens: int | None = None
    total_cached_tokens: int | None = None
    total_tokens: int | None = None
    input_tokens_by_modality: list[Share] | None = None
    output_tokens_by_modality: list[Share] | None = None


class Interaction(msgspec.Struct):
    id: str = ""
    status: str = ""
    model: str | None = None
    steps: list[Step] | None = None
    errors: list[Trouble] | None = None
    usage: Tokens | None = None

    @property
    def made(self) -> list[Content]:
        """What the model gave."""
        given = [step for step in self.steps or () if step.type == "model_output"]
        return [content for step in given for content in step.content or ()]

    @property
    def video(self) -> Content | None:
        return next((each for each in self.made if each.type == "video" and (each.uri or each.data)), None)

    @property
    def text(self) -> str:
        return "".join([each.text or "" for each in self.made if each.type == "text"])


class StoredFile(msgspec.Struct):
    state: str = ""


def verdict(told: Interaction, api_key: str | None) -> ProviderError:
    """How an interaction ended that gave no video."""
    error = _verdict(told, api_key)
    error.job_ended = True
    return error


def _verdict(told: Interaction, api_key: str | None) -> ProviderError:
    troubles = [*(told.errors or ()), *(step.error for step in told.steps or () if step.error)]
    words = " ".join([f"{trouble.code or ''} {trouble.message or ''}" for trouble in troubles])
    if any(word in words.lower() for word in _POLICY_WORDS):
        noted(Refusal(200, message=words), api_key)
        return ContentPolicy()
    if told.status == "cancelled":
        return Rejected("The job was cancelled at the provider.")
    if told.status == "budget_exceeded":
        return QuotaExceeded()
    if troubles or told.status == "failed":
        return error_of(noted(_refusal(troubles, words), api_key), told.model)
    return words_instead(told.text, "video")


def _refusal(troubles: list[Trouble], words: str) -> Refusal:
    numbers = [trouble.code for trouble in troubles if isinstance(trouble.code, int)]
    codes = tuple(trouble.code.rpartition("/")[2] for trouble in troubles if isinstance(trouble.code, str))
    status = next((_STATUS_OF.get(number, number) for number in numbers), 500)
    return Refusal(status if status >= 400 else 500, codes=codes, message=words)


def usage_of(tokens: Tokens | None) -> Usage:
    """Thoughts are part of the output as Google counts it here."""
    if tokens is None:
        return Usage()
    return Usage(
        input_tokens=tokens.total_input_tokens,
        output_tokens=tokens.total_output_tokens,
        total_tokens=tokens.total_tokens,
        cached_tokens=tokens.total_cached_tokens,
        reasoning_tokens=tokens.total_thought_tokens,
    )


def shares_of(tokens: Tokens | None) -> dict[str, int]:
    """How many of the tokens are video, text and so on, since their prices differ."""
    if tokens is None:
        return {}
    sides = {"input": tokens.input_tokens_by_modality, "output": tokens.output_tokens_by_modality}
    return {
        f"{side}_{share.modality.lower()}_tokens": share.tokens
        for side, shares in sides.items()
        for share in shares or ()
        if share.modality and share.tokens is not None
    }
