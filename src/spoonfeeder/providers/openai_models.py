"""What a list of models in OpenAI's form tells of each; of OpenAI's own, which say nothing, by their names."""

import re
from collections.abc import Mapping
from typing import Any

from spoonfeeder.core.vocabulary import Modality
from spoonfeeder.providers.base import ModelInfo
from spoonfeeder.providers.errors import Broken

MAX_MODELS = 5_000
TEXT, IMAGE, AUDIO, VIDEO = (Modality.TEXT,), (Modality.IMAGE,), (Modality.AUDIO,), (Modality.VIDEO,)
_SIGHTED = (Modality.TEXT, Modality.IMAGE)

_BY_NAME: tuple[tuple[re.Pattern[str], tuple[Modality, ...], tuple[Modality, ...]], ...] = (
    (re.compile(r"embed"), TEXT, ()),
    (re.compile(r"moderation"), _SIGHTED, ()),
    (re.compile(r"^(?:gpt-image|chatgpt-image)"), _SIGHTED, IMAGE),
    (re.compile(r"^dall-e"), TEXT, IMAGE),
    (re.compile(r"^sora"), _SIGHTED, VIDEO),
    (re.compile(r"^whisper|transcribe"), AUDIO, TEXT),
    (re.compile(r"^tts|-tts"), TEXT, AUDIO),
    (re.compile(r"-audio|realtime"), (Modality.TEXT, Modality.AUDIO), (Modality.TEXT, Modality.AUDIO)),
    (re.compile(r"^(?:gpt-3|gpt-4-0|gpt-4$|o1-mini|o3-mini|davinci|babbage|gpt-oss)"), TEXT, TEXT),
    (re.compile(r"^(?:gpt-[4-9]|chatgpt-|o[1-9](?:-|$))|(?:^|[-_/.])(?:vl|llava|vision|pixtral)"), _SIGHTED, TEXT),
)
_TOLD = ("created", "owned_by", "context_length", "max_model_len", "description", "type", "state", "quantization")


def listed(reply: Any) -> list[ModelInfo]:
    """Raises Broken. What has no id is left out; a model that is listed twice stands once."""
    models = reply.get("data") if isinstance(reply, dict) else None
    if not isinstance(models, list):
        raise Broken("Something answers at this address, but its list of models is not in OpenAI's form.")
    known: dict[str, ModelInfo] = {}
    for model in models[:MAX_MODELS]:
        name = model.get("id") if isinstance(model, dict) else None
        if isinstance(name, str) and name:
            known.setdefault(name, _model(name, model))
    return list(known.values())


def _model(name: str, told: Mapping[str, Any]) -> ModelInfo:
    inputs, outputs = _modalities(name, told)
    title = told.get("name")
    return ModelInfo(
        id=name,
        name=title if isinstance(title, str) and title != name else None,
        input_modalities=inputs,
        output_modalities=outputs,
        details={key: told[key] for key in _TOLD if isinstance(told.get(key), str | int | float)},
    )


def _modalities(name: str, told: Mapping[str, Any]) -> tuple[tuple[Modality, ...], tuple[Modality, ...]]:
    """OpenRouter tells them, LM Studio a type."""
    architecture = told.get("architecture")
    if isinstance(architecture, dict) and isinstance(architecture.get("input_modalities"), list):
        return _known(architecture["input_modalities"]), _known(architecture.get("output_modalities"))
    if told.get("type") == "vlm":
        return _SIGHTED, TEXT
    if told.get("type") == "embeddings":
        return TEXT, ()
    lower = name.lower()
    return next(((inputs, outputs) for named, inputs, outputs in _BY_NAME if named.search(lower)), (TEXT, TEXT))


def _known(names: Any) -> tuple[Modality, ...]:
    return tuple(modality for modality in Modality if isinstance(names, list) and modality.value in names) or TEXT
