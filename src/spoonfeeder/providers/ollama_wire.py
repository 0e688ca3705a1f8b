"""What goes over the wire to Ollama and comes back (https://github.com/ollama/ollama/blob/main/docs/api.md)."""

from collections.abc import Mapping, Sequence
from typing import Any

from spoonfeeder.core.vocabulary import FinishReason, Modality
from spoonfeeder.providers.base import ChatMessage, ChatRequest, Picture, Usage
from spoonfeeder.providers.errors import Broken, option_not_supported
from spoonfeeder.providers.pictures import encoded
from spoonfeeder.providers.reserved import RESERVED_OPTIONS

OF_CHAT = frozenset({"format", "keep_alive", "think", "truncate", "shift"})
OF_EMBEDDING = frozenset({"keep_alive", "truncate", "dimensions"})
"""They stand beside `options`, which are the model's own."""

_VISION_FAMILIES = frozenset({"clip", "mllama"})
_FINISH_REASONS = {None: FinishReason.STOP, "stop": FinishReason.STOP, "length": FinishReason.LENGTH}
"""Before 0.1.36 there is none (api.md)."""


def chat_body(request: ChatRequest) -> dict[str, Any]:
    """Raises OptionNotSupported (422)."""
    messages = [_message(message) for message in request.messages]
    return {"model": request.model, "messages": messages, "stream": True, **_placed(request.options, OF_CHAT)}


def embed_body(model: str, texts: Sequence[str], options: Mapping[str, Any]) -> dict[str, Any]:
    """Raises OptionNotSupported (422)."""
    return {"model": model, "input": list(texts), **_placed(options, OF_EMBEDDING)}


def _placed(options: Mapping[str, Any], beside: frozenset[str]) -> dict[str, Any]:
    """Ollama ignores options that a model does not have."""
    fields: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for name, value in options.items():
        if name.lower() in RESERVED_OPTIONS:
            raise option_not_supported(name, "Ollama")
        if value is None:
            continue
        if name in beside:
            fields[name] = value
        elif name == "max_tokens":
            own.setdefault("num_predict", value)
        elif name == "stop" and isinstance(value, str):
            own[name] = [value]
        else:
            own[name] = value
    return {**fields, "options": own} if own else fields


def _message(message: ChatMessage) -> dict[str, Any]:
    said: dict[str, Any] = {"role": str(message.role), "content": message.text}
    images = [encoded(part) for part in message.parts if isinstance(part, Picture)]
    return {**said, "images": images} if images else said


def text_of(reply: Mapping[str, Any]) -> str:
    """What is said; what the model only thinks is left out."""
    message = reply.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, str) else ""


def usage_of(reply: Mapping[str, Any]) -> Usage:
    read, written = count_of(reply.get("prompt_eval_count")), count_of(reply.get("eval_count"))
    return Usage(read, written, None if read is None or written is None else read + written)


def finish_reason(reply: Mapping[str, Any]) -> FinishReason:
    reason = reply.get("done_reason")
    return _FINISH_REASONS.get(reason if isinstance(reason, str) else None, FinishReason.OTHER)


def count_of(value: Any) -> int | None:
    """A plain number of ours, or None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def vectors_of(reply: Any, wanted: int) -> list[list[float]]:
    """Raises Broken."""
    found = reply.get("embeddings") if isinstance(reply, dict) else None
    if not isinstance(found, list) or len(found) != wanted or not all(_is_vector(vector) for vector in found):
        raise Broken("Ollama did not answer with one vector for each text.")
    return found


def _is_vector(value: Any) -> bool:
    return isinstance(value, list) and all(type(number) in (float, int) for number in value)


def input_modalities(capabilities: Sequence[str], families: Sequence[str]) -> tuple[Modality, ...]:
    """By what the model can do; an older Ollama tells only of what it is made."""
    sees = "vision" in capabilities or not _VISION_FAMILIES.isdisjoint(families)
    hears = "audio" in capabilities
    return (Modality.TEXT, *([Modality.IMAGE] if sees else []), *([Modality.AUDIO] if hears else []))


def output_modalities(capabilities: Sequence[str]) -> tuple[Modality, ...]:
    """None of a model that only makes vectors; text where an older Ollama tells nothing."""
    if "completion" in capabilities or not {"image", "embedding"} & set(capabilities):
        return (Modality.TEXT,)
    return (Modality.IMAGE,) if "image" in capabilities else ()
