"""What Google tells of its models: which methods they have, but not what they read and write; that stands here."""

from google.genai import types

from spoonfeeder.core.vocabulary import Modality
from spoonfeeder.providers.base import ModelInfo

_WRITES = {
    "banana": (Modality.TEXT, Modality.IMAGE),
    "image": (Modality.TEXT, Modality.IMAGE),
    "imagen": (Modality.IMAGE,),
    "live": (Modality.TEXT, Modality.AUDIO),
    "lyria": (Modality.AUDIO,),
    "omni": (Modality.VIDEO,),
    "tts": (Modality.AUDIO,),
    "veo": (Modality.VIDEO,),
}
"""By a word of the model's name."""
_READS_ALL = (Modality.TEXT, Modality.IMAGE, Modality.AUDIO, Modality.VIDEO)
_DETAILS = ("description", "version", "input_token_limit", "output_token_limit", "supported_actions", "thinking")


def model_info(model: types.Model) -> ModelInfo:
    name = (model.name or "").removeprefix("models/")
    details = {field: value for field in _DETAILS if (value := getattr(model, field)) is not None}
    return ModelInfo(name, model.display_name, _reads(name), _writes(name, model.supported_actions or []), details)


def _reads(name: str) -> tuple[Modality, ...]:
    """Gemini's own models take all of them; Gemma and the makers of media are not all alike."""
    words = set(name.split("-"))
    if "gemini" in words and not words & {"tts", "embedding"}:
        return _READS_ALL
    return (Modality.TEXT, Modality.IMAGE) if words & {"gemma", "veo"} else (Modality.TEXT,)


def _writes(name: str, actions: list[str]) -> tuple[Modality, ...]:
    """Nothing where a model gives embeddings only."""
    if actions and not any(action.lower().startswith(("generate", "predict", "bidi")) for action in actions):
        return ()
    kinds = [kind for word in name.split("-") if (kind := _WRITES.get(word))]
    return kinds[0] if kinds else (Modality.TEXT,)
